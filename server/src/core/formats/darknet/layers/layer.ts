// What a layer of Darknet is to the walk over the sections: a function from its section to what it outputs.
import type { Tensor } from '../../../graph/graph.ts';
import type { SectionReader, Value } from '../sectionReader.ts';

export interface LayerOutput {
  readonly tensor: Tensor;
  /** Whether Darknet gives it width, height and channels; true where not said. */
  readonly image?: boolean;
  /** As in Value. */
  readonly length?: number | undefined;
  readonly channels?: number | undefined;
  /** As in Above. */
  readonly held?: Tensor | undefined;
  /** How many times narrower than its input it is; 1 where not said. */
  readonly shrinks?: number;
  /** The reduction against the network’s input, where it is not that of the layer above times `shrinks`. */
  readonly reduction?: number;
  /** Which section chose the channels: this one, none alone, or the one that chose those of an input; the first where not said. */
  readonly widthBy?: 'own' | 'none' | Value;
}

export type Layer = (reader: SectionReader) => LayerOutput;
