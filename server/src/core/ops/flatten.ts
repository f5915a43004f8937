import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, size, sizes } from './rules/shape.ts';

export interface Flatten {
  readonly start: number;
  readonly end: number;
}

export const flatten = op<Flatten>({
  name: 'flatten',
  kind: 'view',
  summary: 'Makes one axis of several, all but the batch by default. Copies nothing.',
  attrs: {
    start: { kind: 'axis', default: 1, doc: 'First axis that is merged.' },
    end: { kind: 'axis', default: -1, doc: 'Last axis that is merged.' },
  },
  arity: 1,
  check: (attrs, [x]) =>
    checkAxisIn(attrs.start, x!, 'start') ?? checkAxisIn(attrs.end, x!, 'end') ?? checkOrder(attrs, x!),
  shape: ({ start, end }, [x]) => {
    const first = axisOf(start, x!.length);
    const last = axisOf(end, x!.length);
    return [...x!.slice(0, first), size(x!.slice(first, last + 1)), ...x!.slice(last + 1)];
  },
  examples: [
    // VGG-16, before its first fully connected layer.
    { attrs: { start: 1, end: -1 }, inputs: [[1, 512, 7, 7]], output: [1, 25_088], counts: { macs: 0 } },
    // ViT: patches in a row.
    { attrs: { start: 2, end: 3 }, inputs: [[1, 768, 14, 14]], output: [1, 768, 196] },
    { attrs: { start: 1, end: -1 }, inputs: [[1, 10]], output: [1, 10] },
  ],
});

function checkOrder({ start, end }: Flatten, x: Shape): Complaint | undefined {
  if (axisOf(start, x.length) <= axisOf(end, x.length)) return undefined;
  return {
    code: 'wrong-axis',
    attr: 'end',
    message: `Axes are merged from ${start} to ${end}, but ${end} is before ${start} in an input of ${x.length} dimensions (${sizes(x)}). Swap them.`,
  };
}
