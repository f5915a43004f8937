// Choices per file, sent by a client over stdio.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, type Session, startSession, until } from './session.ts';

const yolo = `nc: 2
scales:
  n: [0.33, 0.25, 1024]
  s: [0.33, 0.50, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
head:
  - [-1, 1, Classify, [nc]]
`;
const mlp = 'input: [784]\nlayers:\n  - linear: 10\n';
const caffe = `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 4 dim: 3 dim: 32 dim: 32 } } }
layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 8 kernel_size: 3 } }
layer { name: "d" type: "Dropout" bottom: "c" top: "c" include { phase: TRAIN } }
`;

/** The hint of the first row. */
async function firstHint(session: Session, uri: string): Promise<string> {
  return (await session.hints(uri)).find(hint => hint.startsWith('5: ')) ?? '';
}

test('the comment takes precedence over the file’s choice, that over the settings, and those over the default', async () => {
  const a = 'file:///models/a.yaml';
  await using session = await startSession({
    settings: { scale: 's', convention: 'flops', dtype: 'int8', input: '3,320,320' },
    initializationOptions: { choices: { [a]: { convention: 'thop', input: '64' } } },
  });
  assert.equal(await session.open('a.yaml', `# flopline: input=128 batch=2\n${yolo}`), a);
  const { input, scale, convention, dtype, batch, dialect } = await session.choices(a);
  assert.deepEqual(
    { input, scale, convention, dtype, batch, dialect },
    {
      input: '3,128,128 (comment)',
      scale: 's (settings)',
      convention: 'thop (file)',
      dtype: 'int8 (settings)',
      batch: '2 (comment)',
      dialect: 'ultralytics (default)',
    },
  );
  // Without the comment, the file's choice applies, and after that the settings.
  await session.edit(a, 'input=128 ', '');
  assert.equal((await session.choices(a)).input, '3,64,64 (file)');
  await session.choose({ [a]: {} });
  assert.equal((await session.choices(a)).input, '3,320,320 (settings)');
  assert.equal((await session.choices(a)).convention, 'flops (settings)');
  // An empty string is the file's own value, whatever the settings say.
  await session.choose({ [a]: { input: '', scale: '' } });
  const own = await session.choices(a);
  assert.deepEqual([own.input, own.scale], ['3,224,224 (default)', 'n (default)']);
});

test('two open files have separate choices: one never affects the other', async () => {
  await using session = await startSession();
  const [a, b] = [await session.open('a.yaml', yolo), await session.open('b.yaml', yolo)];
  const before = await firstHint(session, b);
  await session.choose({ [a]: { scale: 's' } });
  assert.match(await firstHint(session, a), /32×112×112/);
  assert.equal(await firstHint(session, b), before);
  await session.choose({ [b]: { input: '64' } });
  assert.match(await firstHint(session, a), /32×112×112/);
  assert.match(await firstHint(session, b), /16×32×32/);
  assert.deepEqual([(await session.choices(a)).scale, (await session.choices(b)).scale], ['s (file)', 'n (default)']);
});

test('a choice for a file that is opened later, closed, or in no file at all', async () => {
  await using session = await startSession();
  await session.choose({ 'file:///models/later.yaml': { scale: 's' }, 'file:///models/other.yaml': { scale: 's' } });
  const later = await session.open('later.yaml', yolo);
  assert.equal((await session.choices(later)).scale, 's (file)');
  await session.close(later);
  await session.open('later.yaml', yolo);
  assert.equal((await session.choices(later)).scale, 's (file)');
  // A renamed file arrives with its choices, and the old name has none.
  await session.choose({ [later]: {}, 'file:///models/new.yaml': { scale: 's' } });
  assert.equal((await session.choices(later)).scale, 'n (default)');
  assert.equal((await session.choices(await session.open('new.yaml', yolo))).scale, 's (file)');
});

test('the client answers per file, and wrong values fall back to the default', async () => {
  await using session = await startSession({
    settings: { convention: 'flops' },
    settingsByUri: { 'file:///models/b.yaml': { convention: 'thop', scale: 's' } },
  });
  const [a, b] = [await session.open('a.yaml', yolo), await session.open('b.yaml', yolo)];
  assert.equal((await session.choices(a)).convention, 'flops (settings)');
  assert.equal((await session.choices(b)).convention, 'thop (settings)');
  assert.equal((await session.choices(b)).scale, 's (settings)');
  session.settingsByUri = { [a]: { scale: 'n', convention: 'all-ops' } };
  await session.configure({});
  await until(() => session.refreshes.length === 2);
  assert.equal((await session.choices(a)).convention, 'all-ops (settings)');
  assert.equal((await session.choices(b)).convention, 'macs (default)');
  // If there is no answer for a file, the one for all files applies.
  session.settingsByUri = { [a]: null };
  await session.configure({ convention: 'thop' });
  await until(() => session.refreshes.length === 4);
  assert.equal((await session.choices(a)).convention, 'thop (settings)');
  await session.connection.sendNotification('flopline/didChangeChoices', {
    choices: { [a]: { scale: 7, hints: 'off', dtype: 'fp1' }, [b]: null },
  });
  assert.equal((await session.choices(a)).dtype, 'fp32 (default)');
  await until(() =>
    session.publications.findLast(
      ({ uri, diagnostics }) => uri === a && diagnostics.some(({ code }) => code === 'wrong-setting'),
    ),
  );
});

