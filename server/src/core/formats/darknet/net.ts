// [net], the first section: the network's input, and reasons for Darknet to fail before it reads layers.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import { use } from '../../graph/graph.ts';
import type { CfgOption } from '../../syntax/cfg.ts';
import type { Fix } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonFor } from '../../text/reason.ts';
import { clip, listText } from '../../text/wording.ts';
import type { InputSize } from '../format.ts';
import { checkLines } from './checks.ts';
import { headerOf, type Reading } from './items.ts';
import { notesOf } from './notes.ts';
import { placeOf, repair, type SectionReader, shown, type Value } from './sectionReader.ts';
import { keyOf } from './words.ts';

/** parse_net_options: an image if height, width and channels are given, else a vector of `inputs`. */
export function readNet(reader: SectionReader, reading: Reading, input: InputSize | undefined): Value {
  const { builder, section } = reader;
  const isWithoutLines = reportLinesAbove(reading, reader);
  const written = ['channels', 'height', 'width'].map(name => reader.size(name, 0));
  const image = written.every(length => length !== 0);
  const length = reader.int('inputs', 0);
  checkSchedule(reader);
  checkLines(reader);
  const wanted = input && (input.name === undefined ? input.sizes : input.sizes.slice(1));
  const sizes = wanted ?? (image ? written : [length > 0 ? length : Number.NaN]);
  let why: string | Reason | undefined;
  if (!wanted && !image && !(length > 0)) {
    const missing = ['width', 'height', 'channels'].filter(name => reader.int(name, 0) === 0);
    why = reader.report({
      range: section.header,
      code: 'missing-input-size',
      message: l10n.t(
        '[{0}] does not set {1}, so the size of the input is not known. Darknet stops here.',
        section.type,
        listText(missing),
      ),
      help: l10n.t('Set width, height and channels, or inputs.'),
      short: l10n.t('no input size'),
    });
  } else if (sizes.some(Number.isNaN)) why = l10n.t('a size of the input is not known');
  const shape = why !== undefined && !image ? [1, Number.NaN, Number.NaN, Number.NaN] : [1, ...sizes];
  const spec = {
    label: 'net',
    type: 'net',
    sites: [use(section.range)],
    locate: reader.locate,
    notes: notesOf(reader.item, reader.dialect),
    repaired: section.damage !== undefined || reading.damage !== undefined || isWithoutLines,
  };
  const tensor = builder.within(spec, () => {
    const data = builder.input('data', shape, why);
    if (reader.stop !== undefined) builder.unknown(reader.stop);
    return data;
  });
  const value = { tensor, image: shape.length === 4, reduction: 1, widthBy: undefined };
  const product = sizes.reduce((a, b) => a * b, 1);
  if (wanted || !image || !(length > 0) || !(Math.abs(length - product) > 0)) return value;
  reader.report({
    range: placeOf(reader.option('inputs')!),
    severity: 'warning',
    code: 'inputs-mismatch',
    message: l10n.t(
      '`inputs` is {0}, but the image has {1} values: layers that read a vector, such as [connected], read {0}.',
      length,
      product,
    ),
    help: l10n.t('Remove this line.'),
  });
  return { ...value, length };
}

/** The input of a text that does not begin with [net]. */
export function withoutNet({ items }: Reading, builder: Builder): Value {
  const range = items[0] ? headerOf(items[0]) : { from: 0, to: 0 };
  const problem = {
    range,
    severity: 'error',
    code: 'no-net',
    message: l10n.t('The first section must be [net] or [network], with the size of the input. Darknet stops here.'),
    help: l10n.t('Add it at the top.'),
    short: l10n.t('no [net] section'),
  } as const;
  builder.problem(problem);
  const why = reasonFor(problem);
  const tensor = builder.input('data', [1, Number.NaN, Number.NaN, Number.NaN], why);
  // Makes the total unknown even if no layer costs anything.
  builder.unknown(why);
  return { tensor, image: true, reduction: 1, widthBy: undefined };
}

