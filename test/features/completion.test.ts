import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Completion,
  completions,
  defaultSettings,
  open,
  price,
  signatureHelp,
} from '../../server/src/core/index.ts';

/** What is offered at the mark in a text. */
function at(name: string, marked: string): readonly Completion[] {
  const offset = marked.indexOf('¦');
  const document = open({ name, text: marked.replace('¦', '') }, defaultSettings);
  assert.ok(document, 'it is a spec');
  return completions(price(document, defaultSettings)!, offset);
}

const labels = (found: readonly Completion[]): readonly string[] => found.map(({ label }) => label);

function signatureAt(name: string, marked: string): { readonly label: string; readonly active: string | undefined } {
  const document = open({ name, text: marked.replace('¦', '') }, defaultSettings)!;
  const found = signatureHelp(price(document, defaultSettings)!, marked.indexOf('¦'));
  assert.ok(found);
  const active = found.parameters[found.active];
  return { label: found.label, active: active && found.label.slice(active.from, active.to) };
}

const yolo = (row: string): string => `nc: 80
scales:
  n: [1.0, 1.0, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
  - [-1, 3, C2f, [128, True]]
head:
  - [-1, 1, nn.Upsample, [None, 2, nearest]]
${row}
`;

test('YOLO: `from` has the rows above, with what they are', () => {
  const found = at('a.yaml', yolo('  - [[-1, ¦'));
  assert.deepEqual(labels(found), ['-1', '3', '0', '-4', '2', '1', '-2', '-3']);
  assert.deepEqual(
    found.slice(0, 3).map(({ detail }) => detail),
    ['row 3 · nn.Upsample · line 9 · 128×320×320', 'nn.Upsample · line 9 · 128×320×320', 'Conv · line 5 · 64×320×320'],
  );
});

test('YOLO: the first row reads the image', () => {
  const [first] = at('a.yaml', 'nc: 80\nbackbone:\n  - [¦\nhead:\n  - [-1, 1, Conv, [8]]\n');
  assert.equal(first?.label, '-1');
  assert.equal(first.detail, 'input of the network · 3×640×640');
});

test('YOLO: a module has its arguments, an example, and the rest of the row', () => {
  const [conv] = at('a.yaml', yolo('  - [-1, 1, Conv¦'));
  assert.equal(conv?.label, 'Conv');
  assert.equal(conv.detail, '[c2, k = 1, s = 1, p = None, g = 1, d = 1, act = True]');
  assert.match(conv.documentation, /Example: `\[-1, 1, Conv, \[128, 3\]\]`/);
  assert.equal(conv.text, 'Conv, [128, 3]]');
  assert.equal(conv.snippet, 'Conv, [${1:128}, ${2:3}]]');
  // Where arguments follow, only the name is replaced.
  const [other] = at('a.yaml', yolo('  - [-1, 1, Con¦, [64, 3, 2]]'));
  assert.equal(other?.text, 'Conv');
});

test('Beginnings go before what is near, and what is near is found by what is typed', () => {
  assert.deepEqual(labels(at('a.yaml', yolo('  - [-1, 1, C2f¦'))).slice(0, 1), ['C2fPSA']);
  const [near] = at('a.yaml', yolo('  - [-1, 1, Cnov¦'));
  assert.equal(near?.label, 'Conv');
  assert.equal(near.filter, 'Cnov');
  // What reads a list is first where there is one.
  assert.equal(labels(at('a.yaml', yolo('  - [[-1, 2], 1, ¦')))[0], 'Concat');
});

test('YOLO: arguments by their meaning', () => {
  assert.deepEqual(labels(at('a.yaml', yolo('  - [-1, 1, C2f, [64, ¦]]'))), ['True', 'False']);
  assert.deepEqual(labels(at('a.yaml', yolo('  - [-1, 1, nn.Upsample, [None, 2, near¦]]'))).slice(0, 2), [
    'nearest',
    'nearest-exact',
  ]);
  assert.deepEqual(labels(at('a.yaml', yolo('  - [[0, 1, 2], 1, Detect, [¦]]'))), ['nc', '80']);
  assert.deepEqual(signatureAt('a.yaml', yolo('  - [-1, 1, C2f, [64, ¦')), {
    label: 'C2f(c2, shortcut = False, g = 1, e = 0.5)',
    active: 'shortcut = False',
  });
});

