// Problems of building a network: what holds for every operator, and limits.
import type { ProblemExample } from './example.ts';

const net = (rows: readonly string[], blocks = ''): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'a.net.yaml',
  text: `input: [3, 8, 8]\n${blocks}layers:\n${rows.map(row => `  - ${row}\n`).join('')}`,
});

export const problems: readonly ProblemExample[] = [
  {
    code: 'wrong-input-count',
    ...net(['conv: {out: 8, kernel: 1}', 'sub: [input, previous, input]']),
    why: 'Every operator takes a certain number of inputs, or at least so many.',
  },
  {
    code: 'unsupported-rank',
    ...net(['flatten', 'conv: {out: 8, kernel: 1}']),
    why: 'A convolution needs batch, channels and one to three spatial dimensions; other operators have limits of their own.',
  },
  {
    code: 'too-many-operators',
    ...net(['repeat: {times: 60000, layers: [relu]}']),
    why: 'No network has as many; what is beyond the limit is cut, and totals say “at least”.',
  },
  {
    code: 'nested-too-deep',
    ...net(
      ['b0'],
      `blocks: {${Array.from({ length: 201 }, (_, depth) => `b${depth}: [b${depth + 1}]`).join(', ')}, b201: [relu]}\n`,
    ),
    why: 'Blocks within blocks by the hundred are taken for a mistake.',
  },
];
