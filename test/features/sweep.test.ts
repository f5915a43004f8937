// Totals over sizes, scales, batches and widths: each is what the text costs with it, and theory is what comes near it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  open,
  price,
  type SweepKey,
  type SweepPoint,
  startPython,
  sweepPoint,
  sweeps,
  withChoice,
} from '../../server/src/core/index.ts';

await startPython();

function example(path: string): Analysed {
  const text = readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8');
  return price(open({ name: path.split('/').at(-1)!, text }, defaultSettings)!, defaultSettings)!;
}

type Figures = Exclude<SweepPoint, { refused: string }>;

/** The figures at each value, by its text. */
function sweep(analysed: Analysed, key: SweepKey): ReadonlyMap<string, Figures> {
  const found = sweeps(analysed).find(each => each.key === key);
  assert.ok(found, `${key} can be varied`);
  const current = found.values.filter(({ isCurrent }) => isCurrent);
  assert.equal(current.length, 1);
  const points = found.values.map(({ value, text }) => [text, sweepPoint(analysed, key, value)] as const);
  const { totals } = analysed.model;
  const own = points.find(([text]) => text === current[0]!.text)![1] as Figures;
  assert.equal(own.value.amount, totals.value.value);
  assert.equal(own.params.amount, totals.params.value);
  return new Map(points as [string, Figures][]);
}

describe('a sweep', () => {
  const yolo = example('gridspot.yaml');

  it('over input sizes has the totals of each, which grow as the square', () => {
    const points = sweep(yolo, 'input');
    const [small, large] = [points.get('320×320')!, points.get('640×640')!];
    assert.equal(small.value.amount, withChoice(yolo, 'input', '3,320,320').model.totals.value.value);
    assert.equal(large.value.amount! / small.value.amount!, 4);
    assert.equal(large.params.amount, small.params.amount);
  });

  it('over scales has the figures of the hints on them', () => {
    const points = sweep(yolo, 'scale');
    assert.deepEqual([...points.keys()], ['n', 's', 'm']);
    assert.equal(points.get('s')!.value.amount, withChoice(yolo, 'scale', 's').model.totals.value.value);
  });

  it('over batch sizes changes memory alone, in proportion', () => {
    const points = sweep(yolo, 'batch');
    const [one, eight] = [points.get('1')!, points.get('8')!];
    assert.equal(eight.value.amount, one.value.amount);
    assert.equal(eight.activations.amount, 8 * one.activations.amount!);
    assert.equal(eight.peak.amount, 8 * one.peak.amount!);
  });

  it('over widths comes near the square of theory, in a text that scales all its channels', () => {
    const points = sweep(yolo, 'width');
    const ratio = points.get('×2')!.params.amount! / points.get('×1')!.params.amount!;
    assert.ok(ratio > 2.5 && ratio < 4.2, String(ratio));
    assert.equal(
      sweeps(example('googlenet.net.yaml')).some(({ key }) => key === 'width'),
      false,
    );
  });

  it('says why there is nothing at a value', () => {
    const text = 'input: [3, 32, 32]\nlayers:\n  - conv: {out: 8, kernel: 9}\n  - flatten\n  - linear: 10\n';
    const small = price(open({ name: 'a.net.yaml', text }, defaultSettings)!, defaultSettings)!;
    const found = sweepPoint(small, 'input', '3,4,4');
    assert.ok('refused' in found);
    assert.match(found.refused, /larger than/);
  });

  it('of a program calls it with other sizes', () => {
    const points = sweep(example('python/resnet18.py'), 'input');
    assert.equal(points.get('64×64')!.value.amount! > 3.9 * points.get('32×32')!.value.amount!, true);
  });

  it('of what is no image varies the batch alone', () => {
    assert.deepEqual(
      sweeps(example('python/gpt.py')).map(({ key }) => key),
      ['batch'],
    );
  });
});
