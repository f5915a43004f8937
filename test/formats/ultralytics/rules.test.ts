// Modules that are counted by a rule of the project file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Analysed, defaultSettings, hints, hover, open, price, report } from '../../../server/src/core/index.ts';
import { readProject } from '../../../server/src/core/project/index.ts';

const path = '/home/me/net/flopline.yaml';

function analysed(rows: readonly string[], rules: string, before?: Analysed): Analysed {
  const [first, ...others] = rows;
  const text = `nc: 80\nscales:\n  n: [0.33, 0.25, 1024]\nbackbone:\n  - ${first}\nhead:\n${others.map(row => `  - ${row}\n`).join('')}`;
  const known = before?.document.source.project;
  const project = known?.text === rules ? known : readProject(rules, path);
  const document = open({ name: 'yolov8n.yaml', text, project }, defaultSettings, before?.document)!;
  return price(document, defaultSettings, undefined, before)!;
}

const costs = ({ layers, totals }: ReturnType<typeof report>) => ({
  layers: layers.map(({ outputs, params, macs, complete }) => ({ outputs, params, macs, complete })),
  totals,
});

const errors = ({ problems }: Analysed): string[] => problems.map(({ code, message }) => `${code}: ${message}`);

const deform = `modules:
  DCNv3:
    arguments: [c2, kernel=3]
    channels: argument c2
    body:
      - conv: {out: $out, kernel: $kernel, padding: same, bias: false}
`;

