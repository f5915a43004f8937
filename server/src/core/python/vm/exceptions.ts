// Exceptions on their way to the handler.
import type { Reason } from '../../text/reason.ts';
import { type PyException, Raised, UnknownAccess } from '../objects.ts';
import { isRaised } from '../protocols/iterate.ts';
import { Stopped } from './bounds.ts';
import { throwInto } from './calls.ts';
import { fault, trace } from './failures.ts';
import { cutGuard, regionIn } from './guards.ts';
import type { State } from './state.ts';
import { unknownResult } from './unknown.ts';

/** An error in the innermost frame. */
export function handle(vm: State, error: unknown): void {
  if (error instanceof Stopped) {
    stop(vm, error.reason);
    return;
  }
  const frame = vm.frame;
  try {
    if (frame?.steps) {
      throwInto(vm, frame, error);
      return;
    }
    if (error instanceof Raised) {
      raise(vm, error);
      return;
    }
    const unknown = error instanceof UnknownAccess ? error.unknown : fault(vm, error);
    if (frame) unknownResult(vm, frame, unknown);
    else vm.outcome = { kind: 'value', value: unknown };
  } catch (again) {
    if (again instanceof Stopped) stop(vm, again.reason);
    else if (again instanceof Raised) handle(vm, again);
    else throw again;
  }
}

export function raise(vm: State, raised: Raised): void {
  vm.raising.push(raised);
  if (vm.isRaising) return;
  vm.isRaising = true;
  try {
    for (let next = vm.raising.pop(); next; next = vm.raising.pop()) unwind(vm, next);
  } finally {
    vm.isRaising = false;
    vm.raising.length = 0;
  }
}

/** Unwinds to where an exception is handled. */
export function unwind(vm: State, raised: Raised): void {
  const exception = raised.exception as PyException;
  let frame = vm.frame;
  // Exceptions cost more than other instructions.
  vm.budget -= 20;
  trace(vm, exception, frame);
  while (frame) {
    vm.budget -= 2;
    if (frame.steps) {
      vm.frame = frame;
      throwInto(vm, frame, raised);
      return;
    }
    const { pc } = frame;
    const handler = frame.code!.handlers.find(each => pc >= each.from && pc < each.to);
    const region = vm.guards.length > 0 ? regionIn(vm, frame) : undefined;
    if (region && !(handler && handler.from >= region.from && handler.to <= region.to)) {
      cutGuard(vm);
      return;
    }
    if (handler) {
      frame.sp = handler.depth;
      frame.stack[frame.sp++] = exception;
      frame.pc = handler.target;
      vm.frame = frame;
      return;
    }
    vm.frame = frame.parent;
    const { generator } = frame;
    if (generator) {
      generator.frame = undefined;
      generator.isRunning = false;
      if (isRaised(raised, 'StopIteration', vm)) {
        const error = vm.raise('RuntimeError', 'generator raised StopIteration');
        error.exception.set('__cause__', exception);
        (error.exception as PyException).trace = exception.trace;
        raise(vm, error);
        return;
      }
    }
    frame = frame.parent;
  }
  vm.outcome = { kind: 'raised', exception, trace: exception.trace ?? [] };
  vm.frame = undefined;
}

export function stop(vm: State, reason: Reason): void {
  vm.outcome = { kind: 'stopped', reason };
  vm.frame = undefined;
}
