// Published and hand-reckoned figures: parameters and MACs to the last digit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { defaultSettings, open, price, report, type Settings } from '../../../server/src/core/index.ts';

function totals(text: string, settings: Partial<Settings> = {}): ReturnType<typeof report> {
  const all = { ...defaultSettings, ...settings };
  return report(price(open({ name: 'net.prototxt', text }, all)!, all)!, { file: 'net.prototxt' });
}

const conv = (name: string, bottom: string, out: number, kernel: number, more = ''): string =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: ${out} kernel_size: ${kernel} ${more} } }\n`;
const full = (name: string, bottom: string, out: number): string =>
  `layer { name: "${name}" type: "InnerProduct" bottom: "${bottom}" top: "${name}" inner_product_param { num_output: ${out} } }\n`;
const pool = (name: string, bottom: string, kernel: number, stride: number): string =>
  `layer { name: "${name}" type: "Pooling" bottom: "${bottom}" top: "${name}" pooling_param { kernel_size: ${kernel} stride: ${stride} } }\n`;

describe('Caffe prototxt, golden figures', () => {
  it('AlexNet (CaffeNet): 60,965,224 parameters', () => {
    const text = [
      'input: "data" input_dim: 10 input_dim: 3 input_dim: 227 input_dim: 227\n',
      conv('c1', 'data', 96, 11, 'stride: 4'),
      pool('p1', 'c1', 3, 2),
      conv('c2', 'p1', 256, 5, 'pad: 2 group: 2'),
      pool('p2', 'c2', 3, 2),
      conv('c3', 'p2', 384, 3, 'pad: 1'),
      conv('c4', 'c3', 384, 3, 'pad: 1 group: 2'),
      conv('c5', 'c4', 256, 3, 'pad: 1 group: 2'),
      pool('p5', 'c5', 3, 2),
      full('f6', 'p5', 4096),
      full('f7', 'f6', 4096),
      full('f8', 'f7', 1000),
    ].join('');
    const { totals: sum } = totals(text);
    assert.deepEqual([sum.params, sum.macs], [60_965_224, 724_406_816]);
  });

  it('LeNet: 431,080 parameters, the batch of 64 left out', () => {
    const text = [
      'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 64 dim: 1 dim: 28 dim: 28 } } }\n',
      conv('c1', 'data', 20, 5),
      pool('p1', 'c1', 2, 2),
      conv('c2', 'p1', 50, 5),
      pool('p2', 'c2', 2, 2),
      full('f1', 'p2', 500),
      full('f2', 'f1', 10),
    ].join('');
    const { totals: sum } = totals(text);
    assert.deepEqual([sum.params, sum.macs], [431_080, 2_293_000]);
  });

  it('the example is told as its figures say', () => {
    const text = readFileSync(new URL('../../../examples/googlenet-head.prototxt', import.meta.url), 'utf8');
    const { totals: sum, input } = totals(text);
    assert.deepEqual(input, { image: [1, 3, 224, 224] });
    const stem = 112 ** 2 * 64 * 3 * 49 + 56 ** 2 * (64 * 64 + 192 * 64 * 9);
    const a = 28 ** 2 * (192 * (64 + 96 + 16 + 32) + 96 * 128 * 9 + 16 * 32 * 25);
    const b = 28 ** 2 * (256 * (128 + 128 + 32 + 64) + 128 * 192 * 9 + 32 * 96 * 25);
    assert.equal(sum.macs, stem + a + b + 480 * 1000);
    assert.equal(sum.complete, true);
  });

  it('a recurrent layer has one bias for each gate', () => {
    const text = `
      layer { type: "Input" top: "x" top: "cont" input_param { shape { dim: 16 dim: 8 dim: 100 } shape { dim: 16 dim: 8 } } }
      layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "h" recurrent_param { num_output: 32 } }
      layer { name: "rnn" type: "RNN" bottom: "h" bottom: "cont" top: "o" recurrent_param { num_output: 10 } }`;
    const { layers, totals: sum } = totals(text);
    const lstm = 4 * 32 * (100 + 32);
    const rnn = 10 * (32 + 10) + 10 * 10;
    assert.deepEqual(layers[1]!.outputs, [[16, 1, 32]]);
    assert.equal(sum.params, lstm + 4 * 32 + rnn + 10 + 10);
    assert.equal(sum.macs, 16 * (lstm + rnn));
  });
});
