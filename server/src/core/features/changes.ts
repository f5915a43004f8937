// What has changed compared with a base, as shown beside the text: per line, in the totals, and removed layers.
import * as l10n from '@vscode/l10n';
import { type Amount, isCertain } from '../analysis/model.ts';
import type { Analysed } from '../pipeline.ts';
import { changeText, si } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { listText } from '../text/wording.ts';
import { type Comparison, compare, type Layer, type LayerPair } from './comparison.ts';
import { amountText, codeSpan, orderOf, paramsText, proseMarkdown, shapeSpan } from './wording.ts';

/** What a text is compared with: a revision, the last save, or another file. */
export interface Base {
  readonly kind: 'revision' | 'save' | 'file';
  /** The name of the revision or file for display. */
  readonly label: string;
  readonly analysed: Analysed;
}

/** `+12 %`, `new`, `changed`: the changes of what begins on the 0-based lines from `first` to `last`; without others. */
export function lineChanges(
  analysed: Analysed,
  { analysed: before }: Base,
  first: number,
  last: number,
): ReadonlyMap<number, string> {
  const comparison = compare(before, analysed);
  const found = new Map<number, string>();
  for (const line of comparison.linesToLookAt(first, last)) {
    const change = changeOf(comparison, line);
    if (change !== '') found.set(line, change);
  }
  return found;
}

function changeOf(comparison: Comparison, line: number): string {
  const pairs = comparison.onLine(line);
  const statuses = pairs.map(pair => comparison.status(pair));
  if (statuses.every(status => status === 'same')) return '';
  if (statuses.every(status => status === 'added')) return l10n.t('new');
  for (const key of ['value', 'params'] as const) {
    const change = difference(sum(pairs, 'before', key), sum(pairs, 'after', key));
    if (change !== '') return change;
  }
  return l10n.t('changed');
}

/**
 * The change in detail, as Markdown: `Since HEAD: 1.10G MACs → 1.24G MACs (+12 %) · 32×56×56 → 32×28×28`, and the old
 * line. Empty if nothing changed.
 */
export function lineDetail(analysed: Analysed, base: Base, line: number): string {
  const comparison = compare(base.analysed, analysed);
  const pairs = comparison.onLine(line);
  const statuses = pairs.map(pair => comparison.status(pair));
  if (statuses.every(status => status === 'same')) return '';
  if (statuses.every(status => status === 'added')) return proseMarkdown(comparedWith(l10n.t('new'), base));
  const { unit } = analysed.model.convention;
  const costs = [
    changed(sum(pairs, 'before', 'value'), sum(pairs, 'after', 'value'), amount => amountText(amount, unit)),
    changed(sum(pairs, 'before', 'params'), sum(pairs, 'after', 'params'), paramsText),
  ].filter(text => text !== '');
  const order = orderOf(analysed);
  const shapesOf = (side: 'before' | 'after'): string =>
    shapeSpan(
      pairs.map(pair => pair[side]?.outputs[0]).filter(shape => shape !== undefined),
      order,
    );
  const [old, now] = [shapesOf('before'), shapesOf('after')];
  const facts = [
    ...(costs.length > 0 ? costs : [l10n.t('costs the same')]),
    ...(old === now || old === '' || now === '' ? [] : [`${old} → ${now}`]),
  ];
  const what = proseMarkdown(comparedWith(facts.join(' · '), base));
  const written = codeSpan(writtenBefore(pairs, base));
  return written === '' || written === codeSpan(analysed.document.lines.textOf(line))
    ? what
    : [what, l10n.t('Before: {0}', written)].join('  \n');
}

/** The line in the base on which a layer began; empty if there are several, or it is in another file. */
function writtenBefore(pairs: readonly LayerPair[], { analysed: { document, standIns } }: Base): string {
  if (standIns) return '';
  const { lines } = document;
  const found = new Set(
    pairs.map(({ before }) =>
      before?.site && before.site.file === undefined ? lines.textOf(lines.lineAt(before.site.range.from)).trim() : '',
    ),
  );
  const [only = ''] = found;
  return found.size === 1 ? only : '';
}

/** `1.10G MACs → 1.24G MACs (+12 %)`; empty if nothing changed. */
function changed(before: Amount, after: Amount, text: (amount: Amount) => string): string {
  const [old, now] = [text(before), text(after)];
  const change = difference(before, after);
  if (before.value === after.value && old === now) return '';
  return change === '' ? `${old} → ${now}` : `${old} → ${now} (${change})`;
}

