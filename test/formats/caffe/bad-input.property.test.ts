// No text throws, and every range lies inside the text.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { typeNames } from '../../../server/src/core/formats/caffe/layers/index.ts';
import {
  defaultSettings,
  hints,
  open,
  price,
  problems,
  type Range,
  report,
  symbols,
} from '../../../server/src/core/index.ts';

const folders = [new URL('./fixtures/', import.meta.url), new URL('../../../examples/', import.meta.url)];
const seeds = folders.flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.prototxt'))
    .map(name => readFileSync(new URL(name, folder), 'utf8')),
);

describe('Caffe prototxt, any text', () => {
  it('networks of every layer type with parameters of any kind', () => {
    const params = [
      'convolution_param',
      'pooling_param',
      'inner_product_param',
      'scale_param',
      'bias_param',
      'concat_param',
      'slice_param',
      'reshape_param',
      'flatten_param',
      'crop_param',
      'tile_param',
      'argmax_param',
      'reduction_param',
      'embed_param',
      'recurrent_param',
      'prior_box_param',
      'roi_pooling_param',
      'psroi_pooling_param',
      'spp_param',
      'interp_param',
      'upsample_param',
      'lrn_param',
      'mvn_param',
      'norm_param',
      'permute_param',
      'shuffle_channel_param',
      'input_param',
      'dummy_data_param',
      'data_param',
      'power_param',
      'eltwise_param',
      'parameter_param',
    ];
    const names = [
      'num_output',
      'kernel_size',
      'stride',
      'pad',
      'group',
      'dilation',
      'axis',
      'num_axes',
      'shape { dim: 1 dim: 4 }',
      'shape { dim: -1 }',
      'offset',
      'order',
      'tiles',
      'top_k',
      'input_dim',
      'slice_point',
      'min_size',
      'pooled_h',
      'pooled_w',
      'output_dim',
      'group_size',
      'pyramid_height',
      'bias_term',
      'global_pooling',
      'zoom_factor',
      'shrink_factor',
      'scale',
      'local_size',
      'end_axis',
      'batch_size',
      'num',
      'channels',
      'height',
      'coeff',
    ];
    const value = fc.constantFrom(
      '0',
      '1',
      '2',
      '3',
      '5',
      '-1',
      '-9',
      '1e308',
      '4294967295',
      'true',
      'false',
      'nan',
      'x',
      '"y"',
      '0.5',
    );
    const field = fc
      .tuple(fc.constantFrom(...names), value)
      .map(([name, is]) => (name.includes('{') ? name : `${name}: ${is}`));
    const blob = fc.constantFrom('data', 'seq', 'a', 'b', 'c', 'vector');
    const layer = fc
      .record({
        type: fc.constantFrom(...typeNames),
        bottoms: fc.array(blob, { maxLength: 4 }),
        tops: fc.array(blob, { maxLength: 3 }),
        param: fc.constantFrom(...params),
        fields: fc.array(field, { maxLength: 5 }),
        shared: fc.boolean(),
      })
      .map(
        ({ type, bottoms, tops, param, fields, shared }) =>
          `layer { name: "${type}" type: "${type}" ${bottoms.map(name => `bottom: "${name}"`).join(' ')} ${tops.map(name => `top: "${name}"`).join(' ')} ${shared ? 'param { name: "w" }' : ''} ${param} { ${fields.join(' ')} } }`,
      );
    const head =
      'input: "data" input: "seq" input: "vector" input_shape { dim: 2 dim: 4 dim: 6 dim: 6 } input_shape { dim: 3 dim: 2 } input_shape { dim: 7 }';
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 8 }), layers => check(`${head}\n${layers.join('\n')}\n`)),
      { numRuns: 2500 },
    );
  });

  it('mutated specs', () => {
    const put = fc.constantFrom(
      '',
      ' ',
      '\n',
      '{',
      '}',
      '<',
      '>',
      '[',
      ']',
      ':',
      '"',
      "'",
      '#',
      '-',
      '9',
      '\t',
      '\u0000',
      '🙂',
      'layer {',
      'layers {',
      '1e308',
      'dim: 0',
    );
    const cut = fc.tuple(fc.nat(), fc.nat({ max: 12 }), put);
    fc.assert(
      fc.property(fc.nat({ max: seeds.length - 1 }), fc.array(cut, { minLength: 1, maxLength: 4 }), (seed, cuts) => {
        let text = seeds[seed]!;
        for (const [at, length, piece] of cuts) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + piece + text.slice(from + length);
        }
        check(text);
      }),
      { numRuns: 1000 },
    );
  });
});

function check(text: string): void {
  const document = open({ name: 'any.prototxt', text }, defaultSettings);
  if (!document) return;
  const analysed = price(document, defaultSettings)!;
  const inside = ({ from, to }: Range, what: string): void => {
    assert.ok(from >= 0 && from <= to && to <= text.length, `${what}: ${from}–${to} of ${text.length} in\n${text}`);
  };
  for (const { range, code, message, repairs, related } of problems(analysed)) {
    inside(range, `problem ${code}`);
    for (const { edits } of repairs ?? []) for (const edit of edits) inside(edit, `repair of ${code}`);
    for (const other of related ?? []) inside(other.range, `related of ${code}`);
    assert.ok(!/undefined|NaN|\[object/.test(message.replace(/“[^”]*”/g, '')), `${message}\n${text}`);
  }
  const visit = (frame: (typeof analysed.model.graph.root.children)[number]): void => {
    for (const { range: site } of frame.sites) inside(site, `site of ${frame.label}`);
    for (const note of frame.notes) inside(note.range, `note of ${frame.label}`);
    frame.children.forEach(visit);
  };
  analysed.model.graph.root.children.forEach(visit);
  inside(analysed.spec.head, 'head');
  hints(analysed, { from: 0, to: text.length });
  symbols(analysed);
  const { layers, totals } = report(analysed);
  // Sums may be wrong by a half where numbers are beyond 2⁵³.
  const sum = layers.reduce((total, { macs }) => total + (macs ?? 0), 0);
  if (totals.macs !== null && totals.macs < 2 ** 53) assert.equal(sum, totals.macs, text);
}
