// Problems of Darknet's cfg files.
import type { ProblemExample } from './example.ts';

const net = '[net]\nwidth=32\nheight=32\nchannels=3\n';
const conv = '[convolutional]\nfilters=8\nsize=3\npad=1\n';

/** A network whose layers get an image of 32×32×3. */
const cfg = (sections: string, head = net): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'a.cfg',
  text: `${head}\n${sections.replaceAll('\n[', '\n\n[')}\n`,
});

export const problems: readonly ProblemExample[] = [
  {
    code: 'broken-header',
    ...cfg('[convolutional] # 3×3\nfilters=8\nsize=3'),
    why: 'Darknet compares the whole header line with its section names (`string_to_layer_type`). Flopline reads the section as it was meant, so the rest of the network keeps its costs.',
  },
  {
    code: 'byte-order-mark',
    file: 'a.cfg',
    text: `\uFEFF${net}\n${conv}`,
    why: 'With a byte order mark, the file does not begin with a bracket, so the first line is an option outside any section (`read_cfg`).',
  },
  {
    code: 'carriage-return',
    file: 'a.cfg',
    text: `${net}\n${conv}`.replaceAll('\n', '\r\n'),
    settings: { dialect: 'pjreddie' },
    why: 'The original’s `strip` removes spaces, tabs and line feeds, but not carriage returns.',
  },
  {
    code: 'comment-in-value',
    ...cfg('[convolutional]\nfilters=8\nactivation=leaky # fast'),
    why: 'Only a line that begins with # or ; is a comment; anywhere else, the text is part of the value. For numbers this is harmless, because `atoi` stops at it.',
  },
  {
    code: 'contrastive-batch',
    ...cfg(conv, `${net}batch=4\nsubdivisions=4\ncontrastive=1\n`),
    why: 'A contrastive loss compares images within a mini-batch (`parse_net_options`).',
  },
  {
    code: 'deformation-without-window',
    ...cfg('[convolutional]\nfilters=8\nsize=1\nrotate=1'),
    why: '`sway`, `rotate`, `stretch` and `stretch_sway` deform the window, which 1×1 does not allow (`parse_convolutional`).',
  },
  {
    code: 'empty-item',
    ...cfg(`${conv}[route]\nlayers=-1,`),
    why: 'Darknet counts the commas of the list and reads an empty number as 0, the first layer (`parse_route`).',
  },
  {
    code: 'empty-network',
    file: 'a.cfg',
    text: net,
    why: 'Every section after [net] is a layer, and there are none.',
  },
  {
    code: 'filters-mismatch',
    ...cfg(`[convolutional]\nfilters=255\nsize=1\n[yolo]\nmask=0,1,2\nnum=3\nclasses=20\nanchors=10,13,16,30,33,23`),
    why: 'The layer above a head must have one channel for each value the head predicts per cell. Darknet checks this (`parse_yolo`, `parse_region`, `parse_detection`).',
  },
  {
    code: 'forward-reference',
    ...cfg(`${conv}[route]\nlayers=3\n${conv}`),
    why: 'A layer can only read layers above it, which exist when it is built.',
  },
  {
    code: 'hiding-line',
    ...cfg('[convolutional]\nfilters\nfilters=8\nsize=3'),
    why: '`option_find` returns the first line with the key, even without a value.',
  },
  {
    code: 'ignored-key',
    ...cfg(`${conv}comment=first`),
    why: 'Darknet looks up the keys it knows and ignores all others.',
  },
  {
    code: 'inputs-mismatch',
    ...cfg('[connected]\noutput=10', `${net}inputs=784\n`),
    why: 'If `inputs` is set, layers that read a vector use it instead of height × width × channels (`parse_net_options`).',
  },
  {
    code: 'key-of-other-dialect',
    ...cfg('[convolutional]\nfilters=8\nsize=3\npad=1\nstride_x=2\n[dropout]\nprobability=0.5'),
    settings: { dialect: 'pjreddie' },
    why: 'AlexeyAB’s fork and the original by pjreddie read different keys.',
  },
  {
    code: 'line-before-net',
    file: 'a.cfg',
    text: `width=32\n${net}\n${conv}`,
    why: 'A line above the first section belongs to no section, and `read_cfg` crashes.',
  },
  {
    code: 'missing-equals',
    ...cfg('[convolutional]\nfilters 8\nsize=3'),
    why: 'Without “=”, the whole line is a key without a value.',
  },
  {
    code: 'missing-input-size',
    ...cfg(conv, '[net]\nwidth=32\nheight=32\n'),
    why: 'Darknet needs width, height and channels, or `inputs` (`parse_net_options`).',
  },
  {
    code: 'missing-layers',
    ...cfg(`${conv}[route]\ngroups=2`),
    why: '[route], [shortcut], [scale_channels] and [sam] name the layers that they read.',
  },
  {
    code: 'missing-schedule',
    ...cfg(conv, `${net}policy=steps\n`),
    why: 'The policy `steps` multiplies the learning rate by `scales` at `steps` (`parse_net_options`).',
  },
  {
    code: 'more-channels-than-input',
    ...cfg('[maxpool]\nmaxpool_depth=1\nout_channels=8'),
    why: 'With maxpool_depth each output channel is the maximum of every `out_channels`-th input channel (`forward_maxpool_layer`).',
  },
  {
    code: 'more-groups-than-channels',
    ...cfg('[convolutional]\nfilters=2\n[route]\nlayers=-1\ngroups=4'),
    why: '`groups` splits the channels of each layer; here, a group has less than one channel (`parse_route`).',
  },
  {
    code: 'net-not-first',
    ...cfg(`${conv}[net]\nwidth=64`),
    why: 'Darknet reads the first section as [net] and all others as layers.',
  },
  {
    code: 'no-net',
    file: 'a.cfg',
    text: conv,
    why: '“First section must be [net] or [network]” (`parse_network_cfg`).',
  },
  {
    code: 'no-such-layer',
    ...cfg(`${conv}[shortcut]\nfrom=-3`),
    why: 'Layers are numbered from 0, [net] not counted; negative numbers count back from the section.',
  },
  {
    code: 'not-a-number',
    ...cfg(conv, `${net}momentum=high\n`),
    why: 'Darknet parses numbers with C’s `atof`, which returns 0 if the text is not a number.',
  },
  {
    code: 'not-a-whole-number',
    ...cfg('[convolutional]\nfilters=8\nsize=3.5'),
    why: 'Darknet parses whole numbers with C’s `atoi`, which stops at the first character that is not a digit.',
  },
  {
    code: 'not-an-image',
    ...cfg(`[dropout]\n[detection]\nclasses=1\ncoords=4\nnum=2\nside=16\n${conv}`),
    why: 'Convolution and pooling layers need width, height and channels, which the output of [detection], [softmax], [gru] or a route across sizes does not have.',
  },
  {
    code: 'only-pjreddie',
    ...cfg(`${conv}[maxpool]\nsize=2\nstride=2\n[convolutional]\nfilters=8\n[shortcut]\nfrom=0`),
    why: 'pjreddie’s `shortcut_cpu` adds every n-th pixel of the larger layer; `parse_shortcut` of AlexeyAB’s asserts equal sizes.',
  },
  {
    code: 'pytorch-cfg',
    ...cfg(`${conv}[implicit_add]\nfilters=8\n[shift_channels]\nfrom=-1`),
    why: 'YOLOR and related repositories use cfg files with sections that only their PyTorch code reads.',
  },
  {
    code: 'sam-mismatch',
    ...cfg(`${conv}[convolutional]\nfilters=4\n[sam]\nfrom=0`),
    why: '[sam] multiplies two layers element-wise (`make_sam_layer`).',
  },
  {
    code: 'scale-mismatch',
    ...cfg(`${conv}[convolutional]\nfilters=8\n[scale_channels]\nfrom=0`),
    why: '[scale_channels] multiplies each channel by one number, or each position with scale_wh=1 (`make_scale_channels_layer`).',
  },
  {
    code: 'section-of-other-dialect',
    ...cfg(`${conv}[deconvolutional]\nfilters=8\nsize=2\nstride=2`),
    settings: { dialect: 'alexeyab' },
    why: 'AlexeyAB’s fork and the original by pjreddie have different sections.',
  },
  {
    code: 'several-deformations',
    ...cfg(`${conv}sway=1\nrotate=1`),
    why: '`sway`, `rotate`, `stretch` and `stretch_sway` cannot be combined (`parse_convolutional`).',
  },
  {
    code: 'share-mismatch',
    ...cfg(`${conv}[convolutional]\nshare_index=0\nfilters=8\nsize=1`),
    why: '`make_convolutional_layer` stops if the shared weights have a different size.',
  },
  {
    code: 'shortcut-size-mismatch',
    ...cfg(`${conv}[maxpool]\nsize=2\nstride=2\n[shortcut]\nfrom=0`),
    settings: { dialect: 'alexeyab' },
    why: '`parse_shortcut` of AlexeyAB’s Darknet asserts equal widths and heights.',
  },
  {
    code: 'size-not-multiple',
    ...cfg(
      '[convolutional]\nfilters=8\nsize=3\nstride=8\npad=1\n[convolutional]\nfilters=85\nsize=1\n[yolo]\nnum=1\nclasses=80\nanchors=10,13',
      '[net]\nwidth=100\nheight=96\nchannels=3\n',
    ),
    why: 'Strides round sizes down, so an upsampled feature map may differ in size from the one it is joined with.',
  },
  {
    code: 'state-size-mismatch',
    ...cfg('[crnn]\noutput=8\nhidden=8\nstride=2\npad=1'),
    why: 'The state of a recurrent layer must have the same size at every step (`make_crnn_layer`, `make_conv_lstm_layer`).',
  },
  {
    code: 'too-few-anchors',
    ...cfg('[convolutional]\nfilters=170\nsize=1\n[yolo]\nnum=2\nclasses=80\nanchors=10,13'),
    why: '`anchors` lists the width and height of `num` anchors; Darknet initializes them to 0.5.',
  },
  {
    code: 'too-many-anchors',
    ...cfg('[convolutional]\nfilters=85\nsize=1\n[yolo]\nnum=1\nclasses=80\nanchors=10,13,16,30'),
    why: '`anchors` lists the width and height of `num` anchors.',
  },
  {
    code: 'unknown-activation',
    ...cfg('[convolutional]\nfilters=8\nactivation=leeky'),
    why: '`get_activation` uses ReLU for a name that it does not know.',
  },
  {
    code: 'unknown-choice',
    ...cfg(
      `${conv}[convolutional]\nfilters=8\n[shortcut]\nfrom=-2\nweights_type=per_pixel\nweights_normalization=relu`,
    ),
    why: '`parse_shortcut` stops at any other `weights_type` or `weights_normalization`.',
  },
  {
    code: 'unknown-key',
    ...cfg('[convolutional]\nfiltres=8\nsize=3'),
    why: 'Darknet looks up the keys it knows and ignores all others, so a misspelled key leaves the default.',
  },
  {
    code: 'unknown-section',
    ...cfg(`${conv}[selfattention]\nheads=4`),
    why: '“Type not recognized” (`parse_network_cfg`).',
  },
  {
    code: 'value-count-mismatch',
    ...cfg('[convolutional]\nfilters=8\nsize=1\n[yolo]\nnum=1\nclasses=3\nanchors=10,13\ncounters_per_class=100,200'),
    why: '`get_classes_multipliers` weights each class by its number of examples.',
  },
  {
    code: 'value-out-of-range',
    ...cfg('[convolutional]\nfilters=0\nsize=3'),
    why: 'Each number has limits; Darknet’s integers have 32 bits.',
  },
  {
    code: 'wrong-layer-type',
    ...cfg('[maxpool]\nsize=2\nstride=2\n[convolutional]\nshare_index=0\nfilters=8\nsize=3'),
    why: 'Weights are shared with a [convolutional]; a [contrastive] loss reads the boxes of a [yolo].',
  },
];
