// Generates pages in other languages with the same functions, by switching the language.
import type { Language } from '../../server/src/core/index.ts';
import { speak } from '../../server/src/host/speak.ts';

export function speaking<T>(language: Language, make: () => T): T {
  speak(language);
  try {
    return make();
  } finally {
    speak('en');
  }
}
