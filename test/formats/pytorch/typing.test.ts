// While a line is typed, nothing is complete and wrong; and what PyTorch refuses is not complete without an error.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

interface Told {
  readonly complete: boolean;
  readonly params: number | null;
  readonly macs: number | null;
  readonly errors: readonly string[];
}

function told(text: string, inputs?: string): Told {
  const settings = inputs === undefined ? defaultSettings : { ...defaultSettings, entry: 'Net()', inputs };
  const { totals, problems } = report(price(open({ name: 'net.py', text }, settings)!, settings)!);
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return { complete: totals.complete, params: totals.params, macs: totals.macs, errors };
}

const example = readFileSync(fileURLToPath(new URL('../../../examples/python/resnet18.py', import.meta.url)), 'utf8');

const lines: readonly string[] = [
  '        self.fc = nn.Linear(cin, num_classes)',
  '        y = self.relu(self.bn1(self.conv1(x)))',
  '        return self.fc(x)',
];

/** Beginnings of those lines that are programs by themselves. */
const mayStand: ReadonlySet<string> = new Set(['return', 'return self', 'return self.fc']);

describe('a line that is typed', () => {
  before(startPython);

  for (const line of lines) {
    it(line.trim(), () => {
      const whole = told(example);
      assert.ok(whole.complete && example.includes(`${line}\n`));
      for (let length = line.search(/\S/) + 1; length < line.length; length++) {
        const typed = line.slice(0, length);
        const now = told(example.replace(`${line}\n`, `${typed}\n`));
        if (!now.complete) continue;
        assert.ok(now.errors.length > 0 || mayStand.has(typed.trim()), `${typed}: ${JSON.stringify(now)}`);
      }
    });
  }

  it('is broken alone where Python refuses it', () => {
    const plain = told(net('self.a = nn.Linear(8, 4)', 'return self.a(x)'), 'torch.zeros(1, 8)');
    assert.deepEqual(plain, { complete: true, params: 36, macs: 32, errors: [] });
    for (const forward of ['continue', 'break', 'from os import *', 'await x', '*a = x']) {
      const now = told(net('self.a = nn.Linear(8, 4)', `${forward}\nreturn self.a(x)`), 'torch.zeros(1, 8)');
      assert.equal(now.errors.length, 1, forward);
      assert.equal(now.complete, false, forward);
    }
  });
});

function net(init: string, forward: string): string {
  const indented = (text: string): string => text.replace(/^/gm, '        ');
  return `import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
${indented(init)}
    def forward(self, x):
${indented(forward)}
`;
}

describe('what PyTorch refuses', () => {
  before(startPython);

  const image = 'torch.zeros(1, 3, 8, 8)';
  const refused: readonly (readonly [init: string, forward: string, inputs: string, error: RegExp])[] = [
    ['self.a = nn.Conv2d(3, 8 / 2, 3)', 'return self.a(x)', image, /must be int, not float/],
    ['self.a = nn.Conv2d(3, 8, 3.0)', 'return self.a(x)', image, /not float/],
    ['self.a = nn.Conv2d(3, 8, 3, 1.0)', 'return self.a(x)', image, /not float/],
    ['self.a = nn.Conv2d(3, 8, 0)', 'return self.a(x)', image, /greater than zero/],
    ['self.a = nn.Conv2d(3, 0, 1)', 'return self.a(x)', image, /at least 1 at dimension 0/],
    ['self.a = nn.MaxPool2d(2.0)', 'return self.a(x)', image, /not float/],
    ['self.a = nn.Dropout(1.5)', 'return self.a(x)', image, /between 0 and 1/],
    ['self.a = nn.Dropout(None)', 'return self.a(x)', image, /NoneType/],
    ['self.a = nn.Conv2d(3, 8, 3)', 'return self.a(x > 0)', image, /type/],
    ['self.a = nn.LSTM(8, 8, 1.0)', 'return self.a(x)', 'torch.zeros(1, 4, 8)', /not float/],
    ['pass', 'return x.transpose(True, 2)', image, /not bool/],
    ['pass', 'return x.masked_fill(x is None, 0)', image, /not bool/],
    ['pass', 'return x[torch.tensor([0, 1])]', image, /out of range/],
    ['self.a = nn.Embedding(4, 8)', 'return self.a(torch.arange(x.shape[2]))', image, /out of range/],
  ];
  for (const [init, forward, inputs, error] of refused) {
    it(`${init}; ${forward}`, () => {
      const { complete, errors } = told(net(init, forward), inputs);
      assert.equal(complete, false);
      assert.match(errors.join(), error);
    });
  }

  it('and what comes close to it is taken', () => {
    const taken: readonly (readonly [init: string, forward: string, inputs: string])[] = [
      ['self.a = nn.Upsample(scale_factor=1.5)', 'return self.a(x)', image],
      ['self.a = nn.Dropout(1)', 'return self.a(x)', image],
      ['pass', 'return x[:, torch.tensor([-3, 2])]', image],
      ['self.a = nn.Embedding(8, 8)', 'return self.a(torch.arange(x.shape[2]))', image],
    ];
    for (const [init, forward, inputs] of taken) {
      const { complete, errors } = told(net(init, forward), inputs);
      assert.deepEqual([complete, errors], [true, []], init + forward);
    }
  });
});

describe('a program that does not end', () => {
  before(startPython);

  const endless: readonly string[] = [
    'while True: pass',
    '-1 in iter(int, 1)',
    'list(zip(iter(int, 1), iter(int, 1)))',
    'def f():\n    try: f()\n    finally: f()\nf()',
    'import re\na = re.match("(a|aa)+$", "a" * 60 + "b")\nif a: self.b = nn.Linear(1, 1)',
    'while True: self.a = nn.Linear(8, 4)',
    'a = [3 ** 40000 * i for i in range(10**6)]',
    'a = [torch.zeros(10) + i for i in range(10**6)]',
    'a = str(10**5000)',
    'a = torch.zeros(*[2] * 100)',
  ];
  for (const text of endless) {
    it(`is given up: ${text.split('\n')[0]}`, () => {
      const before = process.cpuUsage();
      const now = told(net(`self.a = nn.Linear(8, 4)\n${text}`, 'return self.a(x)'), 'torch.zeros(1, 8)');
      const { user, system } = process.cpuUsage(before);
      assert.equal(now.complete, false);
      assert.ok((user + system) / 1e6 < 20, 'it takes seconds at most');
    });
  }
});
