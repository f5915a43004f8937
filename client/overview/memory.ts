// The memory that a network takes while it runs, as a curve over its operators, and what is there at one of them.
import * as l10n from '@vscode/l10n';
import { bytes, percent } from '../../server/src/core/text/quantity.ts';
import type {
  MemoryContent,
  MemoryKind,
  MemoryMode,
  MemoryMoment,
  MemoryStretch,
  Placed,
  Spliced,
} from '../../server/src/protocol/index.ts';
import { element } from './dom.ts';
import type { Ask } from './messages.ts';
import type { Network, Row } from './network.ts';
import { rowsAfter, type ShowLine, type Spot, spotAt, spotsOf } from './places.ts';
import { createRefresh } from './refresh.ts';
import { createSlider } from './slider.ts';
import { levels, part, swatch } from './svg.ts';
import type { View } from './view.ts';

/** Milliseconds without a change after which it is asked for again, or what is there at another operator. */
const quiet = 150;
const tall = 210;
const margin = { left: 66, right: 14, top: 18, bottom: 10 };

interface Curve {
  readonly kind: MemoryKind;
  readonly bytes: readonly number[];
  readonly peak: { readonly step: number; readonly bytes: number };
  readonly saved: number;
  readonly isLeast: boolean;
}

/** What the page has of an answer, with what it had before. */
interface Shown {
  readonly network: Network;
  readonly content: MemoryContent;
  readonly operators: readonly number[];
  readonly curves: readonly Curve[];
  readonly stretches: readonly Placed<MemoryStretch>[];
  readonly lines: readonly number[];
  /** The first step of each stretch, and where it is. */
  readonly starts: readonly number[];
  readonly spots: readonly (Spot | undefined)[];
}

