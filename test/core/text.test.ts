import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Lines } from '../../server/src/core/text/lines.ts';
import { isIgnored, readPragmas } from '../../server/src/core/text/pragma.ts';
import { bytes, changeText, exact, percent, si, superscript } from '../../server/src/core/text/quantity.ts';
import { didYouMean, likelyName, suggestion, typoOf } from '../../server/src/core/text/spelling.ts';
import { briefDiff } from '../../server/src/core/text/unifiedDiff.ts';

describe('lines', () => {
  const texts = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', '', '😀')).map(parts => parts.join(''));

  it('end with \\n, \\r\\n or \\r, as in the language server protocol', () => {
    fc.assert(
      fc.property(texts, text => {
        const lines = new Lines(text);
        const expected = text.split(/\r\n|\n|\r/);
        assert.deepEqual(
          Array.from({ length: lines.count }, (_, line) => lines.textOf(line)),
          expected,
        );
      }),
    );
  });

  it('lead from an offset to a position and back, in any order of asking', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(60)), (text, offsets) => {
        const lines = new Lines(text);
        for (const asked of offsets) {
          const offset = Math.min(asked, text.length);
          const before = text.slice(0, offset);
          const { line, character } = lines.position(offset);
          // Between \r and \n one is still on the line that they end.
          const inside = text[offset - 1] === '\r' && text[offset] === '\n';
          const parts = (inside ? before.slice(0, -1) : before).split(/\r\n|\n|\r/);
          assert.equal(line, parts.length - 1);
          assert.equal(character, parts.at(-1)!.length + (inside ? 1 : 0));
          assert.equal(lines.offset({ line, character }), offset);
        }
      }),
    );
  });

  it('are the same after any edit, whatever was known before', () => {
    const startsOf = (lines: Lines): number[] => Array.from({ length: lines.count }, (_, line) => lines.start(line));
    fc.assert(
      fc.property(texts, fc.array(fc.record({ at: fc.nat(40), length: fc.nat(4), text: texts })), (text, edits) => {
        let lines = new Lines(text);
        for (const { at, length, text: piece } of edits) {
          const next = lines.text.slice(0, at) + piece + lines.text.slice(at + length);
          lines = new Lines(next, lines);
          const fresh = new Lines(next);
          assert.deepEqual(startsOf(lines), startsOf(fresh), JSON.stringify(next));
        }
      }),
    );
  });

  it('hold what lies outside the text at its ends', () => {
    const lines = new Lines('ab\ncd');
    assert.deepEqual(lines.position(-5), { line: 0, character: 0 });
    assert.deepEqual(lines.position(99), { line: 1, character: 2 });
    assert.equal(lines.offset({ line: 0, character: 99 }), 3);
    assert.equal(lines.offset({ line: 9, character: 0 }), 5);
  });
});

describe('quantities', () => {
  it('have SI prefixes and three significant digits', () => {
    const expected: [number, string][] = [
      [0, '0'],
      [7, '7'],
      [812, '812'],
      [999.96, '1.00k'],
      [1000, '1.00k'],
      [1550, '1.55k'],
      [37_000, '37.0k'],
      [118_013_952, '118M'],
      [999_949, '1.00M'],
      [9_999_000, '10.0M'],
      [7_000_000, '7.00M'],
      [999_499, '999k'],
      [1.6e9, '1.60G'],
      [-2500, '−2.50k'],
      [0.125, '0.13'],
      [4.3e15, '4.30P'],
      [Number.NaN, '?'],
      [Number.POSITIVE_INFINITY, '?'],
    ];
    for (const [value, text] of expected) assert.equal(si(value), text, String(value));
  });

  it('are never off by more than a rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), value => {
        const text = si(value);
        const prefix = /[a-zA-Z]$/.exec(text)?.[0] ?? '';
        const read = Number.parseFloat(text) * 1000 ** ['', 'k', 'M', 'G', 'T', 'P'].indexOf(prefix);
        assert.ok(Math.abs(read - value) <= value * 0.005_001, `${value} is ${text}`);
        assert.ok(text.length <= 5, text);
      }),
    );
  });

  it('are exact where they are said to be', () => {
    assert.equal(exact(346_816_512), '346,816,512');
    assert.equal(exact(999), '999');
    assert.equal(exact(-1000), '−1,000');
    assert.match(exact(2 ** 53 + 2), /^≈ /);
    assert.equal(exact(Number.NaN), '?');
  });

  it('tells changes with their sign, and small ones not as nothing', () => {
    assert.deepEqual([-0.123, 0.007, -0.0003, -0.00004, 0.00004, 0, Number.NaN].map(changeText), [
      '−12 %',
      '+0.7 %',
      '−0.03 %',
      '> −0.01 %',
      '< +0.01 %',
      '±0 %',
      '?',
    ]);
  });

  it('of bytes and shares have their unit', () => {
    assert.equal(bytes(512), '512 B');
    assert.equal(bytes(12_628_800), '12.6 MB');
    assert.equal(bytes(1000), '1.00 kB');
    assert.equal(percent(0.74), '74 %');
    assert.equal(percent(0.0071), '0.7 %');
    assert.equal(percent(0.0002), '< 0.1 %');
    assert.equal(percent(0), '0 %');
    assert.equal(percent(1), '100 %');
    assert.equal(percent(0.9996), '99.9 %');
    assert.equal(superscript(28), '²⁸');
  });
});

