// What may stand where in the project file: its keys, and values that are words. It goes by the line and the indentation
// above it, so that it knows a line that is half-typed as well.
import { type Field, type Project, projectShape, type Shape } from '../../project/index.ts';
import type { Range } from '../../text/range.ts';
import { lineAt, type Offer, type Slot } from '../slot.ts';

/** An open bracket on the line. */
interface Bracket {
  readonly sign: string;
  /** The key whose value it is. */
  readonly key: string | undefined;
  /** Where what it holds begins. */
  readonly from: number;
}

export function slotAt({ text, devices }: Project, offset: number): Slot | undefined {
  const line = lineAt(text, offset);
  const head = text.slice(line.from, offset);
  if (/(?:^|\s)#/.test(head)) return undefined;
  const { brackets, from } = bracketsIn(text, line.from, offset);
  const last = brackets.at(-1);
  if (last?.sign === '[') return undefined;
  const lead = /^\s*(?:- +)*/.exec(head)![0];
  const above = keysAbove(text, line.from, lead.length);
  const path = [...above, ...brackets.flatMap(({ key }) => key ?? [])];
  const shape = path.reduce<Shape<unknown> | undefined>(inside, projectShape);
  const { fields } = shape ? single(shape) : {};
  if (!fields) return undefined;
  const segment = text.slice(from, offset);
  const value = /^\s*(?:- +)*([\w-]+)\s*:\s+([\w.-]*)$/.exec(segment);
  if (value) {
    const [, key, typed] = value;
    const field = Object.hasOwn(fields, key!) ? fields[key!] : undefined;
    const names = key === 'device' ? [...devices.keys()] : [];
    return field && { range: wordAt(text, offset, typed!), offers: valueOffers(field, names) };
  }
  const word = /^\s*(?:- +)*([\w-]*)$/.exec(segment);
  if (!word) return undefined;
  const range = wordAt(text, offset, word[1]!);
  const isFollowed = /^\s*:/.test(text.slice(range.to, line.to));
  if (!isFollowed && !/^\s*(?:$|[,}#])/.test(text.slice(range.to, line.to))) return undefined;
  const there = last ? keysIn(text, last, range) : keysBeside(text, line, lead.length);
  const offers = Object.entries(fields)
    .filter(([key]) => !there.has(key))
    .map(([key, field]) => keyOffer(key, field, isFollowed));
  return { range, offers };
}

/** What is behind a key; undefined where nothing is known of it. */
function inside(shape: Shape<unknown> | undefined, key: string): Shape<unknown> | undefined {
  if (!shape) return undefined;
  const { fields, isNamed, inside: of } = single(shape);
  if (fields) return Object.hasOwn(fields, key) ? fields[key]!.shape : undefined;
  return isNamed ? of : undefined;
}

/** Of a list, what its entries are. */
function single(shape: Shape<unknown>): Shape<unknown> {
  return !shape.fields && !shape.isNamed && shape.inside ? single(shape.inside) : shape;
}

function keyOffer(key: string, { doc, example }: Field<unknown>, isFollowed: boolean): Offer {
  // A placeholder cannot hold brackets.
  const value = /^[\w./-]+$/.test(example) ? `\${1:${example}}` : '';
  return { kind: 'key', label: key, detail: example, doc, ...(isFollowed ? {} : { snippet: `${key}: ${value}` }) };
}

function valueOffers({ shape, example, doc }: Field<unknown>, names: readonly string[]): readonly Offer[] {
  const words = names.length > 0 ? names : (shape.words ?? []);
  if (words.length > 0) return words.map(label => ({ kind: 'choice', label, doc }));
  return /^[\w./-]+$/.test(example) ? [{ kind: 'value', label: example, doc }] : [];
}

/** The brackets that are open at an offset of a line, and where the entry there begins. */
function bracketsIn(
  text: string,
  lineFrom: number,
  offset: number,
): { readonly brackets: readonly Bracket[]; readonly from: number } {
  const brackets: Bracket[] = [];
  let from = lineFrom;
  for (let at = lineFrom; at < offset; at++) {
    const sign = text[at]!;
    if (sign === '"' || sign === "'") {
      const close = text.indexOf(sign, at + 1);
      at = close < 0 || close >= offset ? offset : close;
    } else if (sign === '{' || sign === '[') {
      const key = /([\w-]+)\s*:\s*$/.exec(text.slice(from, at))?.[1];
      brackets.push({ sign, key, from: at + 1 });
      from = at + 1;
    } else if (sign === '}' || sign === ']') brackets.pop();
    else if (sign === ',' && brackets.length > 0) from = at + 1;
  }
  return { brackets, from };
}

const keyed = /^(\s*(?:- +)*)(?:["']?)([\w.-]+)(?:["']?)\s*:/;

/** The keys that a line is below, the outermost first. */
function keysAbove(text: string, lineFrom: number, column: number): readonly string[] {
  const keys: string[] = [];
  let left = column;
  for (let to = lineFrom - 1; to >= 0 && left > 0; ) {
    const from = text.lastIndexOf('\n', to - 1) + 1;
    const found = keyed.exec(text.slice(from, to));
    if (found && found[1]!.length < left) {
      keys.unshift(found[2]!);
      left = found[1]!.length;
    }
    to = from - 1;
  }
  return keys;
}

/** The other keys of a mapping in lines. */
function keysBeside(text: string, line: Range, column: number): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (own: Range): boolean => {
    const content = text.slice(own.from, own.to);
    if (/^\s*(?:#|$)/.test(content)) return true;
    const key = keyed.exec(content);
    const lead = (key ?? /^(\s*)/.exec(content))![1]!.length;
    if (key && lead === column) found.add(key[2]!);
    return lead >= column;
  };
  const isFirst = (own: Range): boolean => /^\s*-/.test(text.slice(own.from, own.to));
  for (let own = line; own.from > 0 && !isFirst(own); ) {
    own = lineAt(text, own.from - 1);
    if (!look(own)) break;
  }
  for (let to = line.to; to < text.length; ) {
    const next = lineAt(text, text.indexOf('\n', to) + 1);
    if (next.from <= to || isFirst(next) || !look(next)) break;
    to = next.to;
  }
  return found;
}

/** The other keys in a bracket. */
function keysIn(text: string, { from }: Bracket, word: Range): ReadonlySet<string> {
  const { to } = lineAt(text, from);
  const others = `${text.slice(from, word.from)} ${text.slice(word.to, to)}`;
  return new Set([...others.matchAll(/([\w-]+)\s*:/g)].map(match => match[1]!));
}

/** A word that ends at an offset or goes on behind it. */
function wordAt(text: string, offset: number, typed: string): Range {
  const rest = /^[\w-]*/.exec(text.slice(offset))![0];
  return { from: offset - typed.length, to: offset + rest.length };
}
