// Completion in Flopline YAML: operators, keys, values and the names of rows. Looks at the line and the indentation
// above it, so it works in a row that is not complete yet.
import * as l10n from '@vscode/l10n';
import { contains, type Range } from '../../text/range.ts';
import type { Item, Target } from '../reference.ts';
import { type Call, type CallParameter, endsAt, isBetween, lineAt, type Offer, type Slot } from '../slot.ts';
import type { Attribute } from './attributes.ts';
import type { Block } from './blocks.ts';
import { activationNames, namesOf, type Operator, operatorOf, operators, takesNorm } from './operators.ts';
import {
  type CommonKey,
  commonKeys,
  isStructure,
  joins,
  norms,
  sizesOfInput,
  structureKeys,
  structures,
  topKeys,
} from './words.ts';

/** A text in which rows are completed. */
export interface Rows {
  readonly text: string;
  /** The rows of the network or of the block around an offset, and the names of its inputs, if any. */
  readonly scopeAt: (offset: number) => {
    readonly items: readonly Item[];
    readonly inputs: readonly string[];
    readonly isBlock: boolean;
  };
  readonly blocks: ReadonlyMap<string, Block>;
  /** The names under `let`. */
  readonly lets: readonly string[];
}

/** An open bracket on the line, or the lines indented below a key. */
interface Holder {
  readonly kind: '{' | '[' | 'lines';
  /** The key it is the value of. */
  readonly key: string | undefined;
  /** The start of its content. */
  readonly from: number;
}

