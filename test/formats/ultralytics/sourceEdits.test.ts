// Model files that lie in a repository which reads them with Python of its own.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  type Analysed,
  advance,
  defaultSettings,
  type Files,
  hints,
  open,
  price,
  problemsWithHints,
  report,
  startPython,
} from '../../../server/src/core/index.ts';
import { fork, forkFolder, forkTexts } from '../../support/fork.ts';

const name = 'own.yaml';
const settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };

const rows = [
  '- [-1, 1, Conv, [16, 3, 2]] # 0',
  '- [-1, 2, Halves, [16]]',
  '- [-1, 1, Conv, [32, 3, 2]] # 2',
  '- [-1, 1, nn.Upsample, [None, 2, nearest]]',
  '- [[-1, 1], 1, Concat, [1]] # 4',
  '- [-1, 3, Halves, [24, 0.25]]',
];
const detect = '- [[2, 5], 1, Detect, [nc]]';

const textOf = (list: readonly string[], head = detect): string =>
  `nc: 3\nbackbone:\n${list.map(row => `  ${row}\n`).join('')}head:\n  ${head}\n`;

function analysed(text: string, files: Files = fork(), earlier?: Analysed): Analysed {
  const source = { name, text, path: `${forkFolder}/cfg/${name}`, files };
  return price(open(source, settings, earlier?.document)!, settings)!;
}

/** All that a person could see, in figures. */
function seen(found: Analysed): unknown {
  const { text } = found.document.source;
  return {
    report: report(found, { blocks: true }),
    problems: problemsWithHints(found),
    hints: hints(found, { from: 0, to: text.length }),
  };
}

const conv = (c1: number, c2: number, k: number): number => c1 * c2 * k * k + 2 * c2;
/** `kernel` counts the instances of the class in its reading. */
const halves = (c1: number, c2: number, n: number, own: number, kernel: number): number =>
  conv(c1, c2, 1) + n * conv(own, own, 3) + conv(c2, c2, kernel);

before(() => startPython());

test('of scales that would each be read anew, the one that is shown has a hint', () => {
  const text = textOf(rows).replace('nc: 3', 'nc: 3\nscales:\n  n: [1, 1, 64]\n  s: [1, 2, 64]');
  let reads = 0;
  const files = fork();
  const read = (path: string): string | undefined => {
    reads++;
    return files.read(path);
  };
  const found = analysed(text, { ...files, read });
  const before = reads;
  const labels = hints(found, { from: 0, to: text.length }).filter(({ at }) => at < text.indexOf('backbone'));
  assert.equal(reads, before);
  assert.equal(labels.length, 1);
  assert.equal(text.slice(0, labels[0]!.at).split('\n').at(-1), '  n: [1, 1, 64]');
});

describe('a file that its repository reads', () => {
  test('costs what the repository’s modules cost, row by row', () => {
    const { layers, totals, problems } = report(analysed(textOf(rows)));
    assert.deepEqual(
      problems.filter(({ severity }) => severity !== 'information'),
      [],
    );
    assert.deepEqual(
      layers.map(({ params }) => params),
      [
        conv(3, 16, 3),
        halves(16, 16, 2, 8, 1),
        conv(16, 32, 3),
        0,
        0,
        halves(48, 24, 3, 6, 2),
        32 * 7 + 7 + 24 * 7 + 7,
      ],
    );
    assert.equal(totals.complete, true);
  });

  test('is constructed without the summary, as `YOLO(…)` constructs it', () => {
    const loud = forkTexts['models/yolo.py']!.replace(
      'nc=None, verbose=True):',
      'nc=None, loud=True):\n        verbose = loud',
    );
    const [problem] = analysed(textOf(rows), fork({ 'models/yolo.py': loud })).problems;
    assert.match(problem!.message, /the summary was asked for/);
  });

  test('is read as if for the first time after each edit', () => {
    const edits = [
      (text: string) => text.replace('[16, 3, 2]', '[20, 3, 2]'),
      (text: string) => text.replace('nc: 3', 'nc: 3\nactivation: nn.ReLU()'),
      (text: string) => text.replace('Concat, [1]', 'Concat, [2]'),
      (text: string) => text.replace('2, Halves', '1, Halves'),
      (text: string) => text.replace('[16]', '['),
      (text: string) => text.replace('# 2', '# two'),
      () => textOf(rows),
    ];
    const first = analysed(textOf(rows));
    const was = seen(first);
    let text = textOf(rows);
    let found = first;
    for (const edit of edits) {
      text = edit(text);
      found = analysed(text, fork(), found);
      assert.deepEqual(seen(found), seen(analysed(text)));
    }
    assert.deepEqual(seen(found), was);
    assert.deepEqual(seen(first), was);
  });

  test('is read anew with an edited module', () => {
    const wide = forkTexts['models/common.py']!.replace('Conv(c2, c2, Halves.seen)', 'Conv(c2, c2, 3)');
    const first = analysed(textOf(rows));
    const other = analysed(textOf(rows), fork({ 'models/common.py': wide }), first);
    assert.equal(report(other).layers[1]!.params, halves(16, 16, 2, 8, 3));
    assert.deepEqual(seen(analysed(textOf(rows), fork(), other)), seen(first));
  });
});

for (const cut of ['[-1, 2, Hal', '[-1, , Halves, [16]]', '[-1, 2, Halves, [']) {
  test(`where a row stands in for ${cut}, places are those of the text that is shown`, () => {
    const first = analysed(textOf(rows));
    const text = textOf(rows).replace('[-1, 2, Halves, [16]]', cut);
    const { source } = first.document;
    const document = open({ ...source, text }, settings, first.document)!;
    const found = price(document, settings, advance(first, document), first)!;
    assert.equal(found.standIns?.text, first.document.source.text);
    assert.equal(found.model.totals.params.value, first.model.totals.params.value);
    const shown = found.spec.graph.root.children.flatMap(({ label, sites }) =>
      sites.flatMap(({ file, range: { from, to } }) => (file === undefined ? [[label, text.slice(from, to)]] : [])),
    );
    assert.deepEqual(
      shown.filter(([label]) => label !== 'model.1'),
      [...rows, detect].flatMap((row, at) => (at === 1 ? [] : [[`model.${at}`, row.slice(2).replace(/ #.*/, '')]])),
    );
  });
}
