// Advice in the editor: priced, applied by the editor itself, undone byte for byte.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  actions,
  apply,
  checkHint,
  close,
  codeOf,
  hints,
  ourProblems,
  pick,
  show,
  showUntitled,
  until,
} from './editor.ts';

/** A change that advice proposes, as users see it. */
interface Case {
  /** A file of examples/savings, or the YOLO rows below. */
  readonly file: string;
  /** A part of the line that it is about. */
  readonly at: string;
  readonly title: RegExp;
  /** The hints of the changed text. */
  readonly hints: readonly RegExp[];
}

const yolo = `nc: 80
backbone:
  - [-1, 1, Conv, [256, 3, 2]] # 0
  - [-1, 1, Conv, [96, 5, 2]] # 1: wide
  - [-1, 1, Conv, [96, 7, 1]] # 2
head:
  - [[-1, 1], 1, Concat, [1]] # 3
  - [[3], 1, Detect, [nc]] # 4
`;

// Figures from docs/theory.md: 28²·256·64, 28²·9·64·192, and so on.
const three = {
  title: /^Insert a 1×1 bottleneck \(64 channels\): 347M → 99\.5M MACs here/,
  hints: [/64×28×28 · 12\.8M MACs/, /192×28×28 · 86\.7M MACs/],
};
const five = {
  title: /^Insert a 1×1 bottleneck \(64 channels\): 482M → 133M MACs here/,
  hints: [/64×28×28 · 12\.8M MACs/, /96×28×28 · 120M MACs/],
};
const two = {
  title: /^Replace it with two 3×3 \(64 channels in between\): 120M → 72\.3M MACs here/,
  hints: [/64×28×28 · 28\.9M MACs/, /96×28×28 · 43\.4M MACs/],
};
const head = {
  title: /^Average each channel, and keep only the last fully connected layer: 1\d\dM → 512k MACs here/,
  hints: [/512k MACs/],
};
const separable = {
  title: /^Make it depthwise separable.*: 462M → 52\.3M MACs here/,
  hints: [/512×14×14 · 903k MACs/, /512×14×14 · 51\.4M MACs/],
};

/** The same with shapes as W×H×C, as in Darknet. */
function inDarknet<T extends Pick<Case, 'hints'>>(expected: T): T {
  const turned = (hint: RegExp): RegExp => new RegExp(hint.source.replace(/^(\d+)×(\d+)×(\d+)/, '$3×$2×$1'));
  return { ...expected, hints: expected.hints.map(turned) };
}

