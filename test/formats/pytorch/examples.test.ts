// The examples cost what PyTorch itself counted (evaluation mode; multiply-accumulates of convolutions, linear layers
// and matrix products).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  defaultSettings,
  open,
  price,
  report,
  settingTable,
  startPython,
  withValues,
} from '../../../server/src/core/index.ts';
import { Disk } from '../../../server/src/host/disk.ts';

const examples = fileURLToPath(new URL('../../../examples/python/', import.meta.url));

/** The network of a file, called as its comment or its own code says unless `input` does. */
const golden: readonly (readonly [
  file: string,
  entry: string | undefined,
  input: string,
  params: number,
  macs: number,
])[] = [
  ['resnet18.py', undefined, '', 11_173_962, 555_422_720],
  ['vit.py', 'ViT()', '1,3,224,224', 5_717_416, 1_253_683_200],
  ['gpt.py', undefined, '', 124_439_808, 32_832_159_744],
  ['unet.py', 'UNet()', '1,3,270,480', 7_763_074, 23_601_653_760],
  ['unet.py', 'UNet(bilinear=True)', '1,3,256,256', 7_240_834, 12_073_304_064],
  ['lstm.py', 'Tagger()', '1,64:int64', 4_936_209, 151_552_000],
  ['autoencoder.py', 'AutoEncoder()', '1,3,64,64', 1_387_907, 37_748_736],
  ['detector/net.py', undefined, '', 220_683, 138_315_008],
];

describe('the examples in Python', () => {
  before(startPython);
  for (const [file, entry, input, params, macs] of golden) {
    it(`${file} ${entry ?? ''} ${input}`, () => {
      const path = examples + file;
      const read = settingTable.get('input')!.read(input);
      assert.ok('value' in read);
      const settings = withValues(
        defaultSettings,
        new Map<string, unknown>([
          ['entry', entry],
          ['input', read.value],
        ]),
      );
      const source = { name: file, text: readFileSync(path, 'utf8'), path, files: new Disk() };
      const { totals, problems, layers, entries } = report(price(open(source, settings)!, settings)!);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.deepEqual([totals.params, totals.macs, totals.complete], [params, macs, true]);
      const [whole] = layers;
      assert.deepEqual([whole!.name, whole!.params, whole!.macs], ['', params, macs]);
      assert.equal(entries![0]!.guessed, false);
      // Every layer stands somewhere, and never in what a reader does not see.
      for (const { name, line, file: other } of layers)
        assert.ok(line !== null && !other?.startsWith('<'), `${name}: ${line} ${other}`);
    });
  }
});
