// Edits choices in the comments of a file: `# flopline: input=3,320,320 dtype=fp16`.
import type { Document } from '../pipeline.ts';
import type { ChoiceKey } from '../settings/index.ts';
import type { TextEdit } from '../text/edit.ts';
import { type SettingComment, settingComments } from '../text/pragma.ts';

/** The edits that set a choice in the file's comments; undefined removes it. */
export function commentEdits(
  { source: { text } }: Document,
  key: ChoiceKey,
  value: string | undefined,
): readonly TextEdit[] {
  // Settings after a call apply to that network only, so leave those comments alone.
  const comments = settingComments(text).filter(({ call }) => !call);
  if (value === undefined) return comments.flatMap(comment => withoutKey(text, comment, key));
  // An entry that contains spaces cannot be written as `entry=`, so it goes first, as a call.
  const isCall = key === 'entry' && /\s/.test(value);
  const word = isCall ? value : `${key}=${value}`;
  // The last one is in effect.
  const last = comments.flatMap(({ words }) => words.filter(word => word.key === key)).at(-1);
  if (last && !isCall) return [{ ...last.range, text: word }];
  const before = comments.find(({ words }) => words.length > 0)?.words.at(-1);
  if (before && !isCall) return [{ from: before.range.to, to: before.range.to, text: ` ${word}` }];
  const at = text.startsWith(byteOrderMark) ? 1 : 0;
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  return [{ from: at, to: at, text: `# flopline: ${word}${newline}` }];
}

const byteOrderMark = '\uFEFF';

/** Removes a key from a comment; without other keys, also the comment and, if nothing else is on it, its line. */
function withoutKey(text: string, { range, words }: SettingComment, key: string): readonly TextEdit[] {
  const removed = words.filter(word => word.key === key);
  if (removed.length === 0) return [];
  if (removed.length < words.length) {
    return removed.map(({ range: { from, to } }) => {
      const space = /[ \t,;]*$/.exec(text.slice(range.from, from))![0].length;
      return { from: from - space, to, text: '' };
    });
  }
  const { to } = words.at(-1)!.range;
  const rest = text.slice(to, range.to);
  // Keep other text on the line.
  const note = /^[ \t]*(?=#)/.exec(rest);
  if (note) return [{ from: range.from, to: to + note[0].length, text: '' }];
  if (rest.trim() !== '') return [{ from: words[0]!.range.from, to, text: '' }];
  const start = text.lastIndexOf('\n', range.from) + 1;
  const line = text.slice(start, range.from).replace(byteOrderMark, '');
  if (line.trim() !== '')
    return [{ from: start + text.slice(start, range.from).trimEnd().length, to: range.to, text: '' }];
  const newline = /^\r?\n/.exec(text.slice(range.to))?.[0].length ?? 0;
  return [{ from: range.from - line.length, to: range.to + newline, text: '' }];
}
