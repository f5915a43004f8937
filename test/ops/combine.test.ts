// Operators that join, cut, reshape and multiply tensors: what they refuse, and their counts against loops that count.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Builder } from '../../server/src/core/graph/builder.ts';
import {
  type AnyOp,
  add,
  argMax,
  attention,
  chunk,
  concat,
  div,
  expand,
  flatten,
  gather,
  gru,
  indexSelect,
  lstm,
  matmul,
  ops,
  permute,
  reduce,
  repeat,
  reshape,
  rnn,
  type Shape,
  scaledDotProduct,
  slice,
  split,
  squeeze,
  stack,
  topK,
  unsqueeze,
} from '../../server/src/core/ops/index.ts';
import { textOf } from '../../server/src/core/text/problem.ts';

const { NaN: unknown } = Number;

describe('complaints of joining', () => {
  it('element by element', () => {
    checkComplaint(
      add,
      {},
      [
        [1, 64, 8, 8],
        [1, 32, 8, 8],
      ],
      'broadcast-mismatch',
      [1, unknown, 8, 8],
      /1×64×8×8.*1×32×8×8.*axis 1: 64 and 32/,
    );
    checkComplaint(
      add,
      {},
      [
        [1, 64, 8, 8],
        [1, 64, 4, 4],
      ],
      'broadcast-mismatch',
      [1, 64, unknown, unknown],
      /axis 2: 8 and 4/,
    );
    checkComplaint(add, {}, [[1, 5, 7], [6]], 'broadcast-mismatch', [1, 5, unknown], /axis −1: 7 and 6/);
    checkComplaint(div, {}, [[1, 5]], 'wrong-input-count', undefined, /takes 2 inputs/);
  });

  it('concatenated', () => {
    checkComplaint(
      concat,
      { axis: 1 },
      [
        [1, 8, 4, 4],
        [1, 8, 4, 4],
        [1, 8, 2, 2],
      ],
      'concat-size-mismatch',
      [1, 24, unknown, unknown],
      /Input 1 \(1×8×4×4\) and input 3 \(1×8×2×2\).*axis 2 \(4 and 2\)/,
    );
    checkComplaint(
      concat,
      { axis: 1 },
      [
        [1, unknown, 4, 4],
        [1, 8, unknown, 2],
      ],
      'concat-size-mismatch',
      [1, unknown, 4, unknown],
      /1×\?×4×4.*axis 3/,
    );
    checkComplaint(
      concat,
      { axis: 1 },
      [
        [1, 8, 4, 4],
        [1, 8],
      ],
      'concat-rank-mismatch',
      undefined,
      /input 1 has 4 .* input 2 has 2/,
    );
    checkComplaint(concat, { axis: 4 }, [[1, 8, 4, 4]], 'axis-out-of-range', undefined, /Use -4 to 3/);
    checkComplaint(
      stack,
      { axis: 1 },
      [
        [1, 8],
        [1, 9],
      ],
      'stack-shape-mismatch',
      [1, 2, unknown],
      /1×8 .* 1×9/,
    );
  });

  it('as matrices', () => {
    checkComplaint(
      matmul,
      {},
      [
        [1, 4, 5],
        [1, 6, 7],
      ],
      'matmul-size-mismatch',
      [1, 4, 7],
      /4×5 .* 6×7 .*5 and 6/,
    );
    checkComplaint(
      matmul,
      {},
      [
        [2, 4, 5],
        [3, 5, 7],
      ],
      'batch-axes-mismatch',
      [unknown, 4, 7],
      /2×4×5 and 3×5×7/,
    );
    checkComplaint(matmul, {}, [[1, 4], [4]], 'matmul-rank', undefined, /second input \(4\)/);
    checkComplaint(
      attention,
      { heads: 3, bias: true },
      [[1, 5, 8]],
      'features-not-divisible-by-heads',
      [1, 5, 8],
      /8 features .* 3 heads/,
    );
    checkComplaint(
      attention,
      { heads: 2, bias: true, embed: 16 },
      [[1, 5, 8]],
      'attention-features-mismatch',
      [1, 5, 16],
      /queries with 16 features.* 8 /,
    );
    checkComplaint(
      attention,
      { heads: 2, bias: true, kdim: 6 },
      [
        [1, 5, 8],
        [1, 9, 7],
        [1, 9, 7],
      ],
      'attention-features-mismatch',
      [1, 5, 8],
      /keys with 6 features.* 7 /,
    );
    checkComplaint(
      attention,
      { heads: 2, bias: true },
      [
        [1, 5, 8],
        [1, 9, 8],
      ],
      'wrong-input-count',
      undefined,
      /one input or three/,
    );
    checkComplaint(
      attention,
      { heads: 2, bias: true },
      [
        [1, 5, 8],
        [1, 9, 8],
        [1, 8, 8],
      ],
      'key-value-mismatch',
      [1, 5, 8],
      /one value per key/,
    );
    checkComplaint(attention, { heads: 2, bias: true }, [[1, 8, 4, 4]], 'unsupported-rank', undefined, /3/);
    checkComplaint(
      scaledDotProduct,
      {},
      [
        [1, 5, 8],
        [1, 9, 7],
        [1, 9, 8],
      ],
      'query-key-mismatch',
      [1, 5, 8],
      /8 features .*keys have 7/,
    );
    checkComplaint(
      scaledDotProduct,
      {},
      [
        [1, 5, 8],
        [1, 9, 8],
        [1, 7, 8],
      ],
      'key-value-mismatch',
      [1, 5, 8],
      /9 keys .* 7 values/,
    );
    checkComplaint(
      lstm,
      { hidden: 3, layers: 1, bidirectional: false, bias: true },
      [[1, 5]],
      'unsupported-rank',
      undefined,
      /3 dimensions/,
    );
  });
});

