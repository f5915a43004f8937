// The formats as described for property tests on bad input: sample texts, and other readers to compare with.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { typeNames } from '../../server/src/core/formats/caffe/layers/index.ts';
import { sectionOf, sectionTypes } from '../../server/src/core/formats/darknet/words.ts';
import { operatorNames } from '../../server/src/core/formats/flopline/operators.ts';
import { dialects } from '../../server/src/core/formats/ultralytics/dialects/index.ts';
import { defaultSettings, type FileReport, open, price, report, type Settings } from '../../server/src/core/index.ts';
import { caffeNetworks } from './caffeNetworks.ts';
import { strictCosts } from './oracles/caffe.ts';
import { asDarknetReads } from './oracles/darknet.ts';
import { asPyYamlReads } from './oracles/pyyaml.ts';

export interface Format {
  readonly name: string;
  readonly file: string;
  readonly settings: Settings;
  /** Whether the file is recognized whatever it contains. */
  readonly isSure: boolean;
  /** Real texts to mutate. */
  readonly seeds: readonly string[];
  /** What mutations insert, besides what they insert in all formats. */
  readonly pieces: readonly string[];
  /** The punctuation marks of the language. */
  readonly signs: string;
  /** Those of them that may be inserted anywhere. */
  readonly loose: string;
  /** Whether repairing a lost punctuation mark restores the original text. */
  readonly restoresSigns: boolean;
  /** Whether the framework can read a text after its repairs are applied, with the same result. */
  readonly fixesAreRead: boolean;
  /** Whether every repair marks a row; in other formats, a header may be repaired. */
  readonly repairsRows: boolean;
  /** Whether a row is certain by itself; in other formats, a stray mark in any row makes others uncertain. */
  readonly isCertainByRow: boolean;
  /** Texts of words of the language, in any order. */
  readonly words: fc.Arbitrary<string>;
  /** Texts without problems. */
  readonly correct: fc.Arbitrary<string>;
  /** Lines whose damage does not affect the rows above. */
  readonly ofRows: RegExp;
  readonly oracle: Oracle;
}

/** Another reader of the same texts, equivalent to the framework's. */
export interface Oracle {
  /** The reading of each text, undefined if it has none; undefined as a whole if the reader is not installed. */
  read(texts: readonly string[]): readonly (Reading | 'refused' | undefined)[] | undefined;
  /** The same reading from our report. */
  of(found: FileReport): Reading;
}

export interface Reading {
  readonly complete: boolean;
  readonly params: number | null;
  readonly macs: number | null;
  /** Anything else that can be compared. */
  readonly more?: unknown;
}

const folders = [
  '../../examples/',
  ...['flopline', 'ultralytics', 'darknet', 'caffe'].map(id => `../formats/${id}/fixtures/`),
];

function textsNamed(pattern: RegExp): readonly string[] {
  return folders
    .map(folder => new URL(folder, import.meta.url))
    .flatMap(folder =>
      readdirSync(folder)
        .filter(name => pattern.test(name))
        .map(name => readFileSync(new URL(name, folder), 'utf8')),
    );
}

/** The report of the format's reader; undefined if the text is not recognized. */
export function reportOf({ file, settings }: Pick<Format, 'file' | 'settings'>, text: string): FileReport | undefined {
  // Oracles and properties request the same texts.
  const key = `${file}\n${text}`;
  if (reports.has(key)) return reports.get(key);
  const document = open({ name: file, text }, settings);
  const analysed = document && price(document, settings);
  const found = analysed && report(analysed);
  if (reports.size > 500) reports.clear();
  reports.set(key, found);
  return found;
}

/** The last reports, by file name and text: each format always uses the same name and settings. */
const reports = new Map<string, FileReport | undefined>();

