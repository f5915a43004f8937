// [yolo], [Gaussian_yolo], [region], [detection], [iseg], [contrastive]: what reads the network's numbers as boxes.
import type { Tensor } from '../../../graph/graph.ts';
import { identity, sigmoid } from '../../../ops/index.ts';
import { type CfgOption, cfgItems, cfgItemsInComment } from '../../../syntax/cfg.ts';
import { farRange } from '../items.ts';
import { placeOf, type Row, repair, say } from '../row.ts';
import type { Layer, Made } from './layer.ts';

/** parse_yolo: as many boxes as the mask has, or all anchors. */
export const yolo: Layer = row => yoloOf(row, 4);

/** Each coordinate has a mean and a deviation (make_gaussian_yolo_layer). */
export const gaussianYolo: Layer = row => yoloOf(row, 8);

function yoloOf(row: Row, coords: number): Made {
  const mask = row.option('mask');
  const boxes = mask && mask.value !== '' ? countOf(row, mask) : row.size('num', 1);
  const classes = row.size('classes', 20, 0);
  checkMask(row);
  checkAnchors(row, mask === undefined || mask.value === '');
  checkCounters(row, classes);
  const wanted = boxes * (classes + coords + 1);
  const formula = say`${boxes} ${mask ? (boxes === 1 ? 'mask' : 'masks') : boxes === 1 ? 'anchor' : 'anchors'} × (${classes} classes + ${coords} + 1)`;
  checkChannels(row, wanted, formula);
  const x = row.image();
  // With new_coords the layer before has the activation already.
  const plain = row.dialect === 'alexeyab' && row.on('new_coords');
  return { tensor: row.builder.add(plain ? identity : sigmoid, {}, x) };
}

/** parse_yolo_mask: one more than there are commas, at pjreddie's also those of a comment behind. */
function countOf(row: Row, mask: CfgOption): number {
  const more = row.dialect === 'pjreddie' ? cfgItemsInComment(mask).length : 0;
  if (more > 0) {
    const message = `pjreddie’s Darknet counts the commas of this comment as well. Comments have lines of their own.`;
    const range = { from: mask.commentFrom, to: mask.commentFrom + mask.comment.length };
    row.report(range, 'comment-in-value', message, 'warning');
  }
  return cfgItems(mask).length + more;
}

/** get_classes_multipliers. */
function checkCounters(row: Row, classes: number): void {
  const option = row.dialect === 'alexeyab' ? row.option('counters_per_class') : undefined;
  if (!option) return;
  const count = cfgItems(option).length;
  if (!(Math.abs(count - classes) > 0)) return;
  const message = `\`counters_per_class\` has ${count === 1 ? 'one number' : `${count} numbers`}, but there are ${classes} classes. Darknet stops here. Give one for each.`;
  row.report(placeOf(option), 'wrong-value', message);
}

/** make_region_layer. */
export const region: Layer = row => {
  const num = row.size('num', 1);
  const classes = row.size('classes', 20, 0);
  const coords = row.size('coords', 4, 0);
  const formula = say`${num} anchors × (${classes} classes + ${coords} + 1)`;
  checkChannels(row, num * (classes + coords + 1), formula);
  checkAnchors(row, true);
  return { tensor: row.builder.add(sigmoid, {}, row.image()) };
};

export const iseg: Layer = row => {
  const classes = row.size('classes', 20, 0);
  const ids = row.size('ids', 32, 0);
  checkChannels(row, classes + ids, `${classes} classes + ${ids} ids`);
  return { tensor: row.builder.add(sigmoid, {}, row.image()) };
};

/** make_detection_layer: side² cells of (1 + coords) × num numbers and the classes, in a vector. */
export const detection: Layer = row => {
  const classes = row.size('classes', 1, 0);
  const coords = row.size('coords', 1, 0);
  const num = row.size('num', 1);
  const side = row.size('side', 7);
  const x = row.flat();
  const wanted = side * side * ((1 + coords) * num + classes);
  const given = x.shape?.[1] ?? Number.NaN;
  if (Math.abs(given - wanted) > 0) {
    const formula = say`${side}² cells × ((1 + ${coords}) × ${num} + ${classes} classes) = ${wanted} numbers`;
    // A convolution may come before it, too: each of its filters gives height × width numbers.
    const [, , h = 1, w = 1] = row.input.tensor.shape ?? [];
    const isConnected = row.widthBy?.item.kind?.name === 'connected';
    reportWidth(row, isConnected ? wanted : wanted / (h * w), given, formula, isConnected ? 'output' : 'filters');
  }
  return { tensor: row.builder.add(identity, {}, x), image: false, reduction: Number.NaN };
};

