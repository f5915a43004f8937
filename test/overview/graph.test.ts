// The graph of an overview: what flows from row to row, what is shown of it, and where.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { flowsOf } from '../../client/overview/graph/flow.ts';
import { type Holder, type Item, type Items, itemsOf, mostBeside } from '../../client/overview/graph/items.ts';
import { headHeight, type Laid, Layouts, type Measure } from '../../client/overview/graph/layout.ts';
import { allRows, type Network, pathOf, type Row, received } from '../../client/overview/network.ts';
import { defaultSettings, open, price, startPython } from '../../server/src/core/index.ts';
import { partsOf, written } from '../../server/src/lsp/overview.ts';

await startPython();

const example = (path: string): string => readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8');

function sent(name: string, text: string) {
  return written(price(open({ name, text }, defaultSettings)!, defaultSettings)!, undefined);
}

function network(name: string, text: string): Network {
  const { rows, lines, ...rest } = sent(name, text);
  const found = received(undefined, {
    uri: `file:///${name}`,
    serial: 0,
    content: { ...rest, rows: [{ rows }], lines },
  });
  assert.ok(found && found !== 'missed');
  return found;
}

/** `conv.0 → relu.1: 8×32×32`, in order. */
function flowTexts(own: Network): string[] {
  const { flows, returns } = flowsOf(own);
  const name = (from: Row | number): string =>
    typeof from === 'number' ? `(${own.content.inputs[from]!.name})` : pathOf(from);
  return [
    ...flows.map(({ from, to, shape }) => `${name(from)} → ${pathOf(to)}: ${shape}`),
    ...returns.map(({ from, shape }) => `${pathOf(from)} →: ${shape}`),
  ];
}

describe('what flows', () => {
  it('is what rows read, inside of blocks and over them', () => {
    const text = [
      'input: [8, 32, 32]',
      'blocks:',
      '  body(width):',
      '    - residual:',
      '        - conv: {out: $width, kernel: 3, padding: same}',
      'layers:',
      '  - conv: {out: 8, kernel: 1}',
      '  - body: {width: 8, name: a}',
      '  - body: {width: 8, name: b}',
      '  - concat: [a, b]',
    ].join('\n');
    assert.deepEqual(flowTexts(network('a.net.yaml', text)), [
      '(input) → conv.0: 8×32×32',
      'conv.0 → a › residual.0 › conv.0: 8×32×32',
      'a › residual.0 › conv.0 → a › residual.0 › add: 8×32×32',
      'conv.0 → a › residual.0 › add: 8×32×32',
      'a › residual.0 › add → b › residual.0 › conv.0: 8×32×32',
      'b › residual.0 › conv.0 → b › residual.0 › add: 8×32×32',
      'a › residual.0 › add → b › residual.0 › add: 8×32×32',
      'a › residual.0 › add → concat.3: 8×32×32',
      'b › residual.0 › add → concat.3: 8×32×32',
      'concat.3 →: 16×32×32',
    ]);
  });

  it('is what a program does with its modules and functions, by all of its arguments', () => {
    const text = [
      'import torch, torch.nn as nn',
      '',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.left = nn.Linear(4, 8)',
      '        self.right = nn.Sequential(nn.Linear(6, 8), nn.ReLU())',
      '',
      '    def forward(self, a, b):',
      '        x, y = (self.left(a) + self.right(b)).chunk(2, 1)',
      '        return x, y',
      '',
      '# flopline: Net() inputs=torch.zeros(1, 4), torch.zeros(1, 6)',
      '',
    ].join('\n');
    assert.deepEqual(flowTexts(network('net.py', text)), [
      '(a) → left: 4',
      '(b) → right › 0: 6',
      'right › 0 → right › 1: 8',
      'left → add: 8',
      'right › 1 → add: 8',
      'add → split: 8',
      'split →: 4',
      'split →: 4',
    ]);
  });

  for (const [name, path] of [
    ['yolov8.yaml', 'gridspot.yaml'],
    ['a.net.yaml', 'googlenet.net.yaml'],
    ['a.prototxt', 'ssd-head.prototxt'],
    ['a.cfg', 'csp-pan.cfg'],
    ['a.py', 'python/resnet18.py'],
    ['b.py', 'python/gpt.py'],
  ] as const)
    it(`reaches every layer of ${path} that works, and leaves all but the last`, () => {
      const own = network(name, example(path));
      const { flows, returns } = flowsOf(own);
      const [into, out] = [new Set(flows.map(({ to }) => to)), new Set(flows.map(({ from }) => from))];
      const returned = new Set(returns.map(({ from }) => from));
      assert.ok(returned.size > 0);
      const leaves = [...allRows(own.rows)].filter(row => row.rows.length === 0);
      assert.deepEqual(
        leaves.filter(row => !into.has(row) && (row.data.costs[0] ?? 0) > 0).map(pathOf),
        [],
        'reads something',
      );
      const parts = itemsOf(own, () => true);
      const unread = leaves.filter(row => parts.shown(row) && !out.has(row) && !returned.has(row)).map(pathOf);
      assert.deepEqual(unread, [], 'is read');
      const numbers = new Map([...allRows(own.rows)].map((row, at) => [row, at]));
      for (const { from, to } of flows) assert.ok(typeof from === 'number' || numbers.get(from)! < numbers.get(to)!);
    });

  it('is the same after edits as of a fresh text', () => {
    const rows = ['conv: {out: 8, kernel: 1}', 'relu', 'add: [-1, -2]', 'concat: [-1, -2]', 'batchnorm'];
    const texts = fc
      .array(fc.constantFrom(...rows), { maxLength: 8 })
      .map(own => `input: [3, 8, 8]\nlayers:\n  - relu\n  - relu\n${own.map(row => `  - ${row}\n`).join('')}`);
    fc.assert(
      fc.property(fc.array(texts, { minLength: 2, maxLength: 4 }), versions => {
        let shown: Network | undefined;
        let before: readonly string[] = [];
        for (const [serial, text] of versions.entries()) {
          const { rows: own, lines, ...rest } = sent('a.net.yaml', text);
          const after = own.map(row => JSON.stringify(row));
          const content = { ...rest, rows: partsOf(before, after, own), lines };
          const next = received(shown, { uri: 'file:///a.net.yaml', serial, content });
          assert.ok(next && next !== 'missed');
          [shown, before] = [next, after];
          assert.deepEqual(flowTexts(shown), flowTexts(network('a.net.yaml', text)));
        }
      }),
      { numRuns: 40 },
    );
  });
});

