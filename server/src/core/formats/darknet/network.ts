// From sections to a graph: what parse_network_cfg does.
import { Builder } from '../../graph/builder.ts';
import { type Graph, type Tensor, use } from '../../graph/graph.ts';

import type { CfgOption } from '../../syntax/cfg.ts';
import type { Problem, Repair } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { guess } from '../../text/spelling.ts';
import type { InputSize } from '../format.ts';

import { activationOf } from './activations.ts';
import { authorOf, type Dialect } from './dialect.ts';
import type { Damage, Reading } from './headers.ts';
import { keyOf, sectionOf, sectionTypes } from './keys.ts';
import { layers, type Made, type Network } from './layers/index.ts';
import { isOfPyTorch, tellPyTorch } from './pytorch.ts';
import { capital, manyTold, placeOf, Row, repair, unknownSection, type Value } from './row.ts';

export interface Built {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  /** The first shortcut whose two sides have other sizes: only pjreddie’s Darknet takes it. */
  readonly acrossSizes: Row | undefined;
  /** Whether Darknet stops at some section, for another reason than a header that is damaged. */
  readonly stops: boolean;
}

/** What ends a network: their outputs are results, even where other sections follow. */
const ends: ReadonlySet<string> = new Set([
  'yolo',
  'Gaussian_yolo',
  'region',
  'detection',
  'iseg',
  'contrastive',
  'softmax',
  'cost',
  'logistic',
]);

/** Heads with a box or more in each cell of a grid. */
const grids: ReadonlySet<string> = new Set(['yolo', 'Gaussian_yolo', 'region']);

/** `checks` is false for a reading beside the one that a person looks at: lines are not looked through for mistakes. */
export function build(reading: Reading, dialect: Dialect, input: InputSize | undefined, checks: boolean): Built {
  const builder = new Builder();
  const isNet = sectionOf(reading.sections[0]?.type ?? '')?.name === 'net';
  const values: Value[] = [];
  const isPyTorch = reading.sections.some(({ type }) => isOfPyTorch(type));
  const network: Network = { convolutions: new Map() };
  const silus: CfgOption[] = [];
  const [first] = reading.sections;
  const net =
    isNet && first ? new Row(first, sectionOf(first.type), dialect, builder, [], undefined, isPyTorch) : undefined;
  if (reading.damage) tellDamage(builder, 'byte-order-mark', reading.damage);
  if (dialect === 'pjreddie' && reading.carriageReturn >= 0) tellCarriageReturn(builder, reading.carriageReturn);
  if (isPyTorch) tellPyTorch(builder, reading.sections);
  let before = net ? readNet(net, reading, input, checks) : withoutNet(reading, builder);
  let stops = !net;
  let acrossSizes: Row | undefined;
  const outputs: Tensor[] = [];
  let isDetector = false;
  for (const section of isNet ? reading.sections.slice(1) : reading.sections) {
    if (builder.full) break;
    const row = new Row(section, sectionOf(section.type), dialect, builder, values, before, isPyTorch);
    before = readLayer(row, network, checks);
    if (row.silu) silus.push(row.silu);
    if (row.stop !== undefined || !before.tensor.shape) stops = true;
    if (!acrossSizes && row.kind?.name === 'shortcut' && crosses(row)) acrossSizes = row;
    if (row.kind && ends.has(row.kind.name)) outputs.push(before.tensor);
    if (row.kind && grids.has(row.kind.name)) isDetector = true;
    values.push(before);
  }
  if (checks && silus.length > 0) tellSilu(builder, silus, dialect);
  if (net?.stop !== undefined) stops = true;
  if (net && !input && isDetector) checkReduction(net, values);
  const last = values.at(-1)?.tensor;
  if (last && !outputs.includes(last)) outputs.push(last);
  return { graph: builder.finish(outputs), problems: builder.problems, acrossSizes, stops };
}

