// Commands on rows over the protocol: the edit, the cursor, and no warning about numbers afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowCommand } from '../../server/src/protocol/index.ts';
import { type Session, startSession } from './session.ts';

const yolo = `nc: 4
scales:
  n: [1.00, 1.00, 1024]
backbone:
  - [-1, 1, Conv, [16, 3, 2]] # 0-P1/2
  - [-1, 1, Conv, [32, 3, 2]] # 1-P2/4
  - [-1, 1, C2f, [32, True]] # 2
  - [-1, 1, Conv, [64, 3, 2]] # 3-P3/8
head:
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]] # 4
  - [[-1, 2], 1, Concat, [1]] # 5
  - [-1, 1, C2f, [48]] # 6
  - [[3, 6], 1, Detect, [nc]] # 7
`;
const cfg = `[net]
width=32
height=32
channels=3

[convolutional]
filters=8
size=1
activation=linear

[convolutional]
filters=16
size=1
activation=linear

[convolutional]
filters=8
size=1
activation=linear

[shortcut]
from=-3
activation=linear
`;

const oldNumbers = /^(?:old-row-numbers?|removed-row|moved-below|stale-number)$/;

/** Runs a command at a word and returns the resulting text. */
async function run(session: Session, uri: string, text: string, word: string, command: RowCommand) {
  const found = await session.changeRow(uri, positionOf(text, word), command);
  assert.ok(found && !('refused' in found), JSON.stringify(found));
  const after = await session.applyChanges(uri, found.edits);
  const problems = await session.problems(uri);
  assert.deepEqual(
    problems.filter(({ code }) => oldNumbers.test(String(code))),
    [],
  );
  return { after, message: found.message, line: after.split('\n')[found.selection.start.line] };
}

function positionOf(text: string, word: string): { line: number; character: number } {
  const before = text.slice(0, text.indexOf(word)).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

test('an inserted row keeps the channels; references and numbers in comments follow', async () => {
  await using session = await startSession();
  const uri = await session.open('a.yaml', yolo);
  await session.hints(uri);
  const { after, line } = await run(session, uri, yolo, 'C2f, [32', 'insert');
  assert.equal(line, '  - [-1, 1, Conv, [32, 3, 1]] # 3');
  assert.ok(after.includes('[[-1, 2], 1, Concat, [1]] # 6'));
  assert.ok(after.includes('[[4, 7], 1, Detect, [nc]] # 8'));
});

test('rows change places, and a deleted one is read through: the message counts references', async () => {
  await using session = await startSession();
  const uri = await session.open('a.yaml', yolo);
  await session.hints(uri);
  const moved = await run(session, uri, yolo, 'C2f, [32', 'down');
  assert.equal(moved.line, '  - [-1, 1, C2f, [32, True]] # 3');
  assert.equal(moved.message, 'The network has one error more than before.');
  assert.ok(moved.after.includes('[[-1, 3], 1, Concat, [1]] # 5'), moved.after);
  assert.ok(moved.after.includes('[[2, 6], 1, Detect, [nc]] # 7'), moved.after);
  const back = await run(session, uri, moved.after, 'C2f, [32', 'up');
  assert.equal(back.after, yolo);
  const deleted = await run(session, uri, yolo, 'C2f, [32', 'delete');
  assert.match(deleted.message ?? '', /^One reference to row 2 now means what that read\./);
  assert.ok(deleted.after.includes('[[-1, 1], 1, Concat, [1]] # 4'), deleted.after);
  assert.ok(deleted.after.includes('[[2, 5], 1, Detect, [nc]] # 6'), deleted.after);
});

test('references that cannot be redirected are left to the user, by name; a change to another network is refused', async () => {
  await using session = await startSession();
  const uri = await session.open('a.yaml', `${yolo}  - [5, 1, Conv, [8, 1, 1]] # 8\n`);
  await session.hints(uri);
  const text = `${yolo}  - [5, 1, Conv, [8, 1, 1]] # 8\n`;
  const { message } = await run(session, uri, text, 'Concat', 'delete');
  assert.match(
    message ?? '',
    /2 references to row 5 were left as they are and have to be changed by hand: row 5, row 7/,
  );
  const other = await session.open('b.yaml', yolo);
  const refused = await session.changeRow(other, positionOf(yolo, 'Detect'), 'up');
  assert.deepEqual(refused, { refused: 'Not possible here: row 7 reads row 6.' });
});

test('sections of a cfg', async () => {
  await using session = await startSession();
  const uri = await session.open('yolo.cfg', cfg, 'darknet-cfg');
  await session.hints(uri);
  const twice = await run(session, uri, cfg, 'filters=16', 'duplicate');
  assert.equal(twice.line, '[convolutional]');
  assert.ok(twice.after.includes('from=-4'), twice.after);
  const once = await run(session, uri, twice.after, 'filters=16', 'delete');
  assert.equal(once.after, cfg);
  const none = await session.changeRow(uri, { line: 1, character: 0 }, 'up');
  assert.deepEqual(none, { refused: 'Place the cursor on a row first.' });
});
