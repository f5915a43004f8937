// The page of an overview: what the editor sends is shown, and what a person chooses is sent back.
import * as l10n from '@vscode/l10n';
import type { Sweep, SweepKey, SweepPoint } from '../../server/src/protocol/index.ts';
import { element } from './dom.ts';
import { createFlame } from './flame.ts';
import { icon } from './icons.ts';
import type { Grouping } from './lines.ts';
import type { FromPage, PageState, ToPage } from './messages.ts';
import { type Metric, type Network, placeOf, type Row, received, rowsAt } from './network.ts';
import { createSweeps } from './sweep.ts';
import { createTable } from './table.ts';
import { metricName } from './words.ts';
import './overview.css';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
};

const editor = acquireVsCodeApi();
// The words of the editor's language, before any of them is used.
const words = document.body.dataset.words;
if (words) l10n.config({ contents: words });

const metrics: readonly Metric[] = [0, 1, 2];
const groupings: readonly Grouping[] = ['none', 'type', 'stage'];

const kept = editor.getState() ?? {};
let metric: Metric = metrics.find(each => each === kept.metric) ?? 0;
let group: Grouping = groupings.find(each => each === kept.group) ?? 'none';
let isFlameShown = kept.flame ?? true;
let isSwept = kept.view === 'sweep';
let filter = '';
let network: Network | undefined;
/** Where the cursor was seen last. */
let cursor: { readonly uri: string; readonly line: number } | undefined;

const save = (): void => {
  editor.setState({
    metric,
    group,
    flame: isFlameShown,
    view: isSwept ? 'sweep' : 'layers',
    expanded: [...table.expanded].slice(-500),
  });
};

const choose = (row: Row, focus: boolean): void => {
  const place = placeOf(row);
  if (!place || !network) return;
  const uri = place.file === 0 ? network.uri : network.content.files[place.file];
  if (uri !== undefined) editor.postMessage({ type: 'reveal', uri, line: place.first, focus });
};

const table = createTable({ choose, focused: row => flame.select(row), changed: save }, kept.expanded ?? []);
const flame = createFlame({ choose, focused: row => table.moveTo(row, false) });

/** Questions to the server that wait for their answers. */
const questions = new Map<number, (answer: unknown) => void>();
const ask = (uri: string, key?: SweepKey, value?: string): Promise<unknown> => {
  const id = questions.size === 0 ? 1 : Math.max(...questions.keys()) + 1;
  return new Promise(resolve => {
    questions.set(id, resolve);
    editor.postMessage({ type: 'ask', id, uri, ...(key && value !== undefined ? { key, value } : {}) });
  });
};
const sweeps = createSweeps({
  sweeps: async uri => (await ask(uri)) as readonly Sweep[] | null,
  point: async (uri, key, value) => (await ask(uri, key, value)) as SweepPoint | null,
});

// --- What is around them ----------------------------------------------------------------------------------------------

const title = element('h1');
const facts = element('p', { class: 'facts' });
const empty = element('p', { class: 'empty' }, l10n.t('Open a network to see what its layers cost.'));
const measures = element('div', { role: 'radiogroup', class: 'segments', 'aria-label': l10n.t('Cost') });
const grouping = element('select', { 'aria-label': l10n.t('Group layers') });
const search = element('input', {
  type: 'search',
  placeholder: l10n.t('Filter layers'),
  'aria-label': l10n.t('Filter layers'),
  spellcheck: 'false',
});
const iconButton = (name: Parameters<typeof icon>[0], words: string): HTMLButtonElement =>
  element('button', { type: 'button', class: 'icon', title: words, 'aria-label': words }, icon(name));
const flameButton = iconButton('flame', l10n.t('Flame graph'));
const openButton = iconButton('expand', l10n.t('Expand all'));
const closeButton = iconButton('collapse', l10n.t('Collapse all'));
const found = element('div', { class: 'unseen', role: 'status' });
const buttons = element('div', { class: 'buttons' }, flameButton, openButton, closeButton);
const tools = element('div', { class: 'tools' }, measures, buttons, grouping, search);
const layers = element('div', { role: 'tabpanel', id: 'layers', class: 'panel', 'aria-labelledby': 'layers-tab' });
layers.append(tools, flame.element, table.element);
const swept = element('div', { role: 'tabpanel', id: 'sweep', class: 'panel', 'aria-labelledby': 'sweep-tab' });
swept.append(sweeps.element);
const tab = (name: string, words: string): HTMLButtonElement =>
  element('button', { type: 'button', role: 'tab', id: `${name}-tab`, 'aria-controls': name }, words);
