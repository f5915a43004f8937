// `def`, `lambda` and `return`.
import { defaultOf, resolved } from '../../attributes.ts';
import type { FunctionDetail, PutOffDetail } from '../../code.ts';
import type { Frame } from '../../frame.ts';
import { PyFunction, PyLazy, type PyModule, type Steps, Unknown, type Value } from '../../objects.ts';
import { getAttributeSteps } from '../../protocols/attributes.ts';
import { awaitSteps } from '../calls.ts';
import { deliver, finishGenerator } from '../delivery.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

/** Whether a name of a class body is its own. */
const isNamed = ({ names }: Frame, name: string, dict: Map<string, Value>): boolean =>
  names !== undefined && names !== dict && names.has(name);

/** An attribute of what an import will bring, which by then may have come. */
function memberOf(lazy: PyLazy, name: string, attributes: readonly string[], module: PyModule): PyLazy {
  return new PyLazy(function* (machine) {
    const isThere = module.dict.get(name) === lazy;
    let value = yield* isThere ? resolved(module.dict, name, lazy, machine) : lazy.resolve(machine);
    for (const each of attributes) {
      if (value instanceof Unknown) return value.isImport ? machine.unknownMember(value, each) : value;
      value = yield* getAttributeSteps(value, each, machine);
    }
    return value;
  });
}

function* arrival(vm: State, frame: Frame, local: number, lazy: PyLazy): Steps<void> {
  const value = yield* defaultOf(lazy, vm);
  frame.locals[local] = value;
  for (const [from, cell] of frame.code!.cellParameters) if (from === local) frame.cells[cell]!.value = value;
}

export const functions: Instructions = {
  function(_, frame, operand) {
    const { stack } = frame;
    const { code, defaults, keywordDefaults, outer } = frame.code!.details[operand] as FunctionDetail;
    const keywords = new Map<string, Value>();
    for (let at = keywordDefaults.length - 1; at >= 0; at--) keywords.set(keywordDefaults[at]!, stack[--frame.sp]!);
    frame.sp -= defaults;
    const values = stack.slice(frame.sp, frame.sp + defaults) as Value[];
    const cells = outer.map(at => frame.cells[at]!);
    done(frame, new PyFunction(code, frame.module!, frame.base, values, keywords, cells));
  },

  /** A default that needs an import waits for a call that needs the default. */
  putOff(_, frame, operand) {
    const { name, attributes, isOwn, target } = frame.code!.details[operand] as PutOffDetail;
    const { dict } = frame.module!;
    const lazy = dict.get(name);
    if (!(lazy instanceof PyLazy) || !lazy.isImport || lazy.isResolving || (isOwn && isNamed(frame, name, dict)))
      frame.pc++;
    else {
      frame.stack[frame.sp++] = memberOf(lazy, name, attributes, frame.module!);
      frame.pc = target;
    }
  },

  /** A parameter whose default has waited. */
  arrive(vm, frame, operand) {
    const value = frame.locals[operand];
    if (value instanceof PyLazy) awaitSteps(vm, arrival(vm, frame, operand, value), 'discard');
    else frame.pc++;
  },

  return(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    const { generator, parent } = frame;
    vm.frame = parent;
    if (generator) finishGenerator(vm, generator, frame, value);
    else deliver(vm, parent, value, frame.delivery, frame.instance);
  },
};
