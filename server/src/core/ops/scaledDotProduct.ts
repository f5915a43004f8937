import { type Complaint, op, type Shape } from './op.ts';
import { broadcast, size, sizes } from './rules/shape.ts';
import { softmaxCounts } from './rules/softmax.ts';
import { volume } from './rules/window.ts';

/** torch's scaled_dot_product_attention: softmax(q·kᵀ/√d)·v for each entry of the axes before (batch, heads). */
export const scaledDotProduct = op<Record<never, never>>({
  name: 'scaledDotProduct',
  kind: 'compute',
  summary: 'The inside of attention, without projections: scores of every query with every key, then a weighted sum.',
  attrs: {},
  arity: 3,
  rank: { min: 2 },
  check: (_, [q, k, v]) => checkSizes(q!, k!, v!),
  shape: (_, [q, k, v]) => [...lead(q!, k!, v!)!, q!.at(-2)!, v!.at(-1)!],
  counts: (_, [q, k, v]) => {
    const { pairs, queries, d, dv } = lengths(q!, k!, v!);
    return { ...softmaxCounts(pairs, queries), macs: pairs * d + pairs * dv, muls: queries * d };
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
      code: 'wrong-rank',
      input: flat,
      message: `scaledDotProduct works on [..., positions, features], but input ${flat + 1} is ${sizes(flat === 1 ? k : v)}.`,
    };
  }
  const batch = lead(q, k, v);
  const features = Math.abs(q.at(-1)! - k.at(-1)!) > 0;
  const positions = Math.abs(k.at(-2)! - v.at(-2)!) > 0;
  if (batch && !features && !positions) return undefined;
  const why = features
    ? `queries have ${q.at(-1)} features and keys ${k.at(-1)}; a product needs the same`
    : positions
      ? `there are ${k.at(-2)} keys and ${v.at(-2)} values; there must be a value for each key`
      : 'the axes before positions and features must agree or be 1';
  return {
    code: 'shape-mismatch',
    input: positions && !features ? 2 : 1,
    ...(batch ? { output: [...batch, q.at(-2)!, v.at(-1)!] } : {}),
    message: `Query, key and value are ${sizes(q)}, ${sizes(k)} and ${sizes(v)}: ${why}.`,
  };
}
