// Other editors for real, with the configurations that docs/editors.md gives: what a person sees in them, and a fix.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/editors.md'), 'utf8');
const network = `name: spot
input: [3, 32, 32]
layers:
  - conv: {out: 8, kernel: 3}
  - conv: {out: 16, kernal: 5}
  - relu
`;

/** What an editor tells of a session. */
interface Seen {
  readonly error?: string;
  readonly hints: readonly string[];
  readonly hover: string;
  readonly completion: readonly string[];
  readonly problem: { readonly line: number; readonly column: number; readonly message: string };
  readonly action: string;
  readonly text: string;
}

/** The block of code of the page that has some words in it, with our own server. */
function configuration(words: string): string {
  const block = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)]
    .map(([, code = '']) => code)
    .find(code => code.includes(words));
  assert.ok(block, `no configuration has “${words}”`);
  return block.replaceAll('/path/to/flopline', root.replace(/\/$/, ''));
}

/** Why an editor cannot be tried; undefined where it can. */
function whyNot(command: string, args: readonly string[]): string | undefined {
  const { error, status } = spawnSync(command, args, { stdio: 'ignore' });
  return error || status !== 0 ? `${command} is not installed, or lacks what it needs` : undefined;
}

/** Starts an editor with a configuration and a script of ours: what it tells of the session. */
function session(
  start: (files: { init: string; script: string }) => readonly string[],
  init: string,
  script: string,
): Seen {
  const folder = mkdtempSync(join(tmpdir(), 'flopline-editors-'));
  try {
    const file = join(folder, 'spot.net.yaml');
    const answer = join(folder, 'answer.json');
    const initFile = join(folder, script.endsWith('.el') ? 'init.el' : 'init.lua');
    writeFileSync(file, network);
    writeFileSync(initFile, init);
    const [command = '', ...args] = start({ init: initFile, script: join(root, 'test/editors', script) });
    const { stderr, stdout } = spawnSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder, FLOPLINE_FILE: file, FLOPLINE_ANSWER: answer },
      timeout: 90_000,
    });
    let seen: Seen;
    try {
      seen = JSON.parse(readFileSync(answer, 'utf8'));
    } catch {
      assert.fail(`${command} told nothing: ${stderr}${stdout}`);
    }
    assert.equal(seen.error, undefined);
    return seen;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(seen: Seen): void {
  assert.deepEqual(
    seen.hints.map(hint => hint.replace(/:\s+/, ': ')).filter(hint => hint.startsWith('3: ')),
    ['3: 8×30×30 · 194k MACs · 224 params'],
  );
  assert.match(seen.hover, /`30² · 3² · 3 · 8` = 194k MACs \(194,400\)/);
  assert.ok(seen.completion.includes('relu'));
  assert.equal(seen.problem.line, 4);
  assert.match(seen.problem.message, /kernal/);
  assert.match(seen.action, /kernel/);
  assert.equal(seen.text.trim(), network.replace('kernal', 'kernel').trim());
}

describe('other editors', () => {
  it('Neovim 0.7 and later', { skip: whyNot('nvim', ['--version']) }, () => {
    check(
      session(
        ({ init, script }) => ['nvim', '--headless', '-n', '-i', 'NONE', '-u', init, '-c', `luafile ${script}`],
        configuration('start_client'),
        'neovim.lua',
      ),
    );
  });

  it('Emacs with eglot', {
    skip: whyNot('emacs', ['--batch', '--eval', "(progn (require 'eglot) (require 'yaml-mode))"]),
  }, () => {
    check(
      session(
        ({ init, script }) => ['emacs', '--batch', '-l', init, '-l', script],
        configuration('eglot-server-programs'),
        'emacs.el',
      ),
    );
  });
});
