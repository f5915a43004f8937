// The language server: each handler resolves the document, asks core and converts the answer. All wording is in core.
import {
  CodeActionKind,
  type CodeLens,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  type DocumentSymbol,
  type InitializeResult,
  type InlayHint,
  PositionEncodingKind,
  TextDocumentSyncKind,
  TextDocuments,
  type WorkspaceFolder,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type Analysed,
  type Base,
  conversionParser,
  convert,
  diagnosisLines,
  hintDetail,
  hover,
  type Lens,
  lenses,
  markdownReport,
  orderOf,
  otherDetail,
  otherHints,
  otherHover,
  otherLenses,
  othersMarkdown,
  othersText,
  pathOfUri,
  report,
  rowNumbers,
  summary,
  summaryMarkdown,
  symbols,
} from '../core/index.ts';
import type { ClientNotifications, ConversionAnswer, DocumentSummary, ServerRequests } from '../protocol/index.ts';
import { Budgets } from './budgets.ts';
import { answerBudgets } from './budgetTests.ts';
import { answerChoices, documentChoices } from './choices.ts';
import { answerCodeActions, fixAllKind } from './codeActions.ts';
import { answerCompletion, completionOptions, signatureOptions } from './completion.ts';
import { readLanguage, readSettings } from './configuration.ts';
import { acceptCommand, fromProto, type HintData, type LensCommands, toProto } from './convert.ts';
import { Diagnostics, mayPull, pullCapability } from './diagnostics.ts';
import { answerMoments } from './moments.ts';
import { answerNavigation, navigationCapabilities } from './navigation.ts';
import { Neighbors } from './neighbors.ts';
import { answerNetworks } from './networks.ts';
import { Others } from './others.ts';
import { canRegister, outlineOptions, registerOutline } from './outline.ts';
import { answerOverview } from './overview.ts';
import { ReadAhead } from './readAhead.ts';
import type { FileClient } from './remote.ts';
import { answerRows } from './rows.ts';
import { nobody, Session } from './session.ts';
import { answerSlimming } from './slimming.ts';
import { Spoken } from './spoken.ts';
import { type Machine, Workspace } from './workspace.ts';

/**
 * Milliseconds without an edit before problems are published. Hints, which the client requests, come first, and
 * publishing must not delay those of the next key: this is the pause between the keystrokes of a fast typist.
 */
const quiet = 100;

const pathsOf = (folders: readonly WorkspaceFolder[]): readonly string[] =>
  folders.flatMap(({ uri }) => pathOfUri(uri) ?? []);

