import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Analysed,
  type Document,
  defaultSettings,
  open,
  price,
  problems,
  report,
} from '../../../server/src/core/index.ts';
import { checkEdits, checkHeld } from '../../support/edits.ts';

const seen = (analysed: Analysed): unknown => [report(analysed), problems(analysed)];

const start = `# a comment
[net]
width=64
height=64
channels=3

# 0
[convolutional]
batch_normalize=1
filters=16
size=3
stride=2
pad=1
activation=leaky

[convolutional]
filters=16
size=3
pad=1
activation=silu

[shortcut]
from=-2
activation=linear

[maxpool]
size=2
stride=2
antialiasing=1

[upsample]
stride=2

[route]
layers = -1, 0

[convolutional]
filters=21
size=1
activation=linear

[yolo]
mask = 0,1,2
anchors = 10,14, 23,27, 37,58
classes=2
num=3
`;

const pieces = [
  ...['1', '2', '3', '32', '-1', '-2', '0', ',', '=', '#', ' ', '', '\n', 'leaky', 'silu', 'x', ']', '\r\n'],
  ...['share_index=0\n', 'hidden=2\n', 'alpha=1\n', '[', '[net]\n', '=[route]\n'],
  '\n[convolutional]\nfilters=16\n',
  '\n[deconvolutional]\nfilters=16\n',
  '\n[avgpool][softmax]\n',
  '\nconvolutional]\nsize=3\n',
  '\n[connected]\noutput=10\n',
  '\n[route]\nlayers=-1,-3\n',
  '\n[shortcut]\nfrom=0\n',
  '\n[reorg]\nstride=2\n',
  '\n[implicit]\n',
  '\n[rnn]\noutput=4\n',
];

test('a sequence of edits costs what a fresh reading costs', () => checkEdits('own.cfg', start, pieces, 120));

// What a section reads of the one above beside its shape.
const facts: Readonly<Record<string, readonly [text: string, from: string, to: string]>> = {
  'whether it is an image': [
    '[net]\ninputs=10\n[connected]\noutput=10\n[dropout]\n[convolutional]\nfilters=4\n',
    '[connected]\noutput=10\n',
    '[softmax]\n',
  ],
  'how many numbers it has': [
    '[net]\nwidth=8\nheight=8\nchannels=3\ninputs=192\n[dropout]\n[connected]\noutput=10\n',
    'inputs=192',
    'inputs=100',
  ],
  'by how much the network has shrunk': [
    '[net]\nwidth=66\nheight=66\nchannels=3\n[maxpool]\nsize=3\npadding=0\nstride=1\n[convolutional]\nfilters=21\nstride=4\n[yolo]\nclasses=2\nmask=0,1,2\nnum=3\n',
    '[maxpool]\nsize=3\npadding=0\nstride=1\n',
    '[crop]\ncrop_width=64\ncrop_height=64\n',
  ],
};

for (const [fact, [text, from, to]] of Object.entries(facts)) {
  test(`a section is built again when the one above differs in ${fact}`, () => {
    const changed = text.replace(from, to);
    const document = open({ name: 'x.cfg', text }, defaultSettings)!;
    const before = seen(price(document, defaultSettings)!);
    const after = seen(price(open({ name: 'x.cfg', text: changed }, defaultSettings, document)!, defaultSettings)!);
    assert.deepEqual(after, seen(price(open({ name: 'x.cfg', text: changed }, defaultSettings)!, defaultSettings)!));
    assert.notDeepEqual(after, before);
  });
}

test('an edit builds the section that was edited, and those below only as far as they read something else', () => {
  const built = (text: string, earlier?: Document): [Document, Set<unknown>] => {
    const document = open({ name: 'x.cfg', text }, defaultSettings, earlier)!;
    const { rows } = price(document, defaultSettings)!.model.graph;
    return [document, new Set(Array.from({ length: rows.length }, (_, row) => rows.segment(row)))];
  };
  const [document, before] = built(start);
  const changes: readonly [from: string, to: string, built: number][] = [
    ['activation=leaky', 'activation=mish', 1],
    ['# a comment', '# another comment', 0],
    ['[upsample]', '[dropout]\n[upsample]', 1],
    // The layer itself, the convolution and the shortcut below it, the route that names it and the convolution below that.
    ['filters=16', 'filters=24', 5],
  ];
  for (const [from, to, count] of changes) {
    const [, after] = built(start.replace(from, to), document);
    assert.equal([...after].filter(segment => !before.has(segment)).length, count, to);
  }
});

test('what is held over a thousand edits still says what it said', () => checkHeld('own.cfg', start, pieces));
