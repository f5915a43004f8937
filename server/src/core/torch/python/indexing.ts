// x[…] and x[…] = y: whole numbers, slices, None, `...`, and tensors of indices or masks; gather and scatter.
import * as l10n from '@vscode/l10n';
import { isSamePart, type Part } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Shape } from '../../ops/op.ts';
import { broadcast } from '../../ops/rules/shape.ts';
import {
  PyEllipsis,
  PyFloat,
  PyList,
  PyRange,
  PySlice,
  PyTuple,
  plain,
  Unknown,
  type Value,
} from '../../python/objects.ts';
import { type Call, put, type Registry, rowsOf, sizesText } from './call.ts';
import { partOf } from './chosen.ts';
import { tensorOf } from './creation.ts';
import { isWhole, rounded } from './dtype.ts';
import { reasonOfData } from './picks.ts';
import { isConstant } from './pointwise.ts';
import { Storage, Values } from './storage.ts';
import { type DType, PyParameter, PyTensor } from './tensor.ts';
import {
  broadcastRead,
  compute,
  forEachOffset,
  isKnown,
  overwrite,
  rowMajor,
  share,
  sizeOf,
  stridesOf,
  valuesOf,
} from './values.ts';
import { indexed, narrowed, selected, shapeOf, unsqueezed, viewed } from './views.ts';

type Step =
  | { readonly kind: 'select'; readonly at: number }
  | {
      readonly kind: 'slice';
      readonly start: number;
      readonly length: number;
      readonly step: number;
      /** Whether it takes all, also where nobody knows how many that are. */
      readonly isWhole: boolean;
      /** Whether it is not known how many it takes because data decide it: no more than there are. */
      readonly isBounded?: boolean;
    }
  | { readonly kind: 'new' }
  | { readonly kind: 'indices'; readonly indices: PyTensor }
  | { readonly kind: 'mask'; readonly mask: PyTensor };

/** What an index asks for, one step for each axis of the tensor (and for each None). */
function stepsOf(call: Call, x: PyTensor, index: Value): readonly Step[] {
  const shape = shapeOf(call, x);
  const given = index instanceof PyTuple ? index.items : [index];
  const items = given.map(item => itemOf(call, item));
  const taken = items.reduce<number>((sum, item) => sum + axesOf(item), 0);
  if (taken > shape.length) {
    call.wrong(
      'too-many-indices',
      l10n.t('There are {0} indices for a tensor of {1} dimensions ({2}).', taken, shape.length, sizesText(shape)),
      { short: l10n.t('too many indices') },
    );
  }
  const steps: Step[] = [];
  let axis = 0;
  const whole = (count: number): void => {
    for (let at = 0; at < count; at++) {
      steps.push({ kind: 'slice', start: 0, length: shape[axis++]!, step: 1, isWhole: true });
    }
  };
  let hasEllipsis = false;
  for (const item of items) {
    if (item instanceof PyEllipsis) {
      if (hasEllipsis) return call.wrong('two-ellipses', l10n.t('An index can contain “...” only once.'));
      hasEllipsis = true;
      whole(shape.length - taken);
    } else if (item === null) steps.push({ kind: 'new' });
    else if (typeof item === 'number') {
      steps.push({ kind: 'select', at: call.indexOf(item, shape[axis]!, axis, shape) });
      axis++;
    } else if (item instanceof PySlice) {
      steps.push(sliceOf(call, item, shape[axis]!));
      axis++;
    } else if (item.dtype === 'bool' || item.dtype === 'uint8') {
      const own = item.shape ?? [];
      const clash = own.findIndex((length, at) => Math.abs(length - shape[axis + at]!) > 0);
      if (clash >= 0) {
        call.wrong(
          'mask-shape-mismatch',
          l10n.t(
            'The mask ({0}) does not match the tensor ({1}) on axis {2}.',
            sizesText(own),
            sizesText(shape),
            axis + clash,
          ),
          { short: l10n.t('mask does not match') },
        );
      }
      steps.push({ kind: 'mask', mask: item });
      axis += own.length;
    } else {
      if (!isWhole(item.dtype) && item.hasType) {
        call.wrong(
          'index-of-floats',
          l10n.t('A tensor of {0} cannot be an index: indices are integers or booleans.', item.dtype),
          {
            help: l10n.t('Convert it with long().'),
            short: l10n.t('index is not of integers'),
          },
        );
      }
      inside(call, item, axis, shape);
      steps.push({ kind: 'indices', indices: item });
      axis++;
    }
  }
  whole(shape.length - axis);
  return steps;
}

