import * as l10n from '@vscode/l10n';
import { type Counts, op } from './op.ts';
import { checkBroadcast } from './rules/elementwise.ts';
import { broadcast, size } from './rules/shape.ts';

type How = 'minimum' | 'power' | 'floorDivide' | 'remainder' | 'arcTangent' | 'logical' | 'bits' | 'lerp' | 'other';

export interface Combine {
  readonly how: How;
}

/** The cost per element; functions beyond the four basic operations count as one exponential. */
const each: { readonly [K in How]: Partial<Counts> } = {
  minimum: { compares: 1 },
  power: { exps: 1 },
  floorDivide: { divs: 1 },
  remainder: { divs: 1, muls: 1, adds: 1 },
  arcTangent: { exps: 1 },
  logical: { compares: 1 },
  bits: { compares: 1 },
  lerp: { muls: 1, adds: 2 },
  other: { exps: 1 },
};

/** Functions of two or three tensors that have no operator of their own. */
export const combine = op<Combine>({
  name: 'combine',
  kind: 'elementwise',
  summary: () => l10n.t('Applies a function of several inputs element by element; axes of size 1 are broadcast.'),
  attrs: { how: { kind: 'choice', values: Object.keys(each), doc: () => l10n.t('Function to apply.') } },
  arity: { min: 2 },
  check: (_, inputs, order) => checkBroadcast(inputs, order),
  shape: (_, inputs) => broadcast(inputs)!,
  counts: ({ how }, _, [y]) =>
    Object.fromEntries(Object.entries(each[how]).map(([count, times]) => [count, times * size(y!)])),
  saves: ({ how }, _, __, { inputs }) => {
    if (how === 'logical' || how === 'bits' || how === 'floorDivide') return {};
    const all = [0, 1];
    return how === 'power' && inputs[1] ? { inputs: all, outputs: [0] } : { inputs: all };
  },
  examples: [
    {
      attrs: { how: 'minimum' },
      inputs: [
        [1, 4, 1],
        [1, 1, 5],
      ],
      output: [1, 4, 5],
      counts: { compares: 20 },
    },
    { attrs: { how: 'power' }, inputs: [[1, 8], []], output: [1, 8], counts: { exps: 8 } },
  ],
});
