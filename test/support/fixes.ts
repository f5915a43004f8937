// Tests of fixes: the first line of `name.cfg` says which fix to apply, and `name.fixed.cfg` is the expected result.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { adviceCandidates, applyEdits, defaultSettings, priceAdvice } from '../../server/src/core/index.ts';
import { analysedOf, checkAdvice } from './advice.ts';
import { checkGolden } from './golden.ts';

/** Defines a test for each text in a folder. */
export function checkFixes(folder: string): void {
  for (const file of readdirSync(folder).filter(name => !name.includes('.fixed.'))) {
    it(file, () => {
      const text = readFileSync(join(folder, file), 'utf8');
      const id = /^# fix: (\S+)/.exec(text)?.[1];
      const analysed = analysedOf(file, text, defaultSettings);
      const candidates = adviceCandidates(analysed);
      const candidate = candidates.find(other => other.id === id);
      assert.ok(candidate, `no ${id} among ${candidates.map(other => other.id).join(', ')}`);
      const advice = priceAdvice(analysed, candidate);
      assert.ok(advice && advice.refused === null, `${id} is not offered`);
      checkAdvice(analysed, candidate, advice, defaultSettings);
      const expected = join(folder, file.replace(/(?=\.(?:(?:net\.)?ya?ml|cfg|prototxt|py)$)/, '.fixed'));
      checkGolden(expected, applyEdits(text, advice.edits));
    });
  }
}
