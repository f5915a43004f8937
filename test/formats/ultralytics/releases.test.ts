// Ultralytics 8.4: heads and blocks of YOLO26 and YOLOE with the numbers that a run of 8.4.117 gives for these files, what
// older releases take a row for, and YOLOv12 of its authors.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, hover, open, price, report } from '../../../server/src/core/index.ts';

type Report = ReturnType<typeof report>;

function analyse(text: string, name = 'own.yaml', dialect?: string): ReturnType<typeof price> & object {
  const settings = { ...defaultSettings, dialect };
  return price(open({ name, text }, settings)!, settings)!;
}

function read(text: string, name?: string, dialect?: string): Report {
  return report(analyse(text, name, dialect), { file: name ?? 'own.yaml' });
}

const messages = ({ problems }: Report, severity: string): readonly string[] =>
  problems.filter(problem => problem.severity === severity).map(({ message }) => message);

/** Three levels of 32, 48 and 64 channels at 80×80, 40×40 and 20×20, and a head over them. */
function withHead(row: string, keys = ''): string {
  return `nc: 7
kpt_shape: [5, 3]
${keys}
scales:
  n: [1, 0.5, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 8]]
  - [-1, 1, Conv, [96, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
head:
  - [[0, 1, 2], 1, ${row}]
`;
}

const scaled = 'scales:\n  n: [1, 0.5, 1024]';

/** 64 channels at 40×40, and this row below. */
function withRow(row: string, keys = scaled): string {
  return `nc: 7\n${keys}\nbackbone:\n  - [-1, 1, Conv, [128, 3, 16]]\n  - [-1, 1, ${row}]\nhead:\n  - [-1, 1, nn.Identity, []]\n`;
}

type Expected = readonly [params: number, macs: number, ...outputs: readonly (readonly number[])[]];

function checkRow(text: string, index: number, [params, macs, ...outputs]: Expected): void {
  const result = read(text);
  assert.deepEqual(messages(result, 'error'), []);
  const row = result.layers[index]!;
  assert.deepEqual([row.params, row.macs, ...row.outputs], [params, macs, ...outputs]);
  assert.equal(result.totals.complete, true);
}

function checkRefused(text: string, words: RegExp): void {
  const result = read(text);
  const errors = messages(result, 'error');
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, words);
  assert.equal(result.totals.complete, false);
}

describe('heads of Ultralytics 8.4', () => {
  const proto = [1, 16, 160, 160];
  const all: readonly (readonly [row: string, plain: Expected, end2end: Expected])[] = [
    ['Detect, [nc]', [276_997, 689_318_400, [1, 11, 8400]], [197_710, 467_155_200, [1, 300, 6]]],
    [
      'Segment, [nc, 16, 96]',
      [350_469, 1_453_017_600, [1, 27, 8400], proto],
      [299_838, 1_296_595_200, [1, 300, 22], proto],
    ],
    [
      'Segment26, [nc, 16, 96]',
      [410_108, 1_589_004_800, [1, 27, 8400], proto],
      [359_477, 1_432_582_400, [1, 300, 22], proto],
    ],
    ['Pose, [nc, kpt_shape]', [303_412, 749_690_400, [1, 26, 8400]], [250_540, 587_899_200, [1, 300, 21]]],
    ['Pose26, [nc, kpt_shape]', [382_306, 808_838_400, [1, 26, 8400]], [354_544, 706_195_200, [1, 300, 21]]],
    ['OBB, [nc, 1]', [289_216, 716_342_400, [1, 12, 8400]], [222_148, 521_203_200, [1, 300, 7]]],
    ['OBB26, [nc, 1]', [289_216, 716_342_400, [1, 12, 8400]], [222_148, 521_203_200, [1, 300, 7]]],
    [
      'YOLOEDetect, [nc, 512, True]',
      [2_050_422, 1_169_126_400, [1, 84, 8400]],
      [2_024_208, 1_426_771_200, [1, 300, 6]],
    ],
    [
      'YOLOESegment, [nc, 16, 96, 512, True]',
      [2_123_894, 1_932_825_600, [1, 100, 8400], proto],
      [2_126_336, 2_256_211_200, [1, 300, 22], proto],
    ],
    [
      'YOLOESegment26, [nc, 16, 96, 512, True]',
      [2_183_533, 2_068_812_800, [1, 100, 8400], proto],
      [2_185_975, 2_392_198_400, [1, 300, 22], proto],
    ],
  ];
  for (const [row, plain, end2end] of all) {
    test(row, () => checkRow(withHead(row), 3, plain));
    test(`${row} with end2end and reg_max`, () => checkRow(withHead(row, 'end2end: True\nreg_max: 4'), 3, end2end));
  }
  for (const [row, expected] of [
    ['v10Detect, [nc]', [436_378, 1_093_555_200, [1, 300, 6]]],
    ['SemanticSegment, [nc]', [23_630, 60_416_000, [1, 7, 80, 80]]],
    ['Depth, [64, log]', [184_849, 872_038_400, [1, 1, 160, 160]]],
    ['RTDETRDecoder, [nc, 64, 40, 4, 4, 2]', [384_065, 141_642_240, [1, 40, 6]]],
  ] as const) {
    for (const keys of ['', 'end2end: True\nreg_max: 4']) {
      test(`${row} does not look at ${keys === '' ? 'keys that are not there' : 'these keys'}`, () =>
        checkRow(withHead(row, keys), 3, expected));
    }
  }
  test('reg_max 1 has no convolution over the bins, and text in quotes is true', () => {
    const count = (keys: string): number => read(withHead('Detect, [nc]', keys)).totals.params!;
    assert.equal(count('reg_max: 2') - count('reg_max: 1'), 2 + 3 * 4 * 17);
    assert.equal(count('end2end: "False"'), count('end2end: True'));
  });
});

