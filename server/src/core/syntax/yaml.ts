// Parses YAML with js-yaml (the only file that uses it): builds the tree from its event stream, and recovers from
// errors. Since js-yaml throws at the first error, the offending line is repaired and the text parsed again, a limited
// number of times.
import * as l10n from '@vscode/l10n';
import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';
import type { TextEdit } from '../text/edit.ts';
import type { Fix, Problem, Result } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { strayTabs, withoutFlowBreaks, withoutTightComments } from './comments.ts';
import type { Damage } from './damage.ts';
import {
  balanceOf,
  contentEnd,
  contentLine,
  dashColumns,
  hasFullWidth,
  hasOpenQuote,
  indentOf,
  isDashed,
  type LineRepair,
  narrow,
  openingOf,
  reindented,
  slips,
} from './repair.ts';
import type { Alias, Entry, Mapping, Scalar, Sequence, YamlNode } from './tree.ts';

/** The maximum nesting of collections (js-yaml's own default). */
export const maxNesting = 100;

export interface ParsedText extends Result<YamlNode | undefined> {
  readonly damages: readonly Damage[];
}

/** What a format knows about its texts; used to choose between repairs of a line. */
export interface Reads {
  /** Whether an item of a list is a row. */
  readonly row: (item: YamlNode) => boolean;
  /** Keys that occur only at the top level. */
  readonly top: ReadonlySet<string>;
  /** Top-level keys whose lists are the rows. */
  readonly lists: ReadonlySet<string>;
}

/**
 * The first document of a text as a tree, or undefined if it is empty; never throws. If PyYAML would reject the text,
 * there is an error, and damages say which lines were read differently or not at all.
 */
export function parseYaml(source: string, reads?: Reads): ParsedText {
  const text = withoutTightComments(withPlainBreaks(source));
  const notes = new Notes(text);
  const certain: LineRepair[] = [
    ...(hasFullWidth(text) ? narrowedRows(text, reads) : []),
    ...(foldedRow.test(text) ? foldedRows(text, reads) : []),
    ...(tightRow.test(text) ? tightRows(text, reads) : []),
  ];
  certain.push(...tabbed(text, certain));
  if (certain.length > 0) {
    const patched = withRepairs(text, certain, notes);
    return recover(text, patched, attempt(patched.text), reads, notes);
  }
  const first = attempt(text);
  if (first.events) return { value: buildTree(text, first.events, unshifted, notes), ...notes.all };
  return recover(text, undefined, first, reads, notes);
}

/** Replaces line breaks that only YAML 1.1 has: NEL and Unicode's separators. */
function withPlainBreaks(text: string): string {
  return /[\u0085\u2028\u2029]/.test(text) ? text.replace(/[\u0085\u2028\u2029]/g, '\n') : text;
}

