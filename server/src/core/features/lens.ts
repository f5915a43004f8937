import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
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

/** The totals at the head of the network, with every other convention's behind them, and the figure that its own framework prints. */
export function lenses(analysed: Analysed): Lens[] {
  const { settings, spec } = analysed;
  if (!settings.codeLens.enabled) return [];
  const range = spec.head;
  const { totals } = analysed.model;
  const why = totals.why === undefined ? '' : `\nA part is not known: ${totals.why.message}`;
  const doubt = totals.doubts.length === 0 ? '' : `\n${doubtText(totals.doubts)}`;
  const found: Lens[] = [
    {
      range,
      title: headline(analysed),
      tooltip: `The same network as others count it:\n${presetsText(analysed)}${why}${doubt}`,
    },
  ];
  const figure = native(analysed);
  if (figure) {
    const tooltip = nativeDetail(figure);
    found.push({ range, title: nativeText(figure), ...(tooltip === '' ? {} : { tooltip }) });
  }
  return found;
}
