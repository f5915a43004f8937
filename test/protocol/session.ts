// An editor as the protocol knows it: the library of real clients over stdio against the bundled server.
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
/** Milliseconds in which an answer must be there; met in far less, and long only for a busy machine. */
const deadline = 15_000;

export interface SessionOptions {
  /** What the editor answers for the section `flopline`. */
  readonly settings?: unknown;
  /** Whether the editor can be asked for its configuration. */
  readonly configuration?: boolean;
  /** What it answers for single files, by address, in place of `settings`. */
  readonly settingsByUri?: Readonly<Record<string, unknown>>;
  /** Whether the outline can be registered later, as in VS Code. */
  readonly outline?: boolean;
  readonly initializationOptions?: unknown;
  /** The folder that is open. */
  readonly folder?: string;
  /** The address of the folder that is open, where it is not on the disk. */
  readonly rootUri?: string;
  /** Whether the editor asks for changes later, shows what is refused, and words about changes; as VS Code does. */
  readonly modern?: boolean;
  /** Whether the editor asks for problems, and can be told to ask again. */
  readonly pull?: boolean;
  /** The encodings of positions that the editor says it knows. */
  readonly encodings?: readonly string[];
  /** The language of the editor, where it says one. */
  readonly locale?: string;
  /** Variables of the environment that the server is started in. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node in front of the server. */
  readonly node?: readonly string[];
}

/** A session with a running server, ended by `await using` or `end()`. */
export async function startSession(options: SessionOptions = {}): Promise<Session> {
  assert.ok(existsSync(server), 'dist/server.js is not there: npm run build first');
  const child = spawn(process.execPath, [...(options.node ?? []), server, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Whoever runs the tests may speak another language.
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
  /** What the server can, as it said. */
  capabilities: InitializeResult | undefined;
  /** Methods that the server registered (+) or unregistered (−) later. */
  readonly registrations: string[] = [];
  readonly connection: ProtocolConnection;
  /** Refresh requests that came, by method. */
  readonly refreshes: string[] = [];
  /** Addresses that `flopline/changed` told of. */
  readonly changes: string[] = [];
  /** What the server logged. */
  readonly log: string[] = [];
  /** Every publication, in order. */
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

  /** Asks for problems, as an editor does that is not sent them. */
  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
  }

  /** Opens a text; the answer is its address. `folder` is on the disk only where something else is to be found there. */
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

  /** Types: replaces the one place where `old` stands by `replacement`, as an incremental change. */
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

  /** A file was changed on the disk by somebody else. */
  async changedOnDisk(uri: string): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Changes the settings as a person does in the editor. */
  async configure(settings: unknown): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings: { flopline: settings } });
  }

  /** The hints of the whole text, or of some 0-based lines, by line: `2: 16×32×32 · 442k MACs`. */
  async hints(uri: string, first = 0, last = 1e6): Promise<string[]> {
    const found = await this.rawHints(uri, first, last);
    return found.filter(hint => !hint.paddingRight).map(hint => `${hint.position.line}: ${hint.label}`);
  }

  /** Waits for the hints, and asserts that the one on a 0-based line is as it should be. */
  async checkHint(uri: string, line: number, expected: RegExp): Promise<void> {
    const hint = (await this.hints(uri)).find(each => each.startsWith(`${line}: `));
    assert.match(hint ?? `no hint on line ${line}`, expected);
  }

  /** Those in front of rows. */
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

  /** The hover where `word` first stands. */
  hover(uri: string, word: string): Promise<Hover | null> {
    const { text } = this.#texts.get(uri)!;
    const at = text.indexOf(word);
    assert.ok(at >= 0, `“${word}” is not in the text`);
    return this.connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: position(text, at),
    });
  }

  /** The code actions on the word that stands first, told of the problems there. */
  actions(uri: string, word: string, only?: readonly string[]): Promise<CodeAction[]> {
    return this.actionsAt(uri, this.rangeOf(uri, word), only);
  }

  async actionsAt(uri: string, range: Range, only?: readonly string[]): Promise<CodeAction[]> {
    const context = { diagnostics: await this.problems(uri), ...(only ? { only } : {}) };
    return this.connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context });
  }

  /** Where some words first stand. */
  rangeOf(uri: string, words: string): Range {
    const { text } = this.#texts.get(uri)!;
    const at = text.indexOf(words);
    assert.ok(at >= 0, `“${words}” is not in the text`);
    return { start: position(text, at), end: position(text, at + words.length) };
  }

  resolveAction(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest('codeAction/resolve', action);
  }

  /** Makes the changes of a code action as an editor does, which refuses those for another version. */
  async apply(uri: string, { edit }: CodeAction): Promise<string> {
    const document = this.#texts.get(uri);
    const [change] = edit?.documentChanges ?? [];
    assert.ok(document && change && 'edits' in change);
    assert.equal(change.textDocument.version, document.version);
    const edits = change.edits as readonly TextEdit[];
    await this.replace(uri, edited(document.text, edits));
    return document.text;
  }

  /** Runs the command of a code action, as an editor does after its changes. */
  async run({ command }: CodeAction): Promise<void> {
    assert.ok(command);
    await this.connection.sendRequest('workspace/executeCommand', {
      command: command.command,
      arguments: command.arguments,
    });
  }

  /** Asks for a command on the row at a position. */
  changeRow(uri: string, position: Position, command: RowCommand): Promise<RowAnswer | null> {
    const params: Requests['flopline/rowEdits']['params'] = { textDocument: { uri }, position, command };
    return this.connection.sendRequest('flopline/rowEdits', params);
  }

  /** Makes changes of the text: what it is then. */
  async applyChanges(uri: string, edits: readonly TextEdit[]): Promise<string> {
    await this.replace(uri, edited(this.#texts.get(uri)!.text, edits));
    return this.#texts.get(uri)!.text;
  }

  /** Puts another text for the whole. */
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

  /** Chooses for files as a person does in an editor that keeps choices. */
  async choose(choices: ChosenByUri): Promise<void> {
    await this.connection.sendNotification('flopline/didChangeChoices', { choices });
  }

  /** What a value would give: its totals, or why it is refused. */
  async outcome(uri: string, key: ChoiceKey, value: string | null): Promise<string> {
    const params: Requests['flopline/outcome']['params'] = { textDocument: { uri }, key, value };
    const found: Outcome | null = await this.connection.sendRequest('flopline/outcome', params);
    return found?.kind === 'refused' ? found.why : (found?.totals ?? '');
  }

  /** The choices of a file: what is in effect, and who it is from. */
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

  /** Closes the streams as an editor that is killed does, after asking for the end or not; the code that the server ends with. */
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

/** What `look` finds, as soon as it does. */
export async function until<T>(look: () => T | undefined | false | null): Promise<T> {
  const end = Date.now() + deadline;
  for (;;) {
    const found = look();
    if (found) return found;
    assert.ok(Date.now() < end, `nothing came in ${deadline} ms: ${look}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** An offset as the protocol counts: lines end with \n here. */
function position(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

/** A text with changes made, in the protocol's lines and characters. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0) + character;
  let result = text;
  for (const { range, newText } of edits.toReversed())
    result = result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end));
  return result;
}
