// Other networks of a Python file: their totals, and the lines that only they have.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  type Host,
  hints,
  hover,
  lenses,
  type OtherNetwork,
  open,
  otherDetail,
  otherHints,
  otherHover,
  otherLenses,
  otherNetworks,
  otherOutcome,
  otherProblems,
  othersText,
  outcome,
  price,
  report,
  type Settings,
  startPython,
} from '../../server/src/core/index.ts';
import { filesOf } from '../support/pythonProgram.ts';

// plain: 4·8·64 = 2,048 MACs, 32 parameters; wide: 2,048 + 8·16·9·64 = 75,776 MACs, 32 + 1,152 parameters.
const text = `import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, cin):
        super().__init__()
        self.conv = nn.Conv2d(cin, 8, 1, bias=False)

    def forward(self, x):
        return self.conv(x)


class Wide(nn.Module):
    def __init__(self, cin):
        super().__init__()
        self.conv = nn.Conv2d(cin, 16, 3, padding=1, bias=False)

    def forward(self, x):
        return self.conv(x)


def plain():
    return Plain(4)


def wide():
    return nn.Sequential(Plain(4), Wide(8))


def test():
    plain()(torch.zeros(1, 4, 8, 8))
    wide()(torch.zeros(1, 4, 8, 8))
`;
const lineOf = (words: string, nth = 0): number =>
  text
    .split('\n')
    .flatMap((line, at) => (line.includes(words) ? [at] : []))
    .at(nth)!;

function analysed(settings: Partial<Settings> = {}, changed = text): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name: 'net.py', text: changed, languageId: 'python' }, all)!, all)!;
}

const read = (shown: Analysed, viewed?: readonly string[], hosts?: readonly Host[]): readonly OtherNetwork[] =>
  [...otherNetworks(shown, viewed, hosts)].filter(network => network !== undefined);

const whole = { from: 0, to: text.length };
const labels = (shown: Analysed, others: readonly OtherNetwork[]): string[] =>
  otherHints(shown, others, whole).map(({ line, label }) => `${line}: ${label}`);

