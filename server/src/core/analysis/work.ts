// The kind of work that is counted.
import * as l10n from '@vscode/l10n';

/** Inference, or parts of a training step: forward pass, backward pass, or both. */
export const works = ['inference', 'forward', 'backward', 'step'] as const;
export type Work = (typeof works)[number];

/** What each counts, for menus and docs. */
export function workSummary(work: Work): string {
  switch (work) {
    case 'inference':
      return l10n.t('The forward pass in evaluation mode.');
    case 'forward':
      return l10n.t('The forward pass of a training step.');
    case 'backward':
      return l10n.t(
        'The backward pass of a training step: the gradients of weights, and of the outputs that lead to them.',
      );
    case 'step':
      return l10n.t('The forward and the backward pass of a training step.');
  }
}

/** `MACs/step`: the unit of amounts of this work, from the convention's unit. */
export function workUnit(unit: string, work: Work): string {
  switch (work) {
    case 'inference':
      return unit;
    case 'forward':
    case 'backward':
      return `${unit} ${work}`;
    case 'step':
      return `${unit}/step`;
  }
}
