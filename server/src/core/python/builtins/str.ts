// The methods of str.

import type { Machine } from '../machine.ts';
import { isGiven } from '../native.ts';
import { Native, PyBytes, PyDict, PyList, PyTuple, Unknown, type Value } from '../objects.ts';
import { utf8 } from './bytes.ts';
import { typeName } from './classes.ts';
import { collect, position, textOf, wholeNow } from './conversions.ts';
import { formatString, formatTemplate, lengthOf, percentFormat } from './format.ts';
import { maxText, tooMuchText, unsupported } from './limits.ts';
import { methodsOf } from './methods.ts';
import { isAscii, stringText } from './text.ts';

const { strict, lenient, steps } = methodsOf('str', textOf);

/** An argument that must be a str. */
function text(value: Value, what: string, machine: Machine): string {
  const found = textOf(value);
  if (found === undefined) throw machine.raise('TypeError', `${what} must be str, not ${typeName(value, machine)}`);
  return found;
}

const whitespace = '\\t\\n\\x0b\\x0c\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const leading = new RegExp(`^[${whitespace}]+`);
const trailing = new RegExp(`[${whitespace}]+$`);
const blank = new RegExp(`[${whitespace}]+`, 'g');

function stripped(value: string, characters: Value, sides: 'both' | 'left' | 'right', machine: Machine): string {
  if (characters === null) {
    const left = sides === 'right' ? value : value.replace(leading, '');
    return sides === 'left' ? left : left.replace(trailing, '');
  }
  const set = new Set(text(characters, `${sides === 'both' ? '' : sides[0]}strip arg`.replace('right', 'r'), machine));
  const points = [...value];
  let [from, to] = [0, points.length];
  if (sides !== 'right') while (from < to && set.has(points[from]!)) from++;
  if (sides !== 'left') while (to > from && set.has(points[to - 1]!)) to--;
  return points.slice(from, to).join('');
}

/** What lies between positions as Python counts them, and where it begins. */
function within(
  value: string,
  start: Value,
  end: Value,
  machine: Machine,
): { body: readonly string[] | string; from: number } | Unknown {
  const body = lengthOf(value) === value.length ? value : [...value];
  const length = body.length;
  const from = start === null ? 0 : bound(start, length, machine);
  if (from instanceof Unknown) return from;
  const to = end === null ? length : bound(end, length, machine);
  if (to instanceof Unknown) return to;
  if (from > length) return { body: '', from: Number.NaN };
  return { body: from <= to ? body.slice(from, to) : '', from: from <= to ? from : Number.NaN };
}

function bound(value: Value, length: number, machine: Machine): number | Unknown {
  const whole = wholeNow(value, machine);
  if (whole instanceof Unknown) return whole;
  const at = position(whole);
  return at < 0 ? Math.max(0, at + length) : at;
}

type Search = (value: string, wanted: string) => number;

function find(
  value: string,
  wanted: Value,
  start: Value,
  end: Value,
  search: Search,
  name: string,
  machine: Machine,
): number | Unknown {
  const part = text(wanted, 'must be str, not'.slice(0, 0) + `${name}() argument 1`, machine);
  const range = within(value, start, end, machine);
  if (range instanceof Unknown) return range;
  if (Number.isNaN(range.from)) return -1;
  const body = typeof range.body === 'string' ? range.body : range.body.join('');
  const at = search(body, part);
  // Positions count characters, not halves of surrogate pairs.
  return at < 0 ? -1 : range.from + lengthOf(body.slice(0, at));
}

const first: Search = (value, wanted) => value.indexOf(wanted);
const lastOf: Search = (value, wanted) => value.lastIndexOf(wanted);

function count(value: string, wanted: string): number {
  if (wanted === '') return lengthOf(value) + 1;
  return value.split(wanted).length - 1;
}

function affix(
  value: string,
  wanted: Value,
  start: Value,
  end: Value,
  name: string,
  has: (body: string, part: string) => boolean,
  machine: Machine,
): Value {
  const range = within(value, start, end, machine);
  if (range instanceof Unknown) return range;
  const body = typeof range.body === 'string' ? range.body : range.body.join('');
  const parts = wanted instanceof PyTuple ? wanted.items : [wanted];
  for (const part of parts) {
    if (part instanceof Unknown) return part;
    const found = textOf(part);
    if (found === undefined) {
      const where =
        wanted instanceof PyTuple
          ? `tuple for ${name} must only contain str`
          : `${name} first arg must be str or a tuple of str`;
      throw machine.raise('TypeError', `${where}, not ${typeName(part, machine)}`);
    }
    if (!Number.isNaN(range.from) && has(body, found)) return true;
  }
  return false;
}

