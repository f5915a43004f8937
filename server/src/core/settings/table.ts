// All settings, in the order of the docs. settings.json, comments, the command line, package.json and docs/settings.md
// are all derived from this table.
import * as l10n from '@vscode/l10n';
import { type ConventionName, conventions } from '../analysis/conventions.ts';
import { type Work, workSummary, works } from '../analysis/work.ts';
import { formats } from '../formats/index.ts';
import { languages } from '../text/language.ts';
import { flag, inputSizes, number, oneOf, optional, type Setting, text } from './setting.ts';
import { bytesOf, type Dtype, type Settings } from './settings.ts';

/** `hints.enabled`: the names on the way to a value. */
type KeyOf<T> = { [K in keyof T & string]: T[K] extends Leaf ? K : `${K}.${KeyOf<T[K]>}` }[keyof T & string];
type ValueOf<T, K extends string> = K extends `${infer First}.${infer Rest}`
  ? First extends keyof T
    ? ValueOf<T[First], Rest>
    : never
  : K extends keyof T
    ? T[K]
    : never;
type Leaf = boolean | number | string | undefined | readonly unknown[];
type Named = Omit<Settings, 'advice' | 'chosen'>;
type Table = { readonly [K in KeyOf<Named>]: Setting<ValueOf<Named, K>> };

const share = { minimum: 0, maximum: 1 };

/** The values known to any format, without duplicates. */
function known(choice: 'dialect' | 'phase'): readonly string[] {
  return [...new Set(formats.flatMap(({ choices }) => choices[choice] ?? []))];
}

