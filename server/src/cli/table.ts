// Tables for people: a terminal's, with bars, and one for spreadsheets.
import {
  budgetText,
  type FileReport,
  type RowReport,
  reasonLines,
  reportSign,
  shapeCell,
  shareChange,
  si,
} from '../core/index.ts';
import type { AdviceReport } from './advise.ts';
import type { SlimReport } from './slim.ts';

const barWidth = 12;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const shownLines = 20;

/** One file: a head line, a row for each layer with a bar of its cost, the totals and the problems. */
export function terminalTable(report: FileReport, facts: { readonly detail: string; readonly unit: string }): string {
  const { layers, totals, problems, file, format, model } = report;
  const largest = Math.max(0, ...layers.map(({ value }) => value ?? 0));
  const rows = [...flatten(layers)].map(({ row, path, depth }) => [
    depth === 0 ? path : '',
    row.line === null || depth > 0 ? '' : String(row.line),
    clip('  '.repeat(depth) + row.name, 36),
    clip(row.op === row.name ? '' : row.op, 24),
    shapeCell(row.outputs[0]),
    amount(row.value, row),
    share(row, totals, layers),
    bar(row.value ?? 0, largest),
    amount(row.params, row),
  ]);
  const head = ['#', 'line', 'layer', 'type', 'output', facts.unit, '', '', 'params'];
  const foot = [
    '',
    '',
    'total',
    '',
    '',
    amount(totals.value, totals, layers),
    '',
    '',
    amount(totals.params, totals, layers),
  ];
  const lines = aligned([head, ...rows, foot], ['end', 'end', 'start', 'start', 'end', 'end', 'end', 'start', 'end']);
  const rule = '─'.repeat(Math.max(...lines.map(line => line.length)));
  return [
    `${file} · ${format} · ${model}`,
    '',
    lines[0],
    rule,
    ...lines.slice(1, -1),
    rule,
    lines.at(-1),
    '',
    facts.detail,
    ...clipped(
      layers.every(row => row.complete || row.doubtful) ? 'Not certain:' : 'Not known:',
      reasonLines(report),
      'reasons',
    ),
    ...problemLines(file, problems),
    '',
  ].join('\n');
}

/** What would make one file cheaper: what is offered with its share of the whole, then what is not, with the reason. */
export function adviceTable({ file, format, model, advice }: AdviceReport, detail: string): string {
  const offered = advice.filter(({ refused }) => refused === null);
  const refused = advice.filter(({ refused }) => refused !== null);
  const head = ['id', 'line', 'MACs', 'params', 'what it does'];
  const rows = offered.map(({ id, line, before, after, title }) => [
    id,
    String(line),
    shareChange(after.macs, before.macs),
    shareChange(after.params, before.params),
    title,
  ]);
  const lines = aligned([head, ...rows], ['start', 'end', 'end', 'end', 'start']);
  const rule = '─'.repeat(Math.min(120, Math.max(...lines.map(line => line.length))));
  const left = aligned(
    refused.map(({ id, line, title }) => [id, String(line), title]),
    ['start', 'end', 'start'],
  );
  return [
    `${file} · ${format} · ${model}`,
    '',
    ...(offered.length > 0 ? [lines[0], rule, ...lines.slice(1)] : ['Nothing to propose.']),
    ...(refused.length > 0 ? ['', 'Not offered:', ...left] : []),
    '',
    detail,
    ...(offered.length > 0 ? [`To make one of them in the file: flopline advise ${file} --apply ID`] : []),
    '',
  ].join('\n');
}

