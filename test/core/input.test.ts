// What an input size means for a network, in every spelling, and what is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Analysed, defaultSettings, open, price, textOf, withChoice } from '../../server/src/core/index.ts';

const conv = '  - conv: {out: 4, kernel: 1}\n';
const caffeInput = (name: string, ...dims: number[]): string =>
  `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { ${dims.map(dim => `dim: ${dim}`).join(' ')} } } }\n`;

/** [file name, text] by what their input is. */
const networks = {
  image: ['a.net.yaml', `input: [3, 64, 48]\nlayers:\n${conv}`],
  gray: ['a.net.yaml', `input: [1, 28, 28]\nlayers:\n${conv}`],
  vector: ['a.net.yaml', 'input: [784]\nlayers:\n  - linear: 10\n'],
  sequence: ['a.net.yaml', 'input: [64, 100]\nlayers:\n  - conv: {out: 4, kernel: 1}\n'],
  volume: ['a.net.yaml', `input: [1, 16, 32, 32]\nlayers:\n${conv}`],
  pair: [
    'a.net.yaml',
    'input:\n  image: [3, 64, 64]\n  state: [16]\nlayers:\n  - conv: {out: 4, kernel: 1, from: image}\n',
  ],
  unknown: ['a.net.yaml', `layers:\n${conv}`],
  yolo: ['a.yaml', 'nc: 2\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\nhead:\n  - [-1, 1, Classify, [nc]]\n'],
  yolo4: ['a.yaml', 'nc: 2\nch: 4\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\nhead:\n  - [-1, 1, Classify, [nc]]\n'],
  darknet: ['a.cfg', '[net]\nwidth=64\nheight=32\nchannels=3\n\n[maxpool]\nsize=2\nstride=2\n'],
  darknetVector: ['a.cfg', '[net]\ninputs=256\n\n[connected]\noutput=10\nactivation=linear\n'],
  caffe: [
    'a.prototxt',
    `${caffeInput('data', 10, 3, 64, 64)}layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n`,
  ],
  caffeVector: [
    'a.prototxt',
    `${caffeInput('data', 10, 256)}layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n`,
  ],
  caffeMany: [
    'a.prototxt',
    `${caffeInput('data', 1, 3, 64, 64)}${caffeInput('rois', 300, 5)}layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n`,
  ],
  caffeData: [
    'a.prototxt',
    'layer { name: "d" type: "Data" top: "data" transform_param { mean_value: 1 mean_value: 2 mean_value: 3 } }\nlayer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n',
  ],
} as const;
type Network = keyof typeof networks;

function read(network: Network, input?: string): Analysed {
  const [name, text] = networks[network];
  const analysed = price(open({ name, text }, defaultSettings)!, defaultSettings)!;
  return input === undefined ? analysed : withChoice(analysed, 'input', input);
}

const shapes = ({ model }: Analysed): string =>
  model.graph.inputs.map(({ tensor: { shape } }) => shape?.join('×') ?? '?').join(' ');
const refusals = ({ problems }: Analysed): string[] =>
  problems.filter(({ code }) => code === 'wrong-setting').map(textOf);

