// The definition of an operator. Each operator is a file in this folder; none of them imports another.

/**
 * Sizes of an N-dimensional tensor, batch first: [N, C, H, W] for images, [N, L, C] for sequences. NaN is an unknown
 * size.
 */
export type Shape = readonly number[];

/** The order in which image sizes are written: C×H×W, H×W×C or W×H×C. */
export type ShapeOrder = 'chw' | 'hwc' | 'whc';

/** Exact work and parameters of one node, for one sample at inference; absent means 0. */
export interface Counts {
  /** Multiply-accumulates of convolutions, linear layers and matrix products. */
  macs: number;
  /** Additions outside multiply-accumulates (biases, residual sums, averages). */
  adds: number;
  muls: number;
  divs: number;
  compares: number;
  exps: number;
  /** Learnable parameters by role. */
  weights: number;
  biases: number;
  normAffine: number;
  /** Running statistics: buffers, not learnable, and never part of a parameter total. */
  normStats: number;
}

/** The role of an operator in counting conventions and in memory. */
export type OpKind =
  | 'compute' // multiply-accumulates
  | 'norm'
  | 'activation'
  | 'elementwise'
  | 'pool'
  | 'resample'
  | 'view' // the output is the input's memory under another shape
  | 'data' // moves or selects elements
  | 'source'; // has no input

/** How an attribute is written, checked and explained; reading, schemas, hovers and docs are derived from this. */
export interface AttrSpec {
  readonly kind: 'int' | 'ints' | 'number' | 'numbers' | 'boolean' | 'choice' | 'axis' | 'axes' | 'shape';
  readonly doc: () => string;
  /** If absent, the attribute is required. */
  readonly default?: unknown;
  /** For `choice`. */
  readonly values?: readonly string[];
  /** The minimum of an `int` or `number`, or of each entry of `ints` or `numbers`. */
  readonly min?: number;
  /** `ints` or `numbers` with one entry per spatial dimension; a single number applies to all. */
  readonly spatial?: boolean;
}

/** Why an operator cannot work on its inputs, and its output as far as it is known. */
export interface Complaint {
  readonly code: string;
  /**
   * What is wrong, with the values that make it wrong. Also the reason for everything unknown that depends on the node.
   */
  readonly message: string;
  /** What to do about it, as a separate sentence. */
  readonly help?: string | undefined;
  /** The message, short enough for a hint. */
  readonly short?: string | undefined;
  /** The attribute or the input (by index) that is to blame. */
  readonly attr?: string;
  /** The attribute value that would make it right, for a fix. */
  readonly fits?: { readonly attr: string; readonly value: number } | undefined;
  readonly input?: number;
  /** Whether the input was created inside a composite, so the text does not name it. */
  readonly isInner?: boolean;
  /** The output shape as far as it is known (NaN for unknown sizes). */
  readonly output?: Shape;
}

/** A window that slides over the spatial dimensions; for the receptive field. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation?: readonly number[];
}

/** The effect on the receptive field: slides a window, depends on everything, or enlarges the grid. */
export type Field = Window | 'global' | { readonly upsample: readonly number[] };

export interface OpExample<A> {
  readonly attrs: A;
  readonly inputs: readonly Shape[];
  /** The output shape, or a list with one per output. */
  readonly output: Shape | readonly Shape[];
  readonly counts?: Partial<Counts>;
}

/** Which gradients a backward pass computes. */
export interface Wanted {
  /** For each input. */
  readonly inputs: readonly boolean[];
  /** For its own weights. */
  readonly weights: boolean;
}

/** A tensor that an operator allocates besides its outputs. */
export interface Extra {
  readonly elements: number;
  /** Bytes per element; default: those of the current data type. */
  readonly bytes?: number;
  /** Whether there is one for the whole batch. */
  readonly once?: boolean;
}

/** What an operator keeps until its backward pass; parameters are in memory anyway. */
export interface Saved {
  /** By index. */
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  /** Its own tensors, some of which are among those that it `makes`. */
  readonly extras?: readonly Extra[];
}

/** The gradients wanted from an operator in training, and whether it overwrites its first input. */
export interface Run extends Wanted {
  readonly isInPlace: boolean;
}

/** An operator: attributes, preconditions, shape rule, count rule, texts and executable examples. */
export interface Op<A extends object = object> {
  readonly name: string;
  readonly kind: OpKind;
  /** One sentence for the hover and the docs. */
  readonly summary: () => string;
  readonly attrs: { readonly [K in keyof A]-?: AttrSpec };
  /** The number of inputs: fixed, or a minimum. */
  readonly arity: number | { readonly min: number };
  /** The ranks allowed for its first input. */
  readonly rank?: { readonly min?: number; readonly max?: number };
  /**
   * The precondition of `shape` and `counts`, which the builder runs first. Sizes may be NaN, and comparisons with NaN
   * are false, so write conditions that are true if there is a complaint. `order` is for image sizes in messages;
   * sentences that count axes use the tensor's order.
   */
  readonly check?: (attrs: A, inputs: readonly Shape[], order: ShapeOrder) => Complaint | undefined;
  /** One output… */
  readonly shape?: (attrs: A, inputs: readonly Shape[]) => Shape;
  /** …or several. Exactly one of the two is given. */
  readonly shapes?: (attrs: A, inputs: readonly Shape[]) => readonly Shape[];
  readonly counts?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[]) => Partial<Counts>;
  /** The formula for its multiply-accumulates (or other cost) with these numbers: `28² · 3² · 256 · 192`. */
  readonly formula?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[]) => string;
  /**
   * Multiply-accumulates of its backward pass for the wanted gradients; absent: none. In a product, the gradient of
   * either factor costs as much as the product itself.
   */
  readonly backward?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[], wanted: Wanted) => number;
  /** What PyTorch keeps for the backward pass; absent: unknown. */
  readonly saves?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[], run: Run) => Saved;
  /** What PyTorch allocates temporarily besides the outputs, in inference and training. */
  readonly makes?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[]) => readonly Extra[];
  /** Whether the gradient of an output reaches an input; default: always. */
  readonly passes?: (input: number, output: number) => boolean;
  readonly field?: (attrs: A, inputs: readonly Shape[]) => Field;
  /** Overwrites its first input if no other node reads it (batch norm, activations). */
  readonly inPlace?: boolean;
  readonly examples: readonly OpExample<A>[];
}

/** Declares an operator; exists only to infer the type of its attributes. */
export function op<A extends object>(definition: Op<A>): Op<A> {
  return definition;
}

/** An operator with any type of attributes. */
// biome-ignore lint/suspicious/noExplicitAny: method parameters are contravariant; a list of operators needs it
export type AnyOp = Op<any>;
