// What a network is given: input fields, Input layers, and layers that read data.
import type { Tensor } from '../../../graph/graph.ts';
import type { Shape } from '../../../ops/op.ts';
import { paramOf } from '../items.ts';
import { dimsOf, Param } from '../param.ts';
import type { LayerType, Net, Scope } from './layer.ts';

const setIt = 'Set an input size: `flopline.input`, `--input`, or a comment “# flopline: input=3,224,224”.';

/** The reasons for sizes that stand in no prototxt. */
export const reasons = {
  noShape: `no shape is written for this input. ${setIt}`,
  database: `the size of the images is in the data, not in this file. ${setIt}`,
  file: `the shapes are in the data file, not in this one. ${setIt}`,
  boxes: 'how many boxes there are differs from image to image',
  wrong: 'a size of this input is not a number from 1',
} as const;

/**
 * An input of the network for one sample. `written` are its sizes in the text, batch first: the first size of the first
 * input is the batch, and every input that begins with the same number has it as well.
 */
export function feed(net: Net, name: string, written: Shape | undefined, why: string | undefined): Tensor {
  const isTimeMajor = net.timeMajor.has(name);
  const batchAxis = isTimeMajor ? 1 : 0;
  const first = written?.[batchAxis];
  if (net.batch === undefined && first !== undefined) net.batch = Number.isNaN(first) ? 1 : Math.max(1, first);
  const named = net.input.find(input => input.name === name);
  const given = named ?? net.input.filter(input => input.name === undefined)[net.fed];
  if (!named) net.fed++;
  let shape = written;
  if (named) shape = named.sizes;
  else if (given) shape = isTimeMajor ? [given.sizes[0]!, 1, ...given.sizes.slice(1)] : [1, ...given.sizes];
  if (!shape) return net.builder.input(name, undefined, why ?? reasons.noShape);
  const one = shape.map((length, axis) => {
    if (axis === batchAxis && (length === net.batch || (named && written === undefined))) return 1;
    return length >= 1 ? length : Number.NaN;
  });
  const isWrong = !given && shape.some(length => length < 1);
  const reason = one.some(Number.isNaN) ? (isWrong ? reasons.wrong : (why ?? reasons.wrong)) : undefined;
  if (isWrong) {
    const message = `Sizes are numbers from 1, but the shape of “${name}” is ${shape.join('×')}.`;
    net.builder.complain({ code: 'wrong-value', attr: 'shape', message });
  }
  const tensor = net.builder.input(name, one, reason);
  if (shape[batchAxis] !== net.batch && !given) net.batchless.add(tensor);
  return tensor;
}

function source(
  summary: string,
  param: string,
  build: (scope: Scope) => readonly { readonly shape: Shape | undefined; readonly why?: string }[],
): LayerType {
  return {
    summary,
    bottoms: [0, 0],
    tops: [1, 1000],
    param,
    feeds: true,
    build: scope => {
      const shapes = build(scope).map((made, index) => stated(scope, index) ?? made);
      return scope.layer.tops.map((top, index) => {
        const { shape, why } = shapes[index] ?? { shape: undefined };
        return feed(scope.net, top.text, shape, why);
      });
    },
  };
}

/** Files for Netscope state the shape of a data layer in an `input_param`, which Caffe reads but does not use there. */
function stated(scope: Scope, index: number): { readonly shape: Shape; readonly why?: string } | undefined {
  if (scope.layer.type === 'Input') return undefined;
  const shape = perTop(scope, paramOf(scope.layer, 'input_param'))[index]?.shape;
  return shape && { shape };
}

/** One shape for each top, or one for all of them. */
function perTop({ layer, param: own }: Scope, param = own): readonly { readonly shape: Shape | undefined }[] {
  const fields = param.fields('shape');
  return layer.tops.map((_, index) => {
    const field = fields.length === 1 ? fields[0] : fields[index];
    const shape = field?.value?.kind === 'message' ? dimsOf(new Param(field.value, field)) : undefined;
    return { shape };
  });
}

