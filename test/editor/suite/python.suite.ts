import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Flopline } from '../../../client/src/extension.ts';
import {
  actions,
  apply,
  checkHint,
  close,
  codeOf,
  hints,
  isInBrowser,
  ourProblems,
  show,
  type,
  until,
} from './editor.ts';

const totals = (): Flopline['totals'] => vscode.extensions.getExtension<Flopline>('flopline.flopline')!.exports.totals;

/** The totals in the status bar for the current text. */
async function settled(editor: vscode.TextEditor): Promise<Flopline['totals']['summary']> {
  await hints(editor);
  return totals().refresh();
}

const titles = async ({ document }: vscode.TextEditor): Promise<string[]> => {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    20,
  );
  return lenses.flatMap(({ command }) => (command ? [command.title] : []));
};

suite('Python in VS Code', () => {
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await close();
  });

  test('a network of two files has its costs in both, and another groups= changes them in both', async () => {
    const net = await show('detector/net.py');
    assert.equal(net.document.languageId, 'python');
    await checkHint(net, 10, /37\.4M MACs · 928 params$/);
    await checkHint(net, 11, /94\.4M MACs · 181k params$/);
    assert.match((await titles(net))[0] ?? '', /^138M MACs · 221k params · .*input 3×416×416/);
    const blocks = await show('detector/blocks.py');
    await checkHint(blocks, 19, /×4 88\.6M MACs · 176k params$/);
    await until('whose costs these are', async () => {
      const seen = await titles(blocks);
      return { ok: /^As in Detector\(\) of net\.py · 138M MACs/.test(seen[0] ?? ''), seen };
    });
    const again = await show('detector/net.py');
    await type(again, 'groups=1', 'groups=4');
    // A quarter of the pointwise convolutions remains: 22.15M MACs, 43.5k weights.
    await checkHint(again, 11, /28\.0M MACs · 50\.7k params$/);
    await checkHint(blocks, 19, /×4 22\.2M MACs · 45\.4k params$/);
    await type(again, 'groups=4', 'groups=1');
    await checkHint(blocks, 19, /×4 88\.6M MACs · 176k params$/);
  });

  test('a broken method makes nothing else unknown', async () => {
    const net = await show('detector/net.py');
    await checkHint(net, 10, /37\.4M MACs · 928 params$/);
    const blocks = await show('detector/blocks.py');
    await type(blocks, 'return self.point(self.depth(x))', 'return self.point(self.depth(x)');
    await until('a total that is a lower bound', async () => {
      const text = (await titles(net))[0];
      return { ok: /^≥ /.test(text ?? ''), seen: text };
    });
    await checkHint(net, 10, /37\.4M MACs · 928 params$/);
    await checkHint(blocks, 7, /37\.4M MACs/);
  });

  test('while a constructor is typed, no complete value is wrong', async function () {
    // In a browser, the same code runs, but takes long.
    if (isInBrowser) this.skip();
    const editor = await show('detector/net.py');
    await checkHint(editor, 12, /6\.49M MACs · 38\.5k params$/);
    const line = 'self.head = nn.Conv2d(width * 16, anchors * (5 + classes), 1)';
    await type(editor, line, '');
    let place = new vscode.Position(12, 8);
    for (const [at, letter] of [...line].entries()) {
      const summary = await settled(editor);
      assert.ok(summary, `“${line.slice(0, at)}” is still a network`);
      assert.equal(summary.complete, false, `“${line.slice(0, at)}” gives ${summary.text}`);
      assert.ok(await editor.edit(edit => edit.insert(place, letter), { undoStopBefore: false, undoStopAfter: false }));
      place = place.translate(0, 1);
    }
    const summary = await settled(editor);
    assert.deepEqual([summary?.complete, summary?.macs, summary?.params], [true, 138_315_008, 220_683]);
  });

  test('a mismatched layer is fixed with the number that fits', async () => {
    const editor = await show('detector/net.py');
    await type(editor, 'nn.Conv2d(width * 16,', 'nn.Conv2d(width * 8,');
    await until('the problem', () => {
      const seen = ourProblems(editor).map(codeOf);
      return { ok: seen.includes('channel-mismatch'), seen };
    });
    const found = await actions(editor, 'self.head(', vscode.CodeActionKind.QuickFix);
    const fix = found.find(({ title }) => title === 'Set in_channels to 512');
    assert.ok(fix, found.map(({ title }) => title).join());
    await apply(fix);
    await until('no error', () => {
      const seen = ourProblems(editor).map(codeOf);
      return { ok: !seen.includes('channel-mismatch'), seen };
    });
    await checkHint(editor, 12, /6\.49M MACs · 38\.5k params$/);
  });
});
