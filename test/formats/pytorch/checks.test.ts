// What is reported of networks in which nothing is wrong, and what is not; fixes of what does not fit.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, fixes, formats, open, price } from '../../../server/src/core/index.ts';
import { applyEdits } from '../../../server/src/core/text/edit.ts';

interface Parts {
  readonly made?: readonly string[];
  readonly done?: readonly string[];
}

/** A network with more in its constructor and in its forward pass. */
const net = ({ made = [], done = [] }: Parts): string =>
  [
    'import torch',
    'from torch import nn',
    'import torch.nn.functional as F',
    '',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.conv = nn.Conv2d(3, 8, 3)',
    ...made.map(line => `        ${line}`),
    '',
    '    def forward(self, x, target=None):',
    '        x = self.conv(x)',
    ...done.map(line => `        ${line}`),
    '        return x',
    '',
    'Net()(torch.zeros(1, 3, 16, 16))',
    '',
  ].join('\n');

/** What is reported, as the code and the text that it is at. */
function reported(text: string): readonly string[] {
  const analysed = price(open({ name: 'net.py', text }, defaultSettings)!, defaultSettings)!;
  return analysed.problems.map(({ code, range }) => `${code}: ${text.slice(range.from, range.to)}`);
}

/** The text after the first fix. */
function fixed(text: string): string {
  const analysed = price(open({ name: 'net.py', text }, defaultSettings)!, defaultSettings)!;
  const [offer] = fixes(analysed, { from: 0, to: text.length });
  assert.ok(offer, 'a fix is offered');
  return applyEdits(text, offer.fix.edits);
}

describe('what is odd about a network in Python', () => {
  before(async () => {
    for (const { parser } of formats) await parser?.load();
  });

  const cases: readonly (readonly [what: string, parts: Parts, expected: readonly string[]])[] = [
    [
      'a module that is never called',
      { made: ['self.extra = nn.Linear(4, 4)'] },
      ['module-never-called: nn.Linear(4, 4)'],
    ],
    ['one without parameters', { made: ['self.drop = nn.Dropout(0.5)'] }, []],
    [
      'one that training alone calls',
      { made: ['self.aux = nn.Conv2d(8, 2, 1)'], done: ['if self.training:', '    return x, self.aux(x)'] },
      [],
    ],
    [
      'one that a target is for',
      { made: ['self.aux = nn.Conv2d(8, 2, 1)'], done: ['if target is not None:', '    x = self.aux(x)'] },
      [],
    ],
    [
      'one whose parameters are used without it',
      { made: ['self.scale = nn.Linear(14, 14)'], done: ['x = F.linear(x, self.scale.weight, self.scale.bias)'] },
      [],
    ],
    [
      'a list of which some are called',
      {
        made: ['self.more = nn.ModuleList([nn.Conv2d(8, 8, 1) for _ in range(3)])'],
        done: ['x = self.more[0](x)'],
      },
      [],
    ],
    ['a result that nothing reads', { done: ['y = x * 2'] }, ['unused-result: y = x * 2']],
    ['one that is to be thrown away', { done: ['_ = x * 2'] }, []],
    ['one that is read under a condition', { done: ['y = x * 2', 'if self.training:', '    x = x + y'] }, []],
    ['sizes', { done: ['b, c, h, w = x.shape', 'x = x.view(b, c, -1)'] }, []],
    ['an attribute', { done: ['self.last = x * 2'] }, []],
    ['a change in place', { done: ['y = x.clone()', 'y[:, 0] = 1', 'x = x + y'] }, []],
  ];
  for (const [what, parts, expected] of cases) it(what, () => assert.deepEqual(reported(net(parts)), expected));

  it('what does not fit is fixed where it is made, by name or by position', () => {
    const linear = (made: string): string => fixed(net({ made: [`self.fc = ${made}`], done: ['x = self.fc(x)'] }));
    assert.match(linear('nn.Linear(10, 4)'), /nn\.Linear\(14, 4\)/);
    assert.match(linear('nn.Linear(out_features=4, in_features=5 * 2)'), /out_features=4, in_features=14\)/);
    const norm = (made: string): string => fixed(net({ made: [`self.norm = ${made}`], done: ['x = self.norm(x)'] }));
    assert.match(norm('nn.BatchNorm2d(16)'), /nn\.BatchNorm2d\(8\)/);
    assert.match(norm('nn.GroupNorm(2, 16)'), /nn\.GroupNorm\(2, 8\)/);
  });

  it('an input of which nothing is known is asked for in a comment', () => {
    const text =
      'import torch\nfrom torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.ones(3, 1, 1))\n\n    def forward(self, x):\n        return x * self.w\n';
    assert.deepEqual(reported(text), ['unknown-input: class Net(nn.Module):']);
    const after = fixed(text);
    assert.match(after, /^# flopline: Net\(\) input=1,3,224,224\nclass Net/m);
    assert.deepEqual(reported(after), []);
  });
});
