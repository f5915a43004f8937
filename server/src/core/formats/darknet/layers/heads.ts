// [yolo], [Gaussian_yolo], [region], [detection], [iseg], [contrastive]: sections that interpret outputs as boxes.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import { identity, sigmoid } from '../../../ops/index.ts';
import { type CfgOption, cfgItems, cfgItemsInComment } from '../../../syntax/cfg.ts';
import type { Problem } from '../../../text/problem.ts';
import { reasonFor } from '../../../text/reason.ts';
import { rangeElsewhere } from '../items.ts';
import { targetOf } from '../references.ts';
import { placeOf, repair, type SectionReader, shown } from '../sectionReader.ts';
import type { Layer, LayerOutput } from './layer.ts';

/** parse_yolo: as many boxes as the mask has entries, or all anchors. */
export const yolo: Layer = reader => yoloOf(reader, 4);

/** Each coordinate has a mean and a deviation (make_gaussian_yolo_layer). */
export const gaussianYolo: Layer = reader => yoloOf(reader, 8);

function yoloOf(reader: SectionReader, coords: number): LayerOutput {
  const mask = reader.option('mask');
  const boxes = mask && mask.value !== '' ? countOf(reader, mask) : reader.size('num', 1);
  const classes = reader.size('classes', 20);
  checkMask(reader);
  checkAnchors(reader, mask === undefined || mask.value === '');
  checkCounters(reader, classes);
  const wanted = boxes * (classes + coords + 1);
  const sizes = [shown(boxes), shown(classes), shown(coords)] as const;
  const formula = mask
    ? l10n.t('{0} (masks) × ({1} classes + {2} + 1)', ...sizes)
    : l10n.t('{0} (anchors) × ({1} classes + {2} + 1)', ...sizes);
  checkChannels(reader, wanted, formula);
  const x = reader.image();
  // With new_coords, the layer above already has the activation.
  const plain = reader.dialect === 'alexeyab' && reader.on('new_coords');
  return { tensor: reader.builder.add(plain ? identity : sigmoid, {}, x) };
}

/** parse_yolo_mask: one more than there are commas; pjreddie's also counts those in a comment after it. */
function countOf(reader: SectionReader, mask: CfgOption): number {
  const more = reader.dialect === 'pjreddie' ? cfgItemsInComment(mask).length : 0;
  if (more > 0) {
    reader.report({
      range: { from: mask.commentFrom, to: mask.commentFrom + mask.comment.length },
      severity: 'warning',
      code: 'comment-in-value',
      message: l10n.t('pjreddie’s Darknet counts the commas of this comment as well.'),
      help: l10n.t('Put the comment on a line of its own.'),
    });
  }
  return cfgItems(mask).length + more;
}

/** get_classes_multipliers. */
function checkCounters(reader: SectionReader, classes: number): void {
  const option = reader.dialect === 'alexeyab' ? reader.option('counters_per_class') : undefined;
  if (!option) return;
  const count = cfgItems(option).length;
  if (!(Math.abs(count - classes) > 0)) return;
  reader.report({
    range: placeOf(option),
    code: 'value-count-mismatch',
    message: l10n.t(
      '`counters_per_class` needs one number per class: {0} are given for {1} classes. Darknet stops here.',
      count,
      classes,
    ),
    short: l10n.t('counters_per_class does not fit'),
  });
}

/** make_region_layer. */
export const region: Layer = reader => {
  const num = reader.size('num', 1);
  const classes = reader.size('classes', 20);
  const coords = reader.size('coords', 4);
  const formula = l10n.t('{0} (anchors) × ({1} classes + {2} + 1)', shown(num), shown(classes), shown(coords));
  checkChannels(reader, num * (classes + coords + 1), formula);
  checkAnchors(reader, true);
  return { tensor: reader.builder.add(sigmoid, {}, reader.image()) };
};

