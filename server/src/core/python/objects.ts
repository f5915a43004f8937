// The values of Python as the machine handles them. An `int` is a number (a bigint beyond 2^53), a `str` a string, `None`
// null, a `bool` a boolean; everything else is an object with a class. Values belong to one reading.
import type { PythonTree } from '../syntax/python/ast.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import { type Code, LaterCode } from './code.ts';
import type { Files } from './files.ts';

export type Value = null | boolean | number | bigint | string | PyObject;

/** A place in a file; without a file in the text that is read. */
export interface Place {
  readonly file: string | undefined;
  /** In the whole text of the file. */
  readonly range: Range;
}

export abstract class PyObject {
  /** Its class; found by kind for those that have no `cls` of their own. */
  abstract readonly kind: string;
}

/**
 * What an import that was not found is, as its name says: modules count as true, constants (`__version__`, `HAS_OPS`) may
 * equal a text or a number, and a class (`Conv`) is no other class.
 */
export type ImportKind = 'module' | 'constant' | 'class' | 'name';

/**
 * What values of data decide, as far as is known: a number that is 0 if and only if there is none `of` something, whether
 * there is some of it or none, or any value. It is never a module, and code that depends on it may or may not run.
 */
export interface Decision {
  readonly is: 'number' | 'some' | 'none' | 'value';
  readonly of?: object | undefined;
}

/** What cannot be known, and why. Any operation on it gives it again. It equals nothing, not even itself. */
export class Unknown extends PyObject {
  readonly kind = 'unknown';
  readonly reason: Reason;
  /** Where it began. */
  readonly place: Place | undefined;
  /** An import that cannot be found has an identity: it is another object than all that are known (`m in {Conv, Missing}`). */
  readonly imported: ImportKind | undefined;
  /** Whether it is certain to be an integer: an element of a tensor, whose value is not known. */
  readonly isInteger: boolean;
  /** Undefined where more than values of data decide it. */
  readonly decision: Decision | undefined;
  /** What it may be, where what is done with it may be work of a network: code of a program runs for an `object`. */
  mayBe: 'tensor' | 'object' | undefined;

  constructor(reason: Reason, place?: Place, imported?: ImportKind, isInteger = false, decision?: Decision) {
    super();
    this.reason = reason;
    this.place = place;
    this.imported = imported;
    this.isInteger = isInteger;
    this.decision = decision;
  }

  /** For what follows from it and may be anything else. */
  get loose(): Unknown {
    if (!this.isInteger && this.decision?.of === undefined) return this;
    return new Unknown(this.reason, this.place, undefined, false, this.decision && { is: 'value' });
  }

  get isImport(): boolean {
    return this.imported !== undefined;
  }
}

export class PyFloat extends PyObject {
  readonly kind = 'float';
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }
}

export class PyComplex extends PyObject {
  readonly kind = 'complex';
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    super();
    this.real = real;
    this.imaginary = imaginary;
  }
}

export class PyBytes extends PyObject {
  readonly kind = 'bytes';
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }
}

export class PyEllipsis extends PyObject {
  readonly kind = 'ellipsis';
}
export const ellipsis = new PyEllipsis();

export class PyNotImplemented extends PyObject {
  readonly kind = 'NotImplementedType';
}
export const notImplemented = new PyNotImplemented();

/** An instance of a class, native or of the program's own. Lists, dicts and others are instances too: `class A(list)`. */
export class PyInstance extends PyObject {
  readonly kind: string = 'instance';
  cls: PyClass;
  /** `__dict__`, in the order of insertion; made at the first attribute. */
  dict: Map<string, Value> | undefined;

  constructor(cls: PyClass) {
    super();
    this.cls = cls;
  }

  get(name: string): Value | undefined {
    return this.dict?.get(name);
  }

  set(name: string, value: Value): void {
    this.dict ??= new Map();
    this.dict.set(name, value);
  }
}

/** An instance of a class derived from `int`, `str`, `float`, …: it acts as its value. */
export class PyBoxed extends PyInstance {
  override readonly kind = 'boxed';
  readonly value: Value;

  constructor(cls: PyClass, value: Value) {
    super(cls);
    this.value = value;
  }
}

/** The number or text that a value acts as: a member of `class Mode(str, Enum)` is its text. */
export function plain(value: Value): Value {
  return value instanceof PyBoxed ? value.value : value;
}

