import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { checkHint, close, show, type, until } from './editor.ts';

type Suggestion = readonly [label: string, description: string | undefined, text: string];

/** Our suggestions after some words. */
async function suggestions({ document }: vscode.TextEditor, words: string): Promise<readonly Suggestion[]> {
  const at = document.getText().indexOf(words);
  assert.ok(at >= 0, `“${words}” is in the text`);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    document.positionAt(at + words.length),
  );
  return list.items.map(({ label, insertText }) => [
    typeof label === 'string' ? label : label.label + (label.detail ?? ''),
    typeof label === 'string' ? undefined : label.description,
    typeof insertText === 'string' ? insertText : (insertText?.value ?? ''),
  ]);
}

/** The signature at the bar in some words, and the index of the active argument. */
async function signature(
  { document }: vscode.TextEditor,
  words: string,
): Promise<readonly [label: string | undefined, active: number | undefined]> {
  const at = document.getText().indexOf(words.replace('|', ''));
  assert.ok(at >= 0, `“${words}” is in the text`);
  const help = await vscode.commands.executeCommand<vscode.SignatureHelp | undefined>(
    'vscode.executeSignatureHelpProvider',
    document.uri,
    document.positionAt(at + words.indexOf('|')),
  );
  return [help?.signatures[0]?.label, help?.activeParameter];
}

async function checkSuggestion(editor: vscode.TextEditor, words: string, expected: Suggestion): Promise<void> {
  await until(`“${expected[0]}” behind “${words}”`, async () => {
    const seen = await suggestions(editor, words);
    return { ok: seen.some(found => found.every((part, at) => part === expected[at])), seen: seen.slice(0, 8) };
  });
}

suite('Completion', () => {
  teardown(close);

  test('YOLO: references say what they mean, modules bring the rest of the row, arguments are named', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 5, /16×320×320/);
    await type(editor, 'head:\n', 'head:\n  - [[-1, \n');
    await checkSuggestion(editor, '- [[-1, ', ['1', 'Conv · line 7 · 32×160×160', '1']);
    await type(editor, '- [[-1, \n', '- [[-1, 0], 1, Concat, [1]]\n');
    await checkSuggestion(editor, '- [[-1, ', ['0  does not fit', 'Conv · line 6 · 16×320×320', '0']);
    // Layers that fit come first.
    assert.deepEqual(
      (await suggestions(editor, '- [[-1, ')).slice(0, 4).map(([label]) => label),
      ['-1', '2', '1', '-2'],
    );
    await type(editor, '- [[-1, 0], 1, Concat, [1]]\n', '- [[-1, \n');
    await type(editor, '- [[-1, \n', '- [-1, 1, Con\n');
    await checkSuggestion(editor, 'head:\n  - [-1, 1, Con', ['Conv', undefined, 'Conv, [${1:128}, ${2:3}]]']);
    await type(editor, '- [-1, 1, Con\n', '- [-1, 1, Conv, [64, 3]]\n');
    const conv = 'Conv(c2, k = 1, s = 1, p = None, g = 1, d = 1, act = True)';
    assert.deepEqual(await signature(editor, '[64, |3]]'), [conv, 1]);
    // The same in a row that spans two lines.
    await type(editor, '- [-1, 1, Conv, [64, 3]]\n', '- [-1, 1, Conv,\n     [64, 3]]\n');
    assert.deepEqual(await signature(editor, '[64, 3|]]'), [conv, 1]);
  });

  test('an accepted suggestion gives a row with costs', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 5, /16×320×320/);
    await type(editor, 'head:\n', 'head:\n  - [-1, 1, Con\n');
    const line = 9;
    editor.selection = new vscode.Selection(line, 15, line, 15);
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
    await until('the row', async () => {
      await vscode.commands.executeCommand('acceptSelectedSuggestion');
      const seen = editor.document.lineAt(line).text;
      return { ok: seen === '  - [-1, 1, Conv, [128, 3]]', seen };
    });
    await checkHint(editor, line, /32×160×160/);
  });

  test('Flopline YAML: operators, missing keys, names', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /16×32×32/);
    await type(editor, '  - flatten', '  - conv: {out: 8, ker}\n  - flatten');
    await checkSuggestion(editor, '{out: 8, ker', ['kernel', undefined, 'kernel: ${1:3}']);
    const [label, active] = await signature(editor, '{out: 8|, ker');
    assert.match(label ?? '', /^conv\(out, kernel, stride = 1, /);
    assert.equal(active, 0);
    await type(editor, '{out: 8, ker}', '{out: 8, kernel: 3, from: }');
    await checkSuggestion(editor, 'from: ', ['-1', 'row 2 · conv · line 6 · 32×16×16', '-1']);
    await type(editor, '  - conv: {out: 8, kernel: 3, from: }', '  - glob');
    await checkSuggestion(editor, '- glob', ['globalavgpool', undefined, 'globalavgpool']);
  });

  test('Darknet: sections, keys, layers', async () => {
    const editor = await show('small-yolo.cfg');
    await checkHint(editor, 5, /16×16×16/);
    await type(editor, '[yolo]', '[route]\nlayers=\n\n[yolo]');
    await checkSuggestion(editor, 'layers=', ['-2', 'layer 0 · convolutional · line 6 · 16×16×16', '-2']);
    await type(editor, 'size=1\n', 'size=1\nbatch_\n');
    await checkSuggestion(editor, 'batch_', ['batch_normalize', undefined, 'batch_normalize=${1:1}']);
  });

  test('Caffe: types, blobs, fields', async () => {
    const editor = await show('tiny.prototxt');
    await checkHint(editor, 7, /16×32×32/);
    await type(editor, 'bottom: "conv1"', 'bottom: "con"');
    await checkSuggestion(editor, 'bottom: "con', ['conv1', 'Convolution · line 8 · 16×32×32', 'conv1"']);
    await type(editor, 'bottom: "con"', 'bottom: "conv1"');
    await type(editor, '    pad: 1\n', '    pad: 1\n    stri\n');
    await checkSuggestion(editor, '    stri', ['stride', undefined, 'stride: ${1:1}']);
    await type(editor, '    stri\n', '');
    await type(editor, 'type: "InnerProduct"', 'type: "Inner"');
    await checkSuggestion(editor, 'type: "Inner', ['InnerProduct', undefined, 'InnerProduct"']);
  });
});
