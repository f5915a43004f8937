import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MarkupContent } from 'vscode-languageserver-protocol';
import { type Session, startSession, until } from './session.ts';

// 32·32·9·3·16 = 442,368 MACs and 448 parameters; 16·16·9·16·32 = 1,179,648 and 4,640; 8,192·10 = 81,920 and 81,930.
const tiny = `name: Tiny
input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: same}
  - relu
  - conv: {out: 32, kernel: 3, stride: 2, padding: same}
  - flatten
  - linear: 10
`;

const yolo = `nc: 2
scales:
  n: [0.33, 0.25, 1024]
  s: [0.33, 0.50, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
  - [-1, 3, C2f, [128, True]]
head:
  - [[-1], 1, Detect, [nc]]
`;

async function checkHint(session: Session, uri: string, line: number, expected: RegExp | undefined): Promise<void> {
  const hints = await session.hints(uri);
  const found = hints.find(hint => hint.startsWith(`${line}: `));
  if (expected) assert.match(found ?? `no hint on line ${line}`, expected);
  else assert.equal(found, undefined);
}

const markdownOf = (contents: unknown): string => (contents as MarkupContent).value;

test('a spec that is opened has a hint at the end of each layer line', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  await checkHint(session, uri, 3, /16×32×32 · 442k MACs · 448 params$/);
  await checkHint(session, uri, 5, /32×16×16 · 1\.18M MACs · 4\.64k params$/);
  await checkHint(session, uri, 7, /10 · 81\.9k MACs · 81\.9k params$/);
  await checkHint(session, uri, 0, undefined);
  const hints = await session.rawHints(uri);
  assert.deepEqual(hints.find(({ position }) => position.line === 4)?.position, {
    line: 4,
    character: '  - relu'.length,
  });
  for (const { label } of hints) assert.ok(label.length <= 43, `${label} is cut by VS Code`);
});

test('hints of a part of the text are those of its lines', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const lines = (await session.rawHints(uri, 4, 5)).map(({ position }) => position.line);
  assert.deepEqual(lines, [4, 5]);
});

test('the detail of a hint is resolved on request', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const [hint] = await session.rawHints(uri, 3, 3);
  assert.equal(hint?.tooltip, undefined);
  const { tooltip } = await session.resolve(hint!);
  assert.match(markdownOf(tooltip), /442,368/);
});

test('hints change with every edit, on unsaved text', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  await session.edit(uri, 'out: 16', 'out: 32');
  await checkHint(session, uri, 3, /32×32×32 · 885k MACs · 896 params$/);
  await session.edit(uri, 'input: [3, 32, 32]', 'input: [3, 64, 64]');
  await checkHint(session, uri, 3, /32×64×64 · 3\.54M MACs · 896 params$/);
});

test('many edits and requests at once: each is answered, the last from the newest text', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const answers: Promise<string[]>[] = [];
  for (let width = 16; width < 48; width++) {
    session.edit(uri, `out: ${width}, kernel: 3, padding`, `out: ${width + 1}, kernel: 3, padding`);
    answers.push(session.hints(uri, 3, 3));
  }
  const all = await Promise.all(answers);
  assert.match(all.at(-1)![0]!, /48×32×32/);
});

