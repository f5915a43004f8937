// A dialect: whose modules the rows of a file mean. The repositories spell rows alike and mean their own.

import type { PyValue } from '../../python/value.ts';
import type { Arg } from '../../torch/signature.ts';
import type { AnyModule } from './module.ts';

/** What the file sets for all rows. */
export interface Family {
  /** Number of classes; NaN where the file does not say. */
  readonly nc: number;
  /** Gains of the chosen scale. */
  readonly depth: number;
  readonly width: number;
  readonly maxChannels: number;
  /** `channel_multiple`, of which YOLOv5 after v7.0 makes channels multiples; 8 elsewhere. */
  readonly divisor: number;
  readonly scale: string | undefined;
  /** The scale’s letter in the file’s name, “” where it has none: what Ultralytics goes by in a file without `scales`. */
  readonly letter: string;
  /** YOLOv5: anchors for each output (or their number), as the file has them. */
  readonly anchors: PyValue;
  /** Pose: key points and numbers for each. */
  readonly keypoints: PyValue;
  /** Ultralytics 8.4: bins of the box distributions (`reg_max`), as the file has them; 16 where it does not say. */
  readonly regMax: PyValue;
  /** Ultralytics 8.4: whether heads have a second set of branches that needs no non-maximum suppression (`end2end`). */
  readonly end2end: boolean;
}

/** A row as parse_model sees it in its loop. */
export interface Row {
  readonly from: number | readonly number[];
  /** After the depth gain. */
  readonly repeats: number;
  readonly module: string;
  readonly args: readonly Arg[];
  /** `ch[x]` for each source that `from` names: the channels that parse_model believes in. */
  readonly channels: readonly number[];
  /** `c2` as the row above left it. */
  readonly c2: number;
  /** Says that the row cannot be built, of an argument by its place in `args`. */
  readonly refuse: (code: string, message: string, arg?: number) => undefined;
  /** Leaves the row unknown for a reason that was reported elsewhere. */
  readonly leave: (why: string) => undefined;
}

/** What parse_model makes of a row. */
export interface Arranged {
  /** The constructor's arguments. */
  readonly args: readonly Arg[];
  /** How many times the module stands in an nn.Sequential. */
  readonly repeats: number;
  /** The output channels that the rows below are built with (`c2`). */
  readonly c2: number;
  /** What is to be said of the row though it can be built. */
  readonly remarks?: readonly Remark[];
}

/** Something to know about a row that is read as it stands: another release takes it for something else. */
export interface Remark {
  readonly code: string;
  readonly message: string;
  /** The argument of the row that it is about; the module where absent. */
  readonly arg?: number;
}

export interface Dialect {
  readonly id: string;
  /** Who prints its figures: “Ultralytics”, “YOLOv5”. */
  readonly by: string;
  /** The modules that rows may name, `nn.…` apart. */
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** Modules that the repository has and parse_model does not accept all the same, with the reason. */
  readonly unreachable?: ReadonlyMap<string, string>;
  /** Keys at the top of a file that must be there. */
  readonly required: readonly string[];
  /** Whether `scales` of the file is read. */
  readonly scales: boolean;
  /** Names that arguments may use, such as `nc`. */
  readonly names: (family: Family) => ReadonlyMap<string, PyValue>;
  /** Whether text such as `nn.ReLU()` in arguments is evaluated; else it stays text, which no module takes for one. */
  readonly evaluates: boolean;
  /** parse_model's branch for a row. Undefined: refused, with a reason told. */
  arrange(row: Row, family: Family): Arranged | undefined;
  /** Modules after which heads no longer keep plain convolutions (Ultralytics' `legacy`). */
  readonly modern: ReadonlySet<string>;
  /** Heads whose inputs' sizes define the model's stride. */
  readonly heads: ReadonlySet<string>;
  /** Whether `model.info()` falls back to the full size where its small one fails. */
  readonly printsAtFullSize: boolean;
  /** Whether it gives its image as many channels as the first weights have (`p.shape[1]`), not those of the file. */
  readonly printsByWeights: boolean;
  /** The activation of every Conv that names none, where files cannot set it. */
  readonly activation?: PyValue;
  /**
   * The row whose channels parse_model takes for an entry of `from` (−1 is the image), where that is not the row that
   * the forward pass takes. `listed`: the entry stands in a list; `index` is the row's own number.
   */
  readonly lookup?: (from: number, listed: boolean, index: number) => number;
  /** Whether its releases print different figures (Ultralytics, native.ts); others count as thop did up to 2.0.15. */
  readonly releases?: boolean;
  /** How `model.info()` finds its small input, where not as in YOLOv5: at the stride, 32 at least, scaled up to 640. */
  readonly printing?: { readonly leastStride: number } | { readonly size: number };
}

/** A number argument of a row, or a refusal where there is none. */
export function numberAt(row: Row, index: number, what: string): number | undefined {
  const value = row.args[index]?.value;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value === undefined) {
    return row.refuse('missing-argument', `${row.module} needs ${what} as argument ${index + 1}.`);
  }
  return row.refuse('wrong-argument', `Argument ${index + 1} of ${row.module} is ${what}: a number.`, index);
}

/** `ch[f]`: refused where `from` is a list, as Python would. */
export function single(row: Row): number | undefined {
  if (typeof row.from === 'number') return row.channels[0]!;
  return row.refuse(
    'wrong-inputs',
    `${row.module} takes one input, so \`from\` must be one number, not a list. Join several by a Concat row before it.`,
  );
}

/** `[ch[x] for x in f]`: refused where `from` is one number. */
export function several(row: Row): readonly number[] | undefined {
  if (typeof row.from !== 'number') return row.channels;
  return row.refuse('wrong-inputs', `${row.module} takes a list of inputs: write [${row.from}] if it is one.`);
}

export const put = (value: PyValue): Arg => ({ value });
