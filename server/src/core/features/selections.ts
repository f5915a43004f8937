import type { Document } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import type { Span } from '../text/span.ts';

/** The ranges to which a selection at an offset can be expanded, from the smallest to the whole text. */
export function selectionsAt({ source, reader }: Document, offset: number): readonly Range[] {
  const found: Range[] = [{ from: 0, to: source.text.length }];
  const add = ({ from, to }: Range): void => {
    const last = found.at(-1)!;
    const isNew = from !== last.from || to !== last.to;
    if (isNew && to > from && from >= last.from && to <= last.to) found.push({ from, to });
  };
  let parts: readonly Span[] = reader?.spans?.() ?? [];
  while (parts.length > 0) {
    // If two touch, the one that begins here.
    const inner = parts.findLast(({ from, to }) => from <= offset && offset <= to);
    if (!inner) break;
    add(inner);
    parts = inner.parts;
  }
  return found.reverse();
}
