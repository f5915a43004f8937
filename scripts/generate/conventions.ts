// Generates the tables of docs/conventions.md: the counts of each convention for single layers and whole networks.
import { conventions, exact, nativeFigure, si } from '../../server/src/core/index.ts';
import { example, priced, table } from './markdown.ts';

/** One layer each, with a typical input. */
const layers: readonly (readonly [string, string, string])[] = [
  ['3×3 convolution, 64 filters, bias', '[64, 56, 56]', 'conv: {out: 64, kernel: 3, padding: same}'],
  ['depthwise 3×3, no bias', '[64, 56, 56]', 'depthwise: {kernel: 3, padding: same, bias: false}'],
  ['transposed 2×2 by 2, 32 filters', '[64, 28, 28]', 'convtranspose: {out: 32, kernel: 2, stride: 2}'],
  ['linear to 1000, bias', '[2048]', 'linear: 1000'],
  ['batch normalization', '[64, 56, 56]', 'batchnorm'],
  ['layer normalization', '[196, 192]', 'layernorm'],
  ['ReLU', '[64, 56, 56]', 'relu'],
  ['softmax', '[3, 196, 196]', 'softmax: -1'],
  ['max pooling 2×2', '[64, 56, 56]', 'maxpool: 2'],
  ['average pooling 2×2', '[64, 56, 56]', 'avgpool: 2'],
  ['global average pooling', '[2048, 7, 7]', 'globalavgpool'],
  ['residual sum', '[64, 56, 56]', 'add: input'],
  ['upsampling ×2, nearest', '[64, 28, 28]', 'upsample: {scale: 2}'],
  ['upsampling ×2, bilinear', '[64, 28, 28]', 'upsample: {scale: 2, mode: bilinear}'],
  ['attention, 3 heads', '[196, 192]', 'attention: 3'],
  ['LSTM, 256 hidden', '[128, 256]', 'lstm: 256'],
];

const networks = [
  'vgg16.net.yaml',
  'resnet50.net.yaml',
  'googlenet-torchvision.net.yaml',
  'mobilenet-v2.net.yaml',
  'unet.net.yaml',
  'vit-tiny.net.yaml',
  'gridspot.yaml',
];

export function conventionTables(): Readonly<Record<string, string>> {
  const names = conventions.map(({ name }) => name);
  const right = ' ' + 'r'.repeat(names.length);
  const figures = names.map(name => `\`${name}\``);
  return {
    presets: table(
      ['Convention', 'Unit', 'What it counts'],
      conventions.map(({ name, unit, summary }) => [`\`${name}\``, unit, summary()]),
    ),
    layers: table(
      ['Layer', 'Input', ...figures],
      layers.map(([what, input, row]) => [
        what,
        input,
        ...names.map(convention => exact(costOf(input, row, convention))),
      ]),
      ' ' + right,
    ),
    networks: table(
      ['Example', ...figures],
      networks.map(file => [
        `[${file}](../examples/${file})`,
        ...names.map(convention => si(example(file, { convention }).model.totals.value.value)),
      ]),
      right,
    ),
    native: nativeSentence(),
  };
}

function costOf(input: string, row: string, convention: (typeof conventions)[number]['name']): number {
  const analysed = priced('layer.net.yaml', `input: ${input}\nlayers:\n  - ${row}\n`, { convention });
  const { value } = analysed.model.totals.value;
  if (analysed.problems.length > 0 || Number.isNaN(value)) throw new Error(`“${row}” is not understood.`);
  return value;
}

function nativeSentence(): string {
  const analysed = example('gridspot.yaml');
  const figure = nativeFigure(analysed)!;
  const macs = si(analysed.model.totals.macs.value);
  const [newest, ...older] = figure.versions.map(({ version, value }) => `${version} prints ${value.toFixed(3)}`);
  const { params, value } = figure.fused!;
  return `For [gridspot.yaml](../examples/gridspot.yaml), ${macs} MACs, ${figure.by} ${newest} ${figure.label}; ${older.join(', ')}. After \`model.fuse()\` the newest prints ${value.toFixed(3)} ${figure.label} and ${exact(params)} parameters. (It rounds to one digit.)`;
}
