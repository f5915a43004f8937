// Which number values choose, as far as it can be followed: the indices that `topk` gives, masks of the places where one of
// them is a number, and what is left of both when they are cut, turned and joined. So the rows that all masks select together
// are as many as there are indices, although how many each mask selects is unknown.
import type { Part } from '../../graph/graph.ts';
import type { Shape } from '../../ops/op.ts';
import { PyTuple, type Value } from '../../python/objects.ts';
import type { Chosen, Distinct, Group, Source } from './picks.ts';
import { Storage } from './storage.ts';
import { type DType, PyTensor } from './tensor.ts';
import { broadcastRead, isKnown, rowMajor, sizeOf, valuesOf } from './values.ts';
import type { World } from './world.ts';

/** Tensors with more elements are not followed. */
const mostFollowed = 1 << 18;

/** Lists of more numbers are not followed. */
export const mostListed = 256;

type Numbers = Omit<Distinct, 'version'>;

const versionOf = ({ storage }: PyTensor): number => storage?.version ?? 0;

export function chosenOf(world: World, tensor: PyTensor): Chosen | undefined {
  const { chosen } = tensor;
  return chosen && chosen.version === versionOf(tensor) && chosen.source.owner === world.owner ? chosen : undefined;
}

function set(tensor: PyTensor, chosen: Omit<Chosen, 'version'>): void {
  if (tensor.shape && sizeOf(tensor.shape) === chosen.elements.length) {
    tensor.chosen = { ...chosen, version: versionOf(tensor) };
  }
}

/** A call of a function of torch. */
interface Call {
  readonly name: string;
  readonly world: World;
  readonly values: ReadonlyMap<string, Value>;
  /** Of one that writes in place: whether the tensor was known to hold nothing but 0. */
  readonly isZero: boolean;
  has(name: string): boolean;
  dim(name: string, rank: number): number;
  dims(name: string, rank: number): readonly number[] | undefined;
}

const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Whether a function may give indices that values choose. */
export const beginsChoice = (name: string): boolean => bare(name) in sources;

/** What follows from a call of a function for what it gives. `again` is what it gives for another input. */
export function follow(call: Call, result: Value, again: (input: PyTensor) => Value): void {
  const name = bare(call.name);
  const source = sources[name];
  if (source) {
    source(call, result);
    return;
  }
  const { world } = call;
  if (!world.followsChoices) return;
  const x = call.values.get('input') ?? call.values.get('condition');
  if (x instanceof PyTensor) followDistinct(call, name, x, result, again);
  const chosen = x instanceof PyTensor ? chosenOf(world, x) : undefined;
  if (x instanceof PyTensor && chosen) {
    if (same.has(name)) keep(chosen, x, result);
    else if (moving.has(name)) moved(call, x, chosen, result, again);
    else rules[name]?.(call, x, chosen, result);
  } else if (name === 'scatter' || name === 'scatter_') scattered(call, result);
  else if (equal.has(name) || both.has(name)) {
    const other = call.values.get('other');
    const its = other instanceof PyTensor ? chosenOf(world, other) : undefined;
    if (its && other instanceof PyTensor && x instanceof PyTensor) {
      if (equal.has(name)) compared(its, other, x, result);
      else keep(its, other, result, false);
    }
  }
}

