// Whatever a text holds, nothing throws and every range lies in it. And where one line of a correct text is damaged: what
// the framework still reads costs what it reads, what it refuses is not complete or is repaired, rows above never change.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Frame } from '../../server/src/core/graph/graph.ts';
import {
  applyEdits,
  definitionOf,
  type FileReport,
  fedBy,
  feeding,
  foldings,
  hints,
  hover,
  open,
  prepareRename,
  price,
  problems,
  type Range,
  referencesTo,
  report,
  rowNumbers,
  type SymbolNode,
  selectionsAt,
  symbols,
} from '../../server/src/core/index.ts';
import { type Damaged, damaged } from '../support/damage.ts';
import { type Format, formats, type Reading, reportOf } from '../support/formats.ts';

for (const format of formats) {
  describe(`${format.name}, any text`, () => {
    it('of the words of the language', () => {
      fc.assert(
        fc.property(format.words, text => checkAny(format, text)),
        { numRuns: 300 },
      );
    });

    it('that was a network and is mutated', () => {
      const signs = [
        '',
        ' ',
        '\n',
        '#',
        ',',
        '-',
        '9',
        '\t',
        '\r',
        '\u0000',
        '🙂',
        '\ud83d',
        '1e308',
        ...format.pieces,
      ];
      const cut = fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.constantFrom(...signs));
      fc.assert(
        fc.property(fc.constantFrom(...format.seeds), fc.array(cut, { minLength: 1, maxLength: 4 }), (seed, cuts) => {
          let text = seed;
          for (const [at, length, piece] of cuts) {
            const from = at % (text.length + 1);
            text = text.slice(0, from) + piece + text.slice(from + length);
          }
          checkAny(format, text);
        }),
        { numRuns: 200 },
      );
    });
  });

  describe(`${format.name}, one damaged line`, () => {
    const { correct, signs, loose, oracle } = format;
    it('a text without damage is read as the framework reads it', context => {
      if (!oracle.read([])) return context.skip(`nothing else reads ${format.name} here`);
      fc.assert(
        fc.property(fc.array(correct, { minLength: 1, maxLength: 30 }), texts => {
          const readings = oracle.read(texts)!;
          for (const [at, text] of texts.entries()) {
            assert.notEqual(readings[at], 'refused', text);
            if (readings[at]) assert.deepEqual(oracle.of(reportOf(format, text)!), readings[at], text);
          }
        }),
        { numRuns: 3 },
      );
    });

    it('is read as the framework reads it, or is not complete, or is repaired; rows above stay', () => {
      const kinds = { accepted: 0, repaired: 0, incomplete: 0 };
      fc.assert(
        // In batches, because some frameworks are other processes.
        fc.property(fc.array(damaged(correct, signs, loose), { minLength: 1, maxLength: 60, size: 'max' }), batch => {
          const readings = oracle.read(batch.map(({ text }) => text));
          const repaired: Repaired[] = [];
          for (const [at, each] of batch.entries()) {
            const found = reportOf(format, each.text);
            const where = `line ${each.line + 1} of\n${each.whole}\n→\n${each.text}`;
            if (readings) checkReading(format, each, found, readings[at], where, repaired);
            if (!found) continue;
            checkHonest(found, where);
            checkAbove(format, each, found, readings?.[at], where);
            kinds[
              found.layers.some(row => row.repaired) ? 'repaired' : found.totals.complete ? 'accepted' : 'incomplete'
            ]++;
          }
          if (format.fixesAreRead) checkRepaired(format, repaired);
        }),
        { numRuns: 20 },
      );
      // None of the three may be there for nothing.
      assert.ok(Math.min(...Object.values(kinds)) > 10, JSON.stringify(kinds));
    });
  });
}

it('Flopline YAML: a blank where a parameter should be', () =>
  checkAny(formats[0]!, 'name: n\nblocks:\n  f(a, ):\n    - relu\nlayers:\n  - f: 1\n'));

