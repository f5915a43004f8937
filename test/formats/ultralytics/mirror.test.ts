// Model files read by the Python around them: the same numbers as by the tables where both know the modules, whose reader
// it is, and what a reading may leave behind.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { dialects } from '../../../server/src/core/formats/ultralytics/dialects/index.ts';
import { findReader } from '../../../server/src/core/formats/ultralytics/source/find.ts';
import { type MirroredRelease, mirrorOf, mirrors } from '../../../server/src/core/formats/ultralytics/source/mirror.ts';
import { mirrored } from '../../../server/src/core/formats/ultralytics/source/mirrored.ts';
import {
  defaultSettings,
  type FileReport,
  open,
  price,
  report,
  type Source,
  startPython,
} from '../../../server/src/core/index.ts';
import { readProject } from '../../../server/src/core/project/index.ts';
import { hashOf } from '../../../server/src/core/text/hash.ts';
import { filesOf } from '../../support/pythonProgram.ts';

before(startPython);

/** The fixture's files, as they lie in a repository. */
const texts: Record<string, string> = { '/home/me/fork/pyproject.toml': '' };
const folder = fileURLToPath(new URL('./fork/', import.meta.url));
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').replaceAll('//', '/');
  texts[`/home/me/fork/${path.slice(folder.length)}`] = readFileSync(path, 'utf8');
}
const net = texts['/home/me/fork/net.yaml']!;

interface Reading {
  readonly path?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly roots?: Source['roots'];
  readonly scale?: string;
  readonly dialect?: string;
  readonly rules?: string;
}

function read(
  text: string,
  { path = '/home/me/fork/net.yaml', files = {}, roots, rules, ...chosen }: Reading = {},
): FileReport {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const settings = { ...defaultSettings, ...chosen };
  const project = rules === undefined ? undefined : readProject(rules, '/home/me/fork/flopline.yaml');
  const source = { name, text, path, files: filesOf({ ...texts, ...files }), project, ...(roots && { roots }) };
  return report(price(open(source, settings)!, settings)!);
}

const v8 = '/home/me/fork/v8/yolov8.yaml';
const costs = ({ layers, totals }: FileReport) => ({
  layers: layers.map(({ outputs, params, macs, complete }) => ({ outputs, params, macs, complete })),
  params: totals.params,
  macs: totals.macs,
});
/** The Python that was read; undefined where our own tables were used, which the report names instead. */
const readBy = ({ source }: FileReport): string | undefined => {
  assert.ok(source);
  return source.endsWith('.py') ? source : undefined;
};

const detector = (rows: readonly string[], head: readonly string[], top = ''): string =>
  `nc: 5\n${top}backbone:\n${rows.map(row => `  - ${row}\n`).join('')}head:\n${head.map(row => `  - ${row}\n`).join('')}`;

const levels = [
  '[-1, 1, Conv, [64, 3, 2]]',
  '[-1, 1, Conv, [128, 3, 2]]',
  '[-1, 3, C2f, [128, True]]',
  '[-1, 1, Conv, [256, 3, 2]]',
  '[-1, 6, C2f, [256, True]]',
  '[-1, 1, Conv, [512, 3, 2]]',
  '[-1, 1, SPPF, [512, 5]]',
];
const pyramid = [
  '[-1, 1, nn.Upsample, [None, 2, "nearest"]]',
  '[[-1, 4], 1, Concat, [1]]',
  '[-1, 3, C2f, [256]]',
  '[[9, 6], 1, Detect, [nc]]',
];
const scales = 'scales:\n  n: [0.33, 0.25, 1024]\n  s: [0.33, 0.50, 256]\n';

