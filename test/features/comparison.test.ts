// Which layers of two networks are the same, and that what differs adds up.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  applyEdits,
  compare,
  type DiffReport,
  type DiffRow,
  type Document,
  defaultSettings,
  diffReport,
  type Files,
  type Hint,
  hints,
  open,
  price,
  report,
  rowEdits,
  type Settings,
  startPython,
} from '../../server/src/core/index.ts';
import { detectors } from '../support/detectors.ts';
import { fork, forkFolder, forkTexts } from '../support/fork.ts';

await startPython();

const root = new URL('../../', import.meta.url);

function analysed(name: string, text: string, settings: Partial<Settings> = {}): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name, text }, all)!, all)!;
}

function example(path: string, settings: Partial<Settings> = {}): Analysed {
  return analysed(path.slice(path.lastIndexOf('/') + 1), readFileSync(new URL(path, root), 'utf8'), settings);
}

/** The comparison, after its rows were held against both reports and against the comparison the other way around. */
function checkDiff(before: Analysed, after: Analysed): DiffReport {
  const diff = diffReport(before, after, { before: { file: 'before' }, after: { file: 'after' } });
  for (const key of ['macs', 'params', 'value'] as const) {
    for (const [side, of] of [
      ['before', before],
      ['after', after],
    ] as const) {
      const sum = diff.rows.reduce((total, row) => total + (row[key][side] ?? 0), 0);
      assert.equal(sum, report(of).totals[key] ?? 0, `${key} ${side}`);
    }
  }
  const other = diffReport(after, before, { before: { file: 'after' }, after: { file: 'before' } });
  assert.deepEqual(sorted(other.rows.map(mirrored)), sorted(diff.rows));
  for (const side of [before, after]) {
    const same = diffReport(side, side, { before: { file: '' }, after: { file: '' } });
    assert.ok(same.rows.every(({ status }) => status === 'same'));
  }
  return diff;
}

function mirrored(row: DiffRow): DiffRow {
  const turned = <T>({ before, after }: { before: T; after: T }) => ({ before: after, after: before });
  const { name, op, line, outputs, macs, params, value, status } = row;
  return {
    ...row,
    status: status === 'added' ? 'removed' : status === 'removed' ? 'added' : status,
    name: turned(name),
    op: turned(op),
    line: turned(line),
    outputs: turned(outputs),
    macs: turned(macs),
    params: turned(params),
    value: turned(value),
  };
}

const sorted = (rows: readonly DiffRow[]): string[] => rows.map(row => JSON.stringify(row)).sort();

/** What is not the same: `changed model.3`, `added model.4`. */
function differing({ rows }: DiffReport): string[] {
  return rows
    .filter(({ status }) => status !== 'same')
    .map(({ status, name }) => `${status} ${[name.before, name.after].filter(part => part !== null).join(' → ')}`);
}

const chain = (rows: readonly string[]): string => `name: net\ninput: [3, 32, 32]\nlayers:\n${lines(rows)}`;
const lines = (rows: readonly string[]): string => rows.map(row => `  - ${row}\n`).join('');

const yolo = (rows: readonly string[]): string =>
  `nc: 4\nbackbone:\n${lines(rows)}head:\n  - [-1, 1, Classify, [nc]]\n`;

