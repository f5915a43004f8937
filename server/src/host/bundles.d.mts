import type { Language } from '../core/index.ts';

/** The translations by their English, as JSON. */
export function bundle(language: Exclude<Language, 'en'>): string;
