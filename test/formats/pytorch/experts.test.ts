// Mixtures of experts: which of them run is a matter of values, which nobody knows. Their work is never a number that looks
// certain; where all of them run, it is.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const head = `import torch
import torch.nn as nn
import torch.nn.functional as F


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(4))
        self.gate = nn.Linear(8, 4)

    def forward(self, x):
        scores = F.softmax(self.gate(x.mean((2, 3))), -1)
        weights, chosen = torch.topk(scores, 2, dim=-1)
        out = torch.zeros_like(x)
`;

/** What the gate costs, and one expert on 1×8×4×4. */
const [gate, expert] = [8 * 4, 8 * 8 * 9 * 16];

const routed: Readonly<Record<string, string>> = {
  'by an index that is a value': `
        for j in range(2):
            out = out + weights[0, j] * self.experts[chosen[0, j].item()](x)
        return out
`,
  'by the images that chose each': `
        for i, expert in enumerate(self.experts):
            rows, nth = torch.where(chosen == i)
            out[rows] += weights[rows, nth, None, None, None] * expert(x[rows])
        return out
`,
  'by a mask, and not at all where nobody chose it': `
        for i, expert in enumerate(self.experts):
            mask = (chosen == i).any(dim=-1)
            if mask.any():
                out[mask] += expert(x[mask])
        return out
`,
  'by their indices in a list': `
        for i in chosen.flatten().tolist():
            out = out + self.experts[i](x)
        return out
`,
};

function totalsOf(body: string) {
  const document = open({ name: 'net.py', text: head + body }, defaultSettings)!;
  const settings = { ...defaultSettings, entry: 'Mixture()', input: [{ sizes: [1, 8, 4, 4] }] };
  return report(price(document, settings)!).totals;
}

before(() => startPython());

describe('experts', () => {
  for (const [words, body] of Object.entries(routed)) {
    it(`that are chosen ${words} are not counted as if that were known`, () => {
      const { complete, macs } = totalsOf(body);
      assert.equal(complete, false);
      // Two run on the one image.
      assert.ok(macs !== null && macs >= gate && macs <= gate + 2 * expert, String(macs));
    });
  }

  it('that all run, and are weighted, are counted', () => {
    const all = '        return sum(scores[:, i, None, None, None] * each(x) for i, each in enumerate(self.experts))\n';
    const { complete, macs } = totalsOf(all);
    assert.equal(complete, true);
    assert.ok(macs !== null && macs >= gate + 4 * expert);
  });
});