const withoutErrors = (format: Pick<Format, 'file' | 'settings'>, texts: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom(
    ...texts.filter(text => reportOf(format, text)?.problems.every(({ severity }) => severity !== 'error')),
  );

const errorsOf = ({ problems }: FileReport) => problems.filter(({ severity }) => severity === 'error');

/** Whether all of it is read as written. */
const isComplete = (found: FileReport | undefined): boolean =>
  found?.totals.complete === true && !found.layers.some(({ repaired }) => repaired);
const isFine = (found: FileReport | undefined): boolean =>
  found !== undefined && isComplete(found) && errorsOf(found).length === 0;

const totalsOf = ({ totals: { complete, params, macs } }: FileReport): Reading => ({ complete, params, macs });

const number = fc.integer({ min: -4, max: 70 }).map(String);

// Flopline YAML

const ownWord = fc.oneof(
  fc.constantFrom(...operatorNames),
  fc.constantFrom('branches', 'residual', 'repeat', 'layers', 'times', 'join', 'shortcut', 'from', 'name', 'if'),
  fc.constantFrom('repeats', 'norm', 'act', 'kernel', 'out', 'padding', 'same', 'depthwise', 'stride', 'axis'),
  fc.constantFrom('$a', '$(a * 2)', '"$(a // 0)"', '$channels', 'a', 'b', 'input', '-1', '.nan', '1e308', '~'),
  number,
);

/** A word, a list or a mapping of such. */
const yamlOf = (word: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ value: string }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.array(tie('value'), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(word, tie('value')), { maxLength: 4 })
        .map(entries => `{${entries.map(([key, item]) => `${key}: ${item}`).join(', ')}}`),
    ),
  })).value;

const ownValue = yamlOf(ownWord);
const ownRows = fc
  .array(ownValue, { minLength: 1, maxLength: 8 })
  .map(list => list.map(row => `  - ${row}`).join('\n'));
const yamlPieces = ['- ', ': ', '[', ']', '{', '}', '"', "'", '*a', '&a ', '$', '~', '|', '<<: '];

const own = { file: 'any.net.yaml', settings: defaultSettings };
const ownTexts = textsNamed(/\.net\.yaml$/);

const flopline: Format = {
  ...own,
  name: 'Flopline YAML',
  isSure: true,
  seeds: ownTexts,
  pieces: yamlPieces,
  signs: '[]{},:"\'',
  loose: '[]{},:"\'#\t',
  restoresSigns: false,
  fixesAreRead: false,
  repairsRows: true,
  isCertainByRow: true,
  words: fc
    .tuple(
      fc.constantFrom('[3, 8, 8]', '[4, 6]', '[5]', '{a: [3, 8, 8], b: [3, 8, 8]}', '?'),
      ownRows,
      ownRows,
      ownValue,
    )
    .map(
      ([sizes, body, layers, extra]) =>
        `input: ${sizes}\nlet: {a: 2, b: ${extra}}\nblocks:\n  a(x, a=3):\n${body}\nlayers:\n${layers}\noutput: ${extra}\n`,
    ),
  correct: withoutErrors(
    own,
    ownTexts.filter(text => !text.includes('&')),
  ),
  ofRows: /^ {0,3}-? ?-/,
  oracle: {
    // The language is Flopline's own, so a text that PyYAML rejects may be valid. Texts read without errors agree.
    read: texts =>
      asPyYamlReads(texts)?.map((text, at) =>
        text !== null && isFine(reportOf(own, texts[at]!)) ? totalsOf(reportOf(own, text)!) : undefined,
      ),
    of: totalsOf,
  },
};

// YOLO

const yoloWord = fc.oneof(
  fc.constantFrom('nc', 'anchors', 'None', 'True', 'False', 'nearest', 'nn.SiLU()', '.nan', '1e308', '~', '0.5', 'x'),
  number,
);
const yoloRow = fc
  .tuple(
    fc.oneof(fc.integer({ min: -4, max: 6 }).map(String), fc.constantFrom('[-1, 0]', '[0, 1, 2]', '[]', 'x')),
    fc.constantFrom('1', '1', '2', '0', '-1', '3', 'x'),
    fc.constantFrom(...new Set(dialects.flatMap(({ modules }) => [...modules.keys()]))),
    fc.array(yamlOf(yoloWord), { maxLength: 5 }),
  )
  .map(([from, repeats, module, args]) => `  - [${from}, ${repeats}, ${module}, [${args.join(', ')}]]`);
