// Classes of which a base cannot be found: they may be modules, whose parameters count wherever they are held.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const classes = `import torch
from torch import nn
from missing.parts import Base, BaseConfig


class Part(Base):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x):
        return self.conv(x)


class Holder(Base):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)


class Config(BaseConfig):
    def __init__(self, width=8):
        self.width = width


class Net(nn.Module):
    def __init__(self, config=Config()):
        super().__init__()
        self.config = config
        self.held = HELD
        self.conv = nn.Conv2d(3, config.width, 3)

    def forward(self, x):
        return self.conv(x)


Net()(torch.zeros(1, 3, 8, 8))
`;

function read(
  held: string,
  entry?: string,
): { complete: boolean; params: number | null; codes: readonly string[]; why: string } {
  const text = classes.replace('HELD', held);
  const settings = { ...defaultSettings, ...(entry === undefined ? {} : { entry }) };
  const document = open({ name: 'net.py', text, languageId: 'python' }, settings)!;
  const { totals, problems } = report(price(document, settings)!);
  return {
    complete: totals.complete,
    params: totals.params,
    codes: problems.map(({ code }) => code),
    why: totals.why ?? '',
  };
}

before(startPython);

for (const held of [
  'Part()',
  'Holder()',
  'nn.ModuleList([Part()])',
  'nn.Sequential(nn.ReLU(), Part())',
  'nn.ModuleDict({"part": Part()})',
])
  test(`A module may be what holds it is not to leave out: ${held}`, () => {
    const { complete, why, codes } = read(held);
    assert.ok(!complete);
    assert.match(why, /“missing\.parts” cannot be found/);
    assert.ok(!codes.includes('python-exception'), codes.join());
  });

test('A class that is nothing like a module holds no parameters', () => {
  for (const held of ['Config(3)', 'None', '[Config(1)]']) {
    const { complete, params, codes } = read(held);
    assert.deepEqual([complete, params, codes], [true, 224, []], held);
  }
});

test('What may be a module is not said to be none', () => {
  const { codes, why } = read('None', 'Part()');
  assert.ok(!codes.includes('not-a-network'), codes.join());
  assert.match(why, /“missing\.parts” cannot be found/);
  assert.ok(read('None', 'len').codes.includes('not-a-network') || read('None', '3').codes.includes('not-a-network'));
});