const tabs = [tab('layers', l10n.t('Layers')), tab('sweep', l10n.t('Sweep'))] as const;
const views = element('div', { role: 'tablist', class: 'tabs', 'aria-label': l10n.t('Views') }, ...tabs);
const page = element('main', { class: 'page' }, title, facts, views, layers, swept, empty, found);
document.body.append(page);

for (const each of groupings) {
  const names = { none: l10n.t('No groups'), type: l10n.t('By block'), stage: l10n.t('By stage') };
  grouping.append(element('option', { value: each, selected: each === group }, names[each]));
}

const renderMeasures = (): void => {
  const { content } = network!;
  const buttons = metrics.map(each => {
    const isChosen = each === metric;
    const button = element(
      'button',
      { type: 'button', role: 'radio', 'aria-checked': String(isChosen), tabindex: isChosen ? 0 : -1 },
      metricName(each, content),
    );
    button.addEventListener('click', () => measure(each));
    return button;
  });
  const hadFocus = measures.contains(document.activeElement);
  measures.replaceChildren(...buttons);
  if (hadFocus) buttons[metric]?.focus();
};

const measure = (next: Metric): void => {
  metric = next;
  save();
  render();
};

const render = (): void => {
  const isThere = network !== undefined;
  for (const part of [title, facts, views]) part.hidden = !isThere;
  layers.hidden = !isThere || isSwept;
  swept.hidden = !isThere || !isSwept;
  empty.hidden = isThere;
  for (const [at, own] of tabs.entries()) {
    const isChosen = (at === 1) === isSwept;
    own.setAttribute('aria-selected', String(isChosen));
    own.tabIndex = isChosen ? 0 : -1;
  }
  sweeps.show(isSwept ? network : undefined);
  table.show(network, { metric, group, filter });
  flame.show(isFlameShown ? network : undefined, metric);
  flameButton.setAttribute('aria-pressed', String(isFlameShown));
  if (!network) return;
  const { content } = network;
  title.textContent = content.title;
  facts.textContent = content.head;
  renderMeasures();
  const { length } = table.lines;
  const words = filter === '' ? '' : length === 0 ? l10n.t('No layers found') : l10n.t('{0} lines', length);
  if (found.textContent !== words) found.textContent = words;
};

const view = (isSweep: boolean): void => {
  isSwept = isSweep;
  save();
  render();
};
for (const [at, own] of tabs.entries()) own.addEventListener('click', () => view(at === 1));
views.addEventListener('keydown', event => {
  if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
  event.preventDefault();
  view(event.key === 'Home' ? false : event.key === 'End' ? true : !isSwept);
  tabs[isSwept ? 1 : 0].focus();
});
measures.addEventListener('keydown', event => {
  const step = ['ArrowRight', 'ArrowDown'].includes(event.key)
    ? 1
    : ['ArrowLeft', 'ArrowUp'].includes(event.key)
      ? 2
      : 0;
  if (step === 0) return;
  event.preventDefault();
  measure(metrics[(metric + step) % 3]!);
});
grouping.addEventListener('change', () => {
  group = groupings.find(each => each === grouping.value) ?? 'none';
  save();
  render();
});
search.addEventListener('input', () => {
  filter = search.value;
  render();
});
search.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || search.value === '') return;
  search.value = '';
  filter = '';
  event.preventDefault();
  render();
});
flameButton.addEventListener('click', () => {
  isFlameShown = !isFlameShown;
  save();
  render();
});
openButton.addEventListener('click', () => table.openAll(true));
closeButton.addEventListener('click', () => table.openAll(false));

// --- The editor -------------------------------------------------------------------------------------------------------

const follow = (): void => {
  if (!network || !cursor) return;
  const { uri } = cursor;
  const file = uri === network.uri ? 0 : network.content.files.indexOf(uri);
  if (file >= 0) table.follow(rowsAt(network, file, cursor.line));
};

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'answer') {
    questions.get(data.id)?.(data.answer);
    questions.delete(data.id);
    return;
  }
  if (data.type === 'cursor') {
    cursor = data;
    follow();
    return;
  }
  const next = received(network, data.message);
  if (next === 'missed') {
    editor.postMessage({ type: 'ready' });
    return;
  }
  const isOther = next?.uri !== network?.uri;
  network = next;
  render();
  if (isOther) follow();
});

render();
editor.postMessage({ type: 'ready' });
