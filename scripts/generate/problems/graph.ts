// Problems when a network is built: limits, and rules for all operators.
import type { ProblemExample } from './example.ts';

const net = (rows: readonly string[], blocks = ''): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'a.net.yaml',
  text: `input: [3, 8, 8]\n${blocks}layers:\n${rows.map(row => `  - ${row}\n`).join('')}`,
});

export const problems: readonly ProblemExample[] = [
  {
    code: 'wrong-input-count',
    ...net(['conv: {out: 8, kernel: 1}', 'sub: [input, previous, input]']),
    why: 'Each operator takes a fixed number of inputs, or a minimum number.',
  },
  {
    code: 'unsupported-rank',
    ...net(['flatten', 'conv: {out: 8, kernel: 1}']),
    why: 'A convolution needs batch, channels and one to three spatial dimensions; other operators have their own limits.',
  },
  {
    code: 'too-many-operators',
    ...net(['repeat: {times: 60000, layers: [relu]}']),
    why: 'No real network has that many. Everything beyond the limit is dropped, and totals say “at least”.',
  },
  {
    code: 'nested-too-deep',
    ...net(
      ['b0'],
      `blocks: {${Array.from({ length: 201 }, (_, depth) => `b${depth}: [b${depth + 1}]`).join(', ')}, b201: [relu]}\n`,
    ),
    why: 'Nesting this deep is assumed to be a mistake.',
  },
];
