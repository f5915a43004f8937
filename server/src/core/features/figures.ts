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

/** How full a mark is. */
export type Quarters = 1 | 2 | 3 | 4;

const standoutLines = new WeakMap<Model, { readonly most: number; readonly lines: ReadonlyMap<number, Quarters> }>();

/**
 * The 0-based lines of the rows that stand out, with the quarters of the total that each holds, rounded: those that hold
 * an eighth of it or more, and at least twice as much as the others on average. `most` of them, the costliest; what has
 * the same share in percent as the last of these is marked too, so that equal rows look equal. Of a total that is not
 * known, shares are not known either.
 */
export function standouts(model: Model, most: number): ReadonlyMap<number, Quarters> {
  const known = standoutLines.get(model);
  if (known?.most === most) return known.lines;
  const lines = new Map<number, Quarters>();
  for (const { row, share } of standoutRows(model, most)) {
    const from = siteOf(row);
    if (from !== undefined) lines.set(model.lines.lineAt(from), Math.round(share * 4) as Quarters);
  }
  standoutLines.set(model, { most, lines });
  return lines;
}

function standoutRows(model: Model, most: number): readonly { readonly row: Row; readonly share: number }[] {
  const total = model.totals.value;
  if (most === 0 || !total.complete || total.value === 0) return [];
  let costly = 0;
  const large: { readonly row: Row; readonly share: number }[] = [];
  const { rows } = model.graph;
  for (let row = 0; row < rows.length; row++) {
    const value = model.rowValue(row);
    if (!(value > 0)) continue;
    costly++;
    const share = value / total.value;
    if (share >= 1 / 8) large.push({ row: rows.at(row), share });
  }
  const found = large
    .filter(({ share }) => costly > 1 && share * (costly - 1) >= 2 * (1 - share))
    .sort((a, b) => b.share - a.share);
  const percents = (share: number): number => Math.round(share * 100);
  const last = found[most - 1];
  return last ? found.filter(({ share }) => percents(share) >= percents(last.share)) : found;
}
