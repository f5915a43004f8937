// The syntax tree of Python: the nodes of Python's own `ast` module, each with a range.
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';

/** A file: its top-level statements in chunks, so that an edit only parses what it touches. */
export interface PythonTree {
  readonly chunks: readonly PythonChunk[];
  /** What could not be parsed, with offsets of the file. */
  readonly problems: readonly Problem[];
}

/**
 * Top-level statements that are parsed together. Chunks with equal text share the same `block`, across files and
 * versions.
 */
export interface PythonChunk {
  /** The start of its text in the file; ranges inside `block` are relative to it. */
  readonly start: number;
  readonly block: PythonBlock;
}

export interface PythonBlock {
  readonly text: string;
  readonly statements: readonly Statement[];
  /** What could not be parsed in it; ranges are relative to it. */
  readonly problems: readonly Problem[];
  /**
   * Set if its only effect is to define this name, at whatever time it runs: its statements are then parsed on demand.
   */
  readonly defines?: string;
}

interface Node {
  /** In UTF-16 units, relative to the chunk. */
  readonly range: Range;
}

export type Statement =
  | FunctionDef
  | ClassDef
  | (Node & { readonly kind: 'Return'; readonly value: Expression | undefined })
  | (Node & { readonly kind: 'Delete'; readonly targets: readonly Expression[] })
  /** `a = b = value`: one target per equals sign. */
  | (Node & { readonly kind: 'Assign'; readonly targets: readonly Expression[]; readonly value: Expression })
  | (Node & {
      readonly kind: 'AugAssign';
      readonly target: Expression;
      readonly operator: BinaryOperator;
      readonly value: Expression;
    })
  | (Node & {
      readonly kind: 'AnnAssign';
      readonly target: Expression;
      readonly annotation: Expression;
      readonly value: Expression | undefined;
    })
  | (Node & {
      readonly kind: 'For';
      readonly isAsync: boolean;
      readonly target: Expression;
      readonly iterable: Expression;
      readonly body: readonly Statement[];
      readonly orElse: readonly Statement[];
    })
  | (Node & {
      readonly kind: 'While';
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly orElse: readonly Statement[];
    })
  /** An `elif` is the only statement in `orElse`. */
  | (Node & {
      readonly kind: 'If';
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly orElse: readonly Statement[];
    })
  | (Node & {
      readonly kind: 'With';
      readonly isAsync: boolean;
      readonly items: readonly { readonly context: Expression; readonly target: Expression | undefined }[];
      readonly body: readonly Statement[];
    })
  | (Node & { readonly kind: 'Match'; readonly subject: Expression; readonly cases: readonly MatchCase[] })
  | (Node & {
      readonly kind: 'Raise';
      readonly exception: Expression | undefined;
      readonly cause: Expression | undefined;
    })
  | (Node & {
      readonly kind: 'Try';
      readonly body: readonly Statement[];
      readonly handlers: readonly ExceptHandler[];
      readonly orElse: readonly Statement[];
      readonly finalBody: readonly Statement[];
    })
  | (Node & { readonly kind: 'Assert'; readonly test: Expression; readonly message: Expression | undefined })
  | (Node & { readonly kind: 'Import'; readonly names: readonly Alias[] })
  | (Node & {
      readonly kind: 'ImportFrom';
      /** Empty in `from . import x`. */
      readonly module: string;
      /** The number of leading dots. */
      readonly level: number;
      /** `[{ name: '*' }]` for a star. */
      readonly names: readonly Alias[];
    })
  | (Node & { readonly kind: 'Global'; readonly names: readonly string[] })
  | (Node & { readonly kind: 'Nonlocal'; readonly names: readonly string[] })
  | (Node & { readonly kind: 'ExpressionStatement'; readonly value: Expression })
  | (Node & { readonly kind: 'Pass' })
  | (Node & { readonly kind: 'Break' })
  | (Node & { readonly kind: 'Continue' })
  | Broken;

/**
 * A statement that cannot be parsed: what it assigns is unknown from here on; everything around it keeps its meaning.
 */
export interface Broken extends Node {
  readonly kind: 'Broken';
  /** Why. */
  readonly message: string;
  /** Names and attributes (`x`, `self.conv1`) that it apparently sets: targets of assignments, a `def`'s name. */
  readonly targets: readonly Expression[];
  /** Whether it may leave the function or loop: its text begins with `return`, `raise`, `break` or `continue`. */
  readonly leaves: boolean;
}

export interface FunctionDef extends Node {
  readonly kind: 'FunctionDef';
  readonly name: string;
  readonly nameRange: Range;
  readonly isAsync: boolean;
  /** `T` in `def f[T](x: T)`. */
  readonly typeParameters: readonly string[];
  readonly parameters: Parameters;
  readonly returns: Expression | undefined;
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  /** Set if the body is parsed on first use; says whether it mentions `super` or `__class__`. */
  readonly deferred?: { readonly usesClass: boolean };
  /** `def f(x):`, from `def` to the colon. */
  readonly head: Range;
}

