// Wordings and roundings that several pieces of advice share.

/** `5×5`. */
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
