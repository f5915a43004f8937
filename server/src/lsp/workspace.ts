// The open documents and what was computed for them: each text at most once, and only when it is needed.
import { FileChangeType, type FileEvent, type TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type Analysed,
  accept,
  advance,
  type Base,
  type BudgetedFile,
  budgetedFiles,
  type Document,
  type Files,
  formatOf,
  type Host,
  joined,
  type Language,
  noHistory,
  open,
  type Project,
  Projects,
  pathOfUri,
  preparation,
  price,
  projectFile,
  type Settings,
  type Source,
} from '../core/index.ts';
import { type Storage, type StorageOptions, writtenBelow } from '../host/storage.ts';
import { Bases, comparedWith, type Reading } from './bases.ts';
import { FileSettings } from './fileSettings.ts';
import { WorkspaceFiles } from './files.ts';
import { Remote } from './remote.ts';

/** What a server uses of the machine it runs on; a server in a browser has none of it. */
export interface Machine {
  disk(options: StorageOptions): Storage;
  /** Files as of a revision of the repository around a path; `now` are the current ones. */
  filesOf(revision: string, path: string, now: Files): Files;
  /** Relative paths are resolved against this while no folder is open. */
  readonly folder: string;
  /** The language of the environment, for a client that does not send its own. */
  readonly language: Language;
  /** Switches the language; returns whether that is a change. */
  speak(language: Language): boolean;
}

interface Entry {
  readonly version: number;
  /** The files it was read with. */
  readonly files: Watched | undefined;
  /** The program that imports it and was viewed last. */
  readonly host: Host | undefined;
  readonly settings: Settings;
  /** Undefined for a text that is not a spec. */
  readonly document: Document | undefined;
  /** The last text priced before this one, with the file's history. */
  readonly before: Analysed | undefined;
  /** Undefined until it is needed. */
  analysed?: { readonly value: Analysed | undefined };
}

/** Files that record what was read and looked up, so that a result stays valid while these are the same. */
export class Watched implements Files {
  readonly #files: WorkspaceFiles;
  /** If a file had not arrived yet: the number of arrivals at that time. */
  #without: number | undefined;
  readonly #texts = new Map<string, string | undefined>();
  readonly #there = new Map<string, boolean>();

  constructor(files: WorkspaceFiles) {
    this.#files = files;
  }

  read(path: string): string | undefined {
    const { misses } = this.#files;
    const text = this.#files.read(path);
    this.#texts.set(path, text);
    this.#notice(misses);
    return text;
  }

  isFolder(path: string): boolean {
    const { misses } = this.#files;
    const is = this.#files.isFolder(path);
    this.#notice(misses);
    return is;
  }

  has(path: string): boolean {
    const { misses } = this.#files;
    const is = this.#files.has(path);
    this.#there.set(path, is);
    this.#notice(misses);
    return is;
  }

  list(path: string): readonly string[] {
    const { misses } = this.#files;
    const names = this.#files.list(path);
    this.#notice(misses);
    return names;
  }

  #notice(misses: number): void {
    if (misses !== this.#files.misses) this.#without ??= this.#files.arrivals;
  }

  /** Whether everything that was requested had arrived. */
  get isWhole(): boolean {
    return this.#without === undefined;
  }

