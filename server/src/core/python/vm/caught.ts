// Whether a program would go on after an exception: then it matters whether values raise it.
import { type Code, op } from '../code.ts';
import type { Frame } from '../frame.ts';
import { PyFunction, PyInstance } from '../objects.ts';

/** Whether an exception in a frame would be handled. Where none would, it is taken that none is raised. */
export function isCaught(frame: Frame): boolean {
  for (let at: Frame | undefined = frame; at; at = at.parent) {
    const { pc, stack } = at;
    for (const { from, to, catches, depth } of at.code?.handlers ?? []) {
      if (pc < from || pc >= to || catches === undefined) continue;
      if (catches === 'always' || swallows(stack[depth - 1])) return true;
    }
  }
  return false;
}

/** Whether the `__exit__` of a context may say that an exception has been dealt with. */
function swallows(context: unknown): boolean {
  if (!(context instanceof PyInstance)) return false;
  const exit = context.cls.find('__exit__');
  // Of those that come with Python and torch, one does.
  return exit instanceof PyFunction ? givesValue(exit.code) : context.cls.name === 'suppress';
}

const known = new WeakMap<Code, boolean>();

/** Whether a function has a `return` with anything but `None`, `False` and the like. */
function givesValue(code: Code): boolean {
  let gives = known.get(code);
  if (gives === undefined) {
    const { operations, operands, constants } = code;
    gives = false;
    for (let at = 0; at < operations.length && !gives; at++) {
      if (operations[at] !== op.return) continue;
      gives = operations[at - 1] !== op.constant || Boolean(constants[operands[at - 1]!]);
    }
    known.set(code, gives);
  }
  return gives;
}
