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

test('a sequence of edits gives the tree of a fresh parse, and leaves the documents before as they were', () => {
  fc.assert(
    fc.property(edits, list => {
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
    { numRuns: 300 },
  );
});

test('row by row, a text has the tree that it has as a whole', () => {
  fc.assert(
    fc.property(edits, list => {
      let text = start;
      for (const { at, length, text: piece } of list) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + piece + text.slice(from + length);
      }
      const document = parsed(text);
      // What is damaged is parsed as a whole anyway.
      if (document.rows.length > 0) assert.deepEqual(document.root, parseYaml(text, reads).value);
    }),
    { numRuns: 300 },
  );
  assert.ok(parsed(start).rows.length > 0);
});

test('an edit at both ends leaves the rows in between what they are', () => {
  const before = parsed(start);
  const after = parsed(start.replace('relu', 'leaky_relu').replace('nc]', '80]'), before);
  const isSame = after.rows.map(({ chunk }, at) => chunk === before.rows[at]!.chunk);
  const changed = isSame.flatMap((same, at) => (same ? [] : [at]));
  assert.deepEqual(changed, [1, 7]);
});
