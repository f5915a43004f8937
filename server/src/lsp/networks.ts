// The networks of a workspace, open or not. Work is done only on request: the list looks at names and contents of
// files, then totals are computed for single networks or for workspace symbols.
import { type SymbolInformation, SymbolKind } from 'vscode-languageserver';
import {
  type Analysed,
  type BudgetStatus,
  documentBudgets,
  formatOf,
  judge,
  judgedBy,
  judgePreparation,
  type NetworkTotals,
  nameIn,
  networkPlace,
  networkTotals,
  pathOfUri,
  type Settings,
  type SymbolNode,
  symbols,
  uriOfPath,
} from '../core/index.ts';
import { filesBelow } from '../host/storage.ts';
import type { NetworkFile, NetworkList } from '../protocol/index.ts';
import { toProto } from './convert.ts';
import type { Session, Token } from './session.ts';
import { turn } from './turn.ts';
import type { Watched } from './workspace.ts';

/** Names of files that may be networks; their contents decide. */
const candidates = /\.(?:ya?ml|cfg|cfg\.txt|prototxt|pyw?)$/i;
const mostFiles = 20_000;
/** The maximum number of such files if the client has to read each of them. */
const mostRemote = 500;
const mostNetworks = 2000;
const mostBytes = 2_000_000;
/** Milliseconds for which a list is reused: symbols are requested at every letter. */
const freshness = 3000;
/** Milliseconds of work on totals per symbol request; what is left is done by later requests. */
const mostPricing = 1500;
const mostSymbols = 500;
/** Maximum number of rows per network that are found by name. */
const mostRows = 300;
/** Milliseconds of work before other requests are handled. */
const slice = 8;

/** A cached network. */
interface Known {
  readonly settings: Settings;
  /** The files it was read with; undefined for an open document, which has a version. */
  readonly files: Watched | undefined;
  readonly version: number | undefined;
  readonly totals: NetworkTotals | undefined;
  readonly symbols: readonly SymbolInformation[];
}

export function answerNetworks(session: Session, configure: (uri: string) => Promise<void>): void {
  const networks = new Networks(session, configure);
  session.on('flopline/networks', async (_, token) => {
    try {
      return await networks.list(token, 0);
    } catch (error) {
      session.complain('networks', error);
      return { networks: [], isCut: false };
    }
  });
  session.on('flopline/networkTotals', async ({ textDocument: { uri }, text }, token) => {
    try {
      if (text !== undefined) return (await networks.priced(uri, text, token)) ?? null;
      return (await networks.read(uri, token))?.totals ?? null;
    } catch (error) {
      session.complain('totals of a network', error);
      return null;
    }
  });
  session.connection.onWorkspaceSymbol(async ({ query }, token) => {
    try {
      return await networks.symbols(query, token);
    } catch (error) {
      session.complain('workspace symbols', error);
      return [];
    }
  });
}

class Networks {
  readonly #session: Session;
  readonly #configure: (uri: string) => Promise<void>;
  /** By path, whether the file was a network at the time of its stamp. */
  readonly #recognised = new Map<string, { readonly stamp: string; readonly is: 'network' | 'maybe' | 'other' }>();
  readonly #known = new Map<string, Known>();
  #last: { readonly at: number; readonly list: NetworkList } | undefined;

  constructor(session: Session, configure: (uri: string) => Promise<void>) {
    this.#session = session;
    this.#configure = configure;
  }

