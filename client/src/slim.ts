// “Make It Cheaper…”: asks for a budget, searches for changes, and applies those the user selects as one edit.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type BaseLanguageClient, WorkDoneProgress } from 'vscode-languageclient';
import type { DocumentSummary, Requests, SlimAnswer, SlimPicked } from '../../server/src/protocol/index.ts';
import { applyEdits, reportChanged } from './edits.ts';

type Client = Pick<BaseLanguageClient, 'sendRequest' | 'onProgress'>;

const suggestions = ['−10 % MACs', '−30 % MACs', '−50 % MACs', '−30 % params'] as const;
let searches = 0;

/** Runs the whole command. */
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
      ? l10n.t('{0} is already within {1}.', summary.title, found.budget)
      : l10n.t('Flopline knows no change of {0} that brings it closer to {1}.', summary.title, found.budget);
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
  const other = l10n.t('Another budget…');
  const items = [...suggestions, other].map((label): vscode.QuickPickItem => ({ label }));
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Make {0} Cheaper (now {1})', title, text),
    placeHolder: l10n.t('Select a budget'),
  });
  if (picked?.label !== other) return picked?.label;
  return vscode.window.showInputBox({
    title: l10n.t('Budget of {0} (now {1})', title, text),
    prompt: l10n.t('Such as 300M (MACs at most), -30 % or 2M params. Separate several with commas.'),
    validateInput: budget => ask(client, 'flopline/checkBudget', { textDocument: idOf(document), budget }),
  });
}

/** Milliseconds before the search shows its progress: a notification that vanishes at once only flickers. */
const patience = 800;

/** The changes; undefined if the user canceled the search or edited the text in the meantime. */
async function search(client: Client, document: vscode.TextDocument, budget: string): Promise<SlimAnswer | undefined> {
  const workDoneToken = `flopline-slim-${++searches}`;
  let show = (_: string): void => {};
  const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, value => {
    if (value.kind === 'report' && value.message !== undefined) show(value.message);
  });
  const source = new vscode.CancellationTokenSource();
  try {
    const params = { textDocument: idOf(document), budget, workDoneToken };
    const asked = ask(client, 'flopline/slim', params, source.token);
    const isSoon = await Promise.race([
      asked.then(
        () => true,
        () => true,
      ),
      new Promise<false>(resolve => setTimeout(resolve, patience, false)),
    ]);
    const found = isSoon
      ? await asked
      : await vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: l10n.t('Flopline: Searching for changes ({0})', budget),
            cancellable: true,
          },
          async (progress, token) => {
            show = message => progress.report({ message });
            token.onCancellationRequested(() => source.cancel());
            return asked;
          },
        );
    if (!found && !source.token.isCancellationRequested) reportChanged();
    return found ?? undefined;
  } finally {
    listener.dispose();
    source.dispose();
  }
}

interface StepItem extends vscode.QuickPickItem {
  readonly index: number;
  /** 0-based. */
  readonly line: number;
}

/** Lets the user select steps; the title shows the totals of the selection. */
function pickSteps(
  client: Client,
  document: vscode.TextDocument,
  budget: string,
  { version, steps, budget: limit, reached }: SlimAnswer,
): Promise<SlimPicked | undefined> {
  const list = vscode.window.createQuickPick<StepItem>();
  list.canSelectMany = true;
  list.placeholder = reached
    ? l10n.t('These changes reach {0}. Select which to make.', limit)
    : l10n.t('{0} is not reached: no change of another layer that Flopline knows saves more.', limit);

  // Set once: replacing the items would clear the selection.
  list.items = steps.map(
    ({ layer, change, price, line, running }, index): StepItem => ({
      index,
      line,
      label: l10n.t('Line {0}, {1}: {2}', line + 1, layer, change),
      detail: l10n.t('{0} · {1} so far', price, running),
    }),
  );
  list.selectedItems = list.items;

  const marked = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
  });

  const tried = new Map<string, Promise<SlimPicked | undefined>>();
  /** The result of a selection, cached. */
  const outcome = (selected: readonly number[]): Promise<SlimPicked | undefined> => {
    const key = selected.join();
    const known = tried.get(key);
    if (known) return known;
    const choices = selected.map(index => steps[index]!.choice);
    const params = { textDocument: idOf(document), version, budget, choices };
    const asked = ask(client, 'flopline/slimmed', params).then(
      answer => answer ?? undefined,
      () => undefined,
    );
    tried.set(key, asked);
    return asked;
  };

  let shown: string | undefined;
  const show = async (selected: readonly number[]): Promise<void> => {
    shown = selected.join();
    const picked = await outcome(selected);
    if (!picked || shown !== selected.join()) return;
    // A step may depend on another one that is not selected.
    const lost = selected.length - picked.steps.length;
    list.title = [
      picked.totals,
      ...(picked.reached ? [] : [l10n.t('above {0}', limit)]),
      ...(lost === 0
        ? []
        : [
            lost === 1
              ? l10n.t('1 of them is not possible without the others')
              : l10n.t('{0} of them are not possible without the others', lost),
          ]),
    ].join(' · ');
  };
  const indexesOf = (items: readonly StepItem[]): number[] => items.map(({ index }) => index).toSorted((a, b) => a - b);

  return new Promise(resolve => {
    list.onDidChangeSelection(items => {
      const selected = indexesOf(items);
      if (selected.join() !== shown) show(selected);
    });
    list.onDidAccept(async () => {
      const picked = await outcome(indexesOf(list.selectedItems));
      if (!picked) reportChanged();
      resolve(picked);
      list.hide();
    });
    list.onDidChangeActive(([item]) => {
      if (item) reveal(document, item.line, marked);
    });
    list.onDidHide(() => {
      resolve(undefined);
      marked.dispose();
      list.dispose();
    });
    show(steps.map((_, index) => index)).then(() => list.show());
  });
}

/** Reveals and marks the line that a change is about. */
function reveal(document: vscode.TextDocument, line: number, marked: vscode.TextEditorDecorationType): void {
  const range = new vscode.Range(line, 0, line, 0);
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document.uri.toString() !== document.uri.toString()) continue;
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    editor.setDecorations(marked, [range]);
  }
}

async function apply(document: vscode.TextDocument, version: number, { edits, totals }: SlimPicked): Promise<void> {
  if (edits.length > 0 && (await applyEdits(document, version, edits)))
    vscode.window.setStatusBarMessage(l10n.t('Flopline: {0}', totals), 6000);
}

const idOf = ({ uri }: vscode.TextDocument): { readonly uri: string } => ({ uri: uri.toString() });

function ask<M extends keyof Requests>(
  client: Client,
  method: M,
  params: Requests[M]['params'],
  token?: vscode.CancellationToken,
): Promise<Requests[M]['result']> {
  // An undefined token would be sent as an extra parameter.
  return token ? client.sendRequest(method, params, token) : client.sendRequest(method, params);
}
