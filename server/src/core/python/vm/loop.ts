// The loop: one instruction after the other.
import * as l10n from '@vscode/l10n';
import type { Frame } from '../frame.ts';
import { PyIterator, PyLazy, PyList, PyTuple, type Value } from '../objects.ts';
import { defaultSteps } from './bounds.ts';
import { drive } from './calls.ts';
import { handle, stop } from './exceptions.ts';
import { loseGuards } from './guards.ts';
import { instructions } from './instructions/index.ts';
import { itemAt } from './instructions/items.ts';
import { plainArithmetic, plainComparison } from './instructions/operators.ts';
import { unboundCell, unboundLocal } from './instructions/variables.ts';
import type { State } from './state.ts';

export function advance(vm: State, instructions: number): void {
  vm.budget = instructions;
  const limit = vm.options.maxSteps ?? defaultSteps;
  while ((vm.frame || vm.thrown !== undefined) && !vm.outcome) {
    if (vm.budget <= 0) return;
    const before = vm.budget;
    vm.budgeted = before;
    try {
      if (vm.thrown !== undefined) {
        const error = vm.thrown;
        vm.thrown = undefined;
        handle(vm, error);
      } else if (vm.frame!.steps) {
        vm.budget--;
        drive(vm, vm.frame!);
      } else execute(vm, vm.frame!);
    } catch (error) {
      handle(vm, error);
    }
    vm.spent += before - vm.budget;
    vm.budgeted = vm.budget;
    if (vm.spent > limit) stop(vm, { message: l10n.t('The program takes too long.') });
  }
}

/** Does instructions until a native goes on, or the budget is spent. */
function execute(vm: State, first: Frame): void {
  let frame = first;
  let code = frame.code!;
  let { operations, operands } = code;
  let { stack, locals } = frame;
  let { pc, sp } = frame;
  for (;;) {
    if (--vm.budget <= 0) {
      frame.pc = pc;
      frame.sp = sp;
      return;
    }
    frame.pc = pc;
    const operand = operands[pc]!;
    const operation = operations[pc++]!;
    // What is short and frequent is done here, as far as it needs no look at classes.
    switch (operation) {
      case 0: // statement
        frame.tick++;
        continue;
      case 1: // constant
        stack[sp++] = code.constants[operand] as Value;
        continue;
      case 2: {
        // local
        const value = locals[operand];
        if (value === undefined) throw unboundLocal(vm, code, operand);
        stack[sp++] = value;
        continue;
      }
      case 3: // setLocal
        locals[operand] = stack[--sp];
        continue;
      case 5: {
        // cell
        const { value } = frame.cells[operand]!;
        if (value === undefined) throw unboundCell(vm, code, operand);
        stack[sp++] = value;
        continue;
      }
      case 6: // setCell
        frame.cells[operand]!.value = stack[--sp];
        if (vm.watched?.has(frame.cells[operand]!)) vm.epoch++;
        continue;
      case 9: {
        // global
        const name = code.names[operand]!;
        let value = frame.module!.dict.get(name);
        if (value === undefined) value = vm.builtins.get(name);
        if (value === undefined || value instanceof PyLazy) break;
        stack[sp++] = value;
        continue;
      }
      case 10: // setGlobal
        frame.module!.dict.set(code.names[operand]!, stack[--sp]!);
        if (vm.guards.length > 0) loseGuards(vm);
        continue;
      case 19: // noSelf
        stack[sp++] = undefined;
        continue;
      case 28: {
        // index
        const value = itemAt(stack[sp - 2]!, stack[sp - 1]!);
        if (value === undefined) break;
        stack[--sp - 1] = value;
        continue;
      }
      case 32: {
        // binary
        const b = stack[sp - 1];
        const a = stack[sp - 2];
        if (typeof a !== 'number' || typeof b !== 'number') break;
        const result = plainArithmetic(operand, a, b);
        if (!Number.isSafeInteger(result)) break;
        stack[--sp - 1] = result;
        continue;
      }
      case 36: {
        // compare
        const b = stack[sp - 1];
        const a = stack[sp - 2];
        if (typeof a !== 'number' || typeof b !== 'number') break;
        const result = plainComparison(operand, a, b);
        if (result === undefined) break;
        stack[--sp - 1] = result;
        continue;
      }
      case 37: // jump
        pc = operand;
        continue;
      case 38: {
        // jumpIfFalse
        const value = stack[sp - 1];
        if (typeof value !== 'boolean') break;
        sp--;
        if (!value) pc = operand;
        continue;
      }
      case 39: {
        // jumpIfTrue
        const value = stack[sp - 1];
        if (typeof value !== 'boolean') break;
        sp--;
        if (value) pc = operand;
        continue;
      }
      case 42: // pop
        sp--;
        continue;
      case 43: // duplicate
        stack[sp] = stack[sp - 1];
        sp++;
        continue;
      case 44: // duplicateTwo
        stack[sp] = stack[sp - 2];
        stack[sp + 1] = stack[sp - 1];
        sp += 2;
        continue;
      case 45: {
        // swap
        const top = stack[sp - 1];
        stack[sp - 1] = stack[sp - 2];
        stack[sp - 2] = top;
        continue;
      }
      case 46: {
        // rotateThree
        const top = stack[sp - 1];
        stack[sp - 1] = stack[sp - 2];
        stack[sp - 2] = stack[sp - 3];
        stack[sp - 3] = top;
        continue;
      }
      case 47: {
        // list
        const items = stack.slice(sp - operand, sp) as Value[];
        sp -= operand;
        stack[sp++] = new PyList(items);
        continue;
      }
      case 48: {
        // tuple
        const items = stack.slice(sp - operand, sp) as Value[];
        sp -= operand;
        stack[sp++] = new PyTuple(items);
        continue;
      }
      case 61: {
        // next
        const iterator = stack[sp - 1];
        if (!(iterator instanceof PyIterator && iterator.next)) break;
        frame.tick++;
        frame.sp = sp;
        const value = iterator.next(vm);
        if (value === undefined) {
          sp--;
          pc = operand;
        } else stack[sp++] = value;
        continue;
      }
    }
    frame.sp = sp;
    const instruction = instructions[operation];
    if (!instruction) throw new Error(`No instruction ${operation}`);
    instruction(vm, frame, operand);
    if (vm.thrown !== undefined) return;
    const next = vm.frame;
    if (next !== frame) {
      // A call began or ended.
      if (!next || next.steps || vm.outcome) return;
      frame = next;
      code = frame.code!;
      ({ operations, operands } = code);
      ({ stack, locals } = frame);
    }
    ({ pc, sp } = frame);
  }
}
