// A name is not proof: what holds on a condition alone in files that may be a fork's, keys that nobody reads, and fixes
// that would make another network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  defaultSettings,
  type FileReport,
  fixes,
  hints,
  open,
  price,
  report,
  summary,
} from '../../../server/src/core/index.ts';

const v5 = 'nc: 80\ndepth_multiple: 1\nwidth_multiple: 1\nanchors: 3';
const v8 = 'nc: 80\nscales:\n  n: [1, 1, 1024]';

function file(header: string, rows: readonly string[], head: string): string {
  return `${header}\nbackbone:\n${rows.map(row => `  - ${row}`).join('\n')}\nhead:\n  - ${head}\n`;
}

const analysed = (text: string, name = 'own.yaml') => price(open({ name, text }, defaultSettings)!, defaultSettings)!;
const read = (text: string, name?: string): FileReport => report(analysed(text, name));
const complete = ({ layers }: FileReport): readonly boolean[] => layers.map(row => row.complete);
const told = ({ problems }: FileReport, code: string): readonly string[] =>
  problems.filter(problem => problem.code === code).map(({ message }) => message);

describe('a row whose class forks redefine', () => {
  const cbam = ['[-1, 1, Conv, [32, 3, 2]]', '[-1, 3, C3, [32]]', '[-1, 1, CBAM, [32]]'];
  const detect = '[[2], 1, Detect, [nc, anchors]]';

  test('is not certain where no stock reader has it; its numbers stay', () => {
    const result = read(file(v5, cbam, detect));
    assert.deepEqual(complete(result), [true, true, false, false]);
    assert.equal(result.totals.complete, false);
    assert.equal(result.totals.doubtful, true);
    assert.match(result.layers[2]!.why!, /only if CBAM is as in TPH-YOLOv5\. YOLOv5 has no CBAM/);
    assert.match(result.totals.why!, /only if CBAM and Detect are as in TPH-YOLOv5/);
    const pinned = read(`# flopline: dialect=tph-yolov5\n${file(v5, cbam, detect)}`);
    assert.equal(pinned.totals.complete, true);
    assert.equal(pinned.totals.params, result.totals.params);
    assert.match(told(result, 'maybe-fork')[0]!, /# flopline: dialect=tph-yolov5$/);
    assert.deepEqual(told(pinned, 'maybe-fork'), []);
  });
  test('is certain where the file is called after the family', () =>
    assert.equal(read(file(v5, cbam, detect), 'yolov5s-tph-cbam.yaml').totals.complete, true));
  test('says so in hints and in the totals', () => {
    const found = analysed(file(v5, cbam, detect));
    assert.match(summary(found).detail, /^≈ .* · ≈ .* params · .* · if CBAM and Detect are as in TPH-YOLOv5$/);
    const labels = hints(found, { from: 0, to: found.document.source.text.length }).map(({ label }) => label);
    assert.equal(labels.filter(label => label.includes('≈')).length, 2);
  });
  test('is not certain beside a module that nobody knows, and the others are', () => {
    const rows = [
      '[-1, 1, Conv, [64, 3, 2]]',
      '[-1, 2, C2f, [128]]',
      '[-1, 1, C2PSA, [128]]',
      '[1, 1, CoordAtt, [64]]',
    ];
    const result = read(file(v8, rows, '[[1], 1, Detect, [nc]]'));
    assert.deepEqual(complete(result), [true, true, false, false, false]);
    assert.match(result.layers[2]!.why!, /only if C2PSA is as in Ultralytics 8\.4\. .*“CoordAtt”/);
    assert.equal(result.layers[2]!.doubtful, true);
    assert.equal(result.layers[3]!.doubtful, undefined);
  });
  test('is not certain beside a key that no version has', () => {
    const rows = ['[-1, 1, Conv, [64, 3, 2]]'];
    const result = read(file(`${v8}\nloss_function: CIoU`, rows, '[[0], 1, Detect, [nc]]'));
    assert.deepEqual(complete(result), [true, false]);
    assert.match(told(result, 'maybe-fork')[0]!, /no known version reads `loss_function`/);
  });
  test('stays certain beside a slip of the pen, and beside what people note down', () => {
    const rows = ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, Covn, [64]]'];
    assert.equal(read(file(v8, rows, '[[0], 1, Detect, [nc]]')).layers[2]!.complete, true);
    const noted = `${v8}\nnames: [a, b]\ntask: detect\npath: ../data\nx-mine: 3`;
    assert.equal(read(file(noted, rows.slice(0, 1), '[[0], 1, Detect, [nc]]')).totals.complete, true);
  });
  test('is not certain where a name alone chose between two classes', () => {
    const rows = ['[-1, 1, Conv, [32, 3, 2]]', '[-1, 1, C3TR, [32]]'];
    const result = read(file(v5, rows, '[[1], 1, Detect, [nc, anchors]]'), 'own-tph.yaml');
    assert.deepEqual(complete(result), [true, false, true]);
    assert.equal(read(file(v5, rows, '[[1], 1, Detect, [nc, anchors]]')).totals.complete, true);
  });
});

