// Reads a section while it is built: values as Darknet parses them (atoi, atof), and their problems.
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

/** What a layer outputs: everything that other sections read, except for `widthBy`. */
export interface Value {
  readonly tensor: Tensor;
  /** Whether Darknet gives it width, height and channels; a vector only has a length. */
  readonly image: boolean;
  /** The number of elements, if it is not height × width × channels. */
  readonly length?: number | undefined;
  /**
   * The channels that a vector would have if the layers of its route had equal sizes, for sections that need an image.
   */
  readonly channels?: number | undefined;
  /** How many times narrower it is than the network's input; NaN if that is meaningless (after a crop, a vector). */
  readonly reduction: number;
  /** The section that determined its channels, for error messages; undefined if there are several. */
  readonly widthBy: PlacedItem | undefined;
}

/** A section above. */
export interface Above extends Value {
  /** What references to it read, if not what the next layer reads: an antialiased layer without its blur. */
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

/** The context of a section. */
export interface Given {
  /** The layer above, or the network's input; undefined for [net], which does not use it. */
  readonly input: Value | undefined;
  /** What its references read; undefined for a layer that does not exist. */
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
  /** How many of an operator's inputs come before those that the section refers to. */
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

  // ——— Position: using any of these ties the result to more than the values of the layers it reads ———————————————————

  /** Its number among the layers, 0-based. */
  get index(): number {
    this.#isTied = true;
    return this.#layers.length;
  }

  /** The section above that a reference means. */
  above(reference: Reference): Above | undefined {
    return this.#layers[targetOf(reference, this.index)];
  }

  /** The section that determined the channels of its input. */
  get widthBy(): PlacedItem | undefined {
    this.#isTied = true;
    return this.input.widthBy;
  }

  /** Whether the result is valid only at this position. */
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

  /** The value as atoi parses it; the default if the key is missing; NaN beyond 32 bits. */
  int(name: string, byDefault: number): number {
    const option = this.option(name);
    if (!option) return byDefault;
    const value = atoi(option.value);
    return Math.abs(value) > largestInt ? Number.NaN : value;
  }

  /** An integer with the minimum of its key; smaller values are reported, and NaN. */
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

  /** Whether a switch is on: any number except 0. */
  on(name: string): boolean {
    return this.int(name, 0) !== 0;
  }

  text(name: string, byDefault: string): string {
    return this.option(name)?.value ?? byDefault;
  }

  /** The activation of a key; ReLU with a warning if Darknet has no such activation (activations.c, get_activation). */
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

  /**
   * An option with silu, which Darknet calls swish; reported once per file, since such files have it in every section.
   */
  get silu(): CfgOption | undefined {
    return this.#silu;
  }

  // ——— Inputs ————————————————————————————————————————————————————————————————————————————————————————————————————

  /** The input as [1, C, H, W]; unknown, and reported, if it is a vector. */
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

  /** A part of a vector [1, n]; zeros beyond its end. */
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
   * Reports a problem, by default an error: Darknet fails there, and the section has no total. Returns the reason for
   * what depends on it.
   */
  report(finding: Omit<Problem, 'severity'> & Partial<Pick<Problem, 'severity'>>): Reason {
    const problem: Problem = { severity: 'error', ...finding };
    const reason = reasonFor(problem);
    if (problem.severity === 'error') this.stopAt(reason);
    this.builder.problem(problem);
    return reason;
  }

  /** Why Darknet fails at this section; undefined if it does not. */
  get stop(): Reason | undefined {
    return this.#stop;
  }

  stopAt(reason: Reason): void {
    this.#stop ??= reason;
  }

  /** The range of a value of one of these keys, else of the header. */
  placeOf(...names: readonly string[]): Range {
    const name = names.find(each => this.has(each));
    return name === undefined ? this.section.header : placeOf(this.option(name)!);
  }

  /** From here on, the first `count` inputs in complaints are not items of the list. */
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

/** The keys for an operator's attributes. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  out: ['filters', 'output'],
  kernel: ['size'],
  stride: ['stride', 'stride_x', 'stride_y'],
  padding: ['padding', 'pad', 'size'],
  paddingAfter: ['padding', 'pad', 'size'],
  factor: ['stride'],
  scale: ['stride'],
};

/** The range of a value, or of its key if it is empty. */
export function placeOf({ valueRange, range }: CfgOption): Range {
  return valueRange.to > valueRange.from ? valueRange : range;
}

export function repair(title: string, { from, to }: Range, text: string): Fix {
  return { title, edits: [{ from, to, text }] };
}

/** The fix for a misspelled word; empty if it is unknown what was meant. */
export function respelled(word: string, meant: string | undefined, range: Range): Fix[] {
  return meant === undefined
    ? []
    : [{ ...repair(l10n.t('Change to “{0}”', meant), range, meant), ...guess(word, meant) }];
}

/** A number in a message; a question mark if unknown. */
export function shown(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '?' : String(value);
}
