// Mixtures of experts: which of them run is a matter of values, which nobody knows. Where their number is fixed and they are
// alike, their work is known nevertheless; the numbers were counted with hooks in PyTorch 1.13. Everywhere else it is never a
// number that looks certain.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  defaultSettings,
  hints,
  hover,
  open,
  price,
  problems,
  report,
  startPython,
} from '../../../server/src/core/index.ts';

const head = `import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, i=0):
        super().__init__()
        self.i = i
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList(Expert(i) for i in range(4))
        self.gate = nn.Linear(8, 4)

    def forward(self, x):
        scores = F.softmax(self.gate(x.mean((2, 3))), -1)
        weights, chosen = torch.topk(scores, 2, dim=-1)
        out = torch.zeros_like(x)
`;

/** What the gate costs, and one expert, on 1×8×4×4. */
const [gate, expert] = [8 * 4, 8 * 8 * 9 * 16];
/** Parameters of the gate and of one expert. */
const [gateParams, expertParams] = [8 * 4 + 4, 8 * 8 * 9 + 8 + 2 * 8];

function analysed(body: string, text = head, batch = 1) {
  const document = open({ name: 'net.py', text: text + body }, defaultSettings)!;
  return price(document, { ...defaultSettings, entry: 'Mixture()', input: [{ sizes: [batch, 8, 4, 4] }] })!;
}

const totalsOf = (body: string, text?: string, batch?: number) => report(analysed(body, text, batch)).totals;

/** With other experts. */
const having = (experts: string): string =>
  head.replace('nn.ModuleList(Expert(i) for i in range(4))', `nn.ModuleList(${experts})`);

before(() => startPython());

describe('experts of which a fixed number is called', () => {
  const forms: Readonly<Record<string, string>> = {
    'by an index that is a value': `
        for j in range(2):
            out = out + weights[0, j] * self.experts[chosen[0, j].item()](x)
        return out
`,
    'by an index that is a tensor': `
        for j in range(2):
            out = out + weights[0, j] * self.experts[chosen[0, j]](x)
        return out
`,
    'by their indices in a list': `
        for i in chosen.flatten().tolist():
            out = out + self.experts[i](x)
        return out
`,
    'by a number that is computed of it': `
        return self.experts[int(chosen[0, 0]) // 2 + 1](x) + self.experts[-chosen[0, 1].item() - 1](x)
`,
    'out of a list of Python': `
        experts = [self.experts[0], self.experts[2]]
        return experts[chosen[0, 0].item() % 2](x) + experts[chosen[0, 1].item() % 2](x)
`,
    'part by part': `
        first, second = (self.experts[i] for i in chosen[0].tolist())
        return F.relu(first.conv(x)) + second.act(second.conv(x))
`,
  };
  for (const [words, body] of Object.entries(forms)) {
    it(`cost what these cost: ${words}`, () => {
      const { complete, macs, params } = totalsOf(body);
      assert.deepEqual([complete, macs, params], [true, gate + 2 * expert, gateParams + 4 * expertParams]);
    });
  }

  it('do so for each image', () => {
    const body = `
        rows = [sum(self.experts[i](x[b:b + 1]) for i in each) for b, each in enumerate(chosen.tolist())]
        return torch.cat(rows)
`;
    const { complete, macs } = totalsOf(body, head, 3);
    assert.deepEqual([complete, macs], [true, 3 * (gate + 2 * expert)]);
  });

  it('may differ in what their work does not depend on, and hold any layers', () => {
    const layers: Readonly<Record<string, readonly [experts: string, macs: number, params: number]>> = {
      convolutions: ['nn.Conv2d(8, 8, 3, padding=1) for _ in range(4)', expert, 8 * 8 * 9 + 8],
      sequences: ['nn.Sequential(nn.Conv2d(8, 4, 1), nn.GELU(), nn.Conv2d(4, 8, 1)) for _ in range(4)', 1024, 76],
      'transposed convolutions': ['nn.ConvTranspose2d(8, 8, 1, groups=2) for _ in range(4)', 8 * 8 * 8, 40],
      'a gate': ['nn.Sequential(nn.GroupNorm(2, 8), nn.PReLU(8), nn.Conv2d(8, 8, 1)) for _ in range(4)', 1024, 96],
    };
    for (const [name, [experts, macs, params]] of Object.entries(layers)) {
      const totals = totalsOf(forms['by an index that is a value']!, having(experts));
      assert.deepEqual([totals.complete, totals.macs], [true, gate + 2 * macs], name);
      assert.equal(totals.params, gateParams + 4 * params, name);
    }
  });

  it('are not called “never called”, nor is the value “never used” that chooses them', () => {
    const found = problems(
      analysed(`
        best = chosen.flatten()
        index = best[0].item()
        return self.experts[index](x)
`),
    );
    assert.deepEqual(
      found.map(({ code }) => code).filter(code => code === 'module-never-called' || code === 'unused-result'),
      [],
    );
  });

  it('have their work in the row of the list, and their parameters each in its own', () => {
    const { layers } = report(analysed(forms['by their indices in a list']!));
    const row = (name: string) => {
      const { macs, params, calls } = layers.find(each => each.name === name)!;
      return [macs, params, calls];
    };
    assert.deepEqual(row('experts'), [2 * expert, 4 * expertParams, 2]);
    for (let i = 0; i < 4; i++) assert.deepEqual(row(`experts.${i}`), [0, expertParams, 0]);
    assert.deepEqual(row('gate'), [gate, gateParams, 1]);
  });

  it('cost as much in training as those that are called', () => {
    const costOf = (index: string): number | null => {
      const body = `        return self.experts[${index}](x) + self.experts[${index}](x)\n`;
      const document = open({ name: 'net.py', text: head + body }, defaultSettings)!;
      const settings = { ...defaultSettings, work: 'step' as const, entry: 'Mixture()' };
      return report(price(document, { ...settings, input: [{ sizes: [1, 8, 4, 4] }] })!).totals.value;
    };
    assert.equal(costOf('chosen[0, 0]'), costOf('1'));
  });
});

