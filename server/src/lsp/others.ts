// What other networks of documents cost: read while nobody waits for anything else, and dropped when a newer text arrives.
import { type Analysed, type OtherNetwork, otherNetworks } from '../core/index.ts';
import type { Session } from './session.ts';
import { pause } from './turn.ts';

/** Milliseconds after a text was read before its other networks are: who types is not to wait for them. */
const quiet = 400;
/** Milliseconds between two looks at whether the server has other things to do. */
const patience = 20;
/** So many networks of a text are read, in so many milliseconds of work; the others when somebody asks for them. */
const mostNetworks = 60;
const mostTime = 10_000;

const none: readonly OtherNetwork[] = [];

export class Others {
  readonly #session: Session;
  /** Has the editor ask again for what is shown of a document. */
  readonly #show: (uri: string) => void;
  readonly #known = new WeakMap<Analysed, readonly OtherNetwork[]>();
  /** By document, what is to be read or is read now. */
  readonly #wanted = new Map<string, Analysed>();
  #queue: Promise<void> = Promise.resolve();

  constructor(session: Session, show: (uri: string) => void) {
    this.#session = session;
    this.#show = show;
  }

  /** The other networks of a document, as far as they were read. */
  of(analysed: Analysed): readonly OtherNetwork[] {
    return this.#known.get(analysed) ?? none;
  }

  /** Has the other networks of the newest text of a document read, as soon as there is nothing else to do. */
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
    for (const end = Date.now() + quiet; Date.now() < end; await pause(patience)) if (!isNewest()) return;
    // Files that it was read with may have changed.
    if (workspace.analysed(uri) !== analysed) return;
    const networks = otherNetworks(analysed, workspace.viewed(uri), workspace.otherHosts(analysed));
    const found: OtherNetwork[] = [];
    let spent = 0;
    while (found.length < mostNetworks && spent < mostTime) {
      do await pause(this.#session.isIdle ? 0 : patience);
      while (!this.#session.isIdle && isNewest());
      if (!isNewest()) return;
      const start = Date.now();
      const { done, value } = networks.next();
      spent += Date.now() - start;
      if (done) break;
      if (!value) continue;
      found.push(value);
      this.#known.set(analysed, [...found]);
      // Lines that show nothing yet do not wait for all of them.
      if (found.length === 1) this.#show(uri);
    }
    if (found.length === 0) this.#known.set(analysed, none);
    else if (found.length > 1) this.#show(uri);
  }
}
