import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { csv, terminalTable } from '../../server/src/cli/table.ts';
import { report } from '../../server/src/core/features/report.ts';
import { complaintOf, runCli } from '../support/cli.ts';
import { sketch } from '../support/sketch.ts';

const folder = mkdtempSync(join(tmpdir(), 'flopline-cli-'));
after(() => rmSync(folder, { recursive: true }));

const spec = `nc: 10
scales:
  n: [0.33, 0.25, 1024]
  s: [0.33, 0.50, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
head:
  - [-1, 1, Classify, [nc]]
`;

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

test('A report as JSON has its schema, the file as it was named, and rows with their lines', () => {
  const path = file('tiny-cls.yaml', spec);
  const { code, out, err } = runCli('report', path, '--format', 'json', '--input', '3,32,32');
  assert.deepEqual([code, err], [0, '']);
  const { schema, files } = JSON.parse(out);
  assert.equal(schema, 1);
  assert.equal(files[0].file, path);
  assert.deepEqual(Object.values(files[0].input), [[1, 3, 32, 32]]);
  assert.deepEqual(
    files[0].layers.map(({ line, op }: { line: number; op: string }) => [line, op]),
    [
      [6, 'Conv'],
      [7, 'Conv'],
      [9, 'Classify'],
    ],
  );
  // 16 filters of 3×3×3 at 16×16 positions.
  assert.equal(files[0].layers[0].macs, 16 * 16 * 9 * 3 * 16);
  assert.match(out, /"outputs": \[\n\s+\[1, 16, 16, 16\]\n\s+\]/);
});

test('The scale is settable, and the command line wins over comments in the file', () => {
  const path = file('pragma-cls.yaml', `# flopline: input=3,64,64 convention=flops\n${spec}`);
  const own = JSON.parse(runCli('report', path, '--format', 'json').out).files[0];
  assert.deepEqual(Object.values(own.input), [[1, 3, 64, 64]]);
  assert.equal(own.totals.value, 2 * own.totals.macs);
  const given = JSON.parse(
    runCli('report', path, '--format', 'json', '--input', '3,32,32', '--scale', 's', '--convention', 'macs').out,
  ).files[0];
  assert.deepEqual(Object.values(given.input), [[1, 3, 32, 32]]);
  assert.equal(given.totals.value, given.totals.macs);
  assert.deepEqual(given.layers[0].outputs, [[1, 32, 16, 16]]);
});

test('Folders are walked; what is no spec is skipped with a note', () => {
  file('many/a-cls.yaml', spec);
  file('many/deep/b-cls.yaml', spec);
  file('many/deep/notes.txt', 'nothing');
  file('many/image.yaml', new Uint8Array([0, 1, 2]));
  file('many/node_modules/c-cls.yaml', spec);
  const { code, out, err } = runCli('report', join(folder, 'many'), '--format', 'json');
  assert.equal(code, 0);
  assert.deepEqual(
    JSON.parse(out).files.map(({ file: name }: { file: string }) => name.slice(folder.length)),
    ['/many/a-cls.yaml', '/many/deep/b-cls.yaml'],
  );
  assert.equal(err, 'flopline: 2 other files are no network specs: skipped.\n');
});

test('A spec with errors is exit code 1, and its other rows keep their costs', () => {
  const path = file('broken-cls.yaml', spec.replace('Conv, [128', 'Conf, [128'));
  const { code, out } = runCli('report', path, '--format', 'json');
  assert.equal(code, 1);
  const [only] = JSON.parse(out).files;
  assert.equal(only.totals.complete, false);
  assert.ok(only.layers[0].macs > 0);
  assert.equal(only.layers[1].macs, null);
  const [problem] = only.problems;
  assert.deepEqual([problem.line, problem.severity], [7, 'error']);
});

test('Wrong usage is exit code 2, in words', () => {
  const wrong = complaintOf;
  assert.match(wrong(), /^Say what to do/);
  assert.match(wrong('report'), /^Name at least one file/);
  assert.match(wrong('repot', 'x'), /“repot”. Did you mean “report”\?/);
  assert.match(wrong('report', 'x', '--formta', 'json'), /--formta'\. Did you mean “format”\?/);
  assert.match(wrong('report', 'x', '--format', 'xml'), /“xml” is no output format/);
  assert.match(wrong('report', 'x', '--input', 'big'), /“big” is no input size/);
  assert.match(wrong('report', 'x', '--convention', 'flop'), /Did you mean “flops”\?/);
  assert.match(wrong('report', 'x', '--dtype', 'toString'), /no number type/);
  assert.match(wrong('report', 'x', '--batch', '0'), /no batch size/);
  assert.equal(runCli('report', join(folder, 'nowhere.yaml')).code, 2);
  const plain = runCli('report', file('plain.yaml', 'a: 1\n'));
  assert.equal(plain.code, 2);
  assert.match(plain.err, /plain\.yaml” is no network spec that Flopline knows: skipped\.\n.*no network spec among/);
});

test('The table has bars, the totals and the problems', () => {
  const analysed = sketch('input 3 32 32\nc1 = conv 8 3\na1 = relu\nc2 = conv 8 1\n');
  assert.equal(
    terminalTable(report(analysed, { file: 'net.sketch' }), { detail: 'The totals.', unit: 'MACs' }),
    `net.sketch · sketch · sketch

#  line  layer  type   output   MACs                        params
──────────────────────────────────────────────────────────────────
0     2  c1     conv  32×32×8   221k  77.1 %  ████████████     224
1     3  a1     relu  32×32×8
2     4  c2     conv  32×32×8  65.5k  22.9 %  ███▌              72
──────────────────────────────────────────────────────────────────
         total                  287k                           296

The totals.
`,
  );
});

test('CSV quotes what needs it, and leaves unknown empty', () => {
  const rows = csv([report(sketch('a,"b" = conv 8 3\n'), { file: 'net' })]).split('\n');
  assert.equal(rows[0], 'file,index,line,name,op,output,params,macs,value,activations,complete');
  assert.equal(rows[1], 'net,0,1,"a,""b""",conv,1x8x?x?,224,,,,false');
});

test('The program itself: help, version, exit codes', () => {
  const main = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url));
  const program = (...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...argv], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const help = program('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /flopline report FILE/);
  assert.match(program('--version').stdout, /^\d+\.\d+\.\d+\n$/);
  const wrong = program('report');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^flopline: Name at least one file/);
  const table = program('report', file('table-cls.yaml', spec));
  assert.equal(table.status, 0);
  assert.match(table.stdout, /█/);
});
