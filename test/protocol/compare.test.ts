// Comparison of a document with a text that the client sends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSession } from './session.ts';

const text = (rows: readonly string[]): string =>
  `input: [3, 32, 32]\nlayers:\n${rows.map(row => `  - ${row}\n`).join('')}`;
const rows = ['conv: {out: 8, kernel: 3}', 'relu', 'flatten', 'linear: 10'];

test('hints, lenses and the summary say what has changed, until there is nothing to compare with', async () => {
  await using session = await startSession({
    initializationOptions: { compareCommand: 'show', lensCommand: 'menu', tellChanges: true },
  });
  const uri = await session.open('a.net.yaml', text(rows.with(1, 'batchnorm').toSpliced(3, 1, 'linear: 20')));
  const plain = await session.hints(uri);
  const base = { kind: 'revision', label: 'HEAD', name: 'a.net.yaml', text: text(rows), uri } as const;
  const compare = (given: typeof base | null) =>
    session.connection.sendNotification('flopline/didChangeBase', { uri, base: given });
  await compare(base);
  const found = await session.hints(uri);
  assert.match(found.at(-1)!, / · \+100 %$/);
  const summary = await session.summary(uri);
  assert.match(summary!.compared, /since HEAD/);
  assert.ok(session.refreshes.includes('workspace/inlayHint/refresh'));
  await session.edit(uri, '  - flatten\n  - linear: 20\n', '  - flatten\n');
  const lenses = await session.lenses(uri);
  assert.ok(
    lenses.some(({ command }) => command?.command === 'show' && /^Removed since HEAD: linear/.test(command.title)),
    JSON.stringify(lenses),
  );
  await session.edit(uri, '  - flatten\n', '  - flatten\n  - linear: 20\n');
  await compare(null);
  assert.deepEqual(await session.hints(uri), plain);
});

test('a document without a network is not compared', async () => {
  await using session = await startSession();
  const uri = await session.open('a.net.yaml', text(rows));
  const plain = await session.hints(uri);
  const base = { kind: 'file', label: 'b.txt', name: 'b.txt', text: 'nothing' };
  await session.connection.sendNotification('flopline/didChangeBase', { uri, base });
  assert.deepEqual(await session.hints(uri), plain);
});