/** str.split. */
function split(value: string, separator: Value, most: Value, machine: Machine): Value {
  const limit = wholeNow(most, machine);
  if (limit instanceof Unknown) return limit;
  const times = position(limit) < 0 ? Number.POSITIVE_INFINITY : position(limit);
  if (separator === null) {
    const parts: string[] = [];
    let rest = value.replace(leading, '');
    while (rest !== '') {
      blank.lastIndex = 0;
      const gap = parts.length < times ? blank.exec(rest) : null;
      if (gap === null) {
        parts.push(parts.length < times ? rest.replace(trailing, '') : rest);
        break;
      }
      parts.push(rest.slice(0, gap.index));
      rest = rest.slice(gap.index + gap[0].length);
    }
    machine.charge(parts.length);
    return new PyList(parts);
  }
  const sign = text(separator, 'must be str or None, not'.slice(0, 0) + 'separator', machine);
  if (sign === '') throw machine.raise('ValueError', 'empty separator');
  const parts = value.split(sign);
  machine.charge(parts.length);
  if (parts.length - 1 <= times) return new PyList(parts);
  return new PyList([...parts.slice(0, times), parts.slice(times).join(sign)]);
}

function splitRight(value: string, separator: Value, most: Value, machine: Machine): Value {
  const limit = wholeNow(most, machine);
  if (limit instanceof Unknown) return limit;
  const times = position(limit) < 0 ? Number.POSITIVE_INFINITY : position(limit);
  if (separator === null) {
    const parts: string[] = [];
    let rest = value.replace(trailing, '');
    while (rest !== '') {
      const gaps = parts.length < times ? [...rest.matchAll(blank)] : [];
      const gap = gaps.at(-1);
      if (gap === undefined) {
        parts.unshift(parts.length < times ? rest.replace(leading, '') : rest);
        break;
      }
      parts.unshift(rest.slice(gap.index! + gap[0].length));
      rest = rest.slice(0, gap.index);
    }
    return new PyList(parts.filter((part, index) => index > 0 || part !== ''));
  }
  const sign = text(separator, 'separator', machine);
  if (sign === '') throw machine.raise('ValueError', 'empty separator');
  const parts: string[] = [];
  let rest = value;
  while (parts.length < times) {
    const at = rest.lastIndexOf(sign);
    if (at < 0) break;
    // lastIndexOf finds overlapping ones as Python does: from the right.
    parts.unshift(rest.slice(at + sign.length));
    rest = rest.slice(0, at);
  }
  machine.charge(parts.length);
  return new PyList([rest, ...parts]);
}

/** Python ends lines at more characters than most: vertical tabs, form feeds and separators among them. */
const lineEnds = '\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]';
const lineEnd = new RegExp(lineEnds, 'g');

function lines(value: string, keep: boolean): string[] {
  const parts: string[] = [];
  let last = 0;
  for (const match of value.matchAll(lineEnd)) {
    parts.push(value.slice(last, keep ? match.index! + match[0].length : match.index));
    last = match.index! + match[0].length;
  }
  if (last < value.length) parts.push(value.slice(last));
  return parts;
}

function isAll(value: string, pattern: RegExp): boolean {
  return value !== '' && pattern.test(value);
}

function title(value: string): string {
  let isInside = false;
  let result = '';
  for (const character of value) {
    const isCased = character.toLowerCase() !== character.toUpperCase();
    result += isCased ? (isInside ? character.toLowerCase() : titleCase(character)) : character;
    isInside = isCased;
  }
  return result;
}

function titleCase(character: string): string {
  const upper = character.toUpperCase();
  return upper.length > 1 ? upper[0]! + upper.slice(1).toLowerCase() : upper;
}

