// The language of everything that this process says. A translation is unpacked when a language needs it: English starts no
// later for it.
import * as l10n from '@vscode/l10n';
import type { Language } from '../core/index.ts';
import { bundle } from './bundles.mjs';

/** What is spoken until somebody says otherwise. */
let spoken: Language = 'en';

/** Words that are made from now on are in this language; whether it is another one than that of those that are made. */
export function speak(language: Language): boolean {
  if (language === spoken) return false;
  spoken = language;
  l10n.config({ contents: language === 'en' ? {} : bundle(language) });
  return true;
}
