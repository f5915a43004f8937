// Resolves references in `from`: for tensors while a network is built, for items while a text is edited.
import type { YamlNode } from '../../syntax/tree.ts';
import type { Value } from './expression.ts';

/** The outputs that can be read in one list of rows, by position and name, and the enclosing list. */
export class Names<T> {
  readonly parent: Names<T> | undefined;
  /** The rows themselves, to tell names of later rows from undefined names. */
  readonly list: readonly YamlNode[];
  readonly input: T;
  readonly named = new Map<string, T>();
  readonly rows: T[] = [];
  /** Whether these are the rows of the network itself. */
  readonly isTop: boolean;

  constructor(parent: Names<T> | undefined, list: readonly YamlNode[], input: T, isTop = false) {
    this.parent = parent;
    this.list = list;
    this.input = input;
    this.isTop = isTop;
  }
}

export type Found<T> = {
  /** Whether it was found in an outer list. */
  readonly isOutside: boolean;
} & (
  | { readonly kind: 'whole'; readonly of: T }
  /** One of several outputs: `halves.1`. */
  | { readonly kind: 'part'; readonly of: T; readonly name: string; readonly part: number }
  | { readonly kind: 'unknown'; readonly name: string }
  /** Before the first row of the list. */
  | { readonly kind: 'in-front' }
  | { readonly kind: 'not-a-reference' }
);

/** What a reference means in a list whose next row reads `flow`. */
export function lookUp<T>(value: Value, names: Names<T>, flow: T): Found<T> {
  if (typeof value === 'number' && Number.isInteger(value) && value < 0) {
    const position = names.rows.length + value;
    if (position < -1) return { kind: 'in-front', isOutside: false };
    return { kind: 'whole', of: position < 0 ? names.input : names.rows[position]!, isOutside: false };
  }
  if (typeof value !== 'string') return { kind: 'not-a-reference', isOutside: false };
  const found = byName(value, names, flow);
  if (found.of !== undefined) return { kind: 'whole', of: found.of, isOutside: found.isOutside };
  const piece = /^(.+)\.(\d{1,6})$/.exec(value);
  if (piece) {
    const [, name, part] = piece;
    const { of, isOutside } = byName(name!, names, flow);
    if (of !== undefined) return { kind: 'part', of, name: name!, part: Number(part), isOutside };
  }
  return { kind: 'unknown', name: value, isOutside: found.isOutside };
}

function byName<T>(
  name: string,
  names: Names<T>,
  flow: T,
): { readonly of: T | undefined; readonly isOutside: boolean } {
  if (name === 'previous') return { of: flow, isOutside: false };
  let isOutside = false;
  for (let at: Names<T> | undefined = names; at; at = at.parent) {
    if (at.isTop && at !== names) isOutside = true;
    const of = at.named.get(name);
    if (of !== undefined) return { of, isOutside };
    if (!at.parent && name === 'input') return { of: at.input, isOutside };
  }
  return { of: undefined, isOutside };
}

/** The names visible in a list of rows, including those of outer lists. */
export function namesIn<T>(names: Names<T>): readonly string[] {
  const known = ['input'];
  for (let at: Names<T> | undefined = names; at; at = at.parent) known.push(...at.named.keys());
  return known;
}

/** Names with a fixed meaning in every list. */
export function isReservedName(name: string): boolean {
  return name === 'input' || name === 'previous';
}
