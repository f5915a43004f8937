// Backbones of torchvision: parameters as torchvision publishes them (`num_params` of each model's default weights),
// multiply-accumulates as a run of torchvision 0.14 has them, counted at convolutions and matrix products.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, open, price, type RowReport, report } from '../../../server/src/core/index.ts';

function read(
  args: string,
  input: readonly number[],
  rest: readonly string[] = [],
  dialect?: string,
): ReturnType<typeof report> {
  const rows = [`[-1, 1, TorchVision, [64, ${args}]]`, ...rest].map(row => `  - ${row}\n`).join('');
  const text = `nc: 80\nbackbone:\n${rows}head:\n  - [-1, 1, nn.Identity, []]\n`;
  const settings = { ...defaultSettings, dialect, input: [{ sizes: input }] };
  return report(price(open({ name: 'own.yaml', text }, settings)!, settings)!, { file: 'own.yaml' });
}

/** The row, which nobody complains of. */
function row(args: string, size: number, dialect?: string): RowReport {
  const { layers, problems } = read(args, [3, size, size], [], dialect);
  const told = problems.filter(({ line }) => line === 3).map(({ message }) => message);
  assert.deepEqual(told, []);
  return layers[0]!;
}

function checkRefused(args: string, size: number, words: RegExp, dialect?: string): void {
  const { layers, problems } = read(args, [3, size, size], [], dialect);
  assert.equal(layers[0]!.complete, false);
  const told = problems.filter(({ line }) => line === 3);
  assert.equal(told.length, 1);
  assert.match(told[0]!.message, words);
}

