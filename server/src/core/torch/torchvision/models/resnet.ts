// torchvision/models/resnet.py: BasicBlock and Bottleneck (v1.5: the stride is on the 3×3).

import type { Forward } from '../../layer.ts';
import { type Child, construct, named, numbered, sequential } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { Conv2d } from '../../nn/conv.ts';
import { BatchNorm2d } from '../../nn/norm.ts';
import { maxPool2d } from '../../nn/pool.ts';
import { plus } from '../../tensor.ts';
import { convNorm } from '../ops/convNorm.ts';
import { dense, flattened, type Model, pooledTo, type Step } from './model.ts';

const stem = { in_channels: 3, out_channels: 64, kernel_size: 7, stride: 2, padding: 3, bias: false };

interface ResNet {
  readonly blocks: readonly number[];
  readonly bottleneck: boolean;
  readonly groups?: number;
  /** Width of a group, at 64 planes. */
  readonly width?: number;
}

function resnet({ blocks, bottleneck, groups = 1, width: base = 64 }: ResNet): readonly Step[] {
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
        const first = convNorm(
          scope,
          x,
          bottleneck ? { out: width, act: relu } : { out: planes, kernel: 3, stride: s, act: relu },
        );
        const y = bottleneck
          ? convNorm(scope, convNorm(scope, first, { out: width, kernel: 3, stride: s, groups, act: relu }), {
              out: planes * 4,
            })
          : convNorm(scope, first, { out: planes, kernel: 3 });
        const side = project
          ? scope.part('downsample', 'Sequential', () => convNorm(scope, x, { out: planes * expansion, stride: s }))
          : x;
        return relu(scope, plus(scope, y, side));
      });
      inputs = planes * expansion;
    }
    return sequential(`layer${stage + 1}`, numbered(forwards));
  });
  return [
    named('conv1', construct(Conv2d, stem)),
    named('bn1', construct(BatchNorm2d, { num_features: 64 })),
    named('relu', relu),
    named('maxpool', (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2, padding: 1 })),
    ...layers,
    named('avgpool', pooledTo(1)),
    flattened,
    named('fc', dense(512 * expansion, 1000)),
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
