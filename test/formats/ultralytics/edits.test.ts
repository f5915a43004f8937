// However a file is edited, it costs what it costs when it is opened anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  type Document,
  defaultSettings,
  hints,
  open,
  price,
  problems,
  report,
  symbols,
} from '../../../server/src/core/index.ts';

const start = `nc: 3
scales:
  n: [0.5, 0.5, 1024]
backbone:
  - [-1, 1, Conv, [32, 3, 2]] # 0
  - [-1, 2, C2f, [32, True]]
  - [-1, 1, Conv, [64, 3, 2]] # 2
  - [-1, 3, C3k2, [64, False]]
  - [-1, 1, SPPF, [64, 5]]
  - [-1, 1, nn.Identity, []]
  - [-1, 1, nn.Upsample, [None, 2, nearest]]
  - [[-1, 1], 1, Concat, [1]]
head:
  - [-1, 1, C2f, [32]]
  - [[8, 4], 1, Detect, [nc]]
`;

const pieces = fc.constantFrom(
  ...[
    '1',
    '2',
    '3',
    '64',
    '32',
    '-1',
    '0',
    '8',
    'Conv',
    'C2f',
    'SPPF',
    'Classify',
    'nn.PReLU',
    'True',
    'x',
    ' ',
    '',
    ',',
    ']',
    '[',
  ],
  ...[
    '\n  - [-1, 1, Conv, [64]]',
    '\n  - [-1, 1, Bottleneck, [32]]',
    '\n  - [[-1, 0], 1, Concat, [1]]',
    '# c',
    '\nactivation: nn.PReLU()\n',
  ],
);
const edits = fc.array(fc.record({ at: fc.nat(1000), length: fc.nat(6), text: pieces }), {
  minLength: 1,
  maxLength: 6,
});
const settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };

/** All that a person could see. */
function seen(analysed: Analysed): unknown {
  const whole = { from: 0, to: analysed.document.source.text.length };
  return {
    report: report(analysed, { blocks: true }),
    problems: problems(analysed),
    hints: hints(analysed, whole),
    symbols: symbols(analysed),
    peak: analysed.model.peak,
    activations: analysed.model.totals.activations,
  };
}

test('a sequence of edits costs what a fresh reading costs', () => {
  fc.assert(
    fc.property(edits, list => {
      let text = start;
      let document: Document | undefined = open({ name: 'own.yaml', text }, settings);
      if (document) price(document, settings);
      for (const { at, length, text: piece } of list) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + piece + text.slice(from + length);
        document = open({ name: 'own.yaml', text }, settings, document);
        const fresh = open({ name: 'own.yaml', text }, settings);
        assert.equal(document === undefined, fresh === undefined);
        if (!document || !fresh) continue;
        assert.deepEqual(seen(price(document, settings)!), seen(price(fresh, settings)!));
      }
    }),
    { numRuns: 300 },
  );
});
