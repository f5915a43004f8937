import { type Complaint, op, type Shape } from './op.ts';
import { sizes } from './rules/shape.ts';

export interface Expand {
  /** The new sizes; −1 keeps, and axes may be added in front. */
  readonly shape: readonly number[];
}

/** torch.Tensor.expand. */
export const expand = op<Expand>({
  name: 'expand',
  kind: 'view',
  summary: 'Shows axes of size 1 as if repeated. Copies nothing.',
  attrs: { shape: { kind: 'shape', doc: 'The new sizes, batch first; −1 keeps a size.' } },
  arity: 1,
  check: ({ shape }, [x]) => checkRank(shape, x!) ?? checkSizes(shape, x!),
  shape: ({ shape }, [x]) => shape.map((length, axis) => (length === -1 ? own(shape, x!, axis)! : length)),
  examples: [
    // A class token, one for each sample.
    { attrs: { shape: [1, -1, -1] }, inputs: [[1, 1, 768]], output: [1, 1, 768], counts: { macs: 0 } },
    { attrs: { shape: [1, 80, -1, 20] }, inputs: [[1, 1, 40, 1]], output: [1, 80, 40, 20] },
    { attrs: { shape: [1, 5, 7] }, inputs: [[7]], output: [1, 5, 7] },
  ],
});

/** The input's size that stands under an axis of the output; undefined for an axis that is new. */
function own(shape: Shape, x: Shape, axis: number): number | undefined {
  return x[axis - shape.length + x.length];
}

function checkRank(shape: Shape, x: Shape): Complaint | undefined {
  const missing = shape.findIndex((length, axis) => length === -1 && own(shape, x, axis) === undefined);
  if (shape.length >= x.length && missing < 0) return undefined;
  return {
    code: 'wrong-rank',
    attr: 'shape',
    message:
      missing < 0
        ? `The input has ${x.length} dimensions (${sizes(x)}), but only ${shape.length} sizes are given. Give one for each; −1 keeps it.`
        : `−1 keeps a size, but axis ${missing} is new: the input has only ${x.length} dimensions (${sizes(x)}). Write its size.`,
  };
}

function checkSizes(shape: Shape, x: Shape): Complaint | undefined {
  const wrong = shape.findIndex((length, axis) => {
    const before = own(shape, x, axis) ?? 1;
    return length !== -1 && before !== 1 && Math.abs(length - before) > 0;
  });
  if (wrong < 0) return undefined;
  return {
    code: 'shape-mismatch',
    attr: 'shape',
    output: shape.map((length, axis) => (axis === wrong ? Number.NaN : length === -1 ? own(shape, x, axis)! : length)),
    message: `Axis ${wrong} cannot become ${shape[wrong]}: the input has ${own(shape, x, wrong)} there (${sizes(x)}), and only a size of 1 can be expanded. Use −1 to keep it, or repeat.`,
  };
}
