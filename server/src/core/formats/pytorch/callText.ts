// The call that constructs a layer, and how its text changes: what is written stays, argument by argument.

import { nodesIn } from '../../program/syntax.ts';
import type { CallExpression, Expression, PythonTree } from '../../syntax/python/ast.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';

export type LayerClass = 'Conv1d' | 'Conv2d' | 'Conv3d' | 'Linear' | 'Flatten';

const conv = [
  'in_channels',
  'out_channels',
  'kernel_size',
  'stride',
  'padding',
  'dilation',
  'groups',
  'bias',
  'padding_mode',
  'device',
  'dtype',
] as const;
const parameters: Readonly<Record<LayerClass, readonly string[]>> = {
  Conv1d: conv,
  Conv2d: conv,
  Conv3d: conv,
  Linear: ['in_features', 'out_features', 'bias', 'device', 'dtype'],
  Flatten: ['start_dim', 'end_dim'],
};
/** What stands for an argument that cannot be left out. */
const defaults: Readonly<Record<string, string>> = {
  stride: '1',
  padding: '0',
  dilation: '1',
  groups: '1',
  bias: 'True',
  padding_mode: "'zeros'",
};

/** Lines of rewritten Python are kept within this width where possible. */
const longest = 100;

interface Argument {
  readonly value: Expression;
  /** In the text of the file. */
  readonly range: Range;
  /** With its name. */
  readonly whole: Range;
  readonly isKeyword: boolean;
}

export class CallText {
  readonly cls: LayerClass;
  readonly callee: Expression;
  readonly range: Range;
  /** Names under which the program keeps what it constructs, as far as the statement around it says. */
  readonly targets: readonly string[];
  readonly #text: string;
  readonly #node: CallExpression;
  /** In source order. */
  readonly #args = new Map<string, Argument>();
  readonly #values = new Map<string, string | null>();
  #isPlain = true;
  #wrapped: { readonly layers: readonly string[]; readonly container: string } | undefined;

