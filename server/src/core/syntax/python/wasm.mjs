// Where tests and scripts run from sources, WebAssembly comes out of node_modules; scripts/build.mjs puts another module in
// place of this one, which holds it compressed: what is bundled runs without any files beside it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

const { resolve } = createRequire(import.meta.url);

/** V8 would spend more time on better code for the parser than it saves. */
export const prepare = () => setFlagsFromString('--liftoff-only');
export const runtime = () => readFileSync(resolve('web-tree-sitter/web-tree-sitter.wasm'));
export const grammar = () => readFileSync(resolve('tree-sitter-python/tree-sitter-python.wasm'));
