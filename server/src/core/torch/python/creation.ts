// Tensors out of nothing: zeros, ranges, random numbers, and what lists of Python's hold.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import type { Shape } from '../../ops/op.ts';
import { PyArray } from '../../python/library/numpy/array.ts';
import { PyList, PyRange, PyTuple, plain, Unknown, type Value } from '../../python/objects.ts';
import { type Call, numberIn, type Registry, sizesText } from './call.ts';
import { promote, roundAll, rounded } from './dtype.ts';
import { elementwiseStrides } from './layout.ts';
import { isConstant } from './pointwise.ts';
import { mostValues, Storage, Values } from './storage.ts';
import { type DType, PyTensor } from './tensor.ts';
import { compute, gathered, oneValue, sizeOf, valuesOf } from './values.ts';
import { cast, copied, shapeOf } from './views.ts';

/** torch.tensor of numbers, nested lists and tensors without axes. */
export function tensorOf(call: Call, data: Value, wanted?: DType): PyTensor {
  const { world } = call;
  if (data instanceof PyArray) return ofArray(call, data, wanted);
  if (data instanceof PyTensor) {
    const copy = copied(world, data, wanted ?? data.dtype);
    return copy;
  }
  // It may be a number or a list.
  if (data instanceof Unknown) return world.tensor(undefined, wanted ?? 'float32', data.reason);
  const values: number[] = [];
  let dtype: DType | undefined;
  let why: Unknown['reason'] | undefined;
  const inputs: PyTensor[] = [];
  const shapeIn = (value: Value): Shape => {
    const own = plain(value);
    if (own === null) throw call.machine.raise('RuntimeError', 'Could not infer dtype of NoneType');
    const number = numberIn(own);
    if (number) {
      dtype = dtype ? promote(dtype, number.dtype) : number.dtype;
      values.push(number.value);
      return [];
    }
    if (own instanceof PyArray) {
      const type = arrayTypes.get(own.type) ?? call.unsupported(l10n.t('an array of {0}', own.type));
      dtype = dtype ? promote(dtype, type) : type;
      values.push(...gathered(own.storage, own.shape, own.strides, own.offset));
      return own.shape;
    }
    if (own instanceof PyTensor) {
      dtype = dtype ? promote(dtype, own.dtype) : own.dtype;
      if (own.node || !own.shape) inputs.push(own);
      const known = own.shape && valuesOf(own);
      if (!known) why ??= own.why ?? { message: l10n.t('the value of a tensor is not known') };
      if (!own.shape) throw call.unclear(own.why ?? l10n.t('the shape of its input is not known'));
      for (let at = 0; at < sizeOf(own.shape); at++) values.push(known ? known[at]! : Number.NaN);
      return own.shape;
    }
    if (own instanceof Unknown) {
      why ??= own.reason;
      values.push(Number.NaN);
      return [];
    }
    if (own instanceof PyList || own instanceof PyTuple || own instanceof PyRange) {
      const items = call.itemsOf(own, 'data');
      call.machine.charge(items.length);
      const shapes = items.map(shapeIn);
      const odd = shapes.find(shape => shape.join() !== shapes[0]!.join());
      if (odd) {
        return call.wrong(
          'ragged-list',
          l10n.t(
            'A tensor cannot be made of lists of unlike lengths: {0} and {1}.',
            sizesText(shapes[0]!),
            sizesText(odd),
          ),
          { short: l10n.t('lists of unlike lengths') },
        );
      }
      return [items.length, ...(shapes[0] ?? [])];
    }
    return call.unsupported(l10n.t('such data'));
  };
  const shape = shapeIn(data);
  const result: DType = wanted ?? dtype ?? 'float32';
  if (values.length > mostValues || why) {
    const tensor = world.tensor(shape, result);
    // Whole numbers that are not known are NaN, one by one; of fractions nothing is known.
    if (why && !result.includes('float') && values.length <= mostValues) {
      tensor.storage = new Storage(Values.of(Float64Array.from(values, value => rounded(value, result))));
    }
    tensor.why = undefined;
    return tensor;
  }
  return world.known(
    shape,
    Float64Array.from(values, value => rounded(value, result)),
    result,
  );
}

