// The project file in the server: an edit of it has the documents that it governs read again, and no others.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Session, startSession, until } from './session.ts';

const block = (channels: number): string =>
  `from torch import nn\n\n\nclass Block(nn.Conv2d):\n    def __init__(self):\n        super().__init__(3, ${channels}, 1, bias=False)\n`;
const net = `from torch import nn
import torch

from parts import Block


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x):
        return self.block(x)


Net()(torch.zeros(1, 3, 8, 8))
`;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'flopline-project-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function checkHint(session: Session, uri: string, line: number, expected: RegExp): Promise<void> {
  const hints = await session.hints(uri);
  assert.match(hints.find(hint => hint.startsWith(`${line}: `)) ?? `no hint on line ${line}`, expected);
}

const files = {
  'net.py': net,
  'lib/parts.py': block(8),
  'other/parts.py': block(16),
  'flopline.yaml': 'source: lib\n',
  'apart/flopline.yaml': 'source: ../lib\n',
  'apart/net.py': net,
};

test('an edit of the project file has what it governs read again, and nothing else', async () => {
  const folder = project(files);
  await using session = await startSession({ folder });
  const uri = await session.open('net.py', net, 'python', folder);
  const apart = await session.open('net.py', net, 'python', join(folder, 'apart'));
  const file = await session.open('flopline.yaml', files['flopline.yaml'], 'yaml', folder);
  for (const each of [uri, apart, file]) assert.deepEqual(await session.problems(each), []);
  await checkHint(session, uri, 9, /24 params$/);
  const published = session.publications.length;
  await session.edit(file, 'lib', 'other');
  await until(() => session.publications.slice(published).some(each => each.uri === uri));
  await checkHint(session, uri, 9, /48 params$/);
  await checkHint(session, apart, 9, /24 params$/);
  assert.ok(!session.publications.slice(published).some(each => each.uri === apart));
});

test('a project file that is new, or changed on the disk, is read', async () => {
  const { 'flopline.yaml': _, ...others } = files;
  const folder = project(others);
  await using session = await startSession({ folder, settings: { source: 'other' } });
  const uri = await session.open('net.py', net, 'python', folder);
  await session.problems(uri);
  await checkHint(session, uri, 9, /48 params$/);
  const published = session.publications.length;
  writeFileSync(join(folder, 'flopline.yaml'), 'source: lib\n');
  await session.changedOnDisk(pathToFileURL(join(folder, 'flopline.yaml')).toString());
  await until(() => session.publications.slice(published).some(each => each.uri === uri));
  await checkHint(session, uri, 9, /24 params$/);
});

test('what is wrong in it is reported where it is open, and it has no costs', async () => {
  const folder = project(files);
  await using session = await startSession({ folder, initializationOptions: { lensCommand: 'menu' } });
  const file = await session.open('flopline.yaml', 'sorce: lib\n', 'yaml', folder);
  const [problem, ...others] = await session.problems(file);
  assert.match(String(problem!.message), /^`flopline\.yaml` does not have a key “sorce”\. Did you mean “source”\?/);
  assert.deepEqual(others, []);
  const [fix] = await session.actions(file, 'sorce');
  assert.equal(await session.apply(file, fix!), 'source: lib\n');
  assert.deepEqual(await session.lenses(file), []);
  assert.deepEqual(await session.hints(file), []);
});

test('outside of a workspace that is not trusted, nothing is read', async () => {
  const outside = project({ 'parts.py': block(8) });
  const folder = project({ 'net.py': net, 'flopline.yaml': `source: ${outside}\n` });
  await using session = await startSession({ folder, initializationOptions: { isTrusted: false } });
  const uri = await session.open('net.py', net, 'python', folder);
  const file = await session.open('flopline.yaml', `source: ${outside}\n`, 'yaml', folder);
  await session.problems(uri);
  assert.ok((await session.hints(uri)).every(hint => !/24 params/.test(hint)));
  assert.match(JSON.stringify(await session.problems(file)), /missing-folder/);
});
