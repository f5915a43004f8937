// Files that other people wrote, with numbers from Caffe itself. They are not part of this repository: the test runs
// where the folder stands beside it, and skips elsewhere.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { defaultSettings, open, price, report } from '../../../server/src/core/index.ts';

const corpus = join(import.meta.dirname, '../../../../shared/corpus/caffe-prototxt');
const skip = existsSync(corpus) ? false : 'the corpus is not here';

interface Truth {
  readonly spec: string;
  /** No framework could run it. */
  readonly weak?: boolean;
  readonly input_shape: readonly number[];
  readonly total_params: number;
  readonly total_macs: number;
  readonly layers: readonly {
    readonly name: string;
    readonly type: string;
    readonly line: number | null;
    readonly out_shape: readonly number[] | readonly (readonly number[])[];
    readonly params: number;
    readonly macs: number;
  }[];
}

describe('Caffe files of the corpus', { skip }, () => {
  for (const name of skip ? [] : readdirSync(corpus)) {
    const truth = JSON.parse(readFileSync(join(corpus, name, 'truth.json'), 'utf8')) as Truth;
    test(name, { skip: truth.weak ? 'no framework could run it' : false }, () => checkCase(join(corpus, name), truth));
  }
});

function checkCase(folder: string, truth: Truth): void {
  const text = readFileSync(join(folder, truth.spec), 'utf8');
  const analysed = price(open({ name: truth.spec, text }, defaultSettings)!, defaultSettings)!;
  const { totals, layers, problems } = report(analysed, { file: truth.spec });
  // Caffe counts all samples of the batch that the file writes.
  const batch = truth.input_shape[0]!;
  assert.equal(totals.params, truth.total_params);
  assert.equal(totals.macs, truth.total_macs / batch);
  assert.equal(totals.complete, true);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  for (const row of truth.layers) {
    if (row.line === null) continue;
    const mine = layers.filter(({ line }) => line === row.line);
    const own = mine.find(({ name }) => name === row.name) ?? mine[0];
    assert.ok(own, `line ${row.line} has a row`);
    // Running statistics are no parameters.
    const params = row.type === 'BatchNorm' ? 0 : row.params;
    assert.deepEqual([own.params, own.macs], [params, row.macs / batch], `line ${row.line}, ${row.name}`);
    const shapes = (Array.isArray(row.out_shape[0]) ? row.out_shape : [row.out_shape]) as readonly number[][];
    shapes.forEach((shape, index) => {
      assert.deepEqual(own.outputs[index]?.slice(1), shape.slice(1), `line ${row.line}, ${row.name}`);
    });
  }
}
