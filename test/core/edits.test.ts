import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, composed, mapOffset, type TextEdit } from '../../server/src/core/text/edit.ts';

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
