// Expensive figures that several features use: computed once per text.
import type { ConventionName } from '../analysis/conventions.ts';
import { type Model, siteOf } from '../analysis/model.ts';
import { type Analysed, type NativeFigure, nativeFigure, repriced } from '../pipeline.ts';
import type { Lines } from '../text/lines.ts';

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

/** The model at another scale (`yolov8s`), under the same settings. */
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

/** How much of a mark is filled. */
export type Quarters = 1 | 2 | 3 | 4;

const standoutLines = new WeakMap<Model, { readonly most: number; readonly lines: ReadonlyMap<number, Quarters> }>();

/**
 * The 0-based lines that stand out, each with its share of the total in quarters, rounded: lines with at least an
 * eighth of the total and at least twice the average of the other lines. At most `most` lines, the costliest; lines
 * with the same percentage as the last of these are marked too, so that equal rows look equal. Empty if the total is
 * unknown. Lines of a program are compared within their function: a line that calls a part of the network costs as much
 * as all lines of that part together.
 */
export function standouts({ model, spec }: Analysed, most: number): ReadonlyMap<number, Quarters> {
  const known = standoutLines.get(model);
  if (known?.most === most) return known.lines;
  const total = model.totals.value;
  const isKnown = most > 0 && total.complete && total.value > 0;
  const rankings = !isKnown ? [] : spec.program ? programRankings(model) : [[rowsOf(model)]];
  const lines = new Map<number, Quarters>();
  for (const groups of rankings) {
    for (const { line, value } of costliest(groups, most, total.value))
      lines.set(line, Math.round((value / total.value) * 4) as Quarters);
  }
  standoutLines.set(model, { most, lines });
  return lines;
}

/** Lines that are compared with each other. */
interface Group {
  /** The number of lines with a cost, and their total. */
  costly: number;
  sum: number;
  /** The lines that may stand out. */
  readonly large: { readonly line: number; readonly value: number }[];
}

function costliest(groups: Iterable<Group>, most: number, total: number): Group['large'] {
  const found: Group['large'] = [];
  for (const { costly, sum, large } of groups) {
    if (costly < 2) continue;
    for (const one of large) if (one.value * (costly - 1) >= 2 * (sum - one.value)) found.push(one);
  }
  found.sort((a, b) => b.value - a.value);
  const percents = (value: number): number => Math.round((100 * value) / total);
  const last = found[most - 1];
  return last ? found.filter(({ value }) => percents(value) >= percents(last.value)) : found;
}

const isLarge = (value: number, total: number): boolean => value >= total / 8;

function rowsOf(model: Model): Group {
  const total = model.totals.value.value;
  const group: Group = { costly: 0, sum: total, large: [] };
  const { rows } = model.graph;
  for (let row = 0; row < rows.length; row++) {
    const value = model.rowValue(row);
    if (!(value > 0)) continue;
    group.costly++;
    const from = isLarge(value, total) ? siteOf(rows.at(row)) : undefined;
    if (from !== undefined) group.large.push({ line: model.lines.lineAt(from), value });
  }
  return group;
}

/** The lines of a program that construct layers, and those that call them, grouped by function. */
function programRankings(model: Model): readonly (readonly Group[])[] {
  const total = model.totals.value.value;
  const { lines } = model;
  const rankings = { construct: new Map<number, Group>(), call: new Map<number, Group>() };
  const functions = new Functions(lines);
  for (const { line, frames, cost } of model.lineCosts()) {
    const { value } = cost.value;
    const role = frames[0]?.sites.find(
      ({ range, file }) => file === undefined && lines.lineAt(range.from) === line,
    )?.role;
    if (!(value > 0) || (role !== 'construct' && role !== 'call')) continue;
    const groups = rankings[role];
    const head = functions.around(line);
    let group = groups.get(head);
    if (!group) {
      group = { costly: 0, sum: 0, large: [] };
      groups.set(head, group);
    }
    group.costly++;
    group.sum += value;
    if (isLarge(value, total)) group.large.push({ line, value });
  }
  return [[...rankings.construct.values()], [...rankings.call.values()]];
}

/** Finds the function around a line by indentation; queried from the first line to the last. */
class Functions {
  readonly #lines: Lines;
  readonly #open: { readonly line: number; readonly indent: number }[] = [];
  #next = 0;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** The line of the innermost `def` or `class` around a line; −1 if there is none. */
  around(line: number): number {
    for (; this.#next <= line; this.#next++) {
      const [, spaces, head] = /^([ \t]*)(?:(async\b|def\b|class\b)|[^\s#])?/.exec(this.#lines.textOf(this.#next))!;
      const indent = spaces!.length;
      if (this.#next === line || head) while ((this.#open.at(-1)?.indent ?? -1) >= indent) this.#open.pop();
      if (head) this.#open.push({ line: this.#next, indent });
    }
    return this.#open.findLast(({ line: head }) => head < line)?.line ?? -1;
  }
}
