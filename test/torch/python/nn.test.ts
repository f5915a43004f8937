// torch.nn of Python programs: modules as PyTorch has them, and what their calls cost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PyList, Unknown } from '../../../server/src/core/python/objects.ts';
import { type Priced, pathOf, priced, Session } from './pricing.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

interface Case {
  readonly entry: string;
  readonly inputs: string;
  readonly params: number;
  readonly macs: number;
  readonly shapes: readonly (readonly number[])[];
}

test('layers and functions give what PyTorch gave for them: shapes, parameters, multiply-accumulates', () => {
  const { cases } = JSON.parse(read('layers.json')) as { cases: readonly Case[] };
  const session = new Session('');
  for (const { entry, inputs, params, macs, shapes } of cases) {
    const given = session.price(entry, inputs);
    assert.deepEqual(
      {
        entry,
        inputs,
        params: given.params,
        macs: given.macs,
        shapes: given.shapes,
        unknown: given.unknown,
        problems: given.problems,
      },
      { entry, inputs, params, macs, shapes: shapes.map(shape => shape.join('×')), unknown: [], problems: [] },
    );
  }
  assert.ok(cases.length > 300);
});

test('modules are registered, listed, indexed, copied and changed as in PyTorch', () => {
  const session = new Session(read('modules.py'));
  const of = (name: string): readonly unknown[] => {
    const list = session.module.dict.get(name);
    return list instanceof PyList
      ? list.items.map(item => (item instanceof Unknown ? `unknown: ${item.reason.message}` : item))
      : [];
  };
  assert.deepEqual(of('got'), of('wanted'));
  assert.ok(of('got').length > 60);
});

const net = (init: string, forward: string): string => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
${init.replace(/^/gm, '        ')}
    def forward(self, x):
