// Networks whose figures are published. Parameters are learnable ones; MACs those of convolutions, linear layers and
// matrix products.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Analysed, defaultSettings, findings, open, price, report } from '../../../server/src/core/index.ts';

const examples = new URL('../../../examples/', import.meta.url);

describe('Flopline YAML, golden figures', () => {
  // torchvision/models/vgg.py: VGG16_Weights num_params 138357544, _ops 15.47.
  checkTotals('vgg16', 138_357_544, 15_470_264_320);
  // torchvision/models/resnet.py: ResNet50_Weights num_params 25557032, _ops 4.089.
  checkTotals('resnet50', 25_557_032, 4_089_184_256);
  // BVLC's bvlc_googlenet.caffemodel without the auxiliary classifiers (netscope: 7 M, 1.58 G).
  checkTotals('googlenet', 6_998_552, 1_582_671_872);
  // torchvision/models/googlenet.py: GoogLeNet_Weights num_params 6624904, _ops 1.498.
  checkTotals('googlenet-torchvision', 6_624_904, 1_498_376_192);
  // Cadene's pretrained-models.pytorch, bninception: 11295240 parameters; the paper tells 2.0 G multiply-adds.
  checkTotals('inception-v2', 11_295_240, 2_032_600_064);
  // torchvision/models/inception.py: 27161264 with the auxiliary classifier, which has 3326696; _ops 5.713.
  checkTotals('inception-v3', 23_834_568, 5_713_216_096);
  // keras.applications.Xception: 22910480 parameters, 54528 of them not trainable (running statistics).
  checkTotals('xception', 22_855_952, 8_357_403_496, 54_528);
  // keras.applications.MobileNet: 4253864 parameters, 21888 of them not trainable; the paper tells 569 M mult-adds.
  checkTotals('mobilenet-v1', 4_231_976, 568_740_352, 21_888);
  // torchvision/models/mobilenetv2.py: num_params 3504872, _ops 0.301.
  checkTotals('mobilenet-v2', 3_504_872, 300_774_272);
  // torchvision/models/squeezenet.py: num_params 1248424, _ops 0.819.
  checkTotals('squeezenet', 1_248_424, 818_924_576);
  // milesial/Pytorch-UNet, UNet(n_channels=3, n_classes=2): 31037698 trainable parameters.
  checkTotals('unet', 31_037_698, 192_686_325_760);
  // timm, vit_tiny_patch16_224: 5717416 parameters; 1.3 GMACs with the products of attention.
  checkTotals('vit-tiny', 5_717_416, 1_253_683_200);
});

describe('Flopline YAML, the five savings', () => {
  it('a 1×1 bottleneck before 3×3 and 5×5: GoogLeNet (3b)', () => {
    checkLines('savings/bottleneck-before', { three: 346_816_512, five: 481_689_600 });
    checkLines('savings/bottleneck-after', { three: 99_549_184, five: 133_267_456 });
  });
  it('two 3×3 for a 5×5', () => {
    assert.equal(priced('savings/two-3x3-before').model.totals.macs.value, 133_267_456);
    assert.equal(priced('savings/two-3x3-after').model.totals.macs.value, 85_098_496);
  });
  it('global average pooling for fully connected layers', () => {
    // 25,088·4,096 + 4,096 + 4,096·4,096 + 4,096 + 4,096·1,000 + 1,000, against 512·1,000 + 1,000.
    assert.equal(priced('savings/global-pooling-before').model.totals.params.value, 123_642_856);
    assert.equal(priced('savings/global-pooling-after').model.totals.params.value, 513_000);
  });
  it('1×N and N×1 for N×N', () => {
    // 17² · 192² products for each tap: 49 against 14.
    assert.equal(priced('savings/asymmetric-before').model.totals.macs.value, 49 * 10_653_696);
    assert.equal(priced('savings/asymmetric-after').model.totals.macs.value, 14 * 10_653_696);
  });
  it('depthwise separable', () => {
    // MobileNet, section 3.1: 1/N + 1/Dk² of the full convolution.
    const before = priced('savings/depthwise-before').model.totals.macs.value;
    const after = priced('savings/depthwise-after').model.totals.macs.value;
    assert.equal(before, 462_422_016);
    assert.equal(after, before / 512 + before / 9);
  });
});

describe('Flopline YAML, all examples', () => {
  for (const folder of ['', 'savings/']) {
    for (const file of readdirSync(new URL(folder, examples)).filter(name => name.endsWith('.net.yaml'))) {
      it(`${folder}${file} is complete and without findings of the text`, () => {
        const analysed = priced(`${folder}${file.replace('.net.yaml', '')}`);
        assert.deepEqual(analysed.problems, []);
        assert.deepEqual(
          findings(analysed).filter(({ code }) => code === 'unused-output'),
          [],
        );
        const { totals, layers } = report(analysed);
        assert.equal(totals.complete, true);
        // The rows of the list sum up to the whole.
        assert.equal(sum(layers, 'macs'), totals.macs);
        assert.equal(sum(layers, 'params'), totals.params);
      });
    }
  }
});

function sum(
  rows: readonly { readonly macs: number | null; readonly params: number | null }[],
  of: 'macs' | 'params',
): number {
  return rows.reduce((total, row) => total + (row[of] ?? 0), 0);
}

function checkTotals(example: string, params: number, macs: number, stats?: number): void {
  it(example, () => {
    const { totals } = priced(example).model;
    assert.deepEqual(
      { params: totals.params, macs: totals.macs },
      { params: { value: params, complete: true }, macs: { value: macs, complete: true } },
    );
    if (stats !== undefined) assert.equal(totals.normStats, stats);
  });
}

/** MACs of the lines whose key is given. */
function checkLines(example: string, expected: Readonly<Record<string, number>>): void {
  const { document, model } = priced(example);
  for (const [key, macs] of Object.entries(expected)) {
    const line = document.source.text.split('\n').findIndex(text => text.trim() === `${key}:`);
    assert.equal(model.lineCost(line)?.cost.macs.value, macs, `${example}, ${key}`);
  }
}

function priced(example: string): Analysed {
  const text = readFileSync(new URL(`${example}.net.yaml`, examples), 'utf8');
  return price(open({ name: `${example.split('/').at(-1)}.net.yaml`, text }, defaultSettings)!, defaultSettings)!;
}
