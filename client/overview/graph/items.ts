// The items and edges of the graph: what is visible given which blocks are open, and the tensors that flow between.
// Each holder (the network, an open block, an open group) has its own items and edges and is laid out separately.
import type { Network, Row } from '../network.ts';
import { type Flow, flowsOf, isRemoved } from './flow.ts';

/** A node of the graph: a row, a run of rows shown as a group, or an input or output of the network. */
export interface Item {
  /** The row's id; `group:` + the id of the group's first row; `input:0`; `output:0`. */
  readonly id: string;
  readonly kind: 'row' | 'group' | 'input' | 'output';
  /** All rows of a group; empty for inputs and outputs. */
  readonly rows: readonly Row[];
  readonly parent: Item | undefined;
  /** The name of a row or an input; the shape of a row, an input or an output. */
  readonly name: string;
  readonly shape: string;
  readonly canOpen: boolean;
  /** For a group, what its id adds in front of the id of its first row. */
  readonly prefix: string;
  /** The content, if the item is open. */
  readonly inside: Holder | undefined;
}

/** An end of an edge: an item, or a port, where a tensor crosses the border of the holder. */
export type End = { readonly item: Item } | { readonly port: string };

export interface Edge {
  readonly id: string;
  readonly from: End;
  readonly to: End;
  /** The port inside an open item at which the edge continues. */
  readonly fromPort: string | undefined;
  readonly toPort: string | undefined;
  /** The distinct shapes of the tensors. */
  readonly shapes: readonly string[];
}

/** Items that are laid out together: the network, an open block or an open group. */
export interface Holder {
  /** The id of its item; empty for the network. */
  readonly id: string;
  readonly items: readonly Item[];
  readonly edges: readonly Edge[];
  /** Keys of the tensors that enter and leave. */
  readonly ins: readonly string[];
  readonly outs: readonly string[];
}

/** A connection between two items that are drawn as boxes, across holders; the arrow keys follow these. */
export interface Link {
  readonly from: Item;
  readonly to: Item;
  readonly shape: string;
}

export interface Items {
  readonly root: Holder;
  readonly byId: ReadonlyMap<string, Item>;
  readonly links: readonly Link[];
  /** The item that shows a row: its own, or the closed item that contains it. */
  shown(row: Row): Item | undefined;
}

/** More sibling rows than this are divided into groups. */
export const mostBeside = 120;
/** Approximate maximum number of rows in a group. */
const groupSize = 40;

/** An item whose content is still being filled in. */
type OpenItem = Omit<Item, 'inside'> & { inside: Holder | undefined };

interface OpenHolder {
  readonly id: string;
  readonly item: Item | undefined;
  readonly items: OpenItem[];
  readonly edges: Map<string, Edge & { readonly shapes: string[] }>;
  readonly ins: Set<string>;
  readonly outs: Set<string>;
}

