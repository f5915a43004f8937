// From layers to a graph: what Net::Init does with blobs by name (net.cpp), for one sample.
import { Builder } from '../../graph/builder.ts';
import { type Graph, type Tensor, use } from '../../graph/graph.ts';
import type { Complaint } from '../../ops/op.ts';
import { type ProtoField, type ProtoMessage, protoNumber } from '../../syntax/prototext.ts';
import type { Problem, Repair } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, guess, likelyName } from '../../text/spelling.ts';
import type { InputSize } from '../format.ts';
import { miscounted } from './counts.ts';
import { blobCount, lacksBias } from './layers/blobs.ts';
import { feed } from './layers/data.ts';
import { isNearAnother, type LayerType, sameButCase, typeNames, typeOf } from './layers/index.ts';
import { type Net, Scope } from './layers/layer.ts';
import { type BlobName, type Layer, layerName } from './net.ts';
import { notesOf } from './notes.ts';
import { dimsOf, Param } from './param.ts';
import { absence, type State } from './phase.ts';

export interface Network {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  readonly batch: number | undefined;
}

/** A blob under its name, as the layers so far have left it. */
interface Blob {
  tensor: Tensor;
  /** Where it was written as a top last. */
  top: Range;
  /** The layer that wrote it; undefined for an input field. */
  layer: Layer | undefined;
  /** Whether somebody has read it since. */
  used: boolean;
}

export function build(
  root: ProtoMessage,
  layers: readonly Layer[],
  state: State,
  input: readonly InputSize[],
  fault: string | undefined,
): Network {
  return new Building(root, layers, state, input, fault).run();
}

class Building {
  readonly #root: ProtoMessage;
  readonly #layers: readonly Layer[];
  readonly #absent: readonly (string | undefined)[];
  readonly #builder = new Builder();
  readonly #net: Net;
  readonly #state: State;
  readonly #blobs = new Map<string, Blob>();
  /** The first layer that makes a blob, of those that are there. */
  readonly #makers = new Map<string, number>();
  /** Names of blobs that were told to be made twice: once is enough. */
  readonly #taken = new Set<string>();
  /** Whether a bottom was read that nobody makes. */
  #hasLooseEnds = false;
  /** Why what is outside of layers is not certain. */
  #fault: string | undefined;

  constructor(
    root: ProtoMessage,
    layers: readonly Layer[],
    state: State,
    input: readonly InputSize[],
    fault: string | undefined,
  ) {
    this.#root = root;
    this.#fault = fault;
    this.#layers = layers;
    this.#state = state;
    this.#absent = layers.map(layer => absence(layer, state));
    layers.forEach((layer, index) => {
      if (this.#absent[index] !== undefined) return;
      for (const { text } of layer.tops) if (!this.#makers.has(text)) this.#makers.set(text, index);
    });
    this.#net = {
      builder: this.#builder,
      phase: state.phase,
      batch: undefined,
      timeMajor: timeMajor(layers),
      input,
      fed: 0,
      owners: new Map(),
      batchless: new Set(),
      kept: [],
    };
  }

  run(): Network {
    this.#inputFields();
    this.#fault ??= this.#errorSince(0);
    this.#layers.forEach((layer, index) => {
      const why = this.#absent[index];
      if (why === undefined) this.#layer(layer, index);
      else this.#leaveOut(layer, why);
    });
    this.#sameNames();
    this.#unused();
    if (this.#fault !== undefined) this.#doubt(this.#fault);
    const outputs = [...this.#blobs.values()].filter(({ used }) => !used).map(({ tensor }) => tensor);
    const graph = this.#builder.finish([...outputs, ...this.#net.kept]);
    return { graph, problems: this.#builder.problems, batch: this.#net.batch };
  }

  /** Marks what is open as not certain: Caffe refuses the text, so what is counted is no cost of a network. */
  #doubt(why: string): void {
    this.#builder.unknown(why, [], nothing);
  }

  /** What the first error says of those since there were so many problems. */
  #errorSince(count: number, isRespelled = false): string | undefined {
    const { problems } = this.#builder;
    for (let at = count; at < problems.length; at++) {
      const { severity, message, code } = problems[at]!;
      // A type in other capitals is read as it is meant.
      if (severity === 'error' && !(isRespelled && code === 'unknown-type')) return message;
    }
    return undefined;
  }

