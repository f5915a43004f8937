import type { Scope } from './layer.ts';

/**
 * How many parameter blobs a layer has, to report additional `param`s (net.cpp: “Too many params specified for layer”);
 * undefined for types whose number differs between Caffe and its forks.
 */
export function blobCount({ layer, param, inputs }: Scope): number | undefined {
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution':
    case 'InnerProduct':
    case 'Embed':
      return param.boolean('bias_term', true) ? 2 : 1;
    case 'Scale':
      return (inputs.length === 1 ? 1 : 0) + (param.boolean('bias_term', false) ? 1 : 0);
    case 'Bias':
      return inputs.length === 1 ? 1 : 0;
    case 'BatchNorm':
      // Mean, variance and their scale factor; with a fork's factors and shifts there are more.
      return param.boolean('scale_bias', false) || param.boolean('use_weight_bias', false) ? undefined : 3;
    case 'PReLU':
    case 'Parameter':
    case 'Normalize':
      return 1;
    default:
      return without.has(layer.type) ? 0 : undefined;
  }
}

/** Whether a layer that can have a bias has none. */
export function lacksBias({ layer, param }: Scope): boolean {
  if (layer.type === 'Scale') return !param.boolean('bias_term', false);
  return biased.has(layer.type) && !param.boolean('bias_term', true);
}

const biased: ReadonlySet<string> = new Set(['Convolution', 'Deconvolution', 'InnerProduct', 'Embed']);

const without: ReadonlySet<string> = new Set([
  'AbsVal',
  'BNLL',
  'Concat',
  'Dropout',
  'ELU',
  'Eltwise',
  'Exp',
  'Flatten',
  'Im2col',
  'Input',
  'LRN',
  'Log',
  'MVN',
  'Permute',
  'Pooling',
  'Power',
  'ReLU',
  'Reduction',
  'Reshape',
  'SPP',
  'Sigmoid',
  'Slice',
  'Softmax',
  'SoftmaxWithLoss',
  'Split',
  'TanH',
  'Tile',
]);
