// One line of a text is damaged: what PyYAML accepts means what PyYAML makes of it, what it refuses keeps its rows.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookUp, type PlainValue, plainValue } from '../../server/src/core/syntax/tree.ts';
import { parseYaml, type Reads } from '../../server/src/core/syntax/yaml.ts';
import { value11 } from '../../server/src/core/syntax/yaml11.ts';

/** A row is a list of four, its last part a list. */
const reads: Reads = {
  row: item => item.kind === 'sequence' && item.items.length === 4 && item.items[3]!.kind === 'sequence',
  lists: new Set(['layers']),
  top: new Set(['backbone', 'head', 'nc']),
};
const first = '  - [-1, 1, Conv, [64, 3, 2]]';
const last = '  - [-1, 1, SPPF, [128, 5]]';
const whole = [-1, 3, 'C2f', [128, true]];

describe('a slip in a row', () => {
  const slips: readonly [what: string, line: string, code: string, message: RegExp][] = [
    [
      'a space too few',
      ' - [-1, 3, C2f, [128, True]]',
      'yaml-indentation',
      /^This row begins in column 2, but its neighbors begin in column 3\.$/,
    ],
    [
      'a space too many',
      '   - [-1, 3, C2f, [128, True]]',
      'yaml-indentation',
      /column 4, but its neighbors begin in column 3/,
    ],
    ['a tab', '\t- [-1, 3, C2f, [128, True]]', 'yaml-tab', /only allows spaces/],
    ['no dash', '  [-1, 3, C2f, [128, True]]', 'yaml-missing-dash', /The dash of this row is missing/],
    [
      'no space after the dash',
      '  -[-1, 3, C2f, [128, True]]',
      'yaml-dash-without-space',
      /must be followed by a space/,
    ],
    ['a comma after it', '  - [-1, 3, C2f, [128, True]],', 'yaml-trailing-comma', /comma after this row/],
    ['a bracket missing at the end', '  - [-1, 3, C2f, [128, True]', 'yaml-unclosed-bracket', /“\[” is never closed/],
    ['a bracket missing inside', '  - [-1, 3, C2f, 128, True]]', 'yaml-unopened-bracket', /“\]” was never opened/],
    ['a comma too many', '  - [-1, 3,, C2f, [128, True]]', 'yaml-double-comma', /nothing between these two commas/],
    ['a comma missing', '  - [-1, 3, C2f [128, True]]', 'yaml-missing-comma', /comma is missing/],
    [
      'a full-width comma',
      '  - [-1， 3, C2f, [128, True]]',
      'yaml-full-width',
      /“，” is a full-width character; YAML needs “,”/,
    ],
    ['full-width brackets', '  - ［-1, 3, C2f, ［128, True］］', 'yaml-full-width', /“［” is a full-width character/],
    ['lenticular brackets', '  - 【-1, 3, C2f, [128, True]】', 'yaml-full-width', /“【” is a typographic character/],
    ['a comment without its sign', '  - [-1, 3, C2f, [128, True]] 1-P2/4', 'yaml-text-after-row', /nor a comment/],
    ['a quote without a partner', '  - [-1, 3, "C2f, [128, True]]', 'yaml-unmatched-quote', /is unmatched/],
  ];
  for (const [what, line, code, message] of slips) {
    it(`${what}: the row is read as it is meant, an error says so, and a fix fixes it`, () => {
      const text = ['nc: 80', 'backbone:', first, line, last, 'head:', last].join('\n');
      const { value, problems, damages } = parseYaml(text, reads);
      const rows = plainValue(lookUp(value, 'backbone')!, 100, value11) as PlainValue[];
      assert.deepEqual(rows, [[-1, 1, 'Conv', [64, 3, 2]], whole, [-1, 1, 'SPPF', [128, 5]]]);
      assert.deepEqual(
        damages.map(({ repaired }) => repaired),
        [true],
      );
      assert.equal(problems.length, 1);
      assert.equal(problems[0]!.code, code);
      assert.match(problems[0]!.message, message);
      const edits = problems[0]!.fixes![0]!.edits;
      const [{ from, to, text: put }] = edits as [(typeof edits)[number]];
      assert.deepEqual(parseYaml(text.slice(0, from) + put + text.slice(to), reads).problems, []);
    });
  }

  for (const line of [
    '  - [-1, 3, C2f, {[128',
    '  foo',
    '  - [-1, 3 C2f, [128, True',
    '  - [-1, 3, C2f',
    '  - @',
    '  - [-1, 3, C2f, [128, True]]]',
  ]) {
    it(`‘${line.trim()}’ is no row by one repair: it holds its place, and nothing is known of it`, () => {
      const text = ['nc: 80', 'backbone:', first, line, last, 'head:', last].join('\n');
      const { value, problems, damages } = parseYaml(text, reads);
      const rows = plainValue(lookUp(value, 'backbone')!) as PlainValue[];
      assert.equal(rows.length, 3);
      assert.deepEqual(rows[2], [-1, 1, 'SPPF', [128, 5]]);
      assert.ok(damages.some(({ repaired }) => !repaired));
      assert.ok(problems.some(({ severity }) => severity === 'error'));
    });
  }

  it('a letter at the margin in front of a dash: the list above stays, and so does the number of rows', () => {
    const rows = [first, first, last, last, last, last, last];
    for (let at = 0; at < rows.length; at++) {
      const text = ['backbone:', ...rows, 'head:', ...rows.with(at, `x${rows[at]}`), ''].join('\n');
      const { value, damages } = parseYaml(text, reads);
      const lengths = ['backbone', 'head'].map(key => (plainValue(lookUp(value, key)!) as PlainValue[]).length);
      assert.deepEqual(lengths, [7, 7], text);
      assert.ok(damages.length > 0, text);
    }
  });

  it('the first row of a list, a key of the top, and rows in brackets', () => {
    checkRepaired(['backbone:', '   - [-1, 1, Conv, [64]]', last, last], 'backbone', 3);
    checkRepaired(['scales:', '  n: [1, 1, 1]', ' backbone:', first, last], 'backbone', 2);
    checkRepaired(['nc: 80', 'backbone', first, last, 'head:', last], 'backbone', 2);
    checkRepaired(['nc: 80', 'backbone：', first, last, 'head:', last], 'backbone', 2);
    const listed = [
      'backbone:',
      '  [[-1, 1, Conv, [64]],',
      '   [-1, 1, Conv, [32],  # 1',
      '   [-1, 1, SPPF, [16]],',
      '  ]',
      'head: []',
    ];
    checkRepaired(listed, 'backbone', 3);
    checkRepaired(listed.with(2, '   [-1, 1, Conv, [32]]'), 'backbone', 3);
  });
});

