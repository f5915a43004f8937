// Model files beside an open one, read ahead: which, how many, and only while nobody waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Analysed } from '../../server/src/core/index.ts';
import { Neighbors, nearest } from '../../server/src/lsp/neighbors.ts';
import type { Session } from '../../server/src/lsp/session.ts';

test('the names next to a file come first, on both sides, of files that end alike', () => {
  const names = ['f.py', 'a.yaml', 'e.yaml', 'c.yaml', 'b.yaml', 'd.yaml', 'z.yml'];
  assert.deepEqual(nearest(names, 'b.yaml'), ['c.yaml', 'a.yaml', 'd.yaml', 'e.yaml']);
  assert.deepEqual(nearest(names, 'e.yaml'), ['d.yaml', 'c.yaml', 'b.yaml', 'a.yaml']);
  assert.deepEqual(nearest(['b.yaml'], 'b.yaml'), []);
  // A file that has not been saved is not in its folder.
  assert.deepEqual(nearest(names, 'bb.yaml').slice(0, 2), ['c.yaml', 'b.yaml']);
});

const model = 'backbone:\n  - [-1, 1, Conv, [8, 3, 2]]\nhead:\n  - [-1, 1, Conv, [8, 3, 1]]\n';
const names = ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml', 'e.yaml', 'f.yaml', 'notes.yaml'];

/** A server that has a folder of models; reading one takes three steps. */
function server() {
  const read: string[] = [];
  const state = { isIdle: true, rest: 10_000, steps: 0 };
  const workspace = {
    files: {
      isRemote: () => false,
      entries: () => names.map(name => ({ name, kind: 'file', isLink: false })),
      text: (path: string) => (path.endsWith('notes.yaml') ? 'milk: 2\n' : model),
    },
    *closed(_: string, path: string) {
      read.push(path);
      for (let step = 0; step < 3; step++) {
        state.steps++;
        yield undefined;
      }
    },
  };
  const complaints: unknown[] = [];
  const session = {
    workspace,
    complain: (_: string, error: unknown) => complaints.push(error),
    get isIdle() {
      return state.isIdle;
    },
    get rest() {
      return state.rest;
    },
  };
  return { neighbors: new Neighbors(session as unknown as Session), read, state, complaints };
}

const opened = (path: string, reader: string | undefined = 'models/yolo.py'): Analysed =>
  ({ document: { source: { path } }, spec: { reader } }) as Analysed;

const settled = () => new Promise(resolve => setTimeout(resolve, 150));

test('a few models are read, once for a folder, and nothing that is no model', async () => {
  const { neighbors, read, complaints } = server();
  neighbors.read(opened('/fork/models/f.yaml'));
  neighbors.read(opened('/fork/models/f.yaml'));
  neighbors.read(opened('/fork/models/a.yaml'));
  await settled();
  assert.deepEqual(
    read,
    ['e', 'd', 'c', 'b'].map(name => `/fork/models/${name}.yaml`),
  );
  assert.deepEqual(complaints, []);
});

test('nothing is read for a file that our own tables read', async () => {
  const { neighbors, read } = server();
  neighbors.read({ ...opened('/fork/models/f.yaml'), spec: { reader: undefined } } as Analysed);
  await settled();
  assert.deepEqual(read, []);
});

test('reading waits while somebody asks, and goes on afterwards', async () => {
  const { neighbors, read, state } = server();
  state.isIdle = false;
  neighbors.read(opened('/fork/models/f.yaml'));
  await settled();
  assert.deepEqual(read, []);
  state.isIdle = true;
  state.rest = 100;
  await settled();
  assert.deepEqual(read, [], 'just asked');
  state.rest = 10_000;
  await settled();
  assert.equal(read.length, 4);
  assert.equal(state.steps, 12);
});
