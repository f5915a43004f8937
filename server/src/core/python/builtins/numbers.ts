// Arithmetic of Python on int, float, complex and bool. An int is a number as long as it is a safe integer, else a bigint.
import type { Machine } from '../machine.ts';
import { PyComplex, PyFloat, plain, type Value } from '../objects.ts';
import { cos, exp, hypot, log, pow, sin } from './elementary.ts';
import { maxBits, tooManyBits } from './limits.ts';

export type Int = number | bigint;

/** The int in the form that values have. */
export function int(value: bigint): Int {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** An int or a bool, also of a derived class; undefined for everything else. */
export function intOf(value: Value): Int | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return undefined;
  }
  if (value === null) return undefined;
  const bare = plain(value);
  return bare === value ? undefined : intOf(bare);
}

/** An int, a bool or a float as a float; undefined for everything else, and for an int beyond the range. */
export function floatOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof PyFloat) return value.value;
  const whole = intOf(value);
  if (whole !== undefined) {
    const result = typeof whole === 'bigint' ? bigToFloat(whole) : whole;
    return Number.isFinite(result) ? result : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const bare = plain(value);
  return bare instanceof PyFloat ? bare.value : undefined;
}

/** The nearest double; halves to even, as Number() has it. */
export function bigToFloat(value: bigint): number {
  return Number(value);
}

/** An int, bool, float or complex, of derived classes too, as the plain value; undefined for everything else. */
export function numberOf(value: Value): Int | PyFloat | PyComplex | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return undefined;
  }
  if (value === null) return undefined;
  if (value instanceof PyFloat || value instanceof PyComplex) return value;
  const bare = plain(value);
  return bare === value ? undefined : numberOf(bare);
}

function bitLength(value: bigint): number {
  const size = value < 0n ? -value : value;
  return size === 0n ? 0 : size.toString(16).length * 4;
}

/** The result of an operator on numbers; undefined where Python has none for these types. */
export function arithmetic(
  operator: string,
  a: Int | PyFloat | PyComplex,
  b: Int | PyFloat | PyComplex,
  machine: Machine,
): Value | undefined {
  if (a instanceof PyComplex || b instanceof PyComplex)
    return complexArithmetic(operator, complexOf(a), complexOf(b), machine);
  if (a instanceof PyFloat || b instanceof PyFloat) {
    return floatArithmetic(operator, toFloat(a, machine), toFloat(b, machine), machine);
  }
  return intArithmetic(operator, a, b, machine);
}

function toFloat(value: Int | PyFloat, machine: Machine): number {
  if (value instanceof PyFloat) return value.value;
  if (typeof value === 'number') return value;
  const result = bigToFloat(value);
  if (!Number.isFinite(result)) throw machine.raise('OverflowError', 'int too large to convert to float');
  return result;
}

function complexOf(value: Int | PyFloat | PyComplex): PyComplex {
  if (value instanceof PyComplex) return value;
  return new PyComplex(value instanceof PyFloat ? value.value : Number(value), 0);
}

export function intArithmetic(operator: string, a: Int, b: Int, machine: Machine): Value | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    switch (operator) {
      case '+': {
        const sum = a + b;
        return Number.isSafeInteger(sum) ? sum : BigInt(a) + BigInt(b);
      }
      case '-': {
        const difference = a - b;
        return Number.isSafeInteger(difference) ? difference : BigInt(a) - BigInt(b);
      }
      case '*': {
        // Adding 0 makes 0 of -0, which is no int.
        const product = a * b + 0;
        return Number.isSafeInteger(product) ? product : BigInt(a) * BigInt(b);
      }
      case '/':
        if (b === 0) throw machine.raise('ZeroDivisionError', 'division by zero');
        // Of Python, 0 / -5 is -0.0.
        return new PyFloat(a / b);
      case '//':
        if (b === 0) throw machine.raise('ZeroDivisionError', 'integer division or modulo by zero');
        return floorDivide(a, b);
      case '%':
        if (b === 0) throw machine.raise('ZeroDivisionError', 'integer division or modulo by zero');
        return modulo(a, b);
      case '&':
      case '|':
      case '^':
        if ((a | 0) === a && (b | 0) === b) return operator === '&' ? a & b : operator === '|' ? a | b : a ^ b;
        break;
    }
  }
  return bigArithmetic(operator, BigInt(a), BigInt(b), machine);
}

