// An extension whose files are a workspace in memory.
import * as vscode from 'vscode';
import { Memory } from './memory.ts';

export async function activate(context: vscode.ExtensionContext): Promise<Memory> {
  const memory = new Memory();
  const options = { isCaseSensitive: true };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('memfs', memory, options));
  const texts = await fetch(vscode.Uri.joinPath(context.extensionUri, 'workspace.json').toString(true));
  for (const [name, text] of Object.entries((await texts.json()) as Record<string, string>))
    memory.writeFile(vscode.Uri.from({ scheme: 'memfs', path: `/workspace/${name}` }), new TextEncoder().encode(text));
  return memory;
}