/** parse_net_options: an image where height, width and channels are given, else a vector of `inputs`. */
function readNet(row: Row, reading: Reading, input: InputSize | undefined, checks: boolean): Value {
  const { builder, section } = row;
  tellDamages(row);
  tellLinesBefore(reading, row);
  const written = ['channels', 'height', 'width'].map(name => row.size(name, 0, 0));
  const image = written.every(length => length !== 0);
  const length = row.int('inputs', 0);
  if (checks) {
    checkSchedule(row);
    row.check();
  }
  const wanted = input && (input.name === undefined ? input.sizes : input.sizes.slice(1));
  const sizes = wanted ?? (image ? written : [length > 0 ? length : Number.NaN]);
  let why: string | undefined;
  if (!wanted && !image && !(length > 0)) {
    const missing = ['width', 'height', 'channels'].filter(name => row.int(name, 0) === 0);
    why = `The size of the input is not known: [${section.type}] needs ${missing.join(', ')}, or inputs. Darknet stops here.`;
    row.tell(section.header, 'missing-argument', why);
  } else if (sizes.some(Number.isNaN)) why = 'a size of the input is not known';
  const shape = why !== undefined && !image ? [1, Number.NaN, Number.NaN, Number.NaN] : [1, ...sizes];
  const spec = {
    label: 'net',
    type: 'net',
    sites: [use(section.range)],
    locate: row.locate,
    notes: row.notes,
    repaired: isRepaired(row) || reading.damage !== undefined,
  };
  const tensor = builder.within(spec, () => {
    const made = builder.input('data', shape, why);
    if (row.stop !== undefined) builder.unknown(row.stop);
    return made;
  });
  const value = { tensor, image: shape.length === 4, reduction: 1, widthBy: undefined };
  const product = sizes.reduce((a, b) => a * b, 1);
  if (wanted || !image || !(length > 0) || !(Math.abs(length - product) > 0)) return value;
  if (checks) {
    const message = `\`inputs\` is ${length}, but the image has ${product} numbers: layers that read a vector, as [connected], read ${length}. Remove this line.`;
    row.tell(placeOf(row.option('inputs')!), 'wrong-value', message, 'warning');
  }
  return { ...value, length };
}

/** What parse_net_options stops at: the schedule of the learning rate, and a contrastive loss without pairs. */
function checkSchedule(row: Row): void {
  const small = Math.trunc(row.int('batch', 1) / row.int('subdivisions', 1));
  if (row.dialect === 'alexeyab' && row.on('contrastive') && small < 2) {
    const message = `A contrastive loss needs two images at once, but batch/subdivisions is ${small}. Darknet stops here.`;
    row.tell(placeOf(row.option('contrastive')!), 'wrong-value', message);
  }
  if (row.text('policy', 'constant') !== 'steps') return;
  const missing = ['steps', 'scales'].filter(name => !row.option(name)?.value);
  if (missing.length === 0) return;
  const message = `policy=steps needs ${missing.map(name => `\`${name}=\``).join(' and ')}. Darknet stops here.`;
  row.tell(placeOf(row.option('policy')!), 'missing-argument', message);
}

function withoutNet(reading: Reading, builder: Builder): Value {
  const range = reading.sections[0]?.header ?? { from: 0, to: 0 };
  const message =
    'The first section must be [net] or [network]: it has the size of the input. Darknet stops here. Put it at the top.';
  builder.problem({ range, severity: 'error', code: 'no-net', message });
  const tensor = builder.input('data', [1, Number.NaN, Number.NaN, Number.NaN], message);
  // Even layers that cost nothing have no total then.
  builder.unknown(message);
  return { tensor, image: true, reduction: 1, widthBy: undefined };
}

/** Lines of no section. Without what no [net] reads, the rest is the network that was meant. */
function tellLinesBefore({ before }: Reading, row: Row): void {
  const kind = sectionOf('net')!;
  for (const { range, key } of before.options.slice(0, 20)) {
    const message = `\`${key}\` is above the first section, so Darknet crashes. Put it below [${row.section.type}], or remove it.`;
    if (keyOf(kind, key)) row.tell(range, 'line-before-net', message);
    else row.tellRepaired(range, 'line-before-net', message, commentOut(range));
  }
  for (const { range } of before.strays.slice(0, 20)) {
    const message = 'This line is above the first section, so Darknet crashes. Comments start with # or ;.';
    row.tellRepaired(range, 'line-before-net', message, commentOut(range));
  }
}

/** The one message on an activation that PyTorch calls otherwise. */
function tellSilu(builder: Builder, silus: readonly CfgOption[], dialect: Dialect): void {
  const range = silus[0]!.valueRange;
  const others = silus.length > 1 ? ` (and in ${silus.length - 1} more sections)` : '';
  const swish = activationOf('swish', dialect)
    ? 'Darknet calls it swish.'
    : `${capital(authorOf[dialect])} has no such activation; AlexeyAB’s calls it swish.`;
  const message = `Darknet has no activation “silu” and uses relu here${others}. ${swish}`;
  const edits = silus.map(({ valueRange }) => ({ ...valueRange, text: 'swish' }));
  const title = silus.length > 1 ? `Change all ${silus.length} to swish` : 'Change to swish';
  const repairs = activationOf('swish', dialect) ? [{ title, edits }] : [];
  builder.problem({ range, severity: 'warning', code: 'unknown-activation', message, repairs });
}

function commentOut({ from }: Range): Repair {
  return { title: 'Make it a comment', edits: [{ from, to: from, text: '# ' }] };
}

function tellDamage(builder: Builder, code: string, { range, message, repair }: Damage): void {
  builder.problem({ range, severity: 'error', code, message, repairs: [repair] });
}

