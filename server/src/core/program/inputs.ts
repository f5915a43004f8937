// What a network is called with: as somebody has said, or guessed from what its first layers take.
import * as l10n from '@vscode/l10n';
import { PyFunction, PyList, PyTuple, type Value } from '../python/objects.ts';
import { type ModuleInstance, modulesOf } from '../torch/python/nn/instance.ts';
import type { DType } from '../torch/python/tensor.ts';
import type { InputSize } from './program.ts';

/** A tensor to call a network with. */
export interface TensorInput {
  /** The parameter that it is given to by name; undefined for the next one in order. */
  readonly name: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Whether nobody said what type its elements have. */
  readonly isFree?: boolean;
}

/** How a network is called. */
export type Given =
  | { readonly kind: 'sizes'; readonly tensors: readonly TensorInput[] }
  /** Expressions of Python, as they stand between the parentheses of a call. */
  | { readonly kind: 'expressions'; readonly text: string };

const types: ReadonlyMap<string, DType> = new Map<string, DType>([
  ['float', 'float32'],
  ['float32', 'float32'],
  ['double', 'float64'],
  ['float64', 'float64'],
  ['half', 'float16'],
  ['float16', 'float16'],
  ['bfloat16', 'bfloat16'],
  ['cfloat', 'complex64'],
  ['complex64', 'complex64'],
  ['complex128', 'complex128'],
  ['long', 'int64'],
  ['int64', 'int64'],
  ['int', 'int32'],
  ['int32', 'int32'],
  ['short', 'int16'],
  ['int16', 'int16'],
  ['int8', 'int8'],
  ['uint8', 'uint8'],
  ['bool', 'bool'],
]);

/** Sizes as a person has given them; or what is wrong with one. */
export function givenSizes(sizes: readonly InputSize[]): Given | { readonly message: string; readonly help: string } {
  const tensors: TensorInput[] = [];
  for (const { name, sizes: shape, dtype } of sizes) {
    const type = types.get(dtype ?? 'float32');
    if (type === undefined) {
      const message = l10n.t('“{0}” is not a type of tensor elements.', dtype ?? '');
      return { message, help: l10n.t('Use one of {0}.', [...new Set(types.values())].join(', ')) };
    }
    tensors.push({ name, shape, dtype: type, isFree: dtype === undefined });
  }
  return { kind: 'sizes', tensors };
}

/** The same with indices where nobody said what the elements are; undefined where somebody did. */
export function asIndices(given: Given): Given | undefined {
  if (given.kind !== 'sizes' || !given.tensors.some(({ isFree }) => isFree)) return undefined;
  return {
    kind: 'sizes',
    tensors: given.tensors.map(tensor => (tensor.isFree ? { ...tensor, dtype: 'int64' } : tensor)),
  };
}

/** Sizes of images, the likeliest first: ImageNet, CIFAR, MNIST, … */
const imageSizes = [224, 32, 28, 64, 256, 128, 299, 512];
const sequence = 64;
const frames = 16;
const clip = 112;

/**
 * What a network may take, the likeliest first: each is tried until one goes through. Undefined where nothing says what
 * it takes.
 */
export function guesses(model: ModuleInstance, forward: Value | undefined): readonly Given[] {
  const parameters = parametersOf(forward);
  const first = firstLayer(model);
  if (!first) return [];
  const { shapes, dtype } = first;
  return shapes.map(shape => ({
    kind: 'sizes',
    tensors: parameters.map((name, at): TensorInput => {
      if (at === 0) return { name: undefined, shape, dtype };
      if (/^t$|time_?steps?$|^time$|sigma/i.test(name)) return { name: undefined, shape: [1], dtype: 'int64' };
      if (/label|target|class|^y$/i.test(name)) return { name: undefined, shape: [1], dtype: 'int64' };
      return { name: undefined, shape, dtype };
    }),
  }));
}

/** The parameters of a forward pass that have to be given, without its `self`. */
function parametersOf(forward: Value | undefined): readonly string[] {
  if (!(forward instanceof PyFunction)) return ['input'];
  const { names, positional } = forward.code.parameters;
  const required = names.slice(1, Math.max(1, positional - forward.defaults.length));
  return required.length > 0 ? required : ['x'];
}

/** The names of a forward pass's parameters, in order. */
export function parameterNames(forward: Value | undefined): readonly string[] {
  if (!(forward instanceof PyFunction)) return [];
  const { names, positional } = forward.code.parameters;
  return names.slice(1, positional);
}

interface FirstLayer {
  readonly shapes: readonly (readonly number[])[];
  readonly dtype: DType;
}

