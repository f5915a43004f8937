/** A half-open span of a text, in UTF-16 code units from its start. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whether `inner` lies inside `outer` (touching ends count). */
export function contains(outer: Range, inner: Range): boolean {
  return inner.from >= outer.from && inner.to <= outer.to;
}