test('after any edits, hints and problems of a sound text are those of the same text opened afresh', async () => {
  await using session = await startSession();
  // A linear congruential generator (Numerical Recipes): the same edits in every run.
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (const [name, language, start] of [
    ['tiny.net.yaml', 'flopline', tiny],
    ['mine.yaml', 'yaml', yolo],
  ] as const) {
    let text: string = start;
    const uri = await session.open(name, text, language);
    for (let step = 0; step < 60; step++) {
      const lines = text.split('\n');
      const at = random(lines.length);
      const [line, other] = [lines[at]!, lines[random(lines.length)]!];
      const edits = [
        () => lines.splice(at, 1),
        () => lines.splice(at, 0, other),
        () => lines.splice(at, 1, line.replace(/\d+/, String(random(64)))),
        () => lines.splice(at, 1, line.slice(0, random(line.length + 1))),
        // Return to the original text, so that most steps start from a valid one.
        () => lines.splice(0, lines.length, ...start.split('\n')),
      ];
      edits[random(edits.length)]!();
      const next = lines.join('\n');
      await session.edit(uri, text, next);
      text = next;
      const fresh = await session.open(`${step}/${name}`, text, language);
      // For invalid text, a client that has seen it before knows more.
      const isSound = (await session.problems(fresh)).every(({ severity }) => severity !== 1);
      if (!isSound || (await session.summary(fresh))?.complete === false) continue;
      assert.deepEqual(await session.hints(uri), await session.hints(fresh), text);
      assert.deepEqual((await session.summary(uri))?.params, (await session.summary(fresh))?.params, text);
    }
    await session.edit(uri, text, start.replace(/64|32/, '9'));
    const fresh = await session.open(`last/${name}`, start.replace(/64|32/, '9'), language);
    assert.deepEqual(await session.problems(uri), await session.problems(fresh));
    // A valid row is remembered until the file is closed.
    const broken = start.replace(/kernel: 3|Conv/, '');
    await session.edit(uri, start.replace(/64|32/, '9'), broken);
    assert.match((await session.hints(uri)).join('\n'), /~/);
    await session.close(uri);
    await session.open(name, broken, language);
    assert.doesNotMatch((await session.hints(uri)).join('\n'), /~/);
  }
});

test('a broken line is reported, and the others keep their costs', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  await session.edit(uri, '  - relu', '  - relu: {');
  await checkHint(session, uri, 3, /16×32×32 · 442k MACs · 448 params$/);
  await checkHint(session, uri, 5, /4\.64k params$/);
  const problems = await session.problems(uri);
  const errors = problems.filter(({ severity }) => severity === 1);
  assert.ok(errors.length > 0);
  for (const { range } of errors) assert.ok(range.start.line >= 3 && range.end.line <= 5, JSON.stringify(errors));
});

test('while a row is typed, those below keep their costs, with a mark and without question marks', async () => {
  await using session = await startSession();
  for (const { name, language, text, below, typed } of [
    {
      name: 'tiny.net.yaml',
      language: 'flopline',
      text: tiny,
      below: '  - conv: {out: 32',
      typed: '  - maxpool: {kernel: 2}',
    },
    { name: 'mine.yaml', language: 'yaml', text: yolo, below: '  - [-1, 3, C2f', typed: '  - [-1, 1, SPPF, [128, 5]]' },
  ]) {
    const uri = await session.open(name, text, language);
    const line = text.slice(0, text.indexOf(below)).split('\n').length - 1;
    const before = await session.hints(uri);
    session.edit(uri, below, `\n${below}`);
    let rest = '';
    let marked = 0;
    for (const letter of typed) {
      session.edit(uri, `${rest}\n${below}`, `${rest}${letter}\n${below}`);
      rest += letter;
      const now = await session.hints(uri);
      const own = now.filter(hint => hint.startsWith(`${line}: `));
      const others = now.filter(hint => !own.includes(hint));
      assert.equal(others.length, before.length, rest);
      for (const hint of others) assert.doesNotMatch(hint, /\?/, rest);
      const rows = others.filter(hint => Number.parseInt(hint, 10) > line);
      if (!rows.every(hint => /^\d+: \s*~ /.test(hint))) continue;
      marked++;
      if (marked === 1) assert.ok((await session.summary(uri))!.text.startsWith('~ '));
    }
    assert.ok(marked > 5, `${marked} marked`);
    // Once it is complete, it is read, and so are those below it.
    const after = await session.hints(uri);
    for (const hint of after) assert.doesNotMatch(hint, /[~?]/);
    assert.deepEqual(
      after,
      await session.hints(await session.open(`new/${name}`, text.replace(below, `${typed}\n${below}`), language)),
    );
  }
});

test('a hover describes a layer with its formula', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const hover = await session.hover(uri, 'conv');
  assert.match(markdownOf(hover?.contents), /442\.4 k MACs|442,368/);
  assert.equal(hover?.range?.start.line, 3);
});

test('problems have exact ranges, a code and a source, and disappear with their cause', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny.replace('relu', 'rellu'), 'flopline');
  const [problem] = (await session.problems(uri)).filter(({ severity }) => severity === 1);
  assert.equal(problem?.source, 'flopline');
  assert.match(String(problem?.message), /rellu.*relu/s);
  assert.deepEqual(problem?.range, { start: { line: 4, character: 4 }, end: { line: 4, character: 9 } });
  await session.edit(uri, 'rellu', 'relu');
  assert.deepEqual(
    (await session.problems(uri)).filter(({ severity }) => severity === 1),
    [],
  );
});

