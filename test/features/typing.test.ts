// What each feature shows of a text in which a row cannot be read, to an editor that has seen it before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Analysed,
  adviceCandidates,
  defaultSettings,
  findings,
  fixes,
  hintDetail,
  hover,
  lenses,
  report,
  type Settings,
  slim,
  summary,
  symbols,
} from '../../server/src/core/index.ts';
import { labelsOf, Typist } from '../support/typing.ts';

const yolo = `nc: 2
backbone:
  - [-1, 1, Conv, [16, 3, 2]]
  - [-1, 1, Conv, [32, 3, 2]]
  - [-1, 1, Conv, [64, 3, 2]]
head:
  - [[1, 2], 1, Detect, [nc]]
`;

const settings: Settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };

function typed(name: string, ...texts: readonly [string, ...string[]]): Analysed {
  const typist = new Typist(name, texts[0], settings);
  for (const text of texts.slice(1)) assert.ok(typist.change(text));
  return typist.analysed;
}

const broken = yolo.replace('Conv, [32, 3, 2]]', 'Con');
const hintsOf = (analysed: Analysed): string[] => [...labelsOf(analysed).values()];

test('a row that cannot be read says so; those below keep their costs, marked', () => {
  const before = hintsOf(typed('m.yaml', yolo));
  const [first, second, third, head] = hintsOf(typed('m.yaml', yolo, broken));
  assert.equal(first, before[0]);
  assert.match(second!, /^\? This “\[” is never closed/);
  assert.equal(third, `~ ${before[2]}`);
  assert.equal(head, `~ ${before[3]}`);
});

test('without a history, rows below name the line that cannot be read', () => {
  const lines = typed('m.yaml', yolo.replace('[-1, 1, Conv, [32, 3, 2]]', '[]'));
  assert.deepEqual(hintsOf(lines).slice(1, 3), ['? this row could not be read', '64×?×? · ? row at line 4']);
});

test('other rows that are changed meanwhile are read as they are now', () => {
  const both = typed('m.yaml', yolo, broken, broken.replace('[64, 3, 2]', '[24, 3, 2]'));
  const whole = typed('m.yaml', yolo.replace('[64, 3, 2]', '[24, 3, 2]'));
  assert.equal(hintsOf(both)[2], `~ ${hintsOf(whole)[2]}`);
  assert.match(hintsOf(both)[1]!, /^\?/);
});

test('a value that rows below refuse leaves them what they were', () => {
  const text = yolo.replace('[64, 3, 2]', '[64, 3, 2, None, 16]');
  const before = hintsOf(typed('m.yaml', text));
  // 24 channels are no multiple of 16 groups.
  const after = typed('m.yaml', text, text.replace('[32, 3, 2]', '[24, 3, 2]'));
  assert.ok(after.problems.some(({ severity }) => severity === 'error'));
  assert.match(hintsOf(after)[1]!, /^24×16×16/);
  assert.equal(hintsOf(after)[2], `~ ${before[2]}`);
});

test('totals are marked wherever they stand, also where no row is below', () => {
  for (const text of [broken, yolo.replace('head:', '  - [-1, 1, Con\nhead:'), `${yolo}  - [-1, 1, Con`]) {
    const analysed = typed('m.yaml', yolo, text);
    assert.ok(analysed.standIns, text);
    for (const { title } of lenses(analysed)) assert.match(title, /^~ /, text);
    assert.match(summary(analysed).text, /^~ .* · ~ /);
    assert.match(summary(analysed).native ?? '~ ', /^~ /);
    assert.equal(summary(analysed).complete, false);
    assert.match(symbols(analysed)[0]!.detail, /^~ /);
    assert.match(
      hover(analysed, 1)!.markdown,
      /Line \d+ is not valid (?:now, so its last valid text is counted|yet, so it is left out)\./,
    );
  }
});

test('pointing at a row below says what it rests on; at the row itself, what is wrong', () => {
  const analysed = typed('m.yaml', yolo, broken);
  assert.match(hintDetail(analysed, 4), /Line 4 is not valid now/);
  assert.match(hover(analysed, broken.indexOf('Conv, [64'))!.markdown, /Conv/);
  assert.match(hintDetail(analysed, 3), /never closed/);
  const offset = broken.indexOf('Con\n');
  assert.deepEqual(hover(analysed, offset), hover(typed('m.yaml', broken), offset));
  assert.doesNotMatch(hintDetail(analysed, 2), /Line 4/);
});

test('pointing at a number says the row that it means, whatever is typed in between', () => {
  const text = yolo.replace('head:', '  - [0, 1, Conv, [64, 3, 4]]\nhead:');
  const between = text.replace('  - [-1, 1, Conv, [64', '  - [-1, 1, Co\n  - [-1, 1, Conv, [64');
  const at = (shown: string): number => shown.indexOf('[[1, 2]') + 2;
  const before = hover(typed('m.yaml', text), at(text))!.markdown;
  const [named] = /row 1.*?line 4/.exec(before)!;
  assert.ok(hover(typed('m.yaml', text, between), at(between))!.markdown.includes(named));
});

test('the outline has every row, the one that cannot be read among them', () => {
  const names = (analysed: Analysed): string[] => symbols(analysed)[0]!.children.map(({ name }) => name);
  assert.deepEqual(names(typed('m.yaml', yolo, broken)), names(typed('m.yaml', yolo)));
  const ranges = symbols(typed('m.yaml', yolo, broken))[0]!.children.map(({ range }) =>
    broken.slice(range.from, range.to),
  );
  assert.equal(ranges[2], '[-1, 1, Conv, [64, 3, 2]]');
});

test('nothing is found, advised or sold that rests on a stand-in', () => {
  const wide = yolo.replace('[64, 3, 2]', '[512, 3, 2]');
  const before = typed('m.yaml', wide);
  assert.ok(findings(before).length > 0 && adviceCandidates(before).length > 0);
  const after = typed('m.yaml', wide, wide.replace('[32, 3, 2]]', '[32, 3'));
  assert.deepEqual(findings(after), []);
  assert.deepEqual(adviceCandidates(after), []);
  const search = slim(after, { macs: 1 });
  let step = search.next();
  while (!step.done) step = search.next();
  assert.deepEqual(step.value.steps, []);
});

test('a report is of the text as it is', () => {
  const typist = new Typist('m.yaml', yolo, settings);
  typist.change(broken);
  assert.deepEqual(report(typist.analysed), report(typist.opened()));
});

test('a fix of the row is offered, and works while another row cannot be read', () => {
  const slip = yolo.replace('Conv, [64', 'Covn, [64');
  const analysed = typed('m.yaml', yolo, broken, slip.replace('Conv, [32, 3, 2]]', 'Con'));
  const offers = fixes(analysed, { from: 0, to: analysed.document.source.text.length });
  assert.ok(
    offers.some(({ fix }) => /“?Conv”?/.test(fix.title)),
    offers.map(({ fix }) => fix.title).join(),
  );
});

test('what is good again is read, and forgets what it was', () => {
  const analysed = typed('m.yaml', yolo, broken, yolo.replace('[32, 3, 2]', '[48, 3, 2]'));
  assert.equal(analysed.standIns, undefined);
  assert.deepEqual(hintsOf(analysed), hintsOf(typed('m.yaml', yolo.replace('[32, 3, 2]', '[48, 3, 2]'))));
});

test('another text is read as it is, whatever was there before', () => {
  const rows = Array.from({ length: 60 }, () => '  - [-1, 1, Mystery, [64]]\n').join('');
  const analysed = typed('m.yaml', yolo, `nc: 2\nbackbone:\n${rows}head:\n  - [[-1], 1, Detect, [nc]]\n`);
  assert.equal(analysed.standIns, undefined);
});

test('a block stands for its uses while a row inside is typed', () => {
  const net = `input: [3, 32, 32]
blocks:
  pair(out):
    - conv: {out: $out, kernel: 1}
    - conv: {out: $out, kernel: 3, padding: same}
layers:
  - pair: {out: 8}
  - branches: [[conv: {out: 4, kernel: 1}], [relu]]
  - branches:
      - - relu
        - conv: {out: 4, kernel: 1}
        - conv: {out: 8, kernel: 1}
      - - relu
  - linear: 10
`;
  const before = labelsOf(typed('a.net.yaml', net));
  for (const [whole, part] of [
    ['- conv: {out: $out, kernel: 1}', '- conv: {out: $out, ke'],
    ['        - conv: {out: 4, kernel: 1}', '        - con'],
  ] as const) {
    const after = labelsOf(typed('a.net.yaml', net, net.replace(whole, part)));
    const line = net.slice(0, net.indexOf(whole)).split('\n').length - 1;
    for (const [at, label] of before) {
      // What holds the row rests on it.
      if (at < line) assert.equal(after.get(at)?.replace('~ ', ''), label);
      if (at > line) assert.ok(after.get(at) && !after.get(at)!.includes('?'), `${at}: ${after.get(at)} of ${part}`);
    }
    assert.match(after.get(line) ?? '', /\?/, part);
  }
});
