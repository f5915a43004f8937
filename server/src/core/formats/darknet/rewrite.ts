// Translates edits of the network into text edits. New sections look like their neighbors, and layer numbers follow, in
// options and in comments that begin with one.
import {
  changesOf,
  type GraphEdit,
  type NewAttrs,
  type NewConv,
  type NewLayer,
  type Place,
  type Rewriter,
} from '../../graph/edit.ts';
import type { CfgOption, CfgSection } from '../../syntax/cfg.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import { type Item as ListItem, type Moves, movesOf, type Reference, renumbered } from '../reference.ts';
import type { Item } from './items.ts';
import { leadingNumber } from './references.ts';
import { atoi } from './values.ts';

/** The sections of a text without [net], also as list items; all offsets are absolute. */
export interface Layers {
  readonly sections: readonly Item[];
  readonly items: readonly ListItem[];
}

/** The changes of the text; undefined where one of the edits cannot be expressed. */
export function rewrite(text: string, layers: Layers, edits: readonly GraphEdit[]): readonly TextEdit[] | undefined {
  return changesOf(new Writer(text, layers), edits);
}

/** A section that is a layer, with its number. */
interface Entry {
  readonly index: number;
  readonly section: CfgSection;
  readonly kind: string | undefined;
  readonly options: ReadonlyMap<string, CfgOption>;
}

/** A range of whole lines, including line breaks. */
interface Stretch extends Range {
  /** The start including the comments about it. */
  readonly own: number;
}

/** Options that a new convolution copies from the one it is inserted before: the storage of weights. */
const storage: ReadonlySet<string> = new Set(['binary', 'xnor']);

class Writer implements Rewriter {
  readonly #text: string;
  readonly #entries: readonly Entry[];
  readonly #items: readonly ListItem[];
  readonly #edits: TextEdit[] = [];
  /** Sections (as lines) inserted before the one with an index, and removed sections. */
  readonly #inserted = new Map<number, readonly (readonly string[])[]>();
  readonly #removed = new Set<number>();
  #moved: { readonly from: number; readonly to: number } | undefined;
  readonly #values = new Map<Entry, Map<string, string>>();

