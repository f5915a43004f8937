// However a text is edited, it costs what it costs when it is opened anew, and what was analysed before stays true.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Analysed,
  type Document,
  defaultSettings,
  hints,
  hover,
  open,
  price,
  problems,
  report,
  symbols,
} from '../../server/src/core/index.ts';
import { frozen } from './frozen.ts';

const settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };

/** All that a person could see. */
function seen(analysed: Analysed): unknown {
  const { text } = analysed.document.source;
  return {
    report: report(analysed, { blocks: true }),
    problems: problems(analysed),
    hints: hints(analysed, { from: 0, to: text.length }),
    hovers: Array.from({ length: Math.ceil(text.length / 7) }, (_, at) => hover(analysed, at * 7)),
    symbols: symbols(analysed),
    peak: analysed.model.peak,
    activations: analysed.model.totals.activations,
  };
}

/**
 * Types pieces into a text, one after the other, and compares what is seen with a fresh reading after each; at the end,
 * whatever was held on the way still says what it said.
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
    }),
    { numRuns },
  );
}
