// A virtual workspace: the server requests its files from the client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SymbolInformation } from 'vscode-languageserver-protocol/node';
import type {
  BudgetResult,
  BudgetTest,
  FolderEntry,
  NetworkList,
  NetworkTotals,
} from '../../server/src/protocol/index.ts';
import { type Session, startSession, until } from './session.ts';

const rootUri = 'vscode-vfs://github/owner/a%20repo';

const net = `from torch import nn
from .layers import Block


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Block(3, 8)
        self.last = nn.Conv2d(8, 4, 1)

    def forward(self, x):
        return self.last(self.first(x))


if __name__ == '__main__':
    import torch
    Net()(torch.zeros(1, 3, 16, 16))
`;
const layers = (size: number): string => `from torch import nn
from .more.sizes import padding


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, ${size}, padding=padding(${size}))

    def forward(self, x):
        return self.conv(x)
`;
const sizes = 'def padding(size):\n    return size // 2\n';
const own = (out: number): string =>
  `name: Tiny\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: ${out}, kernel: 3, padding: same, name: stem}\n  - relu\n`;

const files = {
  'package/__init__.py': '',
  'package/net.py': net,
  'package/layers.py': layers(3),
  'package/more/__init__.py': '',
  'package/more/sizes.py': sizes,
  'package/unused.py': 'from torch import nn\n',
  'a/tiny.net.yaml': own(4),
  'a/data.yaml': 'train: images\n',
  'node_modules/x.net.yaml': own(4),
  'flopline.yaml': 'budgets:\n  - files: ["a/*.net.yaml"]\n    limits: {macs: 1k}\n',
};

/** A client whose folder is in memory, and which records what is requested. */
class Virtual {
  readonly texts: Map<string, string>;
  readonly asked: string[] = [];
  isBroken = false;

  constructor(texts: Readonly<Record<string, string>>) {
    this.texts = new Map(Object.entries(texts));
  }

  async start(options: object = {}): Promise<Session> {
    const initializationOptions = { readsFiles: true, tellChanges: true, ...options };
    const session = await startSession({ rootUri, initializationOptions });
    const name = (uri: string): string => {
      assert.ok(uri === rootUri || uri.startsWith(`${rootUri}/`), `${uri} is asked for, which is outside`);
      const path = decodeURIComponent(uri.slice(rootUri.length + 1));
      this.asked.push(path);
      return path;
    };
    const answer = <T>(method: string, find: (path: string) => T): void => {
      session.connection.onRequest(method, ({ uris }: { readonly uris: readonly string[] }) => {
        if (this.isBroken) throw new Error('broken');
        return uris.map(uri => find(name(uri)));
      });
    };
    answer('flopline/listFolders', path => this.#list(path));
    answer('flopline/readFiles', path => this.texts.get(path) ?? null);
    return session;
  }

  open(session: Session, name: string, languageId: string): Promise<string> {
    return session.openAt(uriOf(name), this.texts.get(name)!, languageId);
  }

  async write(session: Session, name: string, text: string | undefined): Promise<void> {
    const type = text === undefined ? 3 : this.texts.has(name) ? 2 : 1;
    if (text === undefined) this.texts.delete(name);
    else this.texts.set(name, text);
    await session.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf(name), type }],
    });
  }

  #list(folder: string): readonly FolderEntry[] | null {
    const start = folder === '' ? '' : `${folder}/`;
    const found = new Map<string, FolderEntry>();
    for (const path of this.texts.keys()) {
      if (!path.startsWith(start)) continue;
      const [name = '', ...rest] = path.slice(start.length).split('/');
      found.set(name, { name, kind: rest.length > 0 ? 'folder' : 'file' });
    }
    return found.size > 0 ? [...found.values()] : null;
  }
}

const uriOf = (name: string): string => `${rootUri}/${name}`;

test('a program is read with its imports, and no other files are requested', async () => {
  const editor = new Virtual(files);
  await using session = await editor.start();
  const uri = await editor.open(session, 'package/net.py', 'python');
  // The first answer is complete: 3 → 8 channels of 3×3 over 16×16, then 8 → 4 of 1×1.
  assert.match(
    (await session.hints(uri, 7, 8)).join('\n'),
    /^7: .*55\.3k MACs · 224 params\n8: .*8\.19k MACs · 36 params$/,
  );
  assert.ok(editor.asked.includes('package/more/sizes.py'));
  assert.ok(!editor.asked.includes('package/unused.py'));
  // Files are cached.
  const { length } = editor.asked;
  await session.edit(uri, 'Block(3, 8)', 'Block(3, 16)');
  await session.checkHint(uri, 7, /111k MACs · 448 params/);
  assert.equal(editor.asked.length, length);
  assert.deepEqual(session.log, []);
});

