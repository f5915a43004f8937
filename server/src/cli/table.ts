// Tables of a report: text with bars for a terminal, Markdown, and CSV.
import * as l10n from '@vscode/l10n';
import {
  bytes,
  certaintyOfParams,
  clipColumns,
  type FileReport,
  markdownCell,
  padEnd,
  padStart,
  pricedEntries,
  type ReportWords,
  type RowReport,
  reasonLines,
  reportSign,
  shapeCell,
  si,
  width,
} from '../core/index.ts';

const barWidth = 12;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const shownLines = 20;

/** What the table of a file shows besides its report. */
export interface TableWords extends ReportWords {
  readonly detail: string;
}

/** One file: a header, a row per layer (or for some of them) with a bar, the totals and the problems. */
export function terminalTable(
  report: FileReport,
  { detail, unit, shapeOrder }: TableWords,
  shown: FileReport['layers'] = report.layers,
): string {
  const { layers, totals, problems, file } = report;
  const largest = Math.max(0, ...shown.map(({ value }) => value ?? 0));
  const rows = [...flatten(shown)].map(({ row, path, depth }) => [
    depth === 0 ? path : '',
    row.line === null || depth > 0 ? '' : String(row.line),
    clipColumns('  '.repeat(depth) + row.name, 36),
    clipColumns(row.op === row.name ? '' : row.op, 24),
    shapeCell(row.outputs[0], shapeOrder),
    amount(row.value, row),
    share(row, totals, layers),
    bar(row.value ?? 0, largest),
    amount(row.params, certaintyOfParams(row)),
  ]);
  const [line, layer, type, output] = [l10n.t('line'), l10n.t('layer'), l10n.t('type'), l10n.t('output')];
  const head = ['#', line, layer, type, output, unit, '', '', l10n.t('params')];
  const values = [
    amount(totals.value, totals, layers),
    '',
    '',
    amount(totals.params, certaintyOfParams(totals), layers),
  ];
  const foot = ['', '', l10n.t('total'), '', '', ...values];
  const lines = aligned([head, ...rows, foot], ['end', 'end', 'start', 'start', 'end', 'end', 'end', 'start', 'end']);
  const isRead = layers.length > 0 && layers.every(row => row.complete || row.doubtful);
  const reasons = isRead ? l10n.t('Uncertain:') : l10n.t('Unknown:');
  return [
    headText(report),
    '',
    ...ruled(lines.slice(0, -1)),
    ruleOf(lines),
    lines.at(-1),
    '',
    detail,
    ...networkLines(report, unit),
    ...paragraph(reasons, reasonLines(report)),
    ...problemLines(file, problems),
    '',
  ].join('\n');
}

/** The networks of a Python file side by side, if they were read. */
function networkLines({ entries }: FileReport, unit: string): readonly string[] {
  const rows = pricedEntries(entries).map(({ entry, line, totals }) => [
    line === null ? '' : String(line),
    clipColumns(entry, 60),
    amount(totals.value, totals),
    amount(totals.params, certaintyOfParams(totals)),
  ]);
  if (rows.length < 2) return [];
  const head = [l10n.t('line'), l10n.t('network'), unit, l10n.t('params')];
  return ['', ...ruled(aligned([head, ...rows], ['end', 'start', 'end', 'end']))];
}

/** `yolov8n.yaml · ultralytics · yolov8n`. */
export function headText({ file, format, model }: Pick<FileReport, 'file' | 'format' | 'model'>): string {
  return `${file} · ${format} · ${model}`;
}

/** Several files side by side. */
export function overview(reports: readonly FileReport[], unit: string): string {
  const rows = reports.map(({ file, totals, layers, problems }) => {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    return [
      file,
      String(layers.length),
      amount(totals.value, totals, layers),
      amount(totals.params, totals, layers),
      totals.peakBytes === null ? '?' : bytes(totals.peakBytes),
      errors === 0 ? '' : errors === 1 ? l10n.t('1 error') : l10n.t('{0} errors', errors),
    ];
  });
  const head = [l10n.t('file'), l10n.t('layers'), unit, l10n.t('params'), l10n.t('peak'), ''];
  return [...ruled(aligned([head, ...rows], ['start', 'end', 'end', 'end', 'end', 'start'])), ''].join('\n');
}

