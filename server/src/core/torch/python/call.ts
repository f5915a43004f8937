// How functions of torch are declared: their parameters, what arguments may be, and what happens when they cannot be
// understood (the result is unknown, and says why) or do not fit (a problem, as PyTorch would raise an error).
import * as l10n from '@vscode/l10n';
import { numbersOfRows, type Part, type Rows } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Complaint, Shape } from '../../ops/op.ts';
import type { Machine } from '../../python/machine.ts';
import {
  Native,
  PyBoxed,
  PyDict,
  PyFloat,
  PyInstance,
  PyList,
  PyRange,
  PyTuple,
  plain,
  Unknown,
  type Value,
} from '../../python/objects.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { beginsChoice, follow } from './chosen.ts';
import { categoryOf, dtypeNames } from './dtype.ts';
import { reasonOfData } from './picks.ts';
import { type Recording, worldOf } from './recording.ts';
import { work } from './storage.ts';
import { type DType, PyParameter, PyTensor } from './tensor.ts';
import { isKnown, oneValue, overwrite, scalar, valuesOf } from './values.ts';

/**
 * Thrown where an argument is not known or not supported: the result is unknown for this reason. Like all that is thrown
 * in a reading often it is no Error, whose stack costs ten times the throw.
 */
export class Unclear {
  readonly reason: Reason;
  /** What is known of the result nevertheless. */
  readonly shape: Shape | undefined;

  constructor(why: Reason | string, shape?: Shape) {
    this.reason = reasonOf(why);
    this.shape = shape;
  }
}

/** Thrown where PyTorch would raise an error. */
export class Wrong {
  readonly complaint: Complaint;

  constructor(complaint: Complaint) {
    this.complaint = complaint;
  }
}

/** `torch.float32`. */
export class PyDType extends PyInstance {
  override readonly kind = 'dtype';
  dtype: DType = 'float32';
}

/** `torch.device('cpu')`. */
export class PyDevice extends PyInstance {
  override readonly kind = 'device';
  type = 'cpu';
  index: number | null = null;
}

export type Body = (call: Call) => Value;

interface Parameter {
  readonly name: string;
  readonly isOptional: boolean;
  readonly isRest: boolean;
  readonly isKeywordOnly: boolean;
}

const parametersCache = new Map<string, readonly Parameter[]>();

/** `input, dim?, *sizes, *, keepdim?`. */
function parametersOf(text: string): readonly Parameter[] {
  let parameters = parametersCache.get(text);
  if (!parameters) {
    let isKeywordOnly = false;
    const list: Parameter[] = [];
    for (const part of text.split(',').map(each => each.trim())) {
      if (part === '') continue;
      if (part === '*') isKeywordOnly = true;
      else if (part.startsWith('*'))
        list.push({ name: part.slice(1), isOptional: true, isRest: true, isKeywordOnly: false });
      else
        list.push({
          name: part.endsWith('?') ? part.slice(0, -1) : part,
          isOptional: part.endsWith('?'),
          isRest: false,
          isKeywordOnly,
        });
    }
    parameters = list;
    parametersCache.set(text, parameters);
  }
  return parameters;
}

/** Other spellings of parameters. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['axis', 'dim'],
  ['keepdims', 'keepdim'],
  ['x', 'input'],
  ['x1', 'input'],
  ['x2', 'other'],
  ['self', 'input'],
  ['a', 'input'],
  ['indices', 'indices_or_sections'],
  ['sections', 'indices_or_sections'],
  ['split_size', 'split_size_or_sections'],
]);

/** Where a tensor lives and how it lies in memory says nothing of what it costs. */
const ignored: ReadonlySet<string> = new Set([
  'device',
  'layout',
  'pin_memory',
  'memory_format',
  'non_blocking',
  'generator',
  'requires_grad',
]);

