// npm run translations: reports translations that a language lacks, and ones that are no longer used. With --write,
// removes unused entries, adds new ones as empty strings, and sorts all of them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { languages } from '../server/src/core/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders whose sources contain texts for users. */
const sources = [
  'server/src',
  'client/src',
  'client/overview',
  ...['settings', 'savings', 'terminal', 'walkthrough'].map(name => `scripts/generate/${name}.ts`),
];

/** One call of `l10n.t`. */
export interface Wording {
  readonly text: string;
  /** `file:line`. */
  readonly place: string;
  /** Whether it runs when its module is loaded, which is before the language is set. */
  readonly isEarly: boolean;
}

/** All calls of `l10n.t`. */
export function wordings(): readonly Wording[] {
  return sources.flatMap(filesOf).flatMap(path => {
    const text = readFileSync(join(root, path), 'utf8');
    return text.includes('l10n.t(') ? wordingsOf(path, text) : [];
  });
}

function filesOf(path: string): readonly string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(join(root, path), { recursive: true })
    .map(name => `${path}/${String(name).replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'));
}

function wordingsOf(path: string, text: string): readonly Wording[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Wording[] = [];
  const visit = (node: ts.Node, isEarly: boolean): void => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'l10n.t') {
      const [first] = node.arguments;
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      if (first && ts.isStringLiteralLike(first))
        found.push({ text: first.text, place: `${path}:${line + 1}`, isEarly });
    }
    const isLater = isEarly && !ts.isFunctionLike(node);
    ts.forEachChild(node, child => visit(child, isLater));
  };
  visit(file, true);
  return found;
}

export type Bundle = Readonly<Record<string, string>>;

const bundlePath = (language: string): string => join(root, `l10n/bundle.l10n.${language}.json`);

export function bundleOf(language: string): Bundle {
  return JSON.parse(readFileSync(bundlePath(language), 'utf8'));
}

/** All languages except English, which needs no bundle. */
export const translated = languages.filter(language => language !== 'en');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = new Map(wordings().map(({ text, place }) => [text, place]));
  for (const language of translated) {
    const bundle = bundleOf(language);
    const missing = [...all].filter(([text]) => !bundle[text]);
    const unused = Object.keys(bundle).filter(text => !all.has(text));
    for (const [text, place] of missing) console.log(`${language} lacks ${JSON.stringify(text)} (${place})`);
    for (const text of unused) console.log(`${language} has for nothing ${JSON.stringify(text)}`);
    console.log(`${language}: ${all.size - missing.length} of ${all.size}, ${unused.length} unused`);
    if (!process.argv.includes('--write')) continue;
    const sorted = [...all.keys()].sort().map(text => [text, bundle[text] ?? '']);
    writeFileSync(bundlePath(language), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
