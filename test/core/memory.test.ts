// Memory does not grow with the number of edits: what an edit replaces is let go.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Document, defaultSettings, hints, hover, open, price, problems } from '../../server/src/core/index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const repeat = (count: number, row: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => row(at)).join('');

/** As many as take seconds: a leak of one row each would pass, one of a text (60 kB and more) would not. */
const edits = 300;

/** A thousand rows each; `§` is where one is edited. */
const texts: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: 'long.net.yaml',
    text: `name: long\ninput: [3, 64, 64]\nlayers:\n${repeat(1000, () => '  - conv: {out: §, kernel: 3, padding: same, act: relu}\n')}`,
  },
  {
    name: 'long.yaml',
    text: `nc: 4\ndepth_multiple: 1.0\nwidth_multiple: 1.0\nbackbone:\n${repeat(999, () => '  - [-1, 1, Conv, [§, 3, 1]]\n')}head:\n  - [[-1], 1, Detect, [nc]]\n`,
  },
  {
    name: 'long.cfg',
    text: `[net]\nwidth=64\nheight=64\nchannels=3\n${repeat(1000, () => '[convolutional]\nfilters=§\nsize=3\npad=1\n')}`,
  },
  {
    name: 'long.prototxt',
    text: `input: "b0"\ninput_shape { dim: 1 dim: 3 dim: 64 dim: 64 }\n${repeat(
      1000,
      at =>
        `layer { name: "c${at}" type: "Convolution" bottom: "b${at}" top: "b${at + 1}" convolution_param { num_output: § kernel_size: 3 pad: 1 } }\n`,
    )}`,
  },
];

describe('the heap after many edits of a thousand rows', () => {
  for (const { name, text } of texts) {
    it(name, () => {
      const pieces = text.split('§');
      const numbers = pieces.map(() => 8);
      let document: Document | undefined;
      const edit = (at: number): void => {
        numbers[(at * 7919) % numbers.length] = 8 + (at % 900);
        const now = pieces.map((piece, index) => piece + (index < pieces.length - 1 ? numbers[index] : '')).join('');
        document = open({ name, text: now }, defaultSettings, document);
        const analysed = price(document!, defaultSettings)!;
        problems(analysed);
        hints(analysed, { from: 0, to: 4000 });
        hover(analysed, 3000);
      };
      const heap = (): number => {
        collect();
        return process.memoryUsage().heapUsed / 1e6;
      };
      for (let at = 0; at < 100; at++) edit(at);
      const before = heap();
      for (let at = 100; at < edits; at++) edit(at);
      const after = heap();
      assert.ok(after - before < 20, `${before.toFixed(1)} MB after 100 edits, ${after.toFixed(1)} MB after ${edits}`);
    });
  }
});
