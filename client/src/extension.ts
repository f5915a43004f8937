// The editor's side: starts the server, shows the totals in the status bar and offers the menu behind them.
import * as vscode from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import type { InitializationOptions, Notifications, ProtocolRange, Requests } from '../../server/src/protocol/index.ts';
import { makeCheaper } from './slim.ts';
import { createLanguages, specs } from './specs.ts';
import { createTotals, type Totals } from './totals.ts';

/** What other extensions, and our tests, may look at. */
export interface Flopline {
  readonly totals: Totals;
}

/**
 * Room for what an edit allocates. An edit of 10,000 rows leaves megabytes; collected less often, most of them are garbage
 * by then and need not be copied: half the time, and no long pauses. V8 reads this at its start alone.
 */
const memory = ['--max-semi-space-size=64'];

export async function activate(context: vscode.ExtensionContext): Promise<Flopline> {
  const module = context.asAbsolutePath('dist/server.js');
  const initializationOptions: InitializationOptions = {
    lensCommand: 'flopline.showMenu',
    tellChanges: true,
    problemLink: `command:flopline.explainProblem?${encodeURIComponent('["{code}"]').replace('%7Bcode%7D', '{code}')}`,
  };
  const client = new LanguageClient(
    'flopline',
    'Flopline',
    {
      run: { module, transport: TransportKind.ipc, options: { execArgv: memory } },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: [...memory, '--nolazy', '--inspect=6009'] } },
    },
    {
      documentSelector: specs,
      initializationOptions,
      connectionOptions: { maxRestartCount: 4 },
      markdown: { isTrusted: false },
    },
  );
  const ask = <M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> =>
    client.sendRequest(method, params);
  const totals = createTotals(uri =>
    client.state === State.Running
      ? ask('flopline/summary', { textDocument: { uri } }).catch(() => null)
      : Promise.resolve(null),
  );

  const on = <M extends keyof Notifications>(method: M, handler: (params: Notifications[M]) => void): void => {
    context.subscriptions.push(client.onNotification(method, handler));
  };
  const giveLanguage = createLanguages();
  on('flopline/changed', ({ uri, language }) => {
    if (language !== undefined) giveLanguage(uri, language);
    totals.changed(uri);
  });

  const command = (name: string, run: () => Promise<unknown>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(`flopline.${name}`, run));
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('flopline.explainProblem', (code: string) =>
      explainProblem(context.extensionUri, code),
    ),
  );
  command('showMenu', showMenu);
  command('selectInput', selectInput);
  command('selectScale', selectScale);
  command('selectConvention', selectConvention);
  command('makeCheaper', slim);
  command('copyReport', copyReport);
  command('toggleHints', toggleHints);
  command('restartServer', restart);

  context.subscriptions.push(
    client,
    totals,
    client.onDidChangeState(() => totals.refresh()),
  );
  // The client library reports a server that does not start; the commands stay, restarting among them.
  await client.start().catch(() => {});
  return { totals };

  async function restart(): Promise<void> {
    // One that has failed cannot be stopped.
    await client.stop().catch(() => {});
    await client.start();
  }

  async function showMenu(): Promise<void> {
    const summary = await totals.refresh();
    if (!summary) return reportNoSpec();
    const { input, scale, scales, phase, phases, convention } = summary;
    const sizes = Object.entries(input).map(([name, shape]) => `${name} ${shape}`);
    const items: (vscode.QuickPickItem & { readonly run: () => Promise<unknown> })[] = [
      { label: `$(symbol-ruler) ${vscode.l10n.t('Input Size')}`, description: sizes.join(', '), run: selectInput },
      ...(scales.length > 0
        ? [
            {
              label: `$(layers) ${vscode.l10n.t('Scale')}`,
              description: scale ?? '',
              detail: scales.join(' · '),
              run: selectScale,
            },
          ]
        : []),
      ...(phases.length > 0
        ? [
            {
              label: `$(versions) ${vscode.l10n.t('Phase')}`,
              description: phase ?? '',
              detail: phases.join(' · '),
              run: selectPhase,
            },
          ]
        : []),
      {
        label: `$(symbol-operator) ${vscode.l10n.t('Counting Convention')}`,
        description: convention,
        run: selectConvention,
      },
      { label: `$(rocket) ${vscode.l10n.t('Make It Cheaper…')}`, run: slim },
      { label: `$(copy) ${vscode.l10n.t('Copy Report as Markdown')}`, run: copyReport },
      {
        label: `$(eye) ${vscode.l10n.t('Toggle Hints')}`,
        description: hintsAreOn() ? vscode.l10n.t('on') : vscode.l10n.t('off'),
        run: toggleHints,
      },
    ];
    const title = `${summary.title}: ${summary.detail}`;
    await (
      await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Select what to change') })
    )?.run();
  }

  async function selectInput(): Promise<void> {
    const summary = await totals.refresh();
    if (!summary) return reportNoSpec();
    const entries = Object.entries(summary.input);
    const [only] = entries;
    const value =
      entries.length === 1 && only ? only[1] : entries.map(([name, shape]) => `${name}=1,${shape}`).join('; ');
    const input = await vscode.window.showInputBox({
      title: vscode.l10n.t('Input Size'),
      prompt: vscode.l10n.t('Sizes without the batch, such as 3,320,320. Leave empty to use the size in the file.'),
      value,
      validateInput: text => ask('flopline/checkInput', { input: text }),
    });
    if (input !== undefined) await change('input', input.replace(/\s+/g, ''));
  }

  async function selectScale(): Promise<void> {
    const summary = await totals.refresh();
    if (!summary) return reportNoSpec();
    if (summary.scales.length === 0) {
      vscode.window.showInformationMessage(vscode.l10n.t('{0} has only one scale.', summary.title));
      return;
    }
    await select('scale', summary.scales, summary.scale, vscode.l10n.t('Scale of {0}', summary.title));
  }

  async function selectPhase(): Promise<void> {
    const summary = await totals.refresh();
    if (!summary?.phase) return reportNoSpec();
    await select('phase', summary.phases, summary.phase, vscode.l10n.t('Phase of {0}', summary.title));
  }

  async function select(
    key: string,
    values: readonly string[],
    current: string | undefined,
    title: string,
  ): Promise<void> {
    const items = values.map(label => ({ label, description: label === current ? vscode.l10n.t('current') : '' }));
    const picked = await vscode.window.showQuickPick(items, { title });
    if (picked) await change(key, picked.label);
  }

  async function selectConvention(): Promise<void> {
    const summary = await totals.refresh();
    if (!summary) return reportNoSpec();
    const items = summary.conventions.map(({ name, unit, summary: detail }) => ({
      label: name,
      description: name === summary.convention ? vscode.l10n.t('{0}, current', unit) : unit,
      detail,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Counting Convention'),
      matchOnDetail: true,
    });
    if (picked) await change('convention', picked.label);
  }

  async function slim(): Promise<void> {
    const summary = await totals.refresh();
    const document = vscode.window.activeTextEditor?.document;
    if (!summary || !document) return reportNoSpec();
    await makeCheaper(client, document, summary);
  }

  async function copyReport(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const report = uri && (await ask('flopline/report', { textDocument: { uri } }));
    if (!report) return reportNoSpec();
    await vscode.env.clipboard.writeText(report);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Flopline: The report was copied to the clipboard.'), 4000);
  }

  /** Changes the comment of the file that has a setting, where there is one (it takes precedence), else the setting. */
  async function change(key: string, value: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const place = totals.summary?.inFile[key];
    if (!editor || !place) return update(key, value);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(editor.document.uri, toRange(place), value === '' ? '' : `${key}=${value}`);
    await vscode.workspace.applyEdit(edit);
  }
}

async function toggleHints(): Promise<void> {
  await update('hints.enabled', !hintsAreOn());
}

function hintsAreOn(): boolean {
  return vscode.workspace.getConfiguration('flopline').get('hints.enabled', true);
}

/** Writes a setting where it is set already, else for the workspace, or for the user where there is none. */
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
    vscode.l10n.t('Flopline: Open a network spec first (YOLO YAML, Darknet cfg, Caffe prototxt or *.net.yaml).'),
  );
}

function toRange({ start, end }: ProtocolRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** Shows what the docs of the package say of a problem: offline, and of the version that is installed. */
async function explainProblem(extension: vscode.Uri, code: string): Promise<void> {
  const page = vscode.Uri.joinPath(extension, 'docs/problems.md');
  await vscode.commands.executeCommand('markdown.showPreview', page.with({ fragment: code }));
}
