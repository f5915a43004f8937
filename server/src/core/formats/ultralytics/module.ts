// What a module of a YOLO repository is: its constructor's parameters and its forward pass as calls of the builder.
import type { Builder } from '../../graph/builder.ts';
import type { GraphNode, Tensor } from '../../graph/graph.ts';
import type { Complaint } from '../../ops/op.ts';
import type { Range } from '../../text/range.ts';
import type { PyValue } from './python.ts';

/** What a row hands on: a tensor, or a list of them (CBLinear, a split backbone). */
export type Value = Tensor | readonly Tensor[];

/** A size for both spatial dimensions, or one for each (rows, columns). */
export type Size = number | readonly number[];

/** One parameter of a constructor. */
export interface Param {
  readonly kind: 'int' | 'number' | 'ints' | 'boolean' | 'text' | 'any';
  readonly doc: string;
  /** Absent: it must be given. */
  readonly default?: PyValue;
  /** The least value of an `int` or of each of `ints`. */
  readonly min?: number;
  /** Text that stands for a number. */
  readonly words?: readonly string[];
  /** The release that it came with, or that gave it this meaning: “Ultralytics 8.4.0”. */
  readonly since?: string;
}

/** A module: what `class C2f(nn.Module)` says in Python. `A` holds the constructor's arguments by name. */
export interface Module<A extends object = object> {
  readonly name: string;
  /** One sentence for the hover. */
  readonly summary: string;
  /** The release that it came with: “Ultralytics 8.4.0”. */
  readonly since?: string;
  /** Takes the list of all that `from` names instead of one tensor. */
  readonly many?: boolean;
  /** Takes an input that is a list itself (what CBLinear or a split backbone hands on); others fail on it. */
  readonly lists?: boolean;
  /** The rows below are given what this was given, not what it returns. */
  readonly passes?: boolean;
  /** Its `in_channels` are the size of the last dimension: torchvision’s MLP is a stack of linear layers. */
  readonly channelsLast?: boolean;
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
  c1: { kind: 'int', doc: 'Input channels.' },
  c2: {
    kind: 'int',
    min: 1,
    doc: 'Output channels; the width multiple of the scale is applied to what the file says.',
  },
  k: (value: PyValue): Param => ({
    kind: 'ints',
    min: 1,
    doc: 'Kernel size: work and parameters grow with its square.',
    default: value,
  }),
  s: (value: PyValue): Param => ({ kind: 'ints', min: 1, doc: 'Stride: 2 halves the output size.', default: value }),
  p: {
    kind: 'ints',
    min: 0,
    doc: 'Padding; None pads by half the kernel, which keeps the size at stride 1.',
    default: null,
    words: ['same', 'valid'],
  },
  g: { kind: 'int', min: 1, doc: 'Groups of channels; as many as channels is depthwise.', default: 1 },
  d: { kind: 'ints', min: 1, doc: 'Dilation: distance between the taps of the window.', default: 1 },
  n: (value: number): Param => ({ kind: 'int', doc: 'How many blocks are stacked inside.', default: value }),
  act: { kind: 'any', doc: 'Activation: True is the default one (SiLU), False is none.', default: true },
  shortcut: (value: boolean): Param => ({
    kind: 'boolean',
    doc: 'Adds the input of each inner block to its output.',
    default: value,
  }),
  e: (value: number): Param => ({
    kind: 'number',
    doc: 'Hidden channels as a share of the output channels.',
    default: value,
  }),
  nc: { kind: 'int', min: 1, doc: 'Number of classes.', default: 80 },
  ch: { kind: 'any', doc: 'Channels of the inputs; the file does not write them.', default: [] },
} as const satisfies Record<string, Param | ((...values: never[]) => Param)>;

/** Where modules are built: the builder, and what the file sets for all of them. */
export class Scope {
  readonly builder: Builder;
  /** The default activation, as `activation: nn.ReLU()` sets it. */
  readonly activation: PyValue;
  /** Ultralytics: heads of v3, v5, v8 and v9 keep plain convolutions in their class branch (`Detect.legacy`). */
  legacy: boolean;
  /** YOLO-World: text features as given, [1, classes, 512], and as image pooling attention leaves them. */
  readonly text: { readonly given: () => Tensor; current: Tensor | undefined };
  /** The one instance of a default activation with parameters, which all convolutions share. */
  sharedActivation: GraphNode | undefined;

  constructor(builder: Builder, options: { activation: PyValue; legacy: boolean; text: () => Tensor }) {
    this.builder = builder;
    this.activation = options.activation;
    this.legacy = options.legacy;
    this.text = { given: options.text, current: undefined };
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
    return this.builder.within({ label, type: target.name }, () => tensors(target.forward(this, list, full)));
  }

  /** A named stretch of the forward pass: `self.m`, an `nn.Sequential`. */
  part<T extends Tensor | readonly Tensor[]>(label: string, type: string, body: () => T): T {
    return this.builder.within({ label, type }, body);
  }

  /** `nn.Sequential(*(f(i) for i in range(n)))`: each sees the output of the one before. */
  chain(n: number, x: Tensor, body: (x: Tensor, index: number) => Tensor): Tensor {
    let current = x;
    this.builder.times(n, index => {
      current = body(current, index);
    });
    return current;
  }

  /** Says that a constructor's assertion fails: what it wants, and what it got. Returns what stands for the output. */
  refuse(complaint: Complaint, inputs: readonly Tensor[]): Tensor {
    return this.builder.unknown(this.builder.complain(complaint), inputs, complaint.output);
  }
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

const defaults = new WeakMap<object, object>();

/** The default arguments of a module. */
export function defaultsOf<A extends object>(target: Module<A>): Partial<A> {
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

/** An argument of a row with its place in the text; none where parse_model puts it in. */
export interface Arg {
  readonly value: PyValue;
  readonly range?: Range | undefined;
  /** As the row has it, where that is a float to Python: `3.0`. */
  readonly float?: string;
}
