// Candidate repairs of a YAML line that the parser rejects; each one undoes a single slip.
import * as l10n from '@vscode/l10n';
import type { Range } from '../text/range.ts';

/** A line with one slip undone. */
export interface LineRepair {
  readonly line: number;
  /** The repaired line. */
  readonly text: string;
  readonly code: string;
  /** What is wrong with the line, and why. */
  readonly message: string;
  /** What to do about it, as a separate sentence. */
  readonly help?: string;
  /** A verb phrase for the fix. */
  readonly title: string;
  /** The wrong part of the line; default: all of its content. */
  readonly at?: Range | undefined;
}

/** Full-width characters from input methods that stand for ASCII, in addition to U+FF01 to U+FF5E. */
const fullWidth: Readonly<Record<string, string>> = {
  '\u3000': ' ',
  '\u00a0': ' ',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '、': ',',
  '。': '.',
  '【': '[',
  '】': ']',
  '「': '[',
  '」': ']',
  '－': '-',
  '—': '-',
  '–': '-',
  '−': '-',
};

const wide = /[\u3000\u00a0“”‘’、。【】「」—–−\uff01-\uff5e]/;
const wides = /[\u3000\u00a0“”‘’、。【】「」—–−\uff01-\uff5e]/g;

function narrowed(char: string): string {
  return fullWidth[char] ?? String.fromCharCode(char.charCodeAt(0) - 0xfee0);
}

/** The intended character; YAML also wants a space after a colon, which a full-width colon visually includes. */
function spacedOut(char: string, at: number, content: string): string {
  const ascii = narrowed(char);
  return ascii === ':' && /\S/.test(content[at + 1] ?? ' ') ? ': ' : ascii;
}

export function hasFullWidth(text: string): boolean {
  return wide.test(text);
}

/** The line with ASCII instead of full-width characters; undefined if there are none outside its comment. */
export function narrow(text: string, line: number): LineRepair | undefined {
  const end = contentEnd(text);
  const content = text.slice(0, end);
  const at = content.search(wide);
  if (at < 0) return undefined;
  const char = content[at]!;
  const ascii = narrowed(char);
  const isSpace = ascii === ' ';
  const message = isSpace
    ? char === '\u3000'
      ? l10n.t('This is a full-width space; YAML needs a plain space.')
      : l10n.t('This is a no-break space; YAML needs a plain space.')
    : char.charCodeAt(0) >= 0xff00
      ? l10n.t('“{0}” is a full-width character; YAML needs “{1}”.', char, ascii)
      : l10n.t('“{0}” is a typographic character; YAML needs “{1}”.', char, ascii);
  return {
    line,
    text: content.replace(wides, spacedOut) + text.slice(end),
    code: 'yaml-full-width',
    message,
    title: isSpace ? l10n.t('Replace it with a space') : l10n.t('Replace it with “{0}”', ascii),
    at: { from: at, to: at + 1 },
  };
}

/** The surroundings of a line. */
interface Place {
  readonly lines: readonly string[];
  readonly line: number;
  readonly text: string;
  readonly indent: number;
  readonly content: string;
  readonly above: number | undefined;
  readonly below: number | undefined;
}

function placeOf(lines: readonly string[], line: number): Place {
  const text = lines[line]!;
  const indent = text.search(/\S/);
  return {
    lines,
    line,
    text,
    indent,
    content: text.slice(indent),
    above: contentLine(lines, line, -1),
    below: contentLine(lines, line, 1),
  };
}

