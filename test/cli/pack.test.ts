// The command line without VS Code: `npx flopline` from a packed tarball, in a folder that is empty but for a network.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'flopline-pack-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a command prints in the folder, without the network and with a cache of its own. */
function run(command: string, ...args: readonly string[]): string {
  const env = { ...process.env, npm_config_cache: join(folder, '.npm'), npm_config_offline: 'true' };
  return execFileSync(command, args, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('npx flopline', () => {
  it('works from a packed tarball, without node_modules', () => {
    assert.ok(existsSync(join(root, 'dist/cli.js')), 'the command line is built');
    run('npm', 'pack', root, '--ignore-scripts', '--silent');
    const [tarball] = readdirSync(folder).filter(name => name.endsWith('.tgz'));
    copyFileSync(join(root, 'examples/squeezenet.net.yaml'), join(folder, 'squeezenet.net.yaml'));
    const npx = (...args: readonly string[]): string =>
      run('npx', '--yes', `--package=${join(folder, tarball!)}`, 'flopline', ...args);
    const { files } = JSON.parse(npx('report', 'squeezenet.net.yaml', '--format', 'json'));
    assert.equal(files[0].totals.params, 1_248_424);
    // Python needs its parser, which is in the same file.
    npx('convert', 'squeezenet.net.yaml', '--to', 'pytorch', '--output', 'squeezenet.py');
    const { files: back } = JSON.parse(npx('report', 'squeezenet.py', '--format', 'json'));
    assert.equal(back[0].totals.params, 1_248_424);
    assert.equal(back[0].totals.macs, files[0].totals.macs);
  });
});
