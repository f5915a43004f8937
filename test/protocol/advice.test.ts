import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CancellationTokenSource, type CodeAction, type TextDocumentEdit } from 'vscode-languageserver-protocol/node';
import { startSession } from './session.ts';

// Of 28²·5²·256·96 = 482M multiply-accumulates a bottleneck of 64 leaves 28²·64·(256 + 5²·96) = 133M.
const wide = `name: Wide
input: [256, 28, 28]
layers:
  - conv: {out: 96, kernel: 5, padding: same} # the wide one
  - relu
  - globalavgpool
  - flatten
  - linear: 10
`;
// Three colors are few channels: two 3×3 convolutions with 96 channels between cost more than one 5×5.
const narrow = wide.replace('[256,', '[3,');

const editOf = ({ edit }: CodeAction): TextDocumentEdit => edit!.documentChanges![0] as TextDocumentEdit;

test('advice is a quick fix of the diagnostic that asks for it, else a refactoring, with its price', async () => {
  await using session = await startSession();
  const uri = await session.open('wide.net.yaml', wide, 'flopline');
  const actions = await session.actions(uri, 'conv');
  const bottleneck = actions.find(({ title }) => title.startsWith('Insert a 1×1 bottleneck (64 channels)'));
  assert.match(bottleneck?.title ?? '', /: 482M → 133M MACs here, −72 % in total, params −\d+k$/);
  assert.equal(bottleneck?.kind, 'quickfix');
  assert.deepEqual(
    bottleneck?.diagnostics?.map(({ code }) => code),
    ['fat-convolution'],
  );
  const narrower = actions.find(({ title }) => title.startsWith('Use 72 channels'));
  assert.equal(narrower?.kind, 'refactor.rewrite');
  assert.equal(narrower?.diagnostics, undefined);
  // A client that cannot resolve edits gets it at once, for this version of the text.
  assert.deepEqual(editOf(bottleneck!).textDocument, { uri, version: 1 });
  await session.apply(uri, bottleneck!);
  assert.match((await session.hints(uri, 5, 5)).join(), /96×28×28 · 120M MACs/);
});

test('a diagnostic that advises a change carries the change that was tried, and what it saves', async () => {
  await using session = await startSession();
  const uri = await session.open('wide.net.yaml', wide, 'flopline');
  // On a slow machine, problems are published again once changes have been tried.
  const messageWith = async (part: string): Promise<string> => {
    for (const end = Date.now() + 15_000; Date.now() < end; await pause(20)) {
      const found = session.publications.at(-1)?.diagnostics.find(({ code }) => code === 'fat-convolution');
      if (String(found?.message ?? '').includes(part)) return String(found?.message);
    }
    return 'none';
  };
  assert.equal(
    (await messageWith('@@')).replace(/−\d+k\./, '−Nk.'),
    [
      'This 5×5 convolution on 256 channels accounts for 99.9 % of the network’s MACs. Insert a 1×1 bottleneck (64 channels): 482M → 133M MACs here, −72 % in total, params −Nk.',
      '@@ -3,0 +4,2 @@',
      '+  - conv: {out: 64, kernel: 1}',
      '+  - relu',
    ].join('\n'),
  );
  // For the current text.
  await session.edit(uri, 'out: 96', 'out: 192');
  assert.match(await messageWith('963M → '), /\n@@ -3,0 \+4,2 @@\n/);
});

test('an edit is resolved lazily if the client supports it, with reasons for the preview, and computed once', async () => {
  await using session = await startSession({ modern: true });
  const uri = await session.open('wide.net.yaml', wide, 'flopline');
  const [action] = (await session.actions(uri, 'conv')).filter(({ title }) => title.includes('(64 channels)'));
  assert.equal(action?.edit, undefined);
  const resolved = await session.resolveAction(action!);
  assert.equal(resolved.title, action?.title);
  const [annotation] = Object.values(resolved.edit?.changeAnnotations ?? {});
  assert.equal(annotation?.label, action?.title);
  assert.match(annotation?.description ?? '', /M²·Cin·C .*input 256×28×28\.$/);
  assert.equal(annotation?.needsConfirmation, false);
  await session.apply(uri, resolved);
  const summary = await session.summary(uri);
  assert.equal(summary?.macs, 28 * 28 * 64 * (256 + 25 * 96) + 96 * 10);
  // Advice for an older text is no longer valid.
  await assert.rejects(session.resolveAction(action!), /has changed/);
});

test('a change that would cost more is shown as disabled with the reason, if the client supports it', async () => {
  for (const modern of [true, false]) {
    await using session = await startSession({ modern });
    const uri = await session.open('narrow.net.yaml', narrow, 'flopline');
    const refused = (await session.actions(uri, 'conv')).filter(({ disabled }) => disabled);
    if (modern) assert.match(refused[0]?.disabled?.reason ?? '', /would cost \d+ % more here \(3 → 96 channels\)/);
    else assert.deepEqual(refused, []);
  }
});

test('only the requested kinds are returned', async () => {
  await using session = await startSession();
  const uri = await session.open('wide.net.yaml', wide, 'flopline');
  const kinds = async (only: readonly string[]): Promise<(string | undefined)[]> => [
    ...new Set((await session.actions(uri, 'conv', only)).map(({ kind }) => kind)),
  ];
  assert.deepEqual(await kinds(['quickfix']), ['quickfix']);
  // Requesting only refactorings includes the changes of quick fixes.
  assert.deepEqual(await kinds(['refactor']), ['refactor.rewrite']);
  assert.ok((await session.actions(uri, 'conv', ['refactor'])).some(({ title }) => title.includes('bottleneck')));
  assert.deepEqual(await kinds(['source']), []);
  assert.deepEqual(new Set(await kinds([''])), new Set(['quickfix', 'refactor.rewrite']));
});

