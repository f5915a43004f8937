// What the page of an overview makes of messages: the network that the server has, whatever was edited, and who is who.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { boxesOf } from '../../client/overview/flame.ts';
import { type Grouping, linesOf, type Sort, sumOf } from '../../client/overview/lines.ts';
import { allRows, isInside, type Network, pathOf, placeOf, received, rowsAt } from '../../client/overview/network.ts';
import { defaultSettings, open, price, startPython } from '../../server/src/core/index.ts';
import { partsOf, partsOfRows, written } from '../../server/src/lsp/overview.ts';
import type { OverviewMessage, OverviewPart, OverviewRow } from '../../server/src/protocol/index.ts';

await startPython();

const example = (path: string): string => readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8');

/** The message that shows all of a text. */
function whole(name: string, text: string, serial = 0): OverviewMessage {
  const { rows, lines, ...rest } = written(price(open({ name, text }, defaultSettings)!, defaultSettings)!, undefined);
  return { uri: `file:///${name}`, serial, content: { ...rest, rows: [{ rows }], lines } };
}

function network(name: string, text: string): Network {
  const found = received(undefined, whole(name, text));
  assert.ok(found && found !== 'missed');
  return found;
}

const yolo = network('gridspot.yaml', example('gridspot.yaml'));
const googlenet = network('googlenet.net.yaml', example('googlenet.net.yaml'));
const resnet = network('resnet18.py', example('python/resnet18.py'));

describe('messages', () => {
  const { uri, content } = whole('a.net.yaml', 'layers: []\n');
  const row = (name: string, cost: number): OverviewRow => ({ name, costs: [cost, 0, 0], places: [0] });
  const rows = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), cost: fc.nat(3) }), { maxLength: 12 });

  test('make the list that was meant, of whatever there was', () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 5 }), fc.boolean(), (versions, isOfRows) => {
        let shown: Network | undefined;
        let before: readonly OverviewRow[] = [];
        for (const [serial, version] of versions.entries()) {
          const list = version.map(({ name, cost }) => row(name, cost));
          const texts = (all: readonly OverviewRow[]): readonly string[] => all.map(each => JSON.stringify(each));
          const parts = isOfRows ? partsOfRows(before, list) : partsOf(texts(before), texts(list), list);
          const lines = list.flatMap((_, at) => [at === 0 ? 0 : 1, 0]);
          const found = received(shown, {
            uri,
            serial,
            content: { ...content!, rows: parts, lines },
          });
          assert.ok(found && found !== 'missed');
          assert.deepEqual(
            found.rows.map(({ data }) => data),
            list,
          );
          assert.deepEqual(
            found.rows.map(({ places }) => places[0]?.first),
            [...list.keys()],
          );
          const ids = found.rows.map(({ id }) => id);
          assert.equal(new Set(ids).size, ids.length);
          // What is the same is not sent again.
          if (JSON.stringify(before) === JSON.stringify(list)) assert.ok(parts.every(part => 'from' in part));
          [shown, before] = [found, list];
        }
      }),
      { numRuns: 300 },
    );
  });

  test('leave a row what it is for a person when its cost changes or others come and go', () => {
    const list = (...costs: number[]): OverviewRow[] => costs.map((cost, at) => row(`model.${at}`, cost));
    const message = (serial: number, parts: readonly OverviewPart[]): OverviewMessage => ({
      uri,
      serial,
      content: { ...content!, rows: parts },
    });
    const first = received(undefined, message(0, [{ rows: list(1, 2, 3) }])) as Network;
    const second = received(
      first,
      message(1, [{ from: 0, to: 1 }, { rows: list(0, 5).slice(1) }, { from: 2, to: 3 }]),
    ) as Network;
    assert.deepEqual(
      second.rows.map(({ id }) => id),
      first.rows.map(({ id }) => id),
    );
    const third = received(second, message(2, [{ rows: [row('new', 1)] }, { from: 0, to: 3 }])) as Network;
    assert.deepEqual(
      third.rows.slice(1).map(({ id }) => id),
      first.rows.map(({ id }) => id),
    );
    // Shown anew, such as by a page that was hidden.
    const fourth = received(third, message(0, [{ rows: list(1, 2, 3) }])) as Network;
    assert.deepEqual(
      fourth.rows.map(({ id }) => id),
      first.rows.map(({ id }) => id),
    );
  });

  test('that one has missed are asked for again, and no network is none', () => {
    const message = whole('a.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n');
    assert.equal(received(undefined, { ...message, serial: 3 }), 'missed');
    assert.equal(received(yolo, { ...message, serial: 1 }), 'missed');
    assert.equal(received(yolo, { ...message, content: null }), undefined);
  });
});

