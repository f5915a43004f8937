// Convolutions and pooling against definitions that really walk over the elements and count what they do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { adaptiveAvgPool } from '../../server/src/core/ops/adaptiveAvgPool.ts';
import { adaptiveMaxPool } from '../../server/src/core/ops/adaptiveMaxPool.ts';
import { avgPool } from '../../server/src/core/ops/avgPool.ts';
import { type Conv, conv } from '../../server/src/core/ops/conv.ts';
import { type ConvTranspose, convTranspose } from '../../server/src/core/ops/convTranspose.ts';
import { type MaxPool, maxPool } from '../../server/src/core/ops/maxPool.ts';
import type { Shape } from '../../server/src/core/ops/op.ts';

const runs = { numRuns: 500 };

describe('convolution', () => {
  it('agrees with a loop that multiplies', () => {
    fc.assert(
      fc.property(convolutions, ({ attrs, x }) => {
        const naive = convolve(attrs, x);
        const complaint = conv.check?.(attrs, [x], 'chw');
        // The rule refuses exactly what leaves no output.
        assert.equal(
          complaint !== undefined,
          naive.shape.some(length => length === 0),
        );
        if (complaint) return;
        const y = conv.shape!(attrs, [x]);
        assert.deepEqual(y, naive.shape);
        const { macs, adds, weights, biases } = conv.counts!(attrs, [x], [y]);
        assert.deepEqual({ macs, adds, weights, biases }, naive.counts);
      }),
      runs,
    );
  });
});

describe('transposed convolution', () => {
  it('agrees with a loop that multiplies and scatters', () => {
    fc.assert(
      fc.property(transposedConvolutions, ({ attrs, x }) => {
        const naive = scatter(attrs, x);
        const complaint = convTranspose.check?.(attrs, [x], 'chw');
        assert.equal(
          complaint !== undefined,
          naive.shape.some(length => length < 1),
        );
        if (complaint) return;
        const y = convTranspose.shape!(attrs, [x]);
        assert.deepEqual(y, naive.shape);
        const { macs, adds, weights, biases } = convTranspose.counts!(attrs, [x], [y]);
        assert.deepEqual({ macs, adds, weights, biases }, naive.counts);
      }),
      runs,
    );
  });

  it('sees as many inputs as it does in the loop', () => {
    fc.assert(
      fc.property(transposedConvolutions, ({ attrs }) => {
        const field = convTranspose.field!(attrs, [[1, 1, ...attrs.kernel.map(() => 50)]]);
        assert.ok(field !== 'global' && 'kernel' in field);
        attrs.kernel.forEach((taps, axis) => {
          const [step, distance] = [attrs.stride[axis]!, attrs.dilation[axis]!];
          // The span of inputs that reach an output in the middle, the largest over all phases of the stride.
          let widest = 1;
          for (let at = 1000; at < 1000 + step; at++) {
            const seen: number[] = [];
            for (let tap = 0; tap < taps; tap++)
              if ((at - distance * tap) % step === 0) seen.push((at - distance * tap) / step);
            if (seen.length > 0) widest = Math.max(widest, Math.max(...seen) - Math.min(...seen) + 1);
          }
          assert.equal((field.kernel[axis]! - 1) * field.dilation![axis]! + 1, widest);
        });
      }),
      runs,
    );
  });
});

