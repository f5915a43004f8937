// Where items and edges are: each holder by itself, from the inside out, so that an edit lays out again what has changed
// and what is around it. What follows in a line is one node for dagre, whose work grows faster than what it is given.
import { Graph, layout } from '@dagrejs/dagre';
import type { Edge, End, Holder, Item } from './items.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An item where it is: its upper left corner, from that of its holder. */
export interface Placed extends Point, Size {
  readonly item: Item;
  /** What is inside, from its own corner. */
  readonly inside: Laid | undefined;
}

export interface Line {
  readonly edge: Edge;
  readonly points: readonly Point[];
  /** The middle of its label; undefined where it has none. */
  readonly label: Point | undefined;
}

/** A holder that is laid out. */
export interface Laid extends Size {
  readonly items: readonly Placed[];
  readonly lines: readonly Line[];
  /** Where tensors cross its border, from its left. */
  readonly ports: ReadonlyMap<string, number>;
}

/** How large what is written is. */
export interface Measure {
  readonly item: (item: Item) => Size;
  readonly label: (shapes: readonly string[]) => Size;
}

/** What is above the inside of an open item, and what is around it. */
export const headHeight = 26;
const padding = 14;
/** Between what follows in a line: room for the label of the edge. */
const step = 34;
const nodeGap = 22;
const rankGap = 20;
const portSize = 10;

/** Where things are, by how large they are and what leads where: the same again while that is the same. */
export class Layouts {
  #known = new Map<string, Drawn>();

  /** Lays out a holder and all that is open inside, a holder between two yields. */
  *of(root: Holder, measure: Measure): Generator<void, Laid> {
    const used = new Map<string, Drawn>();
    const laid = yield* this.#laid(root, measure, used);
    // What is not shown any more is of no use.
    this.#known = used;
    return laid;
  }

  *#laid(holder: Holder, measure: Measure, used: Map<string, Drawn>): Generator<void, Laid> {
    const inner = new Map<Item, Laid>();
    for (const item of holder.items) if (item.inside) inner.set(item, yield* this.#laid(item.inside, measure, used));
    const sizes = holder.items.map(item => {
      const own = measure.item(item);
      const laid = inner.get(item);
      if (!laid) return own;
      return {
        width: Math.max(own.width, laid.width + 2 * padding),
        height: headHeight + laid.height + padding,
      };
    });
    const labels = holder.edges.map(({ shapes }) => measure.label(shapes));
    const key = keyOf(holder, sizes, labels);
    let drawn = this.#known.get(key);
    if (!drawn) {
      drawn = drawnOf(holder, sizes, labels);
      yield;
    }
    used.set(key, drawn);
    return placed(holder, drawn, sizes, inner);
  }
}

/** A layout without the items and edges that it is of: those are others after an edit. */
interface Drawn extends Size {
  readonly corners: readonly Point[];
  readonly lines: readonly { readonly points: readonly Point[]; readonly label: Point | undefined }[];
  readonly ports: ReadonlyMap<string, number>;
}

function keyOf({ items, edges, ins, outs }: Holder, sizes: readonly Size[], labels: readonly Size[]): string {
  const places = new Map(items.map((item, at) => [item, at]));
  const end = (own: End): string => ('item' in own ? String(places.get(own.item)) : own.port);
  return [
    sizes.map(({ width, height }) => `${width}×${height}`).join(),
    edges.map(({ from, to }, at) => `${end(from)}→${end(to)} ${labels[at]!.width}`).join(),
    ins.join(),
    outs.join(),
  ].join('|');
}

