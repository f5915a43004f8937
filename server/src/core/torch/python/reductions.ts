// Sums, means, maxima and the like over axes; running sums; sorting and what is the largest.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import type { Shape } from '../../ops/op.ts';
import { PyTuple, type Value } from '../../python/objects.ts';
import { type Call, type Registry, sizesText } from './call.ts';
import { chosenOf } from './chosen.ts';
import { fractionType, isWhole, realType } from './dtype.ts';
import { checked, isConstant, maximum, minimum, notOf, sub, unary } from './pointwise.ts';
import { named } from './results.ts';
import type { DType } from './tensor.ts';
import { PyTensor } from './tensor.ts';
import { compute, gathered, numberOf, rowMajor, sizeOf } from './values.ts';
import { cast, indexed, moved, reshaped, shapeOf } from './views.ts';

type How = ops.Reduce['how'];

/** Reduces axes (all of them where none are given). */
export function reduced(
  call: Call,
  how: How,
  x: PyTensor,
  given: readonly number[] | undefined,
  keep: boolean,
  dtype: DType,
  value: ((values: Float64Array) => number) | undefined,
): PyTensor {
  const shape = shapeOf(call, x);
  const axes = given && given.length > 0 && shape.length > 0 ? given : shape.map((_, axis) => axis);
  const gone = new Set(axes);
  const empty = axes.find(axis => shape[axis] === 0);
  if (empty !== undefined && (how === 'max' || how === 'min')) {
    call.wrong(
      'reduction-of-nothing',
      l10n.t('{0} of axis {1} is not defined: it has no elements ({2}).', call.name, empty, sizesText(shape)),
      { short: l10n.t('no elements') },
    );
  }
  const to = keep
    ? shape.map((length, axis) => (gone.has(axis) ? 1 : length))
    : shape.filter((_, axis) => !gone.has(axis));
  let result: PyTensor;
  if (isConstant(x)) result = call.world.tensor(to, dtype);
  else if (axes.length === 0) result = call.world.apply(ops.unary, { how: 'test' }, [x], { dtype });
  else result = call.world.apply(ops.reduce, { how, axes, keep }, [x], { dtype });
  if (!value || shape.some(Number.isNaN)) return result;
  const isUnsure = isWhole(x.dtype);
  return compute(
    result,
    [x],
    values => {
      const out = new Float64Array(sizeOf(to));
      // What is reduced to one value lies in one piece.
      const strides = rowMajor(shape);
      const order = [...shape.keys()].sort(
        (one, other) => Number(gone.has(one)) - Number(gone.has(other)) || one - other,
      );
      const sorted = order.map(axis => shape[axis]!);
      const pieces = gathered(
        values,
        sorted,
        order.map(axis => strides[axis]!),
        0,
      );
      const group = new Float64Array(out.length === 0 ? 0 : pieces.length / out.length);
      for (let line = 0, from = 0; line < out.length; line++) {
        let isSure = true;
        for (let at = 0; at < group.length; at++) {
          const each = pieces[from++]!;
          if (Number.isNaN(each)) isSure = false;
          group[at] = each;
        }
        out[line] = isSure || !isUnsure ? value(group) : Number.NaN;
      }
      return out;
    },
    `reduce ${numberOf(value)} ${axes} ${keep}`,
  );
}

function sumOf(values: Float64Array): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total;
}

const productOf = (values: Float64Array): number => values.reduce((total, each) => total * each, 1);
const maxOf = (values: Float64Array): number =>
  values.reduce((most, each) => (Number.isNaN(each) ? each : Math.max(most, each)), Number.NEGATIVE_INFINITY);
const minOf = (values: Float64Array): number =>
  values.reduce((least, each) => (Number.isNaN(each) ? each : Math.min(least, each)), Number.POSITIVE_INFINITY);
const meanOf = (values: Float64Array): number => sumOf(values) / values.length;

function varianceOf(values: Float64Array, correction: number): number {
  const mean = meanOf(values);
  return values.reduce((total, each) => total + (each - mean) ** 2, 0) / Math.max(values.length - correction, 0);
}

/** Sums of whole numbers are int64. */
const sumType = (dtype: DType): DType => (isWhole(dtype) ? 'int64' : dtype);

