// What a layer type is: a function over the builder, in the order of Caffe's own forward pass.
import type { Builder } from '../../../graph/builder.ts';
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import { slice } from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import type { InputSize } from '../../format.ts';
import { type Layer, layerName, paramOf } from '../items.ts';
import { Param } from '../param.ts';
import type { Phase } from '../phase.ts';

export interface LayerType {
  /** One sentence for the hover. */
  readonly summary: string;
  /** How many bottoms and tops it takes: [least, most]. */
  readonly bottoms: readonly [number, number];
  readonly tops: readonly [number, number];
  /** The message that holds its parameters. */
  readonly param?: string;
  /** The fields in which operators' attributes are written, where they are called otherwise. */
  readonly attrs?: Readonly<Record<string, readonly string[]>>;
  /** Whether what it makes are inputs of the network. */
  readonly feeds?: true;
  readonly build: (scope: Scope) => readonly Tensor[];
}

/** Whose a parameter blob is that has a name, and its sizes where they are known. */
export interface Owner {
  readonly node: GraphNode;
  readonly shape: Shape | undefined;
  readonly layer: Layer;
}

/** What all layers of a network share while it is built. */
export interface Net {
  readonly builder: Builder;
  readonly phase: Phase;
  /** The batch that the text writes: the first size of its first input. */
  batch: number | undefined;
  /** Blobs whose first axis is time and second the batch: what recurrent layers read. */
  readonly timeMajor: ReadonlySet<string>;
  readonly input: readonly InputSize[];
  /** How many inputs have taken a size that has no name. */
  fed: number;
  /** Who has the parameter blobs of a name. */
  readonly owners: Map<string, Owner>;
  /** Tensors whose first axis is no batch: parameters, inputs of another first size, what is made of these alone. */
  readonly batchless: Set<Tensor>;
}

/** One layer while it is built. */
export class Scope {
  readonly net: Net;
  readonly layer: Layer;
  readonly inputs: readonly Tensor[];
  readonly param: Param;
  readonly paramName: string;
  /** Tensors that it reads without a node: alive to the end. */
  readonly alive: Tensor[] = [];

  constructor(net: Net, layer: Layer, inputs: readonly Tensor[], type: LayerType | undefined) {
    this.net = net;
    this.layer = layer;
    this.inputs = inputs;
    this.paramName = type?.param ?? '';
    this.param = paramOf(layer, this.paramName);
  }

  get builder(): Builder {
    return this.net.builder;
  }

  /** The first bottom. */
  get x(): Tensor {
    return this.inputs[0]!;
  }

  /** Tells what is wrong; the layer's output is not known beyond what the complaint knows of it. */
  refuse(complaint: Complaint, shape: Shape | undefined = complaint.output): Tensor {
    return this.builder.unknown(this.builder.complain(complaint), this.inputs, shape);
  }

  /**
   * Who has its parameter blob of an index already (`param { name }`). Where its own sizes are given, they must be those of
   * the owner, or only as many where it says PERMISSIVE (Net::AppendParam, net.cpp).
   */
  owner(index: number, shape?: Shape): GraphNode | undefined {
    const name = this.layer.blobNames[index];
    const owner = name ? this.net.owners.get(name) : undefined;
    if (!owner || !shape || !owner.shape || !isKnown(shape) || !isKnown(owner.shape)) return owner?.node;
    const param = this.layer.message.fields.filter(field => field.name === 'param')[index];
    const mode = param?.value?.kind === 'message' && new Param(param.value, param).word('share_mode', '', shareModes);
    const isSame =
      mode === 'PERMISSIVE' ? product(shape) === product(owner.shape) : String(shape) === String(owner.shape);
    if (!isSame) {
      const message = `“${name}” is a parameter of “${layerName(owner.layer)}” with ${sizesText(owner.shape)}, but is ${sizesText(shape)} here. Layers share blobs of the same ${mode === 'PERMISSIVE' ? 'number of elements' : 'sizes'} only: give it another name.`;
      const range = param ? { from: param.from, to: param.nameTo } : this.layer.field;
      this.builder.problem({ range, severity: 'error', code: 'shape-mismatch', message });
    }
    return owner.node;
  }

  /** Its parameter blob of an index is in a node: layers below that name it the same use it. */
  own(index: number, { node }: Tensor, shape?: Shape): void {
    const name = this.layer.blobNames[index];
    if (name && !this.net.owners.has(name)) this.net.owners.set(name, { node, shape, layer: this.layer });
  }

  /** How many samples of the text's batch the first axis of a tensor, of size 1 here, stands for. */
  samplesIn(tensor: Tensor): number {
    return tensor.shape?.[0] === 1 && !this.net.batchless.has(tensor) ? (this.net.batch ?? 1) : 1;
  }

  /** The bottoms as one sample meets them: one row of what has no batch, but as many rows as the batch. */
  sampled(): readonly Tensor[] {
    const { batchless, batch } = this.net;
    if (batchless.size === 0 || batch === undefined || batch === 1) return this.inputs;
    if (this.inputs.every(tensor => batchless.has(tensor))) return this.inputs;
    return this.inputs.map(tensor => (batchless.has(tensor) ? this.oneOf(tensor) : tensor));
  }

  /** One row of a tensor that has as many as the batch; another tensor as it is. */
  oneOf(tensor: Tensor): Tensor {
    const { batch } = this.net;
    if (batch === undefined || batch === 1 || tensor.shape?.[0] !== batch) return tensor;
    return this.builder.add(slice, { axis: 0, start: 0, end: 1, step: 1 }, tensor);
  }

  /** The name of a bottom as messages tell it. */
  bottomName(index: number): string {
    return this.layer.bottoms[index]?.text ?? `bottom ${index}`;
  }
}

const shareModes = ['STRICT', 'PERMISSIVE'];

export function product(sizes: Shape): number {
  return sizes.reduce((whole, length) => whole * length, 1);
}

export function isComplaint(value: unknown): value is Complaint {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** CanonicalAxisIndex (blob.hpp): negative axes count from the last; undefined where there is no such axis. */
export function canonical(axis: number, rank: number): number | undefined {
  const at = axis < 0 ? axis + rank : axis;
  return at >= 0 && at < rank ? at : undefined;
}

export function wrongAxis(axis: number, shape: Shape, attr = 'axis', output?: Shape): Complaint {
  const rank = shape.length;
  const message = `There is no axis ${axis}: the input has ${rank} ${rank === 1 ? 'axis' : 'axes'}, batch included.${rank > 0 ? ` Use ${-rank} to ${rank - 1}.` : ''}`;
  return { code: 'wrong-axis', attr, message, ...(output ? { output } : {}) };
}

/** `1×64×28×28`, unknown sizes as `?`. */
export function sizesText(shape: Shape): string {
  return shape.length === 0 ? 'a single number' : shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×');
}

/** Sizes as Caffe's older layers ask for them: num, channels, height, width, 1 where there are fewer (Blob::LegacyShape). */
export function fourAxes(shape: Shape): Shape {
  return shape.length < 4 ? [...shape, ...(Array(4 - shape.length).fill(1) as number[])] : shape;
}

export function isKnown(shape: Shape): boolean {
  return !shape.some(Number.isNaN);
}
