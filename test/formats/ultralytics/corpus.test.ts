// Files that other people wrote, with numbers from the frameworks themselves. They are not part of this repository:
// the test runs where the folder stands beside it, and skips elsewhere.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { defaultSettings, nativeFigure, open, price, report, type Settings } from '../../../server/src/core/index.ts';

const corpus = join(import.meta.dirname, '../../../../shared/corpus/ultralytics-yaml');
const skip = existsSync(corpus) ? false : 'the corpus is not here';

interface Truth {
  readonly spec: string;
  readonly variant?: string;
  readonly variants?: Record<string, Truth>;
  readonly input_shape?: readonly number[];
  readonly total_params: number;
  readonly total_macs: number;
  readonly ultralytics_reported?: { readonly gflops_640?: number };
  readonly ultralytics_reported_8_4_117?: { readonly gflops_640?: number };
  readonly ultralytics_fused?: { readonly parameters: number; readonly gflops_640: number };
  readonly repo_reported?: { readonly gflops_640?: number };
  readonly layers?: readonly {
    readonly line: number;
    readonly params: number;
    readonly macs: number;
    readonly thop_ops?: number;
  }[];
}

describe('YOLO files of the corpus', { skip }, () => {
  const cases = skip ? [] : readdirSync(corpus);
  for (const name of cases) {
    test(name, () => {
      const folder = join(corpus, name);
      const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;
      const text = readFileSync(join(folder, truth.spec), 'utf8');
      const runs: [string | undefined, Truth][] = [[truth.variants ? truth.variant : undefined, truth]];
      for (const [scale, run] of Object.entries(truth.variants ?? {})) runs.push([scale, run]);
      for (const [scale, run] of runs)
        checkRun(name, truth.spec, text, scale, run, run.input_shape ?? truth.input_shape);
    });
  }
});

function checkRun(
  folder: string,
  name: string,
  text: string,
  scale: string | undefined,
  truth: Truth,
  shape: readonly number[] | undefined,
): void {
  const settings: Settings = { ...defaultSettings, scale, input: shape ? [{ sizes: shape.slice(1) }] : [] };
  const analysed = price(open({ name, text }, settings)!, settings)!;
  const result = report(analysed, { file: name });
  assert.equal(result.totals.params, truth.total_params, `${name} ${scale} parameters`);
  assert.equal(result.totals.macs, truth.total_macs, `${name} ${scale} MACs`);
  assert.deepEqual(
    result.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  // Official 8.4 ran with thop 2.0.18, all others with older ones.
  const version = folder.startsWith('u84') ? '8.4.101' : '8.3.63';
  const thop = analysed.model.under(version === '8.4.101' ? '2 × thop 2.0.18' : '2 × thop 2.0.15');
  for (const [index, row] of (truth.layers ?? []).entries()) {
    const mine = result.layers[index]!;
    assert.equal(mine.line, row.line);
    assert.deepEqual([mine.params, mine.macs], [row.params, row.macs], `${name} ${scale} line ${row.line}`);
    if (row.thop_ops === undefined) continue;
    const frame = analysed.spec.graph.root.children[index]!;
    assert.equal(thop.costOf(frame).value.value, 2 * row.thop_ops, `${name} ${scale} line ${row.line}, as thop counts`);
  }
  const native = nativeFigure(analysed);
  const of = (wanted: string) => native?.versions.find(found => found.version === wanted);
  // Ultralytics' figures are recorded with three digits, YOLOv5's as printed, with one.
  for (const [who, printed, value, digit] of [
    [version, truth.ultralytics_reported?.gflops_640, of(version)?.value, 0.001],
    ['8.4.117', truth.ultralytics_reported_8_4_117?.gflops_640, of('8.4.117')?.value, 0.001],
    [`${version}, fused,`, truth.ultralytics_fused?.gflops_640, of(version)?.fused?.value, 0.001],
    ['it', truth.repo_reported?.gflops_640, native?.value, 0.1],
  ] as const) {
    if (!printed) continue;
    const isPrinted = Math.abs((value ?? Number.NaN) - printed) <= digit / 2 + 1e-9;
    assert.ok(isPrinted, `${folder} ${scale}: ${who} prints ${printed}, not ${value}`);
  }
  if (truth.ultralytics_fused)
    assert.equal(of(version)?.fused?.params, truth.ultralytics_fused.parameters, `${folder} ${scale}, fused`);
}
