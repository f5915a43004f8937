// The machine: runs code with frames of its own, so that calls of Python are not ours, and it can be paused between any two
// instructions.
import * as l10n from '@vscode/l10n';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { setAttributeOf } from '../attributes.ts';
import { createBuiltins } from '../builtins/index.ts';
import { Checkpoint } from '../checkpoint.ts';
import { installCore, installOperators } from '../core.ts';
import { Frame } from '../frame.ts';
import type { Activation, MachineOptions } from '../machine.ts';
import {
  type Decision,
  type Key,
  type Keywords,
  type Later,
  noKeywords,
  type Place,
  PyClass,
  type PyDict,
  PyException,
  PyInstance,
  PyLazy,
  PyModule,
  Raised,
  type Steps,
  Unknown,
  type Value,
  type Work,
} from '../objects.ts';
import { binarySteps } from '../protocols/arithmetic.ts';
import { getAttributeSteps } from '../protocols/attributes.ts';
import { equalsSteps } from '../protocols/compare.ts';
import { lengthSteps } from '../protocols/items.ts';
import { iterateSteps, listSteps, nextSteps } from '../protocols/iterate.ts';
import { formatSteps, textSteps } from '../protocols/text.ts';
import { truthSteps } from '../protocols/truth.ts';
import { storageOf } from '../storage.ts';
import { maxCharge, Stopped } from './bounds.ts';
import { evaluateInSteps, evaluateSteps, localsOf, programFrame } from './evaluation.ts';
import { loseGuards, mayCall } from './guards.ts';
import type { Guard } from './held.ts';
import { instantiateSteps } from './instances.ts';
import type { ImportMissing, Interpreter, Maker, Outcome, Run, Saved, Source, Trace, Watched } from './interpreter.ts';
import { Keys } from './keys.ts';
import { advance } from './loop.ts';
import { MissingImports } from './missing.ts';
import { Modules } from './modules.ts';
import { placeOf } from './places.ts';
import type { State } from './state.ts';

export function createMachine(options: MachineOptions): Interpreter {
  return new Vm(options);
}

class Vm implements Interpreter, State {
  readonly options: MachineOptions;
  frame: Frame | undefined;
  budget = 0;
  budgeted = 0;
  watched: Watched | undefined;
  epoch = 0;
  maker: Maker | undefined;
  hasListedClasses = false;
  trace: Trace | undefined;
  spent = 0;
  outcome: Outcome<unknown> | undefined;
  thrown: unknown;
  readonly guards: Guard[] = [];
  held = 0;
  readonly raising: Raised[] = [];
  isRaising = false;
  readonly builtins = new Map<string, Value>();
  readonly object: PyClass;
  readonly type: PyClass;
  readonly missingImports = new MissingImports(this);
  readonly imports = new Modules(this, this.missingImports);
  readonly #keys = new Keys(this);
  readonly #types = new Map<string, PyClass>();
  #charged = 0;
  constructor(options: MachineOptions) {
    this.options = options;
    installCore(this.builtins, this);
    for (const [name, value] of createBuiltins(this)) this.builtins.set(name, value);
    installOperators(this.builtins);
    this.object = this.builtin('object') as PyClass;
    this.type = this.builtin('type') as PyClass;
    for (const [name, value] of this.builtins) {
      if (value instanceof PyClass) this.#types.set(name.startsWith('<') ? name.slice(1, -1) : name, value);
    }
  }

  // Runs.

  start<T>(steps: Steps<T>): Run<T> {
    const frame = new Frame(undefined, undefined, undefined, 0, [], []);
    frame.steps = steps as Steps<unknown>;
    this.frame = frame;
    this.outcome = undefined;
    this.thrown = undefined;
    this.guards.length = 0;
    this.held = 0;
    const run: Run<T> = {
      advance: instructions => {
        advance(this, instructions);
        return this.outcome as Outcome<T> | undefined;
      },
      finish: () => {
        for (;;) {
          const outcome = run.advance(1_000_000);
          if (outcome) return outcome;
        }
      },
    };
    return run;
  }

