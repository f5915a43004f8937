// Draws a graph as SVG. Items and edges keep their elements between updates, so the focus stays where it is and
// unchanged parts are not touched.
import type { Item } from './items.ts';
import { headHeight, insideLeft, type Laid, type Line, type Placed, type Point, type Size } from './layout.ts';

/** The texts of an item, and how it looks. */
export interface Look {
  readonly name: string;
  readonly type: string;
  readonly cost: string;
  /** Relative to the costliest item shown, 0 to 1. */
  readonly heat: number;
  /** The share of the total, 0 to 1. */
  readonly share: number;
  /** The text for screen readers. */
  readonly label: string;
  readonly classes: readonly string[];
}

/** The position of an item or edge in the whole drawing. */
export interface Spot extends Point, Size {
  readonly item: Item;
}

export interface Drawing {
  readonly element: SVGSVGElement;
  /** The parent of everything drawn; panning and zooming transform it. */
  readonly world: SVGGElement;
  readonly size: Size;
  readonly spots: ReadonlyMap<string, Spot>;
  draw(laid: Laid, look: (item: Item) => Look): void;
  elementOf(id: string): SVGGElement | undefined;
  /** The item an element belongs to, and whether the element is the item's expand icon. */
  hit(target: Element): { readonly id: string; readonly isTwistie: boolean } | undefined;
}

const space = 'http://www.w3.org/2000/svg';
const corner = 5;

export function part<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number | undefined>>,
  text?: string,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Font size, and the margins around the text. */
export const textSize = 12;
export const labelSize = 11;
export const itemHeight = 42;
const barHeight = 3;
export const textLeft = 10;
export const twistieWidth = 16;

export function createDrawing(): Drawing {
  const [frames, lines, items] = [part('g', {}), part('g', { class: 'lines' }), part('g', {})];
  const marker = part('marker', {
    id: 'arrow',
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    markerUnits: 'userSpaceOnUse',
    orient: 'auto',
  });
  marker.append(part('path', { d: 'M0 0 8 4 0 8z', class: 'arrow' }));
  const defs = part('defs', {});
  defs.append(marker);
  const world = part('g', { class: 'world' });
  // Paint order: the headers of open blocks cover incoming lines, and boxes cover both.
  world.append(lines, frames, items);
  const element = part('svg', { class: 'drawing' });
  element.append(defs, world);

  const known = new Map<string, { readonly element: SVGGElement; key: string }>();
  let spots: ReadonlyMap<string, Spot> = new Map();
  let size: Size = { width: 0, height: 0 };

  const keep = (layer: SVGGElement, id: string, key: string, make: (own: SVGGElement) => void): void => {
    let own = known.get(id);
    if (!own) {
      own = { element: part('g', {}), key: '' };
      known.set(id, own);
    }
    if (own.element.parentNode !== layer) layer.append(own.element);
    if (own.key === key) return;
    own.key = key;
    make(own.element);
  };

  return {
    element,
    world,
    get size() {
      return size;
    },
    get spots() {
      return spots;
    },
    elementOf: id => known.get(`item ${id}`)?.element,
    hit: target => {
      const own = target.closest<SVGGElement>('g[data-id]');
      const id = own?.dataset.id;
      return id === undefined ? undefined : { id, isTwistie: target.closest('.twistie') !== null };
    },
    draw: (laid, look) => {
      const found = new Map<string, Spot>();
      const seen = new Set<string>();
      const visit = ({ items: own, lines: edges }: Laid, holder: string, left: number, top: number): void => {
        for (const line of edges) {
          const id = `line ${holder} ${line.edge.id}`;
          seen.add(id);
          keep(lines, id, lineKey(line, left, top), at => drawLine(at, line, left, top));
        }
        for (const each of own) {
          const spot = { item: each.item, x: left + each.x, y: top + each.y, width: each.width, height: each.height };
          found.set(each.item.id, spot);
          const id = `item ${each.item.id}`;
          seen.add(id);
          const shown = look(each.item);
          const layer = each.inside ? frames : items;
          keep(layer, id, JSON.stringify([spot.x, spot.y, each.width, each.height, shown, !each.inside]), at =>
            drawItem(at, each, spot, shown),
          );
          if (each.inside) visit(each.inside, each.item.id, spot.x + insideLeft(each), spot.y + headHeight);
        }
      };
      visit(laid, '', 0, 0);
      for (const [id, { element: own }] of known) {
        if (seen.has(id)) continue;
        own.remove();
        known.delete(id);
      }
      spots = found;
      size = laid;
    },
  };
}

