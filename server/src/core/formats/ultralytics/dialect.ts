// A dialect: whose modules the rows of a file mean. The repositories spell rows alike and mean their own.
import type { AnyModule, Arg } from './module.ts';
import type { PyValue } from './python.ts';

/** What the file sets for all rows. */
export interface Family {
  readonly nc: number | undefined;
  /** Gains of the chosen scale. */
  readonly depth: number;
  readonly width: number;
  readonly maxChannels: number;
  readonly scale: string | undefined;
  /** YOLOv5: anchors for each output (or their number), as the file has them. */
  readonly anchors: PyValue | undefined;
  readonly activation: string | undefined;
  readonly keypoints: PyValue | undefined;
}

/** A row as parse_model sees it in its loop. */
export interface Row {
  readonly index: number;
  readonly from: number | readonly number[];
  /** As written, not yet scaled. */
  readonly repeats: number;
  readonly module: string;
  readonly args: readonly Arg[];
  /** Channels of each source that `from` names, as parse_model's `ch` holds them. */
  readonly channels: readonly number[];
}

/** What parse_model makes of a row. */
export interface Arranged {
  /** The constructor's arguments. */
  readonly args: readonly Arg[];
  /** How many times the module stands in an nn.Sequential. */
  readonly repeats: number;
  /** The output channels that the rows below are built with (`c2`). */
  readonly c2: number;
}

export interface Dialect {
  readonly id: string;
  /** Who prints its figures: “Ultralytics”, “YOLOv5”. */
  readonly by: string;
  /** The modules that rows may name, `nn.…` apart. */
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** parse_model's branch for a row; `found` is the row's module. */
  arrange(row: Row, family: Family, found: AnyModule): Arranged;
  /** Whether heads keep plain convolutions (Ultralytics' `legacy`); asked once, with all rows' modules. */
  isLegacy(modules: readonly string[]): boolean;
  /** Whether this module ends the network as a head whose inputs' sizes define the model's stride. */
  readonly heads: ReadonlySet<string>;
  /** The size that files are priced at unless a person sets one: 640, or 224 with a classifier. */
  inputSize(modules: readonly string[]): number;
}
