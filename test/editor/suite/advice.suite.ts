// Advice in the editor: priced, applied by the editor itself, undone byte for byte.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { actions, apply, checkHint, close, ourProblems, pick, show, showUntitled, until } from './editor.ts';

/** A change that advice proposes, as a person sees it before and after. */
interface Case {
  readonly language: string;
  readonly text: string;
  /** Words of the line that it is about. */
  readonly at: string;
  readonly title: RegExp;
  /** What the changed network says, by 0-based line. */
  readonly hints: readonly (readonly [line: number, hint: RegExp])[];
}

const saving = (name: string): string => {
  const { extensionPath } = vscode.extensions.getExtension('flopline.flopline')!;
  return readFileSync(join(extensionPath, 'examples/savings', `${name}-before.net.yaml`), 'utf8');
};

const yolo = `nc: 80
backbone:
  - [-1, 1, Conv, [256, 3, 2]] # 0
  - [-1, 1, Conv, [96, 5, 2]] # 1: wide
  - [-1, 1, Conv, [96, 7, 1]] # 2
head:
  - [[-1, 1], 1, Concat, [1]] # 3
  - [[3], 1, Detect, [nc]] # 4
`;

/** Each of the theory's five savings, and the first in the rows of YOLO. */
const cases = (): Readonly<Record<string, Case>> => ({
  'a 1×1 bottleneck before the 3×3 of (3b): 346,816,512 → 99,549,184': {
    language: 'flopline',
    text: saving('bottleneck'),
    at: 'out: 192, kernel: 3',
    title: /^Insert a 1×1 bottleneck \(64 channels\): 347M → 99\.5M MACs here/,
    hints: [
      [9, /28×28×64 · 12\.8M MACs/],
      [10, /28×28×192 · 86\.7M MACs/],
    ],
  },
  'a 1×1 bottleneck before its 5×5: 481,689,600 → 133,267,456': {
    language: 'flopline',
    text: saving('bottleneck'),
    at: 'out: 96, kernel: 5',
    title: /^Insert a 1×1 bottleneck \(64 channels\): 482M → 133M MACs here/,
    hints: [
      [11, /28×28×64 · 12\.8M MACs/],
      [12, /28×28×96 · 120M MACs/],
    ],
  },
  'that 5×5 as two 3×3: 85,098,496 with its 1×1': {
    language: 'flopline',
    text: saving('two-3x3'),
    at: 'kernel: 5',
    title: /^Replace it by two 3×3 \(64 channels between\): 120M → 72\.3M MACs here/,
    hints: [
      [5, /28×28×64 · 28\.9M MACs/],
      [6, /28×28×96 · 43\.4M MACs/],
    ],
  },
  'global average pooling for fully connected layers': {
    language: 'flopline',
    text: saving('global-pooling'),
    at: 'linear: 4096',
    title: /^Average each channel, and let the last fully connected layer alone follow: 124M → 512k MACs here/,
    hints: [[5, /1×1×512/]],
  },
  'N×1 and 1×N for N×N: 2/7': {
    language: 'flopline',
    text: saving('asymmetric'),
    at: 'kernel: 7',
    title: /^Replace it by 7×1 and 1×7 \(192 channels between\): 522M → 149M MACs here/,
    hints: [
      [5, /17×17×192 · 74\.6M MACs/],
      [6, /17×17×192 · 74\.6M MACs/],
    ],
  },
  'depthwise separable: M²·K²·Cin + M²·Cin·Cout': {
    language: 'flopline',
    text: saving('depthwise'),
    at: 'kernel: 3',
    title: /^Make it depthwise separable: 462M → 52\.3M MACs here/,
    hints: [
      [5, /14×14×512 · 903k MACs/],
      [6, /14×14×512 · 51\.4M MACs/],
    ],
  },
  'a 1×1 bottleneck among the rows of YOLO, whose numbers follow': {
    language: 'yaml',
    text: yolo,
    at: '# 1: wide',
    title: /^Insert a 1×1 bottleneck \(64 channels\)/,
    hints: [
      [3, /320×320×64/],
      [4, /160×160×96/],
      [7, /160×160×192/],
    ],
  },
  'two 3×3 among the rows of YOLO, the first with the stride': {
    language: 'yaml',
    text: yolo,
    at: '# 1: wide',
    title: /^Replace it by two 3×3 \(96 channels between\)/,
    hints: [
      [3, /160×160×96/],
      [4, /160×160×96/],
      [7, /160×160×192/],
    ],
  },
  '7×1 and 1×7 among the rows of YOLO': {
    language: 'yaml',
    text: yolo,
    at: 'Conv, [96, 7',
    title: /^Replace it by 7×1 and 1×7 \(96 channels between\)/,
    hints: [
      [4, /160×160×96 · 1\.65G MACs/],
      [5, /160×160×96 · 1\.65G MACs/],
      [7, /160×160×192/],
    ],
  },
  'depthwise separable among the rows of YOLO': {
    language: 'yaml',
    text: yolo,
    at: 'Conv, [96, 7',
    title: /^Make it depthwise separable, with normalization and activation between/,
    hints: [
      [4, /160×160×96 · 120M MACs/],
      [5, /160×160×96 · 236M MACs/],
      [7, /160×160×192/],
    ],
  },
});

