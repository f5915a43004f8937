import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { broadcast, size, sizes } from './rules/shape.ts';
import { softmaxCounts } from './rules/softmax.ts';
import { volume } from './rules/window.ts';

/** torch's scaled_dot_product_attention: softmax(q·kᵀ/√d)·v for each index of the leading axes (batch, heads). */
export const scaledDotProduct = op<Record<never, never>>({
  name: 'scaledDotProduct',
  kind: 'compute',
  summary: () =>
    l10n.t(
      'Scaled dot-product attention without projections: scores of every query against every key, then a weighted sum of the values.',
    ),
  attrs: {},
  arity: 3,
  rank: { min: 2 },
  check: (_, [q, k, v]) => checkSizes(q!, k!, v!),
  shape: (_, [q, k, v]) => [...lead(q!, k!, v!)!, q!.at(-2)!, v!.at(-1)!],
  counts: (_, [q, k, v]) => {
    const { pairs, queries, d, dv } = lengths(q!, k!, v!);
    return { ...softmaxCounts(pairs, queries), macs: pairs * d + pairs * dv, muls: queries * d };
  },
  backward: (_, [q, k, v], __, { inputs: [query = false, key = false, value = false] }) => {
    const { pairs, d, dv } = lengths(q!, k!, v!);
    const scores = query || key;
    return pairs * d * (Number(query) + Number(key)) + pairs * dv * (Number(scores) + Number(value));
  },
  formula: (_, [q, k, v]) => {
    const l = q!.at(-2)!;
    const { s, d, dv } = lengths(q!, k!, v!);
    const batch = lead(q!, k!, v!)!.filter(length => length !== 1);
    const factors = [
      ...batch.map(length => volume([length])),
      l === s ? volume([l, s]) : `${volume([l])} · ${volume([s])}`,
    ];
    return `${factors.join(' · ')} · (${volume([d])} + ${volume([dv])})`;
  },
  field: () => 'global',
  saves: (_, [q, k, v]) => ({
    inputs: [0, 1, 2],
    outputs: [0],
    // Fused kernels keep the logarithm of each row's sum, and compute the scores again in the backward pass.
    extras: [{ elements: lengths(q!, k!, v!).queries }],
  }),
  examples: [
    {
      // ViT-B/16: 12 heads of 64 over 197 tokens.
      attrs: {},
      inputs: [
        [1, 12, 197, 64],
        [1, 12, 197, 64],
        [1, 12, 197, 64],
      ],
      output: [1, 12, 197, 64],
      counts: { macs: 59_610_624, exps: 465_708, divs: 465_708, adds: 929_052, compares: 463_344, muls: 151_296 },
    },
    {
      attrs: {},
      inputs: [
        [1, 2, 3, 4],
        [1, 2, 5, 4],
        [1, 2, 5, 6],
      ],
      output: [1, 2, 3, 6],
      counts: { macs: 300, exps: 30, divs: 30, adds: 54, compares: 24, muls: 24 },
    },
  ],
});

const lead = (...shapes: Shape[]): Shape | undefined => broadcast(shapes.map(shape => shape.slice(0, -2)));

function lengths(q: Shape, k: Shape, v: Shape): Record<'pairs' | 'queries' | 's' | 'd' | 'dv', number> {
  const known = (a: number, b: number): number => (Number.isNaN(a) ? b : a);
  const s = known(k.at(-2)!, v.at(-2)!);
  const d = known(q.at(-1)!, k.at(-1)!);
  const queries = size(lead(q, k, v)!) * q.at(-2)!;
  return { pairs: queries * s, queries, s, d, dv: v.at(-1)! };
}

function checkSizes(q: Shape, k: Shape, v: Shape): Complaint | undefined {
  const flat = k.length < 2 ? 1 : v.length < 2 ? 2 : undefined;
  if (flat !== undefined) {
    return {
      code: 'attention-rank',
      input: flat,
      message: l10n.t(
        'Attention needs inputs [..., positions, features], but input {0} is {1}.',
        flat + 1,
        sizes(flat === 1 ? k : v),
      ),
      short: l10n.t('attention needs sequences'),
    };
  }
  const batch = lead(q, k, v);
  const features = Math.abs(q.at(-1)! - k.at(-1)!) > 0;
  const positions = Math.abs(k.at(-2)! - v.at(-2)!) > 0;
  if (batch && !features && !positions) return undefined;
  const output = batch ? { output: [...batch, q.at(-2)!, v.at(-1)!] } : {};
  if (features) {
    return {
      code: 'query-key-mismatch',
      input: 1,
      ...output,
      message: l10n.t(
        'Queries have {0} features ({1}), but keys have {2} ({3}); both need the same number.',
        q.at(-1)!,
        sizes(q),
        k.at(-1)!,
        sizes(k),
      ),
      short: l10n.t('queries and keys do not match'),
    };
  }
  if (positions) {
    return {
      code: 'key-value-mismatch',
      input: 2,
      ...output,
      message: l10n.t(
        'There are {0} keys ({1}), but {2} values ({3}); each key needs one value.',
        k.at(-2)!,
        sizes(k),
        v.at(-2)!,
        sizes(v),
      ),
      short: l10n.t('keys and values do not match'),
    };
  }
  return {
    code: 'batch-axes-mismatch',
    input: 1,
    message: l10n.t(
      'The leading axes of queries ({0}), keys ({1}) and values ({2}) do not match; they must be equal or 1.',
      sizes(q),
      sizes(k),
      sizes(v),
    ),
    short: l10n.t('leading axes do not match'),
  };
}
