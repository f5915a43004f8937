// The page of an overview: what the editor sends is shown, and what a person chooses is sent back.
import * as l10n from '@vscode/l10n';
import { element } from './dom.ts';
import { createFlame } from './flame.ts';
import { createGraph } from './graph/view.ts';
import { icon } from './icons.ts';
import type { Grouping } from './lines.ts';
import { createMeasures, metrics } from './measures.ts';
import { createMemory } from './memory.ts';
import type { Ask, FromPage, PageState, ToPage } from './messages.ts';
import { type Metric, type Network, placeOf, type Row, received, rowsAt } from './network.ts';
import type { ShowLine } from './places.ts';
import { createSweeps } from './sweep.ts';
import { createTable } from './table.ts';
import { createTime } from './time.ts';
import type { View } from './view.ts';
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

const groupings: readonly Grouping[] = ['none', 'type', 'stage'];

const kept = editor.getState() ?? {};
let metric: Metric = metrics.find(each => each === kept.metric) ?? 0;
let group: Grouping = groupings.find(each => each === kept.group) ?? 'none';
let isFlameShown = kept.flame ?? true;
let viewName = kept.view;
let filter = '';
let network: Network | undefined;
/** Where the cursor was seen last. */
let cursor: { readonly uri: string; readonly line: number } | undefined;

const save = (): void => {
  editor.setState({
    metric,
    group,
    flame: isFlameShown,
    ...(viewName === undefined ? {} : { view: viewName }),
    expanded: [...table.expanded].slice(-500),
    graph: graph.state,
  });
};

const showLine: ShowLine = ({ uri, first }, focus) => editor.postMessage({ type: 'reveal', uri, line: first, focus });

const reveal = (row: Row, focus: boolean): void => {
  const place = placeOf(row);
  if (!place || !network) return;
  const uri = place.file === 0 ? network.uri : network.content.files[place.file];
  if (uri !== undefined) showLine({ uri, ...place }, focus);
};

const table = createTable({ choose: reveal, focused: row => flame.select(row), changed: save }, kept.expanded ?? []);
const flame = createFlame({ choose: reveal, focused: row => table.moveTo(row, false) });

const saveFile = (name: string, data: Uint8Array): void => editor.postMessage({ type: 'save', name, data });

/** Questions to the server that wait for their answers. */
const questions = new Map<number, (answer: unknown) => void>();
const ask: Ask = (method, params) => {
  const id = questions.size === 0 ? 1 : Math.max(...questions.keys()) + 1;
  return new Promise(resolve => {
    questions.set(id, resolve as (answer: unknown) => void);
    editor.postMessage({ type: 'ask', id, method, params });
  });
};

// --- What is around them ----------------------------------------------------------------------------------------------

const title = element('h1');
const facts = element('p', { class: 'facts' });
const empty = element('p', { class: 'empty' }, l10n.t('Open a network to see what its layers cost.'));
const measure = (next: Metric): void => {
  metric = next;
  save();
  render();
};
const measures = createMeasures(measure);
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
const tools = element('div', { class: 'tools' }, measures.element, buttons, grouping, search);
const graph = createGraph({ reveal, measure, save: saveFile, changed: save }, kept.graph);
const layers: View = {
  name: 'layers',
  words: l10n.t('Layers'),
  element: element('div', { class: 'layers' }, tools, flame.element, table.element),
  show: shown => {
    measures.show(shown, metric);
    // The table has its lines whatever is shown: the cursor moves in it, and what is found is counted.
    table.show(network, { metric, group, filter });
    flame.show(isFlameShown ? shown : undefined, metric);
    flameButton.setAttribute('aria-pressed', String(isFlameShown));
    const { length } = table.lines;
    const words = filter === '' ? '' : length === 0 ? l10n.t('No layers found') : l10n.t('{0} lines', length);
    if (found.textContent !== words) found.textContent = words;
  },
  follow: rows => table.follow(rows),
};

/** The views in the order of their tabs. */
const views: readonly View[] = [
  layers,
  graph,
  createMemory(ask, showLine),
  createTime(ask, showLine),
  createSweeps(ask),
];
const shownView = (): View => views.find(({ name }) => name === viewName) ?? layers;

const panels = views.map(({ name, element: own }) =>
  element('div', { role: 'tabpanel', id: name, class: 'panel', 'aria-labelledby': `${name}-tab` }, own),
);
const tabs = views.map(({ name, words }) =>
  element('button', { type: 'button', role: 'tab', id: `${name}-tab`, 'aria-controls': name }, words),
);
const tabList = element('div', { role: 'tablist', class: 'tabs', 'aria-label': l10n.t('Views') }, ...tabs);
const page = element('main', { class: 'page' }, title, facts, tabList, ...panels, empty, found);
document.body.append(page);

for (const each of groupings) {
  const names = { none: l10n.t('No groups'), type: l10n.t('By block'), stage: l10n.t('By stage') };
  grouping.append(element('option', { value: each, selected: each === group }, names[each]));
}

const render = (): void => {
  const isThere = network !== undefined;
  const current = shownView();
  for (const part of [title, facts, tabList]) part.hidden = !isThere;
  empty.hidden = isThere;
  for (const [at, view] of views.entries()) {
    const isChosen = view === current;
    tabs[at]!.setAttribute('aria-selected', String(isChosen));
    tabs[at]!.tabIndex = isChosen ? 0 : -1;
    panels[at]!.hidden = !isThere || !isChosen;
  }
  if (network) {
    title.textContent = network.content.title;
    facts.textContent = network.content.head;
  }
  for (const view of views) view.show(view === current ? network : undefined, metric);
};

const choose = (at: number): void => {
  viewName = views[at]!.name;
  save();
  render();
};
for (const [at, own] of tabs.entries()) own.addEventListener('click', () => choose(at));
tabList.addEventListener('keydown', event => {
  const last = views.length - 1;
  const at = views.indexOf(shownView());
  const to = { ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
  tabs[to]!.focus();
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
  if (file < 0) return;
  const rows = rowsAt(network, file, cursor.line);
  for (const view of views) view.follow?.(rows);
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
