// The memory of a network, operator by operator: with an ideal runtime, and in eager PyTorch if the program was read;
// in training, also what is needed besides activations.
import * as l10n from '@vscode/l10n';
import { parametersOf } from '../analysis/counts.ts';
import { eagerTimeline } from '../analysis/eager.ts';
import { idealTimeline, type Piece, type Timeline } from '../analysis/timeline.ts';
import { type Frame, type Graph, type GraphNode, useOf } from '../graph/graph.ts';
import { type Analysed, readOptions } from '../pipeline.ts';
import { bytes } from '../text/quantity.ts';
import { type OverviewSite, placesElsewhere } from './overview.ts';
import { elementBytes, frameName, isCode, orderOf, shapeOrUnknown } from './wording.ts';

export type MemoryMode = 'inference' | 'training';
/** Which runtime a curve is for. */
export type MemoryKind = 'ideal' | 'eager';

export interface MemoryCurve {
  readonly kind: MemoryKind;
  /** Bytes while each operator runs. */
  readonly bytes: readonly number[];
  readonly peak: { readonly step: number; readonly bytes: number };
  /** Bytes kept for the backward pass. */
  readonly saved: number;
  /** Whether it is a lower bound, because something is unknown. */
  readonly isLeast: boolean;
}

/** Consecutive operators of one layer, or of one line of a program. */
export interface MemoryStretch {
  /** Including its parents: `layer1.0.conv1`. */
  readonly name: string;
  readonly type: string;
  readonly sites: readonly OverviewSite[];
  readonly count: number;
}

/** What an optimizer stores besides parameters and gradients. */
export interface OptimizerState {
  readonly name: string;
  readonly bytes: number;
}

export interface Memory {
  readonly mode: MemoryMode;
  /** Names of operators, and for each step the index of its own. */
  readonly names: readonly string[];
  readonly operators: readonly number[];
  readonly stretches: readonly MemoryStretch[];
  readonly curves: readonly MemoryCurve[];
  /** Why there is no curve for eager PyTorch. */
  readonly why: string | undefined;
  /** In bytes. */
  readonly parameters: number;
  readonly gradients: number;
  readonly optimizers: readonly OptimizerState[];
  /** Whether `parameters` is a lower bound, because something is unknown. */
  readonly isLeast: boolean;
}

/** The buffers in memory at a step, largest first. */
export interface MemoryMoment {
  readonly pieces: readonly MemoryPiece[];
  /** The number of smaller buffers, and their bytes. */
  readonly others: number;
  readonly otherBytes: number;
}

export interface MemoryPiece {
  readonly name: string;
  readonly operator: string;
  /** Empty for a buffer that is not an output. */
  readonly shape: string;
  readonly bytes: number;
  readonly saved: boolean;
  /** Whether the current operator allocates it. */
  readonly isNew: boolean;
  /** The step at which it was allocated. */
  readonly step: number;
}

const mostPieces = 40;

interface Computed {
  readonly graph: Graph;
  readonly ideal: Timeline | undefined;
  readonly eager: Timeline | undefined;
}

const known = new WeakMap<Analysed, Map<MemoryMode, Computed>>();

function options(mode: MemoryMode) {
  return { training: mode === 'training', lifetimes: true };
}

/** The reading needed beforehand, in steps; undefined if nothing takes long. */
export function memoryPreparation(analysed: Analysed, mode: MemoryMode): Generator<void, void> | undefined {
  const { document, settings, standIns } = analysed;
  const { reader } = standIns?.document ?? document;
  return reader?.prepare?.({ ...readOptions(settings), ...options(mode), places: standIns?.places });
}

function computed(analysed: Analysed, mode: MemoryMode): Computed {
  const all = known.get(analysed) ?? new Map<MemoryMode, Computed>();
  known.set(analysed, all);
  const found = all.get(mode);
  if (found) return found;
  const { document, settings, standIns } = analysed;
  const { reader } = standIns?.document ?? document;
  const { graph } = reader!.read({ ...readOptions(settings), ...options(mode), places: standIns?.places });
  const each = elementBytes(settings);
  const training = mode === 'training';
  const own: Computed = {
    graph,
    // The ideal runtime is only for inference.
    ideal: training ? undefined : idealTimeline(graph, each * settings.batch),
    eager: eagerTimeline(graph, { bytesPerElement: each, batch: settings.batch, training }),
  };
  all.set(mode, own);
  return own;
}