/** Adds what the text was compared with. */
function comparedWith(text: string, { kind, label }: Base): string {
  switch (kind) {
    case 'revision':
      return l10n.t('Since {0}: {1}', label, text);
    case 'save':
      return l10n.t('Since the last save: {0}', text);
    case 'file':
      return l10n.t('Compared with {0}: {1}', label, text);
  }
}

/** The changes of the totals: `+2.5 % since HEAD` and `+1 %`; empty if unchanged or unknown. */
export function totalsChange(analysed: Analysed, base: Base): { readonly value: string; readonly params: string } {
  const [before, after] = [base.analysed.model.totals, analysed.model.totals];
  const [value, params] = [difference(before.value, after.value), difference(before.params, after.params)];
  return value === '' ? { value, params: params && since(params, base) } : { value: since(value, base), params };
}

/** `+2.5 % since HEAD`. */
function since(change: string, { kind, label }: Base): string {
  switch (kind) {
    case 'revision':
      return l10n.t('{0} since {1}', change, label);
    case 'save':
      return l10n.t('{0} since the last save', change);
    case 'file':
      return l10n.t('{0} compared with {1}', change, label);
  }
}

/** Removed layers, and where they were. */
export interface Removal {
  /** The start of the line that was below them. */
  readonly range: Range;
  readonly title: string;
  /** One line per layer. */
  readonly detail: string;
}

/** In text order; adjacent removals are merged. */
export function removals(analysed: Analysed, base: Base): readonly Removal[] {
  const { document } = analysed;
  const { lines } = document;
  return compare(base.analysed, analysed)
    .removed()
    .map(({ layers, next }) => {
      const site = next?.site?.file === undefined ? next?.site : undefined;
      // After the last layer: on the last line.
      const line = site ? lines.lineAt(site.range.from) : lines.count - 1;
      return removal(layers, line, analysed, base);
    });
}

function removal(gone: readonly Layer[], line: number, { document, model }: Analysed, base: Base): Removal {
  const names = gone.length > 3 ? [l10n.t('{0} layers', gone.length)] : gone.map(nameOf);
  const titles = listText(names);
  const { unit } = model.convention;
  const costs = (layers: readonly Layer[]): string => {
    const [value, params] = [add(layers.map(({ cost }) => cost.value)), add(layers.map(({ cost }) => cost.params))];
    return `${amountText(value, unit)} · ${paramsText(params)}`;
  };
  const words = l10n.t('{0} ({1})', titles, costs(gone));
  const { from } = document.lines.range(line);
  return {
    range: { from, to: from },
    title: removedText(words, base),
    detail: gone.map(layer => `${nameOf(layer)}: ${costs([layer])}`).join('\n'),
  };
}

function removedText(layers: string, { kind, label }: Base): string {
  switch (kind) {
    case 'revision':
      return l10n.t('Removed since {0}: {1}', label, layers);
    case 'save':
      return l10n.t('Removed since the last save: {0}', layers);
    case 'file':
      return l10n.t('Only in {0}: {1}', label, layers);
  }
}

const nameOf = ({ name, type }: Layer): string => (name === type || name === '' ? type : `${name} ${type}`);

function sum(pairs: readonly LayerPair[], side: 'before' | 'after', key: 'value' | 'params'): Amount {
  const amounts: Amount[] = [];
  for (const pair of pairs) {
    const layer = pair[side];
    if (layer) amounts.push(layer.cost[key]);
  }
  return add(amounts);
}

function add(amounts: readonly Amount[]): Amount {
  return {
    value: amounts.reduce((total, { value }) => total + value, 0),
    complete: amounts.every(({ complete }) => complete),
    doubtful: amounts.some(({ doubtful }) => doubtful),
  };
}

/** `+12 %`, or the amount if there was nothing before. Empty if nothing changed or either side is uncertain. */
function difference(before: Amount, after: Amount): string {
  if (!isKnown(before) || !isKnown(after) || before.value === after.value) return '';
  if (before.value === 0) return `+${si(after.value)}`;
  return changeText((after.value - before.value) / before.value);
}

/** A doubtful amount counts as known, since its condition applies to both sides. */
const isKnown = (amount: Amount): boolean => isCertain(amount) || (amount.complete && amount.doubtful === true);
