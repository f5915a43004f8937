// Fixes in prototxt, and what must not be changed.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { adviceCandidates, defaultSettings, priceAdvice } from '../../../server/src/core/index.ts';
import { analysedOf } from '../../support/advice.ts';
import { checkFixes } from '../../support/fixes.ts';

describe('fixes in prototxt', () => {
  checkFixes(join(import.meta.dirname, 'fixes'));
});

/** The fixes of a piece of advice that are offered on a text. */
function offered(text: string, code: string): readonly string[] {
  const analysed = analysedOf('net.prototxt', text, defaultSettings);
  return adviceCandidates(analysed)
    .filter(candidate => candidate.code === code && priceAdvice(analysed, candidate)?.refused === null)
    .map(({ id }) => id);
}

const conv = (name: string, bottom: string, weights: string): string =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" param { name: "${weights}" } convolution_param { num_output: 64 kernel_size: 3 pad: 1 bias_term: false } }\n`;

describe('what is not changed in prototxt', () => {
  const input = 'input: "a" input_dim: [1, 64, 28, 28]\ninput: "b" input_dim: [1, 64, 28, 28]\n';

  it('layers that share their weights', () => {
    const shared = `${input}${conv('one', 'a', 'w')}${conv('two', 'b', 'w')}${conv('three', 'two', 'v')}`;
    assert.deepEqual(offered(shared, 'fat-convolution'), [
      'fat-convolution@5:16',
      'fat-convolution@5:8',
      'fat-convolution@5:24',
      'fat-convolution@5:32',
    ]);
    // Who reads a narrower layer has other weights.
    assert.deepEqual(offered(shared, 'wide-layer'), []);
    const apart = shared.replace('{ name: "w" }', '{ name: "u" }');
    assert.equal(offered(apart, 'fat-convolution').length, 12);
    assert.equal(offered(apart, 'wide-layer').length, 2);
  });

  it('what shared weights read through another layer', () => {
    const tower = (name: string, bottom: string): string =>
      `layer { name: "flat_${name}" type: "Flatten" bottom: "${bottom}" top: "flat_${name}" }
layer { name: "fc_${name}" type: "InnerProduct" bottom: "flat_${name}" top: "fc_${name}" param { name: "w" } inner_product_param { num_output: 64 bias_term: false } }\n`;
    assert.deepEqual(offered(input + tower('a', 'a') + tower('b', 'b'), 'flattened-head'), []);
    assert.deepEqual(offered(input + tower('a', 'a'), 'flattened-head'), ['flattened-head@4:pool']);
  });

  it('a blob that would be overwritten for others, in whatever phase', () => {
    const linear = (name: string, bottom: string, out: number): string =>
      `layer { name: "${name}" type: "InnerProduct" bottom: "${bottom}" top: "${name}" inner_product_param { num_output: ${out} } }\n`;
    const drop = 'layer { name: "drop" type: "Dropout" bottom: "fc1" top: "fc1" include { phase: TRAIN } }\n';
    const text = `input: "a" input_shape { dim: [1, 512] }\n${linear('fc1', 'a', 1024)}${drop}${linear('fc2', 'fc1', 256)}`;
    assert.deepEqual(offered(text, 'mergeable-layers'), ['mergeable-layers@2:merge']);
    // In training the dropout would work on what “other” reads too.
    assert.deepEqual(offered(text + linear('other', 'a', 10), 'mergeable-layers'), []);
  });

  it('a layer of the oldest form whose padding stands in another one', () => {
    const text = `input: "a" input_dim: [1, 64, 28, 28]
layers { layer { name: "pad" type: "padding" pad: 1 } bottom: "a" top: "pad" }
layers { layer { name: "conv" type: "conv" num_output: 64 kernelsize: 3 } bottom: "pad" top: "conv" }
`;
    assert.deepEqual(analysedOf('net.prototxt', text, defaultSettings).problems, []);
    assert.deepEqual(offered(text, 'fat-convolution'), []);
  });

  it('a text with a brace missing', () => {
    assert.deepEqual(offered(`${input}${conv('one', 'a', 'w')}`.replace(/} }\n$/, '}\n'), 'fat-convolution'), []);
  });
});
