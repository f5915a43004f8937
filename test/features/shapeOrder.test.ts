// Shapes are shown in the order in which a text writes its input, or in that of the setting; reports are N, C, H, W.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultSettings,
  hints,
  hover,
  lenses,
  open,
  price,
  problems,
  report,
  type Settings,
} from '../../server/src/core/index.ts';

type Order = Settings['shapeOrder'];

const yolo = `nc: 2
backbone:
  - [-1, 1, Conv, [16, 3, 2]]
  - [-1, 1, Conv, [24, 3, 2]]
head:
  - [[-1, 0], 1, Concat, [1]]
`;
const own = `input: [3, 40, 20]
layers:
  - conv: {out: 8, kernel: 1, name: a}
  - conv: {out: 8, kernel: 3, stride: 2, padding: same, name: b}
  - add: [a, b]
  - conv: {out: 4, kernel: [50, 3], from: a}
`;
const darknet = `[net]
width=20
height=40
channels=3

[convolutional]
filters=8
size=1

[convolutional]
filters=8
size=30

[convolutional]
filters=8
size=1
stride=2

[route]
layers=0,-1
`;
const caffe = `name: "x"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 40 dim: 20 } } }
layer { name: "big" type: "Convolution" bottom: "data" top: "big" convolution_param { num_output: 8 kernel_size: 30 } }
`;

/** What is said of a text in an order: the first hint, what is hovered, the lens and the problems. */
function checkOrder(
  name: string,
  text: string,
  shapeOrder: Order,
  expected: {
    readonly hint: string;
    readonly hover: readonly [words: string, shape: string];
    readonly lens: string;
    readonly problems: readonly RegExp[];
  },
): void {
  // The same reader serves all orders: what it has built is not worded for another one.
  const document = open({ name, text }, defaultSettings)!;
  for (const order of ['hwc', shapeOrder, 'chw', shapeOrder] as const) {
    const analysed = price(document, { ...defaultSettings, shapeOrder: order })!;
    if (order !== shapeOrder) continue;
    const [first] = hints(analysed, { from: 0, to: text.length });
    assert.ok(first?.label.includes(expected.hint), first?.label);
    const [words, shape] = expected.hover;
    const shown = hover(analysed, text.indexOf(words))?.markdown;
    assert.ok(shown?.includes(shape), shown);
    assert.match(lenses(analysed)[0]!.title, new RegExp(`input ${expected.lens}`));
    const found = problems(analysed).map(({ message }) => message);
    for (const message of expected.problems)
      assert.ok(
        found.some(each => message.test(each)),
        found.join('\n'),
      );
    assert.deepEqual(report(analysed).layers[0]!.outputs[0]!.length, 4);
    assert.ok((report(analysed).layers[0]!.outputs[0]![1] ?? 0) <= 16, 'a report is N, C, H, W');
  }
}

test('of the file, unless a setting says otherwise: YOLO', () => {
  checkOrder('net.yaml', yolo, 'auto', {
    hint: '16×320×320',
    hover: ['0], 1, Concat', '`16×320×320`'],
    lens: '3×640×640',
    problems: [/Input 1 \(1×24×160×160\) and input 2 \(1×16×320×320\) cannot .* along axis 1: they differ on axis 2/],
  });
  checkOrder('net.yaml', yolo, 'hwc', {
    hint: '320×320×16',
    hover: ['0], 1, Concat', '`320×320×16`'],
    lens: '640×640×3',
    problems: [
      /Input 1 \(160×160×24\) and input 2 \(320×320×16\) cannot .* along the channels: they differ in height \(160 and 320\)/,
    ],
  });
});

test('of the file, unless a setting says otherwise: Flopline YAML', () => {
  checkOrder('x.net.yaml', own, 'auto', {
    hint: '8×40×20',
    hover: ['conv:', '`3×40×20` → `8×40×20`'],
    lens: '3×40×20',
    problems: [/\(1×8×40×20\) and input 2 \(1×8×20×10\) do not match on axis 2/, /kernel \(50×3\) .* input \(40×20\)/],
  });
  checkOrder('x.net.yaml', own, 'whc', {
    hint: '20×40×8',
    hover: ['conv:', '`20×40×3` → `20×40×8`'],
    lens: '20×40×3',
    problems: [/\(20×40×8\) and input 2 \(10×20×8\) do not match in height/, /kernel \(3×50\) .* input \(20×40\)/],
  });
});

test('of the file, unless a setting says otherwise: Darknet', () => {
  checkOrder('x.cfg', darknet, 'auto', {
    hint: '20×40×3',
    hover: ['[convolutional]', '`20×40×3` → `20×40×8`'],
    lens: '20×40×3',
    problems: [/kernel \(30×30\) is larger than its input \(20×40\)/],
  });
  checkOrder('x.cfg', darknet, 'chw', {
    hint: '3×40×20',
    hover: ['[convolutional]', '`3×40×20` → `8×40×20`'],
    lens: '3×40×20',
    problems: [/kernel \(30×30\) is larger than its input \(40×20\)/],
  });
});

test('of the file, unless a setting says otherwise: Caffe', () => {
  checkOrder('x.prototxt', caffe, 'auto', {
    hint: '3×40×20',
    hover: ['"data" top: "big"', '`3×40×20`'],
    lens: '3×40×20',
    problems: [/kernel \(30×30\) is larger than its input \(40×20\)/],
  });
  checkOrder('x.prototxt', caffe, 'whc', {
    hint: '20×40×3',
    hover: ['"data" top: "big"', '`20×40×3`'],
    lens: '20×40×3',
    problems: [/kernel \(30×30\) is larger than its input \(20×40\)/],
  });
});
