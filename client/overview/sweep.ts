// The totals over a range of values, as a curve and as a table. One value after the other is asked for, while somebody
// looks.
import * as l10n from '@vscode/l10n';
import { bytes, si } from '../../server/src/core/text/quantity.ts';
import type { Sweep, SweepKey, SweepPoint } from '../../server/src/protocol/index.ts';
import { element, observeWidth } from './dom.ts';
import type { Ask } from './messages.ts';
import type { Network } from './network.ts';
import { createRefresh } from './refresh.ts';
import { levels, part } from './svg.ts';
import type { View } from './view.ts';

const measures = ['value', 'params', 'activations', 'peak'] as const;
type Measure = (typeof measures)[number];
type Figures = Exclude<SweepPoint, { refused: string }>;

/** Milliseconds without a change after which a network is swept. */
const quiet = 400;

export function createSweeps(ask: Ask): View {
  const vary = element('select');
  const measureList = element('select');
  const chart = element('div');
  const legend = element('p', { class: 'legend' });
  const head = element('thead');
  const body = element('tbody');
  const table = element('table', {}, head, body);
  const nothing = element('p', { class: 'empty' }, l10n.t('Nothing can be varied in this network.'));
  const tools = element(
    'div',
    { class: 'tools' },
    element('label', {}, l10n.t('Vary'), vary),
    element('label', {}, l10n.t('Show'), measureList),
  );
  const whole = element('div', { class: 'sweep' }, tools, chart, legend, table, nothing);

  let known: readonly Sweep[] = [];
  let key: SweepKey | undefined;
  let measure: Measure = 'value';
  let points = new Map<string, SweepPoint>();
  /** The address of the document that they are of. */
  let uri: string | undefined;
  let width = 0;

  const current = (): Sweep | undefined => known.find(each => each.key === key) ?? known[0];

  const refresh = createRefresh(quiet, async (asked, isCurrent) => {
    const textDocument = { uri: asked.uri };
    const found = await ask('flopline/sweeps', { textDocument });
    // Of a text that was replaced, another message has come or comes.
    if (!isCurrent() || !found) return false;
    known = found;
    points = new Map();
    uri = asked.uri;
    render();
    const sweep = current();
    for (const { value } of sweep?.values ?? []) {
      const point = await ask('flopline/sweepPoint', { textDocument, key: sweep!.key, value });
      if (!isCurrent()) return false;
      if (point) points.set(value, point);
      renderFigures();
    }
    return true;
  });

  const render = (): void => {
    const sweep = current();
    nothing.hidden = sweep !== undefined;
    for (const part of [tools, chart, legend, table]) part.hidden = sweep === undefined;
    vary.replaceChildren(
      ...known.map(each => element('option', { value: each.key, selected: each === sweep }, keyName(each.key))),
    );
    measureList.replaceChildren(
      ...measures.map(each =>
        element('option', { value: each, selected: each === measure }, measureName(each, refresh.network())),
      ),
    );
    renderFigures();
  };

  const renderFigures = (): void => {
    const sweep = current();
    const network = refresh.network();
    if (!sweep || !network) return;
    const heads = [keyName(sweep.key), ...measures.map(each => measureName(each, network))];
    head.replaceChildren(element('tr', {}, ...heads.map(text => element('th', { scope: 'col' }, text))));
    const rows = sweep.values.map(({ value, text, isCurrent }) => {
      const point = points.get(value);
      const first = element('th', { scope: 'row' }, text);
      const cells =
        point && 'refused' in point
          ? [element('td', { class: 'refused', colspan: 4 }, point.refused)]
          : measures.map(each => element('td', {}, point ? figureText(point, each) : ''));
      return element(
        'tr',
        { class: isCurrent ? 'now' : '', 'aria-current': isCurrent ? 'true' : undefined },
        first,
        ...cells,
      );
    });
    body.replaceChildren(...rows);
    const { drawing, hasTheory } = drawn(sweep, points, measure, width);
    const name = l10n.t('{0} by {1}', measureName(measure, network), keyName(sweep.key));
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', name);
    chart.replaceChildren(drawing);
    legend.textContent = legendText(sweep, measure, hasTheory);
  };

  vary.addEventListener('change', () => {
    key = known.find(each => each.key === vary.value)?.key;
    // Batches change memory alone.
    if (key === 'batch' && (measure === 'value' || measure === 'params')) measure = 'peak';
    refresh.start();
  });
  measureList.addEventListener('change', () => {
    measure = measures.find(each => each === measureList.value) ?? 'value';
    renderFigures();
  });
  observeWidth(chart, 720, now => {
    width = now;
    renderFigures();
  });

  return {
    name: 'sweep',
    words: l10n.t('Sweep'),
    element: whole,
    show: next => {
      // Of another file, nothing is true any more.
      if (next && next.uri !== uri) {
        known = [];
        points = new Map();
      }
      refresh.show(next);
    },
  };
}

