import * as l10n from '@vscode/l10n';
import type { ConventionName } from '../analysis/conventions.ts';
import type { ReceptiveField } from '../analysis/field.ts';
import { type Amount, type Cost, type Model, sumOf as sum } from '../analysis/model.ts';
import type { Frame, GraphNode, Note, Tensor } from '../graph/graph.ts';
import { size } from '../ops/rules/shape.ts';
import type { Analysed } from '../pipeline.ts';
import { exact, percent, si } from '../text/quantity.ts';
import { contains, type Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import { baseOf, differencePhrase, differences } from './differences.ts';
import { native, under, variantModel } from './figures.ts';
import { totalsMarkdown } from './totals.ts';
import {
  amountText,
  bytesText,
  codeSpan,
  doubtText,
  elementBytes,
  frameName,
  orderOf,
  paramsText,
  plainMarkdown,
  proseMarkdown,
  shapeOrUnknown,
  shapeSpan,
} from './wording.ts';

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
}

/** What is at an offset: a key or an argument, a layer, a member of the family, or the network's head. */
export function hover(analysed: Analysed, offset: number): Hover | undefined {
  const at: Range = { from: offset, to: offset };
  const place = placeAt(analysed, at);
  if (place) {
    const note = noteAt(place.frames[0]!, at);
    if (note) {
      const markdown = `${proseMarkdown(note.text)}\n\n---\n\n${lineText(analysed, place.frames)}`;
      return { range: note.range, markdown };
    }
  }
  const variant = analysed.spec.variants.find(({ range }) => contains(range, at));
  if (variant) return { range: variant.range, markdown: variantText(analysed, variant.name) };
  if (place) return { range: place.range, markdown: framesText(analysed, place.frames) };
  if (contains(analysed.spec.head, at)) return { range: analysed.spec.head, markdown: totalsMarkdown(analysed) };
  return undefined;
}

/** The detail of the hint on a 0-based line, as markdown; empty where there is none. */
export function hintDetail(analysed: Analysed, line: number): string {
  const variant = analysed.spec.variants.find(({ range }) => analysed.document.lines.lineAt(range.from) === line);
  if (variant) return variantText(analysed, variant.name);
  const cost = analysed.model.lineCost(line);
  return cost ? framesText(analysed, cost.frames) : '';
}

interface Place {
  readonly range: Range;
  /** All frames with that site: a line of a block that is used several times has several. */
  readonly frames: readonly Frame[];
}

/** The frames with the smallest site that holds a range. */
function placeAt({ model }: Analysed, at: Range): Place | undefined {
  let best: { range: Range; frames: Frame[] } | undefined;
  const visit = (frame: Frame): void => {
    for (const { range: site, file } of frame.sites) {
      if (file !== undefined || !contains(site, at)) continue;
      const length = site.to - site.from;
      const least = best ? best.range.to - best.range.from : Number.POSITIVE_INFINITY;
      if (best && best.range.from === site.from && length === least) {
        if (!isWithin(frame, best.frames.at(-1)!)) best.frames.push(frame);
      } else if (length < least) best = { range: site, frames: [frame] };
    }
    for (const child of frame.children) visit(child);
  };
  for (const row of model.graph.root.children) visit(row);
  return best;
}

function isWithin(frame: Frame, outer: Frame): boolean {
  return frame.first >= outer.first && frame.end <= outer.end && frame !== outer;
}

/** The smallest note that holds a range, of the frame or of those around it. */
function noteAt(frame: Frame, at: Range): Note | undefined {
  let best: Note | undefined;
  for (let holder: Frame | undefined = frame; holder; holder = holder.parent) {
    for (const note of holder.notes) {
      if (!contains(note.range, at)) continue;
      if (!best || note.range.to - note.range.from < best.range.to - best.range.from) best = note;
    }
    if (best) return best;
  }
  return best;
}

