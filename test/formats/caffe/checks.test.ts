// What Caffe's own CHECKs refuse, in the words of the layer that the text has.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings, type FileReport, open, price, report } from '../../../server/src/core/index.ts';

function read(text: string): FileReport {
  const document = open({ name: 'x.prototxt', text }, defaultSettings)!;
  return report(price(document, defaultSettings)!);
}

const input = (name: string, ...sizes: readonly number[]): string =>
  `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { ${sizes.map(size => `dim: ${size}`).join(' ')} } } }\n`;
const layer = (type: string, bottoms: readonly string[], rest = ''): string =>
  `layer { name: "y" type: "${type}" ${bottoms.map(name => `bottom: "${name}"`).join(' ')} top: "y" ${rest} }\n`;

/** Checks that a text has one error, with a code and words, and is not taken for certain. */
function refuses(text: string, code: string, words: RegExp): void {
  const { problems, totals } = read(text);
  const errors = problems.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(error => error.code),
    [code],
    text,
  );
  assert.match(errors[0]!.message, words);
  assert.equal(totals.complete, false);
}

function accepts(text: string): void {
  const { problems, totals } = read(text);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error' || severity === 'warning'),
    [],
    text,
  );
  assert.equal(totals.complete, true, text);
}

describe('Caffe, inputs of losses and metrics', () => {
  it('numbers of a sample', () => {
    const bottoms = input('x', 2, 3) + input('t', 2);
    for (const type of ['EuclideanLoss', 'SigmoidCrossEntropyLoss']) {
      refuses(
        bottoms + layer(type, ['x', 't']),
        'sample-size-mismatch',
        /“x” has 3 per sample .* “t” has 1 .* Make “x” output 1/,
      );
      accepts(input('x', 2, 3, 4) + input('t', 2, 4, 3) + layer(type, ['x', 't']));
    }
  });

  it('one number, vectors, maps', () => {
    const maps = input('x', 2, 3, 4, 5) + input('t', 2, 3, 4, 6) + input('s', 2);
    refuses(maps + layer('SmoothL1Loss', ['x', 't']), 'map-size-mismatch', /width is 5 in one and 6 in the other/);
    refuses(maps + layer('ContrastiveLoss', ['x', 't', 's']), 'vectors-expected', /compares vectors/);
    refuses(
      maps + layer('MultinomialLogisticLoss', ['x', 't']),
      'one-number-per-sample',
      /one value per sample in “t”/,
    );
    refuses(input('x', 2, 3) + input('s', 2) + layer('InfogainLoss', ['x', 's']), 'missing-matrix', /needs a matrix/);
  });

  it('the best of too few', () => {
    const classes = input('x', 2, 3) + input('s', 2);
    refuses(
      classes + layer('Accuracy', ['x', 's'], 'accuracy_param { top_k: 5 }'),
      'top-k-larger-than-classes',
      /top_k is 5.* Use at most 3/,
    );
    accepts(classes + layer('Accuracy', ['x', 's'], 'accuracy_param { top_k: 3 }'));
    refuses(
      input('x', 2, 3) + layer('ArgMax', ['x'], 'argmax_param { top_k: 4 }'),
      'k-larger-than-axis',
      /Use at most 3/,
    );
  });
});

