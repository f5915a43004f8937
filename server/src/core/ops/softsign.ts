import { activation } from './rules/activation.ts';

/** x / (1 + |x|). */
export const softsign = activation({
  name: 'softsign',
  summary: 'Squeezes every value into −1 to 1, levelling off slowly.',
  attrs: {},
  each: { adds: 1, divs: 1 },
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { adds: 200_704, divs: 200_704 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { adds: 10, divs: 10 } },
  ],
});
