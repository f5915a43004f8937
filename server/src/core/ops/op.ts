// What an operator is. Every operator has one file beside this one; none of them imports another.

/** Sizes of an N-dimensional tensor, batch first: [N, C, H, W] for images, [N, L, C] for sequences. NaN is an unknown size. */
export type Shape = readonly number[];

/** The order in which a person writes the sizes of an image: C×H×W, H×W×C or W×H×C. */
export type ShapeOrder = 'chw' | 'hwc' | 'whc';

/** Exact work and parameters of one node for one sample at inference; absent is 0. */
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
  /** Running statistics: buffers, not learnable; never in a parameter total. */
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

/** How one attribute is written, checked and explained; forms, schemas, hovers and docs are made of it. */
export interface AttrSpec {
  readonly kind: 'int' | 'ints' | 'number' | 'numbers' | 'boolean' | 'choice' | 'axis' | 'axes' | 'shape';
  readonly doc: () => string;
  /** Absent: the attribute must be given. */
  readonly default?: unknown;
  /** For `choice`. */
  readonly values?: readonly string[];
  /** The least sensible value of an `int`, of each of `ints`, or of `number` and `numbers`. */
  readonly min?: number;
  /** `ints` or `numbers` with one entry for each spatial dimension: one number stands for all of them. */
  readonly spatial?: boolean;
}

/** Why an operator cannot work on its inputs, in words, and what is nevertheless known of its output. */
export interface Complaint {
  readonly code: string;
  /** What is wrong, with the values that make it wrong: what depends on the node is unknown for this reason. */
  readonly message: string;
  /** What to do about it; a sentence of its own. */
  readonly help?: string | undefined;
  /** The message in the few characters that a hint has room for. */
  readonly short?: string | undefined;
  /** The attribute or the input (by position) that is to blame. */
  readonly attr?: string;
  /** The argument that would make it right, and its value: for a fix. */
  readonly fits?: { readonly attr: string; readonly value: number } | undefined;
  readonly input?: number;
  /** The input was made inside a composite: the text names none of the kind. */
  readonly isInner?: boolean;
  /** The output shape as far as it can be told (NaN where not). */
  readonly output?: Shape;
}

/** A window that slides over the spatial dimensions, for the receptive field. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation?: readonly number[];
}

/** What an operator does to the receptive field: slides a window, sees everything, passes on, or enlarges the grid. */
export type Field = Window | 'global' | { readonly upsample: readonly number[] };

export interface OpExample<A> {
  readonly attrs: A;
  readonly inputs: readonly Shape[];
  /** The output shape, or one for each output. */
  readonly output: Shape | readonly Shape[];
  readonly counts?: Partial<Counts>;
}

/** Whose gradients a backward pass computes. */
export interface Wanted {
  /** Of each input. */
  readonly inputs: readonly boolean[];
  /** Of its own weights. */
  readonly weights: boolean;
}

/** A tensor that an operator makes beside its outputs. */
export interface Extra {
  readonly elements: number;
  /** Of an element; absent: as many as the data type has that is in effect. */
  readonly bytes?: number;
  /** Whether it is one for the whole batch. */
  readonly once?: boolean;
}

/** What is kept of an operator until its backward pass; parameters are there anyway. */
export interface Saved {
  /** By position. */
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  /** Tensors of its own, among them those that it `makes`. */
  readonly extras?: readonly Extra[];
}

/** Which gradients are wanted of an operator that runs in training, and whether it writes over its first input. */
export interface Run extends Wanted {
  readonly isInPlace: boolean;
}

/** One operator: attributes, preconditions, shape rule, count rule, words and running examples. */
export interface Op<A extends object = object> {
  readonly name: string;
  readonly kind: OpKind;
  /** One sentence for the hover and the docs. */
  readonly summary: () => string;
  readonly attrs: { readonly [K in keyof A]-?: AttrSpec };
  /** How many inputs it takes: a number, or at least so many. */
  readonly arity: number | { readonly min: number };
  /** The ranks its first input may have, in words of the message when it has another. */
  readonly rank?: { readonly min?: number; readonly max?: number };
  /**
   * The precondition of `shape` and `counts`, run by the builder before them. Sizes may be NaN: a comparison with NaN
   * is false, so write conditions that complain only when they hold. The sizes of images are worded in `order`, but for
   * sentences that count axes.
   */
  readonly check?: (attrs: A, inputs: readonly Shape[], order: ShapeOrder) => Complaint | undefined;
  /** One output… */
  readonly shape?: (attrs: A, inputs: readonly Shape[]) => Shape;
  /** …or several. Exactly one of the two is given. */
  readonly shapes?: (attrs: A, inputs: readonly Shape[]) => readonly Shape[];
  readonly counts?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[]) => Partial<Counts>;
  /** The multiply-accumulates (or what else it costs) in words with these numbers, as in `28² · 3² · 256 · 192`. */
  readonly formula?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[]) => string;
  /**
   * Multiply-accumulates of its backward pass, for the gradients that are wanted; absent: none. A product needs as many
   * for the gradient of either factor as it has itself.
   */
  readonly backward?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[], wanted: Wanted) => number;
  /** What PyTorch keeps of it for the backward pass; absent: that is not known. */
  readonly saves?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[], run: Run) => Saved;
  /** What PyTorch makes beside its outputs, trained or not, and drops again. */
  readonly makes?: (attrs: A, inputs: readonly Shape[], outputs: readonly Shape[]) => readonly Extra[];
  /** Whether the gradient of an output reaches an input; absent: it always does. */
  readonly passes?: (input: number, output: number) => boolean;
  readonly field?: (attrs: A, inputs: readonly Shape[]) => Field;
  /** Works in the memory of its first input where nobody else reads that (batch norm, activations). */
  readonly inPlace?: boolean;
  readonly examples: readonly OpExample<A>[];
}

/** Declares an operator; only there to infer its attributes' type. */
export function op<A extends object>(definition: Op<A>): Op<A> {
  return definition;
}

/** An operator whose attributes' type does not matter to who holds it. */
// biome-ignore lint/suspicious/noExplicitAny: method parameters are contravariant; a list of operators needs it
export type AnyOp = Op<any>;
