// Functions of every element: of one tensor, of two that are broadcast together, comparisons, choices.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import type { Op } from '../../ops/op.ts';
import { broadcast } from '../../ops/rules/shape.ts';
import { notImplemented, Unknown, type Value } from '../../python/objects.ts';
import { type Call, isNumber, numberIn, type Registry, sizesText, Wrong } from './call.ts';
import { fractionType, isComplex, isWhole, type Operand, realType, resultType, rounded } from './dtype.ts';
import { elementwiseStrides } from './layout.ts';
import type { Recording } from './recording.ts';
import { type DType, PyParameter, PyTensor } from './tensor.ts';
import { broadcastRead, compute, isKnown, numberOf, sizeOf } from './values.ts';

type How = Parameters<typeof ops.unary.shape & object>[0]['how'];

/** Whether it is a table of values outside of the graph: what is computed of it is another. */
export function isConstant(tensor: PyTensor): boolean {
  return !tensor.node && !(tensor instanceof PyParameter) && isKnown(tensor);
}

/** What an operand says of the result's type. */
export function operandOf(tensor: PyTensor): Operand {
  const kind = isNumber(tensor) ? 'number' : tensor.shape?.length === 0 ? 'scalar' : 'tensor';
  return { dtype: tensor.dtype, kind };
}

/**
 * A function of every element. Of tables outside of the graph only values are computed; `how` undefined where values cannot
 * be computed.
 */
export function pointwise<A extends object>(
  world: Recording,
  op: Op<A>,
  attrs: NoInfer<A>,
  inputs: readonly PyTensor[],
  dtype: DType,
  how: ((...values: number[]) => number) | undefined,
): PyTensor {
  let result: PyTensor;
  if (inputs.every(isConstant)) {
    const shapes = inputs.map(({ shape }) => shape!);
    const shape = broadcast(shapes);
    // The operator says it in its own words.
    if (!shape) result = world.apply(op, attrs, inputs, { dtype });
    else {
      result = world.tensor(shape, dtype);
      result.strides = elementwiseStrides(inputs, shape);
    }
  } else {
    // Numbers of Python's are no tensors of the graph; the operator counts them in its kind.
    result = world.apply(op, attrs, inputs, { dtype });
  }
  if (!how || inputs.some(({ dtype: own }) => isComplex(own))) return result;
  const shapes = inputs.map(({ shape }) => shape);
  // All that values are computed with is looked at now: the program may change the tensors before somebody asks.
  const shape = result.shape ?? [];
  const isUnsure = inputs.some(({ dtype: own }) => isWhole(own));
  return compute(
    result,
    inputs,
    (...values) => {
      const read = values.map((each, at) => broadcastRead(each, shapes[at]!, shape));
      const out = new Float64Array(sizeOf(shape));
      if (read.length === 1) {
        const [a] = read;
        for (let at = 0; at < out.length; at++) out[at] = isUnsure && Number.isNaN(a![at]!) ? Number.NaN : how(a![at]!);
      } else if (read.length === 2) {
        const [a, b] = read;
        for (let at = 0; at < out.length; at++) out[at] = how(a![at]!, b![at]!);
      } else {
        for (let at = 0; at < out.length; at++) out[at] = how(...read.map(each => each[at]!));
      }
      return out;
    },
    `each ${numberOf(how)}`,
  );
}

type Kind = 'same' | 'size' | 'angle' | 'fraction' | 'bool' | 'square';

function typeFor(kind: Kind, dtype: DType): DType {
  if (kind === 'bool') return 'bool';
  if (kind === 'size') return realType(dtype);
  if (kind === 'angle') return fractionType(realType(dtype));
  if (kind === 'square') return dtype === 'bool' ? 'int64' : dtype;
  return kind === 'fraction' ? fractionType(dtype) : dtype;
}

