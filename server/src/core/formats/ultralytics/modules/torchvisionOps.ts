// Layers of torchvision.ops that rows may name: Ultralytics takes them since 8.3.64, with the arguments as they stand.
import { torchvisionOps as layers } from '../../../torch/torchvision/ops/index.ts';
import type { AnyModule } from '../module.ts';

const since = 'Ultralytics 8.3.64';

export const torchvisionOps: readonly AnyModule[] = layers.map(layer =>
  layer.name.endsWith('.MLP') ? { ...layer, since, channelsLast: true } : { ...layer, since },
);

const severalInputs = 'its forward pass takes more inputs than a row can give it';

/** Layers of torchvision.ops that a row cannot run, with the reason. */
export const unreachableOps: readonly (readonly [name: string, reason: string])[] = [
  'DeformConv2d',
  'FeaturePyramidNetwork',
  'MultiScaleRoIAlign',
  'PSRoIAlign',
  'PSRoIPool',
  'RoIAlign',
  'RoIPool',
].map(name => [`torchvision.ops.${name}`, severalInputs]);
