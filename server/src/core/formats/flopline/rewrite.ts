// Translates edits of the network into text edits: new rows look like their neighbors, everything else is unchanged.
import {
  changesOf,
  type GraphEdit,
  type NewAttrs,
  type NewConv,
  type NewLayer,
  type Place,
  type Rewriter,
  type Width,
} from '../../graph/edit.ts';
import { addedEntries, endOf, insertedItems, itemLines, removedItem, type Spot, spotOf } from '../../syntax/lists.ts';
import {
  type Entry,
  lookUp,
  type Mapping,
  resolved,
  type Scalar,
  type Sequence,
  scalarValue,
  type YamlNode,
} from '../../syntax/tree.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import { type Item, movesOf, type Reference, renumbered } from '../reference.ts';
import { blockNames } from './blocks.ts';
import { itemsOf, outputItem } from './items.ts';
import { operatorOf } from './operators.ts';
import { beside } from './words.ts';

/** The text edits; undefined if one of the edits cannot be expressed. */
export function rewrite(
  text: string,
  root: YamlNode | undefined,
  edits: readonly GraphEdit[],
): readonly TextEdit[] | undefined {
  return changesOf(new Writer(text, root), edits);
}

/** A row with an operator. */
interface Row {
  readonly spot: Spot;
  readonly key: Scalar;
  readonly value: YamlNode | undefined;
  /** The entries besides the operator's key. */
  readonly rest: readonly Entry[];
  /** Its own attributes, wherever they are written. */
  readonly own: readonly Entry[];
  /** Attributes merged in by `<<: *defaults`. */
  readonly merged: readonly Entry[];
  /** The whole row, if it is a mapping. */
  readonly mapping: Mapping | undefined;
}

/** Insertions and removals in a list, which change numbers that count back across them. */
interface ListChanges {
  readonly list: Sequence;
  /** By index, how many rows are inserted before that row. */
  readonly inserted: Map<number, number>;
  readonly removed: Set<number>;
}

class Writer implements Rewriter {
  readonly #text: string;
  readonly #root: YamlNode | undefined;
  readonly #isBlock: (name: string) => boolean;
  readonly #edits: TextEdit[] = [];
  readonly #lists = new Map<Sequence, ListChanges>();
  /** New attribute values by row; null removes one. */
  readonly #attrs = new Map<YamlNode, { readonly row: Row; readonly values: Map<string, string | null> }>();

  constructor(text: string, root: YamlNode | undefined) {
    this.#text = text;
    this.#root = root;
    const blocks = blockNames(lookUp(root, 'blocks'));
    this.#isBlock = name => blocks.has(name);
  }

