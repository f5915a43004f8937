// Files that a client reads are what they would be on a disk, once they are here, however they change meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parentOf, pathOfUri } from '../../server/src/core/index.ts';
import { Remote } from '../../server/src/lsp/remote.ts';
import type { FolderEntry } from '../../server/src/protocol/index.ts';

const top = '/@memfs/@/w';

/** A folder with files by their paths; a folder is there as long as something is in it. */
class Tree {
  readonly texts = new Map<string, string>();
  asked = 0;

  list(folder: string): readonly FolderEntry[] | null {
    const found = new Map<string, FolderEntry>();
    for (const path of this.texts.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
      found.set(name, { name, kind: rest.length > 0 ? 'folder' : 'file' });
    }
    return found.size > 0 || folder === top ? [...found.values()] : null;
  }
}

const remoteOf = (tree: Tree): Remote => {
  const remote = new Remote(undefined);
  const answers = <T>(uris: readonly string[], find: (path: string) => T): Promise<readonly T[]> => {
    tree.asked += uris.length;
    // As it is when the client looks, which is later.
    return new Promise(resolve => setImmediate(() => resolve(uris.map(uri => find(pathOfUri(uri)!)))));
  };
  remote.client = {
    list: uris => answers(uris, path => tree.list(path)),
    read: uris => answers(uris, path => tree.texts.get(path) ?? null),
  };
  remote.folders = [top];
  return remote;
};

const name = fc.constantFrom('a', 'b', 'c.py');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => `${top}/${names.join('/')}`);
const question = fc.record({ kind: fc.constantFrom('read', 'list', 'isFolder', 'has', 'text'), path });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ask: question }) },
  { weight: 1, arbitrary: fc.record({ write: path, text: fc.constantFrom('1', '2') }) },
  { weight: 1, arbitrary: fc.record({ remove: path }) },
);

function answer(remote: Remote, { kind, path }: { kind: string; path: string }): unknown {
  switch (kind) {
    case 'read':
      return remote.read(path);
    case 'text':
      return remote.text(path);
    case 'list':
      return [...remote.list(path)].sort();
    case 'isFolder':
      return remote.isFolder(path);
    default:
      return remote.has(path);
  }
}

function truth(tree: Tree, { kind, path }: { kind: string; path: string }): unknown {
  const isFile = tree.texts.has(path);
  const isFolder = !isFile && tree.list(path) !== null;
  switch (kind) {
    case 'read':
    case 'text':
      return tree.texts.get(path);
    case 'list':
      return isFolder
        ? tree
            .list(path)!
            .map(entry => entry.name)
            .sort()
        : [];
    case 'isFolder':
      return isFolder;
    default:
      return isFile || isFolder;
  }
}

test('files that a client reads are as they are there, after every change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
      const tree = new Tree();
      const remote = remoteOf(tree);
      for (const each of steps) {
        if ('write' in each) {
          // A file is in no file, and a folder is no file.
          const isTaken = [...tree.texts.keys()].some(
            other => other.startsWith(`${each.write}/`) || each.write.startsWith(`${other}/`),
          );
          if (isTaken) continue;
          const isThere = tree.texts.has(each.write);
          tree.texts.set(each.write, each.text);
          if (isThere) remote.changed(each.write);
          else remote.replaced(each.write);
        } else if ('remove' in each) {
          const gone = [...tree.texts.keys()].filter(
            other => other === each.remove || other.startsWith(`${each.remove}/`),
          );
          for (const other of gone) tree.texts.delete(other);
          remote.replaced(each.remove);
          // A folder that is empty is gone here, which its client says.
          for (let at = parentOf(each.remove); at !== top && tree.list(at) === null; at = parentOf(at))
            remote.replaced(at);
        } else {
          let rounds = 0;
          let found = answer(remote, each.ask);
          for (let loading = remote.load(); loading; loading = remote.load()) {
            await loading;
            found = answer(remote, each.ask);
            // The folders on the way at once, then the file.
            assert.ok(++rounds <= 3, `${each.ask.path} took ${rounds} rounds`);
          }
          assert.deepEqual(found, truth(tree, each.ask));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('what is known is not asked for again, and what is outside never', async () => {
  const tree = new Tree();
  tree.texts.set(`${top}/a/b/c.py`, 'x = 1');
  const remote = remoteOf(tree);
  while (remote.read(`${top}/a/b/c.py`) === undefined) await remote.load();
  const { asked } = tree;
  assert.equal(remote.read(`${top}/a/b/c.py`), 'x = 1');
  assert.equal(remote.read(`${top}/a/b/d.py`), undefined);
  assert.equal(remote.has(`${top}/x/y/z`), false);
  assert.equal(remote.read('/@memfs/@/other/c.py'), undefined);
  assert.equal(remote.read('/etc/passwd'), undefined);
  assert.equal(remote.load(), undefined);
  assert.equal(tree.asked, asked);
});
