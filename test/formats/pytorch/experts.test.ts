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

describe('experts of other kinds that are chosen by their index', () => {
  const one = `        return self.experts[chosen[0, 0].item()](x)\n`;
  const kinds: Readonly<Record<string, readonly [experts: string, macs: number, atMost: boolean]>> = {
    'of other sizes': ['nn.Conv2d(8, 8, k, padding=k // 2) for k in (1, 3, 1, 5)', 8 * 8 * 25 * 16, true],
    'with other options': ['nn.Conv2d(8, 8, 3, padding=1, groups=1 + i % 2) for i in range(4)', expert, true],
    'of other classes': ['[Expert(), nn.Conv2d(8, 8, 1), nn.Identity(), Expert()]', expert, true],
    'of other classes that cost the same': ['[Expert(), nn.Conv2d(8, 8, 3, padding=1)] * 2', expert, false],
    'that share parts': ['[Expert(), *[Expert()] * 2, nn.Sequential(Expert())]', expert, false],
  };
  for (const [words, [experts, macs, atMost]] of Object.entries(kinds)) {
    it(`cost at most what the most expensive one costs: ${words}`, () => {
      const totals = totalsOf(one, having(experts));
      assert.deepEqual([totals.complete, totals.atMost ?? false, totals.macs], [!atMost, atMost, gate + macs]);
      if (atMost) assert.match(totals.why!, /values choose which one of [34] modules is called/);
    });
  }

  it('take unknown memory and time', () => {
    const totals = totalsOf(one, having(kinds['of other classes that cost the same']![0]));
    assert.deepEqual([totals.activations, totals.peakBytes], [null, null]);
  });

  it('are unknown where one of them is, or where they change something that matters', () => {
    const lost = totalsOf(one, `from somewhere import Other\n${having('[Expert(), Other(), Expert(), Expert()]')}`);
    assert.deepEqual([lost.complete, lost.atMost], [false, undefined]);
    const counting = having('nn.Conv2d(8, 8, 1), Expert(), Expert(), Expert(self)').replace(
      'nn.ModuleList(nn.Conv2d(8, 8, 1), Expert(), Expert(), Expert(self))',
      'nn.ModuleList([nn.Conv2d(8, 8, 1), Counting(), Counting(), Counting()])',
    );
    const cls = `class Counting(Expert):
    calls = 0

    def forward(self, x):
        Counting.calls += 1
        return super().forward(x)


class Mixture`;
    const twice = `
        for i in chosen[0].tolist():
            x = self.experts[i](x)
        for _ in range(Counting.calls):
            x = self.experts[0](x)
        return x
`;
    assert.equal(totalsOf(twice, counting.replace('class Mixture', cls)).complete, false);
  });
});