/** More indices than this are not looked at one by one. */
const mostChecked = 5000;

function inside(call: Call, indices: PyTensor, axis: number, shape: Shape): void {
  if (!indices.shape || sizeOf(indices.shape) > mostChecked || !isKnown(indices)) return;
  const values = valuesOf(indices);
  if (!values) return;
  const length = shape[axis]!;
  for (let at = 0; at < values.length; at++) {
    if (values[at]! < -length || values[at]! >= length) call.indexOf(values[at]!, length, axis, shape);
  }
}

type Item = number | null | PySlice | PyEllipsis | PyTensor;

function itemOf(call: Call, value: Value): Item {
  const own = plain(value);
  if (own === null || typeof own === 'number' || own instanceof PySlice || own instanceof PyEllipsis) return own;
  if (own instanceof Unknown) throw call.unclear(own.reason);
  if (typeof own === 'boolean') return call.unsupported(l10n.t('a truth value as index'));
  if (own instanceof PyTensor) {
    if (!own.shape) throw call.unclear(own.why ?? l10n.t('the shape of an index is not known'));
    if (own.shape.length === 0 && isWhole(own.dtype) && own.dtype !== 'bool' && own.dtype !== 'uint8') {
      // One element; which one matters only to its value.
      const at = call.intOf(own, 'index');
      return Number.isNaN(at) ? own : at;
    }
    return own;
  }
  if (own instanceof PyFloat) {
    return call.wrong('index-of-floats', l10n.t('A float ({0}) cannot be an index.', own.value), {
      help: l10n.t('Use // or int(…).'),
      short: l10n.t('index is a float'),
    });
  }
  if (own instanceof PyList || own instanceof PyTuple || own instanceof PyRange) {
    return tensorOf(call, own instanceof PyRange ? new PyList([...call.itemsOf(own, 'index')]) : own, 'int64');
  }
  return call.unsupported(l10n.t('this index'));
}

function axesOf(item: Item): number {
  if (item === null || item instanceof PyEllipsis) return 0;
  if (item instanceof PyTensor && (item.dtype === 'bool' || item.dtype === 'uint8')) return item.shape!.length;
  return 1;
}

function sliceOf(call: Call, { start, stop, step }: PySlice, length: number): Step {
  const by = step === null ? 1 : call.intOf(step, 'step');
  if (by < 1) {
    return call.wrong('negative-step', l10n.t('A tensor cannot be sliced with a step of {0}.', by), {
      help: l10n.t('Use flip to turn an axis around.'),
      short: l10n.t('step must be positive'),
    });
  }
  const clamp = (value: Value, missing: number): number => {
    if (value === null) return missing;
    const at = call.intOf(value, 'index');
    return Number.isNaN(at) ? at : Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  };
  const from = clamp(start, 0);
  const to = clamp(stop, length);
  const isWhole = start === null && stop === null && by === 1;
  const taken = Math.max(Math.ceil((to - from) / by), 0);
  const isBounded = Number.isNaN(taken) && [start, stop].every(each => !isUnknown(each) || isOfValues(each));
  return { kind: 'slice', start: from, length: taken, step: by, isWhole, isBounded };
}

const isUnknown = (value: Value): boolean => value instanceof Unknown || value instanceof PyTensor;

/** Whether values of data decide what it is. */
const isOfValues = (value: Value): boolean =>
  value instanceof Unknown ? value.decision !== undefined : value instanceof PyTensor && value.hasType;

/** What the steps but those of tensors make of a tensor. */
interface Basic {
  /** The shape at most, where data decide a slice. */
  readonly most: Shape | undefined;
  readonly shape: Shape;
  readonly strides: readonly number[] | undefined;
  readonly offset: number;
  /** By axis of `shape`. */
  readonly advanced: ReadonlyMap<number, Step>;
  readonly count: number;
  readonly last: { readonly step: Step; readonly axis: number } | undefined;
}