export interface DefineOptions {
  /** A function of `torch`, a method of `Tensor`, or both (which is so where nothing is said). */
  readonly as?: 'function' | 'method';
  /** There is a method with `_` at its end, too, which writes the result into the tensor. */
  readonly inPlace?: boolean;
}

/** All functions and methods by name, filled by the files that declare them. */
export class Registry {
  readonly functions = new Map<string, Native>();
  readonly methods = new Map<string, Native>();

  define(names: string, parameters: string, body: Body, options: DefineOptions = {}): void {
    const read = parametersOf(parameters);
    for (const name of names.split(' ')) {
      if (options.as !== 'method') this.functions.set(name, nativeOf(`torch.${name}`, read, body, false));
      if (options.as !== 'function') this.methods.set(name, nativeOf(`Tensor.${name}`, read, body, false));
      if (options.inPlace) {
        this.methods.set(`${name}_`, nativeOf(`Tensor.${name}_`, read, body, true));
        if (options.as !== 'method') this.functions.set(`${name}_`, nativeOf(`torch.${name}_`, read, body, true));
      }
    }
  }

  /** A method under this very name that writes its result into the tensor: `__iadd__`, `fill_`. */
  defineInPlace(names: string, parameters: string, body: Body): void {
    for (const name of names.split(' ')) {
      this.methods.set(name, nativeOf(`Tensor.${name}`, parametersOf(parameters), body, true));
    }
  }

  method(names: string, parameters: string, body: Body): void {
    this.define(names, parameters, body, { as: 'method' });
  }

  fn(names: string, parameters: string, body: Body): void {
    this.define(names, parameters, body, { as: 'function' });
  }
}

function nativeOf(name: string, parameters: readonly Parameter[], body: Body, inPlace: boolean): Native {
  const begins = beginsChoice(name);
  return new Native(name, '*args, **kwargs', ([args, keywords], machine) => {
    const positional = args instanceof PyTuple ? args.items : [];
    const named = keywords instanceof PyDict ? keywords : undefined;
    return run(machine, name, parameters, positional, named, body, inPlace, begins);
  });
}

function run(
  machine: Machine,
  name: string,
  parameters: readonly Parameter[],
  positional: readonly Value[],
  named: PyDict | undefined,
  body: Body,
  inPlace: boolean,
  begins: boolean,
): Value {
  const world = worldOf(machine);
  const call = new Call(world, name, positional);
  const before = work.elements;
  try {
    call.bind(parameters, positional, named);
    const isFollowed = world.isRecording && (begins || world.followsChoices);
    if (isFollowed && inPlace) call.isZero = isZero(call.tensor('input'));
    const result = body(call);
    if (work.elements > before) machine.charge(work.elements - before);
    if (inPlace) {
      const target = put(world, call.tensor('input'), result);
      if (isFollowed) follow(call, target, input => body(call.withInput(input)));
      return target;
    }
    if (isFollowed) follow(call, result, input => body(call.withInput(input)));
    const out = call.values.get('out');
    return out instanceof PyTensor ? put(world, out, result, true) : result;
  } catch (error) {
    if (error instanceof Wrong) {
      const why = world.complain(error.complaint);
      return givesOther(name) ? call.lost(why) : call.failed(why, error.complaint.output);
    }
    if (error instanceof Unclear)
      return givesOther(name) ? call.lost(error.reason) : call.failed(error.reason, error.shape);
    throw error;
  }
}

/** Whether it is known to hold nothing but 0. */
function isZero(tensor: PyTensor): boolean {
  return isKnown(tensor) && valuesOf(tensor)!.every(value => value === 0);
}

