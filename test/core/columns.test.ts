import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clipColumns, linesOf, padEnd, padStart, width } from '../../server/src/core/text/columns.ts';

test('A text has as many columns as a terminal gives it', () => {
  const expected: [string, number][] = [
    ['', 0],
    ['conv1', 5],
    ['≥ 1.10G', 7],
    ['畳み込み', 8],
    ['합성곱', 6],
    ['e\u0301', 1],
    ['🙂', 2],
    ['𝔘', 1],
  ];
  for (const [text, columns] of expected) assert.equal(width(text), columns, text);
});

test('Cells are filled and cut by columns', () => {
  assert.equal(padStart('層', 4), '  層');
  assert.equal(padEnd('層', 4), '層  ');
  assert.equal(padEnd('too long', 4), 'too long');
  assert.equal(clipColumns('畳み込み', 8), '畳み込み');
  assert.equal(clipColumns('畳み込み', 7), '畳み込…');
  assert.equal(clipColumns('畳み込み', 6), '畳み…');
});

test('Lines are broken at spaces and beside wide characters, and no line begins with punctuation', () => {
  assert.deepEqual(linesOf('one two three', 7), ['one two', 'three']);
  assert.deepEqual(linesOf('每一行的开销，以及合计。', 13), ['每一行的开', '销，以及合', '计。']);
  assert.deepEqual(linesOf('统计 MACs（乘加次数）', 9), ['统计 MACs', '（乘加次', '数）']);
  assert.deepEqual(linesOf('toolongforthis line', 4), ['toolongforthis', 'line']);
  assert.deepEqual(linesOf('', 4), []);
});
