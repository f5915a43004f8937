// Parts that the answers of several tools share: totals, problems with their fixes, and changes.
import * as l10n from '@vscode/l10n';
import { changeFile } from '../cli/change.ts';
import {
  type Analysed,
  applyEdits,
  type FixOffer,
  fixes,
  orderOf,
  problemsWithHints,
  type ReportShape,
  type ReportWords,
  type RowReport,
  shapeCell,
  summary,
  type TextEdit,
  textOf,
  unifiedDiff,
} from '../core/index.ts';
import type { Refusal } from './refusal.ts';
import { amount, flag, has, list, type Schema, text } from './schema.ts';
import type { Subject } from './subject.ts';
import type { Answer } from './tool.ts';

export const totalsSchema = (): Schema =>
  has({
    macs: amount(l10n.t('Multiply-accumulates for one sample; a lower bound where “complete” is false.')),
    params: amount(l10n.t('Learnable parameters.')),
    flops: amount(),
    value: amount(l10n.t('In the convention that was asked for.')),
    peakBytes: amount(),
    complete: flag(l10n.t('Whether every number is known for certain.')),
    why: text(),
  });

export const countsSchema = (description: string): Schema => ({
  ...has({ macs: amount(), params: amount() }, 'macs', 'params'),
  description,
});

export const diffSchema = (): Schema => text(l10n.t('The change as a unified diff.'));
export const fileSchema = (): Schema => text();

/** `4.37G MACs · 3.16M params · …`, and the figure that the framework prints. */
export function totalsLine(analysed: Analysed): string {
  const { detail, native } = summary(analysed);
  return native === undefined ? detail : `${detail} · ${native}`;
}

export function wordsOf(analysed: Analysed): ReportWords {
  return { unit: analysed.model.convention.unit, shapeOrder: orderOf(analysed) };
}

/** A row without fields that only scripts need. */
export function rowOf({ name, op, line, outputs, macs, params, value, complete, why }: RowReport, words: ReportWords) {
  return {
    name,
    op,
    line,
    output: outputText(outputs[0], words),
    macs,
    params,
    ...(value === macs ? {} : { value }),
    ...(complete ? {} : { complete, ...(why === undefined ? {} : { why }) }),
  };
}

const outputText = (shape: ReportShape | undefined, { shapeOrder }: ReportWords): string | null =>
  shape === undefined ? null : shapeCell(shape, shapeOrder);

export const rowSchema = (): Schema =>
  has({
    name: text(),
    op: text(),
    line: amount(),
    output: { type: ['string', 'null'] },
    macs: amount(),
    params: amount(),
  });

// --- Problems -----------------------------------------------------------------------------------------------------

/** A fix with an id by which it can be applied. */
export interface NamedFix {
  readonly id: string;
  readonly offer: FixOffer;
}

export interface ProblemRow {
  readonly line: number;
  readonly column: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly fixes?: readonly { readonly id: string; readonly title: string }[];
}

export const problemSchema = (): Schema =>
  has({
    line: amount(),
    column: amount(),
    severity: text(),
    code: text(),
    message: text(),
    fixes: list(has({ id: text(l10n.t('For the tool “apply”.')), title: text() })),
  });

const order = ['error', 'warning', 'information', 'hint'];

/** The problems of a network or of one of its lines, worst first; the first ones with their fixes. */
export function problemRows(analysed: Analysed, line?: number, most = 20): { rows: ProblemRow[]; left: number } {
  const { lines } = analysed.document;
  const found = problemsWithHints(analysed)
    // Hints that only point to advice are left to the tool “advise”.
    .filter(({ severity, fixes: own }) => severity !== 'hint' || (own?.length ?? 0) > 0)
    .filter(({ range }) => line === undefined || lines.lineAt(range.from) === line)
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.range.from - b.range.from);
  const rows = found.slice(0, most).map((problem): ProblemRow => {
    const { line: at, character } = lines.position(problem.range.from);
    const own = namedFixes(analysed, problem.range).filter(({ offer }) => offer.problem.code === problem.code);
    return {
      line: at + 1,
      column: character + 1,
      severity: problem.severity,
      code: problem.code,
      message: textOf(problem),
      ...(own.length > 0 ? { fixes: own.map(({ id, offer }) => ({ id, title: offer.fix.title })) } : {}),
    };
  });
  return { rows, left: found.length - rows.length };
}

