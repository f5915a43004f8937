// What `torch` is for one machine: the graph that is recorded, and how operators are put into it.
import type { NodeOptions } from '../../graph/builder.ts';
import type { GraphNode, Tensor } from '../../graph/graph.ts';
import type { Complaint, Op, Shape } from '../../ops/op.ts';
import type { Activation, Machine } from '../../python/machine.ts';
import type { Keywords, Place, PyClass, PyInstance, Unknown, Value } from '../../python/objects.ts';
import type { Reason } from '../../text/reason.ts';
import type { Values } from './storage.ts';
import type { DType, PyParameter, PyTensor } from './tensor.ts';

export interface World {
  readonly machine: Machine;
  /** `torch.Tensor`, `nn.Parameter`, `torch.Size`, `nn.Module`: the same objects for all native modules of the machine. */
  readonly classes: {
    readonly Tensor: PyClass;
    readonly Parameter: PyClass;
    readonly Size: PyClass;
    readonly Module: PyClass;
  };
  /**
   * Whether nodes are recorded: during the forward pass that is priced. Otherwise shapes and values alone are computed
   * (constructors, tables of indices).
   */
  readonly isRecording: boolean;
  /** Whether the network is read as it runs in training. */
  readonly isTraining: boolean;

  /** Whether somebody has chosen indices by values so far. */
  followsChoices: boolean;
  /** The row of another text that is read; undefined without. */
  readonly owner: object | undefined;

  /** A tensor of known shape without values or node. */
  tensor(shape: Shape | undefined, dtype?: DType, why?: Reason): PyTensor;
  /** A tensor with values, row by row. */
  known(shape: Shape, values: Float64Array, dtype: DType): PyTensor;
  /** The values that `key` says; the same for all who ask. */
  source(key: string, make: () => Values): Values;
  /** A tensor with one value everywhere. */
  filled(shape: Shape, value: number, dtype: DType): PyTensor;
  /**
   * Applies an operator: adds its node where the graph is recorded, infers the shape by its rule in any case. A complaint
   * of the operator becomes a problem at the innermost statement, with the calls that led there as related places, and the
   * result is unknown as far as its shape is. `dtype` is that of the result (by default of the first input).
   */
  apply<A extends object>(op: Op<A>, attrs: NoInfer<A>, inputs: readonly PyTensor[], options?: ApplyOptions): PyTensor;
  applyAll<A extends object>(
    op: Op<A>,
    attrs: NoInfer<A>,
    inputs: readonly PyTensor[],
    options?: ApplyOptions,
  ): readonly PyTensor[];
  /** A result was written over another tensor, or it is that very tensor. */
  overwrites(result: PyTensor, memory: PyTensor, isSame?: boolean): void;
  /** Reports what is wrong in the same way; the reason for unknowns. */
  complain(complaint: Complaint): Reason;
  /** The tensor in the graph: a parameter's or a constant's node is added where it is first read. */
  node(tensor: PyTensor): Tensor;
  /** Something unknown happens with tensors or modules: an opaque node, so that totals say “at least”. */
  opaque(why: Unknown | Reason | string, inputs: readonly PyTensor[], shape?: Shape): PyTensor;

  /** One of several values, which one is not known; undefined where nothing can stand for them. */
  choose(values: readonly Value[], why: Unknown, list?: PyInstance): Value | undefined;

  /** Whether a parameter is one of the network that is called: others are constants with a value. */
  counts(parameter: PyParameter): boolean;
  /** Whether the graph counts a parameter already, and by which node. */
  countedBy(parameter: PyParameter): GraphNode | undefined;
  /** From now on it is counted, as a part of a node's own parameters (a convolution's weights). */
  count(parameter: PyParameter, node: GraphNode): void;

  /**
   * A call of a module begins. Where it is a row of another text, and nothing that it depends on is other than when it was
   * made before, its result; a row otherwise, which has to be ended. Undefined for all other calls.
   */
  beginRow(module: PyInstance, args: readonly Value[], named: Keywords): KnownRow | BegunRow | undefined;
  /** A row's call has ended, with a result or without one. */
  endRow(row: BegunRow, result: Value | undefined): void;
  /** The label of a module goes by more than the module that calls it. */
  labelledFromOutside(module: PyInstance): void;

  /**
   * A module's call ends (the activation whose `tag` is a ModuleCall): its frame is closed with what it returns, and is
   * there even where nothing was recorded inside.
   */
  leave(activation: Activation, outputs: readonly PyTensor[]): void;
}

/** The call of a row that was made before. */
export interface KnownRow {
  readonly kind: 'known';
  readonly result: Value;
}

/** The call of a row that is under way. */
export interface BegunRow {
  readonly kind: 'begun';
  readonly module: PyInstance;
}

export interface ApplyOptions extends NodeOptions {
  /** Of the result: by default that of the first input. */
  readonly dtype?: DType | undefined;
  /** The class of the result: by default `torch.Tensor`. */
}

/**
 * What an activation's `tag` is while a module is called: it becomes a frame. The frames of the graph follow the stack of
 * activations, and are opened when a node is added: for each activation from the outside in, the module that is called
 * (its class's head as `definition`, its construction as `construct`), the function (its head as `definition`), and the
 * statement that it is in (`call`).
 */
export interface ModuleCall {
  readonly kind: 'module-call';
  /** Its name in its parent: `conv1`, `0`. */
  readonly label: string;
  /** Its class: `Conv2d`, `Bottleneck`. */
  readonly type: string;
  readonly module: object;
  /** Where it was constructed, and where its class is defined. */
  readonly construct?: Place | undefined;
  readonly definition?: Place | undefined;
  /** False where parameters are registered that no call uses. */
  readonly isCall?: boolean;
  /** What it does, in one sentence. */
  readonly summary?: string | undefined;
}

export function isModuleCall(tag: unknown): tag is ModuleCall {
  return typeof tag === 'object' && tag !== null && (tag as { kind?: unknown }).kind === 'module-call';
}
