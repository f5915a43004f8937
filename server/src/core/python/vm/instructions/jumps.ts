// `if`, `while`, `and`, `or`: jumps on a condition.
import type { FinishDetail } from '../../code.ts';
import type { Frame } from '../../frame.ts';
import { plainTruth } from '../../operators.ts';
import { truthSteps } from '../../protocols/truth.ts';
import { awaitSteps } from '../calls.ts';
import { jumpBy } from '../delivery.ts';
import { endGuards } from '../guards.ts';
import type { State } from '../state.ts';
import type { Instructions } from './instruction.ts';

/** Jumps on what is no plain boolean. */
function jumpIf(vm: State, frame: Frame): void {
  const value = frame.stack[frame.sp - 1]!;
  const plain = plainTruth(value);
  if (plain === undefined) {
    // Python says.
    awaitSteps(vm, truthSteps(value, vm), 'condition');
    return;
  }
  jumpBy(vm, frame, plain);
}

export const jumps: Instructions = {
  jumpIfFalse: jumpIf,
  jumpIfTrue: jumpIf,
  jumpIfFalseKeep: jumpIf,
  jumpIfTrueKeep: jumpIf,

  /** The end of statements that may have run or not. */
  regionEnd(vm, frame) {
    if (vm.guards.length > 0) endGuards(vm, frame);
    frame.pc++;
  },

  /** Leaves a `try` that has a `finally`. */
  finish(_, frame, operand) {
    const { target, depth, hasValue } = frame.code!.details[operand] as FinishDetail;
    const value = frame.stack[frame.sp - 1];
    frame.sp = depth;
    if (hasValue) frame.stack[frame.sp++] = value;
    frame.pc = target;
  },
};