  /** `input: "data"` with `input_shape` or four `input_dim` each (UpgradeNetInput, upgrade_proto.cpp). */
  #inputFields(): void {
    const top = new Param(this.#root, undefined);
    const names = top.fields('input');
    if (names.length === 0) return;
    const shapes = top.fields('input_shape');
    const dims = top.fields('input_dim');
    const numbers = dims.map(
      field => dimsOf(new Param({ ...this.#root, fields: [{ ...field, name: 'dim' }] }, undefined))[0]!,
    );
    this.#countInputs(names, shapes, dims);
    names.forEach((field, index) => {
      const { value } = field;
      if (!value || value.kind === 'message') return;
      const shape = shapes[index]?.value;
      let written = shape?.kind === 'message' ? dimsOf(new Param(shape, undefined)) : undefined;
      if (shapes.length === 0 && numbers.length >= 4 * (index + 1)) written = numbers.slice(4 * index, 4 * index + 4);
      const place = shapes[index] ?? dims[4 * index] ?? field;
      const frame = {
        label: value.text,
        type: 'Input',
        summary: 'What the network is given.',
        sites: [use(field)],
        locate: () => ({ from: place.from, to: place.to }),
      };
      const tensor = this.#builder.within(frame, () => feed(this.#net, value.text, written, undefined));
      this.#blobs.set(value.text, { tensor, top: value, layer: undefined, used: false });
    });
  }

  /** An input without a shape is dropped by UpgradeNetInput, and too few sizes end Caffe. */
  #countInputs(names: readonly ProtoField[], shapes: readonly ProtoField[], dims: readonly ProtoField[]): void {
    const tell = (field: ProtoField, message: string): void => {
      const range = { from: field.from, to: field.nameTo };
      this.#builder.problem({ range, severity: 'error', code: 'wrong-count', message });
    };
    const inputs = `${names.length} input${names.length === 1 ? '' : 's'}`;
    if (shapes.length > 0) {
      if (shapes.length < names.length) {
        tell(
          shapes.at(-1)!,
          `There ${shapes.length === 1 ? 'is' : 'are'} ${shapes.length} input_shape for ${inputs}. Write one for each.`,
        );
      }
    } else if (dims.length === 0) {
      // With a size out of the settings it is costed all the same.
      if (this.#net.input.length > 0) return;
      tell(
        names[0]!,
        'This input has no sizes: Caffe leaves it out. Write input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }, say.',
      );
    } else if (dims.length < 4 * names.length) {
      tell(
        dims.at(-1)!,
        `There ${dims.length === 1 ? 'is' : 'are'} ${dims.length} input_dim for ${inputs}. Write four for each (batch, channels, height, width), or input_shape { dim: … }.`,
      );
    }
  }

  /** A layer of another phase keeps its row: without costs, and for data with the shapes that it would hand on. */
  #leaveOut(layer: Layer, why: string): void {
    this.#builder.open({
      label: layerName(layer),
      type: `${layer.type === '' ? 'layer' : layer.type} (not in ${this.#net.phase})`,
      summary: why,
      sites: [use(layer.field)],
      repaired: layer.fault?.reach === 'repaired',
      notes: () => notesOf(layer),
    });
    const type = typeOf(layer.type);
    let outputs: readonly Tensor[] = [];
    if (type && type.bottoms[1] === 0 && /Data$|^Input$/.test(layer.type)) {
      const apart: Net = {
        ...this.#net,
        builder: new Builder(),
        batch: undefined,
        fed: 0,
        kept: [],
        batchless: new Set<Tensor>(),
      };
      outputs = type.build(new Scope(apart, layer, [], type));
    }
    // Caffe refuses the text, whether the layer is there or not.
    if (layer.fault && layer.fault.reach !== 'repaired') this.#doubt(layer.fault.why);
    this.#builder.close(outputs);
  }

