// The settings of each file: the editor's configuration for it, and what a person chose for it alone.
import { defaultSettings, type FileChoices, isChoiceKey, type Settings } from '../core/index.ts';

/** The same settings are the same object: what was computed under them is still true. */
export class FileSettings {
  /** For files that have no configuration of their own. */
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

  /** For all files; whether anything changed. */
  configureAll(settings: Settings): boolean {
    if (isSame(settings, this.#all)) return false;
    this.#all = settings;
    this.#joined.clear();
    return true;
  }

  /** For one file; whether anything changed. */
  configure(uri: string, settings: Settings): boolean {
    if (isSame(settings, this.#configured.get(uri))) return false;
    this.#configured.set(uri, settings);
    this.#joined.delete(uri);
    return true;
  }

  /** What a person chose for a file, in place of all that was chosen before; whether anything changed. */
  choose(uri: string, chosen: unknown): boolean {
    const read = readChoices(chosen);
    if (isSame(read, this.#chosen.get(uri) ?? {})) return false;
    if (Object.keys(read).length === 0) this.#chosen.delete(uri);
    else this.#chosen.set(uri, read);
    this.#joined.delete(uri);
    return true;
  }

  /** A file that is closed is configured anew when it is opened again; what was chosen for it stays. */
  close(uri: string): void {
    this.#configured.delete(uri);
    this.#joined.delete(uri);
  }
}

/** What an editor sends, which may be anything. What is wrong with a value is reported in the file. */
function readChoices(sent: unknown): FileChoices {
  if (typeof sent !== 'object' || sent === null) return {};
  const written = Object.entries(sent).filter(([key, value]) => isChoiceKey(key) && typeof value === 'string');
  return Object.fromEntries(written);
}

const isSame = (a: object, b: object | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
