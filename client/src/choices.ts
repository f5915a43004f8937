// The pickers of the menu: first a value, with the totals it gives; then where it applies (file, comment, workspace).
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ChoiceKey, DocumentChoice, DocumentSummary, Outcome, Requests } from '../../server/src/protocol/index.ts';
import type { Chosen } from './chosen.ts';
import { applyEdits } from './edits.ts';
import { originText, settingOf } from './origins.ts';

export interface Picking {
  readonly document: vscode.TextDocument;
  readonly summary: DocumentSummary;
  readonly chosen: Chosen;
  readonly ask: <M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: vscode.CancellationToken,
  ) => Promise<Requests[M]['result']>;
}

/** The picked value; undefined means the default. */
interface Picked {
  readonly value: string | undefined;
  readonly totals: string;
}

/** Lets the user pick a value and where it applies. */
export async function pickChoice(picking: Picking, choice: DocumentChoice): Promise<void> {
  const picked = await pickValue(picking, choice);
  if (!picked) return;
  const place = await pickPlace(picking, choice, picked);
  if (place) await choose(picking, choice, picked.value, place);
}

// --- Value ---------------------------------------------------------------------------------------------------------

interface ValueItem extends vscode.QuickPickItem {
  /** Undefined for the entry that asks the user to type a value. */
  readonly wish: { readonly value: string | undefined } | undefined;
}

/** Shows the list at once; totals follow as the server computes them. */
async function pickValue(picking: Picking, choice: DocumentChoice): Promise<Picked | undefined> {
  const { summary } = picking;
  const list = vscode.window.createQuickPick<ValueItem>();
  const cancellation = new vscode.CancellationTokenSource();
  const totals = new Map<string | undefined, string>();
  const isListed = choice.values.some(({ value }) => value === choice.value);
  const values =
    isListed || choice.value === '' ? choice.values : [{ value: choice.value, text: choice.text }, ...choice.values];

  const items = (): ValueItem[] => [
    ...values.map(
      ({ value, text, detail }): ValueItem => ({
        label: text,
        description: described(totals.get(value), value === choice.value),
        ...(detail === undefined ? {} : { detail }),
        wish: { value },
      }),
    ),
    ...(choice.open
      ? [{ label: `$(edit) ${typedLabel(choice)}`, alwaysShow: true, wish: undefined } satisfies ValueItem]
      : []),
    { label: '', kind: vscode.QuickPickItemKind.Separator, wish: undefined },
    {
      label: `$(discard) ${l10n.t('Back to the default')}`,
      description: totals.get(undefined) ?? '',
      alwaysShow: true,
      wish: { value: undefined },
    },
  ];
  const show = (): void => {
    const at = list.items.indexOf(list.activeItems[0]!);
    const fresh = items();
    list.items = fresh;
    const active = fresh[at];
    if (active) list.activeItems = [active];
  };

  list.title = l10n.t('{0} in {1}', choice.name, summary.title);
  const now = l10n.t('Now {0} ({1})', choice.text, originText(choice, picking.document.uri));
  list.placeholder =
    choice.key === 'batch'
      ? l10n.t('{0}. {1}', now, l10n.t('MACs and parameters are for one sample in any case.'))
      : now;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.keepScrollPosition = true;
  list.items = items();
  const current = list.items.find(({ wish }) => wish?.value === choice.value && choice.value !== '');
  if (current) list.activeItems = [current];
  list.busy = true;

  const wished = await new Promise<ValueItem['wish'] | 'typed' | undefined>(resolve => {
    list.onDidAccept(() => {
      const [item] = list.activeItems;
      if (!item) return;
      resolve(item.wish ?? 'typed');
      list.hide();
    });
    list.onDidHide(() => resolve(undefined));
    list.show();
    fill();
  });
  // The text typed to search the list may be the size itself.
  const typed = /\d/.test(list.value) ? list.value : '';
  cancellation.cancel();
  list.dispose();
  if (wished === undefined) return undefined;
  if (wished === 'typed') return typeValue(picking, choice, typed);
  return { value: wished.value, totals: totals.get(wished.value) ?? '' };

  /** One after the other, visible items first, so the server can answer the editor in between. */
  async function fill(): Promise<void> {
    const { token } = cancellation;
    let shown = Date.now();
    for (const value of [...values.map(each => each.value), undefined]) {
      const outcome = await outcomeOf(picking, choice.key, value, token).catch(() => null);
      if (token.isCancellationRequested) return;
      if (!outcome) continue;
      const text = outcome.kind === 'totals' ? outcome.totals : outcome.why;
      const isDefault = value === undefined && outcome.kind === 'totals' && outcome.text !== '';
      totals.set(value, isDefault ? `${outcome.text} · ${text}` : text);
      // Replacing the items could undo a selection the user is making right now.
      if (Date.now() - shown < pause) continue;
      show();
      shown = Date.now();
    }
    show();
    list.busy = false;
  }
}

/** Milliseconds between updates of a list. */
const pause = 150;

function described(totals: string | undefined, isCurrent: boolean): string {
  if (!isCurrent) return totals ?? '';
  return totals === undefined ? l10n.t('current') : l10n.t('{0} · current', totals);
}

function typedLabel({ key }: DocumentChoice): string {
  return key === 'input' ? l10n.t('Another size…') : l10n.t('Another number…');
}