const arrayTypes: ReadonlyMap<string, DType> = new Map(
  (['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'float16', 'float32', 'float64'] as const).map(type => [
    type,
    type,
  ]),
);

/** An array of NumPy, as it is now. */
function ofArray(call: Call, array: PyArray, wanted: DType | undefined): PyTensor {
  const dtype = wanted ?? arrayTypes.get(array.type);
  if (!dtype) return call.unsupported(l10n.t('an array of {0}', array.type));
  if (sizeOf(array.shape) > mostValues) return call.world.tensor(array.shape, dtype);
  call.machine.charge(sizeOf(array.shape));
  const values = gathered(array.storage, array.shape, array.strides, array.offset);
  return call.world.known(array.shape, roundAll(values, dtype), dtype);
}

/** The shape that a function was given: `3, 4` or `(3, 4)`. */
function shapeGiven(call: Call, name = 'size'): Shape {
  if (call.value(name) === undefined || (call.value(name) as PyTuple).items?.length === 0) {
    if (call.has('shape')) return call.sizes('shape');
    if (name === 'size' && call.value(name) === undefined) return [];
  }
  const sizes = call.sizes(name);
  const bad = sizes.find(length => length < 0);
  if (bad !== undefined) return call.wrong('not-a-size', l10n.t('{0} is not a size.', bad));
  return sizes;
}

/** A tensor of this shape; `value` undefined where its values are random or not set. */
function made(call: Call, shape: Shape, dtype: DType, value?: number): PyTensor {
  const tensor =
    value !== undefined && !shape.some(Number.isNaN) && !Number.isNaN(value) && !dtype.startsWith('complex')
      ? call.world.filled(shape, rounded(value, dtype), dtype)
      : call.world.tensor(shape, dtype);
  if (shape.some(Number.isNaN)) tensor.why = call.whyUnknown;
  if (call.value('requires_grad') === true) tensor.requiresGrad = true;
  return tensor;
}

