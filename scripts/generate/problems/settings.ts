import type { ProblemExample } from './example.ts';

export const problems: readonly ProblemExample[] = [
  {
    code: 'wrong-setting',
    file: 'a.net.yaml',
    text: '# flopline: convention=operations\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: 8, kernel: 1}\n',
    why: 'A comment sets what a file is read by. A value that does not exist is ignored, so the costs below follow the setting of the workspace, or the default.',
  },
];
