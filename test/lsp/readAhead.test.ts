// Hints of a text that has changed are ready before an editor asks for them, and are those that it would get anyway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Analysed, type Base, defaultSettings, hints, open, price } from '../../server/src/core/index.ts';
import { ReadAhead } from '../../server/src/lsp/readAhead.ts';
import type { Session } from '../../server/src/lsp/session.ts';

const analysed = (out: number): Analysed => {
  const rows = Array.from({ length: 9 }, () => `  - conv: {out: ${out}, kernel: 3, padding: same}\n`).join('');
  const text = `input: [3, 8, 8]\nlayers:\n${rows}`;
  return price(open({ name: 'n.net.yaml', text }, defaultSettings)!, defaultSettings)!;
};

const lines = (first: number, last: number) => ({
  start: { line: first, character: 0 },
  end: { line: last, character: 0 },
});

/** A document, the newest text of which is read at once. */
function document() {
  const newest: { analysed: Analysed; base: Base | undefined } = { analysed: analysed(4), base: undefined };
  const compareNetwork = (
    _what: string,
    _uri: string,
    _token: unknown,
    _empty: undefined,
    ask: (analysed: Analysed, base: Base | undefined) => void,
  ) => ask(newest.analysed, newest.base);
  return { newest, ahead: new ReadAhead({ compareNetwork } as unknown as Session) };
}

/** What there is where nothing was read ahead. */
function fresh(text: Analysed, base: Base | undefined, first: number, last: number) {
  const { lines: own } = text.document;
  return hints(text, { from: own.start(first), to: own.start(last) }, base);
}

test('the range that was asked for is ready once the text has changed', () => {
  const { newest, ahead } = document();
  const { base } = newest;
  assert.deepEqual(ahead.hints('a', newest.analysed, base, lines(2, 6)), fresh(newest.analysed, base, 2, 6));
  newest.analysed = analysed(8);
  ahead.read('a');
  const found = ahead.hints('a', newest.analysed, base, lines(2, 6));
  assert.deepEqual(found, fresh(newest.analysed, base, 2, 6));
  assert.equal(ahead.hints('a', newest.analysed, base, lines(2, 6)), found);
  assert.equal(found.length, 5);
});

test('another text, range, base or document has its own', () => {
  const { newest, ahead } = document();
  const [text, other] = [newest.analysed, analysed(8)];
  const base: Base = { kind: 'revision', label: 'HEAD', analysed: other };
  for (const [uri, of, against, first, last] of [
    ['a', text, undefined, 2, 6],
    ['a', text, undefined, 2, 7],
    ['a', other, undefined, 2, 7],
    ['a', text, base, 2, 7],
    ['b', text, undefined, 2, 7],
    ['a', text, undefined, 2, 7],
  ] as const) {
    ahead.read(uri);
    assert.deepEqual(ahead.hints(uri, of, against, lines(first, last)), fresh(of, against, first, last));
  }
  ahead.forget('a');
  ahead.read('a');
  assert.deepEqual(ahead.hints('a', text, base, lines(2, 7)), fresh(text, base, 2, 7));
});
