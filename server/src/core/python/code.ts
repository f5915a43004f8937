// What the compiler makes of a function, a class body or a module: instructions for the machine.
import type { Range } from '../text/range.ts';
import type { Effects } from './effects.ts';

/** The name of the code of an expression that is evaluated from a text of its own: its places are in no file. */
export const evaluated = '<expression>';

/** Shared by every reading of the same text: it never changes. Positions are relative to its chunk. */
export interface Code {
  readonly name: string;
  /** Dotted: `Bottleneck.forward`. */
  readonly qualifiedName: string;
  readonly kind: 'module' | 'function' | 'class' | 'lambda' | 'comprehension' | 'generator';
  /** `def …:`; of a lambda the whole. */
  readonly head: Range;
  readonly docstring: string | undefined;

  readonly isGenerator: boolean;
  readonly isAsync: boolean;
  readonly parameters: ParameterNames;
  /** Operations, and an argument for each. */
  readonly operations: readonly Operation[];
  readonly operands: readonly number[];
  /** The expression that each instruction belongs to. */
  readonly ranges: readonly Range[];
  /** The statement that each instruction belongs to; of a compound one its head. */
  readonly statements: readonly Range[];
  /** How many values lie on the stack before each instruction. */
  readonly depths: readonly number[];
  /** Values of Python. */
  readonly constants: readonly unknown[];
  /** What an instruction needs beyond a number: calls by keyword, functions to make, imports. */
  readonly details: readonly unknown[];
  readonly names: readonly string[];
  /** Local variables, parameters first. */
  readonly locals: readonly string[];
  /** Variables that are shared with inner functions, then those of outer functions. */
  readonly cells: readonly string[];
  /** How many of the cells are its own. */
  readonly ownCells: number;
  /** Parameters that are cells: [local, cell]. */
  readonly cellParameters: readonly (readonly [number, number])[];
  /** Where an exception goes, innermost first. */
  readonly handlers: readonly Handler[];
  /** By instruction: what to do where its condition or iterable is unknown. */
  readonly branches: ReadonlyMap<number, Branch>;
  /** What calling it may change besides its own locals; read from its statements when it is first needed. */
  readonly effects: () => Effects;
  /** Annotations as text, of parameters and `return`, or of a class's attributes. */
  readonly annotations: ReadonlyMap<string, string>;
}

export interface ParameterNames {
  readonly names: readonly string[];
  readonly positionalOnly: number;
  /** Positional ones, the positional-only ones among them. */
  readonly positional: number;
  readonly keywordOnly: number;
  /** Where `*args` is among the locals; −1 without. */
  readonly rest: number;
  readonly keywords: number;
}

export interface Handler {
  readonly from: number;
  readonly to: number;
  readonly target: number;
  /** What lies on the stack when it is entered, below the exception. */
  readonly depth: number;
  /** Whether a program goes on after it: after an `except` always, after a `with` if its context says so. */
  readonly catches?: 'always' | 'perhaps' | undefined;
}

/** What becomes of a condition, an iterable or a subject that is unknown. */
export type Branch =
  /** The other side only raises, or does nothing that counts. */
  | { readonly kind: 'go'; readonly target: number; readonly depth: number }
  /** Both sides are skipped, and whatever they may write is unknown. */
  | {
      readonly kind: 'skip';
      readonly target: number;
      readonly depth: number;
      readonly effects: () => Effects;
      /** Whether anything that is skipped may count: a call, a write. */
      readonly isHarmless: boolean;
      /** The function may be left: its result is unknown. */
      readonly leaves: boolean;
      /** Where all that it decides is whether some statements run: these. */
      readonly region?: Region | undefined;
    };

/** Statements that nothing leaves but at their end, where a `regionEnd` is. */
export interface Region {
  readonly from: number;
  readonly to: number;
  /** Whether it is a part of an expression: its value lies on the stack at its end, in the place of the condition. */
  readonly hasValue?: boolean;
  /** For a loop: whether it iterates over the result of a call, which nothing else can have changed. */
  readonly isFresh?: boolean;
}

/** A call with keywords: the last `names.length` of its values go by name. */
export interface KeywordCall {
  readonly positional: number;
  readonly names: readonly string[];
}

