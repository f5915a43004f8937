// Rows of our own with numbers worked out by hand from each module's layers, and what is said of rows that are wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, open, price, type RowReport, report } from '../../../server/src/core/index.ts';

/** A file with these rows as backbone, on a 3×64×64 image, and a convolution as head. */
function file(rows: readonly string[], header = 'nc: 80'): string {
  return `${header}\nbackbone:\n${rows.map(row => `  - ${row}`).join('\n')}\nhead:\n  - [-1, 1, nn.Identity, []]\n`;
}

function read(text: string, name = 'own.yaml', input = [3, 64, 64]): ReturnType<typeof report> {
  const settings = { ...defaultSettings, input: [{ sizes: input }] };
  return report(price(open({ name, text }, settings)!, settings)!, { file: name });
}

/** The last of the backbone's rows. */
function last(rows: readonly string[], header?: string): RowReport {
  const { layers, problems } = read(file(rows, header));
  const errors = problems.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, []);
  return layers[rows.length - 1]!;
}

function checkRow(
  rows: readonly string[],
  output: readonly number[],
  params: number,
  macs: number,
  header?: string,
): void {
  const row = last(rows, header);
  assert.deepEqual(row.outputs[0], output);
  assert.deepEqual({ params: row.params, macs: row.macs }, { params, macs });
}

/** Parameters of a convolution without bias and its batch norm. */
const conv = (c1: number, c2: number, k: number, g = 1): number => (c1 / g) * c2 * k + 2 * c2;

