// What layers say of each other, by name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings, open } from '../../../server/src/core/index.ts';

/** The references of each layer, as [name, what it means, whether it reads it]. */
function references(text: string): readonly (readonly (readonly [string, number | 'input' | undefined, boolean])[])[] {
  const items = open({ name: 'x.prototxt', text }, defaultSettings)!.reader!.items!();
  return items.map(item =>
    item.references.map(({ range, written, kind, target, reads }) => {
      assert.equal(kind, 'name');
      assert.equal(text.slice(range.from, range.to), `"${written}"`);
      if (target !== undefined && target !== 'input') assert.deepEqual(target.range, items[target.index]!.range);
      return [String(written), target === 'input' || target === undefined ? target : target.index, reads] as const;
    }),
  );
}

const layer = (bottom: string, top: string, rest = ''): string =>
  `layer { name: "l" type: "ReLU" bottom: "${bottom}" top: "${top}" ${rest} }\n`;
const start = 'input: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n';

describe('Caffe, items', () => {
  it('a bottom means the last top of that name above', () => {
    assert.deepEqual(references(start + layer('data', 'a') + layer('a', 'a') + layer('a', 'b') + layer('c', 'd')), [
      [['data', 'input', true]],
      [['a', 0, true]],
      [['a', 1, true]],
      [['c', undefined, true]],
    ]);
  });

  it('parameters are shared with the first layer that has the name', () => {
    const shared = 'param { name: "w" } param { lr_mult: 1 }';
    assert.deepEqual(references(start + layer('data', 'a', shared) + layer('data', 'b', shared) + layer('b', 'c')), [
      [['data', 'input', true]],
      [
        ['data', 'input', true],
        ['w', 0, false],
      ],
      [['b', 1, true]],
    ]);
  });

  it('a layer of another phase reads what is there in that phase', () => {
    const train = 'include { phase: TRAIN }';
    assert.deepEqual(
      references(
        start + layer('data', 'x', train) + layer('data', 'x', 'include { phase: TEST }') + layer('x', 'y', train),
      ),
      [[['data', 'input', true]], [['data', 'input', true]], [['x', 0, true]]],
    );
  });
});