describe('Caffe, SSD', () => {
  /** Two heads on one map of 4×4; `out` are the outputs for locations and for confidences. */
  const ssd = (
    loc: number,
    conf: number,
    prior: string,
    end = 'DetectionOutput',
    param = 'detection_output_param',
  ): string => {
    const head = (name: string, out: number): string =>
      `layer { name: "${name}" type: "Convolution" bottom: "x" top: "${name}" convolution_param { num_output: ${out} kernel_size: 1 } }
layer { name: "${name}p" type: "Permute" bottom: "${name}" top: "${name}p" permute_param { order: 0 order: 2 order: 3 order: 1 } }
layer { name: "${name}f" type: "Flatten" bottom: "${name}p" top: "${name}f" }\n`;
    const boxes = `layer { name: "prior" type: "PriorBox" bottom: "x" bottom: "x" top: "prior" prior_box_param { ${prior} } }\n`;
    const bottoms = ['locf', 'conff', 'prior', ...(end === 'MultiBoxLoss' ? ['label'] : [])];
    const label = end === 'MultiBoxLoss' ? input('label', 1, 1, 5, 8) : '';
    return `${input('x', 1, 8, 4, 4)}${label}${head('loc', loc)}${head('conf', conf)}${boxes}${layer(end, bottoms, `${param} { num_classes: 3 }`)}`;
  };
  const prior = 'min_size: 10 max_size: 20 aspect_ratio: 2 flip: true';

  it('priors against locations and confidences, in both layers that read them', () => {
    for (const [end, param] of [
      ['DetectionOutput', 'detection_output_param'],
      ['MultiBoxLoss', 'multibox_loss_param'],
    ] as const) {
      accepts(ssd(16, 12, prior, end, param));
      refuses(
        ssd(12, 12, prior, end, param),
        'prior-mismatch',
        /64 priors .* 256 coordinates .* has 192 .* num_output of “loc” to 16/,
      );
      refuses(ssd(16, 84, prior, end, param), 'prior-mismatch', /num_output of “conf” to 12 \(4 · 3\), not 84/);
    }
  });

  it('boxes as PriorBoxLayer counts them: 1 is there, inverses by flip, none twice, one for each max_size', () => {
    for (const [boxes, text] of [
      [1, 'min_size: 10'],
      [1, 'min_size: 10 aspect_ratio: 1'],
      [3, 'min_size: 10 aspect_ratio: 2'],
      [2, 'min_size: 10 aspect_ratio: 2 flip: false'],
      [3, 'min_size: 10 aspect_ratio: 2 aspect_ratio: 0.5'],
      [8, 'min_size: 10 min_size: 12 max_size: 20 max_size: 24 aspect_ratio: 2'],
    ] as const) {
      accepts(ssd(4 * boxes, 3 * boxes, text));
    }
    refuses(ssd(4, 3, 'min_size: 10 step: 0'), 'not-positive', /“step” must be above 0/);
  });
});