  get isSame(): boolean {
    if (this.#without !== undefined && this.#without !== this.#files.arrivals) return false;
    for (const [path, text] of this.#texts) if (this.#files.read(path) !== text) return false;
    for (const [path, is] of this.#there) if (this.#files.has(path) !== is) return false;
    return true;
  }

  /** Whether a file was read or looked up. */
  looksAt(path: string): boolean {
    return this.#texts.has(path) || this.#there.has(path);
  }
}

export class Workspace {
  /** Whether files outside of the workspace may be read. */
  isTrusted = true;
  /** The Python environment selected in the editor, for files whose settings name none. */
  python: string | undefined;
  readonly #machine: Machine | undefined;
  /** Files that the client reads. */
  readonly remote: Remote;
  readonly files: WorkspaceFiles;
  #projects = new Projects();
  readonly settings = new FileSettings();
  /** What documents are compared with. */
  readonly bases = new Bases();
  readonly #texts: TextDocuments<TextDocument>;
  readonly #entries = new Map<string, Entry>();
  readonly #numbers = new Map<string, number>();
  /** By document, the text that a command produces, whose row numbers are right. */
  readonly #expected = new Map<string, string>();
  /** By document, its path; cached because every file access needs it. */
  readonly #paths = new Map<string, string | undefined>();
  /** By path of an imported file, the programs that import it, the last viewed first. */
  readonly #hosts = new Map<string, readonly Host[]>();
  /** By document, the entry expressions of its networks that were shown, the last one first. */
  readonly #viewed = new Map<string, readonly string[]>();
  #last = 0;

  constructor(texts: TextDocuments<TextDocument>, machine?: Machine) {
    this.#texts = texts;
    this.#machine = machine;
    const unsaved = (path: string): string | undefined => this.#openText(path);
    const allows = (path: string): boolean =>
      this.isTrusted || this.folders.some(folder => path === folder || path.startsWith(`${folder}/`));
    this.remote = new Remote(unsaved);
    this.files = new WorkspaceFiles(machine?.disk({ unsaved, allows }), this.remote);
  }

  /** The open folders. Without any, only open documents are read while the workspace is not trusted. */
  get folders(): readonly string[] {
    return this.remote.folders;
  }

  set folders(folders: readonly string[]) {
    this.remote.folders = folders;
  }

  /** Runs `work`, and runs it again after loading as long as it requests files that have not arrived. */
  async whole<T>(work: () => T): Promise<T> {
    for (;;) {
      const result = work();
      const loading = this.files.load();
      if (!loading) return result;
      await loading;
    }
  }

  /** The same for work in steps. */
  *#whole<T>(work: () => Generator<Promise<void> | undefined, T>): Generator<Promise<void> | undefined, T> {
    for (;;) {
      const result = yield* work();
      const loading = this.files.load();
      if (!loading) return result;
      yield loading;
    }
  }

  /**
   * What has to run before the newest text can be used: loads the parser that it needs, and reads in steps what takes
   * long.
   */
  *preparation(uri: string): Generator<Promise<void> | undefined, void> {
    const text = this.#texts.get(uri);
    if (!text) return;
    const known = this.#entries.get(uri);
    // Look at a text only once: most files of the languages we share with others are not specs, and most specs need no
    // parser.
    const isHere = known?.files === undefined || (known.files.isWhole && (!this.remote.client || known.files.isSame));
    const isLookedAt = known?.version === text.version && isHere;
    if (isLookedAt && !known.document?.format.parser) return;
    yield* this.#whole(() => this.#prepare(uri, text));
  }

  *#prepare(uri: string, text: TextDocument): Generator<Promise<void> | undefined, void> {
    const source = this.#source(uri, text, this.settings.of(uri), this.files);
    const parser = formatOf(source)?.parser;
    if (parser?.isNeeded(source) && !parser.isReady()) yield parser.load();
    // Files it was read with may change in the meantime. If they keep changing, the caller waits at the end.
    for (let tries = 0; tries < 3; tries++) {
      const entry = this.#entry(uri);
      if (!entry?.document || entry.analysed) return;
      for (const _ of preparation(entry.document, entry.settings) ?? []) yield undefined;
      if (this.#entry(uri) === entry) return;
    }
  }

  /** The same for what a document is compared with. */
  *basePreparation(uri: string): Generator<Promise<void> | undefined, void> {
    if (this.bases.isReady(uri, { settings: this.settings.of(uri), isTrusted: this.isTrusted })) return;
    const document = this.#entry(uri)?.document;
    if (document) yield* this.#whole(() => this.bases.preparation(uri, document, this.#reading(uri)));
  }

  /** What a document is compared with, under the same settings; undefined if nothing. */
  base(uri: string, analysed: Analysed): Base | undefined {
    return this.bases.of(uri, analysed, this.#reading(uri));
  }

  #reading(uri: string): Reading {
    const settings = this.settings.of(uri);
    const placed = (source: Source, files: Files): Source => this.#placed(source, settings, files);
    const { files } = this;
    const machine = this.#machine;
    return {
      settings,
      files,
      isTrusted: this.isTrusted,
      filesOf: machine && ((revision, path) => machine.filesOf(revision, path, files)),
      placed,
    };
  }

  /**
   * A file that is not open, read from disk in steps and not cached. Undefined if it is not a spec or cannot be read.
   */
  closed(uri: string, path: string): Generator<Promise<void> | undefined, ClosedFile | undefined> {
    return this.#whole(() => this.#closed(uri, path));
  }

  *#closed(uri: string, path: string): Generator<Promise<void> | undefined, ClosedFile | undefined> {
    const settings = this.settings.of(uri);
    const files = new Watched(this.files);
    const text = files.read(path);
    if (text === undefined) return undefined;
    return yield* this.#priced({ name: fileName(uri), text, path }, settings, files);
  }

  /** The same for a text that belongs to no folder. */
  alone(uri: string, text: string): Generator<Promise<void> | undefined, ClosedFile | undefined> {
    return this.#priced({ name: fileName(uri), text }, this.settings.of(uri), new Watched(this.files));
  }

  *#priced(
    text: Source,
    settings: Settings,
    files: Watched,
  ): Generator<Promise<void> | undefined, ClosedFile | undefined> {
    const source = this.#placed(text, settings, files);
    const parser = formatOf(source)?.parser;
    if (parser?.isNeeded(source) && !parser.isReady()) yield parser.load();
    const document = open(source, settings);
    if (!document) return undefined;
    for (const _ of preparation(document, settings) ?? []) yield undefined;
    const analysed = price(document, settings);
    return analysed && { analysed, files };
  }

