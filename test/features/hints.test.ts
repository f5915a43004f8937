import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hints, maxLabel } from '../../server/src/core/features/hints.ts';
import { defaultSettings, type Settings } from '../../server/src/core/settings/index.ts';
import { sketch } from '../support/sketch.ts';

/** The hint of each line, in the line's own words: `line → label`. */
function checkHints(text: string, expected: readonly string[], settings: Partial<Settings> = {}): void {
  const analysed = sketch(text, settings);
  const { lines } = analysed.document;
  const found = hints(analysed, { from: 0, to: text.length });
  for (const { at, label, line } of found) {
    assert.equal(at, lines.end(line));
    assert.ok(label.length <= maxLabel, `${label} has ${label.length}`);
  }
  assert.deepEqual(
    found.map(({ line, label }) => `${lines.textOf(line).trim().split(' ')[0]}: ${label}`),
    expected,
  );
}

const template = (text: string): Partial<Settings> => ({ hints: { ...defaultSettings.hints, template: text } });

test('A line says its shape, cost and parameters; what is zero drops out', () => {
  checkHints('input 3 224 224\nc1 = conv 64 7 2\na1 = relu\nfl = flatten\nf1 = linear 10\n', [
    'c1: ● 64×112×112 · 118M MACs · 9.47k params',
    'a1: 64×112×112',
    'fl: 802816',
    'f1: 10 · 8.03M MACs · 8.03M params',
  ]);
});

test('Only the lines of the range are told', () => {
  const text = 'input 3 32 32\nc1 = conv 8 3\nc2 = conv 8 3\nc3 = conv 8 3\n';
  const analysed = sketch(text);
  const at = text.indexOf('c2');
  assert.deepEqual(
    hints(analysed, { from: at, to: at + 4 }).map(({ line }) => line),
    [2],
  );
});

/** The marks of a text's lines, by the first word of the line. */
function checkMarks(text: string, expected: Readonly<Record<string, string>>, most = 3): void {
  const analysed = sketch(text, { hints: { ...defaultSettings.hints, costliest: most } });
  const found = hints(analysed, { from: 0, to: text.length }).flatMap(({ line, label }) => {
    const mark = /^[◔◑◕●]/.exec(label)?.[0];
    return mark === undefined ? [] : [[analysed.document.lines.textOf(line).split(' ')[0], mark]];
  });
  assert.deepEqual(Object.fromEntries(found), expected);
}

/** Rows that cost in proportion to these numbers. */
const rows = (...costs: readonly number[]): string =>
  ['input 8 8 8', ...costs.map((out, at) => `c${at} = branch ${out}`)].join('\n');

test('A line that stands out is marked by its share of the total', () => {
  checkMarks(rows(40, 20, 20, 20), { c0: '◑' });
  checkMarks(rows(40, 12, 12, 12, 12, 12), { c0: '◑' });
  checkMarks(rows(26, 10, 10, 10, 10, 10, 10, 10), { c0: '◔' });
  checkMarks(rows(80, 20), { c0: '◕' });
  checkMarks(rows(10, 90), { c1: '●' });
  checkMarks(rows(30, 30, 10, 10, 10, 10), { c0: '◔', c1: '◔' });
});

test('Where no line stands out, none is marked', () => {
  checkMarks(rows(...Array(20).fill(5)), {});
  checkMarks(rows(60, 40), {});
  checkMarks(rows(40, 30, 30), {});
  checkMarks(rows(12, ...Array(22).fill(4)), {});
  checkMarks(rows(100), {});
  checkMarks('input 3 8 8\na = relu\nb = relu\n', {});
});

test('So many are marked as asked for; what has the same share as the last of them is marked too', () => {
  const text = rows(40, 25, 20, 2, 2, 2, 2, 2, 2, 2, 1);
  checkMarks(text, { c0: '◑', c1: '◔', c2: '◔' });
  checkMarks(text, { c0: '◑', c1: '◔' }, 2);
  checkMarks(text, { c0: '◑' }, 1);
  checkMarks(text, {}, 0);
  const equal = rows(20, 20, 20, 20, ...Array(10).fill(2));
  checkMarks(equal, { c0: '◔', c1: '◔', c2: '◔', c3: '◔' });
  checkMarks(equal, { c0: '◔', c1: '◔', c2: '◔', c3: '◔' }, 1);
});

