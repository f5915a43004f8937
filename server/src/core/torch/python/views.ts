// Other looks at the same memory: view, permute, expand, squeeze, slices; and copies that move whole axes.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import type { Op, Shape } from '../../ops/op.ts';
import { PyList, PyTuple, plain, type Value } from '../../python/objects.ts';
import { type Call, type Registry, sizesText } from './call.ts';
import { followEntries } from './chosen.ts';
import { bytesOf, isComplex } from './dtype.ts';
import { elementwiseStrides } from './layout.ts';
import { isConstant } from './pointwise.ts';
import type { Recording } from './recording.ts';
import { type DType, PyTensor } from './tensor.ts';
import { compute, isContiguous, rowMajor, share, sizeOf, stridesOf } from './values.ts';

/** A view of `x`: a node in the graph unless it is a table outside of it; the same memory in any case. */
export function viewed<A extends object>(
  world: Recording,
  op: Op<A>,
  attrs: NoInfer<A>,
  x: PyTensor,
  shape: Shape,
  strides: PyTensor['strides'],
  offset = x.offset,
  most?: Shape,
): PyTensor {
  const isPlain = shape.every(length => length >= 1 || Number.isNaN(length));
  let result: PyTensor;
  if (isConstant(x)) result = world.tensor(shape, x.dtype, x.why);
  else if (isPlain && x.shape?.every(length => length >= 1 || Number.isNaN(length))) {
    result = world.apply(op, attrs, [x], { most });
  } else result = world.apply(ops.view, { how: 'index', shape }, [x]);
  result.why ??= x.why;
  return share(result, x, strides, offset);
}

/** A copy: moves elements, `from` gives for each element of the result the place of the input's. */
export function moved(
  world: Recording,
  how: ops.Rearrange['how'],
  x: PyTensor,
  shape: Shape,
  values?: (x: Float64Array) => Float64Array,
  more: readonly PyTensor[] = [],
): PyTensor {
  const inputs = [x, ...more];
  const result = inputs.every(isConstant)
    ? world.tensor(shape, x.dtype)
    : world.apply(ops.rearrange, { how, shape }, inputs);
  if (shape.some(Number.isNaN)) result.why ??= inputs.find(({ why }) => why)?.why;
  return values ? compute(result, [x], values) : result;
}

/** Its rank has to be known. */
export function shapeOf(call: Call, x: PyTensor): Shape {
  return x.shape ?? unknownShape(call, x);
}

function unknownShape(call: Call, x: PyTensor): never {
  throw call.unclear(x.why ?? l10n.t('the shape of its input is not known'));
}

/** The sizes of a view, −1 resolved. */
function resolved(call: Call, x: PyTensor, sizes: readonly number[], name: string): Shape {
  const shape = shapeOf(call, x);
  const count = sizeOf(shape);
  const open = sizes.filter(length => length === -1).length;
  const bad = sizes.find(length => length < -1 || length % 1 > 0);
  if (bad !== undefined) {
    call.wrong('not-a-size', l10n.t('{0} is not a size.', bad), {
      help: l10n.t('Use whole numbers ≥ 0, and −1 at most once for a size to infer.'),
    });
  }
  const text = `[${sizes.map(length => (Number.isNaN(length) ? '?' : length)).join(', ')}]`;
  if (open > 1) {
    call.wrong(
      'two-inferred-sizes',
      l10n.t('The shape {0} contains −1 more than once, but only one size can be inferred.', text),
      { help: l10n.t('Give the other sizes as numbers.'), short: l10n.t('only one size can be inferred') },
    );
  }
  const others = sizes.filter(length => length !== -1);
  const rest = sizeOf(others);
  if (open === 1) {
    if (count % rest > 0 || (rest === 0 && count > 0)) {
      call.wrong(
        'inferred-size-not-whole',
        l10n.t(
          'A tensor of {0} has {1} elements, which is not divisible by {2}, so the −1 in {3} of {4} cannot be inferred.',
          sizesText(shape),
          count,
          rest,
          text,
          name,
        ),
        {
          help: l10n.t('Use sizes whose product divides {0}.', count),
          short: l10n.t('sizes do not match the input'),
          output: sizes.map(length => (length === -1 ? Number.NaN : length)),
        },
      );
    }
    return sizes.map(length => (length === -1 ? (rest === 0 ? 0 : count / rest) : length));
  }
  if (Math.abs(count - rest) > 0) {
    call.wrong(
      'element-count-mismatch',
      l10n.t(
        'A tensor of {0} has {1} elements and cannot be given the shape {2}, which has {3}.',
        sizesText(shape),
        count,
        sizesText(sizes),
        rest,
      ),
      {
        help: l10n.t('Use sizes whose product is {0}, or −1 for one of them.', count),
        short: l10n.t('sizes do not match the input'),
        output: sizes,
      },
    );
  }
  return sizes;
}

