import * as l10n from '@vscode/l10n';
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
  summary: () => l10n.t('Repeats a tensor a given number of times along each axis.'),
  attrs: { times: { kind: 'ints', min: 1, doc: () => l10n.t('Repeats along each axis, batch first.') } },
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
    code: 'too-few-repeats',
    attr: 'times',
    message: l10n.t('Too few repeats ({0}) for an input with {1} dimensions ({2}).', times.length, x.length, sizes(x)),
    help: l10n.t('Give one number for each dimension; 1 keeps it as it is.'),
    short: l10n.t('too few repeats'),
  };
}

function checkTimes(times: Shape): Complaint | undefined {
  const wrong = times.find(count => count < 1);
  if (wrong === undefined) return undefined;
  return {
    code: 'repeats-below-one',
    attr: 'times',
    message: l10n.t('Repeating an axis {0} times leaves nothing.', wrong),
    help: l10n.t('Use 1 or more for each axis.'),
    short: l10n.t('nothing left after repeating'),
  };
}
