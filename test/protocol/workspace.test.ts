// The networks of a workspace: listed by name and content, with totals on request, and found as symbols.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { SymbolInformation } from 'vscode-languageserver-protocol/node';
import type { NetworkList, NetworkTotals } from '../../server/src/protocol/index.ts';
import { type Session, type SessionOptions, startSession } from './session.ts';

const root = mkdtempSync(join(tmpdir(), 'flopline-workspace-'));
after(() => rmSync(root, { recursive: true }));

const yolo = (channels: number, summary = ''): string =>
  `nc: 4\nscales:\n  n: [1.0, 1.0, 1024]${summary}\nbackbone:\n  - [-1, 1, Conv, [${channels}, 3, 2]]\nhead:\n  - [-1, 1, Classify, [nc]]\n`;
const own = (out: number): string =>
  `name: Tiny\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: ${out}, kernel: 3, padding: same, name: stem}\n  - relu\n`;
const python = `import torch\nfrom torch import nn\n\n\ndef make():\n    return nn.Conv2d(3, 8, 1)\n\n\nnet = make()\nnet(torch.zeros(1, 3, 4, 4))\n`;
// It mentions layers, but has none.
const functions =
  'import torch\nfrom torch import nn\n\n\ndef initialise(module):\n    if isinstance(module, nn.Conv2d):\n        nn.init.zeros_(module.weight)\n';

