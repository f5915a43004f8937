// The operators of the language: their names as users type them, the meaning of a bare value, and a prepared reader for
// each attribute, so that reading a row is cheap.
import { type AnyOp, ops } from '../../ops/index.ts';
import { type Attribute, attributeOf } from './attributes.ts';
import { commonList } from './words.ts';

/** What a value without a key means: an attribute, the tensors to join, or something else. */
export type Main = { readonly attr: number } | 'references' | 'border' | 'ignored' | undefined;

/** One spelling of an operator, ready to read rows. */
export interface Operator {
  readonly op: AnyOp;
  /** The spelling in the docs. */
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly main: Main;
  /** The index of each attribute; for common keys, −1 minus the index in `commonList`. */
  readonly keys: ReadonlyMap<string, number>;
  /** Attributes that the name implies (`exp` is `unary` with `how: exp`). */
  readonly preset: Readonly<Record<string, unknown>> | undefined;
  /** One group per channel, and one filter per channel unless `out` is given. */
  readonly depthwise: boolean;
  /** The spatial dimensions that the name implies (`conv1d`). */
  readonly dimensions: number | undefined;
  /** Attribute values by number of spatial dimensions, with unknowns for required ones. */
  readonly templates: (Readonly<Record<string, unknown>> | undefined)[];
  /** Bits of required attributes. */
  readonly required: number;
  /** Bits of attributes that determine the rank or the number of outputs. */
  readonly structural: number;
}

/** The index of keys that are accepted and have no effect, such as the rate of a dropout. */
export const ignoredKey = 1000;
/** The index of `padding` in `pad`: the same border before and after. */
export const borderKey = 1001;

const mains: Readonly<Record<string, string>> = {
  conv: 'out',
  convTranspose: 'out',
  linear: 'out',
  maxPool: 'kernel',
  avgPool: 'kernel',
  adaptiveAvgPool: 'size',
  adaptiveMaxPool: 'size',
  globalAvgPool: 'keep',
  globalMaxPool: 'keep',
  layerNorm: 'axes',
  groupNorm: 'groups',
  rmsNorm: 'axes',
  lrn: 'size',
  l2Norm: 'axis',
  leakyRelu: 'slope',
  prelu: 'perChannel',
  softmax: 'axis',
  logSoftmax: 'axis',
  upsample: 'scale',
  pixelShuffle: 'factor',
  pixelUnshuffle: 'factor',
  channelShuffle: 'groups',
  split: 'sizes',
  chunk: 'chunks',
  flatten: 'start',
  reshape: 'shape',
  permute: 'order',
  squeeze: 'axis',
  unsqueeze: 'axis',
  expand: 'shape',
  repeat: 'times',
  indexSelect: 'count',
  topK: 'k',
  reduce: 'axes',
  argMax: 'axis',
  unary: 'how',
  attention: 'heads',
  lstm: 'hidden',
  gru: 'hidden',
  rnn: 'hidden',
  parameter: 'shape',
  constant: 'shape',
};

/** Operators that join tensors: a bare name joins that tensor with the previous output, a list names all of them. */
const joining = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'concat',
  'stack',
  'matmul',
  'gather',
  'gridSample',
  'scaledDotProduct',
]);

/** Whether a row can include a normalization and activation. */
export function takesNorm(op: AnyOp): boolean {
  return op.name === 'conv' || op.name === 'convTranspose' || op.name === 'linear' || joining.has(op.name);
}

/** Other spellings, without case, dashes and underscores. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  conv: ['convolution'],
  convTranspose: ['deconv', 'deconvolution', 'transposedconv', 'upconv'],
  linear: ['fc', 'dense', 'fullyconnected'],
  maxPool: ['maxpooling'],
  avgPool: ['averagepool', 'averagepooling', 'avgpooling'],
  globalAvgPool: ['gap', 'globalaveragepool', 'globalaveragepooling'],
  globalMaxPool: ['gmp', 'globalmaxpooling'],
  batchNorm: ['bn', 'batchnormalization'],
  layerNorm: ['ln', 'layernormalization'],
  groupNorm: ['gn', 'groupnormalization'],
  lrn: ['localresponsenorm'],
  l2Norm: ['l2normalize'],
  leakyRelu: ['lrelu'],
  silu: ['swish'],
  hardSwish: ['hswish'],
  hardSigmoid: ['hsigmoid'],
  upsample: ['interpolate', 'resize'],
  pixelShuffle: ['depthtospace'],
  pixelUnshuffle: ['spacetodepth'],
  mul: ['multiply'],
  sub: ['subtract'],
  div: ['divide'],
  concat: ['cat', 'concatenate'],
  reshape: ['view'],
  permute: ['transpose'],
  // `repeat` itself is a structure.
  repeat: ['tile'],
  matmul: ['bmm'],
  attention: ['multiheadattention', 'selfattention', 'mha'],
  scaledDotProduct: ['sdpa', 'scaleddotproductattention'],
  embedding: ['embed'],
};

/** Names that imply attributes of another operator. */
const presets: readonly {
  readonly names: readonly string[];
  readonly op: string;
  readonly main?: string;
  readonly preset: Readonly<Record<string, unknown>>;
  readonly depthwise?: true;
}[] = [
  { names: ['depthwise', 'depthwiseconv', 'dwconv'], op: 'conv', main: 'kernel', preset: {}, depthwise: true },
  { names: ['mean'], op: 'reduce', preset: { how: 'mean' } },
  ...['exp', 'log', 'sqrt', 'abs', 'neg', 'square', 'pow', 'sin', 'cos', 'clamp', 'round', 'reciprocal'].map(how => ({
    names: [how],
    op: 'unary',
    preset: { how },
  })),
];