export function defineReductions(registry: Registry): void {
  for (const [name, op] of [
    ['softmax', ops.softmax],
    ['log_softmax', ops.logSoftmax],
  ] as const) {
    registry.define(name, 'input, dim?, dtype?', call => {
      const own = call.dtype();
      const x = own ? cast(call.world, call.tensor(), own) : call.tensor();
      const axis = x.shape ? call.dim('dim', x.shape.length) : 0;
      if (x.shape?.length === 0) return unary(call.world, 'exp', x, x.dtype, () => (name === 'softmax' ? 1 : 0));
      return call.world.apply(op, { axis }, [x]);
    });
  }
  const simple = (
    names: string,
    how: How,
    value: (values: Float64Array) => number,
    typeOf: (dtype: DType) => DType,
  ): void =>
    registry.define(names, 'input, dim?, keepdim?, *, dtype?', call => {
      const x = call.tensor();
      const axes = how !== 'product' || call.given('dim') ? call.dims('dim', shapeOf(call, x).length) : undefined;
      return reduced(call, how, x, axes, call.bool('keepdim'), call.dtype() ?? typeOf(x.dtype), value);
    });
  simple('sum nansum', 'sum', sumOf, sumType);
  simple('prod', 'product', productOf, sumType);
  registry.define('mean nanmean', 'input, dim?, keepdim?, *, dtype?', call => {
    const x = call.tensor();
    if (isWhole(x.dtype) && x.hasType && !call.has('dtype')) {
      call.wrong(
        'mean-of-integers',
        l10n.t('The mean of a tensor of {0} is not defined: it would not be an integer.', x.dtype),
        { help: l10n.t('Convert it first, for example with float().'), short: l10n.t('mean of integers') },
      );
    }
    const axes = call.dims('dim', shapeOf(call, x).length);
    return reduced(call, 'mean', x, axes, call.bool('keepdim'), call.dtype() ?? x.dtype, meanOf);
  });
  simple('amax', 'max', maxOf, dtype => dtype);
  simple('amin', 'min', minOf, dtype => dtype);
  registry.define('logsumexp', 'input, dim, keepdim?', call => {
    const x = call.tensor();
    call.given('dim');
    return reduced(
      call,
      'logSumExp',
      x,
      call.dims('dim', shapeOf(call, x).length),
      call.bool('keepdim'),
      fractionType(x.dtype),
      undefined,
    );
  });
  for (const [name, value] of [
    ['any', (values: Float64Array) => Number(values.some(each => each !== 0))],
    ['all', (values: Float64Array) => Number(values.every(each => each !== 0))],
  ] as const) {
    registry.define(name, 'input, dim?, keepdim?', call => {
      const x = call.tensor();
      return reduced(
        call,
        name,
        x,
        call.dims('dim', shapeOf(call, x).length),
        call.bool('keepdim'),
        x.dtype === 'uint8' ? 'uint8' : 'bool',
        value,
      );
    });
  }
  registry.define('count_nonzero', 'input, dim?', call => {
    const x = call.tensor();
    return reduced(
      call,
      'sum',
      x,
      call.dims('dim', shapeOf(call, x).length),
      false,
      'int64',
      values => values.filter(each => each !== 0).length,
    );
  });
  for (const [name, root] of [
    ['var', false],
    ['std', true],
  ] as const) {
    registry.define(name, 'input, dim?, unbiased?, keepdim?, *, correction?', call => {
      const x = call.tensor();
      if (isWhole(x.dtype)) notOf(call, x);
      let correction = call.has('correction') ? call.number('correction') : 1;
      // x.var(False), x.var(1, False): as PyTorch tells them apart.
      const first = call.value('dim');
      let axes: readonly number[] | undefined;
      if (typeof first === 'boolean') correction = first ? 1 : 0;
      else axes = call.dims('dim', shapeOf(call, x).length);
      if (call.has('unbiased')) correction = call.bool('unbiased') ? 1 : 0;
      return reduced(call, 'variance', x, axes, call.bool('keepdim'), realType(x.dtype), values => {
        const value = varianceOf(values, correction);
        return root ? Math.sqrt(value) : value;
      });
    });
  }
  for (const name of ['var_mean', 'std_mean'] as const) {
    registry.fn(name, 'input, dim?, unbiased?, keepdim?, *, correction?', call => {
      const x = call.tensor();
      if (isWhole(x.dtype)) notOf(call, x);
      const axes = call.dims('dim', shapeOf(call, x).length);
      const keep = call.bool('keepdim');
      return new PyTuple([
        reduced(call, 'variance', x, axes, keep, realType(x.dtype), undefined),
        reduced(call, 'mean', x, axes, keep, x.dtype, undefined),
      ]);
    });
  }
  registry.define('norm', 'input, p?, dim?, keepdim?, dtype?', call => {
    const x = call.tensor();
    if (isWhole(x.dtype) && !call.has('dtype')) notOf(call, x);
    const p = call.value('p');
    const power = p === undefined || p === null || p === 'fro' ? 2 : call.number('p');
    const axes = call.dims('dim', shapeOf(call, x).length);
    return reduced(
      call,
      'norm',
      x,
      axes,
      call.bool('keepdim'),
      call.dtype() ?? fractionType(realType(x.dtype)),
      values => normOf(values, power),
    );
  });
  registry.fn('dist', 'input, other, p?', call => {
    const difference = checked(sub)(call.world, call.tensor(), call.tensor('other'));
    return reduced(call, 'norm', difference, undefined, false, difference.dtype, values =>
      normOf(values, call.number('p', 2)),
    );
  });
  registry.method('dist', 'input, other, p?', call => {
    const difference = checked(sub)(call.world, call.tensor(), call.tensor('other'));
    return reduced(call, 'norm', difference, undefined, false, difference.dtype, values =>
      normOf(values, call.number('p', 2)),
    );
  });
  for (const [name, how, value] of [
    ['max', 'max', maxOf],
    ['min', 'min', minOf],
  ] as const) {
    registry.define(name, 'input, dim?, keepdim?, *, other?', call => {
      const x = call.tensor();
      const second = call.value('other') ?? call.value('dim');
      if (
        second instanceof PyTensor &&
        (call.has('other') || second.shape?.length !== 0 || !isWhole(second.dtype) || !isConstant(second))
      ) {
        return checked(name === 'max' ? maximum : minimum)(call.world, x, second);
      }
      if (!call.given('dim')) return reduced(call, how, x, undefined, false, x.dtype, value);
      const shape = shapeOf(call, x);
      const axis = call.dim('dim', shape.length);
      const keep = call.bool('keepdim');
      return named(
        call,
        name,
        ['values', 'indices'],
        [reduced(call, how, x, [axis], keep, x.dtype, value), argument(call, x, axis, keep, name)],
      );
    });
    registry.define(`arg${name}`, 'input, dim?, keepdim?', call => {
      const x = call.tensor();
      if (x.dtype === 'bool') notOf(call, x);
      const shape = shapeOf(call, x);
      if (call.has('dim')) return argument(call, x, call.dim('dim', shape.length), call.bool('keepdim'), name);
      const flat = reshaped(call, x, [sizeOf(shape)]);
      return argument(call, flat, 0, false, name);
    });
  }
  registry.fn('aminmax', 'input, *, dim?, keepdim?', call => aminmax(call));
  registry.method('aminmax', 'input, *, dim?, keepdim?', call => aminmax(call));
  for (const name of ['median', 'nanmedian', 'mode']) {
    registry.define(name, 'input, dim?, keepdim?', call => {
      const x = call.tensor();
      if (x.dtype === 'bool') notOf(call, x);
      const shape = shapeOf(call, x);
      if (!call.given('dim') && name !== 'mode') return reduced(call, 'max', x, undefined, false, x.dtype, undefined);
      const axis = call.dim('dim', shape.length, -1);
      const keep = call.bool('keepdim');
      return named(
        call,
        name,
        ['values', 'indices'],
        [
          reduced(call, 'max', x, [axis], keep, x.dtype, undefined),
          reduced(call, 'max', x, [axis], keep, 'int64', undefined),
        ],
      );
    });
  }
  registry.define('quantile nanquantile', 'input, q, dim?, keepdim?, *, interpolation?', call => {
    const x = call.tensor();
    const result = reduced(
      call,
      'max',
      x,
      call.dims('dim', shapeOf(call, x).length),
      call.bool('keepdim'),
      x.dtype,
      undefined,
    );
    const q = call.value('q');
    if (!(q instanceof PyTensor) || q.shape?.length === 0) return result;
    const shape = shapeOf(call, q);
    return call.world.apply(ops.rearrange, { how: 'order', shape: [...shape, ...result.shape!] }, [result, q]);
  });
  scans(registry);
  sorting(registry);
}

