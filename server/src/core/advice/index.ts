import type { AdviceRule } from './advice.ts';
import { fatConvolution } from './fatConvolution.ts';

/** Every piece of advice, in the order in which they are offered. */
export const adviceRules: readonly AdviceRule[] = [fatConvolution];

export type { AdviceRule, Finding, Fix } from './advice.ts';
export { Network } from './network.ts';
