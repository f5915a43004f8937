// Converts the tree to items: sections with everything that follows from their own text.
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

/** A section, ready to be built. */
export interface Item {
  readonly section: Section;
  /** The kind of section, with aliases resolved. */
  readonly kind: SectionKind | undefined;
  /** By key, the first option, which is the one in effect, with or without a value (option_list.c, option_find). */
  readonly options: ReadonlyMap<string, CfgOption>;
  readonly references: References;
  /** The dialect that it is written for; undefined if both read it. */
  readonly dialect: Dialect | undefined;
  /** How many of its keys are unknown to Darknet. */
  readonly strangers: number;
  /** Caches what it was built into. */
  readonly built: Slot<unknown>;
}

/** An item at its position in the text. */
export interface PlacedItem {
  readonly item: Item;
  /** The offset that its own offsets are relative to. */
  readonly start: number;
}

/** A text as items. */
export interface Reading {
  readonly items: readonly PlacedItem[];
  /** The lines above the first section. */
  readonly before: CfgLines;
  /** The offset of the first carriage return, or −1. */
  readonly carriageReturn: number;
  /** Why Darknet crashes before it reads the first section. */
  readonly damage: Problem | undefined;
  /** The dialect that the text is written for; undefined if both read it. */
  readonly dialect: Dialect | undefined;
  /** Whether it is for a PyTorch reader, which has its own sections, activations and keys. */
  readonly isPyTorch: boolean;
  /** Whether there are few enough unknown words to compute suggestions, which takes time. */
  readonly suggests: boolean;
}

/** With this many unknown words, a text is not a misspelled cfg. */
const mostStrangers = 300;

/** The items in Darknet's own division of the text; only headers that it rejects are repaired. */
export function readingOf(cfg: Cfg): Reading {
  const items: PlacedItem[] = [];
  for (let at = 0; at < cfg.chunks.length; at++) {
    const { chunk, start } = cfg.chunks[at]!;
    const own = itemsOf(chunk, at === 0);
    for (let each = 0; each < own.length; each++) items.push({ item: own[each]!, start });
  }
  return readingAs(cfg, items, cfg.before);
}

/** The items of a text as it was meant, if that differs. */
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

/** With a byte order mark, Darknet does not recognize the first line as header or comment: an option of no section. */
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

/** An item with absolute offsets. */
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

/** A range in a section other than the one being built. */
export function rangeElsewhere({ start }: PlacedItem, { from, to }: Range): Range {
  return { from: far + start + from, to: far + start + to };
}

/** The dialect that a section is written for; signs of pjreddie's take precedence over AlexeyAB's. */
function dialectOf({ options }: CfgSection, kind: SectionKind | undefined): Dialect | undefined {
  if (!kind || kind.only === 'pjreddie') return kind?.only;
  let alexey = kind.only === 'alexeyab';
  // In AlexeyAB's, the size of a recurrent layer's state is a separate key, whose default of 1 is never intended.
  if (kind.name === 'rnn' && !options.some(({ key }) => key === 'hidden')) return 'pjreddie';
  for (const { key, value } of options) {
    const only = keyOf(kind, key)?.only;
    if (kind.name === 'crnn' && only === 'pjreddie') return 'pjreddie';
    // It changes the shape, so the author meant the Darknet that reads it.
    if (kind.name === 'reorg' && key === 'extra' && only && atoi(value) !== 0) return 'pjreddie';
    // pjreddie's reads only the first source of a shortcut.
    if (only === 'alexeyab' || (kind.name === 'shortcut' && key === 'from' && value.includes(','))) alexey = true;
  }
  return alexey ? 'alexeyab' : undefined;
}
