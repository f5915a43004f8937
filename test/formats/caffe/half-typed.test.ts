// A network while somebody types in it: what stands above and below keeps its costs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { defaultSettings, open, price, type RowReport, report } from '../../../server/src/core/index.ts';

const text = readFileSync(new URL('../../../examples/ssd-head.prototxt', import.meta.url), 'utf8');
const whole = rows(text);

function rows(content: string): readonly RowReport[] {
  const analysed = price(open({ name: 'x.prototxt', text: content }, defaultSettings)!, defaultSettings)!;
  return report(analysed, { file: 'x.prototxt' }).layers;
}

const told = ({ name, outputs, params, macs }: RowReport): unknown => ({ name, outputs, params, macs });

/** Checks that all rows but those named (undefined: none) are as in the whole text, once a piece of it is replaced. */
function check(old: string, replacement: string, but: readonly string[]): void {
  assert.ok(text.includes(old), `“${old}” is in the text`);
  const found = rows(text.replace(old, () => replacement));
  const left = (list: readonly RowReport[]): unknown[] => list.filter(({ name }) => !but.includes(name)).map(told);
  assert.deepEqual(left(found), left(whole), `${old} → ${replacement}`);
}

describe('Caffe prototxt, half typed', () => {
  it('a field without a value', () => {
    check('kernel_h: 3 kernel_w: 3 pad_h: 1', 'kernel_h: 3 kernel_w: 3 pad_h: 1 gro', []);
    check('keep_top_k: 100', 'keep_top_k:', ['boxes']);
    check('norm_param { across_spatial: false', 'norm_param { across_spatial: false eps:', ['norm']);
  });

  it('braces that are not there yet', () => {
    check('kernel_size: 3 pad: 1 stride: 2 bias_term: false }', 'kernel_size: 3 pad: 1 stride: 2 bias_term: false', []);
    check('scale_filler { type: "constant" value: 20 } }\n}', 'scale_filler { type: "constant" value: 20 }\n}', []);
    check('scale_filler { type: "constant" value: 20 } }\n}', 'scale_filler { type: "constant" value: 20 } }\n', []);
    // Three are missing: no single change makes that right, so the row is unknown, but not what lies around it.
    check('scale_filler { type: "constant" value: 20 } }\n}', 'scale_filler { type: "constant"\n', ['norm']);
    check('prior_box_param {', 'prior_box_param {\n', []);
  });

  it('braces too many', () => {
    check('keep_top_k: 100', 'keep_top_k: 100 }', []);
    check(
      'convolution_param { num_output: 64 kernel_size: 1 }',
      'convolution_param { num_output: 64 kernel_size: 1 } }',
      [],
    );
  });

  it('the header of the first layer: the network keeps its name, and the layer its line', () => {
    const pool = 'layer { name: "pool" type: "Pooling" bottom: "data" top: "pool" pooling_param { kernel_size: 2 } }\n';
    const input = 'input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }';
    const [first] = rows(`name: "net"\nlayename: "data" type: "Input" top: "data" ${input} }\n${pool}`);
    assert.deepEqual({ line: first?.line, name: first?.name }, { line: 2, name: 'Input' });
  });

  it('strings that are open', () => {
    check('bottom: "data" top: "priors"', 'bottom: "data" top: "priors"\n  name: "', ['priors', 'PriorBox', 'boxes']);
    check('data_param { source: "train_lmdb"', 'data_param { source: "train_lmdb', []);
  });

  it('a layer that is begun', () => {
    for (const begun of [
      'l',
      'layer',
      'layer {',
      'layer {\n  name: "new',
      'layer {\n  name: "new"\n  type:',
      'layer { type: "Conv',
    ]) {
      check('# Four boxes', `${begun}\n# Four boxes`, ['new', 'layer', 'Conv']);
    }
  });

  it('a width that is gone for a moment takes its own row and what hangs on it, no more', () => {
    const found = rows(text.replace('num_output: 16 kernel_h', 'num_output: kernel_h'));
    const changed = found.filter((row, at) => JSON.stringify(told(row)) !== JSON.stringify(told(whole[at]!)));
    assert.deepEqual(
      changed.map(({ name }) => name),
      ['loc', 'loc/perm', 'loc/flat'],
    );
  });
});
