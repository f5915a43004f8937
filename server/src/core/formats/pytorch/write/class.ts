// A definition as a class: its layers in the constructor, what flows between them in `forward`.
import type {
  Definition,
  Literal,
  Source,
  Written,
  WrittenArgument,
  WrittenStep,
} from '../../../convert/definition.ts';
import { sameLiteral } from '../../../convert/definition.ts';
import { freeName, variableName } from './names.ts';

/** The longest expression that is written inside another one, and the longest line. */
const longest = { inner: 70, line: 100 } as const;

/** The lines of a class. `inputs` are what `forward` calls its arguments. */
export function classText(definition: Definition, inputs: readonly string[], isNetwork: boolean): readonly string[] {
  const { name, parameters } = definition;
  const given = parameters.map(({ name: parameter, default: value }) =>
    value === undefined ? parameter : `${parameter}=${literalText(value)}`,
  );
  const head = `    def __init__(${['self', ...given].join(', ')}):`;
  const parts = partsOf(definition);
  const [only] = parts;
  if (!isNetwork && parts.length === 1 && only!.links.every(isLink) && only!.links.every(({ label }) => !label)) {
    return [
      `class ${name}(nn.Sequential):`,
      head,
      '        super().__init__(',
      ...linesOf(only!.links, 12),
      '        )',
    ];
  }
  const body = new Body(definition, parts, inputs);
  body.write();
  return [
    `class ${name}(nn.Module):`,
    head,
    '        super().__init__()',
    ...body.init.map(line => `        ${line}`),
    '',
    `    def forward(${['self', ...body.inputs].join(', ')}):`,
    ...body.forward.map(line => `        ${line}`),
  ];
}

// ——— Parts ———————————————————————————————————————————————————————————————————————————————————————————————————————

/** A chain of layers that is one attribute, or one expression. */
interface Part {
  readonly links: readonly WrittenStep[];
  /** The number of the last step. */
  readonly last: number;
}

/** Whether a step is a layer from one input to one output, called as layers are. */
function isLink({ operation, uses, inputs, outputs }: WrittenStep): boolean {
  if (inputs.length !== 1 || outputs !== 1) return false;
  return uses !== undefined || (operation!.form === 'layer' && operation!.call === undefined);
}

const key = (source: Source): string =>
  source.kind === 'input' ? `i${source.index}` : `${source.step}.${source.port}`;

function partsOf({ steps, outputs }: Definition): readonly Part[] {
  const reads = new Map<string, number>();
  const count = (source: Source): void => void reads.set(key(source), (reads.get(key(source)) ?? 0) + 1);
  for (const { inputs } of steps) inputs.forEach(count);
  outputs.forEach(count);
  const parts: { links: WrittenStep[]; last: number }[] = [];
  steps.forEach((step, index) => {
    const before = parts.at(-1);
    const [source] = step.inputs;
    const follows =
      before?.last === index - 1 &&
      source?.kind === 'step' &&
      source.step === index - 1 &&
      reads.get(key(source)) === 1 &&
      isLink(step) &&
      isLink(before.links.at(-1)!) &&
      step.label === undefined &&
      (before.links[0]!.label === undefined || (step.unit !== undefined && step.unit === before.links[0]!.unit)) &&
      step.path === before.links[0]!.path;
    if (follows) {
      before.links.push(step);
      before.last = index;
    } else parts.push({ links: [step], last: index });
  });
  return parts;
}

// ——— Layers ——————————————————————————————————————————————————————————————————————————————————————————————————————

function argumentsText(args: readonly WrittenArgument[], isForward = false): string {
  return args
    .filter(({ written, default: value }) => !('literal' in written && isSame(written.literal, value)))
    .map(({ key: name, written }) => `${name === undefined ? '' : `${name}=`}${writtenText(written, isForward)}`)
    .join(', ');
}

const isSame = (value: Literal, standard: Literal | undefined): boolean =>
  standard !== undefined && sameLiteral(value, standard);

