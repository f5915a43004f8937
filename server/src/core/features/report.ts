// The report of a network: as data for scripts (`flopline report --format json`, schema 1) and as Markdown.
import * as l10n from '@vscode/l10n';
import { type Amount, type Cost, isCertain, sumOf, sumOfAmounts } from '../analysis/model.ts';
import type { Work } from '../analysis/work.ts';
import type { Program, ProgramEntry } from '../formats/index.ts';
import { type Frame, type GraphNode, type Site, useOf } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import { type ShapeOrder, shapeText } from '../ops/rules/shape.ts';
import type { Analysed, Document, NativeFigure, VersionFigure } from '../pipeline.ts';
import { Lines } from '../text/lines.ts';
import { type Severity, textOf } from '../text/problem.ts';
import { bytes, exact, percent, si } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { listText } from '../text/wording.ts';
import { native } from './figures.ts';
import { documentProblems, problems } from './findings.ts';
import { type MemoryReport, memoryReport } from './memory.ts';
import { lookThroughFiles } from './refusedFiles.ts';
import { certaintySign, elementBytes, uncertainty } from './wording.ts';

/** Sizes, batch first; null for an unknown size, or for a shape of unknown rank. */
export type ReportShape = readonly (number | null)[] | null;

/** Counts for one sample; null if nothing is known, a lower bound if `complete` is false. */
export interface RowReport {
  readonly name: string;
  readonly op: string;
  /** 1-based; null if the file has no such line. */
  readonly line: number | null;
  readonly outputs: readonly ReportShape[];
  /** Learnable parameters. */
  readonly params: number | null;
  readonly macs: number | null;
  /** In the selected convention. */
  readonly value: number | null;
  /** In elements. */
  readonly activations: number | null;
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly why?: string;
  /** If the reason lies in another layer: its `index`. */
  readonly cause?: number;
  /** Whether the row's text was repaired: read as what was probably meant. */
  readonly repaired?: true;
  /** Whether a rule of the project file counts it. */
  readonly byRule?: true;
  /** The numbers are right only under the condition in `why`: neither lower bounds nor certain. */
  readonly doubtful?: true;
  /** The work is an upper bound, because values select what is worked on; parameters are certain. `doubtful` as well. */
  readonly atMost?: true;
  readonly children?: readonly RowReport[];
}

export interface LayerReport extends RowReport {
  /** 0-based, in source order. */
  readonly index: number;
  /** For a module of a program: the file that constructs it, if that is another one. */
  readonly file?: string;
  /** How often it is called; may be 0. */
  readonly calls?: number;
  /** Whether it contains no other modules. */
  readonly leaf?: boolean;
}

/** A network in a program. */
export interface EntryReport {
  readonly entry: string;
  /** 1-based; null if a setting selects it. */
  readonly line: number | null;
  /** The shapes of its inputs if it was read, else the expressions in the file; null if unknown. */
  readonly inputs: readonly ReportShape[] | string | null;
  /** Whether the inputs were guessed; null if it was not read. */
  readonly guessed: boolean | null;
  /** Its totals, if all networks of the file were read. */
  readonly totals?: TotalsReport;
}

export interface ProblemReport {
  /** 1-based, like the column, which counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

export interface TotalsReport {
  readonly params: number | null;
  readonly macs: number | null;
  /** Two per MAC. */
  readonly flops: number | null;
  readonly value: number | null;
  readonly activations: number | null;
  /** Peak activation memory for the selected batch and data type. */
  readonly peakBytes: number | null;
  readonly complete: boolean;
  /** The first reason why it is not complete, or why its memory is not known. */
  readonly why?: string;
  /** As in a row. */
  readonly doubtful?: true;
  readonly atMost?: true;
}

/** The figure that the spec's own framework prints, in the unit of the label. */
export interface NativeReport {
  /** The closest preset. */
  readonly convention: string;
  readonly label: string;
  /** The figure of the newest release. */
  readonly value: number;
  /** The figure of each release whose rules differ, newest first; without releases that reject the file. */
  readonly versions?: readonly ReleaseReport[];
  /** The newest release's figure for the network fused for inference. */
  readonly fused?: FusedReport;
}

export interface ReleaseReport {
  readonly version: string;
  readonly value: number;
  readonly fused?: FusedReport;
}

