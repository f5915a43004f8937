import * as l10n from '@vscode/l10n';
import { type Complaint, type Field, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, size, sizes } from './rules/shape.ts';

export interface Reduce {
  readonly how: 'mean' | 'sum' | 'max' | 'min' | 'product' | 'norm' | 'variance' | 'logSumExp' | 'any' | 'all';
  readonly axes: readonly number[];
  /** Whether the axes stay, with size 1. */
  readonly keep: boolean;
}

export const reduce = op<Reduce>({
  name: 'reduce',
  kind: 'pool',
  summary: () => l10n.t('Reduces some axes to their mean, sum, maximum or the like.'),
  attrs: {
    how: {
      kind: 'choice',
      values: ['mean', 'sum', 'max', 'min', 'product', 'norm', 'variance', 'logSumExp', 'any', 'all'],
      default: 'mean',
      doc: () => l10n.t('The reduction, such as mean, sum or maximum.'),
    },
    axes: { kind: 'axes', doc: () => l10n.t('The axes to reduce.') },
    keep: { kind: 'boolean', default: false, doc: () => l10n.t('Keeps the reduced axes, with size 1.') },
  },
  arity: 1,
  check: ({ axes }, [x]) =>
    checkSome(axes, x!) ?? firstOf(axes.map(axis => checkAxisIn(axis, x!, 'axes'))) ?? checkOnce(axes, x!),
  shape: ({ axes, keep }, [x]) => {
    const gone = resolved(axes, x!);
    return keep ? x!.map((length, axis) => (gone.has(axis) ? 1 : length)) : x!.filter((_, axis) => !gone.has(axis));
  },
  counts: ({ how }, [x], [y]) => {
    const outputs = size(y!);
    const steps = size(x!) - outputs;
    switch (how) {
      case 'max':
      case 'min':
      case 'any':
      case 'all':
        return { compares: steps };
      case 'product':
        return { muls: steps };
      case 'norm':
        // Squares, their sum, and a root.
        return { muls: size(x!), adds: steps, exps: outputs };
      case 'variance':
        // A mean, differences, their squares, and the mean of those.
        return { adds: 2 * steps + size(x!), muls: size(x!), divs: 2 * outputs };
      case 'logSumExp':
        return { exps: size(x!) + outputs, adds: steps };
      default:
        return { adds: steps, divs: how === 'mean' ? outputs : 0 };
    }
  },
  field: ({ axes }, [x]) => (overPositions(axes, x!) ? 'global' : passesOn),
  saves: ({ how }) => {
    switch (how) {
      case 'sum':
      case 'any':
      case 'all':
        return {};
      case 'mean':
      case 'variance':
        return { inputs: [0] };
      default:
        return { inputs: [0], outputs: [0] };
    }
  },
  examples: [
    {
      // x.mean([2, 3]): global average pooling as MobileNet writes it.
      attrs: { how: 'mean', axes: [2, 3], keep: false },
      inputs: [[1, 1280, 7, 7]],
      output: [1, 1280],
      counts: { adds: 61_440, divs: 1280 },
    },
    {
      attrs: { how: 'max', axes: [1], keep: true },
      inputs: [[1, 64, 20, 20]],
      output: [1, 1, 20, 20],
      counts: { compares: 25_200 },
    },
    {
      attrs: { how: 'sum', axes: [-1], keep: false },
      inputs: [[1, 3, 4]],
      output: [1, 3],
      counts: { adds: 9, divs: 0 },
    },
  ],
});

const passesOn: Field = { kernel: [], stride: [] };

function resolved(axes: readonly number[], x: Shape): ReadonlySet<number> {
  return new Set(axes.map(axis => axisOf(axis, x.length)));
}

/** Spatial axes come after the channels of an image; in a sequence [N, L, C] or [N, C, L], either axis may be one. */
function overPositions(axes: readonly number[], x: Shape): boolean {
  const first = x.length > 3 ? 2 : 1;
  return [...resolved(axes, x)].some(axis => axis >= first);
}

function checkSome(axes: readonly number[], x: Shape): Complaint | undefined {
  if (axes.length > 0) return undefined;
  return {
    code: 'no-axes',
    attr: 'axes',
    output: x,
    message: l10n.t('No axis to reduce is set; the input has rank {0} ({1}).', x.length, sizes(x)),
    help: l10n.t('Set at least one axis.'),
    short: l10n.t('no axis to reduce'),
  };
}

function checkOnce(axes: readonly number[], x: Shape): Complaint | undefined {
  const repeated = axes.find(
    (axis, at) => axes.findIndex(other => axisOf(other, x.length) === axisOf(axis, x.length)) < at,
  );
  if (repeated === undefined) return undefined;
  return {
    code: 'repeated-axis',
    attr: 'axes',
    message: l10n.t('Axis {0} is listed twice.', repeated),
    help: l10n.t('List each axis once.'),
  };
}

function firstOf(complaints: readonly (Complaint | undefined)[]): Complaint | undefined {
  return complaints.find(complaint => complaint !== undefined);
}
