// The client, on the desktop and in a browser: starts the server, shows totals in the status bar and registers the
// commands.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type BaseLanguageClient, type LanguageClientOptions, State } from 'vscode-languageclient';
import type {
  ChoiceKey,
  ClientNotifications,
  ConversionTarget,
  InitializationOptions,
  Notifications,
  Requests,
} from '../../server/src/protocol/index.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { pickChoice } from './choices.ts';
import { type Chosen, createChosen } from './chosen.ts';
import { baseScheme, type Comparisons, createComparisons } from './comparison.ts';
import { showConverted } from './convert.ts';
import { setInput } from './entryComment.ts';
import { readFilesFor } from './files.ts';
import { createNetworks, type Networks } from './networks.ts';
import { originText } from './origins.ts';
import { createOverviews } from './overview.ts';
import { createPython } from './python.ts';
import { changeRow, rowCommands } from './rows.ts';
import { makeCheaper } from './slim.ts';
import { createLanguages, specs, whenCandidate } from './specs.ts';
import { createTexts } from './templates.ts';
import { createTotals, type Totals } from './totals.ts';
import { speakChosen, words } from './words.ts';

/** The API for other extensions and for our tests. */
export interface Flopline {
  readonly totals: Totals;
  readonly chosen: Chosen;
  readonly comparisons: Comparisons;
  readonly networks: Networks;
  readonly budgets: Budgets;
}

/** What differs between the desktop and a browser. */
export interface Platform {
  /** Creates a client whose server is started when it is first needed. */
  connect(options: LanguageClientOptions): BaseLanguageClient;
  /** Whether the server ships with its translations. */
  readonly isTranslated: boolean;
}

