// Line-based diff of two texts, as edits.
import { commonEnd, commonStart } from './common.ts';
import type { TextEdit } from './edit.ts';

/** Above this number of line pairs, lines are not compared one by one. */
const mostPairs = 250_000;

/** The whole-line edits that turn one text into the other, with as few lines as possible, from top to bottom. */
export function lineEdits(before: string, after: string): readonly TextEdit[] {
  if (before === after) return [];
  const start = lineStart(before, commonStart(before, after));
  const same = commonEnd(before, after, start);
  const end = commonLine(before, after, same);
  const [from, to] = [before.slice(start, end), after.slice(start, after.length - (before.length - end))];
  const edits = hunksOf(linesOf(from), linesOf(to)).map(({ from, to, text }) => ({
    from: start + from,
    to: start + to,
    text,
  }));
  return edits.map((edit, at) => aligned(before, edit, edits[at - 1]?.to ?? 0, edits[at + 1]?.from ?? before.length));
}

/**
 * Picks, among the equivalent positions of an inserted or deleted block of lines, the one that starts like an item:
 * between two layers, `layer {` … `}` and `}` `layer {` … are the same change. `first` and `last` limit the shift.
 */
function aligned(text: string, edit: TextEdit, first: number, last: number): TextEdit {
  const isAdded = edit.from === edit.to;
  if (!isAdded && edit.text !== '') return edit;
  const piece = isAdded ? edit.text : text.slice(edit.from, edit.to);
  if (!piece.endsWith('\n')) return edit;
  const length = edit.to - edit.from;
  const at = (from: number, moved: string): TextEdit => ({ from, to: from + length, text: isAdded ? moved : '' });
  let best = { edit, rank: rankOf(piece) };
  const look = (from: number, moved: string): void => {
    const rank = rankOf(moved);
    if (rank < best.rank) best = { edit: at(from, moved), rank };
  };
  for (let [from, moved] = [edit.from, piece]; from > first; ) {
    const line = text.slice(lineStart(text, from - 1), from);
    if (!`\n${moved}`.endsWith(`\n${line}`)) break;
    from -= line.length;
    moved = line + moved.slice(0, moved.length - line.length);
    look(from, moved);
  }
  for (let [from, moved] = [edit.from, piece]; from + length < last; ) {
    const end = text.indexOf('\n', from + length);
    const line = text.slice(from + length, end + 1);
    if (end < 0 || !moved.startsWith(line)) break;
    from += line.length;
    moved = moved.slice(line.length) + line;
    look(from, moved);
  }
  return best.edit;
}

/** Lower is better: the first line has a dash, a header or a brace, and no indentation. */
function rankOf(lines: string): number {
  const [, indent, line] = /^(\s*)([^\n]*)/.exec(lines.slice(0, lines.indexOf('\n')))!;
  const kind = line === '' || /^[}\]]/.test(line!) ? 2 : /^[-[]|\{\s*$/.test(line!) ? 0 : 1;
  return kind * 1000 + indent!.length;
}

/** The start of the line that contains an offset. */
function lineStart(text: string, offset: number): number {
  // lastIndexOf with a position of −1 would still find a line break at index 0.
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The first line start in the common suffix; an offset of the first text. */
function commonLine(before: string, after: string, same: number): number {
  const at = before.length - same;
  const begins = (text: string, offset: number): boolean => offset === 0 || text[offset - 1] === '\n';
  if (begins(before, at) && begins(after, after.length - same)) return at;
  const end = before.indexOf('\n', at);
  return end < 0 ? before.length : end + 1;
}

/** The lines, including their line breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

function hunksOf(a: readonly string[], b: readonly string[]): readonly TextEdit[] {
  const pairs = a.length * b.length > mostPairs ? [] : commonLines(a, b);
  const edits: TextEdit[] = [];
  let [x, y, at] = [0, 0, 0];
  const length = (first: number, end: number): number =>
    a.slice(first, end).reduce((sum, line) => sum + line.length, 0);
  for (const [nextX, nextY] of [...pairs, [a.length, b.length] as const]) {
    // If the number of lines is the same, each line is a separate edit.
    const each = nextX - x === nextY - y ? nextX - x : 1;
    for (let part = 0; part < each; part++) {
      const [endX, endY] = each > 1 ? [x + 1, y + 1] : [nextX, nextY];
      const to = at + length(x, endX);
      if (endX > x || endY > y) edits.push({ from: at, to, text: b.slice(y, endY).join('') });
      [x, y, at] = [endX, endY, to];
    }
    if (nextX < a.length) at += a[nextX]!.length;
    [x, y] = [nextX + 1, nextY + 1];
  }
  return edits;
}

/** The longest common subsequence of lines, as pairs of line numbers. */
function commonLines(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  for (let x = a.length - 1; x >= 0; x--) {
    for (let y = b.length - 1; y >= 0; y--) {
      best[x * width + y] =
        a[x] === b[y]
          ? best[(x + 1) * width + y + 1]! + 1
          : Math.max(best[(x + 1) * width + y]!, best[x * width + y + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let x = 0, y = 0; x < a.length && y < b.length; ) {
    if (a[x] === b[y]) pairs.push([x++, y++]);
    else if (best[(x + 1) * width + y]! >= best[x * width + y + 1]!) x++;
    else y++;
  }
  return pairs;
}
