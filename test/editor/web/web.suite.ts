// Specific to a browser: the extension reads all files for its server, and only those that are needed.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import {
  actions,
  apply,
  checkHint,
  close,
  codeOf,
  hoverText,
  isInBrowser,
  ourProblems,
  show,
  type,
  until,
} from '../suite/editor.ts';
import type { Memory } from './memory.ts';

const flopline = (): Flopline => vscode.extensions.getExtension<Flopline>('flopline.flopline')!.exports;
const memory = (): Memory => vscode.extensions.getExtension<Memory>('flopline.files-in-memory')!.exports;
const place = (name: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
const write = (name: string, text: string): Thenable<void> =>
  vscode.workspace.fs.writeFile(place(name), new TextEncoder().encode(text));

const net = `import torch
from torch import nn

from .layers import Block


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Block(3, 8)
        self.last = nn.Conv2d(8, 4, 1)

    def forward(self, x):
        return self.last(self.first(x))


Net()(torch.zeros(1, 3, 16, 16))
`;
const layers = (size: number): string => `from torch import nn
from .more.sizes import padding


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, ${size}, padding=padding(${size}))

    def forward(self, x):
        return self.conv(x)
`;

suite('Flopline in a browser', () => {
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await close();
  });
  suiteTeardown(() => vscode.workspace.fs.delete(place('package'), { recursive: true }));

  test('there is no server behind the browser', () => {
    assert.ok(isInBrowser);
    assert.equal(place('').scheme, 'memfs');
    assert.equal(typeof (globalThis as { readonly process?: { readonly pid?: number } }).process?.pid, 'undefined');
  });

  test('a program is read with what it imports, several folders away, and no other file is', async () => {
    await write('package/__init__.py', '');
    await write('package/more/__init__.py', '');
    await write('package/more/sizes.py', 'def padding(size):\n    return size // 2\n');
    await write('package/layers.py', layers(3));
    await write('package/unused.py', 'from torch import nn\n');
    await write('package/net.py', net);
    const editor = await show('package/net.py');
    // 3 → 8 channels of 3×3 over 16×16, then 8 → 4 of 1×1.
    await checkHint(editor, 9, /55\.3k MACs · 224 params$/);
    await checkHint(editor, 10, /8\.19k MACs · 36 params$/);
    assert.ok(memory().read.has('/workspace/package/more/sizes.py'));
    assert.ok(!memory().read.has('/workspace/package/unused.py'));
  });

  test('a file that is not open is read again when it has changed, and looked up again when it was created', async () => {
    const editor = await show('package/net.py');
    await checkHint(editor, 9, /55\.3k MACs · 224 params$/);
    await write('package/layers.py', layers(5));
    await checkHint(editor, 9, /154k MACs · 608 params$/);
    await vscode.workspace.fs.delete(place('package/more/sizes.py'));
    await until('the problem', () => {
      const seen = ourProblems(editor).map(({ message }) => message);
      return { ok: seen.some(message => /sizes/.test(message)), seen };
    });
    await write('package/more/sizes.py', 'def padding(size):\n    return size // 2\n');
    await checkHint(editor, 9, /154k MACs · 608 params$/);
  });

  test('hints, a hover, a problem and its fix, in a file of Darknet', async () => {
    const editor = await show('small-yolo.cfg');
    await checkHint(editor, 5, /16×16×16 · 111k MACs · 448 params$/);
    assert.match(await hoverText(editor, 'filters=18'), /18/);
    await type(editor, 'filters=18', 'filters=255');
    await until('the problem', () => {
      const seen = ourProblems(editor).map(codeOf);
      return { ok: seen.includes('filters-mismatch'), seen };
    });
    const fixes = await actions(editor, 'filters=255', vscode.CodeActionKind.QuickFix);
    const fix = fixes.find(({ title }) => /18/.test(title));
    assert.ok(fix, fixes.map(({ title }) => title).join());
    await apply(fix);
    await until('the fix', () => ({ ok: editor.document.getText().includes('filters=18') }));
  });

  test('nothing is compared with git, but comparing with the last save works', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /442k MACs/);
    assert.equal(flopline().comparisons.of(editor.document.uri), undefined);
    const settings = vscode.workspace.getConfiguration('flopline');
    await settings.update('compareWith', 'saved', vscode.ConfigurationTarget.Global);
    try {
      await type(editor, 'out: 16', 'out: 32');
      await checkHint(editor, 3, /885k MACs .*\+100 %/);
    } finally {
      await settings.update('compareWith', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
