// An nn.Module as the program holds it: parameters, buffers and children by name, beside what any object has.
import { type Place, type PyClass, PyDict, PyInstance, Unknown, type Value } from '../../../python/objects.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import { dictOf, entry, named, setEntry } from './natives.ts';

/** What runs before or after a module is called; `within` runs first of all in its call: it makes its weights. */
export interface Hook {
  readonly when: 'before' | 'within' | 'after';
  readonly callee: Value;
  readonly withKeywords: boolean;
}

/** Modules, for one of which another one stands. */
export interface Choice {
  readonly modules: readonly ModuleInstance[];
  readonly list: ModuleInstance | undefined;
}

const none: readonly never[] = [];

export class ModuleInstance extends PyInstance {
  /** Where the calls stand that constructed it, from the inside out, up to and with the nearest `__init__`. */
  construct: readonly Place[];
  /** Names of buffers that `state_dict()` leaves out. */
  unsaved: Set<string> | undefined;
  hooks: readonly Hook[] = none;
  /** What it holds cannot be known: a list of modules made of something unknown. */
  unknown: Unknown | undefined;
  /** Where it stands for one of several modules, which one is not known: those modules, and the list that holds them. */
  choice: Choice | undefined;
  /** Tensors that were computed for the call that is under way. */
  computed: Map<string, Value> | undefined;

  constructor(cls: PyClass, construct: readonly Place[]) {
    super(cls);
    this.construct = construct;
  }

  /** `nn.Module.__init__`. */
  prepare(): void {
    this.set('training', true);
    for (const name of ['_parameters', '_buffers', '_modules']) this.set(name, dictOf());
  }

  /** Whether `nn.Module.__init__` has run: before it nothing can be registered. */
  get isReady(): boolean {
    return this.dict?.has('_modules') ?? false;
  }

  get parameters(): PyDict {
    return this.#registry('_parameters');
  }

  get buffers(): PyDict {
    return this.#registry('_buffers');
  }

  get children(): PyDict {
    return this.#registry('_modules');
  }

  /** `_parameters` and the like are attributes: a program may read them, and put another dict in their place. */
  #registry(name: string): PyDict {
    const dict = this.get(name);
    return dict instanceof PyDict ? dict : empty;
  }

  /** What is registered under a name. */
  registered(name: string): Value | undefined {
    if (!this.isReady) return undefined;
    return entry(this.parameters, name) ?? entry(this.buffers, name) ?? entry(this.children, name) ?? this.#none(name);
  }

  /** None is registered too: `bias` of a layer without one. */
  #none(name: string): null | undefined {
    const isThere = [this.parameters, this.buffers, this.children].some(({ entries }) => entries.has(name));
    return isThere ? null : undefined;
  }

  /** Registers under a name, which nothing else has from then on. */
  register(kind: 'parameters' | 'buffers' | 'children', name: string, value: Value): void {
    this.remove(name, kind);
    setEntry(this[kind], name, value);
  }

  /** Whether there was anything under this name. */
  remove(name: string, but?: 'parameters' | 'buffers' | 'children'): boolean {
    let found = this.dict?.delete(name) ?? false;
    if (but !== 'parameters' && this.parameters.entries.delete(name)) found = true;
    if (but !== 'buffers' && this.buffers.entries.delete(name)) found = true;
    if (but !== 'children' && this.children.entries.delete(name)) found = true;
    return found;
  }

  /** An attribute that a layer of torch has: of its dict, or registered. */
  attribute(name: string): Value | undefined {
    return this.computed?.get(name) ?? this.get(name) ?? (this.dict?.has(name) ? null : this.registered(name));
  }

  /** Its own parameters, without its children's. */
  ownParameters(): readonly (readonly [string, PyParameter])[] {
    return this.parameters.entries.size === 0 ? none : named(this.parameters).filter(isParameter);
  }

  /** It calls no module of its own; attention of torch has a child, whose weights it reads without a call. */
  get isLeaf(): boolean {
    if (this.children.entries.size === 0) return true;
    for (const [name] of this.ownChildren()) {
      const isRead = name === 'out_proj' && this.cls.mro.some(cls => cls.name === 'MultiheadAttention' && !cls.place);
      if (!isRead && name !== 'parametrizations') return false;
    }
    return true;
  }

  /** What is not known of its parts: attributes, children or parameters, any of which may hold parameters. */
  get unknownPart(): Unknown | undefined {
    if (this.unknown) return this.unknown;
    for (const value of this.dict?.values() ?? []) {
      const unknown = perhapsModule(value);
      if (unknown) return unknown;
    }
    return unknownAmong(this.children) ?? unknownAmong(this.parameters);
  }

  ownBuffers(): readonly (readonly [string, PyTensor])[] {
    return this.buffers.entries.size === 0 ? none : named(this.buffers).filter(isTensor);
  }

  ownChildren(): readonly (readonly [string, ModuleInstance])[] {
    return this.children.entries.size === 0 ? none : named(this.children).filter(isModule);
  }
}

