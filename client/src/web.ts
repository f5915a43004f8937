// The extension in a browser: its server is a worker, without a file system, git or processes.
import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { type Flopline, start } from './extension.ts';

export function activate(context: vscode.ExtensionContext): Promise<Flopline> {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/web/server.js').toString(true);
  // Each restart of the server creates a new worker.
  const connect = async (): Promise<{ reader: BrowserMessageReader; writer: BrowserMessageWriter }> => {
    const worker = new Worker(script);
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  return start(context, {
    connect: options => new LanguageClient('flopline', 'Flopline', connect, options),
    isTranslated: false,
  });
}
