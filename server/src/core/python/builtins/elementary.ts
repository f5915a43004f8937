// exp, log, pow, sin and their kin, rounded as C's library rounds them. JavaScript leaves their last digit to the engine,
// and V8's differs from glibc's in up to a tenth of all cases; a width that is a rounded power would then be another one.
// They are computed with twice the digits of a double and rounded once, which is what glibc gives but for one in a
// thousand.

/** A number as the sum of two doubles, of which the second is below the last digit of the first. */
type Wide = readonly [number, number];

function sum(a: number, b: number): Wide {
  const high = a + b;
  const part = high - a;
  return [high, a - (high - part) + (b - part)];
}

function quickSum(a: number, b: number): Wide {
  const high = a + b;
  return [high, b - (high - a)];
}

function product(a: number, b: number): Wide {
  const high = a * b;
  // Dekker: halves of 26 bits whose products are exact.
  const [c, d] = [134217729 * a, 134217729 * b];
  const [a1, b1] = [c - (c - a), d - (d - b)];
  const [a2, b2] = [a - a1, b - b1];
  return [high, a2 * b2 - (high - a1 * b1 - a2 * b1 - a1 * b2)];
}

function add(a: Wide, b: Wide): Wide {
  const [high, low] = sum(a[0], b[0]);
  const [part, rest] = sum(a[1], b[1]);
  const [x, y] = quickSum(high, low + part);
  return quickSum(x, y + rest);
}

function negate(a: Wide): Wide {
  return [-a[0], -a[1]];
}

function multiply(a: Wide, b: Wide): Wide {
  const [high, low] = product(a[0], b[0]);
  return quickSum(high, low + (a[0] * b[1] + a[1] * b[0]));
}

function divide(a: Wide, b: Wide): Wide {
  const first = a[0] / b[0];
  let rest = add(a, negate(multiply(b, [first, 0])));
  const second = rest[0] / b[0];
  rest = add(rest, negate(multiply(b, [second, 0])));
  const third = rest[0] / b[0];
  return add(quickSum(first, second), [third, 0]);
}

function scale(a: Wide, by: number): Wide {
  return [a[0] * by, a[1] * by];
}

const one: Wide = [1, 0];
/** 1 ÷ 0 to 1 ÷ 9: to multiply by them takes a quarter of what a division takes. */
const inverses: readonly Wide[] = Array.from({ length: 10 }, (_, n) => divide(one, [n, 0]));
const ln2: Wide = [Math.LN2, 2.3190468138462996e-17];
/** π/2 in three parts. */
const halfPi: readonly [number, number, number] = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33];
const twoOverRootPi: Wide = [1.1283791670955126, 1.533545961316588e-17];

/** 2^n, also where that is no normal double. */
function timesPower(value: number, exponent: number): number {
  if (exponent > 1000) return value * 2 ** 1000 * 2 ** (exponent - 1000);
  if (exponent < -1000) return value * 2 ** -1000 * 2 ** (exponent + 1000);
  return value * 2 ** exponent;
}

/** exp as a mantissa and a power of two. */
function wideExp(x: Wide): { readonly mantissa: Wide; readonly exponent: number } {
  const exponent = Math.round(x[0] / ln2[0]);
  const rest = scale(add(x, negate(multiply([exponent, 0], ln2))), 1 / 512);
  // exp − 1 of what is left, squared nine times: of a sum near 1 digits would be lost.
  let term = rest;
  let total = rest;
  for (let at = 2; at <= 9; at++) {
    term = multiply(multiply(term, rest), inverses[at]!);
    total = add(total, term);
  }
  for (let at = 0; at < 9; at++) total = add(scale(total, 2), multiply(total, total));
  return { mantissa: add(total, one), exponent };
}

function value({ mantissa, exponent }: { readonly mantissa: Wide; readonly exponent: number }): number {
  return timesPower(mantissa[0] + mantissa[1], exponent);
}

function wideLog(x: Wide): Wide {
  const guess = Math.log(x[0]);
  if (!Number.isFinite(guess)) return [guess, 0];
  const { mantissa, exponent } = wideExp([guess, 0]);
  // Halley: log x = y + 2 (x − e^y) / (x + e^y).
  const [top, low] = [timesPower(x[0], -exponent), timesPower(x[1], -exponent)];
  const scaled: Wide = [top, low];
  return add([guess, 0], scale(divide(add(scaled, negate(mantissa)), add(scaled, mantissa)), 2));
}

