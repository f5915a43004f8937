// How features word shapes, amounts and unknowns. (Features never import each other.)
import * as l10n from '@vscode/l10n';

import type { Amount, Cost } from '../analysis/model.ts';
import type { Doubt, Frame } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import { gridOf, type ShapeOrder, shapeText, sizes } from '../ops/rules/shape.ts';
import type { Analysed } from '../pipeline.ts';
import { bytesOf, type Settings } from '../settings/index.ts';
import { bytes, si } from '../text/quantity.ts';
import type { Reason } from '../text/reason.ts';
import { sentences } from '../text/sentences.ts';
import { clip, listText } from '../text/wording.ts';

/** The order of image sizes: that of the file's own input, unless a setting overrides it. */
export function orderOf({ document, settings: { shapeOrder } }: Pick<Analysed, 'document' | 'settings'>): ShapeOrder {
  return shapeOrder === 'auto' ? document.format.shapeOrder : shapeOrder;
}

/** A shape that may be unknown. */
export function shapeOrUnknown(shape: Shape | undefined, order: ShapeOrder): string {
  return shape ? shapeText(shape, order) : '?';
}

/** The common shape of several uses of a line; if they differ, the largest and the smallest: `28²…7²`. */
export function shapeSpan(shapes: readonly Shape[], order: ShapeOrder): string {
  const texts = [...new Set(shapes.map(shape => shapeText(shape, order)))];
  if (texts.length <= 1) return texts[0] ?? '';
  const grids = shapes.map(shape => (shape.length > 3 && shape[0] === 1 ? gridOf(shape, order) : shape));
  const gridTexts = [...new Set(grids.map(gridText))];
  if (gridTexts.length === 1) {
    // Same grid, other channels.
    if (shapes.some(shape => shape.length < 4)) return `${texts[0]}…${texts.at(-1)}`;
    const channels = extremes(shapes.map(shape => shape[1]!)).join('…');
    const grid = sizes(grids[0]!);
    return order === 'chw' ? `${channels}×${grid}` : `${grid}×${channels}`;
  }
  const byArea = grids.toSorted((a, b) => area(b) - area(a));
  const [largest, smallest] = [gridText(byArea[0]!), gridText(byArea.at(-1)!)];
  return largest === smallest ? `${gridTexts[0]}…${gridTexts.at(-1)}` : `${largest}…${smallest}`;
}

const area = (grid: Shape): number => grid.reduce((product, length) => product * length, 1) || 0;

function gridText(grid: Shape): string {
  const [first] = grid;
  if (first !== undefined && grid.length === 2 && first > 1 && grid[1] === first) return `${first}²`;
  return sizes(grid);
}

function extremes(values: readonly number[]): number[] {
  const known = values.filter(value => !Number.isNaN(value));
  return [Math.min(...known), Math.max(...known)];
}

/**
 * `118M MACs`; `≥ 118M MACs` if a part is unknown, `? MACs` if all is, `≈ 118M MACs` if it is doubtful, `≤ 118M MACs` if it
 * is that at most.
 */
export function amountText(amount: Amount, unit = ''): string {
  const number = signed(amount, si(amount.value));
  return unit === '' ? number : `${number} ${unit}`;
}

/** `3.16M params`. */
export function paramsText(amount: Amount): string {
  return l10n.t('{0} params', amountText(amount));
}

function signed(amount: Amount, value: string): string {
  const isUnknown = (!amount.complete && amount.value === 0) || amount.bound === 'none';
  return isUnknown ? '?' : certaintySign(amount) + value;
}

/**
 * The sign of a number that is a lower bound (≥), an upper bound (≤), doubtful (≈), a doubtful lower bound (≳), no bound at
 * all (?), or depends on a row that cannot be read (~); empty if it is certain.
 */
export function certaintySign({
  complete,
  doubtful = false,
  standIn = false,
  bound,
}: Pick<Amount, 'complete' | 'doubtful' | 'standIn' | 'bound'>): string {
  if (standIn) return '~ ';
  if (bound) return bound === 'upper' ? '≤ ' : '? ';
  if (complete) return doubtful ? '≈ ' : '';
  return doubtful ? '≳ ' : '≥ ';
}

/** Doubts with the same condition. */
interface Condition {
  readonly subjects: readonly string[];
  readonly expected: Expected;
}

type Expected = Exclude<Doubt['expected'], { readonly kind: 'row' }>;

