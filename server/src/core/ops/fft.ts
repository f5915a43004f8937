import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';

export interface Fft {
  readonly shape: Shape;
}

/** torch.fft: the number of operations depends on the algorithm, so none are counted. */
export const fft = op<Fft>({
  name: 'fft',
  kind: 'data',
  summary: () =>
    l10n.t('Fourier transform over some axes. Its operations depend on the algorithm and are not counted.'),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('Shape of the result.') } },
  arity: 1,
  shape: ({ shape }) => shape,
  field: () => 'global',
  saves: savesNothing,
  examples: [
    // rfft2 halves the last axis.
    { attrs: { shape: [1, 64, 56, 29] }, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 29], counts: { macs: 0 } },
    { attrs: { shape: [8] }, inputs: [[8]], output: [8] },
  ],
});