export function itemsOf(network: Network, isOpen: (id: string) => boolean): Items {
  const { flows, returns } = flowsOf(network);
  const byId = new Map<string, Item>();
  const holders = new Map<Item | undefined, OpenHolder>();
  const byRow = new Map<Row, Item>();
  const crossings = crossingsOf(flows);
  const connected = new Set<Row>();
  const connect = (row: Row | number): void => {
    for (let at = typeof row === 'number' ? undefined : row; at && !connected.has(at); at = at.parent)
      connected.add(at);
  };
  for (const { from, to } of flows) [from, to].forEach(connect);
  for (const { from } of returns) connect(from);
  /** Rows without cost or connection, such as layers of another phase, are not part of the network. */
  const isPart = (row: Row): boolean => connected.has(row) || row.data.costs.some(cost => cost !== 0);

  const hold = (item: Item | undefined): OpenHolder => {
    const holder: OpenHolder = {
      id: item?.id ?? '',
      item,
      items: [],
      edges: new Map(),
      ins: new Set(),
      outs: new Set(),
    };
    holders.set(item, holder);
    return holder;
  };
  const add = (holder: OpenHolder, own: Omit<OpenItem, 'parent' | 'inside'>): OpenItem => {
    const item: OpenItem = { ...own, parent: holder.item, inside: undefined };
    byId.set(item.id, item);
    holder.items.push(item);
    return item;
  };
  const fill = (holder: OpenHolder, rows: readonly Row[]): void => {
    if (rows.length > mostBeside) {
      for (const run of runsOf(rows, crossings)) {
        if (run.length === 1) addRow(holder, run[0]!);
        else addGroup(holder, run);
      }
    } else for (const row of rows) addRow(holder, row);
  };
  const addRow = (holder: OpenHolder, row: Row): void => {
    const inner = row.rows.filter(each => !isRemoved(each) && isPart(each));
    const { name, shape = '' } = row.data;
    const own = { id: row.id, kind: 'row', rows: [row], name, shape, prefix: '' } as const;
    const item = add(holder, { ...own, canOpen: inner.length > 0 });
    byRow.set(row, item);
    if (item.canOpen && isOpen(item.id)) fill(hold(item), inner);
  };
  const addGroup = (holder: OpenHolder, rows: readonly Row[]): void => {
    const [first, last] = [rows[0]!, rows.at(-1)!];
    const prefix = holder.item?.kind === 'group' ? `+${holder.item.prefix}` : 'group:';
    const item = add(holder, {
      id: prefix + first.id,
      prefix,
      kind: 'group',
      rows,
      name: `${first.data.name} … ${last.data.name}`,
      shape: last.data.shape ?? '',
      canOpen: true,
    });
    if (rows.some(row => isOpen(prefix + row.id))) fill(hold(item), rows);
    else for (const row of rows) byRow.set(row, item);
  };

  const root = hold(undefined);
  const given = new Set(flows.flatMap(({ from }) => (typeof from === 'number' ? [from] : [])));
  const inputs = new Map<number, Item>();
  for (const number of [...given].sort((a, b) => a - b)) {
    const { name = '', shape = '' } = network.content.inputs[number] ?? {};
    inputs.set(
      number,
      add(root, { id: `input:${number}`, kind: 'input', rows: [], name, shape, prefix: '', canOpen: false }),
    );
  }
  fill(
    root,
    network.rows.filter(row => !isRemoved(row) && isPart(row)),
  );

  const shown = (row: Row): Item | undefined => {
    for (let at: Row | undefined = row; at; at = at.parent) {
      const item = byRow.get(at);
      if (item) return item;
    }
    return undefined;
  };
  const join = (holder: OpenHolder, from: End, to: End, fromPort?: string, toPort?: string, shape = ''): void => {
    const name = (end: End): string => ('item' in end ? end.item.id : `:${end.port}`);
    const id = `${name(from)}→${name(to)}|${fromPort ?? ''}|${toPort ?? ''}`;
    const known = holder.edges.get(id);
    if (!known) holder.edges.set(id, { id, from, to, fromPort, toPort, shapes: [shape] });
    else if (!known.shapes.includes(shape)) known.shapes.push(shape);
  };

  const links = new Map<string, Link>();
  const wire = (from: Item, to: Item, key: string, shape: string): void => {
    // Both ends are shown by the same item, so there is nothing to draw.
    if (from === to) return;
    const linkId = `${from.id}→${to.id}`;
    if (!links.has(linkId)) links.set(linkId, { from, to, shape });
    const [out, into] = [wayTo(from), wayTo(to)];
    let common = 0;
    while (common < out.length - 1 && common < into.length - 1 && out[common] === into[common]) common++;
    // One contains the other: its content reads the container's own operators, so no border is crossed.
    if (out[common] === into[common]) return;
    for (let at = out.length - 1; at > common; at--) {
      const holder = holders.get(out[at - 1])!;
      const isInner = at < out.length - 1;
      holder.outs.add(key);
      join(holder, { item: out[at]! }, { port: `out:${key}` }, isInner ? key : undefined, undefined, shape);
    }
    for (let at = into.length - 1; at > common; at--) {
      const holder = holders.get(into[at - 1])!;
      const isInner = at < into.length - 1;
      holder.ins.add(key);
      join(holder, { port: `in:${key}` }, { item: into[at]! }, undefined, isInner ? key : undefined, shape);
    }
    const holder = holders.get(common === 0 ? undefined : out[common - 1])!;
    const isOutOpen = common < out.length - 1;
    const isIntoOpen = common < into.length - 1;
    join(
      holder,
      { item: out[common]! },
      { item: into[common]! },
      isOutOpen ? key : undefined,
      isIntoOpen ? key : undefined,
      shape,
    );
  };
  const numbers = new Map<Row | number, number>();
  const keyOf = (from: Row | number, shape: string): string => {
    let number = numbers.get(from);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(from, number);
    }
    return `${number}:${shape}`;
  };
  for (const { from, to, shape } of flows) {
    const source = typeof from === 'number' ? inputs.get(from) : shown(from);
    const target = shown(to);
    if (source && target) wire(source, target, keyOf(from, shape), shape);
  }
  for (const [number, { from, shape }] of returns.entries()) {
    const source = shown(from);
    const id = `output:${number}`;
    const target = add(root, { id, kind: 'output', rows: [], name: '', shape, prefix: '', canOpen: false });
    if (source) wire(source, target, keyOf(from, shape), shape);
  }

  const closed = (holder: OpenHolder): Holder => {
    for (const item of holder.items) {
      const inner = holders.get(item);
      if (inner) item.inside = closed(inner);
    }
    const { id, items, edges, ins, outs } = holder;
    return { id, items, edges: [...edges.values()], ins: [...ins], outs: [...outs] };
  };
  return { root: closed(root), byId, links: [...links.values()], shown };
}

