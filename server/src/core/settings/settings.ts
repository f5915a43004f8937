// The settings as core uses them. Their names, descriptions and types are in table.ts.
import type { ConventionName } from '../analysis/conventions.ts';
import type { Work } from '../analysis/work.ts';
import type { Format, InputSize } from '../formats/index.ts';

export type Dtype = 'fp32' | 'fp16' | 'bf16' | 'int8';

/** Bytes of one element. */
export const bytesOf: Record<Dtype, number> = { fp32: 4, fp16: 2, bf16: 2, int8: 1 };

/** What can be chosen for a single file, in display order. */
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

/** The choices for a file, in the syntax of comments; an empty string selects the file's own value. */
export type FileChoices = Readonly<Partial<Record<ChoiceKey, string>>>;

export interface AdviceSetting {
  readonly enabled: boolean;
  /** The share of MACs or parameters above which it is reported; absent for advice without one. */
  readonly threshold?: number;
}

export interface Settings {
  readonly convention: ConventionName;
  /** What is counted: inference, or parts of a training step. */
  readonly work: Work;
  readonly input: readonly InputSize[];
  /** Samples per batch. Multiplies activation memory; work and parameters are per sample. */
  readonly batch: number;
  readonly dtype: Dtype;
  readonly scale: string | undefined;
  readonly dialect: string | undefined;
  /** Caffe's phase: TRAIN or TEST. */
  readonly phase: string | undefined;
  /** The expression that builds the network of a program. */
  readonly entry: string | undefined;
  /** The expressions that a program's network is called with. */
  readonly inputs: string | undefined;
  /** The folder against which a program's imports are resolved. */
  readonly source: string | undefined;
  /** Whether a YOLO file is read by its repository's own Python. */
  readonly repository: boolean;
  /** The environment or folder with the installed packages that a program may import. */
  readonly python: string | undefined;
  /** `auto` is the order in which the file's format writes input shapes. */
  readonly shapeOrder: 'auto' | Format['shapeOrder'];
  readonly hints: {
    readonly enabled: boolean;
    /** With `${shape}`, `${cost}`, `${params}`, `${share}`, `${times}`, `${memory}`. */
    readonly template: string;
    /** How many of the costliest lines are marked. */
    readonly costliest: number;
    /** Whether to show the number in front of each row, in formats that refer to rows by number. */
    readonly rowNumbers: boolean;
    /** Whether to show changes after lines, and removed rows where they were. */
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
  /** By name of the advice: `fatConvolution`. */
  readonly advice: Readonly<Record<string, AdviceSetting>>;
  /** Larger files (in UTF-16 units) are not analyzed, which is reported. */
  readonly maxFileSize: number;
  /** The choices for this file alone: they override the settings above, and the file's comments override them. */
  readonly chosen: FileChoices;
}
