// Calls of modules that were made before, found again by all that they may depend on: the module, what it is called with,
// and what of the program's own classes and globals is other than after its imports, as far as its code names it. A call that
// changed anything, or that somebody was told of, is made again. So nobody can see whether one was found or made.
import type { GraphNode, Tensor } from '../../graph/graph.ts';
import type { Labelled } from '../../graph/segment.ts';
import { isOwnName, isPlain, isPlainList, Snapshot } from '../../python/checkpoint.ts';
import type { Code } from '../../python/code.ts';
import {
  classChanges,
  moduleChanges,
  type PyClass,
  PyDict,
  PyFloat,
  PyList,
  PySet,
  PyTuple,
  poisonOf,
  type Value,
  type Work,
} from '../../python/objects.ts';
import type { Interpreter, Trace } from '../../python/vm/interpreter.ts';
import type { Reason } from '../../text/reason.ts';
import { ModuleInstance } from './nn/instance.ts';
import { type Left, Print, type Printed, sameList } from './print.ts';
import { type DType, type PyParameter, PyTensor, type Strides } from './tensor.ts';

/** What was there before the program began, and what of it is other than it was. */
export interface Heap {
  has(object: object): boolean;
  /** Returns how many names have been loaded that had been put off. */
  differences(tell: (part: unknown) => void, tellName: (holder: object, name: string, value: Value) => void): number;
}

/** Plain values that classes and modules of the program got: whose, under which name, and the value. */
type Named = readonly (readonly [holder: object, name: string, value: Value])[];

/** What is to be known of a call before it is made. */
export interface Question {
  /** Of what it is called with. */
  readonly print: Print;
  /** What of the heap is other than it was, but for names that only those see who say them. */
  readonly state: object;
  readonly named: Named;
  readonly loaded: number;
  readonly key: readonly unknown[];
  readonly events: number;
}

/** What a module holds before a call; its notes are separate. */
export interface Held {
  readonly print: Print;
  readonly notes: Notes;
}

/** What a module's call did: numbers are those of the objects that it was called with. */
export interface Answer {
  readonly result: Recipe;
  /** What lists hold afterwards that it was called with. */
  readonly lists: readonly (readonly [number, readonly Recipe[]])[];
  /** What it added to the graph that is recorded; undefined while none is. */
  readonly recorded: RecordedCall | undefined;
  readonly work: Work;
}

export interface RecordedCall {
  readonly segment: Labelled;
  /** For each port of the segment the number of the graph's tensor. */
  readonly ports: readonly number[];
  /** Parameters that it counts, and by which node of the segment. */
  readonly counted: readonly (readonly [PyParameter, GraphNode])[];
  /** Tensors that stand for something in the graph from then on. */
  readonly attached: readonly (readonly [PyTensor, Tensor])[];
}

/** How a result is made again. */
export type Recipe =
  | { readonly kind: 'plain'; readonly value: Value }
  | { readonly kind: 'known'; readonly object: number }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly Recipe[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [string, Recipe])[] }
  | { readonly kind: 'tensor'; readonly tensor: TensorRecipe };

export interface TensorRecipe {
  readonly cls: PyClass;
  readonly shape: readonly number[] | undefined;
  readonly dtype: DType;
  readonly hasType: boolean;
  readonly why: Reason | undefined;
  readonly strides: Strides;
  readonly requiresGrad: boolean;
  /** Which of the outputs of the segment it is. */
  readonly output: number | undefined;
}

interface Asked extends Printed {
  readonly state: object;
  readonly said: Said;
  readonly key: readonly unknown[];
}

/** The heap, as it was at some point. */
interface Seen {
  readonly at: readonly number[];
  readonly state: object;
  readonly named: Named;
  readonly loaded: number;
}

/**
 * What a module was given after it was made: numbers, texts, and lists of them, by name. Readers note there which row it is
 * and what it reads, which hardly any code asks for.
 */
type Notes = ReadonlyMap<unknown, readonly unknown[]>;

const isAsSeen = (a: Pick<Seen, 'state' | 'named'>, b: Pick<Seen, 'state' | 'named'>): boolean =>
  a.state === b.state && sameList(a.named.flat(), b.named.flat());

