// Calls: of functions of the program, of natives, of classes, and of whatever else can be called.
import * as l10n from '@vscode/l10n';
import { isContainer } from '../attributes.ts';
import { op } from '../code.ts';
import { createBare } from '../core.ts';
import { type Delivery, Frame, type PyGenerator } from '../frame.ts';
import { bindNative } from '../native.ts';
import {
  type Keywords,
  Native,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  type PyException,
  PyFloat,
  PyFunction,
  PyInstance,
  PyList,
  PySet,
  PyStaticMethod,
  PyTuple,
  poison,
  Raised,
  type Request,
  type Steps,
  skipsWork,
  Unknown,
  UnknownAccess,
  type Value,
} from '../objects.ts';
import { resume } from '../protocols/iterate.ts';
import { Stopped } from './bounds.ts';
import { deliver } from './delivery.ts';
import { failed, fault, trace } from './failures.ts';
import { enter, push } from './functions.ts';
import { generatorOf, resumeGenerator } from './generators.ts';
import { refuseArguments } from './instances.ts';
import type { Watched } from './interpreter.ts';
import { isWatched, type Pending, pending, type State } from './state.ts';

/** Calls; the result, or `pending` where a frame was pushed that will deliver it. */
export function invoke(
  vm: State,
  callee: Value,
  args: readonly Value[],
  keywords: Keywords,
  delivery: Delivery,
  instance: Value | undefined,
): Value | undefined | Pending {
  if (callee instanceof PyFunction) {
    enter(vm, callee, args, keywords, delivery, instance);
    return callee.code.isGenerator || callee.code.isAsync ? generatorOf(vm) : pending;
  }
  if (callee instanceof PyBoundMethod) {
    return invoke(vm, callee.callee, [callee.self, ...args], keywords, delivery, instance);
  }
  if (callee instanceof Native) return invokeNative(vm, callee, args, keywords, delivery, instance);
  if (callee instanceof PyClass) return instantiate(vm, callee, args, keywords, delivery);
  if (callee instanceof Unknown) return callUnknown(vm, callee, args, keywords);
  if (callee instanceof PyStaticMethod) return invoke(vm, callee.callee, args, keywords, delivery, instance);
  const cls = vm.typeOf(callee)!;
  const method = cls.find('__call__');
  if (method !== undefined && callee !== null && typeof callee === 'object') {
    if (method instanceof PyStaticMethod) return invoke(vm, method.callee, args, keywords, delivery, instance);
    if (method instanceof PyClassMethod) return invoke(vm, method.callee, [cls, ...args], keywords, delivery, instance);
    if (method instanceof PyFunction || method instanceof Native) {
      return invoke(vm, method, [callee, ...args], keywords, delivery, instance);
    }
    return invoke(vm, method, args, keywords, delivery, instance);
  }
  if (cls.unknownBase) return callUnknown(vm, cls.unknownBase, args, keywords);
  throw vm.raise('TypeError', `'${cls.name}' object is not callable`);
}

export function callUnknown(vm: State, callee: Unknown, args: readonly Value[], keywords: Keywords): Value {
  // A decorator of a registry that was not found.
  if (callee.isImport && args.length === 1 && keywords.size === 0) {
    const [decorated] = args;
    if ((decorated instanceof PyClass || decorated instanceof PyFunction) && vm.missingImports.isRegistry(callee))
      return decorated;
  }
  // What is called for nothing but its effect may change what it is given.
  const frame = vm.frame;
  if (frame?.code && frame.code.operations[frame.pc + 1] === op.pop) {
    for (const arg of [...args, ...keywords.values()]) if (isContainer(arg)) poison(arg, callee);
  }
  const result = vm.options.hooks?.unknownCall?.(callee, args, keywords, vm) ?? callee;
  if (callee.isImport && result === callee) {
    // `REGISTRY.register(name='x')` gives the decorator.
    if (vm.missingImports.isRegistry(callee)) return callee;
    return new Unknown(callee.reason, callee.place);
  }
  return result;
}

