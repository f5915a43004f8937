// First steps: the walkthrough, new networks, examples, menus, conversion.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import { checkHint, close, show, showUntitled, until } from './editor.ts';

const extension = (): vscode.Extension<Flopline> => vscode.extensions.getExtension<Flopline>('flopline.flopline')!;
const flopline = (): Flopline => extension().exports;

/** Waits until the active editor has a text and totals, and returns it. */
async function opened(language: string, text: RegExp): Promise<vscode.TextEditor> {
  await until(`a document of ${language} with totals`, async () => {
    const editor = vscode.window.activeTextEditor;
    const isThere = editor?.document.languageId === language && text.test(editor.document.getText());
    const summary = isThere ? await flopline().totals.refresh() : undefined;
    return {
      ok: summary !== undefined,
      seen: `${editor?.document.uri}: ${editor?.document.getText().slice(0, 200)}: ${flopline().totals.item.text}`,
    };
  });
  return vscode.window.activeTextEditor!;
}

suite('First steps', () => {
  suiteSetup(() => extension().activate());
  teardown(close);
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('the walkthrough opens, with its pictures and buttons', async () => {
    await vscode.commands.executeCommand('flopline.openWalkthrough');
    await until('the walkthrough', () => {
      const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs.map(({ label }) => label));
      return { ok: tabs.some(label => /Get Started|Walkthrough|Welcome/.test(label)), seen: tabs };
    });
    const { contributes } = extension().packageJSON;
    const commands = new Set(await vscode.commands.getCommands(true));
    for (const { description, media } of contributes.walkthroughs[0].steps) {
      const path = vscode.Uri.joinPath(extension().extensionUri, media.image ?? media.svg).fsPath;
      assert.ok(readFileSync(path).length > 100, path);
      for (const [, command] of description.matchAll(/\(command:([\w.]+)\)/g))
        assert.ok(commands.has(command), command);
    }
  });

  test('a new network has costs and no problems', async () => {
    for (const [file, language, text] of [
      ['resnet.net.yaml', 'flopline', /ResNet-18/],
      ['detector.yaml', 'yaml', /backbone:/],
      ['module.py', 'python', /nn\.Module/],
    ] as const) {
      await vscode.commands.executeCommand('flopline.newNetwork', file);
      const editor = await opened(language, text);
      assert.ok(editor.document.isUntitled);
      // Advice is reported as a hint, not as a problem.
      const problems = vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter(({ severity }) => severity !== vscode.DiagnosticSeverity.Hint);
      assert.deepEqual(
        problems.map(({ message }) => message),
        [],
      );
      await close();
    }
  });

  test('the list of templates shows what each costs', async () => {
    // The list belongs to the editor, so check the requests to the server.
    const picking = vscode.commands.executeCommand('flopline.newNetwork');
    await until('the list', async () => {
      await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
      return { ok: true, seen: '' };
    });
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await picking;
    await opened('flopline', /^name: /m);
  });

  test('an example opens as a copy', async () => {
    await vscode.commands.executeCommand('flopline.openExample', 'googlenet.net.yaml');
    const editor = await opened('flopline', /inception/);
    assert.ok(editor.document.isUntitled);
    await close();
    await vscode.commands.executeCommand('flopline.openExample', 'tiny-detector.cfg');
    await opened('darknet-cfg', /\[convolutional\]/);
  });

  test('a network is saved as Flopline YAML and converted to PyTorch, with the same totals', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 5, /16×320×320/);
    const totals = (await flopline().totals.refresh())!.detail;
    for (const [command, language, text] of [
      ['saveAsFlopline', 'flopline', /^layers:/m],
      ['convertToPyTorch', 'python', /class \w+\(nn\.Module\)/],
    ] as const) {
      await vscode.window.showTextDocument(editor.document);
      await vscode.commands.executeCommand(`flopline.${command}`);
      const converted = await opened(language, text);
      assert.notEqual(converted.document.uri.toString(), editor.document.uri.toString());
      const [macs, params] = totals.match(/[\d.]+\w? (?:MACs|params)/g)!;
      await until('the same totals', async () => {
        const detail = (await flopline().totals.refresh())?.detail ?? '';
        return { ok: detail.includes(macs!) && detail.includes(params!), seen: `${detail} instead of ${totals}` };
      });
      await close();
    }
  });

  test('input, scale and convention are shown beside the language, for networks only', async () => {
    const editor = await show('small-yolo.yaml');
    await checkHint(editor, 5, /16×320×320/);
    await until('the language status', async () => {
      await flopline().totals.refresh();
      const { text } = flopline().totals.language;
      return { ok: /640.* · .* · /.test(text), seen: text };
    });
  });

  test('networks have menus', async () => {
    const { contributes } = extension().packageJSON;
    const { menus } = contributes;
    const commands = new Set(await vscode.commands.getCommands(true));
    const items = Object.values<{ command?: string; when?: string }[]>(menus).flat();
    for (const { command } of items) if (command !== undefined) assert.ok(commands.has(command), command);
    for (const place of ['editor/title', 'editor/context'])
      for (const { when } of menus[place]) assert.match(when, /flopline\.is(?:Network|Spec)/);
    const editor = await showUntitled('flopline', 'input: [3, 8, 8]\nlayers:\n  - relu\n');
    await checkHint(editor, 2, /3×8×8/);
  });
});
