// The networks that a file holds, found in its syntax alone.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { outlineOf } from '../../../server/src/core/formats/pytorch/entries.ts';
import { mayHoldNetwork } from '../../../server/src/core/formats/pytorch/recognise.ts';
import { parsePython, startPython } from '../../../server/src/core/syntax/python/parse.ts';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
const block = 'class Block(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n';
const net = `${block}class Net(nn.Module):\n    def __init__(self, classes=10):\n        super().__init__()\n        self.block = Block(3)\n`;

function entriesOf(text: string): string[] {
  const { entries } = outlineOf(head + text, parsePython(head + text));
  return entries.map(({ from, expression, inputs }) => [from, expression, inputs].filter(Boolean).join(' '));
}

function checkEntries(text: string, ...expected: string[]): void {
  assert.deepEqual(entriesOf(text), expected);
}

describe('entries of a Python file', () => {
  before(startPython);

  it('are classes that need no arguments', () => {
    checkEntries(net, 'class Net()');
    checkEntries(block);
  });

  it('have what a test computes with its parentheses', () => {
    checkEntries(
      `${net}if __name__ == '__main__':
    step = 4
    height = (1024 // step + 1) * 8
    model = Net(classes=height)
    model(torch.zeros(1, 3, height, height))
`,
      'use Net(classes=((1024 // 4 + 1) * 8)) inputs=torch.zeros(1, 3, ((1024 // 4 + 1) * 8), ((1024 // 4 + 1) * 8))',
      'class Net()',
    );
  });

  it('are found beside chains of functions and classes however long', () => {
    const chain = Array.from({ length: 9000 }, (_, at) => `def f${at}(): return f${at + 1}()\n`).join('');
    const bases = Array.from({ length: 9000 }, (_, at) => `class C${at}(C${at + 1}): pass\n`).join('');
    checkEntries(net + chain, 'class Net()');
    checkEntries(net + bases, 'class Net()');
  });

  it('are classes derived from those of the file, and of other files that have a forward pass', () => {
    checkEntries(
      'class Base(nn.Module):\n    pass\nclass A(Base):\n    pass\nclass B(Other):\n    def forward(self, x):\n        return x\n    def __init__(self):\n        pass\n',
      'class A()',
      'class Base()',
      'class B()',
    );
    checkEntries('class Step(torch.autograd.Function):\n    def forward(ctx, x):\n        return x\n');
  });

  it('are functions that return a module, before the classes that they build', () => {
    checkEntries(
      `${net}def _make(**options):\n    net = Net(**options)\n    return net.eval()\ndef tiny():\n    return _make(classes=2)\ndef wide(width=2):\n    return nn.Sequential(Net(), nn.ReLU())\ndef act():\n    return nn.ReLU()\ndef sized(width):\n    return Net(width)\n`,
      'function tiny()',
      'function wide()',
      'class Net()',
    );
  });

  it('do not include the parts of other classes', () => {
    checkEntries(
      'class Act(nn.Module):\n    def forward(self, x):\n        return x\nclass Net(nn.Module):\n    def __init__(self, width):\n        self.act = Act()\n',
    );
  });

  it('are calls under __main__ and in tests, with what they are called with', () => {
    checkEntries(
      `${net}if __name__ == '__main__':\n    size = 64\n    model = Net(classes=2).to('cuda')\n    x = torch.randn(1, 3, size, size).cuda()\n    print(model(x).shape)\n`,
      'use Net(classes=2) inputs=torch.randn(1, 3, size, size)'.replaceAll('size', '64'),
      'class Net()',
    );
    checkEntries(
      `${net}def test_net():\n    y = Net()(torch.zeros([1, 3, 8, 8]))\n`,
      'use Net() inputs=torch.zeros([1, 3, 8, 8])',
    );
    checkEntries(`${net}def test():\n    model = Net()\n    for x in data:\n        model(x)\n`, 'class Net()');
    checkEntries(
      `${net}def test():\n    model = Net()\n    mask = None\n    model(torch.rand(2, 4), mask=mask)\n`,
      'use Net() inputs=torch.rand(2, 4), mask=(None)'.replace('(None)', 'None'),
    );
  });

  it('are calls of counting tools', () => {
    checkEntries(
      `from torchsummary import summary\nfrom thop import profile\n${net}if __name__ == '__main__':\n    net = Net(3)\n    summary(net, (3, 32, 32))\n    x = torch.randn(1, 3, 8, 8)\n    profile(net, inputs=(x,))\n`,
      'use Net(3) input=1,3,32,32',
      'use Net(3) inputs=torch.randn(1, 3, 8, 8)',
      'class Net()',
    );
  });

  it('are comments first, each with its own input', () => {
    checkEntries(
      `${net}# flopline: Net(classes=7) input=1,3,32,32\n# flopline: Block("a # b") inputs=torch.zeros(1, 2), None\n# flopline: dtype=fp16\n`,
      'comment Net(classes=7) input=1,3,32,32',
      'comment Block("a # b") inputs=torch.zeros(1, 2), None',
      'class Net()',
    );
  });

  it('are networks that the file itself builds', () => {
    checkEntries(
      `width = 8\n${block}model = Block(width).to('cpu')\nloss = nn.MSELoss()\nhead = nn.Sequential(nn.ReLU())\n`,
      'value model',
      'value head',
    );
  });

  it('are found beside statements that cannot be read', () => {
    checkEntries(`x = (\n\n${net}`, 'class Net()');
  });
});

describe('a Python file', () => {
  const recognises = (text: string, name = 'a.py', languageId?: string): boolean =>
    mayHoldNetwork({ name, text, languageId });

  it('may hold a network where it names torch and layers', () => {
    assert.equal(recognises(head + net), true);
    assert.equal(recognises(head + net, 'Untitled-1', 'python'), true);
    assert.equal(recognises(head + net, 'a.txt'), false);
    assert.equal(recognises('import numpy as np\nclass Module: pass\n'), false);
    assert.equal(recognises('import torch\nprint(torch.__version__)\n'), false);
    // What it imports may build its networks.
    const building = 'from .parts import Net\ndef small():\n    return Net(8)\n';
    assert.equal(recognises(building), false);
    assert.equal(recognises(`${building}# flopline: small() input=1,3,8,8\n`), true);
    assert.equal(mayHoldNetwork({ name: 'a.py', text: building, hasEntry: true }), true);
    assert.equal(mayHoldNetwork({ name: 'a.cfg', text: building, hasEntry: true }), false);
  });
});
