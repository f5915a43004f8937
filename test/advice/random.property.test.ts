// Random networks of both YAML dialects: every fix that is offered is applied alone and checked.

import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultSettings } from '../../server/src/core/index.ts';
import { checkAllAdvice } from '../support/advice.ts';

const widths = fc.constantFrom(8, 16, 24, 32, 48, 64);

/** A value with what is known to be legal beside it, in one of the ways that people write rows. */
const conv = fc
  .record({
    out: widths,
    kernel: fc.constantFrom('1', '3', '5', '7', '[1, 3]', '[3, 5]'),
    more: fc.subarray(['padding: same', 'norm: batch', 'act: relu', 'stride: 2', 'bias: false', 'dilation: 1']),
    block: fc.boolean(),
    comment: fc.constantFrom('', '', '  # a layer', '  # 3 of them'),
  })
  .map(({ out, kernel, more, block, comment }) => {
    const pairs = [`out: ${out}`, `kernel: ${kernel}`, ...more];
    return block
      ? `conv:${comment}\n${pairs.map(pair => `      ${pair}`).join('\n')}`
      : `conv: {${pairs.join(', ')}}${comment}`;
  });

const residual = fc
  .tuple(widths, fc.boolean())
  .map(([width, deep]) =>
    [
      'residual:',
      '      # Back to the width that came in.',
      `      - conv: {out: ${width}, kernel: 3, padding: same, norm: batch, act: relu}`,
      ...(deep ? ['      - depthwise: {kernel: 3, padding: same}'] : []),
      '      - conv: {out: $channels, kernel: 1}',
    ].join('\n'),
  );

const branches = fc
  .tuple(widths, widths)
  .map(
    ([a, b]) =>
      `branches: [[conv: {out: ${a}, kernel: 1}, conv: {out: ${b}, kernel: 5, padding: same}], [maxpool: {kernel: 3, stride: 1, padding: same}]]`,
  );

const row = fc.oneof(
  { weight: 6, arbitrary: conv },
  { weight: 1, arbitrary: residual },
  { weight: 1, arbitrary: branches },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'relu',
      'batchnorm',
      'avgpool: {kernel: 2}',
      'maxpool: 2',
      'step: {out: 32}',
      'step: {out: 64, k: 5}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'conv: {out: 16, kernel: 1, from: -2}',
      'concat: -2',
      'add: -1',
      'concat: [-1, -3]',
      'step: {out: 32, from: -2}',
      'from: -2',
      'residual: {layers: [conv: {out: 32, kernel: 1}], from: -3}',
      'tanh: {from: -2, name: aside}',
    ),
  },
);

const flopline = fc
  .record({
    rows: fc.array(fc.tuple(row, fc.constantFrom('', '', '  # A comment above.\n', '\n')), {
      minLength: 1,
      maxLength: 8,
    }),
    output: fc.constantFrom('', '', 'output: [-1, -3]\n'),
    head: fc.constantFrom(
      '',
      '  - flatten\n  - linear: 64\n  - relu\n  - linear: 10\n',
      '  - gap\n  - flatten\n  - linear: 10\n',
    ),
    newline: fc.constantFrom('\n', '\n', '\r\n'),
  })
  .map(({ rows, head, newline, output }) =>
    [
      'name: random  # any',
      'input: [32, 16, 16]',
      'blocks:',
      '  step(out, k=3):',
      '    - conv: {out: $out, kernel: $k, padding: same, norm: batch}',
      '    - relu',
      'layers:',
      `${rows.map(([text, above]) => `${above}  - ${text}`).join('\n')}\n${head}${output}`,
    ]
      .join('\n')
      .replaceAll('\n', newline),
  );

const yoloRow = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        from: fc.constantFrom('-1', '-1', '-1', '-2', '0', '1'),
        out: fc.constantFrom(32, 64, 128, 256),
        kernel: fc.constantFrom(1, 3, 5),
        stride: fc.constantFrom('', ', 1', ', 2', ', 1, None, 2', ', 1, None, 1, 1, False'),
      })
      .map(({ from, out, kernel, stride }) => `[${from}, 1, Conv, [${out}, ${kernel}${stride}]]`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '[-1, 3, C2f, [128, True]]',
      '[[-1, -2], 1, Concat, [1]]',
      '[[0, -1], 1, Concat, [1]]',
      '[-1, 1, SPPF, [128, 5]]',
      '[-1, 1, nn.Upsample, [None, 2, "nearest"]]',
      '[-1, 1, DWConv, [128, 3, 1]]',
    ),
  },
);

const ultralytics = fc
  .record({
    rows: fc.array(fc.tuple(yoloRow, fc.constantFrom('', ' # {}', ' # {}-P3/8', '  # 7 words')), {
      minLength: 2,
      maxLength: 9,
    }),
    width: fc.constantFrom(0.25, 0.5, 1),
  })
  .map(({ rows, width }) => {
    const lines = rows.map(([text, comment], index) => `  - ${text}${comment.replace('{}', String(index))}`);
    return `nc: 3\nscales:\n  n: [0.33, ${width}, 1024]\nbackbone:\n  # [from, repeats, module, args]\n${lines.join('\n')}\nhead:\n  - [[${rows.length - 1}], 1, Detect, [nc]] # ${rows.length}\n`;
  });

const settings = { ...defaultSettings, input: [] };

describe('advice on random networks', () => {
  it('in Flopline YAML', () => {
    fc.assert(
      fc.property(flopline, text => {
        checkAllAdvice('random.net.yaml', text, settings);
      }),
      { numRuns: Number(process.env.FLOPLINE_RUNS ?? 12) },
    );
  });

  it('in Ultralytics YAML', () => {
    fc.assert(
      fc.property(ultralytics, text => {
        checkAllAdvice('random.yaml', text, settings);
      }),
      { numRuns: Number(process.env.FLOPLINE_RUNS ?? 8) },
    );
  });
});
