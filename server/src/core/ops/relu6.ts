import { activation } from './rules/activation.ts';

/** min(max(0, x), 6). */
export const relu6 = activation({
  name: 'relu6',
  summary: 'ReLU that also stops at 6, for arithmetic of few bits.',
  attrs: {},
  each: { compares: 2 },
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { compares: 401_408 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { compares: 20 } },
  ],
});
