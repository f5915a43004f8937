// Comparisons with the last commit, in a real git repository that the tests create.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import { checkHint, close, hints, pick, show, type, until } from './editor.ts';

const flopline = (): Flopline => vscode.extensions.getExtension<Flopline>('flopline.flopline')!.exports;

const text = `nc: 4
backbone:
  - [-1, 1, Conv, [32, 3, 2]]
  - [-1, 1, C2f, [32]]
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, C2f, [64]]
head:
  - [-1, 1, Classify, [nc]]
`;

suite('Compared with git', () => {
  const folder = () => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'repository');
  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', ['-C', folder().fsPath, ...identity, ...args]);
  };

  suiteSetup(async () => {
    await vscode.extensions.getExtension('flopline.flopline')!.activate();
    await vscode.workspace.fs.createDirectory(folder());
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), 'net-cls.yaml'), new TextEncoder().encode(text));
    git('init', '--initial-branch', 'main');
    git('add', '.');
    git('commit', '-m', 'A network');
  });
  teardown(close);
  suiteTeardown(() => vscode.workspace.fs.delete(folder(), { recursive: true }));

  const comparedWith = (editor: vscode.TextEditor, label: string) =>
    until(`compared with ${label}`, () => {
      const base = flopline().comparisons.of(editor.document.uri);
      return { ok: base?.label === label, seen: base };
    });
  const lenses = async ({ document: { uri } }: vscode.TextEditor): Promise<readonly (readonly [number, string])[]> => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
    return found.map(({ range, command }) => [range.start.line, command?.title ?? '']);
  };

  test('an inserted and a deleted layer do not shift the others, in hints, lenses and the status bar', async () => {
    const editor = await show('repository/net-cls.yaml');
    await comparedWith(editor, 'HEAD');
    await checkHint(editor, 5, /64×56×56/);
    const before = await hints(editor);
    assert.ok(
      [...before.values()].every(hint => !/ · (new|changed|[+−].*%)$/.test(hint)),
      [...before.values()].join(),
    );
    await type(editor, '  - [-1, 1, C2f, [64]]\n', '');
    await type(editor, '  - [-1, 1, C2f, [32]]\n', '  - [-1, 1, Conv, [32, 1, 1]]\n  - [-1, 1, C2f, [32]]\n');
    await checkHint(editor, 3, / · new$/);
    const after = await hints(editor);
    assert.deepEqual(
      [2, 4, 5, 7].map(line => after.get(line)),
      [2, 3, 4, 7].map(line => before.get(line)),
    );
    await until('a lens for what is gone', async () => {
      const found = await lenses(editor);
      const [line, title] = found.find(([, title]) => /Removed/.test(title)) ?? [];
      return { ok: line === 7 && /^Removed since HEAD: model\.3 C2f \(/.test(title!), seen: found };
    });
    const { totals } = flopline();
    await until('the status bar', () => ({ ok: / % since HEAD\)/.test(totals.item.text), seen: totals.item.text }));
  });

  test('both are shown side by side, with hints on both sides and the totals', async () => {
    const editor = await show('repository/net-cls.yaml');
    await comparedWith(editor, 'HEAD');
    await type(editor, 'C2f, [64]', 'C2f, [96]');
    await checkHint(editor, 5, / · \+\d+ %$/);
    await vscode.commands.executeCommand('flopline.showChanges');
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    assert.match(activeTab!.label, /^HEAD ↔ net-cls\.yaml: .* MACs \(\+.* % since HEAD\)/);
    assert.ok(activeTab!.input instanceof vscode.TabInputTextDiff);
    const { original, modified } = activeTab!.input;
    assert.equal(modified.toString(), editor.document.uri.toString());
    const left = await vscode.workspace.openTextDocument(original);
    assert.equal(left.getText(), text);
    const sides = vscode.window.visibleTextEditors.find(({ document }) => document === left);
    assert.ok(sides, 'the left side is shown');
    await checkHint(sides, 5, /64×56×56/);
    assert.deepEqual(vscode.languages.getDiagnostics(original), []);
    await vscode.window.tabGroups.close(activeTab!);
    await vscode.window.showTextDocument(editor.document);
  });

  test('both sides are read with the choices for the file', async () => {
    const editor = await show('repository/net-cls.yaml');
    await comparedWith(editor, 'HEAD');
    await flopline().chosen.set(editor.document.uri, 'input', '64');
    try {
      await checkHint(editor, 5, /64×16×16/);
      await vscode.commands.executeCommand('flopline.showChanges');
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      const { original } = activeTab!.input as vscode.TabInputTextDiff;
      const left = vscode.window.visibleTextEditors.find(({ document }) => `${document.uri}` === `${original}`);
      await checkHint(left!, 5, /64×16×16/);
      await vscode.window.tabGroups.close(activeTab!);
      await vscode.window.showTextDocument(editor.document);
    } finally {
      await flopline().chosen.set(editor.document.uri, 'input', undefined);
    }
  });

  test('what it is compared with can be the last save or nothing, and follows a commit', async () => {
    const editor = await show('repository/net-cls.yaml');
    await comparedWith(editor, 'HEAD');
    await type(editor, 'C2f, [64]', 'C2f, [96]');
    await checkHint(editor, 5, / · \+\d+ %$/);
    await editor.document.save();
    await pick('flopline.compareWith', 'Nothing');
    await until('no difference', async () => {
      const hint = (await hints(editor)).get(5);
      return { ok: hint !== undefined && !hint.includes('%'), seen: hint };
    });
    await pick('flopline.compareWith', 'Last save');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const again = await show('repository/net-cls.yaml');
    await type(again, 'C2f, [96]', 'C2f, [128]');
    await checkHint(again, 5, / · \+\d+ %$/);
    assert.equal(flopline().comparisons.of(again.document.uri)?.kind, 'save');
    await pick('flopline.compareWith', 'Last commit');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await show('repository/net-cls.yaml');
    await comparedWith(again, 'HEAD');
    await again.document.save();
    git('commit', '-am', 'A wider one');
    await until('the new commit', async () => {
      const hint = (await hints(again)).get(5);
      return { ok: hint !== undefined && !hint.includes('%'), seen: hint };
    });
  });
});
