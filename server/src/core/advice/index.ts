import type { AdviceRule } from './advice.ts';
import { cancelledBias } from './cancelledBias.ts';
import { costlyModule } from './costlyModule.ts';
import { fatConvolution } from './fatConvolution.ts';
import { flattenedHead } from './flattenedHead.ts';
import { fullConvolution } from './fullConvolution.ts';
import { largeKernel } from './largeKernel.ts';
import { largeScale } from './largeScale.ts';
import { latePooling } from './latePooling.ts';
import { manyRepeats } from './manyRepeats.ts';
import { mergeableLayers } from './mergeableLayers.ts';
import { squareKernel } from './squareKernel.ts';
import { ungroupedConvolution } from './ungroupedConvolution.ts';
import { unusedLayer } from './unusedLayer.ts';
import { wideExpansion } from './wideExpansion.ts';
import { wideLayer } from './wideLayer.ts';

/** All advice, in the order in which it is offered. */
export const adviceRules: readonly AdviceRule[] = [
  fatConvolution,
  largeKernel,
  squareKernel,
  fullConvolution,
  flattenedHead,
  wideLayer,
  wideExpansion,
  manyRepeats,
  costlyModule,
  ungroupedConvolution,
  cancelledBias,
  unusedLayer,
  latePooling,
  mergeableLayers,
  largeScale,
];

export type { AdviceRule, Finding, Fix } from './advice.ts';
export { Network } from './network.ts';