/** The fixes of problems that touch a range, with their ids: `fix:channel-mismatch@12:5.1`. */
export function namedFixes(
  analysed: Analysed,
  within = { from: 0, to: analysed.document.source.text.length },
): NamedFix[] {
  const { lines } = analysed.document;
  const counts = new Map<string, number>();
  return fixes(analysed, within)
    .filter(({ fix }) => fix.edits.length > 0)
    .map(offer => {
      const { line, character } = lines.position(offer.problem.range.from);
      const place = `fix:${offer.problem.code}@${line + 1}:${character + 1}`;
      const number = (counts.get(place) ?? 0) + 1;
      counts.set(place, number);
      return { id: `${place}.${number}`, offer };
    });
}

/** The line in the id of a fix. */
export function lineOfFix(id: string): number | undefined {
  const line = /^fix:[\w-]+@(\d+):\d+\.\d+$/.exec(id)?.[1];
  return line === undefined ? undefined : Number(line) - 1;
}

export function problemLines({ rows, left }: { rows: readonly ProblemRow[]; left: number }): string[] {
  return [
    ...rows.flatMap(({ line, column, severity, code, message, fixes: own = [] }) => [
      `- ${line}:${column} ${severity} ${code}: ${message}`,
      ...own.map(({ id, title }) => `  - ${id}: ${title}`),
    ]),
    ...(left > 0 ? [l10n.t('… and {0} more', left)] : []),
  ];
}

/** A heading with lines below it; nothing if there are no lines. */
export function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

// --- Changes ------------------------------------------------------------------------------------------------------

export const writeArgument = (): Schema =>
  flag(l10n.t('Write the change to the file. Default: false, the change is returned as a diff only.'));

export const changeSchemas = (): Readonly<Record<string, Schema>> => ({
  diff: diffSchema(),
  written: flag(l10n.t('Whether the file was changed.')),
  text: text(l10n.t('The new content, where “text” was given.')),
});

interface Change {
  readonly diff: string;
  readonly written: boolean;
  readonly text?: string;
}

/** Writes a change to the file if requested, or says why that is not possible. */
export function changeOf(
  { file, path, analysed }: Subject,
  edits: readonly TextEdit[],
  write: boolean,
): Change | Refusal {
  const { text: before } = analysed.document.source;
  const diff = unifiedDiff(file, before, edits);
  if (path === undefined) return { diff, written: false, text: applyEdits(before, edits) };
  if (!write || edits.length === 0) return { diff, written: false };
  let complaint = '';
  const isChanged = changeFile(path, before, edits, message => {
    complaint += message;
  });
  return isChanged ? { diff, written: true } : { refused: complaint.replace(/^flopline: /, '').trim() };
}

/** Refuses to write if the network is a text, not a file. */
export function cannotWrite({ text: given, write = false }: { text?: string; write?: boolean }): Refusal | undefined {
  if (given === undefined || !write) return undefined;
  return { refused: l10n.t('“write” changes the file, which “text” takes the place of. Leave one of them out.') };
}

export function changeLines({ diff, written }: Change, file: string): string[] {
  if (diff === '') return [];
  return [
    '',
    written ? l10n.t('Written to {0}:', file) : l10n.t('Not written yet. The change:'),
    '```diff',
    diff.trimEnd(),
    '```',
  ];
}

export function answer(lines: readonly string[], data: Readonly<Record<string, unknown>>): Answer {
  return { text: lines.join('\n').trim(), data };
}