/** Lists of different numbers: `unique`, and the places of what is not 0. */
function followDistinct(call: Call, name: string, x: PyTensor, result: Value, again: (input: PyTensor) => Value): void {
  const { world } = call;
  const [first] = result instanceof PyTuple ? result.items : [result];
  if (!(first instanceof PyTensor) || !first.shape?.some(Number.isNaN)) return;
  const chosen = chosenOf(world, x);
  const known = distinctOf(x);
  if (known && result === first && (same.has(name) || moving.has(name))) {
    const { length } = first.shape;
    if (length > 2 || (length === 2 && first.shape[1] !== 1)) return;
    if (same.has(name) ? holding.has(first.dtype) : keepsAll(call, x, known, again)) setDistinct(first, known);
  } else if (
    name === 'unique' &&
    chosen?.kind === 'numbers' &&
    !call.has('dim') &&
    call.values.get('sorted') !== false
  ) {
    const { source, elements, isExact } = chosen;
    const parts = Array.from({ length: source.range }, (_, number) => partFor(source, [...elements], number, isExact));
    setDistinct(first, { range: source.range, parts });
  } else if (placing.has(name) && x.shape?.length === 1 && !Number.isNaN(x.shape[0])) {
    const isHits = chosen?.kind === 'hits' && chosen.elements.length === x.shape[0];
    const parts = Array.from({ length: x.shape[0]! }, (_, at) => {
      const group = isHits ? groupOf(chosen, at) : undefined;
      return group && partFor(chosen!.source, group.picks, group.number, chosen!.isExact);
    });
    setDistinct(first, { range: x.shape[0]!, parts });
  }
}

/** Whether it only turns a list, also the longest one. */
function keepsAll({ world }: Call, x: PyTensor, { range }: Numbers, again: (input: PyTensor) => Value): boolean {
  if (range > mostListed) return false;
  const numbers = Float64Array.from({ length: range }, (_, at) => at);
  const found = again(world.known([range, ...x.shape!.slice(1)], numbers, 'int64'));
  const values = found instanceof PyTensor ? valuesOf(found) : undefined;
  return values?.length === range && values.every((value, at) => value === at);
}

function setDistinct(tensor: PyTensor, numbers: Numbers): void {
  // Without one it is not seen what is written into it.
  tensor.storage ??= new Storage();
  tensor.distinct = { ...numbers, version: versionOf(tensor) };
}

/** The numbers of a list of unknown length, as long as nothing has been written into it. */
export function distinctOf(tensor: PyTensor): Distinct | undefined {
  const { distinct } = tensor;
  return distinct?.version === versionOf(tensor) ? distinct : undefined;
}

const placing: ReadonlySet<string> = new Set(['nonzero', 'argwhere', 'where']);

/** Functions that give the same elements at the same places. */
const same: ReadonlySet<string> = new Set(
  `to long int float double bool type type_as cpu cuda contiguous clone detach alias conj requires_grad_ detach_`.split(
    ' ',
  ),
);
/** Functions that only move elements, or take some of them. */
const moving: ReadonlySet<string> = new Set(
  `view view_as reshape reshape_as flatten ravel squeeze unsqueeze permute transpose t movedim moveaxis swapaxes swapdims
  unflatten select narrow unbind split chunk __getitem__ expand expand_as`.split(/\s+/),
);
const equal: ReadonlySet<string> = new Set(['eq', '__eq__']);
const both: ReadonlySet<string> = new Set(['__and__', '__rand__', 'logical_and', 'bitwise_and']);
/** Types that hold each index. */
const holding: ReadonlySet<DType> = new Set(['int64', 'int32', 'float32', 'float64']);

type Rule = (call: Call, x: PyTensor, chosen: Chosen, result: Value) => void;

const positive: Rule = (call, x, chosen, result) => {
  const other = call.values.get('other');
  const value = typeof other === 'number' ? other : undefined;
  const isOne = /ge|greater_equal/.test(call.name);
  if (chosen.kind === 'hits' && value === (isOne ? 1 : 0)) keep(chosen, x, result);
};

const negated: Rule = (_call, x, { source, kind, elements, groups, isExact }, result) => {
  const isTruth = kind === 'hits' && x.dtype === 'bool' && result instanceof PyTensor && isLike(result.shape, x.shape);
  if (isTruth) set(result, { source, kind: 'misses', elements, groups, isExact });
};

