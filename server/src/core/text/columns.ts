// Columns of a terminal and of an editor, which are not UTF-16 units.

// Half-width forms and Latin take one column; CJK, kana, Hangul, full-width forms and emoji take two (UAX #11, W and F).
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;
// Latin, “…”, arrows, and what rules and bars are drawn with.
const narrow = /^[ -~\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2027\u2190-\u21FF\u2500-\u25FF]*$/;
/** Marks that combine with the character before them, and what is not shown at all. */
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

/** A text that takes at most so many columns, with an ellipsis where it is cut. */
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
/** What stays on one line: a word, or a wide character with the punctuation that may not begin a line. */
const units = new RegExp(`\\s*(?:[（《“]*${wide.source}|(?:(?!${wide.source})\\S)+)${closing}`, 'gu');

/** Lines of at most so many columns: broken at spaces, and beside wide characters. */
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
