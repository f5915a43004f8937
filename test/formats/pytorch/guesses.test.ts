// Inputs that nobody has said: what the first layer that is called takes, whichever is made first.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

function check(made: string, forward: string, inputs: readonly (readonly number[])[]): void {
  const text = `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
${made.replace(/^/gm, '        ')}

    def forward(self, x):
        return ${forward}
`;
  const document = open({ name: 'net.py', text, languageId: 'python' }, defaultSettings)!;
  const { totals, entries } = report(price(document, defaultSettings)!);
  assert.deepEqual([totals.complete, entries![0]!.guessed, entries![0]!.inputs], [true, true, inputs]);
}

describe('a guessed input', () => {
  before(startPython);

  it('is an image where a layer that is made later takes one', () => {
    check('self.head = nn.Conv2d(64, 10, 1)\nself.stem = nn.Conv2d(3, 64, 3)', 'self.head(self.stem(x))', [
      [1, 3, 224, 224],
    ]);
    check('self.head = nn.Conv2d(64, 10, 1)\nself.stem = nn.Conv2d(1, 64, 3)', 'self.head(self.stem(x))', [
      [1, 1, 224, 224],
    ]);
  });

  it('has the size that the network states', () => {
    for (const name of ['img_size', 'in_size']) {
      check(`self.${name} = (48, 80)\nself.stem = nn.Conv2d(3, 64, 3)`, 'self.stem(x)', [[1, 3, 48, 80]]);
    }
  });

  it('is a clip likewise', () => {
    check('self.head = nn.Conv3d(64, 10, 1)\nself.stem = nn.Conv3d(3, 64, 3)', 'self.head(self.stem(x))', [
      [1, 3, 16, 112, 112],
    ]);
  });

  it('is channels of an image where a block unpacks four sizes', () => {
    check('self.scale = nn.Linear(32, 32)', 'x * self.scale(x.mean((2, 3)))[:, :, None, None]', [[1, 32, 7, 7]]);
  });

  it('is what the first layer takes where no image goes through', () => {
    check('self.a = nn.Conv2d(64, 8, 1)\nself.b = nn.Conv2d(1, 8, 1)', 'self.b(self.a(x)[:, :1])', [[1, 64, 1, 1]]);
    check('self.a = nn.Conv3d(64, 8, 1)\nself.b = nn.Conv3d(1, 8, 1)', 'self.b(self.a(x)[:, :1])', [
      [1, 64, 16, 112, 112],
    ]);
  });
});
