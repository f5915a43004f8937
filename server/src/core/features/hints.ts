import * as l10n from '@vscode/l10n';
import { type Amount, type Cost, isCertain, type LineCost } from '../analysis/model.ts';
import { type Frame, type SiteRole, useOf } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import { shapeText } from '../ops/rules/shape.ts';
import { type Analysed, shownAt } from '../pipeline.ts';
import { width } from '../text/columns.ts';
import { percent } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { clip } from '../text/wording.ts';
import { type Base, lineChanges } from './changes.ts';
import { standouts, variantModel } from './figures.ts';
import { rowNumbers } from './rowNumbers.ts';
import {
  amountText,
  bytesText,
  elementBytes,
  isBlank,
  orderOf,
  paramsText,
  shapeSpan,
  shortReason,
} from './wording.ts';

/** The hint at the end of a line. `hintDetail` is computed only when the pointer is on it. */
export interface Hint {
  /** The offset of the line's end. */
  readonly at: number;
  /** At most `maxLabel` columns, including the row number in front of the line. */
  readonly label: string;
  /** 0-based. */
  readonly line: number;
}

/**
 * VS Code truncates the hints of a line at 43 characters (`editor.inlayHints.maximumLength`), including the space in
 * front of the label. Wide characters take two columns.
 */
export const maxLabel = 42;

/** Marks of lines that stand out, by quarters of the total. */
const marks = { 1: '◔ ', 2: '◑ ', 3: '◕ ', 4: '● ' } as const;
const shown = '▸ ';

/** The mark of what depends on a row that cannot be read. */
const resting = '~ ';

/**
 * The hints of the lines that a range touches; other lines are not computed. With a base, hints include what has
 * changed since.
 */
export function hints(analysed: Analysed, within: Range, base?: Base): Hint[] {
  const { model, settings, document } = analysed;
  if (!settings.hints.enabled) return [];
  const { lines } = document;
  const first = lines.lineAt(within.from);
  const last = lines.lineAt(within.to);
  const marked = standouts(analysed, settings.hints.costliest);
  const template = parsed(settings.hints.template);
  const taken = lengthsOfNumbers(analysed, { from: lines.start(first), to: lines.end(last) });
  const changes = base && settings.hints.changes ? lineChanges(analysed, base, first, last) : undefined;
  const found: Hint[] = [];
  const seen = new Set<number>();
  for (const lineCost of model.lineCosts(first, last)) {
    const { line } = lineCost;
    seen.add(line);
    const quarters = marked.get(line);
    const change = changes?.get(line) ?? '';
    const ending = change === '' ? '' : ` · ${change}`;
    const room = (taken.get(line) ?? 0) + width(ending);
    const own = lineLabel(analysed, template, lineCost, quarters ? marks[quarters] : '', room);
    const label = own === '' ? change : own + ending;
    if (label !== '') found.push({ at: lines.end(line), label, line });
  }
  const others = [...variantHints(analysed, first, last), ...actualHints(analysed, template, first, last, seen, taken)];
  return others.length === 0 ? found : [...found, ...others].sort((a, b) => a.line - b.line);
}

/**
 * The hints of all lines of a network other than the one shown, in parentheses: they are in none of the totals shown.
 * For the same reason, they have no marks.
 */
export function hintsInParentheses(analysed: Analysed): Hint[] {
  const { model, settings, document } = analysed;
  if (!settings.hints.enabled) return [];
  const template = parsed(settings.hints.template);
  return model.lineCosts().flatMap(lineCost => {
    const label = lineLabel(analysed, template, lineCost, '', 2);
    return label === '' ? [] : [{ at: document.lines.end(lineCost.line), label: `(${label})`, line: lineCost.line }];
  });
}

/** The hints of rows that have stand-ins, from reading these rows as they are. */
function actualHints(
  analysed: Analysed,
  template: Template,
  first: number,
  last: number,
  seen: ReadonlySet<number>,
  taken: ReadonlyMap<number, number>,
): Hint[] {
  if (!analysed.standIns) return [];
  const { actual } = analysed.standIns;
  const { lines } = actual.document;
  return actual.model.lineCosts(first, last).flatMap(lineCost => {
    const { line } = lineCost;
    const isShown = !seen.has(line) && shownAt(analysed, line) === actual;
    const label = isShown ? lineLabel(actual, template, lineCost, '', taken.get(line)) : '';
    return label === '' ? [] : [{ at: lines.end(line), label, line }];
  });
}

/** The columns that row numbers take, by line. */
function lengthsOfNumbers(analysed: Analysed, within: Range): ReadonlyMap<number, number> {
  const { lines } = analysed.document;
  return new Map(rowNumbers(analysed, within).map(({ at, number }) => [lines.lineAt(at), String(number).length]));
}

