// The graph view: layers and the tensors that flow between them. Blocks are closed until the user opens them.
import * as l10n from '@vscode/l10n';
import { element } from '../dom.ts';
import { icon } from '../icons.ts';
import { matcherOf, sumOf } from '../lines.ts';
import { createMeasures } from '../measures.ts';
import { allRows, type Metric, type Network, type Row } from '../network.ts';
import type { View } from '../view.ts';
import { exactQuantity, quantity, shareOf } from '../words.ts';
import {
  createDrawing,
  itemHeight,
  type Look,
  labelOf,
  labelSize,
  type Spot,
  textLeft,
  textSize,
  twistieWidth,
} from './drawing.ts';
import { isRemoved } from './flow.ts';
import { type Item, type Items, itemsOf, type Link } from './items.ts';
import { headHeight, Layouts, type Measure } from './layout.ts';
import { pngOf, svgOf } from './picture.ts';

/** The state that survives while the page is hidden. */
export interface GraphState {
  readonly open?: readonly string[];
  /** The scale and the position of the upper left corner. */
  readonly at?: readonly [scale: number, x: number, y: number];
}

export interface GraphOptions {
  /** Called when the user chooses a row; `focus` says whether the editor takes the focus. */
  readonly reveal: (row: Row, focus: boolean) => void;
  /** Called when the user selects another cost. */
  readonly measure: (metric: Metric) => void;
  readonly save: (name: string, data: Uint8Array) => void;
  /** Called when the state has changed. */
  readonly changed: () => void;
}

export interface GraphView extends View {
  readonly state: GraphState;
}

/** “Open all” opens at most this many items: more could be neither laid out quickly nor read. */
const mostItems = 1000;
/** Milliseconds of layout work before the page handles events again. */
const slice = 24;
const scales = { least: 0.02, most: 3, first: 0.6, opened: 0.3 };
const margin = 16;
/** Longer names are truncated. */
const longest = 32;

