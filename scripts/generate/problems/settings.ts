import type { ProblemExample } from './example.ts';

export const problems: readonly ProblemExample[] = [
  {
    code: 'wrong-setting',
    file: 'a.net.yaml',
    text: '# flopline: convention=operations\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: 8, kernel: 1}\n',
    why: 'A comment sets options for its file. An invalid value is ignored, so costs follow the workspace setting or the default.',
  },
];
