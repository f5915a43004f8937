// Findings on a valid network: dominant layers, huge activations, unused outputs.
import * as l10n from '@vscode/l10n';
import { type Amount, type Cost, type Model, sumOfAmounts } from '../analysis/model.ts';
import { usesOf } from '../analysis/unused.ts';
import { type Frame, type Graph, type GraphNode, useOf } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import { size as elementsOf, shapeText } from '../ops/rules/shape.ts';
import type { Analysed, Document } from '../pipeline.ts';
import { isIgnored } from '../text/pragma.ts';
import type { Problem } from '../text/problem.ts';
import { bytes, percent } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { adviceProblems, withPrices } from './advice.ts';
import { staleClaims } from './claims.ts';
import { refusedFiles } from './refusedFiles.ts';
import { elementBytes, frameName, orderOf, placedName } from './wording.ts';

/** All problems of a text and its findings, without those that comments ignore. */
export function problems(analysed: Analysed): Problem[] {
  const { document } = analysed;
  const reported = [...refusedFiles(analysed), ...findings(analysed)].filter(
    problem => !isIgnored(problem, document.pragmas, document.lines),
  );
  return [...analysed.problems, ...reported];
}

/** The same with hints that point to advice, for an editor, which offers the advice there. */
export function problemsWithHints(analysed: Analysed): Problem[] {
  const { document } = analysed;
  const hints = [...adviceProblems(analysed), ...staleClaims(analysed)].filter(
    problem => !isIgnored(problem, document.pragmas, document.lines),
  );
  return [...withPrices(analysed, [...problems(analysed), ...hints])];
}

/** The problems of a document without analysis. */
export function documentProblems(document: Document): Problem[] {
  return document.problems.filter(problem => !isIgnored(problem, document.pragmas, document.lines));
}

/** The findings that settings enable. */
export function findings(analysed: Analysed): Problem[] {
  const { model, settings, document, spec, standIns } = analysed;
  // No findings while stand-ins are in use.
  if (standIns && standIns.rows.length > 0) return [];
  const { dominance, hugeActivation, unusedOutput } = settings.diagnostics;
  // While references mean other rows, neither uses nor costs are those of the intended network.
  const isMeant = !analysed.numbers;
  const { program } = spec;
  const rows = model.graph.layers.filter(row => useOf(row) !== undefined && row.end > row.first);
  // The top-level frames of a program may be its whole network, so look at the innermost ones.
  const layers = program ? leavesOf(model.graph.root) : rows;
  const found: Problem[] = [];
  // In a network of two layers, one always dominates. Skip it if this text is only imported by another file's network:
  // it is reported there.
  const isOwn = program?.entry?.host === undefined;
  if (dominance.enabled && isMeant && isOwn && layers.filter(row => hasCost(model.costOf(row))).length >= 3) {
    found.push(...dominantLayers(model, layers, dominance.threshold));
    found.push(...dominantFamily(analysed, layers, dominance.threshold));
  }
  if (hugeActivation.enabled) found.push(...hugeActivations(analysed, rows));
  // The reader of an output may be a row that could not be read.
  const readable = analysed.problems.every(({ severity }) => severity !== 'error');
  // For programs, their own format reports this: it knows what is only used in training.
  if (unusedOutput.enabled && isMeant && !program && readable) found.push(...unusedOutputs(model.graph, rows));
  // Mark only the first line of a long layer.
  return found.map(problem => ({ ...problem, range: document.lines.firstOf(problem.range) }));
}

const hasCost = ({ macs, params }: Cost): boolean => macs.value > 0 || params.value > 0;

/** The innermost frames of a program that have a site; each line once per use. */
function leavesOf(root: Frame): readonly Frame[] {
  const found: Frame[] = [];
  const visit = (frame: Frame): boolean => {
    let isInside = false;
    for (const child of frame.children) if (visit(child)) isInside = true;
    if (isInside || frame.end === frame.first || useOf(frame) === undefined) return isInside;
    found.push(frame);
    return true;
  };
  visit(root);
  return found;
}

/**
 * Whether an operator's weights are inputs of it, counted elsewhere: they are shared, or those of one of several experts. So
 * its part of the parameters says nothing.
 */
function readsWeights(model: Model, node: GraphNode): boolean {
  if (familyOf(node) === undefined || !node.inputs.some(input => input.node.op.name === 'parameter')) return false;
  const { weights, biases, normAffine } = model.counts(node);
  return weights + biases + normAffine === 0;
}

interface Shares {
  readonly params: number;
  readonly macs: number;
}

/** Shares of the total; NaN if the total is unknown or zero. */
function sharesOf(cost: Cost, { params, macs }: Cost): Shares {
  return { params: shareOf(cost.params, params), macs: shareOf(cost.macs, macs) };
}

function shareOf(part: Amount, whole: Amount): number {
  return whole.complete && whole.value > 0 ? part.value / whole.value : Number.NaN;
}

