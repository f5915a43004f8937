// The methods of list and tuple.
import type { Machine } from '../machine.ts';
import { isGiven } from '../native.ts';
import { type Native, PyIterator, PyList, PyTuple, poison, type Steps, Unknown, type Value } from '../objects.ts';
import { elementsNow, position, wholeOf } from './conversions.ts';
import { maxItems, tooLong } from './limits.ts';
import { methodsOf } from './methods.ts';
import { sorted } from './sorting.ts';
import { containerText } from './text.ts';

const { lenient, steps } = methodsOf('list', value => (value instanceof PyList ? value : undefined));
const ofTuple = methodsOf('tuple', value => (value instanceof PyTuple ? value : undefined));

/** Where an element lies between two positions; −1 where it does not. */
export function* find(
  items: readonly Value[],
  wanted: Value,
  machine: Machine,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): Steps<number | Unknown> {
  let unknown: Unknown | undefined = wanted instanceof Unknown ? wanted : undefined;
  for (let at = from; at < Math.min(to, items.length); at++) {
    const item = items[at]!;
    if (item === wanted && !(item instanceof Unknown)) return unknown ?? at;
    const isSame = yield* machine.equals(item, wanted);
    // An earlier one may be it.
    if (isSame instanceof Unknown) unknown ??= isSame;
    else if (isSame) return unknown ?? at;
  }
  return unknown ?? -1;
}

function* indexIn(items: readonly Value[], args: readonly Value[], machine: Machine, missing: string): Steps {
  const [wanted, start, stop] = args;
  const from = yield* wholeOf(start!, machine);
  const to = isGiven(stop!) ? yield* wholeOf(stop!, machine) : items.length;
  if (from instanceof Unknown) return from;
  if (to instanceof Unknown) return to;
  const bound = (at: number) => (at < 0 ? Math.max(0, at + items.length) : at);
  const at = yield* find(items, wanted!, machine, bound(position(from)), bound(position(to)));
  if (at === -1) throw machine.raise('ValueError', missing);
  return at;
}

function* countIn(items: readonly Value[], wanted: Value, machine: Machine): Steps {
  let count = 0;
  for (const item of items) {
    const isSame = item === wanted && !(item instanceof Unknown) ? true : yield* machine.equals(item, wanted);
    if (isSame instanceof Unknown) return isSame;
    if (isSame) count++;
  }
  return count;
}

/** list.extend: what an iterator gives is there before it is asked for more, `y.extend(m(y[-1]) for m in layers)`. */
export function* extend(list: PyList, iterable: Value, machine: Machine): Steps {
  yield* pushEach(list, iterable, item => list.items.push(item), machine);
  return null;
}

/** Puts each element of an iterable into a list, one after the other. */
export function* pushEach(list: PyList, iterable: Value, push: (item: Value) => void, machine: Machine): Steps<void> {
  const now = elementsNow(iterable, machine);
  if (now !== undefined) {
    if (now instanceof Unknown) return poison(list, now);
    machine.charge(now.length);
    if (list.items.length + now.length > maxItems) return poison(list, tooLong(machine));
    for (const item of now.slice()) push(item);
    return;
  }
  const iterator = yield* machine.iterate(iterable);
  if (iterator instanceof Unknown) return poison(list, iterator);
  for (;;) {
    const item = yield* machine.next(iterator);
    if (item === undefined) return;
    if (list.items.length >= maxItems) return poison(list, tooLong(machine));
    push(item);
  }
}

export const listMethods: readonly Native[] = [
  steps('__init__', 'iterable=..., /', function* (self, [iterable], machine) {
    self.items.length = 0;
    if (!isGiven(iterable!)) return null;
    return yield* extend(self, iterable!, machine);
  }),
  lenient('append', 'object, /', (self, [item], machine) => {
    if (self.items.length >= maxItems) poison(self, tooLong(machine));
    else self.items.push(item!);
    return null;
  }),
  steps('extend', 'iterable, /', function* (self, [iterable], machine) {
    return yield* extend(self, iterable!, machine);
  }),
  steps('insert', 'index, object, /', function* (self, [index, item], machine) {
    const at = yield* wholeOf(index!, machine);
    if (at instanceof Unknown) poison(self, at);
    else if (self.items.length >= maxItems) poison(self, tooLong(machine));
    else {
      const whole = position(at);
      self.items.splice(
        whole < 0 ? Math.max(0, whole + self.items.length) : Math.min(whole, self.items.length),
        0,
        item!,
      );
      machine.charge(self.items.length >> 6);
    }
    return null;
  }),
  steps('pop', 'index=-1, /', function* (self, [index], machine) {
    const whole = yield* wholeOf(index!, machine);
    if (whole instanceof Unknown) {
      poison(self, whole);
      return whole;
    }
    if (self.items.length === 0) throw machine.raise('IndexError', 'pop from empty list');
    const at = position(whole) < 0 ? position(whole) + self.items.length : position(whole);
    if (at < 0 || at >= self.items.length) throw machine.raise('IndexError', 'pop index out of range');
    if (at === self.items.length - 1) return self.items.pop()!;
    machine.charge(self.items.length >> 6);
    return self.items.splice(at, 1)[0]!;
  }),
  steps('remove', 'value, /', function* (self, [value], machine) {
    const at = yield* find(self.items, value!, machine);
    if (at instanceof Unknown) poison(self, at);
    else if (at < 0) throw machine.raise('ValueError', 'list.remove(x): x not in list');
    else self.items.splice(at, 1);
    return null;
  }),
  lenient('clear', '', self => {
    self.items.length = 0;
    return null;
  }),
  lenient('copy', '', (self, _, machine) => {
    machine.charge(self.items.length >> 4);
    return new PyList(self.items.slice());
  }),
  lenient('reverse', '', (self, _, machine) => {
    machine.charge(self.items.length >> 4);
    self.items.reverse();
    return null;
  }),
  steps('index', 'value, start=0, stop=..., /', function* (self, args, machine) {
    const [value] = args;
    const shown = value instanceof Unknown ? '' : yield* machine.repr(value!);
    return yield* indexIn(
      self.items,
      args,
      machine,
      typeof shown === 'string' ? `${shown} is not in list` : 'not in list',
    );
  }),
  steps('count', 'value, /', function* (self, [value], machine) {
    return yield* countIn(self.items, value!, machine);
  }),
  steps('sort', '*, key=None, reverse=False', function* (self, [key, reverse], machine) {
    const result = yield* sorted(self.items, key!, reverse!, machine);
    if (result instanceof Unknown) poison(self, result);
    else for (const [at, item] of result.entries()) self.items[at] = item;
    return null;
  }),
  steps('__repr__', '', function* (self, _, machine) {
    return yield* containerText(self, machine);
  }),
  lenient('__reversed__', '', self => {
    let at = self.items.length;
    return new PyIterator(() => (at > 0 && at <= self.items.length ? self.items[--at] : undefined));
  }),
];

export const tupleMethods: readonly Native[] = [
  ofTuple.steps('index', 'value, start=0, stop=..., /', function* (self, args, machine) {
    return yield* indexIn(self.items, args, machine, 'tuple.index(x): x not in tuple');
  }),
  ofTuple.steps('count', 'value, /', function* (self, [value], machine) {
    return yield* countIn(self.items, value!, machine);
  }),
  ofTuple.steps('__repr__', '', function* (self, _, machine) {
    return yield* containerText(self, machine);
  }),
  ofTuple.lenient('__getnewargs__', '', self => new PyTuple([new PyTuple(self.items)])),
];
