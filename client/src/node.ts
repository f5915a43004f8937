// The extension on the desktop: its server is a process.
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { type Flopline, start } from './extension.ts';
import { offerTools } from './mcp.ts';

/**
 * Young-generation size. An edit of 10,000 rows leaves megabytes; collected less often, most of them are garbage by
 * then and need not be copied: half the time, and no long pauses. It starts at half of that instead of one megabyte,
 * because the first files that are opened leave the most. V8 reads this only at startup.
 */
const memory = ['--min-semi-space-size=32', '--max-semi-space-size=64'];

export function activate(context: vscode.ExtensionContext): Promise<Flopline> {
  const module = context.asAbsolutePath('dist/server.js');
  offerTools(context);
  const run = { module, transport: TransportKind.ipc, options: { execArgv: memory } };
  const debug = { ...run, options: { execArgv: [...memory, '--nolazy', '--inspect=6009'] } };
  return start(context, {
    connect: options => new LanguageClient('flopline', 'Flopline', { run, debug }, options),
    isTranslated: true,
  });
}
