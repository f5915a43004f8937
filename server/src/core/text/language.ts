// The supported languages, and how to choose one from a locale or an environment.

/** English needs no translations; each other language has a bundle in `l10n/`. */
export const languages = ['en', 'zh-cn'] as const;
export type Language = (typeof languages)[number];

/**
 * The language of a tag such as `zh-CN`, `zh_CN.UTF-8` or `en-US`; undefined if it is not supported. Chinese is
 * Simplified unless the script or region says Traditional.
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

/** The language of a process's environment. In POSIX, `LC_ALL` overrides `LC_MESSAGES`, which overrides `LANG`. */
export function languageOfEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  // Output is UTF-8, which a terminal with another encoding would garble.
  const isUtf8 = /^[^.]*(?:\.utf-?8)?(?:@.*)?$/i.test(locale);
  return (isUtf8 ? languageOf(locale) : undefined) ?? 'en';
}
