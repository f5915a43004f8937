// The savings of the theory in Darknet cfg: advice makes the second file of each pair in examples/savings of the first.
// There are no N×1 windows in Darknet.
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
} from '../../../server/src/core/index.ts';
import { analysedOf } from '../../support/advice.ts';

const examples = join(import.meta.dirname, '../../../examples/savings');
const read = (name: string): string => readFileSync(join(examples, `${name}.cfg`), 'utf8');

/** The sections alone: the comment at the top differs. */
const sectionsOf = (text: string): string => text.slice(text.indexOf('[net]'));

function become(pair: string, ...ids: readonly string[]): Advice[] {
  let text = read(`${pair}-before`);
  const taken = ids.map(id => {
    const analysed = analysedOf(`${pair}.cfg`, text, defaultSettings);
    assert.deepEqual(
      analysed.problems.filter(({ severity }) => severity !== 'hint'),
      [],
    );
    const candidate = adviceCandidates(analysed).find(other => other.id === id);
    const advice = candidate && priceAdvice(analysed, candidate);
    assert.ok(advice && advice.refused === null, id);
    text = applyEdits(text, advice.edits);
    return advice;
  });
  assert.equal(sectionsOf(text), sectionsOf(read(`${pair}-after`)));
  return taken;
}

describe('Darknet cfg, the savings of the theory', () => {
  it('1×1 bottleneck before the 3×3 and the 5×5 of (3b)', () => {
    const [three, five] = become('bottleneck', 'fat-convolution@25:64', 'fat-convolution@45:64');
    const area = 28 ** 2;
    assert.match(three!.title, /: 347M → 99\.5M MACs here/);
    assert.equal(three!.before.macs - three!.after.macs, 346_816_512 - 99_549_184);
    assert.equal(three!.before.macs - three!.after.macs, area * 9 * 256 * 192 - area * (256 * 64 + 9 * 64 * 192));
    assert.equal(five!.before.macs - five!.after.macs, 481_689_600 - 133_267_456);
    assert.equal(five!.before.macs - five!.after.macs, area * 25 * 256 * 96 - area * (256 * 64 + 25 * 64 * 96));
  });

  it('two 3×3 for a 5×5', () => {
    const [advice] = become('two-3x3', 'large-kernel@14:64');
    assert.equal(advice!.before.macs, 133_267_456);
    assert.equal(advice!.after.macs, 85_098_496);
    assert.equal(advice!.after.macs, 28 ** 2 * (256 * 64 + 9 * 64 * 64 + 9 * 64 * 96));
  });

  it('depthwise separable', () => {
    const [advice] = become('depthwise', 'full-convolution@8:full');
    assert.equal(advice!.before.macs, 462_422_016);
    assert.equal(advice!.after.macs, 52_283_392);
    assert.equal(advice!.after.macs, 14 ** 2 * 9 * 512 + 14 ** 2 * 512 * 512);
  });

  it('global average pooling for a flattened head', () => {
    const [advice] = become('global-pooling', 'flattened-head@8:head');
    assert.equal(advice!.before.params, 123_642_856);
    assert.equal(advice!.after.params, 512 * 1000 + 1000);
  });

  it('N×1 and 1×N are not to be had', () => {
    const analysed = analysedOf('two.cfg', read('two-3x3-before'), defaultSettings);
    const candidates = adviceCandidates(analysed).filter(({ code }) => code === 'square-kernel');
    assert.ok(candidates.length > 0);
    for (const candidate of candidates) assert.equal(priceAdvice(analysed, candidate), undefined);
  });
});
