// “Set input…”: the user completes the comment that says how a network in a Python file is built and called.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { InputLensArguments } from '../../server/src/protocol/index.ts';

/** Asks the user to complete the comment, and writes it above the network. */
export async function setInput(...[uri, network, { start, end }, text]: InputLensArguments): Promise<void> {
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
  if (!document) return;
  const [, before = '', words = '', after = ''] = /^(\s*(?:# flopline: )?)(.*?)(\s*)$/s.exec(text) ?? [];
  const missing = words.indexOf('=', words.indexOf('(')) + 1;
  const isBuilt = !/\([^)]*=\s*[,)]/.test(words);
  const sizes = words.lastIndexOf('input=') + 'input='.length;
  const written = await vscode.window.showInputBox({
    title: l10n.t('How {0} Is Built and Called', network),
    prompt: l10n.t(
      'Sizes are those that forward takes, with the batch: 1,3,224,224, or 1,128:int64 for indices. Separate arguments with “;”.',
    ),
    value: words,
    valueSelection: isBuilt ? [sizes, words.length] : [missing, missing],
    validateInput: value =>
      /\([^)]*=\s*[,)]/.test(value) ? l10n.t('Write a value for each argument, such as num_classes=10.') : null,
  });
  if (written === undefined || written.trim() === '') return;
  const change = new vscode.WorkspaceEdit();
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  change.replace(document.uri, range, before + written.trim() + after);
  await vscode.workspace.applyEdit(change);
}
