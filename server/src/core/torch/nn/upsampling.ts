// torch/nn/modules/upsampling.py.
import { channels, type Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { type AnyLayer, layer, only, type Scope, type Size, spread } from '../layer.ts';
import { ignored, ints } from '../signature.ts';

/** Ways to enlarge a map; what an area or an exact neighbour is costs nothing either. */
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
  size: ints('Output size; None where a factor is given.', null),
  scale_factor: ignored('Factor for height and width.', null),
} as const;

function upsample(scope: Scope, x: Tensor, { size, scale_factor, mode }: UpsampleArgs): Tensor {
  const known = modes.get(mode);
  const output = [1, channels(x), Number.NaN, Number.NaN];
  const refuse = (attr: string, message: string): Tensor =>
    scope.refuse({ code: 'wrong-argument', attr, message, output }, [x]);
  if (!known) return refuse('mode', `“${mode}” is not a way to upsample. Use nearest, bilinear or bicubic.`);
  // thop knows four ways and takes others for free.
  const options = { functional: mode === 'nearest-exact' };
  if (size !== null) {
    if (scale_factor !== null) return refuse('scale_factor', 'Give an output size or a factor, not both.');
    return scope.builder.add(ops.upsample, { size: spread(size), mode: known }, x, options);
  }
  const factors = typeof scale_factor === 'number' || Array.isArray(scale_factor) ? spread(scale_factor as Size) : [];
  if (factors.length !== 2 || !factors.every(factor => factor > 0 && factor <= 1024)) {
    return refuse('scale_factor', 'Upsampling needs an output size or a factor, as in [None, 2, nearest].');
  }
  return scope.builder.add(ops.upsample, { scale: factors, mode: known }, x, options);
}

const summary = 'Enlarges the map without parameters.';

export const Upsample = layer<UpsampleArgs & { align_corners: unknown; recompute_scale_factor: unknown }>({
  name: 'nn.Upsample',
  summary,
  params: {
    ...sizeParams,
    mode: { kind: 'text', doc: 'How: nearest, bilinear, bicubic.', default: 'nearest' },
    align_corners: ignored('Whether corners stay in place.', null),
    recompute_scale_factor: ignored('Whether the factor is computed again from both sizes.', null),
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
