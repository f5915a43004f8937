import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { csv, terminalTable } from '../../server/src/cli/table.ts';
import { report } from '../../server/src/core/features/report.ts';
import { startPython } from '../../server/src/core/index.ts';
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
  assert.equal(err, 'flopline: Skipped 2 files that are not network specs.\n');
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
  assert.match(wrong('report', 'x', '--formta', 'json'), /--formta”\. Did you mean “format”\?/);
  assert.match(wrong('report', 'x', '--format', 'xml'), /“xml” is not an output format/);
  assert.match(wrong('report', 'x', '--input', 'big'), /“big” is not an input size\. Give/);
  assert.match(wrong('report', 'x', '--convention', 'flop'), /Did you mean “flops”\?/);
  assert.match(wrong('report', 'x', '--dtype', 'toString'), /is not a data type/);
  assert.match(wrong('report', 'x', '--batch', '0'), /is not a batch size/);
  assert.equal(runCli('report', join(folder, 'nowhere.yaml')).code, 2);
  assert.equal(
    wrong('report', 'x', '--input', '3,320,abc'),
    '“3,320,abc” is not an input size. “abc” is not a whole number ≥ 1. Give the sizes without the batch, as in ' +
      '3,224,224, or a name and the sizes with the batch, as in image=1,3,224,224.',
  );
  assert.match(wrong('report', 'x', '--input', '3,0,320'), /“0” is not a whole number ≥ 1/);
  assert.match(wrong('report', 'x', '--max-file-size', '2MB'), /“2MB” is not a file size/);
});

