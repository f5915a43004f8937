// Compiles the tests: each file with all that it imports from this repository, which they share. A process that loads
// tsx and then the core through it takes seconds before its first test; what is compiled takes tenths.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { root } from './vscode/install.mjs';

/** Inside the repository, so that packages are found. */
const folder = join(root, 'dist-test/unit');

/** Files name others relative to themselves: they speak of where their sources are. So does what reads translations. */
const atHome = {
  name: 'import.meta of the source',
  setup(build) {
    build.onLoad({ filter: /\/(?:test|scripts)\/.*\.ts$|\/host\/bundles\.mjs$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** The paths of the compiled tests. */
export async function compileTests() {
  const names = readdirSync(join(root, 'test'), { recursive: true })
    .map(String)
    .filter(name => name.endsWith('.test.ts'));
  rmSync(folder, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: names.map(name => join(root, 'test', name)),
    outbase: join(root, 'test'),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    // Loaded by themselves: they are CommonJS, or hold what all tests share (the seed of fast-check).
    external: ['@modelcontextprotocol/sdk', '@vscode/*', 'ajv', 'esbuild', 'fast-check', 'typescript', 'vscode-*'],
    plugins: [atHome],
    logLevel: 'warning',
  });
  return names.map(name => join(folder, name.replace(/\.ts$/, '.mjs')));
}
