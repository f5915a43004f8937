// What releases of Ultralytics print, which of them read a file, and what fusing leaves: against figures that were
// published, and rule by rule.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, type NativeFigure, nativeFigure, open, price } from '../../../server/src/core/index.ts';

function figureOf(text: string, name = 'own.yaml', scale?: string): NativeFigure | undefined {
  const settings = { ...defaultSettings, scale };
  return nativeFigure(price(open({ name, text }, settings)!, settings)!);
}

const of = (figure: NativeFigure | undefined, version: string) =>
  figure?.versions.find(found => found.version === version);

const millions = (count: number): string => (count / 1e6).toFixed(1);

const head = (rows: readonly string[]): string => `head:\n${rows.map(row => `  - [${row}]\n`).join('')}`;
const file = (keys: string, backbone: readonly string[], rows: readonly string[]): string =>
  `${keys}\nbackbone:\n${backbone.map(row => `  - [${row}]\n`).join('')}${head(rows)}`;

/** The way back up and down again that all of them share: block, repeats and arguments of each of its four places. */
const neck = (p4: number, p3: number, deepest: number, blocks: readonly string[]): readonly string[] => {
  const up = '-1, 1, nn.Upsample, [None, 2, nearest]';
  const first = deepest + 1;
  return [
    up,
    `[-1, ${p4}], 1, Concat, [1]`,
    `-1, ${blocks[0]}`,
    up,
    `[-1, ${p3}], 1, Concat, [1]`,
    `-1, ${blocks[1]}`,
    '-1, 1, Conv, [256, 3, 2]',
    `[-1, ${first + 2}], 1, Concat, [1]`,
    `-1, ${blocks[2]}`,
    '-1, 1, Conv, [512, 3, 2]',
    `[-1, ${deepest}], 1, Concat, [1]`,
    `-1, ${blocks[3]}`,
  ];
};

const yolov8 = file(
  'nc: 80\nscales: {n: [0.33, 0.25, 1024], s: [0.33, 0.5, 1024], m: [0.67, 0.75, 768], l: [1, 1, 512], x: [1, 1.25, 512]}',
  [
    '-1, 1, Conv, [64, 3, 2]',
    '-1, 1, Conv, [128, 3, 2]',
    '-1, 3, C2f, [128, True]',
    '-1, 1, Conv, [256, 3, 2]',
    '-1, 6, C2f, [256, True]',
    '-1, 1, Conv, [512, 3, 2]',
    '-1, 6, C2f, [512, True]',
    '-1, 1, Conv, [1024, 3, 2]',
    '-1, 3, C2f, [1024, True]',
    '-1, 1, SPPF, [1024, 5]',
  ],
  [
    ...neck(6, 4, 9, ['3, C2f, [512]', '3, C2f, [256]', '3, C2f, [512]', '3, C2f, [1024]']),
    '[15, 18, 21], 1, Detect, [nc]',
  ],
);

const yolo11 = file(
  'nc: 80\nscales: {n: [0.5, 0.25, 1024], s: [0.5, 0.5, 1024], m: [0.5, 1, 512], l: [1, 1, 512], x: [1, 1.5, 512]}',
  [
    '-1, 1, Conv, [64, 3, 2]',
    '-1, 1, Conv, [128, 3, 2]',
    '-1, 2, C3k2, [256, False, 0.25]',
    '-1, 1, Conv, [256, 3, 2]',
    '-1, 2, C3k2, [512, False, 0.25]',
    '-1, 1, Conv, [512, 3, 2]',
    '-1, 2, C3k2, [512, True]',
    '-1, 1, Conv, [1024, 3, 2]',
    '-1, 2, C3k2, [1024, True]',
    '-1, 1, SPPF, [1024, 5]',
    '-1, 2, C2PSA, [1024]',
  ],
  [
    ...neck(6, 4, 10, [
      '2, C3k2, [512, False]',
      '2, C3k2, [256, False]',
      '2, C3k2, [512, False]',
      '2, C3k2, [1024, True]',
    ]),
    '[16, 19, 22], 1, Detect, [nc]',
  ],
);

