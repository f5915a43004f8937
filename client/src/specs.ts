// Which documents may be specs. The server gets these and looks at their content.
import * as vscode from 'vscode';
import type { DocumentSelector } from 'vscode-languageclient';

/**
 * Any scheme: untitled and virtual documents are specs too. A Darknet cfg may have the language of another program's
 * .cfg files. The server looks at the text of a Python file without a network only once.
 */
export const specs: DocumentSelector = [
  { language: 'flopline' },
  { language: 'yaml' },
  { language: 'prototxt' },
  { language: 'darknet-cfg' },
  { pattern: '**/*.cfg' },
  { pattern: '**/*.cfg.txt' },
  { language: 'python' },
];

export function mayBeSpec(document: vscode.TextDocument): boolean {
  return vscode.languages.match(specs as vscode.DocumentFilter[], document) > 0;
}

/** A program that mentions none of these has no network. For the others, the server looks closer. */
const packages = /\b(?:torch|timm|pytorch_lightning|lightning)\b/;

/** Whether the server has to look at a document: programs that have nothing to do with networks are left out. */
function isCandidate(document: vscode.TextDocument): boolean {
  return mayBeSpec(document) && (document.languageId !== 'python' || packages.test(document.getText()));
}

/** Runs as soon as a document is open that the server has to look at; at once if there is one already. */
export async function whenCandidate(run: () => Promise<void>, subscriptions: vscode.Disposable[]): Promise<void> {
  if (vscode.workspace.textDocuments.some(isCandidate)) return run();
  const listeners: vscode.Disposable[] = [];
  const look = (document: vscode.TextDocument): void => {
    if (listeners.length === 0 || !isCandidate(document)) return;
    for (const listener of listeners.splice(0)) listener.dispose();
    run();
  };
  listeners.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
  );
  subscriptions.push({ dispose: () => listeners.splice(0).forEach(listener => void listener.dispose()) });
}

/** Languages that VS Code assigns to unknown files. */
const general = new Set(['plaintext', 'properties', 'ini']);

/** Sets a document's language to its detected format, once: if the user picks another one, it stays. */
export function createLanguages(): (uri: string, language: string) => void {
  const given = new Set<string>();
  return (uri, language) => {
    const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
    if (!document || !general.has(document.languageId) || given.has(uri)) return;
    given.add(uri);
    vscode.languages.setTextDocumentLanguage(document, language);
  };
}
