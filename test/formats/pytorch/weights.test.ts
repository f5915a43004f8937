// Programs that pick or rename the weights of a file: none of it changes what their networks cost.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const network = (load: string): string => `import torch
from torch import nn
from torch.utils import model_zoo


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.extra = nn.ModuleList()
        self.load()

    def load(self):
${load.replace(/^(?=.)/gm, '        ')}

    def forward(self, x):
        x = self.conv(x)
        for layer in self.extra:
            x = layer(x)
        return x


Net()(torch.zeros(1, 3, 8, 8))
`;

function totals(load: string): { readonly complete: boolean; readonly params: number | null; readonly why?: string } {
  const document = open({ name: 'net.py', text: network(load), languageId: 'python' }, defaultSettings)!;
  const { totals } = report(price(document, defaultSettings)!);
  return totals;
}

const sources = [
  "torch.load('net.pth')",
  "torch.load('net.pth', map_location='cpu')['state_dict']",
  "torch.hub.load_state_dict_from_url('https://example.org/net.pth')",
  "model_zoo.load_url('https://example.org/net.pth')",
];

const loops = {
  'picks those that fit': `
picked = {}
own = self.state_dict()
for k, v in weights.items():
    if k in own and v.size() == own[k].size():
        picked[k] = v
own.update(picked)
self.load_state_dict(own)`,
  'renames them': `
renamed = OrderedDict()
for name, weight in weights.items():
    if 'head' in name:
        continue
    name = 'body.' + name[7:].replace('bn', 'norm')
    renamed[name] = weight
    print(f'{name} is read')
self.load_state_dict(renamed, strict=False)`,
  'looks at them in another way': `
picked = {}
for name, weight in weights.items():
    picked[name] = weight.unsqueeze(-1).flatten(1) if weight.dim() == 2 else weight
self.load_state_dict(picked)`,
  'copies each': `
own = self.state_dict()
for name, weight in weights.items():
    if name not in own:
        continue
    try:
        own[name].copy_(weight)
    except Exception:
        raise RuntimeError(f'{name} has another size')`,
  'drops some': `
for name in list(weights.keys()):
    if name.startswith('fc.'):
        del weights[name]
    elif name.split('.')[0] == 'aux':
        weights.pop(name)
missing = self.load_state_dict(weights, strict=False)`,
};

const widening = {
  'makes layers': `
for name in weights.keys():
    self.extra.append(nn.Conv2d(8, 8, 3))`,
  'puts layers in a list by another name': `
layers = self.extra
for name, weight in weights.items():
    layers.append(weight)`,
  'sets what may be a layer': `
for name in weights.keys():
    self.conv = name`,
  'calls what may be a layer': `
for weight in weights.values():
    weight = self.squeeze(weight)`,
  'computes products': `
for weight in weights.values():
    product = self.conv.weight.flatten(1) @ self.conv.weight.flatten(1).T`,
};

describe('a loop over the weights of a file', () => {
  before(startPython);

  for (const source of sources) {
    for (const [name, loop] of Object.entries(loops)) {
      it(`costs nothing if it ${name}: ${source}`, () => {
        const { complete, params, why } = totals(`from collections import OrderedDict\nweights = ${source}${loop}`);
        assert.deepEqual([complete, params, why], [true, 224, undefined]);
      });
    }
  }

  for (const [name, loop] of Object.entries(widening)) {
    it(`makes totals lower bounds if it ${name}`, () => {
      assert.equal(totals(`weights = ${sources[0]}${loop}`).complete, false);
    });
  }
});

describe('a row', () => {
  before(startPython);

  it('is a lower bound if a part of its construction was skipped, like those around it', () => {
    const text = `import torch
from torch import nn


class Stage(nn.Module):
    def __init__(self, depth):
        super().__init__()
        for at in range(depth):
            self.add_module(f'block{at}', nn.Conv2d(3, 3, 3, padding=1))

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.known = Stage(2)
        self.body = nn.Sequential(Stage(torch.load('depth')))

    def forward(self, x):
        return self.body(self.known(x))


Net()(torch.zeros(1, 3, 8, 8))
`;
    const document = open({ name: 'net.py', text, languageId: 'python' }, defaultSettings)!;
    const { totals, layers } = report(price(document, defaultSettings)!);
    assert.equal(totals.complete, false);
    assert.deepEqual(
      layers.filter(({ complete }) => !complete).map(({ name, why }) => [name, why]),
      ['', 'body', 'body.0'].map(name => [name, 'Flopline does not know torch.load.']),
    );
  });

  it('and totals are complete where only memory depends on the data', () => {
    const text = `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 8, 3)

    def forward(self, x):
        nearest = torch.full_like(x, 1e10)
        isNearer = x < nearest
        nearest[isNearer] = x[isNearer]
        return self.conv(nearest)


Net()(torch.rand(1, 3, 32))
`;
    const document = open({ name: 'net.py', text, languageId: 'python' }, defaultSettings)!;
    const { totals, layers } = report(price(document, defaultSettings)!);
    const { macs, params, activations, peakBytes, complete, why } = totals;
    assert.deepEqual(
      [macs, params, activations, peakBytes, complete, why],
      [3 * 8 * 3 * 30, 80, null, null, true, 'Line 13: how many elements a mask takes depends on its values'],
    );
    assert.deepEqual(
      layers.map(row => [row.complete, row.activations]),
      [
        [true, null],
        [true, 240],
      ],
    );
  });
});
