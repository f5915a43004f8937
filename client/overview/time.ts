// The roofline of a network on a device: each layer by the operations that it does for a byte of memory traffic, and the
// time that it takes at least.
import * as l10n from '@vscode/l10n';
import { bytes, percent, si } from '../../server/src/core/text/quantity.ts';
import type { Placed, TimeContent, TimeRow } from '../../server/src/protocol/index.ts';
import { element } from './dom.ts';
import type { Ask } from './messages.ts';
import type { Network, Row } from './network.ts';
import { rowsAfter, type ShowLine, type Spot, spotAt, spotsOf } from './places.ts';
import { createRefresh } from './refresh.ts';
import { createSlider } from './slider.ts';
import { part, swatch } from './svg.ts';
import type { View } from './view.ts';

const quiet = 150;
const tall = 260;
const margin = { left: 66, right: 14, top: 14, bottom: 34 };
/** So many of the slowest layers are listed. */
const mostRows = 60;

interface Shown {
  readonly network: Network;
  readonly content: TimeContent;
  readonly rows: readonly Placed<TimeRow>[];
  readonly lines: readonly number[];
  readonly spots: readonly (Spot | undefined)[];
}

export function createTime(ask: Ask, showLine: ShowLine): View {
  const deviceList = element('select');
  const tools = element('div', { class: 'tools' }, element('label', {}, l10n.t('Device'), deviceList));
  const figures = element('dl', { class: 'figures' });
  const legend = element('p', { class: 'legend' });
  const table = element('table', {});
  const rest = element('p', { class: 'legend' });
  const nothing = element('p', { class: 'empty' });
  const notes = element('div', { class: 'notes' });

  let device: string | undefined;
  let shown: Shown | undefined;
  let at = 0;
  /** What the cursor is on, unless a person went elsewhere in the chart since. */
  let atCursor: readonly Row[] = [];

  const refresh = createRefresh(quiet, async (asked, isCurrent) => {
    const before = shown?.network.uri === asked.uri ? shown : undefined;
    const content = await ask('flopline/time', {
      textDocument: { uri: asked.uri },
      ...(device === undefined ? {} : { device }),
      ...(before ? { known: before.content.id } : {}),
    });
    if (!isCurrent() || !content) return false;
    const rows = rowsAfter(before?.rows ?? [], content.rows);
    const lines = content.lines ?? before?.lines ?? [];
    shown = { network: asked, content, rows, lines, spots: spotsOf(rows, content, lines, asked.uri) };
    // The slowest one, of another file.
    if (!before)
      at = rows.reduce((best, { seconds }, own) => ((seconds ?? 0) > (rows[best]!.seconds ?? 0) ? own : best), 0);
    at = Math.max(0, Math.min(at, rows.length - 1));
    render();
    goToCursor();
    return true;
  });

  const goToCursor = (): void => {
    // Rows of another document than the one that is known are of no use yet.
    if (!shown || refresh.network()?.uri !== shown.network.uri) return;
    const found = spotAt(shown.spots, atCursor, shown.network);
    if (found >= 0 && found !== at) move(found);
  };

  const move = (to: number): void => {
    if (!shown || shown.rows.length === 0) return;
    at = Math.max(0, Math.min(to, shown.rows.length - 1));
    chart.render();
    renderTable();
  };

  /** A person goes there: what is read again later leaves it so. */
  const choose = (to: number): void => {
    atCursor = [];
    move(to);
  };

  const reveal = (own: number, focus: boolean): void => {
    const spot = shown?.spots[own];
    if (spot) showLine(spot, focus);
  };

  const render = (): void => {
    if (!shown) return;
    const { content } = shown;
    const own = content.devices.find(({ name }) => name === content.device);
    deviceList.replaceChildren(
      ...content.devices.map(({ name, label }) =>
        element('option', { value: name, selected: name === content.device }, label),
      ),
    );
    const isKnown = content.roof !== undefined;
    for (const each of [figures, chart.element, legend, table, rest]) each.hidden = !isKnown;
    nothing.hidden = isKnown;
    nothing.textContent = (content.why ?? '').replaceAll('`', '');
    notes.replaceChildren(
      element(
        'p',
        {},
        l10n.t(
          'An estimate: each layer takes as long as its arithmetic at full speed, or its memory traffic at full bandwidth, whichever is longer. Caches, starting of kernels and overlap of layers are not counted.',
        ),
      ),
      element('p', {}, l10n.t('Device: {0}.', (own?.source ?? '').replace(/\.$/, ''))),
    );
    if (!content.roof) return;
    const { operations, bandwidth } = content.roof;
    const facts: readonly (readonly [string, string])[] = [
      [l10n.t('Estimated time'), content.sign + duration(content.seconds)],
      [l10n.t('Data type'), content.dtype],
      [l10n.t('Batch'), `${content.batch}`],
      [l10n.t('Arithmetic'), l10n.t('{0} operations/s', si(operations))],
      [l10n.t('Memory'), `${bytes(bandwidth)}/s`],
    ];
    figures.replaceChildren(
      ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    );
    legend.replaceChildren(
      swatch('roof', l10n.t('What the device can do')),
      swatch('compute', l10n.t('Layers that wait for arithmetic')),
      swatch('traffic', l10n.t('Layers that wait for memory')),
    );
    chart.render();
    renderTable();
  };

  const renderTable = (): void => {
    if (!shown?.content.roof) return;
    const { rows, content } = shown;
    const order = rows
      .map((_, own) => own)
      .sort((a, b) => (rows[b]!.seconds ?? Number.POSITIVE_INFINITY) - (rows[a]!.seconds ?? Number.POSITIVE_INFINITY));
    const listed = order.slice(0, mostRows);
    if (!listed.includes(at) && rows.length > 0) listed.push(at);
    const heads = [
      l10n.t('Layer'),
      l10n.t('Time'),
      l10n.t('Share'),
      l10n.t('Operations'),
      l10n.t('Traffic'),
      l10n.t('Operations per byte'),
      l10n.t('Waits for'),
    ];
    const body = listed.map(own => {
      const row = rows[own]!;
      const button = element('button', { type: 'button', class: 'goto' }, row.name);
      button.addEventListener('click', () => {
        choose(own);
        reveal(own, false);
      });
      const first = element('th', { scope: 'row' }, button);
      if (row.type !== '') first.append(' ', element('span', { class: 'muted' }, row.type));
      const { operations, bytes: traffic, seconds } = row;
      return element(
        'tr',
        { class: own === at ? 'now' : '', 'aria-current': own === at ? 'true' : undefined },
        first,
        element('td', {}, timeOf(row)),
        element('td', {}, seconds === null || content.seconds === 0 ? '?' : percent(seconds / content.seconds)),
        element('td', {}, operations === null ? '?' : si(Math.round(operations))),
        element('td', {}, traffic === null ? '?' : bytes(Math.round(traffic))),
        element('td', {}, intensityText(row)),
        element('td', {}, boundOf(row, content.roof!)),
      );
    });
    table.replaceChildren(
      element('caption', { class: 'unseen' }, l10n.t('Layers by estimated time')),
      element('thead', {}, element('tr', {}, ...heads.map(text => element('th', { scope: 'col' }, text)))),
      element('tbody', {}, ...body),
    );
    rest.textContent =
      rows.length > listed.length ? l10n.t('The slowest {0} of {1} layers.', mostRows, rows.length) : '';
  };

  deviceList.addEventListener('change', () => {
    device = deviceList.value;
    refresh.start();
  });
  const chart = createSlider({
    label: l10n.t('Layers by arithmetic intensity'),
    width: 960,
    count: () => (shown?.content.roof ? shown.rows.length : 0),
    current: () => at,
    page: direction => at + 10 * direction,
    text: () => {
      const row = shown!.rows[at]!;
      return [row.name, timeOf(row), boundOf(row, shown!.content.roof!)].filter(text => text !== '').join(', ');
    },
    draw: width => drawn(shown!.rows, shown!.content.roof!, at, width),
    placeAt: target => {
      const row = (target as Element | null)?.closest?.('[data-row]')?.getAttribute('data-row');
      return row === null || row === undefined ? undefined : Number(row);
    },
    move: choose,
    reveal: focus => reveal(at, focus),
  });

  return {
    name: 'time',
    words: l10n.t('Time'),
    element: element(
      'div',
      { class: 'moments' },
      ...[tools, figures, chart.element, legend, table, rest, nothing, notes],
    ),
    show: next => {
      refresh.show(next);
      goToCursor();
    },
    follow: rows => {
      atCursor = rows;
      goToCursor();
    },
  };
}