function workspace(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(root, 'w'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

const files = {
  'a/tiny.net.yaml': own(4),
  'a/n-cls.yaml': yolo(16),
  'b/make.py': python,
  'b/helpers.py': functions,
  'b/data.yaml': 'train: images\nnames: [cat, dog]\n',
  'b/setup.cfg': '[metadata]\nname = a\n',
  'net.prototxt':
    'input: "data"\ninput_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\nlayer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 10 } }\n',
  'node_modules/x/y.net.yaml': own(4),
  'env/pyvenv.cfg': 'home = /usr\n',
  'env/z.net.yaml': own(4),
  '.cache/c.net.yaml': own(4),
  'flopline.yaml': 'source: .\n',
};

const start = (folder: string, options: SessionOptions = {}): Promise<Session> => startSession({ folder, ...options });
const uriOf = (folder: string, name: string): string => pathToFileURL(join(folder, name)).toString();
const list = (session: Session): Promise<NetworkList> => session.connection.sendRequest('flopline/networks', {});
const totals = (session: Session, uri: string): Promise<NetworkTotals | null> =>
  session.connection.sendRequest('flopline/networkTotals', { textDocument: { uri } });
const find = (session: Session, query: string): Promise<SymbolInformation[]> =>
  session.connection.sendRequest('workspace/symbol', { query });

test('networks are listed by name and content; programs are certain only once they have been read', async () => {
  const folder = workspace(files);
  await using session = await start(folder);
  const { networks, isCut } = await list(session);
  assert.equal(isCut, false);
  assert.deepEqual(
    networks.map(({ path, isCertain }) => [path, isCertain]),
    [
      ['a/n-cls.yaml', true],
      ['a/tiny.net.yaml', true],
      ['b/helpers.py', false],
      ['b/make.py', false],
      ['net.prototxt', true],
    ],
  );
  assert.equal(networks[1]!.uri, uriOf(folder, 'a/tiny.net.yaml'));
  // All formats have totals.
  const tiny = await totals(session, uriOf(folder, 'a/tiny.net.yaml'));
  assert.deepEqual([tiny?.title, tiny?.macs, tiny?.params, tiny?.complete], ['Tiny', 64 * 27 * 4, 28 * 4, true]);
  assert.deepEqual([tiny?.errors, tiny?.isStale], [0, false]);
  assert.match(tiny?.text ?? '', /^6\.91k MACs · 112 params$/);
  assert.equal((await totals(session, uriOf(folder, 'b/make.py')))?.macs, 16 * 24);
  assert.equal(await totals(session, uriOf(folder, 'b/helpers.py')), null);
  assert.equal(await totals(session, uriOf(folder, 'b/data.yaml')), null);
  assert.equal((await totals(session, uriOf(folder, 'net.prototxt')))?.params, 1930);
  // Nothing is published for files that are not shown, and nothing outside is read.
  assert.deepEqual(session.publications, []);
  assert.equal(await totals(session, uriOf(root, 'none.net.yaml')), null);
});

test('totals follow unsaved edits and changes on disk, under the settings of the file', async () => {
  const folder = workspace(files);
  const [tiny, flops] = [uriOf(folder, 'a/tiny.net.yaml'), uriOf(folder, 'net.prototxt')];
  await using session = await start(folder, {
    settings: {},
  });
  session.settingsByUri = { [flops]: { convention: 'flops' } };
  assert.match((await totals(session, flops))?.text ?? '', /FLOPs/);
  assert.match((await totals(session, tiny))?.text ?? '', / MACs/);
  await session.open('tiny.net.yaml', own(8), 'flopline', join(folder, 'a'));
  assert.equal((await totals(session, tiny))?.macs, 64 * 27 * 8);
  await session.edit(tiny, 'out: 8', 'out: 16');
  assert.equal((await totals(session, tiny))?.macs, 64 * 27 * 16);
  await session.edit(tiny, 'conv:', 'konv:');
  assert.equal((await totals(session, tiny))?.errors, 1);
  await session.close(tiny);
  assert.equal((await totals(session, tiny))?.macs, 64 * 27 * 4);
  writeFileSync(join(folder, 'a/tiny.net.yaml'), own(100));
  assert.equal((await totals(session, tiny))?.macs, 64 * 27 * 100);
  writeFileSync(join(folder, 'a/new.net.yaml'), own(1));
  rmSync(join(folder, 'net.prototxt'));
  const paths = (await list(session)).networks.map(({ path }) => path);
  assert.deepEqual([paths.includes('a/new.net.yaml'), paths.includes('net.prototxt')], [true, false]);
});

test('a network shows whether it is within the budgets of its project', async () => {
  const budgets = 'budgets:\n  - files: ["a/*.net.yaml"]\n    limits: {macs: 10k}\n';
  const folder = workspace({ ...files, 'flopline.yaml': budgets });
  const tiny = uriOf(folder, 'a/tiny.net.yaml');
  await using session = await start(folder);
  assert.equal((await totals(session, tiny))?.budget, 'ok');
  assert.equal((await totals(session, uriOf(folder, 'a/n-cls.yaml')))?.budget, undefined);
  writeFileSync(join(folder, 'flopline.yaml'), budgets.replace('10k', '5k'));
  assert.equal((await totals(session, tiny))?.budget, 'over');
  await session.open('tiny.net.yaml', own(2), 'flopline', join(folder, 'a'));
  assert.equal((await totals(session, tiny))?.budget, 'ok');
});

test('networks are found as symbols with their totals, and so are their rows', async () => {
  const folder = workspace(files);
  await using session = await start(folder);
  const named = (symbols: readonly SymbolInformation[]): string[] =>
    symbols.map(({ name, containerName }) => `${name}: ${containerName}`);
  const all = named(await find(session, ''));
  assert.deepEqual(all.length, 4);
  assert.ok(all.includes('Tiny: 6.91k MACs · 112 params · a/tiny.net.yaml'), all.join('\n'));
  assert.ok(!all.some(each => each.includes('helpers')), 'a program without a network is none');
  const [stem, ...others] = await find(session, 'stem');
  assert.equal(others.length, 0);
  assert.equal(stem?.name, 'stem');
  assert.match(stem?.containerName ?? '', /4×8×8 · 6\.91k MACs · 112 params · a\/tiny\.net\.yaml$/);
  assert.deepEqual(stem?.location.range.start.line, 3);
  assert.deepEqual(
    named(await find(session, 'tnyl')),
    all.filter(each => each.startsWith('Tiny')),
  );
  assert.deepEqual(await find(session, 'no such network'), []);
});

test('an outdated summary is marked, and “fix all” updates it on request', async () => {
  const summary = ' # summary: 5 layers, 999 parameters, 999 gradients, 0.1 GFLOPs';
  const folder = workspace({ 'n-cls.yaml': yolo(16, summary) });
  await using session = await start(folder);
  const uri = uriOf(folder, 'n-cls.yaml');
  assert.equal((await totals(session, uri))?.isStale, true);
  await session.open('n-cls.yaml', yolo(16, summary), 'yaml', folder);
  assert.ok((await session.problems(uri)).some(({ code }) => code === 'stale-summary'));
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  for (const only of [['source.fixAll'], ['source.fixAll.flopline'], ['source']]) {
    const actions = await session.actionsAt(uri, whole, only);
    assert.deepEqual(
      actions.map(({ kind, title }) => [kind, title]),
      [['source.fixAll.flopline', 'Update all outdated comments']],
    );
  }
  assert.deepEqual(await session.actionsAt(uri, whole, ['source.organizeImports']), []);
  assert.ok(!(await session.actionsAt(uri, whole)).some(({ kind }) => kind?.startsWith('source')), 'not for the bulb');
  const [action] = await session.actionsAt(uri, whole, ['source.fixAll']);
  const fixed = await session.apply(uri, action!);
  const params = (await session.summary(uri))!.params;
  assert.ok(
    fixed.includes(` ${params} parameters`) || fixed.includes(`${params.toLocaleString('en')} parameters`),
    fixed,
  );
  assert.deepEqual(await session.actionsAt(uri, whole, ['source.fixAll']), []);
  assert.equal((await totals(session, uri))?.isStale, false);
});

test('texts of the package have totals, though they are in no folder of the workspace', async () => {
  await using session = await startSession({ folder: root });
  for (const name of ['templates', 'examples']) {
    const folder = new URL(`../../${name}/`, import.meta.url);
    for (const file of readdirSync(folder).filter(each => /\.(?:yaml|py|cfg|prototxt)$/.test(each))) {
      const uri = new URL(file, folder);
      const params = { textDocument: { uri: uri.href }, text: readFileSync(uri, 'utf8') };
      const totals: NetworkTotals | null = await session.connection.sendRequest('flopline/networkTotals', params);
      assert.match(totals?.text ?? '', /^[\d.]+[kMG] MACs · [\d.]+[kM]? params/, file);
    }
  }
  // Nothing of the disk is read for it.
  const uri = new URL('../../templates/module.py', import.meta.url).href;
  assert.equal(await session.connection.sendRequest('flopline/networkTotals', { textDocument: { uri } }), null);
});

test('folders that are added and removed while the server runs are followed', async () => {
  const [first, second] = [workspace({ 'one.net.yaml': own(4) }), workspace({ 'two.net.yaml': own(8) })];
  await using session = await start(first);
  const named = async (): Promise<string[]> => (await list(session)).networks.map(({ path }) => path);
  const change = (added: readonly string[], removed: readonly string[]): Promise<void> => {
    const foldersOf = (paths: readonly string[]) =>
      paths.map(path => ({ uri: pathToFileURL(path).toString(), name: '' }));
    const event = { added: foldersOf(added), removed: foldersOf(removed) };
    return session.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event });
  };
  assert.deepEqual(await named(), ['one.net.yaml']);
  assert.equal(await totals(session, uriOf(second, 'two.net.yaml')), null);
  await change([second], []);
  assert.deepEqual((await named()).toSorted(), ['one.net.yaml', 'two.net.yaml']);
  assert.equal((await totals(session, uriOf(second, 'two.net.yaml')))?.params, 28 * 8);
  await change([], [first]);
  assert.deepEqual(await named(), ['two.net.yaml']);
});