describe('complaints of cutting and reshaping', () => {
  it('pieces', () => {
    checkComplaint(
      split,
      { axis: 1, sizes: [64, 81] },
      [[1, 144, 7]],
      'piece-sizes-mismatch',
      [1, 64, 7],
      /64 \+ 81 = 145\).* 144/,
    );
    checkComplaint(split, { axis: 1, sizes: [] }, [[1, 144, 7]], 'piece-count-out-of-range', undefined, /0 chunks/);
    checkComplaint(
      split,
      { axis: 1, sizes: [0, 144] },
      [[1, 144, 7]],
      'piece-sizes-mismatch',
      [1, 0, 7],
      /must be ≥ 1/,
    );
    checkComplaint(chunk, { axis: 1, chunks: 1e9 }, [[1, unknown]], 'piece-count-out-of-range', undefined, /1 to 1000/);
    checkComplaint(chunk, { axis: 3, chunks: 2 }, [[1, 4]], 'axis-out-of-range', undefined, /no axis 3/);
    checkComplaint(slice, { axis: 1, start: 5, end: 2, step: 1 }, [[1, 9]], 'empty-slice', [1, unknown], /from 5 to 2/);
    checkComplaint(slice, { axis: 1, start: 0, end: 2, step: -1 }, [[1, 9]], 'empty-slice', [1, unknown], /is empty/);
    checkComplaint(topK, { k: 10, axis: 1 }, [[1, 9]], 'k-larger-than-axis', [1, unknown], /only 9/);
    checkComplaint(
      gather,
      { axis: 1 },
      [
        [1, 9, 4],
        [1, 3],
      ],
      'index-shape-mismatch',
      [1, 3],
      /1×3.*1×9×4/,
    );
    checkComplaint(
      gather,
      { axis: 1 },
      [
        [1, 9, 4],
        [1, 30, 5],
      ],
      'index-shape-mismatch',
      [1, 30, 5],
      /larger than/,
    );
    checkComplaint(indexSelect, { axis: 2, count: 3 }, [[1, 9]], 'axis-out-of-range', undefined, /no axis 2/);
    checkComplaint(argMax, { axis: -3, keep: true }, [[1, 9]], 'axis-out-of-range', undefined, /no axis -3/);
    checkComplaint(
      reduce,
      { how: 'mean', axes: [1, 7], keep: true },
      [[1, 9]],
      'axis-out-of-range',
      undefined,
      /no axis 7/,
    );
    checkComplaint(reduce, { how: 'mean', axes: [], keep: true }, [[1, 9]], 'no-axes', [1, 9], /No axis/);
  });

  it('shapes', () => {
    checkComplaint(
      reshape,
      { shape: [1, 5, -1] },
      [[1, 4, 3]],
      'inferred-size-not-whole',
      [1, 5, unknown],
      /12 elements .*not divisible by 5/,
    );
    checkComplaint(
      reshape,
      { shape: [1, 5] },
      [[1, 4, 3]],
      'element-count-mismatch',
      [1, 5],
      /12 elements .*1×5 has 5/,
    );
    checkComplaint(
      reshape,
      { shape: [-1, 5, -1] },
      [[1, 4, 5]],
      'two-inferred-sizes',
      [unknown, 5, unknown],
      /only one size/,
    );
    checkComplaint(reshape, { shape: [1, 0] }, [[1, 4]], 'not-a-size', undefined, /0 is not a size/);
    checkComplaint(reshape, { shape: [1, 2.5] }, [[1, 4]], 'not-a-size', undefined, /2.5 is not a size/);
    checkComplaint(flatten, { start: 2, end: 1 }, [[1, 4, 3]], 'axes-out-of-order', undefined, /Swap/);
    checkComplaint(flatten, { start: 1, end: -1 }, [[5]], 'axis-out-of-range', undefined, /no axis 1/);
    checkComplaint(permute, { order: [0, 1, 1] }, [[1, 4, 3]], 'incomplete-order', undefined, /0, 1, 1.*once/);
    checkComplaint(permute, { order: [0, 1] }, [[1, 4, 3]], 'incomplete-order', undefined, /0 to 2/);
    checkComplaint(squeeze, {}, [[1, 4, unknown]], 'squeeze-of-unknown-size', undefined, /Name the axis/);
    checkComplaint(squeeze, { axis: 5 }, [[1, 4]], 'axis-out-of-range', undefined, /no axis 5/);
    checkComplaint(unsqueeze, { axis: 3 }, [[1, 4]], 'axis-out-of-range', undefined, /-3 to 2/);
    checkComplaint(expand, { shape: [1, 5] }, [[1, 4]], 'expand-size-mismatch', [1, unknown], /Axis 1 .* 5.*has 4/);
    checkComplaint(expand, { shape: [-1, 1, 4] }, [[1, 4]], 'size-of-new-axis', undefined, /axis 0 is −1/);
    checkComplaint(repeat, { times: [2] }, [[1, 4]], 'repeats-mismatch', undefined, /each of the 2 dim/);
    checkComplaint(repeat, { times: [1, 0] }, [[1, 4]], 'repeats-mismatch', undefined, /≥ 1/);
  });

  it('none where a size is only unknown', () => {
    for (const [op, attrs, inputs, output] of [
      [
        add,
        {},
        [
          [1, unknown, 8, 8],
          [1, 32, 8, 8],
        ],
        [1, 32, 8, 8],
      ],
      [
        concat,
        { axis: 1 },
        [
          [1, 8, unknown, 4],
          [1, unknown, 4, 4],
        ],
        [1, unknown, 4, 4],
      ],
      [reshape, { shape: [1, 8, -1] }, [[1, 8, unknown, 4]], [1, 8, unknown]],
      [slice, { axis: 1, start: 0, end: 2, step: 1 }, [[1, unknown]], [1, unknown]],
      [slice, { axis: 1, start: 0, end: Number.POSITIVE_INFINITY, step: 2 }, [[1, unknown]], [1, unknown]],
      [
        matmul,
        {},
        [
          [1, 4, unknown],
          [1, 6, 7],
        ],
        [1, 4, 7],
      ],
      [attention, { heads: 2, bias: true, embed: 8 }, [[1, unknown, unknown]], [1, unknown, 8]],
      [topK, { k: 10, axis: 1 }, [[1, unknown]], [1, 10]],
      [chunk, { axis: 1, chunks: 2 }, [[1, unknown]], [1, unknown]],
    ] as const satisfies readonly (readonly [AnyOp, object, readonly Shape[], Shape])[]) {
      const b = new Builder();
      const { shape } = b.add(
        op as AnyOp,
        attrs,
        inputs.map((sizes, at) => b.input(`${at}`, sizes)),
      );
      assert.deepEqual(b.problems, [], op.name);
      assert.deepEqual(shape, output, op.name);
    }
  });
});

