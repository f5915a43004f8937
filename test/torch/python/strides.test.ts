// Random chains of views and element-wise work lie in memory as PyTorch laid them (scripts/oracles/strides.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PyTensor } from '../../../server/src/core/torch/python/tensor.ts';
import { stridesOf } from '../../../server/src/core/torch/python/values.ts';
import { ran } from './running.ts';

interface Chain {
  readonly program: string;
  readonly strides: Readonly<Record<string, readonly number[]>>;
}

const table = JSON.parse(readFileSync(new URL('fixtures/strides.json', import.meta.url), 'utf8')) as {
  readonly torch: string;
  readonly chains: readonly Chain[];
};

describe(`strides, beside PyTorch ${table.torch}`, () => {
  for (const records of [false, true]) {
    it(records ? 'are the same while they are recorded' : 'are the same in constructors', () => {
      let [known, unknown] = [0, 0];
      for (const { program, strides } of table.chains) {
        const run = ran(program, records);
        assert.equal(run.raised, undefined, program);
        for (const [name, expected] of Object.entries(strides)) {
          const tensor = run.get(name);
          assert.ok(tensor instanceof PyTensor, program);
          const own = stridesOf(tensor);
          if (!own) {
            unknown++;
            continue;
          }
          known++;
          // How far apart the elements of an axis with one element lie, nobody can see.
          const seen = (each: readonly number[]): readonly number[] =>
            each.map((step, axis) => (tensor.shape![axis] === 1 ? 0 : step));
          assert.deepEqual(seen(own), seen(expected), `${name} of\n${program}`);
        }
      }
      assert.ok(known > 450, String(known));
      assert.ok(unknown < 0.03 * known, `${unknown} of ${known}`);
    });
  }
});
