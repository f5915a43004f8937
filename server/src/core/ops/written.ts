import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';

export interface Written {
  readonly shape: Shape;
}

/** A tensor after something was written into it through a view: the tensor before, and what was written. */
export const written = op<Written>({
  name: 'written',
  kind: 'view',
  summary: () => l10n.t('A tensor after a view of it was changed in place.'),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('Its shape.') } },
  arity: 2,
  shape: ({ shape }) => shape,
  inPlace: true,
  saves: savesNothing,
  examples: [
    {
      attrs: { shape: [1, 3, 8] },
      inputs: [
        [1, 3, 8],
        [1, 8],
      ],
      output: [1, 3, 8],
      counts: { macs: 0 },
    },
    { attrs: { shape: [4] }, inputs: [[4], []], output: [4] },
  ],
});