/** Of one tensor: name, what the graph counts, type of the result, value. */
const unaries: readonly (readonly [string, How, Kind, ((x: number) => number) | undefined])[] = [
  ['exp', 'exp', 'fraction', Math.exp],
  ['exp2', 'exp', 'fraction', x => 2 ** x],
  ['expm1', 'exp', 'fraction', Math.expm1],
  ['log', 'log', 'fraction', Math.log],
  ['log2', 'log', 'fraction', Math.log2],
  ['log10', 'log', 'fraction', Math.log10],
  ['log1p', 'log', 'fraction', Math.log1p],
  ['sqrt', 'sqrt', 'fraction', Math.sqrt],
  ['rsqrt', 'rsqrt', 'fraction', x => 1 / Math.sqrt(x)],
  ['square', 'square', 'square', x => x * x],
  ['abs absolute', 'abs', 'size', Math.abs],
  ['angle', 'other', 'angle', x => (x < 0 ? Math.PI : 0)],
  ['neg negative', 'neg', 'same', x => -x],
  ['reciprocal', 'reciprocal', 'fraction', x => 1 / x],
  ['sin', 'sin', 'fraction', Math.sin],
  ['cos', 'cos', 'fraction', Math.cos],
  ['tan', 'tan', 'fraction', Math.tan],
  ['asin arcsin', 'other', 'fraction', Math.asin],
  ['acos arccos', 'other', 'fraction', Math.acos],
  ['atan arctan', 'other', 'fraction', Math.atan],
  ['sinh', 'other', 'fraction', Math.sinh],
  ['cosh', 'other', 'fraction', Math.cosh],
  ['asinh arcsinh', 'other', 'fraction', Math.asinh],
  ['acosh arccosh', 'other', 'fraction', Math.acosh],
  ['atanh arctanh', 'other', 'fraction', Math.atanh],
  ['erf', 'erf', 'fraction', undefined],
  ['erfc', 'erf', 'fraction', undefined],
  ['erfinv', 'erf', 'fraction', undefined],
  ['lgamma', 'other', 'fraction', undefined],
  ['digamma', 'other', 'fraction', undefined],
  ['sinc', 'sin', 'fraction', x => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))],
  ['deg2rad', 'multiple', 'fraction', x => (x * Math.PI) / 180],
  ['rad2deg', 'multiple', 'fraction', x => (x * 180) / Math.PI],
  ['floor', 'round', 'same', Math.floor],
  ['ceil', 'round', 'same', Math.ceil],
  ['trunc fix', 'round', 'same', Math.trunc],
  ['frac', 'round', 'same', x => x - Math.trunc(x)],
  ['sign sgn', 'sign', 'same', x => Math.sign(x) || 0],
  ['signbit', 'sign', 'bool', x => Number(x < 0 || Object.is(x, -0))],
  ['logical_not', 'not', 'bool', x => Number(x === 0)],
  ['isnan', 'test', 'bool', x => Number(Number.isNaN(x))],
  ['isreal', 'test', 'bool', undefined],
  ['isinf', 'test', 'bool', x => Number(Math.abs(x) === Number.POSITIVE_INFINITY)],
  ['isfinite', 'test', 'bool', x => Number(Number.isFinite(x))],
  ['isposinf', 'test', 'bool', x => Number(x === Number.POSITIVE_INFINITY)],
  ['isneginf', 'test', 'bool', x => Number(x === Number.NEGATIVE_INFINITY)],
];

