// Navigation in the editor, in all four formats.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { checkHint, close, rowNumbers, show, showUntitled } from './editor.ts';

/** The position of the bar in some words. */
function at({ document }: vscode.TextEditor, words: string): vscode.Position {
  const start = document.getText().indexOf(words.replace('|', ''));
  assert.ok(start >= 0, `“${words}” is in the text`);
  return document.positionAt(start + words.indexOf('|'));
}

async function definitionLine(editor: vscode.TextEditor, words: string): Promise<number | undefined> {
  const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    editor.document.uri,
    at(editor, words),
  );
  const [first] = found;
  return first && ('range' in first ? first.range : (first.targetSelectionRange ?? first.targetRange)).start.line;
}

/** The text of each reference, with its 0-based line. */
async function references(editor: vscode.TextEditor, words: string): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.Location[]>(
    'vscode.executeReferenceProvider',
    editor.document.uri,
    at(editor, words),
  );
  return found.map(({ range }) => `${range.start.line}: ${editor.document.getText(range)}`);
}

async function renamed(editor: vscode.TextEditor, words: string, name: string): Promise<string> {
  const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
    'vscode.executeDocumentRenameProvider',
    editor.document.uri,
    at(editor, words),
    name,
  );
  assert.ok(await vscode.workspace.applyEdit(edit));
  return editor.document.getText();
}

async function folds(editor: vscode.TextEditor): Promise<number[][]> {
  const found = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
    'vscode.executeFoldingRangeProvider',
    editor.document.uri,
  );
  return found.map(({ start, end }) => [start, end]);
}

suite('Navigation in VS Code', () => {
  teardown(close);

  test('YOLO: rows have numbers, which lead to them and back, and cannot be renamed', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 5, /16×320×320/);
    assert.deepEqual(
      [...(await rowNumbers(editor))],
      [
        [5, '0'],
        [6, '1'],
        [7, '2'],
        [9, '3'],
      ],
    );
    assert.equal(await definitionLine(editor, '[[-|1], 1, Detect'), 7);
    assert.equal(await definitionLine(editor, 'Detect, [n|c]'), 0);
    assert.deepEqual(await references(editor, 'C2|f'), ['7: [-1, 3, C2f, [128, True]]', '9: -1']);
    await assert.rejects(renamed(editor, '[[-|1], 1, Detect', '5'), /number of a row is its position/);
    await assert.rejects(renamed(editor, 'Detect, [n|c]', 'classes'), /keyword of this format/);
    const found = await folds(editor);
    for (const fold of [
      [1, 3],
      [4, 7],
      [8, 9],
    ])
      assert.ok(
        found.some(each => each.join() === fold.join()),
        JSON.stringify(found),
      );
  });

  test('Darknet: sections have numbers, which lead to them and back', async () => {
    const text =
      '[net]\nwidth=8\nheight=8\nchannels=3\n\n[convolutional]\nfilters=4\nsize=1\n\n[convolutional]\nfilters=4\nsize=1\n\n[route]\nlayers=-1,0\n';
    const editor = await showUntitled('darknet-cfg', text);
    await checkHint(editor, 5, /8×8×4/);
    assert.deepEqual(
      [...(await rowNumbers(editor))],
      [
        [5, '0'],
        [9, '1'],
        [13, '2'],
      ],
    );
    assert.equal(await definitionLine(editor, 'layers=-1,|0'), 5);
    assert.deepEqual(await references(editor, 'layers=-|1,0'), ['9: [convolutional]', '14: -1']);
    await assert.rejects(renamed(editor, 'layers=-1,|0', '1'), /number of a row is its position/);
    assert.deepEqual(await folds(editor), [
      [0, 3],
      [5, 7],
      [9, 11],
      [13, 14],
    ]);
  });

  test('Caffe: blobs lead to the layer that has them, and are renamed everywhere', async () => {
    const editor = await show('tiny.prototxt');
    await checkHint(editor, 7, /16×32×32/);
    // Layers have names, not numbers.
    assert.deepEqual([...(await rowNumbers(editor))], []);
    assert.equal(await definitionLine(editor, 'bottom: "con|v1"'), 11);
    assert.deepEqual(await references(editor, 'top: "conv|1"'), ['11: conv1', '21: conv1']);
    const before = editor.document.getText();
    const after = await renamed(editor, 'top: "conv|1"', 'features');
    assert.equal(after, before.replace(/(top|bottom): "conv1"/g, '$1: "features"'));
    await checkHint(editor, 18, /10 · 164k MACs/);
    assert.deepEqual(await folds(editor), [
      [1, 5],
      [7, 16],
      [12, 15],
      [18, 23],
    ]);
  });

  test('Flopline YAML: names, blocks and parameters; what feeds a layer', async () => {
    const text =
      'input: [3, 8, 8]\nblocks:\n  wide(out):\n    - conv: {out: $out, kernel: 1}\nlayers:\n  - wide: {out: 4, name: a}\n  - relu\n  - add: a\n';
    const editor = await showUntitled('flopline', text);
    await checkHint(editor, 5, /4×8×8/);
    assert.deepEqual([...(await rowNumbers(editor))], []);
    assert.equal(await definitionLine(editor, 'add: |a'), 5);
    assert.equal(await definitionLine(editor, '- wi|de: {'), 2);
    assert.deepEqual(await references(editor, 'wide(o|ut)'), ['2: out', '3: out', '5: out']);
    assert.equal(
      await renamed(editor, 'wide(o|ut)', 'width'),
      text.replace('wide(out)', 'wide(width)').replace('$out', '$width').replace('{out: 4', '{width: 4'),
    );
    const [item] = await vscode.commands.executeCommand<vscode.CallHierarchyItem[]>(
      'vscode.prepareCallHierarchy',
      editor.document.uri,
      at(editor, 'ad|d: a'),
    );
    const calls = await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>(
      'vscode.provideIncomingCalls',
      item,
    );
    assert.deepEqual(
      calls.map(({ from }) => from.name),
      ['a', 'relu.1'],
    );
    assert.deepEqual(await folds(editor), [
      [1, 3],
      [2, 3],
      [4, 7],
    ]);
  });
});