/** Name, published parameters, and multiply-accumulates at 224×224 (inception_v3: 299×299). */
const published: readonly (readonly [string, number, number])[] = [
  ['alexnet', 61_100_840, 714_188_480],
  ['convnext_base', 88_591_464, 15_354_729_472],
  ['convnext_large', 197_767_336, 34_361_433_600],
  ['convnext_small', 50_223_688, 8_683_712_256],
  ['convnext_tiny', 28_589_128, 4_455_531_264],
  ['densenet121', 7_978_856, 2_834_161_664],
  ['densenet161', 28_681_000, 7_727_907_072],
  ['densenet169', 14_149_480, 3_359_843_328],
  ['densenet201', 20_013_928, 4_291_365_888],
  ['efficientnet_b0', 5_288_548, 385_814_752],
  ['efficientnet_b1', 7_794_184, 569_651_680],
  ['efficientnet_b2', 9_109_994, 658_963_440],
  ['efficientnet_b3', 12_233_232, 962_708_240],
  ['efficientnet_b4', 19_341_616, 1_503_710_432],
  ['efficientnet_b5', 30_389_784, 2_356_493_184],
  ['efficientnet_b6', 43_040_704, 3_360_166_848],
  ['efficientnet_b7', 66_347_960, 5_169_865_152],
  ['efficientnet_v2_l', 118_515_272, 12_231_188_544],
  ['efficientnet_v2_m', 54_139_356, 5_362_207_200],
  ['efficientnet_v2_s', 21_458_488, 2_849_895_872],
  ['googlenet', 6_624_904, 1_498_376_192],
  ['inception_v3', 27_161_264, 5_713_216_096],
  ['mnasnet0_5', 2_218_512, 104_455_968],
  ['mnasnet0_75', 3_170_208, 215_493_104],
  ['mnasnet1_0', 4_383_312, 314_415_872],
  ['mnasnet1_3', 6_282_256, 526_362_432],
  ['mobilenet_v2', 3_504_872, 300_774_272],
  ['mobilenet_v3_large', 5_483_032, 216_589_760],
  ['mobilenet_v3_small', 2_542_856, 56_510_400],
  ['regnet_x_16gf', 54_278_536, 15_940_755_456],
  ['regnet_x_1_6gf', 9_190_136, 1_602_849_792],
  ['regnet_x_32gf', 107_811_560, 31_735_929_792],
  ['regnet_x_3_2gf', 15_296_552, 3_176_621_952],
  ['regnet_x_400mf', 5_495_976, 413_812_608],
  ['regnet_x_800mf', 7_259_656, 799_699_712],
  ['regnet_x_8gf', 39_572_648, 7_995_132_416],
  ['regnet_y_16gf', 83_590_140, 15_911_510_272],
  ['regnet_y_1_6gf', 11_202_430, 1_612_076_160],
  ['regnet_y_32gf', 145_046_770, 32_279_552_832],
  ['regnet_y_3_2gf', 19_436_338, 3_176_482_752],
  ['regnet_y_400mf', 4_344_144, 401_842_848],
  ['regnet_y_800mf', 6_432_512, 833_856_256],
  ['regnet_y_8gf', 39_381_472, 8_473_070_592],
  ['resnet101', 44_549_160, 7_801_405_440],
  ['resnet152', 60_192_808, 11_513_626_624],
  ['resnet18', 11_689_512, 1_814_073_344],
  ['resnet34', 21_797_672, 3_663_761_408],
  ['resnet50', 25_557_032, 4_089_184_256],
  ['resnext101_32x8d', 88_791_336, 16_414_015_488],
  ['resnext101_64x4d', 83_455_272, 15_460_270_080],
  ['resnext50_32x4d', 25_028_904, 4_230_479_872],
  ['shufflenet_v2_x0_5', 1_366_792, 40_476_448],
  ['shufflenet_v2_x1_0', 2_278_604, 144_907_992],
  ['shufflenet_v2_x1_5', 3_503_624, 295_759_392],
  ['shufflenet_v2_x2_0', 7_393_996, 583_253_464],
  ['squeezenet1_0', 1_248_424, 818_924_576],
  ['squeezenet1_1', 1_235_496, 349_151_936],
  ['swin_b', 87_768_224, 15_429_922_816],
  ['swin_s', 49_606_258, 8_740_107_264],
  ['swin_t', 28_288_354, 4_489_798_656],
  ['swin_v2_b', 87_930_848, 17_046_654_976],
  ['swin_v2_s', 49_737_442, 9_694_516_224],
  ['swin_v2_t', 28_351_570, 4_937_696_256],
  ['vgg11', 132_863_336, 7_609_090_048],
  ['vgg11_bn', 132_868_840, 7_609_090_048],
  ['vgg13', 133_047_848, 11_308_466_176],
  ['vgg13_bn', 133_053_736, 11_308_466_176],
  ['vgg16', 138_357_544, 15_470_264_320],
  ['vgg16_bn', 138_365_992, 15_470_264_320],
  ['vgg19', 143_667_240, 19_632_062_464],
  ['vgg19_bn', 143_678_248, 19_632_062_464],
  ['vit_b_16', 86_567_656, 17_563_060_224],
  ['vit_b_32', 88_224_232, 4_408_418_304],
  ['vit_l_16', 304_326_632, 61_553_688_576],
  ['vit_l_32', 306_535_400, 15_376_515_072],
  ['wide_resnet101_2', 126_886_696, 22_753_050_624],
  ['wide_resnet50_2', 68_883_240, 11_398_021_120],
  ['regnet_y_128gf', 644_812_894, 127_517_815_680],
];

/** The features that `head` or `heads` reads: an Identity takes its place, its parameters and its work are gone. */
const heads: Readonly<Record<string, number>> = {
  swin_t: 768,
  swin_s: 768,
  swin_b: 1024,
  swin_v2_t: 768,
  swin_v2_s: 768,
  swin_v2_b: 1024,
  vit_b_16: 768,
  vit_b_32: 768,
  vit_l_16: 1024,
  vit_l_32: 1024,
};

const sizes: Readonly<Record<string, number>> = { inception_v3: 299 };