describe('Caffe, layers and their fields', () => {
  it('statistics of a BatchNorm are not learned', () => {
    const norm = (params: string): string => input('x', 1, 4, 5, 5) + layer('BatchNorm', ['x'], params);
    accepts(norm('param { lr_mult: 0 } param { lr_mult: 0 } param { lr_mult: 0 }'));
    refuses(norm('param { lr_mult: 0 } param { lr_mult: 1 }'), 'learned-statistics', /statistics, not learned/);
    refuses(norm('param { lr_mult: 0 }'.repeat(4)), 'too-many-params', /3 parameter blobs/);
  });

  it('the padding of each side, as Synopsys’ fork has it', () => {
    const conv = (rest: string): FileReport =>
      read(
        input('x', 1, 3, 8, 8) +
          layer('Convolution', ['x'], `convolution_param { num_output: 8 kernel_size: 3 ${rest} }`),
      );
    assert.deepEqual(conv('pad_l: 1 pad_r: 1 pad_t: 1 pad_b: 1').layers[1]!.outputs, [[1, 8, 8, 8]]);
    assert.deepEqual(conv('pad_l: 2 pad_b: 1').layers[1]!.outputs, [[1, 8, 7, 8]]);
    assert.deepEqual(conv('stride: 2 pad_type: 1').layers[1]!.outputs, [[1, 8, 4, 4]]);
    assert.equal(conv('pad: 1 pad_l: 1').totals.complete, false);
  });

  it('a field that is not known makes the cost unknown; where shapes stay, they stay', () => {
    const { layers, totals } = read(
      input('x', 1, 4, 5, 5) +
        'layer { name: "r" type: "ReLU" bottom: "x" top: "r" relu_param { leak: 1 } }\n' +
        'layer { name: "c" type: "Convolution" bottom: "r" top: "c" convolution_param { num_output: 2 kernel_size: 1 tap: 3 } }\n',
    );
    assert.deepEqual(
      layers.map(({ outputs, complete }) => [outputs, complete]),
      [
        [[[1, 4, 5, 5]], true],
        [[[1, 4, 5, 5]], false],
        [[null], false],
      ],
    );
    assert.equal(totals.complete, false);
  });

  it('one wrong width is one error, not one at every sum below', () => {
    const conv = (from: string, to: string, out: number): string =>
      `layer { name: "${to}" type: "Convolution" bottom: "${from}" top: "${to}" convolution_param { num_output: ${out} kernel_size: 1 } }\n`;
    const sum = (a: string, b: string, to: string): string =>
      `layer { name: "${to}" type: "Eltwise" bottom: "${a}" bottom: "${b}" top: "${to}" }\n`;
    const text =
      input('x', 1, 4, 5, 5) +
      conv('x', 'a', 5) +
      sum('a', 'x', 's') +
      conv('s', 'b', 4) +
      sum('s', 'b', 't') +
      conv('t', 'c', 4) +
      sum('t', 'c', 'u');
    refuses(text, 'elementwise-shape-mismatch', /“a” is 1×5×5×5 and “x” is 1×4×5×5/);
    assert.deepEqual(read(text).layers.at(-1)!.outputs, [[1, 4, 5, 5]]);
  });

  it('data in TRAIN alone is read in TRAIN, and said', () => {
    const text =
      'layer { name: "d" type: "Data" top: "data" top: "label" include { phase: TRAIN } transform_param { crop_size: 8 } data_param { batch_size: 2 } }\n' +
      'layer { name: "f" type: "InnerProduct" bottom: "data" top: "f" inner_product_param { num_output: 2 } }\n' +
      'layer { name: "l" type: "SoftmaxWithLoss" bottom: "f" bottom: "label" top: "l" }\n';
    const { totals, problems } = read(text);
    assert.deepEqual([totals.complete, totals.params, totals.macs], [true, 386, 384]);
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]).filter(([code]) => code === 'read-as-train'),
      [['read-as-train', 'information']],
    );
    // Who says a phase gets it.
    assert.equal(read(`# flopline: phase=TEST\n${text}`).totals.complete, false);
  });
});