export interface ClassDef extends Node {
  readonly kind: 'ClassDef';
  readonly name: string;
  readonly nameRange: Range;
  readonly typeParameters: readonly string[];
  readonly bases: readonly Expression[];
  readonly keywords: readonly Keyword[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  /** From `class` to the colon. */
  readonly head: Range;
}

export interface Parameters {
  readonly positionalOnly: readonly Parameter[];
  readonly positional: readonly Parameter[];
  /** `*args`. */
  readonly rest: Parameter | undefined;
  readonly keywordOnly: readonly Parameter[];
  /** `**kwargs`. */
  readonly keywords: Parameter | undefined;
}

export interface Parameter extends Node {
  readonly name: string;
  readonly annotation: Expression | undefined;
  readonly default: Expression | undefined;
}

export interface Alias extends Node {
  /** Dotted in `import a.b`. */
  readonly name: string;
  readonly as: string | undefined;
}

export interface ExceptHandler extends Node {
  readonly type: Expression | undefined;
  readonly name: string | undefined;
  readonly body: readonly Statement[];
}

export interface MatchCase extends Node {
  readonly pattern: Pattern;
  readonly guard: Expression | undefined;
  readonly body: readonly Statement[];
}

export type Pattern =
  /** Compared with `==`; None, True and False with `is`. */
  | (Node & { readonly kind: 'MatchValue'; readonly value: Expression })
  | (Node & { readonly kind: 'MatchSequence'; readonly patterns: readonly Pattern[] })
  /** `*rest` in a sequence; `*_` has no name. */
  | (Node & { readonly kind: 'MatchStar'; readonly name: string | undefined })
  | (Node & {
      readonly kind: 'MatchMapping';
      readonly keys: readonly Expression[];
      readonly patterns: readonly Pattern[];
      readonly rest: string | undefined;
    })
  | (Node & {
      readonly kind: 'MatchClass';
      readonly cls: Expression;
      readonly patterns: readonly Pattern[];
      readonly keywords: readonly { readonly name: string; readonly pattern: Pattern }[];
    })
  /** `pattern as name`; without a pattern a capture; with neither the wildcard. */
  | (Node & { readonly kind: 'MatchAs'; readonly pattern: Pattern | undefined; readonly name: string | undefined })
  | (Node & { readonly kind: 'MatchOr'; readonly patterns: readonly Pattern[] });

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '<<' | '>>' | '&' | '|' | '^';
export type UnaryOperator = '+' | '-' | '~' | 'not';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'is' | 'is not' | 'in' | 'not in';

export type Expression =
  | (Node & { readonly kind: 'Name'; readonly name: string })
  | Constant
  /** An f-string: pieces of text, and values with a conversion and a format. */
  | (Node & { readonly kind: 'JoinedString'; readonly parts: readonly (string | FormattedValue)[] })
  | (Node & {
      readonly kind: 'Attribute';
      readonly value: Expression;
      readonly name: string;
      readonly nameRange: Range;
    })
  | (Node & { readonly kind: 'Subscript'; readonly value: Expression; readonly index: Expression })
  /** Only as an index, or in a tuple used as an index. */
  | (Node & {
      readonly kind: 'Slice';
      readonly lower: Expression | undefined;
      readonly upper: Expression | undefined;
      readonly step: Expression | undefined;
    })
  | CallExpression
  /** `*value`, among arguments, elements and targets. */
  | (Node & { readonly kind: 'Starred'; readonly value: Expression })
  | (Node & {
      readonly kind: 'Binary';
      readonly left: Expression;
      readonly operator: BinaryOperator;
      readonly right: Expression;
    })
  | (Node & { readonly kind: 'Unary'; readonly operator: UnaryOperator; readonly operand: Expression })
  | (Node & { readonly kind: 'Boolean'; readonly operator: 'and' | 'or'; readonly values: readonly Expression[] })
  /** `a < b <= c`: one operator fewer than values. */
  | (Node & {
      readonly kind: 'Compare';
      readonly values: readonly Expression[];
      readonly operators: readonly ComparisonOperator[];
    })
  | (Node & {
      readonly kind: 'Conditional';
      readonly test: Expression;
      readonly body: Expression;
      readonly orElse: Expression;
    })
  | (Node & { readonly kind: 'Lambda'; readonly parameters: Parameters; readonly body: Expression })
  | (Node & { readonly kind: 'NamedExpression'; readonly name: string; readonly value: Expression })
  | (Node & { readonly kind: 'List' | 'Tuple' | 'Set'; readonly elements: readonly Expression[] })
  /** An entry without a key is `**value`. */
  | (Node & {
      readonly kind: 'Dict';
      readonly entries: readonly { readonly key: Expression | undefined; readonly value: Expression }[];
    })
  | (Node & {
      readonly kind: 'ListComprehension' | 'SetComprehension' | 'GeneratorExpression';
      readonly element: Expression;
      readonly generators: readonly Comprehension[];
    })
  | (Node & {
      readonly kind: 'DictComprehension';
      readonly key: Expression;
      readonly value: Expression;
      readonly generators: readonly Comprehension[];
    })
  | (Node & { readonly kind: 'Yield'; readonly value: Expression | undefined })
  | (Node & { readonly kind: 'YieldFrom'; readonly value: Expression })
  | (Node & { readonly kind: 'Await'; readonly value: Expression })
  /** An expression that cannot be parsed, inside a statement that can. */
  | (Node & { readonly kind: 'BrokenExpression'; readonly message: string });

export interface CallExpression extends Node {
  readonly kind: 'Call';
  readonly callee: Expression;
  /** In source order; `*args` is a Starred. */
  readonly args: readonly Expression[];
  readonly keywords: readonly Keyword[];
}

/** `name=value`; without a name `**value`. */
export interface Keyword extends Node {
  readonly name: string | undefined;
  readonly value: Expression;
}

export interface FormattedValue extends Node {
  readonly value: Expression;
  readonly conversion: 'r' | 's' | 'a' | undefined;
  /** The format specification, which may contain values itself. */
  readonly format: readonly (string | FormattedValue)[];
}

export interface Comprehension {
  readonly isAsync: boolean;
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

export type Constant = Node & { readonly kind: 'Constant' } & (
    | { readonly type: 'int'; readonly value: number | bigint }
    | { readonly type: 'float' | 'complex'; readonly value: number }
    | { readonly type: 'str' | 'bytes'; readonly value: string }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'None' | 'Ellipsis' }
  );