export interface FusedReport {
  readonly params: number;
  readonly value: number;
}

export interface FileReport {
  readonly file: string;
  readonly format: string;
  readonly model: string;
  readonly input: Readonly<Record<string, ReportShape>>;
  /** The work that `value` counts, if not inference; then the network is read as it runs in training. */
  readonly work?: Exclude<Work, 'inference'>;
  readonly totals: TotalsReport;
  readonly native: NativeReport | null;
  /**
   * Where the meaning of the rows comes from: the repository's own Python if it was read (`models/yolo.py`), else the
   * release or family in Flopline's tables (`YOLOv5 v7.0`, `Ultralytics`).
   */
  readonly source?: string;
  /** For a program: its networks, the one that was read first. */
  readonly entries?: readonly EntryReport[];
  /** If requested. */
  readonly memory?: MemoryReport;
  readonly layers: readonly LayerReport[];
  readonly problems: readonly ProblemReport[];
}

export interface ReportOptions {
  /** The name to report; default: the source's name. */
  readonly file?: string | undefined;
  /** Whether to include what is inside rows, as `children`. */
  readonly blocks?: boolean | undefined;
  /** Whether to include memory. */
  readonly memory?: boolean | undefined;
  /** Other networks of the text that were read. */
  readonly networks?: readonly ReadNetwork[] | undefined;
}

/** Another network of a program, already read. */
export interface ReadNetwork {
  readonly entry: ProgramEntry;
  readonly totals: TotalsReport;
}

/** One row per top-level item; rows add up to the totals (null as 0). Without stand-ins. */
export function report(
  shown: Analysed,
  { file, blocks = false, memory = false, networks = [] }: ReportOptions = {},
): FileReport {
  const analysed = shown.standIns?.actual ?? shown;
  const { document, model, spec } = analysed;
  const { graph } = model;
  // For a Python file this would take as long as all else: only an editor does it, while it is idle.
  if (!spec.program) for (const _ of lookThroughFiles(analysed));
  const figure = native(analysed);
  const source = spec.reader ?? spec.mirrors ?? spec.tables;
  const { work } = analysed.settings;
  return {
    file: file ?? document.source.name,
    format: document.format.id,
    model: spec.model,
    input: Object.fromEntries(graph.inputs.map(({ name, tensor }) => [name, reportShape(tensor.shape)])),
    ...(work === 'inference' ? {} : { work }),
    totals: totalsReport(analysed),
    native: figure ? nativeReport(figure) : null,
    ...(source === undefined ? {} : { source }),
    ...(spec.program ? { entries: entryRows(analysed, spec.program, networks) } : {}),
    ...(memory ? { memory: memoryReport(analysed) } : {}),
    layers: spec.program
      ? moduleRows(analysed, spec.program, spec.imports?.read ?? new Map())
      : graph.root.children.map((frame, index) => ({ index, ...row(analysed, frame, index, blocks) })),
    problems: problemRows(document, problems(analysed)),
  };
}

/** The totals of the network, without stand-ins. */
export function totalsReport(analysed: Analysed): TotalsReport {
  const { model, settings } = analysed;
  const { totals, peak } = model;
  const why = unbuilt(analysed);
  if (why !== undefined) {
    const unknown = { params: null, macs: null, flops: null, value: null, activations: null, peakBytes: null };
    return { ...unknown, complete: false, why };
  }
  const macs = known(totals.macs);
  const peakBytes = peak.elements * settings.batch * elementBytes(settings);
  // How many elements a mask selects depends on values, but selecting costs no MACs: only the memory is unknown.
  const isCounted = (analysed.spec.program !== undefined || isOfValues(totals)) && isCountedIn(totals);
  const { why: reason, ...rest } = completeness(analysed, totals, undefined);
  return {
    params: known(totals.params),
    macs,
    flops: macs !== null && 2 * macs < Number.POSITIVE_INFINITY ? 2 * macs : null,
    value: known(totals.value),
    activations: isCounted && !totals.activations.complete ? null : known(totals.activations),
    peakBytes: Number.isFinite(peakBytes) ? peakBytes : null,
    ...rest,
    ...(isCounted && { complete: true }),
    ...(reason !== undefined && { why: reason }),
  };
}