describe('loops that do the work and count', () => {
  const length = fc.integer({ min: 1, max: 5 });

  it('broadcasting: as many sums as output elements', () => {
    const pair = fc
      .array(fc.tuple(length, fc.constantFrom('both', 'left', 'right')), { minLength: 1, maxLength: 4 })
      .chain(axes => fc.tuple(fc.constant(axes), fc.nat(axes.length)));
    fc.assert(
      fc.property(pair, ([axes, cut]) => {
        const left = axes.map(([size, side]) => (side === 'right' ? 1 : size));
        const right = axes.map(([size, side]) => (side === 'left' ? 1 : size));
        // Leading axes that are left out are 1.
        const inputs = [axes.slice(0, cut).every(([, side]) => side === 'right') ? left.slice(cut) : left, right];
        const expected = axes.map(([size]) => size);
        assert.equal(add.check?.({}, inputs, 'chw'), undefined);
        assert.deepEqual(add.shape!({}, inputs), expected);
        assert.equal(add.counts!({}, inputs, [expected]).adds, [...positions(expected)].length);
      }),
    );
  });

  it('matrix products', () => {
    fc.assert(
      fc.property(length, length, length, length, fc.boolean(), fc.boolean(), (n, m, k, p, transposeA, transposeB) => {
        let macs = 0;
        for (let batch = 0; batch < n; batch++) {
          for (let row = 0; row < m; row++)
            for (let column = 0; column < p; column++) for (let at = 0; at < k; at++) macs++;
        }
        const inputs = [
          [n, ...(transposeA ? [k, m] : [m, k])],
          [1, ...(transposeB ? [p, k] : [k, p])],
        ];
        const attrs = { transposeA, transposeB };
        assert.equal(matmul.check?.(attrs, inputs, 'chw'), undefined);
        const output = matmul.shape!(attrs, inputs);
        assert.deepEqual(output, [n, m, p]);
        assert.equal(matmul.counts!(attrs, inputs, [output]).macs, macs);
      }),
    );
  });

  it('attention: head by head, as written out', () => {
    fc.assert(
      fc.property(length, length, length, length, length, length, (heads, perHead, l, s, ck, cv) => {
        const c = heads * perHead;
        let macs = 0;
        const product = (rows: number, inner: number, columns: number): void => {
          for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) macs += inner;
        };
        product(l, c, c);
        product(s, ck, c);
        product(s, cv, c);
        for (let head = 0; head < heads; head++) {
          product(l, perHead, s);
          product(l, s, perHead);
        }
        product(l, c, c);
        const attrs = { heads, bias: true };
        const inputs = [
          [1, l, c],
          [1, s, ck],
          [1, s, cv],
        ];
        const counts = attention.counts!(attrs, inputs, [[1, l, c]]);
        assert.equal(counts.macs, macs);
        assert.equal(counts.weights, c * c + ck * c + cv * c + c * c);
      }),
    );
  });

  it('recurrent layers: step by step, gate by gate', () => {
    const gates = [
      [lstm, 4],
      [gru, 3],
      [rnn, 1],
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...gates),
        length,
        length,
        length,
        length,
        fc.boolean(),
        fc.boolean(),
        ([op, count], steps, features, hidden, layers, bidirectional, bias) => {
          const directions = bidirectional ? 2 : 1;
          let macs = 0;
          let weights = 0;
          let biases = 0;
          let width = features;
          for (let layer = 0; layer < layers; layer++) {
            for (let direction = 0; direction < directions; direction++) {
              for (let gate = 0; gate < count; gate++) {
                // weight_ih, weight_hh, bias_ih, bias_hh
                weights += hidden * width + hidden * hidden;
                biases += bias ? hidden + hidden : 0;
                for (let step = 0; step < steps; step++)
                  for (let unit = 0; unit < hidden; unit++) macs += width + hidden;
              }
            }
            width = hidden * directions;
          }
          const attrs = { hidden, layers, bidirectional, bias };
          const output = op.shape!(attrs, [[1, steps, features]]);
          const counts = op.counts!(attrs, [[1, steps, features]], [output]);
          assert.deepEqual(output, [1, steps, width]);
          assert.deepEqual([counts.macs, counts.weights, counts.biases], [macs, weights, biases]);
        },
      ),
    );
  });

  it('slices, as Python would', () => {
    const index = fc.integer({ min: -12, max: 12 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        index,
        index,
        fc.integer({ min: 1, max: 4 }),
        (size, start, end, step) => {
          const all = Array.from({ length: size }, (_, at) => at);
          // JavaScript's slice resolves indices as Python's does.
          const taken = all.slice(start, end).filter((_, at) => at % step === 0);
          const attrs = { axis: 1, start, end, step };
          if (taken.length === 0) assert.equal(slice.check!(attrs, [[1, size]], 'chw')?.code, 'empty-slice');
          else assert.deepEqual(slice.shape!(attrs, [[1, size]]), [1, taken.length]);
        },
      ),
    );
  });

  it('chunks: torch.chunk’s, which may be fewer', () => {
    assert.deepEqual(chunk.shapes!({ axis: 1, chunks: 4 }, [[1, 5]]), [
      [1, 2],
      [1, 2],
      [1, 1],
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), (size, chunks) => {
        const pieces = chunk.shapes!({ axis: 1, chunks }, [[1, size]]).map(shape => shape[1]!);
        assert.equal(
          pieces.reduce((sum, piece) => sum + piece, 0),
          size,
        );
        assert.ok(pieces.length <= chunks && pieces.every(piece => piece >= 1));
        assert.ok(pieces.slice(0, -1).every(piece => piece === Math.ceil(size / chunks)));
      }),
    );
  });
});

