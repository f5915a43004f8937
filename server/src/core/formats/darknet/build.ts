// Builds the graph from items, like parse_network_cfg. Each item becomes a segment, cached by what it has read.
import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import { type Graph, type Tensor, use } from '../../graph/graph.ts';
import { agrees, type Environments, type Memo, portsOf } from '../../graph/memo.ts';
import { type GraphRows, type Input, type Inputs, inputOf, type Name, type Placement } from '../../graph/segment.ts';
import type { Shape } from '../../ops/op.ts';
import type { CfgOption } from '../../syntax/cfg.ts';
import type { Problem } from '../../text/problem.ts';
import type { Reason } from '../../text/reason.ts';
import { guess, likelyName } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import type { InputSize, ReadOptions } from '../format.ts';
import { checkLines, reportFile, reportSilu } from './checks.ts';
import { absolute, type Item, type PlacedItem, type Reading } from './items.ts';
import { type LayerOutput, layers } from './layers/index.ts';
import { checkReduction, readNet, withoutNet } from './net.ts';
import { notesOf } from './notes.ts';
import { isOfPyTorch } from './pytorch.ts';
import { noReferences, type Reference, targetOf } from './references.ts';
import { type Above, type Mode, repair, SectionReader, type Value } from './sectionReader.ts';
import { authorOf, type Dialect, sectionTypes } from './words.ts';

/** Caches from readings of this text and earlier ones. */
export interface Known {
  readonly segments: Memo<Outcome>;
  readonly environments: Environments;
}

/** What an item means besides its segment, whose outputs are the layer and, if it differs, what other layers read. */
interface Outcome extends Omit<Value, 'tensor' | 'widthBy'> {
  /** What it has read besides tensors, of the layer above and of those it refers to. */
  readonly facts: readonly Facts[];
  /** What determined the channels: this section, none, or an input's (by index). */
  readonly widthBy: 'own' | 'none' | number;
  readonly silu: CfgOption | undefined;
  /** Whether Darknet fails here. */
  readonly stops: boolean;
}

type Facts = Omit<Value, 'tensor' | 'widthBy'>;

export interface Built {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  /** The first shortcut whose two sides differ in size, which only pjreddie's Darknet accepts. */
  readonly acrossSizes: PlacedItem | undefined;
  /** Whether Darknet fails at some section, for another reason than a damaged header. */
  readonly stops: boolean;
}

/** Sections that end a network: their outputs are results, even if other sections follow. */
const ends: ReadonlySet<string> = new Set([
  'yolo',
  'Gaussian_yolo',
  'region',
  'detection',
  'iseg',
  'contrastive',
  'softmax',
  'cost',
  'logistic',
]);

/** Heads with one or more boxes per grid cell. */
const grids: ReadonlySet<string> = new Set(['yolo', 'Gaussian_yolo', 'region']);

export function build(reading: Reading, dialect: Dialect, { input, ...options }: ReadOptions, known: Known): Built {
  return new Sections(reading, dialect, known, options).build(input?.[0]);
}

class Sections {
  readonly #reading: Reading;
  readonly #known: Known;
  readonly #mode: Mode;
  readonly #environment: object;
  readonly #builder: Builder;
  readonly #layers: Above[] = [];
  readonly #silus: { readonly start: number; readonly option: CfgOption }[] = [];
  #acrossSizes: PlacedItem | undefined;
  #stops = false;
  readonly #until: number;

  constructor(reading: Reading, dialect: Dialect, known: Known, { places, shapeOrder = 'whc', until }: ReadOptions) {
    const { isPyTorch, suggests } = reading;
    this.#reading = reading;
    this.#known = known;
    this.#until = until ?? Number.POSITIVE_INFINITY;
    this.#builder = new Builder(places, shapeOrder, reading.items.length);
    this.#mode = { dialect, isPyTorch, suggests };
    this.#environment = known.environments.of([dialect, isPyTorch, suggests, shapeOrder]);
  }