describe('keys at the top', () => {
  const rows = ['[-1, 1, Conv, [64, 3, 2]]'];
  const warned = (
    keys: string,
    head = '[[0], 1, Detect, [nc]]',
    base = 'nc: 80',
    code = 'unknown-key',
  ): readonly string[] => told(read(file(`${base}\n${keys}`, rows, head)), code);

  for (const [written, right] of [
    ['depth', 'depth_multiple'],
    ['width_mult', 'width_multiple'],
    ['depth_multiplier', 'depth_multiple'],
    ['num_classes', 'nc'],
    ['depht_multiple', 'depth_multiple'],
    ['activatoin', 'activation'],
  ] as const) {
    test(`\`${written}\` is \`${right}\``, () => {
      const [message, ...others] = warned(`${written}: 1`);
      assert.deepEqual(others, []);
      assert.ok(message!.includes(`\`${written}\``) && message!.includes(`\`${right}\``), message);
    });
  }
  test('that nothing takes the place of', () => {
    assert.match(warned('strides: [8, 16, 32]')[0]!, /Strides are computed from the rows/);
    assert.match(warned('class_names: [a]')[0]!, /dataset’s YAML/);
  });
  test('that only others read', () => {
    assert.match(
      warned('channel_multiple: 4', undefined, undefined, 'key-of-other-dialect')[0]!,
      /Only YOLOv5 after v7\.0 reads/,
    );
    const anchored = '[[0], 1, Detect, [nc, anchors]]';
    assert.match(
      warned('scales: {n: [1, 1, 64]}', anchored, v5, 'key-of-other-dialect')[0]!,
      /Only Ultralytics reads `scales`; YOLOv5 ignores/,
    );
  });
  test('of people’s own are left alone', () =>
    assert.deepEqual(warned('names: [a]\ntask: detect\npath: x\ndescription: mine\n_hidden: 1'), []));
  test('channel_multiple rounds channels, as in YOLOv5 after v7.0', () => {
    const header = 'nc: 80\ndepth_multiple: 1\nwidth_multiple: 0.33\nchannel_multiple: 4\nanchors: 3';
    const result = read(file(header, ['[-1, 1, Conv, [30, 3, 2]]'], '[[0], 1, Detect, [nc, anchors]]'));
    // makeDivisible(30 · 0.33, 4) = 12
    assert.equal(result.layers[0]!.params, 3 * 12 * 9 + 24);
    assert.equal(told(result, 'newer-key').length, 1);
  });
  test('a head that names anchors is YOLOv5’s, though the key is missing', () => {
    const header = 'nc: 80\ndepth_multiple: 1\nwidth_multiple: 0.5';
    const result = read(file(header, rows, '[[0], 1, Detect, [nc, anchors]]'));
    const errors = result.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    assert.deepEqual(errors, [
      'YOLOv5 needs `anchors` at the top of the file. Add one list of widths and heights per level.',
    ]);
    assert.deepEqual(complete(result), [true, false]);
    assert.equal(result.layers[0]!.params, 3 * 32 * 9 + 64);
  });
  test('what is assumed for a missing key is a condition of every number', () => {
    const result = read(file('nc: 80\nanchors: 3\nwidth_multiple: 1', rows, '[[0], 1, Detect, [nc, anchors]]'));
    assert.deepEqual(complete(result), [false, false]);
    assert.match(result.totals.why!, /only if `depth_multiple` is 1/);
  });
});

describe('fixes', () => {
  const offers = (row: string, head = '[-1, 1, nn.Identity, []]') => {
    const text = file(v8, ['[-1, 1, Conv, [64, 3, 2]]', row], head);
    return fixes(analysed(text), { from: 0, to: text.length }).map(({ fix, preferred }) => [fix.title, preferred]);
  };
  for (const name of ['MBConv', 'OSA', 'AKConv', 'C3f', 'DSConv2', 'SPPX'])
    test(`${name} is no slip of the pen`, () => assert.deepEqual(offers(`[-1, 1, ${name}, [64]]`), []));
  test('a slip of the pen is mended', () => {
    assert.deepEqual(offers('[-1, 1, Covn, [64]]'), [['Change to “Conv”', true]]);
    assert.deepEqual(offers('[-1, 1, bottleneck, [64]]'), [['Change to “Bottleneck”', true]]);
  });
  test('another dialect is not offered that would refuse the file', () =>
    assert.deepEqual(offers('[-1, 1, Silence, []]'), []));
});

describe('messages of the right place', () => {
  const at = (row: string) => {
    const text = file(v8, ['[-1, 1, Conv, [64, 3, 2]]', row], '[-1, 1, nn.Identity, []]');
    const { problems } = analysed(text);
    return problems.map(({ range, message }) => [text.slice(range.from, range.to), message] as const);
  };
  test('copies that do not fit each other are reported at the repeats', () => {
    const [[place, message]] = at('[-1, 2, Conv, [128, 3]]') as [readonly [string, string]];
    assert.equal(place, '2');
    assert.match(
      message,
      /^Each of the 2 copies of Conv in sequence expects 64 input channels, but the first outputs 128\.$/,
    );
  });
  test('arguments are counted as they are written', () =>
    assert.match(at('[-1, 1, C2f, [64, True, 1, 0.5, 3]]')[0]![1], /takes 4 arguments, not 5/));
  test('what is inside says so', () => {
    const [[place, message]] = at('[-1, 1, SPPF, [64, 4]]') as [readonly [string, string]];
    assert.equal(place, '[64, 4]');
    assert.match(message, /^Inside SPPF: Input 1 \(/);
    assert.match(at('[-1, 1, C2f, [64, True, 7]]')[0]![1], /^Inside C2f \(m\.cv2\): .* 7 groups/);
  });
});

test('of many problems of a kind a hundred are reported, and how many more there are', () => {
  const rows = Array.from({ length: 300 }, () => '[-1, 1, Foo, []]');
  const messages = told(read(file(v8, rows, '[-1, 1, nn.Identity, []]')), 'unknown-module');
  assert.equal(messages.length, 101);
  assert.match(messages.at(-1)!, /^200 more problems of this kind/);
});
