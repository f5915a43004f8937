// “Networks in This Workspace”: a tree of the files that are networks, with their totals. The server is asked only
// while the view is visible, and for a network's totals only when its folder is expanded.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { NetworkFile, NetworkList, NetworkTotals } from '../../server/src/protocol/index.ts';

/** Requests to the server, which they start if necessary. */
interface Questions {
  list(token: vscode.CancellationToken): Promise<NetworkList | null>;
  totals(uri: string, token: vscode.CancellationToken): Promise<NetworkTotals | null>;
}

export interface Networks extends vscode.Disposable {
  /** A document has new costs. */
  changed(uri: string): void;
  /** Lists all files again. */
  refresh(): void;
  /** The content of the tree, for our tests: a line per entry. */
  shown(): Promise<readonly string[]>;
}

type Entry = Folder | Network;

interface Folder {
  readonly kind: 'folder';
  readonly name: string;
  readonly networks: readonly Network[];
}

interface Network {
  readonly kind: 'network';
  readonly file: NetworkFile;
}

/** Up to this many networks are listed without folders. */
const few = 15;
/** Milliseconds after a file change before files are listed again. */
const quiet = 500;
/** Minimum milliseconds between two updates of the tree as totals arrive. */
const pace = 100;

const candidates = '**/*.{yaml,yml,cfg,prototxt,py,pyw}';

export function createNetworks(questions: Questions): Networks {
  /** Totals by URI; null for a file that turned out to have no network. */
  const totals = new Map<string, NetworkTotals | null>();
  /** URIs whose totals are to be requested, in the order in which their entries are shown. */
  const wanted = new Set<string>();
  /** URIs of documents that are being edited: they are requested first. */
  const urgent = new Set<string>();
  const outdated = new Set<string>();
  const changes = new vscode.EventEmitter<Entry | undefined>();
  let list: Promise<readonly NetworkFile[]> | undefined;
  let cancellation = new vscode.CancellationTokenSource();
  let watching: readonly vscode.Disposable[] = [];
  let isAsking = false;
  let timer: NodeJS.Timeout | undefined;
  let shownLater: NodeJS.Timeout | undefined;

  const look = async (): Promise<readonly NetworkFile[]> => {
    const found = await questions.list(cancellation.token).catch(() => null);
    view.message =
      found?.networks.length === 0
        ? l10n.t('No networks found (PyTorch, YOLO YAML, Darknet cfg, Caffe prototxt or *.net.yaml).')
        : found?.isCut
          ? l10n.t('This workspace has more files than are listed.')
          : '';
    return found?.networks ?? [];
  };

  /** Has the editor render the tree again; calls in quick succession are merged. */
  const show = (): void => {
    shownLater ??= setTimeout(() => {
      shownLater = undefined;
      changes.fire(undefined);
    }, pace);
  };

  const refresh = (): void => {
    list = undefined;
    for (const uri of totals.keys()) outdated.add(uri);
    if (view.visible) show();
  };

  const refreshSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(refresh, quiet);
  };

  /** Requests one after the other, so the server can answer other requests in between. */
  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      while (view.visible) {
        const uri = first(urgent) ?? first(wanted);
        if (uri === undefined) return;
        urgent.delete(uri);
        wanted.delete(uri);
        const { token } = cancellation;
        const found = await questions.totals(uri, token).catch(() => null);
        if (token.isCancellationRequested) continue;
        outdated.delete(uri);
        if (JSON.stringify(totals.get(uri)) === JSON.stringify(found)) continue;
        totals.set(uri, found);
        show();
      }
    } finally {
      isAsking = false;
    }
  };

  const want = ({ file: { uri } }: Network): void => {
    if (totals.has(uri) && !outdated.has(uri)) return;
    wanted.add(uri);
    ask();
  };

  const provider: vscode.TreeDataProvider<Entry> = {
    onDidChangeTreeData: changes.event,
    getChildren: async entry => {
      if (!view.visible || entry?.kind === 'network') return [];
      list ??= look();
      const networks = entry ? entry.networks : (await list).map((file): Network => ({ kind: 'network', file }));
      if (!entry && networks.length > few) return foldersOf(networks);
      for (const network of networks) want(network);
      // Whether a program contains a network is known only once it has been read. Those without are not shown.
      return networks.filter(({ file }) => (file.isCertain ? totals.get(file.uri) !== null : totals.get(file.uri)));
    },
    getTreeItem: entry =>
      entry.kind === 'folder' ? folderItem(entry) : networkItem(entry.file, totals.get(entry.file.uri) ?? undefined),
  };
  const view = vscode.window.createTreeView('flopline.networks', { treeDataProvider: provider });

  const follow = (): void => {
    for (const each of watching) each.dispose();
    watching = [];
    if (!view.visible) {
      cancellation.cancel();
      cancellation = new vscode.CancellationTokenSource();
      wanted.clear();
      urgent.clear();
      return;
    }
    const watcher = vscode.workspace.createFileSystemWatcher(candidates);
    watching = [
      watcher,
      watcher.onDidCreate(refreshSoon),
      watcher.onDidDelete(refreshSoon),
      // An edit may change which files import others.
      watcher.onDidChange(refreshSoon),
      vscode.workspace.onDidChangeWorkspaceFolders(refreshSoon),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('flopline')) refreshSoon();
      }),
    ];
    // The tree was not updated while it was hidden.
    refresh();
  };
  const listener = view.onDidChangeVisibility(follow);
  if (view.visible) follow();

  const textOf = async (entry: Entry): Promise<string> => {
    const { label = '', description = '' } = await provider.getTreeItem(entry);
    return [label, description].filter(part => part !== '').join(' — ');
  };

  return {
    changed: uri => {
      if (!view.visible || !totals.has(uri)) return;
      urgent.add(uri);
      ask();
    },
    refresh,
    shown: async () => {
      const lines: string[] = [];
      for (const entry of (await provider.getChildren()) ?? []) {
        lines.push(await textOf(entry));
        for (const inner of (await provider.getChildren(entry)) ?? []) lines.push(`  ${await textOf(inner)}`);
      }
      return lines;
    },
    dispose: () => {
      clearTimeout(timer);
      clearTimeout(shownLater);
      cancellation.cancel();
      for (const each of [...watching, listener, view, changes]) each.dispose();
    },
  };
}

