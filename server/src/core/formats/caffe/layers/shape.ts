// Layers that give elements another shape, choose among them, or sum them up.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { dimsOf } from '../param.ts';
import { canonical, isComplaint, type LayerType, product, type Scope, sizesText, wrongAxis } from './layer.ts';

export const Flatten: LayerType = {
  summary: 'Makes one axis of several, all but the batch unless set. Copies nothing.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'flatten_param',
  attrs: { start: ['axis'], end: ['end_axis'] },
  build: ({ builder, x, param }) => {
    const start = param.integer('axis', 1);
    const end = param.integer('end_axis', -1);
    // A single axis stays what it is.
    if (x.shape && x.shape.length === 1 && start === 1) return [builder.add(ops.identity, {}, x)];
    const first = x.shape && canonical(start, x.shape.length);
    const last = x.shape && canonical(end, x.shape.length);
    // An end right before the start is no axis at all, which Caffe takes for one of 1 (Blob::count of nothing).
    if (x.shape && first !== undefined && last === first - 1) {
      const shape = [...x.shape.slice(0, first), 1, ...x.shape.slice(first)];
      const message = `“end_axis” is right before “axis”, so nothing is merged: Caffe inserts an axis of 1 there. Swap them if they should be merged.`;
      builder.complain({ code: 'wrong-value', attr: 'end', message }, 'warning');
      return [builder.add(ops.reshape, { shape }, x)];
    }
    return [builder.add(ops.flatten, { start, end }, x)];
  },
};

export const Reshape: LayerType = {
  summary: 'Gives the same elements other axes: 0 copies a size, −1 is what is left. Copies nothing.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'reshape_param',
  attrs: { shape: ['shape'] },
  build: scope => {
    const { builder, x, net } = scope;
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    const batch = net.batch ?? 1;
    // The sizes in the text are those of the batch that it writes: 10 · 8732 rows, or a first axis of 10.
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
  if (!(start >= 0 && start <= shape.length)) return wrongAxis(axis, shape);
  if (count < -1 || end > shape.length) {
    const message = `There are not ${count} axes from axis ${axis} on: the input is ${sizesText(shape)}. Use −1 for all.`;
    return { code: 'wrong-value', attr: 'num_axes', message };
  }
  const result = [...shape.slice(0, start)];
  let open: number | undefined;
  for (const [index, dim] of dims.entries()) {
    if (dim === 0) {
      const copied = shape[start + index];
      if (copied === undefined) {
        const message = `The ${ordinal(index)} dim is 0, which copies a size, but the input has no axis there: it is ${sizesText(shape)}.`;
        return { code: 'wrong-value', attr: 'shape', message };
      }
      result.push(copied);
    } else if (dim === -1) {
      if (open !== undefined) {
        return {
          code: 'wrong-value',
          attr: 'shape',
          message: 'Two dims are −1: what is left can only be given to one.',
        };
      }
      open = result.length;
      result.push(1);
    } else if (dim < -1) {
      return { code: 'wrong-value', attr: 'shape', message: `${dim} is not a size. Use a number from 1, 0 or −1.` };
    } else result.push(dim);
  }
  result.push(...shape.slice(end));
  const elements = product(shape);
  if (open !== undefined) {
    const rest = elements / product(result);
    if (rest % 1 > 0 || rest === 0) {
      const message = `The input has ${elements} elements (${sizesText(shape)}), which the other sizes (${product(result)}) do not divide.`;
      return { code: 'shape-mismatch', attr: 'shape', message };
    }
    result[open] = rest;
  }
  if (Math.abs(product(result) - elements) > 0) {
    const message = `The input has ${elements} elements (${sizesText(shape)}), but ${sizesText(result)} has ${product(result)}. Use sizes with the same product, or −1 for one of them.`;
    return { code: 'shape-mismatch', attr: 'shape', message };
  }
  return result;
}

const ordinal = (index: number): string => ['first', 'second', 'third', 'fourth'][index] ?? `${index + 1}th`;

export const Permute: LayerType = {
  summary: 'Reorders the axes (SSD); those that are not named follow in order.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'permute_param',
  attrs: { order: ['order'] },
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    const order = [...param.naturals('order')];
    for (let axis = 0; axis < x.shape.length; axis++) if (!order.includes(axis)) order.push(axis);
    return [builder.add(ops.permute, { order }, x)];
  },
};