describe('pooling', () => {
  it('has the windows of its definition, in every rounding', () => {
    fc.assert(
      fc.property(poolings, ({ attrs, x }) => {
        const shape = [x[0]!, x[1]!, ...slide(attrs, x)];
        const refused = shape.some(length => length < 1);
        assert.equal(maxPool.check!(attrs, [x], 'chw') !== undefined, refused);
        if (refused) return;
        assert.deepEqual(maxPool.shape!(attrs, [x]), shape);
        const { dilation: _, ...average } = { ...attrs, includePadding: true };
        if (attrs.dilation.every(distance => distance === 1)) {
          assert.equal(avgPool.check!(average, [x], 'chw'), undefined);
          assert.deepEqual(avgPool.shape!(average, [x]), shape);
        }
      }),
      runs,
    );
  });

  it('counts what a loop over the windows counts', () => {
    fc.assert(
      fc.property(poolings, ({ attrs, x }) => {
        if (maxPool.check!(attrs, [x], 'chw')) return;
        const y = maxPool.shape!(attrs, [x]);
        let compares = 0;
        for (const _ of positions(y)) {
          let seen = 0;
          for (const __ of positions(attrs.kernel)) if (seen++ > 0) compares++;
        }
        assert.equal(maxPool.counts!(attrs, [x], [y]).compares, compares);
      }),
      runs,
    );
  });

  it('adapts to any size', () => {
    const size = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 3 }), (target, lengths, channels) => {
        const x = [1, channels, ...lengths];
        const y = [1, channels, ...target];
        let reads = 0;
        const widest = target.map(() => 0);
        for (const [, , ...at] of positions(y)) {
          const window = at.map((index, axis) => {
            const from = Math.floor((index * lengths[axis]!) / target[axis]!);
            const to = Math.ceil(((index + 1) * lengths[axis]!) / target[axis]!);
            widest[axis] = Math.max(widest[axis]!, to - from);
            return to - from;
          });
          for (const _ of positions(window)) reads++;
        }
        const outputs = channels * target[0]! * target[1]!;
        assert.deepEqual(adaptiveAvgPool.shape!({ size: target }, [x]), y);
        assert.deepEqual(adaptiveAvgPool.counts!({ size: target }, [x], [y]), { adds: reads - outputs, divs: outputs });
        assert.deepEqual(adaptiveMaxPool.counts!({ size: target }, [x], [y]), { compares: reads - outputs });
        const field = adaptiveAvgPool.field!({ size: target }, [x]);
        if (field !== 'global' && 'kernel' in field) assert.deepEqual(field.kernel, widest);
        else assert.deepEqual(target, [1, 1]);
      }),
      runs,
    );
  });
});

/** All indices of a box, the last one running fastest. */
function* positions(lengths: readonly number[]): Generator<readonly number[]> {
  const [length, ...rest] = lengths;
  if (length === undefined) {
    yield [];
    return;
  }
  for (let index = 0; index < length; index++) for (const tail of positions(rest)) yield [index, ...tail];
}

interface Naive {
  readonly shape: Shape;
  readonly counts: { macs: number; adds: number; weights: number; biases: number };
}

/** Slides the window over the padded input as long as it fits, and multiplies tap by tap. */
function convolve(attrs: Conv, x: Shape): Naive {
  const { out, kernel, stride, padding, dilation, groups, bias } = attrs;
  const after = attrs.paddingAfter ?? padding;
  const starts = kernel.map((taps, axis) => {
    const found: number[] = [];
    const end = x[axis + 2]! + after[axis]!;
    for (let at = -padding[axis]!; at + dilation[axis]! * (taps - 1) < end; at += stride[axis]!) found.push(at);
    return found;
  });
  const shape = [x[0]!, out, ...starts.map(found => found.length)];
  const channels = x[1]! / groups;
  const used = new Set<string>();
  let macs = 0;
  let adds = 0;
  for (let filter = 0; filter < out; filter++) {
    for (const _ of positions(shape.slice(2))) {
      for (let channel = 0; channel < channels; channel++) {
        for (const tap of positions(kernel)) {
          macs++;
          used.add(`${filter} ${channel} ${tap}`);
        }
      }
      if (bias) adds++;
    }
  }
  return { shape, counts: { macs, adds, weights: used.size, biases: bias ? out : 0 } };
}

/** Multiplies every input element with every tap and adds the product where it lands; then crops and extends. */
function scatter(attrs: ConvTranspose, x: Shape): Naive {
  const { out, kernel, stride, padding, outputPadding, dilation, groups, bias } = attrs;
  const channels = x[1]!;
  const used = new Set<string>();
  const reach = kernel.map(() => 0);
  let macs = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const at of positions(x.slice(2))) {
      for (let filter = 0; filter < out / groups; filter++) {
        for (const tap of positions(kernel)) {
          macs++;
          used.add(`${channel} ${filter} ${tap}`);
          tap.forEach((index, axis) => {
            reach[axis] = Math.max(reach[axis]!, at[axis]! * stride[axis]! + index * dilation[axis]! + 1);
          });
        }
      }
    }
  }
  const lengths = reach.map((length, axis) => length - 2 * padding[axis]! + outputPadding[axis]!);
  const shape = [x[0]!, out, ...lengths];
  let adds = 0;
  if (bias && lengths.every(length => length > 0)) for (const _ of positions(shape)) adds++;
  return { shape, counts: { macs, adds, weights: used.size, biases: bias ? out : 0 } };
}