function placed(holder: Holder, drawn: Drawn, sizes: readonly Size[], inner: ReadonlyMap<Item, Laid>): Laid {
  const { width, height, corners, lines, ports } = drawn;
  const items = holder.items.map(
    (item, at): Placed => ({ item, ...corners[at]!, ...sizes[at]!, inside: inner.get(item) }),
  );
  const byItem = new Map(items.map(each => [each.item, each]));
  /** Where an edge crosses the border of an open item, from the corner of the holder. */
  const crossing = (end: End, port: string | undefined): number | undefined => {
    if (!('item' in end) || port === undefined) return undefined;
    const own = byItem.get(end.item)!;
    const at = own.inside?.ports.get(port);
    return at === undefined ? undefined : own.x + insideLeft(own) + at;
  };
  return {
    width,
    height,
    items,
    ports,
    lines: holder.edges.map((edge, at): Line => {
      const { points, label } = lines[at]!;
      const first = crossing(edge.from, edge.fromPort && `out:${edge.fromPort}`);
      const last = crossing(edge.to, edge.toPort && `in:${edge.toPort}`);
      const bent = points.map((point, index) => {
        if (index === 0 && first !== undefined) return { x: first, y: point.y };
        if (index === points.length - 1 && last !== undefined) return { x: last, y: point.y };
        return point;
      });
      // From the border of what is around, over its head.
      if ('port' in edge.from) bent.unshift({ x: bent[0]!.x, y: -headHeight });
      if ('port' in edge.to) bent.push({ x: bent.at(-1)!.x, y: height + padding });
      return { edge, points: bent, label };
    }),
  };
}

/** Where the inside of an open item begins, from its left: in the middle, where its head is wider. */
export function insideLeft({ width, inside }: Pick<Placed, 'width' | 'inside'>): number {
  return inside ? (width - inside.width) / 2 : 0;
}

/** What dagre is given as one node: items that follow each other in a line. */
interface Chain extends Size {
  readonly name: string;
  readonly members: readonly number[];
}

function drawnOf(holder: Holder, sizes: readonly Size[], labels: readonly Size[]): Drawn {
  const { items, edges, ins, outs } = holder;
  const places = new Map(items.map((item, at) => [item, at]));
  const nameOf = (end: End): string => ('item' in end ? String(places.get(end.item)) : end.port);
  const into: number[][] = items.map(() => []);
  const from: number[][] = items.map(() => []);
  for (const [at, edge] of edges.entries()) {
    if ('item' in edge.to) into[places.get(edge.to.item)!]!.push(at);
    if ('item' in edge.from) from[places.get(edge.from.item)!]!.push(at);
  }
  /** The only edge behind an item, where it is the only one in front of the next. */
  const only = (at: number): number | undefined => {
    const [edge, ...others] = from[at]!;
    if (edge === undefined || others.length > 0) return undefined;
    const { to } = edges[edge]!;
    return 'item' in to && into[places.get(to.item)!]!.length === 1 ? edge : undefined;
  };
  const nextOf = (edge: number): number => places.get((edges[edge]!.to as { item: Item }).item)!;
  const inChain = new Map<number, Chain>();
  const chained = new Set<number>();
  const followers = new Set<number>();
  for (const at of items.keys()) {
    const edge = only(at);
    if (edge !== undefined && nextOf(edge) !== at) followers.add(nextOf(edge));
  }
  for (const at of items.keys()) {
    if (followers.has(at) || inChain.has(at)) continue;
    const members = [at];
    for (let edge = only(at); edge !== undefined; edge = only(members.at(-1)!)) {
      const next = nextOf(edge);
      if (members.includes(next)) break;
      chained.add(edge);
      members.push(next);
    }
    const chain: Chain = {
      name: String(at),
      members,
      width: Math.max(...members.map(each => sizes[each]!.width)),
      height: members.reduce((sum, each) => sum + sizes[each]!.height, step * (members.length - 1)),
    };
    for (const each of members) inChain.set(each, chain);
  }
  const chains = [...new Set(inChain.values())];

  const corners: Point[] = items.map(() => ({ x: 0, y: 0 }));
  const lines: { points: readonly Point[]; label: Point | undefined }[] = edges.map(() => ({
    points: [],
    label: undefined,
  }));
  const ports = new Map<string, number>();
  const stack = (chain: Chain, center: Point): void => {
    let y = center.y - chain.height / 2;
    for (const [index, at] of chain.members.entries()) {
      const { width, height } = sizes[at]!;
      corners[at] = { x: center.x - width / 2, y };
      y += height;
      const edge = index < chain.members.length - 1 ? only(at)! : undefined;
      if (edge !== undefined)
        lines[edge] = {
          points: [
            { x: center.x, y },
            { x: center.x, y: y + step },
          ],
          label: { x: center.x, y: y + step / 2 },
        };
      y += step;
    }
  };

  if (chains.length === 1 && ins.length === 0 && outs.length === 0) {
    const [only] = chains;
    stack(only!, { x: only!.width / 2, y: only!.height / 2 });
    return { width: only!.width, height: only!.height, corners, lines, ports };
  }

  const graph = new Graph({ multigraph: true });
  graph.setGraph({ nodesep: nodeGap, ranksep: rankGap, edgesep: 12, ranker: 'network-simplex' });
  for (const { name, width, height } of chains) graph.setNode(name, { width, height });
  // Tensors come in above all, and go out below.
  for (const [border, keys] of [
    ['in', ins],
    ['out', outs],
  ] as const) {
    if (keys.length === 0) continue;
    graph.setNode(border, { width: 0, height: 0 });
    for (const key of keys) {
      const port = `${border}:${key}`;
      graph.setNode(port, { width: portSize, height: 0 });
      const bound = { weight: 100, minlen: 1, width: 0, height: 0 };
      if (border === 'in') graph.setEdge(border, port, bound, 'bound');
      else graph.setEdge(port, border, bound, 'bound');
    }
  }
  const nodeOf = (end: End): string => ('item' in end ? inChain.get(places.get(end.item)!)!.name : nameOf(end));
  for (const [at, edge] of edges.entries()) {
    if (chained.has(at)) continue;
    const { width, height } = labels[at]!;
    graph.setEdge(nodeOf(edge.from), nodeOf(edge.to), { width, height, labelpos: 'c' }, String(at));
  }
  layout(graph);

  for (const chain of chains) stack(chain, graph.node(chain.name) as unknown as Point);
  /** What an edge begins at and ends at: of a chain its last and its first item. */
  const boxOf = (at: number): Box => ({ ...corners[at]!, ...sizes[at]! });
  const tail = (end: End): Box | undefined =>
    'item' in end ? boxOf(inChain.get(places.get(end.item)!)!.members.at(-1)!) : undefined;
  const head = (end: End): Box | undefined =>
    'item' in end ? boxOf(inChain.get(places.get(end.item)!)!.members[0]!) : undefined;
  const portsAt = [...ins.map(key => `in:${key}`), ...outs.map(key => `out:${key}`)];
  for (const port of portsAt) ports.set(port, (graph.node(port) as unknown as Point).x);
  for (const [at, edge] of edges.entries()) {
    if (chained.has(at)) continue;
    const { points, x, y } = graph.edge(nodeOf(edge.from), nodeOf(edge.to), String(at)) as unknown as Point & {
      readonly points: readonly Point[];
    };
    lines[at] = { points: ended(points, tail(edge.from), head(edge.to)), label: { x, y } };
  }
  return bounded({ corners, lines, ports }, sizes);
}

