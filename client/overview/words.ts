// How the page spells quantities, consistent with hints and reports.
import * as l10n from '@vscode/l10n';
import { bytes, exact, percent, si } from '../../server/src/core/text/quantity.ts';
import type { Metric, Network } from './network.ts';

type Content = Network['content'];

/** `MACs`, `Params`, `Activations`. */
export function metricName(metric: Metric, { unit }: Content): string {
  switch (metric) {
    case 0:
      return unit;
    case 1:
      return l10n.t('Params');
    case 2:
      return l10n.t('Activations');
  }
}

/** `118M`, `≥ 3.21 MB`, `?`. */
export function quantity(value: number | null, metric: Metric, { elementBytes }: Content, sign = ''): string {
  if (value === null) return '?';
  return sign + (metric === 2 ? bytes(value * elementBytes) : si(value));
}

/** All digits: `118,013,952 MACs`. */
export function exactQuantity(
  value: number | null,
  metric: Metric,
  { unit, elementBytes }: Content,
  sign = '',
): string {
  if (value === null) return '?';
  switch (metric) {
    case 0:
      return `${sign}${exact(value)} ${unit}`;
    case 1:
      return l10n.t('{0} parameters', sign + exact(value));
    case 2:
      return l10n.t('{0} elements of activations ({1})', sign + exact(value), bytes(value * elementBytes));
  }
}

/** `+12.0M`, `−3.21 MB`; empty if nothing changed, `?` if unknown. */
export function changeOf(value: number | null, metric: Metric, content: Content): string {
  if (value === null) return '?';
  if (value === 0) return '';
  return value > 0 ? `+${quantity(value, metric, content)}` : `−${quantity(-value, metric, content)}`;
}

/** `12 %`; empty if either value is unknown. */
export function shareOf(value: number | null, total: number | null): string {
  return value === null || !total ? '' : percent(value / total);
}
