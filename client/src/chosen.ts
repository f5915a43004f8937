// What the user chose for single files, stored with the workspace. A renamed file keeps its choices, a deleted file
// loses them, and an untitled document passes them on to the file it is saved as.
import * as vscode from 'vscode';
import type { ChoiceKey, ChosenByUri, FileChoices } from '../../server/src/protocol/index.ts';

export interface Chosen extends vscode.Disposable {
  readonly all: ChosenByUri;
  of(uri: vscode.Uri): FileChoices;
  /** Undefined removes a choice. */
  set(uri: vscode.Uri, key: ChoiceKey, value: string | undefined): Promise<void>;
}

const name = 'flopline.choices';
/** How many files' choices are stored, latest first: the editor does not see other programs delete files. */
const most = 1000;
/** How long after a save, in milliseconds, the untitled document may take to close. */
const patience = 5000;

/** `changed` is called with the new choices of the files that changed. */
export function createChosen(memento: vscode.Memento, changed: (choices: ChosenByUri) => void): Chosen {
  let all: ChosenByUri = memento.get(name, {});

  const change = async (changes: ChosenByUri): Promise<void> => {
    const uris = Object.keys(changes);
    if (uris.length === 0) return;
    const others = Object.entries(all).filter(([uri]) => !uris.includes(uri));
    const now = Object.entries(changes).filter(([, choices]) => Object.keys(choices).length > 0);
    all = Object.fromEntries([...others, ...now].slice(-most));
    changed(changes);
    await memento.update(name, all);
  };

  /** The choices of a file, or of all files in a folder. */
  const under = (uri: vscode.Uri): [uri: string, choices: FileChoices][] => {
    const at = uri.toString();
    return Object.entries(all).filter(([own]) => own === at || own.startsWith(`${at}/`));
  };
  const none = (uri: string): [uri: string, choices: FileChoices] => [uri, {}];

  /** Files just saved whose text equals an untitled document's: VS Code does not say which file a document became. */
  let saved: readonly { readonly uri: string; readonly from: string; readonly until: number }[] = [];

  const listeners = [
    vscode.workspace.onDidRenameFiles(({ files }) => {
      const moves = files.flatMap(({ oldUri, newUri }) =>
        under(oldUri).flatMap(([uri, choices]) => [
          none(uri),
          [newUri.toString() + uri.slice(oldUri.toString().length), choices] as const,
        ]),
      );
      return change(Object.fromEntries(moves));
    }),
    vscode.workspace.onDidDeleteFiles(({ files }) =>
      change(Object.fromEntries(files.flatMap(uri => under(uri).map(([own]) => none(own))))),
    ),
    vscode.workspace.onDidSaveTextDocument(document => {
      const uri = document.uri.toString();
      const text = document.getText().trimEnd();
      const sources = vscode.workspace.textDocuments.filter(
        other => other.isUntitled && all[other.uri.toString()] && other.getText().trimEnd() === text,
      );
      const until = Date.now() + patience;
      const found = sources.map(source => ({ uri, from: source.uri.toString(), until }));
      saved = [...saved.filter(other => other.until > Date.now()), ...found];
    }),
    vscode.workspace.onDidCloseTextDocument(document => {
      const uri = document.uri.toString();
      const choices = all[uri];
      if (!document.isUntitled || !choices) return;
      const file = saved.find(({ from, until }) => from === uri && until > Date.now())?.uri;
      // The next untitled document may get the same name.
      return change({ [uri]: {}, ...(file !== undefined && !all[file] ? { [file]: choices } : {}) });
    }),
  ];

  return {
    get all() {
      return all;
    },
    of: uri => all[uri.toString()] ?? {},
    set: (uri, key, value) => {
      const at = uri.toString();
      const { [key]: before, ...others } = all[at] ?? {};
      if (before === value) return Promise.resolve();
      return change({ [at]: value === undefined ? others : { ...others, [key]: value } });
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}
