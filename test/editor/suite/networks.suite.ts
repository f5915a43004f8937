// The networks of the workspace: the tree in the Explorer, symbols, and updates of outdated summaries.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import { close, isInBrowser, show, type, until } from './editor.ts';

const flopline = (): Flopline => vscode.extensions.getExtension<Flopline>('flopline.flopline')!.exports;

const text = (summary: string): string =>
  `nc: 4\nscales:\n  n: [1.0, 1.0, 1024] # summary: ${summary} parameters\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\nhead:\n  - [-1, 1, Classify, [nc]]\n`;

suite('Networks in the workspace', () => {
  const folder = () => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'listed');
  const file = (name: string) => vscode.Uri.joinPath(folder(), name);
  const write = (name: string, content: string) =>
    vscode.workspace.fs.writeFile(file(name), new TextEncoder().encode(content));
  /** Waits until the tree has an entry, and none that it must not have. */
  const checkTree = (expected: RegExp, never?: RegExp) =>
    until(`an entry ${expected}`, async () => {
      const lines = await flopline().networks.shown();
      const isThere = lines.some(line => expected.test(line));
      return { ok: isThere && !lines.some(line => never?.test(line)), seen: lines };
    });

  suiteSetup(async () => {
    await vscode.extensions.getExtension('flopline.flopline')!.activate();
    await write('n-cls.yaml', text('999'));
    await write('data.yaml', 'train: images\n');
  });
  teardown(close);
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.workspace.fs.delete(folder(), { recursive: true });
  });

  // In a browser, the client reports a new folder a moment later than the tree may request it.
  test('the server is not asked before the tree is shown; then it has totals and follows files and edits', async function () {
    if (isInBrowser) this.skip();
    assert.deepEqual(await flopline().networks.shown(), []);
    await vscode.commands.executeCommand('flopline.networks.focus');
    await checkTree(/^(?: {2})?tiny\.net\.yaml — \S+ MACs · \S+ params$/, /data\.yaml/);
    await checkTree(/^(?: {2})?n-cls\.yaml — \S+ MACs · \S+ params · summary outdated$/);
    // Unsaved edits count.
    const editor = await show('listed/n-cls.yaml');
    await type(editor, 'Conv,', 'Konv,');
    await checkTree(/n-cls\.yaml — .* · 1 error/);
    await type(editor, 'Konv,', 'Conv,');
    await checkTree(/n-cls\.yaml — \S+ MACs · \S+ params · summary outdated$/);
    await write('other-cls.yaml', text('1'));
    await checkTree(/other-cls\.yaml — /);
    await vscode.workspace.fs.delete(file('other-cls.yaml'));
    await checkTree(/n-cls\.yaml/, /other-cls\.yaml/);
  });

  // A folder in memory has no search, which the symbols of VS Code's Markdown extension need.
  test('networks are workspace symbols, with totals', async function () {
    if (isInBrowser) this.skip();
    await until('the symbol', async () => {
      const found = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
        'vscode.executeWorkspaceSymbolProvider',
        'n-cls',
      );
      const own = found.find(({ location }) => location.uri.path.endsWith('listed/n-cls.yaml'));
      return { ok: /MACs · \S+ params · listed\/n-cls\.yaml$/.test(own?.containerName ?? ''), seen: found };
    });
  });

  test('“fix all” brings a summary up to date when a file is saved', async () => {
    const editor = await show('listed/n-cls.yaml');
    const configuration = vscode.workspace.getConfiguration('editor', { languageId: 'yaml', uri: editor.document.uri });
    const actions = { 'source.fixAll': 'explicit' };
    await configuration.update('codeActionsOnSave', actions, vscode.ConfigurationTarget.Workspace);
    try {
      await type(editor, '[16, 3, 2]', '[32, 3, 2]');
      await editor.document.save();
      assert.match(editor.document.getText(), /# summary: (?!999)\d+ parameters\n/);
    } finally {
      await configuration.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
