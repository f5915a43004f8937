// Commands on the row at the cursor: the server computes the edit, and the cursor stays on the row.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Requests, RowCommand } from '../../server/src/protocol/index.ts';
import { applyEdits } from './edits.ts';

type Ask = (
  method: 'flopline/rowEdits',
  params: Requests['flopline/rowEdits']['params'],
) => Promise<Requests['flopline/rowEdits']['result']>;

/** The commands, by their names in the editor. */
export const rowCommands: readonly (readonly [name: string, command: RowCommand])[] = [
  ['insertLayerBelow', 'insert'],
  ['duplicateLayer', 'duplicate'],
  ['moveLayerUp', 'up'],
  ['moveLayerDown', 'down'],
  ['deleteLayer', 'delete'],
];

/** Runs a command in the active editor; false if that has no network spec. */
export async function changeRow(ask: Ask, command: RowCommand): Promise<boolean> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return false;
  const { document } = editor;
  const { line, character } = editor.selection.active;
  const found = await ask('flopline/rowEdits', {
    textDocument: { uri: document.uri.toString() },
    position: { line, character },
    command,
  });
  if (!found) return false;
  if ('refused' in found) {
    vscode.window.showInformationMessage(l10n.t('Flopline: {0}', found.refused));
    return true;
  }
  const { version, edits, selection, message } = found;
  if (!(await applyEdits(document, version, edits))) return true;
  const { start, end } = selection;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  if (message !== undefined) vscode.window.showWarningMessage(l10n.t('Flopline: {0}', message));
  return true;
}