export function normOf(values: Float64Array, p: number): number {
  if (p === Number.POSITIVE_INFINITY) return maxOf(values.map(Math.abs));
  if (p === 0) return values.filter(each => each !== 0).length;
  return values.reduce((total, each) => total + Math.abs(each) ** p, 0) ** (1 / p);
}

function aminmax(call: Call): Value {
  const x = call.tensor();
  const axes = call.dims('dim', shapeOf(call, x).length);
  const keep = call.bool('keepdim');
  return named(
    call,
    'aminmax',
    ['min', 'max'],
    [reduced(call, 'min', x, axes, keep, x.dtype, minOf), reduced(call, 'max', x, axes, keep, x.dtype, maxOf)],
  );
}

/** Where the largest (or smallest) element of an axis stands. */
function argument(call: Call, x: PyTensor, axis: number, keep: boolean, how: 'max' | 'min'): PyTensor {
  const shape = shapeOf(call, x);
  const to = keep ? shape.map((length, at) => (at === axis ? 1 : length)) : shape.filter((_, at) => at !== axis);
  const value = (values: Float64Array): number => {
    let best = 0;
    for (let at = 1; at < values.length; at++) {
      if (how === 'max' ? values[at]! > values[best]! : values[at]! < values[best]!) best = at;
    }
    return best;
  };
  if (isConstant(x) || shape.length === 0)
    return reduced(call, how, x, shape.length === 0 ? undefined : [axis], keep, 'int64', value);
  if (how === 'min') return call.world.apply(ops.rearrange, { how: 'argMin', shape: to }, [x], { dtype: 'int64' });
  return call.world.apply(ops.argMax, { axis, keep }, [x], { dtype: 'int64' });
}

