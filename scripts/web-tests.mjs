// Runs suites of test/editor in VS Code for the browser, with the web extension and a workspace in memory. A part of
// scripts/editor-tests.mjs (FLOPLINE_EDITOR=web runs only this part).
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { startBrowser } from './vscode/host.mjs';
import { root } from './vscode/install.mjs';
import { startWebEditor } from './vscode/web.mjs';

const limit = Number(process.env.FLOPLINE_EDITOR_TIMEOUT ?? 180_000);
const folder = join(root, 'dist-test/web');

/**
 * Runs all suites once; returns the rows of a report, whether it is complete, and the last lines of the page's log.
 * @returns {Promise<{ rows: readonly object[], isDone: boolean, log: readonly string[] }>}
 */
export async function runWebTests() {
  rmSync(folder, { recursive: true, force: true });
  copyExtension(join(folder, 'flopline'));
  await bundleTests(join(folder, 'files'), join(folder, 'flopline'));
  const browser = await startBrowser();
  const log = [];
  const note = line => {
    log.push(line);
    if (log.length > 200) log.shift();
  };
  let editor;
  let rows = [];
  try {
    let exit = () => {};
    const ended = new Promise(resolve => {
      exit = code => {
        note(`the extension host ended with ${code}`);
        // By then, a final report has arrived.
        setTimeout(() => resolve(false), 1000);
      };
      const received = text => {
        const report = JSON.parse(text);
        if (report.rows.length >= rows.length) rows = report.rows;
        if (report.isDone) resolve(true);
      };
      const settings = {
        'workbench.startupEditor': 'none',
        'files.autoSave': 'off',
        'window.confirmBeforeClose': 'never',
      };
      const extensions = { flopline: join(folder, 'flopline'), files: join(folder, 'files') };
      // Bundled into the extension, so that the suites can use its API in place of a user.
      const tests = '/flopline/dist-test/index.js';
      editor = startWebEditor({ extensions, tests, folder: 'memfs:/workspace', settings, received });
      setTimeout(() => {
        note(`no result in ${limit} ms`);
        resolve(false);
      }, limit).unref();
    });
    const { address } = await editor;
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    page.on('pageerror', error => note(`[page error] ${error}`));
    page.on('console', message => note(`[${message.type()}] ${message.text()}`));
    await page.exposeFunction('codeAutomationExit', code => exit(code));
    await page.goto(address);
    const isDone = await ended;
    return { rows, isDone, log };
  } finally {
    await browser.close().catch(() => {});
    await (await editor)?.stop();
  }
}

/** A copy of the packaged extension for an editor older than its minimum version. */
function copyExtension(to) {
  mkdirSync(to, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  manifest.engines.vscode = '^1.91.0';
  writeFileSync(join(to, 'package.json'), JSON.stringify(manifest));
  const files = readdirSync(root).filter(name => /^(?:language-configuration.*|package\.nls.*)\.json$/.test(name));
  for (const name of [
    ...files,
    'icons',
    'l10n',
    'syntaxes',
    'schemas',
    'docs/problems.md',
    'dist/web',
    'dist/overview.js',
  ])
    cpSync(join(root, name), join(to, name), { recursive: true });
}

async function bundleTests(files, extension) {
  mkdirSync(files, { recursive: true });
  const common = {
    bundle: true,
    platform: 'browser',
    format: 'cjs',
    target: 'chrome111',
    sourcemap: 'inline',
    external: ['vscode'],
    alias: { 'node:assert/strict': join(root, 'test/editor/web/assert.ts') },
    define: { global: 'globalThis', wanted: JSON.stringify(process.env.FLOPLINE_GREP ?? '') },
    logLevel: 'warning',
  };
  const source = name => [join(root, 'test/editor/web', name)];
  await esbuild.build({ ...common, entryPoints: source('files.ts'), outfile: join(files, 'index.js') });
  const suites = join(extension, 'dist-test/index.js');
  await esbuild.build({ ...common, entryPoints: source('index.ts'), outfile: suites });
  const manifest = {
    name: 'files-in-memory',
    publisher: 'flopline',
    version: '0.0.0',
    engines: { vscode: '^1.91.0' },
    browser: './index.js',
    activationEvents: ['onFileSystem:memfs'],
  };
  writeFileSync(join(files, 'package.json'), JSON.stringify(manifest));
  const texts = {
    ...textsIn(join(root, 'test/editor/workspace')),
    ...textsIn(join(root, 'examples/python'), 'detector'),
  };
  writeFileSync(join(files, 'workspace.json'), JSON.stringify(texts));
}

/** All files in a folder by relative path. */
function textsIn(base, under = '') {
  const texts = {};
  for (const name of readdirSync(join(base, under), { recursive: true }).map(String)) {
    const path = join(base, under, name);
    if (statSync(path).isFile() && !name.includes('__pycache__'))
      texts[relative(base, path).replaceAll('\\', '/')] = readFileSync(path, 'utf8');
  }
  return texts;
}
