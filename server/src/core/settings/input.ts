// Fits input sizes to a network: for an image, `320`, `320x320` and `3,320,320` mean the same.
import * as l10n from '@vscode/l10n';
import type { Format, InputSize } from '../formats/index.ts';
import { listText } from '../text/wording.ts';
import type { WrongValue } from './setting.ts';

/** An input of the network with its own sizes, including the batch; NaN if unknown. */
export interface NetworkInput {
  readonly name: string;
  readonly shape: readonly number[] | undefined;
}

export interface FittedInput {
  /** As formats take them: all sizes, including the batch for named inputs. */
  readonly input: readonly InputSize[];
  readonly misfits: readonly WrongValue[];
}

/**
 * What input sizes mean for a network. A size that does not fit is left out, so the network's own applies. An input
 * whose own sizes are unknown takes them literally. Named sizes that are set for all files (`forAll`) may belong to
 * others.
 */
export function fitInput(
  sizes: readonly InputSize[],
  inputs: readonly NetworkInput[],
  { namedInputs, shapeOrder }: Pick<Format, 'namedInputs' | 'shapeOrder'>,
  forAll: boolean,
): FittedInput {
  const input: InputSize[] = [];
  const misfits: WrongValue[] = [];
  // Sizes without a name apply to the remaining inputs, in order.
  const free = inputs.filter(({ name }) => !sizes.some(size => size.name === name));
  for (const [index, size] of sizes.entries()) {
    const isElsewhere = forAll && size.name !== undefined;
    if (!namedInputs && index > 0) {
      input.push(size);
      if (isElsewhere) continue;
      const message = l10n.t('“{0}” is one size too many: this network has one input.', written(size));
      misfits.push({ message, help: l10n.t('Remove it.') });
      continue;
    }
    const own = !namedInputs
      ? inputs[0]
      : size.name === undefined
        ? free.shift()
        : inputs.find(({ name }) => name === size.name);
    if (size.name !== undefined && !own && !isElsewhere && inputs.some(({ shape }) => shape)) {
      misfits.push({
        message: l10n.t('This network does not have an input “{0}”.', size.name),
        help:
          inputs.length === 1
            ? l10n.t('Its input is {0}.', inputs[0]!.name)
            : l10n.t('Its inputs are {0}.', listText(inputs.map(({ name }) => name))),
      });
      continue;
    }
    const fitted = own?.shape ? fit(size, own.shape, shapeOrder) : size;
    if ('message' in fitted) misfits.push(fitted);
    else input.push(fitted);
  }
  return { input, misfits };
}

/** Fits one size to an input of the given shape (including the batch). */
function fit(size: InputSize, shape: readonly number[], order: Format['shapeOrder']): InputSize | WrongValue {
  const { name, sizes } = size;
  const own = withoutBatch(shape);
  const whole = whatFits(size, shape);
  // Named sizes include the batch; costs are for one sample.
  if (name !== undefined && sizes.length === shape.length)
    return isImage(shape) ? { name, sizes: [1, ...sizes.slice(1)] } : size;
  // Without a batch, assume one sample, unless the first axis is not the batch (sequences, regions of interest).
  const named = (given: readonly number[]): InputSize =>
    name === undefined ? { sizes: given } : { name, sizes: [1, ...given] };
  if (name !== undefined && shape[0] !== 1) return whole;
  if (!isImage(shape)) return sizes.length === own.length ? named(sizes) : whole;

  const [channels] = own as [number];
  const [first = Number.NaN, second = first, last = Number.NaN] = sizes;
  switch (sizes.length) {
    case 3: {
      if (first === channels || last !== channels) return named(sizes);
      const turned = order === 'whc' ? [channels, second, first] : [channels, first, second];
      return {
        message: l10n.t('In “{0}”, the {1} channels come last.', written(size), channels),
        help: l10n.t('Write them first: {0}.', written(name === undefined ? { sizes: turned } : named(turned))),
      };
    }
    case 1:
    case 2: {
      if (Number.isNaN(channels)) {
        return {
          message: l10n.t(
            '“{0}” does not say how many channels the image has, and neither does the file.',
            written(size),
          ),
          help: l10n.t('Write channels, height and width, as in {0}.', [3, first, second].join(',')),
        };
      }
      // If images are written W×H×C, the order of a pair is ambiguous.
      if (order === 'whc' && first !== second) {
        return {
          message: l10n.t('In “{0}”, it is not clear which size is the height.', written(size)),
          help: l10n.t(
            'Write channels, height and width: {0} for an image of {1}×{2} (width × height).',
            [channels, second, first].join(','),
            first,
            second,
          ),
        };
      }
      return named([channels, first, second]);
    }
    default:
      return whole;
  }
}

/** The shape without its batch, which is the second size if a sequence's steps come first. */
function withoutBatch(shape: readonly number[]): readonly number[] {
  const [first, batch, ...rest] = shape;
  return first !== undefined && first > 1 && batch === 1 ? [first, ...rest] : shape.slice(1);
}

/** Whether a shape is channels, height and width after a batch of one. */
export function isImage(shape: readonly number[]): boolean {
  return shape.length === 4 && shape[0] === 1;
}

/** The error for the wrong number of sizes. */
function whatFits(size: InputSize, shape: readonly number[]): WrongValue {
  const { name } = size;
  const own = withoutBatch(shape);
  // Replace unknown sizes with the usual ones in the example.
  const example = own.map((length, axis) => (Number.isNaN(length) ? (axis === 0 ? 3 : 224) : length));
  const known = shape.some(length => !Number.isNaN(length)) ? shown(own) : '?';
  const message =
    own.length === 1
      ? l10n.t('“{0}” does not fit this input, which has one size: {1}.', written(size), known)
      : l10n.t('“{0}” does not fit this input, which has {1} sizes: {2}.', written(size), own.length, known);
  if (name !== undefined) {
    const batch = Number.isNaN(shape[0]!) ? 1 : shape[0]!;
    return {
      message,
      help: l10n.t('Write them with the batch, as in {0}.', written({ name, sizes: [batch, ...example] })),
    };
  }
  if (size.sizes.length === shape.length && size.sizes[0] === 1)
    return { message, help: l10n.t('Leave out the batch: {0}.', size.sizes.slice(1).join(',')) };
  if (isImage(shape)) {
    const [channels, height, width] = example as [number, number, number];
    return {
      message,
      help:
        height === width
          ? l10n.t('Write {0}, {1} or {2}.', height, `${height}x${width}`, [channels, height, width].join(','))
          : l10n.t('Write channels, height and width, as in {0}.', [channels, height, width].join(',')),
    };
  }
  return {
    message,
    help:
      own.length === 1
        ? l10n.t('Write one number, as in {0}.', example[0]!)
        : l10n.t('Write {0} numbers without the batch, as in {1}.', own.length, example.join(',')),
  };
}

const shown = (own: readonly number[]): string => own.map(length => (Number.isNaN(length) ? '?' : length)).join(',');

/** The size in the syntax of comments: `3,320,320`, `image=1,3,320,320`, `1,128:int64`. */
export function written({ name, sizes, dtype }: InputSize): string {
  const numbers = sizes.join(',') + (dtype === undefined ? '' : `:${dtype}`);
  return name === undefined ? numbers : `${name}=${numbers}`;
}
