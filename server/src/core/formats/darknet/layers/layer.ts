// The interface of a layer: a function from its section to its outputs.
import type { Tensor } from '../../../graph/graph.ts';
import type { SectionReader, Value } from '../sectionReader.ts';

export interface LayerOutput {
  readonly tensor: Tensor;
  /** Whether Darknet gives it width, height and channels; default: true. */
  readonly image?: boolean;
  /** See Value. */
  readonly length?: number | undefined;
  readonly channels?: number | undefined;
  /** See Above. */
  readonly held?: Tensor | undefined;
  /** How many times narrower it is than its input; default: 1. */
  readonly shrinks?: number;
  /** The reduction compared with the network's input, if that is not the layer above's times `shrinks`. */
  readonly reduction?: number;
  /** What determined the channels: this section (default), no single section, or the one that did for an input. */
  readonly widthBy?: 'own' | 'none' | Value;
}

export type Layer = (reader: SectionReader) => LayerOutput;
