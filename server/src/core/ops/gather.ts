import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Gather {
  readonly axis: number;
}

/** torch.gather: the inputs are the tensor and the indices, which determine the output shape. */
export const gather = op<Gather>({
  name: 'gather',
  kind: 'data',
  summary: () => l10n.t('Gathers elements along an axis, one per index; the output has the shape of the indices.'),
  attrs: { axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis that the indices refer to.') } },
  arity: 2,
  passes: input => input === 0,
  check: ({ axis }, [x, index]) => checkAxisIn(axis, x!) ?? checkIndex(axis, x!, index!),
  shape: (_, [, index]) => index!,
  saves: () => ({ inputs: [0, 1] }),
  examples: [
    {
      // RT-DETR: the boxes of its 300 best queries.
      attrs: { axis: 1 },
      inputs: [
        [1, 8400, 4],
        [1, 300, 4],
      ],
      output: [1, 300, 4],
      counts: { macs: 0 },
    },
    {
      attrs: { axis: 1 },
      inputs: [
        [1, 5],
        [1, 9],
      ],
      output: [1, 9],
    },
  ],
});

function checkIndex(axis: number, x: Shape, index: Shape): Complaint | undefined {
  const own = axisOf(axis, x.length);
  const fits = x.length === index.length && !index.some((length, at) => at !== own && length > x[at]!);
  if (fits) return undefined;
  return {
    code: 'index-shape-mismatch',
    input: 1,
    output: index,
    message:
      x.length === index.length
        ? l10n.t(
            'The indices ({0}) must not be larger than the input ({1}) on any axis but {2}.',
            sizes(index),
            sizes(x),
            own,
          )
        : l10n.t(
            'The indices ({0}) and the input ({1}) must have the same number of dimensions.',
            sizes(index),
            sizes(x),
          ),
    short: l10n.t('indices do not match the input'),
  };
}
