// What a module of a YOLO repository is: a layer over torch, and what parse_model makes of it.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { GraphNode, Tensor } from '../../graph/graph.ts';
import type { PyValue } from '../../python/value.ts';
import { type Layer, Scope as TorchScope } from '../../torch/layer.ts';
import type { Param, Since } from '../../torch/signature.ts';

/** A module: a layer with what parse_model and rows make of it. */
export interface Module<A extends object = object> extends Layer<A, Scope> {
  /** Takes the list of all that `from` names instead of one tensor. */
  readonly many?: boolean;
  /** Takes an input that is a list itself (the output of CBLinear or of a split backbone); others fail on it. */
  readonly lists?: boolean;
  /** The rows below get what this got, not what it returns. */
  readonly passes?: boolean;
  /** Its `in_channels` are the size of the last dimension: torchvision’s MLP is a stack of linear layers. */
  readonly channelsLast?: boolean;
  /** Asserts that it outputs as many channels as it reads. */
  readonly keepsChannels?: boolean;
  /** The fewest channels inside of it, a share `e` of those outside, with which every release builds it: one head. */
  readonly leastInside?: number;
}

/** Declares a module; only there to infer its arguments' type. */
export function module<A extends object>(definition: Module<A>): Module<A> {
  return definition;
}

// biome-ignore lint/suspicious/noExplicitAny: method parameters are contravariant; a table of modules needs it
export type AnyModule = Module<any>;

/** A release of Ultralytics, as what came with it. */
export const since = (version: string): Since => ({ by: 'Ultralytics', version });

/** Common parameters, so that the same words explain the same thing everywhere. */
export const param = {
  c1: { kind: 'int', doc: () => l10n.t('Input channels.') },
  c2: {
    kind: 'int',
    min: 1,
    doc: () => l10n.t('Output channels; the width multiple of the scale applies.'),
  },
  k: (value: PyValue): Param => ({
    kind: 'ints',
    min: 1,
    doc: () => l10n.t('Kernel size: MACs and parameters grow with its square.'),
    default: value,
  }),
  s: (value: PyValue): Param => ({
    kind: 'ints',
    min: 1,
    doc: () => l10n.t('Stride: 2 halves the output size.'),
    default: value,
  }),
  p: {
    kind: 'ints',
    min: 0,
    doc: () => l10n.t('Padding; None pads by half the kernel, which keeps the size at stride 1.'),
    default: null,
    words: ['same', 'valid'],
  },
  g: {
    kind: 'int',
    min: 1,
    doc: () => l10n.t('Number of channel groups; one per channel makes it depthwise.'),
    default: 1,
  },
  d: { kind: 'ints', min: 1, doc: () => l10n.t('Dilation: spacing between kernel elements.'), default: 1 },
  n: (value: number): Param => ({ kind: 'int', doc: () => l10n.t('Number of blocks stacked inside.'), default: value }),
  act: {
    kind: 'any',
    doc: () => l10n.t('Activation: True means the default (SiLU), False means none.'),
    default: true,
  },
  shortcut: (value: boolean): Param => ({
    kind: 'boolean',
    doc: () => l10n.t('Adds the input of each inner block to its output.'),
    default: value,
  }),
  e: (value: number): Param => ({
    kind: 'number',
    doc: () => l10n.t('Hidden channels as a fraction of the output channels.'),
    default: value,
  }),
  nc: { kind: 'int', min: 1, doc: () => l10n.t('Number of classes.'), default: 80 },
  ch: { kind: 'any', doc: () => l10n.t('Channels of the inputs; the file does not write them.'), default: [] },
} as const satisfies Record<string, Param | ((...values: never[]) => Param)>;

/** Where modules are built: the builder, and what the file sets for all of them. */
export class Scope extends TorchScope {
  /** The default activation, as `activation: nn.ReLU()` sets it. */
  readonly activation: PyValue;
  /** Ultralytics: heads of v3, v5, v8 and v9 keep plain convolutions in their class branch (`Detect.legacy`). */
  legacy: boolean;
  /** Whether the network is built as it runs in training. */
  readonly training: boolean;
  /** YOLO-World: text features as given, [1, classes, 512], and as image pooling attention leaves them. */
  readonly text: { readonly given: () => Tensor; current: Tensor | undefined };
  /** The one instance of a default activation with parameters, which all convolutions share. */
  sharedActivation: GraphNode | undefined;

  constructor(
    builder: Builder,
    options: { activation: PyValue; legacy: boolean; training: boolean; text: () => Tensor },
  ) {
    super(builder);
    this.training = options.training;
    this.activation = options.activation;
    this.legacy = options.legacy;
    this.text = { given: options.text, current: undefined };
  }

  /** What a module does in training is not described: then its costs there are lower bounds. */
  onlyEvaluates(name: string): void {
    if (this.training) this.builder.unknown(l10n.t('what {0} does in training is not known', name));
  }
}
