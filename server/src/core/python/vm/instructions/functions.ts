// `def`, `lambda` and `return`.
import type { FunctionDetail } from '../../code.ts';
import { PyFunction, type Value } from '../../objects.ts';
import { deliver, finishGenerator } from '../delivery.ts';
import { done, type Instructions } from './instruction.ts';

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

  return(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    const { generator, parent } = frame;
    vm.frame = parent;
    if (generator) finishGenerator(vm, generator, frame, value);
    else deliver(vm, parent, value, frame.delivery, frame.instance);
  },
};
