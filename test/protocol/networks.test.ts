// Other networks of a Python file in the server: read while it is idle, and dropped after an edit.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Session, startSession, until } from './session.ts';

// Small: 4·8·64 = 2,048 MACs; large: 2,048 + 8·16·9·64 = 75,776.
const text = `import torch
from torch import nn


class Narrow(nn.Module):
    def __init__(self, cin):
        super().__init__()
        self.conv = nn.Conv2d(cin, 8, 1, bias=False)

    def forward(self, x):
        return self.conv(x)


class Wide(nn.Module):
    def __init__(self, cin):
        super().__init__()
        self.conv = nn.Conv2d(cin, 16, 3, padding=1, bias=False)

    def forward(self, x):
        return self.conv(x)


def small():
    return Narrow(4)


def large():
    return nn.Sequential(Narrow(4), Wide(8))


def test():
    small()(torch.zeros(1, 4, 8, 8))
    large()(torch.zeros(1, 4, 8, 8))
`;

const commands = { lensCommand: 'menu', entryCommand: 'entry', inputCommand: 'input', tellChanges: true };
const lineOf = (words: string, nth = 0): number =>
  text.split('\n').flatMap((line, at) => (line.includes(words) ? [at] : []))[nth]!;
const wide = lineOf('cin, 16');

async function hintAt(session: Session, uri: string, line: number): Promise<string | undefined> {
  const hints = await session.hints(uri, line, line);
  return hints[0]?.replace(/^\d+:\s*/, '');
}

/** Waits until a line's hint matches. */
async function untilHint(session: Session, uri: string, line: number, expected: RegExp): Promise<void> {
  let found: string | undefined;
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    found = await hintAt(session, uri, line);
    if (found !== undefined && expected.test(found)) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.match(found ?? `no hint on line ${line}`, expected);
}

describe('other networks over the protocol', () => {
  let session: Session;
  const folder = mkdtempSync(join(tmpdir(), 'flopline-networks-'));

  before(async () => {
    session = await startSession({ initializationOptions: commands });
  });
  after(async () => {
    await session.end();
    rmSync(folder, { recursive: true });
  });

  const titles = async (uri: string): Promise<string[]> =>
    (await session.lenses(uri)).map(({ command }) => command?.title ?? '');

  it('show their lines and totals when the server is idle, after those of the one that is chosen', async () => {
    const uri = await session.open('idle.py', text, 'python');
    // At first, only the chosen network.
    assert.equal(await hintAt(session, uri, wide), undefined);
    assert.match((await hintAt(session, uri, lineOf('cin, 8'))) ?? '', /^2\.05k MACs · 32 params$/);
    const refreshes = session.refreshes.length;
    await until(() => session.refreshes.length > refreshes);
    await untilHint(session, uri, wide, /^\(73\.7k MACs · 1\.15k params\)$/);
    const found = await session.lenses(uri);
    const choice = found.find(({ command }) => command?.title.startsWith('Network 1 of 2'));
    assert.match(choice?.command?.tooltip ?? '', /^large\(\): 75\.8k MACs/);
    assert.ok(
      found.some(
        ({ command, range }) => command?.title === 'As in large()' && range.start.line === lineOf('class Wide'),
      ),
    );
    assert.match((await session.summary(uri))?.markdown ?? '', /`large\(\)` \| 75\.8k MACs/);
    const report: string = await session.connection.sendRequest('flopline/report', { textDocument: { uri } });
    assert.match(report, /\| large\(\) \| 75\.8k \|/);
    assert.match(JSON.stringify(await session.hover(uri, 'cin, 16')), /73\.7k[\s\S]*As in `large\(\)`/);
  });

  it('are read again for a newer text, and never shown for another one', async () => {
    const uri = await session.open('newer.py', text, 'python');
    await untilHint(session, uri, wide, /73\.7k/);
    await session.edit(uri, 'cin, 16, 3', 'cin, 32, 3');
    assert.ok(!/73\.7k/.test((await hintAt(session, uri, wide)) ?? ''), 'that of the text before');
    await untilHint(session, uri, wide, /^\(147k MACs · 2\.30k params\)$/);
  });

  it('keep the lines that they had when they were the ones that were chosen', async () => {
    const uri = await session.open('chosen.py', text, 'python');
    await session.choose({ [uri]: { entry: 'large()' } });
    assert.equal(await hintAt(session, uri, wide), '73.7k MACs · 1.15k params');
    await session.choose({ [uri]: { entry: 'small()' } });
    await untilHint(session, uri, wide, /^\(73\.7k/);
  });

  it('report what is wrong on their lines', async () => {
    const wrong = text.replace('Wide(8)', 'Wide(9)');
    const uri = await session.open('wrong.py', wrong, 'python');
    await until(() => session.publications.some(each => each.uri === uri && each.diagnostics.length > 0));
    const { diagnostics } = session.publications.findLast(each => each.uri === uri)!;
    assert.deepEqual(
      diagnostics.map(({ code, range }) => [code, range.start.line]),
      [['channel-mismatch', lineOf('return self.conv', 1)]],
    );
    await session.edit(uri, 'Wide(9)', 'Wide(8)');
    await until(() => session.publications.findLast(each => each.uri === uri)?.diagnostics.length === 0);
  });

  it('are answered to a picker at once', async () => {
    const uri = await session.open('picker.py', text, 'python');
    const before = await session.outcome(uri, 'entry', 'large()');
    await untilHint(session, uri, wide, /73\.7k/);
    assert.deepEqual(await session.outcome(uri, 'entry', 'large()'), before);
  });

  it('of two programs that import a file show its lines', async () => {
    const blocks = text.slice(0, text.indexOf('def small'));
    const head = 'import torch\nfrom torch import nn\nfrom blocks import Narrow, Wide\n\n';
    writeFileSync(join(folder, 'blocks.py'), blocks);
    const library = await session.open('blocks.py', blocks, 'python', folder);
    const one = await session.open(
      'one.py',
      `${head}nn.Sequential(Narrow(4), Wide(8))(torch.zeros(1, 4, 8, 8))\n`,
      'python',
      folder,
    );
    await session.hints(one);
    await untilHint(session, library, wide, /^73\.7k/);
    const two = await session.open(
      'two.py',
      `${head}nn.Sequential(Narrow(4))(torch.zeros(1, 4, 4, 4))\n`,
      'python',
      folder,
    );
    await session.hints(two);
    await untilHint(session, library, lineOf('cin, 8'), /^512 MACs/);
    await untilHint(session, library, wide, /^\(73\.7k/);
    assert.ok((await titles(library)).some(title => /^As in nn\.Sequential.* of one\.py$/.test(title)));
  });
});
