// One of several values, which one depends on values that nobody knows: the expert that a router chooses. What stands for it
// has what all of them have; what they differ in is unknown. So a call of it costs what a call of each of them costs, or is
// unknown itself.
import * as l10n from '@vscode/l10n';
import type { Part, Picks } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { keywordsOf } from '../../../python/core.ts';
import type { Machine } from '../../../python/machine.ts';
import { nativeClass, nativeSteps } from '../../../python/native.ts';
import {
  PyBoundMethod,
  type PyClass,
  PyDict,
  PyFloat,
  PyInstance,
  PyList,
  PyObject,
  PyTuple,
  poisonOf,
  type Steps,
  setAmbiguous,
  Unknown,
  type Value,
} from '../../../python/objects.ts';
import type { Reason } from '../../../text/reason.ts';
import { Print, sameList } from '../print.ts';
import { type Recording, worldOf } from '../recording.ts';
import { Storage } from '../storage.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import { compute, isKnown, valuesOf } from '../values.ts';
import { ModuleInstance } from './instance.ts';
import { setEntry } from './natives.ts';
import type { NN } from './state.ts';

/** More values than these are not compared. */
const mostCompared = 4096;
/** What looking at one object of one value costs. */
const objectWork = 20;

/** What stands for one of some values; undefined where nothing can. `why` says why it is not known which one. */
export function choose(
  nn: NN,
  world: Recording,
  values: readonly Value[],
  why: Unknown,
  list?: ModuleInstance,
): Value | undefined {
  const [first] = values;
  if (first instanceof PyTensor && !(first instanceof PyParameter)) return chosenTensor(world, values);
  if (!(first instanceof ModuleInstance || first instanceof PyParameter)) return undefined;
  const reason: Reason = {
    message: l10n.t('which of {0} modules is called depends on values, and they are not alike', values.length),
    short: l10n.t('experts are not alike'),
  };
  const union = new Union(world, values, new Unknown(reason, why.place), list);
  const result = union.of(values);
  if (union.isUnlike && list && values.every(each => each instanceof ModuleInstance)) {
    return alternatives(nn, world, [...new Set(values as readonly ModuleInstance[])], why.loose);
  }
  if (result === first || result instanceof Unknown) return result;
  // Their parameters are there, whichever is called.
  if (world.isRecording) {
    for (const value of values) {
      if (value instanceof ModuleInstance) world.countLeft(value, nn.label(value, world.machine.top));
      else if (value instanceof PyParameter) world.node(value);
    }
  }
  const before = union.print(result);
  world.chosen.push({
    isChanged: () => !before.isWhole || !sameList(before.tokens, union.print(result).tokens),
    why: { message: l10n.t('which of {0} modules has changed itself depends on values', values.length) },
  });
  return result;
}

/** One of several results: all of them are computed. */
function chosenTensor(world: Recording, values: readonly Value[]): Value | undefined {
  const tensors = values.flatMap(value =>
    value instanceof PyTensor && !(value instanceof PyParameter) ? [value] : [],
  );
  const [first] = tensors;
  if (!first?.shape || first.shape.some(Number.isNaN) || tensors.length < values.length) return undefined;
  const isLike = ({ shape, dtype, hasType }: PyTensor): boolean =>
    shape !== undefined && sameList(shape, first.shape!) && dtype === first.dtype && hasType;
  return tensors.every(isLike) ? world.apply(ops.rearrange, { how: 'index', shape: first.shape }, tensors) : undefined;
}

/** More are not tried one by one. */
const mostAlternatives = 64;

const alternativeClasses = new WeakMap<Recording, PyClass>();

/** One of several modules that are not alike. */
class Alternatives extends PyInstance {
  readonly modules: readonly ModuleInstance[];
  readonly why: Unknown;

  constructor(cls: PyClass, modules: readonly ModuleInstance[], why: Unknown) {
    super(cls);
    this.modules = modules;
    this.why = why;
  }
}

/** What calls one of some modules: each of them may be the one. */
function alternatives(nn: NN, world: Recording, modules: readonly ModuleInstance[], why: Unknown): Value {
  const reason: Reason = {
    message: l10n.t('which of {0} modules is called depends on values, and they are not alike', modules.length),
    short: l10n.t('experts are not alike'),
  };
  const unknown = new Unknown(reason, why.place);
  if (modules.length > mostAlternatives) return unknown;
  let cls = alternativeClasses.get(world);
  if (!cls) {
    cls = nativeClass(
      world.machine,
      'Module',
      [],
      { __call__: nativeSteps('__call__', 'self, *args, **kwargs', callOne) },
      { getAttribute: self => (self instanceof Alternatives ? self.why : undefined) },
    );
    alternativeClasses.set(world, cls);
  }
  if (world.isRecording) for (const module of modules) world.countLeft(module, nn.label(module, world.machine.top));
  return new Alternatives(cls, modules, unknown);
}

