// Where tests and scripts run from sources, WebAssembly comes out of node_modules; scripts/build.mjs puts another module in
// place of this one, which holds it compressed: what is bundled runs without any files beside it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

export const runtime = () => readFileSync(resolve('web-tree-sitter/web-tree-sitter.wasm'));
export const grammar = () => readFileSync(resolve('tree-sitter-python/tree-sitter-python.wasm'));
