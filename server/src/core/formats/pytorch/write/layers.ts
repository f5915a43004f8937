// What each operator is in PyTorch: layers of torch.nn, expressions over tensors, parameters.
import * as l10n from '@vscode/l10n';
import type { Argument, Literal, Operation } from '../../../convert/definition.ts';
import type { GraphNode } from '../../../graph/graph.ts';
import type { Shape } from '../../../ops/index.ts';

/** The operations that a node becomes; or why PyTorch cannot say it. */
export function operationsOf(node: GraphNode): readonly Operation[] | string {
  const { op, inputs, outputs, why } = node;
  if (why) return why.message;
  for (const { shape, why: unknown } of [...inputs, ...outputs])
    if (!shape || shape.some(Number.isNaN)) return unknown?.message ?? l10n.t('Its shape is not known.');
  if (node.shares) return l10n.t('It uses the parameters of another layer again.');
  const write = Object.hasOwn(writers, op.name) ? writers[op.name] : undefined;
  if (!write) return l10n.t('PyTorch has no layer or function for “{0}”.', op.name);
  const shapes = inputs.map(({ shape }) => shape!);
  const given: Given = {
    attrs: node.attrs as Attrs,
    inputs: shapes,
    x: shapes[0] ?? [],
    y: outputs[0]!.shape!,
    dimensions: (shapes[0]?.length ?? 0) - 2,
    outputs: outputs.length,
  };
  const written = write(given);
  return typeof written === 'string' || Array.isArray(written)
    ? (written as readonly Operation[] | string)
    : [written as Operation];
}

type Attrs = Readonly<Record<string, unknown>>;

interface Given {
  readonly attrs: Attrs;
  readonly inputs: readonly Shape[];
  /** The shape of the first input, and of the first output. */
  readonly x: Shape;
  readonly y: Shape;
  /** Spatial dimensions of the first input. */
  readonly dimensions: number;
  readonly outputs: number;
}

type Write = (given: Given) => Operation | readonly Operation[] | string;

// ——— Arguments ———————————————————————————————————————————————————————————————————————————————————————————————————

function arg(role: string, value: unknown, family: string = role): Argument {
  return { key: undefined, value: value as Literal, role, family };
}

function option(key: string, value: unknown, standard: Literal, family: string = key): Argument {
  return { key, value: value as Literal, default: standard, role: key, family };
}

/** The same size in every dimension is one number. */
function sizes(value: unknown): Literal {
  const list = value as readonly number[];
  return list.every(size => size === list[0]) ? list[0]! : list;
}

const isZero = (list: unknown): boolean => (list as readonly number[]).every(size => size === 0);

function layer(name: string, args: readonly Argument[], noun: string, call?: string): Operation {
  return {
    form: 'layer',
    callee: name,
    args,
    with: [],
    noun,
    chains: call === undefined,
    call,
    outputs: 1,
  };
}

function expression(
  pattern: string,
  args: readonly Argument[],
  noun: string,
  { isInfix = false, outputs }: { readonly isInfix?: boolean; readonly outputs?: number } = {},
): Operation {
  return { form: 'expression', callee: pattern, args, with: [], noun, chains: false, isInfix, outputs };
}

/** Of a `torch.nn` family by number of dimensions: `nn.Conv2d`. */
function dimensional(name: string, { dimensions }: Given): string | undefined {
  return dimensions >= 1 && dimensions <= 3 ? `nn.${name}${dimensions}d` : undefined;
}

const dimensionsMisfit = ({ dimensions }: Given): string =>
  l10n.t('PyTorch has no such layer for {0} spatial dimensions.', dimensions);

// ——— Families ————————————————————————————————————————————————————————————————————————————————————————————————————

const activation =
  (name: string, noun: string, args: (given: Given) => readonly Argument[] = () => []): Write =>
  given =>
    layer(`nn.${name}`, args(given), noun);

