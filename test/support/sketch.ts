// A tiny format for tests of features: one row per line, built directly with the builder, so no real format is needed.
//
//   input 3 32 32            the network's input (without it, sizes are unknown)
//   scales n s               members of a family; `s` doubles every width
//   c1 = conv 16 3 2         out, kernel, stride (padding keeps the size)
//   b1 = branch 16           a 1×1 convolution of the network's input
//   f1 = linear 10
//   a1 = relu
//   j = add c1 c2
//   m1 = mystery             an unknown module
//   k = compose 16           a composite: a module cv1, a module cv2 and an add, without sites inside
//   block b                  a definition; its rows are indented
//     x = conv 8 3
//   u = use b
//   out c1 f1                what the network returns; without it, the last row's output

import type { Format, ReadOptions, Spec } from '../../server/src/core/formats/format.ts';
import { Builder } from '../../server/src/core/graph/builder.ts';
import { definition, type Tensor, use } from '../../server/src/core/graph/graph.ts';
import { add } from '../../server/src/core/ops/add.ts';
import { batchNorm } from '../../server/src/core/ops/batchNorm.ts';
import { conv } from '../../server/src/core/ops/conv.ts';
import { flatten } from '../../server/src/core/ops/flatten.ts';
import { linear } from '../../server/src/core/ops/linear.ts';
import { relu } from '../../server/src/core/ops/relu.ts';
import { type Analysed, price } from '../../server/src/core/pipeline.ts';
import { defaultSettings, type Settings } from '../../server/src/core/settings/index.ts';
import { Lines } from '../../server/src/core/text/lines.ts';
import { readPragmas } from '../../server/src/core/text/pragma.ts';
import type { Range } from '../../server/src/core/text/range.ts';

/** Analyzes a sketch. */
export function sketch(
  text: string,
  settings: Partial<Settings> = {},
  options: { readonly native?: boolean } = {},
): Analysed {
  const lines = new Lines(text);
  const source = { name: 'net.sketch', text };
  const format: Format = {
    id: 'sketch',
    label: 'Sketch',
    choices: {},
    languages: [],
    itemName: index => `row ${index}`,
    items: 'rows',
    shapeOrder: 'chw',
    namedInputs: true,
    recognises: () => true,
    open: () => ({ problems: [], read: read => specOf(lines, read, options.native ?? false) }),
  };
  const document = {
    source,
    lines,
    format,
    pragmas: readPragmas(text, lines),
    reader: format.open(source),
    problems: [],
  };
  return price(document, { ...defaultSettings, ...settings })!;
}

/** The range of the nth occurrence of some words. */
export function rangeOf(text: string, words: string, nth = 0): Range {
  let from = text.indexOf(words);
  for (let index = 0; index < nth; index++) from = text.indexOf(words, from + 1);
  if (from < 0) throw new Error(`no “${words}” in the text`);
  return { from, to: from + words.length };
}

interface Row {
  readonly label: string;
  readonly verb: string;
  readonly args: readonly string[];
  readonly range: Range;
  readonly argRanges: readonly Range[];
}

