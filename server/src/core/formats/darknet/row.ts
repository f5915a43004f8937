// One section while it is read: its values as Darknet reads them (atoi, atof), what is wrong with them, and where.
import type { Builder } from '../../graph/builder.ts';
import type { Note, Tensor } from '../../graph/graph.ts';
import { flatten, pad, reshape, slice } from '../../ops/index.ts';
import type { Complaint } from '../../ops/op.ts';
import { sizes } from '../../ops/rules/shape.ts';
import { type CfgItem, type CfgOption, type CfgStray, cfgItems, cfgItemsInComment } from '../../syntax/cfg.ts';
import type { Problem, Repair } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';

import { didYouMean, guess, likelyName, suggested } from '../../text/spelling.ts';
import { activationNames, activationOf, activations } from './activations.ts';

import { authorOf, type Dialect } from './dialect.ts';
import type { Section } from './headers.ts';
import { keyOf, type SectionKind } from './keys.ts';
import { pyTorchActivations } from './pytorch.ts';
import { atof, atoi } from './values.ts';

/** What a layer hands on. */
export interface Value {
  readonly tensor: Tensor;
  /** Whether it has width, height and channels in Darknet’s eyes; a vector has just a length. */
  readonly image: boolean;
  /** How many numbers it hands on, where that is not height × width × channels. */
  readonly length?: number | undefined;
  /** The channels that a vector would have if the layers of its route went together, for what wants an image. */
  readonly channels?: number | undefined;
  /** Whether it is that of a [yolo]. */
  readonly isYolo?: boolean;
  /** What other layers read of it, where that is not what the next one gets: an antialiased layer without its blur. */
  readonly held?: Tensor | undefined;
  /** How many times narrower than the network’s input it is; NaN where that says nothing (behind a crop, a vector). */
  readonly reduction: number;
  /** The section that chose its channels, for what wants others; undefined where several did. */
  readonly widthBy: Row | undefined;
}

/** From so many problems on there are no suggestions, which take time. */
export const manyTold = 300;

/** Darknet’s integers have 32 bits. */
const largestInt = 2 ** 31 - 1;

export class Row {
  readonly section: Section;
  readonly kind: SectionKind | undefined;
  readonly dialect: Dialect;
  readonly builder: Builder;
  /** Its number among the layers, from 0. */
  readonly index: number;
  readonly layers: readonly Value[];
  /** Whether the file is for a PyTorch reader, which has activations and keys of its own. */
  readonly isPyTorch: boolean;
  readonly #input: Value | undefined;
  readonly #options = new Map<string, CfgOption>();
  /** The items of `layers=` or `from=`, for complaints about an input. */
  #items: readonly { readonly range: Range }[] = [];
  #itemsFrom = 0;
  #stop: string | undefined;
  #isRepaired = false;
  #silu: CfgOption | undefined;