/** Strides of the same elements under another shape; undefined where a copy is needed, or it is not known. */
export function viewStrides(from: Shape, strides: readonly number[], to: Shape): readonly number[] | undefined {
  if (from.some(Number.isNaN) || to.some(Number.isNaN)) return undefined;
  if (sizeOf(from) === 0) return rowMajor(to);
  const result = new Array<number>(to.length).fill(1);
  let at = to.length - 1;
  let base = strides.at(-1) ?? 1;
  let elements = 1;
  let taken = 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    elements *= from[axis]!;
    if (axis === 0 || (from[axis - 1] !== 1 && strides[axis - 1] !== elements * base)) {
      while (at >= 0 && (taken < elements || to[at] === 1)) {
        result[at] = taken * base;
        taken *= to[at]!;
        at--;
      }
      if (taken !== elements) return undefined;
      if (axis > 0) {
        base = strides[axis - 1]!;
        elements = 1;
        taken = 1;
      }
    }
  }
  if (from.length === 0) return rowMajor(to);
  return at < 0 ? result : undefined;
}

/** `x.reshape`: a view where it can be, else a copy. */
export function reshaped(call: Call, x: PyTensor, to: Shape, mustView = false): PyTensor {
  const { world } = call;
  const from = x.shape!;
  const own = stridesOf(x);
  const op = ops.reshape;
  if (from.some(Number.isNaN) || to.some(Number.isNaN)) {
    const result = viewed(world, op, { shape: to }, x, to, undefined);
    result.why ??= call.whyUnknown;
    return result;
  }
  if (!own) return viewed(world, op, { shape: to }, x, to, undefined);
  const strides = x.strides === 'contiguous' ? 'contiguous' : viewStrides(from, own, to);
  if (strides) return viewed(world, op, { shape: to }, x, to, strides);
  if (mustView && isContiguous(x) === false) {
    call.wrong(
      'view-of-scattered-memory',
      l10n.t(
        'This tensor of {0} cannot be viewed as {1}: after a permute, transpose, expand or slice its elements do not lie in this order in memory.',
        sizesText(from),
        sizesText(to),
      ),
      {
        help: l10n.t('Use reshape, or call contiguous() first.'),
        short: l10n.t('use reshape or contiguous()'),
        output: to,
      },
    );
  }
  const result = isConstant(x)
    ? world.tensor(to, x.dtype)
    : from.every(length => length >= 1) && to.every(length => length >= 1)
      ? copy(world, world.apply(op, { shape: to }, [x]))
      : world.apply(ops.rearrange, { how: 'reshape', shape: to }, [x]);
  result.strides = 'contiguous';
  return compute(result, [x], values => Float64Array.from(values), 'copy');
}

/** What would be a view, had its elements the right order in memory. */
function copy(world: Recording, result: PyTensor): PyTensor {
  if (result.node) world.lifetimes?.copies(result.node);
  return result;
}

export function permuted(call: Call, x: PyTensor, order: readonly number[]): PyTensor {
  const shape = shapeOf(call, x);
  const own = stridesOf(x);
  const strides = own && order.map(axis => own[axis]!);
  return viewed(
    call.world,
    ops.permute,
    { order },
    x,
    order.map(axis => shape[axis]!),
    strides,
  );
}

export function unsqueezed(call: Call, x: PyTensor, axis: number): PyTensor {
  const shape = shapeOf(call, x);
  const own = stridesOf(x);
  const to = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  const step = own && (axis < shape.length ? own[axis]! * shape[axis]! : 1);
  const strides = own && [...own.slice(0, axis), step!, ...own.slice(axis)];
  return viewed(call.world, ops.unsqueeze, { axis }, x, to, x.strides === 'contiguous' ? 'contiguous' : strides);
}

export function squeezed(call: Call, x: PyTensor, axes: readonly number[] | undefined): PyTensor {
  const shape = shapeOf(call, x);
  const candidates = axes ?? shape.map((_, axis) => axis);
  if (candidates.some(axis => Number.isNaN(shape[axis]!))) {
    throw call.unclear(x.why ?? l10n.t('a size is not known, so it is not known whether its axis is removed'));
  }
  const gone = new Set(candidates.filter(axis => shape[axis] === 1));
  const left = shape.flatMap((length, axis) => (gone.has(axis) ? [] : [length]));
  const own = stridesOf(x);
  const strides = x.strides === 'contiguous' ? 'contiguous' : own?.filter((_, axis) => !gone.has(axis));
  if (axes?.length === 1 && shape.length > 0)
    return viewed(call.world, ops.squeeze, { axis: axes[0] }, x, left, strides);
  return viewed(call.world, ops.view, { how: 'squeeze', shape: left }, x, left, strides);
}

export function expanded(call: Call, x: PyTensor, sizes: readonly number[]): PyTensor {
  const shape = shapeOf(call, x);
  const text = `[${sizes.map(length => (Number.isNaN(length) ? '?' : length)).join(', ')}]`;
  const added = sizes.length - shape.length;
  if (added < 0) {
    call.wrong(
      'too-few-sizes',
      l10n.t('{0} has fewer sizes than the tensor ({1}) has dimensions.', text, sizesText(shape)),
      { help: l10n.t('Give one size for each dimension; −1 keeps a size.'), short: l10n.t('too few sizes') },
    );
  }
  const to = sizes.map((length, axis) => (length === -1 && axis >= added ? shape[axis - added]! : length));
  const at = to.findIndex((length, axis) => {
    const own = axis < added ? 1 : shape[axis - added]!;
    return length < 0 || (own !== 1 && Math.abs(own - length) > 0);
  });
  if (at >= 0) {
    call.wrong(
      'expand-mismatch',
      l10n.t(
        'A tensor of {0} cannot be expanded to {1}: on axis {2} only a size of 1 can be repeated.',
        sizesText(shape),
        text,
        at,
      ),
      { help: l10n.t('Use repeat, or unsqueeze it first.'), short: l10n.t('size is not 1'), output: to },
    );
  }
  const own = stridesOf(x);
  const strides =
    own &&
    to.map((length, axis) => {
      const from = axis - added;
      return from < 0 || (shape[from] === 1 && length !== 1) ? 0 : own[from]!;
    });
  const isSame = to.length === shape.length && to.every((length, axis) => length === shape[axis]);
  return viewed(call.world, ops.expand, { shape: to }, x, to, isSame ? x.strides : strides);
}