const measure: Measure = {
  item: item => ({ width: 60 + 6 * Math.min(20, item.name.length), height: item.inside ? headHeight : 42 }),
  label: shapes => ({ width: 6 * (shapes[0]?.length ?? 0), height: 14 }),
};

function laidOut(items: Items, layouts = new Layouts()): { readonly laid: Laid; readonly steps: number } {
  const steps = layouts.of(items.root, measure);
  for (let count = 0; ; count++) {
    const next = steps.next();
    if (next.done) return { laid: next.value, steps: count };
  }
}

function* holdersOf(holder: Holder): Generator<Holder> {
  yield holder;
  for (const { inside } of holder.items) if (inside) yield* holdersOf(inside);
}

const everything = (): boolean => true;
const yolo = network('yolov8.yaml', example('gridspot.yaml'));
const googlenet = network('googlenet.net.yaml', example('googlenet.net.yaml'));
const resnet = network('resnet18.py', example('python/resnet18.py'));
const long = (count: number): Network =>
  network('long.net.yaml', `input: [3, 8, 8]\nlayers:\n${'  - conv: {out: 3, kernel: 1}\n'.repeat(count)}`);

describe('what is shown', () => {
  it('is a closed block as one node with what comes in and goes out, and an open one with what is inside', () => {
    const inception = googlenet.rows.find(({ data }) => data.name === '3a')!;
    const closed = itemsOf(googlenet, () => false);
    const item = closed.byId.get(inception.id)!;
    assert.deepEqual([item.canOpen, item.inside], [true, undefined]);
    const ends = (items: Items, id: string): string[] =>
      items.links
        .filter(({ from, to }) => from.id === id || to.id === id)
        .map(({ from, to }) => `${from.name} → ${to.name}`);
    assert.deepEqual(ends(closed, item.id), ['maxpool.6 → 3a', '3a → 3b']);
    assert.equal(closed.shown(inception.rows[0]!.rows[0]!), item);

    const opened = itemsOf(googlenet, id => id === inception.id);
    const inside = opened.byId.get(inception.id)!.inside!;
    assert.deepEqual(inside.items.map(({ name }) => name).sort(), inception.rows.map(({ data }) => data.name).sort());
    assert.deepEqual(ends(opened, inception.id), []);
    // One tensor comes in for four paths, and one goes out.
    assert.deepEqual([inside.ins.length, inside.outs.length], [1, 1]);
    assert.equal(inside.edges.filter(({ from }) => 'port' in from).length, 4);
  });

  it('goes on inside of what is open, whatever is open', () => {
    for (const own of [yolo, googlenet, resnet]) {
      const ids = [...allRows(own.rows)].map(({ id }) => id);
      fc.assert(
        fc.property(fc.subarray(ids), some => {
          const chosen = new Set(some);
          const { root, links } = itemsOf(own, id => chosen.has(id));
          for (const holder of holdersOf(root)) {
            const items = new Set(holder.items);
            for (const { from, to, fromPort, toPort } of holder.edges) {
              if ('item' in from) {
                assert.ok(items.has(from.item));
                assert.equal(fromPort !== undefined, from.item.inside !== undefined);
                if (fromPort) assert.ok(from.item.inside!.outs.includes(fromPort));
              }
              if ('item' in to) {
                assert.ok(items.has(to.item));
                assert.equal(toPort !== undefined, to.item.inside !== undefined);
                if (toPort) assert.ok(to.item.inside!.ins.includes(toPort));
              }
            }
            const ports = holder.edges.flatMap(({ from, to }) =>
              [from, to].flatMap(end => ('port' in end ? [end.port] : [])),
            );
            assert.deepEqual(
              [...new Set(ports)].sort(),
              [...holder.ins.map(key => `in:${key}`), ...holder.outs.map(key => `out:${key}`)].sort(),
            );
          }
          assert.ok(links.every(({ from, to }) => !from.inside && !to.inside && from !== to));
        }),
        { numRuns: 25 },
      );
    }
  });

  it('is groups of rows where there are many, cut where few tensors cross', () => {
    const rows = Array.from({ length: 60 }, () => [
      'conv: {out: 3, kernel: 1}',
      'batchnorm',
      'relu',
      'conv: {out: 3, kernel: 1}',
      'add: [-1, -5]',
    ]).flat();
    const own = network(
      'a.net.yaml',
      `input: [3, 8, 8]\nlayers:\n  - relu\n${rows.map(row => `  - ${row}\n`).join('')}`,
    );
    const { root, shown } = itemsOf(own, () => false);
    const groups = root.items.filter(({ kind }) => kind === 'group');
    assert.ok(groups.length >= 7 && groups.length <= 16, String(groups.length));
    assert.deepEqual(
      groups.flatMap(group => group.rows),
      own.rows,
    );
    // What is added closes a group: between two of them is one tensor.
    assert.ok(
      groups.every(group => group.name.includes('add')),
      groups.map(({ name }) => name).join(),
    );
    assert.equal(shown(own.rows[100]!)!.kind, 'group');
    const second = groups[1]!;
    const opened = itemsOf(own, id => id === second.id);
    assert.equal(shown(second.rows[3]!), second);
    assert.equal(opened.shown(second.rows[3]!)!.rows[0], second.rows[3]);
    // A row more in front of it leaves it open.
    const more = network(
      'a.net.yaml',
      `input: [3, 8, 8]\nlayers:\n  - relu\n  - relu\n${rows.map(row => `  - ${row}\n`).join('')}`,
    );
    assert.ok(itemsOf(more, id => id === second.id).root.items.some(({ inside }) => inside));
  });

  it('is never more beside each other than can be laid out in a moment', () => {
    for (const count of [121, 1000, 10_000])
      for (const holder of holdersOf(itemsOf(long(count), id => /^\+*group:/.test(id)).root))
        assert.ok(holder.items.length <= mostBeside + 2, `${count}: ${holder.items.length}`);
  });
});

