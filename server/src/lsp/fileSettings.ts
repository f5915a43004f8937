// The settings of each file: the client's configuration for it, and what the user chose for this file alone.
import { defaultSettings, type FileChoices, isChoiceKey, type Settings } from '../core/index.ts';

/** Equal settings stay the same object, so results computed under them remain valid. */
export class FileSettings {
  /** For files without a configuration of their own. */
  #all = defaultSettings;
  readonly #configured = new Map<string, Settings>();
  readonly #chosen = new Map<string, FileChoices>();
  readonly #joined = new Map<string, Settings>();

  of(uri: string): Settings {
    let settings = this.#joined.get(uri);
    if (!settings) {
      const configured = this.#configured.get(uri) ?? this.#all;
      const chosen = this.#chosen.get(uri);
      settings = chosen ? { ...configured, chosen } : configured;
      this.#joined.set(uri, settings);
    }
    return settings;
  }

  /** For all files. */
  configureAll(settings: Settings): void {
    if (isSame(settings, this.#all)) return;
    this.#all = settings;
    this.#joined.clear();
  }

  /** For one file; undefined resets it to the configuration for all. */
  configure(uri: string, settings: Settings | undefined): void {
    const before = this.#configured.get(uri);
    if (settings && before && isSame(settings, before)) return;
    if (settings) this.#configured.set(uri, settings);
    else this.#configured.delete(uri);
    this.#joined.delete(uri);
  }

  /** Replaces the user's choices for a file; returns whether anything changed. */
  choose(uri: string, chosen: unknown): boolean {
    const read = readChoices(chosen);
    if (isSame(read, this.#chosen.get(uri) ?? {})) return false;
    if (Object.keys(read).length === 0) this.#chosen.delete(uri);
    else this.#chosen.set(uri, read);
    this.#joined.delete(uri);
    return true;
  }

  /** The configuration of a closed file is requested again when it is reopened; the user's choices stay. */
  close(uri: string): void {
    this.#configured.delete(uri);
    this.#joined.delete(uri);
  }
}

/** The client may send anything here. A wrong value is reported in the file. */
function readChoices(sent: unknown): FileChoices {
  if (typeof sent !== 'object' || sent === null) return {};
  const written = Object.entries(sent).filter(([key, value]) => isChoiceKey(key) && typeof value === 'string');
  return Object.fromEntries(written);
}

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
