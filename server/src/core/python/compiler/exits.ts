// `return`, `break` and `continue`: out through whatever is around.
import { op } from '../code.ts';
import type { Block, Exit, Unit } from './unit.ts';

/** Leaves the loop or the function through everything that is around. The value of `return` is on the stack. */
export function leave(unit: Unit, exit: Exit): void {
  const depth = unit.depth;
  for (let at = unit.blocks.length - 1; at >= 0; at--) {
    const block = unit.blocks[at]!;
    if (block.kind === 'loop') {
      if (exit !== 'return') {
        if (exit === 'continue') block.continues.push(unit.emit(op.jump, block.again, 0));
        else {
          for (let count = 0; count < block.onStack; count++) unit.emit(op.pop, 0, -1);
          block.exits.push(unit.emit(op.jump, 0, 0));
        }
        unit.depth = depth;
        return;
      }
      for (let count = 0; count < block.onStack; count++) {
        unit.emit(op.swap, 0, 0);
        unit.emit(op.pop, 0, -1);
      }
      continue;
    }
    if (block.kind === 'finally') {
      block.exits.push({ at: unit.emit(op.jump, 0, 0), exit });
      unit.depth = depth;
      return;
    }
    unwind(unit, block, exit === 'return');
  }
  if (exit === 'return') unit.emit(op.return, 0, -1);
  unit.depth = depth;
}

export function unwind(unit: Unit, block: Block, hasValue = false): void {
  if (block.kind === 'values') {
    for (let count = 0; count < block.count; count++) {
      if (hasValue) unit.emit(op.swap, 0, 0);
      unit.emit(op.pop, 0, -1);
    }
  } else if (block.kind === 'with') {
    if (hasValue) unit.emit(op.swap, 0, 0);
    unit.emit(op.leaveWith, 0, 0);
    unit.emit(op.pop, 0, -1);
  }
}
