// torch/nn/modules/module.py: registration, walking the tree, calling.
import * as l10n from '@vscode/l10n';

import type { Machine } from '../../../python/machine.ts';
import { bindNative } from '../../../python/native.ts';
import {
  type Keywords,
  Native,
  type PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyIterator,
  PyObject,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from '../../../python/objects.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import type { BegunRow, KnownRow } from '../world.ts';
import { copiesOf, deepCopy } from './copying.ts';
import { buffersOf, type Hook, joined, ModuleInstance, modulesOf, type Named, parametersOf } from './instance.ts';
import {
  callPlaces,
  dictOf,
  entry,
  flag,
  itemsOf,
  keywordsOf,
  named,
  native,
  nativeClass,
  nativeSteps,
  setEntry,
  tupleOf,
} from './natives.ts';
import { enclosing, type NN } from './state.ts';

/** Fills nn.Module, which the world has made. */
export function defineModule(nn: NN): void {
  const cls = nn.world.classes.Module;
  nn.classes.set('Module', cls);
  cls.create = (own, _args, _keywords, machine) => new ModuleInstance(own, callPlaces(machine));
  cls.getAttribute = (self, name) => (self instanceof ModuleInstance ? self.registered(name) : undefined);
  cls.setAttribute = (self, name, value, machine) => setAttribute(moduleOf(self, machine), name, value, machine);
  for (const method of [...basics, ...walking, ...changing(nn), ...hooks(nn), ...harmless])
    cls.dict.set(method.name, method);
  cls.dict.set('__call__', calling(nn));
  cls.dict.set('_call_impl', calling(nn));
  cls.dict.set(
    '__deepcopy__',
    native('__deepcopy__', 'self, memo', ([self, memo], machine) => {
      machine.looksUp('__deepcopy__');
      return deepCopy(self!, copiesOf(memo));
    }),
  );
  cls.dict.set('__annotations__', dictOf());
  cls.dict.set('dump_patches', false);
  cls.dict.set('call_super_init', false);
  cls.dict.set('_version', 1);
}

export function moduleOf(value: Value | undefined, machine: Machine): ModuleInstance {
  if (value instanceof ModuleInstance) return value;
  throw machine.raise('TypeError', 'an nn.Module is needed');
}

/** `__setattr__`: parameters, modules and buffers are registered, all else is an attribute. */
export function setAttribute(self: ModuleInstance, name: string, value: Value, machine: Machine): void {
  if (value instanceof PyParameter) {
    if (!self.isReady) {
      throw machine.raise('AttributeError', 'cannot assign parameters before Module.__init__() call');
    }
    registerParameter(self, name, value);
  } else if (value instanceof ModuleInstance) {
    if (!self.isReady) throw machine.raise('AttributeError', 'cannot assign module before Module.__init__() call');
    self.register('children', name, value);
  } else if (!self.isReady) {
    self.set(name, value);
  } else if (value instanceof Unknown) {
    // Whatever it is: it takes the place of what was registered.
    self.remove(name);
    self.set(name, value);
  } else if (self.parameters.entries.has(name)) {
    if (value !== null) {
      throw machine.raise(
        'TypeError',
        `cannot assign '${typeName(value, machine)}' as parameter '${name}' (torch.nn.Parameter or None expected)`,
      );
    }
    self.register('parameters', name, null);
  } else if (self.children.entries.has(name)) {
    if (value !== null) {
      throw machine.raise(
        'TypeError',
        `cannot assign '${typeName(value, machine)}' as child module '${name}' (torch.nn.Module or None expected)`,
      );
    }
    self.register('children', name, null);
  } else if (self.buffers.entries.has(name) || isBuffer(value)) {
    if (value !== null && !(value instanceof PyTensor)) {
      throw machine.raise(
        'TypeError',
        `cannot assign '${typeName(value, machine)}' as buffer '${name}' (torch.Tensor or None expected)`,
      );
    }
    self.register('buffers', name, value);
  } else self.set(name, value);
}

function isBuffer(value: Value): boolean {
  return value instanceof PyTensor && value.cls.name === 'Buffer';
}

export function registerParameter(self: ModuleInstance, name: string, value: PyParameter | null): void {
  if (value && name === 'bias' && value.role === 'weights') value.role = 'biases';
  self.register('parameters', name, value);
}

function typeName(value: Value, machine: Machine): string {
  // torch.typename of a tensor is that of its legacy class.
  if (value instanceof PyTensor) return `torch.${legacy[value.dtype] ?? ''}Tensor`;
  return machine.typeOf(value)?.name ?? 'object';
}

const legacy: Readonly<Partial<Record<PyTensor['dtype'], string>>> = {
  float64: 'Double',
  float32: 'Float',
  float16: 'Half',
  bfloat16: 'BFloat16',
  int64: 'Long',
  int32: 'Int',
  int16: 'Short',
  int8: 'Char',
  uint8: 'Byte',
  bool: 'Bool',
};

/** `__call__`: hooks, then `forward` of the instance or its class, as a frame. */
function calling(nn: NN): Native {
  return nativeSteps('__call__', 'self, *args, **kwargs', ([self, positional, keywords], machine): Steps => {
    const module = moduleOf(self, machine);
    if (!module.isReady) {
      throw machine.raise('AttributeError', `'${module.cls.name}' object has no attribute '_backward_hooks'`);
    }
    const args = itemsOf(positional);
    const named = keywordsOf(keywords);
    const row = nn.world.beginRow(module, args, named);
    return row ? rowCalled(nn, row, module, args, named, machine) : called(nn, module, args, named, machine);
  });
}

/** The call of a module that is a row of another text. */
function* rowCalled(
  nn: NN,
  row: KnownRow | BegunRow,
  module: ModuleInstance,
  args: readonly Value[],
  named: Keywords,
  machine: Machine,
): Steps {
  if (row.kind === 'known') return row.result;
  let result: Value | undefined;
  try {
    result = yield* called(nn, module, args, named, machine);
    return result;
  } finally {
    nn.world.endRow(row, result);
  }
}

function* called(
  nn: NN,
  module: ModuleInstance,
  positional: readonly Value[],
  keywords: Keywords,
  machine: Machine,
): Steps {
  let args = positional;
  let named = keywords;
  // What a hook computes belongs to whoever calls.
  for (const { when, callee, withKeywords } of module.hooks) {
    if (when !== 'before') continue;
    const result = yield* machine.call(
      callee,
      withKeywords ? [module, tupleOf(args), dictOf(named)] : [module, tupleOf(args)],
    );
    if (result instanceof Unknown) return result;
    if (result === null) continue;
    const items = itemsOf(result);
    if (withKeywords && items.length === 2) {
      args = itemsOf(items[0]);
      named = keywordsOf(items[1]);
    } else args = items.length > 0 ? items : [result];
  }
  const at = machine.top;
  if (at) at.tag = nn.tag(module, at);
  for (const { when, callee } of module.hooks) if (when === 'within') yield* machine.call(callee, [module]);
  let result: Value;
  const forward = plainForward(module, machine);
  if (forward instanceof PyFunction) result = yield { callee: forward, args: [module, ...args], keywords: named };
  else if (forward && !args.some(isUnknown) && ![...named.values()].some(isUnknown)) {
    result = yield* ownForward(forward, module, args, named, machine);
  } else result = yield* machine.call(yield* machine.getAttribute(module, 'forward'), args, named);
  for (const { when, callee, withKeywords } of module.hooks) {
    if (when !== 'after') continue;
    const changed = yield* machine.call(
      callee,
      withKeywords ? [module, tupleOf(args), dictOf(named), result] : [module, tupleOf(args), result],
    );
    if (changed !== null) result = changed;
  }
  nn.called(result, at);
  return result;
}

const isUnknown = (value: Value): boolean => value instanceof Unknown;

/** `forward` where it is a function of the class or a native layer's own, which no Python has to find. */
function plainForward(module: ModuleInstance, machine: Machine): PyFunction | Native | undefined {
  const { cls } = module;
  if (module.dict?.has('forward') || cls.find('__getattribute__') !== machine.objectMember('__getattribute__')) {
    return undefined;
  }
  const found = cls.find('forward');
  return found instanceof PyFunction || (found instanceof Native && bodies.has(found)) ? found : undefined;
}

type Body = (self: ModuleInstance, args: readonly Value[], machine: Machine) => Value | Steps;

/** What native layers do when they are called. */
const bodies = new WeakMap<Native, Body>();

/** A native layer's `forward` within the call of its module. */
function* ownForward(
  forward: Native,
  module: ModuleInstance,
  args: readonly Value[],
  named: Keywords,
  machine: Machine,
): Steps {
  const bound = bindNative(forward, [module, ...args], named, machine);
  if (bound instanceof Unknown) return bound;
  try {
    if (module.children.entries.size > 0 && module.children.entries.has('parametrizations')) {
      yield* parametrized(module, machine);
    }
    const made = bodies.get(forward)!(module, bound.slice(1), machine);
    const result = isSteps(made) ? yield* made : made;
    module.computed?.clear();
    return result;
  } catch (error) {
    if (error instanceof UnknownAccess) return error.unknown;
    throw error;
  }
}

/** The `forward` of a native layer: a frame of its own where it is called directly. */
export function forwarding(nn: NN, signature: string, body: Body): Native {
  const forward = nativeSteps('forward', `self, ${signature}`, function* ([self, ...args], machine): Steps {
    const module = moduleOf(self, machine);
    const at = machine.top;
    const isDirect = at !== undefined && enclosing(at.parent) !== module;
    if (isDirect) at.tag = nn.tag(module, at.parent);
    if (module.children.entries.has('parametrizations')) yield* parametrized(module, machine);
    const made = body(module, args, machine);
    const result = isSteps(made) ? yield* made : made;
    module.computed?.clear();
    if (isDirect) nn.called(result, at);
    return result;
  });
  bodies.set(forward, body);
  return forward;
}

/** Tensors that are computed from others whenever they are read (torch.nn.utils.parametrize). */
function* parametrized(module: ModuleInstance, machine: Machine): Steps<void> {
  const list = entry(module.children, 'parametrizations');
  if (!(list instanceof ModuleInstance)) return;
  for (const [name] of list.ownChildren()) {
    const value = yield* machine.getAttribute(module, name);
    module.computed ??= new Map();
    module.computed.set(name, value);
  }
}

export function isSteps(value: Value | Steps): value is Steps {
  return typeof value === 'object' && value !== null && !(value instanceof PyObject) && Symbol.iterator in value;
}

const basics: readonly Native[] = [
  native('__init__', 'self, *args, **kwargs', ([self, args, keywords], machine) => {
    const module = moduleOf(self, machine);
    const extra = [...keywordsOf(keywords).keys()][0];
    if (extra !== undefined) {
      const message = `${module.cls.name}.__init__() got an unexpected keyword argument '${extra}'`;
      throw machine.raise('TypeError', message);
    }
    const count = itemsOf(args).length;
    if (count > 0) {
      const message = `${module.cls.name}.__init__() takes 1 positional argument but ${count + 1} were given`;
      throw machine.raise('TypeError', message);
    }
    module.prepare();
    return null;
  }),
  native('__getattr__', 'self, name', ([self, name], machine) => {
    const module = moduleOf(self, machine);
    machine.looksUp(String(name));
    const found = module.registered(String(name));
    if (found !== undefined) return found;
    throw machine.raise('AttributeError', `'${module.cls.name}' object has no attribute '${String(name)}'`);
  }),
  native('__setattr__', 'self, name, value', ([self, name, value], machine) => {
    machine.looksUp(String(name));
    setAttribute(moduleOf(self, machine), String(name), value!, machine);
    return null;
  }),
  native('__delattr__', 'self, name', ([self, name], machine) => {
    const module = moduleOf(self, machine);
    machine.looksUp(String(name));
    if (module.remove(String(name))) return null;
    throw machine.raise('AttributeError', `'${module.cls.name}' object has no attribute '${String(name)}'`);
  }),
  native('forward', 'self, *input', ([self], machine) => {
    const module = moduleOf(self, machine);
    throw machine.raise(
      'NotImplementedError',
      `Module [${module.cls.name}] is missing the required "forward" function`,
    );
  }),
  native('register_parameter', 'self, name, param', ([self, name, value], machine) => {
    const module = registering(self, name, machine, 'parameter');
    needName(module, String(name), machine, 'parameter');
    if (value !== null && !(value instanceof PyParameter)) {
      if (value instanceof Unknown) module.set(String(name), value);
      else
        throw machine.raise('TypeError', `cannot assign '${typeName(value!, machine)}' object to parameter '${name}'`);
    } else registerParameter(module, String(name), value);
    return null;
  }),
  native('register_buffer', 'self, name, tensor, persistent=True', ([self, name, value, persistent], machine) => {
    const module = registering(self, name, machine, 'buffer');
    needName(module, String(name), machine, 'buffer');
    const text = String(name);
    if (value instanceof Unknown) module.set(text, value);
    else if (value !== null && !(value instanceof PyTensor)) {
      throw machine.raise('TypeError', `cannot assign '${typeName(value!, machine)}' object to buffer '${text}'`);
    } else module.register('buffers', text, value);
    if (flag(persistent!, true)) module.unsaved?.delete(text);
    else {
      module.unsaved ??= new Set();
      module.unsaved.add(text);
    }
    return null;
  }),
  ...['add_module', 'register_module'].map(name =>
    native(name, 'self, name, module', ([self, child, value], machine) => {
      const module = registering(self, child, machine, 'module');
      needName(module, String(child), machine, 'module');
      const unknown = value instanceof Unknown ? value : machine.typeOf(value!)?.unknownBase;
      if (unknown && !(value instanceof ModuleInstance)) module.set(String(child), unknown);
      else if (value !== null && !(value instanceof ModuleInstance)) {
        throw machine.raise('TypeError', `${typeName(value!, machine)} is not a Module subclass`);
      } else module.register('children', String(child), value);
      return null;
    }),
  ),
  native('extra_repr', 'self', () => ''),
  native('_get_name', 'self', ([self], machine) => moduleOf(self, machine).cls.name),
  native('__repr__', 'self', ([self], machine) => `${moduleOf(self, machine).cls.name}()`),
];

function registering(
  self: Value | undefined,
  name: Value | undefined,
  machine: Machine,
  kind: 'parameter' | 'buffer' | 'module',
): ModuleInstance {
  const module = moduleOf(self, machine);
  if (!module.isReady) throw machine.raise('AttributeError', `cannot assign ${kind} before Module.__init__() call`);
  if (typeof name !== 'string') throw machine.raise('TypeError', `${kind} name should be a string`);
  if (name.includes('.')) throw machine.raise('KeyError', `${kind} name can't contain "."`);
  if (name === '') throw machine.raise('KeyError', `${kind} name can't be empty string ""`);
  return module;
}

/** Raises what PyTorch does for a name that the object has already, or that no part can have. */
export function needName(
  self: ModuleInstance,
  name: string,
  machine: Machine,
  kind: 'parameter' | 'buffer' | 'module',
): void {
  const registry = kind === 'module' ? self.children : kind === 'buffer' ? self.buffers : self.parameters;
  registering(self, name, machine, kind);
  const found = machine.lookup(self, name);
  const isThere = self.registered(name) !== undefined || (found !== undefined && !(found instanceof Unknown));
  if (isThere && !registry.entries.has(name)) throw machine.raise('KeyError', `attribute '${name}' already exists`);
}

/** An iterator over what is there now. */
export function iterator(values: Iterable<Value>): PyIterator {
  const source = values[Symbol.iterator]();
  return new PyIterator(() => {
    const { value, done } = source.next();
    return done ? undefined : value;
  });
}

const pairs = <T extends Value>(list: Iterable<Named<T>>): PyIterator =>
  iterator([...list].map(({ path, value }) => tupleOf([path, value])));
const values = <T extends Value>(list: Iterable<Named<T>>): PyIterator => iterator([...list].map(({ value }) => value));

const walking: readonly Native[] = [
  native('named_children', 'self', ([self], machine) => {
    const seen = new Set<ModuleInstance>();
    return pairs(
      moduleOf(self, machine)
        .ownChildren()
        .flatMap(([path, value]) => {
          if (seen.has(value)) return [];
          seen.add(value);
          return [{ path, value }];
        }),
    );
  }),
  native('children', 'self', ([self], machine) =>
    iterator(
      new Set(
        moduleOf(self, machine)
          .ownChildren()
          .map(([, child]) => child),
      ),
    ),
  ),
  native('modules', 'self', ([self], machine) => values(modulesOf(moduleOf(self, machine)))),
  native('named_modules', "self, memo=None, prefix='', remove_duplicate=True", ([self, , prefix, once], machine) =>
    pairs(modulesOf(moduleOf(self, machine), String(prefix), flag(once!, true))),
  ),
  native('parameters', 'self, recurse=True', ([self, deep], machine) =>
    values(parametersOf(moduleOf(self, machine), '', flag(deep!, true))),
  ),
  native(
    'named_parameters',
    "self, prefix='', recurse=True, remove_duplicate=True",
    ([self, prefix, deep, once], machine) =>
      pairs(parametersOf(moduleOf(self, machine), String(prefix), flag(deep!, true), flag(once!, true))),
  ),
  native('buffers', 'self, recurse=True', ([self, deep], machine) =>
    values(buffersOf(moduleOf(self, machine), '', flag(deep!, true))),
  ),
  native(
    'named_buffers',
    "self, prefix='', recurse=True, remove_duplicate=True",
    ([self, prefix, deep, once], machine) =>
      pairs(buffersOf(moduleOf(self, machine), String(prefix), flag(deep!, true), flag(once!, true))),
  ),
  native('get_submodule', 'self, target', ([self, target], machine) =>
    submodule(moduleOf(self, machine), String(target), machine),
  ),
  native('set_submodule', 'self, target, module, strict=False', ([self, target, value], machine) => {
    const path = String(target).split('.');
    const holder = submodule(moduleOf(self, machine), path.slice(0, -1).join('.'), machine);
    setAttribute(holder, path.at(-1)!, value!, machine);
    return null;
  }),
  ...(['get_parameter', 'get_buffer'] as const).map(name =>
    native(name, 'self, target', ([self, target], machine) => {
      const path = String(target).split('.');
      const holder = submodule(moduleOf(self, machine), path.slice(0, -1).join('.'), machine);
      const found = entry(name === 'get_buffer' ? holder.buffers : holder.parameters, path.at(-1)!);
      if (found !== undefined) return found;
      throw machine.raise('AttributeError', `${holder.cls.name} has no attribute \`${path.at(-1)}\``);
    }),
  ),
  native(
    'state_dict',
    "self, *args, destination=None, prefix='', keep_vars=False",
    ([self, , into, prefix], machine) => {
      const dict = into instanceof PyDict ? into : new PyDict();
      for (const { path, value: module } of modulesOf(
        moduleOf(self, machine),
        String(prefix).replace(/\.$/, ''),
        false,
      )) {
        for (const [name, parameter] of module.ownParameters()) setEntry(dict, joined(path, name), parameter);
        for (const [name, buffer] of module.ownBuffers()) {
          if (!module.unsaved?.has(name)) setEntry(dict, joined(path, name), buffer);
        }
      }
      return dict;
    },
  ),
  native('__dir__', 'self', ([self], machine) => {
    const module = moduleOf(self, machine);
    machine.looksUp('__dict__');
    const names = [...(module.dict?.keys() ?? [])];
    for (const dict of [module.parameters, module.buffers, module.children])
      for (const [name] of named(dict)) names.push(name);
    return tupleOf(names.sort());
  }),
];

function submodule(root: ModuleInstance, path: string, machine: Machine): ModuleInstance {
  let at = root;
  for (const name of path === '' ? [] : path.split('.')) {
    const next = at.attribute(name);
    if (!(next instanceof ModuleInstance)) {
      const message =
        next === undefined ? `${at.cls.name} has no attribute \`${name}\`` : `\`${name}\` is not an nn.Module`;
      throw machine.raise('AttributeError', message);
    }
    at = next;
  }
  return at;
}

function changing(nn: NN): readonly Native[] {
  const { Module } = nn.world.classes;
  const isOwn = (module: ModuleInstance, name: string): boolean =>
    module.cls.mro.find(({ dict }) => dict.has(name)) === Module && !module.dict?.has(name);

  /** A method that does something here and then in all children, whose classes may have one of their own. */
  function* everywhere(
    self: ModuleInstance,
    name: string,
    args: readonly Value[],
    here: (module: ModuleInstance) => void,
    machine: Machine,
  ): Steps {
    here(self);
    for (const [, child] of self.ownChildren()) {
      if (isOwn(child, name)) yield* everywhere(child, name, args, here, machine);
      else yield* machine.call(yield* machine.getAttribute(child, name), args);
    }
    return self;
  }

  return [
    nativeSteps('train', 'self, mode=True', function* ([self, mode], machine): Steps {
      const isTraining = flag(mode!, true);
      const here = (module: ModuleInstance): void => module.set('training', isTraining);
      return yield* everywhere(moduleOf(self, machine), 'train', [isTraining], here, machine);
    }),
    nativeSteps('eval', 'self', function* ([self], machine): Steps {
      return yield* machine.call(yield* machine.getAttribute(self!, 'train'), [false]);
    }),
    nativeSteps('apply', 'self, fn', function* ([self, fn], machine): Steps {
      return yield* applied(moduleOf(self, machine), fn!, machine);
    }),
    native('requires_grad_', 'self, requires_grad=True', ([self, wanted], machine) => {
      const module = moduleOf(self, machine);
      for (const { value } of parametersOf(module)) value.requiresGrad = flag(wanted!, true);
      return module;
    }),
    ...Object.entries({ half: 'float16', float: 'float32', double: 'float64', bfloat16: 'bfloat16' } as const).map(
      ([name, dtype]) =>
        native(name, 'self', ([self], machine) => {
          const module = moduleOf(self, machine);
          for (const list of [parametersOf(module), buffersOf(module)]) {
            for (const { value } of list) if (/float/.test(value.dtype)) value.dtype = dtype;
          }
          return module;
        }),
    ),
    ...['to', 'cuda', 'cpu', 'xpu', 'ipu', 'mtia', 'type', 'to_empty', 'share_memory', '_apply'].map(name =>
      native(name, 'self, *args, **kwargs', ([self]) => self!),
    ),
  ];

  function* applied(self: ModuleInstance, fn: Value, machine: Machine): Steps {
    for (const [, child] of self.ownChildren()) {
      if (isOwn(child, 'apply')) yield* applied(child, fn, machine);
      else yield* machine.call(yield* machine.getAttribute(child, 'apply'), [fn]);
    }
    yield* machine.call(fn, [self]);
    return self;
  }
}

/** Hooks around calls run; those of training and of loading do not. */
function hooks(nn: NN): readonly Native[] {
  const handle = nativeClass(nn.machine, 'RemovableHandle', [], {}, { module: 'torch.utils.hooks' });
  handle.dict.set(
    'remove',
    native('remove', 'self', ([self]) => {
      if (self instanceof Handle) self.remove();
      return null;
    }),
  );
  handle.dict.set(
    '__enter__',
    native('__enter__', 'self', ([self]) => self!),
  );
  handle.dict.set(
    '__exit__',
    native('__exit__', 'self, type, value, tb', ([self]) => {
      if (self instanceof Handle) self.remove();
      return null;
    }),
  );
  const ignoring = (name: string): Native => native(name, 'self, *args, **kwargs', () => new Handle(handle));
  const registering = (name: string, when: Hook['when'], options: string): Native =>
    native(
      name,
      `self, hook, *, prepend=False, with_kwargs=False${options}`,
      ([self, callee, prepend, named], machine) => {
        const module = moduleOf(self, machine);
        const hook: Hook = { when, callee: callee!, withKeywords: flag(named!) };
        module.hooks = flag(prepend!) ? [hook, ...module.hooks] : [...module.hooks, hook];
        return new Handle(handle, module, hook);
      },
    );
  return [
    registering('register_forward_pre_hook', 'before', ''),
    registering('register_forward_hook', 'after', ', always_call=False'),
    ...[
      'register_backward_hook',
      'register_full_backward_hook',
      'register_full_backward_pre_hook',
      'register_load_state_dict_pre_hook',
      'register_load_state_dict_post_hook',
      'register_state_dict_pre_hook',
      'register_state_dict_post_hook',
      '_register_state_dict_hook',
      '_register_load_state_dict_pre_hook',
    ].map(ignoring),
  ];
}

class Handle extends PyInstance {
  readonly #module: ModuleInstance | undefined;
  readonly #hook: Hook | undefined;

  constructor(cls: PyClass, module?: ModuleInstance, hook?: Hook) {
    super(cls);
    this.#module = module;
    this.#hook = hook;
  }

  remove(): void {
    if (this.#module) this.#module.hooks = this.#module.hooks.filter(each => each !== this.#hook);
  }
}

/** Weights are never loaded: no cost depends on them. */
const harmless: readonly Native[] = [
  native('load_state_dict', 'self, *args, **kwargs', (_, machine) => machine.unknown(l10n.t('weights are not loaded'))),
  ...[
    'zero_grad',
    '_load_from_state_dict',
    '_save_to_state_dict',
    'compile',
    'set_extra_state',
    '_initialize_hook',
  ].map(name => native(name, 'self, *args, **kwargs', () => null)),
  native('get_extra_state', 'self', () => null),
];