/** Tries what the user types on the file: shows the totals, or why it does not fit. */
async function typeValue(picking: Picking, choice: DocumentChoice, typed: string): Promise<Picked | undefined> {
  const { key, name, value, text } = choice;
  let last: Outcome | null = null;
  const written = await vscode.window.showInputBox({
    title: l10n.t('{0} in {1}', name, picking.summary.title),
    prompt:
      key === 'input'
        ? l10n.t('For an image, 320, 320x320 and 3,320,320 are the same. Leave empty for the default.')
        : l10n.t('Leave empty for the default.'),
    placeHolder: l10n.t('Now {0}', text),
    value: typed === '' ? value : typed,
    validateInput: async input => {
      const outcome = await outcomeOf(picking, key, compact(input)).catch(() => null);
      last = outcome;
      if (!outcome) return null;
      if (outcome.kind === 'refused') return outcome.why;
      const message = key === 'input' ? l10n.t('{0}: {1}', outcome.text, outcome.totals) : outcome.totals;
      return { message, severity: vscode.InputBoxValidationSeverity.Info };
    },
  });
  if (written === undefined) return undefined;
  const outcome = (await outcomeOf(picking, key, compact(written))) ?? last;
  if (outcome?.kind !== 'totals') return undefined;
  // As the server spells it, so the same size is always the same text.
  return { value: compact(written) === '' ? undefined : outcome.value, totals: outcome.totals };
}

const compact = (input: string): string | undefined => input.replace(/\s+/g, '') || undefined;

function outcomeOf(
  { ask, document }: Picking,
  key: ChoiceKey,
  value: string | undefined,
  token?: vscode.CancellationToken,
): Promise<Outcome | null> {
  const textDocument = { uri: document.uri.toString() };
  return ask('flopline/outcome', { textDocument, key, value: value ?? null }, token);
}

// --- Where it applies -----------------------------------------------------------------------------------------------

/** `clear` removes the choice made for the file. */
type Place = 'file' | 'comment' | 'workspace' | 'clear';

interface PlaceItem extends vscode.QuickPickItem {
  readonly place: Place;
}

async function pickPlace(
  { document, summary }: Picking,
  choice: DocumentChoice,
  { value, totals }: Picked,
): Promise<Place | undefined> {
  const { key, name } = choice;
  const setting = settingOf(key, document.uri);
  const isSet = effective(setting) !== undefined && effective(setting) !== setting.defaultValue;
  if (value === undefined && !isSet) return 'clear';
  const comment = summary.inFile[key];
  const line = comment && comment.start.line + 1;
  const without = (sentence: string): string =>
    line === undefined
      ? sentence
      : l10n.t('{0} {1}', sentence, l10n.t('The comment in line {0}, which takes precedence, is removed.', line));
  const isOpen = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  const items: PlaceItem[] = [
    {
      place: 'file',
      label: `$(file) ${l10n.t('This file')}`,
      detail: without(l10n.t('Remembered by the editor. The text and other files stay as they are.')),
    },
    ...(value === undefined
      ? []
      : [
          {
            place: 'comment',
            label: `$(edit) ${l10n.t('Write it into the file')}`,
            detail:
              line === undefined
                ? l10n.t(
                    'Adds the comment “{0}”, so everyone who opens the file gets it.',
                    `# flopline: ${key}=${value}`,
                  )
                : l10n.t('In the comment in line {0}: {1}', line, `${key}=${value}`),
          } satisfies PlaceItem,
        ]),
    {
      place: 'workspace',
      label: isOpen ? `$(folder) ${l10n.t('This workspace')}` : `$(account) ${l10n.t('All files (user settings)')}`,
      detail: without(l10n.t('The setting {0}, for all files without a choice of their own.', `flopline.${key}`)),
    },
  ];
  // The comment takes precedence, so that is where to change it.
  if (comment && value !== undefined) items.unshift(...items.splice(1, 1));
  const shown = value ?? l10n.t('default');
  const picked = await vscode.window.showQuickPick(items, {
    title: [l10n.t('{0}: {1}', name, shown), totals].filter(part => part !== '').join(' · '),
    placeHolder: l10n.t('Select where it applies'),
  });
  return picked?.place;
}

const effective = ({ workspaceFolderValue, workspaceValue, globalValue }: ReturnType<typeof settingOf>): unknown =>
  workspaceFolderValue ?? workspaceValue ?? globalValue;

/** Applies a choice, and removes what would override it in this file. */
async function choose(
  { ask, chosen, document }: Picking,
  { key }: DocumentChoice,
  value: string | undefined,
  place: Place,
): Promise<void> {
  const { uri } = document;
  const written = place === 'comment' ? (value ?? null) : null;
  const change = await ask('flopline/choiceEdits', { textDocument: { uri: uri.toString() }, key, value: written });
  if (!change || !(await applyEdits(document, change.version, change.edits))) return;
  const { defaultValue } = settingOf(key, uri);
  if (place === 'workspace') await updateSetting(key, uri, value);
  await chosen.set(uri, key, place === 'file' ? (value ?? String(defaultValue ?? '')) : undefined);
}

/** In the workspace, or in the user settings if none is open; a folder that has its own value keeps having one. */
async function updateSetting(key: ChoiceKey, uri: vscode.Uri, value: string | undefined): Promise<void> {
  const { workspaceFolderValue, globalValue, defaultValue } = settingOf(key, uri);
  const isOpen = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  const target = !isOpen
    ? vscode.ConfigurationTarget.Global
    : workspaceFolderValue === undefined
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.WorkspaceFolder;
  // Removing the workspace's value would expose the user's.
  const isOverridden = isOpen && globalValue !== undefined && globalValue !== defaultValue;
  const unset = isOverridden ? defaultValue : undefined;
  const next = value === undefined ? unset : typeof defaultValue === 'number' ? Number(value) : value;
  await vscode.workspace.getConfiguration('flopline', uri).update(key, next, target);
}
