import { elementwise } from './rules/elementwise.ts';

export const div = elementwise({
  name: 'div',
  summary: 'Divides the first input by the second element by element; sizes of 1 are repeated.',
  arity: 2,
  each: 'divs',
  examples: [
    { attrs: {}, inputs: [[1, 12, 197, 197], [1]], output: [1, 12, 197, 197], counts: { divs: 465_708 } },
    {
      attrs: {},
      inputs: [
        [1, 2, 100],
        [1, 1, 100],
      ],
      output: [1, 2, 100],
      counts: { divs: 200 },
    },
  ],
});
