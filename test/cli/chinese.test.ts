// The command line in Simplified Chinese: whose language it speaks, and tables whose columns line up.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { help } from '../../server/src/cli/arguments.ts';
import { startPython, width } from '../../server/src/core/index.ts';
import { speak } from '../../server/src/host/speak.ts';
import { complaintOf, runCli } from '../support/cli.ts';
import { folderOf } from '../support/folders.ts';
import { checkGolden } from '../support/golden.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
function run(env: Readonly<Record<string, string>>, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

const folder = folderOf({
  'lost.yaml': `nc: 80
scales:
  n: [0.33, 0.25, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, 卷积模块, [128]]
head:
  - [-1, 1, Classify, [nc]]
`,
  'flopline.yaml': `budgets:
  - files: ['*.yaml']
    limits: {macs: 1M}
`,
});

test('The environment chooses the language, and the option wins', () => {
  const chinese = { LANG: 'zh_CN.UTF-8' };
  assert.match(run(chinese, 'report', path('vgg16.net.yaml')).out, /合计/);
  assert.match(run({ LANG: 'en_US.UTF-8' }, 'report', path('vgg16.net.yaml')).out, /total/);
  assert.match(run({ ...chinese, LC_ALL: 'C' }, 'report', path('vgg16.net.yaml')).out, /total/);
  assert.match(run(chinese, '--lang', 'en', 'report', path('vgg16.net.yaml')).out, /total/);
  assert.match(run({}, 'report', '--lang=zh-CN', path('vgg16.net.yaml')).out, /合计/);
  // Also of what is wrong with the command line itself.
  assert.deepEqual(run(chinese, 'repot'), {
    code: 2,
    out: '',
    err: 'flopline: 没有命令“repot”。是否想写“report”？\n参见“flopline --help”。\n',
  });
  const wrong = run(chinese, 'report', 'x', '--lang', 'klingon');
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /“klingon” is not a language/);
});

test('Numbers for scripts are the same in every language', () => {
  const report = (lang: string) =>
    JSON.parse(run({}, '--lang', lang, 'report', path('googlenet.net.yaml'), '--format', 'json').out).files[0];
  const [english, chinese] = [report('en'), report('zh-cn')];
  assert.deepEqual(chinese.totals, english.totals);
  assert.deepEqual(chinese.layers, english.layers);
});

before(async () => {
  await startPython();
  speak('zh-cn');
});
after(() => {
  speak('en');
});

test('Tables are as they were read by a person', () => {
  const lost = `${folder}/lost.yaml`;
  const shown = [
    runCli('report', lost),
    runCli('report', path('python/resnet18.py'), '--top', '3'),
    // From the root of the repository: the table is as wide as the name of the file.
    runCli('report', 'examples/squeezenet.net.yaml', '--summary'),
    runCli('advise', lost),
    runCli('slim', path('squeezenet.net.yaml'), '--macs', '-20%'),
    runCli('diff', path('savings/bottleneck-before.net.yaml'), path('savings/bottleneck-after.net.yaml')),
    runCli('check', folder),
    runCli('doctor', path('python/unet.py')),
  ];
  const text = shown.map(({ out, err }) => `${out}${err}`).join('\n────\n\n');
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const golden = text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(root.replaceAll('\\', '/'), '')
    .replaceAll(root.slice(0, -1), '.');
  checkGolden(fileURLToPath(new URL('golden/chinese.txt', import.meta.url)), golden);
});

test('The last column of a table ends where its rule does', () => {
  for (const name of ['googlenet.net.yaml', 'gelan-small.yaml', 'csp-pan.cfg', 'ssd-head.prototxt', 'python/vit.py']) {
    const lines = runCli('report', path(name)).out.split('\n');
    const [first, last] = [lines.findIndex(line => /^─+$/.test(line)), lines.findLastIndex(line => /^─+$/.test(line))];
    const rule = width(lines[first]!);
    assert.equal(width(lines[first - 1]!), rule, lines[first - 1]);
    assert.equal(width(lines[last + 1]!), rule, lines[last + 1]);
    const full = lines.slice(first + 1, last).filter(line => / \d[\d.]*[kMG]?$/.test(line) && width(line) > rule - 6);
    assert.ok(full.length > 0);
    for (const line of full) assert.equal(width(line), rule, line);
  }
});

test('Help fits a terminal of 100 columns', () => {
  for (const line of help().split('\n')) assert.ok(width(line) <= 101, line);
  assert.match(complaintOf('slim', 'a'), /^slim 需要预算/);
});
