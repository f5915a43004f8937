// The module `itertools`.

import { collect, wholeOf } from '../builtins/conversions.ts';
import { maxItems, tooLong } from '../builtins/limits.ts';
import type { Machine } from '../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../native.ts';
import {
  type Native,
  PyClassMethod,
  PyIterator,
  PyStaticMethod,
  PyTuple,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from '../objects.ts';
import { moduleOf } from './module.ts';

type Next = (machine: Machine) => Steps<Value | undefined>;

function iterator(next: Next): PyIterator {
  return new PyIterator(undefined, next);
}

/** Iterators of all; Unknown where one is. */
function* iterators(iterables: readonly Value[], machine: Machine): Steps<Value[] | Unknown> {
  const all: Value[] = [];
  for (const iterable of iterables) {
    const one = yield* machine.iterate(iterable);
    if (one instanceof Unknown) return one;
    all.push(one);
  }
  return all;
}

/** Once something is unknown, all that follows is. */
function chained(outer: Value): PyIterator {
  let inner: Value | undefined;
  return iterator(function* (machine) {
    for (;;) {
      if (inner === undefined) {
        const next = yield* machine.next(outer);
        if (next === undefined) return undefined;
        const made = yield* machine.iterate(next);
        if (made instanceof Unknown) throw new UnknownAccess(made);
        inner = made;
      }
      const item = yield* machine.next(inner);
      if (item !== undefined) return item;
      inner = undefined;
    }
  });
}

/** All items of several iterables; Unknown where one is. */
function* pools(iterables: readonly Value[], machine: Machine): Steps<Value[][] | Unknown> {
  const all: Value[][] = [];
  for (const iterable of iterables) {
    const items = yield* collect(iterable, machine);
    if (items instanceof Unknown) return items;
    all.push(items);
  }
  return all;
}

/** Tuples of the items at positions that `advance` moves on; it says whether there are more. */
function choices(pick: (() => readonly Value[]) | undefined, advance: () => boolean): PyIterator {
  let [isFirst, isOver] = [true, pick === undefined];
  return new PyIterator(machine => {
    if (isOver) return undefined;
    if (!isFirst && !advance()) {
      isOver = true;
      return undefined;
    }
    isFirst = false;
    const items = pick!();
    machine.charge(items.length);
    return new PyTuple(items);
  });
}

function product(all: readonly (readonly Value[])[]): PyIterator {
  const at = all.map(() => 0);
  if (all.some(pool => pool.length === 0)) return new PyIterator(() => undefined);
  return choices(
    () => all.map((pool, index) => pool[at[index]!]!),
    () => {
      for (let index = all.length - 1; index >= 0; index--) {
        at[index]! += 1;
        if (at[index]! < all[index]!.length) return true;
        at[index] = 0;
      }
      return false;
    },
  );
}

function combinations(pool: readonly Value[], count: number, withRepeats: boolean): PyIterator {
  const size = pool.length;
  if (withRepeats ? size === 0 && count > 0 : count > size) return new PyIterator(() => undefined);
  const at = Array.from({ length: count }, (_, index) => (withRepeats ? 0 : index));
  return choices(
    () => at.map(index => pool[index]!),
    () => {
      for (let index = count - 1; index >= 0; index--) {
        const last = withRepeats ? size - 1 : index + size - count;
        if (at[index] === last) continue;
        at[index]! += 1;
        for (let next = index + 1; next < count; next++) at[next] = withRepeats ? at[index]! : at[next - 1]! + 1;
        return true;
      }
      return false;
    },
  );
}

function permutations(pool: readonly Value[], count: number): PyIterator {
  const size = pool.length;
  if (count > size) return new PyIterator(() => undefined);
  const at = pool.map((_, index) => index);
  const cycles = Array.from({ length: count }, (_, index) => size - index);
  return choices(
    () => at.slice(0, count).map(index => pool[index]!),
    () => {
      for (let index = count - 1; index >= 0; index--) {
        cycles[index]! -= 1;
        if (cycles[index] === 0) {
          at.push(...at.splice(index, 1));
          cycles[index] = size - index;
        } else {
          const other = size - cycles[index]!;
          [at[index], at[other]] = [at[other]!, at[index]!];
          return true;
        }
      }
      return false;
    },
  );
}

/** A number that must be known and not negative. */
function* countOf(value: Value, machine: Machine, name: string): Steps<number | Unknown> {
  const whole = yield* wholeOf(value, machine);
  if (whole instanceof Unknown) return whole;
  if (whole < 0) throw machine.raise('ValueError', `${name} must be non-negative`);
  return Number(whole);
}

function* islice(args: readonly Value[], machine: Machine): Steps {
  const [iterable, ...bounds] = args as [Value, ...Value[]];
  const given = bounds.filter(isGiven);
  const numbers: (number | undefined)[] = [];
  for (const bound of given) {
    if (bound === null) numbers.push(undefined);
    else {
      const whole = yield* wholeOf(bound, machine);
      if (whole instanceof Unknown) return whole;
      if (whole < 0) {
        throw machine.raise('ValueError', 'Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.');
      }
      numbers.push(Number(whole));
    }
  }
  const [start, stop, step] =
    numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0] ?? 0, numbers[1], numbers[2] ?? 1];
  if (step === 0) throw machine.raise('ValueError', 'Step for islice() must be a positive integer or None.');
  const source = yield* machine.iterate(iterable);
  if (source instanceof Unknown) return source;
  let [at, next] = [0, start];
  return iterator(function* (inner) {
    if (stop !== undefined && next >= stop) {
      // What lies before the end is used up, as in CPython.
      while (at < Math.min(stop, next) && stop > at) {
        at++;
        if ((yield* inner.next(source)) === undefined) return undefined;
      }
      return undefined;
    }
    for (;;) {
      const item = yield* inner.next(source);
      if (item === undefined) return undefined;
      if (at++ === next) {
        next += step;
        return item;
      }
    }
  });
}

