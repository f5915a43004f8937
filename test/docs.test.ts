// What the hand-written pages say is true: their snippets read, the figures in their comments hold, their links lead
// somewhere, and the files, tests and commands that they name exist.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { defaultSettings, hints, open, price, problems } from '../server/src/core/index.ts';
import { speak } from '../server/src/host/speak.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

describe('pages', () => {
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8');
    const line = (at: number): number => text.slice(0, at).split('\n').length;
    describe(page, () => {
      // Each snippet of the page of problems has one; test/problems.test.ts reads them. Those for other programs are tried
      // in test/cli/hooks.test.ts.
      const snippets =
        page === 'docs/problems.md' || page === 'docs/check.md' ? [] : [...text.matchAll(/```yaml\n([\s\S]*?)```/g)];
      for (const match of snippets) {
        it(`line ${line(match.index)}: the snippet reads, and its figures hold`, () => {
          speak(page.endsWith('.zh-CN.md') ? 'zh-cn' : 'en');
          checkSnippet(match[1]!);
        });
      }
      it('links to what exists', () => checkLinks(page, text));
      it('names commands that exist', () => checkCommands(text));
    });
  }

  it('have snippets with figures', () => {
    const claims = (page: string): number => readFileSync(join(root, page), 'utf8').split('# → ').length - 1;
    assert.ok(claims('docs/flopline-yaml.md') > 30);
    assert.ok(claims('docs/theory.md') > 5);
  });

  it('of the architecture name files that exist', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const named = [...text.matchAll(/`((?:test|server|client|scripts|docs|schemas|examples)\/[\w./-]*)`/g)].map(
      match => match[1]!,
    );
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter(path => !path.includes('NAME') && !existsSync(join(root, path))),
      [],
    );
  });
});

/** A comment `# → …` behind a row is what Flopline writes there. */
function checkSnippet(text: string): void {
  // No marks on lines that stand out: they depend on what else the snippet holds.
  const settings = { ...defaultSettings, hints: { ...defaultSettings.hints, costliest: 0 } };
  const name = /^backbone:/m.test(text)
    ? 'snippet.yaml'
    : /^(?:source|python|modules|budgets|devices):/m.test(text)
      ? 'flopline.yaml'
      : 'snippet.net.yaml';
  const analysed = price(open({ name, text }, settings)!, settings)!;
  assert.deepEqual(analysed.problems, []);
  assert.deepEqual(
    problems(analysed).filter(({ code }) => code === 'unused-output'),
    [],
  );
  const shown = new Map(hints(analysed, { from: 0, to: text.length }).map(({ line, label }) => [line, label]));
  text.split('\n').forEach((content, line) => {
    const claim = /# → (.*)$/.exec(content)?.[1];
    if (claim !== undefined) assert.equal(shown.get(line), claim, content);
  });
}

function checkLinks(page: string, text: string): void {
  const prose = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  const wrong = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(match => match[1]!)
    .filter(target => !/^https?:/.test(target))
    .filter(target => {
      const [path, anchor] = target.split('#') as [string, string?];
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).has(anchor);
    });
  assert.deepEqual(wrong, []);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(match => match[1]!.toLowerCase());
  return new Set(headings.map(heading => heading.replace(/[^\p{L}\p{N}\- _]/gu, '').replaceAll(' ', '-')));
}

function checkCommands(text: string): void {
  const scripts = new Set(Object.keys(manifest.scripts));
  const run = [...text.matchAll(/npm run ([\w:]+)/g)].map(match => match[1]!);
  assert.deepEqual(
    run.filter(name => !scripts.has(name)),
    [],
  );
  const files = [...text.matchAll(/node (scripts\/[\w./-]+)/g)].map(match => match[1]!);
  assert.deepEqual(
    files.filter(path => !existsSync(join(root, path))),
    [],
  );
}
