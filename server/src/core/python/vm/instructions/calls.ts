// Calls and their arguments.
import type { KeywordCall } from '../../code.ts';
import { Arguments } from '../../frame.ts';
import type { Machine } from '../../machine.ts';
import { noKeywords, PyDict, PyTuple, type Raised, type Steps, Unknown, type Value } from '../../objects.ts';
import { listSteps } from '../../protocols/iterate.ts';
import { awaitSteps, callUnknown, invoke } from '../calls.ts';
import type { State } from '../state.ts';
import { updateMap } from './containers.ts';
import { called, done, type Instructions } from './instruction.ts';

export const calls: Instructions = {
  call(vm, frame, operand) {
    const { stack, sp } = frame;
    const start = sp - operand;
    const self = stack[start - 1];
    const callee = stack[start - 2]!;
    const args: Value[] = [];
    if (self !== undefined) args.push(self);
    for (let at = start; at < sp; at++) args.push(stack[at]!);
    frame.sp = start - 2;
    called(frame, invoke(vm, callee, args, noKeywords, 'push', undefined));
  },

  callKeywords(vm, frame, operand) {
    const { stack } = frame;
    const { positional, names } = frame.code!.details[operand] as KeywordCall;
    const start = frame.sp - positional - names.length;
    const self = stack[start - 1];
    const callee = stack[start - 2]!;
    const args: Value[] = [];
    if (self !== undefined) args.push(self);
    for (let at = 0; at < positional; at++) args.push(stack[start + at]!);
    const keywords = new Map<string, Value>();
    for (let at = 0; at < names.length; at++) keywords.set(names[at]!, stack[start + positional + at]!);
    frame.sp = start - 2;
    called(frame, invoke(vm, callee, args, keywords, 'push', undefined));
  },

  // Calls with `*` and `**`: their arguments are put together first.

  arguments(_, frame) {
    done(frame, new Arguments());
  },

  argument(_, frame) {
    const value = frame.stack[--frame.sp]!;
    (frame.stack[frame.sp - 1] as Arguments).args.push(value);
    frame.pc++;
  },

  spread(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    const given = frame.stack[frame.sp - 1] as Arguments;
    awaitSteps(vm, spread(given, value, vm), 'discard');
  },

  keyword(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const name = frame.code!.names[operand]!;
    const given = frame.stack[frame.sp - 1] as Arguments;
    if (given.keywords.has(name)) throw twice(vm, name);
    given.keywords.set(name, value);
    frame.pc++;
  },

  spreadKeywords(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    const given = frame.stack[frame.sp - 1] as Arguments;
    awaitSteps(vm, spreadKeywords(vm, given, value), 'discard');
  },

  callArguments(vm, frame) {
    const given = frame.stack[--frame.sp] as Arguments;
    const self = frame.stack[--frame.sp];
    const callee = frame.stack[--frame.sp]!;
    const args = self === undefined ? given.args : [self, ...given.args];
    const isUnknown = given.unknown && !(callee instanceof Unknown);
    called(
      frame,
      isUnknown
        ? callUnknown(vm, given.unknown!, [callee, ...args], given.keywords)
        : invoke(vm, callee, args, given.keywords, 'push', undefined),
    );
  },
};

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

function twice(vm: State, name: string): Raised {
  return vm.raise('TypeError', `got multiple values for keyword argument '${name}'`);
}

function* spreadKeywords(vm: State, given: Arguments, value: Value): Steps<void> {
  if (value instanceof Unknown) {
    given.unknown = value;
    return;
  }
  if (value instanceof PyDict) {
    for (const [key, entry] of value.entries) {
      if (key instanceof Unknown || typeof key !== 'string') {
        throw vm.raise('TypeError', 'keywords must be strings');
      }
      if (given.keywords.has(key)) throw twice(vm, key);
      given.keywords.set(key, entry.value);
    }
    return;
  }
  const dict = new PyDict();
  yield* updateMap(vm, dict, value);
  yield* spreadKeywords(vm, given, dict);
}
