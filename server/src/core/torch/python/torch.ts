// The module `torch` and what lies beside `torch.nn`: functions, types, contexts, and the parts of it that say nothing of
// what a network costs.
import * as l10n from '@vscode/l10n';
import type { Machine, NativeModules } from '../../python/machine.ts';
import { native, nativeClass, nativeSteps } from '../../python/native.ts';
import {
  type Native,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyFloat,
  PyFunction,
  PyInstance,
  PyLazy,
  PyModule,
  PyTuple,
  plain,
  Unknown,
  type Value,
} from '../../python/objects.ts';
import { Call, PyDevice, PyDType, Registry, Unclear, Wrong } from './call.ts';
import { defineCreation } from './creation.ts';
import { bytesOf, dtypeNames, dtypes, isComplex, isFloating } from './dtype.ts';
import { defineIndexing, nonzero } from './indexing.ts';
import { defineJoining } from './joining.ts';
import { unknownName } from './names.ts';
import { defineOthers } from './otherMethods.ts';
import { definePointwise } from './pointwise.ts';
import { defineLinalg, defineProducts } from './products.ts';
import { type Recording, worldOf } from './recording.ts';
import { defineReductions } from './reductions.ts';
import { type DType, PyTensor } from './tensor.ts';
import { attributeOf, constructTensor, defineMethods, legacyTypes, type Names, setAttributeOf } from './tensorClass.ts';
import { sizeOf } from './values.ts';
import { defineViews } from './views.ts';

const main = new Registry();
const linalg = new Registry();
const fft = new Registry();

const named = new WeakMap<Machine, TorchNames>();

/** The types, devices and classes of one machine. */
class TorchNames implements Names {
  readonly classes: ReadonlyMap<string, PyClass>;
  readonly strided: Value;
  readonly #dtypes = new Map<DType, PyDType>();
  readonly #device: PyClass;

  constructor(machine: Machine) {
    const dtypeClass = nativeClass(
      machine,
      'dtype',
      [],
      { __repr__: dtypeText, __str__: dtypeText },
      { module: 'torch', getAttribute: dtypeAttribute },
    );
    for (const dtype of dtypes) {
      const object = new PyDType(dtypeClass);
      object.dtype = dtype;
      this.#dtypes.set(dtype, object);
    }
    this.#device = nativeClass(
      machine,
      'device',
      [],
      {
        __repr__: native('device.__repr__', 'self', ([self]) =>
          self instanceof PyDevice ? `device(type='${self.type}')` : '',
        ),
        __str__: native('device.__str__', 'self', ([self]) => (self instanceof PyDevice ? deviceText(self) : '')),
        __eq__: native(
          'device.__eq__',
          'self, other',
          ([self, other]) =>
            self instanceof PyDevice && other instanceof PyDevice && deviceText(self) === deviceText(other),
        ),
        __ne__: native(
          'device.__ne__',
          'self, other',
          ([self, other]) =>
            !(self instanceof PyDevice && other instanceof PyDevice && deviceText(self) === deviceText(other)),
        ),
        __hash__: native('device.__hash__', 'self', () => 0),
        __enter__: native('device.__enter__', 'self', ([self]) => self!),
        __exit__: native('device.__exit__', 'self, *args', () => false),
      },
      {
        module: 'torch',
        create: (cls, args) => {
          const device = new PyDevice(cls);
          const given = plain(args[0] ?? null);
          if (given instanceof Unknown) return given;
          if (given instanceof PyDevice) return given;
          const [type, index] = typeof given === 'string' ? given.split(':') : ['cuda', String(given)];
          device.type = type!;
          device.index = index === undefined ? (typeof args[1] === 'number' ? args[1] : null) : Number(index);
          return device;
        },
        getAttribute: (self, name) =>
          self instanceof PyDevice && name === 'type'
            ? self.type
            : self instanceof PyDevice && name === 'index'
              ? self.index
              : undefined,
      },
    );
    const format = nativeClass(machine, 'memory_format', [], {}, { module: 'torch' });
    const layout = nativeClass(machine, 'layout', [], {}, { module: 'torch' });
    this.strided = new PyInstance(layout);
    this.classes = new Map([
      ['dtype', dtypeClass],
      ['device', this.#device],
      ['memory_format', format],
      ['layout', layout],
    ]);
  }