/** Maximum number of operators, over all scales, that are counted for hints: these are computed at every keystroke. */
const mostOperators = 100_000;

/** The cost of each scale; if computing it would take long, only the hover shows it. */
function variantHints(analysed: Analysed, first: number, last: number): Hint[] {
  const { lines } = analysed.document;
  const found: Hint[] = [];
  const { variants, variant, reader } = analysed.spec;
  if (variants.length * analysed.model.graph.nodeCount > mostOperators) return found;
  for (const { name, range } of variants) {
    // Reading the text with Python would take another run per scale.
    if (reader !== undefined && name !== variant) continue;
    const line = lines.lineAt(range.from);
    if (line < first || line > last) continue;
    const { totals, convention } = variantModel(analysed, name);
    const [value, params] = [unsigned(totals.value), unsigned(totals.params)];
    const text = `${amountText(value, convention.unit)} · ${paramsText(params)}`;
    const before = (totals.value.standIn ? resting : '') + (name === variant ? shown : '');
    const label = clip(before + text, maxLabel);
    found.push({ at: lines.end(line), label, line });
  }
  return found;
}

const variables = ['shape', 'cost', 'params', 'share', 'times', 'memory'] as const;
type Variable = (typeof variables)[number];

/** A cached label of a shape: most lines are the same after an edit. */
interface Known {
  readonly template: Template;
  readonly unit: string;
  readonly mark: string;
  readonly taken: number;
  readonly role: SiteRole;
  readonly cost: number;
  readonly params: number;
  readonly label: string;
}

/** By shape, an object that the frames of equal rows share. */
const labels = new WeakMap<Shape, readonly Known[]>();
/** How many labels are cached per shape: for the rows that keep it, such as activations. */
const mostLabels = 4;

/** `taken`: columns that are not available. */
function lineLabel(analysed: Analysed, template: Template, line: LineCost, mark: string, taken = 0): string {
  const { frames, cost } = line;
  const shape = frames.length === 1 ? frames[0]!.outputs[0]?.shape : undefined;
  // Shares and memory depend on the whole network; so do unknowns.
  const isLocal = !template.has.has('share') && !template.has.has('memory');
  if (!shape || !isLocal || !isCertain(cost.value) || !isCertain(cost.params))
    return newLabel(analysed, template, line, mark, taken);
  const { unit } = analysed.model.convention;
  const role = roleOf(line, analysed);
  const [{ value }, { value: params }] = [cost.value, cost.params];
  const known = labels.get(shape) ?? [];
  for (const one of known) {
    const isSame =
      one.cost === value && one.params === params && one.mark === mark && one.taken === taken && one.role === role;
    if (isSame && one.template === template && one.unit === unit) return one.label;
  }
  const label = newLabel(analysed, template, line, mark, taken);
  labels.set(shape, [
    { template, unit, mark, taken, role, cost: value, params, label },
    ...known.slice(0, mostLabels - 1),
  ]);
  return label;
}

function newLabel(
  analysed: Analysed,
  template: Template,
  { line, frames, cost }: LineCost,
  mark: string,
  taken: number,
): string {
  const { model, settings } = analysed;
  const { items, times } = usesOf(frames, line, analysed);
  const rests = cost.value.standIn || cost.params.standIn;
  const before = (rests ? resting : '') + mark + (times > 1 && !template.has.has('times') ? `×${times} ` : '');
  const room = maxLabel - taken - width(before);
  // If a line has several items, show the output of the last one.
  const role = roleOf({ line, frames }, analysed);
  // The line that constructs a module has no output yet, and the line that calls it does not own its parameters.
  const shapes = role === 'construct' ? [] : shapesOf(items === 1 ? frames : frames.slice(-1));
  if (shapes.length === 0 && isBlank(cost)) return before + clip(reasonOf(cost, line, analysed), room);

  const unit = model.convention.unit;
  const order = orderOf(analysed);
  const values: Record<Variable, string> = {
    shape: shapes.length > 1 ? shapeSpan(shapes, order) : shapes[0] ? shapeText(shapes[0], order) : '',
    cost: orNothing(cost.value, amountText(unsigned(cost.value), unit)),
    params: role === 'call' ? '' : orNothing(cost.params, paramsText(unsigned(cost.params))),
    share: template.has.has('share') ? shareOf(cost, model.totals) : '',
    times: times > 1 ? `×${times}` : '',
    // Expensive and rarely used: the memory of a layer depends on the whole network.
    memory: template.has.has('memory')
      ? orNothing(cost.activations, bytesText(unsigned(cost.activations), elementBytes(settings) * settings.batch))
      : '',
  };
  const label = filled(template, values, room);
  // A mere count of constructions or calls without cost says nothing.
  if (label === '' && role !== 'use') return '';
  // If the cost is completely unknown, show the reason instead.
  if (cost.value.value > 0 || cost.value.complete || !template.has.has('cost')) return before + label;
  const reason = reasonOf(cost, line, analysed);
  for (const params of cost.params.complete ? [values.params, ''] : ['']) {
    const rest = room - width(filled(template, { ...values, params, cost: '?' }, 2 * maxLabel)) + 1;
    if (width(reason) <= rest || (params === '' && rest >= 16)) {
      return before + filled(template, { ...values, params, cost: clip(reason, rest) }, room);
    }
  }
  return before + label;
}

