// What a layer of PyTorch is: what `class Conv2d(nn.Module)` says in Python, over the builder.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../graph/builder.ts';
import { channels, type Tensor } from '../graph/graph.ts';
import type { Complaint } from '../ops/op.ts';
import type { Param, Signature, Since } from './signature.ts';

/** What a forward pass takes and returns: a tensor, or a list of them. */
export type Value = Tensor | readonly Tensor[];

/** A size for all spatial dimensions, or one for each (rows, columns). */
export type Size = number | readonly number[];

/** A forward pass of one tensor, its arguments bound. */
export type Forward = (scope: Scope, x: Tensor) => Tensor;

/** A parameter as a constructor registers it. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** As what its elements count. */
  readonly role: 'weights' | 'biases' | 'normAffine';
}

/**
 * A layer: its signature, the parameters that it registers itself, and its forward pass. `A` holds the constructor's
 * arguments by name; `S` is where it is built, which a framework on top may know more of.
 */
export interface Layer<A extends object = object, S extends Scope = Scope> extends Signature {
  /** One sentence for the hover. */
  readonly summary: () => string;
  /** The release that it came with. */
  readonly since?: Since;
  /** In the order of the constructor; those that no cost depends on need not be in `A`. */
  readonly params: { readonly [K in keyof A]-?: Param } & Readonly<Record<string, Param>>;
  parameters?(args: A): readonly Parameter[];
  /** In evaluation mode, unfused. */
  readonly forward: (scope: S, inputs: readonly Value[], args: A) => Value;
}

/** Declares a layer; only there to infer its arguments' type. */
export function layer<A extends object>(definition: Layer<A>): Layer<A> {
  return definition;
}

// biome-ignore lint/suspicious/noExplicitAny: method parameters are contravariant; a table of layers needs it
export type AnyLayer = Layer<any>;

/** What layers need of the builder: a program that is read records them in its own way. */
export type Recorder = Pick<
  Builder,
  'add' | 'addAll' | 'unknown' | 'complain' | 'within' | 'times' | 'problem' | 'full' | 'order'
>;

/** Where layers are built. */
export class Scope<B extends Recorder = Recorder> {
  readonly builder: B;

  constructor(builder: B) {
    this.builder = builder;
  }

  /** Calls a layer as a named part of another: `self.cv1(x)`. */
  call<A extends object>(
    label: string,
    target: Layer<A, this>,
    inputs: Value | readonly Value[],
    args: Partial<A>,
  ): Tensor {
    return this.callAll(label, target, inputs, args)[0]!;
  }

  /** The same for a layer that returns several tensors. */
  callAll<A extends object>(
    label: string,
    target: Layer<A, this>,
    inputs: Value | readonly Value[],
    args: Partial<A>,
  ): readonly Tensor[] {
    const list = Array.isArray(inputs) ? (inputs as readonly Value[]) : [inputs as Value];
    const full = { ...defaultsOf(target), ...args } as A;
    return this.builder.within({ label, type: target.name }, () => tensors(target.forward(this, list, full)));
  }

  /** A named stretch of the forward pass: `self.m`, an `nn.Sequential`. */
  part<T extends Tensor | readonly Tensor[]>(label: string, type: string, body: () => T): T {
    return this.builder.within({ label, type }, body);
  }

  /** `nn.Sequential(*(f(i) for i in range(n)))`: each gets the output of the one above. */
  chain(n: number, x: Tensor, body: (x: Tensor, index: number) => Tensor): Tensor {
    let current = x;
    this.builder.times(n, index => {
      current = body(current, index);
    });
    return current;
  }

  /** Reports that a call fails: what it expects, and what it got. Returns what takes the place of the output. */
  refuse(complaint: Complaint, inputs: readonly Tensor[]): Tensor {
    return this.builder.unknown(this.builder.complain(complaint), inputs, complaint.output);
  }

  /**
   * An image with the channels that `name` is built for. Where it has others the call fails: that is reported, and what
   * follows is priced as it is declared.
   */
  declared(x: Tensor, name: string, wanted: number, input = 0): Tensor {
    const found = channels(x);
    if (wanted === found || Number.isNaN(wanted) || Number.isNaN(found) || x.shape!.length !== 4) return x;
    const output = [x.shape![0]!, wanted, ...x.shape!.slice(2)];
    return this.refuse({ ...wrongChannels(name, wanted, found), input, output }, [x]);
  }
}

/** What is wrong where a layer gets other channels than it expects. */
export function wrongChannels(name: string, wanted: number, found: number): Complaint {
  return {
    code: 'channel-mismatch',
    message: l10n.t('{0} expects {1} input channels, but gets {2}.', name, wanted, found),
    help: l10n.t('Declare {0}, or change its input.', found),
    short: l10n.t('{0} channels expected, {1} found', wanted, found),
  };
}

/** The first input as one tensor: of a list, its first. */
export function only(inputs: readonly Value[]): Tensor {
  return tensors(inputs[0]!)[0]!;
}

export function tensors(value: Value): readonly Tensor[] {
  return Array.isArray(value) ? value : [value as Tensor];
}

/** All inputs as tensors, of a list its first. */
export function each(inputs: readonly Value[]): readonly Tensor[] {
  return inputs.map(value => tensors(value)[0]!);
}

/** One entry for each spatial dimension. */
export function spread(value: Size, rank = 2): readonly number[] {
  if (typeof value !== 'number') return value.length === 1 ? Array.from({ length: rank }, () => value[0]!) : value;
  return (rank === 2 && pairs[value]) || Array.from({ length: rank }, () => value);
}

// Nearly all sizes are small; a network has thousands of them.
const pairs: readonly (readonly number[])[] = Array.from({ length: 33 }, (_, value) => [value, value]);

const defaults = new WeakMap<object, object>();

/** The default arguments of a layer. */
export function defaultsOf<A extends object>(target: Pick<Layer<A>, 'params'>): Partial<A> {
  let known = defaults.get(target);
  if (!known) {
    known = Object.fromEntries(
      Object.entries<Param>(target.params).flatMap(([name, { default: value }]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
    defaults.set(target, known);
  }
  return known as Partial<A>;
}