/**
 * Why it is not known whether a value is a module: nothing is known of it, or a base of its class was not found, and it is
 * made like a module. What is not may be any object, such as a configuration.
 */
export function perhapsModule(value: Value): Unknown | undefined {
  // What data decide is a number or the like.
  if (value instanceof Unknown) return value.decision ? undefined : value;
  if (!(value instanceof PyInstance) || value instanceof ModuleInstance) return undefined;
  const { unknownBase } = value.cls;
  if (!unknownBase) return undefined;
  const isLike =
    value.cls.mro.some(({ dict }) => dict.has('forward')) || [...(value.dict?.values() ?? [])].some(isPart);
  return isLike ? unknownBase : undefined;
}

const isPart = (value: Value): boolean => value instanceof ModuleInstance || value instanceof PyParameter;

type Pair = readonly [string, Value];
const isParameter = (pair: Pair): pair is readonly [string, PyParameter] => pair[1] instanceof PyParameter;
const isTensor = (pair: Pair): pair is readonly [string, PyTensor] => pair[1] instanceof PyTensor;
const isModule = (pair: Pair): pair is readonly [string, ModuleInstance] => pair[1] instanceof ModuleInstance;

function unknownAmong({ entries }: PyDict): Unknown | undefined {
  if (entries.size === 0) return undefined;
  for (const { key, value } of entries.values()) if (typeof key === 'string' && value instanceof Unknown) return value;
  return undefined;
}

const empty = new PyDict();

export interface Named<T> {
  readonly path: string;
  readonly value: T;
}

/** `named_modules()`: itself first, then what is inside, each once unless asked otherwise. */
export function* modulesOf(
  root: ModuleInstance,
  prefix = '',
  once = true,
  seen = new Set<ModuleInstance>(),
): Generator<Named<ModuleInstance>> {
  const stack: Named<ModuleInstance>[] = [{ path: prefix, value: root }];
  // A module may hold itself by mistake; torch would not end.
  let left = 100_000;
  while (stack.length > 0 && left-- > 0) {
    const each = stack.pop()!;
    if (once && seen.has(each.value)) continue;
    seen.add(each.value);
    yield each;
    const inside = each.value.ownChildren();
    for (let at = inside.length - 1; at >= 0; at--) {
      const [name, value] = inside[at]!;
      stack.push({ path: joined(each.path, name), value });
    }
  }
}

/** `named_parameters()`. */
export function* parametersOf(
  root: ModuleInstance,
  prefix = '',
  deep = true,
  once = true,
): Generator<Named<PyParameter>> {
  yield* members(root, module => module.ownParameters(), prefix, deep, once);
}

/** `named_buffers()`. */
export function* buffersOf(root: ModuleInstance, prefix = '', deep = true, once = true): Generator<Named<PyTensor>> {
  yield* members(root, module => module.ownBuffers(), prefix, deep, once);
}

function* members<T>(
  root: ModuleInstance,
  own: (module: ModuleInstance) => Iterable<readonly [string, T]>,
  prefix: string,
  deep: boolean,
  once: boolean,
): Generator<Named<T>> {
  const seen = new Set<T>();
  for (const { path, value: module } of deep ? modulesOf(root, prefix, once) : [{ path: prefix, value: root }]) {
    for (const [name, value] of own(module)) {
      if (once && seen.has(value)) continue;
      seen.add(value);
      yield { path: joined(path, name), value };
    }
  }
}

export function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
