// From the tree of a text to items: sections with what each of them says by itself.
import * as l10n from '@vscode/l10n';
import { far, placedProblem, placedRange } from '../../graph/segment.ts';
import { type Cfg, type CfgLines, type CfgOption, type CfgSection, shiftedSection } from '../../syntax/cfg.ts';
import type { Chunk } from '../../syntax/chunks.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { Slot } from '../../text/slot.ts';
import { isOfPyTorch } from './pytorch.ts';
import { type References, referencesOf } from './references.ts';
import { asMeant, divided, type Section } from './repairs.ts';
import { atoi } from './values.ts';
import { type Dialect, keyOf, type SectionKind, sectionOf } from './words.ts';

/** A section as it is built. */
export interface Item {
  readonly section: Section;
  /** What its header means, whichever alias it is. */
  readonly kind: SectionKind | undefined;
  /** The first of equal keys, which counts, with a value or without (option_list.c, option_find). */
  readonly options: ReadonlyMap<string, CfgOption>;
  readonly references: References;
  /** Who reads it; undefined where both do. */
  readonly dialect: Dialect | undefined;
  /** How many of its words mean nothing to Darknet. */
  readonly strangers: number;
  /** What it was built into. */
  readonly built: Slot<unknown>;
}

/** An item in a text. */
export interface PlacedItem {
  readonly item: Item;
  /** Where its offsets count from. */
  readonly start: number;
}

/** A text as items. */
export interface Reading {
  readonly items: readonly PlacedItem[];
  /** Lines above the first section. */
  readonly before: CfgLines;
  /** The first carriage return, or −1. */
  readonly carriageReturn: number;
  /** What Darknet crashes at before it has read the first section. */
  readonly damage: Problem | undefined;
  /** What the text says about who reads it; undefined where both do. */
  readonly dialect: Dialect | undefined;
  /** Whether it is for a PyTorch reader, which has sections, activations and keys of its own. */
  readonly isPyTorch: boolean;
  /** Whether words that mean nothing are few enough to look for what was meant, which takes time. */
  readonly suggests: boolean;
}

/** From so many words on that mean nothing, a text is no cfg that somebody mistyped. */
const mostStrangers = 300;

/** As Darknet divides a text; only headers that it refuses are repaired. */
export function readingOf(cfg: Cfg): Reading {
  const items: PlacedItem[] = [];
  for (let at = 0; at < cfg.chunks.length; at++) {
    const { chunk, start } = cfg.chunks[at]!;
    const own = itemsOf(chunk, at === 0);
    for (let each = 0; each < own.length; each++) items.push({ item: own[each]!, start });
  }
  return readingAs(cfg, items, cfg.before);
}

/** As a text was meant, where that is another one. */
export function meantReading(cfg: Cfg, { items, before }: Reading): Reading | undefined {
  if (!hasLines(before) && !items.some(({ item }) => item.section.swallowed)) return undefined;
  const meant = asMeant(cfg.text, cfg);
  return (
    meant &&
    readingAs(
      cfg,
      meant.sections.map(section => ({ item: itemOf(section), start: 0 })),
      meant.before,
    )
  );
}

export function hasLines({ options, strays }: CfgLines): boolean {
  return options.length + strays.length > 0;
}

function readingAs(cfg: Cfg, items: readonly PlacedItem[], before: CfgLines): Reading {
  let dialect: Dialect | undefined;
  let isPyTorch = false;
  let strangers = 0;
  for (const { item } of items) {
    if (dialect !== 'pjreddie') dialect = item.dialect ?? dialect;
    isPyTorch ||= isOfPyTorch(item.section.type);
    strangers += item.strangers;
  }
  return {
    items,
    before,
    carriageReturn: cfg.carriageReturn,
    damage: cfg.hasByteOrderMark ? byteOrderMark() : undefined,
    dialect,
    isPyTorch,
    suggests: strangers <= mostStrangers,
  };
}

/** Darknet looks at the first byte of a line, which is neither a bracket nor a comment then: an option of no section. */
function byteOrderMark(): Problem {
  const range = { from: 0, to: 1 };
  return {
    range,
    severity: 'error',
    code: 'byte-order-mark',
    message: l10n.t(
      'The file begins with a byte order mark (BOM), so Darknet takes the first line for an option outside any section and crashes.',
    ),
    help: l10n.t('Save the file as UTF-8 without it.'),
    fixes: [{ title: l10n.t('Remove the BOM'), edits: [{ ...range, text: '' }] }],
  };
}

interface Items {
  readonly isFirst: boolean;
  readonly items: readonly Item[];
}

function itemsOf({ text, node, built }: Chunk<CfgSection>, isFirst: boolean): readonly Item[] {
  const held = built.held as Items | undefined;
  if (held?.isFirst === isFirst) return held.items;
  const items = divided(text, node, isFirst).map(itemOf);
  built.hold({ isFirst, items } satisfies Items);
  return items;
}

function itemOf(section: Section): Item {
  const kind = sectionOf(section.type);
  const options = new Map<string, CfgOption>();
  for (const option of section.options)
    if (!option.hiddenBy && !options.has(option.key)) options.set(option.key, option);
  return {
    section,
    kind,
    options,
    references: referencesOf(kind, options),
    dialect: dialectOf(section, kind),
    strangers: kind ? section.options.filter(({ key }) => !keyOf(kind, key)).length : 1,
    built: new Slot(),
  };
}

/** An item with the offsets of the text. */
export function absolute({ item, start }: PlacedItem): Item {
  const { damage, swallowed, ...section } = item.section;
  if (start === 0) return item;
  return itemOf({
    ...shiftedSection(section, start),
    ...(damage && { damage: placedProblem(damage, start) }),
    ...(swallowed && { swallowed: swallowed.map(each => placedProblem(each, start)) }),
  });
}

export function headerOf({ item, start }: PlacedItem): Range {
  return placedRange(item.section.header, start);
}

/** A place in a section other than the one that is built. */
export function rangeElsewhere({ start }: PlacedItem, { from, to }: Range): Range {
  return { from: far + start + from, to: far + start + to };
}

/** What a section says about who reads it; pjreddie's outdoes AlexeyAB's. */
function dialectOf({ options }: CfgSection, kind: SectionKind | undefined): Dialect | undefined {
  if (!kind || kind.only === 'pjreddie') return kind?.only;
  let alexey = kind.only === 'alexeyab';
  // The hidden size of a recurrent layer is a key of its own in AlexeyAB's, with a default of 1 that nobody means.
  if (kind.name === 'rnn' && !options.some(({ key }) => key === 'hidden')) return 'pjreddie';
  for (const { key, value } of options) {
    const only = keyOf(kind, key)?.only;
    if (kind.name === 'crnn' && only === 'pjreddie') return 'pjreddie';
    // What it says changes the shape, so whoever wrote it meant the Darknet that reads it.
    if (kind.name === 'reorg' && key === 'extra' && only && atoi(value) !== 0) return 'pjreddie';
    // Several sources of a shortcut: pjreddie's reads the first alone.
    if (only === 'alexeyab' || (kind.name === 'shortcut' && key === 'from' && value.includes(','))) alexey = true;
  }
  return alexey ? 'alexeyab' : undefined;
}