/** utils.c, strip: the original drops spaces, tabs and line feeds; AlexeyAB's carriage returns, too. */
function tellCarriageReturn(builder: Builder, at: number): void {
  const message =
    'This file has carriage returns (CR LF). On Linux and macOS pjreddie’s Darknet keeps them in names and values, so it knows none of the sections. Save the file with LF.';
  builder.problem({ range: { from: at, to: at + 1 }, severity: 'warning', code: 'carriage-return', message });
}

function tellDamages({ section, builder }: Row): void {
  const { damage, swallowed = [] } = section;
  if (damage) tellDamage(builder, 'broken-header', damage);
  for (const lost of swallowed) tellDamage(builder, 'broken-header', lost);
}

function readLayer(row: Row, network: Network, checks: boolean): Value {
  const { builder, section, kind, input, index } = row;
  const spec = {
    label: `layer ${index}`,
    type: kind?.name ?? section.type,
    summary: kind?.doc,
    sites: [use(section.range)],
    locate: row.locate,
    notes: row.notes,
    repaired: isRepaired(row),
  };
  let made: Made | undefined;
  tellDamages(row);
  builder.within(spec, () => {
    if (checks) row.check();
    made = madeOf(row, network);
    // What Darknet stops at has no total, though the rest of the row is known.
    if (row.stop !== undefined && made.tensor.shape) builder.unknown(row.stop);
    return made.held ? [made.held, made.tensor] : made.tensor;
  });
  const {
    tensor,
    image = true,
    length,
    channels,
    held,
    shrinks = 1,
    reduction = input.reduction * shrinks,
    widthBy,
  } = made!;
  return {
    tensor,
    image,
    length,
    channels,
    held,
    isYolo: kind?.name === 'yolo',
    reduction,
    widthBy: widthBy === undefined ? input.widthBy : (widthBy ?? undefined),
  };
}

function madeOf(row: Row, network: Network): Made {
  const { builder, section, kind, dialect, input } = row;
  const layer = kind && Object.hasOwn(layers, kind.name) ? layers[kind.name] : undefined;
  // Told once for the whole file.
  if (isOfPyTorch(section.type))
    return { tensor: builder.unknown(`no Darknet has [${section.type}]`, [input.tensor]), widthBy: null };
  if (!kind || !layer) {
    const { message, meant } = kind
      ? {
          message: 'Only the first section is [net]; here Darknet takes it for a layer that it does not know.',
          meant: undefined,
        }
      : unknownSection(section.type, builder.told > manyTold ? [] : sectionTypes);
    const repairs =
      meant === undefined
        ? []
        : [{ ...repair(`Change to [${meant}]`, section.header, `[${meant}]`), ...guess(section.type, meant) }];
    row.tell(section.header, 'unknown-section', message, 'error', repairs);
    return { tensor: builder.unknown(message, [input.tensor]), widthBy: null };
  }
  if (kind.only && kind.only !== dialect) {
    const message = `Only ${authorOf[kind.only]} knows [${section.type}]; this file is read as ${authorOf[dialect]} would, which does not recognise it.`;
    row.tell(section.header, 'unknown-section', message);
    return { tensor: builder.unknown(message, [input.tensor]), widthBy: null };
  }
  return layer(row, network);
}

function isRepaired({ section, isRepaired: lines }: Row): boolean {
  return section.damage !== undefined || lines;
}

/** Whether a shortcut reads a layer of another width or height. */
function crosses(row: Row): boolean {
  const x = row.input.tensor.shape;
  const option = row.option('from');
  if (!x || !option) return false;
  return option.value.split(',').some(text => {
    const written = Number.parseInt(text, 10);
    const value = row.layers[written < 0 ? row.index + written : written];
    const shape = (value?.held ?? value?.tensor)?.shape;
    return (
      shape?.length === 4 && x.length === 4 && (Math.abs(shape[2]! - x[2]!) > 0 || Math.abs(shape[3]! - x[3]!) > 0)
    );
  });
}

/** A detector’s input must be a multiple of how much the network shrinks it, or the grids do not meet again. */
function checkReduction(net: Row, values: readonly Value[]): void {
  let stride = 1;
  for (const { reduction } of values) if (Number.isInteger(reduction) && reduction > stride) stride = reduction;
  if (stride === 1 || stride > 2 ** 16) return;
  for (const name of ['width', 'height']) {
    const option = net.option(name);
    const value = net.int(name, 0);
    if (!option || !(value > 0) || value % stride === 0) continue;
    const below = Math.floor(value / stride) * stride;
    const sizes = [below, below + stride].filter(size => size > 0);
    const message = `A ${name} of ${value} is not a multiple of ${stride}, by which this network shrinks its input: upsampled grids will not match the ones that they are joined with. Use ${sizes.join(' or ')}.`;
    const near = sizes.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value));
    net.tell(
      placeOf(option),
      'size-not-multiple',
      message,
      'warning',
      near.map(size => repair(`Change to ${name}=${size}`, option.valueRange, String(size))),
    );
  }
}
