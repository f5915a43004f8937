// All layer types: those of BVLC Caffe (REGISTER_LAYER_CLASS in src/caffe/layers) and of forks that real files use.
import * as l10n from '@vscode/l10n';
import * as activation from './activation.ts';
import * as combine from './combine.ts';
import * as conv from './conv.ts';
import * as data from './data.ts';
import * as detection from './detection.ts';
import type { LayerType } from './layer.ts';
import * as loss from './loss.ts';
import * as norm from './norm.ts';
import * as pool from './pool.ts';
import * as recurrent from './recurrent.ts';
import * as shape from './shape.ts';

const types: Readonly<Record<string, LayerType>> = {
  // Inputs
  Input: data.Input,
  Data: data.Data,
  DummyData: data.DummyData,
  MemoryData: data.MemoryData,
  ImageData: data.ImageData,
  HDF5Data: data.HDF5Data,
  WindowData: data.WindowData,
  AnnotatedData: data.AnnotatedData,
  VideoData: data.VideoData,
  // With weights
  Convolution: conv.Convolution,
  ConvolutionDepthwise: conv.ConvolutionDepthwise,
  DepthwiseConvolution: conv.DepthwiseConvolution,
  Deconvolution: conv.Deconvolution,
  InnerProduct: conv.InnerProduct,
  Im2col: conv.Im2col,
  LSTM: recurrent.LSTM,
  RNN: recurrent.RNN,
  LSTMUnit: recurrent.LSTMUnit,
  Embed: shape.Embed,
  Parameter: shape.Parameter,
  // Pooling and its reverse
  Pooling: pool.Pooling,
  SPP: pool.SPP,
  Upsample: pool.Upsample,
  Interp: pool.Interp,
  // Normalization
  BatchNorm: norm.BatchNorm,
  BN: norm.BN,
  Scale: norm.Scale,
  Bias: norm.Bias,
  LRN: norm.LRN,
  MVN: norm.MVN,
  Normalize: norm.Normalize,
  // Element by element
  ReLU: activation.ReLU,
  ReLU6: activation.ReLU6,
  PReLU: activation.PReLU,
  CReLU: activation.CReLU,
  ELU: activation.ELU,
  SELU: activation.SELU,
  SeLu: activation.SELU,
  Sigmoid: activation.Sigmoid,
  TanH: activation.TanH,
  BNLL: activation.BNLL,
  Swish: activation.Swish,
  HardSwish: activation.HardSwish,
  HardSigmoid: activation.HardSigmoid,
  Mish: activation.Mish,
  AbsVal: activation.AbsVal,
  Dropout: activation.Dropout,
  SpatialDropout: activation.Dropout,
  SeLuDropout: activation.Dropout,
  Power: activation.Power,
  Exp: activation.Exp,
  Log: activation.Log,
  Threshold: activation.Threshold,
  Clip: activation.Clip,
  Softmax: activation.Softmax,
  // Combining and splitting
  Eltwise: combine.Eltwise,
  Concat: combine.Concat,
  Slice: combine.Slice,
  Split: combine.Split,
  Axpy: combine.Axpy,
  ChannelScale: combine.ChannelScale,
  // Shapes
  Flatten: shape.Flatten,
  Reshape: shape.Reshape,
  Permute: shape.Permute,
  Crop: shape.Crop,
  Tile: shape.Tile,
  ArgMax: shape.ArgMax,
  Reduction: shape.Reduction,
  Filter: shape.Filter,
  BatchReindex: shape.BatchReindex,
  ShuffleChannel: shape.ShuffleChannel,
  Reorg: shape.Reorg,
  GradientScaler: shape.Same,
  Silence: shape.Silence,
  HDF5Output: shape.HDF5Output,
  // Losses and metrics
  SoftmaxWithLoss: loss.SoftmaxWithLoss,
  SoftmaxLoss: loss.SoftmaxWithLoss,
  SigmoidCrossEntropyLoss: loss.SigmoidCrossEntropyLoss,
  EuclideanLoss: loss.EuclideanLoss,
  SmoothL1Loss: loss.SmoothL1Loss,
  SoftmaxWithLossOHEM: loss.SoftmaxWithLossOHEM,
  SmoothL1LossOHEM: loss.SmoothL1LossOHEM,
  BoxAnnotatorOHEM: loss.BoxAnnotatorOHEM,
  HingeLoss: loss.HingeLoss,
  ContrastiveLoss: loss.ContrastiveLoss,
  MultinomialLogisticLoss: loss.MultinomialLogisticLoss,
  InfogainLoss: loss.InfogainLoss,
  MultiBoxLoss: detection.MultiBoxLoss,
  CenterLoss: loss.CenterLoss,
  TripletLoss: loss.otherLoss(() => l10n.t('Keeps anchors closer to their own class than to others, by a margin.')),
  FocalLoss: loss.otherLoss(() => l10n.t('A softmax loss that gives easy examples less weight.')),
  RegionLoss: loss.otherLoss(() => l10n.t('YOLO’s loss.')),
  Accuracy: loss.Accuracy,
  SegAccuracy: loss.SegAccuracy,
  // Detection
  PriorBox: detection.PriorBox,
  DetectionOutput: detection.DetectionOutput,
  DetectionEvaluate: detection.DetectionEvaluate,
  ROIPooling: detection.ROIPooling,
  ROIAlign: { ...detection.ROIPooling, param: 'roi_align_param' },
  PSROIPooling: detection.PSROIPooling,
  Proposal: detection.Proposal,
  Python: detection.Python,
};

export const typeNames: readonly string[] = Object.keys(types);

export function typeOf(name: string): LayerType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

let byLowerCase: ReadonlyMap<string, string> | undefined;

/** The type with this name if case and underscores are ignored. */
export function sameButCase(name: string): string | undefined {
  byLowerCase ??= new Map(typeNames.map(known => [known.toLowerCase(), known]));
  return byLowerCase.get(name.toLowerCase().replaceAll('_', ''));
}

/** Whether one letter more or less gives another type than `meant`: “eLU” may be ELU or ReLU. */
export function isNearAnother(name: string, meant: string): boolean {
  const word = name.toLowerCase();
  return typeNames.some(known => known !== meant && isLetterOff(word, known.toLowerCase()));
}

function isLetterOff(a: string, b: string): boolean {
  if (a.length > b.length) return isLetterOff(b, a);
  if (b.length !== a.length + 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a.slice(at) === b.slice(at + 1);
}

export type { LayerType } from './layer.ts';