/** YOLO26 with one of its heads. */
const yolo26 = (...rows: readonly string[]): string =>
  file(
    'nc: 80\nend2end: True\nreg_max: 1\nkpt_shape: [17, 3]\nscales: {n: [0.5, 0.25, 1024], s: [0.5, 0.5, 1024], m: [0.5, 1, 512], l: [1, 1, 512], x: [1, 1.5, 512]}',
    [
      '-1, 1, Conv, [64, 3, 2]',
      '-1, 1, Conv, [128, 3, 2]',
      '-1, 2, C3k2, [256, False, 0.25]',
      '-1, 1, Conv, [256, 3, 2]',
      '-1, 2, C3k2, [512, False, 0.25]',
      '-1, 1, Conv, [512, 3, 2]',
      '-1, 2, C3k2, [512, True]',
      '-1, 1, Conv, [1024, 3, 2]',
      '-1, 2, C3k2, [1024, True]',
      '-1, 1, SPPF, [1024, 5, 3, True]',
      '-1, 2, C2PSA, [1024]',
    ],
    [
      ...neck(6, 4, 10, [
        '2, C3k2, [512, True]',
        '2, C3k2, [256, True]',
        '2, C3k2, [512, True]',
        '1, C3k2, [1024, True, 0.5, True]',
      ]),
      ...rows,
    ],
  );

describe('the tables of Ultralytics’ documentation', () => {
  // Millions of parameters and GFLOPs of fused models, of before 8.4.112.
  const published: readonly [string, string, readonly (readonly [string, string, string])[]][] = [
    [
      'yolov8',
      yolov8,
      [
        ['n', '3.2', '8.7'],
        ['s', '11.2', '28.6'],
        ['m', '25.9', '78.9'],
        ['l', '43.7', '165.2'],
        ['x', '68.2', '257.8'],
      ],
    ],
    [
      'yolo11',
      yolo11,
      [
        ['n', '2.6', '6.5'],
        ['s', '9.4', '21.5'],
        ['m', '20.1', '68.0'],
        ['l', '25.3', '86.9'],
        ['x', '56.9', '194.9'],
      ],
    ],
    [
      'yolo26',
      yolo26('[16, 19, 22], 1, Detect, [nc]'),
      [
        ['n', '2.4', '5.4'],
        ['s', '9.5', '20.7'],
        ['m', '20.4', '68.2'],
        ['l', '24.8', '86.4'],
        ['x', '55.7', '193.9'],
      ],
    ],
    [
      'yolo26-seg',
      yolo26('[16, 19, 22], 1, Segment26, [nc, 32, 256]'),
      [
        ['n', '2.7', '9.1'],
        ['s', '10.4', '34.2'],
        ['m', '23.6', '121.5'],
        ['l', '28.0', '139.8'],
        ['x', '62.8', '313.5'],
      ],
    ],
    [
      'yolo26-pose',
      yolo26('[16, 19, 22], 1, Pose26, [nc, kpt_shape]').replace('nc: 80', 'nc: 1'),
      [
        ['n', '2.9', '7.5'],
        ['s', '10.4', '23.9'],
        ['m', '21.5', '73.1'],
        ['l', '25.9', '91.3'],
        ['x', '57.6', '201.7'],
      ],
    ],
  ];
  for (const [name, text, scales] of published) {
    for (const [scale, params, gflops] of scales) {
      test(`${name}${scale}`, () => {
        const { fused } = of(figureOf(text, `${name}.yaml`, scale), '8.4.101')!;
        assert.deepEqual([millions(fused!.params), fused!.value.toFixed(1)], [params, gflops]);
      });
    }
  }
});

