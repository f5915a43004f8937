// Edits of a network in units of layers, which advice proposes and formats translate into edits of the text.
//
// An item is the part of the text for a layer: a row, a section, a `layer { }`. Edits identify it by its range, that of
// its frame's site (`Frame.sites[0]`). A layer is a convolution or a fully connected layer with the normalization and
// activation after it, which a dialect writes in the same item or in items of their own.
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';

/** The items that a layer consists of. */
export interface Place {
  /** The item with the convolution or fully connected layer. */
  readonly item: Range;
  /** The items of its normalization (in Caffe two: BatchNorm and Scale) and its activation, if they are separate. */
  readonly norm: readonly Range[];
  readonly act: Range | undefined;
}

/** A number of channels, or a share of the layer's input channels if these differ between uses of a block. */
export type Width = number | { readonly share: number };

/** Zero padding: half the kernel, which keeps the size at stride 1, or none. */
export type Border = 'half' | 'none';

/** A layer to insert. */
export type NewLayer = NewConv | NewPool;

export interface NewConv {
  readonly op: 'conv';
  /** One filter per input channel: `groups` is that number too. */
  readonly depthwise: boolean;
  /** If depthwise, its input channels. */
  readonly out: Width;
  /** One entry per spatial dimension. */
  readonly kernel: readonly number[];
  /**
   * For each dimension, whether it has the stride of the layer that it is inserted before, or 1. A dialect with a
   * single stride for all dimensions refuses a mixture, unless that layer's stride is 1.
   */
  readonly strided: readonly boolean[];
  /** `kept`: padding and dilation of the layer that it is inserted before. */
  readonly border: Border | 'kept';
  /** Whether it gets a normalization and an activation like those of that layer. */
  readonly norm: boolean;
  readonly act: boolean;
}

/** Averages each channel over all positions. */
export interface NewPool {
  readonly op: 'globalAvgPool';
}

/** New values for a layer's attributes; absent ones stay unchanged. */
export interface NewAttrs {
  /** Filters or features; a factor applies to the written number and rounds down to a multiple of `multiple`. */
  readonly out?: number | { readonly times: number; readonly multiple: number };
  readonly kernel?: readonly number[];
  /** False for dimensions whose stride becomes 1. */
  readonly strided?: readonly boolean[];
  readonly border?: Border;
  readonly groups?: number;
  readonly bias?: boolean;
}

export type GraphEdit =
  /** Inserts a sequence of layers before another layer; the first one reads what that layer read. */
  | { readonly kind: 'insert'; readonly before: Place; readonly layers: readonly NewLayer[] }
  | { readonly kind: 'set'; readonly item: Range; readonly attrs: NewAttrs }
  /** Changes the number of a knob of an item (see `tunable.ts`). */
  | { readonly kind: 'tune'; readonly item: Range; readonly knob: string; readonly value: number }
  /** Replaces an item's module by another one with the same arguments. */
  | { readonly kind: 'replace'; readonly item: Range; readonly type: string }
  /** Removes an item with one input and one output; its readers read its input instead. */
  | { readonly kind: 'remove'; readonly item: Range }
  /** Moves an item with one input and one output to before a layer above it, and rewires the readers of both. */
  | { readonly kind: 'move'; readonly item: Range; readonly before: Place };

/** Translates edits into a dialect: each method returns false if it cannot be expressed; `changes` returns them all. */
export interface Rewriter {
  insert(before: Place, layers: readonly NewLayer[]): boolean;
  set(item: Range, attrs: NewAttrs): boolean;
  remove(item: Range): boolean;
  move(item: Range, before: Place): boolean;
  /** Absent if the format has no knobs. */
  tune?(item: Range, knob: string, value: number): boolean;
  replace?(item: Range, type: string): boolean;
  /** Undefined if the edits cannot be expressed together. */
  changes(): readonly TextEdit[] | undefined;
}

/** The text edits for edits of the network; undefined if one of them cannot be expressed. */
export function changesOf(rewriter: Rewriter, edits: readonly GraphEdit[]): readonly TextEdit[] | undefined {
  return edits.every(edit => isSaid(rewriter, edit)) ? rewriter.changes() : undefined;
}

function isSaid(rewriter: Rewriter, edit: GraphEdit): boolean {
  switch (edit.kind) {
    case 'insert':
      return rewriter.insert(edit.before, edit.layers);
    case 'set':
      return rewriter.set(edit.item, edit.attrs);
    case 'remove':
      return rewriter.remove(edit.item);
    case 'move':
      return rewriter.move(edit.item, edit.before);
    case 'tune':
      return rewriter.tune?.(edit.item, edit.knob, edit.value) ?? false;
    case 'replace':
      return rewriter.replace?.(edit.item, edit.type) ?? false;
  }
}
