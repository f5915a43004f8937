import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf } from './rules/shape.ts';

export interface Unsqueeze {
  /** Position of the new axis in the output. */
  readonly axis: number;
}

export const unsqueeze = op<Unsqueeze>({
  name: 'unsqueeze',
  kind: 'view',
  summary: () => l10n.t('Adds an axis of size 1. A view: no copy.'),
  attrs: { axis: { kind: 'axis', doc: () => l10n.t('Position of the new axis in the output; −1 is the end.') } },
  arity: 1,
  check: ({ axis }, [x]) => checkAxisIn(axis, x!, 'axis', x!.length + 1),
  shape: ({ axis }, [x]) => {
    const at = axisOf(axis, x!.length + 1);
    return [...x!.slice(0, at), 1, ...x!.slice(at)];
  },
  saves: savesNothing,
  examples: [
    { attrs: { axis: 1 }, inputs: [[1, 8400]], output: [1, 1, 8400], counts: { macs: 0 } },
    { attrs: { axis: -1 }, inputs: [[1, 64]], output: [1, 64, 1] },
    { attrs: { axis: 0 }, inputs: [[3, 4]], output: [1, 3, 4] },
  ],
});
