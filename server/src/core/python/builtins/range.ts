// range and slice.
import type { Machine } from '../machine.ts';
import { isGiven } from '../native.ts';
import { type Native, PyIterator, PyRange, PySlice, PyTuple, type Steps, Unknown, type Value } from '../objects.ts';
import { indexOf, wholeOf } from './conversions.ts';
import { methodsOf } from './methods.ts';
import { intOf } from './numbers.ts';
import { containerText, plainText } from './text.ts';

/** range(stop), range(start, stop, step). */
export function* rangeOf(args: readonly Value[], machine: Machine): Steps {
  const numbers: number[] = [];
  for (const arg of args.filter(isGiven)) {
    const whole = yield* wholeOf(arg, machine);
    if (whole instanceof Unknown) return whole;
    if (typeof whole === 'bigint') return machine.unknown('A range beyond 2^53');
    numbers.push(whole);
  }
  if (numbers.length === 1) return new PyRange(0, numbers[0]!, 1);
  const [start, stop, step = 1] = numbers as [number, number, number?];
  if (step === 0) throw machine.raise('ValueError', 'range() arg 3 must not be zero');
  return new PyRange(start, stop, step);
}

const ofRange = methodsOf('range', value => (value instanceof PyRange ? value : undefined));

/** Where a number stands in a range; −1 where it does not. */
function placeIn(range: PyRange, wanted: Value): number {
  const whole = intOf(wanted);
  if (typeof whole !== 'number') return -1;
  const at = (whole - range.start) / range.step;
  return Number.isInteger(at) && at >= 0 && at < range.length ? at + 0 : -1;
}

export const rangeMethods: readonly Native[] = [
  ofRange.strict('index', 'value, /', (self, [value], machine) => {
    const at = placeIn(self, value!);
    if (at < 0) {
      const text = plainText(value!, machine);
      throw machine.raise(
        'ValueError',
        typeof text === 'string' ? `${text} is not in range` : 'sequence.index(x): x not in sequence',
      );
    }
    return at;
  }),
  ofRange.strict('count', 'value, /', (self, [value]) => (placeIn(self, value!) >= 0 ? 1 : 0)),
  ofRange.strict('__repr__', '', (self, _, machine) => plainText(self, machine)!),
  ofRange.strict('__reversed__', '', self => {
    let at = self.length;
    return new PyIterator(() => (at > 0 ? self.start + --at * self.step + 0 : undefined));
  }),
];

export function rangeAttribute(self: Value, name: string): Value | undefined {
  if (!(self instanceof PyRange)) return undefined;
  return name === 'start' ? self.start : name === 'stop' ? self.stop : name === 'step' ? self.step : undefined;
}

const ofSlice = methodsOf('slice', value => (value instanceof PySlice ? value : undefined));

export const sliceMethods: readonly Native[] = [
  ofSlice.steps('indices', 'length, /', function* (self, [length], machine) {
    const size = yield* wholeOf(length!, machine);
    if (size instanceof Unknown) return size;
    const bounds = yield* sliceBounds(self, Number(size), machine);
    return bounds instanceof Unknown ? bounds : new PyTuple(bounds);
  }),
  ofSlice.steps('__repr__', '', function* (self, _, machine) {
    return yield* containerText(self, machine);
  }),
];

export function sliceAttribute(self: Value, name: string): Value | undefined {
  if (!(self instanceof PySlice)) return undefined;
  return name === 'start' ? self.start : name === 'stop' ? self.stop : name === 'step' ? self.step : undefined;
}

/** Start, stop and step of a slice for a sequence of a length (CPython's PySlice_AdjustIndices). */
export function* sliceBounds(
  slice: PySlice,
  length: number,
  machine: Machine,
): Steps<readonly [number, number, number] | Unknown> {
  const parts: (number | undefined)[] = [];
  for (const part of [slice.start, slice.stop, slice.step]) {
    if (part === null) {
      parts.push(undefined);
      continue;
    }
    const whole = yield* indexOf(part, machine);
    if (whole instanceof Unknown) return whole;
    if (whole === undefined) {
      throw machine.raise('TypeError', 'slice indices must be integers or None or have an __index__ method');
    }
    parts.push(Number(whole));
  }
  const [start, stop, step = 1] = parts;
  if (step === 0) throw machine.raise('ValueError', 'slice step cannot be zero');
  const [lowest, highest] = step < 0 ? [-1, length - 1] : [0, length];
  const bound = (value: number | undefined, standard: number): number => {
    if (value === undefined) return standard;
    if (value < 0) return Math.max(value + length, lowest);
    return Math.min(value, highest);
  };
  return step < 0
    ? [bound(start, highest), bound(stop, lowest), step]
    : [bound(start, lowest), bound(stop, highest), step];
}
