// Values as Python prints them.
import type { Machine } from '../machine.ts';
import {
  PyAlias,
  PyBoxed,
  PyBytes,
  PyClass,
  PyComplex,
  PyDict,
  PyEllipsis,
  PyFloat,
  PyInstance,
  PyList,
  PyNotImplemented,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  PyView,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { derivedClass, overrides } from './classes.ts';
import { maxDepth, maxText, tooDeep, tooMuchText } from './limits.ts';

/** repr of a float: the shortest digits that give it again, with an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [head, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) {
    const text = exponent < 0 ? plainDecimal(head, exponent) : String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const size = Math.abs(exponent);
  return `${head}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

/** Digits with a negative exponent, written out. */
function plainDecimal(head: string, exponent: number): string {
  const sign = head.startsWith('-') ? '-' : '';
  const digits = head.replace('-', '').replace('.', '');
  return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
}

/** A part of a complex number: without `.0`. */
function part(value: number): string {
  return floatText(value).replace(/\.0$/, '');
}

export function complexText({ real, imaginary }: PyComplex): string {
  if (real === 0 && !Object.is(real, -0)) return `${part(imaginary)}j`;
  const text = part(imaginary);
  return `(${part(real)}${/^[-]/.test(text) ? '' : '+'}${text}j)`;
}

const unprintable = /[\p{C}\p{Z}]/u;

/** repr of a string. */
export function stringText(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  if (/^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/.test(value)) return `${quote}${value}${quote}`;
  let text = '';
  for (const character of value) {
    if (character === quote || character === '\\') text += `\\${character}`;
    else if (character === '\n') text += '\\n';
    else if (character === '\r') text += '\\r';
    else if (character === '\t') text += '\\t';
    else if (character === ' ' || !unprintable.test(character)) text += character;
    else text += escaped(character.codePointAt(0)!);
  }
  return `${quote}${text}${quote}`;
}

function escaped(point: number): string {
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`;
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`;
  return `\\U${point.toString(16).padStart(8, '0')}`;
}

/** ascii() of a text that repr made. */
export function asciiText(text: string): string {
  let result = '';
  for (const character of text) {
    const point = character.codePointAt(0)!;
    result += point < 0x80 ? character : escaped(point);
  }
  return result;
}

/** repr of bytes, which are a string of characters below 256. */
export function bytesText(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  let text = '';
  for (const character of value) {
    const point = character.charCodeAt(0);
    if (character === quote || character === '\\') text += `\\${character}`;
    else if (character === '\n') text += '\\n';
    else if (character === '\r') text += '\\r';
    else if (character === '\t') text += '\\t';
    else if (point >= 0x20 && point < 0x7f) text += character;
    else text += `\\x${point.toString(16).padStart(2, '0')}`;
  }
  return `b${quote}${text}${quote}`;
}

/** Python writes no int of more digits (sys.get_int_max_str_digits). */
const mostDigits = 4300;
const tooLong = 10n ** BigInt(mostDigits);

/** An int as text. */
export function intText(value: number | bigint, machine: Machine): string {
  if (typeof value === 'number') return String(value + 0);
  if (value >= tooLong || value <= -tooLong) {
    throw machine.raise(
      'ValueError',
      `Exceeds the limit (${mostDigits} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  machine.charge(16);
  return value.toString();
}

/**
 * repr of a value for which no Python has to run; undefined for one that has a `__repr__` of the program's or of a native
 * class.
 */
export function plainText(value: Value, machine: Machine): string | Unknown | undefined {
  switch (typeof value) {
    case 'string':
      return stringText(value);
    case 'number':
    case 'bigint':
      return intText(value, machine);
    case 'boolean':
      return value ? 'True' : 'False';
  }
  if (value === null) return 'None';
  if (value instanceof Unknown) return value;
  if (value instanceof PyFloat) return floatText(value.value);
  if (value instanceof PyComplex) return complexText(value);
  if (value instanceof PyBytes) return bytesText(value.text);
  if (value instanceof PyEllipsis) return 'Ellipsis';
  if (value instanceof PyNotImplemented) return 'NotImplemented';
  if (value instanceof PyRange) {
    return value.step === 1
      ? `range(${value.start}, ${value.stop})`
      : `range(${value.start}, ${value.stop}, ${value.step})`;
  }
  if (value instanceof PyClass) return value.metaclass === undefined ? classText(value) : undefined;
  if (value instanceof PyAlias) return aliasText(value, machine);
  return undefined;
}

function classText(cls: PyClass): string {
  return cls.module === 'builtins' ? `<class '${cls.name}'>` : `<class '${cls.module}.${cls.name}'>`;
}

function aliasText(alias: PyAlias, machine: Machine): string | Unknown | undefined {
  if (alias.args.length === 0) return alias.name;
  const args: string[] = [];
  for (const arg of alias.args) {
    const text =
      arg instanceof PyClass
        ? arg.module === 'builtins'
          ? arg.name
          : `${arg.module}.${arg.name}`
        : plainText(arg, machine);
    if (typeof text !== 'string') return text;
    args.push(text);
  }
  return `${alias.name}[${args.join(', ')}]`;
}

/** How deep the containers are that are being printed, and which: a list may hold itself. */
interface Nesting {
  readonly inside: readonly Value[];
}

/** repr of a value, its elements too. */
export function* reprOf(value: Value, machine: Machine, nesting: Nesting = { inside: [] }): Steps<string | Unknown> {
  const text = plainText(value, machine);
  if (text !== undefined) return text;
  if (isContainer(value) && !overrides(value, '__repr__') && hasPlainRepr(value)) {
    return yield* containerText(value, machine, nesting);
  }
  return yield* machine.repr(value);
}

type Container = PyList | PyTuple | PyDict | PySet | PyView | PySlice;

function isContainer(value: Value): value is Container {
  return (
    value instanceof PyList ||
    value instanceof PyTuple ||
    value instanceof PyDict ||
    value instanceof PySet ||
    value instanceof PyView ||
    value instanceof PySlice
  );
}

/** A native class derived from a container prints in its own way: `OrderedDict([…])`. */
function hasPlainRepr(value: Container): boolean {
  const derived = derivedClass(value);
  if (derived === undefined) return true;
  for (const cls of derived.mro) {
    if (cls.dict.has('__repr__')) return cls.module === 'builtins';
  }
  return true;
}

/** repr of a list, tuple, dict, set, view or slice, whatever class derived from it the value is of. */
export function* containerText(
  value: Container,
  machine: Machine,
  nesting: Nesting = { inside: [] },
): Steps<string | Unknown> {
  if (nesting.inside.includes(value)) {
    return value instanceof PyList
      ? '[...]'
      : value instanceof PyDict
        ? '{...}'
        : value instanceof PyTuple
          ? '(...)'
          : '...';
  }
  if (nesting.inside.length >= maxDepth) return tooDeep(machine);
  const inner: Nesting = { inside: [...nesting.inside, value] };
  const parts: string[] = [];
  let length = 0;
  const add = (text: string): boolean => {
    parts.push(text);
    length += text.length + 2;
    return length <= maxText;
  };
  const elements = elementsOf(value);
  machine.charge(elements.length);
  for (const element of elements) {
    const key = element.key === undefined ? '' : yield* reprOf(element.key, machine, inner);
    if (key instanceof Unknown) return key;
    const text = yield* reprOf(element.value, machine, inner);
    if (text instanceof Unknown) return text;
    if (!add(element.key === undefined ? text : `${key}: ${text}`)) return tooMuchText(machine);
  }
  const body = parts.join(', ');
  if (value instanceof PyList) return `[${body}]`;
  if (value instanceof PyTuple) return parts.length === 1 ? `(${body},)` : `(${body})`;
  if (value instanceof PyDict) return `{${body}}`;
  if (value instanceof PySlice) return `slice(${body})`;
  if (value instanceof PyView) return `${value.kind}([${body}])`;
  const name = derivedClass(value)?.name ?? value.kind;
  if (parts.length === 0) return `${name}()`;
  return name === 'set' ? `{${body}}` : `${name}({${body}})`;
}

function elementsOf(value: Container): readonly { readonly key?: Value; readonly value: Value }[] {
  if (value instanceof PyDict) return [...value.entries.values()];
  if (value instanceof PySet) return setOrder(value).map(item => ({ value: item }));
  if (value instanceof PySlice) return [value.start, value.stop, value.step].map(item => ({ value: item }));
  if (value instanceof PyView) return viewItems(value).map(item => ({ value: item }));
  return value.items.map(item => ({ value: item }));
}

/** The elements of a view. */
export function viewItems(view: PyView): Value[] {
  const entries = [...view.dict.entries.values()];
  if (view.kind === 'dict_keys') return entries.map(entry => entry.key);
  if (view.kind === 'dict_values') return entries.map(entry => entry.value);
  return entries.map(entry => new PyTuple([entry.key, entry.value]));
}

/**
 * The elements of a set in the order in which Python gives them. That of small ints follows from CPython's hash table
 * (Objects/setobject.c); that of texts and objects differs from run to run, so that the order of insertion is as good as any.
 */
export function setOrder(set: PySet): Value[] {
  const items = [...set.entries.values()];
  if (items.length < 2 || !items.every(item => typeof item === 'number' && item >= 0 && item < 2 ** 31)) return items;
  let table: (number | undefined)[] = new Array(8);
  let used = 0;
  for (const item of items as number[]) {
    insert(table, item);
    used++;
    if (used * 5 < (table.length - 1) * 3) continue;
    let size = 8;
    while (size <= (used > 50_000 ? used * 2 : used * 4)) size *= 2;
    const larger: (number | undefined)[] = new Array(size);
    for (const other of table) if (other !== undefined) insert(larger, other);
    table = larger;
  }
  return table.filter(item => item !== undefined);
}

function insert(table: (number | undefined)[], hash: number): void {
  const mask = table.length - 1;
  let [at, perturb] = [hash & mask, hash];
  for (;;) {
    const probes = at + 9 <= mask ? 9 : 0;
    for (let probe = 0; probe <= probes; probe++) {
      if (table[at + probe] === undefined) {
        table[at + probe] = hash;
        return;
      }
    }
    perturb >>>= 5;
    at = (at * 5 + 1 + perturb) & mask;
  }
}

/** str of a value. */
export function* strOf(value: Value, machine: Machine): Steps<string | Unknown> {
  if (typeof value === 'string') return value;
  if (value instanceof PyBoxed || value instanceof PyInstance) return yield* machine.str(value);
  const text = plainText(value, machine);
  return text ?? (yield* machine.str(value));
}

/** Whether a text has ASCII's characters alone: then JavaScript and Python agree on letters, digits and cases. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}