/** Functions that do not give one tensor, or not always: what cannot be known of them is no tensor. */
const others: ReadonlySet<string> = new Set(
  `split split_with_sizes chunk unbind tensor_split hsplit vsplit dsplit max min sort topk kthvalue median nanmedian mode
  cummax cummin var_mean std_mean aminmax meshgrid broadcast_tensors broadcast_shapes atleast_1d atleast_2d atleast_3d
  unique unique_consecutive slogdet eigh svd qr size dim ndimension numel nelement item tolist stride storage_offset
  is_contiguous element_size is_floating_point is_complex is_signed get_device data_ptr equal allclose is_nonzero
  __len__ __iter__ __bool__ __nonzero__ __int__ __index__ __long__ __float__ __contains__ __repr__ __str__ __format__
  __copy__ __deepcopy__ __setitem__`.split(/\s+/),
);

function givesOther(name: string): boolean {
  return others.has(name.slice(name.lastIndexOf('.') + 1));
}

/** Writes a result into a tensor in place. */
export function put(world: Recording, target: PyTensor, result: Value, resizes = false): Value {
  if (!(result instanceof PyTensor)) return result;
  if (result === target) return target;
  target.chosen = undefined;
  checkWritable(target, result);
  const { shape } = target;
  if (resizes && result.shape) {
    target.shape = result.shape;
    target.why = result.why;
  } else if (
    shape &&
    result.shape &&
    (shape.length !== result.shape.length || shape.some((length, axis) => Math.abs(length - result.shape![axis]!) > 0))
  ) {
    if (!fitsInto(result.shape, shape)) {
      throw new Wrong({
        code: 'in-place-shape-mismatch',
        message: l10n.t(
          'The result ({0}) cannot be written into the tensor in place: its shape is {1}.',
          sizesText(result.shape),
          sizesText(shape),
        ),
        help: l10n.t('Assign the result to a name instead.'),
        short: l10n.t('shapes do not match'),
        output: shape,
      });
    }
  } else if (!shape && result.shape) {
    target.why ??= result.why;
  }
  overwrite(target, result);
  const { storage } = target;
  if (
    world.isRecording &&
    (result.node || target.node || target instanceof PyParameter) &&
    !(isKnown(target) && !result.node)
  ) {
    const memory = target.node;
    world.attach(target, world.node(result));
    if (memory) world.lifetimes?.lies(target.node!, memory);
  } else target.node = undefined;
  if (storage) storage.written = target.node;
  return target;
}

function checkWritable(target: PyTensor, { dtype, hasType }: PyTensor): void {
  const { shape, strides } = target;
  if (hasType && target.hasType && categoryOf(dtype) > categoryOf(target.dtype)) {
    throw new Wrong({
      code: 'in-place-type-mismatch',
      message: l10n.t('The result is of {0} and cannot be written in place into a tensor of {1}.', dtype, target.dtype),
      help: l10n.t('Assign the result to a name instead.'),
      short: l10n.t('types do not match'),
      ...(shape && { output: shape }),
    });
  }
  if (shape && Array.isArray(strides) && strides.some((step, axis) => step === 0 && shape[axis]! > 1)) {
    throw new Wrong({
      code: 'in-place-on-expanded',
      message: l10n.t('An expanded tensor cannot be written into: several of its elements are the same in memory.'),
      help: l10n.t('Call clone() first.'),
      short: l10n.t('expanded tensor'),
      output: shape,
    });
  }
}

/** What depends on a part is unknown in a shape. */
export function rowsOf(part: Part, shape: Shape): Rows {
  const shapes = numbersOfRows.map(rows => shape.map(length => (Number.isNaN(length) ? rows : length)));
  return { part, shapes };
}

function fitsInto(from: Shape, to: Shape): boolean {
  return (
    from.length <= to.length &&
    from.every((length, axis) => {
      const own = to[axis + to.length - from.length]!;
      return length === 1 || !(Math.abs(length - own) > 0);
    })
  );
}

export function sizesText(shape: Shape): string {
  return shape.length === 0 ? l10n.t('scalar') : shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×');
}

/** One call of a function of torch. */
export class Call {
  readonly world: Recording;
  readonly machine: Machine;
  readonly name: string;
  readonly values = new Map<string, Value>();
  /** Of one that writes in place: whether the tensor was known to hold nothing but 0. */
  isZero = false;
  readonly #positional: readonly Value[];

