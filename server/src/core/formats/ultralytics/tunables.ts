// What rows and scales write that can be made smaller. What a number means is found by asking parse_model's branch for the
// row (`Dialect.arrange`) with another one in its place: nothing here knows how a repository scales channels.
import * as l10n from '@vscode/l10n';
import type { Knob, Smaller, Tunable } from '../../graph/tunable.ts';
import { type PyValue, pyRound, show } from '../../python/value.ts';
import { type Entry, entryOf, lookUp, type Mapping, resolved, type YamlNode } from '../../syntax/tree.ts';
import { value11 } from '../../syntax/yaml11.ts';
import type { Range } from '../../text/range.ts';
import type { Arg, Param } from '../../torch/signature.ts';
import type { Item } from '../reference.ts';
import { argumentValue } from './arguments.ts';
import type { Arranged, Dialect, Family } from './dialect.ts';
import { itemsOf, rowsOf } from './items.ts';

/** What the rows are read by: how written channels become real ones. */
export interface Chosen {
  readonly dialect: Dialect;
  readonly family: Family;
}

/** The rows of a text as they are written. */
export interface Written {
  readonly top: Mapping;
  readonly chosen: Chosen;
  readonly nodes: readonly YamlNode[];
  readonly items: readonly Item[];
  /** What arguments may name. */
  readonly names: ReadonlyMap<string, PyValue>;
}

export function writtenRows(text: string, top: Mapping, chosen: Chosen): Written {
  const rows = rowsOf(top);
  return {
    top,
    chosen,
    nodes: rows.map(({ chunk }) => chunk.node),
    items: itemsOf(text, rows),
    names: chosen.dialect.names(chosen.family),
  };
}

/** Rows whose four parts are written out, and what scales all of them, in source order. */
export function tunablesOf(written: Written): readonly Tunable[] {
  const { top, chosen, items } = written;
  /** `ch` of parse_model. */
  const widths: number[] = [];
  const rows = items.flatMap((item): Tunable[] => {
    const row = tunedRow(written, item, widths);
    widths.push(row?.arranged?.c2 ?? Number.NaN);
    return row ? [new Row(row, chosen)] : [];
  });
  return [...scalesOf(top, chosen.family), ...rows].sort((a, b) => a.item.from - b.item.from);
}

/** The channels of a row, and how other ones are written in its place. */
export function channelsOf(
  written: Written,
  item: Item,
): { readonly real: number | undefined; readonly written: (channels: number) => number | undefined } | undefined {
  const row = tunedRow(written, item, []);
  const shown = row && new Row(row, written.chosen);
  return shown && { real: shown.channels, written: channels => shown.written(channels) };
}

/** What to write in a row for a knob of it: where, and the text; undefined where it cannot be written there. */
export function tuned(
  written: Written,
  item: Item,
  knob: string,
  value: number,
): readonly (Range & { readonly text: string })[] | undefined {
  const row = tunedRow(written, item, []);
  if (!row) return undefined;
  if (knob === 'repeats') return [replaced(row.repeatsNode, String(value))];
  const places = placesOf(row, written.chosen);
  const at = places.get(knob);
  if (at === undefined) return undefined;
  const { argNodes } = row;
  const there = argNodes[at];
  if (there) return there.kind === 'alias' ? undefined : [replaced(there, String(value))];
  // Arguments go by their place: those in between get their defaults.
  const byPlace = new Map([...places].map(([name, place]) => [place, name]));
  const fresh: string[] = [];
  for (let place = argNodes.length; place < at; place++) {
    const standard = row.params[byPlace.get(place) ?? '']?.default;
    if (standard === undefined) return undefined;
    fresh.push(show(standard));
  }
  const end = argNodes.at(-1)!.to;
  return [{ from: end, to: end, text: [...fresh, String(value)].map(text => `, ${text}`).join('') }];
}

/** What to write for a knob of a scale; undefined where no scale stands there. */
export function tunedScale(
  { top, chosen }: Written,
  item: Range,
  knob: string,
  value: number,
): readonly (Range & { readonly text: string })[] | undefined {
  const found = gainsOf(top, chosen.family).find(({ place }) => place.from === item.from && place.to === item.to);
  const node = found?.gains.find(([name]) => name === knob)?.[1];
  return node && [replaced(node, String(value))];
}

function replaced({ from, to }: Range, text: string): Range & { readonly text: string } {
  return { from, to, text };
}

// ——— Rows ————————————————————————————————————————————————————————————————————————————————————————————————————————

/** A row taken apart, with what parse_model makes of it. */
interface TunedRow {
  readonly item: Item;
  readonly from: number | readonly number[];
  readonly channels: readonly number[];
  /** The channels of the row above. */
  readonly above: number;
  readonly repeatsNode: YamlNode;
  /** As they are written, and after the depth gain. */
  readonly written: number;
  readonly repeats: number;
  readonly module: string;
  readonly params: Readonly<Record<string, Param>>;
  readonly keepsChannels: boolean;
  readonly leastInside: number;
  readonly argNodes: readonly YamlNode[];
  readonly args: readonly Arg[];
  readonly arranged: Arranged | undefined;
}