/** Runs steps for an instruction of the innermost frame; their result is delivered to it. */
export function awaitSteps(vm: State, steps: Steps<unknown>, delivery: Delivery): void {
  const frame = vm.frame;
  const result = later(vm, steps, delivery);
  if (result !== pending) deliver(vm, frame, result, delivery);
}

/** Whether code of the program runs where it is called. */
const isCode = (value: Value): boolean =>
  value instanceof PyFunction ||
  value instanceof PyBoundMethod ||
  (value instanceof PyInstance && value.cls.find('__call__') !== undefined);

function invokeNative(
  vm: State,
  native: Native,
  args: readonly Value[],
  keywords: Keywords,
  delivery: Delivery,
  instance: Value | undefined,
): Value | undefined | Pending {
  if (native === resume) return resumeGenerator(vm, args[0] as PyGenerator, args[1]!, args[2], 'resume');
  let unknown: Unknown | undefined;
  for (let at = 0; at < args.length; at++) {
    if (args[at] instanceof Unknown) {
      unknown = args[at] as Unknown;
      break;
    }
  }
  if (keywords.size > 0 && !unknown)
    for (const value of keywords.values()) if (value instanceof Unknown) unknown ??= value;
  // `map(self.block, parts)`
  if (unknown?.mayBe && args.some(isCode)) skipsWork('()', [unknown], vm);
  if (unknown && native.isStrict) return unknown.loose;
  if (vm.watched && mayWrite(native, args, keywords, vm.watched)) vm.epoch++;
  try {
    const bound = bindNative(native, args, keywords, vm);
    if (bound instanceof Unknown) return bound.loose;
    if (!native.inSteps) {
      const result = native.body(bound, vm) as Value;
      return instance ?? (result === unknown ? unknown?.loose : result);
    }
    const plain = native.plain?.(bound, vm);
    if (plain !== undefined) return instance ?? plain;
    const frame = new Frame(undefined, undefined, undefined, 0, [], []);
    frame.steps = native.body(bound, vm) as Steps;
    frame.given = bound;
    frame.unknown = unknown;
    frame.instance = instance;
    push(vm, frame, instance === undefined ? delivery : 'instance');
    return pending;
  } catch (error) {
    // An exception is not certain where an argument is unknown; of a constructor that failed the instance is unknown.
    if (error instanceof Raised && unknown) return unknown.loose;
    if (error instanceof UnknownAccess) return error.unknown.loose;
    if (error instanceof Raised || error instanceof Stopped) throw error;
    return fault(vm, error);
  }
}

/** Natives that write into nothing that they are given. */
const reading: ReadonlySet<string> = new Set(
  [
    'isinstance issubclass len range enumerate zip max min sum abs round int float str bool list tuple dict set getattr',
    'hasattr type callable ceil floor any all sorted reversed globals locals parameters named_parameters children',
    'named_children modules named_modules buffers __getitem__ __getattr__ __iter__ __next__ __len__ __contains__ __new__',
    'Tensor.numel Tensor.size Tensor.dim',
  ].flatMap(names => names.split(' ')),
);

/** Whether a native may write into something that was there before the program began. */
function mayWrite({ name }: Native, args: readonly Value[], keywords: Keywords, watched: Watched): boolean {
  if (reading.has(name)) return false;
  const [self] = args;
  // A call of a module runs its own code.
  if (name === '__call__') return self instanceof PyInstance && watched.has(self);
  if (typeof self === 'string' || (args.length > 0 && keywords.size === 0 && args.every(isNumber))) return false;
  // The methods of built-in containers write into these.
  const isContainer =
    self instanceof PyList || self instanceof PyDict || self instanceof PySet || self instanceof PyTuple;
  return !isContainer || self.own !== undefined || isWatched(watched, self);
}

const isNumber = (value: Value): boolean => typeof value !== 'object' || value instanceof PyFloat;