describe('Caffe, what is not known and why', () => {
  const python = 'layer { name: "p" type: "Python" bottom: "x" top: "p" python_param { module: "m" layer: "L" } }\n';
  const conv = (bottom: string, name: string): string =>
    `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }\n`;
  const start = input('x', 1, 3, 8, 8) + conv('x', 'c') + python;

  it('a Scale or Bias has the shape of its first bottom, whatever the second is', () => {
    for (const type of ['Scale', 'Bias']) {
      const { layers, totals } = read(start + layer(type, ['c', 'p']) + conv('y', 'd'));
      assert.deepEqual(layers.at(-1)!.outputs, [[1, 4, 8, 8]]);
      // 4·4·9 + 4 weights; the row of the Python layer and the Scale stay unknown.
      assert.deepEqual([layers.at(-1)!.params, layers.at(-1)!.complete, totals.complete], [148, true, false]);
    }
  });

  it('coefficients are counted before shapes are looked at', () => {
    refuses(
      start + layer('Eltwise', ['c', 'p'], 'eltwise_param { coeff: 1 }'),
      'value-count-mismatch',
      /1 coefficient for 2/,
    );
  });

  it('a convolution of unknown channels names what they hang on', () => {
    const { layers } = read(start + layer('Concat', ['c', 'p']) + conv('y', 'd'));
    const { complete, params, why } = layers.at(-1)!;
    assert.deepEqual([complete, params], [false, null]);
    assert.match(why!, /^Unknown because of line 3: .*Python/);
  });

  it('another phase is only proposed where it helps', () => {
    const data = (rule: string): string =>
      `layer { name: "d" type: "Data" top: "x" include { ${rule} } data_param { source: "x" batch_size: 1 } transform_param { crop_size: 8 } }\n`;
    const reported = (text: string): string =>
      read(text).problems.find(({ code }) => code === 'excluded-bottom')!.message;
    const set = '# flopline: phase=TEST\n';
    assert.match(reported(set + data('phase: TRAIN') + conv('x', 'c')), /Read the file in the TRAIN phase/);
    for (const rule of ['phase: TRAIN stage: "a"', 'min_level: 1']) {
      const message = reported(set + data(rule) + conv('x', 'c'));
      assert.match(message, /excluded in both phases.*state \{ stage/);
      assert.doesNotMatch(message, /Read the file/);
    }
  });

  it('a bias is only proposed to a layer that has none', () => {
    const params = 'param { lr_mult: 1 } '.repeat(3);
    const reported = (rest: string): string =>
      read(
        input('x', 1, 3, 8, 8) +
          layer('Convolution', ['x'], `${params} convolution_param { num_output: 4 kernel_size: 1 ${rest} }`),
      ).problems[0]!.message;
    assert.doesNotMatch(reported(''), /bias_term/);
    assert.match(reported('bias_term: false'), /or set bias_term: true/);
  });
});

describe('Caffe, a slip is reported as what it is', () => {
  const right = `${input('x', 1, 3, 8, 8)}layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 4 kernel_size: 3 } }\n`;
  const whole = read(right).totals;

  for (const [good, bad, code, words] of [
    ['"Convolution"', '"Convolution', 'unclosed-string', /do not match: " is missing here/],
    ['"Convolution"', 'Convolution"', 'unclosed-string', /do not match: " is missing here/],
    ['bottom: "x"', 'bottom: "x', 'unclosed-string', /do not match: " is missing here/],
    ['num_output: 4', 'num_output = 4', 'missing-colon', /a colon, not by “=”/],
    ['num_output: 4', 'num_output; 4', 'missing-colon', /a colon, not by “;”/],
  ] as const) {
    it(`${bad} for ${good}`, () => {
      const { problems, totals } = read(right.replace(good, bad));
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error').map(problem => problem.code),
        [code],
      );
      assert.match(problems[0]!.message, words);
      // Read as its only repair has it.
      assert.deepEqual([totals.params, totals.macs], [whole.params, whole.macs]);
    });
  }
});

describe('Caffe, fields', () => {
  const messages = (text: string): readonly string[] => read(text).problems.map(({ message }) => message);
  const field = (name: string): readonly string[] =>
    messages(input('x', 1, 3, 8, 8) + layer('ReLU', ['x'], `${name} { }`)).filter(text => text.includes(name));

  it('suggests a message of parameters only where what comes before “_param” is alike', () => {
    for (const name of ['foo_param', 'xyz_param', 'my_own_param']) {
      assert.equal(field(name).length, 1, name);
      assert.doesNotMatch(field(name)[0]!, /Did you mean/, name);
    }
    assert.match(field('convolutoin_param')[0]!, /Did you mean “convolution_param”/);
    assert.match(field('conv_param')[0]!, /Did you mean “convolution_param”/);
    assert.match(field('poling_param')[0]!, /Did you mean “pooling_param”/);
  });

  it('a name of the network above and below the layers is one too many', () => {
    const text = `name: "a"\n${input('x', 1, 3, 8, 8)}${layer('ReLU', ['x'])}`;
    accepts(text);
    refuses(`${text}name: "b"\n`, 'repeated-field', /only once/);
  });

  it('points of a Slice say how large all pieces but the last are, whatever the bottom has', () => {
    const data = 'layer { name: "x" type: "Data" top: "x" data_param { batch_size: 4 } }\n';
    const slice =
      'layer { name: "y" type: "Slice" bottom: "x" top: "a" top: "b" top: "c" slice_param { slice_point: 1 slice_point: 4 } }';
    assert.deepEqual(
      read(data + slice).layers[1]!.outputs.map(shape => shape?.[1]),
      [1, 3, null],
    );
  });
});
