// A network as rows within rows: they sum to what holds them, their places are in the text, and what changed adds up.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  type Analysed,
  applyEdits,
  type Base,
  defaultSettings,
  type OverviewRow,
  open,
  overview,
  overviewMetrics,
  price,
  type Settings,
  startPython,
} from '../../server/src/core/index.ts';
import { specs } from '../support/texts.ts';

await startPython();

const root = new URL('../../', import.meta.url);

function analysed(name: string, text: string, settings: Partial<Settings> = {}): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name, text }, all)!, all)!;
}

const example = (path: string): string => readFileSync(new URL(`examples/${path}`, root), 'utf8');

/** A row with the names of those inside: `model.2 C2f(cv1, m.0(…), cv2)`. */
function sketch({ name, type, rows }: OverviewRow, depth = 1): string {
  const head = type === '' ? name : `${name} ${type}`;
  if (rows.length === 0) return head;
  return `${head}(${depth === 0 ? '…' : rows.map(row => sketch(row, depth - 1)).join(', ')})`;
}

function* all(rows: readonly OverviewRow[]): Generator<OverviewRow> {
  for (const row of rows) {
    yield row;
    yield* all(row.rows);
  }
}

/** Holds rows against what they are in: what a frame costs is what is inside it. */
function checkSums(rows: readonly OverviewRow[], costs: OverviewRow['costs'], where: string): void {
  for (const at of overviewMetrics.keys()) {
    const sum = rows.reduce((total, row) => total + (row.costs[at] ?? 0), 0);
    assert.equal(sum, costs[at] ?? 0, `${overviewMetrics[at]} of ${where}`);
  }
  for (const row of rows) if (row.rows.length > 0) checkSums(row.rows, row.costs, `${where} › ${row.name}`);
}

function check(network: Analysed): ReturnType<typeof overview> {
  const found = overview(network);
  checkSums(found.rows, found.totals.costs, network.document.source.name);
  const { length } = network.document.source.text;
  for (const { sites, name, signs, why } of all(found.rows)) {
    for (const { range, file } of sites)
      assert.ok(file !== undefined || (range.from >= 0 && range.from <= range.to && range.to <= length), name);
    assert.equal(signs === undefined, why === undefined, name);
  }
  return found;
}

describe('the rows of an overview sum to what they are in', () => {
  for (const { name, text } of specs) {
    it(name, () => {
      const document = open({ name, text }, defaultSettings);
      const network = document && !document.format.hasNoNetwork && price(document, defaultSettings);
      if (network) check(network);
    });
  }
  for (const name of readdirSync(new URL('examples/python/', root)).filter(name => name.endsWith('.py'))) {
    it(name, () => {
      const { rows } = check(analysed(name, example(`python/${name}`)));
      assert.ok(rows.length > 1, `${rows.length} rows`);
    });
  }
});

