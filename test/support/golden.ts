// Expected texts that lie in files. `FLOPLINE_UPDATE=1` writes what came out into them instead of comparing: for a
// wording that has changed. Read the diff before you commit it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export const isUpdating = Boolean(process.env.FLOPLINE_UPDATE);

/** What came out is what the file holds. */
export function checkGolden(path: string, actual: string): void {
  if (isUpdating) writeFileSync(path, actual);
  else assert.equal(actual, existsSync(path) ? readFileSync(path, 'utf8') : '', path);
}