const wide = 'input: [256, 28, 28]\nlayers:\n  - conv: {out: 96, kernel: 5, padding: same}\n  - globalavgpool\n';

suite('Advice in VS Code', () => {
  teardown(close);

  for (const [what, { language, text, at, title, hints }] of Object.entries(cases())) {
    test(what, async () => {
      const editor = await showUntitled(language, text);
      const { document } = editor;
      await checkHint(editor, document.positionAt(text.indexOf(at)).line, /\S/);
      const found = await actions(editor, at);
      const action = found.find(({ title: told }) => title.test(told));
      assert.ok(action, `${found.map(({ title: told }) => told).join('\n')}`);
      await apply(action);
      assert.notEqual(document.getText(), text);
      for (const [line, hint] of hints) await checkHint(editor, line, hint);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), text);
    });
  }

  test('a hint points to advice, which is its quick fix, and goes with its cause', async () => {
    const editor = await showUntitled('flopline', wide);
    const fat = (): vscode.Diagnostic | undefined => ourProblems(editor).find(({ code }) => code === 'fat-convolution');
    await until('the hint', () => ({ ok: fat() !== undefined, seen: ourProblems(editor) }));
    assert.equal(fat()?.severity, vscode.DiagnosticSeverity.Hint);
    const fixes = await actions(editor, 'conv', vscode.CodeActionKind.QuickFix);
    const fix = fixes.find(({ title }) => title.startsWith('Insert a 1×1 bottleneck'));
    assert.ok(fix, fixes.map(({ title }) => title).join());
    await apply(fix);
    await until('no hint', () => ({ ok: fat() === undefined, seen: ourProblems(editor) }));
  });

  test('a finding is ignored by a comment', async () => {
    const editor = await showUntitled('flopline', wide);
    await until('the hint', () => ({ ok: ourProblems(editor).length > 0, seen: ourProblems(editor) }));
    const action = (await actions(editor, 'conv')).find(({ title }) => title === 'Ignore “fat-convolution” here');
    await apply(action!);
    assert.match(editor.document.getText(), /\n {2}# flopline-ignore fat-convolution\n {2}- conv/);
    await until('no hint', () => ({
      ok: ourProblems(editor).every(({ code }) => code !== 'fat-convolution'),
      seen: ourProblems(editor),
    }));
  });

  test('it can be made cheaper: a budget, steps to tick, one change to undo', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    const text = editor.document.getText();
    const list = await ticking(() => pick('flopline.makeCheaper', '−30 % MACs'));
    assert.match(list.title ?? '', /^1\.\d+M MACs \(−\d+ %\) · /);
    assert.ok(list.items.every(({ detail }) => /MACs \(−\d+ %\)/.test(detail ?? '')));
    await until('another text', () => ({ ok: editor.document.getText() !== text }));
    const costs = (): number => Number(/^(\d+) macs/.exec(totals())?.[1] ?? Number.NaN);
    await until('70 % of 1,703,936 MACs', () => ({ ok: costs() <= 0.7 * 1_703_936, seen: totals() }));
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), text);
  });

  test('without a tick nothing is changed', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    const text = editor.document.getText();
    const list = await ticking(
      () => pick('flopline.makeCheaper', '−30 % MACs'),
      () => [],
    );
    assert.match(list.title ?? '', /above/);
    assert.equal(editor.document.getText(), text);
  });
});

function totals(): string {
  const { summary } = vscode.extensions.getExtension('flopline.flopline')!.exports.totals;
  return `${summary?.macs} macs`;
}

/** Runs what shows a list to tick, as a person who waits for it, ticks (all, as they come) and accepts. */
async function ticking(
  run: () => Promise<void>,
  choose: (items: readonly vscode.QuickPickItem[]) => readonly vscode.QuickPickItem[] = items => items,
): Promise<Pick<vscode.QuickPick<vscode.QuickPickItem>, 'title' | 'items'>> {
  const { createQuickPick } = vscode.window;
  const listeners = { selection: (_: readonly vscode.QuickPickItem[]) => {}, accept: () => {}, hide: () => {} };
  const list = {
    title: undefined as string | undefined,
    items: [] as readonly vscode.QuickPickItem[],
    selectedItems: [] as readonly vscode.QuickPickItem[],
    onDidChangeSelection: (listener: typeof listeners.selection) => Object.assign(listeners, { selection: listener }),
    onDidAccept: (listener: () => void) => Object.assign(listeners, { accept: listener }),
    onDidHide: (listener: () => void) => Object.assign(listeners, { hide: listener }),
    show: () => {
      list.selectedItems = choose(list.selectedItems);
      listeners.selection(list.selectedItems);
      listeners.accept();
    },
    hide: () => listeners.hide(),
    dispose: () => {},
  };
  Object.assign(vscode.window, { createQuickPick: () => list });
  try {
    await run();
  } finally {
    Object.assign(vscode.window, { createQuickPick });
  }
  return list;
}