export const iseg: Layer = reader => {
  const classes = reader.size('classes', 20);
  const ids = reader.size('ids', 32);
  checkChannels(reader, classes + ids, l10n.t('{0} classes + {1} ids', shown(classes), shown(ids)));
  return { tensor: reader.builder.add(sigmoid, {}, reader.image()) };
};

/** make_detection_layer: side² cells of (1 + coords) × num numbers plus the classes, as a vector. */
export const detection: Layer = reader => {
  const classes = reader.size('classes', 1);
  const coords = reader.size('coords', 1);
  const num = reader.size('num', 1);
  const side = reader.size('side', 7);
  const x = reader.flat();
  const wanted = side * side * ((1 + coords) * num + classes);
  const given = x.shape?.[1] ?? Number.NaN;
  if (Math.abs(given - wanted) > 0) {
    const formula = l10n.t('{0}² cells × ((1 + {1}) × {2} + {3} classes)', side, coords, num, classes);
    // The layer above may also be a convolution: each of its filters gives height × width numbers.
    const [, , h = 1, w = 1] = reader.input.tensor.shape ?? [];
    const isConnected = reader.widthBy?.item.kind?.name === 'connected';
    const own = isConnected ? wanted : wanted / (h * w);
    const message = l10n.t('[detection] expects {0} = {1} values, but gets {2}.', formula, wanted, given);
    reportWidth(reader, own, message, isConnected ? 'output' : 'filters');
  }
  return { tensor: reader.builder.add(identity, {}, x), image: false, reduction: Number.NaN };
};

/** make_contrastive_layer: a loss whose output is its input. */
export const contrastive: Layer = reader => {
  const [reference] = reader.item.references.mentions;
  // Layer 0 means none, but Darknet checks its type anyway (parse_contrastive).
  const other = reference && reader.above(reference);
  if (!other || targetOf(reference, reader.index) === 0 || other.item.kind?.name !== 'yolo') {
    reader.report({
      range: reader.placeOf('yolo_layer'),
      code: 'wrong-layer-type',
      message: l10n.t('`yolo_layer` must name a [yolo] above layer {0}. Darknet stops here.', reader.index),
      short: l10n.t('no [yolo] to read'),
    });
  }
  return { tensor: reader.builder.add(identity, {}, reader.flat()), image: false, reduction: Number.NaN };
};

function checkChannels(reader: SectionReader, wanted: number, formula: string): void {
  const x: Tensor = reader.input.tensor;
  const given = x.shape?.[1] ?? Number.NaN;
  if (reader.input.image && Math.abs(given - wanted) > 0) {
    const type = reader.section.type;
    const message = l10n.t('[{0}] expects {1} = {2} channels, but gets {3}.', type, formula, wanted, given);
    reportWidth(reader, wanted, message, 'filters');
  }
}

/** Reports a wrong number of channels at the layer that determined it. */
function reportWidth(reader: SectionReader, wanted: number, message: string, key: 'filters' | 'output'): void {
  const by = reader.widthBy;
  const option = by?.item.options.get(key);
  const head = reader.section.header;
  // If the key is missing, the default is nowhere in the text.
  const range = by ? rangeElsewhere(by, option ? placeOf(option) : by.item.section.header) : head;
  const isWhole = wanted > 0 && Number.isInteger(wanted);
  const kind = by?.item.kind;
  const writes = by && isWhole && (key === 'output' ? kind?.name === 'connected' : kind?.keys[key] !== undefined);
  const line = `${key}=${wanted}`;
  const edit = option
    ? { ...rangeElsewhere(by!, option.valueRange), text: String(wanted) }
    : { from: range.to, to: range.to, text: `\n${line}` };
  const problem: Problem = {
    range,
    severity: 'error',
    code: 'filters-mismatch',
    message: l10n.t('{0} Darknet stops there.', message),
    short: l10n.t('[{0}] expects other channels', reader.section.type),
    help: helpOf(by && isWhole ? line : undefined, reader.kind?.name === 'detection'),
    related: [{ range: head, message }],
    fixes: writes ? [{ title: l10n.t('Change to {0}', line), edits: [edit] }] : [],
  };
  reader.stopAt(reasonFor(problem));
  reader.builder.problem(problem);
}

