// The project file in the server: after an edit, the documents that it governs are read again, and no others.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { folderOf } from '../support/folders.ts';
import { startSession, until } from './session.ts';

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

const files = {
  'net.py': net,
  'lib/parts.py': block(8),
  'other/parts.py': block(16),
  'flopline.yaml': 'source: lib\n',
  'apart/flopline.yaml': 'source: ../lib\n',
  'apart/net.py': net,
};

test('an edit of the project file has what it governs read again, and nothing else', async () => {
  const folder = folderOf(files);
  await using session = await startSession({ folder });
  const uri = await session.open('net.py', net, 'python', folder);
  const apart = await session.open('net.py', net, 'python', join(folder, 'apart'));
  const file = await session.open('flopline.yaml', files['flopline.yaml'], 'yaml', folder);
  for (const each of [uri, apart, file]) assert.deepEqual(await session.problems(each), []);
  await session.checkHint(uri, 9, /24 params$/);
  const published = session.publications.length;
  await session.edit(file, 'lib', 'other');
  await until(() => session.publications.slice(published).some(each => each.uri === uri));
  await session.checkHint(uri, 9, /48 params$/);
  await session.checkHint(apart, 9, /24 params$/);
  assert.ok(!session.publications.slice(published).some(each => each.uri === apart));
});

test('an edit of a cost rule has the rows read again that it is for', async () => {
  const rules = 'modules:\n  DCNv3: {channels: argument 1, body: [conv: {out: $out, kernel: 3, padding: same}]}\n';
  const yolo = 'nc: 80\nbackbone:\n  - [-1, 1, DCNv3, [16]]\nhead:\n  - [-1, 1, Conv, [8]]\n';
  const folder = folderOf({ 'flopline.yaml': rules });
  await using session = await startSession({ folder });
  const uri = await session.open('yolov8n.yaml', yolo, 'yaml', join(folder, 'models'));
  const file = await session.open('flopline.yaml', rules, 'yaml', folder);
  assert.deepEqual(await session.problems(uri), []);
  await session.checkHint(uri, 2, /16×640×640 · 177M MACs · 448 params$/);
  const published = session.publications.length;
  await session.edit(file, 'kernel: 3', 'kernel: 1');
  await until(() => session.publications.slice(published).some(each => each.uri === uri));
  await session.checkHint(uri, 2, /16×640×640 · 19\.7M MACs · 64 params$/);
  await session.edit(file, 'kernel: 1', 'kernal: 1');
  const [problem] = await until(() => {
    const last = session.publications.findLast(each => each.uri === uri)!.diagnostics;
    return last.length > 0 ? last : undefined;
  });
  assert.equal(problem!.code, 'wrong-rule-body');
  assert.equal(problem!.relatedInformation?.[0]?.location.uri, file);
});

test('a project file that is new, or changed on the disk, is read', async () => {
  const { 'flopline.yaml': _, ...others } = files;
  const folder = folderOf(others);
  await using session = await startSession({ folder, settings: { source: 'other' } });
  const uri = await session.open('net.py', net, 'python', folder);
  await session.problems(uri);
  await session.checkHint(uri, 9, /48 params$/);
  const published = session.publications.length;
  writeFileSync(join(folder, 'flopline.yaml'), 'source: lib\n');
  await session.changedOnDisk(pathToFileURL(join(folder, 'flopline.yaml')).toString());
  await until(() => session.publications.slice(published).some(each => each.uri === uri));
  await session.checkHint(uri, 9, /24 params$/);
});

test('its problems are reported when it is open, and it has no costs', async () => {
  const folder = folderOf(files);
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

test('nothing outside of an untrusted workspace is read', async () => {
  const outside = folderOf({ 'parts.py': block(8) });
  const folder = folderOf({ 'net.py': net, 'flopline.yaml': `source: ${outside}\n` });
  await using session = await startSession({ folder, initializationOptions: { isTrusted: false } });
  const uri = await session.open('net.py', net, 'python', folder);
  const file = await session.open('flopline.yaml', `source: ${outside}\n`, 'yaml', folder);
  await session.problems(uri);
  assert.ok((await session.hints(uri)).every(hint => !/24 params/.test(hint)));
  assert.match(JSON.stringify(await session.problems(file)), /missing-folder/);
});
