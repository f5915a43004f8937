// What rows say of others, and what may be written in them, as data.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Item } from '../../../server/src/core/formats/reference.ts';
import type { Allowed, Frame, Note } from '../../../server/src/core/graph/graph.ts';
import { defaultSettings, open, price } from '../../../server/src/core/index.ts';

describe('items of Flopline YAML', () => {
  const text = `input: {image: [4, 8, 8], mask: [4, 8, 8]}
layers:
  - add: {from: [image, mask], name: sum}
  - chunk: {chunks: 2, name: halves}
  - concat: [halves.1, -1, $x, nowhere]
  - parameter: {shape: [1, 6, 1, 1], name: gain}
  - mul: gain
  - residual:
      - relu: {from: previous}
      - {relu: , from: -1, name: inner}
      - add: {from: [inner, input, sum]}
  - {relu: , from: inner}
  - tanh: {from: -9}
`;
  const items = open({ name: 'a.net.yaml', text }, defaultSettings)!.reader!.items!();
  const meanings = (list: readonly Item[], index: number): readonly unknown[] =>
    list[index]!.references.map(({ range, kind, target }) => [
      text.slice(range.from, range.to),
      kind,
      typeof target === 'object' ? target.index : target,
    ]);

  it('names, parts, numbers and inputs', () => {
    assert.deepEqual(meanings(items, 0), [
      ['image', 'name', 'input'],
      ['mask', 'name', 'input'],
    ]);
    assert.deepEqual(meanings(items, 2), [
      ['halves.1', 'name', 1],
      ['-1', 'relative', 1],
      ['$x', 'name', undefined],
      ['nowhere', 'name', undefined],
    ]);
    assert.deepEqual(meanings(items, 7), [['-9', 'relative', undefined]]);
  });

  it('lists inside: their own rows first, those around them by name, and nobody sees theirs', () => {
    const [inside] = items[5]!.lists;
    assert.deepEqual(meanings(inside!, 0), [['previous', 'name', 4]]);
    assert.deepEqual(meanings(inside!, 1), [['-1', 'relative', 0]]);
    assert.deepEqual(meanings(inside!, 2), [
      ['inner', 'name', 1],
      ['input', 'name', 'input'],
      ['sum', 'name', 0],
    ]);
    assert.deepEqual(meanings(items, 6), [['inner', 'name', undefined]]);
  });
});

describe('slots of Flopline YAML', () => {
  const rows = [
    'conv: {out: 8, kernel: [3, 3], padding: 1, bias: true, norm: batch, act: relu, repeats: 2, if: true, name: a}',
    'leakyrelu: 0.2',
    'maxpool: {kernel: 2, rounding: ceil}',
    '{branches: [[relu], [tanh]], join: add, act: silu}',
    'softmax: {axis: 1}',
  ];
  const read = (row: string) => {
    const text = `input: [3, 8, 8]\nlayers:\n  - ${row}\n`;
    return { text, analysed: price(open({ name: 'a.net.yaml', text }, defaultSettings)!, defaultSettings)! };
  };
  for (const row of rows)
    it(row, () => {
      const { text, analysed } = read(row);
      assert.deepEqual(analysed.problems, []);
      const notes = analysed.model.graph.root.children.flatMap(notesOf);
      assert.ok(notes.length > 0);
      for (const { range, allowed } of notes) {
        assert.ok(allowed, text.slice(range.from, range.to));
        const [key, value] = parts(text.slice(range.from, range.to));
        for (const other of inside(allowed))
          assert.deepEqual(errorsWith(row, key, value, other), [], `${key}: ${other}`);
        for (const other of outside(allowed))
          assert.notDeepEqual(errorsWith(row, key, value, other), [], `${key}: ${other}`);
      }
    });

  const notesOf = (frame: Frame): readonly Note[] => frame.notes;
  const parts = (written: string): readonly [string, string] => {
    const [, key = '', value = ''] = /^(?:(\w+): )?(.*)$/s.exec(written)!;
    return [key, value];
  };
  const errorsWith = (row: string, key: string, value: string, other: string): readonly string[] => {
    const lead = key === '' ? ': ' : `${key}: `;
    const changed = row.replace(`${lead}${value}`, `${lead}${other}`);
    assert.ok(changed !== row || value === other, `${row}: ${lead}${value}`);
    // What the network makes of a value that may be written there is another question.
    const own = /^(?:not-|unknown-choice|unknown-activation|value-)/;
    return read(changed).analysed.problems.flatMap(({ code }) => (own.test(code) ? [code] : []));
  };
});

/** Values that a slot takes. */
function inside(allowed: Allowed): readonly string[] {
  switch (allowed.kind) {
    case 'boolean':
      return ['true', 'false'];
    case 'integer':
    case 'number':
      return [String((allowed.min ?? 0) + 1)];
    case 'choice':
      return allowed.choices();
    default:
      return [];
  }
}

/** Values that it does not. */
function outside(allowed: Allowed): readonly string[] {
  switch (allowed.kind) {
    case 'boolean':
    case 'choice':
      return ['sideways'];
    case 'integer':
      return ['1.5', ...(allowed.min === undefined ? [] : [String(allowed.min - 1)])];
    case 'number':
      return ['sideways', ...(allowed.min === undefined ? [] : [String(allowed.min - 1)])];
    default:
      return [];
  }
}
