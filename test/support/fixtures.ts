// Fixtures: real specs with expectations in whole-line comments under the line that they speak of.
//
//     - cnv: {out: 64}
//   #   ^^^ problem: unknown-operator
//
// The carets stand under the place; a `#` right before them counts as one, for what starts at the left margin. Every
// problem must be annotated, and every annotation must come true; the same for hints where a fixture has any.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import { defaultSettings, hints, Lines, open, price, type Range, type Settings } from '../../server/src/core/index.ts';

/** One test for each file of a folder. */
export function checkFixtures(folder: URL, settings: Settings = defaultSettings): void {
  const path = folder.pathname;
  for (const file of readdirSync(path).sort()) {
    it(file, () => checkFixture(file, readFileSync(join(path, file), 'utf8'), settings));
  }
}

export function checkFixture(name: string, text: string, settings: Settings = defaultSettings): void {
  const lines = new Lines(text);
  const expected = markers(text);
  const kinds = new Set(['problem', ...expected.map(({ kind }) => kind)]);
  const found = actual(basename(name), text, settings).filter(({ kind }) => kinds.has(kind));
  const row = ({ line, from, to, kind, text: what }: Marker): string =>
    `${line + 1}:${from + 1}-${to + 1} ${kind}: ${what}`;
  assert.deepEqual(found.map(row).sort(), expected.map(row).sort(), `in ${name}, ${lines.count} lines`);
}

interface Marker {
  /** 0-based, as the columns. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly text: string;
}

const marker = /^(\s*#\s*)(\^+)\s*(problem|hint):\s*(.*?)\s*$/;

function markers(text: string): Marker[] {
  const found: Marker[] = [];
  let above = 0;
  text.split(/\r\n|\n|\r/).forEach((content, line) => {
    const match = marker.exec(content);
    if (!match) {
      above = line;
      return;
    }
    const [, before, carets, kind, what] = match;
    const own = before!.endsWith('#') ? 1 : 0;
    found.push({
      line: above,
      from: before!.length - own,
      to: before!.length + carets!.length,
      kind: kind!,
      text: what!,
    });
  });
  return found;
}

function actual(name: string, text: string, settings: Settings): Marker[] {
  const document = open({ name, text }, settings);
  assert.ok(document, `${name} is recognised`);
  const analysed = price(document, settings);
  const { lines } = document;
  const at = (range: Range, kind: string, what: string): Marker => {
    const { line, character } = lines.position(range.from);
    const end = Math.min(range.to, lines.end(line)) - lines.start(line);
    return { line, from: character, to: Math.max(end, character + 1), kind, text: what };
  };
  const problems = (analysed ?? document).problems.map(({ range, code }) => at(range, 'problem', code));
  if (!analysed) return problems;
  const whole = { from: 0, to: text.length };
  const shown = hints(analysed, whole).map(({ line, label }) => {
    const content = lines.textOf(line);
    const from = lines.start(line) + (content.length - content.trimStart().length);
    return at({ from, to: lines.start(line) + content.trimEnd().length }, 'hint', label);
  });
  return [...problems, ...shown];
}
