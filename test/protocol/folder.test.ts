// A folder with thousands of Python files: only the open one and what it needs are read.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Session, startSession } from './session.ts';

/** Records which files the server process reads. */
const spy = (log: string): string => `
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { appendFileSync } = fs;
for (const name of ['readFileSync', 'openSync', 'readFile', 'open']) {
  const own = fs[name];
  fs[name] = (path, ...rest) => {
    if (String(path).endsWith('.py')) appendFileSync(${JSON.stringify(log)}, path + '\\n');
    return own(path, ...rest);
  };
}
for (const name of ['readFile', 'open']) {
  const own = fs.promises[name];
  fs.promises[name] = (path, ...rest) => {
    if (String(path).endsWith('.py')) appendFileSync(${JSON.stringify(log)}, path + '\\n');
    return own(path, ...rest);
  };
}
syncBuiltinESMExports();
`;

const plain = `import json

from file2 import helper


def load(path):
    with open(path) as file:
        return helper(json.load(file))
`;

const net = `import torch
from torch import nn

from block import Block
from file3 import helper


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x):
        return self.block(x)


Net()(torch.zeros(1, 3, 8, 8))
`;

const block = `from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)

    def forward(self, x):
        return self.conv(x)
`;

describe('a folder of 5,000 Python files', () => {
  const root = mkdtempSync(join(tmpdir(), 'flopline-folder-'));
  const folder = join(root, 'project');
  const log = join(root, 'read.txt');
  let session: Session;

  before(async () => {
    mkdirSync(folder);
    for (let at = 0; at < 5000; at++) writeFileSync(join(folder, `file${at}.py`), plain);
    writeFileSync(join(folder, 'block.py'), block);
    writeFileSync(log, '');
    writeFileSync(join(root, 'spy.cjs'), spy(log));
    session = await startSession({ folder, node: ['--require', join(root, 'spy.cjs')] });
  });
  after(async () => {
    await session.end();
    rmSync(root, { recursive: true });
  });

  const read = (): readonly string[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(path => basename(path));

  it('reads none of them for an open file without a network', async () => {
    const uri = await session.open('file1.py', plain, 'python', folder);
    assert.deepEqual(await session.hints(uri), []);
    assert.deepEqual(await session.lenses(uri), []);
    assert.deepEqual(read(), []);
  });

  it('reads those that a network needs, each once', async () => {
    const uri = await session.open('net.py', net, 'python', folder);
    assert.ok((await session.hints(uri)).length > 0);
    assert.ok((await session.hints(uri)).length > 0);
    assert.deepEqual(read(), ['block.py']);
  });
});
