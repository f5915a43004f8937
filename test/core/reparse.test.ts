// Whatever is edited, the tree is the one that a fresh parse gives; and rows that stayed keep their nodes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEdited } from '../../server/src/core/syntax/reparse.ts';
import type { Mapping, Sequence } from '../../server/src/core/syntax/tree.ts';

const start = `name: x # a comment
input: [3, 8, 8]
layers:
  - conv: {out: 64, kernel: 3}
  # between
  - relu

  - conv:
      out: 32
      kernel: [1, 3]
  - {add: {from: [a, b]}}
  -
  - "quoted: text"
  - [-1, 1, Conv, [64, 3]] # 5
head:
  - [-1, 1, Detect, [nc]]
  - relu
`;

const pieces = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\n',
      '  - ',
      '\n  - relu',
      '\n    - deep',
      ': ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '#',
      '# c',
      ',',
      '-',
      '~',
    ],
    ...[
      '&a ',
      '*a',
      '!!str ',
      '|',
      '>',
      '\t',
      '\r\n',
      '---\n',
      '...\n',
      'x',
      '64',
      'conv',
      '\n  - conv: {out: 1}\n',
      '\nhead:\n',
      'é',
    ],
  ),
  fc.string({ maxLength: 4 }),
);
const edits = fc.array(fc.record({ at: fc.nat(1000), length: fc.nat(12), text: pieces }), {
  minLength: 1,
  maxLength: 6,
});

test('a sequence of edits gives the tree of a fresh parse', () => {
  fc.assert(
    fc.property(edits, list => {
      let parsed = parseEdited(start);
      for (const { at, length, text } of list) {
        const from = at % (parsed.text.length + 1);
        const next = parsed.text.slice(0, from) + text + parsed.text.slice(from + length);
        parsed = parseEdited(next, parsed);
        assert.deepEqual(parsed, parseEdited(next));
      }
    }),
    { numRuns: 1000 },
  );
});

test('a value that is not written stands where a fresh parse puts it, blank lines below and all', () => {
  for (const row of ['- : ', '- conv:', '-', '- - a:', '- {a: }']) {
    const next = start.replace('- relu', row);
    assert.deepEqual(parseEdited(next, parseEdited(start)), parseEdited(next), row);
  }
});

test('an edit of one row keeps the nodes of the others, moved', () => {
  const before = parseEdited(start);
  const rows = (before.root as Mapping).entries[2]!.value as Sequence;
  const [first, second, third] = rows.items;
  const after = parseEdited(start.replace('relu', 'leaky_relu'), before);
  const list = (after.root as Mapping).entries[2]!.value as Sequence;
  assert.equal(list.items[0], first);
  assert.notEqual(list.items[1], second);
  assert.equal(list.items[2], third);
  assert.equal(after.text.slice(third!.from, third!.from + 5), 'conv:');
});
