// What a layer type is: a function over the builder, in the order of Caffe's own forward pass.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../../graph/builder.ts';
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import { slice } from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import type { InputSize } from '../../format.ts';
import { type Layer, layerName, paramOf } from '../layer.ts';
import { Param } from '../param.ts';
import type { Phase } from '../phase.ts';
import { sizesText } from './complaints.ts';

export interface LayerType {
  /** One sentence for the hover. */
  readonly summary: () => string;
  /** How many bottoms and tops it takes: [least, most]. */
  readonly bottoms: readonly [number, number];
  readonly tops: readonly [number, number];
  /** The message that holds its parameters. */
  readonly param?: string;
  /** The fields in which operators' attributes are written, where their names differ. */
  readonly attrs?: Readonly<Record<string, readonly string[]>>;
  /** Whether its tops are inputs of the network. */
  readonly feeds?: true;
  readonly build: (scope: Scope) => readonly Tensor[];
}

/** The first layer with a parameter blob of a name, and the blob's sizes where they are known. */
export interface Owner {
  readonly node: GraphNode;
  readonly shape: Shape | undefined;
  readonly layer: Layer;
}

/** What all layers of a network share while it is built. */
export interface Net {
  readonly builder: Builder;
  readonly phase: Phase;
  /** Whether it is built as it runs in training. */
  readonly training: boolean;
  /** The batch that the text writes: the first size of its first input. */
  batch: number | undefined;
  /** Blobs whose first axis is time and second the batch: what recurrent layers read. */
  readonly timeMajor: ReadonlySet<string>;
  readonly input: readonly InputSize[];
  /** How many inputs have taken a size that has no name. */
  fed: number;
  /** The first layer with a parameter blob of a name. */
  readonly owners: Map<string, Owner>;
  /** Tensors whose first axis is not a batch: parameters, inputs of another first size, what is computed from these alone. */
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

  /** Reports what is wrong; the layer's output is unknown beyond what the complaint says of it. */
  refuse(complaint: Complaint, shape: Shape | undefined = complaint.output): Tensor {
    return this.builder.unknown(this.builder.complain(complaint), this.inputs, shape);
  }

  /** What cannot be computed because the shape of an input is unknown; `shape` is known all the same. */
  unknown(input: Tensor, shape?: Shape, inputs: readonly Tensor[] = [input]): Tensor {
    return this.builder.unknown(input.why ?? l10n.t('the shape of its input is not known'), inputs, shape);
  }

  /**
   * The node that has its parameter blob of an index already (`param { name }`). Where its own sizes are given, they must be those of
   * the owner, or only as many where it says PERMISSIVE (Net::AppendParam, net.cpp).
   */
  owner(index: number, shape?: Shape): GraphNode | undefined {
    const name = this.layer.paramNames[index]?.text;
    const owner = name ? this.net.owners.get(name) : undefined;
    if (!owner || !shape || !owner.shape || !isKnown(shape) || !isKnown(owner.shape)) return owner?.node;
    const param = this.layer.message.fields.filter(field => field.name === 'param')[index];
    const mode = param?.value?.kind === 'message' && new Param(param.value, param).word('share_mode', '', shareModes);
    const isSame =
      mode === 'PERMISSIVE' ? product(shape) === product(owner.shape) : String(shape) === String(owner.shape);
    if (!isSame) {
      const [own, other] = [sizesText(shape), sizesText(owner.shape)];
      this.builder.problem({
        range: param ? { from: param.from, to: param.nameTo } : this.layer.field,
        severity: 'error',
        code: 'shared-parameter-mismatch',
        message: l10n.t('Parameter “{0}” is {1} here, but {2} in “{3}”.', name!, own, other, layerName(owner.layer)),
        help:
          mode === 'PERMISSIVE'
            ? l10n.t('Layers can only share blobs with the same number of elements. Give this one another name.')
            : l10n.t('Layers can only share blobs of the same shape. Give this one another name.'),
      });
    }
    return owner.node;
  }

  /** Its parameter blob of an index is in a node: layers below that name it the same use it. */
  own(index: number, { node }: Tensor, shape?: Shape): void {
    const name = this.layer.paramNames[index]?.text;
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

  /** The name of a bottom in messages. */
  bottomName(index: number): string {
    return this.layer.bottoms[index]?.text ?? l10n.t('bottom {0}', index);
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

/** Sizes as Caffe's older layers ask for them: num, channels, height, width, 1 where there are fewer (Blob::LegacyShape). */
export function fourAxes(shape: Shape): Shape {
  return shape.length < 4 ? [...shape, ...(Array(4 - shape.length).fill(1) as number[])] : shape;
}

export function isKnown(shape: Shape): boolean {
  return !shape.some(Number.isNaN);
}