  /** Handles file changes reported by the client. */
  filesChanged(changes: readonly FileEvent[]): void {
    for (const { uri, type } of changes) {
      const path = pathOfUri(uri);
      if (path === undefined || !this.files.isRemote(path)) continue;
      if (type === FileChangeType.Changed) this.remote.changed(path);
      else this.remote.replaced(path);
    }
  }

  /** The open documents that were read with a file. */
  dependants(uri: string): readonly string[] {
    const path = pathOfUri(uri);
    if (path === undefined) return [];
    return [...this.#entries].flatMap(([other, { files }]) => (other !== uri && files?.looksAt(path) ? [other] : []));
  }

  /** The open documents that were read without files that have arrived since. */
  get outdated(): readonly string[] {
    return [...this.#entries].flatMap(([uri, { files }]) => (files && !files.isWhole && !files.isSame ? [uri] : []));
  }

  /** Drops what was read with other files, for example before more of them may be read. */
  reset(): void {
    for (const [uri, { files }] of this.#entries) if (files) this.#entries.delete(uri);
  }

  /** Drops everything computed, for example to create it in another language. */
  forgetAll(): void {
    this.#entries.clear();
    this.bases.forget();
    this.#projects = new Projects();
  }

  /** Whether a document was read with other files, so changes of these matter. */
  hasFiles(uri: string): boolean {
    return this.#entries.get(uri)?.document !== undefined && this.#entries.get(uri)?.files !== undefined;
  }

  /**
   * The user looks at a document: files that it imports are now shown in the context of its network. Returns the open
   * documents for which that is a change.
   */
  look(uri: string): readonly string[] {
    const spec = this.#entries.get(uri)?.analysed?.value?.spec;
    const entry = spec?.program?.entry;
    if (entry && entry.host === undefined) {
      const before = this.viewed(uri).filter(expression => expression !== entry.expression);
      this.#viewed.set(uri, [entry.expression, ...before].slice(0, mostViewed));
    }
    const host = spec?.program?.host;
    if (!host) return [];
    const changed: string[] = [];
    for (const path of spec?.imports?.read.keys() ?? []) {
      const hosts = this.#hosts.get(path) ?? [];
      if (isSameHost(hosts[0], host)) continue;
      // Same file and expression means the same network, called with something else.
      const before = hosts.filter(each => each.path !== host.path || each.entry !== host.entry);
      this.#hosts.set(path, [host, ...before].slice(0, mostViewed));
      changed.push(path);
    }
    if (changed.length === 0) return [];
    return this.#texts.keys().filter(other => {
      const path = pathOfUri(other);
      return path !== undefined && changed.includes(path);
    });
  }

  /** The entry expressions of a document's networks that were shown, the last one first. */
  viewed(uri: string): readonly string[] {
    return this.#viewed.get(uri) ?? [];
  }

  /** Programs that import a document, other than the one in whose context it is shown; the last viewed first. */
  otherHosts({ document: { source } }: Analysed): readonly Host[] {
    const hosts = source.path === undefined ? undefined : this.#hosts.get(source.path);
    return (hosts ?? []).filter(host => host !== source.host);
  }

  /** The newest text of a document as a spec; undefined when it is not one, or not open. */
  document(uri: string): Document | undefined {
    return this.#entry(uri)?.document;
  }

  /** The newest text with its costs; undefined when it is not a spec or too large. */
  analysed(uri: string): Analysed | undefined {
    const entry = this.#entry(uri);
    if (!entry?.document) return undefined;
    const { document, settings, before } = entry;
    if (!entry.analysed) {
      const value = price(document, settings, before ? advance(before, document) : noHistory, before);
      entry.analysed = { value };
      const isExpected = this.#expected.get(uri) === document.source.text;
      this.#expected.delete(uri);
      if (isExpected && value?.numbers) this.acceptNumbers(uri);
    }
    return entry.analysed.value;
  }

  /** Marks the row numbers in the newest text as right. */
  acceptNumbers(uri: string): void {
    const analysed = this.analysed(uri);
    const entry = this.#entry(uri);
    if (!analysed?.numbers || !entry) return;
    entry.analysed = { value: price(analysed.document, entry.settings, accept(analysed), entry.before) };
  }

  /** Announces a text that a command produces, whose row numbers are right. */
  expect(uri: string, text: string): void {
    this.#expected.set(uri, text);
  }

  /** The version of the newest text. */
  version(uri: string): number | undefined {
    return this.#texts.get(uri)?.version;
  }

  /** A short number for an open document, the same until it is closed. */
  number(uri: string): number {
    let number = this.#numbers.get(uri);
    if (number === undefined) {
      number = ++this.#last;
      this.#numbers.set(uri, number);
    }
    return number;
  }

  /** The document with this number; undefined if it was closed. */
  numbered(number: number): string | undefined {
    for (const [uri, own] of this.#numbers) if (own === number) return uri;
    return undefined;
  }

  forget(uri: string): void {
    // Not every client reports changes of saved files.
    this.filesChanged([{ uri, type: FileChangeType.Changed }]);
    this.settings.close(uri);
    this.bases.delete(uri);
    this.#entries.delete(uri);
    this.#numbers.delete(uri);
    this.#expected.delete(uri);
    this.#paths.delete(uri);
    this.#viewed.delete(uri);
  }

  /** The networks that a project file's budgets apply to; undefined if it cannot be read. */
  async budgeted(
    uri: string,
  ): Promise<{ readonly project: Project; readonly files: readonly BudgetedFile[] } | undefined> {
    const path = pathOfUri(uri);
    if (path === undefined) return undefined;
    const text = await this.whole(() => this.files.read(path));
    if (text === undefined) return undefined;
    const project = this.#projects.read(text, path);
    const { files } = await this.whole(() =>
      budgetedFiles(project, {
        has: at => this.files.has(at),
        isFolder: at => this.files.isFolder(at),
        below: folder => writtenBelow(folder, this.files, projectFile),
      }),
    );
    return { project, files };
  }

  /** A file with its surroundings, open or not, after loading the parser it needs; undefined if it cannot be read. */
  async sourceAt(uri: string, path: string): Promise<Source | undefined> {
    const found = await this.whole(() => {
      const own = this.#sourceAt(uri, path);
      const source = own && this.#placed(own, this.settings.of(uri), this.files);
      const parser = source && formatOf(source)?.parser;
      return source && { source, parser: parser?.isNeeded(source) ? parser : undefined };
    });
    if (found?.parser && !found.parser.isReady()) await found.parser.load();
    return found?.source;
  }

  /** Whether a file, open or not, is recognized as one that has networks. */
  isNetwork(uri: string, path: string): Promise<boolean> {
    return this.whole(() => {
      const source = this.#sourceAt(uri, path);
      const format = source && formatOf(source);
      return format !== undefined && !format.hasNoNetwork;
    });
  }

  #sourceAt(uri: string, path: string): Source | undefined {
    const text = this.#texts.get(uri);
    if (text) return sourceOf(uri, text);
    const content = this.files.read(path);
    return content === undefined ? undefined : { name: fileName(uri), text: content, path };
  }

  /** The text of a file that is open. */
  #openText(path: string): string | undefined {
    for (const text of this.#texts.all()) {
      if (!this.#paths.has(text.uri)) this.#paths.set(text.uri, pathOfUri(text.uri));
      if (this.#paths.get(text.uri) === path) return text.getText();
    }
    return undefined;
  }

  /**
   * The folders in which a file's imports are looked up: those of its project file, which everyone on the project
   * shares, before those of settings. Relative ones in settings are resolved against the first workspace folder.
   */
  #roots({ source, python, repository }: Settings, project: Project | undefined): Source['roots'] {
    const folder = this.folders[0] ?? this.#machine?.folder ?? '';
    const absolute = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : joined(folder, path);
    return {
      source: project?.source?.value ?? absolute(source),
      python: project?.python?.value ?? absolute(python ?? this.python),
      repository,
    };
  }

  /** The project file that governs a file; it has to be within the workspace folder. */
  #project(path: string, files: Files): Project | undefined {
    const around = this.folders.filter(folder => path.startsWith(`${folder}/`));
    // The outermost: nested folders share one project.
    const [last] = around.sort((a, b) => a.length - b.length);
    return this.#projects.of(path, files, last);
  }