  constructor(
    section: Section,
    kind: SectionKind | undefined,
    dialect: Dialect,
    builder: Builder,
    layers: readonly Value[],
    input?: Value,
    isPyTorch = false,
  ) {
    this.isPyTorch = isPyTorch;
    this.section = section;
    this.kind = kind;
    this.dialect = dialect;
    this.builder = builder;
    this.layers = layers;
    this.index = layers.length;
    this.#input = input;
    // The first of equal keys counts, with a value or without (option_list.c, option_find).
    for (const option of section.options) {
      if (!option.hiddenBy && !this.#options.has(option.key)) this.#options.set(option.key, option);
    }
  }

  /** Where it says silu, which Darknet calls swish. */
  get silu(): CfgOption | undefined {
    return this.#silu;
  }

  /** Why Darknet stops at this section; undefined where it goes on. */
  get stop(): string | undefined {
    return this.#stop;
  }

  /** Whether lines were read as what they must have been. */
  get isRepaired(): boolean {
    return this.#isRepaired;
  }

  /** The layer before, or the network’s input; [net] itself has none, and does not ask. */
  get input(): Value {
    return this.#input!;
  }

  option(name: string): CfgOption | undefined {
    return this.#options.get(name);
  }

  has(name: string): boolean {
    return this.#options.has(name);
  }

  /** What atoi makes of a value; the standard where the key is not given; NaN beyond 32 bits. */
  int(name: string, standard: number): number {
    const option = this.#options.get(name);
    if (!option) return standard;
    const value = atoi(option.value);
    return Math.abs(value) > largestInt ? Number.NaN : value;
  }

  /** An integer that must be at least `least`; told and NaN where it is not. */
  size(name: string, standard: number, least = 1): number {
    const value = this.int(name, standard);
    if (!(value < least)) return value;
    const option = this.#options.get(name);
    this.tell(
      option ? placeOf(option) : this.section.header,
      'wrong-value',
      `\`${name}\` is ${value}, but must be at least ${least}.`,
    );
    return Number.NaN;
  }

  /** Whether a switch is on: any number but 0. */
  on(name: string): boolean {
    return this.int(name, 0) !== 0;
  }

  text(name: string, standard: string): string {
    return this.#options.get(name)?.value ?? standard;
  }

  /** The activation of a key; ReLU with a warning where Darknet knows no such (activations.c, get_activation). */
  activate(x: Tensor, standard: string, key = 'activation'): Tensor {
    const name = this.text(key, standard);
    const found = activationOf(name, this.dialect);
    if (found) return found.apply(this.builder, x);
    const option = this.#options.get(key)!;
    if (this.isPyTorch) return (pyTorchActivations[name] ?? activations.relu!).apply(this.builder, x);
    if (name === 'silu') {
      // Told once for the whole file: whoever writes it writes it in every section.
      this.#silu = option;
      return activations.relu!.apply(this.builder, x);
    }
    const names = activationNames(this.dialect);
    const meant = likelyName(name, names);
    const other = Object.hasOwn(activations, name) ? ` It is one of AlexeyAB’s.` : '';
    this.tell(
      placeOf(option),
      'unknown-activation',
      `Darknet knows no activation “${short(name)}” and takes relu.${other}${meant === undefined ? ` There are ${names.join(', ')}.` : ` Did you mean “${meant}”?`}`,
      'warning',
      meant === undefined
        ? []
        : [{ ...repair(`Change to “${meant}”`, option.valueRange, meant), ...guess(name, meant) }],
    );
    return activations.relu!.apply(this.builder, x);
  }

  /** The layers that `layers=` or `from=` names, each with its place; undefined where the key is missing. */
  sources(name: string, first = false): readonly (Value | undefined)[] | undefined {
    const option = this.#options.get(name);
    if (!option || option.value === '') {
      this.tell(
        option ? option.range : this.section.header,
        'missing-argument',
        `[${this.section.type}] needs \`${name}=\`: the layers that it reads, as in \`${name}=-1\`. Without it Darknet crashes.`,
      );
      return undefined;
    }
    const all = cfgItems(option);
    const items = first ? all.slice(0, 1) : all;
    this.#items = items;
    const sources = items.map((item, at) => this.#source(item, option, at === all.length - 1 && at > 0));
    return first ? sources : [...sources, ...this.#sourcesInComment(option)];
  }

  /** parse_route counts the commas of the whole value: those behind a # name layers, too. */
  #sourcesInComment(option: CfgOption): (Value | undefined)[] {
    return cfgItemsInComment(option).map(({ text, range }) => {
      const written = atoi(text);
      const target = written < 0 ? this.index + written : written;
      const message = `Darknet counts the commas of this comment as well, and reads layer ${target} here, too. Comments have lines of their own.`;
      this.tell({ from: option.commentFrom, to: range.to }, 'comment-in-value', message, 'warning', [
        {
          title: 'Remove the comment',
          edits: [{ from: option.valueRange.to, to: option.commentFrom + option.comment.length, text: '' }],
        },
      ]);
      return this.#held(target);
    });
  }

  #source({ text, range }: CfgItem, { valueRange }: CfgOption, last: boolean): Value | undefined {
    const place = range.to > range.from ? range : { from: Math.max(valueRange.from, range.from - 1), to: range.to };
    const written = atoi(text);
    if (!/^[+-]?\d+/.test(text)) {
      const edits = last && text === '' ? [{ from: range.from - 1, to: range.to, text: '' }] : [];
      this.tell(
        place,
        'wrong-value',
        text === ''
          ? 'Nothing follows this comma, which Darknet reads as layer 0. Remove it.'
          : `“${short(text)}” is not a number, so Darknet reads it as layer 0.`,
        'warning',
        edits.length > 0 ? [{ title: 'Remove the comma', edits }] : [],
      );
    } else if (!/^[+-]?\d+$/.test(text)) {
      // Darknet takes spaces out of a value, so that “-1 -2” is one item.
      const message = `“${short(text)}” is no whole number: Darknet reads ${written}. Layers are separated by commas.`;
      this.tell(place, 'wrong-value', message, 'warning');
    }
    const target = written < 0 ? this.index + written : written;
    if (target < 0) {
      this.tell(
        place,
        'no-such-layer',
        `${written} points before the first layer: this is layer ${this.index}, and layers are counted back from here.${this.index > 0 ? ` Use ${-this.index} or more.` : ''}`,
      );
      return undefined;
    }
    if (target >= this.index) {
      const what = target === this.index ? 'this layer itself' : 'a layer that comes later';
      const back =
        this.index === 0 ? '' : ` Use ${this.index - 1} or less, or a negative number to count back from here.`;
      this.tell(
        place,
        'forward-reference',
        `Layer ${target} is ${what}: this is layer ${this.index}, and Darknet would read one that is not there yet.${back}`,
      );
      return undefined;
    }
    return this.#held(target);
  }

  #held(target: number): Value | undefined {
    const value = this.layers[target];
    return value?.held ? { ...value, tensor: value.held, length: undefined } : value;
  }