describe('rows that the heads refuse', () => {
  for (const [row, words] of [
    ['Pose, [nc]', /^Pose needs `kpt_shape` as argument 2\. Use \[nc, kpt_shape\]\.$/],
    ['Pose26, [nc]', /^Pose26 needs `kpt_shape` as argument 2\. Use \[nc, kpt_shape\]\.$/],
    ['OBB, [nc]', /^OBB needs `ne` as argument 2\. Use \[nc, ne\]\.$/],
    ['Detect, []', /^Detect needs `nc` as argument 1\. Use \[nc\]\.$/],
    ['Segment, [nc, 32]', /^Segment needs `npr` as argument 3\. Use \[nc, nm, npr\]\.$/],
    ['YOLOEDetect, [nc]', /^YOLOEDetect needs `embed` as argument 2\. Use \[nc, embed, with_bn\]\.$/],
    ['SemanticSegment, []', /^SemanticSegment needs `nc` as argument 1/],
    ['Depth, []', /^Depth needs `c_mid` as argument 1/],
    ['Detect, [nc, 16]', /takes one argument, not 2\. Use \[nc\]; `reg_max` and `end2end` belong at the top/],
    ['YOLOEDetect, [nc, 512, False]', /`with_bn` of YOLOEDetect must be True/],
    ['YOLOEDetect, [nc, 256, True]', /`embed` of YOLOEDetect must be 512/],
    ['LRPCHead, [1, 2, 3]', /a row cannot use it: it is built around other modules/],
    [
      'torchvision.ops.RoIPool, [7, 1.0]',
      /A row cannot use torchvision\.ops\.RoIPool: its forward\(\) takes more inputs/,
    ],
  ] as const) {
    for (const keys of ['', 'end2end: True']) test(`${row} ${keys}`, () => checkRefused(withHead(row, keys), words));
  }
  test('WorldDetect has no second set of branches', () =>
    checkRefused(withHead('WorldDetect, [nc, 512, True]', 'end2end: True'), /WorldDetect does not support `end2end`/));
  test('a reg_max that is no number of bins', () => {
    for (const value of ['0', '1.5', 'many', ''])
      checkRefused(withHead('Detect, [nc]', `reg_max: ${value}`), /`reg_max` at the top of the file must be a whole/);
  });
  test('key points that the file does not have', () =>
    checkRefused(
      withHead('Pose, [nc, kpt_shape]').replace(/kpt_shape: .*/, ''),
      /Add kpt_shape: \[17, 3\] at the top/,
    ));
  test('levels of the wrong size: resized up to 8.4.103, refused since', () => {
    const result = read(withHead('Segment26, [nc, 16, 96]').replace('[[0, 1, 2]', '[[0, 0, 2]'));
    assert.deepEqual(messages(result, 'error'), []);
    assert.match(messages(result, 'warning')[0]!, /8\.4\.104 this level is upsampled by 2, from 80×80 to 160×160/);
  });
});

