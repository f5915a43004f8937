import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { size } from './rules/shape.ts';

export interface Parameter {
  readonly shape: Shape;
  /** The kind of parameter it counts as; default: weights. */
  readonly role?: 'weights' | 'biases' | 'normAffine' | undefined;
}

/** torch.nn.Parameter: a class token, a position embedding, a set of queries. */
export const parameter = op<Parameter>({
  name: 'parameter',
  kind: 'source',
  summary: () => l10n.t('A learned tensor, the same for every input.'),
  attrs: {
    shape: { kind: 'shape', doc: () => l10n.t('Its shape.') },
    role: {
      kind: 'choice',
      values: ['weights', 'biases', 'normAffine'],
      default: 'weights',
      doc: () => l10n.t('What its elements count as.'),
    },
  },
  arity: 0,
  shape: ({ shape }) => shape,
  counts: ({ shape, role }) => ({ [role ?? 'weights']: size(shape) }),
  saves: savesNothing,
  examples: [
    // ViT-B/16: position embedding.
    { attrs: { shape: [1, 197, 768] }, inputs: [], output: [1, 197, 768], counts: { macs: 0, weights: 151_296 } },
    { attrs: { shape: [64], role: 'biases' }, inputs: [], output: [64], counts: { weights: 0, biases: 64 } },
  ],
});