/** `x[…, from:to:step, …]` on one axis, all within it. */
export function narrowed(call: Call, x: PyTensor, axis: number, start: number, length: number, step = 1): PyTensor {
  const shape = shapeOf(call, x);
  const to = shape.map((own, at) => (at === axis ? length : own));
  const own = stridesOf(x);
  const strides = own?.map((each, at) => (at === axis ? each * step : each));
  const offset = own ? x.offset + start * own[axis]! : x.offset;
  const isSame = start === 0 && length === shape[axis] && step === 1;
  const attrs = { axis, start, end: start + length * step, step };
  return viewed(call.world, ops.slice, attrs, x, to, isSame ? x.strides : strides, offset);
}

/** `x[…, at, …]`: without the axis. */
export function selected(call: Call, x: PyTensor, axis: number, at: number): PyTensor {
  const shape = shapeOf(call, x);
  const to = shape.filter((_, own) => own !== axis);
  const own = stridesOf(x);
  const strides = own?.filter((_, each) => each !== axis);
  const offset = own ? x.offset + at * own[axis]! : x.offset;
  const isRow = axis === 0 && x.strides === 'contiguous';
  return viewed(call.world, ops.view, { how: 'select', shape: to }, x, to, isRow ? 'contiguous' : strides, offset);
}

/** What making one of many tensors costs, beside an element of a list. */
const eachPiece = 20;

/** All entries of an axis. */
export function unbound(call: Call, x: PyTensor, axis: number): readonly PyTensor[] {
  const shape = shapeOf(call, x);
  needDimensions(call, x, 1);
  const count = shape[axis]!;
  if (Number.isNaN(count)) throw call.unclear(x.why ?? l10n.t('a size is not known'));
  call.machine.charge(count * eachPiece);
  const to = shape.filter((_, own) => own !== axis);
  if (isConstant(x) || !call.world.isRecording || count < 1 || count > 1000 || shape.includes(0)) {
    return Array.from({ length: count }, (_, at) => selected(call, x, axis, at));
  }
  const own = stridesOf(x);
  const entries = call.world.applyAll(ops.unbind, { axis }, [x]).map((result, at) => {
    const strides = own?.filter((_, each) => each !== axis);
    result.shape = to;
    result.why ??= x.why;
    return share(
      result,
      x,
      axis === 0 && x.strides === 'contiguous' ? 'contiguous' : strides,
      own ? x.offset + at * own[axis]! : x.offset,
    );
  });
  if (axis === 0) followEntries(call.world, x, entries);
  return entries;
}

/** Pieces of an axis, one behind the other. */
export function pieces(call: Call, x: PyTensor, axis: number, lengths: readonly number[]): readonly PyTensor[] {
  needDimensions(call, x, 1);
  const shape = shapeOf(call, x);
  const own = stridesOf(x);
  const isSimple = lengths.length <= 1000 && lengths.every(length => length >= 1) && !shape.includes(0);
  let start = 0;
  if (isConstant(x) || !isSimple) {
    return lengths.map(length => {
      const piece = narrowed(call, x, axis, start, length);
      start += length;
      return piece;
    });
  }
  const results = call.world.applyAll(ops.split, { axis, sizes: lengths }, [x]);
  if (results.length !== lengths.length) throw call.unclear(results[0]?.why ?? l10n.t('a size is not known'));
  return results.map((result, at) => {
    const offset = own ? x.offset + start * own[axis]! : x.offset;
    start += lengths[at]!;
    result.why ??= x.why;
    const isWhole = lengths[at] === shape[axis];
    return share(result, x, isWhole ? x.strides : own, offset);
  });
}

/** The same values in memory of their own, in the order of the input's unless `strides` says so. */
export function copied(
  world: Recording,
  x: PyTensor,
  dtype: DType = x.dtype,
  strides: PyTensor['strides'] = x.shape && elementwiseStrides([x], x.shape),
): PyTensor {
  if (!x.shape) return world.apply(ops.identity, {}, [x], { dtype });
  const result = isConstant(x)
    ? world.tensor(x.shape, dtype)
    : world.apply(ops.rearrange, { how: dtype === x.dtype ? 'copy' : 'cast', shape: x.shape }, [x], { dtype });
  result.strides = strides;
  result.why ??= x.why;
  return compute(result, [x], values => Float64Array.from(values), 'copy');
}

/** Another type: the same tensor where it has it already. */
export function cast(world: Recording, x: PyTensor, dtype: DType): PyTensor {
  if (x.dtype === dtype && x.hasType) return x;
  const result = copied(world, x, dtype);
  result.hasType = true;
  return result;
}

