// The open documents and what was computed for them: each text at most once, and only when somebody asks.
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
import { Bases, type Reading } from './bases.ts';
import { FileSettings } from './fileSettings.ts';
import { WorkspaceFiles } from './files.ts';
import { Remote } from './remote.ts';

/** What a server has of the machine that it runs on; one in a browser has nothing of it. */
export interface Machine {
  disk(options: StorageOptions): Storage;
  /** Files as they were in a revision of the repository around one of them; `now` as they are. */
  filesOf(revision: string, path: string, now: Files): Files;
  /** Where relative paths begin while no folder is open. */
  readonly folder: string;
  /** That of the environment, for an editor that has not said its own. */
  readonly language: Language;
  /** Whether what was said before is in another language. */
  speak(language: Language): boolean;
}

interface Entry {
  readonly version: number;
  /** The files that it was read with. */
  readonly files: Watched | undefined;
  /** The program that imports it and was looked at last. */
  readonly host: Host | undefined;
  readonly settings: Settings;
  /** Undefined for a text that is not a spec. */
  readonly document: Document | undefined;
  /** The last text that was priced before this one, which has what is remembered of the file. */
  readonly before: Analysed | undefined;
  /** Undefined before it was asked for. */
  analysed?: { readonly value: Analysed | undefined };
}

/** Files, and what was found where something was looked for: as long as that is so, what was read is true. */
export class Watched implements Files {
  readonly #files: WorkspaceFiles;
  /** While a file is not here, what has arrived when it was asked for. */
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

  /** Whether all that was asked for was here. */
  get isWhole(): boolean {
    return this.#without === undefined;
  }

