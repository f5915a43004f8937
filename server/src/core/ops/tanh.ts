import { activation } from './rules/activation.ts';

/** The hyperbolic tangent, one transcendental function. */
export const tanh = activation({
  name: 'tanh',
  summary: 'Squeezes every value into −1 to 1.',
  attrs: {},
  each: { exps: 1 },
  examples: [
    { attrs: {}, inputs: [[1, 197, 3072]], output: [1, 197, 3072], counts: { exps: 605_184 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { exps: 10 } },
  ],
});
