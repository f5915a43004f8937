import * as l10n from '@vscode/l10n';
import { type Counts, op } from './op.ts';
import { savesInput } from './rules/saved.ts';
import { size } from './rules/shape.ts';

type How =
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'abs'
  | 'neg'
  | 'square'
  | 'pow'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'clamp'
  | 'round'
  | 'reciprocal'
  | 'rsqrt'
  | 'erf'
  | 'sign'
  | 'not'
  | 'increment'
  | 'multiple'
  | 'test'
  | 'other';

export interface Unary {
  readonly how: How;
}

/** The cost per element; functions beyond the four basic operations count as one exponential, as in hardware tables. */
const each: { readonly [K in How]: Partial<Counts> } = {
  exp: { exps: 1 },
  log: { exps: 1 },
  sqrt: { exps: 1 },
  pow: { exps: 1 },
  sin: { exps: 1 },
  cos: { exps: 1 },
  abs: { compares: 1 },
  clamp: { compares: 2 },
  neg: { adds: 1 },
  round: { adds: 1 },
  square: { muls: 1 },
  reciprocal: { divs: 1 },
  tan: { exps: 1 },
  rsqrt: { exps: 1, divs: 1 },
  erf: { exps: 1 },
  sign: { compares: 1 },
  not: { compares: 1 },
  increment: { adds: 1 },
  multiple: { muls: 1 },
  test: { compares: 1 },
  other: { exps: 1 },
};

/** Functions whose gradient can be computed from the result; for the others, the input is kept. */
const byResult: ReadonlySet<How> = new Set(['exp', 'sqrt', 'tan', 'reciprocal', 'rsqrt']);
/** Functions with a constant gradient. */
const linear: ReadonlySet<How> = new Set(['neg', 'round', 'sign', 'not', 'increment', 'test']);

export const unary = op<Unary>({
  name: 'unary',
  kind: 'elementwise',
  summary: () => l10n.t('Applies a function to every element.'),
  attrs: { how: { kind: 'choice', values: Object.keys(each), doc: () => l10n.t('Function to apply.') } },
  arity: 1,
  shape: (_, [x]) => x!,
  counts: ({ how }, [x]) => {
    const elements = size(x!);
    return Object.fromEntries(Object.entries(each[how]).map(([count, times]) => [count, times * elements]));
  },
  inPlace: true,
  saves: (attrs, inputs, outputs, run) => {
    // A factor that is a plain number becomes a tensor.
    if (attrs.how === 'multiple') return { extras: [{ elements: 1, bytes: 8, once: true }] };
    if (linear.has(attrs.how)) return {};
    return byResult.has(attrs.how) ? { outputs: [0] } : savesInput(attrs, inputs, outputs, run);
  },
  examples: [
    { attrs: { how: 'exp' }, inputs: [[1, 4, 8, 8]], output: [1, 4, 8, 8], counts: { exps: 256 } },
    { attrs: { how: 'clamp' }, inputs: [[1, 10]], output: [1, 10], counts: { compares: 20 } },
    { attrs: { how: 'square' }, inputs: [[1, 3, 5]], output: [1, 3, 5], counts: { muls: 15 } },
  ],
});
