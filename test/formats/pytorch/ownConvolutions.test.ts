// Convolutions that programs derive from what PyTorch's own derive from.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const text = (make: string): string => `import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.utils import _pair, _single


class Scaled(_ConvNd):
    def __init__(self, inputs, outputs, kernel, padding=0, bias=True, mode='zeros', pair=_pair):
        super().__init__(
            inputs, outputs, pair(kernel), pair(1), pair(padding), pair(1), False, pair(0), 1, bias, padding_mode=mode
        )
        self.scale = nn.Parameter(torch.ones(outputs, *[1] * (self.weight.dim() - 1)))

    def forward(self, x):
        convolve = F.conv1d if self.weight.dim() == 3 else F.conv2d
        if self.padding_mode != 'zeros':
            x = F.pad(x, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            return convolve(x, self.weight * self.scale, self.bias, self.stride)
        return convolve(x, self.weight * self.scale, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Bordered(nn.Conv2d):
    def forward(self, x):
        borders = self._reversed_padding_repeated_twice
        return F.conv2d(F.pad(x, borders, mode='reflect'), self.weight, self.bias, self.stride, 0, self.dilation)


${make}
`;

function read(make: string): readonly unknown[] {
  const document = open({ name: 'net.py', text: text(make), languageId: 'python' }, defaultSettings)!;
  const { totals, layers, problems } = report(price(document, defaultSettings)!);
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return [layers[0]!.outputs, totals.params, totals.macs, totals.complete, errors];
}

describe('a convolution of a program’s own', () => {
  before(startPython);

  it('has the weight that _ConvNd registers', () => {
    assert.deepEqual(read('Scaled(3, 8, 3, padding=1)(torch.zeros(1, 3, 16, 16))'), [
      [[1, 8, 16, 16]],
      3 * 8 * 9 + 8 + 8,
      3 * 8 * 9 * 256,
      true,
      [],
    ]);
    assert.deepEqual(read("Scaled(4, 6, 5, 2, False, 'circular', pair=_single)(torch.zeros(1, 4, 10))"), [
      [[1, 6, 10]],
      4 * 6 * 5 + 6,
      4 * 6 * 5 * 10,
      true,
      [],
    ]);
  });

  it('knows its padding as F.pad takes it', () => {
    const params = 3 * 4 * 15 + 4;
    for (const [padding, size] of [
      ['(1, 2)', 64],
      ["'same'", 64],
      ["'valid'", 6 * 4],
    ] as const) {
      const [, own, macs, complete, errors] = read(
        `Bordered(3, 4, (3, 5), padding=${padding})(torch.zeros(1, 3, 8, 8))`,
      );
      assert.deepEqual([own, macs, complete, errors], [params, 3 * 4 * 15 * size, true, []], padding);
    }
  });
});
