// The savings of the theory in prototxt, by applying advice to examples/savings/five-savings.prototxt: figures come out
// of the texts, and agree with the formulas.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { adviceCandidates, applyEdits, defaultSettings, priceAdvice, report } from '../../../server/src/core/index.ts';
import { analysedOf, checkAdvice } from '../../support/advice.ts';

const example = readFileSync(join(import.meta.dirname, '../../../examples/savings/five-savings.prototxt'), 'utf8');
const name = 'five-savings.prototxt';

/** The text after a fix of a layer, chosen by the layer's name. */
function applied(text: string, code: string, layer: string, variant: string): string {
  const analysed = analysedOf(name, text, defaultSettings);
  const line = text.slice(0, text.indexOf(`name: "${layer}"`)).split('\n').length - 1;
  const candidate = adviceCandidates(analysed).find(({ id }) => id === `${code}@${line}:${variant}`);
  const advice = candidate && priceAdvice(analysed, candidate);
  assert.ok(advice && advice.refused === null, `${code} of ${layer}`);
  checkAdvice(analysed, candidate, advice, defaultSettings);
  return applyEdits(text, advice.edits);
}

/** Multiply-accumulates and parameters of the layers whose name begins like this. */
function costOf(text: string, ...prefixes: readonly string[]): readonly [number, number] {
  const rows = report(analysedOf(name, text, defaultSettings)).layers.filter(row =>
    prefixes.some(prefix => row.name.startsWith(prefix)),
  );
  assert.ok(rows.length > 0);
  return [rows.reduce((sum, { macs }) => sum + macs!, 0), rows.reduce((sum, { params }) => sum + params!, 0)];
}

describe('the theory’s savings in prototxt', () => {
  it('the example has no problems', () => {
    assert.deepEqual(analysedOf(name, example, defaultSettings).problems, []);
  });

  it('1×1 bottleneck before the 3×3 of (3b)', () => {
    const text = applied(example, 'fat-convolution', 'inception_3b/3x3', '64');
    assert.equal(costOf(example, 'inception_3b/3x3')[0], 346_816_512);
    assert.equal(costOf(text, 'inception_3b/3x3')[0], 99_549_184);
    assert.equal(costOf(text, 'inception_3b/3x3')[0], 28 ** 2 * (256 * 64 + 9 * 64 * 192));
    // GoogLeNet's own name for it.
    assert.equal(costOf(text, 'inception_3b/3x3_reduce')[0], 28 ** 2 * 256 * 64);
  });

  it('1×1 bottleneck before the 5×5 of (3b), then two 3×3 for it', () => {
    const narrow = applied(example, 'fat-convolution', 'inception_3b/5x5', '64');
    assert.equal(costOf(example, 'inception_3b/5x5')[0], 481_689_600);
    assert.equal(costOf(narrow, 'inception_3b/5x5')[0], 133_267_456);
    const two = applied(narrow, 'large-kernel', 'inception_3b/5x5', '64');
    // The 1×1 before them, 64 → 64 and 64 → 96; the theory's 1.0×10⁸ counts both at 64·96.
    assert.equal(costOf(two, 'inception_3b/5x5')[0], 85_098_496);
    assert.equal(costOf(two, 'inception_3b/5x5')[0], 28 ** 2 * (256 * 64 + 9 * 64 * 64 + 9 * 64 * 96));
    assert.equal(28 ** 2 * (256 * 64 + 2 * 9 * 64 * 96), 99_549_184);
  });

  it('N×1 and 1×N for N×N: 2/7', () => {
    const text = applied(example, 'square-kernel', 'mixed/7x7', '192');
    const [before, after] = [costOf(example, 'mixed/7x7')[0], costOf(text, 'mixed/7x7')[0]];
    assert.equal(before, 14 ** 2 * 49 * 192 * 192);
    assert.equal(after * 7, before * 2);
  });

  it('depthwise separable: M²·K²·Cin + M²·Cin·Cout', () => {
    for (const variant of ['full', 'bare']) {
      const text = applied(example, 'full-convolution', 'conv5', variant);
      const macs = (of: string): number => costOf(of, 'conv5')[0] - costOf(of, 'conv5/expand')[0];
      assert.equal(macs(example), 462_422_016);
      assert.equal(macs(text), 14 ** 2 * 9 * 512 + 14 ** 2 * 512 * 512);
    }
  });

  it('global average pooling for the fully connected head', () => {
    const text = applied(example, 'flattened-head', 'fc6', 'head');
    const head = ['fc', 'relu6', 'drop6'];
    assert.deepEqual(costOf(example, ...head), [
      7 * 7 * 512 * 4096 + 4096 * 1000,
      7 * 7 * 512 * 4096 + 4096 + 4096 * 1000 + 1000,
    ]);
    assert.deepEqual(costOf(text, ...head), [512 * 1000, 512 * 1000 + 1000]);
  });
});
