// Which documents may be specs: the server gets these and looks at their content.
import * as vscode from 'vscode';
import type { DocumentSelector } from 'vscode-languageclient';

/**
 * Any scheme: unsaved and virtual files are specs too. A Darknet cfg may go by the language of another program's .cfg. Of
 * a Python file without a network the server looks at the text once, and at nothing else.
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

/** A program that mentions none of these holds no network: the server looks closer. */
const packages = /\b(?:torch|timm|pytorch_lightning|lightning)\b/;

/** Whether the server has to look at a document: not at a program that has nothing to do with networks. */
function isCandidate(document: vscode.TextDocument): boolean {
  return mayBeSpec(document) && (document.languageId !== 'python' || packages.test(document.getText()));
}

/** Runs as soon as a document is open that the server has to look at; at once where one is. */
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

/** The languages that VS Code gives to files that it does not know. */
const general = new Set(['plaintext', 'properties', 'ini']);

/** Gives a document the language of what it turned out to be, once: a user who chooses another one keeps it. */
export function createLanguages(): (uri: string, language: string) => void {
  const given = new Set<string>();
  return (uri, language) => {
    const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
    if (!document || !general.has(document.languageId) || given.has(uri)) return;
    given.add(uri);
    vscode.languages.setTextDocumentLanguage(document, language);
  };
}