test('hints, lenses, problems and the outline follow a choice', async () => {
  await using session = await startSession({ outline: true });
  const outline = 'textDocument/documentSymbol';
  assert.equal(session.capabilities?.capabilities.documentSymbolProvider, undefined);
  const uri = await session.open('a.yaml', yolo);
  await until(() => session.registrations.includes(`+${outline}`));
  const before = await session.symbols(uri);
  await session.choose({ [uri]: { scale: 's' } });
  await until(() => session.registrations.filter(method => method.endsWith(outline)).length === 3);
  assert.deepEqual(
    session.registrations.filter(method => method.endsWith(outline)),
    [`+${outline}`, `-${outline}`, `+${outline}`],
  );
  assert.deepEqual(session.refreshes.toSorted(), ['workspace/codeLens/refresh', 'workspace/inlayHint/refresh']);
  assert.notDeepEqual(await session.symbols(uri), before);
  await session.choose({ [uri]: { scale: 'q' } });
  await until(() =>
    session.publications.findLast(({ diagnostics }) =>
      diagnostics.some(({ message }) => /no scale “q”/.test(String(message))),
    ),
  );
  // Repeating a choice changes nothing.
  const count = session.refreshes.length;
  await session.choose({ [uri]: { scale: 'q' } });
  await session.summary(uri);
  assert.equal(session.refreshes.length, count);
});

test('a client without dynamic registration has its outline from the start', async () => {
  await using session = await startSession();
  assert.ok(session.capabilities?.capabilities.documentSymbolProvider);
  const uri = await session.open('a.yaml', yolo);
  await session.choose({ [uri]: { scale: 's' } });
  await session.summary(uri);
  assert.ok(session.registrations.every(method => !method.endsWith('documentSymbol')));
});

test('the totals of a value are those of the file with that value', async () => {
  await using session = await startSession();
  const uri = await session.open('a.yaml', yolo);
  const { choices } = (await session.summary(uri))!;
  assert.deepEqual(
    choices.map(({ key }) => key),
    ['input', 'scale', 'convention', 'work', 'dtype', 'batch', 'dialect'],
  );
  for (const key of ['scale', 'convention', 'dtype', 'batch'] as const) {
    for (const { value } of choices.find(choice => choice.key === key)!.values) {
      const promised = await session.outcome(uri, key, value);
      await session.choose({ [uri]: { [key]: value } });
      const { text, detail } = (await session.summary(uri))!;
      for (const part of promised.split(' · '))
        assert.ok(`${text} · ${detail}`.includes(part), `${part}: ${text} · ${detail}`);
      await session.choose({ [uri]: {} });
    }
  }
});

test('a typed value is checked against the file', async () => {
  await using session = await startSession();
  const image = await session.open('a.yaml', yolo);
  const totals = await session.outcome(image, 'input', '3,320,320');
  assert.match(totals, /MACs · .* params · peak/);
  for (const spelling of ['320', '320x320', '320,320', '3x320x320', 'images=1,3,320,320'])
    assert.equal(await session.outcome(image, 'input', spelling), totals, spelling);
  assert.match(
    await session.outcome(image, 'input', '3,4,320,320'),
    /has 3 sizes: 3,224,224\. Write 224, 224x224 or 3,224,224/,
  );
  assert.match(await session.outcome(image, 'input', '3,'), /is not an input size/);
  const vector = await session.open('mlp.net.yaml', mlp, 'flopline');
  assert.match(await session.outcome(vector, 'input', '3,320,320'), /has one size: 784\. Write one number, as in 784/);
  assert.match(await session.outcome(vector, 'input', '100'), /1\.00k MACs|1k MACs|1,000 MACs/);
  const own = await session.open('net.prototxt', caffe, 'prototxt');
  assert.equal(await session.outcome(own, 'input', '64'), await session.outcome(own, 'input', 'data=4,3,64,64'));
  assert.match(await session.outcome(own, 'input', 'image=64'), /Its input is data\./);
  assert.match(await session.outcome(own, 'phase', 'TRAIN'), /MACs/);
  assert.match(await session.outcome(own, 'batch', 'many'), /is not a batch size/);
  assert.equal(await session.outcome('file:///none.yaml', 'input', '320'), '');
});

test('a choice is written into the file and removed again', async () => {
  await using session = await startSession();
  const uri = await session.open('a.yaml', yolo);
  const edits = async (value: string | null) =>
    session.connection.sendRequest('flopline/choiceEdits', { textDocument: { uri }, key: 'scale', value }) as Promise<{
      readonly version: number;
      readonly edits: Parameters<typeof edited>[1];
    }>;
  const written = await edits('s');
  assert.equal(written.version, 1);
  const text = edited(yolo, written.edits);
  assert.equal(text, `# flopline: scale=s\n${yolo}`);
  await session.replace(uri, text);
  assert.equal((await session.choices(uri)).scale, 's (comment)');
  assert.equal(edited(text, (await edits(null)).edits), yolo);
});
