// Python in the server: programs of several files, long readings, files without their own network.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { folderOf } from '../support/folders.ts';
import { startSession, until } from './session.ts';

// 4·16·9·32·32 = 589,824 MACs and 576 parameters; with groups=2 half of them.
const blocks = `from torch import nn


class Block(nn.Module):
    def __init__(self, cin, cout, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1, groups=groups, bias=False)

    def forward(self, x):
        return self.conv(x).relu()
`;

const net = `import torch
from torch import nn

from blocks import Block


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block(4, 16, groups=1)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        x = self.stem(x).mean((2, 3))
        return self.head(x)


Net()(torch.zeros(1, 4, 32, 32))
`;

/** A network in one file whose constructor counts up to a limit. */
const counting = (limit: string): string =>
  net
    .replace('from blocks import Block', 'Block = nn.Conv2d')
    .replace('4, 16, groups=1', '4, 16, 3, padding=1')
    .replace(
      '        self.stem',
      `        total = 0\n        for i in range(${limit}):\n            total += i * i % 7\n        self.stem`,
    );

test('an edit of a file has the documents that were read with it shown again, and no others', async () => {
  const folder = folderOf({ 'blocks.py': blocks, 'net.py': net });
  await using session = await startSession();
  const uri = await session.open('net.py', net, 'python', folder);
  const alone = await session.open('alone.py', counting('2'), 'python', folder);
  const other = await session.open('blocks.py', blocks, 'python', folder);
  for (const each of [uri, alone, other]) await session.problems(each);
  const [before, published] = [session.refreshes.length, session.publications.length];
  await session.edit(other, 'cin, cout, 3, padding=1', 'cin, cout, 1');
  await session.problems(other);
  // Problems that were told because the file was opened may come late: the editor has to ask for hints again as well.
  await until(
    () => session.refreshes.length > before && session.publications.slice(published).some(each => each.uri === uri),
  );
  assert.ok(!session.publications.slice(published).some(each => each.uri === alone));
  await session.checkHint(uri, 9, /65\.5k MACs · 64 params$/);
});

test('a file that is not open is watched', async () => {
  const folder = folderOf({ 'blocks.py': blocks, 'net.py': net });
  await using session = await startSession();
  const uri = await session.open('net.py', net, 'python', folder);
  await session.problems(uri);
  await until(() => session.registrations.includes('+workspace/didChangeWatchedFiles'));
  const published = session.publications.length;
  writeFileSync(join(folder, 'blocks.py'), blocks.replace('bias=False', 'bias=True'));
  await session.changedOnDisk(pathToFileURL(join(folder, 'blocks.py')).toString());
  await until(() => session.publications.length > published);
  await session.checkHint(uri, 9, /592 params$/);
});

test('files that a program reads or looks up are watched', async () => {
  const text = `import json, os
import torch
from torch import nn

width = json.load(open('config.json'))['width'] if os.path.exists('config.json') else 8


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, width, 1, bias=False)

    def forward(self, x):
        return self.conv(x)


if __name__ == '__main__':
    Net()(torch.zeros(1, 4, 16, 16))
`;
  const folder = folderOf({ 'net.py': text });
  await using session = await startSession();
  const uri = await session.open('net.py', text, 'python', folder);
  await session.problems(uri);
  await session.checkHint(uri, 10, /32 params$/);
  const config = join(folder, 'config.json');
  for (const [width, params] of [
    [16, 64],
    [32, 128],
  ]) {
    const published = session.publications.length;
    writeFileSync(config, JSON.stringify({ width }));
    await session.changedOnDisk(pathToFileURL(config).toString());
    await until(() => session.publications.length > published);
    await session.checkHint(uri, 10, new RegExp(` ${params} params$`));
  }
  // Unsaved text counts.
  const open = await session.open('config.json', '{"width": 2}', 'json', folder);
  await session.checkHint(uri, 10, / 8 params$/);
  await session.close(open);
});