/** What parse_net_options rejects: an invalid learning rate schedule, and a contrastive loss without pairs. */
function checkSchedule(reader: SectionReader): void {
  const small = Math.trunc(reader.int('batch', 1) / reader.int('subdivisions', 1));
  if (reader.dialect === 'alexeyab' && reader.on('contrastive') && small < 2) {
    reader.report({
      range: placeOf(reader.option('contrastive')!),
      code: 'contrastive-batch',
      message: l10n.t(
        'A contrastive loss needs at least 2 images at once, but batch/subdivisions is {0}. Darknet stops here.',
        shown(small),
      ),
      short: l10n.t('batch too small for contrastive loss'),
    });
  }
  if (reader.text('policy', 'constant') !== 'steps') return;
  const missing = ['steps', 'scales'].filter(name => !reader.option(name)?.value);
  if (missing.length === 0) return;
  reader.report({
    range: placeOf(reader.option('policy')!),
    code: 'missing-schedule',
    message: l10n.t('policy=steps needs {0}. Darknet stops here.', listText(missing.map(name => `\`${name}=\``))),
    short: l10n.t('policy=steps without {0}', listText(missing)),
  });
}

/**
 * Reports lines above all sections. Returns whether these were not meant for [net]: then the rest is the whole network.
 */
function reportLinesAbove({ before }: Reading, reader: SectionReader): boolean {
  const options = before.options.slice(0, 20);
  const isOfNet = ({ key }: CfgOption): boolean => keyOf(reader.kind!, key) !== undefined;
  for (const option of options) {
    const { range, key } = option;
    const isOwn = isOfNet(option);
    const found = {
      range,
      code: 'line-before-net',
      message: l10n.t('`{0}` is above the first section, so Darknet crashes.', clip(key, 40)),
      short: l10n.t('line above the first section'),
      help: isOwn ? l10n.t('Move it below [{0}], or remove it.', reader.section.type) : l10n.t('Remove it.'),
    };
    if (isOwn) reader.report(found);
    else reader.builder.problem({ ...found, severity: 'error', fixes: [commentOut(range)] });
  }
  const strays = before.strays.slice(0, 20);
  for (const { range } of strays) {
    reader.builder.problem({
      range,
      severity: 'error',
      code: 'line-before-net',
      message: l10n.t('This line is above the first section, so Darknet crashes.'),
      help: l10n.t('Start comments with # or ;.'),
      fixes: [commentOut(range)],
    });
  }
  return strays.length > 0 || !options.every(isOfNet);
}

function commentOut({ from }: Range): Fix {
  return repair(l10n.t('Make it a comment'), { from, to: from }, '# ');
}

/** A detector's input must be a multiple of the network's stride, or upsampled grids do not match. */
export function checkReduction(net: SectionReader, values: readonly Value[]): void {
  let stride = 1;
  for (const { reduction } of values) if (Number.isInteger(reduction) && reduction > stride) stride = reduction;
  if (stride === 1 || stride > 2 ** 16) return;
  for (const name of ['width', 'height']) {
    const option = net.option(name);
    const value = net.int(name, 0);
    if (!option || !(value > 0) || value % stride === 0) continue;
    const below = Math.floor(value / stride) * stride;
    const sizes = [below, below + stride].filter(size => size > 0);
    const near = sizes.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value));
    net.report({
      range: placeOf(option),
      severity: 'warning',
      code: 'size-not-multiple',
      message: l10n.t(
        '`{0}` is {1}, which is not a multiple of the network’s stride of {2}: upsampled feature maps will not match those they are joined with.',
        name,
        value,
        stride,
      ),
      help: sizes.length > 1 ? l10n.t('Use {0} or {1}.', ...sizes) : l10n.t('Use {0}.', ...sizes),
      fixes: near.map(size => repair(l10n.t('Change to {0}', `${name}=${size}`), option.valueRange, String(size))),
    });
  }
}
