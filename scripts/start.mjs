// npm start: opens a VS Code with Flopline on examples/: the `code` on the PATH, else a VS Code from npm in the
// browser. The URL is printed last: output of npm, the build and the server comes before it, or goes into a file.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './vscode/install.mjs';

const examples = join(root, 'examples');
const port = Number(process.env.PORT ?? 8123);
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

if (!startDesktop()) {
  try {
    await startInBrowser();
  } catch (error) {
    // The report works in any case.
    spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'report', examples], { stdio: 'inherit' });
    console.log(`\nNo VS Code could be started: ${error instanceof Error ? error.message : error}`);
    console.log(
      'The report above is what Flopline says of examples/. “node dist/cli.js --help” shows what else it does.',
    );
  }
}

/** Opens a desktop VS Code; returns whether there is one. */
function startDesktop() {
  if (!hasDisplay) return false;
  for (const command of ['code', 'code-insiders', 'codium']) {
    const args = [`--extensionDevelopmentPath=${root}`, '--new-window', examples];
    const { status } = spawnSync(command, args, { stdio: 'ignore', shell: process.platform === 'win32' });
    if (status !== 0) continue;
    console.log(`Opened examples/ with ${command}. Open googlenet.net.yaml: every line shows what it costs.`);
    return true;
  }
  return false;
}

async function startInBrowser() {
  const { startServer } = await import('./vscode/host.mjs');
  const settings = { 'editor.minimap.enabled': false };
  const start = at => startServer({ installed: true, settings, port: at });
  // The port may be in use.
  const editor = await start(port).catch(() => start(0));
  const address = editor.address(examples);
  console.log(`
  ${address}

No desktop VS Code was found, so one from npm runs with Flopline on examples/. Open the address above in a browser on
this machine and click googlenet.net.yaml: every line shows what it costs. The token in the address keeps others on this
machine out of the editor, which has a terminal. Ctrl+C stops it.`);
  if (hasDisplay) {
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
    if (['/usr/bin', '/usr/local/bin'].some(folder => existsSync(join(folder, opener))))
      spawn(opener, [address], { stdio: 'ignore', detached: true }).unref();
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => editor.stop().then(() => process.exit(0)));
}
