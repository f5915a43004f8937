// torch/nn/modules/lazy.py: layers whose input decides their parameters at the first call.
import type { Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { flag } from '../natives.ts';
import { uninitialized } from '../parameters.ts';
import type { NN } from '../state.ts';
import { type LayerClass, need } from './spec.ts';

interface Lazy {
  readonly base: string;
  /** The argument that the input decides, and the axis that does. */
  readonly attr: 'in_features' | 'in_channels' | 'num_features';
  readonly axis: number;
  readonly init: string;
  readonly keeps: readonly string[];
}

const convolution =
  "out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None";
const transposed =
  "out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None";
const norm = (flags: string): string => `eps=1e-05, momentum=0.1, ${flags}, device=None, dtype=None`;

const kinds: readonly Lazy[] = [
  {
    base: 'Linear',
    attr: 'in_features',
    axis: -1,
    init: 'out_features, bias=True, device=None, dtype=None',
    keeps: ['out_features', 'bias'],
  },
  ...[1, 2, 3].flatMap((rank): readonly Lazy[] => [
    { base: `Conv${rank}d`, attr: 'in_channels', axis: -rank - 1, init: convolution, keeps: namesOf(convolution) },
    {
      base: `ConvTranspose${rank}d`,
      attr: 'in_channels',
      axis: -rank - 1,
      init: transposed,
      keeps: namesOf(transposed),
    },
    {
      base: `BatchNorm${rank}d`,
      attr: 'num_features',
      axis: 1,
      init: norm('affine=True, track_running_stats=True'),
      keeps: ['eps', 'momentum', 'affine', 'track_running_stats'],
    },
    {
      base: `InstanceNorm${rank}d`,
      attr: 'num_features',
      axis: -rank - 1,
      init: norm('affine=True, track_running_stats=True'),
      keeps: ['eps', 'momentum', 'affine', 'track_running_stats'],
    },
  ]),
];

function namesOf(signature: string): readonly string[] {
  return signature.split(', ').map(part => part.split('=')[0]!);
}

export const lazyLayers: readonly LayerClass[] = kinds.map(({ base, attr, axis, init, keeps }) => ({
  name: `Lazy${base}`,
  file: /Conv/.test(base) ? 'conv' : base === 'Linear' ? 'linear' : /Batch/.test(base) ? 'batchnorm' : 'instancenorm',
  base,
  init,
  hidden: ['bias'],
  construct: (self, args, nn) => {
    self.set(attr, 0);
    self.set('_lazy', args.bias ?? true);
    self.register('parameters', 'weight', uninitialized(nn, nn.cls('UninitializedParameter')));
  },
  input: /ConvTranspose/.test(base) ? 'input, output_size=None' : 'input',
  forward: function* (self, args, nn) {
    settle(self, tensorOf(nn, args[0]), nn, { base, attr, axis, keeps });
    return yield* nn.machine.call(yield* nn.machine.getAttribute(self, 'forward'), args);
  },
}));

/** From now on it is a layer like any other. */
function settle(
  self: ModuleInstance,
  x: PyTensor,
  nn: NN,
  { base, attr, axis, keeps }: Pick<Lazy, 'base' | 'attr' | 'axis' | 'keeps'>,
): void {
  const given: Record<string, Value> = {};
  for (const name of keeps) {
    if (name === 'device' || name === 'dtype') continue;
    given[name] = name === 'bias' ? flag(self.attribute('_lazy') ?? true, true) : need(self, name, nn.machine);
  }
  given[attr] = x.shape?.at(axis) ?? Number.NaN;
  const made = nn.make(base, given);
  self.remove('weight');
  self.remove('_lazy');
  for (const [name, value] of made.dict ?? []) if (name !== 'training') self.set(name, value);
  self.cls = nn.cls(base);
}