export function memory(analysed: Analysed, mode: MemoryMode): Memory {
  const { graph, ideal, eager } = computed(analysed, mode);
  const each = elementBytes(analysed.settings);
  const names = new Map<string, number>();
  const operators = graph.nodes.map(({ op }) => numberOf(names, op.name));
  const { parameters, trained, complete } = parametersIn(graph);
  const training = mode === 'training';
  return {
    mode,
    names: [...names.keys()],
    operators,
    stretches: stretchesOf(graph),
    curves: [curveOf('ideal', ideal), curveOf('eager', eager)].flatMap(curve => curve ?? []),
    why: eager ? undefined : whyNoProgram(analysed),
    parameters: parameters * each,
    gradients: training ? trained * each : 0,
    optimizers: training ? optimizersOf(trained * each) : [],
    isLeast: !complete,
  };
}

/** Peaks and training memory in bytes; null if unknown. */
export interface MemoryReport {
  /** The peak at inference with an ideal runtime. */
  readonly ideal: number | null;
  readonly eager: number | null;
  /** Training in eager PyTorch: the peak of the forward pass, and what it keeps for the backward pass. */
  readonly forward: number | null;
  readonly saved: number | null;
  readonly parameters: number | null;
  readonly gradients: number | null;
  /** The optimizer's state by optimizer. */
  readonly optimizers: Readonly<Record<'sgd' | 'momentum' | 'adam' | 'adamw', number>> | null;
  /** Why nothing is known of eager PyTorch, if so. */
  readonly why?: string;
}

export function memoryReport(analysed: Analysed): MemoryReport {
  const inference = computed(analysed, 'inference');
  const training = computed(analysed, 'training');
  const each = elementBytes(analysed.settings);
  const { parameters, trained, complete } = parametersIn(training.graph);
  const known = (timeline: Timeline | undefined, of: (timeline: Timeline) => number): number | null =>
    timeline?.complete ? of(timeline) : null;
  const peak = (timeline: Timeline): number => timeline.peak.bytes;
  const gradients = trained * each;
  return {
    ideal: known(inference.ideal, peak),
    eager: known(inference.eager, peak),
    forward: known(training.eager, peak),
    saved: known(training.eager, ({ saved }) => saved),
    parameters: complete ? parameters * each : null,
    gradients: complete ? gradients : null,
    optimizers: complete ? { sgd: 0, momentum: gradients, adam: 2 * gradients, adamw: 2 * gradients } : null,
    ...(inference.eager ? {} : { why: whyNoProgram(analysed).replaceAll('`', '') }),
  };
}

/** The report as lines of text. */
export function memoryLines({
  ideal,
  eager,
  forward,
  saved,
  parameters,
  gradients,
  optimizers,
  why,
}: MemoryReport): string[] {
  const text = (amount: number | null): string => (amount === null ? '?' : bytes(amount));
  return [
    l10n.t('Memory of inference: peak {0} by an ideal runtime, {1} by eager PyTorch.', text(ideal), text(eager)),
    l10n.t(
      'Memory of a training step: {0} parameters, {1} gradients, {2} for Adam, {3} in the forward pass, of which {4} are saved for the backward pass.',
      text(parameters),
      text(gradients),
      text(optimizers?.adam ?? null),
      text(forward),
      text(saved),
    ),
    ...(why === undefined ? [] : [why]),
  ];
}

function numberOf(names: Map<string, number>, name: string): number {
  const found = names.get(name) ?? names.size;
  names.set(name, found);
  return found;
}

function curveOf(kind: MemoryKind, timeline: Timeline | undefined): MemoryCurve | undefined {
  if (!timeline) return undefined;
  const { bytes, peak, saved, complete } = timeline;
  return {
    kind,
    bytes: [...bytes],
    peak: { step: peak.node, bytes: peak.bytes },
    saved,
    isLeast: !complete,
  };
}

function whyNoProgram({ document, spec }: Analysed): string {
  if (spec.program) return l10n.t('The program holds too many objects to follow how long its tensors are there.');
  return document.format.id === 'ultralytics'
    ? l10n.t(
        'How long PyTorch keeps the tensors of this file depends on the Python of its repository: name its folder (`flopline.repository`).',
      )
    : l10n.t('How long PyTorch keeps tensors depends on a program in Python; there is none for this file.');
}

