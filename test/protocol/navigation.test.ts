// Navigation over the protocol, depending on the client's capabilities.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  FoldingRange,
  Location,
  SelectionRange,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol';
import { type Session, startSession } from './session.ts';

const yolo = `nc: 3
backbone:
  - [-1, 1, Conv, [16, 3, 2]]
  - [-1, 1, Conv, [32, 3, 2]]
head:
  - [[-1, 0], 1, Detect, [nc]]
`;

const ask = <T>(
  session: Session,
  method: string,
  uri: string,
  line: number,
  character: number,
  more = {},
): Promise<T> =>
  session.connection.sendRequest(`textDocument/${method}`, {
    textDocument: { uri },
    position: { line, character },
    ...more,
  });

const placeOf = ({ range }: Pick<Location, 'range'>): string =>
  `${range.start.line}:${range.start.character}-${range.end.character}`;

test('definition, references, highlights and rows’ numbers', async () => {
  await using session = await startSession();
  const uri = await session.open('mine.yaml', yolo);
  assert.deepEqual(await session.rowNumbers(uri), ['2: 0', '3: 1', '5: 2']);
  assert.equal(placeOf(await ask<Location>(session, 'definition', uri, 5, 10)), '2:4-29');
  const context = { includeDeclaration: false };
  const found = await ask<Location[]>(session, 'references', uri, 2, 12, { context });
  assert.deepEqual(found.map(placeOf), ['3:5-7', '5:10-11']);
  const marked = await ask<Pick<Location, 'range'>[]>(session, 'documentHighlight', uri, 0, 1);
  assert.deepEqual(marked.map(placeOf), ['0:0-2', '5:26-28']);
  assert.equal(await ask(session, 'documentHighlight', uri, 2, 14), null);
});

test('the detail of a row’s number is that of the row', async () => {
  await using session = await startSession();
  const uri = await session.open('mine.yaml', yolo);
  const number = (await session.rawHints(uri)).find(({ label }) => label === '1');
  const { tooltip } = await session.resolve(number!);
  assert.match(typeof tooltip === 'object' ? tooltip.value : '', /model\.1/);
});

test('a rename changes all places, and a refusal is an error with its reason', async () => {
  await using session = await startSession();
  const text = 'input: [3, 8, 8]\nlayers:\n  - {relu: , name: a}\n  - add: [a, -1]\n';
  const uri = await session.open('tiny.net.yaml', text, 'flopline');
  const prepared = await ask<{ placeholder: string }>(session, 'prepareRename', uri, 3, 10);
  assert.equal(prepared.placeholder, 'a');
  const edit = await ask<WorkspaceEdit>(session, 'rename', uri, 3, 10, { newName: 'first' });
  const [change] = edit.documentChanges ?? [];
  assert.ok(change && 'edits' in change);
  assert.deepEqual(
    change.edits.map(each => 'range' in each && placeOf(each)),
    ['2:19-20', '3:10-11'],
  );
  await assert.rejects(ask(session, 'rename', uri, 3, 10, { newName: 'input' }), /“input”.*read differently/);
  await assert.rejects(ask(session, 'prepareRename', uri, 3, 13), /number of a row is its position/);
  assert.equal(await ask(session, 'prepareRename', uri, 2, 5), null);
});

test('what feeds a layer and what it feeds; folding; a selection that grows', async () => {
  await using session = await startSession();
  const uri = await session.open('mine.yaml', yolo);
  const [item] = await ask<CallHierarchyItem[]>(session, 'prepareCallHierarchy', uri, 3, 14);
  assert.equal(item?.name, 'model.1');
  const incoming: CallHierarchyIncomingCall[] = await session.connection.sendRequest('callHierarchy/incomingCalls', {
    item,
  });
  assert.deepEqual(
    incoming.map(({ from }) => from.name),
    ['model.0'],
  );
  const outgoing: CallHierarchyOutgoingCall[] = await session.connection.sendRequest('callHierarchy/outgoingCalls', {
    item,
  });
  assert.deepEqual(
    outgoing.map(({ to }) => to.name),
    ['model.2'],
  );
  const folded: FoldingRange[] = await session.connection.sendRequest('textDocument/foldingRange', {
    textDocument: { uri },
  });
  assert.deepEqual(
    folded.map(({ startLine, endLine }) => [startLine, endLine]),
    [
      [1, 3],
      [4, 5],
    ],
  );
  const [selection]: SelectionRange[] = await session.connection.sendRequest('textDocument/selectionRange', {
    textDocument: { uri },
    positions: [{ line: 3, character: 14 }],
  });
  assert.equal(placeOf(selection!), '3:12-16');
  assert.equal(placeOf(selection!.parent!), '3:4-29');
});
