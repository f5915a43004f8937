// What items say of each other: it is what the network reads, and it stays so when items come and go.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { formats } from '../../server/src/core/formats/index.ts';
import { type Item, movesOf, type Reference, renumbered } from '../../server/src/core/formats/reference.ts';
import type { Frame, Graph } from '../../server/src/core/graph/graph.ts';
import { applyEdits, type Document, defaultSettings, open, price } from '../../server/src/core/index.ts';

const examples = new URL('../../examples/', import.meta.url);
const texts = readdirSync(examples, { recursive: true })
  .map(String)
  .filter(name => /\.(?:ya?ml|cfg|prototxt)$/.test(name))
  .map(name => ({ name: name.split('/').at(-1)!, text: readFileSync(new URL(name, examples), 'utf8') }));

describe('what items name is what the network reads', () => {
  for (const source of texts) {
    const document = open(source, defaultSettings);
    const items = document?.reader?.items?.();
    if (!document || !items) continue;
    it(source.name, () => {
      assert.ok(items.length > 0);
      const { graph } = price(document, defaultSettings)!.spec;
      const { children } = graph.root;
      const byStart = new Map(children.map(frame => [frame.sites[0]?.range.from, frame]));
      for (const item of items) {
        const frame = byStart.get(item.range.from);
        // A layer of another phase is in the text, but not in the network.
        if (!frame || (frame.end === frame.first && frame.outputs.length === 0)) continue;
        const read = readBy(graph, frame);
        for (const { target, reads, range } of all(item)) {
          if (!reads || target === undefined || target === 'input') continue;
          const source = byStart.get(target.range.from);
          // A list inside the item, or an item that passes its input on.
          if (!source || source.end === source.first) continue;
          assert.ok(read.has(source), `${text(document, range)} of ${frame.label} means ${source.label}`);
        }
      }
    });
  }

  it('in every format', () => {
    const known = formats.filter(format =>
      texts.some(source => {
        const document = open(source, defaultSettings);
        return document?.format === format && document.reader?.items !== undefined;
      }),
    );
    assert.deepEqual(
      known.map(({ id }) => id),
      // The references of a program are those of Python, which its own extension follows; a project file has none.
      formats.filter(({ id, hasNoNetwork }) => id !== 'pytorch' && !hasNoNetwork).map(({ id }) => id),
    );
  });
});

const text = ({ source }: Document, { from, to }: { from: number; to: number }): string => source.text.slice(from, to);

function all(item: Item): readonly Reference[] {
  return [...item.references, ...item.lists.flat().flatMap(all)];
}

/** The items whose outputs a frame reads. */
function readBy({ nodes, root }: Graph, { first, end, outputs }: Frame): ReadonlySet<Frame> {
  const sources = new Set<number>();
  for (const { inputs } of nodes.slice(first, end)) for (const { node } of inputs) sources.add(node.id);
  for (const { node } of outputs) sources.add(node.id);
  return new Set(root.children.filter(frame => [...sources].some(id => id >= frame.first && id < frame.end)));
}

test('every number means the same item after items have come and gone', () => {
  const row = fc.record({ back: fc.nat(6), isRelative: fc.boolean(), inserted: fc.nat(2), goes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), rows => {
      // A text of numbers, one a line: what each item reads.
      const numbers = rows.map(({ back, isRelative }, index) => {
        const target = Math.max(-1, index - 1 - back);
        return isRelative || target < 0 ? target - index : target;
      });
      const lines = numbers.map(String);
      const starts = lines.map((_, at) => lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0));
      const ranges = lines.map((line, at) => ({ from: starts[at]!, to: starts[at]! + line.length }));
      const items = numbers.map((written, index): Item => {
        const at = written < 0 ? index + written : written;
        const target = at < 0 ? ('input' as const) : { index: at, range: ranges[at]! };
        const kind = written < 0 ? ('relative' as const) : ('absolute' as const);
        const reference: Reference = { range: ranges[index]!, written, kind, target, reads: true };
        return { range: ranges[index]!, index, outputs: [], references: [reference], lists: [] };
      });
      const inserted = new Map(rows.map(({ inserted: count }, index) => [index, count] as const));
      const removed = new Set(rows.flatMap(({ goes }, index) => (goes ? [index] : [])));
      const edits = renumbered(items, movesOf(items, inserted, removed));
      assert.ok(edits);
      const after = applyEdits(lines.join('\n'), edits).split('\n').map(Number);

      // Where each item is then; what is new is nobody.
      const order = rows.flatMap(({ inserted: count, goes }, index) => [
        ...Array<number | undefined>(count).fill(undefined),
        ...(goes ? [] : [index]),
      ]);
      const sourceOf = (index: number): number => {
        let at = index;
        while (at >= 0 && removed.has(at)) at = numbers[at]! < 0 ? at + numbers[at]! : numbers[at]!;
        return Math.max(-1, at);
      };
      for (const [place, index] of order.entries()) {
        if (index === undefined) continue;
        const was = numbers[index]! < 0 ? index + numbers[index]! : numbers[index]!;
        const wanted = sourceOf(was);
        const now = after[index]! < 0 ? place + after[index]! : after[index]!;
        assert.equal(now < 0 ? -1 : order[now], wanted);
      }
    }),
  );
});

test('an item that is gone and has read itself, or what is below it, has no source', () => {
  const range = { from: 0, to: 1 };
  for (const index of [0, 1]) {
    const reference: Reference = { range, written: index, kind: 'absolute', target: { index, range }, reads: true };
    const items: Item[] = [0, 1].map(at => ({ range, index: at, outputs: [], references: [reference], lists: [] }));
    assert.equal(movesOf(items, new Map(), new Set([0, 1])).source(0, 1), undefined);
  }
});
