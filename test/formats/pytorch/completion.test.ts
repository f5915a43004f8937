// The numbers that fit, offered where the first argument of a layer is written.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { completions, defaultSettings, formatOf, open, price } from '../../../server/src/core/index.ts';

const net = (conv: string, linear = 'nn.Linear(32, 10)'): string => `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3)
        self.norm = nn.BatchNorm2d(16)
        self.second = ${conv}
        self.head = ${linear}

    def forward(self, x):
        x = self.norm(self.first(x))
        x = self.second(x).mean((2, 3))
        return self.head(x)


Net()(torch.zeros(1, 3, 32, 32))
`;

/** What is offered at the place of `|`. */
function offered(marked: string): readonly string[] {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const document = open({ name: 'net.py', text, languageId: 'python' }, defaultSettings)!;
  return completions(price(document, defaultSettings)!, offset).map(({ label }) => label);
}

describe('completion in Python', () => {
  before(() => formatOf({ name: 'net.py', text: net('') })?.parser?.load());

  for (const [written, expected] of [
    ['nn.Conv2d(|', ['16', 'in_channels=16']],
    ['nn.Conv2d(|)', ['16', 'in_channels=16']],
    ['nn.Conv2d(1|', ['16', 'in_channels=16']],
    ['nn.Conv2d(in_channels=|', ['16']],
    ['nn.Conv2d(in_channels=|, out_channels=32, kernel_size=3)', ['16']],
    ['nn.Conv2d(|, 32, 3)', ['16', 'in_channels=16']],
    ['nn.Sequential(nn.ReLU(), nn.Conv2d(|', ['16', 'in_channels=16']],
    ['nn.BatchNorm2d(|', ['16', 'num_features=16']],
    // What it gives is for a person to say.
    ['nn.Conv2d(16, |', []],
    ['nn.Conv2d(out_channels=|', []],
    ['nn.ReLU(|', []],
  ] as const) {
    it(written, () => assert.deepEqual(offered(net(written)), expected));
  }

  it('of the layer behind one that is written', () => {
    assert.deepEqual(offered(net('nn.Conv2d(16, 32, 3)', 'nn.Linear(|, 10)')), ['32', 'in_features=32']);
  });
});
