// A test client: the client library of real editors over stdio, connected to the bundled server.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CodeAction,
  type CodeLens,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  type DocumentSymbol,
  type Hover,
  type InitializeResult,
  type InlayHint,
  type Position,
  type ProtocolConnection,
  type Range,
  RegistrationRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  UnregistrationRequest,
} from 'vscode-languageserver-protocol/node';
import type {
  ChoiceKey,
  ChosenByUri,
  DocumentSummary,
  Outcome,
  Requests,
  RowAnswer,
  RowCommand,
} from '../../server/src/protocol/index.ts';

const server = fileURLToPath(new URL('../../dist/server.js', import.meta.url));
/** Milliseconds in which an answer has to arrive; long only because of busy machines. */
const deadline = 15_000;

export interface SessionOptions {
  /** The client's answer for the section `flopline`. */
  readonly settings?: unknown;
  /** Whether the client supports configuration requests. */
  readonly configuration?: boolean;
  /** The answers for single files by URI, instead of `settings`. */
  readonly settingsByUri?: Readonly<Record<string, unknown>>;
  /** Whether the outline can be registered dynamically, as in VS Code. */
  readonly outline?: boolean;
  readonly initializationOptions?: unknown;
  /** The open folder. */
  readonly folder?: string;
  /** The URI of the open folder, if it is not on disk. */
  readonly rootUri?: string;
  /** Whether the client resolves edits, shows disabled actions, and supports change annotations, like VS Code. */
  readonly modern?: boolean;
  /** Whether the client pulls problems, and supports refreshing them. */
  readonly pull?: boolean;
  /** The position encodings that the client supports. */
  readonly encodings?: readonly string[];
  /** The locale of the client, if it sends one. */
  readonly locale?: string;
  /** Environment variables for the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments for Node before the server's. */
  readonly node?: readonly string[];
}

/** A session with a running server, ended by `await using` or `end()`. */
export async function startSession(options: SessionOptions = {}): Promise<Session> {
  assert.ok(existsSync(server), 'dist/server.js is not there: npm run build first');
  const child = spawn(process.execPath, [...(options.node ?? []), server, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The developer's own language must not matter.
    env: { ...process.env, LC_ALL: 'C', ...options.env },
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const session = new Session(connection, child, options);
  connection.listen();
  session.capabilities = await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: options.rootUri ?? (options.folder === undefined ? null : `file://${options.folder}`),
    ...(options.locale === undefined ? {} : { locale: options.locale }),
    capabilities: {
      ...(options.encodings ? { general: { positionEncodings: [...options.encodings] } } : {}),
      workspace: {
        ...(options.pull ? { diagnostics: { refreshSupport: true } } : {}),
        configuration: options.configuration ?? true,
        didChangeConfiguration: { dynamicRegistration: true },
        didChangeWatchedFiles: { dynamicRegistration: true },
        inlayHint: { refreshSupport: true },
        codeLens: { refreshSupport: true },
        workspaceEdit: {
          documentChanges: true,
          ...(options.modern ? { changeAnnotationSupport: { groupsOnLabel: true } } : {}),
        },
      },
      textDocument: {
        publishDiagnostics: { relatedInformation: true },
        ...(options.pull ? { diagnostic: { relatedInformation: true } } : {}),
        ...(options.outline ? { documentSymbol: { dynamicRegistration: true } } : {}),
        ...(options.modern
          ? {
              codeAction: { dataSupport: true, disabledSupport: true, resolveSupport: { properties: ['edit'] } },
              completion: { completionItem: { snippetSupport: true, labelDetailsSupport: true } },
            }
          : {}),
      },
    },
    initializationOptions: options.initializationOptions,
  });
  await connection.sendNotification('initialized', {});
  return session;
}

export class Session {
  settings: unknown;
  settingsByUri: Readonly<Record<string, unknown>>;
  /** The server's capabilities. */
  capabilities: InitializeResult | undefined;
  /** Methods that the server has registered (+) or unregistered (−) dynamically. */
  readonly registrations: string[] = [];
  readonly connection: ProtocolConnection;
  /** Refresh requests from the server, by method. */
  readonly refreshes: string[] = [];
  /** URIs in `flopline/changed` notifications. */
  readonly changes: string[] = [];
  /** Log messages of the server. */
  readonly log: string[] = [];
  /** All published diagnostics, in order. */
  readonly publications: { uri: string; version?: number; diagnostics: Diagnostic[] }[] = [];
  readonly #child: ChildProcess;
  readonly #texts = new Map<string, { text: string; version: number }>();