const first = (uris: ReadonlySet<string>): string | undefined => uris.values().next().value;

function foldersOf(networks: readonly Network[]): Folder[] {
  const found = new Map<string, Network[]>();
  for (const network of networks) {
    const { path } = network.file;
    const name = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const others = found.get(name);
    if (others) others.push(network);
    else found.set(name, [network]);
  }
  return [...found].map(([name, own]) => ({ kind: 'folder', name, networks: own }));
}

function folderItem({ name, networks }: Folder): vscode.TreeItem {
  const item = new vscode.TreeItem(name === '' ? '.' : name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `folder ${name}`;
  item.iconPath = vscode.ThemeIcon.Folder;
  const certain = networks.filter(({ file }) => file.isCertain).length;
  if (certain > 0) item.description = String(certain);
  return item;
}

function networkItem({ uri, path }: NetworkFile, totals: NetworkTotals | undefined): vscode.TreeItem {
  const resource = vscode.Uri.parse(uri, true);
  const item = new vscode.TreeItem(path.slice(path.lastIndexOf('/') + 1));
  item.id = uri;
  item.iconPath = iconOf(totals);
  item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [resource] };
  item.contextValue = 'network';
  if (!totals) {
    item.tooltip = path;
    return item;
  }
  const { text, detail, title } = totals;
  const notes = notesOf(totals);
  item.description = [text, ...notes].join(' · ');
  item.tooltip = [path, l10n.t('{0}: {1}', title, detail), ...notes].join('\n');
  return item;
}

/** What is wrong with a network, worst first. */
function notesOf({ errors, isStale, budget }: NetworkTotals): readonly string[] {
  return [
    ...(errors === 1 ? [l10n.t('1 error')] : errors > 1 ? [l10n.t('{0} errors', errors)] : []),
    ...(budget === 'over' ? [l10n.t('over budget')] : []),
    ...(budget === 'unknown' ? [l10n.t('budget cannot be checked')] : []),
    ...(isStale ? [l10n.t('summary outdated')] : []),
  ];
}

function iconOf(totals: NetworkTotals | undefined): vscode.ThemeIcon {
  if (!totals) return new vscode.ThemeIcon('circuit-board', new vscode.ThemeColor('disabledForeground'));
  const { errors, budget, isStale } = totals;
  if (errors > 0) return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (budget === 'over') return new vscode.ThemeIcon('flame', new vscode.ThemeColor('list.errorForeground'));
  if (budget === 'unknown' || isStale)
    return new vscode.ThemeIcon('history', new vscode.ThemeColor('list.warningForeground'));
  if (budget === 'ok') return new vscode.ThemeIcon('pass');
  return new vscode.ThemeIcon('circuit-board');
}
