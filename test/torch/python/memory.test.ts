// The memory that eager PyTorch takes, as PyTorch took it: storages that were alive, and those that were saved for the
// backward pass, followed by scripts/oracles/memory.py. To the byte.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { eagerTimeline } from '../../../server/src/core/analysis/eager.ts';
import { defaultSettings, open, startPython } from '../../../server/src/core/index.ts';

interface Case {
  readonly entry: string;
  readonly sizes: string;
  /** The most at inference. */
  readonly peak: number;
  /** The most in the forward pass of training, and what it keeps. */
  readonly forward: number;
  readonly saved: number;
}

const { versions, cases } = JSON.parse(readFileSync(new URL('memory.json', import.meta.url), 'utf8')) as {
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
};

const own = readFileSync(new URL('memory.py', import.meta.url), 'utf8');
const text = `import torchvision\n${own}`;

before(startPython);

describe(`memory, as PyTorch ${versions['torch']} takes it`, () => {
  for (const { entry, sizes, ...expected } of cases) {
    it(entry, () => {
      const inference = timeline(entry, sizes, false);
      const training = timeline(entry, sizes, true);
      assert.deepEqual({ peak: inference.peak.bytes, forward: training.peak.bytes, saved: training.saved }, expected);
      assert.ok(inference.complete && training.complete);
    });
  }
});

function timeline(entry: string, sizes: string, training: boolean) {
  const document = open({ name: 'net.py', text }, defaultSettings)!;
  const input = [{ sizes: sizes.split(',').map(Number) }];
  const { graph } = document.reader!.read({ entry, input, training, lifetimes: true });
  return eagerTimeline(graph, { bytesPerElement: 4, batch: 1, training })!;
}