  constructor(world: Recording, name: string, positional: readonly Value[]) {
    this.world = world;
    this.machine = world.machine;
    this.name = name;
    this.#positional = positional;
  }

  /** The same for another tensor. */
  withInput(input: PyTensor): Call {
    const call = new Call(this.world, this.name, []);
    for (const [name, value] of this.values) call.values.set(name, name === 'input' ? input : value);
    return call;
  }

  bind(parameters: readonly Parameter[], positional: readonly Value[], named: PyDict | undefined): void {
    let at = 0;
    for (const { name, isRest, isKeywordOnly } of parameters) {
      if (isRest) {
        this.values.set(name, new PyTuple(positional.slice(at)));
        at = positional.length;
      } else if (!isKeywordOnly && at < positional.length) this.values.set(name, positional[at++]!);
    }
    if (at < positional.length) this.unsupported(l10n.t('so many arguments'));
    for (const { key, value } of named?.entries.values() ?? []) {
      const given = String(key);
      const own = parameters.some(({ name }) => name === given) ? given : (aliases.get(given) ?? given);
      if (own !== 'out' && !parameters.some(({ name }) => name === own)) {
        if (ignored.has(own)) continue;
        this.unsupported(l10n.t('the argument “{0}”', given));
      }
      this.values.set(own, value);
    }
    for (const { name, isOptional } of parameters) {
      if (!isOptional && !this.values.has(name)) {
        throw this.machine.raise('TypeError', `${this.name}() missing required argument: '${name}'`);
      }
    }
  }

  /** Ends the call: the result is unknown, and says what is not supported. */
  unsupported(what: string): never {
    throw new Unclear(l10n.t('Flopline does not know {0} with {1}.', this.name, what));
  }

  /** A result of so many axes the first size of which depends on the values of the input: `most` at most. */
  dataDependent(
    input: PyTensor,
    rank: number,
    dtype: DType,
    rest: Shape = [],
    most?: number,
    part?: Part | undefined,
  ): PyTensor {
    const why = reasonOfData(l10n.t('how many elements {0} gives depends on the values of its input', this.name));
    const shape = [Number.NaN, ...rest, ...Array.from({ length: rank - 1 - rest.length }, () => Number.NaN)];
    const bound = most !== undefined && rank - 1 === rest.length ? [most, ...rest] : undefined;
    const result = this.world.apply(ops.rearrange, { how: 'index', shape }, [input], {
      dtype,
      most: bound,
      rows: bound && part && rowsOf(part, shape),
      unknown: why,
    });
    result.why = why;
    return result;
  }

  unclear(why: Reason | string, shape?: Shape): Unclear {
    return new Unclear(why, shape);
  }

  /** An index from 0 on. */
  indexOf(given: number, length: number, axis: number, shape: Shape): number {
    if (given < -length || given >= length) {
      this.wrong(
        'index-out-of-range',
        l10n.t(
          'Index {0} is out of range on axis {1}, which has {2} elements ({3}).',
          given,
          axis,
          length,
          sizesText(shape),
        ),
        { short: l10n.t('index out of range'), output: shape.filter((_, at) => at !== axis) },
      );
    }
    return given < 0 ? given + length : given;
  }

  wrong(code: string, message: string, rest: Partial<Complaint> = {}): never {
    throw new Wrong({ code, message, ...rest });
  }

