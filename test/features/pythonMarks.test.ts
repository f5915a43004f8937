// What stands out in a program: marks on its lines, and layers that dominate it.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  findings,
  hints,
  maxLabel,
  open,
  price,
  type Settings,
  startPython,
} from '../../server/src/core/index.ts';

const text = `import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.b = nn.Conv2d(c, c, 1, bias=False)

    def forward(self, x):
        x = self.a(x)
        return self.b(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, padding=1, bias=False)
        self.body = nn.Sequential(Block(32), Block(32))
        self.head = nn.Sequential(
            nn.Linear(32 * 8 * 8, 512),
            nn.ReLU(),
            nn.Linear(512, 10),
        )

    def forward(self, x):
        x = self.stem(x)
        x = self.body(x)
        return self.head(x.flatten(1))


Net()(torch.zeros(1, 3, 8, 8))
`;

function analysed(changed: string, settings: Partial<Settings> = {}): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name: 'net.py', text: changed, languageId: 'python' }, all)!, all)!;
}

/** The marked lines, by their texts. */
function marksOf(changed: string, costliest = 3): Record<string, string> {
  const found = analysed(changed, { hints: { ...defaultSettings.hints, costliest } });
  const { lines } = found.document;
  const marked = hints(found, { from: 0, to: changed.length }).flatMap(({ line, label }) => {
    assert.ok(label.length <= maxLabel, label);
    const mark = /[◔◑◕●]/.exec(label)?.[0];
    return mark === undefined ? [] : [[lines.textOf(line).trim(), mark]];
  });
  return Object.fromEntries(marked);
}

const told = (changed: string): string[] => {
  const found = analysed(changed);
  return findings(found).map(
    ({ code, range, message }) => `${found.document.lines.lineAt(range.from) + 1} ${code}: ${message}`,
  );
};

describe('what stands out in a program', () => {
  before(startPython);

  it('are lines with an eighth of the total and twice as much as the others of their function', () => {
    // stem 55,296, body 2 × (589,824 + 65,536) = 1,310,720, head 1,048,576 + 5,120: 2,419,712 together.
    assert.deepEqual(marksOf(text), {
      // 1,179,648 and 131,072 in their function.
      'self.a = nn.Conv2d(c, c, 3, padding=1, bias=False)': '◑',
      'x = self.a(x)': '◑',
      // 55,296 and 1,053,696 are the others.
      'self.body = nn.Sequential(Block(32), Block(32))': '◑',
      'x = self.body(x)': '◑',
    });
    assert.deepEqual(marksOf(text, 0), {});
    // The body is 8 times as much: 10,485,760 of 11,594,752.
    const deep = text.replace('Block(32), Block(32)', '*[Block(32) for _ in range(16)]');
    assert.deepEqual(marksOf(deep), {
      'self.a = nn.Conv2d(c, c, 3, padding=1, bias=False)': '◕',
      'x = self.a(x)': '◕',
      'self.body = nn.Sequential(*[Block(32) for _ in range(16)])': '●',
      'x = self.body(x)': '●',
    });
  });

  it('is nothing where a part is not known', () => {
    assert.deepEqual(marksOf(text.replace('x = self.stem(x)', 'x = unknown(self.stem(x))')), {});
  });

  it('names a layer with most of the parameters, and a family that does little for them', () => {
    assert.deepEqual(told(text), [
      '22 dominant-layer: “head.0” has 98 % of the parameters and does 43 % of the MACs.',
      '16 dominant-family: The fully connected layers have 98 % of the parameters and do 44 % of the MACs.',
    ]);
    const wide = text.replace('nn.Linear(512, 10)', 'nn.Linear(512, 2048)');
    const small = wide.replace('32 * 8 * 8, 512', '32, 512').replace('x.flatten(1)', 'x.mean((2, 3))');
    assert.deepEqual(told(small), [
      '24 dominant-layer: “head.2” has 96 % of the parameters and does 43 % of the MACs.',
      '16 dominant-family: The fully connected layers have 98 % of the parameters and do 44 % of the MACs.',
    ]);
  });

  it('does not say that a container dominates, and nothing of two layers', () => {
    const convs = text.replace('self.head(x.flatten(1))', 'x').replace(/ {8}self\.head = [\s\S]*?\n {8}\)\n/, '');
    assert.deepEqual(told(convs), []);
    const two = convs.replace('nn.Sequential(Block(32), Block(32))', 'nn.Conv2d(32, 320, 3)');
    assert.deepEqual(told(two), []);
  });
});
