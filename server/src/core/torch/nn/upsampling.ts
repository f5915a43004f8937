// torch/nn/modules/upsampling.py.
import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { type AnyLayer, layer, only, type Scope, type Size, spread } from '../layer.ts';
import { ignored, ints } from '../signature.ts';

/** Upsampling modes of torch. */
const modes: ReadonlyMap<string, 'nearest' | 'bilinear' | 'bicubic' | 'linear' | 'trilinear'> = new Map([
  ['nearest', 'nearest'],
  ['bilinear', 'bilinear'],
  ['bicubic', 'bicubic'],
  ['linear', 'linear'],
  ['trilinear', 'trilinear'],
  ['nearest-exact', 'nearest'],
]);

interface UpsampleArgs {
  size: Size | null;
  scale_factor: Size | null;
  mode: string;
}

const sizeParams = {
  size: ints(() => l10n.t('Output size; None if a factor is set.'), null),
  scale_factor: ignored(() => l10n.t('Factor for height and width.'), null),
} as const;

function upsample(scope: Scope, x: Tensor, { size, scale_factor, mode }: UpsampleArgs): Tensor {
  const known = modes.get(mode);
  const output = [1, channels(x), Number.NaN, Number.NaN];
  const refuse = (code: string, attr: string, message: string, help: string): Tensor =>
    scope.refuse({ code, attr, message, help, output }, [x]);
  if (!known) {
    const message = l10n.t('“{0}” is not an upsampling mode.', mode);
    return refuse('unknown-choice', 'mode', message, l10n.t('Use nearest, bilinear or bicubic.'));
  }
  // thop knows four ways and takes others for free.
  const options = { functional: mode === 'nearest-exact' };
  if (size !== null) {
    if (scale_factor !== null) {
      const message = l10n.t('Upsampling has both an output size and a scale factor.');
      return refuse('scale-and-size', 'scale_factor', message, l10n.t('Set only one of them.'));
    }
    return scope.builder.add(ops.upsample, { size: spread(size), mode: known }, x, options);
  }
  const factors = typeof scale_factor === 'number' || Array.isArray(scale_factor) ? spread(scale_factor as Size) : [];
  if (factors.length !== 2 || !factors.every(factor => factor > 0 && factor <= 1024)) {
    const message = l10n.t('Upsampling needs an output size or a scale factor.');
    return refuse('missing-output-size', 'scale_factor', message, l10n.t('For example: [None, 2, nearest].'));
  }
  return scope.builder.add(ops.upsample, { scale: factors, mode: known }, x, options);
}

const summary = (): string => l10n.t('Upsamples without parameters.');

export const Upsample = layer<UpsampleArgs & { align_corners: unknown; recompute_scale_factor: unknown }>({
  name: 'nn.Upsample',
  summary,
  params: {
    ...sizeParams,
    mode: {
      kind: 'text',
      doc: () => l10n.t('Mode: nearest, bilinear or bicubic.'),
      default: 'nearest',
      words: [...modes.keys()],
    },
    align_corners: ignored(() => l10n.t('Whether corner pixels are aligned.'), null),
    recompute_scale_factor: ignored(() => l10n.t('Whether the factor is recomputed from both sizes.'), null),
  },
  forward: (scope, inputs, args) => upsample(scope, only(inputs), args),
});

function upsampling(name: string, mode: string): AnyLayer {
  return layer<Omit<UpsampleArgs, 'mode'>>({
    name,
    summary,
    params: sizeParams,
    forward: (scope, inputs, args) => upsample(scope, only(inputs), { ...args, mode }),
  });
}

export const UpsamplingNearest2d = upsampling('nn.UpsamplingNearest2d', 'nearest');
export const UpsamplingBilinear2d = upsampling('nn.UpsamplingBilinear2d', 'bilinear');