export function createGraph({ reveal, measure, save, changed }: GraphOptions, kept: GraphState = {}): GraphView {
  const drawing = createDrawing();
  const { world } = drawing;
  const hint = element('div', { class: 'unseen', id: 'graph-keys' });
  hint.textContent = l10n.t(
    'Down and Up follow the edges, Left and Right go to layers beside, Enter opens or closes a block or goes to the line of a layer, Escape goes to the block around, Space shows the line.',
  );
  const canvas = element(
    'div',
    {
      class: 'canvas',
      role: 'application',
      'aria-roledescription': l10n.t('graph'),
      'aria-describedby': 'graph-keys',
    },
    drawing.element,
  );
  const measures = createMeasures(measure);
  const search = element('input', {
    type: 'search',
    placeholder: l10n.t('Find layers'),
    'aria-label': l10n.t('Find layers'),
    spellcheck: 'false',
  });
  const count = element('span', { class: 'count', role: 'status' });
  const note = element('p', { class: 'note', role: 'status' });
  const button = (name: Parameters<typeof icon>[0], words: string, run: () => void): HTMLButtonElement => {
    const own = element('button', { type: 'button', class: 'icon', title: words, 'aria-label': words }, icon(name));
    own.addEventListener('click', run);
    return own;
  };
  const buttons = element(
    'div',
    { class: 'buttons' },
    button('smaller', l10n.t('Zoom out'), () => zoomBy(1 / 1.25)),
    button('larger', l10n.t('Zoom in'), () => zoomBy(1.25)),
    button('fit', l10n.t('Show the whole graph'), () => fit()),
    button('expand', l10n.t('Open all blocks'), () => openAll()),
    button('collapse', l10n.t('Close all blocks'), () => closeAll()),
    button('svg', l10n.t('Save as SVG'), () => saveSvg()),
    button('png', l10n.t('Save as PNG'), () => savePng()),
  );
  const tools = element('div', { class: 'tools' }, measures.element, buttons, search, count);
  const whole = element('div', { class: 'graph' }, tools, note, canvas, hint);

  let network: Network | undefined;
  let metric: Metric = 0;
  let isShown = false;
  const open = new Set(kept.open);
  let items: Items | undefined;
  const layouts = new Layouts();
  let [scale, left, top] = kept.at ?? [0, 0, 0];
  let focusId: string | undefined;
  let cursor: readonly Row[] = [];
  let current: ReadonlySet<string> = new Set();
  let found: readonly Row[] = [];
  let foundAt = -1;
  let matching: ReadonlySet<string> = new Set();
  let run = 0;
  let view = { width: 0, height: 0 };

  // --- Appearance --------------------------------------------------------------------------------------------------

  const widths = new Map<string, number>();
  let fonts: { readonly context: CanvasRenderingContext2D; readonly family: string } | undefined;
  const widthOf = (text: string, size: number, isBold: boolean): number => {
    const key = `${size}${isBold}${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known;
    fonts ??= {
      context: document.createElement('canvas').getContext('2d')!,
      family: getComputedStyle(document.body).fontFamily,
    };
    fonts.context.font = `${isBold ? '600 ' : ''}${size}px ${fonts.family}`;
    const width = fonts.context.measureText(text).width;
    if (widths.size > 20_000) widths.clear();
    widths.set(key, width);
    return width;
  };
  const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  /** Rounds widths up, so that one more digit does not move everything. */
  const stepped = (width: number): number => Math.ceil(width / 12) * 12;

  const costOf = (item: Item, of: Metric): { readonly value: number | null; readonly sign: string } => {
    const [only] = item.rows;
    if (item.kind === 'row') return { value: only!.data.costs[of], sign: only!.data.signs?.[of] ?? '' };
    const sum = sumOf(item.rows);
    return { value: sum.costs[of] ?? null, sign: sum.signs[of] ?? '' };
  };
  const typeOf = (item: Item): string =>
    item.kind === 'group' ? l10n.t('{0} rows', item.rows.length) : cut(item.rows[0]?.data.type ?? '');
  const nameOf = (item: Item): string => {
    if (item.kind === 'input') return cut(item.name || l10n.t('Input'));
    return item.kind === 'output' ? l10n.t('Output') : cut(item.name);
  };
  const costText = (item: Item): string => {
    const { content } = network!;
    const { value, sign } = costOf(item, metric);
    if (value === 0 && sign === '') return quantity(0, metric, content);
    const share = shareOf(value, content.totals.costs[metric]);
    return [quantity(value, metric, content, sign), share].filter(text => text !== '').join(' · ');
  };
  const measured: Measure = {
    item: item => {
      const name = widthOf(nameOf(item), textSize, true);
      if (item.kind === 'input' || item.kind === 'output') return { width: stepped(name + 28), height: 26 };
      const type = typeOf(item);
      const head = name + (type === '' ? 0 : 6 + widthOf(type, textSize, false));
      const cost = widthOf(costText(item), textSize, false);
      const sign = item.canOpen ? twistieWidth : 0;
      // An open item shows its cost in its header.
      if (item.inside) return { width: stepped(head + cost + 10 + 2 * textLeft + sign), height: headHeight };
      return { width: stepped(Math.max(head, cost, 70) + 2 * textLeft + sign), height: itemHeight };
    },
    label: shapes => {
      const text = labelOf(shapes);
      return { width: text === '' ? 0 : stepped(widthOf(text, labelSize, false) + 8), height: labelSize + 3 };
    },
  };

  const shapesBy = (links: readonly Link[], isInto: boolean): ReadonlyMap<Item, readonly Link[]> => {
    const by = new Map<Item, Link[]>();
    for (const link of links) {
      const item = isInto ? link.to : link.from;
      const there = by.get(item);
      if (there) there.push(link);
      else by.set(item, [link]);
    }
    return by;
  };
  let into: ReadonlyMap<Item, readonly Link[]> = new Map();
  let from: ReadonlyMap<Item, readonly Link[]> = new Map();

  const spoken = (item: Item): string => {
    const { content } = network!;
    const { value, sign } = costOf(item, metric);
    const isWorking = item.kind === 'row' || item.kind === 'group';
    const reads = (into.get(item) ?? []).map(link => nameOf(link.from));
    const isRead = (from.get(item) ?? []).map(link => nameOf(link.to));
    const parts = [
      // The text in the box comes first, in the same order.
      [nameOf(item), ...(isWorking ? [typeOf(item), costText(item)] : [])].filter(text => text !== '').join(' '),
      item.shape,
      ...(isWorking ? [exactQuantity(value, metric, content, sign)] : []),
      ...(reads.length > 0 ? [l10n.t('reads {0}', listed(reads))] : []),
      ...(isRead.length > 0 ? [l10n.t('is read by {0}', listed(isRead))] : []),
    ];
    return parts.filter(text => text !== '').join(', ');
  };

  let hottest = 0;
  const looks = (item: Item): Look => {
    const isWorking = item.kind === 'row' || item.kind === 'group';
    const value = isWorking ? (costOf(item, metric).value ?? 0) : 0;
    const total = network!.content.totals.costs[metric] ?? 0;
    return {
      name: nameOf(item),
      type: isWorking ? typeOf(item) : '',
      cost: isWorking ? costText(item) : '',
      heat: hottest > 0 && value > 0 ? 0.06 + 0.44 * Math.sqrt(value / hottest) : 0,
      share: total > 0 ? Math.min(1, value / total) : 0,
      label: spoken(item),
      classes: [
        ...(current.has(item.id) ? ['current'] : []),
        ...(matching.has(item.id) ? ['found'] : []),
        ...(item.rows[0]?.data.change && item.kind === 'row' ? ['changed'] : []),
      ],
    };
  };

  // --- Layout and drawing -------------------------------------------------------------------------------------------

  const mark = (): void => {
    const { shown } = items!;
    current = new Set(cursor.flatMap(row => shown(row)?.id ?? []));
    matching = new Set(found.flatMap(row => shown(row)?.id ?? []));
  };

  let laid: Parameters<typeof drawing.draw>[0] | undefined;
  const draw = (): void => {
    if (!items || !laid || !network) return;
    mark();
    hottest = 0;
    for (const item of items.byId.values())
      if (!item.inside && item.rows.length > 0) hottest = Math.max(hottest, costOf(item, metric).value ?? 0);
    drawing.draw(laid, looks);
    for (const id of drawing.spots.keys()) {
      const own = drawing.elementOf(id)!;
      own.setAttribute('tabindex', id === focusId ? '0' : '-1');
      if (current.has(id)) own.setAttribute('aria-current', 'true');
      else own.removeAttribute('aria-current');
    }
  };

  /** Lays out the open items in slices, so the page stays responsive; then calls `done`. */
  const arrange = (done: () => void): void => {
    const own = ++run;
    const { content } = network!;
    items = itemsOf(network!, id => open.has(id));
    into = shapesBy(items.links, true);
    from = shapesBy(items.links, false);
    const steps = layouts.of(items.root, measured);
    const go = (): void => {
      if (own !== run) return;
      const end = performance.now() + slice;
      for (;;) {
        const next = steps.next();
        if (next.done) {
          laid = next.value;
          break;
        }
        if (performance.now() > end) {
          canvas.setAttribute('aria-busy', 'true');
          setTimeout(go);
          return;
        }
      }
      canvas.removeAttribute('aria-busy');
      // Keep what the user is looking at in place.
      const anchor = focusId ?? [...current][0];
      const before = anchor === undefined ? undefined : drawing.spots.get(anchor);
      if (focusId === undefined || !items!.byId.has(focusId)) focusId = shownNear(focusId)?.id;
      draw();
      const after = anchor === undefined ? undefined : drawing.spots.get(anchor);
      if (before && after) {
        left += (before.x + before.width / 2 - after.x - after.width / 2) * scale;
        top += (before.y - after.y) * scale;
      }
      place();
      canvas.setAttribute('aria-label', l10n.t('Graph of {0}', content.title));
      done();
    };
    go();
  };

  /** The item to focus in place of one that is no longer shown: its nearest visible ancestor, else the first item. */
  const shownNear = (id: string | undefined): Item | undefined => {
    const { byId, root } = items!;
    for (let at = id ?? ''; at !== ''; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
      const item = byId.get(at);
      if (item) return item;
    }
    return root.items[0];
  };

  const place = (): void => {
    world.setAttribute('transform', `translate(${left.toFixed(1)} ${top.toFixed(1)}) scale(${scale.toFixed(4)})`);
  };
  const moved = (): void => {
    place();
    changed();
  };
  const fit = (least = scales.least): void => {
    const { width, height } = drawing.size;
    if (view.width === 0 || width === 0) return;
    const room = { width: view.width - 2 * margin, height: view.height - 2 * margin };
    scale = Math.max(least, Math.min(1, room.width / width, room.height / height));
    left = (view.width - width * scale) / 2;
    top = height * scale > room.height ? margin : (view.height - height * scale) / 2;
    moved();
  };
  const zoomBy = (by: number, x = view.width / 2, y = view.height / 2): void => {
    const next = Math.min(scales.most, Math.max(scales.least, scale * by));
    left = x - ((x - left) * next) / scale;
    top = y - ((y - top) * next) / scale;
    scale = next;
    moved();
  };
  /** Pans the drawing just enough to bring an item into view. */
  const bring = ({ x, y, width, height, item }: Spot): void => {
    const tall = item.inside ? Math.min(height, headHeight) : height;
    const by = (from: number, size: number, room: number): number => {
      if (size > room || from < margin) return margin - from;
      return from + size > room - margin ? room - margin - from - size : 0;
    };
    left += by(left + x * scale, width * scale, view.width);
    top += by(top + y * scale, tall * scale, view.height);
    moved();
  };

  // --- Focus, opening and searching ---------------------------------------------------------------------------------

  const focusOn = (item: Item | undefined, isMoved = true): void => {
    if (!item) return;
    const before = focusId === undefined ? undefined : drawing.elementOf(focusId);
    before?.setAttribute('tabindex', '-1');
    focusId = item.id;
    const own = drawing.elementOf(item.id);
    own?.setAttribute('tabindex', '0');
    const spot = drawing.spots.get(item.id);
    if (spot && isMoved) bring(spot);
    own?.focus({ preventScroll: true });
  };

  const toggle = (item: Item): void => {
    if (!item.canOpen) return;
    if (item.inside) for (const row of item.rows) open.delete(item.prefix + row.id);
    else open.add(item.id);
    focusId = item.id;
    const hadFocus = canvas.contains(document.activeElement);
    arrange(() => {
      if (hadFocus) focusOn(items!.byId.get(item.id), false);
      changed();
    });
  };
  const openTo = (row: Row, done: () => void): void => {
    for (let at = row.parent; at; at = at.parent) open.add(at.id);
    const go = (left: number): void =>
      arrange(() => {
        const item = items!.shown(row);
        if (item?.kind === 'group' && left > 0) {
          open.add(item.id);
          go(left - 1);
        } else done();
      });
    go(4);
  };
  const openAll = (): void => {
    // Open level by level, so that the limit cuts off depth rather than the end of the network.
    let isWhole = true;
    for (;;) {
      const { byId } = itemsOf(network!, id => open.has(id));
      const closed = [...byId.values()].filter(item => item.canOpen && !item.inside);
      if (closed.length === 0) break;
      let left = mostItems - byId.size;
      let isAny = false;
      for (const item of closed) {
        const inner = item.kind === 'group' ? item.rows.length : item.rows[0]!.rows.length;
        if (inner > left) {
          isWhole = false;
          continue;
        }
        left -= inner;
        open.add(item.id);
        isAny = true;
      }
      if (!isAny) break;
    }
    note.textContent = isWhole
      ? ''
      : l10n.t('Some blocks stay closed: more than {0} layers are not opened at once.', mostItems);
    arrange(() => fit(scales.opened));
  };
  const closeAll = (): void => {
    open.clear();
    note.textContent = '';
    arrange(() => fit(scales.first));
  };

  const find = (step: number): void => {
    if (found.length === 0) return;
    foundAt = (foundAt + step + found.length) % found.length;
    const row = found[foundAt]!;
    openTo(row, () => {
      const item = items!.shown(row);
      const spot = item && drawing.spots.get(item.id);
      if (!item || !spot) return;
      drawing.elementOf(focusId ?? '')?.setAttribute('tabindex', '-1');
      focusId = item.id;
      drawing.elementOf(item.id)?.setAttribute('tabindex', '0');
      bring(spot);
      count.textContent = l10n.t('{0} of {1}', foundAt + 1, found.length);
    });
  };
  const look = (): void => {
    const isMatch = matcherOf(search.value);
    found = isMatch && network ? [...allRows(network.rows)].filter(row => !isRemoved(row) && isMatch(row)) : [];
    count.textContent = isMatch
      ? found.length === 0
        ? l10n.t('No layers found')
        : l10n.t('{0} found', found.length)
      : '';
  };
  search.addEventListener('input', () => {
    look();
    foundAt = -1;
    draw();
  });
  search.addEventListener('keydown', event => {
    if (event.key === 'Enter') find(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && search.value !== '') {
      search.value = '';
      look();
      draw();
    } else return;
    event.preventDefault();
  });

  const saveSvg = (): void => {
    save(`${network!.content.title}.svg`, new TextEncoder().encode(picture()));
  };
  const savePng = (): void => {
    pngOf(picture(), drawing.size).then(
      data => save(`${network!.content.title}.png`, data),
      () => {
        note.textContent = l10n.t('The picture could not be made.');
      },
    );
  };
  const picture = (): string =>
    svgOf(world, drawing.element.querySelector('defs'), drawing.size, l10n.t('Graph of {0}', network!.content.title));

  // --- Keyboard and mouse -------------------------------------------------------------------------------------------

  const beside = (item: Item, isRight: boolean): Item | undefined => {
    const spot = drawing.spots.get(item.id);
    if (!spot) return undefined;
    let best: Item | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const other of drawing.spots.values()) {
      if (other.item.inside || other.item === item) continue;
      const by = isRight ? other.x - spot.x - spot.width : spot.x - other.x - other.width;
      const apart = Math.max(0, other.y - spot.y - spot.height, spot.y - other.y - other.height);
      // Only items whose vertical extents overlap are beside each other.
      if (by < -1 || apart > 0) continue;
      if (by < least) [best, least] = [other.item, by];
    }
    return best;
  };
  /** The item at the other end of an edge; the nearest one if there are several. */
  const along = (item: Item, isDown: boolean): Item | undefined => {
    if (item.inside && isDown) return item.inside.items[0];
    const ends = isDown ? (from.get(item) ?? []).map(link => link.to) : (into.get(item) ?? []).map(link => link.from);
    const next = ends.toSorted((a, b) => far(item, a) - far(item, b))[0];
    if (next || !item.inside) return next;
    // An open block reads what its content reads from outside.
    return item.inside.items
      .flatMap(inner => (into.get(inner) ?? []).map(link => link.from))
      .find(each => !isIn(each, item));
  };
  const far = (a: Item, b: Item): number => {
    const [own, other] = [drawing.spots.get(a.id), drawing.spots.get(b.id)];
    return own && other ? Math.abs(own.y - other.y) + Math.abs(own.x - other.x) / 4 : Number.POSITIVE_INFINITY;
  };

  canvas.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !items) return;
    const item = items.byId.get(focusId ?? '');
    if (!item) return;
    const { items: outermost } = items.root;
    switch (event.key) {
      case 'ArrowDown':
        focusOn(along(item, true));
        break;
      case 'ArrowUp':
        focusOn(along(item, false));
        break;
      case 'ArrowLeft':
        focusOn(beside(item, false));
        break;
      case 'ArrowRight':
        focusOn(beside(item, true));
        break;
      case 'Home':
        focusOn(outermost[0]);
        break;
      case 'End':
        focusOn(outermost.findLast(({ kind }) => kind !== 'output') ?? outermost.at(-1));
        break;
      case 'Enter':
        if (item.canOpen) toggle(item);
        else choose(item, true);
        break;
      case ' ':
        choose(item, false);
        break;
      case 'Escape':
        focusOn(item.parent);
        break;
      case '+':
      case '=':
        zoomBy(1.25);
        break;
      case '-':
        zoomBy(1 / 1.25);
        break;
      case '0':
        fit();
        break;
      default:
        return;
    }
    event.preventDefault();
  });

  const choose = (item: Item, focus: boolean): void => {
    const [row] = item.rows;
    if (row) reveal(row, focus);
  };

  let drag: { readonly x: number; readonly y: number; isMoved: boolean } | undefined;
  canvas.addEventListener('pointerdown', event => {
    if (event.button > 1) return;
    drag = { x: event.clientX - left, y: event.clientY - top, isMoved: false };
  });
  canvas.addEventListener('pointermove', event => {
    if (!drag || event.buttons === 0) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.isMoved && Math.hypot(x - left, y - top) < 4) return;
    if (!drag.isMoved) canvas.setPointerCapture(event.pointerId);
    drag.isMoved = true;
    canvas.classList.add('dragged');
    [left, top] = [x, y];
    place();
  });
  const drop = (): void => {
    if (drag?.isMoved) changed();
    canvas.classList.remove('dragged');
  };
  canvas.addEventListener('pointerup', drop);
  canvas.addEventListener('pointercancel', drop);
  canvas.addEventListener('click', event => {
    const isDragged = drag?.isMoved;
    drag = undefined;
    if (isDragged || !items) return;
    const hit = drawing.hit(event.target as Element);
    const item = hit && items.byId.get(hit.id);
    if (!item) return;
    focusOn(item, false);
    if (hit.isTwistie) toggle(item);
    else choose(item, false);
  });
  canvas.addEventListener('dblclick', event => {
    const hit = drawing.hit(event.target as Element);
    const item = hit && items?.byId.get(hit.id);
    if (!item || hit.isTwistie) return;
    if (item.canOpen) toggle(item);
    else choose(item, true);
  });
  canvas.addEventListener(
    'wheel',
    event => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        const { left: x, top: y } = canvas.getBoundingClientRect();
        zoomBy(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)), event.clientX - x, event.clientY - y);
        return;
      }
      const unit = event.deltaMode === 1 ? 16 : 1;
      left -= (event.shiftKey ? event.deltaY : event.deltaX) * unit;
      top -= (event.shiftKey ? 0 : event.deltaY) * unit;
      moved();
    },
    { passive: false },
  );

  new ResizeObserver(entries => {
    const { width = 0, height = 0 } = entries.at(-1)?.contentRect ?? {};
    if (width === 0 || height === 0) return;
    // Keep the center in place.
    if (view.width > 0) left += (width - view.width) / 2;
    view = { width, height };
    if (scale === 0 && laid) begin();
    else place();
  }).observe(canvas);
  // Another font has other text widths.
  new MutationObserver(() => {
    fonts = undefined;
  }).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });

  /** The initial view: the whole graph, or its beginning if that would be too small to read. */
  const begin = (): void => {
    fit(scales.first);
    const [id] = current;
    const spot = id === undefined ? undefined : drawing.spots.get(id);
    if (spot) bring(spot);
  };

  let title: string | undefined;
  return {
    name: 'graph',
    words: l10n.t('Graph'),
    element: whole,
    get state(): GraphState {
      return { open: [...open].slice(-500), at: [scale, left, top] };
    },
    show: (next, chosen) => {
      metric = chosen;
      isShown = next !== undefined;
      if (!next) {
        run++;
        return;
      }
      measures.show(next, metric);
      const isOther = title !== undefined && title !== next.uri;
      title = next.uri;
      if (isOther) {
        open.clear();
        focusId = undefined;
        scale = 0;
        note.textContent = '';
        cursor = [];
      }
      cursor = cursor.flatMap(row => next.byId.get(row.id) ?? []);
      network = next;
      look();
      arrange(() => {
        if (scale === 0) begin();
      });
    },
    follow: rows => {
      cursor = rows;
      if (!isShown || !items) return;
      draw();
      const [id] = current;
      const spot = id === undefined ? undefined : drawing.spots.get(id);
      if (spot && scale > 0) bring(spot);
      if (id !== undefined && !canvas.contains(document.activeElement)) {
        drawing.elementOf(focusId ?? '')?.setAttribute('tabindex', '-1');
        focusId = id;
        drawing.elementOf(id)?.setAttribute('tabindex', '0');
      }
    },
  };
}

const isIn = (item: Item, outer: Item): boolean => {
  for (let at: Item | undefined = item; at; at = at.parent) if (at === outer) return true;
  return false;
};

/** The first few names as text. */
function listed(names: readonly string[]): string {
  const few = 4;
  const text = names.slice(0, few).join(', ');
  return names.length > few ? l10n.t('{0} and {1} more', text, names.length - few) : text;
}
