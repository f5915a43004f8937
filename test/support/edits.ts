// After any edits, a text has the same costs as when it is opened afresh, and earlier analyses stay valid.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Analysed,
  adviceCandidates,
  type Document,
  defaultSettings,
  fixes,
  hints,
  hover,
  lenses,
  open,
  price,
  priceAdvice,
  problemsWithHints,
  report,
  symbols,
} from '../../server/src/core/index.ts';
import { frozen } from './frozen.ts';

const settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };

/** Everything that users can see. */
function seen(analysed: Analysed): unknown {
  const { text } = analysed.document.source;
  return {
    report: report(analysed, { blocks: true }),
    problems: problemsWithHints(analysed),
    lenses: lenses(analysed),
    hints: hints(analysed, { from: 0, to: text.length }),
    hovers: Array.from({ length: Math.ceil(text.length / 7) }, (_, at) => hover(analysed, at * 7)),
    symbols: symbols(analysed),
    peak: analysed.model.peak,
    activations: analysed.model.totals.activations,
  };
}

/** Everything that users can do at any place. Each is tried on the text, so this takes longer. */
function actions(analysed: Analysed): unknown {
  const whole = { from: 0, to: analysed.document.source.text.length };
  return {
    fixes: fixes(analysed, whole),
    advice: adviceCandidates(analysed)
      .slice(0, 4)
      .map(candidate => priceAdvice(analysed, candidate)),
  };
}

/**
 * Types pieces into a text one after the other, and compares each result with a fresh reading; at the end, all earlier
 * results must be unchanged.
 */
export function checkEdits(name: string, start: string, pieces: readonly string[], numRuns: number): void {
  const edits = fc.array(
    fc.record({ at: fc.nat(5000), length: fc.nat(6), text: fc.constantFrom(...pieces), undo: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(edits, list => {
      let text = start;
      let document: Document | undefined = open({ name, text }, settings);
      const held: { readonly analysed: Analysed; readonly was: unknown }[] = [];
      const hold = (analysed: Analysed): void => {
        held.push({ analysed: frozen(analysed), was: seen(analysed) });
      };
      if (document) hold(price(document, settings)!);
      const check = (): void => {
        document = open({ name, text }, settings, document);
        const fresh = open({ name, text }, settings);
        assert.equal(document === undefined, fresh === undefined);
        if (!document || !fresh) return;
        hold(price(document, settings)!);
        assert.deepEqual(held.at(-1)!.was, seen(price(fresh, settings)!));
      };
      for (const { at, length, text: piece, undo } of list) {
        const before = text;
        const from = at % (text.length + 1);
        text = text.slice(0, from) + piece + text.slice(from + length);
        check();
        if (!undo) continue;
        text = before;
        check();
      }
      for (const { analysed, was } of held) assert.deepEqual(seen(analysed), was);
      const fresh = document && price(open({ name, text }, settings)!, settings);
      if (fresh) assert.deepEqual(actions(held.at(-1)!.analysed), actions(fresh));
    }),
    { numRuns },
  );
}

/** Keeps the first analysis, and that of every hundredth text, over a thousand edits. */
export function checkHeld(name: string, start: string, pieces: readonly string[]): void {
  const edit = fc.tuple(fc.nat(5000), fc.nat(6), fc.constantFrom(...pieces), fc.boolean());
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1000, maxLength: 1000 }), list => {
      let text = start;
      let document: Document | undefined;
      const held: { readonly analysed: Analysed; readonly was: unknown }[] = [];
      for (const [count, [at, length, piece, stays]] of list.entries()) {
        document = open({ name, text }, settings, document);
        const analysed = document && price(document, settings);
        if (analysed && count % 100 === 0) held.push({ analysed: frozen(analysed), was: seen(analysed) });
        const from = at % (text.length + 1);
        // Most edits are reverted, so that there is something left to read.
        const edited = text.slice(0, from) + piece + text.slice(from + length);
        text = stays ? edited : start;
      }
      assert.ok(held.length > 0);
      for (const { analysed, was } of held) assert.deepEqual(seen(analysed), was);
    }),
    { numRuns: 2 },
  );
}
