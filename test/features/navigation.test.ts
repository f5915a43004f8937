// From a place to what it means and back, in every format: what is expected is written as the words of the text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Analysed,
  applyEdits,
  defaultSettings,
  definitionOf,
  fedBy,
  feeding,
  foldings,
  highlights,
  hover,
  layerAt,
  links,
  open,
  prepareRename,
  price,
  type Range,
  referencesTo,
  rename,
  rowNumbers,
  type SymbolNode,
  selectionsAt,
  symbols,
} from '../../server/src/core/index.ts';

const read = (name: string, text: string): Analysed => price(open({ name, text }, defaultSettings)!, defaultSettings)!;

/** The offset of the bar in some words, which occur once without it. */
function offsetOf({ document }: Analysed, words: string): number {
  const plain = words.replace('|', '');
  const { text } = document.source;
  const at = text.indexOf(plain);
  assert.ok(at >= 0 && text.indexOf(plain, at + 1) < 0, `${plain} is there once`);
  return at + words.indexOf('|');
}

/** A place as its 1-based line and its words. */
function shown({ document }: Analysed, { from, to }: Range): string {
  return `${document.lines.lineAt(from) + 1}: ${document.source.text.slice(from, to)}`;
}

const definition = (analysed: Analysed, words: string): string | undefined => {
  const found = definitionOf(analysed, offsetOf(analysed, words));
  return found && shown(analysed, found.at);
};

const references = (analysed: Analysed, words: string, withDefinitions = false): readonly string[] =>
  referencesTo(analysed, offsetOf(analysed, words), withDefinitions).map(range => shown(analysed, range));

function renamed(analysed: Analysed, words: string, name: string): string {
  const result = rename(analysed, offsetOf(analysed, words), name);
  assert.ok(result, 'there is something to rename');
  return 'refused' in result ? result.refused : applyEdits(analysed.document.source.text, result.edits);
}

const yolo = read(
  'model.yaml',
  `nc: 3
backbone:
  - [-1, 1, Conv, [16, 3, 2]] # 0
  - [-1, 1, Conv, [32, 3, 2]] # 1
  - [-1, 1, Conv, [64, 3, 2]] # 2
head:
  - [-1, 1, nn.Upsample, [None, 2, nearest]] # 3
  - [[-1, 1], 1, Concat, [1]] # 4
  - [2, 1, Conv, [64, 1]] # 5
  - [[4, 5], 1, Detect, [nc]] # 6
`,
);

describe('navigation: YOLO', () => {
  it('a number leads to its row, and a row to the numbers that mean it', () => {
    assert.equal(definition(yolo, '[[4, |5]'), '9: [2, 1, Conv, [64, 1]]');
    assert.equal(definition(yolo, '[[-1|, 1]'), '7: [-1, 1, nn.Upsample, [None, 2, nearest]]');
    assert.deepEqual(references(yolo, 'Co|nv, [64, 3'), ['7: -1', '9: 2']);
    assert.deepEqual(references(yolo, '[|2, 1, Conv', true), ['5: [-1, 1, Conv, [64, 3, 2]]', '7: -1', '9: 2']);
  });

  it('the image has no row', () => {
    assert.equal(definition(yolo, '- [-|1, 1, Conv, [16'), undefined);
  });

  it('nc is the key of the file', () => {
    assert.equal(definition(yolo, 'Detect, [n|c]'), '1: nc');
    assert.deepEqual(references(yolo, '|nc: 3'), ['10: nc']);
  });

  it('neither numbers nor keys can be renamed, and the refusal says why', () => {
    assert.match(renamed(yolo, '[[4, |5]', '7'), /number of a row is its position.*Move the row/);
    assert.match(renamed(yolo, 'n|c: 3', 'classes'), /“nc” is a keyword/);
    const prepared = prepareRename(yolo, offsetOf(yolo, '[[4, |5]'));
    assert.ok(prepared && 'refused' in prepared);
    assert.equal(prepareRename(yolo, offsetOf(yolo, 'Up|sample')), undefined);
  });

  it('highlights are there on a reference, and not anywhere in a row', () => {
    const found = highlights(yolo, offsetOf(yolo, '[|2, 1, Conv'))!;
    assert.deepEqual(
      found.map(({ range, writes }) => [yolo.document.lines.lineAt(range.from) + 1, writes]),
      [
        [5, true],
        [7, false],
        [9, false],
      ],
    );
    assert.equal(highlights(yolo, offsetOf(yolo, 'Up|sample')), undefined);
  });

  it('every row has its number in front of it; a setting turns them off', () => {
    const { text } = yolo.document.source;
    const whole = { from: 0, to: text.length };
    assert.deepEqual(
      rowNumbers(yolo, whole).map(({ at, number }) => [number, text.slice(at, at + 3)]),
      ['[-1', '[-1', '[-1', '[-1', '[[-', '[2,', '[[4'].map((start, number) => [number, start]),
    );
    const line = yolo.document.lines.range(8);
    assert.deepEqual(
      rowNumbers(yolo, line).map(({ number }) => number),
      [5],
    );
    const settings = { ...defaultSettings, hints: { ...defaultSettings.hints, rowNumbers: false } };
    assert.deepEqual(rowNumbers({ ...yolo, settings }, whole), []);
  });

  it('a row that cannot be read keeps its number', () => {
    const damaged = read(
      'model.yaml',
      yolo.document.source.text.replace('[-1, 1, Conv, [32, 3, 2]] # 1', '[-1, 1, Co'),
    );
    const whole = { from: 0, to: damaged.document.source.text.length };
    assert.deepEqual(
      rowNumbers(damaged, whole).map(({ number }) => number),
      [0, 1, 2, 3, 4, 5, 6],
    );
  });

  it('the hover on a number says which row it is', () => {
    const found = hover(yolo, offsetOf(yolo, '[[4, |5]'))!;
    assert.equal(shown(yolo, found.range), '10: 5');
    assert.match(found.markdown, /^\*\*row 5\*\* · `Conv` · line 9 · `64×80×80`\n/);
    assert.doesNotMatch(hover(yolo, offsetOf(yolo, '- [-|1, 1, Conv, [16'))!.markdown, /line/);
  });

  it('a layer is fed by what it reads, and feeds who reads it', () => {
    const row = offsetOf(yolo, 'Con|cat');
    assert.equal(layerAt(yolo, row)?.name, 'model.4');
    assert.deepEqual(
      feeding(yolo, row).map(({ name, detail }) => `${name} ${detail}`),
      ['model.1 Conv · 32×160×160', 'model.3 nn.Upsample · 64×160×160'],
    );
    assert.deepEqual(
      fedBy(yolo, offsetOf(yolo, 'Conv, [64, |3')).map(({ name }) => name),
      ['model.3', 'model.5'],
    );
  });
});