describe('blocks of Ultralytics 8.4', () => {
  const map = (channels: number, side = 40): readonly number[] => [1, channels, side, side];
  for (const [row, expected] of [
    ['SPPF, [64, 5, 2]', [5_248, 8_192_000, map(32)]],
    ['SPPF, [128, 3, 1, True]', [6_336, 9_830_400, map(64)]],
    ['C3k2, [128, True, 0.5, True]', [27_712, 165_939_200, map(64)]],
    ['C3k2, [128, False, 0.25, True, 2, False]', [9_248, 75_494_400, map(64)]],
    ['C2PSA, [128]', [16_352, 147_916_800, map(64)]],
    ['C2PSA, [128, 0.25]', [6_448, 71_091_200, map(64)]],
    ['torchvision.ops.SqueezeExcitation, [64, 8]', [1_096, 1_024, map(64)]],
    ['torchvision.ops.Conv2dNormActivation, [64, 64, 3, 2]', [36_992, 14_745_600, map(64, 20)]],
    ['torchvision.ops.Conv2dNormActivation, [64, 64, 5, 1, null, 4, null]', [25_664, 40_960_000, map(64)]],
    [
      'torchvision.ops.Conv2dNormActivation, [64, 64, 3, 1, 1, 1, null, null, 1, true, false]',
      [36_864, 58_982_400, map(64)],
    ],
    ['torchvision.ops.FrozenBatchNorm2d, [64]', [0, 0, map(64)]],
    ['torchvision.ops.MLP, [40, [16, 40]]', [1_336, 3_276_800, map(64)]],
  ] as const)
    test(row, () => checkRow(withRow(row), 1, expected));
  test('a class in an argument of torchvision.ops can only be left out', () =>
    checkRefused(withRow('torchvision.ops.Conv2dNormActivation, [64, 64, 3, 1, null, 1, nn.BatchNorm2d]'), /Omit it/));
  test('C2fCIB makes the heads below light, as C3k2 does', () => {
    const head = (block: string): number =>
      read(withHead('Detect, [nc]').replace('Conv, [128, 3, 2]', block)).layers[3]!.params!;
    assert.equal(head('SCDown, [128, 3, 2]') - head('Conv, [128, 3, 2]'), 0);
    const light = read(
      withHead('Detect, [nc]').replace('head:', '  - [-1, 1, C2fCIB, [128]]\nhead:').replace('[0, 1, 2]', '[0, 1, 3]'),
    );
    assert.ok(light.layers[4]!.params! < head('Conv, [128, 3, 2]'));
  });
});

describe('releases', () => {
  const informed = (text: string, name?: string): readonly string[] =>
    read(text, name)
      .problems.filter(({ code }) => ['older-meaning', 'classes-as-width', 'forced-c3k'].includes(code))
      .map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
  test('a whole number in the fourth place of C3k2 is groups, as up to 8.3', () => {
    const text = withRow('C3k2, [128, False, 0.5, 2]');
    checkRow(text, 1, [17_504, 27_443_200, [1, 64, 40, 40]]);
    assert.match(informed(text)[0]!, /^information older-meaning: 2 is read as `g`.*use False, 2\.$/);
    assert.equal(read(withRow('C3k2, [128, False, 0.5, False, 2]')).layers[1]!.params, 17_504);
    assert.deepEqual(informed(withRow('C3k2, [128, False, 0.5, False, 2]')), []);
  });
  test('channels that equal nc are scaled since 8.4.102', () => {
    const text = withRow('Conv, [64, 1]').replace('nc: 7', 'nc: 64');
    assert.deepEqual(read(text).layers[1]!.outputs[0], [1, 32, 40, 40]);
    assert.match(
      informed(text)[0]!,
      /^information classes-as-width: Since Ultralytics 8\.4\.102, .* turns these 64 channels into 32/,
    );
    assert.deepEqual(read(text, 'own.yaml', 'yolov13').layers[1]!.outputs[0], [1, 64, 40, 40]);
  });
  test('Classify has the classes that its row says', () =>
    assert.deepEqual(read(withRow('Classify, [100]')).layers[1]!.outputs[0], [1, 100]));
  describe('a file without scales', () => {
    const [none, light] = [withRow('C3k2, [128, False]', ''), withRow('C3k2, [128, False]', 'width_multiple: 1')];
    const withBlocks = read(withRow('C3k2, [128, True]', '')).layers[1]!.params;
    test('builds C3k2 with C3k blocks, whatever the row says', () => {
      assert.equal(read(none).layers[1]!.params, withBlocks);
      assert.match(informed(none)[0]!, /^information forced-c3k: Ultralytics sets `c3k` to True here/);
    });
    test('goes by the letter of its name', () => {
      assert.equal(read(light, 'yolo11m.yaml').layers[1]!.params, withBlocks);
      assert.notEqual(read(light, 'yolo11n.yaml').layers[1]!.params, withBlocks);
      assert.deepEqual(informed(light, 'yolo11n.yaml'), []);
    });
    test('appends to A2C2f what the scales l and x have', () => {
      checkRefused(withRow('A2C2f, [128]', ''), /`area` of A2C2f must be a whole number, not 1\.2/);
      assert.equal(read(withRow('A2C2f, [128, True, 1]', ''), 'yolo12.yaml').totals.complete, true);
    });
    test('fails in YOLOv13', () =>
      assert.match(
        messages(read(none, 'own.yaml', 'yolov13'), 'error')[0]!,
        /depends on the scale, and parse_model fails/,
      ));
  });
  test('a hover says since when', () => {
    const text = withRow('C3k2, [128, True, 0.5, True]').replace('nn.Identity, []', 'SPPF, [64, 5, 3, True]');
    const analysed = analyse(text);
    const at = (needle: string, plus = 0): string => JSON.stringify(hover(analysed, text.indexOf(needle) + plus) ?? '');
    assert.match(at('True]]'), /\*\*attn\*\* \(C3k2\): .* Since Ultralytics 8\.4\.0/);
    const head = withHead('Segment26, [nc, 16, 96]');
    assert.match(JSON.stringify(hover(analyse(head), head.indexOf('Segment26'))), /Since Ultralytics 8\.4\.0/);
  });
});