const equals: Rule = (call, x, chosen, result) => {
  const other = call.values.get('other');
  if (chosen.kind === 'numbers') compared(chosen, x, other, result);
  else if (chosen.kind === 'hits' && other === 0) keep({ ...chosen, kind: 'misses' }, x, result);
};

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([...equal].map(name => [name, equals])),
  ...Object.fromEntries('logical_not __invert__ bitwise_not'.split(' ').map(name => [name, negated])),
  ...Object.fromEntries(
    'gt __gt__ greater ne __ne__ not_equal ge __ge__ greater_equal'.split(' ').map(name => [name, positive]),
  ),
  ...Object.fromEntries(
    [...both].map((name): [string, Rule] => [
      name,
      (_, x, chosen, result) => {
        if (chosen.kind === 'hits') keep(chosen, x, result, false);
      },
    ]),
  ),
  ...Object.fromEntries('any sum amax count_nonzero'.split(' ').map(name => [name, reduced])),
  bincount(_call, _x, { source, kind, elements, isExact }, result) {
    if (kind !== 'numbers' || !(result instanceof PyTensor) || result.shape?.[0] !== source.range) return;
    const groups = Array.from({ length: source.range }, (_each, number) => ({ number, picks: [...elements] }));
    const all = Float64Array.from(groups.keys());
    set(result, { source, kind: 'hits', elements: all, groups, isExact });
  },
};

/** Where indices begin. */
const sources: Readonly<Record<string, (call: Call, result: Value) => void>> = {
  topk: (call, result) => begun(call, (result as PyTuple).items?.[1], true),
  sort: (call, result) => begun(call, (result as PyTuple).items?.[1], true),
  argsort: (call, result) => begun(call, result, true),
  argmax: (call, result) => begun(call, result, false),
  argmin: (call, result) => begun(call, result, false),
  max: (call, result) => begun(call, result instanceof PyTuple ? result.items[1] : undefined, false),
  min: (call, result) => begun(call, result instanceof PyTuple ? result.items[1] : undefined, false),
};

function begun(call: Call, indices: Value | undefined, areDistinct: boolean): void {
  const { world } = call;
  const from = call.values.get('input');
  if (!world.isRecording || !(indices instanceof PyTensor) || !(from instanceof PyTensor)) return;
  const [shape, own] = [indices.shape, from.shape];
  if (!shape || !own || isKnown(indices) || !indices.node || shape.some(Number.isNaN)) return;
  const count = sizeOf(shape);
  const given = call.values.get('dim');
  if (count === 0 || count > mostFollowed || (given !== undefined && given !== null && typeof given !== 'number'))
    return;
  // Without an axis, `argmax` chooses of all.
  const isFlat = !areDistinct && typeof given !== 'number';
  const axis = typeof given === 'number' ? (given + own.length) % own.length : own.length - 1;
  const range = isFlat ? sizeOf(own) : own[axis]!;
  const elements = Float64Array.from({ length: count }, (_, at) => at);
  let rowOf: Float64Array | undefined;
  if (areDistinct && shape.length > 0) {
    const strides = rowMajor(shape);
    const k = shape[axis]!;
    rowOf = elements.map(at => at - (Math.floor(at / strides[axis]!) % k) * strides[axis]!);
  }
  world.followsChoices = true;
  const source = { count, range, rowOf, sets: new Map(), owner: world.owner };
  set(indices, { source, kind: 'numbers', elements, groups: undefined, isExact: true });
}

function keep(chosen: Chosen, x: PyTensor, result: Value, isExact = true): void {
  if (!(result instanceof PyTensor) || result === x || !isLike(result.shape, x.shape)) return;
  if (chosen.kind === 'numbers' && (!isExact || !holding.has(result.dtype))) return;
  set(result, { ...chosen, isExact: chosen.isExact && isExact });
}

const isLike = (a: Shape | undefined, b: Shape | undefined): boolean =>
  a !== undefined && a.length === b?.length && a.every((length, at) => length === b[at]);

/** The same is done with the numbers of the elements. */
function moved(call: Call, x: PyTensor, chosen: Chosen, result: Value, again: (input: PyTensor) => Value): void {
  if (call.has('dtype') || [...call.values].some(([name, value]) => name !== 'input' && hasTensor(value))) return;
  const { world } = call;
  const ids = world.known(x.shape!, chosen.elements, 'int64');
  const found = again(ids);
  const [from, to] = [found, result].map(value => (value instanceof PyTuple ? value.items : [value]));
  for (const [at, each] of to!.entries()) {
    const its = from![at];
    if (!(each instanceof PyTensor) || !(its instanceof PyTensor) || !isLike(its.shape, each.shape)) continue;
    const elements = valuesOf(its);
    if (elements) set(each, { ...chosen, elements: Float64Array.from(elements) });
  }
}