const yoloRows = fc.array(yoloRow, { minLength: 1, maxLength: 8 }).map(rows => rows.join('\n'));

const model = { file: 'model.yaml', settings: defaultSettings };
const yoloTexts = textsNamed(/(?<!\.net)\.yaml$/);

const yolo: Format = {
  ...model,
  name: 'YOLO',
  isSure: false,
  seeds: yoloTexts,
  pieces: [...yamlPieces, '[-1, 1, Conv, [64]]', 'nc'],
  signs: '[]{},:"\'',
  loose: '[]{},:"\'#\t',
  restoresSigns: false,
  fixesAreRead: true,
  repairsRows: false,
  isCertainByRow: false,
  words: fc
    .tuple(fc.constantFrom('nc: 3', 'nc: x', 'scales: {n: [0.5, 0.5, 64]}\nnc: 2', 'ch: 4'), yoloRows, yoloRows)
    .map(([head, backbone, rest]) => `${head}\nbackbone:\n${backbone}\nhead:\n${rest}\n`),
  correct: withoutErrors(model, yoloTexts),
  ofRows: /^\s*(?:-|\[)/,
  oracle: {
    read: texts =>
      asPyYamlReads(texts)?.map((text, at) => {
        if (text === null) return 'refused';
        const found = reportOf(model, text);
        // A row that cannot be built is reported at the row; a repaired one counts as what was meant.
        return found && isComplete(reportOf(model, texts[at]!)) ? totalsOf(found) : undefined;
      }),
    of: totalsOf,
  },
};

// Darknet

const cfgValue = fc.oneof(
  fc.integer({ min: -4, max: 9 }).map(String),
  fc.constantFrom('-1,-2', '0,1', '1,', ',', 'leaky', 'swish', 'softmax', 'per_channel', '2147483648', '-99', '1e9'),
);
const section = fc.constantFrom(...sectionTypes).chain(type => {
  const keys = Object.keys(sectionOf(type)!.keys);
  const option = fc.tuple(fc.constantFrom(...keys), cfgValue).map(([key, text]) => `${key}=${text}`);
  return fc.array(option, { maxLength: 6 }).map(options => `[${type}]\n${options.join('\n')}\n`);
});
const nets = ['width=8\nheight=8\nchannels=3', 'inputs=16', 'width=9\nheight=7\nchannels=4', '', 'time_steps=3'];

const detector = `[net]
width=64
height=64
channels=3

# 0
[convolutional]
batch_normalize=1
filters=16
size=3
stride=2
pad=1
activation=leaky

[maxpool]
size=2
stride=2

[convolutional]
filters=16
size=3
pad=1
activation=leaky

[shortcut]
from=-2
activation=linear

[upsample]
stride=2

[route]
layers = -1, 0

[convolutional]
filters=21
size=1
activation=linear

[yolo]
mask = 0,1,2
anchors = 10,14, 23,27, 37,58, 81,82, 135,169, 344,319
classes=2
num=6
`;

const classifier = `; a classifier
[net]
height=24
width=32
channels=3
[convolutional]
filters=8
size=3
pad=1
groups=1
[avgpool]
[connected]
output=10
activation=relu
[softmax]
[cost]
type=sse
`;

const cfg = { file: 'any.cfg', settings: { ...defaultSettings, dialect: 'alexeyab' } };
const darknetReading = (found: FileReport): Reading => ({
  ...totalsOf(found),
  // Reasons contain line numbers, which differ in the plain text.
  more: [
    { ...found.totals, why: undefined },
    found.native,
    found.layers.map(({ op, outputs, params, macs, complete }) => [op, outputs, params, macs, complete]),
  ],
});

const darknet: Format = {
  ...cfg,
  name: 'Darknet cfg',
  isSure: true,
  seeds: textsNamed(/\.cfg$/),
  pieces: ['[', ']', '=', ';', ',', '[route]', 'layers='],
  signs: '[]=,',
  loose: '[]=,#;',
  restoresSigns: false,
  fixesAreRead: false,
  repairsRows: true,
  isCertainByRow: true,
  words: fc
    .tuple(fc.constantFrom(...nets), fc.array(section, { maxLength: 12 }))
    .map(([head, body]) => `[net]\n${head}\n${body.join('')}`),
  correct: fc.constantFrom(detector, classifier),
  ofRows: /./,
  oracle: {
    read: texts =>
      texts.map(text => {
        const plain = asDarknetReads(text);
        return plain === undefined ? 'refused' : darknetReading(reportOf(cfg, plain)!);
      }),
    of: darknetReading,
  },
};

// Caffe

const caffeParams =
  `convolution pooling inner_product scale bias concat slice reshape flatten crop tile argmax reduction
  embed recurrent prior_box roi_pooling psroi_pooling spp interp upsample lrn mvn norm permute shuffle_channel input
  dummy_data data power eltwise parameter`.split(/\s+/);
const caffeNames = `num_output kernel_size stride pad group dilation axis num_axes offset order tiles top_k input_dim
  slice_point min_size pooled_h pooled_w output_dim group_size pyramid_height bias_term global_pooling zoom_factor
  shrink_factor scale local_size end_axis batch_size num channels height coeff`.split(/\s+/);
const caffeValues = '0 1 2 3 5 -1 -9 1e308 4294967295 true false nan x "y" 0.5'.split(' ');
const caffeField = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.tuple(fc.constantFrom(...caffeNames), fc.constantFrom(...caffeValues)).map(pair => pair.join(': ')),
  },
  { weight: 1, arbitrary: fc.constantFrom('shape { dim: 1 dim: 4 }', 'shape { dim: -1 }') },
);
const blob = fc.constantFrom('data', 'seq', 'a', 'b', 'c', 'vector');
const caffeLayer = fc
  .record({
    type: fc.constantFrom(...typeNames),
    bottoms: fc.array(blob, { maxLength: 4 }),
    tops: fc.array(blob, { maxLength: 3 }),
    param: fc.constantFrom(...caffeParams),
    fields: fc.array(caffeField, { maxLength: 5 }),
    shared: fc.boolean(),
  })
  .map(({ type, bottoms, tops, param, fields, shared }) => {
    const blobs = [...bottoms.map(name => `bottom: "${name}"`), ...tops.map(name => `top: "${name}"`)].join(' ');
    return `layer { name: "${type}" type: "${type}" ${blobs} ${shared ? 'param { name: "w" }' : ''} ${param}_param { ${fields.join(' ')} } }`;
  });
