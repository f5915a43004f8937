// A model file in a repository is what the Python of that repository makes of it. The numbers of the fork in `fork/` are
// those that PyTorch 1.13 gave for it at 64×64 (shapes and parameters; the MACs follow from them).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, report, type Settings, startPython } from '../../../server/src/core/index.ts';
import { readProject } from '../../../server/src/core/project/index.ts';
import type { Files } from '../../../server/src/core/python/files.ts';

const folder = new URL('fork/', import.meta.url);
const fork = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const root = '/home/someone/fork';

/** The fork with changes: by path, another text; undefined is no file. */
function filesOf(changes: Readonly<Record<string, string | undefined>> = {}): Files {
  const texts = new Map<string, string>([[`${root}/.git/HEAD`, '']]);
  for (const name of ['models/__init__.py', 'models/yolo.py', 'models/blocks.py'])
    texts.set(`${root}/${name}`, fork(name));
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) texts.delete(`${root}/${name}`);
    else texts.set(`${root}/${name}`, text);
  }
  const children = (path: string): string[] => [
    ...new Set(
      [...texts.keys()].flatMap(each =>
        each.startsWith(`${path}/`) ? [each.slice(path.length + 1).split('/')[0]!] : [],
      ),
    ),
  ];
  return { read: path => texts.get(path), isFolder: path => children(path).length > 0, list: children };
}

interface Options {
  readonly name?: string;
  readonly files?: Files;
  readonly settings?: Partial<Settings>;
  /** The project file. */
  readonly rules?: string;
  readonly roots?: { readonly source?: string; readonly repository?: boolean };
}

const image = { input: [{ sizes: [3, 64, 64] }] };

function analysed(text: string, { name = 'net.yaml', files = filesOf(), settings, roots, rules }: Options = {}) {
  const all = { ...defaultSettings, ...image, ...settings };
  const project = rules === undefined ? undefined : readProject(rules, `${root}/flopline.yaml`);
  const source = { name, text, path: `${root}/configs/${name}`, files, roots, project };
  return price(open(source, all)!, all)!;
}

const reported = (text: string, options?: Options) => report(analysed(text, options));

/** Type, first output and parameters of each row. */
const rowsOf = (text: string, options?: Options) =>
  reported(text, options).layers.map(({ op, outputs, params }) => [op, outputs[0]?.slice(1).join('×'), params]);

const net = fork('net.yaml');

