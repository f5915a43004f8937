// A sequence of changes is what really editing the text makes of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  applyEdits,
  type Budget,
  defaultSettings,
  isWithin,
  open,
  price,
  report,
  type Slimmed,
  slim,
  slimmed,
} from '../../server/src/core/index.ts';

function analysedOf(text: string, name = 'net.net.yaml'): Analysed {
  return price(open({ name, text }, defaultSettings)!, defaultSettings)!;
}

function totalsOf(
  text: string,
  name?: string,
): { macs: number | null; params: number | null; value: number | null | undefined } {
  const { macs, params, value } = report(analysedOf(text, name)).totals;
  return { macs, params, value };
}

function run(search: Generator<unknown, Slimmed>): Slimmed {
  for (;;) {
    const next = search.next();
    if (next.done) return next.value;
  }
}

/** Searches, holds every number against an analysis of the edited text, and hands the result on. */
function checkSlim(text: string, budget: Budget, name?: string): Slimmed {
  const analysed = analysedOf(text, name);
  const found = run(slim(analysed, budget));
  let at = text;
  for (const { advice } of found.steps) {
    assert.deepEqual(totalsOf(at, name), advice.before, advice.title);
    at = applyEdits(at, advice.edits);
    assert.deepEqual(totalsOf(at, name), advice.after, advice.title);
    assert.equal(advice.refused, null);
  }
  assert.equal(applyEdits(text, found.edits), at, 'all steps as one change');
  assert.deepEqual(totalsOf(at, name), found.after);
  assert.equal(analysed.document.source.text, text);
  const origins = found.steps.map(({ choice }) => choice.origin);
  assert.equal(new Set(origins).size, origins.length, 'no layer is changed twice');
  const errors = analysedOf(at, name).problems.map(({ code }) => code);
  assert.deepEqual(
    errors,
    analysed.problems.map(({ code }) => code),
  );
  return found;
}

const layers = fc.array(
  fc.record({
    out: fc.constantFrom(16, 32, 64, 96, 128),
    kernel: fc.constantFrom(1, 3, 5),
    stride: fc.constantFrom(1, 1, 2),
    act: fc.boolean(),
    comment: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

const networks = layers.map(rows => {
  const lines = rows.map(
    ({ out, kernel, stride, act, comment }) =>
      `  - conv: {out: ${out}, kernel: ${kernel}, stride: ${stride}, padding: same${act ? ', norm: batch, act: relu' : ''}}${comment ? ' # wide' : ''}\n`,
  );
  return `# A network\ninput: [32, 32, 32]\nlayers:\n${lines.join('')}  - globalavgpool\n  - flatten\n  - linear: 10 # classes\n`;
});

test('every step is what editing the text makes of it, whatever the network and the budget', () => {
  fc.assert(
    fc.property(networks, fc.double({ min: 0.1, max: 1, noNaN: true }), fc.boolean(), (text, share, params) => {
      const { macs, params: weights } = totalsOf(text);
      const budget = params ? { params: Math.floor(weights! * share) } : { macs: Math.floor(macs! * share) };
      const found = checkSlim(text, budget);
      // The same again is the same.
      assert.deepEqual(run(slim(analysedOf(text), budget)), found);
      // All of its steps, picked by a person, are the same change.
      const again = run(
        slimmed(
          analysedOf(text),
          found.steps.map(({ choice }) => choice),
        ),
      );
      assert.deepEqual(again, found);
    }),
    { numRuns: 25 },
  );
});

test('any choice of steps is tried anew, and what is not to be had without the others is left out', () => {
  fc.assert(
    fc.property(networks, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (text, ticks) => {
      const { macs } = totalsOf(text);
      const found = run(slim(analysedOf(text), { macs: macs! * 0.3 }));
      const picked = found.steps.filter((_, index) => ticks[index]).map(({ choice }) => choice);
      const some = run(slimmed(analysedOf(text), picked));
      assert.deepEqual(totalsOf(applyEdits(text, some.edits)), some.after);
      const places = picked.map(({ origin }) => origin);
      assert.ok(some.steps.every(({ choice }) => places.includes(choice.origin)));
      if (picked.length === 0) assert.deepEqual([some.edits, some.after], [[], some.before]);
    }),
    { numRuns: 25 },
  );
});

// 28²·5²·256·96 and 28²·64·96: two layers of which the first is 98 % of the work.
const lopsided = `input: [256, 28, 28]
layers:
  - conv: {out: 96, kernel: 5, padding: same}
  - conv: {out: 64, kernel: 1}
`;

test('one change is enough where one is enough, and the gentlest that does is taken', () => {
  const { macs } = totalsOf(lopsided);
  const { steps, after } = checkSlim(lopsided, { macs: macs! * 0.8 });
  assert.equal(steps.length, 1);
  // Three quarters of the channels of the first keep 75 % of its work; nothing offered saves less and is enough.
  assert.equal(steps[0]?.advice.code, 'wide-layer');
  assert.equal(steps[0]?.advice.code === 'wide-layer' && after.macs, macs! * 0.75);
});

test('a budget that is kept already needs nothing, one that is out of reach ends with what can be had', () => {
  const { macs } = totalsOf(lopsided);
  const kept = checkSlim(lopsided, { macs: macs! });
  assert.deepEqual([kept.steps, kept.edits], [[], []]);
  const out = checkSlim(lopsided, { macs: 1000 });
  assert.equal(isWithin(out.after, { macs: 1000 }), false);
  assert.ok(out.steps.length > 0);
});

test('parameters and work at once', () => {
  const { macs, params } = totalsOf(lopsided);
  const budget = { macs: macs! * 0.5, params: params! * 0.4 };
  assert.ok(isWithin(checkSlim(lopsided, budget).after, budget));
});

test('a search can be left between two trials', () => {
  const search = slim(analysedOf(lopsided), { macs: 1000 });
  for (let step = 0; step < 4; step++) {
    const { value, done } = search.next();
    assert.ok(!done && value.kind === 'trial' && value.tried === step + 1 && value.of > 4);
  }
});

for (const file of ['trispot.yaml', 'tiny-detector.cfg', 'savings/five-savings.prototxt']) {
  test(`steps in ${file} are what editing it makes of them`, () => {
    const text = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');
    const name = file.split('/').at(-1)!;
    const { macs } = totalsOf(text, name);
    const { steps, after } = checkSlim(text, { macs: macs! * 0.9 }, name);
    assert.ok(steps.length > 0);
    assert.ok(after.macs <= macs! * 0.9);
  });
}
