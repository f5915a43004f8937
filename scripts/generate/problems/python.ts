// Problems of Python programs: code that cannot be parsed, and errors before there is a network.
import type { ProblemExample } from './example.ts';
import { network } from './program.ts';

export const problems: readonly ProblemExample[] = [
  {
    code: 'python-syntax',
    ...network(['self.conv = nn.Conv2d(3, 8, 1', 'self.act = nn.ReLU()'], ['return self.conv(image)']),
    why: 'Only the statement is lost: what it sets is unknown, and the rest of the file is read as it is.',
  },
  {
    code: 'python-exception',
    ...network(['self.conv = nn.Conv2d(3, width, 1)'], ['return self.conv(image)']),
    why: 'The message is Python’s own. Where the exception begins in another file, the problem is at the call that leads there, and the traceback is related information.',
  },
  {
    code: 'indices-not-integers',
    file: 'net.py',
    text: 'import torch\nfrom torch import nn\n\n# flopline: Net() input=1,16:float32\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.words = nn.Embedding(100, 8)\n\n    def forward(self, x):\n        return self.words(x)\n',
    why: 'An embedding is a table: what it is given are the numbers of its rows.',
  },
  {
    code: 'program-too-long',
    ...network(['width = 3', 'while width > 0:', '    width += 1'], ['return self.conv(image)']),
    why: 'A file is read, not run: a reading ends after some millions of steps, or at more memory than a network of this size takes.',
  },
  {
    code: 'unknown-network',
    file: 'net.py',
    text: 'import torch\nfrom torch import nn\nfrom nets import Net\n\nmodel = nn.Sequential(nn.ReLU(), Net())\n',
    settings: { entry: 'Net()' },
    why: 'The source that builds it is not where imports are looked for. Set `flopline.source` or `flopline.python` to the folder or the environment that has it.',
  },
];