describe('experts that get the rows that chose them', () => {
  // As many rows as choices: two for each image, or one where only the best counts.
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
    'a mask, where some image chose it': [
      `
        for i, expert in enumerate(self.experts):
            mask = (chosen == i).any(dim=-1)
            if mask.any():
                out[mask] += weights[mask].sum(-1)[:, None, None, None] * expert(x[mask])
        return out
`,
      6,
    ],
    'rows, and goes on where there are none': [
      `
        called = 0
        for i in range(4):
            mask = chosen == i
            if not mask.any():
                continue
            rows, nth = torch.where(mask)
            y = self.experts[i](x[rows])
            if y.shape[1:] != x.shape[1:]:
                raise RuntimeError('shapes')
            called += 1
            out.index_add_(0, rows, y * weights[rows, nth].view(-1, 1, 1, 1))
        self.called = called
        return out
`,
      6,
    ],
    'a number of rows': [
      `
        for i, expert in enumerate(self.experts):
            rows = torch.nonzero((chosen == i).any(-1)).squeeze(-1)
            if rows.numel() == 0:
                continue
            if len(rows) < 1:
                continue
            if rows.shape[0] > 0:
                out[rows] += expert(x[rows])
        return out
`,
      6,
    ],
    'how often each was chosen': [
      `
        counts = torch.bincount(chosen.flatten(), minlength=4)
        for i, expert in enumerate(self.experts):
            if counts[i] == 0:
                continue
            rows, nth = torch.where(chosen == i)
            out[rows] += expert(x[rows])
        return out
`,
      6,
    ],
    'a list of how often': [
      `
        counts = F.one_hot(chosen, 4).sum((0, 1)).tolist()
        for i, expert in enumerate(self.experts):
            if counts[i] > 0:
                rows, nth = torch.where(chosen == i)
                out[rows] += expert(x[rows])
        return out
`,
      6,
    ],
    'those that were chosen at all': [
      `
        for i in chosen.unique():
            mask = (chosen == i).any(-1)
            out[mask] += self.experts[i](x[mask])
        return out
`,
      6,
    ],
    'a list of those that were chosen': [
      `
        for i in torch.unique(chosen.view(-1)).cpu().tolist():
            rows, nth = (chosen == i).nonzero(as_tuple=True)
            out.index_add_(0, rows, self.experts[i](x[rows]))
        return out
`,
      6,
    ],
    'the places of those that were chosen': [
      `
        masks = F.one_hot(chosen, num_classes=4).permute(2, 1, 0)
        for i in torch.greater(masks.sum(dim=(-1, -2)), 0).nonzero():
            nth, rows = torch.where(masks[i].squeeze(0))
            out.index_add_(0, rows, self.experts[i](x[rows]))
        return out
`,
      6,
    ],
    'a table that is filled': [
      `
        table = torch.zeros(x.shape[0], 4, dtype=torch.bool)
        table.scatter_(1, chosen, True)
        for i, expert in enumerate(self.experts):
            rows = torch.where(table[:, i])[0]
            if rows.numel() == 0:
                continue
            out.index_add_(0, rows, expert(x[rows]))
        return out
`,
      6,
    ],
    'each choice by itself': [
      `
        for j in range(2):
            for i in range(4):
                mask = chosen[:, j] == i
                if mask.any():
                    out[mask] += weights[mask, j, None, None, None] * self.experts[i](x[mask])
        return out
`,
      6,
    ],
    'the best, of a table of comparisons': [
      `
        masks = scores.argmax(-1)[:, None] == torch.arange(4)
        for mask, expert in zip(masks.unbind(1), self.experts):
            out[mask] = expert(x[mask])
        return out
`,
      3,
    ],
    'a mask': [
      `
        for i, expert in enumerate(self.experts):
            mask = (chosen == i).any(dim=-1)
            out[mask] += weights[mask].sum(-1)[:, None, None, None] * expert(x[mask])
        return out
`,
      6,
    ],
    'nonzero and index_add_': [
      `
        for i in range(4):
            rows = (chosen == i).any(-1).nonzero().squeeze(-1)
            out.index_add_(0, rows, self.experts[i](x[rows]).to(x.dtype))
        return out
`,
      6,
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
    it(`cost what all rows cost: by ${words}`, () => {
      const { complete, atMost, doubtful, macs, params, value } = totalsOf(body, head, 3);
      assert.deepEqual([complete, atMost, doubtful], [true, undefined, undefined]);
      assert.equal(macs, 3 * gate + rows * expert);
      assert.equal(value, macs);
      assert.equal(params, gateParams + 4 * expertParams);
    });
  }

  it('cost as much in other conventions, and at most as much in training', () => {
    const document = open({ name: 'net.py', text: head + routed['torch.where']![0] }, defaultSettings)!;
    const settings = { ...defaultSettings, entry: 'Mixture()', input: [{ sizes: [3, 8, 4, 4] }] };
    const flops = report(price(document, { ...settings, convention: 'flops' })!).totals;
    assert.deepEqual([flops.complete, flops.value], [true, 2 * (3 * gate + 6 * expert)]);
    const step = report(price(document, { ...settings, work: 'step' })!).totals;
    assert.equal(step.complete, false);
  });

  it('show it in hints, hovers, totals and rows', () => {
    const found = analysed(routed['a mask']![0], head, 3);
    const line = found.document.lines.lineAt(found.document.source.text.indexOf('expert(x[mask])'));
    const { label } = hints(found, { from: 0, to: found.document.source.text.length }).find(
      each => each.line === line,
    )!;
    assert.match(label, /· 55.3k MACs/);
    const { layers } = report(found);
    const first = layers.find(({ name }) => name === 'experts.0')!;
    assert.deepEqual([first.macs, first.params, first.atMost, first.complete], [3 * expert, expertParams, true, false]);
    assert.equal(first.why, 'values choose which of 4 experts 6 rows go to; the most expensive choice is counted');
    const all = layers.find(({ name }) => name === 'experts')!;
    assert.deepEqual([all.macs, all.atMost, all.complete], [6 * expert, undefined, true]);
    const own = layers.find(({ name }) => name === 'gate')!;
    assert.deepEqual([own.macs, own.atMost, own.complete], [3 * gate, undefined, true]);
  });

  it('show that it is at most, and why, where experts are not alike', () => {
    const text = having('nn.Conv2d(8, 8, k, padding=k // 2) for k in (1, 3, 5, 7)');
    const found = analysed(routed['a mask']![0], text, 3);
    const source = found.document.source.text;
    const line = found.document.lines.lineAt(source.indexOf('expert(x[mask])'));
    const { label } = hints(found, { from: 0, to: source.length }).find(each => each.line === line)!;
    // Three rows to each of the two largest.
    const macs = 3 * 8 * 8 * 16 * (49 + 25);
    assert.match(label, /≤ 227k MACs/);
    const { markdown } = hover(found, source.indexOf('expert(x[mask])'))!;
    assert.match(markdown, /≤ 227k/);
    assert.match(markdown, /Uncertain: values choose which of 4 experts 6 rows go to/);
    const { totals } = report(found);
    assert.deepEqual([totals.complete, totals.atMost, totals.macs], [false, true, 3 * gate + macs]);
  });

  it('are a lower bound together with something unknown, and no bound where they are at most', () => {
    const texts = (count: number): ReturnType<typeof totalsOf> => {
      const body = `
        for i in range(${count}):
            mask = (chosen == i).any(dim=-1)
            out[mask] += self.experts[i](x[mask])
        return undefined_layer(out)
`;
      return totalsOf(body, `from somewhere import undefined_layer\n${head}`, 3);
    };
    const [least, none] = [texts(4), texts(3)];
    assert.deepEqual([least.complete, least.atMost, least.macs], [false, undefined, 3 * gate + 6 * expert]);
    assert.deepEqual([none.complete, none.atMost, none.macs], [false, undefined, null]);
  });

  /** Where the number of rows is not fixed, or more than rows matters. */
  const bounded: Readonly<Record<string, readonly [body: string, macs: number]>> = {
    'some of the choices do not count': [
      `
        for i in range(4):
            mask = (chosen == i) & (weights > 0.1)
            if not mask.any():
                continue
            rows, nth = torch.where(mask)
            out.index_add_(0, rows, self.experts[i](x[rows]))
        return out
`,
      6 * expert,
    ],
    'some experts do not run': [
      `
        for i in range(3):
            mask = (chosen == i).any(-1)
            out[mask] += self.experts[i](x[mask])
        return out
`,
      6 * expert,
    ],
    'an image may choose one twice': [
      `
        chosen = torch.stack([scores.argmax(-1), x.mean((2, 3))[:, :4].argmax(-1)], -1)
        for i in range(4):
            mask = (chosen == i).any(-1)
            out[mask] += self.experts[i](x[mask])
        return out
`,
      4 * 3 * expert,
    ],
    'the indices were changed': [
      `
        chosen[0] = 0
        for i in range(4):
            mask = (chosen == i).any(-1)
            out[mask] += self.experts[i](x[mask])
        return out
`,
      4 * 3 * expert,
    ],
    'a view of the indices was changed': [
      `
        flat = chosen.view(-1)
        flat[flat > 1] = 0
        for i in range(4):
            mask = (chosen == i).any(-1)
            out[mask] += self.experts[i](x[mask])
        return out
`,
      4 * 3 * expert,
    ],
    'they run for all images where one chose them': [
      `
        for i in range(4):
            mask = (chosen == i).any(-1)
            if mask.any():
                out[mask] += self.experts[i](x)[mask]
        return out
`,
      4 * 3 * expert,
    ],
    'only a part of the rows is worked on': [
      `
        for i in range(4):
            rows, nth = torch.where(chosen == i)
            out[rows[:3]] += self.experts[i](x[rows][:3])
        return out
`,
      4 * 3 * expert,
    ],
    'rows are sorted by their expert': [
      `
        order = chosen[:, 0].argsort()
        counts = torch.bincount(chosen[:, 0], minlength=4)
        start, parts = 0, []
        for i in range(4):
            if counts[i] == 0:
                continue
            end = start + counts[i]
            parts.append(self.experts[i](x[order][start:end]))
            start = end
        return torch.cat(parts)
`,
      4 * 3 * expert,
    ],
  };
  for (const [words, [body, macs]] of Object.entries(bounded)) {
    it(`cost at most what they may: ${words}`, () => {
      const totals = totalsOf(body, head, 3);
      assert.deepEqual([totals.complete, totals.atMost, totals.params], [false, true, gateParams + 4 * expertParams]);
      assert.ok(totals.macs! >= 3 * gate + macs && totals.macs! <= 3 * gate + 4 * 6 * expert, String(totals.macs));
    });
  }
});

