// The built-in functions that need no frame of the program.
import * as l10n from '@vscode/l10n';
import type { Machine } from '../machine.ts';
import { firstUnknown, isGiven, native, nativeSteps, strict } from '../native.ts';
import {
  type Native,
  PyBytes,
  PyComplex,
  PyFloat,
  PyIterator,
  PyList,
  PyRange,
  PyTuple,
  plain,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from '../objects.ts';
import { special, typeName } from './classes.ts';
import { collect, elementsNow, textOf, wholeOf } from './conversions.ts';
import { hypot } from './elementary.ts';
import { formatOf } from './format.ts';
import { maxBits, unsupported } from './limits.ts';
import {
  arithmetic,
  divideHalfEven,
  exactRatio,
  floatDivmod,
  type Int,
  int,
  intArithmetic,
  intOf,
  numberOf,
  roundDigits,
  roundHalfEven,
  truncate,
} from './numbers.ts';
import { openFile, writeInto } from './open.ts';
import { extreme, sorted } from './sorting.ts';
import { asciiText, reprOf } from './text.ts';

/** A number as text to a base, with its prefix. */
function based(name: string, base: number, prefix: string): Native {
  return nativeSteps(name, 'number, /', function* ([number], machine) {
    const whole = yield* wholeOf(number!, machine);
    if (whole instanceof Unknown) return whole;
    return whole < 0 ? `-${prefix}${(-whole).toString(base)}` : `${prefix}${whole.toString(base)}`;
  });
}

/** sum, in the order of the items. */
function* sum(items: readonly Value[], start: Value, machine: Machine): Steps {
  let total: Value = start;
  for (const item of items) {
    if (item instanceof Unknown) return item;
    const [a, b] = [numberOf(total), numberOf(item)];
    const quick = a !== undefined && b !== undefined ? arithmetic('+', a, b, machine) : undefined;
    total = quick ?? (yield* machine.binary('+', total, item));
    if (total instanceof Unknown) return total;
  }
  return total;
}

/** min and max, of an iterable or of arguments. */
function extremeOf(name: 'min' | 'max'): Native {
  return nativeSteps(name, '*args, key=None, default=...', function* ([args, key, standard], machine) {
    const given = (args as PyTuple).items;
    const items = given.length === 1 ? yield* collect(given[0]!, machine) : given;
    if (items instanceof Unknown) return items;
    if (given.length === 0) throw machine.raise('TypeError', `${name} expected at least 1 argument, got 0`);
    if (given.length > 1 && isGiven(standard!)) {
      throw machine.raise('TypeError', `Cannot specify a default for ${name}() with multiple positional arguments`);
    }
    const found = yield* extreme(items, key!, name === 'min', machine);
    if (found !== undefined) return found;
    if (isGiven(standard!)) return standard!;
    throw machine.raise('ValueError', `${name}() arg is an empty sequence`);
  });
}

/** all and any. */
function quantifier(name: 'all' | 'any'): Native {
  return nativeSteps(name, 'iterable, /', function* ([iterable], machine) {
    if (iterable instanceof Unknown) return iterable;
    const stops = name === 'any';
    let unknown: Unknown | undefined;
    const iterator = yield* machine.iterate(iterable!);
    if (iterator instanceof Unknown) return iterator;
    for (;;) {
      const item = yield* machine.next(iterator);
      if (item === undefined) return unknown ?? !stops;
      const truth = yield* machine.truth(item);
      if (truth instanceof Unknown) unknown ??= truth;
      else if (truth === stops) return stops;
    }
  });
}

/** round(number, digits). */
function* round(number: Value, digits: Value, machine: Machine): Steps {
  if (number instanceof Unknown) return number;
  const places = digits === null ? undefined : yield* wholeOf(digits, machine);
  if (places instanceof Unknown) return places;
  const whole = intOf(number);
  if (whole !== undefined) {
    if (places === undefined || places >= 0) return whole;
    if (places < -5000) return 0;
    const unit = 10n ** BigInt(-Number(places));
    return int(divideHalfEven(BigInt(whole), unit) * unit);
  }
  const bare = plain(number);
  if (bare instanceof PyFloat) {
    const { value } = bare;
    if (places !== undefined) {
      const rounded = roundDigits(value, Number(places));
      if (!Number.isFinite(rounded) && Number.isFinite(value)) {
        throw machine.raise('OverflowError', 'rounded value too large to represent');
      }
      return new PyFloat(rounded);
    }
    if (Number.isNaN(value)) throw machine.raise('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(value)) throw machine.raise('OverflowError', 'cannot convert float infinity to integer');
    return truncate(roundHalfEven(value));
  }
  const method = special(number, '__round__', machine);
  if (method === undefined) {
    throw machine.raise('TypeError', `type ${typeName(number, machine)} doesn't define __round__ method`);
  }
  return yield* machine.call(method, digits === null ? [number] : [number, digits]);
}

function* divmod(a: Value, b: Value, machine: Machine): Steps {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined && !(left instanceof PyComplex) && !(right instanceof PyComplex)) {
    if (left instanceof PyFloat || right instanceof PyFloat) {
      const [x, y] = [
        left instanceof PyFloat ? left.value : Number(left),
        right instanceof PyFloat ? right.value : Number(right),
      ];
      if (y === 0) throw machine.raise('ZeroDivisionError', 'float divmod()');
      return new PyTuple(floatDivmod(x, y).map(part => new PyFloat(part)));
    }
    if (BigInt(right) === 0n) throw machine.raise('ZeroDivisionError', 'integer division or modulo by zero');
    return new PyTuple([intArithmetic('//', left, right, machine)!, intArithmetic('%', left, right, machine)!]);
  }
  const method = special(a, '__divmod__', machine);
  if (method !== undefined) return yield* machine.call(method, [a, b]);
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  throw machine.raise(
    'TypeError',
    `unsupported operand type(s) for divmod(): '${typeName(a, machine)}' and '${typeName(b, machine)}'`,
  );
}

/** pow(base, exponent, modulus). */
function* power(base: Value, exponent: Value, modulus: Value, machine: Machine): Steps {
  if (modulus === null) return yield* machine.binary('**', base, exponent);
  const unknown = firstUnknown([base, exponent, modulus]);
  if (unknown) return unknown;
  const [a, b, m] = [intOf(base), intOf(exponent), intOf(modulus)];
  if (a === undefined || b === undefined || m === undefined) {
    throw machine.raise('TypeError', 'pow() 3rd argument not allowed unless all arguments are integers');
  }
  if (BigInt(m) === 0n) throw machine.raise('ValueError', 'pow() 3rd argument cannot be 0');
  if (b < 0) return unsupported(machine, 'pow(…, -n, m)');
  if (BigInt(m).toString(2).length > maxBits / 16) return unsupported(machine, 'pow() of large numbers');
  const by = BigInt(m);
  let [result, factor, rest] = [1n % by, BigInt(a) % by, BigInt(b)];
  while (rest > 0n) {
    if (rest & 1n) result = (result * factor) % by;
    factor = (factor * factor) % by;
    rest >>= 1n;
  }
  return intArithmetic('%', int(result), m, machine)!;
}

/** abs(number). */
function* absolute(number: Value, machine: Machine): Steps {
  if (number instanceof Unknown) return number;
  const value = numberOf(number);
  if (value instanceof PyFloat) return new PyFloat(Math.abs(value.value));
  if (value instanceof PyComplex) return new PyFloat(hypot(value.real, value.imaginary));
  if (value !== undefined) return value < 0 ? -value : value;
  const method = special(number, '__abs__', machine);
  if (method === undefined)
    throw machine.raise('TypeError', `bad operand type for abs(): '${typeName(number, machine)}'`);
  return yield* machine.call(method, [number]);
}

/** zip; `strict` raises where one is shorter. */
function* zip(iterables: readonly Value[], isStrict: Value, machine: Machine): Steps {
  const exact = yield* machine.truth(isStrict);
  if (exact instanceof Unknown) return exact;
  const iterators: Value[] = [];
  for (const [index, iterable] of iterables.entries()) {
    if (iterable instanceof Unknown) return iterable;
    void index;
    const iterator = yield* machine.iterate(iterable);
    if (iterator instanceof Unknown) return iterator;
    iterators.push(iterator);
  }
  if (iterators.length === 0) return new PyIterator(() => undefined);
  return new PyIterator(
    undefined,
    function* (inner) {
      const items: Value[] = [];
      for (const [index, iterator] of iterators.entries()) {
        const item = yield* inner.next(iterator);
        if (item !== undefined) {
          items.push(item);
          continue;
        }
        if (exact && index > 0) {
          const before = index === 1 ? 'argument 1' : `arguments 1-${index}`;
          throw inner.raise('ValueError', `zip() argument ${index + 1} is shorter than ${before}`);
        }
        if (exact) {
          for (let other = 1; other < iterators.length; other++) {
            if ((yield* inner.next(iterators[other]!)) !== undefined) {
              const before = other === 1 ? 'argument 1' : `arguments 1-${other}`;
              throw inner.raise('ValueError', `zip() argument ${other + 1} is longer than ${before}`);
            }
          }
        }
        return undefined;
      }
      return new PyTuple(items);
    },
    iterators,
  );
}

function* map(fn: Value, iterables: readonly Value[], machine: Machine): Steps {
  const iterators: Value[] = [];
  for (const iterable of iterables) {
    const iterator = yield* machine.iterate(iterable);
    if (iterator instanceof Unknown) return iterator;
    iterators.push(iterator);
  }
  if (iterators.length === 0) throw machine.raise('TypeError', 'map() must have at least two arguments.');
  return new PyIterator(
    undefined,
    function* (inner) {
      const args: Value[] = [];
      for (const iterator of iterators) {
        const item = yield* inner.next(iterator);
        if (item === undefined) return undefined;
        args.push(item);
      }
      return yield* inner.call(fn, args);
    },
    iterators,
  );
}

function* filter(fn: Value, iterable: Value, machine: Machine): Steps {
  const iterator = yield* machine.iterate(iterable);
  if (iterator instanceof Unknown) return iterator;
  return new PyIterator(
    undefined,
    function* (inner) {
      for (;;) {
        const item = yield* inner.next(iterator);
        if (item === undefined) return undefined;
        const verdict = fn === null ? item : yield* inner.call(fn, [item]);
        const truth = yield* inner.truth(verdict);
        // Whether an element belongs to the rest is unknown: so is how many there are.
        if (truth instanceof Unknown) throw new UnknownAccess(truth);
        if (truth) return item;
      }
    },
    [iterator],
  );
}

function* enumerate(iterable: Value, start: Value, machine: Machine): Steps {
  let next: Int | Unknown = yield* wholeOf(start, machine);
  const iterator = yield* machine.iterate(iterable);
  if (iterator instanceof Unknown) return iterator;
  return new PyIterator(
    undefined,
    function* (inner) {
      const item = yield* inner.next(iterator);
      if (item === undefined) return undefined;
      const number: Int | Unknown = next;
      if (!(next instanceof Unknown)) next = intArithmetic('+', next, 1, inner) as Int;
      return new PyTuple([number, item]);
    },
    [iterator],
  );
}

function* reversed(sequence: Value, machine: Machine): Steps {
  if (sequence instanceof Unknown) return sequence;
  const method = special(sequence, '__reversed__', machine);
  if (method !== undefined && method !== null) return yield* machine.call(method, [sequence]);
  const now =
    typeof sequence === 'string' ||
    sequence instanceof PyTuple ||
    sequence instanceof PyBytes ||
    sequence instanceof PyList ||
    sequence instanceof PyRange
      ? elementsNow(sequence, machine)
      : undefined;
  if (now instanceof Unknown) return now;
  if (now !== undefined) {
    let at = now.length;
    return new PyIterator(() => (at > 0 ? now[--at]! : undefined), undefined, [sequence]);
  }
  if (special(sequence, '__getitem__', machine) === undefined || special(sequence, '__len__', machine) === undefined) {
    throw machine.raise('TypeError', `'${typeName(sequence, machine)}' object is not reversible`);
  }
  const length = yield* machine.length(sequence);
  if (length instanceof Unknown) return length;
  let at = length;
  return new PyIterator(undefined, function* (inner) {
    return at > 0 ? yield* inner.binary('[]', sequence, --at) : undefined;
  });
}

/** The hash of a number as CPython has it: the quotient modulo the prime 2^61 − 1; `bottom` is a power of two. */
function hashOf(top: bigint, bottom: bigint): Value {
  const prime = (1n << 61n) - 1n;
  const power = BigInt(bottom.toString(2).length - 1) % 61n;
  const size = ((top < 0n ? -top : top) * (1n << ((61n - power) % 61n))) % prime;
  const result = top < 0n ? -size : size;
  return int(result === -1n ? -2n : result);
}

function* hash(value: Value, machine: Machine): Steps {
  if (value instanceof Unknown) return value;
  const method = special(value, '__hash__', machine);
  if (method !== undefined && method !== null && method instanceof Object && 'code' in method) {
    return yield* machine.call(method, [value]);
  }
  const key = machine.keyOf(value);
  if (key instanceof Unknown) return key;
  const number = numberOf(value);
  if (typeof number === 'number' || typeof number === 'bigint') return hashOf(BigInt(number), 1n);
  if (number instanceof PyFloat) {
    if (number.value === Number.POSITIVE_INFINITY) return 314159;
    if (number.value === Number.NEGATIVE_INFINITY) return -314159;
    if (!Number.isNaN(number.value)) return hashOf(...exactRatio(number.value));
  }
  return machine.unknown(l10n.t('The hash of {0} differs from run to run', typeName(value, machine)));
}

export const builtinFunctions: readonly Native[] = [
  nativeSteps('len', 'object, /', function* ([object], machine) {
    return yield* machine.length(object!);
  }),
  // What a program prints concerns nobody but a test.
  nativeSteps(
    'print',
    '*args, sep=None, end=None, file=None, flush=False',
    function* ([args, sep, end, file], machine) {
      const print = machine.options.hooks?.print;
      if (!print && file === null) return null;
      const texts: string[] = [];
      for (const arg of (args as PyTuple).items) {
        const text = yield* machine.str(arg);
        if (text instanceof Unknown && writeInto(file!, text, machine)) return null;
        texts.push(typeof text === 'string' ? text : `<${text.reason.message}>`);
      }
      const text = texts.join(typeof sep === 'string' ? sep : ' ') + (typeof end === 'string' ? end : '\n');
      if (file === null) print?.(text);
      else writeInto(file!, text, machine);
      return null;
    },
  ),
  nativeSteps('repr', 'object, /', function* ([object], machine) {
    return yield* reprOf(object!, machine);
  }),
  nativeSteps('ascii', 'object, /', function* ([object], machine) {
    const text = yield* reprOf(object!, machine);
    return text instanceof Unknown ? text : asciiText(text);
  }),
  nativeSteps('format', "value, format_spec='', /", function* ([value, spec], machine) {
    if (spec instanceof Unknown) return spec;
    const text = textOf(spec!);
    if (text === undefined)
      throw machine.raise('TypeError', `format() argument 2 must be str, not ${typeName(spec!, machine)}`);
    return yield* formatOf(value!, text, machine);
  }),
  nativeSteps('abs', 'x, /', function* ([x], machine) {
    return yield* absolute(x!, machine);
  }),
  nativeSteps('round', 'number, ndigits=None', function* ([number, digits], machine) {
    return yield* round(number!, digits!, machine);
  }),
  nativeSteps('divmod', 'x, y, /', function* ([x, y], machine) {
    return yield* divmod(x!, y!, machine);
  }),
  nativeSteps('pow', 'base, exp, mod=None', function* ([base, exponent, modulus], machine) {
    return yield* power(base!, exponent!, modulus!, machine);
  }),
  nativeSteps('sum', 'iterable, /, start=0', function* ([iterable, start], machine) {
    const items = yield* collect(iterable!, machine);
    if (items instanceof Unknown) return items;
    if (textOf(start!) !== undefined)
      throw machine.raise('TypeError', "sum() can't sum strings [use ''.join(seq) instead]");
    return yield* sum(items, start!, machine);
  }),
  extremeOf('min'),
  extremeOf('max'),
  quantifier('all'),
  quantifier('any'),
  nativeSteps('sorted', 'iterable, /, *, key=None, reverse=False', function* ([iterable, key, reverse], machine) {
    const items = yield* collect(iterable!, machine);
    if (items instanceof Unknown) return items;
    const result = yield* sorted(items, key!, reverse!, machine);
    return result instanceof Unknown ? result : new PyList(result);
  }),
  nativeSteps('zip', '*iterables, strict=False', function* ([iterables, exact], machine) {
    return yield* zip((iterables as PyTuple).items, exact!, machine);
  }),
  nativeSteps('map', 'function, /, *iterables', function* ([fn, iterables], machine) {
    return yield* map(fn!, (iterables as PyTuple).items, machine);
  }),
  nativeSteps('filter', 'function, iterable, /', function* ([fn, iterable], machine) {
    return yield* filter(fn!, iterable!, machine);
  }),
  nativeSteps('enumerate', 'iterable, start=0', function* ([iterable, start], machine) {
    return yield* enumerate(iterable!, start!, machine);
  }),
  nativeSteps('reversed', 'sequence, /', function* ([sequence], machine) {
    return yield* reversed(sequence!, machine);
  }),
  nativeSteps('hash', 'object, /', function* ([object], machine) {
    return yield* hash(object!, machine);
  }),
  strict('ord', 'c, /', ([c], machine) => {
    const text = textOf(c!);
    const points = text === undefined ? [] : [...text];
    if (points.length !== 1) {
      throw machine.raise(
        'TypeError',
        text === undefined
          ? `ord() expected string of length 1, but ${typeName(c!, machine)} found`
          : `ord() expected a character, but string of length ${points.length} found`,
      );
    }
    return points[0]!.codePointAt(0)!;
  }),
  nativeSteps('chr', 'i, /', function* ([i], machine) {
    const point = yield* wholeOf(i!, machine);
    if (point instanceof Unknown) return point;
    if (point < 0 || point > 0x10ffff) throw machine.raise('ValueError', 'chr() arg not in range(0x110000)');
    return String.fromCodePoint(Number(point));
  }),
  based('hex', 16, '0x'),
  based('oct', 8, '0o'),
  based('bin', 2, '0b'),
  native('input', 'prompt=None, /', (_, machine) =>
    machine.unknown(l10n.t('What is typed in when the program runs cannot be known')),
  ),
  nativeSteps(
    'open',
    "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
    function* ([file, mode, , encoding, errors, newline], machine) {
      return yield* openFile(file!, mode!, encoding!, errors!, newline!, machine);
    },
  ),
  native('breakpoint', '*args, **kwargs', () => null),
  native('memoryview', 'object, /', (_, machine) => unsupported(machine, 'memoryview()')),
  native('bytearray', '*args, **kwargs', (_, machine) => unsupported(machine, 'bytearray()')),
  native('compile', '*args, **kwargs', (_, machine) => unsupported(machine, 'compile()')),
  native('help', '*args, **kwargs', () => null),
  native('exit', 'code=None', ([code], machine) => {
    throw machine.raiseWith('SystemExit', code === null ? [] : [code!]);
  }),
  native('quit', 'code=None', ([code], machine) => {
    throw machine.raiseWith('SystemExit', code === null ? [] : [code!]);
  }),
];
