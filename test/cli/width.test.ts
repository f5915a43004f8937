import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clipColumns, padEnd, padStart, width } from '../../server/src/cli/width.ts';

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
