import { type Complaint, op, type Shape } from './op.ts';
import { sizes } from './rules/shape.ts';

export interface Repeat {
  /** How often along each axis; axes may be added in front. */
  readonly times: readonly number[];
}

/** torch.Tensor.repeat, Caffe's and numpy's tile. */
export const repeat = op<Repeat>({
  name: 'repeat',
  kind: 'data',
  summary: 'Copies a tensor so many times along each axis.',
  attrs: { times: { kind: 'ints', min: 1, doc: 'How often along each axis, batch first.' } },
  arity: 1,
  check: ({ times }, [x]) => checkRank(times, x!) ?? checkTimes(times),
  shape: ({ times }, [x]) => times.map((count, axis) => count * (x![axis - times.length + x!.length] ?? 1)),
  examples: [
    { attrs: { times: [1, 1, 2, 2] }, inputs: [[1, 8, 10, 20]], output: [1, 8, 20, 40], counts: { macs: 0 } },
    { attrs: { times: [1, 3, 2] }, inputs: [[4]], output: [1, 3, 8] },
  ],
});

function checkRank(times: Shape, x: Shape): Complaint | undefined {
  if (times.length >= x.length) return undefined;
  return {
    code: 'wrong-rank',
    attr: 'times',
    message: `The input has ${x.length} dimensions (${sizes(x)}), but only ${times.length} of them are given a number of times. Give one for each; 1 leaves an axis as it is.`,
  };
}

function checkTimes(times: Shape): Complaint | undefined {
  const wrong = times.find(count => count < 1);
  if (wrong === undefined) return undefined;
  return {
    code: 'wrong-value',
    attr: 'times',
    message: `Repeating ${wrong} times leaves nothing. Use 1 or more for each axis.`,
  };
}