/** The last logarithms: a network computes those of a few sizes again and again. */
const logs = new Map<number, Wide>();
const mostLogs = 256;

function logOf(x: number): Wide {
  const known = logs.get(x);
  if (known) return known;
  const found = wideLog([x, 0]);
  if (logs.size >= mostLogs) logs.clear();
  logs.set(x, found);
  return found;
}

/** The last base of a power and its logarithm: tables of angles have the same base thousands of times. */
let lastBase: { readonly base: number; readonly log: Wide } = { base: 1, log: [0, 0] };

function logOfBase(base: number): Wide {
  if (lastBase.base !== base) lastBase = { base, log: wideLog([base, 0]) };
  return lastBase.log;
}

export function exp(x: number): number {
  if (Number.isNaN(x) || x > 710 || x < -746) return Math.exp(x);
  return x === 0 ? 1 : value(wideExp([x, 0]));
}

export function exp2(x: number): number {
  return pow(2, x);
}

export function log(x: number): number {
  if (!(x > 0) || !Number.isFinite(x) || x === 1) return Math.log(x);
  // Numbers below the normal range lose digits when they are scaled.
  if (x < 1e-300) return Math.log(x);
  return round(logOf(x));
}

export function log2(x: number): number {
  if (!(x > 1e-300) || !Number.isFinite(x)) return Math.log2(x);
  const known = Math.log2(x);
  if (Number.isInteger(known) && 2 ** known === x) return known;
  return round(divide(logOf(x), ln2));
}

/** As in glibc (fdlibm's e_log10.c), which is not rounded correctly. */
export function log10(x: number): number {
  if (!(x > 1e-300) || !Number.isFinite(x)) return Math.log10(x);
  let exponent = Math.floor(Math.log2(x));
  if (2 ** exponent > x) exponent -= 1;
  if (2 ** (exponent + 1) <= x) exponent += 1;
  const shift = exponent < 0 ? exponent + 1 : exponent;
  const rest = shift * 3.694239077158931e-13 + Math.LOG10E * log(x / 2 ** shift);
  return rest + shift * 0.30102999566361177;
}

function round(x: Wide): number {
  return x[0] + x[1];
}

export function pow(x: number, y: number): number {
  const guess = x ** y;
  if (x === 0 || y === 0 || y === 1 || !Number.isFinite(guess) || !Number.isFinite(x) || !Number.isFinite(y))
    return guess;
  if (guess === 0 || Math.abs(guess) < 1e-290 || Math.abs(x) < 1e-290) return guess;
  const size = Math.abs(x);
  const result = size === 1 ? 1 : value(wideExp(multiply([y, 0], logOfBase(size))));
  return guess < 0 ? -result : result;
}

/** Sine and cosine of what is left of an angle after so many quarter turns. */
function wideSinCos(x: Wide): { readonly sin: Wide; readonly cos: Wide } {
  const quarters = Math.round(x[0] / halfPi[0]);
  let rest = x;
  if (quarters !== 0) {
    for (const part of halfPi) rest = add(rest, negate(product(quarters, part)));
  }
  // An eighth of the angle: few terms are enough; then it is doubled three times.
  const angle = scale(rest, 1 / 8);
  const square = multiply(angle, angle);
  let [term, sin]: [Wide, Wide] = [angle, angle];
  for (let at = 3; at <= 19; at += 2) {
    term = negate(divide(multiply(term, square), [at * (at - 1), 0]));
    sin = add(sin, term);
  }
  // 1 − cos keeps its digits.
  let [even, versed]: [Wide, Wide] = [scale(square, 0.5), scale(square, 0.5)];
  for (let at = 4; at <= 20; at += 2) {
    even = negate(divide(multiply(even, square), [at * (at - 1), 0]));
    versed = add(versed, even);
  }
  for (let at = 0; at < 3; at++) {
    const cos = add(one, negate(versed));
    versed = scale(multiply(sin, sin), 2);
    sin = scale(multiply(sin, cos), 2);
  }
  const cos = add(one, negate(versed));
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return { sin, cos };
    case 1:
      return { sin: cos, cos: negate(sin) };
    case 2:
      return { sin: negate(sin), cos: negate(cos) };
    default:
      return { sin: negate(cos), cos: sin };
  }
}

