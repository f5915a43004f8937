// What operators refuse, what they say, and what is nevertheless known of the output.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Builder } from '../../server/src/core/graph/builder.ts';
import { chunk } from '../../server/src/core/ops/chunk.ts';
import {
  adaptiveAvgPool,
  avgPool,
  channelShuffle,
  convTranspose,
  gridSample,
  groupNorm,
  l2Norm,
  layerNorm,
  linear,
  maxPool,
  ops,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  reduce,
  rmsNorm,
  softmax,
  upsample,
} from '../../server/src/core/ops/index.ts';
import type { AnyOp, Op, Shape } from '../../server/src/core/ops/op.ts';
import { textOf } from '../../server/src/core/text/problem.ts';

const { NaN: unknown } = Number;
const up = { out: 8, kernel: [3], stride: [2], padding: [1], outputPadding: [0], dilation: [1], groups: 1, bias: true };
const window = { kernel: [3], stride: [2], padding: [0], dilation: [1], rounding: 'floor' } as const;

describe('complaints', () => {
  it('transposed convolution', () => {
    checkComplaint(
      convTranspose,
      { ...up, groups: 3 },
      [1, 4, 9],
      'input-not-divisible-by-groups',
      [1, 8, unknown],
      /4 input .* 3 groups/,
    );
    checkComplaint(
      convTranspose,
      { ...up, groups: 3 },
      [1, 6, 9],
      'output-not-divisible-by-groups',
      [1, 8, unknown],
      /8 output .* 3 groups/,
    );
    checkComplaint(
      convTranspose,
      { ...up, outputPadding: [2] },
      [1, 4, 9],
      'output-padding-too-large',
      [1, 8, unknown],
      /Use at most 1/,
    );
    checkComplaint(
      convTranspose,
      { ...up, padding: [3] },
      [1, 4, 2],
      'padding-crops-everything',
      [1, 8, unknown],
      /only 5 /,
    );
    checkComplaint(convTranspose, up, [1, 4, 9, 9], 'value-per-dimension', undefined, /has 1 value, .* 2 spatial/);
  });

  it('pooling', () => {
    checkComplaint(
      maxPool,
      window,
      [1, 4, 2],
      'kernel-larger-than-input',
      [1, 4, unknown],
      /kernel \(3\) .* input \(2\)\./,
    );
    checkComplaint(
      maxPool,
      { ...window, padding: [3] },
      [1, 4, 9],
      'padding-fills-window',
      [1, 4, unknown],
      /Use a padding of at most 2/,
    );
    checkComplaint(maxPool, window, [1, 4, 9, 9], 'value-per-dimension', undefined, /kernel.* 1 value/);
    checkComplaint(
      avgPool,
      { kernel: [5], padding: [1], rounding: 'floor', includePadding: true },
      [1, 4, 2],
      'kernel-larger-than-input',
      [1, 4, unknown],
      /4 with padding/,
    );
    checkComplaint(adaptiveAvgPool, { size: [1] }, [1, 4, 9, 9], 'value-per-dimension', undefined, /size/);
  });

  it('a window that hangs over the end is none where sizes are rounded up', () => {
    checkShape(maxPool, { ...window, kernel: [5], rounding: 'ceil' }, [1, 4, 4], [1, 4, 1]);
    checkShape(maxPool, { ...window, kernel: [5], rounding: 'caffe' }, [1, 4, 4], [1, 4, 1]);
  });

  it('norms', () => {
    checkComplaint(
      groupNorm,
      { groups: 32, affine: true },
      [1, 48, 7, 7],
      'input-not-divisible-by-groups',
      [1, 48, 7, 7],
      /32 groups/,
    );
    checkComplaint(
      layerNorm,
      { axes: 3, affine: true, bias: true },
      [1, 9, 8],
      'too-many-normalized-axes',
      [1, 9, 8],
      /only 2 besides/,
    );
    checkComplaint(
      rmsNorm,
      { axes: 3, affine: true },
      [1, 9, 8],
      'too-many-normalized-axes',
      [1, 9, 8],
      /only 2 besides/,
    );
    checkComplaint(l2Norm, { axis: 4 }, [1, 9, 8], 'axis-out-of-range', [1, 9, 8], /-3 to 2/);
    checkComplaint(softmax, { axis: -4 }, [1, 9, 8], 'axis-out-of-range', [1, 9, 8], /no axis -4/);
  });

  it('resampling and rearranging', () => {
    checkComplaint(upsample, { mode: 'nearest' }, [1, 3, 8, 8], 'missing-output-size', undefined, /scale or a size/);
    checkComplaint(upsample, { scale: [2], mode: 'nearest' }, [1, 3, 8, 8], 'value-per-dimension', undefined, /scale/);
    checkComplaint(
      upsample,
      { scale: [2], mode: 'bilinear' },
      [1, 3, 8],
      'mode-rank-mismatch',
      [1, 3, 16],
      /nearest or linear/,
    );
    checkComplaint(
      upsample,
      { scale: [0.1, 1], mode: 'nearest' },
      [1, 3, 8, 8],
      'empty-output',
      [1, 3, unknown, unknown],
      /8 × 0.1/,
    );
    checkComplaint(
      pixelShuffle,
      { factor: 2 },
      [1, 6, 8, 8],
      'channels-not-divisible-by-factor',
      [1, unknown, 16, 16],
      /6 channels/,
    );
    checkComplaint(
      pixelUnshuffle,
      { factor: 2 },
      [1, 3, 7, 8],
      'size-not-divisible-by-factor',
      [1, 12, unknown, unknown],
      /height \(7\)/,
    );
    checkComplaint(
      channelShuffle,
      { groups: 4 },
      [1, 6, 8, 8],
      'input-not-divisible-by-groups',
      [1, 6, 8, 8],
      /4 groups/,
    );
    checkComplaint(
      pad,
      { before: [8], after: [0], mode: 'reflect' },
      [1, 3, 8],
      'border-larger-than-input',
      [1, 3, 16],
      /at most 7/,
    );
    checkComplaint(
      pad,
      { before: [-4], after: [-4], mode: 'constant' },
      [1, 3, 8],
      'padding-removes-everything',
      [1, 3, unknown],
      /all 8/,
    );
  });

  it('reductions', () => {
    const twice = { how: 'mean', axes: [3, -1], keep: false } as const;
    checkComplaint(reduce, twice, [1, 9, 8, 7], 'repeated-axis', undefined, /Axis -1 is listed twice/);
  });

  it('grid sampling', () => {
    const shapes = [
      [1, 3, 8, 8],
      [1, 4, 4, 3],
    ];
    const complaint = gridSample.check!({}, shapes, 'chw');
    assert.deepEqual(complaint?.output, [1, 3, 4, 4]);
    assert.match(complaint.message, /must be 2, one coordinate/);
  });

  it('ranks', () => {
    checkComplaint(linear, { out: 4, bias: true }, [1], 'unsupported-rank', undefined, /at least 2/);
  });

  it('pieces of an axis that is less than nothing', () => {
    assert.equal(new Builder().addAll(chunk, { axis: 1, chunks: 2 }, [new Builder().input('x', [1, -1])]).length, 2);
  });

  // A spec may say anything; what an operator makes of it may be a complaint or unknown, but never an exception.
  it('never throw, whatever the attributes and the input', () => {
    const length = fc.oneof(
      fc.constantFrom(0, 1, -1, 2, 3, 7, 0.5, 1e308, unknown, Number.POSITIVE_INFINITY),
      fc.nat(50),
    );
    const shape = fc.array(length, { maxLength: 6 }).map(lengths => [1, ...lengths]);
    const all = ops as readonly AnyOp[];
    const chosen = fc.constantFrom(...all.filter(op => op.examples.length > 0));
    fc.assert(
      fc.property(
        chosen,
        fc.array(shape, { maxLength: 3 }),
        fc.infiniteStream(length),
        fc.nat(),
        (op, shapes, values, nth) => {
          const next = (): number => values.next().value!;
          const example = op.examples[nth % op.examples.length]!;
          const attrs = Object.fromEntries(
            Object.entries(example.attrs as object).map(([name, value]) => [name, mutate(value, next)]),
          );
          const b = new Builder();
          const inputs = (nth % 3 === 0 ? example.inputs : shapes).map((x, index) => b.input(`x${index}`, x));
          for (const { node } of b.addAll(op, attrs, inputs)) {
            if (node.why !== undefined) continue;
            const given = node.inputs.map(tensor => tensor.shape!);
            const outputs = node.outputs.map(tensor => tensor.shape!);
            op.counts?.(attrs, given, outputs);
            op.formula?.(attrs, given, outputs);
            op.field?.(attrs, given);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});

function mutate(value: unknown, next: () => number): unknown {
  if (typeof value === 'number') return next();
  if (Array.isArray(value)) return Array.from({ length: Math.abs(Math.trunc(next())) % 4 || value.length }, next);
  return value;
}

function checkComplaint<A extends object>(
  op: Op<A>,
  attrs: A,
  x: Shape,
  code: string,
  output: Shape | undefined,
  words: RegExp,
): void {
  const b = new Builder();
  const tensor = b.add(op, attrs, b.input('x', x));
  assert.equal(b.problems.length, 1, 'one complaint');
  assert.equal(b.problems[0]!.code, code);
  assert.match(textOf(b.problems[0]!), words);
  assert.doesNotMatch(textOf(b.problems[0]!), /NaN|undefined/);
  assert.deepEqual(tensor.shape, output);
  assert.equal(tensor.why?.message, b.problems[0]!.message);
}

function checkShape<A extends object>(op: Op<A>, attrs: A, x: Shape, output: Shape): void {
  const b = new Builder();
  assert.deepEqual(b.add(op, attrs, b.input('x', x)).shape, output);
  assert.deepEqual(b.problems, []);
}