/** An exception: `args` are its attribute of that name. */
export class PyException extends PyInstance {
  override readonly kind = 'exception';
  args: readonly Value[];
  cause: Value = null;
  context: Value = null;
  /** The statements that were under way when it was first raised, innermost first; undefined until then. */
  trace: readonly TracePlace[] | undefined;

  constructor(cls: PyClass, args: readonly Value[]) {
    super(cls);
    this.args = args;
  }
}

/** A line of a traceback. */
export interface TracePlace extends Place {
  /** The function: `forward`, `<module>`. */
  readonly name: string;
}

/** `list`; `cls` is undefined for a plain one. */
export class PyList extends PyObject {
  readonly kind = 'list';
  items: Value[];
  /** Of a subclass: the instance's own attributes. */
  own: PyInstance | undefined;

  constructor(items: Value[]) {
    super();
    this.items = items;
  }
}

export class PyTuple extends PyObject {
  readonly kind = 'tuple';
  readonly items: readonly Value[];
  /** Of a subclass, such as a named tuple or `torch.Size`. */
  own: PyInstance | undefined;

  constructor(items: readonly Value[]) {
    super();
    this.items = items;
  }
}

/** `d.keys()`, `d.values()`, `d.items()`: a view that follows the dict. */
export class PyView extends PyObject {
  readonly kind: 'dict_keys' | 'dict_values' | 'dict_items';
  readonly dict: PyDict;

  constructor(kind: 'dict_keys' | 'dict_values' | 'dict_items', dict: PyDict) {
    super();
    this.kind = kind;
    this.dict = dict;
  }
}

/** What a value is in the keys of a Map: equal for values that are equal and hash alike (`1 == 1.0 == True`). */
export type Key = string | number | bigint | symbol | object | null;

export class PyDict extends PyObject {
  readonly kind = 'dict';
  readonly entries: Map<Key, { readonly key: Value; value: Value }>;
  /** Of a subclass, such as an OrderedDict or a defaultdict. */
  own: PyInstance | undefined;

  constructor(entries: Map<Key, { readonly key: Value; value: Value }> = new Map()) {
    super();
    this.entries = entries;
  }
}

export class PySet extends PyObject {
  readonly kind: 'set' | 'frozenset';
  readonly entries = new Map<Key, Value>();
  own: PyInstance | undefined;

  constructor(kind: 'set' | 'frozenset' = 'set') {
    super();
    this.kind = kind;
  }
}

export class PyRange extends PyObject {
  readonly kind = 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;

  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }
}

export class PySlice extends PyObject {
  readonly kind = 'slice';
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;

  constructor(start: Value, stop: Value, step: Value) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** Counts changes of the attributes of classes, so that what was looked up through bases may be remembered. */
export const classChanges = { count: 0 };
/** The same for the names of modules. */
export const moduleChanges = { count: 0 };

/** Names of which changes are counted. */
export class CountedNames extends Map<string, Value> {
  readonly #changes: { count: number };
  /** The count at its last change. */
  changedAt = 0;

  constructor(changes: { count: number }) {
    super();
    this.#changes = changes;
  }

  override set(name: string, value: Value): this {
    this.changedAt = ++this.#changes.count;
    return super.set(name, value);
  }

  override delete(name: string): boolean {
    this.changedAt = ++this.#changes.count;
    return super.delete(name);
  }

