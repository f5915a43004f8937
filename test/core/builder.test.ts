import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { analyse, type Model } from '../../server/src/core/analysis/model.ts';
import { Builder, maxDepth, maxNodes } from '../../server/src/core/graph/builder.ts';
import { type Tensor, use as usedAt } from '../../server/src/core/graph/graph.ts';
import { inputOf } from '../../server/src/core/graph/segment.ts';
import { add, type Conv, concat, conv, flatten, linear, relu, split } from '../../server/src/core/ops/index.ts';
import { Lines } from '../../server/src/core/text/lines.ts';

const by3 = (out: number): Conv => ({
  out,
  kernel: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
  bias: true,
});

describe('the builder', () => {
  it('knows each shape at once', () => {
    const b = new Builder();
    const x = b.add(conv, by3(8), b.input('image', [1, 3, 10, 12]));
    assert.deepEqual(x.shape, [1, 8, 10, 12]);
    assert.equal(x.why?.message, undefined);
    assert.deepEqual(b.problems, []);
  });

  it('lets an unknown size flow, with its reason: weights stay known', () => {
    const b = new Builder();
    const image = b.input('image', [1, 3, Number.NaN, Number.NaN], 'the image size is not set');
    const x = b.add(relu, {}, b.add(conv, by3(8), image));
    const flat = b.add(linear, { out: 10, bias: false }, b.add(flatten, { start: 1, end: -1 }, x));
    assert.deepEqual(x.shape, [1, 8, Number.NaN, Number.NaN]);
    assert.equal(x.why?.message, 'the image size is not set');
    assert.deepEqual(flat.shape, [1, 10]);
    const model = modelOf(b, [flat]);
    assert.equal(model.counts(model.graph.nodes[1]!).weights, 216);
    assert.equal(model.counts(model.graph.nodes[1]!).macs, Number.NaN);
    assert.deepEqual(model.totals.macs, { value: 0, complete: false });
    assert.deepEqual(model.totals.params, { value: 224, complete: false });
    assert.equal(model.totals.why?.message, 'the image size is not set');
    assert.deepEqual(b.problems, []);
  });

  it('lets an unknown rank flow, with its reason', () => {
    const b = new Builder();
    const x = b.add(conv, by3(8), b.unknown('module “Foo” is not known', [b.input('image', [1, 3, 8, 8])]));
    assert.equal(x.shape, undefined);
    assert.equal(x.why?.message, 'module “Foo” is not known');
    assert.equal(x.node.why?.message, 'module “Foo” is not known');
    assert.deepEqual(b.problems, []);
    assert.equal(modelOf(b, [x]).totals.why?.message, 'module “Foo” is not known');
  });

  it('goes on behind an unknown whose channels are declared', () => {
    const b = new Builder();
    const foo = b.unknown('module “Foo” is not known', [], [1, 16, Number.NaN, Number.NaN]);
    const x = b.add(conv, by3(8), foo);
    const model = modelOf(b, [x]);
    assert.deepEqual(x.shape, [1, 8, Number.NaN, Number.NaN]);
    assert.equal(x.why?.message, 'module “Foo” is not known');
    assert.equal(model.counts(x.node).weights, 16 * 8 * 9);
  });

  it('makes a complaint a problem where it stands, and what is known goes on', () => {
    const b = new Builder();
    const image = b.input('image', [1, 3, 8, 8]);
    const x = b.within(
      { label: 'row', type: 'conv', sites: [usedAt({ from: 5, to: 20 })], locate: c => place[c.attr!] },
      () => b.add(conv, { ...by3(8), groups: 2 }, image),
    );
    assert.deepEqual(x.shape, [1, 8, Number.NaN, Number.NaN]);
    assert.match(x.why!.message, /3 input channels .* 2 groups/);
    assert.deepEqual(
      b.problems.map(({ range, code, severity }) => ({ range, code, severity })),
      [{ range: place.groups, code: 'input-not-divisible-by-groups', severity: 'error' }],
    );
    const next = b.add(conv, by3(4), x);
    const model = modelOf(b, [next]);
    assert.equal(model.counts(next.node).weights, 288);
    assert.match(model.totals.why!.message, /groups/);
  });

  it('tells of a mismatch at a join naming both sides, and of nothing that follows from it', () => {
    const b = new Builder();
    const image = b.input('image', [1, 3, 8, 8]);
    const small = b.add(conv, { ...by3(8), stride: [2, 2] }, image);
    const joined = b.add(concat, { axis: 1 }, [image, small]);
    b.add(add, {}, [joined, b.add(conv, by3(11), image)]);
    assert.deepEqual(joined.shape, [1, 11, Number.NaN, Number.NaN]);
    assert.equal(b.problems.length, 1);
    assert.match(b.problems[0]!.message, /1×3×8×8.*1×8×4×4/);
  });

  it('refuses a wrong number of inputs and a wrong rank in words', () => {
    const b = new Builder();
    const x = b.input('x', [1, 10]);
    b.add(conv, by3(8), x);
    b.add(relu, {}, [x, x]);
    assert.deepEqual(
      b.problems.map(problem => problem.code),
      ['unsupported-rank', 'wrong-input-count'],
    );
  });

  it('hands on one output at least where a split fails', () => {
    const b = new Builder();
    const pieces = b.addAll(split, { axis: 1, sizes: [4, 5] }, b.input('x', [1, 10, 4]));
    assert.equal(pieces.length >= 1, true);
    assert.equal(b.problems[0]!.code, 'piece-sizes-mismatch');
  });

  it('says once what a block says at each of its uses', () => {
    const b = new Builder();
    const x = b.input('x', [1, 3, 8, 8]);
    for (let use = 0; use < 16; use++) {
      b.within({ label: 'block', type: 'block', sites: [usedAt({ from: 0, to: 3 })] }, () =>
        b.add(conv, { ...by3(8), groups: 2 }, x),
      );
    }
    assert.equal(b.problems.length, 1);
  });

  it('frames hold their nodes and hand on their output', () => {
    const b = new Builder();
    const x = b.input('x', [1, 3, 8, 8]);
    const y = b.within({ label: 'outer', type: 'block' }, () => {
      const inner = b.within({ label: 'inner', type: 'conv' }, () => b.add(conv, by3(8), x));
      return b.add(relu, {}, inner);
    });
    const { root } = b.finish([y]);
    const [outer] = root.children;
    assert.deepEqual([root.first, root.end, outer!.first, outer!.end], [0, 3, 1, 3]);
    assert.deepEqual([outer!.children[0]!.first, outer!.children[0]!.end], [1, 2]);
    assert.equal(outer!.outputs[0], y);
    assert.equal(root.outputs[0], y);
  });
});

