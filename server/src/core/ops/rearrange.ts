import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';

const hows = [
  'roll',
  'flip',
  'rotate',
  'triangle',
  'diagonal',
  'index',
  'write',
  'scatter',
  'repeat',
  'where',
  'argMin',
  'order',
  'unique',
  'oneHot',
  'pad',
  'concat',
  'random',
  'reshape',
  'cast',
  'copy',
] as const;

export interface Rearrange {
  readonly how: (typeof hows)[number];
  readonly shape: Shape;
}

/** torch.roll, torch.flip, x[indices], x[i] = y, scatter and the like. */
export const rearrange = op<Rearrange>({
  name: 'rearrange',
  kind: 'data',
  summary: () => l10n.t('Moves, selects or replaces elements. A copy, no arithmetic.'),
  attrs: {
    how: { kind: 'choice', values: hows, default: 'index', doc: () => l10n.t('What is done with the elements.') },
    shape: { kind: 'shape', doc: () => l10n.t('Shape of the result.') },
  },
  arity: { min: 1 },
  shape: ({ shape }) => shape,
  saves: savesNothing,
  examples: [
    {
      // The cyclic shift of a Swin Transformer.
      attrs: { how: 'roll', shape: [1, 56, 56, 96] },
      inputs: [[1, 56, 56, 96]],
      output: [1, 56, 56, 96],
      counts: { macs: 0 },
    },
    { attrs: { how: 'index', shape: [49, 49, 3] }, inputs: [[169, 3], [2401]], output: [49, 49, 3] },
  ],
});