/** A convolution or a pool whose windows go beyond its input, by a layer in front where its own padding cannot. */
function padded(
  given: Given,
  build: (padding: Literal) => Operation,
  fill: string | number,
  isSymmetric: boolean,
): readonly Operation[] {
  const { padding, paddingAfter } = given.attrs as { padding: readonly number[]; paddingAfter?: readonly number[] };
  if (isSymmetric && (paddingAfter === undefined || String(paddingAfter) === String(padding)))
    return [build(sizes(padding))];
  const border = padding.flatMap((before, axis) => [before, (paddingAfter ?? padding)[axis]!]);
  // The last dimension comes first.
  const pairs = padding.map((_, axis) => border.slice(2 * axis, 2 * axis + 2)).reverse();
  const isZero = fill === 0 && given.dimensions === 2;
  const name = isZero ? 'nn.ZeroPad2d' : `nn.ConstantPad${given.dimensions}d`;
  const value = isZero ? [] : [arg('value', fill)];
  return [layer(name, [arg('border', pairs.flat()), ...value], 'pad'), build(0)];
}

const conv: Write = given => {
  const { attrs, x } = given;
  if (attrs.binary) return l10n.t('PyTorch has no convolution with binary weights.');
  const name = dimensional('Conv', given);
  if (!name) return dimensionsMisfit(given);
  const build = (padding: Literal): Operation =>
    layer(
      name,
      [
        arg('in_channels', x[1], 'channels'),
        arg('out_channels', attrs.out, 'channels'),
        arg('kernel_size', sizes(attrs.kernel)),
        option('stride', sizes(attrs.stride), 1),
        option('padding', padding, 0),
        option('dilation', sizes(attrs.dilation), 1),
        option('groups', attrs.groups, 1, 'channels'),
        option('bias', attrs.bias, true),
      ],
      'conv',
    );
  return padded(given, build, 0, true);
};

const convTranspose: Write = given => {
  const { attrs, x } = given;
  const name = dimensional('ConvTranspose', given);
  if (!name) return dimensionsMisfit(given);
  return layer(
    name,
    [
      arg('in_channels', x[1], 'channels'),
      arg('out_channels', attrs.out, 'channels'),
      arg('kernel_size', sizes(attrs.kernel)),
      option('stride', sizes(attrs.stride), 1),
      option('padding', sizes(attrs.padding), 0),
      option('output_padding', sizes(attrs.outputPadding), 0),
      option('groups', attrs.groups, 1, 'channels'),
      option('bias', attrs.bias, true),
      option('dilation', sizes(attrs.dilation), 1),
    ],
    'up',
  );
};

/** PyTorch's own padding of a pool is at most half the kernel. */
function fitsHalf({ kernel, padding }: Attrs): boolean {
  const half = kernel as readonly number[];
  return (padding as readonly number[]).every((size, axis) => 2 * size <= half[axis]!);
}

const maxPool: Write = given => {
  const { attrs } = given;
  const name = dimensional('MaxPool', given);
  if (!name) return dimensionsMisfit(given);
  const kernel = sizes(attrs.kernel);
  const build = (padding: Literal): Operation =>
    layer(
      name,
      [
        arg('kernel_size', kernel),
        option('stride', attrs.stride === undefined ? kernel : sizes(attrs.stride), kernel),
        option('padding', padding, 0),
        option('dilation', sizes(attrs.dilation), 1),
        option('ceil_mode', attrs.rounding !== 'floor', false),
      ],
      'pool',
    );
  return padded(given, build, Number.NEGATIVE_INFINITY, fitsHalf(attrs));
};

const avgPool: Write = given => {
  const { attrs } = given;
  const name = dimensional('AvgPool', given);
  if (!name) return dimensionsMisfit(given);
  const kernel = sizes(attrs.kernel);
  const { padding, paddingAfter } = attrs;
  const isSymmetric = (paddingAfter === undefined || String(paddingAfter) === String(padding)) && fitsHalf(attrs);
  if (!isSymmetric && !attrs.includePadding)
    return l10n.t('PyTorch’s average pooling leaves no padding out that differs at the end.');
  const build = (own: Literal): Operation =>
    layer(
      name,
      [
        arg('kernel_size', kernel),
        option('stride', attrs.stride === undefined ? kernel : sizes(attrs.stride), kernel),
        option('padding', own, 0),
        option('ceil_mode', attrs.rounding !== 'floor', false),
        option('count_include_pad', isZero(padding) || attrs.includePadding, true),
      ],
      'pool',
    );
  return padded(given, build, 0, isSymmetric);
};

const adaptivePool =
  (name: string): Write =>
  given => {
    const own = dimensional(name, given);
    return own ? layer(own, [arg('output_size', sizes(given.attrs.size))], 'pool') : dimensionsMisfit(given);
  };

