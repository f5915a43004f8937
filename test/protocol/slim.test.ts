import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancellationTokenSource, WorkDoneProgress } from 'vscode-languageserver-protocol/node';
import type { Requests } from '../../server/src/protocol/index.ts';
import { edited, type Session, startSession } from './session.ts';

const rows = Array.from({ length: 6 }, (_, index) => `  - conv: {out: ${64 + 32 * index}, kernel: 3, padding: same}\n`);
const text = `input: [64, 28, 28]\nlayers:\n${rows.join('')}  - globalavgpool\n`;

function ask<M extends keyof Requests>(
  { connection }: Session,
  method: M,
  params: Requests[M]['params'],
): Promise<Requests[M]['result']> {
  return connection.sendRequest(method, params);
}

test('a budget is checked for the network while it is typed', async () => {
  await using session = await startSession();
  const uri = await session.open('net.net.yaml', text, 'flopline');
  const check = (budget: string) => ask(session, 'flopline/checkBudget', { textDocument: { uri }, budget });
  assert.equal(await check('-30%'), null);
  assert.equal(await check('≤ 300 MMACs, 1M params'), null);
  assert.match((await check('many')) ?? '', /“many” is not a budget/);
  assert.match((await check('-99G')) ?? '', /nothing would be left/);
});

test('a search reports its progress, and its steps result in the text that they describe', async () => {
  await using session = await startSession();
  const uri = await session.open('net.net.yaml', text, 'flopline');
  const before = await session.summary(uri);
  const messages: string[] = [];
  session.connection.onProgress(WorkDoneProgress.type, 'mine', ({ message }) => {
    messages.push(message ?? '');
  });
  const budget = '-60%';
  const found = await ask(session, 'flopline/slim', { textDocument: { uri }, budget, workDoneToken: 'mine' });
  assert.ok(found?.reached);
  assert.equal(found.version, 1);
  assert.ok(found.steps.length >= 2);
  assert.ok(messages.length > 5, messages.join());
  assert.match(messages.at(-1)!, /^\d+ % of the changes tried, \d+ made$/);
  const choices = found.steps.map(({ choice }) => choice);
  const picked = await ask(session, 'flopline/slimmed', { textDocument: { uri }, version: 1, budget, choices });
  assert.deepEqual(picked?.steps, found.steps);
  assert.equal(picked?.reached, true);
  await session.replace(uri, edited(text, picked!.edits));
  const after = await session.summary(uri);
  assert.equal(after?.macs, found.steps.at(-1)?.after.macs);
  assert.ok(after!.macs <= 0.4 * before!.macs);
  // The text has changed.
  assert.equal(await ask(session, 'flopline/slimmed', { textDocument: { uri }, version: 1, budget, choices }), null);
});

test('selected steps are tried again', async () => {
  await using session = await startSession();
  const uri = await session.open('net.net.yaml', text, 'flopline');
  const budget = '-60%';
  const found = await ask(session, 'flopline/slim', { textDocument: { uri }, budget });
  const choices = [found!.steps.at(-1)!.choice];
  const picked = await ask(session, 'flopline/slimmed', { textDocument: { uri }, version: 1, budget, choices });
  assert.equal(picked?.reached, false);
  await session.replace(uri, edited(text, picked!.edits));
  assert.equal((await session.summary(uri))?.macs, picked?.steps[0]?.after.macs);
});

test('a search stops when it is canceled or the text is replaced, and other requests are handled', async () => {
  await using session = await startSession();
  const deep = `input: [64, 28, 28]\nlayers:\n${Array.from({ length: 20 }, () => rows.join('')).join('')}`;
  const uri = await session.open('deep.net.yaml', deep, 'flopline');
  const params = { textDocument: { uri }, budget: '-90%' };
  const source = new CancellationTokenSource();
  const cancelled = session.connection.sendRequest('flopline/slim', params, source.token);
  assert.match((await session.hints(uri, 2, 2)).join(), /64×28×28/);
  source.cancel();
  assert.equal(await cancelled, null);
  const superseded = ask(session, 'flopline/slim', params);
  await session.hints(uri, 2, 2);
  await session.edit(uri, 'out: 64', 'out: 65');
  assert.equal(await superseded, null);
});