${forward.replace(/^/gm, '        ')}
`;

function checkNet(
  init: string,
  forward: string,
  inputs: string,
  macs: number,
  params: number,
  left: readonly string[] = [],
): Priced {
  const result = priced(net(init, forward), 'Net()', inputs);
  assert.deepEqual(
    {
      macs: result.macs,
      params: result.params,
      left: result.left,
      problems: result.problems,
      unknown: result.unknown,
    },
    { macs, params, left, problems: [], unknown: [] },
  );
  return result;
}

test('parameters count once: tied, shared, replaced, never called', () => {
  const tied =
    'self.emb = nn.Embedding(10, 4)\nself.fc = nn.Linear(4, 10, bias=False)\nself.fc.weight = self.emb.weight';
  checkNet(tied, 'return self.fc(self.emb(x))', 'torch.zeros(1, 3, dtype=torch.long)', 120, 40);
  checkNet('self.a = nn.Linear(4, 4)', 'return self.a(self.a(x))', 'torch.zeros(1, 4)', 32, 20);
  checkNet(
    'self.a = nn.Linear(4, 4)\nself.b = nn.Linear(4, 4)\nself.b.weight = self.a.weight',
    'return self.b(self.a(x))',
    'torch.zeros(1, 4)',
    32,
    24,
  );
  checkNet('self.a = nn.Linear(4, 4)\nself.b = nn.Conv2d(3, 5, 3)', 'return self.a(x)', 'torch.zeros(1, 4)', 16, 20, [
    'b.weight',
    'b.bias',
  ]);
  checkNet('self.w = nn.Parameter(torch.zeros(6, 4))', 'return F.linear(x, self.w)', 'torch.zeros(1, 4)', 24, 24);
  checkNet('self.w = nn.Parameter(torch.zeros(6, 4))', 'return F.linear(x, self.w * 2)', 'torch.zeros(1, 4)', 24, 24);
  checkNet(
    'self.w = nn.Parameter(torch.zeros(6, 4))',
    'return F.linear(F.linear(x, self.w), self.w.t())',
    'torch.zeros(1, 4)',
    48,
    24,
  );
  checkNet('self.a = nn.utils.weight_norm(nn.Conv1d(2, 3, 3))', 'return self.a(x)', 'torch.zeros(1, 2, 5)', 54, 24);
  // σ = uᵀWv: 3·18 for the product with the matrix, 3 for that of the vectors.
  checkNet(
    'self.a = nn.utils.spectral_norm(nn.Conv2d(2, 3, 3))',
    'return self.a(x)',
    'torch.zeros(1, 2, 3, 3)',
    54 + 57,
    57,
  );
});

test('the frame of a module has its path, where forward is called directly, too', () => {
  const init = 'self.layers = nn.ModuleList([nn.Sequential(nn.Linear(2, 3), nn.ReLU())])\nself.last = nn.Linear(3, 1)';
  const { nodes, rows } = priced(
    net(init, 'for layer in self.layers:\n    x = layer(x)\nreturn self.last.forward(x)'),
    'Net()',
    'torch.zeros(1, 2)',
  );
  const paths = nodes.filter(({ op }) => op.name === 'linear').map(pathOf);
  assert.deepEqual(paths, ['layers.0.0', 'last']);
  assert.deepEqual(rows, [
    ['', 'Net', 1, false],
    ['layers', 'ModuleList', 0, false],
    ['layers.0', 'Sequential', 1, false],
    ['layers.0.0', 'Linear', 1, true],
    ['layers.0.1', 'ReLU', 1, true],
    ['last', 'Linear', 1, true],
  ]);
});

function checkProblem(init: string, forward: string, inputs: string, message: string, shapes: readonly string[]): void {
  const result = priced(net(init, forward), 'Net()', inputs);
  assert.deepEqual([result.problems, result.shapes], [[message], shapes]);
}

test('an input that does not fit is reported with both numbers, and the rest is priced as it is declared', () => {
  checkProblem(
    'self.a = nn.Conv2d(3, 8, 3)',
    'return self.a(x)',
    'torch.zeros(1, 4, 8, 8)',
    'nn.Conv2d expects 3 input channels, but its input has 4 (1×4×8×8).',
    ['1×8×6×6'],
  );
  checkProblem(
    'self.a = nn.Linear(512, 10)',
    'return self.a(x.flatten(1))',
    'torch.zeros(1, 8, 7, 7)',
    'nn.Linear expects 512 input features, but its input has 392 (1×392).',
    ['1×10'],
  );
  checkProblem(
    'self.a = nn.BatchNorm2d(3)',
    'return self.a(x)',
    'torch.zeros(1, 4, 8, 8)',
    'nn.BatchNorm2d expects 3 input channels, but its input has 4 (1×4×8×8).',
    ['1×3×8×8'],
  );
  checkProblem(
    'self.a = nn.LayerNorm(16)',
    'return self.a(x)',
    'torch.zeros(1, 4, 8)',
    'nn.LayerNorm expects the last dimensions 16, but its input is 1×4×8.',
    ['1×4×16'],
  );
});

test('a layer whose structure is not known costs what is not known', () => {
  const of = (layer: string, input: string): Priced =>
    priced(`import missing\n${net(`self.a = ${layer}`, 'return self.a(x)')}`, 'Net()', input);
  for (const [layer, input] of [
    ['nn.Linear(2, 3, bias=missing.flag)', 'torch.zeros(1, 2)'],
    ['nn.BatchNorm2d(2, affine=missing.flag)', 'torch.zeros(1, 2, 3, 3)'],
    ['nn.LSTM(2, 3, missing.layers)', 'torch.zeros(1, 4, 2)'],
    ['nn.ModuleList([nn.Linear(2, 3)] * missing.count)[0]', 'torch.zeros(1, 2)'],
  ] as const) {
    assert.ok(of(layer, input).unknown.length > 0, layer);
  }
});

test('what is not known makes the result unknown, and says so', () => {
  const result = priced(
    `import missing\n${net('self.a = nn.Conv2d(3, missing.width, 3)\nself.b = missing.Block(3)', 'return self.a(x)')}`,
    'Net()',
    'torch.zeros(1, 3, 8, 8)',
  );
  assert.deepEqual([result.shapes, result.macs, result.params], [['1×?×6×6'], Number.NaN, Number.NaN]);
});

test('an adaptive pool takes its sizes from an array, whose elements it goes through', () => {
  const init = 'import numpy as np\nself.size = np.array([3, 2])';
  const { shapes } = checkNet(init, 'return F.adaptive_avg_pool2d(x, self.size)', 'torch.zeros(1, 4, 9, 8)', 0, 0);
  assert.deepEqual(shapes, ['1×4×3×2']);
});
