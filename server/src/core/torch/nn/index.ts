// torch.nn: the layers, one file a family.
import type { AnyLayer } from '../layer.ts';
import { activations, GLU } from './activation.ts';
import { Conv1d, Conv2d, ConvTranspose2d } from './conv.ts';
import { dropouts } from './dropout.ts';
import { Identity, Linear } from './linear.ts';
import { BatchNorm1d, BatchNorm2d, GroupNorm, InstanceNorm2d, LayerNorm, LocalResponseNorm } from './norm.ts';
import { ConstantPad2d, ReflectionPad2d, ReplicationPad2d, ZeroPad2d } from './padding.ts';
import { AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, LPPool2d, MaxPool2d } from './pool.ts';
import { ChannelShuffle, Flatten, PixelShuffle, PixelUnshuffle, Unflatten } from './shape.ts';
import { LogSoftmax, Softmax, Softmax2d, Softmin } from './softmax.ts';
import { Upsample, UpsamplingBilinear2d, UpsamplingNearest2d } from './upsampling.ts';

const layers: readonly AnyLayer[] = [
  Conv2d,
  ConvTranspose2d,
  BatchNorm2d,
  Upsample,
  UpsamplingNearest2d,
  UpsamplingBilinear2d,
  MaxPool2d,
  AvgPool2d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool2d,
  ZeroPad2d,
  ConstantPad2d,
  ReflectionPad2d,
  ReplicationPad2d,
  Linear,
  Flatten,
  ...dropouts,
  GroupNorm,
  InstanceNorm2d,
  PixelShuffle,
  PixelUnshuffle,
  ChannelShuffle,
  Softmax,
  LogSoftmax,
  Softmin,
  Softmax2d,
  LayerNorm,
  LocalResponseNorm,
  GLU,
  Unflatten,
  Conv1d,
  BatchNorm1d,
  LPPool2d,
  Identity,
  ...activations,
];

/** By name, `nn.` included. */
export const nn: ReadonlyMap<string, AnyLayer> = new Map(layers.map(each => [each.name, each]));