describe('places', () => {
  it('lead from a line to the row that is there', () => {
    const text = example('gridspot.yaml').split('\n');
    for (const row of yolo.rows) {
      const { first } = placeOf(row)!;
      assert.match(text[first]!, new RegExp(row.data.type!.replace('.', '\\.')));
      assert.deepEqual(rowsAt(yolo, 0, first), [row]);
      // What is inside of a framework's module is where that is.
      for (const inner of row.rows) assert.equal(placeOf(inner)?.first, first);
    }
    assert.deepEqual(rowsAt(yolo, 0, 0), []);
  });

  it('lead from a line of a block to all its uses, and from a call to what is called', () => {
    const at = (text: string, words: string): number => text.split('\n').findIndex(line => line.includes(words));
    const uses = rowsAt(googlenet, 0, at(example('googlenet.net.yaml'), 'out: $b1'));
    assert.equal(uses.length, 9);
    assert.equal(pathOf(uses[0]!), '3a › conv.0');
    const source = example('python/resnet18.py');
    const called = rowsAt(resnet, 0, at(source, 'self.conv1(x)'));
    assert.equal(called.length, 24);
    assert.deepEqual([...new Set(called.map(({ data }) => data.name))], ['conv1', 'bn1', 'relu']);
    assert.deepEqual([...new Set(rowsAt(resnet, 0, at(source, 'self.fc = ')).map(pathOf))], ['fc']);
  });
});

describe('lines', () => {
  const wish = {
    sort: { by: 'order', descending: false } as Sort,
    group: 'none' as Grouping,
    filter: '',
    metric: 0 as const,
    expanded: new Set<string>(),
  };
  const names = (shown: ReturnType<typeof linesOf>): string[] =>
    shown.lines.map(
      ({ row, group, level }) =>
        `${'  '.repeat(level - 1)}${row?.data.name ?? `${group!.name} ×${group!.rows.length}`}`,
    );

  it('are the rows, with what is open inside them', () => {
    assert.equal(linesOf(yolo, wish).lines.length, yolo.rows.length);
    const shown = linesOf(yolo, { ...wish, expanded: new Set([yolo.rows[2]!.id]) });
    assert.deepEqual(names(shown).slice(2, 9), [
      'model.2',
      '  cv1',
      '  chunk',
      '  m.0',
      '  concat',
      '  cv2',
      'model.3',
    ]);
  });

  it('are sorted by a column, in every row', () => {
    for (const by of [0, 1, 2] as const) {
      const { lines } = linesOf(yolo, { ...wish, sort: { by, descending: true } });
      const costs = lines.map(({ row }) => row!.data.costs[by] ?? 0);
      assert.deepEqual(
        costs,
        costs.toSorted((a, b) => b - a),
      );
    }
    assert.equal(names(linesOf(yolo, { ...wish, sort: { by: 0, descending: true } }))[0], 'model.19');
    assert.equal(names(linesOf(yolo, { ...wish, sort: { by: 'name', descending: true } }))[0], 'model.19');
  });

  it('are what a filter finds, and the sum of that', () => {
    const shown = linesOf(yolo, { ...wish, filter: 'c2f' });
    assert.ok(shown.lines.every(({ row }) => row!.data.type === 'C2f'));
    assert.equal(
      sumOf(shown.matches!).costs[0],
      yolo.rows.filter(({ data }) => data.type === 'C2f').reduce((sum, { data }) => sum + data.costs[0]!, 0),
    );
    // Inside a row, which is opened.
    const inner = linesOf(yolo, { ...wish, filter: 'bottleneck 80×80' });
    assert.deepEqual(names(inner), ['model.4', '  m.0', 'model.15', '  m.0']);
    assert.deepEqual(linesOf(yolo, { ...wish, filter: 'nothing like it' }).lines, []);
  });

  it('are in groups of one block or one stage, whose sums are the total', () => {
    for (const [each, group] of [
      [yolo, 'type'],
      [yolo, 'stage'],
      [resnet, 'type'],
      [googlenet, 'stage'],
    ] as const) {
      const { lines } = linesOf(each, { ...wish, group });
      for (const metric of [0, 1, 2] as const) {
        const sum = lines.reduce((total, line) => total + (sumOf(line.group!.rows).costs[metric] ?? 0), 0);
        assert.equal(sum, each.content.totals.costs[metric]);
      }
    }
    assert.ok(names(linesOf(resnet, { ...wish, group: 'type' })).includes('Residual ×8'));
    const open = linesOf(yolo, { ...wish, group: 'stage', expanded: new Set(['group:stage:40×40']) });
    assert.match(names(open).join(), /40×40 ×\d+, {2}model\.5/);
  });
});

describe('the flame graph', () => {
  for (const [name, each] of Object.entries({ yolo, googlenet, resnet })) {
    it(`has all that costs something inside of what it is in: ${name}`, () => {
      for (const metric of [0, 1, 2] as const) {
        const boxes = boxesOf(each, metric);
        const byRow = new Map(boxes.map(box => [box.row, box]));
        const costly = [...allRows(each.rows)].filter(({ data }) => (data.costs[metric] ?? 0) > 0);
        assert.equal(boxes.length, costly.length + 1);
        for (const { row, from, to, depth } of boxes) {
          if (!row) continue;
          const outer = byRow.get(row.parent)!;
          assert.ok(from >= outer.from - 1e-9 && to <= outer.to + 1e-9 && depth === outer.depth + 1, pathOf(row));
          assert.ok(Math.abs(to - from - row.data.costs[metric]! / each.content.totals.costs[metric]!) < 1e-9);
        }
        assert.ok(boxes.every(({ row }) => !row || isInside(row, row)));
      }
    });
  }
});
