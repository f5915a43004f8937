// int, bool, float and complex: how they are made of other values, and their methods.
import type { Machine } from '../machine.ts';
import { isGiven } from '../native.ts';
import {
  type Native,
  PyBoxed,
  PyBytes,
  PyClass,
  PyComplex,
  PyFloat,
  PyTuple,
  plain,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { special, typeName } from './classes.ts';
import { realOf, textOf, wholeOf } from './conversions.ts';
import { formatFloat, formatInt } from './format.ts';
import { tooManyBits, unsupported } from './limits.ts';
import { methodsOf } from './methods.ts';
import { exactRatio, type Int, int, intOf, truncate } from './numbers.ts';
import { complexText, floatText, intText, isAscii, stringText } from './text.ts';

/** A value for a class: boxed where the class is derived from the value's own. */
export function boxed(cls: Value, value: Value, machine: Machine): Value {
  if (!(cls instanceof PyClass) || cls === machine.typeOf(value)) return value;
  return new PyBoxed(cls, value);
}

const intPattern = /^[+-]?[0-9]+(_[0-9]+)*$/;

/** int('0x1f', 16). */
export function parsedInt(text: string, base: number): Int | undefined {
  const bare = text.trim();
  if (base === 10) {
    if (!intPattern.test(bare)) return undefined;
    const digits = bare.replaceAll('_', '');
    const value = Number(digits) + 0;
    return Number.isSafeInteger(value) ? value : int(BigInt(digits.replace('+', '')));
  }
  const match = /^([+-]?)(0[xX]|0[oO]|0[bB])?_?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(bare);
  if (match === null) return undefined;
  const prefixes: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };
  let [, sign, prefix = '', digits] = match as unknown as [string, string, string | undefined, string];
  const ofPrefix = prefixes[prefix.toLowerCase()];
  let radix = base;
  if (ofPrefix !== undefined) {
    if (base === 0) radix = ofPrefix;
    // `0b1` is a number of base 16, too.
    else if (base !== ofPrefix) digits = prefix + digits;
  } else if (base === 0) {
    radix = 10;
    if (/^0+[1-9]/.test(digits)) return undefined;
  }
  let value = 0n;
  for (const digit of digits.replaceAll('_', '').toLowerCase()) {
    const number = digit <= '9' ? digit.charCodeAt(0) - 48 : digit.charCodeAt(0) - 87;
    if (number >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(number);
  }
  return int(sign === '-' ? -value : value);
}

/** A float as it is written; undefined for a text that is none. */
export function parsedFloat(text: string): number | undefined {
  const bare = text.trim();
  if (/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/.test(bare))
    return Number(bare.replaceAll('_', ''));
  if (/^[+-]?inf(inity)?$/i.test(bare))
    return bare.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(bare)) return Number.NaN;
  return undefined;
}

/** int(x, base). */
export function* toInt(value: Value, base: Value, machine: Machine): Steps<Int | Unknown> {
  // Not the Unknown that it was given, which may be any type.
  if (value instanceof Unknown)
    return value.isInteger ? new Unknown(value.reason, value.place, undefined, true, value.decision) : value;
  const text = textOf(value) ?? (value instanceof PyBytes ? value.text : undefined);
  if (isGiven(base)) {
    const radix = yield* wholeOf(base, machine);
    if (radix instanceof Unknown) return radix;
    if (text === undefined) throw machine.raise('TypeError', "int() can't convert non-string with explicit base");
    if (radix !== 0 && (radix < 2 || radix > 36))
      throw machine.raise('ValueError', 'int() base must be >= 2 and <= 36, or 0');
    return fromText(text, Number(radix), value, machine);
  }
  if (text !== undefined) return fromText(text, 10, value, machine);
  const whole = intOf(value);
  if (whole !== undefined) return whole;
  const bare = plain(value);
  if (bare instanceof PyFloat) {
    if (Number.isNaN(bare.value)) throw machine.raise('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(bare.value)) throw machine.raise('OverflowError', 'cannot convert float infinity to integer');
    return truncate(bare.value);
  }
  for (const name of ['__int__', '__index__', '__trunc__']) {
    const method = special(value, name, machine);
    if (method === undefined) continue;
    const result = yield* machine.call(method, [value]);
    if (result instanceof Unknown) return result;
    const found = intOf(result);
    if (found === undefined)
      throw machine.raise('TypeError', `${name} returned non-int (type ${typeName(result, machine)})`);
    return found;
  }
  throw machine.raise(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value, machine)}'`,
  );
}

