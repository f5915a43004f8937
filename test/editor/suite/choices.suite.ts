// Choices per file in the editor: each picker with its totals, where a choice applies, and how files keep theirs.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import type { ChoiceKey } from '../../../server/src/protocol/index.ts';
import { checkHint, close, show, showUntitled, until } from './editor.ts';

const flopline = (): Flopline => vscode.extensions.getExtension<Flopline>('flopline.flopline')!.exports;
const setting = (key: string): unknown => vscode.workspace.getConfiguration('flopline').inspect(key)?.workspaceValue;

const commands: readonly (readonly [key: ChoiceKey, command: string, file: string, total: RegExp])[] = [
  ['input', 'selectInput', 'small-yolo.yaml', /MACs · .* params · peak .*B/],
  ['scale', 'selectScale', 'small-yolo.yaml', /MACs · .* params · peak .*B/],
  ['convention', 'selectConvention', 'small-yolo.yaml', /MACs|FLOPs|operations|ops/],
  ['work', 'selectWork', 'small-yolo.yaml', /MACs/],
  ['dtype', 'selectDataType', 'tiny.net.yaml', /B · peak .*B/],
  ['batch', 'selectBatch', 'tiny.net.yaml', /peak .*B/],
  ['phase', 'selectPhase', 'tiny.prototxt', /MACs · .* params · peak .*B/],
  ['dialect', 'selectDialect', 'small-yolo.yaml', /MACs · .* params · peak (.*B|\? · \d errors)/],
];

