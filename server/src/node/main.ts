// node dist/server.js --stdio | --node-ipc | --socket=PORT | --pipe=NAME
import { createConnection } from 'vscode-languageserver/node';
import { languageOfEnvironment, parentOf } from '../core/index.ts';
import { corePath, Disk } from '../host/disk.ts';
import { FilesOfRevision, revisionOf } from '../host/git.ts';
import { speak } from '../host/speak.ts';
import { serve } from '../lsp/server.ts';
import type { Machine } from '../lsp/workspace.ts';
import { connectStdio } from './stdio.ts';

const machine: Machine = {
  disk: options => new Disk(options),
  filesOf: (revision, path, now) => {
    const found = revisionOf(parentOf(path), revision);
    return typeof found === 'string' ? now : new FilesOfRevision(found, now);
  },
  folder: corePath('.'),
  language: languageOfEnvironment(process.env),
  speak,
};

serve(process.argv.includes('--stdio') ? connectStdio() : createConnection(), machine);
