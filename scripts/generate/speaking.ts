// Pages in other languages are made by the same functions, while that language is spoken.
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
