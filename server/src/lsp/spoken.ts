// The language of a session: that of the client or the environment, unless a setting selects another.
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

  /** Starts with the client's locale. */
  begin(locale: string | undefined, { translations }: InitializationOptions): void {
    this.#own = typeof locale === 'string' ? (languageOf(locale) ?? 'en') : (this.#machine?.language ?? 'en');
    this.#translations = translations;
    this.choose(undefined);
  }

  /** Switches to a language (undefined: the client's); returns whether that is a change. */
  choose(chosen: Language | undefined): boolean {
    const language = chosen ?? this.#own;
    if (this.#machine) return this.#machine.speak(language);
    // In a browser, the client has read the translations.
    const contents = language === 'en' ? {} : this.#translations?.[language];
    if (language === this.#now || !contents) return false;
    this.#now = language;
    l10n.config({ contents: { ...contents } });
    return true;
  }
}