/** The role of a line for its first frame. */
function roleOf({ line, frames }: Pick<LineCost, 'line' | 'frames'>, { document: { lines } }: Analysed): SiteRole {
  const [from, to] = [lines.start(line), lines.end(line)];
  const site = frames[0]?.sites.find(({ range, file }) => file === undefined && range.from >= from && range.from <= to);
  return site?.role ?? 'use';
}

/** Drops the stand-in mark, which a hint has only once. */
const unsigned = ({ standIn, ...amount }: Amount): Amount => (standIn ? { ...amount, doubtful: false } : amount);

/** What is shown instead of an unknown cost: the reason, or where it lies. */
function reasonOf(cost: Cost, line: number, { document: { lines, format } }: Analysed): string {
  const from = placeOf(cost.cause?.node.frame);
  const there = from === undefined ? line : lines.lineAt(from);
  if (there !== line) {
    return format.items === 'rows' ? l10n.t('? row at line {0}', there + 1) : l10n.t('? layer at line {0}', there + 1);
  }
  return `? ${cost.why ? shortReason(cost.why) : l10n.t('unknown')}`;
}

/** The start of the innermost row around a frame; undefined for the network itself. */
function placeOf(frame: Frame | undefined): number | undefined {
  for (let at = frame; at; at = at.parent) {
    const place = useOf(at);
    if (place) return place.from;
  }
  return undefined;
}

const orNothing = ({ value, complete }: Cost['params'], text: string): string => (value === 0 && complete ? '' : text);

function shareOf(cost: Cost, totals: Cost): string {
  if (cost.value.value === 0 || totals.value.value === 0) return '';
  return percent(cost.value.value / totals.value.value);
}

function shapesOf(frames: readonly Frame[]): Shape[] {
  const shapes: Shape[] = [];
  for (const { outputs } of frames) {
    const shape = outputs[0]?.shape;
    if (shape && saysAnything(shape)) shapes.push(shape);
  }
  return shapes;
}

/** Whether a shape is worth showing: not if only its rank is known. */
function saysAnything(shape: Shape): boolean {
  for (let axis = 1; axis < shape.length; axis++) if (!Number.isNaN(shape[axis])) return true;
  return shape.length < 2;
}

/** How many items a line has, and how often each is used. */
function usesOf(frames: readonly Frame[], line: number, { document }: Analysed): { items: number; times: number } {
  if (frames.length === 1) return { items: 1, times: 1 };
  const { lines } = document;
  const items = new Set<number>();
  for (const { sites } of frames) {
    for (const { range, file } of sites) {
      if (file === undefined && range.from >= lines.start(line) && range.from <= lines.end(line)) items.add(range.from);
    }
  }
  const times = frames.length / Math.max(1, items.size);
  return { items: items.size, times: Number.isInteger(times) ? times : 1 };
}

/** A template as variables, each with the text before it, and the text at the end. */
interface Template {
  readonly parts: readonly { readonly before: string; readonly variable: Variable }[];
  readonly after: string;
  readonly has: ReadonlySet<Variable>;
}

const templates = new Map<string, Template>();

function parsed(text: string): Template {
  const known = templates.get(text);
  if (known) return known;
  const parts: { before: string; variable: Variable }[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\{(\w+)\}/g)) {
    const variable = variables.find(name => name === match[1]);
    if (!variable) continue;
    parts.push({ before: text.slice(from, match.index), variable });
    from = match.index + match[0].length;
  }
  const template = { parts, after: text.slice(from), has: new Set(parts.map(({ variable }) => variable)) };
  if (templates.size > 16) templates.clear();
  templates.set(text, template);
  return template;
}

/** Fills in the values. An empty value is dropped with the text before it; so is the last one if it does not fit. */
function filled({ parts, after }: Template, values: Readonly<Record<Variable, string>>, room: number): string {
  const present = parts.filter(({ variable }) => values[variable] !== '');
  for (let count = present.length; count > 0; count--) {
    let label = '';
    for (const { before, variable } of present.slice(0, count)) {
      // The first value that is present follows the template's start, without a separator.
      label += (label === '' ? parts[0]!.before : before) + values[variable];
    }
    if (count === present.length) label += after;
    if (width(label) <= room || count === 1) return clip(label, room);
  }
  return '';
}
