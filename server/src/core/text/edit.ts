import type { Range } from './range.ts';

/** A change of a text: what stands from `from` to `to` becomes `text`. Offsets are those of the text before all edits. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text with all edits made. Edits may touch, but must not overlap; of two insertions at one place the first comes first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: fresh } of sorted(edits)) {
    result += text.slice(at, from) + fresh;
    at = to;
  }
  return result + text.slice(at);
}

/** Where an offset of the text before lies after edits: behind what is inserted there; undefined inside what is replaced. */
export function mapOffset(edits: readonly TextEdit[]): (offset: number) => number | undefined {
  const list = sorted(edits);
  // How much further what is behind each edit lies then.
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
 * Where a range of the text after edits lies in the text before them; undefined for what begins in what they put there,
 * and for what holds a place that they changed, unless it `holdsPlaces` of its own.
 */
export function placesBefore(edits: readonly TextEdit[]): (range: Range, holdsPlaces: boolean) => Range | undefined {
  let delta = 0;
  const changes = sorted(edits).map(({ from, to, text }) => {
    const start = from + delta;
    delta += text.length - (to - from);
    return { from: start, to: start + text.length, before: { from, to }, delta };
  });
  /** An offset in front of which a change ends is after it. */
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

/** One list of edits that does what two do one after the other: offsets of `second` are those of the text after `first`. */
export function composed(first: readonly TextEdit[], second: readonly TextEdit[]): readonly TextEdit[] {
  // From the last one on: what stands before an edit is then as it was.
  return sorted(second).reduceRight(withEdit, sorted(first));
}

function withEdit(list: readonly TextEdit[], { from, to, text }: TextEdit): readonly TextEdit[] {
  const result: TextEdit[] = [];
  let at = 0;
  // How much further an offset between two edits of the list lies in the text after them.
  let delta = 0;
  const pass = (edit: TextEdit): void => {
    delta += edit.text.length - (edit.to - edit.from);
    at++;
  };
  for (let edit = list[at]; edit && edit.from + delta + edit.text.length < from; edit = list[at]) {
    result.push(edit);
    pass(edit);
  }
  // What the list puts there and this edit leaves of it, on both sides.
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
