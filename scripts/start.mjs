// npm start: a VS Code with Flopline on examples/. The `code` on the PATH, else VS Code from npm in the browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './vscode/install.mjs';

const examples = join(root, 'examples');
const port = Number(process.env.PORT ?? 8123);
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

if (!startDesktop()) {
  // Whatever happens next, the numbers are there.
  spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'report', examples], { stdio: 'inherit' });
  try {
    await startInBrowser();
  } catch (error) {
    console.log(`\nNo VS Code could be started (${error instanceof Error ? error.message : error}).`);
    console.log('The report above is what Flopline says of examples/; `node dist/cli.js --help` says more.');
  }
}

/** Whether a desktop VS Code was there and opened. */
function startDesktop() {
  if (!hasDisplay) return false;
  for (const command of ['code', 'code-insiders', 'codium']) {
    const args = [`--extensionDevelopmentPath=${root}`, '--new-window', examples];
    const { status } = spawnSync(command, args, { stdio: 'ignore', shell: process.platform === 'win32' });
    if (status !== 0) continue;
    console.log(`Opened examples/ with ${command}. Open googlenet.net.yaml: every line says what it costs.`);
    return true;
  }
  return false;
}

async function startInBrowser() {
  const { startServer } = await import('./vscode/host.mjs');
  const settings = { 'editor.minimap.enabled': false };
  const start = at => startServer({ installed: true, settings, port: at });
  const editor = await start(port).catch(() => start(0));
  const address = editor.address(examples);
  console.log(`\nNo desktop VS Code was found; one from npm runs with Flopline on examples/ at\n\n  ${address}\n`);
  console.log('Open googlenet.net.yaml: every line says what it costs. Ctrl+C ends it.');
  if (hasDisplay) {
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
    if (['/usr/bin', '/usr/local/bin'].some(folder => existsSync(join(folder, opener))))
      spawn(opener, [address], { stdio: 'ignore', detached: true }).unref();
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => editor.stop().then(() => process.exit(0)));
}
