// Repairs that are tried before they are offered: projections for sums, references that a row by hand has left behind,
// summaries of another day.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyEdits, defaultSettings, fixes, nativeFigure } from '../../server/src/core/index.ts';
import { analysedOf } from '../support/advice.ts';

/** What the first fix with such a title makes of a text. */
function mended(name: string, text: string, title: RegExp): string | undefined {
  const analysed = analysedOf(name, text, defaultSettings);
  const offer = fixes(analysed, { from: 0, to: text.length }).find(({ fix }) => title.test(fix.title));
  if (!offer) return undefined;
  const fixed = applyEdits(text, offer.fix.edits);
  const errors = (of: typeof analysed): number => of.problems.filter(({ severity }) => severity === 'error').length;
  assert.ok(errors(analysedOf(name, fixed, defaultSettings)) <= errors(analysed));
  return fixed;
}

describe('a sum of other channels', () => {
  it('is given a projection beside a residual', () => {
    const text = [
      'input: [64, 28, 28]',
      'layers:',
      '  - residual:',
      '      - conv: {out: 128, kernel: 3, stride: 2, padding: 1}  # halves',
      '  - relu',
      '',
    ].join('\n');
    assert.equal(
      mended('a.net.yaml', text, /Project/),
      text.replace('# halves\n', '# halves\n    shortcut: [conv: {out: 128, kernel: 1, stride: 2}]\n'),
    );
  });

  it('is given a projection before an add', () => {
    const text =
      'input: [64, 28, 28]\nlayers:\n  - relu: {name: stem}\n  - conv: {out: 32, kernel: 1}\n  - add: stem\n';
    assert.equal(
      mended('a.net.yaml', text, /Project/),
      text.replace('  - add', '  - conv: {out: 64, kernel: 1}\n  - add'),
    );
  });

  it('has none where no stride leads to its size', () => {
    const text = 'input: [64, 28, 28]\nlayers:\n  - residual: [conv: {out: 32, kernel: 4}]\n';
    assert.equal(mended('a.net.yaml', text, /Project/), undefined);
  });
});

describe('a projection', () => {
  const textOf = (rows: readonly string[]): string =>
    ['input: [64, 28, 28]', 'layers:', ...rows.map(row => `  - ${row}`), ''].join('\n');
  const offered = (rows: readonly string[]) => {
    const text = textOf(rows);
    return fixes(analysedOf('a.net.yaml', text, defaultSettings), { from: 0, to: text.length });
  };
  it('is never made without asking', () => {
    const [offer] = offered(['residual: [conv: {out: 128, kernel: 3, padding: 1}]']);
    assert.match(offer!.fix.title, /Project/);
    assert.equal(offer!.preferred, false);
  });
  it('is not offered for tokens, which it would mix', () => {
    const tokens = ['reshape: [64, 784]', 'permute: [1, 0]'];
    const rows = [...tokens, 'residual: [{slice: {axis: 0, end: 100}}]'];
    const { problems } = analysedOf('a.net.yaml', textOf(rows), defaultSettings);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['broadcast-mismatch'],
    );
    assert.deepEqual(offered(rows), []);
  });
});