describe('a comparison', () => {
  it('shifts nothing below a layer that was inserted, and has the layer that is gone where it was', () => {
    const rows = [
      '[-1, 1, Conv, [32, 3, 2]]',
      '[-1, 1, C2f, [32]]',
      '[-1, 1, Conv, [64, 3, 2]]',
      '[-1, 1, C2f, [64]]',
      '[-1, 1, SPPF, [64, 5]]',
    ];
    const before = analysed('a-cls.yaml', yolo(rows));
    const after = analysed('a-cls.yaml', yolo([rows[0]!, '[-1, 1, Conv, [32, 3, 1]]', rows[1]!, rows[2]!, rows[4]!]));
    const diff = checkDiff(before, after);
    assert.deepEqual(differing(diff), ['added model.1', 'removed model.3']);
    // YOLO's names are positions.
    assert.deepEqual(
      diff.rows.map(({ status, line }) => `${status} ${line.before}→${line.after}`),
      ['same 3→3', 'added null→4', 'same 4→5', 'same 5→6', 'removed 6→null', 'same 7→7', 'same 9→9'],
    );
  });

  it('shifts nothing where the repository of a YOLO file reads it, in which order it calls the rows', () => {
    const own = (rows: readonly string[], reader: string): Analysed => {
      const text = `nc: 3\nbackbone:\n${lines(rows)}head:\n  - [[-1], 1, Detect, [nc]]\n`;
      const files = fork({ 'models/yolo.py': reader });
      const all = { ...defaultSettings, input: [{ sizes: [3, 32, 32] }] };
      return price(open({ name: 'own.yaml', text, path: `${forkFolder}/own.yaml`, files }, all)!, all)!;
    };
    const rows = [
      '[-1, 1, Conv, [3, 3, 1]]',
      '[-1, 1, Conv, [3, 1, 1]]',
      '[-1, 1, Conv, [16, 3, 2]]',
      '[-1, 1, Halves, [16]]',
      '[-1, 1, nn.ReLU, []]',
    ];
    const plain = forkTexts['models/yolo.py']!;
    for (const order of ['self.model', '[self.model[1], self.model[0], *self.model[2:]]']) {
      const reader = plain.replace('for m in self.model:', `for m in ${order}:`);
      const after = rows.toSpliced(2, 0, '[-1, 1, Conv, [3, 5, 1]]').filter(row => !row.includes('ReLU'));
      const diff = checkDiff(own(rows, reader), own(after, reader));
      assert.deepEqual(differing(diff), ['added model.2', 'removed model.4'], order);
    }
  });

  it('goes by names where layers have some', () => {
    const rows = ['a, kernel: 3', 'b, kernel: 3', 'c, kernel: 5'].map(
      row => `conv: {out: 3, padding: same, name: ${row}}`,
    );
    const before = analysed('n.net.yaml', chain(rows));
    const after = analysed('n.net.yaml', chain([rows[0]!, rows[2]!.replace('5', '3')]));
    assert.deepEqual(differing(checkDiff(before, after)), ['removed b', 'changed c → c']);
    const renamed = analysed('n.net.yaml', chain(rows.with(1, rows[1]!.replace('name: b', 'name: other'))));
    assert.deepEqual(differing(checkDiff(before, renamed)), []);
  });

  it('sees what costs nothing: another activation, another source of the same shape', () => {
    const rows = ['conv: {out: 8, kernel: 3, padding: same, name: a}', 'relu: {name: b}', 'conv: {out: 8, kernel: 1}'];
    const before = analysed('n.net.yaml', chain([...rows, 'add: a']));
    const other = rows.with(1, 'tanh: {name: b}');
    assert.deepEqual(differing(checkDiff(before, analysed('n.net.yaml', chain([...other, 'add: a'])))), [
      'changed b → b',
    ]);
    const rewired = analysed('n.net.yaml', chain([...rows, 'add: b']));
    assert.deepEqual(differing(checkDiff(before, rewired)), ['changed add.3 → add.3']);
  });

  it('looks at the text of what is not known', () => {
    const rows = ['[-1, 1, Conv, [32, 3, 2]]', '[-1, 1, Mystery, [32, 3]]', '[[-1, 0], 1, Riddle, [8]]'];
    const before = analysed('a.yaml', yolo(rows));
    const moved = ['[-1, 1, nn.Identity, []]', ...rows.with(2, '[[-1, 1], 1, Riddle, [8]]')];
    assert.deepEqual(differing(checkDiff(before, analysed('a.yaml', yolo(moved)))), ['added model.0']);
    const edited = rows.with(1, '[-1, 1, Mystery, [32, 5]]');
    assert.deepEqual(differing(checkDiff(before, analysed('a.yaml', yolo(edited)))), ['changed model.1 → model.1']);
  });

  it('of two formats is one of their operators', () => {
    const yaml = analysed(
      'n.net.yaml',
      chain(['conv: {out: 8, kernel: 3, padding: same, bias: true}', 'relu', 'flatten', 'linear: 10']),
    );
    const caffe = analysed(
      'n.prototxt',
      `name: "n"
layer { name: "in" type: "Input" top: "in" input_param { shape { dim: 1 dim: 3 dim: 32 dim: 32 } } }
layer { name: "c" type: "Convolution" bottom: "in" top: "c" convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "f" type: "InnerProduct" bottom: "c" top: "f" inner_product_param { num_output: 12 } }
`,
    );
    assert.deepEqual(
      checkDiff(yaml, caffe).rows.map(({ status, op }) => `${status} ${op.after}`),
      ['same conv', 'changed linear'],
    );
  });

  it('of two scales pairs every row with itself, in all pairs of scales', () => {
    for (const { file, text } of detectors) {
      const scales = analysed(file, text).spec.variants.map(({ name }) => name);
      for (const [first, second] of pairsOf(scales)) {
        const { rows } = checkDiff(analysed(file, text, { scale: first }), analysed(file, text, { scale: second }));
        assert.ok(
          rows.every(({ line }) => line.before === line.after),
          `${file} ${first} ${second}`,
        );
      }
    }
  });

  it('adds up over all pairs of our examples, before and after a saving too', () => {
    const folders = ['examples/', 'examples/savings/'];
    const paths = folders.flatMap(folder =>
      readdirSync(new URL(folder, root)).flatMap(name => (/\.(ya?ml|cfg|prototxt)$/.test(name) ? [folder + name] : [])),
    );
    const all = paths.map(path => example(path));
    for (const [at, before] of all.entries()) {
      checkDiff(before, all[(at + 1) % all.length]!);
      const saved = paths.indexOf(paths[at]!.replace('-before', '-after'));
      if (saved !== at) assert.ok(checkDiff(before, all[saved]!).rows.some(({ status }) => status !== 'same'));
    }
  });

  it('of programs has their modules, each with its own work', () => {
    const text = readFileSync(new URL('examples/python/resnet18.py', root), 'utf8');
    const before = analysed('resnet18.py', text);
    const wider = analysed('resnet18.py', text.replace('cout, 3, padding=1', 'cout, 5, padding=2'));
    const changed = differing(checkDiff(before, wider));
    assert.ok(changed.includes('changed stages.0.conv2 → stages.0.conv2'), changed.join());
    assert.ok(
      changed.every(words => words.endsWith('conv2')),
      changed.join(),
    );
    checkDiff(before, example('examples/resnet50.net.yaml'));
  });

  it('says which pairs are on a line', () => {
    const before = analysed('n.net.yaml', chain(['conv: {out: 8, kernel: 3}', 'relu']));
    const after = analysed('n.net.yaml', chain(['conv: {out: 8, kernel: 3}', 'batchnorm', 'relu']));
    const comparison = compare(before, after);
    assert.deepEqual(
      [3, 4, 5, 6].map(line => comparison.onLine(line).map(pair => comparison.status(pair))),
      [['same'], ['added'], ['same'], []],
    );
  });
});

