// The interface of a layer type: a function over the builder that follows Caffe's own forward pass.
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
  /** Minimum and maximum number of bottoms; below, of tops. */
  readonly bottoms: readonly [number, number];
  readonly tops: readonly [number, number];
  /** The message with its parameters. */
  readonly param?: string;
  /** The fields for operators' attributes, if their names differ. */
  readonly attrs?: Readonly<Record<string, readonly string[]>>;
  /** Whether its tops are inputs of the network. */
  readonly feeds?: true;
  readonly build: (scope: Scope) => readonly Tensor[];
}

/** The first layer with a named parameter blob, and the blob's sizes if known. */
export interface Owner {
  readonly node: GraphNode;
  readonly shape: Shape | undefined;
  readonly layer: Layer;
}

/** State that all layers of a network share while it is built. */
export interface Net {
  readonly builder: Builder;
  readonly phase: Phase;
  /** Whether it is built as it runs in training. */
  readonly training: boolean;
  /** The batch size in the text: the first size of the first input. */
  batch: number | undefined;
  /** Blobs with time as the first axis and the batch as the second, as recurrent layers read them. */
  readonly timeMajor: ReadonlySet<string>;
  readonly input: readonly InputSize[];
  /** How many inputs have taken a size without a name. */
  fed: number;
  /** The first layer with a parameter blob, by the blob's name. */
  readonly owners: Map<string, Owner>;
  /**
   * Tensors whose first axis is not a batch: parameters, inputs with another first size, and what depends only on
   * these.
   */
  readonly batchless: Set<Tensor>;
}

/** A layer while it is built. */
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

  /** Reports a complaint; the layer's output is unknown except for what the complaint says about it. */
  refuse(complaint: Complaint, shape: Shape | undefined = complaint.output): Tensor {
    return this.builder.unknown(this.builder.complain(complaint), this.inputs, shape);
  }

  /** A result that is unknown because the shape of an input is; `shape` may be known nevertheless. */
  unknown(input: Tensor, shape?: Shape, inputs: readonly Tensor[] = [input]): Tensor {
    return this.builder.unknown(input.why ?? l10n.t('the shape of its input is not known'), inputs, shape);
  }

  /**
   * The node that already owns the parameter blob with this index (`param { name }`). If sizes are given, they must
   * equal the owner's, or have as many elements if `share_mode` is PERMISSIVE (Net::AppendParam, net.cpp).
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

  /** Registers a node as owner of a parameter blob, so that layers below can share it by name. */
  own(index: number, { node }: Tensor, shape?: Shape): void {
    const name = this.layer.paramNames[index]?.text;
    if (name && !this.net.owners.has(name)) this.net.owners.set(name, { node, shape, layer: this.layer });
  }

  /** How many samples of the text's batch the first axis of a tensor, which has size 1 here, represents. */
  samplesIn(tensor: Tensor): number {
    return tensor.shape?.[0] === 1 && !this.net.batchless.has(tensor) ? (this.net.batch ?? 1) : 1;
  }

  /** The bottoms for one sample: one row of a tensor without batch that has as many rows as the batch. */
  sampled(): readonly Tensor[] {
    const { batchless, batch } = this.net;
    if (batchless.size === 0 || batch === undefined || batch === 1) return this.inputs;
    if (this.inputs.every(tensor => batchless.has(tensor))) return this.inputs;
    return this.inputs.map(tensor => (batchless.has(tensor) ? this.oneOf(tensor) : tensor));
  }

  /** One row of a tensor with as many rows as the batch; other tensors are unchanged. */
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

/** CanonicalAxisIndex (blob.hpp): negative axes count from the last; undefined if the axis does not exist. */
export function canonical(axis: number, rank: number): number | undefined {
  const at = axis < 0 ? axis + rank : axis;
  return at >= 0 && at < rank ? at : undefined;
}

/** The four sizes that Caffe's older layers use: num, channels, height, width; 1 if missing (Blob::LegacyShape). */
export function fourAxes(shape: Shape): Shape {
  return shape.length < 4 ? [...shape, ...(Array(4 - shape.length).fill(1) as number[])] : shape;
}

export function isKnown(shape: Shape): boolean {
  return !shape.some(Number.isNaN);
}
