// sorted, list.sort, min and max.
import type { Machine } from '../machine.ts';
import { PyComplex, PyFloat, type Steps, Unknown, type Value } from '../objects.ts';
import { unsupported } from './limits.ts';
import { compareNumbers, numberOf } from './numbers.ts';

/** The items in order: stable; with `reverse` equal ones keep their order, too. */
export function* sorted(
  items: readonly Value[],
  key: Value,
  reverse: Value,
  machine: Machine,
): Steps<Value[] | Unknown> {
  const isReverse = yield* machine.truth(reverse);
  if (isReverse instanceof Unknown) return isReverse;
  const rows: { readonly item: Value; readonly key: Value }[] = [];
  for (const item of items) {
    const of = key === null ? item : yield* machine.call(key, [item]);
    if (of instanceof Unknown) return of;
    // Where NaN ends up depends on the order of the comparisons.
    if (of instanceof PyFloat && Number.isNaN(of.value)) return unsupported(machine, 'sorted() of NaN');
    rows.push({ item, key: of });
  }
  machine.charge(items.length);
  if (isReverse) rows.reverse();
  const result = yield* mergeSort(rows, machine);
  if (result instanceof Unknown) return result;
  if (isReverse) result.reverse();
  return result.map(row => row.item);
}

interface Row {
  readonly item: Value;
  readonly key: Value;
}

function* mergeSort(rows: readonly Row[], machine: Machine): Steps<Row[] | Unknown> {
  const quick = quickly(rows);
  if (quick !== undefined) return quick;
  if (rows.length < 2) return [...rows];
  const middle = rows.length >> 1;
  const left = yield* mergeSort(rows.slice(0, middle), machine);
  if (left instanceof Unknown) return left;
  const right = yield* mergeSort(rows.slice(middle), machine);
  if (right instanceof Unknown) return right;
  const result: Row[] = [];
  let [a, b] = [0, 0];
  while (a < left.length && b < right.length) {
    const isLess = yield* lessThan(right[b]!.key, left[a]!.key, machine);
    if (isLess instanceof Unknown) return isLess;
    result.push(isLess ? right[b++]! : left[a++]!);
  }
  while (a < left.length) result.push(left[a++]!);
  while (b < right.length) result.push(right[b++]!);
  return result;
}

/** Rows whose keys are all numbers, or all texts, need no Python to be sorted. */
function quickly(rows: readonly Row[]): Row[] | undefined {
  if (rows.every(row => typeof row.key === 'number')) {
    return [...rows].sort((a, b) => (a.key as number) - (b.key as number));
  }
  if (rows.every(row => typeof row.key === 'string' && !/[\ud800-\udfff]/.test(row.key))) {
    return [...rows].sort((a, b) =>
      (a.key as string) < (b.key as string) ? -1 : (a.key as string) > (b.key as string) ? 1 : 0,
    );
  }
  return undefined;
}

/** a < b. */
export function* lessThan(a: Value, b: Value, machine: Machine): Steps<boolean | Unknown> {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined && !(left instanceof PyComplex) && !(right instanceof PyComplex)) {
    return compareNumbers(left, right) < 0;
  }
  const result = yield* machine.binary('<', a, b);
  if (result instanceof Unknown) return result;
  return yield* machine.truth(result);
}

/** min and max of items. */
export function* extreme(
  items: readonly Value[],
  key: Value,
  isMin: boolean,
  machine: Machine,
): Steps<Value | undefined> {
  let best: Value | undefined;
  let bestKey: Value = null;
  for (const item of items) {
    const of = key === null ? item : yield* machine.call(key, [item]);
    if (of instanceof Unknown) return of;
    if (best === undefined) [best, bestKey] = [item, of];
    else {
      const isBetter = isMin ? yield* lessThan(of, bestKey, machine) : yield* lessThan(bestKey, of, machine);
      if (isBetter instanceof Unknown) return isBetter;
      if (isBetter) [best, bestKey] = [item, of];
    }
  }
  return best;
}