const globalPool =
  (name: string): Write =>
  given => {
    const own = dimensional(name, given);
    if (!own) return dimensionsMisfit(given);
    const pool = layer(own, [arg('output_size', 1)], 'pool');
    return given.attrs.keep ? pool : [pool, layer('nn.Flatten', [], 'flatten')];
  };

const batchNorm: Write = given => {
  const { attrs, x } = given;
  const dimensions = Math.max(given.dimensions, 1);
  if (dimensions > 3 || x.length < 2) return dimensionsMisfit(given);
  return layer(
    `nn.BatchNorm${dimensions}d`,
    [
      arg('num_features', x[1], 'channels'),
      option('affine', attrs.affine, true),
      option('track_running_stats', attrs.stats ?? true, true),
    ],
    'norm',
  );
};

const instanceNorm: Write = given => {
  const name = dimensional('InstanceNorm', given);
  if (!name) return dimensionsMisfit(given);
  return layer(
    name,
    [arg('num_features', given.x[1], 'channels'), option('affine', given.attrs.affine, false)],
    'norm',
  );
};

/** The sizes of the last axes, one number for one axis. */
function features({ attrs, x }: Given): Literal {
  return sizesOf(x.slice(x.length - (attrs.axes as number)));
}

function sizesOf(list: readonly number[]): Literal {
  return list.length === 1 ? list[0]! : list;
}

const recurrent =
  (name: string): Write =>
  ({ attrs, x }) => {
    if (attrs.oneBias && attrs.bias) return l10n.t('PyTorch’s {0} has two biases per gate, not one.', name);
    if (attrs.projection) return l10n.t('Its projection cannot be written yet.');
    if (attrs.batchFirst === false) return l10n.t('Its sequences have the batch in second place.');
    return layer(
      `nn.${name}`,
      [
        arg('input_size', x[2], 'channels'),
        arg('hidden_size', attrs.hidden, 'channels'),
        option('num_layers', attrs.layers, 1),
        option('bias', attrs.bias, true),
        option('batch_first', true, false),
        option('bidirectional', attrs.bidirectional, false),
      ],
      name.toLowerCase(),
      '{self}({0})[0]',
    );
  };

const attention: Write = ({ attrs, inputs, x }) => {
  const query = x[2]!;
  const [, key = x, value = key] = inputs;
  if (inputs.length > 3) return l10n.t('It takes {0} inputs; PyTorch’s attention takes three.', inputs.length);
  const width = (attrs.embed as number | undefined) ?? query;
  const places = inputs.length === 1 ? '{0}, {0}, {0}' : inputs.length === 2 ? '{0}, {1}, {1}' : '{0}, {1}, {2}';
  return layer(
    'nn.MultiheadAttention',
    [
      arg('embed_dim', width, 'channels'),
      arg('num_heads', attrs.heads),
      option('bias', attrs.bias, true),
      option('kdim', key[2], width, 'channels'),
      option('vdim', value[2], width, 'channels'),
      option('batch_first', true, false),
    ],
    'attn',
    `{self}(${places}, need_weights=False)[0]`,
  );
};

const infix =
  (sign: string, noun: string): Write =>
  ({ inputs }) =>
    expression(inputs.map((_, at) => `{${at}}`).join(` ${sign} `), [], noun, { isInfix: true });

/** A layer’s own factors or shifts, one for each place of an axis, as they broadcast. */
function vector({ attrs, x }: Given): readonly number[] {
  const axis = ((attrs.axis as number) + x.length) % x.length;
  return x.slice(axis).map((length, at) => (at === 0 ? length : 1));
}

/** A batch of 1 is whatever the batch is. */
function ofBatch(shape: readonly number[], { x, y }: Given): readonly number[] {
  if (x[0] !== 1 || y[0] !== 1 || shape.length !== y.length || shape.length < 2) return shape;
  return shape.map((length, axis) => (axis === 0 ? -1 : length === -1 ? y[axis]! : length));
}

const axisOf = ({ axis }: Attrs): Argument => arg('dim', axis, 'axis');

const slice: Write = ({ attrs, x }) => {
  const { start, end, step } = attrs as { start: number; end: number; step: number };
  const axis = ((attrs.axis as number) + x.length) % x.length;
  const from = start === 0 ? '' : String(start);
  const to = end === Number.POSITIVE_INFINITY ? '' : String(end);
  const part = `${from}:${to}${step === 1 ? '' : `:${step}`}`;
  return expression(`{0}[${[...Array(axis).fill(':'), part].join(', ')}]`, [], 'part');
};

