// `with`: entering a context and leaving it.
import type { Machine } from '../machine.ts';
import { type Raised, type Steps, Unknown, type Value } from '../objects.ts';
import { truthSteps } from './truth.ts';

export function* enterWith(context: Value, machine: Machine): Steps {
  if (context instanceof Unknown) return context;
  const cls = machine.typeOf(context);
  const enter = cls?.find('__enter__');
  if (enter === undefined || cls?.find('__exit__') === undefined) {
    if (cls?.unknownBase) return cls.unknownBase;
    throw machine.raise('TypeError', `'${cls?.name}' object does not support the context manager protocol`);
  }
  return yield* machine.call(enter, [context]);
}

export function* leaveWith(context: Value, error: Raised | undefined, machine: Machine): Steps {
  if (context instanceof Unknown) {
    // Whether it swallows exceptions is not known; nearly none does.
    if (error) throw error;
    return null;
  }
  const cls = machine.typeOf(context);
  const exit = cls?.find('__exit__');
  if (exit === undefined) {
    if (error) throw error;
    return null;
  }
  const args: Value[] = error ? [context, error.exception.cls, error.exception, null] : [context, null, null, null];
  const result = yield* machine.call(exit, args);
  if (!error) return null;
  const truth = yield* truthSteps(result, machine);
  if (truth === true) return true;
  throw error;
}

// Pattern matching: the parts that patterns are matched with, or None.
