// Memory over the execution, and time on a device: curves, what is there at a moment, rows that sum to the total.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  memory,
  memoryAt,
  memoryReport,
  open,
  price,
  type Settings,
  startPython,
  time,
} from '../../server/src/core/index.ts';

await startPython();

function example(path: string, settings: Settings = defaultSettings): Analysed {
  const text = readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8');
  return price(open({ name: path.split('/').at(-1)!, text }, settings)!, settings)!;
}

const examples = ['googlenet.net.yaml', 'gridspot.yaml', 'python/resnet18.py', 'tiny-detector.cfg'];

describe('the curves', () => {
  for (const path of examples) {
    it(`of ${path} are what is there at each step`, () => {
      const analysed = example(path);
      const { curves, operators, stretches, names } = memory(analysed, 'inference');
      assert.deepEqual(
        curves.map(({ kind }) => kind),
        path.endsWith('.py') ? ['ideal', 'eager'] : ['ideal'],
      );
      assert.equal(
        stretches.reduce((sum, { count }) => sum + count, 0),
        operators.length,
      );
      assert.ok(operators.every(number => names[number] !== undefined));
      for (const { kind, bytes, peak, isLeast } of curves) {
        assert.equal(isLeast, false);
        assert.equal(bytes.length, operators.length);
        assert.equal(Math.max(...bytes), peak.bytes);
        assert.equal(bytes[peak.step], peak.bytes);
        for (let step = 0; step < bytes.length; step += 7) {
          const { pieces, otherBytes } = memoryAt(analysed, 'inference', kind, step)!;
          const sum = pieces.reduce((all, piece) => all + piece.bytes, otherBytes);
          assert.equal(sum, bytes[step], `${kind} at ${step}`);
          const sizes = pieces.map(piece => piece.bytes);
          assert.deepEqual(
            sizes,
            sizes.toSorted((a, b) => b - a),
          );
        }
        assert.equal(memoryAt(analysed, 'inference', kind, bytes.length), undefined);
      }
    });
  }

  it('of an ideal runtime has the peak of the totals, in the data type and the batch in effect', () => {
    for (const path of examples) {
      const settings: Settings = { ...defaultSettings, dtype: 'fp16', batch: 3 };
      const analysed = example(path, settings);
      const [ideal] = memory(analysed, 'inference').curves;
      assert.equal(ideal!.peak.bytes, analysed.model.peak.elements * 2 * 3);
    }
  });

  it('of eager PyTorch is never below that of an ideal runtime', () => {
    const { curves } = memory(example('python/resnet18.py'), 'inference');
    assert.ok(curves[1]!.peak.bytes >= curves[0]!.peak.bytes);
  });

  it('says why there is none', () => {
    assert.match(memory(example('gridspot.yaml'), 'inference').why ?? '', /flopline\.repository/);
    assert.match(memory(example('tiny-detector.cfg'), 'inference').why ?? '', /none for this file/);
    assert.equal(memory(example('python/resnet18.py'), 'inference').why, undefined);
  });

  it('is known to be a lower bound where an operator is not known', () => {
    const text =
      'import unknown\nfrom torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Conv2d(3, 8, 3)\n        self.b = unknown.Layer()\n\n    def forward(self, x):\n        return self.b(self.a(x))\n\n# flopline: Net() input=1,3,8,8\n';
    const analysed = price(open({ name: 'net.py', text }, defaultSettings)!, defaultSettings)!;
    const { curves } = memory(analysed, 'inference');
    assert.equal(curves.at(-1)!.isLeast, true);
    assert.deepEqual(memoryReport(analysed).eager, null);
  });
});

describe('training', () => {
  it('adds gradients, what the optimizer keeps, and what is saved', () => {
    const analysed = example('python/resnet18.py');
    const { curves, parameters, gradients, optimizers } = memory(analysed, 'training');
    assert.equal(parameters, analysed.model.totals.params.value * 4);
    assert.equal(gradients, parameters);
    assert.deepEqual(
      optimizers.map(({ bytes }) => bytes / gradients),
      [0, 1, 2, 2],
    );
    const [eager] = curves;
    assert.equal(curves.length, 1);
    const { pieces } = memoryAt(analysed, 'training', 'eager', eager!.bytes.length - 1)!;
    assert.ok(eager!.saved > 0 && eager!.saved <= eager!.peak.bytes);
    assert.ok(pieces.some(({ saved }) => saved));
  });

  it('has no gradients for what is frozen', () => {
    const text =
      'from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Conv2d(3, 8, 3)\n        self.b = nn.Conv2d(8, 4, 1)\n        self.a.requires_grad_(False)\n\n    def forward(self, x):\n        return self.b(self.a(x))\n\n# flopline: Net() input=1,3,8,8\n';
    const analysed = price(open({ name: 'net.py', text }, defaultSettings)!, defaultSettings)!;
    const { gradients, curves } = memory(analysed, 'training');
    assert.equal(gradients, (8 * 4 + 4) * 4);
    // Of the frozen layer nothing is saved; of the other one its input.
    assert.equal(curves[0]!.saved, 8 * 6 * 6 * 4);
  });
});

describe('time', () => {
  for (const path of examples) {
    it(`of the layers of ${path} sums to the total`, () => {
      const found = time(example(path), 'a100');
      assert.equal(found.device, 'a100');
      const sum = found.rows.reduce((all, { seconds }) => all + seconds!, 0);
      assert.ok(Math.abs(sum - found.seconds) <= 1e-9 * found.seconds, `${sum} and ${found.seconds}`);
      for (const { operations, bytes, seconds } of found.rows) {
        const { roof } = found;
        const least = Math.max(operations! / roof!.operations, bytes! / roof!.bandwidth);
        assert.ok(seconds! >= least * (1 - 1e-9));
      }
    });
  }

  it('knows four devices with their sources, and says what it does not know of them', () => {
    const { devices, device } = time(example('gridspot.yaml'), undefined);
    assert.deepEqual(
      devices.map(({ name }) => name),
      ['a100', 'apple-m2', 'snapdragon-865', 'stm32h743'],
    );
    assert.ok(devices.every(({ source }) => source.length > 10));
    assert.equal(device, 'a100');
    const half = time(example('gridspot.yaml', { ...defaultSettings, dtype: 'fp16' }), 'apple-m2');
    assert.equal(half.roof, undefined);
    assert.match(half.why ?? '', /apple-m2.*fp16/);
  });

  it('is shorter on a faster device, and where numbers are smaller', () => {
    const single = example('googlenet.net.yaml');
    const seconds = ['a100', 'apple-m2', 'snapdragon-865', 'stm32h743'].map(name => time(single, name).seconds);
    assert.deepEqual(
      seconds,
      seconds.toSorted((a, b) => a - b),
    );
    const half = example('googlenet.net.yaml', { ...defaultSettings, dtype: 'fp16' });
    assert.ok(time(half, 'a100').seconds < time(single, 'a100').seconds);
  });
});
