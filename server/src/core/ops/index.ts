// The list of all operators: a new one is a file beside this and a line here.

import { adaptiveAvgPool } from './adaptiveAvgPool.ts';
import { adaptiveMaxPool } from './adaptiveMaxPool.ts';
import { avgPool } from './avgPool.ts';
import { batchNorm } from './batchNorm.ts';
import { celu } from './celu.ts';
import { channelShuffle } from './channelShuffle.ts';
import { conv } from './conv.ts';
import { convTranspose } from './convTranspose.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { gelu } from './gelu.ts';
import { globalAvgPool } from './globalAvgPool.ts';
import { globalMaxPool } from './globalMaxPool.ts';
import { gridSample } from './gridSample.ts';
import { groupNorm } from './groupNorm.ts';
import { hardSigmoid } from './hardSigmoid.ts';
import { hardSwish } from './hardSwish.ts';
import { hardTanh } from './hardTanh.ts';
import { identity } from './identity.ts';
import { instanceNorm } from './instanceNorm.ts';
import { l2Norm } from './l2Norm.ts';
import { layerNorm } from './layerNorm.ts';
import { leakyRelu } from './leakyRelu.ts';
import { linear } from './linear.ts';
import { logSigmoid } from './logSigmoid.ts';
import { logSoftmax } from './logSoftmax.ts';
import { lrn } from './lrn.ts';
import { maxPool } from './maxPool.ts';
import { mish } from './mish.ts';
import type { AnyOp } from './op.ts';
import { pad } from './pad.ts';
import { pixelShuffle } from './pixelShuffle.ts';
import { pixelUnshuffle } from './pixelUnshuffle.ts';
import { prelu } from './prelu.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { rmsNorm } from './rmsNorm.ts';
import { selu } from './selu.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { tanh } from './tanh.ts';
import { upsample } from './upsample.ts';

export * from './adaptiveAvgPool.ts';
export * from './adaptiveMaxPool.ts';
export * from './avgPool.ts';
export * from './batchNorm.ts';
export * from './celu.ts';
export * from './channelShuffle.ts';
export * from './conv.ts';
export * from './convTranspose.ts';
export * from './dropout.ts';
export * from './elu.ts';
export * from './gelu.ts';
export * from './globalAvgPool.ts';
export * from './globalMaxPool.ts';
export * from './gridSample.ts';
export * from './groupNorm.ts';
export * from './hardSigmoid.ts';
export * from './hardSwish.ts';
export * from './hardTanh.ts';
export * from './identity.ts';
export * from './instanceNorm.ts';
export * from './l2Norm.ts';
export * from './layerNorm.ts';
export * from './leakyRelu.ts';
export * from './linear.ts';
export * from './logSigmoid.ts';
export * from './logSoftmax.ts';
export * from './lrn.ts';
export * from './maxPool.ts';
export * from './mish.ts';
export * from './pad.ts';
export * from './pixelShuffle.ts';
export * from './pixelUnshuffle.ts';
export * from './prelu.ts';
export * from './relu.ts';
export * from './relu6.ts';
export * from './rmsNorm.ts';
export * from './selu.ts';
export * from './sigmoid.ts';
export * from './silu.ts';
export * from './softmax.ts';
export * from './softplus.ts';
export * from './softsign.ts';
export * from './tanh.ts';
export * from './upsample.ts';

export const ops = [
  conv,
  convTranspose,
  linear,
  maxPool,
  avgPool,
  adaptiveAvgPool,
  adaptiveMaxPool,
  globalAvgPool,
  globalMaxPool,
  batchNorm,
  layerNorm,
  groupNorm,
  instanceNorm,
  rmsNorm,
  lrn,
  l2Norm,
  relu,
  relu6,
  leakyRelu,
  prelu,
  elu,
  selu,
  celu,
  softplus,
  silu,
  gelu,
  sigmoid,
  tanh,
  hardSwish,
  hardSigmoid,
  mish,
  logSigmoid,
  softsign,
  hardTanh,
  softmax,
  logSoftmax,
  upsample,
  pixelShuffle,
  pixelUnshuffle,
  channelShuffle,
  pad,
  dropout,
  identity,
  gridSample,
] as const satisfies readonly AnyOp[];