/** takewhile, dropwhile and filterfalse: what is unknown once stays so. */
function filtering(
  name: string,
  decide: (truth: boolean, state: { dropped: boolean }) => 'give' | 'skip' | 'end',
): Native {
  return nativeSteps(name, 'predicate, iterable, /', function* ([predicate, iterable], machine) {
    const source = yield* machine.iterate(iterable!);
    if (source instanceof Unknown) return source;
    const state = { dropped: false };
    let isOver = false;
    return iterator(function* (inner) {
      if (isOver) return undefined;
      for (;;) {
        const item = yield* inner.next(source);
        if (item === undefined) return undefined;
        if (name === 'dropwhile' && state.dropped) return item;
        const verdict = predicate === null ? item : yield* inner.call(predicate!, [item]);
        const truth = yield* inner.truth(verdict);
        if (truth instanceof Unknown) throw new UnknownAccess(truth);
        const what = decide(truth, state);
        if (what === 'give') return item;
        if (what === 'end') {
          isOver = true;
          return undefined;
        }
      }
    });
  });
}

/** groupby collects each group at once; a group that is read late has its items nevertheless. */
function* groupBy(iterable: Value, key: Value, machine: Machine): Steps {
  const source = yield* machine.iterate(iterable);
  if (source instanceof Unknown) return source;
  let held: { readonly item: Value; readonly key: Value } | undefined;
  const read: Next = function* (inner) {
    const item = yield* inner.next(source);
    if (item === undefined) {
      held = undefined;
      return undefined;
    }
    held = { item, key: key === null ? item : yield* inner.call(key, [item]) };
    return item;
  };
  let isStarted = false;
  return iterator(function* (inner) {
    if (!isStarted) {
      isStarted = true;
      yield* read(inner);
    }
    if (held === undefined) return undefined;
    const [first, items] = [held.key, [] as Value[]];
    for (;;) {
      const isSame: boolean | Unknown =
        held.key === first && !(first instanceof Unknown) ? true : yield* inner.equals(held.key, first);
      if (isSame instanceof Unknown) throw new UnknownAccess(isSame);
      if (!isSame) break;
      items.push(held.item);
      if (items.length > maxItems) return tooLong(inner);
      if ((yield* read(inner)) === undefined) break;
    }
    inner.charge(groupWork);
    let at = 0;
    return new PyTuple([first, new PyIterator(() => items[at++])]);
  });
}