describe('a whole model (unwrap: False)', () => {
  for (const [name, params, macs] of published) {
    test(name, () => {
      const found = row(`${name}, DEFAULT, False`, sizes[name] ?? 224);
      const features = heads[name];
      assert.deepEqual(found.outputs[0], [1, features ?? 1000]);
      const lost = features === undefined ? 0 : features * 1000 + 1000;
      assert.deepEqual({ params: found.params, macs: found.macs }, { params: params - lost, macs });
    });
  }
  test('without weights GoogLeNet keeps two heads for training, which do no work', () => {
    const trained = row('googlenet, DEFAULT, False', 224);
    const bare = row('googlenet, None, False', 224);
    const linear = 2048 * 1024 + 1024 + 1024 * 1000 + 1000;
    assert.equal(bare.params! - trained.params!, 2 * (linear + 2 * 128) + (512 + 528) * 128);
    assert.equal(bare.macs, trained.macs);
  });
  test('weights say which images a vision transformer takes', () => {
    // One position for each patch, and one for the class token.
    const grown = row('vit_b_16, IMAGENET1K_SWAG_E2E_V1, False', 384).params!;
    assert.equal(grown - row('vit_b_16, DEFAULT, False', 224).params!, (24 ** 2 - 14 ** 2) * 768);
    assert.equal(row('vit_b_16, ViT_B_16_Weights.IMAGENET1K_SWAG_E2E_V1, False', 384).params, grown);
    checkRefused('vit_b_16, DEFAULT, False', 256, /224×224 images only.*256×256/);
  });
  test('vit_h_14’s default weights take 518×518; its published parameters, less the head’s', () =>
    assert.equal(row('vit_h_14, DEFAULT, False', 518).params, 633_470_440 - (1280 * 1000 + 1000)));
  test('names may be written in any case', () =>
    assert.equal(row('ResNet18, DEFAULT, False', 64).params, row('resnet18, DEFAULT, False', 64).params));
});

