// Numbers that an edit by hand has left behind: references to rows that have moved, figures in comments.
import * as l10n from '@vscode/l10n';
import { lineEnd } from '../../syntax/lists.ts';
import type { Mapping, YamlNode } from '../../syntax/tree.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Fix, Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Claim, Variant } from '../format.ts';
import { itemsOf, rowsOf } from './items.ts';

/** What a row that came or went without its numbers following would look like. */
const codes = new Set([
  'broadcast-mismatch',
  'channel-mismatch',
  'keeps-channels',
  'list-as-input',
  'concat-rank-mismatch',
  'concat-size-mismatch',
  'later-reference',
  'own-reference',
  'unknown-reference',
  'wrong-input-count',
]);
/** Each is tried by analysing the whole text. */
const mostTries = 24;

/** References shifted from some row on, as a row inserted or removed there asks for. */
export function repairsOf(text: string, top: Mapping, { code }: Problem): readonly Fix[] {
  if (!codes.has(code)) return [];
  const numbers = numbersOf(text, top);
  const targets = [...new Set(numbers.references.map(({ value }) => value))].sort((a, b) => a - b);
  const shifts = [1, -1].flatMap(by => targets.map(from => ({ from, by })));
  return shifts.slice(0, mostTries).map(shift => following(numbers, shift));
}

/** Comments that begin with another number than their row has, as after an edit by hand. */
export function staleNumbers(text: string, top: Mapping): readonly Problem[] {
  const numbers = numbersOf(text, top);
  const { after } = numbers;
  const at = after.findIndex((number, index) => number !== undefined && number.value !== index);
  const first = after[at];
  if (!first) return [];
  const by = at - first.value;
  const fixes: Fix[] = [];
  // Where all that follow differ by as much, untouched references differ too.
  if (after.slice(at).every((number, index) => !number || at + index - number.value === by)) {
    const from = numbers.references.find(({ value }) => value >= first.value);
    if (from) fixes.push(following(numbers, { from: first.value, by }));
  }
  const edits = after.flatMap((number, index) =>
    number && number.value !== index ? [{ ...number.range, text: String(index) }] : [],
  );
  fixes.push({ title: l10n.t('Renumber only the comments'), edits });
  const message =
    by > 0
      ? l10n.t('This comment says row {0}, but this is row {1}: rows were inserted above.', first.value, at)
      : l10n.t('This comment says row {0}, but this is row {1}: rows were removed above.', first.value, at);
  const help = l10n.t('Check all references to row {0} and later.', first.value);
  return [{ range: first.range, severity: 'hint', code: 'stale-number', message, help, fixes }];
}

interface Numbers {
  readonly references: readonly { readonly range: Range; readonly value: number }[];
  /** By row. */
  readonly after: readonly ({ readonly range: Range; readonly value: number } | undefined)[];
}

function numbersOf(text: string, top: Mapping): Numbers {
  const rows = rowsOf(top);
  const references = itemsOf(rows).flatMap(item =>
    item.references.flatMap(({ kind, range, written }) =>
      kind === 'absolute' && typeof written === 'number' && range.to > range.from ? [{ range, value: written }] : [],
    ),
  );
  return { references, after: rows.map(row => numberAfter(text, row)) };
}

/** References to rows from one on, and comments with their old numbers, follow rows that came or went. */
function following({ references, after }: Numbers, { from, by }: { from: number; by: number }): Fix {
  const edits: TextEdit[] = references
    .filter(({ value }) => value >= from)
    .map(({ range, value }) => ({ ...range, text: String(value + by) }));
  for (const [index, number] of after.entries()) {
    if (number && number.value !== index && number.value + by === index)
      edits.push({ ...number.range, text: String(index) });
  }
  return { title: shiftTitle(from, by), edits };
}

function shiftTitle(from: number, by: number): string {
  const count = Math.abs(by);
  if (by > 0) {
    return count === 1
      ? l10n.t('Shift references to rows ≥ {0} by +1, for the row inserted above', from)
      : l10n.t('Shift references to rows ≥ {0} by +{1}, for the {1} rows inserted above', from, count);
  }
  return count === 1
    ? l10n.t('Shift references to rows ≥ {0} by −1, for the row removed above', from)
    : l10n.t('Shift references to rows ≥ {0} by −{1}, for the {1} rows removed above', from, count);
}

/** `# 5-P3/8` after a row. */
export function numberAfter(
  text: string,
  row: YamlNode,
): { readonly range: Range; readonly value: number } | undefined {
  const match = /^[\s,\]]*#\s*(\d+)(?![\d.])/.exec(text.slice(row.to, lineEnd(text, row.to)));
  if (!match) return undefined;
  const to = row.to + match[0].length;
  return { range: { from: to - match[1]!.length, to }, value: Number(match[1]) };
}

/** `# YOLOv8n summary: 225 layers, 3157200 parameters, 3157184 gradients, 8.9 GFLOPs` after the scale that was read. */
export function claimOf(text: string, variants: readonly Variant[], name: string | undefined): Claim | undefined {
  const variant = variants.find(other => other.name === name);
  if (!variant) return undefined;
  const at = variant.range.to;
  const line = text.slice(at, lineEnd(text, at));
  // Fused, a network has other parameters than as it is written.
  const match =
    /#[^#]*?\bsummary:\s*((?:\d[\d,]* layers,\s*)?)(\d[\d,]*) parameters(?:,\s*(\d[\d,]*) gradients)?(?:,\s*(\d[\d,]*(?:\.(\d+))?) GFLOPs)?/d.exec(
      line,
    );
  if (!match || match[0].includes('fused')) return undefined;
  const range = (group: number): Range => ({
    from: at + match.indices![group]![0],
    to: at + match.indices![group]![1],
  });
  const figure = (group: number) => {
    const text = match[group];
    if (text === undefined) return undefined;
    return { range: range(group), value: Number(text.replaceAll(',', '')), separated: text.includes(',') };
  };
  const printed = figure(4);
  return {
    range: { from: at + match.index, to: at + match.index + match[0].length },
    params: figure(2)!,
    gradients: figure(3),
    printed: printed && { ...printed, digits: match[5]?.length ?? 0 },
    others: match[1] === '' ? undefined : range(1),
  };
}