  /** Complaints about inputs from here on: the first `skip` are not items of the list. */
  inputsAre(skip: number): void {
    this.#itemsFrom = skip;
  }

  /** The input as [1, C, H, W]; unknown, and told, where it is a vector. */
  image(): Tensor {
    return this.asImage(this.input, true);
  }

  asImage({ tensor, image, channels }: Value, tell = false): Tensor {
    const { shape } = tensor;
    if (shape === undefined || shape.length === 4) return tensor;
    if (image || !tell) return this.builder.add(reshape, { shape: [1, shape[1] ?? Number.NaN, 1, 1] }, tensor);
    const message = `[${this.section.type}] works on images, but the layer above outputs a vector of ${sizes(shape.slice(1))} numbers. Darknet stops here.`;
    this.tell(this.section.header, 'not-an-image', message);
    const shape4 = channels === undefined ? undefined : [1, channels, Number.NaN, Number.NaN];
    return this.builder.unknown(message, [tensor], shape4);
  }

  /** The input as [1, n]. */
  flat(value: Value = this.input): Tensor {
    const { tensor, length } = value;
    if (tensor.shape === undefined) return tensor;
    const flat = tensor.shape.length === 2 ? tensor : this.builder.add(flatten, { start: 1, end: -1 }, tensor);
    return length === undefined ? flat : this.cut(flat, 0, length);
  }

  /** So many numbers of a vector [1, n], from one on; zeros where it has no more. */
  cut(x: Tensor, start: number, length: number): Tensor {
    const { builder } = this;
    const there = x.shape?.[1] ?? Number.NaN;
    if (start === 0 && there === length) return x;
    if (!(start + length > there)) return builder.add(slice, { axis: 1, start, end: start + length, step: 1 }, x);
    const line = builder.add(reshape, { shape: [1, 1, there] }, x);
    const grown = builder.add(pad, { before: [-start], after: [start + length - there], mode: 'constant' }, line);
    return builder.add(reshape, { shape: [1, length] }, grown);
  }

  /** Tells of what Darknet stops at, where there is one way to mend it and the row is read as if it were. */
  tellRepaired(range: Range, code: string, message: string, mending: Repair): void {
    this.#isRepaired = true;
    this.builder.problem({ range, severity: 'error', code, message, repairs: [mending] });
  }

