// All sections and keys that Darknet reads (src/parser.c of AlexeyAB's fork and of pjreddie's original): the parse_…
// functions, and what parse_network_cfg reads for every layer. Most files are written for AlexeyAB's fork.
import * as l10n from '@vscode/l10n';

export type Dialect = 'alexeyab' | 'pjreddie';

export const dialects: readonly Dialect[] = ['alexeyab', 'pjreddie'];

export const authorOf: Record<Dialect, string> = { alexeyab: 'AlexeyAB’s Darknet', pjreddie: 'pjreddie’s Darknet' };

/** How Darknet parses a value: atoi, atof, a name, or a comma-separated list of numbers. */
export type Kind = 'int' | 'number' | 'text' | 'ints' | 'numbers';

export interface Key {
  readonly kind: Kind;
  /** The explanation in its hover. */
  readonly doc: () => string;
  /** Darknet's default, for the hover. */
  readonly default?: string | undefined;
  /** Set if only one dialect reads it. */
  readonly only?: Dialect | undefined;
  /** The smallest number with which Darknet builds a layer. */
  readonly min?: number;
  /** The allowed names. */
  readonly choices?: readonly string[] | undefined;
}

export interface SectionKind {
  /** The name in the docs; others are aliases. */
  readonly name: string;
  readonly doc: () => string;
  readonly only?: Dialect | undefined;
  readonly keys: Readonly<Record<string, Key>>;
}

type Keys = Readonly<Record<string, Key>>;

const key = (kind: Kind, doc: () => string, byDefault?: string | number, only?: Dialect): Key => ({
  kind,
  doc,
  default: byDefault === undefined ? undefined : String(byDefault),
  only,
});
const int = (doc: () => string, byDefault?: string | number): Key => key('int', doc, byDefault);
const number = (doc: () => string, byDefault?: string | number): Key => key('number', doc, byDefault);
const positive = (doc: () => string, byDefault?: string | number): Key => ({ ...int(doc, byDefault), min: 1 });
const natural = (doc: () => string, byDefault?: string | number): Key => ({ ...int(doc, byDefault), min: 0 });
const text = (doc: () => string, byDefault?: string, choices?: readonly string[]): Key => ({
  ...key('text', doc, byDefault),
  choices,
});
const alexey = (own: Key): Key => ({ ...own, only: 'alexeyab' });
const pj = (own: Key): Key => ({ ...own, only: 'pjreddie' });

/** Keys for training that every layer may have. */
const ofEveryLayer: Keys = {
  onlyforward: int(() => l10n.t('1: not trained; only the forward pass runs.'), 0),
  stopbackward: int(() => l10n.t('1: the layers above this one are not trained.'), 0),
  dontload: int(() => l10n.t('1: this layer’s weights are not read from the file.'), 0),
  dontloadscales: int(
    () => l10n.t('1: the scales and statistics of batch normalization are not read from the file.'),
    0,
  ),
  learning_rate: number(() => l10n.t('Factor of the learning rate for this layer.'), 1),
  clip: alexey(number(() => l10n.t('Limits the gradient.'), 0)),
  dont_update: alexey(int(() => l10n.t('1: freezes the weights.'), 0)),
  burnin_update: alexey(int(() => l10n.t('1: updates the weights during burn-in only.'), 0)),
  train_only_bn: alexey(int(() => l10n.t('1: trains only batch normalization, in this layer and those above.'), 0)),
  truth: pj(int(() => l10n.t('1: reads the labels as its input.'), 0)),
  dontsave: pj(int(() => l10n.t('1: this layer’s weights are not written to the file.'), 0)),
  numload: pj(int(() => l10n.t('Number of filters to read from the file.'), 0)),
  smooth: pj(number(() => l10n.t('Smooths the labels.'), 0)),
};

const activation = (byDefault: string): Key =>
  text(() => l10n.t('Activation applied last: leaky, mish, swish, logistic, relu, linear and others.'), byDefault);
const batchNormalize = int(
  () => l10n.t('1: batch normalization before the activation; its shift replaces the bias.'),
  0,
);
const stream: Keys = {
  stream: alexey(int(() => l10n.t('CUDA stream in which the layer runs.'), -1)),
  wait_stream: alexey(int(() => l10n.t('CUDA stream for which it waits.'), -1)),
};
const window: Keys = {
  size: positive(() => l10n.t('Kernel size K. MACs and parameters grow with K².'), 1),
  stride: positive(() => l10n.t('Stride: 2 halves the output size.'), 1),
  pad: int(() => l10n.t('1: pads by size/2 and ignores `padding`.'), 0),
  padding: natural(() => l10n.t('Zeros added on each side; only used if `pad` is 0.'), 0),
};

