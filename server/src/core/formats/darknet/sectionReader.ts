// One section while it is built: its values as Darknet reads them (atoi, atof), and what is wrong with them.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Placement } from '../../graph/segment.ts';
import { flatten, pad, reshape, slice } from '../../ops/index.ts';
import type { Complaint } from '../../ops/op.ts';
import { sizes } from '../../ops/rules/shape.ts';
import type { CfgOption } from '../../syntax/cfg.ts';
import type { Fix, Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonFor } from '../../text/reason.ts';
import { guess, likelyName } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { activationNames, activationOf, activations } from './activations.ts';
import type { Item, PlacedItem } from './items.ts';
import { pyTorchActivations } from './pytorch.ts';
import { type Reference, targetOf } from './references.ts';
import type { Section } from './repairs.ts';
import { atoi, largestInt } from './values.ts';
import type { Dialect, SectionKind } from './words.ts';

/** What a layer outputs: all that other sections read of it, but for `widthBy`. */
export interface Value {
  readonly tensor: Tensor;
  /** Whether it has width, height and channels in Darknet’s eyes; a vector has just a length. */
  readonly image: boolean;
  /** How many numbers it outputs, where that is not height × width × channels. */
  readonly length?: number | undefined;
  /** The channels that a vector would have if the layers of its route went together, for what wants an image. */
  readonly channels?: number | undefined;
  /** How many times narrower than the network’s input it is; NaN where that says nothing (after a crop, a vector). */
  readonly reduction: number;
  /** The section that chose its channels, for what wants others; undefined where several did. */
  readonly widthBy: PlacedItem | undefined;
}

/** A section above. */
export interface Above extends Value {
  /** What other layers read of it, where that is not what the next one gets: an antialiased layer without its blur. */
  readonly held?: Tensor | undefined;
  readonly item: Item;
  readonly placement: Placement;
}

/** How a text is read. */
export interface Mode {
  readonly dialect: Dialect;
  readonly isPyTorch: boolean;
  readonly suggests: boolean;
}

/** What a section is given. */
export interface Given {
  /** The layer above, or the network’s input; [net] itself has none, and does not ask. */
  readonly input: Value | undefined;
  /** What its references read, undefined where there is no such layer. */
  readonly reads: readonly (Value | undefined)[];
  /** All layers above. */
  readonly layers: readonly Above[];
}

export class SectionReader {
  readonly item: Item;
  readonly builder: Builder;
  readonly mode: Mode;
  readonly reads: Given['reads'];
  readonly #input: Value | undefined;
  readonly #layers: readonly Above[];
  /** How many inputs of an operator come before those that the section names. */
  #skipped = 0;
  #stop: Reason | undefined;
  #silu: CfgOption | undefined;
  #isTied = false;

  constructor(item: Item, mode: Mode, builder: Builder, { input, reads, layers }: Given) {
    this.item = item;
    this.mode = mode;
    this.builder = builder;
    this.reads = reads;
    this.#input = input;
    this.#layers = layers;
  }

  get section(): Section {
    return this.item.section;
  }

  get kind(): SectionKind | undefined {
    return this.item.kind;
  }

  get dialect(): Dialect {
    return this.mode.dialect;
  }

  /** The layer above, or the network’s input. */
  get input(): Value {
    return this.#input!;
  }

  // ——— What ties it to its place: who asks for this has read more than the values of the layers above ————————————————

  /** Its number among the layers, from 0. */
  get index(): number {
    this.#isTied = true;
    return this.#layers.length;
  }

  /** A section above that a reference means. */
  above(reference: Reference): Above | undefined {
    return this.#layers[targetOf(reference, this.index)];
  }

  /** The section that chose the channels of its input. */
  get widthBy(): PlacedItem | undefined {
    this.#isTied = true;
    return this.input.widthBy;
  }

  /** Whether what it becomes is of this place alone. */
  get isTied(): boolean {
    return this.#isTied;
  }

  // ——— Values ————————————————————————————————————————————————————————————————————————————————————————————————————

  option(name: string): CfgOption | undefined {
    return this.item.options.get(name);
  }

  has(name: string): boolean {
    return this.item.options.has(name);
  }

  /** What atoi makes of a value; the default where the key is not given; NaN beyond 32 bits. */
  int(name: string, byDefault: number): number {
    const option = this.option(name);
    if (!option) return byDefault;
    const value = atoi(option.value);
    return Math.abs(value) > largestInt ? Number.NaN : value;
  }

  /** An integer that must not be less than its key allows; reported and NaN where it is. */
  size(name: string, byDefault: number): number {
    const value = this.int(name, byDefault);
    const least = this.kind?.keys[name]?.min ?? 1;
    if (!(value < least)) return value;
    this.report({
      range: this.placeOf(name),
      code: 'value-out-of-range',
      message: l10n.t('`{0}` must be ≥ {1}, not {2}.', name, least, value),
    });
    return Number.NaN;
  }

