// Addresses and paths: on a disk as Node has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { isVirtual, pathOfUri, uriOfPath } from '../../server/src/core/text/uri.ts';

const name = fc
  .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
  .filter(text => !/[/\\\0]/.test(text) && text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(names => `/${names.join('/')}`);

test('the address of a path is the one that Node writes, and leads back', () => {
  fc.assert(
    fc.property(path, path => {
      if (isVirtual(path)) return;
      assert.equal(uriOfPath(path), pathToFileURL(path).toString());
      assert.equal(pathOfUri(uriOfPath(path)), fileURLToPath(uriOfPath(path)));
    }),
  );
});

test('drives, shares and what a client encodes are read', () => {
  assert.equal(pathOfUri('file:///c%3A/models/a%20b.yaml'), 'c:/models/a b.yaml');
  assert.equal(uriOfPath('C:/models/a b.yaml'), 'file:///C:/models/a%20b.yaml');
  assert.equal(pathOfUri('file://server/share/a.py'), '//server/share/a.py');
  assert.equal(uriOfPath('//server/share/a.py'), 'file://server/share/a.py');
  assert.equal(pathOfUri('file:///models/yolov8n.yaml?git'), '/models/yolov8n.yaml');
  assert.equal(pathOfUri('FILE:///a.py'), '/a.py');
});

test('what is no file has no path', () => {
  for (const uri of [
    'untitled:Untitled-1',
    'git:/repo/a.py?%7B%22ref%22%3A%22HEAD%22%7D',
    'vscode-notebook-cell:/a.ipynb#W0',
    'file:a.py',
    'file:///a%2Fb',
    'file:///%zz',
    '/a.py',
    '',
  ])
    assert.equal(pathOfUri(uri), undefined, uri);
});

test('a file that is not on a disk has a path of its own, with the folder above the outermost name', () => {
  for (const [uri, path] of [
    ['vscode-vfs://github/owner/repo/models/a%20b.py', '/@vscode-vfs/github/owner/repo/models/a b.py'],
    ['vscode-vfs://github%2B7b2276/owner/repo', '/@vscode-vfs/github%2B7b2276/owner/repo'],
    ['memfs:/sample/a.py', '/@memfs/@/sample/a.py'],
    ['vscode-test-web://mount/', '/@vscode-test-web/mount'],
  ] as const) {
    assert.equal(pathOfUri(uri), path);
    assert.ok(isVirtual(path));
    assert.equal(pathOfUri(uriOfPath(path)), path);
  }
  assert.equal(uriOfPath('/@vscode-test-web/mount'), 'vscode-test-web://mount/');
  assert.equal(uriOfPath('/@memfs/@/sample/a b.py'), 'memfs:/sample/a%20b.py');
});
