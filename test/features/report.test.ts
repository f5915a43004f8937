import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lenses } from '../../server/src/core/features/lens.ts';
import { markdownReport, report } from '../../server/src/core/features/report.ts';
import { summary } from '../../server/src/core/features/summary.ts';
import { type SymbolNode, symbols } from '../../server/src/core/features/symbols.ts';
import { totalsMarkdown } from '../../server/src/core/features/totals.ts';
import { type Analysed, defaultSettings, open, price } from '../../server/src/core/index.ts';
import { rangeOf, sketch } from '../support/sketch.ts';

const text = 'input 3 32 32\nblock b\n  x = conv 8 3\n  y = conv 8 3 2\nu1 = use b\nu2 = use b\nc1 = conv 4 1\n';

test('A report is schema 1: rows in source order that sum to totals', () => {
  const { layers, totals, ...rest } = report(sketch(text), { file: 'dir/net.sketch' });
  assert.deepEqual(rest, {
    file: 'dir/net.sketch',
    format: 'sketch',
    model: 'sketch',
    input: { image: [1, 3, 32, 32] },
    native: null,
    problems: [
      {
        line: 5,
        column: 1,
        severity: 'information',
        code: 'dominant-layer',
        message: '“u1” does 66 % of the MACs and has 40 % of the parameters.',
      },
      {
        line: 6,
        column: 1,
        severity: 'information',
        code: 'dominant-layer',
        message: '“u2” has 58 % of the parameters and does 33 % of the MACs.',
      },
    ],
  });
  assert.deepEqual(layers[2], {
    index: 2,
    name: 'c1',
    op: 'conv',
    line: 7,
    outputs: [[1, 4, 8, 8]],
    params: 36,
    macs: 2048,
    value: 2048,
    activations: 256,
    complete: true,
  });
  for (const key of ['params', 'macs', 'value', 'activations'] as const) {
    assert.equal(
      layers.reduce((sum, row) => sum + row[key]!, 0),
      totals[key],
    );
  }
  assert.equal(totals.flops, 2 * totals.macs!);
  assert.equal(totals.complete, true);
  // The first convolution runs with 3 + 8 channels of 32×32 alive, in fp32.
  assert.equal(totals.peakBytes, 11 * 1024 * 4);
});

test('The peak is in bytes of the dtype, times the batch', () => {
  const one = report(sketch('input 3 32 32\nc1 = conv 8 3\n')).totals.peakBytes;
  assert.equal(one, 11 * 1024 * 4);
  assert.equal(
    report(sketch('input 3 32 32\nc1 = conv 8 3\n', { dtype: 'fp16', batch: 3 })).totals.peakBytes,
    11 * 1024 * 2 * 3,
  );
});

test('What is unknown is null and not complete; a part that is known is a lower bound', () => {
  const { layers, totals, input } = report(sketch('c1 = conv 8 3\nm1 = mystery\n'));
  assert.deepEqual(input, { image: [1, 3, null, null] });
  assert.deepEqual(
    layers.map(({ outputs, params, macs, complete }) => ({ outputs, params, macs, complete })),
    [
      { outputs: [[1, 8, null, null]], params: 224, macs: null, complete: false },
      { outputs: [null], params: null, macs: null, complete: false },
    ],
  );
  assert.deepEqual(
    [totals.params, totals.macs, totals.flops, totals.peakBytes, totals.complete],
    [224, null, null, null, false],
  );
});

test('With blocks, rows have children; composites have them without lines', () => {
  const [u1] = report(sketch(text), { blocks: true }).layers;
  assert.deepEqual(
    u1?.children?.map(({ name, line }) => [name, line]),
    [
      ['x', 3],
      ['y', 4],
    ],
  );
  const [k] = report(sketch('input 3 8 8\nk = compose 4\n'), { blocks: true }).layers;
  assert.deepEqual(
    k?.children?.map(({ name, line }) => [name, line]),
    [
      ['cv1', null],
      ['m.0', null],
      ['m.1', null],
    ],
  );
});

test('The native figure is computed at its own input', () => {
  const { native } = report(sketch('input 3 32 32\nc1 = conv 8 3\n', {}, { native: true }));
  assert.deepEqual(native, { convention: 'ultralytics', label: 'GFLOPs', value: (2 * 64 * 64 * 9 * 3 * 8) / 1e9 });
});

const yolo = `nc: 1000
scales: {n: [1, 1, 1024]}
backbone:
  - [-1, 1, Conv, [8, 3, 2]]
head:
  - [-1, 1, Classify, [nc]]
`;

const classifier = (): Analysed =>
  price(open({ name: 'yolov8n-cls.yaml', text: yolo }, defaultSettings)!, defaultSettings)!;