  /** The files that are networks, sorted by path; a cached list of at most this age in milliseconds is reused. */
  async list(token: Token, age: number): Promise<NetworkList> {
    if (this.#last && Date.now() - this.#last.at < age) return this.#last.list;
    const { workspace } = this.#session;
    const found = new Map<string, NetworkFile>();
    let looked = 0;
    let end = performance.now() + slice;
    let isCut = false;
    for (const folder of workspace.folders) {
      const isRemote = workspace.files.isRemote(folder);
      const most = isRemote ? mostRemote : mostFiles;
      if (isRemote) await this.#fetch(folder);
      for (const files of filesBelow(folder, workspace.files)) {
        for (const path of files) {
          if (!candidates.test(path)) continue;
          isCut ||= looked >= most || found.size >= mostNetworks;
          if (isCut) continue;
          looked++;
          const is = this.#recognise(path);
          const uri = uriOfPath(path);
          if (is !== 'other') found.set(uri, { uri, path: nameBelow(folder, path), isCertain: is === 'network' });
          if (performance.now() < end) continue;
          await turn();
          if (token.isCancellationRequested) return { networks: [], isCut: false };
          end = performance.now() + slice;
        }
      }
    }
    const list: NetworkList = {
      networks: [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      isCut,
    };
    this.#last = { at: Date.now(), list };
    return list;
  }

  /** Has the client read the candidate files of a folder. */
  async #fetch(folder: string): Promise<void> {
    const { workspace } = this.#session;
    const { files } = workspace;
    const paths = await workspace.whole(() => {
      const found: string[] = [];
      for (const names of filesBelow(folder, files)) {
        found.push(...names.filter(name => candidates.test(name)));
        if (found.length >= mostRemote) break;
      }
      return found.slice(0, mostRemote);
    });
    await workspace.whole(() => {
      for (const path of paths) files.text(path);
    });
  }

  #recognise(path: string): 'network' | 'maybe' | 'other' {
    const { files } = this.#session.workspace;
    const stamp = files.stamp(path, mostBytes);
    if (stamp === undefined) return 'other';
    const known = this.#recognised.get(path);
    if (known?.stamp === stamp) return known.is;
    const text = files.text(path);
    const format = text === undefined ? undefined : formatOf({ name: nameIn(path), text, path });
    // Whether a program contains a network is known only once it has been read.
    const is = !format || format.hasNoNetwork ? 'other' : format.choices.entry ? 'maybe' : 'network';
    this.#recognised.set(path, { stamp, is });
    return is;
  }

