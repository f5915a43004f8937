// The language server: every handler resolves the document, asks core, converts. Core decides what is said.
import { setImmediate as turn } from 'node:timers/promises';
import {
  type CodeAction,
  CodeActionKind,
  CodeActionTriggerKind,
  type Connection,
  DidChangeConfigurationNotification,
  type DocumentSymbol,
  type InitializeParams,
  type InitializeResult,
  type InlayHint,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
  WorkDoneProgress,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type Advice,
  type Analysed,
  adviceCandidates,
  type Budget,
  budgetFor,
  budgetText,
  type Candidate,
  candidateKey,
  conventions,
  documentProblems,
  hintDetail,
  hints,
  hover,
  ignores,
  isWithin,
  lenses,
  markdownReport,
  parseBudget,
  parseInput,
  priceAdvice,
  problemsWithHints,
  type Range,
  repairs,
  report,
  type Slimmed,
  type SlimProgress,
  slim,
  slimmed,
  summary,
  summaryMarkdown,
  symbols,
  totalsText,
} from '../core/index.ts';
import type {
  DocumentSummary,
  InitializationOptions,
  MenuSetting,
  Notifications,
  Requests,
  SlimAnswer,
  SlimItem,
  SlimPicked,
} from '../protocol/index.ts';
import { readSettings } from './configuration.ts';
import { type AdviceData, type EditedDocument, fromProto, type HintData, toProto } from './convert.ts';
import { Workspace } from './workspace.ts';

/**
 * Milliseconds without a change after which problems are published. Hints, which an editor asks for, come first, and a
 * publication must not stand in the way of the next key's: so long is a pause of a person who types fast.
 */
const quiet = 100;

/** More than stand on any line: a long selection is not priced before somebody asks. */
const manyCandidates = 48;