/** Rounded down, as `//` is, of safe integers. */
export function floorDivide(a: number, b: number): number {
  const rest = a % b;
  const quotient = (a - rest) / b;
  return (rest !== 0 && rest < 0 !== b < 0 ? quotient - 1 : quotient) + 0;
}

/** With the sign of the divisor, as `%` has it, of safe integers. */
export function modulo(a: number, b: number): number {
  const rest = a % b;
  return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
}

function bigArithmetic(operator: string, a: bigint, b: bigint, machine: Machine): Value | undefined {
  machine.charge((bitLength(a) + bitLength(b)) >> 4);
  switch (operator) {
    case '+':
      return int(a + b);
    case '-':
      return int(a - b);
    case '*':
      if (bitLength(a) + bitLength(b) > maxBits) return tooManyBits(machine);
      return int(a * b);
    case '/':
      if (b === 0n) throw machine.raise('ZeroDivisionError', 'division by zero');
      return divide(a, b, machine);
    case '//':
    case '%': {
      if (b === 0n) throw machine.raise('ZeroDivisionError', 'integer division or modulo by zero');
      const rest = a % b;
      const isOff = rest !== 0n && rest < 0n !== b < 0n;
      if (operator === '%') return int(isOff ? rest + b : rest);
      return int(isOff ? a / b - 1n : a / b);
    }
    case '**':
      return power(a, b, machine);
    case '<<':
      if (b < 0n) throw machine.raise('ValueError', 'negative shift count');
      if (a === 0n) return 0;
      if (b > BigInt(maxBits) || bitLength(a) + Number(b) > maxBits) return tooManyBits(machine);
      return int(a << b);
    case '>>':
      if (b < 0n) throw machine.raise('ValueError', 'negative shift count');
      if (b > BigInt(maxBits)) return a < 0n ? -1 : 0;
      return int(a >> b);
    case '&':
      return int(a & b);
    case '|':
      return int(a | b);
    case '^':
      return int(a ^ b);
  }
  return undefined;
}

/** The quotient of ints as the nearest float, however large they are (CPython's long_true_divide). */
function divide(a: bigint, b: bigint, machine: Machine): Value {
  if (a === 0n) return new PyFloat(0);
  const isNegative = a < 0n !== b < 0n;
  const [top, bottom] = [a < 0n ? -a : a, b < 0n ? -b : b];
  // 66 bits or more of the quotient, and whether anything is left of it: enough to round once.
  const shift = Math.max(0, 66 - (bitLength(top) - 4 - bitLength(bottom)));
  const scaled = top << BigInt(shift);
  let quotient = scaled / bottom;
  if (quotient * bottom !== scaled) quotient = (quotient << 1n) | 1n;
  else quotient <<= 1n;
  const value = scaleDown(quotient, shift + 1);
  if (!Number.isFinite(value)) throw machine.raise('OverflowError', 'integer division result too large for a float');
  return new PyFloat(isNegative ? -value : value);
}

/** value × 2^-shift, rounded once. */
function scaleDown(value: bigint, shift: number): number {
  const bits = value.toString(2).length;
  // Below the normal range fewer bits remain; the lowest exponent is that of 2^-1074.
  const exponent = bits - shift;
  const digits = Math.min(53, exponent + 1074);
  if (digits < 0) return 0;
  const drop = bits - digits;
  if (drop <= 0) return Number(value) * 2 ** -shift;
  const mask = 1n << BigInt(drop);
  let head = value / mask;
  const rest = value % mask;
  const half = mask >> 1n;
  if (rest > half || (rest === half && (head & 1n) === 1n)) head += 1n;
  const scale = drop - shift;
  // In two steps where one power would be out of range.
  return scale < -1000
    ? Number(head) * 2 ** -1000 * 2 ** (scale + 1000)
    : scale > 1000
      ? Number(head) * 2 ** 1000 * 2 ** (scale - 1000)
      : Number(head) * 2 ** scale;
}