test('the margin of a line offers the advice on its layer, other lines none', async () => {
  await using session = await startSession();
  const uri = await session.open('wide.net.yaml', wide, 'flopline');
  for (const place of ['  -', 'the wide one'])
    assert.ok(
      (await session.actions(uri, place)).some(({ title }) => title.includes('bottleneck')),
      place,
    );
  assert.deepEqual(await session.actions(uri, 'name'), []);
});

test('a request is answered empty if the text is replaced in the meantime or the request is canceled', async () => {
  await using session = await startSession();
  const rows = Array.from({ length: 60 }, () => '  - conv: {out: 256, kernel: 3, padding: same}\n').join('');
  const uri = await session.open('deep.net.yaml', `input: [256, 28, 28]\nlayers:\n${rows}`, 'flopline');
  const all = { textDocument: { uri }, range: session.rangeOf(uri, rows), context: { diagnostics: [] } };
  const source = new CancellationTokenSource();
  const cancelled = session.connection.sendRequest<CodeAction[]>('textDocument/codeAction', all, source.token);
  source.cancel();
  assert.deepEqual(await cancelled, []);
  const superseded = session.connection.sendRequest<CodeAction[]>('textDocument/codeAction', all);
  // Wait until it has started.
  await session.hints(uri, 2, 2);
  await session.edit(uri, 'out: 256', 'out: 128');
  assert.deepEqual(await superseded, []);
  assert.match((await session.hints(uri, 2, 2)).join(), /128×28×28/);
});

test('settings switch a piece of advice off', async () => {
  await using session = await startSession({ settings: { advice: { fatConvolution: { enabled: false } } } });
  const uri = await session.open('wide.net.yaml', wide, 'flopline');
  const titles = (await session.actions(uri, 'conv')).map(({ title }) => title);
  assert.ok(titles.length > 0);
  assert.ok(!titles.some(title => title.includes('bottleneck')));
});

const dominated: Readonly<Record<string, readonly [language: string, text: string]>> = {
  'mine.net.yaml': [
    'flopline',
    'name: Mine\ninput: [3, 32, 32]\nlayers:\n  - conv: {out: 16, kernel: 3}\n  - conv: {out: 16, kernel: 3}\n  - flatten\n  - linear: 100\n',
  ],
  'mine.yaml': [
    'yaml',
    'nc: 80\nbackbone:\n  - [-1, 1, Conv, [8, 3, 2]]\n  - [-1, 1, Conv, [8, 3, 2]]\n  - [-1, 1, Conv, [999, 7, 1]]\nhead:\n  - [-1, 1, Conv, [8, 1, 1]]\n',
  ],
  'mine.cfg': [
    'properties',
    '[net]\nwidth=64\nheight=64\nchannels=3\n\n[convolutional]\nfilters=8\nsize=3\npad=1\n\n[convolutional]\nfilters=8\nsize=3\npad=1\n\n[convolutional]\nfilters=512\nsize=7\npad=1\n',
  ],
  'mine.prototxt': [
    'prototxt',
    'name: "mine"\nlayer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 32 dim: 32 } } }\n' +
      ['a', 'b', 'c']
        .map(
          (name, index, all) =>
            `layer {\n  name: "${name}" type: "Convolution" bottom: "${all[index - 1] ?? 'data'}" top: "${name}"\n  convolution_param { num_output: ${8 + 400 * (index >> 1)} kernel_size: 3 }\n}\n`,
        )
        .join(''),
  ],
};

for (const [name, [language, text]] of Object.entries(dominated)) {
  test(`${name}: a finding can be ignored on its line and in its file, by a comment with its indentation`, async () => {
    await using session = await startSession({ settings: { advice: { fatConvolution: { enabled: false } } } });
    for (const [where, expected] of [
      ['here', /^( *)# flopline-ignore dominant-layer\n\1\S/m],
      ['in this file', /^# flopline-ignore-file dominant-layer\n/],
    ] as const) {
      const uri = await session.open(`${where.length}/${name}`, text, language);
      const before = await session.summary(uri);
      const told = (await session.problems(uri)).find(({ code }) => code === 'dominant-layer');
      assert.ok(told, JSON.stringify(await session.problems(uri)));
      const action = (await session.actionsAt(uri, told.range)).find(
        ({ title }) => title === `Ignore “dominant-layer” ${where}`,
      );
      assert.equal(action?.kind, 'quickfix');
      assert.deepEqual(action?.diagnostics, [told]);
      const made = await session.apply(uri, action!);
      assert.match(made, expected);
      assert.equal(made.replace(/.*# flopline-ignore.*\n/, ''), text);
      const lines = (await session.problems(uri))
        .filter(({ code }) => code === 'dominant-layer')
        .map(({ range }) => range.start.line);
      assert.ok(!lines.includes(told.range.start.line + 1), `${lines}`);
      if (where === 'in this file') assert.deepEqual(lines, []);
      assert.equal((await session.summary(uri))?.macs, before?.macs);
    }
  });
}

test('errors cannot be ignored by a comment', async () => {
  await using session = await startSession();
  const uri = await session.open('wrong.net.yaml', wide.replace('relu', 'rellu'), 'flopline');
  assert.deepEqual(
    (await session.actions(uri, 'rellu')).map(({ title }) => title),
    ['Change to “relu”'],
  );
});
