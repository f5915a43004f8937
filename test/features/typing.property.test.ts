// While a row is being typed, or deleted, letter by letter: the rows above it do not change, and those below stay known.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Format, formats } from '../support/formats.ts';
import { labelsOf, Typist } from '../support/typing.ts';

const numRuns = Number(process.env.FLOPLINE_TYPING_RUNS ?? 4);

/** Whole lines of a text. */
interface Lines {
  readonly first: number;
  /** The line after them. */
  readonly end: number;
}

/** The lines of the items of a text. */
function rowsOf({ analysed: { document } }: Typist): readonly Lines[] {
  const { lines, reader } = document;
  return reader!.items!().map(({ range: { from, to } }) => ({
    first: lines.lineAt(from),
    end: lines.lineAt(Math.max(from, to - 1)) + 1,
  }));
}

/** What is not to be seen in any step: another cost above, an unknown one below. */
function check(
  typist: Typist,
  before: ReadonlyMap<number, string>,
  at: Lines,
  { top, total }: { readonly top: number; readonly total: number },
  said: string,
): void {
  const now = labelsOf(typist.analysed);
  const grown = typist.analysed.document.lines.count - total;
  for (const [line, label] of before) {
    // Lines of a block's definition stand for all its uses, so another use changes them.
    if (line < at.first && line >= top) assert.equal(now.get(line), label, `${said}: line ${line + 1} above`);
    if (line < at.end || label.includes('?')) continue;
    const there = now.get(line + grown);
    assert.ok(there !== undefined && !there.includes('?'), `${said}: line ${line + 1} below is “${there}”`);
  }
}

/** At the end, a sound text says what it says to somebody who opens it: nothing of its history is left. */
function checkEnd(typist: Typist): void {
  // Old numbers are read as what they meant until somebody says what they mean.
  if (typist.analysed.numbers) return;
  const opened = typist.opened();
  const isSound = opened.problems.every(({ severity }) => severity !== 'error') && opened.model.totals.macs.complete;
  assert.equal(typist.analysed.standIns !== undefined && isSound, false);
  if (isSound) assert.deepEqual(labelsOf(typist.analysed), labelsOf(opened));
}

/** Text and rows of it: one that is typed or deleted, and one in front of which it is typed. */
const choice = ({ correct }: Format) => fc.tuple(correct, fc.nat(1000), fc.nat(1000));

for (const format of formats) {
  const { file, settings } = format;
  describe(format.name, () => {
    it('keeps its rows while one is typed', () => {
      fc.assert(
        fc.property(choice(format), ([text, which, where]) => {
          const typist = new Typist(file, text, settings);
          const rows = rowsOf(typist);
          if (rows.length === 0) return;
          const all = text.split('\n');
          const row = rows[which % rows.length]!;
          const typed = all.slice(row.first, row.end).join('\n');
          const { first } = rows[where % rows.length]!;
          const before = labelsOf(typist.analysed);
          const above = all
            .slice(0, first)
            .map(line => `${line}\n`)
            .join('');
          const below = all.slice(first).join('\n');
          for (let length = 0; length <= typed.length; length++) {
            const part = typed.slice(0, length);
            assert.ok(typist.change(`${above}${part}\n${below}`), part);
            check(
              typist,
              before,
              { first, end: first },
              { top: rows[0]!.first, total: all.length },
              JSON.stringify(part),
            );
          }
        }),
        { numRuns, includeErrorInReport: true },
      );
    });

    it('keeps its rows while one is deleted', () => {
      fc.assert(
        fc.property(choice(format), ([text, which]) => {
          const typist = new Typist(file, text, settings);
          const rows = rowsOf(typist);
          if (rows.length === 0) return;
          const all = text.split('\n');
          const row = rows[which % rows.length]!;
          const deleted = all.slice(row.first, row.end).join('\n');
          const before = labelsOf(typist.analysed);
          const above = all
            .slice(0, row.first)
            .map(line => `${line}\n`)
            .join('');
          const below = all.slice(row.end).join('\n');
          for (let length = deleted.length - 1; length >= 0; length--) {
            const part = deleted.slice(0, length);
            assert.ok(typist.change(`${above}${part}\n${below}`), part);
            check(typist, before, row, { top: rows[0]!.first, total: all.length }, JSON.stringify(part));
          }
          assert.ok(typist.change(above + below));
          check(typist, before, row, { top: rows[0]!.first, total: all.length }, 'all gone');
          checkEnd(typist);
        }),
        { numRuns, includeErrorInReport: true },
      );
    });
  });
}
