// “Make it cheaper”: a budget, a search that can be left, a list to tick, and one change of the text.
import * as vscode from 'vscode';
import { type BaseLanguageClient, WorkDoneProgress } from 'vscode-languageclient/node';
import type { DocumentSummary, Requests, SlimAnswer, SlimPicked } from '../../server/src/protocol/index.ts';

type Client = Pick<BaseLanguageClient, 'sendRequest' | 'onProgress'>;

const suggestions = ['−10 % MACs', '−30 % MACs', '−50 % MACs', '−30 % params'] as const;
let searches = 0;

/** Asks for a budget, searches, lets a person tick, and makes what is ticked as one change. */
export async function makeCheaper(
  client: Client,
  document: vscode.TextDocument,
  summary: DocumentSummary,
): Promise<void> {
  const budget = await pickBudget(client, document, summary);
  if (budget === undefined) return;
  const found = await search(client, document, budget);
  if (!found) return;
  if (found.steps.length === 0) {
    const why = found.reached
      ? `${summary.title} keeps to ${found.budget} already.`
      : `Flopline knows no change of ${summary.title} that saves anything towards ${found.budget}.`;
    vscode.window.showInformationMessage(why);
    return;
  }
  const picked = await pickSteps(client, document, budget, found);
  if (picked) await apply(document, found.version, picked);
}

async function pickBudget(
  client: Client,
  document: vscode.TextDocument,
  { title, text }: DocumentSummary,
): Promise<string | undefined> {
  const other = 'Another budget…';
  const items = [...suggestions, other].map((label): vscode.QuickPickItem => ({ label }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Make ${title} cheaper: it costs ${text}`,
    placeHolder: 'What to reach',
  });
  if (picked?.label !== other) return picked?.label;
  return vscode.window.showInputBox({
    title: `Budget of ${title}, which costs ${text}`,
    prompt: 'As in 300M (MACs at most), -30 %, 2M params; several with a comma between.',
    validateInput: budget => ask(client, 'flopline/checkBudget', { textDocument: idOf(document), budget }),
  });
}

/** The changes, or undefined where a person left the search or typed meanwhile. */
async function search(client: Client, document: vscode.TextDocument, budget: string): Promise<SlimAnswer | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Flopline: changes for ${budget}`, cancellable: true },
    async (progress, token) => {
      const workDoneToken = `flopline-slim-${++searches}`;
      const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, value => {
        if (value.kind === 'report' && value.message !== undefined) progress.report({ message: value.message });
      });
      try {
        const params = { textDocument: idOf(document), budget, workDoneToken };
        const found = await ask(client, 'flopline/slim', params, token);
        if (!found && !token.isCancellationRequested) tellChanged();
        return found ?? undefined;
      } finally {
        listener.dispose();
      }
    },
  );
}

interface StepItem extends vscode.QuickPickItem {
  readonly index: number;
}

/** What the ticked steps make of the text; the totals follow the ticks. */
function pickSteps(
  client: Client,
  document: vscode.TextDocument,
  budget: string,
  { version, steps, budget: limit, reached }: SlimAnswer,
): Promise<SlimPicked | undefined> {
  const list = vscode.window.createQuickPick<StepItem>();
  list.canSelectMany = true;
  list.placeholder = reached
    ? `These changes reach ${limit}: tick what to make`
    : `${limit} is not to be reached; these changes come nearest`;

  // Set once: new items would take the ticks away.
  list.items = steps.map(
    ({ title, line, running }, index): StepItem => ({
      index,
      label: title,
      description: `line ${line + 1}`,
      detail: `${index === 0 ? 'With it' : 'With all up to here'}: ${running}`,
    }),
  );
  list.selectedItems = list.items;

  const tried = new Map<string, Promise<SlimPicked | undefined>>();
  /** Each set of ticks is tried once. */
  const outcome = (ticked: readonly number[]): Promise<SlimPicked | undefined> => {
    const key = ticked.join();
    const known = tried.get(key);
    if (known) return known;
    const choices = ticked.map(index => steps[index]!.choice);
    const params = { textDocument: idOf(document), version, budget, choices };
    const asked = ask(client, 'flopline/slimmed', params).then(
      answer => answer ?? undefined,
      () => undefined,
    );
    tried.set(key, asked);
    return asked;
  };

  let shown: string | undefined;
  const show = async (ticked: readonly number[]): Promise<void> => {
    shown = ticked.join();
    const picked = await outcome(ticked);
    if (!picked || shown !== ticked.join()) return;
    // A step may be to be had only after another one.
    const lost = ticked.length - picked.steps.length;
    const without = lost > 0 ? ` · ${lost} of them not to be had without the others` : '';
    list.title = `${picked.totals}${picked.reached ? '' : ` · above ${limit}`}${without}`;
  };
  const ticksOf = (items: readonly StepItem[]): number[] => items.map(({ index }) => index).toSorted((a, b) => a - b);

  return new Promise(resolve => {
    list.onDidChangeSelection(items => {
      const ticked = ticksOf(items);
      if (ticked.join() !== shown) show(ticked);
    });
    list.onDidAccept(async () => {
      const picked = await outcome(ticksOf(list.selectedItems));
      if (!picked) tellChanged();
      resolve(picked);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    show(steps.map((_, index) => index)).then(() => list.show());
  });
}

/** One change, so that one undo takes it back; for no other text than the one that it was made for. */
async function apply(document: vscode.TextDocument, version: number, { edits, totals }: SlimPicked): Promise<void> {
  if (edits.length === 0) return;
  if (document.isClosed || document.version !== version) return tellChanged();
  const change = new vscode.WorkspaceEdit();
  for (const { range, newText } of edits) {
    const { start, end } = range;
    change.replace(document.uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
  }
  if (await vscode.workspace.applyEdit(change)) vscode.window.setStatusBarMessage(`Flopline: ${totals}`, 6000);
}

const idOf = ({ uri }: vscode.TextDocument): { readonly uri: string } => ({ uri: uri.toString() });

function ask<M extends keyof Requests>(
  client: Client,
  method: M,
  params: Requests[M]['params'],
  token?: vscode.CancellationToken,
): Promise<Requests[M]['result']> {
  // A token that is not there would be sent as one more parameter.
  return token ? client.sendRequest(method, params, token) : client.sendRequest(method, params);
}

function tellChanged(): void {
  vscode.window.showInformationMessage('Flopline: the text has changed meanwhile; nothing was done. Ask again.');
}
