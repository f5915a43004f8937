// A network as definitions that use each other: what is written of it in a language with blocks or classes. A language
// says what each operator is called and what it can draw together; what is alike becomes one definition, and where its
// uses differ in a number, that number becomes a parameter.
import type { GraphNode, Tensor } from '../graph/graph.ts';
import type { Shape } from '../ops/index.ts';

export type Literal = number | boolean | string | readonly number[];

/** What one use of an operator sets. */
export interface Argument {
  /** How it is written in front of its value; undefined where its place says what it is. */
  readonly key: string | undefined;
  readonly value: Literal;
  /** What need not be written. */
  readonly default?: Literal | undefined;
  /** What it is called where it becomes a parameter; only those of one family can be the same parameter. */
  readonly role: string;
  readonly family: string;
}

/** An operator in the words of a language. */
export interface Operation {
  /** Whether it is a layer of its own, or an expression over its inputs. */
  readonly form: 'layer' | 'expression';
  /** The layer's name, or a pattern of the expression. */
  readonly callee: string;
  readonly args: readonly Argument[];
  /** What else is written with it, the same wherever it is the same operation. */
  readonly with: readonly string[];
  /** What it is called where the network gives it no name. */
  readonly noun: string;
  /** Whether it has one input and one output, so that it can be a link of a chain. */
  readonly chains: boolean;
  /** How a layer is called, as a pattern, where that is not on its one input. */
  readonly call?: string | undefined;
  /** Whether it is an expression with an operator, which may need parentheses. */
  readonly isInfix?: boolean | undefined;
  /** How many outputs it has, where those are not all that the node has. */
  readonly outputs?: number | undefined;
}

/** One step of a definition: an operation, or a use of another definition. */
export interface Step {
  /** What the network calls it, where that is a name. */
  readonly label: string | undefined;
  /** The path of a structure that it lies in: `branch` of its number or name, `shortcut`. */
  readonly path: string | undefined;
  readonly does: Operation | Draft;
  /** The first node of what it is drawn together with, where that is no definition: they stay together. */
  readonly unit?: number | undefined;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** How often it is done, one after the other, each time with parameters of its own. */
  readonly times: number;
  /** The nodes `first` to `end` − 1 are what it does. */
  readonly first: number;
  readonly end: number;
}

/** One stretch of the network that may be a use of a definition. */
export interface Draft {
  /** What it is called. */
  readonly type: string;
  /** How many must be alike, so that it is a definition of its own. */
  readonly least: number;
  readonly steps: readonly Step[];
  /** What it reads from outside, and what of it is read outside. */
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export function isDraft(does: Operation | Draft): does is Draft {
  return 'steps' in does;
}

/** What a language makes of nodes. */
export interface Language {
  /** The operations that a node becomes, one after the other on its way from input to output; or why it cannot be said. */
  readonly operations: (node: GraphNode) => readonly Operation[] | string;
  /** Draws steps together that the language says in one. */
  readonly fuse: (steps: readonly Step[], isInner: (tensor: Tensor) => boolean) => readonly Step[];
}

/** A value in a definition: an input of it, or an output of one of its steps. */
export type Source =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'step'; readonly step: number; readonly port: number };

/** What a definition writes for an argument: a value, or a parameter of its own. */
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
  /** The definition that is used; undefined for an operation. */
  readonly uses: Definition | undefined;
  readonly args: readonly WrittenArgument[];
  readonly times: Written;
  readonly inputs: readonly Source[];
  readonly outputs: number;
  /** What it outputs, where that is the same in all uses of the definition. */
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
