// Inserted and removed rows in an editor: the warning, its fix, and when it disappears.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSession } from './session.ts';

const yolo = `nc: 4
scales:
  n: [1.00, 1.00, 1024]
backbone:
  - [-1, 1, Conv, [16, 3, 2]]
  - [-1, 1, Conv, [32, 3, 2]]
  - [-1, 1, C2f, [32, True]]
  - [-1, 1, Conv, [64, 3, 2]]
head:
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 2], 1, Concat, [1]]
  - [-1, 1, C2f, [48]]
  - [[3, 6], 1, Detect, [nc]]
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

[route]
layers=1
`;

const codes = /^(?:old-row-numbers?|removed-row|moved-below)$/;

/** A new row that changes no shape. */
const above = '  - [-1, 1, C2f, [32, True]]\n';
const inserted = '  - [-1, 1, Conv, [32, 1, 1]]\n';

test('an inserted row causes a warning about references that now mean other rows, and one fix shifts them', async () => {
  await using session = await startSession();
  const uri = await session.open('yolo.yaml', yolo);
  const before = await session.hints(uri);
  await session.edit(uri, above, inserted + above);
  const found = (await session.problems(uri)).filter(({ code }) => codes.test(String(code)));
  assert.deepEqual(
    found.map(({ code, range, severity }) => [code, range.start.line, severity]),
    [
      ['old-row-numbers', 6, 2],
      ['old-row-number', 11, 2],
      ['old-row-number', 13, 2],
      ['old-row-number', 13, 2],
    ],
  );
  assert.match(String(found[0]?.message), /^A row was inserted here, but 3 references still use the old row numbers\./);
  assert.match(String(found[1]?.message), /^By the old row numbers, 2 is “C2f”, which is now row 3\./);
  // Nothing else is reported, since nobody intended this network.
  assert.deepEqual(
    (await session.problems(uri)).filter(({ code }) => !codes.test(String(code))),
    [],
  );

  // Rows below keep their costs; those that use an old number are marked as depending on it.
  const after = await session.hints(uri);
  const shiftedLine = (hint: string): string =>
    hint.replace(/^\d+/, line => String(Number(line) >= 6 ? Number(line) + 1 : line));
  const rows = (list: readonly string[]): string[] => list.filter(hint => !/^(?:0|2|6): /.test(hint));
  assert.deepEqual(
    rows(after).map(hint => hint.replace('~ ', '')),
    rows(before.map(shiftedLine)),
  );
  assert.ok(
    after.some(hint => /^11:\s+~ /.test(hint)),
    after.join('\n'),
  );
  assert.ok(
    after.every(hint => !/^7:\s+~/.test(hint)),
    after.join('\n'),
  );

  const actions = await session.actions(uri, 'Detect');
  assert.deepEqual(
    (await session.actionsAt(uri, session.rangeOf(uri, '[[3, 6]'))).map(({ title }) => title),
    ['Shift 3 references by +1', 'The references are right'],
  );
  assert.deepEqual(actions, []);
  const [fix] = await session.actionsAt(uri, session.rangeOf(uri, '[[3, 6]'));
  assert.equal(fix?.isPreferred, true);
  const text = await session.apply(uri, fix!);
  assert.equal(
    text,
    yolo
      .replace(above, inserted + above)
      .replace('[-1, 2]', '[-1, 3]')
      .replace('[3, 6]', '[4, 7]'),
  );
  assert.deepEqual(
    (await session.problems(uri)).filter(({ code }) => codes.test(String(code))),
    [],
  );
  assert.ok((await session.hints(uri)).every(hint => !hint.includes('~')));
});

test('the warning ends when the edit is undone, and when the file is closed', async () => {
  await using session = await startSession();
  const uri = await session.open('yolo.yaml', yolo);
  await session.hints(uri);
  await session.edit(uri, above, inserted + above);
  const warnings = async (): Promise<number> =>
    (await session.problems(uri)).filter(({ code }) => codes.test(String(code))).length;
  assert.equal(await warnings(), 4);
  // A number that the user types refers to the row that has it now.
  await session.edit(uri, '[[3, 6]', '[[4, 6]');
  assert.equal(await warnings(), 3);
  await session.edit(uri, '[[4, 6]', '[[3, 6]');
  assert.equal(await warnings(), 4);
  await session.edit(uri, inserted, '');
  assert.equal(await warnings(), 0);
  await session.edit(uri, above, inserted + above);
  assert.equal(await warnings(), 4);
  await session.close(uri);
  const again = await session.open('yolo.yaml', yolo.replace(above, inserted + above));
  assert.deepEqual(
    (await session.problems(again)).filter(({ code }) => codes.test(String(code))),
    [],
  );
});