/** Tensors of the graph; other ones are known. */
function hasTensor(value: Value): boolean {
  if (value instanceof PyTuple) return value.items.some(hasTensor);
  return value instanceof PyTensor && !isKnown(value);
}

/** The entries of an axis, which were taken without a call. */
export function followEntries(world: World, x: PyTensor, entries: readonly PyTensor[]): void {
  const chosen = world.followsChoices ? chosenOf(world, x) : undefined;
  if (!chosen) return;
  const size = chosen.elements.length / entries.length;
  for (const [at, entry] of entries.entries()) {
    set(entry, { ...chosen, elements: chosen.elements.slice(at * size, (at + 1) * size) });
  }
}

/** `indices == other`, which is known. */
function compared(chosen: Chosen, x: PyTensor, other: Value | undefined, result: Value): void {
  if (!(result instanceof PyTensor) || chosen.kind !== 'numbers' || !result.shape) return;
  const { source, isExact } = chosen;
  const { shape } = result;
  if (sizeOf(shape) > mostFollowed) return;
  let numbers: Float64Array | undefined;
  if (typeof other === 'number') numbers = new Float64Array(sizeOf(shape)).fill(other);
  else if (other instanceof PyTensor && isKnown(other)) numbers = broadcastRead(valuesOf(other)!, other.shape!, shape);
  if (!numbers?.every(number => Number.isInteger(number) && number >= 0 && number < source.range)) return;
  const picks = broadcastRead(chosen.elements, x.shape!, shape);
  const elements = picks.map((pick, at) => pick * source.range + numbers[at]!);
  set(result, { source, kind: 'hits', elements, groups: undefined, isExact });
}

/** `one_hot(indices, classes)`. */
export function followOneHot(world: World, x: PyTensor, result: PyTensor): void {
  const chosen = world.followsChoices ? chosenOf(world, x) : undefined;
  const classes = result.shape?.at(-1);
  if (chosen?.kind !== 'numbers' || !classes || classes !== chosen.source.range) return;
  if (sizeOf(result.shape!) > mostFollowed) return;
  const elements = new Float64Array(sizeOf(result.shape!));
  for (let at = 0; at < elements.length; at++)
    elements[at] = chosen.elements[Math.floor(at / classes)]! * classes + (at % classes);
  set(result, { source: chosen.source, kind: 'hits', elements, groups: undefined, isExact: chosen.isExact });
}

function groupOf({ source, groups, elements }: Chosen, at: number): Group {
  const element = elements[at]!;
  if (groups) return groups[element]!;
  return { number: element % source.range, picks: [Math.floor(element / source.range)] };
}

/** Elements that are joined along axes. */
function reduced(call: Call, x: PyTensor, chosen: Chosen, result: Value): void {
  if (chosen.kind !== 'hits' || !(result instanceof PyTensor) || !result.shape) return;
  const shape = x.shape!;
  const axes = new Set(call.dims('dim', shape.length) ?? shape.keys());
  const left = shape.flatMap((length, axis) => (axes.has(axis) ? [] : [length]));
  if (sizeOf(result.shape) !== sizeOf(left)) return;
  const found: { number: number; picks: number[] }[] = [];
  const [strides, to] = [rowMajor(shape), rowMajor(left)];
  for (let at = 0; at < chosen.elements.length; at++) {
    let place = 0;
    let axis = 0;
    for (const [own, length] of shape.entries()) {
      if (!axes.has(own)) place += (Math.floor(at / strides[own]!) % length) * to[axis++]!;
    }
    const group = groupOf(chosen, at);
    const there = found[place];
    if (!there) found[place] = { number: group.number, picks: [...group.picks] };
    else if (there.number !== group.number) return;
    else there.picks.push(...group.picks);
  }
  const { source, isExact } = chosen;
  set(result, { source, kind: 'hits', elements: Float64Array.from(found.keys()), groups: found, isExact });
}

