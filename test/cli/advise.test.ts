import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { changedBytes } from '../../server/src/cli/change.ts';
import { applyEdits, type TextEdit, unifiedDiff } from '../../server/src/core/index.ts';
import { complaintOf, type Run, runCli } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'flopline-advise-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

// The 5×5 of (3b) of GoogLeNet as it would be without its bottleneck: 28²·5²·256·96 multiply-accumulates.
const inception = `# GoogLeNet's 5×5 of (3b)
name: Inception 3b
input: [256, 28, 28]
layers:
  - conv: {out: 96, kernel: 5, padding: same, bias: false, act: relu} # the wide one
`;
const whole = 28 * 28 * 25 * 256 * 96;
const squeezed = 28 * 28 * 64 * (256 + 25 * 96);

const filesOf = ({ out }: Run) => JSON.parse(out).files;

test('advice as JSON has the price of each change, which is the difference of two reports', () => {
  const path = file('wide.net.yaml', inception);
  const run = runCli('advise', path, '--format', 'json');
  assert.deepEqual([run.code, run.err], [0, '']);
  assert.equal(JSON.parse(run.out).schema, 1);
  const [{ file: name, totals, advice }] = filesOf(run);
  assert.equal(name, path);
  assert.equal(totals.macs, whole);
  const ids: string[] = advice.map(({ id }: { id: string }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const bottleneck = advice.find(({ id }: { id: string }) => id === 'fat-convolution@5:64');
  assert.deepEqual(bottleneck.before, { macs: whole, params: 25 * 256 * 96 });
  assert.deepEqual(bottleneck.after, { macs: squeezed, params: 64 * (256 + 25 * 96) });
  assert.equal(bottleneck.line, 5);
  assert.match(bottleneck.title, /^Insert a 1×1 bottleneck \(64 channels\): 482M → 133M MACs here, −72 % in total/);
  for (const { edits, refused, after: said, title } of advice) {
    if (refused !== null) {
      assert.deepEqual(edits, [], title);
      continue;
    }
    const changed = file('changed.net.yaml', applyEdits(inception, edits));
    const [report] = filesOf(runCli('report', changed, '--format', 'json'));
    assert.deepEqual({ macs: report.totals.macs, params: report.totals.params }, said, title);
  }
});

test('the table has what is to be had, and what is not with the reason', () => {
  const first = file('first.net.yaml', inception.replace('[256,', '[3,'));
  const { out, code } = runCli('advise', first);
  assert.equal(code, 0);
  assert.match(out, /^ *large-kernel@5:\S+ +5 .*Two 3×3 would cost \d+ % more here \(3 → 96 channels\)/m);
  const wide = runCli('advise', file('wide.net.yaml', inception)).out;
  assert.match(wide, /^fat-convolution@5:64 +5 +−72 % +−72 % +Insert a 1×1 bottleneck \(64 channels\)/m);
  assert.match(wide, /input 256×28×28/);
});

test('prices hold under the settings of the command line, which win over the file', () => {
  const path = file('pragma.net.yaml', `# flopline: input=256,14,14\n${inception}`);
  const priced = (...more: string[]) => {
    const [{ advice }] = filesOf(runCli('advise', path, '--format', 'json', ...more));
    return advice.find(({ id }: { id: string }) => id === 'fat-convolution@6:64');
  };
  assert.equal(priced().after.macs, squeezed / 4);
  assert.equal(priced('--input', '256,28,28').after.macs, squeezed);
});

test('a change is made in the file, and everything around stays byte for byte', () => {
  const text = `\uFEFF${inception}`.replaceAll('\n', '\r\n').replace('wide one', 'wide one – weiß');
  const path = file('windows.net.yaml', text);
  const { code, out } = runCli('advise', path, '--apply', 'fat-convolution@5:64');
  assert.equal(code, 0);
  assert.match(out, /Insert a 1×1 bottleneck/);
  const made = readFileSync(path, 'utf8');
  const inserted = made.split('\r\n').find(line => line.includes('kernel: 1'))!;
  assert.ok(inserted, made);
  assert.equal(made.replace(`${inserted}\r\n`, ''), text);
  const [{ totals }] = filesOf(runCli('report', path, '--format', 'json'));
  assert.equal(totals.macs, squeezed);
});

test('what is no UTF-8 stays as it is, too', () => {
  // A comment in Latin-1: é is one byte that begins no character of UTF-8.
  const bytes = Buffer.from(
    inception.replace('GoogLeNet', 'r\u00e9seau').replace('the wide one', '\u00e9norme'),
    'latin1',
  );
  const latin = Buffer.from(bytes.map(byte => (byte === 0xd7 ? 0x78 : byte)));
  const path = file('latin.net.yaml', latin);
  assert.equal(runCli('advise', path, '--apply', 'fat-convolution@5:64').code, 0);
  const made = readFileSync(path).toString('latin1').split('\n');
  assert.deepEqual(
    made.filter(line => !line.includes('kernel: 1')),
    latin.toString('latin1').split('\n'),
  );
});

test('a dry run prints a diff that patch takes, and leaves the file', () => {
  const path = file('dry.net.yaml', inception);
  const { code, out } = runCli('advise', path, '--apply', 'fat-convolution@5:64', '--dry-run');
  assert.equal(code, 0);
  assert.equal(readFileSync(path, 'utf8'), inception);
  assert.match(out, /^--- .*\n\+\+\+ .*\n@@ -2,4 \+2,5 @@\n/);
  assert.deepEqual(out.split('\n').filter(line => /^[-+] /.test(line)).length, 1, 'one line is new, none is gone');
});

test('an id that there is not is wrong usage, one that is refused is not to be had', () => {
  const path = file('first.net.yaml', inception.replace('[256,', '[3,'));
  const unknown = runCli('advise', path, '--apply', 'fat-convolution@1:1');
  assert.deepEqual([unknown.code, unknown.out], [2, '']);
  assert.match(unknown.err, /no advice “fat-convolution@1:1”/);
  const [{ advice }] = filesOf(runCli('advise', path, '--format', 'json'));
  const { id } = advice.find(({ refused }: { refused: string | null }) => refused !== null);
  const refused = runCli('advise', path, '--apply', id);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /more here/);
  assert.equal(readFileSync(path, 'utf8'), inception.replace('[256,', '[3,'));
});

test('wrong usage is told in words', () => {
  assert.match(complaintOf('advise'), /flopline advise network\.yaml/);
  assert.match(complaintOf('advise', 'a', 'b', '--apply', 'x'), /changes one file/);
  assert.match(complaintOf('advise', 'a', '--dry-run'), /--apply ID/);
  assert.match(complaintOf('advise', 'a', '--format', 'csv'), /table or json/);
  assert.match(complaintOf('advise', 'a', '--blocks'), /“--blocks”/);
  assert.match(complaintOf('slim', 'a'), /--macs 300M/);
  assert.match(complaintOf('slim', 'a', '--macs', 'few'), /“few” is not a budget/);
  assert.match(complaintOf('slim', 'a', 'b', '--macs', '1M'), /one file/);
  assert.match(complaintOf('advice', 'a'), /Did you mean “advise”\?/);
});

test('a sequence of changes reaches a budget, in the table, as JSON, as a diff and in the file', () => {
  const path = file('slim.net.yaml', inception);
  const { code, out } = runCli('slim', path, '--macs', '-50%');
  assert.equal(code, 0);
  assert.match(out, /^ +5 +\S+ +−\d+ %/m);
  assert.match(out, /Reached with 1 change: 241M MACs \(−50 %\)\./);
  const [report] = filesOf(runCli('slim', path, '--macs', '-50%', '--format', 'json'));
  assert.equal(report.reached, true);
  assert.deepEqual(report.budget, { macs: whole / 2 });
  const diff = runCli('slim', path, '--macs', '-50%', '--dry-run');
  assert.match(diff.out, /^@@ /m);
  assert.equal(readFileSync(path, 'utf8'), inception);
  assert.equal(runCli('slim', path, '--macs', '-50%', '--apply').code, 0);
  assert.equal(readFileSync(path, 'utf8'), applyEdits(inception, report.edits));
  const [{ totals }] = filesOf(runCli('report', path, '--format', 'json'));
  assert.equal(totals.macs, report.after.macs);
  assert.ok(totals.macs <= whole / 2);
});

test('a budget that cannot be reached is exit code 1 and changes nothing', () => {
  const path = file('deep.net.yaml', inception);
  const { code, err } = runCli('slim', path, '--macs', '1k', '--apply');
  assert.equal(code, 1);
  assert.match(err, /1\.00k MACs .* is not reached[\s\S]*Nothing was changed/);
  assert.equal(readFileSync(path, 'utf8'), inception);
  assert.equal(runCli('slim', path, '--macs', '-1G').code, 2);
});

test('what the README says of cheaper networks can be done', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const commands = [...readme.matchAll(/^node dist\/cli\.js ((?:advise|slim) .*)$/gm)].map(match =>
    match[1]!.split(' '),
  );
  assert.equal(commands.length, 3);
  for (const words of commands) {
    const root = new URL('../../', import.meta.url).pathname;
    const { code, out } = runCli(...words.map(word => (word.startsWith('examples/') ? root + word : word)));
    assert.equal(code, 0, words.join(' '));
    assert.match(out, /1×1|@@|Reached/);
  }
});

