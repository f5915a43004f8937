// node dist/server.js --stdio | --node-ipc | --socket=PORT | --pipe=NAME
// node dist/server.js mcp [FOLDER…]     the tools of `flopline mcp`, so that the extension contains the core only once
import { createConnection } from 'vscode-languageserver/node';
import { version } from '../../../package.json';
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

const [, , command, ...folders] = process.argv;
if (command === 'mcp') serveTools();
else serve(process.argv.includes('--stdio') ? connectStdio() : createConnection(), machine);

async function serveTools(): Promise<void> {
  speak(languageOfEnvironment(process.env));
  const [{ toolbox }, tools] = await Promise.all([import('../mcp/toolbox.ts'), import('../mcp/serve.ts')]);
  await tools.serve(toolbox(folders, version));
}
