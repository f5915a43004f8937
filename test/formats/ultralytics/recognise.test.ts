// Which YAML files are model files: those that miss their sign by one slip too, and no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, open, price, report } from '../../../server/src/core/index.ts';

const rows = ['  - [-1, 1, Conv, [64, 3, 2]]', '  - [-1, 3, C2f, [128, True]]'];
const spec = ['nc: 80', 'backbone:', ...rows, 'head:', '  - [[0, 1], 1, Detect, [nc]]'];

const slips: Readonly<Record<string, readonly string[]>> = {
  'as it should be': spec,
  'backbone indented by one': spec.with(1, ' backbone:'),
  'backbone without its colon': spec.with(1, 'backbone'),
  'a full-width colon': spec.with(1, 'backbone：'),
  'a space before the colon': spec.with(1, 'backbone :'),
  'backbone in quotes': spec.with(1, '"backbone":'),
  'backbone misspelt': spec.with(1, 'bakbone:'),
  'no head yet': spec.slice(0, 4),
  'no backbone yet': ['nc: 80', ...spec.slice(4)],
  'head indented': spec.with(4, ' head:'),
  'rows in brackets': ['nc: 80', 'backbone:', '  [[-1, 1, Conv, [64, 3, 2]],', '   [-1, 3, C3, [128]]]'],
  'indented by tabs': spec.map(line => line.replace('  -', '\t-')),
};
for (const [what, lines] of Object.entries(slips)) {
  test(`A model file: ${what}`, () => {
    const text = lines.join('\n');
    const document = open({ name: 'model.yaml', text }, defaultSettings);
    assert.equal(document?.format.id, 'ultralytics');
    const { problems, totals } = report(price(document, defaultSettings)!);
    if (/as it should|before the colon|in quotes/.test(what)) assert.equal(totals.complete, true);
    else assert.ok(problems.some(({ severity }) => severity === 'error'));
  });
}

const foreign: Readonly<Record<string, string>> = {
  'docker-compose': 'services:\n  web:\n    ports: [80, 443]\n    command: [python, -m, http]\n',
  kubernetes: 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: head\n      args: ["-1", "1"]\n',
  'a workflow':
    'on: [push]\njobs:\n  test:\n    strategy: {matrix: {node: [18, 20]}}\n    steps:\n      - run: npm test\n',
  'a data set': 'path: ../datasets/coco8\ntrain: images/train\nnc: 2\nnames:\n  0: head\n  1: helmet\n',
  'hyper-parameters': 'lr0: 0.01\nanchors: 3\nscale: 0.5\nmosaic: 1.0\n',
  mmcv: 'model:\n  backbone:\n    type: ResNet\n    depth: 50\n    out_indices: [0, 1, 2, 3]\n  head:\n    type: ATSSHead\n    strides: [8, 16, 32]\n',
  'mmcv at the top': 'backbone:\n  type: ResNet\n  out_indices: [0, 1, 2, 3]\nhead:\n  anchors: {scales: [8, 16]}\n',
  'rows of another tool': 'pipeline:\n  - [-1, 1, Conv, [64, 3, 2]]\n',
};
for (const [what, text] of Object.entries(foreign)) {
  test(`No model file: ${what}`, () => assert.equal(open({ name: 'model.yaml', text }, defaultSettings), undefined));
}

const values: Readonly<Record<string, readonly [text: readonly string[], message: RegExp]>> = {
  'backbone is a path': [
    ['nc: 80', 'backbone: models/backbone.py', ...spec.slice(4)],
    /`backbone` must be a list of rows/,
  ],
  'backbone is a mapping': [['nc: 80', 'backbone: {type: ResNet}', 'head:', ...rows], /a list of rows, not a mapping/],
  'head is empty': [['nc: 80', 'backbone:', ...rows, 'head:'], /`head` must be a list of rows.*empty/],
  'head is one row': [['nc: 80', 'backbone:', ...rows, 'head: [[0, 1], 1, Detect, [nc]]'], /this is one row/],
  'scales is a letter': [['scales: n', ...spec], /`scales` must be a mapping/],
  'nc is a word': [spec.with(0, 'nc: abc'), /`nc` must be a number/],
  'nc is a float': [spec.with(0, 'nc: 80.0'), /`nc` must be an integer.*Use 80/],
};
for (const [what, [lines, message]] of Object.entries(values)) {
  test(`No total: ${what}`, () => {
    const { problems, totals } = costs(lines.join('\n'));
    assert.ok(problems.some(problem => problem.severity === 'error' && message.test(problem.message)));
    assert.equal(totals.complete, false);
  });
}

test('Numbers of classes are what YAML 1.1 says', () => {
  for (const [written, meant] of [
    ['010', 8],
    ['1:20', 80],
    ['0x50', 80],
    ['8_0', 80],
  ] as const) {
    const as = (nc: string | number) => costs(spec.with(0, `nc: ${nc}`).join('\n')).totals;
    assert.deepEqual(as(written), as(meant));
  }
});

test('A repaired row says so in the report, and totals are those of the repaired text', () => {
  const right = costs(spec.join('\n'));
  const slip = costs(spec.with(3, '   - [-1, 3, C2f, [128, True]]').join('\n'));
  assert.deepEqual(slip.totals, right.totals);
  assert.deepEqual(
    slip.layers.map(({ repaired }) => repaired),
    [undefined, true, undefined],
  );
});

function costs(text: string) {
  return report(price(open({ name: 'model.yaml', text }, defaultSettings)!, defaultSettings)!);
}
