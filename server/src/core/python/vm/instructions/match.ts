// `match`.
import { matchClass, matchMapping, matchSequence } from '../../protocols/match.ts';
import { awaitSteps } from '../calls.ts';
import type { Instructions } from './instruction.ts';

export const matching: Instructions = {
  matchSequence(vm, frame, operand) {
    const subject = frame.stack[--frame.sp]!;
    const detail = frame.code!.details[operand] as { before: number; after: number; hasRest: boolean };
    awaitSteps(vm, matchSequence(subject, detail, vm), 'push');
  },

  /** What the next instruction needs beside the subject. */
  matchKeys(_, frame) {
    frame.inbox = frame.stack[--frame.sp]!;
    frame.pc++;
  },

  matchMapping(vm, frame, operand) {
    const subject = frame.stack[--frame.sp]!;
    const keys = frame.inbox!;
    frame.inbox = undefined;
    const { hasRest } = frame.code!.details[operand] as { hasRest: boolean };
    awaitSteps(vm, matchMapping(subject, keys, hasRest, vm), 'push');
  },

  matchClass(vm, frame, operand) {
    const subject = frame.stack[--frame.sp]!;
    const cls = frame.inbox!;
    frame.inbox = undefined;
    const detail = frame.code!.details[operand] as { positional: number; names: readonly string[] };
    awaitSteps(vm, matchClass(subject, cls, detail, vm), 'push');
  },
};
