// Budgets held against networks: what is over, what is not known, what brings a network back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { roofline } from '../../server/src/core/analysis/roofline.ts';
import {
  applyEdits,
  budgetFix,
  budgetProblem,
  conditionsText,
  defaultSettings,
  documentBudgets,
  fixHelp,
  judge,
  judgedBy,
  open,
  price,
  type Settings,
  startPython,
  textOf,
  type Verdict,
  verdictText,
} from '../../server/src/core/index.ts';
import { readProject } from '../../server/src/core/project/index.ts';

const folder = '/home/me/repo';

/** What the budgets of a project say of a text under the settings of an editor. */
function verdicts(
  name: string,
  text: string,
  budgets: string,
  settings: Partial<Settings> = {},
  rest = 'devices: {gpu: {flops: {fp32: 1T, fp16: 2T}, bandwidth: 100GB/s}}\n',
): readonly Verdict[] {
  const project = readProject(`budgets:\n${budgets}\n${rest}`, `${folder}/flopline.yaml`);
  assert.deepEqual(project.problems, []);
  const all = { ...defaultSettings, ...settings };
  const document = open({ name, text, path: `${folder}/${name}`, project }, all);
  assert.ok(document, name);
  return documentBudgets(document).map(use => judge(use, judgedBy(use, document, all)));
}

function verdict(name: string, text: string, budget: string, settings?: Partial<Settings>): Verdict {
  const [first, ...others] = verdicts(name, text, `  - {files: ${name}, ${budget}}`, settings);
  assert.ok(first);
  assert.deepEqual(others, []);
  return first;
}

const actual = ({ limits }: Verdict): Readonly<Record<string, number>> =>
  Object.fromEntries(limits.map(({ key, actual: value }) => [key, value]));

const small = `input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: same}
  - relu
  - conv: {out: 32, kernel: 3, padding: same}
`;
// 3·16·9·32² + 16·32·9·32²
const smallMacs = 442_368 + 4_718_592;
const smallParams = 3 * 16 * 9 + 16 + 16 * 32 * 9 + 32;

const yolo = `nc: 80
scales:
  n: [0.33, 0.25, 1024]
  s: [0.33, 0.50, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
head:
  - [-1, 1, Conv, [256, 3, 2]]
`;

before(() => startPython());