/** Collects what is reported while a text is parsed. */
class Notes {
  problems: Problem[] = [];
  damages: Damage[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Withdraws what was reported about a line. */
  withdraw({ from, to }: Range): void {
    this.problems = this.problems.filter(({ range }) => range.from < from || range.to > to);
    this.damages = this.damages.filter(damage => damage.from < from || damage.to > to);
  }

  /** 1-based. */
  lineAt(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }

  get all(): { readonly problems: readonly Problem[]; readonly damages: readonly Damage[] } {
    return { problems: this.problems, damages: this.damages };
  }

  /** Reports something that PyYAML rejects, at its exact range. */
  refuse(range: Range, code: string, message: string, help?: string): void {
    this.problems.push({ range, severity: 'error', code, message, help });
    this.damages.push({ ...range, repaired: false, why: message });
  }
}

interface Failure {
  /** Where the parser noticed the error, in the text it was given. */
  readonly at: number;
  readonly reason: string;
}

type Attempt =
  | { readonly events: Event[]; readonly failure?: never }
  | { readonly failure: Failure; readonly events?: never };

function attempt(text: string): Attempt {
  if (text.trim() === '') return { events: [] };
  try {
    return { events: parseEvents(text, { maxDepth: maxNesting }) };
  } catch (error) {
    if (error instanceof YAMLException) {
      const again = error.reason === 'deficient indentation' ? withoutFlowBreaks(text) : text;
      if (again !== text) return attempt(again);
      return { failure: { at: error.mark?.position ?? text.length, reason: error.reason } };
    }
    return { failure: { at: text.length, reason: l10n.t('too deeply nested') } };
  }
}

// ——— Recovery ————————————————————————————————————————————————————————————————————————————————————————————————————

type Patches = ReadonlyMap<number, string>;

/** A repair with which parsing gets further, and how far. */
interface Success {
  readonly repair: LineRepair;
  readonly reach: number;
  readonly trial: Patched;
  readonly result: Attempt;
  readonly reading: string;
}

function recover(
  text: string,
  narrowed: Patched | undefined,
  first: Attempt,
  reads: Reads | undefined,
  notes: Notes,
): ParsedText {
  const lines = text.split('\n');
  const starts = lineStarts(lines);
  const patches = new Map<number, string>(narrowed?.patches);
  let patched = narrowed ?? new Patched(lines, starts, patches);
  let result = first;
  // Parsing takes time in proportion to the text, so there are fewer attempts on a large one.
  let parses = Math.max(6, Math.min(60, Math.floor(4_000_000 / (text.length + 1))));
  const apply = (patch: { readonly line: number; readonly text: string }, trial: Patched, next: Attempt): void => {
    patches.set(patch.line, patch.text);
    patched = trial;
    result = next;
  };
  while (result.failure && parses > 0) {
    const { failure } = result;
    const errorLine = patched.lineAt(failure.at);
    const tries = new Tries(lines, starts, patches, Math.min(parses, 24), reads);
    const guilty = [...guiltyLines(patched.lines, errorLine)];
    const found = tries.fixes(patched.lines, guilty, errorLine);
    parses -= tries.made;
    const [best] = found;
    if (best && found.every(({ reading }) => reading === best.reading)) {
      notes.problems.push(problemOf(lines, starts, best.repair, found, failure, errorLine));
      notes.damages.push({ ...rangeOfLine(lines, starts, best.repair.line), repaired: true, why: best.repair.message });
      apply(best.repair, best.trial, best.result);
      continue;
    }
    const held = tries.holds(patched.lines, guilty, errorLine, failure);
    parses = Math.min(parses, parses - tries.made) - 1;
    if (!held) break;
    // An indentation is only suggested if a correct one exists.
    const named = best?.repair.code === 'yaml-indentation' ? undefined : best;
    const isRow = /- ~:?$/.test(held.text) && !/^\s*-/.test(lines[held.line]!);
    const problem = isRow
      ? noRow(rangeOfLine(lines, starts, held.line))
      : problemOf(lines, starts, named?.repair, named ? found : [], failure, errorLine, held.line);
    const range = rangeOfLine(lines, starts, held.line);
    notes.withdraw(range);
    notes.problems.push(problem);
    notes.damages.push({ ...range, repaired: false, why: problem.message });
    apply(held, held.trial, held.result);
  }
  if (result.events) {
    const at = patched;
    return { value: buildTree(at.text, result.events, offset => at.original(offset), notes), ...notes.all };
  }
  return upTo(lines, starts, patches, patched, result.failure, notes);
}

/** If no repair helps: reads what is above the error, and reports that the rest was not read. */
function upTo(
  lines: readonly string[],
  starts: readonly number[],
  patches: Patches,
  patched: Patched,
  failure: Failure,
  notes: Notes,
): ParsedText {
  const errorLine = patched.lineAt(failure.at);
  const range = rangeOfLine(lines, starts, errorLine);
  const why = l10n.t('This line is not valid YAML ({0}), and nothing after it could be read.', failure.reason);
  notes.problems.push({ range, severity: 'error', code: 'yaml-syntax', message: why });
  notes.damages.push({ from: range.from, to: starts.at(-1)! + lines.at(-1)!.length, repaired: false, why });
  // Find the longest beginning that can be parsed; shorter ones can be too.
  let best: { readonly above: Patched; readonly events: Event[] } | undefined;
  for (let least = 1, most = errorLine; least <= most; ) {
    const cut = Math.ceil((least + most) / 2);
    const above = new Patched(lines.slice(0, cut), starts, patches);
    const { events } = attempt(above.text);
    if (events) best = { above, events };
    if (events) least = cut + 1;
    else most = cut - 1;
  }
  if (best) {
    const { above, events } = best;
    return { value: buildTree(above.text, events, offset => above.original(offset), notes), ...notes.all };
  }
  return { value: undefined, ...notes.all };
}

/** Tries repairs on the whole text, within a limit. */
class Tries {
  made = 0;
  readonly #lines: readonly string[];
  readonly #starts: readonly number[];
  readonly #patches: Patches;
  readonly #most: number;
  readonly #reads: Reads | undefined;

  constructor(
    lines: readonly string[],
    starts: readonly number[],
    patches: Patches,
    most: number,
    reads: Reads | undefined,
  ) {
    this.#lines = lines;
    this.#starts = starts;
    this.#patches = patches;
    this.#most = most;
    this.#reads = reads;
  }