  #layer(layer: Layer, index: number): void {
    if (this.#builder.full) return;
    const meant = typeOf(layer.type) ? layer.type : sameButCase(layer.type);
    const type = meant === undefined ? undefined : typeOf(meant);
    let scope: Scope | undefined;
    // A type in other capitals is refused, but can only be meant in one way.
    const isRespelled =
      meant !== undefined && meant !== layer.type && !isForkValue(layer) && !isNearAnother(layer.type, meant);
    this.#builder.open({
      label: layerName(layer),
      type: layer.type === '' ? 'layer' : layer.type,
      summary: type?.summary,
      sites: [use(layer.field)],
      repaired: layer.fault ? layer.fault.reach === 'repaired' : isRespelled,
      locate: complaint => scope && placeOf(scope, type, complaint),
      notes: () => notesOf(layer),
    });
    const told = this.#builder.problems.length;
    const inputs = layer.bottoms.map(bottom => this.#read(bottom, layer, index));
    scope = new Scope(this.#net, layer, inputs, type);
    const made = this.#make(scope, type);
    for (const problem of miscounted(layer, isLoss(layer.type))) this.#builder.problem(problem);
    const { batchless } = this.#net;
    if (batchless.size > 0 && inputs.length > 0 && inputs.every(tensor => batchless.has(tensor))) {
      for (const tensor of made) batchless.add(tensor);
    }
    const outputs = layer.tops.map((top, at) => this.#write(top, at, layer, made[at] ?? made[0]!));
    const why = this.#errorSince(told, isRespelled) ?? (layer.fault?.reach === 'doubt' ? layer.fault.why : undefined);
    if (why !== undefined && made.every(({ node }) => node.why === undefined)) this.#doubt(why);
    // What ends in nothing is not unused: it is what the layer is there for.
    if (outputs.length === 0) this.#net.kept.push(...made);
    this.#builder.close(outputs);
  }

  #make(scope: Scope, type: LayerType | undefined): readonly Tensor[] {
    const { layer, inputs } = scope;
    const { builder } = this.#net;
    // The oldest form's padding is done by the layer behind it.
    if (layer.form === 'v0' && layer.type === 'padding') return inputs.slice(0, 1);
    // Types that differ in capitals alone are told of and read all the same.
    const why = typeOf(layer.type) ? '' : this.#unknownType(layer, type !== undefined);
    if (!type) {
      if (layer.tops.length === 0) return [builder.unknown(why, inputs)];
      return layer.tops.map(() => builder.unknown(why, inputs));
    }
    const [least, most] = type.bottoms;
    if (inputs.length < least || inputs.length > most) {
      const wanted = least === most ? `${least}` : most >= 1000 ? `at least ${least}` : `${least} to ${most}`;
      const message = `${layer.type} takes ${wanted} bottom${wanted === '1' ? '' : 's'}, but ${inputs.length === 0 ? 'none is' : `${inputs.length} ${inputs.length === 1 ? 'is' : 'are'}`} given.`;
      const reason = builder.complain({ code: 'wrong-inputs', attr: 'type', message });
      return layer.tops.length === 0
        ? [builder.unknown(reason, inputs)]
        : layer.tops.map(() => builder.unknown(reason, inputs));
    }
    const unread = unreadable(scope);
    const broken = layer.fault?.reach === 'unknown' ? layer.fault.why : unread && `“${unread.name}” cannot be read`;
    if (broken !== undefined) {
      // Whatever it says, these hand on the shape that they are given.
      const shape = !unread && keepingShape.has(layer.type) ? inputs[0]?.shape : undefined;
      return layer.tops.length === 0
        ? [builder.unknown(broken, inputs)]
        : layer.tops.map(() => builder.unknown(broken, inputs, shape));
    }
    const made = type.build(scope);
    this.#tooManyParams(scope);
    if (layer.tops.length < type.tops[0]) {
      const message = `${layer.type} makes ${type.tops[0] === 1 ? 'a blob' : `${type.tops[0]} blobs`}, but ${layer.tops.length === 0 ? 'no top is' : `only ${layer.tops.length} top is`} written. Add top: "…".`;
      builder.complain({ code: 'missing-top', attr: 'type', message });
    }
    if (layer.tops.length <= Math.max(made.length, type.tops[1])) {
      return layer.tops.map(
        (_, at) => made[at] ?? builder.unknown(`what ${layer.type} makes here is not known`, inputs),
      );
    }
    const message = `${layer.type} makes ${type.tops[1] === 1 ? 'one blob' : `at most ${type.tops[1]} blobs`}, but ${layer.tops.length} tops are written.`;
    const reason = builder.complain({ code: 'too-many-tops', attr: 'type', message });
    return layer.tops.map((_, at) => made[at] ?? builder.unknown(reason, inputs));
  }

  #tooManyParams(scope: Scope): void {
    const { layer } = scope;
    if (layer.blobNames.length === 0 || layer.form !== 'current') return;
    const count = blobCount(scope);
    if (count === undefined || layer.blobNames.length <= count) return;
    const extra = layer.message.fields.filter(({ name, value }) => name === 'param' && value)[count]!;
    const has = count === 0 ? 'no parameters' : count === 1 ? 'one parameter blob' : `${count} parameter blobs`;
    const message = `This ${layer.type} has ${has}, so “param” number ${count + 1} belongs to nothing. Remove it${lacksBias(scope) ? ', or set bias_term: true' : ''}.`;
    const range = { from: extra.from, to: extra.nameTo };
    this.#builder.problem({ range, severity: 'error', code: 'too-many-params', message });
  }

  #unknownType(layer: Layer, isRead: boolean): string {
    const { type, typeField } = layer;
    if (isRead && isForkValue(layer)) return '';
    const header = { from: layer.field.from, to: layer.field.nameTo };
    const at = valueRange(typeField) ?? header;
    if (type === '') {
      const message = `${layer.form === 'current' ? 'A layer' : 'Layers'} must say what ${layer.form === 'current' ? 'it is' : 'they are'}: write type: ${layer.form === 'v1' ? 'CONVOLUTION' : '"Convolution"'}.`;
      this.#builder.problem({ range: at, severity: 'error', code: 'missing-field', message });
      return 'the layer has no type yet';
    }
    const meant = sameButCase(type) ?? this.#spelled(type, typeNames, likelyName);
    const repairs: Repair[] = [];
    if (meant !== undefined) {
      const isWord = typeField?.value?.kind === 'word';
      const text = isWord && layer.form === 'v1' ? meant.toUpperCase() : `"${meant}"`;
      if (layer.form === 'current')
        repairs.push({ title: `Change to “${meant}”`, edits: [{ ...at, text }], ...guess(type, meant) });
    }
    const shown = type.length > 60 ? `${type.slice(0, 59)}…` : type;
    const message = `“${shown}” is not a layer type that Flopline knows.${meant === undefined ? ' What it makes is unknown.' : ` Did you mean “${meant}”?`}`;
    this.#builder.problem({
      range: at,
      severity: isRead ? 'error' : 'warning',
      code: 'unknown-type',
      message,
      ...(repairs.length > 0 ? { repairs } : {}),
    });
    return `the layer type “${shown}” is not known`;
  }

  /** What a name was meant to be, as long as somebody may still read it: it is held against all others. */
  #spelled(name: string, candidates: Iterable<string>, spelling = didYouMean): string | undefined {
    return this.#builder.problems.length < maxSpelled ? spelling(name, candidates) : undefined;
  }

  /** The blob of a bottom; where there is none, what is known is why. */
  #read(bottom: BlobName, layer: Layer, index: number): Tensor {
    const name = layer.source ?? bottom.text;
    const blob = this.#blobs.get(name);
    // The padding layer is gone then, and nobody misses what it made.
    const padded = layer.source === undefined ? undefined : this.#blobs.get(bottom.text);
    if (padded) padded.used = true;
    if (blob) {
      blob.used = true;
      return blob.tensor;
    }
    this.#hasLooseEnds = true;
    return this.#builder.unknown(this.#unknownBottom(bottom, index));
  }

  #unknownBottom(bottom: BlobName, index: number): string {
    const { text } = bottom;
    const range = { from: bottom.from, to: bottom.to };
    const maker = this.#makers.get(text);
    if (maker !== undefined && maker >= index) {
      const layer = this.#layers[maker]!;
      const isOwn = maker === index;
      const message = isOwn
        ? `“${text}” is made by this layer itself. Read a blob from a layer above.`
        : `“${text}” comes from “${layerName(layer)}”, which is below. Layers run from top to bottom: move that one above.`;
      this.#builder.problem({
        range,
        severity: 'error',
        code: isOwn ? 'own-bottom' : 'later-bottom',
        message,
        ...(isOwn ? {} : { related: [{ range: headerOf(layer), message: `“${text}” is made here` }] }),
      });
      return `“${text}” is not made before it is read`;
    }
    const absent = this.#layers.find(
      (layer, at) => this.#absent[at] !== undefined && layer.tops.some(top => top.text === text),
    );
    const meant = absent ? undefined : this.#spelled(text, this.#blobs.keys());
    const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
    let message = `No layer above makes a blob “${shown}”.`;
    if (text === '') message = 'This bottom has no name yet. Write that of a top above.';
    else if (absent) {
      const other = this.#state.phase === 'TEST' ? 'TRAIN' : 'TEST';
      // Stages and levels keep it out of both phases: the other one is no way out.
      message +=
        absence(absent, { ...this.#state, phase: other }) === undefined
          ? ` “${layerName(absent)}” does, but it is excluded from the ${this.#state.phase} phase. Read the file in ${other} (“# flopline: phase=${other}”), or remove its rule.`
          : ` “${layerName(absent)}” does, but its rules leave it out in both phases. Set the stage or level that they ask for at the top, as in state { stage: "…" }, or change them.`;
    } else if (meant !== undefined) message += ` Did you mean “${meant}”?`;
    else message += ' Write the name of a top above.';
    const repairs =
      meant === undefined
        ? {}
        : {
            repairs: [
              { title: `Change to “${meant}”`, edits: [{ ...range, text: `"${meant}"` }], ...guess(text, meant) },
            ],
          };
    this.#builder.problem({ range, severity: 'error', code: 'unknown-bottom', message, ...repairs });
    return text === '' ? 'a bottom has no name yet' : `no layer above makes “${shown}”`;
  }

  /** Net::AppendTop: in place where the bottom of the same number has the same name, else a new name. */
  #write(top: BlobName, at: number, layer: Layer, tensor: Tensor): Tensor {
    const { text } = top;
    const range = { from: top.from, to: top.to };
    const isInPlace = layer.bottoms[at]?.text === text;
    const before = this.#blobs.get(text);
    if (before && !isInPlace && !this.#taken.has(text)) {
      this.#taken.add(text);
      const message = `“${text}” is made by ${before.layer ? `“${layerName(before.layer)}”` : 'an input'} already. A blob has one name of its own, unless a layer works in place: its bottom and top of the same number are equal.`;
      const related = [{ range: before.top, message: `“${text}” is made here` }];
      this.#builder.problem({ range, severity: 'error', code: 'duplicate-top', message, related });
    }
    if (isInPlace && notInPlace.has(layer.type)) {
      const message = `${layer.type} cannot work in place: it would overwrite what it reads. Give its top another name.`;
      // Caffe refuses some and computes nonsense for the others.
      const severity = refusedInPlace.has(layer.type) ? 'error' : 'warning';
      this.#builder.problem({ range, severity, code: 'in-place', message });
    }
    this.#blobs.set(text, { tensor, top: range, layer, used: false });
    return tensor;
  }

  #sameNames(): void {
    const seen = new Map<string, Layer>();
    this.#layers.forEach((layer, index) => {
      if (layer.name === '' || this.#absent[index] !== undefined) return;
      const first = seen.get(layer.name);
      if (!first) {
        seen.set(layer.name, layer);
        return;
      }
      this.#builder.problem({
        range: valueRange(layer.nameField) ?? headerOf(layer),
        severity: 'warning',
        code: 'duplicate-name',
        message: `There is a layer “${layer.name}” above already. Trained weights are found by name: give each layer one of its own.`,
        related: [{ range: valueRange(first.nameField) ?? headerOf(first), message: 'The first one' }],
      });
    });
  }

  /** Tops that nobody reads are the network's outputs: told of where that looks like an oversight. */
  #unused(): void {
    // A bottom that leads nowhere may be the one that was meant.
    if (this.#hasLooseEnds) return;
    const last = this.#layers.findLast((_, index) => this.#absent[index] === undefined);
    for (const [name, { used, layer, top }] of this.#blobs) {
      if (used || !layer || layer === last || endings.has(layer.type)) continue;
      const message = `“${name}” is never read, so it is an output of the network. If it should not be, use it as a bottom below, or end it in a Silence layer.`;
      this.#builder.problem({ range: top, severity: 'information', code: 'unused-top', message });
    }
  }
}