function* callOne([self, args, keywords]: readonly Value[], machine: Machine): Steps {
  const { modules, why } = self as Alternatives;
  const of: Picks = { count: 1, range: modules.length, most: 1 };
  const results: Value[] = [];
  for (const [number, module] of modules.entries()) {
    const part: Part = { of, number, isExact: true };
    const decision = { is: 'some', of: part } as const;
    const given = keywordsOf(keywords as PyDict);
    results.push(yield* machine.mayCall(module, (args as PyTuple).items, given, why, decision));
  }
  return (
    chosenTensor(worldOf(machine), results) ?? new Unknown(why.reason, why.place, undefined, false, { is: 'value' })
  );
}

/** What several values have in common. */
class Union {
  readonly #world: Recording;
  readonly #roots: readonly Value[];
  readonly #why: Unknown;
  readonly #list: ModuleInstance | undefined;
  /** Whether modules are of other classes, have other parts, or layers other sizes. */
  isUnlike = false;
  /** What was made. */
  readonly #made = new Set<object>();
  /** By an object of any of the values: the objects at that place in all of them, and what stands for them. */
  readonly #places = new Map<object, { readonly values: readonly Value[]; readonly result: Value }>();

  constructor(world: Recording, roots: readonly Value[], why: Unknown, list: ModuleInstance | undefined) {
    this.#world = world;
    this.#roots = roots;
    this.#why = why;
    this.#list = list;
  }

  /** All that somebody could find out of it, as far as it was made here. */
  print(value: Value): Print {
    const print = new Print(object => object instanceof PyObject && !this.#made.has(object));
    print.add(value);
    return print;
  }

  of(values: readonly Value[]): Value {
    const [first] = values;
    // What all of them hold is itself, and so are equal numbers and texts.
    if (first === undefined) return this.#why;
    if (values.every(value => Object.is(value, first))) return first;
    if (typeof first !== 'object' || first === null) return this.#why;
    this.#world.machine.charge(objectWork * values.length);
    const unknown = values.find(value => value instanceof Unknown);
    if (unknown instanceof Unknown) return unknown.loose;
    const objects = values as readonly object[];
    if (
      objects.some(object => typeof object !== 'object' || object === null || object.constructor !== first.constructor)
    )
      return first instanceof ModuleInstance ? this.#unlike() : this.#why;
    if (first instanceof PyFloat) {
      return objects.every(each => Object.is((each as PyFloat).value, first.value)) ? first : this.#why;
    }
    const known = objects.map(object => this.#places.get(object));
    if (known.some(place => place !== undefined)) {
      const [place] = known;
      return place && known.every(each => each === place) && sameList(place.values, values) ? place.result : this.#why;
    }
    const poisoned = objects.map(poisonOf).find(why => why !== undefined);
    return poisoned ? poisoned.loose : this.#alike(first, objects);
  }

  #alike(first: object, objects: readonly object[]): Value {
    if (first instanceof ModuleInstance) return this.#module(first, objects as readonly ModuleInstance[]);
    if (first instanceof PyTensor) return this.#tensor(first, objects as readonly PyTensor[]);
    if (first instanceof PyDict) return this.#dict(first, objects as readonly PyDict[]);
    if (first instanceof PyList) {
      const copy = new PyList([]);
      const items = this.#items(objects as readonly PyList[], copy);
      if (!items) return this.#why;
      copy.items = items;
      return copy;
    }
    if (first instanceof PyTuple) {
      const items = this.#items(objects as readonly PyTuple[]);
      return items ? this.#place(new PyTuple(items), objects) : this.#why;
    }
    if (first instanceof PyBoundMethod) {
      const methods = objects as readonly PyBoundMethod[];
      const self = this.of(methods.map(method => method.self));
      if (self instanceof Unknown || methods.some(({ callee }) => callee !== first.callee)) return this.#why;
      return this.#place(new PyBoundMethod(self, first.callee), objects);
    }
    if (first instanceof PyInstance && first.constructor === PyInstance) {
      const instances = objects as readonly PyInstance[];
      if (instances.some(({ cls }) => cls !== first.cls)) return this.#why;
      const copy = this.#place(new PyInstance(first.cls), objects);
      setAmbiguous(copy, this.#why);
      this.#attributes(copy, instances);
      return copy;
    }
    return this.#why;
  }

  #place<T extends Value & object>(result: T, objects: readonly object[]): T {
    const place = { values: objects as readonly Value[], result };
    for (const object of objects) this.#places.set(object, place);
    this.#made.add(result);
    return result;
  }

  #module(first: ModuleInstance, modules: readonly ModuleInstance[]): Value {
    if (modules.some(({ cls, hooks }) => cls !== first.cls || hooks.length > 0)) return this.#unlike();
    const { construct } = first;
    const isOneCall = modules.every(
      each =>
        each.construct.length === construct.length &&
        each.construct.every(({ file, range }, at) => {
          const other = construct[at]!;
          return file === other.file && range.from === other.range.from && range.to === other.range.to;
        }),
    );
    const copy = this.#place(new ModuleInstance(first.cls, isOneCall ? construct : []), modules);
    setAmbiguous(copy, this.#why);
    if (this.#roots[0] === first) copy.choice = { modules, list: this.#list };
    copy.unknown = modules.find(({ unknown }) => unknown)?.unknown;
    if (first.unsaved) copy.unsaved = new Set(first.unsaved);
    this.#attributes(copy, modules);
    return copy;
  }

  #unlike(): Unknown {
    this.isUnlike = true;
    return this.#why;
  }

  #attributes(copy: PyInstance, instances: readonly PyInstance[]): void {
    const names = new Set(instances.flatMap(({ dict }) => [...(dict?.keys() ?? [])]));
    for (const name of names) {
      const values = instances.map(each => each.get(name));
      const isEverywhere = values.every(value => value !== undefined);
      if (copy instanceof ModuleInstance && registries.has(name)) this.#registry(copy, name, values);
      else {
        const common = isEverywhere ? this.of(values as readonly Value[]) : this.#why;
        // An option of a layer.
        if (common === this.#why && copy instanceof ModuleInstance && !copy.cls.place) this.isUnlike = true;
        copy.set(name, common);
      }
    }
  }

  /** Parameters, buffers and children by name. Where the names or their order are not the same, none of them is certain. */
  #registry(copy: ModuleInstance, name: string, values: readonly (Value | undefined)[]): void {
    const dicts = values.map(value => (value instanceof PyDict ? value : new PyDict()));
    const result = new PyDict();
    this.#made.add(result);
    copy.set(name, result);
    const keys = dicts.map(dict => [...dict.entries.keys()]);
    const isAlike = values.every(value => value instanceof PyDict) && keys.every(each => sameList(each, keys[0]!));
    if (!isAlike) copy.unknown ??= this.#unlike();
    for (const key of new Set(keys.flat())) {
      const found = dicts.map(dict => dict.entries.get(key)?.value);
      const isEverywhere = isAlike && found.every(value => value !== undefined);
      setEntry(result, String(key), isEverywhere ? this.of(found as readonly Value[]) : this.#why);
    }
  }

  #dict(first: PyDict, dicts: readonly PyDict[]): Value {
    const keys = [...first.entries.keys()];
    if (dicts.some(dict => dict.own || !sameList([...dict.entries.keys()], keys))) return this.#why;
    const copy = this.#place(new PyDict(), dicts);
    for (const [key, entry] of first.entries) {
      copy.entries.set(key, { key: entry.key, value: this.of(dicts.map(dict => dict.entries.get(key)!.value)) });
    }
    return copy;
  }

