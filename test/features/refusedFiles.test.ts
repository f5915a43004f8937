// Files of a repository that Python refuses as a whole, because of a part that the network does not need.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  lookThroughFiles,
  open,
  price,
  problems,
  report,
  startPython,
} from '../../server/src/core/index.ts';
import { fork, forkFolder, forkTexts } from '../support/fork.ts';
import { filesOf } from '../support/pythonProgram.ts';

before(() => startPython());

const yaml = 'nc: 3\nbackbone:\n  - [-1, 1, Conv, [8, 3, 2]]\nhead:\n  - [[-1], 1, Detect, [nc]]\n';
const broken = '\n\ndef unused(x):\n    y = (x + 1\n    return y\n';

function networkOf(texts: Readonly<Record<string, string>>): Analysed {
  const source = { name: 'net.yaml', text: yaml, path: `${forkFolder}/cfg/net.yaml`, files: fork(texts) };
  return price(open(source, defaultSettings)!, defaultSettings)!;
}

const refused = (analysed: Analysed) => {
  for (const _ of lookThroughFiles(analysed));
  return problems(analysed).filter(({ code }) => code === 'file-refused');
};

describe('a file that Python refuses', () => {
  const common = forkTexts['models/common.py']!;

  it('is told of at the head, with its line, and the costs stay', () => {
    const whole = networkOf({});
    assert.deepEqual(refused(whole), []);
    const analysed = networkOf({ 'models/common.py': `${common}${broken}` });
    assert.deepEqual(report(analysed).totals, report(whole).totals);
    const [problem, ...others] = refused(analysed);
    assert.deepEqual(others, []);
    const line = `${common}${broken}`.split('\n').findIndex(text => text.includes('y = (x')) + 1;
    assert.equal(
      problem?.message,
      `Python cannot import \`models/common.py\`, because of its line ${line}: “(” is never closed.`,
    );
    assert.equal(problem.severity, 'error');
    assert.deepEqual(problem.range, { from: 0, to: 2 });
    assert.match(problem.related?.[0]?.file ?? '', /models\/common\.py$/);
    assert.equal(report(analysed).problems.filter(({ code }) => code === 'file-refused').length, 1);
  });

  it('is told of where a Python network imports it, but not where it is installed', () => {
    const net =
      'from torch import nn\nfrom parts import width\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(width, 4)\n\n    def forward(self, x):\n        return self.fc(x)\n\n\nif __name__ == "__main__":\n    import torch\n    Net()(torch.zeros(1, 8))\n';
    const codes = (folder: string): readonly string[] => {
      const files = filesOf({ [`${folder}/parts.py`]: `width = 8\n${broken}`, [`${folder}/net.py`]: net });
      const source = { name: 'net.py', text: net, path: `${folder}/net.py`, files };
      const analysed = price(open(source, defaultSettings)!, defaultSettings)!;
      assert.equal(analysed.model.totals.params.value, 36);
      return refused(analysed).map(({ message }) => message);
    };
    assert.equal(codes('/home/me/mine').length, 1);
    assert.deepEqual(codes('/usr/lib/python3/site-packages/mine'), []);
  });
});
