// The module `math`.

import { special, typeName } from '../builtins/classes.ts';
import { collect, floatArgument, wholeOf } from '../builtins/conversions.ts';
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  exp2,
  expm1,
  gamma,
  lgamma,
  log,
  log1p,
  log2,
  log10,
  pow,
  sin,
  sinh,
  tan,
  tanh,
} from '../builtins/elementary.ts';
import { maxBits, tooManyBits } from '../builtins/limits.ts';
import { exactRatio, type Int, int, intOf, truncate } from '../builtins/numbers.ts';
import type { Machine } from '../machine.ts';
import { nativeSteps } from '../native.ts';
import { type Native, PyFloat, PyTuple, plain, type Steps, Unknown, type Value } from '../objects.ts';
import { missing, moduleOf } from './module.ts';

/** A function of one real number. An infinite or undefined result of a finite argument is an error, as in CPython. */
function real(name: string, compute: (x: number) => number): Native {
  return nativeSteps(name, 'x, /', function* ([x], machine) {
    const value = yield* floatArgument(x!, machine);
    if (value instanceof Unknown) return value;
    const result = compute(value);
    if (Number.isNaN(result) && !Number.isNaN(value)) throw machine.raise('ValueError', 'math domain error');
    if (!Number.isFinite(result) && Number.isFinite(value)) {
      if (name === 'gamma' || name === 'lgamma' || name === 'atanh') {
        if (name === 'atanh' || (value <= 0 && Number.isInteger(value)))
          throw machine.raise('ValueError', 'math domain error');
      }
      throw machine.raise('OverflowError', 'math range error');
    }
    return new PyFloat(result);
  });
}

/** A function of one real number whose result is a bool. */
function check(name: string, test: (x: number) => boolean): Native {
  return nativeSteps(name, 'x, /', function* ([x], machine) {
    const value = yield* floatArgument(x!, machine);
    return value instanceof Unknown ? value : test(value);
  });
}

function two(name: string, compute: (x: number, y: number, machine: Machine) => number): Native {
  return nativeSteps(name, 'x, y, /', function* ([x, y], machine) {
    const a = yield* floatArgument(x!, machine);
    if (a instanceof Unknown) return a;
    const b = yield* floatArgument(y!, machine);
    if (b instanceof Unknown) return b;
    return new PyFloat(compute(a, b, machine));
  });
}

