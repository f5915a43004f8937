// The interface of the walk over rows that blocks and structures use.
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import type { Block } from './blocks.ts';
import type { TensorNames } from './references.ts';
import type { Reports } from './reports.ts';
import type { Scope, Values } from './values.ts';

export interface Walk {
  readonly builder: Builder;
  readonly values: Values;
  readonly reports: Reports;
  /** The names in `let`. */
  readonly shared: Scope;
  /** The blocks being read, outermost first. */
  readonly within: Block[];
  /** Adds the rows of a list; returns the outputs of the last one. */
  list(items: readonly YamlNode[], input: readonly Tensor[], scope: Scope, names: TensorNames): readonly Tensor[];
  isFull(node: Range): boolean;
  times(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): number;
  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[];
}