export function slotAt(rows: Rows, offset: number): Slot | undefined {
  const { text } = rows;
  const line = lineAt(text, offset);
  const head = text.slice(line.from, offset);
  if (/(?:^|\s)#/.test(head)) return undefined;
  const parameter = /\$(\w*)$/.exec(head);
  if (parameter) {
    const range = wordAt(text, offset);
    // `$(width * 4)` is an expression.
    return text[range.to] === '(' ? undefined : { range, offers: parameterOffers(rows, line.from) };
  }
  const holder = holderAt(text, line.from, offset);
  if (holder.kind === '[') return listSlot(rows, holder, offset);
  const segment = segmentAt(text, holder, line.from, offset);
  if (segment === undefined) return undefined;
  const value = /^(\s*(?:- +)*)([\w-]+)\s*:\s+([\w.-]*)$/.exec(segment) ?? /^(\s*)([\w-]+)\s*:()$/.exec(segment);
  if (value) {
    // A value needs a space before it.
    if (segment.endsWith(':')) return undefined;
    return valueSlot(rows, ownerOf(text, holder, line.from, value[1]!), value[2]!, offset);
  }
  const word = /^(\s*(?:- +)*)([\w-]*)$/.exec(segment);
  if (!word) return undefined;
  const [, lead] = word as unknown as [string, string];
  if (holder.kind === 'lines' && !lead.includes('-') && lead === '') return topSlot(rows, offset);
  if (holder.kind === 'lines' && lead.includes('-'))
    return isList(rows, holder, line.from) ? rowSlot(rows, offset) : undefined;
  return keySlot(rows, ownerOf(text, holder, line.from, lead), holder, offset, line.from);
}

/** The operator whose keys are being written in braces. */
export function callAt({ text, blocks }: Rows, offset: number): Call | undefined {
  const line = lineAt(text, offset);
  const holder = holderAt(text, line.from, offset);
  if (holder.kind === 'lines' || holder.key === undefined) return undefined;
  const { key } = holder;
  const operator = operatorOf(key);
  const block = blocks.get(key);
  const list = block ? blockParameters(block, text) : operator ? operatorParameters(operator) : [];
  if (list.length === 0 || (holder.kind === '[' && !block)) return undefined;
  const inside = text.slice(holder.from, offset);
  const name = /(?:^|,)\s*(\w+)\s*:[^,]*$/.exec(inside)?.[1];
  const active = holder.kind === '[' ? inside.split(',').length - 1 : list.findIndex(other => other.name === name);
  return {
    name: key,
    doc: operator?.op.summary() ?? (block && l10n.t('A block of this file.')),
    parameters: list,
    active: active < 0 ? list.length : active,
  };
}

// ——— Where ————————————————————————————————————————————————————————————————————————————————————————————————————————

/** The innermost open bracket at an offset, or else the lines. */
function holderAt(text: string, lineFrom: number, offset: number): Holder {
  const stack: Holder[] = [];
  for (let at = lineFrom; at < offset; at++) {
    const letter = text[at];
    if (letter === '"' || letter === "'") {
      const close = text.indexOf(letter, at + 1);
      if (close >= 0 && close < offset) at = close;
    } else if (letter === '{' || letter === '[') {
      const key = /([\w-]+)\s*:\s*$/.exec(text.slice(stack.at(-1)?.from ?? lineFrom, at))?.[1];
      stack.push({ kind: letter, key, from: at + 1 });
    } else if (letter === '}' || letter === ']') stack.pop();
  }
  return stack.at(-1) ?? { kind: 'lines', key: undefined, from: lineFrom };
}

/** The text since the last comma in a bracket, or on the line. */
function segmentAt(text: string, holder: Holder, lineFrom: number, offset: number): string | undefined {
  if (holder.kind === 'lines') return text.slice(lineFrom, offset);
  let from = holder.from;
  let depth = 0;
  for (let at = holder.from; at < offset; at++) {
    const letter = text[at];
    if (letter === '{' || letter === '[' || letter === '(') depth++;
    else if (letter === '}' || letter === ']' || letter === ')') depth--;
    else if (letter === ',' && depth === 0) from = at + 1;
  }
  return text.slice(from, offset);
}

const column = (line: string): number => /^\s*(?:- +)*/.exec(line)![0].length;

/** The non-empty lines above a line, nearest first. */
function* linesAbove(text: string, lineFrom: number): Generator<{ readonly line: string; readonly from: number }> {
  for (let to = lineFrom - 1; to >= 0; ) {
    const from = text.lastIndexOf('\n', to - 1) + 1;
    const line = text.slice(from, to);
    if (line.trim() !== '' && !/^\s*#/.test(line)) yield { line, from };
    to = from - 1;
  }
}

/** The operator, block or structure whose keys have the indentation `lead`. */
function ownerOf(text: string, holder: Holder, lineFrom: number, lead: string): string | undefined {
  if (holder.kind !== 'lines') return holder.key;
  if (lead.includes('-')) return undefined;
  const width = lead.length;
  for (const { line } of linesAbove(text, lineFrom)) {
    const at = column(line);
    if (at > width) continue;
    const key = /^\s*(?:- +)*([\w-]+)\s*:?/.exec(line)?.[1];
    // Common keys of a row are below its operator, the operator's own are indented one step further.
    if (at === width && /^\s*-/.test(line)) return key;
    if (at < width) return key;
  }
  return undefined;
}

/** Whether dashed lines at a place are rows, because they are under a key whose value is rows. */
function isList(rows: Rows, holder: Holder, lineFrom: number): boolean {
  const { text } = rows;
  const own = text.slice(lineFrom).match(/^\s*/)![0].length;
  if (holder.kind !== 'lines') return true;
  for (const { line } of linesAbove(text, lineFrom)) {
    const indent = /^\s*/.exec(line)![0].length;
    if (indent > own || (indent === own && line.trimStart().startsWith('-'))) continue;
    const key = /^\s*(?:- +)*([\w-]+)(?:\([^)]*\))?\s*:/.exec(line)?.[1];
    return key !== undefined && !['input', 'output', 'let', 'from'].includes(key);
  }
  return false;
}

function wordAt(text: string, offset: number): { readonly from: number; readonly to: number } {
  let from = offset;
  let to = offset;
  while (from > 0 && /[\w.-]/.test(text[from - 1]!)) from--;
  while (to < text.length && /[\w.]/.test(text[to]!)) to++;
  return { from, to };
}

/** Whether nothing follows the word. */
const isBare = endsAt;

/** Whether the word is followed by its value. */
function isRenamed(text: string, { from, to }: Range): boolean {
  return to > from && /^[ \t]*:/.test(text.slice(to, to + 40));
}

// ——— Rows —————————————————————————————————————————————————————————————————————————————————————————————————————————

function rowSlot(rows: Rows, offset: number): Slot | undefined {
  const { text, blocks } = rows;
  const range = wordAt(text, offset);
  const bare = isBare(text, range.to);
  if (!bare && !isRenamed(text, range)) return undefined;
  const inBraces = holderAt(text, lineAt(text, offset).from, offset).kind !== 'lines';
  const line = lineAt(text, offset);
  const indent = ' '.repeat(column(text.slice(line.from, range.from)) + 2);
  const offers: Offer[] = [];
  for (const operator of operators) {
    const { name } = operator;
    const list = operatorParameters(operator);
    offers.push({
      kind: 'operator',
      label: name,
      detail: list.map(each => (each.default === undefined ? each.name : `${each.name}?`)).join(', '),
      doc: () =>
        [
          operator.op.summary(),
          ...otherNames(operator),
          l10n.t('Example: {0}', `\`- ${plain(rowOf(operator, rows, offset))}\``),
        ].join('\n\n'),
      snippet: bare ? rowOf(operator, rows, offset) : name,
    });
  }
  for (const block of blocks.values()) {
    // A block cannot use itself.
    if (contains(block.rows, { from: offset, to: offset })) continue;
    const list = blockParameters(block, text);
    const needed = list.filter(each => each.default === undefined);
    const args = needed.map(({ name }, at) => `${name}: \${${at + 1}:${widthOf(name)}}`).join(', ');
    offers.push({
      kind: 'block',
      label: block.name,
      detail: list.map(each => (each.default === undefined ? each.name : `${each.name} = ${each.default}`)).join(', '),
      doc: () => l10n.t('A block of this file.'),
      snippet: bare && args !== '' ? `${block.name}: {${args}}` : block.name,
    });
  }
  for (const [name, doc] of Object.entries(structures)) {
    const body = structureBodies(indent)[name as keyof typeof structures];
    offers.push({ kind: 'snippet', label: name, doc, snippet: bare && !inBraces ? `${name}:${body}` : name });
  }
  if (bare && !inBraces) offers.push(...parts(indent));
  return { range, offers };
}

const widthOf = (name: string): string =>
  /^(?:k|kernel|size)$/.test(name) ? '3' : /^(?:s|stride|n|times|repeats|groups?)$/.test(name) ? '1' : '64';

const plain = (snippet: string): string => snippet.replace(/\$\{\d+:([^}]*)\}/g, '$1');

