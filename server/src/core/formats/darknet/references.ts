// The layers that a section names by number, from 0; negative numbers count back from the section. What a section names
// is read here alone, once: the network is built from it, and it is renumbered when sections come and go.
import { type CfgOption, cfgItems, cfgItemsInComment } from '../../syntax/cfg.ts';
import type { Range } from '../../text/range.ts';
import type { Item, Reference as ListReference } from '../reference.ts';
import { atoi } from './values.ts';
import type { SectionKind } from './words.ts';

/** A number of a layer in the text. */
export interface Reference {
  readonly text: string;
  readonly range: Range;
  readonly written: number;
  /** Whether it is in what looks like a comment: Darknet counts the commas of the whole value. */
  readonly isInComment: boolean;
}

export interface References {
  /** The layers whose output a section reads, beside that of the layer above. */
  readonly reads: readonly Reference[];
  /** Those that it names without reading what they output. */
  readonly mentions: readonly Reference[];
}

/** The options that name layers to read: keys by section. `true` is a list. */
const readers: Readonly<Record<string, readonly [key: string, list: boolean]>> = {
  route: ['layers', true],
  shortcut: ['from', true],
  scale_channels: ['from', false],
  sam: ['from', false],
};

/** Options that name a layer without reading its output, and the value that means none. */
const mentions: Readonly<Record<string, readonly [key: string, none: number | undefined]>> = {
  convolutional: ['share_index', undefined],
  // parse_contrastive, parse_yolo.
  contrastive: ['yolo_layer', 0],
  yolo: ['embedding_layer', 999_999],
};

/** Whether a key names layers. */
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

/** The number of the layer that a section means; also of one that is not there. */
export function targetOf({ written }: Reference, index: number): number {
  return written < 0 ? index + written : written;
}

/** The layers of a text, without [net], and what they name of each other; offsets are the text's. */
export function layersOf(
  layers: readonly { readonly section: { readonly range: Range }; readonly references: References }[],
): readonly Item[] {
  return layers.map(({ section, references }, index): Item => {
    const named =
      (reads: boolean) =>
      (reference: Reference): ListReference => {
        const { written, isInComment, range } = reference;
        const at = targetOf(reference, index);
        const target = layers[at] && { index: at, range: layers[at].section.range };
        const kind = written < 0 ? 'relative' : 'absolute';
        // What Darknet reads in a comment has no place that could be changed.
        return { range: isInComment ? { from: range.to, to: range.to } : range, written, kind, target, reads };
      };
    return {
      range: section.range,
      index,
      outputs: [],
      references: [...references.reads.map(named(true)), ...references.mentions.map(named(false))],
      lists: [],
    };
  });
}
