// Compiles the tests into bundles that share the code of this repository. Loading tsx and then core through it takes
// seconds per process; loading compiled code takes tenths of a second.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { root } from './vscode/install.mjs';

/** Inside the repository, so that packages can be resolved. */
const folder = join(root, 'dist-test/unit');

/**
 * Some files locate others relative to themselves, including the reader of translations: they need their source path.
 */
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

/** Compiles the tests and returns their paths. */
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
    // Not bundled: CommonJS packages, and packages with state that all tests share (the seed of fast-check).
    external: ['@modelcontextprotocol/sdk', '@vscode/*', 'ajv', 'esbuild', 'fast-check', 'typescript', 'vscode-*'],
    plugins: [atHome],
    logLevel: 'warning',
  });
  return names.map(name => join(folder, name.replace(/\.ts$/, '.mjs')));
}
