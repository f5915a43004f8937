import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxis } from './rules/axis.ts';
import { axisOf, size } from './rules/shape.ts';

export interface L2Norm {
  /** The axis along which vectors get length 1; negative counts from the last. */
  readonly axis: number;
}

/** x / √(Σ x²) along an axis, as in PyTorch's F.normalize; a learned factor is a separate node. */
export const l2Norm = op<L2Norm>({
  name: 'l2Norm',
  kind: 'norm',
  summary: () => l10n.t('Divides each vector along an axis by its length. No parameters.'),
  attrs: {
    axis: {
      kind: 'axis',
      default: 1,
      doc: () => l10n.t('Axis along which vectors get length 1: 1 is channels, −1 the last axis.'),
    },
  },
  arity: 1,
  rank: { min: 2 },
  check: ({ axis }, [x]) => checkAxis(axis, x!),
  shape: (_, [x]) => x!,
  // The square root per vector and the epsilon are not counted.
  counts: ({ axis }, [x]) => {
    const elements = size(x!);
    return { muls: elements, adds: elements - elements / x![axisOf(axis, x!.length)]!, divs: elements };
  },
  examples: [
    {
      // SSD's conv4_3.
      attrs: { axis: 1 },
      inputs: [[1, 512, 38, 38]],
      output: [1, 512, 38, 38],
      counts: { muls: 739_328, adds: 737_884, divs: 739_328 },
    },
    { attrs: { axis: -1 }, inputs: [[1, 10, 4]], output: [1, 10, 4], counts: { muls: 40, adds: 30, divs: 40 } },
  ],
});
