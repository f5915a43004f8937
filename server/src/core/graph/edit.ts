// Changes of a network in units of layers, as advice proposes them and as formats turn them into changes of a text.
//
// An item is what stands in the text for a layer: a row, a section, a `layer { }`. Edits name it by its site, the range
// that its frame has (`Frame.sites[0]`). A layer is a convolution or a fully connected layer with the normalization and
// the activation behind it, which a dialect writes in the same item or in items of their own.
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';

/** Where a layer stands. */
export interface Place {
  /** The item with the convolution or the fully connected layer. */
  readonly item: Range;
  /** The items of its normalization (several: Caffe's BatchNorm and Scale) and its activation, where they are others. */
  readonly norm: readonly Range[];
  readonly act: Range | undefined;
}

/** A number of channels: itself, or a share of those that the layer reads, where these differ between uses of a block. */
export type Width = number | { readonly share: number };

/** A border of zeros: half the kernel (less one), which keeps the size at stride 1, or none. */
export type Border = 'half' | 'none';

/** A layer that is to be there. */
export type NewLayer = NewConv | NewPool;

export interface NewConv {
  readonly op: 'conv';
  /** As many filters as input channels, one for each: `groups` is that number too. */
  readonly depthwise: boolean;
  /** Where depthwise, the channels that it reads. */
  readonly out: Width;
  /** One entry for each spatial dimension. */
  readonly kernel: readonly number[];
  /**
   * Of each dimension, whether it has the stride of the layer before which it is put, or 1: a dialect that writes one
   * stride for all dimensions refuses a mixture, unless the stride is 1.
   */
  readonly strided: readonly boolean[];
  /** `kept`: border and dilation are those of the layer before which it is put. */
  readonly border: Border | 'kept';
  /** Whether it has a normalization and an activation like those of the layer before which it is put. */
  readonly norm: boolean;
  readonly act: boolean;
}

/** Averages each channel over all places. */
export interface NewPool {
  readonly op: 'globalAvgPool';
}

/** New values of a layer's attributes; what is absent stays as it is written. */
export interface NewAttrs {
  /** Filters or features; a share is one of what is written, rounded down to a multiple of `multiple`. */
  readonly out?: number | { readonly times: number; readonly multiple: number };
  readonly kernel?: readonly number[];
  /** False for each dimension whose stride becomes 1. */
  readonly strided?: readonly boolean[];
  readonly border?: Border;
  readonly groups?: number;
  readonly bias?: boolean;
}

export type GraphEdit =
  /** Layers one after the other before another one, which then reads the last of them; the first reads what that read. */
  | { readonly kind: 'insert'; readonly before: Place; readonly layers: readonly NewLayer[] }
  | { readonly kind: 'set'; readonly item: Range; readonly attrs: NewAttrs }
  /** Writes another number for a knob of an item (`tunable.ts`), named as there. */
  | { readonly kind: 'tune'; readonly item: Range; readonly knob: string; readonly value: number }
  /** Names another module in an item, which takes the same arguments. */
  | { readonly kind: 'replace'; readonly item: Range; readonly type: string }
  /** Takes an item of one input and one output away: who read it reads what it read. */
  | { readonly kind: 'remove'; readonly item: Range }
  /** Puts an item of one input and one output before a layer above it; who read the one reads the other. */
  | { readonly kind: 'move'; readonly item: Range; readonly before: Place };

/** How a dialect says edits: each is noted, false where it cannot be said, and all become changes of the text together. */
export interface Rewriter {
  insert(before: Place, layers: readonly NewLayer[]): boolean;
  set(item: Range, attrs: NewAttrs): boolean;
  remove(item: Range): boolean;
  move(item: Range, before: Place): boolean;
  /** Absent where a format has no knobs. */
  tune?(item: Range, knob: string, value: number): boolean;
  replace?(item: Range, type: string): boolean;
  /** Undefined where they cannot be said together. */
  changes(): readonly TextEdit[] | undefined;
}

/** The changes of the text that edits amount to; undefined where one of them cannot be said. */
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