function fromText(text: string, base: number, value: Value, machine: Machine): Int | Unknown {
  if (text.length > 5000) return tooManyBits(machine);
  // Digits of other scripts are digits to Python, too.
  if (!isAscii(text) && /(?![0-9])\p{Nd}|[^\P{Z} ]/u.test(text))
    return unsupported(machine, `int(${stringText(text)})`);
  const found = parsedInt(text, base);
  if (found === undefined) {
    const shown = value instanceof PyBytes ? `b${stringText(text)}` : stringText(text);
    throw machine.raise('ValueError', `invalid literal for int() with base ${base}: ${shown}`);
  }
  return found;
}

/** float(x). */
export function* toFloat(value: Value, machine: Machine): Steps<number | Unknown> {
  if (value instanceof Unknown) return value;
  const text = textOf(value) ?? (value instanceof PyBytes ? value.text : undefined);
  if (text !== undefined) {
    const found = parsedFloat(text);
    if (found === undefined)
      throw machine.raise('ValueError', `could not convert string to float: ${stringText(text)}`);
    return found;
  }
  const found = yield* realOf(value, machine);
  if (found === undefined) {
    throw machine.raise(
      'TypeError',
      `float() argument must be a string or a real number, not '${typeName(value, machine)}'`,
    );
  }
  return found;
}

/** complex(real, imag). */
export function* toComplex(real: Value, imaginary: Value, machine: Machine): Steps<PyComplex | Unknown> {
  if (real instanceof Unknown) return real;
  const text = textOf(real);
  if (text !== undefined) {
    if (isGiven(imaginary)) throw machine.raise('TypeError', "complex() can't take second arg if first is a string");
    const match = /^\s*\(?\s*([+-]?[\d.]+(?:e[+-]?\d+)?)?(?:([+-]?(?:[\d.]+(?:e[+-]?\d+)?)?)j)?\s*\)?\s*$/i.exec(text);
    if (match === null || (match[1] === undefined && match[2] === undefined)) {
      throw machine.raise('ValueError', 'complex() arg is a malformed string');
    }
    return unsupported(machine, `complex(${stringText(text)})`);
  }
  const parts: PyComplex[] = [];
  for (const value of [real, isGiven(imaginary) ? imaginary : 0]) {
    if (value instanceof Unknown) return value;
    const bare = plain(value);
    if (bare instanceof PyComplex) parts.push(bare);
    else {
      const found = yield* realOf(value, machine);
      if (found instanceof Unknown) return found;
      if (found === undefined) {
        throw machine.raise(
          'TypeError',
          `complex() first argument must be a string or a number, not '${typeName(value, machine)}'`,
        );
      }
      parts.push(new PyComplex(found, 0));
    }
  }
  const [first, second] = parts as [PyComplex, PyComplex];
  // A part that is no complex number itself keeps the sign of its zero.
  const isComplex = plain(real) instanceof PyComplex;
  const isBoth = isGiven(imaginary) && plain(imaginary) instanceof PyComplex;
  return new PyComplex(
    isBoth ? first.real - second.imaginary : first.real,
    isComplex ? first.imaginary + second.real : second.real,
  );
}

const ofInt = methodsOf('int', intOf);

export const intMethods: readonly Native[] = [
  ofInt.strict('bit_length', '', self => bits(self).length),
  ofInt.strict('bit_count', '', self => [...bits(self)].filter(bit => bit === '1').length),
  ofInt.strict('as_integer_ratio', '', self => new PyTuple([self, 1])),
  ofInt.strict('conjugate', '', self => self),
  ofInt.strict('is_integer', '', () => true),
  ofInt.strict('to_bytes', "length=1, byteorder='big', *, signed=False", (_, __, machine) =>
    unsupported(machine, 'int.to_bytes()'),
  ),
  ofInt.strict('__int__', '', self => self),
  ofInt.strict('__index__', '', self => self),
  ofInt.strict('__float__', '', (self, _, machine) => {
    const value = Number(self);
    if (!Number.isFinite(value)) throw machine.raise('OverflowError', 'int too large to convert to float');
    return new PyFloat(value);
  }),
  ofInt.strict('__trunc__', '', self => self),
  ofInt.strict('__floor__', '', self => self),
  ofInt.strict('__ceil__', '', self => self),
  ofInt.strict('__format__', 'format_spec, /', (self, [spec], machine) =>
    formatInt(self, specOf(spec!, machine), machine),
  ),
  ofInt.strict('__repr__', '', (self, _, machine) => intText(self, machine)),
];

