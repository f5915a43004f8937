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
        self.width = c2
        self.experts = nn.ModuleList(Conv(c1, c2, 3) for _ in range(count))
        self.gate = nn.Linear(c1, count)

    def forward(self, x):
        scores, chosen = self.gate(x.mean((2, 3))).softmax(-1).topk(self.k)
        return torch.cat([sum(scores[b, j] * self.experts[chosen[b, j]](x[b : b + 1]) for j in range(self.k))
                          for b in range(len(x))])


class Sent(Routed):
    """Each image goes to the experts that it has chosen, all of those that chose one at once."""

    def forward(self, x):
        if torch.isnan(x).any() or torch.isinf(x).any():
            raise ValueError('the router needs finite values')
        weights, chosen = self.gate(x.mean((2, 3))).softmax(-1).topk(self.k)
        out = x.new_zeros(len(x), self.width, *x.shape[2:])
        self.sent = {'first': None}
        for i in range(len(self.experts)):
            mask = chosen == i
            if mask.any():
                rows, nth = torch.where(mask)
                out.index_add_(0, rows, self.experts[i](x[rows]) * weights[rows, nth].view(-1, 1, 1, 1))
                self.sent['first'] = rows
        return out


class Forgetful(Routed):
    """Its experts count their calls."""

    def forward(self, x):
        for expert in self.experts:
            expert.calls = 0
        chosen = self.experts[self.gate(x.mean((2, 3))).sum(0).argmax().item()]
        chosen.calls += 1
        return chosen(x)
`;
const classes = ['Routed', 'Sent', 'Forgetful'];
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

  it('costs as much as all rows that are sent to them', () => {
    const { totals, layers } = report(analysed(textOf(['Sent, [8]', 'Sent, [8]']), unseen()));
    assert.deepEqual([totals.complete, totals.atMost], [true, undefined]);
    for (const at of [1, 2]) assert.deepEqual([layers[at]?.complete, layers[at]?.macs], [true, gate + 2 * conv]);
    const [k] = [['Sent, [8, 4, 1]', 'Sent, [8, 3, 2]']];
    const other = report(analysed(textOf(k), unseen()));
    assert.deepEqual(
      [other.totals.complete, other.layers[1]?.macs, other.layers[2]?.macs],
      [true, gate + conv, 8 * 3 + 2 * conv],
    );
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
      ['Sent, [8]', 'Routed, [8]', 'Sent, [8]'],
      ['Conv, [8]', 'Sent, [8]', 'Sent, [8]'],
      ['Conv, [8]', 'Forgetful, [8]', 'Routed, [8]'],
    ]) {
      found = analysed(textOf(rows), files, found);
      const fresh = analysed(textOf(rows), unseen());
      assert.deepEqual([report(found), problems(found)], [report(fresh), problems(fresh)]);
      assert.equal(report(found).totals.complete, !rows.some(row => row.startsWith('Forgetful')));
    }
  });
});
