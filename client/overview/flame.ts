// The flame graph: a cost broken down from the network to its operators. It is drawn on a canvas, which screen readers
// cannot read; the table shows the same data.
import * as l10n from '@vscode/l10n';
import { element } from './dom.ts';
import type { Metric, Network, Row } from './network.ts';
import { metricName, quantity, shareOf } from './words.ts';

/** The box of a row: its extent as fractions of the total, and its depth. */
export interface Box {
  /** Undefined for the whole network. */
  readonly row: Row | undefined;
  /** A fraction of the total, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** The boxes of all rows that cost something, the whole network first; a box precedes the boxes inside it. */
export function boxesOf({ rows, content }: Network, metric: Metric): readonly Box[] {
  const boxes: Box[] = [];
  const total = content.totals.costs[metric] ?? 0;
  if (total === 0) return boxes;
  const add = (list: readonly Row[], start: number, depth: number): void => {
    let at = start;
    for (const row of list) {
      const value = row.data.costs[metric] ?? 0;
      if (value === 0) continue;
      const to = at + value / total;
      boxes.push({ row, from: at, to, depth });
      add(row.rows, at, depth + 1);
      at = to;
    }
  };
  boxes.push({ row: undefined, from: 0, to: 1, depth: 0 });
  add(rows, 0, 1);
  return boxes;
}

export interface FlameOptions {
  /** Called when the user chooses a box. */
  readonly choose: (row: Row, focus: boolean) => void;
  /** Called when the focus moves to another box. */
  readonly focused: (row: Row) => void;
}

export interface Flame {
  readonly element: HTMLElement;
  show(network: Network | undefined, metric: Metric): void;
  /** Highlights a row. */
  select(row: Row | undefined): void;
}

const height = 20;
/** Boxes narrower than this, in pixels, are not drawn: they could not be seen or clicked. */
const least = 0.75;

export function createFlame({ choose, focused }: FlameOptions): Flame {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  const tip = element('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  const label = element('div', { class: 'unseen', id: 'flame-box' });
  const holder = element(
    'div',
    {
      class: 'flame',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': l10n.t('flame graph'),
      'aria-describedby': 'flame-box',
    },
    canvas,
    tip,
    label,
  );
  let network: Network | undefined;
  let metric: Metric = 0;
  let boxes: readonly Box[] = [];
  /** The row that fills the whole width, and the selected row; undefined means the whole network. */
  let zoomId: string | undefined;
  let currentId: string | undefined;
  let width = 0;

  const boxOf = (id: string | undefined): Box | undefined =>
    id === undefined ? boxes[0] : boxes.find(({ row }) => row?.id === id);
  const zoom = (): Box => boxOf(zoomId) ?? boxes[0]!;
  const current = (): Box | undefined => boxOf(currentId);

  const xOf = (share: number): number => {
    const { from, to } = zoom();
    return ((share - from) / (to - from)) * width;
  };
  /** The current position of a box in pixels; undefined if it is out of view. */
  const placed = (box: Box): { readonly x: number; readonly w: number } | undefined => {
    const x = Math.max(0, xOf(box.from));
    const w = Math.min(width, xOf(box.to)) - x;
    return w >= least ? { x, w } : undefined;
  };

  const draw = (): void => {
    const context = canvas.getContext('2d');
    if (!context || width === 0) return;
    const visible = boxes.filter(placed);
    const depth = visible.reduce((most, box) => Math.max(most, box.depth), 0);
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round((depth + 1) * height * ratio);
    canvas.style.height = `${(depth + 1) * height}px`;
    context.scale(ratio, ratio);
    const style = getComputedStyle(document.body);
    const color = (name: string, other: string): string => style.getPropertyValue(name).trim() || other;
    const back = style.backgroundColor;
    const text = color('--vscode-foreground', 'CanvasText');
    const border = color('--vscode-contrastBorder', '');
    const focus = color('--vscode-focusBorder', text);
    const palette = ['blue', 'green', 'orange', 'purple', 'yellow', 'red'].map(name =>
      color(`--vscode-charts-${name}`, text),
    );
    context.font = `${style.getPropertyValue('--vscode-font-size') || '13px'} ${style.fontFamily}`;
    context.textBaseline = 'middle';
    for (const box of visible) {
      const { x, w } = placed(box)!;
      const y = box.depth * height;
      const isAround = box.depth < zoom().depth;
      context.globalAlpha = 1;
      context.fillStyle = back;
      context.fillRect(x, y, w, height);
      context.globalAlpha = border ? 0 : isAround ? 0.2 : 0.5;
      context.fillStyle = box.row ? palette[colorOf(box.row, palette.length)]! : text;
      if (!box.row) context.globalAlpha *= 0.4;
      context.fillRect(x, y, Math.max(least, w - 1), height - 1);
      context.globalAlpha = 1;
      if (border) {
        context.strokeStyle = border;
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, Math.max(0, w - 1), height - 1);
      }
      if (box.row && box.row.id === currentId) {
        context.strokeStyle = focus;
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, Math.max(1, w - 3), height - 3);
      }
      if (w < 18) continue;
      context.fillStyle = text;
      const words = fitted(context, labelsOf(box), w - 8);
      if (words !== '') context.fillText(words, x + 4, y + height / 2);
    }
  };

  /** The texts a box can show, from the most detailed to the shortest. */
  const labelsOf = ({ row, from, to }: Box): readonly string[] => {
    if (!network) return [];
    const share = shareOf(to - from, 1);
    if (!row) {
      const total = quantity(
        network.content.totals.costs[metric],
        metric,
        network.content,
        network.content.totals.signs?.[metric],
      );
      return [`${network.content.title} · ${total}`, network.content.title];
    }
    const { name, type, costs, signs } = row.data;
    const cost = quantity(costs[metric], metric, network.content, signs?.[metric]);
    const both = type ? `${name} ${type}` : name;
    // In `model.12`, the number alone says more than the prefix alone.
    const [short = name] = /[^.]+$/.exec(name) ?? [];
    return [`${both} · ${cost} · ${share}`, `${both} · ${share}`, both, name, short];
  };

