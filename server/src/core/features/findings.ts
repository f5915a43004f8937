// What is told of costs without being wrong: dominance, huge activations, outputs that nobody uses.
import type { Amount, Cost, Model } from '../analysis/model.ts';
import { type Frame, type Graph, type GraphNode, useOf } from '../graph/graph.ts';
import { size } from '../ops/rules/shape.ts';
import type { Analysed, Document } from '../pipeline.ts';
import type { Settings } from '../settings/index.ts';
import { isIgnored } from '../text/pragma.ts';
import type { Problem } from '../text/problem.ts';
import { bytes, percent } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { adviceProblems } from './advice.ts';
import { staleClaims } from './claims.ts';
import { elementBytes, frameName, shapeText } from './wording.ts';

/** Everything to tell of a text: what is wrong with it, and what its costs say; what comments ignore is left out. */
export function problems(analysed: Analysed): Problem[] {
  const { document } = analysed;
  const told = findings(analysed).filter(problem => !isIgnored(problem, document.pragmas, document.lines));
  return [...analysed.problems, ...told];
}

/** The same with hints at advice: for an editor, which offers the advice at its place. */
export function problemsWithHints(analysed: Analysed): Problem[] {
  const { document } = analysed;
  const hints = [...adviceProblems(analysed), ...staleClaims(analysed)].filter(
    problem => !isIgnored(problem, document.pragmas, document.lines),
  );
  return [...problems(analysed), ...hints];
}

/** What is to be told of a document that was not priced. */
export function documentProblems(document: Document): Problem[] {
  return document.problems.filter(problem => !isIgnored(problem, document.pragmas, document.lines));
}

/** What the costs of a network say, as settings ask for it. */
export function findings(analysed: Analysed): Problem[] {
  const { model, settings, document } = analysed;
  const { dominance, hugeActivation, unusedOutput } = settings.diagnostics;
  const rows = model.graph.root.children.filter(({ sites, end, first }) => sites.length > 0 && end > first);
  const found: Problem[] = [];
  // In a network of two layers one of them always dominates.
  if (dominance.enabled && rows.filter(row => hasCost(model.costOf(row))).length >= 3) {
    found.push(...dominantLayers(model, rows, dominance.threshold));
    found.push(...dominantFamily(analysed, rows, dominance.threshold));
  }
  if (hugeActivation.enabled) found.push(...hugeActivations(model, rows, settings));
  // A row that could not be read may be the one that reads the output.
  const readable = analysed.problems.every(({ severity }) => severity !== 'error');
  if (unusedOutput.enabled && readable) found.push(...unusedOutputs(model.graph, rows));
  // A layer of twenty lines is told of at its first.
  return found.map(problem => ({ ...problem, range: document.lines.firstOf(problem.range) }));
}

const hasCost = ({ macs, params }: Cost): boolean => macs.value > 0 || params.value > 0;

interface Shares {
  readonly params: number;
  readonly macs: number;
}

/** Shares of the whole; NaN where the whole is not known, or nothing. */
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
    const shares = sharesOf(model.costOf(frame), model.totals);
    yield {
      range: useOf(frame)!,
      severity: 'information',
      code: 'dominant-layer',
      message: `“${frameName(frame)}” ${dominanceText(shares, threshold, 'holds', 'does')}.${adviceFor(model, frame, shares, threshold)}`,
    };
  }
}

const dominates = ({ params, macs }: Shares, threshold: number): boolean => params > threshold || macs > threshold;

/** The deepest frame with a place in the text for which a test holds; a frame within one that fails is not looked at. */
function innermost(frame: Frame, holds: (frame: Frame) => boolean): Frame | undefined {
  if (!holds(frame)) return undefined;
  for (const child of frame.children) {
    if (child.sites.length === 0) continue;
    const found = innermost(child, holds);
    if (found) return found;
  }
  return frame;
}

/** “holds 74 % of the parameters and 0.7 % of the MACs”: the metric that dominates first. */
function dominanceText({ params, macs }: Shares, threshold: number, holds: string, does: string): string {
  const parameters = `${percent(params)} of the parameters`;
  const work = `${percent(macs)} of the MACs`;
  if (params > threshold) return `${holds} ${parameters}${Number.isNaN(macs) ? '' : ` and ${work}`}`;
  return `${does} ${work}${Number.isNaN(params) ? '' : ` with ${parameters}`}`;
}

function adviceFor(model: Model, frame: Frame, { params }: Shares, threshold: number): string {
  const nodes = nodesOf(model.graph, frame).filter(node => hasCost(model.costOfNode(node)));
  const [only] = nodes;
  if (nodes.length !== 1 || !only) return '';
  if (only.op.name === 'linear' && params > threshold) {
    return ' Its parameters are inputs × outputs: pool before it, or make it narrower.';
  }
  if (only.op.name === 'conv') {
    return params > threshold
      ? ' Its parameters grow with the channels on both sides: a bottleneck or groups save most.'
      : ' Its work grows with its output’s area and the channels on both sides: reduce before it.';
  }
  return '';
}

const families: Readonly<Record<string, string>> = {
  linear: 'fully connected layers',
  conv: 'convolutions',
  convTranspose: 'transposed convolutions',
  embedding: 'embeddings',
  lstm: 'recurrent layers',
  gru: 'recurrent layers',
  rnn: 'recurrent layers',
  attention: 'attention layers',
};