describe('by source and by tables', () => {
  const bothWays = (text: string, reading: Reading = {}): void => {
    const bySource = read(text, { path: v8, ...reading });
    const byTables = read(text, { path: v8, ...reading, roots: { repository: false } });
    assert.equal(readBy(bySource), 'v8/ultralytics/nn/tasks.py');
    assert.equal(readBy(byTables), undefined);
    assert.deepEqual(costs(bySource), costs(byTables));
  };

  it('a detector costs the same, in each scale', () => {
    bothWays(detector(levels, pyramid));
    for (const scale of ['n', 's']) bothWays(detector(levels, pyramid, scales), { scale });
  });
  it('random rows of modules that both know cost the same', () => {
    const channels = fc.constantFrom(16, 24, 40, 64);
    const row = fc.oneof(
      fc
        .tuple(channels, fc.constantFrom(1, 3, 5), fc.constantFrom(1, 2))
        .map(([c, k, s]) => `[-1, 1, Conv, [${c}, ${k}, ${s}]]`),
      fc.tuple(fc.integer({ min: 1, max: 3 }), channels).map(([n, c]) => `[-1, ${n}, Conv, [${c}]]`),
      fc
        .tuple(fc.integer({ min: 1, max: 4 }), channels, fc.constantFrom('True', 'False'))
        .map(([n, c, add]) => `[-1, ${n}, C2f, [${c}, ${add}]]`),
      fc.tuple(channels, fc.constantFrom(3, 5)).map(([c, k]) => `[-1, 1, SPPF, [${c}, ${k}]]`),
      fc.constant('[-1, 1, nn.MaxPool2d, [3, 1, 1]]'),
      fc.constant('[[-1, 0], 1, Concat, [1]]'),
    );
    // Stride 1 between the two that are joined.
    const flat = row.filter(text => !text.includes(', 2]]'));
    fc.assert(
      fc.property(
        row,
        fc.array(flat, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('n', 's'),
        (first, rows, scale) => {
          const start = first.includes('Concat') ? '[-1, 1, Conv, [16, 3, 2]]' : first;
          bothWays(detector([start, ...rows], [`[[0, ${rows.length}], 1, Detect, [nc]]`], scales), { scale });
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('the reader of a file', () => {
  it('is the nearest one', () => {
    assert.equal(readBy(read(net)), 'models/yolo.py');
    assert.equal(readBy(read(detector(levels, pyramid), { path: v8 })), 'v8/ultralytics/nn/tasks.py');
  });
  it('is nobody’s where a person wants none', () => {
    const found = read(net, { roots: { repository: false } });
    assert.equal(readBy(found), undefined);
    assert.equal(found.totals.complete, false);
  });
  it('is never that of another framework', () => {
    const files = { '/home/me/tf/.git': '', '/home/me/tf/models/tf.py': texts['/home/me/fork/models/yolo.py']! };
    assert.equal(readBy(read(net, { path: '/home/me/tf/net.yaml', files })), undefined);
  });
});

describe('what a reader makes of a file', () => {
  it('goes by the scale’s letter in the file’s name', () => {
    const text = detector(levels, pyramid, scales);
    const named = (name: string) => costs(read(text, { path: `/home/me/fork/v8/${name}.yaml` }));
    assert.deepEqual(named('yolov8s-own'), costs(read(text, { path: v8, scale: 's' })));
    assert.notDeepEqual(named('yolov8s-own'), named('yolov8n-own'));
  });
  it('begins with as many channels as `ch` says', () => {
    const [three, four] = [read(net), read(`ch: 4\n${net}`)];
    assert.equal(four.layers[0]!.params! - three.layers[0]!.params!, 16 * 9);
    assert.deepEqual(
      four.layers.slice(1).map(row => row.macs),
      three.layers.slice(1).map(row => row.macs),
    );
  });
  it('counts a backbone in one row, and numbers what it returns', () => {
    const found = read(detector(['[-1, 1, Stem, [[16, 32, 64]]]'], ['[[1, 2], 1, Heads, []]']));
    assert.deepEqual(
      found.layers.map(row => row.complete),
      [true, true],
    );
    assert.equal(found.layers[1]!.params, (32 + 1) * 9 + (64 + 1) * 9);
    assert.deepEqual(found.layers[0]!.outputs, [
      [1, 16, 320, 320],
      [1, 32, 160, 160],
      [1, 64, 80, 80],
    ]);
  });
  it('leaves nothing behind for the next reading', () => {
    const plain = read(net);
    const other = read(`activation: nn.PReLU()\n${net}`);
    assert.equal(other.layers[0]!.params! - plain.layers[0]!.params!, 1);
    assert.deepEqual(costs(read(net)), costs(plain));
  });
  it('keeps the rows above one that cannot be built', () => {
    const whole = read(net);
    const rows = net.split('\n').findIndex(line => line.includes('# 3'));
    for (const [row, error] of [
      ['[-1, 1, Missing, [8]]', /KeyError: 'Missing'/],
      ['[-1, 1, Conv, [128, 3, 2, 1, 1]]', /TypeError: .*positional arguments/],
      ['[-1, 1, Gate, [0]]', /ZeroDivisionError/],
      // What is None where an import failed.
      ['[-1, 1, FastConv, [8]]', /TypeError: 'NoneType' object is not callable/],
    ] as const) {
      const text = net.split('\n').with(rows, `  - ${row}`).join('\n');
      const broken = read(text);
      assert.deepEqual(costs(broken).layers.slice(0, 3), costs(whole).layers.slice(0, 3), row);
      assert.equal(broken.layers[3]!.complete, false, row);
      assert.equal(broken.totals.complete, false, row);
      const own = broken.problems.filter(({ line }) => line === rows + 1);
      assert.ok(
        own.some(({ message }) => error.test(message)),
        `${row}: ${JSON.stringify(broken.problems)}`,
      );
    }
  });
});

it('a rule stands for a module that an import which failed left as None', () => {
  const text = net.replace('[-1, 1, Conv, [64, 3, 2]]', '[-1, 1, FastConv, [64, 3, 2]]');
  const rules = `modules:
  FastConv:
    arguments: [c2, k=1, s=1]
    channels: argument c2
    body:
      - conv: {out: $out, kernel: $k, stride: $s, padding: 1, bias: false}
      - batch_norm
      - silu
`;
  const [ruled, whole] = [read(text, { rules }), read(net)];
  assert.deepEqual(costs(ruled), costs(whole));
});

describe('a release that the tables mirror', () => {
  const reader = 'models/yolo.py';
  const parts = [reader, 'models/blocks.py'];
  const own: MirroredRelease = {
    name: 'YOLOv5 v7.0',
    reader,
    files: Object.fromEntries(
      [...parts, 'utils/general.py'].map(part => [part, hashOf(texts[`/home/me/fork/${part}`] ?? 'x = 1\n')]),
    ),
  };
  const mirrorWith = (files: Readonly<Record<string, string>>, without?: string): string | undefined => {
    const all = Object.entries({ ...texts, ...files }).filter(([path]) => path !== without);
    const found = filesOf(Object.fromEntries(all));
    return mirrorOf(findReader('/home/me/fork/net.yaml', found, undefined)!, found, [own])?.name;
  };

  it('is known by the files that its reader is made of, whatever their line ends', () => {
    assert.equal(mirrorWith({}), 'YOLOv5 v7.0');
    assert.equal(mirrorWith({ '/home/me/fork/utils/general.py': 'x = 1\r\n' }), 'YOLOv5 v7.0');
    assert.equal(mirrorWith({ '/home/me/fork/utils/general.py': 'x = 2\n' }), undefined);
    for (const part of parts) {
      const path = `/home/me/fork/${part}`;
      assert.equal(mirrorWith({ [path]: texts[path]!.replaceAll('\n', '\r\n') }), 'YOLOv5 v7.0');
      assert.equal(mirrorWith({ [path]: `${texts[path]!} ` }), undefined);
    }
    assert.equal(mirrorWith({}, '/home/me/fork/models/blocks.py'), undefined);
  });
  it('is read by its tables, without doubts, but where its repository is named or a key is newer', () => {
    const text = `depth_multiple: 1\nwidth_multiple: 1\nanchors: 3\n${detector(['[-1, 1, Conv, [32, 3, 2]]', '[-1, 1, C3TR, [32]]'], ['[[1], 1, Detect, [nc, anchors]]'], 'foo: 1\n')}`;
    // The fixture stands for the release as long as this test runs.
    const known = mirrored as MirroredRelease[];
    known.push(own);
    try {
      const found = read(text);
      assert.equal(readBy(found), undefined);
      assert.deepEqual(
        found.layers.map(row => row.complete),
        [true, true, true],
      );
      assert.equal(readBy(read(text, { roots: { source: '/home/me/fork' } })), 'models/yolo.py');
      assert.equal(readBy(read(`channel_multiple: 4\n${text}`)), 'models/yolo.py');
    } finally {
      known.pop();
    }
    const loose = read(text, { roots: { repository: false } });
    assert.deepEqual(
      loose.layers.map(row => row.complete),
      [true, false, false],
    );
    assert.equal(readBy(read(text)), 'models/yolo.py');
  });
  it('has a dialect', () => {
    assert.deepEqual(mirrored.map(({ name }) => name).sort(), mirrors.map(({ name }) => name).sort());
    for (const { dialect } of mirrors) assert.ok(dialects.some(({ id }) => id === dialect));
    for (const { files, reader: path } of mirrored) assert.match(files[path]!, /^[0-9a-f]{16}$/);
  });
});

describe('hashes of texts', () => {
  it('are as they were when releases were hashed', () => {
    assert.equal(hashOf('import torch.nn as nn\n'), '67c2bba8be7ecb85');
    assert.equal(hashOf('import torch.nn as nn\r\n'), '67c2bba8be7ecb85');
  });
  it('differ in texts that differ in one place', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, at) => {
        const place = at % text.length;
        const code = text.charCodeAt(place);
        const other = text.slice(0, place) + String.fromCharCode(code ^ 4) + text.slice(place + 1);
        return hashOf(text) !== hashOf(other) && /^[0-9a-f]{16}$/.test(hashOf(text));
      }),
    );
  });
});