type Roof = NonNullable<TimeContent['roof']>;

/** `1.24 ms`, `18 µs`. */
function duration(seconds: number): string {
  const [value, unit] = seconds >= 1 ? [seconds, 's'] : seconds >= 1e-3 ? [seconds * 1e3, 'ms'] : [seconds * 1e6, 'µs'];
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}

const timeOf = ({ seconds }: Pick<TimeRow, 'seconds'>): string => (seconds === null ? '?' : duration(seconds));

/** Operations for a byte of traffic; undefined where there is none of both. */
function intensityOf({ operations, bytes: traffic }: Pick<TimeRow, 'operations' | 'bytes'>): number | undefined {
  return operations && traffic ? operations / traffic : undefined;
}

function intensityText(row: Placed<TimeRow>): string {
  if (row.operations === null || row.bytes === null) return '?';
  const found = intensityOf(row) ?? 0;
  return found >= 100 ? found.toFixed(0) : found.toPrecision(2);
}

function isCompute({ operations, bytes: traffic }: Pick<TimeRow, 'operations' | 'bytes'>, roof: Roof): boolean {
  return (operations ?? 0) / roof.operations > (traffic ?? 0) / roof.bandwidth;
}

function boundOf(row: Placed<TimeRow>, roof: Roof): string {
  if (row.operations === null || row.bytes === null) return '?';
  return isCompute(row, roof) ? l10n.t('arithmetic') : l10n.t('memory');
}

