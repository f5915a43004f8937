// The machine: runs code with frames of its own, so that Python's calls are not ours, and it can be paused between any two
// instructions.
import * as l10n from '@vscode/l10n';
import type { Expression, PythonBlock, PythonTree } from '../syntax/python/ast.ts';
import { parseExpression, reflection } from '../syntax/python/parse.ts';
import { type Reason, reasonOf } from '../text/reason.ts';
import { attributeOf, deleteAttributeOf, isContainer, noAttribute, resolved, setAttributeOf } from './attributes.ts';
import { createBuiltins } from './builtins/index.ts';
import { Checkpoint } from './checkpoint.ts';
import { buildClass } from './classes.ts';
import {
  type Branch,
  type ClassDetail,
  type Code,
  type FormatDetail,
  type FunctionDetail,
  type ImportDetail,
  type KeywordCall,
  op,
} from './code.ts';
import { binaryOperators, comparisons, compileBlock, compileExpression, unaryOperators } from './compiler.ts';
import { createBare, installCore, installOperators } from './core.ts';
import type { Effects } from './effects.ts';
import { Arguments, type Delivery, Frame, PyGenerator } from './frame.ts';
import { absoluteName, boundNames, type FoundModule, findIn, importsFrom, parseFile } from './imports.ts';
import { libraryModules } from './library/index.ts';
import type { Activation, Machine, MachineOptions } from './machine.ts';
import { bindNative } from './native.ts';
import {
  type Cell,
  type ImportKind,
  type Key,
  type Keywords,
  Later,
  Native,
  noKeywords,
  type Place,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyException,
  PyFloat,
  PyFunction,
  PyInstance,
  PyIterator,
  PyLazy,
  PyList,
  PyModule,
  PyObject,
  PyRange,
  PySet,
  PySlice,
  PyStaticMethod,
  PyTuple,
  poison,
  Raised,
  type Request,
  type Steps,
  type TracePlace,
  Unknown,
  UnknownAccess,
  type Value,
} from './objects.ts';
import { plainBinary, plainEquals, plainKey, plainOrder, plainTruth } from './operators.ts';
import {
  binarySteps,
  containsSteps,
  deleteItemSteps,
  enterWith,
  equalsSteps,
  extendSteps,
  formatSteps,
  getAttributeSteps,
  inPlaceSteps,
  isRaised,
  isSame,
  itemSteps,
  iterateSteps,
  keySteps,
  leaveWith,
  lengthSteps,
  listSteps,
  matchClass,
  matchMapping,
  matchSequence,
  nextSteps,
  plainIterator,
  resume,
  setItemSteps,
  textSteps,
  truthSteps,
  unarySteps,
} from './protocols.ts';
import { skip } from './skipping.ts';
import { storageOf } from './storage.ts';

/** Python's own limit of calls inside of each other. */
const maxFrames = 1000;
/** Instructions of one reading; a large network takes some hundred thousand. */
export const defaultSteps = 10_000_000;
/** Elements, characters and the like that natives may make in one reading. */
export const maxCharge = 24_000_000;

/** How a run ended. */
export type Outcome<T = Value> =
  | { readonly kind: 'value'; readonly value: T }
  /** An exception that nobody caught; `trace` has the statements that were under way, innermost first. */
  | { readonly kind: 'raised'; readonly exception: PyException; readonly trace: readonly TracePlace[] }
  /** It took too long, or too much. */
  | { readonly kind: 'stopped'; readonly reason: Reason };

/** Work that goes on in slices. Only one run of a machine is under way at a time. */
export interface Run<T = Value> {
  /** Goes on for at most so many instructions; undefined while there is more to do. */
  advance(instructions: number): Outcome<T> | undefined;
  /** To its end. */
  finish(): Outcome<T>;
}

export interface Source {
  readonly tree: PythonTree;
  /** Dotted: relative imports are resolved by it. */
  readonly name: string;
  readonly isPackage?: boolean;
  /** The path by which imports of other files find it. */
  readonly path?: string | undefined;
}

export interface ImportMissing {
  readonly name: string;
  /** The first place that imports it. */
  readonly place: Place | undefined;
  /** Why what is made with it is unknown. */
  readonly reason: Reason;
  /** A part of a library that is built in: its source would not be read. */
  readonly isOfLibrary: boolean;
}

export interface Interpreter extends Machine {
  /** Starts work of any kind: `machine.start(machine.run(source))`. */
  start<T>(steps: Steps<T>): Run<T>;
  /** Runs the text that is read as a module. */
  run(source: Source): Steps<PyModule>;
  /** The value of an expression in a module. */
  evaluateIn(module: PyModule, expression: string): Steps;
  /** Imports that were not found. */
  readonly missing: readonly ImportMissing[];
  /** All of them: parts of packages that were not found, too. */
  readonly unfound: readonly ImportMissing[];
  /** Paths of the files that were imported. */
  readonly filesRead: readonly string[];
  /** Instructions so far. */
  readonly steps: number;
  /** Everything that a program may change, as it is now. Nothing may be under way. */
  checkpoint(): Saved;
}

/** The state of a machine at some time. */
export interface Saved {
  readonly heap: Checkpoint;
  /** Puts it back; false where that cannot be done. */
  restore(): boolean;
}

export function createMachine(options: MachineOptions): Interpreter {
  return new Vm(options);
}

/** A module that has not run. */
type Waiting =
  | FoundModule
  | { readonly tree: PythonTree; readonly isPackage: boolean; readonly path: string | undefined };

class Stopped extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.message);
    this.reason = reason;
  }
}

const pending = Symbol('pending');
type Pending = typeof pending;

const operatorSigns: readonly string[] = binaryOperators;
const comparisonSigns: readonly string[] = comparisons;
const [isAt, isNotAt, inAt, notInAt] = ['is', 'is not', 'in', 'not in'].map(sign => comparisonSigns.indexOf(sign));

/** Instructions after which nothing lies on the stack. */
const silent: ReadonlySet<number> = new Set([
  op.setLocal,
  op.setCell,
  op.setGlobal,
  op.setName,
  op.deleteLocal,
  op.deleteCell,
  op.deleteGlobal,
  op.deleteName,
  op.setAttribute,
  op.deleteAttribute,
  op.setIndex,
  op.deleteIndex,
  op.importStar,
  op.pop,
  op.statement,
]);
/** Instructions that add to a container which lies further down. */
const adding: ReadonlySet<number> = new Set([op.append, op.extend, op.add, op.update, op.mapAdd, op.mapUpdate]);
const arguing: ReadonlySet<number> = new Set([op.argument, op.spread, op.keyword, op.spreadKeywords]);

class Vm implements Interpreter {
  readonly options: MachineOptions;
  readonly modules = new Map<string, Value>();
  readonly missing: ImportMissing[] = [];
  readonly unfound: ImportMissing[] = [];
  readonly filesRead: string[] = [];
  #frame: Frame | undefined;
  #budget = 0;
  #spent = 0;
  #charged = 0;
  readonly #builtins = new Map<string, Value>();
  readonly #types = new Map<string, PyClass>();
  readonly #paths = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  readonly #unknownImports = new Map<string, Unknown>();
  readonly #object: PyClass;
  readonly #type: PyClass;
  readonly #custom = new Map<Key, PyObject[]>();
  /** Packages whose `__init__` waits. */
  readonly #pending = new Map<PyModule, Waiting>();
  readonly #awaited = new Set<PyModule>();
  /** Packages that are folders alone. */
  readonly #parts = new Set<string>();
  /** What stands for the names that modules known in part may have. */
  readonly #partial = new Set<Unknown>();
  /** Modules whose code has not come to its end. */
  readonly #underWay = new Set<PyModule>();
  readonly #canonical = new WeakMap<PyObject, Key>();
  #outcome: Outcome<unknown> | undefined;
  /** An exception on its way to the innermost frame. */
  #thrown: unknown;
  /** Whether the text looks at all names of modules at once: then they are there from the start. */
  #isReflecting = false;