describe('modules', () => {
  test('Conv', () => checkRow(['[-1, 1, Conv, [16, 3, 2]]'], [1, 16, 32, 32], 3 * 16 * 9 + 32, 32 * 32 * 3 * 16 * 9));
  test('Conv with an uneven kernel', () =>
    checkRow(['[-1, 1, Conv, [16, [1, 3], [1, 2]]]'], [1, 16, 64, 32], 3 * 16 * 3 + 32, 64 * 32 * 3 * 16 * 3));
  test('Focus sees four times the channels at half the size', () =>
    checkRow(['[-1, 1, Focus, [16, 3]]'], [1, 16, 32, 32], conv(12, 16, 9), 32 * 32 * 12 * 16 * 9));
  test('DWConv groups by the greatest common divisor', () =>
    checkRow(
      ['[-1, 1, Conv, [16]]', '[-1, 1, DWConv, [24, 3]]'],
      [1, 24, 64, 64],
      (16 / 8) * 24 * 9 + 48,
      64 * 64 * 2 * 24 * 9,
    ));
  test('DWConvTranspose2d', () =>
    checkRow(
      ['[-1, 1, Conv, [16]]', '[-1, 1, DWConvTranspose2d, [16, 4, 2, 1]]'],
      [1, 16, 128, 128],
      16 * 16 + 16,
      64 * 64 * 16 * 16,
    ));
  test('ConvTranspose counts by input positions', () =>
    checkRow(['[-1, 1, ConvTranspose, [8, 2, 2]]'], [1, 8, 128, 128], 3 * 8 * 4 + 16, 64 * 64 * 3 * 8 * 4));
  test('GhostConv', () =>
    checkRow(
      ['[-1, 1, GhostConv, [32, 3, 1]]'],
      [1, 32, 64, 64],
      conv(3, 16, 9) + conv(16, 16, 25, 16),
      64 * 64 * (3 * 16 * 9 + 16 * 25),
    ));
  test('RepConv as trained', () =>
    checkRow(
      ['[-1, 1, Conv, [16]]', '[-1, 1, RepConv, [16, 16]]'],
      [1, 16, 64, 64],
      conv(16, 16, 9) + conv(16, 16, 1),
      64 * 64 * 256 * 10,
    ));
  test('LightConv', () =>
    checkRow(
      ['[-1, 1, Conv, [16]]', '[-1, 1, LightConv, [16, 16, 5]]'],
      [1, 16, 64, 64],
      conv(16, 16, 1) + conv(16, 16, 25, 16),
      64 * 64 * (256 + 400),
    ));
  test('C1', () =>
    checkRow(['[-1, 2, C1, [16]]'], [1, 16, 64, 64], conv(3, 16, 1) + 2 * conv(16, 16, 9), 64 * 64 * (48 + 2 * 2304)));
  test('C2', () =>
    checkRow(
      ['[-1, 1, C2, [16]]'],
      [1, 16, 64, 64],
      conv(3, 16, 1) + 2 * conv(8, 8, 9) + conv(16, 16, 1),
      64 * 64 * (48 + 2 * 576 + 256),
    ));
  test('C3x', () =>
    checkRow(
      ['[-1, 1, C3x, [16]]'],
      [1, 16, 64, 64],
      2 * conv(3, 8, 1) + 2 * conv(8, 8, 3) + conv(16, 16, 1),
      64 * 64 * (48 + 2 * 192 + 256),
    ));
  test('C3TR: projections, attention and two linear layers', () => {
    const places = 64 * 64;
    const c = 16;
    const attention = 4 * places * c * c + 2 * places * places * c;
    const layer = 3 * places * c * c + attention + 2 * places * c * c;
    const params = 2 * conv(3, c, 1) + (c * c + c) + (3 * c * c + (4 * c * c + 4 * c) + 2 * c * c) + conv(32, 32, 1);
    checkRow(['[-1, 1, C3TR, [32]]'], [1, 32, 64, 64], params, places * (96 + 1024 + c * c) + layer);
  });
  test('HGStem', () => {
    const params = conv(3, 16, 9) + conv(16, 8, 4) + conv(8, 16, 4) + conv(32, 16, 9) + conv(16, 24, 1);
    const macs = 32 * 32 * (432 + 512 + 512) + 16 * 16 * (4608 + 384);
    checkRow(['[-1, 1, HGStem, [16, 24]]'], [1, 24, 16, 16], params, macs);
  });
  test('HGBlock with light convolutions', () => {
    const light = (c1: number): number => conv(c1, 8, 1) + conv(8, 8, 9, 8);
    const params = light(16) + light(8) + conv(16 + 16, 16, 1) + conv(16, 32, 1);
    const macs = 64 * 64 * (128 + 72 + 64 + 72 + 512 + 512);
    checkRow(['[-1, 1, Conv, [16]]', '[-1, 2, HGBlock, [8, 32, 3, True]]'], [1, 32, 64, 64], params, macs);
  });
  test('Contract and Expand of YOLOv5', () => {
    const header = 'nc: 80\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1';
    checkRow(['[-1, 1, Contract, [2]]'], [1, 12, 32, 32], 0, 0, header);
    checkRow(['[-1, 1, Conv, [16]]', '[-1, 1, Expand, [2]]'], [1, 4, 128, 128], 0, 0, header);
  });
  test('MixConv2d shares its channels', () => {
    const header = 'nc: 80\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1';
    checkRow(
      ['[-1, 1, Conv, [16]]', '[-1, 1, MixConv2d, [32, [1, 3]]]'],
      [1, 32, 64, 64],
      16 * 1 + 16 * 9 + 64,
      64 * 64 * (16 + 144),
      header,
    );
  });
  test('CrossConv of YOLOv5', () => {
    const header = 'nc: 80\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1';
    checkRow(
      ['[-1, 1, CrossConv, [16, 3, 2]]'],
      [1, 16, 32, 32],
      conv(3, 16, 3) + conv(16, 16, 3),
      64 * 32 * 144 + 32 * 32 * 768,
      header,
    );
  });
  test('YOLO12: one qkv convolution, a 7×7 position encoding, as Ultralytics has it from 8.3.78', () => {
    const c = 32;
    const places = 64 * 64;
    const block = conv(c, 3 * c, 1) + conv(c, c, 1) + conv(c, c, 49, c) + conv(c, 2 * c, 1) + conv(2 * c, c, 1);
    const work = places * (3 * c * c + c * c + 49 * c + 4 * c * c) + 2 * places * (places / 4) * c;
    checkRow(
      ['[-1, 1, Conv, [64]]', '[-1, 1, A2C2f, [64, True, 4]]'],
      [1, 64, 64, 64],
      conv(64, c, 1) + 2 * block + conv(2 * c, 64, 1),
      places * (64 * c + 2 * c * 64) + 2 * work,
      'nc: 80\nscales:\n  n: [1, 1, 1024]',
    );
  });
  test('TorchVision: resnet18 without its head has 11,176,512 parameters', () => {
    const row = last(['[-1, 1, TorchVision, [512, "resnet18", "DEFAULT", True, 2]]']);
    assert.deepEqual(row.outputs[0], [1, 512, 2, 2]);
    assert.equal(row.params, 11_176_512);
  });
  test('an Index row chooses among the layers of a split backbone', () => {
    const row = last(['[-1, 1, TorchVision, [512, "resnet18", "DEFAULT", True, 2, True]]', '[0, 1, Index, [64, 5]]']);
    assert.deepEqual(row.outputs[0], [1, 64, 16, 16]);
  });
  for (const [name, known] of [
    ['vgg16', 14_714_688],
    ['vgg16_bn', 14_723_136],
    ['resnet50', 23_508_032],
    ['resnext50_32x4d', 22_979_904],
    ['wide_resnet50_2', 66_834_240],
    ['alexnet', 2_469_696],
    ['squeezenet1_1', 722_496],
  ] as const) {
    test(`TorchVision: ${name} without its head`, () => {
      assert.equal(
        last([`[-1, 1, TorchVision, [512, "${name}", "DEFAULT", True, ${name.startsWith('squeeze') ? 1 : 2}]]`]).params,
        known,
      );
    });
  }
});

