// References to layers by number: 0-based, or negative to count back from the section. All references are read here:
// they are used to build the network, and to renumber when sections are added or removed.
import { type CfgOption, cfgItems, cfgItemsInComment } from '../../syntax/cfg.ts';
import type { Range } from '../../text/range.ts';
import type { Item, Reference as ListReference } from '../reference.ts';
import { atoi } from './values.ts';
import type { SectionKind } from './words.ts';

/** A layer number in the text. */
export interface Reference {
  readonly text: string;
  readonly range: Range;
  readonly written: number;
  /** Whether it is in what looks like a comment: Darknet counts the commas of the whole value. */
  readonly isInComment: boolean;
}

export interface References {
  /** The layers whose output a section reads, besides the layer above. */
  readonly reads: readonly Reference[];
  /** Layers that it refers to without reading their output. */
  readonly mentions: readonly Reference[];
}

/** The options that refer to layers to read: keys by section. `true`: a list. */
const readers: Readonly<Record<string, readonly [key: string, list: boolean]>> = {
  route: ['layers', true],
  shortcut: ['from', true],
  scale_channels: ['from', false],
  sam: ['from', false],
};

/** Options that refer to a layer without reading its output, and the value that means none. */
const mentions: Readonly<Record<string, readonly [key: string, none: number | undefined]>> = {
  convolutional: ['share_index', undefined],
  // parse_contrastive, parse_yolo.
  contrastive: ['yolo_layer', 0],
  yolo: ['embedding_layer', 999_999],
};

/** Whether a key refers to layers. */
export function namesLayers({ name }: SectionKind, key: string): boolean {
  return [readers, mentions].some(table => Object.hasOwn(table, name) && table[name]![0] === key);
}

export const noReferences: References = { reads: [], mentions: [] };

export function referencesOf(kind: SectionKind | undefined, options: ReadonlyMap<string, CfgOption>): References {
  const [key, list] = (kind && Object.hasOwn(readers, kind.name) && readers[kind.name]) || [];
  const [other, absent] = (kind && Object.hasOwn(mentions, kind.name) && mentions[kind.name]) || [];
  const option = key === undefined ? undefined : options.get(key);
  const mention = other === undefined ? undefined : options.get(other);
  if (!option && !mention) return noReferences;
  return {
    reads: option && option.value !== '' ? readsOf(option, list!) : [],
    mentions: mention && atoi(mention.value) !== absent ? [referenceOf(mention.value, mention.valueRange, false)] : [],
  };
}

function readsOf(option: CfgOption, list: boolean): readonly Reference[] {
  const items = cfgItems(option).map(({ text, range }) => referenceOf(text, range, false));
  if (!list) return items.slice(0, 1);
  return [...items, ...cfgItemsInComment(option).map(({ text, range }) => referenceOf(text, range, true))];
}

function referenceOf(text: string, range: Range, isInComment: boolean): Reference {
  return { text, range, written: atoi(text), isInComment };
}

/** The number of the layer that a section refers to; it may not exist. */
export function targetOf({ written }: Reference, index: number): number {
  return written < 0 ? index + written : written;
}

/** The layers of a text, without [net], and their references; offsets are absolute. */
export function layersOf(
  text: string,
  layers: readonly {
    readonly item: {
      readonly section: { readonly range: Range; readonly header: Range };
      readonly references: References;
    };
    readonly start: number;
  }[],
): readonly Item[] {
  const ranges = layers.map(({ item: { section }, start }) => shifted(section.range, start));
  return layers.map(({ item: { section, references }, start }, index): Item => {
    const named = (reference: Reference, reads: boolean): ListReference => {
      const { written, isInComment } = reference;
      const at = targetOf(reference, index);
      const target = ranges[at] && { index: at, range: ranges[at] };
      const kind = written < 0 ? 'relative' : 'absolute';
      const range = shifted(reference.range, start);
      // References that Darknet sees in a comment cannot be edited.
      return { range: isInComment ? { from: range.to, to: range.to } : range, written, kind, target, reads };
    };
    const { reads, mentions } = references;
    return {
      range: ranges[index]!,
      index,
      outputs: [],
      references:
        references === noReferences
          ? []
          : [...reads.map(each => named(each, true)), ...mentions.map(each => named(each, false))],
      number: numberAbove(text, section.header.from + start, index),
      lists: [],
    };
  });
}

function shifted({ from, to }: Range, by: number): Range {
  return { from: from + by, to: to + by };
}

/** A comment that begins with a number, but not `# 1-2`, `# 1.5` or `# 3x`. */
export const leadingNumber = /^([ \t]*[#;][ \t]*)(\d+)(?!\w|[.,]\d|-\w|[/%])/;

/** The number in a comment `# 61` or `# 61 (previous+7)` right above a header, or else the nearest such comment. */
function numberAbove(text: string, header: number, index: number): Item['number'] {
  let nearest: Item['number'];
  let end = lineStart(text, header);
  while (end > 0) {
    const start = lineStart(text, end - (text[end - 1] === '\n' && text[end - 2] === '\r' ? 2 : 1));
    const line = text.slice(start, end);
    if (!/^[ \t]*[#;]/.test(line)) break;
    const match = leadingNumber.exec(line);
    if (match) {
      const from = start + match[1]!.length;
      const found = { range: { from, to: from + match[2]!.length }, value: Number(match[2]) };
      if (found.value === index) return found;
      nearest ??= found;
    }
    end = start;
  }
  return nearest;
}

function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at--;
  return at === 0 && text.charCodeAt(0) === 0xfeff ? Math.min(1, offset) : at;
}