describe('YAML as PyYAML reads it', () => {
  it('begins a comment right behind a bracket, a comma or a quote, but not inside of text', () => {
    check('a: [1, 2]#x\nb: {c: 1,#y\n  d: 2}# z\ne: "f"#g\nh: i]#j\nk: [l#m]\nn: "o]#p"', {
      a: [1, 2],
      b: { c: 1, d: 2 },
      e: 'f',
      h: 'i]#j',
      k: ['l#m'],
      n: 'o]#p',
    });
  });

  it('lets a bracket close at the margin', () => check('a:\n  [1, # one\n2,\n]\nb: 3', { a: [1, 2], b: 3 }));

  it('lets the last of equal keys count, and warns at the others', () => {
    const { value, problems } = parseYaml('a: 1\nb: {c: 1, c: 2}\na: 3');
    assert.deepEqual(plainValue(value!), { b: { c: 2 }, a: 3 });
    assert.deepEqual(
      problems.map(({ range, severity, code }) => [range.from, severity, code]),
      [
        [9, 'warning', 'duplicate-key'],
        [0, 'warning', 'duplicate-key'],
      ],
    );
    assert.match(problems[1]!.message, /repeated on line 3/);
  });

  it('merges: what is written goes first, then the first of a list', () => {
    check('x: &x {a: 1, b: 2}\ny: &y {a: 3, c: 4}\nz: {<<: [*x, *y], b: 9}\nw:\n  <<: *y\n  a: 0', {
      x: { a: 1, b: 2 },
      y: { a: 3, c: 4 },
      z: { a: 1, c: 4, b: 9 },
      w: { c: 4, a: 0 },
    });
  });

  it('reads scalars by YAML 1.1', () => {
    check(
      '[010, 0o10, 1:30, 1_000, .5, 1e3, 1.0e+3, 1.e3, yes, No, ON, off, y, ~, .inf, -.Inf, 0x1F, 0b101, 08, +5, "010", 1:20.5]',
      [
        8,
        '0o10',
        90,
        1000,
        0.5,
        '1e3',
        1000,
        '1.e3',
        true,
        false,
        true,
        false,
        'y',
        null,
        Number.POSITIVE_INFINITY,
      ].concat([Number.NEGATIVE_INFINITY, 31, 5, '08', 5, '010', 80.5] as never),
    );
  });

  it('takes one document, known tags and anchors that are there', () => {
    for (const [text, code] of [
      ['a: 1\n---\nb: 2', 'yaml-documents'],
      ['a: !x 1', 'yaml-tag'],
      ['a: *x', 'unknown-anchor'],
      ['a: {[1]: 2}', 'yaml-key-type'],
    ] as const) {
      const { problems, damages } = parseYaml(text);
      assert.deepEqual(
        problems.map(problem => problem.code),
        [code],
      );
      assert.equal(damages[0]!.repaired, false);
    }
    check('%YAML 1.1\n---\na: !!str 1\n...\n', { a: '1' });
    check('\ufeffa: 1\r\nb: 2\u0085c: 3', { a: 1, b: 2, c: 3 });
  });
});

function check(text: string, expected: PlainValue): void {
  const { value, problems } = parseYaml(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(plainValue(value!, 1000, value11), expected);
}

function checkRepaired(lines: readonly string[], key: string, rows: number): void {
  const { value, problems, damages } = parseYaml(lines.join('\n'), reads);
  assert.equal((plainValue(lookUp(value, key)!) as PlainValue[]).length, rows, lines.join('\n'));
  assert.equal(problems.length, 1);
  assert.deepEqual(
    damages.map(({ repaired }) => repaired),
    [true],
  );
}

it('a row between two lists, of which either may be meant: the row above keeps what it has', () => {
  const text = 'layers:\n  - residual:\n      - conv\n    shortcut:\n      - pool\n    - relu\n  - tanh\n';
  const { value, damages } = parseYaml(text);
  assert.deepEqual(
    damages.map(({ from, to, repaired }) => [text.slice(from, to).trim(), repaired]),
    [['- relu', false]],
  );
  assert.deepEqual(plainValue(lookUp(value, 'layers')!, 100, value11), [
    { residual: ['conv'], shortcut: ['pool'] },
    null,
    'tanh',
  ]);
});
