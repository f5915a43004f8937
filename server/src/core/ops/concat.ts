import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape, type ShapeOrder } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisNames, axisOf, shapeText, sizes, withSize } from './rules/shape.ts';

export interface Concat {
  readonly axis: number;
}

export const concat = op<Concat>({
  name: 'concat',
  kind: 'data',
  summary: () => l10n.t('Concatenates its inputs along an axis, by default the channels. A copy, no arithmetic.'),
  attrs: {
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis along which sizes add up; all other sizes must match.') },
  },
  arity: { min: 1 },
  rank: { min: 1 },
  check: ({ axis }, inputs, order) =>
    checkAxisIn(axis, inputs[0]!) ?? checkRanks(inputs) ?? checkSizes(axis, inputs, order),
  shape: ({ axis }, inputs) =>
    withSize(
      inputs[0]!.map((_, at) => agreed(inputs, at)),
      at(axis, inputs),
      sum(axis, inputs),
    ),
  saves: savesNothing,
  examples: [
    {
      // GoogLeNet (3a): the four branches.
      attrs: { axis: 1 },
      inputs: [
        [1, 64, 28, 28],
        [1, 128, 28, 28],
        [1, 32, 28, 28],
        [1, 32, 28, 28],
      ],
      output: [1, 256, 28, 28],
      counts: { macs: 0 },
    },
    {
      // YOLO's heads: the cells of three scales concatenated.
      attrs: { axis: -1 },
      inputs: [
        [1, 144, 6400],
        [1, 144, 1600],
        [1, 144, 400],
      ],
      output: [1, 144, 8400],
    },
    { attrs: { axis: 1 }, inputs: [[1, 7]], output: [1, 7] },
  ],
});

const at = (axis: number, inputs: readonly Shape[]): number => axisOf(axis, inputs[0]!.length);

function sum(axis: number, inputs: readonly Shape[]): number {
  const own = at(axis, inputs);
  return inputs.reduce((total, shape) => total + shape[own]!, 0);
}

/** The size that all known inputs agree on; NaN if they do not, or none is known. */
function agreed(inputs: readonly Shape[], axis: number): number {
  const known = inputs.map(shape => shape[axis]!).filter(length => !Number.isNaN(length));
  return known.length > 0 && known.every(length => length === known[0]) ? known[0]! : Number.NaN;
}

function checkRanks(inputs: readonly Shape[]): Complaint | undefined {
  const other = inputs.findIndex(shape => shape.length !== inputs[0]!.length);
  if (other < 0) return undefined;
  return {
    code: 'concat-rank-mismatch',
    input: other,
    message: l10n.t(
      'Only tensors with the same number of dimensions can be concatenated, but input 1 has {0} ({1}) and input {2} has {3} ({4}).',
      inputs[0]!.length,
      sizes(inputs[0]!),
      other + 1,
      inputs[other]!.length,
      sizes(inputs[other]!),
    ),
    help: l10n.t('Flatten or reshape one of them.'),
    short: l10n.t('different numbers of dimensions'),
  };
}

function checkSizes(axis: number, inputs: readonly Shape[], order: ShapeOrder): Complaint | undefined {
  const own = at(axis, inputs);
  // For each axis, the first input whose size is known: the others are compared with it.
  const first: (number | undefined)[] = [];
  for (let right = 0; right < inputs.length; right++) {
    const b = inputs[right]!;
    for (let index = 0; index < b.length; index++) {
      if (index === own || Number.isNaN(b[index])) continue;
      const left = first[index];
      if (left === undefined) {
        first[index] = right;
        continue;
      }
      const a = inputs[left]!;
      if (a[index] === b[index]) continue;
      return {
        code: 'concat-size-mismatch',
        input: right,
        output: withSize(
          inputs[0]!.map((_, dimension) => agreed(inputs, dimension)),
          own,
          sum(axis, inputs),
        ),
        message: clashText(inputs, [left, right], own, index, order),
        help:
          index > 1
            ? l10n.t(
                'Give both the same size, for example with a stride, pooling or upsampling, or use another layer as input.',
              )
            : l10n.t('Give both the same size, or use another layer as input.'),
        short: l10n.t('input sizes do not match'),
      };
    }
  }
  return undefined;
}

function clashText(
  inputs: readonly Shape[],
  [left, right]: readonly [number, number],
  along: number,
  axis: number,
  order: ShapeOrder,
): string {
  const [a, b] = [inputs[left]!, inputs[right]!];
  const names = order === 'chw' ? undefined : axisNames(a.length);
  return names
    ? l10n.t(
        'Input {0} ({1}) and input {2} ({3}) cannot be concatenated along the {4}: they differ in {5} ({6} and {7}).',
        left + 1,
        shapeText(a, order),
        right + 1,
        shapeText(b, order),
        names[along]!,
        names[axis]!,
        a[axis]!,
        b[axis]!,
      )
    : l10n.t(
        'Input {0} ({1}) and input {2} ({3}) cannot be concatenated along axis {4}: they differ on axis {5} ({6} and {7}).',
        left + 1,
        sizes(a),
        right + 1,
        sizes(b),
        along,
        axis,
        a[axis]!,
        b[axis]!,
      );
}
