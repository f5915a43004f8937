// In a made-up language, every word that a person reads is in its brackets: what is outside passes by no translation.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import * as l10n from '@vscode/l10n';
import { areas } from '../../scripts/generate/problems/index.ts';
import type { Frame } from '../../server/src/core/graph/graph.ts';
import {
  type Analysed,
  adviceCandidates,
  conventions,
  defaultSettings,
  documentProblems,
  fixes,
  formats,
  hintDetail,
  hints,
  hover,
  lenses,
  open,
  price,
  priceAdvice,
  problemsWithHints,
  type SymbolNode,
  summary,
  symbols,
} from '../../server/src/core/index.ts';
import * as ops from '../../server/src/core/ops/index.ts';

/** Any key has a translation: itself in brackets. */
const pseudo = new Proxy<Record<string, string>>({}, { get: (_, key) => `⟦${String(key)}⟧` });

const root = new URL('../../', import.meta.url);
const isSpec = (name: string): boolean => /\.(?:ya?ml|cfg|prototxt)$/.test(name);

const files = [
  'examples/',
  ...readdirSync(new URL('test/formats/', root)).map(name => `test/formats/${name}/fixtures/`),
]
  .flatMap(folder => {
    try {
      return readdirSync(new URL(folder, root)).map(name => folder + name);
    } catch {
      return [];
    }
  })
  .filter(isSpec)
  .map(path => ({ name: path.split('/').at(-1)!, text: readFileSync(new URL(path, root), 'utf8') }));

const examples = areas.flatMap(({ problems }) => problems.map(({ file, text }) => ({ name: file, text })));

/** Words that are the same in every language: units, metrics and signs of code. */
const international = new Set([
  ...conventions.map(({ name }) => name).flatMap(words),
  ...formats.flatMap(({ label }) => words(label)),
  'MACs',
  'FLOPs',
  'BFLOPs',
  'GFLOPs',
  'params',
  'flopline',
]);

describe('in a made-up language', () => {
  before(() => l10n.config({ contents: pseudo }));
  after(() => l10n.config({ contents: {} }));

  for (const source of [...files, ...examples]) {
    it(source.name, () => {
      const document = open(source, defaultSettings);
      if (!document) return;
      const analysed = price(document, defaultSettings);
      const own = new Set([
        ...words(source.text),
        ...namesOf(analysed?.model.graph.root),
        ...words(source.name),
        ...Object.keys(ops),
        ...international,
      ]);
      const found = new Map<string, string>();
      for (const [where, text] of analysed ? texts(analysed) : problemTexts(documentProblems(document))) {
        const strange = words(outside(text)).filter(word => !own.has(word));
        if (strange.length > 0) found.set(where, `${strange.join(', ')}: ${text}`);
      }
      assert.deepEqual([...found].slice(0, 5), []);
    });
  }
});

/** Labels and types of frames: names, not words. */
function namesOf(frame: Frame | undefined): string[] {
  if (!frame) return [];
  return [...words(frame.label), ...words(frame.type), ...frame.children.flatMap(namesOf)];
}

function* texts(analysed: Analysed): Generator<readonly [string, string]> {
  const whole = { from: 0, to: analysed.document.source.text.length };
  const { lines } = analysed.document;
  for (const { line, label } of hints(analysed, whole)) {
    yield [`hint ${line + 1}`, label];
    yield [`detail ${line + 1}`, hintDetail(analysed, line)];
  }
  yield* problemTexts(problemsWithHints(analysed));
  for (const { title, tooltip } of lenses(analysed)) {
    yield ['lens', title];
    yield ['tooltip of the lens', tooltip ?? ''];
  }
  yield* symbolTexts(symbols(analysed));
  const text = analysed.document.source.text;
  for (let at = 0; at < text.length && at < 3000; at += 7) {
    const found = hover(analysed, at);
    if (found) yield [`hover ${lines.lineAt(at) + 1}`, found.markdown];
  }
  for (const { fix } of fixes(analysed, whole)) yield ['fix', fix.title];
  for (const candidate of adviceCandidates(analysed).slice(0, 20)) {
    const advice = priceAdvice(analysed, candidate);
    if (!advice) continue;
    yield [`title of ${advice.code}`, advice.title];
    yield [`why of ${advice.code}`, advice.why];
    yield [`refusal of ${advice.code}`, advice.refused ?? ''];
  }
  yield ['summary', summary(analysed).text];
}

function* problemTexts(list: ReturnType<typeof problemsWithHints>): Generator<readonly [string, string]> {
  for (const { code, message, help, short, related, fixes } of list) {
    yield [code, message];
    yield [code, help ?? ''];
    yield [code, short ?? ''];
    for (const other of related ?? []) yield [`related of ${code}`, other.message];
    for (const { title } of fixes ?? []) yield [`fix of ${code}`, title];
  }
}

function* symbolTexts(list: readonly SymbolNode[]): Generator<readonly [string, string]> {
  for (const { detail, children } of list) {
    yield ['symbol', detail];
    yield* symbolTexts(children);
  }
}

/** A text without what is in brackets, and without code. */
function outside(text: string): string {
  let depth = 0;
  let result = '';
  for (const character of text) {
    if (character === '⟦') depth++;
    else if (character === '⟧') depth--;
    else if (depth === 0) result += character;
  }
  // Code, and names in bold with whose they are.
  return result.replace(/`[^`]*`|\*\*[\w\\.]+\*\*(?: \([^)]*\))?|\(= \w+\)/g, ' ');
}

/** Runs of letters, long enough to be words. */
function words(text: string): string[] {
  return text.replaceAll('\\', '').match(/[A-Za-z][A-Za-z_]{2,}/g) ?? [];
}
