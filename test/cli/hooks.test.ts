// The hooks and the workflow of docs/check.md, tried: in a real git repository, with the bundled command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8');
const snippets = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(match => match[1]!);

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const spec = (channels: number): string =>
  `input: [3, 32, 32]\nlayers:\n  - conv: {out: ${channels}, kernel: 3, padding: same}\n`;

/** A git repository with a network, its budget, and `flopline` in the PATH. */
function repository() {
  assert.ok(existsSync(cli), 'dist/cli.js is not there: npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'flopline-hooks-'));
  folders.push(folder);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/flopline'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(join(folder, 'bin/flopline'), 0o755);
  writeFileSync(join(folder, 'flopline.yaml'), "budgets: [{files: '*.net.yaml', limits: {macs: 300k}}]\n");
  writeFileSync(join(folder, 'a.net.yaml'), spec(8));
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    FLOPLINE_CODE_CACHE: '',
  };
  const run = (command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...env, ...more } });
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Me', '-c', 'user.email=me@example.com', '-c', 'commit.gpgsign=false', ...args]);
  assert.equal(git('init', '--quiet').status, 0);
  return { folder, run, git };
}

describe('docs/check.md', () => {
  it('has a git hook that lets a network within its budget pass, and no other', () => {
    const { folder, git } = repository();
    const hook = snippets('sh').find(text => text.startsWith('#!'))!;
    mkdirSync(join(folder, '.git/hooks'), { recursive: true });
    writeFileSync(join(folder, '.git/hooks/pre-commit'), hook);
    chmodSync(join(folder, '.git/hooks/pre-commit'), 0o755);
    git('add', '.');
    const first = git('commit', '--quiet', '--message', 'Within');
    assert.equal(first.status, 0, first.stderr);
    writeFileSync(join(folder, 'a.net.yaml'), spec(16));
    const second = git('commit', '--quiet', '--all', '--message', 'Over');
    assert.equal(second.status, 1, second.stderr);
    assert.match(second.stdout + second.stderr, /^over {2}a\.net\.yaml .*442k MACs \(limit 300k, \+47 %\)$/m);
    assert.equal(git('log', '--oneline').stdout.trim().split('\n').length, 1);
    assert.equal(git('commit', '--quiet', '--all', '--no-verify', '--message', 'Over').status, 0);
  });

  it('has a configuration of pre-commit that runs the command for the files that matter', () => {
    const { folder, run } = repository();
    const [config] = snippets('yaml').filter(text => text.startsWith('repos:'));
    const { repos } = load(config!) as {
      repos: {
        repo: string;
        hooks: { id: string; entry: string; language: string; files: string; pass_filenames: boolean }[];
      }[];
    };
    const [hook] = repos[0]!.hooks;
    assert.equal(repos[0]!.repo, 'local');
    assert.equal(hook!.language, 'system');
    assert.equal(hook!.pass_filenames, false);
    const files = new RegExp(hook!.files);
    for (const file of ['flopline.yaml', 'a/flopline.yaml', 'models/a.yml', 'net.py', 'y.cfg', 'net.prototxt'])
      assert.ok(files.test(file), file);
    for (const file of ['README.md', 'a.python', 'cfg/readme.txt']) assert.ok(!files.test(file), file);
    const [command = '', ...args] = hook!.entry.split(' ');
    assert.equal(run(command, args).status, 0);
    writeFileSync(join(folder, 'a.net.yaml'), spec(16));
    assert.equal(run(command, args).status, 1);
  });

  it('has a workflow whose steps do what they say', () => {
    const { folder, run } = repository();
    const workflow = snippets('yaml').find(text => text.startsWith('name:'))!;
    const { jobs, env } = load(workflow) as {
      env: Record<string, string>;
      jobs: Record<
        string,
        { 'runs-on': string; steps: { uses?: string; run?: string; name?: string; with?: Record<string, string> }[] }
      >;
    };
    mkdirSync(join(folder, env.FLOPLINE!, '..'), { recursive: true });
    writeFileSync(join(folder, env.FLOPLINE!), readFileSync(cli));
    writeFileSync(join(folder, 'a.net.yaml'), spec(16));
    const { steps } = jobs.check!;
    const summary = join(folder, 'summary.md');
    const results = steps.map(step =>
      step.run === undefined
        ? undefined
        : // As GitHub runs a step: https://docs.github.com/actions, “bash”.
          run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
            FLOPLINE: env.FLOPLINE,
            GITHUB_STEP_SUMMARY: summary,
          }),
    );
    assert.deepEqual(
      results.flatMap(result => (result ? [result.status] : [])),
      [0, 0, 1],
      results.map(result => result?.stderr).join('\n'),
    );
    assert.match(readFileSync(summary, 'utf8'), /^### 1 of 1 over budget\.\n\n\|/);
    const upload = steps.find(({ uses }) => uses?.includes('upload-sarif'))!;
    const log = JSON.parse(readFileSync(join(folder, upload.with!.sarif_file!), 'utf8'));
    assert.equal(log.runs[0].results[0].ruleId, 'over-budget');
    assert.match(results.at(-1)!.stdout, /^::error file=a\.net\.yaml,line=1,col=1,/);
  });
});