  get isSame(): boolean {
    if (this.#without !== undefined && this.#without !== this.#files.arrivals) return false;
    for (const [path, text] of this.#texts) if (this.#files.read(path) !== text) return false;
    for (const [path, is] of this.#there) if (this.#files.has(path) !== is) return false;
    return true;
  }

  /** Whether a file was looked for. */
  looksAt(path: string): boolean {
    return this.#texts.has(path) || this.#there.has(path);
  }
}

export class Workspace {
  /** Whether files outside of the workspace may be read. */
  isTrusted = true;
  /** The environment of Python that the editor uses, for files whose settings name none. */
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
  /** By document: the text that a command makes of it, in which all numbers are right. */
  readonly #expected = new Map<string, string>();
  /** By document, where it lies: asked for at every look at a file. */
  readonly #paths = new Map<string, string | undefined>();
  /** By path of a file that is imported, the programs that import it, the one that was looked at last first. */
  readonly #hosts = new Map<string, readonly Host[]>();
  /** By document, the expressions that build the networks that were shown of it, the last one first. */
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

  /** The folders that are open; without any, no file but an open one is read while they are not trusted. */
  get folders(): readonly string[] {
    return this.remote.folders;
  }

  set folders(folders: readonly string[]) {
    this.remote.folders = folders;
  }

  /** Does some work, again as long as it looks at files that are not here. */
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
   * What has to be done before the newest text can be asked for: a parser that it needs is loaded, and what takes long to
   * read is read in steps.
   */
  *preparation(uri: string): Generator<Promise<void> | undefined, void> {
    const text = this.#texts.get(uri);
    if (!text) return;
    const known = this.#entries.get(uri);
    // A text is looked at once: most files of a language that is not ours are no specs, and most specs need no parser.
    const isHere = known?.files === undefined || (known.files.isWhole && (!this.remote.client || known.files.isSame));
    const isLookedAt = known?.version === text.version && isHere;
    if (isLookedAt && !known.document?.format.parser) return;
    yield* this.#whole(() => this.#prepare(uri, text));
  }

  *#prepare(uri: string, text: TextDocument): Generator<Promise<void> | undefined, void> {
    const source = this.#placed(sourceOf(uri, text), this.settings.of(uri), this.files);
    const parser = formatOf(source)?.parser;
    if (parser?.isNeeded(source) && !parser.isReady()) yield parser.load();
    // A file that it was read with may change meanwhile; who changes files all the time waits at the end.
    for (let tries = 0; tries < 3; tries++) {
      const entry = this.#entry(uri);
      if (!entry?.document || entry.analysed) return;
      for (const _ of preparation(entry.document, entry.settings) ?? []) yield undefined;
      if (this.#entry(uri) === entry) return;
    }
  }

  /** The same for what a document is compared with. */
  *basePreparation(uri: string): Generator<Promise<void> | undefined, void> {
    const document = this.#entry(uri)?.document;
    if (document) yield* this.#whole(() => this.bases.preparation(uri, document, this.#reading(uri)));
  }

  /** What a document is compared with, under the same settings; undefined where it is compared with nothing. */
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
   * A file that is not open, as it is on the disk: it is read in steps, and not kept. Undefined where it is no spec, or
   * cannot be read.
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

  /** Files have changed of which the client says so. */
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

  /** Forgets what was read with other files, such as before more of them may be read. */
  reset(): void {
    for (const [uri, { files }] of this.#entries) if (files) this.#entries.delete(uri);
  }

  /** Forgets everything that was computed, such as when it has to be said in another language. */
  forgetAll(): void {
    this.#entries.clear();
    this.bases.forget();
    this.#projects = new Projects();
  }

  /** Whether a document was read with others, so that changes of files on the disk matter. */
  hasFiles(uri: string): boolean {
    return this.#entries.get(uri)?.document !== undefined && this.#entries.get(uri)?.files !== undefined;
  }

  /**
   * A person looks at a document: files that it imports are shown as its network has them from now on. The open ones of
   * which that is news.
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
      // With the same expression, what it was called with has changed: that is no other network.
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

  /** The expressions that build the networks that were shown of a document, the last one first. */
  viewed(uri: string): readonly string[] {
    return this.#viewed.get(uri) ?? [];
  }

  /** Programs that import a document besides the one as which it is shown, the one that was looked at last first. */
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

  /** Remembers that the numbers of the newest text mean what they say. */
  acceptNumbers(uri: string): void {
    const analysed = this.analysed(uri);
    const entry = this.#entry(uri);
    if (!analysed?.numbers || !entry) return;
    entry.analysed = { value: price(analysed.document, entry.settings, accept(analysed), entry.before) };
  }

  /** Remembers that the numbers of the text that a command makes mean what they say. */
  expect(uri: string, text: string): void {
    this.#expected.set(uri, text);
  }

  /** The version of the newest text. */
  version(uri: string): number | undefined {
    return this.#texts.get(uri)?.version;
  }

  /** A short name for an open document, the same until it is closed. */
  number(uri: string): number {
    let number = this.#numbers.get(uri);
    if (number === undefined) {
      number = ++this.#last;
      this.#numbers.set(uri, number);
    }
    return number;
  }

  /** The document that has a number; undefined when it was closed. */
  numbered(number: number): string | undefined {
    for (const [uri, own] of this.#numbers) if (own === number) return uri;
    return undefined;
  }

  forget(uri: string): void {
    // What was saved is read anew: not every client hears of changes.
    this.filesChanged([{ uri, type: FileChangeType.Changed }]);
    this.settings.close(uri);
    this.bases.delete(uri);
    this.#entries.delete(uri);
    this.#numbers.delete(uri);
    this.#expected.delete(uri);
    this.#paths.delete(uri);
    this.#viewed.delete(uri);
  }

  /** The networks that the budgets of a project file are for; undefined where it cannot be read. */
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

  /** A file with what is around it, open or not, once the parser that it needs is there; undefined where it cannot be read. */
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

  /** Whether a file, open or not, is recognized as one that holds networks. */
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
   * The folders of a file: those of its project, which everybody who works on it shares, before those of settings. Relative
   * ones in settings are those of the first workspace folder.
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

  /** What the project file says that governs a file: one within its workspace folder. */
  #project(path: string, files: Files): Project | undefined {
    const around = this.folders.filter(folder => path.startsWith(`${folder}/`));
    // The outermost: folders within each other are one project’s.
    const [last] = around.sort((a, b) => a.length - b.length);
    return this.#projects.of(path, files, last);
  }

  /** A text with what is around it. */
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
    const source = this.#placed(sourceOf(uri, text), settings, files);
    // Whoever asks has waited for it; this is a text that came just now.
    const parser = formatOf(source)?.parser;
    const isNeeded = parser?.isNeeded(source) === true;
    if (isNeeded && !parser.isReady()) return undefined;
    // Parsing depends on no setting but the size limit, where no other files are read but that of the project.
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

/** So many networks that were shown are remembered. */
const mostViewed = 8;

function isSameHost(a: Host | undefined, b: Host): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function sourceOf(uri: string, text: TextDocument): Source {
  return { name: fileName(uri), text: text.getText(), languageId: text.languageId, path: pathOfUri(uri) };
}

/** The name of a file without its folders: `yolov8n.yaml` of `file:///models/yolov8n.yaml?git`. */
function fileName(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '');
  const name = path.slice(path.search(/[^/:]*$/));
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