/** Beyond these angles a product with π needs more digits than are here. */
const largest = 1e5;

export function sin(x: number): number {
  return Math.abs(x) < 1e-8 || !(Math.abs(x) < largest) ? Math.sin(x) : round(wideSinCos([x, 0]).sin);
}

export function cos(x: number): number {
  return !(Math.abs(x) < largest) ? Math.cos(x) : round(wideSinCos([x, 0]).cos);
}

export function tan(x: number): number {
  if (Math.abs(x) < 1e-8 || !(Math.abs(x) < largest)) return Math.tan(x);
  const { sin: top, cos: bottom } = wideSinCos([x, 0]);
  return round(divide(top, bottom));
}

export function atan(x: number): number {
  const guess = Math.atan(x);
  if (Math.abs(x) < 1e-8 || Math.abs(x) > 1e15 || Number.isNaN(x)) return guess;
  const { sin: top, cos: bottom } = wideSinCos([guess, 0]);
  // atan x = y + atan((x cos y − sin y) / (cos y + x sin y)), and the arc of so little is itself.
  const rest = divide(add(multiply([x, 0], bottom), negate(top)), add(bottom, multiply([x, 0], top)));
  return round(add([guess, 0], rest));
}

/** √(x² + y²), rounded once. */
export function hypot(x: number, y: number): number {
  const largest = Math.max(Math.abs(x), Math.abs(y));
  if (!(largest > 0) || !Number.isFinite(largest)) return Math.hypot(x, y);
  const exponent = Math.floor(Math.log2(largest));
  const [a, b] = [timesPower(x, -exponent), timesPower(y, -exponent)];
  const square = add(product(a, a), product(b, b));
  const guess = Math.sqrt(square[0]);
  const rest = add(square, negate(product(guess, guess)));
  return timesPower(guess + rest[0] / (2 * guess), exponent);
}

export function atan2(y: number, x: number): number {
  const guess = Math.atan2(y, x);
  const size = Math.abs(guess);
  if (!Number.isFinite(x) || !Number.isFinite(y) || size < 1e-8 || Number.isNaN(guess)) return guess;
  const { sin: top, cos: bottom } = wideSinCos([guess, 0]);
  // Scaled, so that no product is beyond the range.
  const scaled = 2 ** -Math.floor(Math.log2(Math.max(Math.abs(x), Math.abs(y))));
  const [a, b]: [Wide, Wide] = [
    [y * scaled, 0],
    [x * scaled, 0],
  ];
  const rest = divide(add(multiply(a, bottom), negate(multiply(b, top))), add(multiply(b, bottom), multiply(a, top)));
  return round(add([guess, 0], rest));
}

/** The angle whose sine is x: from the angle that JavaScript gives, by one step of Newton with a term more. */
export function asin(x: number): number {
  const guess = Math.asin(x);
  if (Math.abs(x) < 1e-8 || !(Math.abs(x) < 0.9999)) return guess;
  const { sin: top, cos: bottom } = wideSinCos([guess, 0]);
  return round(add([guess, 0], divide(add([x, 0], negate(top)), bottom)));
}

export function acos(x: number): number {
  const guess = Math.acos(x);
  if (!(Math.abs(x) < 0.9999)) return guess;
  const { sin: top, cos: bottom } = wideSinCos([guess, 0]);
  return round(add([guess, 0], divide(add(bottom, [-x, 0]), top)));
}

/** As in glibc (fdlibm's e_cosh.c). */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!(size < 709)) return Math.cosh(x);
  if (size < 0.34657359027997264) {
    const rest = Math.expm1(size);
    return 1 + (rest * rest) / (2 * (1 + rest));
  }
  const up = exp(size);
  return size < 22 ? 0.5 * up + 0.5 / up : 0.5 * up;
}

/** V8 and glibc have these from the same source (fdlibm). */
export const { asinh, acosh, atanh, sinh, tanh, expm1, log1p } = Math;

/** 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!: all terms are positive. */
function wideErf(x: number): Wide {
  const square = product(x, x);
  let term: Wide = [x, 0];
  let total: Wide = term;
  for (let at = 1; at < 200 && Math.abs(term[0]) > 1e-34 * Math.abs(total[0]); at++) {
    term = divide(multiply(term, scale(square, 2)), [2 * at + 1, 0]);
    total = add(total, term);
  }
  const { mantissa, exponent } = wideExp(negate(square));
  return multiply(multiply(twoOverRootPi, scale(mantissa, 2 ** exponent)), total);
}

