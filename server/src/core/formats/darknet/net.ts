// [net], the first section: the network's input, and what Darknet stops at before it comes to layers.
import type { Builder } from '../../graph/builder.ts';
import { use } from '../../graph/graph.ts';
import type { Repair } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { InputSize } from '../format.ts';
import { checkLines } from './checks.ts';
import { headerOf, type Reading } from './items.ts';
import { notesOf } from './notes.ts';
import { placeOf, type Row, repair, type Value } from './row.ts';
import { keyOf } from './words.ts';

/** parse_net_options: an image where height, width and channels are given, else a vector of `inputs`. */
export function readNet(row: Row, reading: Reading, input: InputSize | undefined): Value {
  const { builder, section } = row;
  const isWithoutLines = reportLinesAbove(reading, row);
  const written = ['channels', 'height', 'width'].map(name => row.size(name, 0, 0));
  const image = written.every(length => length !== 0);
  const length = row.int('inputs', 0);
  checkSchedule(row);
  checkLines(row);
  const wanted = input && (input.name === undefined ? input.sizes : input.sizes.slice(1));
  const sizes = wanted ?? (image ? written : [length > 0 ? length : Number.NaN]);
  let why: string | undefined;
  if (!wanted && !image && !(length > 0)) {
    const missing = ['width', 'height', 'channels'].filter(name => row.int(name, 0) === 0);
    why = `The size of the input is not known: [${section.type}] needs ${missing.join(', ')}, or inputs. Darknet stops here.`;
    row.report(section.header, 'missing-argument', why);
  } else if (sizes.some(Number.isNaN)) why = 'a size of the input is not known';
  const shape = why !== undefined && !image ? [1, Number.NaN, Number.NaN, Number.NaN] : [1, ...sizes];
  const spec = {
    label: 'net',
    type: 'net',
    sites: [use(section.range)],
    locate: row.locate,
    notes: notesOf(row.item, row.dialect),
    repaired: section.damage !== undefined || reading.damage !== undefined || isWithoutLines,
  };
  const tensor = builder.within(spec, () => {
    const made = builder.input('data', shape, why);
    if (row.stop !== undefined) builder.unknown(row.stop);
    return made;
  });
  const value = { tensor, image: shape.length === 4, reduction: 1, widthBy: undefined };
  const product = sizes.reduce((a, b) => a * b, 1);
  if (wanted || !image || !(length > 0) || !(Math.abs(length - product) > 0)) return value;
  const message = `\`inputs\` is ${length}, but the image has ${product} numbers: layers that read a vector, as [connected], read ${length}. Remove this line.`;
  row.report(placeOf(row.option('inputs')!), 'wrong-value', message, 'warning');
  return { ...value, length };
}

/** The input of a text that does not begin with [net]. */
export function withoutNet({ items }: Reading, builder: Builder): Value {
  const range = items[0] ? headerOf(items[0]) : { from: 0, to: 0 };
  const message =
    'The first section must be [net] or [network]: it has the size of the input. Darknet stops here. Put it at the top.';
  builder.problem({ range, severity: 'error', code: 'no-net', message });
  const tensor = builder.input('data', [1, Number.NaN, Number.NaN, Number.NaN], message);
  // Even layers that cost nothing have no total then.
  builder.unknown(message);
  return { tensor, image: true, reduction: 1, widthBy: undefined };
}

/** What parse_net_options stops at: the schedule of the learning rate, and a contrastive loss without pairs. */
function checkSchedule(row: Row): void {
  const small = Math.trunc(row.int('batch', 1) / row.int('subdivisions', 1));
  if (row.dialect === 'alexeyab' && row.on('contrastive') && small < 2) {
    const message = `A contrastive loss needs two images at once, but batch/subdivisions is ${small}. Darknet stops here.`;
    row.report(placeOf(row.option('contrastive')!), 'wrong-value', message);
  }
  if (row.text('policy', 'constant') !== 'steps') return;
  const missing = ['steps', 'scales'].filter(name => !row.option(name)?.value);
  if (missing.length === 0) return;
  const message = `policy=steps needs ${missing.map(name => `\`${name}=\``).join(' and ')}. Darknet stops here.`;
  row.report(placeOf(row.option('policy')!), 'missing-argument', message);
}

/** Lines of no section. Whether lines were left out that no [net] reads: the rest is the network that was meant. */
function reportLinesAbove({ before }: Reading, row: Row): boolean {
  let isWithoutLines = false;
  const leaveOut = (range: Range, message: string): void => {
    isWithoutLines = true;
    const repairs = [commentOut(range)];
    row.builder.problem({ range, severity: 'error', code: 'line-before-net', message, repairs });
  };
  for (const { range, key } of before.options.slice(0, 20)) {
    const message = `\`${key}\` is above the first section, so Darknet crashes. Put it below [${row.section.type}], or remove it.`;
    if (keyOf(row.kind!, key)) row.report(range, 'line-before-net', message);
    else leaveOut(range, message);
  }
  for (const { range } of before.strays.slice(0, 20))
    leaveOut(range, 'This line is above the first section, so Darknet crashes. Comments start with # or ;.');
  return isWithoutLines;
}

function commentOut({ from }: Range): Repair {
  return repair('Make it a comment', { from, to: from }, '# ');
}

/** A detector’s input must be a multiple of how much the network shrinks it, or the grids do not meet again. */
export function checkReduction(net: Row, values: readonly Value[]): void {
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
    const repairs = near.map(size => repair(`Change to ${name}=${size}`, option.valueRange, String(size)));
    net.report(placeOf(option), 'size-not-multiple', message, 'warning', repairs);
  }
}
