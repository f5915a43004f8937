// The table: a tree grid of which the lines in view alone are in the page.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import * as l10n from '@vscode/l10n';
import { element, setAttributes } from './dom.ts';
import { type Grouping, type Line, type Lines, linesOf, type Sort, type Sum, sumOf } from './lines.ts';
import { type Metric, type Network, pathOf, type Row } from './network.ts';
import { changeOf, exactQuantity, metricName, quantity, shareOf } from './words.ts';

export interface TableOptions {
  /** A row was chosen: `focus` where the editor is to have the focus then. */
  readonly choose: (row: Row, focus: boolean) => void;
  /** Another row has the focus, or none. */
  readonly focused: (row: Row | undefined) => void;
  /** What is kept has changed. */
  readonly changed: () => void;
}

export interface Table {
  readonly element: HTMLElement;
  readonly lines: readonly Line[];
  readonly expanded: ReadonlySet<string>;
  show(
    network: Network | undefined,
    wish: { readonly metric: Metric; readonly group: Grouping; readonly filter: string },
  ): void;
  /** Marks the rows that the cursor is on, and brings the first of them into view. */
  follow(rows: readonly Row[]): void;
  /** Moves to a row, which is opened to. */
  moveTo(row: Row, focus: boolean): void;
  openAll(isOpen: boolean): void;
}

type Column = 'name' | 'shape' | Metric | 'change';

/** What is in a cell, and what tells whether that is there already. */
interface Cell {
  readonly key: string;
  readonly content: () => readonly (Node | string)[];
  readonly isNothing?: boolean;
}

const rowHeight = 22;
const headHeight = 26;
/** A width that is enough for a name and a number alone. */
const narrow = 360;

