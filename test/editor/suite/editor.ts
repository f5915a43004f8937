// Actions of the tests in the editor, and what they read from it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const deadline = 15_000;

/** Whether the suite runs in a browser without a server: no processes, disk or git. */
export const isInBrowser = vscode.env.uiKind === vscode.UIKind.Web && vscode.env.remoteName === undefined;

/** Shows a file of the workspace. */
export async function show(name: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  return vscode.window.showTextDocument(document);
}

/** Shows an untitled document. */
export async function showUntitled(language: string, content: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}

/** Undoes all edits of the active editor and closes it. */
export async function close(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

/** The code of a problem, whether or not it is a link. */
export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Types a replacement for the first occurrence of `old`. */
export async function type(editor: vscode.TextEditor, old: string, replacement: string): Promise<void> {
  const { document } = editor;
  const at = document.getText().indexOf(old);
  assert.ok(at >= 0, `“${old}” is in the text`);
  const range = new vscode.Range(document.positionAt(at), document.positionAt(at + old.length));
  assert.ok(await editor.edit(edit => edit.replace(range, replacement)));
}

/** The hints at the ends of lines, by 0-based line. */
export async function hints(editor: vscode.TextEditor): Promise<Map<number, string>> {
  return new Map((await inlays(editor)).filter(([, , isNumber]) => !isNumber).map(([line, text]) => [line, text]));
}

/** The row numbers, by 0-based line. */
export async function rowNumbers(editor: vscode.TextEditor): Promise<Map<number, string>> {
  return new Map((await inlays(editor)).filter(([, , isNumber]) => isNumber).map(([line, text]) => [line, text]));
}

async function inlays({ document }: vscode.TextEditor): Promise<readonly (readonly [number, string, boolean])[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const found = await vscode.commands.executeCommand<vscode.InlayHint[] | undefined>(
    'vscode.executeInlayHintProvider',
    document.uri,
    all,
  );
  const text = (label: vscode.InlayHint['label']): string =>
    typeof label === 'string' ? label : label.map(({ value }) => value).join('');
  return (found ?? []).map(({ position, label, paddingRight }) => [position.line, text(label), paddingRight === true]);
}

/** Waits until a line's hint is as expected. */
export async function checkHint(editor: vscode.TextEditor, line: number, expected: RegExp): Promise<void> {
  await until(`hint ${expected} on line ${line}`, async () => {
    const hint = (await hints(editor)).get(line);
    return { ok: hint !== undefined && expected.test(hint), seen: hint };
  });
}

/** The text of all hovers at the first occurrence of some words, `within` characters after their start. */
export async function hoverText({ document }: vscode.TextEditor, words: string, within = 0): Promise<string> {
  const at = document.getText().indexOf(words);
  assert.ok(at >= 0, `“${words}” is in the text`);
  const position = document.positionAt(at + within);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map(content => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

/** The code actions on some words, with their edits. */
export async function actions(
  { document }: vscode.TextEditor,
  words: string,
  kind?: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  const at = document.getText().indexOf(words);
  assert.ok(at >= 0, `“${words}” is in the text`);
  const found = await vscode.commands.executeCommand<vscode.CodeAction[] | undefined>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(document.positionAt(at), document.positionAt(at + words.length)),
    kind?.value,
    100,
  );
  return found ?? [];
}

/** Applies the edit of a code action as the editor does. */
export async function apply({ title, edit }: vscode.CodeAction): Promise<void> {
  assert.ok(edit, `“${title}” has a change`);
  assert.ok(await vscode.workspace.applyEdit(edit), title);
}

export function ourProblems({ document }: vscode.TextEditor): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'flopline');
}

/** Runs a command that shows a list, and picks `label`. */
export async function pick(command: string, label: string): Promise<void> {
  // VS Code has no command that waits for a list, so showQuickPick is replaced.
  const { showQuickPick } = vscode.window;
  const play = async (items: vscode.QuickPickItem[]) => items.find(item => item.label === label);
  Object.assign(vscode.window, { showQuickPick: play });
  try {
    await vscode.commands.executeCommand(command);
  } finally {
    Object.assign(vscode.window, { showQuickPick });
  }
}

/** Repeats a check until it passes; on failure, reports the last state. */
export async function until(
  what: string,
  look: () => { ok: boolean; seen?: unknown } | Promise<{ ok: boolean; seen?: unknown }>,
): Promise<void> {
  const end = Date.now() + deadline;
  for (;;) {
    const { ok, seen } = await look();
    if (ok) return;
    assert.ok(Date.now() < end, `${what}: not in ${deadline} ms; seen last: ${JSON.stringify(seen)}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}
