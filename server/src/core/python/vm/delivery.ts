// Where the result of a call goes.
import { type Branch, op } from '../code.ts';
import { type Delivery, type Frame, PyGenerator } from '../frame.ts';
import { type Decision, Unknown, UnknownAccess, type Value } from '../objects.ts';
import { beginGuard } from './guards.ts';
import type { State } from './state.ts';
import { skipBranch } from './unknown.ts';

/** Gives a value to the frame that waits for it. */
export function deliver(
  vm: State,
  frame: Frame | undefined,
  value: Value | undefined,
  delivery: Delivery,
  instance?: Value,
): void {
  if (!frame) {
    vm.outcome = { kind: 'value', value };
    return;
  }
  if (frame.steps) {
    frame.inbox = delivery === 'instance' ? instance : value;
    return;
  }
  const code = frame.code!;
  switch (delivery) {
    case 'push':
      frame.stack[frame.sp++] = value;
      break;
    case 'discard':
    case 'resume':
      break;
    case 'instance':
      if (value !== null && !(value instanceof Unknown)) {
        throw vm.raise('TypeError', `__init__() should return None, not '${vm.typeOf(value!)?.name}'`);
      }
      frame.stack[frame.sp++] = instance;
      break;
    case 'method':
      frame.stack[frame.sp++] = value;
      frame.stack[frame.sp++] = undefined;
      break;
    case 'iterator':
      frame.stack[frame.sp++] = value;
      // What is unknown is looked at again.
      if (value instanceof Unknown) return;
      break;
    case 'next':
      if (value === undefined) {
        frame.sp--;
        frame.pc = code.operands[frame.pc]!;
        return;
      }
      frame.stack[frame.sp++] = value;
      break;
    case 'from':
      if (value === undefined) {
        const iterator = frame.stack[frame.sp - 1];
        frame.stack[frame.sp - 1] = iterator instanceof PyGenerator ? iterator.result : null;
        break;
      }
      // What is sent next takes the place of what was sent.
      frame.stack[frame.sp++] = null;
      vm.frame = frame;
      yieldValue(vm, frame, value);
      return;
    case 'condition':
      jumpBy(vm, frame, value as boolean | Unknown);
      return;
  }
  frame.pc++;
}

/** A generator of the program gives a value to whoever goes on with it. */
export function yieldValue(vm: State, frame: Frame, value: Value): void {
  const { parent, delivery } = frame;
  frame.generator!.isRunning = false;
  frame.parent = undefined;
  vm.frame = parent;
  deliver(vm, parent, value, delivery);
}

export function finishGenerator(vm: State, generator: PyGenerator, frame: Frame, value: Value): void {
  generator.frame = undefined;
  generator.isRunning = false;
  generator.result = value;
  if (generator.unknown) throw new UnknownAccess(generator.unknown);
  deliver(vm, frame.parent, undefined, frame.delivery);
}

/** Where nothing but running some statements depends on a condition of data, they run as what may run. */
function mayRun(vm: State, frame: Frame, branch: Branch, condition: Unknown): boolean {
  const { decision } = condition;
  if (branch.kind !== 'skip' || !branch.region || !decision) return false;
  const isBody = branch.region.from === frame.pc + 1;
  const { is, of } = decision;
  const some = is === 'number' || is === 'some' ? isBody : is === 'none' ? !isBody : undefined;
  const own: Decision = some === undefined ? { is: 'value' } : { is: some ? 'some' : 'none', of };
  if (!beginGuard(vm, frame, branch, condition, own)) return false;
  frame.pc = branch.region.from;
  // Of `a and b` the condition is gone; of an `if`, too.
  frame.sp = branch.depth;
  return true;
}

/** Jumps or not, by the condition that lies on the stack. */
export function jumpBy(vm: State, frame: Frame, condition: boolean | Unknown): void {
  const code = frame.code!;
  if (condition instanceof Unknown) {
    const branch = code.branches.get(frame.pc);
    if (branch) {
      if (!mayRun(vm, frame, branch, condition)) skipBranch(vm, frame, branch, condition);
      return;
    }
    frame.sp--;
    frame.pc++;
    return;
  }
  const operation = code.operations[frame.pc];
  const isKeep = operation === op.jumpIfFalseKeep || operation === op.jumpIfTrueKeep;
  const isJump = condition === (operation === op.jumpIfTrue || operation === op.jumpIfTrueKeep);
  if (!isKeep || !isJump) frame.sp--;
  if (isJump) frame.pc = code.operands[frame.pc]!;
  else frame.pc++;
}