test('changed, deleted and created files are read again; open files count as they are in the editor', async () => {
  const editor = new Virtual(files);
  await using session = await editor.start();
  const uri = await editor.open(session, 'package/net.py', 'python');
  await session.checkHint(uri, 7, /55\.3k MACs · 224 params/);
  await editor.write(session, 'package/layers.py', layers(5));
  await session.checkHint(uri, 7, /154k MACs · 608 params/);
  await editor.write(session, 'package/more/sizes.py', undefined);
  await until(() => session.publications.at(-1)?.diagnostics.some(({ message }) => /sizes/.test(String(message))));
  await editor.write(session, 'package/more/sizes.py', sizes);
  await session.checkHint(uri, 7, /154k MACs · 608 params/);
  const other = await editor.open(session, 'package/layers.py', 'python');
  await session.edit(other, '5, padding', '1, padding');
  await session.edit(other, 'padding(5)', 'padding(1)');
  await session.checkHint(uri, 7, /6\.14k MACs · 32 params/);
  // Unsaved text is gone.
  await session.close(other);
  await session.checkHint(uri, 7, /154k MACs · 608 params/);
  assert.deepEqual(session.log, []);
});

test('a text is read while it is typed, before anybody asks', async () => {
  const editor = new Virtual(files);
  await using session = await editor.start();
  const uri = await editor.open(session, 'package/net.py', 'python');
  // Each key puts off the problems, which would need the files too.
  for (let key = 0; !editor.asked.includes('package/more/sizes.py'); key++) {
    assert.ok(key < 200, 'nothing was read while keys were typed');
    await session.edit(
      uri,
      `self.last = nn.Conv2d(8, 4, ${1 + (key % 2)})`,
      `self.last = nn.Conv2d(8, 4, ${2 - (key % 2)})`,
    );
    await new Promise(resolve => setTimeout(resolve, 30));
  }
});

test('networks are listed with their totals and budgets, and are symbols', async () => {
  const editor = new Virtual(files);
  await using session = await editor.start();
  const { networks } = await session.connection.sendRequest<NetworkList>('flopline/networks', {});
  assert.deepEqual(
    networks.map(({ path }) => path),
    ['a/tiny.net.yaml', 'package/layers.py', 'package/net.py'],
  );
  const textDocument = { uri: uriOf('a/tiny.net.yaml') };
  const totals = await session.connection.sendRequest<NetworkTotals>('flopline/networkTotals', { textDocument });
  assert.equal(totals.budget, 'over');
  assert.match(totals.text, /6\.91k MACs · 112 params/);
  const found = await session.connection.sendRequest<SymbolInformation[]>('workspace/symbol', { query: 'tiny' });
  assert.deepEqual(
    found.map(({ location: { uri } }) => uri),
    [textDocument.uri],
  );
  const project = { textDocument: { uri: uriOf('flopline.yaml') } };
  const [budget] = await session.connection.sendRequest<BudgetTest[]>('flopline/budgets', project);
  assert.equal(budget?.uri, textDocument.uri);
  const result = await session.connection.sendRequest<BudgetResult>('flopline/judge', {
    textDocument,
    project: budget!.project,
    index: budget!.index,
    entry: budget!.entry,
  });
  assert.equal(result.status, 'over');
  assert.deepEqual(session.log, []);
});

test('a project file above a document is found', async () => {
  const editor = new Virtual(files);
  await using session = await editor.start();
  const uri = await editor.open(session, 'a/tiny.net.yaml', 'flopline');
  await until(() => session.publications.some(each => each.diagnostics.some(({ code }) => code === 'over-budget')));
  await editor.write(session, 'flopline.yaml', 'budgets:\n  - files: ["a/*.net.yaml"]\n    limits: {macs: 1G}\n');
  await until(() => session.publications.at(-1)?.diagnostics.every(({ code }) => code !== 'over-budget'));
  assert.equal(session.publications.at(-1)?.uri, uri);
  assert.deepEqual(session.log, []);
});

test('without a client that reads files, only the text itself is used', async () => {
  const editor = new Virtual(files);
  editor.isBroken = true;
  await using session = await editor.start();
  const uri = await editor.open(session, 'package/net.py', 'python');
  await until(async () => (await session.hints(uri, 8, 8)).some(hint => /8: /.test(hint)));
  await using without = await editor.start({ readsFiles: false });
  const other = await editor.open(without, 'a/tiny.net.yaml', 'flopline');
  await without.checkHint(other, 3, /6\.91k MACs · 112 params/);
});
