// Runs the suite of test/editor in a real VS Code: on the desktop if it can be downloaded, else the one from npm.
//   node scripts/editor-tests.mjs     FLOPLINE_EDITOR=desktop|npm|npm-oldest|web chooses, FLOPLINE_GREP=… selects tests
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { walkAgents } from './vscode/agents.mjs';
import { walkChinese } from './vscode/chinese.mjs';
import { root } from './vscode/install.mjs';
import { walkOverview } from './vscode/overview.mjs';
import { runWebTests } from './web-tests.mjs';

const suites = join(root, 'test/editor/suite');
const webSuites = join(root, 'test/editor/web');
const limit = Number(process.env.FLOPLINE_EDITOR_TIMEOUT ?? 180_000);

/**
 * Runs every suite once.
 * @returns {Promise<{ passed: number, failed: number, skipped: number, failures?: string[], where: string }>}
 */
export async function runEditorTests() {
  const temporary = mkdtempSync(join(tmpdir(), 'flopline-editor-'));
  try {
    await bundle();
    const workspace = join(temporary, 'workspace');
    const report = join(temporary, 'report.json');
    // Tests edit files, so use a copy.
    cpSync(join(root, 'test/editor/workspace'), workspace, { recursive: true });
    cpSync(join(root, 'examples/python/detector'), join(workspace, 'detector'), { recursive: true });
    const outcome = await inSomeEditor(workspace, report);
    if ('why' in outcome) {
      const skipped = countTests();
      console.log(`Skipped ${skipped} tests in the editor: ${outcome.why}`);
      return { passed: 0, failed: 0, skipped, where: 'nowhere' };
    }
    const first = tell(report, outcome);
    const second = await inBrowserAlone();
    const sum = key => first[key] + second[key];
    const failures = [...(first.failures ?? []), ...(second.failures ?? [])];
    return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), failures, where: outcome.where };
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs the suites in a browser without a server. */
async function inBrowserAlone() {
  let outcome;
  try {
    outcome = await runWebTests();
  } catch (error) {
    // A browser that cannot be installed is not a test failure.
    console.log(`Skipped the tests in a browser alone: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 0, skipped: countTests(webSuites) };
  }
  const result = tellRows(outcome.rows.map(row => ({ ...row, title: `In a browser alone: ${row.title}` })));
  if (!outcome.isDone) {
    console.log(`The tests in a browser alone did not end.\n${outcome.log.slice(-40).join('\n')}`);
    result.failed++;
  }
  return result;
}

async function bundle() {
  const folder = join(root, 'dist-test/editor');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  await esbuild.build({
    entryPoints: readdirSync(suites)
      .filter(name => name.endsWith('.ts'))
      .map(name => join(suites, name)),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

/** The exit code and log of a run, or why there was none. */
async function inSomeEditor(workspace, report) {
  const wish = process.env.FLOPLINE_EDITOR ?? '';
  const reasons = [];
  if (wish === '' || wish === 'desktop') {
    const why = await whyNoDesktop();
    if (why === undefined) return { where: 'desktop VS Code', ...(await inDesktop(workspace, report)) };
    reasons.push(`desktop VS Code: ${why}`);
  }
  if (wish !== 'desktop') {
    try {
      return await inBrowser(workspace, report, wish === 'npm-oldest' ? 'oldest' : 'current');
    } catch (error) {
      reasons.push(`VS Code from npm: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { why: reasons.join('; ') };
}

async function whyNoDesktop() {
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay) return 'there is no display';
  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
      signal: AbortSignal.timeout(10_000),
    });
    return answer.ok ? undefined : `its update host answers ${answer.status}`;
  } catch (error) {
    return `its update host is out of reach (${error instanceof Error ? error.message : error})`;
  }
}

async function inDesktop(workspace, report) {
  const { runTests } = await import('@vscode/test-electron');
  try {
    const code = await runTests({
      version: process.env.VSCODE_VERSION ?? 'stable',
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'dist-test/editor/index.js'),
      extensionTestsEnv: { FLOPLINE_TEST_REPORT: report },
      launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
    });
    return { code, log: [] };
  } catch (error) {
    return { code: 1, log: [String(error)] };
  }
}