const table: Table = {
  convention: oneOf<ConventionName>(
    'macs',
    conventions.map(({ name }) => name),
    {
      doc: () =>
        l10n.t('Counting convention: a plain rule (`macs`, `flops`, `all-ops`), or the way another tool counts.'),
      values: () => conventions.map(({ summary }) => summary()),
      wrong: written => l10n.t('“{0}” is not a counting convention.', written),
      comment: 'flops',
      option: 'NAME',
    },
  ),
  work: oneOf<Work>('inference', works, {
    doc: () =>
      l10n.t(
        'Work that is counted, for one sample: `inference`, or of a training step the `forward` pass, the `backward` pass, or both (`step`). Training is counted in MACs or FLOPs, with the conventions `macs` and `flops`.',
      ),
    values: () => works.map(workSummary),
    wrong: written => l10n.t('“{0}” is not work that can be counted.', written),
    comment: 'step',
    option: 'NAME',
  }),
  entry: optional(
    text('', {
      doc: () =>
        l10n.t(
          'Network of a Python file: an expression in the names of the file, such as `resnet50()` or `Net(num_classes=10)`. Default: what a comment in the file names, or else what its own test calls, its functions build, or its classes are.',
        ),
      comment: 'Net()',
      option: 'EXPRESSION',
    }),
  ),
  input: inputSizes({
    doc: () =>
      l10n.t(
        'Input size without the batch, such as `3,320,320` (for an image also `320` or `320x320`), or by name and with the batch, such as `image=1,3,320,320`; separate several inputs by `;`. For Python, the sizes of each argument of `forward` with the batch, such as `1,3,224,224`, or `1,128:int64` for integers. Default: the size in the file, or else that of its framework.',
      ),
    wrong: written => l10n.t('“{0}” is not an input size.', written),
    comment: '3,320,320',
    option: 'SIZE',
  }),
  inputs: optional(
    text('', {
      doc: () =>
        l10n.t(
          'Arguments of the network of a Python file, as Python expressions, where sizes are not enough: `torch.zeros(1, 30, dtype=torch.int64), None`.',
        ),
      comment: 'torch.zeros(1,3,32,32),None',
      option: 'EXPRESSIONS',
    }),
  ),
  source: optional(
    text('', {
      doc: () =>
        l10n.t(
          'Folder from which the imports of a Python file are resolved, and whose `parse_model` reads YOLO files. Default: the folders of its package and of its repository.',
        ),
      option: 'FOLDER',
    }),
  ),
  repository: flag(true, {
    doc: () =>
      l10n.t(
        'Read a YOLO file with the `parse_model` and the classes of the repository that it lies in, rather than by Flopline’s own tables. Nothing is executed.',
      ),
  }),
  python: optional(
    text('', {
      doc: () =>
        l10n.t(
          'Python environment, or folder of installed packages, whose source may be read for imports. It is never executed.',
        ),
      option: 'FOLDER',
    }),
  ),
  batch: number(
    'integer',
    1,
    { minimum: 1, maximum: 1e6 },
    {
      doc: () => l10n.t('Batch size for activation memory. MACs and FLOPs are always per sample.'),
      wrong: written => l10n.t('“{0}” is not a batch size.', written),
      comment: '8',
      option: 'N',
    },
  ),
  dtype: oneOf('fp32', Object.keys(bytesOf) as Dtype[], {
    doc: () => l10n.t('Data type of parameters and activations, for sizes in bytes.'),
    wrong: written => l10n.t('“{0}” is not a data type.', written),
    comment: 'fp16',
    option: 'NAME',
  }),
  scale: optional(
    text('', {
      doc: () =>
        l10n.t(
          'Scale of a YOLO model, such as `n`, `s`, `m`, `l` or `x`. Default: the scale in the file name, or else the first under `scales`.',
        ),
      comment: 's',
      option: 'NAME',
    }),
  ),
  dialect: optional(
    oneOf('', known('dialect'), {
      doc: () =>
        l10n.t(
          'Repository whose modules a YOLO file uses, or the Darknet a cfg is written for. Default: detected from the content of the file.',
        ),
      wrong: written => l10n.t('“{0}” is not a dialect.', written),
      comment: 'yolov9',
      option: 'NAME',
    }),
  ),
  phase: optional(
    oneOf('', known('phase'), {
      doc: () =>
        l10n.t(
          'Phase of a Caffe network; layers of the other phase are excluded. Default: the `state` in the file, or else `TEST` (`TRAIN` if training is counted), or the other one if only that phase has data layers.',
        ),
      wrong: written => l10n.t('“{0}” is not a phase.', written),
      comment: 'TRAIN',
      option: 'NAME',
    }),
  ),
  shapeOrder: oneOf('auto', ['auto', 'chw', 'hwc', 'whc'] as const, {
    doc: () =>
      l10n.t(
        'Order of sizes in image shapes: channels first (`chw`) or channels last (`hwc`, `whc`). By default (`auto`), the order in which the file gives its input.',
      ),
  }),
  'hints.enabled': flag(true, { doc: () => l10n.t('Show the cost of each line at its end.') }),
  'hints.template': text('${shape} · ${cost} · ${params}', {
    doc: () =>
      l10n.t(
        'Template of a hint, with these placeholders: {0}.',
        ['shape', 'cost', 'params', 'share', 'times', 'memory'].map(name => `\`\${${name}}\``).join(', '),
      ),
  }),
  'hints.costliest': number(
    'integer',
    3,
    { minimum: 0, maximum: 1000 },
    {
      doc: () =>
        l10n.t(
          'Number of costliest lines to mark with their share of the total: ◔ a quarter, ◑ half, ◕ three quarters, ● all. Only lines that cost much more than the others are marked; lines with the same share look the same.',
        ),
    },
  ),
  'hints.rowNumbers': flag(true, {
    doc: () =>
      l10n.t('Show the number of each row of a YOLO file, and of each layer of a Darknet cfg, in front of it.'),
  }),
  'hints.changes': flag(true, {
    doc: () =>
      l10n.t(
        'Show how the cost of a line has changed (`+12 %`) behind it, and removed layers where they were. `flopline.compareWith` says since when.',
      ),
  }),
  'codeLens.enabled': flag(true, { doc: () => l10n.t('Show the totals in a code lens above the network.') }),
  'diagnostics.dominance.enabled': flag(true, {
    doc: () => l10n.t('Report a layer, or a kind of layer, that dominates the parameters or MACs of the network.'),
  }),
  'diagnostics.dominance.threshold': number('number', 0.5, share, {
    doc: () => l10n.t('Minimum share of the parameters or MACs to report, from 0 to 1.'),
  }),
  'diagnostics.hugeActivation.enabled': flag(true, { doc: () => l10n.t('Report layers with a very large output.') }),
  'diagnostics.hugeActivation.threshold': number(
    'number',
    256e6,
    { minimum: 0 },
    {
      doc: () => l10n.t('Minimum size of an output to report, in bytes.'),
    },
  ),
  'diagnostics.unusedOutput.enabled': flag(true, {
    doc: () => l10n.t('Report layers whose output is never used.'),
  }),
  maxFileSize: number(
    'integer',
    2_000_000,
    { minimum: 1 },
    {
      doc: () => l10n.t('Files with more characters than this are not analyzed.'),
      wrong: written => l10n.t('“{0}” is not a file size.', written),
      option: 'N',
    },
  ),
};

