// Machines that have imported a module already: a reading takes one, and it is put back as it was. So what a program changes
// outlives no reading, and nobody can see whether its machine was new.

import type { Loaded } from '../python/checkpoint.ts';
import type { Code } from '../python/code.ts';
import { type Files, hasPath } from '../python/files.ts';
import type { Activation, Hooks } from '../python/machine.ts';
import { type Keywords, type PyClass, PyLazy, PyModule, Raised, type Steps, type Value } from '../python/objects.ts';
import type { Interpreter, Saved } from '../python/vm/interpreter.ts';
import { CallMemo } from '../torch/python/callMemo.ts';
import { ModuleInstance } from '../torch/python/nn/instance.ts';
import { callPlaces } from '../torch/python/nn/natives.ts';
import { worldOf } from '../torch/python/recording.ts';
import { machineFor, type Ran, runOn, type Setting } from './machine.ts';

/** So many wait for the next reading. */
const most = 3;

const waiting = new Map<string, Desk>();

/** By the same keys: names that some reading did without, and whose loading changed something else. */
const notAhead = new Map<string, Set<string>>();

/** What a reading has at hand. */
export interface Prepared {
  readonly machine: Interpreter;
  /** What it imported; Unknown where that cannot be found. */
  readonly module: Value;
}

/** What is to be done on a machine; begun anew where it has to be done again. */
export interface Reading<T, R> {
  readonly hooks: Hooks;
  work(prepared: Prepared): Steps<T>;
  /** Whether a call makes what may be there from earlier readings: an instance of a class of modules. */
  isMaking?(at: Activation | undefined): boolean;
  /** Takes the steps that make an instance there; it may answer what they raise. */
  making?(cls: PyClass, steps: () => Steps, machine: Interpreter): Steps;
  /** Makes of it what is wanted. */
  finish(ran: Ran<T>): R;
}

/** How a reading uses what there is of earlier ones. */
interface Use {
  /** Whether instances are made, and calls done, as they were in earlier readings. */
  readonly remembers: boolean;
  /** Whether what the last reading needed of definitions is loaded ahead. */
  readonly loads: boolean;
}

/** Does some work on a machine that has imported a module, in slices. */
export function* runPrepared<T, R>(
  setting: Omit<Setting, 'hooks'>,
  module: string,
  begin: () => Reading<T, R>,
  { remembers: isRemembering, loads }: Use = { remembers: true, loads: true },
): Generator<void, R> {
  let remembers = isRemembering;
  for (;;) {
    const key = JSON.stringify([loads, module, setting.cwd, ...setting.roots]);
    const known = waiting.get(key);
    // Nobody else may use it meanwhile, nor if this reading is given up.
    waiting.delete(key);
    const reading = begin();
    const desk = known?.fits(setting.files) ? known : new Desk(setting, loads, namesOf(key));
    desk.use(setting.files, reading, remembers);
    const ran: Ran<T> = yield* runOn(desk.machine, function* (): Steps<T> {
      return yield* reading.work(yield* desk.prepare(module));
    });
    const result = reading.finish(ran);
    const left = ran.ending.kind === 'stopped' ? 'unusable' : desk.leave();
    if (left === 'as it was') {
      if (waiting.size >= most) waiting.delete(waiting.keys().next().value!);
      waiting.set(key, desk);
    }
    if (left === 'as it was' || left === 'unusable') return result;
    if (left === 'misremembered') remembers = false;
  }
}

/**
 * How a machine is left: as it was; or nobody can use it any more, because it cannot be put back. Or the reading itself has
 * to be done again, because what had been loaded before it does not go with it.
 */
type Left = 'as it was' | 'unusable' | 'other imports' | 'misremembered';

const nameOf = ({ module, name }: Loaded): string => `${module} ${name}`;

function namesOf(key: string): Set<string> {
  const names = notAhead.get(key) ?? new Set();
  // Most recently used last; as many as there are waiting machines.
  notAhead.delete(key);
  notAhead.set(key, names);
  if (notAhead.size > most) notAhead.delete(notAhead.keys().next().value!);
  return names;
}

class Desk {
  readonly machine: Interpreter;
  readonly #files: SeenFiles;
  #loads: boolean;
  #hooks: Hooks = {};
  #module: Value | undefined;
  #saved: Saved | undefined;
  /** What the last reading needed beside the module, which is loaded before the next one. */
  #wanted: readonly Loaded[] = [];
  #hasLoaded = false;
  /** What its modules did, in earlier readings. */
  #memo: CallMemo | undefined;
  #isRemembering = true;
  /** The first reading remembers nothing: there may be no second one, as while somebody edits the Python. */
  #isFirst = true;
  /** Whether a reading asked for the classes that are derived from one, which may be those of a call that is not made again. */
  #isListing = false;
  #reading: Reading<unknown, unknown> | undefined;
  /** Those of them whose loading changed something else: only who needs them has it so. */
  readonly #impure = new Set<string>();