  /** Adds the surroundings of a text: its roots, project and files. */
  /** An open text with its surroundings; what is shown as the base of a document has those of the document. */
  #source(uri: string, text: TextDocument, settings: Settings, files: Files | undefined): Source {
    const own = sourceOf(uri, text);
    const document = comparedWith(uri);
    const base = document === undefined ? undefined : this.bases.source(document, this.#reading(document));
    return base ? { ...base, text: own.text } : this.#placed(own, settings, files);
  }

  #placed(source: Source, settings: Settings, files: Files | undefined): Source {
    const { path } = source;
    const project = files && path !== undefined ? this.#project(path, files) : undefined;
    return { ...source, files, project, roots: this.#roots(settings, project) };
  }

  #entry(uri: string): Entry | undefined {
    const text = this.#texts.get(uri);
    if (!text) return undefined;
    const { version } = text;
    const settings = this.settings.of(uri);
    const known = this.#entries.get(uri);
    const isSame = known?.files?.isSame ?? true;
    const path = pathOfUri(uri);
    const host = path === undefined ? undefined : this.#hosts.get(path)?.[0];
    if (known?.version === version && known.settings === settings && known.host === host && isSame) return known;
    const files = path === undefined ? undefined : new Watched(this.files);
    const source = this.#source(uri, text, settings, files);
    // Requests wait for the parser; without it, this is a text that has just arrived.
    const parser = formatOf(source)?.parser;
    const isNeeded = parser?.isNeeded(source) === true;
    if (isNeeded && !parser.isReady()) return undefined;
    // Unless other files are read (besides the project file), parsing depends on no setting but the size limit.
    const reusable =
      !isNeeded &&
      isSame &&
      known?.version === version &&
      known.settings.maxFileSize === settings.maxFileSize &&
      known.document?.source.project === source.project &&
      JSON.stringify(known.document?.source.roots) === JSON.stringify(source.roots);
    const document = reusable ? known.document : open({ ...source, host }, settings, known?.document);
    const before = known?.analysed?.value ?? known?.before;
    const entry: Entry = { version, files, host, settings, document, before };
    this.#entries.set(uri, entry);
    return entry;
  }
}

export interface ClosedFile {
  readonly analysed: Analysed;
  readonly files: Watched;
}

/** How many viewed networks are remembered. */
const mostViewed = 8;

function isSameHost(a: Host | undefined, b: Host): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function sourceOf(uri: string, text: TextDocument): Source {
  return { name: fileName(uri), text: text.getText(), languageId: text.languageId, path: pathOfUri(uri) };
}

/** The file name without folders: `yolov8n.yaml` for `file:///models/yolov8n.yaml?git`. */
function fileName(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '');
  const name = path.slice(path.search(/[^/:]*$/));
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
