import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { ofProduct } from './rules/backward.ts';
import { savesFactors } from './rules/saved.ts';
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
  summary: () => l10n.t('Multiplies two matrices, batched over the leading axes: [M, K] · [K, N] = [M, N].'),
  attrs: {
    transposeA: {
      kind: 'boolean',
      default: false,
      doc: () => l10n.t('The first matrix is stored transposed, as [K, M].'),
    },
    transposeB: {
      kind: 'boolean',
      default: false,
      doc: () => l10n.t('The second matrix is stored transposed, as [N, K].'),
    },
  },
  arity: 2,
  rank: { min: 2 },
  check: (attrs, [a, b]) => checkRank(b!) ?? checkInner(attrs, a!, b!) ?? checkBatch(attrs, a!, b!),
  shape: (attrs, [a, b]) => {
    const { m, n } = lengths(attrs, a!, b!);
    return [...broadcast([a!.slice(0, -2), b!.slice(0, -2)])!, m, n];
  },
  counts: (attrs, [a, b], [y]) => ({ macs: size(y!) * lengths(attrs, a!, b!).k }),
  backward: (attrs, [a, b], [y], wanted) => ofProduct(size(y!) * lengths(attrs, a!, b!).k, wanted),
  formula: (attrs, [a, b], [y]) => {
    const { m, k, n } = lengths(attrs, a!, b!);
    const batch = y!.slice(0, -2).filter(length => length !== 1);
    return [...batch, m, k, n].map(length => volume([length])).join(' · ');
  },
  field: () => 'global',
  saves: savesFactors,
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
    // Both sides must agree, so either can supply a size that is unknown in the other.
    k: Number.isNaN(k) ? inner : k,
    inner,
    n: b.at(transposeB ? -2 : -1)!,
  };
}

function checkRank(b: Shape): Complaint | undefined {
  if (b.length >= 2) return undefined;
  return {
    code: 'matmul-rank',
    input: 1,
    message: l10n.t('The second input ({0}) must be a matrix [K, N] or a batch of matrices.', sizes(b)),
    short: l10n.t('second input is not a matrix'),
  };
}

function checkInner(attrs: Matmul, a: Shape, b: Shape): Complaint | undefined {
  const { m, k, inner, n } = lengths(attrs, a, b);
  if (!(Math.abs(k - inner) > 0)) return undefined;
  const batch = broadcast([a.slice(0, -2), b.slice(0, -2)]);
  return {
    code: 'matmul-size-mismatch',
    input: 1,
    ...(batch ? { output: [...batch, m, n] } : {}),
    message: l10n.t(
      'A {0} matrix cannot be multiplied by a {1} matrix: {2} and {3} must be equal (inputs {4} and {5}).',
      sizes([m, k]),
      sizes([inner, n]),
      k,
      inner,
      sizes(a),
      sizes(b),
    ),
    help: l10n.t('Permute or transpose one of them.'),
    short: l10n.t('matrix sizes do not match'),
  };
}

function checkBatch(attrs: Matmul, a: Shape, b: Shape): Complaint | undefined {
  if (broadcast([a.slice(0, -2), b.slice(0, -2)])) return undefined;
  const { m, n } = lengths(attrs, a, b);
  const rank = Math.max(a.length, b.length);
  return {
    code: 'batch-axes-mismatch',
    input: 1,
    output: [...Array.from({ length: rank - 2 }, () => Number.NaN), m, n],
    message: l10n.t(
      'The leading axes of the inputs ({0} and {1}) do not match: {2} and {3} must be equal or 1.',
      sizes(a),
      sizes(b),
      sizes(a.slice(0, -2)),
      sizes(b.slice(0, -2)),
    ),
    short: l10n.t('leading axes do not match'),
  };
}
