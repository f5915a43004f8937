// What a person can set, as the core uses it. What each setting is called, means and takes is in table.ts.
import type { ConventionName } from '../analysis/conventions.ts';
import type { Work } from '../analysis/work.ts';
import type { Format, InputSize } from '../formats/index.ts';

export type Dtype = 'fp32' | 'fp16' | 'bf16' | 'int8';

/** Bytes of one element. */
export const bytesOf: Record<Dtype, number> = { fp32: 4, fp16: 2, bf16: 2, int8: 1 };

/** What a person may choose for one file, in the order in which it is shown. */
export const choiceKeys = [
  'entry',
  'input',
  'scale',
  'convention',
  'work',
  'dtype',
  'batch',
  'phase',
  'dialect',
] as const;
export type ChoiceKey = (typeof choiceKeys)[number];

/** What was chosen for a file, as a comment would set it; an empty string is the file's own value. */
export type FileChoices = Readonly<Partial<Record<ChoiceKey, string>>>;

export interface AdviceSetting {
  readonly enabled: boolean;
  /** The share of the network's MACs or parameters from which a diagnostic points it out; absent where it has none. */
  readonly threshold?: number;
}

export interface Settings {
  readonly convention: ConventionName;
  /** The work that is counted: of inference, or of a step of training. */
  readonly work: Work;
  readonly input: readonly InputSize[];
  /** Samples per batch: multiplies the memory of activations; work and parameters are for one sample. */
  readonly batch: number;
  readonly dtype: Dtype;
  readonly scale: string | undefined;
  readonly dialect: string | undefined;
  /** Caffe's phase: TRAIN or TEST. */
  readonly phase: string | undefined;
  /** The network of a program: an expression in its names. */
  readonly entry: string | undefined;
  /** What a program's network is called with, as expressions. */
  readonly inputs: string | undefined;
  /** The folder from which a program's imports are resolved. */
  readonly source: string | undefined;
  /** Whether a YOLO file is read by the Python of its repository. */
  readonly repository: boolean;
  /** The environment or the folder of installed packages that a program's imports may be from. */
  readonly python: string | undefined;
  /** `auto` is the order in which a file's format writes its input. */
  readonly shapeOrder: 'auto' | Format['shapeOrder'];
  readonly hints: {
    readonly enabled: boolean;
    /** With `${shape}`, `${cost}`, `${params}`, `${share}`, `${times}`, `${memory}`. */
    readonly template: string;
    /** How many of the lines that stand out are marked, the costliest first. */
    readonly costliest: number;
    /** Whether the number of each row is in front of it, where rows name each other by number. */
    readonly rowNumbers: boolean;
    /** Whether what has changed is shown behind them, and what is gone where it was. */
    readonly changes: boolean;
  };
  readonly codeLens: { readonly enabled: boolean };
  readonly diagnostics: {
    /** Reports layers that hold more than this share of the parameters or MACs. */
    readonly dominance: { readonly enabled: boolean; readonly threshold: number };
    /** Reports outputs of at least so many bytes. */
    readonly hugeActivation: { readonly enabled: boolean; readonly threshold: number };
    readonly unusedOutput: { readonly enabled: boolean };
  };
  /** By piece of advice: `fatConvolution`. */
  readonly advice: Readonly<Record<string, AdviceSetting>>;
  /** Files of more characters (UTF-16 units) are not analysed, and say so. */
  readonly maxFileSize: number;
  /** What was chosen for the file alone: it takes precedence over the rest, and the file's comments over it. */
  readonly chosen: FileChoices;
}