async function inBrowser(workspace, report, flavour) {
  const { startBrowser, startServer } = await import('./vscode/host.mjs');
  // These install what is missing; a failure of that is not a test failure.
  const browser = await startBrowser();
  const log = [];
  const note = line => {
    log.push(line);
    if (log.length > 200) log.shift();
  };
  let editor;
  try {
    const settings = { 'git.enabled': true };
    editor = await startServer({ settings, env: { FLOPLINE_TEST_REPORT: report }, test: true, flavour });
    const { server, remote, address, port } = editor;
    const refusal = await refuses(port);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const ended = new Promise(resolve => {
      setTimeout(() => {
        note(`no result in ${limit} ms`);
        resolve(124);
      }, limit).unref();
      server.once('exit', (code, signal) => {
        note(`VS Code's server ended (${code ?? signal})`);
        resolve(1);
      });
      page.on('crash', () => {
        note('the page crashed');
        resolve(1);
      });
      page.on('pageerror', error => note(`[page error] ${error}`));
      page.on('console', message => {
        note(`[${message.type()}] ${message.text()}`);
        if (message.text().includes('No extension host found that can launch the test runner')) resolve(1);
      });
      // VS Code calls this function when the extension host that ran the tests has exited.
      page.exposeFunction('codeAutomationExit', resolve).catch(() => resolve(1));
    });
    await page.goto(
      address(workspace, [
        ['extensionDevelopmentPath', remote(root)],
        ['extensionTestsPath', remote(join(root, 'dist-test/editor/index.js'))],
        ['skipWelcome', 'true'],
      ]),
    );
    const code = await ended;
    // Walks through the UI like a user, in a window without the suites.
    const payload = [['extensionDevelopmentPath', remote(root)]];
    const isWished = word => new RegExp(word, 'i').test(process.env.FLOPLINE_GREP || word);
    const walk = isWished('overview') ? await patiently(() => walkOverview(browser, editor, payload)) : [];
    // The oldest editor does not support MCP servers.
    if (isWished('agents') && flavour === 'current')
      walk.push(...(await patiently(async () => [await walkAgents(browser, editor, payload)])));
    if (isWished('an editor in Chinese') && flavour === 'current')
      walk.push(...(await patiently(() => walkChinese(browser))));
    return { where: `VS Code from npm (${flavour}) in Chromium`, code, log, more: [refusal, ...walk] };
  } finally {
    await browser.close().catch(() => {});
    await editor?.stop();
  }
}

/**
 * The rows of a walk. On a busy machine, the editor loses a key or closes a list now and then; a walk with a failed row
 * is therefore repeated once, in a fresh window. A fault of ours fails both times.
 */
async function patiently(walk) {
  const rows = await walk();
  const failed = rows.filter(({ state }) => state === 'failed');
  if (failed.length === 0) return rows;
  for (const { title, error } of failed) console.log(`${title}: failed, and is tried again.\n${error}`);
  return walk();
}

/** Requests without the token must be refused: a row of the report. */
async function refuses(port) {
  const title = 'npm start: the editor refuses whoever has not its token';
  const start = Date.now();
  const statuses = [];
  for (const query of ['', '?tkn=', '?tkn=0123456789abcdef']) {
    const answer = await fetch(`http://127.0.0.1:${port}/${query}`, { redirect: 'manual' });
    statuses.push(answer.status);
  }
  const milliseconds = Date.now() - start;
  if (statuses.every(status => status === 403)) return { title, state: 'passed', milliseconds };
  return { title, state: 'failed', milliseconds, error: `It answered ${statuses.join(', ')}.` };
}

function tell(report, { code, log, where, more = [] }) {
  if (!existsSync(report)) {
    console.log(`The editor wrote no report (it ended with ${code}). Its last lines:\n${log.slice(-40).join('\n')}`);
    return { passed: 0, failed: Math.max(1, countTests()), skipped: 0 };
  }
  const result = tellRows([...more, ...JSON.parse(readFileSync(report, 'utf8'))]);
  if (result.failed === 0 && code !== 0) {
    console.log(`${where} ended with ${code}.\n${log.slice(-40).join('\n')}`);
    result.failed = 1;
  }
  return result;
}

/** Prints the rows of a report, and counts them. */
function tellRows(rows) {
  const words = { passed: '✔', failed: '✖', pending: '﹣' };
  for (const { title, state, milliseconds, error } of rows) {
    console.log(`${words[state]} ${title}${state === 'passed' ? ` (${milliseconds}ms)` : ''}`);
    if (error) console.log(error.replace(/^/gm, '    '));
  }
  const count = state => rows.filter(row => row.state === state).length;
  const failures = rows.filter(row => row.state === 'failed').map(row => `${row.title}\n${row.error ?? ''}`);
  return { passed: count('passed'), failed: count('failed'), skipped: count('pending'), failures };
}

/** Counts the tests if they cannot be run. */
function countTests(folder = suites) {
  return readdirSync(folder)
    .map(name => readFileSync(join(folder, name), 'utf8').match(/^\s*test\(/gm)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])
    process.on(signal, () => process.exit(code));
  if (!existsSync(join(root, 'dist/client.js'))) {
    const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
    if (built.status !== 0) process.exit(1);
  }
  const isWeb = process.env.FLOPLINE_EDITOR === 'web';
  const run = isWeb ? async () => ({ ...(await inBrowserAlone()), where: 'A browser alone' }) : runEditorTests;
  const { passed, failed, skipped, where } = await run();
  console.log(`${where}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exit(failed > 0 ? 1 : 0);
}
