// The vocabulary: top-level keys, common keys of rows, and structures with their keys, each with its explanation.
import * as l10n from '@vscode/l10n';

type Words = Readonly<Record<string, () => string>>;

/** Top-level keys. */
export const topKeys = {
  name: () => l10n.t('The name of the network.'),
  input: () =>
    l10n.t('Sizes of the input without the batch: [3, 224, 224]; with several inputs, a name and sizes for each.'),
  let: () => l10n.t('Numbers and words for all rows: after `width: 64` here, rows can use `$width`.'),
  blocks: () => l10n.t('Blocks of rows with parameters, used by name.'),
  layers: () => l10n.t('The rows of the network, from input to output.'),
  output: () => l10n.t('The rows that the network returns, by name. Default: the last row.'),
} as const satisfies Words;

/** Keys that every row accepts. */
export const commonKeys = {
  name: () => l10n.t('A name for this row, for use in `from`.'),
  from: () =>
    l10n.t(
      'What this row reads instead of the row above: a name, `input`, −1 for the row above, −2 for the one above that, or a list of these.',
    ),
  if: () => l10n.t('The row is only used if this is true; otherwise its input passes through unchanged.'),
  repeats: () => l10n.t('How many times the row is repeated in sequence, each time with its own parameters.'),
  norm: () => l10n.t('A normalization after it, as in `norm: batch`; it then has no bias unless `bias: true` is set.'),
  act: () => l10n.t('An activation after it, as in `act: relu`.'),
} as const satisfies Words;

export type CommonKey = keyof typeof commonKeys;

export const commonList = Object.keys(commonKeys) as CommonKey[];

/** The common keys of a row, as far as written. */
export type Common<T> = { -readonly [K in CommonKey]?: T };

/** Rows that contain other rows instead of an operator. */
export const structures = {
  branches: () =>
    l10n.t(
      'Parallel paths that all read the same input and are joined at the end (`join: concat`, `add`, `mul` or `none`).',
    ),
  residual: () => l10n.t('Rows whose output is added to their input, or to the output of `shortcut:`.'),
  repeat: () => l10n.t('Repeats a list of rows in sequence: `repeat: {times: 3, layers: […]}`.'),
} as const satisfies Words;

export type StructureName = keyof typeof structures;

export function isStructure(name: string): name is StructureName {
  return Object.hasOwn(structures, name);
}

/** Keys of these. */
export const structureKeys = {
  branches: {
    join: () => l10n.t('How the paths are joined: concat (the default), add, mul, or none to output all of them.'),
    axis: () => l10n.t('The axis of `join: concat`, batch included. Default: 1, the channels.'),
    act: commonKeys.act,
  },
  residual: {
    shortcut: () => l10n.t('Rows for the other path, such as a projection. Default: the input itself.'),
    act: () => l10n.t('An activation after the sum.'),
  },
  repeat: {
    times: () => l10n.t('The number of repetitions.'),
    layers: () => l10n.t('The rows that are repeated.'),
  },
} as const satisfies Record<StructureName, Words>;

export const joins = ['concat', 'add', 'mul', 'none'] as const;

/** Keys that may be beside the operator of a row, so they are not taken for it. */
export const beside: ReadonlySet<string> = new Set<string>([
  ...commonList,
  ...Object.values(structureKeys).flatMap(keys => Object.keys(keys)),
]);

/** Names of normalizations in `norm:`. */
export const norms: Readonly<Record<string, string>> = {
  batch: 'batchnorm',
  layer: 'layernorm',
  group: 'groupnorm',
  instance: 'instancenorm',
  rms: 'rmsnorm',
};

/** Sides of a padding. */
export const sides = ['before', 'after', 'top', 'bottom', 'left', 'right'] as const;

/** Names that a parameter cannot have, because they have a meaning after `$` or in `from`. */
export const reserved: ReadonlySet<string> = new Set([
  ...['name', 'from', 'if', 'repeats', 'input', 'previous', 'true', 'false', 'and', 'or', 'not'],
]);

/** Sizes of a row's own input: channels of [N, C, …], features of [N, …, C]. */
export const sizesOfInput = ['channels', 'features'] as const;

/** The names of keys in other frameworks. */
export const synonyms: Readonly<Record<string, readonly string[]>> = {
  kernelsize: ['kernel'],
  size: ['kernel', 'out'],
  ksize: ['kernel'],
  filters: ['out'],
  units: ['out', 'hidden'],
  channels: ['out'],
  features: ['out'],
  outchannels: ['out'],
  outfeatures: ['out'],
  strides: ['stride'],
  pad: ['padding'],
  numheads: ['heads'],
  group: ['groups'],
  dim: ['axis', 'axes'],
  scalefactor: ['scale'],
  hiddensize: ['hidden'],
  numlayers: ['layers'],
  activation: ['act'],
  normalization: ['norm'],
  usebias: ['bias'],
  ceilmode: ['rounding'],
  p: ['rate'],
  repeat: ['repeats'],
  times: ['repeats'],
  n: ['repeats', 'times'],
  input: ['from'],
  inputs: ['from'],
};