export function defineViews(registry: Registry): void {
  registry.method('view', 'input, *shape, dtype?', call => {
    const x = call.tensor();
    const given = call.value('shape') as PyTuple;
    const dtype = call.has('dtype')
      ? call.dtype()
      : given.items.length === 1
        ? call.dtypeOf(given.items[0]!)
        : undefined;
    if (dtype) {
      if (bytesOf(dtype) !== bytesOf(x.dtype) || !x.shape) return call.unsupported(l10n.t('a type of another size'));
      const result = call.world.apply(ops.view, { how: 'cast', shape: x.shape }, [x], { dtype });
      return result;
    }
    return reshaped(call, x, resolved(call, x, call.sizes('shape'), 'view'), true);
  });
  registry.method('reshape', 'input, *shape', call => {
    const x = call.tensor();
    return reshaped(call, x, resolved(call, x, call.sizes('shape'), 'reshape'));
  });
  registry.fn('reshape', 'input, shape', call => {
    const x = call.tensor();
    return reshaped(call, x, resolved(call, x, call.sizes('shape'), 'reshape'));
  });
  registry.method('view_as', 'input, other', call => {
    const x = call.tensor();
    return reshaped(call, x, resolved(call, x, shapeOf(call, call.tensor('other')), 'view_as'), true);
  });
  registry.method('reshape_as', 'input, other', call => {
    const x = call.tensor();
    return reshaped(call, x, resolved(call, x, shapeOf(call, call.tensor('other')), 'reshape_as'));
  });
  registry.define('flatten', 'input, start_dim?, end_dim?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (shape.length === 0) return reshaped(call, x, [1]);
    const start = call.dim('start_dim', shape.length, 0);
    const end = call.dim('end_dim', shape.length, -1);
    if (start > end) {
      call.wrong(
        'axes-out-of-order',
        l10n.t('Axes {0} to {1} cannot be merged: axis {1} comes before axis {0} ({2}).', start, end, sizesText(shape)),
        { help: l10n.t('Swap the two axes.'), short: l10n.t('axes out of order') },
      );
    }
    if (start === end) return x;
    const to = [...shape.slice(0, start), sizeOf(shape.slice(start, end + 1)), ...shape.slice(end + 1)];
    const own = stridesOf(x);
    const strides = x.strides === 'contiguous' ? 'contiguous' : own && viewStrides(shape, own, to);
    if (strides || !own) return viewed(call.world, ops.flatten, { start, end }, x, to, strides);
    return reshaped(call, x, to);
  });
  registry.define('ravel', 'input', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    return reshaped(call, x, [sizeOf(shape)]);
  });
  registry.define('unflatten', 'input, dim, sizes', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length);
    const sizes = call.sizes('sizes');
    const own = shape[axis]!;
    const rest = sizeOf(sizes.filter(length => length !== -1));
    const filled = sizes.map(length => (length === -1 ? own / rest : length));
    if (Math.abs(sizeOf(filled) - own) > 0 || filled.some(length => length % 1 > 0)) {
      call.wrong(
        'unflatten-mismatch',
        l10n.t(
          'Axis {0} of {1} has the size {2}, which is not the product of {3}.',
          axis,
          sizesText(shape),
          own,
          `[${sizes.join(', ')}]`,
        ),
        { short: l10n.t('sizes do not match the input') },
      );
    }
    return reshaped(call, x, [...shape.slice(0, axis), ...filled, ...shape.slice(axis + 1)]);
  });
  const permute = (call: Call): PyTensor => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const given = call.sizes('dims');
    const order = given.map(axis => call.axis(axis, shape.length));
    if (order.length !== shape.length || new Set(order).size !== order.length) {
      call.wrong(
        'incomplete-order',
        l10n.t(
          'The order [{0}] must contain each of the {1} axes of the input exactly once ({2}).',
          given.join(', '),
          shape.length,
          sizesText(shape),
        ),
        { short: l10n.t('order is not complete') },
      );
    }
    return permuted(call, x, order);
  };
  registry.method('permute', 'input, *dims', permute);
  registry.fn('permute', 'input, dims', permute);
  for (const name of ['transpose', 'swapaxes', 'swapdims']) {
    registry.define(
      name,
      'input, dim0, dim1',
      call => {
        const x = call.tensor();
        const { length } = shapeOf(call, x);
        const [a, b] = [call.dim('dim0', length), call.dim('dim1', length)];
        const order = Array.from({ length }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
        return length === 0 ? x : permuted(call, x, order);
      },
      { inPlace: false },
    );
  }
  registry.define('t', 'input', call => {
    const x = call.tensor();
    needMatrix(call, x);
    const { length } = shapeOf(call, x);
    return length < 2 ? x : permuted(call, x, [1, 0]);
  });
  registry.define('adjoint', 'input', call => {
    const x = call.tensor();
    const { length } = shapeOf(call, x);
    return permuted(call, x, [...Array.from({ length: length - 2 }, (_, at) => at), length - 1, length - 2]);
  });
  registry.define('movedim moveaxis', 'input, source, destination', call => {
    const x = call.tensor();
    const { length } = shapeOf(call, x);
    const from = call.ints('source').map(axis => call.axis(axis, length));
    const to = call.ints('destination').map(axis => call.axis(axis, length));
    const order = new Array<number>(length).fill(-1);
    from.forEach((axis, at) => {
      order[to[at]!] = axis;
    });
    const rest = Array.from({ length }, (_, axis) => axis).filter(axis => !from.includes(axis));
    return permuted(
      call,
      x,
      order.map(axis => (axis < 0 ? rest.shift()! : axis)),
    );
  });
  const resizing = (name: string, parameters: string, body: (call: Call) => PyTensor): void => {
    registry.define(name, parameters, body);
    registry.method(`${name}_`, parameters, call => replaced(call, body(call)));
  };
  resizing('squeeze', 'input, dim?', call => {
    const x = call.tensor();
    call.given('dim');
    return squeezed(call, x, call.dims('dim', shapeOf(call, x).length));
  });
  resizing('unsqueeze', 'input, dim', call => {
    const x = call.tensor();
    return unsqueezed(call, x, call.dim('dim', shapeOf(call, x).length + 1));
  });
  registry.method('transpose_ swapaxes_', 'input, dim0, dim1', call => {
    const x = call.tensor();
    const { length } = shapeOf(call, x);
    const [a, b] = [call.dim('dim0', length), call.dim('dim1', length)];
    return replaced(
      call,
      permuted(
        call,
        x,
        Array.from({ length }, (_, axis) => (axis === a ? b : axis === b ? a : axis)),
      ),
    );
  });
  registry.method('t_', 'input', call => {
    const x = call.tensor();
    needMatrix(call, x);
    return shapeOf(call, x).length < 2 ? x : replaced(call, permuted(call, x, [1, 0]));
  });
  const expand = (call: Call): PyTensor => expanded(call, call.tensor(), call.sizes('sizes'));
  registry.method('expand', 'input, *sizes, implicit?', expand);
  registry.fn('broadcast_to', 'input, size', call => expanded(call, call.tensor(), call.sizes('size')));
  registry.method('broadcast_to', 'input, size', call => expanded(call, call.tensor(), call.sizes('size')));
  registry.method('expand_as', 'input, other', call =>
    expanded(call, call.tensor(), shapeOf(call, call.tensor('other'))),
  );
  registry.define('narrow', 'input, dim, start, length', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    needDimensions(call, x, 1);
    const axis = call.dim('dim', shape.length);
    const given = call.int('start');
    const length = call.int('length');
    const start = given < 0 ? given + shape[axis]! : given;
    if (start + length > shape[axis]! || start < 0 || length < 0) {
      call.wrong(
        'narrow-out-of-range',
        l10n.t('{0} elements from {1} on are more than axis {2} has ({3}).', length, start, axis, sizesText(shape)),
        { short: l10n.t('past the end of the axis') },
      );
    }
    return narrowed(call, x, axis, start, length);
  });
  registry.define('select', 'input, dim, index', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    needDimensions(call, x, 1);
    const axis = call.dim('dim', shape.length);
    return selected(call, x, axis, call.indexOf(call.int('index'), shape[axis]!, axis, shape));
  });
  registry.define('unbind', 'input, dim?', call => {
    const x = call.tensor();
    return new PyTuple(unbound(call, x, call.dim('dim', shapeOf(call, x).length, 0)));
  });
  registry.define('chunk', 'input, chunks, dim?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length, 0);
    const chunks = call.knownInt('chunks');
    const length = shape[axis]!;
    if (Number.isNaN(length)) {
      return new PyTuple(
        pieces(
          call,
          x,
          axis,
          Array.from({ length: chunks }, () => Number.NaN),
        ),
      );
    }
    const each = Math.ceil(length / chunks);
    const count = length === 0 ? chunks : Math.ceil(length / each);
    call.machine.charge(count * eachPiece);
    return new PyTuple(
      pieces(
        call,
        x,
        axis,
        Array.from({ length: count }, (_, at) => Math.min(each, length - at * each)),
      ),
    );
  });
  const split = (call: Call): Value => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length, 0);
    const value = call.value('split_size_or_sections')!;
    const length = shape[axis]!;
    if (value instanceof PyList || value instanceof PyTuple) {
      const lengths = call.intsOf(value, 'split_size_or_sections');
      const sum = lengths.reduce((total, each) => total + each, 0);
      if (Math.abs(sum - length) > 0 || lengths.some(each => each < 0)) {
        call.wrong(
          'piece-sizes-mismatch',
          l10n.t(
            'The sizes of the pieces ({0} = {1}) must add up to {2}, the size of axis {3} of the input ({4}).',
            lengths.join(' + '),
            sum,
            length,
            axis,
            sizesText(shape),
          ),
          { short: l10n.t('sizes do not add up') },
        );
      }
      return new PyTuple(pieces(call, x, axis, lengths));
    }
    const each = call.knownInt('split_size_or_sections');
    if (Number.isNaN(length)) throw call.unclear(x.why ?? l10n.t('a size is not known'));
    if (each <= 0) return call.wrong('not-a-size', l10n.t('{0} is not a size.', each));
    const count = Math.max(1, Math.ceil(length / each));
    call.machine.charge(count * eachPiece);
    return new PyTuple(
      pieces(
        call,
        x,
        axis,
        Array.from({ length: count }, (_, at) => Math.min(each, length - at * each)),
      ),
    );
  };
  registry.define('split', 'input, split_size_or_sections, dim?', split);
  registry.define('split_with_sizes', 'input, split_size_or_sections, dim?', split);
  registry.method('split', 'input, split_size, dim?', call => {
    call.values.set('split_size_or_sections', call.value('split_size')!);
    return split(call);
  });
  registry.define('tensor_split', 'input, indices_or_sections, dim?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length, 0);
    const length = shape[axis]!;
    const value = call.value('indices_or_sections')!;
    if (Number.isNaN(length)) throw call.unclear(x.why ?? l10n.t('a size is not known'));
    if (value instanceof PyList || value instanceof PyTuple) {
      const cuts = call
        .intsOf(value, 'indices_or_sections')
        .map(at => Math.min(Math.max(at < 0 ? at + length : at, 0), length));
      const ends = [...cuts, length];
      return new PyTuple(
        ends.map((end, at) =>
          narrowed(call, x, axis, at === 0 ? 0 : ends[at - 1]!, Math.max(end - (at === 0 ? 0 : ends[at - 1]!), 0)),
        ),
      );
    }
    const count = call.knownInt('indices_or_sections');
    call.machine.charge(count * eachPiece);
    return new PyTuple(
      pieces(
        call,
        x,
        axis,
        Array.from({ length: count }, (_, at) => Math.floor(length / count) + (at < length % count ? 1 : 0)),
      ),
    );
  });
  for (const [name, axis] of [
    ['hsplit', 1],
    ['vsplit', 0],
    ['dsplit', 2],
  ] as const) {
    registry.define(name, 'input, indices_or_sections', call => {
      const x = call.tensor();
      const shape = shapeOf(call, x);
      const own = name === 'hsplit' && shape.length === 1 ? 0 : axis;
      const count = call.knownInt('indices_or_sections');
      return new PyTuple(
        pieces(
          call,
          x,
          own,
          Array.from({ length: count }, () => shape[own]! / count),
        ),
      );
    });
  }
  registry.method('unfold', 'input, dimension, size, step', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dimension', shape.length);
    const [size, step] = [call.int('size'), call.int('step')];
    if (size > shape[axis]!) {
      call.wrong(
        'window-larger-than-axis',
        l10n.t('A window of {0} is larger than axis {1} ({2}).', size, axis, sizesText(shape)),
        {
          short: l10n.t('window is larger than its axis'),
        },
      );
    }
    const count = Math.floor((shape[axis]! - size) / step) + 1;
    const to = [...shape.map((own, at) => (at === axis ? count : own)), size];
    const own = stridesOf(x);
    const strides = own && [...own.map((each, at) => (at === axis ? each * step : each)), own[axis]!];
    const result = viewed(call.world, ops.view, { how: 'windows', shape: to }, x, to, strides);
    result.why ??= call.whyUnknown;
    return result;
  });
  registry.define('diagonal', 'input, offset?, dim1?, dim2?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const offset = call.knownInt('offset', 0);
    const [a, b] = [call.dim('dim1', shape.length, 0), call.dim('dim2', shape.length, 1)];
    if (a === b)
      call.wrong('repeated-axis', l10n.t('Axis {0} is listed twice.', a), { help: l10n.t('List each axis once.') });
    const length = Math.max(
      offset >= 0 ? Math.min(shape[a]!, shape[b]! - offset) : Math.min(shape[a]! + offset, shape[b]!),
      0,
    );
    const to = [...shape.filter((_, axis) => axis !== a && axis !== b), length];
    const own = stridesOf(x);
    const strides = own && [...own.filter((_, axis) => axis !== a && axis !== b), own[a]! + own[b]!];
    const start = own ? x.offset + (offset >= 0 ? offset * own[b]! : -offset * own[a]!) : x.offset;
    return viewed(call.world, ops.view, { how: 'diagonal', shape: to }, x, to, strides, start);
  });
  registry.define('as_strided', 'input, size, stride, storage_offset?', call => {
    const x = call.tensor();
    const size = call.sizes('size');
    const strides = call.sizes('stride');
    const offset = call.has('storage_offset') ? call.int('storage_offset') : x.offset;
    const known = [...size, ...strides, offset].every(Number.isFinite) && x.strides !== undefined;
    return viewed(call.world, ops.view, { how: 'index', shape: size }, x, size, known ? strides : undefined, offset);
  });
  copies(registry);
}