function pairsOf<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.flatMap((first, at) => list.slice(at + 1).map(second => [first, second] as const));
}

const plain = fc.constantFrom<string>(
  'conv: {out: 8, kernel: 3, padding: same}',
  'conv: {out: 16, kernel: 3, padding: same, norm: batch, act: relu}',
  'conv: {out: 8, kernel: 1}',
  'conv: {out: 12, kernel: 5, stride: 2}',
  'maxpool: {kernel: 3, stride: 1, padding: same}',
  'relu',
  'batchnorm',
  'residual: [conv: {out: $channels, kernel: 3, padding: same}]',
);
/** Keeps the shape of what it reads. */
const keeping = fc.constantFrom<string>(
  'relu',
  'tanh',
  'batchnorm',
  'conv: {out: $channels, kernel: 1}',
  'residual: [conv: {out: $channels, kernel: 3, padding: same}]',
);

describe('random edits', () => {
  it('of rows add up, mirror, and leave what they do not touch the same', () => {
    const cases = fc.record({
      rows: fc.array(plain, { minLength: 1, maxLength: 12 }),
      added: fc.array(fc.tuple(keeping, fc.nat()), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, added }) => {
        const grown = [...rows];
        for (const [row, at] of added) grown.splice(at % (grown.length + 1), 0, row);
        const { rows: found } = checkDiff(analysed('n.net.yaml', chain(rows)), analysed('n.net.yaml', chain(grown)));
        const count = (wanted: string): number => found.filter(({ status }) => status === wanted).length;
        assert.deepEqual(
          [count('same'), count('added'), count('changed'), count('removed')],
          [rows.length, added.length, 0, 0],
        );
      }),
      { numRuns: 40 },
    );
  });

  it('of all kinds add up and mirror', () => {
    const cases = fc.record({
      rows: fc.array(plain, { minLength: 1, maxLength: 10 }),
      edits: fc.array(fc.tuple(fc.constantFrom('insert', 'delete', 'replace', 'swap'), fc.nat(), plain), {
        minLength: 1,
        maxLength: 5,
      }),
    });
    fc.assert(
      fc.property(cases, ({ rows, edits }) => {
        const edited = [...rows];
        for (const [kind, place, row] of edits) {
          const at = place % edited.length;
          if (kind === 'insert') edited.splice(at, 0, row);
          else if (kind === 'replace') edited[at] = row;
          else if (kind === 'delete' && edited.length > 1) edited.splice(at, 1);
          else if (kind === 'swap') [edited[at], edited[0]] = [edited[0]!, edited[at]!];
        }
        checkDiff(analysed('n.net.yaml', chain(rows)), analysed('n.net.yaml', chain(edited)));
      }),
      { numRuns: 60 },
    );
  });

  it('by commands, after which numbers follow their rows, change nothing else', () => {
    let checked = 0;
    for (const { file, text } of detectors) {
      const before = analysed(file, text);
      const layers = report(before).layers;
      for (const { index, line } of layers) {
        if (index % 3 === 0) continue;
        const offset = before.document.lines.start(line! - 1) + 6;
        const result = rowEdits(before, offset, 'duplicate');
        if ('refused' in result) continue;
        const after = analysed(file, applyEdits(text, result.edits));
        const facts = ({ op, outputs, params, macs }: (typeof layers)[number]) => [op, outputs, params, macs];
        const others = report(after).layers.filter(layer => layer.index !== index + 1);
        const diff = checkDiff(before, after);
        // What the row outputs, others may read otherwise now.
        if (JSON.stringify(layers.map(facts)) !== JSON.stringify(others.map(facts))) continue;
        checked++;
        assert.deepEqual(
          [...new Set(differing(diff).map(words => words.split(' ')[0]))],
          ['added'],
          `${file} ${line}: ${differing(diff)}`,
        );
      }
    }
    assert.ok(checked > 12, String(checked));
  });
});

