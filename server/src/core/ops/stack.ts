import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Stack {
  /** Position of the new axis in the output. */
  readonly axis: number;
}

export const stack = op<Stack>({
  name: 'stack',
  kind: 'data',
  summary: () => l10n.t('Stacks tensors of the same shape along a new axis. A copy, no arithmetic.'),
  attrs: { axis: { kind: 'axis', default: 1, doc: () => l10n.t('Position of the new axis in the output.') } },
  arity: { min: 1 },
  check: ({ axis }, inputs) => checkAxisIn(axis, inputs[0]!, 'axis', inputs[0]!.length + 1) ?? checkSame(axis, inputs),
  shape: ({ axis }, inputs) =>
    stacked(
      axis,
      inputs[0]!.map((_, at) => inputs.find(shape => !Number.isNaN(shape[at]!))?.[at] ?? Number.NaN),
      inputs.length,
    ),
  saves: savesNothing,
  examples: [
    {
      attrs: { axis: -1 },
      inputs: [
        [1, 20, 20],
        [1, 20, 20],
      ],
      output: [1, 20, 20, 2],
      counts: { macs: 0 },
    },
    {
      attrs: { axis: 1 },
      inputs: [
        [1, 8],
        [1, 8],
        [1, 8],
      ],
      output: [1, 3, 8],
    },
  ],
});

function stacked(axis: number, shape: Shape, count: number): Shape {
  const at = axisOf(axis, shape.length + 1);
  return [...shape.slice(0, at), count, ...shape.slice(at)];
}

function checkSame(axis: number, inputs: readonly Shape[]): Complaint | undefined {
  let together = inputs[0]!;
  for (let right = 1; right < inputs.length; right++) {
    const b = inputs[right]!;
    if (isAlike(together, b)) {
      together = together.map((length, at) => (Number.isNaN(length) ? b[at]! : length));
      continue;
    }
    // Linear in the number of inputs: only the one that does not fit is compared with those before it.
    for (let left = 0; left < right; left++) {
      const a = inputs[left]!;
      if (isAlike(a, b)) continue;
      const known = inputs.every(shape => shape.length === a.length)
        ? stacked(
            axis,
            a.map((length, at) => (inputs.some(shape => Math.abs(shape[at]! - length) > 0) ? Number.NaN : length)),
            inputs.length,
          )
        : undefined;
      return {
        code: 'stack-shape-mismatch',
        input: right,
        ...(known ? { output: known } : {}),
        message: l10n.t(
          'Only tensors of the same shape can be stacked, but input {0} is {1} and input {2} is {3}.',
          left + 1,
          sizes(a),
          right + 1,
          sizes(b),
        ),
        help: l10n.t('Use {0} for tensors that differ along one axis.', 'concat'),
        short: l10n.t('input shapes do not match'),
      };
    }
  }
  return undefined;
}

/** Whether no two known sizes differ. */
function isAlike(a: Shape, b: Shape): boolean {
  return a.length === b.length && !a.some((length, at) => Math.abs(length - b[at]!) > 0);
}
