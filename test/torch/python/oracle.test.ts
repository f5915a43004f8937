// Random programs over tensors give the shapes, types and values that PyTorch gave (scripts/oracles/tensors.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PyFloat, PyList, PyTuple, Unknown, type Value } from '../../../server/src/core/python/objects.ts';
import { PyTensor } from '../../../server/src/core/torch/python/tensor.ts';
import { valuesOf } from '../../../server/src/core/torch/python/values.ts';
import { type Ran, ran } from './running.ts';

type Described =
  | {
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly values?: readonly (number | boolean | string)[];
    }
  | { readonly value: unknown }
  | { readonly items: readonly Described[] };

interface Program {
  readonly program: string;
  readonly results: Readonly<Record<string, Described>>;
  /** Whether PyTorch refuses the last statement. */
  readonly fails: boolean;
}

const table = JSON.parse(readFileSync(new URL('fixtures/tensors.json', import.meta.url), 'utf8')) as {
  readonly torch: string;
  readonly programs: readonly Program[];
};

/** What was compared, and what could not be. */
const tally = { tensors: 0, values: 0, unknownSizes: 0, unknownValues: 0 };

describe(`programs over tensors, beside PyTorch ${table.torch}`, () => {
  it('have the same shapes, types and values', () => {
    for (const { program, results, fails } of table.programs) {
      if (fails) continue;
      const run = ran(program, false);
      assert.equal(run.raised, undefined, program);
      assert.deepEqual(
        run.problems.map(({ message }) => message),
        [],
        program,
      );
      for (const [name, expected] of Object.entries(results))
        compare(run.get(name), expected, `${name} of\n${program}`);
    }
    // What cannot be known is rare: it would hide what is wrong.
    assert.ok(tally.tensors > 1500, JSON.stringify(tally));
    assert.ok(tally.unknownSizes < 0.01 * tally.tensors, JSON.stringify(tally));
    assert.ok(tally.unknownValues < 0.1 * tally.values, JSON.stringify(tally));
  });

  it('have the same shapes while they are recorded', () => {
    for (const [at, { program, results, fails }] of table.programs.entries()) {
      if (fails || at % 3 > 0) continue;
      const run = ran(program);
      assert.deepEqual(
        run.problems.map(({ message }) => message),
        [],
        program,
      );
      for (const [name, expected] of Object.entries(results))
        compare(run.get(name), expected, `${name} of\n${program}`);
    }
  });

  it('are refused where PyTorch refuses them, at the same statement', () => {
    let count = 0;
    for (const { program, fails } of table.programs) {
      if (!fails) continue;
      const run = ran(program, false);
      const last = program.split('\n').at(-1)!;
      assert.ok(run.raised !== undefined || run.problems.length > 0, program);
      for (const { range } of run.problems) assert.ok(startOf(run, program, last) <= range.from, program);
      count++;
    }
    assert.ok(count > 20);
  });
});

/** Where the last line stands in the text that is run. */
function startOf(run: Ran, program: string, last: string): number {
  return run.prefix + program.length - last.length;
}

function compare(value: Value | undefined, expected: Described, where: string): void {
  if ('shape' in expected) {
    assert.ok(value instanceof PyTensor, where);
    tally.tensors++;
    const known = value.shape?.every(length => !Number.isNaN(length));
    if (!known) tally.unknownSizes++;
    const shape = value.shape?.map((length, axis) => (Number.isNaN(length) ? expected.shape[axis] : length));
    assert.deepEqual(shape, expected.shape, where);
    assert.equal(value.dtype, expected.dtype, where);
    const own = valuesOf(value);
    // Of whole numbers those that are not known are NaN.
    const values = own && !value.dtype.includes('float') && own.some(Number.isNaN) ? undefined : own;
    if (!values) tally.unknownValues++;
    if (!values || !expected.values) return;
    tally.values++;
    for (const [at, each] of expected.values.entries()) near(values[at]!, each, value.dtype, where);
    return;
  }
  if (value instanceof Unknown) {
    tally.unknownValues++;
    return;
  }
  if ('items' in expected) {
    assert.ok(value instanceof PyTuple || value instanceof PyList, where);
    assert.equal(value.items.length, expected.items.length, where);
    for (const [at, item] of expected.items.entries()) compare(value.items[at], item, where);
    return;
  }
  const own = plain(value, expected.value);
  if (typeof own === 'number' && typeof expected.value === 'number') near(own, expected.value, 'float32', where);
  else assert.deepEqual(own, expected.value, where);
}

function near(value: number, expected: number | boolean | string, dtype: string, where: string): void {
  const wanted = typeof expected === 'string' ? Number(expected.replace('inf', 'Infinity')) : Number(expected);
  if (Object.is(value, wanted) || value === wanted) return;
  const share = dtype === 'float16' ? 2e-2 : 2e-5;
  const bound = share * Math.max(1, Math.abs(value), Math.abs(wanted));
  assert.ok(Math.abs(value - wanted) <= bound, `${value} is not ${wanted}: ${where}`);
}

/** As data; what is not known of a list of sizes is taken from what is expected. */
function plain(value: Value | undefined, expected: unknown): unknown {
  if (value instanceof PyFloat) return value.value;
  if (value instanceof Unknown) {
    tally.unknownValues++;
    return expected;
  }
  if (value instanceof PyTuple || value instanceof PyList) {
    return value.items.map((item, at) => plain(item, Array.isArray(expected) ? expected[at] : undefined));
  }
  return value;
}
