/** A change of a text: what stands from `from` to `to` becomes `text`. Offsets are those of the text before all edits. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}