const convolutional: Keys = {
  filters: positive(() => l10n.t('Output channels: the number of filters.'), 1),
  ...window,
  groups: int(() => l10n.t('Number of channel groups; one per channel makes it depthwise.'), 1),
  stride_x: alexey(int(() => l10n.t('Horizontal stride.'), 'stride')),
  stride_y: alexey(int(() => l10n.t('Vertical stride.'), 'stride')),
  dilation: alexey(positive(() => l10n.t('Spacing between kernel elements; ignored if size is 1.'), 1)),
  antialiasing: alexey(
    int(() => l10n.t('Uses a stride of 1, then blurs and subsamples by the stride: 1 with 3×3, 2 with 2×2.'), 0),
  ),
  activation: activation('logistic'),
  batch_normalize: batchNormalize,
  cbn: alexey(int(() => l10n.t('1: cross mini-batch normalization instead of batch_normalize.'), 0)),
  assisted_excitation: alexey(
    number(() => l10n.t('Adds the labels to the activations in the first iterations of training.'), 0),
  ),
  share_index: alexey(int(() => l10n.t('Layer whose weights this one shares; negative numbers count back from here.'))),
  binary: int(() => l10n.t('1: binary weights.'), 0),
  xnor: int(
    () => l10n.t('1: binary weights and inputs, multiplied by XNOR (AlexeyAB’s: without groups, 1/32 of the BFLOPs).'),
    0,
  ),
  bin_output: alexey(int(() => l10n.t('1: passes bits to the next xnor layer.'), 0)),
  sway: alexey(int(() => l10n.t('1: sways the filters.'), 0)),
  rotate: alexey(int(() => l10n.t('1: rotates the filters.'), 0)),
  stretch: alexey(int(() => l10n.t('1: stretches the filters.'), 0)),
  stretch_sway: alexey(int(() => l10n.t('1: stretches and sways the filters.'), 0)),
  angle: alexey(number(() => l10n.t('Angle for rotate and sway.'), 15)),
  flipped: int(() => l10n.t('1: the weights in the file are transposed.'), 0),
  dot: number(() => l10n.t('Keeps filters orthogonal.'), 0),
  grad_centr: alexey(int(() => l10n.t('1: centers the gradients.'), 0)),
  reverse: alexey(number(() => l10n.t('Reverses the gradient.'), 0)),
  coordconv: alexey(int(() => l10n.t('1: adds coordinates to the gradients.'), 0)),
  ...stream,
};

const deconvolutional: Keys = {
  filters: positive(() => l10n.t('Output channels.'), 1),
  size: positive(() => l10n.t('Kernel size K. MACs and parameters grow with K².'), 1),
  stride: positive(() => l10n.t('Upsampling factor: 2 doubles the output size.'), 1),
  pad: int(() => l10n.t('1: crops size/2 from each side and ignores `padding`.'), 0),
  padding: natural(() => l10n.t('Cropped from each side; only used if `pad` is 0.'), 0),
  activation: activation('logistic'),
  batch_normalize: batchNormalize,
};

const pooling: Keys = {
  size: positive(() => l10n.t('Kernel size K.'), 'stride'),
  stride: positive(() => l10n.t('Stride: 2 halves the output size.'), 1),
  padding: natural(() => l10n.t('Total padding of both sides: half before, the rest after.'), 'size − 1'),
  stride_x: alexey(int(() => l10n.t('Horizontal stride.'), 'stride')),
  stride_y: alexey(int(() => l10n.t('Vertical stride.'), 'stride')),
};

const boxes: Keys = {
  classes: natural(() => l10n.t('Number of classes.'), 20),
  num: positive(() => l10n.t('Number of anchors of the whole network.'), 1),
  anchors: key('numbers', () => l10n.t('Width and height of each anchor.')),
  jitter: number(() => l10n.t('Random cropping and stretching in training.'), 0.2),
  random: number(() => l10n.t('1: random image sizes in training.'), 0),
  map: text(() => l10n.t('File that maps the classes to others.')),
  max: int(() => l10n.t('Maximum boxes per image in training.'), '200 (pjreddie: 90, [region]: 30)'),
  resize: alexey(number(() => l10n.t('Random resizing in training.'), 1)),
};