  dtype(dtype: DType): PyDType {
    return this.#dtypes.get(dtype)!;
  }

  device(type: string): PyDevice {
    const device = new PyDevice(this.#device);
    device.type = type;
    return device;
  }
}

const dtypeText = native('dtype.__repr__', 'self', ([self]) => (self instanceof PyDType ? `torch.${self.dtype}` : ''));

function dtypeAttribute(self: Value, name: string): Value | undefined {
  if (!(self instanceof PyDType)) return undefined;
  switch (name) {
    case 'is_floating_point':
      return isFloating(self.dtype);
    case 'is_complex':
      return isComplex(self.dtype);
    case 'is_signed':
      return self.dtype !== 'uint8' && self.dtype !== 'bool';
    case 'itemsize':
      return bytesOf(self.dtype);
    default:
      return undefined;
  }
}

function deviceText({ type, index }: PyDevice): string {
  return index === null ? type : `${type}:${index}`;
}

export function namesOf(machine: Machine): TorchNames {
  let names = named.get(machine);
  if (!names) {
    names = new TorchNames(machine);
    named.set(machine, names);
    install(machine, worldOf(machine), names);
  }
  return names;
}

let isDefined = false;

/** Fills the tables at the first program that needs them: other formats pay nothing for them. */
function defineAll(): void {
  if (isDefined) return;
  isDefined = true;
  definePointwise(main, call => nonzero(call, call.tensor('condition'), true));
  defineViews(main);
  defineReductions(main);
  defineIndexing(main);
  defineJoining(main);
  defineProducts(main);
  defineCreation(main);
  defineMethods(main, namesOf);
  defineOthers(main);
  defineLinalg(linalg, fft);
}

/** Fills the classes that all native modules share. */
function install(machine: Machine, world: Recording, names: Names): void {
  const { Tensor, Size } = world.classes;
  defineAll();
  for (const [name, method] of main.methods) Tensor.dict.set(name, method);
  for (const [name, fn] of olderLinalg()) Tensor.dict.set(name, fn);
  Tensor.getAttribute = (self, name, own) =>
    self instanceof PyTensor ? attributeOf(self, name, own, names) : undefined;
  Tensor.setAttribute = (self, name, value) => {
    if (self instanceof PyTensor) setAttributeOf(self, name, value);
  };
  Tensor.create = (cls, args, keywords) => {
    if (keywords.size > 0 && ![...keywords.keys()].every(name => name === 'device' || name === 'dtype')) {
      return machine.unknown(
        l10n.t('Flopline does not know {0} with {1}.', 'torch.Tensor', [...keywords.keys()].join(', ')),
      );
    }
    const tensor = constructed(world, args, 'float32');
    if (tensor instanceof PyTensor && cls !== Tensor) tensor.cls = cls;
    return tensor;
  };
  const text = native('Size.__repr__', 'self', ([self]) => {
    const sizes = self instanceof PyTuple ? self.items : [];
    return sizes.find(size => size instanceof Unknown) ?? `torch.Size([${sizes.map(String).join(', ')}])`;
  });
  Size.keepsSlices = true;
  Size.dict.set('__repr__', text);
  Size.dict.set('__str__', text);
  Size.dict.set(
    'numel',
    native('Size.numel', 'self', ([self]) => {
      const sizes = self instanceof PyTuple ? self.items : [];
      const unknown = sizes.find(size => size instanceof Unknown);
      return unknown ?? sizeOf(sizes.map(Number));
    }),
  );
}

function constructed(world: Recording, args: readonly Value[], dtype: DType): Value {
  const call = new Call(world, 'torch.Tensor', args);
  try {
    return constructTensor(call, args, dtype);
  } catch (error) {
    if (error instanceof Unclear) return call.failed(error.reason);
    if (error instanceof Wrong) return call.failed(world.complain(error.complaint));
    throw error;
  }
}

type Entries = Readonly<Record<string, Value | Native>>;

/** A module with these names; others of it are unknown. Modules below it are found when they are asked for. */
function moduleOf(
  machine: Machine,
  name: string,
  entries: Entries,
  shared: ReadonlyMap<string, Value> = noEntries,
): PyModule {
  const module = new PyModule(name);
  const { dict } = module;
  for (const [key, value] of shared) dict.set(key, value);
  for (const key of Object.keys(entries)) dict.set(key, entries[key]!);
  for (const child of childrenOf(machine.options.natives, name)) {
    if (!dict.has(child)) dict.set(child, new PyLazy(own => own.importModule(`${name}.${child}`)));
  }
  module.lazy = key => unknownName(name, key);
  return module;
}

const noEntries: ReadonlyMap<string, Value> = new Map();
const children = new WeakMap<NativeModules, ReadonlyMap<string, readonly string[]>>();
const noNames: readonly string[] = [];

/** The names of the native modules directly in one. */
function childrenOf(natives: NativeModules, name: string): readonly string[] {
  let found = children.get(natives);
  if (!found) {
    const inside = new Map<string, string[]>();
    for (const full of natives.keys()) {
      const parts = full.split('.');
      for (let length = 1; length < parts.length; length++) {
        const outer = parts.slice(0, length).join('.');
        const names = inside.get(outer) ?? [];
        if (!names.includes(parts[length]!)) names.push(parts[length]!);
        inside.set(outer, names);
      }
    }
    found = inside;
    children.set(natives, found);
  }
  return found.get(name) ?? noNames;
}

/** The first argument as it is: decorators and wrappers that change nothing. */
const same = (name: string): Native => native(name, 'fn=None, *args, **kwargs', ([fn]) => fn!);
const nothing = (name: string): Native => native(name, '*args, **kwargs', () => null);
const no = (name: string): Native => native(name, '*args, **kwargs', () => false);

/** A decorator with or without arguments: `@torch.jit.ignore`, `@torch.jit.ignore(drop=True)`. */
function decorator(name: string): Native {
  const identity = same(name);
  return native(name, 'fn=None, *args, **kwargs', ([fn]) => (isCallable(fn!) ? fn! : identity));
}

function isCallable(value: Value): boolean {
  return (
    value instanceof PyFunction ||
    value instanceof PyClass ||
    value instanceof PyBoundMethod ||
    value instanceof PyInstance
  );
}

/** A context that changes nothing, and a decorator: `torch.autocast`. */
function context(machine: Machine, name: string, module: string): PyClass {
  return nativeClass(
    machine,
    name,
    [],
    {
      __enter__: native(`${name}.__enter__`, 'self', ([self]) => self!),
      __exit__: native(`${name}.__exit__`, 'self, *args', () => false),
      __call__: native(`${name}.__call__`, 'self, fn', ([, fn]) => fn!),
      clone: native(`${name}.clone`, 'self', ([self]) => self!),
    },
    {
      module,
      // Without brackets.
      create: (cls, args) => (args.length === 1 && args[0] instanceof PyFunction ? args[0] : new PyInstance(cls)),
    },
  );
}

/** What a context of gradients is made with, and what it was before. */
class GradientContext extends PyInstance {
  readonly isOn: boolean;
  readonly before: boolean[] = [];