/** Whether values decide what runs: then only memory may be unknown. */
const isOfValues = ({ macs, cause }: Cost): boolean => macs.chosen !== undefined || cause?.node.guard !== undefined;

/** Whether nothing of what counts is uncertain. */
const isCountedIn = ({ macs, params, value }: Cost): boolean => [macs, params, value].every(isCertain);

/** Why no network of a program could be read: its classes need arguments that nothing in it gives. */
function unbuilt({ spec: { program } }: Analysed): string | undefined {
  const last = program?.entry === undefined ? program?.unbuilt.at(-1) : undefined;
  return (
    last &&
    l10n.t(
      'Nothing in this file says what {0} is built with: {1}. Name a network with {2}.',
      last.name,
      listText(last.needs),
      '--entry',
    )
  );
}

function entryRows(analysed: Analysed, { entries, entry }: Program, networks: readonly ReadNetwork[]): EntryReport[] {
  const { lines } = analysed.document;
  const ordered = entry ? [entry, ...entries.filter(other => other !== entry)] : entries;
  return ordered.map(each => {
    const read = networks.find(
      other => other.entry.expression === each.expression && other.entry.range?.from === each.range?.from,
    );
    const totals = each === entry && networks.length > 0 ? totalsReport(analysed) : read?.totals;
    const { expression, range, inputs, shapes, guessed } = read?.entry ?? each;
    return {
      entry: expression,
      line: range ? lines.lineAt(range.from) + 1 : null,
      inputs: shapes?.map(shape => reportShape(shape)) ?? inputs ?? null,
      guessed: guessed ?? null,
      ...(totals && { totals }),
    };
  });
}

/** One row per module of a program, including everything inside it. */
function moduleRows(
  { model, document }: Analysed,
  { modules }: Program,
  read: ReadonlyMap<string, string>,
): LayerReport[] {
  const own = modules.map(({ own }) => {
    const costs = own.map(node => model.costOfNode(node));
    const { macs, value, activations } = sumOf(costs);
    return {
      macs: [macs],
      value: [value],
      activations: [activations],
      // Reasons of nodes also cover their memory, so take the reason of an unknown count. What depends on a choice may be
      // certain in a sum.
      why: costs.find(cost => (!cost.macs.complete && !cost.macs.chosen) || !cost.params.complete)?.why,
      whyChosen: costs.find(cost => !cost.macs.complete)?.why,
    };
  });
  // Modules come after their parents, so go backwards.
  for (let at = modules.length - 1; at >= 0; at--) {
    const around = own[modules[at]!.parent];
    const inside = own[at]!;
    if (!around) continue;
    for (const key of ['macs', 'value', 'activations'] as const) around[key].push(sumOfAmounts(inside[key]));
    around.why ??= inside.why;
    around.whyChosen ??= inside.whyChosen;
  }
  const lines = new Map<string, Lines>();
  return modules.map((module, index) => {
    const { why, whyChosen } = own[index]!;
    const [macs, value, activations] = [
      sumOfAmounts(own[index]!.macs),
      sumOfAmounts(own[index]!.value),
      sumOfAmounts(own[index]!.activations),
    ];
    const { name, type, site, calls, leaf, outputs, params } = module;
    const reason = why ?? module.why ?? (macs.complete ? undefined : whyChosen);
    const complete = macs.complete && reason === undefined && !Number.isNaN(params);
    return {
      index,
      name,
      op: type,
      line: site ? lineOf(site, document.lines, read, lines) : null,
      ...(site?.file === undefined ? {} : { file: site.file }),
      calls,
      leaf,
      outputs: outputs.map(({ shape }) => reportShape(shape)),
      params: Number.isNaN(params) ? null : params,
      macs: known(macs),
      value: known(value),
      activations: complete && !activations.complete ? null : known(activations),
      ...(complete ? { complete } : { complete, why: reason?.message ?? l10n.t('a size is not known') }),
      ...boundOf(macs),
    };
  });
}

/** The 1-based line of a place in any file; null if its text is not available. */
function lineOf(
  { file, range }: Pick<Site, 'file' | 'range'>,
  own: Lines,
  read: ReadonlyMap<string, string>,
  known: Map<string, Lines>,
): number | null {
  if (file === undefined) return own.lineAt(range.from) + 1;
  const text = read.get(file);
  if (text === undefined) return null;
  const lines = known.get(file) ?? new Lines(text);
  known.set(file, lines);
  return lines.lineAt(range.from) + 1;
}