function scans(registry: Registry): void {
  for (const [name, how, value] of [
    ['cumsum', 'sum', (a: number, b: number) => a + b],
    ['cumprod', 'product', (a: number, b: number) => a * b],
    ['logcumsumexp', 'logSumExp', undefined],
    ['cummax', 'max', (a: number, b: number) => Math.max(a, b)],
    ['cummin', 'min', (a: number, b: number) => Math.min(a, b)],
  ] as const) {
    registry.define(
      name,
      'input, dim, *, dtype?',
      call => {
        const x = call.tensor();
        const shape = shapeOf(call, x);
        const axis = call.dim('dim', shape.length);
        const isExtreme = how === 'max' || how === 'min';
        const dtype = call.dtype() ?? (isExtreme ? x.dtype : sumType(x.dtype));
        const result = isConstant(x)
          ? call.world.tensor(shape, dtype)
          : call.world.apply(ops.scan, { how, axis }, [x], { dtype });
        if (value) {
          compute(result, [x], values => {
            const out = Float64Array.from(values);
            const step = shape.length === 0 ? 0 : rowMajor(shape)[axis]!;
            for (let at = 0; at < out.length; at++) {
              const index = step === 0 ? 0 : Math.floor(at / step) % shape[axis]!;
              if (index > 0) out[at] = value(out[at - step]!, out[at]!);
            }
            return out;
          });
        }
        if (!isExtreme) return result;
        return named(call, name, ['values', 'indices'], [result, call.world.tensor(shape, 'int64')]);
      },
      { inPlace: !name.startsWith('cumm') && name !== 'logcumsumexp' },
    );
  }
  registry.define('diff', 'input, n?, dim?, prepend?, append?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length, -1);
    if (call.has('prepend') || call.has('append')) return call.unsupported(l10n.t('the argument “{0}”', 'prepend'));
    const n = call.knownInt('n', 1);
    const to = shape.map((length, at) => (at === axis ? Math.max(length - n, 0) : length));
    if (isConstant(x) && n === 1) {
      const own = rowMajor(shape);
      return compute(call.world.tensor(to, x.dtype), [x], values => {
        const flat = (index: readonly number[]): number => index.reduce((at, each, k) => at + each * own[k]!, 0);
        const low = indexed(values, to, flat);
        const high = indexed(values, to, index => flat(index) + own[axis]!);
        return high.map((value, at) => value - low[at]!);
      });
    }
    return call.world.apply(ops.rearrange, { how: 'index', shape: to }, [x]);
  });
}

/** The order of an axis's elements; equal ones stay as they are. */
function orderOf(values: Float64Array, shape: Shape, axis: number, descending: boolean): readonly Float64Array[] {
  const sorted = new Float64Array(values.length);
  const places = new Float64Array(values.length);
  const step = shape.length === 0 ? 1 : rowMajor(shape)[axis]!;
  const length = shape.length === 0 ? 1 : shape[axis]!;
  for (let start = 0; start < values.length; start++) {
    if (Math.floor(start / step) % length !== 0) continue;
    const order = Array.from({ length }, (_, at) => at).sort((a, b) => {
      const difference = values[start + a * step]! - values[start + b * step]!;
      return (descending ? -difference : difference) || a - b;
    });
    order.forEach((from, at) => {
      sorted[start + at * step] = values[start + from * step]!;
      places[start + at * step] = from;
    });
  }
  return [sorted, places];
}