/** The five savings of docs/theory.md, in every dialect that can express them. */
const cases: Readonly<Record<string, Case>> = {
  'a 1×1 bottleneck before a 3×3': { file: 'bottleneck-before.net.yaml', at: 'out: 192, kernel: 3', ...three },
  'a 1×1 bottleneck before a 5×5': { file: 'bottleneck-before.net.yaml', at: 'out: 96, kernel: 5', ...five },
  'two 3×3 for a 5×5': { file: 'two-3x3-before.net.yaml', at: 'kernel: 5', ...two },
  'global average pooling': { file: 'global-pooling-before.net.yaml', at: 'linear: 4096', ...head },
  'N×1 and 1×N for N×N': {
    file: 'asymmetric-before.net.yaml',
    at: 'kernel: 7',
    title: /^Replace it with 7×1 and 1×7 \(192 channels in between\): 522M → 149M MACs here/,
    hints: [/192×17×17 · 74\.6M MACs/],
  },
  'depthwise separable': { file: 'depthwise-before.net.yaml', at: 'kernel: 3', ...separable },

  'Darknet: a 1×1 bottleneck before a 3×3': { file: 'bottleneck-before.cfg', at: 'filters=192', ...inDarknet(three) },
  'Darknet: a 1×1 bottleneck before a 5×5': { file: 'bottleneck-before.cfg', at: 'filters=96', ...inDarknet(five) },
  'Darknet: two 3×3 for a 5×5': { file: 'two-3x3-before.cfg', at: 'size=5', ...inDarknet(two) },
  'Darknet: global average pooling': { file: 'global-pooling-before.cfg', at: '[connected]', ...inDarknet(head) },
  'Darknet: depthwise separable': { file: 'depthwise-before.cfg', at: 'size=3', ...inDarknet(separable) },

  'Caffe: a 1×1 bottleneck before a 3×3': {
    file: 'five-savings.prototxt',
    at: 'num_output: 192\n    pad: 1',
    ...three,
  },
  'Caffe: a 1×1 bottleneck before a 5×5': { file: 'five-savings.prototxt', at: 'pad: 2', ...five },
  'Caffe: two 3×3 for a 5×5': {
    file: 'five-savings.prototxt',
    at: 'pad: 2',
    title: /^Replace it with two 3×3 \(96 channels in between\): 482M → 238M MACs here/,
    hints: [/96×28×28 · 173M MACs/, /96×28×28 · 65\.0M MACs/],
  },
  'Caffe: N×1 and 1×N for N×N': {
    file: 'five-savings.prototxt',
    at: 'kernel_size: 7',
    title: /^Replace it with 7×1 and 1×7 \(192 channels in between\): 354M → 101M MACs here/,
    hints: [/192×14×14 · 50\.6M MACs/],
  },
  'Caffe: depthwise separable': { file: 'five-savings.prototxt', at: '"conv5"\n  type', ...separable },
  'Caffe: global average pooling': { file: 'five-savings.prototxt', at: '"fc6"', ...head },

  'YOLO: a 1×1 bottleneck, and numbers of rows follow': {
    file: 'yolo',
    at: '# 1: wide',
    title: /^Insert a 1×1 bottleneck \(64 channels\)/,
    hints: [/64×320×320/, /96×160×160/, /192×160×160/],
  },
  'YOLO: two 3×3 for a 5×5': {
    file: 'yolo',
    at: '# 1: wide',
    title: /^Replace it with two 3×3 \(96 channels in between\)/,
    hints: [/96×160×160 · 5\.66G MACs/, /96×160×160 · 2\.12G MACs/, /192×160×160/],
  },
  'YOLO: N×1 and 1×N for N×N': {
    file: 'yolo',
    at: 'Conv, [96, 7',
    title: /^Replace it with 7×1 and 1×7 \(96 channels in between\)/,
    hints: [/96×160×160 · 1\.65G MACs/, /192×160×160/],
  },
  'YOLO: depthwise separable': {
    file: 'yolo',
    at: 'Conv, [96, 7',
    title: /^Make it depthwise separable, with normalization and activation in between/,
    hints: [/96×160×160 · 120M MACs/, /96×160×160 · 236M MACs/, /192×160×160/],
  },
};

const wide = 'input: [256, 28, 28]\nlayers:\n  - conv: {out: 96, kernel: 5, padding: same}\n  - globalavgpool\n';

