// What rows mean: shapes, counts and frames of small networks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operators } from '../../../server/src/core/formats/flopline/operators.ts';
import type { Frame } from '../../../server/src/core/graph/graph.ts';
import { type Analysed, defaultSettings, open, price } from '../../../server/src/core/index.ts';
import { ops } from '../../../server/src/core/ops/index.ts';

describe('rows of operators', () => {
  it('every operator has a name', () => {
    const reached = new Set(operators.map(({ op }) => op.name));
    assert.deepEqual(
      ops.filter(({ name }) => !reached.has(name)),
      [],
    );
  });

  it('every example of every operator can be written', () => {
    for (const operator of operators) {
      if (operator.preset) continue;
      for (const { attrs, inputs, output } of operator.op.examples) {
        // An attribute at a time, as the docs spell it; absent ones are left to their defaults.
        const written = Object.entries(attrs)
          .filter(([, value]) => value !== undefined && !(value === Number.POSITIVE_INFINITY))
          .map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
        const from = inputs.length > 0 ? [`from: [${inputs.map((_, at) => `x${at}`).join(', ')}]`] : [];
        const text = [
          `input: {${(inputs.length > 0 ? inputs : [[1, 1]]).map((shape, at) => `x${at}: [${shape.slice(1)}]`).join(', ')}}`,
          'layers:',
          `  - ${operator.name}: {${[...written, ...from].join(', ')}}`,
        ].join('\n');
        // Sizes without the batch cannot say another batch than 1, or none.
        if (inputs.some(shape => shape[0] !== 1 || shape.length < 2)) continue;
        const analysed = priced(text);
        assert.deepEqual(analysed.problems, [], text);
        const frame = analysed.model.graph.root.children[0]!;
        const shapes = frame.outputs.map(({ shape }) => shape);
        assert.deepEqual(shapes, Array.isArray(output[0]) ? output : [output], text);
      }
    }
  });

  it('spellings do not matter', () => {
    for (const name of ['globalavgpool', 'GlobalAvgPool', 'global_avg_pool', 'GAP', 'global-average-pool']) {
      checkOutput('[8, 4, 4]', [name], [1, 8, 1, 1]);
    }
    checkOutput('[8, 4, 4]', ['Conv2d: {out: 4, kernel: 1}'], [1, 4, 4, 4]);
    checkOutput('[8, 4]', ['conv1d: {out: 4, kernel: 3}'], [1, 4, 2]);
    checkOutput('[8]', ['BatchNorm1d'], [1, 8]);
    checkOutput('[8, 4]', ['mean: 2'], [1, 8]);
    checkOutput('[8, 4]', ['exp'], [1, 8, 4]);
  });

  it('bare values', () => {
    checkOutput('[8, 4, 4]', ['maxpool: 2'], [1, 8, 2, 2]);
    checkOutput('[8, 4, 6]', ['maxpool: [2, 3]'], [1, 8, 2, 2]);
    checkOutput('[8, 4, 4]', ['flatten: 2'], [1, 8, 16]);
    checkOutput('[8, 4, 4]', ['upsample: 2'], [1, 8, 8, 8]);
    checkOutput('[8, 4, 4]', ['pad: 1'], [1, 8, 6, 6]);
    checkOutput('[8, 4, 4]', ['pad: {padding: [1, 0]}'], [1, 8, 6, 4]);
    checkOutput('[128]', ['embedding: {count: 100, dim: 16}', 'lstm: 32'], [1, 128, 32]);
  });

  it('padding', () => {
    checkOutput('[1, 7, 7]', ['conv: {out: 1, kernel: 3, stride: 2, padding: same}'], [1, 1, 4, 4]);
    checkOutput('[1, 8, 8]', ['conv: {out: 1, kernel: 3, stride: 2, padding: same}'], [1, 1, 4, 4]);
    checkOutput('[1, 8, 8]', ['conv: {out: 1, kernel: 3, padding: valid}'], [1, 1, 6, 6]);
    checkOutput('[1, 8, 8]', ['conv: {out: 1, kernel: [1, 3], padding: [0, 1]}'], [1, 1, 8, 8]);
    checkOutput('[1, 8, 8]', ['conv: {out: 1, kernel: 2, padding: {right: 1, bottom: 1}}'], [1, 1, 8, 8]);
    checkOutput('[1, 8]', ['conv: {out: 1, kernel: 4, padding: {before: 3}}'], [1, 1, 8]);
    checkOutput('[1, 8, 8]', ['conv: {out: 1, kernel: 2, dilation: 2, padding: same}'], [1, 1, 8, 8]);
    for (const kernel of [1, 2, 3, 4, 5]) {
      for (const stride of [1, 2, 3]) {
        // An even kernel that moves by single steps has no middle.
        if (stride === 1 && kernel % 2 === 0) continue;
        // Keras: input × stride.
        const row = `convtranspose: {out: 1, kernel: ${kernel}, stride: ${stride}, padding: same}`;
        checkOutput('[1, 5, 5]', [row], [1, 1, 5 * stride, 5 * stride]);
      }
    }
  });

  it('a convolution with normalization and activation has no bias', () => {
    checkParams('[3, 4, 4]', ['conv: {out: 8, kernel: 1}'], 32);
    checkParams('[3, 4, 4]', ['conv: {out: 8, kernel: 1, norm: batch, act: relu}'], 40);
    checkParams('[3, 4, 4]', ['conv: {out: 8, kernel: 1, norm: batch, bias: true}'], 48);
    checkParams('[3, 4, 4]', ['conv: {out: 8, kernel: 1, norm: none}'], 32);
    // Over the channels, as torchvision's LayerNorm2d.
    checkParams('[3, 4, 6]', ['conv: {out: 8, kernel: 1, norm: layer}'], 40);
    checkOutput('[3, 4, 6]', ['conv: {out: 8, kernel: 1, norm: layer}'], [1, 8, 4, 6]);
    checkParams('[3, 4, 4]', ['conv: {out: 8, kernel: 1, norm: {group: 4}, act: {leakyrelu: 0.1}}'], 40);
    checkParams('[5, 3]', ['linear: {out: 8, norm: layer}'], 40);
  });

  it('depthwise', () => {
    checkParams('[6, 4, 4]', ['conv: {out: 12, kernel: 3, groups: depthwise, bias: false}'], 108);
    checkParams('[6, 4, 4]', ['depthwise: {kernel: 3, bias: false}'], 54);
    checkOutput('[6, 4, 4]', ['depthwise: 3'], [1, 6, 2, 2]);
  });

  it('reads what `from` says', () => {
    checkOutput('[4, 2, 2]', ['conv: {out: 6, kernel: 1, name: a}', 'relu', 'concat: [a, input]'], [1, 10, 2, 2]);
    checkOutput('[4, 2, 2]', ['conv: {out: 6, kernel: 1}', 'concat: input'], [1, 10, 2, 2]);
    checkOutput('[4, 2, 2]', ['conv: {out: 6, kernel: 1}', 'relu', 'add: -2'], [1, 6, 2, 2]);
    checkOutput('[4, 2, 2]', ['conv: {out: 6, kernel: 1}', 'relu: {from: -2}'], [1, 4, 2, 2]);
    checkOutput('[4, 2, 2]', ['split: {sizes: [1, 3], name: s}', 'conv: {out: 2, kernel: 1, from: s.1}'], [1, 2, 2, 2]);
    checkOutput('[4, 2, 2]', ['chunk: 2', 'mul'], [1, 2, 2, 2]);
    // A named parameter stands aside.
    checkOutput('[3, 8]', ['linear: 4', 'parameter: {shape: [1, 3, 4], name: p}', 'add: p'], [1, 3, 4]);
    checkOutput('[4, 2, 2]', ['relu', 'from: input'], [1, 4, 2, 2]);
  });

  it('several inputs', () => {
    const text =
      'input: {image: [3, 8, 8], mask: [1, 8, 8]}\nlayers:\n  - concat: [image, mask]\noutput: [mask, image]';
    const { model } = priced(text);
    assert.deepEqual(model.graph.root.children[0]!.outputs[0]!.shape, [1, 4, 8, 8]);
    assert.deepEqual(
      model.graph.outputs.map(({ shape }) => shape),
      [
        [1, 1, 8, 8],
        [1, 3, 8, 8],
      ],
    );
    const larger = price(open({ name: 'x.net.yaml', text }, defaultSettings)!, {
      ...defaultSettings,
      input: [
        { name: 'image', sizes: [1, 3, 16, 16] },
        { name: 'mask', sizes: [1, 1, 16, 16] },
      ],
    })!;
    assert.deepEqual(larger.model.graph.root.children[0]!.outputs[0]!.shape, [1, 4, 16, 16]);
  });
});

