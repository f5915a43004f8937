// The other YOLO families: whose a file is, and rows of modules whose numbers are worked out by hand from their layers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, open, price, type RowReport, report } from '../../../server/src/core/index.ts';

interface Reading {
  readonly dialect: string | undefined;
  readonly because: string | undefined;
  readonly result: ReturnType<typeof report>;
  readonly fixes: readonly string[];
}

function read(text: string, name = 'own.yaml', dialect?: string): Reading {
  const settings = { ...defaultSettings, dialect, input: [{ sizes: [3, 64, 64] }] };
  const analysed = price(open({ name, text }, settings)!, settings)!;
  const fixes = analysed.problems.flatMap(({ fixes: list }) =>
    (list ?? []).flatMap(({ edits }) => edits.map(({ text: t }) => t)),
  );
  const { dialect: chosen, dialectBecause: because } = analysed.spec;
  return { dialect: chosen, because, result: report(analysed, { file: name }), fixes };
}

/** Rows behind a stem of 64 channels at 32×32; the last one is looked at. */
function file(rows: readonly string[], keys = 'nc: 3\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1'): string {
  const list = ['[-1, 1, Conv, [64, 3, 2]]', ...rows];
  return `${keys}\nbackbone:\n${list.map(row => `  - ${row}`).join('\n')}\nhead:\n  - [-1, 1, nn.Identity, []]\n`;
}

