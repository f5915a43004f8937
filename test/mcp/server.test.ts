// The server of the Model Context Protocol, as a client knows it: the SDK's own one over stdio against the bundle.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
assert.ok(existsSync(cli), 'dist/cli.js is not there: npm run build first');
const folder = mkdtempSync(join(tmpdir(), 'flopline-mcp-'));
after(() => rmSync(folder, { recursive: true }));

interface Options {
  /** What the server is started with. */
  readonly folders?: readonly string[];
  /** The roots that the client names when it is asked. */
  readonly roots?: readonly string[];
}

interface Result {
  readonly text: string;
  readonly isError: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each tool has another answer.
  readonly data: any;
}

/** A client of a server that runs in the test's folder. */
async function start({ folders = [], roots }: Options = {}) {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: roots ? { roots: {} } : {} });
  if (roots)
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: roots.map(path => ({ uri: pathToFileURL(path).toString() })),
    }));
  const args = [cli, 'mcp', ...folders];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: folder, stderr: 'inherit' }));
  return {
    client,
    // The client holds what is answered against the schema that the tool has told of.
    call: async (name: string, args: Record<string, unknown>): Promise<Result> => {
      const { content, structuredContent, isError = false } = await client.callTool({ name, arguments: args });
      const [part] = content as { type: string; text: string }[];
      return { text: part!.text, isError: isError === true, data: structuredContent };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

// Of 28²·5²·256·96 = 482M multiply-accumulates a bottleneck of 64 leaves 28²·64·(256 + 5²·96) = 133M.
const wide = `name: Wide
input: [256, 28, 28]
layers:
  - conv: {out: 96, kernel: 5, padding: same} # the wide one
  - relu
  - globalavgpool
  - flatten
  - linear: 10
`;
const [whole, squeezed] = [28 * 28 * 25 * 256 * 96 + 960, 28 * 28 * 64 * (256 + 25 * 96) + 960];

test('every tool is listed with what it takes, answers and does', async () => {
  await using server = await start();
  const { tools } = await server.client.listTools();
  assert.deepEqual(
    tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
    [
      ['report', true],
      ['explain', true],
      ['advise', true],
      ['apply', false],
      ['slim', false],
      ['diff', true],
      ['check', true],
    ],
  );
  for (const { name, description = '', inputSchema, outputSchema, title } of tools) {
    assert.ok(title && description.length > 100 && description.length < 600, name);
    assert.ok(outputSchema, name);
    for (const [key, property] of Object.entries(inputSchema.properties ?? {}))
      assert.ok((property as { description?: string }).description, `${name}.${key} says nothing`);
  }
  assert.match(server.client.getInstructions() ?? '', /report/);
  assert.equal(server.client.getServerVersion()?.name, 'flopline');
  // All of them together are what each model reads, whether it calls one or not.
  assert.ok(JSON.stringify(tools).length < 40_000);
});

test('a client gets a report, applies a change, and finds it in the file', async () => {
  await using server = await start();
  const path = file('wide.net.yaml', wide);
  const report = await server.call('report', { file: 'wide.net.yaml', top: 1 });
  assert.equal(report.data.totals.macs, whole);
  assert.equal(report.data.totals.complete, true);
  assert.deepEqual(report.data.layers, [
    { index: 0, name: 'conv.0', op: 'conv', line: 4, output: '96×28×28', macs: whole - 960, params: 614_496 },
  ]);
  assert.match(report.text, /482M MACs/);
  assert.match(report.text, /1 of 5 layers/);

  const { data: advice, text } = await server.call('advise', { file: path, line: 4 });
  const bottleneck = advice.advice.find(({ id }: { id: string }) => id === 'fat-convolution@4:64');
  assert.equal(bottleneck.after.macs, squeezed);
  assert.match(text, /fat-convolution@4:64 \(line 4, MACs −72 %/);
  const saved = advice.advice.map((each: { after: { macs: number } }) => each.after.macs);
  assert.deepEqual(
    saved,
    saved.toSorted((a: number, b: number) => a - b),
    'what saves most comes first',
  );

  const shown = await server.call('apply', { file: 'wide.net.yaml', id: 'fat-convolution@4:64' });
  assert.equal(shown.data.written, false);
  assert.equal(readFileSync(path, 'utf8'), wide, 'nothing is written unless asked for');
  assert.match(shown.data.diff, /^--- wide\.net\.yaml\n\+\+\+ wide\.net\.yaml\n@@/);
  assert.match(shown.data.diff, /\n\+ {2}- conv: \{out: 64, kernel: 1/);
  const written = await server.call('apply', { file: 'wide.net.yaml', id: 'fat-convolution@4:64', write: true });
  assert.deepEqual([written.data.written, written.data.diff], [true, shown.data.diff]);
  assert.deepEqual([written.data.before.macs, written.data.after.macs], [whole, squeezed]);
  assert.equal((await server.call('report', { file: path, top: 0 })).data.totals.macs, squeezed);
  assert.match(readFileSync(path, 'utf8'), /# the wide one\n/);
});

test('a problem has a fix by which it goes away', async () => {
  await using server = await start();
  const text = wide.replace('globalavgpool', 'globlavgpool');
  const report = await server.call('report', { file: 'new.net.yaml', text });
  const [problem] = report.data.problems;
  assert.deepEqual([problem.line, problem.severity, problem.code], [6, 'error', 'unknown-operator']);
  const [{ id, title }] = problem.fixes;
  assert.ok(report.text.includes(`${id}: ${title}`));
  const applied = await server.call('apply', { file: 'new.net.yaml', text, id });
  // A text has no file: the new one comes back.
  assert.equal(applied.data.text, wide);
  assert.equal(applied.data.after.macs, whole);
  assert.equal((await server.call('apply', { file: 'new.net.yaml', text, id, write: true })).isError, true);
});

test('a line is explained with its formula, its neighbours and its problems', async () => {
  await using server = await start();
  const { data, text } = await server.call('explain', { file: 'a.net.yaml', text: wide, line: 4 });
  assert.equal(data.source, '  - conv: {out: 96, kernel: 5, padding: same} # the wide one');
  assert.equal(data.layers[0].macs, whole - 960);
  assert.match(data.explanation, /481,689,600/);
  assert.match(data.readBy[0], /^relu\.1 \(line 5\)/);
  assert.ok(text.includes(data.explanation));
  assert.match((await server.call('explain', { file: 'a.net.yaml', text: wide, line: 1 })).text, /482M MACs/);
  const beyond = await server.call('explain', { file: 'a.net.yaml', text: wide, line: 99 });
  assert.deepEqual([beyond.isError, beyond.text], [true, '“a.net.yaml” has 9 lines, and no line 99.']);
});

test('a budget is reached, or it says why not', async () => {
  await using server = await start();
  const path = file('slim.net.yaml', wide);
  const { data } = await server.call('slim', { file: 'slim.net.yaml', macs: '-30%', write: true });
  assert.equal(data.reached, true);
  assert.ok(data.after.macs <= 0.7 * whole && data.steps.length >= 1 && data.written);
  assert.equal((await server.call('report', { file: path })).data.totals.macs, data.after.macs);
  const refused = await server.call('slim', { file: 'x.net.yaml', text: wide, macs: '1k' });
  assert.equal(refused.data.reached, false);
  assert.match(refused.text, /^Not reached: /);
  assert.match((await server.call('slim', { file: path, macs: 'few' })).text, /“few” is not a budget/);
  assert.match((await server.call('slim', { file: path })).text, /Give a budget/);
});

test('a file is compared with its last commit, with a text, and with itself at another size', async () => {
  const repository = join(folder, 'repository');
  const path = file('repository/net.net.yaml', wide);
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { stdio: 'ignore' });
  git('init');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-m', 'a');
  writeFileSync(path, wide.replace('  - relu\n', '  - conv: {out: 96, kernel: 1}\n  - relu\n'));
  await using server = await start({ folders: [repository] });
  const { data, text } = await server.call('diff', { after: { file: 'net.net.yaml' } });
  assert.deepEqual([data.before.revision, data.rows.length, data.counts], ['HEAD', 1, '1 added, 5 unchanged']);
  const [row] = data.rows;
  assert.deepEqual(
    [row.status, row.line, row.macs],
    ['added', { before: null, after: 5 }, { before: 0, after: 28 * 28 * 96 * 96 }],
  );
  assert.match(text, /1 added, 5 unchanged/);
  const other = await server.call('diff', {
    before: { file: 'net.net.yaml' },
    after: { file: 'b.net.yaml', text: wide },
  });
  assert.equal(other.data.rows[0].status, 'removed');
  const sized = await server.call('diff', { before: { input: '256,14,14' }, after: { file: 'net.net.yaml' } });
  assert.equal(sized.data.after.totals.macs - 960, 4 * (sized.data.before.totals.macs - 960));
  assert.match(
    (await server.call('diff', { before: { revision: 'nix' }, after: { file: 'net.net.yaml' } })).text,
    /has no revision “nix”/,
  );
});

test('a network in Python is read, with a size and with what it imports', async () => {
  file(
    'py/block.py',
    'from torch import nn\n\nclass Block(nn.Sequential):\n    def __init__(self, c):\n        super().__init__(nn.Conv2d(3, c, 3, padding=1), nn.ReLU())\n',
  );
  file('py/model.py', 'from torch import nn\nfrom block import Block\n\nnet = nn.Sequential(Block(8))\n');
  await using server = await start();
  const { data } = await server.call('report', { file: 'py/model.py', entry: 'net', input: '1,3,32,32' });
  assert.equal(data.totals.macs, 32 * 32 * 9 * 3 * 8);
  // A text that is called like a file finds what is beside that one.
  const text = 'from torch import nn\nfrom block import Block\n\nnet = nn.Sequential(Block(16))\n';
  const edited = await server.call('report', { file: 'py/model.py', text, entry: 'net', input: '1,3,32,32' });
  assert.equal(edited.data.totals.macs, 32 * 32 * 9 * 3 * 16);
});

test('a project is checked against its budgets, and so is an edit that is not saved', async () => {
  const project = join(folder, 'budgeted');
  file('budgeted/flopline.yaml', 'budgets:\n  - files: ["*.net.yaml"]\n    limits: {macs: 200M}\n');
  file('budgeted/wide.net.yaml', wide);
  file('budgeted/small.net.yaml', wide.replace('kernel: 5', 'kernel: 1'));
  await using server = await start({ folders: [project] });
  const { data, text } = await server.call('check', {});
  assert.equal(data.status, 'over');
  assert.deepEqual(
    data.files.map((each: { file: string; status: string }) => [each.file, each.status]),
    [
      ['small.net.yaml', 'ok'],
      ['wide.net.yaml', 'over'],
    ],
  );
  assert.deepEqual([data.files[1].limits.macs, data.files[1].actual.macs], [200e6, whole]);
  assert.match(text, /- over: wide\.net\.yaml.*482M MACs/);
  const one = await server.call('check', { file: 'wide.net.yaml' });
  assert.match(one.data.fix, /brings? it back/);
  const edited = await server.call('check', { file: 'wide.net.yaml', text: wide.replace('kernel: 5', 'kernel: 1') });
  assert.equal(edited.data.status, 'ok');
  assert.match((await server.call('check', { file: 'other.yaml', text: wide })).text, /No budget is for “other\.yaml”/);
  assert.match((await server.call('check', { file: '../wide.net.yaml' })).text, /outside of the folders/);
  mkdirSync(join(folder, 'plain'));
  await using without = await start({ folders: [join(folder, 'plain')] });
  assert.match((await without.call('check', {})).text, /There is no flopline\.yaml in /);
});

test('nothing is read outside of the folders that were named, by the client or at the start', async () => {
  const inside = join(folder, 'inside');
  file('inside/a.net.yaml', wide);
  const outside = file('outside.net.yaml', wide);
  symlinkSync(outside, join(inside, 'link.net.yaml'));
  for (const options of [{ folders: [inside] }, { roots: [inside] }]) {
    await using server = await start(options);
    assert.equal((await server.call('report', { file: 'a.net.yaml' })).data.totals.macs, whole);
    for (const path of [
      outside,
      '../outside.net.yaml',
      'link.net.yaml',
      pathToFileURL(outside).toString(),
      '/etc/passwd',
    ]) {
      const { isError, text } = await server.call('report', { file: path });
      assert.ok(isError, path);
      assert.match(text, /is outside of the folders that may be read/);
    }
    const old = await server.call('diff', {
      before: { file: outside, revision: 'HEAD' },
      after: { file: 'a.net.yaml' },
    });
    assert.ok(old.isError);
  }
});

test('what is wrong with a call is said in words', async () => {
  await using server = await start();
  file('notes.txt', 'milk\n');
  const complaint = async (name: string, args: Record<string, unknown>): Promise<string> => {
    const { isError, text } = await server.call(name, args);
    assert.ok(isError, text);
    return text;
  };
  assert.equal(await complaint('report', {}), 'The argument “file” is missing.');
  assert.equal(await complaint('report', { file: 1 }), '“file” must be a string.');
  assert.equal(await complaint('report', { file: 'a', tops: 1 }), 'There is no argument “tops”. Did you mean “top”?');
  assert.match(await complaint('report', { file: 'none.yaml' }), /^No such file or folder: “none\.yaml”\. Looked in /);
  assert.match(await complaint('report', { file: 'notes.txt' }), /is not a network spec/);
  assert.match(
    await complaint('report', { file: 'a.net.yaml', text: wide, input: 'huge' }),
    /“huge” is not an input size/,
  );
  assert.match(
    await complaint('apply', { file: 'a.net.yaml', text: wide, id: 'x@1:2' }),
    /has no change “x@1:2” as it is now/,
  );
  assert.match(await complaint('diff', { after: { file: 'a.yaml', texts: '' } }), /no argument “after\.texts”/);
  assert.match(await complaint('reports', {}), /There is no tool “reports”\. Did you mean “report”\?/);
  const { data } = await server.call('report', { file: 'a.net.yaml', text: wide, scale: 'n' });
  assert.match(data.notes[0], /has no effect/);
});