function needMatrix(call: Call, x: PyTensor): void {
  const shape = shapeOf(call, x);
  if (shape.length <= 2) return;
  call.wrong(
    'not-a-matrix',
    l10n.t('{0} takes a matrix, but the tensor has {1} dimensions ({2}).', call.name, shape.length, sizesText(shape)),
    { help: l10n.t('Use transpose(−2, −1).'), short: l10n.t('not a matrix') },
  );
}

/** Refuses a tensor of fewer dimensions. */
export function needDimensions(call: Call, x: PyTensor, least: number, most = Number.POSITIVE_INFINITY): void {
  const shape = shapeOf(call, x);
  if (shape.length >= least && shape.length <= most) return;
  call.wrong(
    'unsupported-rank',
    shape.length < least
      ? l10n.t('{0} needs at least {1} dimensions; the tensor is {2}.', call.name, least, sizesText(shape))
      : l10n.t('{0} takes at most {1} dimensions; the tensor is {2}.', call.name, most, sizesText(shape)),
    { short: l10n.t('wrong number of dimensions') },
  );
}

/** `x.unsqueeze_(0)`: the tensor itself looks at its memory in another way from now on. */
function replaced(call: Call, view: PyTensor): PyTensor {
  const x = call.tensor();
  x.shape = view.shape;
  x.why = view.why;
  x.storage = view.storage;
  x.strides = view.strides;
  x.offset = view.offset;
  x.version = view.version;
  if (view.node) call.world.attach(x, view.node);
  return x;
}

