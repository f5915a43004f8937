// What a module of a YOLO repository is: its constructor's parameters and its forward pass as calls of the builder.
import type { Builder, NodeOptions } from '../../graph/builder.ts';
import { channels, type Tensor } from '../../graph/graph.ts';
import type { Complaint, Op } from '../../ops/op.ts';
import type { Range } from '../../text/range.ts';
import type { PyValue } from './python.ts';

/** What a row hands on: a tensor, or a list of them (CBLinear, a split backbone). */
export type Value = Tensor | readonly Tensor[];

/** One parameter of a constructor. */
export interface Param {
  readonly kind: 'int' | 'number' | 'ints' | 'boolean' | 'text' | 'any';
  readonly doc: string;
  /** Absent: it must be given. */
  readonly default?: PyValue;
}

/** A module: what `class C2f(nn.Module)` says in Python. `A` holds the constructor's arguments by name. */
export interface Module<A extends object = object> {
  readonly name: string;
  /** One sentence for the hover. */
  readonly summary: string;
  /** In the order of the constructor, `c1` included where it has one. */
  readonly params: { readonly [K in keyof A]-?: Param };
  /** The forward pass in evaluation mode, unfused. `inputs` has one value for each entry of `from`. */
  readonly forward: (scope: Scope, inputs: readonly Value[], args: A) => Value;
}

/** Declares a module; only there to infer its arguments' type. */
export function module<A extends object>(definition: Module<A>): Module<A> {
  return definition;
}

// biome-ignore lint/suspicious/noExplicitAny: method parameters are contravariant; a table of modules needs it
export type AnyModule = Module<any>;

/** Common parameters, so that the same words explain the same thing everywhere. */
export const param = {
  c1: { kind: 'int', doc: 'Input channels; the file does not write them.' },
  c2: { kind: 'int', doc: 'Output channels, before the width multiple.' },
  k: (value: PyValue): Param => ({ kind: 'ints', doc: 'Kernel size.', default: value }),
  s: (value: PyValue): Param => ({ kind: 'ints', doc: 'Stride: 2 halves the output size.', default: value }),
  p: { kind: 'ints', doc: 'Padding; None pads so that stride 1 keeps the size.', default: null },
  g: { kind: 'int', doc: 'Groups of channels; as many as channels is depthwise.', default: 1 },
  d: { kind: 'ints', doc: 'Dilation.', default: 1 },
  n: (value: number): Param => ({ kind: 'int', doc: 'How many blocks are stacked inside.', default: value }),
  act: { kind: 'any', doc: 'Activation: True is the default one (SiLU), False is none.', default: true },
  shortcut: (value: boolean): Param => ({
    kind: 'boolean',
    doc: 'Adds the input of each inner block to its output.',
    default: value,
  }),
  e: (value: number): Param => ({ kind: 'number', doc: 'Hidden channels as a share of the output channels.', default: value }),
} as const satisfies Record<string, Param | ((...values: never[]) => Param)>;

/** Where modules are built: the builder, and what the file sets for all of them. */
export class Scope {
  readonly builder: Builder;
  /** The default activation, as `activation: nn.ReLU()` sets it. */
  readonly activation: string;
  /** Ultralytics: heads of v3, v5, v8 and v9 keep plain convolutions in their class branch (`Detect.legacy`). */
  readonly legacy: boolean;

  constructor(builder: Builder, options: { readonly activation: string; readonly legacy: boolean }) {
    this.builder = builder;
    this.activation = options.activation;
    this.legacy = options.legacy;
  }

  /** Calls a module as a named part of another: `self.cv1(x)`. */
  call<A extends object>(label: string, target: Module<A>, inputs: Value | readonly Value[], args: Partial<A>): Tensor {
    return this.callAll(label, target, inputs, args)[0]!;
  }

  /** The same for a module that returns several tensors. */
  callAll<A extends object>(
    label: string,
    target: Module<A>,
    inputs: Value | readonly Value[],
    args: Partial<A>,
  ): readonly Tensor[] {
    const list = Array.isArray(inputs) ? (inputs as readonly Value[]) : [inputs as Value];
    const full = { ...defaultsOf(target), ...args } as A;
    let result: readonly Tensor[] = [];
    this.builder.within({ label, type: target.name }, () => {
      result = tensors(target.forward(this, list, full));
      return result;
    });
    return result;
  }

  /** A named stretch of the forward pass: `self.m`, an `nn.Sequential`. */
  part<T extends Tensor | readonly Tensor[]>(label: string, type: string, body: () => T): T {
    return this.builder.within({ label, type }, body);
  }

  add<A extends object>(op: Op<A>, attrs: A, inputs: Tensor | readonly Tensor[], options?: NodeOptions): Tensor {
    return this.builder.add(op, attrs, inputs, options);
  }

  addAll<A extends object>(op: Op<A>, attrs: A, inputs: Tensor | readonly Tensor[], options?: NodeOptions): readonly Tensor[] {
    return this.builder.addAll(op, attrs, inputs, options);
  }

  /** `nn.Sequential(*(f(i) for i in range(n)))`: each sees the output of the one before. */
  chain(n: number, x: Tensor, body: (x: Tensor, index: number) => Tensor): Tensor {
    let current = x;
    this.builder.times(n, index => {
      current = body(current, index);
    });
    return current;
  }

  /** Says that a constructor's assertion fails: what it wants, and what it got. */
  complain(complaint: Complaint): string {
    return this.builder.complain(complaint);
  }
}

/** The first input as one tensor: of a list, its first. */
export function only(inputs: readonly Value[]): Tensor {
  return tensors(inputs[0]!)[0]!;
}

export function tensors(value: Value): readonly Tensor[] {
  return Array.isArray(value) ? value : [value as Tensor];
}

export { channels };

const defaults = new WeakMap<object, object>();

/** The default arguments of a module. */
export function defaultsOf<A extends object>(target: Module<A>): Partial<A> {
  let known = defaults.get(target);
  if (!known) {
    known = Object.fromEntries(
      Object.entries<Param>(target.params).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
    );
    defaults.set(target, known);
  }
  return known as Partial<A>;
}

/** An argument of a row with its place in the text; none where parse_model puts it in. */
export interface Arg {
  readonly value: PyValue;
  readonly range?: Range | undefined;
}
