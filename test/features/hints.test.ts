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
    'c1: 64×112×112 · 118M MACs · 9.47k',
    'a1: 64×112×112',
    'fl: 802816',
    'f1: 10 · 8.03M MACs · 8.03M',
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

test('The costliest rows are marked, at most every third', () => {
  const text = 'input 3 32 32\nc1 = conv 8 1\nc2 = conv 64 3\nc3 = conv 8 1\nc4 = conv 8 1\n';
  const found = hints(sketch(text), { from: 0, to: text.length });
  assert.deepEqual(
    found.map(({ costly }) => costly),
    [false, true, false, false],
  );
  assert.match(found[1]!.label, /^▲ 64×32×32/);
});

test('A line of a block used several times says how often, with the span of its shapes', () => {
  const x = 1024 * 9 * 3 * 8 + (256 + 64) * 9 * 8 * 8;
  const y = (256 + 64 + 16) * 9 * 8 * 8;
  assert.deepEqual([x, y, x + y], [405_504, 193_536, 599_040]);
  checkHints('input 3 32 32\nblock b\n  x = conv 8 3\n  y = conv 8 3 2\nu1 = use b\nu2 = use b\nu3 = use b\n', [
    'block: ×3 16²…4² · 599k MACs · 3.14k',
    'x: ×3 32²…8² · 406k MACs · 1.39k',
    'y: ×3 16²…4² · 194k MACs · 1.75k',
    'u1: ▲ 8×16×16 · 369k MACs · 808',
    'u2: 8×8×8 · 184k MACs · 1.17k',
    'u3: 8×4×4 · 46.1k MACs · 1.17k',
  ]);
});

test('What is unknown says why, and keeps what is known', () => {
  checkHints('c1 = conv 64 3\nm1 = mystery\nc2 = conv 8 1\n', [
    'c1: 64×?×? · ? input size unknown · 1.79k',
    'm1: ? The module “mystery” is not known',
    'c2: ? The module “mystery” is not known',
  ]);
});

test('A part that is unknown makes a sum a lower bound', () => {
  checkHints('input 3 32 32\nblock b\n  x = conv 8 3\n  m = mystery\nu1 = use b\n', [
    'block: ≥ 221k MACs · ≥ 224',
    'x: 8×32×32 · 221k MACs · 224',
    'm: ? The module “mystery” is not known',
    'u1: ≥ 221k MACs · ≥ 224',
  ]);
});

test('The members of a family say what each costs; the one that is shown is marked', () => {
  checkHints('scales n\ninput 3 32 32\nc1 = conv 8 3\n', [
    'scales: ▸ 221k MACs · 224 params',
    'c1: 8×32×32 · 221k MACs · 224',
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
  checkHints(text, ['c1: 8×32×16 · 12.3k MACs · 32']);
  checkHints(text, ['c1: 32×16×8 · 12.3k MACs · 32'], { shapeOrder: 'hwc' });
  checkHints(text, ['c1: 16×32×8 · 12.3k MACs · 32'], { shapeOrder: 'whc' });
});

test('A line too long for its hint loses its last parts', () => {
  checkHints(
    'input 3 32 32\nc1 = conv 8 3\n',
    ['c1: a long beginning of a template 8×32×32'],
    template('a long beginning of a template ${shape} and ${cost}'),
  );
});
