import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';

export interface Constant {
  readonly shape: Shape;
}

/** Anchors, grids, masks: computed or stored, never learned. */
export const constant = op<Constant>({
  name: 'constant',
  kind: 'source',
  summary: () => l10n.t('A fixed tensor, not learned.'),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('Its shape.') } },
  arity: 0,
  shape: ({ shape }) => shape,
  saves: savesNothing,
  examples: [
    { attrs: { shape: [1, 2, 8400] }, inputs: [], output: [1, 2, 8400], counts: { macs: 0, weights: 0 } },
    { attrs: { shape: [] }, inputs: [], output: [] },
  ],
});