function otherNames(operator: Operator): readonly string[] {
  const names = namesOf(operator).filter(name => name !== operator.name);
  return names.length === 0 ? [] : [l10n.t('Also called {0}.', names.map(name => `\`${name}\``).join(', '))];
}

/** A valid row: the operator with its required attributes. */
function rowOf(operator: Operator, rows: Rows, offset: number): string {
  const { name, op, main } = operator;
  if (name === 'conv') return 'conv: {out: ${1:64}, kernel: ${2:3}, padding: ${3:same}}';
  if (name === 'depthwise') return 'depthwise: {kernel: ${1:3}, padding: ${2:same}}';
  if (main === 'references') {
    const named = sourceOffers(rows, offset).filter(({ label }) => !/^-\d/.test(label))[0];
    return `${name}: [\${1:-1}, \${2:${named?.label ?? 'input'}}]`;
  }
  const needed = operator.attributes.filter(
    ({ required, name: attribute }) => required && !(operator.depthwise && attribute === 'out'),
  );
  if (needed.length === 0) return op.name === 'pad' ? `${name}: \${1:1}` : name;
  const [first] = needed;
  if (needed.length === 1 && typeof main === 'object' && operator.attributes[main.attr] === first)
    return `${name}: ${sampleOf(first!, 1)}`;
  return `${name}: {${needed.map((attribute, at) => `${attribute.name}: ${sampleOf(attribute, at + 1)}`).join(', ')}}`;
}

