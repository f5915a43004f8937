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
  return offset => {
    let delta = 0;
    for (const { from, to, text } of list) {
      if (from > offset) break;
      if (to > offset) return undefined;
      delta += text.length - (to - from);
    }
    return offset + delta;
  };
}

function sorted(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits.toSorted((a, b) => a.from - b.from || a.to - b.to);
}
