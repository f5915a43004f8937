// How a layer of torch.nn is declared as a class of Python: its signature, what its constructor makes, its forward pass.
import * as l10n from '@vscode/l10n';
import type { Machine } from '../../../../python/machine.ts';
import { bindingOf } from '../../../../python/native.ts';
import { type PyClass, PyFloat, plain, type Steps, Unknown, type Value } from '../../../../python/objects.ts';
import { reasonOf } from '../../../../text/reason.ts';
import { PyParameter, type PyTensor } from '../../tensor.ts';
import { type Caller, optionalTensor, tensorOf, unknownResult } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { forwarding, moduleOf } from '../module.ts';
import { native, nativeClass, numberOf, tupleOf } from '../natives.ts';
import { type NN, tensorsIn } from '../state.ts';
import { refusal } from './arguments.ts';

export type Arguments = Readonly<Record<string, Value>>;

export interface LayerClass {
  readonly name: string;
  /** The file under torch/nn/modules. */
  readonly file: string;
  /** The class that it derives from; nn.Module by default. */
  readonly base?: string;
  /** Of the constructor, without `self`; that of the base where it has none of its own. */
  readonly init?: string;
  /** What the constructor does beside setting the attributes that it names. */
  readonly construct?: (self: ModuleInstance, args: Arguments, nn: NN) => void;
  /** Arguments of the constructor that are no attributes. */
  readonly hidden?: readonly string[];
  /** Of `forward`, without `self`. */
  readonly input?: string;
  readonly forward?: (self: ModuleInstance, args: readonly Value[], nn: NN) => Value | Steps;
  /** What else is in its class: methods, class attributes. */
  readonly members?: (nn: NN) => Readonly<Record<string, Value>>;
  readonly summary?: () => string;
}

/** What a layer costs in memory and time, beside an element of a list. */
const layerWork = 150;

const resets: Readonly<Record<string, readonly string[]>> = {
  batchnorm: ['reset_parameters', 'reset_running_stats'],
  conv: ['reset_parameters'],
  instancenorm: ['reset_parameters', 'reset_running_stats'],
  linear: ['reset_parameters'],
  normalization: ['reset_parameters'],
  rnn: ['reset_parameters'],
  sparse: ['reset_parameters'],
};

/** What PyTorch says of the arguments of a layer when the layer is called. */
const refused = new WeakMap<ModuleInstance, string>();

export function define(nn: NN, spec: LayerClass): PyClass {
  const {
    name,
    file,
    base = 'Module',
    init,
    construct,
    hidden = [],
    input = 'input',
    forward,
    members,
    summary,
  } = spec;
  const cls = nativeClass(nn.machine, name, [nn.cls(base)], {}, { module: `torch.nn.modules.${file}` });
  nn.classes.set(name, cls);
  if (summary) nn.summaries.set(cls, summary);
  if (init !== undefined) {
    const { names, defaults } = bindingOf(init);
    const initialize = (module: ModuleInstance, values: readonly Value[]): void => {
      nn.machine.charge(layerWork);
      if (!module.isReady) module.prepare();
      const args: Record<string, Value> = {};
      names.forEach((each, at) => {
        const value = values[at]!;
        args[each] = value;
        if (!passing.has(each) && !hidden.includes(each)) module.set(each, value);
      });
      module.unknown ??= unclear(args, defaults, names);
      construct?.(module, args, nn);
      const why = refusal(name, args, nn.machine);
      if (why !== undefined) refused.set(module, why);
    };
    const initializer = native('__init__', `self, ${init}`, ([self, ...values], machine) => {
      initialize(moduleOf(self, machine), values);
      return null;
    });
    // Programs try `inplace` and do without where there is none.
    initializer.isExact = file === 'activation' || file === 'dropout';
    cls.dict.set('__init__', initializer);
    nn.initializers.set(name, (module, given) => {
      initialize(
        module,
        names.map((each, at) => given[each] ?? defaults[at] ?? null),
      );
    });
  } else {
    const inherited = nn.initializers.get(base);
    if (inherited) nn.initializers.set(name, inherited);
  }
  // The values of parameters are not followed.
  for (const method of resets[file] ?? [])
    cls.dict.set(
      method,
      native(method, 'self', () => null),
    );
  if (forward) {
    const run = (self: ModuleInstance, args: readonly Value[]): Value | Steps => {
      if (self.unknown && file !== 'container') return unknownResult(nn, self.unknown, tensorsIn(tupleOf(args)));
      const why = refused.get(self);
      if (why !== undefined) throw nn.machine.raise('TypeError', why);
      return forward(self, args, nn);
    };
    cls.dict.set('forward', forwarding(nn, input, run));
  }
  for (const [key, value] of Object.entries(members?.(nn) ?? {})) cls.dict.set(key, value);
  return cls;
}