describe('an overview', () => {
  it('has the rows of a YOLO file with the modules and the operators inside', () => {
    const { rows, unit, title } = check(analysed('gridspot.yaml', example('gridspot.yaml')));
    assert.equal(title, 'gridspot');
    assert.equal(unit, 'MACs');
    assert.equal(sketch(rows[0]!), 'model.0 Conv(conv, batchNorm, silu)');
    assert.equal(sketch(rows[2]!), 'model.2 C2f(cv1 Conv(…), chunk, m.0 Bottleneck(…), concat, cv2 Conv(…))');
    assert.deepEqual([rows[2]!.shape, rows[2]!.stage], ['24×160×160', '160×160']);
  });

  it('has the paths of a block under the names of what they do', () => {
    const { rows } = check(analysed('googlenet.net.yaml', example('googlenet.net.yaml')));
    const block = rows.find(({ name }) => name === '3a')!;
    assert.equal(sketch(block), '3a inception(conv.0(…), conv → conv(…), conv → conv(…), maxPool → conv(…), concat)');
  });

  it('has the modules of a program in the order in which it calls them, and what it does besides, with its lines', () => {
    const text = example('python/resnet18.py');
    const network = analysed('resnet18.py', text);
    const { rows } = check(network);
    assert.equal(
      rows.map(row => sketch(row, 0)).join(', '),
      'stem Sequential(…), stages Sequential(…), pool AdaptiveAvgPool2d, flatten, fc Linear',
    );
    const block = rows[1]!.rows[0]!;
    assert.equal(
      sketch(block),
      '0 Residual(conv1 Conv2d, bn1 BatchNorm2d, relu, conv2 Conv2d, bn2 BatchNorm2d, shortcut Identity, add, relu)',
    );
    const lines = (row: OverviewRow): string[] =>
      row.sites.map(({ range }) => text.slice(range.from, range.to).split('\n')[0]!.trim());
    const conv = block.rows[0]!;
    assert.match(lines(conv)[0]!, /nn\.Conv2d\(/);
    assert.match(lines(conv)[1]!, /self\.conv1\(/);
    assert.match(lines(block.rows.find(({ name }) => name === 'add')!)[0]!, /\+/);
  });

  it('says why a number is not certain', () => {
    const { rows, totals } = check(
      analysed('a.net.yaml', 'input: [3, 32, 32]\nlayers:\n  - conv: {out: 8}\n  - nothing: 3\n'),
    );
    const row = rows.at(-1)!;
    assert.equal(row.costs[0], null);
    assert.match(row.why!, /nothing/);
    assert.equal(totals.signs?.[0], '≥ ');
  });

  it('counts memory for the batch and the data type', () => {
    const text = example('gridspot.yaml');
    assert.equal(overview(analysed('gridspot.yaml', text)).elementBytes, 4);
    assert.equal(overview(analysed('gridspot.yaml', text, { batch: 8, dtype: 'fp16' })).elementBytes, 16);
  });
});

describe('what has changed', () => {
  /** The overview of the second text compared with the first, after its differences were held against the totals. */
  function compared(name: string, before: string, after: string): ReturnType<typeof overview> {
    const base: Base = { kind: 'revision', label: 'HEAD', analysed: analysed(name, before) };
    const found = overview(analysed(name, after), base);
    assert.equal(found.since?.text, 'Since HEAD');
    for (const at of overviewMetrics.keys()) {
      const sum = found.rows.reduce((total, { change }) => total + (change?.by[at] ?? 0), 0);
      assert.equal(sum, found.since.by[at], overviewMetrics[at]);
    }
    return found;
  }
  const changed = (rows: readonly OverviewRow[]): string[] =>
    [...all(rows)].flatMap(({ name, change }) => (change ? [`${change.status} ${name}`] : []));
  const edit = (text: string, old: string, replacement: string): string => {
    const from = text.indexOf(old);
    assert.ok(from >= 0, old);
    return applyEdits(text, [{ from, to: from + old.length, text: replacement }]);
  };

  it('is in the row, and what was removed is where it was', () => {
    const text =
      'input: [3, 32, 32]\nlayers:\n  - conv: {out: 8, kernel: 3}\n  - relu\n  - conv: {out: 16, kernel: 3}\n  - flatten\n  - linear: 10\n';
    const { rows } = compared('a.net.yaml', text, edit(edit(text, '  - relu\n', ''), 'linear: 10', 'linear: 20'));
    assert.deepEqual(changed(rows), ['removed relu.1', 'changed linear.3']);
    assert.deepEqual(
      rows.map(({ change }) => change?.status ?? 'same'),
      ['same', 'removed', 'same', 'same', 'changed'],
    );
    assert.ok(rows.at(-1)!.change!.by[1]! > 0);
  });

  it('is in the module of a program and in all that hold it', () => {
    const text = example('python/resnet18.py');
    const { rows } = compared(
      'resnet18.py',
      text,
      edit(text, 'nn.Conv2d(3, width, 3,', 'nn.Conv2d(3, width, 3, dilation=1,'),
    );
    assert.deepEqual(changed(rows), []);
    const wider = compared(
      'resnet18.py',
      text,
      edit(text, '3, stride, padding=1, bias=False)', '3, stride, padding=1, bias=True)'),
    );
    const names = changed(wider.rows);
    assert.ok(names.includes('changed stages') && names.includes('changed conv1'), names.join());
    assert.ok(!names.includes('changed fc'), names.join());
  });

  it('is not said row by row of networks of two formats', () => {
    const text = 'input: [3, 32, 32]\nlayers:\n  - conv: {out: 8, kernel: 3}\n';
    const base: Base = {
      kind: 'file',
      label: 'resnet18.py',
      analysed: analysed('resnet18.py', example('python/resnet18.py')),
    };
    const found = overview(analysed('a.net.yaml', text), base);
    assert.equal(found.since?.text, 'Against resnet18.py');
    assert.deepEqual(changed(found.rows), []);
  });
});
