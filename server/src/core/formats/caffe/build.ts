// Builds the graph from layers for one sample, like Net::Init (net.cpp).
import * as l10n from '@vscode/l10n';
import { Builder, type FrameSpec } from '../../graph/builder.ts';
import { type Graph, type Tensor, use } from '../../graph/graph.ts';
import { agrees, type Environments, type Memo, portsOf } from '../../graph/memo.ts';
import type { Inputs } from '../../graph/segment.ts';
import { detach } from '../../ops/detach.ts';
import type { Complaint } from '../../ops/op.ts';
import type { ProtoMessage } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonFor } from '../../text/reason.ts';
import type { ReadOptions } from '../format.ts';
import { Blobs } from './blobs.ts';
import { miscounted } from './checks.ts';
import { inputFields } from './inputs.ts';
import type { Wirings } from './items.ts';
import { type Layer, layerName, type PlacedLayer, valueRange } from './layer.ts';
import { isNearAnother, type LayerType, sameButCase, typeOf } from './layers/index.ts';
import { type Net, Scope } from './layers/layer.ts';
import { notesOf } from './notes.ts';
import { isForkValue, outputsOf } from './outputs.ts';
import { absence, type State } from './phase.ts';
import { propagatesDown, trainingOf } from './training.ts';

export interface Network {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  readonly batch: number | undefined;
}

/** Caches from readings of this text and earlier ones. */
export interface Known {
  readonly segments: Memo<LayerValue>;
  readonly environments: Environments;
  readonly wirings: Wirings;
}

/**
 * What a layer means besides its segment, whose outputs are its tops followed by tensors that stay alive to the end.
 */
interface LayerValue {
  /** The indexes of bottoms whose first axis is not a batch. */
  readonly batchlessInputs: readonly number[];
  /** The same for its outputs. */
  readonly batchless: readonly number[];
}

/** `root` contains the fields outside of layers; `fault` says why these are uncertain. */
export function build(
  root: ProtoMessage,
  layers: readonly PlacedLayer[],
  state: State,
  options: ReadOptions,
  fault: Reason | undefined,
  known: Known,
): Network {
  return new Building(layers, state, options, known).run(root, fault);
}

class Building {
  readonly #layers: readonly PlacedLayer[];
  readonly #builder: Builder;
  readonly #net: Net;
  readonly #state: State;
  readonly #blobs: Blobs;
  readonly #known: Known;
  readonly #until: number;
  /** Tensors that are read without a node that reads them: alive to the end. */
  readonly #alive: Tensor[] = [];
  /** What layers depend on besides their text and bottoms. */
  #environment: object;