function* dominantLayers(model: Model, rows: readonly Frame[], threshold: number): Generator<Problem> {
  for (const row of rows) {
    const frame = innermost(row, inner => dominates(sharesOf(model.costOf(inner), model.totals), threshold));
    if (!frame) continue;
    const isElsewhere = nodesOf(model.graph, frame).some(node => readsWeights(model, node));
    const shares = {
      ...sharesOf(model.costOf(frame), model.totals),
      ...(isElsewhere && { params: Number.NaN }),
    };
    yield {
      range: useOf(frame)!,
      severity: 'information',
      code: 'dominant-layer',
      message: dominanceText(placedName(frame), shares, threshold),
      help: adviceFor(model, frame, shares, threshold),
    };
  }
}

/** A sentence with the dominant share first; a share of an unknown total is left out. */
function dominanceText(name: string, { params, macs }: Shares, threshold: number): string {
  if (Number.isNaN(macs)) return l10n.t('“{0}” has {1} of the parameters.', name, percent(params));
  if (Number.isNaN(params)) return l10n.t('“{0}” does {1} of the MACs.', name, percent(macs));
  return params > threshold
    ? l10n.t('“{0}” has {1} of the parameters and does {2} of the MACs.', name, percent(params), percent(macs))
    : l10n.t('“{0}” does {1} of the MACs and has {2} of the parameters.', name, percent(macs), percent(params));
}

const dominates = ({ params, macs }: Shares, threshold: number): boolean => params > threshold || macs > threshold;

/** The deepest frame with a site that satisfies a test; frames inside one that fails are skipped. */
function innermost(frame: Frame, holds: (frame: Frame) => boolean): Frame | undefined {
  if (!holds(frame)) return undefined;
  for (const child of frame.children) {
    if (child.sites.length === 0) continue;
    const found = innermost(child, holds);
    if (found) return found;
  }
  return useOf(frame) ? frame : undefined;
}

function adviceFor(model: Model, frame: Frame, { params }: Shares, threshold: number): string | undefined {
  const nodes = nodesOf(model.graph, frame).filter(node => hasCost(model.costOfNode(node)));
  const [only] = nodes;
  if (nodes.length !== 1 || !only) return undefined;
  if (only.op.name === 'linear' && params > threshold) {
    return l10n.t('Its parameters are inputs × outputs: pool before it, or make it narrower.');
  }
  if (only.op.name === 'conv') {
    return params > threshold
      ? l10n.t('Its parameters grow with input and output channels: a bottleneck or groups save the most.')
      : l10n.t(
          'Its MACs grow with output area and with input and output channels: downsample or reduce channels before it.',
        );
  }
  return undefined;
}

/** Families of operators; all recurrent layers are one. */
const families = {
  linear: 'linear',
  conv: 'conv',
  convTranspose: 'convTranspose',
  embedding: 'embedding',
  lstm: 'recurrent',
  gru: 'recurrent',
  rnn: 'recurrent',
  attention: 'attention',
} as const satisfies Readonly<Record<string, string>>;
type Family = (typeof families)[keyof typeof families];

function familyOf({ op }: GraphNode): Family | undefined {
  return Object.hasOwn(families, op.name) ? families[op.name as keyof typeof families] : undefined;
}

/** A sentence per family: “{0}” is its share of the parameters, “{1}” that of the MACs. */
function familyMessage(family: Family, params: string, macs: string): string {
  switch (family) {
    case 'linear':
      return l10n.t('The fully connected layers have {0} of the parameters and do {1} of the MACs.', params, macs);
    case 'conv':
      return l10n.t('The convolutions have {0} of the parameters and do {1} of the MACs.', params, macs);
    case 'convTranspose':
      return l10n.t('The transposed convolutions have {0} of the parameters and do {1} of the MACs.', params, macs);
    case 'embedding':
      return l10n.t('The embeddings have {0} of the parameters and do {1} of the MACs.', params, macs);
    case 'recurrent':
      return l10n.t('The recurrent layers have {0} of the parameters and do {1} of the MACs.', params, macs);
    case 'attention':
      return l10n.t('The attention layers have {0} of the parameters and do {1} of the MACs.', params, macs);
  }
}

/**
 * Reports a family that has most of the parameters but little of the work, or the reverse. Convolutions that dominate
 * both are not worth reporting.
 */