test('Of a total that is not known there are no shares', () => {
  checkMarks('input 3 32 32\nc1 = conv 64 3\nc2 = conv 1 1\nm1 = mystery\n', {});
});

test('A line of a block used several times says how often, with the span of its shapes', () => {
  const x = 1024 * 9 * 3 * 8 + (256 + 64) * 9 * 8 * 8;
  const y = (256 + 64 + 16) * 9 * 8 * 8;
  assert.deepEqual([x, y, x + y], [405_504, 193_536, 599_040]);
  checkHints('input 3 32 32\nblock b\n  x = conv 8 3\n  y = conv 8 3 2\nu1 = use b\nu2 = use b\nu3 = use b\n', [
    'block: ×3 16²…4² · 599k MACs · 3.14k params',
    'x: ×3 32²…8² · 406k MACs · 1.39k params',
    'y: ×3 16²…4² · 194k MACs · 1.75k params',
    'u1: ◑ 8×16×16 · 369k MACs · 808 params',
    'u2: 8×8×8 · 184k MACs · 1.17k params',
    'u3: 8×4×4 · 46.1k MACs · 1.17k params',
  ]);
});

test('What is unknown says why, and keeps what is known', () => {
  checkHints('c1 = conv 64 3\nm1 = mystery\nc2 = conv 8 1\n', [
    'c1: 64×?×? · ? input size unknown',
    'm1: ? The module “mystery” is not known',
    'c2: ? row at line 2',
  ]);
});

test('A part that is unknown makes a sum a lower bound', () => {
  checkHints('input 3 32 32\nblock b\n  x = conv 8 3\n  m = mystery\nu1 = use b\n', [
    'block: ≥ 221k MACs · ≥ 224 params',
    'x: 8×32×32 · 221k MACs · 224 params',
    'm: ? The module “mystery” is not known',
    'u1: ≥ 221k MACs · ≥ 224 params',
  ]);
});

test('The members of a family say what each costs; the one that is shown is marked', () => {
  checkHints('scales n\ninput 3 32 32\nc1 = conv 8 3\n', [
    'scales: ▸ 221k MACs · 224 params',
    'c1: 8×32×32 · 221k MACs · 224 params',
  ]);
  const text = 'input 3 32 32\nc1 = conv 8 3\nscales s\n';
  const found = hints(sketch(text), { from: text.indexOf('scales'), to: text.length });
  assert.deepEqual(
    found.map(({ label }) => label),
    ['▸ 442k MACs · 448 params'],
  );
});

test('Members of a family that would take long to count have no hints', () => {
  const rows = Array.from({ length: 40_000 }, (_, at) => `a${at} = relu\n`).join('');
  const text = `scales n s l\ninput 3 8 8\nc1 = conv 8 3\n${rows}`;
  const found = hints(sketch(text), { from: 0, to: text.indexOf('a0 ') - 1 });
  assert.deepEqual(
    found.map(({ line }) => line),
    [2],
  );
});

test('The template is settable; an unknown variable is words', () => {
  const text = 'input 3 32 32\nc1 = conv 8 3\na1 = relu\n';
  checkHints(text, ['c1: 100 %'], template('${share}'));
  checkHints(text, ['c1: [221k MACs] 32.8 kB'], template('[${cost}] ${memory}'));
  checkHints(text, ['c1: ${x} 221k MACs'], template('${x} ${cost}'));
  checkHints(text, [], { hints: { ...defaultSettings.hints, enabled: false } });
});

test('Shapes are in the order of the setting', () => {
  const text = 'input 3 32 16\nc1 = conv 8 1\n';
  checkHints(text, ['c1: 8×32×16 · 12.3k MACs · 32 params']);
  checkHints(text, ['c1: 32×16×8 · 12.3k MACs · 32 params'], { shapeOrder: 'hwc' });
  checkHints(text, ['c1: 16×32×8 · 12.3k MACs · 32 params'], { shapeOrder: 'whc' });
});

test('A line too long for its hint loses its last parts', () => {
  checkHints(
    'input 3 32 32\nc1 = conv 8 3\n',
    ['c1: a long beginning of a template 8×32×32'],
    template('a long beginning of a template ${shape} and ${cost}'),
  );
});
