// Types of elements: their order, what two of them give together, and how values are rounded to them.
import type { DType } from './tensor.ts';

export const dtypes: readonly DType[] = [
  'float64',
  'float32',
  'float16',
  'bfloat16',
  'complex64',
  'complex128',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'bool',
];

/** The other names that `torch` has for them. */
export const dtypeNames: ReadonlyMap<string, DType> = new Map<string, DType>([
  ...dtypes.map(dtype => [dtype, dtype] as const),
  ['double', 'float64'],
  ['float', 'float32'],
  ['half', 'float16'],
  ['cfloat', 'complex64'],
  ['cdouble', 'complex128'],
  ['long', 'int64'],
  ['int', 'int32'],
  ['short', 'int16'],
]);

export const isComplex = (dtype: DType): boolean => dtype === 'complex64' || dtype === 'complex128';
export const isFloating = (dtype: DType): boolean => dtype.includes('float');
/** Neither a fraction nor complex; a bool is one, too. */
export const isWhole = (dtype: DType): boolean => !isFloating(dtype) && !isComplex(dtype);

export function bytesOf(dtype: DType): number {
  const bits = /\d+$/.exec(dtype);
  return bits ? Number(bits[0]) / 8 : 1;
}

/** 0 bool, 1 whole, 2 fraction, 3 complex. */
export function categoryOf(dtype: DType): number {
  if (dtype === 'bool') return 0;
  return isComplex(dtype) ? 3 : isFloating(dtype) ? 2 : 1;
}

/** torch.promote_types. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const [low, high] = categoryOf(a) <= categoryOf(b) ? [a, b] : [b, a];
  if (categoryOf(low) === 3) return 'complex128';
  if (categoryOf(high) === 3) return low === 'float64' ? 'complex128' : high;
  if (categoryOf(low) !== categoryOf(high)) return high;
  if (categoryOf(high) === 2) {
    if (low === 'float64' || high === 'float64') return 'float64';
    // Two of half a float: neither holds the other.
    return 'float32';
  }
  if (low === 'uint8' || high === 'uint8') {
    const other = low === 'uint8' ? high : low;
    return other === 'int8' ? 'int16' : other;
  }
  return bytesOf(low) >= bytesOf(high) ? low : high;
}

/** How much an operand says of the result's type: a tensor with axes more than one without, and that more than a number. */
export interface Operand {
  readonly dtype: DType;
  readonly kind: 'tensor' | 'scalar' | 'number';
}

/** torch.result_type of any number of operands. */
export function resultType(operands: readonly Operand[]): DType {
  let result: DType | undefined;
  for (const kind of ['tensor', 'scalar', 'number'] as const) {
    let own: DType | undefined;
    for (const operand of operands) {
      if (operand.kind === kind) own = own ? promote(own, operand.dtype) : operand.dtype;
    }
    if (!own) continue;
    if (!result) result = own;
    else if (categoryOf(own) > categoryOf(result)) {
      result = categoryOf(own) === 3 && result === 'float64' ? 'complex128' : own;
    }
  }
  return result ?? 'float32';
}

/** The type of sizes: of what `abs` and `norm` give of complex numbers. */
export function realType(dtype: DType): DType {
  return dtype === 'complex64' ? 'float32' : dtype === 'complex128' ? 'float64' : dtype;
}

/** The type of the result of functions that give fractions. */
export function fractionType(dtype: DType): DType {
  return isWhole(dtype) ? 'float32' : dtype;
}

const bits = new DataView(new ArrayBuffer(4));

/** Rounded to what the type holds. A whole number that doubles do not hold is not known: NaN. */
export function rounded(value: number, dtype: DType): number {
  switch (dtype) {
    case 'float64':
      return value;
    case 'float32':
      return Math.fround(value);
    case 'bfloat16': {
      if (!Number.isFinite(value)) return value;
      bits.setFloat32(0, value);
      const whole = bits.getUint32(0);
      // To the even neighbour.
      bits.setUint32(0, (whole + 0x7fff + ((whole >>> 16) & 1)) & 0xffff0000);
      return bits.getFloat32(0);
    }
    case 'float16':
      return half(value);
    case 'bool':
      return value === 0 ? 0 : 1;
    case 'int64': {
      const whole = Math.trunc(value);
      return Math.abs(whole) > Number.MAX_SAFE_INTEGER ? Number.NaN : whole;
    }
    case 'int32':
      return Number.isNaN(value) ? value : Math.trunc(value) | 0;
    case 'int16':
      return Number.isNaN(value) ? value : (Math.trunc(value) << 16) >> 16;
    case 'int8':
      return Number.isNaN(value) ? value : (Math.trunc(value) << 24) >> 24;
    case 'uint8':
      return Number.isNaN(value) ? value : Math.trunc(value) & 0xff;
    default:
      return Number.NaN;
  }
}

function half(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const unit = 2 ** (exponent - 10);
  const scaled = value / unit;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const near = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  const result = near * unit;
  return Math.abs(result) > 65504 ? Math.sign(result) * Number.POSITIVE_INFINITY : result;
}

export function roundAll(values: Float64Array, dtype: DType): Float64Array {
  if (dtype === 'float64') return values;
  for (let at = 0; at < values.length; at++) values[at] = rounded(values[at]!, dtype);
  return values;
}