describe('an input size', () => {
  const fits: readonly (readonly [Network, written: string, shape: string])[] = [
    ['image', '320', '1×3×320×320'],
    ['image', '320x320', '1×3×320×320'],
    ['image', '320×320', '1×3×320×320'],
    ['image', '320,320', '1×3×320×320'],
    ['image', '3,320,320', '1×3×320×320'],
    ['image', '3x320x320', '1×3×320×320'],
    ['image', '[3, 320, 320]', '1×3×320×320'],
    ['image', ' 320 x 640 ', '1×3×320×640'],
    ['image', '320,640', '1×3×320×640'],
    ['image', '5,320,320', '1×5×320×320'],
    ['image', 'input=320', '1×3×320×320'],
    ['image', 'input=3,320,320', '1×3×320×320'],
    ['image', 'input=1,3,320,320', '1×3×320×320'],
    ['image', 'input=8,3,320,320', '1×3×320×320'],
    ['image', '', '1×3×64×48'],
    ['gray', '320', '1×1×320×320'],
    ['gray', '1,14,14', '1×1×14×14'],
    ['vector', '100', '1×100'],
    ['vector', 'input=1,100', '1×100'],
    ['vector', 'input=100', '1×100'],
    ['sequence', '64,50', '1×64×50'],
    ['sequence', 'input=1,64,50', '1×64×50'],
    ['volume', '1,8,16,16', '1×1×8×16×16'],
    ['pair', 'image=320', '1×3×320×320 1×16'],
    ['pair', 'image=3,32,32;state=8', '1×3×32×32 1×8'],
    ['pair', 'state=1,8', '1×3×64×64 1×8'],
    ['unknown', '3,320,320', '1×3×320×320'],
    ['unknown', '320', '1×320'],
    ['yolo', '320', '1×3×320×320'],
    ['yolo', '320x640', '1×3×320×640'],
    ['yolo', '3,320,320', '1×3×320×320'],
    ['yolo', 'images=2,3,320,320', '1×3×320×320'],
    ['yolo4', '320', '1×4×320×320'],
    ['darknet', '320', '1×3×320×320'],
    ['darknet', '320x320', '1×3×320×320'],
    ['darknet', '3,320,640', '1×3×320×640'],
    ['darknet', 'x=1,3,320,640', '1×3×320×640'],
    ['darknetVector', '100', '1×100'],
    ['caffe', '320', '1×3×320×320'],
    ['caffe', 'data=10,3,320,320', '1×3×320×320'],
    ['caffe', 'data=1,3,320,320', '1×3×320×320'],
    ['caffe', 'data=320x320', '1×3×320×320'],
    ['caffeVector', '100', '1×100'],
    ['caffeMany', '320', '1×3×320×320 300×5'],
    ['caffeMany', 'rois=100,5', '1×3×64×64 100×5'],
    ['caffeMany', 'rois=100,5;320', '1×3×320×320 100×5'],
    ['caffeData', '320', '1×3×320×320'],
    ['caffeData', '3,320,320', '1×3×320×320'],
  ];
  for (const [network, written, shape] of fits) {
    it(`${network}: “${written}” is ${shape}`, () => {
      const found = read(network, written);
      assert.deepEqual(refusals(found), []);
      assert.equal(shapes(found), shape);
    });
  }

  const refused: readonly (readonly [Network, written: string, message: string])[] = [
    [
      'image',
      '1,3,320,320',
      '“1,3,320,320” does not fit this input, which has 3 sizes: 3,64,48. Leave out the batch: 3,320,320.',
    ],
    [
      'yolo',
      '1,3,320,320',
      '“1,3,320,320” does not fit this input, which has 3 sizes: 3,224,224. Leave out the batch: 3,320,320.',
    ],
    [
      'image',
      '3,4,320,320',
      '“3,4,320,320” does not fit this input, which has 3 sizes: 3,64,48. Write channels, height and width, as in 3,64,48.',
    ],
    [
      'yolo',
      '3,4,320,320',
      '“3,4,320,320” does not fit this input, which has 3 sizes: 3,224,224. Write 224, 224x224 or 3,224,224.',
    ],
    ['image', '320,320,3', 'In “320,320,3”, the 3 channels come last. Write them first: 3,320,320.'],
    ['image', '320,640,3', 'In “320,640,3”, the 3 channels come last. Write them first: 3,320,640.'],
    ['darknet', '320x640x3', 'In “320,640,3”, the 3 channels come last. Write them first: 3,640,320.'],
    [
      'darknet',
      '320x640',
      'In “320,640”, it is not clear which size is the height. Write channels, height and width: 3,640,320 for an image of 320×640 (width × height).',
    ],
    [
      'vector',
      '3,320,320',
      '“3,320,320” does not fit this input, which has one size: 784. Write one number, as in 784.',
    ],
    [
      'sequence',
      '320',
      '“320” does not fit this input, which has 2 sizes: 64,100. Write 2 numbers without the batch, as in 64,100.',
    ],
    [
      'volume',
      '32',
      '“32” does not fit this input, which has 4 sizes: 1,16,32,32. Write 4 numbers without the batch, as in 1,16,32,32.',
    ],
    [
      'pair',
      '320',
      'This network has 2 inputs, but the input size does not say which one it is for. Name the input, for example input=image=1,3,320,320.',
    ],
    [
      'pair',
      'state=3,320,320',
      '“state=3,320,320” does not fit this input, which has one size: 16. Write them with the batch, as in state=1,16.',
    ],
    ['pair', 'images=320', 'This network does not have an input “images”. Its inputs are image and state.'],
    ['yolo', '320;640', '“640” is one size too many: this network has one input. Remove it.'],
    [
      'darknetVector',
      '3,320,320',
      '“3,320,320” does not fit this input, which has one size: 256. Write one number, as in 256.',
    ],
    [
      'caffeVector',
      '3,320,320',
      '“3,320,320” does not fit this input, which has one size: 256. Write one number, as in 256.',
    ],
    [
      'caffeMany',
      'rois=5',
      '“rois=5” does not fit this input, which has one size: 5. Write them with the batch, as in rois=300,5.',
    ],
    ['caffe', 'image=320', 'This network does not have an input “image”. Its input is data.'],
    [
      'image',
      'big',
      '“big” is not an input size. Give the sizes without the batch, as in 3,224,224, or a name and the sizes with the batch, as in image=1,3,224,224.',
    ],
  ];
  for (const [network, written, message] of refused) {
    it(`${network}: “${written}” is refused`, () => {
      const found = read(network, written);
      assert.deepEqual(refusals(found), [message]);
      if (!written.includes(';')) assert.equal(shapes(found), shapes(read(network)));
    });
  }
});

describe('an input size that is set for all files', () => {
  it('is for those that it fits, and says so in the others', () => {
    const [name, text] = networks.vector;
    const settings = { ...defaultSettings, input: [{ sizes: [3, 320, 320] }] };
    const found = price(open({ name, text }, settings)!, settings)!;
    assert.equal(shapes(found), '1×784');
    assert.deepEqual(
      found.problems.map(({ severity, code }) => [severity, code]),
      [['information', 'wrong-setting']],
    );
  });

  it('may be for an input of another file, where it has a name', () => {
    for (const network of ['caffe', 'yolo'] as const) {
      const [name, text] = networks[network];
      const input = [
        { name: 'images', sizes: [1, 3, 64, 64] },
        { name: 'rois', sizes: [300, 5] },
      ];
      const settings = { ...defaultSettings, input };
      const found = price(open({ name, text }, settings)!, settings)!;
      assert.deepEqual(refusals(found), []);
    }
  });
});
