// The programs keep what V8 compiled of them (scripts/start-code.cjs): it saves time, and nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const cli = path('dist/cli.js');

describe('the cache of compiled code', () => {
  assert.ok(existsSync(cli), 'dist/cli.js is not there: npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'flopline-code-'));
  after(() => rmSync(folder, { recursive: true }));

  /** What the program says of a file with this setting of FLOPLINE_CODE_CACHE. */
  const report = (file: string, cache: string): string => {
    const env = { ...process.env, FLOPLINE_CODE_CACHE: cache };
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'report', path(file)], {
      env,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    return stdout;
  };
  const yaml = report('examples/resnet50.net.yaml', '');
  const python = report('examples/python/gpt.py', '');
  const cache = join(folder, 'cache');
  const files = (): readonly string[] => readdirSync(cache).toSorted();
  const contents = (): readonly Buffer[] => files().map(name => readFileSync(join(cache, name)));

  it('is not written where the setting is empty', () => assert.deepEqual(readdirSync(folder), []));

  it('gives the same answers, and grows by what is used', () => {
    assert.equal(report('examples/resnet50.net.yaml', cache), yaml);
    assert.equal(files().length, 1, 'what reads Python is not loaded');
    const [before] = contents();
    assert.equal(report('examples/python/gpt.py', cache), python);
    assert.equal(files().length, 2, files().join(', '));
    const all = contents();
    assert.ok(all[0]!.length > before!.length);
    assert.equal(report('examples/python/gpt.py', cache), python);
    assert.equal(report('examples/resnet50.net.yaml', cache), yaml);
    assert.deepEqual(contents(), all, 'what is there already is not written again');
  });

  it('is made again where it is damaged, cut off or of something else', () => {
    const [good] = contents();
    const file = join(cache, files()[0]!);
    const damaged = Buffer.from(good!);
    for (let at = 100; at < damaged.length; at += 1000) damaged[at] = damaged[at]! ^ 0xff;
    const foreign = Buffer.from('{"uses":[],"checksum":0}\nsomething else');
    for (const bad of [damaged, good!.subarray(0, good!.length >> 1), Buffer.alloc(0), foreign]) {
      writeFileSync(file, bad);
      assert.equal(report('examples/resnet50.net.yaml', cache), yaml);
      assert.ok(readFileSync(file).length > 100_000);
    }
  });

  it('is done without where it cannot be written', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.equal(report('examples/resnet50.net.yaml', file), yaml);
    assert.equal(readFileSync(file, 'utf8'), '');
  });
});