  override clear(): void {
    this.changedAt = ++this.#changes.count;
    super.clear();
  }
}

/** A class of the program or a native one. Its dict is what the reading changes (`Conv.default_act = …`). */
export class PyClass extends PyObject {
  readonly kind = 'type';
  readonly name: string;
  readonly module: string;
  readonly bases: readonly PyClass[];
  /** In C3 order, itself first. */
  readonly mro: readonly PyClass[];
  readonly dict: Map<string, Value> = new CountedNames(classChanges);
  /** The head of its definition; undefined for a native one. */
  place: Place | undefined;
  metaclass: PyClass | undefined;
  /**
   * Makes the bare instance (`__new__`) for this class and those derived from it; the nearest one in the mro counts.
   * Undefined in all: a PyInstance.
   */
  create: ((cls: PyClass, args: readonly Value[], keywords: Keywords, machine: Machine) => Value) | undefined;
  /**
   * Attributes of instances that no dict holds (`nn.Module`'s parameters, a tensor's `shape`); asked for after the
   * instance's dict and the mro; the nearest in the mro that answers counts.
   */
  getAttribute: ((self: Value, name: string, machine: Machine) => Value | undefined) | undefined;
  /** Sets attributes in a way of its own (`nn.Module` registers); the nearest in the mro. */
  setAttribute: ((self: Value, name: string, value: Value, machine: Machine) => void) | undefined;
  /** Whether another class counts as derived from it without naming it as a base (`collections.abc.Iterable`). */
  subclassCheck: ((cls: PyClass) => boolean) | undefined;
  /** What an instance is in the keys of a Map, for a native class whose instances are equal by what they hold. */
  key: ((self: Value) => Key) | undefined;
  /** An unknown base class: attributes that are not found are unknown for this reason, and so are calls of `super()`. */
  unknownBase: Unknown | undefined;
  /** Whether a slice of a tuple of this class is of it, too: `torch.Size`. */
  keepsSlices = false;
  qualifiedName: string;
  /** Classes derived from it, in the order of their definition. */
  readonly derived: PyClass[] = [];
  /** What was looked up; valid while no class changed. */
  readonly found = new Map<string, Value | undefined>();
  foundAt = -1;

  constructor(name: string, module: string, bases: readonly PyClass[], mro: readonly PyClass[], place?: Place) {
    super();
    this.name = name;
    this.module = module;
    this.bases = bases;
    this.mro = [this, ...mro];
    this.place = place;
    this.qualifiedName = name;
  }

  /** An attribute of the class or of its bases, unbound. */
  find(name: string): Value | undefined {
    if (this.foundAt !== classChanges.count) {
      this.found.clear();
      this.foundAt = classChanges.count;
    }
    let value = this.found.get(name);
    if (value === undefined && !this.found.has(name)) {
      for (const cls of this.mro) {
        value = cls.dict.get(name);
        if (value !== undefined) break;
      }
      this.found.set(name, value);
    }
    return value;
  }
}

export type Keywords = ReadonlyMap<string, Value>;
export const noKeywords: Keywords = new Map();

/** A function of the program. */
export class PyFunction extends PyObject {
  readonly kind = 'function';
  #code: Code | LaterCode;
  readonly globals: PyModule;
  /** Where the text of its chunk begins in the file. */
  readonly base: number;
  readonly defaults: readonly Value[];
  readonly keywordDefaults: ReadonlyMap<string, Value>;
  readonly cells: readonly Cell[];
  dict: Map<string, Value> | undefined;
  /** The class whose body it stands in. */
  owner: PyClass | undefined;

  constructor(
    code: Code | LaterCode,
    globals: PyModule,
    base: number,
    defaults: readonly Value[],
    keywordDefaults: ReadonlyMap<string, Value>,
    cells: readonly Cell[],
  ) {
    super();
    this.#code = code;
    this.globals = globals;
    this.base = base;
    this.defaults = defaults;
    this.keywordDefaults = keywordDefaults;
    this.cells = cells;
  }

  get code(): Code {
    const code = this.#code;
    return code instanceof LaterCode ? this.#compiled(code) : code;
  }

  #compiled(later: LaterCode): Code {
    const code = later.get();
    this.#code = code;
    return code;
  }
}

/** A variable that closures share. */
export interface Cell {
  value: Value | undefined;
}

export class PyBoundMethod extends PyObject {
  readonly kind = 'method';
  readonly self: Value;
  readonly callee: Value;

  constructor(self: Value, callee: Value) {
    super();
    this.self = self;
    this.callee = callee;
  }
}

/** What a native that calls back into Python yields: a call that the machine makes for it; it gets the result. */
export interface Request {
  readonly callee: Value;
  readonly args: readonly Value[];
  readonly keywords: Keywords;
}

/** A native in steps: Python is called by `yield* machine.call(f, args)`; an exception of Python's is thrown into it. */
export type Steps<T = Value> = Generator<Request, T, Value>;

/** Bound arguments are in the order of the signature; `*args` is a PyTuple, `**kwargs` a PyDict. */
export type NativeBody = (args: readonly Value[], machine: Machine) => Value | Steps;

/**
 * A function that is not written in Python. `signature` is as Python writes it: `input, dim=-1, *, keepdim=False`;
 * defaults are literals. A `self` stands in it for methods. Without a signature all positional arguments are passed, and
 * keywords are refused.
 */