test('YOLO: a row over several lines has its parts on each of them', () => {
  const rows = (lines: string): string => yolo(`  - [[-1, 2], # two maps\n     1, Concat, [1]]\n${lines}`);
  // What is below the line is a part of the row too: only the name is replaced.
  const [conv] = at('a.yaml', rows('  - [-1, # the row above\n     1, Con¦,\n     [64, 3]]'));
  assert.equal(conv?.text, 'Conv');
  assert.deepEqual(labels(at('a.yaml', rows('  - [-1, 1,\n     C2f,\n     [64, ¦]]'))), ['True', 'False']);
  assert.deepEqual(labels(at('a.yaml', rows('  - [\n     [-1, ¦],\n     1, Concat, [1]]'))).slice(0, 2), ['-1', '4']);
  assert.equal(signatureAt('a.yaml', rows('  - [-1, 1, C2f,\n     [64,\n     ¦]]')).active, 'shortcut = False');
  const [open] = at('a.yaml', rows('  - [-1, 1,\n     Con¦\n  - [-1, 1, Conv, [8, 1]]'));
  assert.equal(open?.text, 'Conv, [128, 3]]');
  // In front of an entry, and in a comment, there is nothing to write.
  assert.deepEqual(at('a.yaml', rows('  - [-1,¦\n     1, Conv, [64, 3]]')), []);
  assert.deepEqual(at('a.yaml', rows('  - [-1, # the ¦\n     1, Conv, [64, 3]]')), []);
  // Below a row that is half-typed another one begins.
  assert.equal(labels(at('a.yaml', rows('  - [-1, 1, Conv\n  ¦')))[0], 'Conv');
});

test('YOLO: rows without dashes have their parts, on several lines too', () => {
  const rows = (lines: string): string =>
    `nc: 80\ndepth_multiple: 1.0\nwidth_multiple: 1.0\nbackbone:\n  # [from, number, module, args]\n  [[-1, 1, Conv, [32, 3, 1]], # 0\n   [-1, 1, Conv,\n    [64, 3, 2]],\n${lines}  ]\nhead:\n  [[-1, 1, Conv, [8, 1]]]\n`;
  assert.deepEqual(labels(at('a.yaml', rows('   [¦-1, 1, Conv, [64, 3, 2]],\n'))).slice(0, 3), ['-1', '1', '0']);
  assert.equal(signatureAt('a.yaml', rows('   [-1, 1, Conv,\n    [64, ¦3, 2]],\n')).active, 'k = 1');
  assert.equal(signatureAt('a.yaml', rows('').replace('[32, 3', '[32, ¦3')).active, 'k = 1');
  const [conv] = at('a.yaml', rows('   [-1, 1, Con¦\n   [-1, 1, Conv, [64, 3, 2]],\n'));
  assert.equal(conv?.text, 'Conv, [64, 3]]');
});

