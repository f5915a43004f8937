// What all handlers share: the open documents, the client's capabilities, and answers for the newest text only.
import type { Connection, InitializeParams } from 'vscode-languageserver';
import type { Analysed, Base, Settings } from '../core/index.ts';
import type { InitializationOptions, Notifications, Requests } from '../protocol/index.ts';
import type { EditedDocument } from './convert.ts';
import { pause, turn } from './turn.ts';
import type { Workspace } from './workspace.ts';

/** Milliseconds between checks whether requests are in progress, and the maximum number of checks. */
const patience = 20;
const mostLooks = 250;

/** Whether the client has canceled the request. */
export interface Token {
  readonly isCancellationRequested: boolean;
}

export class Session {
  readonly connection: Connection;
  readonly workspace: Workspace;
  /** The client's capabilities and options from `initialize`. */
  client: InitializeParams['capabilities'] = {};
  options: InitializationOptions = {};
  /** Call when the first settings have arrived. */
  readonly start: () => void;
  readonly #started: Promise<void>;
  /** By document, the reading of its newest text that is in progress. */
  readonly #readings = new Map<
    string,
    { readonly version: number | undefined; readonly settings: Settings; readonly done: Promise<boolean> }
  >();
  /** How many requests are being handled. */
  #lastAsked = 0;
  #asked = 0;
  /** By document, pending until its own settings have arrived. */
  readonly #configurations = new Map<string, Promise<void>>();

