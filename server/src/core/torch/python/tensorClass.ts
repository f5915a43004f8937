// The class `torch.Tensor`: attributes, what needs no operator, and Python's protocols.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import { elementTypes, made, PyArray } from '../../python/library/numpy/array.ts';
import { numpyOf } from '../../python/library/numpy/index.ts';
import type { Machine } from '../../python/machine.ts';
import {
  type Decision,
  PyClass,
  PyFloat,
  PyInstance,
  PyIterator,
  PyList,
  PyTuple,
  plain,
  Unknown,
  type Value,
} from '../../python/objects.ts';
import type { Reason } from '../../text/reason.ts';
import { Call, dtypeNamed, PyDevice, PyDType, type Registry, sizesText, Wrong } from './call.ts';
import { partAt, partOf } from './chosen.ts';
import { tensorOf } from './creation.ts';
import { bytesOf, isComplex, isFloating, isWhole } from './dtype.ts';
import { listOf } from './mayIterate.ts';
import { isOfData } from './picks.ts';
import { isConstant, unary } from './pointwise.ts';
import type { Recording } from './recording.ts';
import { worldOf } from './recording.ts';
import { sizeTuple, sizeValue } from './results.ts';
import { Storage, Values } from './storage.ts';
import { type DType, PyParameter, PyTensor } from './tensor.ts';
import { isContiguous, oneValue, share, sizeOf, stridesOf, valuesOf } from './values.ts';
import { cast, copied, permuted, shapeOf, unbound } from './views.ts';

/** The objects that stand for types and devices, one of each for a machine. */
export interface Names {
  readonly dtype: (dtype: DType) => PyDType;
  readonly device: (type: string) => PyDevice;
  readonly strided: Value;
}

/** An element as Python has it: an int, a float, a bool. */
export function numberOf(value: number, dtype: DType): Value {
  if (dtype === 'bool') return value !== 0;
  return dtype.includes('float') ? new PyFloat(value) : value;
}

function unknownValue(world: Recording, tensor: PyTensor): Unknown {
  return new Unknown(whyUnknown(tensor), undefined, undefined, false, decisionOf(tensor, world));
}

/** That values of data decide what a tensor holds; undefined where it is not known what it is. */
function decisionOf(tensor: PyTensor, world: Recording): Decision | undefined {
  const isData =
    tensor.hasType && tensor.shape && (!tensor.shape.some(Number.isNaN) || tensor.node?.most || isOfData(tensor.why));
  if (!isData) return undefined;
  if (!tensor.shape || sizeOf(tensor.shape) !== 1) return { is: 'value' };
  const [some, none] = [partOf(world, tensor, false), partOf(world, tensor, false, 'misses')];
  if (some) return { is: 'number', of: some };
  return none ? { is: 'none', of: none } : { is: 'value' };
}

/** The same of its sizes. */
function decisionOfSize(tensor: PyTensor): Decision | undefined {
  const part = tensor.node?.rows?.part;
  if (part) return { is: 'number', of: part };
  return tensor.node?.most || isOfData(tensor.why) ? { is: 'value' } : undefined;
}

const whyUnknown = (tensor: PyTensor): Reason =>
  tensor.why ?? { message: l10n.t('the value of a tensor is not known') };

/** What an element is of which the value is not known: of a tensor of integers, one that may choose an item of a list. */
function unknownElement(world: Recording, tensor: PyTensor): Unknown {
  world.readsValues(tensor);
  const isInteger = tensor.hasType && isWhole(tensor.dtype) && tensor.dtype !== 'bool';
  return new Unknown(whyUnknown(tensor), undefined, undefined, isInteger, decisionOf(tensor, world));
}

/** Its one element; Unknown where its value is not known. */
function item(call: Call): Value {
  const x = call.tensor();
  const count = x.shape ? sizeOf(x.shape) : Number.NaN;
  if (Math.abs(count - 1) > 0) {
    throw call.machine.raise('RuntimeError', `a Tensor with ${count} elements cannot be converted to Scalar`);
  }
  const value = oneValue(x);
  return value === undefined ? unknownElement(call.world, x) : numberOf(value, x.dtype);
}