function helpOf(line: string | undefined, isDetection: boolean): string {
  if (line === undefined)
    return isDetection
      ? l10n.t('Change the layer above, or side, num or classes.')
      : l10n.t('Change the layer above, or classes.');
  return isDetection
    ? l10n.t('Set {0} here, or change side, num or classes.', line)
    : l10n.t('Set {0} here, or change classes.', line);
}

/**
 * `num` anchors have 2 × num numbers. Missing ones are 0.5 (make_yolo_layer, make_region_layer). If there are too many,
 * AlexeyAB's ignores the rest, and pjreddie's writes past the end of its buffer (parse_yolo, parse_region).
 */
function checkAnchors(reader: SectionReader, all: boolean): void {
  const option = reader.option('anchors');
  const num = reader.int('num', 1);
  if (!option || option.value === '' || !(num > 0)) return;
  const count = cfgItems(option).length;
  const wanted = 2 * num;
  const mask = reader.option('mask');
  const used = all || !mask ? [] : cfgItems(mask).map(({ text }) => Number(text));
  // Anchors that no head uses may be missing.
  const isUsed = used.length === 0 || used.some(anchor => 2 * anchor + 1 >= count);
  const range = placeOf(option);
  if (count < wanted && isUsed) {
    reader.report({
      range,
      severity: 'warning',
      code: 'too-few-anchors',
      message: l10n.t(
        'num={0} needs {1} values, two per anchor, but there are {2}: Darknet uses 0.5 for the missing ones.',
        num,
        wanted,
        count,
      ),
      help: l10n.t('Complete the list, or change num.'),
    });
  } else if (count > wanted) {
    const overruns = reader.dialect === 'pjreddie';
    const half = count % 2 === 0 ? count / 2 : undefined;
    const place = !all && half !== undefined ? reader.option('num')?.valueRange : undefined;
    reader.report({
      range,
      severity: overruns ? 'error' : 'warning',
      code: 'too-many-anchors',
      message: overruns
        ? l10n.t(
            'num={0} needs {1} values, two per anchor, but there are {2}: pjreddie’s Darknet writes the rest past the end of its buffer.',
            num,
            wanted,
            count,
          )
        : l10n.t(
            'num={0} needs {1} values, two per anchor, but there are {2}: Darknet ignores the rest.',
            num,
            wanted,
            count,
          ),
      short: l10n.t('too many anchors'),
      help: half === undefined ? l10n.t('Check the list.') : l10n.t('Set num={0}.', half),
      fixes: place ? [repair(l10n.t('Change to {0}', `num=${half}`), place, String(half))] : [],
    });
  }
}

/** A mask refers to anchors 0 to num − 1; for others, Darknet reads past the end of the list. */
function checkMask(reader: SectionReader): void {
  const mask = reader.option('mask');
  const num = reader.int('num', 1);
  if (!mask || !(num > 0)) return;
  let left = 20;
  for (const { text, range } of cfgItems(mask)) {
    const isInt = /^[+-]?\d+$/.test(text);
    const value = Number(text);
    if (isInt && value >= 0 && value < num) continue;
    if (left-- === 0) return;
    reader.report({
      range: range.to > range.from ? range : placeOf(mask),
      severity: 'warning',
      code: isInt ? 'value-out-of-range' : 'not-a-whole-number',
      message: isInt
        ? l10n.t('There is no anchor {0}: with num={1}, anchors are 0 to {2}.', value, num, num - 1)
        : l10n.t('A mask is a list of anchor numbers.'),
      help: isInt ? undefined : l10n.t('For example: mask=3,4,5.'),
    });
  }
}
