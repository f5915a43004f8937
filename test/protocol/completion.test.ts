// Completion and signature help over the protocol, depending on the client's capabilities.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CompletionItem,
  type CompletionList,
  InsertTextFormat,
  type SignatureHelp,
} from 'vscode-languageserver-protocol';
import { type Session, startSession } from './session.ts';

const yolo = `nc: 3
backbone:
  - [-1, 1, Conv, [16, 3, 2]]
  - [-1, 1, Conv, [32, 3, 2]]
head:
  - [[-1, 0], 1, Concat, [1]]
  - [-1, 1, Con
`;

async function itemsAt(session: Session, line: number, character: number): Promise<readonly CompletionItem[]> {
  const uri = await session.open('mine.yaml', yolo);
  const position = { line, character };
  const { items } = await session.connection.sendRequest<CompletionList>('textDocument/completion', {
    textDocument: { uri },
    position,
  });
  return items;
}

test('a client that supports label details gets them', async () => {
  await using session = await startSession({ modern: true });
  const items = await itemsAt(session, 5, 10);
  const last = items.find(({ label }) => label === '0');
  assert.deepEqual(last?.labelDetails, { detail: '  does not fit', description: 'Conv · line 3 · 16×320×320' });
  assert.equal(last.detail, 'Conv · line 3 · 16×320×320 · input sizes do not match');
  const [first] = items;
  assert.deepEqual(first?.labelDetails, { description: 'row 1 · Conv · line 4 · 32×160×160' });
  // Clients that sort keep this order.
  assert.ok(first.sortText! < last.sortText!);
  const [conv] = await itemsAt(session, 6, 13);
  assert.equal(conv?.insertTextFormat, InsertTextFormat.Snippet);
});

test('any other client gets a plain label, and no placeholders', async () => {
  await using session = await startSession();
  const last = (await itemsAt(session, 5, 10)).find(({ label }) => label === '0');
  assert.equal(last?.labelDetails, undefined);
  assert.equal(last?.detail, 'Conv · line 3 · 16×320×320 · input sizes do not match');
  const [conv] = await itemsAt(session, 6, 13);
  assert.equal(conv?.insertTextFormat, InsertTextFormat.PlainText);
  assert.equal(conv?.textEdit?.newText, 'Conv, [32, 3]]');
});

test('signature help marks the argument', async () => {
  await using session = await startSession();
  const uri = await session.open('mine.yaml', yolo);
  const help = await session.connection.sendRequest<SignatureHelp>('textDocument/signatureHelp', {
    textDocument: { uri },
    position: { line: 2, character: 23 },
  });
  const [signature] = help.signatures;
  const [from, to] = signature!.parameters![help.activeParameter!]!.label as [number, number];
  assert.equal(signature!.label.slice(from, to), 'k = 1');
});
