// Backbones of torchvision that a TorchVision row can load (torchvision/models/*.py), unwrapped as the row asks.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { batchNorm, cat, conv2d, flatten, linear, maxPool2d, plus } from '../layers.ts';
import { module, only, param, type Scope, type Size, type Value } from '../module.ts';
import type { PyValue } from '../python.ts';

/** A child of a model: its name and its forward pass; `children` where it is an nn.Sequential. */
interface Child {
  readonly name: string;
  readonly forward: (scope: Scope, x: Tensor) => Tensor;
  readonly children?: readonly Child[];
  /** Done in the model's forward pass alone: no child, so that taking the model apart loses it. */
  readonly bare?: boolean;
}

const relu = (scope: Scope, x: Tensor): Tensor => scope.builder.add(ops.relu, {}, x);
const relu6 = (scope: Scope, x: Tensor): Tensor => scope.builder.add(ops.relu6, {}, x);

function sequential(name: string, children: readonly Child[]): Child {
  return { name, children, forward: (scope, x) => children.reduce((y, child) => step(scope, child, y), x) };
}

function step(scope: Scope, child: Child, x: Tensor): Tensor {
  return scope.part(child.name, child.children ? 'Sequential' : 'module', () => child.forward(scope, x));
}

const numbered = (forwards: readonly Child['forward'][]): readonly Child[] =>
  forwards.map((forward, index) => ({ name: String(index), forward }));

const pooledTo =
  (size: number): Child['forward'] =>
  (scope, x) =>
    scope.builder.add(ops.adaptiveAvgPool, { size: [size, size] }, x);
const drop: Child['forward'] = (scope, x) => scope.builder.add(ops.dropout, {}, x);
const dense =
  (out: number): Child['forward'] =>
  (scope, x) =>
    linear(scope, x.shape && x.shape.length > 2 ? flatten(scope, x) : x, out);

interface ResNet {
  readonly blocks: readonly number[];
  readonly bottleneck: boolean;
  readonly groups?: number;
  readonly width?: number;
}

/** resnet.py: BasicBlock and Bottleneck (v1.5: the stride is on the 3×3). */
function resnet({ blocks, bottleneck, groups = 1, width: base = 64 }: ResNet): readonly Child[] {
  const expansion = bottleneck ? 4 : 1;
  let inputs = 64;
  const layers = blocks.map((count, stage): Child => {
    const planes = 64 * 2 ** stage;
    const children: Child[] = [];
    for (let index = 0; index < count; index++) {
      const s = index === 0 && stage > 0 ? 2 : 1;
      const project = s !== 1 || inputs !== planes * expansion;
      const width = Math.floor((planes * base) / 64) * groups;
      children.push({
        name: String(index),
        forward: (scope, x) => {
          const norm = (c2: number, k: Size, stride: Size, y: Tensor, g = 1): Tensor =>
            batchNorm(scope, conv2d(scope, y, { c2, k, s: stride, p: k === 3 ? 1 : 0, g, bias: false }));
          const y = bottleneck
            ? norm(planes * 4, 1, 1, relu(scope, norm(width, 3, s, relu(scope, norm(width, 1, 1, x)), groups)))
            : norm(planes, 3, 1, relu(scope, norm(planes, 3, s, x)));
          const side = project ? scope.part('downsample', 'Sequential', () => norm(planes * expansion, 1, s, x)) : x;
          return relu(scope, plus(scope, y, side));
        },
      });
      inputs = planes * expansion;
    }
    return sequential(`layer${stage + 1}`, children);
  });
  return [
    { name: 'conv1', forward: (scope, x) => conv2d(scope, x, { c2: 64, k: 7, s: 2, p: 3, bias: false }) },
    { name: 'bn1', forward: batchNorm },
    { name: 'relu', forward: relu },
    { name: 'maxpool', forward: (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, p: 1 }) },
    ...layers,
    { name: 'avgpool', forward: pooledTo(1) },
    { name: 'fc', forward: dense(1000) },
  ];
}