describe('references after a row by hand', () => {
  const rows = [
    'nc: 80',
    'backbone:',
    '  - [-1, 1, Conv, [64, 3, 2]] # 0-P1/2',
    '  - [-1, 1, Conv, [128, 3, 2]] # 1-P2/4',
    '  - [-1, 3, C2f, [128, True]] # 2',
    '  - [-1, 1, Conv, [256, 3, 2]] # 3-P3/8',
    '  - [-1, 3, C2f, [256, True]] # 4',
    'head:',
    '  - [-1, 1, nn.Upsample, [None, 2, "nearest"]] # 5',
    '  - [[-1, 2], 1, Concat, [1]] # 6',
    '  - [-1, 3, C2f, [128]] # 7',
    '  - [[7, 4], 1, Detect, [nc]] # 8',
    '',
  ];
  const whole = rows.join('\n');

  const at = rows.findIndex(row => row.includes('# 2'));

  it('follow, and so do the numbers in comments', () => {
    // On the row before, everything fits as well: the comments tell.
    const one = rows.toSpliced(at, 0, '  - [-1, 1, Conv, [64, 3, 2]]').join('\n');
    const fixed = mended('yolo.yaml', one, /by \+1/);
    assert.ok(fixed?.includes('[[-1, 3], 1, Concat, [1]] # 7'), fixed);
    assert.ok(fixed?.includes('[[8, 5], 1, Detect, [nc]] # 9'));
    const two = rows.toSpliced(at, 0, '  - [-1, 1, Conv, [128, 1, 1]]', '  - [-1, 1, Conv, [256, 3, 2]]').join('\n');
    assert.ok(mended('yolo.yaml', two, /by \+2/)?.includes('[[9, 6], 1, Detect, [nc]] # 10'));
    assert.ok(mended('yolo.yaml', one, /only the comments/)?.includes('[[7, 4], 1, Detect, [nc]] # 9'));
  });

  it('follow a row that is gone', () => {
    const text = rows.toSpliced(at - 1, 1).join('\n');
    const fixed = mended('yolo.yaml', text, /by −1/);
    assert.ok(fixed?.includes('[[-1, 1], 1, Concat, [1]] # 5'), fixed);
    assert.ok(fixed?.includes('[[6, 3], 1, Detect, [nc]] # 7'));
  });

  it('follow without comments where shapes tell', () => {
    const bare = rows
      .toSpliced(at - 1, 1)
      .join('\n')
      .replaceAll(/ # .*/g, '');
    const fixed = mended('yolo.yaml', bare, /by −1/);
    assert.ok(fixed?.includes('[[-1, 1], 1, Concat, [1]]'), fixed);
    assert.deepEqual(analysedOf('yolo.yaml', fixed!, defaultSettings).problems, []);
  });

  it('stay where nothing is wrong', () => {
    assert.equal(mended('yolo.yaml', whole, /Shift|comments/), undefined);
  });
});

describe('a summary in a comment', () => {
  const head = (comment: string): string =>
    `nc: 80\nscales:\n  n: [0.33, 0.25, 1024]${comment}\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 1, Conv, [128, 3, 2]]\nhead:\n  - [[0, 1], 1, Detect, [nc]]\n`;
  const params = analysedOf('yolov8n.yaml', head(''), defaultSettings).model.totals.params.value;

  it('is refreshed where it no longer holds', () => {
    const text = head(' # YOLOv8n summary: 225 layers,  3157200 parameters,  3157184 gradients,   8.9 GFLOPs');
    const fixed = mended('yolov8n.yaml', text, /Update/);
    assert.match(
      fixed ?? '',
      new RegExp(`# YOLOv8n summary: ${params} parameters, {2}${params - 16} gradients, {3}\\d+\\.\\d GFLOPs\\n`),
    );
    assert.equal(mended('yolov8n.yaml', fixed!, /Update/), undefined);
  });

  it('keeps its thousands separators', () => {
    const fixed = mended('yolov8n.yaml', head(' # YOLOv8n summary: 1,225 layers, 3,157,200 parameters'), /Update/);
    assert.match(fixed ?? '', new RegExp(`# YOLOv8n summary: ${params.toLocaleString('en-US')} parameters\\n`));
    assert.equal(mended('yolov8n.yaml', fixed!, /Update/), undefined);
  });

  it('holds as long as it agrees with a release, and is refreshed to the newest', () => {
    // A linear layer that sees one place: up to 8.4.111 it is counted 400 times.
    const classifier = (comment: string): string =>
      head(comment).replace('[[0, 1], 1, Detect, [nc]]', '[-1, 1, Classify, [nc]]');
    const analysed = analysedOf('yolov8n.yaml', classifier(''), defaultSettings);
    const params = analysed.model.totals.params.value;
    const [newest, older] = nativeFigure(analysed)!.versions.map(({ value }) => value.toFixed(1));
    assert.notEqual(newest, older);
    const summary = (gflops: string): string =>
      classifier(` # YOLOv8n summary: ${params} parameters, ${params} gradients, ${gflops} GFLOPs`);
    assert.equal(mended('yolov8n.yaml', summary(older!), /Update/), undefined);
    assert.equal(mended('yolov8n.yaml', summary(newest!), /Update/), undefined);
    assert.equal(mended('yolov8n.yaml', summary('99.9'), /Update/), summary(newest!));
  });

  it('is left alone where it holds, and where it speaks of a fused network', () => {
    assert.equal(mended('yolov8n.yaml', head(` # summary: 9 layers, ${params} parameters`), /Update/), undefined);
    assert.equal(
      mended('yolov8n.yaml', head(' # YOLOv8n summary (fused): 220 layers, 4976656 parameters'), /Update/),
      undefined,
    );
  });
});
