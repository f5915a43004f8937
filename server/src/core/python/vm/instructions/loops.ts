// `for`.
import { type Frame, PyGenerator } from '../../frame.ts';
import { PyIterator, PyList, PyRange, PyTuple, Unknown, UnknownAccess } from '../../objects.ts';
import { iterateSteps, nextSteps, plainIterator } from '../../protocols/iterate.ts';
import { awaitSteps } from '../calls.ts';
import { resumeGenerator } from '../generators.ts';
import { pending } from '../state.ts';
import { skipBranch } from '../unknown.ts';
import { done, type Instructions } from './instruction.ts';

export const loops: Instructions = {
  iterate(vm, frame, operand) {
    const value = frame.stack[frame.sp - 1]!;
    if (value instanceof Unknown) {
      const branch = operand === 0 ? frame.code!.branches.get(frame.pc) : undefined;
      if (branch) skipBranch(vm, frame, branch, value);
      else frame.pc++;
      return;
    }
    frame.sp--;
    const isPlain =
      value instanceof PyRange || ((value instanceof PyList || value instanceof PyTuple) && value.own === undefined);
    if (isPlain) done(frame, plainIterator(value, vm)!);
    else awaitSteps(vm, iterateSteps(value, vm), 'iterator');
  },

  /** The next value, or on after the loop. */
  next(vm, frame, operand) {
    frame.tick++;
    const iterator = frame.stack[frame.sp - 1]!;
    if (iterator instanceof Unknown) throw new UnknownAccess(iterator);
    if (iterator instanceof PyIterator && iterator.next) {
      const value = iterator.next(vm);
      if (value === undefined) endLoop(frame, operand);
      else done(frame, value);
    } else if (iterator instanceof PyGenerator) {
      if (resumeGenerator(vm, iterator, null, undefined, 'next') !== pending) endLoop(frame, operand);
    } else awaitSteps(vm, nextSteps(iterator, vm), 'next');
  },
};

function endLoop(frame: Frame, target: number): void {
  frame.sp--;
  frame.pc = target;
}