/** vgg.py: 3×3 convolutions and max pools (M). */
function vgg(configuration: readonly (number | 'M')[], normed: boolean): readonly Child[] {
  const features: Child['forward'][] = [];
  for (const item of configuration) {
    if (item === 'M') features.push((scope, x) => maxPool2d(scope, x, { k: 2, s: 2 }));
    else {
      features.push((scope, x) => conv2d(scope, x, { c2: item, k: 3, p: 1 }));
      if (normed) features.push(batchNorm);
      features.push(relu);
    }
  }
  return [
    sequential('features', numbered(features)),
    { name: 'avgpool', forward: pooledTo(7) },
    sequential('classifier', numbered([dense(4096), relu, drop, dense(4096), relu, drop, dense(1000)])),
  ];
}

const vggs: Readonly<Record<string, readonly (number | 'M')[]>> = {
  vgg11: [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg13: [64, 64, 'M', 128, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg16: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'],
  vgg19: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 256, 'M', 512, 512, 512, 512, 'M', 512, 512, 512, 512, 'M'],
};

const alexnet = (): readonly Child[] => {
  const conv =
    (c2: number, k: number, s: number, p: number): Child['forward'] =>
    (scope, x) =>
      conv2d(scope, x, { c2, k, s, p });
  const pool: Child['forward'] = (scope, x) => maxPool2d(scope, x, { k: 3, s: 2 });
  return [
    sequential(
      'features',
      numbered([
        conv(64, 11, 4, 2),
        relu,
        pool,
        conv(192, 5, 1, 2),
        relu,
        pool,
        conv(384, 3, 1, 1),
        relu,
        conv(256, 3, 1, 1),
        relu,
        conv(256, 3, 1, 1),
        relu,
        pool,
      ]),
    ),
    { name: 'avgpool', forward: pooledTo(6) },
    sequential('classifier', numbered([drop, dense(4096), relu, drop, dense(4096), relu, dense(1000)])),
  ];
};

/** mobilenetv2.py: inverted residuals as (expansion, channels, repeats, stride). */
const mobilenetV2 = (): readonly Child[] => {
  const settings = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  const norm = (scope: Scope, x: Tensor, c2: number, k: number, s: number, g = 1): Tensor =>
    batchNorm(scope, conv2d(scope, x, { c2, k, s, p: (k - 1) / 2, g, bias: false }));
  const features: Child['forward'][] = [(scope, x) => relu6(scope, norm(scope, x, 32, 3, 2))];
  let inputs = 32;
  for (const [t, c, n, first] of settings) {
    for (let index = 0; index < n; index++) {
      const s = index === 0 ? first : 1;
      const from = inputs;
      features.push((scope, x) => {
        const wide = from * t;
        const y = t === 1 ? x : relu6(scope, norm(scope, x, wide, 1, 1));
        const z = norm(scope, relu6(scope, norm(scope, y, wide, 3, s, wide)), c, 1, 1);
        return s === 1 && from === c ? plus(scope, x, z) : z;
      });
      inputs = c;
    }
  }
  features.push((scope, x) => relu6(scope, norm(scope, x, 1280, 1, 1)));
  return [
    sequential('features', numbered(features)),
    { name: 'adaptive_avg_pool2d', forward: pooledTo(1), bare: true },
    sequential('classifier', numbered([drop, dense(1000)])),
  ];
};

/** squeezenet.py: Fire modules as (squeeze, expand). */
const squeezenet = (version: '1_0' | '1_1'): readonly Child[] => {
  const pool: Child['forward'] = (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, ceil: true });
  const fire =
    (squeeze: number, expand: number): Child['forward'] =>
    (scope, x) => {
      const y = relu(scope, conv2d(scope, x, { c2: squeeze, k: 1 }));
      const point = relu(scope, conv2d(scope, y, { c2: expand, k: 1 }));
      return cat(scope, [point, relu(scope, conv2d(scope, y, { c2: expand, k: 3, p: 1 }))]);
    };
  const stem: Child['forward'] = (scope, x) =>
    conv2d(scope, x, version === '1_0' ? { c2: 96, k: 7, s: 2 } : { c2: 64, k: 3, s: 2 });
  const [a, b, c, d, e, f, g, h] = [
    fire(16, 64),
    fire(16, 64),
    fire(32, 128),
    fire(32, 128),
    fire(48, 192),
    fire(48, 192),
    fire(64, 256),
    fire(64, 256),
  ];
  const features =
    version === '1_0'
      ? [stem, relu, pool, a!, b!, c!, pool, d!, e!, f!, g!, pool, h!]
      : [stem, relu, pool, a!, b!, pool, c!, d!, pool, e!, f!, g!, h!];
  const last: Child['forward'] = (scope, x) => conv2d(scope, x, { c2: 1000, k: 1 });
  return [
    sequential('features', numbered(features)),
    sequential('classifier', numbered([drop, last, relu, pooledTo(1)])),
    { name: 'flatten', forward: (scope, x) => flatten(scope, x), bare: true },
  ];
};