describe('a budget', () => {
  it('is met up to the last digit and not one further', () => {
    assert.equal(verdict('a.net.yaml', small, `limits: {macs: ${smallMacs}}`).status, 'ok');
    const over = verdict('a.net.yaml', small, `limits: {macs: ${smallMacs - 1}}`);
    assert.equal(over.status, 'over');
    // Few digits would not tell them apart.
    assert.equal(verdictText(over), '5,160,960 MACs (limit 5,160,959, < +0.01 %)');
  });

  it('has sizes in bytes by the data type of the file or its own', () => {
    const limits = 'limits: {bytes: 1M, peak: 1M}';
    const elements = 16 * 32 * 32 + 32 * 32 * 32;
    assert.deepEqual(actual(verdict('a.net.yaml', small, limits)), { bytes: smallParams * 4, peak: elements * 4 });
    const half = `# flopline: dtype=fp16 batch=8\n${small}`;
    assert.deepEqual(actual(verdict('a.net.yaml', half, limits)), { bytes: smallParams * 2, peak: elements * 16 });
    assert.deepEqual(actual(verdict('a.net.yaml', half, `dtype: int8, ${limits}`)), {
      bytes: smallParams,
      peak: elements * 8,
    });
  });

  it('names its three costliest layers', () => {
    const { costliest } = verdict('a.net.yaml', small, 'limits: {macs: 1M}');
    assert.deepEqual(
      costliest.map(({ name, macs, range }) => [name, macs, range && small.slice(range.from, range.from + 4)]),
      [
        ['conv.2', 4_718_592, 'conv'],
        ['conv.0', 442_368, 'conv'],
      ],
    );
    const [bySize] = verdict('a.net.yaml', `${small}  - flatten\n  - linear: 10\n`, 'limits: {bytes: 1k}').costliest;
    assert.equal(bySize?.name, 'linear.4');
    assert.match(bySize?.text ?? '', /^1\.31 MB of parameters$/);
  });

  it('is for its own input and scale, whatever is chosen in the editor', () => {
    const budget = 'input: [3, 64, 64], scale: s, limits: {macs: 1G}';
    const plain = verdict('y.yaml', yolo, budget);
    assert.equal(conditionsText(plain), 'scale s, input 3×64×64');
    // The same text with both written into it.
    const written = price(
      open({ name: 'y.yaml', text: `# flopline: scale=s input=3,64,64\n${yolo}` }, defaultSettings)!,
      defaultSettings,
    )!;
    assert.equal(actual(plain).macs, written.model.totals.macs.value);
    const chosen = { chosen: { scale: 'n', input: '3,320,320', dtype: 'fp16', convention: 'flops' } } as const;
    assert.deepEqual(actual(verdict('y.yaml', yolo, budget, chosen)), actual(plain));
    const set = { scale: 'n', batch: 8, input: [{ sizes: [3, 128, 128] }] };
    assert.deepEqual(actual(verdict('y.yaml', yolo, budget, set)), actual(plain));
    const comments = `# flopline: scale=n input=3,32,32 convention=flops\n${yolo}`;
    assert.deepEqual(actual(verdict('y.yaml', comments, budget)), actual(plain));
  });

  it('without an input or a scale is for those of the file', () => {
    const comments = `# flopline: scale=s input=3,64,64\n${yolo}`;
    const { limits } = verdict('y.yaml', comments, 'limits: {macs: 1G}', { chosen: { scale: 'n' } });
    assert.equal(
      limits[0]?.actual,
      actual(verdict('y.yaml', yolo, 'input: [3, 64, 64], scale: s, limits: {macs: 1G}')).macs,
    );
  });

  it('takes an input by name, and one as a comment sets it', () => {
    const named = small.replace('[3, 32, 32]', '{image: [3, 32, 32]}');
    const expected = 4 * smallMacs;
    for (const input of ['[3, 64, 64]', '{image: [1, 3, 64, 64]}', "'64'", '64', "'image=1,3,64,64'"])
      assert.equal(actual(verdict('a.net.yaml', named, `input: ${input}, limits: {macs: 1G}`)).macs, expected, input);
  });

  it('that does not fit the network is not known', () => {
    const wrong = verdict('a.net.yaml', small, 'input: {picture: [1, 3, 8, 8]}, limits: {macs: 1G}');
    assert.equal(wrong.status, 'unknown');
    assert.match(wrong.why ?? '', /does not have an input “picture”/);
    assert.deepEqual(actual(wrong), { macs: Number.NaN });
    // Over at its own input, but that is not what was asked.
    assert.equal(verdict('a.net.yaml', small, 'input: [3, 8, 8, 8], limits: {macs: 1k}').status, 'unknown');
    const scale = verdict('y.yaml', yolo, 'scale: x, limits: {macs: 1k}');
    assert.equal(scale.status, 'unknown');
    assert.match(scale.why ?? '', /This file has no scale “x”/);
  });

  it('is not known where a part is not, unless the rest is above it', () => {
    const part = `${small}  - mystery: 3\n`;
    const unknown = verdict('a.net.yaml', part, 'limits: {macs: 6M}');
    assert.equal(unknown.status, 'unknown');
    assert.match(
      textOf(budgetProblem(unknown)!),
      /^Cannot tell whether this network is within its budget \(≥ 5\.16M MACs \(limit 6\.00M\); the budget is for input 3×32×32\): .*mystery/,
    );
    assert.equal(budgetProblem(unknown)?.severity, 'warning');
    const over = verdict('a.net.yaml', part, 'limits: {macs: 5M}');
    assert.equal(over.status, 'over');
    assert.match(
      textOf(budgetProblem(over)!),
      /^Over budget: ≥ 5\.16M MACs \(limit 5\.00M, \+3\.2 %\)\. The budget is for input 3×32×32\./,
    );
    // A comment that hides the error does not make the network known.
    assert.equal(verdict('a.net.yaml', `# flopline-ignore-file all\n${part}`, 'limits: {macs: 6M}').status, 'unknown');
  });

  it('of a condition is not known', () => {
    // No stock reader has a CBAM: these numbers are right if it is the one that they are known of.
    const v5 = `nc: 80
depth_multiple: 1
width_multiple: 1
anchors: 3
backbone:
  - [-1, 1, Conv, [32, 3, 2]]
  - [-1, 3, C3, [32]]
  - [-1, 1, CBAM, [32]]
head:
  - [[2], 1, Detect, [nc, anchors]]
`;
    const [limit] = verdict('own.yaml', v5, 'limits: {macs: 1}').limits;
    assert.ok(limit!.actual > 1);
    assert.equal(limit?.status, 'unknown');
    assert.match(limit?.why ?? '', /right only if CBAM and Detect are as in TPH-YOLOv5/);
    const pinned = verdict('own.yaml', `# flopline: dialect=tph-yolov5\n${v5}`, 'limits: {macs: 1}');
    assert.equal(pinned.status, 'over');
  });

  it('of a text that is too large says so', () => {
    const { status, why } = verdict('a.net.yaml', small, 'limits: {macs: 1G}', { maxFileSize: 20 });
    assert.equal(status, 'unknown');
    assert.match(why ?? '', /This file has \d+ characters/);
  });

  it('is one of several that are for the same file', () => {
    const all = verdicts(
      'y.yaml',
      yolo,
      '  - {files: "*.yaml", scale: n, limits: {params: 50k}}\n  - {files: y.yaml, scale: s, limits: {params: 50k}}',
    );
    assert.deepEqual(
      all.map(({ status, use }) => `${use.index} ${status}`),
      ['0 ok', '1 over'],
    );
  });

  it('is for a network of a Python file', () => {
    const net = `from torch import nn


class Net(nn.Sequential):
    def __init__(self, classes=10):
        super().__init__(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, classes))
`;
    const [first, second, third] = verdicts(
      'net.py',
      net,
      `  - {entries: ['net.py:Net(5)', 'net.py:Net(classes=100)'], input: [3, 10, 10], limits: {params: 300, macs: 20k}}
  - {files: net.py, input: '1,3,10,10:float32', limits: {params: 1k}}`,
    );
    assert.deepEqual(actual(first!), { params: 216 + 8 + 45, macs: 216 * 64 + 40 });
    assert.equal(first?.status, 'ok');
    assert.equal(conditionsText(first!), 'Net(5), input 3×10×10');
    assert.equal(second?.status, 'over');
    assert.equal(third?.status, 'ok');
    const [broken] = verdicts('net.py', net, "  - {entries: ['net.py:Ne(5)'], limits: {params: 300}}");
    assert.equal(broken?.status, 'unknown');
    assert.match(broken?.why ?? '', /Ne/);
  });
});

