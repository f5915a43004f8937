// Edits of the network as changes of the rows: numbers in `from`, and comments that begin with a row's number, follow.
import {
  changesOf,
  type GraphEdit,
  type NewAttrs,
  type NewConv,
  type NewLayer,
  type Place,
  type Rewriter,
} from '../../graph/edit.ts';
import { show } from '../../python/value.ts';
import { insertedItems, removedItem, type Spot } from '../../syntax/lists.ts';
import { lookUp, type Mapping, resolved, type Sequence, type YamlNode } from '../../syntax/tree.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import type { Param } from '../../torch/signature.ts';
import { type Item, movesOf, renumbered } from '../reference.ts';
import { type Chosen, channelsOf, tuned, tunedScale, type Written } from './tunables.ts';

/** The changes of the text; undefined where one of the edits cannot be said. */
export function rewrite(text: string, written: Written, edits: readonly GraphEdit[]): readonly TextEdit[] | undefined {
  return changesOf(new Writer(text, written), edits);
}

/** A row whose four parts are written out. */
interface Row {
  readonly index: number;
  readonly spot: Spot;
  readonly parts: Sequence;
  readonly from: YamlNode;
  readonly module: string;
  readonly args: Sequence;
}

/** What edits speak of, as the constructors of Conv and DWConv call it; each repository has its own order. */
const called = { out: 'c2', kernel: 'k', stride: 's', padding: 'p', groups: 'g', dilation: 'd', act: 'act' } as const;

type ConvArg = keyof typeof called;

class Writer implements Rewriter {
  readonly #text: string;
  readonly #rows: Written;
  readonly #chosen: Chosen;
  readonly #spots: readonly Spot[];
  readonly #items: readonly Item[];
  readonly #edits: TextEdit[] = [];
  /** How many rows come before the one with an index, and which go. */
  readonly #inserted = new Map<number, number>();
  readonly #removed = new Set<number>();
  /** Rows that read the row inserted in front of them. */
  readonly #relinked = new Set<number>();
  readonly #args = new Map<number, { readonly row: Row; readonly values: Map<number, string> }>();

  constructor(text: string, written: Written) {
    this.#text = text;
    this.#rows = written;
    this.#chosen = written.chosen;
    this.#spots = spotsOf(written.top);
    this.#items = written.items;
  }

