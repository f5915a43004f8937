import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import {
  checkHint,
  close,
  hints,
  hoverText,
  isInBrowser,
  ourProblems,
  show,
  showUntitled,
  type,
  until,
} from './editor.ts';

const extension = () => vscode.extensions.getExtension<Flopline>('flopline.flopline')!;
const isError = ({ severity }: vscode.Diagnostic): boolean => severity === vscode.DiagnosticSeverity.Error;

suite('Flopline in VS Code', () => {
  teardown(close);

  test('every layer line has its hint', async () => {
    const editor = await show('tiny.net.yaml');
    assert.equal(editor.document.languageId, 'flopline');
    await checkHint(editor, 3, /16×32×32 · 442k MACs · 448 params$/);
    await checkHint(editor, 5, /32×16×16 · 1\.18M MACs · 4\.64k params$/);
    await checkHint(editor, 7, /81\.9k MACs · 81\.9k params$/);
  });

  test('a YOLO file keeps the language yaml and has its hints', async () => {
    const editor = await show('small-yolo.yaml');
    assert.equal(editor.document.languageId, 'yaml');
    await checkHint(editor, 5, /16×320×320/);
  });

  test('a Darknet cfg has its language, hints, and problems', async () => {
    const editor = await show('small-yolo.cfg');
    assert.equal(editor.document.languageId, 'darknet-cfg');
    await checkHint(editor, 5, /16×16×16 · 111k MACs · 448 params$/);
    await type(editor, 'filters=18', 'filters=255');
    await until('an error', () => ({ ok: ourProblems(editor).some(isError), seen: ourProblems(editor) }));
    assert.equal(editor.document.getText(ourProblems(editor).find(isError)!.range), '255');
  });

  test('a Darknet cfg with another language id has hints, another program’s .cfg does not', async () => {
    const editor = await show('plain.cfg');
    await checkHint(editor, 6, /8×8×4 · 768 MACs/);
    await until('its language', () => ({
      ok: editor.document.languageId === 'darknet-cfg',
      seen: editor.document.languageId,
    }));
    const other = await show('setup.cfg');
    await checkHint(editor, 6, /MACs/);
    assert.deepEqual(await hints(other), new Map());
    assert.deepEqual(ourProblems(other), []);
  });

  test('a Caffe network has hints, problems and the shapes of one sample', async () => {
    const editor = await show('tiny.prototxt');
    assert.equal(editor.document.languageId, 'prototxt');
    await checkHint(editor, 7, /16×32×32 · 442k MACs · 448 params$/);
    await checkHint(editor, 18, /10 · 164k MACs · 164k params$/);
    await type(editor, 'bottom: "conv1"', 'bottom: "convl"');
    await until('an error', () => ({ ok: ourProblems(editor).some(isError), seen: ourProblems(editor) }));
    assert.match(ourProblems(editor).find(isError)!.message, /Did you mean “conv1”/);
    await type(editor, 'bottom: "convl"', 'bottom: "conv1"');
    await checkHint(editor, 18, /10 · 164k MACs · 164k params$/);
  });

  test('a hover has the formula with the numbers of the layer', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    assert.match(await hoverText(editor, 'conv'), /442\.4 k MACs|442,368/);
  });

  test('a hover on the name of a module describes the whole layer: costs, then the formula, then prose', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 7, /MACs/);
    const conv = await hoverText(editor, 'Conv');
    assert.match(conv, /^\*\*model\.0\*\* — `Conv` · `3×640×640` → `16×320×320`$/m);
    const places = ['| 44.2M |', '= 44.2M MACs (44,236,800)', '**Conv** (Ultralytics)'].map(part => conv.indexOf(part));
    assert.ok(
      places.every(at => at > 0),
      conv,
    );
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      places,
    );
    assert.match(await hoverText(editor, 'C2f'), /\| `cv1` Conv \|/);
  });

  test('a hover on a reference says what it is', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 7, /MACs/);
    assert.match(await hoverText(editor, '[[-1]', 2), /^\*\*row 2\*\* · `C2f` · line 8 · `32×160×160`$/m);
    const caffe = await show('tiny.prototxt');
    await checkHint(caffe, 7, /MACs/);
    const name = 'bottom: "conv1"';
    assert.match(await hoverText(caffe, name, 10), /^\*\*conv1\*\* · `Convolution` · line 8 · `16×32×32`$/m);
  });

  test('a hover on a value in a block shows the value in each use', async () => {
    const block = 'blocks:\n  pair(out):\n    - conv: {out: $out, kernel: 1}\n';
    const text = `input: [3, 8, 8]\n${block}layers:\n  - pair: 4\n  - pair: 64\n`;
    const editor = await showUntitled('flopline', text);
    await checkHint(editor, 5, /MACs/);
    assert.match(await hoverText(editor, '$out'), /Here \*\*4, 64\*\* \(2 uses\)\./);
  });

  test('hints have a gap in front of them, and a line that costs much more than the others has a mark', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 9, /^\u2009◕ .* params$/);
    await checkHint(editor, 5, /^\u200916×320×320 · 44\.2M MACs · 464 params$/);
    const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      editor.document.uri,
      new vscode.Range(5, 0, 6, 0),
    );
    // The hint starts with the row's number.
    assert.deepEqual(
      found.map(({ paddingLeft, paddingRight }) => [paddingLeft === true, paddingRight === true]),
      [
        [false, true],
        [true, false],
      ],
    );
  });

  test('problems appear, and disappear with their cause', async () => {
    const editor = await show('tiny.net.yaml');
    await type(editor, 'relu', 'rellu');
    await until('an error', () => ({ ok: ourProblems(editor).some(isError), seen: ourProblems(editor) }));
    const problem = ourProblems(editor).find(isError)!;
    assert.match(problem.message, /rellu/);
    assert.equal(editor.document.getText(problem.range), 'rellu');
    await type(editor, 'rellu', 'relu');
    await until('no error', () => ({ ok: !ourProblems(editor).some(isError), seen: ourProblems(editor) }));
  });

  test('the code of a problem leads to its page in the package', async () => {
    const editor = await show('tiny.net.yaml');
    await type(editor, 'relu', 'rellu');
    await until('an error', () => ({ ok: ourProblems(editor).some(isError), seen: ourProblems(editor) }));
    const { code } = ourProblems(editor).find(isError)!;
    assert.ok(typeof code === 'object' && code.target.scheme === 'command');
    const [written] = JSON.parse(code.target.query) as string[];
    assert.equal(written, code.value);
    await vscode.commands.executeCommand(code.target.path, written);
    await until('the page', () => {
      const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
      return { ok: labels.some(label => label.includes('problems.md')), seen: labels };
    });
    // The preview; edited documents are closed below.
    await close();
  });

  test('the lens shows the totals and their conditions', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      editor.document.uri,
      10,
    );
    assert.match(lenses.map(({ command }) => command?.title).join('\n'), /1\.70M MACs .* input 3×32×32/);
  });

  test('hints follow what is typed, before it is saved', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /442k MACs/);
    await type(editor, 'out: 16', 'out: 32');
    await checkHint(editor, 3, /32×32×32 · 885k MACs · 896 params$/);
    await checkHint(editor, 5, /2\.36M MACs/);
    assert.ok(editor.document.isDirty);
  });

  test('the other lines keep their costs while a line is incomplete', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /442k MACs/);
    await type(editor, '  - relu', '  - relu: {');
    await until('an error', () => ({ ok: ourProblems(editor).some(isError), seen: ourProblems(editor) }));
    await checkHint(editor, 3, /442k MACs · 448 params$/);
    await checkHint(editor, 5, /4\.64k params$/);
  });

  for (const { file, after, row, marked } of [
    { file: 'small-yolo.yaml', after: 'backbone:', row: '[-1, 1, Conv, [16, 3, 1]]', marked: true },
    // An empty row does nothing.
    { file: 'tiny.net.yaml', after: '- relu', row: 'maxpool: {kernel: 2', marked: false },
  ]) {
    test(`rows below keep their costs while a row is typed into ${file}, without question marks`, async () => {
      const editor = await show(file);
      const { document } = editor;
      const line = document.lineAt(document.positionAt(document.getText().indexOf(after)).line);
      await checkHint(editor, line.lineNumber + 1, /MACs/);
      const below = [...(await hints(editor))].filter(([at]) => at > line.lineNumber);
      editor.selection = new vscode.Selection(line.range.end, line.range.end);
      // Types like the keyboard, so the editor indents and closes brackets.
      await vscode.commands.executeCommand('type', { text: '\n' });
      const typed = document.lineAt(line.lineNumber + 1);
      await editor.edit(edit => edit.replace(typed.range, '  '));
      let seen = 0;
      for (const letter of `- ${row}`) {
        await vscode.commands.executeCommand('type', { text: letter });
        const now = await hints(editor);
        for (const [at] of below) {
          const label = (now.get(at + 1) ?? '').trim();
          assert.ok(label !== '' && !label.includes('?'), `line ${at + 2}: “${label}” at “${letter}” of ${row}`);
          if (label.startsWith('~ ')) seen++;
        }
      }
      if (marked) assert.ok(seen >= below.length, `${seen} marked`);
      await until('all is known', async () => {
        const labels = [...(await hints(editor)).values()];
        return { ok: labels.every(label => !/[~?]/.test(label)), seen: [document.getText(), labels] };
      });
    });
  }

  test('the outline has every layer', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    const [network] = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      editor.document.uri,
    );
    assert.equal(network?.children.length, 5);
  });

  test('an ordinary YAML file has no hints or problems', async () => {
    const spec = await show('tiny.net.yaml');
    const editor = await show('compose.yaml');
    await checkHint(spec, 3, /MACs/);
    assert.deepEqual(await hints(editor), new Map());
    assert.deepEqual(ourProblems(editor), []);
    assert.equal(await hoverText(editor, 'image'), '');
    await until('no totals', () => ({ ok: extension().exports.totals.summary === undefined }));
  });

  test('an untitled document has hints', async () => {
    const editor = await showUntitled('flopline', 'input: [3, 8, 8]\nlayers:\n  - conv: {out: 4, kernel: 1}\n');
    await checkHint(editor, 2, /4×8×8 · 768 MACs/);
  });

  test('the status bar shows the totals of the active editor', async () => {
    await show('tiny.net.yaml');
    const { totals } = extension().exports;
    await until('totals', () => ({ ok: /1\.70M MACs/.test(totals.item.text), seen: totals.item.text }));
    assert.equal(totals.summary?.title, 'Tiny');
    for (const file of ['small-yolo.yaml', 'small-yolo.cfg', 'tiny.prototxt']) {
      await show(file);
      await until(`the totals of ${file}`, () => ({
        ok: totals.summary?.title !== 'Tiny' && /MACs · /.test(totals.item.text),
        seen: totals.item.text,
      }));
      await show('tiny.net.yaml');
      await until('totals', () => ({ ok: totals.summary?.title === 'Tiny', seen: totals.item.text }));
    }
  });

  test('hints can be toggled', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    await vscode.commands.executeCommand('flopline.toggleHints');
    await until('no hint', async () => ({ ok: (await hints(editor)).size === 0 }));
    await vscode.commands.executeCommand('flopline.toggleHints');
    await checkHint(editor, 3, /MACs/);
  });

  test('another convention takes effect at once', async () => {
    const editor = await show('tiny.net.yaml');
    const configuration = vscode.workspace.getConfiguration('flopline');
    await configuration.update('convention', 'flops', vscode.ConfigurationTarget.Workspace);
    await checkHint(editor, 3, /885k FLOPs/);
    await configuration.update('convention', undefined, vscode.ConfigurationTarget.Workspace);
    await checkHint(editor, 3, /442k MACs/);
  });

  test('the report goes to the clipboard', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    await vscode.commands.executeCommand('flopline.copyReport');
    assert.match(await vscode.env.clipboard.readText(), /442,368/);
  });

  test('a crashed server is restarted', async function () {
    if (isInBrowser) this.skip();
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    const first = serverProcess();
    assert.ok(first, 'the server is a child of the extension host');
    process.kill(first, 'SIGKILL');
    await until('another server', () => ({ ok: ![undefined, first].includes(serverProcess()) }));
    await checkHint(editor, 3, /442k MACs/);
  });

  test('the server can be restarted by hand', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    await vscode.commands.executeCommand('flopline.restartServer');
    await checkHint(editor, 3, /442k MACs/);
  });
});

/** The process id of the language server, a child of the extension host in which these tests run. */
function serverProcess(): number | undefined {
  // Node has no public API for child processes; this one has existed since its beginnings.
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  for (const handle of handles) {
    const { pid, spawnargs, exitCode } = handle as { pid?: number; spawnargs?: string[]; exitCode?: number | null };
    if (exitCode === null && spawnargs?.some(argument => argument.endsWith('server.js'))) return pid;
  }
  return undefined;
}