function variantText(analysed: Analysed, name: string): string {
  const model = variantModel(analysed, name);
  const { totals, convention } = model;
  const network = `**${plainMarkdown(analysed.spec.model)}**`;
  return [
    name === analysed.spec.variant
      ? l10n.t('{0} at scale {1}. The costs in this file are for this scale.', network, codeSpan(name))
      : l10n.t('{0} at scale {1}.', network, codeSpan(name)),
    `${amountText(totals.value, convention.unit)} · ${paramsText(totals.params)} · ${bytesText(totals.params, elementBytes(analysed.settings))}`,
    ...(totals.why === undefined ? [] : [unknownText(totals.why)]),
    ...(totals.doubts.length === 0 ? [] : [proseMarkdown(doubtText(totals.doubts))]),
  ].join('\n\n');
}

function unknownText({ message }: Reason): string {
  return l10n.t('Unknown: {0}', proseMarkdown(message));
}

/** One line for the end of a hover on an argument. */
function lineText(analysed: Analysed, frames: readonly Frame[]): string {
  const [frame] = frames;
  const { model } = analysed;
  const cost = sum(frames.map(inner => model.costOf(inner)));
  return [
    `**${plainMarkdown(frameName(frame!))}** ${codeSpan(frame!.type)}${frames.length > 1 ? ` ×${frames.length}` : ''}`,
    outputText(analysed, frames),
    amountText(cost.value, model.convention.unit),
    paramsText(cost.params),
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/** The whole hover on a layer, or on the uses of a line or block. */
function framesText(analysed: Analysed, frames: readonly Frame[]): string {
  const { model } = analysed;
  const [first] = frames as readonly [Frame, ...Frame[]];
  const times = frames.length > 1 ? ` ×${frames.length}` : '';
  const named = first.label !== '' && first.label !== first.type && frames.every(({ label }) => label === first.label);
  const head = named
    ? `**${plainMarkdown(frameName(first))}** — ${codeSpan(first.type)}${times}`
    : `**${plainMarkdown(first.type)}**${times}`;
  const cost = sum(frames.map(frame => model.costOf(frame)));
  const parts = [
    head,
    summaryText(analysed, first),
    frames.length === 1 ? flowText(analysed, first) : outputText(analysed, frames),
    frames.length === 1 ? formulaText(analysed, first) : '',
    factsTable(analysed, frames, cost),
    cost.why === undefined ? '' : unknownText(cost.why),
    proseMarkdown(doubtText(cost.doubts)),
    frames.length === 1 ? breakdownTable(analysed, first) : usesTable(analysed, frames),
    peersText(analysed, frames),
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

/** What it does: the module's own sentence, else that of its main operator. */
function summaryText({ model }: Analysed, frame: Frame): string {
  if (frame.summary !== undefined) return proseMarkdown(frame.summary);
  const { nodes } = model.graph;
  const own = nodes.slice(frame.first, frame.end);
  // A convolution with its norm and activation is a convolution; a composite is none of its parts.
  const computing = own.filter(({ op }) => op.kind === 'compute');
  const main = computing.length === 1 ? computing[0] : own.length === 1 ? own[0] : undefined;
  return main ? proseMarkdown(main.op.summary()) : '';
}

/** `256×28×28 → 192×28×28`. */
function flowText(analysed: Analysed, frame: Frame): string {
  const { model } = analysed;
  const order = orderOf(analysed);
  const inputs = inputsOf(model.graph.nodes, frame);
  const outputs = frame.outputs;
  const list = (tensors: readonly Tensor[]): string => {
    const shown = tensors.slice(0, 4).map(({ shape }) => codeSpan(shapeOrUnknown(shape, order)));
    return `${shown.join(', ')}${tensors.length > 4 ? `, … (${tensors.length})` : ''}`;
  };
  if (inputs.length === 0 && outputs.length === 0) return '';
  return `${inputs.length > 0 ? `${list(inputs)} → ` : ''}${outputs.length > 0 ? list(outputs) : l10n.t('no output')}`;
}

function outputText(analysed: Analysed, frames: readonly Frame[]): string {
  const shapes = frames.flatMap(({ outputs }) => (outputs[0]?.shape ? [outputs[0].shape] : []));
  return shapes.length === 0 ? '' : codeSpan(shapeSpan(shapes, orderOf(analysed)));
}

/** The tensors from outside that a frame's nodes read, each once. */
function inputsOf(nodes: readonly GraphNode[], { first, end }: Frame): Tensor[] {
  const found = new Set<Tensor>();
  for (const { inputs } of nodes.slice(first, end)) {
    for (const tensor of inputs) {
      const { id } = tensor.node;
      if (id < first || id >= end) found.add(tensor);
    }
  }
  return [...found];
}

/** `28² · 3² · 256 · 192 = 347M MACs (346,816,512)`, of the one operator that does the work. */
function formulaText({ model }: Analysed, frame: Frame): string {
  const own = model.graph.nodes.slice(frame.first, frame.end);
  const working = own.filter(node => !(model.counts(node).macs === 0));
  const [main] = working;
  if (!main || working.length !== 1) return '';
  const formula = formulaOf(main);
  if (formula === '') return '';
  const { macs } = model.counts(main);
  // Where a size is unknown the formula still shows which.
  const result = Number.isNaN(macs) ? '' : ` = ${si(macs)} MACs`;
  const exactly = macs >= 1000 ? ` (${exact(macs)})` : '';
  return `${codeSpan(formula)}${result}${exactly}`;
}

function formulaOf({ op, attrs, inputs, outputs, why }: GraphNode): string {
  const shapes = [...inputs, ...outputs].map(({ shape }) => shape);
  if (!op.formula || why !== undefined || shapes.includes(undefined)) return '';
  const formula = op.formula(
    attrs,
    inputs.map(({ shape }) => shape!),
    outputs.map(({ shape }) => shape!),
  );
  return formula.replaceAll('NaN', '?');
}

/** Costs with share and rank, parameters by role, memory, intensity and receptive field. */
function factsTable(analysed: Analysed, frames: readonly Frame[], cost: Cost): string {
  const { model, settings } = analysed;
  const { totals, convention } = model;
  const each = elementBytes(settings);
  const rows: string[][] = [];
  const rank = (of: (cost: Cost) => Amount): string => (frames.length === 1 ? rankText(analysed, frames[0]!, of) : '');
  const share = (of: (cost: Cost) => Amount): string => shareText(of(cost), of(totals));

  rows.push(['MACs', amountText(cost.macs), share(c => c.macs), rank(c => c.macs)]);
  if (convention.name !== 'macs') {
    rows.push([
      `${convention.unit} (${convention.name})`,
      amountText(cost.value),
      share(c => c.value),
      rank(c => c.value),
    ]);
  }
  const params = amountText(cost.params);
  const memory = bytesText(cost.params, each);
  rows.push([
    l10n.t('parameters'),
    cost.params.value > 0 ? l10n.t('{0} ({1} in {2})', params, memory, settings.dtype) : params,
    share(c => c.params),
    rank(c => c.params),
  ]);
  const roles = rolesText(cost);
  if (roles !== '') rows.push(['', roles, '', '']);
  rows.push([
    l10n.t('activations'),
    activationsText(analysed, cost.activations),
    share(c => c.activations),
    rank(c => c.activations),
  ]);

  const lines = [
    `| | | ${l10n.t('share')} | ${l10n.t('rank')} |`,
    '|---|---|--:|--:|',
    ...rows.map(cells => `| ${cells.join(' | ')} |`),
  ];
  const facts = frames.length === 1 ? [intensityText(analysed, frames[0]!, cost), fieldText(analysed, frames[0]!)] : [];
  const known = facts.filter(fact => fact !== '');
  return `${lines.join('\n')}${known.length > 0 ? `\n\n${known.join(' · ')}` : ''}`;
}

/** `803k (3.21 MB, batch 8)`. */
function activationsText({ settings }: Analysed, amount: Amount): string {
  const { batch } = settings;
  const count = amountText(amount);
  if (!(amount.value > 0)) return count;
  const memory = bytesText(amount, elementBytes(settings) * batch);
  return batch === 1 ? `${count} (${memory})` : l10n.t('{0} ({1}, batch {2})', count, memory, batch);
}

/** `weights 442,368 · biases 192`; running statistics apart. */
function rolesText({ weights, biases, normAffine, normStats }: Cost): string {
  const roles: string[] = [];
  if (weights > 0) roles.push(l10n.t('weights {0}', exact(weights)));
  if (biases > 0) roles.push(l10n.t('biases {0}', exact(biases)));
  if (normAffine > 0) roles.push(l10n.t('normalization {0}', exact(normAffine)));
  if (normStats > 0) roles.push(l10n.t('running statistics (not learned) {0}', exact(normStats)));
  return roles.join(' · ');
}

function shareText(part: Amount, whole: Amount): string {
  if (!whole.complete || whole.value === 0 || !part.complete) return '';
  return percent(part.value / whole.value);
}

/** `3 of 26` among the rows that cost anything; empty for what is not a row, or costs nothing. */
function rankText({ model }: Analysed, frame: Frame, of: (cost: Cost) => Amount): string {
  const { root } = model.graph;
  if (frame.parent !== root) return '';
  const own = of(model.costOf(frame));
  if (own.value === 0 || !own.complete) return '';
  let above = 0;
  let all = 0;
  for (const row of root.children) {
    const { value } = of(model.costOf(row));
    if (value > 0) all++;
    if (value > own.value) above++;
  }
  return l10n.t('{0} of {1}', above + 1, all);
}

/** FLOPs per byte of inputs, outputs and parameters, once each. */
function intensityText(analysed: Analysed, frame: Frame, cost: Cost): string {
  const { model, settings } = analysed;
  if (!cost.macs.complete || !cost.params.complete || cost.macs.value === 0) return '';
  let elements = cost.params.value;
  for (const { shape } of [...inputsOf(model.graph.nodes, frame), ...new Set(frame.outputs)]) {
    elements += shape ? size(shape) : Number.NaN;
  }
  const intensity = (2 * cost.macs.value) / (elements * elementBytes(settings));
  return Number.isFinite(intensity) ? l10n.t('arithmetic intensity {0} FLOPs/byte', si(intensity)) : '';
}

function fieldText({ model }: Analysed, frame: Frame): string {
  const output = frame.outputs[0];
  // A network above the limit of nodes has outputs of nodes that it does not hold.
  if (!output || model.graph.nodes[output.node.id] !== output.node) return '';
  const field = model.field(output.node);
  return field ? receptiveField(field) : '';
}

function receptiveField({ size: sees, stride, whole }: ReceptiveField): string {
  if (whole) return l10n.t('receptive field: the whole input');
  if (sees.length === 0 || [...sees, ...stride].some(Number.isNaN)) return '';
  const grid = (lengths: readonly number[]): string => {
    const texts = lengths.map(length => (Number.isInteger(length) ? String(length) : si(length)));
    return texts.join('×');
  };
  const step = stride.every(length => length === stride[0]) ? grid(stride.slice(0, 1)) : grid(stride);
  return l10n.t('receptive field {0}, stride {1}', grid(sees), step);
}

interface Part {
  readonly name: string;
  readonly type: string;
  readonly output: string;
  readonly cost: Cost;
  times: number;
}

const shownParts = 8;

/** What is inside: its frames and its own operators, those of one name together, the costliest ones. */
function breakdownTable(analysed: Analysed, frame: Frame): string {
  const { model } = analysed;
  const parts = mergedParts(analysed, frame);
  if (parts.length < 2) return '';
  // Two activations and a concatenation explain nothing.
  if (parts.filter(({ cost }) => cost.value.value > 0 || cost.params.value > 0 || !cost.value.complete).length < 2)
    return '';
  const weight = ({ cost }: Part): number => cost.value.value * 1e6 + cost.params.value;
  const shown = new Set(
    parts.length > shownParts ? parts.toSorted((a, b) => weight(b) - weight(a)).slice(0, shownParts) : parts,
  );
  const rows = parts
    .filter(part => shown.has(part))
    .map(({ name, type, output, cost, times }) => {
      const title = `${codeSpan(name)}${type !== '' && type !== name ? ` ${plainMarkdown(type)}` : ''}${times > 1 ? ` ×${times}` : ''}`;
      return `| ${title} | ${output} | ${amountText(cost.value)} | ${amountText(cost.params)} |`;
    });
  const left = parts.length - shown.size;
  if (left > 0) rows.push(`| ${l10n.t('… and {0} more', left)} | | | |`);
  return [
    `| ${l10n.t('inside')} | ${l10n.t('output')} | ${model.convention.unit} | ${l10n.t('parameters')} |`,
    '|---|---|--:|--:|',
    ...rows,
  ].join('\n');
}

function mergedParts(analysed: Analysed, frame: Frame): Part[] {
  const { model } = analysed;
  const order = orderOf(analysed);
  const merged = new Map<string, Part>();
  const add = (label: string, type: string, output: Tensor | undefined, cost: Cost): void => {
    // `m.0`, `m.1` and so on are one thing, repeated.
    const name = label.replace(/\.\d+$/, '') || label;
    const key = `${name} ${type}`;
    const known = merged.get(key);
    const shape = shapeOrUnknown(output?.shape, order);
    if (known) {
      const parts = { name, type, output: known.output === shape ? shape : '', cost: sum([known.cost, cost]) };
      merged.set(key, { ...parts, times: known.times + 1 });
    } else merged.set(key, { name: label, type, output: shape, cost, times: 1 });
  };
  let id = frame.first;
  const operators = (end: number): void => {
    for (; id < end; id++) {
      const node = model.graph.nodes[id]!;
      add(node.op.name, '', node.outputs[0], model.costOfNode(node));
    }
  };
  for (const child of frame.children) {
    operators(child.first);
    id = Math.max(id, child.end);
    if (child.end > child.first) add(child.label, child.type, child.outputs[0], model.costOf(child));
  }
  operators(frame.end);
  return [...merged.values()];
}

const shownUses = 12;

/** Where a line or a block is used, and what each use costs. */
function usesTable(analysed: Analysed, frames: readonly Frame[]): string {
  const { model } = analysed;
  const order = orderOf(analysed);
  const rows = frames.slice(0, shownUses).map(frame => {
    const cost = model.costOf(frame);
    return `| ${codeSpan(pathOf(frame))} | ${shapeOrUnknown(frame.outputs[0]?.shape, order)} | ${amountText(cost.value)} | ${amountText(cost.params)} |`;
  });
  if (frames.length > shownUses) rows.push(`| ${l10n.t('… and {0} more', frames.length - shownUses)} | | | |`);
  return [
    `| ${l10n.t('used in')} | ${l10n.t('output')} | ${model.convention.unit} | ${l10n.t('parameters')} |`,
    '|---|---|--:|--:|',
    ...rows,
  ].join('\n');
}

/** From the row down: `inception3a › 3×3`. */
function pathOf(frame: Frame): string {
  const names: string[] = [];
  for (let at: Frame | undefined = frame; at?.parent; at = at.parent) names.unshift(frameName(at));
  return names.length > 4 ? `${names[0]} › … › ${names.slice(-2).join(' › ')}` : names.join(' › ');
}

const peers: readonly { readonly convention: ConventionName; readonly by: string; readonly base: 1 | 2 }[] = [
  { convention: 'thop', by: 'thop', base: 1 },
  { convention: 'fvcore', by: 'fvcore', base: 1 },
];

/** Which other counters give another number for this layer, and why. */
function peersText(analysed: Analysed, frames: readonly Frame[]): string {
  const { model } = analysed;
  const macs = sum(frames.map(frame => model.costOf(frame))).macs;
  if (!macs.complete) return '';
  const figure = native(analysed);
  const asked = figure ? [{ convention: figure.counter, by: figure.by, base: baseOf(figure.counter) }] : peers;
  const sentences: string[] = [];
  for (const { convention, by, base } of asked) {
    if (convention === model.convention.name) continue;
    const other = under(model, convention);
    const value = sum(frames.map(frame => other.costOf(frame))).value;
    if (!value.complete || value.value === base * macs.value) continue;
    const found = differences(other, nodesOf(other, frames)).map(differencePhrase);
    const why = [...(base === 2 && macs.value > 0 ? [l10n.t('2 per MAC')] : []), ...found.slice(0, 4)].join('; ');
    const amount = amountText(value, other.convention.unit);
    sentences.push(
      why === '' ? l10n.t('{0} counts {1} here.', by, amount) : l10n.t('{0} counts {1} here: {2}.', by, amount, why),
    );
  }
  return sentences.join(' ');
}

function* nodesOf({ graph }: Model, frames: readonly Frame[]): Generator<GraphNode> {
  for (const { first, end } of frames) yield* graph.nodes.slice(first, end);
}