/** Whole axes moved, repeated, cut into triangles. */
function copies(registry: Registry): void {
  registry.method('contiguous', 'input, memory_format?', call => {
    const x = call.tensor();
    if (isContiguous(x)) return x;
    return copied(call.world, x, x.dtype, 'contiguous');
  });
  registry.define('clone', 'input, *, memory_format?', call => {
    const x = call.tensor();
    return copied(call.world, x);
  });
  const repeat = (call: Call, sizes: readonly number[]): Value => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (sizes.length < shape.length) {
      call.wrong(
        'repeats-mismatch',
        l10n.t(
          'The repeats [{0}] must have a number for each of the {1} dimensions of the input ({2}).',
          sizes.join(', '),
          shape.length,
          sizesText(shape),
        ),
        {
          help: l10n.t('Use 1 for a dimension that is not repeated.'),
          short: l10n.t('repeats do not match the input'),
        },
      );
    }
    const added = sizes.length - shape.length;
    const from = [...Array.from({ length: added }, () => 1), ...shape];
    const to = from.map((length, axis) => length * sizes[axis]!);
    const own = rowMajor(from);
    const isSimple = sizes.every(count => count >= 1 || Number.isNaN(count)) && !shape.includes(0);
    const result = isConstant(x)
      ? call.world.tensor(to, x.dtype)
      : isSimple
        ? call.world.apply(ops.repeat, { times: sizes }, [x])
        : call.world.apply(ops.rearrange, { how: 'repeat', shape: to }, [x]);
    result.strides = 'contiguous';
    result.why ??= x.why ?? call.whyUnknown;
    return compute(result, [x], values =>
      indexed(values, to, index => {
        let at = 0;
        for (let axis = 0; axis < to.length; axis++) at += (index[axis]! % from[axis]!) * own[axis]!;
        return at;
      }),
    );
  };
  registry.method('repeat', 'input, *sizes', call => repeat(call, call.sizes('sizes')));
  const tile = (call: Call): Value => {
    const sizes = call.sizes('dims');
    const { length } = shapeOf(call, call.tensor());
    return repeat(call, [...Array.from({ length: Math.max(length - sizes.length, 0) }, () => 1), ...sizes]);
  };
  registry.fn('tile', 'input, dims', tile);
  registry.method('tile', 'input, *dims', tile);
  registry.define('flip', 'input, *dims', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axes = call.sizes('dims').map(axis => call.axis(axis, shape.length));
    const own = rowMajor(shape);
    return moved(call.world, 'flip', x, shape, values =>
      indexed(values, shape, index =>
        index.reduce((at, each, axis) => at + (axes.includes(axis) ? shape[axis]! - 1 - each : each) * own[axis]!, 0),
      ),
    );
  });
  for (const [name, axis] of [
    ['fliplr', 1],
    ['flipud', 0],
  ] as const) {
    registry.define(name, 'input', call => {
      const x = call.tensor();
      const shape = shapeOf(call, x);
      const own = rowMajor(shape);
      return moved(call.world, 'flip', x, shape, values =>
        indexed(values, shape, index =>
          index.reduce((at, each, own2) => at + (own2 === axis ? shape[own2]! - 1 - each : each) * own[own2]!, 0),
        ),
      );
    });
  }
  registry.define('roll', 'input, shifts, dims?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const shifts = call.ints('shifts');
    const axes = call.has('dims') ? call.ints('dims').map(axis => call.axis(axis, shape.length)) : undefined;
    if (axes && axes.length !== shifts.length) {
      call.wrong('roll-mismatch', l10n.t('There are {0} shifts for {1} axes.', shifts.length, axes.length), {
        output: shape,
      });
    }
    const own = rowMajor(shape);
    const size = sizeOf(shape);
    return moved(call.world, 'roll', x, shape, values => {
      if (!axes) return indexed(values, [size], ([at]) => modulo(at! - shifts[0]!, size));
      return indexed(values, shape, index => {
        let at = 0;
        for (let axis = 0; axis < shape.length; axis++) {
          const shift = axes.reduce((sum, each, k) => (each === axis ? sum + shifts[k]! : sum), 0);
          at += modulo(index[axis]! - shift, shape[axis]!) * own[axis]!;
        }
        return at;
      });
    });
  });
  registry.define('rot90', 'input, k?, dims?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const [a, b] = call.dims('dims', shape.length) ?? [0, 1];
    const turns = modulo(call.knownInt('k', 1), 4);
    const to =
      turns % 2 === 0
        ? shape
        : shape.map((length, axis) => (axis === a ? shape[b!]! : axis === b ? shape[a!]! : length));
    return moved(call.world, 'rotate', x, to);
  });
  for (const name of ['tril', 'triu'] as const) {
    registry.define(
      name,
      'input, diagonal?',
      call => {
        const x = call.tensor();
        const shape = shapeOf(call, x);
        needDimensions(call, x, 2);
        const diagonal = call.int('diagonal', 0);
        const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
        return moved(call.world, 'triangle', x, shape, values =>
          values.map((value, at) => {
            const [row, column] = [Math.floor(at / columns) % rows, at % columns];
            const isIn = name === 'tril' ? column - row <= diagonal : column - row >= diagonal;
            return isIn ? value : 0;
          }),
        );
      },
      { inPlace: true },
    );
  }
  registry.define('diag', 'input, diagonal?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    needDimensions(call, x, 1, 2);
    const offset = call.knownInt('diagonal', 0);
    if (shape.length === 1) {
      const side = shape[0]! + Math.abs(offset);
      return moved(call.world, 'diagonal', x, [side, side], values => {
        const out = new Float64Array(side * side);
        values.forEach((value, at) => {
          out[(at + Math.max(-offset, 0)) * side + at + Math.max(offset, 0)] = value;
        });
        return out;
      });
    }
    const [rows, columns] = [shape[0]!, shape[1]!];
    const length = Math.max(offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns), 0);
    return moved(call.world, 'diagonal', x, [length], values =>
      indexed(values, [length], ([at]) => (at! + Math.max(-offset, 0)) * columns + at! + Math.max(offset, 0)),
    );
  });
  registry.define('diag_embed', 'input, offset?, dim1?, dim2?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const side = shape.at(-1)! + Math.abs(call.knownInt('offset', 0));
    if (call.has('dim1') || call.has('dim2')) return call.unsupported(l10n.t('the argument “{0}”', 'dim1'));
    return moved(call.world, 'diagonal', x, [...shape.slice(0, -1), side, side]);
  });
  registry.define('repeat_interleave', 'input, repeats?, dim?, *, output_size?', call => {
    const x = call.tensor();
    const given = call.value('repeats');
    if (given === undefined) return call.unsupported(l10n.t('repeats alone'));
    const shape = shapeOf(call, x);
    if (call.has('dim')) needDimensions(call, x, 1);
    const axis = call.has('dim') ? call.dim('dim', shape.length) : undefined;
    const repeats = call.intsOf(given, 'repeats');
    const from = axis === undefined ? [sizeOf(shape)] : shape;
    const own = axis ?? 0;
    const length = from[own]!;
    const sum = repeats.length === 1 ? repeats[0]! * length : repeats.reduce((total, each) => total + each, 0);
    if (repeats.length !== 1 && Math.abs(repeats.length - length) > 0) {
      call.wrong(
        'repeats-mismatch',
        l10n.t('There are {0} repeats for an axis of {1} ({2}).', repeats.length, length, sizesText(shape)),
        {
          short: l10n.t('repeats do not match the input'),
        },
      );
    }
    const to = from.map((each, at) => (at === own ? sum : each));
    const strides = rowMajor(from);
    const result = moved(call.world, 'repeat', x, to, values => {
      const origin: number[] = [];
      for (let at = 0; at < length; at++) {
        for (let time = 0; time < (repeats.length === 1 ? repeats[0]! : repeats[at]!); time++) origin.push(at);
      }
      return indexed(values, to, index =>
        index.reduce((at, each, k) => at + (k === own ? origin[each]! : each) * strides[k]!, 0),
      );
    });
    result.why ??= call.whyUnknown;
    return result;
  });
  registry.method('resize_', 'input, *sizes', call => {
    const x = call.tensor();
    const shape = call.sizes('sizes');
    x.storage = undefined;
    x.shape = shape;
    x.strides = 'contiguous';
    x.offset = 0;
    x.node = undefined;
    return x;
  });
  // Another tensor's memory from now on; without anything, none.
  registry.method('set_', 'input, source?, storage_offset?, size?, stride?', call => {
    const source = plain(call.value('source') ?? null);
    if (source === null) return replaced(call, call.world.known([0], new Float64Array(0), call.tensor().dtype));
    if (!(source instanceof PyTensor) || call.value('size') !== undefined) return call.unsupported(l10n.t('such data'));
    return replaced(call, source);
  });
  registry.define('view_as_real', 'input', call => {
    const x = call.tensor();
    const shape = [...shapeOf(call, x), 2];
    return call.world.apply(ops.view, { how: 'real', shape }, [x], {
      dtype: x.dtype === 'complex128' ? 'float64' : 'float32',
    });
  });
  registry.define('view_as_complex', 'input', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (Math.abs(shape.at(-1)! - 2) > 0 || shape.length === 0) {
      call.wrong(
        'not-complex',
        l10n.t(
          'view_as_complex takes a last axis of 2 (real and imaginary part), but the tensor is {0}.',
          sizesText(shape),
        ),
        {
          output: shape.slice(0, -1),
          short: l10n.t('last axis must be 2'),
        },
      );
    }
    return call.world.apply(ops.view, { how: 'complex', shape: shape.slice(0, -1) }, [x], {
      dtype: x.dtype === 'float64' ? 'complex128' : 'complex64',
    });
  });
  const part = (call: Call): PyTensor => {
    const x = call.tensor();
    if (!isComplex(x.dtype)) return x;
    return call.world.apply(ops.view, { how: 'real', shape: shapeOf(call, x) }, [x], {
      dtype: x.dtype === 'complex128' ? 'float64' : 'float32',
    });
  };
  // As attributes they are no methods.
  registry.fn('real imag', 'input', part);
}

function modulo(value: number, length: number): number {
  return length === 0 ? 0 : ((value % length) + length) % length;
}

/** Values that stand elsewhere: `from` gives for an index of the result the place in `values`. */
export function indexed(values: Float64Array, shape: Shape, from: (index: readonly number[]) => number): Float64Array {
  const size = sizeOf(shape);
  const out = new Float64Array(size);
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < size; at++) {
    out[at] = values[from(index)]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return out;
}
