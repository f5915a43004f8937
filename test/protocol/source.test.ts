// Model files that are read by their repository's Python, in the server: places in other files, edits of these, timing.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CodeActionTriggerKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Location,
} from 'vscode-languageserver-protocol';
import { folderOf } from '../support/folders.ts';
import { type Session, type SessionOptions, startSession, until } from './session.ts';

const fork = fileURLToPath(new URL('../editor/workspace/fork', import.meta.url));
const textOf = (name: string): string => readFileSync(join(fork, 'models', name), 'utf8');
const [tiny, blocks, yolo] = ['tiny.yaml', 'blocks.py', 'yolo.py'].map(textOf) as [string, string, string];

/** Opens a session on a copy of the repository; returns the folder of its model files, and the URI of one. */
async function opened(options: SessionOptions = {}) {
  const folder = folderOf();
  cpSync(fork, folder, { recursive: true });
  const session = await startSession(options);
  const models = join(folder, 'models');
  const uri = await session.open('tiny.yaml', tiny, 'yaml', models);
  return { session, models, uri };
}

const addressOf = (models: string, name: string): string => pathToFileURL(join(models, name)).toString();

async function definition(session: Session, uri: string, words: string): Promise<Location | null> {
  const position = session.rangeOf(uri, words).start;
  return session.connection.sendRequest('textDocument/definition', { textDocument: { uri }, position });
}

test('the name of a module leads into a file that is not open, and from there follows its edits', async () => {
  const { session, models, uri } = await opened();
  await using _ = session;
  const found = await definition(session, uri, 'Gate');
  assert.equal(found?.uri, addressOf(models, 'blocks.py'));
  assert.equal(found?.range.start.line, blocks.split('\n').indexOf('class Gate(nn.Module):'));
  const other = await session.open('blocks.py', blocks, 'python', models);
  await session.edit(other, 'import torch\n', 'import torch\n\n\n');
  assert.equal((await definition(session, uri, 'Gate'))?.range.start.line, found!.range.start.line + 2);
});

test('a text that is shown as the base of a file is read by the repository of that file', async () => {
  const { session, uri } = await opened();
  await using _ = session;
  const text = tiny.replace('Gate, [32]', 'Gate, [64]');
  const base = { kind: 'save', label: '', name: 'tiny.yaml', text, uri };
  await session.connection.sendNotification('flopline/didChangeBase', { uri, base });
  // As VS Code writes the address of a text whose query is the address of another.
  const left = `flopline-base:${new URL(uri).pathname}?${encodeURIComponent(uri)}`;
  await session.openAt(left, text, 'yaml');
  await session.checkHint(uri, 3, /32×320×320 · 511M MACs · −52 %$/);
  await session.checkHint(left, 3, /64×320×320 · 1\.07G MACs · 10\.7k params$/);
  // Nothing is known of what such a text belongs to.
  await session.openAt('flopline-base:/tiny.yaml?%E0', text, 'yaml');
  await session.checkHint('flopline-base:/tiny.yaml?%E0', 3, /unknown module Gate/);
});

test('an unsaved edit of the Python changes only the hints of its dependents', async () => {
  const { session, models, uri } = await opened();
  await using _ = session;
  const other = await session.open('blocks.py', blocks, 'python', models);
  const alone = await session.open('alone.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n', 'yaml', models);
  for (const each of [uri, alone]) await session.problems(each);
  const opening = session.publications.length;
  await session.checkHint(uri, 3, /511M MACs · 5\.10k params$/);
  let published = session.publications.length;
  const again = (): boolean => session.publications.slice(published).some(each => each.uri === uri);
  // In the first of its convolutions, 16·32 weights instead of 9·16·32.
  await session.edit(other, 'Conv(c1, c2, 3)', 'Conv(c1, c2, 1)');
  await until(again);
  await session.checkHint(uri, 3, /91\.8M MACs · 1\.01k params$/);
  published = session.publications.length;
  // Unsaved text is gone.
  await session.close(other);
  await until(again);
  await session.checkHint(uri, 3, /511M MACs · 5\.10k params$/);
  assert.ok(!session.publications.slice(opening).some(each => each.uri === alone));
});

test('an error in a module is shown at the row, with the places in the Python, until it is fixed', async () => {
  const { session, models, uri } = await opened();
  await using _ = session;
  const errors = (found: readonly Diagnostic[]) =>
    found.filter(({ severity }) => severity === DiagnosticSeverity.Error);
  assert.deepEqual(errors(await session.problems(uri)), []);
  const other = await session.open('blocks.py', blocks, 'python', models);
  const latest = () => errors(session.publications.findLast(each => each.uri === uri)!.diagnostics);
  await session.edit(other, 'self.value(x) *', 'self.values(x) *');
  const [problem] = await until(() => latest().length > 0 && latest());
  assert.equal(problem?.code, 'reader-refuses');
  assert.equal(problem?.range.start.line, 3);
  assert.match(
    String(problem?.message),
    /The forward pass of this row fails: AttributeError: 'Gate' object has no attribute/,
  );
  assert.deepEqual(
    problem?.relatedInformation?.map(({ location: { uri: at, range } }) => [at, range.start.line]),
    [
      [addressOf(models, 'blocks.py'), blocks.split('\n').findIndex(line => line.includes('self.value(x) *'))],
      [addressOf(models, 'yolo.py'), yolo.split('\n').findIndex(line => line.includes('x = m(x)'))],
    ],
  );
  await session.edit(other, 'self.values(x) *', 'self.value(x) *');
  await until(() => latest().length === 0);
});

