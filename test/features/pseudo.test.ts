// In a made-up language, every word that a person reads is in its brackets: what is outside passes by no translation.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as l10n from '@vscode/l10n';
import { areas } from '../../scripts/generate/problems/index.ts';
import type { Frame } from '../../server/src/core/graph/graph.ts';
import { conventions, defaultSettings, documentProblems, formats, open, price } from '../../server/src/core/index.ts';
import * as ops from '../../server/src/core/ops/index.ts';
import { problemTexts, specs, texts } from '../support/texts.ts';

/** Any key has a translation: itself in brackets. */
const pseudo = new Proxy<Record<string, string>>({}, { get: (_, key) => `⟦${String(key)}⟧` });

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
  before(async () => {
    l10n.config({ contents: pseudo });
    for (const { parser } of formats) await parser?.load();
  });
  after(() => l10n.config({ contents: {} }));

  for (const source of [...specs, ...examples]) {
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
      for (const [where, text] of analysed
        ? texts(analysed, { step: 7, advice: 20 })
        : problemTexts(documentProblems(document))) {
        // What Python itself would say is in its words.
        if (where === 'python-exception') continue;
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