  /** Tells of something. Darknet stops at errors: the row has no total then. */
  tell(
    range: Range,
    code: string,
    message: string,
    severity: Problem['severity'] = 'error',
    repairs: readonly Repair[] = [],
  ): void {
    const problem: Problem = { range, severity, code, message };
    if (severity === 'error') this.stopAt(message);
    this.builder.problem(repairs.length > 0 ? { ...problem, repairs } : problem);
  }

  stopAt(message: string): void {
    this.#stop ??= message;
  }

  readonly locate = ({ attr, input }: Complaint): Range | undefined => {
    for (const name of attr === undefined ? [] : (keysOf[attr] ?? [attr])) {
      const option = this.#options.get(name);
      if (option) return placeOf(option);
    }
    if (input !== undefined) {
      const item = this.#items[input - this.#itemsFrom];
      if (item && item.range.to > item.range.from) return item.range;
    }
    return this.section.header;
  };

  readonly notes = (): readonly Note[] => {
    const { kind } = this;
    if (!kind) return [];
    const notes: Note[] = [];
    for (const option of this.section.options) {
      const key = keyOf(kind, option.key);
      if (!key) continue;
      const only = key.only && !kind.only ? ` ${capital(authorOf[key.only])} only.` : '';
      const standard = key.standard === undefined ? '' : ` Default: ${key.standard}.`;
      const names =
        option.key === 'activation' ? ` ${activationOf(option.value, this.dialect)?.doc ?? ''}`.trimEnd() : '';
      notes.push({ range: option.range, text: `\`${option.key}\`: ${key.doc}${names}${standard}${only}` });
    }
    return notes;
  };

  /** What is wrong with its lines, whatever they mean: keys that nobody reads, values that are no numbers. */
  check(): void {
    const { kind, section } = this;
    if (!kind) return;
    // What follows a lost header was meant for another section.
    const end = section.swallowed?.[0]?.range.from ?? Number.POSITIVE_INFINITY;
    const hiding = new Set(section.options.map(({ hiddenBy }) => hiddenBy?.range.from));
    for (const stray of section.strays) {
      if (stray.range.from < end) this.#tellStray(stray, kind, hiding.has(stray.range.from));
    }
    const seen = new Set<string>();
    for (const option of section.options) {
      if (option.range.from >= end) break;
      const key = keyOf(kind, option.key);
      if (!key) {
        if (!this.isPyTorch) this.#unknownKey(option, kind);
      } else if (seen.has(option.key)) {
        if (option.hiddenBy && !this.#options.has(option.key)) continue;
        const message = `\`${option.key}\` is given twice; the first one counts. Remove one of them.`;
        this.tell(option.keyRange, 'duplicate-key', message, 'warning');
      } else {
        if (key.only && key.only !== this.dialect) {
          const message = `Only ${authorOf[key.only]} reads \`${option.key}\` here; this file is read as ${authorOf[this.dialect]} would.`;
          this.tell(option.keyRange, 'ignored-key', message, 'information');
        } else this.#checkValue(option, key.kind);
      }
      seen.add(option.key);
    }
  }

  #tellStray({ range, text, hasKey }: CfgStray, kind: SectionKind, isHiding: boolean): void {
    if (hasKey) {
      const message = `Nothing follows “=”, so Darknet ignores this line. Give \`${short(text)}\` a value, or remove the line.`;
      this.tell(range, 'wrong-line', message, 'warning');
    } else if (isHiding && !this.#options.has(text)) {
      const message = `\`${short(text)}\` has no value here, and Darknet uses the first line with a key: it ignores the one below and falls back to the default. Remove this line.`;
      this.tell(range, 'hiding-line', message, 'warning', [repair('Remove the line', range, '')]);
    } else {
      // `filters 32`, `filters:32`, `filters＝32`.
      const [, key = '', value = ''] = /^([A-Za-z]\w*?)[:＝]?([-+\d.,]+)$/.exec(text) ?? [];
      const isKey = keyOf(kind, key) !== undefined && !this.#options.has(key);
      const message = isKey
        ? `The “=” is missing, so Darknet ignores this line. Write \`${key}=${short(value)}\`.`
        : `This is neither a [section] nor \`key=value\`, so Darknet ignores it. Comments start with # or ;.`;
      const mending = repair(`Change to ${key}=${short(value)}`, range, `${key}=${value}`);
      this.tell(range, isKey ? 'missing-equals' : 'wrong-line', message, 'warning', isKey ? [mending] : []);
    }
  }