  changes(): readonly TextEdit[] | undefined {
    for (const { row, values } of this.#attrs.values()) if (!this.#write(row, values)) return undefined;
    for (const changes of this.#lists.values()) if (!this.#renumber(changes)) return undefined;
    return this.#edits;
  }

  // ——— Edits —————————————————————————————————————————————————————————————————————————————————————————————————————

  insert(before: Place, layers: readonly NewLayer[]): boolean {
    const row = this.#row(before.item);
    if (!row) return false;
    const items: string[] = [];
    for (const layer of layers) {
      const rows = layer.op === 'conv' ? this.#newConv(row, before, layer) : ['globalavgpool'];
      if (!rows) return false;
      items.push(...rows);
    }
    const from = entryOf(row.own, 'from');
    if (from && !this.#handOver(row, from, items)) return false;
    const fresh = insertedItems(this.#text, row.spot, items, () => true);
    if (!fresh) return false;
    this.#edits.push(...fresh);
    const { inserted } = this.#changesOf(row.spot.list);
    inserted.set(row.spot.index, (inserted.get(row.spot.index) ?? 0) + items.length);
    return true;
  }

  /** The first new row takes over the row's `from`, and the row reads the last new one. */
  #handOver(row: Row, from: Entry, items: string[]): boolean {
    const source = this.#flat(from.value);
    if (source === undefined) return false;
    const first = items[0]!;
    items[0] = first.endsWith('}') ? `${first.slice(0, -1)}, from: ${source}}` : `${first}: {from: ${source}}`;
    return this.#change(row, 'from', null);
  }

  set(item: Range, attrs: NewAttrs): boolean {
    const row = this.#row(item);
    const operator = row && operatorOf(row.key.text);
    if (!row || !operator) return false;
    const { kernel, strided, border, groups, bias, out } = attrs;
    if (kernel && !this.#change(row, 'kernel', listText(kernel))) return false;
    if (strided) {
      const stride = writtenOf(row, 'stride');
      if (stride) {
        const fresh = this.#strideText(stride.value, strided);
        if (fresh === undefined || !this.#change(row, 'stride', fresh)) return false;
      }
    }
    if (border) {
      const padding = this.#paddingText(row, kernel ?? [], border);
      if (padding !== undefined && !this.#change(row, 'padding', padding === '0' ? null : padding)) return false;
    }
    const depthwise = operator.depthwise || this.#flat(writtenOf(row, 'groups')?.value) === 'depthwise';
    if (groups !== undefined && !depthwise && !this.#change(row, 'groups', groups === 1 ? null : String(groups)))
      return false;
    if (bias !== undefined && !this.#change(row, 'bias', String(bias))) return false;
    if (out === undefined) return true;
    const entry = writtenOf(row, 'out');
    const main = typeof operator.main === 'object' && operator.attributes[operator.main.attr]!.name === 'out';
    const node = entry?.value ?? (main && resolved(row.value)?.kind === 'scalar' ? row.value : undefined);
    // A depthwise row without filters has as many as input channels.
    if (!node) return depthwise;
    const fresh = this.#outText(node, out);
    return fresh !== undefined && this.#change(row, 'out', fresh);
  }

  remove(item: Range): boolean {
    const row = this.#row(item);
    if (!row) return false;
    const { list, index } = row.spot;
    const name = this.#flat(entryOf(row.own, 'name')?.value);
    if (name !== undefined && this.#isMentioned(name, row.spot.item)) return false;
    // If this row has a `from`, removing it would change what the next row reads.
    const from = entryOf(row.own, 'from');
    const next = list.items[index + 1];
    if (from && !(next && this.#readsElsewhere(next))) return false;
    const edit = removedItem(this.#text, row.spot);
    if (!edit) return false;
    this.#edits.push(edit);
    this.#changesOf(list).removed.add(index);
    return true;
  }

  move(item: Range, before: Place): boolean {
    const row = this.#row(item);
    const target = this.#row(before.item);
    if (!row || !target || row.spot.list !== target.spot.list || row.spot.index <= target.spot.index) return false;
    const { list } = row.spot;
    for (let index = target.spot.index; index <= row.spot.index; index++) {
      const node = list.items[index]!;
      const each = this.#rowOf({ list, index, item: node });
      if (!each || entryOf(each.own, 'from')) return false;
      const name = this.#flat(entryOf(each.own, 'name')?.value);
      if (name !== undefined && this.#isMentioned(name, node)) return false;
    }
    if (this.#countsInto(row.spot.list, target.spot.index, row.spot.index)) return false;
    const gone = removedItem(this.#text, row.spot);
    if (!gone) return false;
    const lines = itemLines(this.#text, row.spot);
    const there = itemLines(this.#text, target.spot);
    if (lines && there) {
      const broken = /[\r\n]$/.test(lines.text) ? lines.text : `${lines.text}\n`;
      this.#edits.push({ from: there.from, to: there.from, text: broken }, { ...gone, text: '' });
      return true;
    }
    const moved = insertedItems(this.#text, target.spot, [this.#slice(row.spot.item)], () => true);
    if (!moved) return false;
    this.#edits.push(...moved, gone);
    return true;
  }

  // ——— New rows ——————————————————————————————————————————————————————————————————————————————————————————————————

  /** A convolution like a row's, and copies of its normalization and activation if these are rows. */
  #newConv(row: Row, place: Place, layer: NewConv): readonly string[] | undefined {
    const pairs: string[] = [];
    const put = (name: string, value: string): void => {
      pairs.push(`${name}: ${value}`);
    };
    const merge = entryOf(row.own, '<<');
    const mergeText = merge && this.#flat(merge.value);
    if (merge) {
      if (mergeText === undefined) return undefined;
      put('<<', mergeText);
    }
    /** Copies the row's value, or writes a neutral one if merged defaults would apply otherwise. */
    const copy = (name: string, neutral: string, wanted: boolean): boolean => {
      const entry = entryOf(row.own, name);
      if (wanted && entry && entry !== merge) {
        const value = this.#flat(entry.value);
        if (value === undefined) return false;
        put(name, value);
      } else if (!wanted && entryOf(row.merged, name)) put(name, neutral);
      return true;
    };
    if (!layer.depthwise) put('out', widthText(layer.out));
    put('kernel', listText(layer.kernel));
    const stride = writtenOf(row, 'stride');
    const strideText = stride ? this.#strideText(stride.value, layer.strided) : null;
    if (strideText === undefined) return undefined;
    if (strideText !== null) put('stride', strideText);
    else if (entryOf(row.merged, 'stride')) put('stride', '1');
    const keepsBorder = layer.border === 'kept';
    if (layer.border === 'kept' || layer.border === 'none') {
      if (!copy('padding', '0', keepsBorder) || !copy('dilation', '1', keepsBorder)) return undefined;
    } else {
      const padding =
        this.#paddingText(row, layer.kernel, layer.border) ?? this.#flat(writtenOf(row, 'padding')?.value);
      if (padding === undefined) return undefined;
      put('padding', padding);
      if (!copy('dilation', '1', false)) return undefined;
    }
    if (!layer.depthwise && !copy('groups', '1', false)) return undefined;
    const own = place.norm.length === 0;
    const isWritable =
      copy('bias', 'true', layer.norm || !writtenOf(row, 'norm')) &&
      copy('norm', 'none', layer.norm && own) &&
      copy('act', 'none', layer.act && place.act === undefined) &&
      copy('if', 'true', true);
    if (!isWritable) return undefined;
    const key = layer.depthwise ? 'depthwise' : row.key.text;
    const rows = [`${key}: {${pairs.join(', ')}}`];
    const apart = [...(layer.norm ? place.norm : []), ...(layer.act && place.act ? [place.act] : [])];
    for (const site of apart) {
      const copied = this.#row(site);
      const copy = copied && this.#copyOf(copied);
      if (copy === undefined) return undefined;
      rows.push(copy);
    }
    return rows;
  }

  /** A copy of a row, without its name and `from`. */
  #copyOf(row: Row): string | undefined {
    const parts: string[] = [];
    for (const { key, value } of row.own) {
      const name = key.kind === 'scalar' ? key.text : '';
      if (name === 'name' || name === 'from') continue;
      const text = this.#flat(value);
      if (text === undefined) return undefined;
      parts.push(`${name}: ${text}`);
    }
    const target = resolved(row.value);
    if (target && target.kind !== 'mapping' && !(target.kind === 'scalar' && scalarValue(target) === null)) {
      const bare = this.#flat(row.value);
      const main = this.#mainOf(row);
      if (bare === undefined) return undefined;
      if (parts.length === 0) return `${row.key.text}: ${bare}`;
      if (main === undefined) return undefined;
      parts.unshift(`${main}: ${bare}`);
    }
    return parts.length === 0 ? row.key.text : `${row.key.text}: {${parts.join(', ')}}`;
  }

  /** The stride of a layer in the dimensions that keep it, and 1 in the others; null if it is 1 everywhere. */
  #strideText(node: YamlNode, strided: readonly boolean[]): string | null | undefined {
    if (strided.every(isStrided => !isStrided)) return null;
    const target = resolved(node);
    if (strided.every(isStrided => isStrided)) return this.#flat(node);
    const each = strided.map((isStrided, axis) => {
      if (!isStrided) return '1';
      const one = target?.kind === 'sequence' ? (target.items[axis] ?? target.items[0]) : target;
      return one && this.#flat(one);
    });
    if (each.includes(undefined)) return undefined;
    return each.every(one => one === '1') ? null : `[${each.join(', ')}]`;
  }

  /** The new `padding` for a kernel; undefined if the written value is right for every kernel. */
  #paddingText(row: Row, kernel: readonly number[], border: 'half' | 'none'): string | undefined {
    const written = this.#flat(writtenOf(row, 'padding')?.value);
    if (border === 'none') return written === undefined || written === '0' || written === 'valid' ? undefined : '0';
    if (written === 'same') return undefined;
    return listText(kernel.map(size => (size - 1) / 2));
  }

  #outText(node: YamlNode, out: NonNullable<NewAttrs['out']>): string | undefined {
    const target = resolved(node);
    if (target?.kind !== 'scalar') return undefined;
    if (typeof out === 'number') return target.text.startsWith('$') ? undefined : String(out);
    const { times, multiple } = out;
    if (target.text.startsWith('$')) {
      const inside = /^\$\((.*)\)$/s.exec(target.text)?.[1] ?? target.text.slice(1);
      const simple = /^\w+(?: \* \w+)*$/.test(inside) ? inside : `(${inside})`;
      const [over, under] = fraction(times);
      const share = `${simple}${over === 1 ? '' : ` * ${over}`}${under === 1 ? '' : ` // ${under}`}`;
      return `$(${share}${multiple === 1 ? '' : ` // ${multiple} * ${multiple}`})`;
    }
    const value = scalarValue(target);
    if (typeof value !== 'number') return undefined;
    return String(Math.max(multiple, Math.floor((value * times) / multiple) * multiple));
  }

  // ——— Attributes of a row ———————————————————————————————————————————————————————————————————————————————————————

  #change(row: Row, name: string, value: string | null): boolean {
    const known = this.#attrs.get(row.spot.item) ?? { row, values: new Map<string, string | null>() };
    this.#attrs.set(row.spot.item, known);
    known.values.set(name, value);
    return true;
  }

  #write(row: Row, values: ReadonlyMap<string, string | null>): boolean {
    const added: string[] = [];
    const gone = new Set<Entry>();
    const main = this.#mainOf(row);
    for (const [name, value] of values) {
      const entry = entryOf(row.own, name);
      if (value === null) {
        if (entry && !this.#neutral(row, entry, name)) gone.add(entry);
        else if (!entry && entryOf(row.merged, name)) added.push(`${name}: ${neutrals[name]}`);
      } else if (entry) {
        if (entry.value.kind === 'alias') return false;
        this.#replace(entry.value, value);
      } else if (name === main && resolved(row.value)?.kind === 'scalar') this.#replace(row.value!, value);
      else added.push(`${name}: ${value}`);
    }
    return this.#take(row, gone) && (added.length === 0 || this.#add(row, added));
  }

  /** Writes a neutral value if the entry cannot be removed without touching lines around it. */
  #neutral(row: Row, entry: Entry, name: string): boolean {
    const mapping = mappingWith(row, entry);
    const at = mapping.entries.indexOf(entry);
    const from = mapping.entries[at - 1]?.value.to ?? entry.key.from;
    const simple =
      mapping.flow && mapping.entries.length > 1 && !/[#\r\n]/.test(this.#text.slice(from, entry.value.to));
    if (simple && !entryOf(row.merged, name)) return false;
    this.#replace(entry.value, neutrals[name] ?? '~');
    return true;
  }

  /** Removes entries from a flow mapping, with their commas. */
  #take(row: Row, gone: ReadonlySet<Entry>): boolean {
    if (gone.size === 0) return true;
    const { entries } = mappingWith(row, [...gone][0]!);
    for (let at = 0; at < entries.length; at++) {
      if (!gone.has(entries[at]!)) continue;
      let last = at;
      while (last + 1 < entries.length && gone.has(entries[last + 1]!)) last++;
      const before = entries[at - 1];
      const after = entries[last + 1];
      if (before) this.#edits.push({ from: endOf(before), to: endOf(entries[last]!), text: '' });
      else if (after) this.#edits.push({ from: entries[at]!.key.from, to: after.key.from, text: '' });
      else return false;
      at = last;
    }
    return true;
  }

  #add(row: Row, pairs: readonly string[]): boolean {
    const target = row.value?.kind === 'alias' ? undefined : resolved(row.value);
    if (target?.kind === 'mapping') return this.#addTo(target, pairs);
    if (row.rest.length > 0 && row.mapping) return this.#addTo(row.mapping, pairs);
    if (row.value?.kind === 'alias') return false;
    if (!target || (target.kind === 'scalar' && scalarValue(target) === null)) {
      const colon = row.mapping ? '' : ':';
      const at = row.mapping ? row.mapping.to : row.key.to;
      this.#edits.push({ from: at, to: at, text: `${colon} {${pairs.join(', ')}}` });
      return true;
    }
    const main = this.#mainOf(row);
    if (main === undefined || target.kind !== 'scalar') return false;
    this.#edits.push(
      { from: target.from, to: target.from, text: `{${main}: ` },
      { from: target.to, to: target.to, text: `, ${pairs.join(', ')}}` },
    );
    return true;
  }

  #addTo(mapping: Mapping, pairs: readonly string[]): boolean {
    const edit = addedEntries(this.#text, mapping, pairs);
    if (edit) this.#edits.push(edit);
    return edit !== undefined;
  }

  #replace(range: Range, text: string): void {
    if (this.#slice(range) !== text) this.#edits.push({ from: range.from, to: range.to, text });
  }

  #mainOf(row: Row): string | undefined {
    const operator = operatorOf(row.key.text);
    return typeof operator?.main === 'object' ? operator.attributes[operator.main.attr]!.name : undefined;
  }

  // ——— References ————————————————————————————————————————————————————————————————————————————————————————————————

  #changesOf(list: Sequence): ListChanges {
    const known = this.#lists.get(list) ?? { list, inserted: new Map<number, number>(), removed: new Set<number>() };
    this.#lists.set(list, known);
    return known;
  }

  /** Adjusts references that count back across inserted or removed rows. */
  #renumber({ list, inserted, removed }: ListChanges): boolean {
    const items = this.#itemsOf(list);
    const moves = movesOf(items, inserted, removed);
    const counted = items.map(item => {
      const row = list.items[item.index];
      // A new row has taken over its `from`.
      const isHandedOver = row && this.#attrs.get(row)?.values.get('from') === null;
      return isHandedOver ? { ...item, references: [] } : item;
    });
    if (counted.some(({ index, references }) => !removed.has(index) && references.some(isEvaluated))) return false;
    const edits = renumbered(counted, {
      ...moves,
      // Readers of a removed row read the one before it.
      source: index => moves.place(index) ?? placeInFront(index, inserted, removed),
    });
    if (!edits) return false;
    this.#edits.push(...edits);
    return true;
  }

  /** The rows of a list, and the network's outputs if it is the top-level list. */
  #itemsOf(list: Sequence): readonly Item[] {
    const items = itemsOf(list.items, this.#isBlock);
    const isTop = resolved(lookUp(this.#root, 'layers')) === list;
    const output = isTop ? lookUp(this.#root, 'output') : undefined;
    return output ? [...items, outputItem(output, items)] : items;
  }

  /** Whether a row below refers to rows `first` to `last` − 1 by number from outside of these. */
  #countsInto(list: Sequence, first: number, last: number): boolean {
    return itemsOf(list.items, this.#isBlock).some(
      ({ index, references }) =>
        index > last &&
        references.some(reference => {
          const { kind, target } = reference;
          if (isEvaluated(reference)) return true;
          return kind === 'relative' && typeof target === 'object' && target.index >= first && target.index < last;
        }),
    );
  }

  #readsElsewhere(item: YamlNode): boolean {
    const from = this.#flat(fromOf(item));
    return from !== undefined && from !== '-1' && from !== 'previous';
  }

  /** Whether a name occurs anywhere but in its own row. */
  #isMentioned(name: string, row: YamlNode): boolean {
    const visit = (node: YamlNode): boolean => {
      if (node === row) return false;
      if (node.kind === 'scalar') return node.text === name || node.text.startsWith(`${name}.`);
      if (node.kind === 'sequence') return node.items.some(visit);
      return node.kind === 'mapping' && node.entries.some(({ value }) => visit(value));
    };
    return this.#root !== undefined && visit(this.#root);
  }

  // ——— Rows ——————————————————————————————————————————————————————————————————————————————————————————————————————

  #row(site: Range): Row | undefined {
    const spot = spotOf(this.#root, site);
    const row = spot && this.#rowOf(spot);
    return row && !this.#isAnchored(row) ? row : undefined;
  }

  /** A row with an operator; undefined for any other, and for an alias, whose text is elsewhere. */
  #rowOf(spot: Spot): Row | undefined {
    const node = spot.item;
    if (node.kind === 'scalar') {
      if (!operatorOf(node.text)) return undefined;
      return { spot, key: node, value: undefined, rest: [], own: [], merged: [], mapping: undefined };
    }
    if (node.kind !== 'mapping') return undefined;
    const main = node.entries.find(
      ({ key }) =>
        key.kind === 'scalar' && operatorOf(key.text) && (node.entries.length === 1 || !beside.has(key.text)),
    );
    if (main?.key.kind !== 'scalar') return undefined;
    const rest = node.entries.filter(entry => entry !== main);
    const target = main.value.kind === 'alias' ? undefined : main.value;
    const own = [...(target?.kind === 'mapping' ? target.entries : []), ...rest];
    const merged = own.flatMap(({ key, value }) => {
      const from = key.kind === 'scalar' && key.text === '<<' ? resolved(value) : undefined;
      return from?.kind === 'mapping' ? from.entries : [];
    });
    if (main.value.kind === 'alias') {
      const aliased = resolved(main.value);
      if (aliased?.kind === 'mapping') merged.push(...aliased.entries);
    }
    return { spot, key: main.key, value: main.value, rest, own, merged, mapping: node };
  }

  /** Whether aliases repeat the row or its attributes: an edit would change these too. */
  #isAnchored({ spot, key, value }: Row): boolean {
    const { list, index, item } = spot;
    const before = this.#text.slice(index > 0 ? list.items[index - 1]!.to : list.from, item.from);
    return /&\S+\s*$/.test(before) || (value !== undefined && this.#text.slice(key.to, value.from).includes('&'));
  }

  #slice({ from, to }: Range): string {
    return this.#text.slice(from, to);
  }

  /** A value as written, if that is also valid inside `{ }`. */
  #flat(node: YamlNode | undefined): string | undefined {
    if (!node) return undefined;
    const text = this.#slice(node);
    if (/[\r\n#]/.test(text) || (node.kind !== 'scalar' && node.kind !== 'alias' && !node.flow)) return undefined;
    if (node.kind === 'scalar' && node.style === 'plain' && /[,[\]{}]/.test(text)) return undefined;
    return text;
  }
}

/** The `from` of a row of any kind. */
function fromOf(item: YamlNode): YamlNode | undefined {
  if (item.kind !== 'mapping') return undefined;
  const own = item.entries.flatMap(({ value }) => (value.kind === 'mapping' ? value.entries : []));
  return entryOf([...item.entries, ...own], 'from')?.value;
}

/** The position before a removed row. */
function placeInFront(index: number, inserted: ReadonlyMap<number, number>, removed: ReadonlySet<number>): number {
  let place = inserted.get(index) ?? 0;
  for (let at = 0; at < index; at++) place += (inserted.get(at) ?? 0) + (removed.has(at) ? 0 : 1);
  return place - 1;
}

/** Whether a reference is an expression, whose meaning may differ between uses. */
function isEvaluated({ written }: Reference): boolean {
  return typeof written === 'string' && written.startsWith('$');
}

/** The defaults of attributes. */
const neutrals: Readonly<Record<string, string>> = {
  stride: '1',
  padding: '0',
  groups: '1',
  dilation: '1',
  from: '-1',
};

function entryOf(entries: readonly Entry[], name: string): Entry | undefined {
  return entries.find(({ key }) => key.kind === 'scalar' && key.text === name);
}

function writtenOf(row: Row, name: string): Entry | undefined {
  return entryOf(row.own, name) ?? entryOf(row.merged, name);
}

function mappingWith(row: Row, entry: Entry): Mapping {
  return row.rest.includes(entry) ? row.mapping! : (row.value as Mapping);
}

function listText(values: readonly number[]): string {
  return values.every(value => value === values[0]) ? String(values[0]) : `[${values.join(', ')}]`;
}

function widthText(width: Width): string {
  if (typeof width === 'number') return String(width);
  const [over, under] = fraction(width.share);
  if (over === under) return '$channels';
  return `$(channels${over === 1 ? '' : ` * ${over}`}${under === 1 ? '' : ` // ${under}`})`;
}

/** 0.375 → 3 and 8. */
function fraction(share: number): readonly [number, number] {
  for (let under = 1; under <= 64; under++) {
    const over = share * under;
    if (Math.abs(over - Math.round(over)) < 1e-9) return [Math.round(over), under];
  }
  return [Math.round(share * 64), 64];
}
