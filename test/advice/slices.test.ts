// In thousands of layers, to look for advice takes long: others get a turn meanwhile, and what is found is the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Analysed,
  adviceCandidates,
  defaultSettings,
  open,
  price,
  priceReported,
  problemsWithHints,
} from '../../server/src/core/index.ts';

const rows = ['conv: {out: 64, kernel: 5, padding: same}', 'batchnorm', 'relu', 'conv: {out: 64, kernel: 3}', 'relu'];
const text = `input: [3, 64, 64]\nlayers:\n${Array.from({ length: 600 }, (_, at) => `  - ${rows[at % 5]}\n`).join('')}`;
const analysed = (): Analysed => price(open({ name: 'a.net.yaml', text }, defaultSettings)!, defaultSettings)!;

test('what is looked for in steps is what is found at once', () => {
  const [stepped, whole] = [analysed(), analysed()];
  const steps: string[] = [];
  for (const step of priceReported(stepped)) steps.push(step);
  const looking = steps.lastIndexOf('looking') + 1;
  assert.ok(looking > 40, `${looking} steps`);
  assert.ok(
    steps.slice(0, looking).every(step => step === 'looking'),
    'it looks first',
  );
  assert.ok(steps.length > looking, 'and then it tries');
  const ids = (of: Analysed): string[] => adviceCandidates(of).map(({ id, kind }) => `${kind} ${id}`);
  assert.deepEqual(ids(stepped), ids(whole));
  const found = (of: Analysed): string[] => problemsWithHints(of).map(({ code, range }) => `${code} ${range.from}`);
  assert.deepEqual(found(stepped), found(analysed()));
});
