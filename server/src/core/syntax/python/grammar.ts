// tree-sitter with its grammar of Python: the only file that knows the package. Its WebAssembly is loaded for the first
// Python file, so that the other formats pay nothing for it.
import type { Node, Parser } from 'web-tree-sitter';

export type SyntaxNode = Node;

let starting: Promise<void> | undefined;
let parser: Parser | undefined;

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
  await Parser.init({ wasmBinary: wasm.runtime() });
  const language = await Language.load(wasm.grammar());
  parser = new Parser().setLanguage(language);
}

/** What `use` makes of the tree of a text. The tree is gone afterwards. */
export function withTree<T>(text: string, use: (root: SyntaxNode) => T): T {
  if (!parser) throw new Error('Python is parsed before startPython() has ended.');
  // A text that is parsed anew: what an earlier one left behind, such as one given up half-way, must not matter.
  parser.reset();
  const tree = parser.parse(text);
  if (!tree) throw new Error('tree-sitter gave up.');
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
}