export function defineCreation(registry: Registry): void {
  const filled = (name: string, value: number | undefined): void => {
    registry.fn(name, 'size*, *, dtype?'.replace('size*', '*size'), call =>
      made(call, shapeGiven(call), call.dtype() ?? 'float32', value),
    );
    registry.define(`${name}_like`, 'input, *, dtype?', call => {
      const x = call.tensor();
      if (!x.shape) return call.world.tensor(undefined, call.dtype() ?? x.dtype, x.why);
      const tensor = made(call, x.shape, call.dtype() ?? x.dtype, value);
      tensor.why ??= x.why;
      tensor.strides = elementwiseStrides([x], x.shape);
      return tensor;
    });
    registry.method(`new_${name}`, 'input, *size, dtype?', call =>
      made(call, shapeGiven(call), call.dtype() ?? call.tensor().dtype, value),
    );
  };
  filled('zeros', 0);
  filled('ones', 1);
  filled('empty', undefined);
  filled('rand', undefined);
  filled('randn', undefined);
  registry.fn('full', 'size, fill_value, *, dtype?', call => {
    const fill = call.tensor('fill_value');
    return made(call, call.sizes('size'), call.dtype() ?? fill.dtype, oneValue(fill));
  });
  registry.fn('full_like', 'input, fill_value, *, dtype?', call => {
    const x = call.tensor();
    return made(call, shapeOf(call, x), call.dtype() ?? x.dtype, oneValue(call.tensor('fill_value')));
  });
  registry.method('new_full', 'input, size, fill_value, *, dtype?', call =>
    made(call, call.sizes('size'), call.dtype() ?? call.tensor().dtype, oneValue(call.tensor('fill_value'))),
  );
  registry.method('new_tensor', 'input, data, *, dtype?', call => tensorOf(call, call.value('data')!, call.dtype()));
  registry.method('new', 'input, *size', call => made(call, shapeGiven(call), call.tensor().dtype));
  registry.fn('empty_strided', 'size, stride, *, dtype?', call =>
    made(call, call.sizes('size'), call.dtype() ?? 'float32'),
  );
  registry.fn('tensor', 'data, *, dtype?', call => tensorOf(call, call.value('data')!, call.dtype()));
  registry.fn('scalar_tensor', 's, *, dtype?', call => tensorOf(call, call.value('s')!, call.dtype() ?? 'float32'));
  registry.fn('as_tensor asarray', 'data, dtype?', call => {
    const data = call.value('data')!;
    const dtype = call.dtype();
    if (data instanceof PyTensor) return dtype ? cast(call.world, data, dtype) : data;
    return tensorOf(call, data, dtype);
  });
  registry.fn('from_numpy', 'ndarray', call => tensorOf(call, call.value('ndarray')!));
  registry.fn('randint', 'low, high?, size?, *, dtype?', call => {
    const size = call.has('size') ? call.sizes('size') : call.sizes('high');
    return made(call, size, call.dtype() ?? 'int64');
  });
  registry.fn('randint_like', 'input, low, high?, *, dtype?', call =>
    made(call, shapeOf(call, call.tensor()), call.dtype() ?? call.tensor().dtype),
  );
  registry.fn('randperm', 'n, *, dtype?', call => made(call, [call.int('n')], call.dtype() ?? 'int64'));
  registry.fn('normal', 'mean, std?, size?, *, dtype?', call => {
    if (call.has('size')) return made(call, call.sizes('size'), 'float32');
    const first = call.value('mean') instanceof PyTensor ? call.tensor('mean') : call.tensor('std');
    return made(call, shapeOf(call, first), first.dtype);
  });
  registry.define('bernoulli poisson', 'input, p?', call => {
    const x = call.tensor();
    return call.world.apply(ops.rearrange, { how: 'random', shape: shapeOf(call, x) }, [x]);
  });
  registry.define('multinomial', 'input, num_samples, replacement?', call => {
    const x = call.tensor();
    const shape = [...shapeOf(call, x).slice(0, -1), call.int('num_samples')];
    return call.world.apply(ops.rearrange, { how: 'random', shape }, [x], { dtype: 'int64' });
  });
  ranges(registry);
  registry.fn('eye', 'n, m?, *, dtype?', call => {
    const rows = call.int('n');
    const columns = call.int('m', rows);
    const dtype = call.dtype() ?? 'float32';
    const tensor = call.world.tensor([rows, columns], dtype, call.whyUnknown);
    const size = rows * columns;
    if (size <= mostValues) {
      tensor.storage = new Storage(
        new Values(size, () =>
          Float64Array.from({ length: size }, (_, at) => Number(Math.floor(at / columns) === at % columns)),
        ),
      );
    }
    return tensor;
  });
  for (const name of ['tril_indices', 'triu_indices'] as const) {
    registry.fn(name, 'row, col, offset?, *, dtype?', call => {
      const [rows, columns, offset] = [call.knownInt('row'), call.knownInt('col'), call.knownInt('offset', 0)];
      call.machine.charge(rows * columns);
      const found: number[][] = [[], []];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          if (name === 'tril_indices' ? column - row > offset : column - row < offset) continue;
          found[0]!.push(row);
          found[1]!.push(column);
        }
      }
      return call.world.known([2, found[0]!.length], Float64Array.from(found.flat()), call.dtype() ?? 'int64');
    });
  }
  registry.fn('complex polar', 'real, imag', call => {
    const [a, b] = [call.tensor('real'), call.tensor('imag')];
    const shape = shapeOf(call, a).length >= shapeOf(call, b).length ? a.shape! : b.shape!;
    return call.world.apply(ops.rearrange, { how: 'copy', shape }, [a, b], {
      dtype: a.dtype === 'float64' ? 'complex128' : 'complex64',
    });
  });
  registry.fn(
    'hann_window hamming_window blackman_window bartlett_window kaiser_window',
    'window_length, periodic?, alpha?, beta?, *, dtype?',
    call => made(call, [call.int('window_length')], call.dtype() ?? 'float32'),
  );
}

/** A tensor with values that are computed when asked for. */
function computedFrom(call: Call, length: number, dtype: DType, value: (at: number) => number, key?: string): PyTensor {
  const tensor = call.world.tensor([length], dtype, Number.isNaN(length) ? call.whyUnknown : undefined);
  if (length <= mostValues) {
    const make = (): Values =>
      new Values(length, () => Float64Array.from({ length }, (_, at) => rounded(value(at), dtype)));
    tensor.storage = new Storage(key === undefined ? make() : call.world.source(key, make));
  }
  return tensor;
}