suite('Choices per file', () => {
  suiteSetup(() => vscode.extensions.getExtension('flopline.flopline')!.activate());
  teardown(async () => {
    const { chosen } = flopline();
    for (const [uri, choices] of Object.entries(chosen.all))
      for (const key of Object.keys(choices) as ChoiceKey[]) await chosen.set(vscode.Uri.parse(uri), key, undefined);
    for (const [key] of commands)
      if (setting(key) !== undefined)
        await vscode.workspace
          .getConfiguration('flopline')
          .update(key, undefined, vscode.ConfigurationTarget.Workspace);
    await close();
  });

  for (const [key, command, file, total] of commands) {
    test(`the picker of ${key} shows the totals of each value`, async () => {
      await showReady(file);
      const picker = await open(command);
      const values = picker.items.filter(({ kind, label }) => kind === undefined && !label.startsWith('$(edit)'));
      assert.ok(values.length >= 3, String(values.length));
      for (const { label, description } of values) assert.match(description ?? '', total, label);
      assert.ok(values.at(-1)!.label.endsWith('Back to the default'));
      await picker.cancel();
    });
  }

  test('a scale picked for one file does not affect other files or the settings', async () => {
    const other = await showReady('small-yolo.yaml');
    await checkHint(other, 5, /16×320×320/);
    const { document } = other;
    const editor = await showUntitled('yaml', document.getText());
    await checkHint(editor, 5, /16×320×320/);
    const before = await outlineOf(editor);
    await choose('selectScale', 's', 'This file');
    await checkHint(editor, 5, /32×320×320/);
    await checkHint(other, 5, /16×320×320/);
    assert.equal(setting('scale'), undefined);
    assert.equal(editor.document.getText(), document.getText());
    // The outline follows too, although VS Code caches it per text.
    await until('another outline', async () => {
      const now = await outlineOf(editor);
      return { ok: now !== before && now !== '', seen: now };
    });
    const { totals } = flopline();
    await until('the status bar', () => ({ ok: / · scale s$/.test(totals.item.text), seen: totals.item.text }));
    const tooltip = totals.item.tooltip as vscode.MarkdownString;
    assert.match(tooltip.value.replace(/&nbsp;|\\/g, ' '), /Scale: s \(?.*this file/);
    await choose('selectScale', 'Back to the default');
    await checkHint(editor, 5, /16×320×320/);
    assert.deepEqual(flopline().chosen.of(editor.document.uri), {});
    await close();
  });

  test('a choice is written into the file, changed there, and removed', async () => {
    const editor = await showReady('small-yolo.yaml');
    const text = editor.document.getText();
    await choose('selectScale', 's', 'Write it into the file');
    assert.equal(editor.document.getText(), `# flopline: scale=s\n${text}`);
    await checkHint(editor, 6, /32×320×320/);
    await choose('selectDataType', 'fp16', 'Write it into the file');
    assert.equal(editor.document.lineAt(0).text, '# flopline: scale=s dtype=fp16');
    await until('the choices', () => ({ ok: originOf('dtype') === 'comment', seen: originOf('dtype') }));
    // The comment takes precedence, so that is offered first.
    await choose('selectScale', 'n', 'Write it into the file');
    assert.equal(editor.document.lineAt(0).text, '# flopline: scale=n dtype=fp16');
    await until('the choices', () => ({ ok: flopline().totals.summary?.scale === 'n' }));
    await choose('selectScale', 's', 'This file');
    assert.equal(editor.document.lineAt(0).text, '# flopline: dtype=fp16');
    await checkHint(editor, 6, /32×320×320/);
    await choose('selectDataType', 'Back to the default');
    assert.equal(editor.document.getText(), text);
  });

  test('a choice for the workspace is a setting, which files can override', async () => {
    const editor = await showReady('small-yolo.yaml');
    await choose('selectScale', 's', 'This workspace');
    assert.equal(setting('scale'), 's');
    await checkHint(editor, 5, /32×320×320/);
    await until('the origin', () => ({ ok: originOf('scale') === 'settings' }));
    // The default for this file, the setting for others.
    await choose('selectScale', 'Back to the default', 'This file');
    await checkHint(editor, 5, /16×320×320/);
    assert.equal(setting('scale'), 's');
    await choose('selectScale', 'Back to the default', 'This workspace');
    assert.equal(setting('scale'), undefined);
    assert.deepEqual(flopline().chosen.of(editor.document.uri), {});
  });

  test('a typed input size is checked against the file', async () => {
    const editor = await showReady('small-yolo.yaml');
    const seen = await typeInput('1,3,320,320', '320x320');
    assert.match(seen[0]!, /does not fit this input, which has 3 sizes: 3,640,640\. Leave out the batch: 3,320,320\./);
    assert.match(seen[1]!, /^3×320×320: .*MACs/);
    await checkHint(editor, 5, /16×160×160/);
    assert.deepEqual(flopline().chosen.of(editor.document.uri), { input: '3,320,320' });
  });

  test('the menu shows the values in effect, and where they come from', async () => {
    await showReady('small-yolo.yaml');
    const { document } = vscode.window.activeTextEditor!;
    await flopline().chosen.set(document.uri, 'dtype', 'fp16');
    await vscode.workspace.getConfiguration('flopline').update('batch', 4, vscode.ConfigurationTarget.Workspace);
    await until('the choices', () => ({ ok: originOf('dtype') === 'file' && originOf('batch') === 'settings' }));
    const { showQuickPick } = vscode.window;
    let seen: readonly string[] = [];
    const look = async (items: vscode.QuickPickItem[]): Promise<undefined> => {
      seen = items.map(({ label, description }) => `${plain(label)}: ${description}`);
    };
    Object.assign(vscode.window, { showQuickPick: look });
    try {
      await vscode.commands.executeCommand('flopline.showMenu');
    } finally {
      Object.assign(vscode.window, { showQuickPick });
    }
    assert.deepEqual(seen.slice(0, 7), [
      'Input Size: 3×640×640 · default',
      'Scale: n · default',
      'Counting Convention: macs · default',
      'Inference or Training: inference · default',
      'Data Type: fp16 · this file',
      'Batch Size: 4 · workspace setting',
      'Dialect: ultralytics · default',
    ]);
  });

  test('a renamed file keeps its choices, a deleted one loses them', async () => {
    const { uri } = vscode.workspace.workspaceFolders![0]!;
    const [old, renamed] = ['kept/old.yaml', 'kept/new.yaml'].map(name => vscode.Uri.joinPath(uri, name)) as [
      vscode.Uri,
      vscode.Uri,
    ];
    const moved = vscode.Uri.joinPath(uri, 'moved/new.yaml');
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(uri, 'small-yolo.yaml'), old);
    const editor = await vscode.window.showTextDocument(old);
    await checkHint(editor, 5, /16×320×320/);
    const { chosen } = flopline();
    await chosen.set(old, 'scale', 's');
    await checkHint(editor, 5, /32×320×320/);
    await edit(change => change.renameFile(old, renamed));
    assert.deepEqual([chosen.of(old), chosen.of(renamed)], [{}, { scale: 's' }]);
    await edit(change => change.renameFile(vscode.Uri.joinPath(uri, 'kept'), vscode.Uri.joinPath(uri, 'moved')));
    assert.deepEqual([chosen.of(renamed), chosen.of(moved)], [{}, { scale: 's' }]);
    await checkHint(await vscode.window.showTextDocument(moved), 5, /32×320×320/);
    await close();
    await edit(change => change.deleteFile(moved));
    assert.deepEqual(chosen.all, {});
  });

  test('an untitled document keeps its choices when it is saved', async () => {
    const { uri: folder } = vscode.workspace.workspaceFolders![0]!;
    const file = vscode.Uri.joinPath(folder, 'saved.yaml');
    const text = (await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, 'small-yolo.yaml'))).getText();
    const untitled = file.with({ scheme: 'untitled' });
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(untitled));
    await editor.edit(change => change.insert(new vscode.Position(0, 0), text));
    await checkHint(editor, 5, /16×320×320/);
    const { chosen } = flopline();
    await chosen.set(untitled, 'scale', 's');
    await checkHint(editor, 5, /32×320×320/);
    assert.ok(await editor.document.save());
    await until('its choices', () => ({ ok: chosen.of(file).scale === 's', seen: chosen.all }));
    assert.deepEqual(chosen.of(untitled), {});
    await checkHint(await vscode.window.showTextDocument(file), 5, /32×320×320/);
    await edit(change => change.deleteFile(file));
  });

  test('a restarted server knows the choices', async () => {
    const editor = await showReady('small-yolo.yaml');
    await flopline().chosen.set(editor.document.uri, 'scale', 's');
    await checkHint(editor, 5, /32×320×320/);
    await vscode.commands.executeCommand('flopline.restartServer');
    await checkHint(editor, 5, /32×320×320/);
  });
});