  /** What stands for the result where there is none. */
  failed(why: Reason, shape?: Shape): Value {
    const tensors = [...this.tensorsAmong(this.#positional), ...this.tensorsAmong([...this.values.values()])];
    const inputs = [...new Set(tensors)];
    return this.world.opaque(why, inputs, shape);
  }

  /** The same for what is no tensor. */
  lost(why: Reason): Unknown {
    this.failed(why);
    return new Unknown(why);
  }

  *tensorsAmong(values: readonly Value[]): Iterable<PyTensor> {
    for (const value of values) {
      if (value instanceof PyTensor) yield value;
      else if (value instanceof PyList || value instanceof PyTuple) {
        for (const item of value.items) if (item instanceof PyTensor) yield item;
      }
    }
  }

  /** Whether an argument was given, and is not None. */
  has(name: string): boolean {
    const value = this.values.get(name);
    return value !== undefined && value !== null;
  }

  value(name: string): Value | undefined {
    return this.values.get(name);
  }

  tensor(name = 'input'): PyTensor {
    const value = this.values.get(name);
    return this.asTensor(value === undefined ? null : value, name);
  }

  asTensor(value: Value, name: string): PyTensor {
    if (value instanceof PyTensor) return value;
    if (value instanceof Unknown) {
      const tensor = this.world.tensor(undefined, 'float32', value.reason);
      tensor.strides = undefined;
      tensor.hasType = false;
      return tensor;
    }
    const number = numberIn(value);
    if (number) return numberTensor(this.world, number);
    throw this.machine.raise(
      'TypeError',
      `${this.name}(): argument '${name}' must be Tensor, not ${this.machine.typeOf(value)?.name ?? '?'}`,
    );
  }

  /** The tensors of a list or a tuple. */
  tensors(name: string): readonly PyTensor[] {
    const value = this.values.get(name)!;
    return this.itemsOf(value, name).map(item => this.asTensor(item, name));
  }

  itemsOf(value: Value, name: string): readonly Value[] {
    if (value instanceof Unknown) throw new Unclear(value.reason);
    if (value instanceof PyList || value instanceof PyTuple) return value.items;
    if (value instanceof PyRange) return Array.from({ length: value.length }, (_, at) => value.start + at * value.step);
    if (value instanceof PyTensor) {
      const values = value.shape?.length === 1 && value.shape[0]! <= 1000 ? value.shape[0]! : undefined;
      if (values === undefined) return this.unsupported(l10n.t('a tensor as “{0}”', name));
      return elementsOf(this.world, value);
    }
    return this.unsupported(l10n.t('this “{0}”', name));
  }

  /** A whole number; NaN where it is not known. */
  int(name: string, missing?: number): number {
    const value = this.values.get(name);
    if (value === undefined || value === null) {
      if (missing === undefined || value === null) this.#notNone(name);
      return missing;
    }
    return this.#strict(value, name);
  }

  /** Whether an argument was given; None is refused where PyTorch takes it for a name. */
  given(name: string): boolean {
    const value = this.values.get(name);
    if (value === null) this.#notNone(name);
    return value !== undefined;
  }

  #notNone(name: string): never {
    throw this.machine.raise('TypeError', `${this.name}(): argument '${name}' must be int, not NoneType`);
  }

  /** A whole number where PyTorch takes no bool for one: everywhere but behind the first of a list. */
  #strict(value: Value, name: string): number {
    if (typeof value === 'boolean')
      throw this.machine.raise('TypeError', `${this.name}(): argument '${name}' must be int, not bool`);
    return this.intOf(value, name);
  }