function basicOf(call: Call, x: PyTensor, steps: readonly Step[]): Basic {
  const from = shapeOf(call, x);
  const own = stridesOf(x);
  const shape: number[] = [];
  const most: number[] = [];
  const all = mostOf(x) ?? from;
  const strides: number[] = [];
  const advanced = new Map<number, Step>();
  let { offset } = x;
  let axis = 0;
  let count = 0;
  let last: Basic['last'];
  for (const step of steps) {
    const stride = own?.[axis] ?? Number.NaN;
    const isWhole =
      step.kind === 'slice' && step.start === 0 && step.step === 1 && (step.length === from[axis] || step.isWhole);
    if (step.kind !== 'indices' && step.kind !== 'mask' && !isWhole) {
      count++;
      last = { step, axis: shape.length };
    }
    switch (step.kind) {
      case 'select':
        offset += step.at * stride;
        axis++;
        break;
      case 'slice':
        most[shape.length] = step.isBounded ? all[axis]! : step.length;
        shape.push(step.length);
        strides.push(stride * step.step);
        if (step.length !== 0) offset += step.start * stride;
        axis++;
        break;
      case 'new':
        shape.push(1);
        strides.push(own ? (axis < from.length ? stride * from[axis]! : 1) : 1);
        break;
      case 'indices':
        advanced.set(shape.length, step);
        shape.push(from[axis]!);
        strides.push(stride);
        axis++;
        break;
      case 'mask':
        advanced.set(shape.length, step);
        for (const _ of step.mask.shape!) {
          shape.push(from[axis]!);
          strides.push(own?.[axis] ?? Number.NaN);
          axis++;
        }
        break;
    }
  }
  const bounds = shape.map((length, at) => most[at] ?? length);
  const isBounded = shape.some(Number.isNaN) && steps.some(step => step.kind === 'slice' && step.isBounded);
  const bound = isBounded && !bounds.some(Number.isNaN) ? bounds : undefined;
  return { most: bound, shape, strides: own && strides, offset: own ? offset : x.offset, advanced, count, last };
}

export function getItem(call: Call, x: PyTensor, index: Value): Value {
  const steps = stepsOf(call, x, index);
  const basic = basicOf(call, x, steps);
  const view = basicView(call, x, basic);
  view.why ??= call.whyUnknown;
  if (basic.advanced.size === 0) return view;
  return advancedRead(call, view, basic.advanced);
}

function basicView(call: Call, x: PyTensor, basic: Basic): PyTensor {
  const { shape, strides, offset, count, last } = basic;
  if (count === 0) {
    if (basic.advanced.size > 0) return x;
    const same = call.world.tensor(x.shape, x.dtype, x.why);
    same.node = x.node;
    if (!x.node && x instanceof PyParameter && call.world.isRecording) call.world.attach(same, call.world.node(x));
    return share(same, x, x.strides);
  }
  if (count === 1 && last) {
    const { step, axis } = last;
    if (step.kind === 'select') return selected(call, x, axis, step.at);
    if (step.kind === 'slice' && !Number.isNaN(step.length) && !Number.isNaN(step.start)) {
      return narrowed(call, x, axis, step.start, step.length, step.step);
    }
    if (step.kind === 'new') return unsqueezed(call, x, axis);
  }
  const known = strides && [...strides, offset].every(each => !Number.isNaN(each));
  return viewed(
    call.world,
    ops.view,
    { how: 'index', shape },
    x,
    shape,
    known ? strides : undefined,
    known ? offset : x.offset,
    basic.most,
  );
}

/** Where the index tensors take their elements: for each axis that they index, a tensor of indices. */
interface Picked {
  readonly axes: readonly number[];
  /** Undefined where a mask's values are not known. */
  readonly indices: readonly PyTensor[] | undefined;
  /** The shape that all of them are broadcast to. */
  readonly shape: Shape;
  /** What that is at most, where values decide it; undefined where nothing bounds it. */
  readonly most: Shape | undefined;
  /** How often it is a number that was chosen; undefined where that is not known. */
  readonly part: Part | undefined;
  readonly isApart: boolean;
}