describe('one of several results', () => {
  it('costs all of them', () => {
    const { complete, macs } = totalsOf(`
        return [expert(x) for expert in self.experts][chosen[0, 0]]
`);
    assert.deepEqual([complete, macs], [true, gate + 4 * expert]);
  });
});

describe('experts that cannot stand for each other', () => {
  const one = `        return self.experts[chosen[0, 0].item()](x)\n`;
  const unsure: Readonly<Record<string, readonly [body: string, text?: string]>> = {
    'are of other sizes': [one, having('nn.Conv2d(8, 8, k, padding=k // 2) for k in (1, 3)')],
    'are of other classes': [one, having('[Expert(), nn.Conv2d(8, 8, 3, padding=1)]')],
    'have other options': [one, having('nn.Conv2d(8, 8, 3, padding=1, groups=1 + i % 2) for i in range(4)')],
    'work by what they differ in': [
      `
        chosen = self.experts[chosen[0, 0]]
        for _ in range(chosen.i):
            x = chosen(x)
        return x
`,
    ],
    'are asked whether they are one of them': [
      `
        chosen = self.experts[chosen[0, 0]]
        return chosen(chosen(x)) if chosen is self.experts[0] else chosen(x)
`,
    ],
    'are the key of a dict': [
      `
        chosen = self.experts[chosen[0, 0]]
        return chosen(chosen(x)) if chosen in {self.experts[0]: 1} else chosen(x)
`,
    ],
    'change when they are called': [
      one,
      head
        .replace('return self.act', 'self.i += 1\n        return self.act')
        .replace('Expert(i) for i in range(4)', 'Expert() for i in range(4)'),
    ],
    'share parts in another way': [
      one,
      having('[Expert(), *[Expert()] * 2, Expert()]').replace('Expert()]', 'nn.Sequential(Expert())]'),
    ],
  };
  for (const [words, [body, text]] of Object.entries(unsure)) {
    it(`are not counted as if it were known which one is called, where they ${words}`, () => {
      assert.equal(totalsOf(body, text).complete, false);
    });
  }

  it('cost neither at least nor at most what was counted, where a call may do less than the one before', () => {
    const text = head
      .replace('return self.act', 'self.i += 1\n        return x if self.i > 1 else self.act')
      .replace('Expert(i) for i in range(4)', 'Expert() for i in range(4)');
    const { complete, atMost, macs } = totalsOf(
      '        return self.experts[chosen[0, 0]](x) + self.experts[chosen[0, 0]](x)\n',
      text,
    );
    assert.deepEqual([complete, atMost, macs], [false, undefined, null]);
  });

  it('are not one module where the index may be a slice', () => {
    const slices: readonly string[] = [
      'slice(0, 2) if i == 0 else slice(1, 4)',
      '[slice(0, 2), slice(1, 4), slice(2, 3), slice(3, 4)][i]',
      'i or slice(0, 2)',
      '{9: 1}.get(i, slice(0, 2))',
      'slice(i, 4)',
    ];
    for (const slice of slices) {
      const body = `
        i = chosen[0, 0].item()
        part = self.experts[${slice}]
        for expert in part if isinstance(part, nn.ModuleList) else [part]:
            x = expert(x)
        return x
`;
      assert.equal(totalsOf(body).complete, false, slice);
    }
  });
});