export function createTable({ choose, focused, changed }: TableOptions, initial: readonly string[]): Table {
  const head = element('div', { role: 'rowgroup', class: 'head' });
  const body = element('div', { role: 'rowgroup', class: 'body' });
  const foot = element('div', { role: 'rowgroup', class: 'foot' });
  const grid = element('div', { role: 'treegrid', class: 'grid', 'aria-label': l10n.t('Layers') }, head, body, foot);

  let network: Network | undefined;
  let wish: { readonly metric: Metric; readonly group: Grouping; readonly filter: string } = {
    metric: 0,
    group: 'none',
    filter: '',
  };
  let sort: Sort = { by: 'order', descending: false };
  const expanded = new Set(initial);
  /** Opened to show where the cursor is, and closed when it is elsewhere. */
  let opened = new Set<string>();
  let found: Lines = { lines: [], matches: undefined };
  let columns: readonly Column[] = ['name', 0];
  let atCursor = new Set<string>();
  let focusId: string | undefined;
  const elements = new Map<string, HTMLElement>();
  /** Set while the whole table is redrawn, so that the virtualizer's notifications about it are ignored. */
  let isUpdating = false;

  const index = (): number =>
    Math.max(
      0,
      found.lines.findIndex(({ id }) => id === focusId),
    );
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
    count: 0,
    getScrollElement: () => grid,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      if (!isUpdating) renderBody();
    },
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    scrollPaddingEnd: headHeight,
    // What has the focus stays in the page wherever one scrolls.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const own = index();
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
      if (own < first) indexes.unshift(own);
      else if (own > last && own < count) indexes.push(own);
      return indexes;
    },
  });
  virtualizer._didMount();

  // --- What is shown ------------------------------------------------------------------------------------------------

  const update = (): void => {
    const all = new Set([...expanded, ...opened]);
    found = network ? linesOf(network, { ...wish, sort, expanded: all }) : { lines: [], matches: undefined };
    if (!found.lines.some(({ id }) => id === focusId)) focusId = nearest() ?? found.lines[0]?.id;
    isUpdating = true;
    virtualizer.setOptions({ ...virtualizer.options, count: found.lines.length });
    virtualizer._willUpdate();
    virtualizer.measure();
    isUpdating = false;
    setAttributes(grid, {
      'aria-rowcount': found.lines.length + 2,
      'aria-colcount': columns.length,
    });
    const isNarrow = width < narrow;
    grid.classList.toggle('narrow', isNarrow);
    const widths = columns.map(column => widthOf(column, isNarrow)).join(' ');
    if (grid.style.getPropertyValue('--columns') !== widths) grid.style.setProperty('--columns', widths);
    renderHead();
    renderBody();
    renderFoot();
  };

  /** What is around a row that is not shown any more. */
  const nearest = (): string | undefined => {
    for (let row = focusId === undefined ? undefined : network?.byId.get(focusId); row; row = row.parent) {
      const { id } = row;
      if (found.lines.some(line => line.id === id)) return id;
    }
    return undefined;
  };

  let headWritten = '';
  const renderHead = (): void => {
    if (!network) {
      head.replaceChildren();
      headWritten = '';
      return;
    }
    const { content } = network;
    const names = columns.map(column => columnName(column, content, wish.metric));
    const now = JSON.stringify([columns, names, sort]);
    if (now === headWritten) return;
    headWritten = now;
    const cells = columns.map((column, at) => {
      const by = column;
      const isSorted = sort.by === by;
      const name = names[at]!;
      const button = element(
        'button',
        { type: 'button', title: sortText(name), tabindex: -1 },
        element('span', {}, name),
      );
      if (isSorted)
        button.append(element('span', { class: 'arrow', 'aria-hidden': 'true' }, sort.descending ? '↓' : '↑'));
      button.addEventListener('click', () => sortBy(by));
      return element(
        'div',
        {
          role: 'columnheader',
          class: `cell ${classOf(column)}`,
          'aria-colindex': at + 1,
          'aria-sort': isSorted ? (sort.descending ? 'descending' : 'ascending') : undefined,
        },
        button,
      );
    });
    const row = element('div', { role: 'row', class: 'row', 'aria-rowindex': 1 }, ...cells);
    // One stop of the Tab key, as every row.
    const focusAt = [...head.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
    head.replaceChildren(row);
    const buttons = [...head.querySelectorAll('button')];
    (buttons[Math.max(0, focusAt)] ?? buttons[0])?.setAttribute('tabindex', '0');
    if (focusAt >= 0) buttons[focusAt]?.focus();
  };

  const renderBody = (): void => {
    const items = virtualizer.getVirtualItems();
    const height = `${virtualizer.getTotalSize()}px`;
    if (body.style.height !== height) body.style.height = height;
    const seen = new Set<string>();
    for (const item of items) {
      const line = found.lines[item.index];
      if (!line || !network) continue;
      seen.add(line.id);
      let own = elements.get(line.id);
      if (!own) {
        own = element('div', { role: 'row', class: 'row', 'data-id': line.id });
        elements.set(line.id, own);
        body.append(own);
      }
      const place = `translateY(${item.start - headHeight}px)`;
      if (own.style.transform !== place) own.style.transform = place;
      fill(own, line, item.index, network);
    }
    for (const [id, own] of elements) {
      if (seen.has(id)) continue;
      own.remove();
      elements.delete(id);
    }
    // What is read from the page is in the order in which it is seen.
    let previous: Element | null = null;
    for (const item of items) {
      const own = elements.get(found.lines[item.index]?.id ?? '');
      if (!own) continue;
      if (own.previousElementSibling !== previous && own !== document.activeElement)
        body.insertBefore(own, previous ? previous.nextSibling : body.firstChild);
      previous = own;
    }
  };

  const written = new WeakMap<Element, readonly unknown[]>();
  const fill = (own: HTMLElement, line: Line, at: number, { content }: Network): void => {
    const { row, group, level, isOpen } = line;
    setAttributes(own, {
      'aria-rowindex': at + 2,
      'aria-level': level,
      'aria-expanded': isOpen === undefined ? undefined : String(isOpen),
      'aria-current': atCursor.has(line.id) ? 'true' : undefined,
      tabindex: line.id === focusId ? 0 : -1,
      class: `row${group ? ' group' : ''}${row?.data.change ? ` ${row.data.change.status}` : ''}`,
    });
    const key = [row?.data, group, level, isOpen, columns, content, wish.metric];
    const before = written.get(own);
    if (before && key.length === before.length && key.every((part, place) => part === before[place])) return;
    written.set(own, key);
    const sum: Sum = group
      ? sumOf(group.rows)
      : { costs: row!.data.costs, signs: row!.data.signs ?? ['', '', ''], by: row!.data.change?.by ?? [0, 0, 0] };
    const cells = columns.map((column): Cell => {
      if (column === 'name') return nameCell(line);
      if (column === 'shape') return { key: row?.data.shape ?? '', content: () => [row?.data.shape ?? ''] };
      if (column === 'change') return changeCell(line, sum, content);
      return numberCell(sum, column, content);
    });
    fillCells(own, cells);
    const title = row ? titleOf(row, content) : '';
    if (own.title !== title) own.title = title;
  };

  const cellsWritten = new WeakMap<Element, readonly string[]>();
  /** Puts cells into a row, those that say something else than what is there. */
  const fillCells = (own: HTMLElement, cells: readonly Cell[]): void => {
    const before = cellsWritten.get(own);
    const keys = cells.map(({ key, isNothing }, place) => `${columns[place]} ${isNothing} ${key}`);
    cellsWritten.set(own, keys);
    const made = (place: number): HTMLElement => {
      const { content, isNothing } = cells[place]!;
      return element(
        'div',
        {
          role: place === 0 ? 'rowheader' : 'gridcell',
          'aria-colindex': place + 1,
          class: `cell ${classOf(columns[place]!)}${isNothing ? ' nothing' : ''}`,
        },
        ...content(),
      );
    };
    if (before?.length !== keys.length) {
      own.replaceChildren(...keys.map((_, place) => made(place)));
      return;
    }
    for (const [place, key] of keys.entries()) if (key !== before[place]) own.children[place]!.replaceWith(made(place));
  };

  const nameCell = ({ row, group, level, isOpen }: Line): Cell => {
    const name = group ? (group.name === '' ? l10n.t('no image') : group.name) : row!.data.name;
    const type = group ? `×${group.rows.length}` : (row!.data.type ?? '');
    return {
      key: JSON.stringify([name, type, level, isOpen]),
      content: () => {
        const indent = element('span', { class: 'indent', 'aria-hidden': 'true' });
        indent.style.width = `${(level - 1) * 12}px`;
        const twistie = element('span', {
          class: `twistie${isOpen === undefined ? '' : isOpen ? ' open' : ' closed'}`,
          'aria-hidden': 'true',
        });
        const label = element('span', { class: 'label' }, name);
        return [indent, twistie, label, ...(type === '' ? [] : [element('span', { class: 'type' }, type)])];
      },
    };
  };

  const changeCell = ({ row }: Line, sum: Sum, content: Network['content']): Cell => {
    const change = row?.data.change;
    const amount = changeOf(sum.by[wish.metric] ?? null, wish.metric, content);
    const status = change ? statusText(change.status) : '';
    return {
      key: JSON.stringify([status, amount]),
      content: () => [
        ...(status === '' ? [] : [element('span', { class: 'status' }, status)]),
        ...(amount === '' ? [] : [element('span', { class: 'value' }, amount)]),
      ],
    };
  };

  const numberCell = ({ costs, signs }: Sum, metric: Metric, content: Network['content'], isWhole = false): Cell => {
    const value = costs[metric] ?? null;
    const total = content.totals.costs[metric];
    const sign = content.totals.signs?.[metric] ?? '';
    const most = sign.includes('≥') ? '≤ ' : sign.includes('≤') ? '≥ ' : '';
    const share = shareOf(value, total);
    const isNothing = value === 0;
    const words = quantity(value, metric, content, signs[metric]);
    const shareWords = share === '' || isNothing || isWhole ? '' : most + share;
    // Less than a thousandth of a bar is invisible.
    const part = value !== null && total ? `${Number(Math.min(100, (100 * value) / total).toFixed(1))}%` : '0';
    // That all is all need not be said.
    const isHidden = isWhole || isNothing || value === null;
    return {
      key: JSON.stringify([words, shareWords, part, isHidden]),
      isNothing,
      content: () => {
        const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
        bar.style.width = part;
        bar.hidden = isHidden;
        return [bar, element('span', { class: 'value' }, words), element('span', { class: 'share' }, shareWords)];
      },
    };
  };

  const footRow = element('div', { role: 'row', class: 'row' });
  const renderFoot = (): void => {
    if (!network) {
      foot.replaceChildren();
      return;
    }
    const { content } = network;
    const { totals, since } = content;
    const { matches } = found;
    const sum: Sum = matches
      ? sumOf(matches)
      : { costs: totals.costs, signs: totals.signs ?? ['', '', ''], by: since?.by ?? [0, 0, 0] };
    const cells = columns.map((column): Cell => {
      if (column === 'name') {
        const name = matches ? l10n.t('Found ({0})', matches.length) : l10n.t('Total');
        return {
          key: name,
          content: () => [element('span', { class: 'indent' }), element('span', { class: 'label' }, name)],
        };
      }
      if (column === 'change') {
        const words = changeOf(sum.by[wish.metric] ?? null, wish.metric, content);
        return { key: words, content: () => [element('span', { class: 'value' }, words)] };
      }
      if (column === 'shape') return { key: '', content: () => [] };
      return numberCell(sum, column, content, matches === undefined);
    });
    setAttributes(footRow, { 'aria-rowindex': found.lines.length + 2, title: totals.why });
    fillCells(footRow, cells);
    if (footRow.parentElement !== foot) foot.append(footRow);
  };

  // --- What a person does -------------------------------------------------------------------------------------------

  const sortBy = (by: Sort['by']): void => {
    // The costliest first, names from the first on; a third time is the order of the network.
    const first = by !== 'name' && by !== 'shape';
    if (sort.by !== by) sort = { by, descending: first };
    else if (sort.descending === first) sort = { by, descending: !first };
    else sort = { by: 'order', descending: false };
    update();
  };

  const setFocus = (at: number, withFocus = true): void => {
    const line = found.lines[at];
    if (!line) return;
    focusId = line.id;
    virtualizer.scrollToIndex(at, { align: 'auto' });
    renderBody();
    if (withFocus) elements.get(line.id)?.focus({ preventScroll: true });
    focused(line.row);
  };

  const toggle = (line: Line, isOpen: boolean): void => {
    if (line.isOpen === undefined) return;
    if (isOpen) expanded.add(line.id);
    else {
      expanded.delete(line.id);
      opened.delete(line.id);
    }
    update();
    elements.get(focusId ?? '')?.focus({ preventScroll: true });
    changed();
  };

  const lineOf = (target: EventTarget | null): number => {
    const own = (target as Element | null)?.closest<HTMLElement>('[data-id]');
    return own ? found.lines.findIndex(({ id }) => id === own.dataset.id) : -1;
  };

  body.addEventListener('click', event => {
    const at = lineOf(event.target);
    const line = found.lines[at];
    if (!line) return;
    setFocus(at);
    const isTwistie = (event.target as Element).classList.contains('twistie');
    if (isTwistie || !line.row) toggle(line, !line.isOpen);
    else choose(line.row, false);
  });
  body.addEventListener('dblclick', event => {
    const row = found.lines[lineOf(event.target)]?.row;
    if (row) choose(row, true);
  });
  body.addEventListener('focusin', event => {
    const line = found.lines[lineOf(event.target)];
    if (line) focused(line.row);
  });

  head.addEventListener('keydown', event => {
    const buttons = [...head.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to =
      event.key === 'ArrowRight'
        ? at + 1
        : event.key === 'ArrowLeft'
          ? at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? buttons.length - 1
              : undefined;
    if (event.key === 'ArrowDown') setFocus(index());
    else if (to !== undefined && buttons[to]) {
      for (const button of buttons) button.tabIndex = -1;
      buttons[to].tabIndex = 0;
      buttons[to].focus();
    } else return;
    event.preventDefault();
  });

  body.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = index();
    const line = found.lines[at];
    if (!line) return;
    const page = Math.max(1, Math.floor((grid.clientHeight - 2 * headHeight) / rowHeight) - 1);
    const last = found.lines.length - 1;
    switch (event.key) {
      case 'ArrowDown':
        setFocus(Math.min(last, at + 1));
        break;
      case 'ArrowUp':
        setFocus(Math.max(0, at - 1));
        break;
      case 'PageDown':
        setFocus(Math.min(last, at + page));
        break;
      case 'PageUp':
        setFocus(Math.max(0, at - page));
        break;
      case 'Home':
        setFocus(0);
        break;
      case 'End':
        setFocus(last);
        break;
      case 'ArrowRight':
        if (line.isOpen === false) toggle(line, true);
        else if (line.isOpen) setFocus(at + 1);
        break;
      case 'ArrowLeft':
        if (line.isOpen) toggle(line, false);
        else {
          const parent = found.lines.findLastIndex((other, place) => place < at && other.level < line.level);
          if (parent >= 0) setFocus(parent);
        }
        break;
      case 'Enter':
        if (line.row) choose(line.row, true);
        else toggle(line, !line.isOpen);
        break;
      case ' ':
        if (line.row) choose(line.row, false);
        else toggle(line, !line.isOpen);
        break;
      default:
        return;
    }
    event.preventDefault();
  });

  // --- Its size -----------------------------------------------------------------------------------------------------

  let width = 0;
  const fit = (): void => {
    const isCompared = network?.content.since !== undefined;
    const room = isCompared ? width - 120 : width;
    const all: readonly Metric[] = room < 650 ? [wish.metric] : [0, 1, 2];
    const shown: readonly Column[] = [
      'name',
      ...(room < narrow ? [] : (['shape'] as const)),
      ...all,
      ...(isCompared ? (['change'] as const) : []),
    ];
    if (shown.join() !== columns.join()) columns = shown;
  };
  new ResizeObserver(entries => {
    const now = entries.at(-1)?.contentRect.width ?? 0;
    if (now === width) return;
    width = now;
    const before = columns;
    fit();
    if (columns !== before) update();
  }).observe(grid);

  return {
    element: grid,
    get lines() {
      return found.lines;
    },
    expanded,
    show: (next, other) => {
      network = next;
      wish = other;
      // Of other rows than there are, nothing is kept.
      if (next) for (const id of atCursor) if (!next.byId.has(id)) atCursor.delete(id);
      fit();
      const hadFocus = body.contains(document.activeElement);
      update();
      if (hadFocus) elements.get(focusId ?? '')?.focus({ preventScroll: true });
    },
    follow: rows => {
      atCursor = new Set(rows.map(({ id }) => id));
      const current = focusId === undefined ? undefined : network?.byId.get(focusId);
      // Where a row is one of many uses, the one that a person looked at last.
      const target =
        rows.find(row => row.id === focusId) ??
        rows.find(row => current && outermost(row) === outermost(current)) ??
        rows[0];
      opened = new Set(target && wish.group === 'none' ? around(target) : []);
      update();
      const at = found.lines.findIndex(({ id }) => id === target?.id);
      if (at >= 0) setFocus(at, body.contains(document.activeElement));
    },
    moveTo: (row, focus) => {
      opened = new Set(around(row));
      update();
      const at = found.lines.findIndex(({ id }) => id === row.id);
      if (at >= 0) setFocus(at, focus);
    },
    openAll: isOpen => {
      if (!isOpen) {
        expanded.clear();
        opened.clear();
      } else for (const line of found.lines) if (line.isOpen !== undefined) expanded.add(line.id);
      update();
      changed();
    },
  };
}

