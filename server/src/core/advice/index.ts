import type { AdviceRule } from './advice.ts';
import { cancelledBias } from './cancelledBias.ts';
import { fatConvolution } from './fatConvolution.ts';
import { flattenedHead } from './flattenedHead.ts';
import { fullConvolution } from './fullConvolution.ts';
import { largeKernel } from './largeKernel.ts';
import { latePooling } from './latePooling.ts';
import { mergeableLayers } from './mergeableLayers.ts';
import { squareKernel } from './squareKernel.ts';
import { ungroupedConvolution } from './ungroupedConvolution.ts';
import { unusedLayer } from './unusedLayer.ts';
import { wideLayer } from './wideLayer.ts';

/** Every piece of advice, in the order in which they are offered. */
export const adviceRules: readonly AdviceRule[] = [
  fatConvolution,
  largeKernel,
  squareKernel,
  fullConvolution,
  flattenedHead,
  wideLayer,
  ungroupedConvolution,
  cancelledBias,
  unusedLayer,
  latePooling,
  mergeableLayers,
];

export type { AdviceRule, Finding, Fix } from './advice.ts';
export { Network } from './network.ts';
