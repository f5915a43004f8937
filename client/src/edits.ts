// Applies text edits that the server proposes.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ProtocolRange } from '../../server/src/protocol/index.ts';

interface Edit {
  readonly range: ProtocolRange;
  readonly newText: string;
}

/** Applies the edits as one undoable change; false if the text is no longer the one they were made for. */
export async function applyEdits(
  document: vscode.TextDocument,
  version: number,
  edits: readonly Edit[],
): Promise<boolean> {
  if (edits.length === 0) return true;
  if (document.isClosed || document.version !== version) {
    reportChanged();
    return false;
  }
  const change = new vscode.WorkspaceEdit();
  for (const { range, newText } of edits) {
    const { start, end } = range;
    change.replace(document.uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
  }
  return vscode.workspace.applyEdit(change);
}

export function reportChanged(): void {
  vscode.window.showInformationMessage(
    l10n.t('Flopline: The text has changed in the meantime, so nothing was done. Try again.'),
  );
}
