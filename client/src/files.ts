// Files that the server cannot read, because they are not on its machine: those of a virtual workspace, and all of them for
// a server in a browser. It asks for what it needs, in the folders that are open alone.
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { FolderEntry, ServerRequests } from '../../server/src/protocol/index.ts';

/** Longer ones are no sources that a person writes. */
const maxBytes = 2_000_000;

/** Answers the server, until it is disposed of. */
export function readFilesFor(client: BaseLanguageClient): vscode.Disposable {
  const answer = <M extends keyof ServerRequests>(
    method: M,
    read: (uri: vscode.Uri) => Promise<ServerRequests[M]['result'][number]>,
  ): vscode.Disposable =>
    client.onRequest(method, ({ uris }: ServerRequests[M]['params']) =>
      Promise.all(uris.map(uri => within(uri, read))),
    );
  return vscode.Disposable.from(answer('flopline/listFolders', list), answer('flopline/readFiles', readText));
}

/** Null where there is nothing, or it is outside of the folders that are open. */
async function within<T>(written: string, read: (uri: vscode.Uri) => Promise<T>): Promise<T | null> {
  try {
    const uri = vscode.Uri.parse(written, true);
    return vscode.workspace.getWorkspaceFolder(uri) ? await read(uri) : null;
  } catch {
    return null;
  }
}

async function list(uri: vscode.Uri): Promise<readonly FolderEntry[]> {
  const entries = await vscode.workspace.fs.readDirectory(uri);
  return entries.map(([name, type]) => ({
    name,
    ...(type & vscode.FileType.File ? { kind: 'file' } : type & vscode.FileType.Directory ? { kind: 'folder' } : {}),
    ...(type & vscode.FileType.SymbolicLink ? { isLink: true } : {}),
  }));
}

async function readText(uri: vscode.Uri): Promise<string | null> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxBytes) return null;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri));
}
