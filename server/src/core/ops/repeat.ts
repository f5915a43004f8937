import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { sizes } from './rules/shape.ts';

export interface Repeat {
  /** The number of repetitions per axis; axes can be added in front. */
  readonly times: readonly number[];
}

/** torch.Tensor.repeat, Caffe's and numpy's tile. */
export const repeat = op<Repeat>({
  name: 'repeat',
  kind: 'data',
  summary: () => l10n.t('Repeats a tensor a given number of times along each axis.'),
  attrs: { times: { kind: 'ints', min: 1, doc: () => l10n.t('Repeats along each axis, batch first.') } },
  arity: 1,
  check: ({ times }, [x]) => checkTimes(times, x!),
  shape: ({ times }, [x]) => times.map((count, axis) => count * (x![axis - times.length + x!.length] ?? 1)),
  saves: savesNothing,
  examples: [
    { attrs: { times: [1, 1, 2, 2] }, inputs: [[1, 8, 10, 20]], output: [1, 8, 20, 40], counts: { macs: 0 } },
    { attrs: { times: [1, 3, 2] }, inputs: [[4]], output: [1, 3, 8] },
  ],
});

function checkTimes(times: Shape, x: Shape): Complaint | undefined {
  if (times.length >= x.length && !times.some(count => count < 1)) return undefined;
  return {
    code: 'repeats-mismatch',
    attr: 'times',
    message: l10n.t(
      'The repeats [{0}] must have a number ≥ 1 for each of the {1} dimensions of the input ({2}).',
      times.join(', '),
      x.length,
      sizes(x),
    ),
    help: l10n.t('Use 1 for a dimension that is not repeated.'),
    short: l10n.t('repeats do not match the input'),
  };
}