test('a misspelled word is fixed by a code action for its problem and version', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny.replace('relu', 'rellu'), 'flopline');
  const [action, ...others] = await session.actions(uri, 'rellu');
  assert.deepEqual(others, []);
  assert.equal(action?.title, 'Change to “relu”');
  assert.equal(action?.kind, 'quickfix');
  assert.equal(action?.isPreferred, true);
  assert.deepEqual(
    action?.diagnostics?.map(({ code }) => code),
    ['unknown-operator'],
  );
  assert.deepEqual(action?.edit?.documentChanges, [
    {
      textDocument: { uri, version: 1 },
      edits: [{ range: { start: { line: 4, character: 4 }, end: { line: 4, character: 9 } }, newText: 'relu' }],
    },
  ]);
  assert.deepEqual(await session.actions(uri, 'flatten'), []);
});

test('a Darknet cfg has its hints and quick fixes, whatever language it goes by; other programs’ have nothing', async () => {
  await using session = await startSession();
  const cfg =
    '[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=255\nsize=1\n[yolo]\nclasses=1\nnum=3\n';
  const uri = await session.open('a.cfg', cfg, 'properties');
  await checkHint(session, uri, 4, /32×32×255 · 783k MACs · 1\.02k params$/);
  const [action] = await session.actions(uri, '255');
  assert.equal(action?.title, 'Change to filters=18');
  await session.edit(uri, 'filters=255', 'filters=18');
  await checkHint(session, uri, 4, /32×32×18 /);
  const other = await session.open('setup.cfg', '[metadata]\nname = x\n[net]\nwidth=3\n', 'ini');
  assert.deepEqual(await session.hints(other), []);
});

test('problems are cleared when the text is closed', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny.replace('relu', 'rellu'), 'flopline');
  assert.ok((await session.problems(uri)).length > 0);
  await session.close(uri);
  await until(() => session.publications.at(-1)?.diagnostics.length === 0);
});

test('the lens at the head shows the totals', async () => {
  await using session = await startSession({ initializationOptions: { lensCommand: 'show.menu' } });
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const [lens] = await session.lenses(uri);
  assert.match(lens?.command?.title ?? '', /1\.70M MACs/);
  assert.equal(lens?.command?.command, 'show.menu');
  assert.equal(lens?.range.start.line, 0);
});

test('the outline has every layer', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const [network] = await session.symbols(uri);
  const lines = network?.children?.map(({ selectionRange }) => selectionRange.start.line);
  assert.deepEqual(lines, [3, 4, 5, 6, 7]);
});

test('a YOLO file with the language id yaml is recognized by its content, with its scales', async () => {
  await using session = await startSession();
  const uri = await session.open('mine.yaml', yolo);
  await checkHint(session, uri, 5, /16×320×320/);
  const summary = await session.summary(uri);
  assert.deepEqual(summary?.scales, ['n', 's']);
  assert.equal(summary?.scale, 'n');
  await session.configure({ scale: 's' });
  await until(() => session.refreshes.length > 0);
  await checkHint(session, uri, 5, /32×320×320/);
});

test('an ordinary YAML file has no hints or problems', async () => {
  await using session = await startSession();
  const text = 'services:\n  web:\n    image: nginx\n    layers: [1, 2]\n    bad: [\n';
  const uri = await session.open('compose.yaml', text);
  assert.deepEqual(await session.hints(uri), []);
  assert.deepEqual(await session.lenses(uri), []);
  assert.deepEqual(await session.symbols(uri), []);
  assert.equal(await session.hover(uri, 'image'), null);
  assert.equal(await session.summary(uri), null);
  // The publication for another file comes after any for this one.
  const spec = await session.open('tiny.net.yaml', tiny, 'flopline');
  await session.problems(spec);
  assert.deepEqual(
    session.publications.filter(published => published.uri === uri),
    [],
  );
});