export async function start(context: vscode.ExtensionContext, platform: Platform): Promise<Flopline> {
  await speakChosen(context.extensionUri);
  const chosen = createChosen(context.workspaceState, choices => {
    const params: ClientNotifications['flopline/didChangeChoices'] = { choices };
    // If the server is not running yet, it gets all choices when it starts.
    client.sendNotification('flopline/didChangeChoices', params).catch(() => {});
  });
  const python = createPython(params => {
    client.sendNotification('flopline/didChangePython', params).catch(() => {});
  });
  // A function, because the server may be restarted with other values.
  const initializationOptions = (): InitializationOptions => ({
    choices: chosen.all,
    lensCommand: 'flopline.showMenu',
    entryCommand: 'flopline.selectEntry',
    inputCommand: 'flopline.setInput',
    compareCommand: 'flopline.showChanges',
    isTrusted: vscode.workspace.isTrusted,
    ...(python.environment !== undefined && { python: python.environment }),
    tellChanges: true,
    readsFiles: true,
    ...(platform.isTranslated ? {} : { translations: translations() }),
    diagnostics: 'push',
    problemLink: `command:flopline.explainProblem?${encodeURIComponent('["{code}"]').replace('%7Bcode%7D', '{code}')}`,
  });
  const client: BaseLanguageClient = platform.connect({
    documentSelector: specs,
    initializationOptions,
    connectionOptions: { maxRestartCount: 4 },
    markdown: { isTrusted: false },
    middleware: {
      // Fixing problems of an old revision makes no sense.
      handleDiagnostics: (uri, diagnostics, next) => next(uri, uri.scheme === baseScheme ? [] : diagnostics),
    },
  });
  const ask = <M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]['result']> =>
    // An undefined token would be sent as an extra parameter.
    token ? client.sendRequest(method, params, token) : client.sendRequest(method, params);
  const totals = createTotals(uri =>
    client.state === State.Running
      ? ask('flopline/summary', { textDocument: { uri } }).catch(() => null)
      : Promise.resolve(null),
  );

  const comparisons = createComparisons({
    changed: params => {
      client.sendNotification('flopline/didChangeBase', params).catch(() => {});
    },
    shown: (base, document) => {
      const params: ClientNotifications['flopline/didChangeChoices'] = {
        choices: { [base.toString()]: chosen.of(document) },
      };
      client.sendNotification('flopline/didChangeChoices', params).catch(() => {});
    },
    summary: () => totals.refresh(),
  });

  const networks = createNetworks({
    list: async token => {
      // The server may not be running yet if no network has been opened.
      await client.start();
      return ask('flopline/networks', {}, token);
    },
    totals: (uri, token) => ask('flopline/networkTotals', { textDocument: { uri } }, token),
  });

  const texts = createTexts(context.extensionUri, async (uri, text, token) => {
    await client.start();
    return ask('flopline/networkTotals', { textDocument: { uri }, text }, token);
  });

  const overviews = createOverviews(context.extensionUri, {
    show: params => {
      if (client.state === State.Running) client.sendNotification('flopline/didShowOverview', params).catch(() => {});
    },
    answer: ({ method, params }) => ask(method, params),
  });

  // Starting a running client does nothing.
  const budgets = createBudgets(async (method, params, token) => {
    await client.start();
    return ask(method, params, token);
  });

  const on = <M extends keyof Notifications>(method: M, handler: (params: Notifications[M]) => void): void => {
    context.subscriptions.push(client.onNotification(method, handler));
  };
  const giveLanguage = createLanguages();
  on('flopline/changed', ({ uri, isSpec, language }) => {
    if (language !== undefined) giveLanguage(uri, language);
    if (isSpec) python.use(uri);
    if (isSpec) comparisons.use(uri);
    if (isSpec) overviews.use(uri);
    totals.changed(uri);
    networks.changed(uri);
  });
  on('flopline/overview', message => overviews.received(message));

  const command = (name: string, run: () => Promise<unknown>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(`flopline.${name}`, run));
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('flopline.explainProblem', (code: string) =>
      explainProblem(context.extensionUri, code),
    ),
  );
  context.subscriptions.push(vscode.commands.registerCommand('flopline.setInput', setInput));
  command('showMenu', showMenu);
  for (const [key, name] of pickers) command(name, () => select(key));
  for (const [name, kind] of rowCommands)
    command(name, async () => {
      if (!(await changeRow(ask, kind))) reportNoSpec();
    });
  command('makeCheaper', slim);
  command('copyReport', copyReport);
  command('saveAsFlopline', () => saveAs('flopline'));
  command('convertToPyTorch', () => saveAs('pytorch'));
  const open = (name: string, run: (file?: string) => Promise<void>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(`flopline.${name}`, run));
  };
  // A link can name the template.
  open('newNetwork', file => texts.create(file));
  open('openExample', file => texts.example(file));
  command('openWalkthrough', openWalkthrough);
  command('openSettings', openSettings);
  command('compareWith', () => ofSpec(comparisons.pick));
  command('showChanges', () => ofSpec(comparisons.show));
  command('openOverview', async () => overviews.open());
  command('diagnose', diagnose);
  command('toggleHints', toggleHints);
  command('restartServer', restart);
  command('refreshNetworks', async () => networks.refresh());

  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async event => {
      if (!event.affectsConfiguration('flopline.language') || !(await speakChosen(context.extensionUri))) return;
      // This server gets its translations only when it starts.
      if (!platform.isTranslated) restart().catch(() => {});
      overviews.reword();
      networks.refresh();
      totals.refresh();
    }),
    client,
    readFilesFor(client),
    totals,
    chosen,
    python,
    comparisons,
    networks,
    overviews,
    budgets,
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        comparisons.resend();
        overviews.resend();
      }
      totals.refresh();
    }),
  );
  // The client library reports a failed start; commands, such as the restart, stay available.
  await whenCandidate(() => client.start().catch(() => {}), context.subscriptions);
  budgets.start().catch(() => {});
  return { totals, chosen, comparisons, networks, budgets };

  async function restart(): Promise<void> {
    // A client that failed to start cannot be stopped.
    await client.stop().catch(() => {});
    await client.start();
  }

  async function showMenu(): Promise<void> {
    const summary = await totals.refresh();
    if (!summary) return reportNoSpec();
    const { uri } = vscode.window.activeTextEditor!.document;
    const items: (vscode.QuickPickItem & { readonly run: () => Promise<unknown> })[] = [
      ...summary.choices.map(choice => ({
        label: menuLabel(choice.key),
        description: `${choice.text} · ${originText(choice, uri)}`,
        run: () => select(choice.key),
      })),
      { label: `$(rocket) ${l10n.t('Make It Cheaper…')}`, run: slim },
      { label: `$(diff) ${l10n.t('Compare With…')}`, run: () => comparisons.pick() },
      { label: `$(graph) ${l10n.t('Open Overview')}`, run: async () => overviews.open() },
      { label: `$(copy) ${l10n.t('Copy Report as Markdown')}`, run: copyReport },
      { label: `$(save-as) ${l10n.t('Save as Flopline YAML')}`, run: () => saveAs('flopline') },
      { label: `$(save-as) ${l10n.t('Convert to PyTorch')}`, run: () => saveAs('pytorch') },
      {
        label: `$(eye) ${l10n.t('Toggle Hints')}`,
        description: hintsAreOn() ? l10n.t('on') : l10n.t('off'),
        run: toggleHints,
      },
      { label: `$(settings-gear) ${l10n.t('Settings')}`, run: openSettings },
      { label: `$(question) ${l10n.t('Get Started with Flopline')}`, run: openWalkthrough },
    ];
    const title = `${summary.title}: ${summary.detail}`;
    await (await vscode.window.showQuickPick(items, { title, placeHolder: l10n.t('Select what to change') }))?.run();
  }

  async function saveAs(target: ConversionTarget): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const asked = (uri: string) => ask('flopline/convert', { textDocument: { uri }, target });
    if (!document || !(await showConverted(document, asked))) reportNoSpec();
  }

  async function openWalkthrough(): Promise<void> {
    const id = `${context.extension.id}#flopline.start`;
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', id, false);
  }

  async function openSettings(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`);
  }

  async function ofSpec(run: () => Promise<void>): Promise<void> {
    if (await totals.refresh()) await run();
    else reportNoSpec();
  }

  async function select(key: ChoiceKey): Promise<void> {
    const summary = await totals.refresh();
    const document = vscode.window.activeTextEditor?.document;
    if (!summary || !document) return reportNoSpec();
    const choice = summary.choices.find(other => other.key === key);
    if (choice) await pickChoice({ document, summary, chosen, ask }, choice);
    else vscode.window.showInformationMessage(withoutChoice(key, summary.title, summary.format));
  }

  async function slim(): Promise<void> {
    const summary = await totals.refresh();
    const document = vscode.window.activeTextEditor?.document;
    if (!summary || !document) return reportNoSpec();
    await makeCheaper(client, document, summary);
  }

  async function diagnose(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const content = uri && (await ask('flopline/diagnosis', { textDocument: { uri } }));
    if (!content) {
      vscode.window.showInformationMessage(l10n.t('Flopline: Open a network in Python first.'));
      return;
    }
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
  }

  async function copyReport(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const report = uri && (await ask('flopline/report', { textDocument: { uri } }));
    if (!report) return reportNoSpec();
    await vscode.env.clipboard.writeText(report);
    vscode.window.setStatusBarMessage(l10n.t('Flopline: The report was copied to the clipboard.'), 4000);
  }
}

/** The translations for a server that ships without them. */
function translations(): NonNullable<InitializationOptions['translations']> {
  const { language, contents } = words();
  return { [language]: contents as Readonly<Record<string, string>> };
}

/** The commands that open the pickers. */
const pickers: readonly (readonly [key: ChoiceKey, command: string])[] = [
  ['entry', 'selectEntry'],
  ['input', 'selectInput'],
  ['scale', 'selectScale'],
  ['convention', 'selectConvention'],
  ['work', 'selectWork'],
  ['dtype', 'selectDataType'],
  ['batch', 'selectBatch'],
  ['phase', 'selectPhase'],
  ['dialect', 'selectDialect'],
];

function menuLabel(key: ChoiceKey): string {
  switch (key) {
    case 'entry':
      return `$(symbol-class) ${l10n.t('Network')}`;
    case 'input':
      return `$(symbol-ruler) ${l10n.t('Input Size')}`;
    case 'scale':
      return `$(layers) ${l10n.t('Scale')}`;
    case 'convention':
      return `$(symbol-operator) ${l10n.t('Counting Convention')}`;
    case 'work':
      return `$(sync) ${l10n.t('Inference or Training')}`;
    case 'dtype':
      return `$(symbol-numeric) ${l10n.t('Data Type')}`;
    case 'batch':
      return `$(files) ${l10n.t('Batch Size')}`;
    case 'phase':
      return `$(versions) ${l10n.t('Phase')}`;
    case 'dialect':
      return `$(repo) ${l10n.t('Dialect')}`;
  }
}

function withoutChoice(key: ChoiceKey, title: string, format: string): string {
  switch (key) {
    case 'scale':
      return l10n.t('{0} has only one scale.', title);
    case 'phase':
      return l10n.t('{0} is not a Caffe network, so it has no phases.', title);
    case 'dialect':
      return l10n.t('{0} files have no dialects.', format);
    case 'entry':
      return l10n.t('{0} files hold one network each.', format);
    default:
      return l10n.t('{0} has no input.', title);
  }
}

async function toggleHints(): Promise<void> {
  await update('hints.enabled', !hintsAreOn());
}

function hintsAreOn(): boolean {
  return vscode.workspace.getConfiguration('flopline').get('hints.enabled', true);
}

/** Writes a setting where it is already set; else in the workspace, or in the user settings if none is open. */
async function update(key: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('flopline');
  const { globalValue, workspaceValue } = configuration.inspect(key) ?? {};
  const isOpen = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  const personal = workspaceValue === undefined && (globalValue !== undefined || !isOpen);
  const target = personal ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await configuration.update(key, value, target);
}

function reportNoSpec(): void {
  vscode.window.showInformationMessage(
    l10n.t('Flopline: Open a network first (PyTorch, YOLO YAML, Darknet cfg, Caffe prototxt or *.net.yaml).'),
  );
}

/** Shows a problem's page of the packaged docs: it works offline and matches the installed version. */
async function explainProblem(extension: vscode.Uri, code: string): Promise<void> {
  const page = vscode.Uri.joinPath(extension, 'docs/problems.md');
  await vscode.commands.executeCommand('markdown.showPreview', page.with({ fragment: code }));
}