test('a file without a network is shown in the context of the network that was viewed last', async () => {
  const folder = folderOf({ 'blocks.py': blocks, 'net.py': net });
  await using session = await startSession({
    initializationOptions: { lensCommand: 'menu', entryCommand: 'entry', inputCommand: 'input' },
  });
  const other = await session.open('blocks.py', blocks, 'python', folder);
  assert.deepEqual(await session.hints(other), []);
  const [lens] = await session.lenses(other);
  assert.equal(lens?.command?.title, 'Set input…');
  assert.equal(lens?.range.start.line, 3);
  assert.match(String(lens?.command?.arguments?.[3]), /^# flopline: Block\(cin=, cout=\) input=/);

  const uri = await session.open('net.py', net, 'python', folder);
  await session.hints(uri);
  await until(() => session.refreshes.length > 0);
  await session.checkHint(other, 6, /590k MACs · 576 params$/);
  await session.checkHint(other, 9, /16×32×32 · 590k MACs$/);
  assert.match((await session.lenses(other))[0]?.command?.title ?? '', /^As in Net\(\) of net\.py · /);

  await session.edit(uri, '4, 16, groups=1', '4, 16, groups=2');
  await session.hints(uri);
  await session.checkHint(other, 6, /295k MACs · 288 params$/);

  const small = await session.open('small.py', net.replace('4, 16, groups=1', '4, 8'), 'python', folder);
  await session.hints(small);
  await session.checkHint(other, 6, /295k MACs · 288 params$/);
  assert.match((await session.lenses(other))[0]?.command?.title ?? '', /^As in Net\(\) of small\.py · /);
});

test('while a long file is read, other documents are answered', async () => {
  await using session = await startSession();
  const slow = await session.open('slow.py', counting('200000'), 'python');
  const spec = await session.open('tiny.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n', 'flopline');
  let isDone = false;
  const hints = session.hints(slow).then(found => {
    isDone = true;
    return found;
  });
  await session.hints(spec);
  assert.ok(!isDone, 'the short one is answered first');
  assert.match((await hints).join('\n'), /590k MACs · 592 params/);
});

test('an edit cancels the reading of the older text', async () => {
  await using session = await startSession();
  const uri = await session.open('slow.py', counting('10 ** 12'), 'python');
  const dropped = session.hints(uri);
  // Make sure that it has started.
  await session.hints(await session.open('tiny.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n', 'flopline'));
  await session.edit(uri, 'range(10 ** 12)', 'range(3)');
  assert.deepEqual(await dropped, []);
  await session.checkHint(uri, 12, /590k MACs · 592 params$/);
});

test('an endless program is reported', async () => {
  await using session = await startSession();
  const uri = await session.open('endless.py', counting('10 ** 12'), 'python');
  const [problem] = await session.problems(uri);
  assert.equal(problem?.code, 'program-too-long');
});

test('a fix writes the number that fits, and what is wrong in another file is related by its address', async () => {
  const text = net.replace('nn.Linear(16, 10)', 'nn.Linear(20, 10)');
  const folder = folderOf({ 'blocks.py': blocks, 'net.py': text });
  await using session = await startSession();
  const uri = await session.open('net.py', text, 'python', folder);
  const [problem] = await session.problems(uri);
  assert.equal(problem?.code, 'channel-mismatch');
  const [fix] = await session.actions(uri, 'self.head(x)', ['quickfix']);
  assert.equal(fix?.title, 'Set in_features to 16');
  assert.match(await session.apply(uri, fix!), /nn\.Linear\(16, 10\)/);
  assert.deepEqual(await session.problems(uri), []);

  await session.edit(uri, 'Block(4, 16, groups=1)', 'Block(5, 16, groups=1)');
  const [inside] = await session.problems(uri);
  assert.deepEqual(
    inside?.relatedInformation?.map(({ location }) => location.uri),
    ['blocks.py', 'net.py'].map(name => pathToFileURL(join(folder, name)).toString()),
  );
});

test('nothing outside of the workspace is read before it is trusted', async () => {
  const folder = folderOf({ 'work/net.py': net, 'work/.git/HEAD': '', 'packages/blocks.py': blocks });
  await using session = await startSession({
    folder: join(folder, 'work'),
    settings: { python: join(folder, 'packages') },
    initializationOptions: { isTrusted: false },
  });
  const uri = await session.open('net.py', net, 'python', join(folder, 'work'));
  await session.checkHint(uri, 13, /\?/);
  await session.connection.sendNotification('flopline/didChangePython', { isTrusted: true });
  await session.checkHint(uri, 9, /590k MACs · 576 params$/);
});

test('several networks are chosen from; one that is called with something guessed says so', async () => {
  const text = net
    .replace('from blocks import Block', 'Block = nn.Conv2d')
    .replace('4, 16, groups=1', '4, 16, 3')
    .replace('Net()(torch.zeros(1, 4, 32, 32))', 'def wide():\n    return nn.Sequential(Net())')
    .concat('\n\ndef narrow():\n    return Net()\n');
  await using session = await startSession({
    initializationOptions: { lensCommand: 'menu', entryCommand: 'entry', inputCommand: 'input' },
  });
  const uri = await session.open('net.py', text, 'python');
  const titles = async (): Promise<(string | undefined)[]> =>
    (await session.lenses(uri)).map(({ command }) => command?.title);
  const [totals, network, input] = await titles();
  assert.match(totals!, /· input 4×224×224 \(guessed\)$/);
  assert.equal(network, 'Network 1 of 3: wide()');
  assert.equal(input, 'Set input…');
  assert.match((await session.summary(uri))?.state ?? '', /\(guessed\)/);
  await session.choose({ [uri]: { entry: 'narrow()' } });
  assert.equal((await titles())[1], 'Network 2 of 3: narrow()');
  await session.choose({ [uri]: { entry: 'narrow()', input: '1,4,8,8' } });
  assert.match((await titles())[0]!, /· input 4×8×8 · narrow\(\)$|· input 4×8×8/);
});

test('definition, references, rename and the outline are left to the Python extension', async () => {
  await using session = await startSession();
  const uri = await session.open('net.py', counting('2'), 'python');
  const params = { textDocument: { uri }, position: { line: 3, character: 2 } };
  assert.equal(await session.connection.sendRequest('textDocument/definition', params), null);
  assert.equal(await session.connection.sendRequest('textDocument/prepareRename', params), null);
  assert.equal(await session.connection.sendRequest('textDocument/documentHighlight', params), null);
  const whole = { textDocument: { uri } };
  assert.equal(await session.connection.sendRequest('textDocument/foldingRange', whole), null);
  assert.deepEqual(await session.symbols(uri), []);
});
