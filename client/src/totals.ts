// The totals of the network in the active editor, in the status bar.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { DocumentSummary } from '../../server/src/protocol/index.ts';
import { createLanguageStatus, type LanguageStatus } from './languageStatus.ts';
import { originText } from './origins.ts';
import { mayBeSpec } from './specs.ts';

export interface Totals extends vscode.Disposable {
  /** The summary of the active editor's network; undefined if it does not show a spec. */
  readonly summary: DocumentSummary | undefined;
  readonly item: Pick<vscode.StatusBarItem, 'text' | 'tooltip' | 'backgroundColor'>;
  /** The language status item. */
  readonly language: LanguageStatus['item'];
  refresh(): Promise<DocumentSummary | undefined>;
  /** A document has new costs; ignored unless it is the active one. */
  changed(uri: string): void;
}

/** `ask` returns null for a document that is not a spec. */
export function createTotals(ask: (uri: string) => Promise<DocumentSummary | null>): Totals {
  const item = vscode.window.createStatusBarItem('flopline.totals', vscode.StatusBarAlignment.Right, 100);
  item.name = 'Flopline';
  item.command = 'flopline.showMenu';
  const language = createLanguageStatus();
  let summary: DocumentSummary | undefined;
  let asked = 0;

  const refresh = async (): Promise<DocumentSummary | undefined> => {
    const turn = ++asked;
    const document = vscode.window.activeTextEditor?.document;
    const answer = document && mayBeSpec(document) ? await ask(document.uri.toString()) : null;
    // Another editor has become active in the meantime and has sent its own request.
    if (turn !== asked) return summary;
    summary = answer ?? undefined;
    vscode.commands.executeCommand('setContext', 'flopline.isSpec', summary?.hasRows === true);
    vscode.commands.executeCommand('setContext', 'flopline.isNetwork', summary !== undefined);
    language.show(summary);
    if (summary && document) {
      const parts = [summary.compared, summary.state, budgetText(summary)].filter(part => part !== '');
      item.text = `$(circuit-board) ${parts.join(' · ')}`;
      item.backgroundColor = budgetColor(summary);
      item.tooltip = tooltipOf(summary, document.uri);
      item.show();
    } else item.hide();
    return summary;
  };

  const listener = vscode.window.onDidChangeActiveTextEditor(() => {
    refresh();
  });
  return {
    get summary() {
      return summary;
    },
    item,
    language: language.item,
    refresh,
    changed: uri => {
      if (vscode.window.activeTextEditor?.document.uri.toString() === uri) refresh();
    },
    dispose: () => {
      listener.dispose();
      language.dispose();
      item.dispose();
    },
  };
}

function budgetText({ budget }: DocumentSummary): string {
  switch (budget?.status) {
    case 'over':
      return l10n.t('over budget');
    case 'unknown':
      return l10n.t('budget unknown');
    default:
      return '';
  }
}

function budgetColor({ budget }: DocumentSummary): vscode.ThemeColor | undefined {
  switch (budget?.status) {
    case 'over':
      return new vscode.ThemeColor('statusBarItem.errorBackground');
    case 'unknown':
      return new vscode.ThemeColor('statusBarItem.warningBackground');
    default:
      return undefined;
  }
}

/** The state of its budgets, where each non-default choice comes from, and the totals. */
function tooltipOf({ markdown, choices, budget }: DocumentSummary, uri: vscode.Uri): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  for (const message of budget?.messages ?? []) {
    tooltip.appendText(message);
    tooltip.appendMarkdown('  \n');
  }
  // Choices first: the rest is long.
  for (const choice of choices.filter(({ origin }) => origin !== 'default')) {
    tooltip.appendText(l10n.t('{0}: {1} ({2})', choice.name, choice.text, originText(choice, uri)));
    tooltip.appendMarkdown('  \n');
  }
  tooltip.appendMarkdown(`\n${markdown}`);
  return tooltip;
}