describe('time', () => {
  it('is the longer of arithmetic and traffic, layer by layer', () => {
    const { limits, status } = verdict('a.net.yaml', small, 'limits: {time: {device: gpu, ms: 1}}');
    // The activation is done with the convolution in front of it.
    const seconds = [
      { macs: 442_368, elements: 3 * 1024 + 16 * 1024 + 3 * 16 * 9 + 16 },
      { macs: 4_718_592, elements: 16 * 1024 + 32 * 1024 + 16 * 32 * 9 + 32 },
    ].map(({ macs, elements }) => Math.max((2 * macs) / 1e12, (4 * elements) / 100e9));
    assert.ok(Math.abs(limits[0]!.actual - 1000 * (seconds[0]! + seconds[1]!)) < 1e-12);
    assert.equal(status, 'ok');
    assert.match(verdictText({ limits, status }), /^an estimated 10\.3 µs on gpu \(limit 1 ms\)$/);
  });

  it('is estimated on a built-in device, too, unless the project has one of that name', () => {
    const onA100 = verdict('a.net.yaml', small, 'limits: {time: {device: a100, ms: 1}}');
    const [limit] = onA100.limits;
    assert.equal(onA100.status, 'ok');
    const seconds = [
      { macs: 442_368, elements: 3 * 1024 + 16 * 1024 + 3 * 16 * 9 + 16 },
      { macs: 4_718_592, elements: 16 * 1024 + 32 * 1024 + 16 * 32 * 9 + 32 },
    ].map(({ macs, elements }) => Math.max((2 * macs) / 19.5e12, (4 * elements) / 2039e9));
    assert.ok(Math.abs(limit!.actual - 1000 * (seconds[0]! + seconds[1]!)) < 1e-12);
    assert.equal(
      verdict('a.net.yaml', small, 'dtype: fp16, limits: {time: {device: apple-m2, ms: 1}}').status,
      'unknown',
    );
  });

  it('is bound by arithmetic on a slow processor and by traffic behind a slow memory', () => {
    const document = open({ name: 'a.net.yaml', text: small }, defaultSettings)!;
    const { model } = price(document, defaultSettings)!;
    const each = { bytesPerElement: 4, batch: 1 };
    const slow = roofline(model, { operations: 1e6, bandwidth: 1e15, ...each });
    assert.ok(Math.abs(slow.total.value - (2 * smallMacs) / 1e6) < 1e-9);
    const narrow = roofline(model, { operations: 1e18, bandwidth: 1e3, ...each });
    const elements = (3 + 16) * 1024 + (16 + 32) * 1024 + smallParams;
    assert.ok(Math.abs(narrow.total.value - (4 * elements) / 1e3) < 1e-9);
    // Parameters are read once for all samples.
    const eight = roofline(model, { operations: 1e18, bandwidth: 1e3, bytesPerElement: 4, batch: 8 });
    assert.ok(Math.abs(eight.total.value - (4 * (8 * (elements - smallParams) + smallParams)) / 1e3) < 1e-9);
    // Layers sum to the whole.
    const sum = model.graph.nodes.reduce((seconds, { id }) => seconds + eight.of({ first: id, end: id + 1 }).value, 0);
    assert.ok(Math.abs(sum - eight.total.value) < 1e-12);
  });

  it('is not known for a device that does not say how fast it is', () => {
    const { status, why } = verdict('a.net.yaml', small, 'dtype: int8, limits: {time: {device: gpu, ms: 1}}');
    assert.equal(status, 'unknown');
    assert.match(why ?? '', /how many operations per second “gpu” does in int8/);
  });

  it('is at least that of what is known', () => {
    const part = `${small}  - mystery: 3\n`;
    const [limit] = verdict('a.net.yaml', part, 'limits: {time: {device: gpu, ms: 0.001}}').limits;
    assert.equal(limit?.status, 'over');
    assert.ok(limit?.isLeast);
  });
});

