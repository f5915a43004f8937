// Imports as nearly all of them are written. They need no grammar, and each file begins with many.
import type { Alias, Statement } from './ast.ts';

const name = String.raw`[A-Za-z_]\w*`;
const dotted = String.raw`${name}(?:\.${name})*`;
const modules = new RegExp(String.raw`^import[ \t]+(${dotted}(?:[ \t]+as[ \t]+${name})?)$`);
const names = new RegExp(
  String.raw`^from[ \t]+(\.*)(${dotted})?[ \t]+import[ \t]+(?:(\*)|(\(?)(\s*${name}(?:[ \t]+as[ \t]+${name})?(?:\s*,\s*${name}(?:[ \t]+as[ \t]+${name})?)*)(,?\s*\))?)$`,
);
const alias = new RegExp(String.raw`(${dotted})(?:[ \t]+as[ \t]+(${name}))?`, 'g');
/** Names that are none. Expressions that left them out themselves would take longer to compile than a file to read. */
const keywords = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield None True False'.split(
    ' ',
  ),
);
const hasKeyword = (path: string): boolean => path.split('.').some(part => keywords.has(part));
const areNames = (all: readonly Alias[]): boolean =>
  all.every(({ name: own, as = '' }) => !hasKeyword(own) && !keywords.has(as));

/** The statement of a logical line that is an import; undefined for all else, and for what is written otherwise. */
export function importOf(text: string): Statement | undefined {
  const range = { from: 0, to: text.length };
  if (text.startsWith('import')) {
    const [, written] = modules.exec(text) ?? [];
    if (written === undefined) return undefined;
    const imported = aliases(written, text.length - written.length);
    return areNames(imported) ? { kind: 'Import', range, names: imported } : undefined;
  }
  if (!text.startsWith('from')) return undefined;
  const [, dots = '', module = '', star, open = '', written = '', close = ''] = names.exec(text) ?? [];
  if ((dots === '' && module === '') || hasKeyword(module)) return undefined;
  const level = dots.length;
  if (star) {
    const place = { from: text.length - 1, to: text.length };
    return { kind: 'ImportFrom', range, module, level, names: [{ range: place, name: '*', as: undefined }] };
  }
  // Brackets go together, and only in them a line ends.
  if ((open === '') !== (close === '') || (open === '' && /[\r\n]/.test(text))) return undefined;
  const from = text.length - close.length - written.length;
  const imported = aliases(written, from);
  return areNames(imported) ? { kind: 'ImportFrom', range, module, level, names: imported } : undefined;
}

function aliases(text: string, from: number): readonly Alias[] {
  return [...text.matchAll(alias)].map(({ 0: whole, 1: own, 2: as, index }) => ({
    range: { from: from + index, to: from + index + whole.length },
    name: own!,
    as,
  }));
}
