// Positions of items and edges. Each holder is laid out separately, from the inside out, so an edit only redoes the
// holders that changed and those around them. A chain of items is one node for dagre, whose run time is superlinear.
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

/** An item with the position of its upper left corner, relative to its holder. */
export interface Placed extends Point, Size {
  readonly item: Item;
  /** The layout of its content, relative to the content's own corner. */
  readonly inside: Laid | undefined;
}

export interface Line {
  readonly edge: Edge;
  readonly points: readonly Point[];
  /** The center of its label; undefined if it has none. */
  readonly label: Point | undefined;
}

/** The layout of a holder. */
export interface Laid extends Size {
  readonly items: readonly Placed[];
  readonly lines: readonly Line[];
  /** Positions at which tensors cross the border, from the left. */
  readonly ports: ReadonlyMap<string, number>;
}

/** Measures items and labels. */
export interface Measure {
  readonly item: (item: Item) => Size;
  readonly label: (shapes: readonly string[]) => Size;
}

/** The height of the header above the content of an open item; below, the padding around the content. */
export const headHeight = 26;
const padding = 14;
/** The distance between items of a chain, which leaves room for the edge's label. */
const step = 34;
const nodeGap = 22;
const rankGap = 20;
const portSize = 10;

/** Layouts, cached by the sizes of the items and the edges between them. */
export class Layouts {
  #known = new Map<string, Drawn>();

  /** Lays out a holder and everything open inside it; yields after each holder. */
  *of(root: Holder, measure: Measure): Generator<void, Laid> {
    const used = new Map<string, Drawn>();
    const laid = yield* this.#laid(root, measure, used);
    // Drop layouts that are no longer shown.
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

/** A layout without its items and edges, which are new objects after each edit. */
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
  /** Where an edge crosses the border of an open item, from the left of the holder. */
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
      // Extend the line from the top border of the open item, across its header.
      if ('port' in edge.from) bent.unshift({ x: bent[0]!.x, y: -headHeight });
      if ('port' in edge.to) bent.push({ x: bent.at(-1)!.x, y: height + padding });
      return { edge, points: bent, label };
    }),
  };
}

/** The left edge of an open item's content, which is centered if the header is wider. */
export function insideLeft({ width, inside }: Pick<Placed, 'width' | 'inside'>): number {
  return inside ? (width - inside.width) / 2 : 0;
}

/** A chain of items, which dagre gets as one node. */
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
  /** The only outgoing edge of an item, provided that it is also the only incoming edge of the next one. */
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
  // Tensors enter at the top and leave at the bottom.
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
  /** The box at an end of an edge: in a chain, its last item (start) or first item (end). */
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

/** Minimum distance of a line's ends from the sides of a box. */
const inset = 10;

/** Attaches a line to the lower edge of one box and the upper edge of another, as close to its bends as possible. */
function ended(points: readonly Point[], from: Box | undefined, to: Box | undefined): readonly Point[] {
  const within = ({ x, width }: Box, near: number): number =>
    Math.min(x + width - Math.min(inset, width / 2), Math.max(x + Math.min(inset, width / 2), near));
  const between = points.slice(1, -1);
  const [first, last] = [points[0]!, points.at(-1)!];
  const start = from ? { x: within(from, between[0]?.x ?? last.x), y: from.y + from.height } : first;
  const end = to ? { x: within(to, between.at(-1)?.x ?? first.x), y: to.y } : last;
  return [start, ...between, end];
}

/** Shifts everything so that the layout begins at (0, 0). */
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