function nested(values: Float64Array, shape: readonly number[], dtype: DType, why: Unknown): Value {
  const build = (axis: number, start: number, size: number): Value => {
    if (axis === shape.length) {
      const value = values[start]!;
      return Number.isNaN(value) && !dtype.includes('float') ? why : numberOf(value, dtype);
    }
    const step = shape[axis] === 0 ? 0 : size / shape[axis]!;
    return new PyList(Array.from({ length: shape[axis]! }, (_, at) => build(axis + 1, start + at * step, step)));
  };
  return build(0, 0, sizeOf(shape));
}

/** Longer lists of elements that are not known are not known as a whole. */
const mostElements = 10_000;

/** A list of elements, none of which is known. */
function listed(shape: readonly number[], element: Unknown, call: Call): Value {
  const [length, ...rest] = shape;
  if (length === undefined) return element;
  call.machine.charge(length);
  if (rest.length > 0) return new PyList(Array.from({ length }, () => listed(rest, element, call)));
  const x = call.tensor();
  const { reason, isInteger } = element;
  const of = (at: number): Unknown => {
    const part = x.shape?.length === 1 ? partAt(call.world, x, at) : undefined;
    return part ? new Unknown(reason, undefined, undefined, isInteger, { is: 'number', of: part }) : element;
  };
  return new PyList(Array.from({ length }, (_, at) => of(at)));
}

function numelOf(call: Call): Value {
  const x = call.tensor();
  return sizeValue(sizeOf(shapeOf(call, x)), x.why, decisionOfSize(x));
}

/** A tensor that looks at the same memory and is no parameter. */
function alias(world: Recording, x: PyTensor): PyTensor {
  const result = world.tensor(x.shape, x.dtype, x.why);
  if (x instanceof PyParameter && world.isRecording) world.node(x);
  result.node = x.node;
  share(result, x, x.strides);
  result.version = x.version;
  return result;
}

/** An alias that gradients do not pass. */
function detached(world: Recording, x: PyTensor): PyTensor {
  const result = alias(world, x);
  const node = world.isTraining && result.node ? world.apply(ops.detach, {}, [result]).node : undefined;
  if (node) world.attach(result, node);
  return result;
}