function nativeReport({ convention, label, value, versions, fused }: NativeFigure): NativeReport {
  return {
    convention,
    label,
    value,
    ...(versions.length > 0 ? { versions: versions.map(releaseReport) } : {}),
    ...(fused ? { fused } : {}),
  };
}

function releaseReport({ version, value, fused }: VersionFigure): ReleaseReport {
  return { version, value, ...(fused ? { fused } : {}) };
}

/** The report of a spec without analysis (a file above the size limit): only its problems are known. */
export function documentReport(document: Document, { file }: ReportOptions = {}): FileReport {
  const { source, format } = document;
  const [problem] = document.problems;
  return {
    file: file ?? source.name,
    format: format.id,
    model: source.name,
    input: {},
    totals: {
      params: null,
      macs: null,
      flops: null,
      value: null,
      activations: null,
      peakBytes: null,
      complete: false,
      ...(problem ? { why: problem.message } : {}),
    },
    native: null,
    layers: [],
    problems: problemRows(document, documentProblems(document)),
  };
}

/** What a report as text needs besides: the unit of `value` and the order of shapes. */
export interface ReportWords {
  readonly unit: string;
  readonly shapeOrder: ShapeOrder;
}

/** The report as Markdown, of all layers or of the `shown` ones. */
export function markdownReport(
  { file, model, input, totals, native: figure, entries = [], layers }: FileReport,
  { unit, shapeOrder }: ReportWords,
  shown: FileReport['layers'] = layers,
): string {
  const cell = markdownCell;
  const rows = shown.map(layer => {
    const { index, name, op, line, outputs, value } = layer;
    const share = value && totals.value && layer.complete ? percent(value / totals.value) : '';
    // If the total is a lower bound, the share is an upper bound, and the reverse.
    const most = share === '' || totals.complete ? '' : totals.atMost ? '≥ ' : '≤ ';
    const cells = [index, line ?? '', cell(name), cell(op), shapeCell(outputs[0], shapeOrder)];
    return `| ${[...cells, bounded(value, layer), most + share, bounded(layer.params, certaintyOfParams(layer))].join(' | ')} |`;
  });
  const reasons = reasonLines({ layers, totals });
  const inputs = Object.entries(input).map(([name, shape]) => `${cell(name)} ${shapeCell(shape, shapeOrder)}`);
  const sign = reportSign(totals, layers);
  const facts = [
    `${signed(totals.value, sign)} ${unit}`,
    l10n.t('{0} params', signed(totals.params, reportSign(certaintyOfParams(totals), layers))),
    ...(totals.peakBytes === null ? [] : [l10n.t('peak {0}', bytes(totals.peakBytes))]),
    ...(figure ? [l10n.t('{0} as printed by its framework', `${figure.value.toFixed(1)} ${figure.label}`)] : []),
    ...(inputs.length > 0 ? [l10n.t('input {0}', inputs.join(', '))] : []),
  ];
  const head = [l10n.t('line'), l10n.t('layer'), l10n.t('type'), l10n.t('output'), unit];
  const total = `**${bounded(totals.value, totals, layers)}** | | **${bounded(totals.params, certaintyOfParams(totals), layers)}**`;
  return [
    `### ${cell(model)} (${cell(file)})`,
    '',
    facts.join(' · '),
    '',
    `| # | ${[...head, l10n.t('share'), l10n.t('params')].join(' | ')} |`,
    '|--:|--:|---|---|---|--:|--:|--:|',
    ...rows,
    `| | | **${l10n.t('total')}** | | | ${total} |`,
    '',
    ...networksTable(entries, unit),
    ...(reasons.length > 0 ? [...reasons.map(reason => `- ${cell(reason)}`), ''] : []),
  ].join('\n');
}

/** The networks of a file side by side; empty if only one was read. */
function networksTable(entries: readonly EntryReport[], unit: string): readonly string[] {
  const rows = pricedEntries(entries).map(({ entry, line, totals }) => {
    const sign = reportSign(totals, []);
    const params = signed(totals.params, reportSign(certaintyOfParams(totals)));
    const cells = [line ?? '', markdownCell(entry), signed(totals.value, sign), params];
    return `| ${cells.join(' | ')} |`;
  });
  if (rows.length < 2) return [];
  const head = [l10n.t('line'), l10n.t('network'), unit, l10n.t('params')];
  return [`| ${head.join(' | ')} |`, '|--:|---|--:|--:|', ...rows, ''];
}

