// Questions that nobody asks again: a text that comes while they are answered is answered for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from 'vscode-languageserver';
import type { Analysed } from '../../server/src/core/index.ts';
import { Session } from '../../server/src/lsp/session.ts';
import type { Workspace } from '../../server/src/lsp/workspace.ts';

/** A session about one text, of which `edits` newer versions come while it is read. */
function sessionWith(edits: number): { readonly session: Session; readonly version: () => number } {
  const settings = {};
  let version = 1;
  const workspace = {
    settings: { of: () => settings },
    version: () => version,
    *preparation() {
      yield undefined;
      if (version <= edits) version++;
      yield undefined;
    },
    analysed: () => ({ document: { format: {} } }) as Analysed,
  };
  const session = new Session({} as Connection, workspace as unknown as Workspace);
  session.start();
  return { session, version: () => version };
}

const token = { isCancellationRequested: false };

test('the newest text is answered for, however often it is replaced', async () => {
  for (const edits of [0, 1, 3]) {
    const { session, version } = sessionWith(edits);
    assert.equal(await session.answerNewest('test', 'a', token, null, () => version()), edits + 1);
  }
});

test('what is refreshed anyway is answered for once', async () => {
  const { session, version } = sessionWith(1);
  assert.equal(await session.answerNetwork('test', 'a', token, null, () => version()), null);
});

test('nobody waits for what is cancelled, or has no answer', async () => {
  const { session } = sessionWith(5);
  assert.equal(await session.answerNewest('test', 'a', { isCancellationRequested: true }, null, () => 1), null);
  assert.equal(await sessionWith(2).session.answerNewest('test', 'a', token, null, () => null), null);
});