export const Crop: LayerType = {
  summary: 'Cuts a blob to the sizes of another, from `axis` on. Copies nothing.',
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
    // From the batch's axis on: so many samples are left, and each is cut by the other axes alone.
    const left = like.shape[0]! * scope.samplesIn(like);
    if (offset[0]! + left > samples) {
      const message = `Axis 0 has the ${samples} samples of the batch, ${Math.max(0, samples - offset[0]!)} behind the offset of ${offset[0]}, but is to be cut to ${left} (${sizesText(like.shape)}). Crop a larger batch, or use a smaller offset.`;
      return [scope.refuse({ code: 'crop-too-large', input: 0, message })];
    }
    if (x.shape.length === 1) return [builder.add(ops.identity, {}, x)];
    const others = offset.length > 1 ? offset.slice(1) : offset;
    return [builder.add(ops.cropLike, { axis: 1, offset: others }, inputs)];
  },
};

export const Tile: LayerType = {
  summary: 'Copies a blob so many times along an axis.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'tile_param',
  attrs: { times: ['tiles'] },
  build: scope => {
    const { builder, x, param } = scope;
    const tiles = param.natural('tiles', 0);
    if (tiles === 0) {
      const code = param.has('tiles') ? 'wrong-value' : 'missing-field';
      return [
        scope.refuse({ code, attr: 'tiles', message: '“tiles” says how many copies there are: a number from 1.' }),
      ];
    }
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    const axis = param.integer('axis', 1);
    const at = canonical(axis, x.shape.length);
    if (at === undefined) return [scope.refuse(wrongAxis(axis, x.shape))];
    return [builder.add(ops.repeat, { times: x.shape.map((_, own) => (own === at ? tiles : 1)) }, x)];
  },
};