describe('heads', () => {
  const backbone = ['[-1, 1, Conv, [64, 3, 8]]', '[-1, 1, Conv, [64, 3, 2]]'];
  const levels = 8 * 8 + 4 * 4;
  test('OBB adds an angle', () =>
    assert.deepEqual(last([...backbone, '[[0, 1], 1, OBB, [nc, 1]]']).outputs[0], [1, 85, levels]));
  test('Pose adds its key points', () => {
    const row = last([...backbone, '[[0, 1], 1, Pose, [nc, kpt_shape]]'], 'nc: 1\nkpt_shape: [17, 3]');
    assert.deepEqual(row.outputs[0], [1, 4 + 1 + 51, levels]);
  });
  test('v10Detect hands on its best boxes', () =>
    assert.deepEqual(last([...backbone, '[[0, 1], 1, v10Detect, [nc]]']).outputs[0], [1, levels, 6]));
  test('a world model reads text features', () => {
    const rows = [
      ...backbone,
      '[-1, 1, C2fAttn, [64, 32, 2]]',
      '[[0, 1], 1, ImagePoolingAttn, [256]]',
      '[[0, 2], 1, WorldDetect, [nc, 512, True]]',
    ];
    const result = read(file(rows, 'nc: 5'));
    assert.deepEqual(
      result.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(result.input, { images: [1, 3, 64, 64], text: [1, 5, 512] });
    assert.deepEqual(result.layers[4]!.outputs[0], [1, 9, levels]);
    // MaxSigmoidAttnBlock: every place with every text feature, 2 heads of 16 channels.
    const attention = 5 * 512 * 32 + 4 * 4 * 32 * 5 + 4 * 4 * 32 * 32 * 9;
    const rest = 4 * 4 * (64 * 64 + 2 * 9 * 32 * 32 + 4 * 32 * 64);
    assert.equal(result.layers[2]!.macs, attention + rest);
  });
});

describe('scales', () => {
  const text = file(
    ['[-1, 1, Conv, [64, 3, 2]]', '[-1, 6, C2f, [128]]'],
    'nc: 80\nscales:\n  n: [0.33, 0.25, 1024]\n  x: [1.00, 1.25, 512]',
  );
  test('are guessed from the letter in the file’s name', () => {
    assert.deepEqual(read(text, 'yolov8x.yaml').layers[1]!.outputs[0], [1, 160, 32, 32]);
    assert.equal(read(text, 'yolov8x.yaml').model, 'yolov8x');
  });
  test('are else the first', () => assert.deepEqual(read(text, 'yolov8.yaml').layers[1]!.outputs[0], [1, 32, 32, 32]));
  test('cap the channels before the width', () => {
    const capped = text.replace('512]', '100]');
    assert.deepEqual(read(capped, 'yolo11x.yaml').layers[1]!.outputs[0], [1, 128, 32, 32]);
  });
  test('round repeats as Python does: halves to even', () => {
    const half = file(['[-1, 5, nn.Identity, []]'], 'nc: 80\nscales:\n  n: [0.5, 1, 1024]');
    const settings = defaultSettings;
    const analysed = price(open({ name: 'a.yaml', text: half }, settings)!, settings)!;
    assert.equal(analysed.spec.graph.root.children[0]!.children.length, 2);
  });
});

describe('what is wrong is reported where it is', () => {
  const checkProblem = (row: string, code: string, marked: string, header?: string): void => {
    const text = file(['[-1, 1, Conv, [16, 3, 2]]', row], header);
    const settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };
    const analysed = price(open({ name: 'own.yaml', text }, settings)!, settings)!;
    const found = analysed.problems.map(({ code, range }) => `${code}: ${text.slice(range.from, range.to)}`);
    assert.deepEqual(found, [`${code}: ${marked}`]);
    // The rows around it keep their costs.
    const { layers } = report(analysed, {});
    assert.deepEqual({ params: layers[0]!.params, complete: layers[0]!.complete }, { params: 464, complete: true });
  };
  test('an unknown module', () => checkProblem('[-1, 1, Cnv, [16]]', 'unknown-module', 'Cnv'));
  test('a later row', () => checkProblem('[7, 1, Conv, [16]]', 'later-reference', '7'));
  test('this row', () => checkProblem('[1, 1, Conv, [16]]', 'own-reference', '1'));
  test('before the first row', () => checkProblem('[-3, 1, Conv, [16]]', 'unknown-reference', '-3'));
  test('a missing argument', () => checkProblem('[-1, 1, Conv, []]', 'missing-argument', 'Conv'));
  test('a head without classes, where parse_model inserts the channels in front', () =>
    checkProblem('[[-1], 1, RTDETRDecoder, []]', 'missing-argument', 'RTDETRDecoder'));
  test('an argument too many', () => checkProblem('[-1, 1, SPPELAN, [16, 8, 5, 9]]', 'too-many-arguments', '9'));
  test('text for a number', () => checkProblem('[-1, 1, Conv, [16, three]]', 'not-a-whole-number', 'three'));
  test('nothing for a stride', () => checkProblem('[-1, 1, Conv, [16, 3, 0]]', 'value-below-minimum', '0'));
  test('groups that do not divide', () =>
    checkProblem('[-1, 1, Conv, [16, 3, 1, None, 5]]', 'input-not-divisible-by-groups', '5'));
  test('a kernel larger than its input', () =>
    checkProblem('[-1, 1, Conv, [16, 99, 1, 0]]', 'kernel-larger-than-input', '99'));
  test('sizes that cannot be joined', () => checkProblem('[[-1, 0, 0], 1, Concat, [1, 2]]', 'too-many-arguments', '2'));
  test('a list for one input', () => checkProblem('[[-1, 0], 1, Conv, [16]]', 'list-of-inputs', 'Conv'));
  test('one input for a list', () => checkProblem('[-1, 1, Concat, [1]]', 'not-a-list-of-inputs', 'Concat'));
  test('channels that a module is not built for', () =>
    checkProblem('[-1, 1, nn.Conv2d, [32, 16, 1]]', 'channel-mismatch', '-1'));
  test('attention that keeps its channels', () => checkProblem('[-1, 1, C2PSA, [32]]', 'keeps-channels', '32'));
  test('a row without arguments', () => checkProblem('[-1, 1, Conv]', 'row-length', '[-1, 1, Conv]'));
  test('an unknown backbone of torchvision', () =>
    checkProblem('[-1, 1, TorchVision, [16, maxvit_t]]', 'unknown-backbone', 'maxvit_t'));

  test('a concat of unequal sizes names both', () => {
    const text = file(['[-1, 1, Conv, [16]]', '[-1, 1, Conv, [16, 3, 2]]', '[[-1, 0], 1, Concat, [1]]']);
    const { problems } = read(text);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.code, 'concat-size-mismatch');
    assert.match(problems[0]!.message, /1×16×32×32.*1×16×64×64/);
  });
  test('below an unknown module what is declared is still known, the rest at least', () => {
    const { layers, totals } = read(
      file(['[-1, 1, Mystery, [16]]', '[-1, 1, Conv, [32, 1]]', '[-1, 1, Conv, [64, 1]]']),
    );
    assert.deepEqual(layers.map(({ params }) => params).slice(0, 3), [null, 64, 32 * 64 + 128]);
    assert.equal(totals.complete, false);
  });
  test('a misspelt key', () => {
    const { problems } = read(file(['[-1, 1, Conv, [16]]'], 'nc: 80\nscale_s: 3\nwidth_multipl: 0.5'));
    assert.deepEqual(
      problems.map(({ code, line }) => [code, line]),
      [
        ['unknown-key', 2],
        ['unknown-key', 3],
      ],
    );
  });
});