function writtenText(written: Written, isForward: boolean): string {
  if ('literal' in written) return literalText(written.literal);
  return isForward ? `self.${written.parameter}` : written.parameter;
}

export function literalText(value: Literal): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    return value > 0 ? 'float("inf")' : 'float("-inf")';
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return value.length === 1 ? `(${literalText(value[0]!)},)` : `(${value.map(literalText).join(', ')})`;
}

/** The construction of a layer. */
function constructed({ operation, uses, args }: WrittenStep): string {
  // What a class of ours must be given stands in its place.
  const given = uses ? args.map(each => (each.default === undefined ? { ...each, key: undefined } : each)) : args;
  const text = argumentsText(given);
  const callee = operation?.callee ?? uses!.name;
  return callee.includes('{args}') ? callee.replace('{args}', text) : `${callee}(${text})`;
}

/** The layers of a chain, one a line, with the shapes that they output. */
function linesOf(links: readonly WrittenStep[], indent: number): readonly string[] {
  const space = ' '.repeat(indent);
  let before = '';
  return links.map(link => {
    const shape = shapeText(link);
    const comment = shape === '' || shape === before ? '' : `  # ${shape}`;
    before = shape;
    return `${space}${repeated(link)},${comment}`;
  });
}

function repeated(link: WrittenStep): string {
  const { times } = link;
  const text = constructed(link);
  if ('literal' in times && times.literal === 1) return text;
  return `*[${text} for _ in range(${writtenText(times, false)})]`;
}

function shapeText({ shapes }: WrittenStep): string {
  return shapes?.length === 1 ? shapes[0]!.slice(1).join('×') : '';
}

// ——— forward —————————————————————————————————————————————————————————————————————————————————————————————————————

/** An expression that is not written yet: the one that reads it may hold it. */
interface Pending {
  readonly text: string;
  readonly isInfix: boolean;
  readonly part: Part;
  readonly at: number;
}

class Body {
  readonly init: string[] = [];
  readonly forward: string[] = [];
  readonly inputs: readonly string[];
  readonly #definition: Definition;
  readonly #parts: readonly Part[];
  readonly #attributes = new Set<string>();
  readonly #variables = new Set<string>();
  /** The text of each value that has a name. */
  readonly #values = new Map<string, string>();
  /** How often each value is read, and by which part last. */
  readonly #reads = new Map<string, { count: number; last: number }>();
  /** The value that each variable has. */
  readonly #held = new Map<string, string>();
  /** What the layer above outputs. */
  #shape = '';
  #pending: { readonly key: string; readonly value: Pending }[] = [];

  constructor(definition: Definition, parts: readonly Part[], inputs: readonly string[]) {
    this.#definition = definition;
    this.#parts = parts;
    this.inputs = inputs;
    inputs.forEach((name, index) => {
      this.#values.set(`i${index}`, name);
      this.#held.set(name, `i${index}`);
      this.#variables.add(name);
    });
    parts.forEach(({ links }, at) => {
      const [first] = links;
      const pattern = patternOf(first!);
      first!.inputs.forEach((source, index) => {
        this.#read(source, at, Math.max(occurrences(pattern, index), 1));
      });
    });
    for (const source of definition.outputs) this.#read(source, Number.POSITIVE_INFINITY, 1);
    const used = new Set<string>();
    for (const { operation, args } of definition.steps) {
      if (operation?.form !== 'expression') continue;
      for (const { written } of args) if ('parameter' in written) used.add(written.parameter);
    }
    for (const parameter of used) {
      this.#attributes.add(parameter);
      this.init.push(`self.${parameter} = ${parameter}`);
    }
  }

