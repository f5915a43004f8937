// Programs for examples of Python and PyTorch problems.
import type { ProblemExample } from './example.ts';

/** A network with these lines in its constructor and in its forward pass. */
export function network(init: readonly string[], forward: readonly string[]): Pick<ProblemExample, 'file' | 'text'> {
  const indented = (lines: readonly string[]): readonly string[] => lines.map(line => `        ${line}`);
  return {
    file: 'net.py',
    text: [
      'import torch',
      'from torch import nn',
      '',
      '',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      ...indented(init),
      '',
      '    def forward(self, image):',
      ...indented(forward),
      '',
    ].join('\n'),
  };
}