  constructor(cls: PyClass, isOn: boolean) {
    super(cls);
    this.isOn = isOn;
  }
}

/** `torch.no_grad`, `enable_grad`, `inference_mode` and `set_grad_enabled`, as contexts and as decorators. */
function gradientContext(machine: Machine, name: string, module: string): PyClass {
  const isOnBy = (mode: Value | undefined): boolean => {
    if (name === 'inference_mode') return mode === false;
    return name === 'set_grad_enabled' ? mode !== false : name === 'enable_grad';
  };
  const decorate = (fn: Value, isOn: boolean): Value => {
    if (fn instanceof PyFunction) worldOf(machine).decorated.set(fn.code, isOn);
    return fn;
  };
  const own = (self: Value | undefined): GradientContext | undefined =>
    self instanceof GradientContext ? self : undefined;
  const set = worldOf(machine);
  return nativeClass(
    machine,
    name,
    [],
    {
      __enter__: native(`${name}.__enter__`, 'self', ([self]) => {
        const context = own(self);
        if (!context) return self!;
        // That of set_grad_enabled is in effect as soon as it is made.
        if (name !== 'set_grad_enabled') context.before.push(set.hasGradients);
        set.hasGradients = context.isOn;
        return self!;
      }),
      __exit__: native(`${name}.__exit__`, 'self, *args', ([self]) => {
        set.hasGradients = own(self)?.before.pop() ?? set.hasGradients;
        return false;
      }),
      __call__: native(`${name}.__call__`, 'self, fn', ([self, fn]) => decorate(fn!, own(self)?.isOn ?? true)),
      clone: native(`${name}.clone`, 'self', ([self]) => self!),
    },
    {
      module,
      create: (cls, args, keywords) => {
        const [first = keywords.get('mode')] = args;
        // `@torch.no_grad` without brackets.
        if (args.length === 1 && first instanceof PyFunction) return decorate(first, isOnBy(undefined));
        const context = new GradientContext(cls, isOnBy(first));
        if (name === 'set_grad_enabled') {
          context.before.push(set.hasGradients);
          set.hasGradients = context.isOn;
        }
        return context;
      },
    },
  );
}

const gradientContexts: ReadonlySet<string> = new Set(['no_grad', 'enable_grad', 'inference_mode', 'set_grad_enabled']);

const contexts = new WeakMap<Machine, Map<string, PyClass>>();

function contextOf(machine: Machine, name: string, module = 'torch'): PyClass {
  let own = contexts.get(machine);
  if (!own) {
    own = new Map();
    contexts.set(machine, own);
  }
  let cls = own.get(name);
  if (!cls) {
    cls = (gradientContexts.has(name) ? gradientContext : context)(machine, name, module);
    own.set(name, cls);
  }
  return cls;
}

/** Functions that torch has from torch.nn.functional, with their arguments in the same order. */
const functional = [
  ...['conv1d', 'conv2d', 'conv3d', 'conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d'],
  ...['adaptive_avg_pool1d', 'adaptive_max_pool1d', 'avg_pool1d', 'max_pool1d', 'max_pool2d', 'max_pool3d'],
  ...['pixel_shuffle', 'pixel_unshuffle', 'channel_shuffle', 'layer_norm', 'group_norm', 'rms_norm', 'bilinear'],
  ...['cosine_similarity', 'pairwise_distance', 'prelu', 'celu', 'selu', 'rrelu', 'threshold', 'hardshrink'],
  ...['dropout', 'alpha_dropout'],
];

function functionalEntry(name: string): PyLazy {
  return new PyLazy(function* (machine) {
    const module = yield* machine.importModule('torch.nn.functional');
    const found = module instanceof PyModule ? module.dict.get(name) : undefined;
    return found ?? unknownName('torch', name)!;
  });
}

/** The names that torch.linalg's functions have in torch and as methods. */
function olderLinalg(): ReadonlyMap<string, Native> {
  const names = { inverse: 'inv', pinverse: 'pinv', det: 'det', slogdet: 'slogdet', cholesky: 'cholesky' };
  return new Map(
    [...Object.entries(names), ['matrix_exp', 'matrix_exp'] as const].map(([name, own]) => [
      name,
      linalg.functions.get(own)!,
    ]),
  );
}

function functionsOf(registry: Registry): ReadonlyMap<string, Native> {
  defineAll();
  return registry.functions;
}

/** `torch._assert(condition, message)`: a condition that is not known is taken to hold, as in an assert statement. */
const asserted = native('_assert', 'condition, message', ([condition, message], machine) => {
  if (condition === false) throw machine.raiseWith('AssertionError', [message!]);
  return null;
});

let sharedNames: ReadonlyMap<string, Value> | undefined;

/** What of `torch` is the same in every reading: functions have no state. */
function sharedEntries(): ReadonlyMap<string, Value> {
  sharedNames ??= new Map<string, Value>([
    ...olderLinalg(),
    ...functionsOf(main),
    ...[
      decorator('compile'),
      asserted,
      ...[
        'manual_seed',
        'seed',
        'set_default_device',
        'set_default_tensor_type',
        'set_printoptions',
        'set_num_threads',
        'set_num_interop_threads',
        'set_float32_matmul_precision',
        'use_deterministic_algorithms',
        'save',
      ].map(nothing),
      ...['is_inference_mode_enabled', 'is_autocast_enabled', 'is_autocast_cpu_enabled', 'is_vulkan_available'].map(no),
      native('is_grad_enabled', '', (_, own) => worldOf(own).isTraining && worldOf(own).hasGradients),
      native('get_num_threads', '', () => 1),
      native('finfo', 'dtype=None', ([dtype], own) => limits(own, dtype instanceof PyDType ? dtype.dtype : 'float32')),
      native('iinfo', 'dtype', ([dtype], own) => limits(own, dtype instanceof PyDType ? dtype.dtype : 'int64')),
      native('typename', 'obj', ([value], own) => (value === undefined ? '' : (own.typeOf(value)?.name ?? ''))),
    ].map(each => [each.name, each] as const),
  ]);
  return sharedNames;
}

function torch(machine: Machine): PyModule {
  const world = worldOf(machine);
  const names = namesOf(machine);
  const types = [...dtypeNames].map(([name, dtype]) => [name, names.dtype(dtype)] as const);
  const format = names.classes.get('memory_format')!;
  const legacyClasses = [...legacyTypes].map(([name, dtype]) => {
    const cls = new PyClass(name, 'torch', [world.classes.Tensor], world.classes.Tensor.mro);
    cls.create = (_, args) => constructed(world, args, dtype);
    return [name, cls] as const;
  });
  const own: Entries = {
    Tensor: world.classes.Tensor,
    Size: world.classes.Size,
    OutOfMemoryError: machine.builtin('RuntimeError'),
    AcceleratorError: machine.builtin('RuntimeError'),
    strided: names.strided,
    channels_last: new PyInstance(format),
    channels_last_3d: new PyInstance(format),
    contiguous_format: new PyInstance(format),
    preserve_format: new PyInstance(format),
    inf: new PyFloat(Number.POSITIVE_INFINITY),
    nan: new PyFloat(Number.NaN),
    pi: new PyFloat(Math.PI),
    e: new PyFloat(Math.E),
    newaxis: null,
    __version__: '2.9.0',
    no_grad: contextOf(machine, 'no_grad'),
    enable_grad: contextOf(machine, 'enable_grad'),
    inference_mode: contextOf(machine, 'inference_mode'),
    set_grad_enabled: contextOf(machine, 'set_grad_enabled'),
    autocast: contextOf(machine, 'autocast'),
    get_default_dtype: native('get_default_dtype', '', () => names.dtype('float32')),
    get_autocast_dtype: native('get_autocast_dtype', '*args', () => names.dtype('bfloat16')),
    get_autocast_gpu_dtype: native('get_autocast_gpu_dtype', '', () => names.dtype('float16')),
    result_type: native('result_type', '*args', () => names.dtype('float32')),
  };
  const module = moduleOf(machine, 'torch', own, sharedEntries());
  const { dict } = module;
  for (const [name, value] of [...names.classes, ...types, ...legacyClasses]) dict.set(name, value);
  for (const name of functional) if (!dict.has(name)) dict.set(name, functionalEntry(name));
  return module;
}

/** torch.finfo, torch.iinfo. */
function limits(machine: Machine, dtype: DType): Value {
  const cls = nativeClass(machine, isFloating(dtype) ? 'finfo' : 'iinfo', [], {}, { module: 'torch' });
  const info = new PyInstance(cls);
  info.set('bits', bytesOf(dtype) * 8);
  info.set('dtype', dtype);
  if (isFloating(dtype)) {
    const [digits, exponent] = { float64: [52, 1023], float32: [23, 127], float16: [10, 15], bfloat16: [7, 127] }[
      dtype as 'float32'
    ] as [number, number];
    const max = (2 - 2 ** -digits) * 2 ** exponent;
    info.set('max', new PyFloat(max));
    info.set('min', new PyFloat(-max));
    info.set('eps', new PyFloat(2 ** -digits));
    info.set('tiny', new PyFloat(2 ** (1 - exponent)));
    info.set('smallest_normal', new PyFloat(2 ** (1 - exponent)));
    info.set('resolution', new PyFloat(10 ** -Math.floor((digits + 1) * Math.log10(2))));
  } else {
    const bits = bytesOf(dtype) * 8;
    const isUnsigned = dtype === 'uint8';
    const max = isUnsigned ? 255 : bits === 64 ? 9223372036854775807n : 2 ** (bits - 1) - 1;
    info.set('max', max);
    info.set('min', isUnsigned ? 0 : bits === 64 ? -9223372036854775808n : -(2 ** (bits - 1)));
  }
  return info;
}

/** What is computed again in the backward pass is not counted: totals of training are lower bounds. */
function recomputed(machine: Machine): void {
  const world = worldOf(machine);
  if (world.isRecording && world.isTraining) {
    world.opaque(l10n.t('{0} computes a part of the forward pass again', 'torch.utils.checkpoint'), []);
  }
}

/** Functions of other parts of torch that run what they are given: torch.utils.checkpoint. */
const checkpoint = nativeSteps('checkpoint', 'function, *args, **kwargs', function* ([fn, args, keywords], machine) {
  const given = new Map<string, Value>();
  recomputed(machine);
  if (keywords instanceof PyDict) {
    for (const { key, value } of keywords.entries.values()) {
      if (!['use_reentrant', 'preserve_rng_state', 'context_fn', 'determinism_check', 'debug'].includes(String(key)))
        given.set(String(key), value);
    }
  }
  return yield* machine.call(fn!, args instanceof PyTuple ? args.items : [], given);
});

const checkpointSequential = nativeSteps(
  'checkpoint_sequential',
  'functions, segments, input, **kwargs',
  function* ([functions, , input], machine) {
    const list = yield* machine.list(functions!);
    if (list instanceof Unknown) return list;
    recomputed(machine);
    let value: Value = input!;
    for (const fn of list) value = yield* machine.call(fn, [value]);
    return value;
  },
);

/** torch.autograd.Function: `apply` runs `forward`. */
function autogradFunction(machine: Machine): PyClass {
  const contextClass = nativeClass(machine, 'FunctionCtx', [], {
    save_for_backward: native('save_for_backward', 'self, *args', () => null),
    mark_non_differentiable: native('mark_non_differentiable', 'self, *args', () => null),
    mark_dirty: native('mark_dirty', 'self, *args', () => null),
    set_materialize_grads: native('set_materialize_grads', 'self, value', () => null),
  });
  const apply = nativeSteps('apply', 'cls, *args, **kwargs', function* ([cls, args], own) {
    const forward = yield* own.getAttribute(cls!, 'forward');
    const given = args instanceof PyTuple ? args.items : [];
    const setup = cls instanceof PyClass ? cls.find('setup_context') : undefined;
    // With a setup_context of its own, forward takes no context.
    if (setup !== undefined) return yield* own.call(forward, given);
    return yield* own.call(forward, [new PyInstance(contextClass), ...given]);
  });
  return nativeClass(
    machine,
    'Function',
    [],
    { apply: new PyClassMethod(apply) },
    { module: 'torch.autograd.function' },
  );
}

/** Functions of torch.cuda, torch.distributed and the like in a world without them. */
const noCuda: Entries = {
  is_available: no('is_available'),
  is_initialized: no('is_initialized'),
  is_bf16_supported: no('is_bf16_supported'),
  is_built: no('is_built'),
  device_count: native('device_count', '', () => 0),
  synchronize: nothing('synchronize'),
  empty_cache: nothing('empty_cache'),
  manual_seed: nothing('manual_seed'),
  manual_seed_all: nothing('manual_seed_all'),
  set_device: nothing('set_device'),
  is_nccl_available: no('is_nccl_available'),
  is_gloo_available: no('is_gloo_available'),
  is_mpi_available: no('is_mpi_available'),
};

const transparent = (module: string, ...names: string[]): Entries =>
  Object.fromEntries(names.map(name => [name, decorator(`${module}.${name}`)]));

/** All modules of torch but those of `torch.nn`. */
export const torchModules: NativeModules = new Map<string, (machine: Machine) => PyModule>([
  ['torch', torch],
  ['torch.functional', machine => moduleOf(machine, 'torch.functional', {}, functionsOf(main))],
  ['torch.special', machine => moduleOf(machine, 'torch.special', specialNames(), functionsOf(main))],
  ['torch.linalg', machine => moduleOf(machine, 'torch.linalg', {}, functionsOf(linalg))],
  ['torch.fft', machine => moduleOf(machine, 'torch.fft', {}, functionsOf(fft))],
  ['torch.types', machine => moduleOf(machine, 'torch.types', { Device: null, Number: null })],
  ['torch.version', machine => moduleOf(machine, 'torch.version', { __version__: '2.9.0', cuda: null, hip: null })],
  ['torch.torch_version', machine => moduleOf(machine, 'torch.torch_version', { __version__: '2.9.0' })],
  ['torch.cuda', machine => moduleOf(machine, 'torch.cuda', { ...noCuda, ...cudaTypes(machine) })],
  ['torch.cuda.amp', machine => moduleOf(machine, 'torch.cuda.amp', amp(machine))],
  ...['torch.amp', 'torch.amp.autocast_mode'].map((name): [string, (machine: Machine) => PyModule] => [
    name,
    machine =>
      moduleOf(machine, name, {
        ...amp(machine),
        is_autocast_available: native('is_autocast_available', 'device_type', ([device]) =>
          ['cpu', 'cuda', 'mps', 'xpu', 'hpu', 'xla', 'privateuseone'].includes(String(device)),
        ),
      }),
  ]),
  [
    'torch.cpu',
    machine => moduleOf(machine, 'torch.cpu', { ...noCuda, is_available: native('is_available', '', () => true) }),
  ],
  ['torch.mps', machine => moduleOf(machine, 'torch.mps', noCuda)],
  ['torch.xpu', machine => moduleOf(machine, 'torch.xpu', noCuda)],
  [
    'torch.accelerator',
    machine =>
      moduleOf(machine, 'torch.accelerator', {
        ...noCuda,
        current_accelerator: native('current_accelerator', '*args, **kwargs', () => null),
      }),
  ],
  ['torch.distributed', machine => moduleOf(machine, 'torch.distributed', noCuda)],
  ['torch.backends', machine => moduleOf(machine, 'torch.backends', {})],
  ...['cudnn', 'cuda', 'mps', 'mkldnn', 'opt_einsum', 'quantized'].map(
    name =>
      [
        `torch.backends.${name}`,
        (machine: Machine) =>
          moduleOf(machine, `torch.backends.${name}`, {
            ...noCuda,
            enabled: false,
            benchmark: false,
            deterministic: false,
          }),
      ] as const,
  ),
  [
    'torch.jit',
    machine =>
      moduleOf(machine, 'torch.jit', {
        ...transparent(
          'torch.jit',
          'script',
          'ignore',
          'export',
          'unused',
          'script_method',
          'script_if_tracing',
          '_script_if_tracing',
          'interface',
          '_overload_method',
          '_overload',
          'freeze',
          'optimize_for_inference',
        ),
        trace: same('torch.jit.trace'),
        is_scripting: no('is_scripting'),
        is_tracing: no('is_tracing'),
        annotate: native('annotate', 'the_type, the_value', ([, value]) => value!),
        isinstance: no('isinstance'),
        ScriptModule: worldOf(machine).classes.Module,
      }),
  ],
  ['torch.jit.annotations', machine => moduleOf(machine, 'torch.jit.annotations', {})],
  [
    'torch._jit_internal',
    machine =>
      moduleOf(
        machine,
        'torch._jit_internal',
        transparent('torch._jit_internal', 'ignore', 'export', 'unused', '_overload_method', '_copy_to_script_wrapper'),
      ),
  ],
  [
    'torch.compiler',
    machine =>
      moduleOf(machine, 'torch.compiler', {
        ...transparent('torch.compiler', 'disable', 'allow_in_graph'),
        is_compiling: no('is_compiling'),
        is_dynamo_compiling: no('is_dynamo_compiling'),
      }),
  ],
  [
    'torch._dynamo',
    machine =>
      moduleOf(machine, 'torch._dynamo', {
        ...transparent('torch._dynamo', 'disable', 'allow_in_graph', 'optimize'),
        is_compiling: no('is_compiling'),
      }),
  ],
  ['torch.fx', machine => moduleOf(machine, 'torch.fx', transparent('torch.fx', 'wrap'))],
  [
    'torch.onnx',
    machine =>
      moduleOf(machine, 'torch.onnx', { is_in_onnx_export: no('is_in_onnx_export'), export: nothing('export') }),
  ],
  [
    'torch.autograd',
    machine =>
      moduleOf(machine, 'torch.autograd', {
        ...autograd(machine),
        set_grad_enabled: contextOf(machine, 'set_grad_enabled'),
      }),
  ],
  ['torch.autograd.function', machine => moduleOf(machine, 'torch.autograd.function', autograd(machine))],
  [
    'torch.autograd.profiler',
    machine =>
      moduleOf(machine, 'torch.autograd.profiler', {
        record_function: contextOf(machine, 'record_function'),
        profile: contextOf(machine, 'profile'),
      }),
  ],
  [
    'torch.profiler',
    machine =>
      moduleOf(machine, 'torch.profiler', {
        record_function: contextOf(machine, 'record_function'),
        profile: contextOf(machine, 'profile'),
      }),
  ],
  [
    'torch.random',
    machine =>
      moduleOf(machine, 'torch.random', {
        manual_seed: nothing('manual_seed'),
        fork_rng: contextOf(machine, 'fork_rng'),
      }),
  ],
  [
    'torch.overrides',
    machine =>
      moduleOf(machine, 'torch.overrides', {
        has_torch_function: no('has_torch_function'),
        has_torch_function_unary: no('has_torch_function_unary'),
        has_torch_function_variadic: no('has_torch_function_variadic'),
      }),
  ],
  [
    'torch._C',
    machine =>
      moduleOf(machine, 'torch._C', {
        _log_api_usage_once: nothing('_log_api_usage_once'),
        _get_tracing_state: native('_get_tracing_state', '', () => null),
      }),
  ],
  ['torch.hub', machine => moduleOf(machine, 'torch.hub', {})],
  ['torch.utils', machine => moduleOf(machine, 'torch.utils', {})],
  [
    'torch.utils.checkpoint',
    machine => moduleOf(machine, 'torch.utils.checkpoint', { checkpoint, checkpoint_sequential: checkpointSequential }),
  ],
  ['torch.utils.model_zoo', machine => moduleOf(machine, 'torch.utils.model_zoo', {})],
  ['torch.utils.data', machine => moduleOf(machine, 'torch.utils.data', {})],
  // What the library of Flopline's own sources asks for.
  [
    'flopline',
    machine =>
      moduleOf(machine, 'flopline', {
        unknown: native('unknown', 'reason', ([reason]) => new Unknown({ message: String(reason) })),
        // The names of whoever calls the function that asks.
        caller_names: native('caller_names', '', (_, inner) => inner.locals(1)),
        // What the original has, and this library lacks.
        missing: native('missing', 'name', ([name]) => {
          const message = l10n.t('“{0}” cannot be found', String(name));
          return new Unknown({ message, short: message }, undefined, 'name');
        }),
      }),
  ],
]);

function specialNames(): Entries {
  return { expit: functionsOf(main).get('sigmoid')! };
}

function amp(machine: Machine): Entries {
  return {
    autocast: contextOf(machine, 'autocast'),
    custom_fwd: decorator('custom_fwd'),
    custom_bwd: decorator('custom_bwd'),
  };
}

function autograd(machine: Machine): Entries {
  return {
    Function: contextsFunction(machine),
    once_differentiable: decorator('once_differentiable'),
    no_grad: contextOf(machine, 'no_grad'),
    Variable: native('Variable', 'data, requires_grad=False, volatile=False', ([data]) => data!),
  };
}

const functionClasses = new WeakMap<Machine, PyClass>();

function contextsFunction(machine: Machine): PyClass {
  let cls = functionClasses.get(machine);
  if (!cls) {
    cls = autogradFunction(machine);
    functionClasses.set(machine, cls);
  }
  return cls;
}

function cudaTypes(machine: Machine): Entries {
  const world = worldOf(machine);
  return Object.fromEntries(
    [...legacyTypes].map(([name, dtype]) => [
      name,
      native(name, '*args', ([args]) => constructed(world, args instanceof PyTuple ? args.items : [], dtype)),
    ]),
  );
}