const caffeInputs =
  'input: "data" input: "seq" input: "vector" input_shape { dim: 2 dim: 4 dim: 6 dim: 6 } input_shape { dim: 3 dim: 2 } input_shape { dim: 7 }';

const caffe: Format = {
  name: 'Caffe prototxt',
  file: 'any.prototxt',
  settings: defaultSettings,
  isSure: false,
  seeds: textsNamed(/\.prototxt$/),
  pieces: ['{', '}', '<', '>', '[', ']', ':', '"', "'", 'layer {', 'layers {', 'dim: 0'],
  signs: '{}:"',
  loose: '{}:"',
  restoresSigns: true,
  fixesAreRead: true,
  repairsRows: true,
  isCertainByRow: true,
  words: fc.array(caffeLayer, { minLength: 1, maxLength: 8 }).map(layers => `${caffeInputs}\n${layers.join('\n')}\n`),
  correct: caffeNetworks,
  ofRows: /./,
  oracle: {
    read: texts =>
      texts.map(text => {
        const costs = strictCosts(text);
        return costs ? { complete: true, ...costs, more: [] } : 'refused';
      }),
    // What Caffe accepts has no errors.
    of: found => ({ ...totalsOf(found), more: errorsOf(found) }),
  },
};

export const formats: readonly Format[] = [flopline, yolo, darknet, caffe];
