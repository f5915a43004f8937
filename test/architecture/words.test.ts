// Words that people read: none of the list in CONTRIBUTING.md, and all of them through l10n.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map(name => `${folder}/${String(name).replaceAll('\\', '/')}`)
    .filter(name => name.endsWith(ending));

const sources = ['server/src', 'client/src', 'client/overview'].flatMap(folder => filesIn(folder, '.ts'));
const pages = ['README.md', 'ARCHITECTURE.md', 'package.nls.json', ...filesIn('docs', '.md')];

/** The left column of the table. */
const bad = read('CONTRIBUTING.md')
  .slice(read('CONTRIBUTING.md').indexOf('| Not | But |'))
  .split('\n')
  .slice(2)
  .flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, phrase]) => phrase!));

const sentences = /l10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|(?:"((?:[^"\\]|\\.)*)"|`([^`$]*)`)|([^'"\s][^,)]*))/g;

describe('words', () => {
  it('are listed', () => assert.ok(bad.length > 15));

  it('of messages are none of those that the list has', () => {
    const found = sources.flatMap(file =>
      [...read(file).matchAll(sentences)].flatMap(([, single, double, plain]) =>
        badIn(file, single ?? double ?? plain ?? ''),
      ),
    );
    assert.deepEqual(found, []);
  });

  it('of pages are none of those that the list has', () => {
    const found = pages.flatMap(file =>
      read(file)
        .split('\n')
        .flatMap((line, at) => badIn(`${file}:${at + 1}`, line.replace(/`[^`]*`/g, ''))),
    );
    assert.deepEqual(found, []);
  });

  it('are literals, so that they can be extracted', () => {
    const found = sources.flatMap(file =>
      [...read(file).matchAll(sentences)].flatMap(([, , , , other]) =>
        other === undefined ? [] : `${file}: ${other}`,
      ),
    );
    assert.deepEqual(found, []);
  });

  it('pass through l10n', () => {
    const bare =
      /\b(?:message|help|short|title|why|summary|doc|detail|tooltip)(?::| =) (?:'[^']*|`[^`$]*)[a-z]{2} [a-z]{2}/g;
    // The docs of a piece of advice are a page in English.
    const files = sources.filter(file => !file.startsWith('server/src/core/advice/'));
    const found = files.flatMap(file =>
      read(file)
        .split('\n')
        .flatMap((line, at) =>
          /^\s*(?:\/\/|\*|\/\*)/.test(line)
            ? []
            : [...line.matchAll(bare)].map(([words]) => `${file}:${at + 1}: ${words}`),
        ),
    );
    assert.deepEqual(found, []);
  });
});

function badIn(where: string, text: string): string[] {
  return bad
    .filter(phrase => new RegExp(`(?<![\\w-])${phrase}(?![\\w-])`, 'i').test(text))
    .map(phrase => `${where}: “${phrase}” in “${text.slice(0, 100)}”`);
}