const losses: Keys = {
  label_smooth_eps: alexey(number(() => l10n.t('Label smoothing.'), 0)),
  scale_x_y: alexey(number(() => l10n.t('Scales box centers so that they can reach the border of a cell.'), 1)),
  objectness_smooth: alexey(int(() => l10n.t('1: the objectness target is the IoU.'), 0)),
  iou_normalizer: alexey(number(() => l10n.t('Weight of the box loss.'), 0.75)),
  obj_normalizer: alexey(number(() => l10n.t('Weight of the objectness loss.'), 1)),
  cls_normalizer: alexey(number(() => l10n.t('Weight of the class loss.'), 1)),
  delta_normalizer: alexey(number(() => l10n.t('Weight of all deltas.'), 1)),
  iou_loss: alexey(
    text(() => l10n.t('Box loss: mse, iou, giou, diou or ciou.'), 'mse', ['mse', 'iou', 'giou', 'diou', 'ciou']),
  ),
  iou_thresh_kind: alexey(
    text(() => l10n.t('Kind of IoU that thresholds are compared with: iou, giou, diou or ciou.'), 'iou', [
      'iou',
      'giou',
      'diou',
      'ciou',
    ]),
  ),
  beta_nms: alexey(number(() => l10n.t('Weight of the distance in diounms.'), 0.6)),
  nms_kind: alexey(
    text(
      () => l10n.t('Non-maximum suppression: default, greedynms, diounms or (Gaussian_yolo) cornersnms.'),
      'default',
      ['default', 'greedynms', 'diounms', 'cornersnms'],
    ),
  ),
  iou_thresh: alexey(number(() => l10n.t('IoU above which an anchor is assigned to a box.'), 1)),
  max_delta: alexey(number(() => l10n.t('Limits the deltas.'))),
  counters_per_class: alexey(
    key('ints', () => l10n.t('Number of examples of each class, by which classes are weighted.')),
  ),
};

const yolo: Keys = {
  mask: key('ints', () => l10n.t('The anchors of this head, one per box of a cell.'), '0, …, num − 1'),
  ...boxes,
  ...losses,
  ignore_thresh: number(() => l10n.t('IoU above which a prediction without an assigned object is not penalized.'), 0.5),
  truth_thresh: number(() => l10n.t('IoU above which a prediction counts as correct.'), 1),
};