function last(dialect: string, rows: readonly string[]): RowReport {
  const { result } = read(file(rows), 'own.yaml', dialect);
  assert.deepEqual(
    result.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return result.layers[rows.length]!;
}

interface Expected {
  readonly out: readonly number[];
  readonly params: number;
  readonly macs: number;
}

function checkRow(dialect: string, row: string, { out, params, macs }: Expected): void {
  const found = last(dialect, [row]);
  assert.deepEqual({ out: found.outputs[0], params: found.params, macs: found.macs }, { out, params, macs });
}

const places = 32 * 32;
/** Weights of a convolution without bias, and of its batch norm. */
const conv = (c1: number, c2: number, k = 1, g = 1): number => (c1 / g) * c2 * k * k + 2 * c2;
const work = (c1: number, c2: number, k = 1, g = 1, at = places): number => (c1 / g) * c2 * k * k * at;

describe('YOLOv7', () => {
  test('RepConv has a third path where channels and size stay', () =>
    checkRow('yolov7', '[0, 1, RepConv, [64]]', {
      out: [1, 64, 32, 32],
      params: conv(64, 64, 3) + conv(64, 64) + 2 * 64,
      macs: work(64, 64, 3) + work(64, 64),
    }));
  test('RepConv deployed is one convolution with bias', () =>
    checkRow('yolov7', '[0, 1, RepConv, [32, 3, 2, None, 1, True, True]]', {
      out: [1, 32, 16, 16],
      params: 64 * 32 * 9 + 32,
      macs: work(64, 32, 3, 1, 256),
    }));
  test('SPPCSPC', () =>
    checkRow('yolov7', '[0, 1, SPPCSPC, [32]]', {
      out: [1, 32, 32, 32],
      params: 2 * conv(64, 32) + 2 * conv(32, 32, 3) + conv(32, 32) + conv(128, 32) + conv(64, 32),
      macs: 2 * work(64, 32) + 2 * work(32, 32, 3) + work(32, 32) + work(128, 32) + work(64, 32),
    }));
  for (const [kind, params] of [
    ['A', 2 * conv(64, 32) + conv(64, 64) + 2 * (conv(32, 16) + conv(16, 16, 3) + conv(16, 32))],
    ['B', conv(64, 64) + conv(64, 64) + conv(128, 64) + 2 * (conv(64, 32) + conv(32, 32, 3) + conv(32, 64))],
    ['C', 2 * conv(64, 32) + conv(32, 32) + conv(64, 64) + 2 * (conv(32, 16) + conv(16, 16, 3) + conv(16, 32))],
  ] as const) {
    test(`ResCSP${kind} takes its repeats as an argument`, () =>
      assert.equal(last('yolov7', [`[0, 2, ResCSP${kind}, [64]]`]).params, params));
  }
  test('Swin layers pad to whole windows and attend inside them', () => {
    // 32×32 is padded to 36×36: 36 windows of 6×6 places; two layers, the second one shifted.
    const [n, c, tokens] = [36, 64, 36 * 36];
    const layer = tokens * (3 * c * c + c * c + 8 * c * c) + 2 * tokens * n * c;
    const own = 4 * c + (3 * c * c + 3 * c) + (c * c + c) + (8 * c * c + 5 * c) + 11 * 11 * 2;
    checkRow('yolov7', '[0, 1, SwinTransformerBlock, [64, 2, 2, 6]]', {
      out: [1, 64, 32, 32],
      params: 2 * own,
      macs: 2 * layer,
    });
  });
  test('ReOrg, Chuncat, Shortcut and Foldcut move or add, without parameters', () => {
    for (const [row, channels, size] of [
      ['[0, 1, ReOrg, []]', 256, 16],
      ['[[0, 0], 1, Chuncat, [1]]', 128, 32],
      ['[[0, 0], 1, Shortcut, [1]]', 64, 32],
      ['[0, 1, Foldcut, [1]]', 32, 32],
    ] as const)
      checkRow('yolov7', row, { out: [1, channels, size, size], params: 0, macs: 0 });
  });
  test('RepConv_OREPA makes its kernel at every call', () => {
    const c = 64;
    const branches = 2 * c * c + c * c + 9 * c * c + 8 * 9 * c + 8 * c * c + 6 * c;
    checkRow('yolov7', '[0, 1, RepConv_OREPA, [64]]', {
      out: [1, 64, 32, 32],
      params: conv(c, c, 3) + branches + conv(c, c) + 2 * c,
      macs: work(c, c, 3) + work(c, c) + 9 * c * c * c + c * 9 * 8 * c,
    });
  });
  test('IAuxDetect runs its auxiliary half too', () => {
    const out = 2 * 8;
    checkRow('yolov7', '[[0, 0], 1, IAuxDetect, [nc, [[1, 2, 3, 4]]]]', {
      out: [1, 2 * places, 8],
      params: 2 * (64 * out + out) + 64 + out,
      macs: 2 * work(64, out),
    });
  });
});

describe('YOLOv9', () => {
  test('DDetect has four groups in its box branch, and a fixed convolution over the bins', () =>
    checkRow('yolov9', '[[0], 1, DDetect, [nc]]', {
      out: [1, 7, places],
      params: 2 * conv(64, 64, 3) + conv(64, 64, 3) + conv(64, 64, 3, 4) + 64 * 16 + 64 + (64 * 3 + 3) + 16,
      macs: 3 * work(64, 64, 3) + work(64, 64, 3, 4) + work(64, 64, 1, 4) + work(64, 3) + 16 * 4 * places,
    }));
  test('DualDDetect hands on both sets', () =>
    assert.deepEqual(last('yolov9', ['[[0, 0], 1, DualDDetect, [nc]]']).outputs, [
      [1, 7, places],
      [1, 7, places],
    ]));
  test('DSegment makes prototypes of its last input', () =>
    assert.deepEqual(last('yolov9', ['[[0, 0], 1, DSegment, [nc, 8, 32]]']).outputs, [[1, 7 + 8, places]]));
  test('CBLinear and CBFuse', () => {
    const row = last('yolov9', ['[0, 1, CBLinear, [[32, 64]]]', '[[1, 0], 1, CBFuse, [[1]]]']);
    assert.deepEqual(row.outputs[0], [1, 64, 32, 32]);
  });
});

describe('ScaledYOLOv4, YOLOv5-face, YOLOv5-Lite and TPH-YOLOv5', () => {
  test('VoVCSP sees half of the channels', () =>
    checkRow('scaledyolov4', '[-1, 1, VoVCSP, [32]]', {
      out: [1, 32, 32, 32],
      params: conv(32, 16, 3) + conv(16, 16, 3) + conv(32, 32),
      macs: work(32, 16, 3) + work(16, 16, 3) + work(32, 32),
    }));
  test('HarDBlock: layers read those a power of two before them', () =>
    // Growth 8, factor 2. Layer 1 reads 0; layer 2 reads 1 and 0 and makes 16; layer 3 reads 2. Handed on: 1 and 3.
    checkRow('scaledyolov4', '[-1, 1, HarDBlock, [8, 2, 3]]', {
      out: [1, 16, 32, 32],
      params: conv(64, 8, 3) + conv(72, 16, 3) + conv(16, 8, 3),
      macs: work(64, 8, 3) + work(72, 16, 3) + work(16, 8, 3),
    }));
  test('a HarDBlock2 costs what its layers read, each convolution with a bias', () =>
    // Convolution 0 makes the 8 of layer 1 and the 16 of layer 2; convolution 1 those 16 again; convolution 2 the 8.
    assert.equal(
      last('scaledyolov4', ['[-1, 1, HarDBlock2, [8, 2, 3]]']).params,
      (64 * 9 + 1) * 24 + 16 + (8 * 9 + 1) * 16 + 32 + (16 * 9 + 1) * 8 + 16,
    ));
  test('Detect of YOLOv5-face has ten numbers more for each anchor', () =>
    checkRow('yolov5-face', '[[0], 1, Detect, [nc, anchors]]', {
      out: [1, 3 * places, 18],
      params: 64 * 54 + 54,
      macs: work(64, 54),
    }));
  test('BlazeBlock: its convolutions have biases', () =>
    checkRow('yolov5-face', '[-1, 1, BlazeBlock, [64]]', {
      out: [1, 64, 32, 32],
      params: 25 * 64 + 64 + 128 + (64 * 64 + 64 + 128),
      macs: work(64, 64, 5, 64) + work(64, 64),
    }));
  test('ES_Bottleneck at stride 1 keeps the parameters of branches that it does not call', () => {
    const excite = 32 * 8 + 8 + 8 * 32 + 32;
    const second = conv(32, 32) + conv(32, 32, 3, 32) + excite + conv(32, 32);
    const third = conv(32, 16) + conv(16, 16, 3, 16) + excite + conv(32, 32);
    const fourth = conv(64, 64, 3, 64) + conv(64, 64);
    checkRow('yolov5-lite', '[0, 1, ES_Bottleneck, [64, 1]]', {
      out: [1, 64, 32, 32],
      params: second + third + fourth,
      macs: work(32, 16) + work(16, 16, 3, 16) + 2 * 32 * 8 + work(32, 32),
    });
  });
  test('CBAM of TPH-YOLOv5 runs its two linear layers twice with the same weights', () =>
    checkRow('tph-yolov5', '[0, 1, CBAM, [64]]', {
      out: [1, 64, 32, 32],
      params: 64 * 4 + 4 + 4 * 64 + 64 + 2 * 49 + 1,
      macs: 2 * 2 * 64 * 4 + places * 2 * 49,
    }));
  test('C3TR of TPH-YOLOv5 is wider than YOLOv5’s', () => {
    const row = '[0, 1, C3TR, [64]]';
    assert.equal(last('tph-yolov5', [row]).params! - last('yolov5', [row]).params!, 2 * 3 * 32 * 32 + 4 * 32);
  });
});

describe('YOLOv13', () => {
  const keys = 'nc: 3\nscales:\n  s: [1, 1, 1024]';
  const rows = (row: string): string => file(['[0, 1, Conv, [64, 3, 2]]', '[1, 1, Conv, [128, 3, 2]]', row], keys);
  test('DSConv is a depthwise and a 1×1 convolution under one norm', () => {
    const { result, dialect } = read(rows('[0, 1, DSConv, [32, 3, 2]]'));
    assert.equal(dialect, 'yolov13');
    assert.deepEqual(
      [result.layers[3]!.params, result.layers[3]!.macs],
      [64 * 9 + 64 * 32 + 64, 256 * (64 * 9 + 64 * 32)],
    );
  });
  test('HyperACE', () => {
    const [c, edges, n] = [32, 8, 16 * 16];
    // 64 channels out, 32 inside; two hypergraph branches, two heads each.
    const branch = 2 * conv(c, c) + conv(2 * c, c) + edges * c + (2 * c * edges * c + edges * c) + 3 * (c * c + c);
    const dsConv = (k: number): number => c * k * k + conv(c, c);
    const params = conv(256, 64) + conv(64, 96) + 2 * branch + dsConv(3) + dsConv(5) + conv(5 * c, 64);
    const linear = 2 * c * edges * c + 2 * n * c * c + edges * c * c;
    const branchWork = n * (2 * c * c + 2 * c * c) + linear + 3 * n * edges * c;
    const pairs = n * (c * 9 + c * c + c * 25 + c * c);
    const { result } = read(
      rows('[[0, 1, 2], 1, HyperACE, [64, 8, False, False, 1.0, 1, both]]').replace('1.0, 1, both', '0.5, 1, both'),
    );
    const row = result.layers[3]!;
    assert.deepEqual(row.outputs[0], [1, 64, 16, 16]);
    // DSBottleneck halves inside: 32 → 16 → 32.
    const half = c * 9 + conv(c, c / 2) + (c / 2) * 25 + conv(c / 2, c);
    const halfWork = n * (c * 9 + (c * c) / 2 + (c / 2) * 25 + (c * c) / 2);
    assert.equal(row.params, params - dsConv(3) - dsConv(5) + half);
    assert.equal(row.macs, n * (256 * 64 + 64 * 96 + 5 * c * 64) + 2 * branchWork + halfWork);
    assert.ok(pairs > halfWork);
  });
  test('A2C2f is the fork’s: 5×5 position encoding', () => {
    const five = read(file(['[0, 1, A2C2f, [64, True, 4]]'], keys), 'own.yaml', 'yolov13').result.layers[1]!;
    const seven = read(file(['[0, 1, A2C2f, [64, True, 4]]'], keys)).result.layers[1]!;
    assert.equal(seven.params! - five.params!, 2 * 32 * (49 - 25));
  });
});

describe('whose a file is', () => {
  const anchored = 'nc: 3\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1';
  const check = (dialect: string, rows: readonly string[], name?: string, keys = anchored): string | undefined => {
    const found = read(file(rows, keys), name);
    assert.equal(found.dialect, dialect);
    return found.because;
  };
  test('modules tell', () => {
    assert.match(check('yolov7', ['[-1, 1, MP, []]', '[[-1], 1, IDetect, [nc, anchors]]'])!, /it uses MP and IDetect/);
    check('yolov9', ['[-1, 1, RepNCSPELAN4, [64, 64, 32, 1]]', '[[-1], 1, DDetect, [nc]]']);
    check('scaledyolov4', ['[-1, 1, BottleneckCSP2, [64]]']);
    check('yolov5-face', ['[-1, 1, ShuffleV2Block, [64, 1]]']);
    check('yolov5-lite', ['[-1, 1, Shuffle_Block, [64, 1]]']);
    check('tph-yolov5', ['[-1, 1, C3STR, [64]]']);
    check('yolov13', ['[-1, 1, DSC3k2, [64, False]]'], undefined, 'nc: 3');
  });
  test('heads tell: classes alone are YOLOv9’s', () => {
    check('yolov9', ['[[-1], 1, Detect, [nc]]'], 'yolov7-own.yaml');
    check('yolov5', ['[[-1], 1, Detect, [nc, anchors]]']);
  });
  test('where several fit, the name decides, then comments, then the order', () => {
    const rows = ['[[-1], 1, Detect, [nc, anchors]]'];
    check('yolov5', rows);
    assert.match(check('yolov5-face', rows, 'yolov5s-face.yaml')!, /name says so/);
    assert.match(check('yolov7', rows, 'own.yaml', `# yolov7 deploy\n${anchored}`)!, /comments say so/);
    check('ultralytics', ['[[-1], 1, Detect, [nc]]'], 'own.yaml', 'nc: 3');
  });
  test('a comment in the file decides before all', () =>
    assert.equal(read(`# flopline: dialect=yolov7\n${file(['[-1, 1, Conv, [64]]'])}`).dialect, 'yolov7'));
  test('a module of another dialect says whose it is, and offers to say so in the file', () => {
    const { result, fixes } = read(file(['[-1, 1, C3STR, [64]]']), 'own.yaml', 'yolov5');
    assert.match(
      result.problems.find(({ code }) => code === 'unknown-module')!.message,
      /is a module of TPH-YOLOv5: set dialect=tph-yolov5/,
    );
    assert.deepEqual(fixes, ['# flopline: dialect=tph-yolov5\n']);
  });
});

describe('what the repositories themselves cannot run is reported', () => {
  const complains = (dialect: string, row: string, code: string): void => {
    const { result } = read(file([row]), 'own.yaml', dialect);
    const errors = result.problems.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ code: found, line }) => [found, line]),
      [[code, 7]],
      errors.map(({ message }) => message).join(' '),
    );
  };
  test('RepBottleneckCSPA of YOLOv7', () => complains('yolov7', '[0, 1, RepBottleneckCSPA, [64]]', 'channel-mismatch'));
  test('GhostBottleneck at stride 2 of YOLOv5-Lite', () =>
    complains('yolov5-lite', '[0, 1, GhostBottleneck, [64, 3, 2]]', 'fixed-argument'));
  test('Hswish as a row of YOLOv5-Lite', () => complains('yolov5-lite', '[0, 1, Hswish, [64]]', 'too-many-arguments'));
  test('Foldcut along the batch', () => complains('yolov7', '[0, 1, Foldcut, []]', 'size-not-divisible-by-factor'));
  test('a shuffle block that changes channels at stride 1', () =>
    complains('yolov5-lite', '[0, 1, Shuffle_Block, [32, 1]]', 'keeps-channels'));
  test('ScaledYOLOv4 takes the channels of the row before', () => {
    const text = file(['[-1, 1, Conv, [32]]', '[-1, 1, Conv, [16]]', '[2, 1, BottleneckCSP2, [16]]']);
    const { result } = read(text, 'own.yaml', 'scaledyolov4');
    assert.match(
      result.problems.find(({ code }) => code === 'channel-mismatch')!.message,
      /expects 32 input channels, but gets 16/,
    );
  });
});