/** Beyond so many problems nobody looks for how a name was meant. */
const maxSpelled = 500;

/** What stands for a doubt takes no memory. */
const nothing = [0];

/** Forks of the older form have values of their own: `type: CROP`, `type: UPSAMPLE`. */
function isForkValue({ form, type, typeField }: Layer): boolean {
  return form === 'v1' && typeField?.value?.kind === 'word' && type === type.toUpperCase();
}

/** Layers whose top has the shape of their bottom, whatever their fields say. */
const keepingShape: ReadonlySet<string> = new Set([
  ...['ReLU', 'ReLU6', 'PReLU', 'ELU', 'SELU', 'SeLu', 'Sigmoid', 'TanH', 'BNLL', 'Swish', 'HardSwish', 'HardSigmoid'],
  ...[
    'Mish',
    'AbsVal',
    'Dropout',
    'SpatialDropout',
    'SeLuDropout',
    'Power',
    'Exp',
    'Log',
    'Threshold',
    'Clip',
    'Softmax',
  ],
  ...['BatchNorm', 'BN', 'Scale', 'Bias', 'LRN', 'Normalize'],
]);

/** Fields without which nothing can be said of a shape, not even its rank, and the least that each can be. */
const structural: ReadonlyMap<string, number> = new Map([
  // Counted from the end where negative.
  ['axis', Number.NEGATIVE_INFINITY],
  ['end_axis', Number.NEGATIVE_INFINITY],
  ['num_axes', Number.NEGATIVE_INFINITY],
  ['concat_axis', Number.NEGATIVE_INFINITY],
  ['concat_dim', 0],
  ['slice_dim', 0],
  ['slice_point', 0],
  ['order', 0],
  ['top_k', 0],
]);

