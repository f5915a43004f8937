// Where parse_model and torch do other than one would think: numbers and refusals as the frameworks' sources have them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, nativeFigure, open, price, type RowReport, report } from '../../../server/src/core/index.ts';

const v5 = 'nc: 80\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1';
const scaled = 'nc: 80\nscales:\n  n: [1, 1, 1024]\n  l: [1, 1, 1024]';

/** A file with these rows as backbone, and a row that hands on what it is given as head. */
function file(rows: readonly string[], header = 'nc: 80'): string {
  return `${header}\nbackbone:\n${rows.map(row => `  - ${row}`).join('\n')}\nhead:\n  - [-1, 1, nn.Identity, []]\n`;
}

function read(text: string, { name = 'own.yaml', input = [3, 32, 32] } = {}): ReturnType<typeof report> {
  const settings = { ...defaultSettings, input: [{ sizes: input }] };
  return report(price(open({ name, text }, settings)!, settings)!, { file: name });
}

function errors({ problems }: ReturnType<typeof report>): readonly string[] {
  return problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

/** The last of these rows, which nobody complains of. */
function last(rows: readonly string[], header?: string, name = 'own.yaml'): RowReport {
  const result = read(file(rows, header), { name });
  assert.deepEqual(errors(result), []);
  return result.layers[rows.length - 1]!;
}

/** The last of these rows has no costs, and this is said of it. */
function checkRefused(rows: readonly string[], words: RegExp, header?: string): void {
  const result = read(file(rows, header));
  assert.equal(result.layers[rows.length - 1]!.complete, false);
  assert.equal(errors(result).length, 1);
  assert.match(errors(result)[0]!, words);
}

/** Parameters of a convolution without bias and its batch norm. */
const conv = (c1: number, c2: number, k: number, g = 1): number => (c1 / g) * c2 * k + 2 * c2;
const places = 32 * 32;

describe('modules that rows may name', () => {
  test('RepVGGDW: tasks.py imports it, its arguments are raw', () => {
    const row = last(['[-1, 1, Conv, [16]]', '[-1, 1, RepVGGDW, [16]]']);
    assert.equal(row.params, conv(16, 16, 49, 16) + conv(16, 16, 9, 16));
    assert.equal(row.macs, places * 16 * (49 + 9));
  });
  for (const name of ['CBAM', 'SpatialAttention', 'ResNetBlock', 'TransformerBlock']) {
    test(`${name} is there, but tasks.py does not import it`, () =>
      checkRefused([`[-1, 1, ${name}, [3]]`], /nn\/tasks\.py does not import it/));
  }
  test('Sum of YOLOv5 takes a list, for which parse_model finds no channels', () =>
    checkRefused(['[-1, 1, Conv, [8]]', '[[0, -1], 1, Sum, [2]]'], /it takes a list of inputs/, v5));
  test('torch.nn.ReLU is evaluated by YOLOv5, and an attribute that torch.nn has not for Ultralytics', () => {
    assert.equal(last(['[-1, 1, torch.nn.ReLU, []]'], v5).macs, 0);
    checkRefused(['[-1, 1, torch.nn.ReLU, []]'], /not a module of Ultralytics/);
  });
});

describe('repeats', () => {
  test('stand in a sequence whose modules are all built for the first one’s channels', () => {
    assert.equal(last(['[-1, 1, Conv, [16]]', '[-1, 3, Conv, [16, 3]]']).params, 3 * conv(16, 16, 9));
    checkRefused(
      ['[-1, 1, Conv, [16]]', '[-1, 3, Conv, [24, 3]]'],
      /copies of Conv in sequence expects 16 input channels, but the first outputs 24/,
    );
  });
});

describe('arguments', () => {
  test('text is read as Python’s literals', () => {
    assert.deepEqual(last(['[-1, 1, Conv, ["8", "(1, 3)"]]']).params, conv(3, 8, 3));
    const nested = last(['[-1, 1, Conv, [16]]', '[-1, 1, Bottleneck, [16, True, 1, "((1, 1), (3, 3))", 1.0]]']);
    assert.equal(nested.params, conv(16, 16, 1) + conv(16, 16, 9));
  });
  test('YOLOv5 evaluates them', () => {
    assert.equal(last(['[-1, 1, Conv, ["na * (nc + 5)", 1, 1]]'], v5).params, conv(3, 255, 1));
    assert.equal(last(['[-1, 1, Conv, ["max(nc // 3, 2 ** 3)", "4 % 5 - 1"]]'], v5).params, conv(3, 32, 9));
    checkRefused(['[-1, 1, Conv, ["2*4"]]'], /`c2` of Conv must be a number/);
  });
  test('are YAML 1.1 to PyYAML: no is false', () => {
    const plain = last(['[-1, 1, nn.Conv2d, [3, 8, 1, 1, 0, 1, 1, no]]']);
    assert.equal(plain.params, 24);
  });
  test('truth values are numbers', () => assert.equal(last(['[-1, 1, Conv, [8, True]]']).params, conv(3, 8, 1)));
  test('padding may be “same”, at stride 1', () => {
    assert.deepEqual(last(['[-1, 1, Conv, [8, 4, 1, same]]']).outputs[0], [1, 8, 32, 32]);
    checkRefused(['[-1, 1, Conv, [8, 3, 2, same]]'], /only at stride 1/);
  });
  test('a list is one size for rows and one for columns', () =>
    checkRefused(['[-1, 1, Conv, [8, [3, 3, 3]]]'], /must have two entries/));
  test('hidden channels may come out as none', () =>
    checkRefused(['[-1, 1, C2f, [8, True, 1, 0.01]]'], /would have 0 output channels/));
});

describe('YOLO12', () => {
  test('an area below 2 leaves the map whole, as the C3k rows of its head write it', () => {
    const row = last(['[-1, 1, Conv, [64]]', '[-1, 1, A2C2f, [64, False, -1]]'], scaled);
    // C3k: three 1×1 around two bottlenecks of two 3×3 each, on half of its 32 channels.
    const c3k = 2 * conv(32, 16, 1) + 4 * conv(16, 16, 9) + conv(32, 32, 1);
    assert.equal(row.params, conv(64, 32, 1) + c3k + conv(64, 64, 1));
  });
  test('the scales l and x add the input with a learned scale, and a ratio of 1.2', () => {
    const row = last(['[-1, 1, Conv, [64]]', '[-1, 1, A2C2f, [64, True, 1]]'], scaled, 'yolo12l.yaml');
    const block = conv(32, 96, 1) + conv(32, 32, 1) + conv(32, 32, 49, 32) + conv(32, 38, 1) + conv(38, 32, 1);
    assert.equal(row.params, conv(64, 32, 1) + 2 * block + conv(64, 64, 1) + 64);
  });
  test('a head keeps plain convolutions if C3k2 comes after it', () => {
    const rows = ['[-1, 1, Conv, [64, 3, 2]]', '[[0], 1, Detect, [nc]]', '[0, 1, C3k2, [64, False]]'];
    const result = read(file(rows, scaled));
    const boxes = conv(64, 64, 9) * 2 + 64 * 64 + 64;
    const classes = conv(64, 80, 9) + conv(80, 80, 9) + 80 * 80 + 80;
    assert.equal(result.layers[1]!.params, boxes + classes + 16);
  });
});

describe('what rows hand on', () => {
  const cut = ['[-1, 1, Conv, [8]]', '[-1, 1, CBLinear, [[8, 16]]]'];
  test('a list is for Index and CBFuse', () => {
    checkRefused([...cut, '[-1, 1, Conv, [8]]'], /is a list of tensors, which Conv cannot take/);
    assert.deepEqual(last([...cut, '[-1, 1, Index, [16, -1]]']).outputs[0], [1, 16, 32, 32]);
  });
  test('CBFuse adds equal channels, chosen by an index for each input', () => {
    assert.deepEqual(last([...cut, '[[1, 0], 1, CBFuse, [[-2]]]']).outputs[0], [1, 8, 32, 32]);
    checkRefused([...cut, '[[1, 0], 1, CBFuse, [[1]]]'], /has 16 channels, but the last input has 8/);
    checkRefused([...cut, '[[1, 1, 0], 1, CBFuse, [[0]]]'], /one index per input except the last \(2\)/);
    checkRefused(['[-1, 1, Conv, [8]]', '[-1, 1, CBLinear, [8]]'], /takes a list of channels/);
  });
  test('ImagePoolingAttn changes the text, the rows below are given its inputs', () => {
    const rows = ['[-1, 1, Conv, [16, 3, 2]]', '[-1, 1, Conv, [24, 3, 2]]', '[[0, 1], 1, ImagePoolingAttn, [64]]'];
    assert.deepEqual(last(rows).outputs[0], [1, 80, 512]);
    assert.deepEqual(last([...rows, '[-1, 1, Index, [24, 1]]']).outputs[0], [1, 24, 8, 8]);
  });
});

describe('blocks', () => {
  test('ghosts come in pairs: an odd number of hidden channels fails', () => {
    assert.equal(last(['[-1, 1, Conv, [16]]', '[-1, 1, C3Ghost, [32]]']).complete, true);
    checkRefused(['[-1, 1, Conv, [16]]', '[-1, 1, C3Ghost, [40, True, 1, 0.25]]'], /multiple of 4, not 10/);
  });
  test('MixConv2d by equal parameters: rounded shares must make up the whole', () => {
    const row = last(['[-1, 1, Conv, [24]]', '[-1, 1, MixConv2d, [40, [1, 3], 1, False]]'], v5);
    // 36 and 4 channels: 36·1² = 4·3².
    assert.equal(row.params, 2 * 36 + 6 * 4 * 9 + 80);
    checkRefused(['[-1, 1, Conv, [24]]', '[-1, 1, MixConv2d, [16, [1, 3, 5], 1, False]]'], /= 17/, v5);
  });
  test('AIFI calls its activation: text and False cannot be called', () => {
    checkRefused(['[-1, 1, Conv, [16]]', '[-1, 1, AIFI, [32, 2, 0, nn.ReLU()]]'], /cannot pass anything callable/);
    checkRefused(['[-1, 1, Conv, [16]]', '[-1, 1, AIFI, [32, 2, 0, False]]'], /cannot pass anything callable/);
  });
  test('Pose writes over two or three numbers of each key point and keeps the others', () => {
    const row = last(['[-1, 1, Conv, [64, 3, 2]]', '[[0], 1, Pose, [nc, [4, 5]]]']);
    assert.deepEqual(row.outputs[0], [1, 4 + 80 + 20, 16 * 16]);
    checkRefused(['[-1, 1, Conv, [64, 3, 2]]', '[[0], 1, Pose, [nc, 17]]'], /`kpt_shape` must be two numbers/);
  });
  test('a PReLU has one slope or one for each channel', () => {
    assert.equal(last(['[-1, 1, Conv, [16]]', '[-1, 1, nn.PReLU, [16]]']).params, 16);
    checkRefused(['[-1, 1, Conv, [16]]', '[-1, 1, nn.PReLU, [8]]'], /8 slopes, but its input has 16 channels/);
  });
  test('torchvision pools between features and classifier, which is lost when taken apart', () => {
    const whole = last(['[-1, 1, TorchVision, [1000, mobilenet_v2, DEFAULT, False]]']);
    assert.deepEqual([whole.outputs[0], whole.params], [[1, 1000], 3_504_872]);
    const features = last(['[-1, 1, TorchVision, [1280, mobilenet_v2, DEFAULT, True, 1]]']);
    assert.deepEqual([features.outputs[0], features.params], [[1, 1280, 1, 1], 2_223_872]);
  });
});

describe('torch.nn', () => {
  const check = (row: string, output: readonly number[], params = 0, macs = 0): void => {
    const found = last(['[-1, 1, Conv, [24]]', row]);
    assert.deepEqual([found.outputs[0], found.params, found.macs], [output, params, macs]);
  };
  test('LayerNorm over the last dimensions', () => {
    check('[-1, 1, nn.LayerNorm, [[32, 32]]]', [1, 24, 32, 32], 2 * 32 * 32);
    checkRefused(['[-1, 1, Conv, [24]]', '[-1, 1, nn.LayerNorm, [24]]'], /expects the last dimensions 24/);
  });
  test('Linear over the last dimension', () => {
    check('[-1, 1, nn.Linear, [32, 10]]', [1, 24, 32, 10], 330, 24 * 32 * 320);
    checkRefused(['[-1, 1, Conv, [24]]', '[-1, 1, nn.Linear, [24, 10]]'], /expects 24 input features/);
  });
  test('sequences behind Flatten', () => {
    const row = last(['[-1, 1, Conv, [24]]', '[-1, 1, nn.Flatten, [2]]', '[-1, 1, nn.Conv1d, [24, 8, 3]]']);
    assert.deepEqual([row.outputs[0], row.params, row.macs], [[1, 8, 1022], 584, 1022 * 8 * 24 * 3]);
  });
  test('GLU halves an axis', () => check('[-1, 1, nn.GLU, [1]]', [1, 12, 32, 32]));
  test('Unflatten', () => check('[-1, 1, nn.Unflatten, [1, [4, 6]]]', [1, 4, 6, 32, 32]));
  test('upsampling by its old names', () => check('[-1, 1, nn.UpsamplingBilinear2d, [None, 2]]', [1, 24, 64, 64]));
  test('adaptive pooling keeps a size that is None', () =>
    check('[-1, 1, nn.AdaptiveAvgPool2d, [[null, 5]]]', [1, 24, 32, 5]));
  test('two paddings are left and right', () => {
    check('[-1, 1, nn.ZeroPad2d, [[1, 2]]]', [1, 24, 32, 35]);
    check('[-1, 1, nn.ZeroPad2d, [-1]]', [1, 24, 30, 30]);
  });
  test('pools pad by half a window at most', () =>
    checkRefused(['[-1, 1, nn.MaxPool2d, [3, 2, 2]]'], /at most half the pooling window/));
  test('an output size and a factor exclude each other', () =>
    checkRefused(['[-1, 1, nn.Upsample, [40, 2]]'], /Set only one of them/));
});

describe('the kernels of a Bottleneck', () => {
  // Python ends in a TypeError where it takes `k[0]` of what is no list.
  for (const k of ['None', '3', '[3]', '[3, 0]', '[]', '[3, x]'])
    test(`are not ${k}`, () => checkRefused([`[-1, 1, Bottleneck, [16, True, 1, ${k}]]`], /kernel sizes of its two/));
  test('are two', () =>
    assert.equal(last(['[-1, 1, Bottleneck, [16, False, 1, [1, 3]]]']).macs, 32 * 32 * (3 * 8 + 8 * 9 * 16)));
});

describe('the file', () => {
  const pyramid = ['[-1, 1, Conv, [16, 3, 2]]'];
  test('its name chooses the scale, whatever it writes', () => {
    const result = read(file(pyramid, `scale: l\nnc: 80\nscales:\n  n: [1, 0.5, 64]\n  l: [1, 1, 64]`));
    assert.equal(result.layers[0]!.outputs[0]![1], 8);
    assert.match(result.problems[0]!.message, /does not read `scale` from a file/);
  });
  test('a scale of its name that it does not have is an error', () =>
    assert.match(errors(read(file(pyramid, scaled), { name: 'yolov8x.yaml' }))[0]!, /selects scale “x”/));
  test('YOLOv5 reads no scales', () =>
    assert.equal(last(pyramid, `${v5}\nscales:\n  n: [1, 0.5, 64]`).outputs[0]![1], 16));
  test('keys without a default must be there', () => {
    const rows = ['[-1, 1, Conv, [16]]', '[[-1], 1, Detect, [80, [[1, 2]]]]'];
    assert.deepEqual(errors(read(file(rows, 'nc: 80\nanchors: 3'))), [
      'YOLOv5 needs `depth_multiple` at the top of the file; rows are counted with 1. Add the factor for repeats, such as 0.33.',
      'YOLOv5 needs `width_multiple` at the top of the file; rows are counted with 1. Add the factor for channels, such as 0.50.',
    ]);
  });
  test('anchors are as many on each level', () => {
    const rows = [...pyramid, '[[-1, -1], 1, Detect, [nc, [[1, 2], [1, 2, 3, 4]]]]'];
    checkRefused(rows, /the same number of anchors/, v5);
  });
  test('nothing is printed where the first weights see other channels than the image has', () => {
    const printed = (row: string): number | undefined =>
      nativeFigure(price(open({ name: 'own.yaml', text: file([row]) }, defaultSettings)!, defaultSettings)!)?.value;
    // 2 · (3·16·9 + 4·16) for each place, at 640×640.
    assert.equal(printed('[-1, 1, Conv, [16, 3]]'), (2 * (432 + 64) * 640 ** 2) / 1e9);
    assert.equal(printed('[-1, 1, Focus, [16, 3]]'), undefined);
  });
});
