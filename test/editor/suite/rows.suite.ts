// Commands on rows in the editor: a single undo, the cursor on the row, and no warning about numbers.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { checkHint, close, codeOf, ourProblems, show, showUntitled } from './editor.ts';

/** Puts the cursor at the first occurrence of some words. */
function place(editor: vscode.TextEditor, words: string): void {
  const { document } = editor;
  const at = document.getText().indexOf(words);
  assert.ok(at >= 0, `“${words}” is in the text`);
  const position = document.positionAt(at);
  editor.selection = new vscode.Selection(position, position);
}

function cursorLine({ document, selection }: vscode.TextEditor): string {
  return document.lineAt(selection.active.line).text;
}

const oldNumbers = /^(?:old-row-numbers?|removed-row|moved-below|stale-number)$/;

function checkNumbers(editor: vscode.TextEditor): void {
  assert.deepEqual(
    ourProblems(editor).filter(problem => oldNumbers.test(codeOf(problem))),
    [],
  );
}

suite('Commands on rows', () => {
  teardown(close);

  test('a YOLO row moves down and up; one undo reverts a command', async () => {
    const editor = await show('rows.yaml');
    await checkHint(editor, 12, /MACs/);
    const before = editor.document.getText();
    place(editor, 'C2f, [32');
    await vscode.commands.executeCommand('flopline.moveLayerDown');
    assert.equal(cursorLine(editor), '  - [-1, 1, C2f, [32, True]] # 3');
    assert.ok(editor.document.getText().includes('[[2, 6], 1, Detect, [nc]] # 7'));
    // Its size differs there, so the rows below keep their earlier costs.
    await checkHint(editor, 12, /^\s*~.*MACs/);
    checkNumbers(editor);
    await vscode.commands.executeCommand('flopline.moveLayerUp');
    assert.equal(editor.document.getText(), before);
    await vscode.commands.executeCommand('flopline.insertLayerBelow');
    assert.equal(cursorLine(editor), '  - [-1, 1, Conv, [32, 3, 1]] # 3');
    await checkHint(editor, 13, /^[^~]*MACs/);
    checkNumbers(editor);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), before);
  });

  test('a section of a cfg moves', async () => {
    const editor = await show('small-yolo.cfg');
    await checkHint(editor, 5, /MACs/);
    const before = editor.document.getText();
    place(editor, 'filters=18');
    await vscode.commands.executeCommand('flopline.moveLayerUp');
    assert.equal(cursorLine(editor), 'filters=18');
    assert.ok(editor.document.getText().indexOf('filters=18') < editor.document.getText().indexOf('filters=16'));
    await vscode.commands.executeCommand('flopline.moveLayerDown');
    assert.equal(editor.document.getText(), before);
  });

  test('a layer of a prototxt moves with its comment and its costs, and back', async () => {
    const conv = (name: string, filters: number): string =>
      `# ${name}\nlayer {\n  name: "${name}"\n  type: "Convolution"\n  bottom: "data"\n  top: "${name}"\n  convolution_param { num_output: ${filters} kernel_size: 1 }\n}\n`;
    const data = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 3, 8, 8] } } }\n';
    const join = 'layer { name: "join" type: "Concat" bottom: "a" bottom: "b" top: "join" }\n';
    const editor = await showUntitled('prototxt', data + conv('a', 4) + conv('b', 6) + join);
    await checkHint(editor, 2, /4×8×8/);
    place(editor, 'num_output: 4');
    await vscode.commands.executeCommand('flopline.moveLayerDown');
    assert.equal(editor.document.getText(), data + conv('b', 6) + conv('a', 4) + join);
    assert.match(cursorLine(editor), /num_output: 4/);
    await checkHint(editor, 2, /6×8×8/);
    await checkHint(editor, 10, /4×8×8/);
    await checkHint(editor, 17, /10×8×8/);
    await vscode.commands.executeCommand('flopline.moveLayerUp');
    assert.equal(editor.document.getText(), data + conv('a', 4) + conv('b', 6) + join);
    await checkHint(editor, 2, /4×8×8/);
  });

  test('a layer of a prototxt is duplicated under a new name; a layer does not move past one that it reads', async () => {
    const editor = await show('tiny.prototxt');
    await checkHint(editor, 7, /MACs/);
    const before = editor.document.getText();
    place(editor, '"conv1"');
    await vscode.commands.executeCommand('flopline.moveLayerUp');
    assert.equal(editor.document.getText(), before);
    await vscode.commands.executeCommand('flopline.duplicateLayer');
    assert.ok(editor.document.getText().includes('bottom: "conv1_2"'));
    await vscode.commands.executeCommand('flopline.moveLayerDown');
    await vscode.commands.executeCommand('flopline.deleteLayer');
    assert.equal(editor.document.getText(), before);
  });
});
