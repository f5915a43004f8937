// Mixtures of experts in a repository that reads its own model files: also where rows are not read again.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  type Files,
  open,
  price,
  problems,
  report,
  startPython,
} from '../../../server/src/core/index.ts';
import { fork, forkFolder, forkTexts } from '../../support/fork.ts';

const extra = `import torch
import torch.nn as nn
from models.common import Conv


class Routed(nn.Module):
    """Two of the experts for each image."""

    def __init__(self, c1, c2, count=4, k=2):
        super().__init__()
        self.k = k
        self.experts = nn.ModuleList(Conv(c1, c2, 3) for _ in range(count))
        self.gate = nn.Linear(c1, count)

    def forward(self, x):
        scores, chosen = self.gate(x.mean((2, 3))).softmax(-1).topk(self.k)
        return torch.cat([sum(scores[b, j] * self.experts[chosen[b, j]](x[b : b + 1]) for j in range(self.k))
                          for b in range(len(x))])


class Forgetful(Routed):
    """Its experts count their calls."""

    def forward(self, x):
        for expert in self.experts:
            expert.calls = 0
        chosen = self.experts[self.gate(x.mean((2, 3))).sum(0).argmax().item()]
        chosen.calls += 1
        return chosen(x)
`;
const classes = ['Routed', 'Forgetful'];
const reader = forkTexts['models/yolo.py']!.replace(
  'import Concat, Conv, Detect, Halves',
  `import Concat, Conv, Detect, Halves\nfrom models.extra import ${classes.join(', ')}`,
).replace('if m in {Conv, Halves}:', `if m in {Conv, Halves, ${classes.join(', ')}}:`);

let count = 0;
/** The same files to a reader that has never seen them: what follows the last line changes nothing. */
const unseen = (): Files => fork({ 'models/extra.py': extra, 'models/yolo.py': `${reader}# ${count++}\n` });

const settings = { ...defaultSettings, input: [{ sizes: [3, 32, 32] }] };

function analysed(text: string, files: Files, earlier?: Analysed): Analysed {
  const source = { name: 'own.yaml', text, path: `${forkFolder}/cfg/own.yaml`, files };
  return price(open(source, settings, earlier?.document)!, settings)!;
}

const textOf = (rows: readonly string[]): string => `nc: 4
backbone:
  - [-1, 1, Conv, [8, 3, 2]]
${rows.map(row => `  - [-1, 1, ${row}]\n`).join('')}head:
  - [[-1], 1, Detect, [nc]]
`;

/** At 16×16. */
const [conv, gate] = [8 * 8 * 9 * 256, 8 * 4];

describe('a row with experts', () => {
  before(startPython);

  it('costs as much as those that are chosen, and has the parameters of all', () => {
    const { totals, layers } = report(analysed(textOf(['Routed, [8]']), unseen()));
    assert.deepEqual([totals.complete, layers[1]?.macs], [true, gate + 2 * conv]);
    assert.equal(layers[1]?.params, 4 * (8 * 8 * 9 + 2 * 8) + 8 * 4 + 4);
  });

  it('is the same after edits of other rows', () => {
    const files = unseen();
    let found: Analysed | undefined;
    for (const rows of [
      ['Routed, [8]'],
      ['Routed, [8]', 'Conv, [8]'],
      ['Conv, [8]', 'Routed, [8]', 'Routed, [8]'],
      ['Conv, [8]', 'Routed, [8, 3, 1]', 'Routed, [8]', 'Routed, [8]'],
      ['Routed, [8]'],
      ['Routed, [8]', 'Forgetful, [8]', 'Routed, [8]'],
      ['Conv, [8]', 'Forgetful, [8]', 'Routed, [8]'],
    ]) {
      found = analysed(textOf(rows), files, found);
      const fresh = analysed(textOf(rows), unseen());
      assert.deepEqual([report(found), problems(found)], [report(fresh), problems(fresh)]);
      assert.equal(report(found).totals.complete, !rows.some(row => row.startsWith('Forgetful')));
    }
  });
});