  /** What is not loaded ahead again: a reading without it would have to be done twice. */
  readonly #notAhead: Set<string>;

  constructor(setting: Omit<Setting, 'hooks'>, loads: boolean, notAhead: Set<string>) {
    this.#notAhead = notAhead;
    this.#files = new SeenFiles(setting.files);
    this.#loads = loads;
    this.machine = machineFor({ ...setting, files: this.#files }, () => this.#hooks);
  }

  /** Whether all that was read for it is still the same. */
  fits(files: Files): boolean {
    return this.#files.isSame(files);
  }

  use(files: Files, reading: Reading<unknown, unknown>, isRemembering: boolean): void {
    this.#files.to = files;
    this.#reading = reading;
    this.#isRemembering = isRemembering;
    const told = (): void => {
      if (this.#memo) this.#memo.events++;
      this.machine.epoch++;
    };
    this.#hooks = watched(reading.hooks, told);
  }

  *prepare(module: string): Steps<Prepared> {
    const { machine } = this;
    this.#module ??= yield* machine.importModule(module);
    if (!this.#saved) this.#save();
    else if (this.#wanted.length > 0) yield* this.#load();
    this.#wanted = [];
    this.#files.isWatched = false;
    const memo = this.#isRemembering && !this.#isFirst && !this.#isListing ? this.#memo : undefined;
    if (memo) this.#remember(memo);
    this.#isFirst = false;
    machine.hasListedClasses = false;
    machine.maker = { make: (cls, args, keywords) => this.#made(memo, cls, args, keywords) };
    return { machine, module: this.#module };
  }

  /** From now on what was made and done in earlier readings is made and done again. */
  #remember(memo: CallMemo): void {
    const { machine } = this;
    memo.begin();
    worldOf(machine).memo = memo;
    machine.watched = memo.heap;
  }

  /** The steps that make a module of the program's; undefined for all else that is made. */
  #made(memo: CallMemo | undefined, cls: PyClass, args: readonly Value[], keywords: Keywords): Steps | undefined {
    const { machine } = this;
    const { isMaking, making } = this.#reading!;
    if (!cls.mro.includes(worldOf(machine).classes.Module) || !isMaking?.(machine.top)) return undefined;
    const known = memo && !args.some(arg => arg instanceof ModuleInstance) ? memo : undefined;
    const steps = (): Steps =>
      known ? made(known, machine, cls, args, keywords) : machine.instantiate(cls, args, keywords);
    return making ? making(cls, steps, machine) : steps();
  }

  leave(): Left {
    this.machine.watched = undefined;
    this.machine.maker = undefined;
    this.machine.trace = undefined;
    if (!this.#saved) return 'unusable';
    const { memo } = worldOf(this.machine);
    if (this.machine.hasListedClasses) this.#isListing = true;
    if (memo && (this.#isListing || !memo.isTrue)) return 'misremembered';
    const { loaded, states } = this.#saved.heap.changes();
    if (this.#hasLoaded) {
      const names = new Set(loaded.map(nameOf));
      const others = [...this.#impure].filter(name => !names.has(name));
      for (const name of others) this.#notAhead.add(name);
      if (others.length > 0) return 'other imports';
    }
    if (!this.#saved.restore(states)) return 'unusable';
    worldOf(this.machine).reset();
    this.#files.isWatched = true;
    if (this.#loads)
      this.#wanted = loaded.filter(each => !this.#impure.has(nameOf(each)) && !this.#notAhead.has(nameOf(each)));
    return 'as it was';
  }

  #save(isAlike = false): void {
    const saved = this.machine.checkpoint();
    this.#saved = saved.heap.isWhole ? saved : undefined;
    if (!this.#saved) this.#memo = undefined;
    else if (isAlike && this.#memo) this.#memo.heap = saved.heap;
    else this.#memo = new CallMemo(saved.heap, this.machine);
  }

  /** What it changes beside what it loads belongs to a file that it runs; else nothing is loaded ahead. */
  *#load(): Steps<void> {
    const { machine } = this;
    const first = this.#saved!;
    let before = first;
    for (const each of this.#wanted) {
      const holder = machine.modules.get(each.module);
      if (!(holder instanceof PyModule)) continue;
      const known = holder.dict.get(each.name);
      // What is put off, or what a native module makes when it is asked for.
      if (known === undefined ? !holder.lazy : !(known instanceof PyLazy)) continue;
      const files = machine.filesRead.length;
      try {
        yield* machine.getAttribute(holder, each.name);
      } catch (error) {
        // It raises again where it is needed.
        if (!(error instanceof Raised)) throw error;
      }
      const value = holder.dict.get(each.name);
      if (machine.filesRead.length === files || !before.heap.changes().isSeen) continue;
      if (value !== undefined && !(value instanceof PyLazy)) {
        this.#impure.add(nameOf(each));
        holder.dict.set(each.name, lazily(value));
      }
      before = machine.checkpoint();
    }
    this.#hasLoaded = true;
    if (before.heap.changes().isSeen && first.restore()) {
      this.#impure.clear();
      this.#hasLoaded = false;
      this.#loads = false;
    } else this.#save(before === first && isLike(first));
  }
}

/** An instance of an earlier reading, as it was made; or a new one, which is remembered. */
function* made(memo: CallMemo, machine: Interpreter, cls: PyClass, args: readonly Value[], keywords: Keywords): Steps {
  const places = callPlaces(machine).flatMap(({ file, range }) => [file, range.from, range.to]);
  const question = memo.question(places, [...args, ...[...keywords].flat()]);
  const known = question && memo.instance(cls, question);
  if (known) {
    machine.skip(known.work);
    return known.module;
  }
  const before = machine.work;
  const traced = memo.trace();
  let codes: ReadonlySet<Code | string>;
  let value: Value;
  try {
    value = yield* machine.instantiate(cls, args, keywords);
  } finally {
    codes = traced();
  }
  const after = machine.work;
  const work = { steps: after.steps - before.steps, charged: after.charged - before.charged };
  if (question && value instanceof ModuleInstance && value.cls === cls) memo.keepInstance(value, question, codes, work);
  return value;
}

/** Whether a program sees nothing that is other than it was. */
function isLike({ heap }: Saved): boolean {
  let isOther = false;
  heap.differences(() => {
    isOther = true;
  });
  return !isOther;
}

/** Hooks, and somebody who is told that one was asked. */
function watched(hooks: Hooks, told: () => void): Hooks {
  return {
    unknownCall: (callee, ...rest) => {
      told();
      return hooks.unknownCall?.(callee, ...rest) ?? callee;
    },
    unknownBranch: (...args) => {
      told();
      hooks.unknownBranch?.(...args);
    },
    mayRun: (...args) => {
      told();
      return hooks.mayRun?.(...args);
    },
    mayIterate: (...args) => {
      const found = hooks.mayIterate?.(...args);
      if (found) told();
      return found;
    },
    unknownWrite: (...args) => {
      told();
      hooks.unknownWrite?.(...args);
    },
    unknownItem: (...args) => hooks.unknownItem?.(...args),
    fault: (...args) => {
      told();
      hooks.fault?.(...args);
    },
    raised: (...args) => hooks.raised?.(...args),
    print: text => {
      told();
      hooks.print?.(text);
    },
    broken: (...args) => {
      told();
      hooks.broken?.(...args);
    },
  };
}

/** A value that is there, and of which is seen whether it was needed. */
function lazily(value: Value): PyLazy {
  // biome-ignore lint/correctness/useYield: nothing is called.
  return new PyLazy(function* () {
    return value;
  });
}

/** Files, with what was seen of them while a machine was prepared. */
class SeenFiles implements Files {
  to: Files;
  isWatched = true;
  readonly #seen = new Map<string, unknown>();

  constructor(to: Files) {
    this.to = to;
  }

  isSame(files: Files): boolean {
    for (const [key, value] of this.#seen) {
      const path = key.slice(1);
      if (asked[key[0] as keyof typeof asked](files, path) !== value) return false;
    }
    return true;
  }

  #ask<T>(what: keyof typeof asked, path: string, value: T, seen: unknown = value): T {
    if (this.isWatched) this.#seen.set(what + path, seen);
    return value;
  }

  read(path: string): string | undefined {
    return this.#ask('r', path, this.to.read(path));
  }

  isFolder(path: string): boolean {
    return this.#ask('f', path, this.to.isFolder(path));
  }

  has(path: string): boolean {
    return this.#ask('h', path, hasPath(this.to, path));
  }

  list(path: string): readonly string[] {
    const names = this.to.list(path);
    return this.#ask('l', path, names, names.join('\n'));
  }
}

const asked = {
  r: (files: Files, path: string): unknown => files.read(path),
  f: (files: Files, path: string): unknown => files.isFolder(path),
  h: (files: Files, path: string): unknown => hasPath(files, path),
  l: (files: Files, path: string): unknown => files.list(path).join('\n'),
};
