// Inserted and removed rows in the editor: the warning, its fix, and when it disappears.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { actions, apply, checkHint, close, codeOf, hints, ourProblems, show, type, until } from './editor.ts';

const line = '  - [-1, 1, C2f, [32, True]] # 2\n';
const fresh = '  - [-1, 1, Conv, [32, 1, 1]]\n';

/** Waits until so many references are reported as outdated. */
async function checkOld(editor: vscode.TextEditor, count: number): Promise<void> {
  await until(`${count} old numbers`, () => {
    const found = ourProblems(editor).filter(problem => codeOf(problem) === 'old-row-number');
    return { ok: found.length === count, seen: ourProblems(editor).map(({ message }) => message) };
  });
}

suite('Row numbers', () => {
  teardown(close);

  test('an inserted row causes a warning; rows below keep their costs, and one fix shifts all numbers', async () => {
    const editor = await show('rows.yaml');
    await checkHint(editor, 12, /MACs/);
    const before = await hints(editor);
    await type(editor, line, fresh + line);
    await checkOld(editor, 3);
    const warning = ourProblems(editor).find(problem => codeOf(problem) === 'old-row-numbers');
    assert.equal(warning?.range.start.line, 6);
    assert.equal(warning?.severity, vscode.DiagnosticSeverity.Warning);
    await checkHint(editor, 11, /^\s*~ 96×160×160/);
    for (const [at, hint] of before) {
      if (at > 6) assert.equal((await hints(editor)).get(at + 1)?.replace('~ ', ''), hint);
    }
    const [fix] = await actions(editor, '[[3, 6]', vscode.CodeActionKind.QuickFix);
    assert.equal(fix?.title, 'Shift 3 references by +1 and renumber the comments');
    assert.ok(fix.isPreferred);
    await apply(fix);
    await checkOld(editor, 0);
    assert.ok(editor.document.getText().includes('[[4, 7], 1, Detect, [nc]] # 8'));
    await checkHint(editor, 11, /^\s*96×160×160/);
    // Undo brings back the warning too.
    await vscode.commands.executeCommand('undo');
    await checkOld(editor, 3);
    await vscode.commands.executeCommand('undo');
    await checkOld(editor, 0);
  });

  test('the user confirms that the references are right', async () => {
    const editor = await show('rows.yaml');
    await checkHint(editor, 12, /MACs/);
    await type(editor, line, fresh + line);
    await checkOld(editor, 3);
    const right = (await actions(editor, '[[3, 6]', vscode.CodeActionKind.QuickFix)).find(({ title }) =>
      title.startsWith('The references are right'),
    );
    assert.ok(right?.command);
    await apply(right);
    await vscode.commands.executeCommand(right.command.command, ...(right.command.arguments ?? []));
    await checkOld(editor, 0);
    assert.ok(editor.document.getText().includes('[[3, 6], 1, Detect, [nc]] # 8'));
  });
});
