// Darknet's cfg files, for AlexeyAB's fork and pjreddie's original: YOLOv1 to v4, and classifiers (docs/darknet.md).
import * as l10n from '@vscode/l10n';
import { Environments, Memo } from '../../graph/memo.ts';
import { type Cfg, parseCfg } from '../../syntax/cfg.ts';
import { cfgSpans } from '../../syntax/spans.ts';
import type { Problem } from '../../text/problem.ts';
import type { Format, Native, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { type Item, numberedIn } from '../reference.ts';
import { build, type Known } from './build.ts';
import { absolute, hasLines, headerOf, meantReading, type Reading, readingOf } from './items.ts';
import { isDarknet, isForeign } from './recognise.ts';
import { layersOf } from './references.ts';
import { type Layers, rewrite } from './rewrite.ts';
import { rowsFor } from './rows.ts';
import { slotAt } from './slots.ts';
import { atoi } from './values.ts';
import { type Dialect, dialects } from './words.ts';

export const darknet: Format = {
  id: 'darknet-cfg',
  label: 'Darknet cfg',
  choices: { dialect: dialects },
  languages: ['darknet-cfg'],
  itemName: index => l10n.t('layer {0}', index),
  items: 'layers',
  numbersItems: true,
  shapeOrder: 'whc',
  namedInputs: false,
  comments: /^[ \t]*[#;]/,
  // Many programs have .cfg files. Users attach Darknet's to GitHub issues as .cfg.txt.
  recognises: ({ name, text }) => /\.cfg(?:\.txt)?$/i.test(name) && isDarknet(text),
  isForeign: ({ text }) => isForeign(text),
  open,
};

/** What can be reused for an edited text. */
interface Cache extends Known {
  readonly cfg: Cfg;
}

function open(source: Source, earlier?: Reader): Reader {
  const before = earlier?.cache as Cache | undefined;
  const cfg = parseCfg(source.text, before?.cfg);
  const cache: Cache = {
    cfg,
    segments: before?.segments ?? new Memo(),
    environments: before?.environments ?? new Environments(),
  };
  const reading = chosen(cfg, cache);
  let layers: Layers | undefined;
  const placed = reading.items[0]?.item.kind?.name === 'net' ? reading.items.slice(1) : reading.items;
  const items = (): readonly Item[] => layersOf(source.text, placed);
  const absoluteLayers = (): Layers => {
    if (layers) return layers;
    const sections = reading.items.map(absolute);
    if (sections[0]?.kind?.name === 'net') sections.shift();
    layers = { sections, items: items() };
    return layers;
  };
  return {
    problems: [],
    cache,
    read: options => read(source, reading, options, cache),
    // A text with damaged headers has to be repaired before it can be rewritten.
    items,
    chunks: () => placed.map(({ item }) => item),
    chunkAt(index) {
      const { item, start } = placed[index]!;
      const { from, to } = item.section.range;
      const { reads, mentions } = item.references;
      return {
        text: source.text.slice(from + start, to + start),
        written: [...reads, ...mentions].map(({ written }) => written),
      };
    },
    numbered: within => {
      const { items } = reading;
      const before = items[0]?.item.kind?.name === 'net' ? 1 : 0;
      return numberedIn(within, items.length - before, index => headerOf(items[index + before]!).from);
    },
    spans: () => cfgSpans(cfg),
    rows: () => (isDamaged(reading) ? undefined : rowsFor(source.text, absoluteLayers())),
    slot: (offset, spec) => slotAt(source.text, spec.dialect === 'pjreddie' ? 'pjreddie' : 'alexeyab', items(), offset),
    rewrite: edits => (isDamaged(reading) ? undefined : rewrite(source.text, absoluteLayers(), edits)),
  };
}

function isDamaged({ items, damage, before }: Reading): boolean {
  return (
    damage !== undefined ||
    hasLines(before) ||
    items.some(({ item: { section } }) => section.damage ?? section.swallowed)
  );
}

/**
 * If Darknet accepts a text, it is read as Darknet does, even if a line was meant as a header; if not, it is read as it
 * was meant.
 */
function chosen(cfg: Cfg, known: Known): Reading {
  const divided = readingOf(cfg);
  const meant = meantReading(cfg, divided);
  if (!meant) return divided;
  if (divided.damage || hasLines(divided.before)) return meant;
  const refuses = (dialect: Dialect): boolean => build(divided, dialect, {}, known).stops;
  return (divided.dialect ? refuses(divided.dialect) : dialects.every(refuses)) ? meant : divided;
}

function read(source: Source, reading: Reading, options: ReadOptions, known: Known): Spec {
  const problems: Problem[] = [];
  const { items } = reading;
  const head = items[0] ? headerOf(items[0]) : { from: 0, to: 0 };
  const wanted = dialects.find(name => name === options.dialect);
  let dialect = wanted ?? reading.dialect ?? 'alexeyab';
  let built = build(reading, dialect, options, known);
  // There are no other signs of the dialect, and AlexeyAB's Darknet rejects it.
  if (!wanted && !reading.dialect && built.acrossSizes) {
    problems.push({
      range: headerOf(built.acrossSizes),
      severity: 'information',
      code: 'only-pjreddie',
      message: l10n.t(
        'This shortcut adds layers of different sizes, which AlexeyAB’s Darknet rejects, so this file is read in pjreddie’s dialect.',
      ),
    });
    dialect = 'pjreddie';
    built = build(reading, dialect, options, known);
  }
  if (items.length <= 1) {
    const message = l10n.t('This file has no layers.');
    const help = l10n.t('Add sections such as [convolutional].');
    problems.push({ range: head, severity: 'error', code: 'empty-network', message, help });
  }
  return {
    model: source.name.replace(/\.cfg(?:\.txt)?$/i, ''),
    dialect,
    graph: built.graph,
    problems: [...problems, ...built.problems],
    head,
    variants: [],
    native: dialect === 'alexeyab' ? native() : undefined,
    batch: batchOf(reading),
  };
}

/** The written `batch=`: Darknet processes batch/subdivisions images at once. */
function batchOf({ items: [net] }: Reading): number | undefined {
  const option = net?.item.kind?.name === 'net' ? net.item.options.get('batch') : undefined;
  const batch = option ? atoi(option.value) : 1;
  return batch > 1 && batch <= 2 ** 31 ? batch : undefined;
}

/** The “Total BFLOPS” that parse_network_cfg_custom prints. */
const native = (): Native => ({
  convention: 'darknet',
  label: 'BFLOPs',
  unit: 1e9,
  // %5.3f.
  digits: 3,
  by: 'Darknet',
  // The sum and its terms are `float bflops`.
  precision: 'single',
  caveat: l10n.t(
    '2 per multiply-accumulate of a convolution (1/32 of that with xnor), 1 per element of a pooling window or a shortcut, nothing for connected and recurrent layers.',
  ),
  releases: () => [{ counter: 'darknet', attempts: () => [[{ input: [], factor: 1 }]] }],
});
