// Random networks in the manners in which people write prototxt: every fix that is offered is applied alone and checked.
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultSettings } from '../../../server/src/core/index.ts';
import { checkAllAdvice } from '../../support/advice.ts';

type Value = string | number | Fields;
type Fields = readonly (readonly [string, Value])[];

/** How a file is written. */
interface Style {
  readonly old: boolean;
  readonly oneLine: boolean;
  readonly shortMessages: boolean;
  readonly quote: string;
  readonly colon: string;
  readonly apart: boolean;
  readonly indent: string;
  readonly newline: string;
  readonly comments: boolean;
}

const style: fc.Arbitrary<Style> = fc.record({
  old: fc.constantFrom(false, false, true),
  oneLine: fc.constantFrom(false, false, false, true),
  shortMessages: fc.boolean(),
  quote: fc.constantFrom('"', '"', "'"),
  colon: fc.constantFrom(': ', ': ', ':'),
  apart: fc.boolean(),
  indent: fc.constantFrom('  ', '    ', '\t'),
  newline: fc.constantFrom('\n', '\n', '\r\n'),
  comments: fc.boolean(),
});

/** A piece of a network behind a blob. */
type Piece =
  | {
      readonly kind: 'conv';
      readonly out: number;
      readonly kernel: readonly [number, number];
      readonly sides: boolean;
      readonly same: boolean;
      readonly stride: number;
      readonly bias: boolean;
      readonly fillers: boolean;
      readonly rates: boolean;
      readonly shared: boolean;
      readonly norm: 'none' | 'in place' | 'apart';
      readonly act: 'none' | 'in place' | 'apart';
      readonly depthwise: boolean;
    }
  | { readonly kind: 'pool'; readonly average: boolean }
  | { readonly kind: 'sum' | 'concat'; readonly back: number }
  | { readonly kind: 'drop' | 'train' | 'transition' };

const conv = fc.record({
  kind: fc.constant('conv' as const),
  out: fc.constantFrom(8, 16, 24, 32, 48, 64),
  kernel: fc.constantFrom([1, 1], [3, 3], [5, 5], [7, 7], [1, 3], [3, 5]) as fc.Arbitrary<readonly [number, number]>,
  sides: fc.boolean(),
  same: fc.constantFrom(true, true, true, false),
  stride: fc.constantFrom(1, 1, 1, 2),
  bias: fc.boolean(),
  fillers: fc.boolean(),
  rates: fc.boolean(),
  shared: fc.constantFrom(false, false, false, false, false, true),
  norm: fc.constantFrom('none', 'in place', 'apart') as fc.Arbitrary<'none' | 'in place' | 'apart'>,
  act: fc.constantFrom('none', 'in place', 'in place', 'apart') as fc.Arbitrary<'none' | 'in place' | 'apart'>,
  depthwise: fc.constantFrom(false, false, false, true),
});

const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 6, arbitrary: conv },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pool' as const), average: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('sum' as const, 'concat' as const), back: fc.nat(4) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('drop' as const, 'train' as const, 'transition' as const) }),
  },
);

const network = fc
  .record({
    style,
    pieces: fc.array(piece, { minLength: 1, maxLength: 7 }),
    head: fc.constantFrom('none', 'linear', 'two', 'vgg', 'flatten', 'dropout'),
    slashes: fc.boolean(),
  })
  .map(({ style: how, pieces, head, slashes }) => write(how, build(how, pieces, head, slashes)));

const halving: Fields = [
  ['pool', 'AVE'],
  ['kernel_size', 2],
  ['stride', 2],
];

const pointwise = (out: number): Fields => [
  ['num_output', out],
  ['kernel_size', 1],
];

