// What blocks and the rows that arrange others need of the walk over rows.
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
  /** What all rows may use: `let`. */
  readonly shared: Scope;
  /** Blocks that are being read, from the outside in. */
  readonly within: Block[];
  /** Adds the rows of a list; returns what the last one outputs. */
  list(items: readonly YamlNode[], input: readonly Tensor[], scope: Scope, names: TensorNames): readonly Tensor[];
  isFull(node: Range): boolean;
  times(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): number;
  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[];
}
