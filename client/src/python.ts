// The environment of Python that the editor uses, and whether a person trusts the workspace: packages that lie outside of it
// are only read then: nobody is asked anything before a network in Python is open.
import * as vscode from 'vscode';
import type { ClientNotifications } from '../../server/src/protocol/index.ts';

type Surroundings = ClientNotifications['flopline/didChangePython'];

export interface Python extends vscode.Disposable {
  /** By its folder or its interpreter; undefined before it was asked for, and where there is none. */
  readonly environment: string | undefined;
  /** A document has a network: where it is in Python, the environment is asked for. */
  use(uri: string): void;
}

/** What is used here of the API of the Python extension. */
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
    // `python` alone is a program that is looked for when it is run.
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
      // Without the environment, what is installed is not found, which the network's problems say.
      ask().catch(() => {});
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}
