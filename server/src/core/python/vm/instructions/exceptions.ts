// `raise`, `except` and `assert`.
import { PyClass, PyException, PyTuple, Raised, type Steps, Unknown, type Value } from '../../objects.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const exceptions: Instructions = {
  /** 0: as `raise` does; 1: what was raised before; 2: an assertion; 3: an assertion with a message. */
  raise(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    if (operand === 1) throw new Raised(value as PyException);
    if (operand >= 2) {
      const error = vm.exception('AssertionError', '') as PyException;
      error.args = operand === 3 ? [value] : [];
      throw new Raised(error);
    }
    awaitSteps(vm, raised(vm, value, undefined), 'discard');
  },

  raiseFrom(vm, frame) {
    const cause = frame.stack[--frame.sp]!;
    const value = frame.stack[--frame.sp]!;
    awaitSteps(vm, raised(vm, value, cause), 'discard');
  },

  reraise(vm) {
    throw vm.raise('RuntimeError', 'No active exception to reraise');
  },

  matchException(vm, frame) {
    const type = frame.stack[--frame.sp]!;
    const exception = frame.stack[--frame.sp] as PyException;
    done(frame, matches(vm, exception, type));
  },
};

function* raised(vm: State, value: Value, cause: Value | undefined): Steps<null> {
  let exception = value;
  if (exception instanceof PyClass) exception = yield* vm.call(exception, []);
  if (exception instanceof Unknown) {
    // An exception of a class that was not found.
    const raised = vm.raise('Exception', exception.reason.message);
    throw raised;
  }
  if (!(exception instanceof PyException)) {
    throw vm.raise('TypeError', 'exceptions must derive from BaseException');
  }
  if (cause !== undefined) {
    exception.cause = cause instanceof PyClass ? yield* vm.call(cause, []) : cause;
  }
  throw new Raised(exception);
}

function matches(vm: State, exception: PyException, type: Value): boolean | Unknown {
  if (type instanceof PyTuple) {
    let unknown: Unknown | undefined;
    for (const each of type.items) {
      const is = matches(vm, exception, each);
      if (is === true) return true;
      if (is instanceof Unknown) unknown ??= is;
    }
    return unknown ?? false;
  }
  if (type instanceof Unknown) return type.isImport ? (exception.cls.unknownBase ?? false) : type;
  if (type instanceof PyClass) return exception.cls.mro.includes(type);
  throw vm.raise('TypeError', 'catching classes that do not inherit from BaseException is not allowed');
}
