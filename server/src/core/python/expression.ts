// Text in arguments that Python evaluates: ast.literal_eval in Ultralytics, eval in YOLOv5.
import type { PyValue } from './value.ts';

/** Nobody writes longer ones; a limit keeps nesting shallow. */
const longest = 200;

/**
 * The value of a Python expression; undefined where it is none, or one with names that stay unknown (the frameworks
 * keep the text then). Without `names` only literals count, as literal_eval has it; with them arithmetic on numbers and
 * the built-in functions that take numbers count too.
 */
export function evaluated(text: string, names: ReadonlyMap<string, PyValue> | undefined): PyValue | undefined {
  if (text.length > longest) return undefined;
  try {
    return new Reading(text, names).whole();
  } catch (error) {
    if (error instanceof NotReadable) return undefined;
    throw error;
  }
}

class NotReadable extends Error {}

const token =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|'([^'\\]*)'|"([^"\\]*)"|(\/\/|\*\*|[-+*/%()[\],]))/y;

const functions: ReadonlyMap<string, (...values: number[]) => number> = new Map([
  ['int', (value: number) => Math.trunc(value)],
  ['float', (value: number) => value],
  ['abs', (value: number) => Math.abs(value)],
  ['max', (...values: number[]) => Math.max(...values)],
  ['min', (...values: number[]) => Math.min(...values)],
]);

const constants: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

class Reading {
  readonly #names: ReadonlyMap<string, PyValue> | undefined;
  readonly #tokens: { readonly kind: 'number' | 'name' | 'text' | 'sign'; readonly text: string }[] = [];
  #at = 0;

  constructor(text: string, names: ReadonlyMap<string, PyValue> | undefined) {
    this.#names = names;
    token.lastIndex = 0;
    const end = text.trimEnd().length;
    while (token.lastIndex < end) {
      const match = token.exec(text);
      if (!match) throw new NotReadable();
      const [, number, name, single, double, sign] = match;
      if (number !== undefined) this.#tokens.push({ kind: 'number', text: number });
      else if (name !== undefined) this.#tokens.push({ kind: 'name', text: name });
      else if (sign !== undefined) this.#tokens.push({ kind: 'sign', text: sign });
      else this.#tokens.push({ kind: 'text', text: single ?? double ?? '' });
    }
  }

  whole(): PyValue {
    // `1, 2` is a tuple without parentheses.
    const values = this.#list(undefined);
    if (values.items.length === 0) throw new NotReadable();
    return values.items.length === 1 && !values.comma ? values.items[0]! : values.items;
  }

  /** Values between commas up to `closing`, or to the end. */
  #list(closing: string | undefined): { readonly items: readonly PyValue[]; readonly comma: boolean } {
    const items: PyValue[] = [];
    let comma = false;
    while (!this.#ends(closing)) {
      if (items.length > 0) {
        if (!this.#take(',')) throw new NotReadable();
        comma = true;
        if (this.#ends(closing)) break;
      }
      items.push(this.#sum());
    }
    if (closing !== undefined) this.#at++;
    return { items, comma };
  }

  #ends(closing: string | undefined): boolean {
    const next = this.#tokens[this.#at];
    if (!next && closing !== undefined) throw new NotReadable();
    return next ? next.kind === 'sign' && next.text === closing : true;
  }

  #take(...signs: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'sign' || !signs.includes(next.text)) return undefined;
    this.#at++;
    return next.text;
  }

  #sum(): PyValue {
    let value = this.#product();
    for (let sign = this.#take('+', '-'); sign; sign = this.#take('+', '-')) {
      value = this.#computed(sign, value, this.#product());
    }
    return value;
  }

  #product(): PyValue {
    let value = this.#factor();
    for (let sign = this.#take('*', '/', '//', '%'); sign; sign = this.#take('*', '/', '//', '%')) {
      value = this.#computed(sign, value, this.#factor());
    }
    return value;
  }

  #factor(): PyValue {
    const sign = this.#take('+', '-');
    if (sign) return sign === '-' ? -numberOf(this.#factor()) : numberOf(this.#factor());
    const base = this.#atom();
    return this.#take('**') ? this.#computed('**', base, this.#factor()) : base;
  }

  #computed(sign: string, left: PyValue, right: PyValue): number {
    if (!this.#names) throw new NotReadable();
    const [a, b] = [numberOf(left), numberOf(right)];
    switch (sign) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '**':
        return a ** b;
    }
    if (b === 0) throw new NotReadable();
    // Python rounds towards minus infinity, and its remainder has the divisor's sign.
    return sign === '/' ? a / b : sign === '//' ? Math.floor(a / b) : a - b * Math.floor(a / b);
  }

  #atom(): PyValue {
    const next = this.#tokens[this.#at++];
    if (next?.kind === 'number') return Number(next.text);
    if (next?.kind === 'text') return next.text;
    if (next?.kind === 'name') return this.#named(next.text);
    if (next?.text === '[') return this.#list(']').items;
    if (next?.text !== '(') throw new NotReadable();
    const { items, comma } = this.#list(')');
    return items.length === 1 && !comma ? items[0]! : items;
  }

  #named(name: string): PyValue {
    const constant = constants.get(name);
    if (constant !== undefined) return constant;
    const apply = this.#names && functions.get(name);
    if (apply && this.#take('(')) {
      const { items } = this.#list(')');
      if (items.length === 0) throw new NotReadable();
      return apply(...items.map(numberOf));
    }
    const value = this.#names?.get(name);
    if (value === undefined) throw new NotReadable();
    return value;
  }
}

function numberOf(value: PyValue): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number') throw new NotReadable();
  return value;
}