function power(a: bigint, b: bigint, machine: Machine): Value {
  if (b < 0n) {
    if (a === 0n) throw machine.raise('ZeroDivisionError', '0.0 cannot be raised to a negative power');
    return floatPower(toFloat(int(a), machine), toFloat(int(b), machine), machine);
  }
  if (a === 0n || a === 1n) return int(b === 0n ? 1n : a);
  if (a === -1n) return b % 2n === 0n ? 1 : -1;
  const size = a < 0n ? -a : a;
  const bits = b > BigInt(maxBits) ? Number.POSITIVE_INFINITY : (size.toString(2).length - 1) * Number(b);
  if (bits > maxBits) return tooManyBits(machine);
  machine.charge(bits >> 4);
  return int(a ** b);
}

export function floatArithmetic(operator: string, a: number, b: number, machine: Machine): Value | undefined {
  switch (operator) {
    case '+':
      return new PyFloat(a + b);
    case '-':
      return new PyFloat(a - b);
    case '*':
      return new PyFloat(a * b);
    case '/':
      if (b === 0) throw machine.raise('ZeroDivisionError', 'float division by zero');
      return new PyFloat(a / b);
    case '//':
      if (b === 0) throw machine.raise('ZeroDivisionError', 'float floor division by zero');
      return new PyFloat(floatDivmod(a, b)[0]);
    case '%':
      if (b === 0) throw machine.raise('ZeroDivisionError', 'float modulo');
      return new PyFloat(floatDivmod(a, b)[1]);
    case '**':
      return floatPower(a, b, machine);
  }
  return undefined;
}

function copySign(size: number, sign: number): number {
  return sign < 0 || Object.is(sign, -0) ? -Math.abs(size) : Math.abs(size);
}

/** Quotient and rest of floats, as CPython has them (float_divmod). */
export function floatDivmod(a: number, b: number): readonly [number, number] {
  let rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && !Number.isNaN(rest)) {
    if (b < 0 !== rest < 0) {
      rest += b;
      quotient -= 1;
    }
  } else if (rest === 0) {
    rest = copySign(0, b);
  }
  let floor: number;
  if (quotient !== 0) {
    floor = Math.floor(quotient);
    if (quotient - floor > 0.5) floor += 1;
  } else {
    floor = copySign(0, a / b);
  }
  return [floor, rest];
}

export function floatPower(a: number, b: number, machine: Machine): Value {
  // What JavaScript has otherwise than C.
  if (a === 1 || b === 0) return new PyFloat(1);
  if (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)) return new PyFloat(1);
  if (a === 0 && b < 0) throw machine.raise('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) {
    return complexPower(new PyComplex(a, 0), new PyComplex(b, 0), machine);
  }
  const result = pow(a, b);
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
    throw machine.raise('OverflowError', "(34, 'Numerical result out of range')");
  }
  return new PyFloat(result);
}

function complexArithmetic(operator: string, a: PyComplex, b: PyComplex, machine: Machine): Value | undefined {
  switch (operator) {
    case '+':
      return new PyComplex(a.real + b.real, a.imaginary + b.imaginary);
    case '-':
      return new PyComplex(a.real - b.real, a.imaginary - b.imaginary);
    case '*':
      return new PyComplex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real);
    case '/': {
      if (b.real === 0 && b.imaginary === 0) throw machine.raise('ZeroDivisionError', 'complex division by zero');
      // CPython's _Py_c_quot scales by the larger part.
      if (Math.abs(b.real) >= Math.abs(b.imaginary)) {
        const ratio = b.imaginary / b.real;
        const scale = b.real + b.imaginary * ratio;
        return new PyComplex((a.real + a.imaginary * ratio) / scale, (a.imaginary - a.real * ratio) / scale);
      }
      const ratio = b.real / b.imaginary;
      const scale = b.real * ratio + b.imaginary;
      return new PyComplex((a.real * ratio + a.imaginary) / scale, (a.imaginary * ratio - a.real) / scale);
    }
    case '**':
      return complexPower(a, b, machine);
  }
  return undefined;
}