function lineKey({ points, label, edge }: Line, left: number, top: number): string {
  return JSON.stringify([points, label, edge.shapes, left, top]);
}

function drawLine(own: SVGGElement, { points, label, edge }: Line, left: number, top: number): void {
  const isEnd = 'item' in edge.to && edge.toPort === undefined;
  const line = part('path', {
    class: 'line',
    d: pathOf(points.map(({ x, y }) => ({ x: x + left, y: y + top }))),
    'marker-end': isEnd ? 'url(#arrow)' : undefined,
  });
  own.replaceChildren(line);
  const words = labelOf(edge.shapes);
  if (!label || !isLabelled(edge) || words === '') return;
  own.append(part('text', { class: 'shape-label', x: label.x + left, y: label.y + top + labelSize * 0.35 }, words));
}

/** Edges at the border of an open item have their label outside of it. */
export function isLabelled({ from, to }: Line['edge']): boolean {
  return 'item' in from && 'item' in to;
}

/** `64×56×56`, `64×56×56 · 64×28×28`, `64×56×56 · +3`. */
export function labelOf(shapes: readonly string[]): string {
  const [first = '', second, ...others] = shapes;
  if (second === undefined) return first;
  return others.length === 0 ? `${first} · ${second}` : `${first} · +${others.length + 1}`;
}

/** A line with rounded bends. */
function pathOf(points: readonly Point[]): string {
  const text = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [first, ...others] = points;
  if (!first) return '';
  const last = others.pop();
  if (!last) return '';
  let path = `M${text(first)}`;
  for (const [at, point] of others.entries()) {
    const next = others[at + 1] ?? last;
    const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    path += `Q${text(point)} ${text(at === others.length - 1 ? last : middle)}`;
  }
  if (others.length > 0) return path;
  // A straight line that is not vertical gets two bends, so it leaves and arrives vertically.
  if (Math.abs(first.x - last.x) < 0.5) return `${path}L${text(last)}`;
  const middle = (first.y + last.y) / 2;
  return `${path}C${text({ x: first.x, y: middle })} ${text({ x: last.x, y: middle })} ${text(last)}`;
}

function drawItem(own: SVGGElement, { item, inside }: Placed, { x, y, width, height }: Spot, look: Look): void {
  own.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  own.setAttribute('class', ['item', item.kind, ...(inside ? ['open'] : []), ...look.classes].join(' '));
  own.dataset.id = item.id;
  own.setAttribute('role', 'button');
  own.setAttribute('aria-label', look.label);
  if (item.canOpen) own.setAttribute('aria-expanded', String(inside !== undefined));
  else own.removeAttribute('aria-expanded');
  if (!own.hasAttribute('tabindex')) own.setAttribute('tabindex', '-1');
  const isPill = item.kind === 'input' || item.kind === 'output';
  const box = { width, height, rx: isPill ? height / 2 : corner };
  own.replaceChildren(part('rect', { ...box, class: 'back' }));
  if (look.heat > 0 && !inside)
    own.append(part('rect', { ...box, class: 'heat', 'fill-opacity': look.heat.toFixed(3) }));
  own.append(part('rect', { ...box, class: 'border' }));
  if (isPill) {
    own.append(
      part(
        'text',
        { class: 'name', x: width / 2, y: height / 2 + textSize * 0.35, 'text-anchor': 'middle' },
        look.name,
      ),
    );
    return;
  }
  const left = textLeft + (item.canOpen ? twistieWidth : 0);
  const name = part('text', { class: 'name', x: left, y: 17 }, look.name);
  // Separated by spaces, for screen readers.
  if (look.type !== '') name.append(' ', part('tspan', { class: 'type', dx: 3 }, look.type));
  own.append(name);
  if (item.canOpen) {
    const d = inside ? 'M0 2.5 4.5 7 9 2.5' : 'M2.5 0 7 4.5 2.5 9';
    const sign = part('g', { class: 'twistie', transform: `translate(${textLeft - 1} 8)` });
    sign.append(part('rect', { x: -9, y: -8, width: 26, height: 26, class: 'target' }), part('path', { d }));
    own.append(sign);
  }
  if (inside) {
    name.append(' ', part('tspan', { class: 'type', dx: 7 }, look.cost));
    return;
  }
  own.append(' ', part('text', { class: 'cost', x: left, y: 33 }, look.cost));
  if (look.share > 0)
    own.append(
      part('rect', {
        class: 'bar',
        x: corner,
        y: height - barHeight - 1,
        width: Math.max(1, (width - 2 * corner) * look.share),
        height: barHeight,
      }),
    );
}
