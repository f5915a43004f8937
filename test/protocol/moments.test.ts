// Memory and time of a document: a complete answer first, then only changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spliced } from '../../server/src/lsp/moments.ts';
import type { MemoryContent, MemoryMoment, TimeContent } from '../../server/src/protocol/index.ts';
import { startSession } from './session.ts';

const rows = Array.from({ length: 12 }, (_, at) => `conv: {out: ${8 + at}, kernel: 3, padding: 1}`);
const text = `input: [3, 32, 32]\nlayers:\n${rows.map(row => `  - ${row}\n`).join('')}`;

test('memory: only what has changed is sent', async () => {
  await using session = await startSession();
  const uri = await session.open('a.net.yaml', text);
  await session.problems(uri);
  const ask = (known?: number): Promise<MemoryContent> =>
    session.connection.sendRequest('flopline/memory', { textDocument: { uri }, mode: 'inference', known });
  const first = await ask();
  assert.deepEqual(first.operators, { from: 0, to: null, values: first.operators.values });
  assert.equal(first.operators.values.length, 13);
  assert.equal(first.curves[0]!.bytes.values.length, 13);
  const same = await ask(first.id);
  assert.deepEqual(same.curves[0]!.bytes.values, []);
  assert.deepEqual(same.stretches, [{ from: 0, to: 13 }]);
  assert.equal(same.lines, undefined);
  await session.edit(uri, 'out: 12,', 'out: 40,');
  const edited = await ask(same.id);
  const { from, to, values } = edited.curves[0]!.bytes;
  // The layer itself and the one after it.
  assert.deepEqual([from, to, values.length], [5, 7, 2]);
  const all = await ask(same.id);
  assert.equal(all.curves[0]!.bytes.to, null, 'what was answered before is gone');

  const moment: MemoryMoment = await session.connection.sendRequest('flopline/memoryAt', {
    textDocument: { uri },
    mode: 'inference',
    kind: 'ideal',
    step: 5,
  });
  assert.deepEqual(
    moment.pieces.map(({ name, bytes, isNew }) => [name, bytes, isNew]),
    [
      ['conv.4', 40 * 1024 * 4, true],
      ['conv.3', 11 * 1024 * 4, false],
    ],
  );
});

test('time: only what has changed is sent', async () => {
  await using session = await startSession();
  const uri = await session.open('a.net.yaml', text);
  await session.problems(uri);
  const ask = (known?: number): Promise<TimeContent> =>
    session.connection.sendRequest('flopline/time', { textDocument: { uri }, device: 'stm32h743', known });
  const first = await ask();
  assert.equal(first.device, 'stm32h743');
  assert.deepEqual(first.files, ['']);
  await session.edit(uri, 'out: 12,', 'out: 40,');
  const edited = await ask(first.id);
  assert.deepEqual(
    edited.rows.map(part => ('rows' in part ? part.rows.map(({ name }) => name).join() : `${part.from}–${part.to}`)),
    ['0–4', 'conv.4,conv.5', '6–12'],
  );
});

test('a splice applied to the old list gives the new one', () => {
  const list = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 });
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { from, to, values } = spliced(before, after);
      assert.deepEqual([...before.slice(0, from), ...values, ...before.slice(to!)], after);
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(spliced(undefined, [1, 2]), { from: 0, to: null, values: [1, 2] });
});