  constructor(options: MachineOptions) {
    this.options = options;
    installCore(this.#builtins, this);
    for (const [name, value] of createBuiltins(this)) this.#builtins.set(name, value);
    installOperators(this.#builtins);
    this.#object = this.builtin('object') as PyClass;
    this.#type = this.builtin('type') as PyClass;
    for (const [name, value] of this.#builtins) {
      if (value instanceof PyClass) this.#types.set(name.startsWith('<') ? name.slice(1, -1) : name, value);
    }
  }

  get steps(): number {
    return this.#spent;
  }

  checkpoint(): Saved {
    const { listed, written } = storageOf(this);
    const [spent, charged, keys] = [this.#spent, this.#charged, this.#custom.size];
    const heap = new Checkpoint([
      this.#builtins,
      this.modules,
      this.missing,
      this.unfound,
      this.filesRead,
      this.#paths,
      this.#folders,
      this.#unknownImports,
      this.#custom,
      this.#pending,
      this.#awaited,
      this.#parts,
      this.#partial,
      this.#underWay,
      listed,
      written,
    ]);
    const restore = (): boolean => {
      // What hashes its own objects have cannot be forgotten.
      if (this.#custom.size !== keys || !heap.restore()) return false;
      this.#spent = spent;
      this.#charged = charged;
      return true;
    };
    return { heap, restore };
  }

  // What natives see.

  get top(): Activation | undefined {
    return this.#frame;
  }

  place(): Place | undefined {
    for (let frame = this.#frame; frame; frame = frame.parent) {
      if (frame.code) return placeOf(frame);
    }
    return undefined;
  }

  builtin(name: string): Value {
    const value = this.#builtins.get(name);
    if (value === undefined) throw new Error(`No built-in name ${name}`);
    return value;
  }

  *call(callee: Value, args: readonly Value[], keywords: Keywords = noKeywords): Steps {
    return yield { callee, args, keywords };
  }

  getAttribute(object: Value, name: string): Steps {
    return getAttributeSteps(object, name, this);
  }

  *setAttribute(object: Value, name: string, value: Value): Steps {
    const later = setAttributeOf(object, name, value, this);
    if (later) yield* later.steps;
    return null;
  }

  list(iterable: Value): Steps<readonly Value[] | Unknown> {
    return listSteps(iterable, this);
  }

  iterate(iterable: Value): Steps {
    return iterateSteps(iterable, this);
  }

  next(iterator: Value): Steps<Value | undefined> {
    return nextSteps(iterator, this);
  }

  truth(value: Value): Steps<boolean | Unknown> {
    return truthSteps(value, this);
  }

  equals(a: Value, b: Value): Steps<boolean | Unknown> {
    return equalsSteps(a, b, this);
  }

  binary(operator: string, a: Value, b: Value): Steps {
    return binarySteps(operator, a, b, this);
  }

  length(value: Value): Steps<number | Unknown> {
    return lengthSteps(value, this);
  }

  str(value: Value): Steps<string | Unknown> {
    return textSteps(value, false, this);
  }

  repr(value: Value): Steps<string | Unknown> {
    return textSteps(value, true, this);
  }

  format(value: Value, format: string): Steps<string | Unknown> {
    return formatSteps(value, format, this);
  }

  charge(count: number): void {
    this.#charged += count;
    if (this.#charged > maxCharge) throw new Stopped({ message: l10n.t('The program computes too much.') });
  }

  lookup(object: Value, name: string): Value | undefined {
    if (object instanceof PyInstance) {
      const own = object.dict?.get(name);
      if (own !== undefined) return own;
    } else if (object instanceof PyModule) {
      const value = object.dict.get(name) ?? object.lazy?.(name);
      return value instanceof PyLazy ? undefined : value;
    } else if (object instanceof PyClass) {
      const value = object.find(name);
      if (value !== undefined) return value;
    }
    return this.typeOf(object)?.find(name);
  }

  typeOf(value: Value): PyClass | undefined {
    switch (typeof value) {
      case 'number':
      case 'bigint':
        return this.#types.get('int');
      case 'string':
        return this.#types.get('str');
      case 'boolean':
        return this.#types.get('bool');
    }
    if (value === null) return this.#types.get('NoneType');
    if (value instanceof PyInstance) return value.cls;
    if (value instanceof Unknown) return undefined;
    if (value instanceof PyClass) return value.metaclass ?? this.#type;
    const own = (value as { own?: PyInstance }).own;
    if (own !== undefined) return own.cls;
    return this.#types.get(value.kind) ?? this.#object;
  }

  isInstance(value: Value, cls: PyClass): boolean {
    const type = this.typeOf(value);
    if (!type) return false;
    if (type.mro.includes(cls) || cls.subclassCheck?.(type)) return true;
    const own = value instanceof PyInstance ? value.dict?.get('__class__') : undefined;
    return own instanceof PyClass && own.mro.includes(cls);
  }

  keyOf(value: Value): Key | Unknown {
    return plainKey(value, this, object => this.#instanceKey(object));
  }

  /** The key of an instance, without running Python. */
  #instanceKey(object: PyObject): Key | Unknown {
    if (object.kind === 'method') {
      const { self, callee } = object as PyBoundMethod;
      const known = this.#custom.get(callee as Key)?.find(other => (other as PyBoundMethod).self === self);
      if (known) return known;
      this.#custom.set(callee as Key, [...(this.#custom.get(callee as Key) ?? []), object]);
      return object;
    }
    const cls = this.typeOf(object)!;
    const equals = cls.find('__eq__');
    const plain = object instanceof PyInstance && 'value' in object && object.kind === 'boxed';
    const hash = cls.find('__hash__');
    if (hash === null) throw this.raise('TypeError', `unhashable type: '${cls.name}'`);
    const byContent = equals instanceof Native ? cls.mro.find(({ key }) => key)?.key : undefined;
    if (byContent) return byContent(object);
    if (plain && !(equals instanceof PyFunction)) return this.keyOf((object as unknown as { value: Value }).value);
    if (equals === this.objectMember('__eq__') || (equals instanceof Native && !(hash instanceof PyFunction))) {
      if (object instanceof PyInstance) return object;
      if (object instanceof PyTuple)
        return plainKey(new PyTuple(object.items), this, inner => this.#instanceKey(inner));
      return object;
    }
    const known = this.#canonical.get(object);
    if (known !== undefined) return known;
    return this.unknown('The hash of this object is computed by the program.');
  }

  *customKey(value: PyInstance, hash: Value): Steps<Key | Unknown> {
    const number = yield* this.call(hash, [value]);
    if (number instanceof Unknown) return number;
    const key = `\0h${String(number)}:${value.cls.name}`;
    const known = this.#custom.get(key) ?? [];
    for (const other of known) {
      const equal = other === value || (yield* equalsSteps(value, other, this));
      if (equal instanceof Unknown) return equal;
      if (!equal) continue;
      this.#canonical.set(value, other);
      return other;
    }
    this.#custom.set(key, [...known, value]);
    this.#canonical.set(value, value);
    return value;
  }

  objectMember(name: string): Value | undefined {
    return this.#object.dict.get(name);
  }

  raise(type: string, message: string, isBare = false): Raised {
    const exception = this.exception(type, message);
    if (isBare) exception.args = [];
    return new Raised(exception);
  }

  raiseWith(type: string, args: readonly Value[]): Raised {
    return new Raised(new PyException(this.builtin(type) as PyClass, args));
  }

  exception(type: string, message: string): PyException {
    return new PyException(this.builtin(type) as PyClass, [message]);
  }

  unknown(why: string | Reason): Unknown {
    return new Unknown(reasonOf(why), this.place());
  }

  globals(): PyModule | undefined {
    return this.#programFrame()?.module;
  }

  locals(): PyDict | Unknown {
    const frame = this.#programFrame();
    const dict = new PyDict();
    if (!frame?.code) return dict;
    if (frame.names) {
      for (const [key, value] of frame.names) dict.entries.set(key, { key, value });
      return dict;
    }
    frame.code.locals.forEach((key, at) => {
      const value = frame.locals[at];
      if (value !== undefined && !key.startsWith('.')) dict.entries.set(key, { key, value });
    });
    frame.code.cells.forEach((key, at) => {
      const value = frame.cells[at]?.value;
      if (value !== undefined) dict.entries.set(key, { key, value });
    });
    return dict;
  }

  #programFrame(): Frame | undefined {
    for (let frame = this.#frame; frame; frame = frame.parent) if (frame.code) return frame;
    return undefined;
  }

  *evaluate(text: string, globals?: PyDict | PyModule, locals?: PyDict): Steps {
    const expression = parseExpression(text);
    if (!expression) throw this.raise('SyntaxError', 'invalid syntax');
    const frame = this.#programFrame();
    const names = new Map<string, Value>();
    let module = globals instanceof PyModule ? globals : frame?.module;
    if (globals instanceof PyDict) {
      module = new PyModule(module?.name ?? 'builtins', undefined);
      for (const [key, { value }] of globals.entries) if (typeof key === 'string') module.dict.set(key, value);
    } else if (!locals && frame) {
      const own = this.locals();
      if (own instanceof PyDict)
        for (const [key, { value }] of own.entries) if (typeof key === 'string') names.set(key, value);
    }
    if (locals) for (const [key, { value }] of locals.entries) if (typeof key === 'string') names.set(key, value);
    return yield* this.#evaluated(expression, text, module ?? new PyModule('__main__'), names);
  }

  evaluateIn(module: PyModule, text: string): Steps {
    const expression = parseExpression(text);
    if (!expression) throw this.raise('SyntaxError', 'invalid syntax');
    return this.#evaluated(expression, text, module, module.dict);
  }

  *#evaluated(expression: Expression, text: string, module: PyModule, names: Map<string, Value>): Steps {
    const code = compileExpression(expression, text);
    return yield* this.call(new PyFunction(code, module, 0, [], new Map(), []), [new Names(names)]);
  }

  *instantiate(cls: PyClass, args: readonly Value[], keywords: Keywords): Steps {
    const type = this.#type;
    if (cls === type && args.length === 1 && keywords.size === 0) return this.typeOf(args[0]!) ?? args[0]!;
    const make = cls.find('__new__');
    let instance: Value;
    if (make === undefined || make === this.#object.dict.get('__new__')) {
      instance = createBare(cls, args, keywords, this);
    } else {
      const callee = make instanceof PyStaticMethod ? make.callee : make;
      instance = yield* this.call(callee, [cls, ...args], keywords);
    }
    if (instance instanceof Unknown || !this.isInstance(instance, cls)) return instance;
    const init = (this.typeOf(instance) ?? cls).find('__init__');
    if (init !== undefined && init !== this.#object.dict.get('__init__') && !(cls === type)) {
      yield* this.call(init, [instance, ...args], keywords);
    } else if (init === this.#object.dict.get('__init__')) this.#refuseArguments(cls, args, keywords, make);
    return instance;
  }

  #refuseArguments(cls: PyClass, args: readonly Value[], keywords: Keywords, make: Value | undefined): void {
    if (args.length + keywords.size === 0 || cls.unknownBase) return;
    const isOwnNew = make !== undefined && make !== this.#object.dict.get('__new__');
    if (isOwnNew || cls.mro.some(each => each.create)) return;
    throw this.raise('TypeError', `${cls.name}() takes no arguments`);
  }

  // Runs.

  start<T>(steps: Steps<T>): Run<T> {
    const frame = new Frame(undefined, undefined, undefined, 0, [], []);
    frame.steps = steps as Steps<unknown>;
    this.#frame = frame;
    this.#outcome = undefined;
    this.#thrown = undefined;
    const advance = (instructions: number): Outcome<T> | undefined => {
      this.#advance(instructions);
      const outcome = this.#outcome as Outcome<T> | undefined;
      return outcome;
    };
    const finish = (): Outcome<T> => {
      for (;;) {
        const outcome = advance(1_000_000);
        if (outcome) return outcome;
      }
    };
    return { advance, finish };
  }

  *run(source: Source): Steps<PyModule> {
    const { tree, name, isPackage = false, path } = source;
    this.#isReflecting = tree.chunks.some(({ block }) => reflection.test(block.text));
    const module = new PyModule(name);
    this.#prepare(module, isPackage, path);
    if (path !== undefined) this.#paths.set(path, name);
    this.modules.set(name, module);
    this.#pending.set(module, { tree, isPackage, path });
    module.isPending = true;
    // Python runs the packages around a module first.
    const dot = name.lastIndexOf('.');
    if (this.options.isEager && dot >= 0) yield* this.importModule(name.slice(0, dot));
    yield* this.ready(module);
    return module;
  }

  #prepare(module: PyModule, isPackage: boolean, path: string | undefined): void {
    module.dict.set('__name__', module.name);
    module.dict.set('__doc__', null);
    module.dict.set('__package__', isPackage ? module.name : module.name.split('.').slice(0, -1).join('.'));
    module.dict.set('__builtins__', this.unknown('The module of built-in names is not supported.'));
    if (path !== undefined) module.dict.set('__file__', path);
    if (isPackage && path !== undefined) {
      const folder = path.endsWith('.py') ? path.slice(0, path.lastIndexOf('/')) : path;
      module.dict.set('__path__', new PyList([folder]));
      this.#folders.set(module.name, folder);
    }
  }

  *#runTree(tree: PythonTree, module: PyModule): Steps<void> {
    this.#underWay.add(module);
    for (const { start, block } of tree.chunks) {
      if (block.defines !== undefined && !this.#isReflecting && !this.options.isEager) {
        const name = block.defines;
        const define = (): Steps => this.#defined(block, name, module, start);
        module.dict.set(name, new PyLazy(define));
        continue;
      }
      const code = compileBlock(block);
      if (code.docstring !== undefined && start === tree.chunks[0]?.start) module.dict.set('__doc__', code.docstring);
      yield* this.call(new PyFunction(code, module, start, [], new Map(), []), [new Names(module.dict)]);
    }
    this.#underWay.delete(module);
  }

  /** Runs a chunk that only defines a name. */
  *#defined(block: PythonBlock, name: string, module: PyModule, start: number): Steps {
    const code = compileBlock(block);
    // Names of its own: in the module it may be another's by now.
    const names = new Map<string, Value>();
    yield* this.call(new PyFunction(code, module, start, [], new Map(), []), [new Names(names)]);
    return names.get(name) ?? null;
  }

  // Imports.

  *importModule(name: string): Steps {
    const known = this.modules.get(name);
    if (known !== undefined) {
      if (known instanceof PyModule && known.isPending) yield* this.ready(known);
      return known;
    }
    const make = libraryModules.get(name) ?? this.options.natives.get(name);
    if (make) {
      // A package is there before its parts.
      const dot = name.lastIndexOf('.');
      if (dot >= 0) yield* this.importModule(name.slice(0, dot));
      const again = this.modules.get(name);
      if (again !== undefined) return again;
      const module = make(this);
      this.modules.set(name, module);
      this.#attach(name, module);
      return module;
    }
    const module = yield* this.#fileModule(name);
    if (module instanceof PyModule) yield* this.ready(module);
    return module;
  }

  /** The module of a file; that of a package may be pending. */
  *#fileModule(name: string): Steps {
    const known = this.modules.get(name);
    if (known !== undefined) return known;
    if (libraryModules.has(name) || this.options.natives.has(name)) return yield* this.importModule(name);
    const found = yield* this.#find(name);
    if (!found) {
      const asAttribute = yield* this.#attributeModule(name);
      return asAttribute ?? this.#unknownImport(name, 'module');
    }
    const again = this.modules.get(name);
    if (again !== undefined) return again;
    const alias = this.#paths.get(found.path);
    if (alias !== undefined) {
      const module = this.modules.get(alias)!;
      this.modules.set(name, module);
      this.#attach(name, module);
      return module;
    }
    const module = new PyModule(name, found.path);
    this.#prepare(module, found.isPackage, found.path);
    if (this.options.isPartial?.(found.path)) module.unknownNames = this.#partOf(name);
    this.modules.set(name, module);
    this.#paths.set(found.path, name);
    if (found.text === undefined) {
      this.#parts.add(name);
      this.#attach(name, module);
      return module;
    }
    this.#pending.set(module, found);
    module.isPending = true;
    this.#attach(name, module);
    return module;
  }

  *ready(module: PyModule): Steps<void> {
    const found = this.#pending.get(module);
    if (!found) return;
    const tree = this.#treeOf(found);
    yield* this.#packagesFirst(tree, module);
    if (!module.isPending) return;
    this.#pending.delete(module);
    module.isPending = false;
    if ('text' in found) this.filesRead.push(found.path);
    try {
      yield* this.#runTree(tree, module);
    } catch (error) {
      this.modules.delete(module.name);
      if (found.path !== undefined) this.#paths.delete(found.path);
      throw error;
    } finally {
      this.#underWay.delete(module);
    }
  }

  /** What a module takes from the packages around it is there before it runs, as in Python. */
  *#packagesFirst(tree: PythonTree, module: PyModule): Steps<void> {
    const isPackage = module.dict.has('__path__');
    for (const { level, module: from, names } of importsFrom(tree)) {
      const name = absoluteName(from, level, module.name, isPackage);
      if (name === undefined || !module.name.startsWith(`${name}.`)) continue;
      const outer = yield* this.#fileModule(name);
      if (!(outer instanceof PyModule) || !outer.isPending || this.#awaited.has(outer)) continue;
      if (names.every(each => this.#isPart(outer, each.name))) continue;
      this.#awaited.add(outer);
      yield* this.ready(outer);
      this.#awaited.delete(outer);
    }
  }

  #treeOf(waiting: Waiting): PythonTree {
    return 'tree' in waiting ? waiting.tree : (this.options.parse ?? parseFile)(waiting.text ?? '', waiting.path);
  }

  /** Makes a module an attribute of its package. */
  #attach(name: string, module: Value): void {
    const dot = name.lastIndexOf('.');
    if (dot < 0) return;
    const parent = this.modules.get(name.slice(0, dot));
    if (parent instanceof PyModule && !parent.dict.has(name.slice(dot + 1)))
      parent.dict.set(name.slice(dot + 1), module);
  }

  /** `import torch.nn.functional` where `torch.nn` is a module that has it as an attribute. */
  *#attributeModule(name: string): Steps<Value | undefined> {
    const dot = name.lastIndexOf('.');
    if (dot < 0) return undefined;
    const parent = yield* this.importModule(name.slice(0, dot));
    if (!(parent instanceof PyModule) || parent.file !== undefined) return undefined;
    const found = attributeOf(parent, name.slice(dot + 1), this);
    const value = found instanceof Later ? yield* found.steps : found;
    return value instanceof PyModule ? value : undefined;
  }