export function createMemory(ask: Ask, showLine: ShowLine): View {
  const modeList = element('select');
  const optimizerList = element('select');
  const optimizerLabel = element('label', {}, l10n.t('Optimizer'), optimizerList);
  const tools = element('div', { class: 'tools' }, element('label', {}, l10n.t('Memory of'), modeList), optimizerLabel);
  const figures = element('dl', { class: 'figures' });
  const legend = element('p', { class: 'legend' });
  const head = element('h2', {});
  const table = element('table', {});
  const rest = element('p', { class: 'legend' });
  const notes = element('div', { class: 'notes' });
  const nothing = element('p', { class: 'empty' });

  let mode: MemoryMode = 'inference';
  let optimizer = 3;
  let shown: Shown | undefined;
  let step = 0;
  /** What the cursor is on, unless a person went elsewhere in the chart since. */
  let atCursor: readonly Row[] = [];
  let looks = 0;
  let looking: ReturnType<typeof setTimeout> | undefined;

  modeList.append(
    element('option', { value: 'inference' }, l10n.t('Inference')),
    element('option', { value: 'training' }, l10n.t('A training step')),
  );

  const refresh = createRefresh(quiet, async (asked, isCurrent) => {
    const before = shown?.network.uri === asked.uri && shown.content.mode === mode ? shown : undefined;
    const params = { textDocument: { uri: asked.uri }, mode };
    const content = await ask('flopline/memory', before ? { ...params, known: before.content.id } : params);
    if (!isCurrent() || !content) return false;
    const isOther = shown?.network.uri !== asked.uri || shown.content.mode !== mode;
    shown = shownOf(asked, content, before);
    const last = shown.operators.length - 1;
    if (isOther) step = peakOf(shown)?.peak.step ?? 0;
    step = Math.max(0, Math.min(step, last));
    render();
    goToCursor();
    return true;
  });

  const goToCursor = (): void => {
    // Rows of another document than the one that is known are of no use yet.
    if (!shown || refresh.network()?.uri !== shown.network.uri) return;
    const at = spotAt(shown.spots, atCursor, shown.network);
    if (at >= 0 && stretchAt(shown, step) !== at) move(shown.starts[at]!);
  };

  const move = (to: number): void => {
    if (!shown) return;
    step = Math.max(0, Math.min(to, shown.operators.length - 1));
    renderChart();
    look();
  };

  /** A person goes there: what is read again later leaves it so. */
  const choose = (to: number): void => {
    atCursor = [];
    move(to);
  };

  /** What is there at the step: asked for when nobody moves on. */
  const look = (): void => {
    clearTimeout(looking);
    looking = setTimeout(async () => {
      const own = ++looks;
      const [now, kind] = [shown, shown && peakOf(shown)?.kind];
      if (!now || !kind) return;
      const params = { textDocument: { uri: now.network.uri }, mode, kind, step };
      const moment = await ask('flopline/memoryAt', params);
      // Where there is none, the text has become shorter: the curve of the new one comes.
      if (moment && own === looks && now === shown) renderMoment(moment);
    }, quiet);
  };

  const reveal = (at: number, focus: boolean): void => {
    const spot = shown?.spots[stretchAt(shown, at)];
    if (spot) showLine(spot, focus);
  };

  const render = (): void => {
    if (!shown) return;
    const { content, curves } = shown;
    const isTraining = content.mode === 'training';
    modeList.value = mode;
    optimizerLabel.hidden = !isTraining;
    optimizerList.replaceChildren(
      ...content.optimizers.map(({ name }, at) => element('option', { value: at, selected: at === optimizer }, name)),
    );
    const hasCurve = curves.length > 0;
    for (const each of [chart.element, legend, head, table, rest]) each.hidden = !hasCurve;
    nothing.hidden = content.why === undefined;
    nothing.textContent = (content.why ?? '').replaceAll('`', '');
    renderFigures();
    legend.replaceChildren(...curves.map(({ kind }) => swatch(kind, kindName(kind))));
    renderNotes();
    renderChart();
    if (hasCurve) look();
  };

  const renderFigures = (): void => {
    const { content, curves } = shown!;
    const isTraining = content.mode === 'training';
    const found: Node[] = [];
    const figure = (name: string, value: string, at?: number): void => {
      const words = element('dd', {}, value);
      if (at !== undefined) {
        const where = element('button', { type: 'button', class: 'goto' }, nameAt(at));
        where.addEventListener('click', () => {
          choose(at);
          reveal(at, false);
        });
        words.append(' ', where);
      }
      found.push(element('div', {}, element('dt', {}, name), words));
    };
    const sign = content.isLeast ? '≥ ' : '';
    for (const { kind, peak, saved, isLeast } of curves) {
      const own = isLeast ? '≥ ' : '';
      const name = isTraining
        ? l10n.t('Peak of the forward pass')
        : kind === 'ideal'
          ? l10n.t('Peak, ideal runtime')
          : l10n.t('Peak, eager PyTorch');
      figure(name, own + bytes(peak.bytes), peak.step);
      if (isTraining) figure(l10n.t('Saved for the backward pass'), own + bytes(saved));
    }
    figure(l10n.t('Parameters'), sign + bytes(content.parameters));
    if (isTraining) {
      const state = content.optimizers[optimizer]?.bytes ?? 0;
      figure(l10n.t('Gradients'), sign + bytes(content.gradients));
      figure(l10n.t('Optimizer'), sign + bytes(state));
      const peak = curves[0]?.peak.bytes;
      if (peak !== undefined) {
        const own = content.isLeast || curves[0]!.isLeast ? '≥ ' : '';
        figure(l10n.t('All together'), own + bytes(content.parameters + content.gradients + state + peak));
      }
    }
    figures.replaceChildren(...found);
  };

  const renderNotes = (): void => {
    const { curves, content } = shown!;
    const found: string[] = [];
    for (const { kind } of curves) {
      if (kind === 'ideal') {
        found.push(
          l10n.t(
            'An ideal runtime frees what is not read any more, and works in place where nothing else reads the input.',
          ),
        );
      } else {
        found.push(
          l10n.t(
            'Eager PyTorch frees a tensor when the program no longer refers to it, and works in place only where that is written. Rules and assumptions are those of PyTorch 1.13 on a CPU.',
          ),
        );
      }
    }
    if (content.mode === 'training')
      found.push(
        l10n.t(
          'All together is what is there if gradients are kept from the step before. The backward pass frees what was saved while it makes gradients.',
        ),
      );
    found.push(l10n.t('Memory that single operators use inside, and that allocators hold back, is not counted.'));
    notes.replaceChildren(...found.map(text => element('p', {}, text)));
  };

  const nameAt = (at: number): string => {
    const { stretches, operators, content } = shown!;
    const { name, type } = stretches[stretchAt(shown!, at)]!;
    const operator = content.names[operators[at]!]!;
    return name === '' || name === operator || name.endsWith(`.${operator}`)
      ? name || operator
      : type.toLowerCase() === operator.toLowerCase()
        ? name
        : `${name} (${operator})`;
  };

  const renderChart = (): void => {
    if (!shown || shown.curves.length === 0) return;
    chart.render();
    head.textContent = l10n.t('At {0}', nameAt(step));
    if (table.rows.length === 0) rest.textContent = '';
  };

  const stepText = (): string => {
    const { curves } = shown!;
    const values = curves.map(({ kind, bytes: list }) =>
      curves.length > 1 ? `${kindName(kind)}: ${bytes(list[step]!)}` : bytes(list[step]!),
    );
    return [nameAt(step), ...values].join(', ');
  };

  const renderMoment = ({ pieces, others, otherBytes }: MemoryMoment): void => {
    const all = pieces.reduce((sum, piece) => sum + piece.bytes, otherBytes);
    const heads = [l10n.t('Tensor'), l10n.t('Shape'), l10n.t('Bytes'), l10n.t('Share'), ''];
    const rows = pieces.map(piece => {
      const button = element('button', { type: 'button', class: 'goto' }, piece.name);
      button.addEventListener('click', () => {
        choose(piece.step);
        reveal(piece.step, false);
      });
      const first = element('th', { scope: 'row' }, button);
      if (piece.operator !== '' && piece.operator !== piece.name)
        first.append(' ', element('span', { class: 'muted' }, piece.operator));
      const facts = [
        ...(piece.isNew ? [l10n.t('new')] : []),
        ...(piece.saved ? [l10n.t('for the backward pass')] : []),
      ].join(', ');
      return element(
        'tr',
        {},
        first,
        element('td', {}, piece.shape),
        element('td', {}, bytes(piece.bytes)),
        element('td', {}, percent(piece.bytes / all)),
        element('td', {}, facts),
      );
    });
    table.replaceChildren(
      element('caption', { class: 'unseen' }, head.textContent ?? ''),
      element('thead', {}, element('tr', {}, ...heads.map(text => element('th', { scope: 'col' }, text)))),
      element('tbody', {}, ...rows),
    );
    rest.textContent = others === 0 ? '' : l10n.t('And {0} smaller ones: {1}.', others, bytes(otherBytes));
  };

  modeList.addEventListener('change', () => {
    mode = modeList.value === 'training' ? 'training' : 'inference';
    refresh.start();
  });
  optimizerList.addEventListener('change', () => {
    optimizer = Number(optimizerList.value);
    renderFigures();
  });
  const chart = createSlider({
    label: l10n.t('Memory by operator'),
    width: 960,
    count: () => (shown && shown.curves.length > 0 ? shown.operators.length : 0),
    current: () => step,
    page: direction => {
      const { starts, operators } = shown!;
      const at = stretchAt(shown!, step);
      if (direction > 0) return starts[at + 1] ?? operators.length - 1;
      return step > starts[at]! ? starts[at]! : (starts[at - 1] ?? 0);
    },
    text: stepText,
    draw: width => drawn(shown!.curves, step, width),
    placeAt: (_, x, width) => {
      const inner = width - margin.left - margin.right;
      return Math.floor(((x - margin.left) / inner) * shown!.operators.length);
    },
    move: choose,
    reveal: focus => reveal(step, focus),
  });

  return {
    name: 'memory',
    words: l10n.t('Memory'),
    element: element(
      'div',
      { class: 'moments' },
      ...[tools, figures, chart.element, legend, head, table, rest, nothing, notes],
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

/** The curve that the table is about: that of eager PyTorch, where there is one. */
const peakOf = ({ curves }: Shown): Curve | undefined => curves.at(-1);

function kindName(kind: MemoryKind): string {
  return kind === 'ideal' ? l10n.t('Ideal runtime') : l10n.t('Eager PyTorch');
}

function shownOf(network: Network, content: MemoryContent, before: Shown | undefined): Shown {
  const stretches = rowsAfter(before?.stretches ?? [], content.stretches);
  const lines = content.lines ?? before?.lines ?? [];
  let at = 0;
  const starts = stretches.map(({ count }) => {
    at += count;
    return at - count;
  });
  return {
    network,
    content,
    operators: listAfter(before?.operators, content.operators),
    curves: content.curves.map(curve => ({
      ...curve,
      bytes: listAfter(before?.curves.find(({ kind }) => kind === curve.kind)?.bytes, curve.bytes),
    })),
    stretches,
    lines,
    starts,
    spots: spotsOf(stretches, content, lines, network.uri),
  };
}

function listAfter(before: readonly number[] = [], { from, to, values }: Spliced): readonly number[] {
  return to === null ? values : [...before.slice(0, from), ...values, ...before.slice(to)];
}

/** The number of the stretch that a step is in. */
function stretchAt({ starts }: Shown, step: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

function drawn(curves: readonly Curve[], step: number, width: number): SVGElement {
  const drawing = part('svg', {
    viewBox: `0 0 ${Math.max(1, width)} ${tall}`,
    height: tall,
    'aria-hidden': 'true',
  });
  const most = Math.max(...curves.map(({ peak }) => peak.bytes));
  if (width <= 0 || !(most > 0)) return drawing;
  const inner = width - margin.left - margin.right;
  const floor = tall - margin.bottom;
  const y = (amount: number): number => floor - ((floor - margin.top) * amount) / most;
  drawing.append(...levels(most, y, margin.left, width - margin.right, bytes));
  for (const { kind, bytes: list, peak } of curves) {
    const x = (at: number): number => margin.left + (inner * at) / list.length;
    const line = pathOf(list, x, y, inner);
    if (kind === 'eager') {
      const first = x(0).toFixed(1);
      drawing.append(part('path', { class: 'area', d: `${line}V${floor}H${first}Z` }));
    }
    drawing.append(
      part('path', { class: kind, d: line }),
      part('circle', { class: `peak ${kind}`, cx: x(peak.step + 0.5), cy: y(peak.bytes), r: 4 }),
      part('circle', { class: `now ${kind}`, cx: x(step + 0.5), cy: y(list[step]!), r: 3 }),
    );
  }
  const count = curves[0]!.bytes.length;
  const at = margin.left + (inner * (step + 0.5)) / count;
  drawing.append(part('line', { class: 'cursor', x1: at, x2: at, y1: margin.top - 8, y2: floor }));
  return drawing;
}

/** A line of steps; of those that fall on one pixel, the most. */
function pathOf(
  list: readonly number[],
  x: (at: number) => number,
  y: (amount: number) => number,
  inner: number,
): string {
  const each = Math.max(1, Math.floor(list.length / Math.max(1, inner)));
  let path = '';
  for (let at = 0; at < list.length; at += each) {
    let most = 0;
    for (let own = at; own < Math.min(at + each, list.length); own++) most = Math.max(most, list[own]!);
    path += `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(most).toFixed(1)}H${x(Math.min(at + each, list.length)).toFixed(1)}`;
  }
  return path;
}
