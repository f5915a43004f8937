// Converts the tree to layers, in any format version: `layer`, `layers { type: CONVOLUTION }`, `layers { layer { … }
// }`.
import * as l10n from '@vscode/l10n';
import { placedRange } from '../../graph/segment.ts';
import { movedField, type ProtoField, type ProtoMessage } from '../../syntax/prototext.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { Slot } from '../../text/slot.ts';
import { clip } from '../../text/wording.ts';
import { Param } from './param.ts';
import { fieldsOf } from './words.ts';

/** The name of a blob and its range. */
export interface BlobName extends Range {
  readonly text: string;
}

/** A layer with positions relative to its part of the text. Equal parts share their layers. */
export interface Layer {
  /** The whole `layer { … }`. */
  readonly field: ProtoField;
  readonly message: ProtoMessage;
  /** The message with the parameters: in the V0 format, the inner one. */
  readonly inner: ProtoMessage;
  readonly form: 'current' | 'v1' | 'v0';
  readonly name: string;
  readonly nameField: ProtoField | undefined;
  /** The type's current name; empty if none is written. */
  readonly type: string;
  readonly typeField: ProtoField | undefined;
  readonly bottoms: readonly BlobName[];
  readonly tops: readonly BlobName[];
  /** The names of its parameter blobs in order; empty strings for those without one. */
  readonly paramNames: readonly BlobName[];
  /** Its `include` and `exclude` rules. */
  readonly rules: readonly ProtoField[];
  /** Padding from a V0 padding layer above it. */
  readonly pad: number | undefined;
  /** The bottom of that padding layer, which this layer reads instead of its own. */
  readonly source: string | undefined;
  /** The most serious problem in its text. */
  readonly fault: Fault | undefined;
  /** Caches what it was built into. */
  readonly built: Slot<unknown>;
}

/** A layer at its position in the text. */
export class PlacedLayer {
  readonly layer: Layer;
  /** The start of its part of the text. */
  readonly start: number;
  #here: Layer | undefined;

  constructor(layer: Layer, start: number) {
    this.layer = layer;
    this.start = start;
  }

  /** The layer with absolute positions. */
  get here(): Layer {
    this.#here ??= this.start === 0 ? this.layer : movedLayer(this.layer, this.start);
    return this.#here;
  }

  /** Its start in the whole text. */
  get from(): number {
    return this.start + this.layer.field.from;
  }

  /** Converts a range of the layer to an absolute one. */
  at(range: Range): Range {
    return placedRange(range, this.start);
  }

  /** The keyword `layer`, or what is written instead. */
  get header(): Range {
    const { from, nameTo } = this.layer.field;
    return this.at({ from, to: nameTo });
  }

  /** The range of its name, or else of its header. */
  get nameRange(): Range {
    const range = valueRange(this.layer.nameField);
    return range ? this.at(range) : this.header;
  }
}

function movedLayer({ field, pad, source, fault }: Layer, start: number): Layer {
  const moved = movedField(field, offset => offset + start);
  return { ...layerOf(moved, moved.value as ProtoMessage), pad, source, fault };
}

/**
 * The effect of a problem in the text: with `doubt`, numbers are based on what could be read, but not certain; with
 * `unknown`, the layer's output is unknown; `repaired` text is read in its only possible meaning.
 */
export type Reach = 'repaired' | 'doubt' | 'unknown';

/** A problem in the text, and its effect. */
export interface Fault {
  readonly reach: Reach;
  readonly why: Reason;
}

/** The names of messages that occur only at the top level. */
export const topNames = ['layer', 'layers'];

export function isLayer({ name, value }: ProtoField): boolean {
  return value?.kind === 'message' && topNames.includes(name);
}

/** The name of a layer in messages. */
export function layerName({ name, type }: Layer): string {
  return name !== '' ? name : type !== '' ? type : 'layer';
}

/** The parameters of a layer in one of its messages. */
export function paramOf(layer: Layer, name: string): Param {
  if (layer.form === 'v0') return new Param(layer.inner, layer.field, v0Names);
  for (let at = layer.message.fields.length - 1; at >= 0; at--) {
    const field = layer.message.fields[at]!;
    if (field.name === name && field.value?.kind === 'message') return new Param(field.value, field);
  }
  return new Param(undefined, undefined);
}

/**
 * The layers among top-level fields, in source order. Text that is meant as a layer but not written as one (`laer { …
 * }`, fields without their `layer {`) keeps its position, with the problem as its fault.
 */
