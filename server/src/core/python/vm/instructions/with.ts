// `with`.
import { type PyException, Raised } from '../../objects.ts';
import { enterWith, leaveWith } from '../../protocols/context.ts';
import { awaitSteps } from '../calls.ts';
import type { Instructions } from './instruction.ts';

export const contexts: Instructions = {
  enterWith(vm, frame) {
    awaitSteps(vm, enterWith(frame.stack[frame.sp - 1]!, vm), 'push');
  },

  leaveWith(vm, frame) {
    awaitSteps(vm, leaveWith(frame.stack[--frame.sp]!, undefined, vm), 'push');
  },

  leaveWithException(vm, frame) {
    const exception = frame.stack[--frame.sp] as PyException;
    awaitSteps(vm, leaveWith(frame.stack[frame.sp - 1]!, new Raised(exception), vm), 'push');
  },
};
