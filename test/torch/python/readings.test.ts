// What readings share, they cannot change: a program that sets names, attributes and hooks is the only one that sees them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noFiles } from '../../../server/src/core/python/files.ts';
import { PyModule, Unknown } from '../../../server/src/core/python/objects.ts';
import { createMachine } from '../../../server/src/core/python/vm/index.ts';
import { parsePython, startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { nnModules } from '../../../server/src/core/torch/python/nn/index.ts';
import { torchModules } from '../../../server/src/core/torch/python/torch.ts';

await startPython();
const natives = new Map([...torchModules, ...nnModules]);

const changing = `
import torch.nn as nn
torch.relu = 1
torch.pi = 4
torch.added = 2
torch.linalg.norm = 3
torch.cuda.is_available = lambda: True
torch.Tensor.twice = lambda self: self * 2
nn.Conv2d.extra = 5
nn.Module.__call__ = lambda self, *args: 7
nn.ReLU.forward = lambda self, x: 8
nn.functional.relu = 9
seen = [torch.relu, torch.added, torch.cuda.is_available(), nn.ReLU()(torch.ones(2)), nn.Conv2d(1, 1, 1).extra]
`;

const looking = `
import torch.nn as nn
x = torch.ones(2, 3)
seen = [
    callable(torch.relu), torch.cuda.is_available(), hasattr(x, 'twice'),
    hasattr(nn.Conv2d(1, 1, 1), 'extra'), list(nn.ReLU()(x).shape), list(nn.functional.relu(x).shape),
    callable(torch.linalg.norm), torch.pi < 3.2, len(list(nn.Linear(2, 3).parameters())),
]
`;

const repr = (text: string): string => {
  const machine = createMachine({ files: noFiles, roots: [], natives });
  const tree = parsePython(`import torch\n${text}\nshown = repr(seen)\n`);
  const outcome = machine.start(machine.run({ tree, name: 'main' })).finish();
  if (outcome.kind === 'raised') return `${outcome.exception.cls.name}: ${outcome.exception.args.map(String).join()}`;
  const shown =
    outcome.kind === 'value' && outcome.value instanceof PyModule ? outcome.value.dict.get('shown') : undefined;
  return shown instanceof Unknown ? shown.reason.message : String(shown);
};

describe('two readings', () => {
  it('have their own names of torch, classes and hooks', () => {
    const fresh = repr(looking);
    assert.equal(repr(changing), '[1, 2, True, 7, 5]');
    assert.equal(repr(looking), fresh);
    assert.equal(fresh, '[True, False, False, False, [2, 3], [2, 3], True, True, 2]');
  });
});

describe('a module that is called', () => {
  it('runs what its class, its instance and its hooks have at that moment', () => {
    const text = `
import torch.nn as nn

class Own(nn.ReLU):
    def forward(self, x, more=1):
        return [super().forward(x).shape[0], more]

class Odd(nn.ReLU):
    def __getattribute__(self, name):
        return (lambda x: 'odd') if name == 'forward' else super().__getattribute__(name)

x = torch.ones(2)
plain = nn.ReLU()
patched = nn.ReLU()
patched.forward = lambda x: 'patched'
hooked = nn.ReLU()
hooked.register_forward_hook(lambda module, args, out: 'hooked')
before = nn.Identity()
before.register_forward_pre_hook(lambda module, args: (args[0].reshape(1, 2),))
seen = [
    list(plain(x).shape), list(plain(input=x).shape), Own()(x, more=3), Odd()(x), patched(x), hooked(x),
    list(before(x).shape),
]
try:
    plain(x, x)
except TypeError as error:
    seen.append('TypeError')
nn.ReLU.forward = lambda self, x: 'replaced'
seen.append(plain(x))
`;
    assert.equal(repr(text), "[[2], [2], [2, 3], 'odd', 'patched', 'hooked', [1, 2], 'TypeError', 'replaced']");
  });
});

describe('a layer of very many layers', () => {
  for (const layer of [
    'nn.LSTM(10**9, 10**9, 10**9)',
    'nn.GRU(8, 8, 10**7, bidirectional=True)',
    'nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2), 10**6)',
  ]) {
    it(`is not made: ${layer}`, () => {
      const machine = createMachine({ files: noFiles, roots: [], natives });
      const tree = parsePython(`import torch.nn as nn\nlayer = ${layer}\n`);
      const outcome = machine.start(machine.run({ tree, name: 'main' })).finish();
      assert.match(outcome.kind === 'stopped' ? outcome.reason.message : outcome.kind, /too much/);
    });
  }
});