test('a text that stops being a spec loses its problems', async () => {
  await using session = await startSession();
  const uri = await session.open('mine.yaml', yolo.replace('C2f', 'C2ff'));
  assert.ok((await session.problems(uri)).some(({ message }) => String(message).includes('C2ff')));
  await session.edit(uri, yolo.slice(yolo.indexOf('scales'), yolo.indexOf('  - [-1, 1, Conv, [128')), '');
  await session.edit(uri, 'head:', 'tail:');
  await until(() => session.publications.at(-1)?.diagnostics.length === 0);
  assert.deepEqual(await session.hints(uri), []);
});

test('a change of settings is asked for, and hints and lenses are refreshed', async () => {
  await using session = await startSession({ settings: { convention: 'flops' } });
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  await checkHint(session, uri, 3, /885k FLOPs/);
  await session.configure({ convention: 'macs', hints: { template: '${params}' } });
  await until(() => session.refreshes.length === 2);
  assert.deepEqual(session.refreshes.toSorted(), ['workspace/codeLens/refresh', 'workspace/inlayHint/refresh']);
  await checkHint(session, uri, 3, /: \u2009(. )?448 params$/u);
  await session.configure({ hints: { enabled: false }, codeLens: { enabled: false } });
  await until(() => session.refreshes.length === 4);
  assert.deepEqual(await session.hints(uri), []);
  assert.deepEqual(await session.lenses(uri), []);
});

test('wrong settings are reported in the log, and the defaults apply', async () => {
  const settings = { convention: 'flips', input: 'big', batch: -1, dtype: 7, hints: 'on', maxFileSize: 'none' };
  await using session = await startSession({ settings });
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  await checkHint(session, uri, 3, /442k MACs/);
  for (const name of ['convention', 'input', 'batch', 'dtype', 'maxFileSize'])
    assert.ok(
      session.log.some(message => message.includes(`flopline.${name}`)),
      `${name}: ${session.log}`,
    );
});

test('a client without configuration requests pushes its settings', async () => {
  await using session = await startSession({
    configuration: false,
    initializationOptions: { settings: { convention: 'flops' } },
  });
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  await checkHint(session, uri, 3, /885k FLOPs/);
  await session.configure({ convention: 'macs' });
  await until(() => session.refreshes.length === 2);
  await checkHint(session, uri, 3, /442k MACs/);
});

test('a comment in the file overrides the settings, and the menu gets its range', async () => {
  await using session = await startSession({ settings: { convention: 'macs' } });
  const uri = await session.open('tiny.net.yaml', `# flopline: convention=flops\n${tiny}`, 'flopline');
  await checkHint(session, uri, 4, /885k FLOPs/);
  const summary = await session.summary(uri);
  assert.equal(summary?.convention, 'flops');
  assert.deepEqual(summary?.inFile.convention, { start: { line: 0, character: 12 }, end: { line: 0, character: 28 } });
});

test('a file above the size limit is not analyzed, which is reported', async () => {
  await using session = await startSession({ settings: { maxFileSize: 50 } });
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  assert.deepEqual(await session.hints(uri), []);
  assert.deepEqual(
    (await session.problems(uri)).map(({ code }) => code),
    ['file-too-large'],
  );
  await session.configure({});
  await until(() => session.publications.at(-1)?.diagnostics.every(({ code }) => code !== 'file-too-large'));
  await checkHint(session, uri, 3, /442k MACs/);
});

test('the report is markdown of the text in the editor', async () => {
  await using session = await startSession();
  const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
  const report: string = await session.connection.sendRequest('flopline/report', { textDocument: { uri } });
  assert.match(report, /442,368/);
  assert.match(report, /\| \*\*total\*\* \|/);
});

test('a client that asks for notifications of new costs gets them, another one does not', async () => {
  for (const tellChanges of [true, false]) {
    await using session = await startSession({ initializationOptions: { tellChanges } });
    const uri = await session.open('tiny.net.yaml', tiny, 'flopline');
    await session.problems(uri);
    // Earlier messages have arrived before the answer to a request.
    await session.summary(uri);
    assert.deepEqual(session.changes, tellChanges ? [uri] : []);
  }
});

test('requests about a document that is not open have empty answers', async () => {
  await using session = await startSession();
  const uri = 'file:///models/elsewhere.net.yaml';
  assert.deepEqual(await session.hints(uri), []);
  assert.equal(await session.summary(uri), null);
});

test('the server exits with its client, whether or not that shuts it down properly', async () => {
  assert.equal(await (await startSession()).vanish(true), 0);
  assert.equal(await (await startSession()).vanish(false), 1);
});
