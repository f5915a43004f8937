import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { savesNothing } from './rules/saved.ts';

/** tensor.detach(): the same memory, but no gradient passes through. */
export const detach = op({
  name: 'detach',
  kind: 'view',
  summary: () => l10n.t('Passes its input on, and no gradient back: what is before it is not trained through it.'),
  attrs: {},
  arity: 1,
  shape: (_, [x]) => x!,
  passes: () => false,
  field: () => ({ kernel: [], stride: [] }),
  saves: savesNothing,
  examples: [
    // What the second set of branches of YOLOv10 reads.
    { attrs: {}, inputs: [[1, 64, 80, 80]], output: [1, 64, 80, 80], counts: { macs: 0 } },
    { attrs: {}, inputs: [[1, 197, 768]], output: [1, 197, 768] },
  ],
});
