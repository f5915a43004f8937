// What a person sees of a Caffe network besides hints and problems.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  hover,
  lenses,
  open,
  price,
  problems,
  symbols,
} from '../../../server/src/core/index.ts';

const text = `name: "small"
layer {
  name: "data"
  type: "Input"
  top: "data"
  input_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } }
}
layer {
  name: "conv1"
  type: "Convolution"
  bottom: "data"
  top: "conv1"
  convolution_param {
    num_output: 16
    kernel_size: 3
  }
}
layer { name: "drop" type: "Dropout" bottom: "conv1" top: "conv1" include { phase: TRAIN } }
`;

function analysed(content = text): Analysed {
  return price(open({ name: 'small.prototxt', text: content }, defaultSettings)!, defaultSettings)!;
}

function hoverOn(word: string, content = text): string {
  return hover(analysed(content), content.indexOf(word) + 1)?.markdown ?? '';
}

describe('Caffe prototxt, features', () => {
  it('a hover on a field says what it means', () => {
    assert.match(hoverOn('num_output'), /filters of a convolution.*conv1/s);
    assert.match(hoverOn('kernel_size'), /Kernel size/);
    assert.match(hoverOn('bottom'), /a top of a layer above/);
    assert.match(hoverOn('"Convolution"'), /A convolution; output sizes/);
  });

  it('a hover on a layer has its formula', () => {
    assert.match(hoverOn('layer {\n  name: "conv1"'), /6² · 3² · 3 · 16/);
  });

  it('a layer of another phase says so', () => {
    assert.match(hoverOn('layer { name: "drop"'), /Excluded in the TEST phase/);
  });

  it('the outline has the layers, each from its first line to its last', () => {
    const [network] = symbols(analysed());
    assert.equal(network!.name, 'small');
    assert.deepEqual(
      network!.children.map(({ name }) => name),
      ['data', 'conv1', 'drop'],
    );
    const conv = network!.children[1]!;
    assert.equal(text.slice(conv.range.from, conv.range.from + 7), 'layer {');
    assert.equal(text.slice(conv.range.to - 3, conv.range.to), '}\n}');
    assert.equal(text.slice(conv.selection.from, conv.selection.to), 'layer {');
  });

  it('the totals stand at the name', () => {
    assert.equal(lenses(analysed())[0]!.range.from, 0);
    assert.match(lenses(analysed())[0]!.title, /15\.6k MACs/);
  });

  it('misspelt fields, types and bottoms have fixes that mend them', () => {
    for (const [old, wrong] of [
      ['num_output', 'num_outputs'],
      ['"Convolution"', '"Convolutionn"'],
      ['bottom: "data"', 'bottom: "daat"'],
      ['num_output: 16', 'num_output 16'],
    ] as const) {
      const content = text.replace(old, wrong);
      const repair = problems(analysed(content)).find(({ fixes }) => fixes)?.fixes?.[0];
      assert.ok(repair, wrong);
      const [edit] = repair.edits;
      assert.equal(content.slice(0, edit!.from) + edit!.text + content.slice(edit!.to), text);
    }
  });
});
