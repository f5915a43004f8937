// The extension in an editor that runs in a browser: its server is a worker, and has no files, no git and no processes.
import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { type Flopline, start } from './extension.ts';

export function activate(context: vscode.ExtensionContext): Promise<Flopline> {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/web/server.js').toString(true);
  // A server that is started again is another worker.
  const connect = async (): Promise<{ reader: BrowserMessageReader; writer: BrowserMessageWriter }> => {
    const worker = new Worker(script);
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  return start(context, {
    connect: options => new LanguageClient('flopline', 'Flopline', connect, options),
    isTranslated: false,
  });
}