  mayCall(callee: Value, args: readonly Value[], keywords: Keywords, why: Unknown, decision: Decision): Steps {
    return mayCall(this, callee, args, keywords, why, decision);
  }

  changesShared(): void {
    loseGuards(this);
  }

  looksUp(name: string): void {
    this.trace?.add(name);
  }

  listsClasses(): void {
    this.hasListedClasses = true;
  }

  run(source: Source): Steps<PyModule> {
    return this.imports.run(source);
  }

  evaluateIn(module: PyModule, text: string): Steps {
    return evaluateInSteps(this, module, text);
  }

  get steps(): number {
    return this.spent;
  }

  get missing(): readonly ImportMissing[] {
    return this.missingImports.missing;
  }

  get unfound(): readonly ImportMissing[] {
    return this.missingImports.all;
  }

  get modules(): ReadonlyMap<string, Value> {
    return this.imports.byName;
  }

  get filesRead(): readonly string[] {
    return this.imports.filesRead;
  }

  checkpoint(): Saved {
    const { listed, written } = storageOf(this);
    const { books } = this.imports;
    const keys = this.#keys.book;
    const { size } = keys;
    const [spent, charged] = [this.spent, this.#charged];
    const all = [this.builtins, keys, listed, written, ...books, ...this.missingImports.books];
    const heap = new Checkpoint(all, [this.builtins, written]);
    const restore: Saved['restore'] = changed => {
      // What hashes its own objects have cannot be forgotten.
      if (keys.size !== size || !heap.restore(changed)) return false;
      this.spent = spent;
      this.#charged = charged;
      this.raising.length = 0;
      this.isRaising = false;
      return true;
    };
    return { heap, restore };
  }

  // What natives see.

  get top(): Activation | undefined {
    return this.frame;
  }

  place(): Place | undefined {
    for (let frame = this.frame; frame; frame = frame.parent) {
      if (frame.code) return placeOf(frame);
    }
    return undefined;
  }

  builtin(name: string): Value {
    const value = this.builtins.get(name);
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

  get work(): Work {
    return { steps: this.spent + this.budgeted - this.budget, charged: this.#charged };
  }

  skip({ steps, charged }: Work): void {
    this.spent += steps;
    this.charge(charged);
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
    if (value instanceof PyClass) return value.metaclass ?? this.type;
    const own = (value as { own?: PyInstance }).own;
    if (own !== undefined) return own.cls;
    return this.#types.get(value.kind) ?? this.object;
  }

  isInstance(value: Value, cls: PyClass): boolean {
    const type = this.typeOf(value);
    if (!type) return false;
    if (type.mro.includes(cls) || cls.subclassCheck?.(type)) return true;
    const own = value instanceof PyInstance ? value.dict?.get('__class__') : undefined;
    return own instanceof PyClass && own.mro.includes(cls);
  }

  keyOf(value: Value): Key | Unknown {
    return this.#keys.of(value);
  }

  customKey(value: PyInstance, hash: Value): Steps<Key | Unknown> {
    return this.#keys.custom(value, hash);
  }

  objectMember(name: string): Value | undefined {
    return this.object.dict.get(name);
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
    return programFrame(this)?.module;
  }

  locals(outward = 0): PyDict | Unknown {
    return localsOf(this, outward);
  }

  evaluate(text: string, globals?: PyDict | PyModule, locals?: PyDict): Steps {
    return evaluateSteps(this, text, globals, locals);
  }

  instantiate(cls: PyClass, args: readonly Value[], keywords: Keywords): Steps {
    return instantiateSteps(this, cls, args, keywords);
  }

  importModule(name: string): Steps {
    return this.imports.importModule(name);
  }

  ready(module: PyModule): Steps<void> {
    return this.imports.ready(module);
  }

  locate(name: string): { readonly path: string | undefined } | undefined {
    return this.imports.locate(name);
  }

  submodule(module: PyModule, name: string): Later | undefined {
    return this.imports.submodule(module, name);
  }

  unknownMember(parent: Unknown, name: string): Unknown {
    return this.missingImports.member(parent, name);
  }
}