export function defineMethods(registry: Registry, namesOf: (machine: Machine) => Names): void {
  registry.method('size', 'input, dim?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (!call.has('dim')) return sizeTuple(call.world, shape, x.why, decisionOfSize(x));
    return sizeValue(shape[call.dim('dim', shape.length)]!, x.why, decisionOfSize(x));
  });
  registry.method('dim ndimension', 'input', call => shapeOf(call, call.tensor()).length);
  registry.define('numel', 'input', call => numelOf(call));
  registry.method('nelement', 'input', call => numelOf(call));
  registry.method('item', 'input', item);
  registry.method('tolist', 'input', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const values = valuesOf(x);
    const why = unknownElement(call.world, x);
    if (!values) return sizeOf(shape) <= mostElements ? listed(shape, why, call) : listOf(x, why.loose);
    call.machine.charge(values.length);
    return nested(values, shape, x.dtype, why);
  });
  registry.method('stride', 'input, dim?', call => {
    const x = call.tensor();
    const strides = stridesOf(x);
    if (!strides || strides.some(Number.isNaN)) return unknownValue(call.world, x);
    return call.has('dim') ? strides[call.dim('dim', strides.length)]! : new PyTuple([...strides]);
  });
  registry.method('storage_offset', 'input', call => call.tensor().offset);
  registry.method(
    'is_contiguous',
    'input, memory_format?',
    call => isContiguous(call.tensor()) ?? unknownValue(call.world, call.tensor()),
  );
  registry.method('element_size', 'input', call => bytesOf(call.tensor().dtype));
  registry.define('is_floating_point', 'input', call => isFloating(call.tensor().dtype));
  registry.define('is_complex', 'input', call => isComplex(call.tensor().dtype));
  registry.define('is_signed', 'input', call => call.tensor().dtype !== 'uint8' && call.tensor().dtype !== 'bool');
  registry.define('is_inference', 'input', () => false);
  registry.method('get_device', 'input', () => -1);
  registry.method('data_ptr', 'input', call => call.machine.unknown(l10n.t('where a tensor lies in memory')));
  casts(registry, namesOf);
  registry.define(
    'conj_physical',
    'input',
    call => unary(call.world, 'neg', call.tensor(), call.tensor().dtype, undefined),
    {
      inPlace: true,
    },
  );
  registry.define('conj resolve_conj resolve_neg positive', 'input', call => alias(call.world, call.tensor()));
  registry.method('detach', 'input', call => detached(call.world, call.tensor()));
  registry.method(
    'detach_ requires_grad_ retain_grad share_memory_ pin_memory coalesce to_dense',
    'input, requires_grad?',
    call => {
      const x = call.tensor();
      if (call.name.endsWith('requires_grad_')) x.requiresGrad = call.bool('requires_grad', true);
      return x;
    },
  );
  registry.method('backward', 'input, gradient?, retain_graph?, create_graph?, inputs?', () => null);
  registry.method('register_hook register_post_accumulate_grad_hook', 'input, hook', call =>
    call.machine.unknown(l10n.t('hooks are not run')),
  );
  registry.method('numpy __array__', 'input, dtype?, *, force?', call => {
    const x = call.tensor();
    const values = x.shape && valuesOf(x);
    const type = elementTypes.find(each => each === x.dtype);
    if (!values || !type || call.has('dtype')) {
      return call.machine.unknown(x.why ?? l10n.t('the values of a tensor are not known'));
    }
    call.machine.charge(values.length);
    return made(numpyOf(call.machine), Float64Array.from(values), x.shape!, type);
  });
  registry.fn('is_tensor', 'obj', call => {
    const value = call.value('obj')!;
    return value instanceof Unknown ? value : value instanceof PyTensor;
  });
  registry.define('equal', 'input, other', call => {
    const [a, b] = [call.tensor(), call.tensor('other')];
    if (
      a.shape &&
      b.shape &&
      (a.shape.length !== b.shape.length || a.shape.some((length, at) => Math.abs(length - b.shape![at]!) > 0))
    )
      return false;
    const [x, y] = [valuesOf(a), valuesOf(b)];
    return x && y ? x.every((value, at) => value === y[at]) : unknownValue(call.world, a);
  });
  registry.define('allclose', 'input, other, rtol?, atol?, equal_nan?', call => {
    const [x, y] = [valuesOf(call.tensor()), valuesOf(call.tensor('other'))];
    if (!x || !y || x.length !== y.length) return unknownValue(call.world, call.tensor());
    return x.every(
      (value, at) =>
        Math.abs(value - y[at]!) <= call.number('atol', 1e-8) + call.number('rtol', 1e-5) * Math.abs(y[at]!),
    );
  });
  writers(registry);
  protocols(registry);
}

/** To another type; where it lives does not matter. */
function casts(registry: Registry, namesOf: (machine: Machine) => Names): void {
  for (const [name, dtype] of [
    ['float', 'float32'],
    ['double', 'float64'],
    ['half', 'float16'],
    ['bfloat16', 'bfloat16'],
    ['long', 'int64'],
    ['int', 'int32'],
    ['short', 'int16'],
    ['char', 'int8'],
    ['byte', 'uint8'],
    ['bool', 'bool'],
    ['cfloat', 'complex64'],
    ['cdouble', 'complex128'],
  ] as const) {
    registry.method(name, 'input', call => cast(call.world, call.tensor(), dtype));
  }
  registry.method('cpu cuda xpu', 'input, device?', call => call.tensor());
  registry.method('to', 'input, *args, dtype?, other?, copy?', call => {
    const x = call.tensor();
    let dtype = call.dtype();
    for (const arg of [...(call.value('args') as PyTuple).items, call.value('other') ?? null]) {
      if (arg instanceof PyTensor) dtype = arg.dtype;
      else if (arg instanceof PyDType) dtype = arg.dtype;
      else if (arg instanceof Unknown) throw call.unclear(arg.reason, x.shape);
    }
    return dtype ? cast(call.world, x, dtype) : call.bool('copy') ? copied(call.world, x) : x;
  });
  registry.method('type', 'input, dtype?', call => {
    const x = call.tensor();
    const wanted = plain(call.value('dtype') ?? null);
    if (wanted === null) return typeText(x.dtype);
    const dtype =
      typeof wanted === 'string'
        ? typeNamed(wanted)
        : wanted instanceof PyClass
          ? typeNamed(wanted.name)
          : call.dtypeOf(wanted);
    if (!dtype) return call.unsupported(l10n.t('this “{0}”', 'dtype'));
    return cast(call.world, x, dtype);
  });
  registry.method('type_as', 'input, other', call => cast(call.world, call.tensor(), call.tensor('other').dtype));
  registry.fn('promote_types', 'type1, type2', call => {
    const result = cast(
      call.world,
      call.world.tensor([], call.dtype('type1') ?? 'float32'),
      call.dtype('type2') ?? 'float32',
    );
    return namesOf(call.machine).dtype(result.dtype);
  });
}