  constructor(connection: Connection, workspace: Workspace) {
    this.connection = connection;
    this.workspace = workspace;
    let start = (): void => {};
    this.#started = new Promise(resolve => {
      start = resolve;
    });
    this.start = start;
  }

  /** Waits for the settings of a document: with defaults, wrong hints would flash up. */
  async ready(uri: string): Promise<void> {
    await this.#started;
    await this.#configurations.get(uri);
  }

  /** Makes requests about these documents wait for their settings. */
  waitFor(uris: readonly string[], configured: Promise<void>): void {
    for (const uri of uris) {
      this.#configurations.set(uri, configured);
      configured.then(() => {
        if (this.#configurations.get(uri) === configured) this.#configurations.delete(uri);
      });
    }
  }

  /** Answers a request from the newest text of a document; `empty` if it is not a spec, or on an internal error. */
  async answer<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed) => T | Promise<T>,
  ): Promise<T> {
    this.#asked++;
    this.#lastAsked = Date.now();
    try {
      await this.ready(uri);
      await this.settled(uri);
      if (token.isCancellationRequested) return empty;
      if (!(await this.prepared(uri, token))) return empty;
      const analysed = this.workspace.analysed(uri);
      return analysed ? await ask(analysed) : empty;
    } catch (error) {
      this.complain(what, error);
      return empty;
    } finally {
      this.#asked--;
    }
  }

  /** Whether no request is being handled and no document is being read. */
  get isIdle(): boolean {
    return this.#asked === 0 && this.#readings.size === 0;
  }

  /** Milliseconds since the last request. */
  get rest(): number {
    return Date.now() - this.#lastAsked;
  }

  /** Waits, for a limited time, until no request is in progress and `isBusy` is false. */
  async quiet(isBusy: () => boolean = () => false): Promise<void> {
    for (let looks = 0; looks < mostLooks && (!this.isIdle || isBusy()); looks++) await pause(patience);
  }

  /** Like `answer`, but `empty` for documents without a network, such as project files. */
  answerNetwork<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed) => T | Promise<T>,
  ): Promise<T> {
    return this.answer(what, uri, token, empty, analysed =>
      analysed.document.format.hasNoNetwork ? empty : ask(analysed),
    );
  }

  /** Like `answerNetwork`, for requests that clients do not repeat: asks again if the text was replaced meanwhile. */
  async answerNewest<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed) => T | Promise<T>,
  ): Promise<T> {
    const { workspace } = this;
    for (;;) {
      const [version, settings] = [workspace.version(uri), workspace.settings.of(uri)];
      const found = await this.answerNetwork(what, uri, token, empty, ask);
      const isNewest = version === workspace.version(uri) && settings === workspace.settings.of(uri);
      if (found !== empty || isNewest || token.isCancellationRequested) return found;
    }
  }

  /** Like `answerNetwork`, also with what the document is compared with. */
  compareNetwork<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed, base: Base | undefined) => T | Promise<T>,
  ): Promise<T> {
    return this.answerNetwork(what, uri, token, empty, analysed => this.#compare(uri, token, empty, analysed, ask));
  }

  /** Like `answer`, also with what the document is compared with. */
  compare<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed, base: Base | undefined) => T | Promise<T>,
  ): Promise<T> {
    return this.answer(what, uri, token, empty, analysed =>
      analysed.document.format.hasNoNetwork
        ? ask(analysed, undefined)
        : this.#compare(uri, token, empty, analysed, ask),
    );
  }

  async #compare<T>(
    uri: string,
    token: Token,
    empty: T,
    analysed: Analysed,
    ask: (analysed: Analysed, base: Base | undefined) => T | Promise<T>,
  ): Promise<T> {
    const { workspace } = this;
    const version = workspace.version(uri);
    for (const step of workspace.basePreparation(uri)) {
      await (step ?? turn());
      if (token.isCancellationRequested || version !== workspace.version(uri)) return empty;
    }
    return ask(analysed, workspace.base(uri, analysed));
  }

  /** Lets pending messages go first, so that a text that one of them replaces is never analyzed. */
  async settled(uri: string): Promise<void> {
    const { workspace } = this;
    for (let version: number | undefined = Number.NaN; version !== workspace.version(uri); ) {
      version = workspace.version(uri);
      // One turn handles a message; one that has just arrived needs another turn to be read.
      await turn();
      await turn();
    }
  }

  /**
   * Reads a document in steps with other messages in between, once for all requests. False if the text or its settings
   * were replaced in the meantime or the request was canceled; the client then asks again.
   */
  async prepared(uri: string, token?: Token): Promise<boolean> {
    const { workspace } = this;
    const [version, settings] = [workspace.version(uri), workspace.settings.of(uri)];
    let reading = this.#readings.get(uri);
    if (!reading || reading.version !== version || reading.settings !== settings) {
      reading = { version, settings, done: this.#read(uri, version, settings) };
      this.#readings.set(uri, reading);
    }
    const isDone = await reading.done;
    if (this.#readings.get(uri) === reading) this.#readings.delete(uri);
    return isDone && !token?.isCancellationRequested && version === workspace.version(uri);
  }

  async #read(uri: string, version: number | undefined, settings: Settings): Promise<boolean> {
    const { workspace } = this;
    for (const step of workspace.preparation(uri)) {
      await (step ?? turn());
      if (version !== workspace.version(uri) || settings !== workspace.settings.of(uri)) return false;
    }
    return true;
  }

  /**
   * Runs a longer search in steps with other messages in between; undefined as soon as the request is canceled or the
   * text or settings of the document are replaced.
   */
  async paced<S, R>(
    uri: string,
    token: Token,
    search: Generator<S, R>,
    report: (step: S) => void = nobody,
  ): Promise<R | undefined> {
    const { workspace } = this;
    const version = workspace.version(uri);
    const settings = workspace.settings.of(uri);
    for (;;) {
      const next = search.next();
      if (next.done) return next.value;
      report(next.value);
      await turn();
      if (
        token.isCancellationRequested ||
        version !== workspace.version(uri) ||
        settings !== workspace.settings.of(uri)
      )
        return undefined;
    }
  }

  /** Registers a handler for one of Flopline's own requests. */
  on<M extends keyof Requests>(
    method: M,
    handler: (params: Requests[M]['params'], token: Token) => Requests[M]['result'] | Promise<Requests[M]['result']>,
  ): void {
    this.connection.onRequest(method, (params: Requests[M]['params'], token): unknown => handler(params, token));
  }

  notify<M extends keyof Notifications>(method: M, params: Notifications[M]): void {
    if (!this.options.tellChanges) return;
    this.connection.sendNotification(method, params).catch(nobody);
  }

  /** The document, as edits of its newest text address it. */
  edited(uri: string): EditedDocument {
    const { documentChanges = false, changeAnnotationSupport } = this.client.workspace?.workspaceEdit ?? {};
    return {
      uri,
      version: this.workspace.version(uri)!,
      versioned: documentChanges,
      annotated: changeAnnotationSupport !== undefined,
    };
  }

  complain(what: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.connection.console.error(`${what}: ${message}`);
  }
}

/** Does nothing. For errors of a client that rejects a refresh or is gone. */
export function nobody(): void {}