test('one slip in the key of a list is read as the key; two are not', () => {
  const text = file(['[-1, 1, Conv, [16]]', '[-1, 1, Conv, [32]]']);
  const heads = (key: string): readonly [boolean, number] => {
    const { totals, layers } = read(text.replace(/^head:/m, `${key}:`));
    return [totals.complete, layers.length];
  };
  const [, rows] = heads('head');
  assert.deepEqual(heads('haed'), [true, rows]);
  // A tab, which PyYAML refuses, and a letter.
  assert.equal(heads('h\tead')[0], false);
  assert.ok(heads('h\tead')[1] < rows);
});

describe('other YAML', () => {
  const none = (name: string, text: string): void => assert.equal(open({ name, text }, defaultSettings), undefined);
  test('is left alone', () => {
    none('compose.yaml', 'services:\n  web:\n    image: nginx\n');
    none('mkdocs.yml', 'site_name: x\nnav:\n  - [a, b]\n');
    none('half.yaml', 'backbone:\n  type: ResNet\nhead:\n  type: FCN\n');
    none('model.txt', file(['[-1, 1, Conv, [16]]']));
  });
  test('rows in flow style, as YOLOv5 writes them, are recognised', () => {
    const text =
      'nc: 2\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1\nbackbone:\n  [[-1, 1, Conv, [16, 3, 2]],\n  ]\nhead:\n  [[[0], 1, Detect, [nc, anchors]],\n  ]\n';
    assert.deepEqual(
      read(text).layers.map(({ line }) => line),
      [6, 9],
    );
  });
});
