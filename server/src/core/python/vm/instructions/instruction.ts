// What an instruction is.
import type { OperationName } from '../../code.ts';
import type { Frame } from '../../frame.ts';
import type { Value } from '../../objects.ts';
import { type Pending, pending, type State } from '../state.ts';

/**
 * What an instruction does. Its values lie on the frame's stack. When it is over, the frame's `pc` is at another instruction;
 * it is not where the machine goes on in another frame, which delivers a result (`delivery.ts`).
 */
export type Instruction = (vm: State, frame: Frame, operand: number) => void;
export type Instructions = Readonly<Partial<Record<OperationName, Instruction>>>;

/** Ends an instruction with a value on the stack. */
export function done(frame: Frame, value: Value): void {
  frame.stack[frame.sp++] = value;
  frame.pc++;
}

/** Ends an instruction of a call: with its result, unless it is still to come. */
export function called(frame: Frame, result: Value | undefined | Pending): void {
  if (result !== pending) done(frame, result as Value);
}
