// StochasticDepth and DropBlock2d (torchvision/ops/stochastic_depth.py, drop_block.py): nothing at inference.
import type { PyValue } from '../../../python/value.ts';
import { layer, only } from '../../layer.ts';
import { dropout } from '../../nn/dropout.ts';
import { ignored, int, number } from '../../signature.ts';

const p = number('How much is dropped while training.');

export const StochasticDepth = layer<{ p: number; mode: string }>({
  name: 'torchvision.ops.StochasticDepth',
  summary: 'Drops whole samples while training; evaluation passes its input on.',
  params: { p, mode: { kind: 'text', doc: 'batch or row.' } },
  forward: (scope, inputs) => dropout(scope, only(inputs)),
});

export const DropBlock2d = layer<{ p: number; block_size: number; inplace: PyValue; eps: number }>({
  name: 'torchvision.ops.DropBlock2d',
  summary: 'Drops squares of the map while training; evaluation passes its input on.',
  params: {
    p,
    block_size: int('Size of the squares.'),
    inplace: ignored('Writes over its input.', false),
    eps: number('Prevents division by zero.', 1e-6),
  },
  forward: (scope, inputs) => dropout(scope, only(inputs)),
});
