// Bundles client, server, CLI and its MCP server into dist/: single files that run with no node_modules.
//   node scripts/build.mjs [--readable] [--watch]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, deflateRawSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { programOptions } from './program.mjs';

const { resolve } = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Minified as in the package, except for reading: so what is tested and measured is what users get.
const minify = !process.argv.includes('--watch') && !process.argv.includes('--readable');

/**
 * Puts the WebAssembly of the Python parser into the bundles, compressed: a string that costs nothing until it is
 * unpacked for the first Python file.
 * @type {esbuild.Plugin}
 */
const wasm = {
  name: 'wasm',
  setup(build) {
    const packed = name => JSON.stringify(brotliCompressSync(readFileSync(resolve(name))).toString('base64'));
    build.onLoad({ filter: /syntax[\\/]python[\\/]wasm\.mjs$/ }, () => ({
      contents: `
        import { brotliDecompressSync } from 'node:zlib';
        const unpacked = text => brotliDecompressSync(Buffer.from(text, 'base64'));
        export const prepare = () => {};
        export const runtime = () => unpacked(${packed('web-tree-sitter/web-tree-sitter.wasm')});
        export const grammar = () => unpacked(${packed('tree-sitter-python/tree-sitter-python.wasm')});
      `,
    }));
    // Its ES module uses import.meta.url, which does not exist in a CommonJS bundle.
    build.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: resolve('web-tree-sitter') }));
  },
};

/**
 * The same for a worker, which has another decompression. Modules of Node that web-tree-sitter uses only in Node are
 * replaced by empty ones; any other import of a Node module breaks the build.
 *
 * @type {esbuild.Plugin}
 */
const wasmInBrowser = {
  name: 'wasm-in-browser',
  setup(build) {
    const packed = name => JSON.stringify(deflateRawSync(readFileSync(resolve(name)), { level: 9 }).toString('base64'));
    build.onLoad({ filter: /syntax[\\/]python[\\/]wasm\.mjs$/ }, () => ({
      contents: `
        const unpacked = async text => {
          const bytes = Uint8Array.from(atob(text), unit => unit.charCodeAt(0));
          const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
          return new Uint8Array(await new Response(stream).arrayBuffer());
        };
        export const prepare = () => {};
        export const runtime = () => unpacked(${packed('web-tree-sitter/web-tree-sitter.wasm')});
        export const grammar = () => unpacked(${packed('tree-sitter-python/tree-sitter-python.wasm')});
      `,
    }));
    build.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: resolve('web-tree-sitter') }));
    build.onResolve({ filter: /^(?:node:)?fs(?:\/promises)?$/ }, ({ path, importer }) =>
      /[\\/]web-tree-sitter[\\/]/.test(importer) ? { path, namespace: 'none' } : undefined,
    );
    build.onLoad({ filter: /^/, namespace: 'none' }, () => ({ contents: '' }));
  },
};

/**
 * Puts translations into the programs, compressed, and in ASCII: a single character beyond Latin-1 would make V8 store
 * the whole program in twice the memory.
 * @type {esbuild.Plugin}
 */
const translations = {
  name: 'translations',
  setup(build) {
    build.onLoad({ filter: /host[\\/]bundles\.mjs$/ }, () => {
      const files = readdirSync(join(root, 'l10n')).filter(name => name.startsWith('bundle.l10n.'));
      const packed = files.map(name => {
        const contents = JSON.stringify(JSON.parse(readFileSync(join(root, 'l10n', name), 'utf8')));
        const compressed = brotliCompressSync(contents, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length },
        });
        return [name.split('.')[2], compressed.toString('base64')];
      });
      return {
        contents: `
          import { brotliDecompressSync } from 'node:zlib';
          const packed = ${JSON.stringify(Object.fromEntries(packed))};
          export const bundle = language => brotliDecompressSync(Buffer.from(packed[language], 'base64')).toString();
        `,
        watchFiles: files.map(name => join(root, 'l10n', name)),
      };
    });
  },
};

/**
 * Keeps the MCP server in a separate bundle beside the command line, which loads it: most commands do not need it.
 *
 * @type {esbuild.Plugin}
 */
const mcpBeside = {
  name: 'mcp-beside',
  setup(build) {
    build.onResolve({ filter: /mcp[\\/]serve\.ts$/ }, () => ({ path: './mcp.js', external: true }));
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  // CommonJS: the extension host requires the client, and a forked server starts faster.
  format: 'cjs',
  target: 'node20',
  minify,
  // Stack traces of uncaught errors print the whole line.
  lineLimit: 240,
  sourcemap: minify ? false : 'linked',
  // Newer packages ship both formats; the ESM one bundles smaller.
  mainFields: ['module', 'main'],
  plugins: [wasm],
  logLevel: 'warning',
};

const program = (entry, file, head) =>
  programOptions(
    { ...common, plugins: [wasm, translations, mcpBeside] },
    { entry: join(root, entry), file: join(root, file), head },
  );

/**
 * For an editor in a browser, which has no Node: importing a Node module breaks the build.
 * @returns {esbuild.BuildOptions}
 */
function web(entry, file) {
  return {
    ...common,
    entryPoints: [join(root, entry)],
    outfile: join(root, file),
    platform: 'browser',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    mainFields: ['browser', 'module', 'main'],
    plugins: [wasmInBrowser],
  };
}

const bundles = [
  {
    ...common,
    entryPoints: [join(root, 'client/src/node.ts')],
    outfile: join(root, 'dist/client.js'),
    external: ['vscode'],
  },
  // A page: its styles become a separate file.
  {
    ...common,
    entryPoints: [join(root, 'client/overview/main.ts')],
    outfile: join(root, 'dist/overview.js'),
    platform: 'browser',
    format: 'iife',
    target: 'chrome128',
    mainFields: ['browser', 'module', 'main'],
    plugins: [],
    sourcemap: false,
  },
  { ...web('client/src/web.ts', 'dist/web/client.js'), external: ['vscode'] },
  { ...web('server/src/web/main.ts', 'dist/web/server.js'), format: 'iife', supported: { 'dynamic-import': false } },
  program('server/src/node/main.ts', 'dist/server.js', ''),
  program('server/src/cli/main.ts', 'dist/cli.js', '#!/usr/bin/env node\n'),
  {
    ...common,
    entryPoints: [join(root, 'server/src/mcp/serve.ts')],
    outfile: join(root, 'dist/mcp.js'),
  },
];

mkdirSync(join(root, 'dist'), { recursive: true });
// The package has type module, but the files in dist are CommonJS.
writeFileSync(join(root, 'dist/package.json'), '{ "type": "commonjs" }\n');
if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
  console.log('Watching…');
} else {
  await Promise.all(bundles.map(bundle => esbuild.build(bundle)));
}
