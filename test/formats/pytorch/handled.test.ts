// An exception that values decide on is taken not to be raised, unless a program would go on after it.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const totalsOf = (body: string) => {
  const text = `import contextlib

import torch
from torch import nn


def check(x):
    if x.max() > 1:
        raise ValueError('too large')
    return x


def bounded(x):
    assert x.max() < 1
    return x


class Timed:
    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.done = True


class Quiet(Timed):
    def __exit__(self, kind, value, trace):
        return kind is not None


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 8)
        self.b = nn.Linear(8, 8)

    def forward(self, x):
${body}

# flopline: Net() input=2,8
`;
  const source = { name: 'net.py', text, languageId: 'python' };
  return report(price(open(source, defaultSettings)!, defaultSettings)!).totals;
};

const within = (context: string): string =>
  `        with ${context}:\n            x = self.a(check(x))\n        return x\n`;

const caught = (call: string, handler: string): string => `        try:
            x = ${call}
            x = self.a(x)
        except (ValueError, AssertionError):
            ${handler}
        return x
`;

describe('an exception that values decide on', () => {
  before(startPython);

  for (const [words, body, complete] of [
    ['is taken not to be raised', '        return self.a(check(x))\n', true],
    ['nor that of an assert', '        return self.a(bounded(x))\n', true],
    ['may be what a caller goes on after', caught('check(x)', 'x = self.b(self.b(x))'), false],
    ['may be that of an assert that a caller goes on after', caught('bounded(x)', 'x = self.b(self.b(x))'), false],
    ['ends the program where it is raised again', caught('check(x)', 'raise'), true],
    ['does not matter once it is past', `${caught('x + 1', 'pass').replace('return x\n', 'return check(x)\n')}`, true],
    ['may be what a context swallows', within('Quiet()'), false],
    ['may be what contextlib swallows', within('contextlib.suppress(ValueError)'), false],
    ['is none where a context says nothing', within('Timed()'), true],
    ['is none under no_grad', within('torch.no_grad()'), true],
  ] as const)
    it(words, () => {
      const totals = totalsOf(body);
      assert.deepEqual([totals.complete, totals.macs], [complete, 128]);
      if (!complete) assert.match(totals.why ?? '', /value of a tensor is not known/);
    });
});
