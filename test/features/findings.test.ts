import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, problems } from '../../server/src/core/features/findings.ts';
import { defaultSettings, type Settings } from '../../server/src/core/settings/index.ts';
import { textOf } from '../../server/src/core/text/problem.ts';
import { rangeOf, sketch } from '../support/sketch.ts';

/** The findings of a text as `code at words: message`. */
function checkFindings(text: string, expected: readonly string[], settings: Partial<Settings> = {}): void {
  const found = findings(sketch(text, settings));
  assert.deepEqual(
    found.map(problem => {
      const { code, range } = problem;
      return `${code} at “${text.slice(range.from, range.to)}”: ${textOf(problem)}`;
    }),
    expected,
  );
}

const diagnostics = (change: Partial<Settings['diagnostics']>): Partial<Settings> => ({
  diagnostics: { ...defaultSettings.diagnostics, ...change },
});

const classifier = 'input 3 32 32\nc1 = conv 16 3\nc2 = conv 16 3\nfl = flatten\nf1 = linear 100\nf2 = linear 10\n';

test('A layer that dominates is told of at its line, by both metrics', () => {
  const params = 16 * 1024 * 100 + 100;
  const all = 448 + 2320 + params + 1010;
  assert.equal(((100 * params) / all).toFixed(1), '99.8');
  checkFindings(classifier, [
    'dominant-layer at “c2 = conv 16 3”: “c2” does 53 % of the MACs and has 0.1 % of the parameters. Its MACs grow with output area and with input and output channels: downsample or reduce channels before it.',
    'dominant-layer at “f1 = linear 100”: “f1” has 99.8 % of the parameters and does 37 % of the MACs. Its parameters are inputs × outputs: pool before it, or make it narrower.',
    'dominant-family at “input 3 32 32”: The fully connected layers have 99.8 % of the parameters and do 37 % of the MACs.',
  ]);
});

test('The family names its largest rows', () => {
  const family = findings(sketch(classifier)).find(({ code }) => code === 'dominant-family');
  assert.deepEqual(
    family?.related?.map(({ range }) => range),
    [rangeOf(classifier, 'f1 = linear 100'), rangeOf(classifier, 'f2 = linear 10')],
  );
});

test('Two layers, or switched off: nothing dominates', () => {
  checkFindings('input 3 32 32\nfl = flatten\nf1 = linear 100\nf2 = linear 10\n', []);
  checkFindings(classifier, [], diagnostics({ dominance: { enabled: false, threshold: 0.5 } }));
  checkFindings(classifier, [], diagnostics({ dominance: { enabled: true, threshold: 0.999 } }));
});

test('Nothing is said of shares of an unknown whole', () => {
  checkFindings('c1 = conv 1000 3\nc2 = mystery\nc3 = conv 8 1\nc4 = conv 8 1\n', []);
});

test('A dominating block is told of at its dominating row', () => {
  const text = 'input 3 32 32\nblock b\n  x = conv 256 3\n  y = conv 8 1\nu1 = use b\nc1 = conv 8 3\nc2 = conv 8 3\n';
  const [first] = findings(sketch(text));
  assert.equal(text.slice(first!.range.from, first!.range.to), 'x = conv 256 3');
});

test('A huge activation says its bytes, by dtype and batch', () => {
  const text = 'input 3 1000 1000\nc1 = conv 64 3\na1 = relu\nc2 = conv 8 3\n';
  const quiet = { ...defaultSettings.diagnostics, dominance: { enabled: false, threshold: 1 } };
  checkFindings(
    text,
    [
      'huge-activation at “c1 = conv 64 3”: The output of “c1” takes 256 MB (64×1000×1000 in fp32). Downsample before it, or use fewer channels here.',
    ],
    { diagnostics: { ...quiet, hugeActivation: { enabled: true, threshold: 255e6 } } },
  );
  checkFindings(text, [], { diagnostics: quiet, dtype: 'fp16' });
  checkFindings(
    text,
    [
      'huge-activation at “c1 = conv 64 3”: The output of “c1” takes 512 MB (64×1000×1000 in fp16, batch 4). Downsample before it, or use fewer channels here.',
    ],
    { diagnostics: quiet, dtype: 'fp16', batch: 4 },
  );
});

test('An output that nobody uses is told of, once for all uses of a block', () => {
  const quiet = diagnostics({ dominance: { enabled: false, threshold: 1 } });
  checkFindings(
    'input 3 8 8\nc1 = conv 8 3\nc2 = conv 8 3\nc3 = conv 8 3\nout c1 c2\n',
    [
      'unused-output at “c3 = conv 8 3”: The output of “c3” is never used and is not an output of the network. Use it, or remove the layer.',
    ],
    quiet,
  );
  checkFindings('input 3 8 8\nc1 = conv 8 3\nc2 = conv 8 3\nout c1 c2\n', [], quiet);
  checkFindings(
    'input 3 8 8\nc1 = conv 8 3\nc2 = conv 8 3\nout c1\n',
    [],
    diagnostics({ unusedOutput: { enabled: false } }),
  );
  // The kernel of c2 does not fit: whoever was to read c3 may not be readable either.
  checkFindings('input 3 8 8\nc1 = conv 8 3\nc2 = linear 8\nc3 = conv 99999 11 1\nc4 = add c1 c3\nout c1\n', [], quiet);
});

test('Comments switch a finding off, at its line or in the file', () => {
  const codes = (text: string): string[] => problems(sketch(text)).map(({ code }) => code);
  assert.deepEqual(codes(classifier), ['dominant-layer', 'dominant-layer', 'dominant-family']);
  assert.deepEqual(codes(classifier.replace('f1 =', '# flopline-ignore dominant-layer\nf1 =')), [
    'dominant-layer',
    'dominant-family',
  ]);
  assert.deepEqual(codes(`# flopline-ignore-file\n${classifier}`), []);
});
