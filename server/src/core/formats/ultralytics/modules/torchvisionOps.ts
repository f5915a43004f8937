// Layers of torchvision.ops that rows may name: Ultralytics takes them since 8.3.64, with the arguments as they stand.
import * as l10n from '@vscode/l10n';
import { torchvisionOps as layers } from '../../../torch/torchvision/ops/index.ts';
import { type AnyModule, since as ultralyticsSince } from '../module.ts';

const since = ultralyticsSince('8.3.64');

export const torchvisionOps: readonly AnyModule[] = layers.map(layer =>
  layer.name.endsWith('.MLP') ? { ...layer, since, channelsLast: true } : { ...layer, since },
);

const severalInputs = (module: string): string =>
  l10n.t('A row cannot use {0}: its forward() takes more inputs than a row can pass.', module);

/** Layers of torchvision.ops that a row cannot run, with what to report. */
export const unreachableOps: readonly (readonly [name: string, report: (module: string) => string])[] = [
  'DeformConv2d',
  'FeaturePyramidNetwork',
  'MultiScaleRoIAlign',
  'PSRoIAlign',
  'PSRoIPool',
  'RoIAlign',
  'RoIPool',
].map(name => [`torchvision.ops.${name}`, severalInputs]);
