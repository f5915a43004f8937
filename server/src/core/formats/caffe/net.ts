// From a tree to layers, whatever the age of the form: `layer`, `layers { type: CONVOLUTION }`, `layers { layer { … } }`.
import type { ProtoField, ProtoMessage } from '../../syntax/prototext.ts';
import type { Range } from '../../text/range.ts';
import { Param } from './param.ts';
import { fieldsOf } from './schema.ts';

/** A blob's name where it is written. */
export interface BlobName extends Range {
  readonly text: string;
}

export interface Layer {
  /** The whole `layer { … }`. */
  readonly field: ProtoField;
  readonly message: ProtoMessage;
  /** Where the parameters stand: the message itself, or the one inside it in the oldest form. */
  readonly inner: ProtoMessage;
  readonly form: 'current' | 'v1' | 'v0';
  readonly name: string;
  readonly nameField: ProtoField | undefined;
  /** The type as Caffe calls it today; empty where none is written. */
  readonly type: string;
  readonly typeField: ProtoField | undefined;
  readonly bottoms: readonly BlobName[];
  readonly tops: readonly BlobName[];
  /** The names of its parameter blobs in order; empty where they have none. */
  readonly blobNames: readonly string[];
  /** Padding that a layer of the oldest form before it asks for. */
  pad: number | undefined;
  /** The padding layer of the oldest form that has gone into this one's bottom. */
  source: string | undefined;
  /** What is wrong with its text, the gravest of it. */
  fault: Fault | undefined;
}

/** What is wrong with a text, and what that means for what is read of it (`Reach` of the check). */
export interface Fault {
  readonly reach: 'repaired' | 'doubt' | 'unknown';
  readonly why: string;
}

/** What a layer is told by in words. */
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
 * The layers of a network in source order. What is meant as a layer but is not one as it stands (`laer { … }`, fields of a
 * layer whose `layer {` is gone) keeps its place among them, with what is wrong as its fault.
 */
export function layersOf(root: ProtoMessage): readonly Layer[] {
  const layers: Layer[] = [];
  let loose: ProtoField[] = [];
  /** Fields outside any message that only a layer has: from the first of them, it is one. */
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
      const why = 'these fields belong in a layer, but “layer {” is missing above them';
      layers.push({ ...layer, fault: { reach: 'unknown', why } });
    }
    loose = [];
  };
  root.fields.forEach((field, at) => {
    const { name, value } = field;
    const isTop = name === 'layer' || name === 'layers';
    if (value?.kind === 'message' && isTop) {
      flush();
      // Entries of a list, `layer: [{ … }, { … }]`, share a name: each is where its own braces are.
      const isEntry = root.fields[at + 1]?.from === field.from || root.fields[at - 1]?.from === field.from;
      const own = { name, from: value.from, nameTo: value.from + 1, to: value.to, value };
      layers.push(layerOf(isEntry ? own : field, value));
    } else if (value?.kind === 'message' && !isOfLayer(name) && !isOfNet(name) && value.fields.some(isTelling)) {
      flush();
      const layer = layerOf(field, value);
      const why = `“${name.slice(0, 40)}” is not a field of a network: only “layer” is`;
      layers.push({ ...layer, fault: { reach: 'unknown', why } });
    } else if (isTop && loose.length > 0) {
      flush();
      loose = [field];
    } else if (isTop || isOfLayer(name) || name === 'name') {
      // The last `name` before is that of the layer; the network's own stands alone.
      if (name === 'name' && loose.some(item => isOfLayer(item.name))) flush();
      if (name === 'name') loose = loose.filter(item => item.name === 'layer' || item.name === 'layers');
      loose.push(field);
    } else if (isOfNet(name)) flush();
    // What was the header of a layer stands between: a name above it is not that layer's.
    else if (loose.every(item => item.name === 'name')) loose = [];
  });
  flush();
  if (layers.some(({ form, type }) => form === 'v0' && type === 'padding')) movePadding(layers);
  return layers;
}

/** Whether only layers have a field of this name. */
function isOfLayer(name: string): boolean {
  return fieldsOf('LayerParameter').has(name) && !isOfNet(name);
}

const isOfNet = (name: string): boolean => fieldsOf('NetParameter').has(name);

/** A field that says that the message around it is a layer. */
function isTelling({ name, value }: ProtoField): boolean {
  return value !== undefined && (name === 'type' || name === 'bottom' || name === 'top');
}

function layerOf(field: ProtoField, message: ProtoMessage): Layer {
  let inner = message;
  let form: Layer['form'] = field.name === 'layers' ? 'v1' : 'current';
  const bottoms: BlobName[] = [];
  const tops: BlobName[] = [];
  let nameField: ProtoField | undefined;
  let typeField: ProtoField | undefined;
  let blobNames: string[] | undefined;
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
        blobNames ??= [];
        blobNames.push(value.kind === 'message' ? nameIn(value) : value.text);
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
    blobNames: blobNames ?? none,
    pad: undefined,
    source: undefined,
    fault: undefined,
  };
}

const none: readonly string[] = [];

function nameIn(message: ProtoMessage): string {
  return textOf(message.fields.findLast(({ name }) => name === 'name'));
}

function textOf(field: ProtoField | undefined): string {
  const value = field?.value;
  return value && value.kind !== 'message' ? value.text : '';
}

/** UpgradeV0PaddingLayers (upgrade_proto.cpp): a padding layer becomes the `pad` of the convolution or pooling behind it. */
function movePadding(layers: readonly Layer[]): void {
  const producers = new Map<string, Layer>();
  for (const layer of layers) {
    const [bottom] = layer.bottoms;
    const producer = bottom && producers.get(bottom.text);
    if (producer?.form === 'v0' && producer.type === 'padding' && producer.bottoms[0]) {
      layer.pad = paramOf(producer, '').natural('pad', 0);
      layer.source = producer.bottoms[0].text;
    }
    for (const top of layer.tops) producers.set(top.text, layer);
  }
}

/** Today's name for a field of the oldest form (UpgradeV0LayerParameter, upgrade_proto.cpp). */
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
