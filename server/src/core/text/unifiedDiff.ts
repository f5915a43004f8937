import type { TextEdit } from './edit.ts';

/** Lines shown around a change. */
const context = 3;

/** A range of whole lines and its replacement; line numbers are 0-based, `end` is exclusive. */
interface Hunk {
  start: number;
  end: number;
  fresh: readonly string[];
}

/** Edits as a unified diff, for `patch` and `git apply -p0`; empty if nothing changes. */
export function unifiedDiff(path: string, text: string, edits: readonly TextEdit[]): string {
  const lines = linesOf(text);
  const hunks = changesOf(text, lines, edits);
  if (hunks.length === 0) return '';
  const written = [`--- ${path}\n`, `+++ ${path}\n`];
  // By how many lines the changes so far shift those after them.
  let moved = 0;
  for (let at = 0; at < hunks.length; ) {
    const group = [hunks[at++]!];
    while (at < hunks.length && hunks[at]!.start - group.at(-1)!.end <= 2 * context) group.push(hunks[at++]!);
    const from = Math.max(0, group[0]!.start - context);
    const to = Math.min(lines.length, group.at(-1)!.end + context);
    const grown = group.reduce((sum, { start, end, fresh }) => sum + fresh.length - (end - start), 0);
    written.push(`@@ -${span(from, to - from)} +${span(from + moved, to - from + grown)} @@\n`);
    let line = from;
    for (const { start, end, fresh } of group) {
      for (; line < start; line++) written.push(marked(' ', lines[line]!));
      for (; line < end; line++) written.push(marked('-', lines[line]!));
      for (const own of fresh) written.push(marked('+', own));
    }
    for (; line < to; line++) written.push(marked(' ', lines[line]!));
    moved += grown;
  }
  return written.join('');
}

/** The same without context and limited to so many lines; also returns how many lines were left out. */
export function briefDiff(
  text: string,
  edits: readonly TextEdit[],
  most: number,
): { readonly text: string; readonly left: number } {
  const written: string[] = [];
  let moved = 0;
  let left = 0;
  const lines = linesOf(text);
  for (const { start, end, fresh } of changesOf(text, lines, edits)) {
    const gone = lines.slice(start, end);
    const own = [...gone.map(line => marked('-', line)), ...fresh.map(line => marked('+', line))];
    // A change is shown completely or not at all; the first one as far as there is room.
    const isShown = left === 0 && (written.length === 0 || written.length + own.length <= most);
    const shown = isShown ? own.slice(0, most) : [];
    if (shown.length > 0)
      written.push(`@@ -${span(start, gone.length)} +${span(start + moved, fresh.length)} @@\n`, ...shown);
    left += own.length - shown.length;
    moved += fresh.length - gone.length;
  }
  return { text: written.join('').trimEnd(), left };
}

/** The line ranges that edits touch, without unchanged lines at their ends. */
function changesOf(text: string, lines: readonly string[], edits: readonly TextEdit[]): Hunk[] {
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + line.length);
  const lineAt = (offset: number): number => {
    let [low, high] = [0, Math.max(0, lines.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const touched: { start: number; end: number; edits: TextEdit[] }[] = [];
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    const [start, end] = [lineAt(edit.from), Math.min(lines.length, lineAt(edit.to) + 1)];
    const last = touched.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else touched.push({ start, end, edits: [edit] });
  }
  return touched.reduce<Hunk[]>((hunks, { start, end, edits: own }) => {
    let at = starts[start]!;
    let made = '';
    for (const { from, to, text: fresh } of own) {
      made += text.slice(at, from) + fresh;
      at = to;
    }
    const fresh = linesOf(made + text.slice(at, starts[end]!));
    const old = lines.slice(start, end);
    // An insertion before a line may start with the same text; the line itself is unchanged.
    const most = Math.min(old.length, fresh.length);
    let tail = 0;
    while (tail < most && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
    let head = 0;
    while (head < most - tail && old[head] === fresh[head]) head++;
    const hunk = { start: start + head, end: end - tail, fresh: fresh.slice(head, fresh.length - tail) };
    const last = hunks.at(-1);
    if (hunk.start === hunk.end && hunk.fresh.length === 0) return hunks;
    // Deletions come before insertions.
    if (last?.end === hunk.start) Object.assign(last, { end: hunk.end, fresh: [...last.fresh, ...hunk.fresh] });
    else hunks.push(hunk);
    return hunks;
  }, []);
}

/** Lines with their line feeds; a carriage return is part of its line. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** 1-based; for zero lines, the line before. */
const span = (from: number, count: number): string => `${count === 0 ? from : from + 1},${count}`;

function marked(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}