export class Native extends PyObject {
  readonly kind = 'builtin_function_or_method';
  readonly name: string;
  readonly signature: string | undefined;
  readonly body: NativeBody;
  /** Its body is a generator function. */
  readonly inSteps: boolean;
  /** With an Unknown among its direct arguments it is not run: the result is that Unknown. */
  readonly isStrict: boolean;
  /** Found in a class it is no method: `staticmethod` of natives. */
  isStatic = false;
  /** Its signature is that of the original: a keyword that is not in it is a mistake, and raises TypeError. */
  isExact = false;
  /** Of a body in steps: the result where no Python has to run for it, else undefined. */
  plain: ((args: readonly Value[], machine: Machine) => Value | undefined) | undefined;
  /** Its signature, read at the first call. */
  binding: Binding | undefined;

  constructor(name: string, signature: string | undefined, body: NativeBody, inSteps = false, isStrict = false) {
    super();
    this.name = name;
    this.signature = signature;
    this.body = body;
    this.inSteps = inSteps;
    this.isStrict = isStrict;
  }
}

export class PyProperty extends PyObject {
  readonly kind = 'property';
  readonly getter: Value;
  readonly setter: Value;
  readonly deleter: Value;

  constructor(getter: Value, setter: Value = null, deleter: Value = null) {
    super();
    this.getter = getter;
    this.setter = setter;
    this.deleter = deleter;
  }
}

export class PyStaticMethod extends PyObject {
  readonly kind = 'staticmethod';
  readonly callee: Value;

  constructor(callee: Value) {
    super();
    this.callee = callee;
  }
}

export class PyClassMethod extends PyObject {
  readonly kind = 'classmethod';
  readonly callee: Value;

  constructor(callee: Value) {
    super();
    this.callee = callee;
  }
}

/** A type with arguments: `list[int]`, `Optional[str]`, `int | None`. It means nothing to a run. */
export class PyAlias extends PyObject {
  readonly kind = 'alias';
  /** As Python prints it without the arguments: `typing.Optional`. */
  readonly name: string;
  /** What is called or asked for attributes in its place: the class of `list[int]`. */
  readonly origin: Value;
  readonly args: readonly Value[];

  constructor(name: string, origin: Value, args: readonly Value[]) {
    super();
    this.name = name;
    this.origin = origin;
    this.args = args;
  }
}

export class PySuper extends PyObject {
  readonly kind = 'super';
  readonly after: PyClass;
  readonly self: Value;

  constructor(after: PyClass, self: Value) {
    super();
    this.after = after;
    this.self = self;
  }
}

export class PyModule extends PyObject {
  readonly kind = 'module';
  /** Dotted. */
  readonly name: string;
  /** Undefined for a native one. */
  readonly file: string | undefined;
  readonly dict: Map<string, Value> = new CountedNames(moduleChanges);
  /** A package of which a part is used, but nothing of its own: its `__init__` has not run yet. */
  isPending = false;
  /** A star import of a module that was not found: a name that is missing may come from it. */
  unknownNames: Unknown | undefined;
  /** Names that a `try` would bind by imports, had they not failed: what stands for them where nothing else binds them. */
  forgone: Map<string, Unknown> | undefined;
  /** Names of a native module that are made when they are first asked for. */
  lazy: ((name: string) => Value | undefined) | undefined;

  constructor(name: string, file?: string) {
    super();
    this.name = name;
    this.file = file;
  }
}

/** An iterator that is no generator of the program: over a list, a range, `zip`, `map`, … */
export class PyIterator extends PyObject {
  readonly kind: string = 'iterator';
  /** The next value; undefined at the end. In steps where Python is called for it. */
  readonly next: ((machine: Machine) => Value | undefined) | undefined;
  readonly nextInSteps: ((machine: Machine) => Steps<Value | undefined>) | undefined;
  /** What it goes over, and so keeps alive. */
  readonly over: readonly Value[];

  constructor(
    next: ((machine: Machine) => Value | undefined) | undefined,
    nextInSteps?: (machine: Machine) => Steps<Value | undefined>,
    over: readonly Value[] = [],
  ) {
    super();
    this.next = next;
    this.nextInSteps = nextInSteps;
    this.over = over;
  }
}

/** Counts what was put off and needed. */
const needed = { count: 0 };