describe('any operator', () => {
  it('on any shapes, absurd ones too, answers or complains, and never throws', () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(unknown, 0, 1e9, 1e308, Number.POSITIVE_INFINITY),
    );
    const cases = (ops as readonly AnyOp[]).flatMap(op => op.examples.map(({ attrs }) => ({ op, attrs })));
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.array(fc.array(size, { maxLength: 6 }), { maxLength: 4 }),
        (one, shapes) => {
          const { op, attrs } = one;
          const b = new Builder();
          const { node } = b.add(
            op,
            attrs,
            shapes.map((shape, at) => b.input(`${at}`, shape)),
          );
          if (node.why !== undefined) return;
          const outputs = node.outputs.map(tensor => tensor.shape!);
          op.counts?.(attrs, shapes, outputs);
          op.field?.(attrs, shapes);
          assert.equal(typeof (op.formula?.(attrs, shapes, outputs) ?? ''), 'string');
        },
      ),
      { numRuns: 20_000 },
    );
  });
});

function* positions(shape: Shape): Generator<readonly number[]> {
  const [first, ...rest] = shape;
  if (first === undefined) yield [];
  else for (let at = 0; at < first; at++) for (const below of positions(rest)) yield [at, ...below];
}

/** Through the builder, which also checks numbers of inputs and ranks. */
function checkComplaint(
  op: AnyOp,
  attrs: object,
  inputs: readonly Shape[],
  code: string,
  output: Shape | undefined,
  message: RegExp,
): void {
  const b = new Builder();
  const tensor = b.add(
    op,
    attrs,
    inputs.map((shape, at) => b.input(`${at}`, shape)),
  );
  assert.deepEqual(
    b.problems.map(problem => problem.code),
    [code],
  );
  assert.match(textOf(b.problems[0]!), message);
  assert.deepEqual(tensor.shape, output);
  assert.match(b.problems[0]!.message, /[.)]$/);
}
