// The costs of a document's other networks: read while the server is idle, and dropped when a newer text arrives.
import { type Analysed, type OtherNetwork, otherNetworks } from '../core/index.ts';
import { idle, isQuiet } from './idle.ts';
import type { Session } from './session.ts';

/** How many networks of a text are read in advance, and for how many milliseconds; others only on request. */
const mostNetworks = 60;
const mostTime = 10_000;

const none: readonly OtherNetwork[] = [];

export class Others {
  readonly #session: Session;
  /** Refreshes what the client shows of a document. */
  readonly #show: (uri: string) => void;
  readonly #known = new WeakMap<Analysed, readonly OtherNetwork[]>();
  /** By document, the text whose networks are to be read or are being read. */
  readonly #wanted = new Map<string, Analysed>();
  #queue: Promise<void> = Promise.resolve();

  constructor(session: Session, show: (uri: string) => void) {
    this.#session = session;
    this.#show = show;
  }

  /** The other networks of a document that have been read so far. */
  of(analysed: Analysed): readonly OtherNetwork[] {
    return this.#known.get(analysed) ?? none;
  }

  /** Reads the other networks of a document's newest text as soon as the server is idle. */
  read(uri: string, analysed: Analysed): void {
    if (!analysed.spec.program?.entry) return;
    if (this.#known.has(analysed) || this.#wanted.get(uri) === analysed) return;
    this.#wanted.set(uri, analysed);
    this.#queue = this.#queue
      .then(() => this.#read(uri, analysed))
      .catch(error => this.#session.complain('other networks', error))
      .then(() => {
        if (this.#wanted.get(uri) === analysed) this.#wanted.delete(uri);
      });
  }

  async #read(uri: string, analysed: Analysed): Promise<void> {
    const { workspace } = this.#session;
    const [version, settings] = [workspace.version(uri), workspace.settings.of(uri)];
    const isNewest = (): boolean =>
      this.#wanted.get(uri) === analysed &&
      version === workspace.version(uri) &&
      settings === workspace.settings.of(uri);
    const isOld = (): boolean => !isNewest();
    if (!(await isQuiet(isOld))) return;
    // Files it was read with may have changed.
    if (workspace.analysed(uri) !== analysed) return;
    const networks = otherNetworks(analysed, workspace.viewed(uri), workspace.otherHosts(analysed));
    const found: OtherNetwork[] = [];
    let spent = 0;
    while (found.length < mostNetworks && spent < mostTime) {
      if (!(await idle(this.#session, isOld))) return;
      const start = Date.now();
      const { done, value } = networks.next();
      spent += Date.now() - start;
      if (done) break;
      if (!value) continue;
      found.push(value);
      this.#known.set(analysed, [...found]);
      // Show the first one at once, instead of waiting for all.
      if (found.length === 1) this.#show(uri);
    }
    if (found.length === 0) this.#known.set(analysed, none);
    else if (found.length > 1) this.#show(uri);
  }
}