describe('other networks of a file', () => {
  before(startPython);

  it('have the totals that they have when they are chosen', () => {
    const shown = analysed();
    assert.equal(shown.spec.program?.entry?.expression, 'plain()');
    const others = read(shown);
    assert.deepEqual(
      others.map(({ entry: { expression } }) => expression),
      ['wide()'],
    );
    assert.deepEqual(otherOutcome(others, 'wide()'), outcome(shown, 'entry', 'wide()'));
    assert.equal(otherOutcome(others, 'plain()'), undefined);
    assert.match(othersText(others), /^wide\(\): 75\.8k MACs · 1\.18k params · peak /);
    const { entries } = report(shown, { networks: others });
    assert.deepEqual(
      entries?.map(({ entry, totals }) => [entry, totals?.macs, totals?.params, totals?.complete]),
      [
        ['plain()', 2048, 32, true],
        ['wide()', 75_776, 1184, true],
      ],
    );
    assert.equal(report(shown).entries?.[1]?.totals, undefined);
  });

  it('say that their input was guessed, wherever their totals stand', () => {
    const shown = analysed(
      {},
      text.replace('def wide():', 'def wide(size=8):').replace('    wide()(torch.zeros(1, 4, 8, 8))\n', ''),
    );
    const others = read(shown);
    const guess = /^wide\(\)(: | · )[\d.]+[kMG] MACs · .* · peak .* · input 4×\d+×\d+ \(guessed\)$/;
    assert.match(othersText(others), guess);
    assert.match(otherLenses(shown, others)[0]!.title, guess);
    assert.doesNotMatch(othersText(read(analysed())), /guessed/);
  });

  it('show the lines that only they have, in parentheses', () => {
    const shown = analysed();
    const others = read(shown);
    const own = new Set(hints(shown, whole).map(({ line }) => line));
    const found = labels(shown, others);
    assert.deepEqual(found, [
      `${lineOf('class Wide')}: (16×8×8 · 73.7k MACs · 1.15k params)`,
      `${lineOf('nn.Conv2d(cin, 16')}: (73.7k MACs · 1.15k params)`,
      `${lineOf('def forward', 1)}: (16×8×8 · 73.7k MACs · 1.15k params)`,
      `${lineOf('return self.conv', 1)}: (16×8×8 · 73.7k MACs)`,
      `${lineOf('return nn.Seq')}: (75.8k MACs · 1.18k params)`,
    ]);
    assert.ok(otherHints(shown, others, whole).every(({ line }) => !own.has(line)));
    const [from, to] = [lineOf('nn.Conv2d(cin, 16'), lineOf('nn.Conv2d(cin, 16')].map(
      line => shown.document.lines.start(line) + 9,
    ) as [number, number];
    assert.equal(otherHints(shown, others, { from, to }).length, 1);
    assert.equal(hover(shown, from), undefined);
    assert.match(otherHover(shown, others, from)?.markdown ?? '', /73\.7k[\s\S]*As in `wide\(\)`/);
    assert.equal(otherHover(shown, others, text.indexOf('import')), undefined);
    assert.equal(otherDetail(others, lineOf('nn.Conv2d(cin, 8')), '');
    const titles = otherLenses(shown, others).map(({ range, title }) => [
      shown.document.lines.lineAt(range.from),
      title.replace(/ · peak.*/, ''),
    ]);
    assert.deepEqual(titles, [
      [lineOf('wide()(torch'), 'wide() · 75.8k MACs · 1.18k params'],
      [lineOf('class Wide'), 'As in wide()'],
    ]);
  });

  it('stay within the room of a hint, whatever is said', () => {
    const shown = analysed({}, text.replace('(cin, 16,', '(cin, 1234567,'));
    for (const { label } of otherHints(shown, read(shown), whole)) assert.ok(label.length <= 42, label);
  });

  it('come in the order in which they were looked at', () => {
    const three = text.replace(
      'def test',
      'def wider():\n    return nn.Sequential(Plain(4), Wide(8), nn.ReLU())\n\n\ndef test',
    );
    const names = (viewed: readonly string[]): string[] =>
      read(analysed({}, three), viewed).map(({ entry: { expression } }) => expression);
    assert.deepEqual(names([]), ['wide()', 'wider()']);
    assert.deepEqual(names(['plain()', 'wider()', 'gone()']), ['wider()', 'wide()']);
    const others = read(analysed({}, three), ['wider()']);
    assert.ok(others[0]!.lines.has(lineOf('class Wide')) && !others[1]!.lines.has(lineOf('class Wide')));
  });

  it('report what is wrong on their lines, where nothing was guessed', () => {
    const wrong = text.replace('nn.Conv2d(cin, 16', 'nn.Conv2d(cin + 1, 16');
    const shown = analysed({}, wrong);
    assert.deepEqual(shown.problems, []);
    const [problem, ...more] = otherProblems(read(shown));
    assert.deepEqual(more, []);
    assert.equal(problem?.code, 'channel-mismatch');
    assert.equal(shown.document.lines.lineAt(problem!.range.from), lineOf('return self.conv', 1));
    assert.equal(problem?.related?.at(-1)?.message, 'in the network wide()');
    const guessing = wrong.replace(/def test[\s\S]*/, '');
    assert.deepEqual(otherProblems(read(analysed({ entry: 'plain()' }, guessing))), []);
  });

  it('leave what is shown as it was', () => {
    const shown = analysed();
    const before = JSON.stringify(report(shown));
    read(shown);
    assert.equal(JSON.stringify(report(shown)), before);
    assert.equal(
      lenses(shown, undefined, 'wide(): much').find(({ title }) => title.startsWith('Network'))?.tooltip,
      'wide(): much',
    );
  });

  it('can be those of other programs that import the text', () => {
    const blocks = text.replace(/def plain[\s\S]*/, '');
    const files = filesOf({
      '/w/one.py':
        'import torch\nfrom torch import nn\nfrom blocks import Plain\nnn.Sequential(Plain(4))(torch.zeros(1, 4, 8, 8))\n',
      '/w/two.py':
        'import torch\nfrom torch import nn\nfrom blocks import Plain, Wide\nnn.Sequential(Plain(4), Wide(8))(torch.zeros(1, 4, 8, 8))\n',
      '/w/blocks.py': blocks,
    });
    const host = (name: string): Host => {
      const path = `/w/${name}`;
      const opened = open({ name, text: files.read(path)!, path, files }, defaultSettings)!;
      return price(opened, defaultSettings)!.spec.program!.host!;
    };
    const [one, two] = [host('one.py'), host('two.py')];
    const source = { name: 'blocks.py', text: blocks, path: '/w/blocks.py', files, host: one };
    const shown = price(open(source, defaultSettings)!, defaultSettings)!;
    const others = read(shown, [], [two]);
    assert.match(othersText(others), /^nn\.Sequential\(Plain\(4\), Wide\(8\)\) of two\.py: 75\.8k MACs/);
    assert.ok(labels(shown, others).includes(`${lineOf('nn.Conv2d(cin, 16')}: (73.7k MACs · 1.15k params)`));
  });
});
