// Shows the network of the active editor in another language, as a new document that can be saved beside the original.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ConversionAnswer } from '../../server/src/protocol/index.ts';
import { createDocument } from './documents.ts';

/** `answer` is the server's conversion; undefined or null if the document has no network. */
export async function showConverted(
  document: vscode.TextDocument,
  ask: (uri: string) => Promise<ConversionAnswer | null>,
): Promise<boolean> {
  const answer = await ask(document.uri.toString());
  if (!answer) return false;
  if ('message' in answer) {
    const { line } = answer;
    const goTo = l10n.t('Go to Line');
    const picked = await vscode.window.showErrorMessage(
      l10n.t('Flopline: {0}', answer.message),
      ...(line === undefined ? [] : [goTo]),
    );
    if (picked === goTo && line !== undefined) {
      const place = new vscode.Range(line, 0, line, 0);
      await vscode.window.showTextDocument(document, { selection: place });
    }
    return true;
  }
  const beside = vscode.Uri.joinPath(document.uri, '..', answer.name);
  // Propose a name beside the original if it is free.
  const isFree = document.uri.scheme !== 'untitled' && !(await exists(beside));
  const converted = await createDocument(answer.text, answer.languageId, isFree ? beside : undefined);
  await vscode.window.showTextDocument(converted, { viewColumn: vscode.ViewColumn.Beside });
  return true;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