suite('Advice in VS Code', () => {
  teardown(close);

  for (const [what, { file, at, title, hints: expected }] of Object.entries(cases)) {
    test(`${what} is applied and undone`, async () => {
      const editor = file === 'yolo' ? await showUntitled('yaml', yolo) : await showExample(file);
      const { document } = editor;
      const text = document.getText();
      await until('hints', async () => ({ ok: (await hints(editor)).size > 0 }));
      const found = await actions(editor, at);
      const action = found.find(({ title: told }) => title.test(told));
      assert.ok(action, found.map(({ title: told }) => told).join('\n'));
      await apply(action);
      assert.notEqual(document.getText(), text);
      await until(`hints ${expected}`, async () => {
        const labels = [...(await hints(editor)).values()];
        return { ok: expected.every(hint => labels.some(label => hint.test(label))), seen: labels };
      });
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), text);
    });
  }

  test('a hint points to advice, which is its quick fix, and disappears with its cause', async () => {
    const editor = await showUntitled('flopline', wide);
    const fat = (): vscode.Diagnostic | undefined =>
      ourProblems(editor).find(problem => codeOf(problem) === 'fat-convolution');
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
      ok: ourProblems(editor).every(problem => codeOf(problem) !== 'fat-convolution'),
      seen: ourProblems(editor),
    }));
  });

  test('Make It Cheaper: a budget, steps to tick, one edit to undo', async () => {
    const editor = await show('tiny.net.yaml');
    await checkHint(editor, 3, /MACs/);
    const text = editor.document.getText();
    const list = await ticking(() => pick('flopline.makeCheaper', '−30 % MACs'));
    assert.match(list.title ?? '', /^1\.\d+M MACs \(−\d+ %\) · /);
    assert.ok(list.items.every(({ detail }) => /MACs \(−\d+ %\)/.test(detail ?? '')));
    assert.ok(list.items.every(({ label }) => /^Line \d+, \S+ .*: \S/.test(label)));
    await until('another text', () => ({ ok: editor.document.getText() !== text }));
    const costs = (): number => Number(/^(\d+) macs/.exec(totals())?.[1] ?? Number.NaN);
    await until('70 % of 1,703,936 MACs', () => ({ ok: costs() <= 0.7 * 1_703_936, seen: totals() }));
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), text);
  });

  test('the list names rows of a YOLO file by line and layer, and the focused one is scrolled into view', async () => {
    const rows = Array.from({ length: 60 }, () => '# a comment\n').join('');
    const text = `nc: 80\nscales:\n  n: [0.5, 0.5, 1024]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n${rows}  - [-1, 6, C2f, [256, True]]\nhead:\n  - [[1], 1, Detect, [nc]]\n`;
    const editor = await showUntitled('yaml', text);
    await checkHint(editor, 4, /MACs/);
    let shown = '';
    const list = await ticking(
      () => pick('flopline.makeCheaper', '−30 % MACs'),
      items => {
        shown = items.at(-1)?.label ?? '';
        return [];
      },
    );
    assert.ok(list.items.some(({ label }) => label.startsWith('Line 66, model.1 (C2f): Use ')));
    const line = Number(/^Line (\d+)/.exec(shown)?.[1]) - 1;
    await until('the line in view', () => ({
      ok: editor.visibleRanges.some(range => range.contains(new vscode.Position(line, 0))),
      seen: editor.visibleRanges,
    }));
    assert.equal(editor.document.getText(), text);
  });

  test('nothing changes if no step is ticked', async () => {
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

/** Shows a file of examples/savings, which is never saved. */
async function showExample(file: string): Promise<vscode.TextEditor> {
  const { extensionUri } = vscode.extensions.getExtension('flopline.flopline')!;
  const uri = vscode.Uri.joinPath(extensionUri, 'examples/savings', file);
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

function totals(): string {
  const { summary } = vscode.extensions.getExtension('flopline.flopline')!.exports.totals;
  return `${summary?.macs} macs`;
}

/** Runs a command that shows a list with checkboxes, in place of a user who waits, ticks items and accepts. */
async function ticking(
  run: () => Promise<void>,
  choose: (items: readonly vscode.QuickPickItem[]) => readonly vscode.QuickPickItem[] = items => items,
): Promise<Pick<vscode.QuickPick<vscode.QuickPickItem>, 'title' | 'items'>> {
  const { createQuickPick } = vscode.window;
  const listeners = {
    selection: (_: readonly vscode.QuickPickItem[]) => {},
    active: (_: readonly vscode.QuickPickItem[]) => {},
    accept: () => {},
    hide: () => {},
  };
  const list = {
    title: undefined as string | undefined,
    items: [] as readonly vscode.QuickPickItem[],
    selectedItems: [] as readonly vscode.QuickPickItem[],
    onDidChangeSelection: (listener: typeof listeners.selection) => Object.assign(listeners, { selection: listener }),
    onDidAccept: (listener: () => void) => Object.assign(listeners, { accept: listener }),
    onDidChangeActive: (listener: typeof listeners.active) => Object.assign(listeners, { active: listener }),
    onDidHide: (listener: () => void) => Object.assign(listeners, { hide: listener }),
    show: () => {
      listeners.active(list.items.slice(-1));
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