/** A placeholder that is a valid value of an attribute. */
function sampleOf({ name, spec }: Attribute, at: number): string {
  const number = (): string => {
    if (name === 'out' || name === 'hidden') return '64';
    if (name === 'kernel') return '3';
    if (typeof spec.default === 'number') return String(spec.default);
    return String(
      Math.max(name === 'scale' || name === 'factor' || name === 'size' || name === 'times' ? 2 : 1, spec.min ?? 1),
    );
  };
  switch (spec.kind) {
    case 'boolean':
      return `\${${at}:${spec.default === true ? 'false' : 'true'}}`;
    case 'choice':
      return `\${${at}:${spec.values?.[0] ?? ''}}`;
    case 'axes':
    case 'shape':
      return `[\${${at}:1}]`;
    case 'numbers':
    case 'ints':
      return spec.spatial || name === 'kernel' ? `\${${at}:${number()}}` : `[\${${at}:${number()}}]`;
    default:
      return `\${${at}:${number()}}`;
  }
}

/** The rows that a new structure starts with. */
function structureBodies(indent: string): Readonly<Record<keyof typeof structures, string>> {
  const conv = (at: number, kernel: number): string => `conv: {out: \${${at}:64}, kernel: ${kernel}, padding: same}`;
  return {
    branches: `\n${indent}- [${conv(1, 1)}]\n${indent}- [${conv(2, 3)}]`,
    residual: `\n${indent}- conv: {out: \${1:$channels}, kernel: 3, padding: same}`.replace('$channels', '\\$channels'),
    repeat: ` {times: \${1:2}, layers: [${conv(2, 3)}]}`,
  };
}

/** Parts of networks. */
function parts(indent: string): readonly Offer[] {
  const conv = (at: number, kernel: number): string =>
    `conv: {out: \${${at}:64}, kernel: ${kernel}, padding: same, act: relu}`;
  return [
    {
      kind: 'snippet',
      label: 'inception module',
      doc: () => l10n.t('An Inception module: paths side by side, joined along the channels.'),
      snippet: [
        'branches:',
        `${indent}- [${conv(1, 1)}]`,
        `${indent}- [${conv(2, 1)}, ${conv(3, 3)}]`,
        `${indent}- [${conv(4, 1)}, ${conv(5, 5)}]`,
        `${indent}- [maxpool: {kernel: 3, stride: 1, padding: same}, ${conv(6, 1)}]`,
      ].join('\n'),
    },
    {
      kind: 'snippet',
      label: 'residual block',
      doc: () => l10n.t('A residual block: two convolutions, and their input added.'),
      snippet: [
        'residual:',
        `${indent}- conv: {out: \\$channels, kernel: 3, padding: same, norm: batch, act: relu}`,
        `${indent}- conv: {out: \\$channels, kernel: 3, padding: same, norm: batch}`,
        `${indent.slice(2)}act: relu`,
      ].join('\n'),
    },
    {
      kind: 'snippet',
      label: 'detector head',
      doc: () => l10n.t('A detector’s head: side by side, the boxes and the classes of each position.'),
      snippet: [
        'branches:',
        `${indent}- [${conv(1, 3)}, conv: {out: \${2:4}, kernel: 1}]`,
        `${indent}- [${conv(3, 3)}, conv: {out: \${4:80}, kernel: 1}]`,
      ].join('\n'),
    },
  ];
}

// ——— Keys —————————————————————————————————————————————————————————————————————————————————————————————————————————

/** Placeholders for the top-level keys. */
const topValues: Readonly<Record<keyof typeof topKeys, string>> = {
  name: ' ${1:network}',
  input: ' [${1:3}, ${2:224}, ${3:224}]',
  let: '\n  ${1:width}: ${2:64}',
  blocks: '\n  ${1:block}(${2:out}):\n    - conv: {out: \\$${2:out}, kernel: 3, padding: same, norm: batch, act: relu}',
  layers: '\n  - conv: {out: ${1:64}, kernel: ${2:3}, padding: same}',
  output: ' [${1:-1}]',
};