  locate(name: string): { readonly path: string | undefined } | undefined {
    const known = this.modules.get(name);
    if (known instanceof PyModule) return { path: known.file };
    if (libraryModules.has(name) || this.options.natives.has(name)) return { path: undefined };
    const parts = name.split('.');
    const { files, roots } = this.options;
    for (const root of roots) {
      const folder = [root, ...parts.slice(0, -1)].join('/');
      const found = findIn(folder, parts.at(-1)!, name, files);
      if (found) return { path: found.path };
    }
    return undefined;
  }

  *#find(name: string): Steps<FoundModule | undefined> {
    const parts = name.split('.');
    const { files, roots } = this.options;
    const last = parts.at(-1)!;
    if (parts.length === 1) {
      let folder: FoundModule | undefined;
      for (const root of roots) {
        const found = findIn(root, last, name, files);
        if (found?.text !== undefined) return found;
        folder ??= found;
      }
      return folder;
    }
    const outer = parts.slice(0, -1).join('.');
    const parent = yield* this.options.isEager ? this.importModule(outer) : this.#fileModule(outer);
    if (!(parent instanceof PyModule)) return undefined;
    const folder = this.#folders.get(parent.name);
    return folder === undefined ? undefined : findIn(folder, last, name, files);
  }

  #unknownImport(name: string, kind = importKind(name)): Unknown {
    let unknown = this.#unknownImports.get(name);
    if (!unknown) {
      const top = name.split('.')[0]!;
      const message = l10n.t('“{0}” cannot be found', name);
      const place = this.place();
      unknown = new Unknown({ message, short: message }, place, kind);
      this.#unknownImports.set(name, unknown);
      const isOfLibrary = libraryModules.has(top) || this.options.natives.has(top);
      const missing = { name, place, reason: unknown.reason, isOfLibrary };
      this.unfound.push(missing);
      if (!this.missing.some(each => each.name === top || each.name === name)) this.missing.push(missing);
    }
    return unknown;
  }

  /** What stands for the names of a module that is known in part. */
  #partOf(name: string): Unknown {
    const message = l10n.t('“{0}” is known in part', name);
    const rest = new Unknown({ message, short: message }, undefined, 'name');
    this.#unknownImports.set(name, rest);
    this.#partial.add(rest);
    return rest;
  }

  /** An attribute of a module that was not found: with an identity of its own. */
  unknownMember(parent: Unknown, name: string): Unknown {
    for (const [known, unknown] of this.#unknownImports) {
      if (unknown !== parent) continue;
      const full = `${known}.${name}`;
      if (this.#partial.has(parent)) return this.#unknownImport(full);
      let member = this.#unknownImports.get(full);
      if (!member) {
        member = new Unknown(parent.reason, parent.place, importKind(name));
        this.#unknownImports.set(full, member);
      }
      return member;
    }
    return parent;
  }

  submodule(module: PyModule, name: string): Later | undefined {
    const full = `${module.name}.${name}`;
    if (name.startsWith('__')) return undefined;
    if (this.modules.has(full)) return new Later(this.importModule(full));
    if (libraryModules.has(full) || this.options.natives.has(full)) return new Later(this.importModule(full));
    const folder = this.#folders.get(module.name);
    if (folder === undefined || !findIn(folder, name, full, this.options.files)) return undefined;
    return new Later(this.importModule(full));
  }

  *#import(detail: ImportDetail, module: PyModule): Steps {
    const isPackage = module.dict.has('__path__');
    const name = absoluteName(detail.name, detail.level, module.name, isPackage);
    if (name === undefined) {
      throw this.raise('ImportError', 'attempted relative import with no known parent package');
    }
    // A package waits until something of its own is needed.
    const first = yield* this.#fileModule(name);
    const isPart =
      !detail.names || (first instanceof PyModule && first.isPending && this.#isPart(first, detail.names[0]!));
    if (isPart && first instanceof PyModule && !this.options.isEager && this.#pending.get(first)?.isPackage) {
      if (detail.names || detail.isAliased) return first;
      return yield* this.#fileModule(name.split('.')[0]!);
    }
    const found = yield* this.importModule(name);
    if (detail.isGuarded && found instanceof Unknown) {
      this.#forgo(detail, module, found);
      throw this.raise('ModuleNotFoundError', `No module named '${name}'`);
    }
    if (!detail.names) {
      if (detail.isAliased) return found;
      // `import a.b` binds `a`.
      const top = name.split('.')[0]!;
      return yield* this.options.isEager ? this.importModule(top) : this.#fileModule(top);
    }
    return found;
  }

  #forgo({ forgone }: ImportDetail, module: PyModule, why: Unknown): void {
    module.forgone ??= new Map();
    for (const name of forgone) module.forgone.set(name, this.unknownMember(why, name));
  }

  *#importFrom(detail: ImportDetail, module: PyModule): Steps {
    const found = yield* this.#import(detail, module);
    const name = detail.names![0]!;
    if (found instanceof Unknown) return this.unknownMember(found, name);
    if (found instanceof PyModule && found.isPending) return yield* this.importModule(`${found.name}.${name}`);
    const value = attributeOf(found, name, this);
    const result = value instanceof Later ? yield* value.steps : value;
    if (result !== undefined) {
      if (detail.isGuarded && result instanceof Unknown && result.isImport) {
        this.#forgo(detail, module, result);
        throw this.raise('ImportError', `cannot import name '${name}'`);
      }
      return result;
    }
    const forgone = found instanceof PyModule ? found.forgone?.get(name) : undefined;
    if (forgone && !detail.isGuarded) return forgone;
    if (found instanceof PyModule && !detail.isGuarded && !this.#isText(found)) {
      // Of a native module not everything is known.
      return this.#unknownImport(`${found.name}.${name}`);
    }
    if (found instanceof PyModule) {
      // A compiled extension beside the sources: there, but not to be read.
      const folder = this.#folders.get(found.name);
      const isCompiled =
        folder !== undefined &&
        this.options.files.list(folder).some(file => file.startsWith(`${name}.`) && /\.(so|pyd)$/.test(file));
      // A folder without `__init__.py` may be seen in part.
      if (isCompiled || this.#parts.has(found.name)) return this.#unknownImport(`${found.name}.${name}`);
      throw this.raise('ImportError', `cannot import name '${name}' from '${found.name}'`);
    }
    throw this.raise('ImportError', `cannot import name '${name}'`);
  }

  /** Whether a name of a package that has not run is a module in it, which its `__init__` does not bind to anything else. */
  #isPart(module: PyModule, name: string): boolean {
    const found = this.#pending.get(module);
    const folder = this.#folders.get(module.name);
    if (!found?.isPackage || folder === undefined) return false;
    if (!findIn(folder, name, name, this.options.files)) return false;
    const { names, hasStar } = boundNames(this.#treeOf(found));
    return !hasStar && !names.has(name);
  }

  #isText(module: PyModule): boolean {
    return module.dict.has('__builtins__');
  }

  *#importStar(detail: ImportDetail, frame: Frame): Steps<void> {
    const module = frame.module!;
    const found = yield* this.#import(detail, module);
    if (found instanceof Unknown) {
      module.unknownNames ??= found;
      return;
    }
    if (!(found instanceof PyModule)) return;
    module.unknownNames ??= found.unknownNames;
    for (const [name, unknown] of found.forgone ?? []) {
      module.forgone ??= new Map();
      module.forgone.set(name, unknown);
    }
    const names = frame.names ?? module.dict;
    const all = found.dict.get('__all__');
    const listed = all === undefined ? undefined : yield* listSteps(all, this);
    if (listed !== undefined && !(listed instanceof Unknown)) {
      for (const name of listed) {
        if (typeof name !== 'string') continue;
        if (found.dict.get(name) instanceof PyLazy) {
          names.set(name, new PyLazy(inner => getAttributeSteps(found, name, inner)));
          continue;
        }
        const value = attributeOf(found, name, this);
        if (value === undefined) {
          if (!this.#underWay.has(found)) {
            throw this.raise('AttributeError', `module '${found.name}' has no attribute '${name}'`);
          }
          // A circle of imports: it will be there once it is needed.
          names.set(name, new PyLazy(inner => getAttributeSteps(found, name, inner)));
          continue;
        }
        names.set(name, value instanceof Later ? yield* value.steps : value);
      }
      return;
    }
    for (const [name, value] of [...found.dict]) {
      if (name.startsWith('_')) continue;
      if (value instanceof PyLazy) {
        names.set(name, new PyLazy(inner => getAttributeSteps(found, name, inner)));
      } else names.set(name, value);
    }
  }

  // The loop.

  #advance(instructions: number): void {
    this.#budget = instructions;
    const limit = this.options.maxSteps ?? defaultSteps;
    while ((this.#frame || this.#thrown !== undefined) && !this.#outcome) {
      if (this.#budget <= 0) return;
      const before = this.#budget;
      try {
        if (this.#thrown !== undefined) {
          const error = this.#thrown;
          this.#thrown = undefined;
          this.#handle(error);
        } else if (this.#frame!.steps) {
          this.#budget--;
          this.#drive(this.#frame!);
        } else this.#execute(this.#frame!);
      } catch (error) {
        this.#handle(error);
      }
      this.#spent += before - this.#budget;
      if (this.#spent > limit) this.#stop({ message: l10n.t('The program takes too long.') });
    }
  }

  #stop(reason: Reason): void {
    this.#outcome = { kind: 'stopped', reason };
    this.#frame = undefined;
  }

  /** Gives a value to the frame that waits for it. */
  #deliver(frame: Frame | undefined, value: Value | undefined, delivery: Delivery, instance?: Value): void {
    if (!frame) {
      this.#outcome = { kind: 'value', value };
      return;
    }
    if (frame.steps) {
      frame.inbox = delivery === 'instance' ? instance : value;
      return;
    }
    const code = frame.code!;
    switch (delivery) {
      case 'push':
        frame.stack[frame.sp++] = value;
        break;
      case 'discard':
      case 'resume':
        break;
      case 'instance':
        if (value !== null && !(value instanceof Unknown)) {
          throw this.raise('TypeError', `__init__() should return None, not '${this.typeOf(value!)?.name}'`);
        }
        frame.stack[frame.sp++] = instance;
        break;
      case 'method':
        frame.stack[frame.sp++] = value;
        frame.stack[frame.sp++] = undefined;
        break;
      case 'iterator':
        frame.stack[frame.sp++] = value;
        // What is unknown is looked at again.
        if (value instanceof Unknown) return;
        break;
      case 'next':
        if (value === undefined) {
          frame.sp--;
          frame.pc = code.operands[frame.pc]!;
          return;
        }
        frame.stack[frame.sp++] = value;
        break;
      case 'from':
        if (value === undefined) {
          const iterator = frame.stack[frame.sp - 1];
          frame.stack[frame.sp - 1] = iterator instanceof PyGenerator ? iterator.result : null;
          break;
        }
        // What is sent next takes the place of what was sent.
        frame.stack[frame.sp++] = null;
        this.#frame = frame;
        this.#yield(frame, value);
        return;
      case 'condition': {
        if (value instanceof Unknown) {
          const branch = code.branches.get(frame.pc);
          if (branch) {
            this.#skip(frame, branch, value);
            return;
          }
          frame.sp--;
          break;
        }
        const operation = code.operations[frame.pc];
        const isKeep = operation === op.jumpIfFalseKeep || operation === op.jumpIfTrueKeep;
        const isJump = value === (operation === op.jumpIfTrue || operation === op.jumpIfTrueKeep);
        if (!isKeep || !isJump) frame.sp--;
        if (isJump) {
          frame.pc = code.operands[frame.pc]!;
          return;
        }
        break;
      }
    }
    frame.pc++;
  }

  /** Runs steps for an instruction of the innermost frame; their result is delivered to it. */
  #await(steps: Steps<unknown>, delivery: Delivery): void {
    const frame = this.#frame;
    const result = this.#later(steps, delivery);
    if (result !== pending) this.#deliver(frame, result, delivery);
  }

  /** A generator of the program gives a value to whoever goes on with it. */
  #yield(frame: Frame, value: Value): void {
    const { parent, delivery } = frame;
    frame.generator!.isRunning = false;
    frame.parent = undefined;
    this.#frame = parent;
    this.#deliver(parent, value, delivery);
  }

  #finishGenerator(generator: PyGenerator, frame: Frame, value: Value): void {
    generator.frame = undefined;
    generator.isRunning = false;
    generator.result = value;
    if (generator.unknown) throw new UnknownAccess(generator.unknown);
    this.#deliver(frame.parent, undefined, frame.delivery);
  }

  /** Lets a native in steps go on. */
  #drive(frame: Frame): void {
    const steps = frame.steps!;
    let value = frame.inbox;
    frame.inbox = undefined;
    for (;;) {
      let result: IteratorResult<Request, unknown>;
      try {
        result = steps.next(value as Value);
      } catch (error) {
        this.#failed(frame, error);
        return;
      }
      if (result.done) {
        this.#frame = frame.parent;
        this.#deliver(frame.parent, result.value as Value, frame.delivery, frame.instance);
        return;
      }
      // Some times what an instruction costs.
      this.#budget -= 4;
      if (this.#budget <= -400_000) throw new Stopped({ message: l10n.t('The program takes too long.') });
      const { callee, args, keywords } = result.value;
      let answer: Value | undefined | Pending;
      try {
        answer = this.#invoke(callee, args, keywords, 'push', undefined);
      } catch (error) {
        if (this.#frame !== frame) this.#frame = frame;
        this.#throwInto(frame, error);
        return;
      }
      if (answer === pending) return;
      value = answer;
    }
  }

  /** A native in steps has thrown: it is over. */
  #failed(frame: Frame, error: unknown): void {
    this.#frame = frame.parent;
    // Of a constructor that failed the instance is unknown.
    const delivery = frame.delivery === 'instance' ? 'push' : frame.delivery;
    if (error instanceof UnknownAccess) {
      // Whether there is a next value is unknown, too.
      if (delivery === 'next' && frame.parent?.code) this.#unknownResult(frame.parent, error.unknown);
      else this.#deliver(frame.parent, error.unknown, delivery);
      return;
    }
    if (error instanceof Raised) {
      this.#trace(error.exception as PyException, frame.parent);
      // An exception is not certain where an argument is unknown.
      if (frame.unknown) this.#deliver(frame.parent, frame.unknown, delivery);
      else this.#thrown = error;
      return;
    }
    if (error instanceof Stopped) throw error;
    this.#deliver(frame.parent, this.#fault(error), delivery);
  }

  #fault(error: unknown): Unknown {
    this.options.hooks?.fault?.(error, this);
    return this.unknown({ message: l10n.t('Something in here is not supported'), short: l10n.t('not supported') });
  }

  /** Throws into a native in steps that waits. */
  #throwInto(frame: Frame, error: unknown): void {
    if (error instanceof Stopped) throw error;
    let thrown = error;
    if (!(error instanceof Raised) && !(error instanceof UnknownAccess)) {
      // A fault of ours in something that it called: the result is unknown.
      frame.inbox = this.#fault(error);
      return;
    }
    if (error instanceof Raised) this.#trace(error.exception as PyException, frame);
    let result: IteratorResult<Request, unknown>;
    try {
      result = frame.steps!.throw(thrown);
    } catch (again) {
      thrown = again;
      this.#failed(frame, thrown);
      return;
    }
    if (result.done) {
      this.#frame = frame.parent;
      this.#deliver(frame.parent, result.value as Value, frame.delivery, frame.instance);
      return;
    }
    const { callee, args, keywords } = result.value;
    try {
      const answer = this.#invoke(callee, args, keywords, 'push', undefined);
      if (answer !== pending) frame.inbox = answer;
    } catch (inner) {
      if (this.#frame !== frame) this.#frame = frame;
      this.#thrown = inner;
    }
  }

  /** Remembers where an exception was raised first. */
  #trace(exception: PyException, from: Frame | undefined): void {
    if (exception.trace) return;
    this.#budget -= 200;
    const trace: TracePlace[] = [];
    for (let frame = from; frame && trace.length < 50; frame = frame.parent) {
      const place = placeOf(frame);
      if (place) trace.push({ ...place, name: frame.code!.name });
    }
    exception.trace = trace;
    this.options.hooks?.raised?.(exception, from);
  }

  /** An error in the innermost frame. */
  #handle(error: unknown): void {
    if (error instanceof Stopped) {
      this.#stop(error.reason);
      return;
    }
    const frame = this.#frame;
    try {
      if (frame?.steps) {
        this.#throwInto(frame, error);
        return;
      }
      if (error instanceof Raised) {
        this.#raise(error);
        return;
      }
      const unknown = error instanceof UnknownAccess ? error.unknown : this.#fault(error);
      if (frame) this.#unknownResult(frame, unknown);
      else this.#outcome = { kind: 'value', value: unknown };
    } catch (again) {
      if (again instanceof Stopped) this.#stop(again.reason);
      else if (again instanceof Raised) this.#handle(again);
      else throw again;
    }
  }

  /** The instruction that a frame is in has an unknown result. */
  #unknownResult(frame: Frame, unknown: Unknown): void {
    const code = frame.code!;
    const { pc } = frame;
    const branch = code.branches.get(pc);
    if (branch) {
      this.#skip(frame, branch, unknown);
      return;
    }
    const operation = code.operations[pc]!;
    const before = code.depths[pc]!;
    const after = code.depths[pc + 1] ?? before;
    if (operation === op.unpack || operation === op.unpackRest) {
      for (let at = before - 1; at < after; at++) frame.stack[at] = unknown;
    } else if (adding.has(operation)) {
      const operand = operation === op.mapUpdate ? 1 : code.operands[pc]!;
      frame.stack[before - 1 - operand] = unknown;
    } else if (arguing.has(operation)) {
      (frame.stack[after - 1] as Arguments).unknown = unknown;
    } else if (operation === op.method) {
      frame.stack[after - 2] = unknown;
      frame.stack[after - 1] = undefined;
    } else if (!silent.has(operation) && after > 0) frame.stack[after - 1] = unknown;
    frame.sp = after;
    frame.pc = pc + 1;
  }

  /** What is raised while something else is: it comes next, because each frame would be one of ours, too. */
  readonly #raising: Raised[] = [];
  #isRaising = false;

  #raise(raised: Raised): void {
    this.#raising.push(raised);
    if (this.#isRaising) return;
    this.#isRaising = true;
    try {
      for (let next = this.#raising.pop(); next; next = this.#raising.pop()) this.#unwind(next);
    } finally {
      this.#isRaising = false;
      this.#raising.length = 0;
    }
  }

  /** Unwinds to where an exception is handled. */
  #unwind(raised: Raised): void {
    const exception = raised.exception as PyException;
    let frame = this.#frame;
    // Exceptions cost more than other instructions.
    this.#budget -= 20;
    this.#trace(exception, frame);
    while (frame) {
      this.#budget -= 2;
      if (frame.steps) {
        this.#frame = frame;
        this.#throwInto(frame, raised);
        return;
      }
      const { pc } = frame;
      const handler = frame.code!.handlers.find(each => pc >= each.from && pc < each.to);
      if (handler) {
        frame.sp = handler.depth;
        frame.stack[frame.sp++] = exception;
        frame.pc = handler.target;
        this.#frame = frame;
        return;
      }
      this.#frame = frame.parent;
      const { generator } = frame;
      if (generator) {
        generator.frame = undefined;
        generator.isRunning = false;
        if (isRaised(raised, 'StopIteration', this)) {
          const error = this.raise('RuntimeError', 'generator raised StopIteration');
          error.exception.set('__cause__', exception);
          (error.exception as PyException).trace = exception.trace;
          this.#raise(error);
          return;
        }
      }
      frame = frame.parent;
    }
    this.#outcome = { kind: 'raised', exception, trace: exception.trace ?? [] };
    this.#frame = undefined;
  }

  // Unknown conditions.

  #skip(frame: Frame, branch: Branch, unknown: Unknown): void {
    frame.pc = branch.target;
    frame.sp = branch.depth;
    if (branch.kind === 'go') return;
    frame.skipped = unknown;
    const effects = branch.effects();
    this.#forget(frame, effects, unknown);
    if (!branch.isHarmless) this.options.hooks?.unknownBranch?.(unknown, this);
    if (branch.leaves && frame.generator && frame.code!.isGenerator) frame.generator.unknown = unknown;
  }

  #forget(frame: Frame, effects: Effects, unknown: Unknown): void {
    skip(
      effects,
      { locals: frame.locals, cells: frame.cells, names: frame.names, globals: frame.module!, isUnderWay: true },
      unknown,
      this,
    );
  }

  // Calls.

  /** Calls; the result, or `pending` where a frame was pushed that will deliver it. */
  #invoke(
    callee: Value,
    args: readonly Value[],
    keywords: Keywords,
    delivery: Delivery,
    instance: Value | undefined,
  ): Value | undefined | Pending {
    if (callee instanceof PyFunction) {
      this.#enter(callee, args, keywords, delivery, instance);
      return callee.code.isGenerator || callee.code.isAsync ? this.#generatorOf() : pending;
    }
    if (callee instanceof PyBoundMethod) {
      return this.#invoke(callee.callee, [callee.self, ...args], keywords, delivery, instance);
    }
    if (callee instanceof Native) return this.#invokeNative(callee, args, keywords, delivery, instance);
    if (callee instanceof PyClass) return this.#instantiate(callee, args, keywords, delivery);
    if (callee instanceof Unknown) return this.#callUnknown(callee, args, keywords);
    if (callee instanceof PyStaticMethod) return this.#invoke(callee.callee, args, keywords, delivery, instance);
    const cls = this.typeOf(callee)!;
    const method = cls.find('__call__');
    if (method !== undefined && callee !== null && typeof callee === 'object') {
      if (method instanceof PyStaticMethod) return this.#invoke(method.callee, args, keywords, delivery, instance);
      if (method instanceof PyClassMethod)
        return this.#invoke(method.callee, [cls, ...args], keywords, delivery, instance);
      if (method instanceof PyFunction || method instanceof Native) {
        return this.#invoke(method, [callee, ...args], keywords, delivery, instance);
      }
      return this.#invoke(method, args, keywords, delivery, instance);
    }
    if (cls.unknownBase) return this.#callUnknown(cls.unknownBase, args, keywords);
    throw this.raise('TypeError', `'${cls.name}' object is not callable`);
  }

  #callUnknown(callee: Unknown, args: readonly Value[], keywords: Keywords): Value {
    // A decorator of a registry that was not found.
    if (callee.isImport && args.length === 1 && keywords.size === 0) {
      const [decorated] = args;
      if ((decorated instanceof PyClass || decorated instanceof PyFunction) && this.#isRegistry(callee))
        return decorated;
    }
    // What is called for nothing but its effect may change what it is given.
    const frame = this.#frame;
    if (frame?.code && frame.code.operations[frame.pc + 1] === op.pop) {
      for (const arg of [...args, ...keywords.values()]) if (isContainer(arg)) poison(arg, callee);
    }
    const result = this.options.hooks?.unknownCall?.(callee, args, keywords, this) ?? callee;
    if (callee.isImport && result === callee) {
      // `REGISTRY.register(name='x')` gives the decorator.
      if (this.#isRegistry(callee)) return callee;
      return new Unknown(callee.reason, callee.place);
    }
    return result;
  }

  #isRegistry(callee: Unknown): boolean {
    for (const [name, unknown] of this.#unknownImports) {
      if (unknown === callee) return /register/i.test(name.slice(name.lastIndexOf('.') + 1));
    }
    return false;
  }

  #invokeNative(
    native: Native,
    args: readonly Value[],
    keywords: Keywords,
    delivery: Delivery,
    instance: Value | undefined,
  ): Value | undefined | Pending {
    if (native === resume) return this.#resume(args[0] as PyGenerator, args[1]!, args[2], 'resume');
    let unknown: Unknown | undefined;
    for (let at = 0; at < args.length; at++) {
      if (args[at] instanceof Unknown) {
        unknown = args[at] as Unknown;
        break;
      }
    }
    if (keywords.size > 0 && !unknown)
      for (const value of keywords.values()) if (value instanceof Unknown) unknown ??= value;
    if (unknown && native.isStrict) return unknown;
    try {
      const bound = bindNative(native, args, keywords, this);
      if (bound instanceof Unknown) return bound;
      if (!native.inSteps) {
        const result = native.body(bound, this) as Value;
        return instance ?? result;
      }
      const plain = native.plain?.(bound, this);
      if (plain !== undefined) return instance ?? plain;
      const frame = new Frame(undefined, undefined, undefined, 0, [], []);
      frame.steps = native.body(bound, this) as Steps;
      frame.unknown = unknown;
      frame.instance = instance;
      this.#push(frame, instance === undefined ? delivery : 'instance');
      return pending;
    } catch (error) {
      // An exception is not certain where an argument is unknown; of a constructor that failed the instance is unknown.
      if (error instanceof Raised && unknown) return unknown;
      if (error instanceof UnknownAccess) return error.unknown;
      if (error instanceof Raised || error instanceof Stopped) throw error;
      return this.#fault(error);
    }
  }

  #push(frame: Frame, delivery: Delivery): void {
    const parent = this.#frame;
    frame.parent = parent;
    // Natives count for less than functions: of Python's own most are no calls of Python's.
    frame.depth = parent ? parent.depth + (frame.steps ? 0.1 : 1) : 0;
    frame.delivery = delivery;
    if (frame.depth > maxFrames) {
      throw this.raise('RecursionError', 'maximum recursion depth exceeded');
    }
    this.#frame = frame;
  }

  #instantiate(
    cls: PyClass,
    args: readonly Value[],
    keywords: Keywords,
    delivery: Delivery,
  ): Value | undefined | Pending {
    if (cls.metaclass) {
      const custom = cls.metaclass.find('__call__');
      if (custom !== undefined && custom !== this.#type.dict.get('__call__')) {
        return this.#invoke(custom, [cls, ...args], keywords, delivery, undefined);
      }
    }
    const object = this.#object;
    const make = cls.find('__new__');
    if (make !== object.dict.get('__new__') || cls === this.#type) {
      return this.#later(this.instantiate(cls, args, keywords), delivery);
    }
    const instance = createBare(cls, args, keywords, this);
    if (instance instanceof Unknown) return instance;
    const init = cls.find('__init__');
    if (init === object.dict.get('__init__')) {
      this.#refuseArguments(cls, args, keywords, make);
      return instance;
    }
    if (init === undefined) return instance;
    if (init instanceof PyFunction && !init.code.isGenerator && !init.code.isAsync) {
      this.#enter(init, [instance, ...args], keywords, 'instance', instance);
      return pending;
    }
    if (init instanceof Native) return this.#invokeNative(init, [instance, ...args], keywords, 'instance', instance);
    return this.#later(this.instantiate(cls, args, keywords), delivery);
  }

  /** Runs steps; the result at once where no Python is called. */
  #later(steps: Steps<unknown>, delivery: Delivery): Value | undefined | Pending {
    const first = steps.next(null);
    if (first.done) return first.value as Value | undefined;
    const frame = new Frame(undefined, undefined, undefined, 0, [], []);
    frame.steps = steps as Steps<unknown>;
    this.#push(frame, delivery);
    const { callee, args, keywords } = first.value;
    try {
      const answer = this.#invoke(callee, args, keywords, 'push', undefined);
      if (answer !== pending) frame.inbox = answer;
    } catch (error) {
      if (this.#frame !== frame) this.#frame = frame;
      this.#throwInto(frame, error);
    }
    return pending;
  }

  /** Pushes the frame of a call of a function of the program. */
  #enter(
    fn: PyFunction,
    args: readonly Value[],
    keywords: Keywords,
    delivery: Delivery,
    instance: Value | undefined,
  ): Frame {
    const { code } = fn;
    if (args[0] instanceof Names) return this.#enterBody(fn, args[0], delivery);
    const { parameters } = code;
    let locals: (Value | undefined)[];
    if (
      keywords.size === 0 &&
      args.length === parameters.positional &&
      parameters.keywordOnly === 0 &&
      parameters.rest < 0 &&
      parameters.keywords < 0
    ) {
      locals = args.slice();
    } else locals = this.#bind(fn, args, keywords);
    let cells: Cell[] = fn.cells as Cell[];
    if (code.ownCells > 0) {
      const own: Cell[] = [];
      for (let at = 0; at < code.ownCells; at++) own.push({ value: undefined });
      for (const [local, cell] of code.cellParameters) own[cell]!.value = locals[local];
      cells = cells.length > 0 ? [...own, ...cells] : own;
    }
    const frame = new Frame(code, fn, fn.globals, fn.base, locals, cells);
    frame.instance = instance;
    frame.receiver = args[0];
    this.#push(frame, delivery);
    return frame;
  }

  /** The body of a module or a class. */
  #enterBody(fn: PyFunction, names: Names, delivery: Delivery): Frame {
    const cells = names.cell ? [names.cell, ...fn.cells] : [...fn.cells];
    const frame = new Frame(fn.code, fn, fn.globals, fn.base, [], cells);
    frame.names = names.map;
    this.#push(frame, delivery);
    return frame;
  }

  #bind(fn: PyFunction, args: readonly Value[], keywords: Keywords): (Value | undefined)[] {
    const { parameters, qualifiedName: name } = fn.code;
    const { positional, names } = parameters;
    const locals: (Value | undefined)[] = new Array(names.length).fill(undefined);
    const taken = Math.min(args.length, positional);
    for (let at = 0; at < taken; at++) locals[at] = args[at];
    if (parameters.rest >= 0) locals[parameters.rest] = new PyTuple(args.slice(taken));
    else if (args.length > positional) throw this.#tooMany(fn, args.length);
    let rest: PyDict | undefined;
    if (parameters.keywords >= 0) {
      rest = new PyDict();
      locals[parameters.keywords] = rest;
    }
    const named = positional + parameters.keywordOnly;
    for (const [key, value] of keywords) {
      const at = names.indexOf(key);
      if (at < parameters.positionalOnly || at >= named) {
        if (rest) {
          rest.entries.set(key, { key, value });
          continue;
        }
        if (at >= 0 && at < parameters.positionalOnly) {
          const wrong = names.slice(0, parameters.positionalOnly).filter(each => keywords.has(each));
          throw this.raise(
            'TypeError',
            `${name}() got some positional-only arguments passed as keyword arguments: '${wrong.join(', ')}'`,
          );
        }
        throw this.raise('TypeError', `${name}() got an unexpected keyword argument '${key}'`);
      }
      if (locals[at] !== undefined) {
        throw this.raise('TypeError', `${name}() got multiple values for argument '${key}'`);
      }
      locals[at] = value;
    }
    const firstDefault = positional - fn.defaults.length;
    const missing: string[] = [];
    for (let at = taken; at < positional; at++) {
      if (locals[at] !== undefined) continue;
      if (at >= firstDefault) locals[at] = fn.defaults[at - firstDefault];
      else missing.push(names[at]!);
    }
    if (missing.length > 0) throw this.#missing(name, missing, 'positional');
    for (let at = positional; at < named; at++) {
      if (locals[at] !== undefined) continue;
      const value = fn.keywordDefaults.get(names[at]!);
      if (value !== undefined) locals[at] = value;
      else missing.push(names[at]!);
    }
    if (missing.length > 0) throw this.#missing(name, missing, 'keyword-only');
    return locals;
  }

  #tooMany(fn: PyFunction, given: number): Raised {
    const { positional } = fn.code.parameters;
    const least = positional - fn.defaults.length;
    const range = fn.defaults.length > 0 ? `from ${least} to ${positional}` : `${positional}`;
    const s = positional === 1 && fn.defaults.length === 0 ? '' : 's';
    return this.raise(
      'TypeError',
      `${fn.code.qualifiedName}() takes ${range} positional argument${s} but ${given} ${given === 1 ? 'was' : 'were'} given`,
    );
  }

  #missing(name: string, missing: readonly string[], kind: string): Raised {
    const quoted = missing.map(each => `'${each}'`);
    const list = quoted.length < 3 ? quoted.join(' and ') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
    return this.raise(
      'TypeError',
      `${name}() missing ${quoted.length} required ${kind} argument${quoted.length === 1 ? '' : 's'}: ${list}`,
    );
  }

  /** Takes the frame that was just pushed for a generator away, and gives the generator. */
  #generatorOf(): Value {
    const frame = this.#frame!;
    this.#frame = frame.parent;
    const code = frame.code!;
    const kind = code.isAsync ? (code.isGenerator ? 'async_generator' : 'coroutine') : 'generator';
    const generator = new PyGenerator(kind, frame, code.name);
    frame.generator = generator;
    frame.parent = undefined;
    return generator;
  }

  /** Goes on with a generator. */
  #resume(
    generator: PyGenerator,
    value: Value,
    exception: Value | undefined,
    delivery: Delivery,
  ): Value | undefined | Pending {
    if (generator.isRunning) throw this.raise('ValueError', 'generator already executing');
    if (generator.unknown && !generator.frame) throw new UnknownAccess(generator.unknown);
    const { frame } = generator;
    if (!frame) {
      generator.result = null;
      return undefined;
    }
    this.#push(frame, delivery);
    if (generator.hasStarted) {
      frame.stack[frame.sp - 1] = value;
      if (exception === undefined && frame.code!.operations[frame.pc] === op.yield) frame.pc++;
    }
    generator.hasStarted = true;
    generator.isRunning = true;
    if (exception !== undefined) this.#raise(new Raised(exception as PyException));
    return pending;
  }

  // Instructions.

  #execute(first: Frame): void {
    let frame = first;
    let code = frame.code!;
    let { operations, operands } = code;
    let { stack, locals } = frame;
    let { pc, sp } = frame;
    for (;;) {
      if (--this.#budget <= 0) {
        frame.pc = pc;
        frame.sp = sp;
        return;
      }
      frame.pc = pc;
      const operand = operands[pc]!;
      switch (operations[pc++]) {
        case 0: // statement
          frame.tick++;
          continue;
        case 1: // constant
          stack[sp++] = code.constants[operand] as Value;
          continue;
        case 2: {
          // local
          const value = locals[operand];
          if (value === undefined) {
            throw this.raise(
              'UnboundLocalError',
              `cannot access local variable '${code.locals[operand]}' where it is not associated with a value`,
            );
          }
          stack[sp++] = value;
          continue;
        }
        case 3: // setLocal
          locals[operand] = stack[--sp];
          continue;
        case 4: // deleteLocal
          if (locals[operand] === undefined) {
            throw this.raise(
              'UnboundLocalError',
              `cannot access local variable '${code.locals[operand]}' where it is not associated with a value`,
            );
          }
          locals[operand] = undefined;
          continue;
        case 5: {
          // cell
          const { value } = frame.cells[operand]!;
          if (value === undefined) throw this.#unboundCell(code, operand);
          stack[sp++] = value;
          continue;
        }
        case 6: // setCell
          frame.cells[operand]!.value = stack[--sp];
          continue;
        case 7: // deleteCell
          if (frame.cells[operand]!.value === undefined) throw this.#unboundCell(code, operand);
          frame.cells[operand]!.value = undefined;
          continue;
        case 8: {
          // classCell
          const { name, cell } = code.details[operand] as { name: string; cell: number };
          const value = frame.names!.get(name) ?? frame.cells[cell]!.value;
          if (value === undefined) throw this.#unboundCell(code, cell);
          stack[sp++] = value;
          continue;
        }
        case 9: {
          // global
          const name = code.names[operand]!;
          const value = frame.module!.dict.get(name);
          if (value === undefined) {
            const builtin = this.#builtins.get(name);
            stack[sp++] = builtin ?? this.#missingName(frame.module!, name);
            continue;
          }
          if (value instanceof PyLazy) {
            frame.sp = sp;
            this.#await(resolved(frame.module!.dict, name, value, this), 'push');
            break;
          }
          stack[sp++] = value;
          continue;
        }
        case 10: // setGlobal
          frame.module!.dict.set(code.names[operand]!, stack[--sp]!);
          continue;
        case 11: // deleteGlobal
          if (!frame.module!.dict.delete(code.names[operand]!)) throw this.#noName(code.names[operand]!);
          continue;
        case 12: {
          // name
          const name = code.names[operand]!;
          let dict = frame.names!;
          let value = dict.get(name);
          if (value === undefined) {
            dict = frame.module!.dict;
            value = dict.get(name) ?? this.#builtins.get(name) ?? this.#missingName(frame.module!, name);
          }
          if (value instanceof PyLazy) {
            frame.sp = sp;
            this.#await(resolved(dict, name, value, this), 'push');
            break;
          }
          stack[sp++] = value;
          continue;
        }
        case 13: // setName
          frame.names!.set(code.names[operand]!, stack[--sp]!);
          continue;
        case 14: // deleteName
          if (!frame.names!.delete(code.names[operand]!)) throw this.#noName(code.names[operand]!);
          continue;
        case 15: {
          // attribute
          const object = stack[sp - 1]!;
          const name = code.names[operand]!;
          if (object instanceof Unknown) {
            if (object.isImport) stack[sp - 1] = this.unknownMember(object, name);
            continue;
          }
          const found = attributeOf(object, name, this);
          if (found === undefined) throw noAttribute(object, name, this);
          if (!(found instanceof Later)) {
            stack[sp - 1] = found;
            continue;
          }
          frame.sp = sp - 1;
          this.#await(found.steps, 'push');
          break;
        }
        case 16: {
          // setAttribute
          const object = stack[--sp]!;
          const value = stack[--sp]!;
          const later = setAttributeOf(object, code.names[operand]!, value, this);
          if (!later) continue;
          frame.sp = sp;
          this.#await(later.steps, 'discard');
          break;
        }
        case 17: {
          // deleteAttribute
          const object = stack[--sp]!;
          const later = deleteAttributeOf(object, code.names[operand]!, this);
          if (!later) continue;
          frame.sp = sp;
          this.#await(later.steps, 'discard');
          break;
        }
        case 18: {
          // method
          const object = stack[sp - 1]!;
          const name = code.names[operand]!;
          if (object instanceof PyInstance) {
            const { cls } = object;
            const method = cls.find(name);
            if (
              method instanceof PyFunction &&
              !object.dict?.has(name) &&
              cls.find('__getattribute__') === this.#getAttribute
            ) {
              stack[sp - 1] = method;
              stack[sp++] = object;
              continue;
            }
          } else if (object instanceof Unknown) {
            if (object.isImport) stack[sp - 1] = this.unknownMember(object, name);
            stack[sp++] = undefined;
            continue;
          } else if (
            typeof object === 'string' ||
            object instanceof PyList ||
            object instanceof PyDict ||
            object instanceof PyTuple ||
            object instanceof PySet
          ) {
            const method = this.typeOf(object)?.find(name);
            if (
              method instanceof Native &&
              !method.isStatic &&
              (object as { own?: unknown } | null)?.own === undefined
            ) {
              stack[sp - 1] = method;
              stack[sp++] = object;
              continue;
            }
          }
          const found = attributeOf(object, name, this);
          if (found === undefined) throw noAttribute(object, name, this);
          if (!(found instanceof Later)) {
            if (found instanceof PyBoundMethod) {
              stack[sp - 1] = found.callee;
              stack[sp++] = found.self;
            } else {
              stack[sp - 1] = found;
              stack[sp++] = undefined;
            }
            continue;
          }
          // The self that is none goes on top when the attribute is there.
          frame.sp = sp - 1;
          this.#await(found.steps, 'method');
          break;
        }
        case 19: // noSelf
          stack[sp++] = undefined;
          continue;
        case 20: {
          // call
          const start = sp - operand;
          const self = stack[start - 1];
          const callee = stack[start - 2]!;
          const args: Value[] = [];
          if (self !== undefined) args.push(self);
          for (let at = start; at < sp; at++) args.push(stack[at]!);
          sp = start - 2;
          frame.sp = sp;
          const result = this.#invoke(callee, args, noKeywords, 'push', undefined);
          if (result !== pending) {
            stack[sp++] = result as Value;
            continue;
          }
          break;
        }
        case 21: {
          // callKeywords
          const { positional, names } = code.details[operand] as KeywordCall;
          const start = sp - positional - names.length;
          const self = stack[start - 1];
          const callee = stack[start - 2]!;
          const args: Value[] = [];
          if (self !== undefined) args.push(self);
          for (let at = 0; at < positional; at++) args.push(stack[start + at]!);
          const keywords = new Map<string, Value>();
          for (let at = 0; at < names.length; at++) keywords.set(names[at]!, stack[start + positional + at]!);
          sp = start - 2;
          frame.sp = sp;
          const result = this.#invoke(callee, args, keywords, 'push', undefined);
          if (result !== pending) {
            stack[sp++] = result as Value;
            continue;
          }
          break;
        }
        case 27: {
          // callArguments
          const given = stack[--sp] as Arguments;
          const self = stack[--sp];
          const callee = stack[--sp]!;
          frame.sp = sp;
          const args = self === undefined ? given.args : [self, ...given.args];
          const result =
            given.unknown && !(callee instanceof Unknown)
              ? this.#callUnknown(given.unknown, [callee, ...args], given.keywords)
              : this.#invoke(callee, args, given.keywords, 'push', undefined);
          if (result !== pending) {
            stack[sp++] = result as Value;
            continue;
          }
          break;
        }
        case 22: // arguments
          stack[sp++] = new Arguments();
          continue;
        case 23: {
          // argument
          const value = stack[--sp]!;
          (stack[sp - 1] as Arguments).args.push(value);
          continue;
        }
        case 24: {
          // spread
          const value = stack[--sp]!;
          const given = stack[sp - 1] as Arguments;
          frame.sp = sp;
          this.#await(spread(given, value, this), 'discard');
          break;
        }
        case 25: {
          // keyword
          const value = stack[--sp]!;
          const name = code.names[operand]!;
          const given = stack[sp - 1] as Arguments;
          if (given.keywords.has(name)) throw this.#twice(name);
          given.keywords.set(name, value);
          continue;
        }
        case 26: {
          // spreadKeywords
          const value = stack[--sp]!;
          const given = stack[sp - 1] as Arguments;
          frame.sp = sp;
          this.#await(this.#spreadKeywords(given, value), 'discard');
          break;
        }
        case 28: {
          // index
          const index = stack[sp - 1]!;
          const container = stack[sp - 2]!;
          if (typeof index === 'number' && container instanceof PyList && container.own === undefined) {
            const { items } = container;
            const at = index < 0 ? index + items.length : index;
            const value = items[at];
            if (value !== undefined) {
              stack[--sp - 1] = value;
              continue;
            }
          } else if (typeof index === 'number' && container instanceof PyTuple && container.own === undefined) {
            const { items } = container;
            const value = items[index < 0 ? index + items.length : index];
            if (value !== undefined) {
              stack[--sp - 1] = value;
              continue;
            }
          } else if (typeof index === 'string' && container instanceof PyDict && container.own === undefined) {
            const value = container.entries.get(index)?.value;
            if (value !== undefined && !(value instanceof PyLazy)) {
              stack[--sp - 1] = value;
              continue;
            }
          }
          sp -= 2;
          frame.sp = sp;
          this.#await(this.#item(container, index), 'push');
          break;
        }
        case 29: {
          // setIndex
          const index = stack[--sp]!;
          const container = stack[--sp]!;
          const value = stack[--sp]!;
          frame.sp = sp;
          this.#await(setItemSteps(container, index, value, this), 'discard');
          break;
        }
        case 30: {
          // deleteIndex
          const index = stack[--sp]!;
          const container = stack[--sp]!;
          frame.sp = sp;
          this.#await(deleteItemSteps(container, index, this), 'discard');
          break;
        }
        case 31: {
          // slice
          const step = stack[--sp]!;
          const stop = stack[--sp]!;
          stack[sp - 1] = new PySlice(stack[sp - 1]!, stop, step);
          continue;
        }
        case 32: {
          // binary
          const b = stack[sp - 1]!;
          const a = stack[sp - 2]!;
          if (typeof a === 'number' && typeof b === 'number') {
            let result: number;
            switch (operand) {
              case 0:
                result = a + b;
                break;
              case 1:
                result = a - b;
                break;
              case 2:
                result = a * b + 0;
                break;
              default:
                result = Number.NaN;
            }
            if (Number.isSafeInteger(result)) {
              stack[--sp - 1] = result;
              continue;
            }
          }
          sp -= 2;
          frame.sp = sp;
          const sign = operatorSigns[operand]!;
          const plain = isSimple(a) && isSimple(b) ? plainBinary(sign, a, b, this) : undefined;
          if (plain !== undefined) {
            stack[sp++] = plain;
            continue;
          }
          this.#await(binarySteps(sign, a, b, this), 'push');
          break;
        }
        case 33: {
          // inPlace
          const b = stack[sp - 1]!;
          const a = stack[sp - 2]!;
          sp -= 2;
          frame.sp = sp;
          const sign = operatorSigns[operand]!;
          const plain =
            isSimple(a) && isSimple(b) && !(a instanceof PyList) ? plainBinary(sign, a, b, this) : undefined;
          if (plain !== undefined) {
            stack[sp++] = plain;
            continue;
          }
          this.#await(inPlaceSteps(sign, a, b, this), 'push');
          break;
        }
        case 34: {
          // unary
          const value = stack[--sp]!;
          frame.sp = sp;
          this.#await(unarySteps(unaryOperators[operand]!, value, this), 'push');
          break;
        }
        case 35: {
          // not
          const value = stack[sp - 1]!;
          const plain = plainTruth(value);
          if (plain !== undefined) {
            stack[sp - 1] = plain instanceof Unknown ? plain : !plain;
            continue;
          }
          frame.sp = --sp;
          this.#await(negated(value, this), 'push');
          break;
        }
        case 36: {
          // compare
          const b = stack[sp - 1]!;
          const a = stack[sp - 2]!;
          if (operand === isAt || operand === isNotAt) {
            const same = isSame(a, b);
            stack[--sp - 1] = same instanceof Unknown ? same : same === (operand === isAt);
            continue;
          }
          if (typeof a === 'number' && typeof b === 'number') {
            switch (operand) {
              case 0:
                stack[--sp - 1] = a === b;
                continue;
              case 1:
                stack[--sp - 1] = a !== b;
                continue;
              case 2:
                stack[--sp - 1] = a < b;
                continue;
              case 3:
                stack[--sp - 1] = a <= b;
                continue;
              case 4:
                stack[--sp - 1] = a > b;
                continue;
              case 5:
                stack[--sp - 1] = a >= b;
                continue;
            }
          }
          sp -= 2;
          frame.sp = sp;
          if (operand < 2) {
            const equal = plainEquals(a, b, this);
            if (equal !== undefined) {
              stack[sp++] = equal instanceof Unknown ? equal : equal === (operand === 0);
              continue;
            }
          } else if (operand < 6 && isSimple(a) && isSimple(b)) {
            const order = plainOrder(comparisonSigns[operand]!, a, b, this);
            if (order !== undefined) {
              stack[sp++] = order;
              continue;
            }
          }
          const steps: Steps =
            operand === inAt
              ? containsSteps(b, a, this)
              : operand === notInAt
                ? binarySteps('not in', a, b, this)
                : binarySteps(comparisonSigns[operand]!, a, b, this);
          this.#await(steps, 'push');
          break;
        }
        case 37: // jump
          pc = operand;
          continue;
        case 38: // jumpIfFalse
        case 39: // jumpIfTrue
        case 40: // jumpIfFalseKeep
        case 41: {
          // jumpIfTrueKeep
          const value = stack[sp - 1]!;
          const plain = typeof value === 'boolean' ? value : plainTruth(value);
          if (typeof plain === 'boolean') {
            const operation = operations[pc - 1];
            const isKeep = operation === op.jumpIfFalseKeep || operation === op.jumpIfTrueKeep;
            const isJump = plain === (operation === op.jumpIfTrue || operation === op.jumpIfTrueKeep);
            if (!isKeep || !isJump) sp--;
            if (isJump) pc = operand;
            continue;
          }
          if (plain instanceof Unknown) {
            frame.sp = sp;
            const branch = code.branches.get(pc - 1);
            if (branch) this.#skip(frame, branch, plain);
            else {
              frame.sp = sp - 1;
              frame.pc = pc;
            }
            pc = frame.pc;
            sp = frame.sp;
            continue;
          }
          // Python tells.
          frame.sp = sp;
          this.#await(truthSteps(value, this), 'condition');
          break;
        }
        case 42: // pop
          sp--;
          continue;
        case 43: // duplicate
          stack[sp] = stack[sp - 1];
          sp++;
          continue;
        case 44: // duplicateTwo
          stack[sp] = stack[sp - 2];
          stack[sp + 1] = stack[sp - 1];
          sp += 2;
          continue;
        case 45: {
          // swap
          const top = stack[sp - 1];
          stack[sp - 1] = stack[sp - 2];
          stack[sp - 2] = top;
          continue;
        }
        case 46: {
          // rotateThree
          const top = stack[sp - 1];
          stack[sp - 1] = stack[sp - 2];
          stack[sp - 2] = stack[sp - 3];
          stack[sp - 3] = top;
          continue;
        }
        case 48: {
          // list
          const items = stack.slice(sp - operand, sp) as Value[];
          sp -= operand;
          stack[sp++] = new PyList(items);
          continue;
        }
        case 49: {
          // tuple
          const items = stack.slice(sp - operand, sp) as Value[];
          sp -= operand;
          stack[sp++] = new PyTuple(items);
          continue;
        }
        case 50: // set
        case 51: {
          // map
          const isMap = operations[pc - 1] === op.map;
          const count = isMap ? operand * 2 : operand;
          if (count === 0) {
            stack[sp++] = isMap ? new PyDict() : new PySet();
            continue;
          }
          const values = stack.slice(sp - count, sp) as Value[];
          sp -= count;
          frame.sp = sp;
          this.#await(isMap ? mapOf(values, this) : setOf(values, this), 'push');
          break;
        }
        case 52: {
          // append
          const value = stack[--sp]!;
          const list = stack[sp - operand];
          if (list instanceof PyList) {
            this.charge(1);
            list.items.push(value);
          }
          continue;
        }
        case 53: {
          // extend
          const value = stack[--sp]!;
          const list = stack[sp - operand];
          if (!(list instanceof PyList)) continue;
          if (value instanceof Unknown) {
            stack[sp - operand] = value;
            continue;
          }
          frame.sp = sp;
          this.#await(extendSteps(list, value, this), 'discard');
          break;
        }
        case 54: {
          // add
          const value = stack[--sp]!;
          const set = stack[sp - operand];
          if (!(set instanceof PySet)) continue;
          frame.sp = sp;
          this.#await(addTo(set, value, this), 'discard');
          break;
        }
        case 55: {
          // update
          const value = stack[--sp]!;
          const set = stack[sp - operand];
          if (!(set instanceof PySet)) continue;
          frame.sp = sp;
          this.#await(updateSet(set, value, this), 'discard');
          break;
        }
        case 56: {
          // mapAdd
          const value = stack[--sp]!;
          const key = stack[--sp]!;
          const dict = stack[sp - operand + 1];
          if (!(dict instanceof PyDict)) continue;
          frame.sp = sp;
          this.#await(setItemSteps(dict, key, value, this), 'discard');
          break;
        }
        case 57: {
          // mapUpdate
          const value = stack[--sp]!;
          const dict = stack[sp - 1];
          if (!(dict instanceof PyDict)) continue;
          if (value instanceof Unknown) {
            stack[sp - 1] = value;
            continue;
          }
          frame.sp = sp;
          this.#await(this.#updateMap(dict, value), 'discard');
          break;
        }
        case 58: {
          // listToTuple
          const list = stack[sp - 1];
          if (list instanceof PyList) stack[sp - 1] = new PyTuple(list.items);
          continue;
        }
        case 59: {
          // unpack
          const value = stack[--sp]!;
          if ((value instanceof PyTuple || value instanceof PyList) && value.own === undefined) {
            const { items } = value;
            if (items.length !== operand) throw this.#wrongCount(items.length, operand);
            for (let at = operand - 1; at >= 0; at--) stack[sp++] = items[at];
            continue;
          }
          if (value instanceof Unknown) {
            for (let at = 0; at < operand; at++) stack[sp++] = value;
            continue;
          }
          frame.sp = sp;
          this.#await(this.#unpacked(frame, value, operand), 'discard');
          break;
        }
        case 60: {
          // unpackRest
          const value = stack[--sp]!;
          const detail = code.details[operand] as { before: number; after: number };
          frame.sp = sp;
          this.#await(this.#unpackedRest(frame, value, detail.before, detail.after), 'discard');
          break;
        }
        case 61: {
          // iterate
          const value = stack[sp - 1]!;
          if (value instanceof Unknown) {
            const branch = operand === 0 ? code.branches.get(pc - 1) : undefined;
            if (!branch) continue;
            frame.sp = sp;
            this.#skip(frame, branch, value);
            pc = frame.pc;
            sp = frame.sp;
            continue;
          }
          if (
            value instanceof PyRange ||
            ((value instanceof PyList || value instanceof PyTuple) && value.own === undefined)
          ) {
            stack[sp - 1] = plainIterator(value, this)!;
            continue;
          }
          frame.sp = --sp;
          this.#await(iterateSteps(value, this), 'iterator');
          break;
        }
        case 62: {
          // next
          frame.tick++;
          const iterator = stack[sp - 1]!;
          if (iterator instanceof PyIterator && iterator.next) {
            frame.sp = sp;
            const value = iterator.next(this);
            if (value === undefined) {
              sp--;
              pc = operand;
            } else stack[sp++] = value;
            continue;
          }
          frame.sp = sp;
          if (iterator instanceof Unknown) throw new UnknownAccess(iterator);
          if (iterator instanceof PyGenerator) {
            if (this.#resume(iterator, null, undefined, 'next') === pending) break;
            sp--;
            pc = operand;
            continue;
          }
          this.#await(nextSteps(iterator, this), 'next');
          break;
        }
        case 63: {
          // function
          const { code: inner, defaults, keywordDefaults, outer } = code.details[operand] as FunctionDetail;
          const keywords = new Map<string, Value>();
          for (let at = keywordDefaults.length - 1; at >= 0; at--) keywords.set(keywordDefaults[at]!, stack[--sp]!);
          sp -= defaults;
          const values = stack.slice(sp, sp + defaults) as Value[];
          const cells = outer.map(at => frame.cells[at]!);
          stack[sp++] = new PyFunction(inner, frame.module!, frame.base, values, keywords, cells);
          continue;
        }
        case 64: {
          // class
          const given = stack[--sp] as Arguments;
          const detail = code.details[operand] as ClassDetail;
          frame.sp = sp;
          this.#await(this.#classOf(frame, detail, given), 'push');
          break;
        }
        case 65: {
          // return
          const value = stack[--sp]!;
          frame.sp = sp;
          const { generator, parent } = frame;
          this.#frame = parent;
          if (generator) this.#finishGenerator(generator, frame, value);
          else this.#deliver(parent, value, frame.delivery, frame.instance);
          break;
        }
        case 66: {
          // yield
          frame.sp = sp;
          this.#yield(frame, stack[sp - 1]!);
          break;
        }
        case 67: {
          // yieldFrom
          const sent = stack[--sp]!;
          const iterator = stack[sp - 1]!;
          frame.sp = sp;
          if (iterator instanceof Unknown) {
            // How many values it gives is not known, so nor is how many this one does.
            this.#frame = frame.parent;
            frame.generator!.unknown = iterator;
            this.#finishGenerator(frame.generator!, frame, iterator);
            break;
          }
          this.#await(this.#delegated(iterator, sent), 'from');
          break;
        }
        case 68: {
          // await
          const value = stack[sp - 1]!;
          stack[sp - 1] =
            value instanceof Unknown ? value : this.unknown({ message: l10n.t('“await” is not supported') });
          continue;
        }
        case 69: {
          // raise
          const value = stack[--sp]!;
          frame.sp = sp;
          if (operand === 1) throw new Raised(value as PyException);
          if (operand >= 2) {
            const error = this.exception('AssertionError', '');
            error.args = operand === 3 ? [value] : [];
            throw new Raised(error);
          }
          this.#await(this.#raised(value, undefined), 'discard');
          break;
        }
        case 70: {
          // raiseFrom
          const cause = stack[--sp]!;
          const value = stack[--sp]!;
          frame.sp = sp;
          this.#await(this.#raised(value, cause), 'discard');
          break;
        }
        case 71: // reraise
          throw this.raise('RuntimeError', 'No active exception to reraise');
        case 72: {
          // matchException
          const type = stack[--sp]!;
          const exception = stack[sp - 1] as PyException;
          stack[sp - 1] = this.#matches(exception, type);
          continue;
        }
        case 73: {
          // enterWith
          const context = stack[sp - 1]!;
          frame.sp = sp;
          this.#await(enterWith(context, this), 'push');
          break;
        }
        case 74: {
          // leaveWith
          const context = stack[--sp]!;
          frame.sp = sp;
          this.#await(leaveWith(context, undefined, this), 'push');
          break;
        }
        case 75: {
          // leaveWithException
          const exception = stack[--sp] as PyException;
          const context = stack[sp - 1]!;
          frame.sp = sp;
          this.#await(leaveWith(context, new Raised(exception), this), 'push');
          break;
        }
        case 76: // import
        case 77: {
          // importFrom
          const detail = code.details[operand] as ImportDetail;
          const module = frame.module!;
          frame.sp = sp;
          const isFrom = operations[pc - 1] === op.importFrom;
          if (this.#isPutOff(frame, detail)) {
            stack[sp++] = new PyLazy(() => (isFrom ? this.#importFrom(detail, module) : this.#import(detail, module)));
            continue;
          }
          this.#await(isFrom ? this.#importFrom(detail, module) : this.#import(detail, module), 'push');
          break;
        }
        case 78: {
          // importStar
          frame.sp = sp;
          const detail = code.details[operand] as ImportDetail;
          this.#await(this.#importStar(detail, frame), 'discard');
          break;
        }
        case 79: {
          // format
          const { conversion, hasFormat } = code.details[operand] as FormatDetail;
          const format = hasFormat ? stack[--sp]! : '';
          const value = stack[--sp]!;
          if (conversion === undefined && format === '' && (typeof value === 'string' || typeof value === 'number')) {
            stack[sp++] = String(value);
            continue;
          }
          frame.sp = sp;
          this.#await(this.#formatted(value, conversion, format), 'push');
          break;
        }
        case 80: {
          // join
          let text: Value = '';
          for (let at = sp - operand; at < sp; at++) {
            const part = stack[at]!;
            if (part instanceof Unknown) {
              text = part;
              break;
            }
            text += String(part);
          }
          sp -= operand;
          if (typeof text === 'string' && text.length > 1000) this.charge(text.length);
          stack[sp++] = text;
          continue;
        }
        case 81: // unknown
          stack[sp++] = this.unknown({ message: code.details[operand] as string });
          continue;
        case 82: // skipped
          stack[sp++] = frame.skipped ?? this.unknown(l10n.t('A condition is not known.'));
          continue;
        case 83: {
          // broken
          const message = code.details[operand] as string;
          const unknown = this.unknown({ message });
          const place = placeOf(frame);
          frame.sp = sp;
          if (place) this.options.hooks?.broken?.(message, place, this);
          stack[sp++] = unknown;
          continue;
        }
        case 84: {
          // matchSequence
          const subject = stack[--sp]!;
          frame.sp = sp;
          const detail = code.details[operand] as { before: number; after: number; hasRest: boolean };
          this.#await(matchSequence(subject, detail, this), 'push');
          break;
        }
        case 86: {
          // matchKeys
          // What the next instruction needs beside the subject.
          frame.inbox = stack[--sp]!;
          continue;
        }
        case 85: {
          // matchMapping
          const subject = stack[--sp]!;
          const keys = frame.inbox!;
          frame.inbox = undefined;
          frame.sp = sp;
          const { hasRest } = code.details[operand] as { hasRest: boolean };
          this.#await(matchMapping(subject, keys, hasRest, this), 'push');
          break;
        }
        case 87: {
          // matchClass
          const subject = stack[--sp]!;
          const cls = frame.inbox!;
          frame.inbox = undefined;
          frame.sp = sp;
          const detail = code.details[operand] as { positional: number; names: readonly string[] };
          this.#await(matchClass(subject, cls, detail, this), 'push');
          break;
        }
        case 88: {
          // finish
          const detail = code.details[operand] as { target: number; depth: number; hasValue: boolean };
          const value = stack[sp - 1];
          sp = detail.depth;
          if (detail.hasValue) stack[sp++] = value;
          pc = detail.target;
          continue;
        }
        default:
          throw new Error(`No instruction ${operations[pc - 1]}`);
      }
      // A frame was pushed or popped.
      if (this.#thrown !== undefined) return;
      const next = this.#frame;
      if (next === frame) {
        // The result is there already.
        pc = frame.pc;
        sp = frame.sp;
        continue;
      }
      if (!next || next.steps || this.#outcome) return;
      frame = next;
      code = frame.code!;
      ({ operations, operands } = code);
      ({ stack, locals } = frame);
      ({ pc, sp } = frame);
    }
  }

  get #getAttribute(): Value | undefined {
    return this.#object.dict.get('__getattribute__');
  }

  #unboundCell(code: Code, cell: number): Raised {
    const name = code.cells[cell]!;
    return cell < code.ownCells
      ? this.raise(
          'UnboundLocalError',
          `cannot access local variable '${name}' where it is not associated with a value`,
        )
      : this.raise(
          'NameError',
          `cannot access free variable '${name}' where it is not associated with a value in enclosing scope`,
        );
  }

  #missingName(module: PyModule, name: string): Value {
    const forgone = module.forgone?.get(name);
    if (forgone) return forgone;
    if (module.unknownNames && !name.startsWith('__')) return this.unknownMember(module.unknownNames, name);
    throw this.#noName(name);
  }

  #noName(name: string): Raised {
    return this.raise('NameError', `name '${name}' is not defined`);
  }

  #twice(name: string): Raised {
    return this.raise('TypeError', `got multiple values for keyword argument '${name}'`);
  }

  #wrongCount(given: number, wanted: number): Raised {
    return given < wanted
      ? this.raise('ValueError', `not enough values to unpack (expected ${wanted}, got ${given})`)
      : this.raise('ValueError', `too many values to unpack (expected ${wanted})`);
  }

  *#item(container: Value, index: Value): Steps {
    const value = yield* itemSteps(container, index, this);
    if (!(value instanceof PyLazy)) return value;
    const loaded = yield* value.resolve(this);
    if (container instanceof PyDict && typeof index === 'string') {
      const entry = container.entries.get(index);
      if (entry) entry.value = loaded;
    }
    return loaded;
  }

  *#spreadKeywords(given: Arguments, value: Value): Steps<void> {
    if (value instanceof Unknown) {
      given.unknown = value;
      return;
    }
    if (value instanceof PyDict) {
      for (const [key, entry] of value.entries) {
        if (key instanceof Unknown || typeof key !== 'string') {
          throw this.raise('TypeError', 'keywords must be strings');
        }
        if (given.keywords.has(key)) throw this.#twice(key);
        given.keywords.set(key, entry.value);
      }
      return;
    }
    const dict = new PyDict();
    yield* this.#updateMap(dict, value);
    yield* this.#spreadKeywords(given, dict);
  }

  *#updateMap(dict: PyDict, value: Value): Steps<void> {
    if (value instanceof PyDict) {
      this.charge(value.entries.size);
      for (const [key, entry] of value.entries) {
        // An equal key stays as it was first written.
        const known = dict.entries.get(key);
        if (known) known.value = entry.value;
        else dict.entries.set(key, { key: entry.key, value: entry.value });
      }
      return;
    }
    const keys = this.typeOf(value)?.find('keys');
    if (keys === undefined) {
      const unknown = this.typeOf(value)?.unknownBase;
      if (unknown) throw new UnknownAccess(unknown);
      throw this.raise('TypeError', `'${this.typeOf(value)?.name}' object is not a mapping`);
    }
    const names = yield* listSteps(yield* this.call(keys, [value]), this);
    if (names instanceof Unknown) throw new UnknownAccess(names);
    for (const name of names) yield* setItemSteps(dict, name, yield* itemSteps(value, name, this), this);
  }

  *#unpacked(frame: Frame, value: Value, count: number): Steps<void> {
    const type = this.typeOf(value);
    if (type && type.find('__iter__') === undefined && type.find('__getitem__') === undefined && !type.unknownBase) {
      throw this.raise('TypeError', `cannot unpack non-iterable ${type.name} object`);
    }
    const iterator = yield* iterateSteps(value, this);
    const values: Value[] = [];
    if (iterator instanceof Unknown) {
      for (let at = 0; at < count; at++) frame.stack[frame.sp++] = iterator;
      return;
    }
    for (;;) {
      const each = yield* nextSteps(iterator, this);
      if (each === undefined) break;
      if (values.push(each) > count) throw this.raise('ValueError', `too many values to unpack (expected ${count})`);
    }
    if (values.length < count) throw this.#wrongCount(values.length, count);
    for (let at = count - 1; at >= 0; at--) frame.stack[frame.sp++] = values[at];
  }

  *#unpackedRest(frame: Frame, value: Value, before: number, after: number): Steps<void> {
    const values = yield* listSteps(value, this);
    if (values instanceof Unknown) {
      for (let at = 0; at <= before + after; at++) frame.stack[frame.sp++] = values;
      return;
    }
    if (values.length < before + after) {
      throw this.raise(
        'ValueError',
        `not enough values to unpack (expected at least ${before + after}, got ${values.length})`,
      );
    }
    for (let at = values.length - 1; at >= values.length - after; at--) frame.stack[frame.sp++] = values[at];
    frame.stack[frame.sp++] = new PyList(values.slice(before, values.length - after));
    for (let at = before - 1; at >= 0; at--) frame.stack[frame.sp++] = values[at];
  }

  *#classOf(frame: Frame, detail: ClassDetail, given: Arguments): Steps {
    const { code, name, outer, head } = detail;
    const module = frame.module!;
    const names = new Map<string, Value>([
      ['__module__', String(module.dict.get('__name__') ?? module.name)],
      ['__qualname__', code.qualifiedName],
    ]);
    if (code.docstring !== undefined) names.set('__doc__', code.docstring);
    if (code.annotations.size > 0) {
      const annotations = new PyDict();
      for (const [key, text] of code.annotations) annotations.entries.set(key, { key, value: text });
      names.set('__annotations__', annotations);
    }
    const cells = outer.map(at => frame.cells[at]!);
    const fn = new PyFunction(code, module, frame.base, [], new Map(), cells);
    const cell: Cell | undefined = code.ownCells > 0 ? { value: undefined } : undefined;
    yield* this.call(fn, [new Names(names, cell)]);
    const range = { from: head.from + frame.base, to: head.to + frame.base };
    const bases = given.unknown ? [...given.args, given.unknown] : given.args;
    return yield* buildClass(name, bases, names, given.keywords, { file: module.file, range }, cell, this);
  }

  *#delegated(iterator: Value, sent: Value): Steps<Value | undefined> {
    if (iterator instanceof PyGenerator) return yield* this.call(resume, [iterator, iterator.hasStarted ? sent : null]);
    return yield* nextSteps(iterator, this);
  }

  *#raised(value: Value, cause: Value | undefined): Steps<null> {
    let exception = value;
    if (exception instanceof PyClass) exception = yield* this.call(exception, []);
    if (exception instanceof Unknown) {
      // An exception of a class that was not found.
      const raised = this.raise('Exception', exception.reason.message);
      throw raised;
    }
    if (!(exception instanceof PyException)) {
      throw this.raise('TypeError', 'exceptions must derive from BaseException');
    }
    if (cause !== undefined) {
      exception.cause = cause instanceof PyClass ? yield* this.call(cause, []) : cause;
    }
    throw new Raised(exception);
  }

  #matches(exception: PyException, type: Value): boolean | Unknown {
    if (type instanceof PyTuple) {
      let unknown: Unknown | undefined;
      for (const each of type.items) {
        const is = this.#matches(exception, each);
        if (is === true) return true;
        if (is instanceof Unknown) unknown ??= is;
      }
      return unknown ?? false;
    }
    if (type instanceof Unknown) return type.isImport ? (exception.cls.unknownBase ?? false) : type;
    if (type instanceof PyClass) return exception.cls.mro.includes(type);
    throw this.raise('TypeError', 'catching classes that do not inherit from BaseException is not allowed');
  }

  *#formatted(value: Value, conversion: FormatDetail['conversion'], format: Value): Steps {
    if (format instanceof Unknown) return format;
    let shown: Value = value;
    if (conversion === 's') shown = yield* textSteps(value, false, this);
    else if (conversion !== undefined) shown = yield* textSteps(value, true, this);
    return yield* formatSteps(shown, String(format), this);
  }

  /** Whether an import waits until a name of it is needed: those of files at the top of a module. */
  #isPutOff(frame: Frame, detail: ImportDetail): boolean {
    if (this.options.isEager || detail.isGuarded || frame.code!.kind !== 'module') return false;
    if (detail.level > 0) return true;
    const top = detail.name.split('.')[0]!;
    return !libraryModules.has(top) && !this.options.natives.has(top);
  }
}