/** The number of learnable parameters, and of those that are trained. */
function parametersIn(graph: Graph): {
  readonly parameters: number;
  readonly trained: number;
  readonly complete: boolean;
} {
  let parameters = 0;
  let trained = 0;
  let complete = true;
  for (const node of graph.nodes) {
    if (node.why !== undefined) complete = false;
    if (node.shares) continue;
    const { weights, all } = parametersOf(node);
    if (Number.isNaN(all)) {
      complete = false;
      continue;
    }
    parameters += all;
    const { training } = node;
    if (training === undefined || training === 'forward-only') trained += all;
    else if (training === 'frozen-weights') trained += all - weights;
    else if (training === 'partly-frozen') complete = false;
  }
  return { parameters, trained, complete };
}

function optimizersOf(trained: number): readonly OptimizerState[] {
  return [
    { name: 'SGD', bytes: 0 },
    { name: l10n.t('SGD with momentum'), bytes: trained },
    { name: 'Adam', bytes: 2 * trained },
    { name: 'AdamW', bytes: 2 * trained },
  ];
}

interface Named {
  readonly name: string;
  readonly type: string;
  readonly sites: readonly OverviewSite[];
}

class Names {
  readonly #known = new Map<Frame, Named>();

  of(frame: Frame): Named {
    const found = this.#known.get(frame);
    if (found) return found;
    const around = frame.parent && this.of(frame.parent);
    const own = isCode(frame) || !frame.parent || frame.label === '' ? '' : frameName(frame);
    const name = [around?.name ?? '', own].filter(part => part !== '').join('.');
    const place = useOf(frame);
    const sites = frame.isHidden ? [] : place ? [{ range: place }] : placesElsewhere(frame);
    const named: Named = {
      name,
      type: isCode(frame) ? (around?.type ?? '') : frame.type,
      // A part of a framework's module has the place of that module.
      sites: sites.length > 0 ? sites.slice(0, 1) : (around?.sites ?? []),
    };
    this.#known.set(frame, named);
    return named;
  }
}

function stretchesOf({ nodes }: Graph): readonly MemoryStretch[] {
  const names = new Names();
  const found: (Named & { count: number })[] = [];
  let last: Named | undefined;
  for (const { frame } of nodes) {
    const named = names.of(frame);
    if (last && (last === named || isSame(last, named))) found.at(-1)!.count++;
    else found.push({ ...named, count: 1 });
    last = named;
  }
  return found;
}

function isSame(a: Named, b: Named): boolean {
  return a.name === b.name && a.sites === b.sites;
}

/** The buffers in memory while an operator runs; undefined if there is no such curve. */
export function memoryAt(
  analysed: Analysed,
  mode: MemoryMode,
  kind: MemoryKind,
  step: number,
): MemoryMoment | undefined {
  const { graph, ideal, eager } = computed(analysed, mode);
  const timeline = kind === 'ideal' ? ideal : eager;
  if (!timeline || !(step >= 0 && step < graph.nodeCount)) return undefined;
  const order = orderOf(analysed);
  const there = timeline.pieces
    .filter(({ from, to, bytes }) => from <= step && step <= to && bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  const names = new Names();
  const others = there.slice(mostPieces);
  return {
    pieces: there.slice(0, mostPieces).map(piece => pieceOf(piece)),
    others: others.length,
    otherBytes: others.reduce((sum, { bytes }) => sum + bytes, 0),
  };

  function pieceOf({ node, port, bytes, saved }: Piece): MemoryPiece {
    const shape = port === undefined ? '' : shapeOrUnknown(node.outputs[port]?.shape, order);
    const { name, type } = names.of(node.frame);
    return {
      name: name === '' ? nameOf(node) : name,
      operator: name === '' && node.op.name === 'input' ? '' : type === '' ? node.op.name : node.op.name,
      shape,
      bytes,
      saved,
      isNew: node.id === step,
      step: node.id,
    };
  }

  function nameOf(node: GraphNode): string {
    return graph.inputs.find(({ tensor }) => tensor.node === node)?.name ?? node.op.name;
  }
}