function topSlot({ text }: Rows, offset: number): Slot | undefined {
  const range = wordAt(text, offset);
  const written = new Set(
    [...text.matchAll(/^(\w+)\s*:/gm)].filter(({ index }) => index !== range.from).map(([, key]) => key),
  );
  const bare = isBare(text, range.to);
  const isFree = bare && isBetween(text, lineAt(text, offset));
  if (!isFree && !isRenamed(text, range)) return undefined;
  return {
    range,
    offers: Object.entries(topKeys).flatMap(([name, doc]): Offer[] =>
      written.has(name)
        ? []
        : [
            {
              kind: 'key',
              label: name,
              doc,
              snippet: bare ? `${name}:${topValues[name as keyof typeof topKeys]}` : name,
            },
          ],
    ),
  };
}

/** The keys that are missing in an operator, block or structure, required ones first. */
function keySlot(
  rows: Rows,
  owner: string | undefined,
  holder: Holder,
  offset: number,
  lineFrom: number,
): Slot | undefined {
  const { text, blocks } = rows;
  if (owner === undefined) return undefined;
  const range = wordAt(text, offset);
  const bare = isBare(text, range.to);
  const renamed = isRenamed(text, range);
  if (!bare && !renamed) return undefined;
  const written = writtenKeys(text, holder, offset, lineFrom);
  const offers: Offer[] = [];
  const kindOf = (key: string): string =>
    operatorOf(owner)?.attributes.find(({ name }) => name === key)?.spec.kind ?? key;
  const add = (name: string, doc: () => string, value: string, detail?: string): void => {
    if (written.has(name)) return;
    // The existing value has to be valid for the key.
    if (renamed && kindOf(name) !== kindOf(text.slice(range.from, range.to))) return;
    offers.push({ kind: 'key', label: name, detail, doc, snippet: bare ? `${name}: ${value}` : name });
  };
  const operator = operatorOf(owner);
  const block = blocks.get(owner);
  if (isStructure(owner)) {
    const own: Readonly<Record<string, () => string>> = structureKeys[owner];
    for (const [name, doc] of Object.entries(own))
      add(name, doc, { join: '${1:concat}', axis: '${1:1}', act: '${1:relu}', times: '${1:2}' }[name] ?? '[${1:relu}]');
  } else if (operator) {
    const sorted = [...operator.attributes].sort((a, b) => Number(b.required) - Number(a.required));
    for (const attribute of sorted)
      add(
        attribute.name,
        attribute.spec.doc,
        attribute.name === 'padding' && attribute.spec.spatial ? '${1:same}' : sampleOf(attribute, 1),
        shownDefault(attribute),
      );
  } else if (block) {
    for (const { name, default: value } of blockParameters(block, text))
      add(name, () => l10n.t('A parameter of the block {0}.', block.name), `\${1:${value ?? widthOf(name)}}`, value);
  } else return undefined;
  const joinsOrComputes = operator !== undefined && takesNorm(operator.op);
  for (const [name, doc] of Object.entries(commonKeys)) {
    if ((name === 'norm' || name === 'act') && !joinsOrComputes) continue;
    add(name, doc, commonValues(text)[name as CommonKey]);
  }
  return { range, offers };
}

const shownDefault = ({ spec, required }: Attribute): string | undefined =>
  required || spec.default === undefined ? undefined : String(spec.default);

function commonValues(text: string): Readonly<Record<CommonKey, string>> {
  let name = 'row';
  for (let number = 2; new RegExp(`name:\\s*${name}\\b`).test(text); number++) name = `row${number}`;
  return {
    name: `\${1:${name}}`,
    from: '${1:-1}',
    if: '${1:true}',
    repeats: '${1:2}',
    norm: '${1:batch}',
    act: '${1:relu}',
  };
}