function picked(call: Call, advanced: ReadonlyMap<number, Step>): Picked {
  const axes: number[] = [];
  const indices: PyTensor[] = [];
  const shapes: Shape[] = [];
  const most: (Shape | undefined)[] = [];
  let known = true;
  const parts: (Part | undefined)[] = [];
  for (const [axis, step] of advanced) {
    if (step.kind === 'indices') {
      axes.push(axis);
      indices.push(step.indices);
      shapes.push(step.indices.shape!);
      most.push(mostOf(step.indices));
      if (step.indices.shape!.some(Number.isNaN)) parts.push(step.indices.node?.rows?.part);
    } else if (step.kind === 'mask') {
      const own = step.mask.shape!;
      const places = placesOf(call, step.mask);
      own.forEach((_, at) => {
        axes.push(axis + at);
      });
      if (places) {
        indices.push(...places);
        shapes.push(places[0]?.shape ?? [0]);
        most.push(shapes.at(-1));
      } else {
        known = false;
        shapes.push([Number.NaN]);
        const places = mostElements(step.mask);
        most.push(places === undefined ? undefined : [places]);
        parts.push(partOf(call.world, step.mask, true));
      }
    }
  }
  const together = broadcast(shapes);
  if (!together) {
    return call.wrong(
      'index-shapes-mismatch',
      l10n.t('The indices cannot be broadcast together: {0}.', shapes.map(sizesText).join(', ')),
      { short: l10n.t('indices do not match') },
    );
  }
  const isApart = axes.some((axis, at) => at > 0 && axis !== axes[at - 1]! + 1);
  const isBounded = most.every(shape => shape !== undefined);
  const bound = isBounded ? broadcast(most) : undefined;
  const [part] = parts;
  const isOne = part !== undefined && parts.every(each => each && isSamePart(each, part));
  const least = parts.find(each => each?.isExact === false) ?? part;
  return {
    axes,
    indices: known ? indices : undefined,
    shape: together,
    most: bound,
    part: isOne ? least : undefined,
    isApart,
  };
}

/** The shape of a tensor at most; undefined where a size is unknown and nothing bounds it. */
function mostOf({ shape, node }: PyTensor): Shape | undefined {
  return shape?.some(Number.isNaN) ? node?.most : shape;
}

/** How many elements there are at most. */
function mostElements(tensor: PyTensor): number | undefined {
  const most = mostOf(tensor);
  return most && sizeOf(most);
}

/** The places of what is true, one tensor for each axis; undefined where they are not known. */
export function placesOf(call: Call, mask: PyTensor): readonly PyTensor[] | undefined {
  const values = valuesOf(mask);
  if (!values) return undefined;
  const shape = mask.shape!;
  call.machine.charge(values.length);
  const found: number[] = [];
  values.forEach((value, at) => {
    if (value !== 0) found.push(at);
  });
  const strides = rowMajor(shape);
  return shape.map((length, axis) =>
    call.world.known(
      [found.length],
      Float64Array.from(found, at => Math.floor(at / strides[axis]!) % length),
      'int64',
    ),
  );
}

function advancedRead(call: Call, x: PyTensor, advanced: ReadonlyMap<number, Step>): PyTensor {
  const shape = shapeOf(call, x);
  const pick = picked(call, advanced);
  const { axes } = pick;
  const rest = shape.flatMap((length, axis) => (axes.includes(axis) ? [] : [length]));
  const at = pick.isApart ? 0 : axes[0]!;
  const to = [...rest.slice(0, at), ...pick.shape, ...rest.slice(at)];
  const others = mostOf(x)?.filter((_, axis) => !axes.includes(axis));
  const most = pick.most && others && [...others.slice(0, at), ...pick.most, ...others.slice(at)];
  const rows = pick.part && !rest.some(Number.isNaN) ? rowsOf(pick.part, to) : undefined;
  const tensors = [...advanced.values()].flatMap(step =>
    step.kind === 'indices' ? [step.indices] : step.kind === 'mask' ? [step.mask] : [],
  );
  let result: PyTensor;
  if (isConstant(x) && tensors.every(isConstant)) result = call.world.tensor(to, x.dtype);
  else {
    const unknown = pick.indices
      ? undefined
      : reasonOfData(l10n.t('how many elements a mask takes depends on its values'));
    result = call.world.apply(ops.rearrange, { how: 'index', shape: to }, [x, ...tensors], { most, rows, unknown });
    if (unknown) result.why = unknown;
  }
  result.strides = 'contiguous';
  if (!pick.indices) return result;
  const { indices } = pick;
  const own = rowMajor(shape);
  const shapes = indices.map(each => each.shape!);
  return compute(result, [x, ...indices], (values, ...picks) => {
    const read = picks.map((each, k) => broadcastRead(each, shapes[k]!, pick.shape));
    const strides = rowMajor(pick.shape);
    return indexed(values!, to, index => {
      const inner = index.slice(at, at + pick.shape.length);
      const flat = inner.reduce((sum, each, axis) => sum + each * strides[axis]!, 0);
      let place = 0;
      let other = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        const k = axes.indexOf(axis);
        if (k >= 0) {
          const chosen = read[k]![flat]!;
          place += (chosen < 0 ? chosen + shape[axis]! : chosen) * own[axis]!;
        } else {
          place += index[other < at ? other : other + pick.shape.length]! * own[axis]!;
          other++;
        }
      }
      return place;
    });
  });
}