const darknet = read(
  'net.cfg',
  `# A net
# of two lines
[net]
width=32
height=32
channels=3

[convolutional]
filters=8
size=3
pad=1
activation=leaky

[convolutional]
filters=8
size=3
pad=1
activation=leaky

[shortcut]
from=-2
activation=linear

[route]
layers = -1, 0
`,
);

describe('navigation: Darknet', () => {
  it('a number leads to its section, and a section to the numbers that mean it', () => {
    assert.equal(definition(darknet, 'layers = -1, |0'), '8: [convolutional]');
    assert.equal(definition(darknet, 'from=|-2'), '8: [convolutional]');
    assert.equal(definition(darknet, 'layers = -|1'), '20: [shortcut]');
    assert.deepEqual(references(darknet, 'from=-|2'), ['21: -2', '25: 0']);
  });

  it('numbers cannot be renamed', () => {
    assert.match(renamed(darknet, 'from=|-2', '-1'), /number of a row is its position/);
  });

  it('sections have the numbers that people count, [net] has none', () => {
    const { text } = darknet.document.source;
    assert.deepEqual(
      rowNumbers(darknet, { from: 0, to: text.length }).map(({ at, number }) => [
        number,
        darknet.document.lines.lineAt(at) + 1,
      ]),
      [
        [0, 8],
        [1, 14],
        [2, 20],
        [3, 24],
      ],
    );
  });

  it('a layer is fed by the one above and by what it names', () => {
    assert.deepEqual(
      feeding(darknet, offsetOf(darknet, '[short|cut]')).map(({ name }) => name),
      ['layer 0', 'layer 1'],
    );
  });

  it('sections and comments fold, a selection grows from a value to the text', () => {
    assert.deepEqual(
      foldings(darknet.document).map(({ first, last, isComment }) => [first + 1, last + 1, isComment]),
      [
        [1, 2, true],
        [3, 6, false],
        [8, 12, false],
        [14, 18, false],
        [20, 22, false],
        [24, 25, false],
      ],
    );
    const offset = offsetOf(darknet, 'layers = -1, |0');
    const grown = selectionsAt(darknet.document, offset).map(({ from, to }) =>
      darknet.document.source.text.slice(from, to).replaceAll('\n', '⏎'),
    );
    assert.deepEqual(grown.slice(0, 4), ['0', '-1, 0', 'layers = -1, 0', '[route]⏎layers = -1, 0']);
    assert.equal(grown.at(-1), darknet.document.source.text.replaceAll('\n', '⏎'));
  });
});

const layer = (name: string, type: string, bottom: string, top: string, rest = ''): string =>
  `layer {\n  name: "${name}" type: "${type}"\n  bottom: "${bottom}" top: "${top}" ${rest}\n}\n`;