test('The table has bars, the totals and the problems', () => {
  const analysed = sketch('input 3 32 32\nc1 = conv 8 3\na1 = relu\nc2 = conv 8 1\n');
  assert.equal(
    terminalTable(report(analysed, { file: 'net.sketch' }), {
      detail: 'The totals.',
      unit: 'MACs',
      shapeOrder: 'hwc',
    }),
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
  assert.equal(rows[0], 'file,index,line,name,op,output,params,macs,value,activations,complete,why');
  assert.equal(rows[1], 'net,0,1,"a,""b""",conv,1x8x?x?,224,,,,false,input size unknown');
});

test('The program itself: help, version, exit codes', () => {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  assert.ok(existsSync(cli), 'dist/cli.js is not there: npm run build first');
  const program = (...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8' });
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

const doubtful = `nc: 10
scales:
  n: [0.33, 0.25, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Unheard, [128]]
  - [-1, 1, Conv, [128, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
  - [0, 1, Conv, [32, 1, 1]]
  - [-1, 1, Unknown, [128]]
head:
  - [-1, 1, Classify, [nc]]
`;

test('Each row that is not complete says why, and where that begins', () => {
  const path = file('why-cls.yaml', doubtful);
  const [{ layers, totals }] = JSON.parse(runCli('report', path, '--format', 'json').out).files;
  const of = (index: number) => [layers[index].complete, layers[index].why, layers[index].cause];
  assert.deepEqual(of(0), [true, undefined, undefined]);
  assert.equal(layers[1].complete, false);
  const { why } = layers[1];
  assert.match(why, /“Unheard”/);
  assert.equal(layers[1].cause, undefined);
  assert.deepEqual(of(2), [false, `Unknown because of line 6: ${why}`, 1]);
  assert.deepEqual(of(3), of(2));
  assert.deepEqual(of(4), of(0));
  assert.match(layers[5].why, /“Unknown”/);
  assert.match(layers[6].why, /^Unknown because of line 10: .*“Unknown”/);
  assert.equal(totals.why, `Line 6: ${why}`);
});

test('The table and markdown give each reason once, with the layers that depend on it', () => {
  const path = file('why-cls.yaml', doubtful);
  const { out } = runCli('report', path);
  const [, told] = /\nUnknown:\n((?: {2}.*\n)+)/.exec(out) ?? assert.fail(out);
  assert.match(
    told!,
    /^ {2}Layer 1 \(line 6\), needed by layers 2 and 3: “Unheard” .*\n {2}Layer 5 \(line 10\), needed by layer 6: “Unknown” .*\n$/,
  );
  // A share of a lower bound is an upper bound, and a lower bound says so.
  assert.match(out, /model\.0 .* ≤ \d+\.\d %/);
  const markdown = runCli('report', path, '--format', 'markdown').out;
  assert.match(markdown, /^- Layer 1 \(line 6\), needed by layers 2 and 3: “Unheard” /m);
  assert.match(markdown, /\*\*total\*\* \| \| \| \*\*≥ [\d,]+\*\*/);
  const [row] = /^.*,model\.2,.*$/m.exec(runCli('report', path, '--format', 'csv').out)!;
  assert.match(row, /,false,Unknown because of line 6: /);
});

test('A thousand rows that depend on one unknown row are one line', () => {
  const rows = Array.from({ length: 1000 }, () => '  - [-1, 1, Conv, [64, 3, 1]]').join('\n');
  const path = file('long-cls.yaml', doubtful.replace('head:', `${rows}\nhead:`));
  const { out } = runCli('report', path);
  assert.match(out, /needed by layers 6–1006: /);
  assert.ok(out.slice(out.indexOf('Unknown:')).split('\n').length < 10);
});

test('An input size is the same in every spelling, and one that does not fit is an error', () => {
  const path = file('sized-cls.yaml', `# flopline: input=32\n${spec}`);
  const inputOf = (...options: string[]): unknown =>
    JSON.parse(runCli('report', path, '--format', 'json', ...options).out).files[0].input;
  assert.deepEqual(inputOf(), { images: [1, 3, 32, 32] });
  for (const size of ['64', '64x64', '64,64', '3,64,64', 'images=1,3,64,64', 'images=64'])
    assert.deepEqual(inputOf('--input', size), { images: [1, 3, 64, 64] }, size);
  const { code, out } = runCli('report', path, '--format', 'json', '--input', '3,4,64,64');
  const [report] = JSON.parse(out).files;
  assert.deepEqual([code, report.input], [1, { images: [1, 3, 224, 224] }]);
  const [problem] = report.problems;
  assert.deepEqual([problem.severity, problem.code], ['error', 'wrong-setting']);
});

test('A setting that cannot be applied is an error and exit code 1', () => {
  const path = file('tiny-cls.yaml', spec);
  const wrongScale = runCli('report', path, '--format', 'json', '--scale', 'q');
  assert.equal(wrongScale.code, 1);
  const [problem] = JSON.parse(wrongScale.out).files[0].problems;
  assert.deepEqual([problem.severity, problem.code], ['error', 'wrong-setting']);
  assert.match(problem.message, /no scale “q”/);
  assert.equal(runCli('report', file('inside-cls.yaml', `# flopline: scale=q\n${spec}`)).code, 1);
  assert.equal(runCli('report', path, '--dialect', 'yolov99').code, 1);
  assert.equal(runCli('advise', path, '--scale', 'q').code, 1);
  assert.equal(runCli('slim', path, '--macs', '-90%', '--scale', 'q').code, 1);
  const net = file('plain.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n');
  for (const [option, value] of [
    ['--scale', 'n'],
    ['--dialect', 'yolov9'],
    ['--phase', 'TRAIN'],
  ]) {
    const { code, err } = runCli('report', net, option!, value!);
    assert.deepEqual([code, err.split(':')[1]], [1, ` ${option} ${value} has no effect`]);
    // Among others, one that knows the option is enough.
    if (option === '--scale') assert.equal(runCli('report', net, path, option, value!).code, 0);
  }
});

test('A phase is no complaint where a Caffe network is read in it', () => {
  const data = (phase: string) =>
    `layer { name: "d${phase}" type: "Input" top: "x" include { phase: ${phase} } input_param { shape { dim: 1 dim: ${phase === 'TRAIN' ? 3 : 1} dim: 8 dim: 8 } } }\n`;
  const body =
    'layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }\n';
  const path = file('phases.prototxt', data('TRAIN') + data('TEST') + body);
  for (const [phase, params] of [
    ['TRAIN', 8],
    ['TEST', 4],
  ] as const) {
    const { code, out, err } = runCli('report', path, '--format', 'json', '--phase', phase);
    assert.deepEqual([code, err, JSON.parse(out).files[0].totals.params], [0, '', params]);
  }
  const wrong = runCli('report', path, '--phase', 'TRIAN');
  assert.equal(wrong.code, 1);
  assert.match(wrong.out, /“TRIAN” is not a phase/);
});

test('A size for an input that no network has is exit code 1', () => {
  const prototxt =
    'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }\n' +
    'layer { name: "r" type: "ReLU" bottom: "x" top: "r" }\n';
  const path = file('named.prototxt', prototxt);
  assert.equal(runCli('report', path, '--input', 'x=1,3,4,4').code, 0);
  const { code, err } = runCli('report', path, '--input', 'y=1,3,4,4');
  assert.deepEqual([code, err], [1, 'flopline: --input y=… has no effect: no file here has an input “y”.\n']);
  // A cfg has one input, whatever it is called.
  const cfg = file('one.cfg', '[net]\nwidth=8\nheight=8\nchannels=3\n\n[maxpool]\nsize=2\nstride=2\n');
  assert.equal(runCli('report', cfg, '--input', 'y=1,3,4,4').code, 0);
});

test('A file that is too large is an error with the reason, and exit code 1', () => {
  const path = file('large-cls.yaml', `${spec}${'#'.repeat(2_000_001)}\n`);
  const { code, out } = runCli('report', path, '--format', 'json');
  assert.equal(code, 1);
  const [{ totals, problems }] = JSON.parse(out).files;
  assert.deepEqual([totals.complete, totals.macs, problems[0].severity], [false, null, 'error']);
  assert.match(problems[0].message, /2,000,\d{3} characters.*--max-file-size/);
  assert.match(totals.why, /^This file has 2,000,\d{3} characters\. .* are not analyzed\.$/);
  assert.match(runCli('report', path).out, /error: This file has .* \(file-too-large\)/);
  assert.equal(runCli('advise', path).code, 1);
  assert.equal(runCli('slim', path, '--macs', '-90%').code, 1);
  assert.equal(runCli('report', path, '--max-file-size', '3000000').code, 0);
  // So large that only its beginning is read.
  const huge = runCli('report', file('huge-cls.yaml', `${spec}${'#'.repeat(17_000_000)}\n`), '--format', 'json');
  assert.equal(huge.code, 1);
  assert.match(JSON.parse(huge.out).files[0].problems[0].message, /17000\d+ bytes/);
});

test('What is named and is not a spec is exit code 1, and says what it is', () => {
  const plain = runCli('report', file('plain.yaml', 'a: 1\n'));
  const message = `flopline: “${join(folder, 'plain.yaml')}” is not a network spec Flopline recognizes.\n`;
  assert.deepEqual([plain.code, plain.err], [1, message]);
  const path = file('tiny-cls.yaml', spec);
  const beside = (name: string, content: string | Uint8Array) => runCli('report', path, file(name, content));
  const binary = beside('weights.pt', new Uint8Array([80, 75, 3, 4, 0, 0]));
  assert.equal(binary.code, 1);
  assert.match(binary.err, /weights\.pt” is a binary file, not a network spec\./);
  assert.match(beside('wide.yaml', Buffer.from(`\uFEFF${spec}`, 'utf16le')).err, /UTF-16\. Save it as UTF-8\./);
  const empty = beside('empty.yaml', '');
  assert.deepEqual(
    [empty.code, JSON.parse(runCli('report', path, file('empty.yaml', ''), '--format', 'json').out).files.length],
    [1, 1],
  );
  assert.match(empty.err, /empty\.yaml” is not a network spec/);
});

test('A folder without specs is wrong usage', () => {
  file('bare/notes.txt', 'nothing');
  const { code, err } = runCli('report', join(folder, 'bare'));
  assert.equal(code, 2);
  assert.match(err, /No network specs found\./);
});

test('A folder that may not be read is exit code 1', t => {
  if (process.getuid?.() === 0 || process.platform === 'win32') return t.skip('root may read everything');
  file('closed/a-cls.yaml', spec);
  chmodSync(join(folder, 'closed'), 0);
  try {
    const { code, err } = runCli('report', join(folder, 'closed'));
    assert.equal(code, 1);
    assert.match(err, /closed” could not be read: permission denied\./);
  } finally {
    chmodSync(join(folder, 'closed'), 0o755);
  }
});

test('A summary has a line for each file in every format, and no layers', () => {
  const path = file('summary-cls.yaml', spec);
  const { out } = runCli('report', path, path.replace('summary', 'tiny'), '--summary', '--input', '3,32,32');
  assert.equal(out.trimEnd().split('\n').length, 4);
  assert.doesNotMatch(out, /model\.0/);
  const [only] = JSON.parse(runCli('report', path, '--summary', '--format', 'json').out).files;
  assert.equal(only.layers, undefined);
  assert.ok(only.totals.macs > 0);
  const lines = runCli('report', path, '--summary', '--format', 'csv').out.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.deepEqual(lines[1]!.split(',').slice(1, 4), ['3', String(only.totals.params), String(only.totals.macs)]);
  assert.match(runCli('report', path, '--summary', '--format', 'markdown').out, /^\| file \| layers \| MACs/);
  assert.match(complaintOf('report', path, '--summary', '--top', '3'), /shows no layers/);
});

test('The costliest layers come first, with their own numbers and the totals of all', () => {
  const path = file('top-cls.yaml', spec);
  const [all] = JSON.parse(runCli('report', path, '--format', 'json').out).files;
  const [top] = JSON.parse(runCli('report', path, '--format', 'json', '--top', '2').out).files;
  const costs = all.layers.map(({ macs }: { macs: number }) => macs).sort((a: number, b: number) => b - a);
  assert.deepEqual(
    top.layers.map(({ macs }: { macs: number }) => macs),
    costs.slice(0, 2),
  );
  assert.deepEqual(top.totals, all.totals);
  const { out } = runCli('report', path, '--top', '1');
  const [row] = out.split('\n').filter(line => / model\.\d/.test(line));
  assert.match(row!, new RegExp(`^${top.layers[0].index} .*${top.layers[0].name}`));
  assert.match(out, /total/);
  assert.match(complaintOf('report', path, '--top', '0'), /not a number of layers/);
});

test('Standard input is what its name says', () => {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const piped = (input: string, ...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'report', ...argv], {
      encoding: 'utf8',
      input,
    });
    return { status, stdout, stderr };
  };
  const { status, stdout } = piped(spec, '-', '--name', 'models/piped-cls.yaml', '--format', 'json');
  assert.equal(status, 0);
  const [only] = JSON.parse(stdout).files;
  assert.deepEqual([only.file, only.format, only.layers.length], ['models/piped-cls.yaml', 'ultralytics', 3]);
  const program = `from torch import nn\nnet = nn.Linear(4, 2)\n# flopline: net input=1,4\n`;
  const python = piped(program, '-', '--name', 'net.py', '--entry', 'net', '--input', '1,4', '--format', 'json');
  assert.equal(JSON.parse(python.stdout).files[0].totals.params, 10);
  assert.deepEqual(piped('nothing', '-', '--name', 'notes.txt').status, 1);
  assert.match(complaintOf('report', '-'), /--name FILE go together/);
  assert.match(complaintOf('report', 'a.yaml', '--name', 'b.yaml'), /--name FILE go together/);
  assert.match(complaintOf('report', '-', '-', '--name', 'b.yaml'), /read once/);
});

test('--entry names a network of any Python file, whose imports may build it', async () => {
  await startPython();
  const parts =
    'from torch import nn\n\n\nclass Net(nn.Sequential):\n    def __init__(self, width):\n        super().__init__(nn.Linear(width, 2))\n';
  file('built/parts.py', parts);
  const path = file('built/make.py', 'from .parts import Net\n\n\ndef make(width):\n    return Net(width)\n');
  assert.match(runCli('report', path).err, /is not a network spec/);
  const { code, out } = runCli('report', path, '--entry', 'make(4)', '--input', '1,4', '--format', 'json');
  const [only] = JSON.parse(out).files;
  assert.deepEqual([code, only.totals.params, only.totals.macs, only.totals.complete], [0, 10, 8, true]);
});

test('A Python file whose networks all need arguments has no totals, and says so', async () => {
  await startPython();
  const path = file(
    'needs.py',
    'from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self, width, depth):\n        super().__init__()\n        self.body = nn.Linear(width, depth)\n',
  );
  const [only] = JSON.parse(runCli('report', path, '--format', 'json').out).files;
  const { params, macs, complete, why } = only.totals;
  assert.deepEqual([params, macs, complete], [null, null, false]);
  assert.equal(why, 'Nothing in this file says what Net is built with: width and depth. Name a network with --entry.');
  const { out } = runCli('report', path);
  assert.match(out, /Not analyzed\.[\s\S]*Name a network with --entry\./);
  assert.doesNotMatch(out, /0 MACs/);
});

test('--memory adds the peaks, and what training and its optimizers need', () => {
  const path = file(
    'memory.net.yaml',
    'name: Tiny\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: 4, kernel: 3, padding: same}\n  - relu\n',
  );
  const { memory } = JSON.parse(runCli('report', path, '--memory', '--format', 'json').out).files[0];
  // The input (3·64 elements) and the convolution's output (4·64), over which the ReLU writes; fp32.
  assert.equal(memory.ideal, (3 + 4) * 64 * 4);
  // Nothing says how long a program would keep these tensors.
  assert.equal(memory.eager, null);
  assert.match(memory.why, /PyTorch/);
  const parameters = (27 + 1) * 4 * 4;
  assert.deepEqual([memory.parameters, memory.gradients], [parameters, parameters]);
  assert.equal(memory.optimizers.adam, 2 * parameters);
  assert.match(
    runCli('report', path, '--memory').out,
    /\nMemory of inference: peak 1\.79 kB by an ideal runtime, \? by eager PyTorch\.\n/,
  );
  assert.ok(runCli('report', path, '--memory').out.endsWith(`${memory.why}\n`));
  assert.doesNotMatch(runCli('report', path).out, /Memory of inference/);
});