describe('what releases print', () => {
  test('of YOLOv8 alike, but for the upsampling', () => {
    const figure = figureOf(yolov8, 'yolov8.yaml')!;
    assert.deepEqual(
      figure.versions.map(({ version, value }) => [version, value.toFixed(3)]),
      [
        ['8.4.117', '8.855'],
        ['8.4.101', '8.858'],
        ['8.3.63', '8.858'],
      ],
    );
    assert.equal(figure.value, figure.versions[0]!.value);
    assert.deepEqual(figure.fused, figure.versions[0]!.fused);
  });

  /** One layer on an image of 640×640, where all has the size that a layer before it leaves. */
  function check(rows: readonly string[], wanted: Readonly<Record<string, number>>): void {
    const figure = figureOf(file('nc: 80\nscales: {n: [1, 1, 1024]}', rows.slice(0, 1), rows.slice(1)));
    for (const [version, flops] of Object.entries(wanted))
      assert.equal(Math.round(of(figure, version)!.value * 1e9), flops, version);
  }
  const stem = (channels: number): readonly [string, number] => [
    `-1, 1, Conv, [${channels}, 32, 32, 0]`,
    400 * channels * (2 * 3 * 1024 + 8),
  ];

  test('a transposed convolution: by output positions up to thop 2.0.15, by input positions since', () => {
    const row = '-1, 1, nn.ConvTranspose2d, [8, 2, 2]';
    const [first, before] = stem(8);
    const once = 2 * 400 * 8 * 8 * 4;
    check([first, row], { '8.3.63': before + 4 * once, '8.4.101': before + once, '8.4.117': before + once });
  });

  test('attention: unseen up to 8.4.111, counted at 640×640 since', () => {
    const [first, before] = stem(128);
    // cv1, cv2; qkv, proj, pe; ffn: with 8 for each element of their norms.
    const convs = [
      [128, 128],
      [128, 128],
      [64, 128],
      [64, 64],
      [9, 64],
      [64, 128],
      [128, 64],
    ] as const;
    const plain = convs.reduce((sum, [taps, out]) => sum + 400 * out * (2 * taps + 8), 0);
    const products = 2 * 400 ** 2 * (32 + 64);
    check([first, '-1, 1, C2PSA, [128]'], { '8.4.101': before + plain, '8.4.117': before + plain + products });
  });

  test('a linear layer behind global pooling: 400 times up to 8.4.111, once since', () => {
    const [first, before] = stem(8);
    const conv = 400 * 1280 * (2 * 8 + 8);
    const linear = 2 * 1280 * 80;
    check([first, '-1, 1, Classify, [nc]'], {
      // One place, and its mean.
      '8.4.101': before + conv + 400 * (linear + 2 * 2 * 1280),
      '8.4.117': before + conv + linear + 2 * (400 * 1280 + 1280),
    });
  });

  test('multi-head attention: unseen by thop 2.0, whole with 2.1, and its linear layers unscaled', () => {
    const [first, before] = stem(8);
    const figure = figureOf(
      file('nc: 80\nscales: {n: [1, 1, 1024]}', [first], ['-1, 1, AIFI, [16, 2]', '-1, 1, Classify, [nc]']),
    );
    // Two linear layers on one token times 400, two layer norms of 8 an element.
    const rest = 400 * (1280 * (2 * 8 + 8) + 2 * 1280 * 80 + 4 * 1280);
    assert.equal(Math.round(of(figure, '8.4.101')!.value * 1e9), before + 400 * (2 * 2 * 16 * 8 + 2 * 8 * 8) + rest);
    const attention = 4 * 400 * 8 * 8 + 2 * 400 ** 2 * 8 + 2 * 400 * (3 * 400 - 1);
    const now = 400 * 1280 * (2 * 8 + 8) + 2 * 1280 * 80 + 2 * (400 * 1280 + 1280);
    assert.equal(
      Math.round(of(figure, '8.4.117')!.value * 1e9),
      before + 2 * attention + 400 * (2 * 2 * 16 * 8 + 2 * 8 * 8) + now,
    );
  });
});

describe('releases whose figure is told', () => {
  const all = ['8.4.117', '8.4.101', '8.3.63'];
  const scaled = 'nc: 80\nscales: {n: [1, 0.5, 1024]}';
  const check = (title: string, keys: string, rows: readonly string[], wanted: readonly string[]): void => {
    test(title, () => {
      const text = file(keys, ['-1, 1, Conv, [64, 3, 2]', '-1, 1, Conv, [128, 3, 2]'], rows);
      assert.deepEqual(
        figureOf(text)?.versions.map(({ version }) => version),
        wanted,
      );
    });
  };
  const detect = '[-1, 1], 1, Detect, [nc]';
  check('are all for what has always been there', scaled, ['-1, 1, Conv, [64]', detect], all);
  check('are those that have the module', scaled, ['-1, 1, A2C2f, [128, False, 1]', detect], ['8.4.117', '8.4.101']);
  check('are those that know the arguments', scaled, ['-1, 1, SPPF, [64, 5, 3, True]', detect], ['8.4.117', '8.4.101']);
  check('are those that read a key', `${scaled}\nend2end: True`, ['-1, 1, Conv, [64]', detect], ['8.4.117', '8.4.101']);
  check('are all where it says what is so anyway', `${scaled}\nend2end: False\nreg_max: 16`, [detect], all);
  check('are all where no head goes by it', `${scaled}\nreg_max: 1`, ['[-1, 1], 1, v10Detect, [nc]'], all);
  check('are those that make the head light', scaled, ['-1, 1, C2fCIB, [128, True]', detect], ['8.4.117', '8.4.101']);
  check(
    'are all where it was light before',
    scaled,
    ['-1, 1, C3k2, [128, False]', '-1, 1, C2fCIB, [128, True]', detect],
    all,
  );
  check('are those that find a scale', 'nc: 80', ['-1, 1, C3k2, [128, False]', detect], ['8.4.117', '8.4.101']);
  check('are those that give narrow attention a head', scaled, ['-1, 1, C2PSA, [128]', detect], ['8.4.117']);
  check('and in PSA since 8.4', scaled, ['-1, 1, PSA, [128]', detect], ['8.4.117', '8.4.101']);
  check(
    'are those that scale a row of as many channels as classes',
    scaled,
    ['-1, 1, Conv, [80]', detect],
    ['8.4.117'],
  );
  check('are those that can mean an argument', scaled, ['-1, 1, C3k2, [128, False, 0.5, 2]', detect], ['8.3.63']);
  check(
    'are those that take None for an activation',
    scaled,
    ['-1, 1, AIFI, [64, 8, 0, None]', '-1, 1, Classify, [nc]'],
    ['8.4.117'],
  );
  // The second level is a quarter of the first, where 8.4.104 and later enlarge it twice.
  check(
    'are those that fit a level to the first',
    scaled,
    ['-1, 1, Conv, [128, 3, 4]', '[1, 2], 1, Segment26, [nc, 32, 64]'],
    ['8.4.101'],
  );
  check('are those whose thop counts a shared PReLU once', `${scaled}\nactivation: nn.PReLU()`, [detect], ['8.4.117']);
});

