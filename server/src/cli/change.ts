// Applies text edits to a file, leaving every byte outside of the edits as it is.
import { readFileSync, writeFileSync } from 'node:fs';
import * as l10n from '@vscode/l10n';
import type { TextEdit } from '../core/index.ts';
import { decoded, reasonOf } from './files.ts';

/**
 * Changes a file, given the edits and the text they were made for. If that is not possible (the file has changed since,
 * or is not writable), prints the reason to `err`, leaves the file alone and returns false.
 */
export function changeFile(
  path: string,
  text: string,
  edits: readonly TextEdit[],
  err: (text: string) => void,
): boolean {
  try {
    const bytes = readFileSync(path);
    if (decoded(bytes, path) !== text) throw new Error(l10n.t('it was changed in the meantime'));
    writeFileSync(path, changedBytes(bytes, edits, text));
    return true;
  } catch (error) {
    err(`flopline: ${l10n.t('“{0}” could not be changed: {1}.', path, reasonOf(error))}\n`);
    return false;
  }
}

/** The bytes after the edits. Offsets are those of the decoded text, which may lack the byte order mark. */
export function changedBytes(bytes: Buffer, edits: readonly TextEdit[], text: string): Buffer {
  const offset = byteOffsets(bytes, text);
  const parts: Buffer[] = [];
  let at = 0;
  for (const { from, to, text: fresh } of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    parts.push(bytes.subarray(at, offset(from)), Buffer.from(fresh, 'utf8'));
    at = offset(to);
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

/** Maps offsets of the decoded text to byte offsets. */
function byteOffsets(bytes: Buffer, text: string): (offset: number) => number {
  const isOutside = bytes.subarray(0, 3).equals(byteOrderMark) && !text.startsWith('\uFEFF');
  const mark = isOutside ? 3 : 0;
  if (Buffer.from(text, 'utf8').equals(bytes.subarray(mark))) {
    return offset => mark + Buffer.byteLength(text.slice(0, offset), 'utf8');
  }
  // Some other encoding, mostly in comments: invalid UTF-8 was decoded as U+FFFD. Line feeds are the same bytes in all
  // of these, so each line is mapped separately.
  return offset => {
    let start = mark;
    let before = 0;
    for (let feed = text.indexOf('\n'); feed >= 0 && feed < offset; feed = text.indexOf('\n', before)) {
      before = feed + 1;
      start = bytes.indexOf(10, start) + 1;
    }
    const feed = bytes.indexOf(10, start);
    const line = bytes.subarray(start, feed < 0 ? bytes.length : feed);
    const [left, whole] = [text.slice(before, offset), line.toString('utf8')];
    for (let length = 0; length <= line.length; length++) {
      const matches = line.subarray(0, length).toString('utf8') === left;
      if (matches && left + line.subarray(length).toString('utf8') === whole) return start + length;
    }
    throw new Error(l10n.t('it is not UTF-8 where it would be changed'));
  };
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
