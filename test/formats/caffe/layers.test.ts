// What layers make of shapes and parameters, each as Caffe's source has it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings, open, price, report, type Settings } from '../../../server/src/core/index.ts';

function rows(text: string, settings: Partial<Settings> = {}): ReturnType<typeof report> {
  const all = { ...defaultSettings, ...settings };
  return report(price(open({ name: 'net.prototxt', text }, all)!, all)!, { file: 'net.prototxt' });
}

/** Checks what the last layer makes of inputs of given sizes; its type and parameters are `layer`. */
function check(
  inputs: readonly (readonly number[])[],
  layer: string,
  outputs: readonly (readonly (number | null)[])[],
  params = 0,
  macs = 0,
): void {
  const fields = inputs.map(
    (sizes, at) => `input: "i${at}" input_shape { ${sizes.map(n => `dim: ${n}`).join(' ')} }\n`,
  );
  const bottoms = inputs.map((_, at) => `bottom: "i${at}"`).join(' ');
  const tops = outputs.map((_, at) => `top: "t${at}"`).join(' ');
  const result = rows(`${fields.join('')}layer { name: "x" ${bottoms} ${tops} ${layer} }\n`);
  const problems = result.problems.filter(({ severity }) => severity === 'error');
  assert.deepEqual(problems, [], layer);
  const row = result.layers.at(-1)!;
  assert.deepEqual(row.outputs, outputs, layer);
  assert.deepEqual([row.params, row.macs], [params, macs], layer);
}

