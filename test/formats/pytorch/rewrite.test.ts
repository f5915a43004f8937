// Advice for programs: which lines are left alone, and that every change that is offered is read again as it was priced.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import {
  type Analysed,
  adviceCandidates,
  applyEdits,
  defaultSettings,
  open,
  price,
  priceAdvice,
  startPython,
  withValues,
} from '../../../server/src/core/index.ts';
import type { Files } from '../../../server/src/core/python/files.ts';
import { Disk } from '../../../server/src/host/disk.ts';
import { addTallies, analysedOf, checkAllAdvice, type Tally } from '../../support/advice.ts';

const root = join(import.meta.dirname, '../../..');

/** A network of one convolution, which `body` makes as `self.conv`, with other methods behind it. */
function network(body: string, { forward = 'self.conv(x)', rest = '', head = '' } = {}): string {
  const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
  return `# flopline: Net() input=1,64,16,16
import torch
from torch import nn
${head}

class Net(nn.Module):
    def __init__(self, width=64, k=3, bias=True, **options):
        super().__init__()
${indented(indented(body))}

    def forward(self, x):
        return ${forward}

${indented(rest)}
`;
}

function offered(text: string): string[] {
  const analysed = analysedOf('net.py', text, defaultSettings);
  assert.deepEqual(
    analysed.problems.map(({ message }) => message),
    [],
  );
  return codesOf(analysed);
}

function codesOf(analysed: Analysed): string[] {
  const advice = adviceCandidates(analysed).map(candidate => priceAdvice(analysed, candidate));
  return [...new Set(advice.flatMap(each => (each && each.refused === null ? [each.code] : [])))];
}

const plain = 'self.conv = nn.Conv2d(width, 64, 3, padding=1)';
const wraps = ['fat-convolution', 'square-kernel', 'full-convolution'];

