// Fixtures: real specs with expectations in whole-line comments under the line that they are about.
//
//     - cnv: {out: 64}
//   #   ^^^ error unknown-operator: “cnv” is not an operator.
//   #       fix: Change to “conv”
//
// The carets are under the place; a `#` right before them counts as one, for what starts at the left margin. Where
// carets cannot be drawn, `at 1-2` gives the columns. Every problem is annotated, with all its words, and every
// annotation comes true; the same for hints where a fixture has any. `FLOPLINE_UPDATE=1` rewrites the annotations (a
// lone `# ^ hint:` asks for hints). The hovers on places with `# ^ hover` under them are in `name.hover.md`.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import {
  defaultSettings,
  hints,
  hover,
  Lines,
  open,
  type Problem,
  price,
  type Range,
  type Settings,
} from '../../server/src/core/index.ts';
import { checkGolden, isUpdating } from './golden.ts';

const spec = /\.(?:ya?ml|cfg|prototxt)$/;

/** Defines a test for each spec in a folder. */
export function checkFixtures(folder: URL, settings: Settings = defaultSettings): void {
  const path = folder.pathname;
  for (const file of readdirSync(path).filter(name => spec.test(name))) {
    it(file, () => {
      let text = readFileSync(join(path, file), 'utf8');
      // New annotations move lines, and messages contain line numbers, so repeat.
      if (isUpdating) for (let pass = 0; pass < 3; pass++) text = annotated(file, text, settings);
      checkGolden(join(path, file), annotated(file, text, settings));
      const shown = hoversOf(file, text, settings);
      if (shown !== '') checkGolden(join(path, file.replace(spec, '.hover.md')), shown);
    });
  }
}

const marker = /^\s*#\s*(?:\^+|at \d+-\d+) +(?:(?:error|warning|information|hint) [\w-]+|hint): /;
const detail = /^\s*# +(?:help|related|fix|guess): /;

/** The text with its annotations replaced by the right ones. */
function annotated(name: string, text: string, settings: Settings): string {
  const own = text.split('\n');
  const isAnnotation: boolean[] = [];
  for (const [at, line] of own.entries())
    isAnnotation.push(marker.test(line) || (isAnnotation[at - 1] === true && detail.test(line)));
  const withHints = own.some(line => /\^ hint: /.test(line));
  const found = annotations(basename(name), text, settings, withHints);
  return own
    .flatMap((line, at) => {
      const here = found.filter(annotation => annotation.line === at).sort((a, b) => a.from - b.from || a.to - b.to);
      assert.ok(!isAnnotation[at] || here.length === 0, `${name}:${at + 1}: an annotation has a problem of its own`);
      return isAnnotation[at] ? [] : [line, ...here.flatMap(drawn)];
    })
    .join('\n');
}

interface Annotation {
  /** 0-based, like the columns. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** The first is after the carets, the others are below it. */
  readonly words: readonly string[];
}

function drawn({ from, to, words: [first, ...others] }: Annotation): string[] {
  // The `#` is in the first column.
  const canDraw = from === 0 ? to > 1 : from > 1;
  const own = from === 0 ? 1 : 0;
  const carets = `#${' '.repeat(Math.max(0, from - 1))}${'^'.repeat(to - from - own)}`;
  const margin = `#${' '.repeat(Math.max(1, from - 1))}`;
  const all = [`${canDraw ? carets : `# at ${from + 1}-${to}`} ${first}`, ...others.map(words => `${margin}${words}`)];
  // A quoted comment must not be taken for one of Flopline's own.
  return all.map(line => line.replace(/(?<=.)#(?=\s*flopline)/g, '(#)').replaceAll('\n', ' ⏎ '));
}

function annotations(name: string, text: string, settings: Settings, withHints: boolean): readonly Annotation[] {
  const document = open({ name, text }, settings);
  assert.ok(document, `${name} is recognised`);
  const analysed = price(document, settings);
  const { lines } = document;
  const at = (range: Range, words: readonly string[]): Annotation => {
    const { line, character } = lines.position(range.from);
    const end = Math.min(range.to, lines.end(line)) - lines.start(line);
    return { line, from: character, to: Math.max(end, character + 1), words };
  };
  const problems = (analysed ?? document).problems.map(problem => at(problem.range, wordsOf(problem)));
  if (!analysed || !withHints) return problems;
  const shown = hints(analysed, { from: 0, to: text.length }).map(({ line, label }) => {
    const content = lines.textOf(line);
    const from = lines.start(line) + (content.length - content.trimStart().length);
    return at({ from, to: lines.start(line) + content.trimEnd().length }, [`hint: ${label}`]);
  });
  return [...problems, ...shown];
}

/** All texts of a problem. */
const wordsOf = ({ severity, code, message, help, related, fixes }: Problem): readonly string[] => [
  `${severity} ${code}: ${message}`,
  ...(help === undefined ? [] : [`help: ${help}`]),
  ...(related ?? []).map(other => `related: ${other.message}`),
  ...(fixes ?? []).map(({ title, isGuess }) => `${isGuess ? 'guess' : 'fix'}: ${title}`),
];

/** The hovers at the places that ask for one, each below the text it covers. */
function hoversOf(name: string, text: string, settings: Settings): string {
  const lines = new Lines(text);
  let above = 0;
  const found = text.split('\n').flatMap((line, at) => {
    const column = /^\s*# *\^+ hover$/.test(line) ? line.indexOf('^') : -1;
    if (column < 0) {
      if (!/^\s*#/.test(line)) above = at;
      return [];
    }
    const analysed = price(open({ name, text }, settings)!, settings)!;
    const shown = hover(analysed, lines.start(above) + column);
    assert.ok(shown, `${name}:${at + 1}: nothing is shown here`);
    const over = text.slice(shown.range.from, shown.range.to).split('\n');
    return [`<!-- line ${above + 1}: ${over[0]}${over.length > 1 ? ' …' : ''} -->\n\n${shown.markdown}\n`];
  });
  return found.join('\n---\n\n');
}
