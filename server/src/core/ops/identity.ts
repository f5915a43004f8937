import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { savesNothing } from './rules/saved.ts';

/** Returns its input: the same memory with the same shape. */
export const identity = op({
  name: 'identity',
  kind: 'view',
  summary: () => l10n.t('Returns its input unchanged.'),
  attrs: {},
  arity: 1,
  shape: (_, [x]) => x!,
  inPlace: true,
  saves: savesNothing,
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: {} },
    { attrs: {}, inputs: [[1, 197, 768]], output: [1, 197, 768], counts: {} },
  ],
});