/**
 * A family that holds most of the parameters and does little of the work, or the reverse: that is worth a word, while
 * convolutions that are most of everything are not.
 */
function dominantFamily({ model, spec }: Analysed, rows: readonly Frame[], threshold: number): Problem[] {
  const { totals, graph } = model;
  if (!totals.params.complete || !totals.macs.complete) return [];
  const sums = new Map<string, { params: number; macs: number; rows: Frame[] }>();
  for (const row of rows) {
    for (const node of nodesOf(graph, row)) {
      const family = families[node.op.name];
      if (family === undefined) continue;
      const { macs, weights, biases, normAffine } = model.counts(node);
      const sum = sums.get(family) ?? { params: 0, macs: 0, rows: [] };
      sums.set(family, sum);
      sum.params += weights + biases + normAffine;
      sum.macs += macs;
      if (sum.rows.at(-1) !== row) sum.rows.push(row);
    }
  }
  const shares = [...sums].map(([family, sum]) => ({
    family,
    rows: sum.rows,
    params: sum.params / totals.params.value,
    macs: sum.macs / totals.macs.value,
  }));
  const one =
    shares.find(({ params, macs }) => params > threshold && macs < params / 2) ??
    shares.find(({ params, macs }) => macs > threshold && params < macs / 2);
  // One layer alone is told of at its own line.
  if (!one || one.rows.length < 2) return [];
  const places = one.rows.toSorted((a, b) => model.costOf(b).params.value - model.costOf(a).params.value).slice(0, 5);
  return [
    {
      range: spec.head,
      severity: 'information',
      code: 'dominant-family',
      message: `The ${one.family} together ${dominanceText(one, threshold, 'hold', 'do')}.`,
      related: places.map(row => {
        const { params, macs } = sharesOf(model.costOf(row), totals);
        return {
          range: useOf(row)!,
          message: `“${frameName(row)}”: ${percent(params)} of the parameters, ${percent(macs)} of the MACs`,
        };
      }),
    },
  ];
}

/** One for each row whose largest new tensor is above the threshold. */
function* hugeActivations(model: Model, rows: readonly Frame[], settings: Settings): Generator<Problem> {
  const each = elementBytes(settings) * settings.batch;
  const { threshold } = settings.diagnostics.hugeActivation;
  const told = new Set<number>();
  for (const row of rows) {
    let worst: { node: GraphNode; elements: number } | undefined;
    for (const node of nodesOf(model.graph, row)) {
      for (const { shape } of node.outputs) {
        const elements = shape ? size(shape) : Number.NaN;
        if (!(elements * each > threshold) || (worst && elements <= worst.elements)) continue;
        // Views and what works in its input's memory are no new memory; the input is the user's own.
        if (node.op.name !== 'input' && model.costOfNode(node).activations.value > 0) worst = { node, elements };
      }
    }
    if (!worst) continue;
    const { node, elements } = worst;
    const frame = innermost(row, ({ first, end }) => node.id >= first && node.id < end) ?? row;
    const site = useOf(frame)!;
    // A line that is used again with an output as huge says it once.
    if (told.has(site.from)) continue;
    told.add(site.from);
    const shape = node.outputs.find(output => output.shape && size(output.shape) === elements)!.shape!;
    const own = frame.outputs.some(output => output.shape && size(output.shape) === elements);
    const what = own ? `The output of “${frameName(frame)}”` : `A ${node.op.name} inside “${frameName(frame)}”`;
    const samples = settings.batch === 1 ? '' : ` times a batch of ${settings.batch}`;
    yield {
      range: site,
      severity: 'information',
      code: 'huge-activation',
      message: `${what} takes ${bytes(elements * each)} (${shapeText(shape)} in ${settings.dtype}${samples}). Downsample before it, or use fewer channels here.`,
    };
  }
}

/** Rows, also those inside blocks, that hand their outputs to nobody in any use. */
function* unusedOutputs(graph: Graph, rows: readonly Frame[]): Generator<Problem> {
  const { nodes } = graph;
  if (graph.outputs.length === 0) return;
  const lastUse = new Float64Array(nodes.length).fill(-1);
  for (const { id, inputs } of nodes) {
    for (const { node } of inputs) if (nodes[node.id] === node) lastUse[node.id] = id;
  }
  for (const { node } of graph.outputs) if (nodes[node.id] === node) lastUse[node.id] = nodes.length;
  const isUsed = ({ first, end }: Frame): boolean => {
    for (let id = first; id < end; id++) if (lastUse[id]! >= end) return true;
    return false;
  };

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
    // Inside of what nobody uses, nothing is used either: one word is enough.
    if (used) for (const child of frame.children) visit(child);
  };
  for (const row of rows) visit(row);
  for (const { frame, range, used } of places.values()) {
    if (used) continue;
    yield {
      range,
      severity: 'information',
      code: 'unused-output',
      message: `The output of “${frameName(frame)}” is never used, and it is not an output of the network. Use it, or remove the layer.`,
    };
  }
}

function nodesOf(graph: Graph, { first, end }: Frame): readonly GraphNode[] {
  return graph.nodes.slice(first, end);
}
