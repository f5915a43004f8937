// Problems of whole files and networks: findings on a valid network.
import type { ProblemExample } from './example.ts';

export const problems: readonly ProblemExample[] = [
  {
    code: 'dominant-layer',
    file: 'a.net.yaml',
    text: `input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: same}
  - flatten
  - linear: 100
  - linear: 10
`,
    why: 'One layer has more than half of the parameters or MACs, so a change there saves the most. The threshold is a setting.',
  },
  {
    code: 'dominant-family',
    file: 'a.net.yaml',
    text: `input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: same}
  - conv: {out: 16, kernel: 3, padding: same}
  - flatten
  - linear: 100
  - linear: 10
`,
    why: 'Layers of one kind have more than half of the parameters but a much smaller share of the MACs, or vice versa. In VGG-16, the fully connected layers have 89 % of the parameters and do 0.8 % of the MACs.',
  },
  {
    code: 'huge-activation',
    file: 'a.net.yaml',
    text: `input: [3, 2048, 2048]
layers:
  - conv: {out: 64, kernel: 3, padding: same}
`,
    why: 'A single tensor is above the size limit in the settings, for the batch size and data type in use. Tensors that need no memory of their own, such as views, do not count.',
  },
  {
    code: 'unused-output',
    file: 'a.net.yaml',
    text: `input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: same, name: stem}
  - conv: {out: 32, kernel: 1}
  - conv: {out: 16, kernel: 1, from: stem}
`,
    why: 'No layer uses the output and the network does not return it, so its cost is wasted. Not reported while the file has errors: a row that could not be read may be the one that uses it.',
  },
  {
    code: 'stale-summary',
    file: 'yolov8n.yaml',
    text: `nc: 80
scales:
  n: [0.33, 0.25, 1024] # YOLOv8n summary: 225 layers, 3157200 parameters
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
head:
  - [-1, 1, Classify, [nc]]
`,
    why: 'A comment in the format of Ultralytics’ model summary has figures that no release prints for this file.',
  },
  {
    code: 'file-too-large',
    file: 'a.net.yaml',
    text: `input: [3, 32, 32]
layers:
  - relu
`,
    settings: { maxFileSize: 20 },
    why: 'Files above `flopline.maxFileSize` are not read, to keep the editor fast. This example was read with a limit of 20 characters.',
  },
];
