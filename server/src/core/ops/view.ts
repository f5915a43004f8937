import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { size, sizes } from './rules/shape.ts';

const hows = [
  'select',
  'index',
  'diagonal',
  'windows',
  'squeeze',
  'reshape',
  'expand',
  'real',
  'complex',
  'cast',
] as const;

export interface View {
  readonly how: (typeof hows)[number];
  readonly shape: Shape;
}

/** Views in NumPy and PyTorch: x[0, :, None], x.diagonal(), x.unfold(…). */
export const view = op<View>({
  name: 'view',
  kind: 'view',
  summary: () => l10n.t('Looks at some of the elements under another shape. A view: no copy.'),
  attrs: {
    how: { kind: 'choice', values: hows, default: 'index', doc: () => l10n.t('What the view takes.') },
    shape: { kind: 'shape', doc: () => l10n.t('Its shape.') },
  },
  arity: 1,
  check: ({ shape }) => checkShape(shape),
  shape: ({ shape }) => shape,
  saves: savesNothing,
  examples: [
    // x[:, 0]: the class token of a ViT.
    { attrs: { how: 'select', shape: [1, 768] }, inputs: [[1, 197, 768]], output: [1, 768], counts: { macs: 0 } },
    { attrs: { how: 'index', shape: [1, 1, 4] }, inputs: [[4, 4]], output: [1, 1, 4] },
  ],
});

/** Complains if a size is not a whole number ≥ 0 (or unknown). */
function checkShape(shape: Shape): Complaint | undefined {
  if (!shape.some(length => length < 0 || length % 1 !== 0) || Number.isNaN(size(shape))) return undefined;
  return {
    code: 'not-a-size',
    attr: 'shape',
    message: l10n.t('{0} is not a shape.', sizes(shape)),
    help: l10n.t('Use whole numbers ≥ 0.'),
  };
}