/** Windows along each dimension, one by one. */
function slide({ kernel, stride, padding, paddingAfter, dilation, rounding }: MaxPool, x: Shape): number[] {
  const after = paddingAfter ?? padding;
  const padded = [...padding, ...after].some(border => border > 0);
  return kernel.map((taps, axis) => {
    const length = x[axis + 2]!;
    const end = length + after[axis]!;
    const reach = dilation[axis]! * (taps - 1) + 1;
    const step = stride![axis]!;
    let count = 0;
    for (let at = -padding[axis]!; ; at += step) {
      const fits = at + reach <= end;
      if (rounding === 'floor') {
        if (!fits) return count;
      } else {
        // One window more where something is left over behind the last; the first is there in any case but when even a
        // window one step earlier would reach over the end.
        const leftOver = at - step + reach < end;
        if (!fits && !leftOver) return count;
        // Neither PyTorch nor Caffe keeps a window that starts in the padding at the end; Caffe looks only if it pads.
        if (at >= length && (rounding === 'ceil' || padded)) return count;
      }
      count++;
    }
  });
}

const dimensions = fc.integer({ min: 1, max: 2 });
const lists = (count: number, min: number, max: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min, max }), { minLength: count, maxLength: count });

const convolutions: fc.Arbitrary<{ attrs: Conv; x: Shape }> = dimensions.chain(count =>
  fc
    .record({
      kernel: lists(count, 1, 4),
      stride: lists(count, 1, 3),
      padding: lists(count, 0, 2),
      paddingAfter: fc.option(lists(count, 0, 2), { nil: undefined }),
      dilation: lists(count, 1, 3),
      groups: fc.integer({ min: 1, max: 3 }),
      bias: fc.boolean(),
      inPerGroup: fc.integer({ min: 1, max: 3 }),
      outPerGroup: fc.integer({ min: 1, max: 3 }),
      lengths: lists(count, 1, 9),
    })
    .map(({ inPerGroup, outPerGroup, lengths, ...attrs }) => ({
      attrs: { ...attrs, out: outPerGroup * attrs.groups },
      x: [1, inPerGroup * attrs.groups, ...lengths],
    })),
);

const transposedConvolutions: fc.Arbitrary<{ attrs: ConvTranspose; x: Shape }> = dimensions.chain(count =>
  fc
    .record({
      kernel: lists(count, 1, 4),
      stride: lists(count, 1, 4),
      padding: lists(count, 0, 2),
      extra: lists(count, 0, 3),
      dilation: lists(count, 1, 4),
      groups: fc.integer({ min: 1, max: 3 }),
      bias: fc.boolean(),
      inPerGroup: fc.integer({ min: 1, max: 2 }),
      outPerGroup: fc.integer({ min: 1, max: 3 }),
      lengths: lists(count, 1, 5),
    })
    .map(({ inPerGroup, outPerGroup, lengths, extra, ...attrs }) => ({
      attrs: {
        ...attrs,
        out: outPerGroup * attrs.groups,
        // Only what PyTorch accepts: less than the stride or the dilation.
        outputPadding: extra.map((rows, axis) =>
          Math.min(rows, Math.max(attrs.stride[axis]!, attrs.dilation[axis]!) - 1),
        ),
      },
      x: [1, inPerGroup * attrs.groups, ...lengths],
    })),
);

const poolings: fc.Arbitrary<{ attrs: MaxPool; x: Shape }> = dimensions.chain(count =>
  fc
    .record({
      kernel: lists(count, 1, 5),
      stride: lists(count, 1, 4),
      padding: lists(count, 0, 3),
      paddingAfter: fc.option(lists(count, 0, 3), { nil: undefined }),
      dilation: lists(count, 1, 2),
      rounding: fc.constantFrom('floor' as const, 'ceil' as const, 'caffe' as const),
      channels: fc.integer({ min: 1, max: 2 }),
      lengths: lists(count, 1, 12),
    })
    .map(({ channels, lengths, ...attrs }) => {
      // Padding as large as the window is refused.
      const less = (border: number, axis: number): number =>
        Math.min(border, attrs.dilation[axis]! * (attrs.kernel[axis]! - 1));
      return {
        attrs: { ...attrs, padding: attrs.padding.map(less), paddingAfter: attrs.paddingAfter?.map(less) },
        x: [1, channels, ...lengths],
      };
    }),
);