/** The same as Markdown, for an issue or a pull request. */
export function overviewMarkdown(reports: readonly FileReport[], unit: string): string {
  const head = [l10n.t('file'), l10n.t('layers'), unit, l10n.t('params'), l10n.t('peak')];
  const rows = reports.map(({ file, totals, layers }) => [
    markdownCell(file),
    layers.length,
    amount(totals.value, totals, layers),
    amount(totals.params, totals, layers),
    totals.peakBytes === null ? '?' : bytes(totals.peakBytes),
  ]);
  return [head, ['---', '--:', '--:', '--:', '--:'], ...rows].map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

/** The totals of each file as CSV. */
export function overviewCsv(reports: readonly FileReport[]): string {
  const lines = ['file,layers,params,macs,value,activations,peakBytes,complete,why'];
  for (const { file, layers, totals } of reports) {
    const { params, macs, value, activations, peakBytes, complete, why } = totals;
    const cells = [file, layers.length, params, macs, value, activations, peakBytes, complete, why];
    lines.push(cells.map(cell => quoted(String(cell ?? ''))).join(','));
  }
  return `${lines.join('\n')}\n`;
}

const columns = [
  'file',
  'index',
  'line',
  'name',
  'op',
  'output',
  'params',
  'macs',
  'value',
  'activations',
  'complete',
  'why',
] as const;

/** CSV (RFC 4180), one row per layer; unknown values are empty. */
export function csv(
  reports: readonly FileReport[],
  shown: (report: FileReport) => FileReport['layers'] = ({ layers }) => layers,
): string {
  const lines = [columns.join(',')];
  for (const report of reports) {
    const { file } = report;
    for (const { row, path } of flatten(shown(report))) {
      const output = row.outputs[0]?.map(length => length ?? '?').join('x') ?? '';
      const { line, name, op, params, macs, value, activations, complete, why } = row;
      const cells = [file, path, line, name, op, output, params, macs, value, activations, complete, why];
      lines.push(cells.map(cell => quoted(String(cell ?? ''))).join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

interface FlatRow {
  readonly row: RowReport;
  /** `4.1.0`: the first row in the second row in the fifth row. */
  readonly path: string;
  readonly depth: number;
}

function* flatten(
  rows: readonly (RowReport & { readonly index?: number })[],
  before = '',
  depth = 0,
): Generator<FlatRow> {
  for (const [at, row] of rows.entries()) {
    const { index = at } = row;
    const path = before === '' ? String(index) : `${before}.${index}`;
    yield { row, path, depth };
    if (row.children) yield* flatten(row.children, path, depth + 1);
  }
}

function problemLines(file: string, problems: FileReport['problems']): string[] {
  const lines = problems.map(({ line, column, severity, code, message }) => {
    return `${file}:${line}:${column}: ${severity}: ${message} (${code})`;
  });
  return lines.length === 0 ? [] : ['', ...shortened(lines)];
}

/** A title with lines below it; nothing if there are no lines. */
function paragraph(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...shortened(lines).map(line => `  ${line}`)];
}

/** The lines, cut to a readable number. */
function shortened(lines: readonly string[]): string[] {
  const left = lines.length - shownLines;
  return left > 0 ? [...lines.slice(0, shownLines), l10n.t('… and {0} more', left)] : [...lines];
}

function amount(
  value: number | null,
  of: Pick<RowReport, 'complete' | 'doubtful' | 'atMost'>,
  layers: readonly RowReport[] = [],
): string {
  if (value === null) return '?';
  if (value === 0 && of.complete) return '';
  return reportSign(of, layers) + si(value);
}

function share(
  { value, complete, doubtful, atMost }: RowReport,
  total: FileReport['totals'],
  layers: readonly RowReport[],
): string {
  // If the row's value is a lower bound, so is its share; with a lower bound as total, the share is an upper bound, and the
  // reverse.
  if (!value || !total.value || atMost || !(complete || doubtful || total.complete)) return '';
  const percents = (100 * value) / total.value;
  const most = total.atMost ? '≥ ' : reportSign(total, layers).replace('≥', '≤').replace('≳', '≲');
  return percents < 0.05 ? '< 0.1 %' : `${most}${percents.toFixed(1)} %`;
}

function bar(value: number, largest: number): string {
  if (value <= 0 || largest <= 0) return '';
  // Every row with a cost gets a visible bar, however small.
  const length = Math.max(1, Math.round((value / largest) * barWidth * 8));
  return '█'.repeat(length >> 3) + eighths[length & 7];
}

/** Aligns cells in columns as wide as their widest cell; empty columns are dropped. */
export function aligned(rows: readonly (readonly string[])[], sides: readonly ('start' | 'end')[]): string[] {
  const widths = sides.map((_, column) => Math.max(...rows.map(row => width(row[column] ?? ''))));
  return rows.map(row =>
    row
      .map((cell, column) => (sides[column] === 'end' ? padStart : padEnd)(cell, widths[column]!))
      .filter((_, column) => widths[column]! > 0)
      .join('  ')
      .trimEnd(),
  );
}

/** A table with a rule below its header. */
export function ruled([head = '', ...rows]: readonly string[], most = Number.POSITIVE_INFINITY): string[] {
  return [head, ruleOf([head, ...rows], most), ...rows];
}

function ruleOf(lines: readonly string[], most = Number.POSITIVE_INFINITY): string {
  return '─'.repeat(Math.min(most, Math.max(...lines.map(width))));
}
