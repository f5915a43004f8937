// What has changed since a commit, as an editor shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Analysed,
  type Base,
  defaultSettings,
  hintDetail,
  hints,
  hover,
  lenses,
  maxLabel,
  open,
  price,
  type Settings,
  summary,
} from '../../server/src/core/index.ts';

function analysed(rows: readonly string[], settings: Partial<Settings> = {}): Analysed {
  const all = { ...defaultSettings, ...settings };
  const text = `nc: 4\nbackbone:\n${rows.map(row => `  - ${row}\n`).join('')}head:\n  - [-1, 1, Classify, [nc]]\n`;
  return price(open({ name: 'a-cls.yaml', text }, all)!, all)!;
}

const rows = ['[-1, 1, Conv, [32, 3, 2]]', '[-1, 1, C2f, [32]]', '[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, C2f, [64]]'];
const base = (kind: Base['kind'] = 'revision', label = 'HEAD'): Base => ({ kind, label, analysed: analysed(rows) });

/** Hints by 1-based line. */
function hintsOf(after: Analysed, against: Base): Record<number, string> {
  const whole = { from: 0, to: after.document.source.text.length };
  return Object.fromEntries(hints(after, whole, against).map(({ line, label }) => [line + 1, label]));
}

test('a line that costs more says how much; one that is new says so; others are as they were', () => {
  const plain = hintsOf(analysed(rows), base());
  const after = analysed([rows[0]!, '[-1, 1, Conv, [32, 3, 1]]', rows[1]!, rows[2]!, '[-1, 2, C2f, [64]]']);
  const found = hintsOf(after, base());
  assert.match(found[4]!, / · new$/);
  assert.match(found[7]!, / · \+\d+ %$/);
  assert.deepEqual([found[3], found[5], found[6]], [plain[3], plain[4], plain[5]]);
  for (const label of Object.values(found)) assert.ok(label.length <= maxLabel, label);
  const quiet = analysed(rows, { hints: { ...defaultSettings.hints, changes: false } });
  assert.deepEqual(hintsOf(quiet, base()), plain);
});

test('what costs the same and is another layer has changed', () => {
  const act = '[-1, 1, Conv, [32, 3, 2, None, 1, 1, nn.ReLU()]]';
  assert.match(hintsOf(analysed(rows.with(0, act)), base())[3]!, / · changed$/);
});

test('the hover on a line says what has changed on it, and how it was written', () => {
  const hoverOn = (after: Analysed, line: number, against?: Base): string =>
    hover(after, after.document.lines.start(line - 1) + 12, against)?.markdown ?? '';
  const after = analysed([rows[0]!, '[-1, 1, Conv, [32, 3, 1]]', rows[1]!, '[-1, 1, Conv, [128, 3, 2]]', rows[3]!]);
  const addition = (line: number, against = base()): string => {
    const [plain, compared] = [hoverOn(after, line), hoverOn(after, line, against)];
    assert.ok(plain !== '' && compared.startsWith(plain));
    assert.equal(
      hintDetail(after, line - 1, against).slice(hintDetail(after, line - 1).length),
      compared.slice(plain.length),
    );
    return compared.slice(plain.length);
  };
  assert.equal(addition(3), '');
  assert.equal(addition(4), '\n\n---\n\nSince HEAD: new');
  // 32·64·9 weights and 2·64 of batch norm become twice as many.
  const costs = /^\n\n---\n\nSince HEAD: \S+ MACs → \S+ MACs \(\+100 %\) · 18\.6k params → 37\.1k params \(\+100 %\)/;
  assert.match(addition(6), costs);
  assert.match(addition(6), / · 64×56×56 → 128×56×56 {2}\nBefore: `- \[-1, 1, Conv, \[64, 3, 2\]\]`$/);
  assert.match(addition(6, base('save', '')), /\nSince the last save: /);
  assert.match(addition(6, base('file', 'b.yaml')), /\nCompared with b\.yaml: /);
  // What stays as cheap has changed all the same.
  const act = '[-1, 1, Conv, [32, 3, 2, None, 1, 1, nn.ReLU()]]';
  assert.match(hoverOn(analysed(rows.with(0, act)), 3, base()), /Since HEAD: costs the same {2}\nBefore: /);
});

test('the totals say how they have changed, and since when', () => {
  const after = analysed([...rows, '[-1, 1, Conv, [64, 1, 1]]']);
  const { text, compared } = summary(after, base());
  assert.match(compared, /^\S+ MACs \(\+\S+ % since HEAD\) · \S+ params \(\+\S+ %\)$/);
  assert.equal(summary(after).compared, text);
  assert.equal(summary(analysed(rows), base()).compared, summary(analysed(rows)).text);
  assert.match(summary(after, base('save', '')).compared, /since the last save\)/);
  assert.match(summary(after, base('file', 'b.yaml')).compared, /compared with b\.yaml\)/);
  assert.ok(lenses(after, base())[0]!.title.startsWith(compared));
});

test('layers that are gone are listed where they were', () => {
  const titles = (after: Analysed, against = base()): (readonly [number, string])[] =>
    lenses(after, against)
      .filter(({ action }) => action?.kind === 'compare')
      .map(({ range, title }) => [after.document.lines.lineAt(range.from) + 1, title]);
  assert.deepEqual(titles(analysed(rows)), []);
  const [[line, title] = [0, ''], ...others] = titles(analysed(rows.toSpliced(1, 1)));
  assert.equal(others.length, 0);
  assert.equal(line, 4);
  assert.match(title, /^Removed since HEAD: model\.1 C2f \(\S+ MACs · \S+ params\)$/);
  assert.match(titles(analysed(rows.slice(0, 2)))[0]![1], /^Removed since HEAD: model\.2 Conv and model\.3 C2f \(/);
  // Below the last row, in front of what follows.
  assert.deepEqual(
    titles(analysed(rows.slice(0, 3))).map(([at]) => at),
    [7],
  );
  assert.match(titles(analysed([...rows.slice(0, 3)]), base('file', 'b.yaml'))[0]![1], /^Only in b\.yaml: /);
});

test('what is not known is compared with nothing', () => {
  const unknown = analysed(rows.with(1, '[-1, 1, Mystery, [32]]'));
  assert.doesNotMatch(summary(unknown, base()).compared, /since/);
  assert.match(hintsOf(unknown, base())[4]!, / · changed$/);
});
