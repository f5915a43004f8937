// The layers of torch.nn that frameworks share, in the world of a program: their builder is the world.
import type { Builder, FrameSpec, NodeOptions } from '../../../graph/builder.ts';
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import type { Complaint, Op, Shape } from '../../../ops/op.ts';
import type { Problem } from '../../../text/problem.ts';
import { type Reason, reasonOf } from '../../../text/reason.ts';
import { type AnyLayer, defaultsOf, type Recorder, Scope, tensors } from '../../layer.ts';
import { isWhole } from '../dtype.ts';
import type { PyTensor } from '../tensor.ts';
import type { World } from '../world.ts';
import type { Caller } from './apply.ts';
import type { NN } from './state.ts';

/** A tensor of the program as a layer sees it: its sizes; the world knows the rest. */
class Seen implements Tensor {
  readonly tensor: PyTensor;
  readonly port = 0;

  constructor(tensor: PyTensor) {
    this.tensor = tensor;
  }

  get node(): GraphNode {
    throw new Error('A layer looks at sizes alone.');
  }

  get shape(): Shape | undefined {
    return this.tensor.shape;
  }

  get why(): Reason | undefined {
    return this.tensor.why;
  }
}

class WorldRecorder implements Recorder {
  readonly order = 'chw' as const;
  readonly full = false;
  readonly #world: World;
  readonly #isFunction: boolean;

  constructor(world: World, { isFunction }: Caller) {
    this.#world = world;
    this.#isFunction = isFunction;
  }

  add<A extends object>(
    op: Op<A>,
    attrs: NoInfer<A>,
    inputs: Tensor | readonly Tensor[],
    options?: NodeOptions,
  ): Tensor {
    return this.addAll(op, attrs, inputs, options)[0]!;
  }

  addAll<A extends object>(
    op: Op<A>,
    attrs: NoInfer<A>,
    inputs: Tensor | readonly Tensor[],
    options?: NodeOptions,
  ): readonly Tensor[] {
    const list: readonly Tensor[] = Array.isArray(inputs) ? inputs : [inputs as Tensor];
    const all = this.#isFunction ? { ...options, functional: true } : options;
    return this.#world.applyAll(op, attrs, list.map(seen), all).map(tensor => new Seen(tensor));
  }

  unknown(why: string | Reason, inputs: readonly Tensor[] = [], shape?: Shape): Tensor {
    return new Seen(this.#world.opaque(reasonOf(why), inputs.map(seen), shape));
  }

  complain(complaint: Complaint): Reason {
    return this.#world.complain(complaint);
  }

  problem({ code, message, help, short }: Problem): void {
    this.#world.complain({ code, message, help, short });
  }

  within<T extends Tensor | readonly Tensor[] | undefined>(_spec: FrameSpec, body: () => T): T {
    return body();
  }

  times: Builder['times'] = (n, body) => {
    for (let index = 0; index < n; index++) body(index);
  };
}

function seen(tensor: Tensor): PyTensor {
  return (tensor as Seen).tensor;
}

/** Layers that work on fractions alone, and on anything but booleans, though they are made of operators that do not. */
const ofFractions = new Set(['nn.Hardshrink', 'nn.Softshrink', 'nn.GLU']);
const ofNumbers = new Set(['nn.Threshold']);

/** The forward pass of a layer without parameters. Arguments that are not given are the default ones. */
export function runLayer(
  nn: NN,
  caller: Caller,
  layer: AnyLayer,
  inputs: readonly PyTensor[],
  args: Readonly<Record<string, unknown>>,
): readonly PyTensor[] {
  const [first] = inputs;
  if (
    first?.hasType &&
    isWhole(first.dtype) &&
    (ofFractions.has(layer.name) || (first.dtype === 'bool' && ofNumbers.has(layer.name)))
  )
    throw nn.machine.raise('RuntimeError', `"${caller.name}" not implemented for '${first.dtype}'`);
  const scope = new Scope(new WorldRecorder(nn.world, caller));
  const full = { ...defaultsOf(layer), ...args };
  const result = layer.forward(
    scope,
    inputs.map(tensor => new Seen(tensor)),
    full,
  );
  return tensors(result).map(seen);
}
