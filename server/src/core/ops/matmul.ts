import { type Complaint, op, type Shape } from './op.ts';
import { broadcast, size, sizes } from './rules/shape.ts';
import { volume } from './rules/window.ts';

export interface Matmul {
  readonly transposeA?: boolean | undefined;
  readonly transposeB?: boolean | undefined;
}

/** [..., M, K] times [..., K, N]; the axes before are a batch, broadcast (torch.matmul). */
export const matmul = op<Matmul>({
  name: 'matmul',
  kind: 'compute',
  summary: 'Multiplies two matrices, one pair for each entry of the axes before: [M, K] · [K, N] = [M, N].',
  attrs: {
    transposeA: { kind: 'boolean', default: false, doc: 'The first matrix is given as [K, M].' },
    transposeB: { kind: 'boolean', default: false, doc: 'The second matrix is given as [N, K].' },
  },
  arity: 2,
  rank: { min: 2 },
  check: (attrs, [a, b]) => checkRank(b!) ?? checkInner(attrs, a!, b!) ?? checkBatch(attrs, a!, b!),
  shape: (attrs, [a, b]) => {
    const { m, n } = lengths(attrs, a!, b!);
    return [...broadcast([a!.slice(0, -2), b!.slice(0, -2)])!, m, n];
  },
  counts: (attrs, [a, b], [y]) => ({ macs: size(y!) * lengths(attrs, a!, b!).k }),
  formula: (attrs, [a, b], [y]) => {
    const { m, k, n } = lengths(attrs, a!, b!);
    const batch = y!.slice(0, -2).filter(length => length !== 1);
    return [...batch, m, k, n].map(length => volume([length])).join(' · ');
  },
  field: () => 'global',
  examples: [
    {
      // The scores of one attention layer of a ViT-B: 12 heads of 64.
      attrs: { transposeB: true },
      inputs: [
        [1, 12, 197, 64],
        [1, 12, 197, 64],
      ],
      output: [1, 12, 197, 197],
      counts: { macs: 29_805_312 },
    },
    {
      attrs: {},
      inputs: [
        [1, 4, 2, 3],
        [3, 5],
      ],
      output: [1, 4, 2, 5],
      counts: { macs: 120 },
    },
    {
      attrs: { transposeA: true, transposeB: true },
      inputs: [
        [1, 3, 2],
        [1, 5, 3],
      ],
      output: [1, 2, 5],
      counts: { macs: 30 },
    },
  ],
});

function lengths({ transposeA, transposeB }: Matmul, a: Shape, b: Shape): Record<'m' | 'k' | 'inner' | 'n', number> {
  const k = a.at(transposeA ? -2 : -1)!;
  const inner = b.at(transposeB ? -1 : -2)!;
  return {
    m: a.at(transposeA ? -1 : -2)!,
    // Both sides must agree: what one does not know, the other may.
    k: Number.isNaN(k) ? inner : k,
    inner,
    n: b.at(transposeB ? -2 : -1)!,
  };
}

function checkRank(b: Shape): Complaint | undefined {
  if (b.length >= 2) return undefined;
  return {
    code: 'wrong-rank',
    input: 1,
    message: `matmul multiplies matrices, but its second input has ${b.length} dimension${b.length === 1 ? '' : 's'} (${sizes(b)}). Give it two at least: [K, N].`,
  };
}

function checkInner(attrs: Matmul, a: Shape, b: Shape): Complaint | undefined {
  const { m, k, inner, n } = lengths(attrs, a, b);
  if (!(Math.abs(k - inner) > 0)) return undefined;
  const batch = broadcast([a.slice(0, -2), b.slice(0, -2)]);
  return {
    code: 'shape-mismatch',
    input: 1,
    ...(batch ? { output: [...batch, m, n] } : {}),
    message: `The first matrix is ${m}×${k} and the second ${inner}×${n} (inputs ${sizes(a)} and ${sizes(b)}): ${k} and ${inner} must be the same. Permute or transpose one of them.`,
  };
}

function checkBatch(attrs: Matmul, a: Shape, b: Shape): Complaint | undefined {
  if (broadcast([a.slice(0, -2), b.slice(0, -2)])) return undefined;
  const { m, n } = lengths(attrs, a, b);
  const rank = Math.max(a.length, b.length);
  return {
    code: 'shape-mismatch',
    input: 1,
    output: [...Array.from({ length: rank - 2 }, () => Number.NaN), m, n],
    message: `The inputs are ${sizes(a)} and ${sizes(b)}: the axes before the matrices (${sizes(a.slice(0, -2))} and ${sizes(b.slice(0, -2))}) must agree or be 1.`,
  };
}