/** Answers an editor over `connection` until it ends. */
export function serve(connection: Connection): void {
  const texts = new TextDocuments(TextDocument);
  const workspace = new Workspace(texts);
  let client: InitializeParams['capabilities'] = {};
  let options: InitializationOptions = {};

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities;
    options = typeof params.initializationOptions === 'object' ? (params.initializationOptions ?? {}) : {};
    return {
      serverInfo: { name: 'flopline' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        inlayHintProvider: { resolveProvider: true },
        hoverProvider: true,
        codeLensProvider: {},
        documentSymbolProvider: { label: 'Flopline' },
        codeActionProvider: {
          codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite],
          resolveProvider: true,
        },
      },
    };
  });

  // --- Settings ---------------------------------------------------------------------------------------------------

  let configured = (): void => {};
  /** Requests wait for the first settings: a default would flash up. */
  const ready = new Promise<void>(resolve => {
    configured = resolve;
  });

  connection.onInitialized(async () => {
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration)
      connection.client
        .register(DidChangeConfigurationNotification.type, { section: 'flopline' })
        .catch(error => complain('registering for configuration changes', error));
    await configure(options.settings);
    configured();
  });

  connection.onDidChangeConfiguration(async ({ settings }) => {
    const pushed = typeof settings === 'object' ? (settings?.flopline ?? settings) : undefined;
    await configure(pushed);
    configured();
    if (client.workspace?.inlayHint?.refreshSupport) connection.languages.inlayHint.refresh().catch(ignore);
    if (client.workspace?.codeLens?.refreshSupport) connection.sendRequest('workspace/codeLens/refresh').catch(ignore);
    for (const { uri } of texts.all()) publish(uri);
  });

  /** Asks the editor for its settings; one that cannot be asked has pushed them. */
  async function configure(pushed: unknown): Promise<void> {
    try {
      const section = client.workspace?.configuration
        ? await connection.workspace.getConfiguration('flopline')
        : pushed;
      const { settings, complaints } = readSettings(section);
      for (const complaint of complaints) connection.console.warn(complaint);
      workspace.settings = settings;
    } catch (error) {
      complain('reading the configuration', error);
    }
  }

  // --- Documents --------------------------------------------------------------------------------------------------

  const waiting = new Map<string, NodeJS.Timeout>();
  /** Documents that were specs when last looked at: only those have something to be cleared. */
  const specs = new Set<string>();

  texts.onDidChangeContent(({ document: { uri } }) => {
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
    if (specs.delete(uri)) connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  async function publishSettled(uri: string): Promise<void> {
    await ready;
    const version = workspace.version(uri);
    await settled(uri);
    // A newer text waits for a time of its own.
    if (version === workspace.version(uri)) publish(uri);
  }

  function publish(uri: string): void {
    try {
      const document = workspace.document(uri);
      const version = workspace.version(uri);
      if (!document || version === undefined) {
        if (!specs.delete(uri)) return;
        connection.sendDiagnostics({ uri, diagnostics: [] });
        notify('flopline/changed', { uri, isSpec: false });
        return;
      }
      specs.add(uri);
      const analysed = workspace.analysed(uri);
      const found = analysed ? problemsWithHints(analysed) : documentProblems(document);
      const relatedUri = client.textDocument?.publishDiagnostics?.relatedInformation ? uri : undefined;
      const diagnostics = found.map(problem => toProto.diagnostic(document.lines, problem, relatedUri));
      connection.sendDiagnostics({ uri, version, diagnostics });
      const [language] = document.format.languages;
      notify('flopline/changed', { uri, isSpec: true, ...(language === undefined ? {} : { language }) });
    } catch (error) {
      complain('diagnostics', error);
    }
  }

  // --- Requests ---------------------------------------------------------------------------------------------------

  /** Lets messages that have arrived already go first, so that a text which one of them replaces is never analysed. */
  async function settled(uri: string): Promise<void> {
    for (let version: number | undefined = Number.NaN; version !== workspace.version(uri); ) {
      version = workspace.version(uri);
      // A message is handled a turn, and one that just arrived needs a turn to be read.
      await turn();
      await turn();
    }
  }

  /** Answers a request about a document from its newest text; `empty` where it is no spec, and where we fail. */
  async function answer<T>(
    what: string,
    uri: string,
    token: { readonly isCancellationRequested: boolean },
    empty: T,
    ask: (analysed: Analysed) => T | Promise<T>,
  ): Promise<T> {
    try {
      await ready;
      await settled(uri);
      if (token.isCancellationRequested) return empty;
      const analysed = workspace.analysed(uri);
      return analysed ? await ask(analysed) : empty;
    } catch (error) {
      complain(what, error);
      return empty;
    }
  }

  /**
   * Takes the steps of a longer search with other messages between them; undefined as soon as the request is cancelled,
   * or the text or the settings that it is about are others.
   */
  async function paced<S, R>(
    uri: string,
    token: { readonly isCancellationRequested: boolean },
    search: Generator<S, R>,
    told: (step: S) => void = ignore,
  ): Promise<R | undefined> {
    const version = workspace.version(uri);
    const { settings } = workspace;
    for (;;) {
      const next = search.next();
      if (next.done) return next.value;
      told(next.value);
      await turn();
      // A newer text uses up what was known of this one.
      if (token.isCancellationRequested || version !== workspace.version(uri) || settings !== workspace.settings)
        return undefined;
    }
  }

  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    answer<InlayHint[]>('hints', uri, token, [], analysed => {
      const { lines } = analysed.document;
      const version = workspace.version(uri)!;
      const data: HintData = [workspace.number(uri), version];
      return hints(analysed, fromProto.range(lines, range)).map(hint => toProto.inlayHint(lines, hint, data));
    }),
  );

  connection.languages.inlayHint.resolve((hint, token) => {
    const [document, version] = hint.data as HintData;
    const uri = workspace.numbered(document);
    if (uri === undefined) return hint;
    return answer('hint detail', uri, token, hint, analysed => {
      // The line of an older text may be another one now; the editor asks for new hints anyway.
      if (version !== workspace.version(uri)) return hint;
      const value = hintDetail(analysed, hint.position.line);
      return value === '' ? hint : { ...hint, tooltip: { kind: 'markdown', value } };
    });
  });

  connection.onHover(({ textDocument: { uri }, position }, token) =>
    answer('hover', uri, token, null, analysed => {
      const { lines } = analysed.document;
      const found = hover(analysed, lines.offset(position));
      return found ? toProto.hover(lines, found) : null;
    }),
  );

  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    answer('code lens', uri, token, [], analysed =>
      lenses(analysed).map(lens => toProto.codeLens(analysed.document.lines, lens, options.lensCommand ?? '')),
    ),
  );

  connection.onDocumentSymbol(({ textDocument: { uri } }, token) =>
    answer<DocumentSymbol[]>('symbols', uri, token, [], analysed =>
      symbols(analysed).map(symbol => toProto.documentSymbol(analysed.document.lines, symbol)),
    ),
  );

  connection.onCodeAction(({ textDocument: { uri }, range, context }, token) =>
    answer<CodeAction[]>('code actions', uri, token, [], async analysed => {
      const asks = (kind: CodeActionKind): boolean =>
        context.only?.some(wanted => wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`)) ?? true;
      const { lines } = analysed.document;
      const place = fromProto.range(lines, range);
      const document = edited(uri);
      const told = context.diagnostics;
      const fixes = asks(CodeActionKind.QuickFix);
      const rewrites = asks(CodeActionKind.RefactorRewrite);
      const found: CodeAction[] = [];
      if (fixes) found.push(...repairs(analysed, place).map(offer => toProto.repair(lines, offer, document, told)));
      const candidates = adviceAt(analysed, place).filter(({ kind }) => rewrites || (fixes && kind === 'quickfix'));
      // Nobody has asked yet: an editor looks whether to show its bulb.
      const many = context.triggerKind === CodeActionTriggerKind.Automatic && candidates.length > manyCandidates;
      const offers = await paced(uri, token, priced(uri, analysed, many ? [] : candidates));
      if (!offers) return [];
      for (const { advice, data } of offers) {
        if (advice.refused !== null && !client.textDocument?.codeAction?.disabledSupport) continue;
        const kind = fixes && advice.kind === 'quickfix' ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite;
        const action = toProto.advice(lines, advice, kind, told);
        if (advice.refused !== null) found.push(action);
        else if (resolvesEdits()) found.push({ ...action, data });
        else found.push({ ...action, edit: toProto.adviceEdit(lines, advice, document) });
      }
      if (fixes) found.push(...ignores(analysed, place).map(offer => toProto.ignore(lines, offer, document, told)));
      return found;
    }),
  );

  connection.onCodeActionResolve(async (action, token) => {
    if (!Array.isArray(action.data)) return action;
    const [number, version, from, key] = action.data as unknown as AdviceData;
    const uri = workspace.numbered(number);
    const resolved =
      uri === undefined
        ? undefined
        : await answer('code action', uri, token, undefined, analysed => {
            if (version !== workspace.version(uri)) return undefined;
            const candidate = adviceCandidates(analysed, { from, to: from }).find(other => candidateKey(other) === key);
            const advice = candidate && priceAdvice(analysed, candidate);
            if (!advice) return undefined;
            return { ...action, edit: toProto.adviceEdit(analysed.document.lines, advice, edited(uri)) };
          });
    if (resolved) return resolved;
    throw new ResponseError(LSPErrorCodes.ContentModified, 'The text has changed since this was offered.');
  });

  /** Prices candidates, one between two steps. */
  function* priced(
    uri: string,
    analysed: Analysed,
    candidates: readonly Candidate[],
  ): Generator<void, { readonly advice: Advice; readonly data: AdviceData }[]> {
    const found: { readonly advice: Advice; readonly data: AdviceData }[] = [];
    const version = workspace.version(uri)!;
    for (const candidate of candidates) {
      const advice = priceAdvice(analysed, candidate);
      if (advice)
        found.push({ advice, data: [workspace.number(uri), version, candidate.range.from, candidateKey(candidate)] });
      yield;
    }
    return found;
  }

  /** The document as changes of its newest text are sent for it. */
  function edited(uri: string): EditedDocument {
    const { documentChanges = false, changeAnnotationSupport } = client.workspace?.workspaceEdit ?? {};
    return {
      uri,
      version: workspace.version(uri)!,
      versioned: documentChanges,
      annotated: changeAnnotationSupport !== undefined,
    };
  }

  function resolvesEdits(): boolean {
    const { resolveSupport, dataSupport } = client.textDocument?.codeAction ?? {};
    return (dataSupport && resolveSupport?.properties.includes('edit')) ?? false;
  }

  on('flopline/summary', ({ textDocument: { uri } }, token) =>
    answer<DocumentSummary | null>('summary', uri, token, null, analysed => ({
      ...summary(analysed),
      markdown: summaryMarkdown(analysed),
      inFile: settingsInFile(analysed),
      conventions: conventions.map(({ name, unit, summary: text }) => ({ name, unit, summary: text })),
    })),
  );

  on('flopline/report', ({ textDocument: { uri } }, token) =>
    answer<string | null>('report', uri, token, null, analysed =>
      markdownReport(report(analysed), analysed.model.convention.unit),
    ),
  );

  on('flopline/checkBudget', ({ textDocument: { uri }, budget }, token) =>
    answer<string | null>('budget', uri, token, null, analysed => {
      const meant = budgetOf(analysed, budget);
      return typeof meant === 'string' ? meant : null;
    }),
  );

  on('flopline/slim', ({ textDocument: { uri }, budget: text, workDoneToken }, token) =>
    answer<SlimAnswer | null>('slim', uri, token, null, async analysed => {
      const budget = budgetOf(analysed, text);
      if (typeof budget === 'string') return null;
      const version = workspace.version(uri)!;
      let taken = 0;
      let told = '';
      const report = (step: SlimProgress): void => {
        if (step.kind === 'step') taken++;
        else if (workDoneToken !== undefined) {
          const message = `${Math.floor((100 * step.tried) / step.of)} % of the changes tried, ${taken} taken`;
          if (message === told) return;
          told = message;
          connection.sendProgress(WorkDoneProgress.type, workDoneToken, { kind: 'report', message }).catch(ignore);
        }
      };
      const found = await paced(uri, token, slim(analysed, budget), report);
      if (!found) return null;
      const { before, after } = found;
      const steps = slimItems(analysed, found);
      return { version, budget: budgetText(budget, before), reached: isWithin(after, budget), before, steps };
    }),
  );

  on('flopline/slimmed', ({ textDocument: { uri }, version, budget: text, choices }, token) =>
    answer<SlimPicked | null>('slim', uri, token, null, async analysed => {
      const budget = budgetOf(analysed, text);
      if (typeof budget === 'string' || version !== workspace.version(uri)) return null;
      const found = await paced(uri, token, slimmed(analysed, choices));
      if (!found) return null;
      const { before, after, edits } = found;
      return {
        totals: totalsText(after, before),
        reached: isWithin(after, budget),
        steps: slimItems(analysed, found),
        edits: toProto.textEdits(analysed.document.lines, edits),
      };
    }),
  );

  on('flopline/checkInput', ({ input }) =>
    input.trim() === '' || parseInput(input) ? null : 'Write sizes without the batch, as in 3,224,224.',
  );

  function on<M extends keyof Requests>(
    method: M,
    handler: (
      params: Requests[M]['params'],
      token: { readonly isCancellationRequested: boolean },
    ) => Requests[M]['result'] | Promise<Requests[M]['result']>,
  ): void {
    connection.onRequest(method, (params: Requests[M]['params'], token): unknown => handler(params, token));
  }

  function notify<M extends keyof Notifications>(method: M, params: Notifications[M]): void {
    if (!options.tellChanges) return;
    connection.sendNotification(method, params).catch(ignore);
  }

  function complain(what: string, error: unknown): void {
    connection.console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  texts.listen(connection);
  connection.listen();
}

/** What may be tried at a place; where that is the margin or a comment, on its line. */
function adviceAt(analysed: Analysed, place: Range): readonly Candidate[] {
  const { lines } = analysed.document;
  const found = adviceCandidates(analysed, place);
  const line = lines.lineAt(place.from);
  if (found.length > 0 || line !== lines.lineAt(place.to)) return found;
  return adviceCandidates(analysed, lines.range(line));
}

/** What a budget means for a network, or what is wrong with it. */
function budgetOf({ model }: Analysed, text: string): Budget | string {
  const wishes = parseBudget(text);
  if (typeof wishes === 'string') return wishes;
  const { macs, params } = model.totals;
  return budgetFor(wishes, { macs: macs.value, params: params.value });
}

function slimItems({ document: { lines } }: Analysed, { steps, before }: Slimmed): SlimItem[] {
  return steps.map(({ advice: { title, after }, choice }) => ({
    choice,
    title,
    line: lines.lineAt(choice.origin),
    after,
    running: totalsText(after, before),
  }));
}

function settingsInFile({ document: { pragmas, lines } }: Analysed): DocumentSummary['inFile'] {
  const found: DocumentSummary['inFile'] = {};
  for (const key of ['input', 'scale', 'convention'] satisfies MenuSetting[]) {
    const setting = pragmas.settings.get(key);
    if (setting) found[key] = toProto.range(lines, setting.range);
  }
  return found;
}

/** An editor that refuses a refresh or is gone: there is nobody to tell. */
function ignore(): void {}
