// Reads files for a server that cannot: those of a virtual workspace, and all files for a server in a browser. Only
// files in the open folders are read.
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { FolderEntry, ServerRequests } from '../../server/src/protocol/index.ts';

/** Larger files are not hand-written sources. */
const maxBytes = 2_000_000;

/** Answers the server's requests for files until it is disposed of. */
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

/** Null if there is no such file or it is outside the open folders. */
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
  const found: FolderEntry[] = entries.map(([name, type]) => ({
    name,
    ...(type & vscode.FileType.File ? { kind: 'file' } : type & vscode.FileType.Directory ? { kind: 'folder' } : {}),
    ...(type & vscode.FileType.SymbolicLink ? { isLink: true } : {}),
  }));
  // A remote repository is opened at its root, but its `.git` folder is not visible.
  const isRoot = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === uri.toString();
  return uri.scheme === 'vscode-vfs' && isRoot ? [...found, { name: '.git', kind: 'folder' }] : found;
}

async function readText(uri: vscode.Uri): Promise<string | null> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxBytes) return null;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri));
}