  /** A network with its totals; undefined if the file has none or the request was canceled. */
  async read(uri: string, token: Token): Promise<Known | undefined> {
    const { workspace } = this.#session;
    const known = this.#fresh(uri);
    if (known) return known;
    if (workspace.version(uri) !== undefined) {
      return this.#session.answer<Known | undefined>('network', uri, token, undefined, analysed =>
        this.#remember(uri, analysed, undefined),
      );
    }
    const path = pathOfUri(uri);
    if (path === undefined || !workspace.folders.some(folder => path.startsWith(`${folder}/`))) return undefined;
    await this.#session.ready(uri);
    await this.#configure(uri);
    const settings = workspace.settings.of(uri);
    const found = await this.#taken(workspace.closed(uri, path), uri, token);
    return found && settings === workspace.settings.of(uri)
      ? this.#remember(uri, found.analysed, found.files)
      : undefined;
  }

  /** The totals of a text by itself; undefined where it is no network, or nobody waits any more. */
  async priced(uri: string, text: string, token: Token): Promise<NetworkTotals | undefined> {
    await this.#session.ready(uri);
    const found = await this.#taken(this.#session.workspace.alone(uri, text), uri, token);
    return found && networkTotals(found.analysed);
  }

  /** Takes steps with other messages between them; undefined where nobody waits any more, or the settings are others. */
  async #taken<T>(steps: Generator<Promise<void> | undefined, T>, uri: string, token: Token): Promise<T | undefined> {
    const { workspace } = this.#session;
    const settings = workspace.settings.of(uri);
    let end = performance.now() + slice;
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done) return next.value;
      if (next.value) await next.value;
      else if (performance.now() > end) {
        await turn();
        end = performance.now() + slice;
      }
      if (token.isCancellationRequested || settings !== workspace.settings.of(uri)) return undefined;
    }
  }

  /** The cached network, if it is still valid. */
  #fresh(uri: string): Known | undefined {
    const { workspace } = this.#session;
    const known = this.#known.get(uri);
    if (!known || known.settings !== workspace.settings.of(uri) || known.version !== workspace.version(uri))
      return undefined;
    return (known.files?.isSame ?? !workspace.hasFiles(uri)) ? known : undefined;
  }

  async #remember(uri: string, analysed: Analysed, files: Watched | undefined): Promise<Known> {
    const { workspace } = this.#session;
    const found = networkTotals(analysed);
    const budget = found && (await this.#budget(uri, analysed));
    const totals = found && budget ? { ...found, budget } : found;
    const known: Known = {
      settings: workspace.settings.of(uri),
      files,
      version: workspace.version(uri),
      totals,
      symbols: totals ? symbolsOf(uri, analysed, totals, this.#pathOf(uri)) : [],
    };
    this.#known.set(uri, known);
    return known;
  }

  /** The worst verdict of a network's budgets; undefined if it has none. */
  async #budget(uri: string, { document }: Analysed): Promise<BudgetStatus | undefined> {
    const settings = this.#session.workspace.settings.of(uri);
    const found = new Set<BudgetStatus>();
    for (const use of documentBudgets(document)) {
      const text = judgedBy(use, document, settings);
      for (const _ of judgePreparation(text) ?? []) await turn();
      found.add(judge(use, text).status);
      await turn();
    }
    return (['over', 'unknown', 'ok'] as const).find(status => found.has(status));
  }

  #pathOf(uri: string): string {
    const path = pathOfUri(uri) ?? uri;
    const folder = this.#session.workspace.folders.find(each => path.startsWith(`${each}/`));
    return folder === undefined ? path : nameBelow(folder, path);
  }

  /** Networks whose name contains the letters of the query in order, and rows of those that have been read. */
  async symbols(query: string, token: Token): Promise<SymbolInformation[]> {
    const { networks } = await this.list(token, freshness);
    const found: SymbolInformation[] = [];
    let spent = 0;
    for (const { uri, path, isCertain } of networks) {
      if (found.length >= mostSymbols || token.isCancellationRequested) break;
      const isNamed = hasLetters(path, query);
      const begin = performance.now();
      const mayRead = spent < mostPricing && (isNamed || query.length >= 2);
      const known = this.#fresh(uri) ?? (mayRead ? await this.read(uri, token) : undefined);
      spent += performance.now() - begin;
      if (known) {
        const [network, ...rows] = known.symbols;
        if (network && (isNamed || hasLetters(network.name, query))) found.push(network);
        if (query.length >= 2) found.push(...rows.filter(({ name }) => hasLetters(name, query)));
      } else if (isNamed && isCertain) found.push(unread(uri, path));
    }
    return found.slice(0, mostSymbols);
  }
}

/** A network with its totals, and its rows with their costs. */
function symbolsOf(uri: string, analysed: Analysed, totals: NetworkTotals, path: string): SymbolInformation[] {
  const { lines } = analysed.document;
  const [outline] = symbols(analysed);
  const at = (place: SymbolNode['range']) => ({ uri, range: toProto.range(lines, lines.firstOf(place)) });
  return [
    {
      name: totals.title === '' ? nameIn(path) : totals.title,
      kind: SymbolKind.Module,
      containerName: `${totals.text} · ${path}`,
      location: at(networkPlace(analysed)),
    },
    ...(outline?.children ?? []).slice(0, mostRows).map(({ name, detail, kind, selection }) => ({
      name,
      kind: kind === 'layer' ? SymbolKind.Field : SymbolKind.Class,
      containerName: detail === '' ? path : `${detail} · ${path}`,
      location: at(selection),
    })),
  ];
}

function unread(uri: string, path: string): SymbolInformation {
  const start = { line: 0, character: 0 };
  return {
    name: nameIn(path),
    kind: SymbolKind.Module,
    containerName: path,
    location: { uri, range: { start, end: start } },
  };
}

const nameBelow = (folder: string, path: string): string => path.slice(folder.length + 1);

/** Whether a word contains the letters of the query in order, which is how editors match. */
function hasLetters(word: string, query: string): boolean {
  const letters = word.toLowerCase();
  let at = 0;
  for (const letter of query.toLowerCase().replace(/\s/g, '')) {
    at = letters.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