  constructor(text: string, { sections, items }: Layers) {
    this.#text = text;
    this.#items = items;
    this.#entries = sections.map(({ section, kind, options }, index) => ({
      index,
      section,
      kind: kind?.name,
      options,
    }));
  }

  changes(): readonly TextEdit[] | undefined {
    for (const [entry, values] of this.#values) this.#write(entry, values);
    if (this.#inserted.size === 0 && this.#removed.size === 0 && !this.#moved) return this.#edits;
    const moves = this.#moves();
    const edits = renumbered(this.#items, moves);
    if (!edits) return undefined;
    let count = 0;
    for (const entry of this.#entries) {
      const { index } = entry;
      const place = moves.place(index);
      const sections = this.#inserted.get(index) ?? [];
      count += sections.length;
      if (sections.length > 0) this.#put(entry, sections, count);
      if (place !== undefined) count++;
      const number =
        place === undefined || place === index || index === this.#moved?.from ? undefined : this.#numberAbove(entry);
      if (number) this.#edits.push({ ...number, text: String(place) });
    }
    return [...this.#edits, ...edits];
  }

  #moves(): Moves {
    if (this.#moved) return movedUp(this.#moved);
    const inserted = new Map([...this.#inserted].map(([index, sections]) => [index, sections.length] as const));
    return movesOf(
      this.#items.map((item, index) => withAbove(item, this.#entries[index]!)),
      inserted,
      this.#removed,
    );
  }

  // ——— Edits —————————————————————————————————————————————————————————————————————————————————————————————————————

  insert(before: Place, layers: readonly NewLayer[]): boolean {
    const entry = this.#entry(before.item);
    // Nothing can be inserted before a removed or moved section.
    if (!entry || entry.kind === 'net' || this.#moved) return false;
    const sections: (readonly string[])[] = [...(this.#inserted.get(entry.index) ?? [])];
    for (const layer of layers) {
      const added =
        layer.op === 'conv'
          ? this.#newConv(entry, before, layer)
          : [[this.#lineOf({ from: entry.section.header.from, to: entry.section.header.from }) + '[avgpool]']];
      if (!added) return false;
      sections.push(...added);
    }
    this.#inserted.set(entry.index, sections);
    return true;
  }

  /** Inserts sections before one with a number; if the neighbors have number comments, the new ones get them too. */
  #put(entry: Entry, sections: readonly (readonly string[])[], number: number): void {
    const at = this.#stretchOf(entry).own;
    const newline = this.#newlineOf(entry);
    const gap = newline.repeat(1 + this.#gapAt(entry));
    const above = this.#bareNumberAbove(entry);
    const beside = this.#entries[entry.index - 1] ?? this.#entries[entry.index + 1];
    const isNumbered = above !== undefined && beside !== undefined && this.#bareNumberAbove(beside) !== undefined;
    const line = above && this.#text.slice(above.from, above.to).trimEnd();
    const written = sections.map((lines, index) => {
      const head = isNumbered ? [line!.replace(/\d+/, String(number - sections.length + index))] : [];
      return [...head, ...lines].join(newline) + gap;
    });
    this.#edits.push({ from: at, to: at, text: written.join('') });
  }

  set(item: Range, attrs: NewAttrs): boolean {
    const entry = this.#entry(item);
    // There is no key for biases: a layer has them if it has no batch normalization.
    if (!entry || attrs.bias !== undefined) return false;
    const { out, kernel, strided, border, groups } = attrs;
    const put = (key: string, value: string): void => {
      const values = this.#values.get(entry) ?? new Map<string, string>();
      this.#values.set(entry, values.set(key, value));
    };
    if (out !== undefined) {
      const key = entry.kind === 'convolutional' ? 'filters' : 'output';
      const option = entry.options.get(key);
      if (!option) return false;
      const now = atoi(option.value);
      const wanted =
        typeof out === 'number'
          ? out
          : Math.max(out.multiple, Math.floor((now * out.times) / out.multiple) * out.multiple);
      put(key, String(wanted));
    }
    if (entry.kind === 'connected') return !kernel && !strided && !border && groups === undefined;
    if (entry.kind !== 'convolutional') return false;
    if (kernel && !isSquare(kernel)) return false;
    const size = kernel?.[0] ?? intOf(entry, 'size', 1);
    if (kernel) put('size', String(size));
    if (kernel && size === 1 && intOf(entry, 'dilation', 1) !== 1) put('dilation', '1');
    if (strided && !strided.every(Boolean)) {
      if (!isUniform(strided) && !isStepOne(entry)) return false;
      if (intOf(entry, 'antialiasing', 0) !== 0) return false;
      for (const key of strideKeys) if (entry.options.has(key)) put(key, '1');
    }
    if (border === 'half' && intOf(entry, 'pad', 0) === 0) {
      // For an even window, no symmetric padding keeps the size.
      if (size % 2 === 0) return false;
      if (size !== 2 * intOf(entry, 'padding', 0) + 1) put('padding', String((size - 1) / 2));
    }
    if (border === 'none') {
      if (intOf(entry, 'pad', 0) !== 0) {
        if (size > 1) put('pad', '0');
      }
      if ((size > 1 || intOf(entry, 'pad', 0) === 0) && intOf(entry, 'padding', 0) !== 0) put('padding', '0');
    }
    if (groups !== undefined && groups !== Math.max(1, intOf(entry, 'groups', 1))) put('groups', String(groups));
    return true;
  }

  remove(item: Range): boolean {
    const entry = this.#entry(item);
    if (!entry || this.#removed.has(entry.index)) return false;
    // The next section then reads the section above, which was this one's input, or has its inputs by number.
    const next = this.#entries[entry.index + 1];
    if (!readsAbove(entry) && next && readsAbove(next)) return false;
    const { own, from, to } = this.#stretchOf(entry);
    const lines = this.#text.slice(from, to);
    // A comment with nothing but the layer's number is removed with it; all other comments stay.
    const above = linesOf(this.#text.slice(own, from)).filter(line => !isBareNumber(line, entry.index));
    const comments = [...above, ...linesOf(lines).flatMap(commentOf)];
    const number = this.#bareNumberAbove(entry);
    if (number && number.from < own) this.#edits.push({ from: number.from, to: this.#nextLine(number.to), text: '' });
    this.#edits.push({ from: own, to: comments.length > 0 ? to : this.#afterBlanks(to), text: comments.join('') });
    this.#removed.add(entry.index);
    return true;
  }

  move(item: Range, before: Place): boolean {
    const entry = this.#entry(item);
    const target = this.#entry(before.item);
    if (!entry || !target || entry.index <= target.index || this.#moved) return false;
    if (this.#inserted.size > 0 || this.#removed.size > 0) return false;
    // References by number would change their meaning.
    if (this.#items[entry.index]!.references.length > 0) return false;
    // Comments right above it move with it.
    const own = this.#commentsAbove(entry, () => true);
    const { to } = this.#stretchOf(entry);
    const end = this.#afterBlanks(to);
    const newline = this.#newlineOf(target);
    const at = this.#stretchOf(target).own;
    let moved = this.#text.slice(own, to);
    const number = this.#numberAbove(entry);
    if (number) {
      const { from: digits, to: behind } = number;
      moved = this.#text.slice(own, digits) + target.index + this.#text.slice(behind, to);
    }
    if (!/[\r\n]$/.test(moved)) moved += newline;
    this.#edits.push(
      { from: at, to: at, text: moved + newline.repeat(this.#gapAt(target)) },
      { from: own, to: end, text: '' },
    );
    this.#moved = { from: entry.index, to: target.index };
    return true;
  }

  // ——— New sections ——————————————————————————————————————————————————————————————————————————————————————————————

  /**
   * The lines of a convolution like an existing one, and copies of the sections of its normalization and activation.
   */
  #newConv(entry: Entry, place: Place, layer: NewConv): readonly string[][] | undefined {
    const { kernel, strided, border, depthwise, out } = layer;
    if (entry.kind !== 'convolutional' || typeof out !== 'number' || !isSquare(kernel)) return undefined;
    const size = kernel[0]!;
    const stepsOn = strided.every(Boolean);
    if (!stepsOn && !isUniform(strided) && !isStepOne(entry)) return undefined;
    if (stepsOn && intOf(entry, 'antialiasing', 0) !== 0) return undefined;
    // xnor does not support groups (parse_convolutional).
    if (depthwise && intOf(entry, 'xnor', 0) !== 0) return undefined;
    const padded = intOf(entry, 'pad', 0) !== 0;
    const wanted = new Map<string, string>([
      ['filters', String(out)],
      ['size', String(size)],
    ]);
    if (depthwise) wanted.set('groups', String(out));
    const copied = new Set<string>(storage);
    if (stepsOn) for (const key of strideKeys) copied.add(key);
    else wanted.set('stride', '1');
    if (layer.norm) for (const key of ['batch_normalize', 'cbn']) copied.add(key);
    if (layer.act || place.act) copied.add('activation');
    else wanted.set('activation', 'linear');
    if (border === 'kept') for (const key of ['pad', 'padding', 'dilation']) copied.add(key);
    else if (padded && (size === 1 || border === 'half')) copied.add('pad');
    else if (border === 'half' && size > 1) {
      if (size % 2 === 0) return undefined;
      wanted.set(
        entry.options.has('padding') ? 'padding' : 'pad',
        entry.options.has('padding') ? String((size - 1) / 2) : '1',
      );
    }
    const lines = [this.#lineOf(entry.section.header)];
    for (const [key, option] of entry.options) {
      const value = wanted.get(key);
      if (value !== undefined) lines.push(this.#prefixOf(option) + value);
      else if (copied.has(key)) lines.push(this.#prefixOf(option) + option.text);
      else continue;
      wanted.delete(key);
      if (key === 'filters') this.#addGroups(lines, entry, wanted);
    }
    wanted.delete('stride');
    for (const [key, value] of wanted) lines.push(this.#freshLine(entry, key, value));
    const apart = [...(layer.norm ? place.norm : []), ...(layer.act && place.act ? [place.act] : [])];
    const others = apart.map(site => {
      const other = this.#entry(site);
      if (!other) return undefined;
      const parts = [other.section.header, ...[...other.options.values()].map(({ range }) => range)];
      return parts.map(range => this.#lineOf(range));
    });
    return others.includes(undefined) ? undefined : [lines, ...(others as string[][])];
  }

  #addGroups(lines: string[], entry: Entry, wanted: Map<string, string>): void {
    const groups = wanted.get('groups');
    if (groups === undefined || entry.options.has('groups')) return;
    lines.push(this.#freshLine(entry, 'groups', groups));
    wanted.delete('groups');
  }

  // ——— Options of a section ——————————————————————————————————————————————————————————————————————————————————————

  #write(entry: Entry, values: ReadonlyMap<string, string>): void {
    const { options, section } = entry;
    const newline = this.#newlineOf(entry);
    for (const [key, value] of values) {
      const option = options.get(key);
      if (option && option.text !== value) this.#edits.push({ ...place(option.valueRange), text: value });
      if (option) continue;
      const near = options.get(key === 'groups' ? 'filters' : 'size') ?? options.get('filters');
      const at = this.#lineEnd((near?.range ?? section.header).to);
      this.#edits.push({ from: at, to: at, text: newline + this.#freshLine(entry, key, value) });
    }
  }

  /** A line in the style of the section: same margin, same white space around `=`, which may be aligned. */
  #freshLine({ section: { header, options } }: Entry, key: string, value: string): string {
    const [first, second] = options;
    if (!first) return `${this.#text.slice(this.#lineStart(header.from), header.from)}${key}=${value}`;
    const margin = this.#text.slice(this.#lineStart(first.range.from), first.range.from);
    const between = this.#text.slice(first.keyRange.to, first.valueRange.from);
    const columnOf = (option: CfgOption): number => option.valueRange.from - option.keyRange.from;
    const isAligned =
      second && columnOf(first) === columnOf(second) && lengthOf(first.keyRange) !== lengthOf(second.keyRange);
    const written = isAligned ? key.padEnd(lengthOf(first.keyRange)) : key;
    return margin + written + between + value;
  }

  /** The text before a value on its line. */
  #prefixOf({ range, valueRange }: CfgOption): string {
    return this.#text.slice(this.#lineStart(range.from), valueRange.from);
  }

  /** A line up to the end of its content. */
  #lineOf({ from, to }: Range): string {
    return this.#text.slice(this.#lineStart(from), to);
  }

  // ——— Numbers of layers —————————————————————————————————————————————————————————————————————————————————————————

  /** The digits of `# 61`, or `# 61 (previous+7)`, right above the section with that number. */
  #numberAbove({ index }: Entry): Range | undefined {
    const { number } = this.#items[index]!;
    return number?.value === index ? number.range : undefined;
  }

  /** The line `# 61`, if it is the whole line right above the section with that number. */
  #bareNumberAbove(entry: Entry): Range | undefined {
    const number = this.#numberAbove(entry);
    if (!number) return undefined;
    const line = { from: this.#lineStart(number.from), to: this.#lineEnd(number.to) };
    return isBareNumber(this.#text.slice(line.from, line.to), entry.index) ? line : undefined;
  }

  // ——— Lines —————————————————————————————————————————————————————————————————————————————————————————————————————

  /** The lines of a section, starting with comments right above it that begin with its number or are for Flopline. */
  #stretchOf(entry: Entry): Stretch {
    const { header, range } = entry.section;
    const own = this.#commentsAbove(entry, line => {
      const match = leadingNumber.exec(line);
      return (match !== null && Number(match[2]) === entry.index) || line.includes('flopline-ignore');
    });
    return { own, from: this.#lineStart(header.from), to: this.#nextLine(range.to) };
  }

  /** The start of the comments of a kind right above a section. */
  #commentsAbove({ section: { header } }: Entry, isSuch: (line: string) => boolean): number {
    let at = this.#lineStart(header.from);
    while (at > 0) {
      const start = this.#lineBefore(at);
      const line = this.#text.slice(start, at);
      if (!isComment(line) || !isSuch(line)) break;
      at = start;
    }
    return at;
  }

  /** The number of blank lines between sections: above this one and its comments, else below it. */
  #gapAt(entry: Entry): number {
    let start = this.#lineStart(entry.section.header.from);
    let above = 0;
    while (start > 0) {
      const previous = this.#lineBefore(start);
      const line = this.#text.slice(previous, start);
      const isBlank = line.trim() === '';
      if (isBlank) above++;
      else if (above > 0 || !isComment(line)) break;
      start = previous;
    }
    if (above > 0) return Math.min(above, 2);
    const next = this.#nextLine(entry.section.range.to);
    const below = linesOf(this.#text.slice(next, this.#afterBlanks(next))).length;
    return entry.index + 1 < this.#entries.length ? Math.min(below, 2) : 0;
  }

  /** The offset after the blank lines at an offset. */
  #afterBlanks(from: number): number {
    let at = from;
    while (at < this.#text.length) {
      const next = this.#nextLine(at);
      if (this.#text.slice(at, next).trim() !== '') break;
      at = next;
    }
    return at;
  }

  #newlineOf({ section: { header } }: Entry): string {
    const text = this.#text;
    const end = this.#lineEnd(header.to);
    if (text[end] === '\r') return text[end + 1] === '\n' ? '\r\n' : '\r';
    return text[end] === '\n' ? '\n' : text.includes('\r\n') ? '\r\n' : '\n';
  }

  #lineStart(offset: number): number {
    let at = offset;
    while (at > 0 && this.#text[at - 1] !== '\n' && this.#text[at - 1] !== '\r') at--;
    return at === 0 && this.#text.charCodeAt(0) === 0xfeff ? Math.min(1, offset) : at;
  }

  /** The start of the previous line. */
  #lineBefore(start: number): number {
    const text = this.#text;
    return this.#lineStart(start - (text[start - 1] === '\n' && text[start - 2] === '\r' ? 2 : 1));
  }

  #lineEnd(offset: number): number {
    let at = offset;
    while (at < this.#text.length && this.#text[at] !== '\n' && this.#text[at] !== '\r') at++;
    return at;
  }

  /** The offset after a line's break. */
  #nextLine(offset: number): number {
    const end = this.#lineEnd(offset);
    return end + (this.#text.startsWith('\r\n', end) ? 2 : end < this.#text.length ? 1 : 0);
  }

  #entry(site: Range): Entry | undefined {
    return this.#entries.find(({ section: { range } }) => range.from === site.from && range.to === site.to);
  }
}

const strideKeys = ['stride', 'stride_x', 'stride_y'] as const;

const isComment = (line: string): boolean => /^[ \t]*[#;]/.test(line);

function isBareNumber(line: string, index: number): boolean {
  const match = /^[ \t]*[#;][ \t]*(\d+)\s*$/.exec(line);
  return match !== null && Number(match[1]) === index;
}

/** Lines, including line breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

/** The comment in a line, as a separate line. */
function commentOf(line: string): readonly string[] {
  if (isComment(line)) return [line];
  const at = line.indexOf('#');
  return at < 0 ? [] : [line.slice(at)];
}

/** Whether a section reads the one above it: routes, and sections without inputs, do not. */
export function readsAbove({ kind }: { readonly kind: string | undefined }): boolean {
  return kind !== 'route' && kind !== 'implicit';
}

/** A section with everything it reads, including implicitly the one above. */
function withAbove(item: ListItem, entry: Entry): ListItem {
  const { index, range } = item;
  const place = { from: range.from, to: range.from };
  const above: Reference = {
    range: place,
    written: -1,
    kind: 'relative',
    // The network's input has no number.
    target: index > 0 ? { index: index - 1, range: place } : undefined,
    reads: true,
  };
  const named = item.references.map(reference => {
    const { target } = reference;
    return target === 'input' || !target || target.index < index ? reference : { ...reference, target: undefined };
  });
  return { ...item, references: readsAbove(entry) ? [above, ...named] : named };
}

/** Moves one section up, and those in between down. */
function movedUp({ from, to }: { readonly from: number; readonly to: number }): Moves {
  const passes = (index: number): boolean => index >= to && index < from;
  const place = (index: number): number => (index === from ? to : passes(index) ? index + 1 : index);
  return {
    input: -1,
    place,
    source(index, reader) {
      // Readers of the moved section now read the last one it has passed.
      if (index === from) return from;
      // The output of those in between has changed.
      return passes(index) && (reader < to || reader > from) ? undefined : place(index);
    },
  };
}

function intOf({ options }: Entry, key: string, byDefault: number): number {
  const option = options.get(key);
  return option ? atoi(option.value) : byDefault;
}

function isStepOne(entry: Entry): boolean {
  return strideKeys.every(key => intOf(entry, key, 1) <= 1);
}

/** Darknet has no rectangular windows. */
function isSquare(kernel: readonly number[]): boolean {
  return kernel.length === 2 && kernel[0] === kernel[1];
}

const isUniform = (flags: readonly boolean[]): boolean => flags.every(flag => flag === flags[0]);

const lengthOf = ({ from, to }: Range): number => to - from;

const place = ({ from, to }: Range): Range => ({ from, to });
