// Complaints used by several layer types.
import * as l10n from '@vscode/l10n';
import type { Complaint, Shape } from '../../../ops/op.ts';
import type { Param } from '../param.ts';

/** A required field is missing; `help` says what to write. */
export function missingField(attr: string, help: string, output?: Shape): Complaint {
  return { code: 'missing-field', attr, message: l10n.t('“{0}” is missing.', attr), help, ...outputOf(output) };
}

/** A required integer ≥ 1 is missing; undefined if it is there. */
export function missingNumber(param: Param, attr: string, help: string, output?: Shape): Complaint | undefined {
  if (param.natural(attr, 0) !== 0) return undefined;
  return param.has(attr) ? belowOne(attr, output) : missingField(attr, help, output);
}

export function belowOne(attr: string, output?: Shape): Complaint {
  return {
    code: 'value-below-minimum',
    attr,
    message: l10n.t('“{0}” must be at least 1.', attr),
    ...outputOf(output),
  };
}

/** Two mutually exclusive fields. */
export function bothGiven(attr: string, other: string): Complaint {
  return {
    code: 'conflicting-fields',
    attr,
    message: l10n.t('“{0}” and “{1}” are both set.', attr, other),
    help: l10n.t('Remove one of them.'),
  };
}

/** One of two fields that belong together is missing. */
export function missingCounterpart(attr: string, missing: string): Complaint {
  return {
    code: 'missing-counterpart',
    attr,
    message: l10n.t('“{0}” is set without “{1}”.', attr, missing),
    help: l10n.t('Set both.'),
  };
}

export function axisOutOfRange(axis: number, shape: Shape, attr = 'axis', output?: Shape): Complaint {
  const rank = shape.length;
  return {
    code: 'axis-out-of-range',
    attr,
    message:
      rank === 1
        ? l10n.t('There is no axis {0}: the input has 1 axis, the batch.', axis)
        : l10n.t('There is no axis {0}: the input has {1} axes, including the batch.', axis, rank),
    ...(rank > 0 ? { help: l10n.t('Use {0} to {1}.', -rank, rank - 1) } : {}),
    short: l10n.t('no axis {0}', axis),
    ...outputOf(output),
  };
}

/** The first input has an unsupported number of axes. */
export function unsupportedRank(
  type: string,
  shape: Shape,
  { min, max }: { readonly min?: number; readonly max?: number },
  output?: Shape,
): Complaint {
  const sizes = sizesText(shape);
  const count = min ?? max!;
  return {
    code: 'unsupported-rank',
    input: 0,
    message:
      min === max
        ? l10n.t('{0} needs an input with {1} axes, but this one is {2}.', type, count, sizes)
        : max === undefined
          ? l10n.t('{0} needs an input with at least {1} axes, but this one is {2}.', type, count, sizes)
          : l10n.t('{0} takes an input with at most {1} axes, but this one is {2}.', type, count, sizes),
    short: l10n.t('unsupported number of axes'),
    ...outputOf(output),
  };
}

/** `1×64×28×28`, unknown sizes as `?`. */
export function sizesText(shape: Shape): string {
  if (shape.length === 0) return l10n.t('a single number');
  return shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×');
}

const outputOf = (output: Shape | undefined): Pick<Complaint, 'output'> => (output ? { output } : {});