/** The names of a module's or a class's body, handed to the call that runs it. */
class Names extends PyObject {
  readonly kind = 'names';
  readonly map: Map<string, Value>;
  readonly cell: Cell | undefined;

  constructor(map: Map<string, Value>, cell?: Cell) {
    super();
    this.map = map;
    this.cell = cell;
  }
}

/** Whether an operator of a built-in type holds without a look at classes. */
/** By its last name: `torchvision.extension._HAS_OPS`, `__version__`. */
function importKind(name: string): ImportKind {
  return /(?:^|\.)(?:__\w+__|_*[A-Z][A-Z0-9_]*_[A-Z0-9_]*)$/.test(name) ? 'constant' : 'name';
}

function isSimple(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (value instanceof PyFloat) return true;
  return (value instanceof PyList || value instanceof PyTuple) && value.own === undefined;
}

function placeOf(frame: Frame): Place | undefined {
  const { statement } = frame;
  if (!frame.code || !statement) return undefined;
  return { file: frame.file, range: { from: statement.from + frame.base, to: statement.to + frame.base } };
}

function* spread(given: Arguments, value: Value, machine: Machine): Steps<void> {
  if (value instanceof PyTuple && value.own === undefined) {
    machine.charge(value.items.length);
    for (const item of value.items) given.args.push(item);
    return;
  }
  const values = yield* listSteps(value, machine);
  if (values instanceof Unknown) given.unknown = values;
  else for (const each of values) given.args.push(each);
}