  const textOf = (box: Box): string => {
    if (!network) return '';
    if (!box.row) return labelsOf(box)[0]!;
    const { shape } = box.row.data;
    return [labelsOf(box)[0]!, ...(shape ? [shape] : [])].join(' · ');
  };

  const describe = (): void => {
    const box = current();
    label.textContent = box ? textOf(box) : '';
    const name = network ? metricName(metric, network.content) : '';
    holder.setAttribute(
      'aria-label',
      l10n.t('{0} by layer. Arrow keys move, Enter zooms in, Escape zooms out, Space shows the line.', name),
    );
  };

  const refresh = (): void => {
    draw();
    describe();
  };

  const hit = (event: MouseEvent): Box | undefined => {
    const { left, top } = canvas.getBoundingClientRect();
    const [x, depth] = [event.clientX - left, Math.floor((event.clientY - top) / height)];
    return boxes.find(box => {
      if (box.depth !== depth) return false;
      const place = placed(box);
      return place !== undefined && x >= place.x && x < place.x + place.w;
    });
  };

  const zoomTo = (box: Box): void => {
    zoomId = box.row?.id;
    currentId = box.row?.id;
    refresh();
    if (box.row) focused(box.row);
  };

  canvas.addEventListener('click', event => {
    const box = hit(event);
    if (!box) return;
    zoomTo(box);
    if (box.row) choose(box.row, false);
  });
  canvas.addEventListener('dblclick', event => {
    const box = hit(event);
    if (box?.row) choose(box.row, true);
  });
  canvas.addEventListener('mousemove', event => {
    const box = hit(event);
    tip.hidden = !box;
    if (!box) return;
    tip.textContent = textOf(box);
    const { left, top } = holder.getBoundingClientRect();
    const x = Math.min(event.clientX - left + 12, Math.max(0, holder.clientWidth - tip.offsetWidth - 4));
    tip.style.transform = `translate(${Math.max(0, x)}px, ${event.clientY - top + holder.scrollTop + 16}px)`;
  });
  canvas.addEventListener('mouseleave', () => {
    tip.hidden = true;
  });

  holder.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = current() ?? boxes[0];
    if (!box) return;
    const at = boxes.indexOf(box);
    const move = (to: Box | undefined): void => {
      if (!to) return;
      currentId = to.row?.id;
      // If the target is out of view, zoom out to its parent.
      if (!placed(to)) zoomId = to.row?.parent?.id;
      refresh();
      if (to.row) focused(to.row);
    };
    switch (event.key) {
      case 'ArrowRight':
        move(boxes.slice(at + 1).find(({ depth }) => depth === box.depth));
        break;
      case 'ArrowLeft':
        move(boxes.slice(0, at).findLast(({ depth }) => depth === box.depth));
        break;
      case 'ArrowDown':
        move(boxes[at + 1]?.depth === box.depth + 1 ? boxes[at + 1] : undefined);
        break;
      case 'ArrowUp':
        if (box.row) move(boxOf(box.row.parent?.id));
        break;
      case 'Home':
        zoomTo(boxes[0]!);
        break;
      case 'Enter':
        zoomTo(box);
        break;
      case 'Escape':
        tip.hidden = true;
        if (zoomId === undefined) return;
        zoomId = zoom().row?.parent?.id;
        refresh();
        break;
      case ' ':
        if (box.row) choose(box.row, false);
        break;
      default:
        return;
    }
    event.preventDefault();
  });

  // Announce a box only when the user moves to it, not when the selection follows the table.
  holder.addEventListener('focus', () => label.setAttribute('aria-live', 'polite'));
  holder.addEventListener('blur', () => label.removeAttribute('aria-live'));

  new ResizeObserver(entries => {
    const now = entries.at(-1)?.contentRect.width ?? 0;
    if (now === width) return;
    width = now;
    draw();
  }).observe(holder);
  // The theme defines the colors. VS Code changes a class of the body when the theme changes.
  new MutationObserver(draw).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });

  return {
    element: holder,
    show: (next, other) => {
      network = next;
      metric = other;
      boxes = next ? boxesOf(next, metric) : [];
      if (!boxOf(zoomId)) zoomId = undefined;
      holder.hidden = boxes.length === 0;
      refresh();
    },
    select: row => {
      if (currentId === row?.id) return;
      currentId = row?.id;
      const box = boxOf(currentId);
      // Zoom out if the box would be out of view: its highlight would not be visible.
      if (box && boxes.length > 0 && !placed(box)) zoomId = box.row?.parent?.id;
      refresh();
    },
  };
}

/** Rows of one type always have the same color, whatever other types the network has. */
function colorOf({ data: { type, name } }: Row, count: number): number {
  let hash = 0;
  for (const letter of (type ?? name).replace(/[\d.]+/g, '').toLowerCase())
    hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
  return hash % count;
}

/** The first text that fits; if none does, the last one, truncated. */
function fitted(context: CanvasRenderingContext2D, texts: readonly string[], width: number): string {
  for (const text of texts) if (context.measureText(text).width <= width) return text;
  const last = texts.at(-1) ?? '';
  for (let length = last.length - 1; length > 3; length--) {
    const cut = `${last.slice(0, length)}…`;
    if (context.measureText(cut).width <= width) return cut;
  }
  return '';
}
