// Settings of one file: what was set outside, what its own comments say, and what means something in its format.
import * as l10n from '@vscode/l10n';
import type { Choices, Format, Spec } from '../formats/index.ts';
import type { Pragmas } from '../text/pragma.ts';
import type { Range } from '../text/range.ts';
import { suggestion } from '../text/spelling.ts';
import { useOneOf, type WrongValue } from './setting.ts';
import type { Settings } from './settings.ts';
import { settingTable } from './table.ts';
import { withValues } from './values.ts';

/** A setting that cannot be applied to a file. */
export interface Misfit extends WrongValue {
  /** The place in the comment; undefined where it was set outside of the file. */
  readonly range: Range | undefined;
}

export interface Resolved {
  readonly settings: Settings;
  readonly misfits: readonly Misfit[];
}

/** Settings that a file's comments can carry. */
export const commentKeys: readonly string[] = [...settingTable]
  .filter(([, { comment }]) => comment)
  .map(([key]) => key);

/**
 * The settings of a file: its comments win over `settings`, which are those of the editor or of the command line. A
 * choice that its format does not have says nothing where it was made for all files; the file's own comment is told.
 */
export function resolve(settings: Settings, { choices, label }: Format, comments: Pragmas['settings']): Resolved {
  const values = new Map<string, unknown>();
  const misfits: Misfit[] = [];
  for (const choice of ['dialect', 'phase'] as const) {
    if (settings[choice] === undefined) continue;
    const read = settingTable.get(choice)!.read(settings[choice]);
    const own = choices[choice];
    if ('message' in read && own) misfits.push({ ...read, range: undefined });
    values.set(choice, 'value' in read && own?.includes(String(read.value)) ? read.value : undefined);
  }
  for (const [key, { value: written, range }] of comments) {
    const setting = commentKeys.includes(key) ? settingTable.get(key) : undefined;
    const read = setting?.read(written);
    if (!read) misfits.push({ ...notInComments(key), range });
    else if ('message' in read) misfits.push({ ...read, range });
    else {
      const own = isChoice(key) ? choices[key] : true;
      if (own === true || own?.includes(String(read.value))) values.set(key, read.value);
      else misfits.push({ ...withoutEffect(key, written, label, own), range });
    }
  }
  return { settings: withValues(settings, values), misfits };
}

/** What is wrong with the scale that a file was read in, which only the file itself can say. */
export function scaleMisfit(scale: string | undefined, { variants }: Spec, comments: Pragmas['settings']): Misfit[] {
  const range = comments.get('scale')?.range;
  const names = variants.map(({ name }) => name);
  if (scale === undefined || names.includes(scale)) return [];
  if (names.length > 0) {
    return [{ message: l10n.t('This file has no scale “{0}”.', scale), help: useOneOf(names), range }];
  }
  // For all files a scale may be set that only some have.
  return range
    ? [{ message: l10n.t('This file has no scales.'), help: l10n.t('Remove it from the comment.'), range }]
    : [];
}

/** Whether a setting means something in some formats only. */
export function isChoice(key: string): key is keyof Choices {
  return key === 'scale' || key === 'dialect' || key === 'phase';
}

function notInComments(key: string): WrongValue {
  return {
    message: l10n.t('“{0}” cannot be set in a comment.', key),
    help: `${suggestion(key, commentKeys)} ${l10n.t('These can: {0}.', commentKeys.join(', '))}`.trimStart(),
  };
}

function withoutEffect(key: string, written: string, format: string, own: readonly string[] | undefined): WrongValue {
  return {
    message: l10n.t('`{0}={1}` has no effect in {2} files.', key, written, format),
    help: own ? useOneOf(own) : l10n.t('Remove it from the comment.'),
  };
}
