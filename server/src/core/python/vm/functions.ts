// The frame of a call of a function of the program.
import { type Delivery, Frame, Names } from '../frame.ts';
import type { Cell, Keywords, PyFunction, Value } from '../objects.ts';
import { maxFrames } from './bounds.ts';
import { bind } from './parameters.ts';
import type { State } from './state.ts';

export function push(vm: State, frame: Frame, delivery: Delivery): void {
  const parent = vm.frame;
  frame.parent = parent;
  // Natives count for less than functions: of Python's own most are no calls of Python's.
  frame.depth = parent ? parent.depth + (frame.steps ? 0.1 : 1) : 0;
  frame.delivery = delivery;
  if (frame.depth > maxFrames) {
    throw vm.raise('RecursionError', 'maximum recursion depth exceeded');
  }
  vm.frame = frame;
}

/** Pushes the frame of a call of a function of the program. */
export function enter(
  vm: State,
  fn: PyFunction,
  args: readonly Value[],
  keywords: Keywords,
  delivery: Delivery,
  instance: Value | undefined,
): Frame {
  const { code } = fn;
  vm.trace?.add(code);
  if (args[0] instanceof Names) return enterBody(vm, fn, args[0], delivery);
  const { parameters } = code;
  let locals: (Value | undefined)[];
  if (
    keywords.size === 0 &&
    args.length === parameters.positional &&
    parameters.keywordOnly === 0 &&
    parameters.rest < 0 &&
    parameters.keywords < 0
  ) {
    locals = args.slice();
  } else locals = bind(vm, fn, args, keywords);
  let cells: Cell[] = fn.cells as Cell[];
  if (code.ownCells > 0) {
    const own: Cell[] = [];
    for (let at = 0; at < code.ownCells; at++) own.push({ value: undefined });
    for (const [local, cell] of code.cellParameters) own[cell]!.value = locals[local];
    cells = cells.length > 0 ? [...own, ...cells] : own;
  }
  const frame = new Frame(code, fn, fn.globals, fn.base, locals, cells);
  frame.instance = instance;
  frame.receiver = args[0];
  push(vm, frame, delivery);
  return frame;
}

/** The body of a module or a class. */
function enterBody(vm: State, fn: PyFunction, names: Names, delivery: Delivery): Frame {
  const cells = names.cell ? [names.cell, ...fn.cells] : [...fn.cells];
  const frame = new Frame(fn.code, fn, fn.globals, fn.base, [], cells);
  frame.names = names.map;
  push(vm, frame, delivery);
  return frame;
}