test('comments that number rows reveal that a file was edited elsewhere', async () => {
  await using session = await startSession();
  let row = 0;
  const numbered = yolo.replaceAll(/^ {2}- .*$/gm, line => `${line} # ${row++}`);
  const uri = await session.open(
    'yolo.yaml',
    numbered.replace(`${above.trimEnd()} # 2\n`, `${inserted}${above.trimEnd()} # 2\n`),
  );
  const titles = async (): Promise<string[]> =>
    (await session.actionsAt(uri, session.rangeOf(uri, '[[3, 6]'))).map(({ title }) => title);
  assert.deepEqual(await titles(), [
    'Shift 3 references by +1 and renumber the comments',
    'The references are right: renumber only the comments',
  ]);
  const [, right] = await session.actionsAt(uri, session.rangeOf(uri, '[[3, 6]'));
  const text = await session.apply(uri, right!);
  assert.ok(text.includes('[[3, 6], 1, Detect, [nc]] # 8\n'), text);
  await session.run(right!);
  assert.deepEqual(
    (await session.problems(uri)).filter(({ code }) => codes.test(String(code))),
    [],
  );
});

test('the user confirms that the references are right', async () => {
  await using session = await startSession();
  const uri = await session.open('yolo.yaml', yolo);
  await session.hints(uri);
  await session.edit(uri, above, inserted + above);
  const [, right] = await session.actionsAt(uri, session.rangeOf(uri, '[[3, 6]'));
  assert.equal(right?.edit, undefined);
  await session.run(right!);
  assert.deepEqual(
    (await session.problems(uri)).filter(({ code }) => codes.test(String(code))),
    [],
  );
  assert.ok((await session.hints(uri)).every(hint => !hint.includes('~')));
  // From here on, numbers mean what they say.
  await session.edit(uri, inserted, inserted + inserted.replace('1, 1]', '3, 1]'));
  const [fix] = await session.actionsAt(uri, session.rangeOf(uri, '[[3, 6]'));
  const text = await session.apply(uri, fix!);
  assert.ok(text.includes('[[4, 7], 1, Detect'), text);
});

test('layers of Darknet are tracked like rows, including relative numbers across the change', async () => {
  await using session = await startSession();
  const uri = await session.open('net.cfg', cfg, 'darknet-cfg');
  const before = await session.summary(uri);
  const layer = '[convolutional]\nfilters=8\nsize=1\nactivation=linear\n\n[shortcut]';
  await session.edit(uri, layer, `[dropout]\nprobability=.5\n\n${layer}`);
  assert.equal((await session.summary(uri))?.macs, before?.macs);
  const [found] = (await session.problems(uri)).filter(({ code }) => codes.test(String(code)));
  assert.match(
    String(found?.message),
    /^A layer was inserted here, but one reference still uses the old layer numbers\./,
  );
  const [fix] = await session.actionsAt(uri, session.rangeOf(uri, 'from=-3'));
  const text = await session.apply(uri, fix!);
  assert.ok(text.includes('from=-4') && text.includes('layers=1\n'), text);
  assert.equal((await session.summary(uri))?.macs, before?.macs);
});

test('a cut and pasted row has moved, and a missing row is named', async () => {
  await using session = await startSession();
  const uri = await session.open('yolo.yaml', yolo);
  await session.hints(uri);
  await session.edit(uri, above, '');
  const gone = (await session.problems(uri)).find(({ code }) => code === 'removed-row');
  assert.match(
    String(gone?.message),
    /^This refers to a row that was removed \(row 2 before\)\. It now reads “Conv”\./,
  );
  await session.edit(uri, '  - [-1, 1, Conv, [32, 3, 2]]\n', `${above}  - [-1, 1, Conv, [32, 3, 2]]\n`);
  const [fix] = await session.actionsAt(uri, session.rangeOf(uri, '[-1, 2]'));
  assert.match(fix?.title ?? '', /^Shift one reference by −1$/);
  assert.ok((await session.apply(uri, fix!)).includes('[[-1, 1], 1, Concat'));
});