function checkAny({ file, settings }: Format, text: string): void {
  const document = open({ name: file, text }, settings);
  if (!document) return;
  const analysed = price(document, settings)!;
  const inside = ({ from, to }: Range, what: string): void => {
    assert.ok(from >= 0 && from <= to && to <= text.length, `${what}: ${from}–${to} of ${text.length} in\n${text}`);
  };
  for (const { range, code, message, fixes, related } of problems(analysed)) {
    inside(range, `problem ${code}`);
    for (const { edits } of fixes ?? []) for (const edit of edits) inside(edit, `repair of ${code}`);
    for (const other of related ?? []) inside(other.range, `related of ${code}`);
    // What is quoted, and lists of sizes that are not known, are the text's own.
    const words = message.replace(/“[^”]*”|\[NaN(?:, NaN)*\]/g, '');
    assert.ok(!/undefined|NaN|Infinity|\[object/.test(words) && message.length < 900, `${message}\n${text}`);
  }
  const visit = (frame: Frame): void => {
    for (const { range } of frame.sites) inside(range, `site of ${frame.label}`);
    for (const note of frame.notes) inside(note.range, `note of ${frame.label}`);
    frame.children.forEach(visit);
  };
  analysed.model.graph.root.children.forEach(visit);
  inside(analysed.spec.head, 'head');
  for (const { at } of hints(analysed, { from: 0, to: text.length })) inside({ from: at, to: at }, 'hint');
  for (let at = 0; at < text.length; at += 97) {
    const found = hover(analysed, at);
    if (found) inside(found.range, 'hover');
    const defined = definitionOf(analysed, at);
    if (defined) for (const range of [defined.at, defined.whole]) inside(range, 'definition');
    for (const range of referencesTo(analysed, at, true)) inside(range, 'reference');
    for (const range of selectionsAt(document, at)) inside(range, 'selection');
    for (const { selection } of [...feeding(analysed, at), ...fedBy(analysed, at)]) inside(selection, 'layer');
    const prepared = prepareRename(analysed, at);
    if (prepared && 'range' in prepared) inside(prepared.range, 'name');
  }
  for (const { at } of rowNumbers(analysed, { from: 0, to: text.length })) inside({ from: at, to: at }, 'row number');
  for (const { first, last } of foldings(document)) assert.ok(first < last && last < document.lines.count, text);
  checkSymbols(symbols(analysed), { from: 0, to: text.length });
  const { layers, totals } = report(analysed);
  // Sums may be wrong by a half where numbers are beyond 2⁵³.
  const sum = layers.reduce((total, { macs }) => total + (macs ?? 0), 0);
  if (totals.macs !== null && totals.macs < 2 ** 53) assert.equal(sum, totals.macs, text);
}

/** An editor finds the entry around its cursor by going into the one whose range holds it. */
function checkSymbols(list: readonly SymbolNode[], around: Range): void {
  for (const { name, range, selection, children } of list) {
    assert.ok(range.from >= around.from && range.to <= around.to, `${name} is in what is around it`);
    assert.ok(selection.from >= range.from && selection.to <= range.to, `the first line of ${name} is in it`);
    checkSymbols(children, range);
  }
}

interface Repaired {
  readonly damaged: Damaged;
  readonly found: FileReport;
  readonly where: string;
}

function checkReading(
  format: Format,
  damage: Damaged,
  found: FileReport | undefined,
  reading: Reading | 'refused' | undefined,
  where: string,
  repaired: Repaired[],
): void {
  if (!found) {
    // Without a layer it is no network.
    assert.ok(!format.isSure && (!reading || reading === 'refused' || !reading.params), `not recognised: ${where}`);
    return;
  }
  if (!reading) return;
  const isRepaired = found.layers.some(row => row.repaired);
  if (reading !== 'refused') {
    if (isRepaired) assert.ok(!reading.complete, `the framework goes on, but it was repaired: ${where}`);
    else assert.deepEqual(format.oracle.of(found), reading, where);
    return;
  }
  if (!found.totals.complete) return;
  const hasError = found.problems.some(({ severity }) => severity === 'error');
  assert.ok(hasError && (isRepaired || !format.repairsRows), `refused, but complete and not repaired: ${where}`);
  repaired.push({ damaged: damage, found, where });
}

/** What a text is read as is what its fixes make of it, and the framework reads that; the loss of a sign is undone. */
function checkRepaired(format: Format, repaired: readonly Repaired[]): void {
  const fixed = repaired.map(({ damaged: { text } }) => {
    const analysed = price(open({ name: format.file, text }, format.settings)!, format.settings)!;
    const errors = problems(analysed).filter(({ severity }) => severity === 'error');
    return applyEdits(
      text,
      errors.flatMap(({ fixes }) => fixes?.[0]?.edits ?? []),
    );
  });
  const readings = format.oracle.read([...fixed, ...repaired.map(({ damaged: { whole } }) => whole)]);
  if (!readings) return;
  for (const [
    at,
    {
      damaged: { isSign },
      found,
      where,
    },
  ] of repaired.entries()) {
    assert.deepEqual(costsOf(found.totals), costsOf(readings[at]), `${where}\n→\n${fixed[at]}`);
    if (isSign && format.restoresSigns)
      assert.deepEqual(costsOf(found.totals), costsOf(readings[repaired.length + at]), where);
  }
}

const costsOf = (of: Reading | 'refused' | undefined): unknown =>
  typeof of === 'object' ? { params: of.params, macs: of.macs } : of;

/** What could not be read is never in a complete total, and a repaired row has an error. */
function checkHonest({ layers, totals, problems }: FileReport, where: string): void {
  if (layers.some(({ complete }) => !complete)) assert.equal(totals.complete, false, where);
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const { repaired, line } of layers)
    if (repaired)
      assert.ok(
        errors.some(each => each.line >= line! - 1),
        where,
      );
}

function checkAbove(
  format: Format,
  { whole, text, line }: Damaged,
  found: FileReport,
  reading: Reading | 'refused' | undefined,
  where: string,
): void {
  if (!format.ofRows.test(whole.split('\n')[line]!)) return;
  const before = reportOf(format, whole)!;
  // Nothing of it is a row any more: it reads as another format.
  if (found.layers.length === 0) return;
  // The row that the line is in may become another one. What it leaves behind where it is no row any more (`repeats: 2`
  // below a line that is gone) belongs to the one above, where the framework reads the text as it is.
  const isGone = reading !== 'refused' && !format.ofRows.test(text.split('\n')[line] ?? '');
  const above = before.layers.filter(row => row.line !== null && row.line <= line + 1).slice(0, isGone ? -2 : -1);
  const costs = (rows: FileReport['layers']): unknown =>
    rows.map(row => [
      [row.name, row.op, row.outputs, row.params, row.macs],
      format.isCertainByRow ? row.complete : undefined,
    ]);
  assert.deepEqual(costs(found.layers.slice(0, above.length)), costs(above), where);
}