  changes(): readonly TextEdit[] | undefined {
    for (const { row, values } of this.#args.values()) this.#write(row, values);
    if (this.#inserted.size > 0 || this.#removed.size > 0) {
      if (!this.#renumber()) return undefined;
    }
    return this.#edits;
  }

  // ——— Edits —————————————————————————————————————————————————————————————————————————————————————————————————————

  insert(before: Place, layers: readonly NewLayer[]): boolean {
    const row = this.#row(before.item);
    if (row?.module !== 'Conv' || before.norm.length > 0 || before.act) return false;
    if (row.from.kind !== 'scalar') return false;
    const rows: string[] = [];
    for (const layer of layers) {
      const written = layer.op === 'conv' ? this.#newRow(row, layer) : undefined;
      if (written === undefined) return false;
      rows.push(`[${rows.length === 0 ? this.#slice(row.from) : '-1'}, 1, ${written}]`);
    }
    const fresh = insertedItems(this.#text, row.spot, rows, comment => comment.includes('flopline'));
    if (!fresh) return false;
    this.#edits.push(...fresh);
    this.#inserted.set(row.index, (this.#inserted.get(row.index) ?? 0) + rows.length);
    this.#relinked.add(row.index);
    return true;
  }

  /** `Conv, [64, 1, 1]`, like the row that it comes before. */
  #newRow(row: Row, layer: NewConv): string | undefined {
    // Normalization and activation are inside a Conv; only the activation can be left out.
    if (!layer.norm || typeof layer.out !== 'number') return undefined;
    const out = channelsOf(this.#rows, this.#items[row.index]!)?.written(layer.out);
    if (out === undefined) return undefined;
    const stride = this.#strideText(row, layer.strided);
    if (stride === undefined) return undefined;
    const values = new Map<ConvArg, string>([
      ['out', String(out)],
      ['kernel', listText(layer.kernel)],
      ['stride', stride],
    ]);
    const act = layer.act ? this.#arg(row, 'act') : 'False';
    if (act !== undefined) values.set('act', act);
    if (layer.depthwise) {
      if (!this.#padsItself(row)) return undefined;
      const dilation = this.#arg(row, 'dilation');
      if (dilation !== undefined && dilation !== '1') values.set('dilation', dilation);
      return this.#constructed('DWConv', values);
    }
    if (layer.border === 'kept' || (layer.border === 'half' && !this.#padsItself(row))) return undefined;
    if (layer.border === 'none' && layer.kernel.some(size => size > 1)) values.set('padding', '0');
    return this.#constructed('Conv', values);
  }

  /** `Conv, [64, 1, 1]`; undefined where the repository has no such module, or no such argument. */
  #constructed(module: string, values: ReadonlyMap<ConvArg, string>): string | undefined {
    const args: string[] = [];
    for (const [name, value] of values) {
      const at = this.#placeOf(module, name);
      if (at === undefined) return undefined;
      args[at] = value;
    }
    for (let at = 0; at < args.length; at++) args[at] ??= this.#defaultOf(module, at);
    return `${module}, [${args.join(', ')}]`;
  }

  set(item: Range, attrs: NewAttrs): boolean {
    const row = this.#row(item);
    if (!row || (row.module !== 'Conv' && row.module !== 'DWConv') || attrs.bias !== undefined) return false;
    const { out, kernel, strided, border, groups } = attrs;
    if (out !== undefined) {
      const channels = channelsOf(this.#rows, this.#items[row.index]!);
      const now = channels?.real;
      const wanted =
        typeof out === 'number'
          ? out
          : now !== undefined && Math.max(out.multiple, Math.floor((now * out.times) / out.multiple) * out.multiple);
      const written = typeof wanted === 'number' ? channels?.written(wanted) : undefined;
      if (written === undefined) return false;
      if (!this.#put(row, 'out', String(written))) return false;
    }
    if (row.module === 'DWConv') return !kernel && !strided && !border;
    if (kernel && !this.#put(row, 'kernel', listText(kernel))) return false;
    if (strided && this.#arg(row, 'stride') !== undefined) {
      const stride = this.#strideText(row, strided);
      if (stride === undefined) return false;
      this.#put(row, 'stride', stride);
    }
    if (border) {
      const padding = this.#arg(row, 'padding');
      const isNone = padding === undefined || padding === 'None';
      if (border === 'half' && !this.#padsItself(row)) return false;
      if (border === 'none' && kernel?.some(size => size > 1)) this.#put(row, 'padding', '0');
      else if (!isNone) this.#put(row, 'padding', 'None');
    }
    return groups === undefined || this.#put(row, 'groups', String(groups));
  }

  remove(item: Range): boolean {
    const row = this.#row(item);
    // Who reads a row of several inputs can read none of them instead.
    if (!row || (row.from.kind !== 'scalar' && this.#isRead(row.index))) return false;
    const edit = removedItem(this.#text, row.spot);
    if (!edit) return false;
    this.#edits.push(edit);
    this.#removed.add(row.index);
    return true;
  }

  /** An average pooling after a bare 1×1 convolution: rows of these files are Conv, which end in an activation. */
  move(): boolean {
    return false;
  }

  tune(item: Range, knob: string, value: number): boolean {
    const row = this.#row(item);
    const edits = row
      ? tuned(this.#rows, this.#items[row.index]!, knob, value)
      : tunedScale(this.#rows, item, knob, value);
    if (!edits) return false;
    for (const { text, ...range } of edits) this.#replace(range, text);
    return true;
  }

  replace(item: Range, type: string): boolean {
    const row = this.#row(item);
    if (!row) return false;
    const node = row.parts.items[2]!;
    const quote = /^["']/.exec(this.#slice(node))?.[0] ?? '';
    this.#replace(node, quote + type + quote);
    return true;
  }

  #isRead(index: number): boolean {
    return this.#items.some(
      ({ references }, at) =>
        !this.#rowOf(this.#spots[at]!, at) ||
        references.some(({ target }) => target !== undefined && target !== 'input' && target.index === index),
    );
  }

  // ——— Numbers of rows ———————————————————————————————————————————————————————————————————————————————————————————

  #renumber(): boolean {
    const moves = movesOf(this.#items, this.#inserted, this.#removed);
    // Who got new rows in front of it reads the last of them.
    const others = this.#items.map(item => (this.#relinked.has(item.index) ? { ...item, references: [] } : item));
    const edits = renumbered(others, moves);
    if (!edits) return false;
    this.#edits.push(...edits);
    for (const { index, number } of this.#items) {
      const place = moves.place(index);
      if (place === undefined) continue;
      const row = this.#relinked.has(index) ? this.#rowOf(this.#spots[index]!, index) : undefined;
      if (row) this.#replace(row.from, '-1');
      // `# 5-P3/8` after row 5.
      if (number?.value === index) this.#replace(number.range, String(place));
    }
    return true;
  }

  // ——— Arguments —————————————————————————————————————————————————————————————————————————————————————————————————

  /** An argument as it is written; undefined where it is not. */
  #arg(row: Row, name: ConvArg): string | undefined {
    const at = this.#placeOf(row.module, name);
    const node = at === undefined ? undefined : row.args.items[at];
    return node && this.#slice(node);
  }

  /** Where an argument is in a row: the constructor has the input channels in front of it. */
  #placeOf(module: string, name: ConvArg): number | undefined {
    const at = Object.keys(this.#chosen.dialect.modules.get(module)?.params ?? {}).indexOf(called[name]);
    return at < 1 ? undefined : at - 1;
  }

  /** An argument that is only there for those after it. */
  #defaultOf(module: string, at: number): string {
    const param = Object.values<Param>(this.#chosen.dialect.modules.get(module)!.params)[at + 1]!;
    return show(param.default ?? null);
  }

  #put(row: Row, name: ConvArg, value: string): boolean {
    const at = this.#placeOf(row.module, name);
    if (at === undefined) return false;
    const known = this.#args.get(row.index) ?? { row, values: new Map<number, string>() };
    this.#args.set(row.index, known);
    known.values.set(at, value);
    return true;
  }

  #write({ module, args }: Row, values: ReadonlyMap<number, string>): void {
    const { items } = args;
    const last = Math.max(...values.keys());
    for (const [at, value] of values) if (items[at]) this.#replace(items[at], value);
    if (last < items.length) return;
    const fresh: string[] = [];
    for (let at = items.length; at <= last; at++) fresh.push(values.get(at) ?? this.#defaultOf(module, at));
    const end = items.at(-1)!.to;
    this.#edits.push({ from: end, to: end, text: fresh.map(value => `, ${value}`).join('') });
  }

  /** Whether the row leaves its padding to autopad, or says the same. */
  #padsItself(row: Row): boolean {
    const padding = this.#arg(row, 'padding');
    if (padding === undefined || padding === 'None') return true;
    const kernel = Number(this.#arg(row, 'kernel') ?? '1');
    const dilation = Number(this.#arg(row, 'dilation') ?? '1');
    return Number(padding) === Math.floor((dilation * (kernel - 1) + 1) / 2);
  }

  #strideText(row: Row, strided: readonly boolean[]): string | undefined {
    const written = this.#arg(row, 'stride') ?? '1';
    if (strided.every(strides => !strides)) return '1';
    if (strided.every(strides => strides)) return written;
    if (!/^\d+$/.test(written)) return undefined;
    return written === '1' ? '1' : `[${strided.map(strides => (strides ? written : '1')).join(', ')}]`;
  }

  // ——— Rows ——————————————————————————————————————————————————————————————————————————————————————————————————————

  #row(site: Range): Row | undefined {
    const index = this.#spots.findIndex(({ item: { from, to } }) => from === site.from && to === site.to);
    const spot = this.#spots[index];
    return spot && this.#rowOf(spot, index);
  }

  /** A row that is written in place, with its four parts. */
  #rowOf(spot: Spot, index: number): Row | undefined {
    const node = spot.item;
    if (node.kind !== 'sequence' || node.items.length !== 4) return undefined;
    const [from, , module, args] = node.items;
    if (module?.kind !== 'scalar' || args?.kind !== 'sequence' || from!.kind === 'alias') return undefined;
    return { index, spot, parts: node, from: from!, module: module.text, args };
  }

  #replace(range: Range, text: string): void {
    if (this.#slice(range) !== text) this.#edits.push({ from: range.from, to: range.to, text });
  }

  #slice({ from, to }: Range): string {
    return this.#text.slice(from, to);
  }
}

/** The rows of `backbone` and `head`, each in its list. */
export function spotsOf(top: Mapping): readonly Spot[] {
  return ['backbone', 'head'].flatMap(key => {
    const list = resolved(lookUp(top, key));
    return list?.kind === 'sequence' ? list.items.map((item, index): Spot => ({ list, index, item })) : [];
  });
}

function listText(values: readonly number[]): string {
  return values.every(value => value === values[0]) ? String(values[0]) : `[${values.join(', ')}]`;
}
