// Codes of problems that have another name than they had: `flopline-ignore` comments and scripts may hold the old one.

/** By the code of today: the code that its problems had before. An old code stood for several of today's. */
const formerCodes: Readonly<Record<string, string>> = {
  'attention-features-mismatch': 'channel-mismatch',
  'attention-rank': 'wrong-rank',
  'axes-out-of-order': 'wrong-axis',
  'axis-out-of-range': 'wrong-axis',
  'batch-axes-mismatch': 'shape-mismatch',
  'border-larger-than-input': 'padding-too-large',
  'broadcast-mismatch': 'shape-mismatch',
  'channels-not-divisible-by-factor': 'not-divisible',
  'concat-rank-mismatch': 'shape-mismatch',
  'concat-size-mismatch': 'shape-mismatch',
  'crop-larger-than-input': 'crop-too-large',
  'crop-rank-mismatch': 'shape-mismatch',
  'element-count-mismatch': 'shape-mismatch',
  'empty-slice': 'empty-shape',
  'expand-size-mismatch': 'shape-mismatch',
  'features-not-divisible-by-heads': 'heads-mismatch',
  'grid-coordinates': 'shape-mismatch',
  'grid-rank-mismatch': 'wrong-rank',
  'incomplete-order': 'wrong-axis',
  'index-shape-mismatch': 'shape-mismatch',
  'inferred-size-not-whole': 'shape-mismatch',
  'input-not-divisible-by-groups': 'groups-mismatch',
  'k-larger-than-axis': 'too-many',
  'kernel-larger-than-input': 'kernel-too-large',
  'kernel-rank-mismatch': 'wrong-rank',
  'key-value-mismatch': 'shape-mismatch',
  'matmul-rank': 'wrong-rank',
  'matmul-size-mismatch': 'shape-mismatch',
  'missing-output-size': 'missing-attribute',
  'mode-rank-mismatch': 'wrong-mode',
  'nested-too-deep': 'too-large',
  'no-axes': 'wrong-axis',
  'not-a-size': 'wrong-value',
  'offset-count': 'wrong-value',
  'output-not-divisible-by-groups': 'groups-mismatch',
  'output-padding-too-large': 'padding-too-large',
  'padding-crops-everything': 'empty-output',
  'padding-fills-window': 'padding-too-large',
  'padding-removes-everything': 'empty-output',
  'piece-count-out-of-range': 'wrong-value',
  'piece-size-below-one': 'split-mismatch',
  'piece-sizes-mismatch': 'split-mismatch',
  'query-key-mismatch': 'shape-mismatch',
  'repeated-axis': 'wrong-axis',
  'repeated-too-often': 'too-large',
  'repeats-below-one': 'wrong-value',
  'scale-and-size': 'wrong-attribute',
  'size-not-divisible-by-factor': 'not-divisible',
  'size-of-new-axis': 'wrong-rank',
  'squeeze-of-unknown-size': 'unknown-size',
  'stack-shape-mismatch': 'shape-mismatch',
  'step-below-one': 'wrong-value',
  'too-few-repeats': 'wrong-rank',
  'too-few-sizes': 'wrong-rank',
  'too-many-normalized-axes': 'wrong-axis',
  'too-many-operators': 'too-large',
  'two-inferred-sizes': 'wrong-value',
  'unsupported-rank': 'wrong-rank',
  'value-per-dimension': 'wrong-rank',
  'wrong-input-count': 'wrong-inputs',
};

/** The name that a code had before; undefined where it is the first. */
export function formerCode(code: string): string | undefined {
  return Object.hasOwn(formerCodes, code) ? formerCodes[code] : undefined;
}

/** Whether a code that somebody wrote means this one: by its name of today or by the one it had. */
export function meansCode(written: string, code: string): boolean {
  return written === code || formerCode(code) === written;
}