const pieces = fc.array(fc.constantFrom('a', 'é', '𝔘', '\n', '\r\n', '  b\n', 'c\n'), { maxLength: 40 });
const lists = fc.array(
  fc.record({ at: fc.nat(60), length: fc.nat(6), text: fc.constantFrom('', 'x', 'y\n', '\nz', 'é') }),
  {
    maxLength: 5,
  },
);

/** Edits that do not overlap and cut no character in two. */
function editsOf(text: string, list: readonly { at: number; length: number; text: string }[]): TextEdit[] {
  const starts = [0];
  for (const char of text) starts.push(starts.at(-1)! + char.length);
  let free = 0;
  return list
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, length, text: fresh }) => {
      const [from, to] = [starts[Math.min(at, starts.length - 1)]!, starts[Math.min(at + length, starts.length - 1)]!];
      if (from < free) return [];
      free = to + 1;
      return [{ from, to, text: fresh }];
    });
}

test('bytes change as the text does', () => {
  fc.assert(
    fc.property(pieces, lists, fc.boolean(), (parts, list, mark) => {
      const text = parts.join('');
      const edits = editsOf(text, list);
      const head = mark ? '\uFEFF' : '';
      const made = changedBytes(Buffer.from(head + text, 'utf8'), edits, text);
      assert.equal(made.toString('utf8'), head + applyEdits(text, edits));
    }),
  );
});

