import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConventionName, conventions } from '../../server/src/core/analysis/conventions.ts';
import { analyse } from '../../server/src/core/analysis/model.ts';
import { Builder, type NodeOptions } from '../../server/src/core/graph/builder.ts';
import type { Graph } from '../../server/src/core/graph/graph.ts';
import {
  type AnyOp,
  adaptiveAvgPool,
  add,
  attention,
  avgPool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  globalAvgPool,
  groupNorm,
  gru,
  layerNorm,
  linear,
  local,
  logSoftmax,
  lstm,
  matmul,
  maxPool,
  mul,
  parameter,
  prelu,
  recurrentCell,
  relu,
  rnn,
  type Shape,
  scaledDotProduct,
  softmax,
  upsample,
} from '../../server/src/core/ops/index.ts';
import { Lines } from '../../server/src/core/text/lines.ts';

const image: Shape = [1, 8, 4, 4];
const half = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
const state = { hidden: 3, layers: 1, bidirectional: false, bias: true };
const tokens: Shape = [1, 5, 4];

/** In the order macs, thop, fvcore, darknet, all-ops; flops and ultralytics are twice macs and thop. */
type Golden = readonly [
  macs: number,
  thop: number,
  fvcore: number,
  darknet: number,
  allOps: number,
  /** thop up to 2.0.15 and up to 2.0.19, where it was another number. */
  older?: readonly [number, number],
];

