// What the extension is packaged of: the bundles and what they need, small pictures alone, in less than 3 MB.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files that a line of .vscodeignore takes into the package. */
function filesOf(pattern: string): readonly string[] {
  if (!pattern.includes('*')) return [pattern];
  const folder = dirname(pattern);
  const names = readdirSync(join(root, folder)).filter(name => statSync(join(root, folder, name)).isFile());
  const [before = '', after = ''] = pattern.slice(folder === '.' ? 0 : folder.length + 1).split(/\*+/);
  return names.filter(name => name.startsWith(before) && name.endsWith(after)).map(name => join(folder, name));
}

test('the package has small pictures alone, and is smaller than 3 MB as it is built for tests', () => {
  const [all, ...lines] = readFileSync(join(root, '.vscodeignore'), 'utf8').trim().split('\n');
  assert.equal(all, '**', 'nothing is packaged that is not named');
  const files = lines.flatMap(line => filesOf(line.slice(1)));
  for (const name of ['dist/server.js', 'dist/client.js', 'schemas/flopline.schema.json'])
    assert.ok(files.includes(name));
  assert.deepEqual(
    files.filter(name => /\.(?:png|map|ts)$/.test(name)),
    ['icons/flopline.png'],
  );
  const pictures = files.filter(name => /\.(?:png|webp)$/.test(name));
  assert.ok(pictures.length >= 7);
  assert.ok(pictures.reduce((sum, name) => sum + statSync(join(root, name)).size, 0) < 500_000);
  const bytes = files.map(name => gzipSync(readFileSync(join(root, name))).length);
  assert.ok(bytes.reduce((sum, each) => sum + each, 0) < 3_000_000);
});