/** Serves a client over `connection` until it ends; without a machine, the client reads all files. */
export function serve(connection: Connection, machine?: Machine): void {
  const texts = new TextDocuments(TextDocument);
  const workspace = new Workspace(texts, machine);
  const session = new Session(connection, workspace);
  const shown = answerOverview(session);
  const spoken = new Spoken(machine);
  const moments = answerMoments(session);

  connection.onInitialize((params): InitializeResult => {
    session.client = params.capabilities;
    const folders = params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri, name: '' }] : []);
    workspace.folders = pathsOf(folders);
    session.options = typeof params.initializationOptions === 'object' ? (params.initializationOptions ?? {}) : {};
    spoken.begin(params.locale, session.options);
    if (session.options.readsFiles === true) workspace.remote.client = fileClient(connection);
    return {
      serverInfo: { name: 'flopline' },
      capabilities: {
        // Every client supports UTF-16. Stated explicitly, so no client has to assume it.
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        inlayHintProvider: { resolveProvider: true },
        hoverProvider: true,
        completionProvider: completionOptions,
        signatureHelpProvider: signatureOptions,
        codeLensProvider: {},
        ...(canRegister(session) ? {} : { documentSymbolProvider: outlineOptions }),
        ...navigationCapabilities,
        workspaceSymbolProvider: true,
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        ...(mayPull(params.capabilities, session.options) ? pullCapability : {}),
        codeActionProvider: {
          codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, fixAllKind],
          resolveProvider: true,
        },
        executeCommandProvider: { commands: [acceptCommand] },
      },
    };
  });

  // Files have arrived that no request has waited for: read the documents again that need them.
  workspace.remote.arrived = () => {
    publishAll(workspace.outdated).catch(error => session.complain('files', error));
  };

  const budgets = new Budgets(session, uri => {
    diagnostics.publish(uri);
  });
  const others = new Others(session, uri => {
    refreshHints();
    diagnostics.publish(uri);
  });
  const neighbors = new Neighbors(session);
  const ahead = new ReadAhead(session);
  const diagnostics = new Diagnostics(session, budgets, others);

  // --- Settings ---------------------------------------------------------------------------------------------------

  let refreshOutline = nobody;

  connection.onInitialized(async () => {
    if (session.client.workspace?.didChangeConfiguration?.dynamicRegistration)
      connection.client
        .register(DidChangeConfigurationNotification.type, { section: 'flopline' })
        .catch(error => session.complain('registering for configuration changes', error));
    if (canRegister(session)) refreshOutline = registerOutline(session);
    workspace.isTrusted = session.options.isTrusted ?? true;
    workspace.python = session.options.python;
    choose(session.options.choices);
    // A folder that the client has read counts as unchanged until the client reports a change.
    if (workspace.folders.some(isRemote)) watch();
    await configure(session.options.settings);
    session.start();
  });

  connection.onDidChangeConfiguration(async ({ settings }) => {
    const pushed = typeof settings === 'object' ? (settings?.flopline ?? settings) : undefined;
    await configure(pushed);
    session.start();
    refresh();
  });

  // Files in a new folder may be read, and those of a removed one may not be any more.
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event: { added, removed } }) => {
    const gone = new Set(pathsOf(removed));
    workspace.folders = [...new Set([...workspace.folders.filter(path => !gone.has(path)), ...pathsOf(added)])];
    if (workspace.folders.some(isRemote)) watch();
    workspace.reset();
    refresh();
  });

  texts.onDidOpen(({ document: { uri } }) => {
    // Until the first answer, the settings of all open documents are requested.
    if (isAskable()) session.waitFor([uri], configureScoped([uri], new Set()));
  });

  connection.onNotification('flopline/didChangeChoices', (params: ClientNotifications['flopline/didChangeChoices']) => {
    if (choose(params?.choices)) refresh();
  });

  connection.onNotification('flopline/didChangeBase', (params: ClientNotifications['flopline/didChangeBase']) => {
    const { uri, base } = params ?? {};
    if (typeof uri !== 'string' || !workspace.bases.set(uri, base ?? null)) return;
    refreshHints();
    session.notify('flopline/changed', { uri, isSpec: diagnostics.isSpec(uri) });
  });

  connection.onNotification('flopline/didChangePython', (params: ClientNotifications['flopline/didChangePython']) => {
    const { isTrusted = workspace.isTrusted, python = workspace.python } = params ?? {};
    if (isTrusted === workspace.isTrusted && python === workspace.python) return;
    workspace.isTrusted = isTrusted;
    workspace.python = python;
    workspace.reset();
    refresh();
  });

  const isAskable = (): boolean => session.client.workspace?.configuration === true;

  /** Requests the client's settings; a client that does not support that has pushed them. */
  async function configure(pushed: unknown): Promise<void> {
    try {
      const section = isAskable() ? await connection.workspace.getConfiguration('flopline') : pushed;
      // Everything in the old language has to be created again.
      if (spoken.choose(readLanguage(section))) workspace.forgetAll();
      const { settings, complaints } = readSettings(section);
      for (const complaint of complaints) connection.console.warn(complaint);
      workspace.settings.configureAll(settings);
      if (isAskable()) await configureScoped(texts.keys(), new Set(complaints));
    } catch (error) {
      session.complain('reading the configuration', error);
    }
  }

  /** Requests the settings of some documents, which may depend on their folder. */
  async function configureScoped(
    uris: readonly string[],
    reported: ReadonlySet<string>,
    mayBeClosed = false,
  ): Promise<void> {
    if (uris.length === 0) return;
    try {
      const items = uris.map(scopeUri => ({ scopeUri, section: 'flopline' }));
      const sections: readonly unknown[] = await connection.workspace.getConfiguration(items);
      for (const [index, uri] of uris.entries()) {
        const section = sections[index];
        if (!mayBeClosed && !texts.get(uri)) continue;
        // A client without settings for a file may answer nothing; then those for all files apply.
        const own = section === undefined || section === null ? undefined : readSettings(section);
        for (const complaint of own?.complaints ?? []) if (!reported.has(complaint)) connection.console.warn(complaint);
        workspace.settings.configure(uri, own?.settings);
      }
    } catch (error) {
      session.complain('reading the configuration of a file', error);
    }
  }

  /** Stores the user's choices for files; returns whether anything changed. */
  function choose(chosen: unknown): boolean {
    if (typeof chosen !== 'object' || chosen === null) return false;
    const changed = Object.entries(chosen).filter(([uri, own]) => workspace.settings.choose(uri, own));
    return changed.length > 0;
  }

  /** Asks the client to refresh everything it shows. */
  function refresh(): void {
    refreshHints();
    refreshOutline();
    for (const { uri } of texts.all()) publishSettled(uri);
  }

  // --- Documents --------------------------------------------------------------------------------------------------

  const waiting = new Map<string, ReturnType<typeof setTimeout>>();

  texts.onDidChangeContent(({ document: { uri } }) => {
    shown.update(uri);
    ahead.read(uri);
    clearTimeout(waiting.get(uri));
    waiting.set(
      uri,
      setTimeout(() => {
        waiting.delete(uri);
        publishSettled(uri);
      }, quiet),
    );
  });

  texts.onDidClose(({ document: { uri } }) => {
    clearTimeout(waiting.get(uri));
    waiting.delete(uri);
    workspace.forget(uri);
    shown.update(uri);
    budgets.forget(uri);
    moments.forget(uri);
    ahead.forget(uri);
    diagnostics.forget(uri);
    // Its unsaved text is gone.
    publishAll(workspace.dependants(uri)).catch(error => session.complain('diagnostics', error));
  });

  async function publishSettled(uri: string): Promise<void> {
    await session.ready(uri);
    const version = workspace.version(uri);
    await session.settled(uri);
    await session.quiet();
    // A newer text gets a timer of its own.
    if (version !== workspace.version(uri) || !(await session.prepared(uri))) return;
    await diagnostics.publish(uri);
    if (workspace.hasFiles(uri)) watch();
    await publishAll(workspace.dependants(uri));
  }

  /** Documents that have to be read again, in order. */
  const outdated = new Set<string>();
  let isPublishing = false;

  /**
   * Updates documents that another file's change makes outdated: hints of visible ones are requested at once; diagnostics
   * follow one document at a time while the server is idle.
   */
  async function publishAll(uris: readonly string[]): Promise<void> {
    if (uris.length === 0) return;
    refreshHints();
    for (const uri of uris) outdated.add(uri);
    if (isPublishing) return;
    isPublishing = true;
    try {
      for (const uri of outdated) {
        await session.quiet(() => waiting.size > 0);
        outdated.delete(uri);
        if (await session.prepared(uri)) await diagnostics.publish(uri);
      }
    } finally {
      isPublishing = false;
    }
  }

  // Watch files on disk. If the client cannot, files are checked for changes on the next request.
  let isWatching = false;
  const isRemote = (folder: string): boolean => workspace.files.isRemote(folder);
  function watch(): void {
    if (isWatching || !session.client.workspace?.didChangeWatchedFiles?.dynamicRegistration) return;
    isWatching = true;
    connection.client
      .register(DidChangeWatchedFilesNotification.type, {
        // Programs read other files than Python's, too. Folders that the client reads are cached as well.
        watchers: [{ globPattern: workspace.folders.some(isRemote) ? '**/*' : '**/*.{py,yaml,yml,json}' }],
      })
      .catch(error => session.complain('registering for changes of files', error));
  }

  connection.onDidChangeWatchedFiles(({ changes }) => {
    workspace.filesChanged(changes);
    const changed = new Set(changes.flatMap(({ uri }) => (texts.get(uri) ? [] : workspace.dependants(uri))));
    publishAll([...changed]);
  });

  /** The user looks at a document: files that it imports may be shown in the context of its network. */
  function look(uri: string): void {
    publishAll(workspace.look(uri)).catch(error => session.complain('imported files', error));
  }

  /** Asks the client to refresh what it shows beside the text. */
  function refreshHints(): void {
    shown.update();
    const { inlayHint, codeLens } = session.client.workspace ?? {};
    if (inlayHint?.refreshSupport) connection.languages.inlayHint.refresh().catch(nobody);
    if (codeLens?.refreshSupport) connection.sendRequest('workspace/codeLens/refresh').catch(nobody);
  }

  // --- Other networks of a text -----------------------------------------------------------------------------------

  function lensesOf(analysed: Analysed, base: Base | undefined): readonly Lens[] {
    const found = others.of(analysed);
    return [...lenses(analysed, base, othersText(found)), ...otherLenses(analysed, found)];
  }

  // --- Requests ---------------------------------------------------------------------------------------------------

  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    session.compareNetwork<InlayHint[]>('hints', uri, token, [], (analysed, base) => {
      const { lines } = analysed.document;
      const version = workspace.version(uri)!;
      look(uri);
      others.read(uri, analysed);
      neighbors.read(analysed);
      const data: HintData = [workspace.number(uri), version];
      const within = fromProto.range(lines, range);
      return [
        ...rowNumbers(analysed, within).map(row => toProto.rowNumber(lines, row, data)),
        ...[...ahead.hints(uri, analysed, base, range), ...otherHints(analysed, others.of(analysed), within)].map(
          hint => toProto.inlayHint(lines, hint, data),
        ),
      ];
    }),
  );

  connection.languages.inlayHint.resolve((hint, token) => {
    const [document, version] = hint.data as HintData;
    const uri = workspace.numbered(document);
    if (uri === undefined) return hint;
    return session.compare('hint detail', uri, token, hint, (analysed, base) => {
      // Lines of an older text may have moved; the client requests new hints anyway.
      if (version !== workspace.version(uri)) return hint;
      const { line } = hint.position;
      const value = hintDetail(analysed, line, base) || otherDetail(others.of(analysed), line);
      return value === '' ? hint : { ...hint, tooltip: { kind: 'markdown', value } };
    });
  });

  connection.onHover(({ textDocument: { uri }, position }, token) =>
    session.compare('hover', uri, token, null, (analysed, base) => {
      const { lines } = analysed.document;
      const offset = lines.offset(position);
      const found = hover(analysed, offset, base) ?? otherHover(analysed, others.of(analysed), offset);
      return found ? toProto.hover(lines, found) : null;
    }),
  );

  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    session.compareNetwork<CodeLens[]>('code lens', uri, token, [], (analysed, base) =>
      lensesOf(analysed, base)
        .filter(({ action }) => !action || commandsOf(session)[action.kind] !== '')
        .map(lens => toProto.codeLens(analysed.document.lines, lens, uri, commandsOf(session))),
    ),
  );

  connection.onDocumentSymbol(({ textDocument: { uri } }, token) =>
    session.answer<DocumentSymbol[]>('symbols', uri, token, [], analysed =>
      symbols(analysed).map(symbol => toProto.documentSymbol(analysed.document.lines, symbol)),
    ),
  );

  session.on('flopline/summary', ({ textDocument: { uri } }, token) =>
    session.compareNetwork<DocumentSummary | null>('summary', uri, token, null, (analysed, base) => ({
      ...summary(analysed, base),
      markdown: [summaryMarkdown(analysed), othersMarkdown(others.of(analysed))].filter(Boolean).join('\n\n'),
      inFile: settingsInFile(analysed),
      choices: documentChoices(analysed),
      budget: budgets.state(uri, analysed),
    })),
  );

  session.on('flopline/report', ({ textDocument: { uri } }, token) =>
    session.answerNetwork<string | null>('report', uri, token, null, analysed =>
      markdownReport(report(analysed, { networks: others.of(analysed) }), {
        unit: analysed.model.convention.unit,
        shapeOrder: orderOf(analysed),
      }),
    ),
  );

  session.on('flopline/convert', async ({ textDocument: { uri }, target }, token) => {
    await conversionParser(target)?.load();
    return session.answerNetwork<ConversionAnswer | null>('convert', uri, token, null, analysed =>
      convert(analysed, target),
    );
  });

  session.on('flopline/diagnosis', ({ textDocument: { uri } }, token) =>
    session.answerNetwork<string | null>('diagnosis', uri, token, null, analysed => {
      const parts = diagnosisLines(analysed);
      if (parts.length === 0) return null;
      return [`# ${analysed.document.source.name}`, ...parts.map(([heading, lines]) => section(heading, lines))].join(
        '\n\n',
      );
    }),
  );

  connection.onExecuteCommand(async ({ command, arguments: [uri] = [] }) => {
    if (command !== acceptCommand || typeof uri !== 'string') return null;
    try {
      await session.ready(uri);
      await session.settled(uri);
      workspace.acceptNumbers(uri);
      refreshHints();
      refreshOutline();
      // So the problems are gone by the time the command returns.
      await publishSettled(uri);
    } catch (error) {
      session.complain(command, error);
    }
    return null;
  });

  answerChoices(session, others);
  answerCodeActions(session, budgets);
  answerBudgets(session);
  answerRows(session);
  answerCompletion(session);
  answerSlimming(session);
  answerNavigation(session);
  answerNetworks(session, async uri => {
    if (isAskable()) await configureScoped([uri], new Set(), true);
  });

  texts.listen(connection);
  connection.listen();
}

/** Requests files that the server cannot read from the client. */
function fileClient(connection: Connection): FileClient {
  const ask = <M extends keyof ServerRequests>(
    method: M,
    uris: readonly string[],
  ): Promise<ServerRequests[M]['result']> => connection.sendRequest(method, { uris });
  return {
    list: uris => ask('flopline/listFolders', uris),
    read: uris => ask('flopline/readFiles', uris),
  };
}

function commandsOf({ options }: Session): LensCommands {
  const { lensCommand = '', entryCommand = '', inputCommand = '', compareCommand = '' } = options;
  return { menu: lensCommand, entry: entryCommand, input: inputCommand, compare: compareCommand };
}

function section(heading: string, lines: readonly string[]): string {
  return [`## ${heading}`, lines.map(line => `- ${line}`).join('\n')].join('\n\n');
}

function settingsInFile({ document: { pragmas, lines } }: Analysed): DocumentSummary['inFile'] {
  return Object.fromEntries([...pragmas.settings].map(([key, { range }]) => [key, toProto.range(lines, range)]));
}
