// What is unknown in the text itself.
import * as l10n from '@vscode/l10n';
import { placeOf } from '../places.ts';
import { done, type Instructions } from './instruction.ts';

export const unknowns: Instructions = {
  unknown(vm, frame, operand) {
    done(frame, vm.unknown({ message: frame.code!.details[operand] as string }));
  },

  /** The value of what was skipped, because a condition is unknown. */
  skipped(vm, frame) {
    done(frame, frame.skipped ?? vm.unknown(l10n.t('A condition is not known.')));
  },

  /** A statement that could not be read. */
  broken(vm, frame, operand) {
    const message = frame.code!.details[operand] as string;
    const unknown = vm.unknown({ message });
    const place = placeOf(frame);
    if (place) vm.options.hooks?.broken?.(message, place, vm);
    done(frame, unknown);
  },
};
