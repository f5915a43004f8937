// What becomes of a native that throws.
import * as l10n from '@vscode/l10n';
import type { Frame } from '../frame.ts';
import { type PyException, Raised, type TracePlace, type Unknown, UnknownAccess } from '../objects.ts';
import { Stopped } from './bounds.ts';
import { deliver } from './delivery.ts';
import { placeOf } from './places.ts';
import type { State } from './state.ts';
import { unknownResult } from './unknown.ts';

/** A native in steps has thrown: it is over. */
export function failed(vm: State, frame: Frame, error: unknown): void {
  vm.frame = frame.parent;
  // Of a constructor that failed the instance is unknown.
  const delivery = frame.delivery === 'instance' ? 'push' : frame.delivery;
  if (error instanceof UnknownAccess) {
    // Whether there is a next value is unknown, too.
    if (delivery === 'next' && frame.parent?.code) unknownResult(vm, frame.parent, error.unknown);
    else deliver(vm, frame.parent, error.unknown.loose, delivery);
    return;
  }
  if (error instanceof Raised) {
    trace(vm, error.exception as PyException, frame.parent);
    // An exception is not certain where an argument is unknown.
    if (frame.unknown) deliver(vm, frame.parent, frame.unknown.loose, delivery);
    else vm.thrown = error;
    return;
  }
  if (error instanceof Stopped) throw error;
  deliver(vm, frame.parent, fault(vm, error), delivery);
}

export function fault(vm: State, error: unknown): Unknown {
  vm.options.hooks?.fault?.(error, vm);
  return vm.unknown({ message: l10n.t('Something in here is not supported'), short: l10n.t('not supported') });
}

/** Remembers where an exception was raised first. */
export function trace(vm: State, exception: PyException, from: Frame | undefined): void {
  if (exception.trace) return;
  vm.budget -= 200;
  const trace: TracePlace[] = [];
  for (let frame = from; frame && trace.length < 50; frame = frame.parent) {
    const place = placeOf(frame);
    if (place) trace.push({ ...place, name: frame.code!.name });
  }
  exception.trace = trace;
  vm.options.hooks?.raised?.(exception, from);
}