describe('Caffe layers', () => {
  it('convolutions: kernel once, for each dimension, as _h and _w; dilation; groups; rounded down', () => {
    const conv = (param: string): string => `type: "Convolution" convolution_param { num_output: 8 ${param} }`;
    check([[1, 4, 10, 12]], conv('kernel_size: 3'), [[1, 8, 8, 10]], 296, 8 * 80 * 36);
    check([[1, 4, 10, 12]], conv('kernel_size: 3 kernel_size: 5 stride: 2'), [[1, 8, 4, 4]], 488, 8 * 16 * 60);
    check([[1, 4, 10, 12]], conv('kernel_h: 1 kernel_w: 5 pad_w: 2 pad_h: 0'), [[1, 8, 10, 12]], 168, 8 * 120 * 20);
    check([[1, 4, 10, 12]], conv('kernel_size: 3 dilation: 2 bias_term: false'), [[1, 8, 6, 8]], 288, 8 * 48 * 36);
    check([[1, 4, 10, 12]], conv('kernel_size: [1, 1] group: 4'), [[1, 8, 10, 12]], 16, 8 * 120);
    // One and three dimensions; channels elsewhere.
    check([[1, 4, 10]], conv('kernel_size: 3'), [[1, 8, 8]], 104, 8 * 8 * 12);
    check([[1, 2, 5, 6, 7]], conv('kernel_size: 2'), [[1, 8, 4, 5, 6]], 136, 8 * 120 * 16);
    check([[1, 5, 4, 10]], conv('kernel_size: 3 axis: 2'), [[1, 5, 8, 8]], 104, 5 * 8 * 8 * 12);
    check([[1, 4]], conv('kernel_size: 1'), [[1, 8]], 40, 32);
    check(
      [[1, 4, 10, 12]],
      conv('kernel_size: 3').replace('"C', '"DepthwiseC').replace('8', '4'),
      [[1, 4, 8, 10]],
      40,
      4 * 80 * 9,
    );
    check(
      [[1, 4, 10, 12]],
      'type: "ConvolutionDepthwise" convolution_param { num_output: 4 kernel_size: 3 }',
      [[1, 4, 8, 10]],
      40,
      2880,
    );
  });

  it('convolutions without an axis to slide along have weights [out, in / group] and need no kernel', () => {
    const conv = (param: string): string => `type: "Convolution" convolution_param { num_output: 8 ${param} }`;
    check([[1, 4]], conv(''), [[1, 8]], 40, 32);
    check([[1, 4]], conv('group: 2 kernel_size: 5'), [[1, 8]], 24, 16);
    check([[1, 4]], conv('group: 4').replace('"C', '"Dec'), [[1, 8]], 16, 8);
    check([[1, 3, 5, 4]], conv('axis: 3'), [[1, 3, 5, 8]], 40, 15 * 32);
    check([[1, 3, 5, 4]], conv('axis: -1 group: 2'), [[1, 3, 5, 8]], 24, 15 * 16);
  });

  it('a window larger than the input by less than a stride has one position: division rounds towards zero', () => {
    const conv = (param: string): string => `type: "Convolution" convolution_param { num_output: 8 ${param} }`;
    check([[1, 4, 5, 5]], conv('kernel_size: 7 stride: 3'), [[1, 8, 1, 1]], 8 * 197, 8 * 196);
    check(
      [[1, 4, 3, 8]],
      conv('kernel_size: 3 dilation: 2 pad_h: 1 pad_w: 0').replace('}', 'stride: 2 }'),
      [[1, 8, 1, 2]],
      296,
      8 * 2 * 36,
    );
    check([[1, 2, 2, 9]], 'type: "Im2col" convolution_param { kernel_size: 3 stride: 2 }', [[1, 18, 1, 4]]);
    const { problems } = rows(
      `input: "i" input_shape { dim: 1 dim: 4 dim: 5 dim: 5 }\nlayer { name: "x" bottom: "i" top: "y" ${conv('kernel_size: 7 stride: 2')} }\n`,
    );
    // Two more than the input is a stride of two: nothing is left, and Caffe fails.
    assert.deepEqual(
      problems.map(({ severity, code }) => [severity, code]),
      [['error', 'kernel-larger-than-input']],
    );
  });

  it('layers that ask for num, channels, height and width take 1 for axes that are not there', () => {
    check([[1, 6, 5]], 'type: "MVN"', [[1, 6, 5, 1]]);
    check([[1, 6]], 'type: "MVN" mvn_param { across_channels: true }', [[1, 6, 1, 1]]);
    check([[1, 6, 5]], 'type: "MVN" mvn_param { normalize_variance: false }', [[1, 6, 5, 1]]);
    check(
      [
        [1, 8, 25],
        [1, 3, 9, 9],
      ],
      'type: "PriorBox" prior_box_param { min_size: 3 }',
      [[1, 2, 100]],
    );
  });

  it('a flattening that ends right before it begins inserts an axis', () => {
    check([[1, 32, 6, 8]], 'type: "Flatten" flatten_param { axis: 3 end_axis: 2 }', [[1, 32, 6, 1, 8]]);
  });

  it('deconvolutions: MACs by input positions', () => {
    const layer =
      'type: "Deconvolution" convolution_param { num_output: 21 kernel_size: 4 stride: 2 bias_term: false }';
    check([[1, 21, 16, 16]], layer, [[1, 21, 34, 34]], 7056, 16 * 16 * 21 * 21 * 16);
  });

  it('pooling: rounded up, clipped where there is padding; round_mode, ceil_mode, global_pooling', () => {
    const pool = (param: string): string => `type: "Pooling" pooling_param { ${param} }`;
    check([[1, 3, 112, 112]], pool('kernel_size: 3 stride: 2'), [[1, 3, 56, 56]]);
    check([[1, 3, 112, 112]], pool('kernel_size: 3 stride: 2 round_mode: FLOOR'), [[1, 3, 55, 55]]);
    check([[1, 3, 112, 112]], pool('kernel_size: 3 stride: 2 ceil_mode: false'), [[1, 3, 55, 55]]);
    // Without padding Caffe keeps a window that begins behind the input, with padding it does not.
    check([[1, 3, 4, 4]], pool('kernel_size: 1 stride: 2'), [[1, 3, 3, 3]]);
    check([[1, 3, 5, 5]], pool('kernel_size: 2 stride: 2 pad: 1'), [[1, 3, 3, 3]]);
    check([[1, 3, 7, 9]], pool('pool: AVE global_pooling: true'), [[1, 3, 1, 1]]);
    check([[1, 3, 8, 8]], pool('kernel_h: 2 kernel_w: 4 stride_h: 2 stride_w: 4 pool: 1'), [[1, 3, 4, 2]]);
    check([[1, 3, 8, 8]], pool('kernel_size: 2 stride: 2'), [
      [1, 3, 4, 4],
      [1, 3, 4, 4],
    ]);
    check([[1, 3, 8, 8]], pool('kernel_size: 2 stride: 2 pool: STOCHASTIC'), [[1, 3, 4, 4]]);
  });

  it('spatial pyramids are joined into one vector', () => {
    check([[1, 256, 13, 13]], 'type: "SPP" spp_param { pyramid_height: 3 }', [[1, 256 * 21]]);
    check([[1, 256, 13, 13]], 'type: "SPP" spp_param { pyramid_height: 1 }', [[1, 256, 1, 1]]);
  });

  it('inner products flatten from an axis on', () => {
    const inner = (param: string): string => `type: "InnerProduct" inner_product_param { num_output: 5 ${param} }`;
    check([[1, 2, 3, 4]], inner(''), [[1, 5]], 125, 120);
    check([[1, 2, 3, 4]], inner('axis: -1 bias_term: false'), [[1, 2, 3, 5]], 20, 120);
    check([[1, 2, 3, 4]], inner('transpose: true'), [[1, 5]], 125, 120);
  });

  it('factors and shifts: one for each channel, for several axes, for all, or out of another blob', () => {
    check([[1, 6, 4, 4]], 'type: "Scale"', [[1, 6, 4, 4]], 6);
    check([[1, 6, 4, 4]], 'type: "Scale" scale_param { bias_term: true }', [[1, 6, 4, 4]], 12);
    check([[1, 6, 4, 5]], 'type: "Scale" scale_param { axis: 2 num_axes: -1 }', [[1, 6, 4, 5]], 20);
    check([[1, 6, 4, 5]], 'type: "Scale" scale_param { num_axes: 0 bias_term: true }', [[1, 6, 4, 5]], 2);
    check(
      [
        [1, 6, 4, 5],
        [1, 6],
      ],
      'type: "Scale" scale_param { axis: 0 }',
      [[1, 6, 4, 5]],
    );
    check([[1, 6, 4, 5]], 'type: "Bias" bias_param { axis: -1 }', [[1, 6, 4, 5]], 5);
    check([[1, 6, 4, 5]], 'type: "BatchNorm"', [[1, 6, 4, 5]], 0);
    check([[1, 6, 4, 5]], 'type: "BatchNorm" batch_norm_param { scale_bias: true }', [[1, 6, 4, 5]], 12);
    check([[1, 6, 4, 5]], 'type: "BN"', [[1, 6, 4, 5]], 12);
    check([[1, 6, 4, 5]], 'type: "PReLU"', [[1, 6, 4, 5]], 6);
    check([[1, 6, 4, 5]], 'type: "PReLU" prelu_param { channel_shared: true }', [[1, 6, 4, 5]], 1);
    check([[1, 6, 4, 5]], 'type: "Normalize"', [[1, 6, 4, 5]], 1);
    check(
      [[1, 6, 4, 5]],
      'type: "Normalize" norm_param { across_spatial: false channel_shared: false }',
      [[1, 6, 4, 5]],
      6,
    );
  });

  it('joined and cut', () => {
    check(
      [
        [1, 3, 4, 4],
        [1, 5, 4, 4],
      ],
      'type: "Concat"',
      [[1, 8, 4, 4]],
    );
    check(
      [
        [1, 3, 4, 4],
        [1, 3, 4, 2],
      ],
      'type: "Concat" concat_param { concat_dim: 3 }',
      [[1, 3, 4, 6]],
    );
    check([[1, 6, 4, 4]], 'type: "Slice"', [
      [1, 3, 4, 4],
      [1, 3, 4, 4],
    ]);
    check([[1, 6, 4, 4]], 'type: "Slice" slice_param { axis: 1 slice_point: 1 slice_point: 3 }', [
      [1, 1, 4, 4],
      [1, 2, 4, 4],
      [1, 3, 4, 4],
    ]);
    check([[1, 6, 4, 4]], 'type: "Split"', [
      [1, 6, 4, 4],
      [1, 6, 4, 4],
    ]);
    check(
      [
        [1, 6, 4, 4],
        [1, 6, 4, 4],
      ],
      'type: "Eltwise" eltwise_param { operation: SUM coeff: 1 coeff: -1 }',
      [[1, 6, 4, 4]],
    );
    check(
      [
        [1, 6, 1, 1],
        [1, 6, 4, 4],
        [1, 6, 4, 4],
      ],
      'type: "Axpy"',
      [[1, 6, 4, 4]],
    );
    check(
      [
        [1, 6, 10, 10],
        [1, 2, 7, 7],
      ],
      'type: "Crop" crop_param { axis: 2 offset: 1 }',
      [[1, 6, 7, 7]],
    );
  });

  it('shapes: zero copies, −1 is what is left, axes stay', () => {
    const reshape = (param: string): string => `type: "Reshape" reshape_param { ${param} }`;
    check([[1, 12, 4, 5]], reshape('shape { dim: 0 dim: 2 dim: -1 dim: 0 }'), [[1, 2, 24, 5]]);
    check([[1, 12, 4, 5]], reshape('shape { dim: 3 dim: -1 } axis: 1 num_axes: 1'), [[1, 3, 4, 4, 5]]);
    check([[1, 12, 4, 5]], 'type: "Flatten" flatten_param { axis: 2 }', [[1, 12, 20]]);
    check([[1, 12, 4, 5]], 'type: "Permute" permute_param { order: 0 order: 2 order: 3 }', [[1, 4, 5, 12]]);
    check([[1, 12, 4, 5]], 'type: "Tile" tile_param { axis: 2 tiles: 3 }', [[1, 12, 12, 5]]);
    check([[1, 12, 4, 5]], 'type: "ArgMax"', [[1, 1, 1, 1]]);
    check([[1, 12]], 'type: "ArgMax" argmax_param { top_k: 5 out_max_val: true }', [[1, 2, 5]]);
    check([[1, 12, 4, 5]], 'type: "ArgMax" argmax_param { axis: 1 }', [[1, 1, 4, 5]]);
    check([[1, 12, 4, 5]], 'type: "Reduction" reduction_param { axis: 2 operation: SUMSQ }', [[1, 12]]);
    check([[1, 12, 4, 5]], 'type: "Reduction"', [[]]);
    check([[1, 3, 8, 8]], 'type: "Im2col" convolution_param { kernel_size: 3 stride: 2 }', [[1, 27, 3, 3]]);
    check([[1, 7]], 'type: "Embed" embed_param { num_output: 16 input_dim: 100 }', [[1, 7, 16]], 1616);
    check([[1, 12, 4, 4]], 'type: "ShuffleChannel" shuffle_channel_param { group: 3 }', [[1, 12, 4, 4]]);
    check([[1, 12, 4, 4]], 'type: "Reorg" reorg_param { stride: 2 }', [[1, 48, 2, 2]]);
    check([], 'type: "Parameter" parameter_param { shape { dim: 3 dim: 4 } }', [[3, 4]], 12);
  });

  it('enlarged: by a scale, by factors that keep the corners, to a size', () => {
    check([[1, 4, 9, 9]], 'type: "Upsample" upsample_param { scale: 2 }', [[1, 4, 18, 18]]);
    check([[1, 4, 9, 9]], 'type: "Upsample" upsample_param { scale: 2 pad_out_h: true }', [[1, 4, 17, 18]]);
    check([[1, 4, 9, 9]], 'type: "Interp" interp_param { zoom_factor: 8 }', [[1, 4, 65, 65]]);
    check([[1, 4, 9, 9]], 'type: "Interp" interp_param { shrink_factor: 2 pad_beg: 0 }', [[1, 4, 5, 5]]);
    check([[1, 4, 9, 9]], 'type: "Interp" interp_param { height: 30 width: 20 }', [[1, 4, 30, 20]]);
  });

  it('detection', () => {
    const prior =
      'type: "PriorBox" prior_box_param { min_size: 30 max_size: 60 aspect_ratio: 2 aspect_ratio: 0.5 aspect_ratio: 3 }';
    // 1, 2, 1/2, 3, 1/3 and the larger square: six at each of 19² positions.
    check(
      [
        [1, 512, 19, 19],
        [1, 3, 300, 300],
      ],
      prior,
      [[1, 2, 6 * 361 * 4]],
    );
    check(
      [
        [1, 256, 20, 30],
        [300, 5],
      ],
      'type: "ROIPooling" roi_pooling_param { pooled_h: 7 pooled_w: 6 }',
      [[300, 256, 7, 6]],
    );
    check(
      [
        [1, 98, 20, 30],
        [300, 5],
      ],
      'type: "PSROIPooling" psroi_pooling_param { output_dim: 2 group_size: 7 }',
      [[300, 2, 7, 7]],
    );
    check(
      [
        [1, 18, 20, 30],
        [1, 36, 20, 30],
        [1, 3],
      ],
      'type: "Python" python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" }',
      [[300, 5]],
    );
  });

  it('a Python layer of anybody is unknown, and says why', () => {
    const { layers } = rows(
      'input: "a" input_shape { dim: 1 dim: 3 }\nlayer { type: "Python" bottom: "a" top: "b" python_param { layer: "Mine" } }',
    );
    assert.deepEqual([layers[1]!.outputs, layers[1]!.macs, layers[1]!.complete], [[null], null, false]);
  });
});

