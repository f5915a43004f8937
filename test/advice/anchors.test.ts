// Rows that other rows stand for by alias are not changed: nobody asked for those.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adviceCandidates, defaultSettings, priceAdvice } from '../../server/src/core/index.ts';
import { analysedOf } from '../support/advice.ts';

describe('aliases', () => {
  const offered = (rows: string): string[] => {
    const analysed = analysedOf('a.net.yaml', `input: [64, 28, 28]\nlayers:\n${rows}`, defaultSettings);
    assert.deepEqual(analysed.problems, []);
    return adviceCandidates(analysed)
      .filter(candidate => priceAdvice(analysed, candidate)?.refused === null)
      .map(({ id }) => id);
  };

  it('keep a row and its attributes as they are', () => {
    const conv = '{out: 64, kernel: 3, padding: same}';
    assert.deepEqual(offered(`  - &c {conv: ${conv}}\n  - relu\n  - *c\n`), []);
    assert.deepEqual(offered(`  - &c\n    conv: ${conv}\n  - relu\n  - *c\n`), []);
    // Something may come before a row whose attributes stand elsewhere.
    const aliased = offered(`  - conv: &c ${conv}\n  - relu\n  - conv: *c\n`);
    assert.ok(
      aliased.every(id => id.startsWith('fat-convolution@5:')),
      aliased.join(),
    );
    assert.notDeepEqual(offered(`  - conv: ${conv}\n  - relu\n  - conv: ${conv}\n`), []);
  });
});