/** An import that was not needed yet; it takes its value's place in a module's dict, and is resolved where it is loaded. */
export class PyLazy extends PyObject {
  readonly kind = 'lazy';
  readonly resolve: (machine: Machine) => Steps;
  /** Under way: a circle of imports finds it absent. */
  isResolving = false;
  /** When it was needed: before those with higher numbers. */
  order = 0;

  /** Of an import, which may be done again: whoever takes the value of its name may take this instead. */
  readonly isImport: boolean;

  constructor(resolve: (machine: Machine) => Steps, isImport = false) {
    super();
    this.isImport = isImport;
    this.resolve = machine => {
      this.order = ++needed.count;
      return resolve(machine);
    };
  }
}

const ambiguous = new WeakMap<object, Unknown>();

/** From now on it is not known which of several objects this one is. */
export function setAmbiguous(object: object, why: Unknown): void {
  ambiguous.set(object, why);
}

/** Why it is not known which of several objects it is; undefined for all others. */
export const ambiguityOf = (object: object): Unknown | undefined => ambiguous.get(object);

/** Thrown where the contents of a container are read that are not known; the machine makes the result of the operation unknown. */
export class UnknownAccess {
  readonly unknown: Unknown;

  constructor(unknown: Unknown) {
    this.unknown = unknown;
  }
}

const unknownContents = new WeakMap<object, Unknown>();

/** From now on what the container holds is not known. */
export function poison(container: PyList | PyDict | PySet, unknown: Unknown): void {
  unknownContents.set(container, unknown);
  Object.defineProperty(container, contentsName(container), {
    configurable: true,
    get() {
      throw new UnknownAccess(unknown);
    },
    set() {
      // What is put in the place of everything is known again, but nobody does so.
    },
  });
}

/** Why it is not known what a container holds; undefined where it is known. */
export const poisonOf = (container: object): Unknown | undefined => unknownContents.get(container);

/** What a container holds is known again. */
export function unpoison(container: PyList | PyDict | PySet, contents: unknown): void {
  unknownContents.delete(container);
  const field = { value: contents, configurable: true, enumerable: true, writable: true };
  Object.defineProperty(container, contentsName(container), field);
}

const contentsName = (container: PyList | PyDict | PySet): string =>
  container instanceof PyList ? 'items' : 'entries';

/**
 * An exception of Python's on its way, as JavaScript throws it. Natives throw it by `machine.raise('ValueError', text)`.
 * It is no Error: the stack of one costs ten times the throw, and whoever reads a network throws thousands.
 */
export class Raised {
  readonly exception: PyInstance;

  constructor(exception: PyInstance) {
    this.exception = exception;
  }
}

/** Python must run for the result. */
export class Later {
  readonly steps: Steps;

  constructor(steps: Steps) {
    this.steps = steps;
  }
}

/** A signature, read. Bound arguments are in the order of `names`. */
export interface Binding {
  readonly names: readonly string[];
  /** The first parameters that take positional arguments alone. */
  readonly positionalOnly: number;
  /** How many parameters take positional arguments. */
  readonly positional: number;
  /** Where `*args` stands in `names`; −1 without. */
  readonly rest: number;
  /** Where `**kwargs` stands. */
  readonly keywords: number;
  /** Undefined for a parameter that must be given. */
  readonly defaults: readonly (Value | undefined)[];
}

// What natives and formats see of the machine that runs Python.

/** A call that is under way: of a function of the program, a module's or a class's body; or of a native in steps. */
export interface Activation {
  readonly parent: Activation | undefined;
  /** Undefined for a native in steps. */
  readonly code: Code | undefined;
  readonly fn: PyFunction | undefined;
  /** The file; undefined for the text that is read, and for natives. */
  readonly file: string | undefined;
  /** What the ranges in its code are relative to. */
  readonly base: number;
  /** The statement that it is in, relative to `base`. */
  readonly statement: Range | undefined;
  /** The expression that it is in (a call), relative to `base`. */
  readonly expression: Range | undefined;
  /** Counts statements: another number is another execution, even of the same statement. */
  readonly tick: number;
  /** The first argument of a call of a function of the program: its `self`. */
  readonly receiver: Value | undefined;
  /** What a name of its own stands for; undefined where it is not bound. */
  local(name: string): Value | undefined;
  /** Whether a variable of its own is this value. */
  holds(value: Value): boolean;
  /** What it keeps alive: variables, what its expressions have come to so far, arguments of a native. */
  references(visit: (value: Value) => void): void;
  /** Whether it may go on while whatever it calls is still there: the body of a generator. */
  readonly isResumed: boolean;
  /** Free for natives in steps and for hooks: what this call is to whoever watches (the call of an nn.Module). */
  tag: unknown;
}

