// node dist/server.js --stdio | --node-ipc | --socket=PORT | --pipe=NAME
import { createConnection } from 'vscode-languageserver/node';
import { serve } from './server.ts';
import { connectStdio } from './stdio.ts';

serve(process.argv.includes('--stdio') ? connectStdio() : createConnection());
