// Protobuf's text format: what is read, where it stands, and what is left of it while it is typed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ProtoMessage,
  parseDocument,
  parsePrototext,
  protoNumber,
} from '../../server/src/core/syntax/prototext.ts';

/** A tree as nested arrays: [name, value]. */
type Plain = readonly (readonly [string, string | undefined | Plain])[];

function plain(message: ProtoMessage): Plain {
  return message.fields.map(
    ({ name, value }) => [name, value?.kind === 'message' ? plain(value) : value?.text] as const,
  );
}

function read(text: string): { tree: Plain; codes: readonly string[] } {
  const { root, problems } = parsePrototext(text, ['layer', 'layers']);
  return { tree: plain(root), codes: problems.map(({ code }) => code) };
}

function check(text: string, tree: Plain, codes: readonly string[] = []): void {
  assert.deepEqual(read(text), { tree, codes }, text);
}

describe('Protobuf text format', () => {
  it('a separator only behind a field', () => {
    check('a { , b: 1 }', [['a', [['b', '1']]]], ['stray-separator']);
    check('a <; b: 1; >', [['a', [['b', '1']]]], ['stray-separator']);
    check('layer {,}', [['layer', []]], ['stray-separator']);
    check(', a: 1', [['a', '1']], ['stray-separator']);
    check(
      'a: 1;, b: 2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
      ['stray-separator'],
    );
    check('a { } , b { }; c: 3,', [
      ['a', []],
      ['b', []],
      ['c', '3'],
    ]);
  });

  it('one comma between the entries of a list', () => {
    check('a: [1, 2]', [
      ['a', '1'],
      ['a', '2'],
    ]);
    check('a: [, 1]', [['a', '1']], ['stray-separator']);
    check(
      'a: [1,, 2]',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      ['stray-separator'],
    );
    check('a: [1, ]', [['a', '1']], ['stray-separator']);
    check(
      'a: [1 2]',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      ['missing-comma'],
    );
    check(
      'a: [1; 2]',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      ['semicolon-in-list'],
    );
    check(
      'a: [{ b: 1 } { b: 2 }]',
      [
        ['a', [['b', '1']]],
        ['a', [['b', '2']]],
      ],
      ['missing-comma'],
    );
    check('a: [{ b: 1 }, { b: 2 }]', [
      ['a', [['b', '1']]],
      ['a', [['b', '2']]],
    ]);
    check('a: []', []);
  });

  it('fields, messages, separators, comments', () => {
    check('a: 1 # one\nb { c: x; d: "y", }\ne: < f: 2 >', [
      ['a', '1'],
      [
        'b',
        [
          ['c', 'x'],
          ['d', 'y'],
        ],
      ],
      ['e', [['f', '2']]],
    ]);
    check('a{b{c:1}}d:2', [
      ['a', [['b', [['c', '1']]]]],
      ['d', '2'],
    ]);
    check('\ufeffa:\n\n  1\r\nb\n{\n}', [
      ['a', '1'],
      ['b', []],
    ]);
  });

  it('lists are fields of one name', () => {
    check('a: [1, 2 , 3] b: [] c: [{d: 1}, <d: 2>] e: x', [
      ['a', '1'],
      ['a', '2'],
      ['a', '3'],
      ['c', [['d', '1']]],
      ['c', [['d', '2']]],
      ['e', 'x'],
    ]);
  });

  it('strings are joined, escapes resolved', () => {
    check(`a: "x" 'y'\n  "z" b: 'it\\'s' c: "\\n\\t\\\\\\x41\\101\\"" d: "#no"`, [
      ['a', 'xyz'],
      ['b', "it's"],
      ['c', '\n\t\\AA"'],
      ['d', '#no'],
    ]);
  });

  it('extensions, and names that begin like them', () => {
    check('[caffe.ext]: 1 [a.b/c.D] { x: 1 }', [
      ['[caffe.ext]', '1'],
      ['[a.b/c.D]', [['x', '1']]],
    ]);
  });

  it('numbers', () => {
    const number = (text: string): number | undefined =>
      protoNumber(parsePrototext(`a: ${text}`).root.fields[0]?.value);
    for (const [text, value] of [
      ['12', 12],
      ['-3', -3],
      ['- 3', -3],
      ['0x1F', 31],
      ['017', 15],
      ['1.5', 1.5],
      ['.5', 0.5],
      ['2.', 2],
      ['1e-3', 0.001],
      ['1.5f', 1.5],
      ['inf', Infinity],
      ['-inf', -Infinity],
      ['nan', NaN],
      ['0', 0],
      ['08', undefined],
      ['1x', undefined],
      ['max', undefined],
    ] as const)
      assert.deepEqual(number(text), value, text);
  });

  it('every field knows where it stands', () => {
    const text = 'layer {\n  name: "a"\n  dim: [1, 22]\n}\n';
    const [layer] = parsePrototext(text).root.fields;
    assert.equal(text.slice(layer!.from, layer!.to), text.trimEnd());
    assert.equal(text.slice(layer!.from, layer!.nameTo), 'layer');
    const inner = (layer!.value as ProtoMessage).fields;
    assert.deepEqual(
      inner.map(({ from, to }) => text.slice(from, to)),
      ['name: "a"', 'dim: [1, 22]', 'dim: [1, 22]'],
    );
    assert.deepEqual(
      inner.map(({ value }) => text.slice(value!.from, value!.to)),
      ['"a"', '1', '22'],
    );
  });

  it('half a field loses nothing but itself', () => {
    check(
      'a:\nb: 1',
      [
        ['a', undefined],
        ['b', '1'],
      ],
      ['missing-value'],
    );
    check(
      'a: b: 1',
      [
        ['a', undefined],
        ['b', '1'],
      ],
      ['missing-value'],
    );
    check(
      'l {\n a:\n}\nb: 1',
      [
        ['l', [['a', undefined]]],
        ['b', '1'],
      ],
      ['missing-value'],
    );
    check(
      'l { a: }\nb: 1',
      [
        ['l', [['a', undefined]]],
        ['b', '1'],
      ],
      ['missing-value'],
    );
    check(
      'num\nb: 1',
      [
        ['num', undefined],
        ['b', '1'],
      ],
      ['missing-value'],
    );
    check(
      'a "x"\nb 2',
      [
        ['a', 'x'],
        ['b', '2'],
      ],
      ['missing-colon', 'missing-colon'],
    );
    check(
      'a: "x\nb: 1',
      [
        ['a', 'x'],
        ['b', '1'],
      ],
      ['unclosed-string'],
    );
    check(
      'a: [1, 2\nb: 3',
      [
        ['a', '1'],
        ['a', '2'],
        ['b', '3'],
      ],
      ['unclosed-bracket'],
    );
    check(
      'a: %%\nb: 1',
      [
        ['a', undefined],
        ['b', '1'],
      ],
      ['missing-value', 'stray-text'],
    );
    check(
      'a: { b: 1 >\nc: 2',
      [
        ['a', [['b', '1']]],
        ['c', '2'],
      ],
      ['wrong-brace'],
    );
  });

  it('a missing brace is found by indentation, whatever is below', () => {
    const below = 'layer {\n  name: "z"\n}\n';
    const z: Plain[number] = ['layer', [['name', 'z']]];
    check(`layer {\n  name: "a"\n${below}`, [['layer', [['name', 'a']]], z], ['unclosed-brace']);
    check(`layer {\n${below}`, [['layer', []], z], ['unclosed-brace']);
    check(`layer { name: "a"\n${below}`, [['layer', [['name', 'a']]], z], ['unclosed-brace']);
    check(
      `layer {\n  p {\n    x: 1\n  q: 2\n}\n${below}`,
      [
        [
          'layer',
          [
            ['p', [['x', '1']]],
            ['q', '2'],
          ],
        ],
        z,
      ],
      ['unclosed-brace'],
    );
    check(
      `layer {\n  p {\n  q: 2\n}\n${below}`,
      [
        [
          'layer',
          [
            ['p', []],
            ['q', '2'],
          ],
        ],
        z,
      ],
      ['unclosed-brace'],
    );
    check(
      `layer {\n  p {\n    f {\n      t: 1\n  }\n  q: 2\n}\n${below}`,
      [
        [
          'layer',
          [
            ['p', [['f', [['t', '1']]]]],
            ['q', '2'],
          ],
        ],
        z,
      ],
      ['unclosed-brace'],
    );
  });

  it('a brace too many is skipped', () => {
    check(
      'layer {\n  p {\n    x: 1\n  }\n  }\n  q: 2\n}\nlayer {\n}\n',
      [
        [
          'layer',
          [
            ['p', [['x', '1']]],
            ['q', '2'],
          ],
        ],
        ['layer', []],
      ],
      ['stray-brace'],
    );
    check('}\na: 1', [['a', '1']], ['stray-brace']);
  });

  it('text that is not indented is read as well', () => {
    check('layer {\nname: "a"\np {\nx: 1\n}\n}\nlayer {\n}\n', [
      [
        'layer',
        [
          ['name', 'a'],
          ['p', [['x', '1']]],
        ],
      ],
      ['layer', []],
    ]);
  });

  it('the repair of a missing brace mends the text', () => {
    const text = 'layer {\n  p {\n    x: 1\n  q: 2\n}\nlayer {\n}\n';
    const { problems } = parsePrototext(text, ['layer']);
    const [edit] = problems[0]!.fixes![0]!.edits;
    const mended = text.slice(0, edit!.from) + edit!.text + text.slice(edit!.to);
    check(mended, [
      [
        'layer',
        [
          ['p', [['x', '1']]],
          ['q', '2'],
        ],
      ],
      ['layer', []],
    ]);
  });

  const token = fc.constantFrom(
    'layer {',
    'layers <',
    '{',
    '}',
    '<',
    '>',
    '[',
    ']',
    ':',
    'a',
    'b: 1',
    '"',
    "'",
    '"x"',
    '#',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    ',',
    '-',
    '0x',
    '\\',
    '\u2028',
    'é',
    '[a.b]',
  );

  it('a sequence of edits gives the parts of a fresh parse', () => {
    const top = ['layer', 'layers'];
    const text = fc.array(fc.oneof(token, fc.constant('layer {\n  a: 1\n}\n')), { maxLength: 40 });
    const edit = fc.record({
      at: fc.nat(200),
      length: fc.nat(12),
      text: fc.array(token, { maxLength: 3 }).map(list => list.join('')),
    });
    fc.assert(
      fc.property(text, fc.array(edit, { minLength: 1, maxLength: 5 }), (start, edits) => {
        let last = parseDocument(start.join(''), top);
        for (const { at, length, text } of edits) {
          const from = at % (last.text.length + 1);
          const next = last.text.slice(0, from) + text + last.text.slice(from + length);
          last = parseDocument(next, top, last);
          assert.deepEqual(last, parseDocument(next, top));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('any text: ranges lie inside, nest, and nothing is lost to depth', () => {
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 60 }).map(list => list.join('')),
        text => {
          const { root, problems } = parsePrototext(text, ['layer', 'layers']);
          for (const { range, fixes } of problems) {
            assert.ok(range.from >= 0 && range.from <= range.to && range.to <= text.length, text);
            for (const { edits } of fixes ?? [])
              for (const edit of edits) assert.ok(edit.from <= edit.to && edit.to <= text.length);
          }
          const visit = (message: ProtoMessage): void => {
            for (const field of message.fields) {
              assert.ok(message.from <= field.from && field.from < field.nameTo && field.nameTo <= field.to, text);
              assert.ok(field.to <= text.length, text);
              if (field.value) assert.ok(field.value.from >= field.from && field.value.to <= field.to, text);
              if (field.value?.kind === 'message') visit(field.value);
            }
          };
          visit(root);
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(parsePrototext('x {'.repeat(100_000), ['layer']).root.fields.length > 0);
    assert.ok(parsePrototext('layer {'.repeat(20_000), ['layer']).root.fields.length > 0);
  });
});
