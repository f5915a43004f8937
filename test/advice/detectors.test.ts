// Most of a detector's cost is in composite rows: a few changes of them reach a budget, and each keeps what it promises.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type Analysed,
  adviceCandidates,
  applyEdits,
  defaultSettings,
  isWithin,
  priceAdvice,
  report,
  type Settings,
  type Slimmed,
  slim,
} from '../../server/src/core/index.ts';
import { analysedOf, checkAdvice, checkAllAdvice } from '../support/advice.ts';
import { detectors } from '../support/detectors.ts';

/** At most so many changes: a person reads each of them. */
const few = 8;

/** Takes 30 % off, holds every step against the edited text, and returns the steps with what becomes of the text. */
function checkSlimmed(file: string, text: string, settings: Settings): Slimmed & { readonly text: string } {
  const analysed = analysedOf(file, text, settings);
  const budget = { macs: Math.floor(0.7 * analysed.model.totals.macs.value) };
  const found = run(slim(analysed, budget));
  assert.ok(isWithin(found.after, budget), `${file}: only ${found.after.macs} of ${budget.macs}`);
  assert.ok(found.steps.length <= few, `${file}: ${found.steps.length} changes`);
  let now = text;
  for (const { advice } of found.steps) {
    const before = analysedOf(file, now, settings);
    const candidate = adviceCandidates(before).find(({ id }) => id === advice.id);
    assert.ok(candidate, advice.id);
    assert.notEqual(advice.code, 'large-scale');
    checkAdvice(before, candidate, advice, settings);
    now = applyEdits(now, advice.edits);
  }
  assert.equal(applyEdits(text, found.edits), now);
  assert.deepEqual(scalesOf(now), scalesOf(text), 'scales are left alone');
  assert.ok(leastChannels(analysedOf(file, now, settings)) >= 8, `fewer than 8 channels:\n${now}`);
  return { ...found, text: now };
}

function run(search: Generator<unknown, Slimmed>): Slimmed {
  for (;;) {
    const next = search.next();
    if (next.done) return next.value;
  }
}

