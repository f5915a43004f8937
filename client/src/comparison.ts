// What each network is compared with: the last commit of its git repository (through VS Code's git extension), another
// revision, the last save, or another file. The server gets that text and shows what has changed.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ClientNotifications, ComparisonBase, DocumentSummary } from '../../server/src/protocol/index.ts';
import { fileName, gitOf, type Repository } from './git.ts';

type Change = ClientNotifications['flopline/didChangeBase'];

/** What a file is compared with: the user's choice for it, or the setting. */
type Target =
  | { readonly kind: 'revision'; readonly name: string }
  | { readonly kind: 'save' }
  | { readonly kind: 'file'; readonly uri: vscode.Uri }
  | { readonly kind: 'nothing' };

export interface Comparisons extends vscode.Disposable {
  /** Starts comparing a document, which turned out to be a network. */
  use(uri: string): void;
  /** What a document is compared with; undefined if nothing. */
  of(uri: vscode.Uri): ComparisonBase | undefined;
  /** Sends everything again, to a server that has just started. */
  resend(): void;
  /** Lets the user choose what the active document is compared with, and shows both. */
  pick(): Promise<void>;
  /** Shows the active document beside what it is compared with. */
  show(): Promise<void>;
}

/** The URI scheme of the texts that documents are compared with. */
export const baseScheme = 'flopline-base';

/** What this needs from the rest of the extension. */
interface Surroundings {
  /** A document is now compared with another text. */
  changed(change: Change): void;
  /** The text at `base` is shown, and has to be read with the choices made for `document`. */
  shown(base: vscode.Uri, document: vscode.Uri): void;
  /** The totals of the active document. */
  summary(): Promise<DocumentSummary | undefined>;
}

export function createComparisons({ changed, shown, summary: ask }: Surroundings): Comparisons {
  const targets = new Map<string, Target>();
  /** What each document that is a network is compared with. */
  const bases = new Map<string, ComparisonBase | undefined>();
  const turns = new Map<string, number>();
  const contents = new vscode.EventEmitter<vscode.Uri>();
  const watched = new WeakSet<Repository>();
  const listeners: vscode.Disposable[] = [contents];

  const targetOf = (uri: vscode.Uri): Target => targets.get(uri.toString()) ?? defaultTarget(uri);

  const refresh = async (uri: vscode.Uri): Promise<void> => {
    const key = uri.toString();
    const turn = (turns.get(key) ?? 0) + 1;
    turns.set(key, turn);
    const base = await read(uri).catch(() => undefined);
    // Another choice may have been made in the meantime, or the document was closed.
    if (turns.get(key) !== turn) return;
    const before = bases.get(key);
    bases.set(key, base);
    if (JSON.stringify(before) === JSON.stringify(base)) return;
    changed({ uri: key, base: base ?? null });
    contents.fire(baseUri(uri));
  };

  const refreshAll = (): void => {
    for (const uri of bases.keys()) refresh(vscode.Uri.parse(uri, true));
  };

  const read = async (uri: vscode.Uri): Promise<ComparisonBase | undefined> => {
    // A document that is not a file has no saved text, and git only has files on disk.
    if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === undefined) return undefined;
    const target = targetOf(uri);
    if (target.kind === 'revision' && uri.scheme !== 'file') return undefined;
    switch (target.kind) {
      case 'nothing':
        return undefined;
      case 'save': {
        const text = await savedText(uri);
        return { kind: 'save', label: '', name: fileName(uri), text, uri: uri.toString() };
      }
      case 'file': {
        const document = await vscode.workspace.openTextDocument(target.uri);
        const { languageId } = document;
        const name = fileName(target.uri);
        return { kind: 'file', label: name, name, text: document.getText(), languageId, uri: target.uri.toString() };
      }
      case 'revision': {
        const repository = (await git())?.getRepository(uri);
        if (!repository) return undefined;
        if (!watched.has(repository)) {
          watched.add(repository);
          listeners.push(repository.state.onDidChange(() => refreshChanged(repository)));
        }
        const revision = await commitOf(repository, target.name);
        const text = await repository.show(revision, uri.fsPath);
        const name = fileName(uri);
        return { kind: 'revision', label: target.name, name, text: withoutMark(text), uri: uri.toString(), revision };
      }
    }
  };

  /** Repositories report every change of every file; only a new HEAD matters here. */
  const heads = new WeakMap<Repository, string | undefined>();
  const refreshChanged = (repository: Repository): void => {
    const head = repository.state.HEAD?.commit;
    if (heads.has(repository) && heads.get(repository) === head) return;
    heads.set(repository, head);
    refreshAll();
  };

  const git = gitOf(listeners, refreshAll);

  listeners.push(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      bases.delete(uri.toString());
      turns.delete(uri.toString());
    }),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      for (const key of bases.keys()) {
        const own = vscode.Uri.parse(key, true);
        const target = targetOf(own);
        const isIt = target.kind === 'save' ? key === uri.toString() : target.kind === 'file';
        if (isIt) refresh(own);
      }
    }),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('flopline.compareWith')) refreshAll();
    }),
    vscode.workspace.registerTextDocumentContentProvider(baseScheme, {
      onDidChange: contents.event,
      provideTextDocumentContent: uri => bases.get(uri.query)?.text ?? '',
    }),
  );

  const show = async (): Promise<void> => {
    const document = vscode.window.activeTextEditor?.document;
    if (!document) return;
    const { uri } = document;
    if (!bases.has(uri.toString()) || !bases.get(uri.toString())) await refresh(uri);
    const base = bases.get(uri.toString());
    if (!base) {
      vscode.window.showInformationMessage(nothingText(targetOf(uri), fileName(uri)));
      return;
    }
    const target = targetOf(uri);
    const left = target.kind === 'file' ? target.uri : baseUri(uri);
    if (target.kind !== 'file') shown(left, uri);
    const summary = await ask();
    const names = `${base.kind === 'save' ? l10n.t('last save') : base.label} ↔ ${fileName(uri)}`;
    const title = summary ? `${names}: ${summary.compared}` : names;
    await vscode.commands.executeCommand('vscode.diff', left, uri, title);
  };

  return {
    use: uri => {
      if (bases.has(uri)) return;
      bases.set(uri, undefined);
      refresh(vscode.Uri.parse(uri, true));
    },
    of: uri => bases.get(uri.toString()),
    resend: () => {
      for (const [uri, base] of bases) if (base) changed({ uri, base });
    },
    show,
    pick: async () => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      if (!uri) return;
      const target = await pickTarget(uri, (await git())?.getRepository(uri) ?? undefined);
      if (!target) return;
      targets.set(uri.toString(), target);
      await refresh(uri);
      if (target.kind !== 'nothing') await show();
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}

