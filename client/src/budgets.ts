// Budgets in the Test Explorer: each network that a project file sets a budget for is a test with its figure. Without a
// `flopline.yaml` that has budgets there is no controller, and the server is not asked.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { BudgetResult, BudgetTest, Requests } from '../../server/src/protocol/index.ts';

/** Exposed to our tests. */
export interface Budgets extends vscode.Disposable {
  /** Undefined while no project file has budgets. */
  readonly controller: vscode.TestController | undefined;
  /** The result of the last run, by test id. */
  readonly results: ReadonlyMap<string, BudgetResult>;
  /** Looks for budgets and creates the controller if there are any. */
  start(): Promise<void>;
  /** Lists the tests again. */
  refresh(): Promise<void>;
  run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void>;
}

type Ask = <M extends 'flopline/budgets' | 'flopline/judge'>(
  method: M,
  params: Requests[M]['params'],
  token?: vscode.CancellationToken,
) => Promise<Requests[M]['result']>;

const projectFiles = '**/flopline.yaml';
const excluded = '**/{node_modules,.git,.venv,venv}/**';
/** Networks and the files they read may be any of these. */
const networkFiles = '**/*.{yaml,yml,cfg,txt,prototxt,py,json}';
/** Milliseconds to wait for more file changes. */
const pause = 300;

export function createBudgets(ask: Ask): Budgets {
  let controller: vscode.TestController | undefined;
  const tests = new Map<string, BudgetTest>();
  const results = new Map<string, BudgetResult>();
  const listeners: vscode.Disposable[] = [];
  let continuous: { readonly request: vscode.TestRunRequest; readonly token: vscode.CancellationToken }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isNewList = false;
  /** Whether the list of tests has been requested; until then the server is not asked. */
  let isListed = false;

  /** The project files that have budgets, by a quick look at their text. */
  const projects = async (): Promise<readonly vscode.Uri[]> => {
    const files = await vscode.workspace.findFiles(projectFiles, excluded, 100);
    const found: vscode.Uri[] = [];
    for (const uri of files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
      try {
        const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        if (/^["']?budgets["']?\s*:/m.test(text)) found.push(uri);
      } catch {
        // Deleted in the meantime.
      }
    }
    return found;
  };

  const create = (): vscode.TestController => {
    const own = vscode.tests.createTestController('flopline.budgets', l10n.t('Flopline Budgets'));
    own.resolveHandler = async item => {
      if (!item && !isListed) await refresh();
    };
    own.refreshHandler = () => refresh();
    own.createRunProfile(
      l10n.t('Check Budgets'),
      vscode.TestRunProfileKind.Run,
      (request, token) => run(request, token),
      true,
      undefined,
      true,
    );
    return own;
  };

  /** Fills the controller with the tests of the project files. */
  async function fill(uris: readonly vscode.Uri[]): Promise<void> {
    const all: (readonly [project: vscode.Uri, tests: readonly BudgetTest[]])[] = [];
    for (const uri of uris) {
      const own = await ask('flopline/budgets', { textDocument: { uri: uri.toString() } });
      if (own && own.length > 0) all.push([uri, own]);
    }
    if (!controller) return;
    tests.clear();
    const roots = all.map(([uri, own]) => {
      const root = controller!.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
      root.children.replace(own.map(test => itemOf(controller!, test, labelOf(test, own))));
      for (const test of own) tests.set(idOf(test), test);
      return root;
    });
    // A single project needs no level of its own.
    const [only] = roots;
    controller.items.replace(roots.length === 1 && only ? [...only.children].map(([, item]) => item) : roots);
    for (const [id, result] of results) {
      const item = tests.has(id) ? itemNamed(id) : undefined;
      if (item) show(item, result);
      else results.delete(id);
    }
  }

  const itemNamed = (id: string): vscode.TestItem | undefined => leaves().find(item => item.id === id);

  const leaves = (): readonly vscode.TestItem[] =>
    controller ? [...controller.items].flatMap(([, item]) => leavesOf(item)) : [];

  /** Creates the controller if there are budgets, and disposes of it if there are none. */
  async function look(): Promise<readonly vscode.Uri[]> {
    const found = await projects();
    if (found.length === 0) {
      controller?.dispose();
      controller = undefined;
      tests.clear();
      results.clear();
    } else {
      controller ??= create();
      watch();
    }
    return found;
  }

  async function refresh(): Promise<void> {
    isListed = true;
    const found = await look();
    if (found.length > 0) await fill(found);
  }

  async function run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (request.continuous) {
      const own = { request, token };
      continuous = [...continuous, own];
      token.onCancellationRequested(() => {
        continuous = continuous.filter(other => other !== own);
      });
      return;
    }
    await runOnce(request, token);
  }

  async function runOnce(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (!controller) return;
    const items = (request.include?.flatMap(leavesOf) ?? leaves()).filter(
      item => !request.exclude?.some(other => leavesOf(other).includes(item)),
    );
    const session = controller.createTestRun(request);
    for (const item of items) session.enqueued(item);
    for (const item of items) {
      const test = tests.get(item.id);
      if (token.isCancellationRequested || !test) {
        session.skipped(item);
        continue;
      }
      session.started(item);
      const start = Date.now();
      const { uri, project, index, entry } = test;
      const result = await ask('flopline/judge', { textDocument: { uri }, project, index, entry }, token);
      if (!result) {
        // A glob may match a Python file without a network.
        if (token.isCancellationRequested || entry === null) session.skipped(item);
        else session.errored(item, new vscode.TestMessage(l10n.t('There is no network of this name.')));
        continue;
      }
      results.set(item.id, result);
      show(item, result);
      report(session, item, result, Date.now() - start);
    }
    session.end();
  }

  /** Any changed file may change the result of a budget. */
  const changed = (isList: boolean): void => {
    if (!controller && !isList) return;
    isNewList ||= isList;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const isNew = isNewList;
      isNewList = false;
      if (isNew) await (isListed ? refresh() : look());
      controller?.invalidateTestResults();
      for (const { request, token } of continuous) await runOnce(request, token);
    }, pause);
  };

  const watcher = vscode.workspace.createFileSystemWatcher(projectFiles);
  listeners.push(
    watcher,
    watcher.onDidChange(() => changed(true)),
    watcher.onDidCreate(() => changed(true)),
    watcher.onDidDelete(() => changed(true)),
  );
  // Files are watched only while there are budgets.
  let networks: vscode.FileSystemWatcher | undefined;
  const watch = (): void => {
    if (networks || !controller) return;
    networks = vscode.workspace.createFileSystemWatcher(networkFiles);
    const isProject = ({ path }: vscode.Uri): boolean => path.endsWith('/flopline.yaml');
    listeners.push(
      networks,
      networks.onDidChange(uri => isProject(uri) || changed(false)),
      networks.onDidCreate(uri => isProject(uri) || changed(true)),
      networks.onDidDelete(uri => isProject(uri) || changed(true)),
    );
  };

  return {
    get controller() {
      return controller;
    },
    results,
    start: async () => {
      await look();
    },
    refresh,
    run,
    dispose: () => {
      clearTimeout(timer);
      controller?.dispose();
      for (const listener of listeners) listener.dispose();
    },
  };
}