describe('what brings a network back', () => {
  const cases: readonly (readonly [file: string, limits: (now: Readonly<Record<string, number>>) => string])[] = [
    ['savings/five-savings.prototxt', now => `macs: ${Math.floor(0.9 * now.macs!)}`],
    ['tiny-detector.cfg', now => `params: ${Math.floor(0.8 * now.params!)}`],
    ['gridspot.yaml', now => `macs: ${Math.floor(0.85 * now.macs!)}, params: ${now.params}`],
    ['squeezenet.net.yaml', now => `bytes: ${Math.floor(0.9 * now.bytes!)}`],
    ['tiny-detector.cfg', now => `peak: ${Math.floor(0.95 * now.peak!)}`],
    ['tiny-detector.cfg', now => `time: {device: gpu, ms: ${0.9 * now.time!}}`],
  ];
  for (const [file, limitsOf] of cases) {
    const name = file.split('/').at(-1)!;
    const text = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');
    const all = 'limits: {macs: 1E, params: 1E, bytes: 1E, peak: 1E, time: {device: gpu, ms: 1e9}}'.replaceAll(
      '1E',
      '1000P',
    );
    const now = actual(verdict(name, text, all));
    const budget = `limits: {${limitsOf(now)}}`;
    it(`was tried on ${file} for ${budget}`, () => {
      const over = verdict(name, text, budget);
      assert.equal(over.status, 'over');
      const search = budgetFix(over);
      let next = search.next();
      while (!next.done) next = search.next();
      const fix = next.value;
      assert.ok(fix);
      const changed = applyEdits(text, fix.edits);
      const after = verdict(name, changed, budget);
      assert.equal(after.status, 'ok');
      // What the title and the problem say is what the changed text costs.
      assert.deepEqual(
        fix.after.map(limit => limit.actual),
        after.limits.map(limit => limit.actual),
      );
      assert.match(fix.title, fix.steps.length === 1 ? /to get back within budget: / : /^Make \d+ changes to get back/);
      assert.match(
        fixHelp(fix),
        fix.steps.length === 1 ? /^This change brings it back: / : /^These \d+ changes bring it back: /,
      );
    });
  }

  it('is never more than a promise that holds, for whatever is limited', () => {
    const text = `input: [3, 32, 32]
layers:
  - conv: {out: 32, kernel: 3, padding: same}
  - conv: {out: 64, kernel: 5, padding: same}
  - conv: {out: 64, kernel: 3, padding: same}
  - flatten
  - linear: 10
`;
    const now = actual(
      verdict('a.net.yaml', text, 'limits: {macs: 1P, params: 1P, bytes: 1P, peak: 1P, time: {device: gpu, ms: 1e9}}'),
    );
    const limit = fc.tuple(
      fc.constantFrom('macs', 'params', 'bytes', 'peak', 'time'),
      fc.double({ min: 0.4, max: 1.1, noNaN: true }),
    );
    let found = 0;
    fc.assert(
      fc.property(fc.uniqueArray(limit, { minLength: 1, maxLength: 3, selector: ([key]) => key }), limits => {
        const written = limits.map(([key, share]) =>
          key === 'time' ? `time: {device: gpu, ms: ${share * now.time!}}` : `${key}: ${Math.ceil(share * now[key]!)}`,
        );
        const budget = `limits: {${written.join(', ')}}`;
        const first = verdict('a.net.yaml', text, budget);
        const isOver = limits.some(
          ([key, share]) => (key === 'time' ? share * now.time! : Math.ceil(share * now[key]!)) < now[key]!,
        );
        assert.equal(first.status, isOver ? 'over' : 'ok');
        const search = budgetFix(first);
        let next = search.next();
        while (!next.done) next = search.next();
        if (!next.value) return;
        found++;
        assert.ok(isOver);
        assert.equal(verdict('a.net.yaml', applyEdits(text, next.value.edits), budget).status, 'ok');
      }),
      { numRuns: 12 },
    );
    assert.ok(found > 1, `${found} fixes`);
  });

  it('is nothing where nothing is known that saves so much', () => {
    const search = budgetFix(verdict('a.net.yaml', small, 'limits: {macs: 1}'));
    let next = search.next();
    while (!next.done) next = search.next();
    assert.equal(next.value, undefined);
  });
});
