// Format specifications (`:>10.3f`), str.format and the % of strings.
import type { Machine } from '../machine.ts';
import {
  type Keywords,
  PyBytes,
  PyComplex,
  PyDict,
  PyFloat,
  PyTuple,
  plain,
  type Raised,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { typeName } from './classes.ts';
import { indexOf, itemOf, realOf } from './conversions.ts';
import { maxText, tooMuchText, unsupported } from './limits.ts';
import { exactRatio, floatOf, type Int, intOf, scaledHalfEven, truncate } from './numbers.ts';
import { asciiText, floatText, intText, reprOf, strOf } from './text.ts';

interface Spec {
  readonly fill: string;
  readonly align: '<' | '>' | '=' | '^' | undefined;
  readonly sign: '+' | '-' | ' ';
  readonly isAlternate: boolean;
  readonly width: number;
  readonly grouping: ',' | '_' | undefined;
  readonly precision: number | undefined;
  readonly type: string;
}

const pattern = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?(.)?$/su;

function read(text: string, type: string, machine: Machine): Spec | Unknown {
  const match = pattern.exec(text);
  if (match === null)
    throw machine.raise('ValueError', `Invalid format specifier '${text}' for object of type '${type}'`);
  const [, fill, align, sign, z, alternate, zero, width, grouping, precision, kind] = match;
  if (z !== undefined) return unsupported(machine, `format(…, '${text}')`);
  if (Number(width ?? 0) > maxText || Number(precision ?? 0) > 10_000) return tooMuchText(machine);
  return {
    fill: fill ?? (zero !== undefined && align === undefined ? '0' : (fill ?? (zero !== undefined ? '0' : ' '))),
    align: (align as Spec['align']) ?? (zero !== undefined && type !== 'str' ? '=' : undefined),
    sign: (sign as Spec['sign'] | undefined) ?? '-',
    isAlternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping as Spec['grouping'],
    precision: precision === undefined ? undefined : Number(precision),
    type: kind ?? '',
  };
}

/** How many characters Python counts. */
export function lengthOf(text: string): number {
  if (!/[\ud800-\udbff]/.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function padded(text: string, spec: Spec, standard: '<' | '>'): string {
  const missing = spec.width - lengthOf(text);
  if (missing <= 0) return text;
  const align = spec.align ?? standard;
  if (align === '<') return text + spec.fill.repeat(missing);
  if (align === '^') return spec.fill.repeat(missing >> 1) + text + spec.fill.repeat(missing - (missing >> 1));
  return spec.fill.repeat(missing) + text;
}

/** Sign, prefix and digits, with groups and width; zeros in front are grouped, too. */
function paddedNumber(
  negative: boolean,
  prefix: string,
  digits: string,
  rest: string,
  spec: Spec,
  group: number,
): string {
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  const align = spec.align ?? '>';
  const head = sign + prefix;
  if (align !== '=') return padded(head + grouped(digits, spec.grouping, group) + rest, spec, '>');
  const room = spec.width - head.length - rest.length;
  if (spec.grouping !== undefined && spec.fill === '0') {
    let filled = digits;
    while (grouped(filled, spec.grouping, group).length < room) filled = `0${filled}`;
    return head + grouped(filled, spec.grouping, group) + rest;
  }
  const text = grouped(digits, spec.grouping, group);
  return head + spec.fill.repeat(Math.max(0, room - text.length)) + text + rest;
}

function grouped(digits: string, sign: string | undefined, size: number): string {
  if (sign === undefined) return digits;
  let text = '';
  for (let at = 0; at < digits.length; at++) {
    if (at > 0 && (digits.length - at) % size === 0) text += sign;
    text += digits[at];
  }
  return text;
}

/** `__format__` of str. */
export function formatString(value: string, text: string, machine: Machine): string | Unknown {
  if (text === '') return value;
  const spec = read(text, 'str', machine);
  if (spec instanceof Unknown) return spec;
  if (spec.type !== '' && spec.type !== 's') throw unknownCode(spec, 'str', machine);
  if (spec.align === '=') throw machine.raise('ValueError', "'=' alignment not allowed in string format specifier");
  if (spec.sign !== '-' || /^.?[<>^]?-/.test(text))
    throw machine.raise('ValueError', 'Sign not allowed in string format specifier');
  if (spec.grouping !== undefined) throw machine.raise('ValueError', `Cannot specify '${spec.grouping}' with 's'.`);
  if (spec.isAlternate) throw machine.raise('ValueError', 'Alternate form (#) not allowed in string format specifier');
  const shown = spec.precision === undefined ? value : [...value].slice(0, spec.precision).join('');
  return padded(shown, spec, '<');
}

function unknownCode(spec: Spec, type: string, machine: Machine): Raised {
  return machine.raise('ValueError', `Unknown format code '${spec.type}' for object of type '${type}'`);
}

/** `__format__` of int and bool. */
export function formatInt(value: Int, text: string, machine: Machine): string | Unknown {
  if (text === '') return intText(value, machine);
  const spec = read(text, 'int', machine);
  if (spec instanceof Unknown) return spec;
  switch (spec.type) {
    case '':
    case 'd':
    case 'b':
    case 'o':
    case 'x':
    case 'X':
    case 'n':
      break;
    case 'c': {
      if (spec.sign !== '-') throw machine.raise('ValueError', "Sign not allowed with integer format specifier 'c'");
      if (value < 0 || value > 0x10ffff) throw machine.raise('OverflowError', '%c arg not in range(0x110000)');
      return padded(String.fromCodePoint(Number(value)), spec, '>');
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case '%': {
      const float = Number(value);
      if (!Number.isFinite(float)) throw machine.raise('OverflowError', 'int too large to convert to float');
      return formatReal(float, spec, machine);
    }
    default:
      throw unknownCode(spec, 'int', machine);
  }
  if (spec.precision !== undefined) {
    throw machine.raise('ValueError', 'Precision not allowed in integer format specifier');
  }
  const base = spec.type === 'b' ? 2 : spec.type === 'o' ? 8 : spec.type.toLowerCase() === 'x' ? 16 : 10;
  if (spec.grouping === ',' && base !== 10)
    throw machine.raise('ValueError', `Cannot specify ',' with '${spec.type}'.`);
  if (spec.grouping !== undefined && spec.type === 'n') {
    throw machine.raise('ValueError', `Cannot specify '${spec.grouping}' with 'n'.`);
  }
  const size = value < 0 ? -value : value;
  const digits = size.toString(base);
  const prefix = spec.isAlternate && base !== 10 ? `0${spec.type}` : '';
  return paddedNumber(
    value < 0,
    prefix,
    spec.type === 'X' ? digits.toUpperCase() : digits,
    '',
    spec,
    base === 10 ? 3 : 4,
  );
}

/** `__format__` of float. */
export function formatFloat(value: number, text: string, machine: Machine): string | Unknown {
  if (text === '') return floatText(value);
  const spec = read(text, 'float', machine);
  if (spec instanceof Unknown) return spec;
  return formatReal(value, spec, machine);
}

function formatReal(value: number, spec: Spec, machine: Machine): string {
  const negative = value < 0 || Object.is(value, -0);
  const size = Math.abs(value);
  const [digits, rest] = realDigits(size, spec.type, spec.precision, spec.isAlternate) ?? [undefined, ''];
  if (digits === undefined) throw unknownCode(spec, 'float', machine);
  // The letters of inf and nan are not grouped.
  const isNumber = Number.isFinite(size);
  return paddedNumber(
    negative && !Number.isNaN(value),
    '',
    digits,
    rest,
    isNumber ? spec : { ...spec, grouping: undefined },
    3,
  );
}

/** The digits before the point, and all that follows; undefined for a type that there is not. */
function realDigits(
  size: number,
  type: string,
  precision: number | undefined,
  isAlternate: boolean,
): readonly [string, string] | undefined {
  if (!'eEfFgGn%'.includes(type)) return undefined;
  const isUpper = type === 'E' || type === 'F' || type === 'G';
  if (!Number.isFinite(size)) {
    const text = Number.isNaN(size) ? 'nan' : 'inf';
    return [isUpper ? text.toUpperCase() : text, type === '%' ? '%' : ''];
  }
  const shown = ((): string => {
    switch (type) {
      case 'f':
      case 'F':
        return fixed(size, precision ?? 6, isAlternate);
      case '%':
        return `${fixed(size * 100, precision ?? 6, isAlternate)}%`;
      case 'e':
      case 'E':
        return scientific(size, precision ?? 6, isAlternate);
      case '':
        return precision === undefined ? floatText(size) : general(size, precision, isAlternate, true);
      default:
        return general(size, precision ?? 6, isAlternate, false);
    }
  })();
  const text = isUpper ? shown.toUpperCase() : shown;
  const end = text.search(/[^0-9]/);
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)];
}

/** `%.Nf` of a number that is not negative, rounded from its exact value, halves to even. */
export function fixed(size: number, digits: number, isAlternate = false): string {
  const scaled = scaledHalfEven(size, digits)
    .toString()
    .padStart(digits + 1, '0');
  if (digits === 0) return isAlternate ? `${scaled}.` : scaled;
  return `${scaled.slice(0, -digits)}.${scaled.slice(-digits)}`;
}

/** The digits of a number that is not negative, `count` of them, and its decimal exponent. */
function significant(size: number, count: number): readonly [string, number] {
  if (size === 0) return ['0'.repeat(count), 0];
  const [top, bottom] = exactRatio(size);
  // The exponent of the exact value: that of the shortest digits may be one off only through rounding up.
  let exponent = Number(size.toExponential().split('e')[1]);
  const isBelow = exponent >= 0 ? top < bottom * 10n ** BigInt(exponent) : top * 10n ** BigInt(-exponent) < bottom;
  if (isBelow) exponent -= 1;
  let text = scaledHalfEven(size, count - 1 - exponent).toString();
  if (text.length > count) {
    exponent += 1;
    text = scaledHalfEven(size, count - 1 - exponent).toString();
  }
  return [text, exponent];
}

function exponentText(exponent: number): string {
  const size = Math.abs(exponent);
  return `e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

function scientific(size: number, digits: number, isAlternate: boolean): string {
  const [text, exponent] = significant(size, digits + 1);
  const point = digits > 0 || isAlternate ? '.' : '';
  return `${text[0]}${point}${text.slice(1)}${exponentText(exponent)}`;
}

/** `%g`; where no type was given, at least one digit follows the point, as str has it. */
function general(size: number, digits: number, isAlternate: boolean, likeStr: boolean): string {
  const count = Math.max(1, digits);
  const [text, exponent] = significant(size, count);
  const trim = (body: string): string => (isAlternate ? body : body.replace(/\.?0+$/, ''));
  if (exponent >= -4 && exponent < (likeStr ? count - 1 : count)) {
    if (exponent < 0) {
      const body = `0.${'0'.repeat(-exponent - 1)}${text}`;
      return trim(body);
    }
    const whole = text.slice(0, exponent + 1);
    const rest = text.slice(exponent + 1);
    const body = rest === '' ? (isAlternate ? `${whole}.` : whole) : trim(`${whole}.${rest}`);
    return likeStr && !body.includes('.') ? `${body}.0` : body;
  }
  const rest = text.slice(1);
  const head = rest === '' ? (isAlternate ? `${text[0]}.` : text[0]!) : trim(`${text[0]}.${rest}`);
  return `${head}${exponentText(exponent)}`;
}

/** `__format__` of any value: that of its class. */
export function* formatOf(value: Value, spec: string, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  if (typeof value === 'string') return formatString(value, spec, machine);
  if (typeof value === 'number' || typeof value === 'bigint') return formatInt(value, spec, machine);
  // A bool without a specification is a word.
  if (typeof value === 'boolean')
    return spec === '' ? (value ? 'True' : 'False') : formatInt(value ? 1 : 0, spec, machine);
  if (value instanceof PyFloat) return formatFloat(value.value, spec, machine);
  const cls = machine.typeOf(value);
  const method = cls === undefined ? undefined : findFormat(cls);
  if (method !== undefined) {
    const result = yield* machine.call(method, [value, spec]);
    if (typeof result === 'string' || result instanceof Unknown) return result;
    throw machine.raise('TypeError', `__format__ must return a str, not ${typeName(result, machine)}`);
  }
  return yield* objectFormat(value, spec, machine);
}

function findFormat(cls: {
  readonly mro: readonly { readonly name: string; readonly dict: ReadonlyMap<string, Value> }[];
}): Value | undefined {
  for (const { name, dict } of cls.mro) {
    if (name === 'object') return undefined;
    const found = dict.get('__format__');
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `object.__format__`: str, and no specification. */
export function* objectFormat(value: Value, spec: string, machine: Machine): Steps<string | Unknown> {
  if (spec !== '') {
    if (plain(value) instanceof PyComplex) return unsupported(machine, `format(complex, '${spec}')`);
    throw machine.raise('TypeError', `unsupported format string passed to ${typeName(value, machine)}.__format__`);
  }
  return yield* strOf(value, machine);
}

/** `!r`, `!s`, `!a`. */
export function* converted(value: Value, conversion: string | undefined, machine: Machine): Steps {
  if (conversion === undefined || conversion === '') return value;
  if (value instanceof Unknown) return value;
  const text = conversion === 's' ? yield* strOf(value, machine) : yield* reprOf(value, machine);
  return typeof text === 'string' && conversion === 'a' ? asciiText(text) : text;
}

/** The text of `'…'.format(*args, **keywords)`. */
export function* formatTemplate(
  template: string,
  args: readonly Value[],
  keywords: Keywords | PyDict,
  machine: Machine,
): Steps<string | Unknown> {
  const state = { next: 0, manual: false };
  return yield* fill(template, args, keywords, machine, state, 2);
}

interface Numbering {
  next: number;
  manual: boolean;
}

function* fill(
  template: string,
  args: readonly Value[],
  keywords: Keywords | PyDict,
  machine: Machine,
  state: Numbering,
  depth: number,
): Steps<string | Unknown> {
  if (depth === 0) throw machine.raise('ValueError', 'Max string recursion exceeded');
  let text = '';
  let at = 0;
  while (at < template.length) {
    const sign = template[at]!;
    if (sign !== '{' && sign !== '}') {
      const end = template.slice(at).search(/[{}]/);
      text += end < 0 ? template.slice(at) : template.slice(at, at + end);
      at = end < 0 ? template.length : at + end;
      continue;
    }
    if (template[at + 1] === sign) {
      text += sign;
      at += 2;
      continue;
    }
    if (sign === '}') throw machine.raise('ValueError', "Single '}' encountered in format string");
    const end = fieldEnd(template, at + 1);
    if (end === undefined) {
      throw machine.raise(
        'ValueError',
        at + 1 >= template.length ? "Single '{' encountered in format string" : "expected '}' before end of string",
      );
    }
    const field = template.slice(at + 1, end);
    at = end + 1;
    const [, path, conversion, spec] = /^([^!:]*(?:\[[^\]]*\][^!:]*)*)(?:!([^:]*))?(?::(.*))?$/s.exec(field) ?? [
      '',
      field,
    ];
    const value = yield* fieldValue(path ?? '', args, keywords, machine, state);
    if (value instanceof Unknown) return value;
    if (conversion !== undefined && !/^[rsa]$/.test(conversion)) {
      throw machine.raise('ValueError', `Unknown conversion specifier '${conversion}'`);
    }
    const shown = yield* converted(value, conversion, machine);
    const detail = spec?.includes('{') ? yield* fill(spec, args, keywords, machine, state, depth - 1) : (spec ?? '');
    if (detail instanceof Unknown) return detail;
    const piece = yield* formatOf(shown, detail, machine);
    if (piece instanceof Unknown) return piece;
    text += piece;
    if (text.length > maxText) return tooMuchText(machine);
  }
  return text;
}

/** Where the braces of a field close; undefined where they do not. */
function fieldEnd(template: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < template.length; at++) {
    const sign = template[at];
    if (sign === '{') depth++;
    else if (sign === '}' && --depth === 0) return at;
  }
  return undefined;
}

function* fieldValue(
  path: string,
  args: readonly Value[],
  keywords: Keywords | PyDict,
  machine: Machine,
  state: Numbering,
): Steps {
  const match = /^([^.[]*)(.*)$/s.exec(path)!;
  const [, first, rest] = match as unknown as [string, string, string];
  let value: Value;
  if (first === '' || /^\d+$/.test(first)) {
    const isAutomatic = first === '';
    if (isAutomatic && state.manual) {
      throw machine.raise('ValueError', 'cannot switch from manual field specification to automatic field numbering');
    }
    if (!isAutomatic && state.next > 0) {
      throw machine.raise('ValueError', 'cannot switch from automatic field numbering to manual field specification');
    }
    if (!isAutomatic) state.manual = true;
    const index = isAutomatic ? state.next++ : Number(first);
    const found = args[index];
    if (found === undefined) {
      throw machine.raise('IndexError', `Replacement index ${index} out of range for positional args tuple`);
    }
    value = found;
  } else {
    const found = keywords instanceof PyDict ? keywords.entries.get(first)?.value : keywords.get(first);
    if (found === undefined) throw machine.raise('KeyError', first);
    value = found;
  }
  let at = 0;
  while (at < rest.length) {
    const step = /^(?:\.([^.[]+)|\[([^\]]+)\])/.exec(rest.slice(at));
    if (step === null) throw machine.raise('ValueError', 'Empty attribute in format string');
    at += step[0].length;
    if (value instanceof Unknown) return value;
    if (step[1] !== undefined) value = yield* machine.getAttribute(value, step[1]);
    else {
      const key: Value = /^\d+$/.test(step[2]!) ? Number(step[2]) : step[2]!;
      value = yield* itemOf(value, key, machine);
    }
  }
  return value;
}

const percent = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?(.)?/gsu;

/** `template % value`. */
export function* percentFormat(template: string, value: Value, machine: Machine): Steps<string | Unknown> {
  const args: readonly Value[] = value instanceof PyTuple ? value.items : [value];
  let used = 0;
  let usedNames = false;
  const next = (): Value => {
    if (used >= args.length) throw machine.raise('TypeError', 'not enough arguments for format string');
    return args[used++]!;
  };
  let text = '';
  let last = 0;
  percent.lastIndex = 0;
  for (const match of template.matchAll(percent)) {
    text += template.slice(last, match.index);
    last = match.index + match[0].length;
    const [whole, name, flags = '', width, precision, type] = match;
    if (type === '%') {
      text += '%';
      continue;
    }
    if (type === undefined) throw machine.raise('ValueError', 'incomplete format');
    let item: Value;
    const size = width === '*' ? starred(next(), machine) : width === undefined ? 0 : Number(width);
    const hasPoint = /\.(\*|\d+)?[hlL]?.$/su.test(whole) && whole.includes('.');
    const digits =
      precision === '*'
        ? starred(next(), machine)
        : precision !== undefined
          ? Number(precision)
          : hasPoint
            ? 0
            : undefined;
    if (size instanceof Unknown) return size;
    if (digits instanceof Unknown) return digits;
    if (Math.abs(size) > maxText || (digits ?? 0) > 10_000) return tooMuchText(machine);
    if (name !== undefined) {
      if (value instanceof Unknown) return value;
      if (!(value instanceof PyDict)) throw machine.raise('TypeError', 'format requires a mapping');
      usedNames = true;
      item = yield* itemOf(value, name, machine);
    } else {
      item = next();
    }
    if (item instanceof Unknown) return item;
    const piece = yield* percentPiece(item, type, flags, size, digits, machine);
    if (piece instanceof Unknown) return piece;
    text += piece;
    if (text.length > maxText) return tooMuchText(machine);
  }
  text += template.slice(last);
  if (value instanceof Unknown) return value;
  if (!usedNames && used < args.length && !(isMapping(value) && used === 0)) {
    throw machine.raise('TypeError', 'not all arguments converted during string formatting');
  }
  return text;
}

/** Arguments of these kinds need not be used. */
function isMapping(value: Value): boolean {
  return (
    value instanceof PyDict ||
    (value !== null && typeof value === 'object' && !(value instanceof PyTuple) && 'items' in value)
  );
}

function starred(value: Value, machine: Machine): number | Unknown {
  if (value instanceof Unknown) return value;
  const size = intOf(value);
  if (size === undefined) throw machine.raise('TypeError', '* wants int');
  return Number(size);
}

function* percentPiece(
  item: Value,
  type: string,
  flags: string,
  width: number,
  precision: number | undefined,
  machine: Machine,
): Steps<string | Unknown> {
  const isLeft = flags.includes('-') || width < 0;
  const spec: Spec = {
    fill: flags.includes('0') && !isLeft ? '0' : ' ',
    align: isLeft ? '<' : flags.includes('0') ? '=' : '>',
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
    isAlternate: flags.includes('#'),
    width: Math.abs(width),
    grouping: undefined,
    precision,
    type,
  };
  const textSpec: Spec = { ...spec, fill: ' ', align: isLeft ? '<' : '>' };
  switch (type) {
    case 's':
    case 'r':
    case 'a': {
      const text = type === 's' ? yield* strOf(item, machine) : yield* reprOf(item, machine);
      if (text instanceof Unknown) return text;
      const shown = type === 'a' ? asciiText(text) : text;
      return padded(precision === undefined ? shown : [...shown].slice(0, precision).join(''), textSpec, '>');
    }
    case 'c': {
      if (typeof item === 'string' && lengthOf(item) === 1) return padded(item, textSpec, '>');
      const point = intOf(item);
      if (point === undefined) throw machine.raise('TypeError', '%c requires int or char');
      if (point < 0 || point > 0x10ffff) throw machine.raise('OverflowError', '%c arg not in range(0x110000)');
      return padded(String.fromCodePoint(Number(point)), textSpec, '>');
    }
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
      let whole = intOf(item);
      if (whole === undefined) {
        const float = plain(item);
        if (float instanceof PyFloat && 'diu'.includes(type)) {
          if (!Number.isFinite(float.value))
            throw machine.raise(
              Number.isNaN(float.value) ? 'ValueError' : 'OverflowError',
              `cannot convert float ${Number.isNaN(float.value) ? 'NaN' : 'infinity'} to integer`,
            );
          whole = truncate(float.value);
        } else {
          const index = yield* indexOf(item, machine);
          if (index instanceof Unknown) return index;
          if (index === undefined) {
            const wanted = 'diu'.includes(type) ? 'a real number' : 'an integer';
            throw machine.raise('TypeError', `%${type} format: ${wanted} is required, not ${typeName(item, machine)}`);
          }
          whole = index;
        }
      }
      const base = type === 'o' ? 8 : type.toLowerCase() === 'x' ? 16 : 10;
      const size = whole < 0 ? -whole : whole;
      let digits = size.toString(base);
      if (type === 'X') digits = digits.toUpperCase();
      if (precision !== undefined) digits = digits.padStart(precision, '0');
      return paddedNumber(whole < 0, spec.isAlternate && base !== 10 ? `0${type}` : '', digits, '', spec, 3);
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      let float = floatOf(item);
      if (float === undefined) {
        const found = yield* realOf(item, machine);
        if (found instanceof Unknown) return found;
        if (found === undefined)
          throw machine.raise('TypeError', `must be real number, not ${typeName(item, machine)}`);
        float = found;
      }
      return formatReal(float, spec, machine);
    }
  }
  if (item instanceof PyBytes) return unsupported(machine, `%${type}`);
  throw machine.raise('ValueError', `unsupported format character '${type}' (0x${type.codePointAt(0)!.toString(16)})`);
}
