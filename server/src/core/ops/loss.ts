import { op } from './op.ts';
import { size } from './rules/shape.ts';

/** The sum at the end of a loss; what comes before it (softmax, differences, squares) are nodes of their own. */
export const loss = op({
  name: 'loss',
  kind: 'pool',
  summary: 'Makes one number of predictions and what they should have been; an addition for each prediction.',
  attrs: {},
  arity: { min: 1 },
  shape: () => [],
  counts: (_, [x]) => ({ adds: size(x!) }),
  field: () => 'global',
  examples: [
    { attrs: {}, inputs: [[1, 1000], [1]], output: [], counts: { adds: 1000 } },
    { attrs: {}, inputs: [[1, 21, 8, 8]], output: [], counts: { adds: 1344 } },
  ],
});