function instantiate(
  vm: State,
  cls: PyClass,
  args: readonly Value[],
  keywords: Keywords,
  delivery: Delivery,
): Value | undefined | Pending {
  if (cls.metaclass) {
    const custom = cls.metaclass.find('__call__');
    if (custom !== undefined && custom !== vm.type.dict.get('__call__')) {
      return invoke(vm, custom, [cls, ...args], keywords, delivery, undefined);
    }
  }
  const made = vm.maker?.make(cls, args, keywords);
  if (made) return later(vm, made, delivery);
  const object = vm.object;
  const make = cls.find('__new__');
  if (make !== object.dict.get('__new__') || cls === vm.type) {
    return later(vm, vm.instantiate(cls, args, keywords), delivery);
  }
  const instance = createBare(cls, args, keywords, vm);
  if (instance instanceof Unknown) return instance;
  const init = cls.find('__init__');
  if (init === object.dict.get('__init__')) {
    refuseArguments(vm, cls, args, keywords, make);
    return instance;
  }
  if (init === undefined) return instance;
  if (init instanceof PyFunction && !init.code.isGenerator && !init.code.isAsync) {
    enter(vm, init, [instance, ...args], keywords, 'instance', instance);
    return pending;
  }
  if (init instanceof Native) return invokeNative(vm, init, [instance, ...args], keywords, 'instance', instance);
  return later(vm, vm.instantiate(cls, args, keywords), delivery);
}

/** Runs steps; the result at once where no Python is called. */
function later(vm: State, steps: Steps<unknown>, delivery: Delivery): Value | undefined | Pending {
  const first = steps.next(null);
  if (first.done) return first.value as Value | undefined;
  const frame = new Frame(undefined, undefined, undefined, 0, [], []);
  frame.steps = steps as Steps<unknown>;
  push(vm, frame, delivery);
  const { callee, args, keywords } = first.value;
  try {
    const answer = invoke(vm, callee, args, keywords, 'push', undefined);
    if (answer !== pending) frame.inbox = answer;
  } catch (error) {
    if (vm.frame !== frame) vm.frame = frame;
    throwInto(vm, frame, error);
  }
  return pending;
}

/** Lets a native in steps go on. */
export function drive(vm: State, frame: Frame): void {
  const steps = frame.steps!;
  let value = frame.inbox;
  frame.inbox = undefined;
  for (;;) {
    let result: IteratorResult<Request, unknown>;
    try {
      result = steps.next(value as Value);
    } catch (error) {
      failed(vm, frame, error);
      return;
    }
    if (result.done) {
      vm.frame = frame.parent;
      const given = result.value as Value;
      const own = given === frame.unknown ? frame.unknown?.loose : given;
      deliver(vm, frame.parent, own, frame.delivery, frame.instance);
      return;
    }
    // Some times what an instruction costs.
    vm.budget -= 4;
    if (vm.budget <= -400_000) throw new Stopped({ message: l10n.t('The program takes too long.') });
    const { callee, args, keywords } = result.value;
    let answer: Value | undefined | Pending;
    try {
      answer = invoke(vm, callee, args, keywords, 'push', undefined);
    } catch (error) {
      if (vm.frame !== frame) vm.frame = frame;
      throwInto(vm, frame, error);
      return;
    }
    if (answer === pending) return;
    value = answer;
  }
}

/** Throws into a native in steps that waits. */
export function throwInto(vm: State, frame: Frame, error: unknown): void {
  if (error instanceof Stopped) throw error;
  let thrown = error;
  if (!(error instanceof Raised) && !(error instanceof UnknownAccess)) {
    // A fault of ours in something that it called: the result is unknown.
    frame.inbox = fault(vm, error);
    return;
  }
  if (error instanceof Raised) trace(vm, error.exception as PyException, frame);
  let result: IteratorResult<Request, unknown>;
  try {
    result = frame.steps!.throw(thrown);
  } catch (again) {
    thrown = again;
    failed(vm, frame, thrown);
    return;
  }
  if (result.done) {
    vm.frame = frame.parent;
    deliver(vm, frame.parent, result.value as Value, frame.delivery, frame.instance);
    return;
  }
  const { callee, args, keywords } = result.value;
  try {
    const answer = invoke(vm, callee, args, keywords, 'push', undefined);
    if (answer !== pending) frame.inbox = answer;
  } catch (inner) {
    if (vm.frame !== frame) vm.frame = frame;
    vm.thrown = inner;
  }
}
