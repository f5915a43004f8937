// The overview of a document: a complete message first, then changes, until nothing is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OverviewMessage, Sweep, SweepKey, SweepPoint } from '../../server/src/protocol/index.ts';
import { type Session, startSession, until } from './session.ts';

const text = (rows: readonly string[]): string =>
  `input: [3, 32, 32]\nlayers:\n${rows.map(row => `  - ${row}\n`).join('')}`;
const rows = ['conv: {out: 8, kernel: 3}', 'relu', 'conv: {out: 8, kernel: 3}', 'flatten', 'linear: 10'];

function listen(session: Session): OverviewMessage[] {
  const messages: OverviewMessage[] = [];
  session.connection.onNotification('flopline/overview', (message: OverviewMessage) => void messages.push(message));
  return messages;
}

const show = (session: Session, uri: string | null) =>
  session.connection.sendNotification('flopline/didShowOverview', { uri });
const parts = ({ content }: OverviewMessage): string[] =>
  content!.rows.map(part => ('rows' in part ? part.rows.map(({ name }) => name).join() : `${part.from}–${part.to}`));

test('unchanged parts are not sent again', async () => {
  await using session = await startSession();
  const messages = listen(session);
  const uri = await session.open('a.net.yaml', text(rows));
  await session.problems(uri);
  assert.equal(messages.length, 0, 'nobody looks');
  await show(session, uri);
  await until(() => messages.length === 1);
  const [first] = messages;
  assert.deepEqual([first!.uri, first!.serial, first!.content!.title], [uri, 0, 'a']);
  assert.deepEqual(parts(first!), ['conv.0,relu.1,conv.2,flatten.3,linear.4']);
  assert.deepEqual(first!.content!.files, ['']);
  // Rows are on lines 2 to 6; the operators inside have no place.
  assert.deepEqual(first!.content!.lines, [2, 0, 1, 0, 1, 0, 1, 0, 1, 0]);

  await session.edit(uri, 'linear: 10', 'linear: 20');
  await until(() => messages.length === 2);
  assert.deepEqual(parts(messages[1]!), ['0–4', 'linear.4']);
  assert.equal(messages[1]!.serial, 1);
  assert.equal(messages[1]!.content!.lines, undefined);

  await session.edit(uri, 'layers:', '# all of them\nlayers:');
  await until(() => messages.length === 3);
  assert.deepEqual(parts(messages[2]!), ['0–5']);
  assert.equal(messages[2]!.content!.lines![0], 3);

  await session.close(uri);
  await until(() => messages.length === 4);
  assert.equal(messages[3]!.content, null);
});

test('a file without a network is skipped, and nothing is sent while no overview is shown', async () => {
  await using session = await startSession();
  const messages = listen(session);
  const uri = await session.open('a.net.yaml', text(rows));
  const other = await session.open('compose.yaml', 'services:\n  web:\n    image: a\n');
  // Its classes need arguments that nothing gives: it has no totals, which are not 0.
  const blocks = await session.open(
    'blocks.py',
    'from torch import nn\n\n\nclass Block(nn.Module):\n    def __init__(self, c):\n        super().__init__()\n        self.conv = nn.Conv2d(c, c, 1)\n\n    def forward(self, x):\n        return self.conv(x)\n',
    'python',
  );
  await session.problems(blocks);
  await show(session, other);
  await show(session, blocks);
  // Requests are answered in turn.
  await session.connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri: blocks } });
  await show(session, uri);
  await until(() => messages.length === 1);
  await show(session, other);
  await session.edit(uri, 'linear: 10', 'linear: 30');
  await until(() => messages.length === 2);
  assert.ok(messages.every(message => message.uri === uri));
  await show(session, null);
  await session.edit(uri, 'linear: 30', 'linear: 40');
  await session.problems(uri);
  assert.equal(messages.length, 2);
  await show(session, uri);
  await until(() => messages.length === 3);
  assert.equal(messages[2]!.serial, 0);
});

test('a file that takes long to read is shown even if the current one changes meanwhile', async () => {
  await using session = await startSession();
  const messages = listen(session);
  const uri = await session.open('a.net.yaml', text(rows));
  await show(session, uri);
  await until(() => messages.length === 1);
  const program = `import torch.nn as nn\n\nnet = nn.Sequential(${'nn.Linear(8, 8), '.repeat(300)})\n# flopline: input=1,8\n`;
  const other = await session.open('net.py', program, 'python');
  await show(session, other);
  const base = { kind: 'revision', label: 'HEAD', name: 'a.net.yaml', text: text(rows.toSpliced(1, 1)), uri };
  await session.connection.sendNotification('flopline/didChangeBase', { uri, base });
  await session.edit(uri, 'linear: 10', 'linear: 12');
  await until(() => messages.at(-1)!.uri === other);
  assert.equal(messages.at(-1)!.serial, 0);
});

test('settings, choices and what it is compared with change it', async () => {
  await using session = await startSession();
  const messages = listen(session);
  const uri = await session.open('a.net.yaml', text(rows));
  await show(session, uri);
  const next = async (count: number) => (await until(() => messages.length >= count && messages.at(-1))).content!;
  assert.equal((await next(1)).unit, 'MACs');
  await session.configure({ convention: 'flops' });
  await until(() => messages.at(-1)!.content!.unit === 'FLOPs');
  await session.choose({ [uri]: { batch: '4' } });
  await until(() => messages.at(-1)!.content!.elementBytes === 16);
  const base = { kind: 'revision', label: 'HEAD', name: 'a.net.yaml', text: text(rows.with(4, 'linear: 20')), uri };
  await session.connection.sendNotification('flopline/didChangeBase', { uri, base });
  const { since, rows: changed } = await until(() => {
    const { content } = messages.at(-1)!;
    return content?.since && content;
  });
  assert.equal(since!.text, 'Since HEAD');
  assert.ok(since!.by[1]! < 0);
  const [, last] = changed;
  assert.ok(last && 'rows' in last);
  assert.equal(last.rows[0]!.change!.status, 'changed');
});

test('totals are swept value by value, with the reason where there is none', async () => {
  await using session = await startSession();
  const uri = await session.open('a.net.yaml', text(rows));
  const textDocument = { uri };
  const found: readonly Sweep[] | null = await session.connection.sendRequest('flopline/sweeps', { textDocument });
  assert.deepEqual(
    found!.map(({ key }) => key),
    ['input', 'batch'],
  );
  const point = (key: SweepKey, value: string): Promise<SweepPoint | null> =>
    session.connection.sendRequest('flopline/sweepPoint', { textDocument, key, value });
  const [small, large] = [await point('input', '3,32,32'), await point('input', '3,64,64')];
  assert.ok(small && large && 'value' in small && 'value' in large);
  assert.ok(large.value.amount! > 3.9 * small.value.amount!);
  const refused = await point('input', '3,1,1');
  assert.ok(refused && 'refused' in refused, JSON.stringify(refused));
  const other = await session.open('compose.yaml', 'services:\n  web:\n    image: a\n');
  assert.equal(await session.connection.sendRequest('flopline/sweeps', { textDocument: { uri: other } }), null);
});
