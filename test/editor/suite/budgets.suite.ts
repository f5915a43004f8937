// Budgets of a project: the problem and the fix that brings the network back, the status bar, the Test Explorer.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import { actions, apply, close, codeOf, isInBrowser, ourProblems, show, until } from './editor.ts';

const flopline = (): Flopline => vscode.extensions.getExtension<Flopline>('flopline.flopline')!.exports;
const folder = () => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'budgets');
const large = 'budgets/models/large.net.yaml';

const overBudget = (editor: vscode.TextEditor): vscode.Diagnostic | undefined =>
  ourProblems(editor).find(each => codeOf(each) === 'over-budget');

suite('Budgets', () => {
  suiteSetup(() => vscode.extensions.getExtension('flopline.flopline')!.activate());
  teardown(close);

  test('a network over budget says so at its head and in the status bar, and the fix brings it back', async () => {
    const editor = await show(large);
    // The fix is named once the search has finished.
    await until('the problem with its fix', () => {
      const message = overBudget(editor)?.message ?? '';
      return { ok: /brings? it back: /.test(message), seen: message };
    });
    const problem = overBudget(editor)!;
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem.range.start.line, 0);
    assert.match(
      problem.message,
      /^Over budget: 79\.0M MACs \(limit 60\.0M, \+32 %\)\. The budget is for input 3×64×64\. The costliest layers are conv\.2 \(conv\) with 75\.5M MACs \(96 %\), /,
    );
    const color = (): string | undefined => flopline().totals.item.backgroundColor?.id;
    await until('the status bar', () => {
      const { text } = flopline().totals.item;
      return { ok: /MACs .*· over budget$/.test(text) && color() === 'statusBarItem.errorBackground', seen: text };
    });
    const offers = await actions(editor, 'name', vscode.CodeActionKind.QuickFix);
    const fix = offers.find(({ title }) => title.includes('to get back within budget: 79.0M → '));
    assert.ok(fix, offers.map(({ title }) => title).join('\n'));
    await apply(fix);
    await until('no problem', () => ({ ok: overBudget(editor) === undefined, seen: overBudget(editor)?.message }));
    await until('the status bar', () => {
      const { text } = flopline().totals.item;
      return { ok: !text.includes('budget') && color() === undefined, seen: text };
    });
    // Hints show the costs of the file's own input; the budget is for a larger one.
    const { tooltip } = flopline().totals.item;
    const words = typeof tooltip === 'string' ? tooltip : (tooltip?.value ?? '');
    assert.match(
      words.replaceAll('&nbsp;', ' ').replaceAll('\\', ''),
      /Within budget: .*MACs .*limit 60\.0M.* The budget is for input 3×64×64/,
    );
  });

  // Project files are found by the editor's file search, which a folder in memory does not support.
  test('budgets are tests that pass or fail with their figure', async function () {
    if (isInBrowser) this.skip();
    const { budgets } = flopline();
    await budgets.refresh();
    const items = (): readonly vscode.TestItem[] => [...(budgets.controller?.items ?? [])].map(([, item]) => item);
    assert.deepEqual(
      items().map(({ label, description }) => [label, description]),
      [
        ['large.net.yaml', '≤ 60.0M MACs, ≤ 100k params'],
        ['small.net.yaml', '≤ 60.0M MACs, ≤ 100k params'],
        ['net.py: Net(classes=5)', '≤ 300 params'],
      ],
    );
    const run = async (): Promise<readonly (readonly [string, string])[]> => {
      const source = new vscode.CancellationTokenSource();
      await budgets.run(new vscode.TestRunRequest(), source.token);
      return items().map(({ id, description = '' }) => [budgets.results.get(id)?.status ?? '', description]);
    };
    assert.deepEqual(await run(), [
      ['over', '79.0M MACs (limit 60.0M, +32 %) and 20.0k params (limit 100k)'],
      ['ok', '885k MACs (limit 60.0M) and 314 params (limit 100k)'],
      ['ok', '269 params (limit 300)'],
    ]);
    assert.deepEqual(
      items().map(({ range }) => range?.start.line),
      [0, 0, 3],
    );
    // Unsaved text counts.
    const editor = await show(large);
    await editor.edit(edit =>
      edit.replace(editor.document.lineAt(5).range, '  - conv: {out: 16, kernel: 3, padding: same}'),
    );
    assert.equal((await run())[0]?.[0], 'ok');
  });

  test('the list of tests follows the project file', async function () {
    if (isInBrowser) this.skip();
    const { budgets } = flopline();
    await budgets.refresh();
    const file = vscode.Uri.joinPath(folder(), 'flopline.yaml');
    const before = await vscode.workspace.fs.readFile(file);
    const labels = (): readonly string[] => [...(budgets.controller?.items ?? [])].map(([, { label }]) => label);
    try {
      const text = "budgets:\n  - files: ['models/small.net.yaml']\n    limits: {macs: 1M}\n";
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
      await until('one test', () => ({ ok: labels().join() === 'small.net.yaml', seen: labels() }));
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('source: .\n'));
      await until('no controller', () => ({ ok: budgets.controller === undefined, seen: labels() }));
    } finally {
      await vscode.workspace.fs.writeFile(file, before);
    }
    await until('all tests', () => ({ ok: labels().length === 3, seen: labels() }));
  });
});