function tunedRow({ nodes, names, chosen }: Written, item: Item, widths: readonly number[]): TunedRow | undefined {
  const { dialect, family } = chosen;
  const node = nodes[item.index]!;
  if (node.kind !== 'sequence' || node.items.length !== 4) return undefined;
  const [fromNode, repeatsNode, moduleNode, argsNode] = node.items as [YamlNode, YamlNode, YamlNode, YamlNode];
  if (moduleNode.kind !== 'scalar' || argsNode.kind !== 'sequence') return undefined;
  const written = numberOf(repeatsNode);
  if (written === undefined || item.references.length === 0) return undefined;
  const list = item.references.map(({ written: value }) => Number(value));
  const isList = resolved(fromNode)?.kind === 'sequence';
  const from = isList ? list : list[0]!;
  const channels = list.map(value => {
    const { lookup } = dialect;
    const at = lookup ? lookup(value, isList, item.index) : value < 0 ? item.index + value : value;
    return at < 0 ? 3 : (widths[at] ?? 64);
  });
  const argNodes = argsNode.items;
  const args = argNodes.map((each): Arg => ({ value: argumentValue(each, names, dialect.evaluates), range: each }));
  const module = moduleNode.text;
  const found = dialect.modules.get(module);
  const row = {
    item,
    from,
    channels,
    above: widths.at(-1) ?? 3,
    repeatsNode,
    written,
    repeats: deepened(written, family.depth),
    module,
    params: found?.params ?? {},
    keepsChannels: found?.keepsChannels ?? false,
    leastInside: found?.leastInside ?? 8,
    argNodes,
    args,
  };
  return { ...row, arranged: arrange(row, chosen) };
}

/** n = max(round(n * depth), 1) if n > 1 else n */
function deepened(times: number, depth: number): number {
  return times > 1 ? Math.max(pyRound(times * depth), 1) : Math.round(times);
}

type Arrangeable = Pick<TunedRow, 'from' | 'repeats' | 'module' | 'args' | 'channels' | 'above'>;

function arrange({ above, ...row }: Arrangeable, { dialect, family }: Chosen): Arranged | undefined {
  const refuse = (): undefined => undefined;
  const { from, repeats, module, args, channels } = row;
  return dialect.arrange({ from, repeats, module, args, channels, c2: above, refuse, leave: refuse }, family);
}

/** Where each parameter of the constructor is, or would be, among the arguments that are written. */
function placesOf(row: TunedRow, chosen: Chosen): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  if (!row.arranged) return places;
  const { args } = row.arranged;
  const names = Object.keys(row.params);
  for (const [position, { range }] of args.entries()) {
    const at = range ? row.args.findIndex(arg => arg.range === range) : -1;
    const name = names[position];
    if (at >= 0 && name !== undefined) places.set(name, at);
  }
  // Further ones can be written where nothing is put in after them, at any scale.
  if (row.args.length === 0 || args.at(-1)?.range !== row.args.at(-1)!.range) return places;
  const isOpen = ['n', 'x'].every(scale => {
    const arranged = arrange(row, { ...chosen, family: { ...chosen.family, scale, letter: scale } });
    return arranged?.args.length === args.length;
  });
  if (!isOpen) return places;
  for (const [index, name] of names.slice(args.length).entries()) places.set(name, row.args.length + index);
  return places;
}

/** What constructors call the channels inside of them. */
const hidden = ['c3', 'c4', 'cm', 'npr'];
/** What constructors call numbers of repeats that rows write as arguments. */
const counts = ['n', 'ndl'];
/** What is left of channels, and of a share of them. */
const shares = [0.75, 0.5];

/**
 * Modules that are built of cheaper parts and take the same arguments, in the same repository: ghost convolutions for
 * convolutions (GhostNet), kernels of one row and one column, depthwise blocks (YOLOv10).
 */
const siblings: Readonly<Record<string, readonly string[]>> = {
  Conv: ['GhostConv', 'SCDown'],
  C3: ['C3Ghost', 'C3x'],
  C2f: ['C2fCIB'],
  AConv: ['ADown'],
  Stem: ['GhostStem'],
  SPPCSPC: ['GhostSPPCSPC'],
  BottleneckCSPA: ['GhostCSPA'],
  BottleneckCSPB: ['GhostCSPB'],
  BottleneckCSPC: ['GhostCSPC'],
};