test('problems of an earlier text of the Python are not told after those of the newest', async () => {
  const { session, models, uri } = await opened();
  await using _ = session;
  await session.problems(uri);
  const other = await session.open('blocks.py', blocks, 'python', models);
  const latest = () =>
    session.publications
      .findLast(each => each.uri === uri)!
      .diagnostics.filter(({ code }) => code === 'reader-refuses');
  for (let round = 0; round < 3; round++) {
    await session.edit(other, 'self.value(x) *', 'self.values(x) *');
    // Told at once, and again when all has been looked through.
    await until(() => latest().length > 0);
    await session.edit(other, 'self.values(x) *', 'self.value(x) *');
    await session.checkHint(uri, 3, /511M MACs · 5\.10k params$/);
    await new Promise(resolve => setTimeout(resolve, 500));
    await until(() => latest().length === 0);
  }
});

test('while a reader takes long, requests for another document are answered', async () => {
  const { session, models, uri } = await opened();
  await using _ = session;
  await session.hints(uri);
  const reader = await session.open('yolo.py', yolo, 'python', models);
  await session.edit(
    reader,
    '    layers, save = [], []\n',
    '    layers, save = [], []\n    for n in range(150000):\n        n = n * n % 7\n',
  );
  const other = await session.open('tiny.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n', 'yaml');
  let isDone = false;
  const hints = session.hints(uri).then(found => {
    isDone = true;
    return found;
  });
  await session.hints(other);
  assert.ok(!isDone, 'the short one is answered first');
  assert.match((await hints).join('\n'), /511M MACs/);
});

test('advice is not tried when the editor only checks for its light bulb, but when the user asks', async () => {
  const { session, uri } = await opened();
  await using _ = session;
  const range = session.rangeOf(uri, 'Conv, [32, 3]');
  const titles = async (triggerKind: CodeActionTriggerKind): Promise<readonly string[]> => {
    const params = { textDocument: { uri }, range, context: { diagnostics: [], triggerKind } };
    const found: { title: string }[] = await session.connection.sendRequest('textDocument/codeAction', params);
    return found.map(({ title }) => title).filter(title => !title.startsWith('Ignore '));
  };
  assert.deepEqual(await titles(CodeActionTriggerKind.Automatic), []);
  assert.match(
    (await titles(CodeActionTriggerKind.Invoked)).join('\n'),
    /^Use 1 repeats? instead of 2: 1\.89G → 944M/m,
  );
});

test('in an untrusted workspace, no reader outside of it is used', async () => {
  const folder = folderOf();
  cpSync(fork, folder, { recursive: true });
  mkdirSync(join(folder, 'configs'));
  writeFileSync(join(folder, 'configs/tiny.yaml'), tiny);
  await using session = await startSession({
    folder: join(folder, 'configs'),
    initializationOptions: { isTrusted: false },
  });
  const uri = await session.open('tiny.yaml', tiny, 'yaml', join(folder, 'configs'));
  // Only the repository knows `Gate`.
  await session.checkHint(uri, 3, /\?/);
  assert.equal((await definition(session, uri, 'Gate'))?.uri, uri);
  await session.connection.sendNotification('flopline/didChangePython', { isTrusted: true });
  await session.checkHint(uri, 3, /511M MACs · 5\.10k params$/);
});

test('completion and signature help come from the tables', async () => {
  const { session, uri } = await opened();
  await using _ = session;
  await session.edit(uri, 'Conv, [32, 3]', 'Conv, [32, ]');
  const position = session.rangeOf(uri, ', ]').end;
  const found = await session.connection.sendRequest('textDocument/signatureHelp', {
    textDocument: { uri },
    position: { ...position, character: position.character - 1 },
  });
  assert.match(JSON.stringify(found), /kernel|\bk\b/);
});

test('a part of the Python that cannot be read, and that no row needs, is told of when there is time', async () => {
  const { session, models, uri } = await opened();
  await using _ = session;
  await session.problems(uri);
  const other = await session.open('blocks.py', blocks, 'python', models);
  const refused = () =>
    session.publications.findLast(each => each.uri === uri)!.diagnostics.filter(({ code }) => code === 'file-refused');
  await session.edit(other, 'import torch\n', 'import torch\n\n\ndef unused(x):\n    return (x + 1\n\n');
  const [problem] = await until(() => refused().length > 0 && refused());
  assert.match(
    String(problem?.message),
    /^Python cannot import `models\/blocks\.py`, because of its line 7: “\(” is never/,
  );
  assert.equal(problem?.severity, DiagnosticSeverity.Error);
  assert.equal(problem?.relatedInformation?.[0]?.location.uri, other);
  await session.checkHint(uri, 3, /511M MACs · 5\.10k params$/);
  // It stays while the model file is typed on, and goes with its cause.
  const published = session.publications.length;
  await session.edit(uri, 'nc: ', 'nc:  ');
  await until(() => session.publications.slice(published).some(each => each.uri === uri));
  assert.equal(refused().length, 1);
  await session.edit(other, '(x + 1\n', '(x + 1)\n');
  await until(() => refused().length === 0);
});
