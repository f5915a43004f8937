import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lookUp, type PlainValue, plainValue, type YamlNode } from '../../server/src/core/syntax/tree.ts';
import { maxNesting, parseYaml } from '../../server/src/core/syntax/yaml.ts';

const rows = [
  '  - [-1, 1, Conv, [64, 3, 2]]  # 0-P1/2',
  '  - [-1, 1, Conv, [128, 3, 2]]',
  '  - [-1, 3, C2f, [128, True]]',
  '  - [-1, 1, "SPPF", [1024, 5]]',
];

const network = [
  'name: VGG',
  'layers:',
  '  - conv: {out: 64, kernel: 3}',
  '  - relu',
  '  - maxpool: 2',
  '  - linear: 10',
];

describe('YAML', () => {
  it('is a tree whose nodes know where they stand', () => {
    checkPlaces('a: [1, {b: "x"}]\nc:\n  - ~\n  - d', [
      'mapping a: [1, {b: "x"}]\nc:\n  - ~\n  - d',
      'scalar a',
      'sequence [1, {b: "x"}]',
      'scalar 1',
      'mapping {b: "x"}',
      'scalar b',
      'scalar "x"',
      'scalar c',
      'sequence - ~\n  - d',
      'scalar ~',
      'scalar d',
    ]);
  });

  it('reads values as YAML 1.2 does, and Python’s True', () => {
    checkValue('[1, -2, 1e3, .5, 0x10, True, no, ~, "1", 1_000, 1.2.3]', [
      1,
      -2,
      1000,
      0.5,
      16,
      true,
      'no',
      null,
      '1',
      1000,
      '1.2.3',
    ]);
    checkValue('', undefined);
    checkValue('# only a comment', undefined);
    checkValue('--- {a: 1}\n...\n', { a: 1 });
  });

  it('follows aliases, and never into a cycle', () => {
    checkValue('a: &x [1, 2]\nb: *x', { a: [1, 2], b: [1, 2] });
    const { value } = parseYaml('a: &x [1, *x]');
    assert.deepEqual(value && plainValue(value), { a: [1, null] });
  });

  it('says nothing of aliases that multiply without end', () => {
    const laughs = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} [${at ? `*a${at - 1}, *a${at - 1}` : '1'}]`);
    const { value } = parseYaml(laughs.join('\n'));
    assert.ok(value);
    assert.equal(plainValue(value), undefined);
  });

  it('reads a text that is nested too deep as far as it can, and says so', () => {
    const deep = `a: 1\nb: ${'['.repeat(maxNesting + 1)}${']'.repeat(maxNesting + 1)}\nc: 3`;
    const { value, problems } = parseYaml(deep);
    assert.equal(problems.length > 0, true);
    assert.deepEqual(value && lookUp(value, 'a') && plainValue(lookUp(value, 'a')!), 1);
    checkRanges('['.repeat(10_000));
    checkRanges('- '.repeat(10_000));
  });
});

describe('half-typed YAML', () => {
  const typed = [
    '  - [-1, 1, Conv, [128, 3,',
    '  - [-1, 1, Conv, [128, 3, 2]',
    '  - [-1, 1, Conv',
    '  - [',
    '  - [-1, 1, Conv, [128, 3, 2]]]',
    '  - [-1, 1, "Conv, [128, 3, 2]]',
    "  - [-1, 1, 'Conv",
    '  - {',
    '  - a: b: c',
    '  - ]',
    '  - [-1, 1, Conv, [128, 3, 2]] x',
    '  - "',
    '  - *nowhere',
    '  - [-1 1, Conv, [128, 3, 2]',
    '  - &',
    '  - @',
    '  - %',
    '\t- [-1, 1, Conv, [128, 3, 2]]',
  ];
  for (const [at, row] of rows.entries()) {
    for (const half of typed) {
      it(`keeps the rows around ‘${half.trim()}’ instead of row ${at}`, () => checkOthersStay(rows, at, half));
    }
    it(`keeps the rows around the typing of row ${at}, letter by letter`, () => {
      for (let length = 4; length < row.length; length++) checkOthersStay(rows, at, row.slice(0, length));
    });
  }

  it('keeps the rows around a key that is half typed', () => {
    for (const half of ['  - con', '  - conv:', '  - conv: {', '  - conv: {out', '  - conv: {out: ', '  - "conv']) {
      const text = network.with(3, half).join('\n');
      const { value } = parseYaml(text);
      const layers = plain(lookUp(value, 'layers')) as PlainValue[];
      assert.equal(layers.length, 4, half);
      assert.deepEqual(layers[0], { conv: { out: 64, kernel: 3 } }, half);
      assert.deepEqual(layers.slice(2), [{ maxpool: 2 }, { linear: 10 }], half);
      assert.equal(plain(lookUp(value, 'name')), 'VGG', half);
    }
  });

  it('keeps what stands below a top-level key that is half typed', () => {
    for (const half of ['na', 'name', 'name: [', 'name: "V', 'name: {a', ': ', 'name VGG']) {
      const { value } = parseYaml(network.with(0, half).join('\n'));
      assert.equal((plain(lookUp(value, 'layers')) as PlainValue[])?.length, 4, half);
    }
  });

  it('keeps the lines right behind one another that are both half typed', () => {
    const text = ['backbone:', rows[0], '  - [-1, 1, Conv, [1', '  - [-1, 3, "C2f', rows[3]].join('\n');
    const { value, problems } = parseYaml(text);
    const read = plain(lookUp(value, 'backbone')) as PlainValue[];
    assert.equal(read.length, 4);
    assert.deepEqual(read[3], [-1, 1, 'SPPF', [1024, 5]]);
    assert.equal(problems.length, 2);
  });

  it('tells of the line that is wrong, on that line', () => {
    const text = ['backbone:', rows[0], '  - [-1, 1, Conv, [128, 3', rows[2]].join('\n');
    const { problems } = parseYaml(text);
    assert.equal(problems.length, 1);
    const { range, code, message } = problems[0]!;
    assert.equal(range.from, text.indexOf('- [-1, 1, Conv, [128, 3\n') + 2);
    assert.equal(code, 'yaml-unclosed-bracket');
    assert.equal(message, 'This “[” is never closed.');
  });

  it('reads windows’ line ends alike', () => {
    const text = ['backbone:', ...rows.with(1, '  - [-1, 1, Conv, [128')].join('\r\n');
    const { value } = parseYaml(text);
    const read = plain(lookUp(value, 'backbone')) as PlainValue[];
    assert.equal(read.length, 4);
    assert.deepEqual(read[3], [-1, 1, 'SPPF', [1024, 5]]);
    checkRanges(text);
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...'[]{},:-?&*!|>\'"%@`#~\t\r\n \\'.split(''),
    '- ',
    ': ',
    '\n',
    '\n  ',
    '\r\n',
    '---',
    '...',
    '&a ',
    '*a',
    '<<',
    'conv',
    '64',
    '\u2028',
    '\ufeff',
    '\0',
    '\ud800',
    '😀',
  );

  it('is read without a throw, and every range lies in it', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), soup(pieces)), checkRanges), {
      numRuns: 1500,
    });
  });

  it('the same for a spec with something cut out and put in', () => {
    const base = ['backbone:', ...rows, 'layers:', ...network.slice(2), 'x: |', '  block', '  text', 'y: &a {b: *a}'];
    const text = base.join('\n');
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(12), soup(pieces), (from, length, put) =>
        checkRanges(text.slice(0, from) + put + text.slice(from + length)),
      ),
      { numRuns: 1500 },
    );
  });
});

