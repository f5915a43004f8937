// The project file on the command line: where Python is found, what is said of a file that is wrong.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startPython } from '../../server/src/core/index.ts';
import { runCli } from '../support/cli.ts';
import { folderOf } from '../support/folders.ts';

const block = (channels: number): string =>
  `from torch import nn\n\n\nclass Block(nn.Conv2d):\n    def __init__(self):\n        super().__init__(3, ${channels}, 1, bias=False)\n`;
const net =
  'from torch import nn\nfrom parts import Block\n\n\nclass Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(Block())\n';

before(() => startPython());

const paramsOf = (out: string): number => JSON.parse(out).files[0].totals.params;

describe('the project file', () => {
  const files = {
    '.git/HEAD': '',
    'models/net.py': net,
    'lib/parts.py': block(8),
    'other/parts.py': block(16),
    'flopline.yaml': 'source: lib\n',
  };

  it('says from where imports are resolved, and the command line has the last word', () => {
    const folder = folderOf(files);
    const input = ['--input', '1,3,8,8', '--format', 'json'];
    const own = runCli('report', join(folder, 'models/net.py'), ...input);
    assert.equal(own.code, 0, own.err);
    assert.equal(paramsOf(own.out), 24);
    const set = runCli('report', join(folder, 'models/net.py'), ...input, '--source', join(folder, 'other'));
    assert.equal(paramsOf(set.out), 48);
    const doctor = runCli('doctor', join(folder, 'models/net.py'), '--format', 'json');
    const { project: found, roots } = JSON.parse(doctor.out).files?.[0] ?? JSON.parse(doctor.out)[0];
    assert.equal(found, join(folder, 'flopline.yaml'));
    assert.deepEqual(roots, [join(folder, 'lib')]);
  });

  it('is complained about once for all that it governs, and what is right in it counts', () => {
    const folder = folderOf({ ...files, 'flopline.yaml': 'source: lib\npyton: .venv\n', 'models/again.py': net });
    const { code, err, out } = runCli('report', join(folder, 'models'), '--input', '1,3,8,8', '--format', 'json');
    assert.equal(code, 1);
    assert.equal(err.match(/flopline\.yaml:2:1: `flopline\.yaml` does not have a key “pyton”\./g)?.length, 1, err);
    assert.equal(paramsOf(out), 24);
  });

  it('is not a network', () => {
    const folder = folderOf({ ...files, 'flopline.yaml': 'source: lib\n' });
    const { code, err } = runCli('report', join(folder, 'flopline.yaml'));
    assert.equal(code, 1);
    assert.match(err, /is a project file and holds no network/);
  });

  it('names folders that exist', () => {
    const folder = folderOf({ ...files, 'flopline.yaml': 'source: lib\npython: .venv\n' });
    const { code, err } = runCli('doctor', join(folder, 'models/net.py'));
    assert.equal(code, 1);
    assert.match(err, /flopline\.yaml:2:9: The folder .*\.venv does not exist/);
  });
});
