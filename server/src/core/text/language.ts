// The languages that Flopline speaks, and which of them an editor's locale or an environment means.

/** English needs no translations; every other language has its bundle in `l10n/`. */
export const languages = ['en', 'zh-cn'] as const;
export type Language = (typeof languages)[number];

/**
 * The language of a tag such as `zh-CN`, `zh_CN.UTF-8` or `en-US`; undefined where it is none of ours. Chinese is
 * Simplified unless the tag says Traditional, by its script or by where that is written.
 */
export function languageOf(tag: string): Language | undefined {
  const [main, ...parts] = tag
    .trim()
    .toLowerCase()
    .replace(/[.@].*$/, '')
    .split(/[-_]/);
  switch (main) {
    case 'en':
    case 'c':
    case 'posix':
      return 'en';
    case 'zh':
      return parts.includes('hans') || !parts.some(part => /^(?:hant|tw|hk|mo)$/.test(part)) ? 'zh-cn' : undefined;
    default:
      return undefined;
  }
}

/** That of the environment of a program: POSIX has `LC_ALL` win over `LC_MESSAGES`, and that over `LANG`. */
export function languageOfEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  // What is printed is UTF-8, which a terminal of another encoding would garble.
  const isUtf8 = /^[^.]*(?:\.utf-?8)?(?:@.*)?$/i.test(locale);
  return (isUtf8 ? languageOf(locale) : undefined) ?? 'en';
}