const legacy: readonly (readonly [string, DType])[] = [
  ['Float', 'float32'],
  ['Double', 'float64'],
  ['Half', 'float16'],
  ['BFloat16', 'bfloat16'],
  ['Long', 'int64'],
  ['Int', 'int32'],
  ['Short', 'int16'],
  ['Char', 'int8'],
  ['Byte', 'uint8'],
  ['Bool', 'bool'],
];

/** The old classes of tensors: `FloatTensor`. */
export const legacyTypes: ReadonlyMap<string, DType> = new Map(legacy.map(([name, dtype]) => [`${name}Tensor`, dtype]));

function typeText(dtype: DType): string {
  const name = legacy.find(([, own]) => own === dtype)?.[0] ?? 'Float';
  return `torch.${name}Tensor`;
}

function typeNamed(name: string): DType | undefined {
  const last = name.split('.').at(-1)!;
  // `x.type(type(y))`: that of tensors is the default type.
  return last === 'Tensor' ? 'float32' : (legacyTypes.get(last) ?? dtypeNamed(last));
}

/** What puts new values into a tensor. */
function writers(registry: Registry): void {
  const random = (names: string, parameters: string): void =>
    registry.defineInPlace(names, parameters, call =>
      call.world.tensor(shapeOf(call, call.tensor()), call.tensor().dtype),
    );
  random('normal_', 'input, mean?, std?');
  random('uniform_ random_', 'input, from?, to?');
  random('bernoulli_', 'input, p?');
  random('exponential_ geometric_', 'input, lambd?');
  random('log_normal_ cauchy_', 'input, mean?, std?');
  registry.defineInPlace('zero_', 'input', call =>
    call.world.filled(shapeOf(call, call.tensor()), 0, call.tensor().dtype),
  );
  registry.define('zero', 'input', call => call.world.filled(shapeOf(call, call.tensor()), 0, call.tensor().dtype), {
    as: 'function',
  });
  registry.defineInPlace('fill_', 'input, value', call => {
    const x = call.tensor();
    const value = oneValue(call.tensor('value'));
    const shape = shapeOf(call, x);
    return value === undefined ? call.world.tensor(shape, x.dtype) : call.world.filled(shape, value, x.dtype);
  });
  registry.defineInPlace('copy_', 'input, src, non_blocking?', call => {
    const [x, source] = [call.tensor(), call.tensor('src')];
    if (x.shape && source.shape) {
      const wide = source.shape.length > x.shape.length;
      const clash = source.shape.some((length, at) => {
        const own = x.shape![at + x.shape!.length - source.shape!.length];
        return own !== undefined && length !== 1 && Math.abs(length - own) > 0;
      });
      if (wide || clash) {
        throw new Wrong({
          code: 'copy-shape-mismatch',
          message: l10n.t(
            'A tensor of {0} cannot be copied into one of {1}.',
            source.shape.join('×'),
            x.shape.join('×'),
          ),
          short: l10n.t('shapes do not match'),
          output: x.shape,
        });
      }
    }
    if (isConstant(source)) return source;
    return call.world.apply(ops.rearrange, { how: 'copy', shape: x.shape ?? shapeOf(call, source) }, [source], {
      dtype: x.dtype,
    });
  });
}