function keyName(key: SweepKey): string {
  switch (key) {
    case 'input':
      return l10n.t('Input size');
    case 'scale':
      return l10n.t('Scale');
    case 'batch':
      return l10n.t('Batch size');
    case 'width':
      return l10n.t('Width');
  }
}

function measureName(measure: Measure, network: Network | undefined): string {
  switch (measure) {
    case 'value':
      return network?.content.unit ?? '';
    case 'params':
      return l10n.t('Params');
    case 'activations':
      return l10n.t('Activations');
    case 'peak':
      return l10n.t('Peak memory');
  }
}

function amountText(amount: number, measure: Measure): string {
  return measure === 'value' || measure === 'params' ? si(amount) : bytes(amount);
}

function figureText(point: Figures, measure: Measure): string {
  const { amount, sign } = point[measure];
  return amount === null ? '?' : sign + amountText(amount, measure);
}

function legendText({ key }: Sweep, measure: Measure, hasTheory: boolean): string {
  const sample = measure === 'value' ? l10n.t('For one sample.') : '';
  const theory = hasTheory ? theoryText(key, measure) : '';
  return theory === '' || sample === '' ? theory + sample : l10n.t('{0} {1}', theory, sample);
}

function theoryText(key: SweepKey, measure: Measure): string {
  if (key === 'input') return l10n.t('Dashed: the theory, which grows as the square of the size.');
  return measure === 'value' || measure === 'params'
    ? l10n.t('Dashed: the theory, which grows as the square of the width.')
    : l10n.t('Dashed: the theory, which grows with the width.');
}

const tall = 220;
const margin = { left: 62, right: 16, top: 14, bottom: 28 };

/** A curve through the points that are known, beside what theory makes of the one in effect; columns for names. */
function drawn(
  { values, theory }: Sweep,
  points: ReadonlyMap<string, SweepPoint>,
  measure: Measure,
  width: number,
): { readonly drawing: SVGElement; readonly hasTheory: boolean } {
  const drawing = part('svg', { viewBox: `0 0 ${Math.max(1, width)} ${tall}`, height: tall });
  const known = values.flatMap(({ value, text, at, isCurrent }) => {
    const point = points.get(value);
    const amount = point && !('refused' in point) ? point[measure].amount : null;
    return amount === null ? [] : [{ text, at, isCurrent, amount }];
  });
  const own = known.find(({ isCurrent }) => isCurrent);
  const power = theory?.[measure === 'peak' ? 'activations' : measure];
  const expected =
    own?.at !== undefined && power
      ? values.flatMap(({ at }) => (at === undefined ? [] : [{ at, amount: own.amount * (at / own.at!) ** power }]))
      : [];
  const most = Math.max(0, ...known.map(({ amount }) => amount), ...expected.map(({ amount }) => amount));
  if (width <= 0 || most === 0) return { drawing, hasTheory: false };
  const places = values.map(({ at }, index) => at ?? index);
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const inner = width - margin.left - margin.right;
  const isNamed = values.some(({ at }) => at === undefined);
  const x = (at: number): number => {
    if (isNamed) return margin.left + (inner * (at + 0.5)) / values.length;
    return margin.left + (last === first ? inner / 2 : (inner * (at - first)) / (last - first));
  };
  const floor = tall - margin.bottom;
  const y = (amount: number): number => floor - ((floor - margin.top) * amount) / most;
  drawing.append(...levels(most, y, margin.left, width - margin.right, amount => amountText(amount, measure)));
  let free = Number.NEGATIVE_INFINITY;
  for (const [index, { text, at }] of values.entries()) {
    const center = x(at ?? index);
    const half = text.length * 3.6;
    if (center - half < free) continue;
    free = center + half + 6;
    const anchor = center + half > width ? 'end' : 'middle';
    drawing.append(
      part('text', { x: anchor === 'end' ? width - 2 : center, y: tall - 8, 'text-anchor': anchor }, text),
    );
  }
  const path = (list: readonly { readonly at: number; readonly amount: number }[]): string =>
    list
      .map(({ at, amount }, index) => `${index === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(amount).toFixed(1)}`)
      .join('');
  const located = known.map(each => ({ ...each, at: each.at ?? values.findIndex(({ text }) => text === each.text) }));
  if (isNamed) {
    const wide = Math.min(56, inner / values.length / 1.6);
    for (const { at, amount, isCurrent } of located)
      drawing.append(
        part('rect', {
          class: isCurrent ? 'column current' : 'column',
          x: x(at) - wide / 2,
          y: y(amount),
          width: wide,
          height: floor - y(amount),
        }),
      );
    return { drawing, hasTheory: false };
  }
  drawing.append(part('path', { class: 'measured', d: path(located) }));
  // Over the other one, which may be the same.
  if (expected.length > 1) drawing.append(part('path', { class: 'theory', d: path(expected) }));
  for (const { at, amount, isCurrent } of located)
    drawing.append(part('circle', { class: isCurrent ? 'point current' : 'point', cx: x(at), cy: y(amount), r: 4 }));
  return { drawing, hasTheory: expected.length > 1 };
}
