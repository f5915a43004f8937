// Operators with parameters, put into the graph: who counts them, and what is wrong with their input.
import * as l10n from '@vscode/l10n';
import type { NodeOptions } from '../../../graph/builder.ts';
import type { Training } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Op, Shape } from '../../../ops/op.ts';
import { Unknown, type Value } from '../../../python/objects.ts';
import { type Reason, reasonOf } from '../../../text/reason.ts';
import { isUnlike } from '../accepted.ts';
import { isFloating, isWhole } from '../dtype.ts';
import { type DType, PyParameter, PyTensor } from '../tensor.ts';
import { given } from './given.ts';
import type { NN } from './state.ts';

/** Who calls: `nn.Conv2d` for a layer, `F.conv2d` for a function. */
export interface Caller {
  readonly name: string;
  /** A function call, not a module: counters that hook modules do not see it. */
  readonly isFunction: boolean;
}

export function functionNamed(name: string): Caller {
  return { name: `F.${name}`, isFunction: true };
}

/** An argument that is a tensor. */
export function tensorOf(nn: NN, value: Value | undefined, what = 'input'): PyTensor {
  if (value instanceof PyTensor) return value;
  if (value instanceof Unknown) return nn.world.tensor(undefined, 'float32', value.reason);
  const type = value === undefined ? undefined : nn.machine.typeOf(value)?.name;
  throw nn.machine.raise('TypeError', `argument '${what}' must be Tensor, not ${type ?? 'NoneType'}`);
}

export function optionalTensor(nn: NN, value: Value | undefined, what: string): PyTensor | undefined {
  return value === null || value === undefined ? undefined : tensorOf(nn, value, what);
}

type Options = NodeOptions & { readonly dtype?: DType };

function optionsOf(caller: Caller, more: Options = {}): Options {
  return caller.isFunction ? { functional: true, ...more } : more;
}

/** Applies an operator without parameters. */
export function apply<A extends object>(
  nn: NN,
  caller: Caller,
  op: Op<A>,
  attrs: NoInfer<A>,
  inputs: readonly PyTensor[],
  options?: Options,
): PyTensor {
  return nn.world.apply(op, attrs, inputs, optionsOf(caller, options));
}

/**
 * Applies an operator whose parameters the program holds as tensors. Its node counts them where nothing does so yet; it
 * shares them with the node that counts them all; else they are counted by themselves, and the node's work alone is its own.
 */
export function weighted<A extends object>(
  nn: NN,
  caller: Caller,
  op: Op<A>,
  attrs: NoInfer<A>,
  inputs: readonly PyTensor[],
  tensors: readonly PyTensor[],
  options?: Options,
): readonly PyTensor[] {
  const { world } = nn;
  const unknown = tensors.find(({ why }) => why)?.why;
  const plain = optionsOf(caller, unknown ? { unknown, ...options } : options);
  const training = world.isTraining ? trainingOf(tensors) : undefined;
  const all = training ? { ...plain, training } : plain;
  const whole = inputs.find(({ dtype, hasType, why }) => hasType && why === undefined && isWhole(dtype));
  if (whole && whole === inputs[0] && !op.name.startsWith('embedding') && tensors[0] && isFloating(tensors[0].dtype)) {
    throw nn.machine.raise(
      'RuntimeError',
      `${caller.name} needs an input of its weights’ type (${tensors[0].dtype}), not of ${whole.dtype}`,
    );
  }
  const [x, weight] = [inputs[0], tensors[0]];
  if (x?.hasType && weight?.hasType && !op.name.startsWith('embedding') && isUnlike(x.dtype, weight.dtype)) {
    throw nn.machine.raise('RuntimeError', `${caller.name}: expected scalar type ${x.dtype} but found ${weight.dtype}`);
  }
  if (tensors.length === 0 || !world.isRecording) return world.applyAll(op, attrs, inputs, all);
  const parameters = tensors.filter(tensor => tensor instanceof PyParameter);
  const isLeaf =
    parameters.length === tensors.length &&
    new Set(parameters).size === parameters.length &&
    parameters.every(parameter => world.counts(parameter));
  const counted = parameters.map(parameter => world.countedBy(parameter));
  if (isLeaf && counted.every(node => node === undefined)) {
    const results = world.applyAll(op, attrs, inputs, all);
    const node = results[0]?.node?.node;
    if (node && !node.why) for (const parameter of parameters) world.count(parameter, node);
    return results;
  }
  const [first] = counted;
  if (isLeaf && first && first.op.name === op.name && counted.every(node => node === first)) {
    return world.applyAll(op, attrs, inputs, { ...all, shares: first });
  }
  // Its weights are inputs, which say themselves whether they need gradients.
  return world.applyAll(given(op, inputs.length), attrs, [...inputs, ...tensors], plain);
}

/** What of an operator's own parameters is frozen. */
function trainingOf(tensors: readonly PyTensor[]): Training | undefined {
  const frozen = tensors.filter(({ requiresGrad }) => !requiresGrad);
  if (frozen.length === 0) return undefined;
  if (frozen.length === tensors.length) return 'frozen';
  const isMatrix = ({ shape }: PyTensor): boolean => (shape?.length ?? 2) > 1;
  const matrices = tensors.filter(isMatrix);
  const left = matrices.filter(({ requiresGrad }) => requiresGrad);
  if (left.length === matrices.length) return undefined;
  return left.length === 0 ? 'frozen-weights' : 'partly-frozen';
}

