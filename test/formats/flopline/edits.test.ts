import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Document, defaultSettings, open, price, report } from '../../../server/src/core/index.ts';
import { checkEdits, checkHeld } from '../../support/edits.ts';

const start = `name: edits
input: [3, 64, 64]
let: {width: 16}
layers:
  - conv: {out: $width, kernel: 3, stride: 2, norm: batch, act: relu, name: stem}
  - unit: {out: 32}
  - relu
  - residual:
      - conv: {out: $channels, kernel: 3, padding: same}
      - add: stem.0
  - unit: {out: 32, repeats: 2}
  - branches:
      left: [relu]
      right:
        - conv: {out: 8, kernel: 1}
  - parameter: {shape: [1, 40, 1, 1], name: gain}
  - mul: gain
  - conv: {out: 32, kernel: 1, name: neck}
  - concat: [-1, -5]
  - {relu: , from: neck}
  - globalavgpool
  - flatten
  - linear: 10
blocks:
  unit(out, stride=1):
    - conv: {out: $out, kernel: 3, stride: $stride, padding: 1}
    - batchnorm
output: [neck]
`;

const pieces = [
  ...['1', '2', '3', '64', '32', '-1', '0', '8', 'conv', 'relu', 'stem', 'neck', 'gain', '$width', '$out', 'x'],
  ...[' ', '', ',', ']', '[', '# c', '{', '}'],
  '\n  - conv: {out: 32, kernel: 1}',
  '\n  - relu',
  '\n  - unit: {out: 32}',
  '\n  - {relu: , name: neck}',
  '\n  - add: stem',
  '\n  - conv: {out: 16, kernel: 3, padding: same, from: stem}',
  '\n  - repeat: {times: 2, layers: [relu, conv: {out: 8, kernel: 1}]}',
];

test('a sequence of edits costs what a fresh reading costs', () => checkEdits('own.net.yaml', start, pieces, 100));

test('the same tensors, one more by name and one less from above, are not the same row', () => {
  const text = (named: string, above: string): string =>
    `input: [8, 4, 4]\nlayers:\n  - split: {axis: 1, sizes: [4, 4], name: p}\n  - split: {axis: 1, sizes: [4, 4], from: input, name: q}\n  - {from: ${named}, name: x}\n  - {from: ${above}}\n  - {concat: 1, from: x}\n`;
  const read = (content: string, earlier?: Document): Document =>
    open({ name: 'x.net.yaml', text: content }, defaultSettings, earlier)!;
  const before = read(text('q.0', 'p'));
  price(before, defaultSettings);
  const outputs = (document: Document): unknown =>
    report(price(document, defaultSettings)!).layers.map(row => row.outputs);
  assert.deepEqual(outputs(read(text('q', 'p.0'), before)), outputs(read(text('q', 'p.0'))));
});

test('what is held over a thousand edits still says what it said', () => checkHeld('own.net.yaml', start, pieces));
