// Random networks in our own language: written as PyTorch and read by our reader of Python, or written in our language
// again, they cost the same.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Analysed, convert, defaultSettings, open, price, startPython } from '../../server/src/core/index.ts';

before(() => startPython());

function read(name: string, text: string): Analysed {
  const document = open({ name, text }, defaultSettings)!;
  return price(document, defaultSettings)!;
}

/** Rows for images, with channels that operators can divide; what does not fit the shape at its place is left out. */
const rows: readonly string[] = [
  'conv: {out: 16, kernel: 3, padding: 1, norm: batch, act: relu}',
  'conv: {out: 24, kernel: [1, 3], padding: [0, 1], groups: 4, bias: false}',
  'conv: {out: 16, kernel: 3, stride: 2, padding: same, act: {leakyrelu: 0.1}}',
  'conv: {out: 8, kernel: 3, dilation: 2, norm: {group: 4}, act: silu}',
  'depthwise: {kernel: 3, padding: 1, norm: instance, act: hardswish}',
  'convtranspose: {out: 8, kernel: 2, stride: 2, norm: batch}',
  'convtranspose: {out: 8, kernel: 3, stride: 2, padding: 1, outputPadding: 1, bias: false}',
  ...['maxpool: {kernel: 3, stride: 2, padding: same}', 'maxpool: 2', 'maxpool: {kernel: 3, stride: 1, padding: 2}'],
  ...['avgpool: {kernel: 3, stride: 2, padding: 1, rounding: ceil}', 'avgpool: {kernel: 2, includePadding: false}'],
  ...['adaptiveavgpool: 4', 'adaptivemaxpool: [3, 2]', 'globalavgpool', 'globalmaxpool: false'],
  ...['batchnorm: {affine: false}', 'layernorm', 'layernorm: {axes: 3, bias: false}', 'groupnorm: {groups: 8}'],
  ...['instancenorm: {affine: true}', 'rmsnorm', 'lrn: 5', 'l2norm', 'scale', 'scale: {bias: true, axis: -1}', 'bias'],
  ...['relu', 'relu6', 'prelu', 'prelu: true', 'elu', 'selu', 'celu', 'softplus', 'gelu', 'sigmoid', 'tanh', 'mish'],
  ...['hardsigmoid', 'logsigmoid', 'softsign', 'hardtanh', 'softmax: 1', 'logsoftmax', 'dropout', 'identity', 'detach'],
  ...['upsample: 2', 'upsample: {scale: 2, mode: bilinear}', 'upsample: {size: [9, 7], mode: bicubic}'],
  ...['pixelshuffle: 2', 'pixelunshuffle: 2', 'channelshuffle: 4', 'pad: {padding: 1, mode: reflect}'],
  ...['pad: {before: [1, 0], after: [2, 3]}', 'slice: {axis: 1, start: 1, end: 7, step: 2}', 'reduce: {axes: [2, 3]}'],
  ...['mean: {axes: -1, keep: true}', 'reduce: {how: max, axes: 1, keep: true}', 'exp', 'sqrt', 'square', 'neg', 'sin'],
  ...[
    'flatten',
    'flatten: 2',
    'permute: [0, 2, 1]',
    'permute: [0, 2, 3, 1]',
    'unsqueeze: 1',
    'squeeze',
    'reshape: [1, 4, -1]',
  ],
  ...[
    'expand: [-1, 16, 16, 16]',
    'repeat: {times: 2, layers: [relu, conv: {out: 8, kernel: 1}]}',
    'tile: [1, 2, 1, 1]',
  ],
  ...[
    'linear: 16',
    'linear: {out: 12, bias: false, norm: layer, act: gelu}',
    'attention: 2',
    'attention: {heads: 4, bias: false}',
  ],
  ...['lstm: 8', 'gru: {hidden: 8, bidirectional: true}', 'rnn: {hidden: 4, layers: 2, bias: false}'],
  ...[
    'residual: [conv: {out: 16, kernel: 3, padding: 1, norm: batch}, relu]',
    'matmul: {transposeB: true, from: [-1, -1]}',
  ],
  'residual: {layers: [linear: 16]}',
  'branches: [[conv: {out: 8, kernel: 1}], [maxpool: {kernel: 3, stride: 1, padding: 1}, conv: {out: 8, kernel: 1}]]',
  'block: 16',
  'block: {out: 8, repeats: 2}',
  'bottleneck: {out: 16}',
  'bottleneck: {out: 16, repeats: 3}',
  'add: {from: [-1, -1]}',
  'mul: {from: [-1, -1], act: relu}',
  'concat: {from: [-1, -1]}',
  'stack: {from: [-1, -1], axis: 1}',
  'maximum: {from: [-1, -1]}',
  'scaleddotproduct: {from: [-1, -1, -1]}',
];

