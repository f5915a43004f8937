import type { Range } from './range.ts';

/** An edit of a text: `from` to `to` is replaced by `text`. Offsets refer to the text before all edits. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Applies edits. They may touch, but must not overlap; insertions at the same place are applied in order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: fresh } of sorted(edits)) {
    result += text.slice(at, from) + fresh;
    at = to;
  }
  return result + text.slice(at);
}

/** Maps an offset to the text after edits: after text inserted there; undefined inside of replaced text. */
export function mapOffset(edits: readonly TextEdit[]): (offset: number) => number | undefined {
  const list = sorted(edits);
  // By how much each edit shifts the text after it.
  const deltas: number[] = [];
  for (const { from, to, text } of list) deltas.push((deltas.at(-1) ?? 0) + text.length - (to - from));
  return offset => {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.from > offset) high = middle;
      else low = middle + 1;
    }
    const last = list[low - 1];
    if (!last) return offset;
    return last.to > offset ? undefined : offset + deltas[low - 1]!;
  };
}

/**
 * Maps a range of the text after edits to the text before them; undefined if it begins in inserted text, or contains an
 * edit (unless `holdsPlaces`, for ranges that contain others).
 */
export function placesBefore(edits: readonly TextEdit[]): (range: Range, holdsPlaces: boolean) => Range | undefined {
  let delta = 0;
  const changes = sorted(edits).map(({ from, to, text }) => {
    const start = from + delta;
    delta += text.length - (to - from);
    return { from: start, to: start + text.length, before: { from, to }, delta };
  });
  /** The last edit that ends at or before an offset. */
  const lastBefore = (offset: number): (typeof changes)[number] | undefined =>
    changes.findLast(({ from, to }) => to <= offset && (to > from || from < offset));
  return ({ from, to }, holdsPlaces) => {
    const isChanged = changes.some(change =>
      change.to > change.from ? change.from < to && from < change.to : from < change.from && change.from < to,
    );
    const begins = changes.find(change => change.from <= from && from < change.to);
    if (begins || (isChanged && !holdsPlaces)) return undefined;
    const start = from - (changes.findLast(change => change.to <= from)?.delta ?? 0);
    const within = changes.find(change => change.from < to && to < change.to);
    const end = within ? within.before.to : to - (lastBefore(to)?.delta ?? 0);
    return { from: start, to: Math.max(start, end) };
  };
}

/** Composes two lists of edits; offsets of `second` refer to the text after `first`. */
export function composed(first: readonly TextEdit[], second: readonly TextEdit[]): readonly TextEdit[] {
  // From last to first, so that the text before each edit is still unchanged.
  return sorted(second).reduceRight(withEdit, sorted(first));
}

function withEdit(list: readonly TextEdit[], { from, to, text }: TextEdit): readonly TextEdit[] {
  const result: TextEdit[] = [];
  let at = 0;
  // By how much the text between two edits is shifted.
  let delta = 0;
  const pass = (edit: TextEdit): void => {
    delta += edit.text.length - (edit.to - edit.from);
    at++;
  };
  for (let edit = list[at]; edit && edit.from + delta + edit.text.length < from; edit = list[at]) {
    result.push(edit);
    pass(edit);
  }
  // The parts of inserted text that this edit leaves on both sides.
  const first = list[at];
  const isWithin = first !== undefined && first.from + delta <= from;
  const start = isWithin ? first.from : from - delta;
  const before = isWithin ? first.text.slice(0, from - first.from - delta) : '';
  let end: number | undefined;
  let after = '';
  for (let edit = list[at]; edit && edit.from + delta <= to; edit = list[at]) {
    const reaches = edit.from + delta + edit.text.length >= to;
    end = reaches ? edit.to : undefined;
    after = reaches ? edit.text.slice(to - edit.from - delta) : '';
    pass(edit);
  }
  result.push({ from: start, to: end ?? to - delta, text: before + text + after });
  return [...result, ...list.slice(at)];
}

function sorted(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits.toSorted((a, b) => a.from - b.from || a.to - b.to);
}
