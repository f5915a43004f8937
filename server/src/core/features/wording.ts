// Every wording that features share: how shapes, amounts and unknowns are said. Features never import each other.
import type { Amount, Cost } from '../analysis/model.ts';
import type { Doubt, Frame } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import { sizes } from '../ops/rules/shape.ts';
import { bytesOf, type Settings } from '../settings/index.ts';
import { bytes, si } from '../text/quantity.ts';
import type { Reason } from '../text/reason.ts';

/** Channels last for an image, `56×56×64` for [1, 64, 56, 56]; `197×768` for a sequence; the batch is not shown. */
export function shapeText(shape: Shape): string {
  if (shape.length === 0) return 'scalar';
  // A learned table or a bare vector has no batch in front.
  if (shape.length === 1 || shape[0] !== 1) return sizes(shape);
  if (shape.length < 4) return sizes(shape.slice(1));
  return sizes([...shape.slice(2), shape[1]!]);
}

/** As it is stored, without the batch: `3×640×640`. */
export function storedShape(shape: Shape | undefined): string {
  if (!shape) return '?';
  return sizes(shape[0] === 1 && shape.length > 1 ? shape.slice(1) : shape) || 'scalar';
}

/** What several uses of one line hand on: their shape if they agree, else the widest and the narrowest, `28²…7²`. */
export function shapeSpan(shapes: readonly Shape[]): string {
  const texts = [...new Set(shapes.map(shapeText))];
  if (texts.length <= 1) return texts[0] ?? '';
  const grids = shapes.map(shape => (shape.length > 3 && shape[0] === 1 ? shape.slice(2) : shape));
  const gridTexts = [...new Set(grids.map(gridText))];
  if (gridTexts.length === 1) {
    // One grid, other channels: the channels span.
    const channels = shapes.map(shape => shape[1] ?? Number.NaN);
    if (shapes.every(shape => shape.length > 3)) return `${sizes(grids[0]!)}×${extremes(channels).join('…')}`;
    return texts.length === 2 ? texts.join('…') : `${texts[0]}…${texts.at(-1)}`;
  }
  const byArea = grids.toSorted((a, b) => area(b) - area(a));
  const [widest, narrowest] = [gridText(byArea[0]!), gridText(byArea.at(-1)!)];
  return widest === narrowest ? `${gridTexts[0]}…${gridTexts.at(-1)}` : `${widest}…${narrowest}`;
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
  return counted(amount, si(amount.value), unit && ` ${unit}`);
}

/** For prose and titles: `8.74 GMACs`, `≥ 3.16M params`. */
export function totalText(amount: Amount, unit: string): string {
  return counted(amount, si(amount.value, 3, ' '), amount.value < 1000 ? ` ${unit}` : unit);
}

/** `346.8 M MACs`: four digits, as in a formula's result. */
export function resultText(value: number, unit: string): string {
  return `${si(value, 4, ' ')} ${unit}`;
}

function counted(amount: Amount, value: string, unit: string): string {
  if (!amount.complete && amount.value === 0) return `?${unit.startsWith(' ') || unit === '' ? '' : ' '}${unit}`;
  return certaintySign(amount) + value + unit;
}

/** What is in front of a number that is a lower bound (≥), right on a condition (≈), or both (≳); nothing where it is sure. */
export function certaintySign({ complete, doubtful = false }: Pick<Amount, 'complete' | 'doubtful'>): string {
  if (complete) return doubtful ? '≈ ' : '';
  return doubtful ? '≳ ' : '≥ ';
}

/** On which condition numbers are right: “if CBAM and Detect are as in TPH-YOLOv5”; empty where nothing is in doubt. */
export function conditionText(doubts: readonly Doubt[]): string {
  const conditions = [...new Set(doubts.map(({ condition }) => condition))];
  const parts = conditions.map(condition => {
    const names = doubts.filter(doubt => doubt.condition === condition).map(({ subject }) => subject);
    return `${inWords(names.length > 4 ? [...names.slice(0, 3), 'others'] : names)} ${names.length > 1 ? 'are' : 'is'} ${condition}`;
  });
  return parts.length === 0 ? '' : `if ${parts.join(', and ')}`;
}

/** The same with the signs that give the doubt, as a sentence or two. */
export function doubtText(doubts: readonly Doubt[]): string {
  const because = [...new Set(doubts.map(doubt => doubt.because))].join(' ');
  return doubts.length === 0 ? '' : `These numbers are right ${conditionText(doubts)}. ${because}`;
}

/** Why numbers are not certain: what is not known, else what is in doubt. */
export function uncertainty({ why, doubts }: Cost): string | undefined {
  if (why !== undefined) return why.message;
  const [only] = doubts;
  if (!only) return undefined;
  return doubts.length === 1 ? `${only.row}: ${only.because}` : `${conditionText(doubts)}: ${doubts[0]!.because}`;
}

/** “A”, “A and B”, “A, B and C”. */
function inWords(list: readonly string[]): string {
  return list.length < 2 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)!}`;
}

/** Bytes of so many parameters or elements. */
export function bytesText(amount: Amount, each: number): string {
  return counted(amount, bytes(amount.value * each), '');
}

export function elementBytes({ dtype }: Settings): number {
  return bytesOf[dtype];
}

/** Why something is not known, short enough for a hint. */
export function shortReason({ message, short }: Reason): string {
  return short ?? firstSentence(message);
}

export function firstSentence(why: string): string {
  const end = /[.!?](?:\s|$)/.exec(why);
  return end ? why.slice(0, end.index) : why;
}

/** Whether nothing at all is known of a cost. */
export function isBlank(cost: Cost): boolean {
  return [cost.value, cost.params].every(({ value, complete }) => value === 0 && !complete);
}

export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half a surrogate pair is no character.
  const end = /[\uD800-\uDBFF]/.test(text[length - 2]!) ? length - 2 : length - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** What stands for a frame in a sentence or a table, without its context. */
export function frameName({ label, type }: Frame): string {
  return clip(label || type, 60);
}

/** Markdown that shows a text of the user's as code and cannot end early. */
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