test('References that fit go first, and the others say why they do not', () => {
  const shown = (found: readonly Completion[]): readonly string[] =>
    found.map(({ label, misfit }) => (misfit === undefined ? label : `${label}: ${misfit}`));
  const why = 'input sizes do not match';
  assert.deepEqual(shown(at('a.yaml', yolo('  - [[-1, ¦], 1, Concat, [1]]'))), [
    '-1',
    '3',
    '0',
    '-4',
    `2: ${why}`,
    `1: ${why}`,
    `-2: ${why}`,
    `-3: ${why}`,
  ]);
  // A list that nothing follows yet may be that of a detector: nothing is said of it.
  for (const row of ['  - [[-1, ¦', '  - [[-1, ¦]]'])
    assert.deepEqual(shown(at('a.yaml', yolo(row))), ['-1', '3', '0', '-4', '2', '1', '-2', '-3'], row);
  assert.deepEqual(shown(at('a.yaml', yolo('  - [[2, ¦], 1, Detect, [nc]]'))).slice(0, 3), ['-1', '3', '2']);
  const net = cfg('[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=leaky\n\n[route]\nlayers=-1, ¦\n');
  assert.deepEqual(shown(at('a.cfg', net)).slice(0, 3), ['-1', '2', `-2: ${why}`]);
  const pool =
    'layer { name: "p" type: "Pooling" bottom: "conv1" top: "p" pooling_param { kernel_size: 2 stride: 2 } }\n';
  const sum = 'layer { name: "s" type: "Eltwise" bottom: "p" bottom: "¦" top: "s" }';
  const [same, other] = at('a.prototxt', caffe(pool + sum));
  assert.deepEqual([same?.label, same?.misfit], ['p', undefined]);
  assert.equal(other?.misfit, 'input shapes do not match');
  assert.match(other?.documentation ?? '', /8×15×15.*8×30×30/);
  const [above, stem, input] = at('a.net.yaml', own('  - add: {from: [-1, ¦]}'));
  assert.deepEqual([above?.label, above?.misfit, input?.label], ['-1', undefined, 'input']);
  assert.equal(stem?.misfit, 'input shapes do not match');
});

test('YOLO: keys at the top, scales, and rows', () => {
  const [key] = at('a.yaml', yolo('act¦'));
  assert.equal(key?.text, 'activation: nn.SiLU()');
  assert.ok(!labels(at('a.yaml', yolo('¦'))).includes('nc'), 'what is there is not offered');
  assert.deepEqual(labels(at('a.yaml', yolo('').replace('1024]\n', '1024]\n  ¦\n'))), ['s', 'm', 'l', 'x']);
  assert.deepEqual(labels(at('a.yaml', yolo('  - ¦'))), ['Conv', 'C2f', 'residual', 'inception', 'Detect']);
});

const own = (row: string): string => `input: [3, 32, 32]
let:
  width: 64
blocks:
  inc(b1, b3=8):
    - conv: {out: $b1, kernel: 1}
layers:
  - conv: {out: 64, kernel: 3, padding: same, name: stem}
  - maxpool: 2
${row}
`;

test('Our YAML: operators, blocks and structures', () => {
  const found = at('a.net.yaml', own('  - ¦'));
  for (const label of ['conv', 'relu', 'inc', 'branches', 'residual', 'inception module'])
    assert.ok(labels(found).includes(label), label);
  assert.equal(found.find(({ label }) => label === 'conv')?.text, 'conv: {out: 64, kernel: 3, padding: same}');
  assert.equal(found.find(({ label }) => label === 'inc')?.text, 'inc: {b1: 64}');
});

test('Our YAML: keys that are missing, the needed ones first; values; parameters; references', () => {
  assert.deepEqual(labels(at('a.net.yaml', own('  - conv: {¦}'))).slice(0, 3), ['out', 'kernel', 'stride']);
  assert.ok(!labels(at('a.net.yaml', own('  - conv: {out: 4, ¦}'))).includes('out'));
  assert.deepEqual(labels(at('a.net.yaml', own('  - maxpool: {kernel: 2, rounding: ¦}'))), ['floor', 'ceil', 'caffe']);
  assert.deepEqual(labels(at('a.net.yaml', own('  - conv: {out: $wi¦}'))), ['width']);
  assert.deepEqual(labels(at('a.net.yaml', own('').replace('$b1', '$b¦'))), ['b1', 'b3']);
  const sources = at('a.net.yaml', own('  - conv: {out: 4, kernel: 1, from: ¦}'));
  assert.deepEqual(
    sources.map(({ label, detail }) => [label, detail]),
    [
      ['-1', 'row 1 · maxPool · line 9 · 64×16×16'],
      ['stem', 'conv · line 8 · 64×32×32'],
      ['input', 'input of the network · 3×32×32'],
    ],
  );
  assert.equal(signatureAt('a.net.yaml', own('  - conv: {out: 4, kernel: ¦}')).active, 'kernel');
  assert.equal(signatureAt('a.net.yaml', own('  - inc: [4, ¦]')).active, 'b3 = 8');
});

