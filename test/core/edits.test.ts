import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineEdits } from '../../server/src/core/text/difference.ts';
import { applyEdits, composed, mapOffset, placesBefore, type TextEdit } from '../../server/src/core/text/edit.ts';

const lists = fc.array(fc.record({ at: fc.nat(30), length: fc.nat(5), text: fc.constantFrom('', 'A', 'BC', 'DEF') }), {
  maxLength: 5,
});

/** Edits that do not overlap; they may touch. */
function editsOf(text: string, list: readonly { at: number; length: number; text: string }[]): TextEdit[] {
  let free = 0;
  return list
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, length, text: fresh }) => {
      const from = Math.min(at, text.length);
      const to = Math.min(at + length, text.length);
      if (from < free) return [];
      free = to;
      return [{ from, to, text: fresh }];
    });
}

test('two lists of edits as one do what they do one after the other', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 25 }), lists, lists, (text, a, b) => {
      const first = editsOf(text, a);
      const between = applyEdits(text, first);
      const second = editsOf(between, b);
      const both = composed(first, second);
      assert.equal(applyEdits(text, both), applyEdits(between, second));
      for (const [index, { from, to }] of both.entries())
        assert.ok(from >= (both[index - 1]?.to ?? 0) && to >= from && to <= text.length, JSON.stringify(both));
    }),
    { numRuns: 2000 },
  );
});

test('an offset lies after edits where its character lies', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 25 }), lists, fc.nat(24), (text, list, at) => {
      const offset = at % text.length;
      const edits = editsOf(text, list);
      const there = mapOffset(edits)(offset);
      const isGone = edits.some(({ from, to }) => from <= offset && offset < to);
      assert.equal(there === undefined, isGone);
      if (there !== undefined) assert.equal(applyEdits(text, edits)[there], text[offset]);
    }),
  );
});

test('the lines that differ, put in place of each other, make one text of the other', () => {
  const texts = fc.array(fc.constantFrom('a\n', 'b\n', '  - a\n', 'layer {\n', '}\n', '\n', '[net]\r\n', 'c'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const [before, after] = [a.join(''), b.join('')];
      const edits = lineEdits(before, after);
      assert.equal(applyEdits(before, edits), after);
      for (const [at, { from, to }] of edits.entries()) {
        assert.ok(from >= (edits[at - 1]?.to ?? 0));
        for (const offset of [from, to])
          assert.ok(offset === 0 || offset === before.length || before[offset - 1] === '\n', JSON.stringify(edits));
      }
    }),
    { numRuns: 3000 },
  );
});

test('lines that came or went begin as an item does', () => {
  const layer = (name: string): string => `layer {\n  name: "${name}"\n}\n`;
  const before = `${layer('a')}${layer('b')}${layer('c')}`;
  const from = layer('a').length;
  assert.deepEqual(lineEdits(before, layer('a') + layer('c')), [{ from, to: from + layer('b').length, text: '' }]);
  assert.deepEqual(lineEdits(layer('a') + layer('c'), before), [{ from, to: from, text: layer('b') }]);
});

test('a range lies before edits where its characters lie', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 25 }), lists, fc.nat(30), fc.nat(6), (text, list, at, length) => {
      const edits = editsOf(text, list);
      const after = applyEdits(text, edits);
      const range = { from: Math.min(at, after.length), to: Math.min(at + length, after.length) };
      const there = placesBefore(edits)(range, false);
      if (there) assert.equal(text.slice(there.from, there.to), after.slice(range.from, range.to));
    }),
    { numRuns: 3000 },
  );
});