/** The code of a function that is compiled when it is first asked for. */
export class LaterCode {
  readonly #compile: () => Code;
  #code: Code | undefined;

  constructor(compile: () => Code) {
    this.#compile = compile;
  }

  get(): Code {
    this.#code ??= this.#compile();
    return this.#code;
  }
}

export interface FunctionDetail {
  readonly code: Code | LaterCode;
  readonly defaults: number;
  readonly keywordDefaults: readonly string[];
  /** Where its outer variables are among the cells of the one that makes it. */
  readonly outer: readonly number[];
}

/** A default that may wait for an import: a name, and attributes of what it means. */
export interface PutOffDetail {
  readonly name: string;
  readonly attributes: readonly string[];
  /** Whether the name may be one of the class body's own. */
  readonly isOwn: boolean;
  /** What comes behind its instructions. */
  target: number;
}

export interface ClassDetail {
  readonly code: Code;
  readonly name: string;
  readonly outer: readonly number[];
  /** Of the class statement's head. */
  readonly head: Range;
}

export interface ImportDetail {
  readonly name: string;
  readonly level: number;
  /** `from … import` these; undefined for `import name`. */
  readonly names: readonly string[] | undefined;
  /** `import a.b as c`. */
  readonly isAliased: boolean;
  /** In a `try` whose handlers catch what a missing module raises. */
  readonly isGuarded: boolean;
  /** Names of the module that this `try` would bind by imports, and does not where a module is missing. */
  readonly forgone: readonly string[];
}

/** Where a `return`, `break` or `continue` goes on in the `finally` around it. */
export interface FinishDetail {
  readonly target: number;
  /** What stays on the stack. */
  readonly depth: number;
  readonly hasValue: boolean;
}

export interface FormatDetail {
  readonly conversion: 'r' | 's' | 'a' | undefined;
  readonly hasFormat: boolean;
}

/** Operands of the instructions for operators are positions in these. */
export const binaryOperators = ['+', '-', '*', '/', '//', '%', '**', '@', '<<', '>>', '&', '|', '^'] as const;
export const unaryOperators = ['+', '-', '~'] as const;
export const comparisons = ['==', '!=', '<', '<=', '>', '>=', 'is', 'is not', 'in', 'not in'] as const;

export const operations = [
  'statement',
  'constant',
  'local',
  'setLocal',
  'deleteLocal',
  'cell',
  'setCell',
  'deleteCell',
  'classCell',
  'global',
  'setGlobal',
  'deleteGlobal',
  'name',
  'setName',
  'deleteName',
  'attribute',
  'setAttribute',
  'deleteAttribute',
  'method',
  'noSelf',
  'call',
  'callKeywords',
  'arguments',
  'argument',
  'spread',
  'keyword',
  'spreadKeywords',
  'callArguments',
  'index',
  'setIndex',
  'deleteIndex',
  'slice',
  'binary',
  'inPlace',
  'unary',
  'not',
  'compare',
  'jump',
  'jumpIfFalse',
  'jumpIfTrue',
  'jumpIfFalseKeep',
  'jumpIfTrueKeep',
  'pop',
  'duplicate',
  'duplicateTwo',
  'swap',
  'rotateThree',
  'list',
  'tuple',
  'set',
  'map',
  'append',
  'extend',
  'add',
  'update',
  'mapAdd',
  'mapUpdate',
  'listToTuple',
  'unpack',
  'unpackRest',
  'iterate',
  'next',
  'function',
  'class',
  'return',
  'yield',
  'yieldFrom',
  'await',
  'raise',
  'raiseFrom',
  'reraise',
  'matchException',
  'enterWith',
  'leaveWith',
  'leaveWithException',
  'import',
  'importFrom',
  'importStar',
  'format',
  'join',
  'unknown',
  'skipped',
  'broken',
  'matchSequence',
  'matchMapping',
  'matchKeys',
  'matchClass',
  'finish',
  'putOff',
  'arrive',
  'regionEnd',
] as const;
export type OperationName = (typeof operations)[number];
export type Operation = number;

export const op = Object.fromEntries(operations.map((name, at) => [name, at])) as Readonly<
  Record<OperationName, Operation>
>;
