// Every language has every word, and says the same with it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { bundleOf, translated, wordings } from '../../scripts/translations.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const words = wordings();
const texts = new Set(words.map(({ text }) => text));

describe('translations', () => {
  it('are looked up when words are needed, not when a module is loaded', () => {
    assert.ok(texts.size > 3500);
    assert.deepEqual(
      words
        // The page of an overview sets its words first.
        .filter(({ isEarly, place }) => isEarly && !place.startsWith('client/overview/main.ts'))
        .map(({ place, text }) => `${place}: ${text}`),
      [],
    );
  });

  for (const language of translated) {
    const bundle = bundleOf(language);

    it(`are there in ${language}: npm run translations says what is missing`, {
      todo: 'the first half is written',
    }, () => {
      assert.deepEqual(
        [...texts].filter(text => !bundle[text]),
        [],
      );
    });

    it(`are needed in ${language}`, () => {
      assert.deepEqual(
        Object.keys(bundle).filter(text => !texts.has(text)),
        [],
      );
    });

    it(`have the same values in ${language}`, () => {
      const found = Object.entries(bundle).filter(
        ([text, own]) => own && String(valuesOf(text)) !== String(valuesOf(own)),
      );
      assert.deepEqual(found, []);
    });

    it(`have the same code in ${language}`, () => {
      const found = Object.entries(bundle).filter(([text, own]) => own && String(codeOf(text)) !== String(codeOf(own)));
      assert.deepEqual(found, []);
    });

    it(`have the same lines in ${language}`, () => {
      const linesOf = (text: string): number => text.split('\n').length;
      const found = Object.entries(bundle).filter(
        ([text, own]) => own && !text.startsWith('Flopline shows') && linesOf(text) !== linesOf(own),
      );
      assert.deepEqual(found, []);
    });

    it(`are of package.json too in ${language}`, () => {
      const english = JSON.parse(read('package.nls.json'));
      const own = JSON.parse(read(`package.nls.${language}.json`));
      assert.deepEqual(Object.keys(own), Object.keys(english));
    });
  }

  it('are set as Chinese is', () => {
    const found = Object.values(bundleOf('zh-cn')).filter(text => slipOf(text) !== undefined);
    assert.deepEqual(
      found.map(text => `${slipOf(text)}: ${text}`),
      [],
    );
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(read('package.json'));
  const english = JSON.parse(read('package.nls.json'));

  it('has its words in package.nls.json, each of them used', () => {
    const used = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key!);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(english).sort());
  });

  it('has no titles of its own', () => {
    const { commands, views, submenus = [] } = manifest.contributes;
    const titles: string[] = [
      ...commands.map(({ title }: { title: string }) => title),
      ...Object.values<{ name: string }[]>(views).flatMap(all => all.map(({ name }) => name)),
      ...submenus.map(({ label }: { label: string }) => label),
    ];
    assert.deepEqual(
      titles.filter(title => !/^%.+%$/.test(title)),
      [],
    );
  });
});

/** Placeholders, each once: another language may say a thing twice, or in another order. */
function valuesOf(text: string): readonly string[] {
  return [...new Set(text.match(/\{\w+\}/g))].sort();
}

/** What is in backticks is written by nobody's language. */
function codeOf(text: string): readonly string[] {
  return [...new Set(text.match(/`[^`]+`/g))].sort();
}

const han = '[\\u4e00-\\u9fff]';
const slips: readonly (readonly [string, RegExp])[] = [
  ['a space is missing between Chinese and Latin', new RegExp(`${han}[A-Za-z0-9\`±≥≤]|[A-Za-z0-9\`%]${han}`)],
  ['half-width punctuation', new RegExp(`${han}[,;:!?]|${han}\\.(?![\\w.])|[,;:!?] ?${han}`)],
  ['half-width parentheses', new RegExp(`\\([^()\`]*${han}[^()\`]*\\)`)],
  ['a space beside full-width punctuation', / [，。；：！？、（）]|[，。；！？、（）] (?![|·])/],
  ['straight quotes', new RegExp(`"${han}|${han}"`)],
];

function slipOf(written: string): string | undefined {
  // Shapes are written as code, and a question mark in front stands for a size that is not known.
  const text = written.replace(/^\? /, '').replace(/\[[^\]]*\]/g, '[]');
  return slips.find(([, pattern]) => pattern.test(text))?.[0];
}
