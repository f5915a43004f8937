// Descriptions of attributes that the sliding-window operators share.
import * as l10n from '@vscode/l10n';
import type { AttrSpec } from '../op.ts';

export const weightedKernel: AttrSpec = {
  kind: 'ints',
  min: 1,
  spatial: true,
  doc: () => l10n.t('Kernel size K. MACs and parameters grow with K².'),
};

export const poolKernel: AttrSpec = { kind: 'ints', min: 1, spatial: true, doc: () => l10n.t('Kernel size K.') };

export const stride: AttrSpec = {
  kind: 'ints',
  min: 1,
  spatial: true,
  default: 1,
  doc: () => l10n.t('Stride: 2 halves the output size.'),
};

export const poolStride: AttrSpec = {
  kind: 'ints',
  min: 1,
  spatial: true,
  default: undefined,
  doc: () => l10n.t('Stride: 2 halves the output size. Default: the kernel size.'),
};

export const zeroPadding: AttrSpec = {
  kind: 'ints',
  min: 0,
  spatial: true,
  default: 0,
  doc: () => l10n.t('Zeros added at both ends of each dimension.'),
};

export const paddingAfter: AttrSpec = {
  kind: 'ints',
  min: 0,
  spatial: true,
  default: undefined,
  doc: () => l10n.t('Padding at the end, if different.'),
};

export const dilation: AttrSpec = {
  kind: 'ints',
  min: 1,
  spatial: true,
  default: 1,
  doc: () => l10n.t('Spacing between kernel elements.'),
};

export const groups: AttrSpec = {
  kind: 'int',
  min: 1,
  default: 1,
  doc: () => l10n.t('Number of channel groups; one per channel makes it depthwise.'),
};

export const rounding: AttrSpec = {
  kind: 'choice',
  values: ['floor', 'ceil', 'caffe'],
  default: 'floor',
  doc: () =>
    l10n.t(
      'What happens to a last window that extends past the end: floor drops it, ceil keeps it; caffe rounds like Caffe.',
    ),
};
