// The part of the API of VS Code's git extension that is used here.
import * as vscode from 'vscode';

export interface Repository {
  readonly state: {
    readonly HEAD: { readonly commit?: string } | undefined;
    readonly onDidChange: vscode.Event<void>;
  };
  /** The text of a file in a revision. */
  show(revision: string, path: string): Promise<string>;
  getCommit(revision: string): Promise<{ readonly hash: string }>;
  getRefs(query: object): Promise<readonly { readonly name?: string }[]>;
}

interface Git {
  getRepository(uri: vscode.Uri): Repository | null;
  readonly onDidOpenRepository: vscode.Event<Repository>;
}

interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): Git;
}

/** Starts the git extension when first called. `opened` is called for repositories that it finds, possibly later. */
export function gitOf(listeners: vscode.Disposable[], opened: () => void): () => Promise<Git | undefined> {
  let git: Promise<Git | undefined> | undefined;
  const start = async (): Promise<Git | undefined> => {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    if (!extension) return undefined;
    try {
      const exported = extension.isActive ? extension.exports : await extension.activate();
      if (!exported.enabled) {
        listeners.push(
          exported.onDidChangeEnablement(() => {
            git = undefined;
            opened();
          }),
        );
        return undefined;
      }
      const api = exported.getAPI(1);
      listeners.push(api.onDidOpenRepository(opened));
      return api;
    } catch {
      // Git is not installed.
      return undefined;
    }
  };
  return () => {
    git ??= start();
    return git;
  };
}

/** The file's name without its folders. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