function protocols(registry: Registry): void {
  registry.method('__len__', 'input', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (shape.length === 0) throw call.machine.raise('TypeError', 'len() of a 0-d tensor');
    return sizeValue(shape[0]!, x.why, decisionOfSize(x));
  });
  registry.method('__iter__', 'input', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (shape.length === 0) throw call.machine.raise('TypeError', 'iteration over a 0-d tensor');
    const entries = unbound(call, x, 0);
    let at = 0;
    return new PyIterator(() => entries[at++]);
  });
  const asBool = (call: Call): Value => {
    const x = call.tensor();
    const count = x.shape ? sizeOf(x.shape) : Number.NaN;
    if (count > 1 || count === 0) {
      throw call.machine.raise(
        'RuntimeError',
        `Boolean value of Tensor with ${count === 0 ? 'no values' : 'more than one value'} is ambiguous`,
      );
    }
    const value = oneValue(x);
    return value === undefined ? unknownValue(call.world, x) : value !== 0;
  };
  registry.method('__bool__ __nonzero__', 'input', asBool);
  registry.fn('is_nonzero', 'input', asBool);
  registry.method('__int__ __index__ __long__', 'input', call => {
    const value = item(call);
    if (value instanceof Unknown) return value;
    return value instanceof PyFloat ? Math.trunc(value.value) : Number(value);
  });
  registry.method('__float__', 'input', call => {
    const value = item(call);
    if (value instanceof Unknown) return value;
    return value instanceof PyFloat ? value : new PyFloat(Number(value));
  });
  registry.method('__contains__', 'input, element', call => {
    const values = valuesOf(call.tensor());
    const element = oneValue(call.tensor('element'));
    return values && element !== undefined ? values.includes(element) : unknownValue(call.world, call.tensor());
  });
  registry.method('__repr__ __str__', 'input', call => call.machine.unknown(l10n.t('the text of a tensor')));
  registry.method('__format__', 'input, spec', call => call.machine.unknown(l10n.t('the text of a tensor')));
  registry.method('__copy__', 'input', call => duplicate(call.tensor(), false));
  registry.method('__deepcopy__', 'input, memo', call => duplicate(call.tensor(), true));
  registry.method('__setstate__ __reduce_ex__ __dir__', 'input, state?', call =>
    call.machine.unknown(l10n.t('tensors are not stored')),
  );
}

/** copy.copy and copy.deepcopy of a tensor: of the same class, a parameter stays one. */
export function duplicate(x: PyTensor, isDeep: boolean): PyTensor {
  const copy =
    x instanceof PyParameter ? new PyParameter(x.cls, x.shape, x.dtype) : new PyTensor(x.cls, x.shape, x.dtype);
  if (copy instanceof PyParameter) copy.role = (x as PyParameter).role;
  copy.requiresGrad = x.requiresGrad;
  copy.why = x.why;
  copy.strides = x.strides;
  copy.offset = x.offset;
  copy.node = x.node;
  copy.version = x.version;
  if (x.dict) for (const [name, value] of x.dict) copy.set(name, value);
  const values = x.storage?.values;
  if (!isDeep) copy.storage = x.storage;
  else if (values) copy.storage = new Storage(new Values(values.size, () => Float64Array.from(values.get()), [values]));
  return copy;
}

