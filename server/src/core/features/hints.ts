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
import { type Base, lineChange } from './changes.ts';
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

/** What is shown at the end of a line. Its detail, `hintDetail` of the same line, is computed when the pointer is on it. */
export interface Hint {
  /** The offset of the end of the line's text. */
  readonly at: number;
  /** At most `maxLabel` columns, with the row's number in front of it. */
  readonly label: string;
  /** 0-based. */
  readonly line: number;
}

/**
 * VS Code cuts the hints of a line at 43 characters (`editor.inlayHints.maximumLength`); one is the gap in front of the
 * label. Wide ones take the room of two.
 */
export const maxLabel = 42;

/** In front of a line that stands out: as full as the quarters of the total that it holds. */
const marks = { 1: '◔ ', 2: '◑ ', 3: '◕ ', 4: '● ' } as const;
const shown = '▸ ';

/** In front of what rests on a row that cannot be read. */
const resting = '~ ';

/**
 * The hints of the lines that a range touches; only those lines are looked at. With what the text is compared with, what
 * has changed is behind them.
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
  const found: Hint[] = [];
  const seen = new Set<number>();
  for (const lineCost of model.lineCosts(first, last)) {
    const { line } = lineCost;
    seen.add(line);
    const quarters = marked.get(line);
    const change = base && settings.hints.changes ? lineChange(analysed, base, line) : '';
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
 * The hints of all lines of a network that is not the one shown, in parentheses: what is there is in no total that is
 * shown. They have no marks, for the same reason.
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

/** Those of the rows that something stands in for: what is to be said of them as they are. */
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

/** What the numbers of rows take of the room of their lines. */
function lengthsOfNumbers(analysed: Analysed, within: Range): ReadonlyMap<number, number> {
  const { lines } = analysed.document;
  return new Map(rowNumbers(analysed, within).map(({ at, number }) => [lines.lineAt(at), String(number).length]));
}

/** So many operators, of all members together, are counted for their hints: they are asked for at every keystroke. */
const mostOperators = 100_000;

/** What each member of a family costs; where that would take long, only its hover says it. */
function variantHints(analysed: Analysed, first: number, last: number): Hint[] {
  const { lines } = analysed.document;
  const found: Hint[] = [];
  const { variants, variant, reader } = analysed.spec;
  if (variants.length * analysed.model.graph.nodeCount > mostOperators) return found;
  for (const { name, range } of variants) {
    // Python that reads the text would run once more for each.
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

/** What a line says of a shape, and what of: most lines are the same after an edit. */
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

/** By shape, which the frames of equal rows share. */
const labels = new WeakMap<Shape, readonly Known[]>();
/** So many labels of a shape are remembered: those of rows that keep it, such as activations. */
const mostLabels = 4;

/** `taken` is what is taken of its room. */
function lineLabel(analysed: Analysed, template: Template, line: LineCost, mark: string, taken = 0): string {
  const { frames, cost } = line;
  const shape = frames.length === 1 ? frames[0]!.outputs[0]?.shape : undefined;
  // Shares and memory depend on the whole network, and so does what is not known.
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
  // Several items on one line: its output is that of the last.
  const role = roleOf({ line, frames }, analysed);
  // Where a module is made, what it gives is not there yet; where it is called, its parameters are elsewhere.
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
    // Expensive, and seldom asked for: how much memory a layer takes depends on the whole network.
    memory: template.has.has('memory')
      ? orNothing(cost.activations, bytesText(unsigned(cost.activations), elementBytes(settings) * settings.batch))
      : '',
  };
  const label = filled(template, values, room);
  // How often something is made or called that costs nothing says nothing.
  if (label === '' && role !== 'use') return '';
  // A cost that is not known at all makes room for the reason.
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

/** What a line is to its first frame. */
function roleOf({ line, frames }: Pick<LineCost, 'line' | 'frames'>, { document: { lines } }: Analysed): SiteRole {
  const [from, to] = [lines.start(line), lines.end(line)];
  const site = frames[0]?.sites.find(({ range, file }) => file === undefined && range.from >= from && range.from <= to);
  return site?.role ?? 'use';
}

/** A hint says once that it rests on another row. */
const unsigned = ({ standIn, ...amount }: Amount): Amount => (standIn ? { ...amount, doubtful: false } : amount);

/** What is shown instead of a cost that is unknown: the reason, or where it is. */
function reasonOf(cost: Cost, line: number, { document: { lines, format } }: Analysed): string {
  const from = placeOf(cost.cause?.node.frame);
  const there = from === undefined ? line : lines.lineAt(from);
  if (there !== line) {
    return format.items === 'rows' ? l10n.t('? row at line {0}', there + 1) : l10n.t('? layer at line {0}', there + 1);
  }
  return `? ${cost.why ? shortReason(cost.why) : l10n.t('unknown')}`;
}

/** Where the innermost row that holds a frame begins; undefined for the network itself. */
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

/** A shape of which only the rank is known says nothing that a person wants to read. */
function saysAnything(shape: Shape): boolean {
  for (let axis = 1; axis < shape.length; axis++) if (!Number.isNaN(shape[axis])) return true;
  return shape.length < 2;
}

/** How many items a line holds, and how often each is used. */
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

/** A template as variables, each with the words before it, and the words at the end. */
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

/** Fills in the values; an empty one drops out with the words before it, and so does the last while there is no room. */
function filled({ parts, after }: Template, values: Readonly<Record<Variable, string>>, room: number): string {
  const present = parts.filter(({ variable }) => values[variable] !== '');
  for (let count = present.length; count > 0; count--) {
    let label = '';
    for (const { before, variable } of present.slice(0, count)) {
      // The first that is there stands behind the template's own beginning, not behind a separator.
      label += (label === '' ? parts[0]!.before : before) + values[variable];
    }
    if (count === present.length) label += after;
    if (width(label) <= room || count === 1) return clip(label, room);
  }
  return '';
}