const conv = 'convolution_param { num_output: 4 kernel_size: 1 }';
const caffe = read(
  'net.prototxt',
  `input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
${layer('c1', 'Convolution', 'data', 'x', `param { name: "w" } ${conv}`)}${layer('r1', 'ReLU', 'x', 'x')}${layer('p1', 'Pooling', 'x', 'y', 'pooling_param { kernel_size: 2 }')}${layer('c2', 'Convolution', 'data', 'z', `param { name: "w" } ${conv}`)}`,
);

describe('navigation: Caffe', () => {
  const inPlace = ['4: x', '8: x', '8: x', '12: x'];
  it('a bottom leads to the layer whose top it reads, and its references are those of the blob', () => {
    const bottom = offsetOf(caffe, 'bottom: "x|" top: "y"');
    const found = definitionOf(caffe, bottom)!;
    assert.equal(shown(caffe, found.at), '8: x');
    assert.match(caffe.document.source.text.slice(found.whole.from, found.whole.to), /^layer \{\n {2}name: "r1"/);
    assert.equal(definition(caffe, 'bottom: "|x" top: "x"'), '4: x');
    assert.deepEqual(references(caffe, 'bottom: "x|" top: "y"', true), inPlace);
    assert.deepEqual(references(caffe, 'name: "r|1"', true), inPlace);
  });

  it('inputs and shared parameters have definitions', () => {
    assert.deepEqual(references(caffe, '"d|ata" input_shape'), ['4: data', '16: data']);
    const second = caffe.document.source.text.lastIndexOf('"w"') + 1;
    assert.equal(shown(caffe, definitionOf(caffe, second)!.at), '4: w');
  });

  it('a rename takes the whole chain of a blob, and what it would run into is refused', () => {
    const text = renamed(caffe, 'bottom: "x|" top: "y"', 'conv/1');
    assert.equal(text, caffe.document.source.text.replaceAll('"x"', '"conv/1"'));
    const refused = /With the name “y”, this file would be read differently/;
    assert.match(renamed(caffe, 'bottom: "x|" top: "y"', 'y'), refused);
    assert.match(renamed(caffe, 'bottom: "x|" top: "y"', 'a"b'), /read differently/);
    assert.match(renamed(caffe, 'name: "c|1"', 'first'), /name: "first"/);
  });

  it('a blob of both phases is one blob', () => {
    const both = read(
      'net.prototxt',
      `${['TRAIN', 'TEST'].map(phase => `layer { name: "d" type: "Input" top: "data" include { phase: ${phase} } input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }`).join('\n')}
layer { name: "c" type: "Convolution" bottom: "data" top: "c" ${conv} }
`,
    );
    assert.equal(renamed(both, 'bottom: "da|ta"', 'image'), both.document.source.text.replaceAll('"data"', '"image"'));
  });

  it('messages fold but for their last bracket', () => {
    assert.deepEqual(
      foldings(caffe.document).map(({ first, last }) => [first + 1, last + 1]),
      [2, 6, 10, 14].map(line => [line, line + 2]),
    );
  });

  it('a layer in place feeds the next one', () => {
    assert.deepEqual(
      fedBy(caffe, offsetOf(caffe, 'name: "c|1"')).map(({ name }) => name),
      ['r1'],
    );
  });
});

const own = read(
  'net.net.yaml',
  `# See arXiv:1512.03385, doi:10.1109/CVPR.2016.90.
# And https://example.com.
input: {image: [3, 8, 8], mask: [3, 8, 8]}
let:
  wide: 8
blocks:
  narrow(width, stride=1):
    - conv: {out: $(width * 2), kernel: 1, stride: $stride}
    - branches:
        - [relu]
        - [{tanh: , name: t}, {add: , from: [t, -1]}]
  twice(width):
    - narrow: {width: $width}
    - narrow: [$wide]
layers:
  - add: {from: [image, mask], name: sum}
  - chunk: {chunks: 3, name: parts}
  - concat: [parts.0, parts.1, sum]
  - twice: 4
    name: "last"
  - relu: {from: last}
  - {tanh: , from: -2}
output: last
`,
);

describe('navigation: Flopline YAML', () => {
  it('names, parts, numbers, inputs and outputs', () => {
    assert.equal(definition(own, 'parts.|1'), '17: parts');
    assert.equal(definition(own, 'p|arts.1'), '17: parts');
    assert.equal(definition(own, '[im|age, mask]'), '3: image');
    assert.equal(definition(own, 'from: -|2'), '20: last');
    assert.deepEqual(references(own, 'name: "l|ast"'), ['21: last', '22: -2', '23: last']);
    assert.deepEqual(references(own, 'name: t|}'), ['11: t', '11: -1']);
  });

  it('blocks and parameters', () => {
    assert.deepEqual(references(own, 'nar|row(width'), ['13: narrow', '14: narrow']);
    assert.deepEqual(references(own, 'narrow(wi|dth'), ['8: width', '13: width']);
    assert.equal(definition(own, '{width: $wi|dth}'), '12: width');
    assert.equal(definition(own, '$(wid|th * 2)'), '7: width');
    assert.deepEqual(references(own, 'w|ide: 8'), ['14: wide']);
  });

  it('the hover on a name says which row has it', () => {
    assert.match(
      hover(own, offsetOf(own, 'relu: {from: la|st}'))!.markdown,
      /^\*\*last\*\* · `twice` · line 19 · `32×8×8`\n/,
    );
  });

  it('a rename changes every place', () => {
    const { text } = own.document.source;
    assert.equal(
      renamed(own, 'narrow(wi|dth', 'w'),
      text
        .replace('narrow(width', 'narrow(w')
        .replace('$(width * 2)', '$(w * 2)')
        .replace('{width: $width}', '{w: $width}'),
    );
    assert.equal(renamed(own, '- na|rrow: [$wide]', 'slim'), text.replaceAll('narrow', 'slim'));
    assert.equal(
      renamed(own, 'relu: {from: la|st}', 'end'),
      text.replace('"last"', '"end"').replace('from: last', 'from: end').replace('output: last', 'output: end'),
    );
    assert.equal(renamed(own, 'p|arts.1', 'p'), text.replaceAll('parts', 'p'));
  });

  it('what a new name would run into is refused', () => {
    for (const name of ['image', 'previous', 'input', '12', 'true', 'a b: c', '-1', ''])
      assert.match(renamed(own, 'relu: {from: la|st}', name), /read differently/, name);
    assert.match(renamed(own, 'narrow(wi|dth', 'stride'), /read differently/);
    // Sizes have names, and a parameter would hide them; blocks cannot be called like an operator.
    assert.match(renamed(own, '- na|rrow: [$wide]', 'conv'), /read differently/);
    assert.match(renamed(own, 'in|put: {', 'inputs'), /“input” is a keyword/);
  });

  it('rows, lists, blocks and comments fold', () => {
    assert.deepEqual(
      foldings(own.document).map(({ first, last, isComment }) => [first + 1, last + 1, isComment]),
      [
        [1, 2, true],
        [4, 5, false],
        [6, 14, false],
        [7, 11, false],
        [9, 11, false],
        [12, 14, false],
        [15, 22, false],
        [19, 20, false],
      ],
    );
  });

  it('a selection grows from a value to its row, its list and the text', () => {
    const { text } = own.document.source;
    const grown = selectionsAt(own.document, offsetOf(own, 'chunk: {chunks: |3')).map(({ from, to }) =>
      text.slice(from, to),
    );
    assert.deepEqual(grown.slice(0, 4), [
      '3',
      'chunks: 3',
      '{chunks: 3, name: parts}',
      'chunk: {chunks: 3, name: parts}',
    ]);
    assert.equal(grown.at(-1), text);
    assert.match(grown.at(-3)!, /^layers:/);
  });

  it('links lead to papers', () => {
    assert.deepEqual(
      links(own.document).map(({ range, url }) => [shown(own, range), url]),
      [
        ['1: arXiv:1512.03385', 'https://arxiv.org/abs/1512.03385'],
        ['1: doi:10.1109/CVPR.2016.90', 'https://doi.org/10.1109/CVPR.2016.90'],
      ],
    );
  });

  it('the outline has the rows of a block once, inside it, and paths by what they do', () => {
    const [network] = symbols(own);
    const names = ({ name, children }: SymbolNode): unknown =>
      children.length > 0 ? [name, children.map(names)] : name;
    assert.deepEqual(network!.children.slice(0, 2).map(names), [
      ['twice', ['narrow.0', 'narrow.1']],
      ['narrow', ['conv.0', ['branches.1', ['relu.0', ['tanh → add', ['t', 'add.1']]]]]],
    ]);
    const check = ({ range, selection, children }: SymbolNode): void => {
      assert.ok(selection.from >= range.from && selection.to <= range.to);
      for (const child of children) {
        assert.ok(child.range.from >= range.from && child.range.to <= range.to, child.name);
        check(child);
      }
    };
    check(network!);
  });

  it('inside a block, a row is fed by the rows of the block, and at its edge by the uses’ inputs', () => {
    assert.deepEqual(
      feeding(own, offsetOf(own, 'br|anches:')).map(({ name }) => name),
      ['conv.0'],
    );
    const first = feeding(own, offsetOf(own, '- conv|: {out: $(width'));
    assert.deepEqual(
      first.map(({ name }) => name),
      ['narrow.0', 'concat.2'],
    );
  });
});
