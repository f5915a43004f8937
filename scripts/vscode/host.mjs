// Runs VS Code without a desktop: VS Code's server, and its workbench in a headless Chromium.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { installBrowser, installEditor, root } from './install.mjs';

const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'files.autoSave': 'off',
};

/**
 * Starts VS Code's server with a fresh profile, with or without Flopline installed. For a `test`, the page's URL may
 * specify more than the folder: files to open, and the paths of an extension in development and of its tests. Anyone
 * who can reach the port would get a terminal, including all accounts on this machine, so the server requires the token
 * of this start, which is part of `address`.
 * With a `locale`, the editor has a language pack without any words: it is in that language, its own words are English.
 * @param {{ locale?: string, settings?: object, env?: NodeJS.ProcessEnv, port?: number, test?: boolean, installed?: boolean, flavour?: 'current' | 'oldest' }} options
 */
export async function startServer({
  locale,
  settings = {},
  env = {},
  port = 0,
  test = false,
  installed = false,
  flavour = 'current',
} = {}) {
  const editor = installEditor(flavour);
  const data = mkdtempSync(join(tmpdir(), 'flopline-vscode-'));
  // The server from npm stores user settings here, not in the browser.
  mkdirSync(join(data, 'data/User'), { recursive: true });
  writeFileSync(join(data, 'data/User/settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  if (installed) installFlopline(join(data, 'extensions'));
  if (locale) installLanguage(data, locale);
  const token = randomBytes(24).toString('hex');
  // In a file, because everyone on the machine can read command lines.
  const tokenFile = join(data, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const log = join(data, 'server.log');
  const logFile = openSync(log, 'w');
  const args = [
    editor.main,
    ...['--host', '127.0.0.1', '--port', String(port), '--server-data-dir', data],
    ...['--extensions-dir', join(data, 'extensions'), '--telemetry-level', 'off'],
    ...['--connection-token-file', tokenFile],
    '--accept-server-license-terms',
    '--disable-workspace-trust',
    // Without this flag, VS Code ignores the development and test paths in the URL.
    ...(test ? ['--enable-smoke-test-driver'] : []),
    ...(locale ? ['--locale', locale] : []),
  ];
  const server = spawn(editor.node, args, {
    env: { ...process.env, ...env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', XDG_RUNTIME_DIR: data },
    stdio: ['ignore', 'pipe', logFile],
    detached: true,
  });
  closeSync(logFile);
  const signal = name => {
    try {
      if (server.pid !== undefined) process.kill(-server.pid, name);
    } catch {
      // It has exited already.
    }
  };
  process.once('exit', () => {
    signal('SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  });
  const listening = await new Promise((resolve, reject) => {
    let out = '';
    const fail = why => reject(new Error(`VS Code's server ${why}\n${out}\n${readFileSync(log, 'utf8').slice(-4000)}`));
    const timer = setTimeout(() => fail('did not start in 60 s'), 60_000);
    server.stdout.on('data', chunk => {
      out += chunk;
      const match = /Extension host agent listening on (\d+)/.exec(out);
      if (!match) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    });
    server.once('exit', code => {
      clearTimeout(timer);
      fail(`ended with ${code} before it listened`);
    });
    server.once('error', error => {
      clearTimeout(timer);
      fail(`could not be started: ${error.message}`);
    });
  });
  /** A file or folder of this machine as the editor in the browser names it. */
  const remote = path => `vscode-remote://127.0.0.1:${listening}${path}`;
  /** The URL of a workbench on a folder, including the token. */
  const address = (folder, payload = []) => {
    const query = payload.length > 0 ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : '';
    const path = encodeURIComponent(folder).replaceAll('%2F', '/');
    return `http://127.0.0.1:${listening}/?tkn=${token}&folder=${path}${query}`;
  };
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const gone = new Promise(resolve => server.once('exit', resolve));
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), 3000);
      await gone;
      clearTimeout(timer);
    }
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  };
  return { server, port: listening, log, remote, address, stop };
}

/** A language pack without words, where the editor looks for packs. */
function installLanguage(data, locale) {
  const id = `flopline.language-pack-${locale}`;
  const folder = join(data, 'extensions', `${id}-1.0.0`);
  const words = join(folder, 'words.json');
  mkdirSync(folder, { recursive: true });
  const write = (path, content) => writeFileSync(path, JSON.stringify(content));
  write(words, { '': [], version: '1.0.0', contents: {} });
  write(join(folder, 'package.json'), {
    name: `language-pack-${locale}`,
    publisher: 'flopline',
    version: '1.0.0',
    engines: { vscode: '*' },
    contributes: { localizations: [{ languageId: locale, translations: [{ id: 'vscode', path: './words.json' }] }] },
  });
  write(join(data, 'data/languagepacks.json'), {
    [locale]: {
      hash: 'empty',
      label: locale,
      extensions: [{ extensionIdentifier: { id }, version: '1.0.0' }],
      translations: { vscode: words },
    },
  });
}

/** Unpacks the content of the VSIX into an extensions folder. */
function installFlopline(extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = join(extensions, `${publisher}.${name}-${version}`);
  const languages = readdirSync(root).filter(name => name.startsWith('language-configuration'));
  const words = readdirSync(root).filter(name => name.startsWith('package.nls'));
  const folders = ['l10n', 'dist', 'icons', 'syntaxes', 'schemas', 'templates', 'examples', 'walkthrough'];
  for (const part of ['package.json', ...words, ...languages, ...folders])
    if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true });
}

/** Starts a headless Chromium that can only reach this machine. */
export async function startBrowser() {
  const { path, args } = await installBrowser();
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [
      ...args,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}