function build(how: Style, pieces: readonly Piece[], head: string, slashes: boolean): Fields[] {
  const layers: Fields[] = [];
  let top = 'data';
  // Blobs with their shapes, as far as sums and concatenations must know them.
  const blobs: { readonly name: string; readonly shape: string; readonly place: string }[] = [];
  let [channels, size] = [16, [20, 20] as number[]];
  const add = (name: string, type: string, bottoms: readonly string[], out: string, more: Fields = []): void => {
    const quoted = (text: string): string => how.quote + text + how.quote;
    layers.push([
      ['name', quoted(name)],
      ['type', how.old ? type.replace('Product', '_Product').toUpperCase() : quoted(type)],
      ...bottoms.map((bottom): [string, string] => ['bottom', quoted(bottom)]),
      ['top', quoted(out)],
      ...more,
    ]);
    top = out;
  };
  const note = (): void => {
    blobs.push({ name: top, shape: [channels, ...size].join(), place: size.join() });
  };
  pieces.forEach((each, index) => {
    const name = slashes ? `stage${index}/main` : `conv${index}`;
    switch (each.kind) {
      case 'conv': {
        const pad = each.same ? each.kernel.map(length => (length - 1) / 2) : [0, 0];
        const next = size.map((length, axis) =>
          Math.floor((length + 2 * pad[axis]! - each.kernel[axis]!) / each.stride + 1),
        );
        if (next.some(length => length < 1)) return;
        const out = each.depthwise ? channels : each.out;
        const fields: (readonly [string, Value])[] = [['num_output', out]];
        if (!each.bias) fields.push(['bias_term', 'false']);
        const isSquare = each.kernel[0] === each.kernel[1] && !each.sides;
        if (isSquare) {
          if (each.same && pad[0]! > 0) fields.push(['pad', pad[0]!]);
          fields.push(['kernel_size', each.kernel[0]]);
        } else {
          if (each.same) fields.push(['pad_h', pad[0]!], ['pad_w', pad[1]!]);
          fields.push(['kernel_h', each.kernel[0]], ['kernel_w', each.kernel[1]]);
        }
        if (each.depthwise) fields.push(['group', channels]);
        if (each.stride > 1) fields.push(['stride', each.stride]);
        if (each.fillers) fields.push(['weight_filler', [['type', `${how.quote}msra${how.quote}`]]]);
        const rates: (readonly [string, Value])[] = [];
        if (each.rates && how.old) rates.push(['blobs_lr', 1], ...(each.bias ? [['blobs_lr', 2] as const] : []));
        else if (each.rates || (each.shared && !how.old)) {
          const own = each.shared ? ([['name', `${how.quote}w${out}${how.quote}`]] as const) : [];
          rates.push(['param', [...own, ['lr_mult', 1]]]);
          if (each.bias) rates.push(['param', [['lr_mult', 2]]]);
        }
        add(name, 'Convolution', [top], name, [...rates, ['convolution_param', fields]]);
        [channels, size] = [out, next];
        if (each.norm !== 'none' && !how.old) {
          const normed = each.norm === 'in place' ? top : `${name}/bn`;
          add(`${name}/bn`, 'BatchNorm', [top], normed, [['batch_norm_param', [['use_global_stats', 'true']]]]);
          add(`scale_${name}`, 'Scale', [top], top, [['scale_param', [['bias_term', 'true']]]]);
        }
        if (each.act !== 'none') add(`relu${index}`, 'ReLU', [top], each.act === 'in place' ? top : `relu${index}`);
        break;
      }
      case 'pool': {
        if (size.some(length => length < 2)) return;
        const pooling = each.average ? halving : [['pool', 'MAX'] as const, ...halving.slice(1)];
        add(`pool${index}`, 'Pooling', [top], `pool${index}`, [['pooling_param', pooling]]);
        size = size.map(length => Math.ceil((length - 2) / 2) + 1);
        break;
      }
      case 'sum':
      case 'concat': {
        const isSum = each.kind === 'sum';
        const own = [channels, ...size].join();
        const fitting = blobs.filter(
          other => other.name !== top && (isSum ? other.shape === own : other.place === size.join()),
        );
        const other = fitting[each.back % Math.max(1, fitting.length)];
        if (!other) return;
        add(`join${index}`, isSum ? 'Eltwise' : 'Concat', [other.name, top], `join${index}`);
        if (!isSum) channels += Number(other.shape.split(',')[0]);
        break;
      }
      case 'drop':
        add(`drop${index}`, 'Dropout', [top], top, [['dropout_param', [['dropout_ratio', 0.5]]]]);
        break;
      case 'train':
        add(`drop${index}`, 'Dropout', [top], top, [['include', [['phase', 'TRAIN']]]]);
        break;
      case 'transition':
        // As between the blocks of DenseNet.
        if (size.some(length => length < 2)) return;
        add(name, 'Convolution', [top], name, [['convolution_param', pointwise(channels)]]);
        add(`pool${index}`, 'Pooling', [top], `pool${index}`, [['pooling_param', halving]]);
        size = size.map(length => Math.ceil((length - 2) / 2) + 1);
    }
    note();
  });
  const linear = (name: string, out: number): void =>
    add(name, 'InnerProduct', [top], name, [['inner_product_param', [['num_output', out]]]]);
  if (head === 'flatten') add('flat', 'Flatten', [top], 'flat');
  if (head === 'dropout') add('dropped', 'Dropout', [top], top);
  if (head === 'vgg') {
    linear('fc6', 64);
    add('relu6', 'ReLU', ['fc6'], 'fc6');
    add('drop6', 'Dropout', ['fc6'], 'fc6', [['include', [['phase', 'TRAIN']]]]);
  }
  if (head === 'two') linear('fc7', 48);
  if (head !== 'none') linear('fc8', 10);
  return layers;
}

function write(how: Style, layers: readonly Fields[]): string {
  const { newline, indent, colon } = how;
  const message = (fields: Fields, depth: number, short: boolean): string => {
    if (short) return `{ ${fields.map(([name, value]) => field(name, value, depth, true)).join(' ')} }`;
    const margin = newline + indent.repeat(depth + 1);
    return `{${fields.map(([name, value]) => margin + field(name, value, depth + 1, false)).join('')}${newline}${indent.repeat(depth)}}`;
  };
  const field = (name: string, value: Value, depth: number, short: boolean): string => {
    if (typeof value === 'string' || typeof value === 'number') {
      const comment = how.comments && !short && (value === 3 || name === 'bias_term') ? `  # a ${name}` : '';
      return `${name}${colon}${value}${comment}`;
    }
    return `${name} ${message(value, depth, short || how.shortMessages)}`;
  };
  const word = how.old ? 'layers' : 'layer';
  const blocks = layers.map((fields, index) => {
    const above = how.comments && index % 2 === 0 ? `# Layer ${index} of them${newline}` : '';
    const behind = how.comments && index % 3 === 0 ? ' # its end' : '';
    return `${above}${word} ${message(fields, 0, how.oneLine)}${behind}`;
  });
  const head = ['name: "random" # any', 'input: "data"', 'input_shape { dim: 1 dim: 16 dim: 20 dim: 20 }', ''];
  return head.join(newline) + blocks.join(how.apart ? newline + newline : newline) + newline;
}

const settings = { ...defaultSettings, input: [] };

describe('advice on random prototxt', () => {
  it('every fix keeps what it must', () => {
    fc.assert(
      fc.property(network, text => {
        checkAllAdvice('random.prototxt', text, settings);
      }),
      { numRuns: Number(process.env.FLOPLINE_RUNS ?? 15) },
    );
  });
});
