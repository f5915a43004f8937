// The savings of the theory, by applying advice to examples/savings: figures come out of both texts, and agree with the
// formulas.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type Advice,
  adviceCandidates,
  applyEdits,
  defaultSettings,
  priceAdvice,
} from '../../server/src/core/index.ts';
import { analysedOf } from '../support/advice.ts';

const examples = join(import.meta.dirname, '../../examples');
const read = (file: string): string => readFileSync(join(examples, file), 'utf8');

/** The rows alone: comments and names differ between an example and its counterpart. */
const rowsOf = (text: string): string => text.slice(text.indexOf('input:'));

function apply(name: string, text: string, ...keys: readonly string[]): { text: string; advice: Advice[] } {
  let now = text;
  const taken = keys.map(key => {
    const analysed = analysedOf(name, now, defaultSettings);
    const candidate = adviceCandidates(analysed).find(({ id }) => id === key);
    const advice = candidate && priceAdvice(analysed, candidate);
    assert.ok(advice && advice.refused === null, key);
    now = applyEdits(now, advice.edits);
    return advice;
  });
  return { text: now, advice: taken };
}

const saved = ({ before, after }: Advice): number => before.macs - after.macs;

describe('advice and theory', () => {
  it('1×1 bottleneck: module (3b) becomes its counterpart', () => {
    const before = read('savings/bottleneck-before.net.yaml');
    const { text, advice } = apply('b.net.yaml', before, 'fat-convolution@10:64', 'fat-convolution@13:64');
    assert.equal(rowsOf(text), rowsOf(read('savings/bottleneck-after.net.yaml')));
    const [three, five] = advice;
    assert.equal(saved(three!), 346_816_512 - 99_549_184);
    assert.equal(saved(five!), 481_689_600 - 133_267_456);
    assert.match(
      three!.title,
      /^Insert a 1×1 bottleneck \(64 channels\): 347M → 99\.5M MACs here, −29 % in total, params −/,
    );
    const area = 28 ** 2;
    assert.equal(saved(three!), area * 9 * 256 * 192 - area * (256 * 64 + 9 * 64 * 192));
  });

  it('two 3×3 for a 5×5', () => {
    const { text, advice } = apply('t.net.yaml', read('savings/two-3x3-before.net.yaml'), 'large-kernel@6:64');
    assert.equal(rowsOf(text), rowsOf(read('savings/two-3x3-after.net.yaml')));
    // The 1×1 before it, 64 → 64 and 64 → 96.
    assert.equal(advice[0]!.after.macs, 85_098_496);
    assert.equal(advice[0]!.after.macs, 28 ** 2 * (256 * 64 + 9 * 64 * 64 + 9 * 64 * 96));
  });

  it('two 3×3 that cost more are refused with the reason', () => {
    const text = 'input: [64, 28, 28]\nlayers:\n  - conv: {out: 192, kernel: 5, padding: same}\n';
    const analysed = analysedOf('r.net.yaml', text, defaultSettings);
    const candidate = adviceCandidates(analysed).find(({ id }) => id === 'large-kernel@3:192')!;
    const { title, refused, edits } = priceAdvice(analysed, candidate)!;
    assert.equal(refused, 'Two 3×3 would cost 44 % more here (64 → 192 channels).');
    assert.ok(title.endsWith(refused));
    assert.deepEqual(edits, []);
  });

  it('N×1 and 1×N for N×N: 2/7', () => {
    const { advice } = apply('a.net.yaml', read('savings/asymmetric-before.net.yaml'), 'square-kernel@6:192');
    assert.equal(advice[0]!.after.macs * 7, advice[0]!.before.macs * 2);
  });

  it('depthwise separable: M²·K²·Cin + M²·Cin·Cout', () => {
    const { text, advice } = apply('d.net.yaml', read('savings/depthwise-before.net.yaml'), 'full-convolution@6:bare');
    assert.equal(rowsOf(text), rowsOf(read('savings/depthwise-after.net.yaml')));
    assert.equal(advice[0]!.before.macs, 462_422_016);
    assert.equal(advice[0]!.after.macs, 14 ** 2 * 9 * 512 + 14 ** 2 * 512 * 512);
    assert.match(advice[0]!.why, /FLOPs\/byte now/);
  });

  it('global average pooling for a flattened head', () => {
    const { text, advice } = apply(
      'g.net.yaml',
      read('savings/global-pooling-before.net.yaml'),
      'flattened-head@7:head',
    );
    assert.equal(rowsOf(text), rowsOf(read('savings/global-pooling-after.net.yaml')));
    assert.equal(advice[0]!.after.params, 512 * 1000 + 1000);
    assert.equal(advice[0]!.before.params, 123_642_856);
  });
});