  constructor(
    layers: readonly PlacedLayer[],
    state: State,
    { input = [], places, shapeOrder, until = Number.POSITIVE_INFINITY, training = false }: ReadOptions,
    known: Known,
  ) {
    this.#layers = layers;
    this.#builder = new Builder(places, shapeOrder, layers.length);
    this.#state = state;
    this.#known = known;
    this.#until = until;
    this.#blobs = new Blobs(this.#builder, layers, state);
    this.#net = {
      builder: this.#builder,
      phase: state.phase,
      training,
      batch: undefined,
      timeMajor: timeMajor(layers),
      input,
      fed: 0,
      owners: new Map(),
      batchless: new Set(),
    };
    this.#environment = this.#currentEnvironment();
  }

  run(root: ProtoMessage, fault: Reason | undefined): Network {
    this.#blobs.begin(inputFields(root, this.#net), this.#known.wirings);
    this.#environment = this.#currentEnvironment();
    const doubt = fault ?? this.#firstError(0);
    let last = -1;
    for (let index = 0; index < this.#layers.length; index++) {
      const placed = this.#layers[index]!;
      if (placed.start > this.#until) break;
      if (this.#blobs.has(index)) {
        last = index;
        this.#layer(placed, index);
      } else this.#leaveOut(placed, absence(placed.layer, this.#state)!);
    }
    for (const [index, first] of this.#blobs.namesakes) this.#reportName(this.#layers[index]!, this.#layers[first]!);
    this.#blobs.reportUnread(last);
    if (doubt !== undefined) this.#doubt(doubt);
    const graph = this.#builder.finish([...this.#blobs.unread, ...this.#alive]);
    return { graph, problems: this.#builder.problems, batch: this.#net.batch };
  }

  #currentEnvironment(): object {
    const { phase, training, batch, timeMajor } = this.#net;
    return this.#known.environments.of([phase, training, batch, timeMajor.size > 0, this.#builder.order]);
  }

  #layer(placed: PlacedLayer, index: number): void {
    if (!this.#builder.full && !this.#found(placed, index)) this.#buildLayer(placed, index);
  }

  #buildLayer(placed: PlacedLayer, index: number): void {
    const { layer, start } = placed;
    const builder = this.#builder;
    const meant = typeOf(layer.type) ? layer.type : sameButCase(layer.type);
    if (meant !== undefined && typeOf(meant)!.feeds) {
      // Inputs belong to the network, so they are not in a segment.
      const { outputs, alive } = this.#row(placed.here, index, meant);
      this.#blobs.pass(index, outputs);
      this.#alive.push(...alive);
      this.#environment = this.#currentEnvironment();
      return;
    }
    let outputs: readonly Tensor[] = [];
    const built = builder.segment(() => {
      const row = this.#row(layer, index, meant);
      outputs = [...row.outputs, ...row.alive];
      return outputs;
    });
    // A layer with an error may depend on others, and named parameters are shared.
    const isAlone =
      built.segment.problems.length === 0 && !layer.fault && layer.paramNames.every(({ text }) => text === '');
    const found = isAlone ? this.#blobs.find(index) : undefined;
    const inputs = found === undefined ? undefined : builder.rows.tensors(found);
    const value = { batchlessInputs: this.#batchless(inputs ?? []), batchless: this.#batchless(outputs) };
    if (inputs) this.#known.segments.keep(layer, this.#environment, inputs, built, value);
    const row = builder.place(built.segment, built.inputs, start)!;
    for (const { text: name } of layer.paramNames) {
      const owner = this.#net.owners.get(name);
      if (owner) this.#net.owners.set(name, { ...owner, node: builder.rows.placement(row).node(owner.node) });
    }
    this.#settle(index, row, value);
  }

  /** Places the cached segment of a layer, if it has the same inputs. */
  #found(placed: PlacedLayer, index: number): boolean {
    const { rows } = this.#builder;
    const list = this.#known.segments.of(placed.layer);
    const inputs = list.length > 0 ? this.#blobs.find(index) : undefined;
    if (inputs === undefined) return false;
    const batchless = this.#batchless(inputs);
    for (let at = 0; at < list.length; at++) {
      const built = list[at]!;
      const { segment, value } = built;
      if (!agrees(built, this.#environment, inputs, rows) || !sameNumbers(batchless, value.batchlessInputs)) continue;
      const row = this.#builder.place(segment, portsOf(built, inputs, rows), placed.start);
      if (row === undefined) return false;
      this.#settle(index, row, value);
      return true;
    }
    return false;
  }

  /** The indexes of tensors whose first axis is not a batch. */
  #batchless(inputs: Inputs): readonly number[] {
    const { batchless } = this.#net;
    if (batchless.size === 0) return none;
    const tensors = this.#builder.rows.tensors(inputs);
    return tensors.flatMap((tensor, at) => (batchless.has(tensor) ? [at] : []));
  }

  /** Records the outputs of a layer, which is in the graph as a row. */
  #settle(index: number, row: number, { batchless }: LayerValue): void {
    const { rows } = this.#builder;
    if (batchless.length > 0) for (const at of batchless) this.#net.batchless.add(rows.tensors(row)[at]!);
    this.#blobs.pass(index, row);
    const tops = this.#layers[index]!.layer.tops.length;
    if (rows.outputs(row).length > tops) this.#alive.push(...rows.tensors(row).slice(tops));
  }

  /** Builds a layer into the open segment, or into the graph. `meant` is its type in the right case. */
  #row(
    layer: Layer,
    index: number,
    meant: string | undefined,
  ): { readonly outputs: readonly Tensor[]; readonly alive: readonly Tensor[] } {
    const builder = this.#builder;
    const type = meant === undefined ? undefined : typeOf(meant);
    // Caffe rejects a type in another case, but its meaning is unambiguous.
    const isRespelled =
      meant !== undefined && meant !== layer.type && !isForkValue(layer) && !isNearAnother(layer.type, meant);
    let scope: Scope | undefined;
    const isRepaired = layer.fault ? layer.fault.reach === 'repaired' : isRespelled;
    builder.open({
      ...frameOf(layer, layer.type === '' ? 'layer' : layer.type, type?.summary(), isRepaired),
      locate: complaint => scope && placeOf(scope, type, complaint),
    });
    const before = builder.reported.length;
    const read = this.#blobs.read(index);
    const passes = this.#net.training ? propagatesDown(layer) : [];
    const inputs = read.map((tensor, at) => (passes[at] === false ? builder.add(detach, {}, tensor) : tensor));
    scope = new Scope(this.#net, layer, inputs, type);
    builder.training = trainingOf(layer);
    const found = outputsOf(scope, type);
    builder.training = undefined;
    for (const problem of miscounted(layer, isLoss(layer.type))) builder.problem(problem);
    const { batchless } = this.#net;
    if (batchless.size > 0 && inputs.length > 0 && inputs.every(tensor => batchless.has(tensor))) {
      for (const tensor of found) batchless.add(tensor);
    }
    this.#blobs.checkTops(index);
    const outputs = layer.tops.map((_, at) => found[at] ?? found[0]!);
    const why = this.#firstError(before, isRespelled) ?? (layer.fault?.reach === 'doubt' ? layer.fault.why : undefined);
    if (why !== undefined && found.every(({ node }) => node.why === undefined)) this.#doubt(why);
    builder.close(outputs);
    // A layer without tops is not unused: it exists for its side effects.
    return { outputs, alive: outputs.length === 0 ? [...scope.alive, ...found] : scope.alive };
  }

  /** A layer of another phase keeps its row: without costs, and for data layers with the shapes they would output. */
  #leaveOut({ layer, start }: PlacedLayer, why: string): void {
    const builder = this.#builder;
    const { segment, inputs } = builder.segment(() => {
      const name = l10n.t('{0} (not in {1})', layer.type === '' ? 'layer' : layer.type, this.#net.phase);
      builder.open(frameOf(layer, name, why, layer.fault?.reach === 'repaired'));
      const type = typeOf(layer.type);
      let outputs: readonly Tensor[] = [];
      if (type?.feeds) {
        const apart: Net = { ...this.#net, builder: new Builder(), batch: undefined, fed: 0, batchless: new Set() };
        outputs = type.build(new Scope(apart, layer, [], type));
      }
      // Caffe rejects the text whether or not the layer is active.
      if (layer.fault && layer.fault.reach !== 'repaired') this.#doubt(layer.fault.why);
      builder.close(outputs);
      return [];
    });
    builder.place(segment, inputs, start);
  }

  /** Marks what is open as uncertain: Caffe rejects the text, so the counts are not those of a network. */
  #doubt(why: Reason): void {
    this.#builder.unknown(why, [], nothing);
  }

  /** The first error reported after the first `count` problems of what is being built. */
  #firstError(count: number, isRespelled = false): Reason | undefined {
    const { reported } = this.#builder;
    for (let at = count; at < reported.length; at++) {
      const problem = reported[at]!;
      // A type in another case is read as intended.
      if (problem.severity === 'error' && !(isRespelled && problem.code === 'unknown-type')) return reasonFor(problem);
    }
    return undefined;
  }

  #reportName(placed: PlacedLayer, first: PlacedLayer): void {
    this.#builder.problem({
      range: placed.nameRange,
      severity: 'warning',
      code: 'duplicate-layer-name',
      message: l10n.t('A layer above is already called “{0}”.', placed.layer.name),
      help: l10n.t('Trained weights are found by name: give each layer its own.'),
      related: [{ range: first.nameRange, message: l10n.t('The first one') }],
    });
  }
}

