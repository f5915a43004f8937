import { test } from 'node:test';
import { checkEdits } from '../../support/edits.ts';

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