/** Advice by its key in the settings. `of`: what its threshold is a share of. */
const advice: Readonly<Record<string, { readonly doc: () => string; readonly of?: 'macs' | 'params' }>> = {
  fatConvolution: { doc: () => l10n.t('Offer to insert a 1×1 bottleneck before a wide convolution.'), of: 'macs' },
  largeKernel: {
    doc: () => l10n.t('Offer to replace a 5×5 convolution with two 3×3, and a 7×7 with three.'),
    of: 'macs',
  },
  squareKernel: { doc: () => l10n.t('Offer to replace an N×N convolution with N×1 and 1×N.') },
  fullConvolution: { doc: () => l10n.t('Offer to replace a convolution with a depthwise separable one.') },
  flattenedHead: {
    doc: () => l10n.t('Offer to insert global average pooling before a fully connected layer.'),
    of: 'params',
  },
  wideLayer: { doc: () => l10n.t('Offer to reduce the number of channels.') },
  wideExpansion: { doc: () => l10n.t('Offer to reduce the channels inside a module.') },
  manyRepeats: { doc: () => l10n.t('Offer to reduce the number of repeats.') },
  costlyModule: { doc: () => l10n.t('Offer a cheaper module of the same family.') },
  ungroupedConvolution: { doc: () => l10n.t('Offer to split a convolution into groups.') },
  cancelledBias: { doc: () => l10n.t('Offer to remove a bias that the following normalization cancels.') },
  unusedLayer: { doc: () => l10n.t('Offer to remove layers whose output is never used.') },
  latePooling: { doc: () => l10n.t('Offer to move average pooling before a 1×1 convolution.') },
  mergeableLayers: { doc: () => l10n.t('Offer to merge two linear layers with nothing between them.') },
  largeScale: { doc: () => l10n.t('Offer to reduce the depth, width or channel limit of the scale in effect.') },
};

const thresholds = {
  macs: () => l10n.t('Minimum share of the network’s MACs, from 0 to 1, for a diagnostic to suggest this.'),
  params: () => l10n.t('Minimum share of the network’s parameters, from 0 to 1, for a diagnostic to suggest this.'),
};

/** All settings by key, as in settings.json after `flopline.`. */
export const settingTable: ReadonlyMap<string, Setting<unknown>> = new Map<string, Setting<unknown>>([
  ...Object.entries<Setting<unknown>>(table),
  ...Object.entries(advice).flatMap(([piece, { doc, of }]): [string, Setting<unknown>][] => [
    [`advice.${piece}.enabled`, flag(true, { doc })],
    ...(of
      ? [
          [`advice.${piece}.threshold`, number('number', 0.1, share, { doc: thresholds[of] })] as [
            string,
            Setting<unknown>,
          ],
        ]
      : []),
  ]),
]);

/** The display language; `auto` leaves it to the editor. */
export const languageSetting = oneOf('auto', ['auto', ...languages], {
  doc: () =>
    l10n.t(
      'Language of hints, hovers, problems and all else that Flopline says. Names of commands and settings are in the language of the editor.',
    ),
  values: () => [
    l10n.t(
      'The language of the editor, or of the environment (`LC_ALL`, `LC_MESSAGES`, `LANG`) if the editor has none.',
    ),
    'English',
    '简体中文',
  ],
  wrong: written => l10n.t('“{0}” is not a language of Flopline.', written),
});

/** Settings that are not about a network: the client reads them, except that the server reads the language too. */
export const clientSettings: ReadonlyMap<string, Setting<unknown>> = new Map<string, Setting<unknown>>([
  ['language', languageSetting],
  [
    'compareWith',
    oneOf('head', ['head', 'saved', 'nothing'], {
      doc: () =>
        l10n.t(
          'What a network is compared with unless you choose something else for the file: the last commit of its git repository (`head`), the file as it was saved (`saved`), or `nothing`.',
        ),
    }),
  ],
  [
    'trace.server',
    oneOf('off', ['off', 'messages', 'verbose'], {
      doc: () => l10n.t('Log the messages between VS Code and the language server.'),
    }),
  ],
]);

/** The sections in the settings editor, in order; a key belongs to the first one that matches. */
export const settingSections: readonly {
  readonly id: string;
  readonly title: () => string;
  readonly has: (key: string) => boolean;
}[] = [
  {
    id: 'counting',
    title: () => l10n.t('Counting'),
    has: key => ['convention', 'work', 'batch', 'dtype'].includes(key),
  },
  {
    id: 'network',
    title: () => l10n.t('Network'),
    has: key => ['input', 'inputs', 'entry', 'scale', 'dialect', 'phase'].includes(key),
  },
  {
    id: 'hints',
    title: () => l10n.t('Hints'),
    has: key => /^(?:hints|codeLens)\.|^(?:shapeOrder|compareWith)$/.test(key),
  },
  { id: 'problems', title: () => l10n.t('Problems'), has: key => key.startsWith('diagnostics.') },
  { id: 'advice', title: () => l10n.t('Advice'), has: key => key.startsWith('advice.') },
  {
    id: 'python',
    title: () => l10n.t('Python and Repositories'),
    has: key => ['python', 'source', 'repository'].includes(key),
  },
  { id: 'general', title: () => l10n.t('General'), has: () => true },
];
