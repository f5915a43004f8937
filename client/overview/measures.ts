// The selected cost, which all views of a page share.
import * as l10n from '@vscode/l10n';
import { element } from './dom.ts';
import type { Metric, Network } from './network.ts';
import { metricName } from './words.ts';

export const metrics: readonly Metric[] = [0, 1, 2];

export interface Measures {
  readonly element: HTMLElement;
  show(network: Network | undefined, metric: Metric): void;
}

export function createMeasures(choose: (metric: Metric) => void): Measures {
  const group = element('div', { role: 'radiogroup', class: 'segments', 'aria-label': l10n.t('Cost') });
  let metric: Metric = 0;
  group.addEventListener('keydown', event => {
    const step = ['ArrowRight', 'ArrowDown'].includes(event.key)
      ? 1
      : ['ArrowLeft', 'ArrowUp'].includes(event.key)
        ? 2
        : 0;
    if (step === 0) return;
    event.preventDefault();
    choose(metrics[(metric + step) % 3]!);
  });
  return {
    element: group,
    show: (network, chosen) => {
      metric = chosen;
      if (!network) return;
      const buttons = metrics.map(each => {
        const isChosen = each === metric;
        const button = element(
          'button',
          { type: 'button', role: 'radio', 'aria-checked': String(isChosen), tabindex: isChosen ? 0 : -1 },
          metricName(each, network.content),
        );
        button.addEventListener('click', () => choose(each));
        return button;
      });
      const hadFocus = group.contains(document.activeElement);
      group.replaceChildren(...buttons);
      if (hadFocus) buttons[metric]?.focus();
    },
  };
}
