// Wordings and roundings that several pieces of advice share.

/** `5×5`; `5-wide` in one dimension. */
export function kernelText(kernel: readonly number[]): string {
  return kernel.length === 1 ? `${kernel[0]}-wide` : kernel.join('×');
}

/** The product of sizes. */
export function volume(sizes: readonly number[]): number {
  return sizes.reduce((product, length) => product * length, 1);
}

/** Channels as hardware likes them: the nearest multiple of 8, 8 at least. */
export function rounded(channels: number): number {
  return Math.max(8, Math.round(channels / 8) * 8);
}

/** `256 → 192 channels`; in words where uses of a block differ. */
export function channelsText(from: number | undefined, to: number | undefined): string {
  if (from !== undefined && to !== undefined) return `${from} → ${to} channels`;
  if (from !== undefined) return `${from} input channels`;
  return to === undefined ? 'channels differ between its uses' : `${to} output channels`;
}

/** `, 256 → 192 → 128 channels`; nothing where uses of a block differ. */
export function pathText(steps: readonly (number | undefined)[]): string {
  return steps.includes(undefined) ? '' : `, ${steps.join(' → ')} channels`;
}

/** Weights of another network do not fit it, and nobody knows how well it does before it is trained. */
export const retrain = 'Pretrained weights no longer load for this layer, and accuracy must be measured again.';