  write(): void {
    this.#parts.forEach((part, at) => {
      this.#part(part, at);
    });
    const { outputs } = this.#definition;
    const inside = outputs.map(source => this.#pending.findIndex(({ key: other }) => other === key(source)));
    // What is pending goes into the last line, if it is read in its order.
    const isInOrder =
      inside.every((place, index) => place >= 0 || index < outputs.length) &&
      inside.filter(place => place >= 0).every((place, index) => place === index) &&
      inside.filter(place => place >= 0).length === this.#pending.length;
    const texts = isInOrder
      ? outputs.map((_, index) => (inside[index]! >= 0 ? this.#pending[inside[index]!]!.value.text : undefined))
      : [];
    if (!isInOrder) this.#flush();
    const written = outputs.map((source, index) => texts[index] ?? this.#values.get(key(source))!);
    const last = this.forward.at(-1);
    const [only] = written;
    // What was given a name in the last line alone is returned as it is.
    if (written.length === 1 && last?.startsWith(`${only} = `)) {
      this.forward[this.forward.length - 1] = `return ${last.slice(only!.length + 3)}`;
    } else if (written.length > 0) this.forward.push(`return ${written.join(', ')}`);
    else this.forward.push('return None');
  }

  #read(source: Source, at: number, times: number): void {
    const known = this.#reads.get(key(source));
    this.#reads.set(key(source), { count: (known?.count ?? 0) + times, last: at });
  }

  #part(part: Part, at: number): void {
    const { links, last } = part;
    const [first] = links;
    const step = first!;
    const pattern = patternOf(step);
    const isParameter = step.operation?.form === 'layer' && step.inputs.length === 0;
    const attribute = isLayer(step) ? this.#attribute(part) : undefined;
    if (isParameter) {
      this.#values.set(`${last}.0`, `self.${attribute}`);
      return;
    }
    const inputs = this.#take(step.inputs, pattern);
    const text = filled(pattern, inputs, step.args, attribute === undefined ? '' : `self.${attribute}`);
    const result = links.at(-1)!;
    const read = this.#reads.get(`${last}.0`);
    const isInfix = step.operation?.isInfix ?? false;
    const value: Pending = { text, isInfix, part, at };
    if (result.outputs === 1 && read?.count === 1 && text.length <= longest.inner) {
      this.#pending.push({ key: `${last}.0`, value });
    } else {
      this.#flush();
      this.#assign(value);
    }
  }

  /** The texts of what a part reads; expressions that nobody has written yet go into it if they are the last ones. */
  #take(sources: readonly Source[], pattern: string): readonly string[] {
    const wanted = sources.flatMap(source => {
      const place = this.#pending.findIndex(({ key: other }) => other === key(source));
      return place < 0 ? [] : [place];
    });
    const start = this.#pending.length - wanted.length;
    const isTail = wanted.every((place, index) => place === start + index);
    if (!isTail) this.#flush();
    const taken = isTail ? this.#pending.slice(start) : [];
    const length = taken.reduce((sum, { value }) => sum + value.text.length, pattern.length);
    if (length > longest.line - 20) {
      this.#flush();
      return sources.map(source => this.#values.get(key(source))!);
    }
    this.#pending = this.#pending.slice(0, this.#pending.length - taken.length);
    return sources.map((source, index) => {
      const own = taken.find(({ key: other }) => other === key(source));
      if (!own) return this.#values.get(key(source))!;
      const needs = own.value.isInfix && !isEnclosed(pattern, index);
      return needs ? `(${own.value.text})` : own.value.text;
    });
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { value } of pending) this.#assign(value);
  }

  #assign({ text, part, at }: Pending): void {
    const { links, last } = part;
    const step = links.at(-1)!;
    const names = this.#names(part, at);
    names.forEach((name, port) => {
      this.#values.set(`${last}.${port}`, name);
      this.#held.set(name, `${last}.${port}`);
      this.#variables.add(name);
    });
    const shape = shapeText(step);
    const comment = shape === '' ? '' : `  # ${shape}`;
    const line = names.length === 0 ? text : `${names.join(', ')} = ${text}`;
    this.forward.push(line.length + comment.length > longest.line ? line : line + comment);
  }

  #names({ links, last }: Part, at: number): readonly string[] {
    const step = links.at(-1)!;
    if (step.outputs === 0) return [];
    const [first] = links;
    const base = variableName(first!.label ?? first!.path ?? first!.uses?.name ?? first!.operation!.noun);
    if (step.outputs === 1) {
      const held = this.#held.get('x');
      const last = held === undefined ? undefined : this.#reads.get(held)?.last;
      if (last === undefined || last <= at) return ['x'];
      return [freeName(base === 'x' ? 'y' : base, name => this.#variables.has(name))];
    }
    const names: string[] = [];
    for (let port = 0; port < step.outputs; port++) {
      if (!this.#reads.has(`${last}.${port}`)) names.push('_');
      else names.push(freeName(`${base}${port + 1}`, name => this.#variables.has(name) || names.includes(name)));
    }
    return names;
  }

  /** Writes the attribute of a part and returns its name. */
  #attribute({ links }: Part): string {
    const [first] = links;
    const { label, path, uses, operation, times } = first!;
    const isSingle = links.length === 1 && 'literal' in times && times.literal === 1;
    const own = label ?? path;
    const base = own ?? (links.length === 1 ? (uses ? variableName(uses.name) : operation!.noun) : 'layers');
    const name = freeName(variableName(base), other => this.#attributes.has(other));
    this.#attributes.add(name);
    if (isSingle) {
      const shape = shapeText(first!);
      const line = `self.${name} = ${constructed(first!)}`;
      const isNew = shape !== '' && shape !== this.#shape && line.length + shape.length <= longest.line;
      this.#shape = shape;
      this.init.push(line + (isNew && !isParameterOnly(first!) ? `  # ${shape}` : ''));
      return name;
    }
    const one = `self.${name} = nn.Sequential(${links.map(repeated).join(', ')})`;
    if (links.length === 1 && one.length <= longest.line) this.init.push(one);
    else this.init.push(`self.${name} = nn.Sequential(`, ...linesOf(links, 4), ')');
    return name;
  }
}

const isLayer = ({ operation, uses }: WrittenStep): boolean => uses !== undefined || operation!.form === 'layer';

const isParameterOnly = ({ inputs, operation }: WrittenStep): boolean => operation !== undefined && inputs.length === 0;

/** How a step is called: `{self}` is its attribute, `{0}` its first input, `{*}` all of them, `{key}` an argument. */
function patternOf({ operation, inputs }: WrittenStep): string {
  if (operation?.form === 'expression') return operation.callee;
  return operation?.call ?? `{self}(${inputs.map((_, index) => `{${index}}`).join(', ')})`;
}

function occurrences(pattern: string, index: number): number {
  return pattern.split(`{${index}}`).length - 1;
}

/** Whether an input stands between brackets or commas, so that it needs none of its own. */
function isEnclosed(pattern: string, index: number): boolean {
  if (pattern.includes('{*}')) return true;
  const at = pattern.indexOf(`{${index}}`);
  const before = pattern.slice(0, at).trimEnd().at(-1);
  const after = pattern.slice(at + `{${index}}`.length).trimStart()[0];
  return (before === '(' || before === '[' || before === ',') && (after === ')' || after === ']' || after === ',');
}

function filled(pattern: string, inputs: readonly string[], args: readonly WrittenArgument[], self: string): string {
  return pattern.replace(/\{(self|args|\*?\w*|\*)\}/g, (_, name: string) => {
    if (name === 'self') return self;
    if (name === '*') return inputs.join(', ');
    if (name === 'args') return argumentsText(args, true);
    if (/^\d+$/.test(name)) return inputs[Number(name)]!;
    const isSpread = name.startsWith('*');
    const wanted = isSpread ? name.slice(1) : name;
    const written = args.find(({ key: other, role }) => (other ?? role) === wanted)!.written;
    if (!isSpread) return writtenText(written, true);
    if ('parameter' in written) return `*self.${written.parameter}`;
    const { literal } = written;
    return typeof literal === 'object' ? literal.map(literalText).join(', ') : literalText(literal);
  });
}