  #unknownKey(option: CfgOption, kind: SectionKind): void {
    const { keyRange } = option;
    const name = option.key;
    // A text with hundreds of such lines is no cfg that somebody mistyped.
    const known = this.builder.told > manyTold ? [] : Object.keys(kind.keys).filter(each => !this.#options.has(each));
    const meant = didYouMean(name, known);
    if (meant === undefined) {
      const message = `Darknet reads no \`${short(name)}\` in [${this.section.type}] and ignores it.`;
      this.tell(keyRange, 'ignored-key', message, 'information');
      return;
    }
    const message = `Darknet reads no \`${short(name)}\` in [${this.section.type}] and ignores it. Did you mean “${meant}”?`;
    this.tell(keyRange, 'unknown-key', message, 'warning', [
      { ...repair(`Change to “${meant}”`, keyRange, meant), ...guess(name, meant) },
    ]);
  }

  #checkValue(option: CfgOption, kind: 'int' | 'number' | 'text' | 'ints' | 'numbers'): void {
    const { value, valueRange, comment } = option;
    const place = placeOf(option);
    switch (kind) {
      case 'text':
        if (comment !== '') {
          const message = `Darknet takes “${short(comment)}” for a part of this value: comments have lines of their own.`;
          this.tell(place, 'comment-in-value', message, 'warning');
        }
        return;
      case 'int':
        if (/^[+-]?\d+$/.test(value)) {
          if (Math.abs(Number(value)) <= largestInt) return;
          const message = `${short(value)} is more than an integer of Darknet’s holds (${largestInt}).`;
          // Where the key has to do with costs, its value is not known.
          this.builder.problem({ range: place, severity: 'error', code: 'wrong-value', message });
          return;
        }
        break;
      case 'number':
        if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)) return;
        break;
      default:
        return;
    }
    const read = kind === 'int' ? atoi(value) : atof(value);
    const message = `${value === '' ? 'This' : `“${short(value)}”`} is no ${kind === 'int' ? 'whole number' : 'number'}: Darknet reads ${read}.`;
    const fits = Math.abs(read) <= largestInt && valueRange.to > valueRange.from;
    this.tell(
      place,
      'wrong-value',
      message,
      'warning',
      fits ? [repair(`Write ${read}`, valueRange, String(read))] : [],
    );
  }
}

/** The keys that an operator’s attribute is written as. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  out: ['filters', 'output'],
  kernel: ['size'],
  stride: ['stride', 'stride_x', 'stride_y'],
  padding: ['padding', 'pad', 'size'],
  paddingAfter: ['padding', 'pad', 'size'],
  factor: ['stride'],
  scale: ['stride'],
};

/** Where a value is told of: itself, or its key where it is empty. */
export function placeOf({ valueRange, range }: CfgOption): Range {
  return valueRange.to > valueRange.from ? valueRange : range;
}

export function repair(title: string, { from, to }: Range, text: string): Repair {
  return { title, edits: [{ from, to, text }] };
}

export function unknownSection(type: string, types: readonly string[]): { message: string; meant: string | undefined } {
  const meant = likelyName(type, types);
  const message = `Darknet has no section [${short(type)}] (“Type not recognized”).${suggested(meant)}`;
  return { message, meant };
}

/** A message, in which a number that is not known is a question mark. */
export function say(parts: TemplateStringsArray, ...values: readonly (string | number | undefined)[]): string {
  return parts.reduce((text, part, at) => {
    const value = values[at - 1];
    return text + (value === undefined || Number.isNaN(value) ? '?' : value) + part;
  });
}

export function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
