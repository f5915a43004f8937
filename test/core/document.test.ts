// Whatever is edited, the tree is the one that a fresh parse gives, and nothing changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocument, type YamlDocument } from '../../server/src/core/syntax/document.ts';
import { parseYaml, type Reads } from '../../server/src/core/syntax/yaml.ts';
import { frozen } from '../support/frozen.ts';

const reads: Reads = { row: () => true, top: new Set(), lists: new Set(['layers', 'head']) };

function parsed(text: string, earlier?: YamlDocument): YamlDocument {
  return parseDocument(text, reads, earlier);
}

/** All that a document says. */
function told({ text, problems, damages, root }: YamlDocument): unknown {
  return { text, problems, damages, root };
}

/** Rows with dashes; comments after rows, in quotes and in blocks. */
const dashes = `name: x # a comment
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
  - 'a # in quotes' # and one after them
  - {text: "b #c"} # d
  - |
    # text, not a comment
    e
  # between
  - >-
    f # text too

  - [-1, 1, Conv, [64, 3]] # 5
head:
  - [-1, 1, Detect, [nc]]
  - relu
`;

/** Rows in brackets, as YOLOv7 and YOLOv9 write them. */
const brackets = `nc: 80
layers:
  [[-1, 1, Conv, [32, 3, 1]],  # 0
   # between

   [-1, 1, nn.Upsample, [None, 2, 'nearest']],
   [[-1, -2], 1, Concat, ["a # b"]], # c
   [-1, 1, Conv, [32, 3, 1]]
  ] # end
head:
  [
   [-1, 1, nn.ReLU, []],
   [a: b, [x]],
  ]
other: [1]
`;

const starts = [dashes, brackets];

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
      '\n   [-1, 1, Conv, [8]],\n',
      '],',
      ' # d\n',
      '\n]',
      '\n  [[1]]\n',
      'é',
    ],
  ),
  fc.string({ maxLength: 4 }),
);
const edits = fc.array(fc.record({ at: fc.nat(1000), length: fc.nat(12), text: pieces }), {
  minLength: 1,
  maxLength: 6,
});

test('a sequence of edits gives the tree of a fresh parse, and leaves the documents before as they were', () => {
  fc.assert(
    fc.property(fc.constantFrom(...starts), edits, (start, list) => {
      const documents = [frozen(parsed(start))];
      const before = [told(documents[0]!)];
      for (const { at, length, text } of list) {
        const last = documents.at(-1)!;
        const from = at % (last.text.length + 1);
        const next = last.text.slice(0, from) + text + last.text.slice(from + length);
        const edited = frozen(parsed(next, last));
        assert.deepEqual(told(edited), told(parsed(next)));
        documents.push(edited);
        before.push(told(edited));
      }
      assert.deepEqual(documents.map(told), before);
    }),
    { numRuns: 120 },
  );
});

test('row by row, a text has the tree that it has as a whole', () => {
  fc.assert(
    fc.property(fc.constantFrom(...starts), edits, (start, list) => {
      let text = start;
      for (const { at, length, text: piece } of list) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + piece + text.slice(from + length);
      }
      sameAsWhole(text);
    }),
    { numRuns: 250 },
  );
});

/** How many rows there are by themselves; their tree is that of the whole text. */
function sameAsWhole(text: string): number {
  const document = parsed(text);
  const { value, problems, damages } = parseYaml(text, reads);
  assert.deepEqual(told(document), { text, problems, damages, root: value }, text);
  return document.rows.length;
}

test('rows in brackets are rows by themselves, one a line, and whatever else a list has leaves it a whole', () => {
  assert.equal(sameAsWhole(dashes), 13);
  assert.equal(sameAsWhole(brackets), 6);
  assert.equal(sameAsWhole(brackets.replaceAll('\n', '\r\n')), 6);
  // A comment may touch a bracket or a comma: PyYAML minds no white space there.
  assert.equal(sameAsWhole(brackets.replace('],  # 0', '],# 0')), 6);
  const list = (rows: string): number => sameAsWhole(`layers:\n${rows}\n`);
  assert.equal(list('  [[1], [2]]'), 2);
  for (const unusual of [
    '  []',
    '  [1, 2]',
    '  [[1], 2]',
    '  [[1] [2]]',
    '  [[1],,[2]]',
    '  [[1,\n    2]]',
    '  [[1, # two\n    2]]',
    '  [{a: 1}]',
    '  [[1, {a: 1}]]',
    '  [[1],\n\t[2]]',
    '  [[1],\n[2]]',
    '  [[1],\n   [2]\n]',
    '  [[1, "a\\"b"]]',
    '  [[1, é]]',
    '  [[1]] x',
    '  [[1]',
    '  [[1], [*a]]',
    '  [&a [1], [2]]',
    "  [[it's, [1]], [it's]]",
    '  [[1]]: 2',
    '  [[1]]\n  - 2',
    '  [[1]]\n  [[2]]',
  ]) {
    assert.equal(list(unusual), 0, unusual);
  }
});

test('an edit of a row in brackets leaves the others what they are, and so does a new row above them', () => {
  const before = parsed(brackets);
  const after = parsed(
    brackets.replace("'nearest'", "'linear'").replace('  [[-1, 1, Conv', '  [[-1, 2, C, []],\n   [-1, 1, Conv'),
    before,
  );
  const changed = after.rows.flatMap(({ chunk }, at) => (before.rows.some(row => row.chunk === chunk) ? [] : [at]));
  assert.deepEqual(changed, [0, 2]);
  // Comments are no part of a row.
  assert.equal(after.rows[1]!.chunk, after.rows[4]!.chunk);
});

test('rows that differ only in what is certainly a comment are the same', () => {
  const { rows } = parsed(
    "layers:\n  - relu\n  - relu # a\n  # b\n\n  - 'relu' # a\n  - 'relu' # b\n  - |\n    relu\n    # a\n  - |\n    relu\n",
  );
  const first = rows.map(({ chunk }) => rows.findIndex(other => other.chunk === chunk));
  assert.deepEqual(first, [0, 0, 2, 3, 4, 5]);
  assert.deepEqual(
    rows.map(({ chunk: { node } }) => (node.kind === 'scalar' ? node.text : undefined)),
    ['relu', 'relu', 'relu', 'relu', 'relu\n# a\n', 'relu\n'],
  );
});

test('an edit at both ends leaves the rows in between what they are', () => {
  const before = parsed(dashes);
  const after = parsed(dashes.replace('relu', 'leaky_relu').replace('nc]', '80]'), before);
  const isSame = after.rows.map(({ chunk }, at) => chunk === before.rows[at]!.chunk);
  const changed = isSame.flatMap((same, at) => (same ? [] : [at]));
  assert.deepEqual(changed, [1, 11]);
});