const spellings = new Map<string, Operator>();
const dimensional = new Map<string, Operator | undefined>();

/** All operators under their own names, for docs, schema and “did you mean”. */
export const operators: readonly Operator[] = [
  ...ops.map(op => {
    const names = [...(op.name === 'repeat' ? [] : [op.name.toLowerCase()]), ...(aliases[op.name] ?? [])];
    return spelled(op, names, mains[op.name], undefined, false);
  }),
  ...presets.map(({ names, op, main, preset, depthwise }) =>
    spelled(ops.find(({ name }) => name === op)!, names, main ?? mains[op], preset, depthwise ?? false),
  ),
];

/** All names of an operator, the docs' own first. */
export function namesOf(operator: Operator): readonly string[] {
  return [...spellings].filter(([, other]) => other === operator).map(([name]) => name);
}

export const operatorNames: readonly string[] = [...spellings.keys()];

export const activationNames: readonly string[] = operatorNames.filter(
  name => spellings.get(name)!.op.kind === 'activation',
);

/** The operator with this name, ignoring case, dashes and underscores. */
export function operatorOf(name: string): Operator | undefined {
  return spellings.get(name) ?? respelled(name);
}

function respelled(name: string): Operator | undefined {
  if (name.length > 40) return undefined;
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  const direct = spellings.get(plain);
  if (direct) return direct;
  if (dimensional.has(plain)) return dimensional.get(plain);
  const match = /^(.*?)([123])d$/.exec(plain) ?? /^(conv)([123])d(transpose)$/.exec(plain);
  const base = match && spellings.get(match[1]! + (match[3] ?? ''));
  if (!base) return undefined;
  // PyTorch's name, which also implies the number of dimensions.
  const known = { ...base, dimensions: Number(match[2]) };
  dimensional.set(plain, known);
  return known;
}

function spelled(
  op: AnyOp,
  names: readonly string[],
  mainName: string | undefined,
  preset: Readonly<Record<string, unknown>> | undefined,
  depthwise: boolean,
): Operator {
  const attributes = Object.entries(op.attrs)
    .filter(([name]) => preset?.[name] === undefined)
    .map(([name, spec]) => attributeOf(name, spec!));
  const keys = new Map<string, number>();
  for (let index = 0; index < attributes.length; index++) keys.set(attributes[index]!.name, index);
  for (let index = 0; index < commonList.length; index++) {
    const key = commonList[index]!;
    if ((key === 'norm' || key === 'act') && !takesNorm(op)) continue;
    keys.set(key, -1 - index);
  }
  if (op.name === 'dropout') keys.set('rate', ignoredKey);
  if (op.name === 'pad') keys.set('padding', borderKey);
  const mainIndex = attributes.findIndex(({ name }) => name === mainName);
  const main: Main =
    mainIndex >= 0
      ? { attr: mainIndex }
      : joining.has(op.name)
        ? 'references'
        : op.name === 'pad'
          ? 'border'
          : op.name === 'dropout'
            ? 'ignored'
            : undefined;
  let required = 0;
  let structural = 0;
  for (let index = 0; index < attributes.length; index++) {
    const { kind } = attributes[index]!.spec;
    if (kind === 'axis' || kind === 'axes' || op.shapes || op.name === 'repeat') structural |= 1 << index;
    if (attributes[index]!.required && !(depthwise && attributes[index]!.name === 'out')) required |= 1 << index;
  }
  const operator: Operator = {
    op,
    name: names[0]!,
    attributes,
    main,
    keys,
    preset,
    depthwise,
    dimensions: undefined,
    templates: [],
    required,
    structural,
  };
  for (const name of names) spellings.set(name, operator);
  return operator;
}

/** The default attributes of an operator; shared, so must not be modified. */
export function templateOf(operator: Operator, dimensions: number): Readonly<Record<string, unknown>> {
  const known = operator.templates[dimensions];
  if (known) return known;
  const template: Record<string, unknown> = {};
  // In the order of the operator's file.
  for (const name of Object.keys(operator.op.attrs)) {
    const preset = operator.preset?.[name];
    template[name] = preset ?? operator.attributes.find(attribute => attribute.name === name)!.default(dimensions);
  }
  operator.templates[dimensions] = template;
  return template;
}
