// f-strings.
import type { FormatDetail } from '../../code.ts';
import { type Steps, Unknown, type Value } from '../../objects.ts';
import { formatSteps, textSteps } from '../../protocols/text.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const strings: Instructions = {
  format(vm, frame, operand) {
    const { conversion, hasFormat } = frame.code!.details[operand] as FormatDetail;
    const format = hasFormat ? frame.stack[--frame.sp]! : '';
    const value = frame.stack[--frame.sp]!;
    if (conversion === undefined && format === '' && (typeof value === 'string' || typeof value === 'number')) {
      done(frame, String(value));
    } else awaitSteps(vm, formatted(vm, value, conversion, format), 'push');
  },

  join(vm, frame, operand) {
    let text: Value = '';
    for (let at = frame.sp - operand; at < frame.sp; at++) {
      const part = frame.stack[at]!;
      if (part instanceof Unknown) {
        text = part;
        break;
      }
      text += String(part);
    }
    frame.sp -= operand;
    if (typeof text === 'string' && text.length > 1000) vm.charge(text.length);
    done(frame, text);
  },
};

function* formatted(vm: State, value: Value, conversion: FormatDetail['conversion'], format: Value): Steps {
  if (format instanceof Unknown) return format;
  let shown: Value = value;
  if (conversion === 's') shown = yield* textSteps(value, false, vm);
  else if (conversion !== undefined) shown = yield* textSteps(value, true, vm);
  return yield* formatSteps(shown, String(format), vm);
}
