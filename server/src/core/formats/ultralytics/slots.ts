// What may stand where in a model file: keys at the top, and the four parts of a row. It goes by lines and brackets, so that it
// knows a row that is half-typed as well as one that can be read.
import * as l10n from '@vscode/l10n';
import type { CostRule, CostRules } from '../../project/index.ts';
import { type PyValue, show } from '../../python/value.ts';
import { contains, type Range } from '../../text/range.ts';
import type { Arg, Param } from '../../torch/signature.ts';
import type { Item, Target } from '../reference.ts';
import {
  type Call,
  type CallParameter,
  endsAt,
  isBetween,
  lineAt,
  type Offer,
  parameterList,
  type Slot,
} from '../slot.ts';
import type { Dialect, Family, Row } from './dialect.ts';
import type { AnyModule } from './module.ts';
import { nn } from './modules/nn.ts';

/** A text whose rows are asked about. */
export interface Rows {
  readonly text: string;
  readonly dialect: Dialect;
  readonly items: readonly Item[];
  /** The keys at the top that are read, with what they mean. */
  readonly keys: readonly { readonly name: string; readonly value: string; readonly doc: string }[];
  /** What the project says of modules that no repository has. */
  readonly rules: CostRules | undefined;
}

/** A row as it is written, finished or not. */
interface Written {
  /** Its bracket. */
  readonly start: number;
  /** The line that this is on. */
  readonly line: Range;
  /** Its entries as far as they go. */
  readonly parts: readonly Part[];
  /** Whether its bracket is closed. */
  readonly closed: boolean;
  /** Where it is closed, or where the text of it ends. */
  readonly end: number;
}

interface Part extends Range {
  /** The entries of a list; undefined where it is none. */
  readonly entries: readonly Range[] | undefined;
  readonly closed: boolean;
}

export function slotAt(rows: Rows, offset: number): Slot | undefined {
  const { text } = rows;
  const line = lineAt(text, offset);
  if (isComment(text, line.from, offset)) return undefined;
  const section = sectionAt(text, line.from);
  const row = rowAt(text, line, section?.name, section?.from);
  if (row && offset > row.start) {
    const slot = partSlot(rows, row, offset, line);
    // Below a row that is half-typed another one may begin.
    if (slot || row.line.from === line.from) return slot;
  }
  const head = text.slice(line.from, offset);
  if (/^\w*$/.test(head)) {
    const word = wordAt(text, offset, line);
    const rest = text.slice(word.to, line.to).trim();
    return (rest === '' && isBetween(text, line)) || (rest.startsWith(':') && word.to > word.from)
      ? keySlot(rows, word)
      : undefined;
  }
  if (section?.name === 'scales') return scaleSlot(text, offset, line, head);
  const value = /^(\w+):\s*([\w.]*)$/.exec(head);
  if (value) return valueSlot(value[1]!, wordAt(text, offset, line));
  if (section && isList(section.name) && /^\s*(?:-\s*)?$/.test(head)) return rowSlot(rows, offset, line, head);
  return undefined;
}

/** The arguments of the row around an offset. */
export function callAt({ text, dialect, rules }: Rows, offset: number): Call | undefined {
  const line = lineAt(text, offset);
  const section = sectionAt(text, line.from);
  const row = rowAt(text, line, section?.name, section?.from);
  if (!row || isComment(text, line.from, offset)) return undefined;
  const { parts } = row;
  const args = parts[3];
  const name = parts[2] && unquoted(text.slice(parts[2].from, parts[2].to));
  if (!args?.entries || name === undefined || offset <= args.from || (args.closed && offset >= args.to))
    return undefined;
  const found = moduleOf(dialect, name);
  const rule = found ? undefined : rules?.of(name);
  const what = found
    ? { name: found.name, doc: found.summary(), parameters: parametersOf(dialect, found) }
    : rule && { name, doc: rule.summary, parameters: ruleParameters(rule) };
  if (!what) return undefined;
  const active = args.entries.findIndex(({ to }) => offset <= to);
  return { ...what, active: active < 0 ? Math.max(0, args.entries.length - 1) : active };
}

function ruleParameters({ parameters }: CostRule): readonly CallParameter[] {
  return parameters.map(parameter => ({ ...parameter, doc: '' }));
}

// ——— Where ————————————————————————————————————————————————————————————————————————————————————————————————————————

