// Figures that several features ask for and that are dear: computed once for a text.
import type { ConventionName } from '../analysis/conventions.ts';
import { type Model, type Row, siteOf } from '../analysis/model.ts';
import { type Analysed, type NativeFigure, nativeFigure, repriced } from '../pipeline.ts';

const natives = new WeakMap<Analysed, { readonly figure: NativeFigure | undefined }>();

/** The figure that the spec's own framework prints. */
export function native(analysed: Analysed): NativeFigure | undefined {
  let known = natives.get(analysed);
  if (!known) {
    known = { figure: nativeFigure(analysed) };
    natives.set(analysed, known);
  }
  return known.figure;
}

const variants = new WeakMap<Analysed, Map<string, Model>>();

/** The model of another member of the family (`yolov8s`), under the same settings. */
export function variantModel(analysed: Analysed, name: string): Model {
  if (name === analysed.spec.variant) return analysed.model;
  let known = variants.get(analysed);
  if (!known) {
    known = new Map();
    variants.set(analysed, known);
  }
  let model = known.get(name);
  if (!model) {
    model = repriced(analysed, { scale: name }).model;
    known.set(name, model);
  }
  return model;
}

const conventions = new WeakMap<Model, Map<ConventionName, Model>>();

/** The same model under another convention. */
export function under(model: Model, convention: ConventionName): Model {
  let known = conventions.get(model);
  if (!known) {
    known = new Map();
    conventions.set(model, known);
  }
  let other = known.get(convention);
  if (!other) {
    other = model.under(convention);
    known.set(convention, other);
  }
  return other;
}

const costliestLines = new WeakMap<Model, { readonly count: number; readonly lines: ReadonlySet<number> }>();

/** The 0-based lines of the rows that cost most, at most `count` and at most every third row that costs anything. */
export function costliest(model: Model, count: number): ReadonlySet<number> {
  const known = costliestLines.get(model);
  if (known?.count === count) return known.lines;
  let costly = 0;
  // The few that lead, most first: a whole sort of thousands of rows at every keystroke would be waste.
  const top: { readonly value: number; readonly row: Row }[] = [];
  model.rowValues((value, row) => {
    if (!(value > 0)) return;
    costly++;
    if (top.length >= count && value <= (top.at(-1)?.value ?? 0)) return;
    const at = top.findIndex(other => other.value < value);
    top.splice(at < 0 ? top.length : at, 0, { value, row });
    if (top.length > count) top.pop();
  });
  const lines = new Set<number>();
  for (const { row } of top.slice(0, Math.floor(costly / 3))) {
    const from = siteOf(row);
    if (from !== undefined) lines.add(model.lines.lineAt(from));
  }
  costliestLines.set(model, { count, lines });
  return lines;
}
