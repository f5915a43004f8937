// Every section and key that Darknet reads (AlexeyAB's and pjreddie's src/parser.c): the parse_… functions, and what
// parse_network_cfg asks of every layer. Two Darknets read them: AlexeyAB's fork, which most files are written for, and
// the original by pjreddie.

export type Dialect = 'alexeyab' | 'pjreddie';

export const dialects: readonly Dialect[] = ['alexeyab', 'pjreddie'];

export const authorOf: Record<Dialect, string> = { alexeyab: 'AlexeyAB’s Darknet', pjreddie: 'pjreddie’s Darknet' };

/** How Darknet reads a value: atoi, atof, a name, or a list of them with commas. */
export type Kind = 'int' | 'number' | 'text' | 'ints' | 'numbers';

export interface Key {
  readonly kind: Kind;
  /** For the hover on it. */
  readonly doc: string;
  /** What Darknet takes where the key is not given, for the hover. */
  readonly default?: string | undefined;
  /** The one dialect that reads it. */
  readonly only?: Dialect | undefined;
}

export interface SectionKind {
  /** The name that the docs use; others are aliases. */
  readonly name: string;
  readonly doc: string;
  readonly only?: Dialect | undefined;
  readonly keys: Readonly<Record<string, Key>>;
}

type Keys = Readonly<Record<string, Key>>;

const key = (kind: Kind, doc: string, byDefault?: string | number, only?: Dialect): Key => ({
  kind,
  doc,
  default: byDefault === undefined ? undefined : String(byDefault),
  only,
});
const int = (doc: string, byDefault?: string | number): Key => key('int', doc, byDefault);
const number = (doc: string, byDefault?: string | number): Key => key('number', doc, byDefault);
const text = (doc: string, byDefault?: string): Key => key('text', doc, byDefault);
const alexey = (own: Key): Key => ({ ...own, only: 'alexeyab' });
const pj = (own: Key): Key => ({ ...own, only: 'pjreddie' });

/** What every layer may have, for training. */
const ofEveryLayer: Keys = {
  onlyforward: int('Leaves the layer out of training.', 0),
  stopbackward: int('The layers before this one are not trained.', 0),
  dontload: int('Does not read this layer’s weights from the file.', 0),
  dontloadscales: int('Does not read the scales and statistics of batch normalization.', 0),
  learning_rate: number('Factor of the learning rate for this layer.', 1),
  clip: alexey(number('Limits the gradient.', 0)),
  dont_update: alexey(int('Keeps the weights as they are.', 0)),
  burnin_update: alexey(int('Updates the weights in the burn-in only.', 0)),
  train_only_bn: alexey(int('Trains batch normalization alone, in this layer and those before.', 0)),
  truth: pj(int('Takes the truth as its input.', 0)),
  dontsave: pj(int('Does not write this layer’s weights.', 0)),
  numload: pj(int('Reads so many filters only.', 0)),
  smooth: pj(number('Smooths the truth.', 0)),
};

const activation = (byDefault: string): Key =>
  text('Activation at the end: leaky, mish, swish, logistic, relu, linear and others.', byDefault);
const batchNormalize = int('1: batch normalization before the activation; its shift takes the place of the bias.', 0);
const stream: Keys = {
  stream: alexey(int('CUDA stream that the layer runs in.', -1)),
  wait_stream: alexey(int('CUDA stream that it waits for.', -1)),
};
const window: Keys = {
  size: int('Window size K. Work and parameters grow with K².', 1),
  stride: int('Step of the window: 2 halves the output size.', 1),
  pad: int('1: a border of size/2, whatever `padding` says.', 0),
  padding: int('Border of zeros on each side; only read where `pad` is 0.', 0),
};