/** What a group costs, beside an element of a list. */
const groupWork = 20;

function* tee(iterable: Value, count: Value, machine: Machine): Steps {
  const copies = yield* countOf(count, machine, 'n');
  if (copies instanceof Unknown) return copies;
  const source = yield* machine.iterate(iterable);
  if (source instanceof Unknown) return source;
  const seen: Value[] = [];
  const one = () => {
    let at = 0;
    return iterator(function* (inner) {
      if (at < seen.length) return seen[at++];
      const item = yield* inner.next(source);
      if (item === undefined) return undefined;
      if (seen.length >= maxItems) return tooLong(inner);
      seen.push(item);
      at++;
      return item;
    });
  };
  return new PyTuple(Array.from({ length: Math.min(copies, 1000) }, one));
}

export const itertools = moduleOf('itertools', machine => [
  {
    chain: nativeClass(
      machine,
      'chain',
      [],
      {
        __new__: new PyStaticMethod(
          nativeSteps('__new__', 'cls, *iterables', function* ([, iterables], inner) {
            return chained(yield* inner.iterate(iterables!));
          }),
        ),
        from_iterable: new PyClassMethod(
          nativeSteps('from_iterable', 'cls, iterable, /', function* ([, iterable], inner) {
            const outer = yield* inner.iterate(iterable!);
            return outer instanceof Unknown ? outer : chained(outer);
          }),
        ),
      },
      { module: 'itertools' },
    ),
  },
  [
    nativeSteps('product', '*iterables, repeat=1', function* ([iterables, repeat], inner) {
      const times = yield* countOf(repeat!, inner, 'repeat argument');
      if (times instanceof Unknown) return times;
      const all = yield* pools((iterables as PyTuple).items, inner);
      if (all instanceof Unknown) return all;
      if (all.length * times > 1000) return tooLong(inner);
      return product(Array.from({ length: times }, () => all).flat());
    }),
    nativeSteps('combinations', 'iterable, r', function* ([iterable, r], inner) {
      const count = yield* countOf(r!, inner, 'r');
      if (count instanceof Unknown) return count;
      const pool = yield* collect(iterable!, inner);
      return pool instanceof Unknown ? pool : combinations(pool, count, false);
    }),
    nativeSteps('combinations_with_replacement', 'iterable, r', function* ([iterable, r], inner) {
      const count = yield* countOf(r!, inner, 'r');
      if (count instanceof Unknown) return count;
      if (count > maxItems) return tooLong(inner);
      const pool = yield* collect(iterable!, inner);
      return pool instanceof Unknown ? pool : combinations(pool, count, true);
    }),
    nativeSteps('permutations', 'iterable, r=None', function* ([iterable, r], inner) {
      const count = r === null ? undefined : yield* countOf(r!, inner, 'r');
      if (count instanceof Unknown) return count;
      const pool = yield* collect(iterable!, inner);
      return pool instanceof Unknown ? pool : permutations(pool, count ?? pool.length);
    }),
    nativeSteps('repeat', 'object, times=...', function* ([object, times], inner) {
      if (!isGiven(times!)) return new PyIterator(() => object!);
      const count = yield* wholeOf(times!, inner);
      if (count instanceof Unknown) return count;
      let left = Number(count);
      return new PyIterator(() => (left-- > 0 ? object! : undefined));
    }),
    native('count', 'start=0, step=1', ([start, step]) => {
      let next: Value = start!;
      return iterator(function* (inner) {
        const value = next;
        next = yield* inner.binary('+', next, step!);
        return value;
      });
    }),
    nativeSteps('cycle', 'iterable, /', function* ([iterable], inner) {
      const source = yield* inner.iterate(iterable!);
      if (source instanceof Unknown) return source;
      const seen: Value[] = [];
      let at = -1;
      return iterator(function* (deep): Steps<Value | undefined> {
        if (at < 0) {
          const item = yield* deep.next(source);
          if (item !== undefined) {
            if (seen.length >= maxItems) return tooLong(deep);
            seen.push(item);
            return item;
          }
          at = 0;
        }
        return seen.length === 0 ? undefined : seen[at++ % seen.length];
      });
    }),
    nativeSteps('accumulate', 'iterable, func=None, *, initial=None', function* ([iterable, fn, initial], inner) {
      const source = yield* inner.iterate(iterable!);
      if (source instanceof Unknown) return source;
      let total: Value | undefined;
      let isStarted = false;
      return iterator(function* (deep) {
        if (!isStarted) {
          isStarted = true;
          total = initial === null ? yield* deep.next(source) : initial;
          return total;
        }
        const item = yield* deep.next(source);
        if (item === undefined || total === undefined) return undefined;
        total = fn === null ? yield* deep.binary('+', total, item) : yield* deep.call(fn!, [total, item]);
        return total;
      });
    }),
    nativeSteps('islice', 'iterable, start, stop=..., step=..., /', function* (args, inner) {
      return yield* islice(args, inner);
    }),
    nativeSteps('zip_longest', '*iterables, fillvalue=None', function* ([iterables, fill], inner) {
      const all = yield* iterators((iterables as PyTuple).items, inner);
      if (all instanceof Unknown) return all;
      const over = all.map(() => false);
      return iterator(function* (deep) {
        const items: Value[] = [];
        for (const [index, one] of all.entries()) {
          const item = over[index] ? undefined : yield* deep.next(one);
          if (item === undefined) over[index] = true;
          items.push(item === undefined ? fill! : item);
        }
        return over.every(Boolean) ? undefined : new PyTuple(items);
      });
    }),
    nativeSteps('groupby', 'iterable, key=None', function* ([iterable, key], inner) {
      return yield* groupBy(iterable!, key!, inner);
    }),
    nativeSteps('starmap', 'function, iterable, /', function* ([fn, iterable], inner) {
      const source = yield* inner.iterate(iterable!);
      if (source instanceof Unknown) return source;
      return iterator(function* (deep) {
        const args = yield* deep.next(source);
        if (args === undefined) return undefined;
        const items = yield* collect(args, deep);
        return items instanceof Unknown ? items : yield* deep.call(fn!, items);
      });
    }),
    nativeSteps('tee', 'iterable, n=2, /', function* ([iterable, n], inner) {
      return yield* tee(iterable!, n!, inner);
    }),
    nativeSteps('pairwise', 'iterable, /', function* ([iterable], inner) {
      const source = yield* inner.iterate(iterable!);
      if (source instanceof Unknown) return source;
      let before: Value | undefined;
      return iterator(function* (deep) {
        if (before === undefined) before = yield* deep.next(source);
        if (before === undefined) return undefined;
        const item = yield* deep.next(source);
        if (item === undefined) return undefined;
        const pair = new PyTuple([before, item]);
        before = item;
        return pair;
      });
    }),
    nativeSteps('compress', 'data, selectors', function* ([data, selectors], inner) {
      const all = yield* iterators([data!, selectors!], inner);
      if (all instanceof Unknown) return all;
      return iterator(function* (deep) {
        for (;;) {
          const item = yield* deep.next(all[0]!);
          const selector = item === undefined ? undefined : yield* deep.next(all[1]!);
          if (item === undefined || selector === undefined) return undefined;
          const truth = yield* deep.truth(selector);
          if (truth instanceof Unknown) throw new UnknownAccess(truth);
          if (truth) return item;
        }
      });
    }),
    filtering('takewhile', truth => (truth ? 'give' : 'end')),
    filtering('filterfalse', truth => (truth ? 'skip' : 'give')),
    filtering('dropwhile', (truth, state) => {
      if (truth) return 'skip';
      state.dropped = true;
      return 'give';
    }),
  ],
]);