  #wholeNumbers(items: readonly Value[], name: string): readonly number[] {
    return items.map((item, at) => (at === 0 ? this.#strict(item, name) : this.intOf(item, name)));
  }

  intOf(value: Value, name: string): number {
    const own = plain(value);
    if (typeof own === 'number') return own;
    if (typeof own === 'boolean') return own ? 1 : 0;
    if (own instanceof Unknown) {
      this.#unknown ??= own.reason;
      return Number.NaN;
    }
    if (own instanceof PyTensor) {
      const one = oneValue(own);
      if (one === undefined) this.#unknown ??= own.why ?? reasonOf(l10n.t('the value of a tensor is not known'));
      return one === undefined ? Number.NaN : Math.trunc(one);
    }
    if (own instanceof PyFloat && Number.isInteger(own.value)) {
      this.wrong(
        'not-an-integer',
        l10n.t('{0} takes an integer as “{1}”, but got the float {2}.', this.name, name, `${own.value}.0`),
        { help: l10n.t('Use // or int(…).'), short: l10n.t('a float in place of an integer') },
      );
    }
    if (own instanceof PyFloat) {
      this.wrong(
        'not-an-integer',
        l10n.t('{0} takes an integer as “{1}”, but got the float {2}.', this.name, name, own.value),
        { help: l10n.t('Use // or int(…).'), short: l10n.t('a float in place of an integer') },
      );
    }
    throw this.machine.raise(
      'TypeError',
      `${this.name}(): argument '${name}' must be int, not ${this.machine.typeOf(own)?.name ?? '?'}`,
    );
  }

  #unknown: Reason | undefined;
  /** Why a number that was asked for is not known. */
  get whyUnknown(): Reason | undefined {
    return this.#unknown;
  }

  /** A whole number that has to be known. */
  knownInt(name: string, missing?: number): number {
    const value = this.int(name, missing);
    if (Number.isNaN(value)) throw new Unclear(this.#unknown ?? l10n.t('a number is not known'));
    return value;
  }

  /** One number or several; NaN for those that are not known. */
  ints(name: string): readonly number[] {
    const value = this.values.get(name)!;
    return this.intsOf(value, name);
  }

  intsOf(value: Value, name: string): readonly number[] {
    if (value instanceof PyList || value instanceof PyTuple || value instanceof PyRange) {
      return this.#wholeNumbers(this.itemsOf(value, name), name);
    }
    if (value instanceof PyTensor && value.shape?.length === 1) {
      return this.itemsOf(value, name).map(item => this.intOf(item, name));
    }
    if (value instanceof Unknown) throw new Unclear(value.reason);
    return [this.#strict(value, name)];
  }

  /** Sizes that stand one by one, or in a list: `x.view(1, -1)`, `x.view((1, -1))`. */
  sizes(name: string): readonly number[] {
    const value = this.values.get(name)!;
    const items = value instanceof PyTuple || value instanceof PyList ? value.items : [value];
    const [first] = items;
    if (items.length === 1 && (first instanceof PyList || first instanceof PyTuple || first instanceof PyRange)) {
      return this.intsOf(first, name);
    }
    if (items.length === 1 && first instanceof PyTensor && first.shape?.length === 1) return this.intsOf(first, name);
    if (items.length === 1 && first instanceof Unknown) {
      // One number or a list of them.
      throw new Unclear(first.reason);
    }
    return this.#wholeNumbers(items, name);
  }

  /** An axis from 0 on. */
  dim(name: string, rank: number, missing?: number): number {
    const value = this.values.get(name);
    if (value === null) this.#notNone(name);
    const given = value === undefined ? missing : this.#strict(value, name);
    if (given === undefined)
      throw this.machine.raise('TypeError', `${this.name}() missing required argument: '${name}'`);
    return this.axis(given, rank);
  }

  axis(given: number, rank: number): number {
    if (Number.isNaN(given)) throw new Unclear(this.#unknown ?? l10n.t('an axis is not known'));
    const real = Math.max(rank, 1);
    if (given < -real || given >= real) {
      this.wrong('axis-out-of-range', l10n.t('There is no axis {0}: the tensor has {1} dimensions.', given, rank), {
        help: l10n.t('Use {0} to {1}.', -real, real - 1),
        short: l10n.t('there is no axis {0}', given),
      });
    }
    return given < 0 ? given + real : given;
  }

  /** Axes from 0 on; undefined where none is given. */
  dims(name: string, rank: number): readonly number[] | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === null) return undefined;
    const axes = this.intsOf(value, name).map(axis => this.axis(axis, rank));
    const repeated = axes.find((axis, at) => axes.indexOf(axis) < at);
    if (repeated !== undefined) {
      this.wrong('repeated-axis', l10n.t('Axis {0} is listed twice.', repeated), {
        help: l10n.t('List each axis once.'),
      });
    }
    return axes;
  }

  bool(name: string, missing = false): boolean {
    const value = this.values.get(name);
    if (value === undefined || value === null) return missing;
    const own = plain(value);
    if (typeof own === 'boolean') return own;
    if (own instanceof Unknown) throw new Unclear(own.reason);
    if (typeof own === 'number') return own !== 0;
    return this.unsupported(l10n.t('this “{0}”', name));
  }

  /** A number, of any kind; NaN where it is not known. */
  number(name: string, missing?: number): number {
    const value = this.values.get(name);
    if (value === undefined || value === null) {
      if (missing === undefined) throw this.machine.raise('TypeError', `${this.name}() missing argument: '${name}'`);
      return missing;
    }
    const number = numberIn(value);
    if (number) return number.value;
    if (value instanceof PyTensor) return oneValue(value) ?? Number.NaN;
    if (value instanceof Unknown) {
      this.#unknown ??= value.reason;
      return Number.NaN;
    }
    return this.unsupported(l10n.t('this “{0}”', name));
  }

  string(name: string, missing?: string): string {
    const value = plain(this.values.get(name) ?? null);
    if (typeof value === 'string') return value;
    if (value instanceof Unknown) throw new Unclear(value.reason);
    if (value === null && missing !== undefined) return missing;
    return this.unsupported(l10n.t('this “{0}”', name));
  }

  dtype(name = 'dtype'): DType | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === null) return undefined;
    return this.dtypeOf(value) ?? this.unsupported(l10n.t('this “{0}”', name));
  }

