import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { size } from './rules/shape.ts';

/** x / (1 + |x|). */
export const softsign = activation({
  name: 'softsign',
  summary: () => l10n.t('Maps every value into the range −1 to 1, saturating slowly.'),
  attrs: {},
  each: { adds: 1, divs: 1 },
  saves: (_, [x]) => ({ inputs: [0], extras: [{ elements: size(x!) }] }),
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { adds: 200_704, divs: 200_704 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { adds: 10, divs: 10 } },
  ],
});
