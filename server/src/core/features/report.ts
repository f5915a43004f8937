// What scripts rely on: schema 1 of `flopline report --format json`.
import type { Amount, Cost } from '../analysis/model.ts';
import type { Frame } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import type { Analysed, Document } from '../pipeline.ts';
import type { Severity } from '../text/problem.ts';
import { exact, percent, si } from '../text/quantity.ts';
import { native } from './figures.ts';
import { documentProblems, problems } from './findings.ts';
import { elementBytes, shapeText, storedShape } from './wording.ts';

/** Sizes batch first; null for a size that is unknown, and for a shape of unknown rank. */
export type ReportShape = readonly (number | null)[] | null;

/** Counts for one sample; null where nothing is known, a lower bound where `complete` is false. */
export interface RowReport {
  readonly name: string;
  readonly op: string;
  /** 1-based; null where the file has no such line. */
  readonly line: number | null;
  readonly outputs: readonly ReportShape[];
  /** Learnable parameters. */
  readonly params: number | null;
  readonly macs: number | null;
  /** In the convention that was asked for. */
  readonly value: number | null;
  /** Elements. */
  readonly activations: number | null;
  readonly complete: boolean;
  readonly children?: readonly RowReport[];
}

export interface LayerReport extends RowReport {
  /** 0-based, in source order. */
  readonly index: number;
}

export interface ProblemReport {
  /** 1-based, as the column, which counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

export interface TotalsReport {
  readonly params: number | null;
  readonly macs: number | null;
  /** Two for each MAC. */
  readonly flops: number | null;
  readonly value: number | null;
  readonly activations: number | null;
  /** The most memory that is alive at once, for the batch and the dtype that were asked for. */
  readonly peakBytes: number | null;
  readonly complete: boolean;
}

export interface FileReport {
  readonly file: string;
  readonly format: string;
  readonly model: string;
  readonly input: Readonly<Record<string, ReportShape>>;
  readonly totals: TotalsReport;
  /** What the spec's own framework prints, in the label's unit. */
  readonly native: { readonly convention: string; readonly label: string; readonly value: number } | null;
  readonly layers: readonly LayerReport[];
  readonly problems: readonly ProblemReport[];
}

export interface ReportOptions {
  /** As the caller names it; by default the source's name. */
  readonly file?: string | undefined;
  /** Whether rows have what is inside them as `children`. */
  readonly blocks?: boolean | undefined;
}

/** One row for each item of the file's top-level list; rows sum to totals (null as 0). */
export function report(analysed: Analysed, { file, blocks = false }: ReportOptions = {}): FileReport {
  const { document, model, spec, settings } = analysed;
  const { totals, peak, graph } = model;
  const figure = native(analysed);
  const macs = known(totals.macs);
  const peakBytes = peak.elements * settings.batch * elementBytes(settings);
  return {
    file: file ?? document.source.name,
    format: document.format.id,
    model: spec.model,
    input: Object.fromEntries(graph.inputs.map(({ name, tensor }) => [name, reportShape(tensor.shape)])),
    totals: {
      params: known(totals.params),
      macs,
      flops: macs === null ? null : 2 * macs,
      value: known(totals.value),
      activations: known(totals.activations),
      peakBytes: Number.isFinite(peakBytes) ? peakBytes : null,
      complete: isComplete(totals),
    },
    native: figure ? { convention: figure.convention, label: figure.label, value: figure.value } : null,
    layers: graph.root.children.map((frame, index) => ({ index, ...row(analysed, frame, blocks) })),
    problems: problemRows(document, problems(analysed)),
  };
}

/** The report of a spec that was not analysed (a file above the size limit): nothing is known but its problems. */
export function documentReport(document: Document, { file }: ReportOptions = {}): FileReport {
  const { source, format } = document;
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
    },
    native: null,
    layers: [],
    problems: problemRows(document, documentProblems(document)),
  };
}

/** The report as markdown, for an issue or a notebook; `unit` is the one of `value`. */
export function markdownReport(
  { file, model, input, totals, native: figure, layers }: FileReport,
  unit: string,
): string {
  const cell = (text: string): string => text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
  const rows = layers.map(({ index, name, op, line, outputs, value, params }) => {
    const share = value && totals.value ? percent(value / totals.value) : '';
    return `| ${[index, line ?? '', cell(name), cell(op), shapeCell(outputs[0]), count(value), share, count(params)].join(' | ')} |`;
  });
  const inputs = Object.entries(input).map(([name, shape]) => `${cell(name)} ${stored(shape)}`);
  const facts = [
    `${atLeast(totals)}${count(totals.value)} ${unit}`,
    `${count(totals.params)} parameters`,
    ...(totals.peakBytes === null ? [] : [`peak ${si(totals.peakBytes, 3, ' ')}B`]),
    ...(figure ? [`${figure.value.toFixed(1)} ${figure.label} as its framework prints`] : []),
    ...(inputs.length > 0 ? [`input ${inputs.join(', ')}`] : []),
  ];
  return [
    `### ${cell(model)} (${cell(file)})`,
    '',
    facts.join(' · '),
    '',
    `| # | line | layer | type | output | ${unit} | share | parameters |`,
    '|--:|--:|---|---|---|--:|--:|--:|',
    ...rows,
    `| | | **total** | | | **${count(totals.value)}** | | **${count(totals.params)}** |`,
    '',
  ].join('\n');
}

/** Channels last, as a person reads it; empty where there is no output. */
export function shapeCell(shape: ReportShape | undefined): string {
  if (shape === undefined) return '';
  return shape === null ? '?' : shapeText(shape.map(length => length ?? Number.NaN));
}

const stored = (shape: ReportShape): string => storedShape(shape?.map(length => length ?? Number.NaN));
const count = (value: number | null): string => (value === null ? '?' : exact(value));
const atLeast = ({ complete }: TotalsReport): string => (complete ? '' : 'at least ');

function row(analysed: Analysed, frame: Frame, blocks: boolean): RowReport {
  const cost = analysed.model.costOf(frame);
  const site = frame.sites[0];
  return {
    name: frame.label,
    op: frame.type,
    line: site ? analysed.document.lines.lineAt(site.from) + 1 : null,
    outputs: frame.outputs.map(({ shape }) => reportShape(shape)),
    params: known(cost.params),
    macs: known(cost.macs),
    value: known(cost.value),
    activations: known(cost.activations),
    complete: isComplete(cost),
    ...(blocks && frame.children.length > 0
      ? { children: frame.children.map(child => row(analysed, child, true)) }
      : {}),
  };
}

function reportShape(shape: Shape | undefined): ReportShape {
  return shape ? shape.map(length => (Number.isNaN(length) ? null : length)) : null;
}

function known({ value, complete }: Amount): number | null {
  // Past the largest number there is no sum any more.
  return Number.isFinite(value) && (complete || value > 0) ? value : null;
}

function isComplete({ macs, value, params, activations }: Cost): boolean {
  return [macs, value, params, activations].every(amount => amount.complete && Number.isFinite(amount.value));
}

function problemRows({ lines }: Document, list: ReturnType<typeof problems>): ProblemReport[] {
  return list.map(({ range, severity, code, message }) => {
    const { line, character } = lines.position(range.from);
    return { line: line + 1, column: character + 1, severity, code, message };
  });
}