/** The networks of a file that were read, with their totals. */
export function pricedEntries(
  entries: readonly EntryReport[] = [],
): readonly (EntryReport & { readonly totals: TotalsReport })[] {
  return entries.flatMap(({ totals, ...entry }) => (totals ? [{ ...entry, totals }] : []));
}

/** Escapes a text for a table cell or prose in Markdown. */
export function markdownCell(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Reasons for unknown values: one line per reason, with the indexes of the layers that depend on it. */
export function reasonLines({ layers, totals }: Pick<FileReport, 'layers' | 'totals'>): readonly string[] {
  const groups = new Map<string, { readonly here: LayerReport[]; readonly below: number[] }>();
  const group = (why: string) => {
    const found = groups.get(why) ?? { here: [], below: [] };
    groups.set(why, found);
    return found;
  };
  for (const layer of layers) {
    if (layer.why === undefined) continue;
    const origin = layer.cause === undefined ? undefined : layers[layer.cause];
    if (origin?.why !== undefined && origin.cause === undefined) group(origin.why).below.push(layer.index);
    else group(layer.why).here.push(layer);
  }
  if (groups.size === 0 && totals.why !== undefined) return [totals.why];
  return [...groups].map(([why, { here, below }]) => {
    const place = placeText(here);
    if (below.length === 0) return l10n.t('{0}: {1}', place, why);
    return below.length === 1
      ? l10n.t('{0}, needed by layer {1}: {2}', place, below[0]!, why)
      : l10n.t('{0}, needed by layers {1}: {2}', place, spansText(below), why);
  });
}

/** `Layer 3 (line 5)`, `Layers 3 and 5–9`. */
function placeText(layers: readonly LayerReport[]): string {
  const [only] = layers;
  if (layers.length !== 1 || !only) return l10n.t('Layers {0}', spansText(layers.map(({ index }) => index)));
  return only.line === null ? l10n.t('Layer {0}', only.index) : l10n.t('Layer {0} (line {1})', only.index, only.line);
}

/** `3, 5–9 and 12`. */
function spansText(indexes: readonly number[]): string {
  const spans: string[] = [];
  for (let at = 0; at < indexes.length; at++) {
    const first = indexes[at]!;
    while (indexes[at + 1] === indexes[at]! + 1) at++;
    const last = indexes[at]!;
    if (last === first + 1) spans.push(`${first}`, `${last}`);
    else spans.push(last === first ? `${first}` : `${first}–${last}`);
  }
  return listText(spans);
}

/** A shape for display; empty if there is no output. */
export function shapeCell(shape: ReportShape | undefined, order: ShapeOrder): string {
  if (shape === undefined) return '';
  return shape === null
    ? '?'
    : shapeText(
        shape.map(length => length ?? Number.NaN),
        order,
      );
}

const rounded = (value: number | null): string => (value === null ? '?' : si(value));
const signed = (value: number | null, sign: string): string => (value === null ? '?' : sign + rounded(value));
const count = (value: number | null): string => (value === null ? '?' : exact(value));
/** With the sign of a lower bound or a doubt. */
const bounded = (value: number | null, of: Certainty, layers: readonly RowReport[] = []): string =>
  value === null ? count(value) : reportSign(of, layers) + count(value);

type Certainty = Pick<RowReport, 'complete' | 'doubtful' | 'atMost'>;

/** Where the work is an upper bound, the parameters are certain. */
export const certaintyOfParams = (of: Certainty): Certainty => (of.atMost ? { complete: true } : of);

/** The sign in front of a number; for totals, their layers say whether a part is unknown too. */
export function reportSign({ complete, doubtful, atMost }: Certainty, layers: readonly RowReport[] = []): string {
  if (atMost) return certaintySign({ complete, bound: 'upper' });
  const known: boolean =
    complete || (doubtful === true && layers.every(layer => layer.complete || layer.doubtful === true));
  return certaintySign({ complete: known, doubtful: doubtful === true });
}

function row(analysed: Analysed, frame: Frame, index: number, blocks: boolean): RowReport {
  const cost = analysed.model.costOf(frame);
  const site = useOf(frame);
  const isCounted = isOfValues(cost) && isCountedIn(cost);
  return {
    name: frame.label,
    op: frame.type,
    line: site ? analysed.document.lines.lineAt(site.from) + 1 : null,
    outputs: frame.outputs.map(({ shape }) => reportShape(shape)),
    params: known(cost.params),
    macs: known(cost.macs),
    value: known(cost.value),
    activations: isCounted && !cost.activations.complete ? null : known(cost.activations),
    ...(isCounted ? { complete: true } : completeness(analysed, cost, index)),
    ...(frame.repaired ? { repaired: true as const } : {}),
    ...(frame.byRule ? { byRule: true as const } : {}),
    ...(blocks && frame.children.length > 0
      ? { children: frame.children.map(child => row(analysed, child, index, true)) }
      : {}),
  };
}

/** Whether a cost is complete, and why not; `index` is the layer, undefined for the total. */
function completeness(
  { model, document, spec }: Analysed,
  cost: Cost,
  index: number | undefined,
): Pick<RowReport, 'complete' | 'why' | 'cause' | 'doubtful' | 'atMost'> {
  const doubtful = cost.doubts.length > 0 ? { doubtful: true as const } : boundOf(cost.macs);
  if (!cost.cause) {
    const why = uncertainty(cost);
    return why === undefined ? { complete: true } : { complete: false, why, ...doubtful };
  }
  const { node } = cost.cause;
  const why = cost.cause.why.message;
  if (spec.program) {
    // In a program, the cause may be in any function, so name its place.
    const place = placeOf(node.frame);
    const line = place && document.lines.lineAt(place.from) + 1;
    return { complete: false, why: line === undefined ? why : l10n.t('Line {0}: {1}', line, why), ...doubtful };
  }
  const { children } = model.graph.root;
  const cause = layerOf(children, node);
  if (cause < 0 || cause === index) return { complete: false, why, ...doubtful };
  const site = useOf(children[cause]!);
  const line = site && document.lines.lineAt(site.from) + 1;
  const { label } = children[cause]!;
  if (index === undefined) {
    const located = line === undefined ? l10n.t('{0}: {1}', label, why) : l10n.t('Line {0}: {1}', line, why);
    return { complete: false, why: located, ...doubtful };
  }
  const inherited =
    line === undefined
      ? l10n.t('Unknown because of {0}: {1}', label, why)
      : l10n.t('Unknown because of line {0}: {1}', line, why);
  return { complete: false, why: inherited, cause, ...doubtful };
}

/** The innermost place in the text around a frame. */
function placeOf(frame: Frame | undefined): Range | undefined {
  for (let at = frame; at; at = at.parent) {
    const place = useOf(at);
    if (place) return place;
  }
  return undefined;
}

/**
 * The index of the layer that contains a node, by bisection. A node between two layers, such as the placeholder for an
 * invalid reference, belongs to the following one. −1 for inputs of the network, and if no layer follows.
 */
function layerOf(layers: readonly Frame[], { id, op }: GraphNode): number {
  let [low, high] = [0, layers.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { first, end } = layers[middle]!;
    if (id < first) high = middle - 1;
    else if (id >= end) low = middle + 1;
    else return middle;
  }
  return op.kind === 'source' || low >= layers.length ? -1 : low;
}

export function reportShape(shape: Shape | undefined): ReportShape {
  return shape ? shape.map(length => (Number.isFinite(length) ? length : null)) : null;
}

/** What scripts are told of a number that is no lower bound. */
function boundOf({ bound }: Amount): Pick<RowReport, 'doubtful' | 'atMost'> {
  if (!bound) return {};
  return bound === 'upper' ? { doubtful: true, atMost: true } : { doubtful: true };
}

/** An amount for scripts: null if nothing is known, or only that it may be more or less. */
export function known({ value, complete, bound }: Amount): number | null {
  return bound !== 'none' && (complete || value > 0) ? value : null;
}

function problemRows({ lines }: Document, list: ReturnType<typeof problems>): ProblemReport[] {
  return list.map(problem => {
    const { range, severity, code } = problem;
    const { line, character } = lines.position(range.from);
    return { line: line + 1, column: character + 1, severity, code, message: textOf(problem) };
  });
}