function dominantFamily({ model, spec }: Analysed, rows: readonly Frame[], threshold: number): Problem[] {
  const { totals, graph } = model;
  if (!totals.params.complete || !totals.macs.complete) return [];
  const sums = new Map<Family, { params: number; macs: number; amounts: Amount[]; rows: Frame[] }>();
  for (const node of graph.nodes) {
    const family = familyOf(node);
    if (family === undefined) continue;
    const { macs, weights, biases, normAffine } = model.counts(node);
    if (readsWeights(model, node)) return [];
    const sum = sums.get(family) ?? { params: 0, macs: 0, amounts: [], rows: [] };
    sums.set(family, sum);
    sum.params += weights + biases + normAffine;
    // Experts that values choose count together.
    if (totals.macs.chosen) sum.amounts.push(model.costOfNode(node).macs);
    else sum.macs += macs;
  }
  for (const row of rows) {
    const families = new Set(nodesOf(graph, row).map(familyOf));
    for (const family of families) if (family !== undefined) sums.get(family)!.rows.push(row);
  }
  const shares = [...sums].map(([family, sum]) => ({
    family,
    rows: sum.rows,
    params: sum.params / totals.params.value,
    macs: (sum.macs + sumOfAmounts(sum.amounts).value) / totals.macs.value,
  }));
  const one =
    shares.find(({ params, macs }) => params > threshold && macs < params / 2) ??
    shares.find(({ params, macs }) => macs > threshold && params < macs / 2);
  // A single layer is reported on its own line.
  if (!one || one.rows.length < 2) return [];
  const places = one.rows.toSorted((a, b) => model.costOf(b).params.value - model.costOf(a).params.value).slice(0, 5);
  return [
    {
      range: spec.head,
      severity: 'information',
      code: 'dominant-family',
      message: familyMessage(one.family, percent(one.params), percent(one.macs)),
      related: places.map(row => {
        const { params, macs } = sharesOf(model.costOf(row), totals);
        return {
          range: useOf(row)!,
          message: l10n.t(
            '“{0}”: {1} of the parameters, {2} of the MACs',
            placedName(row),
            percent(params),
            percent(macs),
          ),
        };
      }),
    },
  ];
}

/** One finding per row whose largest new tensor is above the threshold. */
function* hugeActivations(analysed: Analysed, rows: readonly Frame[]): Generator<Problem> {
  const { model, settings } = analysed;
  const each = elementBytes(settings) * settings.batch;
  const { threshold } = settings.diagnostics.hugeActivation;
  const reported = new Set<number>();
  for (const row of rows) {
    let worst: { node: GraphNode; elements: number } | undefined;
    for (const node of nodesOf(model.graph, row)) {
      for (const { shape } of node.outputs) {
        const elements = shape ? elementsOf(shape) : Number.NaN;
        if (!(elements * each > threshold) || (worst && elements <= worst.elements)) continue;
        // Views and in-place operators need no new memory, and the input belongs to the caller.
        if (node.op.name !== 'input' && model.costOfNode(node).activations.value > 0) worst = { node, elements };
      }
    }
    if (!worst) continue;
    const { node, elements } = worst;
    const frame = innermost(row, ({ first, end }) => node.id >= first && node.id < end) ?? row;
    const site = useOf(frame)!;
    // Report a line once, even if it is used several times.
    if (reported.has(site.from)) continue;
    reported.add(site.from);
    const shape = node.outputs.find(output => output.shape && elementsOf(output.shape) === elements)!.shape!;
    const own = frame.outputs.some(output => output.shape && elementsOf(output.shape) === elements);
    const name = placedName(frame);
    const size = bytes(elements * each);
    const details = tensorText(analysed, shape);
    yield {
      range: site,
      severity: 'information',
      code: 'huge-activation',
      message: own
        ? l10n.t('The output of “{0}” takes {1} ({2}).', name, size, details)
        : l10n.t('The output of {0} inside “{1}” takes {2} ({3}).', node.op.name, name, size, details),
      help: l10n.t('Downsample before it, or use fewer channels here.'),
    };
  }
}

/** `64×112×112 in fp32, batch 8`. */
function tensorText(analysed: Analysed, shape: Shape): string {
  const { dtype, batch } = analysed.settings;
  const text = shapeText(shape, orderOf(analysed));
  return batch === 1 ? l10n.t('{0} in {1}', text, dtype) : l10n.t('{0} in {1}, batch {2}', text, dtype, batch);
}

/** Rows (also inside blocks) whose output is unused in all their uses. */
function* unusedOutputs(graph: Graph, rows: readonly Frame[]): Generator<Problem> {
  if (graph.outputs.length === 0) return;
  const isUsed = usesOf(graph);
  const places = new Map<string, { frame: Frame; range: Range; used: boolean }>();
  const visit = (frame: Frame): void => {
    if (frame.end === frame.first) return;
    const range = useOf(frame);
    const used = isUsed(frame);
    if (range) {
      const key = `${range.from} ${range.to}`;
      const place = places.get(key);
      if (!place) places.set(key, { frame, range, used });
      else if (used) place.used = true;
    }
    // Do not look inside an unused row: one message is enough.
    if (used) for (const child of frame.children) visit(child);
  };
  for (const row of rows) visit(row);
  for (const { frame, range, used } of places.values()) {
    if (used) continue;
    yield {
      range,
      severity: 'information',
      code: 'unused-output',
      message: l10n.t('The output of “{0}” is never used and is not an output of the network.', frameName(frame)),
      help: l10n.t('Use it, or remove the layer.'),
    };
  }
}

function nodesOf(graph: Graph, { first, end }: Frame): readonly GraphNode[] {
  return graph.nodes.slice(first, end);
}
