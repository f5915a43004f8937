// Problems of YOLO files: keys, rows, and what modules and PyTorch layers reject.
import type { Files } from '../../../server/src/core/python/files.ts';
import type { ProblemExample } from './example.ts';

type Text = Pick<ProblemExample, 'file' | 'text'>;

const file = (rows: string, header = 'nc: 80', name = 'yolo.yaml', head = '[]'): Text => ({
  file: name,
  text: `${header}\nbackbone:\n${rows
    .split('\n')
    .map(row => `  - ${row}\n`)
    .join('')}head: ${head}\n`,
});
/** A row after a convolution with 16 output channels. */
const row = (text: string, header?: string): Text => file(`[-1, 1, Conv, [16, 3, 2]]\n${text}`, header);
/** The same in a dialect. */
const fork = (dialect: string, text: string): Text =>
  row(text, `# flopline: dialect=${dialect}\nnc: 80\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1`);
const text = (value: string, name = 'yolo.yaml'): Text => ({ file: name, text: value });
/** A file in a repository that reads it with its own Python. */
const ownReader = (rows: string, classes: string): Pick<ProblemExample, 'file' | 'text' | 'source'> => ({
  ...file(rows, 'nc: 80', 'net.yaml'),
  source: {
    path: '/home/me/fork/models/net.yaml',
    files: repository('/home/me/fork', `${classes}\n${smallestReader}`),
  },
});
const repository = (folder: string, reader: string): Files => {
  const names: Readonly<Record<string, readonly string[]>> = {
    [folder]: ['models', 'pyproject.toml'],
    [`${folder}/models`]: ['net.yaml', 'yolo.py'],
  };
  return {
    read: path => (path === `${folder}/models/yolo.py` ? reader : undefined),
    isFolder: path => names[path] !== undefined,
    list: path => names[path] ?? [],
  };
};
const smallestReader = `
class Model(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.model = parse_model(cfg, 3)

    def forward(self, x):
        return self.model(x)


def parse_model(d, channels):
    layers = []
    for i, (_, _, m, args) in enumerate(d['backbone'] + d['head']):
        layers.append(globals()[m](channels, *args))
        channels = args[0]
    return nn.Sequential(*layers)
`;
const scales = 'nc: 80\nscales:\n  n: [0.50, 0.25, 1024]';