function multiplied(base: PyComplex, exponent: number, machine: Machine): PyComplex {
  let [result, power]: [PyComplex, PyComplex] = [new PyComplex(1, 0), base];
  for (let mask = 1; mask <= exponent; mask *= 2) {
    if (Math.floor(exponent / mask) % 2 === 1) result = complexArithmetic('*', result, power, machine) as PyComplex;
    power = complexArithmetic('*', power, power, machine) as PyComplex;
  }
  return result;
}

function complexPower(a: PyComplex, b: PyComplex, machine: Machine): Value {
  if (b.real === 0 && b.imaginary === 0) return new PyComplex(1, 0);
  if (a.real === 0 && a.imaginary === 0) {
    if (b.imaginary !== 0 || b.real < 0) throw machine.raise('ZeroDivisionError', '0.0 to a negative or complex power');
    return new PyComplex(0, 0);
  }
  // CPython multiplies where the exponent is a small whole number (complex_pow).
  if (b.imaginary === 0 && Number.isInteger(b.real) && Math.abs(b.real) <= 100) {
    const result = multiplied(a, Math.abs(b.real), machine);
    return b.real > 0 ? result : complexArithmetic('/', new PyComplex(1, 0), result, machine)!;
  }
  const size = hypot(a.real, a.imaginary);
  let length = pow(size, b.real);
  const angle = Math.atan2(a.imaginary, a.real);
  let phase = angle * b.real;
  if (b.imaginary !== 0) {
    length *= exp(-angle * b.imaginary);
    phase += b.imaginary * log(size);
  }
  return new PyComplex(length * cos(phase), length * sin(phase));
}

/** -1, 0 or 1; NaN where a NaN is among them. Exact between int and float. */
export function compareNumbers(a: Int | PyFloat, b: Int | PyFloat): number {
  const left = a instanceof PyFloat ? a.value : a;
  const right = b instanceof PyFloat ? b.value : b;
  // JavaScript compares a bigint and a number by their exact values.
  if (left < right) return -1;
  if (left > right) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number may be equal.
  return left == right ? 0 : Number.NaN;
}

/** The whole number next to zero. */
export function truncate(value: number): Int {
  const whole = Math.trunc(value) + 0;
  return Number.isSafeInteger(whole) ? whole : int(BigInt(whole));
}

/** A double as the exact quotient of ints. */
export function exactRatio(value: number): readonly [bigint, bigint] {
  let top = value;
  let power = 0n;
  while (!Number.isInteger(top)) {
    top *= 2;
    power += 1n;
  }
  return [BigInt(top), 1n << power];
}

/** value × 10^digits rounded to a whole number, halves to even, from the exact value of the double. */
export function scaledHalfEven(value: number, digits: number): bigint {
  let [top, bottom] = exactRatio(value);
  if (digits >= 0) top *= 10n ** BigInt(digits);
  else bottom *= 10n ** BigInt(-digits);
  return divideHalfEven(top, bottom);
}

export function divideHalfEven(top: bigint, bottom: bigint): bigint {
  const size = top < 0n ? -top : top;
  let quotient = size / bottom;
  const twice = (size % bottom) * 2n;
  if (twice > bottom || (twice === bottom && (quotient & 1n) === 1n)) quotient += 1n;
  return top < 0n ? -quotient : quotient;
}

/** round(value), to the nearest whole number, halves to even. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** round(value, digits) of a float, correctly rounded from its exact value. */
export function roundDigits(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0 || digits > 323) return value;
  if (digits < -308) return copySign(0, value);
  const scaled = scaledHalfEven(Math.abs(value), digits);
  const text = `${scaled}e${-digits}`;
  return copySign(Number(text), value);
}