export const ArgMax: LayerType = {
  summary: 'Where the largest elements stand, of each image or along an axis; with `out_max_val` the values.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'argmax_param',
  attrs: { k: ['top_k'] },
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    const k = param.natural('top_k', 1);
    if (k === 0)
      return [scope.refuse({ code: 'wrong-value', attr: 'top_k', message: 'At least one is kept. Use top_k: 1.' })];
    const tooMany = (count: number, of: string): Complaint | undefined =>
      k > count
        ? {
            code: 'too-many',
            attr: 'top_k',
            message: `“top_k: ${k}” asks for more than the ${count} ${of} (${sizesText(x.shape!)}). Use ${Math.max(1, count)} at most.`,
          }
        : undefined;
    const values = param.boolean('out_max_val', false);
    const best = (of: Tensor, axis: number): readonly Tensor[] => {
      // Along the batch's axis they are chosen among the samples: of one sample there is one.
      const count = axis === 0 && k <= scope.samplesIn(of) ? 1 : k;
      return count === 1 && !values
        ? [builder.add(ops.argMax, { axis, keep: true }, of)]
        : builder.addAll(ops.topK, { k: count, axis }, of);
    };
    if (param.has('axis')) {
      const axis = param.integer('axis', 1);
      const at = canonical(axis, x.shape.length);
      if (at === undefined) return [scope.refuse(wrongAxis(axis, x.shape))];
      const wrong = tooMany(x.shape[at]! * (at === 0 ? scope.samplesIn(x) : 1), `elements on axis ${axis}`);
      if (wrong) return [scope.refuse(wrong, withSizeAt(x.shape, at))];
      return [best(x, at)[0]!];
    }
    const wrong = tooMany(product(x.shape.slice(1)), 'elements of a sample');
    if (wrong) return [scope.refuse(wrong)];
    // ArgMaxLayer::Reshape: [N, 1, k], [N, 2, k] with the values, and ones up to the rank of the bottom.
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
  summary: 'Makes one number of all axes from `axis` on: their sum, mean, sum of squares or of absolute values.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'reduction_param',
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    const axis = param.integer('axis', 0);
    const at = canonical(axis, x.shape.length);
    if (at === undefined) return [scope.refuse(wrongAxis(axis, x.shape))];
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
  summary: 'Looks up a learned vector for each number.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'embed_param',
  attrs: { count: ['input_dim'], dim: ['num_output'] },
  build: scope => {
    const { builder, x, param } = scope;
    for (const [field, what] of [
      ['num_output', 'how long the vectors are'],
      ['input_dim', 'how many vectors there are'],
    ] as const) {
      if (param.natural(field, 0) !== 0) continue;
      const code = param.has(field) ? 'wrong-value' : 'missing-field';
      return [scope.refuse({ code, attr: field, message: `“${field}” says ${what}: a number from 1.` })];
    }
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
  summary: 'Keeps the items of a batch that its last bottom selects; shapes are those of all of them.',
  bottoms: [2, 1000],
  tops: [1, 1000],
  build: ({ builder, inputs, alive, layer }) => {
    alive.push(inputs.at(-1)!);
    if (layer.tops.length < inputs.length - 1) {
      // filter_layer.cpp, LayerSetUp: CHECK_EQ(top.size(), bottom.size() - 1).
      const message = `Filter has one top for each bottom but the last, which selects the samples: ${inputs.length - 1} tops, not ${layer.tops.length}.`;
      builder.complain({ code: 'missing-top', attr: 'type', message });
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
  summary: 'Chooses items of the batch by their numbers.',
  bottoms: [2, 2],
  tops: [1, 1],
  build: ({ builder, x, inputs, alive }) => {
    const index = inputs[1]!;
    alive.push(index);
    const count = index.shape?.[0];
    return [
      count === undefined
        ? builder.unknown(index.why ?? 'the number of items is not known', [x])
        : builder.add(ops.indexSelect, { axis: 0, count }, x),
    ];
  },
};

export const Parameter: LayerType = {
  summary: 'A learned blob of a given shape.',
  bottoms: [0, 0],
  tops: [1, 1],
  param: 'parameter_param',
  build: scope => {
    const { builder, param } = scope;
    const shape = dimsOf(param.inner('shape'));
    if (!param.has('shape')) {
      const message = '“shape” is missing: the sizes of the blob. Write shape { dim: 1 dim: 64 }.';
      return [scope.refuse({ code: 'missing-field', attr: 'shape', message })];
    }
    const y = builder.add(ops.parameter, { shape }, [], { shares: scope.owner(0, shape) });
    scope.own(0, y, shape);
    scope.net.batchless.add(y);
    return [y];
  },
};

export const ShuffleChannel: LayerType = {
  summary: 'Deals the channels of each group out to all groups (ShuffleNet). Computes nothing.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'shuffle_channel_param',
  attrs: { groups: ['group'] },
  build: scope => {
    const { builder, x, param } = scope;
    const groups = param.natural('group', 0);
    if (groups === 0) {
      const code = param.has('group') ? 'wrong-value' : 'missing-field';
      const message = '“group” says how many groups are shuffled: a number from 1.';
      return [scope.refuse({ code, attr: 'group', message, ...(x.shape ? { output: x.shape } : {}) })];
    }
    return [builder.add(ops.channelShuffle, { groups }, x)];
  },
};

export const Reorg: LayerType = {
  summary: 'Moves space into channels by a stride, or back with `reverse` (YOLOv2).',
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

/** What hands its input on as it is: forks' annotations. */
export const Same: LayerType = {
  summary: 'Hands its input on.',
  bottoms: [1, 1],
  tops: [1, 1],
  build: ({ builder, x }) => [builder.add(ops.identity, {}, x)],
};

export const Silence: LayerType = {
  summary: 'Takes blobs that nobody else uses, so that they are no outputs.',
  bottoms: [1, 1000],
  tops: [0, 0],
  build: ({ alive, inputs }) => {
    alive.push(...inputs);
    return [];
  },
};

export const HDF5Output: LayerType = { ...Silence, summary: 'Writes blobs to a file.', param: 'hdf5_output_param' };
