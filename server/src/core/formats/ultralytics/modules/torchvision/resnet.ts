// torchvision/models/resnet.py: BasicBlock and Bottleneck (v1.5: the stride is on the 3×3).
import { batchNorm, conv2d, maxPool2d, plus } from '../../layers.ts';
import {
  type Child,
  convNorm,
  dense,
  type Forward,
  flattened,
  type Model,
  numbered,
  pooledTo,
  relu,
  sequential,
} from './child.ts';

interface ResNet {
  readonly blocks: readonly number[];
  readonly bottleneck: boolean;
  readonly groups?: number;
  /** Width of a group, at 64 planes. */
  readonly width?: number;
}

function resnet({ blocks, bottleneck, groups = 1, width: base = 64 }: ResNet): readonly Child[] {
  const expansion = bottleneck ? 4 : 1;
  let inputs = 64;
  const layers = blocks.map((count, stage): Child => {
    const planes = 64 * 2 ** stage;
    const forwards: Forward[] = [];
    for (let index = 0; index < count; index++) {
      const s = index === 0 && stage > 0 ? 2 : 1;
      const project = s !== 1 || inputs !== planes * expansion;
      const width = Math.floor((planes * base) / 64) * groups;
      forwards.push((scope, x) => {
        const first = convNorm(scope, x, bottleneck ? { c2: width, act: relu } : { c2: planes, k: 3, s, act: relu });
        const y = bottleneck
          ? convNorm(scope, convNorm(scope, first, { c2: width, k: 3, s, g: groups, act: relu }), { c2: planes * 4 })
          : convNorm(scope, first, { c2: planes, k: 3 });
        const side = project
          ? scope.part('downsample', 'Sequential', () => convNorm(scope, x, { c2: planes * expansion, s }))
          : x;
        return relu(scope, plus(scope, y, side));
      });
      inputs = planes * expansion;
    }
    return sequential(`layer${stage + 1}`, numbered(forwards));
  });
  return [
    { name: 'conv1', forward: (scope, x) => conv2d(scope, x, { c2: 64, k: 7, s: 2, p: 3, bias: false }) },
    { name: 'bn1', forward: batchNorm },
    { name: 'relu', forward: relu },
    { name: 'maxpool', forward: (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, p: 1 }) },
    ...layers,
    { name: 'avgpool', forward: pooledTo(1) },
    flattened,
    { name: 'fc', forward: dense(512 * expansion, 1000) },
  ];
}

export const resnets: Readonly<Record<string, Model>> = {
  resnet18: () => resnet({ blocks: [2, 2, 2, 2], bottleneck: false }),
  resnet34: () => resnet({ blocks: [3, 4, 6, 3], bottleneck: false }),
  resnet50: () => resnet({ blocks: [3, 4, 6, 3], bottleneck: true }),
  resnet101: () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true }),
  resnet152: () => resnet({ blocks: [3, 8, 36, 3], bottleneck: true }),
  resnext50_32x4d: () => resnet({ blocks: [3, 4, 6, 3], bottleneck: true, groups: 32, width: 4 }),
  resnext101_32x8d: () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true, groups: 32, width: 8 }),
  resnext101_64x4d: () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true, groups: 64, width: 4 }),
  wide_resnet50_2: () => resnet({ blocks: [3, 4, 6, 3], bottleneck: true, width: 128 }),
  wide_resnet101_2: () => resnet({ blocks: [3, 4, 23, 3], bottleneck: true, width: 128 }),
};