/** What is said of every line and of what is gone, and of all layers; no line that differs is passed over. */
function told(before: Analysed, after: Analysed): unknown {
  const comparison = compare(before, after);
  const lines = Array.from({ length: after.document.lines.count }, (_, line) =>
    comparison.onLine(line).map(pair => `${comparison.status(pair)} ${pair.before?.name} → ${pair.after?.name}`),
  );
  const lineCount = lines.length;
  const differing = lines.flatMap((pairs, line) => (pairs.every(words => words.startsWith('same ')) ? [] : [line]));
  for (const [first, last] of [
    [0, lineCount - 1],
    [lineCount >> 2, lineCount >> 1],
    [lineCount >> 1, lineCount >> 1],
  ] as const) {
    const found = comparison.linesToLookAt(first, last);
    const missed = differing.filter(line => line >= first && line <= last && !found.has(line));
    assert.deepEqual(missed, [], `lines ${first} to ${last}`);
  }
  const removed = comparison.removed().map(({ layers, next }) => [...layers, next].map(layer => layer?.name));
  const { rows } = diffReport(before, after, { before: { file: 'before' }, after: { file: 'after' } });
  return { lines, removed, rows };
}

describe('a text that is edited', () => {
  const section = (name: string, ...lines: string[]): string => [`[${name}]`, ...lines, ''].join('\n');
  const conv = (filters: number, size: number): string =>
    section('convolutional', `filters=${filters}`, `size=${size}`, 'stride=1', 'pad=1', 'activation=leaky');
  /** A text of a list of items, and the items that there are. */
  const formats: readonly {
    readonly file: string;
    readonly items: readonly string[];
    readonly textOf: (items: readonly string[]) => string;
    /** Whose reader reads it, if it is not ours. */
    readonly repository?: { readonly path: string; readonly files: Files };
    /** Fewer for what takes longer to read. */
    readonly numRuns?: number;
  }[] = [
    {
      file: 'n.net.yaml',
      items: ['relu', 'batchnorm', 'conv: {out: 8, kernel: 1}', 'conv: {out: 12, kernel: 3, padding: same}', '???'],
      textOf: items => chain(items),
    },
    {
      file: 'n.yaml',
      items: [
        '[-1, 1, Conv, [16, 3]]',
        '[-1, 1, Conv, [32, 1]]',
        '[-1, 2, C2f, [32]]',
        '[[-1, 0], 1, Concat, [1]]',
        '[',
      ],
      textOf: items =>
        `nc: 8\nbackbone:\n  - [-1, 1, Conv, [8, 3]]\n${items.map(item => `  - ${item}\n`).join('')}head: []\n`,
    },
    {
      file: 'n.yaml',
      items: [
        '[-1, 1, Conv, [8, 3]]',
        '[-1, 1, Conv, [16, 1]]',
        '[-1, 2, Halves, [16]]',
        '[[-1, 0], 1, Concat, [1]]',
        '[-1, 1, Nowhere, [8]]',
        '[',
      ],
      textOf: items =>
        `nc: 8\nbackbone:\n  - [-1, 1, Conv, [8, 3]]\n${items.map(item => `  - ${item}\n`).join('')}head: []\n`,
      repository: { path: `${forkFolder}/n.yaml`, files: fork() },
      numRuns: 6,
    },
    {
      file: 'n.cfg',
      items: [
        conv(8, 3),
        conv(16, 1),
        section('shortcut', 'from=-2', 'activation=linear'),
        section('maxpool', 'size=2', 'stride=1'),
        section('route', 'layers=-1,-2'),
      ],
      textOf: items => `[net]\nwidth=32\nheight=32\nchannels=3\n\n${conv(8, 3)}\n${items.join('\n')}`,
    },
    {
      file: 'n.prototxt',
      items: ['Convolution', 'ReLU', 'BatchNorm', 'Eltwise'],
      textOf: items => {
        const layers = ['input: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 16\ninput_dim: 16\n'];
        for (const [at, type] of items.entries()) {
          const bottom = at === 0 ? 'data' : `l${at - 1}`;
          const more = type === 'Convolution' ? ' convolution_param { num_output: 8 kernel_size: 3 pad: 1 }' : '';
          const other = type === 'Eltwise' ? ` bottom: "${bottom}"` : '';
          layers.push(`layer { name: "l${at}" type: "${type}" bottom: "${bottom}"${other} top: "l${at}"${more} }\n`);
        }
        return layers.join('');
      },
    },
    {
      file: 'n.py',
      items: [
        'nn.Conv2d(8, 8, 1)',
        'nn.Conv2d(8, 8, 3, padding=1)',
        'nn.ReLU()',
        'nn.Sequential(nn.Tanh(), nn.ReLU())',
        '???',
      ],
      textOf: items =>
        `from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.body = nn.Sequential(\n            nn.Conv2d(3, 8, 1),\n${items.map(item => `            ${item},\n`).join('')}        )\n\n    def forward(self, x):\n        return self.body(x)\n\n# flopline: Net() input=1,3,16,16\n`,
      numRuns: 6,
    },
  ];

  for (const { file, items, textOf, repository, numRuns = 25 } of formats)
    it(`is compared as one that was opened anew: ${file}${repository ? ' of a repository' : ''}`, () => {
      const read = (text: string, earlier?: Document): Analysed => {
        const document = open({ name: file, text, ...repository }, defaultSettings, earlier)!;
        return price(document, defaultSettings)!;
      };
      const item = fc.constantFrom(...items);
      const cases = fc.record({
        rows: fc.array(item, { minLength: 1, maxLength: 9 }),
        edits: fc.array(fc.tuple(fc.constantFrom('insert', 'delete', 'replace', 'copy'), fc.nat(), item), {
          minLength: 1,
          maxLength: 6,
        }),
      });
      fc.assert(
        fc.property(cases, ({ rows, edits }) => {
          const original = textOf(rows);
          const base = read(original);
          let { document } = base;
          for (const [kind, place, own] of edits) {
            const at = place % rows.length;
            const now =
              kind === 'insert'
                ? rows.toSpliced(at, 0, own)
                : kind === 'copy'
                  ? rows.toSpliced(at, 0, rows[at]!)
                  : kind === 'delete' && rows.length > 1
                    ? rows.toSpliced(at, 1)
                    : rows.with(at, own);
            rows = now;
            const text = textOf(now);
            // Read with what is known of the text before it, as in an editor: it shares what is the same.
            const edited = read(text, document);
            document = edited.document;
            assert.deepEqual(told(base, edited), told(read(original), read(text)));
            // What typing shows, in the words of the hints.
            const hintsOf = (after: Analysed, before: Analysed): readonly Hint[] =>
              hints(after, { from: 0, to: text.length }, { kind: 'revision', label: 'HEAD', analysed: before });
            assert.deepEqual(hintsOf(edited, base), hintsOf(read(text), read(original)));
          }
        }),
        { numRuns },
      );
    });
});

describe('long networks', () => {
  it('are compared in time that grows with their length', () => {
    const rows = Array.from({ length: 6000 }, (_, at) => `conv: {out: ${8 + (at % 3)}, kernel: 3, padding: same}`);
    const before = analysed('n.net.yaml', chain(rows));
    // All rows below have other widths.
    const after = analysed(
      'n.net.yaml',
      chain(rows.with(0, 'conv: {out: 8, kernel: 3, stride: 2}').toSpliced(3000, 1)),
    );
    const start = performance.now();
    const { pairs } = compare(before, after);
    assert.ok(performance.now() - start < 2000);
    assert.equal(pairs.length, 6000);
  });
});