describe('Caffe networks', () => {
  const net = (batch: number, more: string): string =>
    `input: "x" input_shape { dim: ${batch} dim: 4 dim: 6 dim: 6 }\n${more}`;
  const conv = (name: string, param = '', out = 4): string =>
    `layer { name: "${name}" type: "Convolution" bottom: "x" top: "${name}" ${param} convolution_param { num_output: ${out} kernel_size: 1 } }\n`;

  it('are told for one sample, whatever batch they write', () => {
    const text = net(
      10,
      `${conv('a')}layer { type: "Reshape" bottom: "a" top: "b" reshape_param { shape { dim: 10 dim: -1 } } }`,
    );
    const document = open({ name: 'x.prototxt', text }, defaultSettings)!;
    const analysed = price(document, defaultSettings)!;
    assert.equal(analysed.spec.batch, 10);
    const { layers } = report(analysed);
    assert.deepEqual(
      layers.map(({ outputs }) => outputs[0]),
      [
        [1, 4, 6, 6],
        [1, 4, 6, 6],
        [1, 144],
      ],
    );
  });

  it('rows that hold the batch in their first axis are those of one sample', () => {
    const { layers, problems } = rows(
      net(10, 'layer { type: "Reshape" bottom: "x" top: "b" reshape_param { shape { dim: -1 dim: 6 } } }'),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(layers[1]!.outputs, [[24, 6]]);
  });

  it('parameters that share a name count once', () => {
    const both = 'param { name: "w" } param { name: "b" }';
    assert.equal(rows(net(1, conv('a', both) + conv('b', both))).totals.params, 20);
    // Weights shared, biases not.
    assert.equal(rows(net(1, conv('a', 'param { name: "w" }') + conv('b', 'param { name: "w" }'))).totals.params, 24);
    assert.equal(rows(net(1, conv('a') + conv('b'))).totals.params, 40);
    const { totals } = rows(net(1, conv('a', both) + conv('b', both)));
    assert.equal(totals.macs, 2 * 36 * 16);
  });

  it('inputs are set by name or in order', () => {
    const text =
      'layer { name: "d" type: "Data" top: "data" top: "label" data_param { batch_size: 8 } }\nlayer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }';
    const { totals, layers } = rows(text);
    assert.deepEqual([totals.macs, totals.complete], [null, false]);
    assert.deepEqual(layers[0]!.outputs, [[1, null, null, null], [1]]);
    assert.equal(rows(text, { input: [{ sizes: [3, 8, 8] }] }).totals.macs, 2 * 3 * 64);
    assert.equal(rows(text, { input: [{ name: 'data', sizes: [1, 3, 4, 4] }] }).totals.macs, 2 * 3 * 16);
    assert.equal(rows(`# flopline: input=3,8,8\n${text}`).totals.macs, 2 * 3 * 64);
  });

  it('cropped and resized data have sizes', () => {
    const data = (type: string, more: string): unknown =>
      rows(`layer { type: "${type}" top: "d" ${more} }\n`).layers[0]!.outputs;
    assert.deepEqual(data('Data', 'transform_param { crop_size: 227 }'), [[1, 3, 227, 227]]);
    assert.deepEqual(data('Data', 'transform_param { crop_size: 28 force_gray: true }'), [[1, 1, 28, 28]]);
    assert.deepEqual(data('ImageData', 'image_data_param { new_height: 64 new_width: 48 is_color: false }'), [
      [1, 1, 64, 48],
    ]);
    assert.deepEqual(data('AnnotatedData', 'transform_param { resize_param { height: 300 width: 200 } }'), [
      [1, 3, 300, 200],
    ]);
    assert.deepEqual(data('MemoryData', 'memory_data_param { batch_size: 4 channels: 3 height: 5 width: 6 }'), [
      [1, 3, 5, 6],
    ]);
    assert.deepEqual(data('DummyData', 'dummy_data_param { num: 4 channels: 3 height: 5 width: 6 }'), [[1, 3, 5, 6]]);
  });

  it('phases: include, exclude, levels and stages', () => {
    const layer = (rules: string): string => net(1, `layer { name: "a" type: "ReLU" bottom: "x" top: "x" ${rules} }\n`);
    const isThere = (rules: string, settings: Partial<Settings> = {}, state = ''): boolean =>
      !rows(state + layer(rules), settings).layers[1]!.op.includes('not in');
    assert.equal(isThere('include { phase: TRAIN }'), false);
    assert.equal(isThere('include { phase: TRAIN }', { phase: 'TRAIN' }), true);
    assert.equal(isThere('include { phase: TRAIN }', {}, 'state { phase: TRAIN }\n'), true);
    assert.equal(isThere('include { phase: TRAIN }', {}, '# flopline: phase=TRAIN\n'), true);
    assert.equal(isThere('include { phase: TRAIN } include { phase: TEST }'), true);
    assert.equal(isThere('exclude { phase: TEST }'), false);
    assert.equal(isThere('include { min_level: 1 }'), false);
    assert.equal(isThere('include { min_level: 1 max_level: 3 }', {}, 'state { level: 2 }\n'), true);
    assert.equal(isThere('include { stage: "deploy" }'), false);
    assert.equal(isThere('include { stage: "deploy" not_stage: "x" }', {}, 'state { stage: "deploy" }\n'), true);
    assert.equal(isThere('include { not_stage: "deploy" }', {}, 'state { stage: "deploy" }\n'), false);
  });

  it('the older forms say the same', () => {
    const v1 =
      'layers { name: "a" type: CONVOLUTION bottom: "x" top: "a" param: "w" blobs_lr: 1 convolution_param { num_output: 3 kernel_size: 3 pad: 1 } }\nlayers { name: "s" type: SOFTMAX_LOSS bottom: "a" bottom: "x" top: "l" include: { phase: TRAIN } }\n';
    const v0 =
      'layers { layer { name: "p" type: "padding" pad: 1 } bottom: "x" top: "p" }\nlayers { layer { name: "a" type: "conv" num_output: 3 kernelsize: 3 biasterm: true } bottom: "p" top: "a" }\n';
    for (const text of [v1, v0]) {
      const { totals, problems, layers } = rows(net(1, text));
      assert.deepEqual(problems, []);
      assert.deepEqual([totals.params, totals.macs], [3 * 37, 3 * 36 * 36]);
      assert.deepEqual(layers.find(({ name }) => name === 'a')!.outputs, [[1, 3, 6, 6]]);
    }
  });

  it('only networks are recognised', () => {
    const known = (text: string, name = 'x.prototxt'): boolean => open({ name, text }, defaultSettings) !== undefined;
    assert.equal(known('net: "train.prototxt"\nbase_lr: 0.01\nmax_iter: 10\n'), false);
    assert.equal(known('item {\n  name: "dog"\n  label: 1\n}\n'), false);
    assert.equal(known('model {\n  ssd {\n    num_classes: 90\n  }\n}\n'), false);
    assert.equal(known('name: "x"\nlayer {\n'), true);
    assert.equal(known('layers: < type: RELU >\n'), true);
    assert.equal(known('layer { }', 'x.txt'), false);
    assert.equal(known('layer: [ { name: "x" } ]'), true);
    assert.equal(known(`layer${' '.repeat(200_000)}x`), false);
  });

  it('layers may be entries of a list, each with a row at its own braces', () => {
    const text =
      'layer: [ { name: "i" type: "Input" top: "a" input_param { shape: [{ dim: [1, 3, 8, 8] }] } },\n { name: "c" type: "Convolution" bottom: ["a"] top: ["c"] convolution_param { num_output: 2 kernel_size: [] kernel_size: 3 } } ]\n';
    const { layers, problems } = rows(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      layers.map(({ line, outputs, params }) => [line, outputs, params]),
      [
        [1, [[1, 3, 8, 8]], 0],
        [2, [[1, 2, 6, 6]], 56],
      ],
    );
  });

  it('R-FCN’s hard examples, DeepLab’s accuracy, SELU', () => {
    check(
      [
        [1, 21, 6, 8],
        [1, 1, 6, 8],
      ],
      'type: "SoftmaxWithLossOHEM" loss_weight: [0, 0, 0] loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 128 }',
      [[], [1, 21, 6, 8], [1, 1, 6, 8]],
    );
    // Axes that are not there count as 1.
    check(
      [
        [1, 8],
        [1, 8],
        [1, 8],
      ],
      'type: "SmoothL1LossOHEM"',
      [[], [1, 1, 1, 1]],
    );
    check(
      [
        [1, 8, 6, 9],
        [1, 8, 6, 9],
      ],
      'type: "SmoothL1LossOHEM"',
      [[], [1, 1, 6, 9]],
    );
    check(
      [
        [1, 5, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [1, 8, 1, 1],
      ],
      'type: "BoxAnnotatorOHEM" box_annotator_ohem_param { roi_per_img: 128 ignore_label: -1 }',
      [
        [1, 1, 1, 1],
        [1, 8, 1, 1],
      ],
    );
    check(
      [
        [1, 21, 6, 8],
        [1, 1, 6, 8],
      ],
      'type: "SegAccuracy" seg_accuracy_param { ignore_label: 255 }',
      [[1, 1, 1, 3]],
    );
    check([[1, 4, 6, 8]], 'type: "SeLu"', [[1, 4, 6, 8]]);
    check([[1, 4, 6, 8]], 'type: "SeLuDropout" selu_dropout_param { dropout_ratio: 0.1 }', [[1, 4, 6, 8]]);
    check(
      [
        [1, 4, 6, 8],
        [1, 9, 12, 16],
      ],
      'type: "Interp" interp_param { use_blob_size: true }',
      [[1, 4, 12, 16]],
    );
  });

  it('an axis that cannot be is reported once, where it is written', () => {
    for (const layer of [
      'type: "Permute" permute_param { order: [0, - 2, 3, 1] }',
      'type: "Slice" slice_param { slice_point: -1 }',
      'type: "ArgMax" argmax_param { top_k: -1 }',
      'type: "Concat" concat_param { concat_dim: -1 }',
    ]) {
      const text = `input: "a" input_shape { dim: 1 dim: 4 dim: 6 dim: 8 }\nlayer { name: "x" bottom: "a" top: "t" ${layer} }\n`;
      const errors = rows(text).problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ code, line }) => [code, line]),
        [['not-a-whole-number', 2]],
        layer,
      );
    }
  });

  it('losses and measures at the end of forks’ networks are no oversight', () => {
    const layers = [
      'layer { name: "l" type: "SmoothL1LossOHEM" bottom: "a" bottom: "a" top: "l" }',
      'layer { name: "m" type: "SegAccuracy" bottom: "a" bottom: "b" top: "m" }',
      'layer { name: "r" type: "ReLU" bottom: "a" top: "r" }',
    ].join('\n');
    const { problems } = rows(
      `input: "a" input: "b" input_shape { dim: 1 dim: 4 dim: 6 dim: 8 } input_shape { dim: 1 dim: 1 dim: 6 dim: 8 }\n${layers}\n`,
    );
    assert.deepEqual(problems, []);
  });
});