/** floor, ceil and trunc, whose results are ints. */
function whole(name: string, method: string, compute: (x: number) => number): Native {
  return nativeSteps(name, 'x, /', function* ([x], machine) {
    if (x instanceof Unknown) return x;
    const known = intOf(x!);
    if (known !== undefined) return known;
    if (!(plain(x!) instanceof PyFloat)) {
      const own = special(x!, method, machine);
      if (own !== undefined) return yield* machine.call(own, [x!]);
      if (name === 'trunc')
        throw machine.raise('TypeError', `type ${typeName(x!, machine)} doesn't define __trunc__ method`);
    }
    const value = yield* floatArgument(x!, machine);
    if (value instanceof Unknown) return value;
    if (Number.isNaN(value)) throw machine.raise('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(value)) throw machine.raise('OverflowError', 'cannot convert float infinity to integer');
    return truncate(compute(value));
  });
}

/** A function of ints alone. */
function ofInts(
  name: string,
  signature: string,
  compute: (numbers: readonly Int[], machine: Machine) => Value,
): Native {
  return nativeSteps(name, signature, function* (args, machine) {
    const given = signature.startsWith('*') ? (args[0] as PyTuple).items : args;
    const numbers: Int[] = [];
    for (const arg of given) {
      if (arg === null) continue;
      const found = yield* wholeOf(arg, machine);
      if (found instanceof Unknown) return found;
      numbers.push(found);
    }
    return compute(numbers, machine);
  });
}

function greatest(a: bigint, b: bigint): bigint {
  let [high, low] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (low !== 0n) [high, low] = [low, high % low];
  return high;
}

/** The logarithm of an int of any size. */
function logOf(value: Int | number, base: 'e' | '2' | '10'): number {
  const compute = base === 'e' ? log : base === '2' ? log2 : log10;
  if (typeof value === 'number') return compute(value);
  const float = Number(value);
  if (Number.isFinite(float)) return compute(float);
  // CPython: x = m · 2^e, with 0.5 ≤ m < 1.
  const bits = value.toString(2).length;
  const head = Number(value >> BigInt(bits - 64)) / 2 ** 64;
  return compute(head) + compute(2) * bits;
}

function logarithm(name: string, base: 'e' | '2' | '10'): Native {
  return nativeSteps(name, name === 'log' ? 'x, base=None, /' : 'x, /', function* ([x, other = null], machine) {
    const top = yield* one(x!, machine);
    if (top instanceof Unknown) return top;
    if (other === null) return new PyFloat(top);
    const bottom = yield* one(other, machine);
    if (bottom instanceof Unknown) return bottom;
    if (bottom === 0) throw machine.raise('ZeroDivisionError', 'float division by zero');
    return new PyFloat(top / bottom);
  });

  function* one(value: Value, machine: Machine): Steps<number | Unknown> {
    const known = value instanceof Unknown ? undefined : intOf(value);
    const number = known ?? (yield* floatArgument(value, machine));
    if (number instanceof Unknown) return number;
    if (number <= 0) throw machine.raise('ValueError', 'math domain error');
    return logOf(number, base);
  }
}

/** fsum: the exact sum, rounded once. */
function exactSum(values: readonly number[]): number {
  if (values.some(value => !Number.isFinite(value))) return values.reduce((sum, value) => sum + value, 0);
  let [top, bottom] = [0n, 1n];
  for (const value of values) {
    const [a, b] = exactRatio(value);
    if (b > bottom) [top, bottom] = [top * (b / bottom) + a, b];
    else top += a * (bottom / b);
  }
  return ratioToFloat(top, bottom);
}

/** top / bottom, where bottom is a power of two, rounded once. */
function ratioToFloat(top: bigint, bottom: bigint): number {
  let shift = bottom.toString(2).length - 1;
  let size = top < 0n ? -top : top;
  const extra = size.toString(2).length - 64;
  if (extra > 0) {
    const rest = size & ((1n << BigInt(extra)) - 1n);
    size = (size >> BigInt(extra)) | (rest === 0n ? 0n : 1n);
    shift -= extra;
  }
  let value = Number(size);
  for (; shift > 0; shift -= Math.min(shift, 1000)) value /= 2 ** Math.min(shift, 1000);
  for (; shift < 0; shift += Math.min(-shift, 1000)) value *= 2 ** Math.min(-shift, 1000);
  return top < 0n ? -value : value;
}

function* floats(iterable: Value, machine: Machine): Steps<number[] | Unknown> {
  const items = yield* collect(iterable, machine);
  if (items instanceof Unknown) return items;
  const values: number[] = [];
  for (const item of items) {
    const value = yield* floatArgument(item, machine);
    if (value instanceof Unknown) return value;
    values.push(value);
  }
  return values;
}

function isqrt(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** x - n·y for the whole n next to x/y, halves to even. */
function remainder(x: number, y: number): number {
  const rest = x % y;
  const size = Math.abs(y);
  const [a, half] = [Math.abs(rest), size - Math.abs(rest)];
  let result = a < half ? a : a > half ? -half : a - 2 * ((0.5 * (Math.abs(x) - a)) % size);
  if (x < 0) result = -result;
  return result === 0 ? (x < 0 ? -0 : 0) : result;
}

export const math = moduleOf('math', () => [
  {
    pi: new PyFloat(Math.PI),
    e: new PyFloat(Math.E),
    tau: new PyFloat(2 * Math.PI),
    inf: new PyFloat(Number.POSITIVE_INFINITY),
    nan: new PyFloat(Number.NaN),
  },
  [
    real('sqrt', Math.sqrt),
    real('exp', exp),
    real('exp2', exp2),
    real('expm1', expm1),
    logarithm('log', 'e'),
    logarithm('log2', '2'),
    logarithm('log10', '10'),
    real('log1p', x => (x === -1 ? Number.NaN : log1p(x))),
    real('sin', sin),
    real('cos', cos),
    real('tan', tan),
    real('asin', asin),
    real('acos', acos),
    real('atan', atan),
    real('sinh', sinh),
    real('cosh', cosh),
    real('tanh', tanh),
    real('asinh', asinh),
    real('acosh', acosh),
    real('atanh', atanh),
    real('erf', erf),
    real('erfc', erfc),
    real('gamma', gamma),
    real('lgamma', lgamma),
    real('fabs', Math.abs),
    real('degrees', x => x * (180 / Math.PI)),
    real('radians', x => x * (Math.PI / 180)),
    whole('floor', '__floor__', Math.floor),
    whole('ceil', '__ceil__', Math.ceil),
    whole('trunc', '__trunc__', Math.trunc),
    check('isnan', Number.isNaN),
    check('isinf', x => Math.abs(x) === Number.POSITIVE_INFINITY),
    check('isfinite', Number.isFinite),
    two('atan2', atan2),
    two('pow', (x, y, machine) => {
      if (x === 1 || y === 0) return 1;
      const result = pow(x, y);
      if (Number.isFinite(x) && Number.isFinite(y)) {
        if (Number.isNaN(result) || (x === 0 && y < 0)) throw machine.raise('ValueError', 'math domain error');
        if (!Number.isFinite(result)) throw machine.raise('OverflowError', 'math range error');
      }
      return result;
    }),
    two('fmod', (x, y, machine) => {
      const result = x % y;
      if (Number.isNaN(result) && !Number.isNaN(x) && !Number.isNaN(y))
        throw machine.raise('ValueError', 'math domain error');
      return result;
    }),
    two('remainder', (x, y, machine) => {
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
      if (y === 0 || !Number.isFinite(x)) throw machine.raise('ValueError', 'math domain error');
      return Number.isFinite(y) ? remainder(x, y) : x;
    }),
    two('copysign', (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x))),
    nativeSteps('ldexp', 'x, i, /', function* ([x, i], machine) {
      const value = yield* floatArgument(x!, machine);
      if (value instanceof Unknown) return value;
      const power = yield* wholeOf(i!, machine);
      if (power instanceof Unknown) return power;
      let result = value;
      for (let rest = Math.max(-5000, Math.min(5000, Number(power))); rest !== 0; ) {
        const step = Math.max(-500, Math.min(500, rest));
        result *= 2 ** step;
        rest -= step;
      }
      if (!Number.isFinite(result) && Number.isFinite(value)) throw machine.raise('OverflowError', 'math range error');
      return new PyFloat(result);
    }),
    nativeSteps('frexp', 'x, /', function* ([x], machine) {
      const value = yield* floatArgument(x!, machine);
      if (value instanceof Unknown) return value;
      if (value === 0 || !Number.isFinite(value)) return new PyTuple([new PyFloat(value), 0]);
      let [mantissa, exponent] = [value, 0];
      while (Math.abs(mantissa) >= 1) [mantissa, exponent] = [mantissa / 2, exponent + 1];
      while (Math.abs(mantissa) < 0.5) [mantissa, exponent] = [mantissa * 2, exponent - 1];
      return new PyTuple([new PyFloat(mantissa), exponent]);
    }),
    nativeSteps('modf', 'x, /', function* ([x], machine) {
      const value = yield* floatArgument(x!, machine);
      if (value instanceof Unknown) return value;
      const signed = (part: number) => (value < 0 || Object.is(value, -0) ? -Math.abs(part) : Math.abs(part));
      if (!Number.isFinite(value))
        return new PyTuple([new PyFloat(Number.isNaN(value) ? value : signed(0)), new PyFloat(value)]);
      return new PyTuple([new PyFloat(signed(value % 1)), new PyFloat(signed(Math.trunc(value)))]);
    }),
    ofInts('gcd', '*integers', numbers =>
      int(numbers.reduce<bigint>((all, number) => greatest(all, BigInt(number)), 0n)),
    ),
    ofInts('lcm', '*integers', (numbers, machine) => {
      let all = 1n;
      for (const number of numbers) {
        const value = BigInt(number);
        if (value === 0n) return 0;
        all = (all / greatest(all, value)) * (value < 0n ? -value : value);
        if (all.toString(16).length * 4 > maxBits) return tooManyBits(machine);
      }
      return int(all);
    }),
    ofInts('factorial', 'x, /', ([n], machine) => {
      if (n! < 0) throw machine.raise('ValueError', 'factorial() not defined for negative values');
      if (n! > 3000) return tooManyBits(machine);
      let result = 1n;
      for (let factor = 2n; factor <= BigInt(n!); factor++) result *= factor;
      return int(result);
    }),
    ofInts('comb', 'n, k, /', ([n, k], machine) => {
      if (n! < 0) throw machine.raise('ValueError', 'n must be a non-negative integer');
      if (k! < 0) throw machine.raise('ValueError', 'k must be a non-negative integer');
      if (k! > n!) return 0;
      const [size, rest] = [BigInt(n!), BigInt(n!) - BigInt(k!)];
      const count = rest < BigInt(k!) ? rest : BigInt(k!);
      if (count > 3000n) return tooManyBits(machine);
      let result = 1n;
      for (let at = 1n; at <= count; at++) result = (result * (size - count + at)) / at;
      return result.toString(16).length * 4 > maxBits ? tooManyBits(machine) : int(result);
    }),
    ofInts('perm', 'n, k=None, /', ([n, k = n!], machine) => {
      if (n! < 0) throw machine.raise('ValueError', 'n must be a non-negative integer');
      if (k < 0) throw machine.raise('ValueError', 'k must be a non-negative integer');
      if (k > n!) return 0;
      if (k > 3000) return tooManyBits(machine);
      let result = 1n;
      for (let at = 0n; at < BigInt(k); at++) result *= BigInt(n!) - at;
      return int(result);
    }),
    ofInts('isqrt', 'n, /', ([n], machine) => {
      if (n! < 0) throw machine.raise('ValueError', 'isqrt() argument must be nonnegative');
      return int(isqrt(BigInt(n!)));
    }),
    nativeSteps('prod', 'iterable, /, *, start=1', function* ([iterable, start], machine) {
      const items = yield* collect(iterable!, machine);
      if (items instanceof Unknown) return items;
      let product: Value = start!;
      for (const item of items) product = yield* machine.binary('*', product, item);
      return product;
    }),
    nativeSteps('fsum', 'seq, /', function* ([seq], machine) {
      const values = yield* floats(seq!, machine);
      return values instanceof Unknown ? values : new PyFloat(exactSum(values));
    }),
    nativeSteps('hypot', '*coordinates', function* ([coordinates], machine) {
      const values = yield* floats(coordinates!, machine);
      return values instanceof Unknown ? values : new PyFloat(length(values));
    }),
    nativeSteps('dist', 'p, q, /', function* ([p, q], machine) {
      const a = yield* floats(p!, machine);
      if (a instanceof Unknown) return a;
      const b = yield* floats(q!, machine);
      if (b instanceof Unknown) return b;
      if (a.length !== b.length)
        throw machine.raise('ValueError', 'both points must have the same number of dimensions');
      return new PyFloat(length(a.map((value, index) => value - b[index]!)));
    }),
    nativeSteps('isclose', 'a, b, *, rel_tol=1e-09, abs_tol=0.0', function* (args, machine) {
      const numbers: number[] = [];
      for (const arg of args) {
        const value = yield* floatArgument(arg, machine);
        if (value instanceof Unknown) return value;
        numbers.push(value);
      }
      const [a, b, relative, absolute] = numbers as [number, number, number, number];
      if (relative < 0 || absolute < 0) throw machine.raise('ValueError', 'tolerances must be non-negative');
      if (a === b) return true;
      if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
      const gap = Math.abs(b - a);
      return gap <= Math.abs(relative * b) || gap <= Math.abs(relative * a) || gap <= absolute;
    }),
  ],
  missing('math', 'ulp', 'sumprod', 'nextafter', 'cbrt'),
]);

/** The Euclidean length, exact before it is rounded. */
function length(values: readonly number[]): number {
  if (values.some(value => Math.abs(value) === Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  if (values.some(Number.isNaN)) return Number.NaN;
  const largest = Math.max(0, ...values.map(Math.abs));
  if (largest === 0) return 0;
  // The root of the exact sum of squares, with 64 bits beyond those of a double.
  let [top, bottom] = [0n, 1n];
  for (const value of values) {
    const [a, b] = exactRatio(value);
    const square = b * b;
    if (square > bottom) [top, bottom] = [top * (square / bottom) + a * a, square];
    else top += a * a * (bottom / square);
  }
  const shift = BigInt(Math.max(0, 140 - top.toString(2).length + bottom.toString(2).length));
  const even = shift + ((shift + BigInt(bottom.toString(2).length - 1)) % 2n);
  const root = isqrt(top << even);
  // √(top·2^even) / √(bottom·2^even), whose bottom is a power of two with an even exponent.
  const exponent = (BigInt(bottom.toString(2).length - 1) + even) / 2n;
  return ratioToFloat((root << 1n) | 1n, 1n << (exponent + 1n));
}
