import * as l10n from '@vscode/l10n';
import type { Complaint, Shape, ShapeOrder } from '../op.ts';
import { gridText } from './shape.ts';
import { extent } from './window.ts';

interface Sliding {
  readonly kernel: readonly number[];
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly dilation?: readonly number[] | undefined;
}

/** The complaint about a window [K, …] that is larger than its input [N, C, …]; `out` is the output channels. */
export function kernelTooLarge(
  { kernel, padding, paddingAfter, dilation }: Sliding,
  x: Shape,
  out: number,
  order: ShapeOrder,
): Complaint {
  const grid = (lengths: readonly number[]): string => gridText(lengths, order);
  const window = grid(kernel.map((taps, axis) => extent(taps, dilation?.[axis])));
  const input = grid(x.slice(2));
  const padded = grid(x.slice(2).map((length, axis) => length + padding[axis]! + (paddingAfter ?? padding)[axis]!));
  const isDilated = window !== grid(kernel);
  return {
    code: 'kernel-larger-than-input',
    attr: 'kernel',
    output: [x[0]!, out, ...kernel.map(() => Number.NaN)],
    message:
      padded === input
        ? isDilated
          ? l10n.t('The kernel ({0} with its dilation) is larger than its input ({1}).', window, input)
          : l10n.t('The kernel ({0}) is larger than its input ({1}).', window, input)
        : isDilated
          ? l10n.t(
              'The kernel ({0} with its dilation) is larger than its input ({1}; {2} with padding).',
              window,
              input,
              padded,
            )
          : l10n.t('The kernel ({0}) is larger than its input ({1}; {2} with padding).', window, input, padded),
    help: l10n.t('Use a smaller kernel, more padding, or less downsampling before this layer.'),
    short: l10n.t('kernel larger than input'),
  };
}
