// What torch.nn knows of one reading: its world, its classes, and which modules were called.
import type { Activation, Machine } from '../../../python/machine.ts';
import { type Native, type PyClass, PyDict, PyList, PyTuple, type Value } from '../../../python/objects.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import { share } from '../values.ts';
import { isModuleCall, type ModuleCall, type World } from '../world.ts';
import { ModuleInstance, modulesOf } from './instance.ts';
import { callPlaces } from './natives.ts';

export class NN {
  readonly world: World;
  /** The classes of torch.nn by name, as they are made. */
  readonly classes = new Map<string, PyClass>();
  /** What constructors do, for layers inside of layers, by the name of the class. */
  readonly initializers = new Map<string, (module: ModuleInstance, given: Readonly<Record<string, Value>>) => void>();
  /** torch.nn.functional by name. */
  readonly functions = new Map<string, Native>();
  /** What a class of torch.nn does, in one sentence. */
  readonly summaries = new Map<PyClass, () => string>();
  readonly #summaries = new Map<PyClass, string>();
  readonly #direct = new WeakMap<Activation, ModuleCall | null>();
  #root: ModuleInstance | undefined;
  #paths = new Map<ModuleInstance, string>();

  constructor(world: World) {
    this.world = world;
  }

  get machine(): Machine {
    return this.world.machine;
  }

  /** A class of torch.nn: those that a class derives from are made before it. */
  cls(name: string): PyClass {
    const cls = this.classes.get(name);
    if (!cls) throw new Error(`torch.nn.${name} is not made yet.`);
    return cls;
  }

  /** A layer inside of a layer, which is where it is constructed. */
  make(name: string, given: Readonly<Record<string, Value>>): ModuleInstance {
    const module = this.create(this.cls(name));
    this.initializers.get(name)!(module, given);
    return module;
  }

  /** An instance of a class whose constructor does nothing else. */
  create(cls: PyClass): ModuleInstance {
    const module = new ModuleInstance(cls, callPlaces(this.machine));
    module.prepare();
    return module;
  }

  /** `nn.Parameter(tensor)`: of the same memory. */
  parameter(data: PyTensor, requiresGrad = true, cls = this.world.classes.Parameter): PyParameter {
    const parameter = new PyParameter(cls, data.shape, data.dtype);
    parameter.why = data.why;
    parameter.requiresGrad = requiresGrad;
    if (data instanceof PyParameter) parameter.role = data.role;
    share(parameter, data, data.strides);
    return parameter;
  }

  /** How a module that is called by `at` is tagged: its name is the path from the module that is called around it. */
  tag(module: ModuleInstance, at: Activation | undefined): ModuleCall {
    const { cls, construct } = module;
    const [place] = construct;
    const summary = this.#summary(cls);
    const label = this.label(module, at);
    return { kind: 'module-call', label, type: cls.name, module, construct: place, definition: cls.place, summary };
  }

  #summary(cls: PyClass): string | undefined {
    const summary = this.summaries.get(cls);
    if (!summary) return undefined;
    let text = this.#summaries.get(cls);
    if (text === undefined) {
      text = summary();
      this.#summaries.set(cls, text);
    }
    return text;
  }

  /** The call of a `forward` that the program calls by itself; undefined for others. */
  direct(activation: Activation): ModuleCall | undefined {
    const { receiver, parent } = activation;
    if (!(receiver instanceof ModuleInstance)) return undefined;
    let call = this.#direct.get(activation);
    if (call === undefined) {
      call = enclosing(parent) === receiver ? null : this.tag(receiver, parent);
      this.#direct.set(activation, call);
    }
    return call ?? undefined;
  }

  /** The network that was called last. */
  forget(): void {
    this.#root = undefined;
    this.#paths = new Map();
  }

  label(module: ModuleInstance, at: Activation | undefined): string {
    const outer = enclosing(at);
    if (!outer) {
      this.#root = module;
      this.#paths = new Map();
      return '';
    }
    if (module.choice) {
      const { list } = module.choice;
      return list ? `${this.label(list, at)}[…]` : module.cls.name;
    }
    for (const [name, child] of outer.ownChildren()) if (child === module) return name;
    const own = this.#path(module);
    const around = this.#path(outer);
    if (own === undefined || own === module.cls.name) return module.cls.name;
    if (around !== undefined && around !== '' && own.startsWith(`${around}.`)) return own.slice(around.length + 1);
    this.world.labelledFromOutside(module);
    return own;
  }

  /** Where it is in the module that is called outermost. */
  #path(module: ModuleInstance): string | undefined {
    const known = this.#paths.get(module);
    if (known !== undefined || !this.#root) return known;
    // Modules may be made and registered in a forward pass.
    for (const { path, value } of modulesOf(this.#root)) if (!this.#paths.has(value)) this.#paths.set(value, path);
    const path = this.#paths.get(module);
    // What is in no tree is not looked for again.
    if (path === undefined) this.#paths.set(module, module.cls.name);
    return path;
  }

  /** The call ends that `at` is tagged with. */
  called(result: Value, at: Activation | undefined): void {
    if (this.world.isRecording && at) this.world.leave(at, tensorsIn(result));
  }
}

/** The module whose call is the innermost one around an activation. */
export function enclosing(at: Activation | undefined): ModuleInstance | undefined {
  for (let each = at; each; each = each.parent) {
    const { tag, code, receiver } = each;
    if (isModuleCall(tag) && tag.module instanceof ModuleInstance) return tag.module;
    // Its `forward`, called directly.
    if (code?.name === 'forward' && receiver instanceof ModuleInstance) return receiver;
  }
  return undefined;
}

/** All tensors in what a call returns: of lists, tuples and dicts each. */
export function tensorsIn(value: Value, depth = 4): readonly PyTensor[] {
  if (value instanceof PyTensor) return [value];
  if (depth === 0) return [];
  if (value instanceof PyTuple || value instanceof PyList)
    return value.items.flatMap(item => tensorsIn(item, depth - 1));
  if (value instanceof PyDict) return [...value.entries.values()].flatMap(each => tensorsIn(each.value, depth - 1));
  return [];
}
