import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ops } from '../../server/src/core/ops/index.ts';
import type { AnyOp, Counts, OpExample, Shape } from '../../server/src/core/ops/op.ts';

const nothing: Counts = {
  macs: 0,
  adds: 0,
  muls: 0,
  divs: 0,
  compares: 0,
  exps: 0,
  weights: 0,
  biases: 0,
  normAffine: 0,
  normStats: 0,
};

describe('operators', () => {
  for (const op of ops as readonly AnyOp[]) {
    describe(op.name, () => {
      it('has at least two examples', () => assert.ok(op.examples.length >= 2));
      for (const example of op.examples) it(titleOf(example), () => checkExample(op, example));
      it('explains itself', () => checkWords(op));
      it('stays unknown where its input is', () => checkUnknown(op));
    });
  }

  it('have names of their own', () => {
    const names = (ops as readonly AnyOp[]).map(op => op.name);
    assert.deepEqual(names.length, new Set(names).size);
  });
});

function checkExample(op: AnyOp, { attrs, inputs, output, counts }: OpExample<object>): void {
  if (typeof op.arity === 'number') assert.equal(inputs.length, op.arity);
  else assert.ok(inputs.length >= op.arity.min);
  assert.equal(op.check?.(attrs, inputs, 'chw'), undefined);
  const outputs = outputsOf(op, attrs, inputs);
  assert.deepEqual(outputs, isShape(output) ? [output] : output);
  // `counts: {}` says that it costs nothing; no `counts` says nothing.
  if (counts) assert.deepEqual({ ...nothing, ...op.counts?.(attrs, inputs, outputs) }, { ...nothing, ...counts });
  if (op.formula) assert.doesNotMatch(op.formula(attrs, inputs, outputs), /NaN|undefined|null|\[|^$/);
  op.field?.(attrs, inputs);
}

/** Sizes that are not known make sizes and counts NaN, never a number, and never throw. */
function checkUnknown(op: AnyOp): void {
  for (const { attrs, inputs, output, counts } of op.examples) {
    const unknown = inputs.map(shape => shape.map((length, axis) => (axis === 0 ? length : Number.NaN)));
    if (unknown.length === 0 || op.check?.(attrs, unknown, 'chw')) continue;
    const outputs = outputsOf(op, attrs, unknown);
    const ranks = (isShape(output) ? [output] : output).map(shape => shape.length);
    assert.deepEqual(
      outputs.map(shape => shape.length),
      ranks,
    );
    const found = op.counts?.(attrs, unknown, outputs);
    const expected = counts ? { ...nothing, ...counts } : undefined;
    for (const [name, count] of Object.entries(found ?? {})) {
      if (Number.isNaN(count)) continue;
      // What is nevertheless known (a bias, a slope) is what it is with known sizes.
      if (expected) assert.equal(count, expected[name as keyof Counts], name);
    }
    op.formula?.(attrs, unknown, outputs);
    op.field?.(attrs, unknown);
  }
}

function checkWords(op: AnyOp): void {
  assert.match(op.name, /^[a-z][A-Za-z0-9]*$/);
  assert.match(op.summary(), /\.$/);
  for (const [name, { doc, kind, values }] of Object.entries(op.attrs)) {
    assert.match(doc(), /\.$/, name);
    assert.equal(values !== undefined, kind === 'choice', name);
  }
  assert.ok((op.shape === undefined) !== (op.shapes === undefined), 'one of shape and shapes');
  for (const { attrs } of op.examples) {
    for (const name of Object.keys(attrs)) assert.ok(name in op.attrs, name);
    for (const [name, spec] of Object.entries(op.attrs)) {
      assert.ok(name in attrs || 'default' in spec, `${name} must be given`);
    }
  }
}

function outputsOf(op: AnyOp, attrs: object, inputs: readonly Shape[]): readonly Shape[] {
  return op.shape ? [op.shape(attrs, inputs)] : op.shapes!(attrs, inputs);
}

function isShape(output: Shape | readonly Shape[]): output is Shape {
  return output.length === 0 || typeof output[0] === 'number';
}

function titleOf({ attrs, inputs }: OpExample<object>): string {
  return `${JSON.stringify(attrs)} on ${inputs.map(shape => shape.join('×')).join(', ') || 'nothing'}`;
}
