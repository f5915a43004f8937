// Layers that reshape, select or sum elements.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { dimsOf } from '../param.ts';
import { axisOutOfRange, belowOne, missingField, missingNumber, sizesText } from './complaints.ts';
import { canonical, isComplaint, type LayerType, product, type Scope } from './layer.ts';

export const Flatten: LayerType = {
  summary: () => l10n.t('Merges axes into one. Default: all but the batch.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'flatten_param',
  attrs: { start: ['axis'], end: ['end_axis'] },
  build: ({ builder, x, param }) => {
    const start = param.integer('axis', 1);
    const end = param.integer('end_axis', -1);
    // A single axis is unchanged.
    if (x.shape && x.shape.length === 1 && start === 1) return [builder.add(ops.identity, {}, x)];
    const first = x.shape && canonical(start, x.shape.length);
    const last = x.shape && canonical(end, x.shape.length);
    // If the end is just before the start, no axis is flattened: Caffe inserts one of size 1 (Blob::count of nothing).
    if (x.shape && first !== undefined && last === first - 1) {
      const shape = [...x.shape.slice(0, first), 1, ...x.shape.slice(first)];
      builder.complain(
        {
          code: 'nothing-flattened',
          attr: 'end',
          message: l10n.t('“end_axis” comes before “axis”, so Caffe merges nothing and inserts an axis of size 1.'),
          help: l10n.t('Swap the two.'),
        },
        'warning',
      );
      return [builder.add(ops.reshape, { shape }, x)];
    }
    return [builder.add(ops.flatten, { start, end }, x)];
  },
};

export const Reshape: LayerType = {
  summary: () => l10n.t('Changes the shape of a blob: 0 copies a size, −1 infers it.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'reshape_param',
  attrs: { shape: ['shape'] },
  build: scope => {
    const { builder, x, net } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const batch = net.batch ?? 1;
    // The sizes in the text refer to its own batch: 10 · 8732 rows, or a first axis of 10.
    const whole = reshaped(scope, [x.shape[0]! * batch, ...x.shape.slice(1)]);
    const one = reshaped(scope, x.shape);
    const isBatched = !isComplaint(whole) && whole[0]! % batch === 0 && product(whole) === product(x.shape) * batch;
    const shape = isBatched ? [whole[0]! / batch, ...whole.slice(1)] : one;
    if (isComplaint(shape)) return [scope.refuse(isComplaint(whole) ? whole : shape)];
    return [builder.add(ops.reshape, { shape }, x)];
  },
};

/** ReshapeLayer::Reshape (reshape_layer.cpp). */
function reshaped({ param }: Scope, shape: Shape): Shape | Complaint {
  const dims = dimsOf(param.inner('shape'));
  const axis = param.integer('axis', 0);
  const start = axis >= 0 ? axis : shape.length + axis + 1;
  const count = param.integer('num_axes', -1);
  const end = count === -1 ? shape.length : start + count;
  if (!(start >= 0 && start <= shape.length)) return axisOutOfRange(axis, shape);
  if (count < -1 || end > shape.length) {
    return {
      code: 'num-axes-out-of-range',
      attr: 'num_axes',
      message:
        count < -1
          ? l10n.t('“num_axes” must be ≥ 0, or −1 for all axes from axis {0}.', axis)
          : l10n.t(
              'num_axes is {0}, but starting at axis {1} the input has only {2} ({3}).',
              count,
              axis,
              shape.length - start,
              sizesText(shape),
            ),
      short: l10n.t('num_axes out of range'),
    };
  }
  const result = [...shape.slice(0, start)];
  let open: number | undefined;
  for (const [index, dim] of dims.entries()) {
    if (dim === 0) {
      const copied = shape[start + index];
      if (copied === undefined) {
        return {
          code: 'no-size-to-copy',
          attr: 'shape',
          message: l10n.t(
            'Dim {0} is 0, which copies a size, but the input ({1}) has no axis there.',
            index + 1,
            sizesText(shape),
          ),
          short: l10n.t('no size to copy'),
        };
      }
      result.push(copied);
    } else if (dim === -1) {
      if (open !== undefined) {
        return {
          code: 'two-inferred-sizes',
          attr: 'shape',
          message: l10n.t('Only one dim can be −1.'),
        };
      }
      open = result.length;
      result.push(1);
    } else if (dim < -1) {
      return {
        code: 'not-a-size',
        attr: 'shape',
        message: l10n.t('{0} is not a size.', dim),
        help: l10n.t('Use a whole number ≥ 1, 0 to copy a size, or −1 to infer it.'),
      };
    } else result.push(dim);
  }
  result.push(...shape.slice(end));
  const elements = product(shape);
  if (open !== undefined) {
    const rest = elements / product(result);
    if (rest % 1 > 0 || rest === 0) {
      return {
        code: 'inferred-size-not-whole',
        attr: 'shape',
        message: l10n.t(
          'The input has {0} elements ({1}), which is not a multiple of the product of the other sizes, {2}.',
          elements,
          sizesText(shape),
          product(result),
        ),
        short: l10n.t('{0} is not a multiple of {1}', elements, product(result)),
      };
    }
    result[open] = rest;
  }
  if (Math.abs(product(result) - elements) > 0) {
    return {
      code: 'element-count-mismatch',
      attr: 'shape',
      message: l10n.t(
        'The input has {0} elements ({1}), but {2} has {3}.',
        elements,
        sizesText(shape),
        sizesText(result),
        product(result),
      ),
      help: l10n.t('Use sizes with the same product, or −1 for one of them.'),
      short: l10n.t('{0} elements do not fit {1}', elements, sizesText(result)),
    };
  }
  return result;
}

export const Permute: LayerType = {
  summary: () => l10n.t('Reorders the axes (SSD); axes that are not listed follow in order.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'permute_param',
  attrs: { order: ['order'] },
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const order = [...param.naturals('order')];
    for (let axis = 0; axis < x.shape.length; axis++) if (!order.includes(axis)) order.push(axis);
    return [builder.add(ops.permute, { order }, x)];
  },
};

export const Crop: LayerType = {
  summary: () => l10n.t('Crops a blob to the size of another one, starting at `axis`.'),
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'crop_param',
  build: scope => {
    const { builder, inputs, param } = scope;
    const axis = param.integer('axis', 2);
    const offset = param.has('offset') ? param.naturals('offset') : [0];
    const [x, like] = inputs as readonly [Tensor, Tensor];
    const samples = scope.samplesIn(x);
    if (samples === 1 || !x.shape || !like.shape || canonical(axis, x.shape.length) !== 0) {
      return [builder.add(ops.cropLike, { axis, offset }, inputs)];
    }
    // From the batch axis on: the number of samples is cropped, and each sample only along the other axes.
    const left = like.shape[0]! * scope.samplesIn(like);
    if (offset[0]! + left > samples) {
      return [
        scope.refuse({
          code: 'crop-larger-than-input',
          input: 0,
          message: l10n.t(
            'Axis 0 has the {0} samples of the batch, {1} after the offset of {2}, and cannot be cropped to {3}.',
            samples,
            Math.max(0, samples - offset[0]!),
            offset[0]!,
            left,
          ),
          help: l10n.t('Crop a larger batch, or use a smaller offset.'),
          short: l10n.t('crop larger than input'),
        }),
      ];
    }
    if (x.shape.length === 1) return [builder.add(ops.identity, {}, x)];
    const others = offset.length > 1 ? offset.slice(1) : offset;
    return [builder.add(ops.cropLike, { axis: 1, offset: others }, inputs)];
  },
};

export const Tile: LayerType = {
  summary: () => l10n.t('Repeats a blob along an axis.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'tile_param',
  attrs: { times: ['tiles'] },
  build: scope => {
    const { builder, x, param } = scope;
    const wrong = missingNumber(param, 'tiles', l10n.t('Set the number of copies, for example tiles: 2.'));
    if (wrong) return [scope.refuse(wrong)];
    const tiles = param.natural('tiles', 0);
    if (!x.shape) return [scope.unknown(x)];
    const axis = param.integer('axis', 1);
    const at = canonical(axis, x.shape.length);
    if (at === undefined) return [scope.refuse(axisOutOfRange(axis, x.shape))];
    return [builder.add(ops.repeat, { times: x.shape.map((_, own) => (own === at ? tiles : 1)) }, x)];
  },
};

export const ArgMax: LayerType = {
  summary: () =>
    l10n.t('The positions of the largest elements, per image or along an axis; with `out_max_val` also the values.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'argmax_param',
  attrs: { k: ['top_k'] },
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const k = param.natural('top_k', 1);
    if (k === 0) return [scope.refuse(belowOne('top_k'))];
    const tooMany = (count: number, message: string): Complaint | undefined =>
      k > count
        ? {
            code: 'k-larger-than-axis',
            attr: 'top_k',
            message,
            help: l10n.t('Use at most {0}.', Math.max(1, count)),
            short: l10n.t('top_k larger than its input'),
          }
        : undefined;
    const values = param.boolean('out_max_val', false);
    const best = (of: Tensor, axis: number): readonly Tensor[] => {
      // Along the batch axis, one sample is chosen among the samples.
      const count = axis === 0 && k <= scope.samplesIn(of) ? 1 : k;
      return count === 1 && !values
        ? [builder.add(ops.argMax, { axis, keep: true }, of)]
        : builder.addAll(ops.topK, { k: count, axis }, of);
    };
    if (param.has('axis')) {
      const axis = param.integer('axis', 1);
      const at = canonical(axis, x.shape.length);
      if (at === undefined) return [scope.refuse(axisOutOfRange(axis, x.shape))];
      const count = x.shape[at]! * (at === 0 ? scope.samplesIn(x) : 1);
      const wrong = tooMany(
        count,
        l10n.t('top_k is {0}, but axis {1} has only {2} elements ({3}).', k, axis, count, sizesText(x.shape)),
      );
      if (wrong) return [scope.refuse(wrong, withSizeAt(x.shape, at))];
      return [best(x, at)[0]!];
    }
    const count = product(x.shape.slice(1));
    const wrong = tooMany(
      count,
      l10n.t('top_k is {0}, but a sample has only {1} elements ({2}).', k, count, sizesText(x.shape)),
    );
    if (wrong) return [scope.refuse(wrong)];
    // ArgMaxLayer::Reshape: [N, 1, k], or [N, 2, k] with values, and ones up to the bottom's rank.
    const flat = x.shape.length === 2 ? x : builder.add(ops.flatten, { start: 1, end: -1 }, x);
    const ones = Array(Math.max(x.shape.length, 3) - 3).fill(1) as number[];
    const shape = [x.shape[0]!, 1, k, ...ones];
    const found = best(flat, 1).map(y => builder.add(ops.reshape, { shape }, y));
    return [found.length === 1 ? found[0]! : builder.add(ops.concat, { axis: 1 }, values ? found : found.slice(1))];
  },
};

const withSizeAt = (shape: Shape, axis: number): Shape =>
  shape.map((length, own) => (own === axis ? Number.NaN : length));

export const Reduction: LayerType = {
  summary: () =>
    l10n.t(
      'Reduces `axis` and all axes after it to one value: the sum, mean, sum of squares or sum of absolute values.',
    ),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'reduction_param',
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const axis = param.integer('axis', 0);
    const at = canonical(axis, x.shape.length);
    if (at === undefined) return [scope.refuse(axisOutOfRange(axis, x.shape))];
    const operation = param.word('operation', 'SUM', ['', 'SUM', 'ASUM', 'SUMSQ', 'MEAN']);
    let y = x;
    if (operation === 'ASUM') y = builder.add(ops.unary, { how: 'abs' }, y);
    if (operation === 'SUMSQ') y = builder.add(ops.unary, { how: 'square' }, y);
    const axes = x.shape.map((_, own) => own).slice(at);
    y = builder.add(ops.reduce, { how: operation === 'MEAN' ? 'mean' : 'sum', axes, keep: false }, y);
    if (param.number('coeff', 1) === 1) return [y];
    return [builder.add(ops.mul, {}, [y, builder.add(ops.constant, { shape: [] }, [])])];
  },
};

export const Embed: LayerType = {
  summary: () => l10n.t('Looks up a learned vector for each index.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'embed_param',
  attrs: { count: ['input_dim'], dim: ['num_output'] },
  build: scope => {
    const { builder, x, param } = scope;
    const wrong =
      missingNumber(param, 'num_output', l10n.t('Set the length of a vector, for example num_output: 64.')) ??
      missingNumber(param, 'input_dim', l10n.t('Set the number of vectors, for example input_dim: 1000.'));
    if (wrong) return [scope.refuse(wrong)];
    const dim = param.natural('num_output', 0);
    const shape = [param.natural('input_dim', 0), dim];
    const y = builder.add(ops.embedding, { count: shape[0]!, dim }, x, { shares: scope.owner(0, shape) });
    scope.own(0, y, shape);
    if (!param.boolean('bias_term', true)) return [y];
    const z = builder.add(ops.bias, { axis: -1 }, y, { shares: scope.owner(1) });
    scope.own(1, z);
    return [z];
  },
};

export const Filter: LayerType = {
  summary: () => l10n.t('Keeps the samples that its last bottom selects; shapes are those of all samples.'),
  bottoms: [2, 1000],
  tops: [1, 1000],
  build: ({ builder, inputs, alive, layer }) => {
    alive.push(inputs.at(-1)!);
    if (layer.tops.length < inputs.length - 1) {
      // filter_layer.cpp, LayerSetUp: CHECK_EQ(top.size(), bottom.size() - 1).
      builder.complain({
        code: 'missing-top',
        attr: 'type',
        message: l10n.t(
          'Filter needs one top per bottom except the last, which selects the samples: {0}, not {1}.',
          inputs.length - 1,
          layer.tops.length,
        ),
      });
    }
    return inputs.slice(0, -1).map(x => {
      const count = x.shape?.[0];
      return count === undefined
        ? builder.add(ops.identity, {}, x)
        : builder.add(ops.indexSelect, { axis: 0, count }, x);
    });
  },
};

export const BatchReindex: LayerType = {
  summary: () => l10n.t('Selects samples of the batch by index.'),
  bottoms: [2, 2],
  tops: [1, 1],
  build: ({ builder, x, inputs, alive }) => {
    const index = inputs[1]!;
    alive.push(index);
    const count = index.shape?.[0];
    return [
      count === undefined
        ? builder.unknown(index.why ?? l10n.t('the number of samples is not known'), [x])
        : builder.add(ops.indexSelect, { axis: 0, count }, x),
    ];
  },
};

export const Parameter: LayerType = {
  summary: () => l10n.t('A learned blob of a given shape.'),
  bottoms: [0, 0],
  tops: [1, 1],
  param: 'parameter_param',
  build: scope => {
    const { builder, param } = scope;
    const shape = dimsOf(param.inner('shape'));
    if (!param.has('shape')) {
      const help = l10n.t('Set the shape of the blob, for example shape { dim: 1 dim: 64 }.');
      return [scope.refuse(missingField('shape', help))];
    }
    const y = builder.add(ops.parameter, { shape }, [], { shares: scope.owner(0, shape) });
    scope.own(0, y, shape);
    scope.net.batchless.add(y);
    return [y];
  },
};

export const ShuffleChannel: LayerType = {
  summary: () => l10n.t('Shuffles channels between groups (ShuffleNet).'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'shuffle_channel_param',
  attrs: { groups: ['group'] },
  build: scope => {
    const { builder, x, param } = scope;
    const help = l10n.t('Set the number of groups, for example group: 3.');
    const wrong = missingNumber(param, 'group', help, x.shape);
    if (wrong) return [scope.refuse(wrong)];
    const groups = param.natural('group', 0);
    return [builder.add(ops.channelShuffle, { groups }, x)];
  },
};

export const Reorg: LayerType = {
  summary: () => l10n.t('Moves blocks of pixels into channels, or back with `reverse` (YOLOv2).'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'reorg_param',
  attrs: { factor: ['stride'] },
  build: ({ builder, x, param }) => {
    const factor = param.natural('stride', 2);
    return [
      param.boolean('reverse', false)
        ? builder.add(ops.pixelShuffle, { factor }, x)
        : builder.add(ops.pixelUnshuffle, { factor }, x),
    ];
  },
};

/** Passes its input through: annotations in forks. */
export const Same: LayerType = {
  summary: () => l10n.t('Passes its input through.'),
  bottoms: [1, 1],
  tops: [1, 1],
  build: ({ builder, x }) => [builder.add(ops.identity, {}, x)],
};

export const Silence: LayerType = {
  summary: () => l10n.t('Takes blobs that no other layer reads, so they are not outputs.'),
  bottoms: [1, 1000],
  tops: [0, 0],
  build: ({ alive, inputs }) => {
    alive.push(...inputs);
    return [];
  },
};

export const HDF5Output: LayerType = {
  ...Silence,
  summary: () => l10n.t('Writes blobs to a file.'),
  param: 'hdf5_output_param',
};