describe('blocks', () => {
  const blocks = [
    'let: {width: 8}',
    'blocks:',
    '  pair(out, kernel=3, act=relu):',
    '    - conv: {out: $out, kernel: $kernel, padding: same}',
    '    - $act',
    '  wide(factor=2):',
    '    - conv: {out: $(channels * factor), kernel: 1}',
    '  shared():',
    '    - conv: {out: $width, kernel: 1}',
    '    - concat: input',
    'layers:',
  ];

  it('parameters by name, by position, by default', () => {
    checkBlock(blocks, ['pair: 4'], [1, 4, 6, 6]);
    checkBlock(blocks, ['pair: [4, 5]'], [1, 4, 6, 6]);
    checkBlock(blocks, ['pair: {out: $width, act: silu}'], [1, 8, 6, 6]);
    checkBlock(blocks, ['wide'], [1, 4, 6, 6]);
    checkBlock(blocks, ['wide: {repeats: 3}'], [1, 16, 6, 6]);
    checkBlock(blocks, ['wide: 3', 'wide: 3'], [1, 18, 6, 6]);
    checkBlock(blocks, ['shared'], [1, 10, 6, 6]);
  });

  it('a use stands for itself and its definition; rows inside for themselves', () => {
    const analysed = priced(
      ['input: [2, 6, 6]', ...blocks, '  - pair: 4', '  - pair: {out: 4, repeats: 2}'].join('\n'),
    );
    const { lines } = analysed.document;
    const sites = (frame: Frame): number[] => frame.sites.map(({ range }) => lines.lineAt(range.from) + 1);
    const [first, second] = analysed.model.graph.root.children;
    assert.deepEqual(sites(first!), [13, 4]);
    assert.deepEqual(first!.children.map(sites), [[5], [6]]);
    assert.deepEqual(sites(second!), [14]);
    assert.deepEqual(second!.children.map(sites), [
      [14, 4],
      [14, 4],
    ]);
    assert.equal(analysed.model.lineCost(3)?.frames.length, 3);
    assert.equal(analysed.model.lineCost(4)?.frames.length, 3);
  });

  it('conditions and repeats', () => {
    checkOutput('[2, 4, 4]', ['conv: {out: 4, kernel: 1, if: $(channels == 2)}'], [1, 4, 4, 4]);
    checkOutput('[2, 4, 4]', ['conv: {out: 4, kernel: 1, if: $(channels == 3)}'], [1, 2, 4, 4]);
    checkOutput('[2, 16, 16]', ['maxpool: {kernel: 2, repeats: 3}'], [1, 2, 2, 2]);
    checkOutput('[2, 16, 16]', ['repeat: {times: 2, layers: [maxpool: 2, relu]}'], [1, 2, 4, 4]);
    checkOutput('[2, 16, 16]', ['repeat: {times: 0, layers: [maxpool: 2]}'], [1, 2, 16, 16]);
  });

  it('branches and residuals', () => {
    const a = '[conv: {out: 4, kernel: 1}]';
    checkOutput('[4, 2, 2]', [`branches: [${a}, []]`], [1, 8, 2, 2]);
    checkOutput('[4, 2, 2]', [`branches: {left: ${a}, right: relu, join: add}`], [1, 4, 2, 2]);
    checkOutput('[4, 2, 2]', [`branches: [${a}, ${a}]\n    join: none`, 'mul'], [1, 4, 2, 2]);
    checkOutput('[4, 2, 2]', [`branches: [${a}, ${a}]\n    axis: -1`], [1, 4, 2, 4]);
    checkOutput('[4, 2, 2]', [`residual: ${a}\n    act: relu\n    repeats: 2`], [1, 4, 2, 2]);
    checkOutput('[3, 2, 2]', [`residual: {layers: ${a}, shortcut: ${a}}`], [1, 4, 2, 2]);
  });
});