describe('where it is', () => {
  const check = ({ items, lines, width, height }: Laid): void => {
    for (const [at, a] of items.entries()) {
      assert.ok(a.x >= -0.01 && a.y >= -0.01 && a.x + a.width <= width + 0.01 && a.y + a.height <= height + 0.01);
      for (const b of items.slice(at + 1))
        assert.ok(
          a.x + a.width <= b.x + 0.01 ||
            b.x + b.width <= a.x + 0.01 ||
            a.y + a.height <= b.y + 0.01 ||
            b.y + b.height <= a.y + 0.01,
          `${a.item.name} is over ${b.item.name}`,
        );
      if (a.inside) {
        assert.ok(a.inside.width <= a.width && a.inside.height + headHeight <= a.height);
        check(a.inside);
      }
    }
    const boxes = new Map<Item, Laid['items'][number]>(items.map(each => [each.item, each]));
    for (const { edge, points } of lines) {
      assert.ok(points.length >= 2);
      const [first, last] = [points[0]!, points.at(-1)!];
      if ('item' in edge.from) {
        const box = boxes.get(edge.from.item)!;
        assert.ok(Math.abs(first.y - box.y - box.height) < 0.01, edge.id);
        assert.ok(first.x >= box.x && first.x <= box.x + box.width, edge.id);
      }
      if ('item' in edge.to) {
        const box = boxes.get(edge.to.item)!;
        assert.ok(Math.abs(last.y - box.y) < 0.01, edge.id);
        assert.ok(last.x >= box.x && last.x <= box.x + box.width, edge.id);
      }
    }
  };

  it('is inside of what it is in, beside each other, and edges lead from box to box', () => {
    for (const own of [yolo, googlenet, resnet])
      for (const isOpen of [() => false, everything]) check(laidOut(itemsOf(own, isOpen)).laid);
  });

  it('is laid out again only where something is another size or leads elsewhere', () => {
    const layouts = new Layouts();
    const first = laidOut(itemsOf(yolo, everything), layouts);
    assert.ok(first.steps > 10);
    const again = laidOut(itemsOf(network('yolov8.yaml', example('gridspot.yaml')), everything), layouts);
    assert.equal(again.steps, 0);
    // Another block than it was, and all that is around it.
    const edited = network('yolov8.yaml', example('gridspot.yaml').replace('SPPF, [128, 5]', 'SPPF, [128, 5, 4]'));
    const { steps } = laidOut(itemsOf(edited, everything), layouts);
    assert.ok(steps <= 3, String(steps));
  });

  it('is found for thousands of rows in a line, too', () => {
    const items = itemsOf(long(2000), () => false);
    check(laidOut(items).laid);
  });
});