function specOf(spec: Value, machine: Machine): string {
  const text = textOf(spec);
  if (text === undefined)
    throw machine.raise('TypeError', `__format__() argument must be str, not ${typeName(spec, machine)}`);
  return text;
}

const ofBool = methodsOf('bool', value => (typeof value === 'boolean' ? value : undefined));

export const boolMethods: readonly Native[] = [
  ofBool.strict('__repr__', '', self => (self ? 'True' : 'False')),
  ofBool.strict('__format__', 'format_spec, /', (self, [spec], machine) => {
    const text = specOf(spec!, machine);
    return text === '' ? (self ? 'True' : 'False') : formatInt(self ? 1 : 0, text, machine);
  }),
];

function bits(value: Int): string {
  const size = BigInt(value);
  return size === 0n ? '' : (size < 0n ? -size : size).toString(2);
}

const ofFloat = methodsOf('float', value => {
  const bare = plain(value);
  return bare instanceof PyFloat ? bare.value : undefined;
});

export const floatMethods: readonly Native[] = [
  ofFloat.strict('is_integer', '', self => Number.isInteger(self)),
  ofFloat.strict('as_integer_ratio', '', (self, _, machine) => {
    if (Number.isNaN(self)) throw machine.raise('ValueError', 'cannot convert NaN to integer ratio');
    if (!Number.isFinite(self)) throw machine.raise('OverflowError', 'cannot convert Infinity to integer ratio');
    const [top, bottom] = exactRatio(self);
    return new PyTuple([int(top), int(bottom)]);
  }),
  ofFloat.strict('conjugate', '', self => new PyFloat(self)),
  ofFloat.strict('hex', '', (_, __, machine) => unsupported(machine, 'float.hex()')),
  ofFloat.strict('__int__', '', (self, _, machine) => {
    if (!Number.isFinite(self)) throw machine.raise('OverflowError', 'cannot convert float infinity to integer');
    return truncate(self);
  }),
  ofFloat.strict('__float__', '', self => new PyFloat(self)),
  ofFloat.strict('__trunc__', '', self => truncate(self)),
  ofFloat.strict('__floor__', '', self => truncate(Math.floor(self))),
  ofFloat.strict('__ceil__', '', self => truncate(Math.ceil(self))),
  ofFloat.strict('__format__', 'format_spec, /', (self, [spec], machine) =>
    formatFloat(self, specOf(spec!, machine), machine),
  ),
  ofFloat.strict('__repr__', '', self => floatText(self)),
];

const ofComplex = methodsOf('complex', value => {
  const bare = plain(value);
  return bare instanceof PyComplex ? bare : undefined;
});

export const complexMethods: readonly Native[] = [
  ofComplex.strict('conjugate', '', self => new PyComplex(self.real, -self.imaginary)),
  ofComplex.strict('__repr__', '', self => complexText(self)),
];

/** The attributes of numbers that are no methods. */
export function numberAttribute(self: Value, name: string): Value | undefined {
  if (name !== 'real' && name !== 'imag' && name !== 'numerator' && name !== 'denominator') return undefined;
  const whole = intOf(self);
  if (whole !== undefined) return name === 'real' || name === 'numerator' ? whole : name === 'imag' ? 0 : 1;
  const bare = plain(self);
  if (bare instanceof PyFloat) return name === 'real' ? bare : name === 'imag' ? new PyFloat(0) : undefined;
  if (bare instanceof PyComplex) {
    return name === 'real' ? new PyFloat(bare.real) : name === 'imag' ? new PyFloat(bare.imaginary) : undefined;
  }
  return undefined;
}