interface KnownCall extends Asked {
  /** What the module held before. */
  readonly before: Snapshot;
  readonly notes: Notes;
  /** The same as a print, which is enough where all that is changed is of the module as it was made. */
  readonly held: readonly unknown[] | undefined;
  /** Whatever of the module it changed or counted, but for what it made itself. */
  readonly touched: readonly object[];
  /** What makes of it what it held afterwards. */
  readonly changes: readonly (() => void)[];
  readonly answer: Answer;
}

/** An instance that a class made of some arguments. Only one reading at a time has it. */
class Instance implements Asked {
  readonly module: ModuleInstance;
  readonly tokens: readonly unknown[];
  readonly attached: readonly number[];
  readonly state: object;
  readonly said: Said;
  readonly key: readonly unknown[];
  readonly work: Work;
  /** As it was made. */
  readonly first: Snapshot;
  readonly parts: ReadonlySet<object>;
  /** The names that it had when it was made. */
  readonly #names: ReadonlySet<string>;
  readonly calls: KnownCall[] = [];
  /** The reading that has it. */
  reading: number;

  constructor(
    module: ModuleInstance,
    { print, state, named, key }: Question,
    parts: readonly object[],
    codes: ReadonlySet<Code | string>,
    work: Work,
    reading: number,
  ) {
    this.module = module;
    this.tokens = print.tokens;
    this.attached = print.attached;
    this.state = state;
    this.said = new Said(codes, named);
    this.key = key;
    this.first = new Snapshot(parts);
    this.parts = new Set(partsOf(parts));
    this.#names = new Set(module.dict?.keys());
    this.work = work;
    this.reading = reading;
  }

  get notes(): Notes {
    const notes = new Map<unknown, readonly unknown[]>();
    for (const [name, value] of this.module.dict ?? []) {
      if (this.#names.has(name) || !isOwnName(name)) continue;
      if (isPlain(value)) notes.set(name, [value]);
      else if (isPlainList(value)) notes.set(name, [PyList, ...value.items]);
    }
    return notes;
  }
}

const isSame = (known: Asked, { print, state, named, key }: Question): boolean =>
  known.state === state && sameList(known.key, key) && print.isSame(known) && known.said.isSame(named);

const word = /[A-Za-z_]\w*/g;
/** Who says one of these may see names that it does not write. */
const reflecting =
  /^(?:getattr|setattr|hasattr|delattr|vars|dir|eval|exec|globals|locals|__dict__|__getattribute__|attrgetter|methodcaller|inspect|getmembers)$/;
const namesSaid = new WeakMap<Code, ReadonlySet<string> | 'any'>();

/** The names that stand in some code, also in its strings. */
function saidIn(code: Code): ReadonlySet<string> | 'any' {
  let said = namesSaid.get(code);
  if (said === undefined) {
    const names = new Set(code.names);
    const note = (value: unknown): void => {
      if (typeof value === 'string') for (const [name] of value.matchAll(word)) names.add(name);
      else if (Array.isArray(value)) value.forEach(note);
    };
    code.constants.forEach(note);
    // Keywords, imports, patterns.
    for (const detail of code.details)
      if (typeof detail === 'object') Object.values(detail as object).forEach(note);
      else note(detail);
    said = [...names].some(name => reflecting.test(name)) ? 'any' : names;
    namesSaid.set(code, said);
  }
  return said;
}

/** What those named values were before a call that its code says: all that it can see of them. */
class Said {
  readonly codes: ReadonlySet<Code | string>;
  readonly #named: Named;
  /** By name. */
  readonly #known = new Map<string, boolean>();

  constructor(codes: ReadonlySet<Code | string>, named: Named) {
    this.codes = codes;
    this.#named = named.filter(([, name]) => this.says(name));
  }

  isSame(now: Named): boolean {
    if (now === this.#named) return true;
    const seen = now.filter(([, name]) => this.says(name));
    return (
      seen.length === this.#named.length &&
      this.#named.every(([holder, name, value]) =>
        seen.some(each => each[0] === holder && each[1] === name && Object.is(each[2], value)),
      )
    );
  }

  /** Whether all notes that its code names are equal. */
  isNoted(then: Notes, now: Notes): boolean {
    for (const [name, value] of now) {
      const before = then.get(name);
      if ((!before || !sameList(before, value)) && this.notes(String(name))) return false;
    }
    for (const name of then.keys()) if (!now.has(name) && this.notes(String(name))) return false;
    return true;
  }

  /** Whether it can see, or has kept, what a module has under a name. */
  notes(name: string): boolean {
    return this.codes.has('__deepcopy__') || this.says(name);
  }

