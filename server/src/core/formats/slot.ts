// What may stand at a place of a text, as data: completion and signature help read this, whatever the format.
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';
import type { Target } from './reference.ts';

/** A place where something may be written. */
export interface Slot {
  /** What is there already, which an offer replaces. */
  readonly range: Range;
  /** In the order in which they are most likely meant. */
  readonly offers: readonly Offer[];
  /**
   * What ends a row that is half-typed, as it is mostly meant: what would fit in such a row goes first, but nothing is said
   * of the rest, because another row may be meant.
   */
  readonly likely?: TextEdit | undefined;
}

export type OfferKind = 'operator' | 'block' | 'key' | 'choice' | 'value' | 'reference' | 'parameter' | 'snippet';

/** Something that may stand there. */
export interface Offer {
  readonly kind: OfferKind;
  readonly label: string;
  /**
   * What is written, with placeholders `${1:64}` and `$0` as editors have them; the label where absent. Without
   * placeholders it reads as well, so a dollar that is meant is written `\$`.
   */
  readonly snippet?: string | undefined;
  /** On one line beside the label: the arguments that it takes. */
  readonly detail?: string | undefined;
  /** What it means, as markdown. */
  readonly doc?: (() => string) | undefined;
  /** The item that it names; what that outputs is shown with it. */
  readonly target?: Target | undefined;
  /** Which of its outputs, by position; absent: all of them. */
  readonly output?: number | undefined;
}

/** A list of arguments that is being written. */
export interface Call {
  readonly name: string;
  readonly doc?: string | undefined;
  readonly parameters: readonly CallParameter[];
  /** The argument at the place, from 0; one past the last where it takes no more. */
  readonly active: number;
}

export interface CallParameter {
  readonly name: string;
  /** As it is written where it is left out; undefined: it must be given. */
  readonly default?: string | undefined;
  readonly doc: string;
}

/** `[c2, k = 1, s = 1]`, without the brackets. */
export function parameterList(parameters: readonly CallParameter[]): readonly string[] {
  return parameters.map(({ name, default: value }) => (value === undefined ? name : `${name} = ${value}`));
}

/** The text of a snippet with its placeholders as they stand. */
export function withoutPlaceholders(snippet: string): string {
  return snippet
    .replace(/\$\{\d+(?::([^}]*))?\}|(?<!\\)\$\d+/g, (_, text: string | undefined) => text ?? '')
    .replaceAll('\\$', '$');
}

/** The line that holds an offset, without its end. */
export function lineAt(text: string, offset: number): Range {
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const to = end < 0 ? text.length : end;
  return { from, to: text[to - 1] === '\r' && to > from ? to - 1 : to };
}

/** Whether an entry may end at an offset: a comma, a bracket, a comment or nothing more is on the line. */
export function endsAt(text: string, offset: number): boolean {
  const { to } = lineAt(text, offset);
  return /^[ \t]*(?:$|[,\]})]|#)/.test(text.slice(offset, to));
}

/** Whether what is below a line is not a part of something that begins above it. */
export function isBetween(text: string, line: Range): boolean {
  return !/^(?:\r?\n[ \t]*(?:#[^\n]*)?)*\r?\n[ \t-]/.test(text.slice(line.to));
}