test('Our YAML: what comes into a block is another thing in each use', () => {
  const found = at('a.net.yaml', own('').replace('kernel: 1}', 'kernel: 1, from: ¦}'));
  assert.deepEqual(
    found.map(({ label, detail }) => [label, detail]),
    [
      ['-1', ''],
      ['input', 'input of the block'],
    ],
  );
});

const cfg = (rest: string): string =>
  `[net]\nwidth=64\nheight=64\nchannels=3\n\n[convolutional]\nfilters=16\nsize=3\nstride=2\npad=1\nactivation=leaky\n\n[convolutional]\nfilters=32\nsize=1\nactivation=leaky\n\n${rest}`;

test('Darknet: sections, keys of the section, values, layers', () => {
  const [section] = at('a.cfg', cfg('[maxp¦\n'));
  assert.equal(section?.text, 'maxpool]\nsize=2\nstride=2');
  assert.ok(!labels(at('a.cfg', cfg('[¦\n'))).includes('net'));
  const keys = labels(at('a.cfg', cfg('[convolutional]\nfilters=8\n¦\n')));
  assert.deepEqual(keys.slice(0, 3), ['batch_normalize', 'size', 'stride']);
  assert.ok(!keys.includes('filters'));
  assert.deepEqual(labels(at('a.cfg', cfg('[convolutional]\nactivation=lea¦\n'))).slice(0, 2), ['leaky', 'revleaky']);
  assert.deepEqual(
    at('a.cfg', cfg('[route]\nlayers=-1, ¦\n')).map(({ label, detail }) => [label, detail]),
    [
      ['-1', 'layer 1 · convolutional · line 13 · 32×32×32'],
      ['-2', 'layer 0 · convolutional · line 6 · 32×32×16'],
      ['1', 'convolutional · line 13 · 32×32×32'],
      ['0', 'convolutional · line 6 · 32×32×16'],
    ],
  );
});

const caffe = (rest: string): string => `name: "x"
layer {
  name: "data"
  type: "Input"
  top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 32 dim: 32 } }
}
layer {
  name: "conv1"
  type: "Convolution"
  bottom: "data"
  top: "conv1"
  convolution_param { num_output: 8 kernel_size: 3 }
}
${rest}
`;

test('Caffe: types, blobs, fields and their values', () => {
  const [type] = at('a.prototxt', caffe('layer {\n  type: "Conv¦"\n}'));
  assert.equal(type?.text, 'Convolution"');
  const layer = (line: string): string => caffe(`layer {\n  name: "c2"\n  type: "Pooling"\n  ${line}\n}`);
  assert.deepEqual(
    at('a.prototxt', layer('bottom: "¦"')).map(({ label, detail, text }) => [label, detail, text]),
    [
      ['conv1', 'Convolution · line 8 · 8×30×30', 'conv1"'],
      ['data', 'Input · line 2 · 3×32×32', 'data"'],
    ],
  );
  const fields = labels(at('a.prototxt', layer('¦')));
  assert.ok(fields.includes('pooling_param') && !fields.includes('convolution_param') && !fields.includes('type'));
  assert.deepEqual(labels(at('a.prototxt', layer('pooling_param { pool: ¦ }'))).slice(0, 2), ['MAX', 'AVE']);
  const sizes = labels(at('a.prototxt', layer('pooling_param { kernel_size: 3 ¦ }')));
  assert.ok(sizes.includes('stride') && !sizes.includes('kernel_h') && !sizes.includes('kernel_size'));
});