function specOf(lines: Lines, options: ReadOptions, native: boolean): Spec {
  const b = new Builder();
  const rows: Row[] = [];
  const blocks = new Map<string, { readonly range: Range; readonly rows: Row[] }>();
  const variants: { name: string; range: Range }[] = [];
  let inputSizes: readonly number[] | undefined;
  let outputs: string[] | undefined;
  let open: { readonly range: Range; readonly rows: Row[] } | undefined;
  for (let line = 0; line < lines.count; line++) {
    const whole = lines.textOf(line).replace(/#.*/, '').trimEnd();
    const words = [...whole.matchAll(/\S+/g)].map(match => ({
      text: match[0],
      range: { from: lines.start(line) + match.index, to: lines.start(line) + match.index + match[0].length },
    }));
    const [first] = words;
    if (!first) continue;
    const range = { from: first.range.from, to: lines.start(line) + whole.length };
    if (!whole.startsWith(' ')) open = undefined;
    if (first.text === 'input') inputSizes = words.slice(1).map(word => Number(word.text));
    else if (first.text === 'scales')
      variants.push(...words.slice(1).map(word => ({ name: word.text, range: word.range })));
    else if (first.text === 'out') outputs = words.slice(1).map(word => word.text);
    else if (first.text === 'block') {
      open = { range, rows: [] };
      blocks.set(words[1]!.text, open);
    } else {
      const row = {
        label: first.text,
        verb: words[2]!.text,
        args: words.slice(3).map(word => word.text),
        range,
        argRanges: words.slice(3).map(word => word.range),
      };
      (open?.rows ?? rows).push(row);
    }
  }
  const scale = options.scale ?? variants[0]?.name;
  const width = scale === 's' ? 2 : 1;
  const set = options.input?.[0]?.sizes ?? inputSizes;
  const image = set ? [1, ...set] : [1, 3, Number.NaN, Number.NaN];
  const named = new Map<string, Tensor>();
  const network = b.input('image', image, set ? undefined : 'input size unknown');
  let x = network;

  const convolve = (from: Tensor, out: number, kernel: number, stride: number): Tensor =>
    b.add(
      conv,
      {
        out: out * width,
        kernel: [kernel, kernel],
        stride: [stride, stride],
        padding: [(kernel - 1) / 2, (kernel - 1) / 2],
        dilation: [1, 1],
        groups: 1,
        bias: true,
      },
      from,
    );
  const body = (row: Row, from: Tensor): Tensor => {
    const numbers = row.args.map(Number);
    switch (row.verb) {
      case 'conv':
        return convolve(from, numbers[0]!, numbers[1] ?? 1, numbers[2] ?? 1);
      case 'branch':
        return convolve(network, numbers[0]!, 1, 1);
      case 'linear':
        return b.add(linear, { out: numbers[0]!, bias: true }, from);
      case 'flatten':
        return b.add(flatten, { start: 1, end: -1 }, from);
      case 'relu':
        return b.add(relu, {}, from);
      case 'norm':
        return b.add(batchNorm, { affine: true }, from);
      case 'add':
        return b.add(
          add,
          {},
          row.args.map(name => named.get(name) ?? from),
        );
      case 'compose': {
        const one = b.within({ label: 'cv1', type: 'Conv' }, () => convolve(from, numbers[0]!, 3, 1));
        const two = b.within({ label: 'm.0', type: 'Conv' }, () => convolve(one, numbers[0]!, 1, 1));
        const three = b.within({ label: 'm.1', type: 'Conv' }, () => convolve(two, numbers[0]!, 1, 1));
        return b.add(add, {}, [one, three]);
      }
      case 'use': {
        let inner = from;
        for (const own of blocks.get(row.args[0]!)!.rows) inner = run(own, inner);
        return inner;
      }
      default:
        return b.unknown(
          { message: `The module “${row.verb}” is not known.`, short: `The module “${row.verb}” is not known` },
          [from],
        );
    }
  };
  const run = (row: Row, from: Tensor): Tensor => {
    const block = row.verb === 'use' ? blocks.get(row.args[0]!)!.range : undefined;
    return b.within(
      {
        label: row.label,
        type: row.verb === 'use' ? row.args[0]! : row.verb,
        summary: row.verb === 'compose' ? 'Two convolutions and a shortcut.' : undefined,
        sites: block ? [use(row.range), definition(block)] : [use(row.range)],
        notes: () =>
          row.argRanges.map((range, index) => ({ range, text: `Argument ${index + 1} of \`${row.verb}\`.` })),
      },
      () => body(row, from),
    );
  };
  for (const row of rows) {
    x = run(row, x);
    named.set(row.label, x);
  }
  const graph = b.finish(outputs ? outputs.flatMap(name => named.get(name) ?? []) : [x]);
  return {
    model: 'sketch',
    graph,
    problems: b.problems,
    head: { from: 0, to: lines.end(0) },
    variants,
    variant: scale,
    ...(native
      ? {
          native: {
            convention: 'ultralytics',
            label: 'GFLOPs',
            unit: 1e9,
            by: 'Ultralytics',
            caveat: 'It counts 2 per MAC, and 8 per batch-norm element.',
            releases: () => [
              { counter: 'ultralytics', attempts: () => [[{ input: [{ sizes: [3, 64, 64] }], factor: 1 }]] },
            ],
          },
        }
      : {}),
  };
}
