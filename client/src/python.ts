// The selected Python environment, and whether the workspace is trusted: the server reads packages outside of the
// workspace only then. The Python extension is not asked before a network in Python is open.
import * as vscode from 'vscode';
import type { ClientNotifications } from '../../server/src/protocol/index.ts';

type Surroundings = ClientNotifications['flopline/didChangePython'];

export interface Python extends vscode.Disposable {
  /** A folder or an interpreter; undefined if there is none or it has not been asked for yet. */
  readonly environment: string | undefined;
  /** A document turned out to have a network: if it is Python, the environment is requested. */
  use(uri: string): void;
}

/** The part of the Python extension's API that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string } | undefined;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

export function createPython(changed: (surroundings: Surroundings) => void): Python {
  const listeners: vscode.Disposable[] = [];
  let environment: string | undefined;
  let isAsked = false;

  const take = (path: string | undefined): void => {
    // A bare `python` would have to be looked up on the PATH.
    const found = path !== undefined && /[\\/]/.test(path) ? path : undefined;
    if (found === environment || found === undefined) return;
    environment = found;
    changed({ isTrusted: vscode.workspace.isTrusted, python: found });
  };

  const ask = async (): Promise<void> => {
    const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
    if (!extension) return take(vscode.workspace.getConfiguration('python').get<string>('defaultInterpreterPath'));
    const api = await extension.activate();
    const { environments } = api;
    if (!environments) return;
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    take(environments.getActiveEnvironmentPath(folder?.uri)?.path);
    listeners.push(
      environments.onDidChangeActiveEnvironmentPath(() =>
        take(environments.getActiveEnvironmentPath(folder?.uri)?.path),
      ),
    );
  };

  listeners.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() =>
      changed({ isTrusted: true, ...(environment !== undefined && { python: environment }) }),
    ),
  );
  return {
    get environment() {
      return environment;
    },
    use: uri => {
      const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
      if (isAsked || document?.languageId !== 'python') return;
      isAsked = true;
      // On failure, installed packages are not found, and the network's problems report that.
      ask().catch(() => {});
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}
