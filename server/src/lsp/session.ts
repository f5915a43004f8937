// What every handler needs: the open documents, what the client can, and answers that are never about an older text.
import type { Connection, InitializeParams } from 'vscode-languageserver';
import type { Analysed, Base, Settings } from '../core/index.ts';
import type { InitializationOptions, Notifications, Requests } from '../protocol/index.ts';
import type { EditedDocument } from './convert.ts';
import { pause, turn } from './turn.ts';
import type { Workspace } from './workspace.ts';

/** Milliseconds between two looks at whether somebody waits, and how many of them there are at most. */
const patience = 20;
const mostLooks = 250;

/** Whether the client still wants an answer. */
export interface Token {
  readonly isCancellationRequested: boolean;
}

export class Session {
  readonly connection: Connection;
  readonly workspace: Workspace;
  /** What the client can, and what it said at the start. */
  client: InitializeParams['capabilities'] = {};
  options: InitializationOptions = {};
  /** Ends the waiting for the first settings. */
  readonly start: () => void;
  readonly #started: Promise<void>;
  /** By document, while its newest text is read. */
  readonly #readings = new Map<
    string,
    { readonly version: number | undefined; readonly settings: Settings; readonly done: Promise<boolean> }
  >();
  /** How many requests are being answered. */
  #asked = 0;
  /** By document, until its own settings are there. */
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

  /** Requests wait for the settings of their document: a default would flash up. */
  async ready(uri: string): Promise<void> {
    await this.#started;
    await this.#configurations.get(uri);
  }

  /** Requests about documents wait until their settings are there. */
  waitFor(uris: readonly string[], configured: Promise<void>): void {
    for (const uri of uris) {
      this.#configurations.set(uri, configured);
      configured.then(() => {
        if (this.#configurations.get(uri) === configured) this.#configurations.delete(uri);
      });
    }
  }

  /** Answers a request about a document from its newest text; `empty` where it is not a spec, and where we fail. */
  async answer<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed) => T | Promise<T>,
  ): Promise<T> {
    this.#asked++;
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

  /** Whether nobody waits for an answer, and no document is read. */
  get isIdle(): boolean {
    return this.#asked === 0 && this.#readings.size === 0;
  }

  /** Waits until nobody waits for an answer, for some time at most; `isBusy` says what else is to be waited for. */
  async quiet(isBusy: () => boolean = () => false): Promise<void> {
    for (let looks = 0; looks < mostLooks && (!this.isIdle || isBusy()); looks++) await pause(patience);
  }

  /** The same for what only a network has. */
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

  /** The same for a question that nobody asks again: a text that comes while it is answered is answered for. */
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

  /** The same with what the document is compared with, where it is compared with something. */
  compareNetwork<T>(
    what: string,
    uri: string,
    token: Token,
    empty: T,
    ask: (analysed: Analysed, base: Base | undefined) => T | Promise<T>,
  ): Promise<T> {
    return this.answerNetwork(what, uri, token, empty, analysed => this.#compare(uri, token, empty, analysed, ask));
  }

  /** The same for every document that is ours. */
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

  /** Lets messages that have arrived already go first, so that a text which one of them replaces is never analysed. */
  async settled(uri: string): Promise<void> {
    const { workspace } = this;
    for (let version: number | undefined = Number.NaN; version !== workspace.version(uri); ) {
      version = workspace.version(uri);
      // A message is handled a turn, and one that just arrived needs a turn to be read.
      await turn();
      await turn();
    }
  }

  /**
   * Reads what takes long with other messages in between, once for all who ask. False where the text or its settings were
   * replaced meanwhile, or nobody waits any more: whoever replaced them asks again.
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
   * Takes the steps of a longer search with other messages between them; undefined as soon as the request is cancelled,
   * or the text or the settings that it is about are others.
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

  /** Handles one of our own requests. */
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

  /** The document as changes of its newest text are sent for it. */
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

/** For an editor that refuses a refresh or is gone: there is nobody to report to. */
export function nobody(): void {}