const models: ReadonlyMap<string, () => readonly Child[]> = new Map<string, () => readonly Child[]>([
  ['resnet18', () => resnet({ blocks: [2, 2, 2, 2], bottleneck: false })],
  ['resnet34', () => resnet({ blocks: [3, 4, 6, 3], bottleneck: false })],
  ['resnet50', () => resnet({ blocks: [3, 4, 6, 3], bottleneck: true })],
  ['resnet101', () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true })],
  ['resnet152', () => resnet({ blocks: [3, 8, 36, 3], bottleneck: true })],
  ['resnext50_32x4d', () => resnet({ blocks: [3, 4, 6, 3], bottleneck: true, groups: 32, width: 4 })],
  ['resnext101_32x8d', () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true, groups: 32, width: 8 })],
  ['resnext101_64x4d', () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true, groups: 64, width: 4 })],
  ['wide_resnet50_2', () => resnet({ blocks: [3, 4, 6, 3], bottleneck: true, width: 128 })],
  ['wide_resnet101_2', () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true, width: 128 })],
  ...Object.entries(vggs).flatMap(([name, configuration]): [string, () => readonly Child[]][] => [
    [name, () => vgg(configuration, false)],
    [`${name}_bn`, () => vgg(configuration, true)],
  ]),
  ['alexnet', alexnet],
  ['mobilenet_v2', mobilenetV2],
  ['squeezenet1_0', () => squeezenet('1_0')],
  ['squeezenet1_1', () => squeezenet('1_1')],
]);

interface TorchVisionArgs {
  c1: number;
  c2: number;
  model: string;
  weights: PyValue;
  unwrap: boolean;
  truncate: number;
  split: boolean;
}

export const TorchVision = module<TorchVisionArgs>({
  name: 'TorchVision',
  summary: 'A backbone of torchvision.',
  params: {
    c1: param.c1,
    c2: { ...param.c2, doc: 'Output channels: those that the model has, no width multiple.' },
    model: { kind: 'text', doc: 'The model’s name in torchvision, such as resnet18.' },
    weights: { kind: 'any', doc: 'Pretrained weights.', default: 'DEFAULT' },
    unwrap: { kind: 'boolean', doc: 'Takes the model apart into its layers.', default: true },
    truncate: { kind: 'int', doc: 'How many layers are left out at the end.', default: 2 },
    split: { kind: 'boolean', doc: 'Hands on every layer’s output; Index rows choose among them.', default: false },
  },
  forward: (scope, inputs, { c2, model, unwrap, truncate, split }): Value => {
    const x = only(inputs);
    const make = models.get(model);
    const output = [1, c2, Number.NaN, Number.NaN];
    if (!make) {
      const known = [...models.keys()].join(', ');
      return scope.builder.unknown(
        scope.builder.complain(
          {
            code: 'unknown-backbone',
            attr: 'model',
            message: `The layers of torchvision’s “${model}” are not known to Flopline, so its cost is not. Known are ${known}.`,
          },
          'warning',
        ),
        [x],
        output,
      );
    }
    let children = make();
    if (unwrap) {
      // list(m.children())[:-truncate]: with 0 that leaves nothing, below 0 so many from the start.
      const own = children.filter(({ bare }) => !bare);
      children = truncate === 0 ? [] : own.slice(0, -truncate);
      const [first, ...rest] = children;
      if (!first) {
        const message = `Nothing is left of ${model}: it has ${own.length} layers, and truncate cuts ${truncate === 0 ? 'all' : truncate}.`;
        return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
      }
      if (first.children) children = [...first.children, ...rest];
    }
    const outputs = [x];
    for (const child of children) outputs.push(step(scope, child, outputs.at(-1)!));
    return split && unwrap ? outputs : outputs.at(-1)!;
  },
});
