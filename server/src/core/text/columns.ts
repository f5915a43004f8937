// Display width of text in a terminal or editor, in columns.

// Half-width forms and Latin take one column; CJK, kana, Hangul, full-width forms and emoji take two (UAX #11, W and
// F).
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;
// Latin, “…”, arrows, signs such as “−” and “≤”, and box-drawing characters: a fast path.
const narrow = /^[ -~\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2027\u2190-\u22FF\u2500-\u25FF]*$/;
/** Combining marks and invisible characters. */
const unseen = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** How many columns a text takes in a terminal. */
export function width(text: string): number {
  if (narrow.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    if (unseen.test(character)) continue;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Clips a text to so many columns, with an ellipsis. */
export function clipColumns(text: string, columns: number): string {
  // No unit takes more than two columns.
  if (2 * text.length <= columns || width(text) <= columns) return text;
  let shown = '';
  let used = 1;
  for (const character of text) {
    used += width(character);
    if (used > columns) break;
    shown += character;
  }
  return `${shown}…`;
}

const closing = '[，。；：、！？）》”…]*';
/** Unbreakable units: a word, or a wide character with punctuation that must not begin a line. */
const units = new RegExp(`\\s*(?:[（《“]*${wide.source}|(?:(?!${wide.source})\\S)+)${closing}`, 'gu');

/** Wraps a text to so many columns, at spaces and beside wide characters. */
export function linesOf(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [unit] of text.matchAll(units)) {
    if (line !== '' && width(line + unit) > columns) {
      lines.push(line);
      line = unit.trimStart();
    } else line += unit;
  }
  return line === '' ? lines : [...lines, line];
}