function soup(pieces: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(pieces, { maxLength: 25 }).map(parts => parts.join(''));
}

function plain(node: YamlNode | undefined): PlainValue | undefined {
  return node && plainValue(node);
}

describe('blank lines', () => {
  it('below a key take no time, however many they are', () => {
    const text = `head:\n${'\n'.repeat(27)}x: 1\n`;
    const begin = performance.now();
    parseYaml(text);
    // Each line more took twice the time, seconds here.
    assert.ok(performance.now() - begin < 1000);
  });
});

function checkValue(text: string, expected: PlainValue | undefined): void {
  const { value, problems } = parseYaml(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(plain(value), expected);
}

function checkPlaces(text: string, expected: readonly string[]): void {
  const { value } = parseYaml(text);
  assert.deepEqual(
    [...nodesIn(value)].map(node => `${node.kind} ${text.slice(node.from, node.to)}`),
    expected,
  );
}

/** One row is replaced by something half typed: the others stay what and where they are. */
function checkOthersStay(rows: readonly string[], at: number, half: string): void {
  const text = ['nc: 80', 'backbone:', ...rows.with(at, half), 'head:', '  - [-1, 1, Detect, [nc]]'].join('\n');
  const { value } = parseYaml(text);
  const whole = parseYaml(['backbone:', ...rows].join('\n')).value;
  const expected = plain(lookUp(whole, 'backbone')) as PlainValue[];
  const read = plain(lookUp(value, 'backbone')) as PlainValue[];
  assert.equal(read?.length, expected.length, text);
  for (const [index, row] of expected.entries()) if (index !== at) assert.deepEqual(read[index], row, text);
  assert.equal(plain(lookUp(value, 'nc')), 80, text);
  assert.deepEqual(plain(lookUp(value, 'head')), [[-1, 1, 'Detect', ['nc']]], text);
  checkRanges(text);
}

function checkRanges(text: string): void {
  const { value, problems } = parseYaml(text);
  for (const { range } of problems) {
    assert.ok(0 <= range.from && range.from <= range.to && range.to <= text.length, JSON.stringify({ text, range }));
  }
  for (const { kind, from, to } of nodesIn(value)) {
    assert.ok(0 <= from && from <= to && to <= text.length, JSON.stringify({ text, kind, from, to }));
  }
}

function* nodesIn(node: YamlNode | undefined): Generator<YamlNode> {
  if (!node) return;
  yield node;
  if (node.kind === 'sequence') for (const item of node.items) yield* nodesIn(item);
  if (node.kind === 'mapping') {
    for (const { key, value } of node.entries) {
      yield* nodesIn(key);
      yield* nodesIn(value);
    }
  }
}