describe('a model taken apart', () => {
  /** The input and what each layer makes of it, as channels and side; a run of torchvision gives the same. */
  const split: readonly (readonly [string, string, number, readonly string[]])[] = [
    [
      'features of densenet121, without its last activation',
      'densenet121, DEFAULT, True, 1',
      72,
      '3×72 64×36 64×36 64×36 64×18 256×18 128×9 512×9 256×4 1024×4 512×2 1024×2 1024×2'.split(' '),
    ],
    [
      'efficientnet_b0, with its pooling',
      'efficientnet_b0, DEFAULT, True, 1',
      72,
      '3×72 32×36 16×36 24×18 40×9 80×5 112×5 192×3 320×3 1280×3 1280×1'.split(' '),
    ],
    [
      'mobilenet_v3_small',
      'mobilenet_v3_small, DEFAULT, True, 2',
      64,
      '3×64 16×32 16×16 24×8 24×8 40×4 40×4 40×4 48×4 48×4 96×2 96×2 96×2 576×2'.split(' '),
    ],
    [
      'regnet_y_400mf: the stem is taken apart, the trunk is one',
      'regnet_y_400mf, DEFAULT, True, 2',
      64,
      '3×64 32×32 32×32 32×32 440×2'.split(' '),
    ],
    [
      'shufflenet_v2_x1_0: the first convolution is taken apart',
      'shufflenet_v2_x1_0, DEFAULT, True, 1',
      64,
      '3×64 24×32 24×32 24×32 24×16 116×8 232×4 464×2 1024×2'.split(' '),
    ],
    [
      'convnext_tiny',
      'convnext_tiny, DEFAULT, True, 2',
      64,
      '3×64 96×16 96×16 192×8 192×8 384×4 384×4 768×2 768×2'.split(' '),
    ],
    [
      'googlenet',
      'googlenet, DEFAULT, True, 3',
      64,
      '3×64 64×32 64×16 64×16 192×16 192×8 256×8 480×8 480×4 512×4 512×4 512×4 528×4 832×4 832×2 832×2 1024×2'.split(
        ' ',
      ),
    ],
    ['vit_b_16 is its patches', 'vit_b_16, DEFAULT, True, 2', 256, '3×256 768×16'.split(' ')],
  ];
  for (const [what, args, size, shapes] of split) {
    test(what, () => {
      const found = row(`${args}, True`, size).outputs.map(shape => {
        assert.equal(shape!.length, 4);
        return `${shape![1]}×${shape![3]}`;
      });
      assert.deepEqual(found, shapes);
    });
  }
  test('swin_t has its channels last until its permute', () => {
    const shapes = row('swin_t, DEFAULT, True, 3, True', 64).outputs;
    assert.deepEqual(shapes[1], [1, 16, 16, 96]);
    assert.deepEqual(shapes.at(-2), [1, 2, 2, 768]);
    assert.deepEqual(shapes.at(-1), [1, 768, 2, 2]);
  });
  test('an Index row chooses a stage', () => {
    const { layers } = read('convnext_tiny, DEFAULT, True, 2, True', [3, 64, 64], ['[0, 1, Index, [384, 6]]']);
    assert.deepEqual(layers[1]!.outputs[0], [1, 384, 4, 4]);
  });
  test('truncate counts the layers of an unfolded backbone: 0 keeps all, below 0 so many from the start', () => {
    // ConvNeXt’s classifier flattens by itself.
    assert.deepEqual(row('convnext_tiny, DEFAULT, True, 0', 64).outputs[0], [1, 1000]);
    assert.deepEqual(row('convnext_tiny, DEFAULT, True, -3', 64).outputs[0], [1, 192, 8, 8]);
    assert.deepEqual(row('mobilenet_v2, DEFAULT, True, 3', 64).outputs[0], [1, 160, 2, 2]);
  });
  test('where nothing is left the image passes through', () =>
    assert.deepEqual(row('resnet18, DEFAULT, True, 30', 64).outputs[0], [1, 3, 64, 64]));
  test('AuxLogits of Inception stands in the chain', () => {
    assert.deepEqual(row('inception_v3, DEFAULT, True, 7', 299).outputs[0], [1, 768, 17, 17]);
    assert.deepEqual(row('inception_v3, DEFAULT, True, 6', 299).outputs[0], [1, 1000]);
    checkRefused('inception_v3', 299, /AuxLogits.*`truncate` to 7 or more/);
  });
  test('so do GoogLeNet’s two, built for other channels, where no weights drop them', () => {
    assert.deepEqual(row('googlenet, None, True, 5', 224).outputs[0], [1, 1024, 7, 7]);
    checkRefused('googlenet, None, True, 4', 224, /aux1.*512 channels, but gets 1024/);
    checkRefused('googlenet, None', 224, /aux1.*`truncate` to 5 or more/);
  });
  test('without its last two layers DenseNet lacks a normalization too', () =>
    assert.equal(row('densenet121', 64).params, 6_951_808));
  test('Ultralytics 8.3.63, of which YOLOv13 is a fork, cuts before it unfolds', () => {
    assert.deepEqual(row('convnext_tiny, DEFAULT, True, -3', 64, 'yolov13').outputs[0], [1, 1000]);
    checkRefused('densenet121', 64, /`truncate` cuts off 2 of its 2 layers/, 'yolov13');
  });
  test('linear layers miss the flatten of the forward pass', () => {
    checkRefused('resnet18, DEFAULT, True, -10', 64, /expects 512 features, but the last dimension of its input is 1/);
    checkRefused('vgg11, DEFAULT, True, 0', 224, /expects 25088 features, but the last dimension of its input is 7/);
  });
  test('the encoder of a vision transformer misses its tokens', () =>
    checkRefused('vit_b_16, DEFAULT, True, 1', 224, /instead of the list of tokens/));
});

describe('what cannot be loaded or priced', () => {
  test('images have 3 channels', () => {
    const { layers, problems } = read('resnet18', [4, 64, 64]);
    assert.equal(layers[0]!.complete, false);
    assert.match(problems.find(({ line }) => line === 3)!.message, /expects 3 input channels, but gets 4/);
  });
  test('a misspelt name', () => checkRefused('efficientnet_bo, DEFAULT', 64, /Did you mean “efficientnet_b0”/));
  test('models that are no backbones say why', () => {
    checkRefused('maxvit_t', 224, /MaxViT/);
    checkRefused('fasterrcnn_resnet50_fpn', 224, /outputs boxes/);
    checkRefused('fcn_resnet50', 224, /outputs a dictionary/);
    checkRefused('swin3d_t', 224, /takes videos/);
  });
});
