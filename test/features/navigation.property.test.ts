// Definition and references agree with each other everywhere, and a rename can be taken back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  applyEdits,
  definitionOf,
  hints,
  maxLabel,
  open,
  prepareRename,
  price,
  type Range,
  referencesTo,
  rename,
  report,
  rowNumbers,
} from '../../server/src/core/index.ts';
import { type Format, formats } from '../support/formats.ts';

const read = ({ file, settings }: Format, text: string): Analysed | undefined => {
  const document = open({ name: file, text }, settings);
  return document && price(document, settings);
};

/** Where a definition is found by what is written there. */
function written(analysed: Analysed): readonly number[] {
  const { text } = analysed.document.source;
  const starts = new Set<number>();
  for (let at = 0; at <= text.length; at++) {
    const from = definitionOf(analysed, at)?.from;
    if (from) starts.add(from.from);
  }
  return [...starts];
}

const keyOf = ({ from, to }: Range): string => `${from}-${to}`;
const setOf = (ranges: readonly Range[]): ReadonlySet<string> => new Set(ranges.map(keyOf));

function checkAgreement(analysed: Analysed): number {
  const places = written(analysed);
  const { text } = analysed.document.source;
  for (const offset of places) {
    const { from, at, whole } = definitionOf(analysed, offset)!;
    assert.ok(at.from >= whole.from && at.to <= whole.to && whole.to <= text.length);
    const all = referencesTo(analysed, offset, true);
    const found = setOf(all);
    const line = text.slice(from!.from, from!.to);
    // A layer's own name asks for what the layer outputs.
    const isLayerName = !found.has(keyOf(from!)) && keyOf(from!) === keyOf(at);
    if (isLayerName) continue;
    assert.ok(found.has(keyOf(from!)), `${line} is among the references of its definition`);
    assert.ok(found.has(keyOf(at)), `the definition of ${line} is among them`);
    assert.equal(found.size, all.length, 'each once');
    for (const range of all) {
      const back = definitionOf(analysed, range.from)!;
      // At the beginning of a row without a name, a name of another kind may be written.
      if (back.from && keyOf(back.from) !== keyOf(range)) continue;
      assert.ok(found.has(keyOf(back.at)), `${text.slice(range.from, range.to)} and ${line} have one definition`);
      assert.deepEqual(setOf(referencesTo(analysed, range.from, true)), found);
    }
    const others = setOf(referencesTo(analysed, offset, false));
    for (const key of others) assert.ok(found.has(key));
  }
  return places.length;
}

for (const format of formats)
  describe(format.name, () => {
    it('definition and references agree: real texts', () => {
      let places = 0;
      for (const text of format.seeds) {
        const analysed = read(format, text);
        if (analysed && text.length < 6000) places += checkAgreement(analysed);
      }
      assert.ok(places > 30, `${places} places`);
    });

    it('definition and references agree: random texts', () => {
      let places = 0;
      fc.assert(
        fc.property(fc.oneof(format.words, format.correct), text => {
          const analysed = read(format, text);
          if (analysed && text.length < 4000) places += checkAgreement(analysed);
        }),
        { numRuns: 60 },
      );
      assert.ok(places > 5, `${places} places`);
    });

    it('a name can be changed and changed back, and costs are the same', () => {
      const names = fc.constantFrom(
        'zz9',
        'zz9',
        'other_name',
        'conv1',
        'data',
        'x1',
        'input',
        'a b',
        '12',
        "'",
        ': #',
      );
      let renamed = 0;
      fc.assert(
        fc.property(fc.oneof(format.words, format.correct), fc.nat(), names, (text, pick, name) => {
          const analysed = read(format, text);
          if (!analysed || text.length > 6000) return;
          const offsets = written(analysed);
          if (offsets.length === 0) return;
          const offset = offsets[pick % offsets.length]!;
          const prepared = prepareRename(analysed, offset)!;
          if ('refused' in prepared) {
            assert.deepEqual(rename(analysed, offset, name), prepared);
            return;
          }
          const before = text.slice(prepared.range.from, prepared.range.to);
          assert.equal(before, prepared.name);
          const change = rename(analysed, offset, name)!;
          if ('refused' in change) {
            assert.notEqual(name, 'zz9', 'a new word is a name');
            return;
          }
          renamed++;
          const changed = applyEdits(text, change.edits);
          const after = read(format, changed)!;
          assert.deepEqual(costs(after), costs(analysed));
          const moved = offset + shiftBefore(change.edits, offset);
          const back = rename(after, moved, before)!;
          assert.ok('edits' in back, JSON.stringify(back));
          assert.equal(applyEdits(changed, back.edits), text);
        }),
        { numRuns: 60 },
      );
      // YOLO and Darknet have numbers alone.
      const hasNames = format.name === 'Flopline YAML' || format.name === 'Caffe prototxt';
      assert.equal(renamed > 0, hasNames);
    });

    it('row numbers are the places of items', () => {
      for (const text of format.seeds) {
        const analysed = read(format, text);
        if (!analysed) continue;
        const shown = rowNumbers(analysed, { from: 0, to: text.length });
        const items = analysed.document.reader?.items?.() ?? [];
        const isNumbered = format.name === 'YOLO' || format.name === 'Darknet cfg';
        const expected = items.map(({ index, range }) => ({ at: range.from, number: index }));
        assert.deepEqual(shown, isNumbered ? expected : []);
        const part = { from: Math.floor(text.length / 3), to: Math.floor(text.length / 2) };
        const inside = shown.filter(({ at }) => at >= part.from && at <= part.to);
        assert.deepEqual(rowNumbers(analysed, part), inside);
        // VS Code cuts what is longer than that on a line.
        const { lines } = analysed.document;
        const digits = new Map(shown.map(({ at, number }) => [lines.lineAt(at), String(number).length]));
        for (const { line, label } of hints(analysed, { from: 0, to: text.length }))
          assert.ok(label.length + (digits.get(line) ?? 0) <= maxLabel, label);
      }
    });
  });

const shiftBefore = (edits: readonly (Range & { readonly text: string })[], offset: number): number =>
  edits.reduce((sum, { from, to, text }) => (to <= offset ? sum + text.length - (to - from) : sum), 0);

/** What everything costs, without names. */
function costs(analysed: Analysed): unknown {
  const { totals, layers } = report(analysed);
  return [
    [totals.macs, totals.params, totals.complete],
    layers.map(({ macs, params, outputs, line }) => [macs, params, outputs, line]),
  ];
}
