// `yield` and `await`.
import * as l10n from '@vscode/l10n';
import { PyGenerator } from '../../frame.ts';
import { type Steps, Unknown, type Value } from '../../objects.ts';
import { nextSteps, resume } from '../../protocols/iterate.ts';
import { awaitSteps } from '../calls.ts';
import { finishGenerator, yieldValue } from '../delivery.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const generators: Instructions = {
  yield(vm, frame) {
    yieldValue(vm, frame, frame.stack[frame.sp - 1]!);
  },

  yieldFrom(vm, frame) {
    const sent = frame.stack[--frame.sp]!;
    const iterator = frame.stack[frame.sp - 1]!;
    if (iterator instanceof Unknown) {
      // How many values it gives is not known, so nor is how many this one does.
      vm.frame = frame.parent;
      frame.generator!.unknown = iterator;
      finishGenerator(vm, frame.generator!, frame, iterator);
    } else awaitSteps(vm, delegated(vm, iterator, sent), 'from');
  },

  await(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    done(frame, value instanceof Unknown ? value : vm.unknown({ message: l10n.t('“await” is not supported') }));
  },
};

function* delegated(vm: State, iterator: Value, sent: Value): Steps<Value | undefined> {
  if (iterator instanceof PyGenerator) return yield* vm.call(resume, [iterator, iterator.hasStarted ? sent : null]);
  return yield* nextSteps(iterator, vm);
}