describe('spelling', () => {
  const names = ['conv', 'linear', 'maxpool', 'avgpool', 'C2f', 'SPPF'];

  it('finds what was meant', () => {
    assert.equal(didYouMean('cnov', names), 'conv');
    assert.equal(didYouMean('lineer', names), 'linear');
    assert.equal(didYouMean('c2F', names), 'C2f');
    assert.equal(didYouMean('maxpol', names), 'maxpool');
    assert.equal(suggestion('SPFF', names), ' Did you mean “SPPF”?');
  });

  it('knows slips of the pen from other names', () => {
    const known = ['Conv', 'AConv', 'PSA', 'C3', 'selu', 'implicit', 'Detect', 'C2fPSA'];
    for (const [slip, meant] of [
      ['conv', 'Conv'],
      ['Covn', 'Conv'],
      ['Detct', 'Detect'],
      ['Deteect', 'Detect'],
    ])
      assert.equal(typoOf(slip!, known), meant);
    for (const other of ['MBConv', 'AKConv', 'OSA', 'C2', 'silu', 'implicit_add', 'C3fPSA', 'Conv'])
      assert.equal(likelyName(other, known), undefined, other);
  });

  it('takes the beginning of a word before a word that is near', () => {
    assert.equal(didYouMean('conv', ['cone', 'convolutional']), 'convolutional');
    assert.equal(didYouMean('max', ['map', 'maxpool', 'maximum']), 'maxpool');
    assert.equal(likelyName('Upsa', ['Upsample', 'Ups']), 'Upsample');
  });

  it('is silent where nothing is near', () => {
    assert.equal(didYouMean('attention', names), undefined);
    assert.equal(suggestion('', []), '');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.string()), (word, others) => void didYouMean(word, others)));
  });
});

describe('comments to Flopline', () => {
  it('set things, and know where', () => {
    const text = 'a: 1\n# flopline: input=3,320,320 dtype=fp16 # why not\n';
    const { settings } = readPragmas(text);
    assert.deepEqual(
      [...settings].map(([key, { value, range }]) => [key, value, text.slice(range.from, range.to)]),
      [
        ['input', '3,320,320', 'input=3,320,320'],
        ['dtype', 'fp16', 'dtype=fp16'],
      ],
    );
  });

  it('speak of the next line, of their own, or of the file', () => {
    const text = [
      '# flopline-ignore fat-layer, wide', // 0
      '',
      '# something else',
      '- conv', // 3
      '- relu # flopline-ignore', // 4
      '# flopline-ignore-file tiny',
      '- linear', // 6
    ].join('\n');
    const pragmas = readPragmas(text);
    const lines = new Lines(text);
    const ignored = (code: string, line: number): boolean =>
      isIgnored({ range: lines.range(line), severity: 'hint', code, message: '' }, pragmas, lines);
    assert.equal(ignored('fat-layer', 3), true);
    assert.equal(ignored('wide', 3), true);
    assert.equal(ignored('other', 3), false);
    assert.equal(ignored('fat-layer', 6), false);
    assert.equal(ignored('other', 4), true);
    assert.equal(ignored('tiny', 6), true);
    assert.equal(ignored('tiny', 3), true);
  });

  it('are not heard where another word only begins alike', () => {
    assert.equal(readPragmas('# floplines input=3\n# nothing').settings.size, 0);
  });

  it('never throw, and stay inside the text', () => {
    const words = fc.constantFrom('#', ' ', 'flopline', '-ignore', '-file', ':', 'input', '=', '3,4', '\n', '\r', 'a');
    fc.assert(
      fc.property(
        fc.array(words).map(parts => parts.join('')),
        text => {
          for (const { range } of readPragmas(text).settings.values()) {
            assert.ok(0 <= range.from && range.from < range.to && range.to <= text.length);
          }
        },
      ),
    );
  });
});

it('a brief diff has the changed lines alone, a change as a whole or not at all, and says how many it leaves out', () => {
  const text = 'a\nb\nc\nd\ne\n';
  const edits = [
    { from: 2, to: 3, text: 'B' },
    { from: 8, to: 8, text: 'e\nx\n' },
  ];
  assert.deepEqual(briefDiff(text, edits, 9), { text: '@@ -2,1 +2,1 @@\n-b\n+B\n@@ -4,0 +5,2 @@\n+e\n+x', left: 0 });
  assert.deepEqual(briefDiff(text, edits, 3), { text: '@@ -2,1 +2,1 @@\n-b\n+B', left: 2 });
  assert.deepEqual(briefDiff(text, edits.slice(1), 1), { text: '@@ -4,0 +5,2 @@\n+e', left: 1 });
  assert.deepEqual(briefDiff(text, [{ from: 0, to: 1, text: 'a' }], 9), { text: '', left: 0 });
});