/** x[index] = value */
export function setItem(call: Call, x: PyTensor, index: Value, value: PyTensor): void {
  const { world } = call;
  const whole = (): readonly PyTensor[] => [x, value];
  let steps: readonly Step[];
  try {
    steps = stepsOf(call, x, index);
  } catch (error) {
    // It is not known where: the values may be any, the shape stays.
    write(call, x, whole());
    if (x.storage) x.storage.values = undefined;
    throw error;
  }
  const basic = basicOf(call, x, steps);
  const tensors = steps.flatMap(step =>
    step.kind === 'indices' ? [step.indices] : step.kind === 'mask' ? [step.mask] : [],
  );
  const target = basic.advanced.size === 0 ? basic.shape : advancedShape(call, basic);
  const own = value.shape;
  if (own && !fits(own, target)) {
    const isMask = tensors.length > 0;
    call.wrong(
      'assignment-shape-mismatch',
      isMask
        ? l10n.t(
            'A value of {0} does not fit the elements that the index selects ({1}).',
            sizesText(own),
            sizesText(target),
          )
        : l10n.t('A value of {0} cannot be assigned to a part of {1}.', sizesText(own), sizesText(target)),
      { help: l10n.t('Give it the same shape; only a size of 1 is broadcast.'), short: l10n.t('value does not fit') },
    );
  }
  const ghost = new PyTensor(world.classes.Tensor, basic.shape, x.dtype);
  if (!x.storage) x.storage = new Storage();
  share(ghost, x, basic.strides, basic.offset);
  if (basic.strides?.some(Number.isNaN) || Number.isNaN(basic.offset)) ghost.strides = undefined;
  const isTable = isConstant(x) && isConstant(value) && tensors.every(isConstant);
  if (basic.advanced.size === 0) {
    // Leading axes of 1 are dropped, as PyTorch does.
    const source = own && own.length > target.length ? withoutLeading(call, value, target.length) : value;
    overwrite(ghost, source);
  } else scatterInto(call, ghost, basic, value, tensors);
  if (isTable) {
    x.storage.written = undefined;
    return;
  }
  write(call, x, [...whole(), ...tensors]);
}

function withoutLeading(call: Call, value: PyTensor, rank: number): PyTensor {
  const shape = value.shape!.slice(value.shape!.length - rank);
  const own = stridesOf(value);
  const ghost = call.world.tensor(shape, value.dtype);
  return share(ghost, value, own?.slice(own.length - rank));
}

/** The graph sees that something was written into it. */
export function write(call: Call, x: PyTensor, inputs: readonly PyTensor[]): void {
  const { world } = call;
  if (!world.isRecording || !x.shape) return;
  if (x.storage && x.storage.version > x.version && !x.storage.written) x.version = x.storage.version;
  const node = world.apply(ops.rearrange, { how: 'write', shape: x.shape }, inputs).node!;
  x.storage ??= new Storage();
  x.storage.version++;
  x.storage.written = node;
  world.attach(x, node);
}

function advancedShape(call: Call, { shape, advanced }: Basic): Shape {
  const pick = picked(call, advanced);
  const rest = shape.flatMap((length, axis) => (pick.axes.includes(axis) ? [] : [length]));
  const at = pick.isApart ? 0 : pick.axes[0]!;
  return [...rest.slice(0, at), ...pick.shape, ...rest.slice(at)];
}

function fits(from: Shape, to: Shape): boolean {
  const extra = from.length - to.length;
  if (extra > 0 && from.slice(0, extra).some(length => length !== 1)) return false;
  return from.slice(Math.max(extra, 0)).every((length, axis) => {
    const own = to[axis + to.length - Math.min(from.length, to.length)]!;
    return length === 1 || !(Math.abs(length - own) > 0);
  });
}