/** Something is done with values of which it is not known what they are: where that may be work, it is skipped. */
export function skipsWork(operator: string, values: readonly Value[], machine: Machine): void {
  for (const value of values) {
    if (
      value instanceof Unknown &&
      (operator === '@' || value.mayBe === 'object' || (operator === '()' && value.mayBe))
    ) {
      machine.options.hooks?.unknownBranch?.(value, machine);
      return;
    }
  }
}

/** The values of a loop of which it is not known whether each of them is there. */
export class MayIterator extends PyObject {
  readonly kind = 'may-iterator';
  readonly values: readonly (readonly [Value, Decision])[];
  readonly why: Unknown;
  at = 0;

  constructor(values: readonly (readonly [Value, Decision])[], why: Unknown) {
    super();
    this.values = values;
    this.why = why;
  }
}

/** Statements that may run or not: what whoever watches has to know and to say. */
export interface MayRun {
  /** An object that they may change, before they run; the containers of it that have to stay as they are. */
  note(object: PyInstance): readonly Value[];
  begin(): void;
  /** What has been one value or another; undefined is none. */
  either(before: Value | undefined, after: Value | undefined): Value;
  /** They change something of which it cannot be said what it is afterwards. */
  lose(): void;
  /** They have run; `isCut`: only a part of them. */
  end(isCut: boolean): void;
}

/** What happens that whoever runs the machine wants to know of or decide. */
export interface Hooks {
  /** Something unknown is called; what takes the place of the result. */
  unknownCall?(callee: Unknown, args: readonly Value[], keywords: Keywords, machine: Machine): Value;
  /** A condition, an iterable or the like is unknown, and code was skipped because of it. */
  unknownBranch?(why: Unknown, machine: Machine): void;
  /** Data decide whether some statements run; undefined where these are to be skipped. */
  mayRun?(why: Unknown, decision: Decision, machine: Machine): MayRun | undefined;
  /** The values that something may give to a loop, where it is not known which of them it does; undefined for all else. */
  mayIterate?(iterable: Value, machine: Machine): MayIterator | undefined;
  /** Under an unknown condition a method is called, or contents are set, of something that is no built-in container. */
  unknownWrite?(object: Value, name: string | undefined, why: Unknown, machine: Machine): void;
  /** An item of a list or a tuple is read, which one is not known; what stands for it, where something can. */
  unknownItem?(items: readonly Value[], index: Unknown, machine: Machine): Value | undefined;
  /** A native has a fault of ours: its result is unknown. */
  fault?(error: unknown, machine: Machine): void;
  /** An exception is raised; `at` is the innermost call that is under way. It may be caught. */
  raised?(exception: PyException, at: Activation | undefined): void;
  /** What the program prints. */
  print?(text: string): void;
  /** A statement cannot be read. */
  broken?(message: string, place: Place, machine: Machine): void;
}

/** A native module, made when it is first imported: `torch.nn.functional`. */
export type NativeModules = ReadonlyMap<string, (machine: Machine) => PyModule>;

export interface MachineOptions {
  readonly files: Files;
  /** Folders from which absolute imports are resolved, in order. */
  readonly roots: readonly string[];
  /** The folder that the program seems to have been started in; by default the first root. */
  readonly cwd?: string | undefined;
  /** Beside those of the standard library. */
  readonly natives: NativeModules;
  readonly hooks?: Hooks;
  readonly maxSteps?: number;
  /** Reads a file that is imported; by default with a memory for files that did not change. */
  readonly parse?: (text: string, path: string) => PythonTree;
  /** Imports run where they stand, not when a name of theirs is first needed. */
  readonly isEager?: boolean;
  /** Whether a file was written anew with a part of what the original has: the names that it lacks are unknown imports. */
  readonly isPartial?: (path: string) => boolean;
}

/** Instructions, and work inside of natives. */
export interface Work {
  readonly steps: number;
  readonly charged: number;
}

export interface Machine {
  readonly options: MachineOptions;
  /** The innermost call that is under way. */
  readonly top: Activation | undefined;
  /** Where the innermost statement of the program stands. */
  place(): Place | undefined;