  /** The repairs that get furthest; several if they get equally far. */
  fixes(lines: readonly string[], guilty: readonly number[], errorLine: number): readonly Success[] {
    const seen = new Set<string>();
    let best: Success[] = [];
    for (const line of guilty) {
      // Two slips on one line are beyond repair.
      if (this.#patches.has(line)) continue;
      const wasOpen = isUnbalanced(lines, line);
      for (const repair of slipsOf(lines, line)) {
        const key = `${repair.line} ${repair.text.trimEnd()}`;
        if (seen.has(key) || repair.text === lines[repair.line]) continue;
        seen.add(key);
        const local = localReading(lines, repair, this.#reads);
        if (local === undefined) continue;
        if (this.made >= this.#most) return preferred(lines, best);
        const { trial, result } = this.#try(repair);
        const reach = result.failure ? trial.lineAt(result.failure.at) : Number.POSITIVE_INFINITY;
        if (!(reach > errorLine || (wasOpen && reach > line))) continue;
        const tree = result.events && buildTree(trial.text, result.events, unshifted, new Notes(''));
        if (tree && this.#reads && hidesTop(tree, this.#reads.top)) continue;
        const reading = result.events ? readingOf(tree) : `${line} ${local}`;
        const success = { repair, reach, trial, result, reading };
        if (best.length === 0 || reach > best[0]!.reach) best = [success];
        else if (reach === best[0]!.reach) best.push(success);
      }
    }
    return preferred(lines, best);
  }

  /** A replacement without the meaning of the line: an empty item in place of a row; other lines are dropped. */
  holds(
    lines: readonly string[],
    guilty: readonly number[],
    errorLine: number,
    failure: Failure,
  ): { readonly line: number; readonly text: string; readonly trial: Patched; readonly result: Attempt } | undefined {
    let best: { line: number; text: string; trial: Patched; result: Attempt; reach: number } | undefined;
    for (const line of guilty) {
      for (const text of placeholders(lines, line)) {
        if (text === lines[line] || this.made >= this.#most + 12) continue;
        const { trial, result } = this.#try({ line, text });
        if (!result.failure) return { line, text, trial, result };
        const reach = trial.lineAt(result.failure.at);
        // If two get equally far, prefer the one that keeps the row.
        const keeps = best?.text === '' && text !== '' && reach === best.reach;
        if (!best || reach > best.reach || keeps) best = { line, text, trial, result, reach };
      }
    }
    if (!best || best.reach < errorLine) return undefined;
    if (best.reach === errorLine && best.text.trim() === '' && best.result.failure!.at === failure.at) return undefined;
    return best;
  }

  #try({ line, text }: { readonly line: number; readonly text: string }): { trial: Patched; result: Attempt } {
    this.made++;
    const trial = new Patched(this.#lines, this.#starts, new Map(this.#patches).set(line, text));
    return { trial, result: attempt(trial.text) };
  }
}

/** Prefers lines with unbalanced brackets. */
function preferred(lines: readonly string[], found: readonly Success[]): readonly Success[] {
  const open = found.filter(({ repair }) => isUnbalanced(lines, repair.line));
  return open.length > 0 ? open : found;
}

/** The lines that may have caused an error, likeliest first. */
function guiltyLines(lines: readonly string[], errorLine: number): ReadonlySet<number> {
  const guilty = new Set<number>();
  const inList = bracketedList(lines, Math.min(errorLine, lines.length - 1));
  if (inList) {
    for (let line = inList.first; line <= inList.last; line++) if (isUnbalanced(lines, line)) guilty.add(line);
  }
  for (let at = Math.min(errorLine, lines.length - 1), left = 50; at >= 0 && left > 0; at--, left--) {
    if (lines[at]!.trim() === '' || !isUnbalanced(lines, at)) continue;
    guilty.add(at);
    break;
  }
  const isContent = (line: number): boolean => /^\s*[^#\s]/.test(lines[line] ?? '');
  // A key without its colon makes everything up to the next key part of its text.
  const indent = indentOf(lines[errorLine] ?? '');
  for (let at = contentLine(lines, errorLine, -1), left = 300; at !== undefined && left > 0; left--) {
    if (indentOf(lines[at]!) <= indent) {
      const isOver = isContent(errorLine) || errorLine >= lines.length - 1;
      if (!/:(?:\s|$)/.test(lines[at]!) && !isDashed(lines[at]!) && isOver) guilty.add(at);
      break;
    }
    at = contentLine(lines, at, -1);
  }
  if (isContent(errorLine)) guilty.add(errorLine);
  const above = contentLine(lines, errorLine, -1);
  if (above !== undefined) guilty.add(above);
  if (!isContent(errorLine) && above !== undefined) {
    const next = contentLine(lines, above, -1);
    if (next !== undefined) guilty.add(next);
  }
  return guilty;
}

/** A bracketed list over many lines with one row per line, as in YOLOv5's `backbone`. */
interface BracketedList {
  readonly first: number;
  readonly last: number;
}

const topKey = /^[A-Za-z_][\w-]*\s*:/;

function bracketedList(lines: readonly string[], around: number): BracketedList | undefined {
  // The error is often noticed only at the next top-level key.
  let key = around;
  while (key >= 0 && !topKey.test(lines[key]!)) key--;
  for (let turn = 0; turn < 2 && key >= 0; turn++) {
    const first = contentLine(lines, key, 1);
    if (first !== undefined && /^\s*\[/.test(lines[first]!) && /^[\w-]+\s*:\s*(?:#.*)?$/.test(lines[key]!)) {
      let end = first;
      while (end + 1 < lines.length && !topKey.test(lines[end + 1]!)) end++;
      let last = end;
      while (last > first && !/^\s*[^#\s]/.test(lines[last]!)) last--;
      if (last > first && (turn === 0 || key < around)) return { first, last };
    }
    key--;
    while (key >= 0 && !topKey.test(lines[key]!)) key--;
  }
  return undefined;
}

/** Whether a line has unclosed brackets or quotes that it should close itself, or closes too many. */
function isUnbalanced(lines: readonly string[], line: number): boolean {
  const text = lines[line]!;
  if (hasOpenQuote(text)) return true;
  const balance = balanceOf(text);
  if (isDashed(text)) return balance !== 0;
  const list = bracketedList(lines, line);
  if (!list || line < list.first || line > list.last) return balance !== 0;
  return balance !== (line === list.first ? 1 : 0) + (line === list.last ? -1 : 0);
}

/** The slips of a line; ignores the list's own brackets on the first and last line of a bracketed list. */
function* slipsOf(lines: readonly string[], line: number): Generator<LineRepair> {
  const list = isDashed(lines[line]!) ? undefined : bracketedList(lines, line);
  const text = lines[line]!;
  if (!list || (line !== list.first && line !== list.last)) {
    yield* slips(lines, line);
    return;
  }
  const isFirst = line === list.first;
  const bracket = isFirst ? '[' : ']';
  const at = isFirst ? text.indexOf('[') : text.slice(0, contentEnd(text)).lastIndexOf(']');
  const where = { line, title: l10n.t('Insert “{0}”', bracket) } as const;
  const end = text.slice(0, contentEnd(text)).trimEnd().length;
  if (isFirst) {
    const message = l10n.t('The list has no opening “[”.');
    yield { ...where, code: 'yaml-unopened-bracket', message, text: text.replace(/\S/, '[$&') };
  } else {
    const message = l10n.t('The list has no closing “]”.');
    yield {
      ...where,
      code: 'yaml-unclosed-bracket',
      message,
      text: `${text.slice(0, end)}] ${text.slice(end)}`.trimEnd(),
    };
  }
  if (at < 0) return;
  const masked = lines.with(line, `${text.slice(0, at)} ${text.slice(at + 1)}`);
  for (const slip of slips(masked, line)) {
    const back = isFirst ? at : slip.text.length - (text.length - at);
    if (slip.text[back] === ' ')
      yield { ...slip, text: slip.text.slice(0, back) + bracket + slip.text.slice(back + 1) };
  }
}

/** How the line alone is read with a repair; undefined if the result is not a row although a row is expected. */
function localReading(
  lines: readonly string[],
  { line, text }: { readonly line: number; readonly text: string },
  reads: Reads | undefined,
): string | undefined {
  const dashed = isDashed(text);
  if (!dashed && !/^\s*\[/.test(text)) {
    const before = lines[line]!;
    // A row has to stay a row; other text among rows must not become a key.
    if (isDashed(before) || /^\s*\[/.test(before)) return undefined;
    const [, margin = '', key = ''] = /^(\s*)([\w-]+)\s*:/.exec(text) ?? [];
    const isTop = reads?.top.has(key) ?? false;
    return (isTop && margin !== '') || (!isTop && isRowLike(lines, line)) ? undefined : text.trim();
  }
  let chunk = text;
  if (dashed) {
    const column = indentOf(text);
    for (let at = line + 1; at < lines.length; at++) {
      const next = lines[at]!;
      if (/^\s*(?:#|$)/.test(next)) continue;
      if (indentOf(next) <= column || at > line + 40) break;
      chunk += `\n${next}`;
    }
  } else {
    const end = contentEnd(text);
    const balance = balanceOf(text);
    const content = text.slice(0, end).trimEnd().replace(/,$/, '');
    chunk = `${balance === 1 ? '' : '['}${content}${balance === -1 ? '' : '\n]'}`;
  }
  const { events } = attempt(chunk);
  const tree = events && buildTree(chunk, events, unshifted, new Notes(''));
  const [item] = tree?.kind === 'sequence' ? tree.items : [];
  // A row of several lines may contain more than one slip.
  if (item === undefined) return chunk.includes('\n') && dashed ? text.trim() : undefined;
  if (reads && !reads.row(item)) return undefined;
  return `${indentOf(text)} ${readingOf(item)}`;
}

/** Whether a top-level key would end up inside the value of another key. */
function hidesTop(root: YamlNode, top: ReadonlySet<string>): boolean {
  return (
    root.kind === 'mapping' &&
    root.entries.some(
      ({ value }) =>
        value.kind === 'mapping' && value.entries.some(({ key }) => key.kind === 'scalar' && top.has(key.text)),
    )
  );
}

/** The content of a tree as text, to compare two readings. */
function readingOf(node: YamlNode | undefined): string {
  let left = 100_000;
  const walk = (at: YamlNode): string => {
    if (left-- <= 0) return '…';
    switch (at.kind) {
      case 'alias':
        return `*${at.name}`;
      case 'scalar':
        return JSON.stringify(at.text);
      case 'sequence':
        return `[${at.items.map(walk).join(',')}]`;
      case 'mapping':
        // `relu: {}` and `relu:` mean the same.
        if (at.entries.length === 0) return '""';
        return `{${at.entries.map(({ key, value }) => `${walk(key)}:${walk(value)}`).join(',')}}`;
    }
  };
  return node ? walk(node) : '';
}

/** Replacements for a line that cannot be read, gentlest first. */
function placeholders(lines: readonly string[], line: number): readonly string[] {
  const text = lines[line]!;
  if (text.trim() === '') return [];
  const found: string[] = [];
  const list = isDashed(text) ? undefined : bracketedList(lines, line);
  if (list && line >= list.first && line <= list.last) {
    if (/^\s*\]/.test(text)) return [''];
    const margin = ' '.repeat(Math.max(1, indentOf(text)));
    const closes = line === list.last;
    found.push(`${margin}${line === list.first ? '[' : ''}~${closes ? ']' : ','}`);
  }
  const columns = dashColumns(lines, line);
  const indent = indentOf(text);
  // Between two lists it may belong to either: as part of the outer one, it leaves the row above unchanged.
  const nearest = columns.toSorted((a, b) => Math.abs(a - indent) - Math.abs(b - indent) || a - b);
  // A missing row would shift all later indexes, so an empty item keeps its place.
  if (isDashed(text) || /^\s*-/.test(text)) {
    // Keys of the row may follow on the lines below.
    for (const column of nearest.length === 0 ? [indent] : nearest.slice(0, 2)) {
      found.push(`${' '.repeat(column)}- ~`, `${' '.repeat(column)}- ~:`);
    }
  } else if (isRowLike(lines, line)) {
    for (const column of nearest.slice(0, 1)) found.push(`${' '.repeat(column)}- ~`);
  }
  found.push('');
  return found;
}

/** Whether a line among rows looks like a row without its dash. */
function isRowLike(lines: readonly string[], line: number): boolean {
  const text = lines[line]!;
  const around = [contentLine(lines, line, -1), contentLine(lines, line, 1)].flatMap(at =>
    at !== undefined && isDashed(lines[at]!) ? [indentOf(lines[at]!)] : [],
  );
  if (around.length === 0 || topKey.test(text)) return false;
  return indentOf(text) <= Math.max(...around) + 1;
}

/** Rows with full-width punctuation, repaired. */
function narrowedRows(text: string, reads: Reads | undefined): readonly LineRepair[] {
  if (!reads) return [];
  const lines = text.split('\n');
  const found: LineRepair[] = [];
  for (const [line, content] of lines.entries()) {
    const repair = hasFullWidth(content) ? narrow(content, line) : undefined;
    if (!repair) continue;
    if (isNumbers(repair.text)) {
      found.push(repair);
      continue;
    }
    if (localReading(lines, repair, reads) === undefined) continue;
    if (!isDashed(repair.text) && !/^\s*\[/.test(repair.text)) continue;
    const asWritten = { line, text: content };
    const isItem = isDashed(content) || /^\s*\[/.test(content);
    if (isItem && !wideInFlow.test(content) && localReading(lines, asWritten, reads) !== undefined) continue;
    found.push(repair);
  }
  return found;
}

/**
 * A full-width colon or comma where only punctuation is possible: between a key and a number or bracket, after a
 * number.
 */
const wideInFlow = /[[{](?:[^"'#]*[^"'#\s])?(?:[\w\]]：\s*[-\d[{]|\d\s*，\s*[-\w[{])/;

/** Whether a line is a key with only numbers: then full-width characters in it cannot be intended text. */
function isNumbers(text: string): boolean {
  const content = text.slice(0, contentEnd(text));
  return /^\s*["']?[A-Za-z_]\w*["']?\s*:\s*(?:\[[-+\d\s.,]+\]|[-+]?\d[\d.]*)\s*$/.test(content);
}

/** A key, followed by a row whose dash has no space after it. */
const tightRow = /^([A-Za-z_]\w*):[^\n]*\n(?:[^\S\n]*(?:#[^\n]*)?\n)* *-\[/m;

/**
 * First rows of lists whose dash has no space after it. In YAML, the value is then a text (“-[-1, 1, Conv, …] - [-1,
 * …”) that includes all rows below.
 */
function tightRows(text: string, reads: Reads | undefined): readonly LineRepair[] {
  if (!reads) return [];
  const lines = text.split('\n');
  const found: LineRepair[] = [];
  for (const [line, content] of lines.entries()) {
    if (!/^ *-\[/.test(content)) continue;
    const above = contentLine(lines, line, -1);
    const key = above === undefined ? undefined : /^([A-Za-z_]\w*):\s*(?:#.*)?$/.exec(lines[above]!)?.[1];
    if (key === undefined || !reads.lists.has(key)) continue;
    for (const repair of slips(lines, line))
      if (
        (repair.code === 'yaml-missing-dash' || repair.code === 'yaml-dash-without-space') &&
        localReading(lines, repair, reads) !== undefined
      ) {
        found.push(repair);
        break;
      }
  }
  return found;
}

/** Lines with tabs that PyYAML rejects, unless another repair covers them. */
function tabbed(text: string, others: readonly LineRepair[]): readonly LineRepair[] {
  const tabs = strayTabs(text);
  if (tabs.length === 0) return [];
  const lines = text.split('\n');
  const starts = lineStarts(lines);
  const own = new Set(tabs);
  const found = new Map<number, LineRepair>();
  let line = 0;
  for (const tab of tabs) {
    while (line + 1 < starts.length && starts[line + 1]! <= tab) line++;
    if (found.has(line) || others.some(other => other.line === line)) continue;
    const start = starts[line]!;
    found.set(line, {
      line,
      text: lines[line]!.replace(/\t/g, (char, at: number) => (own.has(start + at) ? ' ' : char)),
      code: 'yaml-stray-tab',
      message: l10n.t('PyYAML rejects tabs outside quotes and comments.'),
      help: l10n.t('Use a space.'),
      title: l10n.t('Replace tabs with spaces'),
      at: { from: tab - start, to: tab - start + 1 },
    });
  }
  return [...found.values()];
}

/** A row that is a word, followed by a dash that is indented more. */
const foldedRow = /^ *- [\w$]+ *\r?\n *-\s/m;

/**
 * Rows that are indented more than the word above them. In YAML they continue that row's text (“relu - tanh”), which is
 * never intended if words are rows.
 */
function foldedRows(text: string, reads: Reads | undefined): readonly LineRepair[] {
  if (!reads?.row({ kind: 'scalar', text: 'relu', style: 'plain', from: 0, to: 0 })) return [];
  const lines = text.split('\n');
  const found: LineRepair[] = [];
  for (const [line, content] of lines.entries()) {
    const above = lines[line - 1];
    if (!isDashed(content) || above === undefined || !/^ *- [\w$]+ *\r?$/.test(above)) continue;
    const column = indentOf(above);
    if (indentOf(content) > column) found.push(reindented(lines, line, column));
  }
  return found;
}

/** Applies repairs that need no trial, and reports them. */
function withRepairs(text: string, fixes: readonly LineRepair[], notes: Notes): Patched {
  const lines = text.split('\n');
  const starts = lineStarts(lines);
  for (const repair of fixes) {
    notes.problems.push(problemOf(lines, starts, repair, [], { at: 0, reason: '' }, repair.line));
    notes.damages.push({ ...rangeOfLine(lines, starts, repair.line), repaired: true, why: repair.message });
  }
  return new Patched(lines, starts, new Map(fixes.map(({ line, text: repaired }) => [line, repaired])));
}

function rangeOfLine(lines: readonly string[], starts: readonly number[], line: number): Range {
  const text = lines[line] ?? '';
  const from = starts[line]! + (text.length - text.trimStart().length);
  return { from, to: Math.max(from, starts[line]! + text.trimEnd().length) };
}

/** The problem of a line: its slip, with the possible fixes. */
function problemOf(
  lines: readonly string[],
  starts: readonly number[],
  repair: LineRepair | undefined,
  ways: readonly Success[],
  failure: Failure,
  noticed: number,
  line = repair?.line ?? noticed,
): Problem {
  const text = lines[line] ?? '';
  const whole = rangeOfLine(lines, starts, line);
  const all = ways.length > 0 ? ways.map(way => way.repair) : repair ? [repair] : [];
  const fixes: Fix[] = [];
  for (const way of all.filter(other => other.line === line)) {
    const { title } = way;
    const edit = difference(text, way.text.trimEnd(), starts[line]!) ?? trailing(text, way.text, starts[line]!);
    if (fixes.length < 3 && edit) fixes.push({ title, edits: [edit] });
  }
  const offered = fixes.length > 0 ? { fixes } : {};
  if (repair && repair.line === line) {
    const { at, code, message, help } = repair;
    const from = at ? starts[line]! + Math.min(at.from, text.length) : whole.from;
    const to = at ? starts[line]! + Math.min(at.to, text.length) : whole.to;
    return { range: { from, to: Math.max(from, to) }, severity: 'error', code, message, help, ...offered };
  }
  // Full-width characters are worth mentioning even if something else is wrong too.
  const wide = narrow(text, line);
  if (wide) return problemOf(lines, starts, wide, [], failure, noticed, line);
  const open = openingOf(text);
  if (open !== undefined) {
    const from = starts[line]! + open;
    const message = l10n.t('This “{0}” is never closed.', text[open]!);
    return { range: { from, to: from + 1 }, severity: 'error', code: 'yaml-unclosed-bracket', message, ...offered };
  }
  const help = hasOpenQuote(text)
    ? l10n.t('Look for an unclosed quote.')
    : balanceOf(text) !== 0
      ? l10n.t('Look for a missing or extra bracket.')
      : l10n.t('Check the indentation, the colon after the key, and the dash before the item.');
  const message =
    noticed > line
      ? l10n.t('This line is not valid YAML ({0}, noticed on line {1}).', failure.reason, noticed + 1)
      : l10n.t('This line is not valid YAML ({0}).', failure.reason);
  return { range: whole, severity: 'error', code: 'yaml-syntax', message, help, ...offered };
}

/** A line among rows that no slip explains. */
function noRow(range: Range): Problem {
  return {
    range,
    severity: 'error',
    code: 'yaml-not-a-row',
    message: l10n.t('This line is not a row, but is in a list of rows.'),
    help: l10n.t('Begin it with a dash and a space.'),
  };
}

/** The smallest edit that turns one line into another. */
function difference(before: string, after: string, start: number): TextEdit | undefined {
  const old = before.trimEnd();
  if (old === after) return undefined;
  let from = 0;
  while (from < old.length && from < after.length && old[from] === after[from]) from++;
  let same = 0;
  while (same < old.length - from && same < after.length - from && old.at(-1 - same) === after.at(-1 - same)) same++;
  return { from: start + from, to: start + old.length - same, text: after.slice(from, after.length - same) };
}

/** Removes trailing blanks if they are the problem: PyYAML rejects tabs there too. */
function trailing(before: string, after: string, start: number): TextEdit | undefined {
  if (before === after) return undefined;
  const end = before.endsWith('\r') ? before.length - 1 : before.length;
  return { from: start + before.trimEnd().length, to: start + end, text: '' };
}

/** A text with some lines replaced, and a map of its offsets to those of the original. */
class Patched {
  readonly text: string;
  readonly lines: readonly string[];
  readonly patches: ReadonlyMap<number, string>;
  readonly #starts: readonly number[];
  readonly #originalStarts: readonly number[];
  readonly #originalLines: readonly string[];

  constructor(lines: readonly string[], starts: readonly number[], patches: ReadonlyMap<number, string>) {
    const patched = lines.slice();
    for (const [line, text] of patches) if (line < patched.length) patched[line] = text;
    this.lines = patched;
    this.patches = patches;
    this.text = patched.join('\n');
    this.#originalLines = lines;
    this.#originalStarts = starts;
    this.#starts = lineStarts(patched);
  }

  lineAt(offset: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  original(offset: number): number {
    const line = this.lineAt(offset);
    const column = Math.min(offset - this.#starts[line]!, this.#originalLines[line]!.length);
    return this.#originalStarts[line]! + column;
  }
}

function lineStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return starts;
}

// ——— The tree ————————————————————————————————————————————————————————————————————————————————————————————————————

type OpenSequence = { kind: 'sequence'; from: number; to: number; flow: boolean; items: YamlNode[]; tag?: string };
type OpenMapping = {
  kind: 'mapping';
  from: number;
  to: number;
  flow: boolean;
  entries: Entry[];
  written?: readonly Entry[];
  merges?: boolean;
  tag?: string;
};
interface Open {
  readonly node: OpenSequence | OpenMapping;
  /** Whether it starts with a bracket: a pair in a flow list (`[a: b]`) does not. */
  readonly bracketed: boolean;
  readonly anchor: string | undefined;
  key: YamlNode | undefined;
}

const unshifted = (offset: number): number => offset;

function buildTree(
  text: string,
  events: readonly Event[],
  original: (offset: number) => number,
  notes: Notes,
): YamlNode | undefined {
  const anchors = new Map<string, Exclude<YamlNode, Alias>>();
  const stack: Open[] = [];
  let root: YamlNode | undefined;
  // The end of the last event in the parsed text: the position of an empty value or of the next closing bracket.
  let end = 0;

  const refuseTag = (from: number, to: number): void => {
    const message = l10n.t(
      'PyYAML’s safe loader does not know the tag “{0}”.',
      text.slice(from, Math.min(to, from + 60)),
    );
    notes.refuse({ from: original(from), to: original(to) }, 'yaml-tag', message, l10n.t('Remove the tag.'));
  };

  const place = (node: YamlNode): void => {
    const open = stack.at(-1);
    if (!open) root ??= node;
    else if (open.node.kind === 'sequence') open.node.items.push(node);
    else if (open.key === undefined) open.key = node;
    else {
      open.node.entries.push({ key: open.key, value: node });
      open.key = undefined;
    }
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (root) {
          // Only the first document is the spec. PyYAML's safe_load: “expected a single document in the stream”.
          const at = original(documentStart(text, end));
          notes.refuse(
            { from: at, to: Math.min(at + 3, original(text.length)) },
            'yaml-documents',
            l10n.t('A second document begins here, but frameworks only accept a single document.'),
            l10n.t('Remove this line, or everything after it.'),
          );
          return root;
        }
        break;
      case EVENT_ID.SCALAR: {
        let from = event.valueStart;
        let to = event.valueEnd;
        const style =
          event.style === SCALAR_STYLE.PLAIN
            ? 'plain'
            : event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
              ? 'quoted'
              : 'block';
        const tag = event.tagStart < 0 ? undefined : tagText(text, event.tagStart, event.tagEnd);
        const { isText, known } = tag === undefined ? untagged : tagOf(tag);
        if (!known) refuseTag(event.tagStart, event.tagEnd);
        let isUnmarkedKey = false;
        const content = from < 0 ? '' : event.fast ? text.slice(from, to) : getScalarValue(text, event);
        if (from < 0) {
          // An empty value comes after the `:` or `-` that it belongs to.
          const open = stack.at(-1);
          const isKey = open?.node.kind === 'mapping' && open.node.flow && open.key === undefined;
          isUnmarkedKey =
            isKey &&
            event.anchorEnd < 0 &&
            event.tagEnd < 0 &&
            text[end - 1] !== '?' &&
            !explicitKey.test(text.slice(end, end + 1000));
          const mark = emptyAt(text, Math.max(end, event.anchorEnd, event.tagEnd));
          from = mark;
          to = mark;
        } else if (style === 'quoted') {
          from--;
          to++;
        }
        end = to;
        const scalar: Scalar = {
          kind: 'scalar',
          from: original(from),
          to: original(to),
          text: content,
          style: isText === undefined ? style : isText ? 'quoted' : 'plain',
          ...(tag !== undefined && { tag }),
        };
        // parser.py, parse_flow_sequence_entry and parse_flow_mapping_key: in brackets only `?` makes an empty key.
        if (isUnmarkedKey) notes.refuse({ from: scalar.from, to: scalar.to }, 'yaml-no-key', noKey());
        if (style === 'plain' && content.charCodeAt(0) === 58 && stack.at(-1)?.node.flow === true) {
          // scanner.py, check_plain: in brackets a plain scalar cannot begin with a colon.
          notes.refuse(
            { from: scalar.from, to: scalar.to },
            'yaml-leading-colon',
            l10n.t('PyYAML rejects text that begins with a colon inside brackets.'),
            l10n.t('Remove the colon, or quote the text.'),
          );
        }
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), scalar);
        place(scalar);
        break;
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const tag = event.tagStart < 0 ? undefined : tagText(text, event.tagStart, event.tagEnd);
        if (tag !== undefined && !tagOf(tag).known) refuseTag(event.tagStart, event.tagEnd);
        const tagged = tag === undefined ? undefined : { tag };
        const from = original(event.start);
        const flow = event.style === COLLECTION_STYLE.FLOW;
        stack.push({
          node:
            event.type === EVENT_ID.SEQUENCE
              ? { kind: 'sequence', from, to: from, flow, items: [], ...tagged }
              : { kind: 'mapping', from, to: from, flow, entries: [], ...tagged },
          bracketed: flow && text[event.start] === (event.type === EVENT_ID.SEQUENCE ? '[' : '{'),
          anchor: event.anchorStart >= 0 ? text.slice(event.anchorStart, event.anchorEnd) : undefined,
          key: undefined,
        });
        end = flow ? event.start + 1 : event.start;
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        end = event.anchorEnd;
        if (!anchors.has(name)) {
          notes.refuse(
            { from: original(event.anchorStart - 1), to: original(end) },
            'unknown-anchor',
            l10n.t('There is no anchor “{0}” above.', `&${name}`),
          );
        }
        place({
          kind: 'alias',
          from: original(event.anchorStart - 1),
          to: original(end),
          name,
          target: anchors.get(name),
        });
        break;
      }
      case EVENT_ID.POP: {
        const open = stack.pop();
        if (!open) break;
        if (open.bracketed) end = closingBracket(text, end, open.node.kind === 'sequence' ? ']' : '}');
        open.node.to = original(end);
        if (open.node.kind === 'mapping') checkKeys(open.node, notes);
        const node: Sequence | Mapping = open.node;
        if (open.anchor !== undefined) anchors.set(open.anchor, node);
        place(node);
        break;
      }
    }
  }
  return root;
}

const untagged: { readonly isText?: boolean; readonly known: boolean } = { known: true };

/** A tag as PyYAML scans it: up to the next white space, including brackets. */
function tagText(text: string, from: number, to: number): string {
  return text.slice(from, /\s|^$/.test(text[to] ?? '') ? to : to + 1);
}

/** The effect of a tag on a scalar, as far as PyYAML's SafeConstructor supports it. */
function tagOf(tag: string): { readonly isText?: boolean; readonly known: boolean } {
  if (tag === '!' || tag === '!!str') return { isText: true, known: true };
  if (/^!!(?:int|float|bool|null)$/.test(tag)) return { isText: false, known: true };
  return { known: /^!!(?:seq|map|set|omap|pairs|binary|timestamp)$/.test(tag) };
}

const noKey = (): string => l10n.t('The key before this colon is missing.');

/** Whether the next character in brackets is a question mark, which may have nothing after it. */
const explicitKey = /^(?:[\s,[{]|#[^\n]*)*\?/;

/** Of entries with the same key, the last takes precedence, as in PyYAML's dict; unhashable keys are rejected. */
function checkKeys(mapping: OpenMapping, notes: Notes): void {
  const { entries } = mapping;
  let isMerging = false;
  for (let at = 0; at < entries.length; at++) {
    const { key } = entries[at]!;
    if (key.kind === 'scalar') {
      if (key.text === '<<' && key.style === 'plain') isMerging = true;
      else if (key.text === '' && key.style === 'plain' && key.from === key.to && !mapping.flow)
        notes.refuse({ from: key.from, to: key.to }, 'yaml-no-key', noKey());
    } else if (key.kind !== 'alias')
      notes.refuse({ from: key.from, to: key.to }, 'yaml-key-type', l10n.t('A list or a mapping cannot be a key.'));
  }
  if (isMerging) mapping.merges = true;
  if (entries.length < 2 || !hasDuplicates(entries)) return;
  const last = new Map(entries.map(entry => [nameOf(entry), entry]));
  const counting = entries.filter(entry => {
    const name = nameOf(entry);
    return name === undefined || last.get(name) === entry;
  });
  for (const { key } of entries) {
    const winner = key.kind === 'scalar' && last.get(key.text);
    if (!winner || winner.key === key) continue;
    const related = [{ range: { from: winner.key.from, to: winner.key.to }, message: l10n.t('This one counts.') }];
    const line = notes.lineAt(winner.key.from);
    notes.problems.push({
      range: { from: key.from, to: key.to },
      severity: 'warning',
      code: 'duplicate-key',
      message: l10n.t(
        '“{0}” is repeated on line {1}; only the last one counts.',
        key.kind === 'scalar' ? key.text.slice(0, 60) : '',
        line,
      ),
      help: l10n.t('Remove one of them.'),
      related,
    });
  }
  mapping.written = entries;
  mapping.entries = counting;
}

function nameOf({ key }: Entry): string | undefined {
  return key.kind === 'scalar' && !(key.style === 'plain' && key.text === '<<') ? key.text : undefined;
}

function hasDuplicates(entries: readonly Entry[]): boolean {
  if (entries.length > 12) {
    const names = entries.map(nameOf).filter(name => name !== undefined);
    return new Set(names).size < names.length;
  }
  // Most mappings have few keys, for which comparing is faster than a set.
  for (let at = 1; at < entries.length; at++) {
    const { key } = entries[at]!;
    if (key.kind !== 'scalar' || key.text === '<<') continue;
    const { text } = key;
    for (let before = 0; before < at; before++) {
      const other = entries[before]!.key;
      if (other.kind === 'scalar' && other.text === text) return true;
    }
  }
  return false;
}

/** The offset of the next document's marker. */
function documentStart(text: string, from: number): number {
  const match = /^(?:---|\.\.\.)/gm;
  match.lastIndex = from;
  return match.exec(text)?.index ?? from;
}

/** The offset after the bracket that closes a flow collection, whose last part ends at `from`. */
function closingBracket(text: string, from: number, bracket: string): number {
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === bracket) return at + 1;
    if (char === '#') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) return text.length;
      at = lineEnd;
    }
  }
  return text.length;
}

/** The position of an empty value: after the next `:`, `-` or `,` on the same line, else here. */
function emptyAt(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === ':' || char === '-' || char === '?') return at + 1;
    if (char === '#') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) return from;
      at = lineEnd;
    } else if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return from;
  }
  return from;
}