function scatterInto(call: Call, ghost: PyTensor, basic: Basic, value: PyTensor, tensors: readonly PyTensor[]): void {
  const storage = ghost.storage!;
  storage.version++;
  const before = storage.values;
  const pick = picked(call, basic.advanced);
  const known = before && ghost.strides && isKnown(value) && pick.indices?.every(isKnown) && tensors.every(isKnown);
  if (!known || !before || !pick.indices) {
    storage.values = undefined;
    return;
  }
  // Indices are few: written at once.
  const target = advancedShape(call, basic);
  const strides = stridesOf(ghost)!;
  const read = pick.indices.map(each => broadcastRead(valuesOf(each)!, each.shape!, pick.shape));
  const own = value.shape!.slice(Math.max(value.shape!.length - target.length, 0));
  const source = broadcastRead(valuesOf(value)!, own, target);
  const at = pick.isApart ? 0 : pick.axes[0]!;
  const inner = rowMajor(pick.shape);
  const copy = Float64Array.from(before.get());
  call.machine.charge(copy.length);
  const seen = new Map<number, number>();
  let isClear = true;
  const order = rowMajor(target);
  forEachOffset(target, order, 0, flat => {
    const index = target.map((length, axis) => Math.floor(flat / order[axis]!) % length);
    const chosen = index.slice(at, at + pick.shape.length).reduce((sum, each, axis) => sum + each * inner[axis]!, 0);
    let place = ghost.offset;
    let other = 0;
    for (let axis = 0; axis < basic.shape.length; axis++) {
      const k = pick.axes.indexOf(axis);
      if (k >= 0) {
        const each = read[k]![chosen]!;
        place += (each < 0 ? each + basic.shape[axis]! : each) * strides[axis]!;
      } else {
        place += index[other < at ? other : other + pick.shape.length]! * strides[axis]!;
        other++;
      }
    }
    const value = rounded(source[flat]!, ghost.dtype);
    // Which of two values for the same place wins is not defined.
    if ((seen.get(place) ?? value) !== value) isClear = false;
    seen.set(place, value);
    copy[place] = value;
  });
  storage.values = isClear ? Values.of(copy) : undefined;
}

