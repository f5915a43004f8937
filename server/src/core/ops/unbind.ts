import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { checkPieces } from './rules/pieces.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf } from './rules/shape.ts';

export interface Unbind {
  readonly axis: number;
}

/** torch.unbind, also as a loop over a tensor. */
export const unbind = op<Unbind>({
  name: 'unbind',
  kind: 'view',
  summary: () => l10n.t('Splits a tensor into all entries of an axis, which is removed. Views: no copy.'),
  attrs: { axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis to remove.') } },
  arity: 1,
  check: ({ axis }, [x]) => checkAxisIn(axis, x!) ?? checkPieces(x![axisOf(axis, x!.length)]!, 'axis'),
  shapes: ({ axis }, [x]) => {
    const own = axisOf(axis, x!.length);
    return Array.from({ length: x![own]! }, () => x!.filter((_, at) => at !== own));
  },
  saves: savesNothing,
  examples: [
    {
      // Queries, keys and values of an attention layer.
      attrs: { axis: 0 },
      inputs: [[3, 1, 12, 197, 64]],
      output: [
        [1, 12, 197, 64],
        [1, 12, 197, 64],
        [1, 12, 197, 64],
      ],
      counts: { macs: 0 },
    },
    {
      attrs: { axis: -1 },
      inputs: [[1, 4, 2]],
      output: [
        [1, 4],
        [1, 4],
      ],
    },
  ],
});
