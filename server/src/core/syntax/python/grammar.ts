// tree-sitter with its Python grammar (the only file that uses the package). Its WebAssembly is loaded for the first
// Python file, so other formats do not pay for it.
import type { Language, Node, Parser } from 'web-tree-sitter';

let starting: Promise<void> | undefined;
let parser: Parser | undefined;
let kinds: Kinds | undefined;

/** Properties of nodes by the number of their type: querying WebAssembly would dominate the time. */
interface Kinds {
  readonly names: readonly string[];
  /** Tokens have no children. */
  readonly isToken: readonly boolean[];
  /** The length of tokens with a fixed text. */
  readonly lengths: readonly (number | undefined)[];
}

/** Loads the grammar, once. */
export function startPython(): Promise<void> {
  starting ??= start();
  return starting;
}

export function isPythonStarted(): boolean {
  return parser !== undefined;
}

async function start(): Promise<void> {
  const [{ Language, Parser }, wasm] = await Promise.all([import('web-tree-sitter'), import('./wasm.mjs')]);
  wasm.prepare();
  await Parser.init({ wasmBinary: await wasm.runtime() });
  const language = await Language.load(await wasm.grammar());
  kinds = kindsOf(language);
  parser = new Parser().setLanguage(language);
}

const namedTokens: ReadonlySet<string> = new Set([
  'identifier',
  'integer',
  'float',
  'true',
  'false',
  'none',
  'ellipsis',
  'comment',
  'string_start',
  'string_end',
  'pass_statement',
  'break_statement',
  'continue_statement',
]);
/** These tokens may contain any number of spaces. */
const spaced: ReadonlySet<string> = new Set(['not in', 'is not']);

function kindsOf(language: Language): Kinds {
  const names = language.types;
  const isAnonymous = names.map((_, id) => !language.nodeTypeIsNamed(id));
  return {
    names,
    isToken: names.map((name, id) => isAnonymous[id]! || namedTokens.has(name)),
    lengths: names.map((name, id) => (isAnonymous[id] && !spaced.has(name) ? name.length : undefined)),
  };
}

/** A node of tree-sitter's tree that caches each property. Comments are left out. */
export class SyntaxNode {
  readonly type: string;
  readonly startIndex: number;
  readonly #node: Node;
  readonly #id: number;
  #end = -1;
  #children: readonly SyntaxNode[] | undefined;

  constructor(node: Node) {
    this.#node = node;
    this.#id = node.typeId;
    this.type = kinds!.names[this.#id] ?? 'ERROR';
    this.startIndex = node.startIndex;
  }

  get endIndex(): number {
    if (this.#end < 0) {
      const length = kinds!.lengths[this.#id];
      this.#end = length === undefined ? this.#node.endIndex : this.startIndex + length;
    }
    return this.#end;
  }

  get children(): readonly SyntaxNode[] {
    this.#children ??= kinds!.isToken[this.#id] ? noNodes : childrenOf(this.#node);
    return this.#children;
  }
}

const noNodes: readonly SyntaxNode[] = [];

function childrenOf(node: Node): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (const child of node.children) {
    const own = new SyntaxNode(child);
    if (own.type !== 'comment' && own.type !== 'line_continuation') children.push(own);
  }
  return children;
}

/** The first place that does not fit the grammar. */
export interface Misfit {
  readonly from: number;
  readonly to: number;
  /** The token tree-sitter would insert there, if any. */
  readonly missing: string | undefined;
}

/**
 * Calls `use` with the tree of a text, which is freed afterwards; if the text does not fit the grammar, calls `refuse`.
 */
export function withTree<T>(text: string, use: (root: SyntaxNode) => T, refuse: (misfit: Misfit) => T): T {
  if (!parser) throw new Error('Python is parsed before startPython() has ended.');
  const tree = parser.parse(text);
  if (!tree) throw new Error('tree-sitter gave up.');
  try {
    return tree.rootNode.hasError ? refuse(misfitIn(tree.rootNode)) : use(new SyntaxNode(tree.rootNode));
  } finally {
    tree.delete();
  }
}

function misfitIn(root: Node): Misfit {
  let node = root;
  for (;;) {
    const next = node.isError || node.isMissing ? null : node.children.find(child => child.hasError);
    if (!next) break;
    node = next;
  }
  return { from: node.startIndex, to: node.endIndex, missing: node.isMissing ? node.type : undefined };
}