/** The same for an operator with one output. */
export function weightedOne<A extends object>(
  nn: NN,
  caller: Caller,
  op: Op<A>,
  attrs: NoInfer<A>,
  inputs: readonly PyTensor[],
  tensors: readonly PyTensor[],
  options?: Options,
): PyTensor {
  return weighted(nn, caller, op, attrs, inputs, tensors, options)[0]!;
}

/** What cannot be known, for arguments that are not; as much of the shape as is known. */
export function unknownResult(nn: NN, why: Unknown | Reason, inputs: readonly PyTensor[], shape?: Shape): PyTensor {
  return nn.world.opaque(why, inputs, shape);
}

/** Reports what is wrong; what follows is priced as if the result were of this shape. */
export function refuse(nn: NN, complaint: Complaint, inputs: readonly PyTensor[], shape?: Shape): PyTensor {
  const reason = nn.world.complain(complaint);
  return nn.world.opaque(reason, inputs, shape ?? complaint.output);
}

/** Sizes as messages show them: 1×3×224×224. */
export function shown(shape: Shape | undefined): string {
  if (!shape) return '?';
  return shape.length === 0 ? '()' : shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×');
}

/**
 * An input with the size that a layer declares for an axis. Where it has another one the call fails: that is reported with
 * the argument that would fit, and what follows is priced as it is declared.
 */
export function declared(
  nn: NN,
  x: PyTensor,
  axis: number,
  wanted: number,
  complaint: (given: number) => Complaint,
): PyTensor {
  const { shape } = x;
  if (!shape) return x;
  const at = axis < 0 ? shape.length + axis : axis;
  const found = shape[at];
  if (found === undefined || Number.isNaN(wanted) || Number.isNaN(found) || found === wanted) return x;
  const output = shape.map((length, index) => (index === at ? wanted : length));
  return refuse(nn, { ...complaint(found), input: 0 }, [x], output);
}

/** What is wrong where an input has other channels or features than a layer is made for. */
export function mismatch(
  caller: Caller,
  attr: 'in_channels' | 'in_features' | 'num_features' | 'num_channels' | 'embed_dim' | 'input_size',
  wanted: number,
  found: number,
  x: PyTensor,
  /** What would fit; the size that was found unless something else must be written. */
  fits = found,
): Complaint {
  const shape = shown(x.shape);
  const { name } = caller;
  const isChannels = /channels$/.test(attr) || (attr === 'num_features' && !name.endsWith('1d'));
  const short = l10n.t('{0} expected, {1} found', wanted, found);
  if (caller.isFunction) {
    return {
      code: 'channel-mismatch',
      message: isChannels
        ? l10n.t('The weights of {0} expect {1} channels, but its input has {2} ({3}).', name, wanted, found, shape)
        : l10n.t('The weights of {0} expect {1} features, but its input has {2} ({3}).', name, wanted, found, shape),
      short,
    };
  }
  return {
    code: 'channel-mismatch',
    attr,
    fits: { attr, value: fits },
    message: isChannels
      ? l10n.t('{0} expects {1} input channels, but its input has {2} ({3}).', name, wanted, found, shape)
      : l10n.t('{0} expects {1} input features, but its input has {2} ({3}).', name, wanted, found, shape),
    help: l10n.t('Set {0} to {1}, or change the input.', attr, fits),
    short,
  };
}

/** A batch of one around an input that has none; `undo` takes it away from the result. */
export function batched(
  nn: NN,
  caller: Caller,
  x: PyTensor,
  rank: number,
): { readonly x: PyTensor; readonly undo: (y: PyTensor) => PyTensor } {
  if (x.shape?.length !== rank - 1) return { x, undo: y => y };
  return {
    x: apply(nn, caller, ops.unsqueeze, { axis: 0 }, [x]),
    undo: y => (y.shape ? apply(nn, caller, ops.squeeze, { axis: 0 }, [y]) : y),
  };
}

/** The shape that an operator has for unknown attributes, as far as it can be told. */
export function looseShape<A extends object>(
  op: Op<A>,
  attrs: NoInfer<A>,
  inputs: readonly PyTensor[],
): Shape | undefined {
  const shapes: Shape[] = [];
  for (const { shape } of inputs) {
    if (!shape) return undefined;
    shapes.push(shape);
  }
  return op.shape ? op.shape(attrs, shapes) : op.shapes?.(attrs, shapes)[0];
}

/** Either what an operator gives, or what is known of it where an argument is unknown. */
export function applyKnown<A extends object>(
  nn: NN,
  caller: Caller,
  op: Op<A>,
  attrs: NoInfer<A>,
  inputs: readonly PyTensor[],
  why: Unknown | undefined,
  options?: Options,
): PyTensor {
  if (why) return unknownResult(nn, why, inputs, looseShape(op, attrs, inputs));
  return apply(nn, caller, op, attrs, inputs, options);
}

/** What torch does and this reading does not. */
export function notSupported(nn: NN, what: string, inputs: readonly PyTensor[], shape?: Shape): PyTensor {
  return nn.world.opaque(reasonOf(l10n.t('{0} is not supported.', what)), inputs, shape);
}