/** What the first layer that says what it takes may take. */
function firstLayer(model: ModuleInstance): FirstLayer | undefined {
  const images = statedSizes(model);
  for (const { value: module } of modulesOf(model)) {
    const number = (name: string): number => {
      const value = module.attribute(name);
      return typeof value === 'number' ? value : Number.NaN;
    };
    const kinds = module.cls.mro.map(({ name }) => name);
    const is = (...names: string[]): boolean => kinds.some(kind => names.includes(kind));
    const of = (dtype: DType, ...shapes: (readonly number[])[]): FirstLayer | undefined =>
      shapes.some(shape => shape.some(Number.isNaN)) ? undefined : { shapes, dtype };
    let found: FirstLayer | undefined;
    if (is('Conv2d', 'ConvTranspose2d')) {
      const channels = number('in_channels');
      const sizes =
        channels > 16 && images.length === 0
          ? [1, 4, 8, 16, 32, 56, 224]
          : [...images, ...imageSizes.map(size => [size, size])];
      const inputs = sizes.map(size => [1, channels, ...(typeof size === 'number' ? [size, size] : size)]);
      // The layer that is made first need not be the one that is called first.
      const pictures =
        channels > 16 ? takesImage(model, 'Conv2d').map(own => [1, own, ...(images[0] ?? [224, 224])]) : [];
      found = of('float32', ...pictures, ...inputs);
    } else if (is('Conv1d', 'ConvTranspose1d')) {
      found = of('float32', ...[sequence, 1024, 16_000].map(length => [1, number('in_channels'), length]));
    } else if (is('Conv3d', 'ConvTranspose3d')) {
      const channels = number('in_channels');
      const clips = channels > 16 ? [...takesImage(model, 'Conv3d'), channels] : [channels];
      found = of('float32', ...clips.map(own => [1, own, frames, clip, clip]), [1, channels, 64, 64, 64]);
    } else if (is('Linear', 'LazyLinear', 'Bilinear')) {
      const width = number(kinds.includes('Bilinear') ? 'in1_features' : 'in_features');
      // A block that weighs the channels of an image has its layers after a pool.
      const channels = [1, width, 7, 7];
      found = of('float32', [1, width], [1, sequence, width], ...square(width), [sequence, 1, width], channels);
    } else if (is('Embedding', 'EmbeddingBag')) {
      found = of('int64', [1, sequence], [1, 16], [sequence, 1], [1]);
    } else if (is('LSTM', 'GRU', 'RNN')) {
      const width = number('input_size');
      const batchFirst = module.attribute('batch_first') === true;
      found = of('float32', batchFirst ? [1, sequence, width] : [sequence, 1, width]);
    } else if (is('LSTMCell', 'GRUCell', 'RNNCell')) {
      found = of('float32', [1, number('input_size')]);
    } else if (is('MultiheadAttention')) {
      const width = number('embed_dim');
      found = of('float32', [1, sequence, width], [sequence, 1, width]);
    } else if (is('BatchNorm2d', 'InstanceNorm2d')) {
      found = of('float32', ...[56, ...imageSizes].map(size => [1, number('num_features'), size, size]));
    } else if (is('BatchNorm1d')) {
      found = of('float32', [1, number('num_features')], [1, number('num_features'), sequence]);
    } else if (is('LayerNorm')) {
      const shape = module.attribute('normalized_shape');
      const sizes = shape instanceof PyTuple || shape instanceof PyList ? shape.items : [];
      const numbers = sizes.map(size => (typeof size === 'number' ? size : Number.NaN));
      if (numbers.length > 0) found = of('float32', [1, sequence, ...numbers], [1, ...numbers]);
    }
    if (found) return found;
  }
  return undefined;
}

/** Channels of an image, color before gray, that a convolution of a network takes. */
function takesImage(model: ModuleInstance, kind: string): readonly number[] {
  const taken = new Set<Value | undefined>();
  for (const { value: module } of modulesOf(model)) {
    if (module.cls.name === kind) taken.add(module.attribute('in_channels'));
  }
  return [3, 1].filter(channels => taken.has(channels));
}

/** Images that are flattened before the layer: 784 is 28×28. */
function square(width: number): readonly (readonly number[])[] {
  return [1, 3].flatMap(channels => {
    const side = Math.sqrt(width / channels);
    return Number.isInteger(side) && side > 4 ? [[1, channels, side, side]] : [];
  });
}

/** Sizes of images that a network has as attributes of its own. */
function statedSizes(model: ModuleInstance): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  let looked = 0;
  for (const { value: module } of modulesOf(model)) {
    if (looked++ > 20) break;
    for (const name of [
      'img_size',
      'image_size',
      'in_size',
      'input_size',
      'input_resolution',
      'resolution',
      'img_dim',
    ]) {
      const value = module.get(name);
      const sizes = value instanceof PyTuple || value instanceof PyList ? value.items : [value, value];
      const [height, width] = sizes;
      if (sizes.length === 2 && isSize(height) && isSize(width)) found.push([height, width]);
    }
    if (found.length > 0) break;
  }
  return found.slice(0, 1);
}

const isSize = (value: Value | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 8 && value <= 4096;