  constructor(connection: ProtocolConnection, child: ChildProcess, { settings, settingsByUri }: SessionOptions) {
    this.connection = connection;
    this.settings = settings ?? {};
    this.settingsByUri = settingsByUri ?? {};
    this.#child = child;
    connection.onRequest('workspace/configuration', ({ items }: { items: { readonly scopeUri?: string }[] }) =>
      items.map(({ scopeUri = '' }) =>
        Object.hasOwn(this.settingsByUri, scopeUri) ? this.settingsByUri[scopeUri] : this.settings,
      ),
    );
    connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      for (const { method } of registrations) this.registrations.push(`+${method}`);
    });
    connection.onRequest(UnregistrationRequest.type, ({ unregisterations }) => {
      for (const { method } of unregisterations) this.registrations.push(`-${method}`);
    });
    for (const method of ['workspace/inlayHint/refresh', 'workspace/codeLens/refresh', 'workspace/diagnostic/refresh'])
      connection.onRequest(method, () => {
        this.refreshes.push(method);
        return null;
      });
    connection.onNotification('textDocument/publishDiagnostics', params => {
      this.publications.push(params);
    });
    connection.onNotification('window/logMessage', ({ message }) => {
      this.log.push(message);
    });
    connection.onNotification('flopline/changed', ({ uri }) => {
      this.changes.push(uri);
    });
  }

  /** Pulls problems. */
  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
  }

  /** Opens a text and returns its URI. `folder` exists on disk only if other files are needed there. */
  async open(name: string, text: string, languageId = 'yaml', folder = '/models'): Promise<string> {
    return this.openAt(pathToFileURL(`${folder}/${name}`).toString(), text, languageId);
  }

  async openAt(uri: string, text: string, languageId: string): Promise<string> {
    this.#texts.set(uri, { text, version: 1 });
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
    return uri;
  }

  /** Types a replacement for the only occurrence of `old`, as an incremental change. */
  async edit(uri: string, old: string, replacement: string): Promise<void> {
    const document = this.#texts.get(uri);
    assert.ok(document);
    const from = document.text.indexOf(old);
    assert.ok(from >= 0, `“${old}” is not in the text`);
    const range = { start: position(document.text, from), end: position(document.text, from + old.length) };
    document.text = document.text.slice(0, from) + replacement + document.text.slice(from + old.length);
    document.version++;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: document.version },
      contentChanges: [{ range, text: replacement }],
    });
  }

  /** Reports that a file was changed on disk. */
  async changedOnDisk(uri: string): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Changes the settings in the client. */
  async configure(settings: unknown): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings: { flopline: settings } });
  }

  /** The hints of the whole text, or of a range of 0-based lines, by line: `2: 16×32×32 · 442k MACs`. */
  async hints(uri: string, first = 0, last = 1e6): Promise<string[]> {
    const found = await this.rawHints(uri, first, last);
    return found.filter(hint => !hint.paddingRight).map(hint => `${hint.position.line}: ${hint.label}`);
  }

  /** Waits for the hints, and asserts that the one on a 0-based line matches. */
  async checkHint(uri: string, line: number, expected: RegExp): Promise<void> {
    const hint = (await this.hints(uri)).find(each => each.startsWith(`${line}: `));
    assert.match(hint ?? `no hint on line ${line}`, expected);
  }

  /** The row numbers. */
  async rowNumbers(uri: string): Promise<string[]> {
    const found = await this.rawHints(uri);
    return found.filter(hint => hint.paddingRight).map(hint => `${hint.position.line}: ${hint.label}`);
  }

  async rawHints(uri: string, first = 0, last = 1e6): Promise<InlayHint[]> {
    const range = { start: { line: first, character: 0 }, end: { line: last, character: 0 } };
    return (await this.connection.sendRequest('textDocument/inlayHint', {
      textDocument: { uri },
      range,
    })) as InlayHint[];
  }

  resolve(hint: InlayHint): Promise<InlayHint> {
    return this.connection.sendRequest('inlayHint/resolve', hint);
  }

  /** The hover at the first occurrence of `word`. */
  hover(uri: string, word: string): Promise<Hover | null> {
    const { text } = this.#texts.get(uri)!;
    const at = text.indexOf(word);
    assert.ok(at >= 0, `“${word}” is not in the text`);
    return this.connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: position(text, at),
    });
  }

  /** The code actions on the first occurrence of a word, with the problems there as context. */
  actions(uri: string, word: string, only?: readonly string[]): Promise<CodeAction[]> {
    return this.actionsAt(uri, this.rangeOf(uri, word), only);
  }

  async actionsAt(uri: string, range: Range, only?: readonly string[]): Promise<CodeAction[]> {
    const context = { diagnostics: await this.problems(uri), ...(only ? { only } : {}) };
    return this.connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context });
  }

  /** The range of the first occurrence of some words. */
  rangeOf(uri: string, words: string): Range {
    const { text } = this.#texts.get(uri)!;
    const at = text.indexOf(words);
    assert.ok(at >= 0, `“${words}” is not in the text`);
    return { start: position(text, at), end: position(text, at + words.length) };
  }

  resolveAction(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest('codeAction/resolve', action);
  }

  /** Applies the edit of a code action as a client does, which rejects edits for another version. */
  async apply(uri: string, { edit }: CodeAction): Promise<string> {
    const document = this.#texts.get(uri);
    const [change] = edit?.documentChanges ?? [];
    assert.ok(document && change && 'edits' in change);
    assert.equal(change.textDocument.version, document.version);
    const edits = change.edits as readonly TextEdit[];
    await this.replace(uri, edited(document.text, edits));
    return document.text;
  }

  /** Runs the command of a code action, as a client does after its edit. */
  async run({ command }: CodeAction): Promise<void> {
    assert.ok(command);
    await this.connection.sendRequest('workspace/executeCommand', {
      command: command.command,
      arguments: command.arguments,
    });
  }

  /** Requests a command on the row at a position. */
  changeRow(uri: string, position: Position, command: RowCommand): Promise<RowAnswer | null> {
    const params: Requests['flopline/rowEdits']['params'] = { textDocument: { uri }, position, command };
    return this.connection.sendRequest('flopline/rowEdits', params);
  }

  /** Applies edits and returns the resulting text. */
  async applyChanges(uri: string, edits: readonly TextEdit[]): Promise<string> {
    await this.replace(uri, edited(this.#texts.get(uri)!.text, edits));
    return this.#texts.get(uri)!.text;
  }

  /** Replaces the whole text. */
  async replace(uri: string, text: string): Promise<void> {
    const document = this.#texts.get(uri);
    assert.ok(document);
    document.text = text;
    document.version++;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: document.version },
      contentChanges: [{ text }],
    });
  }

  lenses(uri: string): Promise<CodeLens[]> {
    return this.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
  }

  symbols(uri: string): Promise<DocumentSymbol[]> {
    return this.connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri } });
  }

  summary(uri: string): Promise<DocumentSummary | null> {
    return this.connection.sendRequest('flopline/summary', { textDocument: { uri } });
  }

  /** Sends choices for files, as a client does that stores them. */
  async choose(choices: ChosenByUri): Promise<void> {
    await this.connection.sendNotification('flopline/didChangeChoices', { choices });
  }

  /** The totals with another value, or why it is refused. */
  async outcome(uri: string, key: ChoiceKey, value: string | null): Promise<string> {
    const params: Requests['flopline/outcome']['params'] = { textDocument: { uri }, key, value };
    const found: Outcome | null = await this.connection.sendRequest('flopline/outcome', params);
    return found?.kind === 'refused' ? found.why : (found?.totals ?? '');
  }

  /** The choices of a file: the values in effect, and where they come from. */
  async choices(uri: string): Promise<Readonly<Record<string, string>>> {
    const { choices = [] } = (await this.summary(uri)) ?? {};
    return Object.fromEntries(choices.map(({ key, value, origin }) => [key, `${value} (${origin})`]));
  }

  /** The problems published for the newest version of a text. */
  async problems(uri: string): Promise<Diagnostic[]> {
    const { version } = this.#texts.get(uri)!;
    const publication = await until(() =>
      this.publications.findLast(published => published.uri === uri && published.version === version),
    );
    return publication.diagnostics;
  }

  /**
   * Closes the streams like a client that is killed, after requesting shutdown or not; returns the server's exit code.
   */
  async vanish(asked: boolean): Promise<number | null> {
    const ended = new Promise<number | null>(resolve => this.#child.once('exit', resolve));
    if (asked) await this.connection.sendRequest('shutdown');
    this.connection.dispose();
    this.#child.stdin?.end();
    return ended;
  }

  async end(): Promise<void> {
    const ended = new Promise<number | null>(resolve => this.#child.once('exit', resolve));
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    const code = await ended;
    this.connection.dispose();
    assert.equal(code, 0, 'the server ends with 0');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Polls `look` until it finds something. */
export async function until<T>(look: () => T | undefined | false | null): Promise<T> {
  const end = Date.now() + deadline;
  for (;;) {
    const found = look();
    if (found) return found;
    assert.ok(Date.now() < end, `nothing came in ${deadline} ms: ${look}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** An offset as a position of the protocol; lines end with a line feed here. */
function position(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

/** The text after edits in the protocol's positions. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0) + character;
  let result = text;
  for (const { range, newText } of edits.toReversed())
    result = result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end));
  return result;
}