describe('bad input', () => {
  it('cycles end', () => {
    for (const text of [
      'input: [3]\nblocks:\n  a():\n    - b\n  b():\n    - a\nlayers: [a]',
      'input: [3]\nlayers: &l\n  - branches: [*l, *l]',
      'input: [3]\nlayers:\n  - repeat: {times: 1.0e+9, layers: []}',
      'input: [3]\nlayers:\n  - repeat: {times: 1000000000, layers: [relu]}',
      'input: [3]\nlayers:\n  - relu: {repeats: 1000000000}',
      `input: [3]\nblocks:\n${Array.from({ length: 60 }, (_, at) => `  b${at}():\n    - b${at + 1}\n    - b${at + 1}\n`).join('')}  b60: []\nlayers: [b0]`,
      `input: [3]\nx-a:\n${Array.from({ length: 300 }, (_, at) => `  - &a${at} {branches: [[${at ? `*a${at - 1}` : ''}], [${at ? `*a${at - 1}` : ''}]], join: none}\n`).join('')}layers: [*a299]`,
      'input: [1.0e+308, 1.0e+308]\nlayers:\n  - linear: 1.0e+308',
      'input: [9007199254740991, 9007199254740991]\nlayers:\n  - linear: 9007199254740991\n  - linear: 9007199254740991',
      'input: [.nan, .inf]\nlayers:\n  - linear: .nan',
    ]) {
      const begin = performance.now();
      const { problems } = priced(text);
      const spent = performance.now() - begin;
      assert.ok(spent < 3000, `${Math.round(spent)} ms: ${text.slice(0, 80)}`);
      assert.ok(Array.isArray(problems));
    }
  });

  it('a missing input is told and nothing is guessed', () => {
    const { problems, model } = priced('layers:\n  - conv: {out: 4, kernel: 3}\n');
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['missing-input'],
    );
    assert.equal(model.totals.params.complete, false);
  });

  it('behind an unknown row, what is declared is still known', () => {
    const { model } = priced(
      'input: [3, 8, 8]\nlayers:\n  - mystery\n  - conv2d: {out: 4, kernel: 3}\n  - conv: {out: 8, kernel: 3, bias: false}\n',
    );
    assert.deepEqual(model.graph.root.children[2]!.outputs[0]!.shape, [1, 8, Number.NaN, Number.NaN]);
    assert.deepEqual(model.costOf(model.graph.root.children[2]!).params, { value: 288, complete: true });
  });
});

function priced(text: string): Analysed {
  return price(open({ name: 'test.net.yaml', text }, defaultSettings)!, defaultSettings)!;
}

function network(input: string, rows: readonly string[]): Analysed {
  const analysed = priced([`input: ${input}`, 'layers:', ...rows.map(row => `  - ${row}`)].join('\n'));
  assert.deepEqual(analysed.problems, [], rows.join('; '));
  return analysed;
}

function checkOutput(input: string, rows: readonly string[], expected: readonly number[]): void {
  assert.deepEqual(network(input, rows).model.graph.outputs[0]!.shape, expected, rows.join('; '));
}

function checkParams(input: string, rows: readonly string[], expected: number): void {
  assert.deepEqual(network(input, rows).model.totals.params, { value: expected, complete: true }, rows.join('; '));
}

function checkBlock(blocks: readonly string[], rows: readonly string[], expected: readonly number[]): void {
  const analysed = priced(['input: [2, 6, 6]', ...blocks, ...rows.map(row => `  - ${row}`)].join('\n'));
  assert.deepEqual(analysed.problems, [], rows.join('; '));
  assert.deepEqual(analysed.model.graph.outputs[0]!.shape, expected, rows.join('; '));
}