function ranges(registry: Registry): void {
  registry.fn('arange range', 'start?, end?, step?, *, dtype?', call => {
    if (!call.has('start') && !call.has('end')) return call.unsupported(l10n.t('no end'));
    const given = ['start', 'end', 'step'].filter(name => call.has(name));
    const types = given.map(name => call.tensor(name).dtype);
    const [first, second, third] = ['start', 'end', 'step'].map(name =>
      call.has(name) ? call.number(name) : undefined,
    );
    const start = second === undefined || first === undefined ? 0 : first;
    const end = second ?? first!;
    const step = third ?? 1;
    const dtype = call.dtype() ?? (types.some(type => type.includes('float')) ? 'float32' : 'int64');
    const isInclusive = call.name === 'torch.range';
    if ((end - start) / step < 0 || step === 0) {
      return call.wrong(
        'range-runs-away',
        l10n.t('A range from {0} to {1} with a step of {2} never ends.', start, end, step),
      );
    }
    const length = isInclusive ? Math.floor((end - start) / step) + 1 : Math.ceil((end - start) / step);
    const type = isInclusive && !call.has('dtype') ? 'float32' : dtype;
    const key = `range ${start} ${step} ${length} ${type}`;
    return computedFrom(call, length, type, at => start + at * step, key);
  });
  registry.fn('linspace', 'start, end, steps?, *, dtype?', call => {
    const [start, end] = [call.number('start'), call.number('end')];
    const steps = call.int('steps', 100);
    const dtype = call.dtype() ?? 'float32';
    const single = dtype === 'float32' ? Math.fround : (value: number): number => value;
    const step = single((single(end) - single(start)) / (steps - 1));
    if (Number.isNaN(start + end)) {
      return call.world.tensor([steps], dtype, Number.isNaN(steps) ? call.whyUnknown : undefined);
    }
    // From both ends, as PyTorch computes it.
    return computedFrom(call, steps, dtype, at =>
      steps === 1
        ? start
        : at < Math.floor(steps / 2)
          ? single(start) + single(step * at)
          : single(end) - single(step * (steps - 1 - at)),
    );
  });
  registry.fn('logspace', 'start, end, steps?, base?, *, dtype?', call => {
    const [start, end] = [call.number('start'), call.number('end')];
    const steps = call.int('steps', 100);
    const base = call.number('base', 10);
    return computedFrom(
      call,
      steps,
      call.dtype() ?? 'float32',
      at => base ** (start + ((end - start) * at) / Math.max(steps - 1, 1)),
    );
  });
  registry.fn('meshgrid', '*tensors, indexing?', call => {
    const items = (call.value('tensors') as PyTuple).items;
    const list =
      items.length === 1 && (items[0] instanceof PyList || items[0] instanceof PyTuple) ? items[0].items : items;
    const tensors = list.map(item => call.asTensor(item, 'tensors'));
    const isXy = call.string('indexing', 'ij') === 'xy';
    const sizes = tensors.map(tensor => {
      const shape = shapeOf(call, tensor);
      if (shape.length > 1)
        return call.wrong('not-a-vector', l10n.t('meshgrid takes vectors, but one is {0}.', sizesText(shape)));
      return shape[0] ?? 1;
    });
    const order =
      isXy && sizes.length > 1 ? [1, 0, ...sizes.slice(2).map((_, at) => at + 2)] : sizes.map((_, at) => at);
    const shape = order.map(axis => sizes[axis]!);
    return new PyTuple(
      tensors.map((tensor, at) => {
        const axis = order.indexOf(at);
        const result = isConstant(tensor)
          ? call.world.tensor(shape, tensor.dtype)
          : call.world.apply(ops.view, { how: 'expand', shape }, [tensor]);
        result.why ??= tensor.why;
        return compute(
          result,
          [tensor],
          values => {
            const step = sizeOf(shape.slice(axis + 1));
            return Float64Array.from(
              { length: sizeOf(shape) },
              (_, place) => values[Math.floor(place / step) % shape[axis]!]!,
            );
          },
          `grid ${axis}`,
        );
      }),
    );
  });
}