function sorting(registry: Registry): void {
  const sort = (call: Call): readonly [PyTensor, PyTensor] => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length, -1);
    const descending = call.bool('descending');
    const [values, places] = isConstant(x)
      ? [call.world.tensor(shape, x.dtype), call.world.tensor(shape, 'int64')]
      : (call.world.applyAll(ops.sort, { axis: shape.length === 0 ? 0 : axis }, [x]) as [PyTensor, PyTensor]);
    places!.dtype = 'int64';
    compute(values!, [x], read => orderOf(read, shape, axis, descending)[0]!);
    compute(places!, [x], read => orderOf(read, shape, axis, descending)[1]!);
    return [values!, places!];
  };
  registry.define('sort msort', 'input, dim?, descending?, stable?', call =>
    named(call, 'sort', ['values', 'indices'], sort(call)),
  );
  registry.define('argsort', 'input, dim?, descending?, stable?', call => sort(call)[1]);
  registry.define('topk', 'input, k, dim?, largest?, sorted?', call => {
    const x = call.tensor();
    if (x.dtype === 'bool') notOf(call, x);
    const shape = shapeOf(call, x);
    const axis = call.dim('dim', shape.length, -1);
    const k = call.int('k');
    if (k > (shape[axis] ?? 1) || k < 0) {
      call.wrong(
        'k-larger-than-axis',
        l10n.t(
          'Cannot pick {0} elements along axis {1}: it has only {2} ({3}).',
          k,
          axis,
          shape[axis] ?? 1,
          sizesText(shape),
        ),
        { help: l10n.t('Use at most {0}.', shape[axis] ?? 1), short: l10n.t('k larger than its axis') },
      );
    }
    const to = shape.map((length, at) => (at === axis ? k : length));
    const largest = call.bool('largest', true);
    const isPlain = shape.length > 0 && !to.includes(0) && !shape.includes(0);
    const [values, places] = isConstant(x)
      ? [call.world.tensor(to, x.dtype), call.world.tensor(to, 'int64')]
      : isPlain
        ? (call.world.applyAll(ops.topK, { k, axis }, [x]) as [PyTensor, PyTensor])
        : [moved(call.world, 'order', x, to), moved(call.world, 'order', x, to)];
    places!.dtype = 'int64';
    values!.why ??= call.whyUnknown;
    places!.why ??= call.whyUnknown;
    const own = rowMajor(shape);
    for (const [at, result] of [values!, places!].entries()) {
      compute(result, [x], read =>
        indexed(orderOf(read, shape, axis, largest)[at]!, to, index =>
          index.reduce((sum, each, d) => sum + each * own[d]!, 0),
        ),
      );
    }
    return named(call, 'topk', ['values', 'indices'], [values!, places!]);
  });
  registry.define('kthvalue', 'input, k, dim?, keepdim?', call => {
    const x = call.tensor();
    const axis = call.dim('dim', shapeOf(call, x).length, -1);
    const keep = call.bool('keepdim');
    return named(
      call,
      'kthvalue',
      ['values', 'indices'],
      [
        reduced(call, 'max', x, [axis], keep, x.dtype, undefined),
        reduced(call, 'max', x, [axis], keep, 'int64', undefined),
      ],
    );
  });
  registry.define('bincount', 'input, weights?, minlength?', call => {
    const x = call.tensor();
    if (x.hasType && !isWhole(x.dtype))
      throw call.machine.raise('RuntimeError', `"bincount_cpu" not implemented for '${x.dtype}'`);
    // As many as it is to have at least, where no index is larger.
    const chosen = chosenOf(call.world, x);
    const least = call.has('minlength') ? call.int('minlength') : 0;
    if (chosen?.kind === 'numbers' && least >= chosen.source.range && !call.has('weights')) {
      return call.world.apply(ops.rearrange, { how: 'order', shape: [least] }, [x], { dtype: 'int64' });
    }
    return call.dataDependent(x, 1, 'int64');
  });
  registry.define('histc', 'input, bins?, min?, max?', call => {
    const x = call.tensor();
    return call.world.apply(ops.rearrange, { how: 'order', shape: [call.int('bins', 100)] }, [x]);
  });
  registry.fn('searchsorted', 'sorted_sequence, input, *, out_int32?, right?, side?, sorter?', call => {
    const x = call.tensor();
    return call.world.apply(
      ops.rearrange,
      { how: 'order', shape: shapeOf(call, x) },
      [x, call.tensor('sorted_sequence')],
      { dtype: 'int64' },
    );
  });
  registry.fn('bucketize', 'input, boundaries, *, out_int32?, right?', call => {
    const x = call.tensor();
    return call.world.apply(ops.rearrange, { how: 'order', shape: shapeOf(call, x) }, [x, call.tensor('boundaries')], {
      dtype: 'int64',
    });
  });
}