describe('a module with a rule', () => {
  it('costs what the body costs, and rows below read what it outputs', () => {
    const found = analysed(
      ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, DCNv3, [128]]', '[-1, 1, DCNv3, [128, 5]]', '[-1, 1, Conv, [128, 1]]'],
      deform,
    );
    assert.deepEqual(errors(found), []);
    const { layers, totals } = report(found);
    assert.deepEqual(
      layers.map(({ outputs, params, macs }) => [outputs[0], params, macs]),
      [
        [[1, 16, 320, 320], 3 * 16 * 9 + 32, 3 * 16 * 9 * 320 ** 2],
        [[1, 32, 320, 320], 16 * 32 * 9, 16 * 32 * 9 * 320 ** 2],
        [[1, 32, 320, 320], 32 * 32 * 25, 32 * 32 * 25 * 320 ** 2],
        [[1, 32, 320, 320], 32 * 32 + 64, 32 * 32 * 320 ** 2],
      ],
    );
    assert.equal(totals.complete, true);
    assert.equal(layers[1]?.line, 7);
  });

  it('says so in its hover, and is a definition in the project file', () => {
    const found = analysed(['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, DCNv3, [128, 5]]'], deform);
    const { text } = found.document.source;
    assert.match(hover(found, text.indexOf('DCNv3'))!.markdown, /Counted by the rule in `flopline\.yaml`\./);
    assert.match(hover(found, text.indexOf('5]]'))!.markdown, /\*\*kernel\*\* \(DCNv3\): `\$kernel` in the rule\./);
    const site = found.model.graph.root.children.at(-1)!.sites.find(({ file }) => file === path);
    assert.equal(site?.role, 'definition');
    assert.equal(deform.slice(site!.range.from, site!.range.to), 'DCNv3');
    // One of them is that of the scale.
    assert.equal(hints(found, { from: 0, to: text.length }).length, 3);
  });

  it('of a file that is otherwise Ultralytics’ is no sign of a fork', () => {
    const rows = ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, DCNv3, [128]]', '[[0, 1], 1, Detect, [nc]]'];
    assert.equal(report(analysed(rows, deform)).totals.complete, true);
    assert.equal(report(analysed(rows, 'modules: {}')).totals.complete, false);
  });

  it('takes no part where the module is known', () => {
    const rules = 'modules: {Conv: {body: []}}';
    const rows = ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, Conv, [64]]'];
    assert.deepEqual(costs(report(analysed(rows, rules))), costs(report(analysed(rows, ''))));
  });

  it('is built anew when the rule is another one, and only then', () => {
    const rows = ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, DCNv3, [128]]'];
    const first = analysed(rows, deform);
    const wide = deform.replace('kernel=3', 'kernel=7');
    const second = analysed(rows, wide, first);
    assert.deepEqual(costs(report(second)), costs(report(analysed(rows, wide))));
    assert.notDeepEqual(costs(report(second)), costs(report(first)));
    const again = analysed([...rows, '[-1, 1, Conv, [64]]'], wide, second);
    const segmentOf = ({ model }: Analysed) => model.graph.rows.segment(model.graph.rows.length - 1);
    const last = again.model.graph.rows;
    assert.equal(last.segment(last.length - 2), segmentOf(second));
  });

  const cases: [string, string, string, readonly [string, string]][] = [
    ['an argument that is missing', deform, '[-1, 1, DCNv3, []]', ['missing-argument', 'DCNv3']],
    ['channels that are no number', deform, '[-1, 1, DCNv3, [wide]]', ['wrong-rule-channels', 'wide']],
    ['channels that are not whole', deform, '[-1, 1, DCNv3, [1.5]]', ['wrong-rule-channels', '1.5']],
    [
      'a body that does not fit',
      deform.replace('bias', 'groups: 7, bias'),
      '[-1, 1, DCNv3, [64]]',
      ['wrong-rule-body', 'DCNv3'],
    ],
    [
      'a name that the body does not know',
      deform.replace('$kernel', '$kernal'),
      '[-1, 1, DCNv3, [64]]',
      ['wrong-rule-body', 'DCNv3'],
    ],
    [
      'other channels than the body outputs',
      deform.replace('$out', '8'),
      '[-1, 1, DCNv3, [64]]',
      ['wrong-rule-channels', 'DCNv3'],
    ],
    [
      'a key that is misspelt',
      deform.replace('channels', 'chanels'),
      '[-1, 1, DCNv3, [64]]',
      ['wrong-cost-rule', 'DCNv3'],
    ],
    [
      'a body that cannot be read',
      deform.replace('{out', '[{out'),
      '[-1, 1, DCNv3, [64]]',
      ['wrong-cost-rule', 'DCNv3'],
    ],
    [
      'copies that do not fit each other',
      deform.replace('$out', '8').replace('argument c2', 'argument c2 unscaled'),
      '[-1, 9, DCNv3, [8]]',
      ['repeats-channel-mismatch', 'DCNv3'],
    ],
    [
      'copies of several inputs',
      'modules: {DCNv3: {body: [concat]}}',
      '[[0, 0], 9, DCNv3, []]',
      ['repeated-list-module', 'DCNv3'],
    ],
  ];
  for (const [what, rules, row, [code, place]] of cases) {
    it(`reports ${what} at the row, and is not counted`, () => {
      const found = analysed(['[-1, 1, Conv, [64, 3, 2]]', row, '[-1, 1, Conv, [64]]'], rules);
      const { text } = found.document.source;
      const [problem, ...others] = found.problems;
      assert.equal(problem?.code, code, errors(found).join());
      assert.equal(text.slice(problem!.range.from, problem!.range.to), place);
      assert.deepEqual(others, []);
      for (const { file, range } of problem!.related ?? []) {
        assert.equal(file, path);
        assert.ok(range.from >= 0 && range.to <= rules.length && range.from < range.to);
      }
      assert.ok((problem!.related ?? []).length > 0);
      const { layers, totals } = report(found);
      assert.equal(layers[1]!.complete, false);
      assert.equal(totals.complete, false);
    });
  }

  it('without a body says how many channels come out, and no cost', () => {
    const found = analysed(
      ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, Odd, [128]]', '[-1, 1, Conv, [64]]'],
      'modules: {Odd: {channels: argument 1}}',
    );
    assert.deepEqual(errors(found), []);
    const [, row, below] = report(found).layers;
    assert.deepEqual([row?.macs, row?.complete, row?.why], [null, false, 'the rule for Odd has no body']);
    assert.equal(below?.params, 32 * 16 + 32);
  });

  it('knows what comes in, in sum where there are several inputs', () => {
    const rules =
      'modules: {Fuse: {channels: sum, body: [concat, conv: {out: $out, kernel: 1, bias: false, groups: $in}]}}';
    const found = analysed(['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, Conv, [128]]', '[[0, 1], 1, Fuse, []]'], rules);
    assert.deepEqual(errors(found), []);
    assert.equal(report(found).layers[2]?.params, 48);
  });

  it('may take the repeats itself', () => {
    const rules =
      'modules: {Stack: {channels: same, body: [{repeat: $repeats, layers: [conv: {out: $out, kernel: 1, bias: false}]}]}}';
    const found = analysed(['[-1, 1, Conv, [64, 3, 2]]', '[-1, 9, Stack, []]'], rules);
    assert.deepEqual(errors(found), []);
    assert.equal(report(found).layers[1]?.params, 3 * 16 * 16);
  });

  it('that says what Conv does costs what Conv costs', () => {
    const rules = `modules:
  Mine:
    arguments: [c2, k=1, s=1]
    channels: argument c2
    body:
      - conv: {out: $out, kernel: $k, stride: $s, padding: $(k // 2), bias: false, norm: batch, act: silu}
`;
    const row = fc.tuple(
      fc.integer({ min: 1, max: 2000 }),
      fc.constantFrom(1, 3, 5, 7),
      fc.constantFrom(1, 2),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 5 }), rows => {
        const written = (module: string): string[] =>
          rows.map(
            ([c2, k, s, n], at) =>
              `[-1, ${at === 0 ? 1 : n > 1 && rows[at - 1]![0] === c2 ? n : 1}, ${module}, [${k === 1 && s === 1 ? c2 : `${c2}, ${k}, ${s}`}]]`,
          );
        assert.deepEqual(
          costs(report(analysed(written('Mine'), rules))),
          costs(report(analysed(written('Conv'), rules))),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('the body of a rule in its own file', () => {
  const problemsIn = (text: string): string[] =>
    price(open({ name: 'flopline.yaml', text }, defaultSettings)!, defaultSettings)!.problems.map(
      ({ code, range }) => `${code}@${text.slice(range.from, range.to)}`,
    );

  it('is checked as far as it does not depend on a row', () => {
    assert.deepEqual(problemsIn(deform), []);
    assert.deepEqual(problemsIn(deform.replace('conv:', 'cnv:')), ['unknown-operator@cnv']);
    assert.deepEqual(problemsIn(deform.replace('kernel: $', 'kernal: $')), [
      'unknown-key@kernal',
      'missing-argument@conv',
    ]);
    assert.deepEqual(problemsIn(deform.replace('$out', '$width')), ['unknown-parameter@$width']);
    assert.deepEqual(problemsIn(deform.replace('$out', '$4')), []);
    assert.deepEqual(
      problemsIn(
        'modules: {A: {arguments: [act, n=2], body: [$act, {repeat: $n, layers: [relu]}, {relu: , if: $3 == 1}]}}',
      ),
      [],
    );
  });
});