export function layersOf(fields: readonly ProtoField[]): readonly Layer[] {
  const layers: Layer[] = [];
  let loose: ProtoField[] = [];
  /** Fields outside any message that only layers have make up a layer of their own. */
  const flush = (): void => {
    const at = loose.findIndex(({ name }) => isOfLayer(name));
    const [first] = loose;
    if (at >= 0 && first) {
      const to = loose.at(-1)!.to;
      const message = {
        kind: 'message',
        from: first.from,
        to,
        fields: loose.filter(({ name }) => name !== 'layer'),
      } as const;
      const field = { name: 'layer', from: first.from, nameTo: first.nameTo, to, value: message };
      const layer = layerOf(field, message);
      const why = l10n.t('these fields belong in a layer, but “{0}” is missing above them', 'layer {');
      layers.push({ ...layer, fault: { reach: 'unknown', why: reasonOf(why) } });
    }
    loose = [];
  };
  fields.forEach((field, at) => {
    const { name, value } = field;
    const isTop = name === 'layer' || name === 'layers';
    if (value?.kind === 'message' && isTop) {
      flush();
      // Entries of a list, `layer: [{ … }, { … }]`, share a name, so each is at its own braces.
      const isEntry = fields[at + 1]?.from === field.from || fields[at - 1]?.from === field.from;
      const own = { name, from: value.from, nameTo: value.from + 1, to: value.to, value };
      layers.push(layerOf(isEntry ? own : field, value));
    } else if (value?.kind === 'message' && !isOfLayer(name) && !isOfNet(name) && value.fields.some(isOfLayers)) {
      flush();
      const layer = layerOf(field, value);
      const why = l10n.t('“{0}” is not a field of a network: only “layer” is', clip(name, 60));
      layers.push({ ...layer, fault: { reach: 'unknown', why: reasonOf(why) } });
    } else if (isTop && loose.length > 0) {
      flush();
      loose = [field];
    } else if (isTop || isOfLayer(name) || name === 'name') {
      // The last `name` before such fields is the layer's; the network's own name is separate.
      if (name === 'name' && loose.some(item => isOfLayer(item.name))) flush();
      if (name === 'name') loose = loose.filter(item => item.name === 'layer' || item.name === 'layers');
      loose.push(field);
    } else if (isOfNet(name)) flush();
    // A name above a broken header belongs to another layer.
    else if (loose.every(item => item.name === 'name')) loose = [];
  });
  flush();
  return layers;
}

/** Whether only layers have a field of this name. */
function isOfLayer(name: string): boolean {
  return fieldsOf('LayerParameter').has(name) && !isOfNet(name);
}

const isOfNet = (name: string): boolean => fieldsOf('NetParameter').has(name);

/** A field that identifies the message around it as a layer. */
function isOfLayers({ name, value }: ProtoField): boolean {
  return value !== undefined && (name === 'type' || name === 'bottom' || name === 'top');
}

function layerOf(field: ProtoField, message: ProtoMessage): Layer {
  let inner = message;
  let form: Layer['form'] = field.name === 'layers' ? 'v1' : 'current';
  const bottoms: BlobName[] = [];
  const tops: BlobName[] = [];
  let nameField: ProtoField | undefined;
  let typeField: ProtoField | undefined;
  let paramNames: BlobName[] | undefined;
  let rules: ProtoField[] | undefined;
  for (const item of message.fields) {
    const { value } = item;
    if (!value) continue;
    switch (item.name) {
      case 'name':
        nameField = item;
        break;
      case 'type':
        typeField = item;
        break;
      case 'bottom':
        if (value.kind !== 'message') bottoms.push(value);
        break;
      case 'top':
        if (value.kind !== 'message') tops.push(value);
        break;
      case 'param':
        paramNames ??= [];
        paramNames.push(value.kind === 'message' ? nameIn(item, value) : value);
        break;
      case 'include':
      case 'exclude':
        rules ??= [];
        rules.push(item);
        break;
      case 'layer':
        if (value.kind === 'message' && form === 'v1') {
          form = 'v0';
          inner = value;
        }
        break;
    }
  }
  if (form === 'v0') {
    nameField = inner.fields.findLast(({ name }) => name === 'name');
    typeField = inner.fields.findLast(({ name }) => name === 'type');
  }
  const written = textOf(typeField);
  const type = form === 'v0' ? (v0Types[written] ?? written) : (v1Types[written] ?? written);
  return {
    field,
    message,
    inner,
    form,
    name: textOf(nameField),
    nameField,
    type,
    typeField,
    bottoms,
    tops,
    paramNames: paramNames ?? none,
    rules: rules ?? none,
    pad: undefined,
    source: undefined,
    fault: undefined,
    built: new Slot(),
  };
}

const none: readonly never[] = [];

/** The range of a value; for a message, its name. */
export function valueRange(field: ProtoField | undefined): Range | undefined {
  const value = field?.value;
  if (!field || !value) return undefined;
  return value.kind === 'message' ? { from: field.from, to: field.nameTo } : { from: value.from, to: value.to };
}