  /** A list may hold itself, so that it is there before its items are. */
  #items(lists: readonly (PyList | PyTuple)[], copy?: PyList): Value[] | undefined {
    const { length } = lists[0]!.items;
    if (lists.some(({ own, items }) => own || items.length !== length)) return undefined;
    if (copy) this.#place(copy, lists);
    return lists[0]!.items.map((_, at) => this.of(lists.map(list => list.items[at]!)));
  }

  #tensor(first: PyTensor, tensors: readonly PyTensor[]): Value {
    const { shape, dtype, hasType, requiresGrad, cls, strides } = first;
    const isLike = (each: PyTensor): boolean =>
      each.cls === cls && each.dtype === dtype && each.hasType === hasType && each.requiresGrad === requiresGrad;
    if (!tensors.every(isLike)) return this.#why;
    if (!shape || tensors.some(each => each.shape?.length !== shape.length)) return this.#unlike();
    // What a forward pass has computed is a tensor of the graph, another one in each.
    const isParameter = first instanceof PyParameter;
    if (!isParameter && tensors.some(({ node }) => node !== undefined)) return this.#why;
    const common = shape.map((length, axis) =>
      tensors.every(each => each.shape![axis] === length) ? length : Number.NaN,
    );
    if (isParameter && common.some(Number.isNaN)) this.isUnlike = true;
    const copy = isParameter ? new PyParameter(cls, common, dtype) : new PyTensor(cls, common, dtype);
    this.#place(copy, tensors);
    copy.hasType = hasType;
    copy.requiresGrad = requiresGrad;
    copy.why = common.some(Number.isNaN) ? (tensors.find(({ why }) => why)?.why ?? this.#why.reason) : undefined;
    const isSameOrder = tensors.every(each =>
      typeof strides === 'object' && typeof each.strides === 'object'
        ? sameList(strides, each.strides)
        : strides === each.strides,
    );
    copy.strides = isSameOrder ? strides : undefined;
    this.#attributes(copy, tensors);
    if (copy instanceof PyParameter) {
      copy.role = (first as PyParameter).role;
      copy.standsFor = tensors as readonly PyParameter[];
    }
    if (isSameOrder && strides === 'contiguous' && hasSameValues(tensors)) compute(copy, [first], Float64Array.from);
    copy.storage ??= new Storage();
    this.#made.add(copy.storage);
    return copy;
  }
}

const registries: ReadonlySet<string> = new Set(['_parameters', '_buffers', '_modules']);

function hasSameValues(tensors: readonly PyTensor[]): boolean {
  const [first] = tensors;
  if (!tensors.every(isKnown) || first!.shape!.reduce((size, length) => size * length, 1) > mostCompared) return false;
  const values = valuesOf(first!)!;
  return tensors.every(each => valuesOf(each)!.every((value, at) => Object.is(value, values[at])));
}