const scalesOf = (text: string): readonly string[] =>
  text.split('\n').filter(line => /^ {2}[nsmlx]: \[|_multiple:/.test(line));

/** Of all that rows output as images. */
function leastChannels(analysed: Analysed): number {
  return Math.min(
    ...report(analysed).layers.flatMap(({ outputs }) =>
      outputs.flatMap(shape => (shape?.length === 4 ? [shape[1]!] : [])),
    ),
  );
}

describe('detectors', () => {
  for (const { title, file, text } of detectors) {
    it(`${title}: 30 % less in a few changes`, () => {
      checkSlimmed(file, text, defaultSettings);
    });

    it(`${title}: all that is offered keeps what it promises`, context => {
      const tally = checkAllAdvice(file, text, defaultSettings, 2);
      context.diagnostic(JSON.stringify(tally));
      assert.ok(tally.offered['wide-layer']! >= 3);
    });
  }

  it('prefer gentle changes: a quarter of the channels before a half', () => {
    const { steps } = checkSlimmed('split.yaml', detectors[1]!.text, defaultSettings);
    const halved = steps.filter(({ advice }) => advice.id.endsWith('x0.5'));
    assert.ok(halved.length <= 1, halved.map(({ advice }) => advice.title).join('\n'));
  });

  it('have their scale lowered only where it is asked for', () => {
    const analysed = analysedOf('split.yaml', detectors[1]!.text, defaultSettings);
    const budget = { macs: 0.7 * analysed.model.totals.macs.value };
    const codes = (scales: boolean): string[] =>
      run(slim(analysed, budget, { scales })).steps.map(({ advice }) => advice.code);
    assert.ok(!codes(false).includes('large-scale'));
    assert.ok(codes(true).includes('large-scale'));
  });

  it('say what a layer of a branch saves apart from the join that holds it', () => {
    const branch = '        - [conv: {out: 64, kernel: 1}]\n';
    const rows = `  - branches:\n${branch}${branch}  - conv: {out: 64, kernel: 1}\n`;
    const analysed = analysedOf('joined.net.yaml', `input: [64, 32, 32]\nlayers:\n${rows}`, defaultSettings);
    const candidate = adviceCandidates(analysed).find(({ id }) => id === 'wide-layer@4:x0.5')!;
    // 32·32 positions: 64·64 before and 64·32 after; the last convolution reads 32 channels less, for 64 of its own.
    assert.match(priceAdvice(analysed, candidate)!.title, /: 4\.19M → 2\.10M MACs here, −2\.10M in layers after it, /);
  });

  it('say what a row saves apart from the layers that read it, in the convention in effect', () => {
    const { text, file } = detectors[1]!;
    const price = (convention: Settings['convention']) => {
      const analysed = analysedOf(file, text, { ...defaultSettings, convention });
      const candidate = adviceCandidates(analysed).find(({ id }) => id === 'wide-layer@11:x0.75')!;
      return priceAdvice(analysed, candidate)!;
    };
    // 80·80 positions: 64·64 + 4·9·32² + 128·64 MACs each before, 64·48 + 4·9·24² + 96·48 after. A 3×3 to 128 channels on
    // 40·40 positions and a 1×1 to 64 on 80·80 read 16 channels less.
    assert.equal(
      price('macs').title,
      'Use 192 channels instead of 256: 315M → 182M MACs here, −36.0M in layers after it, −5.4 % in total, params −40.3k',
    );
    assert.match(price('flops').title, / 629M → 364M FLOPs here, −72\.1M in layers after it, −5\.4 % in total/);
    const { before, after } = price('all-ops');
    assert.ok(after.value - before.value < after.macs - before.macs);
    // The number is the one in the file, which the width makes a quarter of; other scales share it.
    assert.match(price('macs').why, /The other scales of this file change too\./);
  });

  it('change rows together that must have as many channels as each other', () => {
    const { text, file } = detectors[0]!;
    const analysed = analysedOf(file, text, defaultSettings);
    // The row above, an SPPF that adds it to its output, and attention that asserts as many channels.
    const tied = adviceCandidates(analysed).filter(({ id }) => /^wide-layer@(?:17|18|19):x0\.75$/.test(id));
    assert.deepEqual(
      tied.map(({ title }) => title),
      tied.map(() => 'Use 768 channels instead of 1024 in 3 rows tied to each other'),
    );
    const edits = tied.map(candidate => priceAdvice(analysed, candidate)!.edits);
    assert.equal(edits.length, 3);
    for (const other of edits)
      assert.deepEqual(
        other.toSorted((a, b) => a.from - b.from),
        edits[0],
      );
  });
});

const corpus = join(import.meta.dirname, '../../../shared/corpus/ultralytics-yaml');

describe('published detectors', { skip: existsSync(corpus) ? false : 'the corpus is not there' }, () => {
  for (const [folder, scale] of [
    ['y5v70__yolov5s', undefined],
    ['u84101__yolov5', 's'],
    ['u84101__yolov8', 'n'],
    ['u84101__yolo11', 'n'],
    ['u84101__yolo26', 'n'],
    ['wky7__deploy-yolov7-tiny-silu', undefined],
  ] as const) {
    it(`${folder}${scale ? ` at scale ${scale}` : ''}: 30 % less in a few changes`, context => {
      const file = readdirSync(join(corpus, folder)).find(name => name.endsWith('.yaml'))!;
      const text = readFileSync(join(corpus, folder, file), 'utf8');
      const { steps, before, after } = checkSlimmed(file, text, { ...defaultSettings, scale });
      context.diagnostic(`${steps.length} changes, ${(100 * (1 - after.macs / before.macs)).toFixed(1)} % less`);
    });
  }
});