export function defineIndexing(registry: Registry): void {
  registry.method('__getitem__', 'input, index', call => getItem(call, call.tensor(), call.value('index')!));
  registry.method('__setitem__', 'input, index, value', call => {
    const value = call.value('value')!;
    setItem(
      call,
      call.tensor(),
      call.value('index')!,
      value instanceof PyList || value instanceof PyTuple ? tensorOf(call, value) : call.asTensor(value, 'value'),
    );
    return null;
  });
  registry.define('index_select', 'input, dim, index', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length);
    const index = call.tensor('index');
    needIndex(call, index, ['int64', 'int32']);
    if ((index.shape?.length ?? 0) > 1)
      throw call.machine.raise('IndexError', 'index_select(): Index is supposed to be a vector');
    const count = index.shape ? sizeOf(index.shape) : Number.NaN;
    const to = shape.map((length, at) => (at === axis ? count : length));
    const [all, bound] = [mostOf(x), mostElements(index)];
    const most = bound === undefined ? undefined : all?.map((length, at) => (at === axis ? bound : length));
    const part = shape.some(Number.isNaN) ? undefined : index.node?.rows?.part;
    const rows = part && rowsOf(part, to);
    const result =
      isConstant(x) && isConstant(index)
        ? call.world.tensor(to, x.dtype)
        : call.world.apply(ops.rearrange, { how: 'index', shape: to }, [x, index], { most, rows });
    result.why ??= index.why;
    const own = rowMajor(shape);
    return compute(result, [x, index], (values, picks) =>
      indexed(values!, to, place =>
        place.reduce((sum, each, at) => sum + (at === axis ? picks![each]! : each) * own[at]!, 0),
      ),
    );
  });
  registry.define('gather', 'input, dim, index, *, sparse_grad?', call => {
    const x = call.tensor();
    const index = call.tensor('index');
    const shape = shapeOf(call, x);
    const to = shapeOf(call, index);
    needIndex(call, index, ['int64']);
    const axis = call.dim('dim', shape.length);
    const result =
      isConstant(x) && isConstant(index)
        ? call.world.tensor(to, x.dtype)
        : to.includes(0) || shape.length === 0
          ? call.world.apply(ops.rearrange, { how: 'index', shape: to }, [x, index])
          : call.world.apply(ops.gather, { axis }, [x, index], { dtype: x.dtype });
    if (shape.length !== to.length) return result;
    const own = rowMajor(shape);
    const strides = rowMajor(to);
    return compute(result, [x, index], (values, picks) =>
      indexed(values!, to, place => {
        const flat = place.reduce((sum, each, at) => sum + each * strides[at]!, 0);
        return place.reduce((sum, each, at) => sum + (at === axis ? picks![flat]! : each) * own[at]!, 0);
      }),
    );
  });
  registry.define('take_along_dim', 'input, indices, dim?', call => {
    const x = call.tensor();
    const index = call.tensor('indices');
    needIndex(call, index, ['int64']);
    const shape = shapeOf(call, x);
    const own = shapeOf(call, index);
    if (!call.has('dim')) return call.world.apply(ops.rearrange, { how: 'index', shape: [sizeOf(own)] }, [x, index]);
    const axis = call.dim('dim', shape.length);
    const to = own.map((length, at) => (at === axis ? length : Math.max(length, shape[at]!)));
    return call.world.apply(ops.rearrange, { how: 'index', shape: to }, [x, index]);
  });
  registry.define('take', 'input, index', call => {
    const index = call.tensor('index');
    needIndex(call, index, ['int64']);
    return call.world.apply(ops.rearrange, { how: 'index', shape: shapeOf(call, index) }, [call.tensor(), index]);
  });
  /** What is written must have the type of what it is written to, where `types` says which indices there are. */
  const written = (names: string, parameters: string, others: readonly string[], types?: readonly DType[]): void => {
    registry.define(
      names,
      parameters,
      call => {
        const x = call.tensor();
        const inputs = others.filter(name => call.value(name) instanceof PyTensor).map(name => call.tensor(name));
        for (const [at, name] of types ? others.entries() : []) {
          if (!(call.value(name) instanceof PyTensor)) continue;
          if (at === 0) needIndex(call, call.tensor(name), types!);
          else if (name !== 'value') needType(call, call.tensor(name), x);
        }
        const result = call.world.apply(ops.rearrange, { how: 'scatter', shape: shapeOf(call, x) }, [x, ...inputs], {
          dtype: x.dtype,
        });
        return result;
      },
      { inPlace: true },
    );
  };
  written('scatter', 'input, dim, index, src?, value?, *, reduce?', ['index', 'src', 'value'], ['int64', 'int32']);
  written('scatter_add', 'input, dim, index, src', ['index', 'src'], ['int64', 'int32']);
  written('scatter_reduce', 'input, dim, index, src, reduce, *, include_self?', ['index', 'src'], ['int64', 'int32']);
  written('index_add', 'input, dim, index, source, *, alpha?', ['index', 'source'], ['int64', 'int32']);
  written('index_copy', 'input, dim, index, source', ['index', 'source'], ['int64']);
  written('index_fill', 'input, dim, index, value', ['index', 'value'], ['int64']);
  written('index_put', 'input, indices, values, accumulate?', ['values']);
  written('masked_scatter', 'input, mask, source', ['mask', 'source']);
  written('slice_scatter', 'input, src, dim?, start?, end?, step?', ['src']);
  written('select_scatter', 'input, src, dim, index', ['src']);
  written('diagonal_scatter', 'input, src, offset?, dim1?, dim2?', ['src']);
  registry.method('fill_diagonal_', 'input, fill_value, wrap?', call => {
    const x = call.tensor();
    const result = call.world.apply(ops.rearrange, { how: 'diagonal', shape: shapeOf(call, x) }, [x]);
    return put(call.world, x, result);
  });
  registry.define('masked_select', 'input, mask', call => {
    const [x, mask] = [call.tensor(), call.tensor('mask')];
    const values = x.shape && mask.shape && valuesOf(mask);
    if (!values) {
      const most = [mostOf(x), mostOf(mask)];
      const all = most.every(shape => shape !== undefined) ? broadcast(most) : undefined;
      return call.dataDependent(x, 1, x.dtype, [], all && sizeOf(all));
    }
    const shape = broadcast([x.shape!, mask.shape!]);
    if (!shape)
      return call.wrong(
        'mask-shape-mismatch',
        l10n.t('The mask ({0}) does not match the tensor ({1}).', sizesText(mask.shape!), sizesText(x.shape!)),
      );
    const count = broadcastRead(values, mask.shape!, shape).reduce((sum, each) => sum + Number(each !== 0), 0);
    return call.world.apply(ops.rearrange, { how: 'index', shape: [count] }, [x, mask]);
  });
  registry.define('nonzero', 'input, *, as_tuple?', call => nonzero(call, call.tensor(), call.bool('as_tuple')));
  registry.define('argwhere', 'input', call => nonzero(call, call.tensor(), false));
  for (const name of ['unique', 'unique_consecutive'] as const) {
    registry.define(name, 'input, sorted?, return_inverse?, return_counts?, dim?', call => {
      const x = call.tensor();
      const shape = shapeOf(call, x);
      const axis = call.has('dim') ? call.dim('dim', shape.length) : undefined;
      const values = axis === undefined ? valuesOf(x) : undefined;
      const results: Value[] = [];
      if (values) {
        const distinct =
          name === 'unique'
            ? [...new Set(values)].sort((a, b) => a - b)
            : [...values].filter((each, at) => at === 0 || each !== values[at - 1]);
        results.push(call.world.known([distinct.length], Float64Array.from(distinct), x.dtype));
        const places = new Map(distinct.map((each, at) => [each, at]));
        // Of neighbours each run is one: its number counts the runs before it.
        let run = -1;
        const inverse = values.map((each, at) => {
          if (name === 'unique') return places.get(each)!;
          if (at === 0 || each !== values[at - 1]) run++;
          return run;
        });
        if (call.bool('return_inverse')) results.push(call.world.known(shape, inverse, 'int64'));
        if (call.bool('return_counts')) {
          const counts = new Float64Array(distinct.length);
          for (const at of inverse) counts[at]!++;
          results.push(call.world.known([distinct.length], counts, 'int64'));
        }
      } else {
        const first = call.dataDependent(x, 1, x.dtype, [], axis === undefined ? mostElements(x) : undefined);
        if (axis !== undefined) first.shape = shape.map((length, at) => (at === axis ? Number.NaN : length));
        results.push(first);
        const whole = axis === undefined ? shape : [shape[axis]!];
        if (call.bool('return_inverse'))
          results.push(call.world.apply(ops.rearrange, { how: 'unique', shape: whole }, [x], { dtype: 'int64' }));
        if (call.bool('return_counts')) results.push(call.dataDependent(x, 1, 'int64'));
      }
      return results.length === 1 ? results[0]! : new PyTuple(results);
    });
  }
}