class Row implements Tunable {
  readonly item: Range;
  readonly name: string;
  readonly type: string;
  readonly sources: readonly (Range | undefined)[];
  readonly keepsChannels: boolean;
  readonly isScale = false;
  readonly #row: TunedRow;
  readonly #chosen: Chosen;
  #knobs: readonly Knob[] | undefined;
  #known: ReadonlyMap<string, number> | undefined;

  constructor(row: TunedRow, chosen: Chosen) {
    const { item, module, keepsChannels, arranged } = row;
    this.item = item.range;
    this.name = `model.${item.index}`;
    this.type = module;
    this.sources = item.references.map(({ target }) => (typeof target === 'object' ? target.range : undefined));
    // Copies in sequence each read as many channels as the first.
    this.keepsChannels = keepsChannels || (arranged?.repeats ?? 1) > 1;
    this.#row = row;
    this.#chosen = chosen;
  }

  get #places(): ReadonlyMap<string, number> {
    this.#known ??= placesOf(this.#row, this.#chosen);
    return this.#known;
  }

  get knobs(): readonly Knob[] {
    this.#knobs ??= this.#row.arranged ? [...this.#found(this.#row.arranged)] : [];
    return this.#knobs;
  }

  get siblings(): readonly string[] {
    return (siblings[this.type] ?? []).filter(name => this.#fits(name));
  }

  /** Real ones. */
  get channels(): number | undefined {
    return this.#real('c2');
  }

  written(channels: number): number | undefined {
    return this.#spelled('c2', channels);
  }

  *#found({ c2 }: Arranged): Generator<Knob> {
    const { repeats, written, leastInside } = this.#row;
    const inside = this.#expansion();
    if (this.#real('c2') === c2) {
      const knob = this.#width('channels', 'c2', c2, inside === undefined ? 8 : leastInside / inside);
      if (knob) yield knob;
    }
    const groups = this.#literal('g');
    if (groups !== undefined && groups > 1 && groups === c2) {
      const smaller = shares.map(share => ({ share, value: narrowed(c2, share) }));
      yield { kind: 'groups', name: 'g', value: groups, smaller };
    }
    for (const name of hidden) {
      const knob = this.#width('hidden', name, this.#real(name));
      if (knob) yield knob;
    }
    if (repeats > 1) {
      const { depth } = this.#chosen.family;
      const values = fewer(repeats).flatMap(({ share, value }): Smaller[] => {
        const there = repeatsFor(value, written, depth);
        return there === undefined ? [] : [{ share, value: there }];
      });
      yield { kind: 'repeats', name: 'repeats', value: written, smaller: values };
    }
    for (const name of counts) {
      const value = this.#literal(name);
      if (value !== undefined && value > 1) yield { kind: 'repeats', name, value, smaller: fewer(value) };
    }
    if (inside !== undefined) {
      const fits = ({ value }: Smaller): boolean => (c2 * value) % 8 === 0 && c2 * value >= leastInside;
      const smaller = shares.map(share => ({ share, value: inside * share })).filter(fits);
      yield { kind: 'expansion', name: 'e', value: inside, smaller };
    }
  }

  /** Channels that are written as a number. */
  #width(kind: 'channels' | 'hidden', name: string, real: number | undefined, least = 8): Knob | undefined {
    const value = this.#literal(name);
    if (value === undefined || real === undefined || !Number.isInteger(real)) return undefined;
    const smaller: Smaller[] = [];
    for (const share of real < 16 ? [] : shares) {
      const fewer = narrowed(real, share);
      const there = fewer < Math.max(8, least) || fewer >= real ? undefined : this.#spelled(name, fewer);
      if (there !== undefined && smaller.at(-1)?.value !== there) smaller.push({ share, value: there });
    }
    return { kind, name, value, smaller };
  }

  /** The roundest number that becomes so many channels. */
  #spelled(name: string, real: number): number | undefined {
    const value = this.#literal(name);
    const now = this.#real(name);
    if (value === undefined || now === undefined) return undefined;
    const middle = (value * real) / now;
    if (Number.isInteger(middle) && this.#real(name, middle) === real) return middle;
    for (let step = 512; step >= 1; step /= 2) {
      // Rounding up to a multiple of 8 leaves room below, a limit of channels leaves none above.
      for (const rounded of [Math.round(middle / step), Math.floor(middle / step)]) {
        if (rounded > 0 && this.#real(name, rounded * step) === real) return rounded * step;
      }
    }
    const { width } = this.#chosen.family;
    const plain = Math.round(real / width);
    return this.#real(name, plain) === real ? plain : undefined;
  }

  /** What the constructor gets for a parameter, where another number is written in its place. */
  #real(name: string, value?: number): number | undefined {
    const row = this.#row;
    const at = this.#places.get(name);
    if (at === undefined || at >= row.args.length) return undefined;
    const { range } = row.args[at]!;
    const args = value === undefined ? row.args : row.args.with(at, { value, range });
    const arranged = value === undefined ? row.arranged : arrange({ ...row, args }, this.#chosen);
    const real = arranged?.args.find(arg => arg.range === range)?.value;
    return typeof real === 'number' ? real : undefined;
  }

  /** A whole number that is written in the row itself. */
  #literal(name: string): number | undefined {
    const at = this.#places.get(name);
    const node = at === undefined ? undefined : this.#row.argNodes[at];
    const value = node?.kind === 'scalar' ? value11(node) : undefined;
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
  }

  /** The share of the channels that is inside, written or by default. */
  #expansion(): number | undefined {
    const { params, argNodes } = this.#row;
    const at = this.#places.get('e');
    if (at === undefined) return undefined;
    const node = argNodes[at];
    const value = node ? (node.kind === 'scalar' ? value11(node) : undefined) : params.e?.default;
    return typeof value === 'number' && value > 0 && value <= 2 ? value : undefined;
  }

  /** Whether the row may name another module: parse_model gives it the same arguments, and it takes them for the same. */
  #fits(name: string): boolean {
    const row = this.#row;
    const params = Object.keys(this.#chosen.dialect.modules.get(name)?.params ?? {});
    const own = Object.keys(row.params);
    const other = params.length > 0 ? arrange({ ...row, module: name }, this.#chosen) : undefined;
    const { arranged } = row;
    if (!other || !arranged || other.repeats !== arranged.repeats || other.c2 !== arranged.c2) return false;
    // YOLOv10 has it where the map shrinks.
    if (name === 'SCDown' && !((this.#real('s') ?? 1) > 1)) return false;
    return (
      other.args.length === arranged.args.length &&
      other.args.every(({ value }, at) => String(value) === String(arranged.args[at]!.value) && params[at] === own[at])
    );
  }
}

/** About a share of channels: the nearest multiple of 8, so that half of 16 is not taken for three quarters of it. */
function narrowed(channels: number, share: number): number {
  return Math.round((channels * share) / 8) * 8;
}

/** Two thirds and half of a number of repeats. */
function fewer(count: number): readonly Smaller[] {
  const [most, least] = [Math.ceil((count * 2) / 3), Math.max(1, Math.floor(count / 2))];
  const values = most < count && most > least ? [most, least] : [least];
  return values.filter(value => value < count).map(value => ({ share: value / count, value }));
}

/** The repeats to write for so many at this depth: the number that comes nearest. */
function repeatsFor(real: number, written: number, depth: number): number | undefined {
  const middle = Math.round(real / depth);
  for (let away = 0; away < written; away++) {
    for (const value of [middle + away, middle - away]) {
      if (value > 0 && value < written && deepened(value, depth) === real) return value;
    }
  }
  return undefined;
}

function numberOf(node: YamlNode): number | undefined {
  const value = node.kind === 'scalar' ? value11(node) : undefined;
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
}

// ——— Scales ——————————————————————————————————————————————————————————————————————————————————————————————————————

/** A place that scales all rows, with the numbers in it by their names. */
interface Gains {
  readonly place: Range;
  readonly name: string;
  readonly gains: readonly (readonly [string, YamlNode])[];
}

const gainNames = ['depth', 'width', 'max_channels'] as const;
const gainKinds = { depth: 'depth', width: 'width', max_channels: 'maxChannels' } as const;

function gainsOf(top: Mapping, { scale }: Family): readonly Gains[] {
  if (scale !== undefined) {
    const entry = entryOf(resolved(lookUp(top, 'scales')), scale);
    if (entry?.value.kind !== 'sequence' || entry.value.items.length !== 3) return [];
    const gains = entry.value.items.map((node, at) => [gainNames[at]!, node] as const);
    return [{ place: placeOf(entry), name: l10n.t('scale {0}', scale), gains }];
  }
  return (['depth', 'width'] as const).flatMap((name): Gains[] => {
    const entry = entryOf(top, `${name}_multiple`);
    return entry ? [{ place: placeOf(entry), name: `${name}_multiple`, gains: [[name, entry.value]] }] : [];
  });
}

function placeOf({ key, value }: Entry): Range {
  return { from: key.from, to: value.to };
}

function scalesOf(top: Mapping, family: Family): readonly Tunable[] {
  return gainsOf(top, family).map(({ place, name, gains }): Tunable => {
    const knobs = gains.flatMap(([gain, node]): Knob[] => {
      const value = numberOf(node);
      if (value === undefined || !(value > 0)) return [];
      const smaller = shares.map(share => ({ share, value: Number((value * share).toPrecision(3)) }));
      return [{ kind: gainKinds[gain as keyof typeof gainKinds], name: gain, value, smaller }];
    });
    return {
      item: place,
      name,
      type: name,
      sources: [],
      knobs,
      keepsChannels: false,
      siblings: [],
      isScale: true,
      written: () => undefined,
    };
  });
}
