import * as l10n from '@vscode/l10n';
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import { originLines, stateText } from './choices.ts';
import { native } from './figures.ts';
import { headline, nativeDetail, nativeText, presetsText } from './totals.ts';
import { doubtText } from './wording.ts';

/** A line above the network. */
export interface Lens {
  readonly range: Range;
  readonly title: string;
  /** Plain text. */
  readonly tooltip?: string;
}

/** The totals at the head of the network, with what they are for and those of the other conventions as tooltip, and the figure of its framework. */
export function lenses(analysed: Analysed): Lens[] {
  const { settings, spec } = analysed;
  if (!settings.codeLens.enabled) return [];
  const range = spec.head;
  const { totals } = analysed.model;
  const tooltip = [
    ...originLines(analysed),
    '',
    l10n.t('The same network under every convention:'),
    presetsText(analysed),
  ];
  if (totals.why !== undefined) tooltip.push(l10n.t('Part of the network is unknown: {0}', totals.why.message));
  if (totals.doubts.length > 0) tooltip.push(doubtText(totals.doubts));
  // The headline has the others.
  const state = stateText(analysed, key => key === 'phase' || key === 'dialect' || key === 'convention');
  const title = [headline(analysed), state].filter(part => part !== '').join(' · ');
  const found: Lens[] = [{ range, title, tooltip: tooltip.join('\n') }];
  const figure = native(analysed);
  if (figure) {
    const detail = nativeDetail(figure);
    found.push({ range, title: nativeText(figure), ...(detail === '' ? {} : { tooltip: detail }) });
  }
  return found;
}