  says(name: string): boolean {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = [...this.codes].some(each => {
        if (typeof each === 'string') return each === name || reflecting.test(each);
        const said = saidIn(each);
        return said === 'any' || said.has(name);
      });
      this.#known.set(name, known);
    }
    return known;
  }
}

/** So many instances of a class are remembered, and so many in all; so many calls of each. */
const mostOfClass = 60;
const mostInAll = 800;
const mostCalls = 8;

export class CallMemo {
  /** Counts what somebody was told of: unknowns, problems. */
  events = 0;
  heap: Heap;
  readonly #machine: Interpreter;
  readonly #instances = new Map<PyClass, Instance[]>();
  #owned = new Map<ModuleInstance, Instance>();
  #count = 0;
  #reading = 0;
  /** Differences of the heap that were seen: equal ones are the same object. */
  readonly #states: { readonly tokens: readonly unknown[]; readonly state: object }[] = [];
  /** What was seen last, and when. */
  #last: Seen | undefined;

  constructor(heap: Heap, machine: Interpreter) {
    this.heap = heap;
    this.#machine = machine;
  }

  /** Another reading begins: nobody has the instances of the one before. */
  begin(): void {
    this.#reading++;
    this.#owned = new Map();
    this.#last = undefined;
  }

  /** Whether what was last seen of the heap is so. */
  get isTrue(): boolean {
    const last = this.#last;
    const { epoch } = this.#machine;
    if (!last || !sameList(last.at, [epoch, classChanges.count, moduleChanges.count])) return true;
    this.#last = undefined;
    const now = this.#now();
    return now !== undefined && isAsSeen(now, last);
  }

  /** Undefined where something has a state that cannot be seen. */
  question(key: readonly unknown[], values: readonly unknown[]): Question | undefined {
    const now = this.#now();
    if (!now) return undefined;
    const print = this.print(values);
    return print && { print, key, state: now.state, named: now.named, loaded: now.loaded, events: this.events };
  }

  print(values: readonly unknown[], left?: Left): Print | undefined {
    const print = new Print(object => this.heap.has(object), left);
    for (const value of values) print.add(value);
    return print.isWhole ? print : undefined;
  }

  /** An instance that nobody has yet, as it was made. */
  instance(cls: PyClass, question: Question): Instance | undefined {
    const list = this.#instances.get(cls);
    const found = list?.find(each => each.reading !== this.#reading && isSame(each, question));
    if (!found) return undefined;
    found.reading = this.#reading;
    if (!found.first.restore()) {
      list!.splice(list!.indexOf(found), 1);
      return undefined;
    }
    this.#owned.set(found.module, found);
    this.#call(found);
    return found;
  }

  /** What was called before is as if it were called now. */
  #call({ said }: Asked): void {
    const { trace } = this.#machine;
    if (trace) for (const code of said.codes) trace.add(code);
  }

  /** Notes from now on which functions are called, and what natives look up; returns what ends it, and gives both. */
  trace(): () => ReadonlySet<Code | string> {
    const machine = this.#machine;
    const outer = machine.trace;
    const codes: Trace = new Set();
    machine.trace = codes;
    return () => {
      machine.trace = outer;
      if (outer) for (const code of codes) outer.add(code);
      return codes;
    };
  }

