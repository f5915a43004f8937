// Wordings and roundings that several pieces of advice share.
import * as l10n from '@vscode/l10n';

/** `5×5`; `5-wide` in one dimension. */
export function kernelText(kernel: readonly number[]): string {
  return kernel.length === 1 ? l10n.t('{0}-wide', kernel[0]!) : kernel.join('×');
}

/** The product of sizes. */
export function volume(sizes: readonly number[]): number {
  return sizes.reduce((product, length) => product * length, 1);
}

/** Rounds channels to what hardware prefers: the nearest multiple of 8, at least 8. */
export function rounded(channels: number): number {
  return Math.max(8, Math.round(channels / 8) * 8);
}

/** `256 → 192 channels`; in words if the uses of a block differ. */
export function channelsText(from: number | undefined, to: number | undefined): string {
  if (from !== undefined && to !== undefined) return l10n.t('{0} → {1} channels', from, to);
  if (from !== undefined) return l10n.t('{0} input channels', from);
  return to === undefined ? l10n.t('its uses differ in their channels') : l10n.t('{0} output channels', to);
}

/** ` (256 → 192 → 128 channels)` for the end of a sentence; empty if the uses of a block differ. */
export function pathText(steps: readonly (number | undefined)[]): string {
  return steps.includes(undefined) ? '' : l10n.t(' ({0} channels)', steps.join(' → '));
}

/** The downside of any change of weights. */
export function retrain(): string {
  return l10n.t('Pretrained weights no longer load for this layer, and accuracy must be measured again.');
}

/** The downside of fewer channels. */
export function fewerChannels(): string {
  return l10n.t(
    'Channels are the features that a layer can tell apart: with fewer it learns less. The receptive field stays the same.',
  );
}

export function sameField(): string {
  return l10n.t('The receptive field stays the same.');
}
