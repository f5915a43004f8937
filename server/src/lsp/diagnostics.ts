// The problems of documents: when they are computed, and how they reach the client, which is either sent them or
// requests them (pull diagnostics).
import {
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  type InitializeParams,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
} from 'vscode-languageserver';
import {
  type Analysed,
  type Document,
  documentProblems,
  Lines,
  lookThroughFiles,
  otherProblems,
  priceReported,
  problemsWithHints,
  textOfFile,
} from '../core/index.ts';
import type { InitializationOptions } from '../protocol/index.ts';
import type { Budgets } from './budgets.ts';
import { toProto } from './convert.ts';
import { idle, isQuiet } from './idle.ts';
import type { Others } from './others.ts';
import { nobody, type Session, type Token } from './session.ts';
import { turn } from './turn.ts';

/** Milliseconds that problems wait for the prices of the changes they advise. */
const mostPricing = 100;

/** Announced to clients that support pull diagnostics. */
export const pullCapability: ServerCapabilities = {
  diagnosticProvider: { identifier: 'flopline', interFileDependencies: true, workspaceDiagnostics: false },
};

/**
 * Whether the client pulls problems. They depend on other files and on background work, so a client that cannot be
 * asked to refresh is sent them instead; so is one that asks for that.
 */
export function mayPull(client: InitializeParams['capabilities'], options: InitializationOptions): boolean {
  return (
    options.diagnostics !== 'push' &&
    client.textDocument?.diagnostic !== undefined &&
    client.workspace?.diagnostics?.refreshSupport === true
  );
}

/** So many milliseconds after the last request files are looked through: a large one takes fifty of them. */
const rest = 1000;

export class Diagnostics {
  readonly #session: Session;
  readonly #budgets: Budgets;
  readonly #others: Others;
  /** By document, its latest publication, which ends those that are under way. */
  readonly #publishing = new Map<string, object>();
  /** Documents that were specs when last published: only these may have problems to clear. */
  readonly #specs = new Set<string>();
  /** By document, the last answer and its result id. */
  readonly #answered = new Map<string, { readonly resultId: string; readonly text: string }>();
  #answers = 0;
  #isRefreshing = false;

  constructor(session: Session, budgets: Budgets, others: Others) {
    this.#session = session;
    this.#budgets = budgets;
    this.#others = others;
    session.connection.languages.diagnostics.on(({ textDocument: { uri }, previousResultId }, token) =>
      this.#answer(uri, previousResultId, token),
    );
  }

  /** Whether a document was a spec when it was last looked at. */
  isSpec(uri: string): boolean {
    return this.#specs.has(uri);
  }

