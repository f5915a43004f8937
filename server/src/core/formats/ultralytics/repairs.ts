// References to rows that may have moved, where nothing but their shapes says so; figures in comments.
import * as l10n from '@vscode/l10n';
import { lineEnd } from '../../syntax/lists.ts';
import type { Mapping } from '../../syntax/tree.ts';
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
/** So many comments with numbers are a numbering. */
const leastComments = 3;
/** Each is tried by analysing the whole text. */
const mostTries = 24;

/**
 * References shifted from some row on, as a row inserted or removed there asks for; none where comments that number rows
 * say that none was, or which ones.
 */
export function repairsOf(text: string, top: Mapping, { code }: Problem): readonly Fix[] {
  if (!codes.has(code)) return [];
  const items = itemsOf(text, rowsOf(top));
  if (items.filter(({ number }) => number).length >= leastComments) return [];
  const references = items.flatMap(item =>
    item.references.flatMap(({ kind, range, written }) =>
      kind === 'absolute' && typeof written === 'number' && range.to > range.from ? [{ range, value: written }] : [],
    ),
  );
  const targets = [...new Set(references.map(({ value }) => value))].sort((a, b) => a - b);
  const shifts = [1, -1].flatMap(by => targets.map(from => ({ from, by })));
  return shifts.slice(0, mostTries).map(
    ({ from, by }): Fix => ({
      title:
        by > 0
          ? l10n.t('Shift references to rows ≥ {0} by +1, for the row inserted above', from)
          : l10n.t('Shift references to rows ≥ {0} by −1, for the row removed above', from),
      edits: references
        .filter(({ value }) => value >= from)
        .map(({ range, value }): TextEdit => ({ ...range, text: String(value + by) })),
      isGuess: true,
    }),
  );
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