describe('what values decide whether it runs', () => {
  const bodies: Readonly<Record<string, readonly [body: string, macs: number | null, atMost: boolean]>> = {
    'a call': ['        if scores.max() > 0.5:\n            x = self.experts[0](x)\n        return x\n', expert, true],
    'a call, and not the one after it': [
      `
        if scores.max() > 0.5:
            out = out + self.experts[0](x)
        return self.experts[1](out)
`,
      2 * expert,
      true,
    ],
    'what changes a shape': [
      `
        if scores.max() > 0.5:
            x = x[..., :2]
        return self.experts[0](x)
`,
      0,
      false,
    ],
    'a number of calls': [
      `
        times = 1
        if scores.max() > 0.5:
            times = 3
        for _ in range(times):
            x = self.experts[0](x)
        return x
`,
      0,
      false,
    ],
    'which module is called later': [
      `
        expert = self.experts[0]
        if scores.max() > 0.5:
            expert = nn.Identity()
        return expert(x)
`,
      0,
      false,
    ],
    'what is in a list': [
      `
        names = []
        if scores.max() > 0.5:
            names.append(0)
        for name in names:
            x = self.experts[name](x)
        return x
`,
      0,
      false,
    ],
    'an attribute that says what runs': [
      `
        self.again = False
        if scores.max() > 0.5:
            self.again = True
        return self.experts[0](x) if self.again else x
`,
      0,
      false,
    ],
    'the attribute of a class': [
      `
        if scores.max() > 0.5:
            Expert.depth = 3
            x = self.experts[0](x)
        return x
`,
      null,
      false,
    ],
    'an exception that is not certain': [
      `
        if scores.max() > 0.5:
            x = self.experts[0](x)
            x = self.missing(x)
        return self.experts[1](x)
`,
      null,
      false,
    ],
    'one of two ways': [
      `
        if scores.max() > 0.5:
            x = self.experts[0](x)
        else:
            x = self.experts[1](x)
        return x
`,
      0,
      false,
    ],
    'the second half of a condition': [
      `
        if torch.isnan(x).any() or torch.isinf(self.experts[0](x)).any():
            raise ValueError
        return self.experts[1](x)
`,
      2 * expert,
      true,
    ],
    'only what costs nothing': [
      `
        if torch.isnan(x).any() or torch.isinf(x).any():
            raise ValueError
        self.seen = {'all': None}
        if not torch.isfinite(x).all():
            self.seen['all'] = x.mean()
        return self.experts[1](x)
`,
      expert,
      false,
    ],
  };
  for (const [words, [body, macs, atMost]] of Object.entries(bodies)) {
    it(`is never certain where it matters: ${words}`, () => {
      const totals = totalsOf(body);
      assert.equal(totals.complete, words === 'only what costs nothing');
      assert.equal(totals.atMost ?? false, atMost);
      assert.equal(totals.macs, macs === null ? null : gate + macs);
    });
  }
});