const none: readonly never[] = [];

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && (a.length === 0 || a.every((value, at) => value === b[at]));

/** The node that represents a doubt takes no memory. */
const nothing = [0];

/** At module level, so that notes capture only the layer, not the reading. */
function frameOf(layer: Layer, type: string, summary: string | undefined, repaired: boolean): FrameSpec {
  return { label: layerName(layer), type, summary, sites: [use(layer.field)], repaired, notes: () => notesOf(layer) };
}

/** Blobs that recurrent layers read, directly or through an embedding: time first, then the batch. */
function timeMajor(layers: readonly PlacedLayer[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (let index = layers.length - 1; index >= 0; index--) {
    const { type, bottoms, tops } = layers[index]!.layer;
    if (type === 'LSTM' || type === 'RNN') for (const { text } of bottoms.slice(0, 2)) found.add(text);
    if (type === 'Embed' && tops[0] && found.has(tops[0].text) && bottoms[0]) found.add(bottoms[0].text);
  }
  return found;
}

function placeOf({ layer, param }: Scope, type: LayerType | undefined, { attr, input }: Complaint): Range {
  if (attr !== undefined && attr !== 'type') {
    for (const name of type?.attrs?.[attr] ?? [attr]) {
      const range = valueRange(param.field(name));
      if (range) return range;
    }
    const { holder } = param;
    if (holder && input === undefined) return { from: holder.from, to: holder.nameTo };
  }
  const bottom = input === undefined ? undefined : layer.bottoms[input];
  if (bottom) return { from: bottom.from, to: bottom.to };
  return valueRange(layer.typeField) ?? { from: layer.field.from, to: layer.field.nameTo };
}

function isLoss(type: string): boolean {
  // SmoothL1LossOHEM is set up without LossLayer's weights.
  return type.endsWith('Loss') || type === 'SoftmaxWithLossOHEM';
}
