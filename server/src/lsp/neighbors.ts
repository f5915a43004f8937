// The model files beside one that is open: a few are read while nobody waits, so that the next one is open sooner. What
// stays is what their repository's Python made of rows, which its model files share, and code that is compiled by then.
import { type Analysed, formatOf, nameIn, uriOfPath } from '../core/index.ts';
import { idle } from './idle.ts';
import type { Session } from './session.ts';

/** How many are read, and for how many milliseconds at most. */
const mostFiles = 4;
const mostTime = 2000;
/** So many milliseconds after the last request. */
const rest = 1000;
/** Milliseconds of work before it is seen again whether somebody waits. */
const slice = 8;

export class Neighbors {
  readonly #session: Session;
  /** The folders that were looked into, each with the Python that reads its files. */
  readonly #folders = new Set<string>();
  #queue: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Reads files beside a document that its repository's Python reads, once for a folder. */
  read({ document, spec }: Analysed): void {
    const { path } = document.source;
    if (spec.reader === undefined || path === undefined || this.#session.workspace.files.isRemote(path)) return;
    const folder = path.slice(0, path.lastIndexOf('/'));
    const key = `${folder}\n${spec.reader}`;
    if (this.#folders.has(key)) return;
    this.#folders.add(key);
    this.#queue = this.#queue
      .then(() => this.#readBeside(folder, nameIn(path)))
      .catch(error => this.#session.complain('files beside a document', error));
  }

  async #readBeside(folder: string, name: string): Promise<void> {
    const { workspace } = this.#session;
    if (!(await this.#isFree())) return;
    const names = workspace.files.entries(folder).flatMap(entry => (entry.kind === 'file' ? [entry.name] : []));
    let spent = 0;
    let count = 0;
    for (const other of nearest(names, name)) {
      const path = `${folder}/${other}`;
      const text = workspace.files.text(path);
      if (text === undefined || !formatOf({ name: other, text, path })) continue;
      const steps = workspace.closed(uriOfPath(path), path);
      for (let isDone = false; !isDone; ) {
        if (spent > mostTime || !(await this.#isFree())) return;
        const start = performance.now();
        while (!isDone && performance.now() - start < slice) {
          const { done, value } = steps.next();
          isDone = done === true;
          // A parser is loaded by now, as the open document has needed it.
          if (!done && value) await value;
        }
        spent += performance.now() - start;
      }
      if (++count === mostFiles) return;
    }
  }

  /** Waits until nobody has asked for anything for a while. */
  #isFree(): Promise<boolean> {
    return idle(this.#session, () => false, rest);
  }
}

/** The names that end like `name`, those next to it in the order of the alphabet first. */
export function nearest(names: readonly string[], name: string): readonly string[] {
  const ending = name.slice(name.lastIndexOf('.'));
  const sorted = [...names.filter(each => each !== name && each.endsWith(ending)), name].sort();
  const at = sorted.indexOf(name);
  const found: (string | undefined)[] = [];
  for (let by = 1; by < sorted.length; by++) found.push(sorted[at + by], sorted[at - by]);
  return found.filter(each => each !== undefined);
}
