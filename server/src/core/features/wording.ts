// Every wording that features share: how shapes, amounts and unknowns are said. Features never import each other.
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

/** The order in which the sizes of images are shown: that of the file's own input, unless a setting says otherwise. */
export function orderOf({ document, settings: { shapeOrder } }: Pick<Analysed, 'document' | 'settings'>): ShapeOrder {
  return shapeOrder === 'auto' ? document.format.shapeOrder : shapeOrder;
}

/** A shape that may be unknown. */
export function shapeOrUnknown(shape: Shape | undefined, order: ShapeOrder): string {
  return shape ? shapeText(shape, order) : '?';
}

/** The shape that several uses of one line output, if they agree; else the largest and the smallest, `28²…7²`. */
export function shapeSpan(shapes: readonly Shape[], order: ShapeOrder): string {
  const texts = [...new Set(shapes.map(shape => shapeText(shape, order)))];
  if (texts.length <= 1) return texts[0] ?? '';
  const grids = shapes.map(shape => (shape.length > 3 && shape[0] === 1 ? gridOf(shape, order) : shape));
  const gridTexts = [...new Set(grids.map(gridText))];
  if (gridTexts.length === 1) {
    // One grid, but other channels.
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

/** `118M MACs`, `≥ 118M MACs` where a part is unknown, `? MACs` where all is, `≈ 118M MACs` where it is in doubt. */
export function amountText(amount: Amount, unit = ''): string {
  const number = signed(amount, si(amount.value));
  return unit === '' ? number : `${number} ${unit}`;
}

/** `3.16M params`. */
export function paramsText(amount: Amount): string {
  return l10n.t('{0} params', amountText(amount));
}

function signed(amount: Amount, value: string): string {
  return !amount.complete && amount.value === 0 ? '?' : certaintySign(amount) + value;
}

/**
 * What is in front of a number that is a lower bound (≥), right on a condition (≈), or both (≳), or that rests on a row
 * which cannot be read (~); nothing where it is sure.
 */
export function certaintySign({
  complete,
  doubtful = false,
  standIn = false,
}: Pick<Amount, 'complete' | 'doubtful' | 'standIn'>): string {
  if (standIn) return '~ ';
  if (complete) return doubtful ? '≈ ' : '';
  return doubtful ? '≳ ' : '≥ ';
}

/** Doubts that have the same condition. */
interface Condition {
  readonly subjects: readonly string[];
  readonly expected: Expected;
}

type Expected = Exclude<Doubt['expected'], { readonly kind: 'row' }>;

function conditionsOf(doubts: readonly Doubt[]): readonly Condition[] {
  const conditions = new Map<string, { readonly subjects: Set<string>; readonly expected: Expected }>();
  for (const { subject, expected } of doubts) {
    // A row that cannot be read is no condition of the network.
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

/** The condition under which numbers are right: “if CBAM and Detect are as in TPH-YOLOv5”; empty where none is in doubt. */
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

/** The same as sentences, with the signs that give the doubt. */
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

/** Why numbers are not certain: what is unknown, else what is in doubt. */
export function uncertainty({ why, doubts }: Cost): string | undefined {
  if (why !== undefined) return why.message;
  return doubts.length === 0 ? undefined : doubtText(doubts);
}

/** Bytes of so many parameters or elements. */
export function bytesText(amount: Amount, each: number): string {
  return signed(amount, bytes(amount.value * each));
}

export function elementBytes({ dtype }: Settings): number {
  return bytesOf[dtype];
}

/** Why something is unknown, as markdown. */
export function unknownText({ message }: Reason): string {
  return l10n.t('Unknown: {0}', proseMarkdown(message));
}

/** Why something is unknown, as a hint says it. */
export function shortReason({ message, short }: Reason): string {
  return short ?? message;
}

/** Whether nothing at all is known of a cost. */
export function isBlank(cost: Cost): boolean {
  return [cost.value, cost.params].every(({ value, complete }) => value === 0 && !complete);
}

/** The name of a frame in a sentence or a table, without its context. */
export function frameName({ label, type }: Pick<Frame, 'label' | 'type'>): string {
  return clip(label || type, 60);
}

/** The same with what holds it, where its name is a position in that: `body.3`. */
export function placedName(frame: Frame): string {
  const { label, parent } = frame;
  if (!/^\d+$/.test(label)) return frameName(frame);
  let holder = parent;
  while (holder && isCode(holder)) holder = holder.parent;
  return holder && holder.label !== '' && holder.parent ? `${placedName(holder)}.${label}` : label;
}

/** Whether a frame is a line or a function of a program, and no layer. */
export function isCode({ type }: Pick<Frame, 'type'>): boolean {
  return type === 'statement' || type === 'function';
}

/** Markdown that shows a user's text as code and cannot end early. */
export function codeSpan(text: string): string {
  const flat = clip(text.replace(/\s+/g, ' '), 120).replaceAll('`', 'ˋ').replaceAll('|', '❘');
  return flat === '' ? '' : `\`${flat}\``;
}

/** A text for markdown that must not become markup: no link, no image, no HTML. */
export function plainMarkdown(text: string): string {
  return text.replace(/[\\[\]<>|*_#!`]/g, character => (character === '<' ? '&lt;' : `\\${character}`));
}

/** The same for sentences of our own with `code` in them, which may quote the user. */
export function proseMarkdown(text: string): string {
  return text.replace(/[[\]<|]/g, character => (character === '<' ? '&lt;' : `\\${character}`));
}
