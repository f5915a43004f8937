import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { ofProduct } from './rules/backward.ts';
import { savesInputs } from './rules/saved.ts';
import { sizes } from './rules/shape.ts';
import { volume } from './rules/window.ts';

/** Axes are numbered; those that are not in `out` are summed over. */
export interface Einsum {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly out: readonly number[];
}

/**
 * torch.einsum of two factors. A batched matrix product if both share axes that the output lacks; otherwise an
 * element-wise multiplication, and counted as such.
 */
export const einsum = op<Einsum>({
  name: 'einsum',
  kind: 'compute',
  summary: () => l10n.t('Multiplies two tensors and sums over axes, as an equation says (Einstein notation).'),
  attrs: {
    left: { kind: 'ints', min: 0, doc: () => l10n.t('A number for each axis of the first input.') },
    right: { kind: 'ints', min: 0, doc: () => l10n.t('A number for each axis of the second input.') },
    out: { kind: 'ints', min: 0, doc: () => l10n.t('Which of these axes the output has, in its order.') },
  },
  arity: 2,
  check: (attrs, [a, b]) => checkAxes(attrs, a!, b!),
  shape: (attrs, [a, b]) => {
    const lengths = lengthsOf(attrs, a!, b!);
    return attrs.out.map(axis => lengths.get(axis)!);
  },
  counts: (attrs, [a, b]) => {
    const products = volumeOf(lengthsOf(attrs, a!, b!));
    return isContracted(attrs, a!, b!) ? { macs: products } : { muls: products };
  },
  // The gradients of an element-wise multiplication are summed over axes: dot products, which count.
  backward: (attrs, [a, b], _, wanted) => {
    const products = volumeOf(lengthsOf(attrs, a!, b!));
    if (isContracted(attrs, a!, b!)) return ofProduct(products, wanted);
    const { left, right, out } = attrs;
    const gradient = out.map(axis => lengthsOf(attrs, a!, b!).get(axis)!);
    const [isLeft, isRight] = wanted.inputs;
    const ofLeft = isLeft && isContracted({ left: out, right, out: left }, gradient, b!);
    const ofRight = isRight && isContracted({ left: out, right: left, out: right }, gradient, a!);
    return ofProduct(products, { inputs: [ofLeft ?? false, ofRight ?? false], weights: false });
  },
  formula: (attrs, [a, b]) => [...lengthsOf(attrs, a!, b!).values()].map(length => volume([length])).join(' · '),
  field: () => 'global',
  saves: savesInputs,
  examples: [
    {
      // bhid,bhjd->bhij: the scores of an attention layer.
      attrs: { left: [0, 1, 2, 3], right: [0, 1, 4, 3], out: [0, 1, 2, 4] },
      inputs: [
        [1, 8, 64, 32],
        [1, 8, 49, 32],
      ],
      output: [1, 8, 64, 49],
      counts: { macs: 802_816 },
    },
    {
      // i,j->ij: rotary frequencies.
      attrs: { left: [0], right: [1], out: [0, 1] },
      inputs: [[10], [16]],
      output: [10, 16],
      counts: { macs: 0, muls: 160 },
    },
  ],
});

/** An axis of length 1 in either factor is not summed over. */
function isContracted({ left, right, out }: Einsum, a: Shape, b: Shape): boolean {
  return left.some((axis, at) => {
    const other = right.indexOf(axis);
    return other >= 0 && !out.includes(axis) && a[at] !== 1 && b[other] !== 1;
  });
}

/** The length of each axis; length 1 is broadcast. */
function lengthsOf({ left, right }: Einsum, a: Shape, b: Shape): ReadonlyMap<number, number> {
  const lengths = new Map<number, number>();
  for (const [axes, shape] of [[left, a] as const, [right, b] as const]) {
    axes.forEach((axis, at) => {
      const other = lengths.get(axis) ?? 1;
      lengths.set(axis, other === 1 || Number.isNaN(other) ? shape[at]! : other);
    });
  }
  return lengths;
}

function volumeOf(lengths: ReadonlyMap<number, number>): number {
  let product = 1;
  for (const length of lengths.values()) product *= length;
  return product;
}

function checkAxes({ left, right, out }: Einsum, a: Shape, b: Shape): Complaint | undefined {
  const wrong =
    left.length !== a.length
      ? ([0, left, a] as const)
      : right.length !== b.length
        ? ([1, right, b] as const)
        : undefined;
  if (wrong) {
    const [input, axes, shape] = wrong;
    return {
      code: 'einsum-rank',
      input,
      message: l10n.t(
        'The equation has {0} axes for input {1}, which has {2} ({3}).',
        axes.length,
        input + 1,
        shape.length,
        sizes(shape),
      ),
      short: l10n.t('equation does not match input'),
    };
  }
  const foreign = out.find(axis => !left.includes(axis) && !right.includes(axis));
  if (foreign !== undefined) {
    return {
      code: 'einsum-output-axis',
      attr: 'out',
      message: l10n.t('Axis {0} of the output is in no input.', foreign),
      short: l10n.t('output axis is in no input'),
    };
  }
  for (const [at, axis] of left.entries()) {
    const other = right.indexOf(axis);
    if (other < 0) continue;
    const [m, n] = [a[at]!, b[other]!];
    if (m === 1 || n === 1 || !(Math.abs(m - n) > 0)) continue;
    return {
      code: 'einsum-size-mismatch',
      input: 1,
      output: out.map(each => (each === axis ? Number.NaN : lengthsOf({ left, right, out }, a, b).get(each)!)),
      message: l10n.t(
        'Axis {0} of the first input ({1}) and axis {2} of the second ({3}) are the same in the equation, but their sizes differ: {4} and {5}.',
        at,
        sizes(a),
        other,
        sizes(b),
        m,
        n,
      ),
      short: l10n.t('sizes do not match'),
    };
  }
  return undefined;
}