function around(row: Row): readonly string[] {
  const ids: string[] = [];
  for (let at = row.parent; at; at = at.parent) ids.push(at.id);
  return ids;
}

function outermost(row: Row): Row {
  return row.parent ? outermost(row.parent) : row;
}

function widthOf(column: Column, isNarrow: boolean): string {
  switch (column) {
    case 'name':
      return isNarrow ? 'minmax(6em, 1fr)' : 'minmax(9em, 1fr)';
    case 'shape':
      return 'minmax(7em, 10em)';
    case 'change':
      return isNarrow ? '6em' : '9em';
    case 2:
      return isNarrow ? '7em' : '11.4em';
    default:
      return isNarrow ? '5.6em' : '10em';
  }
}

function classOf(column: Column): string {
  return typeof column === 'number' ? 'number' : column;
}

function columnName(column: Column, content: Network['content'], metric: Metric): string {
  switch (column) {
    case 'name':
      return l10n.t('Layer');
    case 'shape':
      return l10n.t('Output');
    case 'change':
      return l10n.t('{0} ({1})', content.since?.text ?? '', metricName(metric, content));
    default:
      return metricName(column, content);
  }
}

const sortText = (name: string): string => l10n.t('Sort by {0}', name);

function statusText(status: 'changed' | 'added' | 'removed'): string {
  switch (status) {
    case 'added':
      return l10n.t('new');
    case 'removed':
      return l10n.t('removed');
    case 'changed':
      return '';
  }
}

/** All numbers of a row to the last digit, and why they are not certain. */
function titleOf(row: Row, content: Network['content']): string {
  const { type, shape, costs, signs, why } = row.data;
  const head = [pathOf(row), type, shape].filter(part => part).join(' · ');
  const numbers = ([0, 1, 2] as const).map(metric => exactQuantity(costs[metric], metric, content, signs?.[metric]));
  return [head, ...numbers, ...(why === undefined ? [] : [why])].join('\n');
}