/** Attributes of tensors. */
export function attributeOf(x: PyTensor, name: string, machine: Machine, names: Names): Value | undefined {
  const world = worldOf(machine);
  switch (name) {
    case 'shape':
      return x.shape
        ? sizeTuple(world, x.shape, x.why, decisionOfSize(x))
        : new Unknown(x.why ?? { message: l10n.t('the shape of a tensor is not known') });
    case 'dtype':
      return names.dtype(x.dtype);
    case 'device':
      return names.device('cpu');
    case 'layout':
      return names.strided;
    case 'ndim':
      return x.shape ? x.shape.length : new Unknown(x.why ?? { message: l10n.t('the shape of a tensor is not known') });
    case 'data':
      return detached(world, x);
    case 'grad':
    case 'grad_fn':
    case 'names':
    case 'name':
      return null;
    case 'requires_grad':
      return x.requiresGrad;
    case 'is_leaf':
      return true;
    case 'is_cuda':
    case 'is_sparse':
    case 'is_quantized':
    case 'is_mps':
    case 'is_xpu':
    case 'is_nested':
    case 'is_meta':
    case 'is_mkldnn':
    case 'is_xla':
    case 'is_vulkan':
    case 'is_ipu':
    case 'is_ort':
    case 'is_sparse_csr':
    case 'retains_grad':
      return false;
    case 'is_cpu':
      return true;
    case 'output_nr':
      return 0;
    case 'itemsize':
      return bytesOf(x.dtype);
    case 'nbytes':
      return x.shape
        ? sizeValue(sizeOf(x.shape) * bytesOf(x.dtype), x.why)
        : new Unknown(x.why ?? { message: l10n.t('the shape of a tensor is not known') });
    case 'T':
    case 'mT':
    case 'H':
    case 'mH':
      return turned(world, x, name);
    case 'real':
    case 'imag':
      if (!isComplex(x.dtype)) return x;
      return world.apply(ops.view, { how: 'real', shape: x.shape ?? [] }, [x], {
        dtype: x.dtype === 'complex128' ? 'float64' : 'float32',
      });
    default:
      return undefined;
  }
}

function turned(world: Recording, x: PyTensor, name: string): Value {
  const { shape } = x;
  if (!shape) return new Unknown(x.why ?? { message: l10n.t('the shape of a tensor is not known') });
  const rank = shape.length;
  const isMatrix = name === 'mT' || name === 'mH' || name === 'H';
  if (rank < 2) {
    if (!isMatrix || name === 'H') return x;
    const why = world.complain({
      code: 'unsupported-rank',
      message: l10n.t('{0} needs at least {1} dimensions; the tensor is {2}.', `Tensor.${name}`, 2, sizesText(shape)),
      short: l10n.t('wrong number of dimensions'),
    });
    return world.opaque(why, [x]);
  }
  const order = Array.from({ length: rank }, (_, axis) =>
    isMatrix ? (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2) : rank - 1 - axis,
  );
  return permuted(new Call(world, `Tensor.${name}`, []), x, order);
}

export function setAttributeOf(x: PyTensor, name: string, value: Value): void {
  switch (name) {
    case 'data':
      x.chosen = undefined;
      if (value instanceof PyTensor) {
        x.shape = value.shape;
        x.why = value.why;
        x.dtype = value.dtype;
        x.storage = value.storage;
        x.strides = value.strides;
        x.offset = value.offset;
        x.node = value.node;
        x.version = value.version;
      } else {
        x.shape = undefined;
        x.why = value instanceof Unknown ? value.reason : x.why;
        x.storage = undefined;
      }
      return;
    case 'requires_grad':
      x.requiresGrad = value === true;
      return;
    case 'grad':
      return;
    default:
      x.set(name, value);
  }
}

/** `torch.Tensor(…)`, `torch.LongTensor(…)`: sizes one by one, or data. */
export function constructTensor(call: Call, args: readonly Value[], dtype: DType): Value {
  const [first] = args;
  if (args.length === 0) return call.world.known([0], new Float64Array(0), dtype);
  if (args.length === 1) {
    if (first instanceof PyTensor) return cast(call.world, alias(call.world, first), dtype);
    // It may be a size or data.
    if (first instanceof Unknown) return call.world.tensor(undefined, dtype, first.reason);
    if (first instanceof PyTuple && first.own?.cls === call.world.classes.Size) {
      return call.world.tensor(call.intsOf(first, 'size'), dtype, call.whyUnknown);
    }
    if (first instanceof PyList || first instanceof PyTuple || first instanceof PyArray)
      return tensorOf(call, first, dtype);
    if (first instanceof PyInstance && !(first instanceof PyDevice)) return call.unsupported(l10n.t('such data'));
  }
  const sizes = args.map(arg => call.intOf(arg, 'size'));
  return call.world.tensor(sizes, dtype, call.whyUnknown);
}
