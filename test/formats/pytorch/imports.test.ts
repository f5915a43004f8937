// Imports that were not found are reported where the network needs them, and only there.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultSettings, open, price, startPython } from '../../../server/src/core/index.ts';
import { filesOf } from '../../support/pythonProgram.ts';

await startPython();

function reported(imports: string, init: string, forward = 'self.a(x)'): readonly string[] {
  const text = `import torch
import torch.nn as nn
${imports}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 1)
        ${init}

    def forward(self, x):
        return ${forward}
`;
  const settings = { ...defaultSettings, inputs: 'torch.zeros(1, 3, 8, 8)', entry: 'Net()' };
  const analysed = price(open({ name: 'net.py', text }, settings)!, settings)!;
  return analysed.problems.flatMap(({ code, message, range }) =>
    code === 'import-not-found' ? [`${text.slice(range.from, range.to)}: ${message}`] : [],
  );
}

describe('imports that were not found', () => {
  it('are reported at the statement that imports what the network calls', () => {
    const [problem, ...others] = reported(
      'from mmcv.cnn import ConvModule',
      'self.b = ConvModule(8, 8)',
      'self.b(self.a(x))',
    );
    assert.match(problem!, /^from mmcv\.cnn import ConvModule: “mmcv\.cnn” cannot be found, and the network uses it/);
    assert.deepEqual(others, []);
  });

  it('are reported where a base class or the network itself comes from them', () => {
    assert.equal(reported('import blocks as b', 'self.b = b.make(nn.Conv2d)(8)', 'self.b(self.a(x))').length, 1);
    assert.equal(reported('from lib.heads import *', 'self.b = Head(8)', 'self.b(self.a(x))').length, 1);
    assert.equal(reported('if True:\n    from lib import scale', 'self.n = 1', 'self.a(x) * scale(x)').length, 1);
  });

  it('are not reported where the network does not need them', () => {
    assert.deepEqual(reported('import wandb', 'wandb.log({})'), []);
    assert.deepEqual(reported('from timm_missing import init_', 'init_(self.a.weight, std=0.02)'), []);
    assert.deepEqual(reported('from loggers import get_logger\nlog = get_logger(__name__)', 'log.info("made")'), []);
    assert.deepEqual(reported('try:\n    import apex\nexcept ImportError:\n    apex = None', 'self.b = apex'), []);
  });

  it('of another file are reported where this one imports it', () => {
    const blocks =
      'import torch.nn as nn\nfrom mmcv.cnn import ConvModule\n\n\ndef block(c):\n    return ConvModule(c, c)\n';
    for (const [imports, made] of [
      ['from models.blocks import block', 'block(8)'],
      ['from models import blocks', 'blocks.block(8)'],
      ['import models.blocks as b', 'b.block(8)'],
    ] as const) {
      const text = `import torch.nn as nn\n${imports}\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = ${made}\n\n    def forward(self, x):\n        return self.a(x)\n`;
      const files = filesOf({
        '/w/models/__init__.py': '',
        '/w/models/blocks.py': blocks,
        '/w/models/net.py': text,
        '/w/.git/HEAD': '',
      });
      const settings = { ...defaultSettings, inputs: 'torch.zeros(1, 8, 8, 8)', entry: 'Net()' };
      const document = open({ name: 'net.py', text, path: '/w/models/net.py', files }, settings)!;
      const found = price(document, settings)!.problems.filter(({ code }) => code === 'import-not-found');
      assert.deepEqual(
        found.map(({ range }) => text.slice(range.from, range.to)),
        [imports],
      );
    }
  });
});
