// What programs use of torchvision and of torch's older names costs what PyTorch 1.13 and torchvision 0.14 counted.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const text = `import torch
from torch import nn
from torchvision.ops import DeformConv2d, deform_conv2d


class Deformed(nn.Module):
    def __init__(self, groups=1, offset_groups=1, k=3, stride=1, has_mask=True):
        super().__init__()
        self.offset = nn.Conv2d(16, 2 * offset_groups * k * k, k, stride, k // 2)
        self.mask = nn.Conv2d(16, offset_groups * k * k, k, stride, k // 2) if has_mask else None
        self.conv = DeformConv2d(16, 8, k, stride=stride, padding=k // 2, groups=groups)

    def forward(self, x):
        mask = self.mask(x).sigmoid() if self.mask is not None else None
        return self.conv(x, self.offset(x), mask)


class ByFunction(nn.Module):
    def __init__(self):
        super().__init__()
        self.offset = nn.Conv2d(16, 18, 3, padding=1)
        self.weight = nn.Parameter(torch.ones(4, 16, 3, 3))
        self.bias = nn.Parameter(torch.ones(4))

    def forward(self, x):
        return deform_conv2d(x, self.offset(x), self.weight, self.bias, padding=1)


class TooSmall(nn.Module):
    def __init__(self):
        super().__init__()
        self.offset = nn.Conv2d(16, 18, 3)
        self.conv = DeformConv2d(16, 8, 3, padding=1)

    def forward(self, x):
        return self.conv(x, self.offset(x))


class Older(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(8, 16, 3, 3))

    def forward(self, x):
        x = torch.conv2d(x, self.weight, padding=1)
        x = torch.pixel_shuffle(torch.layer_norm(x, (32,)), 2)
        turned = torch.inverse(torch.eye(64)) + torch.eye(64).inverse()
        return torch.dropout(x @ turned, 0.5, False)
`;

function reported(entry: string) {
  const settings = { ...defaultSettings, entry, inputs: 'torch.rand(1, 16, 32, 32)' };
  return report(price(open({ name: 'net.py', text }, settings)!, settings)!);
}

describe('what other packages and older names do', () => {
  before(startPython);
  for (const [entry, params, macs] of [
    ['Deformed()', 5_075, 5_160_960],
    ['Deformed(2, 2, stride=2)', 8_414, 2_138_112],
    ['Deformed(4, 4, k=5, has_mask=False)', 81_008, 82_739_200],
    ['ByFunction()', 3_190, 3_244_032],
    ['Older()', 1_152, 1_703_936],
  ] as const) {
    it(entry, () => {
      const { totals, problems } = reported(entry);
      assert.deepEqual(
        problems.filter(({ severity }) => severity !== 'information'),
        [],
      );
      assert.deepEqual([totals.params, totals.macs, totals.complete], [params, macs, true]);
    });
  }

  it('asks whether autocast is there', () => {
    const program = `import torch
from torch import nn

there = getattr(getattr(torch, 'amp', None), 'autocast_mode', None)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4 if there.is_autocast_available('cpu') and torch.amp.is_autocast_available('cpu') else 8, 1)

    def forward(self, x):
        with torch.amp.autocast_mode.autocast('cpu', enabled=False):
            return self.conv(x)
`;
    const settings = { ...defaultSettings, entry: 'Net()', inputs: 'torch.zeros(1, 3, 8, 8)' };
    const { totals } = report(price(open({ name: 'net.py', text: program }, settings)!, settings)!);
    assert.deepEqual([totals.params, totals.complete], [16, true]);
  });

  it('refuses offsets that are not those of the output', () => {
    const { totals, problems } = reported('TooSmall()');
    assert.equal(totals.complete, false);
    assert.match(problems[0]!.message, /offset output dims: \(30, 30\) - computed output dims: \(32, 32\)/);
  });
});

interface Case {
  readonly entry: string;
  readonly inputs: string;
  readonly params: number;
  readonly macs: number;
  readonly shapes: readonly (readonly number[])[];
}

describe('the parts of torchvision and timm that are known without their source', () => {
  const { cases } = JSON.parse(readFileSync(new URL('packages.json', import.meta.url), 'utf8')) as {
    readonly cases: readonly Case[];
  };
  const imports = `import torch
from torch import nn
import timm.layers as layers
import timm.models._efficientnet_blocks as blocks
import torchvision.models as models

nothing = nn.Identity()
`;
  before(startPython);

  for (const { entry, inputs, params, macs, shapes } of cases) {
    it(entry, () => {
      const settings = { ...defaultSettings, entry, inputs };
      const { totals, problems, layers } = report(price(open({ name: 'net.py', text: imports }, settings)!, settings)!);
      assert.deepEqual(problems, []);
      assert.deepEqual([totals.params, totals.macs, totals.complete], [params, macs, true]);
      assert.deepEqual(layers[0]!.outputs, shapes);
    });
  }

  it('counts of other tools say nothing of the network', () => {
    const text = `import torch
from copy import deepcopy
from torch import nn
import thop


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.flops = thop.profile(deepcopy(self), inputs=[torch.zeros(1, 3, 8, 8)], verbose=False)[0] / 1e9 * 2
        print(f'{self.flops:.1f} GFLOPs' if self.flops else '')

    def forward(self, x):
        return self.conv(x)
`;
    const settings = { ...defaultSettings, entry: 'Net()', inputs: 'torch.zeros(1, 3, 8, 8)' };
    const { totals } = report(price(open({ name: 'net.py', text }, settings)!, settings)!);
    assert.deepEqual([totals.params, totals.macs, totals.complete], [16, 768, true]);
  });

  it('brings with a star the names that the original has, and no others', () => {
    const text = `import torch
from itertools import chain as repeat
from torch import nn
from timm.models.layers import *


class Net(nn.Module):
    def __init__(self, layer):
        super().__init__()
        try:
            mode = eval('nearest')
        except NameError:
            mode = 'nearest'
        self.layer = eval(layer)(3, 3, 1)
        self.up = nn.Upsample(None, 2, mode)
        self.sizes = nn.Conv2d(3, len(list(repeat([1], [2]))), 1)

    def forward(self, x):
        return self.sizes(self.up(self.layer(x)))
`;
    const totals = (layer: string) => {
      const settings = { ...defaultSettings, entry: `Net('${layer}')`, inputs: 'torch.zeros(1, 3, 4, 4)' };
      return report(price(open({ name: 'net.py', text }, settings)!, settings)!).totals;
    };
    const { params, macs, complete } = totals('nn.Conv2d');
    assert.deepEqual([params, macs, complete], [12 + 8, 9 * 16 + 6 * 64, true]);
    const unknown = totals('MixedConv2d');
    assert.equal(unknown.complete, false);
    assert.match(unknown.why!, /timm\.(models\.)?layers\.MixedConv2d” cannot be found/);
  });

  it('has other names that are not known, and are no class that is', () => {
    const text = `import torch
from torch import nn
from timm.layers import LambdaLayer, SEModule
from timm.models.layers.helpers import something
import torchvision.models


class Net(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.kind = 1 if layer in {SEModule, LambdaLayer, something, torchvision.models.swin_t} else 2
        self.layer = nn.Conv2d(3, self.kind, 1) if layer is nn.Conv2d else layer(3)

    def forward(self, x):
        return self.layer(x)
`;
    const totals = (entry: string) => {
      const settings = { ...defaultSettings, entry, inputs: 'torch.zeros(1, 3, 8, 8)' };
      return report(price(open({ name: 'net.py', text }, settings)!, settings)!).totals;
    };
    assert.deepEqual([totals('Net(nn.Conv2d)').params, totals('Net(nn.Conv2d)').complete], [8, true]);
    const { complete, why } = totals('Net(LambdaLayer)');
    assert.equal(complete, false);
    assert.match(why ?? '', /“timm\.layers\.LambdaLayer” cannot be found/);
  });
});