function defaultTarget(uri: vscode.Uri): Target {
  switch (vscode.workspace.getConfiguration('flopline', uri).get<string>('compareWith')) {
    case 'saved':
      return { kind: 'save' };
    case 'nothing':
      return { kind: 'nothing' };
    default:
      return { kind: 'revision', name: 'HEAD' };
  }
}

async function commitOf(repository: Repository, name: string): Promise<string> {
  const head = repository.state.HEAD?.commit;
  return name === 'HEAD' && head !== undefined ? head : (await repository.getCommit(name)).hash;
}

/** The URI under which the base of a document is shown. It keeps the file name, and thus the language. */
function baseUri(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme: baseScheme, path: uri.path, query: uri.toString() });
}

async function savedText(uri: vscode.Uri): Promise<string> {
  return withoutMark(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri)));
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

function nothingText(target: Target, name: string): string {
  switch (target.kind) {
    case 'revision':
      return l10n.t('Flopline: There is no {0} in {1} of a git repository.', name, target.name);
    case 'nothing':
      return l10n.t('Flopline: {0} is compared with nothing. Choose something first.', name);
    default:
      return l10n.t('Flopline: What {0} is compared with could not be read.', name);
  }
}

/** Asks the user what to compare a file with. */
async function pickTarget(uri: vscode.Uri, repository: Repository | undefined): Promise<Target | undefined> {
  const items: (vscode.QuickPickItem & { readonly pick: () => Promise<Target | undefined> })[] = [
    ...(repository
      ? [
          { label: l10n.t('Last commit'), description: 'HEAD', pick: async () => revision('HEAD') },
          { label: l10n.t('Branch, tag or commit…'), pick: () => pickRevision(repository) },
        ]
      : []),
    { label: l10n.t('Last save'), pick: async () => ({ kind: 'save' }) as const },
    { label: l10n.t('Another file…'), pick: () => pickFile(uri) },
    { label: l10n.t('Nothing'), pick: async () => ({ kind: 'nothing' }) as const },
  ];
  const placeHolder = l10n.t('Select what {0} is compared with', fileName(uri));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.pick();
}

const revision = (name: string): Target => ({ kind: 'revision', name });

async function pickRevision(repository: Repository): Promise<Target | undefined> {
  const refs = await repository.getRefs({}).catch(() => []);
  const names = [...new Set(refs.flatMap(({ name }) => name ?? []))];
  const other = l10n.t('Another revision…');
  const placeHolder = l10n.t('Select a revision');
  const picked = await vscode.window.showQuickPick([...names, other], { placeHolder });
  if (picked !== other) return picked === undefined ? undefined : revision(picked);
  const written = await vscode.window.showInputBox({
    prompt: l10n.t('A branch, a tag or a commit, such as HEAD~3'),
    validateInput: async name => {
      const isThere = await repository.getCommit(name).then(
        () => true,
        () => false,
      );
      return isThere ? undefined : l10n.t('The repository has no revision “{0}”.', name);
    },
  });
  return written === undefined ? undefined : revision(written);
}

async function pickFile(uri: vscode.Uri): Promise<Target | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({ defaultUri: vscode.Uri.joinPath(uri, '..'), canSelectMany: false })) ?? [];
  return file && { kind: 'file', uri: file };
}