describe('what statements that may not run have changed', () => {
  /** What is before the class, what is in `forward` under the condition, and what uses it then. */
  const changes: Readonly<Record<string, readonly [top: string, change: string, use: string]>> = {
    'a list of the file': ['KEPT = [0]', 'KEPT.append(1)', 'for i in KEPT:\n            x = self.experts[i](x)'],
    'an entry of a dict of the file': [
      "KEPT = {'times': 1}",
      "KEPT['times'] = 2",
      "for _ in range(KEPT['times']):\n            x = self.experts[0](x)",
    ],
    'a list in a tuple of the file': [
      'KEPT = ([0], 1)',
      'KEPT[0].append(1)',
      'for i in KEPT[0]:\n            x = self.experts[i](x)',
    ],
    'a list of a class in a class': [
      'class Kept:\n    class Of:\n        names = [0]',
      'Kept.Of.names.append(1)',
      'for i in Kept.Of.names:\n            x = self.experts[i](x)',
    ],
    'an attribute of an object of the file': [
      'class Kept:\n    pass\n\n\nkept = Kept()\nkept.times = 1',
      'kept.times = 2',
      'for _ in range(kept.times):\n            x = self.experts[0](x)',
    ],
    'the variable of a closure': [
      'def counter():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n        return n\n    return count\n\n\ncount = counter()',
      'count()',
      'for _ in range(count()):\n            x = self.experts[0](x)',
    ],
    'an iterator of the file': [
      'import itertools\nCOUNT = itertools.count()',
      'next(COUNT)',
      'for _ in range(next(COUNT)):\n            x = self.experts[0](x)',
    ],
    'a name of the file': [
      'import sys',
      "globals()['TIMES'] = 2",
      "for _ in range(globals().get('TIMES', 1)):\n            x = self.experts[0](x)",
    ],
    'an array of numpy': [
      'import numpy as np\nTIMES = np.array([1])',
      'TIMES[0] = 2',
      'for _ in range(int(TIMES[0])):\n            x = self.experts[0](x)',
    ],
    'the hooks of a module': [
      '',
      'self.experts[0].register_forward_hook(lambda module, args, result: self.experts[1](result))',
      'x = self.experts[0](x)',
    ],
    'a factor of a product': ['', 'w = self.experts[0].conv.weight.flatten(1)', 'x = x.mean((2, 3)) @ w'],
    'both factors of a product': ['', 'w = self.experts[0].conv.weight.flatten(1)', 'x = w @ w.t()'],
    'what a module is called with one by one': ['', 'w = [x, x]', 'x = sum(map(lambda each: self.experts[0](x), w))'],
    'both factors of a product by a method': ['', 'w = self.experts[0].conv.weight.flatten(1)', 'x = w.t().matmul(w)'],
    'what an operator of a class does': [
      'class Times:\n    def __init__(self, module):\n        self.module = module\n\n    def __mul__(self, x):\n        return self.module(x)\n',
      'w = Times(self.experts[0])',
      'x = w * x',
    ],
    'what a subscript of a class does': [
      'class Of:\n    def __init__(self, module):\n        self.module = module\n\n    def __getitem__(self, x):\n        return self.module(x)\n',
      'w = Of(self.experts[0])',
      'x = w[x]',
    ],
  };
  for (const [words, [top, change, use]] of Object.entries(changes)) {
    it(`is not certain: ${words}`, () => {
      const text = head.replace('class Mixture', `${top}\n\n\nclass Mixture`);
      const body = `        w = self.gate.weight\n        if scores.max() > 0.5:\n            ${change}\n        ${use}\n        return x\n`;
      const totals = totalsOf(body, text);
      assert.deepEqual([totals.complete, totals.atMost ?? false], [false, false]);
    });
  }

  it('has no shape that it may not have', () => {
    const shapes: Readonly<Record<string, string>> = {
      'an axis more': 'x.unsqueeze_(0)',
      'other weights': 'self.experts[0].conv.weight = nn.Parameter(self.experts[0].conv.weight[:4])',
    };
    for (const [words, change] of Object.entries(shapes)) {
      const body = `        if scores.max() > 0.5:\n            ${change}\n        return self.experts[0].conv(x)\n`;
      const { layers, totals } = report(analysed(body));
      assert.equal(totals.complete, false, words);
      assert.ok(!layers[0]!.outputs[0]?.every(size => size !== null), words);
    }
  });

  it('is looked at in bounded time', () => {
    const body = `
        for i in range(1500):
            if x.max() > i:
                x = self.many[i](x)
        return x
`;
    const many =
      'self.gate = nn.Linear(8, 4)\n        self.many = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(1500))';
    assert.equal(totalsOf(body, head.replace('self.gate = nn.Linear(8, 4)', many)).complete, false);
  });
});