function pad(value: string, width: Value, fill: Value, side: 'left' | 'right' | 'both', machine: Machine): Value {
  const size = wholeNow(width, machine);
  if (size instanceof Unknown) return size;
  const sign = text(fill, 'The fill character', machine);
  if (lengthOf(sign) !== 1) throw machine.raise('TypeError', 'The fill character must be exactly one character long');
  const missing = position(size) - lengthOf(value);
  if (missing <= 0) return value;
  if (missing > maxText) return tooMuchText(machine);
  machine.charge(missing);
  if (side === 'left') return value + sign.repeat(missing);
  if (side === 'right') return sign.repeat(missing) + value;
  // CPython: the odd one goes to the left where both the gap and the width are odd.
  const left = (missing >> 1) + (missing & Number(size) & 1);
  return sign.repeat(left) + value + sign.repeat(missing - left);
}

/** A case mapping that is beyond what JavaScript and Python agree on is not tried. */
const letters = /^[\p{L}\p{N}]+$/u;

export const strMethods: readonly Native[] = [
  strict('lower', '', self => self.toLowerCase()),
  strict('upper', '', self => self.toUpperCase()),
  strict('casefold', '', (self, _, machine) =>
    isAscii(self) ? self.toLowerCase() : unsupported(machine, 'str.casefold()'),
  ),
  strict('title', '', self => title(self)),
  strict('capitalize', '', self => {
    const [head = '', ...rest] = self;
    return titleCase(head) + rest.join('').toLowerCase();
  }),
  strict('swapcase', '', self =>
    [...self]
      .map(character => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()))
      .join(''),
  ),
  strict('strip', 'chars=None, /', (self, [characters], machine) => stripped(self, characters!, 'both', machine)),
  strict('lstrip', 'chars=None, /', (self, [characters], machine) => stripped(self, characters!, 'left', machine)),
  strict('rstrip', 'chars=None, /', (self, [characters], machine) => stripped(self, characters!, 'right', machine)),
  strict('split', 'sep=None, maxsplit=-1', (self, [separator, most], machine) =>
    split(self, separator!, most!, machine),
  ),
  strict('rsplit', 'sep=None, maxsplit=-1', (self, [separator, most], machine) =>
    splitRight(self, separator!, most!, machine),
  ),
  strict(
    'splitlines',
    'keepends=False',
    (self, [keep]) => new PyList(lines(self, keep !== false && keep !== 0 && keep !== null)),
  ),
  strict('partition', 'sep, /', (self, [separator], machine) => {
    const sign = text(separator!, 'separator', machine);
    if (sign === '') throw machine.raise('ValueError', 'empty separator');
    const at = self.indexOf(sign);
    return new PyTuple(at < 0 ? [self, '', ''] : [self.slice(0, at), sign, self.slice(at + sign.length)]);
  }),
  strict('rpartition', 'sep, /', (self, [separator], machine) => {
    const sign = text(separator!, 'separator', machine);
    if (sign === '') throw machine.raise('ValueError', 'empty separator');
    const at = self.lastIndexOf(sign);
    return new PyTuple(at < 0 ? ['', '', self] : [self.slice(0, at), sign, self.slice(at + sign.length)]);
  }),
  steps('join', 'iterable, /', function* (self, [iterable], machine) {
    const items = yield* collect(iterable!, machine);
    if (items instanceof Unknown) return items;
    const parts: string[] = [];
    let length = 0;
    for (const [index, item] of items.entries()) {
      if (item instanceof Unknown) return item;
      const part = textOf(item);
      if (part === undefined) {
        throw machine.raise(
          'TypeError',
          `sequence item ${index}: expected str instance, ${typeName(item, machine)} found`,
        );
      }
      length += part.length + self.length;
      if (length > maxText) return tooMuchText(machine);
      parts.push(part);
    }
    machine.charge(length >> 4);
    return parts.join(self);
  }),
  strict('replace', 'old, new, count=-1, /', (self, [old, replacement, most], machine) => {
    const from = text(old!, 'replace() argument 1', machine);
    const to = text(replacement!, 'replace() argument 2', machine);
    const limit = wholeNow(most!, machine);
    if (limit instanceof Unknown) return limit;
    const times = position(limit) < 0 ? Number.POSITIVE_INFINITY : position(limit);
    const parts = from === '' ? ['', ...self, ''] : self.split(from);
    if (self.length + (parts.length - 1) * to.length > maxText) return tooMuchText(machine);
    if (parts.length - 1 <= times) return parts.join(to);
    return [...parts.slice(0, times), parts.slice(times).join(from)].join(to);
  }),
  strict('find', 'sub, start=None, end=None, /', (self, [sub, start, end], machine) =>
    find(self, sub!, start!, end!, first, 'find', machine),
  ),
  strict('rfind', 'sub, start=None, end=None, /', (self, [sub, start, end], machine) =>
    find(self, sub!, start!, end!, lastOf, 'rfind', machine),
  ),
  strict('index', 'sub, start=None, end=None, /', (self, [sub, start, end], machine) => {
    const at = find(self, sub!, start!, end!, first, 'index', machine);
    if (at === -1) throw machine.raise('ValueError', 'substring not found');
    return at;
  }),
  strict('rindex', 'sub, start=None, end=None, /', (self, [sub, start, end], machine) => {
    const at = find(self, sub!, start!, end!, lastOf, 'rindex', machine);
    if (at === -1) throw machine.raise('ValueError', 'substring not found');
    return at;
  }),
  strict('count', 'sub, start=None, end=None, /', (self, [sub, start, end], machine) => {
    const part = text(sub!, 'count() argument 1', machine);
    const range = within(self, start!, end!, machine);
    if (range instanceof Unknown) return range;
    if (Number.isNaN(range.from)) return 0;
    return count(typeof range.body === 'string' ? range.body : range.body.join(''), part);
  }),
  strict('startswith', 'prefix, start=None, end=None, /', (self, [prefix, start, end], machine) =>
    affix(self, prefix!, start!, end!, 'startswith', (body, part) => body.startsWith(part), machine),
  ),
  strict('endswith', 'suffix, start=None, end=None, /', (self, [suffix, start, end], machine) =>
    affix(self, suffix!, start!, end!, 'endswith', (body, part) => body.endsWith(part), machine),
  ),
  strict('removeprefix', 'prefix, /', (self, [prefix], machine) => {
    const part = text(prefix!, 'removeprefix() argument', machine);
    return self.startsWith(part) ? self.slice(part.length) : self;
  }),
  strict('removesuffix', 'suffix, /', (self, [suffix], machine) => {
    const part = text(suffix!, 'removesuffix() argument', machine);
    return part !== '' && self.endsWith(part) ? self.slice(0, -part.length) : self;
  }),
  strict('ljust', "width, fillchar=' ', /", (self, [width, fill], machine) =>
    pad(self, width!, fill!, 'left', machine),
  ),
  strict('rjust', "width, fillchar=' ', /", (self, [width, fill], machine) =>
    pad(self, width!, fill!, 'right', machine),
  ),
  strict('center', "width, fillchar=' ', /", (self, [width, fill], machine) =>
    pad(self, width!, fill!, 'both', machine),
  ),
  strict('zfill', 'width, /', (self, [width], machine) => {
    const size = wholeNow(width!, machine);
    if (size instanceof Unknown) return size;
    const missing = position(size) - lengthOf(self);
    if (missing <= 0) return self;
    if (missing > maxText) return tooMuchText(machine);
    const sign = /^[+-]/.exec(self)?.[0] ?? '';
    return sign + '0'.repeat(missing) + self.slice(sign.length);
  }),
  strict('expandtabs', 'tabsize=8', (self, [size], machine) => {
    const width = wholeNow(size!, machine);
    if (width instanceof Unknown) return width;
    let [result, column] = ['', 0];
    for (const character of self) {
      if (character === '\t') {
        const gap = position(width) > 0 ? position(width) - (column % position(width)) : 0;
        if (result.length + gap > maxText) return tooMuchText(machine);
        result += ' '.repeat(gap);
        column += gap;
      } else {
        result += character;
        column = character === '\n' || character === '\r' ? 0 : column + 1;
      }
    }
    return result;
  }),
  strict('isdigit', '', (self, _, machine) => {
    if (isAscii(self)) return isAll(self, /^[0-9]+$/);
    return /[\p{No}\p{Nl}]/u.test(self) ? unsupported(machine, 'str.isdigit()') : isAll(self, /^\p{Nd}+$/u);
  }),
  strict('isdecimal', '', self => isAll(self, /^\p{Nd}+$/u)),
  strict('isnumeric', '', (self, _, machine) => {
    if (isAscii(self)) return isAll(self, /^[0-9]+$/);
    return /[\p{Nl}\p{Lo}]/u.test(self) ? unsupported(machine, 'str.isnumeric()') : isAll(self, /^[\p{Nd}\p{No}]+$/u);
  }),
  strict('isalpha', '', self => isAll(self, /^\p{L}+$/u)),
  strict('isalnum', '', self => isAll(self, letters)),
  strict('isspace', '', self => self !== '' && self.replace(leading, '') === ''),
  strict('isascii', '', self => isAscii(self)),
  strict('islower', '', self => /[\p{Ll}]/u.test(self) && !/[\p{Lu}\p{Lt}]/u.test(self)),
  strict('isupper', '', self => /[\p{Lu}]/u.test(self) && !/[\p{Ll}\p{Lt}]/u.test(self)),
  strict('istitle', '', self => /[\p{Lu}\p{Lt}]/u.test(self) && title(self) === self),
  strict('isidentifier', '', self => /^[\p{XID_Start}_][\p{XID_Continue}]*$/u.test(self)),
  strict('isprintable', '', self => !/[\p{C}\p{Z}]/u.test(self.replaceAll(' ', ''))),
  strict('encode', "encoding='utf-8', errors='strict'", (self, [encoding], machine) => {
    if (!/^(utf-?8|ascii)$/i.test(textOf(encoding!) ?? ''))
      return unsupported(machine, `str.encode(${stringText(String(encoding))})`);
    if (isAscii(self)) return new PyBytes(self);
    if (/ascii/i.test(String(encoding))) return unsupported(machine, "str.encode('ascii')");
    return new PyBytes(utf8(self));
  }),
  steps('format', '*args, **kwargs', function* (self, [args, keywords], machine) {
    return yield* formatTemplate(self, (args as PyTuple).items, keywords as PyDict, machine);
  }),
  steps('format_map', 'mapping, /', function* (self, [mapping], machine) {
    if (mapping instanceof Unknown) return mapping;
    if (!(mapping instanceof PyDict)) return unsupported(machine, 'str.format_map()');
    return yield* formatTemplate(self, [], mapping, machine);
  }),
  strict('translate', 'table, /', (self, [table], machine) => {
    if (!(table instanceof PyDict)) return unsupported(machine, 'str.translate()');
    let result = '';
    for (const character of self) {
      const found = table.entries.get(character.codePointAt(0)!)?.value;
      if (found instanceof Unknown) return found;
      if (found === undefined) result += character;
      else if (typeof found === 'string') result += found;
      else if (typeof found === 'number') result += String.fromCodePoint(found);
      else if (found !== null) throw machine.raise('TypeError', 'character mapping must return integer, None or str');
    }
    return result;
  }),
  strict('__format__', 'format_spec, /', (self, [spec], machine) =>
    formatString(self, text(spec!, '__format__() argument', machine), machine),
  ),
  strict('__str__', '', self => self),
  strict('__repr__', '', self => stringText(self)),
  steps('__mod__', 'value, /', function* (self, [value], machine) {
    return yield* percentFormat(self, value!, machine);
  }),
  lenient('__getnewargs__', '', self => new PyTuple([self])),
];

