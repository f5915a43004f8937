// Resolves the settings of a file from outside settings and its own comments, and drops what its format does not have.

import * as l10n from '@vscode/l10n';
import { countsTraining } from '../analysis/training.ts';
import type { Choices, Format, Spec } from '../formats/index.ts';
import type { Pragmas } from '../text/pragma.ts';
import type { Range } from '../text/range.ts';
import { sentences } from '../text/sentences.ts';
import { suggestion } from '../text/spelling.ts';
import { useOneOf, type WrongValue } from './setting.ts';
import { type ChoiceKey, choiceKeys, type Settings } from './settings.ts';
import { settingTable } from './table.ts';
import { withValues } from './values.ts';

/** A setting that cannot be applied to a file. */
export interface Misfit extends WrongValue {
  /** The range in the comment; undefined if it was set outside of the file. */
  readonly range: Range | undefined;
}

/** Where a choice comes from: a comment in the file, the user's choice for this file, settings, or the default. */
export type Origin = 'comment' | 'file' | 'settings' | 'default';

export interface Resolved {
  readonly settings: Settings;
  readonly misfits: readonly Misfit[];
  readonly origins: Readonly<Record<ChoiceKey, Origin>>;
}

/** Settings that comments can set. */
export const commentKeys: readonly string[] = [...settingTable]
  .filter(([, { comment }]) => comment)
  .map(([key]) => key);

/**
 * The settings of a file: its comments override the choices for this file, which override the rest of `settings` (the
 * editor's or the command line's). If the format does not have a choice, a value for all files is ignored, but a
 * comment in the file is reported.
 */
export function resolve(settings: Settings, { choices, label }: Format, comments: Pragmas['settings']): Resolved {
  const values = new Map<string, unknown>();
  const misfits: Misfit[] = [];
  const origins = originsIn(settings);
  for (const choice of ['dialect', 'phase'] as const) {
    if (settings[choice] === undefined) continue;
    const read = settingTable.get(choice)!.read(settings[choice]);
    const own = choices[choice];
    if ('message' in read && own) misfits.push({ ...read, range: undefined });
    const isOwn = 'value' in read && own?.includes(String(read.value));
    values.set(choice, isOwn ? read.value : undefined);
    if (!isOwn) origins[choice] = 'default';
  }
  for (const key of choiceKeys) {
    const written = settings.chosen[key];
    if (written === undefined) continue;
    const read = settingTable.get(key)!.read(written);
    if ('message' in read) misfits.push({ ...read, range: undefined });
    else if (has(choices, key, read.value)) {
      values.set(key, read.value);
      // An empty string selects the file's own value, whatever is set for all files.
      origins[key] = written === '' ? 'default' : 'file';
    }
  }
  for (const [key, { value: written, range }] of comments) {
    const setting = commentKeys.includes(key) ? settingTable.get(key) : undefined;
    const read = setting?.read(written);
    if (!read) misfits.push({ ...notInComments(key), range });
    else if ('message' in read) misfits.push({ ...read, range });
    else if (has(choices, key, read.value)) {
      values.set(key, read.value);
      if (isChoiceKey(key)) origins[key] = 'comment';
    } else misfits.push({ ...withoutEffect(key, written, label, isChoice(key) ? choices[key] : undefined), range });
  }
  const resolved = withValues(settings, values);
  if (resolved.work === 'inference' || countsTraining(resolved.convention)) {
    return { settings: resolved, misfits, origins };
  }
  misfits.push({ ...inferenceOnly(resolved.convention), range: comments.get('work')?.range });
  origins.work = 'default';
  return { settings: { ...resolved, work: 'inference' }, misfits, origins };
}

function inferenceOnly(convention: string): WrongValue {
  return {
    message: l10n.t('The convention “{0}” counts inference only, so training is not counted.', convention),
    help: l10n.t('Use one of these conventions: {0}.', 'macs, flops'),
  };
}

/** Where the choices come from, before the file's comments apply. */
function originsIn(settings: Settings): Record<ChoiceKey, Origin> {
  const isDefault = (key: ChoiceKey): boolean =>
    key === 'input' ? settings.input.length === 0 : settings[key] === settingTable.get(key)!.default;
  return Object.fromEntries(choiceKeys.map(key => [key, isDefault(key) ? 'default' : 'settings'])) as Record<
    ChoiceKey,
    Origin
  >;
}

/** Whether a format has a value; undefined is the file's own. */
function has(choices: Choices, key: string, value: unknown): boolean {
  if (key === 'inputs') return choices.entry === true;
  if (!isChoice(key)) return true;
  const own = choices[key];
  return own === true || (own !== undefined && (value === undefined || own.includes(String(value))));
}

export function isChoiceKey(key: string): key is ChoiceKey {
  return (choiceKeys as readonly string[]).includes(key);
}

/** The error for the scale under which a file was read; only the file itself knows its scales. */
export function scaleMisfit(scale: string | undefined, { variants }: Spec, comments: Pragmas['settings']): Misfit[] {
  const range = comments.get('scale')?.range;
  const names = variants.map(({ name }) => name);
  if (scale === undefined || names.includes(scale)) return [];
  if (names.length > 0) {
    return [{ message: l10n.t('This file has no scale “{0}”.', scale), help: useOneOf(names), range }];
  }
  // A scale set for all files may exist in only some of them.
  return range
    ? [{ message: l10n.t('This file has no scales.'), help: l10n.t('Remove it from the comment.'), range }]
    : [];
}

/** Whether only some formats have a setting. */
export function isChoice(key: string): key is keyof Choices {
  return key === 'scale' || key === 'dialect' || key === 'phase' || key === 'entry';
}

function notInComments(key: string): WrongValue {
  return {
    message: l10n.t('“{0}” cannot be set in a comment.', key),
    help: sentences(suggestion(key, commentKeys), l10n.t('These can: {0}.', commentKeys.join(', '))),
  };
}

function withoutEffect(key: string, written: string, format: string, own: Choices[keyof Choices]): WrongValue {
  return {
    message: l10n.t('`{0}={1}` has no effect in {2} files.', key, written, format),
    help: own && own !== true ? useOneOf(own) : l10n.t('Remove it from the comment.'),
  };
}