/** The next line with content, up (−1) or down (1), within a few lines. */
export function contentLine(lines: readonly string[], line: number, step: 1 | -1): number | undefined {
  for (let at = line + step, left = 50; at >= 0 && at < lines.length && left > 0; at += step, left--) {
    if (/^\s*[^#\s]/.test(lines[at]!)) return at;
  }
  return undefined;
}

export function indentOf(text: string): number {
  return Math.max(0, text.search(/\S/));
}

/** Whether a line begins with a dash that is followed by a space or nothing. */
export function isDashed(text: string): boolean {
  return /^\s*-(?:\s|$)/.test(text);
}

/**
 * The columns of the dashes that a row on this line may align with: those of the lists that are open above it, and that
 * of the row below.
 */
export function dashColumns(lines: readonly string[], line: number): readonly number[] {
  const columns = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (let at = contentLine(lines, line, -1), left = 200; at !== undefined && left > 0; left--) {
    const text = lines[at]!;
    const indent = indentOf(text);
    if (indent < least) {
      if (isDashed(text))
        for (const match of text.matchAll(/-(?=\s)/g)) {
          if (text.slice(indent, match.index).replace(/[-\s]/g, '') !== '') break;
          columns.add(match.index);
        }
      least = indent;
      if (indent === 0 && !isDashed(text)) break;
    }
    at = contentLine(lines, at, -1);
  }
  const below = contentLine(lines, line, 1);
  if (below !== undefined && isDashed(lines[below]!)) columns.add(indentOf(lines[below]!));
  return [...columns];
}

/** All slips that a line may have; the parser decides which of them are a repair. */
export function* slips(lines: readonly string[], line: number): Generator<LineRepair> {
  const place = placeOf(lines, line);
  if (place.indent < 0 || place.content.startsWith('#')) return;
  const { text } = place;
  const narrower = narrow(text, line);
  if (narrower) {
    // Full-width characters are never intended, so do not offer other explanations.
    yield narrower;
    return;
  }
  yield* tabs(place);
  yield* indents(place);
  yield* dashes(place);
  yield* keys(place);
  yield* commas(place);
  yield* comments(place);
  yield* quotes(place);
  yield* brackets(place);
}

function* tabs({ text, line, indent, content, lines, above, below }: Place): Generator<LineRepair> {
  if (!/^ *\t/.test(text)) return;
  // Replace a tab by the indentation of a neighbor, preferably of the same kind (item or not).
  const alike = [above, below].filter(at => at !== undefined && isDashed(lines[at]!) === isDashed(content));
  for (const column of new Set(alike.map(at => indentOf(lines[at!]!)))) {
    yield {
      line,
      text: ' '.repeat(column) + content,
      code: 'yaml-tab',
      message: l10n.t('This line is indented with a tab, but YAML only allows spaces.'),
      title: indentTitle(column),
      at: { from: 0, to: indent },
    };
  }
}

function* indents(place: Place): Generator<LineRepair> {
  const { lines, line, indent, content, below, text } = place;
  if (/^ *\t/.test(text)) return;
  const dashed = isDashed(content);
  let columns: readonly number[];
  if (dashed) columns = dashColumns(lines, line);
  else {
    columns = [
      ...keyColumns(lines, line),
      ...(below === undefined || isDashed(lines[below]!) ? [] : [indentOf(lines[below]!)]),
    ];
  }
  const others = [...new Set(columns)].filter(column => column !== indent);
  const near = others.filter(column => Math.abs(column - indent) === 1);
  for (const column of near.length > 0 ? near : others) yield reindented(lines, line, column);
}

/** The line with the indentation of a neighbor. */
export function reindented(lines: readonly string[], line: number, column: number): LineRepair {
  const text = lines[line]!;
  const indent = indentOf(text);
  return {
    line,
    text: ' '.repeat(column) + text.slice(indent),
    code: 'yaml-indentation',
    message: isDashed(text)
      ? l10n.t('This row begins in column {0}, but its neighbors begin in column {1}.', indent + 1, column + 1)
      : l10n.t('This line begins in column {0}, but its neighbors begin in column {1}.', indent + 1, column + 1),
    title: indentTitle(column),
  };
}

/** The columns of the open keys above a line, including keys after a dash, such as `softmax` in `- softmax:`. */
function keyColumns(lines: readonly string[], line: number): readonly number[] {
  const columns = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (let at = contentLine(lines, line, -1), left = 200; at !== undefined && left > 0; left--) {
    const text = lines[at]!;
    const indent = indentOf(text);
    const column = isDashed(text) ? afterDash(text) : indent;
    if (column <= least && (isDashed(text) || /^\s*[^\s[{"'#]+.*:/.test(text))) columns.add(column);
    least = Math.min(least, indent);
    if (indent === 0 && !isDashed(text)) break;
    at = contentLine(lines, at, -1);
  }
  return [...columns];
}

function afterDash(text: string): number {
  return /^\s*-\s*/.exec(text)![0].length;
}

function indentTitle(column: number): string {
  if (column === 0) return l10n.t('Remove the indentation');
  return column === 1 ? l10n.t('Indent it by 1 space') : l10n.t('Indent it by {0} spaces', column);
}

function* dashes({ lines, line, text, indent, content, above, below }: Place): Generator<LineRepair> {
  const missing = /^(\s*)-(?=[^\s-])/.exec(text);
  const columns = [above, below].flatMap(at =>
    at !== undefined && isDashed(lines[at]!) ? [indentOf(lines[at]!)] : [],
  );
  if (missing) {
    const from = indent;
    yield {
      line,
      text: `${missing[1]}- ${text.slice(missing[0].length)}`,
      code: 'yaml-dash-without-space',
      message: l10n.t('The dash that starts a row must be followed by a space.'),
      title: l10n.t('Insert a space after the dash'),
      at: { from, to: from + 1 },
    };
  }
  if (isDashed(content)) return;
  for (const column of new Set(columns)) {
    yield {
      line,
      text: `${' '.repeat(column)}- ${content}`,
      code: 'yaml-missing-dash',
      message: l10n.t('The dash of this row is missing.'),
      help: l10n.t('Begin each row of a list with a dash and a space.'),
      title: l10n.t('Insert a dash before it'),
    };
  }
}

function* keys({ lines, line, text, indent, content, below }: Place): Generator<LineRepair> {
  const match = /^(\s*(?:-\s+)*)("[^"]*"|[\w.$-]+(?:\([^)]*\))?)(.*)$/.exec(text.slice(0, contentEnd(text)).trimEnd());
  if (!match) return;
  const [, lead, key, rest] = match as unknown as [string, string, string, string];
  const comment = text.slice(contentEnd(text));
  const at = { from: lead.length, to: lead.length + key.length };
  const behind = comment === '' ? '' : ` ${comment}`;
  const missing = {
    line,
    code: 'yaml-missing-colon',
    message: l10n.t('The colon after the key “{0}” is missing.', key.slice(0, 60)),
    title: l10n.t('Insert a colon after it'),
    at,
  } as const;
  if (rest.trim() === '') {
    // `- conv` above its settings is a key without colon; any other word with a dash is a row.
    if (isDashed(content) && (below === undefined || indentOf(lines[below]!) <= indent)) return;
    yield { ...missing, text: `${lead}${key}:${behind}` };
  } else if (/^:\S/.test(rest)) {
    yield {
      line,
      text: `${lead}${key}: ${rest.slice(1)}${behind}`,
      code: 'yaml-colon-without-space',
      message: l10n.t('The colon after a key must be followed by a space.'),
      title: l10n.t('Insert a space after the colon'),
      at: { from: at.to, to: at.to + 1 },
    };
  } else if (/^\s*[^\s:]/.test(rest)) {
    yield { ...missing, text: `${lead}${key}: ${rest.trimStart()}${behind}` };
  }
}

function* commas({ line, text }: Place): Generator<LineRepair> {
  const end = contentEnd(text);
  const content = text.slice(0, end).trimEnd();
  if (content.endsWith(',') && content.length > 1) {
    const at = content.length - 1;
    yield {
      line,
      text: `${text.slice(0, at)} ${text.slice(at + 1)}`,
      code: 'yaml-trailing-comma',
      message:
        isDashed(text) || !/^\s*["']?[\w.-]+["']?\s*:/.test(text)
          ? l10n.t('There is a comma after this row, but rows that begin with a dash are separated by line breaks.')
          : l10n.t('There is a comma after this value, but keys are separated by line breaks.'),
      title: l10n.t('Remove the comma'),
      at: { from: at, to: at + 1 },
    };
  }
  for (const { at, char, depth } of positions(text, end)) {
    const second = depth > 0 && char === ',' ? /^,\s*(?=,)/.exec(text.slice(at, end)) : null;
    if (!second) continue;
    yield {
      line,
      text: `${text.slice(0, at)} ${text.slice(at + 1)}`,
      code: 'yaml-double-comma',
      message: l10n.t('There is nothing between these two commas.'),
      title: l10n.t('Remove one of the commas'),
      at: { from: at, to: at + second[0].length + 1 },
    };
  }
  const missing = (at: number): LineRepair => ({
    line,
    text: `${text.slice(0, at)},${text.slice(at)}`,
    code: 'yaml-missing-comma',
    message: l10n.t('A comma is missing here.'),
    title: l10n.t('Insert a comma'),
    at: { from: Math.max(0, at - 1), to: Math.min(at + 1, text.length) },
  });
  // A row of a bracketed list: `[…]` above `[…]`.
  if (content.endsWith(']') && !isDashed(text)) yield missing(content.length);
  for (const { at, depth } of positions(text, end)) {
    if (depth === 0 || at === 0) continue;
    const before = text.slice(0, at).trimEnd().at(-1)!;
    const after = text.slice(at).trimStart()[0] ?? ',';
    const ends = /[\])}"'\w]/.test(before);
    const begins = /[[({"'\w.-]/.test(after);
    const apart = before !== text[at - 1] || /[\])}"']/.test(before) || /[[({"']/.test(after);
    if (ends && begins && apart && !/\s/.test(text[at - 1]!)) yield missing(at);
  }
}

/** Text after a bracketed row that is probably a comment without its `#`. */
function* comments({ line, text }: Place): Generator<LineRepair> {
  const end = contentEnd(text);
  let closed: number | undefined;
  for (const { at, depth, closes } of positions(text, end)) {
    if (closes && depth === 1) {
      closed = at + 1;
      break;
    }
  }
  const junk = closed === undefined ? undefined : /^(\s*)([^\s\],}[{#].*)$/.exec(text.slice(closed));
  if (closed === undefined || !junk || junk[2]!.startsWith(',')) return;
  const at = closed + junk[1]!.length;
  yield {
    line,
    text: `${text.slice(0, closed)} # ${text.slice(at)}`,
    code: 'yaml-text-after-row',
    message: l10n.t('This is neither part of the row nor a comment.'),
    help: l10n.t('Begin a comment with “#”.'),
    title: l10n.t('Make it a comment'),
    at: { from: at, to: text.trimEnd().length },
  };
}

function* quotes({ line, text }: Place): Generator<LineRepair> {
  for (const quote of ['"', "'"] as const) {
    const places = [...text].flatMap((char, at) => (char === quote ? [at] : []));
    if (places.length % 2 === 0) continue;
    for (const at of places) {
      const message = l10n.t('The quote {0} is unmatched.', quote);
      const where = { from: at, to: at + 1 };
      const base = { line, code: 'yaml-unmatched-quote', message, at: where } as const;
      yield { ...base, text: `${text.slice(0, at)} ${text.slice(at + 1)}`, title: l10n.t('Remove the quote') };
      const word = /^[^\s,[\]{}"']*/.exec(text.slice(at + 1))![0];
      const to = at + 1 + word.length;
      if (word) yield { ...base, text: text.slice(0, to) + quote + text.slice(to), title: l10n.t('Close the quote') };
      const before = /[^\s,[\]{}"']*$/.exec(text.slice(0, at))![0];
      const from = at - before.length;
      if (before)
        yield { ...base, text: text.slice(0, from) + quote + text.slice(from), title: l10n.t('Open the quote') };
    }
  }
}

const partner: Readonly<Record<string, string>> = { '[': ']', '{': '}', ']': '[', '}': '{' };

/** One bracket inserted or removed at every possible place. The format decides which results are rows. */
function* brackets({ line, text }: Place): Generator<LineRepair> {
  const end = contentEnd(text);
  const open: { char: string; at: number }[] = [];
  let surplus: { char: string; at: number } | undefined;
  for (const { at, opens, closes, char } of positions(text, end)) {
    if (opens) open.push({ char, at });
    else if (closes) {
      if (open.at(-1)?.char === partner[char]) open.pop();
      else surplus ??= { char, at };
    }
  }
  if (open.length > 0 && !surplus) {
    // Not closed: close it at the end of a part. If more than one is open, close all at the end.
    const { char, at } = open[0]!;
    const message = l10n.t('This “{0}” is never closed.', char);
    const base = { line, code: 'yaml-unclosed-bracket', message, at: { from: at, to: at + 1 } } as const;
    const content = text.slice(0, end).trimEnd();
    const tail = open
      .toReversed()
      .map(({ char: bracket }) => partner[bracket])
      .join('');
    yield {
      ...base,
      text: `${content}${tail} ${text.slice(content.length)}`.trimEnd(),
      title: l10n.t('Close it with “{0}” at the end', tail),
    };
    if (content.endsWith(','))
      yield {
        ...base,
        text: `${content.slice(0, -1)}${tail}, ${text.slice(content.length)}`.trimEnd(),
        title: l10n.t('Close it with “{0}”', tail),
      };
    if (open.length === 1) {
      for (const { at: place, boundary } of positions(text, end)) {
        if (place <= at || !boundary || place >= content.length) continue;
        yield {
          ...base,
          text: text.slice(0, place) + partner[char]! + text.slice(place),
          title: l10n.t('Close it with “{0}”', partner[char]!),
        };
      }
      yield { ...base, text: `${text.slice(0, at)} ${text.slice(at + 1)}`, title: l10n.t('Remove it') };
      for (const other of positions(text, end))
        if (other.opens && other.at !== at && other.char === char)
          yield {
            ...base,
            text: `${text.slice(0, other.at)} ${text.slice(other.at + 1)}`,
            title: l10n.t('Remove one “{0}”', char),
          };
    }
  } else if (surplus) {
    const { char, at } = surplus;
    const message = l10n.t('This “{0}” was never opened.', char);
    const base = { line, code: 'yaml-unopened-bracket', message, at: { from: at, to: at + 1 } } as const;
    for (const other of positions(text, end)) {
      if (other.closes && other.char === char)
        yield {
          ...base,
          text: `${text.slice(0, other.at)} ${text.slice(other.at + 1)}`,
          title: l10n.t('Remove one “{0}”', char),
        };
      if (other.starts && other.at <= at)
        yield {
          ...base,
          text: text.slice(0, other.at) + partner[char]! + text.slice(other.at),
          title: l10n.t('Open it with “{0}”', partner[char]!),
        };
    }
    // `[64, 3}`: one of the two is wrong.
    const opened = open.at(-1);
    if (opened)
      yield {
        ...base,
        code: 'yaml-wrong-bracket',
        message: l10n.t('This “{0}” should be “{1}”.', char, partner[opened.char]!),
        text: text.slice(0, at) + partner[opened.char]! + text.slice(at + 1),
        title: l10n.t('Change it to “{0}”', partner[opened.char]!),
      };
  }
}

interface Position {
  readonly at: number;
  readonly char: string;
  /** The number of open brackets before it. */
  readonly depth: number;
  readonly opens: boolean;
  readonly closes: boolean;
  /** Whether something ends here, so a closing bracket can be inserted. */
  readonly boundary: boolean;
  /** Whether something begins here, so an opening bracket can be inserted. */
  readonly starts: boolean;
}

/** The characters of a line outside of quotes and comments. */
function* positions(text: string, end: number): Generator<Position> {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < end; at++) {
    const char = text[at]!;
    if (quote) {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
      continue;
    }
    const before = text[at - 1] ?? ' ';
    const begins = /[\s,[{]/.test(before) && !/[\s,]/.test(char);
    if ((char === '"' || char === "'") && /[\s[{,:(]/.test(before)) quote = char;
    const opens = char === '[' || char === '{';
    const closes = char === ']' || char === '}';
    const boundary = char === ',' || closes;
    yield { at, char, depth, opens, closes, boundary, starts: begins };
    if (opens) depth++;
    if (closes) depth = Math.max(0, depth - 1);
  }
}

/** The start of a line's comment, else its end. */
export function contentEnd(text: string): number {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote) {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
    } else if ((char === '"' || char === "'") && /[\s[{,:(]/.test(text[at - 1] ?? ' ')) quote = char;
    else if (char === '#' && /[\s\]},]/.test(text[at - 1] ?? ' ')) return at;
  }
  // An unclosed quote hides the comment, so search for it without regard to quotes.
  return quote ? (/\s#/.exec(text)?.index ?? text.length) : text.length;
}

/** How many brackets a line leaves open (negative: closes too many), ignoring quotes and comments. */
export function balanceOf(text: string): number {
  let balance = 0;
  for (const { opens, closes } of positions(text, contentEnd(text))) balance += opens ? 1 : closes ? -1 : 0;
  return balance;
}

/** Whether a line has an unclosed quote. */
export function hasOpenQuote(text: string): boolean {
  const content = text.slice(0, contentEnd(text));
  return ['"', "'"].some(quote => content.split(quote).length % 2 === 0);
}

/** The first bracket that a line opens and does not close. */
export function openingOf(text: string): number | undefined {
  const open: number[] = [];
  for (const { at, opens, closes } of positions(text, contentEnd(text))) {
    if (opens) open.push(at);
    else if (closes) open.pop();
  }
  return open[0];
}