const idOf = ({ project, index, uri, entry }: BudgetTest): string => JSON.stringify([project, index, uri, entry]);

/** The file's name, which leaves room for the figure; with its folders if another file has the same name. */
function labelOf({ path, entry }: BudgetTest, all: readonly BudgetTest[]): string {
  const nameOf = (full: string): string => full.slice(full.lastIndexOf('/') + 1);
  const name = nameOf(path);
  const isUnique = all.every(other => other.path === path || nameOf(other.path) !== name);
  const label = isUnique ? name : path;
  return entry === null ? label : `${label}: ${entry}`;
}

function itemOf(controller: vscode.TestController, test: BudgetTest, label: string): vscode.TestItem {
  const item = controller.createTestItem(idOf(test), label, vscode.Uri.parse(test.uri));
  item.description = test.limits;
  // Keep the order of the project file.
  item.sortText = `${String(test.index).padStart(5, '0')} ${label}`;
  return item;
}

function leavesOf(item: vscode.TestItem): readonly vscode.TestItem[] {
  return item.children.size === 0 ? [item] : [...item.children].flatMap(([, child]) => leavesOf(child));
}

/** Shows the figure after the name, and where in the editor the test's icon goes. */
function show(item: vscode.TestItem, { figure, range }: BudgetResult): void {
  item.description = figure;
  item.range = rangeOf(range);
}

function report(session: vscode.TestRun, item: vscode.TestItem, result: BudgetResult, duration: number): void {
  const { status, message, range, related, figure } = result;
  const location = new vscode.Location(item.uri!, rangeOf(range));
  // Without a location, or the editor would repeat it below the message.
  session.appendOutput(`${item.label}: ${figure}\r\n`, undefined, item);
  if (status === 'ok') {
    session.passed(item, duration);
    return;
  }
  const found = new vscode.TestMessage(message);
  found.location = location;
  for (const { uri, range: place, message: text } of related) {
    const at = uri === null ? item.uri! : vscode.Uri.parse(uri);
    session.appendOutput(`  ${text}\r\n`, new vscode.Location(at, rangeOf(place)), item);
  }
  if (status === 'over') session.failed(item, found, duration);
  else session.errored(item, found, duration);
}

function rangeOf({ start, end }: BudgetResult['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
