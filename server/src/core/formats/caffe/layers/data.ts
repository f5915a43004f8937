// Inputs of a network: input fields, Input layers, and data layers.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import type { Shape } from '../../../ops/op.ts';
import type { Reason } from '../../../text/reason.ts';
import { paramOf } from '../layer.ts';
import { dimsOf, Param } from '../param.ts';
import { sizesText } from './complaints.ts';
import type { LayerType, Net, Scope } from './layer.ts';

/** Why a size is not in the prototxt. */
const reasons = {
  noShape: () => ({
    message: l10n.t(
      'no shape is written for this input. Set an input size: `flopline.input`, `--input`, or a comment “# flopline: input=3,224,224”.',
    ),
    short: l10n.t('set an input size'),
  }),
  database: () => ({
    message: l10n.t(
      'the size of the images is in the data, not in this file. Set an input size: `flopline.input`, `--input`, or a comment “# flopline: input=3,224,224”.',
    ),
    short: l10n.t('set an input size'),
  }),
  file: () => ({
    message: l10n.t(
      'the shapes are in the data file, not in this one. Set an input size: `flopline.input`, `--input`, or a comment “# flopline: input=3,224,224”.',
    ),
    short: l10n.t('set an input size'),
  }),
  boxes: () => ({
    message: l10n.t('the number of boxes varies from image to image'),
    short: l10n.t('varies by image'),
  }),
  wrong: () => ({ message: l10n.t('a size of this input is not a whole number ≥ 1'), short: l10n.t('invalid size') }),
} as const satisfies Readonly<Record<string, () => Reason>>;

/**
 * An input of the network for one sample. `written` are its sizes in the text, batch first: the first size of the first
 * input is the batch size, and every input that begins with the same number has a batch axis as well.
 */
export function feed(net: Net, name: string, written: Shape | undefined, why: (() => Reason) | undefined): Tensor {
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
  if (!shape) return net.builder.input(name, undefined, (why ?? reasons.noShape)());
  const one = shape.map((length, axis) => {
    if (axis === batchAxis && (length === net.batch || (named && written === undefined))) return 1;
    return length >= 1 ? length : Number.NaN;
  });
  const isWrong = !given && shape.some(length => length < 1);
  const reason = one.some(Number.isNaN) ? (isWrong ? reasons.wrong : (why ?? reasons.wrong))() : undefined;
  if (isWrong) {
    net.builder.complain({
      code: 'not-a-size',
      attr: 'shape',
      message: l10n.t('Sizes must be whole numbers ≥ 1, but the shape of “{0}” is {1}.', name, sizesText(shape)),
    });
  }
  const tensor = net.builder.input(name, one, reason);
  if (shape[batchAxis] !== net.batch && !given) net.batchless.add(tensor);
  return tensor;
}

function source(
  summary: () => string,
  param: string,
  build: (scope: Scope) => readonly { readonly shape: Shape | undefined; readonly why?: () => Reason }[],
): LayerType {
  return {
    summary,
    bottoms: [0, 0],
    tops: [1, 1000],
    param,
    feeds: true,
    build: scope => {
      const shapes = build(scope).map((own, index) => stated(scope, index) ?? own);
      return scope.layer.tops.map((top, index) => {
        const { shape, why } = shapes[index] ?? { shape: undefined };
        return feed(scope.net, top.text, shape, why);
      });
    },
  };
}

/** Files for Netscope give the shape of a data layer in an `input_param`, which Caffe parses but ignores there. */
function stated(scope: Scope, index: number): { readonly shape: Shape; readonly why?: () => Reason } | undefined {
  if (scope.layer.type === 'Input') return undefined;
  const shape = perTop(scope, paramOf(scope.layer, 'input_param'))[index]?.shape;
  return shape && { shape };
}

/** One shape per top, or one for all of them. */
function perTop({ layer, param: own }: Scope, param = own): readonly { readonly shape: Shape | undefined }[] {
  const fields = param.fields('shape');
  return layer.tops.map((_, index) => {
    const field = fields.length === 1 ? fields[0] : fields[index];
    const shape = field?.value?.kind === 'message' ? dimsOf(new Param(field.value, field)) : undefined;
    return { shape };
  });
}