function isComment(text: string, from: number, offset: number): boolean {
  const at = text.slice(from, offset).search(/(?:^|\s)#/);
  return at >= 0;
}

/** The key at the top that a line is under, and where what is under it begins. */
function sectionAt(text: string, lineFrom: number): { readonly name: string; readonly from: number } | undefined {
  for (let to = lineFrom - 1; to >= 0; ) {
    const from = text.lastIndexOf('\n', to - 1) + 1;
    const found = /^(\w+)\s*:/.exec(text.slice(from, to));
    if (found) return { name: found[1]!, from: from + found[0].length };
    to = from - 1;
  }
  return undefined;
}

const isList = (section: string): boolean => section === 'backbone' || section === 'head';

/** The row that a line is a part of, finished or not. */
function rowAt(text: string, line: Range, section: string | undefined, sectionFrom = 0): Written | undefined {
  if (section === undefined || !isList(section)) return undefined;
  const hasDashes = /^\s*-/m.test(text.slice(sectionFrom, line.to));
  const firstOf = (at: Range): Range | undefined => {
    for (let each = at; each.from > sectionFrom; each = lineAt(text, each.from - 1)) {
      const words = text.slice(each.from, each.to);
      if (hasDashes ? /^\s*-/.test(words) : /^\s*\[/.test(words)) return each;
    }
    return undefined;
  };
  let first = firstOf(line);
  if (!first) return undefined;
  // Without dashes, arguments on a line of their own begin like a row.
  const above = hasDashes ? undefined : firstOf(lineAt(text, first.from - 1));
  if (above && isArguments(text, above, first, sectionFrom)) first = above;
  const start = bracketOf(text, first, sectionFrom);
  if (start === undefined || (first !== line && writtenAt(text, start, first, line.from).closed)) return undefined;
  let row = writtenAt(text, start, first, line.to);
  for (let last = line; !row.closed && last.to < text.length; ) {
    last = lineAt(text, text.indexOf('\n', last.to) + 1);
    const words = text.slice(last.from, last.to);
    const begins = hasDashes ? /^\s*-/ : /^\s*\[/;
    if (/^[\w-]/.test(words) || (begins.test(words) && (hasDashes || !isArguments(text, first, last, sectionFrom))))
      break;
    if (/^\s*(?:#|$)/.test(words)) continue;
    row = writtenAt(text, start, first, last.to);
  }
  return row;
}

/** Whether a line that begins with a bracket has the arguments of the row that begins on another one above it. */
function isArguments(text: string, first: Range, line: Range, sectionFrom: number): boolean {
  const start = bracketOf(text, first, sectionFrom);
  if (start === undefined || /^\s*\[+\s*(?:-?\d+|\[[^\]]*\])\s*,[^,]*,\s*["'A-Z]/i.test(text.slice(line.from, line.to)))
    return false;
  const { closed, parts } = writtenAt(text, start, first, line.from);
  return !closed && parts.length === 4 && parts[3]!.from === parts[3]!.to;
}

/** Where the bracket of the row is that begins on a line. */
function bracketOf(text: string, line: Range, sectionFrom: number): number | undefined {
  const found = /^(\s*(?:-\s*)?)(\[+)/.exec(text.slice(line.from, line.to));
  if (!found) return undefined;
  const start = line.from + found[1]!.length;
  if (found[1]!.includes('-')) return start;
  // Without dashes, the first row of a section opens the list of them too, if that is not open already.
  const isFirst = uncommented(text.slice(sectionFrom, line.from)).trim() === '';
  if (found[2]!.length > 1) return isFirst ? start + 1 : start;
  return isFirst && uncommented(text.slice(start + 1, line.to)).trim() === '' ? undefined : start;
}

/** The same with spaces for comments. */
function uncommented(text: string): string {
  return text.replace(/(^|\s)#[^\n]*/g, comment => comment.replace(/[^\s]/g, ' '));
}

/** Takes the row apart that begins at a bracket, as far as an end. */
function writtenAt(source: string, start: number, line: Range, end: number): Written {
  const text = source.slice(0, start) + uncommented(source.slice(start, end));
  const parts: Part[] = [];
  let at = start + 1;
  let from = at;
  let entries: Range[] | undefined;
  let entryFrom = at;
  let listClosed = false;
  let depth = 1;
  let closed = false;
  const trimmed = (a: number, b: number): Range => {
    let first = a;
    let last = b;
    while (first < last && /\s/.test(text[first]!)) first++;
    while (last > first && /\s/.test(text[last - 1]!)) last--;
    return { from: first, to: last };
  };
  const finish = (to: number): void => {
    // What is still open reaches to the end.
    if (entries && !listClosed) entries.push(trimmed(entryFrom, to));
    parts.push({ ...trimmed(from, to), entries, closed: listClosed });
    entries = undefined;
    listClosed = false;
  };
  for (; at < end; at++) {
    const letter = text[at]!;
    if (letter === '"' || letter === "'") {
      const close = text.indexOf(letter, at + 1);
      if (close < 0 || close >= end) continue;
      at = close;
    } else if (letter === '[' || letter === '(') {
      depth++;
      if (depth === 2 && letter === '[' && text.slice(from, at).trim() === '') {
        entries = [];
        entryFrom = at + 1;
      }
    } else if (letter === ']' || letter === ')') {
      depth--;
      if (depth === 1 && entries && !listClosed) {
        const last = trimmed(entryFrom, at);
        if (last.to > last.from || entries.length > 0) entries.push(last);
        listClosed = true;
      }
      if (depth === 0) {
        closed = true;
        break;
      }
    } else if (letter === ',') {
      if (depth === 2 && entries && !listClosed) {
        entries.push(trimmed(entryFrom, at));
        entryFrom = at + 1;
      } else if (depth === 1) {
        finish(at);
        from = at + 1;
      }
    }
  }
  finish(at);
  return { start, line, parts, closed, end: closed ? at : trimmed(start, end).to };
}

/** The word around an offset. */
function wordAt(text: string, offset: number, line: Range): Range {
  let from = offset;
  let to = offset;
  while (from > line.from && /[\w.-]/.test(text[from - 1]!)) from--;
  while (to < line.to && /[\w.]/.test(text[to]!)) to++;
  return { from, to };
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

// ——— What —————————————————————————————————————————————————————————————————————————————————————————————————————————

function keySlot({ text, keys }: Rows, range: Range): Slot {
  const written = new Set(
    [...text.matchAll(/^(\w+)\s*:/gm)].filter(({ index }) => index !== range.from).map(([, key]) => key),
  );
  const hasColon = /^\s*:/.test(text.slice(range.to, range.to + 8));
  return {
    range,
    offers: keys
      .filter(({ name }) => !written.has(name))
      .map(({ name, value, doc }) => ({
        kind: 'key',
        label: name,
        doc: () => doc,
        snippet: hasColon ? name : `${name}: ${value}`.trimEnd(),
      })),
  };
}

const scaleRows: readonly (readonly [name: string, depth: string, width: string, most: string])[] = [
  ['n', '0.50', '0.25', '1024'],
  ['s', '0.50', '0.50', '1024'],
  ['m', '0.50', '1.00', '512'],
  ['l', '1.00', '1.00', '512'],
  ['x', '1.00', '1.50', '512'],
];

/** A scale that is not there yet. */
function scaleSlot(text: string, offset: number, line: Range, head: string): Slot | undefined {
  if (!/^\s+\w*$/.test(head)) return undefined;
  const written = new Set([...text.matchAll(/^\s+(\w+)\s*:\s*\[/gm)].map(([, name]) => name));
  const range = wordAt(text, offset, line);
  const rest = text.slice(range.to, line.to).trim() !== '';
  return {
    range,
    offers: scaleRows.flatMap(([name, depth, width, most]): Offer[] =>
      written.has(name)
        ? []
        : [
            {
              kind: 'key',
              label: name,
              detail: '[depth, width, max_channels]',
              doc: () => l10n.t('A scale: factors for repeats and channels, and the limit of channels.'),
              snippet: rest ? name : `${name}: [\${1:${depth}}, \${2:${width}}, \${3:${most}}]`,
            },
          ],
    ),
  };
}

function valueSlot(key: string, range: Range): Slot | undefined {
  if (key !== 'activation') return undefined;
  const names = ['nn.SiLU()', 'nn.ReLU()', 'nn.LeakyReLU(0.1)', 'nn.GELU()', 'nn.Hardswish()', 'nn.Mish()'];
  return { range, offers: names.map(label => ({ kind: 'choice', label })) };
}

function partSlot(rows: Rows, row: Written, offset: number, line: Range): Slot | undefined {
  const { parts, closed } = row;
  const at = parts.findIndex(part => offset <= gapEnd(rows.text, part.to, Math.max(row.end, line.to)));
  const index = at < 0 ? parts.length - 1 : at;
  const part = parts[index];
  if (!part) return undefined;
  const inside = part.entries !== undefined && offset > part.from && (!part.closed || offset < part.to);
  const entry = inside ? part.entries!.find(({ to }) => offset <= to) : undefined;
  const whole = inside ? (entry ?? { from: offset, to: offset }) : part;
  // In front of an entry nothing fits without a comma.
  if (whole.to > whole.from && offset < whole.from) return undefined;
  // What is missing a comma reaches beyond its line.
  const place = whole.from >= line.from && whole.to <= line.to ? whole : onLine(rows.text, whole, line);
  // Between two entries nothing is replaced.
  const range = contains(place, { from: offset, to: offset }) ? place : { from: offset, to: offset };
  // Next to an entry that stands there nothing fits without a comma.
  if (!endsAt(rows.text, range.to) || (part.closed && offset === part.to)) return undefined;
  if (range.to === range.from && !/[[,]\s*$/.test(uncommented(rows.text.slice(row.start, offset)))) return undefined;
  switch (index) {
    case 0:
      return part.entries && !inside
        ? undefined
        : { range, offers: sources(rows, offset, row.line), likely: inside ? likelyEnd(rows, row, range) : undefined };
    case 1:
      return {
        range,
        offers: repeats(rows, parts[2]).map(label => ({
          kind: 'value',
          label,
          doc: () => l10n.t('Repeats; above 1, the depth multiple of the scale applies.'),
        })),
      };
    case 2:
      return { range, offers: modules(rows, parts, closed) };
    case 3: {
      if (!inside) return undefined;
      const found = moduleOf(rows.dialect, unquoted(rows.text.slice(parts[2]!.from, parts[2]!.to)));
      const which = entry ? part.entries!.indexOf(entry) : part.entries!.length;
      return found && { range, offers: values(rows, found, which) };
    }
    default:
      return undefined;
  }
}

/** The part of an entry that is on a line. */
function onLine(text: string, { from, to }: Range, line: Range): Range {
  const first = Math.max(from, line.from);
  const last = Math.min(to, line.to);
  const words = text.slice(first, last);
  const start = first + (words.length - words.trimStart().length);
  return { from: start, to: Math.max(start, first + words.trimEnd().length) };
}

/** A list of inputs that nothing follows yet is mostly that of a Concat. */
function likelyEnd({ dialect }: Rows, { parts, closed, end }: Written, range: Range): Slot['likely'] {
  const [from] = parts;
  if (parts.length > 1 || !from || !moduleOf(dialect, 'Concat')) return undefined;
  const at = Math.max(end, range.to);
  return { from: at, to: at, text: `${from.closed ? '' : ']'}, 1, Concat, [1]${closed ? '' : ']'}` };
}

/** What takes a list of inputs cannot be chained. */
function repeats({ text, dialect }: Rows, module: Part | undefined): readonly string[] {
  const found = module && moduleOf(dialect, unquoted(text.slice(module.from, module.to)));
  return found?.many ? ['1'] : ['1', '2', '3', '6'];
}

/** Spaces after an entry belong to it. */
function gapEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && /\s/.test(text[at]!)) at++;
  return at;
}

/** The rows above, the nearest first, which is what most rows read. */
function sources({ items }: Rows, offset: number, line: Range): readonly Offer[] {
  const index = items.filter(
    ({ range }) => range.to <= line.from || (range.from < line.from && range.to < offset),
  ).length;
  const doc = (): string =>
    l10n.t('The row that is read: −1 is the row above; others are counted from 0 over `backbone` and `head`.');
  const named = (label: string, target: Target): Offer => ({ kind: 'reference', label, target, doc });
  const targetAt = (at: number): Target | undefined => {
    const item = items[at];
    return item && { index: at, range: item.range };
  };
  const offers: Offer[] = [];
  const above = index === 0 ? 'input' : targetAt(index - 1);
  if (above) offers.push(named('-1', above));
  for (let at = index - 1; at >= 0; at--) offers.push(named(String(at), targetAt(at)!));
  for (let at = index - 2; at >= 0 && at >= index - 4; at--) offers.push(named(String(at - index), targetAt(at)!));
  return offers;
}

function moduleOf(dialect: Dialect, name: string): AnyModule | undefined {
  return dialect.modules.get(name) ?? nn.get(dialect.evaluates ? name.replace(/^torch\./, '') : name);
}

/** The modules; behind one that is not followed by arguments yet, they and the end of the row are written too. */
function modules({ text, dialect, items, rules }: Rows, parts: readonly Part[], closed: boolean): readonly Offer[] {
  const [from] = parts;
  const isList = from?.entries !== undefined;
  const width = widthAbove(text, items, from?.from ?? 0);
  const end = parts.length > 3 || closed ? undefined : ']';
  const names = [...dialect.modules.keys(), ...nn.keys()];
  const given = parts[3]?.closed ? parts[3].entries!.length : undefined;
  const fits = (name: string): number => {
    const found = moduleOf(dialect, name)!;
    if (Boolean(found.many) !== isList) return 2;
    if (given === undefined) return 0;
    const list = parametersOf(dialect, found);
    return given <= list.length && given >= list.filter(each => each.default === undefined).length ? 0 : 1;
  };
  const known = names
    .map((name, at) => ({ name, at }))
    .sort((a, b) => fits(a.name) - fits(b.name) || usual(a.name) - usual(b.name) || a.at - b.at)
    .map(({ name }) => moduleOffer(dialect, name, end, width));
  const ruled = (rules?.names ?? []).filter(name => !moduleOf(dialect, name));
  return [...known, ...ruled.map(name => ruleOffer(name, rules!.of(name)!, end, width))];
}

/** A module that is counted by a rule of the project. */
function ruleOffer(name: string, rule: CostRule, end: string | undefined, width: string): Offer {
  const list = ruleParameters(rule);
  const needed = list.filter(each => each.default === undefined);
  const args = needed.map((each, at) => `\${${at + 1}:${at === 0 ? width : each.name}}`).join(', ');
  return {
    kind: 'operator',
    label: name,
    detail: `[${parameterList(list).join(', ')}]`,
    doc: () => rule.summary,
    snippet: end === undefined ? name : `${name}, [${args}]${end}`,
  };
}

/** What most rows are of goes first. */
function usual(name: string): number {
  const at = ['Conv', 'Concat', 'Detect'].indexOf(name);
  return at < 0 ? 3 : at;
}

function moduleOffer(dialect: Dialect, name: string, end: string | undefined, width: string): Offer {
  const found = moduleOf(dialect, name)!;
  const written = parametersOf(dialect, found);
  const example = `${name}, [${exampleOf(dialect, found, width)}]`;
  return {
    kind: 'operator',
    label: name,
    detail: `[${parameterList(written).join(', ')}]`,
    doc: () =>
      [found.summary(), l10n.t('Example: {0}', `\`[${found.many ? '[-1, 6]' : '-1'}, 1, ${plain(example)}]\``)].join(
        '\n\n',
      ),
    snippet: end === undefined ? name : `${example}${end}`,
  };
}

const plain = (snippet: string): string => snippet.replace(/\$\{\d+:([^}]*)\}/g, '$1');

/** The channels that a row above has: those of another are seldom far from them. */
function widthAbove(text: string, items: readonly Item[], offset: number): string {
  for (let at = items.length - 1; at >= 0; at--) {
    const { range } = items[at]!;
    if (range.to > offset) continue;
    const found = /,\s*\[\s*(\d+)/.exec(text.slice(range.from, range.to));
    if (found && Number(found[1]) >= 8) return found[1]!;
  }
  return '64';
}

/** What a row of a module writes for its arguments: those that must be given, and of a convolution its kernel and stride. */
function exampleOf(dialect: Dialect, found: AnyModule, width: string): string {
  const known = examples[found.name];
  if (known !== undefined) return known;
  const list = parametersOf(dialect, found);
  const last = Math.max(
    list.findLastIndex(({ default: value }) => value === undefined),
    list.findIndex(({ name }) => name === 'c2' || name === 'nc'),
    found.name.includes('Conv') ? list.findIndex(({ name }) => name === 'k') : -1,
  );
  return list
    .slice(0, last + 1)
    .map(({ name, default: value }, at) => `\${${at + 1}:${sample(name, value, width)}}`)
    .join(', ');
}

function sample(name: string, value: string | undefined, width: string): string {
  if (name === 'nc' || name === 'anchors') return name;
  if (value?.startsWith('[')) return value;
  if (name === 'k' || name === 'kernel_size') return '3';
  if (value !== undefined) return value;
  return /^(?:c\d?|cm|ec|\w*_?channels|\w*features|num_\w*|ch|hidden|normalized_shape)$/.test(name) ? width : '1';
}

/** Where the names of parameters do not say what makes sense. */
const examples: Readonly<Record<string, string>> = {
  Concat: '${1:1}',
  CBLinear: '[${1:64}, ${2:128}]',
  'nn.Upsample': 'None, ${1:2}, ${2:nearest}',
  'nn.MaxPool2d': '${1:2}, ${2:2}',
  'nn.AvgPool2d': '${1:2}, ${2:2}',
  'nn.AdaptiveAvgPool2d': '${1:1}',
  'nn.ConvTranspose2d': '${1:64}, ${2:2}, ${3:2}',
};

/** What one argument may be. */
function values({ dialect }: Rows, found: AnyModule, index: number): readonly Offer[] {
  const name = parametersOf(dialect, found)[index]?.name;
  const param = name === undefined ? undefined : (found.params as Readonly<Record<string, Param>>)[name];
  if (!param) return [];
  const doc = (): string => l10n.t('{0} ({1}): {2}', `**${name}**`, found.name, param.doc());
  const offer = (kind: Offer['kind'], label: string, detail?: string): Offer => ({ kind, label, doc, detail });
  const offers: Offer[] = [];
  if (name === 'nc' || name === 'anchors') offers.push(offer('parameter', name));
  if (param.kind === 'boolean') offers.push(offer('choice', 'True'), offer('choice', 'False'));
  for (const word of param.words ?? []) offers.push(offer('choice', word));
  if (param.default !== undefined && !Array.isArray(param.default)) {
    const label = literal(param.default);
    if (label !== '' && !offers.some(other => other.label === label))
      offers.push(offer('value', label, l10n.t('default')));
  }
  if (/^c2$|channels/.test(name!))
    for (const width of ['32', '64', '128', '256', '512', '1024']) offers.push(offer('value', width));
  else if (param.kind === 'ints' && param.default !== null)
    for (const size of ['1', '2', '3', '5', '7'])
      if (Number(size) >= (param.min ?? 0) && !offers.some(({ label }) => label === size))
        offers.push(offer('value', size));
  return offers;
}

/** A row that is not begun: parts of networks. */
function rowSlot({ text, dialect, items }: Rows, offset: number, line: Range, head: string): Slot | undefined {
  if (text.slice(offset, line.to).trim() !== '') return undefined;
  const hasDash = head.includes('-');
  // Where rows have no dashes they stand in brackets that are closed elsewhere.
  if (!hasDash && !/^\s*-\s*\[/m.test(text) && items.length > 0) return undefined;
  const indent = hasDash ? (/^\s*/.exec(head)?.[0] ?? '') : head;
  const width = widthAbove(text, items, line.from);
  const index = items.filter(item => item.range.to <= line.from).length;
  const rows = (list: readonly string[]): string =>
    list
      .map((row, at) => (at === 0 ? `${hasDash ? (head.endsWith('-') ? ' ' : '') : '- '}${row}` : `${indent}- ${row}`))
      .join('\n');
  const has = (...names: readonly string[]): boolean => names.every(name => moduleOf(dialect, name) !== undefined);
  const offers: Offer[] = [];
  const add = (label: string, doc: () => string, list: readonly string[]): void => {
    offers.push({ kind: 'snippet', label, doc, snippet: rows(list) });
  };
  if (has('Conv'))
    add('Conv', () => l10n.t('A convolution that halves the feature map.'), [
      `[-1, 1, Conv, [\${1:${width}}, \${2:3}, \${3:2}]]`,
    ]);
  const block = ['C2f', 'C3'].find(name => has(name));
  if (block !== undefined)
    add(block, () => l10n.t('A stage: a convolution that halves the feature map, and a block.'), [
      `[-1, 1, Conv, [\${1:${width}}, 3, 2]]`,
      `[-1, \${2:3}, ${block}, [\${1:${width}}, True]]`,
    ]);
  if (has('Bottleneck'))
    add('residual', () => l10n.t('A residual block: two convolutions, and their input added.'), [
      `[-1, 1, Bottleneck, [\${1:${width}}]]`,
    ]);
  if (has('Conv', 'Concat') && index > 0)
    add('inception', () => l10n.t('An Inception module: paths side by side, joined along the channels.'), [
      `[-1, 1, Conv, [\${1:${width}}, 1]]`,
      `[-2, 1, Conv, [\${2:${width}}, 1]]`,
      `[-1, 1, Conv, [\${2:${width}}, 3]]`,
      `[-4, 1, Conv, [\${3:${width}}, 1]]`,
      `[-1, 1, Conv, [\${3:${width}}, 5]]`,
      '[[-1, -3, -5], 1, Concat, [1]]',
    ]);
  const detect = moduleOf(dialect, 'Detect');
  const needed = detect ? parametersOf(dialect, detect).filter(({ name }) => name === 'nc' || name === 'anchors') : [];
  const hasAnchors = /^anchors\s*:/m.test(text);
  if (detect && index > 2 && (hasAnchors || needed.every(({ name }) => name !== 'anchors')))
    add('Detect', () => l10n.t('A detector’s head, on the feature maps that it detects in.'), [
      `[[\${1:${index - 1}}], 1, Detect, [${needed.map(({ name }) => name).join(', ')}]]`,
    ]);
  return { range: { from: offset, to: line.to }, offers };
}

// ——— The arguments that a row writes ——————————————————————————————————————————————————————————————————————————————

/** A value as a row writes it. */
const literal = (value: PyValue): string => (typeof value === 'string' ? value : show(value));

const known = new WeakMap<Dialect, Map<string, readonly CallParameter[]>>();

/** What a row writes of a module's parameters, in its order: parse_model puts in others. */
export function parametersOf(dialect: Dialect, found: AnyModule): readonly CallParameter[] {
  let table = known.get(dialect);
  if (!table) {
    table = new Map();
    known.set(dialect, table);
  }
  let list = table.get(found.name);
  if (!list) {
    list = readParameters(dialect, found);
    table.set(found.name, list);
  }
  return list;
}

const plainFamily: Family = {
  nc: 80,
  depth: 1,
  width: 1,
  maxChannels: Number.POSITIVE_INFINITY,
  divisor: 8,
  scale: 'n',
  letter: 'n',
  anchors: [[10, 13, 16, 30, 33, 23]],
  keypoints: [17, 3],
  regMax: 16,
  end2end: false,
};

/** Asks parse_model's branch where it puts arguments that are marked, and how many it needs. */
function readParameters(dialect: Dialect, found: AnyModule): readonly CallParameter[] {
  const params = Object.entries<Param>(found.params);
  const marked = (count: number): readonly Arg[] | undefined => {
    for (const value of [64, [64]]) {
      const args = Array.from({ length: count }, (_, at): Arg => ({ value, range: { from: at, to: at } }));
      const arranged = arrangedBy(dialect, found, args);
      if (arranged) return arranged;
    }
    return undefined;
  };
  let count = params.length;
  while (count > 0 && !marked(count)) count--;
  let least = 0;
  while (least < count && !marked(least)) least++;
  const arranged = marked(count) ?? [];
  const written: CallParameter[] = [];
  for (let at = 0; at < count; at++) {
    const param = params[arranged.findIndex(({ range }) => range?.from === at)];
    if (!param) break;
    const [name, { doc, default: value }] = param;
    written.push({ name, doc: doc(), ...(value === undefined || at < least ? {} : { default: literal(value) }) });
  }
  return written;
}

function arrangedBy(dialect: Dialect, found: AnyModule, args: readonly Arg[]): readonly Arg[] | undefined {
  for (const from of found.many ? [[-1, -1], -1] : [-1, [-1, -1]]) {
    const row: Row = {
      from,
      repeats: 1,
      module: found.name,
      args,
      channels: typeof from === 'number' ? [64] : [64, 64],
      c2: 64,
      refuse: () => undefined,
      leave: () => undefined,
    };
    const arranged = dialect.arrange(row, plainFamily);
    if (arranged) return arranged.args;
  }
  return undefined;
}
