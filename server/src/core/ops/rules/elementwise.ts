import * as l10n from '@vscode/l10n';
import { type Complaint, type Counts, type Op, type OpExample, op, type Shape, type ShapeOrder } from '../op.ts';
import { axisNames, broadcast, shapeText, size, sizes } from './shape.ts';

interface Definition {
  readonly name: string;
  readonly summary: () => string;
  readonly arity: Op['arity'];
  /** The count that one element of each additional input adds to. */
  readonly each: keyof Counts;
  /** Default: gradients of its output reach all inputs. */
  readonly passes?: Op['passes'];
  readonly saves: NonNullable<Op<Record<never, never>>['saves']>;
  readonly examples: readonly OpExample<Record<never, never>>[];
}

/** An operator that combines tensors element by element, with numpy's broadcasting. */
export function elementwise({
  name,
  summary,
  arity,
  each,
  passes,
  saves,
  examples,
}: Definition): Op<Record<never, never>> {
  return op<Record<never, never>>({
    name,
    kind: 'elementwise',
    summary,
    attrs: {},
    arity,
    check: (_, inputs, order) => checkBroadcast(inputs, order),
    shape: (_, inputs) => broadcast(inputs)!,
    counts: (_, inputs, [y]) => ({ [each]: (inputs.length - 1) * size(y!) }),
    ...(passes && { passes }),
    saves,
    examples,
  });
}

/** Complains about inputs that cannot be broadcast together, naming the first two that differ. */
export function checkBroadcast(inputs: readonly Shape[], order: ShapeOrder): Complaint | undefined {
  let together = inputs[0]!;
  for (let right = 1; right < inputs.length; right++) {
    const joined = broadcast([together, inputs[right]!]);
    if (joined) {
      together = joined;
      continue;
    }
    // Linear in the number of inputs: only the one that does not fit is compared with those before it.
    for (let left = 0; left < right; left++) {
      const fromEnd = clash(inputs[left]!, inputs[right]!);
      if (fromEnd === undefined) continue;
      const a = inputs[left]!;
      const b = inputs[right]!;
      const own = b.length - 1 - fromEnd;
      const names = order === 'chw' || a.length !== b.length ? undefined : axisNames(a.length);
      const axis = a.length === b.length ? own : `−${fromEnd + 1}`;
      return {
        code: 'broadcast-mismatch',
        input: right,
        output: broadcastLoosely(inputs),
        message: names
          ? l10n.t(
              'Input {0} ({1}) and input {2} ({3}) do not match in {4}: {5} and {6}.',
              left + 1,
              shapeText(a, order),
              right + 1,
              shapeText(b, order),
              names[own]!,
              a.at(-1 - fromEnd)!,
              b[own]!,
            )
          : l10n.t(
              'Input {0} ({1}) and input {2} ({3}) do not match on axis {4}: {5} and {6}.',
              left + 1,
              sizes(a),
              right + 1,
              sizes(b),
              axis,
              a.at(-1 - fromEnd)!,
              b[own]!,
            ),
        help: remedy(b.length, own),
        short: l10n.t('input shapes do not match'),
      };
    }
  }
  return undefined;
}

/**
 * How to change the size of an axis. With up to three axes, it is unclear whether one is channels, tokens or positions.
 */
function remedy(rank: number, axis: number): string {
  if (rank > 3) {
    return axis === 1
      ? l10n.t(
          'Give both the same number of channels, for example with a 1×1 convolution; only a size of 1 is broadcast.',
        )
      : l10n.t(
          'Give both the same size, for example with a stride, pooling or upsampling; only a size of 1 is broadcast.',
        );
  }
  return axis === rank - 1
    ? l10n.t('Give both the same size, for example with a fully connected layer; only a size of 1 is broadcast.')
    : l10n.t('Give both the same size; only a size of 1 is broadcast.');
}

/** The first axis in which two shapes clash, counted from the last one: different sizes, neither of them 1. */
function clash(a: Shape, b: Shape): number | undefined {
  // Start in front, so that channels are reported before the sizes that follow from them.
  for (let fromEnd = Math.min(a.length, b.length) - 1; fromEnd >= 0; fromEnd--) {
    const left = a.at(-1 - fromEnd)!;
    const right = b.at(-1 - fromEnd)!;
    if (left !== 1 && right !== 1 && Math.abs(left - right) > 0) return fromEnd;
  }
  return undefined;
}

/** The output as far as it is known: NaN where inputs contradict each other. */
function broadcastLoosely(shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map(shape => shape.length));
  return Array.from(
    { length: rank },
    (_, axis) => broadcast(shapes.map(shape => [shape[axis - rank + shape.length] ?? 1]))?.[0] ?? Number.NaN,
  );
}
