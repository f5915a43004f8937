import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DiffReport, startPython } from '../../server/src/core/index.ts';
import { complaintOf, runCli } from '../support/cli.ts';
import { checkGolden } from '../support/golden.ts';

await startPython();

const folder = mkdtempSync(join(tmpdir(), 'flopline-diff-'));
after(() => rmSync(folder, { recursive: true }));
const repository = join(folder, 'repository');

const rows = [
  '[-1, 1, Conv, [64, 3, 2]]',
  '[-1, 1, C2f, [64]]',
  '[-1, 1, Conv, [128, 3, 2]]',
  '[-1, 1, SPPF, [128, 5]]',
];
const spec = (list: readonly string[]): string => `nc: 10
scales:
  n: [0.33, 0.25, 1024]
  s: [0.33, 0.50, 1024]
backbone:
${list.map(row => `  - ${row}\n`).join('')}head:
  - [-1, 1, Classify, [nc]]
`;

function file(path: string, text: string, inside = folder): string {
  const whole = join(inside, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', repository, ...identity, ...args], { stdio: 'ignore' });
}

mkdirSync(repository);
git('init', '--initial-branch', 'main');
const model = file('models/tiny-cls.yaml', spec(rows), repository);
const net = file(
  'models/net.py',
  `import torch
from torch import nn
from parts import Block

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Block(8)
        self.second = nn.Conv2d(8, 4, 1)

    def forward(self, x):
        return self.second(self.first(x))

# flopline: Net() input=1,3,32,32
`,
  repository,
);
const parts = (kernel: number): string => `from torch import nn

class Block(nn.Module):
    def __init__(self, out):
        super().__init__()
        self.conv = nn.Conv2d(3, out, ${kernel}, padding=${(kernel - 1) / 2})

    def forward(self, x):
        return self.conv(x)
`;
file('models/parts.py', parts(3), repository);
git('add', '.');
git('commit', '-m', 'first');
git('tag', 'v1');
writeFileSync(model, spec([...rows.slice(0, 1), '[-1, 1, Conv, [64, 3, 1]]', ...rows.slice(1, 3)]));
git('commit', '-am', 'second');
file('models/parts.py', parts(5), repository);

/** The only document that a run prints, with its exit code. */
function json(...argv: string[]): DiffReport & { readonly schema: number; readonly code: number } {
  const { code, out, err } = runCli('diff', ...argv, '--format', 'json');
  assert.equal(err, '');
  return { ...JSON.parse(out), code };
}

const statuses = ({ rows }: DiffReport): string[] =>
  rows.map(({ status, line }) => `${status} ${line.before ?? ''}→${line.after ?? ''}`);

test('A file is compared with what it was in a revision', () => {
  const found = json('--git', 'v1', model);
  assert.deepEqual([found.schema, found.code], [1, 0]);
  assert.deepEqual(statuses(found), ['same 6→6', 'added →7', 'same 7→8', 'same 8→9', 'removed 9→', 'same 11→11']);
  assert.deepEqual([found.before.file, found.before.revision], [model, 'v1']);
  assert.deepEqual([found.after.file, found.after.revision], [model, undefined]);
  const [, added] = found.rows;
  assert.deepEqual(
    [added!.name, added!.outputs, added!.macs.before],
    [{ before: null, after: 'model.1' }, { before: null, after: [[1, 16, 112, 112]] }, 0],
  );
  for (const key of ['macs', 'params'] as const) {
    const sum = found.rows.reduce((total, row) => total + row[key].after! - row[key].before!, 0);
    assert.equal(sum, found.after.totals[key]! - found.before.totals[key]!);
  }
  // Nothing has changed since.
  assert.ok(json('--git', 'HEAD', model).rows.every(({ status }) => status === 'same'));
  assert.deepEqual(statuses(json('--git', 'v1..HEAD', model)), statuses(found));
});

test('What a program imports is read in the same revision', () => {
  const { rows: found, code } = json('--git', 'HEAD', net);
  assert.equal(code, 0);
  assert.deepEqual(
    found.map(({ name, status, params }) => [name.after, status, params.before, params.after]),
    [
      ['first.conv', 'changed', 3 * 8 * 9 + 8, 3 * 8 * 25 + 8],
      ['second', 'same', 36, 36],
    ],
  );
});

test('A link to the repository is the repository', () => {
  const link = join(folder, 'link');
  symlinkSync(repository, link);
  assert.equal(json('--git', 'v1', join(link, 'models/tiny-cls.yaml')).rows.length, 6);
  unlinkSync(link);
});

test('What git does not have is said, with the exit code of what it is', () => {
  const fresh = file('models/fresh-cls.yaml', spec(rows), repository);
  assert.deepEqual(runCli('diff', '--git', 'v1', fresh), {
    code: 1,
    out: '',
    err: `flopline: There is no file “${fresh}” in revision “v1”.\n`,
  });
  assert.deepEqual(runCli('diff', '--git', 'v2', model), {
    code: 2,
    out: '',
    err: `flopline: The git repository of “${model}” has no revision “v2”.\n`,
  });
  const outside = file('outside-cls.yaml', spec(rows));
  assert.equal(runCli('diff', '--git', 'v1', outside).err, `flopline: “${outside}” is not in a git repository.\n`);
  assert.equal(runCli('diff', join(folder, 'nothing.yaml'), model).code, 2);
  const other = file('notes.txt', 'nothing');
  assert.deepEqual(runCli('diff', other, model), {
    code: 1,
    out: '',
    err: `flopline: “${other}” is not a network spec Flopline recognizes.\n`,
  });
});

test('Each side may have options of its own', () => {
  const found = json(model, '--before', 'scale=n', '--after', 'scale=s', '--input', '3,32,32');
  assert.deepEqual([found.before.scale, found.after.scale], ['n', 's']);
  assert.deepEqual(found.rows[0]!.outputs, { before: [[1, 16, 16, 16]], after: [[1, 32, 16, 16]] });
  assert.deepEqual(json('--git', 'v1', model, '--after', 'scale=s').rows[0]!.outputs.before, [[1, 16, 112, 112]]);
  assert.equal(
    runCli('diff', model, '--before', 'phase=TRAIN').err,
    'flopline: --phase TRAIN has no effect: no file here is a Caffe network.\n',
  );
  const cfg = file('net.cfg', '[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=8\nsize=3\npad=1\n');
  // It means something to one of them.
  assert.deepEqual(runCli('diff', cfg, model, '--scale', 's').err, '');
  assert.equal(runCli('diff', cfg, cfg, '--scale', 's').code, 1);
});

test('What is wrong with a command line is said', () => {
  assert.match(complaintOf('diff', 'a.yaml'), /^diff compares two networks\. Name two files/);
  assert.match(complaintOf('diff', 'a.yaml', 'b.yaml', 'c.yaml'), /Name just two files/);
  assert.match(complaintOf('diff', 'a.yaml', 'b.yaml', '--git', 'HEAD'), /Name just one/);
  assert.match(complaintOf('diff', 'a.yaml', '--git=--upload-pack=x'), /is not a revision/);
  assert.match(complaintOf('diff', 'a.yaml', '--git', 'main...HEAD'), /is not a revision/);
  assert.match(complaintOf('diff', 'a.yaml', '--after', 'scael=n'), /“scael” cannot be set.*Did you mean “scale”/);
  assert.match(complaintOf('diff', 'a.yaml', '--after', 'n'), /is not KEY=VALUE/);
  assert.match(complaintOf('diff', 'a.yaml', 'b.yaml', '--format', 'csv'), /Use table, json or markdown/);
});

test('Errors of either side are reported, and are exit code 1', () => {
  const broken = file('broken-cls.yaml', spec([...rows, '[-1, 1, Conv, [64, 0]]']));
  const { code, err, out } = runCli('diff', model, broken);
  assert.equal(code, 1);
  assert.ok(err.startsWith(`${broken}:10:`), err);
  assert.ok(out.includes('→'));
});

test('Tables and Markdown of the examples are as they were read', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const golden = fileURLToPath(new URL('golden/', import.meta.url));
  const before = process.cwd();
  process.chdir(root);
  try {
    const [a, b] = ['examples/savings/depthwise-before.cfg', 'examples/savings/depthwise-after.cfg'];
    checkGolden(`${golden}diff.txt`, runCli('diff', a, b, '--all').out);
    const scales = ['examples/gridspot.yaml', '--before', 'scale=n', '--after', 'scale=s'];
    checkGolden(`${golden}markdown.txt`, runCli('diff', ...scales, '--format', 'markdown').out);
    const formats = ['examples/savings/two-3x3-before.cfg', 'examples/savings/two-3x3-after.net.yaml'];
    checkGolden(`${golden}formats.txt`, runCli('diff', ...formats).out);
  } finally {
    process.chdir(before);
  }
});