describe('a model file that its repository reads', () => {
  before(startPython);

  it('has unknown totals where its rows cannot be read, and not those of nothing', () => {
    const page = `Skip to content\nPulls\n\n${net.replace(/^backbone:\n.*\n/m, 'backbone:\n  [[-1, 1, Conv, [32\n')}`;
    const { totals, layers } = reported(page.replace(/^head:/m, 'tail:'));
    assert.deepEqual([layers.length, totals.params, totals.macs, totals.complete], [0, null, null, false]);
    assert.match(totals.why ?? '', /the text is no mapping/);
  });

  it('has the rows that its parse_model and its modules make', () => {
    const { totals, layers, source, input, problems } = reported(net);
    assert.equal(source, 'models/yolo.py');
    assert.deepEqual(input, { images: [1, 3, 64, 64] });
    assert.deepEqual(
      layers.map(({ index, name, op, line, outputs, params }) => [index, name, op, line, outputs[0], params]),
      [
        [0, 'model.0', 'Conv', 6, [1, 16, 32, 32], 464],
        [1, 'model.1', 'Conv', 7, [1, 32, 16, 16], 4672],
        [2, 'model.2', 'Gate', 8, [1, 32, 16, 16], 1104],
        [3, 'model.3', 'Conv', 9, [1, 64, 8, 8], 18560],
        [4, 'model.4', 'Pair', 12, [1, 32, 8, 8], 3104],
        [5, 'model.5', 'Upsample', 13, [1, 32, 16, 16], 0],
        [6, 'model.6', 'Heads', 14, [1, 7, 320], 462],
      ],
    );
    assert.deepEqual([totals.params, totals.complete], [28366, true]);
    const macs = [
      27 * 16 * 1024,
      9 * 16 * 32 * 256,
      4 * 32 * 8,
      9 * 32 * 64 * 64,
      96 * 32 * 64,
      0,
      32 * 7 * (64 + 256),
    ];
    assert.deepEqual(
      layers.map(each => each.macs),
      macs,
    );
    assert.equal(
      totals.macs,
      macs.reduce((sum, each) => sum + each, 0),
    );
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  it('has places in the text and in the Python', () => {
    const { model } = analysed(net);
    const [, , gate] = model.graph.root.children;
    assert.deepEqual(
      gate!.sites.filter(({ role }) => role === 'use').map(({ range }) => net.slice(range.from, range.to)),
      ['[-1, 2, Gate, []]'],
    );
    const blocks = fork('models/blocks.py');
    const inside = gate!.children.flatMap(({ sites }) => sites.filter(({ role }) => role === 'definition'));
    assert.deepEqual(
      [...new Set(inside.map(({ file, range }) => `${file}: ${blocks.slice(range.from, range.to)}`))],
      [`${root}/models/blocks.py: class Gate(nn.Module):`],
    );
  });

  it('is read by the tables where a person wants it', () => {
    const { source, layers } = reported(net, { roots: { repository: false } });
    assert.equal(source, 'Ultralytics');
    assert.equal(layers.find(({ op }) => op === 'Gate')?.complete, false);
  });

  it('is read by the tables where it lies in no repository, and by the repository that a person names', () => {
    const source = { name: 'net.yaml', text: net, files: filesOf(), path: '/tmp/elsewhere/net.yaml' };
    const settings = { ...defaultSettings, ...image };
    const alone = report(price(open(source, settings)!, settings)!);
    assert.equal(alone.source, 'Ultralytics');
    const named = report(price(open({ ...source, roots: { source: root } }, settings)!, settings)!);
    assert.deepEqual([named.source, named.totals.params], ['models/yolo.py', 28366]);
  });

  it('takes the nearest reader, one of any name in a repository, and never tf.py', () => {
    const reader = fork('models/yolo.py');
    const other = reader.replace('int(args[0] * width)', 'int(args[0])');
    const nearer = filesOf({
      'configs/models/__init__.py': '',
      'configs/models/yolo.py': other,
      'configs/models/blocks.py': fork('models/blocks.py'),
    });
    assert.deepEqual(rowsOf(net, { files: nearer })[0], ['Conv', '32×32×32', 928]);
    const renamed = filesOf({ 'models/yolo.py': undefined, 'models/build.py': reader, 'models/tf.py': other });
    const { source, totals } = reported(net, { files: renamed });
    assert.deepEqual([source, totals.params], ['models/build.py', 28366]);
    const onlyTf = filesOf({ 'models/yolo.py': undefined, 'models/tf.py': other });
    assert.equal(reported(net, { files: onlyTf }).source, 'Ultralytics');
  });

  it('takes a reader of any name near the file where nothing says what is a repository', () => {
    const reader = fork('models/yolo.py');
    const unmarked = filesOf({ '.git/HEAD': undefined, 'models/yolo.py': undefined, 'models/build.py': reader });
    const { source, totals } = reported(net, { files: unmarked });
    assert.match(source!, /models\/build\.py$/);
    assert.equal(totals.params, 28366);
    const far = filesOf({ '.git/HEAD': undefined, 'models/yolo.py': undefined, 'other/deep/build.py': reader });
    assert.equal(reported(net, { files: far }).source, 'Ultralytics');
  });

  describe('of which there are several', () => {
    const reader = fork('models/yolo.py');
    const two = reader
      .replace('def forward(self, x):', 'def forward(self, x, x2):')
      .replace('torch.zeros(1, ch, size, size)', 'torch.zeros(1, ch, size, size), torch.zeros(1, ch, size, size)')
      .replace('if m.f != -1:', 'if m.f == -4:\n                x = x2\n            elif m.f != -1:')
      .replace('c1, c2 = ch[f]', 'c1, c2 = 3 if f == -4 else ch[f]');
    const pair = `nc: 3
backbone:
  - [-1, 1, Conv, [32, 3, 2]]
  - [-4, 1, Conv, [32, 3, 2]]
head:
  - [[0, 1], 1, Pair, [64]]
  - [[2], 1, Heads, []]
`;

    it('takes the one for two images where the usual one cannot build the network', () => {
      const files = filesOf({ 'models/yolo_two.py': two });
      const { source, input, totals } = reported(pair, { files });
      assert.equal(source, 'models/yolo_two.py');
      assert.deepEqual(input, { images: [1, 3, 64, 64], x2: [1, 3, 64, 64] });
      assert.deepEqual([totals.params, totals.complete], [2 * 928 + 4160 + 455, true]);
      assert.deepEqual(rowsOf(pair, { files })[1], ['Conv', '32×32×32', 928]);
      assert.equal(reported(net, { files }).source, 'models/yolo.py');
    });

    it('takes the one that knows a name of the file', () => {
      const files = filesOf({
        'models/yolo_gates.py': `${reader}\n\nclass Gates(Conv):\n    pass\n`.replace('{Conv,', '{Conv, Gates,'),
      });
      const text = net.replace('[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, Gates, [64, 3, 2]]');
      const { source, totals } = reported(text, { files });
      assert.deepEqual([source, totals.params, totals.complete], ['models/yolo_gates.py', 28366, true]);
    });

    it('keeps to what the usual one refuses, whatever an older copy says', () => {
      const old = reader.replace('args = [ch[f], *args]', 'args = [ch[f]]');
      const found = reported(net.replace('[-1, 2, Gate, []]', '[-1, 2, Gate, [4, 5, 6]]'), {
        files: filesOf({ 'models/yolo_old.py': old }),
      });
      assert.deepEqual([found.source, found.totals.complete], ['models/yolo.py', false]);
    });
  });

  it('has the rows of all lists that the reader goes through, in its order', () => {
    const reader = fork('models/yolo.py').replace(
      'd["backbone"] + d["head"]',
      'd["backbone"] + d["second"] + d["head"]',
    );
    const files = filesOf({ 'models/yolo.py': reader });
    const text = `nc: 3
backbone:
  - [-1, 1, Conv, [32, 3, 2]] # 0
head:
  - [[0, 2], 1, Pair, [64]] # 3
  - [[3], 1, Heads, []] # 4
second:
  - [-1, 2, Gate, []] # 1
  - [0, 1, Conv, [32, 1, 1]] # 2
`;
    const { layers, problems, totals } = reported(text, { files });
    assert.deepEqual(
      layers.map(({ line, op }) => [line, op]),
      [
        [3, 'Conv'],
        [8, 'Gate'],
        [9, 'Conv'],
        [5, 'Pair'],
        [6, 'Heads'],
      ],
    );
    // The numbers in comments are those of the rows.
    assert.deepEqual(
      problems.filter(({ severity }) => severity !== 'information'),
      [],
    );
    assert.deepEqual([totals.params, totals.complete], [928 + 1104 + (32 * 32 + 64) + 4160 + 455, true]);
    const wrong = reported(text.replace('[-1, 2, Gate, []]', '[-1, 2, Gate, [4, 5, 6]]'), { files });
    assert.deepEqual(
      wrong.problems.filter(({ code }) => code === 'reader-refuses').map(({ line }) => line),
      [8],
    );
    assert.equal(wrong.layers[3]!.params, 4160);
  });

  it('follows changes of its modules', () => {
    const files = filesOf({ 'models/blocks.py': fork('models/blocks.py').replace('reduction=4', 'reduction=8') });
    assert.deepEqual(rowsOf(net, { files })[2], ['Gate', '32×16×16', 2 * (32 * 4 + 4 + 4 * 32 + 32)]);
  });

  it('counts one row that returns several tensors as one, and those below by what they read', () => {
    const text = `nc: 3
backbone:
  - [-1, 1, Stem, [[8, 16, 32]]]
head:
  - [[2, 1], 1, Pair, [24]]
  - [[3], 1, Heads, []]
`;
    assert.deepEqual(rowsOf(text), [
      ['Stem', '8×32×32', 3 * 9 * 8 + 16 + 8 * 9 * 16 + 32 + 16 * 9 * 32 + 64],
      ['Pair', '24×8×8', 48 * 24 + 24],
      ['Heads', '7×64', 24 * 7 + 7],
    ]);
  });

  it('takes its channels from the file', () => {
    const { input, layers } = reported(`ch: 4\n${net}`, { settings: { input: [] } });
    assert.deepEqual(input, { images: [1, 4, 640, 640] });
    assert.equal(layers[0]!.params, 4 * 16 * 9 + 32);
  });

  it('keeps no state of one reading in the next', () => {
    const activation = `activation: nn.PReLU(16)\n${net}`;
    const [own] = rowsOf(activation.replace('[64, 3, 2]', '[32, 3, 2]').replace('[128, 3, 2]', '[32, 3, 2]'));
    assert.equal(own?.[2], 464 + 16);
    assert.deepEqual(rowsOf(net)[0], ['Conv', '16×32×32', 464]);
  });

  describe('that cannot be built', () => {
    const text = net.replace('[-1, 2, Gate, []]', '[-1, 2, Gate, [4, 5, 6]]');

    it('says so at the row in the words of the error, and keeps the rows around it', () => {
      const found = analysed(text);
      const problem = found.problems.find(({ code }) => code === 'reader-refuses');
      assert.ok(problem);
      assert.equal(text.slice(problem.range.from, problem.range.to), '[-1, 2, Gate, [4, 5, 6]]');
      assert.match(problem.message, /TypeError: .*takes from 2 to 3 positional arguments but 5 were given/);
      assert.ok(problem.related?.some(({ file }) => file === `${root}/models/yolo.py`));
      const { layers, totals } = report(found);
      assert.deepEqual(layers.map(({ params, complete }) => [params, complete]).slice(0, 3), [
        [464, true],
        [4672, true],
        [null, false],
      ]);
      assert.equal(layers.length, 7);
      assert.equal(totals.complete, false);
      // It would be as wide as parse_model takes it for.
      assert.deepEqual([layers[3]!.params, layers[3]!.complete], [18560, false]);
    });

    it('says so of several rows, and keeps the rows between', () => {
      const broken = net
        .replace('[-1, 2, Gate, []]', '[-1, 1, Gate, [4, 5, 6]]')
        .replace('[-1, 1, Conv, [128, 3, 2]]', '[-1, 1, Conv, [128, "three", 2]]');
      const found = analysed(broken);
      const errors = found.problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ code, range }) => [code, broken.slice(range.from, range.to)]),
        [
          ['reader-refuses', '[-1, 1, Gate, [4, 5, 6]]'],
          ['reader-refuses', '[-1, 1, Conv, [128, "three", 2]]'],
        ],
      );
      const { layers, totals } = report(found);
      assert.deepEqual(
        layers.map(({ params }) => params),
        [464, 4672, null, null, 3104, null, 462],
      );
      assert.equal(totals.complete, false);
    });

    it('is what its parse_model makes of it where that catches the error', () => {
      const reader = fork('models/yolo.py').replace(
        /^( +)m_ = .*$/m,
        '$1try:\n$1    m_ = m(*args)\n$1except TypeError:\n$1    m_ = nn.Conv2d(ch[f], ch[f], 1)',
      );
      const found = analysed(text, { files: filesOf({ 'models/yolo.py': reader }) });
      assert.deepEqual(found.problems, []);
      assert.equal(report(found).layers[2]!.params, 32 * 32 + 32);
    });

    for (const [words, loop] of [
      ['another name', 'for where, (f, n, m, args) in enumerate(d["backbone"] + d["head"]):'],
      ['no name', 'for f, n, m, args in d["backbone"] + d["head"]:\n        where = len(layers)'],
    ] as const) {
      it(`says so at the row where the reader has ${words} for its index`, () => {
        const reader = fork('models/yolo.py').replace(/for i, \(f, n, m, args\) in .*:/, loop);
        const files = filesOf({ 'models/yolo.py': reader.replace(/(?<![.\w])i\b/g, 'where') });
        assert.equal(reported(net, { files }).totals.params, 28366);
        for (const wrong of ['[-1, 2, Gate, [4, 5, 6]]', '[-1, 1, Gates, []]']) {
          const broken = net.replace('[-1, 2, Gate, []]', wrong);
          const { range } = analysed(broken, { files }).problems.find(({ code }) => code === 'reader-refuses')!;
          assert.equal(broken.slice(range.from, range.to), wrong);
        }
      });
    }

    it('because of a name that is not defined', () => {
      const problem = analysed(net.replace('Gate', 'Gates')).problems.find(({ code }) => code === 'reader-refuses');
      assert.match(problem?.message ?? '', /KeyError: 'Gates'/);
    });

    it('because sizes do not meet in the forward pass', () => {
      const files = filesOf({
        'models/blocks.py': fork('models/blocks.py').replace('nn.Linear(c1, c1 //', 'nn.Linear(c1 + 1, c1 //'),
      });
      const found = analysed(net, { files });
      const error = found.problems.find(({ severity }) => severity === 'error');
      assert.equal(net.slice(error!.range.from, error!.range.to), '[-1, 2, Gate, []]');
      const { layers, totals } = report(found);
      assert.deepEqual([layers[1]!.complete, layers[2]!.complete, totals.complete], [true, false, false]);
      // They were constructed all the same.
      assert.equal(layers[3]!.params, 18560);
    });

    it('because its text is broken', () => {
      const { layers, totals } = reported(net.replace('[-1, 1, Conv, [128, 3, 2]]', '[-1, 1, Conv, {128: ]'));
      assert.deepEqual([layers[2]!.params, layers[2]!.complete], [1104, true]);
      assert.equal(totals.complete, false);
      const meant = reported(net.replace('[-1, 1, Conv, [128, 3, 2]]', '[-1, 1, Conv, [128, 3, 2]'));
      assert.deepEqual([meant.layers[3]!.repaired, meant.totals.params], [true, 28366]);
    });
  });

  it('is unknown where a module cannot be found, and keeps what is known around it', () => {
    const { layers, totals } = reported(net.replace('[-1, 1, Conv, [128, 3, 2]]', '[-1, 1, FastConv, [128, 3, 2]]'), {
      files: filesOf({
        'models/blocks.py': fork('models/blocks.py').replace('    FastConv = None', '    pass'),
      }),
    });
    assert.deepEqual(
      layers.slice(0, 4).map(({ complete }) => complete),
      [true, true, true, false],
    );
    assert.deepEqual(layers.map(({ name, op }) => `${name} ${op}`).slice(2), [
      'model.2 Gate',
      'model.3 FastConv',
      'model.4 Pair',
      'model.5 Upsample',
      'model.6 Heads',
    ]);
    // What it hands on has a size that nobody knows, but the channels that parse_model says.
    assert.equal(layers[4]!.params, 3104);
    assert.equal(totals.complete, false);
  });

  it('is unknown where a helper of parse_model cannot be found, and no error of the repository', () => {
    const found = analysed(net, {
      files: filesOf({
        'models/yolo.py': fork('models/yolo.py')
          .replace(
            'from models.blocks import *',
            'from models.blocks import *\nfrom models.sizes import make_divisible',
          )
          .replace('c1, c2 = ch[f], int(args[0] * width)', 'c1, c2 = ch[f], make_divisible(args[0] * width, 8)')
          .replace(
            '        layers.append(m_)',
            '        if isinstance(c2, list):\n            m_.width = sum(c for c in c2)\n        layers.append(m_)',
          ),
      }),
    });
    const { problems, totals, layers } = report(found);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.equal(totals.complete, false);
    assert.match(layers[0]!.why ?? '', /“models\.sizes” cannot be found/);
  });

  it('is read for inference as before once it was read for training', () => {
    const before = reported(net);
    const step = reported(net, { settings: { work: 'step' } });
    assert.ok(step.totals.value! > 2 * before.totals.value!);
    assert.deepEqual(reported(net), before);
  });

  it('is counted by the rule of the project where a module cannot be found', () => {
    const text = net.replace('[-1, 1, Conv, [128, 3, 2]]', '[-1, 2, FastConv, [128, 3]]');
    const files = filesOf({ 'models/blocks.py': fork('models/blocks.py').replace('    FastConv = None', '    pass') });
    const rules = `modules:
  FastConv:
    arguments: [c2, kernel=1]
    channels: argument c2
    body:
      - conv: {out: $out, kernel: $kernel, padding: same, bias: false}
`;
    const found = analysed(text, { files, rules });
    const { layers, totals } = report(found);
    // parse_model scales the channels: 64 come out. Both copies get the 32 that come in, as it calls the class twice.
    assert.deepEqual(
      layers.map(({ name, op, params, outputs }) => [name, op, params, outputs[0]?.slice(1).join('×')]).slice(2, 5),
      [
        ['model.2', 'Gate', 1104, '32×16×16'],
        ['model.3', 'FastConv', 9 * 32 * 64 + 9 * 64 * 64, '64×16×16'],
        ['model.4', 'Pair', 96 * 32 + 32, '32×16×16'],
      ],
    );
    assert.equal(totals.complete, true);
    assert.equal(layers[3]!.byRule, true);
    const wrong = analysed(text, { files, rules: rules.replace('out: $out', 'out: $outs') });
    const problem = wrong.problems.find(({ severity }) => severity === 'error');
    assert.equal(text.slice(problem!.range.from, problem!.range.to), 'FastConv');
    assert.equal(report(wrong).totals.complete, false);
  });
});