export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 6) return Math.sign(x);
  return x === 0 ? x : round(wideErf(x));
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -6) return 2;
  if (x < 4) return round(add(one, negate(wideErf(x))));
  if (x > 27.3) return 0;
  // e^(−x²) / (x √π) as a continued fraction.
  let fraction: Wide = [0, 0];
  for (let at = 200; at > 0; at--) fraction = divide([at / 2, 0], add([x, 0], fraction));
  const { mantissa, exponent } = wideExp(negate(product(x, x)));
  const bottom = add([x, 0], fraction);
  const size = scale(divide(multiply(mantissa, twoOverRootPi), bottom), 0.5);
  return timesPower(round(size), exponent);
}

// CPython's own (mathmodule.c): Lanczos with g = 6.024680040776729583740234375 and N = 13.
const lanczosG = 6.02468004077673;
const lanczosTop = [
  23531376880.41076, 42919803642.6491, 35711959237.355667, 17921034426.037209, 6039542586.352028, 1439720407.3117216,
  248874557.86205417, 31426415.585400194, 2876370.6289353725, 186056.26539522348, 8071.672002365816, 210.82427775157936,
  2.5066282746310002,
];
const lanczosBottom = [
  0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1,
];

function lanczosSum(x: number): number {
  let [top, bottom] = [0, 0];
  if (x < 5) {
    for (let at = 12; at >= 0; at--) {
      top = top * x + lanczosTop[at]!;
      bottom = bottom * x + lanczosBottom[at]!;
    }
  } else {
    for (let at = 0; at < 13; at++) {
      top = top / x + lanczosTop[at]!;
      bottom = bottom / x + lanczosBottom[at]!;
    }
  }
  return top / bottom;
}

function sinPi(x: number): number {
  const y = Math.abs(x) % 2;
  const n = Math.round(2 * y);
  const angles = [
    () => sin(Math.PI * y),
    () => cos(Math.PI * (y - 0.5)),
    () => sin(Math.PI * (1 - y)),
    () => -cos(Math.PI * (y - 1.5)),
    () => sin(Math.PI * (y - 2)),
  ];
  return Math.sign(x) * angles[n]!();
}

export function gamma(x: number): number {
  if (!Number.isFinite(x)) return x > 0 || Number.isNaN(x) ? x : Number.NaN;
  if (x === 0) return 1 / x;
  if (Number.isInteger(x)) {
    if (x < 0) return Number.NaN;
    if (x <= 23) {
      let result = 1;
      for (let factor = 2; factor < x; factor++) result *= factor;
      return result;
    }
  }
  const size = Math.abs(x);
  if (size < 1e-20) return 1 / x;
  if (size > 200) return x < 0 ? 0 / sinPi(x) : Number.POSITIVE_INFINITY;
  const y = size + lanczosG - 0.5;
  let z: number;
  if (size > lanczosG - 0.5) {
    const q = y - size;
    z = q - (lanczosG - 0.5);
  } else {
    const q = y - (lanczosG - 0.5);
    z = q - size;
  }
  z = (z * lanczosG) / y;
  let result: number;
  if (x < 0) {
    result = ((-Math.PI / sinPi(size) / size) * exp(y)) / lanczosSum(size);
    result -= z * result;
    if (size < 140) result /= pow(y, size - 0.5);
    else {
      const root = pow(y, size / 2 - 0.25);
      result /= root;
      result /= root;
    }
  } else {
    result = lanczosSum(size) / exp(y);
    result += z * result;
    if (size < 140) result *= pow(y, size - 0.5);
    else {
      const root = pow(y, size / 2 - 0.25);
      result *= root;
      result *= root;
    }
  }
  return result;
}

export function lgamma(x: number): number {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Number.POSITIVE_INFINITY;
  if (Number.isInteger(x) && x <= 2) return x <= 0 ? Number.POSITIVE_INFINITY : 0;
  const size = Math.abs(x);
  if (size < 1e-20) return -log(size);
  let result = log(lanczosSum(size)) - lanczosG;
  result += (size - 0.5) * (log(size + lanczosG - 0.5) - 1);
  if (x < 0) result = log(Math.PI) - log(Math.abs(sinPi(size))) - log(size) - result;
  return result;
}