  /** The type that a value names: torch.float32, `float`. */
  dtypeOf(value: Value): DType | undefined {
    if (value instanceof PyDType) return value.dtype;
    if (value instanceof Unknown) throw new Unclear(value.reason);
    if (value === this.machine.builtin('float')) return 'float32';
    if (value === this.machine.builtin('int')) return 'int64';
    if (value === this.machine.builtin('bool')) return 'bool';
    return undefined;
  }
}

interface PlainNumber {
  readonly value: number;
  readonly dtype: DType;
}

/** What a number of Python's is as a tensor; undefined for what is none. */
export function numberIn(value: Value | undefined): PlainNumber | undefined {
  const own = value instanceof PyBoxed ? value.value : value;
  if (typeof own === 'boolean') return { value: own ? 1 : 0, dtype: 'bool' };
  if (typeof own === 'number') return { value: own, dtype: 'int64' };
  if (typeof own === 'bigint') return { value: Number.NaN, dtype: 'int64' };
  if (own instanceof PyFloat) return { value: own.value, dtype: 'float32' };
  return undefined;
}

/** Tensors that stand for a number of Python's: they say less of the result's type. */
const numbers = new WeakSet<PyTensor>();

export function numberTensor(world: Recording, { value, dtype }: PlainNumber): PyTensor {
  const tensor = scalar(world, value, dtype === 'float32' ? 'float64' : dtype);
  tensor.dtype = dtype;
  numbers.add(tensor);
  return tensor;
}

export function isNumber(tensor: PyTensor): boolean {
  return numbers.has(tensor);
}

/** Its elements as tensors without axes, of a tensor with one axis. */
export function elementsOf(world: Recording, tensor: PyTensor): readonly PyTensor[] {
  const length = tensor.shape![0]!;
  return Array.from({ length }, (_, at) => {
    const element = world.tensor([], tensor.dtype, tensor.why);
    const strides = tensor.strides === 'contiguous' ? [1] : tensor.strides;
    element.storage = tensor.storage;
    element.strides = strides ? [] : undefined;
    element.offset = tensor.offset + at * (strides?.[0] ?? 0);
    return element;
  });
}

export function dtypeNamed(name: string): DType | undefined {
  return dtypeNames.get(name);
}
