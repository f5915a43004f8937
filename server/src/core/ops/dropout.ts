import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size } from './rules/shape.ts';

/** Nothing at inference; in training it zeroes random elements. */
export const dropout = op({
  name: 'dropout',
  kind: 'elementwise',
  summary: () => l10n.t('Zeroes random elements during training; at inference it returns its input and costs nothing.'),
  attrs: {},
  arity: 1,
  shape: (_, [x]) => x!,
  inPlace: true,
  saves: (_, [x]) => ({ extras: [{ elements: size(x!) }] }),
  examples: [
    { attrs: {}, inputs: [[1, 4096]], output: [1, 4096], counts: {} },
    { attrs: {}, inputs: [[1, 1280, 7, 7]], output: [1, 1280, 7, 7], counts: {} },
  ],
});