describe('changes of programs', () => {
  before(startPython);

  it('are offered for a layer that is only called', () => {
    assert.deepEqual(offered(network(plain)), [...wraps, 'ungrouped-convolution']);
  });

  const alone: readonly (readonly [why: string, text: string, left: readonly string[]])[] = [
    [
      'weights read',
      network(plain, { rest: 'def tied(self):\n    return self.conv.weight' }),
      ['ungrouped-convolution'],
    ],
    [
      'an attribute read in the forward pass',
      network(plain, { forward: 'self.conv(x) * self.conv.out_channels' }),
      ['ungrouped-convolution'],
    ],
    [
      'asked for its class',
      network(plain, { rest: 'def fuse(self):\n    return isinstance(self.conv, nn.Conv2d)' }),
      ['ungrouped-convolution'],
    ],
    [
      'given to a function',
      network('self.conv = checked(nn.Conv2d(width, 64, 3, padding=1))', { head: 'def checked(layer): return layer' }),
      ['ungrouped-convolution'],
    ],
    [
      'read by another name in a loop',
      network('self.convs = nn.ModuleList([nn.Conv2d(width, 64, 3, padding=1)])', {
        forward: 'self.convs[0](x)',
        rest: 'def init(self):\n    for conv in self.convs:\n        conv.weight.data.zero_()',
      }),
      ['ungrouped-convolution'],
    ],
    ['arguments by stars', network('self.conv = nn.Conv2d(width, 64, 3, padding=1, **options)'), []],
    ['arguments in a list', network('sizes = (width, 64, 3)\nself.conv = nn.Conv2d(*sizes)'), []],
    ['groups by name', network('self.conv = nn.Conv2d(width, 64, 3, padding=1, groups=max(1, 65 - width))'), []],
    [
      'channels that are taken from a list',
      network('widths = [64]\nself.conv = nn.Conv2d(widths.pop(), 64, 3, padding=1)'),
      ['ungrouped-convolution'],
    ],
    // A depthwise layer has it as it is written.
    [
      'a kernel by name',
      network('self.conv = nn.Conv2d(width, 64, k, padding=k // 2)'),
      ['fat-convolution', 'full-convolution', 'ungrouped-convolution'],
    ],
  ];
  for (const [why, text, left] of alone) it(`leave alone: ${why}`, () => assert.deepEqual(offered(text), left));

  it('leave alone what another file constructs', () => {
    const source = {
      name: 'main.py',
      text: '# flopline: Net() input=1,64,16,16\nimport torch\nfrom net import Net\n',
      path: '/p/main.py',
    };
    const files: Files = {
      read: path => (path === '/p/net.py' ? network(plain) : undefined),
      isFolder: path => path === '/p',
      list: path => (path === '/p' ? ['main.py', 'net.py'] : []),
    };
    const analysed = price(open({ ...source, files }, defaultSettings)!, defaultSettings)!;
    assert.ok(analysed.model.totals.macs.value > 0);
    assert.deepEqual(codesOf(analysed), []);
  });

  const optional = `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, norm):
        super().__init__()
        layers = [nn.Conv2d(64, 64, 1)]
        if norm:
            layers += [nn.BatchNorm2d(64)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


def normed():
    return Net(True)

`;

  it('keep a bias that another network of the file needs', () => {
    const entry = (text: string): string => `# flopline: normed() input=1,64,8,8\n${text}`;
    assert.deepEqual(offered(entry(optional)), ['cancelled-bias']);
    assert.deepEqual(offered(entry(`${optional}\ndef bare():\n    return Net(False)\n`)), []);
  });

  it('keep a bias that is a choice', () => {
    const text = network('self.conv = nn.Conv2d(width, 64, 1, bias=bias)', {
      forward: 'nn.BatchNorm2d(64)(self.conv(x))',
    });
    assert.deepEqual(offered(text), []);
  });

  it('say how many layers a line makes', () => {
    const text = network('self.convs = nn.ModuleList([nn.Conv2d(width, 64, 3, padding=1) for _ in range(4)])', {
      forward: 'self.convs[3](self.convs[2](self.convs[1](self.convs[0](x))))',
    });
    const analysed = analysedOf('net.py', text, defaultSettings);
    const candidate = adviceCandidates(analysed).find(({ code }) => code === 'ungrouped-convolution')!;
    assert.equal(
      priceAdvice(analysed, candidate)!.title,
      'Split it into 2 groups: 37.7M → 18.9M MACs here (×4), −50 % in total, params −73.7k',
    );
  });

  it('have the line breaks of the text', () => {
    const text = network(plain.replace('width', 'width * 1 * 1 * 1 * 1 * 1 * 1')).replaceAll('\n', '\r\n');
    const analysed = analysedOf('net.py', text, defaultSettings);
    const candidate = adviceCandidates(analysed).find(({ code }) => code === 'full-convolution')!;
    const fixed = applyEdits(text, priceAdvice(analysed, candidate)!.edits);
    assert.match(fixed, /Sequential\(\r\n/);
    assert.ok(!/(?<!\r)\n/.test(fixed));
  });

  it('are read again as they were priced', context => {
    const total: Tally = { offered: {}, refused: {}, dropped: {} };
    // All of them take long: `FLOPLINE_ALL=1` asks for that.
    const isAll = Boolean(process.env.FLOPLINE_ALL);
    for (const [folder, every] of [
      ['examples/python', isAll ? 1 : 13],
      ['test/advice/fixtures', isAll ? 1 : 4],
    ] as const) {
      for (const file of readdirSync(join(root, folder)).filter(name => name.endsWith('.py'))) {
        const text = readFileSync(join(root, folder, file), 'utf8');
        addTallies(total, checkAllAdvice(file, text, defaultSettings, every));
      }
    }
    context.diagnostic(JSON.stringify(total));
    assert.ok(Object.keys(total.offered).length >= 5);
  });

  it('reach the file that is open and no other', () => {
    const path = join(root, 'examples/python/detector/net.py');
    const source = { name: 'net.py', text: readFileSync(path, 'utf8'), path, files: new Disk() };
    const settings = withValues(defaultSettings, new Map<string, unknown>());
    const analysed = price(open(source, settings)!, settings)!;
    for (const candidate of adviceCandidates(analysed)) {
      const advice = priceAdvice(analysed, candidate);
      if (advice?.refused !== null) continue;
      assert.ok(candidate.range.to <= source.text.length);
      const fixed = { ...source, text: applyEdits(source.text, advice.edits) };
      const after = price(open(fixed, settings)!, settings)!;
      assert.equal(after.model.totals.macs.value, advice.after.macs);
    }
  });
});
