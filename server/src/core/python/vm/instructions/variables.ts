// Variables: local ones, those shared with inner functions, globals, and names in the bodies of classes and modules.
import { resolved } from '../../attributes.ts';
import type { Code } from '../../code.ts';
import type { Frame } from '../../frame.ts';
import { PyLazy, type PyModule, type Raised, type Value } from '../../objects.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const variables: Instructions = {
  deleteLocal(vm, frame, operand) {
    if (frame.locals[operand] === undefined) throw unboundLocal(vm, frame.code!, operand);
    frame.locals[operand] = undefined;
    frame.pc++;
  },

  deleteCell(vm, frame, operand) {
    const cell = frame.cells[operand]!;
    if (cell.value === undefined) throw unboundCell(vm, frame.code!, operand);
    cell.value = undefined;
    frame.pc++;
  },

  /** A name in a class body that is also a variable around it. */
  classCell(vm, frame, operand) {
    const { name, cell } = frame.code!.details[operand] as { name: string; cell: number };
    const own = frame.names!.get(name);
    // `None` is a value, too.
    const value = own === undefined ? frame.cells[cell]!.value : own;
    if (value === undefined) throw unboundCell(vm, frame.code!, cell);
    done(frame, value);
  },

  global(vm, frame, operand) {
    loadGlobal(vm, frame, frame.code!.names[operand]!);
  },

  deleteGlobal(vm, frame, operand) {
    const name = frame.code!.names[operand]!;
    if (!frame.module!.dict.delete(name)) throw noName(vm, name);
    frame.pc++;
  },

  name(vm, frame, operand) {
    const name = frame.code!.names[operand]!;
    const value = frame.names!.get(name);
    if (value === undefined) loadGlobal(vm, frame, name);
    else if (value instanceof PyLazy) awaitSteps(vm, resolved(frame.names!, name, value, vm), 'push');
    else done(frame, value);
  },

  setName(_, frame, operand) {
    frame.names!.set(frame.code!.names[operand]!, frame.stack[--frame.sp]!);
    frame.pc++;
  },

  deleteName(vm, frame, operand) {
    const name = frame.code!.names[operand]!;
    if (!frame.names!.delete(name)) throw noName(vm, name);
    frame.pc++;
  },
};

function loadGlobal(vm: State, frame: Frame, name: string): void {
  const { dict } = frame.module!;
  const value = dict.get(name);
  if (value === undefined) done(frame, vm.builtins.get(name) ?? missingName(vm, frame.module!, name));
  else if (value instanceof PyLazy) awaitSteps(vm, resolved(dict, name, value, vm), 'push');
  else done(frame, value);
}

export function unboundLocal(vm: State, code: Code, local: number): Raised {
  return vm.raise(
    'UnboundLocalError',
    `cannot access local variable '${code.locals[local]}' where it is not associated with a value`,
  );
}

export function unboundCell(vm: State, code: Code, cell: number): Raised {
  const name = code.cells[cell]!;
  return cell < code.ownCells
    ? vm.raise('UnboundLocalError', `cannot access local variable '${name}' where it is not associated with a value`)
    : vm.raise(
        'NameError',
        `cannot access free variable '${name}' where it is not associated with a value in enclosing scope`,
      );
}

function missingName(vm: State, module: PyModule, name: string): Value {
  const forgone = module.forgone?.get(name);
  if (forgone) return forgone;
  if (module.unknownNames && !name.startsWith('__')) return vm.unknownMember(module.unknownNames, name);
  throw noName(vm, name);
}

function noName(vm: State, name: string): Raised {
  return vm.raise('NameError', `name '${name}' is not defined`);
}
