// Reads the WebAssembly from node_modules, for tests and scripts that run from sources. scripts/build.mjs replaces this
// module with one that contains it compressed, since bundles run without other files.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

const { resolve } = createRequire(import.meta.url);

/** Optimizing the parser would take V8 more time than it saves. */
export const prepare = () => setFlagsFromString('--liftoff-only');
export const runtime = () => readFileSync(resolve('web-tree-sitter/web-tree-sitter.wasm'));
export const grammar = () => readFileSync(resolve('tree-sitter-python/tree-sitter-python.wasm'));
