// Python networks over the protocol: a network in two files, one of which has unsaved edits.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Session, startSession } from './session.ts';

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
        self.stem = Block(4, 8)
        self.body = Block(8, 8)

    def forward(self, x):
        x = self.stem(x)
        return self.body(x)


if __name__ == '__main__':
    Net()(torch.zeros(1, 4, 16, 16))
`;

/** Without the space in front of the labels. */
const plain = (hints: readonly string[]): string[] => hints.map(hint => hint.replace(/:\s+/, ': '));

describe('Python over the protocol', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flopline-python-'));
  let session: Session;

  before(async () => {
    writeFileSync(join(folder, 'blocks.py'), blocks);
    session = await startSession();
  });
  after(async () => {
    await session.end();
    rmSync(folder, { recursive: true });
  });

  it('has hints where layers are made and called, and totals at heads', async () => {
    const uri = await session.open('net.py', net, 'python', folder);
    assert.deepEqual(plain(await session.hints(uri)), [
      '6: 8×16×16 · 221k MACs · 864 params',
      '9: 73.7k MACs · 288 params',
      '10: ◕ 147k MACs · 576 params',
      '12: 8×16×16 · 221k MACs · 864 params',
      '13: 8×16×16 · 73.7k MACs',
      '14: ◕ 8×16×16 · 147k MACs',
    ]);
    const [lens] = await session.lenses(uri);
    assert.equal(lens!.range.start.line, 6);
    assert.match(lens!.command!.title, /221k MACs · 864 params .*input 4×16×16/);
  });

  it('reads a file that is open as it is there, and reports what is wrong where it is called', async () => {
    const uri = await session.open('net.py', net, 'python', folder);
    const other = await session.open('blocks.py', blocks, 'python', folder);
    await session.edit(other, 'groups=groups', 'groups=4');
    const hints = plain(await session.hints(uri));
    assert.ok(hints.includes('9: 18.4k MACs · 72 params'), hints.join('\n'));
    await session.edit(uri, 'Block(8, 8)', 'Block(16, 8)');
    const [problem] = await session.problems(uri);
    assert.equal(problem?.code, 'channel-mismatch');
    await session.edit(uri, 'Block(16, 8)', 'Block(8, 8)');
    assert.deepEqual(await session.problems(uri), []);
  });

  it('says nothing of a file without a network', async () => {
    const uri = await session.open('plain.py', 'import os\nprint(os.name)\n', 'python', folder);
    assert.deepEqual(await session.hints(uri), []);
    assert.deepEqual(await session.lenses(uri), []);
  });
});
