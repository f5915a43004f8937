// All operators, one file each. To add one, add its file and a line here.
import { adaptiveAvgPool } from './adaptiveAvgPool.ts';
import { adaptiveMaxPool } from './adaptiveMaxPool.ts';
import { add } from './add.ts';
import { argMax } from './argMax.ts';
import { attention } from './attention.ts';
import { avgPool } from './avgPool.ts';
import { batchNorm } from './batchNorm.ts';
import { bias } from './bias.ts';
import { celu } from './celu.ts';
import { channelShuffle } from './channelShuffle.ts';
import { chunk } from './chunk.ts';
import { combine } from './combine.ts';
import { compare } from './compare.ts';
import { concat } from './concat.ts';
import { constant } from './constant.ts';
import { conv } from './conv.ts';
import { convTranspose } from './convTranspose.ts';
import { cropLike } from './cropLike.ts';
import { detach } from './detach.ts';
import { detections } from './detections.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { einsum } from './einsum.ts';
import { elu } from './elu.ts';
import { embedding } from './embedding.ts';
import { expand } from './expand.ts';
import { fft } from './fft.ts';
import { flatten } from './flatten.ts';
import { gather } from './gather.ts';
import { gelu } from './gelu.ts';
import { globalAvgPool } from './globalAvgPool.ts';
import { globalMaxPool } from './globalMaxPool.ts';
import { gridSample } from './gridSample.ts';
import { groupNorm } from './groupNorm.ts';
import { gru } from './gru.ts';
import { hardSigmoid } from './hardSigmoid.ts';
import { hardSwish } from './hardSwish.ts';
import { hardTanh } from './hardTanh.ts';
import { identity } from './identity.ts';
import { indexSelect } from './indexSelect.ts';
import { instanceNorm } from './instanceNorm.ts';
import { l2Norm } from './l2Norm.ts';
import { layerNorm } from './layerNorm.ts';
import { leakyRelu } from './leakyRelu.ts';
import { linear } from './linear.ts';
import { local } from './local.ts';
import { logSigmoid } from './logSigmoid.ts';
import { logSoftmax } from './logSoftmax.ts';
import { loss } from './loss.ts';
import { lrn } from './lrn.ts';
import { lstm } from './lstm.ts';
import { matmul } from './matmul.ts';
import { maximum } from './maximum.ts';
import { maxPool } from './maxPool.ts';
import { mish } from './mish.ts';
import { mul } from './mul.ts';
import type { AnyOp } from './op.ts';
import { pad } from './pad.ts';
import { parameter } from './parameter.ts';
import { permute } from './permute.ts';
import { pixelShuffle } from './pixelShuffle.ts';
import { pixelUnshuffle } from './pixelUnshuffle.ts';
import { prelu } from './prelu.ts';
import { priorBox } from './priorBox.ts';
import { rearrange } from './rearrange.ts';
import { recurrentCell } from './recurrentCell.ts';
import { reduce } from './reduce.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { repeat } from './repeat.ts';
import { reshape } from './reshape.ts';
import { rmsNorm } from './rmsNorm.ts';
import { rnn } from './rnn.ts';
import { roiPool } from './roiPool.ts';
import { scale } from './scale.ts';
import { scaledDotProduct } from './scaledDotProduct.ts';
import { scan } from './scan.ts';
import { selu } from './selu.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { sort } from './sort.ts';
import { split } from './split.ts';
import { squeeze } from './squeeze.ts';
import { stack } from './stack.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { topK } from './topK.ts';
import { unary } from './unary.ts';
import { unbind } from './unbind.ts';
import { unsqueeze } from './unsqueeze.ts';
import { upsample } from './upsample.ts';
import { view } from './view.ts';
import { where } from './where.ts';
import { written } from './written.ts';

export const ops = [
  conv,
  convTranspose,
  linear,
  local,
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
  detach,
  gridSample,
  add,
  sub,
  mul,
  div,
  maximum,
  concat,
  split,
  chunk,
  slice,
  flatten,
  reshape,
  permute,
  squeeze,
  unsqueeze,
  expand,
  repeat,
  stack,
  gather,
  indexSelect,
  topK,
  reduce,
  argMax,
  unary,
  scale,
  bias,
  matmul,
  attention,
  scaledDotProduct,
  embedding,
  lstm,
  gru,
  rnn,
  recurrentCell,
  parameter,
  cropLike,
  detections,
  loss,
  priorBox,
  roiPool,
  constant,
  view,
  rearrange,
  written,
  compare,
  where,
  combine,
  scan,
  sort,
  unbind,
  einsum,
  fft,
] as const satisfies readonly AnyOp[];

export * from './adaptiveAvgPool.ts';
export * from './adaptiveMaxPool.ts';
export * from './add.ts';
export * from './argMax.ts';
export * from './attention.ts';
export * from './avgPool.ts';
export * from './batchNorm.ts';
export * from './bias.ts';
export * from './celu.ts';
export * from './channelShuffle.ts';
export * from './chunk.ts';
export * from './combine.ts';
export * from './compare.ts';
export * from './concat.ts';
export * from './constant.ts';
export * from './conv.ts';
export * from './convTranspose.ts';
export * from './cropLike.ts';
export * from './detach.ts';
export * from './detections.ts';
export * from './div.ts';
export * from './dropout.ts';
export * from './einsum.ts';
export * from './elu.ts';
export * from './embedding.ts';
export * from './expand.ts';
export * from './fft.ts';
export * from './flatten.ts';
export * from './gather.ts';
export * from './gelu.ts';
export * from './globalAvgPool.ts';
export * from './globalMaxPool.ts';
export * from './gridSample.ts';
export * from './groupNorm.ts';
export * from './gru.ts';
export * from './hardSigmoid.ts';
export * from './hardSwish.ts';
export * from './hardTanh.ts';
export * from './identity.ts';
export * from './indexSelect.ts';
export * from './instanceNorm.ts';
export * from './l2Norm.ts';
export * from './layerNorm.ts';
export * from './leakyRelu.ts';
export * from './linear.ts';
export * from './local.ts';
export * from './logSigmoid.ts';
export * from './logSoftmax.ts';
export * from './loss.ts';
export * from './lrn.ts';
export * from './lstm.ts';
export * from './matmul.ts';
export * from './maximum.ts';
export * from './maxPool.ts';
export * from './mish.ts';
export * from './mul.ts';
export * from './op.ts';
export * from './pad.ts';
export * from './parameter.ts';
export * from './permute.ts';
export * from './pixelShuffle.ts';
export * from './pixelUnshuffle.ts';
export * from './prelu.ts';
export * from './priorBox.ts';
export * from './rearrange.ts';
export * from './recurrentCell.ts';
export * from './reduce.ts';
export * from './relu.ts';
export * from './relu6.ts';
export * from './repeat.ts';
export * from './reshape.ts';
export * from './rmsNorm.ts';
export * from './rnn.ts';
export * from './roiPool.ts';
export * from './scale.ts';
export * from './scaledDotProduct.ts';
export * from './scan.ts';
export * from './selu.ts';
export * from './sigmoid.ts';
export * from './silu.ts';
export * from './slice.ts';
export * from './softmax.ts';
export * from './softplus.ts';
export * from './softsign.ts';
export * from './sort.ts';
export * from './split.ts';
export * from './squeeze.ts';
export * from './stack.ts';
export * from './sub.ts';
export * from './tanh.ts';
export * from './topK.ts';
export * from './unary.ts';
export * from './unbind.ts';
export * from './unsqueeze.ts';
export * from './upsample.ts';
export * from './view.ts';
export * from './where.ts';
export * from './written.ts';