/** make_contrastive_layer: a loss, whose output is its input. */
export const contrastive: Layer = row => {
  const option = row.option('yolo_layer');
  const written = row.int('yolo_layer', 0);
  const target = written < 0 ? row.index + written : written;
  // Layer 0 stands for none, and Darknet looks at its type all the same (parse_contrastive).
  if (target === 0 || row.above(written)?.item.kind?.name !== 'yolo') {
    const message = say`[contrastive] needs \`yolo_layer=\`: the number of a [yolo] layer before this one, which is layer ${row.index}. Darknet ${target === 0 ? 'crashes' : 'stops'} here.`;
    row.report(option ? placeOf(option) : row.section.header, 'no-such-layer', message);
  }
  return { tensor: row.builder.add(identity, {}, row.flat()), image: false, reduction: Number.NaN };
};

function checkChannels(row: Row, wanted: number, formula: string): void {
  const x: Tensor = row.input.tensor;
  const given = x.shape?.[1] ?? Number.NaN;
  if (row.input.image && Math.abs(given - wanted) > 0) {
    reportWidth(row, wanted, given, say`${formula} = ${wanted} channels`, 'filters');
  }
}

/** Reported where the number is: at the layer that chose it. */
function reportWidth(row: Row, wanted: number, given: number, formula: string, key: 'filters' | 'output'): void {
  const by = row.widthBy;
  const option = by?.item.options.get(key);
  const head = row.section.header;
  // What Darknet takes where the key is not given is nowhere in the text.
  const where = by ? farRange(by, option ? placeOf(option) : by.item.section.header) : head;
  const why = say`[${row.section.type}] expects ${formula}, but gets ${given}. Darknet stops there.`;
  const message = `${why} ${by && Number.isInteger(wanted) ? `Write ${key}=${wanted} here` : 'Change the layer above'}, or change ${row.has('side') || row.kind?.name === 'detection' ? 'side, num or classes' : 'classes'}.`;
  const title = `Change to ${key}=${wanted}`;
  const kind = by?.item.kind;
  const writes = by && (key === 'output' ? kind?.name === 'connected' : kind?.keys[key] !== undefined);
  const repairs =
    !writes || !(wanted > 0) || !Number.isInteger(wanted)
      ? []
      : option
        ? [repair(title, farRange(by, option.valueRange), String(wanted))]
        : [repair(title, { from: where.to, to: where.to }, `\n${key}=${wanted}`)];
  row.stopAt(why);
  row.builder.problem({
    range: where,
    severity: 'error',
    code: 'filters-mismatch',
    message,
    related: [{ range: head, message: `[${row.section.type}] reads ${formula}.` }],
    ...(repairs.length > 0 ? { repairs } : {}),
  });
}

/**
 * `num` anchors have 2 × num numbers. Those that are missing stay 0.5 (make_yolo_layer, make_region_layer); of those too
 * many AlexeyAB's reads none, and pjreddie's writes them past the end of its buffer (parse_yolo, parse_region).
 */
function checkAnchors(row: Row, all: boolean): void {
  const option = row.option('anchors');
  const num = row.int('num', 1);
  if (!option || option.value === '' || !(num > 0)) return;
  const count = cfgItems(option).length;
  const missing = 2 * num - count;
  const given = count % 2 === 0 ? `${count / 2} anchors` : `${count} numbers (each anchor takes two)`;
  const mask = row.option('mask');
  const used = all || !mask ? [] : cfgItems(mask).map(({ text }) => Number(text));
  // Anchors that no head uses may be missing.
  const isUsed = used.length === 0 || used.some(anchor => 2 * anchor + 1 >= count);
  const place = placeOf(option);
  if (missing > 0 && isUsed) {
    const message = `num=${num} needs ${2 * num} numbers, but there are ${given}: Darknet uses 0.5 for the missing ones. Complete the list, or change num.`;
    row.report(place, 'anchors-mismatch', message, 'warning');
  } else if (missing < 0) {
    const overruns = row.dialect === 'pjreddie';
    const what = overruns
      ? 'pjreddie’s Darknet writes the rest past the end of its buffer'
      : 'Darknet ignores the rest';
    const message = `num=${num} needs ${2 * num} numbers, but there are ${given}: ${what}. ${count % 2 === 0 ? `Set num=${count / 2}.` : 'Check the list.'}`;
    const mending = count % 2 === 0 && row.option('num');
    const repairs = mending ? [repair(`Change to num=${count / 2}`, mending.valueRange, String(count / 2))] : [];
    row.report(place, 'anchors-mismatch', message, overruns ? 'error' : 'warning', all ? [] : repairs);
  }
}

/** A mask names anchors from 0 to num − 1; Darknet reads what lies behind them otherwise. */
function checkMask(row: Row): void {
  const mask = row.option('mask');
  const num = row.int('num', 1);
  if (!mask || !(num > 0)) return;
  let left = 20;
  for (const { text, range } of cfgItems(mask)) {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= 0 && value < num) continue;
    if (left-- === 0) return;
    const place = range.to > range.from ? range : placeOf(mask);
    const message = /^[+-]?\d+$/.test(text)
      ? `There is no anchor ${value}: with num=${num} they are 0 to ${num - 1}.`
      : `A mask is a list of anchors by number, as in 3,4,5.`;
    row.report(place, 'wrong-value', message, 'warning');
  }
}
