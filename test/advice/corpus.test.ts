// Every fix that is offered on the public corpus, applied alone and checked. Skipped where the corpus is not there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { defaultSettings } from '../../server/src/core/index.ts';
import { addTallies, checkAllAdvice, type Tally } from '../support/advice.ts';

const corpus = join(import.meta.dirname, '../../../shared/corpus');
const folders = ['ultralytics-yaml', 'darknet-cfg', 'caffe-prototxt'];
/** All of them take minutes: `FLOPLINE_ALL=1` asks for that, else a few are tried. */
const step = process.env.FLOPLINE_ALL ? 1 : 40;
const every = process.env.FLOPLINE_ALL ? 1 : 23;

describe('advice on the corpus', { skip: existsSync(corpus) ? false : 'the corpus is not there' }, () => {
  for (const folder of folders) {
    it(folder, context => {
      const total: Tally = { offered: {}, refused: {}, dropped: {} };
      const cases = readdirSync(join(corpus, folder)).filter((_, index) => index % step === 0);
      for (const entry of cases) {
        const file = readdirSync(join(corpus, folder, entry)).find(name => /\.(?:ya?ml|cfg|prototxt)$/.test(name));
        assert.ok(file, entry);
        addTallies(
          total,
          checkAllAdvice(file, readFileSync(join(corpus, folder, entry, file), 'utf8'), defaultSettings, every),
        );
      }
      context.diagnostic(`${cases.length} files: ${JSON.stringify(total)}`);
    });
  }
});
