// Golden files. `FLOPLINE_UPDATE=1` writes the actual text instead of comparing it, for changes of wording. Read the
// diff before you commit it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export const isUpdating = Boolean(process.env.FLOPLINE_UPDATE);

/** Compares a text with the content of a file. */
export function checkGolden(path: string, actual: string): void {
  if (isUpdating) writeFileSync(path, actual);
  else assert.equal(actual, existsSync(path) ? readFileSync(path, 'utf8') : '', path);
}
