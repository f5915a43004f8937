// Reads translations from l10n/. For tests and scripts that run from sources: scripts/build.mjs replaces this module
// with one that contains them compressed.
import { readFileSync } from 'node:fs';

/**
 * The translations of a language by English text, as JSON.
 * @param {string} language
 */
export const bundle = language =>
  readFileSync(new URL(`../../../l10n/bundle.l10n.${language}.json`, import.meta.url), 'utf8');