function nameIn({ from, nameTo }: ProtoField, message: ProtoMessage): BlobName {
  const value = message.fields.findLast(({ name }) => name === 'name')?.value;
  return value && value.kind !== 'message' ? value : { text: '', from, to: nameTo };
}

function textOf(field: ProtoField | undefined): string {
  const value = field?.value;
  return value && value.kind !== 'message' ? value.text : '';
}

/** UpgradeV0PaddingLayers (upgrade_proto.cpp): a padding layer becomes the `pad` of the layer that reads it. */
export function withPadding(layers: readonly PlacedLayer[]): readonly PlacedLayer[] {
  if (!layers.some(({ layer }) => isPadding(layer))) return layers;
  const producers = new Map<string, Layer>();
  return layers.map(placed => {
    const { layer, start } = placed;
    const producer = layer.bottoms[0] && producers.get(layer.bottoms[0].text);
    for (const top of layer.tops) producers.set(top.text, layer);
    const source = producer && isPadding(producer) ? producer.bottoms[0]?.text : undefined;
    if (source === undefined) return placed;
    return new PlacedLayer(
      { ...layer, pad: paramOf(producer!, '').natural('pad', 0), source, built: new Slot() },
      start,
    );
  });
}

/** Whether it is a padding layer of the V0 format, whose padding is done by its reader. */
export function isPadding({ form, type }: Layer): boolean {
  return form === 'v0' && type === 'padding';
}

/** Current names of V0 fields (UpgradeV0LayerParameter, upgrade_proto.cpp). */
const v0Names: Readonly<Record<string, string>> = {
  kernel_size: 'kernelsize',
  bias_term: 'biasterm',
  batch_size: 'batchsize',
  crop_size: 'cropsize',
};

/** UpgradeV0LayerType (upgrade_proto.cpp). */
const v0Types: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  bnll: 'BNLL',
  concat: 'Concat',
  conv: 'Convolution',
  data: 'Data',
  dropout: 'Dropout',
  euclidean_loss: 'EuclideanLoss',
  flatten: 'Flatten',
  hdf5_data: 'HDF5Data',
  hdf5_output: 'HDF5Output',
  im2col: 'Im2col',
  images: 'ImageData',
  infogain_loss: 'InfogainLoss',
  innerproduct: 'InnerProduct',
  lrn: 'LRN',
  multinomial_logistic_loss: 'MultinomialLogisticLoss',
  pool: 'Pooling',
  relu: 'ReLU',
  sigmoid: 'Sigmoid',
  softmax: 'Softmax',
  softmax_loss: 'SoftmaxWithLoss',
  split: 'Split',
  tanh: 'TanH',
  window_data: 'WindowData',
};

/** UpgradeV1LayerType (upgrade_proto.cpp). */
export const v1Types: Readonly<Record<string, string>> = {
  ABSVAL: 'AbsVal',
  ACCURACY: 'Accuracy',
  ARGMAX: 'ArgMax',
  BNLL: 'BNLL',
  CONCAT: 'Concat',
  CONTRASTIVE_LOSS: 'ContrastiveLoss',
  CONVOLUTION: 'Convolution',
  DATA: 'Data',
  DECONVOLUTION: 'Deconvolution',
  DROPOUT: 'Dropout',
  DUMMY_DATA: 'DummyData',
  EUCLIDEAN_LOSS: 'EuclideanLoss',
  ELTWISE: 'Eltwise',
  EXP: 'Exp',
  FLATTEN: 'Flatten',
  HDF5_DATA: 'HDF5Data',
  HDF5_OUTPUT: 'HDF5Output',
  HINGE_LOSS: 'HingeLoss',
  IM2COL: 'Im2col',
  IMAGE_DATA: 'ImageData',
  INFOGAIN_LOSS: 'InfogainLoss',
  INNER_PRODUCT: 'InnerProduct',
  LRN: 'LRN',
  MEMORY_DATA: 'MemoryData',
  MULTINOMIAL_LOGISTIC_LOSS: 'MultinomialLogisticLoss',
  MVN: 'MVN',
  POOLING: 'Pooling',
  POWER: 'Power',
  RELU: 'ReLU',
  SIGMOID: 'Sigmoid',
  SIGMOID_CROSS_ENTROPY_LOSS: 'SigmoidCrossEntropyLoss',
  SILENCE: 'Silence',
  SOFTMAX: 'Softmax',
  SOFTMAX_LOSS: 'SoftmaxWithLoss',
  SPLIT: 'Split',
  SLICE: 'Slice',
  TANH: 'TanH',
  WINDOW_DATA: 'WindowData',
  THRESHOLD: 'Threshold',
};