test('The native figure is told by release, and for the fused network', () => {
  const { native } = report(classifier());
  const places = 320 ** 2;
  const convs = places * (8 * (2 * 27 + 8) + 1280 * (2 * 8 + 8));
  assert.deepEqual(
    native?.versions?.map(({ version }) => version),
    ['8.4.117', '8.4.101', '8.3.63'],
  );
  assert.equal(native?.value, native?.versions?.[0]?.value);
  assert.equal(Math.round(native!.value * 1e9), convs + 2 * (places * 1280 + 1280) + 2 * 1280 * 1000);
  // Two norms are too few to be fused.
  assert.deepEqual(native?.fused, { params: 8 * 27 + 16 + 1280 * 8 + 2560 + 1000 * 1281, value: native?.value });
});

test('The lens says who prints, its tooltip what other releases print', () => {
  const [, printed] = lenses(classifier());
  assert.equal(printed?.title, '3.5 GFLOPs as printed by Ultralytics 8.4.117');
  const [older, fused, caveat] = printed!.tooltip!.split('\n');
  assert.equal(older, 'Older releases: 8.4.101: 4.5, 8.3.63: 4.5.');
  assert.equal(fused, 'After model.fuse(): 3.5 GFLOPs, 1,294,032 parameters.');
  assert.match(caveat!, /^Counted by thop: 2 per multiply-accumulate/);
});

test('The head’s hover has the figure of each release', () => {
  const text = totalsMarkdown(classifier());
  for (const part of [
    'Ultralytics 8.4.117 prints **3.5 GFLOPs** (8.4.101: 4.5, 8.3.63: 4.5).',
    'After `model.fuse()` it prints 3.5 GFLOPs, 1,294,032 parameters.',
  ])
    assert.ok(text.includes(part), `“${part}” is not in\n${text}`);
});

test('The report as markdown keeps its columns', () => {
  const markdown = markdownReport(report(sketch('input 3 32 32\na|b = conv 8 3\n')), {
    unit: 'MACs',
    shapeOrder: 'chw',
  });
  assert.match(markdown, /\| 0 \| 2 \| a\\\|b \| conv \| 8×32×32 \| 221,184 \| 100 % \| 224 \|/);
  assert.match(markdown, /\*\*221,184\*\*/);
});

test('The lens says the totals, and what the framework prints', () => {
  const net = 'input 3 32 32\nc1 = conv 8 3\n';
  assert.deepEqual(
    lenses(sketch(net, {}, { native: true })).map(({ title }) => title),
    ['221k MACs · 224 params · 896 B · peak 45.1 kB · input 3×32×32', '0.0018 GFLOPs as printed by Ultralytics'],
  );
  assert.deepEqual(lenses(sketch(net))[0]?.range, rangeOf(net, 'input 3 32 32'));
  assert.deepEqual(lenses(sketch(net, { codeLens: { enabled: false } })), []);
  assert.match(lenses(sketch('c1 = conv 8 3\n'))[0]!.title, /^\? MACs · 224 params · 896 B · peak \? · input 3×\?×\?$/);
});

test('The status bar knows the totals, the input and the scales', () => {
  const { text: shown, input, scales, scale } = summary(sketch('scales n s\ninput 3 32 32\nc1 = conv 8 3\n'));
  assert.equal(shown, '221k MACs · 224 params');
  assert.deepEqual(input, { image: '3,32,32' });
  assert.deepEqual([scales, scale], [['n', 's'], 'n']);
});

test('The outline nests rows in their block, once; every selection lies in its range', () => {
  const [network] = symbols(sketch(text));
  const names = ({ name, children }: SymbolNode): unknown => (children.length > 0 ? [name, children.map(names)] : name);
  assert.deepEqual(names(network!), ['sketch', [['b', ['x', 'y']], 'u1', 'u2', 'c1']]);
  const check = ({ range, selection, children }: SymbolNode): void => {
    assert.ok(selection.from >= range.from && selection.to <= range.to && range.to <= text.length);
    children.forEach(check);
  };
  check(network!);
  assert.equal(network!.children[0]!.detail, '×2');
});

test('A cost past the largest number is unknown with its reason, and the rows below keep theirs', () => {
  const [zeros, ones] = [`1${'0'.repeat(200)}`, '1'];
  const { layers, totals } = report(
    sketch(`input 3 8 8\nwide = conv ${zeros} 1\nhuge = conv ${zeros} 1\nnarrow = conv ${ones} 1\nlast = conv 2 1\n`),
  );
  const [, huge, , last] = layers;
  assert.deepEqual([huge!.params, huge!.complete, huge!.why], [null, false, 'its cost is too large to count']);
  // One channel in, two out: weights and biases.
  assert.deepEqual([last!.params, last!.macs, last!.complete, last!.why], [4, 128, true, undefined]);
  assert.equal(totals.complete, false);
  assert.equal(totals.why, 'Line 3: its cost is too large to count');
});

test('The lens says the scale and the input in effect; pointing at it, all that is in effect', () => {
  const text = 'scales n s\ninput 3 32 32\nc1 = conv 8 3\n';
  const [lens] = lenses(sketch(text, { scale: 's', dtype: 'fp16', batch: 8 }));
  assert.match(lens!.title, / · scale s · input 3×32×32$/);
  for (const part of [/^Input size: 3×32×32/m, /^Scale: s/m, /^Data type: fp16/m, /^Batch size: 8/m])
    assert.match(lens!.tooltip!, part);
});
