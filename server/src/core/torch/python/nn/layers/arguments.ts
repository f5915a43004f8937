// Arguments of layers that PyTorch refuses when the layer is called: it looks at their types no sooner.
import type { Machine } from '../../../../python/machine.ts';
import { PyFloat, PyInstance, PyList, plain, Unknown, type Value } from '../../../../python/objects.ts';
import { PyTensor } from '../../tensor.ts';
import { listOf } from '../natives.ts';

/** Whether a value that is known may be given, beside the others. */
type Rule = (value: Value, args: Readonly<Record<string, Value>>) => boolean;

/** A value that may be anything: what it is cannot be told, or is for others to say. */
const isOpen = (value: Value): boolean =>
  value instanceof Unknown || value instanceof PyTensor || (value instanceof PyInstance && !(value instanceof PyFloat));

/** C++ has 64 bits for it. */
const whole: Rule = value => typeof value === 'number' || (typeof value === 'bigint' && value < 2n ** 63n);
const positive: Rule = (value, args) => whole(value, args) && (value as number | bigint) > 0;
const nonzero: Rule = (value, args) => whole(value, args) && value !== 0;
const number: Rule = (value, args) => truth(value, args) || value instanceof PyFloat;
const numberIn = (value: Value): number => (value instanceof PyFloat ? value.value : Number(value));
const orNone =
  (rule: Rule): Rule =>
  (value, args) =>
    value === null || rule(value, args);

/** One for all dimensions, or as many as there are: by the first PyTorch tells what it is given. */
const wholes: Rule = (value, args) => {
  const items = listOf(value);
  return items ? items.every((item, at) => fits(item, at > 0 ? truth : whole, args)) : whole(value, args);
};
const truth: Rule = (value, args) => whole(value, args) || typeof value === 'boolean';
/** Of two dimensions: one of them alone does not stand for both. */
const pair: Rule = (value, args) => wholes(value, args) && listOf(value)?.length !== 1;

const windows = { kernel_size: pair, dilation: pair, padding: pair, stride: pair };

/** By the layer's name and the argument's. */
const rules: readonly (readonly [RegExp, Readonly<Record<string, Rule>>])[] = [
  [/^AvgPool\dd$/, { divisor_override: orNone(nonzero) }],
  [
    /^_LPPoolNd$/,
    {
      norm_type: (value, args) => number(value, args) && numberIn(value) !== 0,
      kernel_size: wholes,
      stride: orNone(wholes),
    },
  ],
  [/^FractionalMaxPool\dd$/, { kernel_size: pair, output_size: orNone(pair) }],
  [/^LocalResponseNorm$/, { size: positive }],
  [/^GroupNorm$/, { num_groups: positive }],
  [/^PixelShuffle$/, { upscale_factor: positive }],
  [/^PixelUnshuffle$/, { downscale_factor: positive }],
  [/^ChannelShuffle$/, { groups: positive }],
  [/^(?:Constant|Reflection|Replication|Zero)Pad\dd$/, { padding: wholes, value: orNone(number) }],
  [/^Flatten$/, { start_dim: whole, end_dim: whole }],
  [/^Unflatten$/, { dim: whole, unflattened_size: value => listOf(value) !== undefined }],
  [/^Embedding$/, { padding_idx: orNone(whole) }],
  [/^(?:Softmax|LogSoftmax|Softmin)$/, { dim: orNone(whole) }],
  [/^(?:GLU|CosineSimilarity)$/, { dim: whole }],
  [/^(?:Unf|F)old$/, windows],
  // It makes a float of what is no tuple.
  [/^Upsample$/, { scale_factor: value => !(value instanceof PyList) }],
  [/^LeakyReLU$/, { negative_slope: number }],
  [/^(?:C?ELU)$/, { alpha: number }],
  [/^Threshold$/, { threshold: number, value: number }],
  [/^Hardtanh$/, { min_val: number, max_val: larger('min_val') }],
  [/^PairwiseDistance$/, { norm: number, p: number }],
];

/** A number above that of another argument, where that is known. */
function larger(other: string): Rule {
  return (value, args) =>
    number(value, args) &&
    (!number(plain(args[other] ?? null), args) || numberIn(value) > numberIn(plain(args[other] ?? null)));
}

function fits(given: Value, rule: Rule, args: Readonly<Record<string, Value>>): boolean {
  const value = plain(given);
  return isOpen(value) || rule(value, args);
}

type Rules = readonly (readonly [argument: string, Rule])[];

const byLayer = new Map<string, Rules>();

function rulesOf(layer: string): Rules {
  let found = byLayer.get(layer);
  if (!found) {
    found = rules.flatMap(([pattern, each]) => (pattern.test(layer) ? Object.entries(each) : []));
    byLayer.set(layer, found);
  }
  return found;
}

/** What is wrong with the arguments of a layer, if anything is. */
export function refusal(layer: string, args: Readonly<Record<string, Value>>, machine: Machine): string | undefined {
  for (const [name, rule] of rulesOf(layer)) {
    const value = args[name];
    if (value === undefined || fits(value, rule, args)) continue;
    const type = machine.typeOf(value)?.name ?? 'this';
    return `${layer}(): argument '${name}' does not take ${type} ${textOf(value)}`.trimEnd();
  }
  return undefined;
}

const textOf = (value: Value): string =>
  typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : typeof value === 'string'
      ? `'${value}'`
      : '';