/** The keys in the same bracket, or on lines with the same indentation. */
function writtenKeys(text: string, holder: Holder, offset: number, lineFrom: number): ReadonlySet<string> {
  const found = new Set<string>();
  if (holder.kind !== 'lines') {
    const range = wordAt(text, offset);
    let depth = 0;
    for (let at = holder.from; at < text.length && text[at] !== '\n'; at++) {
      const letter = text[at]!;
      if (letter === '{' || letter === '[') depth++;
      else if (letter === '}' || letter === ']') {
        if (depth-- === 0) break;
      } else if (depth === 0 && /\w/.test(letter) && !/\w/.test(text[at - 1]!) && at !== range.from) {
        const key = /^(\w+)\s*:/.exec(text.slice(at, at + 60))?.[1];
        if (key !== undefined) found.add(key);
      }
    }
    return found;
  }
  const width = column(text.slice(lineFrom, lineAt(text, offset).to));
  const see = (line: string): boolean => {
    const at = column(line);
    if (at < width) return false;
    if (at === width) found.add(/^\s*(?:- +)*([\w-]+)\s*:/.exec(line)?.[1] ?? '');
    return true;
  };
  for (const { line } of linesAbove(text, lineFrom)) {
    if (!see(line)) break;
    // The dash starts the row.
    if (column(line) === width && /^\s*-/.test(line)) {
      for (const [, key] of (/\{(.*)\}/.exec(line)?.[1] ?? '').matchAll(/(\w+)\s*:/g)) found.add(key!);
      const bare = /^\s*(?:- +)*([\w-]+)\s*:\s*[^\s{]/.exec(line)?.[1];
      const main = bare === undefined ? undefined : operatorOf(bare);
      if (typeof main?.main === 'object') found.add(main.attributes[main.main.attr]!.name);
      break;
    }
  }
  for (const line of text.slice(lineAt(text, offset).to + 1).split('\n')) {
    if (line.trim() === '') continue;
    if (!see(line) || /^\s*-/.test(line)) break;
  }
  return found;
}

// ——— Values ———————————————————————————————————————————————————————————————————————————————————————————————————————

/** Completion of the value of a key, or after the name of an operator. */
function valueSlot(rows: Rows, owner: string | undefined, key: string, offset: number): Slot | undefined {
  const { text } = rows;
  const range = wordAt(text, offset);
  const offers = endsAt(text, range.to) ? valueOffers(rows, owner, key, offset) : [];
  return offers.length === 0 ? undefined : { range, offers };
}

function valueOffers(rows: Rows, owner: string | undefined, key: string, offset: number): readonly Offer[] {
  const operator = owner === undefined ? undefined : operatorOf(owner);
  const attribute = operator?.attributes.find(({ name }) => name === key);
  if (attribute) return attributeOffers(attribute);
  const choice = (labels: readonly string[], doc: () => string): readonly Offer[] =>
    labels.map(label => ({ kind: 'choice', label, doc }));
  if (key === 'from' || (owner === undefined && key === 'output')) return sourceOffers(rows, offset);
  if (key === 'act') return choice([...activationNames, 'none'], commonKeys.act);
  if (key === 'norm') return choice([...Object.keys(norms), 'none'], commonKeys.norm);
  if (key === 'if') return choice(['true', 'false'], commonKeys.if);
  if (key === 'join' && owner === 'branches') return choice(joins, structureKeys.branches.join);
  const own = owner === undefined ? operatorOf(key) : undefined;
  if (!own) return [];
  if (own.main === 'references') return sourceOffers(rows, offset);
  const main = typeof own.main === 'object' ? own.attributes[own.main.attr] : undefined;
  return main ? attributeOffers(main) : [];
}

function attributeOffers(attribute: Attribute): readonly Offer[] {
  const { name, spec } = attribute;
  const doc = (): string => `\`${name}\`: ${spec.doc()}`;
  const labels =
    spec.kind === 'boolean'
      ? ['true', 'false']
      : spec.kind === 'choice'
        ? (spec.values ?? [])
        : name === 'padding' && spec.spatial
          ? ['same', 'valid']
          : [];
  const offers = labels.map((label): Offer => ({ kind: 'choice', label, doc }));
  if (typeof spec.default === 'number')
    offers.push({ kind: 'value', label: String(spec.default), detail: l10n.t('default'), doc });
  return offers;
}

/** Completion in a list: names of rows, or rows. */
function listSlot(rows: Rows, { key }: Holder, offset: number): Slot | undefined {
  const range = wordAt(rows.text, offset);
  const before = /[[,]\s*[\w.-]*$/.test(rows.text.slice(0, offset));
  if (!before || (!endsAt(rows.text, range.to) && !isRenamed(rows.text, range))) return undefined;
  if (key === 'from' || key === 'output' || (key !== undefined && operatorOf(key)?.main === 'references'))
    return { range, offers: sourceOffers(rows, offset) };
  if (key === undefined || key === 'layers' || key === 'shortcut' || isStructure(key)) {
    // Lists of sizes contain no rows.
    return isList(rows, { kind: 'lines', key, from: 0 }, lineAt(rows.text, offset).from) || key !== undefined
      ? rowSlot(rows, offset)
      : undefined;
  }
  return undefined;
}

/** What a row can read: the row above, named rows, and the inputs. */
function sourceOffers(rows: Rows, offset: number): readonly Offer[] {
  const doc = commonKeys.from;
  const { items, inputs, isBlock } = rows.scopeAt(offset);
  const offers = new Map<string, Offer>();
  // The input of a block differs between uses.
  const input: Target | undefined = isBlock ? undefined : 'input';
  let last: Target | undefined = input;
  const isAbove = ({ range }: Item): boolean =>
    range.to <= offset && !(range.from <= offset && !rows.text.slice(range.to, offset).includes('\n'));
  const walk = (list: readonly Item[]): void => {
    for (const item of list) {
      const { index, range, outputs, lists, references } = item;
      const target: Target = { index, range };
      if (isAbove(item)) {
        for (const { name } of outputs) {
          offers.delete(name);
          offers.set(name, { kind: 'reference', label: name, target, doc });
        }
        last = target;
        continue;
      }
      const inner =
        range.from <= offset &&
        lists.find(rows => rows.some(row => row.range.from <= offset && offset <= row.range.to));
      if (!inner) return;
      // Rows inside a row read its input.
      const reads = references.filter(reference => reference.reads);
      if (reads.length > 0) last = reads.length === 1 ? reads[0]!.target : undefined;
      walk(inner);
      return;
    }
  };
  walk(items);
  return [
    { kind: 'reference', label: '-1', target: last, doc },
    ...[...offers.values()].reverse(),
    ...(inputs.length > 0 ? inputs : ['input']).map(
      (label): Offer => ({
        kind: 'reference',
        label,
        target: input,
        detail: input ? undefined : l10n.t('input of the block'),
        doc,
      }),
    ),
  ];
}

/** What can follow a dollar sign: parameters of the block, names in `let`, sizes of the row's input. */
function parameterOffers({ text, blocks, lets }: Rows, lineFrom: number): readonly Offer[] {
  const header = [...linesAbove(text, lineFrom)].find(
    ({ line }) => /^ {1,8}\w+\(.*\)\s*:/.test(line) || /^\w/.test(line),
  );
  const block = header && blocks.get(/^\s*(\w+)/.exec(header.line)![1]!);
  const names = [...(block?.parameters.map(({ name }) => name) ?? []), ...lets];
  return [
    ...[...new Set(names)].map(
      (label): Offer => ({
        kind: 'parameter',
        label,
        doc: () =>
          lets.includes(label)
            ? l10n.t('A number or word of `let`.')
            : l10n.t('A parameter of the block {0}.', block?.name ?? ''),
      }),
    ),
    ...sizesOfInput.map(
      (label): Offer => ({ kind: 'parameter', label, doc: () => l10n.t('A size of the row’s own input.') }),
    ),
  ];
}

// ——— Parameters ———————————————————————————————————————————————————————————————————————————————————————————————————

function operatorParameters({ attributes }: Operator): readonly CallParameter[] {
  return attributes.map(({ name, required, spec }) => ({
    name,
    doc: spec.doc(),
    ...(required ? {} : { default: spec.default === undefined ? '…' : String(spec.default) }),
  }));
}

function blockParameters({ name: block, parameters }: Block, text: string): readonly CallParameter[] {
  return parameters.map(({ name, default: node }) => ({
    name,
    doc: l10n.t('A parameter of the block {0}.', block),
    ...(node === undefined ? {} : { default: node.kind === 'scalar' ? node.text : text.slice(node.from, node.to) }),
  }));
}
