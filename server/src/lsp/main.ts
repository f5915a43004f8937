// node dist/server.js --stdio | --node-ipc | --socket=PORT | --pipe=NAME
import { createConnection } from 'vscode-languageserver/node';
import { serve } from './server.ts';

serve(createConnection());
