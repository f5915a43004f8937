// `flopline convert`: where it writes, what it prints, its exit code.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startPython } from '../../server/src/core/index.ts';
import { complaintOf, runCli } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'flopline-convert-'));
before(() => startPython());
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const cfg = '[net]\nwidth=64\nheight=64\nchannels=3\n\n[convolutional]\nfilters=8\nsize=3\npad=1\nactivation=leaky\n';

describe('flopline convert', () => {
  it('prints the network, or writes it to a file or into a folder', () => {
    const path = file('tiny.cfg', cfg);
    const printed = runCli('convert', path, '--to', 'flopline');
    assert.equal(printed.code, 0, printed.err);
    assert.match(printed.out, /^ {2}- conv: \{out: 8, kernel: 3, padding: 1, act: \{leakyrelu: 0.1\}\}$/m);
    const named = join(folder, 'out.net.yaml');
    assert.equal(runCli('convert', path, '--to', 'flopline', '-o', named).code, 0);
    assert.equal(readFileSync(named, 'utf8'), printed.out);
    const inFolder = runCli('convert', path, '--to', 'pytorch', '--output', folder);
    assert.equal(inFolder.out, `Wrote ${join(folder, 'tiny.py')}.\n`);
    assert.match(readFileSync(join(folder, 'tiny.py'), 'utf8'), /nn\.LeakyReLU\(0\.1\)/);
  });

  it('what is written has the totals of the file', () => {
    const path = file(
      'totals.net.yaml',
      'input: [3, 32, 32]\nlayers:\n  - conv: {out: 8, kernel: 3}\n  - flatten\n  - linear: 5\n',
    );
    const target = join(folder, 'totals.py');
    assert.equal(runCli('convert', path, '--to', 'pytorch', '-o', target).code, 0);
    const [before, after] = [path, target].map(
      each => JSON.parse(runCli('report', each, '--format', 'json').out).files[0].totals,
    );
    assert.equal(after.params, before.params);
    assert.equal(after.macs, before.macs);
    assert.equal(after.complete, true);
  });

  it('refuses with the line and the layer, and exits with 1', () => {
    const path = file('refused.net.yaml', 'input: [3, 32, 32]\nlayers:\n  - relu\n  - clamp\n');
    const { code, out, err } = runCli('convert', path, '--to', 'pytorch');
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /refused\.net\.yaml:4: “clamp\.1” cannot be written as PyTorch: /);
  });

  it('says what is wrong with its usage', () => {
    assert.match(complaintOf('convert', 'a.cfg'), /--to flopline or --to pytorch/);
    assert.match(complaintOf('convert', 'a.cfg', '--to', 'keras'), /“keras” is not a language/);
    assert.match(complaintOf('convert', 'a.cfg', 'b.cfg', '--to', 'pytorch'), /one file/);
    const path = file('same.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n');
    assert.equal(runCli('convert', path, '--to', 'flopline', '-o', path).code, 2);
    assert.match(readFileSync(path, 'utf8'), /^input/);
  });
});