const floorDivide = (a: number, b: number): number => Math.floor(a / b);
const truncDivide = (a: number, b: number): number => Math.trunc(a / b);
const remainder = (a: number, b: number): number => (b === 0 ? Number.NaN : a - b * Math.floor(a / b));
const nanIf = (a: number, b: number, value: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : value;

type Binary = (world: Recording, a: PyTensor, b: PyTensor) => PyTensor;

/** A number of Python's as the second operand counts as one operation on each element of the tensor. */
function withNumber(a: PyTensor, b: PyTensor): PyTensor | undefined {
  if (isNumber(b) && !isNumber(a)) return a;
  return isNumber(a) && !isNumber(b) ? b : undefined;
}

function arithmetic<A extends object>(
  op: Op<A>,
  attrs: NoInfer<A>,
  single: How,
  how: (a: number, b: number) => number,
  typeOf: (dtype: DType) => DType = dtype => dtype,
): Binary {
  return (world, a, b) => {
    const dtype = typeOf(resultType([operandOf(a), operandOf(b)]));
    const own = withNumber(a, b);
    if (own && !isConstant(own)) {
      const result = world.apply(ops.unary, { how: single }, [own], { dtype });
      // Known values of what is in the graph, such as a buffer that a module has written into.
      return isKnown(own) ? valued(result, a, b, how) : result;
    }
    return pointwise(world, op, attrs, [a, b], dtype, how);
  };
}

function valued(result: PyTensor, a: PyTensor, b: PyTensor, how: (a: number, b: number) => number): PyTensor {
  const shapes = [a.shape!, b.shape!];
  const to = result.shape!;
  return compute(result, [a, b], (x, y) => {
    const left = broadcastRead(x!, shapes[0]!, to);
    const right = broadcastRead(y!, shapes[1]!, to);
    return left.map((value, at) => how(value, right[at]!));
  });
}

export const add = arithmetic(ops.add, {}, 'increment', (a, b) => a + b);
const difference = arithmetic(ops.sub, {}, 'increment', (a, b) => a - b);
export const sub: Binary = (world, a, b) => {
  if ((a.dtype === 'bool' && a.hasType) || (b.dtype === 'bool' && b.hasType)) {
    throw new Wrong({
      code: 'subtraction-of-booleans',
      message: l10n.t('A tensor of booleans cannot be subtracted from, or be subtracted.'),
      help: l10n.t('Use ~ to negate a mask, or convert it with int().'),
      short: l10n.t('subtraction of booleans'),
    });
  }
  return difference(world, a, b);
};
export const mul = arithmetic(ops.mul, {}, 'multiple', (a, b) => a * b);
export const div = arithmetic(ops.div, {}, 'multiple', (a, b) => a / b, fractionType);
const floorDiv = arithmetic(ops.combine, { how: 'floorDivide' }, 'round', floorDivide);
const truncDiv = arithmetic(ops.combine, { how: 'floorDivide' }, 'round', truncDivide);
const mod = arithmetic(ops.combine, { how: 'remainder' }, 'round', remainder);
const fmod = arithmetic(ops.combine, { how: 'remainder' }, 'round', (a, b) => a % b);
const pow = arithmetic(ops.combine, { how: 'power' }, 'pow', (a, b) => a ** b);
const atan2 = arithmetic(ops.combine, { how: 'arcTangent' }, 'other', Math.atan2, fractionType);
export const maximum = arithmetic(ops.maximum, {}, 'clamp', (a, b) => nanIf(a, b, Math.max(a, b)));
export const minimum = arithmetic(ops.combine, { how: 'minimum' }, 'clamp', (a, b) => nanIf(a, b, Math.min(a, b)));
const hypot = arithmetic(ops.combine, { how: 'other' }, 'other', Math.hypot, fractionType);
/** Whose values decide nothing. */
const other = arithmetic(ops.combine, { how: 'other' }, 'other', () => Number.NaN);
const fraction = arithmetic(ops.combine, { how: 'other' }, 'other', () => Number.NaN, fractionType);
/** Of whole numbers; those that shift refuse two booleans as well. */
const bits = (kernel: string, how: (a: bigint, b: bigint) => bigint, refusesBooleans = false): Binary => {
  const combined = arithmetic(ops.combine, { how: 'bits' }, 'test', (a, b) =>
    Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Number(how(BigInt(a), BigInt(b))),
  );
  return (world, a, b) => {
    const known = [a, b].filter(({ hasType }) => hasType);
    const refused =
      known.find(({ dtype }) => !isWhole(dtype)) ??
      (refusesBooleans && known.length === 2 && known.every(({ dtype }) => dtype === 'bool') ? a : undefined);
    if (refused) throw world.machine.raise('RuntimeError', `"${kernel}_cpu" not implemented for '${refused.dtype}'`);
    return combined(world, a, b);
  };
};
const and = bits('bitwise_and', (a, b) => a & b);
const or = bits('bitwise_or', (a, b) => a | b);
const xor = bits('bitwise_xor', (a, b) => a ^ b);
const left = bits('lshift', (a, b) => a << b, true);
const right = bits('rshift', (a, b) => a >> b, true);

const comparison = (how: (a: number, b: number) => boolean): Binary =>
  arithmetic(
    ops.compare,
    {},
    'test',
    (a, b) => Number(how(a, b)),
    () => 'bool',
  );
const comparisons: readonly (readonly [string, string, Binary])[] = [
  ['eq', '__eq__', comparison((a, b) => a === b)],
  ['ne not_equal', '__ne__', comparison((a, b) => a !== b)],
  ['lt less', '__lt__', comparison((a, b) => a < b)],
  ['le less_equal', '__le__', comparison((a, b) => a <= b)],
  ['gt greater', '__gt__', comparison((a, b) => a > b)],
  ['ge greater_equal', '__ge__', comparison((a, b) => a >= b)],
];

const logic = (how: (a: boolean, b: boolean) => boolean): Binary =>
  arithmetic(
    ops.combine,
    { how: 'logical' },
    'test',
    (a, b) => Number(how(a !== 0, b !== 0)),
    () => 'bool',
  );

/** Refuses two tensors that cannot be broadcast together, in PyTorch's terms. */
function checked(binary: Binary): Binary {
  return (world, a, b) => {
    if (a.shape && b.shape && !broadcast([a.shape, b.shape])) {
      const rank = Math.max(a.shape.length, b.shape.length);
      const pairs = Array.from({ length: rank }, (_, axis) => [
        a.shape![axis - rank + a.shape!.length] ?? 1,
        b.shape![axis - rank + b.shape!.length] ?? 1,
      ]);
      const at = pairs.findIndex(([m, n]) => m !== 1 && n !== 1 && Math.abs(m! - n!) > 0);
      throw new Wrong({
        code: 'broadcast-mismatch',
        message: l10n.t(
          'Tensors of {0} and {1} cannot be combined element by element: their sizes {2} and {3} on axis {4} differ, and neither is 1.',
          sizesText(a.shape),
          sizesText(b.shape),
          pairs[at]![0]!,
          pairs[at]![1]!,
          at - rank,
        ),
        help: l10n.t('Give both the same size; only a size of 1 is broadcast.'),
        short: l10n.t('shapes do not match'),
        output: pairs.map(([m, n]) => (m === n || n === 1 ? m! : m === 1 ? n! : Number.NaN)),
      });
    }
    return binary(world, a, b);
  };
}

/** Functions of numbers alone. */
const noBooleans: ReadonlySet<How> = new Set<How>(['round', 'neg', 'abs']);

/** Raises what PyTorch does for elements of a type that a function has no kernel for. */
export function notOf(call: Call, x: PyTensor): void {
  if (x.hasType) throw call.machine.raise('RuntimeError', `${call.name}() is not implemented for '${x.dtype}'`);
}

/** `places` are those of what is true in a condition alone. */
export function definePointwise(registry: Registry, places: (call: Call) => Value): void {
  for (const [names, how, kind, value] of unaries) {
    registry.define(
      names,
      'input',
      call => {
        const x = call.tensor();
        if (noBooleans.has(how) && x.dtype === 'bool') notOf(call, x);
        if (names === 'frac' && isWhole(x.dtype)) notOf(call, x);
        return unary(call.world, how, x, typeFor(kind, x.dtype), value);
      },
      { inPlace: kind !== 'bool' || names === 'logical_not' },
    );
  }
  registry.define(
    'round',
    'input, *, decimals?',
    call => {
      const x = call.tensor();
      if (x.dtype === 'bool') notOf(call, x);
      const scale = 10 ** call.int('decimals', 0);
      return unary(call.world, 'round', x, x.dtype, value => toEven(value * scale) / scale);
    },
    { inPlace: true },
  );
  registry.define(
    'bitwise_not',
    'input',
    call => {
      return inverted(call);
    },
    { inPlace: true },
  );
  registry.define(
    'nan_to_num',
    'input, nan?, posinf?, neginf?',
    call => unary(call.world, 'clamp', call.tensor(), call.tensor().dtype, undefined),
    { inPlace: true },
  );
  registry.define(
    'logit',
    'input, eps?',
    call => unary(call.world, 'log', call.tensor(), fractionType(call.tensor().dtype), x => Math.log(x / (1 - x))),
    { inPlace: true },
  );
  activations(registry);
  binaries(registry);
  choices(registry, places);
}

export function unary(
  world: Recording,
  how: How,
  x: PyTensor,
  dtype: DType,
  value: ((x: number) => number) | undefined,
): PyTensor {
  return pointwise(world, ops.unary, { how }, [x], dtype, value);
}

/** Halves go to the even neighbour. */
function toEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function activations(registry: Registry): void {
  const activation = <A extends object>(
    names: string,
    op: Op<A>,
    attrs: A,
    value: ((x: number) => number) | undefined,
    keeps = false,
  ): void =>
    registry.define(
      names,
      'input',
      call => {
        const x = call.tensor();
        return pointwise(call.world, op, attrs, [x], keeps ? x.dtype : fractionType(x.dtype), value);
      },
      { inPlace: true },
    );
  activation('relu', ops.relu, {}, x => Math.max(x, 0), true);
  activation('sigmoid', ops.sigmoid, {}, x => 1 / (1 + Math.exp(-x)));
  activation('tanh', ops.tanh, {}, Math.tanh);
  registry.fn('selu', 'input, inplace?', call =>
    pointwise(call.world, ops.selu, {}, [call.tensor()], call.tensor().dtype, undefined),
  );
}

/** Both operands, where the second may be a number. */
function pair(call: Call): readonly [PyTensor, PyTensor] {
  return [call.tensor('input'), call.tensor('other')];
}

/** Both operands, of which none may be a number. */
function tensorPair(call: Call): readonly [PyTensor, PyTensor] {
  const [a, b] = pair(call);
  if (isNumber(a) || isNumber(b)) throw call.machine.raise('TypeError', `${call.name}(): arguments must be Tensors`);
  return [a, b];
}

function binaries(registry: Registry): void {
  const binary = (names: string, how: Binary, parameters = 'input, other'): void =>
    registry.define(names, parameters, call => checked(how)(call.world, ...pair(call)), { inPlace: true });
  for (const [names, how] of [
    ['add', add],
    ['sub subtract', sub],
  ] as const) {
    registry.define(
      names,
      'input, other, *, alpha?',
      call => {
        const [a, b] = pair(call);
        const alpha = call.value('alpha');
        const scaled = alpha === undefined || alpha === 1 ? b : mul(call.world, b, call.asTensor(alpha, 'alpha'));
        return checked(how)(call.world, a, scaled);
      },
      { inPlace: true },
    );
  }
  registry.fn('rsub', 'input, other', call => checked(sub)(call.world, call.tensor('other'), call.tensor()));
  binary('mul multiply', mul);
  registry.define(
    'div divide true_divide',
    'input, other, *, rounding_mode?',
    call => {
      const mode = call.string('rounding_mode', 'true');
      return checked(mode === 'floor' ? floorDiv : mode === 'trunc' ? truncDiv : div)(call.world, ...pair(call));
    },
    { inPlace: true },
  );
  binary('floor_divide', floorDiv);
  binary('remainder', mod);
  binary('fmod', fmod);
  binary('atan2 arctan2', atan2);
  binary('hypot', hypot);
  for (const name of ['logaddexp', 'logaddexp2', 'xlogy', 'nextafter', 'copysign', 'heaviside'])
    registry.define(
      name,
      'input, other',
      call => checked(name === 'heaviside' ? other : fraction)(call.world, ...pair(call)),
      {
        inPlace: name !== 'logaddexp' && name !== 'logaddexp2',
      },
    );
  for (const name of ['gcd', 'lcm'])
    registry.define(
      name,
      'input, other',
      call => {
        const [a, b] = pair(call);
        const refused = [a, b].find(({ dtype, hasType }) => hasType && !isWhole(dtype));
        if (refused) throw call.machine.raise('RuntimeError', `"${name}_cpu" not implemented for '${refused.dtype}'`);
        return checked(other)(call.world, a, b);
      },
      { inPlace: true },
    );
  for (const [names, how] of [
    ['maximum fmax', maximum],
    ['minimum fmin', minimum],
  ] as const) {
    registry.define(names, 'input, other', call => checked(how)(call.world, ...tensorPair(call)));
  }
  binary('bitwise_and', and);
  binary('bitwise_or', or);
  binary('bitwise_xor', xor);
  binary('bitwise_left_shift', left);
  binary('bitwise_right_shift', right);
  for (const [name, how] of [
    ['logical_and', logic((x, y) => x && y)],
    ['logical_or', logic((x, y) => x || y)],
    ['logical_xor', logic((x, y) => x !== y)],
  ] as const) {
    registry.define(name, 'input, other', call => checked(how)(call.world, ...tensorPair(call)), { inPlace: true });
  }
  registry.define('pow float_power', 'input, exponent', power, { inPlace: true });
  for (const [names, , how] of comparisons) binary(names, how);

  const dunder = (name: string, how: Binary, reflected = false): void =>
    registry.method(name, 'input, other', call => {
      const other = call.value('other') ?? null;
      if (!(other instanceof PyTensor) && !(other instanceof Unknown) && !numberIn(other)) return notImplemented;
      const [a, b] = [call.tensor('input'), call.asTensor(other, 'other')];
      return reflected ? checked(how)(call.world, b, a) : checked(how)(call.world, a, b);
    });
  const inPlace = (name: string, how: Binary): void =>
    registry.defineInPlace(name, 'input, other', call => checked(how)(call.world, ...pair(call)));
  for (const [name, how] of [
    ['add', add],
    ['sub', sub],
    ['mul', mul],
    ['truediv', div],
    ['floordiv', floorDiv],
    ['mod', mod],
    ['pow', pow],
    ['and', and],
    ['or', or],
    ['xor', xor],
    ['lshift', left],
    ['rshift', right],
  ] as const) {
    dunder(`__${name}__`, how);
    dunder(`__r${name}__`, how, true);
    inPlace(`__i${name}__`, how);
  }
  registry.method('__pow__', 'input, exponent, modulo?', call => {
    const other = call.value('exponent') ?? null;
    if (!(other instanceof PyTensor) && !(other instanceof Unknown) && !numberIn(other)) return notImplemented;
    return power(call);
  });
  for (const [, name, how] of comparisons) {
    registry.method(name, 'input, other', call => {
      const other = call.value('other') ?? null;
      if (!(other instanceof PyTensor) && !(other instanceof Unknown) && !numberIn(other)) return notImplemented;
      return checked(how)(call.world, ...pair(call));
    });
  }
  registry.method('__neg__', 'input', call => {
    const x = call.tensor();
    if (x.dtype === 'bool') notOf(call, x);
    return unary(call.world, 'neg', x, x.dtype, value => -value);
  });
  registry.method('__pos__', 'input', call => call.tensor());
  registry.method('__abs__', 'input', call => {
    const x = call.tensor();
    if (x.dtype === 'bool') notOf(call, x);
    return unary(call.world, 'abs', x, realType(x.dtype), Math.abs);
  });
  registry.method('__invert__', 'input', call => {
    return inverted(call);
  });
}

/** ~x */
function inverted(call: Call): PyTensor {
  const x = call.tensor();
  if (!isWhole(x.dtype)) notOf(call, x);
  const isBool = x.dtype === 'bool';
  return unary(call.world, 'not', x, x.dtype, value => (isBool ? Number(value === 0) : -value - 1));
}

function power(call: Call): PyTensor {
  const [a, b] = [call.tensor('input'), call.tensor('exponent')];
  if (isNumber(b) && isKnown(b) && !isConstant(a)) {
    const exponent = call.number('exponent');
    const dtype = resultType([operandOf(a), operandOf(b)]);
    const how = exponent === 2 ? 'square' : exponent === 0.5 ? 'sqrt' : exponent === -0.5 ? 'rsqrt' : 'pow';
    return pointwise(call.world, ops.unary, { how }, [a], dtype, x => x ** exponent);
  }
  return checked(pow)(call.world, a, b);
}

/** Combines tensors of which numbers of Python's are none. */
function combined(call: Call, names: readonly string[]): readonly PyTensor[] {
  return names.map(name => call.tensor(name));
}

function choices(registry: Registry, places: (call: Call) => Value): void {
  registry.define(
    'clamp clip',
    'input, min?, max?',
    call => {
      const x = call.tensor();
      const bounds = ['min', 'max'].filter(name => call.has(name));
      if (bounds.length === 0) {
        throw call.machine.raise('RuntimeError', `${call.name}: At least one of 'min' or 'max' must not be None`);
      }
      const others = bounds.map(name => call.tensor(name));
      const dtype = resultType([x, ...others].map(operandOf));
      const [low, high] = [call.has('min'), call.has('max')];
      const limit = (each: number): number => (isWhole(dtype) ? rounded(each, dtype) : each);
      const value = (each: number, ...limits: number[]): number => {
        const least = low ? limit(limits[0]!) : Number.NEGATIVE_INFINITY;
        const most = high ? limit(limits[low ? 1 : 0]!) : Number.POSITIVE_INFINITY;
        return Number.isNaN(each) ? each : Math.min(Math.max(each, least), most);
      };
      if (others.every(isNumber)) {
        if (isConstant(x)) return pointwise(call.world, ops.combine, { how: 'minimum' }, [x, ...others], dtype, value);
        return call.world.apply(ops.unary, { how: 'clamp' }, [x], { dtype });
      }
      return pointwise(call.world, ops.combine, { how: 'minimum' }, [x, ...others], dtype, value);
    },
    { inPlace: true },
  );
  for (const [name, bound] of [
    ['clamp_min', 'min'],
    ['clamp_max', 'max'],
  ] as const) {
    registry.define(
      name,
      `input, ${bound}`,
      call => (bound === 'min' ? maximum : minimum)(call.world, call.tensor(), call.tensor(bound)),
      { inPlace: true },
    );
  }
  const where = (call: Call, condition: PyTensor, a: PyTensor, b: PyTensor): PyTensor => {
    if (condition.hasType && condition.dtype !== 'bool' && condition.dtype !== 'uint8') {
      throw call.machine.raise(
        'RuntimeError',
        `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype}`,
      );
    }
    return pointwise(
      call.world,
      ops.where,
      {},
      [condition, a, b],
      resultType([operandOf(a), operandOf(b)]),
      (c, x, y) => (c !== 0 ? x! : y!),
    );
  };
  registry.fn('where', 'condition, input?, other?', call => {
    if (!call.has('input')) return places(call);
    return where(call, call.tensor('condition'), call.tensor('input'), call.tensor('other'));
  });
  registry.method('where', 'input, condition, other', call =>
    where(call, call.tensor('condition'), call.tensor('input'), call.tensor('other')),
  );
  registry.define(
    'masked_fill',
    'input, mask, value',
    call => {
      const x = call.tensor();
      if (typeof call.value('mask') === 'boolean')
        throw call.machine.raise('TypeError', "masked_fill(): argument 'mask' must be Tensor, not bool");
      const given = call.value('value');
      if (given instanceof PyTensor && (given.shape?.length ?? 0) > 0)
        throw call.machine.raise('RuntimeError', 'masked_fill only supports a 0-dimensional value tensor');
      const result = pointwise(
        call.world,
        ops.where,
        {},
        [call.tensor('mask'), call.tensor('value'), x],
        x.dtype,
        (c, a, b) => (c !== 0 ? a! : b!),
      );
      return result;
    },
    { inPlace: true },
  );
  registry.define(
    'lerp',
    'input, end, weight',
    call => {
      const inputs = combined(call, ['input', 'end', 'weight']);
      const dtype = resultType(inputs.map(operandOf));
      return pointwise(call.world, ops.combine, { how: 'lerp' }, inputs, dtype, (a, b, w) => a! + w! * (b! - a!));
    },
    { inPlace: true },
  );
  for (const [name, how] of [
    ['addcmul', mul],
    ['addcdiv', div],
  ] as const) {
    registry.define(
      name,
      'input, tensor1, tensor2, *, value?',
      call => {
        const product = checked(how)(call.world, call.tensor('tensor1'), call.tensor('tensor2'));
        const value = call.value('value');
        const scaled =
          value === undefined || value === 1 ? product : mul(call.world, product, call.asTensor(value, 'value'));
        return checked(add)(call.world, call.tensor(), scaled);
      },
      { inPlace: true },
    );
  }
  registry.define('isclose', 'input, other, rtol?, atol?, equal_nan?', call =>
    checked(comparison((a, b) => Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b)))(call.world, ...pair(call)),
  );
}

export { checked };