  build(size: InputSize | undefined): Built {
    const builder = this.#builder;
    const { items } = this.#reading;
    const first = items[0]?.item.kind?.name === 'net' ? absolute(items[0]) : undefined;
    const net = first && new SectionReader(first, this.#mode, builder, { input: undefined, reads: [], layers: [] });
    reportFile(this.#reading, this.#mode.dialect, builder);
    if (net) reportDamages(net);
    let input = net ? readNet(net, this.#reading, size) : withoutNet(this.#reading, builder);
    const outputs: Tensor[] = [];
    let untrained = { detached: 0, forwardOnly: 0, frozenWeights: 0 };
    let isDetector = false;
    for (let at = net ? 1 : 0; at < items.length && !builder.full; at++) {
      if (items[at]!.start > this.#until) break;
      const first = builder.next;
      const layer = this.#layer(items[at]!, input);
      const { item } = items[at]!;
      // Layers above get no gradients; this layer's are computed, but not used (parse_network_cfg_custom).
      if (isSet(item, 'stopbackward')) untrained = { ...untrained, detached: first, forwardOnly: builder.next };
      // As on a GPU; without one, gradients of weights are computed but not used (convolutional_kernels.cu).
      if (isSet(item, 'train_only_bn')) untrained = { ...untrained, frozenWeights: builder.next };
      const name = items[at]!.item.kind?.name ?? '';
      if (ends.has(name)) outputs.push(layer.tensor);
      if (grids.has(name)) isDetector = true;
      this.#layers.push(layer);
      input = layer;
    }
    reportSilu(builder, this.#silus, this.#mode.dialect);
    if (net && !size && isDetector) checkReduction(net, this.#layers);
    const last = this.#layers.at(-1)?.tensor;
    if (last && !outputs.includes(last)) outputs.push(last);
    return {
      graph: builder.finish(outputs, undefined, untrained),
      problems: builder.problems,
      acrossSizes: this.#acrossSizes,
      stops: this.#stops || net?.stop !== undefined || !net,
    };
  }

  /** Places the cached segment of a section if its inputs are the same; else builds it. */
  #layer(placed: PlacedItem, input: Value): Above {
    const { item } = placed;
    const reads = item.references === noReferences ? noReads : this.#reads(item.references.reads);
    if (!this.#acrossSizes && item.kind?.name === 'shortcut' && crosses(input, reads)) this.#acrossSizes = placed;
    return this.#found(placed, input, reads) ?? this.#built(placed, input, reads);
  }

  /** What a section reads of the layers it refers to. */
  #reads(references: readonly Reference[]): Reads {
    const reads = new Array<Value | undefined>(references.length);
    for (let at = 0; at < reads.length; at++) reads[at] = this.#read(targetOf(references[at]!, this.#layers.length));
    return reads;
  }

  /** What a section reads of one layer. */
  #read(target: number): Value | undefined {
    const layer = this.#layers[target];
    if (!layer?.held) return layer;
    return { ...factsOf(layer), tensor: layer.held, length: undefined, widthBy: layer.widthBy };
  }

  #found(placed: PlacedItem, input: Value, reads: Reads): Above | undefined {
    if (this.#builder.full || reads.includes(undefined)) return undefined;
    const { rows } = this.#builder;
    const above = inputFrom(input);
    const isChained = reads.length === 0 && typeof above === 'number';
    const inputs: Inputs = isChained ? above : inputsFrom(above, reads);
    const list = this.#known.segments.of(placed.item);
    for (let at = 0; at < list.length; at++) {
      const found = list[at]!;
      const { segment, value } = found;
      if (!agrees(found, this.#environment, inputs, rows) || !areSame(value.facts, input, reads)) continue;
      const row = this.#builder.place(segment, portsOf(found, inputs, rows), placed.start);
      return row === undefined ? undefined : this.#above(placed, row, value, input, reads);
    }
    return undefined;
  }

  #built(placed: PlacedItem, input: Value, reads: Reads): Above {
    const { item, start } = placed;
    const builder = this.#builder;
    const reader = new SectionReader(item, this.#mode, builder, { input, reads, layers: this.#layers });
    let output: LayerOutput | undefined;
    const built = builder.segment(() => {
      builder.training = isSet(item, 'onlyforward') ? 'forward-only' : undefined;
      output = readLayer(reader, `${numbered.text}${this.#layers.length}`);
      builder.training = undefined;
      return output.held ? [output.tensor, output.held] : [output.tensor];
    });
    const { image = true, length, channels, shrinks = 1, reduction = input.reduction * shrinks, widthBy } = output!;
    const inputs = [input, ...reads];
    const outcome: Outcome = {
      facts: inputs.flatMap(each => (each ? [factsOf(each)] : [])),
      image,
      length,
      channels,
      reduction,
      widthBy: typeof widthBy === 'string' ? widthBy : widthBy ? inputs.indexOf(widthBy) : 0,
      silu: reader.silu,
      stops: reader.stop !== undefined || !output!.tensor.shape,
    };
    let { segment } = built;
    if (!reader.isTied && !reads.includes(undefined)) {
      const tensors = inputs.map(each => each!.tensor);
      const made = this.#known.segments.keep(item, this.#environment, tensors, built, outcome, numbered);
      if (made) segment = made.segment;
    }
    return this.#above(placed, builder.place(segment, built.inputs, start)!, outcome, input, reads);
  }

  #above(placed: PlacedItem, row: number, outcome: Outcome, input: Value, reads: Reads): Above {
    const { widthBy } = outcome;
    if (outcome.stops) this.#stops = true;
    if (outcome.silu) this.#silus.push({ start: placed.start, option: outcome.silu });
    const chosenBy =
      widthBy === 'own'
        ? placed
        : widthBy === 'none'
          ? undefined
          : (widthBy === 0 ? input : reads[widthBy - 1])?.widthBy;
    return new Layer(this.#builder.rows, row, placed.item, outcome, chosenBy);
  }
}

/** Whether a flag of a section is 1. */
function isSet({ options }: Item, key: string): boolean {
  return Number(options.get(key)?.value) === 1;
}

/** A layer in the graph. Its tensors are created on demand. */
class Layer implements Above {
  readonly row: number;
  readonly item: Item;
  readonly widthBy: PlacedItem | undefined;
  readonly #rows: GraphRows;
  readonly #outcome: Outcome;

  constructor(rows: GraphRows, row: number, item: Item, outcome: Outcome, widthBy: PlacedItem | undefined) {
    this.row = row;
    this.item = item;
    this.widthBy = widthBy;
    this.#rows = rows;
    this.#outcome = outcome;
  }

  /** Whether layers that refer to it read something else than the next layer. */
  get isPair(): boolean {
    return this.#rows.outputs(this.row).length > 1;
  }

  get shape(): Shape | undefined {
    return this.#rows.outputs(this.row)[0]!.shape;
  }

  get input(): Input {
    return this.isPair ? inputOf(this.tensor) : this.#rows.input(this.row);
  }

  get tensor(): Tensor {
    return this.#rows.tensors(this.row)[0]!;
  }

  get held(): Tensor | undefined {
    return this.isPair ? this.#rows.tensors(this.row)[1] : undefined;
  }

  get placement(): Placement {
    return this.#rows.placement(this.row);
  }

  get image(): boolean {
    return this.#outcome.image;
  }

  get length(): number | undefined {
    return this.#outcome.length;
  }

  get channels(): number | undefined {
    return this.#outcome.channels;
  }

  get reduction(): number {
    return this.#outcome.reduction;
  }
}

/** The output of a layer, as an input of another one. */
const inputFrom = (value: Value): Input => (value instanceof Layer ? value.input : inputOf(value.tensor));

function inputsFrom(above: Input, reads: Reads): readonly Input[] {
  const inputs = new Array<Input>(1 + reads.length);
  inputs[0] = above;
  for (let at = 0; at < reads.length; at++) inputs[at + 1] = inputFrom(reads[at]!);
  return inputs;
}

const shapeOf = (value: Value): Shape | undefined => (value instanceof Layer ? value.shape : value.tensor.shape);

type Reads = readonly (Value | undefined)[];

const noReads: Reads = [];

const numbered: Name = { text: 'layer ', isNumbered: true };

function factsOf({ image, length, channels, reduction }: Value): Facts {
  return { image, length, channels, reduction };
}

function areSame(facts: readonly Facts[], input: Value, reads: Reads): boolean {
  for (let at = 0; at < facts.length; at++) if (!isSame(facts[at]!, at === 0 ? input : reads[at - 1]!)) return false;
  return true;
}

function isSame(a: Facts, b: Facts): boolean {
  return (
    a.image === b.image &&
    Object.is(a.length, b.length) &&
    Object.is(a.channels, b.channels) &&
    Object.is(a.reduction, b.reduction)
  );
}

function reportDamages({ section, builder }: SectionReader): void {
  const { damage, swallowed = [] } = section;
  if (damage) builder.problem(damage);
  for (const lost of swallowed) builder.problem(lost);
}

function readLayer(reader: SectionReader, label: string): LayerOutput {
  const { builder, section, kind } = reader;
  const spec = {
    label,
    type: kind?.name ?? section.type,
    summary: kind?.doc(),
    sites: [use(section.range)],
    locate: reader.locate,
    notes: notesOf(reader.item, reader.dialect),
    repaired: section.damage !== undefined,
  };
  let output: LayerOutput | undefined;
  reportDamages(reader);
  builder.within(spec, () => {
    checkLines(reader);
    output = outputOf(reader);
    // If Darknet fails here, there is no total, although the rest of the section is known.
    if (reader.stop !== undefined && output.tensor.shape) builder.unknown(reader.stop);
    return output.held ? [output.held, output.tensor] : output.tensor;
  });
  return output!;
}

function outputOf(reader: SectionReader): LayerOutput {
  const { section, kind, dialect, builder, input } = reader;
  const layer = kind && Object.hasOwn(layers, kind.name) ? layers[kind.name] : undefined;
  if (layer && (!kind?.only || kind.only === dialect)) return layer(reader);
  // Reported once for the whole file.
  const why = isOfPyTorch(section.type) ? l10n.t('Darknet does not have [{0}]', section.type) : reportUnknown(reader);
  return { tensor: builder.unknown(why, [input.tensor]), widthBy: 'none' };
}

/** Reports a section type that Darknet does not have. */
function reportUnknown(reader: SectionReader): Reason {
  const { section, kind, dialect } = reader;
  const { type, header: range } = section;
  const short = l10n.t('Darknet does not have [{0}]', clip(type, 20));
  if (kind?.name === 'net') {
    const message = l10n.t('Only the first section can be [net]; Darknet does not recognize it further down.');
    return reader.report({ range, code: 'net-not-first', message, short });
  }
  if (kind?.only) {
    const message = l10n.t(
      'Only {0} has [{1}]. This file is read in the dialect of {2}, which does not recognize it.',
      authorOf[kind.only],
      type,
      authorOf[dialect],
    );
    return reader.report({ range, code: 'section-of-other-dialect', message, short });
  }
  const meant = likelyName(type, reader.mode.suggests ? sectionTypes : []);
  const header = `[${meant}]`;
  return reader.report({
    range,
    code: 'unknown-section',
    message: l10n.t('Darknet does not have a section [{0}] (“Type not recognized”).', clip(type, 40)),
    short,
    help: meant && l10n.t('Did you mean “{0}”?', meant),
    fixes: meant ? [{ ...repair(l10n.t('Change to {0}', header), range, header), ...guess(type, meant) }] : [],
  });
}

/** Whether a shortcut reads a layer with another width or height. */
function crosses(input: Value, reads: readonly (Value | undefined)[]): boolean {
  const x = shapeOf(input);
  for (let at = 0; at < reads.length; at++) {
    const y = reads[at] && shapeOf(reads[at]!);
    if (x?.length === 4 && y?.length === 4 && (Math.abs(x[2]! - y[2]!) > 0 || Math.abs(x[3]! - y[3]!) > 0)) return true;
  }
  return false;
}