describe('fusing', () => {
  /** Enough norms for `is_fused` to say no. */
  const stem = Array.from({ length: 10 }, () => '-1, 1, Conv, [8, 3, 2]').slice(0, 5);
  const more = Array.from({ length: 5 }, () => '-1, 1, Conv, [8]');
  const fusedOf = (rows: readonly string[]) =>
    figureOf(file('nc: 80\nscales: {n: [1, 1, 1024]}', [...stem, ...more], rows));
  const before = 3 * 9 * 8 + 4 * 8 * 9 * 8 + 5 * 8 * 8 + 10 * 8;
  const check = (title: string, row: string, params: number): void => {
    test(title, () => assert.equal(fusedOf([row])!.fused!.params, before + params));
  };
  check('folds a norm into its convolution', '-1, 1, Conv, [16, 3]', 8 * 16 * 9 + 16);
  check('of DWConv too', '-1, 1, DWConv, [8, 3]', 8 * 9 + 8);
  check('and of ConvTranspose', '-1, 1, ConvTranspose, [16]', 8 * 16 * 4 + 16);
  check('leaves a ConvTranspose with a bias', '-1, 1, ConvTranspose, [16, 2, 2, 0, False]', 8 * 16 * 4 + 16);
  check('makes one convolution of RepConv', '-1, 1, RepConv, [8, 8, 3, 1, 1, 1, 1, True, True]', 8 * 8 * 9 + 8);
  check('and of RepVGGDW', '-1, 1, RepVGGDW, [8]', 8 * 49 + 8);
  check('and of Conv2', '-1, 1, Conv2, [8, 8]', 8 * 8 * 9 + 8);
  check('leaves a norm that stands alone', '-1, 1, nn.BatchNorm2d, []', 2 * 8);

  test('takes the one-to-many branches away from 8.4.0 on', () => {
    const figure = fusedOf(['[-1], 1, v10Detect, [nc]']);
    const [now, earlier] = [of(figure, '8.4.101')!.fused!, of(figure, '8.3.63')!.fused!];
    // Boxes: 3×3 to 64, 3×3, 1×1; classes: depthwise 3×3 and 1×1 to 80, again, 1×1. All with biases by now.
    const boxes = 8 * 64 * 9 + 64 + 64 * 64 * 9 + 64 + 64 * 64 + 64;
    const classes = 8 * 9 + 8 + 8 * 80 + 80 + 80 * 9 + 80 + 80 * 80 + 80 + 80 * 80 + 80;
    assert.equal(earlier.params - now.params, boxes + classes);
    assert.equal(now.params, before + boxes + classes + 16);
  });

  test('folds what training alone runs, too', () => {
    // One classifier for the first level, one that only training runs for the second: 3×3 and 1×1, both with biases.
    const classifier = 8 * 8 * 9 + 8 + 8 * 19 + 19;
    assert.equal(fusedOf(['[-1, -1], 1, SemanticSegment, [19]'])!.fused!.params, before + 2 * classifier);
  });

  test('does nothing to fewer than ten norms', () => {
    const rows = Array.from({ length: 8 }, () => '-1, 1, Conv, [8]');
    const few = figureOf(file('nc: 80', ['-1, 1, Conv, [8, 3, 2]'], rows))!;
    const enough = figureOf(file('nc: 80', ['-1, 1, Conv, [8, 3, 2]'], ['-1, 1, Conv, [8]', ...rows]))!;
    assert.equal(few.fused!.value, few.value);
    assert.ok(enough.fused!.value < enough.value);
  });
});
