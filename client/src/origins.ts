// Describes where a choice comes from.
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
  /** The value of the file's folder in a multi-root workspace. */
  readonly workspaceFolderValue?: unknown;
}

/** The values of a setting for a file, by level. */
export function settingOf(key: ChoiceKey, uri: vscode.Uri): SettingValues {
  const values: SettingValues = vscode.workspace.getConfiguration('flopline', uri).inspect(key) ?? {};
  // In a single-folder workspace, the folder's settings are the workspace's.
  return vscode.workspace.workspaceFile ? values : { ...values, workspaceFolderValue: undefined };
}