/** A sequence of changes with the totals after each. */
export function slimTable({ file, before, steps, reached, complete, budget }: SlimReport): string {
  const head = ['line', 'MACs', '', 'params', '', 'change'];
  const rows = steps.map(({ line, after, title }) => [
    String(line),
    si(after.macs),
    shareChange(after.macs, before.macs),
    si(after.params),
    shareChange(after.params, before.params),
    title,
  ]);
  const first = ['', si(before.macs), '', si(before.params), '', 'as it is'];
  const lines = aligned([head, first, ...rows], ['end', 'end', 'end', 'end', 'end', 'start']);
  const rule = '─'.repeat(Math.min(120, Math.max(...lines.map(line => line.length))));
  const count = `${steps.length} change${steps.length === 1 ? '' : 's'}`;
  const outcome =
    steps.length === 0 && reached
      ? 'The network is within the budget already'
      : `${reached ? 'Reached' : complete ? 'Not reached' : 'Perhaps reached (totals are “at least”)'} by ${count}`;
  return [file, '', lines[0], rule, ...lines.slice(1), '', `${outcome}: ${budgetText(budget, before)}.`, ''].join('\n');
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
      totals.peakBytes === null ? '?' : `${si(totals.peakBytes, 3, ' ')}B`,
      errors > 0 ? `${errors} error${errors === 1 ? '' : 's'}` : '',
    ];
  });
  const head = ['file', 'layers', unit, 'params', 'peak', ''];
  const lines = aligned([head, ...rows], ['start', 'end', 'end', 'end', 'end', 'start']);
  const rule = '─'.repeat(Math.max(...lines.map(line => line.length)));
  return [lines[0], rule, ...lines.slice(1), ''].join('\n');
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

/** Comma-separated values (RFC 4180), one row for each layer; unknown is empty. */
export function csv(reports: readonly FileReport[]): string {
  const lines = [columns.join(',')];
  for (const { file, layers } of reports) {
    for (const { row, path } of flatten(layers)) {
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
  /** `4.1.0`: the second row inside the fifth, and so on. */
  readonly path: string;
  readonly depth: number;
}

function* flatten(rows: readonly RowReport[], before = '', depth = 0): Generator<FlatRow> {
  for (const [index, row] of rows.entries()) {
    const path = before === '' ? String(index) : `${before}.${index}`;
    yield { row, path, depth };
    if (row.children) yield* flatten(row.children, path, depth + 1);
  }
}

function problemLines(file: string, problems: FileReport['problems']): string[] {
  const lines = problems.map(({ line, column, severity, code, message }) => {
    return `${file}:${line}:${column}: ${severity}: ${message} (${code})`;
  });
  return clipped('', lines, 'problems');
}

/** A paragraph of so many lines as a person reads; nothing where there is none. */
function clipped(title: string, lines: readonly string[], what: string): string[] {
  if (lines.length === 0) return [];
  const left = lines.length - shownLines;
  const rest = left > 0 ? [`… and ${left} more ${left === 1 ? what.replace(/s$/, '') : what}`] : [];
  const shown = [...lines.slice(0, shownLines), ...rest];
  return title === '' ? ['', ...shown] : ['', title, ...shown.map(line => `  ${line}`)];
}

function amount(
  value: number | null,
  of: Pick<RowReport, 'complete' | 'doubtful'>,
  layers: readonly RowReport[] = [],
): string {
  if (value === null) return '?';
  if (value === 0 && of.complete) return '';
  return reportSign(of, layers) + si(value);
}

function share(
  { value, complete, doubtful }: RowReport,
  total: FileReport['totals'],
  layers: readonly RowReport[],
): string {
  // Of a lower bound, what a row takes at most; a share of two bounds says nothing.
  if (!value || !total.value || !(complete || doubtful || total.complete)) return '';
  const percents = (100 * value) / total.value;
  const most = reportSign(total, layers).replace('≥', '≤').replace('≳', '≲');
  return percents < 0.05 ? '< 0.1 %' : `${most}${percents.toFixed(1)} %`;
}

function bar(value: number, largest: number): string {
  if (value <= 0 || largest <= 0) return '';
  // What costs something has a bar, however small.
  const length = Math.max(1, Math.round((value / largest) * barWidth * 8));
  return '█'.repeat(length >> 3) + eighths[length & 7];
}

function aligned(rows: readonly (readonly string[])[], sides: readonly ('start' | 'end')[]): string[] {
  const widths = sides.map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows.map(row =>
    row
      .map((cell, column) => (sides[column] === 'end' ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .filter((_, column) => widths[column]! > 0)
      .join('  ')
      .trimEnd(),
  );
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
