import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { checkHint, close, codeOf, hoverText, ourProblems, show, type, until } from './editor.ts';

/** Where the definition of some words is: `blocks.py: class Gate(nn.Module):`. */
async function leadsTo({ document }: vscode.TextEditor, words: string): Promise<string | undefined> {
  const position = document.positionAt(document.getText().indexOf(words));
  const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    position,
  );
  const [first] = found;
  if (!first) return undefined;
  const { uri, range } =
    'targetUri' in first ? { uri: first.targetUri, range: first.targetSelectionRange ?? first.targetRange } : first;
  const there = await vscode.workspace.openTextDocument(uri);
  return `${uri.path.slice(uri.path.lastIndexOf('/') + 1)}: ${there.getText(range)}`;
}

suite('A YOLO file that its repository reads', () => {
  teardown(async () => {
    for (const name of ['fork/models/blocks.py', 'fork/models/tiny.yaml']) {
      await show(name);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await close();
    }
  });

  test('has the costs of its modules, and their names open the classes', async () => {
    const net = await show('fork/models/tiny.yaml');
    await checkHint(net, 2, /16×320×320 · 44\.2M MACs · 464 params$/);
    await checkHint(net, 3, /32×320×320 · 511M MACs · 5\.10k params$/);
    await checkHint(net, 8, /65\.5M MACs · 1\.06k params$/);
    assert.equal(await leadsTo(net, 'Gate'), 'blocks.py: class Gate(nn.Module):');
    assert.equal(await leadsTo(net, 'Conv, [32'), 'blocks.py: class Conv(nn.Module):');
    const text = await hoverText(net, 'Gate');
    assert.match(text, /Two convolutions, one of which decides what the other one lets through\./);
    assert.match(
      text,
      /Defined in \[models\/blocks\.py:20\]\((?:file|memfs):[^)]*#L20\), read by `models\/yolo\.py`\./,
    );
  });

  test('follows an edit of the Python that is not saved', async () => {
    const net = await show('fork/models/tiny.yaml');
    await checkHint(net, 3, /511M MACs · 5\.10k params$/);
    const blocks = await show('fork/models/blocks.py');
    await type(blocks, 'Conv(c1, c2, 3)', 'Conv(c1, c2, 1)');
    await checkHint(net, 3, /91\.8M MACs · 1\.01k params$/);
    await type(blocks, 'Conv(c1, c2, 1)', 'Conv(c1, c2, 3)');
    await checkHint(net, 3, /511M MACs · 5\.10k params$/);
  });

  test('shows an error in a module at the row until it is fixed', async () => {
    const net = await show('fork/models/tiny.yaml');
    await checkHint(net, 3, /511M MACs · 5\.10k params$/);
    const blocks = await show('fork/models/blocks.py');
    await type(blocks, 'self.value(x) *', 'self.values(x) *');
    const refused = (): vscode.Diagnostic[] => ourProblems(net).filter(each => codeOf(each) === 'reader-refuses');
    await until('the problem', () => ({ ok: refused().length === 1, seen: ourProblems(net).map(codeOf) }));
    const [problem] = refused();
    assert.equal(problem?.range.start.line, 3);
    assert.match(problem!.message, /AttributeError: 'Gate' object has no attribute 'values'/);
    assert.match(problem?.relatedInformation?.[0]?.location.uri.path ?? '', /\/fork\/models\/blocks\.py$/);
    await type(blocks, 'self.values(x) *', 'self.value(x) *');
    await until('no problem', () => ({ ok: refused().length === 0 }));
    await checkHint(net, 3, /511M MACs · 5\.10k params$/);
  });
});