async function showReady(file: string): Promise<vscode.TextEditor> {
  const editor = await show(file);
  const { totals } = flopline();
  await until(`the totals of ${file}`, async () => {
    const summary = await totals.refresh();
    return { ok: summary !== undefined && totals.summary === summary, seen: totals.item.text };
  });
  return editor;
}

function originOf(key: ChoiceKey): string | undefined {
  return flopline().totals.summary?.choices.find(choice => choice.key === key)?.origin;
}

async function edit(change: (edit: vscode.WorkspaceEdit) => void): Promise<void> {
  const all = new vscode.WorkspaceEdit();
  change(all);
  assert.ok(await vscode.workspace.applyEdit(all));
}

async function outlineOf({ document }: vscode.TextEditor): Promise<string> {
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    document.uri,
  );
  const told = ({ name, detail, children }: vscode.DocumentSymbol): string =>
    [`${name} ${detail}`, ...children.map(told)].join('\n');
  return (symbols ?? []).map(told).join('\n');
}

interface Picker {
  readonly items: readonly vscode.QuickPickItem[];
  /** Accepts the item with this label; resolves when the command has ended. */
  accept(label: string): Promise<void>;
  cancel(): Promise<void>;
}

/** Runs a command with a picker of values and waits until all totals are there. */
async function open(command: string): Promise<Picker> {
  const { createQuickPick } = vscode.window;
  let list: vscode.QuickPick<vscode.QuickPickItem> | undefined;
  const capture = (): vscode.QuickPick<vscode.QuickPickItem> => {
    list = createQuickPick();
    return list;
  };
  Object.assign(vscode.window, { createQuickPick: capture });
  const ended = vscode.commands.executeCommand(`flopline.${command}`);
  try {
    await until('all totals', () => ({
      ok: list !== undefined && list.items.length > 0 && !list.busy,
      seen: list?.items,
    }));
  } finally {
    Object.assign(vscode.window, { createQuickPick });
  }
  const shown = list!;
  return {
    get items() {
      return shown.items;
    },
    accept: async label => {
      const item = shown.items.find(each => plain(each.label) === label);
      assert.ok(item, `“${label}” is in the list: ${shown.items.map(each => each.label)}`);
      // Repeat until the item is active: an update of the list may reset the selection.
      await until('the item', async () => {
        const ok = shown.activeItems[0] === item;
        if (!ok) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
        return { ok, seen: shown.activeItems[0]?.label };
      });
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await ended;
    },
    cancel: async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await ended;
    },
  };
}

const plain = (label: string): string => label.replace(/^\$\([\w-]+\) /, '');

/** Picks a value and, if asked, where it applies, in the editor's own lists. */
async function choose(command: string, value: string, place?: string): Promise<void> {
  const { showQuickPick } = vscode.window;
  const places: string[] = [];
  const play = async (items: readonly vscode.QuickPickItem[], options: vscode.QuickPickOptions): Promise<unknown> => {
    places.push(...items.map(({ label }) => plain(label)));
    let focused = '';
    const picked = (showQuickPick as (...args: unknown[]) => Thenable<unknown>)(items, {
      ...options,
      onDidSelectItem: (item: vscode.QuickPickItem) => {
        focused = plain(item.label);
      },
    });
    // The list focuses its first item when it is shown.
    await until('the list of places', () => ({ ok: focused !== '' }));
    for (let tries = 0; focused !== place && tries < items.length; tries++) {
      const before = focused;
      await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
      await until('the next place', () => ({ ok: focused !== before, seen: focused }));
    }
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return picked;
  };
  const picker = await open(command);
  Object.assign(vscode.window, { showQuickPick: play });
  try {
    await picker.accept(value);
  } finally {
    Object.assign(vscode.window, { showQuickPick });
  }
  assert.deepEqual(places.length > 0, place !== undefined);
  if (place !== undefined) assert.ok(places.includes(place), places.join());
}

/**
 * Types input sizes one after the other; returns the input box's message for each. The last one is accepted, for this
 * file.
 */
async function typeInput(...texts: readonly string[]): Promise<string[]> {
  const { showInputBox, showQuickPick } = vscode.window;
  const seen: string[] = [];
  const type = async ({ validateInput }: vscode.InputBoxOptions): Promise<string> => {
    for (const text of texts) {
      const found = await validateInput!(text);
      seen.push(typeof found === 'string' ? found : (found?.message ?? ''));
    }
    return texts.at(-1)!;
  };
  const here = async (items: vscode.QuickPickItem[]) => items.find(({ label }) => plain(label) === 'This file');
  const picker = await open('selectInput');
  Object.assign(vscode.window, { showInputBox: type, showQuickPick: here });
  try {
    await picker.accept('Another size…');
  } finally {
    Object.assign(vscode.window, { showInputBox, showQuickPick });
  }
  return seen;
}
