import { test } from 'node:test';
import { checkEdits, checkHeld } from '../../support/edits.ts';

const start = `nc: 3
scales:
  n: [0.5, 0.5, 1024]
backbone:
  - [-1, 1, Conv, [32, 3, 2]] # 0
  - [-1, 2, C2f, [32, True]]
  - [-1, 1, Conv, [64, 3, 2]] # 2
  - [-1, 3, C3k2, [64, False]]
  - [-1, 1, SPPF, [64, 5]]
  - [-1, 1, nn.Identity, []]
  - [-1, 1, nn.Upsample, [None, 2, nearest]]
  - [[-1, 1], 1, Concat, [1]]
head:
  - [-1, 1, C2f, [32]]
  - [[8, 4], 1, Detect, [nc]]
`;

const pieces = [
  ...['1', '2', '3', '64', '32', '-1', '0', '8', 'Conv', 'C2f', 'SPPF', 'Classify', 'nn.PReLU', 'True', 'x'],
  ...[' ', '', ',', ']', '[', '# c'],
  '\n  - [-1, 1, Conv, [64]]',
  '\n  - [-1, 1, Bottleneck, [32]]',
  '\n  - [[-1, 0], 1, Concat, [1]]',
  '\nactivation: nn.PReLU()\n',
];

test('a sequence of edits costs what a fresh reading costs', () => checkEdits('own.yaml', start, pieces, 100));

test('what is held over a thousand edits still says what it said', () => checkHeld('own.yaml', start, pieces));
