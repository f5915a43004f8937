// A reimplementation of read_cfg and option_find (parser.c, option_list.c).
import { sectionOf } from '../../../server/src/core/formats/darknet/words.ts';

/** The plainest text with the same sections and options; undefined if Darknet fails before any layer. */
export function asDarknetReads(text: string): string | undefined {
  const sections: { header: string; options: Map<string, string | undefined> }[] = [];
  for (const line of text.split('\n')) {
    const own = line.replace(/[ \t\r\n]/g, '');
    if (own === '' || own.startsWith('#') || own.startsWith(';')) continue;
    if (own.startsWith('[')) sections.push({ header: own, options: new Map() });
    else if (sections.length === 0) return undefined;
    else {
      const equals = own.indexOf('=');
      if (equals >= 0 && equals === own.length - 1) continue;
      const key = equals < 0 ? own : own.slice(0, equals);
      // An option without a name is never looked up.
      if (key === '') continue;
      const { options } = sections.at(-1)!;
      if (!options.has(key)) options.set(key, equals < 0 ? undefined : own.slice(equals + 1));
    }
  }
  const types = sections.map(({ header }) => /^\[(\w+)\]$/.exec(header)?.[1] ?? '');
  if (types.some((type, index) => (sectionOf(type)?.name === 'net') !== (index === 0) || !sectionOf(type)))
    return undefined;
  return sections
    .map(({ header, options }) => {
      const lines = [...options].flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
      return [header, ...lines].join('\n');
    })
    .join('\n');
}