  keepInstance(module: ModuleInstance, question: Question, codes: ReadonlySet<Code | string>, work: Work): void {
    if (!this.#isAsBefore(question) || module.constructor !== ModuleInstance || !this.heap.has(module.cls)) return;
    const after = this.print([module]);
    // What it was given may be changed by who gave it.
    if (!after || after.objects.some(each => question.print.numberOf(each) !== undefined && !isFinal(each))) return;
    if (this.#count >= mostInAll) {
      this.#instances.clear();
      this.#count = 0;
    }
    let list = this.#instances.get(module.cls);
    if (!list) {
      list = [];
      this.#instances.set(module.cls, list);
    }
    const made = new Instance(module, question, after.objects, codes, work, this.#reading);
    list.unshift(made);
    this.#owned.set(module, made);
    this.#count++;
    if (list.length > mostOfClass) {
      list.pop();
      this.#count--;
    }
  }

  /** Whether calls of a module can be remembered. */
  owns(module: ModuleInstance): boolean {
    return this.#owned.has(module);
  }

  /**
   * What a call of a module did that held the same and was called with the same, of those that `fits` takes; the module is
   * then as after it.
   */
  find(module: ModuleInstance, question: Question, fits: (answer: Answer) => boolean): Answer | undefined {
    const own = this.#owned.get(module);
    if (!own || own.calls.length === 0) return undefined;
    const { notes } = own;
    const alike = own.calls.filter(
      each => isSame(each, question) && each.said.isNoted(each.notes, notes) && fits(each.answer),
    );
    if (alike.length === 0) return undefined;
    let found = alike.find(each => each.before.isAlike(module.dict, each.notes, notes));
    if (!found && alike.some(({ held }) => held)) {
      const now = this.print([module], { map: module.dict, keys: notes });
      // What is in its place may be alike and another's: a weight that two rows share.
      const parts = new Set(now && partsOf(now.objects));
      const isIt = ({ held, touched }: KnownCall): boolean =>
        now !== undefined && held !== undefined && sameList(held, now.tokens) && touched.every(each => parts.has(each));
      found = alike.find(isIt);
    }
    for (const change of found?.changes ?? []) change();
    if (found) this.#call(found);
    return found?.answer;
  }

  /** What the module holds now, for `keep`; undefined where its call cannot be remembered. */
  before(module: ModuleInstance, { print }: Question): Held | undefined {
    const { notes } = this.#owned.get(module)!;
    const held = this.print([module], { map: module.dict, keys: notes });
    if (!held || held.objects.some(each => print.numberOf(each) !== undefined && !isFinal(each))) return undefined;
    return { print: held, notes };
  }

  /** Remembers a call, unless it changed anything but the module and lists, or somebody was told of something. */
  keep(
    module: ModuleInstance,
    question: Question,
    before: { readonly held: Held; readonly snapshot: Snapshot; readonly given: readonly unknown[] },
    codes: ReadonlySet<Code | string>,
    answer: (held: Print) => Answer | undefined,
  ): void {
    if (!this.#isAsBefore(question)) return;
    const { print, state, named, key } = question;
    const { notes, print: earlier } = before.held;
    const own = this.#owned.get(module)!;
    const after = own.notes;
    const said = new Said(codes, named);
    // It changed a note, or may have kept a list that is one.
    for (const [name, value] of notes)
      if (!sameList(after.get(name) ?? [], value) || (value[0] === PyList && said.notes(String(name)))) return;
    const given = this.print(print.objects.filter(isNoList));
    const held = this.print([module], { map: module.dict, keys: notes });
    if (!given || !held || !sameList(given.tokens, before.given)) return;
    if (held.objects.some(each => print.numberOf(each) !== undefined && !isFinal(each))) return;
    const result = answer(held);
    const { calls, parts } = own;
    const touched: object[] = [];
    const changes = before.snapshot.changes(object => touched.push(object));
    if (!result || !changes) return;
    // What it has made since.
    const made = held.objects.filter(each => earlier.numberOf(each) === undefined);
    if (made.length > 0) {
      const own = new Snapshot(made);
      changes.unshift(() => own.restore());
    }
    for (const [object] of [...(result.recorded?.counted ?? []), ...(result.recorded?.attached ?? [])])
      touched.push(object);
    const isOwn = touched.every(object => parts.has(object) || made.includes(object));
    const heldBefore = isOwn ? earlier.tokens : undefined;
    calls.unshift({
      ...print.kept,
      state,
      said,
      key,
      before: before.snapshot,
      notes,
      held: heldBefore,
      touched: touched.filter(object => !made.includes(object)),
      changes,
      answer: result,
    });
    if (calls.length > mostCalls) calls.pop();
  }

  #isAsBefore(question: Question): boolean {
    if (question.events !== this.events) return false;
    const now = this.#now();
    return now !== undefined && now.loaded === question.loaded && isAsSeen(now, question);
  }

  #now(): Seen | undefined {
    const seen = [this.#machine.epoch, classChanges.count, moduleChanges.count];
    if (this.#last && sameList(this.#last.at, seen)) return this.#last;
    const print = new Print(object => this.heap.has(object));
    const named: (readonly [object, string, Value])[] = [];
    const loaded = this.heap.differences(print.add, (...each) => named.push(each));
    if (!print.isWhole) return undefined;
    let known = this.#states.find(({ tokens }) => sameList(tokens, print.tokens));
    if (!known) {
      known = { tokens: print.tokens, state: {} };
      if (this.#states.length >= mostStates) this.#states.pop();
      this.#states.unshift(known);
    }
    this.#last = { at: seen, state: known.state, named, loaded };
    return this.#last;
  }
}

/** Objects with the lists and maps inside of them. */
function* partsOf(objects: readonly object[]): Iterable<object> {
  for (const object of objects) {
    yield object;
    if (poisonOf(object)) continue;
    if (object instanceof PyList) yield object.items;
    else if (object instanceof PyDict) {
      yield object.entries;
      yield* object.entries.values();
    } else if (object instanceof PySet) yield object.entries;
  }
}

/** What never changes is the same wherever it is. */
const isFinal = (object: object): boolean => object instanceof PyTuple || object instanceof PyFloat;

const mostStates = 16;

export const isNoList = (object: object): boolean => !(object instanceof PyList);

/** Makes recipes of results; undefined where they cannot be made again. `outputs` are the tensors in them, in order. */
export function recipes(
  print: Print,
  held: Print,
  outputs: readonly PyTensor[],
): (result: Value) => Recipe | undefined {
  const seen = new Set<object>();
  const kept = new Set<object>();
  for (const object of [...print.objects, ...held.objects])
    if (object instanceof PyTensor && object.storage) kept.add(object.storage);
  const recipe = (value: Value, depth: number): Recipe | undefined => {
    if (value === null || typeof value !== 'object') return { kind: 'plain', value };
    const known = print.numberOf(value);
    if (known !== undefined) return { kind: 'known', object: known };
    // The module itself is the same.
    if (print.isShared(value) || held.numberOf(value) !== undefined) return { kind: 'plain', value };
    // What stands in two places is one thing.
    if (seen.has(value) || depth > 3 || poisonOf(value)) return undefined;
    seen.add(value);
    if (value instanceof PyTensor) return tensorRecipe(value);
    if (value instanceof PyTuple || value instanceof PyList) {
      if (value.own) return undefined;
      const items: Recipe[] = [];
      for (const item of value.items) {
        const own = recipe(item, depth + 1);
        if (!own) return undefined;
        items.push(own);
      }
      return { kind: value instanceof PyTuple ? 'tuple' : 'list', items };
    }
    if (value instanceof PyDict && !value.own && value.entries.constructor === Map) {
      const entries: (readonly [string, Recipe])[] = [];
      for (const each of value.entries.values()) {
        const own = recipe(each.value, depth + 1);
        if (!own || typeof each.key !== 'string') return undefined;
        entries.push([each.key, own]);
      }
      return { kind: 'dict', entries };
    }
    return undefined;
  };
  const tensorRecipe = (tensor: PyTensor): Recipe | undefined => {
    const { cls, dict, shape, dtype, hasType, why, storage, offset, strides, requiresGrad } = tensor;
    if (tensor.constructor !== PyTensor || dict || offset !== 0) return undefined;
    if (storage) {
      // Memory that somebody else has, or of which something is known.
      if (storage.values || storage.version > 0 || storage.written || seen.has(storage)) return undefined;
      if (kept.has(storage) || print.isShared(storage)) return undefined;
      seen.add(storage);
    }
    const at = outputs.indexOf(tensor);
    const output = at < 0 ? undefined : at;
    return { kind: 'tensor', tensor: { cls, shape, dtype, hasType, why, strides, requiresGrad, output } };
  };
  return result => recipe(result, 0);
}

/** The result again, and what lists held after it; `attach` gives tensors their place in the graph. */
export function resultOf(
  { result, lists }: Answer,
  { objects }: Print,
  attach: (tensor: PyTensor, output: number | undefined) => void,
): Value {
  const made = (each: Recipe): Value => {
    switch (each.kind) {
      case 'plain':
        return each.value;
      case 'known':
        return objects[each.object] as Value;
      case 'tuple':
        return new PyTuple(each.items.map(made));
      case 'list':
        return new PyList(each.items.map(made));
      case 'dict':
        return new PyDict(new Map(each.entries.map(([key, value]) => [key, { key, value: made(value) }])));
      case 'tensor': {
        const { cls, shape, dtype, hasType, why, strides, requiresGrad, output } = each.tensor;
        const tensor = new PyTensor(cls, shape, dtype);
        Object.assign(tensor, { hasType, why, strides, requiresGrad });
        attach(tensor, output);
        return tensor;
      }
    }
  };
  for (const [number, items] of lists) {
    const list = objects[number] as PyList;
    list.items.splice(0, list.items.length, ...items.map(made));
  }
  return made(result);
}