  /** Clears the problems of a document that was closed. */
  forget(uri: string): void {
    this.#answered.delete(uri);
    this.#publishing.delete(uri);
    if (this.#specs.delete(uri) && !this.#isPulled) this.#session.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** Publishes problems with the savings of their changes; first without these if they take long to compute. */
  async publish(uri: string): Promise<void> {
    const { workspace } = this.#session;
    const turnOf = {};
    this.#publishing.set(uri, turnOf);
    try {
      const document = workspace.document(uri);
      const version = workspace.version(uri);
      if (!document || version === undefined) {
        if (!this.#specs.delete(uri)) return;
        this.#tell(uri, version, []);
        this.#session.notify('flopline/changed', { uri, isSpec: false });
        return;
      }
      this.#specs.add(uri);
      const [language] = document.format.languages;
      this.#session.notify('flopline/changed', {
        uri,
        isSpec: !document.format.hasNoNetwork,
        ...(language === undefined ? {} : { language }),
      });
      const analysed = workspace.analysed(uri);
      const settings = workspace.settings.of(uri);
      const isSlow = analysed && (analysed.spec.program !== undefined || analysed.spec.reader !== undefined);
      const end = performance.now() + mostPricing;
      let isSent = this.#isPulled;
      // Looking for advice in thousands of layers takes long, so requests in progress go first.
      await this.#session.quiet();
      // The text or settings changed, or a file that it was read with: so the document is published again anyway.
      const isOld = (): boolean =>
        this.#publishing.get(uri) !== turnOf ||
        version !== workspace.version(uri) ||
        settings !== workspace.settings.of(uri);
      if (isOld()) return;
      for (const step of analysed ? priceReported(analysed) : []) {
        if (!isSent && step !== 'looking' && ((isSlow && step === 'trying') || performance.now() > end)) {
          this.#tell(uri, version, this.#of(uri, document, analysed));
          isSent = true;
        }
        await turn();
        await this.#session.quiet();
        if (isOld()) return;
      }
      // What was looked through before is known at once.
      if (analysed) lookThroughFiles(analysed).next();
      this.#tell(uri, version, this.#of(uri, document, analysed));
      if (!analysed) return;
      this.#others.read(uri, analysed);
      this.#lookThrough(uri, analysed, isOld).catch(error => this.#session.complain('files', error));
    } catch (error) {
      this.#session.complain('diagnostics', error);
    }
  }

  /** Looks through the files that a text was read with as soon as the server is idle, and tells what they lack. */
  async #lookThrough(uri: string, analysed: Analysed, isOld: () => boolean): Promise<void> {
    if (!analysed.spec.imports || !(await isQuiet(isOld))) return;
    const steps = lookThroughFiles(analysed);
    for (;;) {
      if (!(await idle(this.#session, isOld, rest))) return;
      const { done, value } = steps.next();
      if (!done) continue;
      if (value) await this.publish(uri);
      return;
    }
  }

  get #isPulled(): boolean {
    return mayPull(this.#session.client, this.#session.options);
  }

  #of(uri: string, document: Document, analysed: Analysed | undefined): Diagnostic[] {
    const { client, options } = this.#session;
    const found = analysed
      ? [
          ...this.#budgets.problems(uri, analysed),
          ...problemsWithHints(analysed),
          ...otherProblems(this.#others.of(analysed)),
        ]
      : documentProblems(document);
    const { publishDiagnostics, diagnostic } = client.textDocument ?? {};
    const capability = this.#isPulled ? diagnostic : publishDiagnostics;
    const relatedUri = capability?.relatedInformation ? uri : undefined;
    const linesOf = (file: string): Lines | undefined => {
      const text = textOfFile(document, analysed?.spec, file);
      return text === undefined ? undefined : new Lines(text);
    };
    return found.map(problem => toProto.diagnostic(document.lines, problem, relatedUri, options.problemLink, linesOf));
  }

  /** Sends problems, or asks the client to refresh if its last answer is outdated. */
  #tell(uri: string, version: number | undefined, diagnostics: Diagnostic[]): void {
    const { connection } = this.#session;
    if (!this.#isPulled) {
      connection.sendDiagnostics({ uri, ...(version === undefined ? {} : { version }), diagnostics });
      return;
    }
    const last = this.#answered.get(uri)?.text ?? '[]';
    if (last === JSON.stringify(diagnostics) || this.#isRefreshing) return;
    this.#isRefreshing = true;
    turn().then(() => {
      this.#isRefreshing = false;
      connection.languages.diagnostics.refresh().catch(nobody);
    });
  }

  async #answer(uri: string, previousResultId: string | undefined, token: Token): Promise<DocumentDiagnosticReport> {
    const diagnostics = await this.#find(uri, token);
    const text = JSON.stringify(diagnostics);
    const last = this.#answered.get(uri);
    const resultId = last?.text === text ? last.resultId : `${++this.#answers}`;
    this.#answered.set(uri, { resultId, text });
    return resultId === previousResultId
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, resultId, items: diagnostics };
  }

  /** Problems of the newest text, with the savings of their changes. */
  async #find(uri: string, token: Token): Promise<Diagnostic[]> {
    const session = this.#session;
    const { workspace } = session;
    await session.ready(uri);
    await session.settled(uri);
    if (!(await session.prepared(uri, token))) throw replaced();
    const version = workspace.version(uri);
    const settings = workspace.settings.of(uri);
    try {
      const document = workspace.document(uri);
      if (!document) return [];
      const analysed = workspace.analysed(uri);
      for (const _ of analysed ? priceReported(analysed) : []) {
        await turn();
        if (token.isCancellationRequested || version !== workspace.version(uri)) throw replaced();
        if (settings !== workspace.settings.of(uri)) throw replaced();
      }
      if (analysed) lookThroughFiles(analysed).next();
      // A file that it was read with has changed meanwhile.
      if (workspace.analysed(uri) !== analysed) throw replaced();
      return this.#of(uri, document, analysed);
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      session.complain('diagnostics', error);
      return [];
    }
  }
}

/** The error for a request whose text was replaced or that was canceled. */
function replaced(): ResponseError<{ retriggerRequest: boolean }> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'The text has changed.', { retriggerRequest: true });
}