/** The item preceded by everything that contains it, outermost first. */
function wayTo(item: Item): readonly Item[] {
  const way: Item[] = [];
  for (let at: Item | undefined = item; at; at = at.parent) way.unshift(at);
  return way;
}

/** For each sibling row, how many tensors produced by it or by earlier siblings are read after it. */
function crossingsOf(flows: readonly Flow[]): (rows: readonly Row[]) => Float64Array {
  const outer = (row: Row, parent: Row | undefined): Row | undefined => {
    for (let at: Row | undefined = row; at; at = at.parent) if (at.parent === parent) return at;
    return undefined;
  };
  return rows => {
    const places = new Map(rows.map((row, at) => [row, at]));
    const parent = rows[0]?.parent;
    const change = new Float64Array(rows.length + 1);
    const last = new Map<Row, number>();
    for (const { from, to } of flows) {
      if (typeof from === 'number') continue;
      const [a, b] = [outer(from, parent), outer(to, parent)];
      if (!a || !b || a === b) continue;
      const [first, end] = [places.get(a), places.get(b)];
      if (first === undefined || end === undefined) continue;
      last.set(a, Math.max(last.get(a) ?? first, end));
    }
    for (const [row, end] of last) {
      change[places.get(row)!]!++;
      change[end]!--;
    }
    for (let at = 1; at < change.length; at++) change[at]! += change[at - 1]!;
    return change;
  };
}

/** Divides rows into runs of about equal length, cut where the fewest tensors cross. */
function runsOf(rows: readonly Row[], crossings: (rows: readonly Row[]) => Float64Array): readonly (readonly Row[])[] {
  const count = Math.ceil(rows.length / groupSize);
  // If there would be too many groups, make groups of groups.
  const length = count > mostBeside ? Math.ceil(rows.length / groupSize) : groupSize;
  const crossing = crossings(rows);
  const runs: (readonly Row[])[] = [];
  for (let at = 0; at < rows.length; ) {
    const [least, most] = [at + Math.ceil(length / 2), at + length];
    let cut = Math.min(most, rows.length);
    if (rows.length > most)
      for (let end = most; end > least; end--) if (crossing[end - 1]! < crossing[cut - 1]!) cut = end;
    runs.push(rows.slice(at, cut));
    at = cut;
  }
  return runs;
}