const golden: readonly [string, AnyOp, object, readonly Shape[], Golden][] = [
  [
    'convolution 3×3, 16 → 32 on 8×8, bias',
    conv,
    { out: 32, kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1, bias: true },
    [[1, 16, 8, 8]],
    // 64 · 9 · 16 · 32, and 2048 biases.
    [294_912, 294_912, 294_912, 589_824, 591_872],
  ],
  [
    'convolution of signs: Darknet counts a 32nd',
    conv,
    {
      out: 32,
      kernel: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
      dilation: [1, 1],
      groups: 1,
      bias: false,
      binary: true,
    },
    [[1, 16, 8, 8]],
    [294_912, 294_912, 294_912, 18_432, 589_824],
  ],
  [
    'locally connected layer 3×3, 2 → 4 on 8×8: nothing in Darknet, no hook',
    local,
    { out: 4, kernel: [3, 3], stride: [1, 1], padding: [1, 1], bias: true },
    [[1, 2, 8, 8]],
    [4608, 0, 4608, 0, 9472],
  ],
  ['sum of three: Darknet’s shortcut with two sources', add, {}, [image, image, image], [0, 0, 0, 256, 256]],
  [
    'cell of a convolutional LSTM: 9 an element',
    recurrentCell,
    { cell: 'lstm' },
    Array.from({ length: 9 }, () => image),
    // Sums, products, and an exponential of each of five activations.
    [0, 0, 0, 9 * 128, (5 + 3 + 5) * 128],
  ],
  [
    'cell of a convolutional LSTM with peepholes: 12 an element',
    recurrentCell,
    { cell: 'lstm' },
    Array.from({ length: 12 }, () => image),
    [0, 0, 0, 12 * 128, (8 + 3 + 5) * 128],
  ],
  [
    'cell of an LSTM of connected layers: Darknet counts nothing',
    recurrentCell,
    { cell: 'lstm' },
    Array.from({ length: 9 }, () => [1, 4]),
    [0, 0, 0, 0, (5 + 3 + 5) * 4],
  ],
  [
    'depthwise convolution 3×3, 16 on 8×8',
    conv,
    { out: 16, kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 16, bias: false },
    [[1, 16, 8, 8]],
    [9216, 9216, 9216, 18_432, 18_432],
  ],
  [
    'transposed convolution 2×2 by 2, 16 → 8 on 4×4: thop counted output positions up to 2.0.15',
    convTranspose,
    {
      out: 8,
      kernel: [2, 2],
      stride: [2, 2],
      padding: [0, 0],
      outputPadding: [0, 0],
      dilation: [1, 1],
      groups: 1,
      bias: false,
    },
    [[1, 16, 4, 4]],
    [8192, 8192, 8192, 0, 16_384, [32_768, 8192]],
  ],
  [
    'linear 100 → 10, bias: Darknet’s connected is 0',
    linear,
    { out: 10, bias: true },
    [[1, 100]],
    [1000, 1000, 1000, 0, 2010],
  ],
  ['batch norm on 128: 0, 4, 2, 0, 2 an element', batchNorm, { affine: true }, [image], [0, 512, 256, 0, 256]],
  ['batch norm without affine', batchNorm, { affine: false }, [image], [0, 256, 128, 0, 256]],
  [
    'layer norm on 20: 7 an element, less 1 and 3 divisions a row',
    layerNorm,
    { axes: 1, affine: true, bias: true },
    [tokens],
    [0, 80, 100, 0, 150],
  ],
  ['ReLU', relu, {}, [image], [0, 0, 0, 0, 128]],
  ['PReLU', prelu, { perChannel: true }, [image], [0, 128, 0, 0, 128]],
  ['softmax of 5 rows of 4: thop 3n − 1 a row', softmax, { axis: -1 }, [tokens], [0, 55, 0, 0, 20]],
  [
    'max pooling 2×2: Darknet 4 an output, 3 comparisons',
    maxPool,
    { ...half, dilation: [1, 1], rounding: 'floor' },
    [image],
    [0, 0, 0, 128, 96],
  ],
  [
    'average pooling 2×2: thop 4 + 1 an output, 1 before 2.1',
    avgPool,
    { ...half, rounding: 'floor', includePadding: true },
    [image],
    [0, 160, 0, 128, 128, [32, 32]],
  ],
  [
    'adaptive average pooling to 1: thop 16 + 1 an output, fvcore 1 an input',
    adaptiveAvgPool,
    { size: [1, 1] },
    [image],
    [0, 136, 128, 0, 128],
  ],
  [
    // Windows of 2, 3 and 2 places in both directions; before 2.1 thop took (5/3)² for each.
    'adaptive average pooling of 5×5 to 3×3',
    adaptiveAvgPool,
    { size: [3, 3] },
    [[1, 1, 5, 5]],
    [0, 7 ** 2 + 9, 25, 0, 7 ** 2, [34, 34]],
  ],
  [
    // Windows of 2, 3, 3 and 2 of five places, zeros left out.
    'average pooling 3×3 by 1 of 4×4, padding apart',
    avgPool,
    { kernel: [3, 3], stride: [1, 1], padding: [1, 1], rounding: 'floor', includePadding: false },
    [[1, 1, 4, 4]],
    [0, 10 ** 2 + 16, 0, 9 * 16, 144, [16, 16]],
  ],
  [
    'group norm: 4 an element in thop, nothing before 2.1',
    groupNorm,
    { groups: 2, affine: true },
    [image],
    // 7 an element and 2 more a group.
    [0, 512, 640, 0, 900, [0, 0]],
  ],
  [
    'logarithm of a softmax: 3n a row in thop, nothing before 2.1',
    logSoftmax,
    { axis: -1 },
    [tokens],
    [0, 60, 0, 0, 20, [0, 0]],
  ],
  ['global average pooling, alike', globalAvgPool, { keep: true }, [image], [0, 136, 128, 0, 128]],
  [
    'nearest upsampling to 512: nothing in thop, 1 an output before 2.1',
    upsample,
    { scale: [2, 2], mode: 'nearest' },
    [image],
    [0, 0, 512, 0, 0, [512, 512]],
  ],
  [
    'bilinear upsampling to 512: thop 11, fvcore 4; 4 products and 3 sums an output',
    upsample,
    { scale: [2, 2], mode: 'bilinear' },
    [image],
    [0, 5632, 2048, 0, 3584],
  ],
  ['a shortcut', add, {}, [image, image], [0, 0, 0, 128, 128]],
  ['a concatenation', concat, { axis: 1 }, [image, image], [0, 0, 0, 0, 0]],
  ['a matrix product 5×4 · 4×3', matmul, {}, [tokens, [1, 4, 3]], [60, 0, 60, 0, 120]],
  [
    // 4 · 5 · 4² and 2 · 5² · 4; 80 biases, 50 scores: 90 sums, 40 comparisons, 50 exponentials, 50 divisions, 20 scalings.
    'attention, 2 heads',
    attention,
    { heads: 2, bias: true },
    [tokens],
    // thop adds the softmax, 3 · 5 − 1 for each of ten rows; it saw nothing before 2.1.
    [520, 660, 520, 0, 1370, [0, 0]],
  ],
  [
    'attention’s inside alone',
    scaledDotProduct,
    {},
    [tokens, tokens, tokens],
    [200, 0, 0, 0, 400 + 45 + 20 + 25 + 25 + 20],
  ],
  // 5 · 4 · 3 · (2 + 3); thop 3 more for each gate and 4 for the state; 24 biases a step.
  ['LSTM, 5 steps of 2 → 3', lstm, state, [[1, 5, 2]], [300, 540, 0, 0, 600 + 120 + 15 * 9]],
  ['GRU', gru, state, [[1, 5, 2]], [225, 225 + 15 * 13, 0, 0, 450 + 90 + 15 * 8]],
  ['RNN', rnn, state, [[1, 5, 2]], [75, 75 + 15 * 3, 0, 0, 150 + 30 + 15]],
];

