// Networks in another language: what is written is the same network, reads like a person's, or is refused with the layer.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import {
  type Analysed,
  type Converted,
  convert,
  defaultSettings,
  open,
  price,
  type Refused,
  startPython,
} from '../../server/src/core/index.ts';

before(() => startPython());

const examples = new URL('../../examples/', import.meta.url);

function analysed(name: string, text: string): Analysed {
  const document = open({ name, text }, defaultSettings);
  const result = document && price(document, defaultSettings);
  assert.ok(result, `${name} is a network`);
  return result;
}

function isConverted(result: Converted | Refused): result is Converted {
  return 'text' in result;
}

function written(name: string, text: string, target: 'flopline' | 'pytorch'): Converted {
  const result = convert(analysed(name, text), target);
  assert.ok(isConverted(result), 'message' in result ? `${name}: ${result.message}` : name);
  return result;
}

/** What must be the same in any language. */
function costs({ model, spec }: Analysed): unknown {
  const { params, macs } = model.totals;
  return { params, macs, outputs: spec.graph.outputs.map(({ shape }) => shape) };
}

function checkRefused(
  name: string,
  text: string,
  target: 'flopline' | 'pytorch',
  message: RegExp,
  line?: number,
): void {
  const result = convert(analysed(name, text), target);
  assert.ok(!isConverted(result), 'a network is written');
  assert.match(result.message, message);
  assert.equal(result.line, line === undefined ? undefined : line - 1);
}

describe('networks in another language', () => {
  const names = readdirSync(examples).filter(name => /\.(?:yaml|cfg|prototxt)$/.test(name));
  // What PyTorch has no layer for.
  const ofFrameworks = new Set(['ssd-head.prototxt']);

  for (const name of names) {
    it(`${name} is the same in Flopline YAML`, () => {
      const text = readFileSync(new URL(name, examples), 'utf8');
      const result = written(name, text, 'flopline');
      const back = analysed(result.name, result.text);
      assert.deepEqual(costs(back), costs(analysed(name, text)));
      assert.deepEqual(
        back.problems.filter(({ severity }) => severity === 'error'),
        [],
      );
    });

    it(`${name} is the same in PyTorch`, { skip: ofFrameworks.has(name) }, () => {
      const text = readFileSync(new URL(name, examples), 'utf8');
      const result = written(name, text, 'pytorch');
      assert.deepEqual(costs(analysed(result.name, result.text)), costs(analysed(name, text)));
    });
  }

  it('Python is the same in Flopline YAML', () => {
    for (const name of [
      'python/autoencoder.py',
      'python/lstm.py',
      'python/resnet18.py',
      'python/unet.py',
      'python/vit.py',
    ]) {
      const text = readFileSync(new URL(name, examples), 'utf8');
      const result = written(name.slice(7), text, 'flopline');
      assert.deepEqual(costs(analysed(result.name, result.text)), costs(analysed(name, text)), name);
    }
  });

  it('Flopline YAML keeps blocks, names and repetitions', () => {
    const text = `name: Small
input: [3, 32, 32]
blocks:
  pair(out, kernel=3):
    - conv: {out: $out, kernel: $kernel, padding: same, norm: batch, act: relu}
    - conv: {out: $out, kernel: 1, act: silu}
layers:
  - conv: {out: 16, kernel: 3, padding: same, name: stem}
  - pair: 16
  - pair: {out: 32, kernel: 5}
  - residual: [conv: {out: 32, kernel: 3, padding: same}]
    repeats: 2
  - concat: stem
  - globalavgpool
  - flatten
  - linear: 10
`;
    assert.equal(
      written('small.net.yaml', text, 'flopline').text,
      `# Converted from small.net.yaml by Flopline.
name: Small
input: [3, 32, 32]

blocks:
  pair(out, kernel, padding):
    - conv: {out: $out, kernel: $kernel, padding: $padding, norm: batch, act: relu}
    - conv: {out: $out, kernel: 1, act: silu}

  residual_block():
    - conv: {out: 32, kernel: 3, padding: 1}
    - add: input

layers:
  - conv: {out: 16, kernel: 3, padding: 1, name: stem}
  - pair: {out: 16, kernel: 3, padding: 1}
  - pair: {out: 32, kernel: 5, padding: 2}
  - residual_block: {repeats: 2}
  - concat: stem
  - globalavgpool
  - flatten
  - linear: 10
`,
    );
  });

  it('PyTorch has classes for blocks, lists for repetitions and shapes in comments', () => {
    const text = `name: small net
input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: 1, norm: batch, act: relu, name: stem}
  - residual:
      - conv: {out: 16, kernel: 3, padding: 1, norm: batch, act: relu}
      - conv: {out: 16, kernel: 3, padding: 1, norm: batch}
    act: relu
    repeats: 3
  - branches:
      - [conv: {out: 8, kernel: 1}]
      - [maxpool: {kernel: 3, stride: 1, padding: 1}, conv: {out: 8, kernel: 1}]
  - flatten
  - linear: {out: 10, name: head}
`;
    assert.equal(
      written('small.net.yaml', text, 'pytorch').text,
      `# Converted from small.net.yaml by Flopline.
# flopline: entry=SmallNet() input=1,3,32,32
import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(16, 16, 3, padding=1, bias=False),  # 16×32×32
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
        )
        self.relu = nn.ReLU()  # 16×32×32

    def forward(self, x):
        return self.relu(self.layers(x) + x)


class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False),  # 16×32×32
            nn.BatchNorm2d(16),
            nn.ReLU(),
        )
        self.residual = nn.Sequential(*[Residual() for _ in range(3)])
        self.branch1 = nn.Conv2d(16, 8, 1)  # 8×32×32
        self.branch2 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),  # 16×32×32
            nn.Conv2d(16, 8, 1),  # 8×32×32
        )
        self.flatten = nn.Flatten()  # 16384
        self.head = nn.Linear(16384, 10)  # 10

    def forward(self, x):
        x = self.residual(self.stem(x))  # 16×32×32
        return self.head(self.flatten(torch.cat([self.branch1(x), self.branch2(x)], dim=1)))  # 10


if __name__ == "__main__":
    print(SmallNet()(torch.zeros(1, 3, 32, 32)).shape)
`,
    );
  });

  it('what cannot be said is refused with its layer', () => {
    checkRefused(
      'a.net.yaml',
      'input: [3, 8, 8]\nlayers:\n  - relu\n  - mystery\n',
      'flopline',
      /mystery.*not known/s,
      4,
    );
    checkRefused(
      'b.net.yaml',
      'input: [3, 8, 8]\nlayers:\n  - conv: {out: 8, kernel: 3, name: first}\n  - pow\n',
      'pytorch',
      /“pow\.1” cannot be written as PyTorch: .*numbers that “pow” uses/,
      4,
    );
    checkRefused(
      'tied.py',
      `import torch
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(100, 32)
        self.head = nn.Linear(32, 100, bias=False)
        self.head.weight = self.table.weight

    def forward(self, x):
        return self.head(self.table(x))


# flopline: entry=Tied() input=1,16:int64
`,
      'flopline',
      /“head” cannot be written as Flopline YAML: .*parameters of another layer/,
      9,
    );
    checkRefused(
      'c.net.yaml',
      'input: [3, "?", 8]\nlayers:\n  - conv: {out: 8, kernel: 3}\n',
      'pytorch',
      /size of the input “input” is not known/,
    );
  });
});