const head = (input: string, name: string): string => `name: ${name}
input: ${input}
blocks:
  block(out):
    - conv: {out: $out, kernel: 3, padding: 1, norm: batch, act: relu}
    - conv: {out: $out, kernel: 1, act: silu, name: last}
    - mul: {from: [last, -1]}
  bottleneck(out):
    - residual:
        - block: $out
        - conv: {out: $channels, kernel: 1}
        - conv: {out: $out, kernel: 3, padding: 1, norm: batch}
      shortcut: [conv: {out: $out, kernel: 1}]
      act: relu
layers:
`;

/** A network of as many of the rows as fit. */
function networkOf(input: string, picks: readonly { readonly row: number; readonly skip: boolean }[]): string {
  let text = head(input, 'Random net');
  let isFirst = true;
  for (const [index, { row, skip }] of picks.entries()) {
    const next = rows[row]!;
    const operator = /^\w+/.exec(next)![0];
    // A name on one row in three, which a later row adds or concatenates.
    const join = skip && index > 2 ? '  - concat: named\n' : '';
    const body = index === 1 && operator === 'conv' ? next.replace(/\}$/, ', name: named}') : next;
    const longer = `${text}${join}  - ${body}\n`;
    const shorter = `${text}  - ${body}\n`;
    const found = [longer, shorter].find(candidate => isWhole(candidate));
    if (found === undefined) continue;
    text = found;
    isFirst = false;
  }
  return isFirst ? `${text}  - relu\n` : text;
}

function isWhole(text: string): boolean {
  const { model, problems, spec } = read('random.net.yaml', text);
  const { params, macs } = model.totals;
  return (
    params.complete &&
    macs.complete &&
    !problems.some(({ severity }) => severity === 'error') &&
    // PyTorch has no instance normalization for vectors.
    spec.graph.nodes.every(({ op, inputs }) => op.name !== 'instanceNorm' || inputs[0]!.shape!.length > 2) &&
    // Nor has it pools and convolutions of four spatial dimensions.
    spec.graph.nodes.every(({ inputs }) => inputs.every(({ shape }) => shape!.length <= 4)) &&
    spec.graph.outputs.every(({ shape }) => shape && shape.length > 1 && shape.reduce((a, b) => a * b, 1) < 1e6)
  );
}

const costs = ({ model, spec }: Analysed): unknown => ({
  params: model.totals.params,
  macs: model.totals.macs,
  outputs: spec.graph.outputs.map(({ shape }) => shape),
});

const network = fc
  .record({
    input: fc.constantFrom('[16, 16, 16]', '[8, 12, 20]', '[3, 32, 32]', '[24, 16]', '[16]'),
    picks: fc.array(fc.record({ row: fc.nat(rows.length - 1), skip: fc.boolean() }), { minLength: 2, maxLength: 9 }),
  })
  .map(({ input, picks }) => networkOf(input, picks));

describe('random networks in another language', () => {
  it('each row stands in one network at least that is written', () => {
    // A row that fits nowhere would be no test of it.
    const unfit = rows.filter((_, row) => {
      const fits = ['[16, 16, 16]', '[24, 16]', '[16]'].some(input => {
        const text = networkOf(input, [{ row, skip: false }]);
        return text.includes(`  - ${rows[row]}\n`) && isSame(text);
      });
      return !fits;
    });
    assert.deepEqual(unfit, []);
  });

  it('cost the same in PyTorch and in our own language', () => {
    fc.assert(
      fc.property(network, text => isSame(text)),
      { numRuns: Number(process.env.CONVERT_RUNS ?? 40) },
    );
  });
});

function isSame(text: string): boolean {
  const before = read('random.net.yaml', text);
  for (const target of ['pytorch', 'flopline'] as const) {
    const result = convert(before, target);
    assert.ok('text' in result, 'message' in result ? `${target}: ${result.message}\n${text}` : '');
    assert.deepEqual(costs(read(result.name, result.text)), costs(before), `${text}\n${result.text}`);
  }
  return true;
}
