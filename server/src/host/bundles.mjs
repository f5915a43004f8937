// Where tests and scripts run from sources, translations are read from l10n/; scripts/build.mjs puts another module in place
// of this one, which holds them compressed.
import { readFileSync } from 'node:fs';

/**
 * The translations by their English, as JSON.
 * @param {string} language
 */
export const bundle = language =>
  readFileSync(new URL(`../../../l10n/bundle.l10n.${language}.json`, import.meta.url), 'utf8');
