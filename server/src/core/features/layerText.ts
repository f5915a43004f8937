// The hover on a layer.

import * as l10n from '@vscode/l10n';
import type { ConventionName } from '../analysis/conventions.ts';
import { parametersOf } from '../analysis/counts.ts';
import type { ReceptiveField } from '../analysis/field.ts';
import { backwardMacs } from '../analysis/gradients.ts';
import { type Amount, type Cost, type Model, sumOf as sum } from '../analysis/model.ts';
import type { Frame, GraphNode, SiteRole, Tensor } from '../graph/graph.ts';
import { size } from '../ops/rules/shape.ts';
import type { Analysed } from '../pipeline.ts';
import { exact, percent, si } from '../text/quantity.ts';
import { clauses, sentences } from '../text/sentences.ts';
import { baseOf, differencePhrase, differences } from './differences.ts';
import { native, under } from './figures.ts';
import { linkTo, otherSite, sourceText } from './source.ts';
import {
  amountText,
  bytesText,
  codeSpan,
  doubtText,
  elementBytes,
  frameName,
  isCode,
  orderOf,
  paramsText,
  plainMarkdown,
  proseMarkdown,
  shapeOrUnknown,
  shapeSpan,
  whyText,
} from './wording.ts';

/** A layer in one line, for the end of the hover on an argument. */
export function lineText(analysed: Analysed, frames: readonly Frame[]): string {
  const { model } = analysed;
  const cost = sum(frames.map(inner => model.costOf(inner)));
  return [
    headText(frames, ' '),
    outputText(analysed, frames),
    amountText(cost.value, model.convention.unit),
    paramsText(cost.params),
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/**
 * Everything about a layer, or about the uses of a line or block, the most important first, since hovers have limited
 * height. `summary` is the format's own description, if it has one.
 */
export function layerText(analysed: Analysed, frames: readonly Frame[], summary?: string): string {
  const { model } = analysed;
  const [first] = frames as readonly [Frame, ...Frame[]];
  const cost = sum(frames.map(frame => model.costOf(frame)));
  const isOne = frames.length === 1;
  const parts = [
    [headText(frames), isOne ? flowText(analysed, first) : outputText(analysed, frames)]
      .filter(part => part !== '')
      .join(' · '),
    factsTable(analysed, frames, cost),
    whyText(cost),
    proseMarkdown(doubtText(cost.doubts)),
    isOne ? formulaText(analysed, first) : '',
    isOne ? backwardText(analysed, first) : '',
    summary ?? summaryText(analysed, first),
    sourceText(analysed, first),
    isOne ? breakdownTable(analysed, first) : usesTable(analysed, frames),
    rolesText(cost),
    isOne ? furtherText(analysed, first, cost) : '',
    peersText(analysed, frames),
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

/** `**model.4** — C2f`; uses of a block with names of their own get the name of the block. */
function headText(frames: readonly Frame[], between = ' — '): string {
  const [{ label, type }] = frames as readonly [Frame, ...Frame[]];
  const times = frames.length > 1 ? ` ×${frames.length}` : '';
  if (type === 'statement') return `**${l10n.t('This line')}**${times}`;
  if (type === 'function') return `**${plainMarkdown(label)}**${times}`;
  const isNamed = label !== '' && label !== type && frames.every(frame => frame.label === label);
  if (!isNamed) return `**${plainMarkdown(type)}**${times}`;
  return `**${plainMarkdown(frameName({ label, type }))}**${between}${codeSpan(type)}${times}`;
}

/** What it does: the module's own sentence, or else that of its main operator. */
function summaryText({ model }: Analysed, frame: Frame): string {
  if (frame.summary !== undefined) return proseMarkdown(frame.summary);
  const { nodes } = model.graph;
  const own = nodes.slice(frame.first, frame.end);
  // A convolution with norm and activation counts as a convolution; a composite has no main operator.
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

/** The distinct tensors from outside that a frame's nodes read. */
export function inputsOf(nodes: readonly GraphNode[], { first, end }: Frame): Tensor[] {
  const found = new Set<Tensor>();
  for (const { inputs } of nodes.slice(first, end)) {
    for (const tensor of inputs) {
      const { id } = tensor.node;
      if (id < first || id >= end) found.add(tensor);
    }
  }
  return [...found];
}

/** `28² · 3² · 256 · 192 = 347M MACs (346,816,512)`, for a layer with a single compute operator. */
function formulaText({ model }: Analysed, frame: Frame): string {
  const own = model.graph.nodes.slice(frame.first, frame.end);
  const working = own.filter(node => !(model.counts(node).macs === 0));
  const [main] = working;
  if (!main || working.length !== 1) return '';
  const formula = formulaOf(main);
  if (formula === '') return '';
  const { macs } = model.counts(main);
  // If a size is unknown, the formula still shows which one.
  const result = Number.isNaN(macs) ? '' : ` = ${si(macs)} MACs`;
  const exactly = macs >= 1000 ? ` (${exact(macs)})` : '';
  return `${codeSpan(formula)}${result}${exactly}`;
}

/** What the backward pass of the only compute operator computes. */
function backwardText({ model }: Analysed, frame: Frame): string {
  const { work } = model.convention;
  if (work === 'inference' || work === 'forward') return '';
  const own = model.graph.nodes.slice(frame.first, frame.end);
  const working = own.filter(node => !(model.counts(node).macs === 0));
  const [main] = working;
  if (!main || working.length !== 1) return '';
  const wanted = model.gradients.of(main);
  if (!wanted) return l10n.t('It has no backward pass: nothing is trained through it.');
  const macs = backwardMacs(main, model.gradients);
  if (Number.isNaN(macs)) return '';
  const amount = `${si(macs)} MACs`;
  if (parametersOf(main).weights === 0) return l10n.t('Backward: {0}, for the gradients of its inputs.', amount);
  const isOfInput = wanted.inputs.some(Boolean);
  if (wanted.weights) {
    return isOfInput
      ? l10n.t('Backward: {0}, for the gradients of its input and of its weights.', amount)
      : l10n.t('Backward: {0}, for the gradient of its weights. Nothing before it is trained.', amount);
  }
  return isOfInput
    ? l10n.t('Backward: {0}, for the gradient of its input. Its weights are frozen.', amount)
    : l10n.t('Backward: {0}, for the gradients of its biases. Its weights are frozen.', amount);
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

/** A table of costs, parameters and memory with their shares and ranks, as far as known. */
function factsTable(analysed: Analysed, frames: readonly Frame[], cost: Cost): string {
  const { model, settings } = analysed;
  const { totals, convention } = model;
  const [only] = frames.length === 1 ? frames : [];
  const memory = bytesText(cost.params, elementBytes(settings));
  const each = settings.dtype === 'fp32' ? memory : l10n.t('{0} in {1}', memory, settings.dtype);
  const params = amountText(cost.params);
  const columns: readonly (readonly [title: string, text: string, of: (cost: Cost) => Amount])[] = [
    ['MACs', amountText(cost.macs), c => c.macs],
    ...(convention.name === 'macs' && convention.work === 'inference'
      ? []
      : [[`${convention.unit} (${convention.name})`, amountText(cost.value), (c: Cost) => c.value] as const]),
    [l10n.t('params'), cost.params.value > 0 ? `${params} (${each})` : params, c => c.params],
    [l10n.t('activations'), activationsText(analysed, cost.activations), c => c.activations],
  ];
  const rows = [
    ['', ...columns.map(([, text]) => text)],
    [l10n.t('share'), ...columns.map(([, , of]) => shareText(of(cost), of(totals)))],
    [l10n.t('rank'), ...columns.map(([, , of]) => (only ? rankText(analysed, only, of) : ''))],
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map(([title]) => title)]),
    `|---|${columns.map(() => '--:').join('|')}|`,
    ...rows.filter(([, ...cells]) => cells.some(cell => cell !== '')).map(line),
  ].join('\n');
}

/** Arithmetic intensity and receptive field. */
function furtherText(analysed: Analysed, frame: Frame, cost: Cost): string {
  const facts = [intensityText(analysed, frame, cost), fieldText(analysed, frame)];
  return facts.filter(fact => fact !== '').join(' · ');
}

/** `803k (3.21 MB, batch 8)`. */
function activationsText({ settings }: Analysed, amount: Amount): string {
  const { batch } = settings;
  const count = amountText(amount);
  if (!(amount.value > 0)) return count;
  const memory = bytesText(amount, elementBytes(settings) * batch);
  return batch === 1 ? `${count} (${memory})` : l10n.t('{0} ({1}, batch {2})', count, memory, batch);
}

/** `weights 442,368 · biases 192`; running statistics are separate. */
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

/** `3 of 26` among the rows with a cost; empty for a frame that is not a row, or costs nothing. */
function rankText({ model }: Analysed, frame: Frame, of: (cost: Cost) => Amount): string {
  const { layers } = model.graph;
  if (!layers.includes(frame)) return '';
  const own = of(model.costOf(frame));
  if (own.value === 0 || !own.complete) return '';
  let above = 0;
  let all = 0;
  for (const row of layers) {
    const { value } = of(model.costOf(row));
    if (value > 0) all++;
    if (value > own.value) above++;
  }
  return all > 1 ? l10n.t('{0} of {1}', above + 1, all) : '';
}

/** FLOPs per byte of inputs, outputs and parameters, each counted once. */
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
  // If the network was cut at the node limit, the output's node may not be in it.
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
  /** The first frame, whose sites may be in another file; undefined for an operator. */
  readonly frame: Frame | undefined;
  times: number;
}

const shownParts = 8;

/** The content: frames and own operators, grouped by name, the costliest ones. */
function breakdownTable(analysed: Analysed, frame: Frame): string {
  const { model } = analysed;
  const parts = mergedParts(analysed, frame);
  if (parts.length < 2) return '';
  // If hardly any part has a cost, the table explains nothing.
  if (parts.filter(({ cost }) => cost.value.value > 0 || cost.params.value > 0 || !cost.value.complete).length < 2)
    return '';
  const weight = ({ cost }: Part): number => cost.value.value * 1e6 + cost.params.value;
  const shown = new Set(
    parts.length > shownParts ? parts.toSorted((a, b) => weight(b) - weight(a)).slice(0, shownParts) : parts,
  );
  const rows = parts
    .filter(part => shown.has(part))
    .map(({ name, type, output, cost, frame: own, times }) => {
      const linked = (label: string, role: SiteRole): string => {
        const site = own && otherSite(own, role);
        return (site && linkTo(analysed, site, label)) ?? label;
      };
      const kind = type !== '' && type !== name ? ` ${linked(plainMarkdown(type), 'definition')}` : '';
      const title = `${linked(codeSpan(name), 'construct')}${kind}${times > 1 ? ` ×${times}` : ''}`;
      return `| ${title} | ${output} | ${amountText(cost.value)} | ${amountText(cost.params)} |`;
    });
  const left = parts.length - shown.size;
  if (left > 0) rows.push(`| ${l10n.t('… and {0} more', left)} | | | |`);
  return [
    `| ${l10n.t('inside')} | ${l10n.t('output')} | ${model.convention.unit} | ${l10n.t('params')} |`,
    '|---|---|--:|--:|',
    ...rows,
  ].join('\n');
}

function mergedParts(analysed: Analysed, frame: Frame): Part[] {
  const { model } = analysed;
  const order = orderOf(analysed);
  const merged = new Map<string, Part>();
  const add = (label: string, type: string, output: Tensor | undefined, cost: Cost, own?: Frame): void => {
    // Group `m.0`, `m.1` and so on as repetitions.
    const name = label.replace(/\.\d+$/, '') || label;
    const key = `${name} ${type}`;
    const known = merged.get(key);
    const shape = shapeOrUnknown(output?.shape, order);
    if (known) {
      const parts = {
        name,
        type,
        output: known.output === shape ? shape : '',
        cost: sum([known.cost, cost]),
        frame: known.frame,
      };
      merged.set(key, { ...parts, times: known.times + 1 });
    } else merged.set(key, { name: label, type, output: shape, cost, frame: own, times: 1 });
  };
  let id = frame.first;
  const parts = (holder: Frame): void => {
    for (const child of holder.children) {
      operators(child.first);
      // Replace a line of a program by what it calls.
      if (isCode(child)) parts(child);
      else if (child.end > child.first) add(child.label, child.type, child.outputs[0], model.costOf(child), child);
      if (!isCode(child)) id = Math.max(id, child.end);
    }
    operators(holder.end);
  };
  const operators = (end: number): void => {
    for (; id < end; id++) {
      const node = model.graph.nodes[id]!;
      add(node.op.name, '', node.outputs[0], model.costOfNode(node));
    }
  };
  parts(frame);
  return [...merged.values()];
}

const shownUses = 12;

/** The uses of a line or block with the cost of each; in a program, repeated uses are one row. */
function usesTable(analysed: Analysed, frames: readonly Frame[]): string {
  const { model, spec } = analysed;
  const order = orderOf(analysed);
  const uses: { readonly first: Frame; last: Frame; times: number; readonly cells: string }[] = [];
  for (const frame of frames) {
    const cost = model.costOf(frame);
    const shape = shapeOrUnknown(frame.outputs[0]?.shape, order);
    const cells = `${shape} | ${amountText(cost.value)} | ${amountText(cost.params)}`;
    const before = uses.at(-1);
    if (before && spec.program && before.cells === cells) {
      before.last = frame;
      before.times++;
    } else uses.push({ first: frame, last: frame, times: 1, cells });
  }
  const rows = uses.slice(0, shownUses).map(({ first, last, times, cells }) => {
    if (times === 1) return `| ${codeSpan(pathOf(first))} | ${cells} |`;
    return `| ${l10n.t('{0} … {1}, each of {2}', codeSpan(pathOf(first)), codeSpan(pathOf(last)), times)} | ${cells} |`;
  });
  if (uses.length > shownUses) rows.push(`| ${l10n.t('… and {0} more', uses.length - shownUses)} | | | |`);
  return [
    `| ${l10n.t('used in')} | ${l10n.t('output')} | ${model.convention.unit} | ${l10n.t('params')} |`,
    '|---|---|--:|--:|',
    ...rows,
  ].join('\n');
}

/** The path from the row down: `inception3a › 3×3`. */
function pathOf(frame: Frame): string {
  const names: string[] = [];
  for (let at: Frame | undefined = frame; at?.parent; at = at.parent) if (!isCode(at)) names.unshift(frameName(at));
  return names.length > 4 ? `${names[0]} › … › ${names.slice(-2).join(' › ')}` : names.join(' › ');
}

const peers: readonly { readonly convention: ConventionName; readonly by: string; readonly base: 1 | 2 }[] = [
  { convention: 'thop', by: 'thop', base: 1 },
  { convention: 'fvcore', by: 'fvcore', base: 1 },
];

/** Other conventions that give another number for this layer, and why. */
function peersText(analysed: Analysed, frames: readonly Frame[]): string {
  const { model } = analysed;
  const macs = sum(frames.map(frame => model.costOf(frame))).macs;
  if (!macs.complete) return '';
  const figure = native(analysed);
  const asked = figure ? [{ convention: figure.counter, by: figure.by, base: baseOf(figure.counter) }] : peers;
  const all: string[] = [];
  for (const { convention, by, base } of asked) {
    if (convention === model.convention.name) continue;
    const other = under(model, convention);
    const value = sum(frames.map(frame => other.costOf(frame))).value;
    if (!value.complete || value.value === base * macs.value) continue;
    const found = differences(other, nodesOf(other, frames)).map(differencePhrase);
    const why = clauses([...(base === 2 && macs.value > 0 ? [l10n.t('2 per MAC')] : []), ...found.slice(0, 4)]);
    const amount = amountText(value, other.convention.unit);
    all.push(
      why === '' ? l10n.t('{0} counts {1} here.', by, amount) : l10n.t('{0} counts {1} here: {2}.', by, amount, why),
    );
  }
  return sentences(...all);
}

function* nodesOf({ graph }: Model, frames: readonly Frame[]): Generator<GraphNode> {
  for (const { first, end } of frames) yield* graph.nodes.slice(first, end);
}
