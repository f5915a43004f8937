// From which folders imports are resolved, and what a file is called as a module.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { surroundingsOf } from '../../../server/src/core/program/roots.ts';
import type { Files } from '../../../server/src/core/python/files.ts';

function filesOf(...paths: string[]): Files {
  const children = new Map<string, Set<string>>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      children.set(folder, (children.get(folder) ?? new Set()).add(parts[depth]!));
    }
  }
  return {
    read: path => (paths.includes(path) ? '' : undefined),
    isFolder: path => children.has(path),
    list: path => [...(children.get(path) ?? [])],
  };
}

describe('roots', () => {
  it('of a package are above it, and then its repository', () => {
    const files = filesOf(
      '/h/u/repo/.git/HEAD',
      '/h/u/repo/src/a/__init__.py',
      '/h/u/repo/src/a/b/__init__.py',
      '/h/u/repo/src/a/b/net.py',
    );
    const { roots, repository, module } = surroundingsOf('/h/u/repo/src/a/b/net.py', files, undefined);
    assert.equal(repository, '/h/u/repo');
    assert.deepEqual(roots, ['/h/u/repo/src', '/h/u/repo', '/h/u/repo/src/a/b', '/h/u/repo/src/a']);
    assert.equal(module, 'a.b.net');
  });

  it('of a script are its own folder, then those above it up to the repository', () => {
    const files = filesOf('/h/u/repo/pyproject.toml', '/h/u/repo/models/net.py', '/h/u/repo/src/x.py');
    const { roots, module } = surroundingsOf('/h/u/repo/models/net.py', files, undefined);
    assert.deepEqual(roots, ['/h/u/repo/models', '/h/u/repo', '/h/u/repo/src']);
    assert.equal(module, 'models.net');
  });

  it('never reach the folders of the system', () => {
    const { roots, repository } = surroundingsOf('/tmp/x/net.py', filesOf('/tmp/x/net.py'), undefined);
    assert.deepEqual(roots, ['/tmp/x']);
    assert.equal(repository, undefined);
  });

  it('are what a person has set, and the packages of an environment', () => {
    const files = filesOf('/w/net.py', '/venv/lib/python3.12/site-packages/timm/__init__.py', '/venv/bin/python');
    const { roots } = surroundingsOf('/w/net.py', files, { source: '/other', python: '/venv/bin/python' });
    assert.deepEqual(roots, ['/other', '/venv/lib/python3.12/site-packages']);
    const { roots: same } = surroundingsOf('/w/net.py', files, { python: '/venv' });
    assert.deepEqual(same, ['/w', '/venv/lib/python3.12/site-packages']);
  });

  it('of a text in no file are those that a person has set', () => {
    assert.deepEqual(surroundingsOf(undefined, filesOf(), { source: '/s' }).roots, ['/s']);
  });
});