test('a diff makes the new text of the old one', t => {
  if (spawnSync('patch', ['--version']).status !== 0) return t.skip('there is no patch');
  fc.assert(
    fc.property(pieces, lists, (parts, list) => {
      const text = parts.join('');
      const edits = editsOf(text, list);
      const diff = unifiedDiff('net', text, edits);
      const expected = applyEdits(text, edits);
      assert.equal(diff === '', expected === text);
      if (diff === '') return;
      const path = file('net', text);
      const { status, stdout, stderr } = spawnSync('patch', ['--binary', '-s', '-p0', path], { input: diff });
      assert.equal(status, 0, `${stdout}${stderr}\n${diff}`);
      assert.equal(readFileSync(path, 'utf8'), expected, diff);
    }),
    { numRuns: 40 },
  );
});

test('in a folder, the worst file decides the exit code, and JSON is one document', () => {
  const models = mkdtempSync(join(folder, 'models-'));
  writeFileSync(join(models, 'a.net.yaml'), inception);
  writeFileSync(join(models, 'b.net.yaml'), inception.replace('kernel: 5', 'kernel: 1'));
  const slim = (...more: string[]) => runCli('slim', models, '--macs', '100M', ...more);
  const missed = slim('--format', 'json');
  assert.equal(missed.code, 0, 'both can reach it');
  assert.deepEqual(
    filesOf(missed).map(({ file: name, reached }: { file: string; reached: boolean }) => [name.slice(-10), reached]),
    [
      ['a.net.yaml', true],
      ['b.net.yaml', true],
    ],
  );
  // The first misses it, the second is within it already.
  const first = runCli('slim', models, '--macs', '20M');
  assert.equal(first.code, 1);
  assert.match(first.err, /a\.net\.yaml”: 20\.0M MACs .* is not reached/);
  assert.equal(runCli('advise', models, '--apply', 'fat-convolution@5:64').code, 2);
});

test('a budget is not reached while a part of the network is not known', () => {
  const text = `${inception}  - unheard: {out: 7}\n`;
  const path = file('unknown.net.yaml', text);
  const { code, err, out } = runCli('slim', path, '--macs', '10G', '--apply');
  assert.equal(code, 1);
  assert.match(
    err,
    /Cannot tell whether 10\.0G MACs .* part of the network is unknown\. “unheard” [\s\S]*Nothing was changed/,
  );
  assert.doesNotMatch(out, /within the budget|^Reached/m);
  assert.equal(readFileSync(path, 'utf8'), text);
  const [report] = filesOf(runCli('slim', path, '--macs', '10G', '--format', 'json'));
  assert.deepEqual([report.reached, report.complete], [false, false]);
  assert.match(report.why, /“unheard”/);
});