const sections: readonly (SectionKind & { readonly aliases?: readonly string[] })[] = [
  {
    name: 'net',
    aliases: ['network'],
    doc: () => l10n.t('The network’s input and training parameters.'),
    keys: {
      width: natural(() => l10n.t('Width of the image.'), 0),
      height: natural(() => l10n.t('Height of the image.'), 0),
      channels: natural(() => l10n.t('Channels of the image.'), 0),
      inputs: int(() => l10n.t('Length of the input if it is not an image.'), 'height × width × channels'),
      batch: int(() => l10n.t('Images per update of the weights. Costs are for one image.'), 1),
      subdivisions: int(
        () => l10n.t('Parts into which a batch is split: batch/subdivisions images are processed at once.'),
        1,
      ),
      time_steps: int(() => l10n.t('Length of a sequence for recurrent layers. Costs are for one step.'), 1),
      learning_rate: number(() => l10n.t('Learning rate.'), 0.001),
      momentum: number(() => l10n.t('Momentum.'), 0.9),
      decay: number(() => l10n.t('Weight decay.'), 0.0001),
      max_batches: int(() => l10n.t('Number of batches in training.'), 0),
      policy: text(
        () => l10n.t('Learning rate schedule: constant, steps, step, exp, sigmoid, poly, random or sgdr.'),
        'constant',
        ['constant', 'steps', 'step', 'exp', 'sigmoid', 'poly', 'random', 'sgdr'],
      ),
      step: int(() => l10n.t('Number of batches between learning rate changes.'), 1),
      scale: number(() => l10n.t('Factor of the learning rate at each step.'), 1),
      steps: key('ints', () => l10n.t('Batches at which the learning rate changes.')),
      scales: key('numbers', () => l10n.t('Factor of the learning rate at each of `steps`.')),
      gamma: number(() => l10n.t('Base of the learning rate’s decay.'), 1),
      power: number(() => l10n.t('Exponent of the learning rate’s decay.'), 4),
      burn_in: int(() => l10n.t('Number of batches in which the learning rate warms up.'), 0),
      adam: int(() => l10n.t('1: trains with Adam.'), 0),
      B1: number(() => l10n.t('Adam’s decay of the first moment.'), 0.9),
      B2: number(() => l10n.t('Adam’s decay of the second moment.'), 0.999),
      eps: number(() => l10n.t('Adam’s epsilon, against division by zero.')),
      max_crop: int(() => l10n.t('Largest crop in training.'), 'width × 2'),
      min_crop: int(() => l10n.t('Smallest crop in training.'), 'width'),
      angle: number(() => l10n.t('Random rotation in training.'), 0),
      aspect: number(() => l10n.t('Random aspect ratio in training.'), 1),
      saturation: number(() => l10n.t('Random saturation in training.'), 1),
      exposure: number(() => l10n.t('Random exposure in training.'), 1),
      hue: number(() => l10n.t('Random hue in training.'), 0),
      learning_rate_min: alexey(number(() => l10n.t('Minimum learning rate of sgdr.'), 0.00001)),
      sgdr_cycle: alexey(int(() => l10n.t('Batches per cycle of sgdr.'), 'max_batches')),
      sgdr_mult: alexey(int(() => l10n.t('Factor by which each cycle of sgdr is longer.'), 2)),
      seq_scales: alexey(key('numbers', () => l10n.t('Factor of the sequence length at each step.'))),
      track: alexey(int(() => l10n.t('1: trains on sequences of frames.'), 0)),
      augment_speed: alexey(int(() => l10n.t('Speed of augmentation changes in a sequence.'), 2)),
      sequential_subdivisions: alexey(int(() => l10n.t('Subdivisions per sequence.'), 'subdivisions')),
      try_fix_nan: alexey(int(() => l10n.t('1: fixes NaN values in training.'), 0)),
      weights_reject_freq: alexey(int(() => l10n.t('How often weights are rejected.'), 0)),
      equidistant_point: alexey(int(() => l10n.t('Batch from which classes are balanced.'), 0)),
      badlabels_rejection_percentage: alexey(number(() => l10n.t('Fraction of bad labels that is rejected.'), 0)),
      num_sigmas_reject_badlabels: alexey(number(() => l10n.t('How many standard deviations off a bad label is.'), 0)),
      ema_alpha: alexey(number(() => l10n.t('Decay of the moving average of the weights.'), 0)),
      use_cuda_graph: alexey(int(() => l10n.t('1: uses CUDA graphs.'), 0)),
      loss_scale: alexey(number(() => l10n.t('Loss scale for half precision.'), 1)),
      dynamic_minibatch: alexey(int(() => l10n.t('1: uses larger batches for smaller images.'), 0)),
      optimized_memory: alexey(int(() => l10n.t('Saves GPU memory.'), 0)),
      workspace_size_limit_MB: alexey(number(() => l10n.t('Limit of the workspace in megabytes.'), 1024)),
      flip: alexey(int(() => l10n.t('1: flips training images horizontally.'), 1)),
      blur: alexey(int(() => l10n.t('1: blurs the background in training.'), 0)),
      gaussian_noise: alexey(int(() => l10n.t('1: adds noise in training.'), 0)),
      mixup: alexey(int(() => l10n.t('1: mixup augmentation.'), 0)),
      cutmix: alexey(int(() => l10n.t('1: CutMix augmentation.'), 0)),
      mosaic: alexey(int(() => l10n.t('1: mosaic augmentation (four images in one).'), 0)),
      mosaic_bound: alexey(int(() => l10n.t('1: keeps boxes inside the mosaic’s tiles.'), 0)),
      letter_box: alexey(int(() => l10n.t('1: keeps the aspect ratio of images.'), 0)),
      contrastive: alexey(int(() => l10n.t('1: trains with a contrastive loss.'), 0)),
      contrastive_jit_flip: alexey(int(() => l10n.t('1: flips one image of a pair.'), 0)),
      contrastive_color: alexey(int(() => l10n.t('1: changes the colors of a pair.'), 0)),
      unsupervised: alexey(int(() => l10n.t('1: trains without labels.'), 0)),
      label_smooth_eps: alexey(number(() => l10n.t('Label smoothing.'), 0)),
      resize_step: alexey(number(() => l10n.t('Step of image sizes in training.'), 32)),
      attention: alexey(int(() => l10n.t('1: shows the network’s attention.'), 0)),
      adversarial_lr: alexey(number(() => l10n.t('Learning rate of adversarial attacks.'), 0)),
      max_chart_loss: alexey(number(() => l10n.t('Maximum of the loss chart.'), 20)),
      show_receptive_field: alexey(number(() => l10n.t('1: prints receptive fields.'), 0)),
      notruth: pj(int(() => l10n.t('1: there are no labels.'), 0)),
      random: pj(int(() => l10n.t('1: random image sizes in training.'), 0)),
      max_ratio: pj(number(() => l10n.t('Largest ratio of a crop.'))),
      min_ratio: pj(number(() => l10n.t('Smallest ratio of a crop.'))),
      center: pj(int(() => l10n.t('1: crops the center.'), 0)),
      clip: pj(number(() => l10n.t('Limits the gradients.'), 0)),
    },
  },
  {
    name: 'convolutional',
    aliases: ['conv'],
    doc: () => l10n.t('Convolution, then batch normalization or a bias, then an activation.'),
    keys: convolutional,
  },
  {
    name: 'deconvolutional',
    aliases: ['deconv'],
    doc: () => l10n.t('Transposed convolution, then batch normalization or a bias, then an activation.'),
    only: 'pjreddie',
    keys: deconvolutional,
  },
  {
    name: 'connected',
    aliases: ['conn'],
    doc: () => l10n.t('Fully connected layer, then an activation. Darknet does not count BFLOPs for it.'),
    keys: {
      output: positive(() => l10n.t('Output features.'), 1),
      activation: activation('logistic'),
      batch_normalize: batchNormalize,
    },
  },
  {
    name: 'local',
    doc: () => l10n.t('Like a convolution, but with separate filters for each position.'),
    keys: {
      filters: positive(() => l10n.t('Output channels.'), 1),
      size: positive(() => l10n.t('Kernel size K.'), 1),
      stride: positive(() => l10n.t('Stride.'), 1),
      pad: int(() => l10n.t('1: the output size is the input size / stride, rounded up; 0: no padding.'), 0),
      activation: activation('logistic'),
    },
  },
  {
    name: 'maxpool',
    aliases: ['max'],
    doc: () => l10n.t('Maximum over windows.'),
    keys: {
      ...pooling,
      maxpool_depth: alexey(int(() => l10n.t('1: takes the maximum over channels instead of windows.'), 0)),
      out_channels: alexey(positive(() => l10n.t('Output channels with maxpool_depth.'), 1)),
      antialiasing: alexey(int(() => l10n.t('Uses a stride of 1, then blurs and subsamples by the stride.'), 0)),
      maxpool_zero_nonmax: alexey(int(() => l10n.t('1: sets everything but the maximum to zero.'), 0)),
    },
  },
  {
    name: 'local_avgpool',
    aliases: ['local_avg'],
    doc: () => l10n.t('Mean over windows.'),
    only: 'alexeyab',
    keys: pooling,
  },
  { name: 'avgpool', aliases: ['avg'], doc: () => l10n.t('Mean of each channel over the whole image.'), keys: {} },
  {
    name: 'crop',
    doc: () => l10n.t('Crops the center of the image, in training a random part.'),
    keys: {
      crop_height: positive(() => l10n.t('Height of the crop.'), 1),
      crop_width: positive(() => l10n.t('Width of the crop.'), 1),
      flip: int(() => l10n.t('1: flips training images horizontally.'), 0),
      angle: number(() => l10n.t('Random rotation in training.'), 0),
      saturation: number(() => l10n.t('Random saturation in training.'), 1),
      exposure: number(() => l10n.t('Random exposure in training.'), 1),
      shift: number(() => l10n.t('Random color shift in training.'), 0),
      noadjust: int(() => l10n.t('1: leaves values as they are; 0: scales them to −1 to 1.'), 0),
    },
  },
  {
    name: 'route',
    doc: () => l10n.t('Concatenates the outputs of other layers along the channels.'),
    keys: {
      layers: key('ints', () => l10n.t('Layers by number, from 0; negative numbers count back from here.')),
      groups: alexey(
        positive(() => l10n.t('Splits the channels of each layer into this many groups and uses one of them.'), 1),
      ),
      group_id: alexey(int(() => l10n.t('Which group is used, from 0.'), 0)),
      ...stream,
    },
  },
  {
    name: 'shortcut',
    doc: () => l10n.t('Adds the outputs of other layers to that of the layer above.'),
    keys: {
      from: key('ints', () => l10n.t('Layers by number, from 0; negative numbers count back from here.')),
      activation: activation('linear'),
      weights_type: alexey(
        text(() => l10n.t('Learned weights of the summands: none, per_feature (per_layer) or per_channel.'), 'none', [
          'none',
          'per_feature',
          'per_layer',
          'per_channel',
        ]),
      ),
      weights_normalization: alexey(
        text(() => l10n.t('Normalization of the weights: none, relu (avg_relu) or softmax.'), 'none', [
          'none',
          'relu',
          'avg_relu',
          'softmax',
        ]),
      ),
      alpha: pj(number(() => l10n.t('Factor of the layer above.'), 1)),
      beta: pj(number(() => l10n.t('Factor of the other layer.'), 1)),
    },
  },
  {
    name: 'scale_channels',
    doc: () => l10n.t('Multiplies each channel of another layer by the layer above (squeeze and excitation).'),
    only: 'alexeyab',
    keys: {
      from: key('ints', () => l10n.t('The layer that is scaled.')),
      scale_wh: int(() => l10n.t('1: one factor per position instead of per channel.'), 0),
      activation: activation('linear'),
    },
  },
  {
    name: 'sam',
    doc: () => l10n.t('Multiplies another layer by the layer above, element by element (spatial attention).'),
    only: 'alexeyab',
    keys: { from: key('ints', () => l10n.t('The layer that is scaled.')), activation: activation('linear') },
  },
  {
    name: 'upsample',
    doc: () => l10n.t('Upsamples the image by repeating pixels.'),
    keys: {
      stride: int(() => l10n.t('Upsampling factor; a negative one downsamples.'), 2),
      scale: number(() => l10n.t('Values are multiplied by this.'), 1),
    },
  },
  {
    name: 'reorg',
    doc: () => l10n.t('Moves stride×stride pixels into channels.'),
    keys: {
      stride: positive(() => l10n.t('Reduction of height and width.'), 1),
      reverse: int(() => l10n.t('1: the reverse, moves channels into pixels.'), 0),
      flatten: pj(int(() => l10n.t('1: moves the channels last instead.'), 0)),
      extra: pj(int(() => l10n.t('Number of values appended to the flattened output.'), 0)),
    },
  },
  {
    name: 'reorg3d',
    doc: () => l10n.t('Moves stride×stride pixels into channels.'),
    only: 'alexeyab',
    keys: {
      stride: positive(() => l10n.t('Reduction of height and width.'), 1),
      reverse: int(() => l10n.t('1: the reverse, moves channels into pixels.'), 0),
    },
  },
  {
    name: 'dropout',
    doc: () => l10n.t('Drops random values in training; does nothing at inference.'),
    keys: {
      probability: number(() => l10n.t('Probability with which a value is dropped.'), '0.2 (pjreddie: 0.5)'),
      dropblock: alexey(int(() => l10n.t('1: drops blocks instead of values (DropBlock).'), 0)),
      dropblock_size_rel: alexey(number(() => l10n.t('Size of a block as a fraction of the image.'), 0)),
      dropblock_size_abs: alexey(number(() => l10n.t('Size of a block in pixels.'), 0)),
    },
  },
  {
    name: 'softmax',
    aliases: ['soft'],
    doc: () => l10n.t('Turns scores into probabilities.'),
    keys: {
      groups: positive(() => l10n.t('Number of groups, each of which sums to 1.'), 1),
      temperature: number(() => l10n.t('Divides the scores.'), 1),
      tree: text(() => l10n.t('File with a hierarchy of classes.')),
      spatial: number(() => l10n.t('1: over the channels of each position.'), 0),
      noloss: int(() => l10n.t('1: without a loss.'), 0),
    },
  },
  {
    name: 'cost',
    doc: () => l10n.t('The loss in training; does nothing at inference.'),
    keys: {
      type: text(() => l10n.t('Loss function: sse, masked, smooth and others.'), 'sse'),
      scale: number(() => l10n.t('Factor of the loss.'), 1),
      ratio: number(() => l10n.t('Share of the values that the loss uses.'), 0),
      noobj: pj(number(() => l10n.t('Weight of cells without an object.'), 1)),
      thresh: pj(number(() => l10n.t('Threshold.'), 0)),
    },
  },
  {
    name: 'detection',
    doc: () => l10n.t('YOLOv1’s head: reads boxes and classes from a vector.'),
    keys: {
      classes: natural(() => l10n.t('Number of classes.'), 1),
      coords: natural(() => l10n.t('Coordinates per box.'), 1),
      num: positive(() => l10n.t('Boxes per cell.'), 1),
      side: positive(() => l10n.t('Cells per side of the grid.'), 7),
      rescore: int(() => l10n.t('1: the objectness target is the IoU.'), 0),
      softmax: int(() => l10n.t('1: softmax over the classes.'), 0),
      sqrt: int(() => l10n.t('1: predicts the square roots of sizes.'), 0),
      max: int(() => l10n.t('Maximum boxes per image in training.'), '200 (pjreddie: 90)'),
      coord_scale: number(() => l10n.t('Weight of the box loss.'), 1),
      forced: int(() => l10n.t('1: forces a box per object.'), 0),
      object_scale: number(() => l10n.t('Weight of boxes with an object.'), 1),
      noobject_scale: number(() => l10n.t('Weight of boxes without an object.'), 1),
      class_scale: number(() => l10n.t('Weight of the class loss.'), 1),
      jitter: number(() => l10n.t('Random cropping and stretching in training.'), 0.2),
      resize: alexey(number(() => l10n.t('Random resizing in training.'), 1)),
      random: number(() => l10n.t('1: random image sizes in training.'), 0),
      reorg: int(() => l10n.t('1: reorders the values.'), 0),
    },
  },
  {
    name: 'region',
    doc: () => l10n.t('YOLOv2’s head: num × (classes + coords + 1) channels.'),
    keys: {
      ...boxes,
      coords: natural(() => l10n.t('Coordinates per box.'), 4),
      log: int(() => l10n.t('1: predicts the logarithms of sizes.'), 0),
      sqrt: int(() => l10n.t('1: predicts the square roots of sizes.'), 0),
      softmax: int(() => l10n.t('1: softmax over the classes.'), 0),
      focal_loss: alexey(int(() => l10n.t('1: uses focal loss.'), 0)),
      rescore: int(() => l10n.t('1: the objectness target is the IoU.'), 0),
      thresh: number(() => l10n.t('IoU above which a prediction counts as correct.'), 0.5),
      classfix: int(() => l10n.t('How class labels are handled in training.'), 0),
      absolute: int(() => l10n.t('1: sizes are absolute.'), 0),
      coord_scale: number(() => l10n.t('Weight of the box loss.'), 1),
      object_scale: number(() => l10n.t('Weight of boxes with an object.'), 1),
      noobject_scale: number(() => l10n.t('Weight of boxes without an object.'), 1),
      mask_scale: number(() => l10n.t('Weight of masks.'), 1),
      class_scale: number(() => l10n.t('Weight of the class loss.'), 1),
      bias_match: int(() => l10n.t('1: assigns objects to boxes by their anchors.'), 0),
      background: pj(int(() => l10n.t('1: has a class for the background.'), 0)),
      tree: text(() => l10n.t('File with a hierarchy of classes.')),
    },
  },
  {
    name: 'yolo',
    doc: () => l10n.t('YOLOv3’s and v4’s head: masks × (classes + 5) channels.'),
    keys: {
      ...yolo,
      show_details: alexey(int(() => l10n.t('1: prints details in training.'), 1)),
      new_coords: alexey(int(() => l10n.t('1: the layer above applies the activation.'), 0)),
      focal_loss: alexey(int(() => l10n.t('1: uses focal loss.'), 0)),
      track_history_size: alexey(int(() => l10n.t('Number of frames kept for tracking.'), 5)),
      sim_thresh: alexey(number(() => l10n.t('Similarity above which two detections are the same object.'), 0.8)),
      dets_for_track: alexey(int(() => l10n.t('Detections before an object is tracked.'), 1)),
      dets_for_show: alexey(int(() => l10n.t('Detections before an object is shown.'), 1)),
      track_ciou_norm: alexey(number(() => l10n.t('Weight of box positions in tracking.'), 0.01)),
      embedding_layer: alexey(int(() => l10n.t('Layer with the embeddings of boxes.'))),
    },
  },
  {
    name: 'Gaussian_yolo',
    doc: () => l10n.t('YOLOv3’s head with an uncertainty per coordinate: masks × (classes + 9) channels.'),
    only: 'alexeyab',
    keys: {
      ...yolo,
      uc_normalizer: number(() => l10n.t('Weight of the uncertainty.'), 1),
      yolo_point: text(() => l10n.t('Reference point of a box: center, left_top or right_bottom.'), 'center', [
        'center',
        'left_top',
        'right_bottom',
      ]),
    },
  },
  {
    name: 'iseg',
    doc: () => l10n.t('Instance segmentation: classes + ids channels.'),
    only: 'pjreddie',
    keys: {
      classes: natural(() => l10n.t('Number of classes.'), 20),
      ids: natural(() => l10n.t('Embedding size by which instances are separated.'), 32),
    },
  },
  {
    name: 'contrastive',
    doc: () => l10n.t('Contrastive loss on embeddings.'),
    only: 'alexeyab',
    keys: {
      classes: int(() => l10n.t('Number of classes.'), 1000),
      yolo_layer: int(() => l10n.t('The [yolo] whose boxes have these embeddings.'), 0),
      temperature: number(() => l10n.t('Divides the similarities.'), 1),
      cls_normalizer: number(() => l10n.t('Weight of the loss.'), 1),
      max_delta: number(() => l10n.t('Limits the deltas.')),
      contrastive_neg_max: int(() => l10n.t('Maximum negative examples per positive one.'), 3),
    },
  },
  {
    name: 'normalization',
    aliases: ['lrn'],
    doc: () => l10n.t('Local response normalization across channels.'),
    keys: {
      size: positive(() => l10n.t('Number of neighboring channels.'), 5),
      alpha: number(() => l10n.t('Factor.'), 0.0001),
      beta: number(() => l10n.t('Exponent.'), 0.75),
      kappa: number(() => l10n.t('Offset.'), 1),
    },
  },
  { name: 'batchnorm', doc: () => l10n.t('Batch normalization on its own.'), keys: {} },
  {
    name: 'activation',
    doc: () => l10n.t('An activation on its own.'),
    keys: { activation: activation('linear') },
  },
  { name: 'logistic', doc: () => l10n.t('Sigmoid, with its loss in training.'), only: 'pjreddie', keys: {} },
  {
    name: 'l2norm',
    doc: () => l10n.t('Scales the channels of each position to a vector of length 1.'),
    only: 'pjreddie',
    keys: {},
  },
  {
    name: 'rnn',
    doc: () => l10n.t('Recurrent layer of three connected layers: input to state, state to state, state to output.'),
    keys: {
      output: positive(() => l10n.t('Output features.'), 1),
      hidden: alexey(positive(() => l10n.t('Size of the state.'), 1)),
      activation: activation('logistic'),
      batch_normalize: batchNormalize,
      logistic: alexey(int(() => l10n.t('Activation of the state: 1 logistic, 2 loggy.'), 0)),
      shortcut: int(() => l10n.t('1: adds the previous state.'), 0),
    },
  },
  {
    name: 'crnn',
    doc: () => l10n.t('Recurrent layer of three convolutions: input to state, state to state, state to output.'),
    keys: {
      output: alexey(positive(() => l10n.t('Output channels.'), 1)),
      hidden: alexey(positive(() => l10n.t('Channels of the state.'), 1)),
      output_filters: pj(positive(() => l10n.t('Output channels.'), 1)),
      hidden_filters: pj(positive(() => l10n.t('Channels of the state.'), 1)),
      size: alexey(positive(() => l10n.t('Kernel size K.'), 3)),
      stride: alexey(positive(() => l10n.t('Stride.'), 1)),
      dilation: alexey(positive(() => l10n.t('Spacing between kernel elements.'), 1)),
      pad: alexey(int(() => l10n.t('1: pads by size/2.'), 0)),
      padding: alexey(natural(() => l10n.t('Zeros added on each side; only used if `pad` is 0.'), 0)),
      groups: alexey(int(() => l10n.t('Number of channel groups.'), 1)),
      xnor: alexey(int(() => l10n.t('1: binary weights and inputs.'), 0)),
      activation: activation('logistic'),
      batch_normalize: batchNormalize,
      shortcut: int(() => l10n.t('1: adds the previous state.'), 0),
    },
  },
  {
    name: 'gru',
    doc: () => l10n.t('Gated recurrent unit of six connected layers.'),
    keys: {
      output: positive(() => l10n.t('Size of the state and the output.'), 1),
      batch_normalize: batchNormalize,
      tanh: pj(int(() => l10n.t('1: tanh instead of logistic.'), 0)),
    },
  },
  {
    name: 'lstm',
    doc: () => l10n.t('LSTM of eight connected layers.'),
    keys: { output: positive(() => l10n.t('Size of the state and the output.'), 1), batch_normalize: batchNormalize },
  },
  {
    name: 'conv_lstm',
    doc: () => l10n.t('LSTM whose eight connected layers are convolutions.'),
    only: 'alexeyab',
    keys: {
      output: positive(() => l10n.t('Channels of the state and the output.'), 1),
      ...window,
      size: positive(() => l10n.t('Kernel size K.'), 3),
      dilation: positive(() => l10n.t('Spacing between kernel elements.'), 1),
      groups: int(() => l10n.t('Number of channel groups.'), 1),
      activation: activation('linear'),
      batch_normalize: batchNormalize,
      xnor: int(() => l10n.t('1: binary weights and inputs.'), 0),
      peephole: int(() => l10n.t('1: three more convolutions connect the cell to the gates.'), 0),
      bottleneck: int(() => l10n.t('1: one convolution reads both state and input.'), 0),
      state_constrain: int(() => l10n.t('Limits the state.'), 'time_steps × 32'),
      shortcut: int(() => l10n.t('1: adds the input.'), 0),
      lstm_activation: text(() => l10n.t('Activation of the cell.'), 'tanh'),
      time_normalizer: number(() => l10n.t('Weight of previous time steps in training.'), 1),
    },
  },
  {
    name: 'history',
    doc: () => l10n.t('Concatenates this frame and previous ones along the channels.'),
    only: 'alexeyab',
    keys: { history_size: positive(() => l10n.t('Number of frames.'), 4) },
  },
  {
    name: 'implicit',
    doc: () => l10n.t('A learned tensor, the same for every image (YOLOR).'),
    only: 'alexeyab',
    keys: {
      filters: positive(() => l10n.t('Channels.'), 128),
      atoms: positive(() => l10n.t('Height.'), 1),
      mean: number(() => l10n.t('Mean of the initial values.'), 0),
      std: number(() => l10n.t('Standard deviation of the initial values.'), 0.2),
    },
  },
  { name: 'empty', aliases: ['silence'], doc: () => l10n.t('Outputs its input.'), only: 'alexeyab', keys: {} },
];

const byType: ReadonlyMap<string, SectionKind> = new Map(
  sections.flatMap(section => {
    const keys = section.name === 'net' ? section.keys : { ...ofEveryLayer, ...section.keys };
    const { name, doc, only, aliases = [] } = section;
    return [name, ...aliases].map(type => [type, { name, doc, only, keys }] as const);
  }),
);

/** The valid types of a header. */
export const sectionTypes: readonly string[] = [...byType.keys()];

/** The kind of section with this header; case matters. */
export function sectionOf(type: string): SectionKind | undefined {
  return byType.get(type);
}

export function keyOf(section: SectionKind, name: string): Key | undefined {
  return Object.hasOwn(section.keys, name) ? section.keys[name] : undefined;
}