function conditionsOf(doubts: readonly Doubt[]): readonly Condition[] {
  const conditions = new Map<string, { readonly subjects: Set<string>; readonly expected: Expected }>();
  for (const { subject, expected } of doubts) {
    // A row that cannot be read is not a condition on the network.
    if (expected.kind === 'row') continue;
    const key = `${expected.kind} ${expected.kind === 'class' ? expected.source : expected.value}`;
    const known = conditions.get(key) ?? { subjects: new Set(), expected };
    conditions.set(key, known);
    known.subjects.add(subject);
  }
  return [...conditions.values()].map(({ subjects, expected }) => {
    const names = [...subjects];
    return { subjects: names.length > 4 ? [...names.slice(0, 3), l10n.t('others')] : names, expected };
  });
}

/** The condition under which numbers are right: “if CBAM and Detect are as in TPH-YOLOv5”; empty if there is none. */
export function conditionText(doubts: readonly Doubt[]): string {
  const conditions = conditionsOf(doubts).map(({ subjects, expected }) => {
    const names = listText(subjects);
    if (expected.kind === 'value') return l10n.t('if {0} is {1}', names, expected.value);
    return subjects.length === 1
      ? l10n.t('if {0} is as in {1}', names, expected.source)
      : l10n.t('if {0} are as in {1}', names, expected.source);
  });
  return listText(conditions);
}

/** The doubts as sentences, with what gives rise to them. */
export function doubtText(doubts: readonly Doubt[]): string {
  const conditions = conditionsOf(doubts).map(({ subjects, expected }) => {
    const names = listText(subjects);
    if (expected.kind === 'value') return l10n.t('These numbers are right only if {0} is {1}.', names, expected.value);
    return subjects.length === 1
      ? l10n.t('These numbers are right only if {0} is as in {1}.', names, expected.source)
      : l10n.t('These numbers are right only if {0} are as in {1}.', names, expected.source);
  });
  return sentences(...conditions, ...new Set(doubts.map(({ because }) => because)));
}

/** Why numbers are not certain: what is unknown, or else what is doubtful. */
export function uncertainty({ why, doubts }: Cost): string | undefined {
  if (why !== undefined) return why.message;
  return doubts.length === 0 ? undefined : doubtText(doubts);
}

/** The size in bytes of so many parameters or elements. */
export function bytesText(amount: Amount, each: number): string {
  return signed(amount, bytes(amount.value * each));
}

export function elementBytes({ dtype }: Settings): number {
  return bytesOf[dtype];
}

/** Why something is unknown, or is an upper bound, as Markdown; empty if nothing is. */
export function whyText({ why, value, params }: Pick<Cost, 'why' | 'value' | 'params'>): string {
  if (why === undefined) return '';
  const message = proseMarkdown(why.message);
  const isBound = value.bound === 'upper' && params.complete;
  return isBound ? l10n.t('Uncertain: {0}', message) : l10n.t('Unknown: {0}', message);
}

/** Why something is unknown, for a hint. */
export function shortReason({ message, short }: Reason): string {
  return short ?? message;
}

/** Whether nothing at all is known about a cost. */
export function isBlank(cost: Cost): boolean {
  return [cost.value, cost.params].every(({ value, complete }) => value === 0 && !complete);
}

/** The name of a frame in a sentence or table, without its context. */
export function frameName({ label, type }: Pick<Frame, 'label' | 'type'>): string {
  return clip(label || type, 60);
}

/** The same, with its parent if its name is just a position in that: `body.3`. */
export function placedName(frame: Frame): string {
  const { label, parent } = frame;
  if (!/^\d+$/.test(label)) return frameName(frame);
  let holder = parent;
  while (holder && isCode(holder)) holder = holder.parent;
  return holder && holder.label !== '' && holder.parent ? `${placedName(holder)}.${label}` : label;
}

/** Whether a frame is a line or function of a program rather than a layer. */
export function isCode({ type }: Pick<Frame, 'type'>): boolean {
  return type === 'statement' || type === 'function';
}

/** Formats a user's text as a Markdown code span that cannot end early. */
export function codeSpan(text: string): string {
  const flat = clip(text.replace(/\s+/g, ' '), 120).replaceAll('`', 'ˋ').replaceAll('|', '❘');
  return flat === '' ? '' : `\`${flat}\``;
}

/** Escapes a text for Markdown: no link, image or HTML can result. */
export function plainMarkdown(text: string): string {
  return text.replace(/[\\[\]<>|*_#!`]/g, character => (character === '<' ? '&lt;' : `\\${character}`));
}

/** The same for our own sentences, which contain `code` and may quote the user. */
export function proseMarkdown(text: string): string {
  return text.replace(/[[\]<|]/g, character => (character === '<' ? '&lt;' : `\\${character}`));
}