  /** Whether a switch is on: any number but 0. */
  on(name: string): boolean {
    return this.int(name, 0) !== 0;
  }

  text(name: string, byDefault: string): string {
    return this.option(name)?.value ?? byDefault;
  }

  /** The activation of a key; ReLU with a warning where Darknet has no such activation (activations.c, get_activation). */
  activate(x: Tensor, byDefault: string, key = 'activation'): Tensor {
    const { builder, dialect } = this;
    const name = this.text(key, byDefault);
    const found = activationOf(name, dialect);
    if (found) return found.apply(builder, x);
    if (this.mode.isPyTorch) return (pyTorchActivations[name] ?? activations.relu!).apply(builder, x);
    const option = this.option(key)!;
    if (name === 'silu') this.#silu = option;
    else {
      const names = activationNames(dialect);
      const meant = likelyName(name, names);
      this.report({
        range: placeOf(option),
        severity: 'warning',
        code: 'unknown-activation',
        message: Object.hasOwn(activations, name)
          ? l10n.t('Only AlexeyAB’s Darknet has the activation “{0}”; pjreddie’s uses relu.', clip(name, 40))
          : l10n.t('Darknet does not have an activation “{0}” and uses relu.', clip(name, 40)),
        help:
          meant === undefined
            ? l10n.t('Use one of these: {0}.', names.join(', '))
            : l10n.t('Did you mean “{0}”?', meant),
        fixes: respelled(name, meant, option.valueRange),
      });
    }
    return activations.relu!.apply(builder, x);
  }

  /** Where it says silu, which Darknet calls swish: reported once for the whole file, because whoever writes it writes it in every section. */
  get silu(): CfgOption | undefined {
    return this.#silu;
  }

  // ——— Inputs ————————————————————————————————————————————————————————————————————————————————————————————————————

  /** The input as [1, C, H, W]; unknown, and reported, where it is a vector. */
  image(): Tensor {
    return this.asImage(this.input, true);
  }

  asImage({ tensor, image, channels }: Value, reports = false): Tensor {
    const { shape } = tensor;
    if (shape === undefined || shape.length === 4) return tensor;
    if (image || !reports) return this.builder.add(reshape, { shape: [1, shape[1] ?? Number.NaN, 1, 1] }, tensor);
    const why = this.report({
      range: this.section.header,
      code: 'not-an-image',
      message: l10n.t(
        '[{0}] needs an image, but the layer above outputs a vector of {1} values. Darknet stops here.',
        this.section.type,
        sizes(shape.slice(1)),
      ),
      short: l10n.t('vector where an image is needed'),
    });
    const shape4 = channels === undefined ? undefined : [1, channels, Number.NaN, Number.NaN];
    return this.builder.unknown(why, [tensor], shape4);
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

  // ——— Reports ———————————————————————————————————————————————————————————————————————————————————————————————————

  /**
   * Reports a problem, an error by default: Darknet stops there, and the section has no total. Returns the reason that it is
   * for what depends on it.
   */
  report(finding: Omit<Problem, 'severity'> & Partial<Pick<Problem, 'severity'>>): Reason {
    const problem: Problem = { severity: 'error', ...finding };
    const reason = reasonFor(problem);
    if (problem.severity === 'error') this.stopAt(reason);
    this.builder.problem(problem);
    return reason;
  }

  /** Why Darknet stops at this section; undefined where it goes on. */
  get stop(): Reason | undefined {
    return this.#stop;
  }

  stopAt(reason: Reason): void {
    this.#stop ??= reason;
  }

  /** Where a value of one of these keys is, else the header. */
  placeOf(...names: readonly string[]): Range {
    const name = names.find(each => this.has(each));
    return name === undefined ? this.section.header : placeOf(this.option(name)!);
  }

  /** Complaints about inputs from here on: the first `count` are not items of the list. */
  skipInputs(count: number): void {
    this.#skipped = count;
  }

  readonly locate = ({ attr, input }: Complaint): Range => {
    const names = attr === undefined ? [] : (keysOf[attr] ?? [attr]);
    if (names.some(name => this.has(name)) || input === undefined) return this.placeOf(...names);
    const item = this.item.references.reads[input - this.#skipped]?.range;
    return item && item.to > item.from ? item : this.section.header;
  };
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

/** Where a value is: itself, or its key where it is empty. */
export function placeOf({ valueRange, range }: CfgOption): Range {
  return valueRange.to > valueRange.from ? valueRange : range;
}

export function repair(title: string, { from, to }: Range, text: string): Fix {
  return { title, edits: [{ from, to, text }] };
}

/** The repair of a misspelled word; none where it is not known what was meant. */
export function respelled(word: string, meant: string | undefined, range: Range): Fix[] {
  return meant === undefined
    ? []
    : [{ ...repair(l10n.t('Change to “{0}”', meant), range, meant), ...guess(word, meant) }];
}

/** A number in a message: a question mark where it is not known. */
export function shown(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '?' : String(value);
}