const convolutional: Keys = {
  filters: int('Output channels: the number of filters.', 1),
  ...window,
  groups: int('Independent groups of channels; as many as channels is depthwise.', 1),
  stride_x: alexey(int('Step of the window sideways.', 'stride')),
  stride_y: alexey(int('Step of the window downwards.', 'stride')),
  dilation: alexey(int('Distance between the taps of the window; 1 where size is 1.', 1)),
  antialiasing: alexey(int('Slides by 1 and blurs down to the stride afterwards: 1 with 3×3, 2 with 2×2.', 0)),
  activation: activation('logistic'),
  batch_normalize: batchNormalize,
  cbn: alexey(int('1: batch normalization across mini-batches, instead of batch_normalize.', 0)),
  assisted_excitation: alexey(number('Lets the truth in, in the first iterations of training.', 0)),
  share_index: alexey(int('Layer whose weights this one uses: negative counts back from here.')),
  binary: int('1: weights are signs.', 0),
  xnor: int(
    '1: weights and inputs are signs, products are XNOR (AlexeyAB’s: without groups, a 32nd of the BFLOPs).',
    0,
  ),
  bin_output: alexey(int('1: hands on bits to the next xnor layer.', 0)),
  sway: alexey(int('1: sways the filters.', 0)),
  rotate: alexey(int('1: rotates the filters.', 0)),
  stretch: alexey(int('1: stretches the filters.', 0)),
  stretch_sway: alexey(int('1: stretches and sways the filters.', 0)),
  angle: alexey(number('Angle of rotate and sway.', 15)),
  flipped: int('1: the weights in the file are transposed.', 0),
  dot: number('Keeps filters orthogonal.', 0),
  grad_centr: alexey(int('1: centres gradients.', 0)),
  reverse: alexey(number('Reverses the gradient.', 0)),
  coordconv: alexey(int('1: coordinates as gradients.', 0)),
  ...stream,
};

const deconvolutional: Keys = {
  filters: int('Output channels.', 1),
  size: int('Window size K. Work and parameters grow with K².', 1),
  stride: int('Enlargement: 2 doubles the output size.', 1),
  pad: int('1: cuts size/2 off each side, whatever `padding` says.', 0),
  padding: int('What is cut off each side; only read where `pad` is 0.', 0),
  activation: activation('logistic'),
  batch_normalize: batchNormalize,
};

const pooling: Keys = {
  size: int('Window size K.', 'stride'),
  stride: int('Step of the window: 2 halves the output size.', 1),
  padding: int('Border of both sides together: half before, the rest after.', 'size − 1'),
  stride_x: alexey(int('Step of the window sideways.', 'stride')),
  stride_y: alexey(int('Step of the window downwards.', 'stride')),
};

const boxes: Keys = {
  classes: int('Classes that a box may have.', 20),
  num: int('Anchors of the whole network.', 1),
  anchors: key('numbers', 'Width and height of each anchor.'),
  jitter: number('How much training crops and stretches.', 0.2),
  random: number('Other image sizes in training.', 0),
  map: text('File that maps classes to others.'),
  max: int('Boxes in an image at most, in training.', '200 (pjreddie: 90, in [region] 30)'),
  resize: alexey(number('How much training resizes.', 1)),
};

const losses: Keys = {
  label_smooth_eps: alexey(number('Label smoothing.', 0)),
  scale_x_y: alexey(number('Lets centres reach the borders of a cell.', 1)),
  objectness_smooth: alexey(int('1: objectness by overlap.', 0)),
  iou_normalizer: alexey(number('Weight of the box loss.', 0.75)),
  obj_normalizer: alexey(number('Weight of the objectness loss.', 1)),
  cls_normalizer: alexey(number('Weight of the class loss.', 1)),
  delta_normalizer: alexey(number('Weight of all deltas.', 1)),
  iou_loss: alexey(text('Box loss: mse, iou, giou, diou or ciou.', 'mse')),
  iou_thresh_kind: alexey(text('Overlap that thresholds mean: iou, giou, diou or ciou.', 'iou')),
  beta_nms: alexey(number('Factor of the distance in diounms.', 0.6)),
  nms_kind: alexey(text('default, greedynms, diounms or (Gaussian_yolo) cornersnms.', 'default')),
  iou_thresh: alexey(number('Overlap from which an anchor has to do with a box.', 1)),
  max_delta: alexey(number('Limits deltas.')),
  counters_per_class: alexey(key('ints', 'Examples of each class, to weigh classes.')),
};