export const Input = source(
  () => l10n.t('The input of the network.'),
  'input_param',
  scope => {
    const { param, layer, builder } = scope;
    const count = param.fields('shape').length;
    if (count > 1 && count !== layer.tops.length) {
      const tops = layer.tops.length;
      builder.complain({
        code: 'value-count-mismatch',
        attr: 'shape',
        message:
          tops === 1
            ? l10n.t('There are {0} shapes for 1 top.', count)
            : l10n.t('There are {0} shapes for {1} tops.', count, tops),
        help: l10n.t('Give one per top, or one for all.'),
      });
    }
    return perTop(scope);
  },
);

export const DummyData = source(
  () => l10n.t('Generated data of a given shape.'),
  'dummy_data_param',
  scope => {
    const { param, layer } = scope;
    const axes = ['num', 'channels', 'height', 'width'].map(name => param.naturals(name));
    if (axes.every(sizes => sizes.length === 0)) return perTop(scope);
    return layer.tops.map((_, index) => ({
      shape: axes.map(sizes => (sizes.length === 1 ? sizes[0]! : (sizes[index] ?? Number.NaN))),
    }));
  },
);

export const MemoryData = source(
  () => l10n.t('Data passed in by a program, and its labels.'),
  'memory_data_param',
  ({ param }) => {
    const [batch, ...sizes] = ['batch_size', 'channels', 'height', 'width'].map(name =>
      param.natural(name, Number.NaN),
    );
    return [{ shape: [batch!, ...sizes], why: reasons.noShape }, { shape: [batch!] }];
  },
);

/** Images and labels from a database: the text only specifies their transformation. */
function images(summary: () => string, param: string, isAlwaysColor: boolean): LayerType {
  return source(summary, param, scope => {
    const batch = batchOf(scope);
    return [{ shape: [batch, ...imageOf(scope, isAlwaysColor)], why: reasons.database }, { shape: [batch] }];
  });
}

export const Data = images(() => l10n.t('Images and labels from a database.'), 'data_param', false);
export const WindowData = images(() => l10n.t('Windows of images, and their labels.'), 'window_data_param', true);
export const VideoData = images(() => l10n.t('Frames of a video or a camera.'), 'video_data_param', true);
export const ImageData = images(
  () => l10n.t('Images listed in a text file, and their labels.'),
  'image_data_param',
  true,
);

export const AnnotatedData: LayerType = source(
  () => l10n.t('Images and their boxes from a database (SSD).'),
  'data_param',
  scope => [
    { shape: [batchOf(scope), ...imageOf(scope, false)], why: reasons.database },
    { shape: [1, 1, Number.NaN, 8], why: reasons.boxes },
  ],
);

export const HDF5Data: LayerType = source(
  () => l10n.t('Blobs from HDF5 files.'),
  'hdf5_data_param',
  ({ layer }) => layer.tops.map(() => ({ shape: undefined, why: reasons.file })),
);

function batchOf({ param, layer }: Scope): number {
  // VideoData has its batch size in data_param.
  const size = layer.type === 'VideoData' ? paramOf(layer, 'data_param').natural('batch_size', 1) : 1;
  return param.natural('batch_size', size);
}

/**
 * Channels, height and width after the transformation (DataTransformer::InferBlobShape): cropped, else resized, else
 * unknown. Cropped images are assumed to be in color unless the text says otherwise.
 */
function imageOf({ param, layer }: Scope, isAlwaysColor: boolean): Shape {
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
  const isKnown = isAlwaysColor || !Number.isNaN(height);
  let channels = isKnown ? 3 : Number.NaN;
  if (means > 1) channels = means;
  if (transform.boolean('force_color', false)) channels = 3;
  if (transform.boolean('force_gray', false) || !param.boolean('is_color', true)) channels = 1;
  return [channels, height, width];
}
