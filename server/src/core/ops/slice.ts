import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes, withSize } from './rules/shape.ts';

export interface Slice {
  readonly axis: number;
  /** First index; negative from the end. */
  readonly start: number;
  /** Index behind the last; negative from the end, Infinity for all. */
  readonly end: number;
  readonly step: number;
}

/** Python's x[start:end:step] on one axis. */
export const slice = op<Slice>({
  name: 'slice',
  kind: 'view',
  summary: 'Takes a stretch of one axis, as x[start:end:step] in Python. Copies nothing.',
  attrs: {
    axis: { kind: 'axis', doc: 'The axis of which a part is taken.' },
    start: { kind: 'int', default: 0, doc: 'First index; negative counts from the end.' },
    end: {
      kind: 'int',
      default: Number.POSITIVE_INFINITY,
      doc: 'Index behind the last; negative counts from the end.',
    },
    step: { kind: 'int', min: 1, default: 1, doc: 'Takes every so many-th.' },
  },
  arity: 1,
  check: (attrs, [x]) => checkAxisIn(attrs.axis, x!) ?? checkStep(attrs) ?? checkEmpty(attrs, x!),
  shape: (attrs, [x]) => {
    const axis = axisOf(attrs.axis, x!.length);
    return withSize(x!, axis, lengthOf(attrs, x![axis]!));
  },
  examples: [
    {
      // YOLOv5's Focus: every second column, from the second one.
      attrs: { axis: 3, start: 1, end: Number.POSITIVE_INFINITY, step: 2 },
      inputs: [[1, 3, 640, 640]],
      output: [1, 3, 640, 320],
      counts: { macs: 0 },
    },
    // x[:, 0:1]: the class token of a ViT.
    { attrs: { axis: 1, start: 0, end: 1, step: 1 }, inputs: [[1, 197, 768]], output: [1, 1, 768] },
    { attrs: { axis: -1, start: -3, end: -1, step: 1 }, inputs: [[1, 10]], output: [1, 2] },
    { attrs: { axis: 1, start: 1, end: 100, step: 3 }, inputs: [[1, 9]], output: [1, 3] },
  ],
});

function lengthOf({ start, end, step }: Slice, length: number): number {
  const clamp = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  return Math.max(Math.ceil((clamp(end) - clamp(start)) / step), 0);
}

function checkStep({ step }: Slice): Complaint | undefined {
  if (!(step < 1)) return undefined;
  return {
    code: 'wrong-value',
    attr: 'step',
    message: `A step of ${step} is not possible: tensors are sliced forwards. Use 1 or more.`,
  };
}

function checkEmpty(attrs: Slice, x: Shape): Complaint | undefined {
  const axis = axisOf(attrs.axis, x.length);
  if (lengthOf(attrs, x[axis]!) !== 0) return undefined;
  return {
    code: 'empty-shape',
    attr: 'end',
    output: withSize(x, axis, Number.NaN),
    message: `Nothing is left between ${attrs.start} and ${attrs.end} of axis ${axis}, which has ${x[axis]} (${sizes(x)}). Take an end behind the start, within the axis.`,
  };
}
