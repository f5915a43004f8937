// Who a choice is from, in words.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ChoiceKey, DocumentChoice } from '../../server/src/protocol/index.ts';

/** `comment in line 3`, `this file`, `workspace setting`, `user setting`, `default`. */
export function originText({ key, origin, range }: DocumentChoice, uri: vscode.Uri): string {
  switch (origin) {
    case 'comment':
      return l10n.t('comment in line {0}', (range?.start.line ?? 0) + 1);
    case 'file':
      return l10n.t('this file');
    case 'settings': {
      const { workspaceFolderValue, workspaceValue } = settingOf(key, uri);
      if (workspaceFolderValue !== undefined) return l10n.t('folder setting');
      return workspaceValue === undefined ? l10n.t('user setting') : l10n.t('workspace setting');
    }
    case 'default':
      return l10n.t('default');
  }
}

export interface SettingValues {
  readonly defaultValue?: unknown;
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  /** Of the file's folder, where a workspace has several. */
  readonly workspaceFolderValue?: unknown;
}

/** What the settings have for a file, by whom. */
export function settingOf(key: ChoiceKey, uri: vscode.Uri): SettingValues {
  const values: SettingValues = vscode.workspace.getConfiguration('flopline', uri).inspect(key) ?? {};
  // Where one folder is the workspace, its settings are those of the workspace.
  return vscode.workspace.workspaceFile ? values : { ...values, workspaceFolderValue: undefined };
}