export const Input = source('What the network is given.', 'input_param', scope => {
  const { param, layer, builder } = scope;
  const count = param.fields('shape').length;
  if (count > 1 && count !== layer.tops.length) {
    const message = `There are ${count} shapes for ${layer.tops.length} tops. Give one for each, or one for all.`;
    builder.complain({ code: 'wrong-value', attr: 'shape', message });
  }
  return perTop(scope);
});

export const DummyData = source('Made-up data of a given shape.', 'dummy_data_param', scope => {
  const { param, layer } = scope;
  const axes = ['num', 'channels', 'height', 'width'].map(name => param.naturals(name));
  if (axes.every(sizes => sizes.length === 0)) return perTop(scope);
  return layer.tops.map((_, index) => ({
    shape: axes.map(sizes => (sizes.length === 1 ? sizes[0]! : (sizes[index] ?? Number.NaN))),
  }));
});

export const MemoryData = source(
  'Data that a program hands over, and its labels.',
  'memory_data_param',
  ({ param }) => {
    const [batch, ...sizes] = ['batch_size', 'channels', 'height', 'width'].map(name =>
      param.natural(name, Number.NaN),
    );
    return [{ shape: [batch!, ...sizes], why: reasons.noShape }, { shape: [batch!] }];
  },
);

/** Images and their labels out of a database: the text knows no more than what is done to them. */
function images(summary: string, param: string, isAlwaysColour: boolean): LayerType {
  return source(summary, param, scope => {
    const batch = batchOf(scope);
    return [{ shape: [batch, ...imageOf(scope, isAlwaysColour)], why: reasons.database }, { shape: [batch] }];
  });
}

export const Data = images('Images and labels out of a database.', 'data_param', false);
export const WindowData = images('Windows of images, and their labels.', 'window_data_param', true);
export const VideoData = images('Frames of a video or a camera.', 'video_data_param', true);
export const ImageData = images('Images that a text file lists, and their labels.', 'image_data_param', true);

export const AnnotatedData: LayerType = source(
  'Images and their boxes out of a database (SSD).',
  'data_param',
  scope => [
    { shape: [batchOf(scope), ...imageOf(scope, false)], why: reasons.database },
    { shape: [1, 1, Number.NaN, 8], why: reasons.boxes },
  ],
);

export const HDF5Data: LayerType = source('Blobs out of HDF5 files.', 'hdf5_data_param', ({ layer }) =>
  layer.tops.map(() => ({ shape: undefined, why: reasons.file })),
);

function batchOf({ param, layer }: Scope): number {
  // VideoData has its batch in data_param.
  const standard = layer.type === 'VideoData' ? paramOf(layer, 'data_param').natural('batch_size', 1) : 1;
  return param.natural('batch_size', standard);
}

/**
 * Channels, height and width after the transformation (DataTransformer::InferBlobShape): cropped, else resized, else
 * unknown. What is cropped for a network is taken as colour images unless the text says otherwise.
 */
function imageOf({ param, layer }: Scope, isAlwaysColour: boolean): Shape {
  const transform = paramOf(layer, 'transform_param');
  const resize = transform.inner('resize_param');
  const crop = transform.natural('crop_size', param.natural('crop_size', 0));
  const modes = ['', 'WARP', 'FIT_SMALL_SIZE', 'FIT_LARGE_SIZE_AND_PAD'];
  const isFixed = resize.word('resize_mode', 'WARP', modes) !== 'FIT_SMALL_SIZE';
  const axis = (own: string, resized: string, fresh: string): number => {
    const cropped = crop || transform.natural(own, 0);
    if (cropped) return cropped;
    const wanted = isFixed ? resize.natural(resized, 0) : 0;
    return wanted || param.natural(fresh, 0) || Number.NaN;
  };
  const height = axis('crop_h', 'height', 'new_height');
  const width = axis('crop_w', 'width', 'new_width');
  const means = transform.fields('mean_value').length;
  const isKnown = isAlwaysColour || !Number.isNaN(height);
  let channels = isKnown ? 3 : Number.NaN;
  if (means > 1) channels = means;
  if (transform.boolean('force_color', false)) channels = 3;
  if (transform.boolean('force_gray', false) || !param.boolean('is_color', true)) channels = 1;
  return [channels, height, width];
}