/** The places of what is not 0. */
export function nonzero(call: Call, x: PyTensor, asTuple: boolean): Value {
  const shape = shapeOf(call, x);
  const places = placesOf(call, x);
  const most = mostElements(x);
  const part = places ? undefined : partOf(call.world, x, true);
  if (asTuple) return new PyTuple(places ?? shape.map(() => call.dataDependent(x, 1, 'int64', [], most, part)));
  if (!places) return call.dataDependent(x, 2, 'int64', [shape.length], most, part);
  const count = places.length > 0 ? sizeOf(places[0]!.shape!) : Number.NaN;
  if (Number.isNaN(count)) return call.dataDependent(x, 2, 'int64');
  const columns = places.map(each => valuesOf(each)!);
  const values = new Float64Array(count * shape.length);
  for (let row = 0; row < count; row++)
    columns.forEach((column, at) => {
      values[row * shape.length + at] = column[row]!;
    });
  return call.world.known([count, shape.length], values, 'int64');
}

/** Raises what PyTorch does for an index of another type. */
function needIndex(call: Call, { dtype, hasType }: PyTensor, types: readonly DType[]): void {
  if (!hasType || types.includes(dtype)) return;
  throw call.machine.raise('RuntimeError', `${call.name}(): Expected dtype ${types.join(' or ')} for index`);
}

/** Raises what PyTorch does where what is written has another type than what it is written to. */
function needType(call: Call, source: PyTensor, { dtype, hasType }: PyTensor): void {
  if (!hasType || !source.hasType || source.dtype === dtype) return;
  throw call.machine.raise('RuntimeError', `${call.name}(): Expected self.dtype to be equal to src.dtype`);
}
