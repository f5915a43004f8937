// Damaged headers. Darknet compares the whole line with its section names (parser.c, string_to_layer_type): with a
// bracket too few or too many, it does not know the section, and a line without a leading bracket is an option of the
// section above (read_cfg).
import * as l10n from '@vscode/l10n';
import {
  type Cfg,
  type CfgLines,
  type CfgOption,
  type CfgSection,
  type CfgStray,
  cfgLine,
  joinedLines,
  placedSection,
} from '../../syntax/cfg.ts';
import type { Fix, Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { isOfPyTorch } from './pytorch.ts';
import { keyOf, type SectionKind, sectionOf, sectionTypes } from './words.ts';

/** A section whose header may have been repaired. */
export interface Section extends CfgSection {
  /** What is wrong with the header, with its only possible repair. */
  readonly damage?: Problem;
  /** Lines in it that were meant as headers: Darknet takes what follows for options of this section. */
  readonly swallowed?: readonly Problem[];
}

/** A text divided into sections. */
export interface Divided {
  readonly sections: readonly Section[];
  /** The lines above the first section. */
  readonly before: CfgLines;
}

/** A section as Darknet reads it; only a header that Darknet rejects is repaired, and may turn out to be two. */
export function divided(text: string, section: CfgSection, isFirst: boolean): readonly Section[] {
  return parted(text, section, isFirst).map((whole): Section => {
    const swallowed = lostHeaders(text, whole, sectionOf(whole.type)).map(({ name, range, edit }) => {
      const message = l10n.t(
        'This looks like the header [{0}], but Darknet reads it as part of [{1}] above, and the lines below as options of that section.',
        name,
        whole.type,
      );
      return broken(range, message, repairOf(name, edit), l10n.t('Put [{0}] on a line of its own.', name));
    });
    return swallowed.length > 0 ? { ...whole, swallowed } : whole;
  });
}

/** A text as it was meant, if that differs: lines that are headers except for a slip begin sections. */
export function asMeant(text: string, cfg: Cfg): Divided | undefined {
  const all = cfg.chunks.flatMap((chunk, at) => divided(text, placedSection(chunk), at === 0));
  const above = lostHeaders(text, cfg.before, undefined);
  const isHeadless = above.length === 0 && sectionOf(all[0]?.type ?? '')?.name !== 'net' && saysNet(cfg.before);
  if (above.length === 0 && !isHeadless && !all.some(({ swallowed }) => swallowed)) return undefined;
  const sections: Section[] = [];
  if (isHeadless) {
    const [from] = ranges(cfg.before);
    const place = { from: from!.from, to: from!.from };
    const message = l10n.t(
      'The header [net] is missing above this line, so Darknet crashes. The file is read as if it were there.',
    );
    const repair = { title: l10n.t('Insert [net]'), edits: [{ ...place, text: '[net]\n' }] };
    const range = { from: place.from, to: ranges(cfg.before).at(-1)!.to };
    const { options, strays } = cfg.before;
    sections.push({ ...plainAs('net', place, range), options, strays, damage: broken(from!, message, repair) });
  }
  const rest = split(cfg.before, undefined, above, sections);
  for (const section of all) {
    const { swallowed, ...own } = section;
    if (!swallowed) sections.push(own);
    else split(own, own, lostHeaders(text, own, sectionOf(own.type)), sections);
  }
  return { sections, before: isHeadless ? noLines : rest };
}

function broken({ from, to }: Range, message: string, repair: Fix, help?: string): Problem {
  return { range: { from, to }, severity: 'error', code: 'broken-header', message, help, fixes: [repair] };
}

const noLines: CfgLines = { options: [], strays: [] };

/** Whether lines are those of a [net] that has lost its header. */
function saysNet({ options }: CfgLines): boolean {
  return options.some(({ key }) => ['width', 'height', 'channels', 'inputs'].includes(key));
}

/** `[avgpool][softmax]`: two headers without the line break in between are two sections. */
function parted(text: string, section: CfgSection, isFirst: boolean): Section[] {
  const { header, type, rest } = section;
  const name = squeezed(text, rest).replace(/^\[(\w+)\]$/, '$1');
  if (!sectionOf(type) || !sectionOf(name) || text[rest.from] !== '[') return [repaired(text, section, isFirst)];
  const message = l10n.t('Darknet compares the whole line with its section names, so a line can hold only one header.');
  const edits = [{ from: rest.from, to: rest.from, text: '\n' }];
  const damage = broken(header, message, { title: l10n.t('Split the line'), edits });
  const own = { from: header.from, to: rest.from };
  return [
    { ...plainAs(type, own, own), damage },
    { ...section, type: name, header: rest, typeRange: rest, range: { ...section.range, from: rest.from } },
  ];
}

/** A header that Darknet rejects, repaired if it has just one slip. */
function repaired(text: string, section: CfgSection, isFirst: boolean): Section {
  const { header, isPlain, type, rest } = section;
  if (isPlain && sectionOf(type)) return section;
  const line = squeezed(text, header);
  const [, word = '', after = ''] = /^[^\w]*(\w*)(.*)$/s.exec(line) ?? [];
  const bare = line.replace(brackets, '');
  const name = meant(bare, isFirst) ?? (sectionOf(type) ? type : meant(word, isFirst));
  if (name === undefined || isOfPyTorch(bare)) return section;
  const kind = sectionOf(name)!;
  const more = bare === name || sectionOf(type) === undefined ? undefined : optionAfter(text, rest, kind);
  if (more) {
    const message = l10n.t(
      'Darknet compares the whole line with its section names, so nothing may follow [{0}].',
      name,
    );
    const edits = [{ from: header.from, to: rest.from, text: `[${name}]\n` }];
    const help = l10n.t('Put the option on a line of its own.');
    const damage = broken(header, message, { title: l10n.t('Split the line'), edits }, help);
    return { ...section, ...joinedLines(more, section), type: name, damage };
  }
  const isSlip = isPlain && sectionOf(bare) === undefined;
  const message = isSlip
    ? l10n.t('Darknet does not have a section [{0}] (“Type not recognized”). It is read as [{1}].', type, name)
    : after !== '' && sectionOf(type)
      ? l10n.t(
          'Darknet compares the whole line with its section names, so nothing may follow [{0}], not even a comment.',
          name,
        )
      : l10n.t('Darknet compares the whole line with its section names, so the header must be exactly [{0}].', name);
  return { ...section, type: name, damage: broken(header, message, repairOf(name, header)) };
}

const brackets = /[[\](){}<>【】［］]/g;

/** `[conv] filters=8`: a missing line break. */
function optionAfter(text: string, rest: Range, kind: SectionKind): CfgLines | undefined {
  const line = cfgLine(text, rest.from, rest.to);
  return line.options.some(({ key }) => keyOf(kind, key)) ? line : undefined;
}

interface LostHeader {
  readonly name: string;
  /** The start of the section that it was to begin. */
  readonly range: Range;
  /** The range to replace by `[name]`, and the text to insert before it. */
  readonly edit: Range & { readonly before?: string };
}

/** Lines that are headers except for a slip: without the opening bracket, or after a value without a line break. */
function lostHeaders(text: string, { options, strays }: CfgLines, kind: SectionKind | undefined): LostHeader[] {
  const found: LostHeader[] = [];
  for (const { range, text: line, hasKey } of strays) {
    if (hasKey || line.length > 60) continue;
    const bare = line.replace(brackets, '');
    const name = bare === line ? (sectionOf(line) && !isKey(kind, line) ? line : undefined) : meant(bare, false);
    if (name !== undefined) found.push({ name, range, edit: range });
    else push(found, text, range);
  }
  for (const { range, commentFrom, comment } of options)
    push(found, text, { from: range.from, to: commentFrom + comment.length });
  return found.sort((a, b) => a.range.from - b.range.from);
}

function isKey(kind: SectionKind | undefined, name: string): boolean {
  return kind !== undefined && keyOf(kind, name) !== undefined;
}

function push(found: LostHeader[], text: string, { from, to }: Range): void {
  if (text.charCodeAt(to - 1) !== closeBracket) return;
  const open = text.lastIndexOf('[', to);
  if (open <= from) return;
  const name = squeezed(text, { from: open + 1, to: to - 1 });
  if (!sectionOf(name)) return;
  const isAlone = squeezed(text, { from, to: open }) === '=';
  const range = { from: isAlone ? from : open, to };
  found.push({ name, range, edit: isAlone ? range : { ...range, before: '\n' } });
}

const closeBracket = 93;

/** Splits lines at lost headers and adds the resulting sections; returns the lines above the first one. */
function split(
  lines: CfgLines,
  own: Section | undefined,
  headers: readonly LostHeader[],
  sections: Section[],
): CfgLines {
  const parts = partsOf(lines, headers);
  const first = parts[0]!;
  if (own) sections.push({ ...own, ...first, range: endOf(own.header, first) });
  for (const [index, { name, range, edit }] of headers.entries()) {
    const inside = parts[index + 1]!;
    const message = edit.before
      ? l10n.t(
          'Darknet reads [{0}] as part of the line, because a header needs a line of its own. It is read as a header here.',
          name,
        )
      : l10n.t(
          'Darknet reads this line as an option of the section above, because a header must be exactly [{0}]. It is read as a header here.',
          name,
        );
    const damage = broken(range, message, repairOf(name, edit));
    sections.push({ ...plainAs(name, range, endOf(range, inside)), ...inside, damage });
  }
  return first;
}

/** The lines above the first header, below it, below the second and so on, in text order. */
function partsOf({ options, strays }: CfgLines, headers: readonly LostHeader[]): CfgLines[] {
  const parts: CfgLines[] = [];
  let [option, stray] = [0, 0];
  for (let index = 0; index <= headers.length; index++) {
    const end = headers[index]?.range.from ?? Number.POSITIVE_INFINITY;
    const own = { options: [] as CfgOption[], strays: [] as CfgStray[] };
    // Skip the header itself.
    const isOther = ({ range }: CfgOption | CfgStray): boolean => range.from !== headers[index - 1]?.range.from;
    for (; option < options.length && options[option]!.range.from < end; option++)
      if (isOther(options[option]!)) own.options.push(cutAt(options[option]!, end));
    for (; stray < strays.length && strays[stray]!.range.from < end; stray++)
      if (isOther(strays[stray]!)) own.strays.push(strays[stray]!);
    parts.push(joinedLines(own));
  }
  return parts;
}

/** An option without the header that is attached to it. */
function cutAt(option: CfgOption, end: number): CfgOption {
  const { commentFrom, comment, valueRange, text } = option;
  if (end <= valueRange.from || end >= commentFrom + comment.length) return option;
  if (end >= commentFrom) return { ...option, comment: comment.slice(0, end - commentFrom) };
  const own = text.slice(0, end - valueRange.from).trimEnd();
  const to = valueRange.from + own.length;
  return {
    ...option,
    value: own.replace(/[ \t\r]+/g, ''),
    text: own,
    comment: '',
    commentFrom: to,
    valueRange: { from: valueRange.from, to },
    range: { from: option.range.from, to },
  };
}

function plainAs(type: string, header: Range, range: Range): CfgSection {
  const end = { from: header.to, to: header.to };
  return { type, isPlain: true, header, typeRange: header, rest: end, range, ...noLines };
}

function endOf(header: Range, lines: CfgLines): Range {
  return { from: header.from, to: ranges(lines).reduce((to, range) => Math.max(to, range.to), header.to) };
}

function ranges({ options, strays }: CfgLines): Range[] {
  return [...options, ...strays].map(({ range }) => range).sort((a, b) => a.from - b.from);
}

function repairOf(name: string, { from, to, before = '' }: LostHeader['edit']): Fix {
  return { title: l10n.t('Change to {0}', `[${name}]`), edits: [{ from, to, text: `${before}[${name}]` }] };
}

/** The only section with this name except for case or one letter; undefined if the name is ambiguous. */
export function meant(word: string, isFirst: boolean): string | undefined {
  if (sectionOf(word)) return word;
  if (word.length > 40 || !/^[A-Za-z_]+$/.test(word)) return undefined;
  const key = `${isFirst} ${word}`;
  if (!memo.has(key)) {
    if (memo.size > 1000) memo.clear();
    memo.set(key, nearest(word.toLowerCase(), isFirst));
  }
  return memo.get(key);
}

/** Cached: a file repeats the same few words. */
const memo = new Map<string, string | undefined>();

function nearest(lower: string, isFirst: boolean): string | undefined {
  const names = new Map<string, string>();
  for (const type of sectionTypes) {
    const isNet = sectionOf(type)!.name === 'net';
    if (isNet && !isFirst) continue;
    const other = type.toLowerCase();
    if (other === lower) return type;
    // In a name of three or four letters, another letter easily gives another layer: mlstm, crnn.
    if ((other.length >= 5 || (isNet && isFirst)) && isOneSlip(lower, other)) names.set(sectionOf(type)!.name, type);
  }
  return names.size === 1 ? [...names.values()][0] : undefined;
}

/** Whether the words differ by one inserted, missing or replaced letter, or two swapped letters. */
function isOneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  return short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2);
}

function squeezed(text: string, { from, to }: Range): string {
  return text.slice(from, Math.min(to, from + 200)).replace(/[ \t\r]+/g, '');
}