/** str.maketrans, a static method. */
export const makeTranslation = new Native('maketrans', 'x, y=..., z=..., /', ([x, y, z], machine) => {
  const table = new PyDict();
  const put = (point: number, value: Value) => table.entries.set(point, { key: point, value });
  if (x instanceof Unknown) return x;
  if (y === undefined || !isGiven(y)) {
    if (!(x instanceof PyDict))
      throw machine.raise('TypeError', 'if you give only one argument to maketrans it must be a dict');
    for (const { key, value } of x.entries.values()) {
      if (key instanceof Unknown) return key;
      const point =
        typeof key === 'string' && lengthOf(key) === 1 ? key.codePointAt(0) : typeof key === 'number' ? key : undefined;
      if (point === undefined) throw machine.raise('ValueError', 'string keys in translate table must be of length 1');
      put(point, value);
    }
    return table;
  }
  const [from, to] = [
    [...text(x!, 'maketrans() argument 1', machine)],
    [...text(y, 'maketrans() argument 2', machine)],
  ];
  if (from.length !== to.length) {
    throw machine.raise('ValueError', 'the first two maketrans arguments must have equal length');
  }
  for (const [index, character] of from.entries()) put(character.codePointAt(0)!, to[index]!.codePointAt(0)!);
  if (z !== undefined && isGiven(z))
    for (const character of text(z, 'maketrans() argument 3', machine)) put(character.codePointAt(0)!, null);
  return table;
});