describe('YOLOv12 of its authors', () => {
  const file = ({ groups = '', summary = '', keys = '' } = {}): string => `nc: 7
${keys}
scales:
  n: [1, 0.5, 1024]${summary}
backbone:
  - [-1, 1, Conv, [64, 3, 4${groups}]]
  - [-1, 1, Conv, [128, 3, 4]]
  - [-1, 2, A2C2f, [128, True, 4]]
head:
  - [-1, 1, nn.Identity, []]
`;
  const reading = (text: string, name = 'own.yaml'): readonly [string | undefined, number] => {
    const analysed = analyse(text, name);
    return [analysed.spec.dialect, analysed.problems.filter(({ code }) => code === 'ambiguous-dialect').length];
  };
  const params = (dialect: string): number => read(file(), 'own.yaml', dialect).totals.params!;
  test('has two convolutions and a 5×5 in each of its attention blocks', () => {
    // Two stages of two blocks on 32 channels: 24 taps of a depthwise convolution fewer in each.
    assert.equal(params('ultralytics') - params('yolov12'), 4 * 32 * (49 - 25));
  });
  test('is as its repository runs it, whose 8.3.63 takes the fourth argument of C3k2 for groups', () => {
    const text = `nc: 80
scales:
  n: [0.5, 0.25, 1024]
  l: [1, 1, 512]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2, 1, 2]]
  - [-1, 2, C3k2, [256, False, 0.25]]
  - [-1, 1, Conv, [512, 3, 4, 1, 4]]
  - [-1, 4, A2C2f, [512, True, 4]]
  - [-1, 1, SPPF, [512, 5]]
  - [-1, 2, C2PSA, [512]]
  - [-1, 2, C3k2, [512, True, 0.5, 2]]
  - [-1, 1, Conv, [80, 3, 1]]
head:
  - [[4, 7, 8], 1, Segment, [nc, 32, 256]]
`;
    for (const [name, params, macs] of [
      ['yolov12n.yaml', 1_185_136, 2_888_217_600],
      ['yolov12l.yaml', 16_489_648, 38_918_374_400],
    ] as const) {
      const { totals } = read(text, name);
      assert.deepEqual([totals.params, totals.macs, totals.complete], [params, macs, true]);
    }
  });
  test('one group is none', () => assert.deepEqual(reading(file({ groups: ', null, 1' })), ['ultralytics', 1]));
  for (const [what, text, name, expected] of [
    ['nothing says so', file(), 'own.yaml', ['ultralytics', 1]],
    ['its name', file(), 'yolov12.yaml', ['yolov12', 1]],
    ['its name, as Ultralytics writes it', file(), 'yolo12-own.yaml', ['ultralytics', 0]],
    ['grouped early convolutions', file({ groups: ', null, 3' }), 'own.yaml', ['yolov12', 0]],
    ['a comment', `# YOLO12 with another head\n${file()}`, 'own.yaml', ['ultralytics', 0]],
    ['what 8.4 alone has', file({ groups: ', null, 3', keys: 'end2end: True' }), 'yolov12.yaml', ['ultralytics', 0]],
    ['a dialect that is set', `# flopline: dialect=yolov12\n${file()}`, 'own.yaml', ['yolov12', 0]],
  ] as const)
    test(what, () => assert.deepEqual(reading(text, name), expected));
  for (const dialect of ['ultralytics', 'yolov12']) {
    test(`a summary with the parameters of ${dialect} decides against the name`, () => {
      const summary = ` # summary: 97 layers, ${params(dialect).toLocaleString('en')} parameters, 1 gradients`;
      const name = dialect === 'yolov12' ? 'yolo12.yaml' : 'yolov12.yaml';
      assert.deepEqual(reading(file({ summary }), name), [dialect, 0]);
    });
  }
  test('the fix sets the dialect', () => {
    const problem = analyse(file()).problems.find(({ code }) => code === 'ambiguous-dialect')!;
    assert.match(problem.message, /Ultralytics since 8\.3\.78.*7×7.*YOLOv12.*5×5/);
    assert.deepEqual(
      problem.fixes!.map(({ edits }) => edits[0]!.text),
      ['# flopline: dialect=ultralytics\n', '# flopline: dialect=yolov12\n'],
    );
  });
});