type Box = Point & Size;

/** How far from the sides of a box lines begin and end at least. */
const inset = 10;

/** A line from the lower edge of a box to the upper one of another, where they are nearest to what is between. */
function ended(points: readonly Point[], from: Box | undefined, to: Box | undefined): readonly Point[] {
  const within = ({ x, width }: Box, near: number): number =>
    Math.min(x + width - Math.min(inset, width / 2), Math.max(x + Math.min(inset, width / 2), near));
  const between = points.slice(1, -1);
  const [first, last] = [points[0]!, points.at(-1)!];
  const start = from ? { x: within(from, between[0]?.x ?? last.x), y: from.y + from.height } : first;
  const end = to ? { x: within(to, between.at(-1)?.x ?? first.x), y: to.y } : last;
  return [start, ...between, end];
}

/** Moves all so that it begins at 0. */
function bounded({ corners, lines, ports }: Pick<Drawn, 'corners' | 'lines' | 'ports'>, sizes: readonly Size[]): Drawn {
  const points = lines.flatMap(line => [...line.points, ...(line.label ? [line.label] : [])]);
  const ends = corners.map(({ x, y }, at) => ({ x: x + sizes[at]!.width, y: y + sizes[at]!.height }));
  const xs = [...corners, ...ends, ...points].map(({ x }) => x).concat(...ports.values());
  const ys = [...corners, ...ends, ...points].map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const moved = ({ x, y }: Point): Point => ({ x: x - left, y: y - top });
  return {
    width: Math.max(...xs) - left,
    height: Math.max(...ys) - top,
    corners: corners.map(moved),
    lines: lines.map(line => ({ points: line.points.map(moved), label: line.label && moved(line.label) })),
    ports: new Map([...ports].map(([key, x]) => [key, x - left])),
  };
}
