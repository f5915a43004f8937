// Which parameters count: those that the network has, as `model.parameters()` lists them.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

function read(made: string, forward: string): readonly [number | null, number | null, boolean, number | null] {
  const indented = (text: string): string => text.replace(/^/gm, '        ');
  const text = `import torch
from torch import nn
import torch.nn.functional as F

shared = nn.Conv2d(3, 4, 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
${indented(made)}

    def forward(self, x):
${indented(forward)}
        return x


Net()(torch.zeros(1, 3, 8, 8))
`;
  const document = open({ name: 'net.py', text, languageId: 'python' }, defaultSettings)!;
  const { totals, layers } = report(price(document, defaultSettings)!);
  return [totals.params, totals.macs, totals.complete, layers[0]!.params];
}

describe('a parameter counts', () => {
  before(startPython);

  it('not if its layer is in a plain list, or is none of the network’s', () => {
    const made =
      'self.layers = [nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3)]\nself.scale = nn.Parameter(torch.ones(3, 1, 1))';
    const forward = 'for layer in self.layers:\n    x = layer(x)\nx = x * self.scale';
    assert.deepEqual(read(made, forward), [3, 9 * 64, true, 3]);
    assert.deepEqual(read('pass', 'x = shared(x)\nx = x + nn.Parameter(torch.ones(4, 1, 1))'), [0, 12 * 64, true, 0]);
    assert.deepEqual(read('self.own = shared', 'x = shared(x)'), [16, 12 * 64, true, 16]);
  });

  it('once if another one takes its place in the call', () => {
    const made = 'self.mix = nn.Parameter(torch.ones(3))';
    const forward = 'self.mix = nn.Parameter(torch.softmax(self.mix, -1))\nx = x * self.mix.view(3, 1, 1)';
    assert.deepEqual(read(made, forward), [3, 0, true, 3]);
    assert.deepEqual(read(made, 'self.mix = nn.Parameter(torch.ones(3))\nx = x * self.mix.view(3, 1, 1)'), [
      3,
      0,
      true,
      3,
    ]);
  });

  it('if its layer is made in the call', () => {
    assert.deepEqual(
      read('self.head = None', 'if self.head is None:\n    self.head = nn.Conv2d(3, 2, 1)\nx = self.head(x)'),
      [8, 6 * 64, true, 8],
    );
    assert.deepEqual(read('self.head = nn.LazyConv2d(2, 1)', 'x = self.head(x)'), [8, 6 * 64, true, 8]);
  });
});
