// What a step of training costs is what PyTorch ran for it: convolutions, products of matrices, and their backward
// passes, counted by scripts/oracles/training.py, forward and backward apart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { type Document, defaultSettings, open, price, startPython, type Work } from '../../../server/src/core/index.ts';

interface Case {
  readonly entry: string;
  readonly sizes: string;
  readonly forward: number;
  readonly backward: number;
}

const { versions, cases } = JSON.parse(readFileSync(new URL('training.json', import.meta.url), 'utf8')) as {
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
};
const own = readFileSync(new URL('training.py', import.meta.url), 'utf8');
const text = `import torchvision\n${own}`;

before(startPython);

describe(`training, as PyTorch ${versions['torch']} runs it`, () => {
  for (const { entry, sizes, forward, backward } of cases) {
    it(entry, () => {
      const document = open({ name: 'net.py', text }, defaultSettings)!;
      const found = (['forward', 'backward', 'step'] as const).map(work => totals(document, entry, sizes, work));
      assert.deepEqual(found, [
        { value: forward, complete: true, unit: 'MACs forward' },
        { value: backward, complete: true, unit: 'MACs backward' },
        { value: forward + backward, complete: true, unit: 'MACs/step' },
      ]);
    });
  }
});

function inputOf(written: string) {
  const [sizes, dtype] = written.split(':');
  return { sizes: sizes!.split(',').map(Number), ...(dtype && { dtype }) };
}

function totals(document: Document, entry: string, sizes: string, work: Work) {
  const { model, problems } = price(document, { ...defaultSettings, entry, input: [inputOf(sizes)], work })!;
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  const { value, complete } = model.totals.value;
  return { value, complete, unit: model.convention.unit };
}
