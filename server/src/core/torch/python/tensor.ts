// A tensor as a program holds it: its sizes and type, its values as far as they are known, and its place in the graph.

import type { Tensor } from '../../graph/graph.ts';
import type { Shape } from '../../ops/op.ts';
import { type PyClass, PyInstance } from '../../python/objects.ts';
import type { Reason } from '../../text/reason.ts';
import type { Chosen, Distinct } from './picks.ts';
import type { Storage } from './storage.ts';

/** `torch.float32` and its kin, by their short names. */
export type DType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'complex64'
  | 'complex128'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** How far apart elements lie along each axis; undefined where the order in memory cannot be known. */
export type Strides = readonly number[] | 'contiguous' | undefined;

/**
 * An instance of `torch.Tensor` or of a class derived from it. What it holds changes where the program works in place
 * (`x += 1`, `x[0] = 2`); the graph's own tensors never do.
 */
export class PyTensor extends PyInstance {
  override readonly kind = 'tensor';
  /** NaN is a size that is not known; undefined where not even their number is. */
  shape: Shape | undefined;
  dtype: DType;
  /** False where the type is not known: `dtype` is a guess then, about which nobody is to complain. */
  hasType = true;
  /** Why a size is not known. */
  why: Reason | undefined;
  /** What it shares with its views: values as far as they are known, and what is written in place. */
  storage: Storage | undefined;
  offset = 0;
  strides: Strides = 'contiguous';
  /** In the graph that is recorded; undefined for what was made outside of it, until the graph reads it. */
  node: Tensor | undefined;
  /** The version of its storage that `node` has. */
  version = 0;
  requiresGrad = false;
  /** What is known of its values where data choose them. */
  chosen: Chosen | undefined;
  /** The same of which it is not known how many there are. */
  distinct: Distinct | undefined;
  /** Whether it was made while the network ran. */
  isMade = false;

  constructor(cls: PyClass, shape: Shape | undefined, dtype: DType) {
    super(cls);
    this.shape = shape;
    this.dtype = dtype;
  }
}

/** `nn.Parameter`: counted once in the network, in the module that holds it. */
export class PyParameter extends PyTensor {
  override requiresGrad = true;
  /** As what its elements count. */
  role: 'weights' | 'biases' | 'normAffine' = 'weights';
  /** The parameters for one of which it stands, of modules that are alike: they are counted, it is not. */
  standsFor: readonly PyParameter[] | undefined;
}
