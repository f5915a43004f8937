// Files that other people wrote, with numbers from both Darknets themselves. They are not part of this repository: the
// test runs where the folder stands beside it, and skips elsewhere.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { defaultSettings, open, price, type ReportShape, report } from '../../../server/src/core/index.ts';

const corpus = join(import.meta.dirname, '../../../../shared/corpus/darknet-cfg');
const skip = existsSync(corpus) ? false : 'the corpus is not here';

interface Truth {
  readonly spec: string;
  readonly total_params: number;
  readonly total_macs: number;
  readonly total_bn_running: number;
  readonly darknet_total_bflops: number | null;
  readonly layers: readonly {
    readonly line: number;
    readonly out_shape: readonly number[];
    readonly params: number;
    readonly macs: number;
    readonly bflops: number;
  }[];
}

describe('Darknet files of the corpus', { skip }, () => {
  for (const name of skip ? [] : readdirSync(corpus)) {
    test(name, () => {
      const folder = join(corpus, name);
      const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;
      const text = readFileSync(join(folder, truth.spec), 'utf8');
      const analysed = price(open({ name: truth.spec, text }, defaultSettings)!, defaultSettings)!;
      const result = report(analysed, { file: truth.spec });
      const errors = result.problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
      assert.deepEqual([result.totals.params, result.totals.macs], [truth.total_params, truth.total_macs]);
      assert.equal(analysed.model.totals.normStats, truth.total_bn_running, 'running statistics');
      // The first row is [net].
      assert.equal(result.layers.length, truth.layers.length + 1);
      const printed = analysed.model.under('darknet');
      for (const [index, row] of truth.layers.entries()) {
        const mine = result.layers[index + 1]!;
        const at = `line ${row.line}`;
        assert.deepEqual(
          [mine.line, bare(mine.outputs?.[0]), mine.params, mine.macs],
          [row.line, bare(row.out_shape), row.params, row.macs],
          at,
        );
        if (!truth.darknet_total_bflops) continue;
        const { value } = printed.costOf(analysed.spec.graph.root.children[index + 1]!).value;
        assert.ok(
          Math.abs(value / 1e9 - row.bflops) <= 1e-6 * (row.bflops + 1e-6),
          `${at}: ${value} and ${row.bflops}`,
        );
      }
      if (truth.darknet_total_bflops) {
        assert.equal(result.native?.value.toFixed(3), truth.darknet_total_bflops.toFixed(3));
      }
    });
  }
});

/** Darknet says [C, 1, 1] and [C] of the same. */
function bare(shape: ReportShape | readonly number[] | undefined): ReportShape {
  const rest = [...(shape ?? [])];
  while (rest.length > 2 && rest.at(-1) === 1) rest.pop();
  return rest;
}