describe('limits', () => {
  it('end a repetition without end, and say so once', () => {
    const b = new Builder();
    let x: Tensor = b.input('x', [1, 4]);
    b.times(1e9, () => {
      x = b.add(relu, {}, x);
    });
    assert.equal(b.full, true);
    assert.deepEqual(
      b.problems.map(problem => problem.code),
      ['too-many-operators'],
    );
    const model = modelOf(b, [x]);
    // One more may stand for what is cut off.
    assert.ok(model.graph.nodes.length <= maxNodes + 1);
    assert.ok(model.peak.elements >= 4);
  });

  it('let items below still be placed', () => {
    const b = new Builder();
    const x = b.input('x', [1, 4]);
    const items = Array.from({ length: 3 }, () => {
      const built = b.segment(() => {
        let y: Tensor = x;
        b.times(maxNodes, () => {
          y = b.add(relu, {}, y);
        });
        return [y];
      });
      return b.place(built.segment, built.inputs, 0);
    });
    assert.ok(items.every(row => row !== undefined));
    const model = modelOf(b, b.rows.tensors(items.at(-1)!));
    assert.equal(model.totals.params.complete, false);
    assert.ok(model.graph.nodes.length <= maxNodes + 1);
  });

  it('end a repetition of nothing', () => {
    const b = new Builder();
    let turns = 0;
    b.times(1e9, () => {
      turns++;
    });
    assert.ok(turns <= maxNodes + 1);
    assert.equal(b.problems[0]!.code, 'too-many-operators');
  });

  it('end blocks within blocks', () => {
    const b = new Builder();
    const x = b.input('x', [1, 4]);
    const dive = (depth: number): Tensor =>
      b.full ? x : b.within({ label: `${depth}`, type: 'block' }, () => dive(depth + 1));
    dive(0);
    assert.equal(b.problems[0]!.code, 'nested-too-deep');
    let depth = 0;
    for (let frame = b.finish([x]).root.children[0]; frame; frame = frame.children[0]) depth++;
    assert.ok(depth <= maxDepth);
  });
});

const place: Record<string, { from: number; to: number }> = { groups: { from: 12, to: 18 } };

describe('inputs of items', () => {
  const b = new Builder();
  const x = b.input('x', [1, 4]);
  const built = b.segment(() => [b.add(relu, {}, x)]);
  const [first, second] = [0, 1].map(() => b.place(built.segment, built.inputs, 0)!) as [number, number];
  const halves = b.segment(() => b.addAll(split, { axis: 1, sizes: [2, 2] }, x));

  it('are the same for the same tensor, whoever passes it on', () => {
    const [tensor] = b.rows.tensors(first);
    const passing = b.segment(() => [tensor!]);
    const row = b.place(passing.segment, first, 0)!;
    assert.equal(b.rows.input(first), first);
    assert.equal(b.rows.input(row), first);
    assert.equal(inputOf(tensor!), first);
    assert.equal(b.rows.tensors([b.rows.input(row)])[0], tensor);
  });

  it('are others for equal items', () => {
    assert.notEqual(b.rows.input(first), b.rows.input(second));
    assert.notEqual(b.rows.tensors(first)[0], b.rows.tensors(second)[0]);
  });

  it('are tensors where they are not all that a row outputs', () => {
    const row = b.place(halves.segment, halves.inputs, 0)!;
    for (const half of b.rows.tensors(row)) assert.equal(inputOf(half), half);
    assert.equal(inputOf(x), x);
  });
});

function modelOf(b: Builder, outputs: readonly Tensor[]): Model {
  return analyse(b.finish(outputs), new Lines(''));
}