function* negated(value: Value, machine: Machine): Steps {
  const truth = yield* truthSteps(value, machine);
  return truth instanceof Unknown ? truth : !truth;
}

function* mapOf(values: readonly Value[], machine: Machine): Steps {
  const dict = new PyDict();
  for (let at = 0; at < values.length; at += 2) {
    const key = yield* keySteps(values[at]!, machine);
    if (key instanceof Unknown) return key;
    dict.entries.set(key, { key: dict.entries.get(key)?.key ?? values[at]!, value: values[at + 1]! });
  }
  return dict;
}

function* setOf(values: readonly Value[], machine: Machine): Steps {
  const set = new PySet();
  for (const value of values) {
    const key = yield* keySteps(value, machine);
    if (key instanceof Unknown) return key;
    if (!set.entries.has(key)) set.entries.set(key, value);
  }
  return set;
}

function* addTo(set: PySet, value: Value, machine: Machine): Steps<void> {
  const key = yield* keySteps(value, machine);
  if (key instanceof Unknown) poison(set, key);
  else if (!set.entries.has(key)) {
    machine.charge(1);
    set.entries.set(key, value);
  }
}

function* updateSet(set: PySet, iterable: Value, machine: Machine): Steps<void> {
  const values = yield* listSteps(iterable, machine);
  if (values instanceof Unknown) poison(set, values);
  else for (const value of values) yield* addTo(set, value, machine);
}
