// Untitled documents.
import * as vscode from 'vscode';

/** Opens a new document with a text. If given a place, it is saved there. */
export async function createDocument(
  content: string,
  language: string,
  place?: vscode.Uri,
): Promise<vscode.TextDocument> {
  const document = place
    ? await vscode.workspace.openTextDocument(place.with({ scheme: 'untitled' }))
    : await vscode.workspace.openTextDocument({ language, content });
  // An untitled document of the same name that was just closed may still have its text.
  const lines = (text: string): string => text.replaceAll('\r\n', '\n');
  if (lines(document.getText()) !== lines(content)) {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), content);
    await vscode.workspace.applyEdit(edit);
  }
  return document.languageId === language ? document : vscode.languages.setTextDocumentLanguage(document, language);
}