export const problems: readonly ProblemExample[] = [
  // ——— The file ———————————————————————————————————————————————————————————————————————————————————————————————
  {
    code: 'ambiguous-dialect',
    ...file('[-1, 1, Conv, [64, 3, 2]]\n[-1, 2, A2C2f, [64, True, 4]]', scales),
    why: 'Ultralytics and the authors of YOLOv12 each have a module A2C2f: the same name, but different parameters.',
  },
  {
    code: 'maybe-fork',
    ...file(
      '[-1, 1, Conv, [64, 3, 2]]\n[-1, 1, C2PSA, [64]]',
      'nc: 80\nloss_function: CIoU',
      'yolo.yaml',
      '[[[-1], 1, Detect, [nc]]]',
    ),
    why: 'Forks change modules but keep their names. If a file shows signs of a fork, modules that forks often redefine are uncertain.',
  },
  {
    code: 'file-refused',
    ...ownReader(
      '[-1, 1, Conv, [16, 3]]',
      `from torch import nn


def info(model):
    print("layers:", len(model.model)


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, 1, k // 2)

    def forward(self, x):
        return self.conv(x)
`,
    ),
    why: 'A bracket is missing in a function of `models/yolo.py` that this network does not need. Its costs are known nevertheless, but Python imports nothing of a file of which it cannot read a part. Files of installed packages are not looked through.',
  },
  {
    code: 'reader-refuses',
    ...ownReader(
      '[-1, 1, Conv, [16, 3]]\n[-1, 1, Conv, [16, 3, 2, same]]',
      `from torch import nn


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2)

    def forward(self, x):
        return self.conv(x)
`,
    ),
    why: 'The repository of this file has a `parse_model` and a class `Conv(c1, c2, k=1, s=1)` of its own, so they say what a row means. The places in the Python are related information.',
  },
  {
    code: 'empty-network',
    ...text('nc: 80\nanchors:\n  - [10, 13, 16, 30]\nbackbone: []\nhead: []\n'),
    why: 'A network is the rows of `backbone` and `head`.',
  },
  {
    code: 'section-not-a-list',
    ...text('nc: 80\nbackbone:\n  type: ResNet\nhead:\n  - [-1, 1, Conv, [16, 3, 2]]\n'),
    why: 'The frameworks concatenate `backbone` and `head`, which works only for lists.',
  },
  {
    code: 'bare-row',
    ...text('nc: 80\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\nhead: [-1, 1, Conv, [32, 3, 2]]\n'),
    why: 'A section is a list of rows, even if there is only one.',
  },
  {
    code: 'misspelled-section',
    ...text('nc: 80\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\nhed:\n  - [-1, 1, Conv, [32, 3, 2]]\n'),
    why: 'parse_model reads `backbone` and `head`, and fails if one is missing.',
  },
  {
    code: 'missing-key',
    ...text('backbone:\n  - [-1, 1, Conv, [16, 3, 2]]\nhead:\n  - [-1, 1, Conv, [32, 3, 2]]\nanchors: 3\n'),
    why: 'parse_model reads some keys without a default, and fails if they are missing.',
  },
  {
    code: 'unknown-key',
    ...row('[-1, 1, Conv, [32]]', 'nc: 80\nwidth_mult: 0.5'),
    why: 'A key that no version reads has no effect, though it looks like it does.',
  },
  {
    code: 'key-of-other-dialect',
    ...row('[-1, 1, Conv, [32]]', 'nc: 80\nchannel_multiple: 4'),
    why: 'Each repository reads its own keys and ignores all others.',
  },
  {
    code: 'newer-key',
    ...row('[-1, 1, Conv, [32]]', 'nc: 80\nanchors: 3\ndepth_multiple: 1\nwidth_multiple: 1\nchannel_multiple: 4'),
    why: 'YOLOv5 supports `channel_multiple` since the commit after its last release.',
  },
  {
    code: 'unread-scale',
    ...row('[-1, 1, Conv, [32]]', `${scales}\nscale: n`),
    why: 'yaml_model_load of Ultralytics overwrites `scale` with the letter of the file’s name.',
  },
  {
    code: 'missing-scale',
    ...file('[-1, 1, Conv, [32]]', scales, 'yolo11x.yaml'),
    why: 'Ultralytics takes the scale from the letter in the file name.',
  },
  {
    code: 'wrong-scale',
    ...row('[-1, 1, Conv, [32]]', 'nc: 80\nscales:\n  n: [0.50, 0.25]'),
    why: 'parse_model unpacks a scale into depth, width and the largest number of channels.',
  },
  {
    code: 'scales-not-a-mapping',
    ...row('[-1, 1, Conv, [32]]', 'nc: 80\nscales: n'),
    why: 'Ultralytics looks up the scale by name.',
  },
  {
    code: 'not-positive',
    ...row('[-1, 1, Conv, [32]]', 'nc: "80"'),
    why: 'These numbers scale depth, width and channels. A quoted number is a string, and so is `1e3` in YAML 1.1.',
  },
  {
    code: 'float-for-integer',
    ...row('[-1, 1, Conv, [32, 3.0]]'),
    why: 'PyTorch only accepts integers for sizes, and in Python 3.0 is a float.',
  },
  {
    code: 'wrong-reg-max',
    ...row('[[-1], 1, Detect, [nc]]', 'nc: 80\nreg_max: 0'),
    why: 'Heads of Ultralytics since 8.4.0 have `reg_max` bins for each side of a box.',
  },
  {
    code: 'unsupported-end2end',
    ...row('[[-1], 1, WorldDetect, [nc, 512, True]]', 'nc: 80\nend2end: True'),
    why: 'WorldDetect has no second set of branches, which training looks up by name.',
  },
  {
    code: 'old-row-numbers',
    ...file(
      '[-1, 1, Conv, [16, 3, 2]] # 0\n[-1, 1, Conv, [16]]\n[-1, 1, Conv, [32, 3, 2]] # 1\n[-1, 1, Conv, [32, 3, 2]] # 2\n[[1, 2], 1, Detect, [nc]] # 3',
    ),
    why: 'Rows are referred to by number, so a row that is inserted, removed or moved changes what every number from there on means. An editor has seen the edit; otherwise comments that number the rows say it.',
  },
  {
    code: 'old-row-number',
    ...file(
      '[-1, 1, Conv, [16, 3, 2]] # 0\n[-1, 1, Conv, [32, 3, 2]] # 2\n[-1, 1, Conv, [32, 3, 2]] # 3\n[[2, 3], 1, Detect, [nc]] # 4',
    ),
    why: 'One fix shifts all references that are off: numbers from the first row, those that count back across the change, and comments that number rows.',
  },
  {
    code: 'removed-row',
    ...file(
      '[-1, 1, Conv, [16, 3, 2]] # 0\n[-1, 1, Conv, [32, 3, 2]] # 1\n[-1, 1, Conv, [32, 3, 2]] # 3\n[-1, 1, Conv, [32, 3, 2]] # 4\n[[2, 3, 4], 1, Detect, [nc]] # 5',
    ),
    why: 'The fix of the other references does not change a reference to a row that is gone: which one is meant instead is for you to say.',
  },
  {
    code: 'moved-below',
    ...file(
      '[-1, 1, Conv, [16, 3, 2]] # 0\n[[-1, 1], 1, Concat, [1]] # 2\n[-1, 1, Conv, [32, 3, 2]] # 1\n[-1, 1, Conv, [32, 3, 2]] # 3\n[[2, 3], 1, Detect, [nc]] # 4',
    ),
    why: 'A row reads only rows above it, so a reference to a row that was moved below it has to mean another one.',
  },
  {
    code: 'stale-number',
    ...text(
      'nc: 80\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]] # 0\n  - [-1, 1, Conv, [16]]\n  - [-1, 1, Conv, [32, 3, 2]] # 1\n  - [[-1, 0], 1, Concat, [1]] # 2\nhead: []\n',
    ),
    why: 'Model files number their rows in comments. Here the references are right, and only the comments are not.',
  },
  // ——— Rows ———————————————————————————————————————————————————————————————————————————————————————————————————
  { code: 'empty-row', ...row(''), why: 'parse_model unpacks every row into four parts.' },
  { code: 'not-a-row', ...row('Conv'), why: 'parse_model unpacks every row into four parts.' },
  { code: 'row-length', ...row('[-1, 1, Conv]'), why: 'parse_model unpacks every row into four parts.' },
  { code: 'no-input', ...row('[[], 1, Concat, [1]]'), why: 'A module needs at least one input row.' },
  { code: 'wrong-from', ...row('[above, 1, Conv, [32]]'), why: '`from` is an index into the rows above.' },
  {
    code: 'wrong-repeats',
    ...row('[-1, many, Conv, [32]]'),
    why: 'The number of repeats is scaled by the depth multiple.',
  },
  { code: 'not-a-module', ...row('[-1, 1, 3, [32]]'), why: 'parse_model looks the module up by its name.' },
  {
    code: 'not-arguments',
    ...row('[-1, 1, Conv, 32]'),
    why: 'parse_model passes the entries of the list to the constructor.',
  },
  {
    code: 'unknown-reference',
    ...row('[-3, 1, Conv, [32]]'),
    why: 'Negative numbers count backwards from the row itself; -1 is the row above.',
  },
  {
    code: 'own-reference',
    ...row('[1, 1, Conv, [32]]'),
    why: 'The forward pass keeps the outputs of the rows above only.',
  },
  {
    code: 'later-reference',
    ...row('[5, 1, Conv, [32]]'),
    why: 'The forward pass keeps the outputs of the rows above only.',
  },
  {
    code: 'unknown-module',
    ...row('[-1, 1, CoordAtt, [32]]'),
    why: 'What a module computes is defined in its repository’s code, not in the file. Flopline can only price modules it knows.',
  },
  {
    code: 'unreachable-module',
    ...row('[-1, 1, CBAM, [16]]'),
    why: 'parse_model looks up modules among the names imported in its file.',
  },
  {
    code: 'unknown-backbone',
    ...row('[0, 1, TorchVision, [32, raft_large]]'),
    why: 'Flopline knows the classifiers of torchvision. The cost of other models is unknown.',
  },
  {
    code: 'list-of-inputs',
    ...row('[[-1, 0], 1, Conv, [32]]'),
    why: 'parse_model looks up the channels of the input (`ch[f]`), which works only for one number.',
  },
  {
    code: 'not-a-list-of-inputs',
    ...row('[-1, 1, Concat, [1]]'),
    why: 'parse_model iterates over `from` here (`[ch[x] for x in f]`).',
  },
  {
    code: 'list-as-input',
    ...row('[-1, 1, CBLinear, [[16, 32]]]\n[-1, 1, Conv, [32]]'),
    why: 'Some modules output a list of tensors, which only Index and CBFuse accept.',
  },
  {
    code: 'tensor-as-list',
    ...row('[[0, 0], 1, CBFuse, [[0]]]'),
    why: 'CBFuse picks one tensor from each input except the last, so these must be lists.',
  },
  {
    code: 'unknown-tensor',
    ...row('[-1, 1, CBLinear, [[16, 32]]]\n[[-1, 0], 1, CBFuse, [[2]]]'),
    why: 'Index and CBFuse pick tensors from a list by their index.',
  },
  {
    code: 'piece-channels-mismatch',
    ...row('[-1, 1, CBLinear, [[32, 64]]]\n[[-1, 0], 1, CBFuse, [[0]]]'),
    why: 'CBFuse stacks the pieces, and torch.stack needs equal shapes.',
  },
  {
    code: 'repeated-list-module',
    ...row('[[-1, 0], 2, Concat, [1]]'),
    why: 'Repeats become an nn.Sequential, in which each copy gets the single output of the previous one.',
  },
  {
    code: 'repeats-channel-mismatch',
    ...row('[-1, 2, Conv, [32]]'),
    why: 'Repeats become an nn.Sequential of identical copies: each expects the input channels of the first.',
  },
  // ——— Arguments ——————————————————————————————————————————————————————————————————————————————————————————————
  { code: 'missing-argument', ...row('[-1, 1, Conv, []]'), why: 'A parameter without a default must be given.' },
  {
    code: 'missing-scales',
    ...text(
      '# flopline: dialect=yolov13\nnc: 80\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 2, C3k2, [64, False]]\nhead: []\n',
    ),
    why: 'parse_model of Ultralytics 8.3 needs the scale letter for C3k2 and A2C2f.',
  },
  {
    code: 'too-many-arguments',
    ...row('[-1, 1, SPPELAN, [32, 16, 5, 9]]'),
    why: 'A constructor fails if it gets more arguments than it has parameters.',
  },
  { code: 'not-a-whole-number', ...row('[-1, 1, Conv, [32, three]]'), why: 'Sizes and counts are whole numbers.' },
  {
    code: 'value-below-minimum',
    ...row('[-1, 1, Conv, [32, 3, 0]]'),
    why: 'Sizes and counts have a minimum, mostly 1.',
  },
  {
    code: 'value-out-of-range',
    ...fork('yolov5-lite', '[-1, 1, Shuffle_Block, [16, 9]]'),
    why: 'The module checks this argument itself, or the limit is Flopline’s own, far beyond real networks.',
  },
  { code: 'not-a-number', ...row('[-1, 1, Conv, [wide]]'), why: 'The width multiple applies to this argument.' },
  {
    code: 'not-a-flag',
    ...row('[-1, 1, C2f, [32, maybe]]'),
    why: 'Python treats numbers as truth values, but any non-empty string is true.',
  },
  {
    code: 'not-a-name',
    ...row('[-1, 1, nn.Upsample, [None, 2, 3]]'),
    why: 'Modes and models are chosen by name.',
  },
  { code: 'not-a-list', ...row('[-1, 1, CBLinear, [32]]'), why: 'The module iterates over this argument.' },
  {
    code: 'value-count-mismatch',
    ...row('[[-1], 1, Pose, [nc, 17]]'),
    why: 'The module unpacks this list into a fixed number of values.',
  },
  {
    code: 'unknown-choice',
    ...row('[-1, 1, nn.Upsample, [None, 2, smooth]]'),
    why: 'The parameter accepts certain names only.',
  },
  {
    code: 'fixed-argument',
    ...row('[-1, 1, RepConv, [16, 32, 5]]'),
    why: 'The parameter exists, but the module works with only one value.',
  },
  {
    code: 'forced-c3k',
    ...text('nc: 80\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 2, C3k2, [64, False]]\nhead: []\n'),
    why: 'parse_model checks `scale in "mlx"`; without a letter, `scale` is the empty string, which Python finds in every string.',
  },
  {
    code: 'classes-as-width',
    ...row('[-1, 1, Conv, [64, 3, 2]]', 'nc: 64\nscales:\n  n: [0.50, 0.25, 1024]'),
    why: 'Up to Ultralytics 8.4.101, channels equal to `nc` are not scaled in any row.',
  },
  {
    code: 'older-meaning',
    ...row('[-1, 2, C3k2, [64, False, 0.25, 2]]', scales),
    why: 'Ultralytics 8.4.0 inserted `attn` in front of `g` in the parameters of C3k2.',
  },
  // ——— Channels and sizes —————————————————————————————————————————————————————————————————————————————————————
  {
    code: 'channel-mismatch',
    ...row('[-1, 1, nn.Conv2d, [32, 16, 1]]'),
    why: 'Layers of torch.nn are built for a fixed number of input channels, which the row declares.',
  },
  {
    code: 'feature-mismatch',
    ...fork('yolov5', '[-1, 1, nn.Flatten, [1]]\n[-1, 1, nn.BatchNorm1d, [10]]'),
    why: 'The layer is built for a fixed number of features, which the row declares.',
  },
  {
    code: 'keeps-channels',
    ...row('[-1, 1, C2PSA, [32]]'),
    why: 'The module has no convolution that changes the channels, and asserts that they are equal.',
  },
  {
    code: 'channels-not-divisible',
    ...row('[-1, 2, A2C2f, [48, True, 4]]', '# flopline: dialect=ultralytics\nnc: 80'),
    why: 'The module divides its channels into equal parts.',
  },
  {
    code: 'rounded-channels-mismatch',
    ...fork('yolov5', '[-1, 1, MixConv2d, [16, [1, 3, 5, 7], 1, False]]'),
    why: 'MixConv2d rounds the channels of each kernel size; if they do not add up, its batch normalization fails.',
  },
  {
    code: 'too-few-channels',
    ...file('[-1, 1, Conv, [64, 3, 2]]\n[-1, 1, C2PSA, [64]]', '# flopline: dialect=yolov13\nnc: 80'),
    why: 'Attention has one head per 64 channels; up to Ultralytics 8.4.111 it may have none.',
  },
  {
    code: 'no-output-channels',
    ...row('[-1, 1, C3, [16, True, 1, 0.01]]'),
    why: 'PyTorch refuses a convolution without output channels.',
  },
  {
    code: 'negative-padding',
    ...fork('yolov5-lite', '[-1, 1, RepVGGBlock, [16, 5, 1, 1]]'),
    why: 'RepVGGBlock pads its 1×1 path by padding − k // 2.',
  },
  {
    code: 'padding-over-half-window',
    ...row('[-1, 1, nn.MaxPool2d, [3, 2, 2]]'),
    why: 'PyTorch pads pools by at most half a window.',
  },
  {
    code: 'same-padding-with-stride',
    ...row('[-1, 1, Conv, [32, 3, 2, same]]'),
    why: 'nn.Conv2d accepts padding="same" only with stride 1.',
  },
  {
    code: 'normalized-shape-mismatch',
    ...row('[-1, 1, nn.LayerNorm, [[16, 10, 10]]]'),
    why: 'nn.LayerNorm is built for fixed sizes of the last dimensions.',
  },
  {
    code: 'map-not-square',
    ...{ ...fork('yolov5-lite', '[-1, 1, SEBlock, [4]]'), settings: { input: [{ sizes: [3, 64, 32] }] } },
    why: 'SEBlock averages over a square window whose side is the width of the map.',
  },
  {
    code: 'uneven-areas',
    ...{
      ...row('[-1, 2, A2C2f, [64, True, 4]]', '# flopline: dialect=ultralytics\nnc: 80'),
      settings: { input: [{ sizes: [3, 66, 66] }] },
    },
    why: 'Area attention reshapes the feature map into equal areas.',
  },
  {
    code: 'level-size',
    ...file('[-1, 1, Conv, [16, 3, 2]]\n[-1, 1, Conv, [16, 3, 3]]\n[[0, 1], 1, Segment26, [nc, 32, 64]]', 'nc: 80'),
    why: 'Segment26 upsamples each level by its power of two since Ultralytics 8.4.104.',
  },
  // ——— Heads and models ———————————————————————————————————————————————————————————————————————————————————————
  {
    code: 'not-anchors',
    ...fork('yolov5', '[[-1], 1, Detect, [nc, [1, 2]]]'),
    why: 'A head with anchors takes one list per level, or a number.',
  },
  {
    code: 'uneven-anchors',
    ...fork('yolov5', '[[-1, 0], 1, Detect, [nc, [[1, 2, 3, 4], [1, 2]]]]'),
    why: 'Detect puts the anchors of all levels into one tensor.',
  },
  {
    code: 'anchor-levels-mismatch',
    ...fork('yolov5', '[[-1, 0], 1, Detect, [nc, [[1, 2, 3, 4]]]]'),
    why: 'Each input of the head is a level with its own anchors.',
  },
  {
    code: 'image-size-mismatch',
    ...file('[-1, 1, TorchVision, [768, vit_b_16, DEFAULT, False]]'),
    why: 'The position embedding of a vision transformer is learned for one image size.',
  },
  {
    code: 'unwrapped-model',
    ...file('[-1, 1, TorchVision, [512, alexnet, DEFAULT, True, 0]]'),
    why: 'Ultralytics chains the layers of a torchvision model, without what its `forward()` does between them.',
  },
  {
    code: 'training-head-in-chain',
    ...file('[-1, 1, TorchVision, [2048, inception_v3, DEFAULT, True, 2]]'),
    why: 'Ultralytics chains the layers of a torchvision model, including auxiliary heads.',
  },
  {
    code: 'nothing-left',
    ...text(
      '# flopline: dialect=yolov13\nnc: 80\nbackbone:\n  - [-1, 1, TorchVision, [1024, densenet121, DEFAULT, True, 2]]\nhead: []\n',
    ),
    why: 'Ultralytics 8.3 truncates before it unwraps the model.',
  },
];