/** The roof, and below it each layer where its intensity allows it to be; both axes in powers of ten. */
function drawn(rows: readonly Placed<TimeRow>[], roof: Roof, current: number, width: number): SVGElement {
  const drawing = part('svg', { viewBox: `0 0 ${Math.max(1, width)} ${tall}`, height: tall, 'aria-hidden': 'true' });
  const ridge = roof.operations / roof.bandwidth;
  const places = rows.flatMap((row, at) => {
    const intensity = intensityOf(row);
    return intensity === undefined ? [] : [{ at, row, intensity }];
  });
  if (width <= 0) return drawing;
  const all = places.map(({ intensity }) => intensity);
  const left = Math.floor(Math.log10(Math.min(ridge / 4, ...all)));
  const right = Math.ceil(Math.log10(Math.max(ridge * 4, ...all)));
  const top = Math.log10(roof.operations) + 0.15;
  const bottom = Math.min(Math.log10(roof.bandwidth) + left, top - 1);
  const inner = width - margin.left - margin.right;
  const floor = tall - margin.bottom;
  const x = (intensity: number): number =>
    margin.left + (inner * (Math.log10(intensity) - left)) / Math.max(1, right - left);
  const y = (speed: number): number =>
    floor - ((floor - margin.top) * (Math.log10(speed) - bottom)) / Math.max(0.1, top - bottom);
  const roofAt = (intensity: number): number => Math.min(roof.operations, intensity * roof.bandwidth);
  for (let power = left; power <= right; power++) {
    const own = x(10 ** power);
    drawing.append(
      part('line', { class: 'axis', x1: own, x2: own, y1: margin.top, y2: floor }),
      part('text', { x: own, y: floor + 16, 'text-anchor': 'middle' }, power < 0 ? `${10 ** power}` : si(10 ** power)),
    );
  }
  for (let power = Math.ceil(bottom); power <= top; power++) {
    const own = y(10 ** power);
    drawing.append(
      part('line', { class: 'axis', x1: margin.left, x2: width - margin.right, y1: own, y2: own }),
      part('text', { x: margin.left - 6, y: own + 4, 'text-anchor': 'end' }, `${si(10 ** power)}/s`),
    );
  }
  drawing.append(
    part(
      'text',
      { x: margin.left + inner / 2, y: tall - 4, 'text-anchor': 'middle' },
      l10n.t('Operations per byte of memory traffic'),
    ),
    part('path', {
      class: 'roof',
      d: `M${x(10 ** left).toFixed(1)} ${y(roofAt(10 ** left)).toFixed(1)}L${x(ridge).toFixed(1)} ${y(roof.operations).toFixed(1)}H${x(10 ** right).toFixed(1)}`,
    }),
  );
  const most = Math.max(...rows.map(({ seconds }) => seconds ?? 0));
  for (const { at, row, intensity } of places) {
    const size = 3 + 6 * Math.sqrt((row.seconds ?? 0) / Math.max(most, Number.MIN_VALUE));
    const kind = isCompute(row, roof) ? 'compute' : 'traffic';
    drawing.append(
      part('circle', { class: `layer ${kind}`, cx: x(intensity), cy: y(roofAt(intensity)), r: size, 'data-row': at }),
    );
  }
  const own = places.find(({ at }) => at === current);
  if (own) {
    const size = 3 + 6 * Math.sqrt((own.row.seconds ?? 0) / Math.max(most, Number.MIN_VALUE));
    const [cx, cy] = [x(own.intensity), y(roofAt(own.intensity))];
    const isLeft = cx > width / 2;
    drawing.append(
      part('circle', { class: 'ring', cx, cy, r: size + 3 }),
      part(
        'text',
        { x: isLeft ? cx - size - 6 : cx + size + 6, y: cy + size + 14, 'text-anchor': isLeft ? 'end' : 'start' },
        own.row.name,
      ),
    );
  }
  return drawing;
}