const cropLike: Write = ({ attrs, x, y }) => {
  const axis = ((attrs.axis as number) + x.length) % x.length;
  const offset = attrs.offset as readonly number[];
  const parts = x.map((_, at) => {
    if (at < axis) return ':';
    const from = offset[at - axis] ?? offset[0]!;
    return `${from || ''}:${from + y[at]!}`;
  });
  // What it is like is read for its size alone, which is known.
  return expression(`{0}[${parts.join(', ')}]`, [], 'crop');
};

const reduce: Write = ({ attrs }) => {
  const { how, axes, keep } = attrs as { how: string; axes: readonly number[]; keep: boolean };
  const pattern = Object.hasOwn(reductions, how) ? reductions[how] : undefined;
  if (!pattern) return l10n.t('PyTorch has no layer or function for “{0}”.', how);
  const one = /\.(?:prod|any|all)\(/.test(pattern);
  if (one && axes.length > 1) return l10n.t('PyTorch reduces one axis at a time by “{0}”.', how);
  return expression(
    pattern,
    [arg('dim', sizesOf(axes), 'axis'), option('keepdim', keep, false)],
    how === 'mean' ? 'mean' : 'value',
  );
};

const reductions: Readonly<Record<string, string>> = {
  mean: '{0}.mean({args})',
  sum: '{0}.sum({args})',
  max: '{0}.amax({args})',
  min: '{0}.amin({args})',
  product: '{0}.prod({args})',
  norm: 'torch.linalg.vector_norm({0}, dim={dim}, keepdim={keepdim})',
  variance: '{0}.var({args})',
  logSumExp: '{0}.logsumexp({args})',
  any: '{0}.any({args})',
  all: '{0}.all({args})',
};

const functions: Readonly<Record<string, string>> = {
  exp: '{0}.exp()',
  log: '{0}.log()',
  sqrt: '{0}.sqrt()',
  abs: '{0}.abs()',
  neg: '{0}.neg()',
  square: '{0}.square()',
  sin: '{0}.sin()',
  cos: '{0}.cos()',
  tan: '{0}.tan()',
  round: '{0}.round()',
  reciprocal: '{0}.reciprocal()',
  rsqrt: '{0}.rsqrt()',
  erf: '{0}.erf()',
  sign: '{0}.sign()',
};

const unary: Write = ({ attrs }) => {
  const how = attrs.how as string;
  const pattern = Object.hasOwn(functions, how) ? functions[how] : undefined;
  return pattern ? expression(pattern, [], how) : l10n.t('The network does not say the numbers that “{0}” uses.', how);
};

const einsum: Write = ({ attrs }) => {
  const { left, right, out } = attrs as Readonly<Record<'left' | 'right' | 'out', readonly number[]>>;
  const letters = (axes: readonly number[]): string => axes.map(axis => String.fromCharCode(97 + axis)).join('');
  const equation = `${letters(left)},${letters(right)}->${letters(out)}`;
  return expression(`torch.einsum("${equation}", {0}, {1})`, [], 'product');
};

const matmul: Write = ({ attrs }) => {
  const side = (at: number, isTransposed: unknown): string => (isTransposed ? `{${at}}.transpose(-2, -1)` : `{${at}}`);
  return expression(`${side(0, attrs.transposeA)} @ ${side(1, attrs.transposeB)}`, [], 'product', { isInfix: true });
};

const upsample: Write = ({ attrs, x }) => {
  const { scale, size, mode } = attrs as { scale?: readonly number[]; size?: readonly number[]; mode: string };
  const suited: Readonly<Record<string, number>> = { linear: 3, bilinear: 4, bicubic: 4, trilinear: 5 };
  if (mode !== 'nearest' && suited[mode] !== x.length)
    return l10n.t('PyTorch’s “{0}” is not for {1} spatial dimensions.', mode, x.length - 2);
  const target = scale ? option('scale_factor', sizes(scale), 'none') : option('size', sizes(size), 'none');
  return layer('nn.Upsample', [target, option('mode', mode, 'nearest')], 'upsample');
};

const writers: Readonly<Record<string, Write>> = {
  conv,
  convTranspose,
  linear: ({ attrs, x }) =>
    layer(
      'nn.Linear',
      [
        arg('in_features', x.at(-1), 'channels'),
        arg('out_features', attrs.out, 'channels'),
        option('bias', attrs.bias, true),
      ],
      'fc',
    ),
  maxPool,
  avgPool,
  adaptiveAvgPool: adaptivePool('AdaptiveAvgPool'),
  adaptiveMaxPool: adaptivePool('AdaptiveMaxPool'),
  globalAvgPool: globalPool('AdaptiveAvgPool'),
  globalMaxPool: globalPool('AdaptiveMaxPool'),
  batchNorm,
  instanceNorm,
  layerNorm: given =>
    layer(
      'nn.LayerNorm',
      [
        arg('features', features(given), 'channels'),
        option('elementwise_affine', given.attrs.affine, true),
        option('bias', given.attrs.affine ? given.attrs.bias : true, true),
      ],
      'norm',
    ),
  rmsNorm: given =>
    layer(
      'nn.RMSNorm',
      [arg('features', features(given), 'channels'), option('elementwise_affine', given.attrs.affine, true)],
      'norm',
    ),
  groupNorm: ({ attrs, x }) =>
    layer(
      'nn.GroupNorm',
      [arg('groups', attrs.groups), arg('num_channels', x[1], 'channels'), option('affine', attrs.affine, true)],
      'norm',
    ),
  lrn: ({ attrs }) => layer('nn.LocalResponseNorm', [arg('size', attrs.size)], 'norm'),
  l2Norm: ({ attrs }) => expression('F.normalize({0}, dim={dim})', [axisOf(attrs)], 'normalized'),
  relu: activation('ReLU', 'relu'),
  relu6: activation('ReLU6', 'relu'),
  leakyRelu: activation('LeakyReLU', 'relu', ({ attrs }) => [arg('slope', attrs.slope)]),
  prelu: activation('PReLU', 'prelu', ({ attrs, x }) => [
    arg('num_parameters', attrs.perChannel ? x[1] : 1, 'channels'),
  ]),
  elu: activation('ELU', 'elu'),
  selu: activation('SELU', 'selu'),
  celu: activation('CELU', 'celu'),
  softplus: activation('Softplus', 'softplus'),
  silu: activation('SiLU', 'silu'),
  gelu: activation('GELU', 'gelu'),
  sigmoid: activation('Sigmoid', 'sigmoid'),
  tanh: activation('Tanh', 'tanh'),
  hardSwish: activation('Hardswish', 'hardswish'),
  hardSigmoid: activation('Hardsigmoid', 'hardsigmoid'),
  mish: activation('Mish', 'mish'),
  logSigmoid: activation('LogSigmoid', 'logsigmoid'),
  softsign: activation('Softsign', 'softsign'),
  hardTanh: activation('Hardtanh', 'hardtanh'),
  softmax: activation('Softmax', 'softmax', ({ attrs }) => [option('dim', attrs.axis, 'none', 'axis')]),
  logSoftmax: activation('LogSoftmax', 'logsoftmax', ({ attrs }) => [option('dim', attrs.axis, 'none', 'axis')]),
  upsample,
  pixelShuffle: ({ attrs }) => layer('nn.PixelShuffle', [arg('factor', attrs.factor)], 'shuffle'),
  pixelUnshuffle: ({ attrs }) => layer('nn.PixelUnshuffle', [arg('factor', attrs.factor)], 'unshuffle'),
  channelShuffle: ({ attrs }) => layer('nn.ChannelShuffle', [arg('groups', attrs.groups)], 'shuffle'),
  pad: ({ attrs }) => {
    const { before, after, mode } = attrs as { before: readonly number[]; after: readonly number[]; mode: string };
    // The last dimension comes first.
    const border = before.map((size, axis) => [size, after[axis]!]).reverse();
    const ending = mode === 'constant' ? '' : `, mode="${mode}"`;
    return expression(`F.pad({0}, {border}${ending})`, [arg('border', border.flat())], 'padded');
  },
  dropout: () => layer('nn.Dropout', [], 'dropout'),
  identity: () => layer('nn.Identity', [], 'identity'),
  detach: () => expression('{0}.detach()', [], 'detached'),
  gridSample: () => expression('F.grid_sample({0}, {1}, align_corners=False)', [], 'sampled'),
  add: infix('+', 'sum'),
  sub: infix('-', 'difference'),
  mul: infix('*', 'product'),
  div: infix('/', 'quotient'),
  maximum: ({ inputs }) =>
    expression(
      inputs.slice(1).reduce((text, _, at) => `torch.maximum(${text}, {${at + 1}})`, '{0}'),
      [],
      'maximum',
    ),
  concat: ({ attrs }) => expression('torch.cat([{*}], dim={dim})', [axisOf(attrs)], 'joined'),
  stack: ({ attrs }) => expression('torch.stack([{*}], dim={dim})', [axisOf(attrs)], 'stacked'),
  split: ({ attrs }) => expression('{0}.split({parts}, dim={dim})', [arg('parts', attrs.sizes), axisOf(attrs)], 'part'),
  chunk: ({ attrs }) =>
    expression('{0}.chunk({chunks}, dim={dim})', [arg('chunks', attrs.chunks), axisOf(attrs)], 'part'),
  slice,
  flatten: ({ attrs }) =>
    layer(
      'nn.Flatten',
      [option('start_dim', attrs.start, 1, 'axis'), option('end_dim', attrs.end, -1, 'axis')],
      'flatten',
    ),
  reshape: given =>
    expression(
      '{0}.reshape({*shape})',
      [arg('shape', ofBatch(given.attrs.shape as readonly number[], given))],
      'reshaped',
    ),
  permute: ({ attrs }) => expression('{0}.permute({*order})', [arg('order', attrs.order)], 'permuted'),
  squeeze: ({ attrs, x }) => {
    if (attrs.axis !== undefined) return expression('{0}.squeeze({dim})', [axisOf(attrs)], 'squeezed');
    // All but the batch, the last one first.
    const axes = x.flatMap((length, axis) => (axis > 0 && length === 1 ? [axis] : [])).reverse();
    if (axes.length === 0) return layer('nn.Identity', [], 'identity');
    return expression(`{0}${axes.map(axis => `.squeeze(${axis})`).join('')}`, [], 'squeezed');
  },
  unsqueeze: ({ attrs }) => expression('{0}.unsqueeze({dim})', [axisOf(attrs)], 'unsqueezed'),
  expand: ({ attrs }) => expression('{0}.expand({*shape})', [arg('shape', attrs.shape)], 'expanded'),
  repeat: ({ attrs }) => expression('{0}.repeat({*times})', [arg('times', attrs.times)], 'repeated'),
  gather: ({ attrs }) => expression('torch.gather({0}, {dim}, {1})', [axisOf(attrs)], 'gathered'),
  topK: ({ attrs }) => expression('{0}.topk({k}, dim={dim})', [arg('k', attrs.k), axisOf(attrs)], 'top'),
  argMax: ({ attrs }) =>
    expression('{0}.argmax({args})', [arg('dim', attrs.axis, 'axis'), option('keepdim', attrs.keep, false)], 'index'),
  unbind: ({ attrs }) => expression('{0}.unbind({dim})', [axisOf(attrs)], 'part'),
  reduce,
  unary,
  scale: given =>
    layer(
      'Scale',
      [arg('shape', sizesOf(vector(given)), 'channels'), option('bias', given.attrs.bias, false)],
      'scale',
    ),
  bias: given => layer('Shift', [arg('shape', sizesOf(vector(given)), 'channels')], 'shift'),
  matmul,
  attention,
  scaledDotProduct: () => expression('F.scaled_dot_product_attention({0}, {1}, {2})', [], 'attended'),
  embedding: ({ attrs }) =>
    layer(
      'nn.Embedding',
      [arg('num_embeddings', attrs.count, 'channels'), arg('embedding_dim', attrs.dim, 'channels')],
      'embedding',
    ),
  lstm: recurrent('LSTM'),
  gru: recurrent('GRU'),
  rnn: recurrent('RNN'),
  parameter: ({ attrs }) =>
    layer(
      'nn.Parameter(torch.zeros({args}))',
      (attrs.shape as readonly number[]).map(size => arg('size', size, 'channels')),
      'weight',
      '{self}',
    ),
  constant: ({ attrs }) => expression('torch.zeros({*shape})', [arg('shape', attrs.shape)], 'constant'),
  cropLike,
  einsum,
};