  /** Modules that were imported or begun, by name; where one cannot be found, Unknown. */
  readonly modules: ReadonlyMap<string, Value>;
  /** The module of a name, run if it was not yet; Unknown (an import) where it cannot be found. */
  importModule(name: string): Steps;
  /** Whether a module of a name is there, and in which file; undefined where none is. Nothing is run. */
  locate(name: string): { readonly path: string | undefined } | undefined;
  /** A built-in name: `int`, `ValueError`. */
  builtin(name: string): Value;

  /** What `type.__call__` does: makes an instance and initializes it. */
  instantiate(cls: PyClass, args: readonly Value[], keywords: Keywords): Steps;
  call(callee: Value, args: readonly Value[], keywords?: Keywords): Steps;
  /** `getattr`; raises AttributeError. */
  getAttribute(object: Value, name: string): Steps;
  setAttribute(object: Value, name: string, value: Value): Steps;
  /**
   * Calls as what may be called: what it changes is one of two afterwards. Unknown where that cannot be said, or where it
   * raises an exception.
   */
  mayCall(callee: Value, args: readonly Value[], keywords: Keywords, why: Unknown, decision: Decision): Steps;
  /** A name of a class, a module or a function is set. */
  changesShared(): void;
  /** An attribute is asked for, set or deleted by something else than code that writes its name; `__dict__` is all of them. */
  looksUp(name: string): void;
  /** The classes derived from one are asked for. */
  listsClasses(): void;
  /** All values of an iterable; Unknown where it is. */
  list(iterable: Value): Steps<readonly Value[] | Unknown>;
  /** An iterator of a value, as `iter` makes it; Unknown where the value is. */
  iterate(iterable: Value): Steps;
  /** The next value of an iterator; undefined at its end. */
  next(iterator: Value): Steps<Value | undefined>;
  truth(value: Value): Steps<boolean | Unknown>;
  equals(a: Value, b: Value): Steps<boolean | Unknown>;
  /** Operators (`+`, in place `+=`), comparisons (`<`, `==`, `in`, `is not`), and `[]` for `a[b]`. */
  binary(operator: string, a: Value, b: Value): Steps;
  length(value: Value): Steps<number | Unknown>;
  /** The value of an expression; names are those of the innermost frame of the program unless scopes are given. */
  evaluate(text: string, globals?: PyDict | PyModule, locals?: PyDict): Steps;
  /** Of the innermost frame of the program. */
  globals(): PyModule | undefined;
  /** Of the innermost one, or of the one that is so many calls further out. */
  locals(outward?: number): PyDict | Unknown;
  /** Counts work done inside of natives (elements made, characters) against the bounds of the reading. */
  charge(count: number): void;
  /** What was done so far, which the bounds are about. */
  readonly work: Work;
  /** Counts work as done that somebody knows the outcome of. */
  skip(work: Work): void;
  str(value: Value): Steps<string | Unknown>;
  repr(value: Value): Steps<string | Unknown>;

  format(value: Value, format: string): Steps<string | Unknown>;

  /** An attribute that needs no Python to run: of the instance's dict, else of its class, unbound; undefined otherwise. */
  lookup(object: Value, name: string): Value | undefined;
  /** The class of a value; undefined for Unknown. */
  typeOf(value: Value): PyClass | undefined;
  isInstance(value: Value, cls: PyClass): boolean;
  keyOf(value: Value): Key | Unknown;
  /** The key of a value whose class has a hash of its own, which Python computes. */
  customKey(value: PyInstance, hash: Value): Steps<Key | Unknown>;
  /** What `object` itself has by a name. */
  objectMember(name: string): Value | undefined;
  /** Runs the `__init__` of a package that was put off. */
  ready(module: PyModule): Steps<void>;
  /** An attribute of an import that was not found: with an identity of its own. */
  unknownMember(parent: Unknown, name: string): Unknown;
  /** A module inside of a package that nobody has imported yet. */
  submodule(module: PyModule, name: string): Value | Later | undefined;

  /** Makes an exception of a built-in class, to be thrown: `throw machine.raise('ValueError', '…')`. */
  raise(type: string, message: string, isBare?: boolean): Raised;
  /** The same with other arguments than a message: KeyError has the key. */
  raiseWith(type: string, args: readonly Value[]): Raised;
  exception(type: string, message: string): PyInstance;
  unknown(why: string | Reason): Unknown;
}
