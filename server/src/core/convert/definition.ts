// The intermediate form of a network that is written in another language: definitions that use each other (blocks or
// classes). The language says what it calls each operator and what it can fuse; alike parts become one definition, with
// a parameter for each value in which its uses differ.
import type { GraphNode, Tensor } from '../graph/graph.ts';
import type { Shape } from '../ops/index.ts';

export type Literal = number | boolean | string | readonly number[];

/** An argument of an operation. */
export interface Argument {
  /** Its keyword; undefined for a positional argument. */
  readonly key: string | undefined;
  readonly value: Literal;
  /** A value that can be omitted. */
  readonly default?: Literal | undefined;
  /** Its name as a parameter; only arguments of the same family can share a parameter. */
  readonly role: string;
  readonly family: string;
}

/** An operator in terms of a language. */
export interface Operation {
  /** A layer of its own, or an expression over its inputs. */
  readonly form: 'layer' | 'expression';
  /** The layer's name, or a pattern of the expression. */
  readonly callee: string;
  readonly args: readonly Argument[];
  /** Other text that belongs to it, the same wherever the operation is the same. */
  readonly with: readonly string[];
  /** Its default name if the network gives it none. */
  readonly noun: string;
  /** Whether it has one input and one output, so it can be part of a chain. */
  readonly chains: boolean;
  /** The call of the layer as a pattern, if it is not just called on its one input. */
  readonly call?: string | undefined;
  /** Whether it is an infix expression, which may need parentheses. */
  readonly isInfix?: boolean | undefined;
  /** The number of outputs, if fewer than the node has. */
  readonly outputs?: number | undefined;
}

/** One step of a definition: an operation, or a use of another definition. */
export interface Step {
  /** Its name in the network, if that is a word. */
  readonly label: string | undefined;
  /** The path of the structure it belongs to: `branch` with a number or name, `shortcut`. */
  readonly path: string | undefined;
  readonly does: Operation | Draft;
  /** The first node of an inlined definition that it belongs to; the steps of one stay together. */
  readonly unit?: number | undefined;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** How often it is repeated in sequence, each time with its own parameters. */
  readonly times: number;
  /** The nodes `first` to `end` − 1 that it covers. */
  readonly first: number;
  readonly end: number;
}

/** A stretch of the network that may become a use of a definition. */
export interface Draft {
  /** Its type name. */
  readonly type: string;
  /** The minimum number of alike drafts for a definition. */
  readonly least: number;
  readonly steps: readonly Step[];
  /** The tensors it reads from outside, and those of its own that are read outside. */
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export function isDraft(does: Operation | Draft): does is Draft {
  return 'steps' in does;
}

/** How a language expresses nodes. */
export interface Language {
  /** The operations for a node, in sequence from input to output; or why it cannot be expressed. */
  readonly operations: (node: GraphNode) => readonly Operation[] | string;
  /** Fuses steps that the language writes as one. */
  readonly fuse: (steps: readonly Step[], isInner: (tensor: Tensor) => boolean) => readonly Step[];
}

/** A value in a definition: an input of it, or an output of one of its steps. */
export type Source =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'step'; readonly step: number; readonly port: number };

/** What a definition writes for an argument: a value, or one of its own parameters. */
export type Written = { readonly literal: Literal } | { readonly parameter: string };

export interface WrittenArgument {
  readonly key: string | undefined;
  readonly role: string;
  readonly default: Literal | undefined;
  readonly written: Written;
}

export interface WrittenStep {
  readonly label: string | undefined;
  readonly path: string | undefined;
  readonly unit: number | undefined;
  readonly operation: Operation | undefined;
  /** The definition it uses; undefined for an operation. */
  readonly uses: Definition | undefined;
  readonly args: readonly WrittenArgument[];
  readonly times: Written;
  readonly inputs: readonly Source[];
  readonly outputs: number;
  /** Its output shapes, if these are the same in all uses of the definition. */
  readonly shapes: readonly Shape[] | undefined;
}

export interface Parameter {
  readonly name: string;
  readonly default: Literal | undefined;
}

export interface Definition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly inputs: number;
  readonly steps: readonly WrittenStep[];
  readonly outputs: readonly Source[];
  readonly uses: number;
}

export const sameLiteral = (a: Literal, b: Literal): boolean => JSON.stringify(a) === JSON.stringify(b);

export function tensorKey({ node, port }: Tensor): string {
  return `${node.id}.${port}`;
}