/** The first of these whose value is no such number; the check of fields has told of it. */
function unreadable({ param }: Scope): ProtoField | undefined {
  return param.message?.fields.find(({ name, value }) => {
    const least = value && structural.get(name);
    if (least === undefined) return false;
    const number = protoNumber(value) ?? Number.NaN;
    return !Number.isSafeInteger(number) || number < least;
  });
}

/** Layers whose top may well be an output, wherever they stand. */
const endings: ReadonlySet<string> = new Set([
  ...typeNames.filter(name => /Data$|Loss(?:OHEM)?$/.test(name)),
  'Input',
  'Softmax',
  'SoftmaxWithLoss',
  'Sigmoid',
  'Accuracy',
  'SegAccuracy',
  'ArgMax',
  'DetectionOutput',
  'DetectionEvaluate',
  'Python',
]);

/** CHECK_NE(top[0], bottom[0]) in their sources. */
const refusedInPlace: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Split', 'AbsVal']);

/** These, and those that read their input again after they have written. */
const notInPlace: ReadonlySet<string> = new Set([
  ...refusedInPlace,
  'Convolution',
  'ConvolutionDepthwise',
  'DepthwiseConvolution',
  'Deconvolution',
  'InnerProduct',
  'Pooling',
  'Concat',
  'Permute',
  'LRN',
]);

/** Blobs that recurrent layers read, directly or through a look-up: time first, then the batch. */
function timeMajor(layers: readonly Layer[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (let index = layers.length - 1; index >= 0; index--) {
    const { type, bottoms, tops } = layers[index]!;
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
  return valueRange(layer.typeField) ?? headerOf(layer);
}

function isLoss(type: string): boolean {
  // SmoothL1LossOHEM sets itself up without LossLayer's weights.
  return type.endsWith('Loss') || type === 'SoftmaxWithLossOHEM';
}

function valueRange(field: ProtoField | undefined): Range | undefined {
  const value = field?.value;
  if (!field || !value) return undefined;
  return value.kind === 'message' ? { from: field.from, to: field.nameTo } : { from: value.from, to: value.to };
}

function headerOf({ field }: Layer): Range {
  return { from: field.from, to: field.nameTo };
}
