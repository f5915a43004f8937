// Networks that are modules of Lightning, where that is not installed.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultSettings, open, price, report, startPython } from '../../../server/src/core/index.ts';

const text = `import torch
from torch import nn
import pytorch_lightning as pl
import lightning as L
from lightning.pytorch.callbacks import ModelCheckpoint
from pytorch_lightning.core.lightning import LightningModule


class Net(pl.LightningModule):
    def __init__(self, width=8, *rest, rate=1e-3, **more):
        super().__init__()
        self.save_hyperparameters(ignore='rate')
        self.conv = nn.Conv2d(3, self.hparams.width, more.get('kernel', 3))
        self.head = nn.Linear(self.hparams['width'], 10)

    def forward(self, x):
        return self.head(self.conv(x).mean((2, 3)))

    def training_step(self, batch, index):
        self.log('loss', self.trainer.max_epochs)


class Given(LightningModule):
    def __init__(self, options={'width': 5}):
        super().__init__()
        self.save_hyperparameters(options)
        self.conv = nn.Conv2d(3, self.hparams.width, 3)

    def forward(self, x):
        return self.conv(x).to(self.device)


class Derived(Net):
    def __init__(self, wished=2, width=4):
        super().__init__(width=width)
        self.last = nn.Linear(10, self.hparams.WISH)

    def forward(self, x):
        return self.last(super().forward(x))


class Kept(L.LightningModule):
    def __init__(self, width=3, rate=1):
        super().__init__()
        self.save_hyperparameters('width')
        self.conv = nn.Conv2d(3, len(self.hparams) + self.hparams.width, 1)

    def forward(self, x):
        return self.conv(x)


def main():
    trainer = pl.Trainer(max_epochs=3, callbacks=[ModelCheckpoint(dirpath='checkpoints')])
    trainer.fit(Net())
`;

before(startPython);

function read(entry: string, wish = 'width'): readonly [number | null, boolean, readonly string[]] {
  const settings = { ...defaultSettings, entry, inputs: 'torch.zeros(1, 3, 8, 8)' };
  const document = open({ name: 'net.py', text: text.replace('WISH', wish), languageId: 'python' }, settings)!;
  const { totals, problems } = report(price(document, settings)!);
  return [
    totals.params,
    totals.complete,
    problems.filter(({ severity }) => severity === 'error').map(({ code }) => code),
  ];
}

test('They are modules, and know what they were built with', () => {
  // 3·8·9 + 8 + 8·10 + 10
  assert.deepEqual(read('Net()'), [314, true, []]);
  assert.deepEqual(read('Net(3, kernel=1)'), [3 * 3 + 3 + 3 * 10 + 10, true, []]);
  assert.deepEqual(read('Given()'), [3 * 5 * 9 + 5, true, []]);
  assert.deepEqual(read('Kept()'), [3 * 4 + 4, true, []]);
});

test('Arguments of a derived class that its base saves are its own, or not known', () => {
  assert.deepEqual(read('Derived()'), [3 * 4 * 9 + 4 + 50 + 44, true, []]);
  const [, complete, errors] = read('Derived()', 'wished');
  assert.deepEqual([complete, errors], [false, []]);
});
