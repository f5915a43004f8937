// Tables of a report: for a terminal, with bars, and for spreadsheets.
import { type FileReport, type RowReport, reasonLines, reportSign, shapeCell, si } from '../core/index.ts';

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

/** Rows of cells as lines, with each column as wide as its longest cell; empty columns are left out. */
export function aligned(rows: readonly (readonly string[])[], sides: readonly ('start' | 'end')[]): string[] {
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
