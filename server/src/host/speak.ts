// The language of everything that this process says. A translation is unpacked only when its language is needed, so
// English starts no later for it.
import * as l10n from '@vscode/l10n';
import type { Language } from '../core/index.ts';
import { bundle } from './bundles.mjs';

/** The current language. */
let spoken: Language = 'en';

/** Switches the language of texts created from now on; returns whether that is a change. */
export function speak(language: Language): boolean {
  if (language === spoken) return false;
  spoken = language;
  l10n.config({ contents: language === 'en' ? {} : bundle(language) });
  return true;
}
