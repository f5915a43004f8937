// Bundles client, server and CLI into dist/: single files that run with no node_modules.
//   node scripts/build.mjs [--minify] [--watch]
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const minify = process.argv.includes('--minify');

/**
 * The WebAssembly that reads Python is inside the bundles, compressed: a string that costs nothing until it is unpacked for
 * the first Python file.
 * @type {esbuild.Plugin}
 */
const wasm = {
  name: 'wasm',
  setup(build) {
    const { resolve } = createRequire(import.meta.url);
    const packed = name => JSON.stringify(brotliCompressSync(readFileSync(resolve(name))).toString('base64'));
    build.onLoad({ filter: /syntax[\\/]python[\\/]wasm\.mjs$/ }, () => ({
      contents: `
        import { brotliDecompressSync } from 'node:zlib';
        import { setFlagsFromString } from 'node:v8';
        const unpacked = text => brotliDecompressSync(Buffer.from(text, 'base64'));
        export const prepare = () => setFlagsFromString('--liftoff-only');
        export const runtime = () => unpacked(${packed('web-tree-sitter/web-tree-sitter.wasm')});
        export const grammar = () => unpacked(${packed('tree-sitter-python/tree-sitter-python.wasm')});
      `,
    }));
    // Its module form asks where it lies, which a bundle cannot say.
    build.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: resolve('web-tree-sitter') }));
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  // CommonJS: the extension host requires its client, and a server that is forked starts faster.
  format: 'cjs',
  target: 'node20',
  minify,
  sourcemap: minify ? false : 'linked',
  // Newer packages ship both forms; their ESM one bundles smaller.
  mainFields: ['module', 'main'],
  plugins: [wasm],
  logLevel: 'warning',
};

const bundles = [
  {
    ...common,
    entryPoints: [join(root, 'client/src/extension.ts')],
    outfile: join(root, 'dist/client.js'),
    external: ['vscode'],
  },
  { ...common, entryPoints: [join(root, 'server/src/lsp/main.ts')], outfile: join(root, 'dist/server.js') },
  {
    ...common,
    entryPoints: [join(root, 'server/src/cli/main.ts')],
    outfile: join(root, 'dist/cli.js'),
    banner: { js: '#!/usr/bin/env node' },
  },
];

mkdirSync(join(root, 'dist'), { recursive: true });
// The package is of type module; what lies in dist is not.
writeFileSync(join(root, 'dist/package.json'), '{ "type": "commonjs" }\n');
if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
  console.log('Watching…');
} else {
  await Promise.all(bundles.map(bundle => esbuild.build(bundle)));
  chmodSync(join(root, 'dist/cli.js'), 0o755);
}
