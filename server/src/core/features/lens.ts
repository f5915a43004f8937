import * as l10n from '@vscode/l10n';
import type { UnbuiltClass } from '../formats/index.ts';
import type { Analysed } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import { commentAbove } from '../text/pragma.ts';
import type { Range } from '../text/range.ts';
import { listText } from '../text/wording.ts';
import { type Base, removals } from './changes.ts';
import { originLines, stateText } from './choices.ts';
import { native } from './figures.ts';
import { readerLines } from './source.ts';
import { headline, nativeDetail, nativeText, presetsText } from './totals.ts';
import { doubtText } from './wording.ts';

/** A code lens above a line. */
export interface Lens {
  readonly range: Range;
  readonly title: string;
  /** Plain text. */
  readonly tooltip?: string;
  /** What a click does; default: opens the menu of the network. */
  readonly action?: LensAction;
}

export type LensAction =
  /** Shows the text beside what it is compared with. */
  | { readonly kind: 'compare' }
  /** Lets the user choose one of the networks in the file. */
  | { readonly kind: 'entry' }
  /** Lets the user complete a comment that says how a network is called; `edit` inserts a first version. */
  | { readonly kind: 'input'; readonly edit: TextEdit; readonly name: string };

/**
 * The lens at the head of the network: the totals, with their conditions and the other conventions as a tooltip, and
 * the figure that the framework prints. With a base, also removed layers where they were. `others`: the totals of the
 * text's other networks.
 */
export function lenses(analysed: Analysed, base?: Base, others = ''): Lens[] {
  if (!analysed.settings.codeLens.enabled || analysed.document.format.hasNoNetwork) return [];
  return [...headLenses(analysed, base, others), ...(base ? removedLenses(analysed, base) : [])];
}

function removedLenses(analysed: Analysed, base: Base): Lens[] {
  if (!analysed.settings.hints.changes) return [];
  return removals(analysed, base).map(({ range, title, detail }) => ({
    range,
    title,
    tooltip: detail,
    action: { kind: 'compare' },
  }));
}

function headLenses(analysed: Analysed, base: Base | undefined, others: string): Lens[] {
  const { spec } = analysed;
  const { program } = spec;
  if (program && !program.entry) return program.unbuilt.slice(0, mostUnbuilt).map(each => unbuiltLens(each, analysed));
  const range = spec.head;
  const { totals } = analysed.model;
  const tooltip = [
    ...originLines(analysed),
    ...readerLines(analysed),
    '',
    l10n.t('The same network under every convention:'),
    presetsText(analysed),
  ];
  if (totals.why !== undefined) tooltip.push(l10n.t('Part of the network is unknown: {0}', totals.why.message));
  if (totals.doubts.length > 0) tooltip.push(doubtText(totals.doubts));
  // The headline shows the other choices.
  const state = stateText(analysed, key => key === 'phase' || key === 'dialect' || key === 'convention');
  const title = [ofHost(analysed), headline(analysed, base), state].filter(part => part !== '').join(' · ');
  const found: Lens[] = [{ range, title, tooltip: tooltip.join('\n') }];
  const figure = native(analysed);
  if (figure) {
    const detail = nativeDetail(figure);
    found.push({ range, title: nativeText(figure), ...(detail === '' ? {} : { tooltip: detail }) });
  }
  return program ? [...found, ...programLenses(analysed, others)] : found;
}

/** Limit on classes above which “Set input…” is offered. */
const mostUnbuilt = 50;

/** `As in Detector() of net.py`; empty if the text has its own network. */
export function ofHost({ spec: { program } }: Analysed): string {
  const { host, expression = '' } = program?.entry ?? {};
  return host === undefined ? '' : l10n.t('As in {0} of {1}', expression, host.slice(host.lastIndexOf('/') + 1));
}

/** Lenses to choose a program's network, and what it is called with. */
function programLenses(analysed: Analysed, others: string): Lens[] {
  const { spec, document } = analysed;
  const { program, head: range } = spec;
  const { entry, entries = [] } = program ?? {};
  if (!entry || entry.host !== undefined) return [];
  const found: Lens[] = [];
  if (entries.length > 1) {
    const title = l10n.t('Network {0} of {1}: {2}', entries.indexOf(entry) + 1, entries.length, entry.expression);
    found.push({ range, title, ...(others === '' ? {} : { tooltip: others }), action: { kind: 'entry' } });
  }
  if (entry.guessed && entry.from !== 'outside') {
    const { text } = document.source;
    const shapes = (entry.shapes ?? []).map(shape => shape.join(',')).join(';');
    const words = `${entry.expression} input=${shapes}`;
    const edit =
      entry.from === 'comment' && entry.range ? { ...entry.range, text: words } : commentAbove(text, range.from, words);
    found.push({ range, title: l10n.t('Set input…'), action: { kind: 'input', edit, name: entry.expression } });
  }
  return found;
}

function unbuiltLens({ name, head, needs }: UnbuiltClass, { document: { source } }: Analysed): Lens {
  const call = `${name}(${needs.map(need => `${need}=`).join(', ')})`;
  const title = needs.length === 1 ? l10n.t('Set {0} and input…', needs[0]!) : l10n.t('Set input…');
  return {
    range: head,
    title,
    tooltip: l10n.t('Nothing in this file says what {0} is built with: {1}.', name, listText(needs)),
    action: { kind: 'input', edit: commentAbove(source.text, head.from, `${call} input=1,3,224,224`), name },
  };
}