describe('experts that get the rows that chose them', () => {
  // At most: each expert works on all rows that may have chosen it.
  const routed: Readonly<Record<string, readonly [body: string, rows: number]>> = {
    'torch.where': [
      `
        for i, expert in enumerate(self.experts):
            rows, nth = torch.where(chosen == i)
            out[rows] += weights[rows, nth, None, None, None] * expert(x[rows])
        return out
`,
      6,
    ],
    'a mask': [
      `
        for i, expert in enumerate(self.experts):
            mask = (chosen == i).any(dim=-1)
            out[mask] += weights[mask].sum(-1)[:, None, None, None] * expert(x[mask])
        return out
`,
      3,
    ],
    'nonzero and index_add_': [
      `
        for i in range(4):
            rows = (chosen == i).any(-1).nonzero().squeeze(-1)
            out.index_add_(0, rows, self.experts[i](x[rows]).to(x.dtype))
        return out
`,
      3,
    ],
    'index_select and index_add': [
      `
        for i in range(4):
            rows = (chosen[:, 0] == i).nonzero(as_tuple=True)[0]
            out = out.index_add(0, rows, self.experts[i](x.index_select(0, rows)))
        return out
`,
      3,
    ],
    'a mask of one expert for each choice': [
      `
        masks = F.one_hot(chosen, num_classes=4).permute(2, 1, 0)
        for i in range(4):
            nth, rows = torch.where(masks[i])
            part = x[None, rows].reshape(-1, 8, 4, 4)
            out.index_add_(0, rows, self.experts[i](part) * weights[rows, nth, None, None, None])
        return out
`,
      6,
    ],
    'parts that are joined': [
      `
        best = chosen[:, 0]
        return torch.cat([self.experts[i](x[torch.nonzero(best == i).flatten()]) for i in range(4)])
`,
      3,
    ],
  };
  for (const [words, [body, rows]] of Object.entries(routed)) {
    it(`cost at most what all rows cost: by ${words}`, () => {
      const { complete, atMost, doubtful, macs, params } = totalsOf(body, head, 3);
      assert.deepEqual([complete, atMost, doubtful], [false, true, true]);
      assert.equal(macs, 3 * gate + 4 * rows * expert);
      assert.equal(params, gateParams + 4 * expertParams);
    });
  }

  it('show it in hints, hovers, totals and rows', () => {
    const found = analysed(routed['a mask']![0], head, 3);
    const line = found.document.lines.lineAt(found.document.source.text.indexOf('expert(x[mask])'));
    const { label } = hints(found, { from: 0, to: found.document.source.text.length }).find(
      each => each.line === line,
    )!;
    assert.match(label, /≤ 111k MACs/);
    const { markdown } = hover(found, found.document.source.text.indexOf('expert(x[mask])'))!;
    assert.match(markdown, /≤ 111k/);
    assert.match(markdown, /how many elements a mask takes depends on its values/);
    const { layers } = report(found);
    const first = layers.find(({ name }) => name === 'experts.0')!;
    assert.deepEqual([first.macs, first.params, first.atMost, first.complete], [3 * expert, expertParams, true, false]);
    const own = layers.find(({ name }) => name === 'gate')!;
    assert.deepEqual([own.macs, own.atMost, own.complete], [3 * gate, undefined, true]);
  });

  it('are no bound together with something unknown', () => {
    const body = `
        for i, expert in enumerate(self.experts):
            mask = (chosen == i).any(dim=-1)
            out[mask] += expert(x[mask])
        return undefined_layer(out)
`;
    const { complete, atMost, macs } = totalsOf(body, `from somewhere import undefined_layer\n${head}`, 3);
    assert.deepEqual([complete, atMost, macs], [false, undefined, null]);
  });

  it('are unknown where nobody chose them and they may not run at all', () => {
    const body = `
        for i, expert in enumerate(self.experts):
            mask = (chosen == i).any(dim=-1)
            if mask.any():
                out[mask] += expert(x[mask])
        return out
`;
    assert.equal(totalsOf(body).complete, false);
  });
});

describe('rows that values select', () => {
  const bodies: Readonly<Record<string, readonly [body: string, macs: number | null, atMost: boolean]>> = {
    'of which a part is taken': ['x[keep][:2]', 3 * expert, true],
    'of which one is taken': ['x[keep][0][None]', expert, false],
    'under another shape': ['x[keep].view(-1, 4, 2, 4, 4).flatten(1, 2)', 3 * expert, true],
    'together with all': ['torch.cat([x, x[keep]])', 6 * expert, true],
    'as often as they say': ['x.repeat_interleave(keep.long(), 0)', null, false],
    'by a number of them': ['x[: keep.sum()]', null, false],
    'by a number of what is selected': ['x[keep][: keep.sum()]', 3 * expert, true],
    'by two masks, one of the other': ['x[keep][chosen[keep][:, 0] == 1]', 3 * expert, true],
  };
  for (const [words, [rows, macs, atMost]] of Object.entries(bodies)) {
    it(`are bounded, or unknown: ${words}`, () => {
      const body = `        keep = scores[:, 0] > 0.5\n        return self.experts[0](${rows})\n`;
      const totals = totalsOf(body, head, 3);
      // Of one row the work is known; only the memory of what it is taken from is not.
      const isCounted = macs !== null && !atMost;
      assert.deepEqual([totals.complete, totals.atMost ?? false], [isCounted, atMost]);
      if (macs !== null) assert.equal(totals.macs, 3 * gate + macs);
    });
  }
});

describe('experts that all run', () => {
  it('are counted', () => {
    const all = '        return sum(scores[:, i, None, None, None] * each(x) for i, each in enumerate(self.experts))\n';
    const { complete, macs } = totalsOf(all);
    assert.deepEqual([complete, macs], [true, gate + 4 * expert]);
  });
});