/** A flag that is not known: it decides parameters or shapes, but for those that decide nothing here. */
function unclear(
  args: Arguments,
  defaults: readonly (Value | undefined)[],
  names: readonly string[],
): Unknown | undefined {
  for (const [at, name] of names.entries()) {
    const value = args[name];
    if (value instanceof Unknown && typeof defaults[at] === 'boolean' && !harmless.has(name)) return value;
  }
  return undefined;
}

const harmless = new Set([
  'inplace',
  'sparse',
  'scale_grad_by_freq',
  'count_include_pad',
  '_freeze',
  'enable_nested_tensor',
  'mask_check',
  'norm_first',
]);

/** Arguments that are no attributes of any layer. */
const passing = new Set(['device', 'dtype', 'args', 'kwargs']);

/** What a layer's messages call it: `nn.Conv2d`, or the class that a program derives from it. */
export function callerOf(self: ModuleInstance): Caller {
  const { cls } = self;
  return { name: cls.place ? cls.name : `nn.${cls.name}`, isFunction: false };
}

/** An attribute that every layer of its class has. */
export function need(self: ModuleInstance, name: string, machine: Machine): Value {
  const value = self.attribute(name) ?? (self.dict?.has(name) ? null : machine.lookup(self, name));
  if (value !== undefined) return value;
  const found = self.registered(name);
  if (found !== undefined) return found;
  throw machine.raise('AttributeError', `'${self.cls.name}' object has no attribute '${name}'`);
}

export function tensor(self: ModuleInstance, name: string, nn: NN): PyTensor {
  return tensorOf(nn, need(self, name, nn.machine), name);
}

export function optional(self: ModuleInstance, name: string, nn: NN): PyTensor | undefined {
  return optionalTensor(nn, self.attribute(name), name);
}

/** A size that a constructor is given: NaN where it is unknown. A float is none, not even a whole one. */
export function size(value: Value, what: string, nn: NN): number {
  const number = numberOf(value);
  if (number === undefined || plain(value) instanceof PyFloat) {
    const type = nn.machine.typeOf(value)?.name ?? 'object';
    throw nn.machine.raise('TypeError', `${what} must be int, not ${type}`);
  }
  if (number >= 2 ** 63) throw nn.machine.raise('TypeError', `${what} must be int, but it has more than 64 bits`);
  return number;
}

/** The size that a weight begins with: by the first one PyTorch tells sizes from other arguments, and a bool is none. */
export function firstSize(value: Value, what: string, nn: NN): number {
  if (typeof plain(value) === 'boolean') throw nn.machine.raise('TypeError', `${what} must be int, not bool`);
  return size(value, what, nn);
}

const bytesOfFloat = 4;

/** A learned tensor of a layer, registered; of unknown sizes where an argument is not known. */
export function learn(
  self: ModuleInstance,
  name: string,
  shape: readonly number[],
  role: PyParameter['role'],
  nn: NN,
  ...from: readonly Value[]
): PyParameter {
  const wrong = shape.find(length => length < 0);
  if (wrong !== undefined) {
    throw nn.machine.raise(
      'RuntimeError',
      `Trying to create tensor with negative dimension ${wrong}: [${shape.join(', ')}]`,
    );
  }
  if (shape.reduce((product, length) => product * length, bytesOfFloat) >= 2 ** 63) {
    throw nn.machine.raise('RuntimeError', `Storage size calculation overflowed with sizes=[${shape.join(', ')}]`);
  }
  const parameter = new PyParameter(nn.world.classes.Parameter, shape, 'float32');
  parameter.role = role;
  if (shape.some(Number.isNaN)) {
    const unknown = from.find(value => value instanceof Unknown) as Unknown | undefined;
    parameter.why = unknown?.reason ?? reasonOf(l10n.t('a size is not known'));
  }
  self.register('parameters', name, parameter);
  return parameter;
}

/** A name of a parameter that this layer does not have. */
export function lacks(self: ModuleInstance, ...names: readonly string[]): void {
  for (const name of names) self.register('parameters', name, null);
}

export function buffer(
  self: ModuleInstance,
  name: string,
  shape: readonly number[],
  nn: NN,
  dtype?: PyTensor['dtype'],
): void {
  self.register('buffers', name, nn.world.tensor(shape, dtype));
}