describe('loops over numbers that are chosen', () => {
  const loops: Readonly<Record<string, readonly [before: string, list: string, macs: 'exact' | 'unknown']>> = {
    'all of them': ['', 'kinds.tolist()', 'exact'],
    'under another shape': ['', 'kinds.view(-1, 1)[:, 0]', 'exact'],
    'a part of the tensor': ['', 'kinds[1:]', 'unknown'],
    'the first few': ['', 'kinds[:2].tolist()', 'unknown'],
    'some that are cut out': ['', 'kinds.narrow(0, 0, 1).tolist()', 'unknown'],
    'the first piece': ['', 'kinds.chunk(2)[0].tolist()', 'unknown'],
    'a part of the list': ['', 'kinds.tolist()[:2]', 'unknown'],
    'the other way round': ['', 'reversed(kinds.tolist())', 'unknown'],
    'whether they are 0': ['', 'kinds.bool().tolist()', 'unknown'],
    'in no order': ['', 'chosen.unique(sorted=False).tolist()', 'unknown'],
    'others in their place': ['        kinds += 1\n', 'kinds.tolist()', 'unknown'],
    'one that was set': ['        kinds[0] = 3\n', 'kinds.tolist()', 'unknown'],
    'what was set in a view': ['        view = kinds.view(-1)\n        view[:] = 3\n', 'kinds.tolist()', 'unknown'],
  };
  for (const [words, [before, list, macs]] of Object.entries(loops)) {
    it(`are counted as they run, or not at all: ${words}`, () => {
      const body = `        kinds = chosen.unique()\n${before}        for i in ${list}:\n            picked = (chosen == int(i)).any(-1)\n            x = x + self.experts[int(i)](x[picked]).sum()\n        return x\n`;
      const totals = totalsOf(body, head, 3);
      assert.equal(totals.complete, macs === 'exact');
      if (macs === 'exact') assert.equal(totals.macs, 3 * gate + 6 * expert);
      else assert.equal(totals.atMost ?? false, false);
    });
  }
});

describe('rows that values select', () => {
  const bodies: Readonly<Record<string, readonly [body: string, macs: number | null, atMost: boolean]>> = {
    'of which a part is taken': ['x[keep][:2]', 3 * expert, true],
    'of which one is taken': ['x[keep][0][None]', expert, false],
    'under another shape': ['x[keep].view(-1, 4, 2, 4, 4).flatten(1, 2)', 3 * expert, true],
    'together with all': ['torch.cat([x, x[keep]])', 6 * expert, true],
    'as often as they say': ['x.repeat_interleave(keep.long(), 0)', null, false],
    'by a number of them': ['x[: keep.sum()]', 3 * expert, true],
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