  constructor(text: string, tree: PythonTree, node: CallExpression, start: number, cls: LayerClass) {
    this.#text = text;
    this.#node = node;
    this.cls = cls;
    this.callee = node.callee;
    const placed = ({ from, to }: Range): Range => ({ from: start + from, to: start + to });
    this.range = placed(node.range);
    for (const [at, value] of node.args.entries()) {
      const name = parameters[cls][at];
      if (value.kind === 'Starred' || name === undefined) this.#isPlain = false;
      else this.#args.set(name, { value, range: placed(value.range), whole: placed(value.range), isKeyword: false });
    }
    for (const { name, value, range } of node.keywords) {
      if (name === undefined || !parameters[cls].includes(name) || this.#args.has(name)) this.#isPlain = false;
      else this.#args.set(name, { value, range: placed(value.range), whole: placed(range), isKeyword: true });
    }
    this.targets = targetsAround(tree, start, this.range);
  }

  /** Whether each argument says which one it is. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  get rank(): number {
    return Number(/\d/.exec(this.cls)?.[0] ?? 0);
  }

  has(name: string): boolean {
    return this.#args.has(name);
  }

  isKeyword(name: string): boolean {
    return this.#args.get(name)?.isKeyword ?? false;
  }

  /** A number that is written out. */
  literal(name: string): number | undefined {
    const value = this.#args.get(name)?.value;
    return value && integerOf(value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#args.get(name)?.value;
    return value?.kind === 'Constant' && value.type === 'bool' ? value.value : undefined;
  }

  string(name: string): string | undefined {
    const value = this.#args.get(name)?.value;
    return value?.kind === 'Constant' && value.type === 'str' ? value.value : undefined;
  }

  /** Sizes that are written out, one for each dimension; those that the layer has where nothing is written. */
  sizes(name: string, rank: number): readonly number[] | undefined {
    const value = this.#args.get(name)?.value;
    if (!value) return new Array<number>(rank).fill(Number(defaults[name] ?? Number.NaN));
    if (value.kind === 'Tuple' || value.kind === 'List') {
      const sizes = value.elements.map(integerOf);
      return sizes.length === rank && !sizes.includes(undefined) ? (sizes as number[]) : undefined;
    }
    const size = integerOf(value);
    return size === undefined ? undefined : new Array<number>(rank).fill(size);
  }

  get isUndilated(): boolean {
    return this.sizes('dilation', this.rank)?.every(step => step === 1) ?? false;
  }

  /** The text of an argument, to be written once more; undefined where it may not be computed twice. */
  reused(name: string): string | undefined {
    const found = this.#args.get(name);
    if (!found || !isRepeatable(found.value)) return undefined;
    const text = this.#text.slice(found.range.from, found.range.to);
    return /[\n\r#]/.test(text) ? undefined : text;
  }

  /** A share of a number of channels, rounded down. */
  share(name: string, share: number): string | undefined {
    const text = this.reused(name);
    const value = this.#args.get(name)?.value;
    if (text === undefined || !value) return undefined;
    if (share === 1) return text;
    const isTight = ['Name', 'Attribute', 'Constant', 'Call', 'Subscript'].includes(value.kind);
    const factor = isTight ? text : `(${text})`;
    for (const divisor of [1, 2, 4, 8, 16]) {
      const times = share * divisor;
      if (!Number.isInteger(times)) continue;
      const literal = integerOf(value);
      if (literal !== undefined) return String(Math.floor((literal * times) / divisor));
      const product = times === 1 ? factor : `${factor} * ${times}`;
      return divisor === 1 ? product : `${product} // ${divisor}`;
    }
    return undefined;
  }

  /** An argument that is the product of a number of channels and an area, without the area. */
  product(name: string, channels: number, area: number): string | undefined {
    const found = this.#args.get(name);
    if (!found) return undefined;
    if (integerOf(found.value) === channels * area) return String(channels);
    let at = found.value;
    let left = 1;
    while (at.kind === 'Binary' && at.operator === '*') {
      const factor = powerOf(at.right);
      if (factor === undefined) return undefined;
      left *= factor;
      at = at.left;
      if (left !== area) continue;
      const start = found.range.from - found.value.range.from;
      return this.#text.slice(start + at.range.from, start + at.range.to);
    }
    return undefined;
  }

  /** Notes another text for an argument; null leaves it to its default. False where it cannot be written. */
  set(name: string, text: string | null): boolean {
    if (text === null && !this.has(name)) this.#values.delete(name);
    else this.#values.set(name, text);
    return true;
  }

  /** The layers come before it, in a container in its place. */
  wrap(layers: readonly string[], container: string | undefined): boolean {
    if (container === undefined || this.#wrapped) return false;
    this.#wrapped = { layers, container };
    return true;
  }

  changes(): readonly TextEdit[] | undefined {
    const edits = [...this.#changedArguments()];
    if (!this.#wrapped) return edits;
    const { layers, container } = this.#wrapped;
    const { from, to } = this.range;
    const text = this.#text.slice(from, to);
    const grown = edits.reduce((sum, edit) => sum + edit.text.length - (edit.to - edit.from), 0);
    const inline = `${container}(${layers.map(layer => `${layer}, `).join('')}`;
    const [lineFrom, lineTo] = [lineStart(this.#text, from), lineEnd(this.#text, to)];
    const isOneLine = !/[\n\r]/.test(text);
    if (isOneLine && lineTo - lineFrom + grown + inline.length + 1 <= longest) {
      return [{ from, to: from, text: inline }, ...edits, { from: to, to, text: ')' }];
    }
    const newline = this.#text.includes('\r\n') ? '\r\n' : '\n';
    const indent = /^[ \t]*/.exec(this.#text.slice(lineFrom, from))![0];
    const unit = unitOf(this.#text);
    const inner = `${newline}${indent}${unit}`;
    // A string that goes over lines is what it is.
    if (!isOneLine && [...nodesIn(this.#node)].some(node => node.kind === 'JoinedString' || isText(node))) {
      return undefined;
    }
    return [
      { from, to: from, text: `${container}(${inner}${layers.map(layer => `${layer},${inner}`).join('')}` },
      ...edits,
      ...indented(text, from, this.#shift(text, indent + unit, lineFrom), edits),
      { from: to, to, text: `,${newline}${indent})` },
    ];
  }

  /** How its lines after the first move: with the parenthesis where they are aligned to it, else with the indentation. */
  #shift(text: string, indent: string, lineFrom: number): string | number {
    const isAligned = /^[^(]*\([ \t]*[^ \t\r\n#]/.test(text);
    const moved = indent.length - (this.range.from - lineFrom);
    if (!isAligned || !/^ *$/.test(indent)) return unitOf(this.#text);
    return moved > 0 ? ' '.repeat(moved) : moved;
  }

  *#changedArguments(): Generator<TextEdit> {
    const args = [...this.#args].map(([name, argument]) => ({ name, ...argument }));
    const positional = args.filter(({ isKeyword }) => !isKeyword);
    const lastNeeded = positional.findLastIndex(({ name }) => this.#values.get(name) !== null);
    const added: string[] = [];
    for (const [at, { name, range, whole, isKeyword }] of args.entries()) {
      const text = this.#values.get(name);
      if (text === undefined) continue;
      if (text !== null) {
        yield { ...range, text };
        continue;
      }
      const before = args[at - 1]?.whole.to ?? whole.from;
      const isAlone = /[\n\r#]/.test(this.#text.slice(before, whole.from));
      const isNeeded = !isKeyword && at < lastNeeded;
      if (isNeeded || isAlone || at === 0) yield { ...range, text: defaults[name] ?? 'None' };
      else yield { from: before, to: whole.to, text: '' };
    }
    for (const [name, text] of this.#values) if (text !== null && !this.has(name)) added.push(`${name}=${text}`);
    const last = args.at(-1);
    if (added.length === 0 || !last) return;
    const lead = this.#text.slice(lineStart(this.#text, last.whole.from), last.whole.from);
    const newline = this.#text.includes('\r\n') ? '\r\n' : '\n';
    const { to } = last.whole;
    if (!/^[ \t]*$/.test(lead) || args.length === 1) {
      yield { from: to, to, text: added.map(each => `, ${each}`).join('') };
      return;
    }
    // An argument on a line of its own has the next one on the next line, behind what is said of it.
    const rest = /^[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?(?=[\r\n])/.exec(this.#text.slice(to));
    const lines = added.map(each => `${newline}${lead}${each}`);
    if (!rest) yield { from: to, to, text: lines.map(each => `,${each}`).join('') };
    else if (rest[1] === '') {
      yield { from: to, to, text: ',' };
      yield { from: to + rest[0].length, to: to + rest[0].length, text: lines.join(',') };
    } else yield { from: to + rest[0].length, to: to + rest[0].length, text: lines.map(each => `${each},`).join('') };
  }
}

/** The lines of a call after the first, indented further, or by so many spaces less. */
function* indented(text: string, from: number, by: string | number, edits: readonly TextEdit[]): Generator<TextEdit> {
  for (const { index } of text.matchAll(/\n(?=[^\r\n])/g)) {
    const at = from + index + 1;
    const spaces = /^ */.exec(text.slice(index + 1))![0].length;
    const to = typeof by === 'string' ? at : at + Math.min(-by, spaces);
    if (edits.some(edit => edit.from <= to && at < edit.to)) continue;
    yield { from: at, to, text: typeof by === 'string' ? by : '' };
  }
}

const isText = (node: { readonly kind: string }): boolean =>
  node.kind === 'Constant' && 'value' in node && typeof node.value === 'string' && node.value.includes('\n');

function lineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

function lineEnd(text: string, at: number): number {
  const found = text.slice(at).search(/[\r\n#]/);
  return found < 0 ? text.length : at + found;
}

/** What a program indents its blocks by. */
function unitOf(text: string): string {
  return /:[ \t]*\r?\n([ \t]+)\S/.exec(text)?.[1] ?? '    ';
}

function integerOf(value: Expression): number | undefined {
  return value.kind === 'Constant' && value.type === 'int' && typeof value.value === 'number' ? value.value : undefined;
}

/** `7` and `7 ** 2`. */
function powerOf(value: Expression): number | undefined {
  if (value.kind !== 'Binary' || value.operator !== '**') return integerOf(value);
  const [base, exponent] = [integerOf(value.left), integerOf(value.right)];
  return base === undefined || exponent === undefined ? undefined : base ** exponent;
}

/** Functions of Python that give the same each time. */
const repeatable: ReadonlySet<string> = new Set(['int', 'float', 'max', 'min', 'round', 'abs', 'len', 'sum', 'tuple']);

/** Whether computing it twice is as computing it once. */
function isRepeatable(value: Expression): boolean {
  for (const node of nodesIn(value)) {
    switch (node.kind) {
      case 'Call':
        if (node.callee.kind !== 'Name' || !repeatable.has(node.callee.name)) return false;
        break;
      case 'NamedExpression':
      case 'Await':
      case 'Yield':
      case 'YieldFrom':
      case 'Lambda':
      case 'BrokenExpression':
        return false;
    }
  }
  return true;
}

/** What the statement around a call assigns: names of variables and of attributes. */
function targetsAround({ chunks }: PythonTree, start: number, { from, to }: Range): readonly string[] {
  const chunk = chunks.find(each => each.start === start);
  const names: string[] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const node of nodesIn(chunk?.block.statements ?? [])) {
    if (node.kind !== 'Assign' && node.kind !== 'AnnAssign' && node.kind !== 'AugAssign') continue;
    if (start + node.range.from > from || start + node.range.to < to) continue;
    const length = node.range.to - node.range.from;
    if (length > size) continue;
    size = length;
    names.length = 0;
    for (const target of node.kind === 'Assign' ? node.targets : [node.target]) {
      for (const each of nodesIn(target)) {
        if (each.kind === 'Attribute') names.push(each.name);
        else if (each.kind === 'Name' && each.name !== 'self') names.push(each.name);
      }
    }
  }
  return names;
}
