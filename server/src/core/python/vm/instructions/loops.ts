// `for`.
import type { Branch, Region } from '../../code.ts';
import { type Frame, PyGenerator } from '../../frame.ts';
import {
  MayIterator,
  PyInstance,
  PyIterator,
  PyList,
  PyRange,
  PyTuple,
  Unknown,
  UnknownAccess,
} from '../../objects.ts';
import { iterateSteps, nextSteps, plainIterator } from '../../protocols/iterate.ts';
import { awaitSteps } from '../calls.ts';
import { resumeGenerator } from '../generators.ts';
import { beginGuard } from '../guards.ts';
import { pending, type State } from '../state.ts';
import { skipBranch } from '../unknown.ts';
import { done, type Instructions } from './instruction.ts';

export const loops: Instructions = {
  iterate(vm, frame, operand) {
    const value = frame.stack[frame.sp - 1]!;
    if (operand === 0 && (value instanceof Unknown || value instanceof PyInstance)) {
      const { region } = (frame.code!.branches.get(frame.pc) as Branch & { readonly region?: Region }) ?? {};
      const may =
        region && (region.isFresh || value instanceof PyInstance) && vm.options.hooks?.mayIterate?.(value, vm);
      if (may) {
        frame.sp--;
        done(frame, may);
        return;
      }
    }
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
    if (iterator instanceof MayIterator) {
      mayGo(vm, frame, iterator, operand);
      return;
    }
    if (iterator instanceof PyIterator && iterator.next) {
      const value = iterator.next(vm);
      if (value === undefined) endLoop(frame, operand);
      else done(frame, value);
    } else if (iterator instanceof PyGenerator) {
      if (resumeGenerator(vm, iterator, null, undefined, 'next') !== pending) endLoop(frame, operand);
    } else awaitSteps(vm, nextSteps(iterator, vm), 'next');
  },
};

/** The body runs as what may run. */
function mayGo(vm: State, frame: Frame, iterator: MayIterator, operand: number): void {
  const next = iterator.values[iterator.at++];
  if (!next) {
    endLoop(frame, operand);
    return;
  }
  const branch = frame.code!.branches.get(frame.pc);
  const [value, decision] = next;
  if (branch?.kind === 'skip' && beginGuard(vm, frame, branch, iterator.why, decision)) done(frame, value);
  else throw new UnknownAccess(iterator.why);
}

function endLoop(frame: Frame, target: number): void {
  frame.sp--;
  frame.pc = target;
}