/** `zeros.scatter(axis, indices, 1)`. */
function scattered(call: Call, result: Value): void {
  const { world } = call;
  const [index, x] = [call.values.get('index'), call.values.get('input')];
  const chosen = index instanceof PyTensor ? chosenOf(world, index) : undefined;
  if (chosen?.kind !== 'numbers' || !(index instanceof PyTensor) || !(x instanceof PyTensor)) return;
  const { shape } = x;
  if (!(result instanceof PyTensor) || !shape || !call.isZero || call.has('reduce')) return;
  const axis = call.dim('dim', shape.length);
  const from = index.shape!;
  if (from.length !== shape.length || from.some((length, at) => at !== axis && length !== shape[at])) return;
  const { source, isExact } = chosen;
  if (shape[axis] !== source.range || sizeOf(shape) > mostFollowed) return;
  const value = call.values.get('src') ?? call.values.get('value');
  const isSet =
    value === true ||
    (typeof value === 'number' && value > 0) ||
    (value instanceof PyTensor && isKnown(value) && valuesOf(value)!.every(each => each > 0));
  const groups: { number: number; picks: number[] }[] = [];
  const [strides, own] = [rowMajor(shape), rowMajor(from)];
  for (let at = 0; at < chosen.elements.length; at++) {
    let place = 0;
    for (const [each, length] of from.entries()) {
      if (each !== axis) place += (Math.floor(at / own[each]!) % length) * strides[each]!;
    }
    for (let number = 0; number < source.range; number++) {
      const to = place + number * strides[axis]!;
      groups[to] ??= { number, picks: [] };
      groups[to].picks.push(chosen.elements[at]!);
    }
  }
  const elements = Float64Array.from(groups.keys());
  set(result, { source, kind: 'hits', elements, groups, isExact: isExact && isSet });
}

/**
 * How often an index is the number that the elements of a mask ask for; undefined where they ask for several, or where
 * nothing is known of them. `counts`: whether there are as many elements that are not 0, or only whether there are any.
 */
export function partOf(world: World, mask: PyTensor, counts: boolean, kind: Chosen['kind'] = 'hits'): Part | undefined {
  const chosen = world.followsChoices ? chosenOf(world, mask) : undefined;
  if (chosen?.kind !== kind || chosen.elements.length === 0) return undefined;
  const { source, elements, isExact } = chosen;
  const all: number[] = [];
  let number: number | undefined;
  let isWhole = true;
  for (let at = 0; at < elements.length; at++) {
    const group = groupOf(chosen, at);
    number ??= group.number;
    if (group.number !== number) return undefined;
    if (counts && group.picks.length > 1 && !areDistinct(source, group.picks)) isWhole = false;
    for (const pick of group.picks) all.push(pick);
  }
  // One that is there several times is counted as often.
  if (counts && new Set(all).size < all.length) return undefined;
  return partFor(source, all, number!, isExact && isWhole);
}

function partFor(source: Source, picks: readonly number[], number: number, isExact: boolean): Part {
  const all = [...new Set(picks)].sort((a, b) => a - b);
  const { rowOf } = source;
  const key = all.join();
  let of = source.sets.get(key);
  if (!of) {
    const most = rowOf ? new Set(all.map(pick => rowOf[pick])).size : all.length;
    of = { count: all.length, range: source.range, most };
    source.sets.set(key, of);
  }
  return { of, number, isExact };
}

/** Whether at most one of some indices is a number. */
function areDistinct({ rowOf }: Source, picks: readonly number[]): boolean {
  return (
    rowOf !== undefined && new Set(picks).size === picks.length && picks.every(each => rowOf[each] === rowOf[picks[0]!])
  );
}

/** The same of one element. */
export function partAt(world: World, tensor: PyTensor, at: number): Part | undefined {
  const chosen = world.followsChoices ? chosenOf(world, tensor) : undefined;
  if (chosen?.kind !== 'hits') return undefined;
  const { number, picks } = groupOf(chosen, at);
  return partFor(chosen.source, picks, number, chosen.isExact);
}
