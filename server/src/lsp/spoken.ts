// The language of a session: that of the editor or of the environment, unless a setting chooses another.
import * as l10n from '@vscode/l10n';
import { type Language, languageOf } from '../core/index.ts';
import type { InitializationOptions } from '../protocol/index.ts';
import type { Machine } from './workspace.ts';

export class Spoken {
  readonly #machine: Machine | undefined;
  #own: Language = 'en';
  #now: Language = 'en';
  #translations: InitializationOptions['translations'];

  constructor(machine: Machine | undefined) {
    this.#machine = machine;
  }

  /** An editor introduces itself. */
  begin(locale: string | undefined, { translations }: InitializationOptions): void {
    this.#own = typeof locale === 'string' ? (languageOf(locale) ?? 'en') : (this.#machine?.language ?? 'en');
    this.#translations = translations;
    this.choose(undefined);
  }

  /** Speaks a language, or without one the editor’s; whether what was said before is in another. */
  choose(chosen: Language | undefined): boolean {
    const language = chosen ?? this.#own;
    if (this.#machine) return this.#machine.speak(language);
    // In a browser, the editor’s side has read the file.
    const contents = language === 'en' ? {} : this.#translations?.[language];
    if (language === this.#now || !contents) return false;
    this.#now = language;
    l10n.config({ contents: { ...contents } });
    return true;
  }
}
