// Layers that meet the batch itself: parameters are Caffe's at the batch that is written, work is that of one sample.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings, open, price, report } from '../../../server/src/core/index.ts';

function input(name: string, ...sizes: readonly number[]): string {
  const dims = sizes.map(size => `dim: ${size}`).join(' ');
  return `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { ${dims} } } }\n`;
}

/** Outputs, parameters and MACs of the last layer, and errors. */
function last(text: string): readonly unknown[] {
  const result = report(price(open({ name: 'net.prototxt', text }, defaultSettings)!, defaultSettings)!, {
    file: 'net.prototxt',
  });
  const errors = result.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const row = result.layers.at(-1)!;
  return [row.outputs, row.params, row.macs, errors];
}

describe('Caffe layers that meet the batch', () => {
  const image = input('x', 4, 6, 5, 7);

  it('inner product over all axes: weights for every sample, the work of one', () => {
    const layer = (more: string): string =>
      `layer { name: "i" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 3 axis: 0 ${more} } }`;
    // K = 4 · 6 · 5 · 7 inputs (inner_product_layer.cpp: bottom[0]->count(axis)).
    assert.deepEqual(last(image + layer('')), [[[3]], 3 * 840 + 3, 3 * 210, []]);
    assert.deepEqual(last(image + layer('bias_term: false')), [[[3]], 3 * 840, 3 * 210, []]);
    const shared = layer('bias_term: false param { name: "w" }').replace(/param \{ name: "w" \} /, '');
    const twice = image + shared.replace('top:', 'param { name: "w" } top:');
    assert.deepEqual(last(`${twice}\n${twice.slice(image.length).replaceAll('"i"', '"j"').replace('"y"', '"z"')}`), [
      [[3]],
      0,
      3 * 210,
      [],
    ]);
  });

  it('factors and shifts over the batch’s axis: one for each sample', () => {
    const scale = (more: string): string =>
      `layer { name: "s" type: "Scale" bottom: "x" top: "y" scale_param { ${more} } }`;
    assert.deepEqual(last(image + scale('axis: 0')), [[[1, 6, 5, 7]], 4, 0, []]);
    assert.deepEqual(last(image + scale('axis: 0 bias_term: true')), [[[1, 6, 5, 7]], 8, 0, []]);
    assert.deepEqual(last(image + scale('axis: 0 num_axes: 2')), [[[1, 6, 5, 7]], 24, 0, []]);
    const bias = 'layer { name: "s" type: "Bias" bottom: "x" top: "y" bias_param { axis: 0 } }';
    assert.deepEqual(last(image + bias), [[[1, 6, 5, 7]], 4, 0, []]);
    // With two bottoms the shift has the sizes of the second (scale_layer.cpp).
    const two = scale('axis: 0 bias_term: true').replace('top:', 'bottom: "f" top:');
    assert.deepEqual(last(image + input('f', 4) + two), [[[1, 6, 5, 7]], 4, 0, []]);
    assert.deepEqual(last(image + input('f', 4, 6) + two), [[[1, 6, 5, 7]], 24, 0, []]);
    assert.deepEqual(last(image + input('f', 6) + two.replace('axis: 0', 'axis: 1')), [[[1, 6, 5, 7]], 6, 0, []]);
  });

  it('a learned blob has no batch: one sample meets one of its rows', () => {
    const blob = (...sizes: readonly number[]): string =>
      `layer { name: "p" type: "Parameter" top: "p" parameter_param { shape { ${sizes.map(size => `dim: ${size}`).join(' ')} } } }\n`;
    const sum = 'layer { name: "e" type: "Eltwise" bottom: "x" bottom: "p" top: "y" }';
    assert.deepEqual(last(image + blob(4, 6, 5, 7) + sum), [[[1, 6, 5, 7]], 0, 0, []]);
    assert.deepEqual(last(image + blob(3, 6, 5, 7) + sum), [
      [[1, 6, 5, 7]],
      null,
      null,
      ['elementwise-shape-mismatch'],
    ]);
    const join = 'layer { name: "c" type: "Concat" bottom: "x" bottom: "p" top: "y" }';
    assert.deepEqual(last(image + blob(4, 2, 5, 7) + join), [[[1, 8, 5, 7]], 0, 0, []]);
  });

  it('a crop of the batch leaves the other axes to be cut', () => {
    const crop = (offsets: string): string =>
      `layer { name: "c" type: "Crop" bottom: "x" bottom: "l" top: "y" crop_param { axis: 0 ${offsets} } }`;
    const like = input('l', 1, 3, 2, 2);
    assert.deepEqual(last(image + like + crop('offset: 3 offset: 3 offset: 2 offset: 5')), [[[1, 3, 2, 2]], 0, 0, []]);
    assert.deepEqual(last(image + like + crop('offset: 4 offset: 0 offset: 0 offset: 0')).at(-1), [
      'crop-larger-than-input',
    ]);
    // The same batch fits where nothing is left away before.
    assert.deepEqual(last(image + input('l', 4, 3, 2, 2) + crop('')), [[[1, 3, 2, 2]], 0, 0, []]);
    assert.deepEqual(last(image + input('l', 4, 3, 2, 2) + crop('offset: 1')).at(-1), ['crop-larger-than-input']);
  });

  it('the largest of the batch is chosen among its samples', () => {
    const most = (k: number): string =>
      `layer { name: "a" type: "ArgMax" bottom: "x" top: "y" argmax_param { axis: 0 top_k: ${k} } }`;
    assert.deepEqual(last(image + most(4)), [[[1, 6, 5, 7]], 0, 0, []]);
    assert.deepEqual(last(image + most(5)).at(-1), ['k-larger-than-axis']);
  });
});