describe('conventions', () => {
  for (const [title, op, attrs, inputs, [macs, thop, fvcore, darknet, allOps, older]] of golden) {
    it(title, () => {
      const expected: Record<(typeof conventions)[number]['name'], number> = {
        macs,
        flops: 2 * macs,
        thop,
        ultralytics: 2 * thop,
        fvcore,
        darknet,
        'all-ops': allOps,
      };
      assert.deepEqual(figuresOf(op, attrs, inputs), expected);
      const [thop2015, thop2018] = older ?? [thop, thop];
      assert.deepEqual(olderOf(op, attrs, inputs), [2 * thop2015, 2 * thop2018]);
    });
  }

  it('switch without counting again', () => {
    const b = new Builder();
    const x = b.add(linear, { out: 10, bias: true }, b.input('x', [1, 100]));
    const model = analyse(b.finish([x]), new Lines(''));
    assert.equal(model.under('macs'), model);
    assert.equal(model.under('flops').totals.value.value, 2000);
    assert.equal(model.under('flops').totals.macs.value, 1000);
  });

  it('of hooks do not see bare function calls', () => {
    const figures = figuresOf(softmax, { axis: -1 }, [tokens], { functional: true });
    assert.equal(figures.thop, 0);
    assert.equal(figures['all-ops'], 20);
  });

  it('of hooks see a subclass of a module from thop 2.1 on', () => {
    const options = { functional: true, derived: true };
    const attrs = { axes: 1, affine: true, bias: true };
    assert.equal(figuresOf(layerNorm, attrs, [tokens], options).thop, 80);
    assert.deepEqual(olderOf(layerNorm, attrs, [tokens], options), [0, 0]);
  });

  it('Ultralytics’ counts the products of its own attention, and no others', () => {
    const b = new Builder();
    const x = b.input('x', tokens);
    const product = (type: string) =>
      b.within({ label: 'attn', type }, () => b.add(matmul, { transposeB: true }, [x, x]));
    const model = analyse(b.finish([product('Attention'), product('AAttn'), product('Other')]), new Lines(''));
    // 5 · 5 · 4 each.
    assert.equal(model.under('ultralytics').totals.value.value, 2 * 2 * 100);
    assert.equal(model.under('thop').totals.value.value, 0);
  });

  it('Darknet’s counts a sum with learned weights twice, and no pooling that is a part of a layer', () => {
    const b = new Builder();
    const terms = [b.input('a', image), b.input('b', image)].map(x =>
      b.add(mul, {}, [x, b.add(parameter, { shape: [1, 8, 1, 1] }, [])]),
    );
    const sum = b.add(add, {}, terms);
    const blurred = b.add(avgPool, { ...half, rounding: 'floor', includePadding: true }, sum, { functional: true });
    assert.equal(analyse(b.finish([blurred]), new Lines(''), 'darknet').totals.value.value, 2 * 128);
  });

  it('say “at least” over an unknown, whichever', () => {
    for (const { name } of conventions) {
      const b = new Builder();
      const x = b.input('x', [1, 100]);
      const y = b.add(linear, { out: 10, bias: true }, b.unknown('what “Foo” does is not known', [x]));
      const { value } = analyse(b.finish([y]), new Lines(''), name).totals;
      assert.deepEqual(value, { value: 0, complete: false }, name);
    }
  });
});

function figuresOf(op: AnyOp, attrs: object, shapes: readonly Shape[], options?: NodeOptions): Record<string, number> {
  const graph = graphOf(op, attrs, shapes, options);
  return Object.fromEntries(conventions.map(({ name }) => [name, totalOf(graph, name)]));
}

/** Twice what thop counted up to 2.0.15 and up to 2.0.19. */
function olderOf(...layer: Parameters<typeof graphOf>): readonly number[] {
  const graph = graphOf(...layer);
  return [totalOf(graph, '2 × thop 2.0.15'), totalOf(graph, '2 × thop 2.0.18')];
}

function graphOf(op: AnyOp, attrs: object, shapes: readonly Shape[], options?: NodeOptions): Graph {
  const b = new Builder();
  const inputs = shapes.map((shape, at) => b.input(`${at}`, shape));
  const output = b.add(op, attrs, inputs, options);
  assert.deepEqual(b.problems, []);
  return b.finish([output]);
}

function totalOf(graph: Graph, convention: ConventionName): number {
  const { value } = analyse(graph, new Lines(''), convention).totals;
  assert.equal(value.complete, true);
  return value.value;
}
