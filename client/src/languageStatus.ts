// Input, scale and convention of the active network, in the language status item of the status bar.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { DocumentSummary } from '../../server/src/protocol/index.ts';
import { specs } from './specs.ts';

export interface LanguageStatus extends vscode.Disposable {
  readonly item: Pick<vscode.LanguageStatusItem, 'text' | 'detail'>;
  /** Undefined if the active editor does not show a network. */
  show(summary: DocumentSummary | undefined): void;
}

export function createLanguageStatus(): LanguageStatus {
  const nowhere: vscode.DocumentSelector = [];
  const item = vscode.languages.createLanguageStatusItem('flopline.choices', nowhere);
  item.name = 'Flopline';
  item.command = { command: 'flopline.showMenu', title: l10n.t('Change…') };
  return {
    item,
    show: summary => {
      // Shown for networks only, not for every YAML or Python file.
      item.selector = summary ? (specs as vscode.DocumentFilter[]) : nowhere;
      if (!summary) return;
      const shown = ['input', 'scale', 'convention'].flatMap(key => {
        const choice = summary.choices.find(each => each.key === key);
        return choice && choice.text !== '' ? [choice.text] : [];
      });
      item.text = shown.join(' · ');
      item.detail = summary.title;
    },
    dispose: () => item.dispose(),
  };
}