const yolo: Keys = {
  mask: key('ints', 'The anchors of this head: as many boxes has each cell.', 'all of `num`'),
  ...boxes,
  ...losses,
  ignore_thresh: number('Overlap from which a wrong box is no mistake.', 0.5),
  truth_thresh: number('Overlap from which a box counts as right.', 1),
};

const sections: readonly (SectionKind & { readonly aliases?: readonly string[] })[] = [
  {
    name: 'net',
    aliases: ['network'],
    doc: 'The network’s input and how it is trained.',
    keys: {
      width: int('Width of the image.', 0),
      height: int('Height of the image.', 0),
      channels: int('Channels of the image.', 0),
      inputs: int('Numbers in the input, where it is no image.', 'height × width × channels'),
      batch: int('Images for one update of the weights. Costs are for one of them.', 1),
      subdivisions: int('Parts that a batch is cut into: batch/subdivisions images are worked on at once.', 1),
      time_steps: int('Steps of a sequence, for recurrent layers. Costs are for one of them.', 1),
      learning_rate: number('Learning rate.', 0.001),
      momentum: number('Momentum.', 0.9),
      decay: number('Weight decay.', 0.0001),
      max_batches: int('How many batches training goes on.', 0),
      policy: text('How the learning rate falls: constant, steps, step, exp, sigmoid, poly, random, sgdr.', 'constant'),
      step: int('Batches after which the learning rate falls.', 1),
      scale: number('Factor of the learning rate at each step.', 1),
      steps: key('ints', 'Batches at which the learning rate changes.'),
      scales: key('numbers', 'Factor of the learning rate at each of them.'),
      gamma: number('Base of the learning rate’s fall.', 1),
      power: number('Exponent of the learning rate’s fall.', 4),
      burn_in: int('Batches in which the learning rate rises.', 0),
      adam: int('1: Adam.', 0),
      B1: number('Adam’s first moment.', 0.9),
      B2: number('Adam’s second moment.', 0.999),
      eps: number('Adam’s guard against zero.'),
      max_crop: int('Largest crop in training.', 'width × 2'),
      min_crop: int('Smallest crop in training.', 'width'),
      angle: number('Rotation of training images.', 0),
      aspect: number('Change of the aspect in training.', 1),
      saturation: number('Change of saturation in training.', 1),
      exposure: number('Change of exposure in training.', 1),
      hue: number('Change of hue in training.', 0),
      learning_rate_min: alexey(number('Least learning rate of sgdr.', 0.00001)),
      sgdr_cycle: alexey(int('Batches of a cycle.', 'max_batches')),
      sgdr_mult: alexey(int('Growth of cycles.', 2)),
      seq_scales: alexey(key('numbers', 'Factor of the sequence length at each step.')),
      track: alexey(int('1: trains on sequences of frames.', 0)),
      augment_speed: alexey(int('Speed of changes in a sequence.', 2)),
      sequential_subdivisions: alexey(int('Subdivisions in one sequence.', 'subdivisions')),
      try_fix_nan: alexey(int('1: repairs values that are not a number.', 0)),
      weights_reject_freq: alexey(int('Rejects weights now and then.', 0)),
      equidistant_point: alexey(int('Batch from which classes are evened.', 0)),
      badlabels_rejection_percentage: alexey(number('Share of bad labels that is left out.', 0)),
      num_sigmas_reject_badlabels: alexey(number('How far off a bad label is.', 0)),
      ema_alpha: alexey(number('Moving average of weights.', 0)),
      use_cuda_graph: alexey(int('1: CUDA graphs.', 0)),
      loss_scale: alexey(number('Factor of the loss, for half precision.', 1)),
      dynamic_minibatch: alexey(int('1: larger batches for smaller images.', 0)),
      optimized_memory: alexey(int('Saves GPU memory.', 0)),
      workspace_size_limit_MB: alexey(number('Limit of the workspace in megabytes.', 1024)),
      flip: alexey(int('1: mirrors training images.', 1)),
      blur: alexey(int('1: blurs the background in training.', 0)),
      gaussian_noise: alexey(int('1: noise in training.', 0)),
      mixup: alexey(int('1: mixes training images.', 0)),
      cutmix: alexey(int('1: cuts and pastes training images.', 0)),
      mosaic: alexey(int('1: puts four training images together.', 0)),
      mosaic_bound: alexey(int('1: keeps boxes inside the mosaic.', 0)),
      letter_box: alexey(int('1: keeps the aspect of images.', 0)),
      contrastive: alexey(int('1: contrastive loss.', 0)),
      contrastive_jit_flip: alexey(int('1: mirrored pairs.', 0)),
      contrastive_color: alexey(int('1: recoloured pairs.', 0)),
      unsupervised: alexey(int('1: without labels.', 0)),
      label_smooth_eps: alexey(number('Label smoothing.', 0)),
      resize_step: alexey(number('Step of image sizes in training.', 32)),
      attention: alexey(int('1: shows where the network looks.', 0)),
      adversarial_lr: alexey(number('Learning rate of adversarial attacks.', 0)),
      max_chart_loss: alexey(number('Top of the loss chart.', 20)),
      show_receptive_field: alexey(number('1: prints receptive fields.', 0)),
      notruth: pj(int('1: no labels.', 0)),
      random: pj(int('Other image sizes in training.', 0)),
      max_ratio: pj(number('Largest ratio of a crop.')),
      min_ratio: pj(number('Smallest ratio of a crop.')),
      center: pj(int('1: crops the centre.', 0)),
      clip: pj(number('Limits gradients.', 0)),
    },
  },
  {
    name: 'convolutional',
    aliases: ['conv'],
    doc: 'Convolution, then batch normalization or a bias, then an activation.',
    keys: convolutional,
  },
  {
    name: 'deconvolutional',
    aliases: ['deconv'],
    doc: 'Transposed convolution, then batch normalization or a bias, then an activation.',
    only: 'pjreddie',
    keys: deconvolutional,
  },
  {
    name: 'connected',
    aliases: ['conn'],
    doc: 'Fully connected layer, then an activation. Darknet counts no BFLOPs for it.',
    keys: {
      output: int('Output features.', 1),
      activation: activation('logistic'),
      batch_normalize: batchNormalize,
    },
  },
  {
    name: 'local',
    doc: 'Like a convolution, but with filters of its own at every position.',
    keys: {
      filters: int('Output channels.', 1),
      size: int('Window size K.', 1),
      stride: int('Step of the window.', 1),
      pad: int('1: as many positions as the input has, divided by the stride.', 0),
      activation: activation('logistic'),
    },
  },
  {
    name: 'maxpool',
    aliases: ['max'],
    doc: 'Maximum over windows.',
    keys: {
      ...pooling,
      maxpool_depth: alexey(int('1: the maximum over channels, not over windows.', 0)),
      out_channels: alexey(int('Channels that maxpool_depth leaves.', 1)),
      antialiasing: alexey(int('Slides by 1 and blurs down to the stride afterwards.', 0)),
      maxpool_zero_nonmax: alexey(int('1: sets to zero what is not the maximum.', 0)),
    },
  },
  { name: 'local_avgpool', aliases: ['local_avg'], doc: 'Mean over windows.', only: 'alexeyab', keys: pooling },
  { name: 'avgpool', aliases: ['avg'], doc: 'Mean of each channel over the whole image.', keys: {} },
  {
    name: 'crop',
    doc: 'Cuts out the centre of the image; in training a random part.',
    keys: {
      crop_height: int('Height that is left.', 1),
      crop_width: int('Width that is left.', 1),
      flip: int('1: mirrors training images.', 0),
      angle: number('Rotation in training.', 0),
      saturation: number('Change of saturation in training.', 1),
      exposure: number('Change of exposure in training.', 1),
      shift: number('Change of colours in training.', 0),
      noadjust: int('1: leaves values as they are; otherwise they become −1 to 1.', 0),
    },
  },
  {
    name: 'route',
    doc: 'The outputs of other layers, one behind the other along the channels.',
    keys: {
      layers: key('ints', 'Layers: from 0 on as numbered by Darknet, negative counted back from here.'),
      groups: alexey(int('Takes one of so many parts of the channels of each layer.', 1)),
      group_id: alexey(int('Which of the parts, from 0.', 0)),
      ...stream,
    },
  },
  {
    name: 'shortcut',
    doc: 'Adds the output of other layers to that of the layer before.',
    keys: {
      from: key('ints', 'Layers: from 0 on as numbered by Darknet, negative counted back from here.'),
      activation: activation('linear'),
      weights_type: alexey(text('Learned weights of the sum: none, per_feature (per_layer) or per_channel.', 'none')),
      weights_normalization: alexey(text('What makes the weights sum to 1: none, relu (avg_relu) or softmax.', 'none')),
      alpha: pj(number('Factor of the layer before.', 1)),
      beta: pj(number('Factor of the other layer.', 1)),
    },
  },
  {
    name: 'scale_channels',
    doc: 'Multiplies each channel of another layer by the layer before (squeeze and excitation).',
    only: 'alexeyab',
    keys: {
      from: key('ints', 'The layer that is scaled.'),
      scale_wh: int('1: one factor for each position instead of each channel.', 0),
      activation: activation('linear'),
    },
  },
  {
    name: 'sam',
    doc: 'Multiplies another layer by the layer before, element by element (spatial attention).',
    only: 'alexeyab',
    keys: { from: key('ints', 'The layer that is scaled.'), activation: activation('linear') },
  },
  {
    name: 'upsample',
    doc: 'Enlarges the image by copying pixels.',
    keys: {
      stride: int('Enlargement; negative shrinks instead.', 2),
      scale: number('Factor of the values.', 1),
    },
  },
  {
    name: 'reorg',
    doc: 'Moves stride×stride pixels into channels.',
    keys: {
      stride: int('Reduction of height and width.', 1),
      reverse: int('1: the other way round, channels into pixels.', 0),
      flatten: pj(int('1: puts channels last instead.', 0)),
      extra: pj(int('Pads the flat output by so many numbers.', 0)),
    },
  },
  {
    name: 'reorg3d',
    doc: 'Moves stride×stride pixels into channels.',
    only: 'alexeyab',
    keys: {
      stride: int('Reduction of height and width.', 1),
      reverse: int('1: the other way round, channels into pixels.', 0),
    },
  },
  {
    name: 'dropout',
    doc: 'Drops values at random in training; does nothing at inference.',
    keys: {
      probability: number('Share that is dropped.', '0.2 (pjreddie: 0.5)'),
      dropblock: alexey(int('1: drops blocks.', 0)),
      dropblock_size_rel: alexey(number('Size of a block as a share of the image.', 0)),
      dropblock_size_abs: alexey(number('Size of a block in pixels.', 0)),
    },
  },
  {
    name: 'softmax',
    aliases: ['soft'],
    doc: 'Turns scores into probabilities.',
    keys: {
      groups: int('Parts that sum to 1 each.', 1),
      temperature: number('Divides scores.', 1),
      tree: text('File with a hierarchy of classes.'),
      spatial: number('1: at each position for itself.', 0),
      noloss: int('1: no loss.', 0),
    },
  },
  {
    name: 'cost',
    doc: 'The loss in training; does nothing at inference.',
    keys: {
      type: text('sse, masked, smooth and others.', 'sse'),
      scale: number('Factor of the loss.', 1),
      ratio: number('Share of it.', 0),
      noobj: pj(number('Weight of what is no object.', 1)),
      thresh: pj(number('Threshold.', 0)),
    },
  },
  {
    name: 'detection',
    doc: 'YOLOv1’s head: reads boxes and classes out of a vector.',
    keys: {
      classes: int('Classes.', 1),
      coords: int('Numbers of a box.', 1),
      num: int('Boxes of each cell.', 1),
      side: int('Cells along each side.', 7),
      rescore: int('1: objectness by overlap.', 0),
      softmax: int('1: classes by softmax.', 0),
      sqrt: int('1: roots of sizes.', 0),
      max: int('Boxes in an image at most, in training.', '200 (pjreddie: 90)'),
      coord_scale: number('Weight of the box loss.', 1),
      forced: int('Forces a box.', 0),
      object_scale: number('Weight of objects.', 1),
      noobject_scale: number('Weight of what is none.', 1),
      class_scale: number('Weight of classes.', 1),
      jitter: number('How much training crops and stretches.', 0.2),
      resize: alexey(number('How much training resizes.', 1)),
      random: number('Other image sizes in training.', 0),
      reorg: int('1: another order of numbers.', 0),
    },
  },
  {
    name: 'region',
    doc: 'YOLOv2’s head: num × (classes + coords + 1) channels.',
    keys: {
      ...boxes,
      coords: int('Numbers of a box.', 4),
      log: int('1: logarithms of sizes.', 0),
      sqrt: int('1: roots of sizes.', 0),
      softmax: int('1: classes by softmax.', 0),
      focal_loss: alexey(int('1: focal loss.', 0)),
      rescore: int('1: objectness by overlap.', 0),
      thresh: number('Overlap from which a box counts.', 0.5),
      classfix: int('How classes are learned.', 0),
      absolute: int('1: sizes in pixels.', 0),
      coord_scale: number('Weight of the box loss.', 1),
      object_scale: number('Weight of objects.', 1),
      noobject_scale: number('Weight of what is none.', 1),
      mask_scale: number('Weight of masks.', 1),
      class_scale: number('Weight of classes.', 1),
      bias_match: int('1: anchors choose boxes.', 0),
      background: pj(int('1: a class for the background.', 0)),
      tree: text('File with a hierarchy of classes.'),
    },
  },
  {
    name: 'yolo',
    doc: 'YOLOv3’s and v4’s head: masks × (classes + 5) channels.',
    keys: {
      ...yolo,
      show_details: alexey(int('1: prints more.', 1)),
      new_coords: alexey(int('1: the activation stands in the layer before.', 0)),
      focal_loss: alexey(int('1: focal loss.', 0)),
      track_history_size: alexey(int('Frames that tracking remembers.', 5)),
      sim_thresh: alexey(number('Likeness from which it is the same object.', 0.8)),
      dets_for_track: alexey(int('Detections until it is tracked.', 1)),
      dets_for_show: alexey(int('Detections until it is shown.', 1)),
      track_ciou_norm: alexey(number('Weight of places in tracking.', 0.01)),
      embedding_layer: alexey(int('Layer with the appearance of boxes.')),
    },
  },
  {
    name: 'Gaussian_yolo',
    doc: 'YOLOv3’s head with an uncertainty for each coordinate: masks × (classes + 9) channels.',
    only: 'alexeyab',
    keys: {
      ...yolo,
      uc_normalizer: number('Weight of the uncertainty.', 1),
      yolo_point: text('What a box is placed by: center, left_top or right_bottom.', 'center'),
    },
  },
  {
    name: 'iseg',
    doc: 'Instance segmentation: classes + ids channels.',
    only: 'pjreddie',
    keys: { classes: int('Classes.', 20), ids: int('Numbers that tell instances apart.', 32) },
  },
  {
    name: 'contrastive',
    doc: 'Contrastive loss on embeddings.',
    only: 'alexeyab',
    keys: {
      classes: int('Classes.', 1000),
      yolo_layer: int('The [yolo] whose boxes have these embeddings.', 0),
      temperature: number('Divides likeness.', 1),
      cls_normalizer: number('Weight of the loss.', 1),
      max_delta: number('Limits deltas.'),
      contrastive_neg_max: int('Counter-examples at most.', 3),
    },
  },
  {
    name: 'normalization',
    aliases: ['lrn'],
    doc: 'Local response normalization across channels.',
    keys: {
      size: int('Neighbouring channels.', 5),
      alpha: number('Factor.', 0.0001),
      beta: number('Exponent.', 0.75),
      kappa: number('Offset.', 1),
    },
  },
  { name: 'batchnorm', doc: 'Batch normalization on its own.', keys: {} },
  {
    name: 'activation',
    doc: 'An activation on its own.',
    keys: { activation: activation('linear') },
  },
  { name: 'logistic', doc: 'Sigmoid, with its loss in training.', only: 'pjreddie', keys: {} },
  { name: 'l2norm', doc: 'Makes the channels of each position a vector of length 1.', only: 'pjreddie', keys: {} },
  {
    name: 'rnn',
    doc: 'Recurrent layer of three connected ones: input to state, state to state, state to output.',
    keys: {
      output: int('Output features.', 1),
      hidden: alexey(int('Size of the state.', 1)),
      activation: activation('logistic'),
      batch_normalize: batchNormalize,
      logistic: alexey(int('Activation of the state: 1 logistic, 2 loggy.', 0)),
      shortcut: int('1: adds the state before.', 0),
    },
  },
  {
    name: 'crnn',
    doc: 'Recurrent layer of three convolutions: input to state, state to state, state to output.',
    keys: {
      output: alexey(int('Output channels.', 1)),
      hidden: alexey(int('Channels of the state.', 1)),
      output_filters: pj(int('Output channels.', 1)),
      hidden_filters: pj(int('Channels of the state.', 1)),
      size: alexey(int('Window size K.', 3)),
      stride: alexey(int('Step of the window.', 1)),
      dilation: alexey(int('Distance between the taps.', 1)),
      pad: alexey(int('1: a border of size/2.', 0)),
      padding: alexey(int('Border on each side, where `pad` is 0.', 0)),
      groups: alexey(int('Independent groups of channels.', 1)),
      xnor: alexey(int('1: weights and inputs are signs.', 0)),
      activation: activation('logistic'),
      batch_normalize: batchNormalize,
      shortcut: int('1: adds the state before.', 0),
    },
  },
  {
    name: 'gru',
    doc: 'Gated recurrent unit of six connected layers.',
    keys: {
      output: int('Size of the state and of the output.', 1),
      batch_normalize: batchNormalize,
      tanh: pj(int('1: tanh instead of logistic.', 0)),
    },
  },
  {
    name: 'lstm',
    doc: 'LSTM of eight connected layers.',
    keys: { output: int('Size of the state and of the output.', 1), batch_normalize: batchNormalize },
  },
  {
    name: 'conv_lstm',
    doc: 'LSTM whose eight connected layers are convolutions.',
    only: 'alexeyab',
    keys: {
      output: int('Channels of the state and of the output.', 1),
      ...window,
      size: int('Window size K.', 3),
      dilation: int('Distance between the taps.', 1),
      groups: int('Independent groups of channels.', 1),
      activation: activation('linear'),
      batch_normalize: batchNormalize,
      xnor: int('1: weights and inputs are signs.', 0),
      peephole: int('1: three more convolutions let the gates see the cell.', 0),
      bottleneck: int('1: one convolution reads state and input together.', 0),
      state_constrain: int('Limits the state.', 'time_steps × 32'),
      shortcut: int('1: adds the input.', 0),
      lstm_activation: text('Activation of the cell.', 'tanh'),
      time_normalizer: number('Weight of time in training.', 1),
    },
  },
  {
    name: 'history',
    doc: 'The frames before, one behind the other along the channels.',
    only: 'alexeyab',
    keys: { history_size: int('How many frames.', 4) },
  },
  {
    name: 'implicit',
    doc: 'A learned tensor, the same for every image (YOLOR).',
    only: 'alexeyab',
    keys: {
      filters: int('Channels.', 128),
      atoms: int('Height.', 1),
      mean: number('Mean of the first values.', 0),
      std: number('Spread of the first values.', 0.2),
    },
  },
  { name: 'empty', aliases: ['silence'], doc: 'Hands its input on.', only: 'alexeyab', keys: {} },
];

const byType: ReadonlyMap<string, SectionKind> = new Map(
  sections.flatMap(section => {
    const keys = section.name === 'net' ? section.keys : { ...ofEveryLayer, ...section.keys };
    const { name, doc, only, aliases = [] } = section;
    return [name, ...aliases].map(type => [type, { name, doc, only, keys }] as const);
  }),
);

/** The types that a header may have, in brackets. */
export const sectionTypes: readonly string[] = [...byType.keys()];

/** What a header means; upper and lower case count. */
export function sectionOf(type: string): SectionKind | undefined {
  return byType.get(type);
}

export function keyOf(section: SectionKind, name: string): Key | undefined {
  return Object.hasOwn(section.keys, name) ? section.keys[name] : undefined;
}
