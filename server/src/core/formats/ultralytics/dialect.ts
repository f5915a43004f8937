// A dialect: whose modules the rows of a file mean. The repositories spell rows alike and mean their own.

import * as l10n from '@vscode/l10n';
import { type PyValue, show } from '../../python/value.ts';
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
  /** Reports that the row cannot be built. */
  readonly refuse: (refusal: Remark) => undefined;
  /** Leaves the row unknown for a reason that was reported elsewhere. */
  readonly leave: (why: string) => undefined;
}

/** What parse_model makes of a row. */
export interface Arranged {
  /** The constructor's arguments. */
  readonly args: readonly Arg[];
  /** How many copies of the module an nn.Sequential chains. */
  readonly repeats: number;
  /** The output channels that the rows below are built with (`c2`). */
  readonly c2: number;
  /** What to report of the row though it can be built. */
  readonly remarks?: readonly Remark[];
}

/** Something to know about a row: why it cannot be built, or that another release takes it for something else. */
export interface Remark {
  readonly code: string;
  readonly message: string;
  readonly help?: string | undefined;
  readonly short?: string | undefined;
  /** The argument of the row that it is about, by its place in `args`; the module where absent. */
  readonly arg?: number | undefined;
}

export interface Dialect {
  readonly id: string;
  /** Who prints its figures: “Ultralytics”, “YOLOv5”. */
  readonly by: string;
  /** The modules that rows may name, `nn.…` apart. */
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** Modules that the repository has and parse_model does not accept all the same, with what to report. */
  readonly unreachable?: ReadonlyMap<string, (module: string) => string>;
  /** Keys at the top of a file that must be there. */
  readonly required: readonly string[];
  /** Whether `scales` of the file is read. */
  readonly scales: boolean;
  /** Names that arguments may use, such as `nc`. */
  readonly names: (family: Family) => ReadonlyMap<string, PyValue>;
  /** Whether text such as `nn.ReLU()` in arguments is evaluated; else it stays text, which no module takes for one. */
  readonly evaluates: boolean;
  /** parse_model's branch for a row. Undefined: refused, with a reason reported. */
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
   * the forward pass takes. `listed`: the entry is in a list; `index` is the row's own number.
   */
  readonly lookup?: (from: number, listed: boolean, index: number) => number;
  /** Whether its releases print different figures (Ultralytics, native.ts); others count as thop did up to 2.0.15. */
  readonly releases?: boolean;
  /** How `model.info()` finds its small input, where not as in YOLOv5: at the stride, 32 at least, scaled up to 640. */
  readonly printing?: { readonly leastStride: number } | { readonly size: number };
}

/** A number argument of a row, or a refusal where there is none. `name` is what the constructor calls it. */
export function numberAt(row: Row, index: number, name: string): number | undefined {
  const value = row.args[index]?.value;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value === undefined) {
    const message = l10n.t('{0} needs `{1}` as argument {2}.', row.module, name, index + 1);
    return row.refuse({ code: 'missing-argument', message });
  }
  const message = l10n.t('`{0}` of {1} must be a number, not {2}.', name, row.module, show(value));
  return row.refuse({ code: 'not-a-number', message, arg: index });
}

/** `ch[f]`: refused where `from` is a list, as Python would. */
export function single(row: Row): number | undefined {
  if (typeof row.from === 'number') return row.channels[0]!;
  return row.refuse({
    code: 'list-of-inputs',
    message: l10n.t('{0} takes one input, so `from` must be a number, not a list.', row.module),
    help: l10n.t('To join several inputs, add a Concat row above.'),
  });
}

/** `[ch[x] for x in f]`: refused where `from` is one number. */
export function several(row: Row): readonly number[] | undefined {
  if (typeof row.from !== 'number') return row.channels;
  return row.refuse({
    code: 'not-a-list-of-inputs',
    message: l10n.t('{0} takes a list of inputs, so `from` must be a list.', row.module),
    help: l10n.t('Use [{0}] for a single input.', row.from),
  });
}

export const put = (value: PyValue): Arg => ({ value });
